/* The module re: patterns and matches over the machine of regex_run.c. */
#include "regex.h"

#include "art/dict.h"
#include "art/re.h"

static const art_type tuple_of_str = ART_VARTUPLE_TYPE(&art_type_str),
                      tuple_of_bytes = ART_VARTUPLE_TYPE(&art_type_bytes),
                      plain_pattern = ART_PATTERN_TYPE(&art_type_box, &art_type_box, &art_type_box);

/* -- texts: str or bytes -------------------------------------------------------------------------------------------------------- */

static ReSubject subject_of(const art_pattern *re, const art_obj *string)
{
    if (re->code->is_bytes)
        return (ReSubject){(const char *)((const art_bytes *)string)->data, ((const art_bytes *)string)->len, true};
    return (ReSubject){((const art_str *)string)->text, ((const art_str *)string)->size, false};
}

static const art_obj *text_in(const void *slot)
{
    return *(const art_obj *const *)slot;
}

static void *cut(const art_pattern *re, const art_obj *string, int64_t from, int64_t to)
{
    if (re->code->is_bytes)
        return art_bytes_new(((const art_bytes *)string)->data + from, to - from);
    return art_str_new(((const art_str *)string)->text + from, (size_t)(to - from));
}

/* Of a place in bytes, in characters. */
static int64_t index_at(const art_pattern *re, const art_obj *string, int64_t at)
{
    if (re->code->is_bytes || art_str_is_ascii((const art_str *)string))
        return at;
    return art__utf8_len(((const art_str *)string)->text, at);
}

static int64_t offset_of(const art_pattern *re, const art_obj *string, int64_t index)
{
    if (re->code->is_bytes)
        return art__min(art__max(index, 0), ((const art_bytes *)string)->len);
    const art_str *s = (const art_str *)string;
    return art__str_offset(s, art__min(art__max(index, 0), s->len));
}

static void *take_text(const art_pattern *re, art_text *text)
{
    if (!re->code->is_bytes)
        return art_text_take(text);
    art_bytes *bytes = art_bytes_new(text->text, (int64_t)text->size);
    art_text_drop(text);
    return bytes;
}

/* -- errors -------------------------------------------------------------------------------------------------------------------- */

static void error_destroy(art_obj *self)
{
    art_re_error *error = (art_re_error *)self;

    art_release(error->msg);
    art_release(error->pattern);
    art_exc_end_life(&error->exc);
    art_free(error, sizeof *error);
}

const art_type art_type_error = {.name = "error",
                                 .module = "re",
                                 .kind = ART_KIND_EXCEPTION,
                                 .size = sizeof(art_re_error *),
                                 .is_counted = true,
                                 .object_size = sizeof(art_re_error),
                                 .base = &art_type_Exception,
                                 .destroy = error_destroy,
                                 .repr = art_exc_slot_repr,
                                 .str = art_exc_slot_str};

/* The line that a place is on, and where. */
static void place_of(const art_re_error *error, int64_t *line, int64_t *column)
{
    art_str *source = error->pattern && error->pattern->type->kind == ART_KIND_STR ? (art_str *)error->pattern : NULL;
    const char *text = source ? source->text : error->pattern ? (const char *)((art_bytes *)error->pattern)->data : "";
    int64_t at = 0;

    *line = *column = 1;
    for (int64_t i = 0; i < error->pos; i++) {
        bool is_newline = text[at] == '\n';
        (void)art__regex_decode(text, &at, !source);
        *line += is_newline;
        *column = is_newline ? 1 : *column + 1;
    }
}

static void raise_error(const char *message, art_obj *pattern, int64_t pos)
{
    art_re_error *error = (art_re_error *)art_exc_new(&art_type_error);
    int64_t line, column;
    art_str *text;

    error->msg = art_str_of(message);
    error->pattern = art_retain(pattern);
    error->pos = pos;
    place_of(error, &line, &column);
    bool has_lines = line > 1;
    for (int64_t i = 0,
                 size = pattern->type->kind == ART_KIND_STR ? ((art_str *)pattern)->size : ((art_bytes *)pattern)->len;
         i < size && !has_lines; i++)
        has_lines = (pattern->type->kind == ART_KIND_STR ? ((art_str *)pattern)->text[i]
                                                         : ((art_bytes *)pattern)->data[i]) == '\n';
    if (pos < 0)
        text = art_retain(error->msg);
    else if (has_lines)
        text = art_strf("%s at position %i (line %i, column %i)", error->msg, pos, line, column);
    else
        text = art_strf("%s at position %i", error->msg, pos);
    art_exc_set_args(&error->exc, 1, &(art_box){&art_type_str, {.obj = (art_obj *)text}});
    art_release(text);
    art_raise(&error->exc);
}

art_str *art_re_error_msg(const art_exc *error)
{
    return art_retain(((const art_re_error *)error)->msg);
}
art_box art_re_error_pattern(const art_exc *error)
{
    return art_box_retain(art_box_obj(((const art_re_error *)error)->pattern));
}
art_box art_re_error_pos(const art_exc *error)
{
    int64_t pos = ((const art_re_error *)error)->pos;

    return pos < 0 ? art_box_none() : art_box_int(pos);
}
art_box art_re_error_lineno(const art_exc *error)
{
    int64_t line, column;

    place_of((const art_re_error *)error, &line, &column);
    return ((const art_re_error *)error)->pos < 0 ? art_box_none() : art_box_int(line);
}
art_box art_re_error_colno(const art_exc *error)
{
    int64_t line, column;

    place_of((const art_re_error *)error, &line, &column);
    return ((const art_re_error *)error)->pos < 0 ? art_box_none() : art_box_int(column);
}

/* -- patterns -------------------------------------------------------------------------------------------------------------------- */

static bool check_flags(bool is_bytes, int64_t flags)
{
    const char *wrong = NULL;

    if (!is_bytes && (flags & RE_LOCALE))
        wrong = "cannot use LOCALE flag with a str pattern";
    else if (!is_bytes && (flags & RE_ASCII) && (flags & RE_UNICODE))
        wrong = "ASCII and UNICODE flags are incompatible";
    else if (is_bytes && (flags & RE_UNICODE))
        wrong = "cannot use UNICODE flag with a bytes pattern";
    else if (is_bytes && (flags & RE_LOCALE) && (flags & RE_ASCII))
        wrong = "ASCII and LOCALE flags are incompatible";
    if (wrong)
        art_raise_new(&art_type_ValueError, wrong);
    return !wrong;
}

art_pattern *art_pattern_new(const void *source, int64_t flags, const art_type *type)
{
    art_obj *text = *(art_obj *const *)source;
    bool is_bytes = text->type->kind != ART_KIND_STR;
    ReError error = {{0}, 0};

    if (!check_flags(is_bytes, flags))
        return NULL;
    struct art_regex *code =
        is_bytes
            ? art__regex_parse((const char *)((art_bytes *)text)->data, ((art_bytes *)text)->len, true, flags, &error)
            : art__regex_parse(((art_str *)text)->text, ((art_str *)text)->size, false, flags, &error);
    if (!code) {
        if (error.message[0])
            raise_error(error.message, text, error.pos);
        return NULL;
    }
    art_pattern *re = art_new(type, 0);
    re->code = code;
    re->source = art_retain(text);
    return re;
}

void art_pattern_destroy(art_obj *self)
{
    art_pattern *re = (art_pattern *)self;

    art__regex_free(re->code);
    art_release(re->source);
    art_free(re, sizeof *re);
}

bool art_pattern_pattern(const art_pattern *re, void *out)
{
    *(void **)out = art_retain(re->source);
    return true;
}
int64_t art_pattern_flags(const art_pattern *re)
{
    return re->code->flags;
}
int64_t art_pattern_groups(const art_pattern *re)
{
    return re->code->groups - 1;
}

art_dict *art_pattern_groupindex(const art_pattern *re, const art_type *type)
{
    art_dict *dict = art_dict_new(type, 0);

    for (int64_t i = 1; i < re->code->groups; i++)
        if (re->code->names[i])
            art_dict_set(dict, &re->code->names[i], &i);
    return dict;
}

art_str *art_pattern_repr(const art_pattern *re)
{
    static const struct {
        int32_t flag;
        const char *name;
    } names[] = {
        {RE_IGNORECASE, "IGNORECASE"}, {RE_LOCALE, "LOCALE"}, {RE_MULTILINE, "MULTILINE"}, {RE_DOTALL, "DOTALL"},
        {RE_VERBOSE, "VERBOSE"},       {RE_DEBUG, "DEBUG"},   {RE_ASCII, "ASCII"}};
    art_text text = {0};
    const char *sep = ", ";

    art_text_add_c(&text, "re.compile(");
    art__text_add_owned(&text, re->code->is_bytes ? art_bytes_repr((art_bytes *)re->source)
                                                  : art_str_repr((art_str *)re->source));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (re->code->flags & names[i].flag) {
            art_text_add_c(&text, sep);
            art_text_add_c(&text, "re.");
            art_text_add_c(&text, names[i].name);
            sep = "|";
        }
    art_text_add_c(&text, ")");
    return art_text_take(&text);
}

art_str *art_pattern_slot_repr(const void *slot)
{
    return art_pattern_repr(*(art_pattern *const *)slot);
}

static bool same_text(const art_obj *a, const art_obj *b)
{
    if (a->type->kind != b->type->kind)
        return false;
    return a->type->kind == ART_KIND_STR ? art_str_equal((const art_str *)a, (const art_str *)b)
                                         : art_bytes_equal((const art_bytes *)a, (const art_bytes *)b);
}

bool art_pattern_slot_equal(const void *a, const void *b)
{
    const art_pattern *x = *(art_pattern *const *)a, *y = *(art_pattern *const *)b;

    return x == y || (x && y && x->code->flags == y->code->flags && same_text(x->source, y->source));
}

int64_t art_pattern_slot_hash(const void *slot)
{
    const art_pattern *re = *(art_pattern *const *)slot;

    return re->code->flags ^
           (re->code->is_bytes ? art_bytes_hash((art_bytes *)re->source) : art_str_hash((art_str *)re->source));
}

/* -- looking ---------------------------------------------------------------------------------------------------------------------- */

static size_t span_count(const art_pattern *re)
{
    return 2 * (size_t)re->code->groups + 1;
}

/* One match after the other. After an empty match there is no second one at its place. */
typedef struct Scan {
    art_pattern *re;
    const art_obj *string;
    ReSubject subject;
    int64_t pos, endpos, at, not_empty_at;
    int64_t *spans, few[33];
} Scan;

static void begin_scan(Scan *scan, art_pattern *re, const void *string, int64_t pos, int64_t endpos)
{
    *scan = (Scan){.re = re, .string = text_in(string), .not_empty_at = -1};
    scan->subject = subject_of(re, scan->string);
    int64_t len = re->code->is_bytes ? scan->subject.end : ((const art_str *)scan->string)->len;
    scan->pos = art__min(art__max(pos, 0), len);
    scan->endpos = art__min(art__max(endpos, 0), len);
    scan->at = scan->pos ? offset_of(re, scan->string, scan->pos) : 0;
    if (scan->endpos < len)
        scan->subject.end = offset_of(re, scan->string, scan->endpos);
    scan->spans = span_count(re) <= 33 ? scan->few : art_alloc(span_count(re) * sizeof *scan->spans);
}

static void end_scan(Scan *scan)
{
    if (scan->spans != scan->few)
        art_free(scan->spans, span_count(scan->re) * sizeof *scan->spans);
}

static bool scan_next(Scan *scan, ReMode mode)
{
    if (scan->at > scan->subject.end ||
        !art__regex_run(scan->re->code, scan->subject, scan->at, mode, scan->not_empty_at, scan->spans))
        return false;
    scan->at = scan->spans[1];
    scan->not_empty_at = scan->spans[0] == scan->spans[1] ? scan->at : -1;
    return true;
}

static art_match *match_new(const Scan *scan, int64_t gap, const art_type *type)
{
    size_t size = span_count(scan->re) * sizeof(int64_t);
    art_match *m = art_new(type, sizeof *m + size);

    m->re = art_retain(scan->re);
    m->string = art_retain((art_obj *)(uintptr_t)scan->string);
    m->pos = scan->pos;
    m->endpos = scan->endpos;
    m->gap = gap;
    memcpy(m->spans, scan->spans, size);
    return m;
}

void art_match_destroy(art_obj *self)
{
    art_match *m = (art_match *)self;
    size_t size = sizeof *m + span_count(m->re) * sizeof(int64_t);

    art_release(m->re);
    art_release(m->string);
    art_free(m, size);
}

static art_match *find_one(art_pattern *re, const void *string, int64_t pos, int64_t endpos, ReMode mode,
                           const art_type *type)
{
    Scan scan;
    art_match *m = NULL;

    begin_scan(&scan, re, string, pos, endpos);
    if (scan_next(&scan, mode))
        m = match_new(&scan, 0, type->kind == ART_KIND_OPTIONAL ? type->args[0] : type);
    end_scan(&scan);
    return m;
}

art_match *art_pattern_match(art_pattern *re, const void *string, int64_t pos, int64_t endpos, const art_type *type)
{
    return find_one(re, string, pos, endpos, RE_PREFIX, type);
}
art_match *art_pattern_fullmatch(art_pattern *re, const void *string, int64_t pos, int64_t endpos, const art_type *type)
{
    return find_one(re, string, pos, endpos, RE_WHOLE, type);
}
art_match *art_pattern_search(art_pattern *re, const void *string, int64_t pos, int64_t endpos, const art_type *type)
{
    return find_one(re, string, pos, endpos, RE_SEARCH, type);
}

art_list *art_pattern_all(art_pattern *re, const void *string, int64_t pos, int64_t endpos, int64_t limit,
                          const art_type *type)
{
    art_list *list = art_list_new(type, 0);
    Scan scan;

    begin_scan(&scan, re, string, pos, endpos);
    for (int64_t gap = 0; (limit <= 0 || list->len < limit) && scan_next(&scan, RE_SEARCH); gap = scan.spans[1])
        art_list_push(list, match_new(&scan, gap, type->args[0]));
    end_scan(&scan);
    return list;
}

/* -- groups ----------------------------------------------------------------------------------------------------------------------- */

/* NULL: the group took no part. */
static void *group_text(const art_pattern *re, const art_obj *string, const int64_t *spans, int64_t group)
{
    int64_t from = spans[2 * group], to = spans[2 * group + 1];

    return from < 0 || to < 0 ? NULL : cut(re, string, from, to);
}

static void *empty_text(const art_pattern *re)
{
    return re->code->is_bytes ? (void *)art_bytes_new("", 0) : (void *)&art_str_empty;
}

static void *group_or_empty(const Scan *scan, int64_t group)
{
    void *text = group_text(scan->re, scan->string, scan->spans, group);

    return text ? text : empty_text(scan->re);
}

/* An owned text into a slot: of its own type, or of Any. */
static void put_text(const art_type *type, void *slot, void *text)
{
    if (type->kind == ART_KIND_BOX)
        *(art_box *)slot = art_box_obj(text);
    else
        *(void **)slot = text;
}

static art_list *all_groups(const Scan *scan)
{
    const art_type *type = scan->re->code->is_bytes ? &tuple_of_bytes : &tuple_of_str;
    art_list *groups = art_list_new(type, scan->re->code->groups - 1);

    for (int32_t i = 1; i < scan->re->code->groups; i++)
        art_list_push(groups, group_or_empty(scan, i));
    return groups;
}

/* What findall gives for a match: the match, its only group, or all groups. */
static void put_found(const Scan *scan, const art_type *type, void *slot)
{
    int32_t groups = scan->re->code->groups - 1;

    if (groups <= 1)
        put_text(type, slot, group_or_empty(scan, groups));
    else if (type->kind == ART_KIND_TUPLE)
        for (int32_t i = 1; i <= groups; i++)
            *(void **)art_tuple_item(type, slot, i - 1) = group_or_empty(scan, i);
    else
        put_text(type, slot, all_groups(scan));
}

art_list *art_pattern_findall(art_pattern *re, const void *string, int64_t pos, int64_t endpos, const art_type *type)
{
    art_list *list = art_list_new(type, 0);
    void *room = art_alloc(type->args[0]->size);
    Scan scan;

    begin_scan(&scan, re, string, pos, endpos);
    while (scan_next(&scan, RE_SEARCH)) {
        put_found(&scan, type->args[0], room);
        art_list_push_slot(list, room);
    }
    end_scan(&scan);
    art_free(room, type->args[0]->size);
    return list;
}

art_list *art_re_findall(const void *pattern, const void *string, int64_t flags, const art_type *type)
{
    art_pattern *re = art_pattern_new(pattern, flags, &plain_pattern);
    art_list *list = re ? art_pattern_findall(re, string, 0, INT64_MAX, type) : NULL;

    art_release(re);
    return list;
}

static void push_text(art_list *list, void *text)
{
    art_box room;

    put_text(list->base.type->args[0], &room, text);
    art_list_push_slot(list, &room);
}

art_list *art_pattern_split(art_pattern *re, const void *string, int64_t maxsplit, const art_type *type)
{
    art_list *list = art_list_new(type, 0);
    int64_t count = 0, last = 0;
    Scan scan;

    begin_scan(&scan, re, string, 0, INT64_MAX);
    for (; (maxsplit <= 0 || count < maxsplit) && maxsplit >= 0 && scan_next(&scan, RE_SEARCH); count++) {
        push_text(list, cut(re, scan.string, last, scan.spans[0]));
        for (int32_t i = 1; i < re->code->groups; i++)
            push_text(list, group_text(re, scan.string, scan.spans, i));
        last = scan.spans[1];
    }
    push_text(list, cut(re, scan.string, last, scan.subject.end));
    end_scan(&scan);
    return list;
}

/* -- replacing ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Template {
    const art_pattern *re;
    const art_obj *source;
    ReSubject text;
    int64_t at;
    const art_obj *string;
    const int64_t *spans;
    art_text *out;
} Template;

static bool template_error(const Template *t, int64_t at, const char *fmt, ...)
{
    char message[160];
    va_list args;

    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    raise_error(message, (art_obj *)(uintptr_t)t->source, t->text.is_bytes ? at : art__utf8_len(t->text.text, at));
    return false;
}

static int template_peek(const Template *t)
{
    return t->at < t->text.end ? (unsigned char)t->text.text[t->at] : -1;
}

static bool add_group(Template *t, int64_t group, int64_t at)
{
    if (group >= t->re->code->groups)
        return template_error(t, at, "invalid group reference %lld", (long long)group);
    int64_t from = t->spans[2 * group], to = t->spans[2 * group + 1];
    if (from >= 0 && to >= 0)
        art_text_add(t->out, subject_of(t->re, t->string).text + from, (size_t)(to - from));
    return true;
}

static void add_char(Template *t, int32_t c)
{
    char byte = (char)c;

    if (t->text.is_bytes)
        art_text_add(t->out, &byte, 1);
    else
        art_text_add_char(t->out, c);
}

static bool is_octal(int c)
{
    return c >= '0' && c <= '7';
}
static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* \g<name>, behind the g. */
static bool add_named(Template *t)
{
    if (template_peek(t) != '<')
        return template_error(t, t->at, "missing <");
    int64_t start = ++t->at, group = 0;
    while (template_peek(t) >= 0 && template_peek(t) != '>')
        t->at++;
    if (t->at == start)
        return template_error(t, t->at, "missing group name");
    if (template_peek(t) < 0)
        return template_error(t, start, "missing >, unterminated name");
    art_str *name = art_str_new(t->text.text + start, (size_t)(t->at++ - start));
    bool is_number = true, is_name = art_str_isidentifier(name), ok;
    for (int64_t i = 0; i < name->size && is_number; i++) {
        is_number = is_digit(name->text[i]);
        group = art__min(group * 10 + name->text[i] - '0', INT32_MAX);
    }
    if (is_name) {
        for (group = 1; group < t->re->code->groups; group++)
            if (t->re->code->names[group] && art_str_equal(t->re->code->names[group], name))
                break;
        ok = group < t->re->code->groups;
        if (!ok)
            art_raise_new(&art_type_IndexError, "unknown group name %r", name);
    } else {
        art_str *repr = art_str_repr(name);
        ok = is_number || template_error(t, start, "bad character in group name %s", repr->text);
        art_release(repr);
    }
    art_release(name);
    return ok && add_group(t, group, start);
}

static bool add_number(Template *t, int c, int64_t start)
{
    int value = c - '0';

    if (c == '0') {
        for (int i = 0; i < 2 && is_octal(template_peek(t)); i++)
            value = value * 8 + t->text.text[t->at++] - '0';
        add_char(t, value & 0xff);
        return true;
    }
    if (is_digit(template_peek(t))) {
        int second = t->text.text[t->at++];
        if (is_octal(c) && is_octal(second) && is_octal(template_peek(t))) {
            value = (value * 8 + second - '0') * 8 + t->text.text[t->at++] - '0';
            if (value > 0377)
                return template_error(t, start, "octal escape value %.4s outside of range 0-0o377",
                                      t->text.text + start);
            add_char(t, value);
            return true;
        }
        value = value * 10 + second - '0';
    }
    return add_group(t, value, start + 1);
}

static bool add_escape(Template *t)
{
    static const char letters[] = "abfnrtv\\", values[] = "\a\b\f\n\r\t\v\\";
    int64_t start = t->at - 1;

    if (t->at >= t->text.end)
        return template_error(t, start, "bad escape (end of pattern)");
    int c = (unsigned char)t->text.text[t->at++];
    const char *found = c ? strchr(letters, c) : NULL;
    if (c == 'g')
        return add_named(t);
    if (is_digit(c))
        return add_number(t, c, start);
    if (found) {
        add_char(t, values[found - letters]);
        return true;
    }
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return template_error(t, start, "bad escape \\%c", c);
    art_text_add(t->out, t->text.text + start, 2);
    return true;
}

/* Adds the replacement for one match. */
static bool expand(Template t)
{
    while (t.at < t.text.end) {
        const char *from = t.text.text + t.at, *found = memchr(from, '\\', (size_t)(t.text.end - t.at));
        size_t plain = found ? (size_t)(found - from) : (size_t)(t.text.end - t.at);
        art_text_add(t.out, from, plain);
        t.at += (int64_t)plain + 1;
        if (found && !add_escape(&t))
            return false;
    }
    return true;
}

bool art_pattern_sub(art_pattern *re, const void *with, const void *string, int64_t count, void *out)
{
    art_text text = {0};
    int64_t last = 0, done = 0;
    bool ok = true;
    Scan scan;

    begin_scan(&scan, re, string, 0, INT64_MAX);
    while (ok && (count <= 0 || done < count) && count >= 0 && scan_next(&scan, RE_SEARCH)) {
        art_text_add(&text, scan.subject.text + last, (size_t)(scan.spans[0] - last));
        ok = expand((Template){.re = re,
                               .source = text_in(with),
                               .text = subject_of(re, text_in(with)),
                               .string = scan.string,
                               .spans = scan.spans,
                               .out = &text});
        last = scan.spans[1];
        done++;
    }
    art_text_add(&text, scan.subject.text + last, (size_t)(scan.subject.end - last));
    end_scan(&scan);
    if (ok)
        *(void **)out = take_text(re, &text);
    else
        art_text_drop(&text);
    return ok;
}

int64_t art_pattern_count(art_pattern *re, const void *string, int64_t count)
{
    int64_t done = 0;
    Scan scan;

    begin_scan(&scan, re, string, 0, INT64_MAX);
    while ((count <= 0 || done < count) && count >= 0 && scan_next(&scan, RE_SEARCH))
        done++;
    end_scan(&scan);
    return done;
}

/* -- matches ------------------------------------------------------------------------------------------------------------------------ */

static bool has_group(const art_match *m, int64_t group)
{
    if (group >= 0 && group < m->re->code->groups)
        return true;
    art_raise_new(&art_type_IndexError, "no such group");
    return false;
}

int64_t art_match_index(const art_match *m, const art_str *name)
{
    for (int32_t i = 1; i < m->re->code->groups; i++)
        if (m->re->code->names[i] && art_str_equal(m->re->code->names[i], name))
            return i;
    art_raise_new(&art_type_IndexError, "no such group");
    return -1;
}

bool art_match_group(const art_match *m, int64_t group, const art_type *type, void *out)
{
    if (!has_group(m, group))
        return false;
    put_text(type, out, group_text(m->re, m->string, m->spans, group));
    return true;
}

bool art_match_named(const art_match *m, const art_str *name, const art_type *type, void *out)
{
    int64_t group = art_match_index(m, name);

    return group >= 0 && art_match_group(m, group, type, out);
}

bool art_match_whole(const art_match *m, void *out)
{
    *(void **)out = group_text(m->re, m->string, m->spans, 0);
    return true;
}

/* A group, or what stands for one that took no part, into a slot; where groups cannot be missing it does not matter. */
static void put_group(const art_match *m, int64_t group, art_box otherwise, const art_type *type, void *slot)
{
    void *text = group_text(m->re, m->string, m->spans, group);

    if (text || type->kind != ART_KIND_BOX)
        put_text(type, slot, text ? text : empty_text(m->re));
    else
        *(art_box *)slot = art_box_retain(otherwise);
}

art_list *art_match_groups(const art_match *m, art_box otherwise, const art_type *type)
{
    art_list *list = art_list_new(type, m->re->code->groups - 1);
    art_box room;

    for (int32_t i = 1; i < m->re->code->groups; i++) {
        put_group(m, i, otherwise, type->args[0], &room);
        art_list_push_slot(list, &room);
    }
    return list;
}

art_dict *art_match_groupdict(const art_match *m, art_box otherwise, const art_type *type)
{
    art_dict *dict = art_dict_new(type, 0);
    art_box room;

    for (int32_t i = 1; i < m->re->code->groups; i++) {
        if (!m->re->code->names[i])
            continue;
        put_group(m, i, otherwise, type->args[1], &room);
        art_dict_set(dict, &m->re->code->names[i], &room);
        art_slot_clear(type->args[1], &room);
    }
    return dict;
}

static int64_t place(const art_match *m, int64_t group, int which)
{
    if (!has_group(m, group))
        return 0;
    int64_t at = m->spans[2 * group + which];
    return at < 0 ? -1 : index_at(m->re, m->string, at);
}

int64_t art_match_start(const art_match *m, int64_t group)
{
    return place(m, group, 0);
}
int64_t art_match_end(const art_match *m, int64_t group)
{
    return place(m, group, 1);
}
int64_t art_match_pos(const art_match *m)
{
    return m->pos;
}
int64_t art_match_endpos(const art_match *m)
{
    return m->endpos;
}

static int64_t last_index(const art_match *m)
{
    return m->spans[2 * m->re->code->groups];
}

art_box art_match_lastindex(const art_match *m)
{
    return last_index(m) < 0 ? art_box_none() : art_box_int(last_index(m));
}
art_str *art_match_lastgroup(const art_match *m)
{
    return last_index(m) < 0 ? NULL : art_retain(m->re->code->names[last_index(m)]);
}
art_pattern *art_match_re(const art_match *m)
{
    return art_retain(m->re);
}
bool art_match_string(const art_match *m, void *out)
{
    *(void **)out = art_retain(m->string);
    return true;
}

bool art_match_expand(const art_match *m, const void *with, void *out)
{
    art_text text = {0};

    if (!expand((Template){.re = m->re,
                           .source = text_in(with),
                           .text = subject_of(m->re, text_in(with)),
                           .string = m->string,
                           .spans = m->spans,
                           .out = &text})) {
        art_text_drop(&text);
        return false;
    }
    *(void **)out = take_text(m->re, &text);
    return true;
}

bool art_match_gap(const art_match *m, void *out)
{
    *(void **)out = cut(m->re, m->string, m->gap, m->spans[0]);
    return true;
}
bool art_match_rest(const art_match *m, void *out)
{
    *(void **)out = cut(m->re, m->string, m->spans[1], subject_of(m->re, m->string).end);
    return true;
}

art_str *art_match_repr(const art_match *m)
{
    art_obj *text = group_text(m->re, m->string, m->spans, 0);
    art_str *repr = m->re->code->is_bytes ? art_bytes_repr((art_bytes *)text) : art_str_repr((art_str *)text);
    art_str *result = art_strf("<re.Match object; span=(%i, %i), match=%s>", place(m, 0, 0), place(m, 0, 1), repr);

    art_release(repr);
    art_release(text);
    return result;
}

art_str *art_match_slot_repr(const void *slot)
{
    return art_match_repr(*(art_match *const *)slot);
}

art_str *art_re_escape(const art_str *text)
{
    static const char special[] = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f";
    art_text out = {0};

    for (int64_t i = 0; i < text->size; i++) {
        if (text->text[i] && strchr(special, text->text[i]))
            art_text_add(&out, "\\", 1);
        art_text_add(&out, text->text + i, 1);
    }
    return art_text_take(&out);
}

/* json: a parser and a writer over boxes, with CPython's error texts and positions. */
#include "art/json.h"
#include "internal.h"

#include <ctype.h>
#include <math.h>

static const art_type object_type = ART_DICT_TYPE(&art_type_str, &art_type_box);

typedef art_box (*Hook)(art_closure *self, art_box value);

static art_box call_hook(art_closure *closure, art_box value)
{
    return ((Hook)closure->fn)(closure, value);
}

/* -- reading ----------------------------------------------------------------------------------------------------------------------------------- */

typedef struct Reader {
    const char *start, *at, *end;
    art_closure *hook;
    const char *failure; /* what is wrong, or NULL */
    const char *failed_at;
    art_dict *keys;      /* key strings seen before: the same object serves again */
} Reader;

static bool fail(Reader *r, const char *message, const char *at)
{
    if (!r->failure) {
        r->failure = message;
        r->failed_at = at;
    }
    return false;
}

static void skip_space(Reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
        r->at++;
}

/* The four digits behind \u at r->at, which something must follow; -1 when they are not there. */
static int64_t read_hex(Reader *r)
{
    int64_t value = 0;

    if (r->end - r->at < 5)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = r->at[i];
        if (!isxdigit((unsigned char)c))
            return -1;
        value = value * 16 + (isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    r->at += 4;
    return value;
}

static bool read_escape(Reader *r, art_text *text)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *start = r->at - 1;

    if (r->at == r->end)
        return fail(r, "Unterminated string starting at", NULL);
    char letter = *r->at++;
    const char *found = memchr(letters, letter, sizeof letters - 1);
    if (found) {
        art_text_add(text, &meanings[found - letters], 1);
        return true;
    }
    if (letter != 'u')
        return fail(r, "Invalid \\escape", start);
    const char *digits = r->at;
    int64_t unit = read_hex(r);
    if (unit < 0)
        return fail(r, "Invalid \\uXXXX escape", digits - 1);
    if (unit >= 0xD800 && unit < 0xDC00 && r->end - r->at > 6 && r->at[0] == '\\' && r->at[1] == 'u') {
        const char *back = r->at;
        r->at += 2;
        int64_t low = read_hex(r);
        if (low < 0)
            return fail(r, "Invalid \\uXXXX escape", back + 1);
        if (low >= 0xDC00 && low < 0xE000)
            unit = 0x10000 + ((unit - 0xD800) << 10 | (low - 0xDC00));
        else
            r->at = back;
    }
    art_text_add_char(text, unit);
    return true;
}

/* A string whose opening quote is at r->at; owned, NULL on failure. */
static art_str *read_string(Reader *r)
{
    const char *open = r->at++, *plain = r->at;
    art_text text = {0};
    bool has_escapes = false;

    for (;;) {
        while (r->at < r->end && *r->at != '"' && *r->at != '\\' && (unsigned char)*r->at >= 32)
            r->at++;
        if (r->at == r->end) {
            fail(r, "Unterminated string starting at", open);
            break;
        }
        if (*r->at == '"' && !has_escapes) {
            art_str *s = art_str_new(plain, (size_t)(r->at - plain));
            r->at++;
            return s;
        }
        art_text_add(&text, plain, (size_t)(r->at - plain));
        char c = *r->at++;
        if (c == '"')
            return art_text_take(&text);
        if (c != '\\') {
            fail(r, "Invalid control character at", r->at - 1);
            break;
        }
        if (!read_escape(r, &text)) {
            if (!r->failed_at)
                r->failed_at = open;
            break;
        }
        plain = r->at;
        has_escapes = true;
    }
    art_text_drop(&text);
    return NULL;
}

static art_box read_number(Reader *r)
{
    const char *start = r->at;
    bool is_float = false;
    uint64_t size = 0;
    bool is_large = false;

    r->at += *r->at == '-';
    for (; r->at < r->end && isdigit((unsigned char)*r->at); r->at++) {
        is_large |= __builtin_mul_overflow(size, 10, &size) || __builtin_add_overflow(size, (uint64_t)(*r->at - '0'), &size);
        if (size == 0) {
            r->at++;
            break;
        }
    }
    if (r->end - r->at >= 2 && *r->at == '.' && isdigit((unsigned char)r->at[1])) {
        is_float = true;
        for (r->at++; r->at < r->end && isdigit((unsigned char)*r->at); r->at++)
            continue;
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        const char *digits = r->at + 1;
        digits += digits < r->end && (*digits == '+' || *digits == '-');
        if (digits < r->end && isdigit((unsigned char)*digits)) {
            is_float = true;
            for (r->at = digits; r->at < r->end && isdigit((unsigned char)*r->at); r->at++)
                continue;
        }
    }
    if (is_float) {
        art_str *text = art_str_new(start, (size_t)(r->at - start));
        double value = art_float_parse(text);
        art_release(text);
        return art_box_float(value);
    }
    bool is_negative = *start == '-';
    if (is_large || size > (uint64_t)INT64_MAX + is_negative)
        return art_box_int(art__int_overflow());
    return art_box_int((int64_t)(is_negative ? -size : size));
}

static bool read_value(Reader *r, art_box *out);

static bool read_array(Reader *r, art_box *out)
{
    art_list *list = art_list_new(&art_type_list, 0);
    art_box item;

    *out = art_box_obj(list);
    r->at++;
    skip_space(r);
    if (r->at < r->end && *r->at == ']') {
        r->at++;
        return true;
    }
    for (;;) {
        if (!read_value(r, &item))
            return false;
        art_list_push_slot(list, &item);
        skip_space(r);
        if (r->at < r->end && *r->at == ']') {
            r->at++;
            return true;
        }
        if (r->at == r->end || *r->at != ',')
            return fail(r, "Expecting ',' delimiter", r->at);
        r->at++;
        skip_space(r);
    }
}

/* The same key stands in many objects: one string serves them all. */
static art_str *shared_key(Reader *r, art_str *key)
{
    if (key->size > 32)
        return key;
    bool is_new;
    art_box *place = art_dict_put(r->keys, &key, &is_new);
    if (is_new) {
        *place = art_box_obj(art_retain(key));
        return key;
    }
    art_release(key);
    return art_retain(place->as.obj);
}

static bool read_pair(Reader *r, art_dict *dict)
{
    art_box value;

    if (r->at == r->end || *r->at != '"')
        return fail(r, "Expecting property name enclosed in double quotes", r->at);
    art_str *key = read_string(r);
    if (!key)
        return false;
    key = shared_key(r, key);
    skip_space(r);
    bool is_fine = r->at < r->end && *r->at == ':';
    if (is_fine) {
        r->at++;
        skip_space(r);
        is_fine = read_value(r, &value);
        if (is_fine) {
            art_box *place = art_dict_put(dict, &key, NULL);
            art_box_release(*place);
            *place = value;
        }
    } else {
        fail(r, "Expecting ':' delimiter", r->at);
    }
    art_release(key);
    return is_fine;
}

static bool read_object(Reader *r, art_box *out)
{
    art_dict *dict = art_dict_new(&object_type, 0);

    *out = art_box_obj(dict);
    r->at++;
    skip_space(r);
    if (r->at < r->end && *r->at == '}') {
        r->at++;
    } else {
        for (;;) {
            if (!read_pair(r, dict))
                return false;
            skip_space(r);
            if (r->at < r->end && *r->at == '}') {
                r->at++;
                break;
            }
            if (r->at == r->end || *r->at != ',')
                return fail(r, "Expecting ',' delimiter", r->at);
            r->at++;
            skip_space(r);
        }
    }
    if (r->hook) {
        *out = call_hook(r->hook, art_box_obj(dict));
        art_release(dict);
    }
    return !art_self.raised;
}

static bool read_word(Reader *r, const char *word, art_box value, art_box *out)
{
    size_t size = strlen(word);

    if ((size_t)(r->end - r->at) < size || memcmp(r->at, word, size) != 0)
        return false;
    r->at += size;
    *out = value;
    return true;
}

/* False: failed or raised; *out is None then. */
static bool read_value(Reader *r, art_box *out)
{
    bool is_fine = false;

    *out = art_box_none();
    if (r->at == r->end)
        return fail(r, "Expecting value", r->at);
    if (art_stack_low())
        return false;
    switch (*r->at) {
    case '"': {
        art_str *text = read_string(r);
        *out = art_box_obj(text);
        return text != NULL;
    }
    case '{':
    case '[':
        is_fine = *r->at == '{' ? read_object(r, out) : read_array(r, out);
        if (!is_fine) {
            art_box_release(*out);
            *out = art_box_none();
        }
        return is_fine;
    case 't':
        return read_word(r, "true", art_box_bool(true), out) || fail(r, "Expecting value", r->at);
    case 'f':
        return read_word(r, "false", art_box_bool(false), out) || fail(r, "Expecting value", r->at);
    case 'n':
        return read_word(r, "null", art_box_none(), out) || fail(r, "Expecting value", r->at);
    case 'N':
        return read_word(r, "NaN", art_box_float(NAN), out) || fail(r, "Expecting value", r->at);
    case 'I':
        return read_word(r, "Infinity", art_box_float(INFINITY), out) || fail(r, "Expecting value", r->at);
    case '-':
        if (read_word(r, "-Infinity", art_box_float(-INFINITY), out))
            return true;
        if (r->end - r->at < 2 || !isdigit((unsigned char)r->at[1]))
            return fail(r, "Expecting value", r->at);
        break;
    default:
        if (!isdigit((unsigned char)*r->at))
            return fail(r, "Expecting value", r->at);
    }
    *out = read_number(r);
    return !art_self.raised;
}

art_box art_json_loads(const art_str *text, art_closure *object_hook, art_list *failure)
{
    Reader r = {.start = text->text, .at = text->text, .end = text->text + text->size, .hook = object_hook};
    art_box value = art_box_none();

    if (text->size >= 3 && memcmp(text->text, "\xEF\xBB\xBF", 3) == 0) {
        fail(&r, "Unexpected UTF-8 BOM (decode using utf-8-sig)", r.at);
    } else {
        r.keys = art_dict_new(&object_type, 0);
        skip_space(&r);
        if (read_value(&r, &value)) {
            skip_space(&r);
            if (r.at < r.end)
                fail(&r, "Extra data", r.at);
        }
        art_release(r.keys);
    }
    if (r.failure && !art_self.raised) {
        art_box_release(value);
        value = art_box_none();
        art_box message = art_box_obj(art_str_of(r.failure)), place = art_box_int(art__utf8_len(r.start, r.failed_at - r.start));
        art_list_push_slot(failure, &message);
        art_list_push_slot(failure, &place);
    }
    return value;
}

/* -- writing ------------------------------------------------------------------------------------------------------------------------------------ */

typedef struct Writer {
    art_text text;
    art_json_format format;
    int64_t depth;
} Writer;

static void write_escape(art_text *text, int64_t c)
{
    char escape[16];
    static const char letters[] = "\"\\\n\r\t\f\b", names[] = "\"\\nrtfb";
    const char *found = c < 128 ? memchr(letters, (int)c, sizeof letters - 1) : NULL;

    if (found) {
        art_text_add(text, (char[]){'\\', names[found - letters]}, 2);
    } else if (c < 0x10000) {
        art_text_add(text, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)c));
    } else {
        unsigned rest = (unsigned)c - 0x10000;
        art_text_add(text, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x\\u%04x", 0xD800 | rest >> 10, 0xDC00 | (rest & 0x3FF)));
    }
}

static void write_string(Writer *w, const art_str *s)
{
    art_text_add(&w->text, "\"", 1);
    for (int64_t at = 0; at < s->size;) {
        int64_t start = at;
        while (at < s->size && s->text[at] >= 32 && s->text[at] < 127 && s->text[at] != '"' && s->text[at] != '\\')
            at++;
        art_text_add(&w->text, s->text + start, (size_t)(at - start));
        if (at == s->size)
            break;
        int64_t c = art_str_decode(s->text, &at);
        if (c >= 127 && !w->format.ensure_ascii)
            art_text_add_char(&w->text, c);
        else
            write_escape(&w->text, c);
    }
    art_text_add(&w->text, "\"", 1);
}

static bool write_float(Writer *w, double value)
{
    if (!isfinite(value) && !w->format.allow_nan) {
        art_raise_new(&art_type_ValueError, "Out of range float values are not JSON compliant");
        return false;
    }
    if (isnan(value))
        art_text_add_c(&w->text, "NaN");
    else if (isinf(value))
        art_text_add_c(&w->text, value > 0 ? "Infinity" : "-Infinity");
    else
        art__float_text(&w->text, value, 'r', 0, false, true);
    return true;
}

static void new_line(Writer *w)
{
    if (!w->format.indent)
        return;
    art_text_add(&w->text, "\n", 1);
    art_text_fill(&w->text, w->format.indent->text, (size_t)w->format.indent->size, w->depth);
}

static bool write_value(Writer *w, const art_type *type, const void *slot);

static bool circular(void)
{
    art_raise_new(&art_type_ValueError, "Circular reference detected");
    return false;
}

static void begin(Writer *w, const char *bracket)
{
    art_text_add(&w->text, bracket, 1);
    w->depth++;
}

static void separate(Writer *w, int64_t index)
{
    if (index > 0)
        art_text_add_str(&w->text, w->format.item_separator);
    new_line(w);
}

static void finish(Writer *w, const char *bracket)
{
    w->depth--;
    new_line(w);
    art_text_add(&w->text, bracket, 1);
}

static bool write_items(Writer *w, const art_type *type, const char *items, int64_t count)
{
    begin(w, "[");
    for (int64_t i = 0; i < count; i++) {
        separate(w, i);
        if (!write_value(w, type, items + (size_t)i * type->size))
            return false;
    }
    finish(w, "]");
    return true;
}

static bool write_tuple(Writer *w, const art_type *type, const void *slot)
{
    begin(w, "[");
    for (int64_t i = 0; i < type->arg_count; i++) {
        separate(w, i);
        if (!write_value(w, type->args[i], art_tuple_item(type, slot, i)))
            return false;
    }
    finish(w, "]");
    return true;
}

/* 1: written, 0: to be skipped, -1: raised. */
static int write_key(Writer *w, art_box key)
{
    switch (key.type->kind) {
    case ART_KIND_STR:
        write_string(w, (art_str *)key.as.obj);
        return 1;
    case ART_KIND_INT:
    case ART_KIND_FLOAT:
    case ART_KIND_BOOL:
    case ART_KIND_NONE:
        art_text_add(&w->text, "\"", 1);
        if (!write_value(w, key.type, &key.as))
            return -1;
        art_text_add(&w->text, "\"", 1);
        return 1;
    default:
        if (w->format.skip_keys)
            return 0;
        art_raise_new(&art_type_TypeError, "keys must be str, int, float, bool or None, not %c", key.type->name);
        return -1;
    }
}

static bool write_pair(Writer *w, int64_t *index, const art_type *type, const void *key_slot, const void *value_slot)
{
    art_box key = art_slot_box(type->args[0], key_slot);
    size_t size = w->text.size;

    separate(w, *index);
    int outcome = write_key(w, key);
    art_box_release(key);
    if (outcome <= 0) {
        w->text.size = size;
        return outcome == 0;
    }
    (*index)++;
    art_text_add_str(&w->text, w->format.key_separator);
    return write_value(w, type->args[1], value_slot);
}

/* In the order of the keys. */
static bool write_sorted(Writer *w, art_dict *dict, int64_t *index)
{
    const art_type *type = dict->base.type;
    art_list *keys = art_list_new(&art_type_list, dict->len);
    art_dict_iter it = art_dict_begin(dict);
    bool is_fine = true;

    while (art_dict_next(&it)) {
        art_box key = art_slot_box(type->args[0], it.key);
        art_list_push_slot(keys, &key);
    }
    is_fine = art_list_sort(keys, false);
    for (int64_t i = 0; is_fine && i < keys->len; i++) {
        art_box *key = (art_box *)keys->items + i;
        const void *slot = type->args[0]->kind == ART_KIND_BOX ? (void *)key : art_box_slot(key);
        is_fine = write_pair(w, index, type, slot, art_dict_find(dict, slot));
    }
    art_release(keys);
    return is_fine;
}

static bool write_dict(Writer *w, art_dict *dict)
{
    int64_t index = 0;

    if (dict->len == 0) {
        art_text_add(&w->text, "{}", 2);
        return true;
    }
    begin(w, "{");
    if (w->format.sort_keys) {
        if (!write_sorted(w, dict, &index))
            return false;
    } else {
        art_dict_iter it = art_dict_begin(dict);
        while (art_dict_next(&it)) {
            if (!write_pair(w, &index, dict->base.type, it.key, it.value))
                return false;
        }
    }
    finish(w, "}");
    return true;
}

static bool write_container(Writer *w, art_obj *obj)
{
    art_reprs here;

    if (art_stack_low())
        return false;
    if (!art__repr_begin(&here, obj))
        return circular();
    bool is_fine;
    if (obj->type->kind == ART_KIND_DICT) {
        is_fine = write_dict(w, (art_dict *)obj);
    } else {
        art_list *list = (art_list *)obj;
        is_fine = true;
        if (list->len == 0)
            art_text_add(&w->text, "[]", 2);
        else
            is_fine = write_items(w, art_list_item_type(list), list->items, list->len);
    }
    art__repr_end();
    return is_fine;
}

static bool write_other(Writer *w, const art_type *type, const void *slot)
{
    const art_type *own = art__slot_type(type, slot);
    art_obj *obj = *(art_obj *const *)slot;
    art_reprs here;

    if (!w->format.fallback) {
        art_raise_new(&art_type_TypeError, "Object of type %c is not JSON serializable", own->name);
        return false;
    }
    if (own->is_counted && !art__repr_begin(&here, obj))
        return circular();
    art_box given = art_slot_box(type, slot), instead = call_hook(w->format.fallback, given);
    bool is_fine = !art_self.raised && write_value(w, instead.type, art_box_slot(&instead));
    art_box_release(given);
    art_box_release(instead);
    if (own->is_counted)
        art__repr_end();
    return is_fine;
}

static bool write_value(Writer *w, const art_type *type, const void *slot)
{
    switch (type->kind) {
    case ART_KIND_NONE:
        art_text_add(&w->text, "null", 4);
        return true;
    case ART_KIND_BOOL:
        art_text_add_c(&w->text, *(const bool *)slot ? "true" : "false");
        return true;
    case ART_KIND_INT:
        art__text_add_decimal(&w->text, *(const int64_t *)slot);
        return true;
    case ART_KIND_FLOAT:
        return write_float(w, *(const double *)slot);
    case ART_KIND_BOX: {
        art_box box = *(const art_box *)slot;
        return write_value(w, box.type, art_box_slot(&box));
    }
    case ART_KIND_TUPLE:
        if (type->arg_count == 0) {
            art_text_add(&w->text, "[]", 2);
            return true;
        }
        return write_tuple(w, type, slot);
    case ART_KIND_TYPE:
        art_raise_new(&art_type_TypeError, "Object of type type is not JSON serializable");
        return false;
    default:
        break;
    }
    art_obj *obj = *(art_obj *const *)slot;
    if (!obj)
        return write_value(w, &art_type_none, slot);
    switch (obj->type->kind) {
    case ART_KIND_STR:
        write_string(w, (art_str *)obj);
        return true;
    case ART_KIND_LIST:
    case ART_KIND_VARTUPLE:
    case ART_KIND_DICT:
        return write_container(w, obj);
    default:
        return write_other(w, type, slot);
    }
}

art_str *art_json_dumps(art_box value, bool ensure_ascii, bool sort_keys, bool allow_nan, bool skip_keys, const art_str *indent,
    const art_str *item_separator, const art_str *key_separator, art_closure *fallback)
{
    Writer w = {.format = {ensure_ascii, sort_keys, allow_nan, skip_keys, indent, item_separator, key_separator, fallback}};

    if (write_value(&w, value.type, art_box_slot(&value)))
        return art_text_take(&w.text);
    art_text_drop(&w.text);
    return NULL;
}

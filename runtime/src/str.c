/* str: making, measuring, comparing, indexing; the methods that search, cut and join. What depends on Unicode's tables (case, classes of
 * characters) is in strcase.c, encodings are in encode.c. */
#define _GNU_SOURCE /* memmem */

#include "internal.h"

art_str art_str_empty = ART_STR_LITERAL("", 0);

/* -- UTF-8 ------------------------------------------------------------------------------------------------------------------------- */

int64_t art_str_decode(const char *text, int64_t *at)
{
    const unsigned char *t = (const unsigned char *)text + *at;

    if (t[0] < 0x80) {
        *at += 1;
        return t[0];
    }
    if (t[0] < 0xE0) {
        *at += 2;
        return (t[0] & 0x1F) << 6 | (t[1] & 0x3F);
    }
    if (t[0] < 0xF0) {
        *at += 3;
        return (t[0] & 0x0F) << 12 | (t[1] & 0x3F) << 6 | (t[2] & 0x3F);
    }
    *at += 4;
    return (t[0] & 0x07) << 18 | (t[1] & 0x3F) << 12 | (t[2] & 0x3F) << 6 | (t[3] & 0x3F);
}

int art__utf8_put(char *to, int64_t code_point)
{
    if (code_point < 0x80) {
        to[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        to[0] = (char)(0xC0 | code_point >> 6);
        to[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        to[0] = (char)(0xE0 | code_point >> 12);
        to[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        to[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | code_point >> 18);
    to[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    to[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    to[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

int64_t art__utf8_len(const char *text, int64_t size)
{
    int64_t len = 0, i = 0;

    /* Eight bytes at a time: a byte counts unless its top bits are 10. */
    for (; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        if (!(word & UINT64_C(0x8080808080808080)))
            len += 8;
        else
            len += 8 - __builtin_popcountll(word >> 7 & ~word >> 6 & UINT64_C(0x0101010101010101));
    }
    for (; i < size; i++)
        len += (text[i] & 0xC0) != 0x80;
    return len;
}

static int64_t sequence_size(unsigned char lead)
{
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

int64_t art__str_offset(const art_str *s, int64_t index)
{
    if (art_str_is_ascii(s))
        return index;
    int64_t at = 0;
    if (index <= s->len / 2) {
        for (; index > 0; index--)
            at += sequence_size((unsigned char)s->text[at]);
        return at;
    }
    at = s->size;
    for (index = s->len - index; index > 0; index--) {
        do
            at--;
        while ((s->text[at] & 0xC0) == 0x80);
    }
    return at;
}

/* The index of the code point that begins at a byte. */
static int64_t index_at(const art_str *s, int64_t offset)
{
    return art_str_is_ascii(s) ? offset : art__utf8_len(s->text, offset);
}

/* -- making ----------------------------------------------------------------------------------------------------------------------- */

static char *behind(art_str *s)
{
    return (char *)(s + 1);
}

art_str *art_str_room(int64_t size, char **text)
{
    art_str *s = art__take(sizeof *s + (size_t)size + 1);

    s->base = (art_obj){&art_type_str, 1, 0};
    s->text = *text = behind(s);
    s->size = s->len = size;
    (*text)[size] = '\0';
    return s;
}

art_str *art_str_measure(art_str *s)
{
    s->len = art__utf8_len(s->text, s->size);
    return s;
}

static art_str *new_measured(const char *text, int64_t size, int64_t len)
{
    char *to;
    art_str *s = art_str_room(size, &to);
    memcpy(to, text, (size_t)size);
    s->len = len;
    return s;
}

/* One code point of ASCII is one of these, so that walking over a text makes no objects. They are filled in at the start: as data they
 * would be 5 KB of every executable. */
static art_str chars[128];
static char char_text[128][2];

__attribute__((constructor)) static void fill_chars(void)
{
    for (int c = 0; c < 128; c++) {
        char_text[c][0] = (char)c;
        chars[c] = (art_str){{&art_type_str, ART_IMMORTAL, 0}, char_text[c], 1, 1};
    }
}

art_str *art_str_new(const char *text, size_t size)
{
    if (size == 0)
        return &art_str_empty;
    if (size == 1 && (unsigned char)text[0] < 128)
        return &chars[(unsigned char)text[0]];
    return new_measured(text, (int64_t)size, art__utf8_len(text, (int64_t)size));
}

art_str *art_str_of(const char *text)
{
    return art_str_new(text, strlen(text));
}

art_str *art_str_char(int64_t code_point)
{
    char text[4];

    if (code_point < 128)
        return &chars[code_point];
    return new_measured(text, art__utf8_put(text, code_point), 1);
}

static art_str *cut(const art_str *s, int64_t from, int64_t to)
{
    if (art_str_is_ascii(s)) {
        if (to - from <= 1)
            return art_str_new(s->text + from, (size_t)(to - from));
        return new_measured(s->text + from, to - from, to - from);
    }
    return art_str_new(s->text + from, (size_t)(to - from));
}

/* -- a text under construction --------------------------------------------------------------------------------------------------- */

static void text_reserve(art_text *text, size_t more)
{
    if (more <= text->cap - text->size)
        return;
    size_t cap = text->cap * 2 > text->size + more ? text->cap * 2 : text->size + more;
    if (cap < 64)
        cap = 64;
    text->text = art_resize(text->text, text->cap, cap);
    text->cap = cap;
}

void art_text_add(art_text *text, const char *from, size_t size)
{
    if (size == 0)
        return;
    text_reserve(text, size);
    memcpy(text->text + text->size, from, size);
    text->size += size;
}

void art_text_add_c(art_text *text, const char *from)
{
    art_text_add(text, from, strlen(from));
}

void art_text_add_str(art_text *text, const art_str *from)
{
    art_text_add(text, from->text, (size_t)from->size);
}

void art_text_add_char(art_text *text, int64_t code_point)
{
    text_reserve(text, 4);
    text->size += (size_t)art__utf8_put(text->text + text->size, code_point);
}

void art_text_fill(art_text *text, const char *pattern, size_t size, int64_t times)
{
    if (times <= 0 || size == 0)
        return;
    text_reserve(text, size * (size_t)times);
    if (size == 1) {
        memset(text->text + text->size, pattern[0], (size_t)times);
        text->size += (size_t)times;
        return;
    }
    for (; times > 0; times--)
        art_text_add(text, pattern, size);
}

void art_text_drop(art_text *text)
{
    art_resize(text->text, text->cap, 0);
    *text = (art_text){0};
}

art_str *art_text_take(art_text *text)
{
    art_str *s = art_str_new(text->text, text->size);
    art_text_drop(text);
    return s;
}

/* -- equality, order, hash ----------------------------------------------------------------------------------------------------------- */

bool art_str_equal(const art_str *a, const art_str *b)
{
    return a == b || (a->size == b->size && memcmp(a->text, b->text, (size_t)a->size) == 0);
}

bool art_str_equal_c(const art_str *a, const char *b)
{
    return (size_t)a->size == strlen(b) && memcmp(a->text, b, (size_t)a->size) == 0;
}

/* The order of UTF-8's bytes is that of code points. */
int art_str_compare(const art_str *a, const art_str *b)
{
    int order = memcmp(a->text, b->text, (size_t)art__min(a->size, b->size));
    return order ? order : (a->size > b->size) - (a->size < b->size);
}

/* Literals are shared between threads: all compute the same value. */
int64_t art_str_hash(const art_str *s)
{
    uint32_t *cached = (uint32_t *)(uintptr_t)&s->base.aux, hash = __atomic_load_n(cached, __ATOMIC_RELAXED);

    if (hash == 0) {
        hash = (uint32_t)art__hash_bytes(s->text, (size_t)s->size);
        hash += hash == 0;
        __atomic_store_n(cached, hash, __ATOMIC_RELAXED);
    }
    return hash;
}

/* -- operators ----------------------------------------------------------------------------------------------------------------------- */

art_str *art_str_concat(const art_str *a, const art_str *b)
{
    char *to;

    if (a->size == 0)
        return art_retain((void *)(uintptr_t)b);
    if (b->size == 0)
        return art_retain((void *)(uintptr_t)a);
    art_str *s = art_str_room(a->size + b->size, &to);
    memcpy(to, a->text, (size_t)a->size);
    memcpy(to + a->size, b->text, (size_t)b->size);
    s->len = a->len + b->len;
    return s;
}

art_str *art_str_append(art_str *a, const art_str *b)
{
    if (a->base.refs != 1 || a == b) {
        art_str *s = art_str_concat(a, b);
        art_release(a);
        return s;
    }
    int64_t old_size = a->size, size = a->size + b->size, len = a->len + b->len;
    a = art__retake(a, sizeof *a + (size_t)old_size + 1, sizeof *a + (size_t)size + 1);
    char *text = behind(a);
    memcpy(text + old_size, b->text, (size_t)b->size);
    text[size] = '\0';
    *a = (art_str){{&art_type_str, 1, 0}, text, size, len};
    return a;
}

art_str *art_str_repeat(const art_str *s, int64_t times)
{
    int64_t size;
    char *to;

    if (times <= 0 || s->size == 0)
        return &art_str_empty;
    if (times == 1)
        return art_retain((void *)(uintptr_t)s);
    if (__builtin_mul_overflow(s->size, times, &size) || size > INT64_MAX / 2) {
        art_raise_type(&art_type_MemoryError);
        return NULL;
    }
    art_str *result = art_str_room(size, &to);
    result->len = s->len * times;
    if (s->size == 1) {
        memset(to, s->text[0], (size_t)size);
        return result;
    }
    for (int64_t i = 0; i < times; i++)
        memcpy(to + i * s->size, s->text, (size_t)s->size);
    return result;
}

art_str *art_str_at(const art_str *s, int64_t index)
{
    if (index < 0)
        index += s->len;
    if ((uint64_t)index >= (uint64_t)s->len) {
        art_raise_new(&art_type_IndexError, "string index out of range");
        return NULL;
    }
    int64_t at = art__str_offset(s, index);
    return art_str_next(s, &at);
}

art_str *art_str_next(const art_str *s, int64_t *at)
{
    unsigned char lead = (unsigned char)s->text[*at];

    if (lead < 128) {
        (*at)++;
        return &chars[lead];
    }
    int64_t size = sequence_size(lead);
    *at += size;
    return new_measured(s->text + *at - size, size, 1);
}

static art_str *slice_with_step(const art_str *s, int64_t start, int64_t step, int64_t count)
{
    art_text text = {0};

    if (art_str_is_ascii(s)) {
        for (int64_t i = 0; i < count; i++)
            art_text_add(&text, s->text + start + i * step, 1);
        return art_text_take(&text);
    }
    int64_t *offsets = art_resize(NULL, 0, (size_t)(s->len + 1) * sizeof *offsets);
    int64_t at = 0;
    for (int64_t i = 0; i <= s->len; i++) {
        offsets[i] = at;
        at += sequence_size((unsigned char)s->text[at]);
    }
    for (int64_t i = 0; i < count; i++) {
        int64_t place = start + i * step;
        art_text_add(&text, s->text + offsets[place], (size_t)(offsets[place + 1] - offsets[place]));
    }
    art_resize(offsets, (size_t)(s->len + 1) * sizeof *offsets, 0);
    return art_text_take(&text);
}

art_str *art_str_slice(art_str *s, int64_t start, int64_t stop, int64_t step)
{
    int64_t count = art_slice_bounds(s->len, &start, &stop, &step);

    if (count < 0)
        return NULL;
    if (count == 0)
        return &art_str_empty;
    if (step != 1)
        return slice_with_step(s, start, step, count);
    if (count == s->len)
        return art_retain(s);
    int64_t from = art__str_offset(s, start);
    return cut(s, from, start + count == s->len ? s->size : art__str_offset(s, start + count));
}

/* -- searching ------------------------------------------------------------------------------------------------------------------------- */

int64_t art__find(const char *text, int64_t size, const char *sub, int64_t sub_size)
{
    if (sub_size == 0)
        return 0;
    if (sub_size > size)
        return -1;
    const char *found = sub_size == 1 ? memchr(text, (unsigned char)sub[0], (size_t)size)
                                      : memmem(text, (size_t)size, sub, (size_t)sub_size);
    return found ? found - text : -1;
}

int64_t art__rfind(const char *text, int64_t size, const char *sub, int64_t sub_size)
{
    for (int64_t at = size - sub_size; at >= 0; at--) {
        if (sub_size == 0 || (text[at] == sub[0] && memcmp(text + at, sub, (size_t)sub_size) == 0))
            return at;
    }
    return -1;
}

bool art_str_contains(const art_str *s, const art_str *sub)
{
    return art__find(s->text, s->size, sub->text, sub->size) >= 0;
}

typedef int64_t (*Finder)(const char *text, int64_t size, const char *sub, int64_t sub_size);

static int64_t find_between(const art_str *s, const art_str *sub, int64_t start, int64_t end, Finder find)
{
    art__clip(s->len, &start, &end);
    if (end - start < sub->len)
        return -1;
    int64_t from = art__str_offset(s, start), to = art__str_offset(s, end);
    int64_t at = find(s->text + from, to - from, sub->text, sub->size);
    return at < 0 ? -1 : index_at(s, from + at);
}

static int64_t found_or_raise(int64_t index)
{
    if (index < 0)
        art_raise_new(&art_type_ValueError, "substring not found");
    return index;
}

int64_t art_str_find(const art_str *s, const art_str *sub, int64_t start, int64_t end)
{
    return find_between(s, sub, start, end, art__find);
}
int64_t art_str_rfind(const art_str *s, const art_str *sub, int64_t start, int64_t end)
{
    return find_between(s, sub, start, end, art__rfind);
}
int64_t art_str_index(const art_str *s, const art_str *sub, int64_t start, int64_t end)
{
    return found_or_raise(find_between(s, sub, start, end, art__find));
}
int64_t art_str_rindex(const art_str *s, const art_str *sub, int64_t start, int64_t end)
{
    return found_or_raise(find_between(s, sub, start, end, art__rfind));
}

int64_t art_str_count(const art_str *s, const art_str *sub, int64_t start, int64_t end)
{
    int64_t count = 0;

    art__clip(s->len, &start, &end);
    if (end < start)
        return 0;
    if (sub->size == 0)
        return end - start + 1;
    int64_t at = art__str_offset(s, start), to = art__str_offset(s, end);
    for (;;) {
        int64_t found = art__find(s->text + at, to - at, sub->text, sub->size);
        if (found < 0)
            return count;
        count++;
        at += found + sub->size;
    }
}

bool art_str_startswith(const art_str *s, const art_str *prefix, int64_t start, int64_t end)
{
    art__clip(s->len, &start, &end);
    if (end - start < prefix->len)
        return false;
    int64_t from = art__str_offset(s, start);
    return s->size - from >= prefix->size && memcmp(s->text + from, prefix->text, (size_t)prefix->size) == 0;
}

bool art_str_endswith(const art_str *s, const art_str *suffix, int64_t start, int64_t end)
{
    art__clip(s->len, &start, &end);
    if (end - start < suffix->len)
        return false;
    int64_t to = art__str_offset(s, end);
    return to >= suffix->size && memcmp(s->text + to - suffix->size, suffix->text, (size_t)suffix->size) == 0;
}

/* -- cutting --------------------------------------------------------------------------------------------------------------------------- */

static bool is_space(int64_t code_point)
{
    if (code_point < 128)
        return code_point == ' ' || (code_point >= 9 && code_point <= 13) || (code_point >= 28 && code_point <= 31);
    return art__char_is_space(code_point);
}

static bool is_stripped(const art_str *s, int64_t at, const art_str *chars_or_null)
{
    int64_t next = at, code_point = art_str_decode(s->text, &next);
    if (!chars_or_null)
        return is_space(code_point);
    return art__find(chars_or_null->text, chars_or_null->size, s->text + at, next - at) >= 0;
}

static int64_t strip_start(const art_str *s, const art_str *chars_or_null)
{
    int64_t at = 0;
    while (at < s->size && is_stripped(s, at, chars_or_null))
        at += sequence_size((unsigned char)s->text[at]);
    return at;
}

static int64_t previous(const art_str *s, int64_t at)
{
    do
        at--;
    while ((s->text[at] & 0xC0) == 0x80);
    return at;
}

static int64_t strip_end(const art_str *s, int64_t start, const art_str *chars_or_null)
{
    int64_t end = s->size;
    while (end > start && is_stripped(s, previous(s, end), chars_or_null))
        end = previous(s, end);
    return end;
}

void art__strip_bounds(const art_str *s, int64_t *start, int64_t *end)
{
    *start = strip_start(s, NULL);
    *end = strip_end(s, *start, NULL);
}

static art_str *cut_or_same(art_str *s, int64_t from, int64_t to)
{
    return from == 0 && to == s->size ? art_retain(s) : cut(s, from, to);
}

art_str *art_str_lstrip(art_str *s, const art_str *chars_or_null)
{
    return cut_or_same(s, strip_start(s, chars_or_null), s->size);
}
art_str *art_str_rstrip(art_str *s, const art_str *chars_or_null)
{
    return cut_or_same(s, 0, strip_end(s, 0, chars_or_null));
}
art_str *art_str_strip(art_str *s, const art_str *chars_or_null)
{
    int64_t start = strip_start(s, chars_or_null);
    return cut_or_same(s, start, strip_end(s, start, chars_or_null));
}

art_str *art_str_removeprefix(art_str *s, const art_str *prefix)
{
    return art_str_startswith(s, prefix, 0, s->len) ? cut_or_same(s, prefix->size, s->size) : art_retain(s);
}
art_str *art_str_removesuffix(art_str *s, const art_str *suffix)
{
    return art_str_endswith(s, suffix, 0, s->len) ? cut_or_same(s, 0, s->size - suffix->size) : art_retain(s);
}

static bool has_separator(const art_str *sep)
{
    if (sep && sep->size == 0)
        art_raise_new(&art_type_ValueError, "empty separator");
    return !sep || sep->size > 0;
}

static void split_at_space(art_list *list, const art_str *s, int64_t maxsplit)
{
    int64_t at = 0, next;

    for (;;) {
        while (at < s->size && (next = at, is_space(art_str_decode(s->text, &next))))
            at = next;
        if (at == s->size)
            return;
        if (maxsplit-- == 0) {
            art_list_push(list, cut(s, at, s->size));
            return;
        }
        int64_t start = at;
        while (at < s->size && (next = at, !is_space(art_str_decode(s->text, &next))))
            at = next;
        art_list_push(list, cut(s, start, at));
    }
}

art_list *art_str_split(art_str *s, const art_str *sep, int64_t maxsplit, const art_type *type)
{
    if (!has_separator(sep))
        return NULL;
    art_list *list = art_list_new(type, 0);
    if (!sep) {
        split_at_space(list, s, maxsplit);
        return list;
    }
    int64_t at = 0;
    while (maxsplit-- != 0) {
        int64_t found = art__find(s->text + at, s->size - at, sep->text, sep->size);
        if (found < 0)
            break;
        art_list_push(list, cut(s, at, at + found));
        at += found + sep->size;
    }
    art_list_push(list, cut_or_same(s, at, s->size));
    return list;
}

static void rsplit_at_space(art_list *list, const art_str *s, int64_t maxsplit)
{
    int64_t end = s->size;

    for (;;) {
        while (end > 0 && is_stripped(s, previous(s, end), NULL))
            end = previous(s, end);
        if (end == 0)
            return;
        if (maxsplit-- == 0) {
            art_list_push(list, cut(s, 0, end));
            return;
        }
        int64_t stop = end;
        while (end > 0 && !is_stripped(s, previous(s, end), NULL))
            end = previous(s, end);
        art_list_push(list, cut(s, end, stop));
    }
}

art_list *art_str_rsplit(art_str *s, const art_str *sep, int64_t maxsplit, const art_type *type)
{
    if (!has_separator(sep))
        return NULL;
    art_list *list = art_list_new(type, 0);
    if (!sep) {
        rsplit_at_space(list, s, maxsplit);
    } else {
        int64_t end = s->size;
        while (maxsplit-- != 0) {
            int64_t found = art__rfind(s->text, end, sep->text, sep->size);
            if (found < 0)
                break;
            art_list_push(list, cut(s, found + sep->size, end));
            end = found;
        }
        art_list_push(list, cut_or_same(s, 0, end));
    }
    art_list_reverse(list);
    return list;
}

static bool is_line_end(int64_t c)
{
    return (c >= 10 && c <= 13) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

art_list *art_str_splitlines(art_str *s, bool keepends, const art_type *type)
{
    art_list *list = art_list_new(type, 0);

    for (int64_t start = 0; start < s->size;) {
        int64_t at = start, end = s->size, c = 0;
        while (at < s->size) {
            end = at;
            c = art_str_decode(s->text, &at);
            if (is_line_end(c))
                break;
            end = at;
        }
        if (c == '\r' && at < s->size && s->text[at] == '\n')
            at++;
        art_list_push(list, cut_or_same(s, start, keepends ? at : end));
        start = at;
    }
    return list;
}

/* -- putting together ------------------------------------------------------------------------------------------------------------------ */

/* Items are strings, or boxes of strings. */
static art_str *join_item(const art_list *items, int64_t i)
{
    if (art_list_item_type(items)->kind != ART_KIND_BOX)
        return ((art_str **)items->items)[i];
    art_box box = ((art_box *)items->items)[i];
    if (box.type->kind == ART_KIND_STR)
        return (art_str *)box.as.obj;
    art_raise_new(&art_type_TypeError, "sequence item %i: expected str instance, %c found", i, box.type->name);
    return NULL;
}

art_str *art_str_join(const art_str *sep, art_list *items)
{
    int64_t size = 0, len = 0;

    if (items->len == 0)
        return &art_str_empty;
    for (int64_t i = 0; i < items->len; i++) {
        art_str *item = join_item(items, i);
        if (!item)
            return NULL;
        size += item->size;
        len += item->len;
    }
    if (items->len == 1)
        return art_retain(join_item(items, 0));
    char *to;
    art_str *s = art_str_room(size + sep->size * (items->len - 1), &to);
    s->len = len + sep->len * (items->len - 1);
    for (int64_t i = 0; i < items->len; i++) {
        art_str *item = join_item(items, i);
        if (i > 0) {
            memcpy(to, sep->text, (size_t)sep->size);
            to += sep->size;
        }
        memcpy(to, item->text, (size_t)item->size);
        to += item->size;
    }
    return s;
}

art_str *art_str_replace(art_str *s, const art_str *old, const art_str *with, int64_t count)
{
    art_text text = {0};
    int64_t at = 0;

    if (count == 0 || (old->size > 0 && !art_str_contains(s, old)))
        return art_retain(s);
    for (; count != 0; count--) {
        int64_t found = old->size ? art__find(s->text + at, s->size - at, old->text, old->size) : 0;
        if (found < 0)
            break;
        art_text_add(&text, s->text + at, (size_t)found);
        art_text_add_str(&text, with);
        at += found + old->size;
        if (old->size == 0) {
            /* The empty string is found before each code point and at the end. */
            if (at == s->size)
                return art_text_take(&text);
            int64_t size = sequence_size((unsigned char)s->text[at]);
            art_text_add(&text, s->text + at, (size_t)size);
            at += size;
        }
    }
    art_text_add(&text, s->text + at, (size_t)(s->size - at));
    return art_text_take(&text);
}

static art_str *pad(art_str *s, int64_t left, int64_t right, const art_str *fill)
{
    art_text text = {0};

    if (fill->len != 1) {
        art_raise_new(&art_type_TypeError, "The fill character must be exactly one character long");
        return NULL;
    }
    if (left <= 0 && right <= 0)
        return art_retain(s);
    art_text_fill(&text, fill->text, (size_t)fill->size, left);
    art_text_add_str(&text, s);
    art_text_fill(&text, fill->text, (size_t)fill->size, right);
    return art_text_take(&text);
}

art_str *art_str_ljust(art_str *s, int64_t width, const art_str *fill)
{
    return pad(s, 0, width - s->len, fill);
}
art_str *art_str_rjust(art_str *s, int64_t width, const art_str *fill)
{
    return pad(s, width - s->len, 0, fill);
}
art_str *art_str_center(art_str *s, int64_t width, const art_str *fill)
{
    int64_t more = width - s->len, left = more > 0 ? more / 2 + (more & width & 1) : 0;
    return pad(s, left, more - left, fill);
}

art_str *art_str_zfill(art_str *s, int64_t width)
{
    art_text text = {0};

    if (width <= s->len)
        return art_retain(s);
    int64_t sign = s->size > 0 && (s->text[0] == '-' || s->text[0] == '+');
    art_text_add(&text, s->text, (size_t)sign);
    art_text_fill(&text, "0", 1, width - s->len);
    art_text_add(&text, s->text + sign, (size_t)(s->size - sign));
    return art_text_take(&text);
}

art_str *art_str_expandtabs(const art_str *s, int64_t tabsize)
{
    art_text text = {0};
    int64_t column = 0;

    for (int64_t i = 0; i < s->size; i++) {
        char c = s->text[i];
        if (c == '\t') {
            int64_t spaces = tabsize > 0 ? tabsize - column % tabsize : 0;
            art_text_fill(&text, " ", 1, spaces);
            column += spaces;
            continue;
        }
        column += (c & 0xC0) != 0x80;
        if (c == '\n' || c == '\r')
            column = 0;
        art_text_add(&text, &c, 1);
    }
    return art_text_take(&text);
}

/* What the table says of one character: text, a code point, None (nothing), or no entry. False: raised. */
static bool add_translated(art_text *text, const art_type *type, const void *value)
{
    art_box box = art_slot_box(type, value);
    bool is_fine = true;

    if (box.type->kind == ART_KIND_STR)
        art_text_add_str(text, (art_str *)box.as.obj);
    else if (box.type->kind == ART_KIND_INT && box.as.i >= 0 && box.as.i < 0x110000)
        art_text_add_char(text, box.as.i);
    else if (box.type->kind == ART_KIND_INT)
        is_fine = (art_raise_new(&art_type_ValueError, "character mapping must be in range(0x110000)"), false);
    else if (box.type->kind != ART_KIND_NONE)
        is_fine = (art_raise_new(&art_type_TypeError, "character mapping must return integer, None or str"), false);
    art_box_release(box);
    return is_fine;
}

art_str *art_str_translate(const art_str *s, art_dict *table)
{
    const art_type *key_type = table->base.type->args[0], *value_type = table->base.type->args[1];
    art_text text = {0};

    for (int64_t at = 0; at < s->size;) {
        int64_t start = at, code_point = art_str_decode(s->text, &at);
        art_box boxed = art_box_int(code_point);
        void *value = art_dict_find(table, key_type->kind == ART_KIND_BOX ? (void *)&boxed : (void *)&code_point);
        if (!value)
            art_text_add(&text, s->text + start, (size_t)(at - start));
        else if (!add_translated(&text, value_type, value)) {
            art_text_drop(&text);
            return NULL;
        }
    }
    return art_text_take(&text);
}

int64_t art_str_ord(const art_str *s)
{
    int64_t at = 0;

    if (s->len != 1) {
        art_raise_new(&art_type_TypeError, "ord() expected a character, but string of length %i found", s->len);
        return 0;
    }
    return art_str_decode(s->text, &at);
}

art_str *art_str_chr(int64_t code_point)
{
    if (code_point < 0 || code_point >= 0x110000) {
        art_raise_new(&art_type_ValueError, "chr() arg not in range(0x110000)");
        return NULL;
    }
    return art_str_char(code_point);
}

/* -- repr -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_printable(int64_t c)
{
    return c < 127 ? c >= 32 : art__char_is_printable(c);
}

static void add_escape(art_text *text, int64_t c)
{
    char escape[16];
    int len = snprintf(escape, sizeof escape, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
    art_text_add(text, escape, (size_t)len);
}

static void add_quoted_char(art_text *text, int64_t c, char quote, bool is_ascii)
{
    static const char special[] = "\t\n\r\\", letters[] = "tnr\\";
    const char *found = c > 0 && c < 128 ? strchr(special, (int)c) : NULL;

    if (found) {
        art_text_add(text, (char[]){'\\', letters[found - special]}, 2);
    } else if (c == quote) {
        art_text_add(text, (char[]){'\\', quote}, 2);
    } else if (!is_printable(c) || (is_ascii && c >= 128)) {
        add_escape(text, c);
    } else {
        art_text_add_char(text, c);
    }
}

void art__text_quote(art_text *text, const art_str *s, bool is_ascii)
{
    bool has_single = memchr(s->text, '\'', (size_t)s->size), has_double = memchr(s->text, '"', (size_t)s->size);
    char quote = has_single && !has_double ? '"' : '\'';

    art_text_add(text, &quote, 1);
    for (int64_t at = 0; at < s->size;) {
        /* Plain stretches at once. */
        int64_t start = at;
        while (at < s->size && s->text[at] >= 32 && s->text[at] < 127 && s->text[at] != quote && s->text[at] != '\\')
            at++;
        art_text_add(text, s->text + start, (size_t)(at - start));
        if (at < s->size)
            add_quoted_char(text, art_str_decode(s->text, &at), quote, is_ascii);
    }
    art_text_add(text, &quote, 1);
}

art_str *art_str_repr(const art_str *s)
{
    art_text text = {0};
    art__text_quote(&text, s, false);
    return art_text_take(&text);
}

art_str *art_str_ascii(const art_str *s)
{
    art_text text = {0};
    art__text_quote(&text, s, true);
    return art_text_take(&text);
}

art_str *art_str_escape(const art_str *s)
{
    art_text text = {0};
    for (int64_t at = 0; at < s->size;) {
        int64_t c = art_str_decode(s->text, &at);
        if (c < 128)
            art_text_add_char(&text, c);
        else
            add_escape(&text, c);
    }
    return art_text_take(&text);
}

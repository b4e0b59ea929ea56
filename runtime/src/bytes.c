/* bytes and bytearray. What only reads takes either; what makes a new one makes it of its first argument's kind. Case and classes are
 * those of ASCII. */
#define _GNU_SOURCE /* memmem */

#include "internal.h"

/* -- making -------------------------------------------------------------------------------------------------------------------------------- */

art_bytes *art_bytes_room(int64_t len, uint8_t **data)
{
    art_bytes *b = art__take(sizeof *b + (size_t)len);

    b->base = (art_obj){&art_type_bytes, 1, 0};
    b->data = *data = (uint8_t *)(b + 1);
    b->len = len;
    return b;
}

art_bytes *art_bytes_new(const void *data, int64_t len)
{
    uint8_t *to;
    art_bytes *b = art_bytes_room(len, &to);
    if (len > 0)
        memcpy(to, data, (size_t)len);
    return b;
}

void art_bytearray_reserve(art_bytearray *b, int64_t cap)
{
    if (cap <= b->cap)
        return;
    cap = art__max(cap, b->cap + b->cap / 2 + 16);
    b->data = art_resize(b->data, (size_t)b->cap, (size_t)cap);
    b->cap = cap;
}

void art_bytearray_add(art_bytearray *b, const void *data, int64_t len)
{
    if (len <= 0)
        return;
    art_bytearray_reserve(b, b->len + len);
    memcpy(b->data + b->len, data, (size_t)len);
    b->len += len;
}

art_bytearray *art_bytearray_new(const void *data, int64_t len)
{
    art_bytearray *b = art_new(&art_type_bytearray, 0);
    art_bytearray_add(b, data, len);
    return b;
}

/* A new one of the kind of `like`, to be written at *data. */
static void *new_like(const art_bytes *like, int64_t len, uint8_t **data)
{
    if (like->base.type->kind == ART_KIND_BYTES)
        return art_bytes_room(len, data);
    art_bytearray *b = art_new(&art_type_bytearray, 0);
    art_bytearray_reserve(b, len);
    b->len = len;
    *data = b->data;
    return b;
}

static void *copy_like(const art_bytes *like, const void *from, int64_t len)
{
    uint8_t *data;
    void *b = new_like(like, len, &data);
    if (len > 0)
        memcpy(data, from, (size_t)len);
    return b;
}

static bool check_count(int64_t len)
{
    if (len < 0)
        art_raise_new(&art_type_ValueError, "negative count");
    return len >= 0;
}

art_bytes *art_bytes_zeros(int64_t len)
{
    uint8_t *data;

    if (!check_count(len))
        return NULL;
    art_bytes *b = art_bytes_room(len, &data);
    memset(data, 0, (size_t)len);
    return b;
}

art_bytearray *art_bytearray_zeros(int64_t len)
{
    if (!check_count(len))
        return NULL;
    art_bytearray *b = art_bytearray_new(NULL, 0);
    art_bytearray_reserve(b, len);
    if (len > 0)
        memset(b->data, 0, (size_t)len);
    b->len = len;
    return b;
}

static bool is_byte(int64_t value, const char *what)
{
    if ((uint64_t)value > 255)
        art_raise_new(&art_type_ValueError, "%c must be in range(0, 256)", what);
    return (uint64_t)value <= 255;
}

static bool load_ints(art_list *ints, uint8_t *data, const char *what)
{
    for (int64_t i = 0; i < ints->len; i++) {
        int64_t value = ((int64_t *)ints->items)[i];
        if (!is_byte(value, what))
            return false;
        data[i] = (uint8_t)value;
    }
    return true;
}

art_bytes *art_bytes_of_ints(art_list *ints)
{
    uint8_t *data;
    art_bytes *b = art_bytes_room(ints->len, &data);

    if (load_ints(ints, data, "bytes"))
        return b;
    art_release(b);
    return NULL;
}

art_bytearray *art_bytearray_of_ints(art_list *ints)
{
    art_bytearray *b = art_bytearray_zeros(ints->len);

    if (load_ints(ints, b->data, "byte"))
        return b;
    art_release(b);
    return NULL;
}

art_bytes *art_bytes_copy(const art_bytes *from)
{
    return from->base.type->kind == ART_KIND_BYTES ? art_retain((void *)(uintptr_t)from) : art_bytes_new(from->data, from->len);
}

art_bytearray *art_bytearray_copy(const art_bytes *from)
{
    return art_bytearray_new(from->data, from->len);
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

art_bytes *art_bytes_fromhex(const art_str *hex)
{
    uint8_t *data;
    art_bytes *b = art_bytes_room(hex->size / 2, &data);
    int64_t len = 0, at = 0;

    for (;;) {
        while (at < hex->size && (hex->text[at] == ' ' || (hex->text[at] >= 9 && hex->text[at] <= 13)))
            at++;
        if (at == hex->size)
            break;
        int high = hex_value(hex->text[at]), low = high < 0 ? -1 : hex_value(hex->text[at + 1]);
        if (low < 0) {
            int64_t bad = art__utf8_len(hex->text, high < 0 ? at : at + 1);
            art_raise_new(&art_type_ValueError, "non-hexadecimal number found in fromhex() arg at position %i", bad);
            art_release(b);
            return NULL;
        }
        data[len++] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    if (len == b->len)
        return b;
    art_bytes *exact = art_bytes_new(data, len);
    art_release(b);
    return exact;
}

art_bytearray *art_bytearray_fromhex(const art_str *hex)
{
    art_bytes *b = art_bytes_fromhex(hex);
    art_bytearray *array = b ? art_bytearray_copy(b) : NULL;
    art_release(b);
    return array;
}

/* -- reading ------------------------------------------------------------------------------------------------------------------------------- */

static const char *text_of(const art_bytes *b)
{
    return (const char *)b->data;
}

bool art_bytes_equal(const art_bytes *a, const art_bytes *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, (size_t)a->len) == 0);
}

int art_bytes_compare(const art_bytes *a, const art_bytes *b)
{
    int64_t common = art__min(a->len, b->len);
    int order = common ? memcmp(a->data, b->data, (size_t)common) : 0;
    return order ? order : (a->len > b->len) - (a->len < b->len);
}

int64_t art_bytes_hash(const art_bytes *b)
{
    return (int64_t)(art__hash_bytes(b->data, (size_t)b->len) >> 32);
}

static void add_byte(art_text *text, uint8_t c, char quote)
{
    char escape[8];

    if (c == (uint8_t)quote || c == '\\')
        art_text_add(text, (char[]){'\\', (char)c}, 2);
    else if (c == '\t' || c == '\n' || c == '\r')
        art_text_add(text, c == '\t' ? "\\t" : c == '\n' ? "\\n" : "\\r", 2);
    else if (c < 32 || c >= 127)
        art_text_add(text, escape, (size_t)snprintf(escape, sizeof escape, "\\x%02x", c));
    else
        art_text_add(text, (char[]){(char)c}, 1);
}

art_str *art_bytes_repr(const art_bytes *b)
{
    bool is_array = b->base.type->kind == ART_KIND_BYTEARRAY;
    bool has_single = b->len > 0 && memchr(b->data, '\'', (size_t)b->len), has_double = b->len > 0 && memchr(b->data, '"', (size_t)b->len);
    char quote = has_single && !has_double ? '"' : '\'';
    art_text text = {0};

    art_text_add_c(&text, is_array ? "bytearray(b" : "b");
    art_text_add(&text, &quote, 1);
    for (int64_t i = 0; i < b->len; i++)
        add_byte(&text, b->data[i], quote);
    art_text_add(&text, &quote, 1);
    if (is_array)
        art_text_add(&text, ")", 1);
    return art_text_take(&text);
}

int64_t art_bytes_at(const art_bytes *b, int64_t index)
{
    if (index < 0)
        index += b->len;
    if ((uint64_t)index < (uint64_t)b->len)
        return b->data[index];
    art_raise_new(&art_type_IndexError, b->base.type->kind == ART_KIND_BYTES ? "index out of range" : "bytearray index out of range");
    return 0;
}

bool art_bytes_contains(const art_bytes *b, const art_bytes *sub)
{
    return art__find(text_of(b), b->len, text_of(sub), sub->len) >= 0;
}

bool art_bytes_contains_int(const art_bytes *b, int64_t value)
{
    return is_byte(value, "byte") && b->len > 0 && memchr(b->data, (int)value, (size_t)b->len);
}

typedef int64_t (*Finder)(const char *text, int64_t size, const char *sub, int64_t sub_size);

static int64_t find_between(const art_bytes *b, const art_bytes *sub, int64_t start, int64_t end, Finder find)
{
    art__clip(b->len, &start, &end);
    if (end - start < sub->len)
        return -1;
    int64_t at = find(text_of(b) + start, end - start, text_of(sub), sub->len);
    return at < 0 ? -1 : start + at;
}

static int64_t found_or_raise(int64_t index)
{
    if (index < 0)
        art_raise_new(&art_type_ValueError, "subsection not found");
    return index;
}

int64_t art_bytes_find(const art_bytes *b, const art_bytes *sub, int64_t start, int64_t end)
{
    return find_between(b, sub, start, end, art__find);
}
int64_t art_bytes_rfind(const art_bytes *b, const art_bytes *sub, int64_t start, int64_t end)
{
    return find_between(b, sub, start, end, art__rfind);
}
int64_t art_bytes_index(const art_bytes *b, const art_bytes *sub, int64_t start, int64_t end)
{
    return found_or_raise(find_between(b, sub, start, end, art__find));
}
int64_t art_bytes_rindex(const art_bytes *b, const art_bytes *sub, int64_t start, int64_t end)
{
    return found_or_raise(find_between(b, sub, start, end, art__rfind));
}

int64_t art_bytes_count(const art_bytes *b, const art_bytes *sub, int64_t start, int64_t end)
{
    int64_t count = 0;

    art__clip(b->len, &start, &end);
    if (end < start)
        return 0;
    if (sub->len == 0)
        return end - start + 1;
    for (int64_t at; (at = art__find(text_of(b) + start, end - start, text_of(sub), sub->len)) >= 0; count++)
        start += at + sub->len;
    return count;
}

bool art_bytes_startswith(const art_bytes *b, const art_bytes *prefix, int64_t start, int64_t end)
{
    art__clip(b->len, &start, &end);
    return end - start >= prefix->len && (prefix->len == 0 || memcmp(b->data + start, prefix->data, (size_t)prefix->len) == 0);
}

bool art_bytes_endswith(const art_bytes *b, const art_bytes *suffix, int64_t start, int64_t end)
{
    art__clip(b->len, &start, &end);
    return end - start >= suffix->len
           && (suffix->len == 0 || memcmp(b->data + end - suffix->len, suffix->data, (size_t)suffix->len) == 0);
}

static bool is_lower(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}
static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}
static bool is_alpha(uint8_t c)
{
    return is_lower(c) || is_upper(c);
}
static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}
static bool is_alnum(uint8_t c)
{
    return is_alpha(c) || is_digit(c);
}
static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= 9 && c <= 13);
}

static bool all_are(const art_bytes *b, bool (*test)(uint8_t c))
{
    for (int64_t i = 0; i < b->len; i++) {
        if (!test(b->data[i]))
            return false;
    }
    return b->len > 0;
}

bool art_bytes_isalnum(const art_bytes *b)
{
    return all_are(b, is_alnum);
}
bool art_bytes_isalpha(const art_bytes *b)
{
    return all_are(b, is_alpha);
}
bool art_bytes_isdigit(const art_bytes *b)
{
    return all_are(b, is_digit);
}
bool art_bytes_isspace(const art_bytes *b)
{
    return all_are(b, is_space);
}

bool art_bytes_isascii(const art_bytes *b)
{
    for (int64_t i = 0; i < b->len; i++) {
        if (b->data[i] >= 128)
            return false;
    }
    return true;
}

static bool has_only_case(const art_bytes *b, bool (*wanted)(uint8_t c), bool (*unwanted)(uint8_t c))
{
    bool has_wanted = false;

    for (int64_t i = 0; i < b->len; i++) {
        if (unwanted(b->data[i]))
            return false;
        has_wanted |= wanted(b->data[i]);
    }
    return has_wanted;
}

bool art_bytes_islower(const art_bytes *b)
{
    return has_only_case(b, is_lower, is_upper);
}
bool art_bytes_isupper(const art_bytes *b)
{
    return has_only_case(b, is_upper, is_lower);
}

bool art_bytes_istitle(const art_bytes *b)
{
    bool in_word = false, has_words = false;

    for (int64_t i = 0; i < b->len; i++) {
        if (in_word ? is_upper(b->data[i]) : is_lower(b->data[i]))
            return false;
        in_word = is_alpha(b->data[i]);
        has_words |= in_word;
    }
    return has_words;
}

art_str *art_bytes_hex(const art_bytes *b, const art_str *sep, int64_t group)
{
    art_text text = {0};

    if (sep && sep->size != 1) {
        art_raise_new(&art_type_ValueError, sep->len == 1 ? "sep must be ASCII." : "sep must be length 1.");
        return NULL;
    }
    for (int64_t i = 0; i < b->len; i++) {
        if (sep && i > 0 && group != 0 && (group > 0 ? b->len - i : -i) % group == 0)
            art_text_add_str(&text, sep);
        art_text_add(&text, (char[]){"0123456789abcdef"[b->data[i] >> 4], "0123456789abcdef"[b->data[i] & 15]}, 2);
    }
    return art_text_take(&text);
}

/* -- new ones -------------------------------------------------------------------------------------------------------------------------------- */

void *art_bytes_concat(const art_bytes *a, const art_bytes *b)
{
    uint8_t *data;
    void *result = new_like(a, a->len + b->len, &data);

    if (a->len > 0)
        memcpy(data, a->data, (size_t)a->len);
    if (b->len > 0)
        memcpy(data + a->len, b->data, (size_t)b->len);
    return result;
}

void *art_bytes_repeat(const art_bytes *b, int64_t times)
{
    int64_t len;
    uint8_t *data;

    times = art__max(times, 0);
    if (__builtin_mul_overflow(b->len, times, &len) || len > INT64_MAX / 2) {
        art_raise_type(&art_type_MemoryError);
        return NULL;
    }
    void *result = new_like(b, len, &data);
    for (int64_t i = 0; i < len; i += b->len)
        memcpy(data + i, b->data, (size_t)b->len);
    return result;
}

void *art_bytes_slice(const art_bytes *b, int64_t start, int64_t stop, int64_t step)
{
    int64_t count = art_slice_bounds(b->len, &start, &stop, &step);
    uint8_t *data;

    if (count < 0)
        return NULL;
    void *result = new_like(b, count, &data);
    for (int64_t i = 0; i < count; i++)
        data[i] = b->data[start + i * step];
    return result;
}

/* A text buffer serves for bytes as well. */
static void *take_like(const art_bytes *like, art_text *text)
{
    void *b = copy_like(like, text->text, (int64_t)text->size);
    art_text_drop(text);
    return b;
}

void *art_bytes_replace(const art_bytes *b, const art_bytes *old, const art_bytes *with, int64_t count)
{
    art_text text = {0};
    int64_t at = 0;

    for (; count != 0; count--) {
        int64_t found = old->len ? art__find(text_of(b) + at, b->len - at, text_of(old), old->len) : 0;
        if (found < 0)
            break;
        art_text_add(&text, text_of(b) + at, (size_t)found);
        art_text_add(&text, text_of(with), (size_t)with->len);
        at += found + old->len;
        if (old->len == 0) {
            if (at == b->len)
                return take_like(b, &text);
            art_text_add(&text, text_of(b) + at++, 1);
        }
    }
    art_text_add(&text, text_of(b) + at, (size_t)(b->len - at));
    return take_like(b, &text);
}

void *art_bytes_join(const art_bytes *sep, art_list *items)
{
    art_text text = {0};

    for (int64_t i = 0; i < items->len; i++) {
        const art_bytes *item = ((art_bytes **)items->items)[i];
        if (i > 0)
            art_text_add(&text, text_of(sep), (size_t)sep->len);
        art_text_add(&text, text_of(item), (size_t)item->len);
    }
    return take_like(sep, &text);
}

static bool is_stripped(const art_bytes *chars, uint8_t c)
{
    return chars ? chars->len > 0 && memchr(chars->data, c, (size_t)chars->len) : is_space(c);
}

static void *strip(const art_bytes *b, const art_bytes *chars, bool at_start, bool at_end)
{
    int64_t start = 0, end = b->len;

    while (at_start && start < end && is_stripped(chars, b->data[start]))
        start++;
    while (at_end && end > start && is_stripped(chars, b->data[end - 1]))
        end--;
    return copy_like(b, b->data + start, end - start);
}

void *art_bytes_strip(const art_bytes *b, const art_bytes *chars)
{
    return strip(b, chars, true, true);
}
void *art_bytes_lstrip(const art_bytes *b, const art_bytes *chars)
{
    return strip(b, chars, true, false);
}
void *art_bytes_rstrip(const art_bytes *b, const art_bytes *chars)
{
    return strip(b, chars, false, true);
}

static void *change_case(const art_bytes *b, bool (*test)(uint8_t c))
{
    uint8_t *data;
    void *result = new_like(b, b->len, &data);

    for (int64_t i = 0; i < b->len; i++)
        data[i] = test(b->data[i]) ? b->data[i] ^ 0x20 : b->data[i];
    return result;
}

void *art_bytes_lower(const art_bytes *b)
{
    return change_case(b, is_upper);
}
void *art_bytes_upper(const art_bytes *b)
{
    return change_case(b, is_lower);
}

void *art_bytes_swapcase(const art_bytes *b)
{
    return change_case(b, is_alpha);
}

/* The first letter of each run of letters (of the whole, if `only_first`) in upper case, the others in lower case. */
static void *title(const art_bytes *b, bool only_first)
{
    bool in_word = false;
    uint8_t *data;
    void *result = new_like(b, b->len, &data);

    for (int64_t i = 0; i < b->len; i++) {
        uint8_t c = b->data[i];
        bool wants_upper = only_first ? i == 0 : !in_word;
        data[i] = (wants_upper ? is_lower(c) : is_upper(c)) ? c ^ 0x20 : c;
        in_word = is_alpha(c);
    }
    return result;
}

void *art_bytes_title(const art_bytes *b)
{
    return title(b, false);
}
void *art_bytes_capitalize(const art_bytes *b)
{
    return title(b, true);
}

void *art_bytes_expandtabs(const art_bytes *b, int64_t tabsize)
{
    art_text text = {0};
    int64_t column = 0;

    for (int64_t i = 0; i < b->len; i++) {
        char c = (char)b->data[i];
        int64_t spaces = c == '\t' && tabsize > 0 ? tabsize - column % tabsize : 0;
        if (c == '\t')
            art_text_fill(&text, " ", 1, spaces);
        else
            art_text_add(&text, &c, 1);
        column = c == '\n' || c == '\r' ? 0 : column + (c == '\t' ? spaces : 1);
    }
    return take_like(b, &text);
}

void *art_bytes_translate(const art_bytes *b, const art_bytes *table, const art_bytes *dropped)
{
    art_text text = {0};

    if (table && table->len != 256) {
        art_raise_new(&art_type_ValueError, "translation table must be 256 characters long");
        return NULL;
    }
    for (int64_t i = 0; i < b->len; i++) {
        char c = (char)(table ? table->data[b->data[i]] : b->data[i]);
        if (dropped->len == 0 || !memchr(dropped->data, b->data[i], (size_t)dropped->len))
            art_text_add(&text, &c, 1);
    }
    return take_like(b, &text);
}

art_bytes *art_bytes_maketrans(const art_bytes *from, const art_bytes *to)
{
    uint8_t *data;

    if (from->len != to->len) {
        art_raise_new(&art_type_ValueError, "maketrans arguments must have same length");
        return NULL;
    }
    art_bytes *table = art_bytes_room(256, &data);
    for (int i = 0; i < 256; i++)
        data[i] = (uint8_t)i;
    for (int64_t i = 0; i < from->len; i++)
        data[from->data[i]] = to->data[i];
    return table;
}

int64_t art_bytes_ord(const art_bytes *b)
{
    if (b->len == 1)
        return b->data[0];
    art_raise_new(&art_type_TypeError, "ord() expected a character, but string of length %i found", b->len);
    return 0;
}

static void *pad(const art_bytes *b, int64_t left, int64_t right, const art_bytes *fill)
{
    art_text text = {0};

    if (fill->len != 1) {
        art_raise_new(&art_type_TypeError, "the fill character must be a byte string of length 1");
        return NULL;
    }
    art_text_fill(&text, text_of(fill), 1, left);
    art_text_add(&text, text_of(b), (size_t)b->len);
    art_text_fill(&text, text_of(fill), 1, right);
    return take_like(b, &text);
}

void *art_bytes_ljust(const art_bytes *b, int64_t width, const art_bytes *fill)
{
    return pad(b, 0, width - b->len, fill);
}
void *art_bytes_rjust(const art_bytes *b, int64_t width, const art_bytes *fill)
{
    return pad(b, width - b->len, 0, fill);
}
void *art_bytes_center(const art_bytes *b, int64_t width, const art_bytes *fill)
{
    int64_t more = art__max(width - b->len, 0), left = more / 2 + (more & width & 1);
    return pad(b, left, more - left, fill);
}

void *art_bytes_zfill(const art_bytes *b, int64_t width)
{
    art_text text = {0};
    int64_t sign = b->len > 0 && (b->data[0] == '-' || b->data[0] == '+');

    art_text_add(&text, text_of(b), (size_t)sign);
    art_text_fill(&text, "0", 1, width - b->len);
    art_text_add(&text, text_of(b) + sign, (size_t)(b->len - sign));
    return take_like(b, &text);
}

void *art_bytes_removeprefix(const art_bytes *b, const art_bytes *prefix)
{
    int64_t cut = art_bytes_startswith(b, prefix, 0, b->len) ? prefix->len : 0;
    return copy_like(b, b->data + cut, b->len - cut);
}
void *art_bytes_removesuffix(const art_bytes *b, const art_bytes *suffix)
{
    int64_t cut = art_bytes_endswith(b, suffix, 0, b->len) ? suffix->len : 0;
    return copy_like(b, b->data, b->len - cut);
}

static bool has_separator(const art_bytes *sep)
{
    if (sep && sep->len == 0)
        art_raise_new(&art_type_ValueError, "empty separator");
    return !sep || sep->len > 0;
}

static void push_part(art_list *list, const art_bytes *b, int64_t start, int64_t end)
{
    art_list_push(list, copy_like(b, b->data + start, end - start));
}

static void split_at_space(art_list *list, const art_bytes *b, int64_t maxsplit)
{
    for (int64_t at = 0;;) {
        while (at < b->len && is_space(b->data[at]))
            at++;
        if (at == b->len)
            return;
        int64_t start = at;
        if (maxsplit-- == 0) {
            push_part(list, b, start, b->len);
            return;
        }
        while (at < b->len && !is_space(b->data[at]))
            at++;
        push_part(list, b, start, at);
    }
}

art_list *art_bytes_split(const art_bytes *b, const art_bytes *sep, int64_t maxsplit, const art_type *type)
{
    if (!has_separator(sep))
        return NULL;
    art_list *list = art_list_new(type, 0);
    if (!sep) {
        split_at_space(list, b, maxsplit);
        return list;
    }
    int64_t at = 0;
    for (int64_t found; maxsplit-- != 0; at += found + sep->len) {
        found = art__find(text_of(b) + at, b->len - at, text_of(sep), sep->len);
        if (found < 0)
            break;
        push_part(list, b, at, at + found);
    }
    push_part(list, b, at, b->len);
    return list;
}

static void rsplit_at_space(art_list *list, const art_bytes *b, int64_t maxsplit)
{
    for (int64_t end = b->len;;) {
        while (end > 0 && is_space(b->data[end - 1]))
            end--;
        if (end == 0)
            return;
        int64_t stop = end;
        if (maxsplit-- == 0) {
            push_part(list, b, 0, stop);
            return;
        }
        while (end > 0 && !is_space(b->data[end - 1]))
            end--;
        push_part(list, b, end, stop);
    }
}

art_list *art_bytes_rsplit(const art_bytes *b, const art_bytes *sep, int64_t maxsplit, const art_type *type)
{
    if (!has_separator(sep))
        return NULL;
    art_list *list = art_list_new(type, 0);
    if (!sep) {
        rsplit_at_space(list, b, maxsplit);
    } else {
        int64_t end = b->len;
        while (maxsplit-- != 0) {
            int64_t found = art__rfind(text_of(b), end, text_of(sep), sep->len);
            if (found < 0)
                break;
            push_part(list, b, found + sep->len, end);
            end = found;
        }
        push_part(list, b, 0, end);
    }
    art_list_reverse(list);
    return list;
}

art_list *art_bytes_splitlines(const art_bytes *b, bool keepends, const art_type *type)
{
    art_list *list = art_list_new(type, 0);

    for (int64_t start = 0; start < b->len;) {
        int64_t end = start;
        while (end < b->len && b->data[end] != '\n' && b->data[end] != '\r')
            end++;
        int64_t next = end < b->len ? end + 1 : end;
        if (next < b->len && b->data[end] == '\r' && b->data[next] == '\n')
            next++;
        push_part(list, b, start, keepends ? next : end);
        start = next;
    }
    return list;
}

/* -- bytearray ------------------------------------------------------------------------------------------------------------------------------- */

static bool find_place(const art_bytearray *b, int64_t *index, const char *message)
{
    if (*index < 0)
        *index += b->len;
    if ((uint64_t)*index < (uint64_t)b->len)
        return true;
    art_raise_new(&art_type_IndexError, "%c", message);
    return false;
}

static void move_tail(art_bytearray *b, int64_t from, int64_t to)
{
    int64_t tail = b->len - from;

    art_bytearray_reserve(b, to + tail);
    if (tail > 0)
        memmove(b->data + to, b->data + from, (size_t)tail);
    b->len = to + tail;
}

bool art_bytearray_append(art_bytearray *b, int64_t value)
{
    uint8_t byte = (uint8_t)value;

    if (!is_byte(value, "byte"))
        return false;
    art_bytearray_add(b, &byte, 1);
    return true;
}

void art_bytearray_extend(art_bytearray *b, const art_bytes *data)
{
    int64_t len = data->len;

    art_bytearray_reserve(b, b->len + len);
    art_bytearray_add(b, data->data, len);
}

bool art_bytearray_extend_ints(art_bytearray *b, art_list *ints)
{
    for (int64_t i = 0; i < ints->len; i++) {
        if (!art_bytearray_append(b, ((int64_t *)ints->items)[i]))
            return false;
    }
    return true;
}

bool art_bytearray_insert(art_bytearray *b, int64_t index, int64_t value)
{
    if (!is_byte(value, "byte"))
        return false;
    index = index < 0 ? art__max(index + b->len, 0) : art__min(index, b->len);
    move_tail(b, index, index + 1);
    b->data[index] = (uint8_t)value;
    return true;
}

int64_t art_bytearray_pop(art_bytearray *b, int64_t index)
{
    if (!find_place(b, &index, b->len == 0 ? "pop from empty bytearray" : "pop index out of range"))
        return 0;
    int64_t value = b->data[index];
    move_tail(b, index + 1, index);
    return value;
}

bool art_bytearray_remove(art_bytearray *b, int64_t value)
{
    if (!is_byte(value, "byte"))
        return false;
    uint8_t *found = b->len > 0 ? memchr(b->data, (int)value, (size_t)b->len) : NULL;
    if (!found) {
        art_raise_new(&art_type_ValueError, "value not found in bytearray");
        return false;
    }
    move_tail(b, found + 1 - b->data, found - b->data);
    return true;
}

void art_bytearray_clear(art_bytearray *b)
{
    b->len = 0;
}

void art_bytearray_reverse(art_bytearray *b)
{
    for (int64_t i = 0, j = b->len - 1; i < j; i++, j--) {
        uint8_t byte = b->data[i];
        b->data[i] = b->data[j];
        b->data[j] = byte;
    }
}

bool art_bytearray_set(art_bytearray *b, int64_t index, int64_t value)
{
    if (!find_place(b, &index, "bytearray index out of range") || !is_byte(value, "byte"))
        return false;
    b->data[index] = (uint8_t)value;
    return true;
}

bool art_bytearray_delete(art_bytearray *b, int64_t index)
{
    if (!find_place(b, &index, "bytearray index out of range"))
        return false;
    move_tail(b, index + 1, index);
    return true;
}

bool art_bytearray_set_slice(art_bytearray *b, int64_t start, int64_t stop, int64_t step, const art_bytes *data)
{
    int64_t count = art_slice_bounds(b->len, &start, &stop, &step);

    if (count < 0)
        return false;
    if (step != 1 && data->len != count) {
        art_raise_new(&art_type_ValueError, "attempt to assign bytes of size %i to extended slice of size %i", data->len, count);
        return false;
    }
    art_bytes *copy = art_bytes_new(data->data, data->len);
    if (step == 1)
        move_tail(b, start + count, start + copy->len);
    for (int64_t i = 0; i < copy->len; i++)
        b->data[start + i * step] = copy->data[i];
    art_release(copy);
    return true;
}

bool art_bytearray_delete_slice(art_bytearray *b, int64_t start, int64_t stop, int64_t step)
{
    int64_t count = art_slice_bounds(b->len, &start, &stop, &step), to;

    if (count <= 0)
        return count == 0;
    if (step < 0) {
        start += (count - 1) * step;
        step = -step;
    }
    to = start;
    for (int64_t from = start; from < b->len; from++) {
        if (from >= start + count * step || (from - start) % step != 0)
            b->data[to++] = b->data[from];
    }
    b->len = to;
    return true;
}

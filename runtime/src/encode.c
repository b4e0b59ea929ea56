/* Encodings: text to bytes and back. Text inside is UTF-8 already, so that is mostly a check; the others go code point by code point. What
 * cannot be encoded or decoded is treated as `errors` says. */
#include "internal.h"

#include <ctype.h>

typedef enum { UTF_8, UTF_8_SIG, ASCII, LATIN_1, UTF_16, UTF_16_LE, UTF_16_BE, UTF_32, UTF_32_LE, UTF_32_BE, UNKNOWN } Encoding;

typedef struct Codec {
    const char *alias; /* lower case, - and _ left out */
    Encoding encoding;
    const char *name;  /* in errors */
} Codec;

static const Codec codecs[] = {
    {"utf8", UTF_8, "utf-8"},
    {"u8", UTF_8, "utf-8"},
    {"utf", UTF_8, "utf-8"},
    {"utf8sig", UTF_8_SIG, "utf-8"},
    {"ascii", ASCII, "ascii"},
    {"usascii", ASCII, "ascii"},
    {"646", ASCII, "ascii"},
    {"latin1", LATIN_1, "latin-1"},
    {"iso88591", LATIN_1, "latin-1"},
    {"latin", LATIN_1, "latin-1"},
    {"l1", LATIN_1, "latin-1"},
    {"utf16", UTF_16, "utf-16"},
    {"utf16le", UTF_16_LE, "utf-16-le"},
    {"utf16be", UTF_16_BE, "utf-16-be"},
    {"utf32", UTF_32, "utf-32"},
    {"utf32le", UTF_32_LE, "utf-32-le"},
    {"utf32be", UTF_32_BE, "utf-32-be"},
};

static const Codec *find_codec(const art_str *name)
{
    char plain[16];
    size_t len = 0;

    for (int64_t i = 0; i < name->size && len < sizeof plain - 1; i++) {
        if (isalnum((unsigned char)name->text[i]))
            plain[len++] = (char)tolower((unsigned char)name->text[i]);
    }
    plain[len] = '\0';
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        if (strcmp(codecs[i].alias, plain) == 0)
            return &codecs[i];
    }
    art_raise_new(&art_type_LookupError, "unknown encoding: %s", name);
    return NULL;
}

static bool is_surrogate(int64_t c)
{
    return c >= 0xD800 && c < 0xE000;
}

/* -- errors ---------------------------------------------------------------------------------------------------------------------------------- */

static void raise_codec(const art_type *type, const char *encoding, void *object, int64_t start, int64_t end, const char *reason)
{
    art_str *name = art_str_of(encoding), *why = art_str_of(reason);
    art_box args[] = {art_box_obj(name), art_box_obj(object), art_box_int(start), art_box_int(end), art_box_obj(why)};

    if (!art_self.raised)
        art_raise(art_exc_args(type, 5, args));
    art_release(name);
    art_release(why);
}

static bool unknown_handler(const art_str *errors)
{
    art_raise_new(&art_type_LookupError, "unknown error handler name '%s'", errors);
    return false;
}

/* -- encoding -------------------------------------------------------------------------------------------------------------------------------- */

typedef struct Encoder {
    const Codec *codec;
    const art_str *text, *errors;
    art_text out;
} Encoder;

static void put_unit(Encoder *e, uint32_t unit, int size, bool is_big)
{
    char bytes[4];

    for (int i = 0; i < size; i++)
        bytes[is_big ? size - 1 - i : i] = (char)(unit >> (8 * i));
    art_text_add(&e->out, bytes, (size_t)size);
}

static void put_wide(Encoder *e, int64_t c, int size, bool is_big)
{
    if (size == 2 && c >= 0x10000) {
        put_unit(e, (uint32_t)(0xD800 + ((c - 0x10000) >> 10)), 2, is_big);
        put_unit(e, (uint32_t)(0xDC00 + ((c - 0x10000) & 0x3FF)), 2, is_big);
    } else {
        put_unit(e, (uint32_t)c, size, is_big);
    }
}

/* False: the encoding has no such character. */
static bool put(Encoder *e, int64_t c)
{
    char utf8[4];

    switch (e->codec->encoding) {
    case ASCII:
    case LATIN_1:
        if (c >= (e->codec->encoding == ASCII ? 128 : 256))
            return false;
        art_text_add(&e->out, (char[]){(char)c}, 1);
        return true;
    default:
        break;
    }
    if (is_surrogate(c))
        return false;
    switch (e->codec->encoding) {
    case UTF_16:
    case UTF_16_LE:
    case UTF_16_BE:
        put_wide(e, c, 2, e->codec->encoding == UTF_16_BE);
        return true;
    case UTF_32:
    case UTF_32_LE:
    case UTF_32_BE:
        put_wide(e, c, 4, e->codec->encoding == UTF_32_BE);
        return true;
    default:
        art_text_add(&e->out, utf8, (size_t)art__utf8_put(utf8, c));
        return true;
    }
}

static const char *encode_reason(const Encoder *e)
{
    return e->codec->encoding == ASCII ? "ordinal not in range(128)" : e->codec->encoding == LATIN_1 ? "ordinal not in range(256)"
                                                                                                      : "surrogates not allowed";
}

static void put_ascii(Encoder *e, const char *text)
{
    for (; *text; text++)
        put(e, *text);
}

static bool handle_unencodable(Encoder *e, int64_t c, int64_t index, int64_t run_end)
{
    char escape[24];

    if (art_str_equal_c(e->errors, "strict")) {
        raise_codec(&art_type_UnicodeEncodeError, e->codec->name, (void *)(uintptr_t)e->text, index, run_end, encode_reason(e));
        return false;
    }
    if (art_str_equal_c(e->errors, "ignore"))
        return true;
    if (art_str_equal_c(e->errors, "replace")) {
        put_ascii(e, "?");
        return true;
    }
    if (art_str_equal_c(e->errors, "surrogateescape")) {
        if (c >= 0xDC80 && c <= 0xDCFF) {
            art_text_add(&e->out, (char[]){(char)(c - 0xDC00)}, 1);
            return true;
        }
        raise_codec(&art_type_UnicodeEncodeError, e->codec->name, (void *)(uintptr_t)e->text, index, run_end, encode_reason(e));
        return false;
    }
    if (art_str_equal_c(e->errors, "surrogatepass") && is_surrogate(c)) {
        art_text_add(&e->out, escape, (size_t)art__utf8_put(escape, c));
        return true;
    }
    if (art_str_equal_c(e->errors, "backslashreplace"))
        snprintf(escape, sizeof escape, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
    else if (art_str_equal_c(e->errors, "xmlcharrefreplace"))
        snprintf(escape, sizeof escape, "&#%u;", (unsigned)c);
    else
        return unknown_handler(e->errors);
    put_ascii(e, escape);
    return true;
}

/* The index behind the run of characters that cannot be encoded. */
static int64_t end_of_run(Encoder *e, int64_t at, int64_t index)
{
    size_t size = e->out.size;

    while (at < e->text->size && !put(e, art_str_decode(e->text->text, &at)))
        index++;
    e->out.size = size;
    return index;
}

art_bytes *art_str_encode(const art_str *s, const art_str *encoding, const art_str *errors)
{
    Encoder e = {find_codec(encoding), s, errors, {0}};

    if (!e.codec)
        return NULL;
    bool is_plain = e.codec->encoding <= LATIN_1 && e.codec->encoding != UTF_8_SIG && art_str_is_ascii(s);
    if (is_plain)
        return art_bytes_new(s->text, s->size);
    if (e.codec->encoding == UTF_8_SIG)
        art_text_add(&e.out, "\xEF\xBB\xBF", 3);
    else if (e.codec->encoding == UTF_16)
        art_text_add(&e.out, "\xFF\xFE", 2);
    else if (e.codec->encoding == UTF_32)
        art_text_add(&e.out, "\xFF\xFE\0\0", 4);
    for (int64_t at = 0, index = 0; at < s->size; index++) {
        int64_t c = art_str_decode(s->text, &at);
        if (!put(&e, c) && !handle_unencodable(&e, c, index, end_of_run(&e, at, index + 1))) {
            art_text_drop(&e.out);
            return NULL;
        }
    }
    art_bytes *b = art_bytes_new(e.out.text, (int64_t)e.out.size);
    art_text_drop(&e.out);
    return b;
}

/* -- decoding -------------------------------------------------------------------------------------------------------------------------------- */

typedef struct Decoder {
    const Codec *codec;
    const art_bytes *bytes;
    const art_str *errors;
    art_text out;
} Decoder;

/* What was found at a place: a character (`size` bytes), or an error of `size` bytes. */
typedef struct Found {
    int64_t code_point;
    int64_t size;
    const char *reason; /* NULL: a character */
} Found;

/* UTF-8 as Python checks it: an error covers the bytes that could have begun a character. */
static Found next_utf8(const uint8_t *at, int64_t left)
{
    int64_t c = at[0], size = c < 0x80 ? 1 : c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;

    if (size == 1)
        return (Found){c, 1, NULL};
    if (size == 0)
        return (Found){0, 1, "invalid start byte"};
    int64_t low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80, high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    c &= 0xFF >> (size + 1);
    for (int64_t i = 1; i < size; i++) {
        if (i >= left)
            return (Found){0, left, "unexpected end of data"};
        if (at[i] < low || at[i] > high)
            return (Found){0, i, "invalid continuation byte"};
        c = c << 6 | (at[i] & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    return (Found){c, size, NULL};
}

static uint32_t unit_at(const uint8_t *at, int size, bool is_big)
{
    uint32_t unit = 0;

    for (int i = 0; i < size; i++)
        unit |= (uint32_t)at[is_big ? size - 1 - i : i] << (8 * i);
    return unit;
}

static Found next_utf16(const uint8_t *at, int64_t left, bool is_big)
{
    if (left < 2)
        return (Found){0, left, "truncated data"};
    uint32_t unit = unit_at(at, 2, is_big);
    if (!is_surrogate(unit))
        return (Found){unit, 2, NULL};
    if (unit >= 0xDC00)
        return (Found){0, 2, "illegal encoding"};
    if (left < 4)
        return (Found){0, left, "unexpected end of data"};
    uint32_t second = unit_at(at + 2, 2, is_big);
    if (second < 0xDC00 || second >= 0xE000)
        return (Found){0, 2, "illegal UTF-16 surrogate"};
    return (Found){0x10000 + ((int64_t)(unit & 0x3FF) << 10 | (second & 0x3FF)), 4, NULL};
}

static Found next_utf32(const uint8_t *at, int64_t left, bool is_big)
{
    if (left < 4)
        return (Found){0, left, "truncated data"};
    uint32_t unit = unit_at(at, 4, is_big);
    if (unit >= 0x110000)
        return (Found){0, 4, "code point not in range(0x110000)"};
    if (is_surrogate(unit))
        return (Found){0, 4, "code point in surrogate code point range(0xd800, 0xe000)"};
    return (Found){unit, 4, NULL};
}

static Found next_char(const Decoder *d, int64_t at)
{
    const uint8_t *from = d->bytes->data + at;
    int64_t left = d->bytes->len - at;

    switch (d->codec->encoding) {
    case ASCII:
        return *from < 128 ? (Found){*from, 1, NULL} : (Found){0, 1, "ordinal not in range(128)"};
    case LATIN_1:
        return (Found){*from, 1, NULL};
    case UTF_16:
    case UTF_16_LE:
    case UTF_16_BE:
        return next_utf16(from, left, d->codec->encoding == UTF_16_BE);
    case UTF_32:
    case UTF_32_LE:
    case UTF_32_BE:
        return next_utf32(from, left, d->codec->encoding == UTF_32_BE);
    default:
        return next_utf8(from, left);
    }
}

static bool handle_undecodable(Decoder *d, int64_t at, const Found *found)
{
    char escape[8];

    if (art_str_equal_c(d->errors, "strict")) {
        raise_codec(&art_type_UnicodeDecodeError, d->codec->name, (void *)(uintptr_t)d->bytes, at, at + found->size, found->reason);
        return false;
    }
    if (art_str_equal_c(d->errors, "ignore"))
        return true;
    if (art_str_equal_c(d->errors, "replace")) {
        art_text_add_char(&d->out, 0xFFFD);
        return true;
    }
    bool is_escape = art_str_equal_c(d->errors, "surrogateescape");
    if (!is_escape && !art_str_equal_c(d->errors, "backslashreplace"))
        return unknown_handler(d->errors);
    for (int64_t i = at; i < at + found->size; i++) {
        if (is_escape)
            art_text_add_char(&d->out, 0xDC00 + d->bytes->data[i]);
        else
            art_text_add(&d->out, escape, (size_t)snprintf(escape, sizeof escape, "\\x%02x", d->bytes->data[i]));
    }
    return true;
}

/* The byte order mark at the beginning: how many bytes to skip, and which order it says. */
static int64_t skip_mark(Decoder *d)
{
    static const Codec utf16_be = {"", UTF_16_BE, "utf-16-be"}, utf16_le = {"", UTF_16_LE, "utf-16-le"};
    static const Codec utf32_be = {"", UTF_32_BE, "utf-32-be"}, utf32_le = {"", UTF_32_LE, "utf-32-le"};
    const uint8_t *data = d->bytes->data;
    int64_t len = d->bytes->len;

    switch (d->codec->encoding) {
    case UTF_8_SIG:
        return len >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    case UTF_16:
        d->codec = len >= 2 && memcmp(data, "\xFE\xFF", 2) == 0 ? &utf16_be : &utf16_le;
        return d->codec == &utf16_be || (len >= 2 && memcmp(data, "\xFF\xFE", 2) == 0) ? 2 : 0;
    case UTF_32:
        d->codec = len >= 4 && memcmp(data, "\0\0\xFE\xFF", 4) == 0 ? &utf32_be : &utf32_le;
        return d->codec == &utf32_be || (len >= 4 && memcmp(data, "\xFF\xFE\0\0", 4) == 0) ? 4 : 0;
    default:
        return 0;
    }
}

static bool is_all_ascii(const art_bytes *b)
{
    int64_t i = 0;

    for (; i + 8 <= b->len; i += 8) {
        uint64_t word;
        memcpy(&word, b->data + i, 8);
        if (word & UINT64_C(0x8080808080808080))
            return false;
    }
    for (; i < b->len; i++) {
        if (b->data[i] >= 128)
            return false;
    }
    return true;
}

art_str *art_bytes_decode(const art_bytes *b, const art_str *encoding, const art_str *errors)
{
    Decoder d = {find_codec(encoding), b, errors, {0}};

    if (!d.codec)
        return NULL;
    if (d.codec->encoding <= LATIN_1 && is_all_ascii(b))
        return art_str_new((const char *)b->data, (size_t)b->len);
    for (int64_t at = skip_mark(&d); at < b->len;) {
        Found found = next_char(&d, at);
        if (!found.reason) {
            art_text_add_char(&d.out, found.code_point);
        } else if (!handle_undecodable(&d, at, &found)) {
            art_text_drop(&d.out);
            return NULL;
        }
        at += found.size;
    }
    return art_text_take(&d.out);
}

art_str *art_str_from_outside(const char *text, size_t size)
{
    static const art_str utf8 = ART_STR_LITERAL("utf-8", 5), escape = ART_STR_LITERAL("surrogateescape", 15);
    art_bytes bytes = {{&art_type_bytes, ART_IMMORTAL, 0}, (const uint8_t *)text, (int64_t)size};

    return art_bytes_decode(&bytes, &utf8, &escape);
}

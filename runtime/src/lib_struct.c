/* The module struct. A format is walked code by code, with the alignment of C where it begins with @ or nothing. */
#include "internal.h"

#include "art/box.h"
#include "art/struct.h"

#include <math.h>
#include <stdarg.h>

typedef struct Walk {
    const art_str *format;
    int64_t at;
    bool is_native, is_little; /* is_native: sizes and alignment of C */
    bool failed;
    art_list *failure;
    char code;
    int64_t count; /* the number before the code, or 1 */
    int64_t size;  /* of one value */
    int64_t place; /* where it stands */
} Walk;

static void fail(Walk *w, const char *format, ...)
{
    va_list args;

    w->failed = true;
    va_start(args, format);
    art_str *text = art_strf_list(format, args);
    va_end(args);
    art_list_append(w->failure, &text);
    art_release(text);
}

static Walk begin(const art_str *format, art_list *failure)
{
    Walk w = {.format = format,
              .failure = failure,
              .is_native = true,
              .is_little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__};
    char first = format->size ? format->text[0] : 0;

    if (first && strchr("@=<>!", first)) {
        w.at = 1;
        w.is_native = first == '@';
        w.is_little = first == '<' || ((first == '@' || first == '=') && w.is_little);
    }
    return w;
}

static int64_t size_of(char code, bool is_native)
{
    switch (code) {
    case 'x':
    case 'c':
    case 'b':
    case 'B':
    case '?':
    case 's':
    case 'p': return 1;
    case 'h':
    case 'H':
    case 'e': return 2;
    case 'i':
    case 'I':
    case 'f': return 4;
    case 'l':
    case 'L': return is_native ? (int64_t)sizeof(long) : 4;
    case 'q':
    case 'Q':
    case 'd': return 8;
    case 'n':
    case 'N':
    case 'P': return is_native ? 8 : 0;
    default: return 0;
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The next code, with its count; false at the end, or when it failed. */
static bool next_code(Walk *w)
{
    const char *text = w->format->text;

    while (w->at < w->format->size && (text[w->at] == ' ' || (text[w->at] >= '\t' && text[w->at] <= '\r')))
        w->at++;
    if (w->failed || w->at >= w->format->size)
        return false;
    bool is_counted = is_digit(text[w->at]);
    w->count = is_counted ? 0 : 1;
    while (w->at < w->format->size && is_digit(text[w->at])) {
        w->count = w->count * 10 + text[w->at++] - '0';
        if (w->count > INT32_MAX)
            break;
    }
    w->code = w->at < w->format->size ? text[w->at++] : 0;
    if (!w->code)
        fail(w, "repeat count given without format specifier");
    else if (w->count > INT32_MAX)
        fail(w, "total struct size too long");
    w->size = size_of(w->code, w->is_native);
    if (!w->failed && !w->size)
        fail(w, "bad char in struct format");
    if (w->is_native && w->size > 1)
        w->place = (w->place + w->size - 1) / w->size * w->size;
    return !w->failed;
}

int64_t art_struct_size(const art_str *format, art_list *failure)
{
    Walk w = begin(format, failure);

    while (next_code(&w))
        w.place += w.count * w.size;
    return w.place;
}

/* How many values a format takes. */
static int64_t value_count(const art_str *format, art_list *failure)
{
    Walk w = begin(format, failure);
    int64_t count = 0;

    while (next_code(&w))
        count += w.code == 'x' ? 0 : w.code == 's' || w.code == 'p' ? 1 : w.count;
    return count;
}

/* -- numbers ---------------------------------------------------------------------------------------------------------------------- */

static void put_bits(const Walk *w, uint8_t *to, uint64_t bits)
{
    for (int64_t i = 0; i < w->size; i++)
        to[w->is_little ? i : w->size - 1 - i] = (uint8_t)(bits >> 8 * i);
}

static uint64_t get_bits(const Walk *w, const uint8_t *from)
{
    uint64_t bits = 0;

    for (int64_t i = 0; i < w->size; i++)
        bits |= (uint64_t)from[w->is_little ? i : w->size - 1 - i] << 8 * i;
    return bits;
}

static double half_value(uint16_t bits)
{
    int exponent = bits >> 10 & 31;
    double fraction = bits & 1023, value;

    if (exponent == 31)
        value = fraction != 0 ? (double)NAN : (double)INFINITY;
    else
        value = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    return bits >> 15 ? -value : value;
}

/* -1: too large. */
static int32_t half_bits(double value)
{
    int exponent;
    int32_t sign = signbit(value) ? 0x8000 : 0;

    if (isnan(value))
        return sign | 0x7e00;
    if (isinf(value))
        return sign | 0x7c00;
    double fraction = frexp(fabs(value), &exponent) * 2;
    exponent--;
    if (value == 0)
        return sign;
    if (exponent < -14)
        return sign | (int32_t)nearbyint(ldexp(fabs(value), 24));
    int32_t bits = (int32_t)nearbyint((fraction - 1) * 1024) + ((exponent + 15) << 10);
    return bits >= 0x7c00 ? -1 : sign | bits;
}

static bool is_signed(char code)
{
    return strchr("bhilqn", code) != NULL;
}

static void pack_int(Walk *w, art_box value, uint8_t *to)
{
    bool is_int = value.type->kind == ART_KIND_INT || value.type->kind == ART_KIND_BOOL;
    int64_t number = value.type->kind == ART_KIND_BOOL ? value.as.b : value.as.i;

    if (!is_int) {
        fail(w, "required argument is not an integer");
        return;
    }
    int bits = (int)w->size * 8;
    bool fits = is_signed(w->code)
                    ? bits == 64 || (number >= -(INT64_C(1) << (bits - 1)) && number < INT64_C(1) << (bits - 1))
                    : number >= 0 && (bits == 64 || number < INT64_C(1) << bits);
    const char *name = w->code == 'b'   ? "byte"
                       : w->code == 'B' ? "ubyte"
                       : w->code == 'h' ? "short"
                       : w->code == 'H' ? "ushort"
                                        : NULL;
    int64_t least = is_signed(w->code) ? INT64_MIN >> (64 - bits) : 0,
            most = (int64_t)(UINT64_MAX >> (64 - bits + is_signed(w->code)));
    char quoted[4] = {'\'', w->code, '\''};
    if (!fits && (bits == 64 || (!name && !is_signed(w->code) && number < 0)))
        fail(w, "argument out of range");
    else if (!fits)
        fail(w, "%c format requires %i <= number <= %i", name ? name : quoted, least, most);
    else
        put_bits(w, to, (uint64_t)number);
}

static void pack_float(Walk *w, art_box value, uint8_t *to)
{
    double number = value.type->kind == ART_KIND_FLOAT ? value.as.f
                    : value.type->kind == ART_KIND_INT ? (double)value.as.i
                                                       : value.as.b;
    uint64_t bits = 0;
    float single = (float)number;

    if (value.type->kind != ART_KIND_FLOAT && value.type->kind != ART_KIND_INT && value.type->kind != ART_KIND_BOOL) {
        fail(w, "required argument is not a float");
        return;
    }
    if (w->code == 'd') {
        memcpy(&bits, &number, 8);
    } else if (w->code == 'f') {
        if (isinf(single) && !isinf(number))
            art_raise_new(&art_type_OverflowError, "float too large to pack with f format");
        memcpy(&bits, &single, 4);
    } else {
        int32_t half = half_bits(number);
        if (half < 0)
            art_raise_new(&art_type_OverflowError, "float too large to pack with e format");
        bits = (uint64_t)half;
    }
    put_bits(w, to, bits);
}

static const art_bytes *bytes_in(art_box value)
{
    bool is_bytes = value.type->kind == ART_KIND_BYTES || value.type->kind == ART_KIND_BYTEARRAY;

    return is_bytes ? (const art_bytes *)value.as.obj : NULL;
}

static void pack_text(Walk *w, art_box value, uint8_t *to)
{
    const art_bytes *bytes = bytes_in(value);

    if (!bytes) {
        fail(w, w->code == 's' ? "argument for 's' must be a bytes object" : "argument for 'p' must be a bytes object");
        return;
    }
    int64_t room = w->code == 'p' ? art__max(w->count - 1, 0) : w->count, size = art__min(bytes->len, room);
    if (w->code == 'p' && w->count > 0)
        *to++ = (uint8_t)art__min(size, 255);
    memcpy(to, bytes->data, (size_t)size);
}

static void pack_one(Walk *w, art_box value, uint8_t *to)
{
    const art_bytes *bytes = bytes_in(value);

    if (w->code == 'c' && (!bytes || bytes->len != 1))
        fail(w, "char format requires a bytes object of length 1");
    else if (w->code == 'c')
        *to = bytes->data[0];
    else if (w->code == '?')
        *to = art_box_truth(value);
    else if (strchr("fde", w->code))
        pack_float(w, value, to);
    else
        pack_int(w, value, to);
}

art_bytes *art_struct_pack(const art_str *format, const art_list *values, art_list *failure)
{
    int64_t size = art_struct_size(format, failure), wanted = failure->len ? 0 : value_count(format, failure), next = 0;
    uint8_t *data;
    Walk w = begin(format, failure);

    if (failure->len)
        return art_bytes_new("", 0);
    if (values->len != wanted) {
        fail(&w, "pack expected %i items for packing (got %i)", wanted, values->len);
        return art_bytes_new("", 0);
    }
    art_bytes *bytes = art_bytes_room(size, &data);
    memset(data, 0, (size_t)size);
    while (next_code(&w)) {
        if (w.code == 's' || w.code == 'p')
            pack_text(&w, ((art_box *)values->items)[next++], data + w.place);
        for (int64_t i = 0; i < w.count && !strchr("spx", w.code) && !w.failed; i++)
            pack_one(&w, ((art_box *)values->items)[next++], data + w.place + i * w.size);
        w.place += w.count * w.size;
    }
    return bytes;
}

static art_box unpack_one(Walk *w, const uint8_t *from)
{
    uint64_t bits = get_bits(w, from);
    int shift = 64 - (int)w->size * 8;
    double number;
    float single;

    switch (w->code) {
    case 'c': return art_box_obj(art_bytes_new(from, 1));
    case '?': return art_box_bool(*from != 0);
    case 'e': return art_box_float(half_value((uint16_t)bits));
    case 'f': {
        uint32_t low = (uint32_t)bits;
        memcpy(&single, &low, 4);
        return art_box_float((double)single);
    }
    case 'd': memcpy(&number, &bits, 8); return art_box_float(number);
    default: break;
    }
    if (is_signed(w->code))
        return art_box_int((int64_t)(bits << shift) >> shift);
    if (bits > INT64_MAX)
        art_raise_new(&art_type_OverflowError, "an int holds 64 bits");
    return art_box_int((int64_t)bits);
}

art_list *art_struct_unpack(const art_str *format, const art_bytes *data, int64_t offset, art_list *failure,
                            const art_type *type)
{
    art_list *list = art_list_new(type, 0);
    Walk w = begin(format, failure);

    while (next_code(&w)) {
        const uint8_t *from = data->data + offset + w.place;
        art_box value;
        if (w.code == 's' || w.code == 'p') {
            int64_t size = w.code == 's' ? w.count : w.count ? art__min(*from, w.count - 1) : 0;
            value = art_box_obj(art_bytes_new(w.code == 'p' && w.count ? from + 1 : from, size));
            art_list_push_slot(list, &value);
        }
        for (int64_t i = 0; i < w.count && !strchr("spx", w.code); i++) {
            value = unpack_one(&w, from + i * w.size);
            art_list_push_slot(list, &value);
        }
        w.place += w.count * w.size;
    }
    return list;
}

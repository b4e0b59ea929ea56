/* int: the operations that are more than an instruction, text in all bases, and the mixed ones with float. The usual cases are inline
 * in art/number.h and come here only to raise. */
#include "internal.h"

#include <math.h>

int64_t art__int_overflow(void)
{
    art_raise_new(&art_type_OverflowError, "integer overflow: the result does not fit in 64 bits");
    return 0;
}

int64_t art__int_zero_division(bool is_modulo)
{
    art_raise_new(&art_type_ZeroDivisionError, is_modulo ? "integer modulo by zero" : "integer division or modulo by zero");
    return 0;
}

/* -- shifts and powers -------------------------------------------------------------------------------------------------------- */

int64_t art__int_shift(int64_t a, int64_t by)
{
    if (by < 0) {
        art_raise_new(&art_type_ValueError, "negative shift count");
        return 0;
    }
    if (a == 0)
        return 0;
    if (by > 62 && !(by == 63 && a == -1))
        return art__int_overflow();
    int64_t result = (int64_t)((uint64_t)a << by);
    return result >> by == a ? result : art__int_overflow();
}

int64_t art_int_rshift(int64_t a, int64_t by)
{
    if (by < 0) {
        art_raise_new(&art_type_ValueError, "negative shift count");
        return 0;
    }
    return a >> (by > 63 ? 63 : by);
}

int64_t art_int_pow(int64_t a, int64_t b)
{
    int64_t result = 1;

    if (b < 0) {
        if (a == 0)
            art_raise_new(&art_type_ZeroDivisionError, "0.0 cannot be raised to a negative power");
        else
            art_raise_new(&art_type_ValueError, "negative exponent: the result would be a float");
        return 0;
    }
    for (;;) {
        if (b & 1 && __builtin_mul_overflow(result, a, &result))
            return art__int_overflow();
        b >>= 1;
        if (b == 0)
            return result;
        if (__builtin_mul_overflow(a, a, &a))
            return art__int_overflow();
    }
}

static uint64_t multiply_mod(uint64_t a, uint64_t b, uint64_t mod)
{
    uint64_t result = 0;

    if (mod <= UINT32_MAX)
        return a * b % mod;
    for (; b > 0; b >>= 1) {
        if (b & 1)
            result = result >= mod - a ? result - (mod - a) : result + a;
        a = a >= mod - a ? a - (mod - a) : a + a;
    }
    return result;
}

/* The inverse of a modulo `mod`, or 0. */
static uint64_t inverse_mod(uint64_t a, uint64_t mod)
{
    int64_t t = 0, next_t = 1;
    uint64_t r = mod, next_r = a;

    while (next_r != 0) {
        uint64_t q = r / next_r, rest = r % next_r;
        int64_t old = t - (int64_t)q * next_t;
        t = next_t;
        next_t = old;
        r = next_r;
        next_r = rest;
    }
    if (r != 1)
        return 0;
    return t < 0 ? (uint64_t)t + mod : (uint64_t)t;
}

int64_t art_int_pow_mod(int64_t a, int64_t b, int64_t mod)
{
    if (mod == 0) {
        art_raise_new(&art_type_ValueError, "pow() 3rd argument cannot be 0");
        return 0;
    }
    uint64_t size = mod < 0 ? -(uint64_t)mod : (uint64_t)mod;
    uint64_t base = (uint64_t)art_int_mod(a, mod == INT64_MIN ? mod : (int64_t)size);
    if (mod == INT64_MIN)
        base = a < 0 ? (uint64_t)a + size : (uint64_t)a;
    if (size == 1)
        return 0;
    if (b < 0) {
        base = inverse_mod(base, size);
        if (base == 0) {
            art_raise_new(&art_type_ValueError, "base is not invertible for the given modulus");
            return 0;
        }
    }
    uint64_t result = 1;
    for (uint64_t exp = b < 0 ? -(uint64_t)b : (uint64_t)b; exp > 0; exp >>= 1) {
        if (exp & 1)
            result = multiply_mod(result, base, size);
        base = multiply_mod(base, base, size);
    }
    return mod < 0 && result != 0 ? (int64_t)(result - size) : (int64_t)result;
}

/* -- division to float, and comparison with it: exact -------------------------------------------------------------------------- */

double art_int_div(int64_t a, int64_t b)
{
    const int64_t exact = INT64_C(1) << 53;

    if (b == 0) {
        art_raise_new(&art_type_ZeroDivisionError, "division by zero");
        return 0;
    }
    if (a >= -exact && a <= exact && b >= -exact && b <= exact)
        return (double)a / (double)b;
    /* The quotient to at least 56 bits, the last one standing for all that follow; one rounding, by the conversion. */
    uint64_t x = a < 0 ? -(uint64_t)a : (uint64_t)a, y = b < 0 ? -(uint64_t)b : (uint64_t)b;
    uint64_t quotient = x / y, rest = x % y;
    int exponent = 0;
    while (rest != 0 && quotient < UINT64_C(1) << 56) {
        rest *= 2;
        quotient = quotient * 2 + (rest >= y);
        rest -= rest >= y ? y : 0;
        exponent--;
    }
    double result = ldexp((double)(quotient | (rest != 0)), exponent);
    return (a < 0) != (b < 0) ? -result : result;
}

int art_int_float_compare(int64_t a, double b)
{
    if (isnan(b))
        return 2;
    if (b >= 0x1p63)
        return -1;
    if (b < -0x1p63)
        return 1;
    int64_t whole = (int64_t)b;
    if (a != whole)
        return a < whole ? -1 : 1;
    double rest = b - (double)whole;
    return rest > 0 ? -1 : rest < 0 ? 1 : 0;
}

/* -- rounding, bits, hash ------------------------------------------------------------------------------------------------------- */

int64_t art_int_round(int64_t a, int64_t digits)
{
    if (digits >= 0)
        return a;
    if (digits < -19)
        return 0;
    uint64_t unit = 1;
    for (int64_t i = digits; i < 0; i++)
        unit *= 10;
    uint64_t size = a < 0 ? -(uint64_t)a : (uint64_t)a, rest = size % unit, whole = size - rest;
    /* Half to even. */
    if (rest > unit - rest || (rest == unit - rest && whole / unit % 2 == 1))
        whole = whole > UINT64_MAX - unit ? UINT64_MAX : whole + unit;
    if (whole > (uint64_t)INT64_MAX + (a < 0))
        return art__int_overflow();
    return a < 0 ? (int64_t)-whole : (int64_t)whole;
}

int64_t art_int_bit_length(int64_t a)
{
    uint64_t size = a < 0 ? -(uint64_t)a : (uint64_t)a;
    return size == 0 ? 0 : 64 - __builtin_clzll(size);
}

int64_t art_int_bit_count(int64_t a)
{
    return __builtin_popcountll(a < 0 ? -(uint64_t)a : (uint64_t)a);
}

int64_t art_int_hash(int64_t a)
{
    const uint64_t prime = (UINT64_C(1) << 61) - 1;
    uint64_t size = a < 0 ? -(uint64_t)a : (uint64_t)a;
    int64_t hash = (int64_t)(size < prime ? size : size % prime);

    if (a >= 0)
        return hash;
    return hash == 1 ? -2 : -hash;
}

int64_t art_int_gcd(int64_t a, int64_t b)
{
    uint64_t x = a < 0 ? -(uint64_t)a : (uint64_t)a, y = b < 0 ? -(uint64_t)b : (uint64_t)b;
    while (y != 0) {
        uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    return x > INT64_MAX ? art__int_overflow() : (int64_t)x;
}

/* -- text ------------------------------------------------------------------------------------------------------------------------ */

art_str *art_int_str(int64_t a)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = a < 0 ? -(uint64_t)a : (uint64_t)a;

    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (a < 0)
        *--at = '-';
    return art_str_new(at, (size_t)(digits + sizeof digits - at));
}

static art_str *with_prefix(int64_t a, int shift, char letter)
{
    char digits[72], *at = digits + sizeof digits;
    uint64_t rest = a < 0 ? -(uint64_t)a : (uint64_t)a;

    do
        *--at = "0123456789abcdef"[rest & ((1U << shift) - 1)];
    while (rest >>= shift);
    *--at = letter;
    *--at = '0';
    if (a < 0)
        *--at = '-';
    return art_str_new(at, (size_t)(digits + sizeof digits - at));
}

art_str *art_int_bin(int64_t a)
{
    return with_prefix(a, 1, 'b');
}
art_str *art_int_oct(int64_t a)
{
    return with_prefix(a, 3, 'o');
}
art_str *art_int_hex(int64_t a)
{
    return with_prefix(a, 4, 'x');
}

static int digit_of(int64_t code_point)
{
    if (code_point >= '0' && code_point <= '9')
        return (int)code_point - '0';
    if (code_point >= 'a' && code_point <= 'z')
        return (int)code_point - 'a' + 10;
    if (code_point >= 'A' && code_point <= 'Z')
        return (int)code_point - 'A' + 10;
    return code_point < 128 ? 99 : art__char_decimal(code_point);
}

/* What int() finds in a text. */
enum { PARSE_FINE, PARSE_BAD, PARSE_TOO_LARGE };

static int parse_digits(const char *text, int64_t at, int64_t end, int base, uint64_t *size)
{
    bool after_digit = false, is_too_large = false;

    for (*size = 0; at < end;) {
        int64_t code_point = art_str_decode(text, &at);
        if (code_point == '_' && after_digit) {
            after_digit = false;
            continue;
        }
        int digit = digit_of(code_point);
        if (digit < 0 || digit >= base)
            return PARSE_BAD;
        is_too_large |= __builtin_mul_overflow(*size, (uint64_t)base, size) || __builtin_add_overflow(*size, (uint64_t)digit, size);
        after_digit = true;
    }
    return !after_digit ? PARSE_BAD : is_too_large ? PARSE_TOO_LARGE : PARSE_FINE;
}

static int parse_int(const char *text, int64_t at, int64_t end, int64_t base, int64_t *value)
{
    bool is_negative = at < end && text[at] == '-';
    if (at < end && (text[at] == '-' || text[at] == '+'))
        at++;
    bool had_prefix = false, is_zero_led = false;
    if (end - at >= 2 && text[at] == '0') {
        char letter = (char)(text[at + 1] | 0x20);
        int64_t prefix_base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
        if (prefix_base && (base == 0 || base == prefix_base)) {
            base = prefix_base;
            at += 2;
            had_prefix = true;
        } else {
            is_zero_led = base == 0;
        }
    }
    if (base == 0)
        base = 10;
    /* 0x_f is fine, _f is not. */
    if (had_prefix && at < end && text[at] == '_')
        at++;
    uint64_t size;
    int outcome = parse_digits(text, at, end, (int)base, &size);
    if (outcome == PARSE_FINE && is_zero_led && size != 0)
        return PARSE_BAD;
    if (outcome == PARSE_FINE && size > (uint64_t)INT64_MAX + is_negative)
        return PARSE_TOO_LARGE;
    *value = (int64_t)(is_negative ? -size : size);
    return outcome;
}

int64_t art_int_parse(const art_str *text, int64_t base)
{
    if (base != 0 && (base < 2 || base > 36)) {
        art_raise_new(&art_type_ValueError, "int() base must be >= 2 and <= 36, or 0");
        return 0;
    }
    int64_t start = 0, end = text->size, value = 0;
    art__strip_bounds(text, &start, &end);
    switch (parse_int(text->text, start, end, base, &value)) {
    case PARSE_FINE:
        return value;
    case PARSE_TOO_LARGE:
        return art__int_overflow();
    default:
        art_raise_new(&art_type_ValueError, "invalid literal for int() with base %i: %r", base, text);
        return 0;
    }
}

/* -- bytes ----------------------------------------------------------------------------------------------------------------------- */

static bool is_little(const art_str *byteorder, bool *is_bad)
{
    bool little = art_str_equal_c(byteorder, "little");
    *is_bad = !little && !art_str_equal_c(byteorder, "big");
    if (*is_bad)
        art_raise_new(&art_type_ValueError, "byteorder must be either 'little' or 'big'");
    return little;
}

art_bytes *art_int_to_bytes(int64_t a, int64_t length, const art_str *byteorder, bool is_signed)
{
    bool is_bad, little = is_little(byteorder, &is_bad);

    if (is_bad)
        return NULL;
    if (length < 0) {
        art_raise_new(&art_type_ValueError, "length argument must be non-negative");
        return NULL;
    }
    if (a < 0 && !is_signed) {
        art_raise_new(&art_type_OverflowError, "can't convert negative int to unsigned");
        return NULL;
    }
    int64_t bits = length < 8 ? length * 8 : 64;
    bool fits = bits == 64 || (is_signed ? bits > 0 && a >= -(INT64_C(1) << (bits - 1)) && a < INT64_C(1) << (bits - 1)
                                         : a < INT64_C(1) << bits);
    if (!fits && !(length == 0 && a == 0)) {
        art_raise_new(&art_type_OverflowError, "int too big to convert");
        return NULL;
    }
    uint8_t *data;
    art_bytes *bytes = art_bytes_room(length, &data);
    for (int64_t i = 0; i < length; i++)
        data[little ? i : length - 1 - i] = (uint8_t)(a >> (i < 8 ? i * 8 : 63));
    return bytes;
}

int64_t art_int_from_bytes(const art_bytes *bytes, const art_str *byteorder, bool is_signed)
{
    bool is_bad, little = is_little(byteorder, &is_bad);

    if (is_bad || bytes->len == 0)
        return 0;
    bool is_negative = is_signed && bytes->data[little ? bytes->len - 1 : 0] & 0x80;
    uint64_t value = is_negative ? UINT64_MAX : 0;
    for (int64_t i = bytes->len - 1; i >= 0; i--) {
        uint8_t byte = bytes->data[little ? i : bytes->len - 1 - i];
        if (i >= 8 && byte != (is_negative ? 0xFF : 0))
            return art__int_overflow();
        value = value << 8 | byte;
    }
    if ((int64_t)value < 0 && !is_negative)
        return art__int_overflow();
    if ((int64_t)value >= 0 && is_negative)
        return art__int_overflow();
    return (int64_t)value;
}

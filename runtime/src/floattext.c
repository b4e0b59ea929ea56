/* float as text: digits, layout, parsing, hexadecimal. The text is CPython's to the digit: the shortest digits that read back as the same
 * number, the nearest to it among those. */
#include "internal.h"

#include "powers_of_ten.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* -- digits ------------------------------------------------------------------------------------------------------------------------ */

/* The shortest decimal that reads back as a number, the nearest of those: Schubfach, by Raffaello Giulietti. The number is c * 2**q; what
 * reads back as it lies between the middles to its neighbours, cbl and cbr in quarters of 2**q. Multiplied by the right power of ten,
 * the interval is between 1 and 10 units wide or so, and a handful of comparisons finds its best decimal. Products are taken to 64 bits,
 * with the lowest bit set when something was cut off: that is exact enough for all comparisons that are made. */

static void multiply(uint64_t a, uint64_t b, uint64_t *high, uint64_t *low)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 Wide;
    Wide product = (Wide)a * b;
    *high = (uint64_t)(product >> 64);
    *low = (uint64_t)product;
#else
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t middle = a1 * b0 + (a0 * b0 >> 32), cross = a0 * b1 + (uint32_t)middle;
    *high = a1 * b1 + (middle >> 32) + (cross >> 32);
    *low = a * b;
#endif
}

static uint64_t round_to_odd(int power, uint64_t factor)
{
    uint64_t high, middle, low_high, low;

    multiply(powers[power - LOWEST_POWER].low, factor, &low_high, &low);
    multiply(powers[power - LOWEST_POWER].high, factor, &high, &middle);
    middle += low_high;
    high += middle < low_high;
    return high | (middle > 1);
}

/* floor(n / 2**by) */
static int floor_shift(int64_t n, int by)
{
    return (int)(n >> by);
}

/* Writes a = digits * 10**exponent; a is finite and positive. */
static uint64_t shortest(double a, int *exponent)
{
    uint64_t bits;
    memcpy(&bits, &a, sizeof bits);
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1), c = fraction;
    int biased = (int)(bits >> 52), q = 1 - 1075;

    if (biased > 0) {
        c |= UINT64_C(1) << 52;
        q = biased - 1075;
        if (q <= 0 && q > -53 && (c & ((UINT64_C(1) << -q) - 1)) == 0) {
            *exponent = 0;
            return c >> -q;
        }
    }
    bool is_odd = c & 1, is_lower_near = fraction == 0 && biased > 1;
    int k = floor_shift((int64_t)q * 1262611 - (is_lower_near ? 524031 : 0), 22);
    int h = q + floor_shift((int64_t)-k * 1741647, 19) + 1;
    uint64_t lower = round_to_odd(-k, (4 * c - 2 + is_lower_near) << h) + is_odd, value = round_to_odd(-k, 4 * c << h);
    uint64_t upper = round_to_odd(-k, (4 * c + 2) << h) - is_odd, s = value / 4;

    *exponent = k;
    if (s >= 10) {
        uint64_t tens = s / 10;
        bool is_down_inside = lower <= 40 * tens, is_up_inside = 40 * tens + 40 <= upper;
        if (is_down_inside != is_up_inside) {
            *exponent = k + 1;
            return tens + is_up_inside;
        }
    }
    bool is_down_inside = lower <= 4 * s, is_up_inside = 4 * s + 4 <= upper;
    if (is_down_inside != is_up_inside)
        return s + is_up_inside;
    uint64_t middle = 4 * s + 2;
    return s + (value > middle || (value == middle && s & 1));
}

int art_float_shortest(double a, char *digits)
{
    char text[24], *end = text + sizeof text, *at = end;
    int exponent;

    a = fabs(a);
    if (a == 0) {
        memcpy(digits, "0", 2);
        return 1;
    }
    for (uint64_t rest = shortest(a, &exponent); rest > 0; rest /= 10)
        *--at = (char)('0' + rest % 10);
    int point = (int)(end - at) + exponent;
    while (end[-1] == '0')
        end--;
    memcpy(digits, at, (size_t)(end - at));
    digits[end - at] = '\0';
    return point;
}

/* Digits and the position of the point from what %e wrote: "1.2345e+10". */
static int digits_of_e(const char *text, char *digits)
{
    int count = 0;

    for (; *text != 'e'; text++) {
        if (isdigit((unsigned char)*text))
            digits[count++] = *text;
    }
    int point = atoi(text + 1) + 1;
    while (count > 1 && digits[count - 1] == '0')
        count--;
    digits[count] = '\0';
    return point;
}

/* -- text -------------------------------------------------------------------------------------------------------------------------- */

static void add_exponent(art_text *text, int exponent)
{
    char number[16];
    int len = snprintf(number, sizeof number, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
    art_text_add(text, number, (size_t)len);
}

/* Lays digits out: at least `min_digits` of them, with zeros. */
static void add_digits(art_text *text, const char *digits, int point, bool is_exp, int min_digits, bool is_alt, bool add_dot_0)
{
    int count = (int)strlen(digits), whole = is_exp ? 1 : point;

    if (whole <= 0) {
        art_text_add(text, "0.", 2);
        art_text_fill(text, "0", 1, -whole);
        art_text_add(text, digits, (size_t)count);
    } else if (count <= whole) {
        art_text_add(text, digits, (size_t)count);
        art_text_fill(text, "0", 1, whole - count);
        if (add_dot_0 && !is_exp && min_digits <= whole)
            art_text_add(text, ".0", 2);
        else if (is_alt || min_digits > whole)
            art_text_add(text, ".", 1);
    } else {
        art_text_add(text, digits, (size_t)whole);
        art_text_add(text, ".", 1);
        art_text_add(text, digits + whole, (size_t)(count - whole));
    }
    int shown = count > whole ? count : whole;
    if (min_digits > shown)
        art_text_fill(text, "0", 1, min_digits - shown);
    if (is_exp)
        add_exponent(text, point - 1);
}

static void add_repr(art_text *text, double value, bool is_alt, bool add_dot_0)
{
    char digits[24];
    int point = art_float_shortest(value, digits);
    add_digits(text, digits, point, point <= -4 || point > 16, 0, is_alt, add_dot_0);
}

static void add_general(art_text *text, double value, int precision, bool is_alt, bool add_dot_0)
{
    if (precision == 0)
        precision = 1;
    size_t room = (size_t)precision + 32;
    char small[128], *buf = room * 2 <= sizeof small ? small : art_resize(NULL, 0, room * 2);
    char *digits = buf + room;
    snprintf(buf, room, "%.*e", precision - 1, value);
    int point = digits_of_e(buf, digits);
    bool is_exp = point <= -4 || point > precision - add_dot_0;
    add_digits(text, digits, point, is_exp, is_alt ? precision : 0, is_alt, add_dot_0);
    if (buf != small)
        art_resize(buf, room * 2, 0);
}

static void add_printf(art_text *text, double value, char code, int precision, bool is_alt)
{
    char fmt[] = {'%', '#', '.', '*', code, '\0'}, small[128];

    if (!is_alt)
        memmove(fmt + 1, fmt + 2, 4);
    int len = code == 'f' ? snprintf(small, sizeof small, is_alt ? "%#.*f" : "%.*f", precision, value)
                          : snprintf(small, sizeof small, is_alt ? "%#.*e" : "%.*e", precision, value);
    if ((size_t)len < sizeof small) {
        art_text_add(text, small, (size_t)len);
        return;
    }
    char *buf = art_resize(NULL, 0, (size_t)len + 1);
    if (code == 'f')
        snprintf(buf, (size_t)len + 1, is_alt ? "%#.*f" : "%.*f", precision, value);
    else
        snprintf(buf, (size_t)len + 1, is_alt ? "%#.*e" : "%.*e", precision, value);
    art_text_add(text, buf, (size_t)len);
    art_resize(buf, (size_t)len + 1, 0);
}

void art__float_text(art_text *text, double value, char code, int precision, bool is_alt, bool add_dot_0)
{
    if (!isfinite(value)) {
        art_text_add_c(text, isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
        return;
    }
    if (signbit(value))
        art_text_add(text, "-", 1);
    value = fabs(value);
    if (code == 'r')
        add_repr(text, value, is_alt, add_dot_0);
    else if (code == 'g')
        add_general(text, value, precision, is_alt, add_dot_0);
    else
        add_printf(text, value, code, precision, is_alt);
}

art_str *art_float_repr(double a)
{
    art_text text = {0};
    art__float_text(&text, a, 'r', 0, false, true);
    return art_text_take(&text);
}

/* -- parsing --------------------------------------------------------------------------------------------------------------------- */

static bool is_word(const char *text, size_t size, const char *word)
{
    if (size != strlen(word))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (tolower((unsigned char)text[i]) != word[i])
            return false;
    }
    return true;
}

static const double exact_powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22};

/* Up to 15 digits and a small exponent: an exact integer times or over an exact power of ten, rounded once. */
static bool scan_short(const char *at, const char *end, double *value)
{
    int64_t digits = 0;
    int count = 0, places = 0, exponent = 0;
    bool has_point = false, is_negative = at < end && *at == '-';

    at += at < end && (*at == '-' || *at == '+');
    for (; at < end; at++) {
        if (*at == '.' && !has_point) {
            has_point = true;
        } else if (*at >= '0' && *at <= '9') {
            digits = digits * 10 + (*at - '0');
            places += has_point;
            if (++count > 15)
                return false;
        } else {
            break;
        }
    }
    if (count == 0)
        return false;
    if (at < end && (*at == 'e' || *at == 'E') && end - at >= 2) {
        bool is_small = *++at == '-';
        at += *at == '-' || *at == '+';
        if (at == end || end - at > 3)
            return false;
        for (; at < end && *at >= '0' && *at <= '9'; at++)
            exponent = exponent * 10 + (*at - '0');
        exponent = is_small ? -exponent : exponent;
    }
    exponent -= places;
    if (at < end || exponent < -22 || exponent > 22)
        return false;
    *value = exponent < 0 ? (double)digits / exact_powers[-exponent] : (double)digits * exact_powers[exponent];
    if (is_negative)
        *value = -*value;
    return true;
}

bool art__float_scan(const char *text, size_t size, double *value)
{
    if (scan_short(text, text + size, value))
        return true;
    size_t at = size > 0 && (text[0] == '+' || text[0] == '-');

    if (is_word(text + at, size - at, "inf") || is_word(text + at, size - at, "infinity"))
        *value = HUGE_VAL;
    else if (is_word(text + at, size - at, "nan"))
        *value = NAN;
    else {
        /* strtod also takes hexadecimal: only decimal digits, a point and an exponent may follow. */
        bool has_digits = false;
        for (size_t i = at; i < size; i++) {
            char c = text[i];
            has_digits |= isdigit((unsigned char)c) != 0;
            if (!isdigit((unsigned char)c) && c != '.' && c != 'e' && c != 'E' && !((c == '+' || c == '-') && i > at))
                return false;
        }
        char *end;
        *value = strtod(text + at, &end);
        return has_digits && end == text + size && (text[0] != '-' || (*value = -*value, true));
    }
    if (text[0] == '-')
        *value = -*value;
    return true;
}

double art_float_parse(const art_str *text)
{
    int64_t start = 0, end = text->size;
    double value = 0;
    bool is_fine = true;
    char small[64], *buf = small;

    art__strip_bounds(text, &start, &end);
    size_t room = (size_t)(end - start) + 1, len = 0;
    if (room > sizeof small)
        buf = art_resize(NULL, 0, room);
    /* Underscores stand between digits; digits of other scripts count. */
    for (int64_t at = start; at < end && is_fine;) {
        int64_t c = art_str_decode(text->text, &at);
        if (c == '_') {
            is_fine = len > 0 && isdigit((unsigned char)buf[len - 1]) && at < end && isdigit((unsigned char)text->text[at]);
        } else if (c >= 128) {
            int digit = art__char_decimal(c);
            is_fine = digit >= 0;
            buf[len++] = (char)('0' + digit);
        } else {
            buf[len++] = (char)c;
        }
    }
    buf[len] = '\0';
    is_fine = is_fine && len > 0 && memchr(buf, '\0', len) == NULL && art__float_scan(buf, len, &value);
    if (buf != small)
        art_resize(buf, room, 0);
    if (!is_fine) {
        art_raise_new(&art_type_ValueError, "could not convert string to float: %r", text);
        return 0;
    }
    return value;
}

/* -- hexadecimal ------------------------------------------------------------------------------------------------------------------- */

art_str *art_float_hex(double a)
{
    if (!isfinite(a))
        return art_float_repr(a);
    char text[64];
    const char *sign = signbit(a) ? "-" : "";
    a = fabs(a);
    if (a == 0)
        return art_strf("%c0x0.0p+0", sign);
    int exponent;
    double mantissa = frexp(a, &exponent);
    int shift = 1 - (int)art__max(DBL_MIN_EXP - exponent, 0);
    mantissa = ldexp(mantissa, shift);
    exponent -= shift;
    int len = snprintf(text, sizeof text, "%s0x%d.", sign, (int)mantissa);
    mantissa -= (int)mantissa;
    for (int i = 0; i < 13; i++) {
        mantissa *= 16;
        text[len++] = "0123456789abcdef"[(int)mantissa];
        mantissa -= (int)mantissa;
    }
    len += snprintf(text + len, sizeof text - (size_t)len, "p%c%d", exponent < 0 ? '-' : '+', abs(exponent));
    return art_str_new(text, (size_t)len);
}

double art_float_fromhex(const art_str *text)
{
    int64_t start = 0, end = text->size;
    art__strip_bounds(text, &start, &end);
    art_str *plain = art_str_new(text->text + start, (size_t)(end - start));
    const char *at = plain->text;
    bool is_negative = *at == '-';
    at += *at == '-' || *at == '+';
    char *stop = NULL, *hex = NULL;
    double value;
    size_t size = strlen(at);
    if (is_word(at, size, "inf") || is_word(at, size, "infinity") || is_word(at, size, "nan")) {
        art__float_scan(at, size, &value);
        stop = (char *)(uintptr_t)(at + size);
    } else {
        bool has_prefix = at[0] == '0' && (at[1] == 'x' || at[1] == 'X');
        hex = art_resize(NULL, 0, size + 3);
        snprintf(hex, size + 3, "%s%s", has_prefix ? "" : "0x", at);
        value = isspace((unsigned char)*at) ? 0 : strtod(hex, &stop);
        at = hex;
    }
    bool is_fine = stop && stop != at && *stop == '\0';
    if (hex)
        art_resize(hex, size + 3, 0);
    art_release(plain);
    if (!is_fine) {
        art_raise_new(&art_type_ValueError, "invalid hexadecimal floating-point string");
        return 0;
    }
    if (isinf(value) && hex) {
        art_raise_new(&art_type_OverflowError, "hexadecimal value too large to represent as a float");
        return 0;
    }
    return is_negative ? -value : value;
}

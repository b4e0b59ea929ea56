/* float: its arithmetic where Python's is not C's, and its text. The text is CPython's to the digit: the shortest digits that read back as
 * the same number, the nearest to it among those. */
#include "internal.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* -- arithmetic ------------------------------------------------------------------------------------------------------------------ */

static double zero_division(const char *message)
{
    art_raise_new(&art_type_ZeroDivisionError, "%c", message);
    return 0;
}

double art_float_div(double a, double b)
{
    return b == 0 ? zero_division("float division by zero") : a / b;
}

double art_float_mod(double a, double b)
{
    if (b == 0)
        return zero_division("float modulo");
    double mod = fmod(a, b);
    if (mod == 0)
        return copysign(0.0, b);
    return (b < 0) != (mod < 0) ? mod + b : mod;
}

double art_float_floordiv(double a, double b)
{
    if (b == 0)
        return zero_division("float floor division by zero");
    double mod = fmod(a, b), div = (a - mod) / b;
    if (mod != 0 && (b < 0) != (mod < 0))
        div -= 1.0;
    if (div == 0)
        return copysign(0.0, a / b);
    double whole = floor(div);
    return div - whole > 0.5 ? whole + 1.0 : whole;
}

static double out_of_range(void)
{
    art_str *text = art_str_of("Numerical result out of range");
    art_box args[] = {art_box_int(ERANGE), art_box_obj(text)};
    art_raise(art_exc_args(&art_type_OverflowError, 2, args));
    art_release(text);
    return 0;
}

double art_float_pow(double a, double b)
{
    if (a == 0 && b < 0 && isfinite(b))
        return zero_division("0.0 cannot be raised to a negative power");
    if (a < 0 && isfinite(a) && isfinite(b) && b != floor(b)) {
        art_raise_new(&art_type_ValueError, "negative number cannot be raised to a fractional power: the result would be complex");
        return 0;
    }
    double result = pow(a, b);
    return isinf(result) && isfinite(a) && isfinite(b) ? out_of_range() : result;
}

double art_float_abs(double a)
{
    return fabs(a);
}

int64_t art_float_hash(double a)
{
    enum { BITS = 61 };
    const uint64_t prime = (UINT64_C(1) << BITS) - 1;

    if (isnan(a))
        return 0;
    if (isinf(a))
        return a > 0 ? 314159 : -314159;
    int exponent;
    double rest = frexp(fabs(a), &exponent);
    uint64_t hash = 0;
    while (rest != 0) {
        hash = (hash << 28 & prime) | hash >> (BITS - 28);
        rest *= 0x1p28;
        exponent -= 28;
        uint64_t whole = (uint64_t)rest;
        rest -= (double)whole;
        hash += whole;
        if (hash >= prime)
            hash -= prime;
    }
    exponent = exponent >= 0 ? exponent % BITS : BITS - 1 - (-1 - exponent) % BITS;
    if (exponent)
        hash = (hash << exponent & prime) | hash >> (BITS - exponent);
    int64_t signed_hash = a < 0 ? -(int64_t)hash : (int64_t)hash;
    return signed_hash == -1 ? -2 : signed_hash;
}

/* -- to int ------------------------------------------------------------------------------------------------------------------------ */

static int64_t whole_to_int(double a)
{
    if (isnan(a)) {
        art_raise_new(&art_type_ValueError, "cannot convert float NaN to integer");
        return 0;
    }
    if (isinf(a)) {
        art_raise_new(&art_type_OverflowError, "cannot convert float infinity to integer");
        return 0;
    }
    if (a >= 0x1p63 || a < -0x1p63)
        return art__int_overflow();
    return (int64_t)a;
}

int64_t art_float_to_int(double a)
{
    return whole_to_int(a);
}
int64_t art_float_floor(double a)
{
    return whole_to_int(floor(a));
}
int64_t art_float_ceil(double a)
{
    return whole_to_int(ceil(a));
}
int64_t art_float_round(double a)
{
    return whole_to_int(nearbyint(a));
}

bool art_float_is_integer(double a)
{
    return isfinite(a) && floor(a) == a;
}

bool art_float_as_integer_ratio(double a, void *out)
{
    struct {
        int64_t numerator, denominator;
    } ratio;

    if (!isfinite(a)) {
        if (isnan(a))
            art_raise_new(&art_type_ValueError, "cannot convert NaN to integer ratio");
        else
            art_raise_new(&art_type_OverflowError, "cannot convert Infinity to integer ratio");
        return false;
    }
    int exponent;
    double rest = frexp(a, &exponent);
    while (rest != floor(rest)) {
        rest *= 2;
        exponent--;
    }
    if (rest == 0)
        exponent = 0;
    if (exponent < -62 || exponent > 62 || fabs(ldexp(rest, art__max(exponent, 0) > 0 ? exponent : 0)) >= 0x1p63) {
        art__int_overflow();
        return false;
    }
    ratio.numerator = (int64_t)ldexp(rest, exponent > 0 ? exponent : 0);
    ratio.denominator = INT64_C(1) << (exponent < 0 ? -exponent : 0);
    memcpy(out, &ratio, sizeof ratio);
    return true;
}

/* Rounds a to a multiple of 10 ** places, half to even, exactly: its digits before the point are exact in text. */
static double round_to_tens(double a, int places)
{
    char digits[400];
    double whole = trunc(fabs(a));
    int len = snprintf(digits, sizeof digits, "0%.0f", whole);
    int keep = len - places;

    if (keep < 1)
        return copysign(0.0, a);
    int half = digits[keep] > '5' ? 1 : digits[keep] < '5' ? -1 : 0;
    for (int i = keep + 1; i < len && half == 0; i++)
        half = digits[i] != '0';
    if (half == 0 && fabs(a) != whole)
        half = 1;
    if (half == 0)
        half = (digits[keep - 1] - '0') % 2 ? 1 : -1;
    memset(digits + keep, '0', (size_t)places);
    for (int i = keep - 1; half > 0 && i >= 0; i--) {
        half = digits[i] == '9';
        digits[i] = half ? '0' : (char)(digits[i] + 1);
    }
    return copysign(strtod(digits, NULL), a);
}

double art_float_round_to(double a, int64_t digits)
{
    if (!isfinite(a) || digits > 323)
        return a;
    if (digits < -308)
        return copysign(0.0, a);
    double result;
    if (digits < 0) {
        result = round_to_tens(a, (int)-digits);
    } else {
        char text[400 + 324];
        snprintf(text, sizeof text, "%.*f", (int)digits, a);
        result = strtod(text, NULL);
    }
    if (isinf(result)) {
        art_raise_new(&art_type_OverflowError, "rounded value too large to represent");
        return 0;
    }
    return result;
}

/* -- digits ------------------------------------------------------------------------------------------------------------------------ */

static const double powers_of_ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

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

/* Numbers that people write: an integer of up to 15 digits over a power of ten. Both are exact, so the quotient is rounded once, and
 * when it is `a`, then no shorter text is (two texts of up to 15 digits never read as the same number). */
static bool short_decimal(double a, char *digits, int *point)
{
    if (a >= 1e15 || a < 1e-5)
        return false;
    for (int places = 0; places <= 19; places++) {
        double scaled = a * powers_of_ten[places];
        if (scaled >= 1e15)
            return false;
        double whole = nearbyint(scaled);
        if (fabs(scaled - whole) > 1e-3 * scaled || whole / powers_of_ten[places] != a)
            continue;
        int len = snprintf(digits, 18, "%.0f", whole);
        *point = len - places;
        while (len > 1 && digits[len - 1] == '0')
            len--;
        digits[len] = '\0';
        return true;
    }
    return false;
}

/* A power of two has its lower neighbour nearer than its upper one. Then the nearest text of 16 digits may read as the lower one, and
 * the next text upwards as `a`. */
static bool next_text_up(double a, char *text)
{
    char *last = strchr(text, 'e') - 1;

    for (; last >= text; last--) {
        if (*last == '.')
            continue;
        if (*last != '9') {
            (*last)++;
            return strtod(text, NULL) == a;
        }
        *last = '0';
    }
    return false;
}

int art_float_shortest(double a, char *digits)
{
    char text[40];
    int point;

    a = fabs(a);
    if (a == 0) {
        memcpy(digits, "0", 2);
        return 1;
    }
    if (short_decimal(a, digits, &point))
        return point;
    for (int precision = a < DBL_MIN ? 0 : 14; precision < 16; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, a);
        if (strtod(text, NULL) == a || (precision == 15 && next_text_up(a, text)))
            return digits_of_e(text, digits);
    }
    snprintf(text, sizeof text, "%.16e", a);
    return digits_of_e(text, digits);
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

bool art__float_scan(const char *text, size_t size, double *value)
{
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

/* float: its arithmetic where Python's is not C's, hashing, rounding. Its text is in floattext.c. */
#include "internal.h"

#include <errno.h>
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
    if (exponent < -62 || exponent > 62 || fabs(ldexp(rest, exponent > 0 ? exponent : 0)) >= 0x1p63) {
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

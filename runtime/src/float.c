/* float: division, hashing, conversion. What needs libm is in floatmath.c, its text in floattext.c. */
#include "internal.h"

#include <math.h>

/* -- arithmetic ------------------------------------------------------------------------------------------------------------------ */

double art_float_div(double a, double b)
{
    if (b != 0)
        return a / b;
    art_raise_new(&art_type_ZeroDivisionError, "float division by zero");
    return 0;
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

int64_t art_float_to_int(double a)
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

bool art_float_is_integer(double a)
{
    return isfinite(a) && (fabs(a) >= 0x1p53 || (double)(int64_t)a == a);
}

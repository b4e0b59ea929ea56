/* The module datetime: a length of time times, or divided by, a float. A float is mantissa * 2^exponent, so both are exact in integers
 * before the one rounding. */
#include "internal.h"

#include "art/datetime.h"

#include <math.h>

__extension__ typedef unsigned __int128 wide;

static int64_t overflow(void)
{
    art_raise_new(&art_type_OverflowError, "timedelta out of range");
    return 0;
}

/* a / b, ties to even; b is not 0. */
static wide nearest(wide a, wide b)
{
    wide quotient = a / b, rest = a % b;

    if (rest > b - rest || (rest == b - rest && quotient & 1))
        quotient++;
    return quotient;
}

/* a * 2^exponent / b; a has at most 117 bits. */
static wide scaled(wide a, int exponent, wide b, bool *is_too_large)
{
    for (; exponent > 0; exponent--) {
        if (a >> 126) {
            *is_too_large = true;
            return 0;
        }
        a <<= 1;
    }
    if (exponent < -120)
        return 0;
    /* The divisor grows to b * 2^-exponent, or what of it fits: below that, a is nearer to nothing. */
    for (; exponent < 0; exponent++) {
        if (b >> 126)
            return 0;
        b <<= 1;
    }
    return nearest(a, b);
}

int64_t art_datetime_scale(int64_t us, double by, bool divides)
{
    int exponent;
    bool is_negative = (us < 0) != (by < 0), is_too_large = false;
    wide amount = us < 0 ? -(uint64_t)us : (uint64_t)us, result;

    if (isnan(by) || isinf(by)) {
        art_raise_new(isnan(by) ? &art_type_ValueError : &art_type_OverflowError, isnan(by) ? "cannot convert NaN to integer ratio" : "cannot convert Infinity to integer ratio");
        return 0;
    }
    if (by == 0) {
        if (divides)
            art_raise_new(&art_type_ZeroDivisionError, "float division by zero");
        return 0;
    }
    wide mantissa = (uint64_t)ldexp(frexp(fabs(by), &exponent), 53);
    exponent -= 53;
    while (!(mantissa & 1)) {
        mantissa >>= 1;
        exponent++;
    }
    result = divides ? scaled(amount, -exponent, mantissa, &is_too_large) : scaled(amount * mantissa, exponent, 1, &is_too_large);
    if (is_too_large || result > INT64_MAX)
        return overflow();
    return is_negative ? -(int64_t)result : (int64_t)result;
}

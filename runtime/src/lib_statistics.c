/* The module statistics: exact sums of floats.
 *
 * A sum is a two's complement number of fixed point, wide enough for any float, or for the square of any float, to be added to without
 * loss: CPython adds fractions and has the same value. The sum of squared deviations is exact in the form (n * sum(x^2) - sum(x)^2) / n.
 * Only the last step, a quotient or its square root, is rounded, to nearest, ties to even. */
#include "internal.h"

#include "art/statistics.h"

#include <math.h>

__extension__ typedef unsigned __int128 wide;

enum {
    LIMBS = 144,           /* 64 bits each: what both kinds of sums and their products need */
    POINT = 70,            /* limb of the units of a number whose fraction has 70 limbs; 2^-2148 is the least bit of a square */
    GUARD = 3,             /* limbs of zeros put behind a number before it is divided */
};

typedef struct Number {
    uint64_t limb[LIMBS];
} Number;

/* Adds mantissa * 2^exponent; exponent counts from the lowest bit of the number. */
static void add_at(Number *n, uint64_t mantissa, int64_t exponent, bool is_negative)
{
    int64_t at = exponent / 64;
    int shift = (int)(exponent % 64);
    wide value = (wide)mantissa << shift;
    uint64_t parts[2] = {(uint64_t)value, (uint64_t)(value >> 64)};
    unsigned carry = 0;

    for (int64_t i = at; i < LIMBS; i++) {
        uint64_t part = i - at < 2 ? parts[i - at] : 0;
        if (i - at >= 2 && !carry)
            break;
        if (is_negative) {
            wide result = (wide)n->limb[i] - part - carry;
            n->limb[i] = (uint64_t)result;
            carry = (unsigned)(result >> 64) & 1;
        } else {
            wide result = (wide)n->limb[i] + part + carry;
            n->limb[i] = (uint64_t)result;
            carry = (unsigned)(result >> 64);
        }
    }
}

static void split(double x, uint64_t *mantissa, int *exponent)
{
    double fraction = frexp(fabs(x), exponent);
    *mantissa = (uint64_t)ldexp(fraction, 53);
    *exponent -= 53;
}

static void add_float(Number *n, double x)
{
    uint64_t mantissa;
    int exponent;

    split(x, &mantissa, &exponent);
    if (mantissa == 0)
        return;
    while (exponent < -1074) { /* a subnormal number: frexp has made its mantissa longer than it is */
        mantissa >>= 1;
        exponent++;
    }
    add_at(n, mantissa, POINT * 64 + exponent, x < 0);
}

static uint64_t magnitude(int64_t x)
{
    return x < 0 ? -(uint64_t)x : (uint64_t)x;
}

static void add_square(Number *n, uint64_t mantissa, int exponent)
{
    wide square = (wide)mantissa * mantissa;

    while (exponent < -1074 && mantissa) {
        square >>= 2;
        exponent++;
    }
    add_at(n, (uint64_t)square, POINT * 64 + 2 * exponent, false);
    add_at(n, (uint64_t)(square >> 64), POINT * 64 + 2 * exponent + 64, false);
}

static bool is_negative(const Number *n)
{
    return n->limb[LIMBS - 1] >> 63;
}

static bool is_zero(const Number *n)
{
    for (int i = 0; i < LIMBS; i++)
        if (n->limb[i])
            return false;
    return true;
}

static void negate(Number *n)
{
    unsigned carry = 1;

    for (int i = 0; i < LIMBS; i++) {
        n->limb[i] = ~n->limb[i] + carry;
        carry = carry && n->limb[i] == 0;
    }
}

static void multiply_small(Number *n, uint64_t by)
{
    uint64_t carry = 0;

    for (int i = 0; i < LIMBS; i++) {
        wide product = (wide)n->limb[i] * by + carry;
        n->limb[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
}

/* Divides a number that is not negative; true when there is a rest. */
static bool divide_small(Number *n, uint64_t by)
{
    uint64_t rest = 0;

    for (int i = LIMBS - 1; i >= 0; i--) {
        wide part = (wide)rest << 64 | n->limb[i];
        n->limb[i] = (uint64_t)(part / by);
        rest = (uint64_t)(part % by);
    }
    return rest != 0;
}

/* n -= x * x, x not negative and with half the fraction that n has: sums of floats have 2^-1074 as their least bit, squares 2^-2148. */
static void subtract_square(Number *n, const Number *x)
{
    int low = 0, high = LIMBS;

    while (low < LIMBS && !x->limb[low])
        low++;
    while (high > low && !x->limb[high - 1])
        high--;
    for (int i = low; i < high; i++) {
        for (int j = low; j < high; j++) {
            wide product = (wide)x->limb[i] * x->limb[j];
            int64_t at = (int64_t)(i + j - POINT) * 64;
            add_at(n, (uint64_t)product, at, true);
            add_at(n, (uint64_t)(product >> 64), at + 64, true);
        }
    }
}

static int64_t top_bit(const Number *n)
{
    for (int i = LIMBS - 1; i >= 0; i--)
        if (n->limb[i])
            return (int64_t)i * 64 + 63 - __builtin_clzll(n->limb[i]);
    return -1;
}

/* `count` bits downwards from bit `top`; *has_rest when something is below them. */
static wide bits_from(const Number *n, int64_t top, int count, bool *has_rest)
{
    wide value = 0;
    int64_t low = top - count + 1;

    for (int64_t bit = top; bit >= low; bit--)
        value = value << 1 | (bit >= 0 ? n->limb[bit / 64] >> (bit % 64) & 1 : 0);
    for (int64_t bit = low - 1; bit >= 0 && !*has_rest; bit--)
        *has_rest = n->limb[bit / 64] >> (bit % 64) & 1;
    return value;
}

/* mantissa * 2^exponent, with a rest below it or not, as the nearest double. */
static double rounded(uint64_t mantissa, int64_t exponent, bool has_rest)
{
    /* 64 bits are more than 53: the last may say "and more". */
    int64_t top = 63 - __builtin_clzll(mantissa) + exponent;
    int keep = top < -1022 ? (int)(53 - (-1022 - top)) : 53;
    int drop = 64 - __builtin_clzll(mantissa) - keep;

    if (keep < 0)
        return 0;
    if (drop <= 0)
        return ldexp((double)mantissa, (int)exponent);
    uint64_t kept = drop < 64 ? mantissa >> drop : 0, below = drop < 64 ? mantissa & ((UINT64_C(1) << drop) - 1) : mantissa;
    uint64_t half = UINT64_C(1) << (drop - 1);
    if (below > half || (below == half && (has_rest || kept & 1)))
        kept++;
    return ldexp((double)kept, (int)(exponent + drop));
}

/* A number that is not negative, divided by a and b, from a fraction at limb POINT. */
static double quotient(Number *n, uint64_t a, uint64_t b, bool is_root)
{
    /* Room below for bits that a division brings. */
    memmove(n->limb + GUARD, n->limb, (LIMBS - GUARD) * sizeof *n->limb);
    memset(n->limb, 0, GUARD * sizeof *n->limb);
    bool has_rest = divide_small(n, a);
    has_rest |= divide_small(n, b);
    int64_t top = top_bit(n), point = (int64_t)(POINT + GUARD) * 64;
    if (top < 0)
        return 0;
    if (!is_root) {
        uint64_t mantissa = (uint64_t)bits_from(n, top, 64, &has_rest);
        return rounded(mantissa, top - 63 - point, has_rest);
    }
    int count = (top - point) % 2 ? 126 : 127; /* the exponent of what is taken is even */
    int64_t exponent = top - count + 1 - point;
    if (exponent % 2)
        exponent = top - --count + 1 - point;
    wide value = bits_from(n, top, count, &has_rest);
    uint64_t root = 0;
    for (int bit = 63; bit >= 0; bit--) {
        uint64_t more = root | UINT64_C(1) << bit;
        if ((wide)more * more <= value)
            root = more;
    }
    return rounded(root, exponent / 2, has_rest || (wide)root * root != value);
}

/* -- sums ---------------------------------------------------------------------------------------------------------------------- */

/* A sum with an infinity or a NaN in it is what adding gives. */
static bool is_finite_sum(const art_list *data, double *sum)
{
    const double *items = data->items;
    bool is_finite = true;

    *sum = 0;
    for (int64_t i = 0; i < data->len; i++) {
        if (isfinite(items[i]))
            continue;
        *sum += items[i];
        is_finite = false;
    }
    return is_finite;
}

static double signed_quotient(Number *n, uint64_t by)
{
    bool negative = is_negative(n);

    if (negative)
        negate(n);
    double result = quotient(n, by, 1, false);
    return negative ? -result : result;
}

double art_statistics_sum_floats(const art_list *data, int64_t by)
{
    const double *items = data->items;
    Number n = {{0}};
    double sum;

    if (!is_finite_sum(data, &sum))
        return sum;
    for (int64_t i = 0; i < data->len; i++)
        add_float(&n, items[i]);
    return signed_quotient(&n, (uint64_t)by);
}

/* The number as an int when it is one that an int can hold. */
static bool as_int(const Number *n, uint64_t by, int64_t *value)
{
    Number m = *n;
    bool negative = is_negative(&m);

    if (negative)
        negate(&m);
    if (divide_small(&m, by))
        return false;
    for (int i = 0; i < LIMBS; i++)
        if (i != POINT && m.limb[i])
            return false;
    if (m.limb[POINT] > INT64_MAX)
        return false;
    *value = negative ? -(int64_t)m.limb[POINT] : (int64_t)m.limb[POINT];
    return true;
}

art_box art_statistics_sum_ints(const art_list *data, int64_t by)
{
    const int64_t *items = data->items;
    Number n = {{0}};
    int64_t value;

    for (int64_t i = 0; i < data->len; i++)
        add_at(&n, magnitude(items[i]), POINT * 64, items[i] < 0);
    return as_int(&n, (uint64_t)by, &value) ? art_box_int(value) : art_box_float(signed_quotient(&n, (uint64_t)by));
}

/* n * sum(x^2) - sum(x)^2: the deviations' squares, times n. */
static void finish_squares(Number *squares, Number *sum, int64_t count)
{
    if (is_negative(sum))
        negate(sum);
    multiply_small(squares, (uint64_t)count);
    subtract_square(squares, sum);
}

static bool squares_of_floats(const art_list *data, Number *squares)
{
    const double *items = data->items;
    Number sum = {{0}};

    for (int64_t i = 0; i < data->len; i++) {
        uint64_t mantissa;
        int exponent;
        if (!isfinite(items[i]))
            return false;
        split(items[i], &mantissa, &exponent);
        add_float(&sum, items[i]);
        if (mantissa)
            add_square(squares, mantissa, exponent);
    }
    finish_squares(squares, &sum, data->len);
    return true;
}

static void squares_of_ints(const art_list *data, Number *squares)
{
    const int64_t *items = data->items;
    Number sum = {{0}};

    for (int64_t i = 0; i < data->len; i++) {
        add_at(&sum, magnitude(items[i]), POINT * 64, items[i] < 0);
        add_square(squares, magnitude(items[i]), 0);
    }
    finish_squares(squares, &sum, data->len);
}

static double floats(const art_list *data, int64_t by, bool is_root)
{
    Number squares = {{0}};

    return squares_of_floats(data, &squares) ? quotient(&squares, (uint64_t)data->len, (uint64_t)by, is_root) : NAN;
}

double art_statistics_squares_floats(const art_list *data, int64_t by)
{
    return floats(data, by, false);
}

double art_statistics_root_floats(const art_list *data, int64_t by)
{
    return floats(data, by, true);
}

art_box art_statistics_squares_ints(const art_list *data, int64_t by)
{
    Number squares = {{0}}, divided;
    int64_t value;

    squares_of_ints(data, &squares);
    divided = squares;
    if (!is_zero(&squares) && !divide_small(&divided, (uint64_t)data->len) && as_int(&divided, (uint64_t)by, &value))
        return art_box_int(value);
    if (is_zero(&squares))
        return art_box_int(0);
    return art_box_float(quotient(&squares, (uint64_t)data->len, (uint64_t)by, false));
}

double art_statistics_root_ints(const art_list *data, int64_t by)
{
    Number squares = {{0}};

    squares_of_ints(data, &squares);
    return quotient(&squares, (uint64_t)data->len, (uint64_t)by, true);
}

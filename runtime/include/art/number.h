/* Arithmetic with Python's meaning: what int, float and bool do that C's operators do not.
 *
 * Functions that raise give 0 then, and take any operand, so an expression needs one check at its end. `+ - *` and comparisons of
 * floats, `& | ^ ~` of ints are C's own. The names end in what they take: art_int_…: int64_t; art_float_…: double. */
#ifndef ART_NUMBER_H
#define ART_NUMBER_H

#include "art/str.h"

int64_t art__int_overflow(void);           /* raises OverflowError; gives 0 */
int64_t art__int_zero_division(bool is_modulo);
int64_t art__int_shift(int64_t a, int64_t by); /* the odd cases of a << by */

/* -- int -------------------------------------------------------------------------------------------------------------------- */

static inline int64_t art_int_add(int64_t a, int64_t b)
{
    int64_t result;
    if (__builtin_expect(__builtin_add_overflow(a, b, &result), 0))
        return art__int_overflow();
    return result;
}
static inline int64_t art_int_sub(int64_t a, int64_t b)
{
    int64_t result;
    if (__builtin_expect(__builtin_sub_overflow(a, b, &result), 0))
        return art__int_overflow();
    return result;
}
static inline int64_t art_int_mul(int64_t a, int64_t b)
{
    int64_t result;
    if (__builtin_expect(__builtin_mul_overflow(a, b, &result), 0))
        return art__int_overflow();
    return result;
}
static inline int64_t art_int_neg(int64_t a)
{
    return a == INT64_MIN ? art__int_overflow() : -a;
}
static inline int64_t art_int_abs(int64_t a)
{
    return a < 0 ? art_int_neg(a) : a;
}
/* a // b, rounding down */
static inline int64_t art_int_floordiv(int64_t a, int64_t b)
{
    if (__builtin_expect(b == 0, 0))
        return art__int_zero_division(false);
    if (b == -1)
        return art_int_neg(a);
    return a / b - ((a % b != 0) & ((a ^ b) < 0));
}
/* a % b, with the sign of b */
static inline int64_t art_int_mod(int64_t a, int64_t b)
{
    if (__builtin_expect(b == 0, 0))
        return art__int_zero_division(true);
    if (b == -1)
        return 0;
    int64_t rest = a % b;
    return rest != 0 && (rest ^ b) < 0 ? rest + b : rest;
}
static inline int64_t art_int_lshift(int64_t a, int64_t by)
{
    if (__builtin_expect((uint64_t)by < 63 && a >= 0 && a <= INT64_MAX >> by, 1))
        return a << by;
    return art__int_shift(a, by);
}
int64_t art_int_rshift(int64_t a, int64_t by);
double art_int_div(int64_t a, int64_t b); /* a / b, correctly rounded */
int64_t art_int_pow(int64_t a, int64_t b);    /* b < 0: ValueError, since the result would be a float */
int64_t art_int_pow_mod(int64_t a, int64_t b, int64_t mod);
int64_t art_int_round(int64_t a, int64_t digits); /* round(a, -2) */
int64_t art_int_bit_length(int64_t a);
int64_t art_int_bit_count(int64_t a);
int64_t art_int_hash(int64_t a);
art_str *art_int_str(int64_t a);
art_str *art_int_bin(int64_t a);
art_str *art_int_oct(int64_t a);
art_str *art_int_hex(int64_t a);
int64_t art_int_parse(const art_str *text, int64_t base); /* int("…", base) */
struct art_bytes;
struct art_bytes *art_int_to_bytes(int64_t a, int64_t length, const art_str *byteorder, bool is_signed);
int64_t art_int_from_bytes(const struct art_bytes *bytes, const art_str *byteorder, bool is_signed);
int64_t art_int_gcd(int64_t a, int64_t b);

/* -- float ------------------------------------------------------------------------------------------------------------------ */

double art_float_div(double a, double b);      /* ZeroDivisionError "float division by zero" */
double art_float_floordiv(double a, double b);
double art_float_mod(double a, double b);
double art_float_pow(double a, double b);      /* OverflowError; ValueError where Python gives a complex number */
double art_int_pow_float(int64_t a, int64_t b); /* 2 ** -1 */
int64_t art_float_hash(double a);
art_str *art_float_repr(double a);             /* the shortest text that reads back as a */
double art_float_parse(const art_str *text);   /* float("…") */
int64_t art_float_to_int(double a);            /* int(a) */
int64_t art_float_floor(double a);             /* math.floor, ceil, trunc */
int64_t art_float_ceil(double a);
int64_t art_float_round(double a);             /* round(a) */
double art_float_round_to(double a, int64_t digits); /* round(a, digits) */
double art_float_abs(double a);
bool art_float_is_integer(double a);
bool art_float_as_integer_ratio(double a, void *out); /* tuple[int, int]; OverflowError past 64 bits */
art_str *art_float_hex(double a);
double art_float_fromhex(const art_str *text);
/* The digits that repr shows: writes at most 17 and a NUL at `digits`, gives the position of the decimal point. a is finite. */
int art_float_shortest(double a, char *digits);

/* -- int with float: exact, as in Python ------------------------------------------------------------------------------------ */

/* -1, 0, 1; 2 when b is not a number. */
int art_int_float_compare(int64_t a, double b);
static inline bool art_int_equals_float(int64_t a, double b)
{
    return art_int_float_compare(a, b) == 0;
}
static inline bool art_int_less_float(int64_t a, double b)
{
    return art_int_float_compare(a, b) == -1;
}
static inline bool art_int_less_equal_float(int64_t a, double b)
{
    return art_int_float_compare(a, b) <= 0;
}
static inline bool art_int_greater_float(int64_t a, double b)
{
    return art_int_float_compare(a, b) == 1;
}
static inline bool art_int_greater_equal_float(int64_t a, double b)
{
    return (unsigned)art_int_float_compare(a, b) <= 1;
}

#endif

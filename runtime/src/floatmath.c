/* float: what needs libm, modulus and powers, also of boxes, and rounding. It is a file of its own so that a program which does none of it
 * needs no libm. */
#include "box_impl.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* -- arithmetic ------------------------------------------------------------------------------------------------------------------ */

static double zero_division(const char *message)
{
    art_raise_new(&art_type_ZeroDivisionError, "%c", message);
    return 0;
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

double art_int_pow_float(int64_t a, int64_t b)
{
    return art_float_pow((double)a, (double)b);
}

art_box art_box_floordiv(art_box a, art_box b)
{
    if (is_int(a) && is_int(b))
        return art_box_int(art_int_floordiv(int_of(a), int_of(b)));
    return is_number(a) && is_number(b) ? art_box_float(art_float_floordiv(float_of(a), float_of(b))) : unsupported("//", a, b);
}

static art_box format_percent(art_box fmt, art_box values)
{
    if (family(values.type) != ART_KIND_TUPLE)
        return art_box_obj(art_str_mod((art_str *)fmt.as.obj, &values, 1, false));
    art_list *list = as_any_list(values);
    art_str *text = art_str_mod((art_str *)fmt.as.obj, list->items, list->len, true);
    art_release(list);
    return art_box_obj(text);
}

art_box art_box_mod(art_box a, art_box b)
{
    if (is_int(a) && is_int(b))
        return art_box_int(art_int_mod(int_of(a), int_of(b)));
    if (is_number(a) && is_number(b))
        return art_box_float(art_float_mod(float_of(a), float_of(b)));
    return a.type->kind == ART_KIND_STR ? format_percent(a, b) : unsupported("%", a, b);
}

art_box art_box_pow(art_box a, art_box b)
{
    if (is_int(a) && is_int(b) && int_of(b) >= 0)
        return art_box_int(art_int_pow(int_of(a), int_of(b)));
    return is_number(a) && is_number(b) ? art_box_float(art_float_pow(float_of(a), float_of(b))) : unsupported("** or pow()", a, b);
}

/* -- to whole numbers ---------------------------------------------------------------------------------------------------------------- */

int64_t art_float_floor(double a)
{
    return art_float_to_int(floor(a));
}
int64_t art_float_ceil(double a)
{
    return art_float_to_int(ceil(a));
}
int64_t art_float_round(double a)
{
    return art_float_to_int(nearbyint(a));
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

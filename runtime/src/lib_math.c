/* The module math over libm, with CPython's errors. Where CPython has its own algorithm and its digits could differ (gamma, hypot, fsum), so
 * have we. */
#include "art/math.h"
#include "internal.h"

#include <float.h>
#include <math.h>

static double domain_error(void)
{
    art_raise_new(&art_type_ValueError, "math domain error");
    return 0;
}

static double range_error(void)
{
    art_raise_new(&art_type_OverflowError, "math range error");
    return 0;
}

/* A result that is no number, or infinite, without its operand being so. */
static double checked(double result, double x, bool can_overflow)
{
    if (isnan(result) && !isnan(x))
        return domain_error();
    if (isinf(result) && isfinite(x))
        return can_overflow ? range_error() : domain_error();
    return result;
}

#define FUNCTION(name, can_overflow) \
    double art_math_##name(double x) \
    { \
        return checked(name(x), x, can_overflow); \
    }
FUNCTION(acos, false)
FUNCTION(acosh, false)
FUNCTION(asin, false)
FUNCTION(asinh, false)
FUNCTION(atan, false)
FUNCTION(atanh, false)
FUNCTION(cbrt, false)
FUNCTION(cos, false)
FUNCTION(cosh, true)
FUNCTION(erf, false)
FUNCTION(erfc, false)
FUNCTION(exp, true)
FUNCTION(exp2, true)
FUNCTION(expm1, true)
FUNCTION(fabs, false)
FUNCTION(sin, false)
FUNCTION(sinh, true)
FUNCTION(sqrt, false)
FUNCTION(tan, false)
FUNCTION(tanh, false)
FUNCTION(log1p, false)

/* -- logarithms and powers ------------------------------------------------------------------------------------------------------------------- */

static double logarithm(double x, double (*function)(double))
{
    if (isnan(x) || (isinf(x) && x > 0))
        return x;
    return x > 0 ? function(x) : domain_error();
}

double art_math_log(double x)
{
    return logarithm(x, log);
}
double art_math_log2(double x)
{
    return logarithm(x, log2);
}
double art_math_log10(double x)
{
    return logarithm(x, log10);
}

double art_math_pow(double x, double y)
{
    double result = pow(x, y);

    if (!isfinite(x) || !isfinite(y) || isfinite(result))
        return result;
    if (isnan(result) || x == 0)
        return domain_error();
    return range_error();
}

double art_math_atan2(double y, double x)
{
    return atan2(y, x);
}

double art_math_fmod(double x, double y)
{
    if (isinf(y) && isfinite(x))
        return x;
    double result = fmod(x, y);
    return isnan(result) && !isnan(x) && !isnan(y) ? domain_error() : result;
}

double art_math_remainder(double x, double y)
{
    double result = remainder(x, y);
    return isnan(result) && !isnan(x) && !isnan(y) ? domain_error() : result;
}

double art_math_copysign(double x, double y)
{
    return copysign(x, y);
}

double art_math_nextafter(double x, double y)
{
    return nextafter(x, y);
}

double art_math_ulp(double x)
{
    if (!isfinite(x))
        return fabs(x);
    x = fabs(x);
    double next = nextafter(x, INFINITY);
    return isinf(next) ? x - nextafter(x, -INFINITY) : next - x;
}

double art_math_ldexp(double x, int64_t i)
{
    double result = x == 0 || !isfinite(x) ? x : ldexp(x, (int)art__max(art__min(i, 100000), -100000));
    return isinf(result) && isfinite(x) ? range_error() : result;
}

bool art_math_frexp(double x, void *out)
{
    struct {
        double fraction;
        int64_t exponent;
    } parts = {x, 0};
    int exponent = 0;

    if (isfinite(x))
        parts.fraction = frexp(x, &exponent);
    parts.exponent = exponent;
    memcpy(out, &parts, sizeof parts);
    return true;
}

bool art_math_modf(double x, void *out)
{
    double parts[2];

    if (isinf(x)) {
        parts[0] = copysign(0.0, x);
        parts[1] = x;
    } else {
        parts[0] = modf(x, &parts[1]);
    }
    memcpy(out, parts, sizeof parts);
    return true;
}

bool art_math_isfinite(double x)
{
    return isfinite(x);
}
bool art_math_isinf(double x)
{
    return isinf(x);
}
bool art_math_isnan(double x)
{
    return isnan(x);
}

bool art_math_isclose(double a, double b, double rel_tol, double abs_tol)
{
    if (rel_tol < 0 || abs_tol < 0) {
        art_raise_new(&art_type_ValueError, "tolerances must be non-negative");
        return false;
    }
    if (a == b)
        return true;
    if (isinf(a) || isinf(b))
        return false;
    double difference = fabs(b - a);
    return difference <= fabs(rel_tol * b) || difference <= fabs(rel_tol * a) || difference <= abs_tol;
}

/* -- integers -------------------------------------------------------------------------------------------------------------------------------- */

int64_t art_math_isqrt(int64_t n)
{
    if (n < 0) {
        art_raise_new(&art_type_ValueError, "isqrt() argument must be nonnegative");
        return 0;
    }
    int64_t root = (int64_t)sqrt((double)n);
    while (root > 0 && root > n / root)
        root--;
    while ((root + 1) <= n / (root + 1))
        root++;
    return root;
}

int64_t art_math_factorial(int64_t n)
{
    int64_t result = 1;

    if (n < 0) {
        art_raise_new(&art_type_ValueError, "factorial() not defined for negative values");
        return 0;
    }
    for (int64_t i = 2; i <= n && !art_self.raised; i++)
        result = art_int_mul(result, i);
    return result;
}

static bool are_counts(int64_t n, int64_t k)
{
    if (n < 0 || k < 0)
        art_raise_new(&art_type_ValueError, "%c must be a non-negative integer", n < 0 ? "n" : "k");
    return n >= 0 && k >= 0;
}

int64_t art_math_perm(int64_t n, int64_t k)
{
    int64_t result = 1;

    if (!are_counts(n, k) || k > n)
        return 0;
    for (int64_t i = 0; i < k && !art_self.raised; i++)
        result = art_int_mul(result, n - i);
    return result;
}

/* Each step divides by what the product and the divisor have in common first, so nothing is larger than the result. */
int64_t art_math_comb(int64_t n, int64_t k)
{
    int64_t result = 1;

    if (!are_counts(n, k) || k > n)
        return 0;
    k = art__min(k, n - k);
    for (int64_t i = 1; i <= k && !art_self.raised; i++) {
        int64_t factor = n - k + i, divisor = i, common = art_int_gcd(result, divisor);
        result /= common;
        divisor /= common;
        result = art_int_mul(result, factor / divisor);
    }
    return result;
}

/* -- sums ------------------------------------------------------------------------------------------------------------------------------------- */

/* The exact sum, rounded once (Shewchuk): partial sums that do not overlap. */
double art_math_fsum(const art_list *items)
{
    double fixed[32], *partials = fixed, special = 0, infinite = 0;
    int64_t count = 0, cap = 32;

    for (int64_t i = 0; i < items->len; i++) {
        double x = ((double *)items->items)[i], given = x;
        int64_t kept = 0;
        for (int64_t j = 0; j < count; j++) {
            double y = partials[j];
            if (fabs(x) < fabs(y)) {
                double swapped = x;
                x = y;
                y = swapped;
            }
            volatile double high = x + y, rounded = high - x;
            double low = y - rounded;
            if (low != 0)
                partials[kept++] = low;
            x = high;
        }
        count = kept;
        if (x == 0)
            continue;
        if (!isfinite(x)) {
            if (isfinite(given)) {
                art_raise_new(&art_type_OverflowError, "intermediate overflow in fsum");
                break;
            }
            infinite += isinf(given) ? given : 0;
            special += given;
            count = 0;
            continue;
        }
        if (count == cap) {
            double *grown = art_resize(NULL, 0, (size_t)cap * 2 * sizeof *grown);
            memcpy(grown, partials, (size_t)cap * sizeof *grown);
            if (partials != fixed)
                art_resize(partials, (size_t)cap * sizeof *grown, 0);
            partials = grown;
            cap *= 2;
        }
        partials[count++] = x;
    }
    double sum = 0;
    if (special != 0) {
        if (isnan(infinite))
            art_raise_new(&art_type_ValueError, "-inf + inf in fsum");
        sum = special;
    } else if (count > 0) {
        double low = 0;
        sum = partials[--count];
        while (count > 0) {
            double x = sum, y = partials[--count];
            volatile double high = x + y, rounded = high - x;
            low = y - rounded;
            sum = high;
            if (low != 0)
                break;
        }
        /* Half-way cases go by the next partial sum. */
        if (count > 0 && ((low < 0 && partials[count - 1] < 0) || (low > 0 && partials[count - 1] > 0))) {
            double y = low * 2;
            volatile double x = sum + y, rounded = x - sum;
            if (y == rounded)
                sum = x;
        }
    }
    if (partials != fixed)
        art_resize(partials, (size_t)cap * sizeof *partials, 0);
    return art_self.raised ? 0 : sum;
}

/* x split into two halves of its digits: the product of two halves is exact. */
static double upper_half(double x)
{
    double scaled = x * 134217729.0;
    return scaled - (scaled - x);
}

/* Adds x to *sum; what the rounding loses goes to *lost. */
static void add_exactly(double *sum, double *lost, double x)
{
    double old = *sum;
    *sum += x;
    *lost += (old - *sum) + x;
}

double art_math_hypot(const art_list *items)
{
    double max = 0, sum = 1, lost1 = 0, lost2 = 0, lost3 = 0;
    const double *vector = items->items;
    bool has_nan = false;

    for (int64_t i = 0; i < items->len; i++) {
        has_nan |= isnan(vector[i]);
        max = fmax(max, fabs(vector[i]));
    }
    if (isinf(max))
        return max;
    if (has_nan)
        return NAN;
    if (max == 0 || items->len <= 1)
        return max;
    int exponent;
    frexp(max, &exponent);
    if (exponent < -1023) {
        for (int64_t i = 0; i < items->len; i++) {
            double x = vector[i] / max;
            add_exactly(&sum, &lost1, x * x);
        }
        return max * sqrt(sum - 1 + lost1);
    }
    double scale = ldexp(1.0, -exponent);
    for (int64_t i = 0; i < items->len; i++) {
        double x = fabs(vector[i]) * scale, high = upper_half(x), low = x - high;
        add_exactly(&sum, &lost1, high * high);
        add_exactly(&sum, &lost2, 2 * high * low);
        lost3 += low * low;
    }
    double root = sqrt(sum - 1 + (lost1 + lost2 + lost3)), high = upper_half(root), low = root - high;
    add_exactly(&sum, &lost1, -high * high);
    add_exactly(&sum, &lost2, -2 * high * low);
    add_exactly(&sum, &lost3, -low * low);
    double rest = sum - 1 + (lost1 + lost2 + lost3);
    return (root + rest / (2 * root)) / scale;
}

/* -- gamma: Lanczos' approximation, as CPython has it --------------------------------------------------------------------------------------------- */

enum { LANCZOS = 13, LARGEST_FACTORIAL = 23 };

static const double lanczos_g = 6.024680040776729583740234375;
static const double lanczos_g_minus_half = 5.524680040776729583740234375;
static const double lanczos_numerator[LANCZOS] = {23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408};
static const double lanczos_denominator[LANCZOS] =
    {0.0, 39916800.0, 120543840.0, 150917976.0, 105258076.0, 45995730.0, 13339535.0, 2637558.0, 357423.0, 32670.0, 1925.0, 66.0, 1.0};

static double lanczos_sum(double x)
{
    double numerator = 0, denominator = 0;

    if (x < 5.0) {
        for (int i = LANCZOS; --i >= 0;) {
            numerator = numerator * x + lanczos_numerator[i];
            denominator = denominator * x + lanczos_denominator[i];
        }
    } else {
        for (int i = 0; i < LANCZOS; i++) {
            numerator = numerator / x + lanczos_numerator[i];
            denominator = denominator / x + lanczos_denominator[i];
        }
    }
    return numerator / denominator;
}

/* sin(pi x), exact where x is a multiple of a half. */
static double sin_pi(double x)
{
    static const double pi = 3.141592653589793238462643383279502884;
    double y = fmod(fabs(x), 2.0), result;

    switch ((int)round(2.0 * y)) {
    case 0:
        result = sin(pi * y);
        break;
    case 1:
        result = cos(pi * (y - 0.5));
        break;
    case 2:
        result = sin(pi * (1.0 - y));
        break;
    case 3:
        result = -cos(pi * (y - 1.5));
        break;
    default:
        result = sin(pi * (y - 2.0));
        break;
    }
    return copysign(1.0, x) * result;
}

static double factorial(int n)
{
    double result = 1;
    for (int i = 2; i <= n; i++)
        result *= i;
    return result;
}

double art_math_gamma(double x)
{
    if (!isfinite(x))
        return isnan(x) || x > 0 ? x : domain_error();
    if (x == 0)
        return domain_error();
    if (x == floor(x)) {
        if (x < 0)
            return domain_error();
        if (x <= LARGEST_FACTORIAL)
            return factorial((int)x - 1);
    }
    double size = fabs(x), result;
    if (size < 1e-20) {
        result = 1.0 / x;
        return isinf(result) ? range_error() : result;
    }
    if (size > 200.0)
        return x < 0 ? 0.0 / sin_pi(x) : range_error();
    double y = size + lanczos_g_minus_half, z;
    if (size > lanczos_g_minus_half) {
        volatile double q = y - size;
        z = q - lanczos_g_minus_half;
    } else {
        volatile double q = y - lanczos_g_minus_half;
        z = q - size;
    }
    z = z * lanczos_g / y;
    if (x < 0) {
        result = -3.141592653589793238462643383279502884 / sin_pi(size) / size * exp(y) / lanczos_sum(size);
        result -= z * result;
        if (size < 140.0) {
            result /= pow(y, size - 0.5);
        } else {
            double root = pow(y, size / 2.0 - 0.25);
            result /= root;
            result /= root;
        }
    } else {
        result = lanczos_sum(size) / exp(y);
        result += z * result;
        if (size < 140.0) {
            result *= pow(y, size - 0.5);
        } else {
            double root = pow(y, size / 2.0 - 0.25);
            result *= root;
            result *= root;
        }
    }
    return isinf(result) ? range_error() : result;
}

double art_math_lgamma(double x)
{
    static const double log_pi = 1.144729885849400174143427351353058711647;

    if (!isfinite(x))
        return isnan(x) ? x : INFINITY;
    if (x == floor(x) && x <= 2.0)
        return x <= 0 ? domain_error() : 0.0;
    double size = fabs(x);
    if (size < 1e-20)
        return -log(size);
    double result = log(lanczos_sum(size)) - lanczos_g + (size - 0.5) * (log(size + lanczos_g - 0.5) - 1);
    if (x < 0)
        result = log_pi - log(fabs(sin_pi(size))) - log(size) - result;
    return isinf(result) ? range_error() : result;
}

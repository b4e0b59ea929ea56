/* The module math. Functions raise ValueError "math domain error" and OverflowError "math range error" where CPython's do, and give 0. */
#ifndef ART_MATH_H
#define ART_MATH_H

#include "art/list.h"

double art_math_acos(double x);
double art_math_acosh(double x);
double art_math_asin(double x);
double art_math_asinh(double x);
double art_math_atan(double x);
double art_math_atan2(double y, double x);
double art_math_atanh(double x);
double art_math_cbrt(double x);
int64_t art_math_comb(int64_t n, int64_t k);
double art_math_copysign(double x, double y);
double art_math_cos(double x);
double art_math_cosh(double x);
double art_math_erf(double x);
double art_math_erfc(double x);
double art_math_exp(double x);
double art_math_exp2(double x);
double art_math_expm1(double x);
double art_math_fabs(double x);
int64_t art_math_factorial(int64_t n);
double art_math_fmod(double x, double y);
bool art_math_frexp(double x, void *out); /* tuple[float, int] */
double art_math_fsum(const art_list *items); /* list[float] */
double art_math_gamma(double x);
double art_math_hypot(const art_list *items); /* list[float] */
bool art_math_isclose(double a, double b, double rel_tol, double abs_tol);
bool art_math_isfinite(double x);
bool art_math_isinf(double x);
bool art_math_isnan(double x);
int64_t art_math_isqrt(int64_t n);
double art_math_ldexp(double x, int64_t i);
double art_math_lgamma(double x);
double art_math_log(double x);
double art_math_log10(double x);
double art_math_log1p(double x);
double art_math_log2(double x);
bool art_math_modf(double x, void *out); /* tuple[float, float] */
double art_math_nextafter(double x, double y);
int64_t art_math_perm(int64_t n, int64_t k);
double art_math_pow(double x, double y);
double art_math_remainder(double x, double y);
double art_math_sin(double x);
double art_math_sinh(double x);
double art_math_sqrt(double x);
double art_math_tan(double x);
double art_math_tanh(double x);
double art_math_ulp(double x);

#endif

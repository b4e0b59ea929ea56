#pragma once
#include <chrono>
#include <cstdio>
#include <cstdlib>
inline double now_s()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
inline long arg(int c, char **v, int i, long otherwise)
{
    return c > i ? std::atol(v[i]) : otherwise;
}
inline void result(long check, double ops, double start)
{
    std::printf("RESULT %ld %.0f %.6f\n", check, ops, now_s() - start);
    std::fflush(stdout);
}
// Calls that fib(n) makes.
inline double calls(int n)
{
    double a = 1, b = 1;
    for (int i = 0; i < n; i++) {
        double next = a + b;
        a = b;
        b = next;
    }
    return 2 * a - 1;
}

/* The floor under the limit of `call`: fib as a C function that cannot suspend. */
#include "ref.h"

static __attribute__((noinline)) long fib(long n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int main(int argc, char **argv)
{
    int n = (int)arg(argc, argv, 1, 30);
    double start = seconds();
    long value = fib(n);

    result(value, calls(n), start);
}

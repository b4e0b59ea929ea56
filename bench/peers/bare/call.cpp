#include "bare.hpp"
Task fib(int n)
{
    if (n < 2)
        co_return n;
    long a = co_await fib(n - 1);
    long b = co_await fib(n - 2);
    co_return a + b;
}
int main(int c, char **v)
{
    int n = (int)arg(c, v, 1, 30);
    long r = 0;
    Group g;
    g.pending = 1;
    double start = now_s();
    spawn(fib(n), &r, &g);
    sched.loop();
    result(r, calls(n), start);
}

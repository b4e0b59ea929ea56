#include "bare.hpp"
Task chain(long d, long k)
{
    if (d > 1)
        co_return co_await chain(d - 1, k) + 1;
    long n = 0;
    for (long i = 0; i < k; i++) {
        co_await Yield{};
        n++;
    }
    co_return n;
}
int main(int c, char **v)
{
    long d = arg(c, v, 1, 200), k = arg(c, v, 2, 100000), r = 0;
    Group g;
    g.pending = 1;
    double start = now_s();
    spawn(chain(d, k), &r, &g);
    sched.loop();
    result(r, k, start);
}

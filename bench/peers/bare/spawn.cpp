#include "bare.hpp"
Task work(long i)
{
    co_await Yield{};
    co_return i;
}
Task amain(long n, long b)
{
    double start = now_s();
    long total = 0;
    std::vector<long> res(b);
    Group g;
    for (long s = 0; s < n; s += b) {
        g.pending = b;
        for (long i = 0; i < b; i++)
            spawn(work(s + i), &res[i], &g);
        co_await g;
        for (long v : res)
            total += v;
    }
    result(total, n, start);
    co_return 0;
}
int main(int c, char **v)
{
    long out;
    Group g;
    g.pending = 1;
    spawn(amain(arg(c, v, 1, 1000000), arg(c, v, 2, 10000)), &out, &g);
    sched.loop();
}

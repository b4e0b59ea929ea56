#include "bare.hpp"
Task work(long k)
{
    long n = 0;
    for (long i = 0; i < k; i++) {
        co_await Yield{};
        n++;
    }
    co_return n;
}
int main(int c, char **v)
{
    long n = arg(c, v, 1, 100), k = arg(c, v, 2, 100000), total = 0;
    double start = now_s();
    std::vector<long> res(n);
    Group g;
    g.pending = n;
    for (long i = 0; i < n; i++)
        spawn(work(k), &res[i], &g);
    sched.loop();
    for (long r : res)
        total += r;
    result(total, (double)n * k, start);
}

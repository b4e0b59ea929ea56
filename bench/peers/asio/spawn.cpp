#include "peer_asio.hpp"
awaitable<long> work(long i)
{
    co_await yield_now();
    co_return i;
}
awaitable<void> amain(long n, long b)
{
    double start = now_s();
    long total = 0;
    std::vector<long> res(b);
    Group g;
    for (long s = 0; s < n; s += b) {
        g.pending = b;
        for (long i = 0; i < b; i++)
            co_spawn(ioc, work(s + i), [&res, &g, i](std::exception_ptr e, long v) {
                if (e)
                    std::abort();
                res[i] = v;
                g.done();
            });
        co_await g.wait();
        for (long v : res)
            total += v;
    }
    result(total, n, start);
}
int main(int c, char **v)
{
    co_spawn(ioc, amain(arg(c, v, 1, 1000000), arg(c, v, 2, 10000)), detached);
    ioc.run();
}

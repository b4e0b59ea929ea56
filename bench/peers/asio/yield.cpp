#include "peer_asio.hpp"
awaitable<long> work(long k)
{
    long n = 0;
    for (long i = 0; i < k; i++) {
        co_await yield_now();
        n++;
    }
    co_return n;
}
int main(int c, char **v)
{
    long n = arg(c, v, 1, 100), k = arg(c, v, 2, 100000), total = 0;
    double start = now_s();
    for (long i = 0; i < n; i++)
        co_spawn(ioc, work(k), [&](std::exception_ptr e, long r) {
            if (e)
                std::abort();
            total += r;
        });
    ioc.run();
    result(total, (double)n * k, start);
}

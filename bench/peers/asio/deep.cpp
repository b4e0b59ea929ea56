#include "peer_asio.hpp"
awaitable<long> chain(long d, long k)
{
    if (d > 1)
        co_return co_await chain(d - 1, k) + 1;
    long n = 0;
    for (long i = 0; i < k; i++) {
        co_await yield_now();
        n++;
    }
    co_return n;
}
awaitable<void> amain(long d, long k)
{
    double start = now_s();
    long r = co_await chain(d, k);
    result(r, k, start);
}
int main(int c, char **v)
{
    co_spawn(ioc, amain(arg(c, v, 1, 200), arg(c, v, 2, 100000)), detached);
    ioc.run();
}

#include "peer_asio.hpp"
static long woken;
awaitable<void> work(long ms)
{
    asio::steady_timer t(ioc, std::chrono::milliseconds(ms));
    co_await t.async_wait(use_awaitable);
    woken++;
}
int main(int c, char **v)
{
    long n = arg(c, v, 1, 1000000), ms = arg(c, v, 2, 5000);
    double start = now_s();
    for (long i = 0; i < n; i++)
        co_spawn(ioc, work(ms), detached);
    ioc.run();
    result(woken, n, start);
}

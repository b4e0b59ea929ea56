#include "peer_asio.hpp"
#include <asio/experimental/channel.hpp>
using channel = asio::experimental::channel<void(asio::error_code, long)>;
awaitable<void> prod(channel &q, long n)
{
    for (long i = 0; i < n; i++)
        co_await q.async_send(asio::error_code{}, i, use_awaitable);
}
awaitable<void> cons(channel &q, long n)
{
    double start = now_s();
    long s = 0;
    for (long i = 0; i < n; i++)
        s += co_await q.async_receive(use_awaitable);
    result(s, n, start);
}
int main(int c, char **v)
{
    long n = arg(c, v, 1, 1000000);
    channel q(ioc, arg(c, v, 2, 1));
    co_spawn(ioc, prod(q, n), detached);
    co_spawn(ioc, cons(q, n), detached);
    ioc.run();
}

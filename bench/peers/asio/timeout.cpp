#include "peer_asio.hpp"
#include <asio/experimental/awaitable_operators.hpp>
using namespace asio::experimental::awaitable_operators;
awaitable<long> op(long i)
{
    co_await yield_now();
    co_return i;
}
awaitable<void> amain(long n)
{
    double start = now_s();
    long s = 0;
    for (long i = 0; i < n; i++) {
        asio::steady_timer t(ioc, std::chrono::seconds(10));
        auto r = co_await (op(i) || t.async_wait(use_awaitable));
        if (r.index() != 0)
            std::abort();
        s += std::get<0>(r);
    }
    result(s, n, start);
}
int main(int c, char **v)
{
    co_spawn(ioc, amain(arg(c, v, 1, 300000)), detached);
    ioc.run();
}

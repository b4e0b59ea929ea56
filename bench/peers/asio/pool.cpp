#include "peer_asio.hpp"
// hop to the pool, compute there, hop back to the io_context
static awaitable<long> lane(asio::thread_pool &p, long w, long k)
{
    long s = 0;
    for (long i = 0; i < k; i++) {
        co_await asio::post(asio::bind_executor(p, use_awaitable));
        long r = w * 3 + i;
        co_await asio::post(asio::bind_executor(ioc, use_awaitable));
        s += r;
    }
    co_return s;
}
int main(int c, char **v)
{
    long n = arg(c, v, 1, 200000), threads = arg(c, v, 2, 4), flight = arg(c, v, 3, 64), total = 0;
    asio::thread_pool p(threads);
    auto work = asio::make_work_guard(ioc);
    long left = flight;
    double start = now_s();
    for (long w = 0; w < flight; w++)
        co_spawn(ioc, lane(p, w, n / flight), [&](std::exception_ptr e, long r) {
            if (e)
                std::abort();
            total += r;
            if (--left == 0)
                work.reset();
        });
    ioc.run();
    result(total, n, start);
    p.join();
}

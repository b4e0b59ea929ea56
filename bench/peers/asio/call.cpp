#include "peer_asio.hpp"
awaitable<long> fib(int n)
{
    if (n < 2)
        co_return n;
    long a = co_await fib(n - 1);
    long b = co_await fib(n - 2);
    co_return a + b;
}
awaitable<void> amain(int n)
{
    double start = now_s();
    long r = co_await fib(n);
    result(r, calls(n), start);
}
int main(int c, char **v)
{
    co_spawn(ioc, amain((int)arg(c, v, 1, 30)), detached);
    ioc.run();
}

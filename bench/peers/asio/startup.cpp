#include "peer_asio.hpp"
awaitable<void> amain()
{
    std::puts("hello");
    co_return;
}
int main()
{
    co_spawn(ioc, amain(), detached);
    ioc.run();
}

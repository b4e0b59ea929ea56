#pragma once
#include "../peer.hpp"
#include <asio.hpp>
#include <vector>
using asio::awaitable;
using asio::co_spawn;
using asio::detached;
using asio::use_awaitable;
using asio::ip::tcp;
inline asio::io_context ioc{1};
inline auto yield_now()
{
    return asio::post(ioc, use_awaitable);
}
// join of a counted group: the last completion cancels a timer the waiter sleeps on
struct Group {
    long pending = 0;
    asio::steady_timer t{ioc, asio::steady_timer::time_point::max()};
    void done()
    {
        if (--pending == 0)
            t.cancel();
    }
    awaitable<void> wait()
    {
        if (pending)
            co_await t.async_wait(asio::redirect_error(use_awaitable, ec));
        t.expires_at(asio::steady_timer::time_point::max());
    }
    asio::error_code ec;
};

// An async generator: co_yield hands control back to the coroutine that awaits its next value.
#include "bare.hpp"
struct Generator {
    struct promise_type {
        std::coroutine_handle<> consumer;
        long value = 0;
        bool done = false;
        struct Back {
            bool await_ready() noexcept
            {
                return false;
            }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept
            {
                return h.promise().consumer;
            }
            void await_resume() noexcept
            {
            }
        };
        Generator get_return_object()
        {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept
        {
            return {};
        }
        Back final_suspend() noexcept
        {
            done = true;
            return {};
        }
        Back yield_value(long v) noexcept
        {
            value = v;
            return {};
        }
        void return_void()
        {
        }
        void unhandled_exception()
        {
            std::abort();
        }
    };
    std::coroutine_handle<promise_type> h;
    struct Next {
        std::coroutine_handle<promise_type> h;
        bool await_ready() noexcept
        {
            return false;
        }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> c) noexcept
        {
            h.promise().consumer = c;
            return h;
        }
        bool await_resume() noexcept
        {
            return !h.promise().done;
        }
    };
    Next next()
    {
        return {h};
    }
};
Generator count(long values)
{
    for (long i = 0; i < values; i++)
        co_yield i;
}
Task amain(long values)
{
    double start = now_s();
    long total = 0;
    Generator g = count(values);
    while (co_await g.next())
        total += g.h.promise().value;
    g.h.destroy();
    result(total, values, start);
    co_return 0;
}
int main(int c, char **v)
{
    long out;
    Group g;
    g.pending = 1;
    spawn(amain(arg(c, v, 1, 10000000)), &out, &g);
    sched.loop();
}

// Bare C++20 coroutines over a 20-line scheduler: what the language's own
// state-machine transform costs without a library around it. Lazy tasks,
// symmetric transfer, one heap frame per coroutine call.
#pragma once
#include "../peer.hpp"
#include <coroutine>
#include <deque>
#include <utility>
#include <vector>
struct Sched {
    std::vector<std::coroutine_handle<>> q, run;
    void post(std::coroutine_handle<> h)
    {
        q.push_back(h);
    }
    void loop()
    {
        while (!q.empty()) {
            std::swap(q, run);
            for (auto h : run)
                h.resume();
            run.clear();
        }
    }
};
inline Sched sched;
struct Yield {
    bool await_ready() noexcept
    {
        return false;
    }
    void await_suspend(std::coroutine_handle<> h)
    {
        sched.post(h);
    }
    void await_resume() noexcept
    {
    }
};
struct Task {
    struct promise_type {
        std::coroutine_handle<> cont = std::noop_coroutine();
        long value = 0;
        Task get_return_object()
        {
            return Task{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept
        {
            return {};
        }
        struct Final {
            bool await_ready() noexcept
            {
                return false;
            }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept
            {
                return h.promise().cont;
            }
            void await_resume() noexcept
            {
            }
        };
        Final final_suspend() noexcept
        {
            return {};
        }
        void return_value(long v)
        {
            value = v;
        }
        void unhandled_exception()
        {
            std::abort();
        }
    };
    std::coroutine_handle<promise_type> h;
    explicit Task(std::coroutine_handle<promise_type> h) : h(h)
    {
    }
    Task(Task &&o) noexcept : h(std::exchange(o.h, {}))
    {
    }
    ~Task()
    {
        if (h)
            h.destroy();
    }
    bool await_ready() noexcept
    {
        return false;
    }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> c) noexcept
    {
        h.promise().cont = c;
        return h;
    }
    long await_resume() noexcept
    {
        return h.promise().value;
    }
};
// a spawned task: runs `Task`, then reports and frees itself
struct Detached {
    struct promise_type {
        Detached get_return_object()
        {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept
        {
            return {};
        }
        std::suspend_never final_suspend() noexcept
        {
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
};
struct Group {
    long pending = 0;
    std::coroutine_handle<> waiter;
    bool await_ready() noexcept
    {
        return pending == 0;
    }
    void await_suspend(std::coroutine_handle<> h)
    {
        waiter = h;
    }
    void await_resume() noexcept
    {
    }
    void done()
    {
        if (--pending == 0 && waiter)
            sched.post(std::exchange(waiter, {}));
    }
};
inline Detached run_into(Task t, long *out, Group *g)
{
    *out = co_await t;
    g->done();
}
inline void spawn(Task t, long *out, Group *g)
{
    sched.post(run_into(std::move(t), out, g).h);
}

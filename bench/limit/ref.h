/* The limit: the leanest runtime that one would write by hand for these workloads and nothing else.
 *
 * One thread; tasks are structs that a switch resumes, linked into a ready queue through themselves; timers in a hierarchical wheel
 * (six levels of 64 slots, a tick is a millisecond, a bitmap of the slots in use); epoll. Clock and epoll are looked at every
 * POLL_EVERY resumes while tasks are ready. Everything is static in one translation unit, so that the C compiler may inline it, and
 * none of asyncio's promises are kept beyond what the workload needs: no exceptions, no cancellation, no contexts. */
#ifndef REF_H
#define REF_H
#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define POLL_EVERY 64
#define likely(x) __builtin_expect(!!(x), 1)
#define UNUSED __attribute__((unused))

/* -- tasks -- */

typedef struct task task;
struct task {
    task *next; /* in the ready queue or another list */
    void (*resume)(task *);
    int state;
};

static task *ready_head, **ready_tail = &ready_head;

static inline void ready(task *t)
{
    t->next = NULL;
    *ready_tail = t;
    ready_tail = &t->next;
}

/* -- memory: a free list of blocks of one size, cut from 64 KiB; -DUSE_MALLOC shows what malloc would cost -- */

typedef struct {
    void *free;
    char *cur, *end;
} pool;

static inline void *pool_get(pool *p, size_t size)
{
#ifdef USE_MALLOC
    (void)p;
    return malloc(size);
#else
    void *block = p->free;

    if (likely(block)) {
        p->free = *(void **)block;
        return block;
    }
    if (!p->cur || (size_t)(p->end - p->cur) < size) {
        p->cur = malloc(65536);
        p->end = p->cur + 65536;
    }
    block = p->cur;
    p->cur += size;
    return block;
#endif
}

static inline void pool_put(pool *p, void *block)
{
#ifdef USE_MALLOC
    (void)p;
    free(block);
#else
    *(void **)block = p->free;
    p->free = block;
#endif
}

/* -- timers -- */

typedef struct timer timer;
struct timer {
    timer *next, **link; /* what points to it */
    uint64_t when;       /* ms */
    task *task;
};

#define LEVELS 6
static struct {
    uint64_t used; /* a bit per slot; cleared lazily when a timer is removed */
    timer *slot[64];
} wheel[LEVELS];
static uint64_t wheel_now; /* every tick up to here has fired */
static uint64_t loop_now;  /* ms, rounded down, as of the last look at the clock */
static size_t timers;

static inline uint64_t clock_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static inline double seconds(void)
{
    return (double)clock_ns() * 1e-9;
}

static inline void timer_link(timer *m)
{
    uint64_t when = m->when <= wheel_now ? wheel_now + 1 : m->when, differing = when ^ wheel_now;
    unsigned level = differing < 64 ? 0 : (unsigned)(63 - __builtin_clzll(differing)) / 6;

    if (level >= LEVELS)
        abort();
    unsigned s = (when >> (6 * level)) & 63;
    timer **head = &wheel[level].slot[s];
    m->next = *head;
    if (*head)
        (*head)->link = &m->next;
    m->link = head;
    *head = m;
    wheel[level].used |= 1ull << s;
}

static inline void timer_add(timer *m, task *t, uint64_t after_ms)
{
    m->task = t;
    m->when = loop_now + after_ms + 1; /* never early, though loop_now is rounded down */
    timer_link(m);
    timers++;
}

static inline void timer_remove(timer *m)
{
    *m->link = m->next;
    if (m->next)
        m->next->link = m->link;
    timers--;
}

/* The next tick at which something is to be done; UINT64_MAX: none. */
static uint64_t wheel_next(void)
{
    for (unsigned level = 0; level < LEVELS; level++) {
        unsigned now = (wheel_now >> (6 * level)) & 63;
        uint64_t later;
        while ((later = now == 63 ? 0 : wheel[level].used & (~0ull << (now + 1)))) {
            unsigned s = (unsigned)__builtin_ctzll(later);
            if (wheel[level].slot[s])
                return (wheel_now >> (6 * (level + 1)) << (6 * (level + 1))) | ((uint64_t)s << (6 * level));
            wheel[level].used &= ~(1ull << s);
        }
    }
    return UINT64_MAX;
}

static timer *slot_take(unsigned level, uint64_t at)
{
    unsigned s = (at >> (6 * level)) & 63;
    timer *m = wheel[level].slot[s];

    wheel[level].slot[s] = NULL;
    wheel[level].used &= ~(1ull << s);
    return m;
}

static inline void fire(timer *m)
{
    timers--;
    ready(m->task);
}

/* Fires what is due at tick `at`, after moving down what the upper levels held for the time that begins there. */
static void wheel_tick(uint64_t at)
{
    wheel_now = at;
    for (unsigned level = LEVELS; level-- > 1;) {
        if (at & ((1ull << (6 * level)) - 1))
            continue;
        for (timer *m = slot_take(level, at), *next; m; m = next) {
            next = m->next;
            if (m->when <= at)
                fire(m);
            else
                timer_link(m);
        }
    }
    for (timer *m = slot_take(0, at); m; m = m->next)
        fire(m);
}

static void wheel_advance(uint64_t to)
{
    uint64_t at = UINT64_MAX;

    while (timers && (at = wheel_next()) <= to)
        wheel_tick(at);
    if (!timers)
        at = UINT64_MAX;
    if (wheel_now < to) /* upper levels are placed relative to wheel_now's block: do not leave it */
        wheel_now = to < at ? to : at - 1;
}

/* -- the loop -- */

typedef struct {
    task task; /* resumed when fd is ready, straight from epoll's answer */
    int fd;
} watcher;

static int poller = -1;
static size_t watchers;
static bool stopping;

/* pool.c has something to do before and after a look at epoll. */
#ifndef BEFORE_POLL
#define BEFORE_POLL(block) (block)
#define AFTER_POLL() ((void)0)
#endif

UNUSED static void watch(watcher *w)
{
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = w};

    if (epoll_ctl(poller, EPOLL_CTL_ADD, w->fd, &e))
        abort();
    watchers++;
}

static int poll_timeout(bool block)
{
    if (!block)
        return 0;
    if (!timers)
        return -1;
    uint64_t at = wheel_next();
    return at <= loop_now ? 0 : at - loop_now > 1000000 ? 1000000 : (int)(at - loop_now);
}

static void poll_once(bool block)
{
    int timeout = poll_timeout(BEFORE_POLL(block));

    if (watchers || timeout) {
        struct epoll_event events[256];
        int n = epoll_wait(poller, events, 256, timeout);
        for (int i = 0; i < n; i++) {
            watcher *w = events[i].data.ptr;
            w->task.resume(&w->task);
        }
    }
    AFTER_POLL();
    if (timers) {
        loop_now = clock_ns() / 1000000;
        wheel_advance(loop_now);
    }
}

UNUSED static void loop_init(void)
{
    poller = epoll_create1(EPOLL_CLOEXEC);
    loop_now = wheel_now = clock_ns() / 1000000;
}

UNUSED static void loop_run(void)
{
    unsigned budget = POLL_EVERY;

    while (!stopping) {
        task *t = ready_head;
        if (!t) {
            if (!timers && !watchers)
                abort(); /* everybody waits for nobody */
            poll_once(true);
            continue;
        }
        if (!(ready_head = t->next))
            ready_tail = &ready_head;
        t->resume(t);
        if (likely(--budget))
            continue;
        budget = POLL_EVERY;
        poll_once(false);
    }
}

/* -- what every workload ends with -- */

static inline void result(long check, double ops, double start)
{
    printf("RESULT %ld %.0f %.6f\n", check, ops, seconds() - start);
}

static inline long arg(int argc, char **argv, int i, long otherwise)
{
    return argc > i ? atol(argv[i]) : otherwise;
}

/* Calls that fib(n) makes. */
UNUSED static double calls(int n)
{
    double a = 1, b = 1;

    for (int i = 0; i < n; i++) {
        double next = a + b;
        a = b;
        b = next;
    }
    return 2 * a - 1;
}
#endif

/* The inside of a loop: what loop.c, timer.c, wake.c and the files on top of them share. Not installed. */
#ifndef ART_LOOP_IMPL_H
#define ART_LOOP_IMPL_H

#include "art/exc.h"
#include "art/loop.h"
#include "art/poll.h"
#include "art/task.h"

#include <pthread.h>
#include <stdatomic.h>

/* -- timers: timer.c --------------------------------------------------------------------------------------------------------- */

enum { ART_WHEEL_LEVELS = 8, ART_WHEEL_SLOTS = 64 };

/* A hierarchical timing wheel: a slot of level n holds 64^n ticks of a millisecond. A timer stands at the level of the highest
 * digit, in base 64, in which its tick differs from `at`; so everything in lower levels is due before everything in higher ones,
 * and a timer moves down at most 7 times. */
typedef struct art_wheel {
    uint64_t at; /* everything due in earlier ticks has fired */
    size_t count;
    uint64_t map[ART_WHEEL_LEVELS]; /* slots that may have timers */
    art_timer slots[ART_WHEEL_LEVELS][ART_WHEEL_SLOTS]; /* heads of circular lists; next 0: empty, never used */
} art_wheel;

void art__wheel_add(art_wheel *wheel, art_timer *timer, unsigned kind); /* kind: ART_LINK_TIMER or ART_LINK_SLEEP */
void art__wheel_remove(art_wheel *wheel, art_timer *timer);
/* The first of a list, linked by `next` and ordered by (when, order of adding), of the timers with when < limit. */
art_link art__wheel_expire(art_wheel *wheel, double limit);
/* A time at which there is something to do, not after the first deadline by more than a tick; negative: there are no timers. */
double art__wheel_next(const art_wheel *wheel);
/* The first deadline exactly, in time linear in its slot's timers; negative: there are no timers. */
double art__wheel_first(const art_wheel *wheel);
/* Some timer, or NULL: to empty a wheel. */
art_timer *art__wheel_any(art_wheel *wheel);

/* -- the loop ---------------------------------------------------------------------------------------------------------------- */

enum { ART_LOOP_LOOK = 64 }; /* steps between two looks at the poller and the clock while something is ready */

/* A descriptor that is watched: what is called when it can be read and written. wake.c */
typedef struct art_watch {
    art_call *calls[2]; /* reading, writing; NULL: not watched. Borrowed: whoever watches takes it out again */
} art_watch;
enum { ART_WATCH_READ, ART_WATCH_WRITE };

struct art_loop {
    art_loop_front front; /* the object and what is ready */
    int32_t patience;     /* steps until the next look; 0 or less: look at the start of the next turn */
    art_call nothing;     /* see end_turn_at */
    uint8_t number;       /* of the loops of its thread; in the futures' aux */
    bool is_running, is_stopping, is_closed, is_debug, is_virtual, is_shutting_agens, is_shutting_executor;
    double now;           /* the clock when it was last read */
    uint64_t seed;        /* 0: order of arrival */
    art_wheel wheel;
    art_poller poller;

    art_task *tasks;      /* pending tasks, newest first reached by prev: circular list; its head is the oldest */
    struct art_asyncgen *asyncgens; /* started and unfinished: circular list */
    art_closure *exception_handler; /* owned or NULL */
    double slow_duration; /* debug: seconds that a step may take */

    /* Descriptors. */
    art_watch *watches;   /* by descriptor; art_resize memory */
    size_t watch_cap;
    size_t watch_count;   /* callbacks in there */

    /* What other threads touch. */
    pthread_mutex_t lock;
    art_link inbox, *inbox_last; /* handles and completions posted, under `lock` */
    atomic_bool has_inbox;       /* or a signal came */
    atomic_bool is_asleep;       /* waits in the poller: must be woken through wake_fd */
    int wake_fd[2];              /* an eventfd twice, or a pipe; opened with the poller */
    atomic_int jobs;             /* handed to executors and not back yet */

    struct art_executor *executor; /* the default one, owned */
    struct art_signals *signals; /* handlers of this loop: wake.c; NULL: none */
};

/* Number of the loop within its thread -> loop. */
extern _Thread_local art_loop *art__loops[ART_FUTURE_LOOP_MASK + 1];

/* O(n): takes out the link to `target` wherever it is queued. */
bool art__ready_remove(art_loop *loop, void *target);

double art__loop_now(art_loop *loop); /* reads the clock */
void art__timer_add(art_loop *loop, art_timer *timer, unsigned kind, double when);
void art__timer_remove(art_loop *loop, art_timer *timer);

/* The loop whose number `future` carries; NULL when it is gone. */
static inline art_loop *art__loop_by_number(uint32_t number)
{
    art_loop *loop = art_self.loop;
    if (__builtin_expect(loop && loop->number == number, 1))
        return loop;
    return art__loops[number];
}
static inline art_loop *art__loop_of(const art_future *future)
{
    return art__loop_by_number(future->base.aux >> ART_FUTURE_LOOP_SHIFT & ART_FUTURE_LOOP_MASK);
}

/* wake.c */
int art__wake_open(art_loop *loop); /* 0 or a negative errno */
void art__wake_close(art_loop *loop);
void art__inbox_post(art_loop *loop, art_link link); /* any thread */
void art__inbox_take(art_loop *loop);
void art__poll_look(art_loop *loop, double timeout); /* waits; makes ready what the poller reports */
void art__watches_free(art_loop *loop);
/* Calls `call` in each turn in which `fd` is ready; NULL: no more. 0 or a negative errno. The call before, if any, is returned. */
int art__watch(art_loop *loop, int fd, int which, art_call *call, art_call **before);
/* A signal calls `call` in the loop, until it is NULL again. 0 or a negative errno. */
int art__signal_watch(art_loop *loop, int number, art_call *call, art_call **before);
art_call *art__signal_watched(const art_loop *loop, int number); /* borrowed, or NULL */
/* Handlers of the process: the loop runs, or no longer does; what runs them; a signal has come (async-signal-safe). */
void art__signals_home(art_loop *loop, bool is_running);
void art__signals_run_by(void (*run)(void));
void art__signals_came(void);

/* handle.c: the loop closes while this timer is armed or due: when it belongs to a handle of the program, that is let go. */
void art__handle_drop(art_timer *timer);
void art__handlers_free(art_loop *loop);

/* Asks the loop to report the pending exception of a callback; KeyboardInterrupt and SystemExit stay pending (false). */
bool art__loop_callback_raised(art_loop *loop, const char *message, const char *key, void *object);

/* future.c */
/* The future will stay pending for ever: its callbacks are called with no future (call->future is NULL) and let go. */
void art__future_forsake(art_future *future);
void art__future_end_life(art_future *future, const char *unseen);
/* The first callback of a pending future. */
static inline void art__future_only_callback(art_future *future, art_callback *node)
{
    node->call.next = (art_link)node;
    future->callbacks = (uintptr_t)node;
}
/* The future, which is done, had these callbacks: they are made ready. */
void art__future_schedule(art_future *future, uintptr_t callbacks);
void art__future_cancel_now(art_future *future, void *any, uint32_t flag);

/* gather.c */
bool art__gather_cancel(art_future *future, art_str *message);
bool art__gather_hold(art_future *future); /* it is to live on until it is done; false: nothing can complete it any more */
size_t art__gather_end_life(art_future *future); /* bytes of its own behind the value */

/* coroutine.c */
void art__coro_close_quietly(art_task *coro); /* close() whose exceptions nobody sees */
void art__coro_end_life(art_task *coro);      /* the last reference to a coroutine object goes */

/* context.c: the thread's context variables. */
extern ART_THREAD_LOCAL struct art_vars *art__vars;

/* task.c */
bool art__task_cancel(art_task *task, art_str *message);
/* The task waits already, but was told to cancel itself before: what it waits for is cancelled. */
void art__task_pass_cancel(art_task *task);
/* The task awaits what it must not, itself or a future of another loop: RuntimeError in its next step. */
void art__task_refuse(art_task *task, art_future *future);
art_task_extra *art__task_extra(art_task *task);
art_step art__task_unusual_step(art_task *task);
void art__task_keep_vars(art_task *task);
/* The root frame is done: the task gets its outcome. False: KeyboardInterrupt or SystemExit goes on to the loop's caller. */
bool art__task_finish(art_loop *loop, art_task *task);

/* art__task_ready, art_waiter_wait, _set and _resumed as they mostly are, within the functions that use them most. */
static inline void art__task_wake(art_task *task)
{
    art_loop *loop = art_self.loop;
    uint32_t aux = task->future.base.aux;
    bool is_here = loop && aux & ART_TASK_RUNNING && (aux >> ART_FUTURE_LOOP_SHIFT & ART_FUTURE_LOOP_MASK) == loop->number;
    if (__builtin_expect(!is_here, 0)) {
        art__task_ready(task);
        return;
    }
    task->future.base.aux = aux & ~(uint32_t)ART_TASK_WAITS;
    art__ready_push(loop, (art_link)&task->link | ART_LINK_TASK);
}
static inline art_step art__waiter_wait(art_frame *self, art_waiter *waiter)
{
    art_task *task = art_self.task;
    if (__builtin_expect(!task || task->future.base.aux & ART_TASK_MUST_CANCEL, 0))
        return art_waiter_wait(self, waiter);
    waiter->task = (uintptr_t)task;
    task->waits_on = (uintptr_t)waiter | 1;
    task->future.base.aux |= ART_TASK_WAITS;
    task->future.top = self;
    return ART_SUSPENDED;
}
static inline void art__waiter_set(art_waiter *waiter)
{
    if (art_waiter_done(waiter))
        return;
    art_task *task = (art_task *)waiter->task;
    waiter->task |= ART_WAITER_SET;
    art__task_wake(task);
}
static inline bool art__waiter_is_set(const art_waiter *waiter) /* and nothing is raised */
{
    return __builtin_expect(!art_self.raised && (waiter->task & ART_WAITER_STATE) == ART_WAITER_SET, 1);
}
static inline bool art__waiter_resumed(art_waiter *waiter)
{
    return art__waiter_is_set(waiter) || art_waiter_resumed(waiter);
}

static inline void art__tasks_add(art_loop *loop, art_task *task)
{
    art_task *oldest = loop->tasks;
    if (!oldest) {
        loop->tasks = task->prev = task->next = task;
        return;
    }
    task->next = oldest;
    task->prev = oldest->prev;
    oldest->prev->next = task;
    oldest->prev = task;
}

extern ART_THREAD_LOCAL uint32_t art__task_last_number; /* of "Task-7" */

/* Can the object be started as it is, without context variables and without complaints? */
static inline bool art__task_is_plain_start(const art_loop *loop, const art_task *coro)
{
    return coro->future.base.type->kind == ART_KIND_COROUTINE && !(coro->future.base.aux & ART_TASK_STARTED) && !loop->is_closed && !art__vars;
}
/* The coroutine object becomes a task of the loop: owned. */
static inline art_task *art__task_begin(art_loop *loop, art_task *coro)
{
    coro->future.base.type = coro->future.base.type->methods;
    coro->future.base.aux |= ART_TASK_STARTED | ART_TASK_RUNNING | (uint32_t)loop->number << ART_FUTURE_LOOP_SHIFT;
    coro->future.base.refs += 2; /* the loop's and the caller's */
    art__tasks_add(loop, coro);
    art__ready_push(loop, (art_link)&coro->link | ART_LINK_TASK);
    return coro;
}

/* ensure_future, as it mostly is: owned. */
static inline art_future *art__future_started(art_task *coro, art_loop *loop)
{
    if (!art__task_is_plain_start(loop, coro))
        return art_ensure_future(coro, loop);
    art_task *task = art__task_begin(loop, coro);
    task->number = ++art__task_last_number;
    return &task->future;
}

/* Has the task ended with a plain value, so that it holds nothing but its own block? */
static inline bool art__task_is_bare(const art_task *task)
{
    enum { WHAT = ART_FUTURE_STATE | ART_FUTURE_HAS_EXC | ART_TASK_HAS_EXTRA };
    return (task->future.base.aux & WHAT) == ART_FUTURE_FINISHED && !task->future.callbacks &&
           art_future_item_type(&task->future)->kind <= ART_KIND_FLOAT;
}

/* Resumes the innermost frame, and its callers as far as it is done. */
static inline art_step art__task_resume(art_task *task)
{
    art_frame *frame = task->future.top;
    art_step step = frame->resume(frame);
    while (step != ART_SUSPENDED && (frame = frame->caller))
        step = frame->resume(frame);
    return step;
}

/* The step of a task that was taken from the ready queue. False: KeyboardInterrupt or SystemExit is pending. */
static inline bool art__task_step(art_loop *loop, art_task *task)
{
    art_self.task = task;
    art_step step;
    if (__builtin_expect(!(task->future.base.aux & ART_TASK_UNUSUAL), 1)) {
        step = art__task_resume(task);
        if (__builtin_expect(art__vars != NULL, 0))
            art__task_keep_vars(task); /* it has set its first */
    } else {
        step = art__task_unusual_step(task);
    }
    return step == ART_SUSPENDED || art__task_finish(loop, task);
}
void art__tasks_remove(art_loop *loop, art_task *task);
void art__task_drop(art_loop *loop, art_task *task); /* the loop goes: reports and lets go of a pending task */

/* platform.c */
double art__clock(void); /* monotonic seconds */
int art__cpu_count(void);

/* deepcopy.c: two threads may hold the object: it is never counted and never freed from here on. Gives it back. */
void *art__share(void *object);

/* pool.c */
void art__executor_forget(art_loop *loop); /* the loop closes: shuts the default executor down without waiting */

#endif

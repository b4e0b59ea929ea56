/* Tasks, and coroutine objects, which are tasks that were not started: one block with the task's header and the root frame.
 *
 *     create_task(f(x))            art_task *coro = art_task_new(&Coroutine_int, sizeof(f_frame));
 *                                  f_init((f_frame *)art_task_frame(coro), x);
 *                                  art_task *task = art_create_task(coro, NULL, NULL);   // NULL: raised; no loop is running
 *                                  art_release(coro);
 *
 * A running task is owned by its loop until it is done: dropping the last reference does not stop it. */
#ifndef ART_TASK_H
#define ART_TASK_H

#include "art/future.h"

/* What only few tasks need; allocated when first asked for. */
typedef struct art_task_extra {
    art_str *name;          /* owned; NULL: "Task-<number>" */
    art_str *message;       /* owned: what cancel() was given that is not delivered yet */
    art_str *waiter_message; /* owned: the same for the waiter that it cancelled */
    art_exc *pending;       /* owned: to be raised at the next step (ART_TASK_THROW) */
    struct art_vars *vars;  /* owned: values of context variables while the task does not run */
    art_context *context;   /* owned: the Context given to create_task, whose values they are; NULL: its own copy */
    void *created;          /* debug mode: where it was created */
} art_task_extra;

struct art_task {
    art_future future;
    union {
        art_link link;      /* the next in the ready queue */
        uintptr_t waits_on; /* ART_TASK_WAITS: the art_future it waits for, or an art_waiter | 1; borrowed */
    };
    art_task *prev, *next;  /* all pending tasks of the loop, in order of creation */
    art_task_extra *extra;  /* owned; NULL: nothing special */
    uint32_t number;        /* of "Task-7"; 0: a coroutine object */
    uint32_t size;          /* bytes of the whole block */
    /* the root frame follows */
};

/* -- coroutine objects ------------------------------------------------------------------------------------------------------- */

/* A coroutine object with room for a root frame of `frame_size` bytes, which the caller initialises at once. `type` is that of
 * Coroutine[..., T]. Owned. */
art_task *art_task_new(const art_type *type, uint32_t frame_size);
/* The same for a C coroutine of generic result, which takes the address `*out` as its last parameter. */
art_task *art_task_new_out(const art_type *type, uint32_t frame_size, void **out);
static inline art_frame *art_task_frame(const art_task *task)
{
    return (art_frame *)(uintptr_t)(task + 1);
}

/* coro.close(), throw(), send(None): for generators' sake. send: true while it waits (yields), false when it is done or raised;
 * its result comes as StopIteration, as in Python. */
bool art_coro_close(art_task *coro);
bool art_coro_throw(art_task *coro, art_exc *exception);
bool art_coro_send(art_task *coro);

/* -- tasks --------------------------------------------------------------------------------------------------------------------- */

/* Makes a task of the coroutine object, to be stepped first in the next turn. Returns the same object, retained; NULL when there
 * is no running loop or it was started before. `name` and `context` may be NULL. */
art_task *art_create_task(art_task *coro, art_str *name, art_context *context);
art_task *art_loop_create_task(art_loop *loop, art_task *coro, art_str *name, art_context *context);

static inline bool art_task_cancel(art_task *task, art_str *message) /* message may be NULL */
{
    return art_future_cancel(&task->future, message);
}
int64_t art_task_cancelling(const art_task *task);
int64_t art_task_uncancel(art_task *task);
art_str *art_task_get_name(const art_task *task); /* owned */
void art_task_set_name(art_task *task, art_str *name);
art_task *art_task_get_coro(art_task *task);      /* owned: the same object */
art_context *art_task_get_context(art_task *task);
art_str *art_task_repr(art_task *task);

art_task *art_current_task(art_loop *loop); /* owned or NULL (None); loop may be NULL: the running one, RuntimeError if none */
/* all_tasks(): a set[Task] of the given descriptor, in order of creation. */
struct art_set *art_all_tasks(art_loop *loop, const art_type *type);

/* -- waiting in C -------------------------------------------------------------------------------------------------------------- */

/* The smallest thing that a task can wait for: what asyncio makes a future for. Lives in a frame. */
typedef struct art_waiter {
    uintptr_t task; /* the waiting task, and two bits of state */
} art_waiter;
enum { ART_WAITER_PENDING, ART_WAITER_SET, ART_WAITER_CANCELLED, ART_WAITER_STATE = 3 };

static inline bool art_waiter_done(const art_waiter *waiter)
{
    return (waiter->task & ART_WAITER_STATE) != ART_WAITER_PENDING;
}
static inline bool art_waiter_cancelled(const art_waiter *waiter)
{
    return (waiter->task & ART_WAITER_STATE) == ART_WAITER_CANCELLED;
}
/* Suspends the running task in `self` until the waiter is set or cancelled; returns ART_SUSPENDED. */
art_step art_waiter_wait(art_frame *self, art_waiter *waiter);
/* What the resumed frame asks first. False: an exception is pending (the task was cancelled, or something was thrown). */
bool art_waiter_resumed(art_waiter *waiter);
/* Makes the task ready; nothing if it is done already. */
void art_waiter_set(art_waiter *waiter);
bool art_waiter_cancel(art_waiter *waiter, art_str *message);

/* await asyncio.sleep(delay), which suspends the frame that awaits it; the pause lies in that frame:
 *
 *     art_pause_init(&f->child.pause, delay);
 *     base->state = 1;
 *     if (art_pause_begin(base, &f->child.pause) == ART_SUSPENDED) return ART_SUSPENDED;
 * case 1:
 *     art_pause_end(&f->child.pause);
 *     if (art_raised(9)) goto raised; */
typedef struct art_pause {
    art_timer timer; /* due: the waiter behind it is set; `when` is NaN while it is neither in the wheel nor in the ready queue */
    art_waiter waiter;
} art_pause;
static inline void art_pause_init(art_pause *pause, double delay)
{
    pause->timer.when = delay;
}
art_step art_pause_begin(art_frame *self, art_pause *pause);
void art__pause_broken(art_pause *pause);
static inline void art_pause_end(art_pause *pause)
{
    if (__builtin_expect(art_self.raised || (pause->waiter.task & ART_WAITER_STATE) != ART_WAITER_SET, 0))
        art__pause_broken(pause);
}

/* The same as a coroutine: what asyncio.sleep(delay) is an object of. */
typedef struct art_sleep_frame {
    art_frame base;
    art_pause pause;
} art_sleep_frame;
void art_sleep_init(art_sleep_frame *frame, double delay);
art_step art_sleep_resume(art_frame *base);

art_step art__await_turn(art_frame *self);

/* A bare yield to the loop, await asyncio.sleep(0): `self` is resumed in the next turn. Returns ART_SUSPENDED; `case k` asks
 * art_raised. */
static inline art_step art_await_turn(art_frame *self)
{
    art_task *task = art_self.task;
    if (__builtin_expect(!task || !(task->future.base.aux & ART_TASK_RUNNING), 0))
        return art__await_turn(self);
    task->future.top = self;
    art__ready_push(art_self.loop, (art_link)&task->link | ART_LINK_TASK);
    return ART_SUSPENDED;
}

/* Puts the task's next step in the queue. */
void art__task_ready(art_task *task);

/* ensure_future() of a task or a coroutine object. */
static inline art_task *art_ensure_task(void *awaitable, art_loop *loop)
{
    return (art_task *)art_ensure_future(awaitable, loop);
}

#endif

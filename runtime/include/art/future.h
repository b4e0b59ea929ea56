/* Futures: a value that will be there later, and who waits for it.
 *
 * `Future[T]` is an art_future with its T directly behind it; a task begins with an art_future and has its T in its root frame.
 * art_future_result gives the address for both. All functions here take tasks too (a cast), and belong to the loop thread. */
#ifndef ART_FUTURE_H
#define ART_FUTURE_H

#include "art/frame.h"
#include "art/loop.h"

/* base.aux: state, flags, the loop it belongs to, and a task's count of cancellation requests. */
enum {
    ART_FUTURE_PENDING = 0,
    ART_FUTURE_CANCELLED = 1,
    ART_FUTURE_FINISHED = 2, /* has a result or an exception */
    ART_FUTURE_STATE = 3,    /* mask */

    ART_FUTURE_HAS_EXC = 1 << 2,     /* exc is its exception; with CANCELLED: the very error that ended the task */
    ART_FUTURE_HAS_MESSAGE = 1 << 3, /* CANCELLED: `message` is the argument of cancel() */
    ART_FUTURE_UNSEEN = 1 << 4,      /* its exception was never retrieved */
    ART_FUTURE_IS_TASK = 1 << 5,     /* an art_task: also coroutine objects */
    ART_FUTURE_IS_GATHER = 1 << 6,   /* cancel() goes to the children */
    ART_FUTURE_VALUE_LAST = 1 << 7,  /* the value stands at the end of the block (art_task_new_out) */

    ART_TASK_MUST_CANCEL = 1 << 8,   /* CancelledError is raised at its next step */
    ART_TASK_STARTED = 1 << 9,       /* coroutine object: awaited or made a task before */
    ART_TASK_RUNNING = 1 << 10,      /* a real task, owned by its loop while pending */
    ART_TASK_WAITS = 1 << 11,        /* waits for `waits_on`; else it runs, or its step is in the ready queue */
    ART_TASK_THROW = 1 << 12,        /* extra->pending is to be raised at its next step */

    ART_FUTURE_IS_SHIELD = 1 << 13,  /* the outer future of shield() */

    ART_TASK_HAS_EXTRA = 1 << 14,    /* extra is there */
    ART_TASK_UNUSUAL = ART_TASK_MUST_CANCEL | ART_TASK_THROW | ART_TASK_HAS_EXTRA, /* what a step must look at */

    ART_FUTURE_LOOP_SHIFT = 15,      /* 6 bits: number of the loop within its thread */
    ART_FUTURE_LOOP_MASK = 63,
    ART_TASK_CANCELS_SHIFT = 21,     /* 11 bits */
    ART_TASK_CANCELS_MASK = 2047,
};

/* A callback on a future in C. It allocates nothing: the node belongs to whoever registers it and must live until it has been
 * called or removed. When the future is done, `call.run` is called as any callback of the loop, with `future` set and owned by
 * the callee: it must release it. When the future dies while it is pending, it is called at once, with `future` NULL. */
typedef struct art_callback art_callback;
struct art_callback {
    art_call call;
    art_future *future;
};

struct art_future {
    art_obj base;
    uintptr_t callbacks; /* 0; a waiting task | 1; or the last node of a circular list of art_callback */
    union {
        art_exc *exc;     /* done: owned, per flags */
        art_str *message; /* done */
        art_frame *top;   /* a pending task: its innermost frame, which the loop resumes */
        void *any;
    };
};

extern const art_type art_type_future, art_type_task, art_type_coroutine; /* of Any; what isinstance() compares with */

void art_future_destroy(art_obj *self);
void art_task_destroy(art_obj *self);
art_str *art_future_slot_repr(const void *slot);

/* Descriptors of Future[T], Task[T] and Coroutine[..., T]. The one of a coroutine has in `methods` that of the task it becomes. */
#define ART_FUTURE_TYPE(item_) \
    {.name = "Future", .module = "_asyncio", .kind = ART_KIND_FUTURE, .size = sizeof(art_future *), .is_counted = true, \
     .arg_count = 1, .args = (const art_type *const[]){item_}, .destroy = art_future_destroy, \
     .repr = art_future_slot_repr}
#define ART_TASK_TYPE(item_) \
    {.name = "Task", .module = "_asyncio", .kind = ART_KIND_TASK, .size = sizeof(art_task *), .is_counted = true, .arg_count = 1, \
     .args = (const art_type *const[]){item_}, .destroy = art_task_destroy, \
     .repr = art_future_slot_repr}
#define ART_COROUTINE_TYPE(item_, task_type_) \
    {.name = "coroutine", .module = "builtins", .kind = ART_KIND_COROUTINE, .size = sizeof(art_task *), .is_counted = true, \
     .arg_count = 1, .args = (const art_type *const[]){item_}, .methods = task_type_, .destroy = art_task_destroy, \
     .repr = art_future_slot_repr}

/* -- asking ---------------------------------------------------------------------------------------------------------------- */

static inline uint32_t art_future_state(const art_future *future)
{
    return future->base.aux & ART_FUTURE_STATE;
}
static inline bool art_future_done(const art_future *future)
{
    return art_future_state(future) != ART_FUTURE_PENDING;
}
static inline bool art_future_cancelled(const art_future *future)
{
    return art_future_state(future) == ART_FUTURE_CANCELLED;
}
static inline const art_type *art_future_item_type(const art_future *future)
{
    return future->base.type->args[0];
}
void *art__task_result(const art_future *task);
/* Where its T is (or will be). For None there is no storage: do not look. */
static inline void *art_future_value(const art_future *future)
{
    return future->base.aux & ART_FUTURE_IS_TASK ? art__task_result(future) : (void *)(future + 1);
}

/* -- making and completing --------------------------------------------------------------------------------------------------- */

/* A pending future of the running loop (or the set one, or `loop`). */
art_future *art_future_new(const art_type *type); /* asyncio.Future(): RuntimeError when there is no loop */
art_future *art_loop_create_future(art_loop *loop, const art_type *type);
/* `extra` bytes more behind the value, zeroed, for the futures of the runtime itself. */
art_future *art__future_new(art_loop *loop, const art_type *type, size_t extra);

bool art_future_set_result(art_future *future, const void *value);       /* InvalidStateError; RuntimeError for a task */
bool art_future_set_exception(art_future *future, art_exc *exception);   /* the same; TypeError for StopIteration */
/* `message` may be NULL. True: the request was taken (for a task: it will be raised in it). RecursionError for a cycle of tasks that
 * wait for each other. */
bool art_future_cancel(art_future *future, art_str *message);

/* As set_result, for values that are already in the value's place: what C code does that fills a future it made itself. */
void art__future_complete(art_future *future);
/* Owned exception. Schedules the callbacks. */
void art__future_fail(art_future *future, art_exc *exception);

bool art_future_result(art_future *future, void *out); /* .result(): owned copy; InvalidStateError, CancelledError, its own */
art_exc *art_future_exception(art_future *future);     /* .exception(): owned or NULL; NULL with a raise pending if it raised */
/* Without raising: the exception, borrowed (NULL: none, or cancelled). Marks it as seen. */
art_exc *art__future_peek(art_future *future);
/* The CancelledError to raise for a cancelled future: owned. */
art_exc *art__future_cancelled_error(art_future *future);
art_loop *art_future_get_loop(art_future *future);     /* owned */
art_loop *art__future_loop(const art_future *future);  /* borrowed */
art_str *art_future_repr(art_future *future);

/* -- callbacks --------------------------------------------------------------------------------------------------------------- */

void art_future_on_done(art_future *future, art_callback *callback); /* sets callback->future; scheduled at once if done */
bool art_future_off_done(art_future *future, art_callback *callback); /* false: it was not waiting there */
/* add_done_callback: `void fn(art_closure *self, art_future *future)`. `context` may be NULL. */
void art_future_add_done_callback(art_future *future, art_closure *callback, art_context *context);
/* The same when the compiler put `callback` around the function that the program gave, `key`, by which it is removed again. */
void art_future_add_done_callback_as(art_future *future, art_closure *callback, art_closure *key, art_context *context);
int64_t art_future_remove_done_callback(art_future *future, art_closure *callback); /* how many */

/* -- awaiting ---------------------------------------------------------------------------------------------------------------- */

/* `await future`, for a future or task that `self` keeps alive:
 *
 *         base->state = 3;
 *         if (art_await_future(base, self->tmp) == ART_SUSPENDED)
 *             return ART_SUSPENDED;
 *         // fall through
 *     case 3:
 *         if (!art_future_take(self->tmp, &x)) goto …;      // art_raised is set; release self->tmp on both ways
 */
art_step art_await_future(art_frame *self, art_future *future);
/* What `case k` begins with: the result into `out` (owned; NULL: not wanted), or the exception raised, which may be one that was
 * thrown into the waiting task. */
bool art_future_take(art_future *future, void *out);

/* The same for what may be a future, a task or a coroutine object: Awaitable[T], Coroutine[T]. RuntimeError "cannot reuse already
 * awaited coroutine". The result of a coroutine object is moved out. */
art_step art_await_any(art_frame *self, void *awaitable);
bool art_any_take(void *awaitable, void *out);
/* The same where Any is awaited: a result of whatever type, as a box. */
bool art_any_take_box(void *awaitable, art_box *out);

/* ensure_future(x): a future or task as it is (owned), a coroutine object as the task that it becomes. `loop` may be NULL. */
art_future *art_ensure_future(void *awaitable, art_loop *loop);
/* shield(x): owned. `type`: Future[T]. */
art_future *art_shield(void *awaitable, const art_type *type);

#endif

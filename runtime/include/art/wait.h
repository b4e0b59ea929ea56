/* asyncio.wait, wait_for, as_completed: C coroutines (see frame.h). */
#ifndef ART_WAIT_H
#define ART_WAIT_H

#include "art/queue.h"
#include "art/set.h"
#include "art/task.h"

/* await wait(fs, timeout=…, return_when=…) -> tuple[set[F], set[F]] */
typedef struct art_wait_frame {
    art_frame base;
    struct {
        art_set *_0, *_1; /* done, pending: each in the order of the arguments */
    } result;
    art_waiter waiter;
    art_timer_call timeout;
    art_loop *loop;             /* borrowed */
    struct art_wait_node *nodes; /* one per future; art_alloc memory */
    art_list *futures;          /* owned, without duplicates */
    const art_type *set_type;
    int64_t left;               /* futures not done yet */
    double delay;
    uint8_t when;               /* 0: all, 1: first completed, 2: first exception, 3: not valid */
    bool has_timeout;
} art_wait_frame;
/* `futures`: list[Future] or list[Task]; timeout: float | None; `type`: set[F]. ValueError, TypeError as in Python. */
void art_wait_init(art_wait_frame *frame, art_list *futures, art_box timeout, art_str *return_when, const art_type *type);
art_step art_wait_resume(art_frame *base);

/* await wait_for(awaitable, timeout): the result to `out`. A coroutine object becomes a task, save when timeout is None. */
typedef struct art_wait_for_frame {
    art_frame base;
    void *out;             /* the caller's */
    art_future *future;    /* owned: what is waited for; a coroutine object until it has become a task */
    art_waiter waiter;
    art_timer_call timeout;
    art_callback done;
    art_loop *loop;        /* borrowed */
    art_exc *cancelled;    /* owned: the CancelledError that interrupted the wait */
    double delay;
} art_wait_for_frame;
void art_wait_for_init(art_wait_for_frame *frame, void *awaitable, art_box timeout, void *out);
art_step art_wait_for_resume(art_frame *base);

/* as_completed(awaitables, timeout=…): an iterator that gives one coroutine object per awaitable.
 *
 *     for c in asyncio.as_completed(fs):
 *         x = await c
 */
typedef struct art_as_completed art_as_completed; /* counted */
extern const art_type art_type_as_completed;
/* `awaitables`: a list of futures, tasks or coroutine objects; `type`: Coroutine[T] of what it gives. */
art_as_completed *art_as_completed_new(art_list *awaitables, art_box timeout, const art_type *type);
/* The next coroutine object, owned; NULL at the end (nothing is raised). */
art_task *art_as_completed_next(art_as_completed *self);

#endif

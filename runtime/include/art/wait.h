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
    struct art_wait_nodes *nodes; /* the callbacks */
    art_list *futures;          /* owned, without duplicates */
    const art_type *set_type;   /* set[F] */
    int64_t left;               /* futures not done yet */
    double delay;
    uint8_t when;               /* 0: all, 1: first completed, 2: first exception, 3: not valid */
    bool has_timeout;
} art_wait_frame;
/* `futures`: list[Future] or list[Task]; timeout: float | None; `type`: that of the result. ValueError as in Python. */
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
 *     ac = art_as_completed_new(fs, timeout, &AsCompleted_int);
 *     while (art_as_completed_next(ac)) {
 *         c = an object of art_as_completed_one, see art_task_new_out;
 *         x = await c
 *     }
 */
typedef struct art_as_completed art_as_completed; /* counted */
void art_as_completed_destroy(art_obj *self);
#define ART_AS_COMPLETED_TYPE(item_) \
    {.name = "generator", .module = "builtins", .kind = ART_KIND_CLASS, .size = sizeof(art_as_completed *), .is_counted = true, \
     .arg_count = 1, .args = (const art_type *const[]){item_}, .destroy = art_as_completed_destroy}
/* `awaitables`: a list of futures, tasks or coroutine objects, which become tasks. NULL: no running loop. */
art_as_completed *art_as_completed_new(art_list *awaitables, art_box timeout, const art_type *type);
/* Is there one more? Counts it. False also when it raised: begun outside of a loop. */
bool art_as_completed_next(art_as_completed *self);

/* await the next one that completes: TimeoutError, or what it raises; the result to `out`. */
typedef struct art_as_completed_one_frame {
    art_frame base;
    void *out;              /* the caller's */
    art_as_completed *from; /* owned */
    art_future *future;     /* owned: what completed */
    art_queue_get_frame get;
} art_as_completed_one_frame;
void art_as_completed_one_init(art_as_completed_one_frame *frame, art_as_completed *from, void *out);
art_step art_as_completed_one_resume(art_frame *base);

#endif

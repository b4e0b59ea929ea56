/* Calls put off: functions of the program as jobs of an executor, and small coroutines that only compiled code asks for.
 *
 * The program makes a closure that captured a function and its arguments and gives what the call gives, as a box:
 *
 *     await asyncio.to_thread(work, n)        closure: art_box fn(art_closure *self) { return art_box_int(work(self->n)); }
 *
 * It is copied for the other thread (art_slot_deepcopy), called there, and the box opened into the future's value. */
#ifndef ART_DEFER_H
#define ART_DEFER_H

#include "art/exc.h"
#include "art/gen.h"
#include "art/pool.h"

/* loop.run_in_executor; `executor` NULL: the default one. `type`: Future[T]. Owned; NULL when it raised. */
art_future *art_run_closure(art_loop *loop, art_executor *executor, art_closure *closure, const art_type *type);
/* executor.submit; `type`: the concurrent Future[T]. */
art_cfuture *art_executor_submit_closure(art_executor *executor, art_closure *closure, const art_type *type);

/* asyncio.to_thread: a coroutine. `type`: Future[T]. */
typedef struct art_to_thread_frame {
    art_frame base;
    void *out;            /* the caller's */
    art_closure *closure; /* owned until the job has it */
    const art_type *type;
    art_future *future;   /* owned once it runs */
} art_to_thread_frame;
void art_to_thread_init(art_to_thread_frame *frame, art_closure *closure, const art_type *type, void *out);
art_step art_to_thread_resume(art_frame *base);

/* What leaves a handler of `handled` (borrowed; NULL: none) has that as its context. */
static inline void art_raised_context(art_exc *handled)
{
    art_exc_set_context(art_self.raised, handled);
}

/* What a finished generator returned, moved out: `x = yield from gen`. */
bool art_gen_take_returned(art_gen *gen, void *out);

#endif

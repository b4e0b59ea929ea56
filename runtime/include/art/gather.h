/* asyncio.gather: one future for the results of many. */
#ifndef ART_GATHER_H
#define ART_GATHER_H

#include "art/future.h"
#include "art/list.h"

/* gather(*children): futures, tasks or coroutine objects, borrowed; coroutine objects become tasks in this order. The same child
 * may stand there twice. Owned.
 *
 * `type` is Future[R] and R decides how results are laid out:
 *   list[E]        all in one list;
 *   tuple[A, B, …] one per child by position (how the compiler types a gather of different types).
 * A result goes into its place converted: to a union or Any by boxing, to an optional as the pointer. With return_exceptions the
 * places must be able to hold an exception: E, A, B, … are unions (art_box), or exceptions where the result is None-typed never.
 *
 *     results = await asyncio.gather(f(1), f(2))
 *
 *     art_task *c0 = …, *c1 = …;                             // coroutine objects, see task.h
 *     self->g = art_gather((void *[]){c0, c1}, 2, false, &Future_list_int);
 *     art_release(c0); art_release(c1);
 *     await self->g, a future: art_await_future, art_future_take */
art_future *art_gather(void *const *children, int64_t count, bool return_exceptions, const art_type *type);
/* gather(*list) of list[Future], list[Task], list[Coroutine] or a tuple of them. R is list[E]. */
art_future *art_gather_list(const art_list *children, bool return_exceptions, const art_type *type);

#endif

/* asyncio.TaskGroup.
 *
 *     async with asyncio.TaskGroup() as g: body
 *
 *     g = art_group_new();
 *     if (!art_group_enter(g)) …
 *     body; `exc`: what it raised (art_catch) or NULL
 *     art_group_exit_init(&self->child.exit, g, exc); base->state = k;
 *     if (art_await(base, &self->child.exit.base) == ART_SUSPENDED)
 *         return ART_SUSPENDED;
 *     // fall through
 *   case k:
 *     if (art_raised(line)) …                         // an ExceptionGroup, CancelledError, …
 *     else if (exc) art_raise(exc); */
#ifndef ART_GROUP_H
#define ART_GROUP_H

#include "art/list.h"
#include "art/task.h"

typedef struct art_group {
    art_obj base;
    art_loop *loop;              /* borrowed while entered */
    art_task *parent;            /* owned once entered */
    struct art_group_node *tasks; /* those not done, in order of creation: circular list; the last one */
    art_list *errors;            /* list[BaseException] or NULL */
    art_exc *base_error;         /* owned: KeyboardInterrupt or SystemExit */
    art_waiter *waiter;          /* in the frame of exit while that waits */
    int64_t task_count;
    bool is_entered, is_exiting, is_aborting, has_cancelled_parent;
} art_group;

extern const art_type art_type_group;

art_group *art_group_new(void);
bool art_group_enter(art_group *group);
/* group.create_task(coro): as art_create_task; RuntimeError when the group is not open. */
art_task *art_group_create_task(art_group *group, art_task *coro, art_str *name, art_context *context);
art_str *art_group_repr(const art_group *group);

typedef struct art_group_exit_frame {
    art_frame base;
    art_group *group;  /* owned */
    art_exc *exc;      /* owned or NULL */
    art_exc *cancelled; /* owned: the CancelledError to propagate */
    art_waiter waiter;
} art_group_exit_frame;
void art_group_exit_init(art_group_exit_frame *frame, art_group *group, art_exc *exc);
art_step art_group_exit_resume(art_frame *base);

#endif

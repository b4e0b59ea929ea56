/* TaskGroup. The group knows its unfinished tasks by a callback on each; the first that fails cancels the others and the parent,
 * and the way out waits for all of them. As in CPython 3.13, a cancellation of the parent that comes from elsewhere meanwhile is
 * not lost when the group raises its own errors. */
#include "internal.h"
#include "loop_impl.h"

#include "art/format.h"
#include "art/group.h"

typedef struct art_group_node {
    art_callback done;
    struct art_group_node *prev, *next;
    art_group *group; /* owned */
    art_task *task;   /* owned */
} node;

static void group_destroy(art_obj *self)
{
    art_group *group = (art_group *)self;
    art_release(group->parent);
    art_release(group->errors);
    art_release(group->base_error);
    art_free(group, sizeof *group);
}

static art_str *slot_repr(const void *slot)
{
    return art_group_repr(*(art_group *const *)slot);
}

const art_type art_type_group = {.name = "TaskGroup",
                                 .module = "asyncio.taskgroups",
                                 .kind = ART_KIND_CLASS,
                                 .size = sizeof(art_group *),
                                 .is_counted = true,
                                 .object_size = sizeof(art_group),
                                 .destroy = group_destroy,
                                 .repr = slot_repr};
static const art_type type_errors = ART_LIST_TYPE(&art_type_BaseException);

art_group *art_group_new(void)
{
    return art_new(&art_type_group, sizeof(art_group));
}

art_str *art_group_repr(const art_group *group)
{
    art_text text = {0};
    art_text_add_c(&text, "<TaskGroup");
    art_str *part = NULL;
    if (group->task_count) {
        part = art_strf(" tasks=%i", group->task_count);
        art_text_add_str(&text, part);
        art_release(part);
    }
    if (group->errors && group->errors->len) {
        part = art_strf(" errors=%i", group->errors->len);
        art_text_add_str(&text, part);
        art_release(part);
    }
    art_text_add_c(&text, group->is_aborting ? " cancelling>" : group->is_entered ? " entered>" : ">");
    return art_text_take(&text);
}

static bool refuse(const art_group *group, const char *why)
{
    art_str *repr = art_group_repr(group);
    art_raise_new(&art_type_RuntimeError, "TaskGroup %s %c", repr, why);
    art_release(repr);
    return false;
}

bool art_group_enter(art_group *group)
{
    if (group->is_entered)
        return refuse(group, "has already been entered");
    if (!art_self.loop) {
        art_raise_new(&art_type_RuntimeError, "no running event loop");
        return false;
    }
    if (!art_self.task)
        return refuse(group, "cannot determine the parent task");
    group->loop = art_self.loop;
    group->parent = art_retain(art_self.task);
    group->is_entered = true;
    return true;
}

/* -- tasks ---------------------------------------------------------------------------------------------------------------------- */

static void add_node(art_group *group, node *n)
{
    node *last = group->tasks;
    if (last) {
        n->prev = last;
        n->next = last->next;
        last->next->prev = n;
        last->next = n;
    } else {
        n->prev = n->next = n;
    }
    group->tasks = n;
    group->task_count++;
}

static void remove_node(art_group *group, node *n)
{
    if (n->next == n) {
        group->tasks = NULL;
    } else {
        n->prev->next = n->next;
        n->next->prev = n->prev;
        if (group->tasks == n)
            group->tasks = n->prev;
    }
    group->task_count--;
}

static void abort_tasks(art_group *group)
{
    group->is_aborting = true;
    if (!group->tasks)
        return;
    node *n = group->tasks->next, *last = group->tasks;
    for (;; n = n->next) {
        if (!art_future_done(&n->task->future))
            art_task_cancel(n->task, NULL);
        if (n == last)
            return;
    }
}

static bool is_base_error(const art_exc *exc)
{
    return art_exc_matches(exc, &art_type_SystemExit) || art_exc_matches(exc, &art_type_KeyboardInterrupt);
}

static void add_error(art_group *group, art_exc *exc)
{
    if (!group->errors)
        group->errors = art_list_new(&type_errors, 1);
    art_list_append(group->errors, &exc);
}

/* A task of the group failed. */
static void take_error(art_group *group, art_task *task, art_exc *exc)
{
    add_error(group, exc);
    if (is_base_error(exc) && !group->base_error)
        group->base_error = art_retain(exc);
    if (art_future_done(&group->parent->future)) {
        art__loop_report(group->loop, "Task has errored out but its parent task is already completed", exc, "task",
                         task);
        return;
    }
    if (group->is_aborting || group->has_cancelled_parent)
        return;
    abort_tasks(group);
    group->has_cancelled_parent = true; /* taken back by uncancel on the way out */
    art_task_cancel(group->parent, NULL);
}

static void on_task_done(art_call *call)
{
    node *n = (node *)call;
    art_group *group = n->group;
    art_task *task = n->task;
    remove_node(group, n);
    if (group->waiter && !group->tasks)
        art_waiter_set(group->waiter);
    if (n->done.future && art_future_state(&task->future) == ART_FUTURE_FINISHED &&
        task->future.base.aux & ART_FUTURE_HAS_EXC)
        take_error(group, task, art__future_peek(&task->future));
    art_release(n->done.future);
    art_free(n, sizeof *n);
    art_release(task);
    art_release(group);
}

art_task *art_group_create_task(art_group *group, art_task *coro, art_str *name, art_context *context)
{
    if (!group->is_entered) {
        refuse(group, "has not been entered");
        return NULL;
    }
    if (group->is_exiting && !group->tasks) {
        refuse(group, "is finished");
        return NULL;
    }
    if (group->is_aborting) {
        refuse(group, "is shutting down");
        return NULL;
    }
    art_task *task = art_create_task(coro, name, context);
    if (!task)
        return NULL;
    node *n = art__take(sizeof *n);
    n->done.call.run = on_task_done;
    n->group = art_retain(group);
    n->task = art_retain(task);
    add_node(group, n);
    n->done.future = &task->future;
    art__future_only_callback(&task->future, &n->done); /* the task is new */
    return task;
}

/* -- the way out ----------------------------------------------------------------------------------------------------------------- */

static bool is_cancelled_error(const art_exc *exc)
{
    return exc && art_exc_matches(exc, &art_type_CancelledError);
}

void art_group_exit_init(art_group_exit_frame *self, art_group *group, art_exc *exc)
{
    art_frame_init(&self->base, art_group_exit_resume);
    self->group = art_retain(group);
    self->exc = art_retain(exc);
    self->cancelled = NULL;
}

static void begin_exit(art_group_exit_frame *self)
{
    art_group *group = self->group;
    group->is_exiting = true;
    if (self->exc && is_base_error(self->exc) && !group->base_error)
        group->base_error = art_retain(self->exc);
    if (is_cancelled_error(self->exc))
        self->cancelled = art_retain(self->exc);
    if (self->exc && !group->is_aborting)
        abort_tasks(group);
}

/* The wait for the tasks was interrupted. */
static void take_cancellation(art_group_exit_frame *self)
{
    art_exc *exc = art_catch();
    if (self->group->is_aborting) {
        art_release(exc);
        return;
    }
    art_release(self->cancelled);
    self->cancelled = exc;
    abort_tasks(self->group);
}

/* All tasks are done: what the block raises. */
static void raise_outcome(art_group_exit_frame *self)
{
    art_group *group = self->group;
    if (group->base_error) {
        art_raise(art_retain(group->base_error));
        return;
    }
    if (group->has_cancelled_parent && art_task_uncancel(group->parent) == 0) {
        art_release(self->cancelled); /* the cancellation was the group's own */
        self->cancelled = NULL;
    }
    if (self->cancelled && !group->errors) {
        art_raise(self->cancelled);
        self->cancelled = NULL;
        return;
    }
    if (self->exc && !is_cancelled_error(self->exc))
        add_error(group, self->exc);
    if (!group->errors)
        return;
    if (art_task_cancelling(group->parent)) {
        /* Somebody else wants the parent cancelled: it hears of it at its next await. */
        art_task_uncancel(group->parent);
        art_task_cancel(group->parent, NULL);
    }
    art_str *message = art_str_of("unhandled errors in a TaskGroup");
    art_exc *errors = art_exc_group_new(&art_type_BaseExceptionGroup, message, group->errors);
    art_release(message);
    art_release(group->errors);
    group->errors = NULL;
    if (errors)
        art_raise_from(errors, NULL);
}

art_step art_group_exit_resume(art_frame *base)
{
    art_group_exit_frame *self = (art_group_exit_frame *)base;
    art_group *group = self->group;
    switch (base->state) {
    case 0:
        begin_exit(self);
        while (group->tasks && !art_self.raised) {
            group->waiter = &self->waiter;
            base->state = 1;
            if (art_waiter_wait(base, &self->waiter) == ART_SUSPENDED)
                return ART_SUSPENDED;
            /* fall through */
        case 1:
            group->waiter = NULL;
            if (!art_waiter_resumed(&self->waiter)) {
                if (!art_raised_is(&art_type_CancelledError))
                    goto leave;
                take_cancellation(self);
            }
        }
        if (!art_self.raised)
            raise_outcome(self);
    }
leave:
    art_release(self->cancelled);
    art_release(self->exc);
    art_release(self->group);
    return art_frame_done(base);
}

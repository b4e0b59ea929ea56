/* Tasks: the step that runs a coroutine until it waits, cancellation, and the list of a loop's tasks.
 *
 *     coroutine object ─ create_task ─> queued ─ step ─> waits ─ woken ─> queued … ─ step ─> done
 *
 * A step resumes the innermost frame (future.top); when that is done, the trampoline goes on with its caller, so that waking a
 * task costs the same at any depth. */
#include "internal.h"
#include "loop_impl.h"

#include "art/context.h"
#include "art/format.h"
#include "art/set.h"

/* -- the loop's list ------------------------------------------------------------------------------------------------------- */

void art__tasks_remove(art_loop *loop, art_task *task)
{
    if (task->next == task) {
        loop->tasks = NULL;
    } else {
        task->prev->next = task->next;
        task->next->prev = task->prev;
        if (loop->tasks == task)
            loop->tasks = task->next;
    }
    task->prev = task->next = NULL;
}

/* -- making one -------------------------------------------------------------------------------------------------------------- */

art_task_extra *art__task_extra(art_task *task)
{
    if (!task->extra) {
        task->extra = art_alloc(sizeof *task->extra);
        task->future.base.aux |= ART_TASK_HAS_EXTRA;
    }
    return task->extra;
}

void art__task_ready(art_task *task)
{
    task->future.base.aux &= ~(uint32_t)ART_TASK_WAITS;
    if (!(task->future.base.aux & ART_TASK_RUNNING))
        return; /* a coroutine object driven by send() */
    art_loop *loop = art__loop_of(&task->future);
    if (loop)
        art__ready_push(loop, (art_link)&task->link | ART_LINK_TASK);
}

ART_THREAD_LOCAL uint32_t art__task_last_number;

static art_task *start(art_loop *loop, art_task *coro, art_context *context)
{
    if (coro->future.base.type->kind != ART_KIND_COROUTINE) {
        art_raise_new(&art_type_TypeError, "a coroutine was expected, got %c", coro->future.base.type->name);
        return NULL;
    }
    if (loop->is_closed) {
        art_raise_new(&art_type_RuntimeError, "Event loop is closed");
        return NULL;
    }
    /* A task over a coroutine that was awaited or started before is made by CPython, which then fails in its first step. */
    if (coro->future.base.aux & ART_TASK_STARTED) {
        art_raise_new(&art_type_RuntimeError, "cannot reuse already awaited coroutine");
        return NULL;
    }
    art_task *task = art__task_begin(loop, coro);
    if (context)
        art__task_extra(coro)->context = art_retain(context);
    else if (art__vars)
        art__task_extra(coro)->vars = art_retain(art__vars);
    return task;
}

art_task *art_create_task(art_task *coro, art_str *name, art_context *context)
{
    if (!art_self.loop) {
        art_raise_new(&art_type_RuntimeError, "no running event loop");
        return NULL;
    }
    art_task *task = art__task_is_plain_start(art_self.loop, coro) && !context ? art__task_begin(art_self.loop, coro)
                                                                               : start(art_self.loop, coro, context);
    if (!task)
        return NULL;
    task->number = ++art__task_last_number; /* taken even if a name is given, as in CPython */
    if (name)
        art_task_set_name(task, name);
    return task;
}

art_task *art_loop_create_task(art_loop *loop, art_task *coro, art_str *name, art_context *context)
{
    art_task *task = start(loop, coro, context);
    if (!task)
        return NULL;
    if (name)
        art_task_set_name(task, name);
    else
        task->number = ++art__task_last_number;
    return task;
}

/* -- the step ------------------------------------------------------------------------------------------------------------------ */

/* Sets the pending exception that the step is to deliver. */
static void take_request(art_task *task)
{
    uint32_t *aux = &task->future.base.aux;
    art_task_extra *extra = task->extra;
    if (*aux & ART_TASK_THROW) {
        art_raise(extra->pending);
        extra->pending = NULL;
        *aux &= ~(uint32_t)ART_TASK_THROW;
    }
    if (*aux & ART_TASK_MUST_CANCEL) {
        *aux &= ~(uint32_t)ART_TASK_MUST_CANCEL;
        if (art_raised_is(&art_type_CancelledError))
            return;
        if (art_self.raised)
            art_forget();
        art_raise(extra && extra->message ? art_exc_str(&art_type_CancelledError, extra->message)
                                          : art_exc_new(&art_type_CancelledError));
    }
}

/* The root frame has raised, or was told too late to be cancelled. False: KeyboardInterrupt or SystemExit goes on. */
ART_COLD static bool finish_badly(art_task *task)
{
    art_future *future = &task->future;
    bool goes_on = true;
    if (art_self.raised) {
        if (art_self.raised->base.type == &art_type_CancelledError) {
            art__future_cancel_now(future, art_catch(), ART_FUTURE_HAS_EXC);
            return true;
        }
        if (art_raised_is(&art_type_StopIteration)) {
            art_exc *stop = art_catch();
            art_raise_from(art_exc_fmt(&art_type_RuntimeError, "coroutine raised StopIteration"), stop);
            art_release(stop);
        }
        art_exc *exc = art_catch();
        if (art_exc_matches(exc, &art_type_CancelledError)) {
            art__future_cancel_now(future, exc, ART_FUTURE_HAS_EXC);
        } else {
            goes_on = !art_exc_matches(exc, &art_type_KeyboardInterrupt) && !art_exc_matches(exc, &art_type_SystemExit);
            art__future_fail(future, exc);
            if (!goes_on)
                art_raise(art_retain(exc));
        }
    } else {
        /* It was told to cancel itself in its last step: the result is lost. */
        future->base.aux &= ~(uint32_t)ART_TASK_MUST_CANCEL;
        if (art_future_item_type(future)->kind != ART_KIND_NONE)
            art_slot_clear(art_future_item_type(future), art_future_value(future));
        art__future_cancel_now(future, task->extra ? art_retain(task->extra->message) : NULL, ART_FUTURE_HAS_MESSAGE);
    }
    return goes_on;
}

bool art__task_finish(art_loop *loop, art_task *task)
{
    art_future *future = &task->future;
    bool goes_on = true;
    art_self.task = NULL;
    future->any = NULL; /* it was `top` */
    if (__builtin_expect(art_self.raised || future->base.aux & ART_TASK_MUST_CANCEL, 0)) {
        goes_on = finish_badly(task);
    } else {
        future->base.aux |= ART_FUTURE_FINISHED;
        if (future->callbacks)
            art__future_schedule(future, future->callbacks);
    }
    art__tasks_remove(loop, task);
    art_release(task);
    return goes_on;
}

/* Context variables: the task's own are current while it runs. */
static art_vars *enter_vars(art_task *task)
{
    art_vars *outside = art__vars;
    art__vars = NULL;
    if (task->extra && task->extra->context) {
        art_context_enter(task->extra->context);
    } else if (task->extra) {
        art__vars = task->extra->vars;
        task->extra->vars = NULL;
    }
    return outside;
}

static void leave_vars(art_task *task, art_vars *outside)
{
    if (task->extra && task->extra->context)
        art_context_leave(task->extra->context);
    else if (art__vars)
        art__task_extra(task)->vars = art__vars;
    art__vars = outside;
}

/* The step of a task that something is to be raised in, or that has context variables. */
art_step art__task_unusual_step(art_task *task)
{
    art_vars *outside = enter_vars(task);
    if (task->future.base.aux & (ART_TASK_MUST_CANCEL | ART_TASK_THROW)) {
        take_request(task);
        if (task->future.top->state == 0)
            task->future.top->state = ART_DROPPED; /* cancelled before its first step: the body never runs */
    }
    art_step step = art__task_resume(task);
    leave_vars(task, outside);
    return step;
}

void art__task_keep_vars(art_task *task)
{
    leave_vars(task, NULL);
}

art_step art__await_turn(art_frame *self)
{
    art_task *task = art_self.task;
    if (!task) {
        art_raise_new(&art_type_RuntimeError, "no running event loop");
        return ART_DONE;
    }
    task->future.top = self;
    art__task_ready(task);
    return ART_SUSPENDED;
}

/* -- cancelling ----------------------------------------------------------------------------------------------------------------- */

static bool cancel_what_is_awaited(art_task *task, art_str *message)
{
    if (!(task->future.base.aux & ART_TASK_WAITS))
        return false;
    if (task->waits_on & 1)
        return art_waiter_cancel((art_waiter *)(task->waits_on & ~(uintptr_t)1), message);
    return art_future_cancel((art_future *)task->waits_on, message);
}

bool art__task_cancel(art_task *task, art_str *message)
{
    uint32_t *aux = &task->future.base.aux;
    if (art_stack_low())
        return false; /* a cycle of tasks that wait for each other */
    if (*aux >> ART_TASK_CANCELS_SHIFT < ART_TASK_CANCELS_MASK)
        *aux += 1u << ART_TASK_CANCELS_SHIFT;
    if (cancel_what_is_awaited(task, message))
        return true;
    if (art_self.raised)
        return false;
    *aux |= ART_TASK_MUST_CANCEL;
    if (message || task->extra) {
        art_task_extra *extra = art__task_extra(task);
        art_release(extra->message);
        extra->message = art_retain(message);
    }
    return true;
}

void art__task_pass_cancel(art_task *task)
{
    if (cancel_what_is_awaited(task, task->extra ? task->extra->message : NULL))
        task->future.base.aux &= ~(uint32_t)ART_TASK_MUST_CANCEL;
    if (art_self.raised)
        art__loop_callback_raised(art_self.loop, "Exception in callback Task.__step()", "task", task);
}

void art__task_refuse(art_task *task, art_future *future)
{
    art_str *self = art_task_repr(task);
    if (future == &task->future) {
        art__task_extra(task)->pending = art_exc_fmt(&art_type_RuntimeError, "Task cannot await on itself: %s", self);
    } else {
        art_str *other = art_future_repr(future);
        art__task_extra(task)->pending =
            art_exc_fmt(&art_type_RuntimeError, "Task %s got Future %s attached to a different loop", self, other);
        art_release(other);
    }
    art_release(self);
    task->future.base.aux |= ART_TASK_THROW;
    art__task_ready(task);
}

int64_t art_task_cancelling(const art_task *task)
{
    return task->future.base.aux >> ART_TASK_CANCELS_SHIFT;
}

int64_t art_task_uncancel(art_task *task)
{
    if (art_task_cancelling(task) > 0)
        task->future.base.aux -= 1u << ART_TASK_CANCELS_SHIFT;
    return art_task_cancelling(task);
}

/* -- waiters -------------------------------------------------------------------------------------------------------------------- */

static art_task *waiting_task(const art_waiter *waiter)
{
    return (art_task *)(waiter->task & ~(uintptr_t)ART_WAITER_STATE);
}

art_step art_waiter_wait(art_frame *self, art_waiter *waiter)
{
    art_task *task = art_self.task;
    if (!task) {
        art_raise_new(&art_type_RuntimeError, "no running event loop");
        waiter->task = ART_WAITER_SET;
        return ART_DONE;
    }
    waiter->task = (uintptr_t)task;
    task->waits_on = (uintptr_t)waiter | 1;
    task->future.base.aux |= ART_TASK_WAITS;
    task->future.top = self;
    if (__builtin_expect(task->future.base.aux & ART_TASK_MUST_CANCEL, 0))
        art__task_pass_cancel(task);
    return ART_SUSPENDED;
}

void art_waiter_set(art_waiter *waiter)
{
    if (art_waiter_done(waiter))
        return;
    art_task *task = waiting_task(waiter);
    waiter->task |= ART_WAITER_SET;
    art__task_ready(task);
}

bool art_waiter_cancel(art_waiter *waiter, art_str *message)
{
    if (art_waiter_done(waiter))
        return false;
    art_task *task = waiting_task(waiter);
    waiter->task |= ART_WAITER_CANCELLED;
    if (message || task->extra) {
        art_task_extra *extra = art__task_extra(task);
        art_release(extra->waiter_message);
        extra->waiter_message = art_retain(message);
    }
    art__task_ready(task);
    return true;
}

bool art_waiter_resumed(art_waiter *waiter)
{
    if (__builtin_expect(!art_self.raised && (waiter->task & ART_WAITER_STATE) == ART_WAITER_SET, 1))
        return true;
    if (!art_waiter_done(waiter)) {
        /* Something was thrown into the task: nobody may set this waiter any more. */
        waiting_task(waiter)->future.base.aux &= ~(uint32_t)ART_TASK_WAITS;
        waiter->task |= ART_WAITER_CANCELLED;
        if (!art_self.raised)
            art_raise_new(&art_type_RuntimeError, "await wasn't used with future");
    } else if (art_waiter_cancelled(waiter) && (!art_self.raised || art_raised_is(&art_type_CancelledError))) {
        /* The cancellation of the wait itself wins over the one that came while it was under way. */
        art_task_extra *extra = waiting_task(waiter)->extra;
        if (art_self.raised)
            art_forget();
        art_raise(extra && extra->waiter_message ? art_exc_str(&art_type_CancelledError, extra->waiter_message)
                                                 : art_exc_new(&art_type_CancelledError));
    }
    return false;
}

/* -- asking ----------------------------------------------------------------------------------------------------------------------- */

void *art__task_result(const art_future *future)
{
    const art_task *task = (const art_task *)future;
    if (future->base.aux & ART_FUTURE_VALUE_LAST) {
        size_t room = (future->base.type->args[0]->size + 7u) & ~(size_t)7;
        return (char *)(uintptr_t)task + task->size - room;
    }
    return art_task_frame(task) + 1;
}

art_str *art_task_get_name(const art_task *task)
{
    if (task->extra && task->extra->name)
        return art_retain(task->extra->name);
    return art_strf("Task-%i", (int64_t)task->number);
}

void art_task_set_name(art_task *task, art_str *name)
{
    art_task_extra *extra = art__task_extra(task);
    art_str *before = extra->name;
    extra->name = art_retain(name);
    art_release(before);
}

art_task *art_task_get_coro(art_task *task)
{
    return art_retain(task);
}

art_context *art_task_get_context(art_task *task)
{
    if (task->extra && task->extra->context)
        return art_retain(task->extra->context);
    if (task == art_self.task)
        return art_copy_context();
    art_vars *current = art__vars;
    art__vars = task->extra ? task->extra->vars : NULL;
    art_context *context = art_copy_context();
    art__vars = current;
    return context;
}

art_str *art_task_repr(art_task *task)
{
    static const char *const states[] = {"pending", "cancelled", "finished"};
    const art_code *code = art_code_of(art_task_frame(task));
    const char *name = code ? code->name : "?";
    if (!(task->future.base.aux & ART_TASK_RUNNING))
        return art_strf("<coroutine object %c>", name);
    art_str *own = art_task_get_name(task);
    const char *state = states[art_future_state(&task->future)];
    art_str *repr;
    if (art_future_state(&task->future) != ART_FUTURE_FINISHED) {
        repr = art_strf("<Task %c name=%r coro=<%c()>>", state, own, name);
    } else if (task->future.base.aux & ART_FUTURE_HAS_EXC) {
        art_str *exc = art_exc_repr(task->future.exc);
        repr = art_strf("<Task %c name=%r coro=<%c() done> exception=%s>", state, own, name, exc);
        art_release(exc);
    } else {
        art_none none = 0;
        const art_type *type = art_future_item_type(&task->future);
        const void *value = type->kind == ART_KIND_NONE ? &none : art_future_value(&task->future);
        repr = art_strf("<Task %c name=%r coro=<%c() done> result=%V>", state, own, name, type, value);
    }
    art_release(own);
    return repr;
}

art_task *art_current_task(art_loop *loop)
{
    if (!loop && !art_self.loop) {
        art_raise_new(&art_type_RuntimeError, "no running event loop");
        return NULL;
    }
    bool is_here = art_self.task && (!loop || loop == art_self.loop);
    return is_here ? art_retain(art_self.task) : NULL;
}

struct art_set *art_all_tasks(art_loop *loop, const art_type *type)
{
    if (!loop)
        loop = art_self.loop;
    if (!loop) {
        art_raise_new(&art_type_RuntimeError, "no running event loop");
        return NULL;
    }
    art_set *set = art_set_new(type, 0);
    art_task *task = loop->tasks;
    if (task)
        do
            art_set_add(set, &task);
        while ((task = task->next) != loop->tasks);
    return set;
}

/* -- the end ----------------------------------------------------------------------------------------------------------------------- */

/* One that somebody still refers to stays suspended, pending for ever; it then holds the loop, to which its frames refer, by `next`.
 * Any other is closed: its `finally` blocks run. */
void art__task_drop(art_loop *loop, art_task *task)
{
    art__loop_report(loop, "Task was destroyed but it is pending!", NULL, "task", task);
    art__tasks_remove(loop, task);
    if (!(task->future.base.aux & ART_TASK_WAITS))
        art__ready_remove(loop, &task->link);
    task->future.base.aux &= ~(uint32_t)(ART_TASK_RUNNING | ART_TASK_WAITS);
    art__future_forsake(&task->future);
    if (task->future.base.refs > 1)
        task->next = art_retain(loop);
    else
        art__coro_close_quietly(task);
    art_release(task);
}

static void extra_free(art_task_extra *extra)
{
    art_release(extra->name);
    art_release(extra->message);
    art_release(extra->waiter_message);
    art_release(extra->pending);
    art_release(extra->vars);
    art_release(extra->context);
    art_free(extra, sizeof *extra);
}

void art_task_destroy(art_obj *self)
{
    art_task *task = (art_task *)self;
    if (art__task_is_bare(task)) {
        art_free(task, task->size);
        return;
    }
    art_loop *orphaned_by = task->prev ? NULL : (art_loop *)(void *)task->next;
    if (!art_future_done(&task->future))
        art__coro_end_life(task);
    art__future_end_life(&task->future, "Task exception was never retrieved");
    if (task->extra)
        extra_free(task->extra);
    art_free(task, task->size);
    art_release(orphaned_by);
}

static const art_type *const args_any[] = {&art_type_box};
const art_type art_type_task = {.name = "Task",
                                .module = "_asyncio",
                                .kind = ART_KIND_TASK,
                                .size = sizeof(art_task *),
                                .is_counted = true,
                                .arg_count = 1,
                                .args = args_any,
                                .base = &art_type_future,
                                .destroy = art_task_destroy,
                                .repr = art_future_slot_repr};
const art_type art_type_coroutine = {.name = "coroutine",
                                     .module = "builtins",
                                     .kind = ART_KIND_COROUTINE,
                                     .size = sizeof(art_task *),
                                     .is_counted = true,
                                     .arg_count = 1,
                                     .args = args_any,
                                     .methods = &art_type_task,
                                     .destroy = art_task_destroy,
                                     .repr = art_future_slot_repr};

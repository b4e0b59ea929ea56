/* Futures: state, result, callbacks, and how a frame awaits one. Tasks share all of it (task.c adds what runs). */
#include "loop_impl.h"

#include "art/box.h"
#include "art/class.h"
#include "art/context.h"
#include "art/format.h"
#include "art/gather.h"

#include <string.h>

enum { WAITING_TASK = 1 }; /* tag of future->callbacks */

static size_t value_room(const art_type *type)
{
    return type->kind == ART_KIND_NONE ? 0 : (type->size + 7u) & ~(size_t)7;
}

static bool shield_hold(art_future *outer);

/* -- making and destroying --------------------------------------------------------------------------------------------------- */

art_future *art__future_new(art_loop *loop, const art_type *type, size_t extra)
{
    art_future *future = art_new(type, sizeof *future + value_room(type->args[0]) + extra);
    future->base.aux = (uint32_t)loop->number << ART_FUTURE_LOOP_SHIFT;
    return future;
}

art_future *art_loop_create_future(art_loop *loop, const art_type *type)
{
    return art__future_new(loop, type, 0);
}

art_future *art_future_new(const art_type *type)
{
    art_loop *loop = art_loop_get();
    if (!loop)
        return NULL;
    art_future *future = art__future_new(loop, type, 0);
    art_release(loop);
    return future;
}


/* Releases what the future's part of an object holds; reports an exception that nobody asked for. */
void art__future_end_life(art_future *future, const char *unseen)
{
    uint32_t aux = future->base.aux;
    if (aux & ART_FUTURE_UNSEEN) {
        future->base.refs = 1; /* the report holds it for a moment */
        art__loop_report(art__loop_of(future), unseen, future->exc, "future", future);
        future->base.aux &= ~(uint32_t)ART_FUTURE_UNSEEN;
    }
    art__future_forsake(future);
    if (art_future_done(future) && !(aux & (ART_FUTURE_HAS_EXC | ART_FUTURE_HAS_MESSAGE)) &&
        art_future_state(future) == ART_FUTURE_FINISHED && art_future_item_type(future)->kind != ART_KIND_NONE)
        art_slot_clear(art_future_item_type(future), art_future_value(future));
    if (aux & (ART_FUTURE_HAS_EXC | ART_FUTURE_HAS_MESSAGE)) {
        art_release(future->any);
        future->any = NULL;
    }
}

/* Somebody waits for the pending outcome of a gather or shield that nobody else holds: it lives on until it is done, as in CPython,
 * where the callbacks on what it waits for hold it. */
static bool lives_on(art_future *future)
{
    if (art_future_done(future) || !future->callbacks)
        return false;
    return future->base.aux & ART_FUTURE_IS_GATHER   ? art__gather_hold(future)
           : future->base.aux & ART_FUTURE_IS_SHIELD ? shield_hold(future)
                                                     : false;
}

void art_future_destroy(art_obj *self)
{
    art_future *future = (art_future *)self;
    if (lives_on(future))
        return;
    art__future_end_life(future, "Future exception was never retrieved");
    size_t extra = 0;
    if (future->base.aux & ART_FUTURE_IS_GATHER)
        extra = art__gather_end_life(future);
    art_free(future, sizeof *future + value_room(art_future_item_type(future)) + extra);
}

art_str *art_future_slot_repr(const void *slot)
{
    return art_future_repr(*(art_future *const *)slot);
}

static const art_type *const args_any[] = {&art_type_box};
const art_type art_type_future = {.name = "Future", .module = "_asyncio", .kind = ART_KIND_FUTURE, .size = sizeof(art_future *),
                                  .is_counted = true, .arg_count = 1, .args = args_any, .destroy = art_future_destroy,
                                  .repr = art_future_slot_repr};

/* -- callbacks ---------------------------------------------------------------------------------------------------------------- */

/* A task that waits together with others: a node of the list, made when it has to stand in one. */
typedef struct task_node {
    art_callback callback;
    art_task *task;
} task_node;

static void wake_task(art_call *call)
{
    (void)call; /* never queued: schedule() recognises it and wakes the task itself */
}

/* A callback of the program. */
typedef struct closure_node {
    art_callback callback;
    art_closure *closure; /* owned */
    art_closure *key;     /* owned: what the program gave, by which it is removed */
    art_vars *vars;       /* owned */
    art_context *context; /* owned, instead of vars; may be NULL */
} closure_node;

static void closure_node_free(closure_node *node)
{
    art_release(node->closure);
    art_release(node->key);
    art_release(node->vars);
    art_release(node->context);
    art_free(node, sizeof *node);
}

static void run_closure(art_call *call)
{
    closure_node *node = (closure_node *)call;
    art_future *future = node->callback.future;
    art_loop *loop = future ? art__loop_of(future) : NULL;
    if (loop && !loop->is_closed) {
        void (*fn)(art_closure *, art_future *) = (void (*)(art_closure *, art_future *))node->closure->fn;
        if (node->context) {
            if (art_context_enter(node->context)) {
                fn(node->closure, future);
                art_context_leave(node->context);
            }
        } else {
            art_vars *outside = art__vars_switch(art_retain(node->vars));
            fn(node->closure, future);
            art_release(art__vars_switch(outside));
        }
    }
    closure_node_free(node);
    art_release(future);
}

static art_callback *next_of(const art_callback *node)
{
    return (art_callback *)node->call.next;
}

/* Appends to the circular list whose last node the future holds. */
static void append(art_future *future, art_callback *node)
{
    art_callback *last = (art_callback *)future->callbacks;
    if (last) {
        node->call.next = last->call.next;
        last->call.next = (art_link)node;
    } else {
        node->call.next = (art_link)node;
    }
    future->callbacks = (uintptr_t)node;
}

static void append_task(art_future *future, art_task *task)
{
    task_node *node = art_alloc(sizeof *node);
    node->callback.call.run = wake_task;
    node->callback.future = future;
    node->task = task;
    append(future, &node->callback);
}

/* Makes room for a second waiter: the first, a task alone, becomes a node. */
static void make_list(art_future *future)
{
    if (!(future->callbacks & WAITING_TASK))
        return;
    art_task *task = (art_task *)(future->callbacks & ~(uintptr_t)WAITING_TASK);
    future->callbacks = 0;
    append_task(future, task);
}

/* Schedules a callback whose future is done. */
static void schedule_one(art_loop *loop, art_future *future, art_callback *node)
{
    if (node->call.run == wake_task) {
        art_task *task = ((task_node *)node)->task;
        art_free(node, sizeof(task_node));
        art__task_ready(task);
        return;
    }
    node->future = art_retain(future);
    art_loop_call(loop, &node->call);
}

/* The future is done: all who wait are scheduled, in the order in which they came. */
void art__future_schedule(art_future *future, uintptr_t callbacks)
{
    future->callbacks = 0;
    if (callbacks & WAITING_TASK) {
        art__task_ready((art_task *)(callbacks & ~(uintptr_t)WAITING_TASK));
        return;
    }
    art_loop *loop = art__loop_of(future);
    if (!loop)
        return;
    art_callback *last = (art_callback *)callbacks, *node = next_of(last);
    if (node == last && node->call.run != wake_task) { /* as mostly */
        node->future = art_retain(future);
        art__ready_push(loop, (art_link)&node->call | ART_LINK_CALL);
        return;
    }
    for (;;) {
        art_callback *next = next_of(node);
        schedule_one(loop, future, node);
        if (node == last)
            return;
        node = next;
    }
}

/* Takes out the nodes for which `matches` says so; what becomes of them is its business. */
static int64_t remove_nodes(art_future *future, bool (*matches)(art_callback *, const void *), const void *what)
{
    if (!future->callbacks || future->callbacks & WAITING_TASK)
        return 0;
    int64_t count = 0;
    art_callback *last = (art_callback *)future->callbacks, *node = next_of(last);
    bool is_last;
    future->callbacks = 0;
    do {
        art_callback *next = next_of(node);
        is_last = node == last;
        if (matches(node, what))
            count++;
        else
            append(future, node);
        node = next;
    } while (!is_last);
    return count;
}

static bool is_node(art_callback *node, const void *what)
{
    return node == what;
}

static bool is_task(art_callback *node, const void *what)
{
    if (node->call.run != wake_task || ((task_node *)node)->task != what)
        return false;
    art_free(node, sizeof(task_node));
    return true;
}

static bool is_closure(art_callback *node, const void *what)
{
    if (node->call.run != run_closure)
        return false;
    art_closure *key = ((closure_node *)node)->key, *other = (art_closure *)(uintptr_t)what;
    if (key != other && !art_slot_equal(key->base.type, &key, &other)) /* bound methods are equal, not the same */
        return false;
    closure_node_free((closure_node *)node);
    return true;
}

/* Nothing will become of the future: who waits for it is told, with no future. */
static bool is_told(art_callback *node, const void *what)
{
    (void)what;
    node->future = NULL;
    if (node->call.run == wake_task)
        art_free(node, sizeof(task_node));
    else
        node->call.run(&node->call);
    return true;
}

void art__future_forsake(art_future *future)
{
    remove_nodes(future, is_told, NULL);
    future->callbacks = 0;
}

void art_future_on_done(art_future *future, art_callback *callback)
{
    callback->future = future;
    if (art_future_done(future)) {
        art_loop *loop = art__loop_of(future);
        if (loop)
            schedule_one(loop, future, callback);
        return;
    }
    make_list(future);
    append(future, callback);
}

bool art_future_off_done(art_future *future, art_callback *callback)
{
    return remove_nodes(future, is_node, callback) > 0;
}

void art_future_add_done_callback(art_future *future, art_closure *callback, art_context *context)
{
    art_future_add_done_callback_as(future, callback, callback, context);
}

void art_future_add_done_callback_as(art_future *future, art_closure *callback, art_closure *key, art_context *context)
{
    closure_node *node = art_alloc(sizeof *node);
    node->callback.call.run = run_closure;
    node->closure = art_retain(callback);
    node->key = art_retain(key);
    node->context = art_retain(context);
    node->vars = context ? NULL : art_retain(art__vars_current());
    art_future_on_done(future, &node->callback);
}

int64_t art_future_remove_done_callback(art_future *future, art_closure *callback)
{
    return remove_nodes(future, is_closure, callback);
}

/* -- completing ----------------------------------------------------------------------------------------------------------------- */

static void set_state(art_future *future, uint32_t state)
{
    future->base.aux = (future->base.aux & ~(uint32_t)ART_FUTURE_STATE) | state;
}

static void schedule(art_future *future)
{
    if (future->callbacks)
        art__future_schedule(future, future->callbacks);
}

void art__future_complete(art_future *future)
{
    set_state(future, ART_FUTURE_FINISHED);
    schedule(future);
}

void art__future_fail(art_future *future, art_exc *exception)
{
    future->exc = exception;
    set_state(future, ART_FUTURE_FINISHED | ART_FUTURE_HAS_EXC | ART_FUTURE_UNSEEN);
    schedule(future);
}

/* `any`: the message of cancel(), or the error that ended a task, owned; NULL: neither. */
void art__future_cancel_now(art_future *future, void *any, uint32_t flag)
{
    future->any = any;
    set_state(future, ART_FUTURE_CANCELLED | (any ? flag : 0));
    schedule(future);
}

static bool may_complete(art_future *future, const char *method)
{
    if (future->base.aux & ART_FUTURE_IS_TASK) {
        art_raise_new(&art_type_RuntimeError, "Task does not support %c operation", method);
        return false;
    }
    if (art_future_done(future)) {
        art_raise_new(&art_type_InvalidStateError, "invalid state");
        return false;
    }
    return true;
}

bool art_future_set_result(art_future *future, const void *value)
{
    if (!may_complete(future, "set_result"))
        return false;
    if (art_future_item_type(future)->kind != ART_KIND_NONE)
        art_slot_copy(art_future_item_type(future), art_future_value(future), value);
    art__future_complete(future);
    return true;
}

bool art_future_set_exception(art_future *future, art_exc *exception)
{
    if (!may_complete(future, "set_exception"))
        return false;
    if (exception->base.type == &art_type_StopIteration) {
        art_raise_new(&art_type_TypeError, "StopIteration interacts badly with generators and cannot be raised into a Future");
        return false;
    }
    art__future_fail(future, art_retain(exception));
    return true;
}

/* -- asking --------------------------------------------------------------------------------------------------------------------- */

static void seen(art_future *future)
{
    future->base.aux &= ~(uint32_t)ART_FUTURE_UNSEEN;
}

art_exc *art__future_cancelled_error(art_future *future)
{
    uint32_t aux = future->base.aux;
    if (aux & ART_FUTURE_HAS_EXC) {
        /* The error that ended the task goes to the first who asks; later ones get a plain one, as in CPython. */
        art_exc *exc = future->exc;
        future->exc = NULL;
        future->base.aux &= ~(uint32_t)ART_FUTURE_HAS_EXC;
        return exc;
    }
    if (aux & ART_FUTURE_HAS_MESSAGE)
        return art_exc_str(&art_type_CancelledError, future->message);
    return art_exc_new(&art_type_CancelledError);
}

art_exc *art__future_peek(art_future *future)
{
    seen(future);
    bool has_exc = art_future_state(future) == ART_FUTURE_FINISHED && future->base.aux & ART_FUTURE_HAS_EXC;
    return has_exc ? future->exc : NULL;
}

/* Raises what a finished future has instead of a result. True: it has one. */
static bool has_result(art_future *future)
{
    if (art_future_cancelled(future)) {
        art_raise(art__future_cancelled_error(future));
        return false;
    }
    seen(future);
    if (future->base.aux & ART_FUTURE_HAS_EXC) {
        art_raise(art_retain(future->exc));
        return false;
    }
    return true;
}

static void copy_value(art_future *future, void *out)
{
    const art_type *type = art_future_item_type(future);
    if (!out)
        return;
    if (type->kind == ART_KIND_NONE)
        *(art_none *)out = 0;
    else if (!type->is_counted && type->size == 8)
        memcpy(out, art_future_value(future), 8);
    else
        art_slot_copy(type, out, art_future_value(future));
}

bool art_future_result(art_future *future, void *out)
{
    if (!art_future_done(future)) {
        art_raise_new(&art_type_InvalidStateError, "Result is not set.");
        return false;
    }
    if (!has_result(future))
        return false;
    copy_value(future, out);
    return true;
}

art_exc *art_future_exception(art_future *future)
{
    if (!art_future_done(future)) {
        art_raise_new(&art_type_InvalidStateError, "Exception is not set.");
        return NULL;
    }
    if (art_future_cancelled(future)) {
        art_raise(art__future_cancelled_error(future));
        return NULL;
    }
    return art_retain(art__future_peek(future));
}

art_loop *art__future_loop(const art_future *future)
{
    return art__loop_of(future);
}

art_loop *art_future_get_loop(art_future *future)
{
    return art_retain(art__loop_of(future));
}

art_str *art_future_repr(art_future *future)
{
    static const char *const states[] = {"pending", "cancelled", "finished"};
    const char *state = states[art_future_state(future)];
    if (future->base.aux & ART_FUTURE_IS_TASK)
        return art_task_repr((art_task *)future);
    if (art_future_state(future) != ART_FUTURE_FINISHED)
        return art_strf("<Future %c>", state);
    if (future->base.aux & ART_FUTURE_HAS_EXC) {
        art_str *exc = art_exc_repr(future->exc);
        art_str *repr = art_strf("<Future %c exception=%s>", state, exc);
        art_release(exc);
        return repr;
    }
    art_none none = 0;
    const art_type *type = art_future_item_type(future);
    return art_strf("<Future %c result=%V>", state, type, type->kind == ART_KIND_NONE ? (void *)&none : art_future_value(future));
}

/* -- cancelling ------------------------------------------------------------------------------------------------------------------- */

bool art_future_cancel(art_future *future, art_str *message)
{
    seen(future);
    if (art_future_done(future))
        return false;
    if (future->base.aux & ART_FUTURE_IS_TASK)
        return art__task_cancel((art_task *)future, message);
    if (future->base.aux & ART_FUTURE_IS_GATHER)
        return art__gather_cancel(future, message);
    art__future_cancel_now(future, art_retain(message), ART_FUTURE_HAS_MESSAGE);
    return true;
}

/* -- awaiting --------------------------------------------------------------------------------------------------------------------- */

art_step art_await_future(art_frame *self, art_future *future)
{
    if (art_future_done(future))
        return ART_DONE;
    art_task *task = art_self.task;
    if (!task) {
        art_raise_new(&art_type_RuntimeError, "await wasn't used with future");
        return ART_DONE;
    }
    task->future.top = self;
    uint32_t aux = task->future.base.aux, differs = aux ^ future->base.aux;
    if (__builtin_expect(future == &task->future || (differs >> ART_FUTURE_LOOP_SHIFT & ART_FUTURE_LOOP_MASK), 0)) {
        art__task_refuse(task, future);
        return ART_SUSPENDED;
    }
    if (!future->callbacks) {
        future->callbacks = (uintptr_t)task | WAITING_TASK;
    } else {
        make_list(future);
        append_task(future, task);
    }
    task->waits_on = (uintptr_t)future;
    task->future.base.aux = aux | ART_TASK_WAITS;
    if (__builtin_expect(aux & ART_TASK_MUST_CANCEL, 0))
        art__task_pass_cancel(task);
    return ART_SUSPENDED;
}

/* The waiting task leaves a future that is still pending: something was thrown into it. */
static void stop_waiting(art_future *future)
{
    art_task *task = art_self.task;
    if (!task)
        return;
    if (future->callbacks == ((uintptr_t)task | WAITING_TASK))
        future->callbacks = 0;
    else
        remove_nodes(future, is_task, task);
    task->future.base.aux &= ~(uint32_t)ART_TASK_WAITS;
}

bool art_future_take(art_future *future, void *out)
{
    if (__builtin_expect(art_self.raised != NULL, 0)) {
        if (!art_future_done(future)) {
            stop_waiting(future);
        } else {
            /* A CancelledError of the future itself wins over the one by which the waiting task is cancelled. */
            bool is_cancelled = art_future_cancelled(future) ||
                                (future->base.aux & ART_FUTURE_HAS_EXC && art_exc_matches(future->exc, &art_type_CancelledError));
            seen(future);
            if (is_cancelled && art_raised_is(&art_type_CancelledError)) {
                art_forget();
                has_result(future);
            }
        }
        return false;
    }
    if (__builtin_expect(!art_future_done(future), 0)) {
        stop_waiting(future);
        art_raise_new(&art_type_RuntimeError, "await wasn't used with future");
        return false;
    }
    if (!has_result(future))
        return false;
    copy_value(future, out);
    return true;
}

art_future *art_ensure_future(void *awaitable, art_loop *loop)
{
    art_future *future = awaitable;
    if (future->base.type->kind != ART_KIND_COROUTINE) {
        if (loop && art__loop_of(future) != loop) {
            art_raise_new(&art_type_ValueError, "The future belongs to a different loop than the one specified as the loop argument");
            return NULL;
        }
        return art_retain(future);
    }
    art_loop *running = loop ? art_retain(loop) : art_loop_get();
    if (!running)
        return NULL;
    art_task *task = art_loop_create_task(running, awaitable, NULL, NULL);
    art_release(running);
    return &task->future;
}

/* -- shield ------------------------------------------------------------------------------------------------------------------------ */

/* What ties the outer future of shield() to the inner one: a callback on each. It goes when both have come or been taken back. */
typedef struct shield {
    art_callback inner_done, outer_done;
    art_future *inner; /* owned */
    art_future *outer; /* borrowed: when it dies we are told; NULL then */
    int registered;    /* callbacks that are still to come */
    bool holds_outer;  /* it owns a reference to `outer` after all */
} shield;

static void shield_leave(shield *self)
{
    if (--self->registered > 0)
        return;
    art_release(self->inner);
    art_free(self, sizeof *self);
}

/* Copies what became of `inner` to a pending `outer` of the same type. */
static void copy_outcome(art_future *inner, art_future *outer)
{
    if (art_future_cancelled(inner)) {
        art_future_cancel(outer, NULL);
        return;
    }
    art_exc *exc = art__future_peek(inner);
    if (exc) {
        art__future_fail(outer, art_retain(exc));
        return;
    }
    if (art_future_item_type(outer)->kind != ART_KIND_NONE)
        copy_value(inner, art_future_value(outer));
    art__future_complete(outer);
}

static void on_outer_done(art_call *call);

static bool shield_hold(art_future *outer)
{
    if (outer->callbacks & WAITING_TASK)
        return false;
    shield *self = NULL;
    art_callback *last = (art_callback *)outer->callbacks, *node = last;
    do {
        node = next_of(node);
        if (node->call.run == on_outer_done)
            self = (shield *)((char *)node - offsetof(shield, outer_done));
    } while (node != last);
    if (!self || node == next_of(node))
        return false; /* nobody waits but the shield itself */
    self->holds_outer = true;
    outer->base.refs = 1;
    return true;
}

static void on_inner_done(art_call *call)
{
    shield *self = (shield *)call;
    art_future *inner = self->inner_done.future, *held = self->holds_outer ? self->outer : NULL;
    if (inner) {
        if (!self->outer || art_future_done(self->outer))
            art__future_peek(inner); /* nobody asks any more: it counts as retrieved */
        else
            copy_outcome(inner, self->outer);
        art_release(inner);
    }
    self->holds_outer = false;
    shield_leave(self);
    art_release(held);
}

static void on_outer_done(art_call *call)
{
    shield *self = (shield *)((char *)call - offsetof(shield, outer_done));
    art_future *held = self->holds_outer ? self->outer : NULL;
    art_release(self->outer_done.future);
    self->outer = NULL;
    self->holds_outer = false;
    art_release(held);
    if (!art_future_done(self->inner) && art_future_off_done(self->inner, &self->inner_done))
        shield_leave(self);
    shield_leave(self);
}

art_future *art_shield(void *awaitable, const art_type *type)
{
    art_future *inner = art_ensure_future(awaitable, NULL);
    if (!inner || art_future_done(inner))
        return inner;
    art_future *outer = art__future_new(art__loop_of(inner), type, 0);
    shield *self = art_alloc(sizeof *self);
    outer->base.aux |= ART_FUTURE_IS_SHIELD;
    self->inner = inner;
    self->outer = outer;
    self->registered = 2;
    self->inner_done.call.run = on_inner_done;
    self->outer_done.call.run = on_outer_done;
    art_future_on_done(inner, &self->inner_done);
    art_future_on_done(outer, &self->outer_done);
    return outer;
}

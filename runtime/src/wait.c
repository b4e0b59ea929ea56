/* wait, wait_for, as_completed. Each follows CPython's event by event: what it makes a future for is a waiter here, what it makes
 * a callback for is a node in the frame, and both go through the ready queue at the same points. */
#include "loop_impl.h"

#include "art/box.h"
#include "art/class.h"
#include "art/wait.h"

#include <math.h>

/* A timeout of `float | None`: false for None. */
static bool seconds(art_box timeout, double *delay)
{
    if (art_box_is_none(timeout))
        return false;
    *delay = art_box_as_float(timeout);
    return true;
}

static void set_waiter_of_wait(art_timer_call *timer)
{
    art_waiter_set(&((art_wait_frame *)((char *)timer - offsetof(art_wait_frame, timeout)))->waiter);
}

/* -- wait ------------------------------------------------------------------------------------------------------------------------ */

enum { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, INVALID };

typedef struct art_wait_node {
    art_callback done;
    art_wait_frame *frame;
} wait_node;

static void on_one_done(art_call *call)
{
    wait_node *node = (wait_node *)call;
    art_wait_frame *self = node->frame;
    art_future *future = node->done.future;
    self->left--;
    bool is_enough = self->left <= 0 || self->when == FIRST_COMPLETED ||
                     (self->when == FIRST_EXCEPTION && !art_future_cancelled(future) && art__future_peek(future));
    if (is_enough) {
        if (self->has_timeout)
            art_timer_cancel(self->loop, &self->timeout);
        art_waiter_set(&self->waiter);
    }
    node->frame = NULL;
    art_release(future);
}

void art_wait_init(art_wait_frame *self, art_list *futures, art_box timeout, art_str *return_when, const art_type *type)
{
    art_frame_init(&self->base, art_wait_resume);
    self->futures = art_retain(futures);
    self->set_type = type->args[0];
    self->has_timeout = seconds(timeout, &self->delay);
    self->nodes = NULL;
    self->result._0 = self->result._1 = NULL;
    self->when = art_str_equal_c(return_when, "ALL_COMPLETED")     ? ALL_COMPLETED
                 : art_str_equal_c(return_when, "FIRST_COMPLETED") ? FIRST_COMPLETED
                 : art_str_equal_c(return_when, "FIRST_EXCEPTION") ? FIRST_EXCEPTION
                                                                   : INVALID;
    if (self->when == INVALID)
        self->result._0 = art_retain(return_when); /* for the message */
}

/* Checks the arguments; replaces the list by one without repetitions. */
static bool prepare_wait(art_wait_frame *self)
{
    if (self->futures->len == 0) {
        art_raise_new(&art_type_ValueError, "Set of Tasks/Futures is empty.");
        return false;
    }
    if (self->when == INVALID) {
        art_raise_new(&art_type_ValueError, "Invalid return_when value: %s", (art_str *)(void *)self->result._0);
        return false;
    }
    art_future **items = self->futures->items;
    for (int64_t i = 0; i < self->futures->len; i++) {
        if (items[i]->base.type->kind == ART_KIND_COROUTINE) {
            art_raise_new(&art_type_TypeError, "Passing coroutines is forbidden, use tasks explicitly.");
            return false;
        }
    }
    art_set *set = art_set_of_list(self->futures, self->set_type);
    if (!set)
        return false;
    art_list *futures = art_set_list(set, self->futures->base.type);
    art_release(set);
    art_release(self->futures);
    self->futures = futures;
    self->left = futures->len;
    return true;
}

static void register_wait(art_wait_frame *self)
{
    self->waiter.task = 0;
    self->loop = art_self.loop;
    if (self->has_timeout) {
        self->timeout = (art_timer_call){.run = set_waiter_of_wait};
        art_timer_start(self->loop, &self->timeout, art__loop_now(self->loop) + self->delay);
    }
    self->nodes = art_alloc((size_t)self->futures->len * sizeof *self->nodes);
    art_future **items = self->futures->items;
    for (int64_t i = 0; i < self->futures->len; i++) {
        self->nodes[i].done.call.run = on_one_done;
        self->nodes[i].frame = self;
        art_future_on_done(items[i], &self->nodes[i].done);
    }
}

/* Takes all callbacks back, those too that are in the ready queue. */
static void unregister_wait(art_wait_frame *self)
{
    if (self->has_timeout)
        art_timer_cancel(self->loop, &self->timeout);
    for (int64_t i = 0; i < self->futures->len; i++) {
        wait_node *node = &self->nodes[i];
        if (!node->frame)
            continue; /* has run */
        if (!art_future_done(node->done.future)) {
            art_future_off_done(node->done.future, &node->done);
        } else if (art__ready_remove(self->loop, node)) {
            art_release(node->done.future);
        }
    }
    art_free(self->nodes, (size_t)self->futures->len * sizeof *self->nodes);
}

static void sort_out(art_wait_frame *self)
{
    art_set *done = art_set_new(self->set_type, 0), *pending = art_set_new(self->set_type, 0);
    art_future **items = self->futures->items;
    for (int64_t i = 0; i < self->futures->len; i++)
        art_set_add(art_future_done(items[i]) ? done : pending, &items[i]);
    self->result._0 = done;
    self->result._1 = pending;
}

art_step art_wait_resume(art_frame *base)
{
    art_wait_frame *self = (art_wait_frame *)base;
    switch (base->state) {
    case 0:
        if (!prepare_wait(self))
            break;
        register_wait(self);
        base->state = 1;
        if (art_waiter_wait(base, &self->waiter) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        art_waiter_resumed(&self->waiter);
        unregister_wait(self);
        if (!art_self.raised)
            sort_out(self);
        break;
    }
    if (self->when == INVALID)
        art_release(self->result._0);
    art_release(self->futures);
    return art_frame_done(base);
}

/* -- wait_for ---------------------------------------------------------------------------------------------------------------------- */

static void set_waiter_of_wait_for(art_timer_call *timer)
{
    art_waiter_set(&((art_wait_for_frame *)((char *)timer - offsetof(art_wait_for_frame, timeout)))->waiter);
}

static void on_awaited_done(art_call *call)
{
    art_wait_for_frame *self = (art_wait_for_frame *)((char *)call - offsetof(art_wait_for_frame, done));
    art_future *future = self->done.future;
    self->done.future = NULL;
    art_waiter_set(&self->waiter);
    art_release(future);
}

void art_wait_for_init(art_wait_for_frame *self, void *awaitable, art_box timeout, void *out)
{
    art_frame_init(&self->base, art_wait_for_resume);
    self->out = out;
    self->future = art_retain(awaitable);
    self->cancelled = NULL;
    self->done.future = NULL;
    self->delay = INFINITY;
    self->base.flags = !seconds(timeout, &self->delay);
}

static void watch_awaited(art_wait_for_frame *self)
{
    self->done = (art_callback){.call.run = on_awaited_done};
    art_future_on_done(self->future, &self->done);
}

/* remove_done_callback, or forgetting it in the ready queue: the frame is about to go. */
static void unwatch_awaited(art_wait_for_frame *self)
{
    art_future *future = self->done.future;
    if (!future)
        return;
    if (art_future_done(future)) {
        if (art__ready_remove(self->loop, &self->done))
            art_release(future);
    } else {
        art_future_off_done(future, &self->done);
    }
    self->done.future = NULL;
}

/* CPython's _cancel_and_wait: a new callback, then the cancellation. */
static art_step cancel_and_wait(art_wait_for_frame *self)
{
    unwatch_awaited(self);
    self->waiter.task = (uintptr_t)art_self.task; /* it may be set before the wait begins */
    watch_awaited(self);
    art_future_cancel(self->future, NULL);
    return art_waiter_wait(&self->base, &self->waiter);
}

/* The result of the finished future to the caller; a CancelledError becomes TimeoutError when time was up. */
static void give_result(art_wait_for_frame *self, bool is_late)
{
    if (art_future_result(self->future, self->out) || !is_late || !art_raised_is(&art_type_CancelledError))
        return;
    art_exc *cause = art_catch();
    art_raise_from(art_exc_new(&art_type_TimeoutError), cause);
    art_release(cause);
}

enum { NO_TIMEOUT = 1, AT_ONCE, WAITING, LATE, INTERRUPTED };

art_step art_wait_for_resume(art_frame *base)
{
    art_wait_for_frame *self = (art_wait_for_frame *)base;
    art_future *future;
    switch (base->state) {
    case 0:
        self->loop = art_self.loop;
        if (base->flags) {
            base->state = NO_TIMEOUT;
            if (art_await_any(base, self->future) == ART_SUSPENDED)
                return ART_SUSPENDED;
            goto no_timeout;
        }
        if (self->delay > 0) {
            /* The timer first, then the task: in CPython's order, which its clock readings show. */
            self->timeout = (art_timer_call){.run = set_waiter_of_wait_for};
            art_timer_start(self->loop, &self->timeout, art__loop_now(self->loop) + self->delay);
        }
        future = art_ensure_future(self->future, self->loop);
        if (!future) {
            if (self->delay > 0)
                art_timer_cancel(self->loop, &self->timeout);
            break;
        }
        art_release(future); /* the same object */
        if (self->delay <= 0) {
            if (art_future_done(self->future)) {
                give_result(self, false);
                break;
            }
            base->state = AT_ONCE;
            return cancel_and_wait(self);
        }
        watch_awaited(self);
        base->state = WAITING;
        return art_waiter_wait(base, &self->waiter);

    no_timeout:
    case NO_TIMEOUT:
        art_any_take(self->future, self->out);
        break;

    case AT_ONCE:
        if (art_waiter_resumed(&self->waiter))
            give_result(self, true);
        unwatch_awaited(self);
        break;

    case WAITING: /* until it is done or the time is up */
        if (art_waiter_resumed(&self->waiter)) {
            if (art_future_done(self->future)) {
                give_result(self, false);
                goto end_timeout;
            }
            base->state = LATE;
            return cancel_and_wait(self);
        }
        if (!art_raised_is(&art_type_CancelledError) || art_future_done(self->future)) {
            /* Done in the turn in which we are cancelled: the cancellation is kept (as in CPython 3.12), the result is lost. */
            if (art_future_done(self->future))
                art__future_peek(self->future);
            goto end_timeout;
        }
        self->cancelled = art_catch();
        base->state = INTERRUPTED;
        return cancel_and_wait(self);

    case LATE: /* the future was cancelled because time was up, and is done */
        if (art_waiter_resumed(&self->waiter))
            give_result(self, true);
        goto end_timeout;

    case INTERRUPTED: /* it was cancelled because we were */
        if (art_waiter_resumed(&self->waiter)) {
            art_raise(self->cancelled);
            self->cancelled = NULL;
        }
        goto end_timeout;

    end_timeout:
        unwatch_awaited(self);
        art_timer_cancel(self->loop, &self->timeout);
        break;
    }
    art_release(self->cancelled);
    art_release(self->future);
    return art_frame_done(base);
}

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

typedef struct wait_node {
    art_callback done;
    struct art_wait_nodes *all;
} wait_node;

/* The callbacks of one wait(): they outlive it while some are in the ready queue. */
typedef struct art_wait_nodes {
    art_wait_frame *frame; /* NULL: the wait is over */
    int64_t count, waiting; /* waiting: not run and not taken back */
    wait_node node[];
} wait_nodes;

static size_t nodes_size(int64_t count)
{
    return sizeof(wait_nodes) + (size_t)count * sizeof(wait_node);
}

static void node_leaves(wait_nodes *all)
{
    if (--all->waiting == 0 && !all->frame)
        art_free(all, nodes_size(all->count));
}

static void on_one_done(art_call *call)
{
    wait_node *node = (wait_node *)call;
    art_wait_frame *self = node->all->frame;
    art_future *future = node->done.future;
    if (self && future) {
        self->left--;
        bool is_enough = self->left <= 0 || self->when == FIRST_COMPLETED ||
                         (self->when == FIRST_EXCEPTION && !art_future_cancelled(future) && art__future_peek(future));
        if (is_enough) {
            if (self->has_timeout)
                art_timer_cancel(self->loop, &self->timeout);
            art_waiter_set(&self->waiter);
        }
    }
    node->done.future = NULL;
    node_leaves(node->all);
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
    int64_t count = self->futures->len;
    wait_nodes *all = self->nodes = art_alloc(nodes_size(count));
    all->frame = self;
    all->count = all->waiting = count;
    art_future **items = self->futures->items;
    for (int64_t i = 0; i < count; i++) {
        all->node[i].all = all;
        all->node[i].done.call.run = on_one_done;
        art_future_on_done(items[i], &all->node[i].done);
    }
}

/* Takes the callbacks back that wait at futures which are not done. */
static void unregister_wait(art_wait_frame *self)
{
    if (self->has_timeout)
        art_timer_cancel(self->loop, &self->timeout);
    wait_nodes *all = self->nodes;
    all->waiting++;
    all->frame = NULL;
    for (int64_t i = 0; i < all->count; i++) {
        art_future *future = all->node[i].done.future;
        if (future && !art_future_done(future) && art_future_off_done(future, &all->node[i].done))
            all->waiting--;
    }
    node_leaves(all);
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

enum { NO_TIMEOUT = 1, AT_ONCE, WAITING, LATE, INTERRUPTED }; /* states of the frame */

static void on_time_up(art_timer_call *timer)
{
    art_wait_for_frame *self = (art_wait_for_frame *)((char *)timer - offsetof(art_wait_for_frame, timeout));
    if (self->base.state == WAITING) /* else it waits for the future's end, cancelled already */
        art_waiter_set(&self->waiter);
}

static void on_awaited_done(art_call *call)
{
    art_wait_for_frame *self = (art_wait_for_frame *)((char *)call - offsetof(art_wait_for_frame, done));
    art_future *future = self->done.future;
    self->done.future = NULL;
    if (future)
        art__waiter_set(&self->waiter);
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
    self->done = (art_callback){.call.run = on_awaited_done, .future = self->future};
    if (!art_future_done(self->future) && !self->future->callbacks)
        art__future_only_callback(self->future, &self->done);
    else
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

/* CPython's _cancel_and_wait: a new callback, then the cancellation. ART_DONE: cancelling raised. */
static art_step cancel_and_wait(art_wait_for_frame *self)
{
    unwatch_awaited(self);
    watch_awaited(self);
    art_future_cancel(self->future, NULL);
    return art_self.raised ? ART_DONE : art_waiter_wait(&self->base, &self->waiter);
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
            self->timeout = (art_timer_call){.run = on_time_up};
            art_timer_start(self->loop, &self->timeout, art__loop_now(self->loop) + self->delay);
        }
        future = art__future_started((art_task *)self->future, self->loop);
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
            if (cancel_and_wait(self) == ART_SUSPENDED)
                return ART_SUSPENDED;
            unwatch_awaited(self);
            break;
        }
        watch_awaited(self);
        base->state = WAITING;
        return art__waiter_wait(base, &self->waiter);

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
        if (art__waiter_resumed(&self->waiter)) {
            if (art_future_done(self->future)) {
                give_result(self, false);
                goto end_timeout;
            }
            base->state = LATE;
            if (cancel_and_wait(self) == ART_SUSPENDED)
                return ART_SUSPENDED;
            goto end_timeout;
        }
        if (!art_raised_is(&art_type_CancelledError) || art_future_done(self->future)) {
            /* Done in the turn in which we are cancelled: the cancellation is kept (as in CPython 3.12), the result is lost. */
            if (art_future_done(self->future))
                art__future_peek(self->future);
            goto end_timeout;
        }
        self->cancelled = art_catch();
        base->state = INTERRUPTED;
        if (cancel_and_wait(self) == ART_SUSPENDED)
            return ART_SUSPENDED;
        goto end_timeout;

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

/* -- as_completed ------------------------------------------------------------------------------------------------------------------ */

typedef struct todo_node {
    art_callback done;
    art_as_completed *owner;
    bool is_waiting; /* it may still be called */
} todo_node;

struct art_as_completed {
    art_obj base;
    art_queue *done;        /* owned: finished futures, and None for each one that time has run out for */
    art_list *awaitables;   /* owned: until the first is asked for */
    art_future **futures;   /* owned, count of them; art_alloc memory */
    todo_node *nodes;
    int64_t count, room;
    int64_t todo;           /* not finished, and time is not up */
    int64_t tasks;          /* those not finished: they keep this alive */
    int64_t left;           /* coroutines to give out */
    art_timer_call timeout;
    art_loop *loop;         /* borrowed */
    double delay;
    bool has_timeout;
};

static const art_type *const args_future[] = {&art_type_future};
static const art_type type_item = {.name = "Optional", .kind = ART_KIND_OPTIONAL, .size = sizeof(void *), .is_counted = true,
                                   .arg_count = 1, .args = args_future};
static const art_type *const args_item[] = {&type_item};
static const art_type type_done = {.name = "Queue", .kind = ART_KIND_CLASS, .size = sizeof(void *), .is_counted = true, .arg_count = 1,
                                   .args = args_item, .object_size = sizeof(art_queue), .destroy = art_queue_destroy};

static void remove_callbacks(art_as_completed *self)
{
    for (int64_t i = 0; i < self->count; i++) {
        todo_node *node = &self->nodes[i];
        if (!node->is_waiting || !art_future_off_done(self->futures[i], &node->done))
            continue;
        node->is_waiting = false;
        if (self->futures[i]->base.aux & ART_FUTURE_IS_TASK && --self->tasks == 0)
            art_release(self);
    }
}

void art_as_completed_destroy(art_obj *base)
{
    art_as_completed *self = (art_as_completed *)base;
    base->refs = 1;
    if (self->has_timeout && self->loop)
        art_timer_cancel(self->loop, &self->timeout);
    remove_callbacks(self);
    for (int64_t i = 0; i < self->count; i++) {
        if (self->nodes[i].is_waiting && art__ready_remove(self->loop, &self->nodes[i]))
            art_release(self->nodes[i].done.future);
        art_release(self->futures[i]);
    }
    if (self->room) {
        art_free(self->futures, (size_t)self->room * sizeof *self->futures);
        art_free(self->nodes, (size_t)self->room * sizeof *self->nodes);
    }
    art_release(self->awaitables);
    art_release(self->done);
    art_free(self, sizeof *self);
}

static void on_completion(art_call *call)
{
    todo_node *node = (todo_node *)call;
    art_as_completed *self = art_retain(node->owner);
    art_future *future = node->done.future, *own = self->futures[node - self->nodes];
    node->is_waiting = false;
    if (self->todo > 0 && future) {
        self->todo--;
        art_queue_put_nowait(self->done, &future);
        if (self->todo == 0 && self->has_timeout)
            art_timer_cancel(self->loop, &self->timeout);
    }
    art_release(future);
    if (own->base.aux & ART_FUTURE_IS_TASK && --self->tasks == 0)
        art_release(self);
    art_release(self);
}

static void on_timeout(art_timer_call *timer)
{
    art_as_completed *self = (art_as_completed *)((char *)timer - offsetof(art_as_completed, timeout));
    art_retain(self);
    for (; self->todo > 0; self->todo--) {
        void *none = NULL;
        art_queue_put_nowait(self->done, &none);
    }
    remove_callbacks(self);
    art_release(self);
}

art_as_completed *art_as_completed_new(art_list *awaitables, art_box timeout, const art_type *type)
{
    art_as_completed *self = art_new(type, sizeof *self);
    self->awaitables = art_retain(awaitables);
    self->done = art_queue_new(0, &type_done);
    self->has_timeout = seconds(timeout, &self->delay);
    self->left = awaitables->len;
    return self;
}

static bool is_before(void *const *items, int64_t count, const void *item)
{
    for (int64_t i = 0; i < count; i++)
        if (items[i] == item)
            return true;
    return false;
}

/* It is a generator in CPython: nothing happens before the first is asked for. */
static bool begin(art_as_completed *self)
{
    art_list *awaitables = self->awaitables;
    self->awaitables = NULL;
    self->loop = art_loop_get();
    if (!self->loop) {
        art_release(awaitables);
        return false;
    }
    art_release(self->loop); /* it runs, or is set: it stays */
    void **items = awaitables->items;
    int64_t count = awaitables->len;
    self->futures = art_alloc((size_t)count * sizeof *self->futures);
    self->nodes = art_alloc((size_t)count * sizeof *self->nodes);
    self->room = count;
    int64_t n = 0;
    for (int64_t i = 0; i < count && !art_self.raised; i++)
        if (!is_before(items, i, items[i]))
            self->futures[n++] = art_ensure_future(items[i], self->loop);
    art_release(awaitables);
    self->count = art_self.raised ? n - 1 : n;
    if (art_self.raised)
        return false;
    self->left = self->todo = n;
    for (int64_t i = 0; i < n; i++) {
        self->nodes[i] = (todo_node){.done.call.run = on_completion, .owner = self, .is_waiting = true};
        if (self->futures[i]->base.aux & ART_FUTURE_IS_TASK && self->tasks++ == 0)
            art_retain(self);
        art_future_on_done(self->futures[i], &self->nodes[i].done);
    }
    if (self->has_timeout) {
        self->timeout.run = on_timeout;
        art_timer_start(self->loop, &self->timeout, art__loop_now(self->loop) + self->delay);
    }
    return true;
}

bool art_as_completed_next(art_as_completed *self)
{
    if (self->left == 0 || (self->awaitables && !begin(self)))
        return false;
    return self->left-- > 0;
}

void art_as_completed_one_init(art_as_completed_one_frame *self, art_as_completed *from, void *out)
{
    art_frame_init(&self->base, art_as_completed_one_resume);
    self->out = out;
    self->from = art_retain(from);
    self->future = NULL;
}

art_step art_as_completed_one_resume(art_frame *base)
{
    art_as_completed_one_frame *self = (art_as_completed_one_frame *)base;
    switch (base->state) {
    case 0:
        art_queue_get_init(&self->get, self->from->done, &self->future);
        base->state = 1;
        if (art_await(base, &self->get.base) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        if (art_self.raised)
            break;
        if (self->future)
            art_future_result(self->future, self->out);
        else
            art_raise_type(&art_type_TimeoutError);
        break;
    }
    art_release(self->future);
    art_release(self->from);
    return art_frame_done(base);
}

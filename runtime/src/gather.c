/* gather: a future whose state stands behind its value, with a callback node for each child; when the last child is done, the
 * results are collected into the list or tuple that the future's type asks for.
 *
 * The order of events is CPython's: children are started in the order of arguments, each reports through the ready queue. */
#include "internal.h"
#include "loop_impl.h"

#include "art/box.h"
#include "art/gather.h"

#include <string.h>

typedef struct gather gather;

typedef struct child {
    art_callback done;
    art_future *future; /* owned */
    uintptr_t owner;    /* the gather, and two bits: */
} child;
enum {
    IS_WAITING = 1 /* its callback is still to come */,
    IS_TASK = 2
};

struct gather {
    art_future *outer;   /* itself */
    int64_t count, room; /* arguments so far; nodes */
    int64_t expected;    /* different ones */
    int64_t finished;
    int64_t tasks;   /* of those expected, the tasks that have not finished: they keep the gather alive */
    int64_t waiting; /* callbacks that are still to come */
    bool return_exceptions, is_cancel_requested;
    bool is_held;    /* it owns a reference to itself: somebody waits for it, but nobody holds it */
    child *children; /* art_alloc memory */
};

static gather *gather_of(art_future *outer)
{
    const art_type *type = art_future_item_type(outer);
    return (gather *)((char *)(outer + 1) + ((type->size + 7u) & ~(size_t)7));
}

static inline bool has_ended_well(const art_future *future)
{
    return (future->base.aux & (ART_FUTURE_STATE | ART_FUTURE_HAS_EXC)) == ART_FUTURE_FINISHED;
}

/* -- results ------------------------------------------------------------------------------------------------------------------- */

static void convert_exc(art_exc *owned, const art_type *type, void *to)
{
    if (type->kind == ART_KIND_BOX)
        *(art_box *)to = art_box_obj(owned);
    else
        *(art_exc **)to = owned;
}

/* The child's result, as a value of `type`. False: it cannot be one (TypeError). */
static bool convert_value(art_future *future, const art_type *type, void *to)
{
    const art_type *from = art_future_item_type(future);
    void *value = art_future_value(future);
    if (type->kind == ART_KIND_BOX && from->kind == ART_KIND_NONE)
        *(art_box *)to = art_box_none();
    else if (type->kind == ART_KIND_BOX)
        *(art_box *)to = art_slot_box(from, value);
    else if (from->kind == ART_KIND_NONE)
        memset(to, 0, type->size);
    else if (from->kind == ART_KIND_BOX)
        return art_slot_unbox(type, to, art_box_retain(*(art_box *)value));
    else
        art_slot_copy(type, to, value);
    return true;
}

/* What a done child gives with return_exceptions: its result, or its exception as a value. */
static bool convert(art_future *future, const art_type *type, void *to)
{
    if (art_future_cancelled(future)) {
        /* A new one, CancelledError('') if nothing else is known: the error that ended the task is for who awaits it. */
        art_str *message = future->base.aux & ART_FUTURE_HAS_MESSAGE ? future->message : &art_str_empty;
        convert_exc(art_exc_str(&art_type_CancelledError, message), type, to);
        return true;
    }
    art_exc *exc = art__future_peek(future);
    if (!exc)
        return convert_value(future, type, to);
    convert_exc(art_retain(exc), type, to);
    return true;
}

static bool collect(gather *self, const art_type *type, void *out)
{
    if (type->kind == ART_KIND_TUPLE) {
        for (int64_t i = 0; i < self->count; i++)
            if (!convert(self->children[i].future, type->args[i], (char *)out + type->offsets[i]))
                return false;
        return true;
    }
    const art_type *item = type->args[0];
    art_list *list = art_list_new(type, self->count);
    for (int64_t i = 0; i < self->count; i++) {
        const art_future *future = self->children[i].future;
        if (item->kind == ART_KIND_INT && has_ended_well(future) && art_future_item_type(future) == item) {
            ((int64_t *)list->items)[list->len++] = *(int64_t *)art_future_value(future);
            continue;
        }
        max_align_t room[8];
        void *slot = item->size <= sizeof room ? room : art_alloc(item->size);
        bool is_ok = convert(self->children[i].future, item, slot);
        if (is_ok)
            art_list_push_slot(list, slot);
        if (slot != room)
            art_free(slot, item->size);
        if (!is_ok) {
            art_release(list);
            return false;
        }
    }
    *(art_list **)out = list;
    return true;
}

/* -- events -------------------------------------------------------------------------------------------------------------------- */

static void all_done(gather *self)
{
    art_future *outer = self->outer;
    if (self->is_cancel_requested) {
        art_future *last = self->children[self->count - 1].future;
        art__future_fail(outer, art_future_cancelled(last) ? art__future_cancelled_error(last)
                                                           : art_exc_new(&art_type_CancelledError));
    } else if (collect(self, art_future_item_type(outer), art_future_value(outer))) {
        art__future_complete(outer);
    } else {
        memset(art_future_value(outer), 0, art_future_item_type(outer)->size);
        art__future_fail(outer, art_catch());
    }
}

static void child_done(gather *self, art_future *future)
{
    art_future *outer = self->outer;
    if (art_future_done(outer)) {
        art__future_peek(future); /* counts as retrieved */
    } else if (!self->return_exceptions && art_future_cancelled(future)) {
        art__future_fail(outer, art__future_cancelled_error(future));
    } else if (!self->return_exceptions && art__future_peek(future)) {
        art__future_fail(outer, art_retain(art__future_peek(future)));
    } else if (self->finished == self->expected) {
        all_done(self);
    }
}

static void on_child_done(art_call *call)
{
    child *node = (child *)call;
    gather *self = (gather *)(node->owner & ~(uintptr_t)(IS_WAITING | IS_TASK));
    art_future *future = node->done.future;
    bool is_task = node->owner & IS_TASK;
    node->owner = (uintptr_t)self;
    self->waiting--;
    if (future && has_ended_well(future) && self->finished + 1 < self->expected && self->waiting > 0 &&
        (!is_task || self->tasks > 1)) {
        /* One of many: it is counted, and that is all. */
        self->finished++;
        self->tasks -= is_task;
        art_release(future);
        return;
    }
    art_future *outer = art_retain(self->outer);
    if (future) {
        self->finished++;
        child_done(self, future);
        art_release(future); /* the callback's reference; the gather has its own */
    }
    if (is_task && --self->tasks == 0)
        art_release(outer);
    if (self->is_held && (art_future_done(outer) || self->waiting == 0)) {
        self->is_held = false;
        art_release(outer);
    }
    art_release(outer);
}

bool art__gather_hold(art_future *future)
{
    gather *self = gather_of(future);
    if (self->waiting == 0)
        return false;
    self->is_held = true;
    future->base.refs = 1;
    return true;
}

bool art__gather_cancel(art_future *future, art_str *message)
{
    gather *self = gather_of(future);
    bool is_taken = false;
    for (int64_t i = 0; i < self->count && !art_self.raised; i++)
        is_taken = art_future_cancel(self->children[i].future, message) || is_taken;
    self->is_cancel_requested = self->is_cancel_requested || is_taken;
    return is_taken;
}

size_t art__gather_end_life(art_future *future)
{
    gather *self = gather_of(future);
    for (int64_t i = 0; i < self->count; i++) {
        child *node = &self->children[i];
        if (node->owner & IS_WAITING && !art_future_off_done(node->future, &node->done)) {
            art__ready_remove(art__loop_of(node->future), node);
            art_release(node->done.future);
        }
        art_release(node->future);
    }
    if (self->room)
        art_free(self->children, (size_t)self->room * sizeof *self->children);
    return sizeof *self;
}

/* -- making -------------------------------------------------------------------------------------------------------------------- */

/* Is the child among those before it? The last callback of a pending one is then ours; a done one has no callbacks any more, and
 * `callbacks` remembers the node while the gather is made. */
static bool is_repeated(const gather *self, const art_future *future)
{
    uintptr_t last = future->callbacks;
    return last >= (uintptr_t)self->children && last < (uintptr_t)(self->children + self->room);
}

static void add_child(gather *self, art_future *future)
{
    child *node = &self->children[self->count];
    node->future = future;
    node->owner = (uintptr_t)self;
    node->done.call.run = on_child_done;
    self->count++;
    if (is_repeated(self, future))
        return;
    self->expected++;
    self->waiting++;
    node->owner |= IS_WAITING;
    if (future->base.aux & ART_FUTURE_IS_TASK) {
        node->owner |= IS_TASK;
        if (self->tasks++ == 0)
            art_retain(self->outer);
    }
    if (!art_future_done(future) && !future->callbacks) {
        node->done.future = future;
        art__future_only_callback(future, &node->done);
        return;
    }
    art_future_on_done(future, &node->done);
    if (art_future_done(future))
        future->callbacks = (uintptr_t)node;
}

static art_future *gather_none(const art_type *type)
{
    art_loop *loop = art_loop_get();
    if (!loop)
        return NULL;
    art_future *outer = art__future_new(loop, type, sizeof(gather));
    outer->base.aux |= ART_FUTURE_IS_GATHER;
    gather_of(outer)->outer = outer;
    collect(gather_of(outer), art_future_item_type(outer), art_future_value(outer));
    art__future_complete(outer);
    art_release(loop);
    return outer;
}

art_future *art_gather(void *const *children, int64_t count, bool return_exceptions, const art_type *type)
{
    if (count == 0)
        return gather_none(type);
    art_future *future = art_ensure_future(children[0], NULL);
    if (!future)
        return NULL;
    art_loop *loop = art__loop_of(future);
    art_future *outer = art__future_new(loop, type, sizeof(gather));
    outer->base.aux |= ART_FUTURE_IS_GATHER;
    gather *self = gather_of(outer);
    self->outer = outer;
    self->return_exceptions = return_exceptions;
    self->children = art__take((size_t)count * sizeof *self->children); /* each is filled when its turn comes */
    self->room = count;
    for (int64_t i = 1; future; i++) {
        add_child(self, future);
        if (i == count)
            break;
        future = art__future_started(children[i], loop);
    }
    for (int64_t i = 0; i < self->count; i++)
        if (art_future_done(self->children[i].future))
            self->children[i].future->callbacks = 0;
    if (future)
        return outer;
    art_release(outer); /* a child is no child: those before it run on, as in CPython, and nobody gets the future */
    return NULL;
}

art_future *art_gather_list(const art_list *children, bool return_exceptions, const art_type *type)
{
    return art_gather(children->items, children->len, return_exceptions, type);
}

/* Queue, PriorityQueue, LifoQueue: items in one block (a ring, a heap as heapq keeps it, a stack), and two queues of waiters, who
 * leave them when they are woken and look again when they run, as in asyncio. */
#include "loop_impl.h"

#include "art/format.h"
#include "art/queue.h"
#include "sync_impl.h"

#include <stdio.h>
#include <string.h>

static const art_type *item_type(const art_queue *queue)
{
    return queue->base.type->args[0];
}

static char *item_at(const art_queue *queue, int64_t index)
{
    return queue->items + (size_t)((queue->head + index) & (queue->cap - 1)) * item_type(queue)->size;
}

static inline void copy_item(const art_type *type, void *to, const void *from)
{
    if (type->is_counted)
        *(void **)to = art_retain(*(void *const *)from);
    else if (type->size == 8)
        memcpy(to, from, 8);
    else
        art_slot_copy(type, to, from);
}

static inline void move_item(const art_type *type, void *to, const void *from)
{
    if (type->size == 8)
        memcpy(to, from, 8);
    else
        memcpy(to, from, type->size);
}

/* -- making and destroying -------------------------------------------------------------------------------------------------------- */

static art_queue *queue_new(int64_t maxsize, const art_type *type, art_queue_kind kind)
{
    art_queue *queue = art_new(type, sizeof *queue);
    queue->base.aux = kind;
    queue->maxsize = maxsize;
    queue->is_ring_of_words =
        kind == ART_QUEUE_FIFO && type->args[0]->size == 8 && type->args[0]->kind != ART_KIND_TUPLE;
    return queue;
}

art_queue *art_queue_new(int64_t maxsize, const art_type *type)
{
    return queue_new(maxsize, type, ART_QUEUE_FIFO);
}

art_queue *art_priority_queue_new(int64_t maxsize, const art_type *type)
{
    return queue_new(maxsize, type, ART_QUEUE_PRIORITY);
}

art_queue *art_lifo_queue_new(int64_t maxsize, const art_type *type)
{
    return queue_new(maxsize, type, ART_QUEUE_LIFO);
}

void art_queue_destroy(art_obj *self)
{
    art_queue *queue = (art_queue *)self;
    const art_type *type = item_type(queue);
    for (int64_t i = 0; i < queue->len; i++)
        art_slot_clear(type, item_at(queue, i));
    art_resize(queue->items, (size_t)queue->cap * type->size, 0);
    art_free(queue, sizeof *queue);
}

/* -- items ------------------------------------------------------------------------------------------------------------------------- */

/* Doubles the room; the ring is straightened out. */
static void grow(art_queue *queue)
{
    size_t size = item_type(queue)->size;
    int64_t cap = queue->cap ? queue->cap * 2 : 8;
    queue->items = art_resize(queue->items, (size_t)queue->cap * size, (size_t)cap * size);
    int64_t wrapped = queue->head + queue->len - queue->cap; /* items at the front of the old block */
    if (wrapped > 0)
        memcpy(queue->items + (size_t)queue->cap * size, queue->items, (size_t)wrapped * size);
    queue->cap = cap;
}

/* heapq's _siftdown: the item at `index` rises to its place below `top`. False: comparing raised. */
static bool rise(art_queue *queue, int64_t top, int64_t index)
{
    const art_type *type = item_type(queue);
    max_align_t room[8];
    char *item = type->size <= sizeof room ? (char *)room : art_alloc(type->size);
    move_item(type, item, item_at(queue, index));
    while (index > top) {
        int64_t parent = (index - 1) >> 1;
        bool is_less = art_slot_less(type, item, item_at(queue, parent));
        if (art_self.raised || !is_less)
            break;
        move_item(type, item_at(queue, index), item_at(queue, parent));
        index = parent;
    }
    move_item(type, item_at(queue, index), item);
    if (item != (char *)room)
        art_free(item, type->size);
    return !art_self.raised;
}

/* heapq's _siftup: the smaller child moves up to the leaves, then the item that was on top rises from there. */
static bool sink(art_queue *queue, int64_t index)
{
    const art_type *type = item_type(queue);
    max_align_t room[8];
    char *item = type->size <= sizeof room ? (char *)room : art_alloc(type->size);
    int64_t top = index;
    move_item(type, item, item_at(queue, index));
    for (int64_t child; (child = 2 * index + 1) < queue->len;) {
        if (child + 1 < queue->len) {
            bool is_less = art_slot_less(type, item_at(queue, child), item_at(queue, child + 1));
            if (art_self.raised)
                break;
            if (!is_less)
                child++;
        }
        move_item(type, item_at(queue, index), item_at(queue, child));
        index = child;
    }
    move_item(type, item_at(queue, index), item);
    if (item != (char *)room)
        art_free(item, type->size);
    return !art_self.raised && rise(queue, top, index);
}

static inline uint64_t *word_at(const art_queue *queue, int64_t index)
{
    return (uint64_t *)(void *)queue->items + ((queue->head + index) & (queue->cap - 1));
}

static __attribute__((noinline)) bool put_item_of_any_kind(art_queue *queue, const void *item)
{
    if (queue->len == queue->cap)
        grow(queue);
    move_item(item_type(queue), item_at(queue, queue->len), item);
    queue->len++;
    return queue->base.aux != ART_QUEUE_PRIORITY || rise(queue, 0, queue->len - 1);
}

/* Takes the value out of `item`. */
static inline bool put_item(art_queue *queue, const void *item)
{
    if (!queue->is_ring_of_words || queue->len == queue->cap)
        return put_item_of_any_kind(queue, item);
    *word_at(queue, queue->len++) = *(const uint64_t *)item;
    return true;
}

static __attribute__((noinline)) bool get_item_of_any_kind(art_queue *queue, void *out)
{
    const art_type *type = item_type(queue);
    switch ((art_queue_kind)queue->base.aux) {
    case ART_QUEUE_FIFO:
        move_item(type, out, item_at(queue, 0));
        queue->head = (queue->head + 1) & (queue->cap - 1);
        queue->len--;
        return true;
    case ART_QUEUE_LIFO: move_item(type, out, item_at(queue, --queue->len)); return true;
    case ART_QUEUE_PRIORITY:
        queue->len--;
        move_item(type, out, item_at(queue, 0));
        if (queue->len == 0)
            return true;
        move_item(type, item_at(queue, 0), item_at(queue, queue->len));
        if (sink(queue, 0))
            return true;
        art_slot_clear(type, out);
        return false;
    }
    return false;
}

static inline bool get_item(art_queue *queue, void *out)
{
    if (!queue->is_ring_of_words)
        return get_item_of_any_kind(queue, out);
    int64_t head = queue->head;
    queue->head = (head + 1) & (queue->cap - 1);
    queue->len--;
    *(uint64_t *)out = ((const uint64_t *)(const void *)queue->items)[head];
    return true;
}

/* -- waiters ------------------------------------------------------------------------------------------------------------------------ */

/* An entry that is in no queue has itself before it. */
static inline void leave(art_wait_queue *queue, art_wait_entry *entry)
{
    if (entry->prev == entry)
        return;
    art__queue_remove(queue, entry);
    entry->prev = entry;
}

static inline void wake_next(art_wait_queue *queue)
{
    for (art_wait_entry *entry; (entry = queue->first);) {
        queue->first = entry->next;
        *(entry->next ? &entry->next->prev : &queue->last) = NULL;
        entry->prev = entry;
        if (!art_waiter_done(&entry->waiter)) {
            art__waiter_set(&entry->waiter);
            return;
        }
    }
}

static inline art_step wait_in(art_frame *self, art_wait_queue *queue, art_wait_entry *entry)
{
    art__queue_push(queue, entry);
    return art__waiter_wait(self, &entry->waiter);
}

/* The wait was interrupted. One that had been woken passes that on, when there is something to be woken for. */
static void give_up(art_wait_queue *queue, art_wait_entry *entry, bool is_possible)
{
    leave(queue, entry);
    if (is_possible && !art_waiter_cancelled(&entry->waiter))
        wake_next(queue);
}

/* -- without waiting ----------------------------------------------------------------------------------------------------------------- */

/* Takes the value of `item`, for which there is room. */
static inline bool put_now(art_queue *queue, const void *item)
{
    if (!put_item(queue, item))
        return false;
    queue->unfinished++;
    wake_next(&queue->getters);
    return true;
}

static inline bool get_now(art_queue *queue, void *out)
{
    if (!get_item(queue, out))
        return false;
    wake_next(&queue->putters);
    return true;
}

/* The same for a value that stays the caller's. */
static bool put_copy(art_queue *queue, const void *item)
{
    const art_type *type = item_type(queue);
    if (queue->is_ring_of_words) {
        if (type->is_counted)
            art_retain(*(void *const *)item);
        return put_now(queue, item);
    }
    max_align_t room[8];
    char *copy = type->size <= sizeof room ? (char *)room : art_alloc(type->size);
    copy_item(type, copy, item);
    bool is_ok = put_now(queue, copy);
    if (copy != (char *)room)
        art_free(copy, type->size);
    return is_ok;
}

bool art_queue_put_nowait(art_queue *queue, const void *item)
{
    if (art_queue_full(queue)) {
        art_raise_type(&art_type_QueueFull);
        return false;
    }
    return put_copy(queue, item);
}

bool art_queue_put_now(art_queue *queue, const void *item)
{
    if (art_queue_full(queue))
        return false;
    put_copy(queue, item);
    return true;
}

bool art_queue_get_now(art_queue *queue, void *out)
{
    if (queue->len == 0)
        return false;
    get_now(queue, out);
    return true;
}

bool art_queue_get_nowait(art_queue *queue, void *out)
{
    if (queue->len == 0) {
        art_raise_type(&art_type_QueueEmpty);
        return false;
    }
    return get_now(queue, out);
}

bool art_queue_task_done(art_queue *queue)
{
    if (queue->unfinished <= 0) {
        art_raise_new(&art_type_ValueError, "task_done() called too many times");
        return false;
    }
    if (--queue->unfinished == 0)
        for (art_wait_entry *entry = queue->joiners.first; entry; entry = entry->next)
            art_waiter_set(&entry->waiter);
    return true;
}

/* -- get ------------------------------------------------------------------------------------------------------------------------------ */

void art_queue_get_init(art_queue_get_frame *self, art_queue *queue, void *out)
{
    art_frame_init(&self->base, art_queue_get_resume);
    self->out = out;
    self->queue = art_retain(queue);
}

static __attribute__((noinline)) art_step get_step(art_frame *base)
{
    art_queue_get_frame *self = (art_queue_get_frame *)base;
    art_queue *queue = self->queue;
    switch (base->state) {
    case 0:
        while (queue->len == 0) {
            base->state = 1;
            if (wait_in(base, &queue->getters, &self->entry) == ART_SUSPENDED)
                return ART_SUSPENDED;
            /* fall through */
        case 1:
            if (!art__waiter_resumed(&self->entry.waiter)) {
                give_up(&queue->getters, &self->entry, queue->len > 0);
                goto done;
            }
        }
        get_now(queue, self->out);
    }
done:
    art_release(queue);
    return art_frame_done(base);
}

art_step art_queue_get_resume(art_frame *base)
{
    art_queue_get_frame *self = (art_queue_get_frame *)base;
    art_queue *queue = self->queue;
    bool is_usual =
        base->state == 1 && art__waiter_is_set(&self->entry.waiter) && queue->is_ring_of_words && queue->len > 0;
    if (!is_usual)
        return get_step(base);
    get_now(queue, self->out);
    art_release(queue);
    return art_frame_done(base);
}

/* -- put ------------------------------------------------------------------------------------------------------------------------------ */

static inline void *item_of(art_queue_put_frame *self)
{
    return self->queue->is_ring_of_words || item_type(self->queue)->size <= sizeof self->item ? (void *)&self->item
                                                                                              : self->item.block;
}

void art_queue_put_init(art_queue_put_frame *self, art_queue *queue, const void *item)
{
    art_frame_init(&self->base, art_queue_put_resume);
    self->queue = art_retain(queue);
    const art_type *type = item_type(queue);
    if (type->size > sizeof self->item)
        self->item.block = art_alloc(type->size);
    copy_item(type, item_of(self), item);
}

static __attribute__((noinline)) art_step put_step(art_frame *base)
{
    art_queue_put_frame *self = (art_queue_put_frame *)base;
    art_queue *queue = self->queue;
    switch (base->state) {
    case 0:
        while (art_queue_full(queue)) {
            base->state = 1;
            if (wait_in(base, &queue->putters, &self->entry) == ART_SUSPENDED)
                return ART_SUSPENDED;
            /* fall through */
        case 1:
            if (!art__waiter_resumed(&self->entry.waiter)) {
                give_up(&queue->putters, &self->entry, !art_queue_full(queue));
                goto drop;
            }
        }
        put_now(queue, item_of(self));
        goto done;
    }
drop:
    art_slot_clear(item_type(queue), item_of(self));
done:
    if (!queue->is_ring_of_words && item_type(queue)->size > sizeof self->item)
        art_free(self->item.block, item_type(queue)->size);
    art_release(queue);
    return art_frame_done(base);
}

art_step art_queue_put_resume(art_frame *base)
{
    art_queue_put_frame *self = (art_queue_put_frame *)base;
    art_queue *queue = self->queue;
    bool is_usual = base->state == 1 && art__waiter_is_set(&self->entry.waiter) && queue->is_ring_of_words &&
                    !art_queue_full(queue);
    if (!is_usual)
        return put_step(base);
    put_now(queue, &self->item);
    art_release(queue);
    return art_frame_done(base);
}

/* -- join ----------------------------------------------------------------------------------------------------------------------------- */

void art_queue_join_init(art_queue_join_frame *self, art_queue *queue)
{
    art_frame_init(&self->base, art_queue_join_resume);
    self->queue = art_retain(queue);
}

art_step art_queue_join_resume(art_frame *base)
{
    art_queue_join_frame *self = (art_queue_join_frame *)base;
    switch (base->state) {
    case 0:
        if (self->queue->unfinished == 0)
            break;
        base->state = 1;
        if (wait_in(base, &self->queue->joiners, &self->entry) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        art__queue_remove(&self->queue->joiners, &self->entry);
        art_waiter_resumed(&self->entry.waiter);
        break;
    }
    art_release(self->queue);
    return art_frame_done(base);
}

/* -- repr ------------------------------------------------------------------------------------------------------------------------------ */

static int64_t waiting(const art_wait_queue *queue)
{
    int64_t count = 0;
    for (const art_wait_entry *entry = queue->first; entry; entry = entry->next)
        count++;
    return count;
}

static void add_count(art_text *text, const char *before, int64_t count, const char *after)
{
    char number[32];
    if (count == 0)
        return;
    snprintf(number, sizeof number, "%lld", (long long)count);
    art_text_add_c(text, before);
    art_text_add_c(text, number);
    art_text_add_c(text, after);
}

/* "<Queue maxsize=0 _queue=[1, 2] _getters[1] tasks=2>"; NULL when an item's repr raised. */
static art_str *format(art_queue *queue, const char *place)
{
    art_text text = {0};
    char size[32];
    snprintf(size, sizeof size, "%lld", (long long)queue->maxsize);
    art_text_add_c(&text, "<");
    art_text_add_c(&text, queue->base.type->name);
    art_text_add_c(&text, place);
    art_text_add_c(&text, " maxsize=");
    art_text_add_c(&text, size);
    for (int64_t i = 0; i < queue->len; i++) {
        art_str *item = art_slot_repr(item_type(queue), item_at(queue, i));
        if (!item) {
            art_text_drop(&text);
            return NULL;
        }
        art_text_add_c(&text, i == 0 ? " _queue=[" : ", ");
        art_text_add_str(&text, item);
        art_release(item);
    }
    if (queue->len)
        art_text_add_c(&text, "]");
    add_count(&text, " _getters[", waiting(&queue->getters), "]");
    add_count(&text, " _putters[", waiting(&queue->putters), "]");
    add_count(&text, " tasks=", queue->unfinished, "");
    art_text_add_c(&text, ">");
    return art_text_take(&text);
}

art_str *art_queue_repr(art_queue *queue)
{
    char place[48];
    snprintf(place, sizeof place, " at %p", (void *)queue);
    return format(queue, place);
}

art_str *art_queue_str(art_queue *queue)
{
    return format(queue, "");
}

art_str *art_queue_slot_repr(const void *slot)
{
    return art_queue_repr(*(art_queue *const *)slot);
}

art_str *art_queue_slot_str(const void *slot)
{
    return art_queue_str(*(art_queue *const *)slot);
}

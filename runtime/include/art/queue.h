/* asyncio's Queue, PriorityQueue, LifoQueue of T. Items stand in one block of memory, a ring, a heap or a stack. */
#ifndef ART_QUEUE_H
#define ART_QUEUE_H

#include "art/sync.h"

typedef enum art_queue_kind {
    ART_QUEUE_FIFO,
    ART_QUEUE_PRIORITY,
    ART_QUEUE_LIFO,
} art_queue_kind;

typedef struct art_queue {
    art_obj base;          /* base.type->args[0]: T; aux: art_queue_kind */
    int64_t maxsize;       /* 0 or less: no limit */
    int64_t len, cap, head; /* items; head: of the first in the ring */
    char *items;           /* art_resize memory of cap items */
    bool is_ring_of_words; /* first in, first out, of pointers or numbers: the usual case, with a way of its own */
    art_wait_queue getters, putters;
    int64_t unfinished;
    art_wait_queue joiners; /* who waits in join() */
} art_queue;

void art_queue_destroy(art_obj *self);
#define ART_QUEUE_TYPE(name_, item_) \
    {.name = (name_), .module = "asyncio.queues", .kind = ART_KIND_CLASS, .size = sizeof(art_queue *), .is_counted = true, \
     .arg_count = 1, .args = (const art_type *const[]){item_}, .object_size = sizeof(art_queue), .destroy = art_queue_destroy, \
     .repr = art_queue_slot_repr, .str = art_queue_slot_str}
art_str *art_queue_repr(art_queue *queue); /* <Queue at 0x… maxsize=0> */
art_str *art_queue_str(art_queue *queue);
art_str *art_queue_slot_repr(const void *slot);
art_str *art_queue_slot_str(const void *slot);

art_queue *art_queue_new(int64_t maxsize, const art_type *type);
art_queue *art_priority_queue_new(int64_t maxsize, const art_type *type);
art_queue *art_lifo_queue_new(int64_t maxsize, const art_type *type);
static inline int64_t art_queue_qsize(const art_queue *queue)
{
    return queue->len;
}
static inline int64_t art_queue_maxsize(const art_queue *queue)
{
    return queue->maxsize;
}
static inline bool art_queue_empty(const art_queue *queue)
{
    return queue->len == 0;
}
static inline bool art_queue_full(const art_queue *queue)
{
    return queue->maxsize > 0 && queue->len >= queue->maxsize;
}
bool art_queue_put_nowait(art_queue *queue, const void *item); /* false: QueueFull, or what comparing items raised */
bool art_queue_get_nowait(art_queue *queue, void *out);        /* false: QueueEmpty, or the same */
bool art_queue_task_done(art_queue *queue);                    /* false: ValueError */

/* put() and get() when they need not wait; false: they must. They may have raised, as above. */
bool art_queue_put_now(art_queue *queue, const void *item);
bool art_queue_get_now(art_queue *queue, void *out);

/* await queue.get(): the item to `out`. */
typedef struct art_queue_get_frame {
    art_frame base;
    void *out; /* the caller's */
    art_queue *queue; /* owned */
    art_wait_entry entry;
} art_queue_get_frame;
void art_queue_get_init(art_queue_get_frame *frame, art_queue *queue, void *out);
art_step art_queue_get_resume(art_frame *base);

/* await queue.put(item): None. The frame holds items of up to 16 bytes itself, others in memory of their own. */
typedef struct art_queue_put_frame {
    art_frame base;
    art_queue *queue; /* owned */
    art_wait_entry entry;
    union {
        int64_t words[2];
        void *block; /* art_alloc memory of the item's size */
    } item;
} art_queue_put_frame;
void art_queue_put_init(art_queue_put_frame *frame, art_queue *queue, const void *item);
art_step art_queue_put_resume(art_frame *base);

/* await queue.join(): None. */
typedef struct art_queue_join_frame {
    art_frame base;
    art_queue *queue; /* owned */
    art_wait_entry entry;
} art_queue_join_frame;
void art_queue_join_init(art_queue_join_frame *frame, art_queue *queue);
art_step art_queue_join_resume(art_frame *base);

#endif

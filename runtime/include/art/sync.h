/* asyncio's Lock, Event, Condition, Semaphore, BoundedSemaphore, Barrier.
 *
 * `async with lock` is art_lock_acquire (a C coroutine, see frame.h) on the way in and art_lock_release (a plain function) on
 * the way out; the same for conditions and semaphores. */
#ifndef ART_SYNC_H
#define ART_SYNC_H

#include "art/task.h"

/* A waiter in the queue of a primitive: in the frame of who waits. */
typedef struct art_wait_entry art_wait_entry;
struct art_wait_entry {
    art_wait_entry *prev, *next;
    art_waiter waiter;
};
typedef struct art_wait_queue {
    art_wait_entry *first, *last;
} art_wait_queue;

/* -- Lock ---------------------------------------------------------------------------------------------------------------------- */

typedef struct art_lock {
    art_obj base;
    art_wait_queue waiters;
    bool is_locked;
} art_lock;
extern const art_type art_type_lock;

art_lock *art_lock_new(void);
bool art_lock_locked(const art_lock *lock);
bool art_lock_release(art_lock *lock); /* false: RuntimeError "Lock is not acquired." */
art_str *art_lock_repr(const art_lock *lock);

typedef struct art_lock_acquire_frame {
    art_frame base;
    bool result; /* true */
    art_lock *lock; /* owned */
    art_wait_entry entry;
} art_lock_acquire_frame;
void art_lock_acquire_init(art_lock_acquire_frame *frame, art_lock *lock);
art_step art_lock_acquire_resume(art_frame *base);

/* -- Event --------------------------------------------------------------------------------------------------------------------- */

typedef struct art_event {
    art_obj base;
    art_wait_queue waiters;
    bool value;
} art_event;
extern const art_type art_type_event;

art_event *art_event_new(void);
bool art_event_is_set(const art_event *event);
void art_event_set(art_event *event);
void art_event_clear(art_event *event);
art_str *art_event_repr(const art_event *event);

typedef struct art_event_wait_frame {
    art_frame base;
    bool result; /* true */
    art_event *event; /* owned */
    art_wait_entry entry;
} art_event_wait_frame;
void art_event_wait_init(art_event_wait_frame *frame, art_event *event);
art_step art_event_wait_resume(art_frame *base);

/* -- Semaphore, BoundedSemaphore --------------------------------------------------------------------------------------------------- */

typedef struct art_semaphore {
    art_obj base;
    art_wait_queue waiters;
    int64_t value;
    int64_t bound; /* BoundedSemaphore: the value at the start; else INT64_MAX */
} art_semaphore;
extern const art_type art_type_semaphore, art_type_bounded_semaphore;

art_semaphore *art_semaphore_new(int64_t value); /* ValueError when negative */
art_semaphore *art_bounded_semaphore_new(int64_t value);
bool art_semaphore_locked(const art_semaphore *semaphore);
bool art_semaphore_release(art_semaphore *semaphore); /* false: ValueError "BoundedSemaphore released too many times" */
art_str *art_semaphore_repr(const art_semaphore *semaphore);

typedef struct art_semaphore_acquire_frame {
    art_frame base;
    bool result; /* true */
    art_semaphore *semaphore; /* owned */
    art_wait_entry entry;
} art_semaphore_acquire_frame;
void art_semaphore_acquire_init(art_semaphore_acquire_frame *frame, art_semaphore *semaphore);
art_step art_semaphore_acquire_resume(art_frame *base);

/* -- Condition ------------------------------------------------------------------------------------------------------------------- */

typedef struct art_condition {
    art_obj base;
    art_wait_queue waiters;
    art_lock *lock; /* owned */
} art_condition;
extern const art_type art_type_condition;

art_condition *art_condition_new(art_lock *lock); /* NULL: a new one */
bool art_condition_locked(const art_condition *condition);
bool art_condition_release(art_condition *condition);
bool art_condition_notify(art_condition *condition, int64_t count); /* RuntimeError "cannot notify on un-acquired lock" */
bool art_condition_notify_all(art_condition *condition);
art_str *art_condition_repr(const art_condition *condition);

typedef art_lock_acquire_frame art_condition_acquire_frame;
void art_condition_acquire_init(art_condition_acquire_frame *frame, art_condition *condition);
art_step art_condition_acquire_resume(art_frame *base);

typedef struct art_condition_wait_frame {
    art_frame base;
    bool result; /* true */
    bool is_cancelled;
    art_condition *condition; /* owned */
    art_exc *raised;          /* owned: what ended the wait, kept while the lock is taken again */
    union {
        art_wait_entry entry;
        art_lock_acquire_frame acquire;
    };
} art_condition_wait_frame;
void art_condition_wait_init(art_condition_wait_frame *frame, art_condition *condition);
art_step art_condition_wait_resume(art_frame *base);

/* -- Barrier --------------------------------------------------------------------------------------------------------------------- */

typedef enum art_barrier_state {
    ART_BARRIER_FILLING,
    ART_BARRIER_DRAINING,
    ART_BARRIER_RESETTING,
    ART_BARRIER_BROKEN,
} art_barrier_state;

typedef struct art_barrier {
    art_obj base;
    art_condition *condition; /* owned */
    int64_t parties, count;
    art_barrier_state state;
} art_barrier;
extern const art_type art_type_barrier;

art_barrier *art_barrier_new(int64_t parties); /* ValueError unless positive */
int64_t art_barrier_parties(const art_barrier *barrier);
int64_t art_barrier_n_waiting(const art_barrier *barrier);
bool art_barrier_broken(const art_barrier *barrier);
art_str *art_barrier_repr(const art_barrier *barrier);

typedef struct art_barrier_wait_frame {
    art_frame base;
    int64_t result; /* the index of the task among the parties */
    art_barrier *barrier; /* owned */
    art_exc *raised;      /* owned, kept during the clean-up */
    union {
        art_condition_acquire_frame acquire;
        art_condition_wait_frame wait;
    };
} art_barrier_wait_frame;
void art_barrier_wait_init(art_barrier_wait_frame *frame, art_barrier *barrier);
art_step art_barrier_wait_resume(art_frame *base);

/* reset() and abort(): None. */
typedef struct art_barrier_change_frame {
    art_frame base;
    art_barrier *barrier; /* owned */
    art_condition_acquire_frame acquire;
} art_barrier_change_frame;
typedef art_barrier_change_frame art_barrier_reset_frame, art_barrier_abort_frame;
void art_barrier_reset_init(art_barrier_reset_frame *frame, art_barrier *barrier);
art_step art_barrier_reset_resume(art_frame *base);
void art_barrier_abort_init(art_barrier_abort_frame *frame, art_barrier *barrier);
art_step art_barrier_abort_resume(art_frame *base);

#endif

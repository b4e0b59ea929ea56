/* Lock, Event, Semaphore, Condition, Barrier: asyncio's, with its order of wake-ups. Where asyncio keeps a deque of futures, a
 * queue of entries that lie in the waiting frames is kept here; an entry leaves when its task runs again, not when it is woken, as
 * there. */
#include "loop_impl.h"

#include "art/format.h"
#include "sync_impl.h"

#include <stdio.h>

/* -- the queue of waiters --------------------------------------------------------------------------------------------------------- */

static int64_t queue_len(const art_wait_queue *queue)
{
    int64_t len = 0;
    for (const art_wait_entry *entry = queue->first; entry; entry = entry->next)
        len++;
    return len;
}

/* Is there one who was not cancelled? */
static bool has_live_waiter(const art_wait_queue *queue)
{
    for (const art_wait_entry *entry = queue->first; entry; entry = entry->next)
        if (!art_waiter_cancelled(&entry->waiter))
            return true;
    return false;
}


/* "<asyncio.locks.Lock object at 0x… [locked, waiters:2]>" */
static art_str *repr(const void *obj, art_str *state, const art_wait_queue *waiters)
{
    const art_type *type = ((const art_obj *)obj)->type;
    char place[40];
    snprintf(place, sizeof place, "%p", obj);
    int64_t len = waiters ? queue_len(waiters) : 0;
    art_str *text = len ? art_strf("<%c.%c object at %c [%s, waiters:%i]>", type->module, type->name, place, state, len)
                        : art_strf("<%c.%c object at %c [%s]>", type->module, type->name, place, state);
    art_release(state);
    return text;
}

#define SYNC_TYPE(name_, struct_, destroy_, repr_) \
    {.name = (name_), .module = "asyncio.locks", .kind = ART_KIND_CLASS, .size = sizeof(struct_ *), .is_counted = true, \
     .object_size = sizeof(struct_), .destroy = (destroy_), .repr = (repr_)}

/* -- Lock -------------------------------------------------------------------------------------------------------------------------- */

static void lock_destroy(art_obj *self)
{
    art_free(self, sizeof(art_lock));
}

static art_str *lock_slot_repr(const void *slot)
{
    return art_lock_repr(*(art_lock *const *)slot);
}

const art_type art_type_lock = SYNC_TYPE("Lock", art_lock, lock_destroy, lock_slot_repr);

art_lock *art_lock_new(void)
{
    return art_new(&art_type_lock, sizeof(art_lock));
}

bool art_lock_locked(const art_lock *lock)
{
    return lock->is_locked;
}

/* Wakes the first in line, unless it is awake already: that one takes the lock, or passes this on. */
static void lock_wake_first(art_lock *lock)
{
    if (lock->waiters.first)
        art_waiter_set(&lock->waiters.first->waiter);
}

bool art_lock_release(art_lock *lock)
{
    if (!lock->is_locked) {
        art_raise_new(&art_type_RuntimeError, "Lock is not acquired.");
        return false;
    }
    lock->is_locked = false;
    lock_wake_first(lock);
    return true;
}

art_str *art_lock_repr(const art_lock *lock)
{
    return repr(lock, art_str_of(lock->is_locked ? "locked" : "unlocked"), &lock->waiters);
}

void art_lock_acquire_init(art_lock_acquire_frame *self, art_lock *lock)
{
    art_frame_init(&self->base, art_lock_acquire_resume);
    self->result = true;
    self->lock = art_retain(lock);
}

art_step art_lock_acquire_resume(art_frame *base)
{
    art_lock_acquire_frame *self = (art_lock_acquire_frame *)base;
    art_lock *lock = self->lock;
    switch (base->state) {
    case 0:
        if (!lock->is_locked && !has_live_waiter(&lock->waiters)) {
            lock->is_locked = true;
            break;
        }
        art__queue_push(&lock->waiters, &self->entry);
        base->state = 1;
        if (art_waiter_wait(base, &self->entry.waiter) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        art__queue_remove(&lock->waiters, &self->entry);
        if (art_waiter_resumed(&self->entry.waiter))
            lock->is_locked = true;
        else if (!lock->is_locked && art_raised_is(&art_type_CancelledError))
            lock_wake_first(lock);
        break;
    }
    art_release(lock);
    return art_frame_done(base);
}

/* -- Event ------------------------------------------------------------------------------------------------------------------------- */

static void event_destroy(art_obj *self)
{
    art_free(self, sizeof(art_event));
}

static art_str *event_slot_repr(const void *slot)
{
    return art_event_repr(*(art_event *const *)slot);
}

const art_type art_type_event = SYNC_TYPE("Event", art_event, event_destroy, event_slot_repr);

art_event *art_event_new(void)
{
    return art_new(&art_type_event, sizeof(art_event));
}

bool art_event_is_set(const art_event *event)
{
    return event->value;
}

void art_event_set(art_event *event)
{
    if (event->value)
        return;
    event->value = true;
    for (art_wait_entry *entry = event->waiters.first; entry; entry = entry->next)
        art_waiter_set(&entry->waiter);
}

void art_event_clear(art_event *event)
{
    event->value = false;
}

art_str *art_event_repr(const art_event *event)
{
    return repr(event, art_str_of(event->value ? "set" : "unset"), &event->waiters);
}

void art_event_wait_init(art_event_wait_frame *self, art_event *event)
{
    art_frame_init(&self->base, art_event_wait_resume);
    self->result = true;
    self->event = art_retain(event);
}

art_step art_event_wait_resume(art_frame *base)
{
    art_event_wait_frame *self = (art_event_wait_frame *)base;
    switch (base->state) {
    case 0:
        if (self->event->value)
            break;
        art__queue_push(&self->event->waiters, &self->entry);
        base->state = 1;
        if (art_waiter_wait(base, &self->entry.waiter) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        art__queue_remove(&self->event->waiters, &self->entry);
        art_waiter_resumed(&self->entry.waiter);
        break;
    }
    art_release(self->event);
    return art_frame_done(base);
}

/* -- Semaphore --------------------------------------------------------------------------------------------------------------------- */

static void semaphore_destroy(art_obj *self)
{
    art_free(self, sizeof(art_semaphore));
}

static art_str *semaphore_slot_repr(const void *slot)
{
    return art_semaphore_repr(*(art_semaphore *const *)slot);
}

const art_type art_type_semaphore = SYNC_TYPE("Semaphore", art_semaphore, semaphore_destroy, semaphore_slot_repr);
const art_type art_type_bounded_semaphore = {.name = "BoundedSemaphore", .module = "asyncio.locks", .kind = ART_KIND_CLASS,
                                             .size = sizeof(art_semaphore *), .is_counted = true, .base = &art_type_semaphore,
                                             .object_size = sizeof(art_semaphore), .destroy = semaphore_destroy,
                                             .repr = semaphore_slot_repr};

static art_semaphore *semaphore_new(const art_type *type, int64_t value, int64_t bound)
{
    if (value < 0) {
        art_raise_new(&art_type_ValueError, "Semaphore initial value must be >= 0");
        return NULL;
    }
    art_semaphore *semaphore = art_new(type, sizeof *semaphore);
    semaphore->value = value;
    semaphore->bound = bound;
    return semaphore;
}

art_semaphore *art_semaphore_new(int64_t value)
{
    return semaphore_new(&art_type_semaphore, value, INT64_MAX);
}

art_semaphore *art_bounded_semaphore_new(int64_t value)
{
    return semaphore_new(&art_type_bounded_semaphore, value, value);
}

bool art_semaphore_locked(const art_semaphore *semaphore)
{
    return semaphore->value == 0 || has_live_waiter(&semaphore->waiters);
}

/* Hands a permit to the first who still waits: it is taken here, not when that task runs. */
static void semaphore_wake_next(art_semaphore *semaphore)
{
    for (art_wait_entry *entry = semaphore->waiters.first; entry; entry = entry->next) {
        if (!art_waiter_done(&entry->waiter)) {
            semaphore->value--;
            art_waiter_set(&entry->waiter);
            return;
        }
    }
}

bool art_semaphore_release(art_semaphore *semaphore)
{
    if (semaphore->value >= semaphore->bound) {
        art_raise_new(&art_type_ValueError, "BoundedSemaphore released too many times");
        return false;
    }
    semaphore->value++;
    semaphore_wake_next(semaphore);
    return true;
}

art_str *art_semaphore_repr(const art_semaphore *semaphore)
{
    art_str *state = art_semaphore_locked(semaphore) ? art_str_of("locked") : art_strf("unlocked, value:%i", semaphore->value);
    return repr(semaphore, state, &semaphore->waiters);
}

void art_semaphore_acquire_init(art_semaphore_acquire_frame *self, art_semaphore *semaphore)
{
    art_frame_init(&self->base, art_semaphore_acquire_resume);
    self->result = true;
    self->semaphore = art_retain(semaphore);
}

art_step art_semaphore_acquire_resume(art_frame *base)
{
    art_semaphore_acquire_frame *self = (art_semaphore_acquire_frame *)base;
    art_semaphore *semaphore = self->semaphore;
    switch (base->state) {
    case 0:
        if (!art_semaphore_locked(semaphore)) {
            semaphore->value--;
            break;
        }
        art__queue_push(&semaphore->waiters, &self->entry);
        base->state = 1;
        if (art_waiter_wait(base, &self->entry.waiter) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        art__queue_remove(&semaphore->waiters, &self->entry);
        if (art_waiter_resumed(&self->entry.waiter)) {
            if (semaphore->value > 0)
                semaphore_wake_next(semaphore);
        } else if (art_raised_is(&art_type_CancelledError) && !art_waiter_cancelled(&self->entry.waiter)) {
            semaphore->value++; /* it had a permit already: passed on */
            semaphore_wake_next(semaphore);
        }
        break;
    }
    art_release(semaphore);
    return art_frame_done(base);
}

/* -- Condition ---------------------------------------------------------------------------------------------------------------------- */

static void condition_destroy(art_obj *self)
{
    art_release(((art_condition *)self)->lock);
    art_free(self, sizeof(art_condition));
}

static art_str *condition_slot_repr(const void *slot)
{
    return art_condition_repr(*(art_condition *const *)slot);
}

const art_type art_type_condition = SYNC_TYPE("Condition", art_condition, condition_destroy, condition_slot_repr);

art_condition *art_condition_new(art_lock *lock)
{
    art_condition *condition = art_new(&art_type_condition, sizeof *condition);
    condition->lock = lock ? art_retain(lock) : art_lock_new();
    return condition;
}

bool art_condition_locked(const art_condition *condition)
{
    return condition->lock->is_locked;
}

bool art_condition_release(art_condition *condition)
{
    return art_lock_release(condition->lock);
}

bool art_condition_notify(art_condition *condition, int64_t count)
{
    if (!condition->lock->is_locked) {
        art_raise_new(&art_type_RuntimeError, "cannot notify on un-acquired lock");
        return false;
    }
    for (art_wait_entry *entry = condition->waiters.first; entry && count > 0; entry = entry->next) {
        if (art_waiter_done(&entry->waiter))
            continue;
        count--;
        art_waiter_set(&entry->waiter);
    }
    return true;
}

bool art_condition_notify_all(art_condition *condition)
{
    return art_condition_notify(condition, INT64_MAX);
}

art_str *art_condition_repr(const art_condition *condition)
{
    return repr(condition, art_str_of(condition->lock->is_locked ? "locked" : "unlocked"), &condition->waiters);
}

void art_condition_acquire_init(art_condition_acquire_frame *self, art_condition *condition)
{
    art_lock_acquire_init(self, condition->lock);
}

art_step art_condition_acquire_resume(art_frame *base)
{
    return art_lock_acquire_resume(base);
}

void art_condition_wait_init(art_condition_wait_frame *self, art_condition *condition)
{
    art_frame_init(&self->base, art_condition_wait_resume);
    self->result = true;
    self->is_cancelled = false;
    self->condition = art_retain(condition);
    self->raised = NULL;
}

art_step art_condition_wait_resume(art_frame *base)
{
    art_condition_wait_frame *self = (art_condition_wait_frame *)base;
    art_condition *condition = self->condition;
    switch (base->state) {
    case 0:
        if (!condition->lock->is_locked) {
            art_raise_new(&art_type_RuntimeError, "cannot wait on un-acquired lock");
            break;
        }
        art_lock_release(condition->lock);
        art__queue_push(&condition->waiters, &self->entry);
        base->state = 1;
        if (art_waiter_wait(base, &self->entry.waiter) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        art__queue_remove(&condition->waiters, &self->entry);
        art_waiter_resumed(&self->entry.waiter);
        self->raised = art_catch();
        /* The lock is taken again whatever comes in between; a cancellation is raised afterwards. */
        for (;;) {
            art_lock_acquire_init(&self->acquire, condition->lock);
            base->state = 2;
            if (art_await(base, &self->acquire.base) == ART_SUSPENDED)
                return ART_SUSPENDED;
            /* fall through */
    case 2:
            if (!art_raised_is(&art_type_CancelledError))
                break;
            art_forget();
            self->is_cancelled = true;
        }
        if (art_self.raised)
            break;
        if (self->is_cancelled) {
            art_raise(art_exc_new(&art_type_CancelledError));
        } else if (self->raised) {
            art_raise(self->raised);
            self->raised = NULL;
        }
    }
    art_release(self->raised);
    art_release(condition);
    return art_frame_done(base);
}

/* -- Barrier ------------------------------------------------------------------------------------------------------------------------ */

static void barrier_destroy(art_obj *self)
{
    art_release(((art_barrier *)self)->condition);
    art_free(self, sizeof(art_barrier));
}

static art_str *barrier_slot_repr(const void *slot)
{
    return art_barrier_repr(*(art_barrier *const *)slot);
}

const art_type art_type_barrier = SYNC_TYPE("Barrier", art_barrier, barrier_destroy, barrier_slot_repr);

art_barrier *art_barrier_new(int64_t parties)
{
    if (parties < 1) {
        art_raise_new(&art_type_ValueError, "parties must be > 0");
        return NULL;
    }
    art_barrier *barrier = art_new(&art_type_barrier, sizeof *barrier);
    barrier->condition = art_condition_new(NULL);
    barrier->parties = parties;
    return barrier;
}

int64_t art_barrier_parties(const art_barrier *barrier)
{
    return barrier->parties;
}

int64_t art_barrier_n_waiting(const art_barrier *barrier)
{
    return barrier->state == ART_BARRIER_FILLING ? barrier->count : 0;
}

bool art_barrier_broken(const art_barrier *barrier)
{
    return barrier->state == ART_BARRIER_BROKEN;
}

art_str *art_barrier_repr(const art_barrier *barrier)
{
    static const char *const names[] = {"filling", "draining", "resetting", "broken"};
    art_str *state = art_barrier_broken(barrier) ? art_str_of("broken")
                                                 : art_strf("%c, waiters:%i/%i", names[barrier->state],
                                                            art_barrier_n_waiting(barrier), barrier->parties);
    return repr(barrier, state, NULL);
}

void art_barrier_wait_init(art_barrier_wait_frame *self, art_barrier *barrier)
{
    art_frame_init(&self->base, art_barrier_wait_resume);
    self->barrier = art_retain(barrier);
}

static void barrier_broken(const char *why)
{
    art_raise_new(&art_type_BrokenBarrierError, why);
}

/* A task leaves: the last one opens the barrier for the next round. */
static void barrier_leave(art_barrier *barrier)
{
    barrier->count--;
    if (barrier->count > 0)
        return;
    if (barrier->state == ART_BARRIER_RESETTING || barrier->state == ART_BARRIER_DRAINING)
        barrier->state = ART_BARRIER_FILLING;
    art_condition_notify_all(barrier->condition);
}

art_step art_barrier_wait_resume(art_frame *base)
{
    art_barrier_wait_frame *self = (art_barrier_wait_frame *)base;
    art_barrier *barrier = self->barrier;
    switch (base->state) {
    case 0:
        art_condition_acquire_init(&self->acquire, barrier->condition);
        base->state = 1;
        if (art_await(base, &self->acquire.base) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        if (art_self.raised)
            break;
        /* Not before those of the last round are out. */
        while (barrier->state == ART_BARRIER_DRAINING || barrier->state == ART_BARRIER_RESETTING) {
            art_condition_wait_init(&self->wait, barrier->condition);
            base->state = 2;
            if (art_await(base, &self->wait.base) == ART_SUSPENDED)
                return ART_SUSPENDED;
            /* fall through */
    case 2:
            if (art_self.raised)
                goto unlock;
        }
        if (barrier->state == ART_BARRIER_BROKEN) {
            barrier_broken("Barrier aborted");
            goto unlock;
        }
        self->result = barrier->count++;
        if (self->result + 1 == barrier->parties) {
            barrier->state = ART_BARRIER_DRAINING;
            art_condition_notify_all(barrier->condition);
            goto leave;
        }
        while (barrier->state == ART_BARRIER_FILLING) {
            art_condition_wait_init(&self->wait, barrier->condition);
            base->state = 3;
            if (art_await(base, &self->wait.base) == ART_SUSPENDED)
                return ART_SUSPENDED;
            /* fall through */
    case 3:
            if (art_self.raised)
                goto leave;
        }
        if (barrier->state == ART_BARRIER_BROKEN || barrier->state == ART_BARRIER_RESETTING)
            barrier_broken("Abort or reset of barrier");
    leave:
        self->raised = art_catch();
        barrier_leave(barrier);
        if (self->raised)
            art_raise(self->raised);
    unlock:
        self->raised = art_catch();
        art_condition_release(barrier->condition);
        if (self->raised) {
            if (art_self.raised)
                art_forget();
            art_raise(self->raised);
        }
        break;
    }
    art_release(barrier);
    return art_frame_done(base);
}

static void change_init(art_barrier_change_frame *self, art_barrier *barrier, art_step (*resume)(art_frame *))
{
    art_frame_init(&self->base, resume);
    self->barrier = art_retain(barrier);
}

/* Takes the condition, changes the state, tells everybody. */
static art_step change_resume(art_frame *base, void (*change)(art_barrier *))
{
    art_barrier_change_frame *self = (art_barrier_change_frame *)base;
    art_condition *condition = self->barrier->condition;
    switch (base->state) {
    case 0:
        art_condition_acquire_init(&self->acquire, condition);
        base->state = 1;
        if (art_await(base, &self->acquire.base) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        if (art_self.raised)
            break;
        change(self->barrier);
        art_condition_notify_all(condition);
        art_condition_release(condition);
        break;
    }
    art_release(self->barrier);
    return art_frame_done(base);
}

static void reset(art_barrier *barrier)
{
    barrier->state = barrier->count > 0 ? ART_BARRIER_RESETTING : ART_BARRIER_FILLING;
}

static void break_it(art_barrier *barrier)
{
    barrier->state = ART_BARRIER_BROKEN;
}

void art_barrier_reset_init(art_barrier_reset_frame *self, art_barrier *barrier)
{
    change_init(self, barrier, art_barrier_reset_resume);
}

art_step art_barrier_reset_resume(art_frame *base)
{
    return change_resume(base, reset);
}

void art_barrier_abort_init(art_barrier_abort_frame *self, art_barrier *barrier)
{
    change_init(self, barrier, art_barrier_abort_resume);
}

art_step art_barrier_abort_resume(art_frame *base)
{
    return change_resume(base, break_it);
}

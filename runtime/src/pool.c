/* Thread pools and the futures of concurrent.futures.
 *
 * A job goes from the loop's thread to a queue of the pool (under the pool's lock), is run by one of its threads, and comes back
 * through the loop's inbox. Threads are started one by one, when a job is handed in and no idle thread is left for it. One
 * idle thread is woken at a time: when it has taken its job it wakes the next, if there is more to do. What counts references of a job's values is always one thread alone: first the submitter, then the
 * pool's thread, then the loop.
 *
 * Locks: the pool's and an outcome's are never held together, nor with a loop's. */
#include "loop_impl.h"

#include "art/box.h"
#include "art/pool.h"
#include "art/print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of a job, and of an outcome. A job changes from PENDING once only, so that cancelling and starting exclude each other. */
enum {
    PENDING,
    RUNNING,
    CANCELLED,
    FINISHED
};

struct art_executor {
    art_obj base;
    pthread_mutex_t lock;
    pthread_cond_t work;   /* there is a job, or the end */
    art_link first, *last; /* jobs that no thread has taken */
    int queued;            /* how many they are */
    int max_threads;
    int waiting;      /* idle threads */
    bool is_notified; /* one of them was signalled and has not taken the lock yet */
    int threads;      /* started and not ended */
    bool is_shutdown, is_joined;
    pthread_t *ids; /* max_threads; those started are `started` */
    int started;
    art_loop *loop; /* shutdown_default_executor: who is told when the last thread ends */
    art_call *idle_call;
    struct art_executor *prev, *next; /* all pools of the process, for its end */
};

/* -- the end of the process: what was handed in is done first, as in CPython ------------------------------------------------------------ */

static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static art_executor *all_executors;

static void join_all(void)
{
    for (;;) {
        pthread_mutex_lock(&all_lock);
        art_executor *executor = all_executors;
        while (executor && executor->is_joined)
            executor = executor->next;
        pthread_mutex_unlock(&all_lock);
        if (!executor)
            break;
        art_executor_shutdown(executor, true, false);
    }
    art_flush();
}

static void enlist(art_executor *executor)
{
    static atomic_flag is_registered = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&is_registered))
        atexit(join_all);
    pthread_mutex_lock(&all_lock);
    executor->next = all_executors;
    if (all_executors)
        all_executors->prev = executor;
    all_executors = executor;
    pthread_mutex_unlock(&all_lock);
}

static void delist(art_executor *executor)
{
    pthread_mutex_lock(&all_lock);
    if (executor->prev)
        executor->prev->next = executor->next;
    else
        all_executors = executor->next;
    if (executor->next)
        executor->next->prev = executor->prev;
    pthread_mutex_unlock(&all_lock);
}

/* -- outcomes: what a concurrent future and its job share --------------------------------------------------------------------------------- */

typedef struct art_outcome {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    const art_type *type;
    int holders;       /* under the lock: the future, the job */
    int state;         /* under the lock */
    art_exc *exc;      /* owned */
    art_call *watcher; /* posted to watcher_loop when it is done; NULL: none */
    art_loop *watcher_loop;
    art_job *job; /* submit(): borrowed while PENDING; NULL otherwise */
    void *value;  /* art_alloc memory */
} art_outcome;

static size_t room(const art_type *type)
{
    return (type->size + 7u) & ~(size_t)7;
}

static art_outcome *outcome_new(const art_type *type)
{
    art_outcome *outcome = art_alloc(sizeof *outcome);
    pthread_mutex_init(&outcome->lock, NULL);
    pthread_cond_init(&outcome->changed, NULL);
    outcome->type = type;
    outcome->holders = 2;
    outcome->value = art_alloc(room(type));
    return outcome;
}

static void outcome_release(art_outcome *outcome)
{
    pthread_mutex_lock(&outcome->lock);
    bool is_last = --outcome->holders == 0;
    pthread_mutex_unlock(&outcome->lock);
    if (!is_last)
        return;
    if (outcome->type->kind != ART_KIND_NONE)
        art_slot_clear(outcome->type, outcome->value);
    art_release(outcome->exc);
    art_free(outcome->value, room(outcome->type));
    pthread_mutex_destroy(&outcome->lock);
    pthread_cond_destroy(&outcome->changed);
    art_free(outcome, sizeof *outcome);
}

/* Takes exception (owned, or NULL) and value (moved out of the slot). False: it was cancelled before; both are dropped. */
static bool outcome_finish(art_outcome *outcome, int state, art_exc *exc, void *value)
{
    bool has_value = state == FINISHED && !exc && outcome->type->kind != ART_KIND_NONE;
    pthread_mutex_lock(&outcome->lock);
    bool is_first = outcome->state < CANCELLED;
    art_call *watcher = NULL;
    if (is_first) {
        outcome->state = state;
        outcome->exc = exc;
        if (has_value)
            memcpy(outcome->value, value, outcome->type->size);
        outcome->job = NULL;
        watcher = outcome->watcher;
        outcome->watcher = NULL;
        pthread_cond_broadcast(&outcome->changed);
    }
    art_loop *loop = outcome->watcher_loop;
    pthread_mutex_unlock(&outcome->lock);
    if (watcher) {
        art__inbox_post(loop, (art_link)watcher | ART_LINK_CALL);
        atomic_fetch_sub(&loop->jobs, 1);
    }
    if (!is_first) {
        art_release(exc);
        if (has_value)
            art_slot_clear(outcome->type, value);
    }
    return is_first;
}

/* -- jobs ----------------------------------------------------------------------------------------------------------------------------------- */

art_job *art_job_new(size_t size, void (*run)(art_job *), void (*drop)(art_job *), const art_type *result_type)
{
    art_job *job = art_alloc(size);
    job->run = run;
    job->drop = drop;
    job->type = result_type;
    job->size = (uint32_t)size;
    return job;
}

static void job_free(art_job *job)
{
    job->drop(job);
    art_release(job->raised);
    art_free(job, job->size);
}

/* On the pool's thread. */
static void job_execute(art_job *job)
{
    int pending = PENDING;
    if (!atomic_compare_exchange_strong(&job->state, &pending, RUNNING))
        return; /* cancelled */
    if (job->outcome) {
        pthread_mutex_lock(&job->outcome->lock);
        bool is_cancelled = job->outcome->state == CANCELLED;
        if (!is_cancelled)
            job->outcome->state = RUNNING;
        job->outcome->job = NULL;
        pthread_mutex_unlock(&job->outcome->lock);
        if (is_cancelled)
            return;
    }
    job->run(job);
    job->raised = art_catch();
    if (job->raised && art_exc_matches(job->raised, &art_type_StopIteration)) {
        /* It cannot be raised into a future. */
        art_exc *stop = job->raised;
        job->raised = art_exc_fmt(&art_type_TypeError,
                                  "StopIteration interacts badly with generators and cannot be raised into a Future");
        art_release(stop);
    }
}

static void job_returned(art_call *call);

static void job_complete(art_job *job)
{
    art_loop *loop = job->loop;
    if (loop) {
        job->call.run = job_returned;
        art__inbox_post(loop, (art_link)&job->call | ART_LINK_CALL);
        atomic_fetch_sub(&loop->jobs, 1);
        return;
    }
    art_outcome *outcome = job->outcome;
    art_exc *raised = job->raised;
    job->raised = NULL;
    outcome_finish(outcome, FINISHED, raised, art_job_result(job));
    outcome_release(outcome);
    job_free(job);
}

/* -- threads -------------------------------------------------------------------------------------------------------------------------------- */

static art_job *take_job(art_executor *executor)
{
    art_link link = executor->first;
    if (!link)
        return NULL;
    art_job *job = art__link_target(link);
    executor->first = job->call.next;
    executor->queued--;
    if (!executor->first)
        executor->last = &executor->first;
    return job;
}

/* Under the lock: whether the caller is to signal when it has left it. */
static bool must_wake(art_executor *executor)
{
    if (!executor->queued || !executor->waiting || executor->is_notified)
        return false;
    executor->is_notified = true;
    return true;
}

static void *work(void *arg)
{
    art_executor *executor = arg;
    art_thread_start();
    pthread_mutex_lock(&executor->lock);
    for (;;) {
        art_job *job = take_job(executor);
        if (job) {
            bool wakes = must_wake(executor);
            pthread_mutex_unlock(&executor->lock);
            if (wakes)
                pthread_cond_signal(&executor->work);
            job_execute(job);
            job_complete(job);
            pthread_mutex_lock(&executor->lock);
        } else if (executor->is_shutdown) {
            break;
        } else {
            executor->waiting++;
            pthread_cond_wait(&executor->work, &executor->lock);
            executor->waiting--;
            executor->is_notified = false;
        }
    }
    art_loop *loop = --executor->threads == 0 ? executor->loop : NULL;
    art_call *idle_call = executor->idle_call;
    pthread_mutex_unlock(&executor->lock);
    art_thread_finish();
    if (loop) {
        art__inbox_post(loop, (art_link)idle_call | ART_LINK_CALL);
        atomic_fetch_sub(&loop->jobs, 1);
    }
    return NULL;
}

/* Under the lock: each job that is queued finds a thread that is idle, or all are at work. */
static void start_if_needed(art_executor *executor)
{
    if (executor->queued <= executor->waiting || executor->started == executor->max_threads)
        return;
    if (pthread_create(&executor->ids[executor->started], NULL, work, executor) == 0) {
        executor->started++;
        executor->threads++;
    } else if (executor->threads == 0) {
        art_raise_new(&art_type_RuntimeError, "can't start new thread");
    }
}

static void executor_destroy(art_obj *self)
{
    art_executor *executor = (art_executor *)self;
    art_exc *pending = art_catch();
    art_executor_shutdown(executor, true, false);
    art_self.raised = pending;
    delist(executor);
    art_free(executor->ids, (size_t)executor->max_threads * sizeof *executor->ids);
    pthread_mutex_destroy(&executor->lock);
    pthread_cond_destroy(&executor->work);
    art_free(executor, sizeof *executor);
}

const art_type art_type_executor = {.name = "ThreadPoolExecutor",
                                    .module = "concurrent.futures.thread",
                                    .kind = ART_KIND_CLASS,
                                    .size = sizeof(art_executor *),
                                    .is_counted = true,
                                    .object_size = sizeof(art_executor),
                                    .destroy = executor_destroy};

art_executor *art_executor_new(int64_t max_workers, art_str *thread_name_prefix)
{
    (void)thread_name_prefix;
    if (max_workers < 0) {
        art_raise_new(&art_type_ValueError, "max_workers must be greater than 0");
        return NULL;
    }
    int usual = art__cpu_count() + 4 < 32 ? art__cpu_count() + 4 : 32;
    art_executor *executor = art_new(&art_type_executor, sizeof *executor);
    pthread_mutex_init(&executor->lock, NULL);
    pthread_cond_init(&executor->work, NULL);
    executor->last = &executor->first;
    executor->max_threads = max_workers ? (int)(max_workers < 4096 ? max_workers : 4096) : usual;
    executor->ids = art_alloc((size_t)executor->max_threads * sizeof *executor->ids);
    enlist(executor);
    return executor;
}

/* Takes the job. False: RuntimeError, and the job is gone. */
static bool hand_in(art_executor *executor, art_job *job)
{
    pthread_mutex_lock(&executor->lock);
    bool is_open = !executor->is_shutdown;
    if (is_open) {
        job->call.next = 0;
        *executor->last = (art_link)&job->call;
        executor->last = &job->call.next;
        executor->queued++;
        start_if_needed(executor);
    }
    bool wakes = must_wake(executor);
    pthread_mutex_unlock(&executor->lock);
    if (wakes)
        pthread_cond_signal(&executor->work);
    if (!is_open)
        art_raise_new(&art_type_RuntimeError, "cannot schedule new futures after shutdown");
    return is_open;
}

void art_executor_shutdown(art_executor *executor, bool wait, bool cancel_futures)
{
    art_link cancelled = 0;
    pthread_mutex_lock(&executor->lock);
    executor->is_shutdown = true;
    if (cancel_futures) {
        cancelled = executor->first;
        executor->first = 0;
        executor->last = &executor->first;
        executor->queued = 0;
    }
    pthread_cond_broadcast(&executor->work);
    bool must_join = wait && !executor->is_joined;
    executor->is_joined = executor->is_joined || wait;
    pthread_mutex_unlock(&executor->lock);
    while (cancelled) {
        art_job *job = art__link_target(cancelled);
        cancelled = job->call.next;
        int pending = PENDING;
        atomic_compare_exchange_strong(&job->state, &pending, CANCELLED);
        if (job->outcome)
            outcome_finish(job->outcome, CANCELLED, NULL, NULL);
        job_complete(job);
    }
    if (must_join)
        for (int i = 0; i < executor->started; i++)
            pthread_join(executor->ids[i], NULL);
}

/* -- run_in_executor -------------------------------------------------------------------------------------------------------------------------- */

/* In the loop: the job is back. */
static void job_returned(art_call *call)
{
    art_job *job = (art_job *)call;
    art_future *future = job->future;
    if (!art_future_done(future)) {
        art_future_off_done(future, &job->done);
        if (job->raised) {
            art__future_fail(future, job->raised);
            job->raised = NULL;
        } else if (atomic_load(&job->state) == CANCELLED) {
            art_future_cancel(future, NULL);
        } else {
            if (job->type->kind != ART_KIND_NONE)
                memcpy(art_future_value(future), art_job_result(job), job->type->size);
            art__future_complete(future);
        }
    } else {
        if (atomic_load(&job->state) == RUNNING && !job->raised && job->type->kind != ART_KIND_NONE)
            art_slot_clear(job->type, art_job_result(job)); /* nobody wants it any more */
        if (job->done.future && art__ready_remove(job->loop, &job->done))
            art_release(job->done.future);
    }
    art_release(future);
    job_free(job);
}

/* The future was cancelled: the job is not begun, if it is not too late. */
static void job_unwanted(art_call *call)
{
    art_job *job = (art_job *)((char *)call - offsetof(art_job, done));
    int pending = PENDING;
    art_release(job->done.future);
    job->done.future = NULL;
    atomic_compare_exchange_strong(&job->state, &pending, CANCELLED);
}

/* The loop's default executor, made when first asked for. */
static art_executor *default_executor(art_loop *loop)
{
    if (loop->is_shutting_executor) {
        art_raise_new(&art_type_RuntimeError, "Executor shutdown has been called");
        return NULL;
    }
    if (!loop->executor)
        loop->executor = art_executor_new(0, NULL);
    return loop->executor;
}

art_future *art_run_in_executor(art_loop *loop, art_executor *executor, art_job *job, const art_type *type)
{
    if (loop->is_closed)
        art_raise_new(&art_type_RuntimeError, "Event loop is closed");
    else if (!executor)
        executor = default_executor(loop);
    if (art_self.raised) {
        job_free(job);
        return NULL;
    }
    art_future *future = art__future_new(loop, type, 0);
    job->loop = loop;
    job->future = art_retain(future);
    job->done.call.run = job_unwanted;
    art_future_on_done(future, &job->done);
    atomic_fetch_add(&loop->jobs, 1);
    if (hand_in(executor, job))
        return future;
    atomic_fetch_sub(&loop->jobs, 1);
    art_future_off_done(future, &job->done);
    art_release(job->future);
    job_free(job);
    art_release(future);
    return NULL;
}

void art_loop_set_default_executor(art_loop *loop, art_executor *executor)
{
    art_executor *before = loop->executor;
    loop->executor = art_retain(executor);
    art_release(before);
}

void art__executor_forget(art_loop *loop)
{
    loop->is_shutting_executor = true;
    if (!loop->executor)
        return;
    art_executor_shutdown(loop->executor, false, false);
}

/* -- shutdown_default_executor ------------------------------------------------------------------------------------------------------------------ */

static void executor_is_idle(art_call *call)
{
    art_shutdown_executor_frame *self =
        (art_shutdown_executor_frame *)((char *)call - offsetof(art_shutdown_executor_frame, idle));
    self->base.flags = 0;
    art_waiter_set(&self->waiter);
}

void art_shutdown_executor_init(art_shutdown_executor_frame *self, art_loop *loop)
{
    art_frame_init(&self->base, art_shutdown_executor_resume);
    self->loop = loop;
}

/* Asks to be told when the last thread ends. False: there is none. */
static bool watch_threads(art_shutdown_executor_frame *self)
{
    art_executor *executor = self->loop->executor;
    pthread_mutex_lock(&executor->lock);
    bool has_threads = executor->threads > 0;
    if (has_threads) {
        self->idle.run = executor_is_idle;
        executor->loop = self->loop;
        executor->idle_call = &self->idle;
        atomic_fetch_add(&self->loop->jobs, 1);
    }
    pthread_mutex_unlock(&executor->lock);
    return has_threads;
}

art_step art_shutdown_executor_resume(art_frame *base)
{
    art_shutdown_executor_frame *self = (art_shutdown_executor_frame *)base;
    switch (base->state) {
    case 0:
        self->loop->is_shutting_executor = true;
        if (!self->loop->executor)
            break;
        if (watch_threads(self)) {
            art_executor_shutdown(self->loop->executor, false, false);
            base->flags = 1;
            base->state = 1;
            if (art_waiter_wait(base, &self->waiter) == ART_SUSPENDED)
                return ART_SUSPENDED;
        }
        /* fall through */
    case 1:
        if (base->state == 1)
            art_waiter_resumed(&self->waiter);
        art_executor_shutdown(self->loop->executor, true, false);
        if (base->flags) { /* cancelled: the call may have been posted meanwhile */
            art__inbox_take(self->loop);
            art_loop_call_cancel(self->loop, &self->idle);
        }
        break;
    }
    return art_frame_done(base);
}

/* -- concurrent futures ---------------------------------------------------------------------------------------------------------------------------- */

struct art_cfuture {
    art_obj base;
    art_outcome *outcome; /* one of its holders */
};

static art_cfuture *cfuture_new(const art_type *type, art_outcome *outcome)
{
    art_cfuture *future = art_new(type, sizeof *future);
    future->outcome = outcome;
    return future;
}

void art_cfuture_destroy(art_obj *self)
{
    outcome_release(((art_cfuture *)self)->outcome);
    art_free(self, sizeof(art_cfuture));
}

art_cfuture *art_executor_submit(art_executor *executor, art_job *job, const art_type *type)
{
    art_outcome *outcome = outcome_new(job->type);
    job->outcome = outcome;
    outcome->job = job;
    art_cfuture *future = cfuture_new(type, outcome);
    if (hand_in(executor, job))
        return future;
    outcome_release(outcome);
    job_free(job);
    art_release(future);
    return NULL;
}

/* Waits for the end, with the lock held. False: TimeoutError. */
static bool wait_done(art_outcome *outcome, art_box timeout)
{
    bool has_limit = !art_box_is_none(timeout);
    struct timespec limit = {0};
    if (has_limit) {
        double seconds = art_box_as_float(timeout);
        clock_gettime(CLOCK_REALTIME, &limit);
        int64_t ns = limit.tv_nsec + (int64_t)((seconds > 0 ? seconds < 1e9 ? seconds : 1e9 : 0) * 1e9);
        limit.tv_sec += (time_t)(ns / 1000000000);
        limit.tv_nsec = (long)(ns % 1000000000);
    }
    while (outcome->state < CANCELLED) {
        int error = has_limit ? pthread_cond_timedwait(&outcome->changed, &outcome->lock, &limit)
                              : pthread_cond_wait(&outcome->changed, &outcome->lock);
        if (error == ETIMEDOUT) {
            art_raise_type(&art_type_TimeoutError);
            return false;
        }
    }
    return true;
}

bool art_cfuture_result(art_cfuture *future, art_box timeout, void *out)
{
    art_outcome *outcome = future->outcome;
    pthread_mutex_lock(&outcome->lock);
    bool is_done = wait_done(outcome, timeout);
    pthread_mutex_unlock(&outcome->lock);
    if (!is_done)
        return false;
    if (outcome->state == CANCELLED) {
        art_raise_type(&art_type_CancelledError);
        return false;
    }
    if (outcome->exc) {
        art_raise(art_retain(outcome->exc));
        return false;
    }
    if (outcome->type->kind == ART_KIND_NONE)
        *(art_none *)out = 0;
    else
        art_slot_copy(outcome->type, out, outcome->value);
    return true;
}

art_exc *art_cfuture_exception(art_cfuture *future, art_box timeout)
{
    art_outcome *outcome = future->outcome;
    pthread_mutex_lock(&outcome->lock);
    bool is_done = wait_done(outcome, timeout);
    pthread_mutex_unlock(&outcome->lock);
    if (!is_done)
        return NULL;
    if (outcome->state == CANCELLED) {
        art_raise_type(&art_type_CancelledError);
        return NULL;
    }
    return art_retain(outcome->exc);
}

static int state_of(art_cfuture *future)
{
    pthread_mutex_lock(&future->outcome->lock);
    int state = future->outcome->state;
    pthread_mutex_unlock(&future->outcome->lock);
    return state;
}

bool art_cfuture_done(art_cfuture *future)
{
    return state_of(future) >= CANCELLED;
}

bool art_cfuture_running(art_cfuture *future)
{
    return state_of(future) == RUNNING;
}

bool art_cfuture_cancelled(art_cfuture *future)
{
    return state_of(future) == CANCELLED;
}

bool art_cfuture_cancel(art_cfuture *future)
{
    art_outcome *outcome = future->outcome;
    pthread_mutex_lock(&outcome->lock);
    int state = outcome->state;
    int pending = PENDING;
    if (state == PENDING && outcome->job && !atomic_compare_exchange_strong(&outcome->job->state, &pending, CANCELLED))
        state = RUNNING; /* a thread has just begun it */
    pthread_mutex_unlock(&outcome->lock);
    if (state == PENDING)
        return outcome_finish(outcome, CANCELLED, NULL, NULL);
    return state == CANCELLED;
}

/* -- between the two kinds of future ----------------------------------------------------------------------------------------------------------------- */

/* wrap_future: a call in the loop when the outcome is there. */
typedef struct bridge {
    art_call call;
    art_future *future;  /* owned */
    art_cfuture *source; /* owned */
} bridge;

static void bridge_arrived(art_call *call)
{
    bridge *self = (bridge *)call;
    art_future *future = self->future;
    art_outcome *outcome = self->source->outcome;
    if (!art_future_done(future)) {
        if (outcome->state == CANCELLED) {
            art_future_cancel(future, NULL);
        } else if (outcome->exc) {
            art__future_fail(future, art_retain(outcome->exc));
        } else {
            if (outcome->type->kind != ART_KIND_NONE)
                art_slot_copy(outcome->type, art_future_value(future), outcome->value);
            art__future_complete(future);
        }
    }
    art_release(future);
    art_release(self->source);
    art_free(self, sizeof *self);
}

art_future *art_wrap_future(art_cfuture *source, const art_type *type)
{
    art_loop *loop = art_loop_get();
    if (!loop)
        return NULL;
    art_future *future = art__future_new(loop, type, 0);
    bridge *self = art_alloc(sizeof *self);
    *self = (bridge){{0, bridge_arrived}, art_retain(future), art_retain(source)};
    art_outcome *outcome = source->outcome;
    pthread_mutex_lock(&outcome->lock);
    bool is_done = outcome->state >= CANCELLED;
    if (!is_done) {
        outcome->watcher = &self->call;
        outcome->watcher_loop = loop;
        atomic_fetch_add(&loop->jobs, 1);
    }
    pthread_mutex_unlock(&outcome->lock);
    if (is_done)
        art_loop_call(loop, &self->call);
    art_release(loop);
    return future;
}

/* run_coroutine_threadsafe: the coroutine object goes to the loop as a call, which makes a task of it. */
typedef struct visitor {
    art_call call;
    art_callback done;
    art_task *coro; /* shared: the other thread lets go of it whenever it likes */
    art_loop *loop;
    art_outcome *outcome; /* one of its holders */
} visitor;

static void visitor_done(art_call *call)
{
    visitor *self = (visitor *)((char *)call - offsetof(visitor, done));
    art_future *future = self->done.future;
    art_exc *exc = art_future_cancelled(future) ? NULL : art__future_peek(future);
    void *value = art_alloc(room(self->outcome->type));
    if (art_future_cancelled(future)) {
        outcome_finish(self->outcome, CANCELLED, NULL, NULL);
    } else if (exc) {
        art_exc *copy = NULL;
        art_slot_deepcopy(&art_type_BaseException, &copy, &exc);
        if (art_self.raised) {
            art_release(copy);
            copy = art_catch();
        }
        outcome_finish(self->outcome, FINISHED, copy, value);
    } else {
        if (self->outcome->type->kind != ART_KIND_NONE)
            art_slot_deepcopy(self->outcome->type, value, art_future_value(future));
        outcome_finish(self->outcome, FINISHED, art_catch(), value);
    }
    art_free(value, room(self->outcome->type));
    outcome_release(self->outcome);
    art_release(future);
    art_free(self, sizeof *self);
}

/* The task's own coroutine awaits the one from the other thread, which is never counted, and so can be no task itself. */
typedef struct visit_frame {
    art_frame base;
    art_task *coro;
    void *out;
} visit_frame;

static art_step visit_resume(art_frame *base)
{
    visit_frame *self = (visit_frame *)base;
    switch (base->state) {
    case 0:
        base->state = 1;
        if (art_await_any(base, self->coro) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1: art_any_take(self->coro, self->out); break;
    }
    return art_frame_done(base);
}

static art_task *visit(art_loop *loop, art_task *coro)
{
    void *out;
    art_task *outer = art_task_new_out(coro->future.base.type, sizeof(visit_frame), &out);
    visit_frame *frame = (visit_frame *)art_task_frame(outer);
    art_frame_init(&frame->base, visit_resume);
    frame->coro = coro;
    frame->out = out;
    art_task *task = art_loop_create_task(loop, outer, NULL, NULL);
    art_release(outer);
    return task;
}

static void visitor_arrived(art_call *call)
{
    visitor *self = (visitor *)call;
    art_task *task = self->loop->is_closed ? NULL : visit(self->loop, self->coro);
    if (task) {
        self->done.call.run = visitor_done;
        art_future_on_done(&task->future, &self->done);
        art_release(task);
        return;
    }
    art_exc *exc = art_self.raised ? art_catch() : art_exc_fmt(&art_type_RuntimeError, "Event loop is closed");
    outcome_finish(self->outcome, FINISHED, exc, NULL);
    outcome_release(self->outcome);
    art_free(self, sizeof *self);
}

art_cfuture *art_run_coroutine_threadsafe(art_task *coro, art_loop *loop, const art_type *type)
{
    if (coro->future.base.type->kind != ART_KIND_COROUTINE) {
        art_raise_new(&art_type_TypeError, "A coroutine object is required");
        return NULL;
    }
    art_outcome *outcome = outcome_new(art_future_item_type(&coro->future));
    art_cfuture *future = cfuture_new(type, outcome);
    visitor *self = art_alloc(sizeof *self);
    self->call.run = visitor_arrived;
    self->coro = art__share(coro);
    self->loop = loop;
    self->outcome = outcome;
    art__inbox_post(loop, (art_link)&self->call | ART_LINK_CALL);
    return future;
}

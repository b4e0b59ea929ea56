/* Executors: functions that run on threads.
 *
 * A job is a function with its arguments, copied when it is submitted (art_slot_deepcopy), and room for its result. Generated
 * code makes a struct of it:
 *
 *     loop.run_in_executor(None, work, n, text)
 *
 *     typedef struct work_job { art_job base; int64_t result; int64_t n; art_str *text; } work_job;   // result directly behind
 *     static void work_run(art_job *base)         // on the pool's thread
 *     {
 *         work_job *job = (work_job *)base;
 *         job->result = work(job->n, job->text);  // what it raises stays pending
 *         art_release(job->text); job->text = NULL;
 *     }
 *     static void work_drop(art_job *base);       // releases arguments that were not released: the job was cancelled
 *
 *     work_job *job = (work_job *)art_job_new(sizeof(work_job), work_run, work_drop, &art_type_int);
 *     job->n = n; art_slot_deepcopy(&art_type_str, &job->text, &text);
 *     self->f = art_run_in_executor(loop, NULL, &job->base, &Future_int);   // takes the job; NULL: raised
 *
 * The result passes to the loop's thread as it is when nobody else can hold it; work_run copies it with art_slot_deepcopy
 * otherwise. */
#ifndef ART_POOL_H
#define ART_POOL_H

#include "art/task.h"

#include <stdatomic.h>

typedef struct art_executor art_executor; /* ThreadPoolExecutor; counted, made for crossing threads */
typedef struct art_job art_job;
typedef struct art_cfuture art_cfuture;   /* concurrent.futures.Future[T]; counted, any thread */

struct art_job {
    art_call call;            /* in the queue of the pool, then in the inbox of the loop that waits */
    void (*run)(art_job *self);
    void (*drop)(art_job *self);
    const art_type *type;     /* of the result */
    struct art_outcome *outcome; /* submit(): where the concurrent future looks; owned. NULL for run_in_executor */
    art_future *future;       /* run_in_executor: owned by the loop's side */
    art_callback done;        /* at `future`: tells the job that nobody waits any more */
    art_loop *loop;           /* whose thread waits; borrowed: it lives until its jobs are back */
    art_exc *raised;          /* owned: what it raised */
    _Atomic(int) state;       /* see pool.c */
    uint32_t size;
    /* the result follows */
};

art_job *art_job_new(size_t size, void (*run)(art_job *), void (*drop)(art_job *), const art_type *result_type);
static inline void *art_job_result(const art_job *job)
{
    return (void *)(uintptr_t)(job + 1);
}

/* A copy of the value of `from` in `to`, sharing nothing that is counted with it: containers and objects of classes by their
 * fields, shared parts once. Immortal objects are shared. False: TypeError for what has an identity (a task, a lock, a file). */
bool art_slot_deepcopy(const art_type *type, void *to, const void *from);

/* loop.run_in_executor: takes the job; `executor` NULL: the loop's default one. Owned; NULL with RuntimeError when it is shut down. */
art_future *art_run_in_executor(art_loop *loop, art_executor *executor, art_job *job, const art_type *type);
void art_loop_set_default_executor(art_loop *loop, art_executor *executor);

/* -- concurrent.futures ------------------------------------------------------------------------------------------------------- */

extern const art_type art_type_executor;
void art_cfuture_destroy(art_obj *self);
#define ART_CFUTURE_TYPE(item_) \
    {.name = "Future", .module = "concurrent.futures._base", .kind = ART_KIND_CLASS, .size = sizeof(art_cfuture *), \
     .is_counted = true, .arg_count = 1, .args = (const art_type *const[]){item_}, .destroy = art_cfuture_destroy}

/* ThreadPoolExecutor(max_workers): 0: min(32, cpu + 4). ValueError when negative. */
art_executor *art_executor_new(int64_t max_workers, art_str *thread_name_prefix);
art_cfuture *art_executor_submit(art_executor *executor, art_job *job, const art_type *type); /* takes the job; owned */
/* Blocks until all jobs are done when `wait`. */
void art_executor_shutdown(art_executor *executor, bool wait, bool cancel_futures);

bool art_cfuture_result(art_cfuture *future, art_box timeout, void *out); /* blocks; TimeoutError, CancelledError, its own */
art_exc *art_cfuture_exception(art_cfuture *future, art_box timeout);     /* owned or NULL; blocks */
bool art_cfuture_done(art_cfuture *future);
bool art_cfuture_running(art_cfuture *future);
bool art_cfuture_cancelled(art_cfuture *future);
bool art_cfuture_cancel(art_cfuture *future);
/* asyncio.wrap_future(future): a Future[T] of the running loop. */
art_future *art_wrap_future(art_cfuture *future, const art_type *type);
/* asyncio.run_coroutine_threadsafe(coro, loop): the coroutine object is given away, to the loop's thread. `type`: the concurrent
 * Future. */
art_cfuture *art_run_coroutine_threadsafe(art_task *coro, art_loop *loop, const art_type *type);

/* await loop.shutdown_default_executor() */
typedef struct art_shutdown_executor_frame {
    art_frame base;
    art_loop *loop;
    art_waiter waiter;
    art_call idle; /* posted by the last thread of the pool */
} art_shutdown_executor_frame;
void art_shutdown_executor_init(art_shutdown_executor_frame *frame, art_loop *loop);
art_step art_shutdown_executor_resume(art_frame *base);

#endif

/* Trips through T threads. What a turn of the loop submits is handed over in one batch under one lock and wakes at most one thread,
 * which wakes the next while work is left; what is done goes on a lock-free stack, and the eventfd is written only when the loop
 * is asleep. */
#define BEFORE_POLL(block) before_poll(block)
#define AFTER_POLL() after_poll()
#include <stdbool.h>
static bool before_poll(bool block);
static void after_poll(void);
#include "ref.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

typedef struct work work;
struct work {
    task task;
    work *next; /* among the jobs or what is done */
    long id, i, trips, value;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static work *jobs, **jobs_tail = &jobs; /* these four under the lock */
static int idle;
static bool notified, quit;
static work *batch, **batch_tail = &batch; /* of this turn; the loop's own */
static _Atomic(work *) finished;
static atomic_bool asleep;
static int wake_fd;
static long total, done, left;

/* -- threads -- */

static void hand_back(work *w)
{
    work *head = atomic_load_explicit(&finished, memory_order_relaxed);

    do
        w->next = head;
    while (!atomic_compare_exchange_weak(&finished, &head, w));
    if (atomic_load(&asleep) && atomic_exchange(&asleep, false)) {
        uint64_t one = 1;
        if (write(wake_fd, &one, sizeof one) != sizeof one)
            abort();
    }
}

/* Whether the caller must wake a thread once it has left the lock. */
static bool claim_wake(void)
{
    bool wake = jobs && idle && !notified;

    notified = notified || wake;
    return wake;
}

static void *thread_main(void *unused)
{
    pthread_mutex_lock(&lock);
    while (jobs || !quit) {
        if (!jobs) {
            idle++;
            pthread_cond_wait(&more, &lock);
            idle--;
            notified = false;
            continue;
        }
        work *w = jobs;
        if (!(jobs = w->next))
            jobs_tail = &jobs;
        bool wake = claim_wake();
        pthread_mutex_unlock(&lock);
        if (wake)
            pthread_cond_signal(&more);
        w->value = w->id * 3 + w->i;
        hand_back(w);
        pthread_mutex_lock(&lock);
    }
    pthread_mutex_unlock(&lock);
    return unused;
}

/* -- loop -- */

static bool before_poll(bool block)
{
    if (batch) {
        pthread_mutex_lock(&lock);
        *jobs_tail = batch;
        jobs_tail = batch_tail;
        bool wake = claim_wake();
        pthread_mutex_unlock(&lock);
        if (wake)
            pthread_cond_signal(&more);
        batch = NULL;
        batch_tail = &batch;
    }
    if (!block)
        return false;
    atomic_store(&asleep, true);
    return !atomic_load(&finished);
}

static void after_poll(void)
{
    if (atomic_load_explicit(&asleep, memory_order_relaxed))
        atomic_store(&asleep, false);
    if (!atomic_load_explicit(&finished, memory_order_relaxed))
        return;
    work *newest = atomic_exchange(&finished, NULL), *oldest = NULL;
    for (work *next; newest; newest = next) {
        next = newest->next;
        newest->next = oldest;
        oldest = newest;
    }
    for (; oldest; oldest = oldest->next)
        ready(&oldest->task);
}

static void work_resume(task *t)
{
    work *w = (work *)t;

    switch (t->state) {
    case 0:
        for (; w->i < w->trips; w->i++) {
            w->next = NULL;
            *batch_tail = w;
            batch_tail = &w->next;
            t->state = 1;
            return;
    case 1:
            total += w->value;
            done++;
        }
        stopping = --left == 0;
    }
}

static void wake_resume(task *t)
{
    uint64_t count;

    if (read(((watcher *)t)->fd, &count, sizeof count) < 0)
        return;
}

int main(int argc, char **argv)
{
    long trips = arg(argc, argv, 1, 200000), threads = arg(argc, argv, 2, 4), lanes = arg(argc, argv, 3, 64);
    pthread_t ids[16];

    loop_init();
    wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    watcher wake = {.task.resume = wake_resume, .fd = wake_fd};
    watch(&wake);
    for (long i = 0; i < threads; i++)
        pthread_create(&ids[i], NULL, thread_main, NULL);
    work *all = calloc((size_t)lanes, sizeof *all);
    left = lanes;
    double start = seconds();
    for (long i = 0; i < lanes; i++) {
        all[i] = (work){.task.resume = work_resume, .id = i, .trips = trips / lanes};
        ready(&all[i].task);
    }
    loop_run();
    result(total, (double)done, start);
    pthread_mutex_lock(&lock);
    quit = true;
    pthread_cond_broadcast(&more);
    pthread_mutex_unlock(&lock);
    for (long i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
}

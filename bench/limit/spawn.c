/* A task is one recycled block; it leaves its result in the gather's array, and the last one wakes the waiter. */
#include "ref.h"

typedef struct {
    long *results, pending;
    task *waiter;
} gather;

typedef struct {
    task task;
    gather *gather;
    long id, slot;
} work;

static pool works;
static gather all;
static long tasks, batch, first, total;

static void work_resume(task *t)
{
    work *w = (work *)t;

    switch (t->state) {
    case 0:
        t->state = 1;
        ready(t);
        return;
    case 1:;
        gather *g = w->gather;
        g->results[w->slot] = w->id;
        pool_put(&works, w);
        if (--g->pending == 0)
            ready(g->waiter);
    }
}

static void spawn_batch(task *waiter)
{
    all.pending = batch;
    all.waiter = waiter;
    for (long i = 0; i < batch; i++) {
        work *w = pool_get(&works, sizeof *w);
        w->task.state = 0;
        w->task.resume = work_resume;
        w->gather = &all;
        w->id = first + i;
        w->slot = i;
        ready(&w->task);
    }
}

static void main_resume(task *t)
{
    switch (t->state) {
    case 0:
        for (; first < tasks; first += batch) {
            spawn_batch(t);
            t->state = 1;
            return;
    case 1:
            for (long i = 0; i < batch; i++)
                total += all.results[i];
        }
        stopping = true;
    }
}

int main(int argc, char **argv)
{
    task main_task = {.resume = main_resume};

    tasks = arg(argc, argv, 1, 1000000);
    batch = arg(argc, argv, 2, 10000);
    all.results = malloc(sizeof(long) * (size_t)batch);
    loop_init();
    double start = seconds();
    ready(&main_task);
    loop_run();
    result(total, (double)tasks, start);
}

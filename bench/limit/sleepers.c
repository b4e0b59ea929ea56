/* A sleeper is one block of 56 bytes: the task and its timer. */
#include "ref.h"

typedef struct {
    task task;
    timer timer;
} work;

static pool works;
static long left, woken, milliseconds;

static void work_resume(task *t)
{
    work *w = (work *)t;

    switch (t->state) {
    case 0:
        t->state = 1;
        timer_add(&w->timer, t, (uint64_t)milliseconds);
        return;
    case 1:
        woken++;
        pool_put(&works, w);
        stopping = --left == 0;
    }
}

int main(int argc, char **argv)
{
    long tasks = left = arg(argc, argv, 1, 1000000);

    milliseconds = arg(argc, argv, 2, 5000);
    loop_init();
    double start = seconds();
    for (long i = 0; i < tasks; i++) {
        work *w = pool_get(&works, sizeof *w);
        w->task.resume = work_resume;
        w->task.state = 0;
        ready(&w->task);
    }
    if (tasks)
        loop_run();
    result(woken, (double)tasks, start);
}

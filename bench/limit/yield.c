/* A yield puts the task at the end of the ready queue. */
#include "ref.h"

typedef struct {
    task task;
    long i, yields;
} work;

static long left, total;

static void work_resume(task *t)
{
    work *w = (work *)t;

    if (w->i < w->yields) {
        w->i++;
        ready(t);
        return;
    }
    total += w->i;
    stopping = --left == 0;
}

int main(int argc, char **argv)
{
    long tasks = arg(argc, argv, 1, 100), yields = arg(argc, argv, 2, 100000);
    work *all = calloc((size_t)tasks, sizeof *all);

    loop_init();
    left = tasks;
    double start = seconds();
    for (long i = 0; i < tasks; i++) {
        all[i].task.resume = work_resume;
        all[i].yields = yields;
        ready(&all[i].task);
    }
    loop_run();
    result(total, (double)tasks * (double)yields, start);
}

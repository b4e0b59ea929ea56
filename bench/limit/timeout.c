/* A call under a timeout: a recycled task that yields once, and a timer that is armed and removed. */
#include "ref.h"

typedef struct {
    task task, *waiter;
    long id, *out;
    bool *done;
} work;

static pool works;
static timer deadline;
static long count, i, total, out;
static bool done;

static void work_resume(task *t)
{
    work *w = (work *)t;

    switch (t->state) {
    case 0:
        t->state = 1;
        ready(t);
        return;
    case 1:
        *w->out = w->id;
        *w->done = true;
        ready(w->waiter);
        pool_put(&works, w);
    }
}

static void start_work(task *waiter)
{
    work *w = pool_get(&works, sizeof *w);

    *w = (work){.task.resume = work_resume, .waiter = waiter, .id = i, .out = &out, .done = &done};
    done = false;
    ready(&w->task);
    timer_add(&deadline, waiter, 10000);
}

static void main_resume(task *t)
{
    switch (t->state) {
    case 0:
        for (; i < count; i++) {
            start_work(t);
            t->state = 1;
            return;
    case 1:
            if (!done)
                abort(); /* timed out */
            timer_remove(&deadline);
            total += out;
        }
        stopping = true;
    }
}

int main(int argc, char **argv)
{
    task main_task = {.resume = main_resume};

    count = arg(argc, argv, 1, 300000);
    loop_init();
    double start = seconds();
    ready(&main_task);
    loop_run();
    result(total, (double)count, start);
}

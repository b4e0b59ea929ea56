/* Groups of tasks, kept in a list so that they can be cancelled: a cancelled one loses its timer and is resumed once more to end.
 * The last child wakes the waiter, which reads the results and recycles the blocks. */
#include "ref.h"

typedef struct group group;
typedef struct work work;
struct work {
    task task;
    group *group;
    work *sibling;
    timer timer;
    long value;
    bool cancelled;
};
struct group {
    work *first;
    long pending;
    task *waiter;
};

static pool works;
static group all;
static long children, groups, g, total;

static void finish(work *w)
{
    if (--w->group->pending == 0)
        ready(w->group->waiter);
}

/* Yields once. */
static void work_resume(task *t)
{
    switch (t->state) {
    case 0:
        t->state = 1;
        ready(t);
        return;
    case 1:
        finish((work *)t);
    }
}

/* Sleeps for an hour. */
static void rest_resume(task *t)
{
    work *w = (work *)t;

    switch (t->state) {
    case 0:
        t->state = 1;
        timer_add(&w->timer, t, 3600000);
        return;
    case 1:
        finish(w);
    }
}

static void start_group(task *waiter, void (*resume)(task *))
{
    all = (group){.waiter = waiter, .pending = children};
    for (long i = 0; i < children; i++) {
        work *w = pool_get(&works, sizeof *w);
        w->task.resume = resume;
        w->task.state = 0;
        w->group = &all;
        w->sibling = all.first;
        w->value = i;
        w->cancelled = false;
        all.first = w;
        ready(&w->task);
    }
}

static void cancel_group(void)
{
    for (work *w = all.first; w; w = w->sibling) {
        w->cancelled = true;
        timer_remove(&w->timer);
        ready(&w->task);
    }
}

static void end_group(bool cancelling)
{
    for (work *w = all.first, *next; w; w = next) {
        next = w->sibling;
        total += cancelling ? w->cancelled : w->value;
        pool_put(&works, w);
    }
}

static void main_resume(task *t)
{
    switch (t->state) {
    case 0:
        for (; g < groups; g++) {
            start_group(t, work_resume);
            t->state = 1;
            return;
    case 1:
            end_group(false);
        }
        stopping = true;
    }
}

static void cancelling_resume(task *t)
{
    switch (t->state) {
    case 0:
        for (; g < groups; g++) {
            start_group(t, rest_resume);
            t->state = 1;
            ready(t); /* behind the children, which fall asleep meanwhile */
            return;
    case 1:
            cancel_group();
            t->state = 2;
            return;
    case 2:
            end_group(true);
        }
        stopping = true;
    }
}

int main(int argc, char **argv)
{
    task main_task = {.resume = arg(argc, argv, 3, 0) ? cancelling_resume : main_resume};

    children = arg(argc, argv, 1, 100);
    groups = arg(argc, argv, 2, 10000);
    loop_init();
    double start = seconds();
    ready(&main_task);
    loop_run();
    result(total, (double)children * (double)groups, start);
}

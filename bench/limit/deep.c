/* A chain of frames: the ready queue holds the innermost, which is resumed directly; finishing walks up the chain. */
#include "ref.h"

typedef struct frame frame;
struct frame {
    task task;
    frame *caller;
    long depth, i;
};

static pool frames;
static long yields, answer;

static void finish(frame *f, long value)
{
    for (frame *caller; (caller = f->caller); f = caller) {
        pool_put(&frames, f);
        value++;
    }
    answer = value;
    stopping = true;
}

static void leaf_resume(task *t)
{
    frame *f = (frame *)t;

    if (f->i < yields) {
        f->i++;
        ready(t);
        return;
    }
    finish(f, f->i);
}

static frame *enter(frame *caller, long depth)
{
    frame *f = pool_get(&frames, sizeof *f);

    *f = (frame){.task.resume = leaf_resume, .caller = caller, .depth = depth};
    return f;
}

int main(int argc, char **argv)
{
    long depth = arg(argc, argv, 1, 200);

    yields = arg(argc, argv, 2, 100000);
    loop_init();
    double start = seconds();
    frame *f = enter(NULL, depth);
    while (f->depth > 1)
        f = enter(f, f->depth - 1);
    leaf_resume(&f->task);
    if (!stopping)
        loop_run();
    result(answer, (double)yields, start);
}

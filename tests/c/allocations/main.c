/* Counts what awaiting costs in memory: blocks taken in a round, from the difference of a long run and a short one. */
#include "counts.h"

#include <stdio.h>

static art_loop *loop;

static int64_t blocks(art_task *(*start)(art_loop *, int64_t), int64_t rounds)
{
    int64_t before = art_alloc_total();
    art_task *task = start(loop, rounds);

    if (!art_loop_run_until_complete(loop, task, NULL))
        printf("it raised\n");
    art_release(task);
    return art_alloc_total() - before;
}

/* Of a hundred rounds. */
static int64_t hundred(art_task *(*start)(art_loop *, int64_t))
{
    int64_t some = blocks(start, 10);

    return blocks(start, 110) - some;
}

int main(int argc, char **argv)
{
    art_start(argc, argv);
    counts_init();
    loop = art_loop_new();
    printf("300 awaits of known coroutines, 300 sleeps: %d\n", (int)hundred(awaits_start));
    printf("200 loops over generators: %d\n", (int)hundred(walks_start));
    printf("100 tasks: %d\n", (int)hundred(tasks_start));
    /* They lie side by side and are counted only where memory is checked, and each is a block of its own. */
    int64_t frames = hundred(recursive_start);
    printf("1000 recursive awaits: at most one each: %s\n", frames == 0 || frames == 1000 ? "yes" : "no");
    art_loop_close(loop);
    art_release(loop);
    counts_fini();
    printf("left: %d\n", (int)art_alloc_count());
    return art_finish();
}

/* libuv has no tasks: one is a malloc'd block with a uv_idle_t that runs once in the next turn, and the join is a counter. */
#include "peer.h"

typedef struct {
    uv_idle_t handle;
    long id, slot;
} work;

static long tasks, batch, first, total, pending, *results;
static uint64_t start;

static void start_batch(void);

static void closed(uv_handle_t *h)
{
    free(h);
    if (--pending)
        return;
    for (long i = 0; i < batch; i++)
        total += results[i];
    first += batch;
    if (first < tasks)
        start_batch();
    else
        result(total, tasks, start);
}

static void run(uv_idle_t *h)
{
    work *w = (work *)h;

    results[w->slot] = w->id;
    uv_close((uv_handle_t *)h, closed);
}

static void start_batch(void)
{
    pending = batch;
    for (long i = 0; i < batch; i++) {
        work *w = malloc(sizeof *w);
        w->id = first + i;
        w->slot = i;
        uv_idle_init(uv_default_loop(), &w->handle);
        uv_idle_start(&w->handle, run);
    }
}

int main(int argc, char **argv)
{
    tasks = arg(argc, argv, 1, 1000000);
    batch = arg(argc, argv, 2, 10000);
    results = malloc(sizeof *results * (size_t)batch);
    start = uv_hrtime();
    start_batch();
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

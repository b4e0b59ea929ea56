/* libuv has no tasks: a task here is a malloc'd block with a uv_idle_t that runs once
 * on the next loop turn, and the join is a counter. */
#include "peer.h"
typedef struct {
    uv_idle_t h;
    long id, slot;
} work;
static long N, B, start, total, pending, *res;
static uint64_t start;
static void batch(void);
static void closed(uv_handle_t *h)
{
    free(h);
    if (--pending == 0) {
        for (long i = 0; i < B; i++)
            total += res[i];
        start += B;
        if (start < N)
            batch();
        else
            result(total, N, start);
    }
}
static void run(uv_idle_t *h)
{
    work *w = (work *)h;
    res[w->slot] = w->id;
    uv_close((uv_handle_t *)h, closed);
}
static void batch(void)
{
    pending = B;
    for (long i = 0; i < B; i++) {
        work *w = malloc(sizeof *w);
        w->id = start + i;
        w->slot = i;
        uv_idle_init(uv_default_loop(), &w->h);
        uv_idle_start(&w->h, run);
    }
}
int main(int c, char **v)
{
    N = arg(c, v, 1, 1000000);
    B = arg(c, v, 2, 10000);
    res = malloc(sizeof *res * B);
    start = uv_hrtime();
    batch();
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

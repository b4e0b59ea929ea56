#include "peer.h"
static long N, i, sum;
static uv_timer_t timer;
static uv_idle_t op;
static uint64_t start;
static void late(uv_timer_t *t)
{
    (void)t;
    fprintf(stderr, "timed out\n");
    exit(1);
}
static void step(void);
static void done(uv_idle_t *h)
{
    uv_idle_stop(h);
    uv_timer_stop(&timer);
    sum += i++;
    step();
}
static void step(void)
{
    if (i == N)
        return;
    uv_timer_start(&timer, late, 10000, 0);
    uv_idle_start(&op, done);
}
int main(int c, char **v)
{
    N = arg(c, v, 1, 300000);
    uv_timer_init(uv_default_loop(), &timer);
    uv_idle_init(uv_default_loop(), &op);
    start = uv_hrtime();
    step();
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    result(sum, N, start);
}

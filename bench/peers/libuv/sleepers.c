#include "peer.h"
static long woken;
static void closed(uv_handle_t *h)
{
    free(h);
}
static void fire(uv_timer_t *t)
{
    woken++;
    uv_close((uv_handle_t *)t, closed);
}
int main(int c, char **v)
{
    long n = arg(c, v, 1, 1000000), ms = arg(c, v, 2, 5000);
    uint64_t start = uv_hrtime();
    for (long i = 0; i < n; i++) {
        uv_timer_t *t = malloc(sizeof *t);
        uv_timer_init(uv_default_loop(), t);
        uv_timer_start(t, fire, (uint64_t)ms, 0);
    }
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    result(woken, n, start);
}

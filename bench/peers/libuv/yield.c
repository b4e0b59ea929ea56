#include "peer.h"
typedef struct {
    uv_idle_t h;
    long i, k;
} work;
static long total;
static void run(uv_idle_t *h)
{
    work *w = (work *)h;
    if (w->i < w->k) {
        w->i++;
        return;
    } /* an idle handle runs once per loop turn */
    total += w->i;
    uv_idle_stop(h);
}
int main(int c, char **v)
{
    long n = arg(c, v, 1, 100), k = arg(c, v, 2, 100000);
    work *w = calloc(n, sizeof *w);
    uint64_t start = uv_hrtime();
    for (long i = 0; i < n; i++) {
        uv_idle_init(uv_default_loop(), &w[i].h);
        w[i].k = k;
        uv_idle_start(&w[i].h, run);
    }
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    result(total, (double)n * k, start);
}

/* uv_queue_work; threads come from UV_THREADPOOL_SIZE (default 4) */
#include "peer.h"
typedef struct {
    uv_work_t r;
    long id, i, k, out;
} lane;
static long sum, ops;
static void job(uv_work_t *r)
{
    lane *l = (lane *)r;
    l->out = l->id * 3 + l->i;
}
static void after(uv_work_t *r, int st)
{
    lane *l = (lane *)r;
    if (st)
        exit(1);
    sum += l->out;
    ops++;
    if (++l->i < l->k)
        uv_queue_work(uv_default_loop(), r, job, after);
}
int main(int c, char **v)
{
    long n = arg(c, v, 1, 200000), F = arg(c, v, 3, 64);
    if (c > 2)
        setenv("UV_THREADPOOL_SIZE", v[2], 1);
    lane *l = calloc(F, sizeof *l);
    uint64_t start = uv_hrtime();
    for (long i = 0; i < F; i++) {
        l[i].id = i;
        l[i].k = n / F;
        uv_queue_work(uv_default_loop(), &l[i].r, job, after);
    }
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    result(sum, ops, start);
}

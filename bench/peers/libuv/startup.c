#include "peer.h"
static void run(uv_idle_t *h)
{
    puts("hello");
    uv_idle_stop(h);
}
int main(void)
{
    static uv_idle_t h;
    uv_idle_init(uv_default_loop(), &h);
    uv_idle_start(&h, run);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

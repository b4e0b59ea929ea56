#ifndef PEER_H
#define PEER_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>
static inline long arg(int c, char **v, int i, long d)
{
    return c > i ? atol(v[i]) : d;
}
static inline void result(long check, double ops, uint64_t start)
{
    printf("RESULT %ld %.0f %.6f\n", check, ops, (double)(uv_hrtime() - start) * 1e-9);
    fflush(stdout);
}
#endif

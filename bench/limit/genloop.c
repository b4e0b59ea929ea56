/* A generator as a frame and a function that resumes it, which may answer with a value, with the end, or that it waits. */
#include "ref.h"

typedef enum { DONE, VALUE, WAITS } step;

typedef struct {
    int state;
    long i, values, value;
} generator;

static __attribute__((noinline)) step generator_next(generator *g)
{
    switch (g->state) {
    case 0:
        for (g->i = 0; g->i < g->values; g->i++) {
            g->value = g->i;
            g->state = 1;
            return VALUE;
    case 1:;
        }
    }
    g->state = -1;
    return DONE;
}

int main(int argc, char **argv)
{
    generator g = {.values = arg(argc, argv, 1, 10000000)};
    long total = 0;
    double start = seconds();

    for (step s; (s = generator_next(&g)) != DONE;) {
        if (s == WAITS)
            return 1;
        total += g.value;
    }
    result(total, (double)g.values, start);
}

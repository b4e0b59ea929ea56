/* fib as a state machine: a frame per call on a stack of frames, the callee entered directly, able to suspend at every leaf. */
#include "ref.h"

typedef struct frame frame;
struct frame {
    frame *caller;
    int state, n;
    long first, value;
};

static frame *top;
static volatile bool suspend;

static frame *push(frame *caller, int n)
{
    frame *f = top++;

    f->caller = caller;
    f->state = 0;
    f->n = n;
    return f;
}

/* True when finished, false when suspended. */
static __attribute__((noinline)) bool fib(frame *f)
{
    switch (f->state) {
    case 0:
        if (f->n < 2) {
            if (suspend) {
                f->state = 3;
                return false;
            }
            f->value = f->n;
            return true;
        }
        f->state = 1;
        if (!fib(push(f, f->n - 1)))
            return false;
        /* fall through */
    case 1:
        f->first = (--top)->value;
        f->state = 2;
        if (!fib(push(f, f->n - 2)))
            return false;
        /* fall through */
    case 2:
        f->value = f->first + (--top)->value;
        return true;
    case 3:
        f->value = f->n;
    }
    return true;
}

int main(int argc, char **argv)
{
    int n = (int)arg(argc, argv, 1, 30);
    frame *stack = top = malloc(sizeof(frame) * 256);
    double start = seconds();

    if (!fib(push(NULL, n)))
        return 1;
    result(stack->value, calls(n), start);
}

/* A coroutine written in C as the compiler would write it: awaits sleep and another coroutine, cleans up when cancelled. */
#include <stdio.h>

#include "art/exc.h"
#include "art/loop.h"
#include "art/task.h"

static const art_type task_of_int = ART_TASK_TYPE(&art_type_int);
static const art_type coroutine_of_int = ART_COROUTINE_TYPE(&art_type_int, &task_of_int);

/* async def nap(n): await sleep(n / 100); return n * n */
typedef struct nap_frame {
    art_frame base;
    int64_t result;
    int64_t n;
    art_sleep_frame sleep;
} nap_frame;

static art_step nap_resume(art_frame *base)
{
    nap_frame *f = (nap_frame *)base;

    switch (base->state) {
    case 0:
        printf("nap %d begins\n", (int)f->n);
        art_sleep_init(&f->sleep, (double)f->n / 100);
        base->state = 1;
        if (art_await(base, &f->sleep.base) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        if (art_raised(1)) {
            printf("nap %d was interrupted\n", (int)f->n);
            break;
        }
        printf("nap %d ends\n", (int)f->n);
        f->result = f->n * f->n;
    }
    return art_frame_done(base);
}

static void nap_init(nap_frame *f, int64_t n)
{
    art_frame_init(&f->base, nap_resume);
    f->n = n;
}

static art_task *nap_task(int64_t n)
{
    art_task *coro = art_task_new(&coroutine_of_int, sizeof(nap_frame));

    nap_init((nap_frame *)art_task_frame(coro), n);
    art_task *task = art_create_task(coro, NULL, NULL);
    art_release(coro);
    return task;
}

/* async def top(): first, second = create_task(nap(9)), create_task(nap(2)); x = await nap(1); y = await second; first.cancel() … */
typedef struct top_frame {
    art_frame base;
    int64_t result;
    art_task *first, *second;
    nap_frame nap;
} top_frame;

static art_step top_resume(art_frame *base)
{
    top_frame *f = (top_frame *)base;
    int64_t value;

    switch (base->state) {
    case 0:
        f->first = nap_task(900);
        f->second = nap_task(2);
        nap_init(&f->nap, 1);
        base->state = 1;
        if (art_await(base, &f->nap.base) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        f->result = f->nap.result;
        base->state = 2;
        if (art_await_future(base, &f->second->future) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 2:
        if (!art_future_take(&f->second->future, &value))
            break;
        f->result += value;
        art_task_cancel(f->first, NULL);
        base->state = 3;
        if (art_await_future(base, &f->first->future) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 3:
        if (!art_future_take(&f->first->future, &value)) {
            printf("the first nap raised %s\n", art_self.raised->base.type->name);
            art_release(art_self.raised);
            art_self.raised = NULL;
        }
    }
    art_release(f->first);
    art_release(f->second);
    return art_frame_done(base);
}

int main(void)
{
    art_task *coro = art_task_new(&coroutine_of_int, sizeof(top_frame));
    int64_t result = 0;

    art_frame_init(art_task_frame(coro), top_resume);
    if (!art_run(coro, 0, &result))
        return 1;
    art_release(coro);
    printf("result %d\n", (int)result);
    return 0;
}

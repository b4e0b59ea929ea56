/* The runtime without the compiler: tasks, gather, a timeout and the thread pool, with coroutines written by hand.
 *
 * A coroutine is a struct that begins with art_frame and a resume function that switches on its state; art/frame.h says the rules.
 * What it awaits lies in its own struct, so an await allocates nothing. */
#include <asyncrt.h>
#include <art/gather.h>
#include <art/loop.h>
#include <art/pool.h>
#include <art/wait.h>

#include <stdio.h>

static const art_type list_of_int = ART_LIST_TYPE(&art_type_int);
static const art_type task_of_int = ART_TASK_TYPE(&art_type_int);
static const art_type coroutine_of_int = ART_COROUTINE_TYPE(&art_type_int, &task_of_int);
static const art_type task_of_none = ART_TASK_TYPE(&art_type_none);
static const art_type coroutine_of_none = ART_COROUTINE_TYPE(&art_type_none, &task_of_none);
static const art_type future_of_int = ART_FUTURE_TYPE(&art_type_int);
static const art_type future_of_list = ART_FUTURE_TYPE(&list_of_int);

/* async def square(n): await sleep(n / 100); return n * n */
typedef struct square_frame {
    art_frame base;
    int64_t result;
    int64_t n;
    art_sleep_frame sleep;
} square_frame;

static art_step square_resume(art_frame *self)
{
    square_frame *f = (square_frame *)self;

    switch (self->state) {
    case 0:
        art_sleep_init(&f->sleep, (double)f->n / 100);
        self->state = 1;
        if (art_await(self, &f->sleep.base) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1: /* awake, or cancelled */
        if (!art_raised(__LINE__))
            f->result = f->n * f->n;
    }
    return art_frame_done(self);
}

static art_task *square(int64_t n)
{
    art_task *coro = art_task_new(&coroutine_of_int, sizeof(square_frame));
    square_frame *f = (square_frame *)art_task_frame(coro);

    art_frame_init(&f->base, square_resume);
    f->n = n;
    return coro;
}

/* A function for the pool: the job carries its argument and its result. */
typedef struct count_job {
    art_job base;
    int64_t result;
    int64_t limit;
} count_job;

static void count_run(art_job *base)
{
    count_job *job = (count_job *)base;

    for (int64_t i = 1; i <= job->limit; i++)
        job->result += i;
}

static void count_drop(art_job *base)
{
    (void)base; /* it holds nothing */
}

/* async def top(): gather three squares; wait_for a slow one; sum 1…1000 on the pool */
typedef struct top_frame {
    art_frame base;
    art_none result;
    int64_t value;
    art_future *waiting;
    art_wait_for_frame wait_for;
} top_frame;

static art_step top_resume(art_frame *self)
{
    top_frame *f = (top_frame *)self;

    switch (self->state) {
    case 0:;
        art_task *squares[] = {square(3), square(1), square(2)};
        f->waiting = art_gather((void *[]){squares[0], squares[1], squares[2]}, 3, false, &future_of_list);
        for (int i = 0; i < 3; i++)
            art_release(squares[i]);
        self->state = 1;
        if (art_await_future(self, f->waiting) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:;
        art_list *list = NULL;
        if (art_future_take(f->waiting, &list))
            for (int64_t i = 0; i < list->len; i++)
                printf("square %d\n", (int)((int64_t *)list->items)[i]);
        art_release(list);
        art_release(f->waiting);

        art_task *slow = square(900);
        art_wait_for_init(&f->wait_for, slow, art_box_float(0.01), &f->value);
        art_release(slow);
        self->state = 2;
        if (art_await(self, &f->wait_for.base) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 2:
        if (art_raised(__LINE__) && art_raised_is(&art_type_TimeoutError)) {
            art_release(art_catch());
            printf("too slow\n");
        }
        count_job *job = (count_job *)art_job_new(sizeof *job, count_run, count_drop, &art_type_int);
        job->limit = 1000;
        f->waiting = art_run_in_executor(art_self.loop, NULL, &job->base, &future_of_int);
        self->state = 3;
        if (art_await_future(self, f->waiting) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 3:
        if (art_future_take(f->waiting, &f->value))
            printf("the pool counted to %d\n", (int)f->value);
        art_release(f->waiting);
    }
    return art_frame_done(self);
}

int main(int argc, char **argv)
{
    art_start(argc, argv);
    art_task *coro = art_task_new(&coroutine_of_none, sizeof(top_frame));
    art_frame_init(art_task_frame(coro), top_resume);
    art_run(coro, 0, (art_none[]){0});
    art_release(coro);
    return art_finish();
}

/* Calls put off (see defer.h): a job is a closure and room for the value of its result. */
#include "art/defer.h"

#include "art/box.h"
#include "art/task.h"

#include <string.h>

/* -- jobs ------------------------------------------------------------------------------------------------------------------------- */

static size_t value_room(const art_type *type)
{
    return ((size_t)type->size + 15) & ~(size_t)15;
}

/* The closure stands behind the room for the result. */
static art_closure **closure_of(art_job *job)
{
    return (art_closure **)(void *)((char *)art_job_result(job) + value_room(job->type));
}

static void run_closure(art_job *job)
{
    art_closure **closure = closure_of(job);
    art_box result = ((art_box (*)(art_closure *))(*closure)->fn)(*closure);

    art_release(*closure);
    *closure = NULL;
    if (!art_self.raised && job->type->kind != ART_KIND_NONE)
        art_slot_unbox(job->type, art_job_result(job), result);
    art_box_release(result);
}

static void drop_closure(art_job *job)
{
    art_release(*closure_of(job));
    *closure_of(job) = NULL;
}

/* A job with a copy of the closure; NULL when something that it captured cannot be copied. */
static art_job *closure_job(art_closure *closure, const art_type *result)
{
    size_t size = sizeof(art_job) + value_room(result) + sizeof(art_closure *);
    art_job *job = art_job_new(size, run_closure, drop_closure, result);

    if (art_slot_deepcopy(closure->base.type, closure_of(job), &closure))
        return job;
    art_free(job, size);
    return NULL;
}

art_future *art_run_closure(art_loop *loop, art_executor *executor, art_closure *closure, const art_type *type)
{
    art_job *job = closure_job(closure, type->args[0]);

    return job ? art_run_in_executor(loop, executor, job, type) : NULL;
}

art_cfuture *art_executor_submit_closure(art_executor *executor, art_closure *closure, const art_type *type)
{
    art_job *job = closure_job(closure, type->args[0]);

    return job ? art_executor_submit(executor, job, type) : NULL;
}

/* -- to_thread ---------------------------------------------------------------------------------------------------------------------- */

void art_to_thread_init(art_to_thread_frame *frame, art_closure *closure, const art_type *type, void *out)
{
    art_frame_init(&frame->base, art_to_thread_resume);
    frame->out = out;
    frame->closure = art_retain(closure);
    frame->type = type;
    frame->future = NULL;
}

static art_step finish_to_thread(art_to_thread_frame *frame)
{
    art_release(frame->closure);
    art_release(frame->future);
    return art_frame_done(&frame->base);
}

art_step art_to_thread_resume(art_frame *base)
{
    art_to_thread_frame *frame = (art_to_thread_frame *)base;

    if (base->state == 0) {
        art_loop *loop = art_loop_running();
        if (loop)
            frame->future = art_run_closure(loop, NULL, frame->closure, frame->type);
        art_release(loop);
        if (!frame->future)
            return finish_to_thread(frame);
        base->state = 1;
        if (art_await_future(base, frame->future) == ART_SUSPENDED)
            return ART_SUSPENDED;
    }
    if (base->state == 1)
        art_future_take(frame->future, frame->out);
    return finish_to_thread(frame);
}

/* -- small ones ---------------------------------------------------------------------------------------------------------------------- */

bool art_gen_take_returned(art_gen *gen, void *out)
{
    const art_type *type = gen->base.type->args[2];
    void *value = art_gen_returned(gen);

    memset(out, 0, type->size);
    if (value)
        memcpy(out, value, type->size);
    return true;
}

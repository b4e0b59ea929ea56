/* Coroutine objects (tasks that were not started), awaiting them, tearing frames down, the table of what frames are called, and
 * the smallest coroutine of all, sleep. */
#include "internal.h"
#include "loop_impl.h"

#include "art/print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- making ------------------------------------------------------------------------------------------------------------------ */

art_task *art_task_new(const art_type *type, uint32_t frame_size)
{
    uint32_t size = (uint32_t)sizeof(art_task) + frame_size;
    art_task *task = art__take(size); /* the frame is for its init to fill … */
    *task = (art_task){.future.base = {type, 1, ART_FUTURE_IS_TASK}, .size = size};
    task->future.top = art_task_frame(task);
    uint64_t *result = (uint64_t *)(void *)(art_task_frame(task) + 1), *end = (uint64_t *)(void *)((char *)task + size);
    for (uint32_t room = type->args[0]->size; result < end && room; room -= room < 8 ? room : 8)
        *result++ = 0; /* … but a result that never came is let go of as well */
    return task;
}

art_task *art_task_new_out(const art_type *type, uint32_t frame_size, void **out)
{
    uint32_t room = (type->args[0]->size + 7u) & ~7u;
    art_task *task = art_task_new(type, ((frame_size + 7u) & ~7u) + room);
    task->future.base.aux |= ART_FUTURE_VALUE_LAST;
    *out = art_future_value(&task->future);
    memset(*out, 0, room);
    return task;
}

/* -- awaiting ------------------------------------------------------------------------------------------------------------------ */

static bool is_coroutine(const art_future *future)
{
    return future->base.type->kind == ART_KIND_COROUTINE;
}

art_step art_await_any(art_frame *self, void *awaitable)
{
    art_task *coro = awaitable;
    if (!is_coroutine(&coro->future))
        return art_await_future(self, awaitable);
    if (coro->future.base.aux & ART_TASK_STARTED) {
        art_raise_new(&art_type_RuntimeError, "cannot reuse already awaited coroutine");
        return ART_DONE;
    }
    coro->future.base.aux |= ART_TASK_STARTED;
    return art_await(self, art_task_frame(coro));
}

bool art_any_take(void *awaitable, void *out)
{
    art_task *coro = awaitable;
    if (!is_coroutine(&coro->future))
        return art_future_take(awaitable, out);
    if (art_self.raised)
        return false;
    const art_type *type = art_future_item_type(&coro->future);
    if (type->kind == ART_KIND_NONE) {
        if (out)
            *(art_none *)out = 0;
    } else if (out) {
        memcpy(out, art_future_value(&coro->future), type->size);
        memset(art_future_value(&coro->future), 0, type->size);
    } else {
        art_slot_clear(type, art_future_value(&coro->future));
    }
    return true;
}

bool art_any_take_box(void *awaitable, art_box *out)
{
    const art_type *type = art_future_item_type(awaitable);
    if (type->kind == ART_KIND_BOX)
        return art_any_take(awaitable, out);
    void *value = art_alloc(type->size);
    bool is_ok = art_any_take(awaitable, value);
    if (is_ok) {
        *out = art_slot_box(type, value);
        art_slot_clear(type, value);
    }
    art_free(value, type->size);
    return is_ok;
}

/* -- driving by hand ------------------------------------------------------------------------------------------------------------ */

/* Resumes from the innermost frame outwards. */
static art_step run(art_task *coro)
{
    art_task *outside = art_self.task;
    art_self.task = coro;
    art_frame *frame = coro->future.top;
    art_step step = frame->resume(frame);
    while (step != ART_SUSPENDED && (frame = frame->caller))
        step = frame->resume(frame);
    art_self.task = outside;
    return step;
}

static bool is_over(const art_task *coro)
{
    return art_task_frame(coro)->state == ART_FINISHED;
}

/* The coroutine returned: its value goes into a StopIteration. */
static void raise_stop(art_task *coro)
{
    const art_type *type = art_future_item_type(&coro->future);
    art_exc *stop;
    if (type->kind == ART_KIND_NONE) {
        stop = art_exc_new(&art_type_StopIteration);
    } else {
        art_box value = art_slot_box(type, art_future_value(&coro->future));
        stop = art_exc_args(&art_type_StopIteration, 1, &value);
        art_box_release(value);
        art_slot_clear(type, art_future_value(&coro->future));
    }
    art_raise(stop);
}

bool art_coro_send(art_task *coro)
{
    if (is_over(coro)) {
        art_raise_new(&art_type_RuntimeError, "cannot reuse already awaited coroutine");
        return false;
    }
    coro->future.base.aux |= ART_TASK_STARTED;
    coro->future.base.aux &= ~(uint32_t)ART_TASK_WAITS;
    if (run(coro) == ART_SUSPENDED)
        return true;
    if (!art_self.raised)
        raise_stop(coro);
    return false;
}

bool art_coro_throw(art_task *coro, art_exc *exception)
{
    if (is_over(coro)) {
        art_raise_new(&art_type_RuntimeError, "cannot reuse already awaited coroutine");
        return false;
    }
    coro->future.base.aux |= ART_TASK_STARTED;
    art_raise(art_retain(exception));
    if (coro->future.top->state == 0)
        coro->future.top->state = ART_DROPPED;
    if (run(coro) == ART_SUSPENDED)
        return true;
    if (!art_self.raised)
        raise_stop(coro);
    return false;
}

/* Raises GeneratorExit at the innermost await. False: it came out as something else, or the coroutine went on. */
static bool close_started(art_task *coro)
{
    art_raise(art_exc_new(&art_type_GeneratorExit));
    if (run(coro) == ART_SUSPENDED) {
        art_raise_new(&art_type_RuntimeError, "coroutine ignored GeneratorExit");
        return false;
    }
    if (art_raised_is(&art_type_GeneratorExit) || art_raised_is(&art_type_StopIteration))
        art_forget();
    return !art_self.raised;
}

static void drop_unstarted(art_frame *frame)
{
    frame->state = ART_DROPPED;
    frame->resume(frame);
}

bool art_coro_close(art_task *coro)
{
    if (is_over(coro))
        return true;
    coro->future.base.aux |= ART_TASK_STARTED;
    if (coro->future.top->state == 0 && coro->future.top == art_task_frame(coro)) {
        drop_unstarted(art_task_frame(coro));
        return true;
    }
    bool is_ok = close_started(coro);
    if (is_ok && !is_over(coro))
        return true;
    if (is_ok && art_future_item_type(&coro->future)->kind != ART_KIND_NONE)
        art_slot_clear(art_future_item_type(&coro->future), art_future_value(&coro->future));
    return is_ok;
}

void art__coro_close_quietly(art_task *coro)
{
    art_exc *pending = art_catch();
    if (!art_coro_close(coro))
        art_forget(); /* CPython writes "Exception ignored in" to standard error */
    art_self.raised = pending;
}

void art__coro_end_life(art_task *coro)
{
    coro->future.base.refs = 1; /* it is alive while its frame is torn down */
    if (!is_over(coro)) {
        if (!(coro->future.base.aux & ART_TASK_STARTED)) {
            const art_code *code = art_code_of(art_task_frame(coro));
            art_fprintf(&art_stderr, "RuntimeWarning: coroutine '%c' was never awaited\n", code ? code->name : "?");
        }
        art__coro_close_quietly(coro);
    } else if (art_future_item_type(&coro->future)->kind != ART_KIND_NONE) {
        art_slot_clear(art_future_item_type(&coro->future),
                       art_future_value(&coro->future)); /* nobody took the result */
    }
    coro->future.any = NULL;
}

/* -- names of frames ------------------------------------------------------------------------------------------------------------- */

typedef struct code_table {
    const art_code *codes;
    size_t count;
    struct code_table *next;
} code_table;

static code_table *code_tables; /* written before threads start, then only read */

void art_code_register(const art_code *table, size_t count)
{
    code_table *entry = malloc(sizeof *entry);
    if (!entry)
        return;
    *entry = (code_table){table, count, code_tables};
    code_tables = entry;
}

const art_code *art_code_of(const art_frame *frame)
{
    for (const code_table *table = code_tables; table; table = table->next)
        for (size_t i = 0; i < table->count; i++)
            if (table->codes[i].resume == frame->resume)
                return &table->codes[i];
    return NULL;
}

/* -- sleep ------------------------------------------------------------------------------------------------------------------------ */

static void disarm(art_pause *pause)
{
    art_loop *loop = art_self.task ? art__loop_of(&art_self.task->future) : art_self.loop;
    if (pause->timer.prev)
        art__wheel_remove(&loop->wheel, &pause->timer);
    else if (loop)
        art__ready_remove(loop, &pause->timer);
    pause->timer.when = NAN;
}

/* Resumed with an exception. */
ART_COLD void art__pause_broken(art_pause *pause)
{
    if (!art_waiter_resumed(&pause->waiter) && !isnan(pause->timer.when))
        disarm(pause);
}

art_step art_pause_begin(art_frame *self, art_pause *pause)
{
    art_loop *loop = art_self.loop;
    double delay = pause->timer.when;
    if (loop && !(delay <= 0)) {
        art__timer_add(loop, &pause->timer, ART_LINK_SLEEP, art__loop_now(loop) + (isnan(delay) ? 0 : delay));
        return art_waiter_wait(self, &pause->waiter);
    }
    pause->timer.when = NAN;
    pause->waiter.task = ART_WAITER_SET;
    if (loop)
        return art_await_turn(self);
    art_raise_new(&art_type_RuntimeError, "no running event loop");
    return ART_DONE;
}

void art_sleep_init(art_sleep_frame *frame, double delay)
{
    art_frame_init(&frame->base, art_sleep_resume);
    art_pause_init(&frame->pause, delay);
}

art_step art_sleep_resume(art_frame *base)
{
    art_sleep_frame *self = (art_sleep_frame *)base;
    switch (base->state) {
    case 0:
        base->state = 1;
        if (art_pause_begin(base, &self->pause) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1: art_pause_end(&self->pause);
    }
    return art_frame_done(base);
}

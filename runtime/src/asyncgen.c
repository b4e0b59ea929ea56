/* Asynchronous generators. One that is suspended at a yield waits for the next asend, athrow or aclose; these run its frame with the
 * awaiting frame as caller, so that what the generator itself awaits suspends the task as usual. */
#include "loop_impl.h"

#include "art/asyncgen.h"
#include "art/box.h"
#include "art/format.h"
#include "art/gather.h"
#include "art/gen.h"

#include <stdio.h>
#include <string.h>

enum { FRESH, STARTED, CLOSED };

art_asyncgen *art_asyncgen_new(const art_type *type, uint32_t frame_size)
{
    uint32_t size = (uint32_t)sizeof(art_asyncgen) + frame_size;
    art_asyncgen *gen = art_new(type, size);
    gen->size = size;
    return gen;
}

static const art_type *item_type(const art_asyncgen *gen)
{
    return gen->base.type->args[0];
}

/* -- the loop's list of generators that it may have to close -------------------------------------------------------------------------- */

static void enlist(art_asyncgen *gen)
{
    art_loop *loop = art_self.loop;
    gen->state = STARTED;
    if (!loop)
        return;
    gen->loop = loop;
    art_asyncgen *first = loop->asyncgens;
    if (!first) {
        loop->asyncgens = gen->prev = gen->next = gen;
        return;
    }
    gen->next = first;
    gen->prev = first->prev;
    first->prev->next = gen;
    first->prev = gen;
}

static void delist(art_asyncgen *gen)
{
    art_loop *loop = gen->loop;
    if (!loop)
        return;
    if (gen->next == gen) {
        loop->asyncgens = NULL;
    } else {
        gen->prev->next = gen->next;
        gen->next->prev = gen->prev;
        if (loop->asyncgens == gen)
            loop->asyncgens = gen->next;
    }
    gen->loop = NULL;
    gen->prev = gen->next = NULL;
}

/* -- running it ------------------------------------------------------------------------------------------------------------------------- */

static bool begin(art_asyncgen *gen, const char *method)
{
    if (gen->is_running) {
        art_raise_new(&art_type_RuntimeError, "%c(): asynchronous generator is already running", method);
        return false;
    }
    if (gen->state == FRESH)
        enlist(gen);
    gen->is_running = true;
    gen->has_value = false;
    return true;
}

/* Runs the frame from where it stands. */
static art_step run(art_frame *self, art_asyncgen *gen, const void *sent)
{
    art_frame *frame = art_asyncgen_frame(gen);
    gen->sent = sent;
    frame->caller = self;
    return frame->resume(frame) == ART_SUSPENDED ? ART_SUSPENDED : ART_DONE;
}

/* What means the end of an iteration must not come out of the body. */
static void refuse_stop(void)
{
    const char *what = art_raised_is(&art_type_StopIteration) ? "StopIteration" : "StopAsyncIteration";
    art_exc *stop = art_catch();
    art_raise_from(art_exc_fmt(&art_type_RuntimeError, "async generator raised %c", what), stop);
    art_release(stop);
}

void art_asyncgen_trace(const char *function, const char *file)
{
    art_trace(function, file);
    if (art_raised_is(&art_type_StopIteration) || art_raised_is(&art_type_StopAsyncIteration))
        refuse_stop();
}

/* The run has come to a yield or to the end: which? Called by the awaiting frame when it is on again. */
static bool settle(art_asyncgen *gen)
{
    if (!gen->is_running)
        return false; /* it never ran: over before, or refused */
    art_frame *frame = art_asyncgen_frame(gen);
    gen->is_running = false;
    gen->sent = NULL;
    frame->caller = NULL;
    if (frame->state != ART_FINISHED)
        return !art_self.raised;
    gen->state = CLOSED;
    delist(gen);
    if (art_raised_is(&art_type_StopIteration) || art_raised_is(&art_type_StopAsyncIteration))
        refuse_stop(); /* thrown in before it began */
    return false;
}

art_step art_asyncgen_next(art_frame *self, art_asyncgen *gen)
{
    if (gen->state == CLOSED || !begin(gen, "anext"))
        return ART_DONE;
    return run(self, gen, NULL);
}

art_step art_asyncgen_send(art_frame *self, art_asyncgen *gen, const void *value)
{
    if (gen->state == CLOSED)
        return ART_DONE;
    if (art_asyncgen_frame(gen)->state == 0 && !art__slot_is_none(gen->base.type->args[1], value)) {
        art_raise_new(&art_type_TypeError, "can't send non-None value to a just-started async generator");
        return ART_DONE;
    }
    if (!begin(gen, "asend"))
        return ART_DONE;
    return run(self, gen, value);
}

art_step art_asyncgen_throw(art_frame *self, art_asyncgen *gen, art_exc *exception)
{
    if (gen->state == CLOSED || !begin(gen, "athrow"))
        return ART_DONE;
    art_raise(art_retain(exception));
    if (art_asyncgen_frame(gen)->state == 0)
        art_asyncgen_frame(gen)->state = ART_DROPPED;
    return run(self, gen, NULL);
}

static void move_value(art_asyncgen *gen, void *out)
{
    if (item_type(gen)->kind == ART_KIND_NONE) {
        if (out)
            *(art_none *)out = 0;
    } else if (out) {
        memcpy(out, art_asyncgen_frame(gen) + 1, item_type(gen)->size);
    } else {
        art_slot_clear(item_type(gen), art_asyncgen_frame(gen) + 1);
    }
}

bool art_asyncgen_take(art_asyncgen *gen, void *out)
{
    if (!settle(gen))
        return false;
    move_value(gen, out);
    return true;
}

/* -- the coroutines of asend, athrow, anext, aclose ------------------------------------------------------------------------------------- */

static void init(art_asyncgen_send_frame *self, art_step (*resume)(art_frame *), art_asyncgen *gen, void *out)
{
    art_frame_init(&self->base, resume);
    self->out = out;
    self->gen = art_retain(gen);
    self->exception = NULL;
    self->value = NULL;
}

static art_step leave(art_asyncgen_send_frame *self)
{
    if (self->value) {
        const art_type *type = self->gen->base.type->args[1];
        art_slot_clear(type, self->value);
        art_free(self->value, (type->size + 7u) & ~(size_t)7);
    }
    art_release(self->exception);
    art_release(self->gen);
    return art_frame_done(&self->base);
}

/* The generator has come to a stop: its value, or StopAsyncIteration. */
static art_step end(art_asyncgen_send_frame *self)
{
    if (!art_asyncgen_take(self->gen, self->out) && !art_self.raised)
        art_raise_type(&art_type_StopAsyncIteration);
    return leave(self);
}

void art_asyncgen_anext_init(art_asyncgen_anext_frame *self, art_asyncgen *gen, void *out)
{
    init(self, art_asyncgen_anext_resume, gen, out);
}

art_step art_asyncgen_anext_resume(art_frame *base)
{
    art_asyncgen_send_frame *self = (art_asyncgen_send_frame *)base;
    switch (base->state) {
    case 0:
        base->state = 1;
        if (art_asyncgen_next(base, self->gen) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        return end(self);
    }
    return leave(self);
}

void art_asyncgen_asend_init(art_asyncgen_asend_frame *self, art_asyncgen *gen, const void *value, void *out)
{
    const art_type *type = gen->base.type->args[1];
    init(self, art_asyncgen_asend_resume, gen, out);
    if (value && type->kind != ART_KIND_NONE) {
        self->value = art_alloc((type->size + 7u) & ~(size_t)7);
        art_slot_copy(type, self->value, value);
    }
}

art_step art_asyncgen_asend_resume(art_frame *base)
{
    art_asyncgen_send_frame *self = (art_asyncgen_send_frame *)base;
    switch (base->state) {
    case 0:
        base->state = 1;
        if (art_asyncgen_send(base, self->gen, self->value) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        return end(self);
    }
    return leave(self);
}

void art_asyncgen_athrow_init(art_asyncgen_athrow_frame *self, art_asyncgen *gen, art_exc *exception, void *out)
{
    init(self, art_asyncgen_athrow_resume, gen, out);
    self->exception = art_retain(exception);
}

art_step art_asyncgen_athrow_resume(art_frame *base)
{
    art_asyncgen_send_frame *self = (art_asyncgen_send_frame *)base;
    switch (base->state) {
    case 0:
        base->state = 1;
        if (art_asyncgen_throw(base, self->gen, self->exception) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        return end(self);
    }
    return leave(self);
}

void art_asyncgen_aclose_init(art_asyncgen_aclose_frame *self, art_asyncgen *gen)
{
    art_frame_init(&self->base, art_asyncgen_aclose_resume);
    self->gen = art_retain(gen);
}

/* The generator, which awaits something, goes on from there. */
static art_step resume_inside(art_frame *base, art_frame *inside)
{
    art_self.task->future.top = inside;
    for (art_frame *frame = inside; frame != base; frame = frame->caller)
        if (frame->resume(frame) == ART_SUSPENDED)
            return ART_SUSPENDED;
    return ART_DONE;
}

/* A task of aclose() that is cancelled before its first step, as when the program ends: CPython throws that into the generator, and
 * at the next step, which for aclose() is the first, GeneratorExit, wherever the generator has come to by then. So this frame has to see
 * that step before the generator does. (conformance: asyncio_iteration/dropped_as_the_program_ends) */
static art_step thrown_first(art_asyncgen_aclose_frame *self)
{
    art_frame *base = &self->base;
    art_step step;

    if (base->state == 2) {
        bool is_thrown = art_self.raised;
        if (!is_thrown)
            art_raise(art_exc_new(&art_type_GeneratorExit));
        base->state = is_thrown ? 2 : 1;
        step = resume_inside(base, self->inside);
    } else {
        if (!art_self.raised || self->gen->state != STARTED || self->gen->is_running)
            return ART_DONE;
        begin(self->gen, "aclose");
        base->state = 2;
        step = run(base, self->gen, NULL);
    }
    if (step == ART_SUSPENDED && base->state == 2) {
        self->inside = art_self.task->future.top;
        art_self.task->future.top = base;
    }
    return step;
}

art_step art_asyncgen_aclose_resume(art_frame *base)
{
    art_asyncgen_aclose_frame *self = (art_asyncgen_aclose_frame *)base;
    art_asyncgen *gen = self->gen;
    if (base->state == ART_DROPPED || base->state == 2) {
        if (thrown_first(self) == ART_SUSPENDED)
            return ART_SUSPENDED;
    }
    switch (base->state) {
    case 0:
        if (gen->state == CLOSED)
            break;
        if (!begin(gen, "aclose"))
            break;
        base->state = 1;
        if (art_asyncgen_frame(gen)->state == 0)
            art_asyncgen_frame(gen)->state = ART_DROPPED;
        else
            art_raise(art_exc_new(&art_type_GeneratorExit));
        if (run(base, gen, NULL) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
    case 2:
        if (settle(gen)) {
            move_value(gen, NULL);
            art_raise_new(&art_type_RuntimeError, "async generator ignored GeneratorExit");
        } else if (art_raised_is(&art_type_GeneratorExit)) {
            art_forget();
        }
        break;
    }
    art_release(gen);
    return art_frame_done(base);
}

/* -- generators that are dropped, and the end of the loop --------------------------------------------------------------------------------- */

static const art_type type_none_task = ART_TASK_TYPE(&art_type_none);
static const art_type type_none_coroutine = ART_COROUTINE_TYPE(&art_type_none, &type_none_task);

static art_task *aclose_object(art_asyncgen *gen)
{
    art_task *coro = art_task_new(&type_none_coroutine, sizeof(art_asyncgen_aclose_frame));
    art_asyncgen_aclose_init((art_asyncgen_aclose_frame *)art_task_frame(coro), gen);
    return coro;
}

/* What the finalizer hook does: a callback in the loop that makes a task of aclose(). */
typedef struct closer {
    art_call call;
    art_task *coro; /* owned */
    art_loop *loop;
} closer;

static void start_closer(art_call *call)
{
    closer *self = (closer *)call;
    if (!self->loop->is_closed)
        art_release(art_loop_create_task(self->loop, self->coro, NULL, NULL));
    art_release(self->coro);
    art_free(self, sizeof *self);
}

void art_asyncgen_destroy(art_obj *base)
{
    art_asyncgen *gen = (art_asyncgen *)base;
    art_frame *frame = art_asyncgen_frame(gen);
    art_loop *loop = gen->loop;
    if (gen->state == STARTED && frame->state != ART_FINISHED && loop && !loop->is_closed) {
        /* It lives on until it is closed. */
        gen->base.refs = 0;
        delist(gen);
        closer *self = art_alloc(sizeof *self);
        *self = (closer){{0, start_closer}, aclose_object(gen), loop};
        art_loop_call(loop, &self->call);
        return;
    }
    delist(gen);
    if (frame->state != ART_FINISHED) {
        art_exc *pending = art_catch();
        gen->base.refs = 1;
        if (frame->state == 0)
            frame->state = ART_DROPPED;
        else
            art_raise(art_exc_new(&art_type_GeneratorExit));
        frame->caller = NULL;
        art_task *task = art_self.task; /* nothing waits for what goes: an await in its cleanup raises */
        art_loop *running = art_self.loop;
        art_self.task = NULL;
        art_self.loop = NULL;
        frame->resume(frame);
        art_self.task = task;
        art_self.loop = running;
        art_forget();
        art_self.raised = pending;
    }
    art_free(gen, gen->size);
}

void art__asyncgen_drop(art_frame *frame, uint32_t size, const art_type *type)
{
    art_asyncgen *gen = art_asyncgen_new(type, size);
    memcpy(art_asyncgen_frame(gen), frame, size);
    art_asyncgen_frame(gen)->caller = NULL;
    frame->state = ART_FINISHED;
    if (art_asyncgen_frame(gen)->state != 0)
        enlist(gen);
    art_release(gen);
}

static const art_type *const args_any[] = {&art_type_box, &art_type_box};
const art_type art_type_asyncgen = {.name = "async_generator", .module = "builtins", .kind = ART_KIND_ASYNCGEN,
                                    .size = sizeof(art_asyncgen *), .is_counted = true, .arg_count = 2, .args = args_any,
                                    .destroy = art_asyncgen_destroy};
static const art_type type_gens = ART_LIST_TYPE(&art_type_asyncgen);
static const art_type type_results = ART_LIST_TYPE(&art_type_box);
static const art_type type_gathered = ART_FUTURE_TYPE(&type_results);

void art_shutdown_asyncgens_init(art_shutdown_asyncgens_frame *self, art_loop *loop)
{
    art_frame_init(&self->base, art_shutdown_asyncgens_resume);
    self->loop = loop;
    self->closing = NULL;
    self->gens = NULL;
}

/* Takes all generators from the loop's list and begins to close them. */
static void close_all(art_shutdown_asyncgens_frame *self)
{
    self->gens = art_list_new(&type_gens, 0);
    while (self->loop->asyncgens) {
        art_asyncgen *gen = self->loop->asyncgens;
        art_list_append(self->gens, &gen);
        delist(gen);
    }
    int64_t count = self->gens->len;
    art_asyncgen **gens = self->gens->items;
    void **coros = art_alloc((size_t)count * sizeof *coros);
    for (int64_t i = 0; i < count; i++)
        coros[i] = aclose_object(gens[i]);
    self->closing = art_gather(coros, count, true, &type_gathered);
    for (int64_t i = 0; i < count; i++)
        art_release(coros[i]);
    art_free(coros, (size_t)count * sizeof *coros);
}

static void report_errors(art_shutdown_asyncgens_frame *self, const art_list *results)
{
    const art_box *boxes = results->items;
    art_asyncgen **gens = self->gens->items;
    for (int64_t i = 0; i < results->len; i++)
        if (art_box_isinstance(boxes[i], &art_type_Exception))
            art__loop_report(self->loop, "an error occurred during closing of asynchronous generator",
                             (art_exc *)boxes[i].as.obj, "asyncgen", gens[i]);
}

art_step art_shutdown_asyncgens_resume(art_frame *base)
{
    art_shutdown_asyncgens_frame *self = (art_shutdown_asyncgens_frame *)base;
    art_list *results = NULL;
    switch (base->state) {
    case 0:
        self->loop->is_shutting_agens = true;
        if (!self->loop->asyncgens)
            break;
        close_all(self);
        base->state = 1;
        if (art_await_future(base, self->closing) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        if (art_future_take(self->closing, &results))
            report_errors(self, results);
        art_release(results);
        break;
    }
    art_release(self->closing);
    art_release(self->gens);
    return art_frame_done(base);
}

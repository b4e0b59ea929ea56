/* Generator objects: what next(), send(), throw() and close() do to a generator's frame. */
#include "art/gen.h"

#include "art/box.h"
#include "art/exc.h"
#include "art/format.h"

#include <stdio.h>
#include <string.h>

art_gen *art_gen_new(const art_type *type, uint32_t frame_size)
{
    uint32_t size = (uint32_t)sizeof(art_gen) + frame_size;
    art_gen *gen = art_new(type, size);
    gen->size = size;
    return gen;
}

static bool is_over(const art_gen *gen)
{
    return art_gen_frame(gen)->state == ART_FINISHED;
}

/* A StopIteration that comes out of the body would end the loop around: it becomes a RuntimeError. */
static void refuse_stop(void)
{
    art_exc *stop = art_catch();
    art_raise_from(art_exc_fmt(&art_type_RuntimeError, "generator raised StopIteration"), stop);
    art_release(stop);
}

void art_gen_trace(const char *function, const char *file)
{
    art_trace(function, file);
    if (art_raised_is(&art_type_StopIteration))
        refuse_stop();
}

void art__nothing_sent(void)
{
    if (!art_self.raised)
        art_raise_new(&art_type_TypeError, "next() sent None to a generator that needs a value");
}

/* Runs the body to its next yield. */
static art_step run(art_gen *gen, const void *sent)
{
    art_frame *frame = art_gen_frame(gen);
    gen->sent = sent;
    gen->base.aux |= ART_GEN_RUNNING;
    art_retain(gen); /* the body may drop the last reference */
    art_step step = frame->resume(frame);
    gen->base.aux &= ~(uint32_t)ART_GEN_RUNNING;
    gen->sent = NULL;
    if (step == ART_DONE && art_raised_is(&art_type_StopIteration))
        refuse_stop(); /* thrown in before it began */
    art_release(gen);
    return step;
}

static bool is_busy(const art_gen *gen)
{
    if (!(gen->base.aux & ART_GEN_RUNNING))
        return false;
    art_raise_new(&art_type_ValueError, "generator already executing");
    return true;
}

art_step art_gen_next(art_gen *gen)
{
    return is_over(gen) || is_busy(gen) ? ART_DONE : run(gen, NULL);
}

bool art__slot_is_none(const art_type *type, const void *slot)
{
    if (!slot || type->kind == ART_KIND_NONE)
        return true;
    if (type->kind == ART_KIND_BOX)
        return ((const art_box *)slot)->type == &art_type_none;
    return type->kind == ART_KIND_OPTIONAL && !*(void *const *)slot;
}

art_step art_gen_send(art_gen *gen, const void *value)
{
    if (is_over(gen) || is_busy(gen))
        return ART_DONE;
    const art_type *type = gen->base.type->arg_count > 1 ? gen->base.type->args[1] : &art_type_none;
    if (art_gen_frame(gen)->state == 0 && !art__slot_is_none(type, value)) {
        art_raise_new(&art_type_TypeError, "can't send non-None value to a just-started generator");
        return ART_DONE;
    }
    return run(gen, value);
}

art_step art_gen_throw(art_gen *gen, art_exc *exception)
{
    if (is_busy(gen))
        return ART_DONE;
    art_raise(art_retain(exception));
    if (is_over(gen))
        return ART_DONE;
    if (art_gen_frame(gen)->state == 0)
        art_gen_frame(gen)->state = ART_DROPPED;
    return run(gen, NULL);
}

/* Drops a value that was yielded where nobody takes it. */
static void drop_value(art_gen *gen)
{
    if (gen->base.type->args[0]->kind != ART_KIND_NONE)
        art_slot_clear(gen->base.type->args[0], art_gen_value(gen));
}

bool art_gen_close(art_gen *gen)
{
    if (is_busy(gen))
        return false;
    if (is_over(gen))
        return true;
    art_frame *frame = art_gen_frame(gen);
    if (frame->state == 0) {
        frame->state = ART_DROPPED;
        run(gen, NULL);
        return true;
    }
    art_raise(art_exc_new(&art_type_GeneratorExit));
    if (run(gen, NULL) == ART_YIELDED) {
        drop_value(gen);
        art_raise_new(&art_type_RuntimeError, "generator ignored GeneratorExit");
        return false;
    }
    if (art_raised_is(&art_type_GeneratorExit))
        art_forget();
    return !art_self.raised;
}

/* -- as expressions --------------------------------------------------------------------------------------------------------------- */

void *art_gen_returned(const art_gen *gen)
{
    uint32_t offset = art_gen_frame(gen)->flags;
    return offset ? (char *)art_gen_frame(gen) + offset : NULL;
}

/* Moves the yielded value out, or raises StopIteration with what the generator returned. */
static bool value_or_stop(art_gen *gen, art_step step, bool was_over, void *out)
{
    const art_type *type = gen->base.type->args[0];
    if (step == ART_YIELDED) {
        if (type->kind == ART_KIND_NONE)
            *(art_none *)out = 0;
        else
            memcpy(out, art_gen_value(gen), type->size);
        return true;
    }
    if (art_self.raised)
        return false;
    void *returned = was_over ? NULL : art_gen_returned(gen);
    if (!returned || gen->base.type->arg_count < 3 || gen->base.type->args[2]->kind == ART_KIND_NONE) {
        art_raise_type(&art_type_StopIteration);
        return false;
    }
    art_box value = art_slot_box(gen->base.type->args[2], returned);
    art_slot_clear(gen->base.type->args[2], returned);
    art_raise_box(&art_type_StopIteration, value);
    art_box_release(value);
    return false;
}

bool art_gen_next_value(art_gen *gen, void *out)
{
    bool was_over = is_over(gen);
    return value_or_stop(gen, art_gen_next(gen), was_over, out);
}

bool art_gen_send_value(art_gen *gen, const void *value, void *out)
{
    bool was_over = is_over(gen);
    return value_or_stop(gen, art_gen_send(gen, value), was_over, out);
}

bool art_gen_throw_value(art_gen *gen, art_exc *exception, void *out)
{
    bool was_over = is_over(gen);
    return value_or_stop(gen, art_gen_throw(gen, exception), was_over, out);
}

/* -- life --------------------------------------------------------------------------------------------------------------------------- */

void art_gen_destroy(art_obj *self)
{
    art_gen *gen = (art_gen *)self;
    if (!is_over(gen)) {
        art_exc *pending = art_catch();
        gen->base.refs = 1;
        if (!art_gen_close(gen))
            art_forget(); /* CPython writes "Exception ignored in" to standard error */
        art_self.raised = pending;
    }
    void *returned = gen->base.type->arg_count > 2 ? art_gen_returned(gen) : NULL;
    if (returned)
        art_slot_clear(gen->base.type->args[2], returned);
    art_free(gen, gen->size);
}

void art__gen_drop(art_frame *frame, uint32_t size, const art_type *type)
{
    art_gen *gen = art_gen_new(type, size);
    memcpy(art_gen_frame(gen), frame, size);
    frame->state = ART_FINISHED;
    art_release(gen);
}

art_str *art_gen_slot_repr(const void *slot)
{
    const art_gen *gen = *(art_gen *const *)slot;
    const art_code *code = art_code_of(art_gen_frame(gen));
    char place[40];
    snprintf(place, sizeof place, "%p", (const void *)gen);
    return art_strf("<generator object %c at %c>", code ? code->name : "?", place);
}

static const art_type *const args_any[] = {&art_type_box, &art_type_box, &art_type_box};
const art_type art_type_generator = {.name = "generator", .module = "builtins", .kind = ART_KIND_GENERATOR,
                                     .size = sizeof(art_gen *), .is_counted = true, .arg_count = 3, .args = args_any,
                                     .destroy = art_gen_destroy, .repr = art_gen_slot_repr};

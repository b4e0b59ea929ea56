/* Generator objects: a header and the generator's frame in one block.
 *
 * A generator's frame is `{ art_frame base; Y value; … }`: before `return ART_YIELDED` it stores the yielded value, owned, behind
 * base; the consumer moves it out. It returns ART_DONE when it is over. What `yield` gives inside (send) is at art_gen_sent: an
 * address of an S, or NULL for None. A return value is stored at frame + base.flags (an offset that `init` sets; 0: None).
 *
 *     for x in f(3):                  g = art_gen_new(&Generator_int, sizeof(f_frame));
 *                                     f_init((f_frame *)art_gen_frame(g), 3);
 *                                     while (art_gen_next(g) == ART_YIELDED) { x = *(int64_t *)art_gen_value(g); … }
 *                                     if (art_raised(line)) …
 *                                     art_release(g);
 *
 * A loop that keeps the generator to itself may place the frame in its own and call f_resume directly, without the header. Where it is
 * left early it says art_gen_drop. */
#ifndef ART_GEN_H
#define ART_GEN_H

#include "art/frame.h"

typedef struct art_gen {
    art_obj base;      /* base.type: Generator[Y, S, R]; aux: ART_GEN_RUNNING */
    const void *sent;  /* while it runs: what send() was given, borrowed; NULL: None */
    uint32_t size;     /* bytes of the whole block */
    uint32_t unused;
    /* the frame follows */
} art_gen;

enum { ART_GEN_RUNNING = 1 };

extern const art_type art_type_generator;
void art_gen_destroy(art_obj *self);
art_str *art_gen_slot_repr(const void *slot);
#define ART_GENERATOR_TYPE(yield_, send_, return_) \
    {.name = "generator", .module = "builtins", .kind = ART_KIND_GENERATOR, .size = sizeof(art_gen *), .is_counted = true, \
     .arg_count = 3, .args = (const art_type *const[]){yield_, send_, return_}, .destroy = art_gen_destroy, \
     .repr = art_gen_slot_repr}

art_gen *art_gen_new(const art_type *type, uint32_t frame_size); /* owned; the caller initialises the frame at once */
static inline art_frame *art_gen_frame(const art_gen *gen)
{
    return (art_frame *)(uintptr_t)(gen + 1);
}
static inline void *art_gen_value(const art_gen *gen)
{
    return art_gen_frame(gen) + 1;
}
/* For the body of a generator: what the last `yield` gives. */
static inline const void *art_gen_sent(const art_frame *frame)
{
    return ((const art_gen *)(const void *)frame - 1)->sent;
}

/* ART_YIELDED: the value is at art_gen_value, to be moved out. ART_DONE: over, or raised (ask art_raised).
 * ValueError "generator already executing"; RuntimeError "generator raised StopIteration". */
art_step art_gen_next(art_gen *gen);
art_step art_gen_send(art_gen *gen, const void *value); /* TypeError "can't send non-None value to a just-started generator" */
art_step art_gen_throw(art_gen *gen, art_exc *exception); /* borrowed */
bool art_gen_close(art_gen *gen);                         /* false: raised */
/* next(gen) and gen.send(x) as expressions: false with StopIteration (and its value) at the end. */
bool art_gen_next_value(art_gen *gen, void *out);
bool art_gen_send_value(art_gen *gen, const void *value, void *out);
bool art_gen_throw_value(art_gen *gen, art_exc *exception, void *out);
/* Where the return value is after ART_DONE, for `x = yield from gen`; NULL: None. To be moved out. */
void *art_gen_returned(const art_gen *gen);

/* Where an exception leaves a generator's body: art_trace; StopIteration, which would look like its end, becomes a RuntimeError. */
void art_gen_trace(const char *function, const char *file);

void art__gen_drop(art_frame *frame, uint32_t size, const art_type *type);
/* The frame lies in the loop's own and is not needed any more. Unless it is over, it ends as an object of `type` does that is dropped. */
static inline void art_gen_drop(art_frame *frame, uint32_t size, const art_type *type)
{
    if (frame->state != ART_FINISHED)
        art__gen_drop(frame, size, type);
}

bool art__slot_is_none(const art_type *type, const void *slot); /* slot NULL: None */

#endif

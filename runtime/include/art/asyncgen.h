/* Asynchronous generator objects. The frame is that of a generator (gen.h) whose body may also await: it returns ART_SUSPENDED
 * then, and ART_YIELDED with its value behind base.
 *
 *     async for x in f(3):
 *
 *         self->g = art_asyncgen_new(&AsyncGenerator_int, sizeof(f_frame));
 *         f_init((f_frame *)art_asyncgen_frame(self->g), 3);
 *         for (;;) {
 *             base->state = 3;
 *             if (art_asyncgen_next(base, self->g) == ART_SUSPENDED)
 *                 return ART_SUSPENDED;
 *             // fall through
 *     case 3:
 *             if (!art_asyncgen_take(self->g, &x)) break;        // at the end, or raised
 *             …
 *         }
 *         if (art_raised(line)) …
 *
 * One that is dropped half-way is closed by its loop, in a task of its own (as CPython's finalizer hook does). */
#ifndef ART_ASYNCGEN_H
#define ART_ASYNCGEN_H

#include "art/list.h"
#include "art/task.h"

typedef struct art_asyncgen art_asyncgen;
struct art_asyncgen {
    art_obj base;             /* base.type: AsyncGenerator[Y, S] */
    const void *sent;         /* while it runs: what asend() was given, borrowed; NULL: None */
    uint32_t size;            /* bytes of the whole block */
    uint8_t state;            /* see asyncgen.c */
    bool is_running;          /* an asend, athrow or aclose is under way */
    bool has_value;           /* the frame holds a value that was yielded and not taken */
    uint8_t unused;
    art_loop *loop;           /* borrowed: whose list it is in; NULL: none */
    art_asyncgen *prev, *next; /* generators that were started and are not finished */
    /* the frame follows */
};

extern const art_type art_type_asyncgen;
void art_asyncgen_destroy(art_obj *self);
#define ART_ASYNCGEN_TYPE(yield_, send_) \
    {.name = "async_generator", .module = "builtins", .kind = ART_KIND_ASYNCGEN, .size = sizeof(art_asyncgen *), \
     .is_counted = true, .arg_count = 2, .args = (const art_type *const[]){yield_, send_}, .destroy = art_asyncgen_destroy}

art_asyncgen *art_asyncgen_new(const art_type *type, uint32_t frame_size);
static inline art_frame *art_asyncgen_frame(const art_asyncgen *gen)
{
    return (art_frame *)(uintptr_t)(gen + 1);
}
/* For the body: what the last `yield` gives; an address of an S, or NULL for None. */
static inline const void *art_asyncgen_sent(const art_frame *frame)
{
    return ((const art_asyncgen *)(const void *)frame - 1)->sent;
}

/* The awaits in place: each runs the generator and gives ART_SUSPENDED or ART_DONE. `case k` then asks art_asyncgen_take, after
 * all but close. `value` lies in the caller's frame until then. */
art_step art_asyncgen_next(art_frame *self, art_asyncgen *gen);
art_step art_asyncgen_send(art_frame *self, art_asyncgen *gen, const void *value);
art_step art_asyncgen_throw(art_frame *self, art_asyncgen *gen, art_exc *exception);
/* True: a value, moved to `out`. False: the generator is over, or an exception is pending. */
bool art_asyncgen_take(art_asyncgen *gen, void *out);

/* Where an exception leaves the body: art_trace; StopAsyncIteration and StopIteration become a RuntimeError. */
void art_asyncgen_trace(const char *function, const char *file);

void art__asyncgen_drop(art_frame *frame, uint32_t size, const art_type *type);
/* The frame lies in that of a loop, which alone walks it, and is not needed any more. Unless it is over, it moves into an object of `type`,
 * which is dropped: the event loop closes it. */
static inline void art_asyncgen_drop(art_frame *frame, uint32_t size, const art_type *type)
{
    if (frame->state != ART_FINISHED)
        art__asyncgen_drop(frame, size, type);
}

/* `await gen.asend(x)`, `anext(gen)`, athrow, aclose as C coroutines: StopAsyncIteration at the end; the value to `out`. */
typedef struct art_asyncgen_send_frame {
    art_frame base;
    void *out; /* the caller's */
    art_asyncgen *gen; /* owned */
    art_exc *exception; /* owned: athrow's */
    void *value;       /* asend: art_alloc memory with the value, or NULL */
} art_asyncgen_send_frame;
typedef art_asyncgen_send_frame art_asyncgen_anext_frame, art_asyncgen_asend_frame, art_asyncgen_athrow_frame;
void art_asyncgen_anext_init(art_asyncgen_anext_frame *frame, art_asyncgen *gen, void *out);
art_step art_asyncgen_anext_resume(art_frame *base);
void art_asyncgen_asend_init(art_asyncgen_asend_frame *frame, art_asyncgen *gen, const void *value, void *out);
art_step art_asyncgen_asend_resume(art_frame *base);
void art_asyncgen_athrow_init(art_asyncgen_athrow_frame *frame, art_asyncgen *gen, art_exc *exception, void *out);
art_step art_asyncgen_athrow_resume(art_frame *base);
typedef struct art_asyncgen_aclose_frame {
    art_frame base;
    art_asyncgen *gen; /* owned */
    art_frame *inside; /* where the generator awaits, while this frame stands between it and the task (state 2) */
} art_asyncgen_aclose_frame;
void art_asyncgen_aclose_init(art_asyncgen_aclose_frame *frame, art_asyncgen *gen);
art_step art_asyncgen_aclose_resume(art_frame *base);

/* await loop.shutdown_asyncgens() */
typedef struct art_shutdown_asyncgens_frame {
    art_frame base;
    art_loop *loop;
    art_future *closing; /* owned: the gather of all acloses */
    art_list *gens;      /* owned */
} art_shutdown_asyncgens_frame;
void art_shutdown_asyncgens_init(art_shutdown_asyncgens_frame *frame, art_loop *loop);
art_step art_shutdown_asyncgens_resume(art_frame *base);

#endif

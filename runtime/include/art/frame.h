/* Frames: what a coroutine, generator or async generator becomes.
 *
 * A coroutine `f` is three things, whether the compiler wrote it or a hand did:
 *
 *     typedef struct f_frame { art_frame base; T result; … } f_frame;   // result: directly behind base, absent when T is None
 *     void f_init(f_frame *frame, parameters);    // borrowed values, retains what it keeps; sets resume, state 0
 *     art_step f_resume(art_frame *frame);
 *
 * Nothing needs to be zero before `init`. A C coroutine whose result is of generic type T has no result member; it takes `void
 * *out` as the last parameter of `init` and leaves the owned result there when it ends without raising. `out` lies in the
 * caller's frame (or where art_task_new_out says) and stays valid until the coroutine is finished.
 *
 * Awaiting one in place:
 *
 *         f_init(&self->child.f, …);
 *         base->state = 3;
 *         if (art_await(base, &self->child.f.base) == ART_SUSPENDED)
 *             return ART_SUSPENDED;
 *         // fall through
 *     case 3:
 *         if (art_raised(line)) goto …;
 *         x = self->child.f.result;                // moved out
 *
 * A coroutine that awaits itself, directly or through others, cannot lie in its own frame: what the caller has is a pointer.
 *
 *         self->child.f = art_frame_take(sizeof(f_frame));
 *         f_init(self->child.f, …);
 *         …
 *     case 3:
 *         x = self->child.f->result;
 *         art_frame_give(self->child.f, sizeof(f_frame));
 *
 * Teardown. A frame that has been started is torn down by raising into it (art_coro_close, art_gen_close raise GeneratorExit). One that was
 * not is resumed once with state ART_DROPPED: `default: goto leave;` of the switch must release what `init` took and return
 * ART_DONE with state ART_FINISHED, running nothing of the body; a pending exception stays pending. */
#ifndef ART_FRAME_H
#define ART_FRAME_H

#include "art/value.h"

typedef enum art_step {
    ART_DONE,      /* returned, or raised when art_self.raised is set */
    ART_SUSPENDED, /* the task waits for something; pass it up at once */
    ART_YIELDED,   /* a generator has a value */
} art_step;

typedef struct art_frame art_frame;
struct art_frame {
    art_step (*resume)(art_frame *self);
    art_frame *caller; /* who awaits this one, borrowed; NULL in the root of a task and in a generator at rest */
    uint32_t state;    /* 0: not started; k: suspended at `case k`; or one of the two below */
    uint32_t flags;    /* for the coroutine's own use; 0 after init */
};

#define ART_FINISHED UINT32_MAX      /* over; must not be resumed */
#define ART_DROPPED (UINT32_MAX - 1) /* to be torn down before its first step */

/* What begins every `init`. */
static inline void art_frame_init(art_frame *frame, art_step (*resume)(art_frame *))
{
    frame->resume = resume;
    frame->caller = NULL;
    frame->state = 0;
    frame->flags = 0;
}

/* Runs `child`, initialised, as what `self` awaits. The caller has set its own state already. */
static inline art_step art_await(art_frame *self, art_frame *child)
{
    child->caller = self;
    return child->resume(child);
}

/* Ends a resume: state and step in one expression. */
static inline art_step art_frame_done(art_frame *self)
{
    self->state = ART_FINISHED;
    return ART_DONE;
}

/* -- frames of recursive awaits ---------------------------------------------------------------------------------------------- */

/* As long as nobody waits they come and go like calls, so that they lie side by side and taking one is an addition. One that is given
 * back while another lies behind it, since its task or that of the other was suspended, goes to the pool of its size. */
enum { ART_FRAME_GRAIN = 16, ART_FRAME_LARGEST = 512 };

static inline size_t art__frame_room(size_t size)
{
    return (size + ART_FRAME_GRAIN - 1) & ~(size_t)(ART_FRAME_GRAIN - 1);
}
void *art__frame_take(size_t room);
void art__frame_give(void *frame, size_t room);

static inline void *art_frame_take(size_t size)
{
    char *frame = art_self.frames;
    size_t room = art__frame_room(size);
    if (__builtin_expect(room > ART_FRAME_LARGEST || (size_t)(art_self.frames_end - frame) < room, 0))
        return art__frame_take(room);
    art_self.frames = frame + room;
    return frame;
}
static inline void art_frame_give(void *frame, size_t size)
{
    size_t room = art__frame_room(size);
    if (__builtin_expect(room > ART_FRAME_LARGEST || (char *)frame + room != art_self.frames, 0))
        art__frame_give(frame, room);
    else
        art_self.frames = frame;
}

/* -- what the frames of the program are called: for tracebacks, repr and the task tree --------------------------------------- */

/* One per coroutine or generator, in a static table of the program. */
typedef struct art_code {
    art_step (*resume)(art_frame *);
    const char *name; /* qualified name */
    const char *file;
    uint32_t line;         /* of the def */
    uint32_t state_count;
    const uint32_t *lines; /* of each state k: the line of its await */
} art_code;

/* Makes the table known to this process; it must live on. Called once per module, before any thread is started. */
void art_code_register(const art_code *table, size_t count);
/* NULL when the frame is not in any table. */
const art_code *art_code_of(const art_frame *frame);

/* For the body of a generator that cannot go on with None: raises TypeError if next() resumed it, unless something was thrown in. */
void art__nothing_sent(void);
static inline void art_need_sent(const void *sent)
{
    if (__builtin_expect(!sent, 0))
        art__nothing_sent();
}

#endif

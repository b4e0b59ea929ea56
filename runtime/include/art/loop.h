/* The event loop: a queue of what is ready, timers, a poller, and a way to wake it from another thread.
 *
 * One turn is asyncio's: look at the poller, move the timers that are due to the ready queue in order of their time, then run
 * exactly what was ready at that point. While something is ready and nothing can be due, the poller and the clock are looked at
 * every ART_LOOP_LOOK turns only, which no program can tell from a faster machine.
 *
 * One loop per thread runs at a time; a loop and all that belongs to it is used from one thread only, its *loop thread*, save
 * for what says "any thread". */
#ifndef ART_LOOP_H
#define ART_LOOP_H

#include "art/closure.h"
#include "art/dict.h"
#include "art/value.h"

typedef struct art_loop art_loop; /* counted; kind CLASS, name "_UnixSelectorEventLoop" */
typedef struct art_task art_task;
typedef struct art_future art_future;
typedef struct art_handle art_handle;
typedef struct art_context art_context;

extern const art_type art_type_loop, art_type_handle;

/* -- what can wait in the ready queue: intrusive, allocates nothing ---------------------------------------------------------- */

/* A link to something that can be made ready. The low bits of the address say what it is, so that the thing itself need not. */
typedef uintptr_t art_link;
enum {
    ART_LINK_TASK,  /* a task's next step: art_task.link */
    ART_LINK_CALL,  /* art_call */
    ART_LINK_TIMER, /* art_timer_call */
    ART_LINK_SLEEP, /* a timer followed by the waiter to set */
    ART_LINK_MASK = 7,
};

/* What is ready, first come first served. A turn runs from `first` to the one whose link is at `end`. */
typedef struct art_ready {
    art_link first; /* runs next; 0: nothing is ready */
    art_link *last; /* where the next one is linked */
    art_link *end;  /* the link of the last one that this turn runs; &first: none is left of it */
} art_ready;

/* What generated code may see of a loop; the rest follows. */
typedef struct art_loop_front {
    art_obj base;
    art_ready queue;
} art_loop_front;

static inline void *art__link_target(art_link link)
{
    return (void *)(link & ~(uintptr_t)ART_LINK_MASK);
}
static inline void art__ready_push(art_loop *loop, art_link link)
{
    art_ready *queue = &((art_loop_front *)loop)->queue;
    art_link *next = (art_link *)art__link_target(link);
    *next = 0;
    *queue->last = link;
    queue->last = next;
}

/* A function to call on the loop. It may free the call. An exception that it leaves pending goes to the exception handler;
 * KeyboardInterrupt and SystemExit end the loop's run. */
typedef struct art_call art_call;
struct art_call {
    art_link next;
    void (*run)(art_call *self);
};

/* A deadline. The first member of whatever shall happen then. */
typedef struct art_timer art_timer;
struct art_timer {
    art_link next;   /* in the wheel while armed; in the ready queue once due */
    art_timer *prev; /* NULL: not armed (never was, cancelled, or due) */
    double when;     /* seconds of the loop's clock */
};

typedef struct art_timer_call art_timer_call;
struct art_timer_call {
    art_timer timer;
    void (*run)(art_timer_call *self); /* NULL: neither armed nor due */
};

/* Runs `call` in the next turn. The call must not be in the queue already. */
void art_loop_call(art_loop *loop, art_call *call);
/* Takes it out of the queue again, in time linear in the queue's length; nothing when it is not there. */
void art_loop_call_cancel(art_loop *loop, art_call *call);
/* Runs `timer->run` once at `when` (or in the next turn if that has passed). */
void art_timer_start(art_loop *loop, art_timer_call *timer, double when);
/* Afterwards it will not run and its memory may be reused: O(1), save when it is due already and sits in the ready queue. */
void art_timer_cancel(art_loop *loop, art_timer_call *timer);

/* -- a loop's life ------------------------------------------------------------------------------------------------------- */

art_loop *art_loop_new(void);     /* asyncio.new_event_loop(); OSError (NULL) when the system has no descriptors left */
art_loop *art_loop_running(void); /* get_running_loop(): owned; RuntimeError "no running event loop" */
art_loop *art_loop_get(void);     /* get_event_loop(): the running one, the set one, or a new one in the main thread; owned */
void art_loop_set(art_loop *loop); /* set_event_loop(); NULL is allowed */
/* Runs until stop(). False when KeyboardInterrupt or SystemExit came out, or RuntimeError for a loop that is running or closed. */
bool art_loop_run_forever(art_loop *loop);
/* Starts `awaitable` when it is a coroutine object and runs until it is done. True: `out` (may be NULL) holds its result. */
bool art_loop_run_until_complete(art_loop *loop, void *awaitable, void *out);
void art_loop_stop(art_loop *loop);
bool art_loop_close(art_loop *loop); /* RuntimeError "Cannot close a running event loop" */
bool art_loop_is_running(const art_loop *loop);
bool art_loop_is_closed(const art_loop *loop);
double art_loop_time(art_loop *loop);
bool art_loop_get_debug(const art_loop *loop);
void art_loop_set_debug(art_loop *loop, bool enabled);
double art_loop_get_slow_duration(const art_loop *loop); /* debug mode: seconds that a step may take */
void art_loop_set_slow_duration(art_loop *loop, double seconds);

/* asyncio.run(main): `coro` is a coroutine object, borrowed. False when it raised (then art_self.raised is set); true: `out`
 * (may be NULL) holds the result. debug: -1 as the environment says (PYTHONASYNCIODEBUG), else 0 or 1. */
bool art_run(art_task *coro, int debug, void *out);
/* The clean-up of run() and of Runner: cancels what is left, gathers it, closes async generators and the default executor. */
bool art_loop_shutdown(art_loop *loop);

/* asyncio.Runner. */
typedef struct art_runner art_runner; /* counted */
extern const art_type art_type_runner;
/* debug: bool or None; loop_factory: art_loop *fn(art_closure *), or NULL */
art_runner *art_runner_make(art_box debug, art_closure *loop_factory);
art_runner *art_runner_enter(art_runner *runner);                 /* owned: runner itself; RuntimeError */
bool art_runner_close(art_runner *runner);
art_loop *art_runner_get_loop(art_runner *runner); /* owned */
bool art_runner_run(art_runner *runner, art_task *coro, art_context *context, void *out);

/* -- callbacks of the program: closures `void fn(art_closure *self)` ---------------------------------------------------------- */

/* Each returns a handle, owned; `context` may be NULL (a copy of the current one). RuntimeError when the loop is closed. */
art_handle *art_loop_call_soon(art_loop *loop, art_closure *callback, art_context *context);
art_handle *art_loop_call_later(art_loop *loop, double delay, art_closure *callback, art_context *context);
art_handle *art_loop_call_at(art_loop *loop, double when, art_closure *callback, art_context *context);
/* Any thread. From another than the loop's it is a copy of the closure that runs, without context variables. */
art_handle *art_loop_call_soon_threadsafe(art_loop *loop, art_closure *callback, art_context *context);
void art_handle_cancel(art_handle *handle);
bool art_handle_cancelled(const art_handle *handle);
double art_handle_when(const art_handle *handle);

/* -- errors that nobody can catch ------------------------------------------------------------------------------------------ */

/* `handler` is `void fn(art_closure *self, art_loop *loop, art_dict *context)`, context a dict[str, Any]; NULL: the default one. */
void art_loop_set_exception_handler(art_loop *loop, art_closure *handler);
art_closure *art_loop_get_exception_handler(art_loop *loop); /* owned, or NULL */
bool art_loop_call_exception_handler(art_loop *loop, art_dict *context);
bool art_loop_default_exception_handler(art_loop *loop, art_dict *context);
/* What the runtime itself reports: message, exception (may be NULL), and the object it is about under `key` (may be NULL). */
void art__loop_report(art_loop *loop, const char *message, art_exc *exception, const char *key, void *object);

/* -- file descriptors and signals ------------------------------------------------------------------------------------------ */

bool art_loop_add_reader(art_loop *loop, int64_t fd, art_closure *callback);
bool art_loop_add_writer(art_loop *loop, int64_t fd, art_closure *callback);
bool art_loop_remove_reader(art_loop *loop, int64_t fd);
bool art_loop_remove_writer(art_loop *loop, int64_t fd);
bool art_loop_add_signal_handler(art_loop *loop, int64_t signal, art_closure *callback);
bool art_loop_remove_signal_handler(art_loop *loop, int64_t signal);

/* -- the clock and the order of a test ----------------------------------------------------------------------------------- */

/* Time stands still while anything is ready and jumps to the next deadline when nothing is. ASYNCC_CLOCK=virtual in the
 * environment does this to every new loop. */
void art_loop_use_virtual_clock(art_loop *loop);
/* From now on each turn runs what is ready in an order drawn from `seed`; 0: the order of arrival. ASYNCC_SEED does the same. */
void art_loop_use_seed(art_loop *loop, uint64_t seed);

/* -- folding the loop into another one --------------------------------------------------------------------------------------- */

int art_loop_fd(art_loop *loop); /* readable when a turn has something to do from outside */
/* Seconds until a turn is due: 0 when something is ready, negative when there is nothing to wait for but the descriptor. */
double art_loop_next_timeout(art_loop *loop);
/* One turn that waits for at most `timeout` seconds (negative: for ever). False as art_loop_run_forever. */
bool art_loop_turn(art_loop *loop, double timeout);
/* Wakes a loop that waits. Any thread. */
void art_loop_wake(art_loop *loop);

#endif

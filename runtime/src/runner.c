/* asyncio.run and Runner: a new loop, the main task, and the clean-up in its four steps: cancel what is left, gather it, close
 * asynchronous generators, shut the default executor down. */
#include "loop_impl.h"

#include "art/asyncgen.h"
#include "art/box.h"
#include "art/context.h"
#include "art/gather.h"
#include "art/pool.h"

#include <signal.h>

static const art_type type_any_list = ART_LIST_TYPE(&art_type_box);
static const art_type type_gathered = ART_FUTURE_TYPE(&type_any_list);
static const art_type type_none_task = ART_TASK_TYPE(&art_type_none);
static const art_type type_none_coroutine = ART_COROUTINE_TYPE(&art_type_none, &type_none_task);

/* -- the clean-up ------------------------------------------------------------------------------------------------------------------- */

/* Cancels all tasks, in order of creation, waits for them, and reports what they raised. False: KeyboardInterrupt, SystemExit. */
static bool cancel_all(art_loop *loop)
{
    int64_t count = 0;
    art_task *task = loop->tasks;
    if (!task)
        return true;
    do
        count++;
    while ((task = task->next) != loop->tasks);

    void **tasks = art_alloc((size_t)count * sizeof *tasks);
    for (int64_t i = 0; i < count; i++, task = task->next)
        tasks[i] = art_retain(task);
    for (int64_t i = 0; i < count; i++)
        art_task_cancel(tasks[i], NULL);
    art_future *gathered = art_gather(tasks, count, true, &type_gathered);
    bool is_ok = art_loop_run_until_complete(loop, gathered, NULL);
    for (int64_t i = 0; i < count; i++) {
        art_future *future = tasks[i];
        art_exc *exc = is_ok && !art_future_cancelled(future) ? art__future_peek(future) : NULL;
        if (exc)
            art__loop_report(loop, "unhandled exception during asyncio.run() shutdown", exc, "task", future);
        art_release(future);
    }
    art_free(tasks, (size_t)count * sizeof *tasks);
    art_release(gathered);
    return is_ok;
}

static bool run_shutdown_asyncgens(art_loop *loop)
{
    art_task *coro = art_task_new(&type_none_coroutine, sizeof(art_shutdown_asyncgens_frame));
    art_shutdown_asyncgens_init((art_shutdown_asyncgens_frame *)art_task_frame(coro), loop);
    bool is_ok = art_loop_run_until_complete(loop, coro, NULL);
    art_release(coro);
    return is_ok;
}

static bool run_shutdown_executor(art_loop *loop)
{
    art_task *coro = art_task_new(&type_none_coroutine, sizeof(art_shutdown_executor_frame));
    art_shutdown_executor_init((art_shutdown_executor_frame *)art_task_frame(coro), loop);
    bool is_ok = art_loop_run_until_complete(loop, coro, NULL);
    art_release(coro);
    return is_ok;
}

bool art_loop_shutdown(art_loop *loop)
{
    return cancel_all(loop) && run_shutdown_asyncgens(loop) && run_shutdown_executor(loop);
}

/* -- Runner ------------------------------------------------------------------------------------------------------------------------- */

typedef enum runner_state { CREATED, INITIALIZED, CLOSED } runner_state;

struct art_runner {
    art_obj base;
    runner_state state;
    int debug;              /* -1: as the environment says */
    bool has_set_loop;
    bool runs_once;         /* asyncio.run(): no context that goes from one run to the next, the task has its own as any task */
    art_closure *factory;   /* owned or NULL */
    art_loop *loop;         /* owned */
    art_context *context;   /* owned */
};

static void runner_destroy(art_obj *self)
{
    art_runner *runner = (art_runner *)self;
    art_release(runner->factory);
    art_release(runner->loop);
    art_release(runner->context);
    art_free(runner, sizeof *runner);
}

const art_type art_type_runner = {.name = "Runner", .module = "asyncio.runners", .kind = ART_KIND_CLASS,
                                  .size = sizeof(art_runner *), .is_counted = true, .object_size = sizeof(art_runner),
                                  .destroy = runner_destroy};

art_runner *art_runner_make(art_box debug, art_closure *loop_factory)
{
    art_runner *runner = art_new(&art_type_runner, sizeof *runner);
    runner->debug = art_box_is_none(debug) ? -1 : art_box_truth(debug);
    runner->factory = art_retain(loop_factory);
    return runner;
}

static bool init(art_runner *runner)
{
    if (runner->state == CLOSED) {
        art_raise_new(&art_type_RuntimeError, "Runner is closed");
        return false;
    }
    if (runner->state == INITIALIZED)
        return true;
    if (runner->factory) {
        runner->loop = ((art_loop * (*)(art_closure *)) runner->factory->fn)(runner->factory);
    } else {
        runner->loop = art_loop_new();
        if (runner->loop)
            art_loop_set(runner->loop);
        runner->has_set_loop = true;
    }
    if (!runner->loop)
        return false;
    if (runner->debug >= 0)
        art_loop_set_debug(runner->loop, runner->debug);
    runner->context = runner->runs_once ? NULL : art_copy_context();
    runner->state = INITIALIZED;
    return true;
}

art_runner *art_runner_enter(art_runner *runner)
{
    return init(runner) ? art_retain(runner) : NULL;
}

art_loop *art_runner_get_loop(art_runner *runner)
{
    return init(runner) ? art_retain(runner->loop) : NULL;
}

bool art_runner_close(art_runner *runner)
{
    if (runner->state != INITIALIZED)
        return true;
    art_exc *pending = art_catch();
    bool is_ok = art_loop_shutdown(runner->loop);
    art_exc *own = art_catch();
    if (runner->has_set_loop)
        art_loop_set(NULL);
    art_loop_close(runner->loop);
    art_release(runner->loop);
    runner->loop = NULL;
    runner->state = CLOSED;
    if (own) {
        art_exc_set_context(own, pending);
        art_release(pending);
        art_self.raised = own;
    } else {
        art_self.raised = pending;
    }
    return is_ok && !pending;
}

/* -- Ctrl-C -------------------------------------------------------------------------------------------------------------------------- */

/* While a runner runs on a thread where SIGINT is not handled yet, the first one cancels the main task. */
typedef struct interrupt {
    art_call call;
    art_task *main;
    int count;
} interrupt;

static void on_interrupt(art_call *call)
{
    interrupt *self = (interrupt *)call;
    if (++self->count == 1 && !art_future_done(&self->main->future))
        art_task_cancel(self->main, NULL);
    else
        art_raise(art_exc_new(&art_type_KeyboardInterrupt));
}

static bool watch_interrupt(art_loop *loop, interrupt *self)
{
    struct sigaction now;
    if (sigaction(SIGINT, NULL, &now) || now.sa_flags & SA_SIGINFO || now.sa_handler != SIG_DFL)
        return false;
    return art__signal_watch(loop, SIGINT, &self->call, NULL) == 0;
}

bool art_runner_run(art_runner *runner, art_task *coro, art_context *context, void *out)
{
    if (coro->future.base.type->kind != ART_KIND_COROUTINE) {
        art_raise_new(&art_type_ValueError, "a coroutine was expected, got %V", &art_type_task, &coro);
        return false;
    }
    if (art_self.loop) {
        art_raise_new(&art_type_RuntimeError, "Runner.run() cannot be called from a running event loop");
        return false;
    }
    if (!init(runner))
        return false;
    art_task *task = art_loop_create_task(runner->loop, coro, NULL, context ? context : runner->context);
    if (!task)
        return false;
    interrupt sigint = {{0, on_interrupt}, task, 0};
    bool is_watching = watch_interrupt(runner->loop, &sigint);
    bool is_ok = art_loop_run_until_complete(runner->loop, task, out);
    if (is_watching) {
        if (art__signal_watched(runner->loop, SIGINT) == &sigint.call) /* else the program has its own */
            art__signal_watch(runner->loop, SIGINT, NULL, NULL);
        art_loop_call_cancel(runner->loop, &sigint.call);
    }
    if (!is_ok && sigint.count > 0 && art_raised_is(&art_type_CancelledError) && art_task_uncancel(task) == 0) {
        art_forget();
        art_raise(art_exc_new(&art_type_KeyboardInterrupt));
    }
    art_release(task);
    return is_ok;
}

bool art_run(art_task *coro, int debug, void *out)
{
    if (art_self.loop) {
        art_raise_new(&art_type_RuntimeError, "asyncio.run() cannot be called from a running event loop");
        return false;
    }
    art_runner *runner = art_runner_make(debug < 0 ? art_box_none() : art_box_bool(debug), NULL);
    runner->runs_once = true;
    bool is_ok = art_runner_run(runner, coro, NULL, out);
    if (!art_runner_close(runner) && is_ok) {
        is_ok = false; /* the clean-up raised: the result is lost */
        const art_type *type = art_future_item_type(&coro->future);
        if (out && type->kind != ART_KIND_NONE)
            art_slot_clear(type, out);
    }
    art_release(runner);
    return is_ok;
}

/* Callbacks of the program on a loop: handles (call_soon and its family), readers, writers, signal handlers, and what happens to
 * the exceptions that come out of callbacks. */
#include "loop_impl.h"

#include "art/box.h"
#include "art/context.h"
#include "art/dict.h"
#include "art/format.h"
#include "art/pool.h"
#include "art/print.h"

#include <string.h>

/* -- handles ---------------------------------------------------------------------------------------------------------------- */

struct art_handle {
    art_obj base;
    art_timer_call timer;   /* its link alone is used by call_soon */
    art_loop *loop;         /* borrowed: a loop outlives what is scheduled in it */
    art_closure *callback;  /* owned; NULL once cancelled */
    art_vars *vars;         /* owned: the context variables it runs with */
    art_context *context;   /* owned: a context given by the caller, instead */
    bool is_cancelled, is_scheduled; /* scheduled: the loop owns a reference */
};

static void handle_destroy(art_obj *self)
{
    art_handle *handle = (art_handle *)self;
    art_release(handle->callback);
    art_release(handle->vars);
    art_release(handle->context);
    art_free(handle, sizeof *handle);
}

static art_str *handle_repr(const void *slot)
{
    const art_handle *handle = *(art_handle *const *)slot;
    return art_strf("<%c%c>", handle->base.type->name, handle->is_cancelled ? " cancelled" : "");
}

const art_type art_type_handle = {.name = "Handle", .module = "asyncio.events", .kind = ART_KIND_CLASS,
                                  .size = sizeof(art_handle *), .is_counted = true, .object_size = sizeof(art_handle),
                                  .destroy = handle_destroy, .repr = handle_repr};
static const art_type type_timer_handle = {.name = "TimerHandle", .module = "asyncio.events", .kind = ART_KIND_CLASS,
                                           .size = sizeof(art_handle *), .is_counted = true, .base = &art_type_handle,
                                           .object_size = sizeof(art_handle), .destroy = handle_destroy, .repr = handle_repr};

static art_handle *handle_of(art_timer_call *timer)
{
    return (art_handle *)((char *)timer - offsetof(art_handle, timer));
}

/* Runs a callback of the program with its context variables. */
static void call(art_closure *callback, art_vars *vars, art_context *context)
{
    if (context) {
        if (!art_context_enter(context))
            return;
        ((void (*)(art_closure *))callback->fn)(callback);
        art_context_leave(context);
        return;
    }
    art_vars *outside = art__vars_switch(art_retain(vars));
    ((void (*)(art_closure *))callback->fn)(callback);
    art_release(art__vars_switch(outside));
}

static void run_handle(art_timer_call *timer)
{
    art_handle *handle = handle_of(timer);
    handle->is_scheduled = false;
    if (!handle->is_cancelled && !handle->loop->is_closed) {
        art_closure *callback = art_retain(handle->callback);
        call(callback, handle->vars, handle->context);
        art_release(callback);
        if (art_self.raised && !art__loop_callback_raised(handle->loop, "Exception in callback", "handle", handle)) {
            /* KeyboardInterrupt or SystemExit: stays pending, the loop stops. */
        }
    }
    art_release(handle);
}

void art__handle_drop(art_timer *timer)
{
    art_timer_call *timer_call = (art_timer_call *)timer;
    if (timer_call->run == run_handle)
        run_handle(timer_call); /* the loop is closed: only lets go */
}

static art_handle *handle_new(art_loop *loop, const art_type *type, art_closure *callback, art_context *context)
{
    if (loop->is_closed) {
        art_raise_new(&art_type_RuntimeError, "Event loop is closed");
        return NULL;
    }
    art_handle *handle = art_new(type, sizeof *handle);
    handle->timer.run = run_handle;
    handle->loop = loop;
    handle->callback = art_retain(callback);
    handle->context = art_retain(context);
    handle->vars = context ? NULL : art_retain(art__vars_current());
    handle->is_scheduled = true;
    return art_retain(handle); /* one for the loop, one for the caller */
}

art_handle *art_loop_call_soon(art_loop *loop, art_closure *callback, art_context *context)
{
    art_handle *handle = handle_new(loop, &art_type_handle, callback, context);
    if (handle)
        art__ready_push(loop, (art_link)&handle->timer | ART_LINK_TIMER);
    return handle;
}

art_handle *art_loop_call_at(art_loop *loop, double when, art_closure *callback, art_context *context)
{
    art_handle *handle = handle_new(loop, &type_timer_handle, callback, context);
    if (handle)
        art_timer_start(loop, &handle->timer, when);
    return handle;
}

art_handle *art_loop_call_later(art_loop *loop, double delay, art_closure *callback, art_context *context)
{
    return art_loop_call_at(loop, art__loop_now(loop) + delay, callback, context);
}

/* From another thread: what is posted belongs to the loop's thread, a copy with all that the closure holds. The caller gets a handle of its
 * own, which cancels nothing. */
static art_handle *post(art_loop *loop, art_closure *callback)
{
    const art_type *type = callback->base.type;
    art_closure *copy = NULL;
    if (!art_slot_deepcopy(type, &copy, &callback)) {
        art_release(copy);
        return NULL;
    }
    art_handle *handle = art_new(&art_type_handle, sizeof *handle), *seen = art_new(&art_type_handle, sizeof *seen);
    handle->timer.run = run_handle;
    handle->loop = seen->loop = loop;
    handle->callback = copy;
    handle->is_scheduled = true;
    art__inbox_post(loop, (art_link)&handle->timer | ART_LINK_TIMER);
    return seen;
}

art_handle *art_loop_call_soon_threadsafe(art_loop *loop, art_closure *callback, art_context *context)
{
    if (art_self.loop == loop || !loop->is_running || loop->is_closed)
        return art_loop_call_soon(loop, callback, context);
    return post(loop, callback);
}

void art_handle_cancel(art_handle *handle)
{
    if (handle->is_cancelled)
        return;
    handle->is_cancelled = true;
    art_closure *callback = handle->callback;
    handle->callback = NULL;
    if (handle->timer.timer.prev) { /* in the wheel; one that is in the ready queue is passed over there */
        art_timer_cancel(handle->loop, &handle->timer);
        handle->is_scheduled = false;
        art_release(handle);
    }
    art_release(callback);
}

bool art_handle_cancelled(const art_handle *handle)
{
    return handle->is_cancelled;
}

double art_handle_when(const art_handle *handle)
{
    return handle->timer.timer.when;
}

/* -- descriptors and signals ---------------------------------------------------------------------------------------------------- */

/* A callback that is called again and again. */
typedef struct repeated {
    art_call call;
    art_loop *loop;
    art_closure *callback; /* owned */
    art_vars *vars;        /* owned */
} repeated;

static void run_repeated(art_call *base)
{
    repeated *self = (repeated *)base;
    if (self->loop->is_closed)
        return;
    art_closure *callback = art_retain(self->callback); /* it may remove itself */
    call(callback, self->vars, NULL);
    art_release(callback);
}

static repeated *repeated_new(art_loop *loop, art_closure *callback)
{
    repeated *self = art_alloc(sizeof *self);
    self->call.run = run_repeated;
    self->loop = loop;
    self->callback = art_retain(callback);
    self->vars = art_retain(art__vars_current());
    return self;
}

static void repeated_free(art_call *call_)
{
    if (!call_)
        return;
    repeated *self = (repeated *)call_;
    art_loop_call_cancel(self->loop, call_);
    art_release(self->callback);
    art_release(self->vars);
    art_free(self, sizeof *self);
}

static bool watch(art_loop *loop, int64_t fd, int which, art_closure *callback)
{
    if (loop->is_closed) {
        art_raise_new(&art_type_RuntimeError, "Event loop is closed");
        return false;
    }
    repeated *self = callback ? repeated_new(loop, callback) : NULL;
    art_call *before;
    int error = art__watch(loop, (int)fd, which, self ? &self->call : NULL, &before);
    if (error) {
        repeated_free(&self->call);
        art_raise_errno(-error, NULL);
        return false;
    }
    repeated_free(before);
    return before != NULL;
}

bool art_loop_add_reader(art_loop *loop, int64_t fd, art_closure *callback)
{
    watch(loop, fd, ART_WATCH_READ, callback);
    return !art_self.raised;
}

bool art_loop_add_writer(art_loop *loop, int64_t fd, art_closure *callback)
{
    watch(loop, fd, ART_WATCH_WRITE, callback);
    return !art_self.raised;
}

bool art_loop_remove_reader(art_loop *loop, int64_t fd)
{
    return watch(loop, fd, ART_WATCH_READ, NULL);
}

bool art_loop_remove_writer(art_loop *loop, int64_t fd)
{
    return watch(loop, fd, ART_WATCH_WRITE, NULL);
}

/* What a signal had before: a closure of the program, or the runner's own call for Ctrl-C. */
static void signal_call_free(art_call *before)
{
    if (before && before->run == run_repeated)
        repeated_free(before);
}

bool art_loop_add_signal_handler(art_loop *loop, int64_t number, art_closure *callback)
{
    if (number < 1 || number > 64) {
        art_raise_new(&art_type_ValueError, "invalid signal number %i", number);
        return false;
    }
    repeated *self = repeated_new(loop, callback);
    art_call *before;
    int error = art__signal_watch(loop, (int)number, &self->call, &before);
    if (error) {
        repeated_free(&self->call);
        art_raise_new(&art_type_RuntimeError, "sig %i cannot be caught", number);
        return false;
    }
    signal_call_free(before);
    return true;
}

bool art_loop_remove_signal_handler(art_loop *loop, int64_t number)
{
    art_call *before;
    if (number < 1 || number > 64) {
        art_raise_new(&art_type_ValueError, "invalid signal number %i", number);
        return false;
    }
    art__signal_watch(loop, (int)number, NULL, &before);
    signal_call_free(before);
    return before != NULL;
}

void art__handlers_free(art_loop *loop)
{
    art_call *before;
    for (size_t fd = 0; fd < loop->watch_cap; fd++) {
        for (int which = 0; which < 2; which++) {
            if (!loop->watches[fd].calls[which])
                continue;
            bool is_ours = loop->watches[fd].calls[which]->run == run_repeated;
            art__watch(loop, (int)fd, which, NULL, &before);
            if (is_ours)
                repeated_free(before);
        }
    }
    for (int number = 1; number <= 64 && loop->signals; number++) {
        art__signal_watch(loop, number, NULL, &before);
        signal_call_free(before);
    }
}

/* -- exceptions that come out of callbacks --------------------------------------------------------------------------------------- */

static const art_type type_report = ART_DICT_TYPE(&art_type_str, &art_type_box);

static bool is_fatal(const art_exc *exc)
{
    return art_exc_matches(exc, &art_type_KeyboardInterrupt) || art_exc_matches(exc, &art_type_SystemExit);
}

static void put(art_dict *dict, const char *key, art_box value)
{
    art_str *name = art_str_of(key);
    art_dict_set(dict, &name, &value);
    art_release(name);
}

bool art_loop_default_exception_handler(art_loop *loop, art_dict *context)
{
    (void)loop;
    art_flush();
    art_exc *exception = NULL;
    art_text text = {0};
    art_text_add_c(&text, "Unhandled exception in event loop");
    art_dict_iter it = art_dict_begin(context);
    while (art_dict_next(&it)) {
        art_str *key = *(art_str **)it.key;
        art_box *value = it.value;
        if (art_str_equal_c(key, "message")) {
            art_str *message = art_box_str(*value);
            text.size = 0;
            art_text_add_str(&text, message);
            art_release(message);
        } else if (art_str_equal_c(key, "exception")) {
            if (value->type->kind == ART_KIND_EXCEPTION)
                exception = (art_exc *)value->as.obj;
        } else {
            art_str *shown = art_box_repr(*value);
            if (!shown) {
                art_forget();
                continue;
            }
            art_text_add_c(&text, "\n");
            art_text_add_str(&text, key);
            art_text_add_c(&text, ": ");
            art_text_add_str(&text, shown);
            art_release(shown);
        }
    }
    art_text_add_c(&text, "\n");
    art_str *line = art_text_take(&text);
    art_stream_write(&art_stderr, line);
    art_release(line);
    if (exception)
        art_exc_print(exception);
    return true;
}

bool art_loop_call_exception_handler(art_loop *loop, art_dict *context)
{
    if (!loop->exception_handler)
        return art_loop_default_exception_handler(loop, context);
    art_closure *handler = art_retain(loop->exception_handler);
    ((void (*)(art_closure *, art_loop *, art_dict *))handler->fn)(handler, loop, context);
    art_release(handler);
    if (!art_self.raised)
        return true;
    if (is_fatal(art_self.raised))
        return false;
    art_exc *raised = art_catch();
    art_dict *report = art_dict_new(&type_report, 3);
    art_str *message = art_str_of("Unhandled error in exception handler");
    put(report, "message", art_box_obj(message));
    put(report, "exception", art_box_obj(raised));
    put(report, "context", art_box_obj(context));
    art_loop_default_exception_handler(loop, report);
    art_release(message);
    art_release(raised);
    art_release(report);
    return true;
}

void art__loop_report(art_loop *loop, const char *message, art_exc *exception, const char *key, void *object)
{
    if (!loop)
        return;
    art_exc *pending = art_catch();
    art_dict *report = art_dict_new(&type_report, 3);
    art_str *text = art_str_of(message);
    put(report, "message", art_box_obj(text));
    if (exception)
        put(report, "exception", art_box_obj(exception));
    if (key)
        put(report, key, art_box_obj(object));
    art_loop_call_exception_handler(loop, report);
    art_release(text);
    art_release(report);
    if (pending) {
        art_forget();
        art_self.raised = pending;
    }
}

bool art__loop_callback_raised(art_loop *loop, const char *message, const char *key, void *object)
{
    if (is_fatal(art_self.raised))
        return false;
    art_exc *exc = art_catch();
    art__loop_report(loop, message, exc, key, object);
    art_release(exc);
    return !art_self.raised;
}

void art_loop_set_exception_handler(art_loop *loop, art_closure *handler)
{
    art_closure *before = loop->exception_handler;
    loop->exception_handler = art_retain(handler);
    art_release(before);
}

art_closure *art_loop_get_exception_handler(art_loop *loop)
{
    return art_retain(loop->exception_handler);
}

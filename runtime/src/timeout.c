/* asyncio.timeout: a timer that cancels the task, and the bookkeeping that tells this cancellation from others. */
#include "loop_impl.h"

#include "art/box.h"
#include "art/format.h"
#include "art/timeout.h"

static void timeout_destroy(art_obj *self)
{
    art_timeout *timeout = (art_timeout *)self;
    art_release(timeout->task);
    art_free(timeout, sizeof *timeout);
}

static art_str *slot_repr(const void *slot)
{
    return art_timeout_repr(*(art_timeout *const *)slot);
}

const art_type art_type_timeout = {.name = "Timeout", .module = "asyncio.timeouts", .kind = ART_KIND_CLASS,
                                   .size = sizeof(art_timeout *), .is_counted = true, .object_size = sizeof(art_timeout),
                                   .destroy = timeout_destroy, .repr = slot_repr};

static void set_when(art_timeout *timeout, art_box when)
{
    timeout->has_when = !art_box_is_none(when);
    timeout->when = timeout->has_when ? art_box_as_float(when) : 0;
}

art_timeout *art_timeout_at(art_box when)
{
    art_timeout *timeout = art_new(&art_type_timeout, sizeof *timeout);
    set_when(timeout, when);
    return timeout;
}

art_timeout *art_timeout_new(art_box delay)
{
    if (!art_self.loop) {
        art_raise_new(&art_type_RuntimeError, "no running event loop");
        return NULL;
    }
    art_timeout *timeout = art_timeout_at(delay);
    if (timeout->has_when)
        timeout->when += art__loop_now(art_self.loop);
    return timeout;
}

static void on_timeout(art_timer_call *timer)
{
    art_timeout *timeout = (art_timeout *)((char *)timer - offsetof(art_timeout, timer));
    art_task_cancel(timeout->task, NULL);
    timeout->state = ART_TIMEOUT_EXPIRING;
}

static void disarm(art_timeout *timeout)
{
    art_timer_cancel(art__loop_of(&timeout->task->future), &timeout->timer);
    timeout->timer.run = NULL;
}

static void arm(art_timeout *timeout)
{
    art_loop *loop = art_self.loop;
    disarm(timeout);
    if (!timeout->has_when)
        return;
    timeout->timer.run = on_timeout;
    if (timeout->when <= art__loop_now(loop))
        art__ready_push(loop, (art_link)&timeout->timer | ART_LINK_TIMER); /* call_soon */
    else
        art_timer_start(loop, &timeout->timer, timeout->when);
}

bool art_timeout_enter(art_timeout *timeout)
{
    if (timeout->state != ART_TIMEOUT_CREATED) {
        art_raise_new(&art_type_RuntimeError, "Timeout has already been entered");
        return false;
    }
    if (!art_self.task) {
        art_raise_new(&art_type_RuntimeError, "Timeout should be used inside a task");
        return false;
    }
    timeout->state = ART_TIMEOUT_ENTERED;
    timeout->task = art_retain(art_self.task);
    timeout->cancelling = (int32_t)art_task_cancelling(timeout->task);
    arm(timeout);
    return true;
}

bool art_timeout_exit(art_timeout *timeout, art_exc *exc)
{
    art_task *task = timeout->task;
    disarm(timeout);
    timeout->task = NULL;
    if (timeout->state == ART_TIMEOUT_EXPIRING) {
        timeout->state = ART_TIMEOUT_EXPIRED;
        /* No other cancellation was requested: the one that comes out is ours. */
        if (art_task_uncancel(task) <= timeout->cancelling && exc && exc->base.type == &art_type_CancelledError)
            art_raise_from(art_exc_new(&art_type_TimeoutError), exc);
    } else if (timeout->state == ART_TIMEOUT_ENTERED) {
        timeout->state = ART_TIMEOUT_EXITED;
    }
    art_release(task);
    return !art_self.raised;
}

art_box art_timeout_when(const art_timeout *timeout)
{
    return timeout->has_when ? art_box_float(timeout->when) : art_box_none();
}

static const char *const state_names[] = {"created", "active", "expiring", "expired", "finished"};

bool art_timeout_reschedule(art_timeout *timeout, art_box when)
{
    if (timeout->state != ART_TIMEOUT_ENTERED) {
        if (timeout->state == ART_TIMEOUT_CREATED)
            art_raise_new(&art_type_RuntimeError, "Timeout has not been entered");
        else
            art_raise_new(&art_type_RuntimeError, "Cannot change state of %c Timeout", state_names[timeout->state]);
        return false;
    }
    set_when(timeout, when);
    arm(timeout);
    return true;
}

bool art_timeout_expired(const art_timeout *timeout)
{
    return timeout->state == ART_TIMEOUT_EXPIRING || timeout->state == ART_TIMEOUT_EXPIRED;
}

art_str *art_timeout_repr(const art_timeout *timeout)
{
    const char *state = state_names[timeout->state];
    if (timeout->state != ART_TIMEOUT_ENTERED)
        return art_strf("<Timeout [%c]>", state);
    if (!timeout->has_when)
        return art_strf("<Timeout [%c] when=None>", state);
    return art_strf("<Timeout [%c] when=%{.3f}f>", state, timeout->when);
}

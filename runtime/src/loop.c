/* The event loop: its life, and the turn, which everything else waits for. What a turn runs is in the ready queue; timers are in
 * timer.c, descriptors, signals and other threads in wake.c, callbacks of the program in handle.c, run() in runner.c. */
#include "internal.h"
#include "loop_impl.h"

#include "art/asyncgen.h"
#include "art/context.h"
#include "art/format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

_Thread_local art_loop *art__loops[ART_FUTURE_LOOP_MASK + 1];
static _Thread_local bool has_called_set; /* set_event_loop was called: get_event_loop makes none by itself any more */

/* Timers within the clock's resolution of each other fire in one turn, as in asyncio. */
#define RESOLUTION 1e-9

/* -- the ready queue ------------------------------------------------------------------------------------------------------ */

void art_loop_call(art_loop *loop, art_call *call)
{
    art__ready_push(loop, (art_link)call | ART_LINK_CALL);
}

static void do_nothing(art_call *call)
{
    (void)call;
}

/* What the turn was to end with is gone; `at` is the link that led to it. When none before it is left, the turn ends with a call
 * that does nothing, so that the loop has one condition only to look at. */
static void end_turn_at(art_loop *loop, art_link *at)
{
    art_ready *queue = &loop->front.queue;
    queue->end = at;
    if (at != &queue->first)
        return;
    loop->nothing = (art_call){queue->first, do_nothing};
    queue->first = (art_link)&loop->nothing | ART_LINK_CALL;
    queue->end = &loop->nothing.next;
    if (queue->last == &queue->first)
        queue->last = &loop->nothing.next;
}

bool art__ready_remove(art_loop *loop, void *target)
{
    art_ready *queue = &loop->front.queue;
    for (art_link *at = &queue->first; *at; at = art__link_target(*at)) {
        if (art__link_target(*at) != target)
            continue;
        *at = *(art_link *)target;
        if (queue->last == target)
            queue->last = at;
        if (queue->end == target)
            end_turn_at(loop, at);
        return true;
    }
    return false;
}

void art_loop_call_cancel(art_loop *loop, art_call *call)
{
    art__ready_remove(loop, call);
}

/* xorshift64*: for the seeded order only. */
static uint64_t next_random(art_loop *loop)
{
    loop->seed ^= loop->seed >> 12;
    loop->seed ^= loop->seed << 25;
    loop->seed ^= loop->seed >> 27;
    return loop->seed * UINT64_C(0x2545F4914F6CDD1D);
}

/* Puts all that is ready into an order drawn from the seed. */
static void shuffle(art_loop *loop)
{
    art_ready *queue = &loop->front.queue;
    size_t count = 0, n = 0;
    for (art_link link = queue->first; link; link = *(art_link *)art__link_target(link))
        count++;
    art_link *links = art_alloc(count * sizeof *links);
    for (art_link link = queue->first; link; link = *(art_link *)art__link_target(link))
        links[n++] = link;
    for (size_t i = count - 1; i > 0; i--) {
        size_t j = next_random(loop) % (i + 1);
        art_link tmp = links[i];
        links[i] = links[j];
        links[j] = tmp;
    }
    queue->first = 0;
    queue->last = &queue->first;
    for (size_t i = 0; i < count; i++)
        art__ready_push(loop, links[i]);
    art_free(links, count * sizeof *links);
}

/* -- time ------------------------------------------------------------------------------------------------------------------- */

double art__loop_now(art_loop *loop)
{
    /* Virtual time creeps on as it is looked at, so that what is begun later is due later, as under a real clock. */
    loop->now = loop->is_virtual ? loop->now + 1e-6 : art__clock();
    return loop->now;
}

double art_loop_time(art_loop *loop)
{
    return art__loop_now(loop);
}

void art__timer_add(art_loop *loop, art_timer *timer, unsigned kind, double when)
{
    timer->when = when;
    art__wheel_add(&loop->wheel, timer, kind);
    if (when <= loop->now + RESOLUTION)
        loop->patience = 0; /* due in the very next turn */
}

void art__timer_remove(art_loop *loop, art_timer *timer)
{
    if (timer->prev)
        art__wheel_remove(&loop->wheel, timer);
}

void art_timer_start(art_loop *loop, art_timer_call *timer, double when)
{
    art__timer_add(loop, &timer->timer, ART_LINK_TIMER, when);
}

void art_timer_cancel(art_loop *loop, art_timer_call *timer)
{
    if (timer->timer.prev)
        art__wheel_remove(&loop->wheel, &timer->timer);
    else if (timer->run)
        art__ready_remove(loop, &timer->timer);
    timer->run = NULL;
}

static void expire_timers(art_loop *loop)
{
    if (!loop->wheel.count && !loop->is_virtual)
        return;
    double now = art__loop_now(loop);
    art_link link = loop->wheel.count ? art__wheel_expire(&loop->wheel, now + RESOLUTION) : 0;
    while (link) {
        art_link next = *(art_link *)art__link_target(link);
        art__ready_push(loop, link);
        link = next;
    }
}

/* Up to whole milliseconds. (ceil() would be all that the loop wants of libm.) */
static double round_up(double wait)
{
    double ms = wait * 1e3;
    if (ms >= 1e15)
        return wait;
    int64_t whole = (int64_t)ms;
    return (double)(whole + ((double)whole < ms)) * 1e-3;
}

/* Virtual time jumps to the first deadline, to which it sleeps in whole milliseconds, as asyncio does with epoll. */
static double jump(art_loop *loop)
{
    if (atomic_load(&loop->jobs) > 0)
        return -1; /* time stands still while threads work */
    double first = art__wheel_first(&loop->wheel);
    if (first < 0)
        return -1;
    double wait = first - art__loop_now(loop);
    if (wait > 0)
        loop->now += round_up(wait);
    return 0;
}

/* How long the poller may sleep: seconds, negative for ever. */
static double idle_time(art_loop *loop)
{
    if (loop->front.queue.first || loop->is_stopping || atomic_load_explicit(&loop->has_inbox, memory_order_acquire))
        return 0;
    if (loop->is_virtual)
        return jump(loop);
    double next = art__wheel_next(&loop->wheel);
    if (next < 0)
        return -1;
    double wait = next - art__loop_now(loop);
    return wait > 0 ? wait : 0;
}

double art_loop_next_timeout(art_loop *loop)
{
    return idle_time(loop);
}

/* -- the turn --------------------------------------------------------------------------------------------------------------- */

/* The poller and the clock: what they have is made ready. */
static void look(art_loop *loop, double limit)
{
    double wait = idle_time(loop);
    if (limit >= 0 && (wait < 0 || wait > limit))
        wait = limit;
    loop->patience = loop->is_virtual ? 0 : ART_LOOP_LOOK; /* virtual time must be looked at in each turn */
    if (wait != 0 || loop->watch_count)
        art__poll_look(loop, wait);
    art__inbox_take(loop);
    expire_timers(loop);
}

/* Something other than a task's step. False: KeyboardInterrupt or SystemExit is pending. */
static bool run_call(art_loop *loop, art_link link)
{
    void *target = art__link_target(link);
    art_self.task = NULL;
    switch (link & ART_LINK_MASK) {
    case ART_LINK_SLEEP: {
        art_pause *pause = target;
        pause->timer.when = NAN; /* not armed */
        art_waiter_set(&pause->waiter);
        return true;
    }
    case ART_LINK_TIMER: {
        art_timer_call *timer = target;
        void (*run)(art_timer_call *) = timer->run;
        timer->run = NULL; /* not in the queue any more */
        run(timer);
        break;
    }
    default:
        ((art_call *)target)->run(target);
    }
    return !art_self.raised || art__loop_callback_raised(loop, "Exception in callback", NULL, NULL);
}

/* One turn runs exactly what is ready now; what becomes ready meanwhile is for the next one. Turns follow each other here as long as
 * nobody need look at the poller or the clock, so that one of a single task costs little more than its step. */
static bool run_turns(art_loop *loop, bool only_one)
{
    art_ready *queue = &loop->front.queue;
    bool goes_on = true;
    while (queue->first) {
        if (__builtin_expect(loop->seed != 0, 0))
            shuffle(loop);
        queue->end = queue->last;
        art_link *next;
        int32_t steps = 0;
        do {
            art_link link = queue->first;
            next = art__link_target(link);
            queue->first = *next;
            if (!queue->first)
                queue->last = &queue->first;
            steps++;
            if ((link & ART_LINK_MASK) == ART_LINK_TASK)
                goes_on = art__task_step(loop, (art_task *)((char *)next - offsetof(art_task, link)));
            else
                goes_on = run_call(loop, link);
        } while (goes_on && next != queue->end);
        loop->patience -= steps;
        if (!goes_on || only_one || loop->is_stopping || loop->patience <= 0)
            break;
    }
    art_self.task = NULL;
    return goes_on;
}

static bool can_run(art_loop *loop)
{
    if (loop->is_closed)
        art_raise_new(&art_type_RuntimeError, "Event loop is closed");
    else if (loop->is_running)
        art_raise_new(&art_type_RuntimeError, "This event loop is already running");
    else if (art_self.loop)
        art_raise_new(&art_type_RuntimeError, "Cannot run the event loop while another loop is running");
    return !art_self.raised;
}

bool art_loop_run_forever(art_loop *loop)
{
    if (!can_run(loop))
        return false;
    bool is_ok = true;
    art_retain(loop);
    art_vars *outside = art__vars_switch(NULL); /* each task and callback has its own */
    art_self.loop = loop;
    loop->is_running = true;
    art__signals_home(loop, true);
    do {
        art__cycles_turn();
        look(loop, -1);
        is_ok = run_turns(loop, false);
    } while (is_ok && !loop->is_stopping);
    loop->is_stopping = loop->is_running = false;
    art__signals_home(loop, false);
    art_self.loop = NULL;
    art__vars_switch(outside);
    art_release(loop);
    return is_ok;
}

bool art_loop_turn(art_loop *loop, double timeout)
{
    if (!can_run(loop))
        return false;
    art_vars *outside = art__vars_switch(NULL);
    art_self.loop = loop;
    loop->is_running = true;
    art__signals_home(loop, true);
    look(loop, timeout);
    bool is_ok = run_turns(loop, true);
    loop->is_running = false;
    art__signals_home(loop, false);
    art_self.loop = NULL;
    art__vars_switch(outside);
    return is_ok;
}

void art_loop_stop(art_loop *loop)
{
    loop->is_stopping = true;
}

/* The callback by which run_until_complete ends: it stops the loop unless the loop was left by an exception. */
typedef struct until_done {
    art_callback callback;
    art_loop *loop;
} until_done;

static void stop_when_done(art_call *call)
{
    until_done *until = (until_done *)call;
    art_future *future = until->callback.future;
    art_exc *exc = art_future_cancelled(future) ? NULL : art__future_peek(future);
    if (!exc || (!art_exc_matches(exc, &art_type_SystemExit) && !art_exc_matches(exc, &art_type_KeyboardInterrupt)))
        art_loop_stop(until->loop);
    art_release(future);
    until->callback.future = NULL;
}

bool art_loop_run_until_complete(art_loop *loop, void *awaitable, void *out)
{
    if (!can_run(loop))
        return false;
    art_future *future = art_ensure_future(awaitable, loop);
    if (!future)
        return false;
    until_done until = {{{0, stop_when_done}, NULL}, loop};
    art_future_on_done(future, &until.callback);
    bool is_ok = art_loop_run_forever(loop);
    if (until.callback.future && !art_future_off_done(future, &until.callback)) {
        art_loop_call_cancel(loop, &until.callback.call);
        art_release(future);
    }
    if (!is_ok) {
        if (art_future_done(future) && !art_future_cancelled(future))
            art__future_peek(future); /* nobody else will retrieve it */
    } else if (!art_future_done(future)) {
        art_raise_new(&art_type_RuntimeError, "Event loop stopped before Future completed.");
        is_ok = false;
    } else {
        is_ok = art_future_result(future, out);
    }
    art_release(future);
    return is_ok;
}

/* -- life ------------------------------------------------------------------------------------------------------------------- */

static void loop_destroy(art_obj *self)
{
    art_loop *loop = (art_loop *)self;
    art_exc *raised = art_catch();
    if (!loop->is_closed)
        art_loop_close(loop);
    if (art__loops[loop->number] == loop)
        art__loops[loop->number] = NULL;
    art_release(loop->exception_handler);
    pthread_mutex_destroy(&loop->lock);
    art_self.raised = raised;
    art_free(loop, sizeof *loop);
}

static art_str *loop_repr(const void *slot)
{
    const art_loop *loop = *(art_loop *const *)slot;
    return art_strf("<_UnixSelectorEventLoop running=%b closed=%b debug=%b>", loop->is_running, loop->is_closed, loop->is_debug);
}

const art_type art_type_loop = {.name = "_UnixSelectorEventLoop", .module = "asyncio.unix_events", .kind = ART_KIND_CLASS,
                                .size = sizeof(art_loop *), .is_counted = true, .object_size = sizeof(art_loop),
                                .destroy = loop_destroy, .repr = loop_repr};

/* A number that no living loop of this thread has. Past 63 at once they share the last one, which finds the newest of them. */
static uint8_t free_number(void)
{
    uint8_t number = 0;
    while (number < ART_FUTURE_LOOP_MASK && art__loops[number])
        number++;
    return number;
}

art_loop *art_loop_new(void)
{
    art_loop *loop = art_new(&art_type_loop, sizeof *loop);
    loop->front.queue.last = &loop->front.queue.first;
    loop->slow_duration = 0.1;
    pthread_mutex_init(&loop->lock, NULL);
    loop->inbox_last = &loop->inbox;
    loop->number = free_number();
    int error = art__wake_open(loop);
    if (error) {
        loop->is_closed = true;
        art_release(loop);
        art_raise_errno(-error, NULL);
        return NULL;
    }
    art__loops[loop->number] = loop;
    const char *clock = getenv("ASYNCC_CLOCK"), *seed = getenv("ASYNCC_SEED"), *debug = getenv("PYTHONASYNCIODEBUG");
    if (clock && strcmp(clock, "virtual") == 0)
        art_loop_use_virtual_clock(loop);
    if (seed)
        art_loop_use_seed(loop, strtoull(seed, NULL, 0));
    loop->is_debug = debug && *debug;
    loop->now = loop->is_virtual ? loop->now : art__clock();
    loop->wheel.at = (uint64_t)(loop->now * 1e3);
    return loop;
}

/* Empties queue and wheel. Callbacks in C may run, since they only pass on that something is done; handles of the program find
 * the loop closed and only release what they hold. */
static void clear_queues(art_loop *loop)
{
    art_ready *queue = &loop->front.queue;
    while (queue->first) {
        art_link link = queue->first;
        void *target = art__link_target(link);
        queue->first = *(art_link *)target;
        if (!queue->first)
            queue->last = &queue->first;
        if ((link & ART_LINK_MASK) == ART_LINK_TASK) {
            continue; /* stays pending */
        } else if ((link & ART_LINK_MASK) == ART_LINK_CALL) {
            ((art_call *)target)->run(target);
        } else if ((link & ART_LINK_MASK) == ART_LINK_TIMER) {
            art__handle_drop(target);
        }
    }
    for (art_timer *timer; (timer = art__wheel_any(&loop->wheel));) {
        art__wheel_remove(&loop->wheel, timer);
        art__handle_drop(timer);
    }
}

bool art_loop_close(art_loop *loop)
{
    if (loop->is_running) {
        art_raise_new(&art_type_RuntimeError, "Cannot close a running event loop");
        return false;
    }
    if (loop->is_closed)
        return true;
    loop->is_closed = true;
    art__executor_forget(loop);
    art__inbox_take(loop);
    clear_queues(loop);
    while (loop->tasks)
        art__task_drop(loop, loop->tasks);
    clear_queues(loop);
    art__watches_free(loop);
    art__wake_close(loop);
    return true;
}

bool art_loop_is_running(const art_loop *loop)
{
    return loop->is_running;
}

bool art_loop_is_closed(const art_loop *loop)
{
    return loop->is_closed;
}

bool art_loop_get_debug(const art_loop *loop)
{
    return loop->is_debug;
}

double art_loop_get_slow_duration(const art_loop *loop)
{
    return loop->slow_duration;
}

void art_loop_set_slow_duration(art_loop *loop, double seconds)
{
    loop->slow_duration = seconds;
}

void art_loop_set_debug(art_loop *loop, bool enabled)
{
    loop->is_debug = enabled;
}

void art_loop_use_virtual_clock(art_loop *loop)
{
    loop->is_virtual = true;
}

void art_loop_use_seed(art_loop *loop, uint64_t seed)
{
    loop->seed = seed;
}

int art_loop_fd(art_loop *loop)
{
    return loop->poller.fd;
}

/* -- which loop ----------------------------------------------------------------------------------------------------------------- */

art_loop *art_loop_running(void)
{
    if (!art_self.loop)
        art_raise_new(&art_type_RuntimeError, "no running event loop");
    return art_retain(art_self.loop);
}

void art_loop_set(art_loop *loop)
{
    has_called_set = true;
    art_loop *before = art_self.set_loop;
    art_self.set_loop = art_retain(loop);
    art_release(before);
}

art_loop *art_loop_get(void)
{
    if (art_self.loop)
        return art_retain(art_self.loop);
    if (!art_self.set_loop && !has_called_set) {
        art_loop *loop = art_loop_new();
        art_loop_set(loop);
        art_release(loop);
    }
    if (!art_self.set_loop && !art_self.raised)
        art_raise_new(&art_type_RuntimeError, "There is no current event loop in thread 'MainThread'.");
    return art_retain(art_self.set_loop);
}

/* signal.signal: the handlers of the process. What the system calls only notes the number and wakes the loop; the closure runs where the
 * program can raise: in a turn of the loop, or after the system call that brought the signal. */
#include "internal.h"
#include "loop_impl.h"

#include "art/signal.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum {
    SIGNALS = 65
};

/* A signal handler has nothing else to go by. The closures are set and called by the thread that runs the loop. */
static art_closure *handlers[SIGNALS];
static atomic_bool has_come[SIGNALS];

static void on_signal(int number)
{
    atomic_store(&has_come[number], true);
    art__signals_came();
}

static bool is_valid(int64_t number)
{
    if (number > 0 && number < SIGNALS)
        return true;
    art_raise_new(&art_type_ValueError, "signal number out of range");
    return false;
}

static bool failed(void)
{
    art_raise_errno(errno, NULL);
    return false;
}

/* Runs the handlers of what has come. */
static void deliver(void)
{
    for (int number = 1; number < SIGNALS; number++) {
        if (!handlers[number] || !atomic_exchange(&has_come[number], false))
            continue;
        art_closure *handler = art_retain(handlers[number]);
        ((void (*)(art_closure *))handler->fn)(handler);
        art_release(handler);
        if (art_self.raised)
            return;
    }
}

bool art_signal_set(int64_t number, art_closure *handler, bool is_ignored)
{
    if (!is_valid(number))
        return false;
    struct sigaction action = {.sa_handler = handler ? on_signal : is_ignored ? SIG_IGN : SIG_DFL};
    sigemptyset(&action.sa_mask);
    if (sigaction((int)number, &action, NULL))
        return failed();
    art__signals_run_by(deliver);
    art_closure *before = handlers[number];
    handlers[number] = art_retain(handler);
    art_release(before);
    return true;
}

bool art_signal_raise(int64_t number)
{
    if (!is_valid(number))
        return false;
    return raise((int)number) ? failed() : art__signals_now();
}

art_str *art_signal_text(int64_t number)
{
    if (!is_valid(number))
        return NULL;
    const char *text = strsignal((int)number);
    return text && strncmp(text, "Unknown", 7) != 0 ? art_str_of(text) : NULL;
}

int64_t art_signal_alarm(int64_t seconds)
{
    return alarm((unsigned)seconds);
}

/* What comes to a loop from outside: descriptors that are ready, signals, and calls posted by other threads.
 *
 * Another thread puts a link into the inbox under the lock, and writes to the wake descriptor only when the loop may be asleep:
 * the loop says so (is_asleep) before it looks at has_inbox for the last time, the poster sets has_inbox before it asks is_asleep,
 * both sequentially consistent, so that one of them sees the other. The inbox is taken whole under the lock and queued outside it. */
#include "loop_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/eventfd.h>
#endif

/* -- the wake descriptor --------------------------------------------------------------------------------------------------- */

static int open_pair(int fds[2])
{
#ifdef __linux__
    fds[0] = fds[1] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fds[0] < 0 ? -errno : 0;
#else
    if (pipe(fds))
        return -errno;
    for (int i = 0; i < 2; i++) {
        fcntl(fds[i], F_SETFD, FD_CLOEXEC);
        fcntl(fds[i], F_SETFL, O_NONBLOCK);
    }
    return 0;
#endif
}

int art__wake_open(art_loop *loop)
{
    loop->poller.fd = loop->wake_fd[0] = loop->wake_fd[1] = -1;
    int error = art__poll_open(&loop->poller);
    if (error)
        return error;
    error = open_pair(loop->wake_fd);
    if (!error)
        error = art__poll_set(&loop->poller, loop->wake_fd[0], 0, ART_POLL_READ, &loop->wake_fd);
    if (error)
        art__wake_close(loop);
    return error;
}

void art__wake_close(art_loop *loop)
{
    pthread_mutex_lock(&loop->lock); /* nobody writes to what is being closed */
    if (loop->wake_fd[0] >= 0)
        close(loop->wake_fd[0]);
    if (loop->wake_fd[1] >= 0 && loop->wake_fd[1] != loop->wake_fd[0])
        close(loop->wake_fd[1]);
    loop->wake_fd[0] = loop->wake_fd[1] = -1;
    pthread_mutex_unlock(&loop->lock);
    art__poll_close(&loop->poller);
}

/* Async-signal-safe. */
static void ring(art_loop *loop)
{
    uint64_t one = 1;
    int saved = errno;
    if (write(loop->wake_fd[1], &one, sizeof one) < 0) {
        /* Full: it is awake already. */
    }
    errno = saved;
}

static void drain(art_loop *loop)
{
    char bytes[256];
    while (read(loop->wake_fd[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes)
        ;
}

void art_loop_wake(art_loop *loop)
{
    if (atomic_exchange(&loop->is_asleep, false))
        ring(loop);
}

/* -- other threads ---------------------------------------------------------------------------------------------------------- */

void art__inbox_post(art_loop *loop, art_link link)
{
    art_link *next = art__link_target(link);
    pthread_mutex_lock(&loop->lock);
    *next = 0;
    *loop->inbox_last = link;
    loop->inbox_last = next;
    atomic_store(&loop->has_inbox, true);
    art_loop_wake(loop);
    pthread_mutex_unlock(&loop->lock);
}

static void queue_signals(art_loop *loop);

void art__inbox_take(art_loop *loop)
{
    if (!atomic_load_explicit(&loop->has_inbox, memory_order_relaxed))
        return;
    pthread_mutex_lock(&loop->lock);
    art_link link = loop->inbox;
    loop->inbox = 0;
    loop->inbox_last = &loop->inbox;
    atomic_store(&loop->has_inbox, false);
    pthread_mutex_unlock(&loop->lock);
    queue_signals(loop);
    while (link) {
        art_link next = *(art_link *)art__link_target(link);
        art__ready_push(loop, link);
        link = next;
    }
}

/* -- descriptors ------------------------------------------------------------------------------------------------------------ */

static uint32_t events_of(const art_watch *watch)
{
    return (watch->calls[ART_WATCH_READ] ? ART_POLL_READ : 0u) | (watch->calls[ART_WATCH_WRITE] ? ART_POLL_WRITE : 0u);
}

int art__watch(art_loop *loop, int fd, int which, art_call *call, art_call **before)
{
    if (before)
        *before = NULL;
    if (fd < 0)
        return -EBADF;
    if ((size_t)fd >= loop->watch_cap) {
        if (!call)
            return 0;
        size_t cap = loop->watch_cap ? loop->watch_cap * 2 : 32;
        if (cap <= (size_t)fd)
            cap = (size_t)fd + 1;
        loop->watches = art_resize(loop->watches, loop->watch_cap * sizeof *loop->watches, cap * sizeof *loop->watches);
        memset(loop->watches + loop->watch_cap, 0, (cap - loop->watch_cap) * sizeof *loop->watches);
        loop->watch_cap = cap;
    }
    art_watch *watch = &loop->watches[fd], changed = *watch;
    changed.calls[which] = call;
    uint32_t old = events_of(watch), events = events_of(&changed);
    if (old != events) {
        int error = art__poll_set(&loop->poller, fd, old, events, (void *)(uintptr_t)(unsigned)fd);
        if (error && events)
            return error; /* on removal it is gone already: the descriptor was closed */
    }
    if (before)
        *before = watch->calls[which];
    loop->watch_count += (size_t)(call != NULL) - (size_t)(watch->calls[which] != NULL);
    *watch = changed;
    loop->patience = 0;
    return 0;
}

void art__watches_free(art_loop *loop)
{
    art__handlers_free(loop);
    art_resize(loop->watches, loop->watch_cap * sizeof *loop->watches, 0);
    loop->watches = NULL;
    loop->watch_cap = loop->watch_count = 0;
}

static void queue_events(art_loop *loop, const art_poll_event *events, int count)
{
    for (int i = 0; i < count; i++) {
        if (events[i].data == &loop->wake_fd) {
            drain(loop);
            continue;
        }
        size_t fd = (size_t)(uintptr_t)events[i].data;
        static const uint32_t of[2] = {ART_POLL_READ, ART_POLL_WRITE};
        for (int which = 0; which < 2 && fd < loop->watch_cap; which++)
            if (events[i].events & of[which] && loop->watches[fd].calls[which])
                art_loop_call(loop, loop->watches[fd].calls[which]);
    }
}

void art__poll_look(art_loop *loop, double timeout)
{
    enum { BATCH = 256 }; /* what is ready beyond that comes in the next turn */
    art_poll_event events[BATCH];
    int64_t ns = timeout < 0 ? -1 : timeout > 86400 ? INT64_C(86400000000000) : (int64_t)(timeout * 1e9) + (timeout > 0);
    if (ns != 0) {
        atomic_store(&loop->is_asleep, true);
        if (atomic_load(&loop->has_inbox))
            ns = 0;
    }
    int count = art__poll_wait(&loop->poller, events, BATCH, ns);
    atomic_store(&loop->is_asleep, false);
    queue_events(loop, events, count);
}

/* -- signals ---------------------------------------------------------------------------------------------------------------- */

enum { SIGNALS = 65 };

/* The only state of the process: which loop a signal is for, and which have come. A signal handler has nothing else to go by. */
static _Atomic(art_loop *) signal_loops[SIGNALS];
static atomic_bool signal_came[SIGNALS];

typedef struct art_signals {
    art_call *calls[SIGNALS]; /* borrowed; NULL: not watched */
    struct sigaction before[SIGNALS];
} art_signals;

static void on_signal(int number)
{
    art_loop *loop = atomic_load(&signal_loops[number]);
    if (!loop)
        return;
    atomic_store(&signal_came[number], true);
    atomic_store(&loop->has_inbox, true);
    if (atomic_exchange(&loop->is_asleep, false))
        ring(loop);
}

/* Handlers of the process (signal.signal): one call runs those of all that have come. It is on the loop that runs, or nowhere. */
static _Atomic(art_loop *) home;
static void (*_Atomic run_handlers)(void);
static atomic_bool process_came;

static void run_process_call(art_call *call);
static art_call process_call = {0, run_process_call};
static bool is_queued; /* process_call is in the ready queue of that loop */

static void run_process_call(art_call *call)
{
    (void)call;
    is_queued = false;
    atomic_load(&run_handlers)();
}

void art__signals_home(art_loop *loop, bool is_running)
{
    art_loop *other = is_running ? NULL : loop; /* the first loop of several threads keeps it */
    atomic_compare_exchange_strong(&home, &other, is_running ? loop : NULL);
    if (is_running && atomic_load(&process_came))
        atomic_store(&loop->has_inbox, true);
}

void art__signals_run_by(void (*run)(void))
{
    atomic_store(&run_handlers, run);
}

void art__signals_came(void)
{
    art_loop *loop = atomic_load(&home);
    atomic_store(&process_came, true);
    if (!loop)
        return;
    atomic_store(&loop->has_inbox, true);
    if (atomic_exchange(&loop->is_asleep, false))
        ring(loop);
}

bool art__signals_now(void)
{
    if (atomic_exchange(&process_came, false))
        atomic_load(&run_handlers)();
    return !art_self.raised;
}

static void queue_signals(art_loop *loop)
{
    if (atomic_load(&home) == loop && !is_queued && atomic_exchange(&process_came, false)) {
        is_queued = true;
        art_loop_call(loop, &process_call);
    }
    if (!loop->signals)
        return;
    for (int i = 0; i < SIGNALS; i++)
        if (loop->signals->calls[i] && atomic_exchange(&signal_came[i], false))
            art_loop_call(loop, loop->signals->calls[i]);
}

art_call *art__signal_watched(const art_loop *loop, int number)
{
    return loop->signals ? loop->signals->calls[number] : NULL;
}

int art__signal_watch(art_loop *loop, int number, art_call *call, art_call **before)
{
    if (before)
        *before = NULL;
    if (number <= 0 || number >= SIGNALS)
        return -EINVAL;
    if (!loop->signals) {
        if (!call)
            return 0;
        loop->signals = art_alloc(sizeof *loop->signals);
    }
    art_signals *signals = loop->signals;
    if (call && !signals->calls[number]) {
        struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
        sigemptyset(&action.sa_mask);
        atomic_store(&signal_loops[number], loop);
        if (sigaction(number, &action, &signals->before[number])) {
            atomic_store(&signal_loops[number], NULL);
            return -errno;
        }
    } else if (!call && signals->calls[number]) {
        sigaction(number, &signals->before[number], NULL);
        atomic_store(&signal_loops[number], NULL);
    }
    if (before)
        *before = signals->calls[number];
    signals->calls[number] = call;
    bool is_used = false;
    for (int i = 0; i < SIGNALS; i++)
        is_used = is_used || signals->calls[i];
    if (!is_used) {
        art_free(signals, sizeof *signals);
        loop->signals = NULL;
    }
    return 0;
}

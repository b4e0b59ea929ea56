/* The poller on Linux: epoll. */
#include "art/poll.h"

#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int art__poll_open(art_poller *poller)
{
    poller->fd = epoll_create1(EPOLL_CLOEXEC);
    return poller->fd < 0 ? -errno : 0;
}

void art__poll_close(art_poller *poller)
{
    close(poller->fd);
    poller->fd = -1;
}

int art__poll_set(art_poller *poller, int fd, uint32_t old, uint32_t events, void *data)
{
    struct epoll_event event = {.data.ptr = data};
    if (events & ART_POLL_READ)
        event.events |= EPOLLIN | EPOLLRDHUP;
    if (events & ART_POLL_WRITE)
        event.events |= EPOLLOUT;
    int op = !events ? EPOLL_CTL_DEL : old ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    return epoll_ctl(poller->fd, op, fd, &event) ? -errno : 0;
}

/* epoll_pwait2 counts in nanoseconds; kernels before 5.11 only have milliseconds, rounded up here so as not to wake too early. */
static int wait_ns(int fd, struct epoll_event *events, int cap, int64_t ns)
{
#ifdef SYS_epoll_pwait2
    static _Thread_local int is_missing;
    if (ns > 0 && !is_missing) {
        struct timespec limit = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
        long n = syscall(SYS_epoll_pwait2, fd, events, cap, &limit, NULL, (size_t)0);
        if (n >= 0 || errno != ENOSYS)
            return (int)n;
        is_missing = 1;
    }
#endif
    int64_t ms = ns < 0 ? -1 : (ns + 999999) / 1000000;
    return epoll_wait(fd, events, cap, ms > INT_MAX ? INT_MAX : (int)ms);
}

int art__poll_wait(art_poller *poller, art_poll_event *events, size_t cap, int64_t timeout_ns)
{
    enum { BATCH = 256 };
    struct epoll_event found[BATCH];
    int n = wait_ns(poller->fd, found, cap < BATCH ? (int)cap : BATCH, timeout_ns);
    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < n; i++) {
        uint32_t got = found[i].events, is_broken = got & (EPOLLERR | EPOLLHUP);
        events[i] = (art_poll_event){
            .data = found[i].data.ptr,
            .events = (got & (EPOLLIN | EPOLLRDHUP) || is_broken ? ART_POLL_READ : 0u) |
                      (got & EPOLLOUT || is_broken ? ART_POLL_WRITE : 0u),
        };
    }
    return n;
}

/* The poller on BSD and macOS: kqueue. Reading and writing are two filters of one descriptor. */
#include "art/poll.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>
#include <unistd.h>

int art__poll_open(art_poller *poller)
{
    poller->fd = kqueue();
    if (poller->fd < 0)
        return -errno;
    fcntl(poller->fd, F_SETFD, FD_CLOEXEC);
    return 0;
}

void art__poll_close(art_poller *poller)
{
    close(poller->fd);
    poller->fd = -1;
}

/* Adds or deletes one filter. Deleting what is gone already is no error: closing the descriptor removed it. */
static int change(art_poller *poller, int fd, int16_t filter, uint16_t flags, void *data)
{
    struct kevent event;
    EV_SET(&event, (uintptr_t)fd, filter, flags, 0, 0, data);
    if (kevent(poller->fd, &event, 1, NULL, 0, NULL) == 0 || (flags == EV_DELETE && errno == ENOENT))
        return 0;
    return -errno;
}

int art__poll_set(art_poller *poller, int fd, uint32_t old, uint32_t events, void *data)
{
    static const struct {
        uint32_t event;
        int16_t filter;
    } filters[] = {{ART_POLL_READ, EVFILT_READ}, {ART_POLL_WRITE, EVFILT_WRITE}};
    for (int i = 0; i < 2; i++) {
        int error = 0;
        if (events & filters[i].event)
            error = change(poller, fd, filters[i].filter, EV_ADD, data);
        else if (old & filters[i].event)
            error = change(poller, fd, filters[i].filter, EV_DELETE, data);
        if (error)
            return error;
    }
    return 0;
}

int art__poll_wait(art_poller *poller, art_poll_event *events, size_t cap, int64_t timeout_ns)
{
    enum { BATCH = 256 };
    struct kevent found[BATCH];
    struct timespec limit = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
    int n = kevent(poller->fd, NULL, 0, found, cap < BATCH ? (int)cap : BATCH, timeout_ns < 0 ? NULL : &limit);
    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < n; i++) {
        events[i].data = (void *)found[i].udata;
        events[i].events = found[i].flags & EV_ERROR           ? ART_POLL_READ | ART_POLL_WRITE
                           : found[i].filter == EVFILT_WRITE ? ART_POLL_WRITE
                                                             : ART_POLL_READ;
    }
    return n;
}

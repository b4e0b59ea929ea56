/* The poller: which descriptors are ready. Two files implement it, poll_epoll.c and poll_kqueue.c; the build takes one. */
#ifndef ART_POLL_H
#define ART_POLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct art_poller {
    int fd;
} art_poller;

enum { ART_POLL_READ = 1, ART_POLL_WRITE = 2 };

typedef struct art_poll_event {
    void *data;
    uint32_t events; /* ART_POLL_READ and ART_POLL_WRITE; errors and hang-ups show as both */
} art_poll_event;

/* All return 0 or a negative errno. */
int art__poll_open(art_poller *poller);
void art__poll_close(art_poller *poller);
/* Changes what is watched on `fd` from the set `old` to the set `events` (0: nothing). `data` comes back with each event. */
int art__poll_set(art_poller *poller, int fd, uint32_t old, uint32_t events, void *data);
/* Waits for at most `timeout_ns` nanoseconds (negative: for ever). The number of events written, at most `cap`; 0 also when a
 * signal came in between. */
int art__poll_wait(art_poller *poller, art_poll_event *events, size_t cap, int64_t timeout_ns);

#endif

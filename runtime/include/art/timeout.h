/* asyncio.timeout and timeout_at: the context manager that cancels its task when time is up.
 *
 *     async with asyncio.timeout(1) as t: body
 *
 *     t = art_timeout_new(delay);                     // owned; NULL: no running loop
 *     art_timeout_enter(t)                            // false: RuntimeError
 *     body, then in any case, with `exc` what it raised (art_catch) or NULL:
 *     if (!art_timeout_exit(t, exc)) …                // TimeoutError is raised, from exc
 *     else if (exc) art_raise(exc);
 *
 * Neither end ever suspends. */
#ifndef ART_TIMEOUT_H
#define ART_TIMEOUT_H

#include "art/task.h"

typedef enum art_timeout_state {
    ART_TIMEOUT_CREATED,
    ART_TIMEOUT_ENTERED,
    ART_TIMEOUT_EXPIRING, /* the task was cancelled, the block is not left yet */
    ART_TIMEOUT_EXPIRED,
    ART_TIMEOUT_EXITED,
} art_timeout_state;

typedef struct art_timeout {
    art_obj base;
    art_timer_call timer;
    art_timeout_state state;
    bool has_when;
    int32_t cancelling; /* requests against the task when the block was entered */
    double when;        /* loop time; meaningful when has_when */
    art_task *task;     /* owned while entered */
} art_timeout;

extern const art_type art_type_timeout;

/* The deadlines are float | None. */
art_timeout *art_timeout_new(art_box delay);
art_timeout *art_timeout_at(art_box when);
bool art_timeout_enter(art_timeout *timeout);
bool art_timeout_exit(art_timeout *timeout, art_exc *exc); /* exc borrowed, may be NULL */
art_box art_timeout_when(const art_timeout *timeout);
bool art_timeout_reschedule(art_timeout *timeout, art_box when); /* RuntimeError unless entered */
bool art_timeout_expired(const art_timeout *timeout);
art_str *art_timeout_repr(const art_timeout *timeout);

#endif

/* signal: handlers of the process. They run on the thread of the loop that runs, or else at the call by which the process signals itself
 * (os.kill, raise_signal) or that the signal interrupts (time.sleep). Loops have their own: art_loop_add_signal_handler. */
#ifndef ART_SIGNAL_H
#define ART_SIGNAL_H

#include "art/closure.h"
#include "art/str.h"

/* `handler` is `void fn(self)`, borrowed; NULL: the signal is ignored, or has its default effect. ValueError, OSError. */
bool art_signal_set(int64_t number, art_closure *handler, bool is_ignored);
bool art_signal_raise(int64_t number);
art_str *art_signal_text(int64_t number); /* owned, or NULL: not known */
int64_t art_signal_alarm(int64_t seconds);

#endif

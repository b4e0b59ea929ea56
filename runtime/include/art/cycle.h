/* Objects that refer to one another in a circle are never released by counting. The compiler marks the types whose objects can be part of
 * a circle (`is_cyclic` of their descriptors); these objects are known to a collector, and to nobody else it costs anything. It runs
 * when their number has doubled, between turns of a loop where `__del__` waits to be called, and at the end of the program. */
#ifndef ART_CYCLE_H
#define ART_CYCLE_H

#include "art/value.h"

/* gc.collect(): destroys what only circles hold; gives the number of objects. Loop thread. */
int64_t art_collect(void);
void art_collect_enable(bool enabled); /* gc.enable(), gc.disable(): whether it runs by itself */
bool art_collect_is_enabled(void);

/* Calls `__del__` (the descriptor's `finalize`) of an object whose last reference is gone, once in its life. True: it has been stored
 * somewhere and lives on. For the destroy functions of classes. */
bool art_finalize(art_obj *obj);

#endif

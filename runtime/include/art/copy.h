/* The module copy: a value copied by its descriptor. */
#ifndef ART_COPY_H
#define ART_COPY_H

#include "art/value.h"

/* copy.copy: a container with the same items, an object with the same attributes; what is immutable is itself. Owned, in *out; TypeError for
 * what cannot be copied (a generator, a task). */
bool art_copy_shallow(const void *x, const art_type *type, void *out);
/* copy.deepcopy */
bool art_copy_deep(const void *x, const art_type *type, void *out);

#endif

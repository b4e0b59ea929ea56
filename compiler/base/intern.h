/* One copy per string, so that names compare by pointer.
 *
 * In: text.  Out: the one NUL-terminated copy of that text; two interned strings are equal exactly when their pointers are.  The
 * length stands before the characters, so that a string may hold NUL bytes and asking for it costs nothing. */
#ifndef ASYNCC_BASE_INTERN_H
#define ASYNCC_BASE_INTERN_H

#include "base/arena.h"

#include <stdint.h>

typedef struct Interner {
    Arena *arena;
    const char **table; /* open addressing, a power of two */
    uint32_t len, size;
} Interner;

Interner *interner_new(Arena *arena);

const char *intern(Interner *names, const char *text, size_t len);
const char *intern_text(Interner *names, const char *text); /* NUL-terminated */
const char *intern_printf(Interner *names, const char *format, ...) BASE_PRINTF(2, 3);

/* The length of an interned string; no other string will do. */
uint32_t interned_len(const char *name);

#endif

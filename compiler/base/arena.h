/* All memory of a compilation: zeroed blocks that are freed together.
 *
 * In: sizes.  Out: memory that is zero, aligned to 16 bytes, and lives until arena_free_all.  The idea: a compiler's data
 * dies together, so an allocation is an addition, and nobody asks who frees what.  The chunks come from calloc, whose large
 * blocks are zero pages of the system: zeroing costs nothing until they are touched. */
#ifndef ASYNCC_BASE_ARENA_H
#define ASYNCC_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

typedef struct ArenaChunk ArenaChunk;

typedef struct Arena {
    char *next;         /* where the next block begins */
    char *end;          /* end of the current chunk */
    ArenaChunk *chunks; /* all of them, the newest first */
    size_t chunk_size;  /* size of the chunk to come */
    size_t total;       /* bytes taken from the system */
} Arena;

#if defined(__GNUC__)
#define BASE_PRINTF(at, first) __attribute__((format(printf, at, first)))
#else
#define BASE_PRINTF(at, first)
#endif

/* The ordinary call: one zeroed object of a type; an array of them. */
#define arena_new(arena, T)          ((T *)arena_alloc((arena), sizeof(T)))
#define arena_array(arena, T, count) ((T *)arena_alloc((arena), sizeof(T) * (size_t)(count)))

void *arena_alloc_slow(Arena *arena, size_t size);

static inline void *arena_alloc(Arena *arena, size_t size)
{
    size_t rounded = (size + 15) & ~(size_t)15;

    if (rounded > (size_t)(arena->end - arena->next))
        return arena_alloc_slow(arena, rounded);
    void *block = arena->next;
    arena->next += rounded;
    return block;
}

/* Makes a block larger, in place where it is the newest one; what is added is zero. */
void *arena_grow(Arena *arena, void *block, size_t old_size, size_t new_size);

/* Strings, each with a NUL behind. */
char *arena_strndup(Arena *arena, const char *text, size_t len);
char *arena_strdup(Arena *arena, const char *text);
const char *arena_printf(Arena *arena, const char *format, ...) BASE_PRINTF(2, 3);
const char *arena_vprintf(Arena *arena, const char *format, va_list args) BASE_PRINTF(2, 0);

void arena_free_all(Arena *arena);

#endif

/* The slow half of the arena: new chunks, growing blocks, formatted strings.  Chunks double from 64 KiB to 16 MiB, so that a
 * small compilation stays small and a large one asks the system seldom.  A block larger than a chunk gets its own. */
#include "base/arena.h"
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

struct ArenaChunk {
    ArenaChunk *older;
    size_t size;
};

enum {
    CHUNK_HEADER = 16,
    FIRST_CHUNK = 64 * 1024,
    LAST_CHUNK = 16 * 1024 * 1024,
    LARGE_CHUNK = 4 * 1024 * 1024
};

_Static_assert(sizeof(ArenaChunk) <= CHUNK_HEADER, "blocks stay aligned behind the chunk's header");

/* A large compilation spends its time in page faults unless the pages are large. Only advice: it may fail. */
static void use_large_pages(void *block, size_t size)
{
#ifdef MADV_HUGEPAGE
    enum {
        PAGE = 4096
    };
    uintptr_t start = ((uintptr_t)block + PAGE - 1) / PAGE * PAGE;

    if (size >= LARGE_CHUNK)
        madvise((void *)start, ((uintptr_t)block + size - start) / PAGE * PAGE, MADV_HUGEPAGE);
#else
    (void)block, (void)size;
#endif
}

static char *add_chunk(Arena *arena, size_t size)
{
    ArenaChunk *chunk = calloc(1, CHUNK_HEADER + size);

    if (!chunk) {
        fputs("asyncc: out of memory\n", stderr);
        exit(2);
    }
    use_large_pages(chunk, CHUNK_HEADER + size);
    chunk->older = arena->chunks;
    chunk->size = size;
    arena->chunks = chunk;
    arena->total += CHUNK_HEADER + size;
    return (char *)chunk + CHUNK_HEADER;
}

void *arena_alloc_slow(Arena *arena, size_t size)
{
    if (!arena->chunk_size)
        arena->chunk_size = FIRST_CHUNK;
    if (size > arena->chunk_size / 4)
        return add_chunk(arena, size); /* on its own, so that the current chunk is not wasted */

    arena->next = add_chunk(arena, arena->chunk_size);
    arena->end = arena->next + arena->chunk_size;
    if (arena->chunk_size < LAST_CHUNK)
        arena->chunk_size *= 2;
    return arena_alloc(arena, size);
}

void *arena_grow(Arena *arena, void *block, size_t old_size, size_t new_size)
{
    size_t old_rounded = (old_size + 15) & ~(size_t)15, new_rounded = (new_size + 15) & ~(size_t)15;

    if (new_rounded <= old_rounded)
        return block;
    if (block && (char *)block + old_rounded == arena->next &&
        new_rounded - old_rounded <= (size_t)(arena->end - arena->next)) {
        arena->next += new_rounded - old_rounded;
        return block;
    }
    void *grown = arena_alloc(arena, new_size);
    if (old_size)
        memcpy(grown, block, old_size);
    return grown;
}

char *arena_strndup(Arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);

    if (len)
        memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(Arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

const char *arena_vprintf(Arena *arena, const char *format, va_list args)
{
    enum { USUAL = 256 };
    Text text = text_make(arena);

    if ((size_t)(arena->end - arena->next) >= USUAL) { /* without moving: most texts are short */
        text.data = arena->next;
        text.cap = USUAL;
        arena->next += USUAL;
    }
    text_vprintf(&text, format, args);
    if (!text.data)
        return "";
    /* Give back what the text did not need, if it is the newest block. */
    if (text.data + ((text.cap + 15) & ~(size_t)15) == arena->next)
        arena->next = text.data + ((text.len + 16) & ~(size_t)15);
    return text.data;
}

const char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void arena_free_all(Arena *arena)
{
    for (ArenaChunk *chunk = arena->chunks, *older; chunk; chunk = older) {
        older = chunk->older;
        free(chunk);
    }
    *arena = (Arena){0};
}

/* The interner: an open-addressed table of pointers to the characters, each with its length and hash just before it. */
#include "base/intern.h"

#include <string.h>

typedef struct Header {
    uint32_t len;
    uint32_t hash;
} Header;

static const Header *header_of(const char *name)
{
    return (const Header *)(const void *)(name - sizeof(Header));
}

/* FNV-1a by words where there are eight bytes left, by bytes for the rest. */
static uint32_t hash_of(const char *text, size_t len)
{
    uint64_t hash = 0xcbf29ce484222325u ^ len;

    for (; len >= 8; text += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    for (; len; text++, len--)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return (uint32_t)(hash ^ (hash >> 32));
}

static void grow(Interner *names)
{
    uint32_t old_size = names->size;
    const char **old_table = names->table;

    names->size = old_size ? old_size * 2 : 1024;
    names->table = arena_array(names->arena, const char *, names->size);
    for (uint32_t i = 0; i < old_size; i++) {
        if (!old_table[i])
            continue;
        uint32_t at = header_of(old_table[i])->hash & (names->size - 1);
        while (names->table[at])
            at = (at + 1) & (names->size - 1);
        names->table[at] = old_table[i];
    }
}

Interner *interner_new(Arena *arena)
{
    Interner *names = arena_new(arena, Interner);

    names->arena = arena;
    grow(names);
    return names;
}

static const char *add(Interner *names, const char *text, size_t len, uint32_t hash)
{
    Header *header = arena_alloc(names->arena, sizeof(Header) + len + 1);
    char *copy = (char *)(header + 1);

    header->len = (uint32_t)len;
    header->hash = hash;
    if (len)
        memcpy(copy, text, len);
    names->len++;
    return copy;
}

const char *intern(Interner *names, const char *text, size_t len)
{
    if (names->len * 2 >= names->size)
        grow(names);

    uint32_t hash = hash_of(text, len), mask = names->size - 1, at = hash & mask;
    for (; names->table[at]; at = (at + 1) & mask) {
        const Header *header = header_of(names->table[at]);
        if (header->hash == hash && header->len == len && (!len || !memcmp(names->table[at], text, len)))
            return names->table[at];
    }
    return names->table[at] = add(names, text, len, hash);
}

const char *intern_text(Interner *names, const char *text)
{
    return intern(names, text, strlen(text));
}

const char *intern_printf(Interner *names, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *text = arena_vprintf(names->arena, format, args);
    va_end(args);
    return intern_text(names, text);
}

uint32_t interned_len(const char *name)
{
    return header_of(name)->len;
}

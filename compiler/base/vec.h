/* Growable arrays of any type, in the arena.
 *
 *     Vec(Node *) nodes = {0};
 *     vec_push(arena, &nodes, node);
 *     for (uint32_t i = 0; i < nodes.len; i++) use(nodes.items[i]);
 *
 * Each Vec(T) is a type of its own; who passes one between functions gives it a name by typedef.  An outgrown array stays in
 * the arena, as everything does. */
#ifndef ASYNCC_BASE_VEC_H
#define ASYNCC_BASE_VEC_H

#include "base/arena.h"

#include <stdint.h>

#define Vec(T)             \
    struct {               \
        T *items;          \
        uint32_t len, cap; \
    }

typedef Vec(void *) PtrVec;
typedef Vec(const char *) StrVec;

#define vec_push(arena, vec, item)                \
    do {                                          \
        if ((vec)->len == (vec)->cap)             \
            vec_grow(arena, vec, (vec)->len + 1); \
        (vec)->items[(vec)->len++] = (item);      \
    } while (0)

/* Room for `needed` items in all; the length stays. */
#define vec_grow(arena, vec, needed) \
    ((vec)->items = vec_grow_items((arena), (vec)->items, sizeof *(vec)->items, &(vec)->cap, (needed)))

#define vec_last(vec)  ((vec)->items[(vec)->len - 1])
#define vec_pop(vec)   ((vec)->items[--(vec)->len])
#define vec_clear(vec) ((vec)->len = 0)

static inline void *vec_grow_items(Arena *arena, void *items, size_t item_size, uint32_t *cap, uint32_t needed)
{
    /* Most vectors stay short: the first block is the smallest one of the arena, if an item fits. */
    uint32_t old_cap = *cap, new_cap = old_cap ? old_cap * 2 : item_size < 16 ? (uint32_t)(16 / item_size) : 1;

    if (needed <= old_cap)
        return items;
    while (new_cap < needed)
        new_cap *= 2;
    *cap = new_cap;
    return arena_grow(arena, items, old_cap * item_size, new_cap * item_size);
}

#endif

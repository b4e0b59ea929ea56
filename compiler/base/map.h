/* A hash map from a pointer (an interned string, a node, a symbol) or a 64-bit number to a pointer.
 *
 * A zeroed Map is empty and ready.  Its entries stand in one array in the order in which their keys were first set, and are
 * walked as that array: the order never depends on an address or a hash, so the compiler's output does not either.
 *
 *     for (uint32_t i = 0; i < map.len; i++) use(map.entries[i].name, map.entries[i].value); */
#ifndef ASYNCC_BASE_MAP_H
#define ASYNCC_BASE_MAP_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct MapEntry {
    union {
        const void *key;
        const char *name; /* the key, where it is an interned string */
        uint64_t number;
    };
    void *value;
} MapEntry;

typedef struct Map {
    MapEntry *entries;
    uint32_t *index; /* open addressing: 1 + position in entries, 0 where free; NULL for a few entries */
    uint32_t len, cap, index_size;
} Map;

/* By pointer.  map_get gives NULL for a key that is not there; map_has tells that from a NULL value. */
void *map_get(const Map *map, const void *key);
bool map_has(const Map *map, const void *key);
void map_set(Arena *arena, Map *map, const void *key, void *value);

/* By number. */
void *map_get_number(const Map *map, uint64_t key);
bool map_has_number(const Map *map, uint64_t key);
void map_set_number(Arena *arena, Map *map, uint64_t key, void *value);

/* The entry of a key, or NULL; it stays valid until the next map_set. */
MapEntry *map_find_number(const Map *map, uint64_t key);

/* The place of a key's value, added as NULL if it was not there: look up and set in one. */
void **map_slot(Arena *arena, Map *map, const void *key);
void **map_slot_number(Arena *arena, Map *map, uint64_t key);

#endif

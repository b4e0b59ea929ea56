/* The map: an array of entries in order of insertion, and an open-addressed index into it; most maps hold a few entries and have none.
 * Keys are compared as 64-bit numbers; a pointer is one.  Nothing is ever removed: no stage needs it. */
#include "base/map.h"

#include <string.h>

static uint64_t number_of(const void *key)
{
    return (uint64_t)(uintptr_t)key;
}

static uint32_t hash(uint64_t key)
{
    key ^= key >> 32;
    key *= 0x9e3779b97f4a7c15u;
    return (uint32_t)(key >> 32);
}

/* The place in the index where the key is, or the free one where it would be. */
static uint32_t probe(const Map *map, uint64_t key)
{
    uint32_t mask = map->index_size - 1, at = hash(key) & mask;

    while (map->index[at] && map->entries[map->index[at] - 1].number != key)
        at = (at + 1) & mask;
    return at;
}

enum { FIRST = 4, SEARCHED = 8 }; /* entries; up to so many are looked through */

static void grow(Arena *arena, Map *map)
{
    uint32_t cap = map->cap ? map->cap * 2 : FIRST;

    map->entries = arena_grow(arena, map->entries, map->cap * sizeof(MapEntry), cap * sizeof(MapEntry));
    map->cap = cap;
    if (cap <= SEARCHED)
        return;
    map->index_size = cap * 2;
    map->index = arena_array(arena, uint32_t, map->index_size);
    for (uint32_t i = 0; i < map->len; i++)
        map->index[probe(map, map->entries[i].number)] = i + 1;
}

MapEntry *map_find_number(const Map *map, uint64_t key)
{
    if (map->index) {
        uint32_t position = map->index[probe(map, key)];
        return position ? &map->entries[position - 1] : NULL;
    }
    for (uint32_t i = 0; i < map->len; i++)
        if (map->entries[i].number == key)
            return &map->entries[i];
    return NULL;
}

void **map_slot_number(Arena *arena, Map *map, uint64_t key)
{
    MapEntry *entry = map_find_number(map, key);

    if (entry)
        return &entry->value;
    if (map->len == map->cap)
        grow(arena, map);
    if (map->index)
        map->index[probe(map, key)] = map->len + 1;
    entry = &map->entries[map->len++];
    entry->number = key;
    entry->value = NULL;
    return &entry->value;
}

void *map_get_number(const Map *map, uint64_t key)
{
    MapEntry *entry = map_find_number(map, key);

    return entry ? entry->value : NULL;
}

bool map_has_number(const Map *map, uint64_t key)
{
    return map_find_number(map, key) != NULL;
}

void map_set_number(Arena *arena, Map *map, uint64_t key, void *value)
{
    *map_slot_number(arena, map, key) = value;
}

void *map_get(const Map *map, const void *key)
{
    return map_get_number(map, number_of(key));
}

bool map_has(const Map *map, const void *key)
{
    return map_has_number(map, number_of(key));
}

void map_set(Arena *arena, Map *map, const void *key, void *value)
{
    *map_slot_number(arena, map, number_of(key)) = value;
}

void **map_slot(Arena *arena, Map *map, const void *key)
{
    return map_slot_number(arena, map, number_of(key));
}

/* list.sort: a stable merge sort over pairs of a key and the place where its item stood, so that sorting with key= and without are the
 * same code. Runs that are in order already are found first, so sorted input costs one pass. The comparison is chosen once: ints, floats
 * and strings are compared directly, everything else by its descriptor. */
#include "internal.h"

typedef struct Pair {
    union {
        int64_t i;
        double f;
        art_str *str;
        void *slot;
    } key;
    int64_t place;
} Pair;

typedef enum { BY_INT, BY_FLOAT, BY_STR, BY_SLOT } How;

enum { SHORTEST_RUN = 24 };

static inline bool is_less(How how, const art_type *type, const Pair *a, const Pair *b)
{
    switch (how) {
    case BY_INT:
        return a->key.i < b->key.i;
    case BY_FLOAT:
        return a->key.f < b->key.f;
    case BY_STR:
        return art_str_compare(a->key.str, b->key.str) < 0;
    default:
        return !art_self.raised && art_slot_less(type, a->key.slot, b->key.slot);
    }
}

static inline void insert_sorted(How how, const art_type *type, Pair *pairs, int64_t sorted, int64_t count)
{
    for (int64_t i = sorted; i < count; i++) {
        Pair pair = pairs[i];
        int64_t low = 0, high = i;
        while (low < high) {
            int64_t middle = low + (high - low) / 2;
            if (is_less(how, type, &pair, &pairs[middle]))
                high = middle;
            else
                low = middle + 1;
        }
        memmove(pairs + low + 1, pairs + low, (size_t)(i - low) * sizeof *pairs);
        pairs[low] = pair;
    }
}

/* The length of the run at the start; one that falls strictly is turned round. */
static inline int64_t find_run(How how, const art_type *type, Pair *pairs, int64_t count)
{
    int64_t len = 2;

    if (count < 2)
        return count;
    if (!is_less(how, type, &pairs[1], &pairs[0])) {
        while (len < count && !is_less(how, type, &pairs[len], &pairs[len - 1]))
            len++;
        return len;
    }
    while (len < count && is_less(how, type, &pairs[len], &pairs[len - 1]))
        len++;
    for (int64_t i = 0, j = len - 1; i < j; i++, j--) {
        Pair pair = pairs[i];
        pairs[i] = pairs[j];
        pairs[j] = pair;
    }
    return len;
}

/* Merges pairs[0..middle) and pairs[middle..count); `room` takes the first. */
static inline void merge(How how, const art_type *type, Pair *pairs, int64_t middle, int64_t count, Pair *room)
{
    if (!is_less(how, type, &pairs[middle], &pairs[middle - 1]))
        return;
    memcpy(room, pairs, (size_t)middle * sizeof *pairs);
    Pair *a = room, *a_end = room + middle, *b = pairs + middle, *b_end = pairs + count, *to = pairs;
    while (a < a_end && b < b_end)
        *to++ = is_less(how, type, b, a) ? *b++ : *a++;
    memcpy(to, a, (size_t)(a_end - a) * sizeof *pairs);
}

typedef struct Run {
    int64_t start, len;
} Run;

static inline __attribute__((always_inline)) void sort_pairs(How how, const art_type *type, Pair *pairs, int64_t count, Pair *room)
{
    Run runs[64];
    int depth = 0;

    for (int64_t start = 0; start < count;) {
        int64_t len = find_run(how, type, pairs + start, count - start);
        if (len < SHORTEST_RUN && len < count - start) {
            int64_t least = art__min(SHORTEST_RUN, count - start);
            insert_sorted(how, type, pairs + start, len, least);
            len = least;
        }
        runs[depth++] = (Run){start, len};
        start += len;
        /* Each run on the stack is longer than twice the one above it, so the stack stays small and merges balanced. */
        while (depth > 1 && (start == count || runs[depth - 2].len <= 2 * runs[depth - 1].len)) {
            Run *low = &runs[depth - 2];
            merge(how, type, pairs + low->start, low->len, low->len + runs[depth - 1].len, room);
            low->len += runs[depth - 1].len;
            depth--;
        }
    }
}

static void sort_by_int(Pair *pairs, int64_t count, Pair *room)
{
    sort_pairs(BY_INT, NULL, pairs, count, room);
}
static void sort_by_float(Pair *pairs, int64_t count, Pair *room)
{
    sort_pairs(BY_FLOAT, NULL, pairs, count, room);
}
static void sort_by_str(Pair *pairs, int64_t count, Pair *room)
{
    sort_pairs(BY_STR, NULL, pairs, count, room);
}
static void sort_by_slot(const art_type *type, Pair *pairs, int64_t count, Pair *room)
{
    sort_pairs(BY_SLOT, type, pairs, count, room);
}

static void load(const art_type *type, const char *keys, Pair *pairs, int64_t count, bool reverse)
{
    for (int64_t i = 0; i < count; i++) {
        int64_t place = reverse ? count - 1 - i : i;
        const char *key = keys + (size_t)place * type->size;
        pairs[i].place = place;
        if (type->kind == ART_KIND_INT || type->kind == ART_KIND_FLOAT || type->kind == ART_KIND_STR)
            memcpy(&pairs[i].key, key, sizeof pairs[i].key);
        else
            pairs[i].key.slot = (void *)(uintptr_t)key;
    }
}

static void sort(const art_type *type, Pair *pairs, int64_t count, Pair *room)
{
    switch (type->kind) {
    case ART_KIND_INT:
        sort_by_int(pairs, count, room);
        break;
    case ART_KIND_FLOAT:
        sort_by_float(pairs, count, room);
        break;
    case ART_KIND_STR:
        sort_by_str(pairs, count, room);
        break;
    default:
        sort_by_slot(type, pairs, count, room);
    }
}

static bool sort_list(art_list *list, const art_type *key_type, const char *keys, bool reverse)
{
    int64_t count = list->len, cap = list->cap;
    size_t size = art_list_item_type(list)->size, bytes = (size_t)count * sizeof(Pair);

    if (count < 2)
        return true;
    Pair *pairs = art_resize(NULL, 0, bytes), *room = art_resize(NULL, 0, bytes);
    load(key_type, keys, pairs, count, reverse);
    /* While comparisons run the list is empty, as in CPython. */
    char *items = list->items;
    list->items = NULL;
    list->len = list->cap = 0;
    sort(key_type, pairs, count, room);
    bool was_changed = list->items != NULL;
    if (was_changed)
        art_list_clear(list);
    char *sorted = art_resize(NULL, 0, (size_t)cap * size);
    for (int64_t i = 0; i < count; i++) {
        int64_t from = pairs[reverse ? count - 1 - i : i].place;
        memcpy(sorted + (size_t)i * size, items + (size_t)from * size, size);
    }
    art_resize(items, (size_t)cap * size, 0);
    art_resize(pairs, bytes, 0);
    art_resize(room, bytes, 0);
    list->items = sorted;
    list->len = count;
    list->cap = cap;
    if (was_changed && !art_self.raised)
        art_raise_new(&art_type_ValueError, "list modified during sort");
    return !art_self.raised;
}

bool art_list_sort(art_list *list, bool reverse)
{
    return sort_list(list, art_list_item_type(list), list->items, reverse);
}

bool art_list_sort_by(art_list *list, art_list *keys, bool reverse)
{
    return sort_list(list, art_list_item_type(keys), keys->items, reverse);
}

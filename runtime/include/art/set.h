/* set[T] and frozenset[T]: a dict without values, in order of insertion. Iteration:
 *
 *     art_set_iter it = art_set_begin(s);
 *     while (art_set_next(&it)) {
 *         int64_t item = *(int64_t *)it.item;
 *         …
 *     }
 *     if (art_raised(12)) …           // RuntimeError: Set changed size during iteration
 */
#ifndef ART_SET_H
#define ART_SET_H

#include "art/dict.h"

typedef struct art_set {
    art_dict table; /* keys only; its base.type is the set's descriptor, args[0]: T. The length is table.len */
} art_set;

void art_set_destroy(art_obj *self);

#define ART_SET_TYPE(...) ART_SET_TYPE_(__VA_ARGS__, )
#define ART_SET_TYPE_(item_, ...) \
    {.name = "set", .module = "builtins", .kind = ART_KIND_SET, .size = sizeof(art_set *), .is_counted = true, .arg_count = 1, \
     .args = (const art_type *const[]){item_}, .object_size = sizeof(art_set), .destroy = art_set_destroy, __VA_ARGS__}
#define ART_FROZENSET_TYPE(...) ART_FROZENSET_TYPE_(__VA_ARGS__, )
#define ART_FROZENSET_TYPE_(item_, ...) \
    {.name = "frozenset", .module = "builtins", .kind = ART_KIND_FROZENSET, .size = sizeof(art_set *), .is_counted = true, \
     .arg_count = 1, .args = (const art_type *const[]){item_}, .object_size = sizeof(art_set), .destroy = art_set_destroy, __VA_ARGS__}

extern const art_type art_type_set, art_type_frozenset; /* of Any; also for isinstance */

typedef struct art_set_iter {
    art_set *set; /* borrowed */
    int64_t at, len;
    void *item;
} art_set_iter;

static inline art_set_iter art_set_begin(art_set *set)
{
    return (art_set_iter){set, 0, set->table.len, NULL};
}
bool art_set_next(art_set_iter *it);
static inline int64_t art_set_len(const art_set *set)
{
    return set->table.len;
}

art_set *art_set_new(const art_type *type, int64_t room);
art_set *art_set_of(const art_type *type, int64_t count, const void *items); /* {a, b}; may raise; borrowed items */
art_set *art_set_of_list(const art_list *items, const art_type *type);       /* set(list) */
art_set *art_set_copy(const art_set *set);
art_set *art_set_copy_as(const art_set *set, const art_type *type); /* set(frozenset), frozenset(set) */

bool art_set_add(art_set *set, const void *item);     /* false: raised */
bool art_set_contains(art_set *set, const void *item); /* may raise */
bool art_set_discard(art_set *set, const void *item); /* was it there? may raise */
bool art_set_drop(art_set *set, const void *item);    /* the same; false: raised */
bool art_set_remove(art_set *set, const void *item);  /* KeyError */
bool art_set_pop(art_set *set, void *out);            /* KeyError 'pop from an empty set' */
void art_set_clear(art_set *set);

/* The result has the descriptor of the first. They may raise only where equality or hashing of the items can. */
art_set *art_set_union(art_set *a, art_set *b);
art_set *art_set_intersection(art_set *a, art_set *b);
art_set *art_set_difference(art_set *a, art_set *b);
art_set *art_set_symmetric_difference(art_set *a, art_set *b);
bool art_set_update(art_set *a, art_set *b);
bool art_set_intersection_update(art_set *a, art_set *b);
bool art_set_difference_update(art_set *a, art_set *b);
bool art_set_symmetric_difference_update(art_set *a, art_set *b);
bool art_set_isdisjoint(art_set *a, art_set *b);
bool art_set_issubset(art_set *a, art_set *b);        /* a <= b */
bool art_set_issuperset(art_set *a, art_set *b);      /* a >= b */
bool art_set_is_proper_subset(art_set *a, art_set *b); /* a < b */
bool art_set_is_proper_superset(art_set *a, art_set *b);
bool art_set_equal(art_set *a, art_set *b);
int64_t art_set_hash(art_set *set);                   /* frozenset */
art_list *art_set_list(art_set *set, const art_type *type); /* list(s) */
art_str *art_set_repr(art_set *set);

#endif

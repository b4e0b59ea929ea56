/* list[T], and tuple[T, ...], which is a list that nobody changes: same struct, another kind in its descriptor.
 *
 * Items stand side by side, each of the size of T, so that generated code reads them directly:
 *
 *     for (int64_t i = 0; i < numbers->len; i++)
 *         total += ((int64_t *)numbers->items)[i];
 *
 * (the length is read anew each time: the body may change the list). `const void *item` is the address of a T, which the list
 * copies and retains; results of type T are written to `void *out`, owned. */
#ifndef ART_LIST_H
#define ART_LIST_H

#include "art/value.h"

typedef struct art_list {
    art_obj base; /* base.type->args[0]: the type of the items */
    int64_t len, cap;
    void *items; /* art_resize memory of cap items; NULL while cap is 0 */
} art_list;

typedef art_list art_tuple;

void art_list_destroy(art_obj *self);

#define ART_LIST_TYPE(...) ART_LIST_TYPE_(__VA_ARGS__, )
#define ART_LIST_TYPE_(item_, ...) \
    {.name = "list", .module = "builtins", .kind = ART_KIND_LIST, .size = sizeof(art_list *), .is_counted = true, .arg_count = 1, \
     .args = (const art_type *const[]){item_}, .object_size = sizeof(art_list), .destroy = art_list_destroy, __VA_ARGS__}
#define ART_VARTUPLE_TYPE(...) ART_VARTUPLE_TYPE_(__VA_ARGS__, )
#define ART_VARTUPLE_TYPE_(item_, ...) \
    {.name = "tuple", .module = "builtins", .kind = ART_KIND_VARTUPLE, .size = sizeof(art_list *), .is_counted = true, \
     .arg_count = 1, .args = (const art_type *const[]){item_}, .object_size = sizeof(art_list), .destroy = art_list_destroy, __VA_ARGS__}

/* The descriptors with items of any type; also what isinstance(x, list) and isinstance(x, tuple) compare with. */
extern const art_type art_type_list, art_type_tuple;

static inline const art_type *art_list_item_type(const art_list *list)
{
    return list->base.type->args[0];
}

/* -- making ---------------------------------------------------------------------------------------------------------------- */

art_list *art_list_new(const art_type *type, int64_t cap);
/* [a, b, c]: `items` points at `count` values side by side; borrowed and copied. (int64_t[]){1, 2, 3} serves. */
art_list *art_list_of(const art_type *type, int64_t count, const void *items);
art_list *art_list_copy(const art_list *list);
/* list(xs), tuple(xs) of a list or tuple with the same type of items. */
art_list *art_list_copy_as(const art_list *list, const art_type *type);

/* -- items ----------------------------------------------------------------------------------------------------------------- */

void art__list_index_error(const art_list *list);
void art__list_grow(art_list *list, int64_t cap);

/* The address of list[index], or NULL with IndexError. Valid until the list changes. */
static inline void *art_list_at(const art_list *list, int64_t index)
{
    if (index < 0)
        index += list->len;
    if (__builtin_expect((uint64_t)index >= (uint64_t)list->len, 0)) {
        art__list_index_error(list);
        return NULL;
    }
    return (char *)list->items + (size_t)index * list->base.type->args[0]->size;
}

/* list[index] for the common sizes of an item: zero when it raised. A pointer is borrowed from the list. */
static inline int64_t art_list_get_int(const art_list *list, int64_t index)
{
    if (index < 0)
        index += list->len;
    if (__builtin_expect((uint64_t)index < (uint64_t)list->len, 1))
        return ((int64_t *)list->items)[index];
    art__list_index_error(list);
    return 0;
}
static inline double art_list_get_float(const art_list *list, int64_t index)
{
    if (index < 0)
        index += list->len;
    if (__builtin_expect((uint64_t)index < (uint64_t)list->len, 1))
        return ((double *)list->items)[index];
    art__list_index_error(list);
    return 0;
}
static inline bool art_list_get_bool(const art_list *list, int64_t index)
{
    if (index < 0)
        index += list->len;
    if (__builtin_expect((uint64_t)index < (uint64_t)list->len, 1))
        return ((bool *)list->items)[index];
    art__list_index_error(list);
    return false;
}
static inline void *art_list_get_ptr(const art_list *list, int64_t index)
{
    if (index < 0)
        index += list->len;
    if (__builtin_expect((uint64_t)index < (uint64_t)list->len, 1))
        return ((void **)list->items)[index];
    art__list_index_error(list);
    return NULL;
}
/* list[index] = value for the same sizes; false when it raised. */
static inline bool art_list_set_int(art_list *list, int64_t index, int64_t value)
{
    if (index < 0)
        index += list->len;
    if (__builtin_expect((uint64_t)index < (uint64_t)list->len, 1)) {
        ((int64_t *)list->items)[index] = value;
        return true;
    }
    art__list_index_error(NULL);
    return false;
}
static inline bool art_list_set_float(art_list *list, int64_t index, double value)
{
    if (index < 0)
        index += list->len;
    if (__builtin_expect((uint64_t)index < (uint64_t)list->len, 1)) {
        ((double *)list->items)[index] = value;
        return true;
    }
    art__list_index_error(NULL);
    return false;
}
bool art_list_get(const art_list *list, int64_t index, void *out); /* any T, owned */
bool art_list_set(art_list *list, int64_t index, const void *item); /* any T; IndexError "list assignment index out of range" */
bool art_list_delete(art_list *list, int64_t index);

/* -- methods --------------------------------------------------------------------------------------------------------------- */

void art_list_append(art_list *list, const void *item);
static inline void art_list_append_int(art_list *list, int64_t item)
{
    if (__builtin_expect(list->len == list->cap, 0))
        art__list_grow(list, list->len + 1);
    ((int64_t *)list->items)[list->len++] = item;
}
static inline void art_list_append_float(art_list *list, double item)
{
    if (__builtin_expect(list->len == list->cap, 0))
        art__list_grow(list, list->len + 1);
    ((double *)list->items)[list->len++] = item;
}
static inline void art_list_append_ptr(art_list *list, void *item) /* a counted pointer or NULL */
{
    if (__builtin_expect(list->len == list->cap, 0))
        art__list_grow(list, list->len + 1);
    ((void **)list->items)[list->len++] = art_retain(item);
}
/* Appends a counted pointer that the caller gives away. */
static inline void art_list_push(art_list *list, void *owned)
{
    if (__builtin_expect(list->len == list->cap, 0))
        art__list_grow(list, list->len + 1);
    ((void **)list->items)[list->len++] = owned;
}
void art_list_push_slot(art_list *list, void *owned); /* any T: takes the value out of the slot */
void art_list_clear(art_list *list);
int64_t art_list_count(const art_list *list, const void *item); /* may raise (equality) */
void art_list_extend(art_list *list, const art_list *items);    /* same T; also list += items */
int64_t art_list_index(const art_list *list, const void *item, int64_t start, int64_t stop); /* ValueError */
void art_list_insert(art_list *list, int64_t index, const void *item);
bool art_list_pop(art_list *list, int64_t index, void *out); /* IndexError "pop from empty list", "pop index out of range" */
bool art_list_remove(art_list *list, const void *item);      /* ValueError "list.remove(x): x not in list" */
void art_list_reverse(art_list *list);
bool art_list_sort(art_list *list, bool reverse);            /* stable */
/* Sorts by the keys, a list as long as `list`, which is reordered alongside. */
bool art_list_sort_by(art_list *list, art_list *keys, bool reverse);

/* -- operators ------------------------------------------------------------------------------------------------------------- */

bool art_list_contains(const art_list *list, const void *item); /* may raise */
art_list *art_list_concat(const art_list *a, const art_list *b);
art_list *art_list_repeat(const art_list *list, int64_t times);
void art_list_repeat_in_place(art_list *list, int64_t times);
art_list *art_list_slice(const art_list *list, int64_t start, int64_t stop, int64_t step); /* ART_MISSING: not written */
/* The same as a list (or tuple) of another kind with the same items: b of `a, *b = t`. */
art_list *art_list_slice_as(const art_list *list, int64_t start, int64_t stop, int64_t step, const art_type *type);
bool art_list_set_slice(art_list *list, int64_t start, int64_t stop, int64_t step, const art_list *items);
bool art_list_delete_slice(art_list *list, int64_t start, int64_t stop, int64_t step);
bool art_list_equal(const art_list *a, const art_list *b); /* may raise */
bool art_list_less(const art_list *a, const art_list *b);  /* a < b; may raise */
bool art_list_order(const art_list *a, const art_list *b, art_order order);
art_str *art_list_repr(const art_list *list);

/* Turns the bounds of a slice into indices of a sequence of `len` items, as Python does, and gives the number of items selected;
 * -1 with ValueError when the step is 0. */
int64_t art_slice_bounds(int64_t len, int64_t *start, int64_t *stop, int64_t *step);

/* Unpacking `a, b = list`: ValueError unless the length is `count` ("not enough values to unpack (expected 2, got 1)"). */
bool art_unpack_exact(int64_t len, int64_t count);
/* The same for `a, *b, c = list`, where `count` names have no star. */
bool art_unpack_least(int64_t len, int64_t count);

#endif

/* collections.deque[T]: a ring of items. Iteration as of a set: art_deque_begin, art_deque_next (RuntimeError "deque mutated
 * during iteration"), or by index: item i is art_deque_at(d, i). */
#ifndef ART_DEQUE_H
#define ART_DEQUE_H

#include "art/list.h"

typedef struct art_deque {
    art_obj base;
    int64_t len;
    int64_t cap;    /* a power of two, or 0 */
    int64_t head;   /* index of the first item in the ring */
    int64_t maxlen; /* -1: none */
    char *items;
    uint32_t changes; /* counted, for iteration */
    uint32_t place;   /* cycle.c */
} art_deque;

void art_deque_destroy(art_obj *self);

#define ART_DEQUE_TYPE(...) ART_DEQUE_TYPE_(__VA_ARGS__, )
#define ART_DEQUE_TYPE_(item_, ...) \
    {.name = "deque", .module = "collections", .kind = ART_KIND_DEQUE, .size = sizeof(art_deque *), .is_counted = true, \
     .arg_count = 1, .args = (const art_type *const[]){item_}, .object_size = sizeof(art_deque), .destroy = art_deque_destroy, __VA_ARGS__}

extern const art_type art_type_deque; /* deque[Any]; also for isinstance */

typedef struct art_deque_iter {
    art_deque *deque;
    int64_t at;
    uint32_t changes;
    void *item;
} art_deque_iter;

static inline art_deque_iter art_deque_begin(art_deque *deque)
{
    return (art_deque_iter){deque, 0, deque->changes, NULL};
}
bool art_deque_next(art_deque_iter *it);

art_deque *art_deque_new(const art_type *type, int64_t maxlen); /* maxlen -1: none; ValueError when below */
art_deque *art_deque_new_typed(int64_t maxlen, const art_type *type);
art_box art_deque_maxlen(const art_deque *deque); /* an int or None */
art_deque *art_deque_copy(const art_deque *deque);
void *art_deque_at(const art_deque *deque, int64_t index); /* NULL with IndexError "deque index out of range" */
bool art_deque_get(const art_deque *deque, int64_t index, void *out);
bool art_deque_set(art_deque *deque, int64_t index, const void *item);
bool art_deque_delete(art_deque *deque, int64_t index);
void art_deque_append(art_deque *deque, const void *item);
void art_deque_appendleft(art_deque *deque, const void *item);
bool art_deque_pop(art_deque *deque, void *out);     /* IndexError "pop from an empty deque" */
bool art_deque_popleft(art_deque *deque, void *out);
void art_deque_clear(art_deque *deque);
int64_t art_deque_count(const art_deque *deque, const void *item);
int64_t art_deque_index(const art_deque *deque, const void *item, int64_t start, int64_t stop);
bool art_deque_insert(art_deque *deque, int64_t index, const void *item); /* IndexError when full */
bool art_deque_remove(art_deque *deque, const void *item);
void art_deque_reverse(art_deque *deque);
void art_deque_rotate(art_deque *deque, int64_t steps);
void art_deque_extend_list(art_deque *deque, const art_list *items);
bool art_deque_contains(const art_deque *deque, const void *item);
bool art_deque_equal(const art_deque *a, const art_deque *b);
bool art_deque_order(const art_deque *a, const art_deque *b, art_order order);
art_deque *art_deque_concat(const art_deque *a, const art_deque *b);
art_deque *art_deque_repeat(const art_deque *deque, int64_t times);
art_list *art_deque_list(const art_deque *deque, const art_type *type);
art_str *art_deque_repr(const art_deque *deque);

#endif

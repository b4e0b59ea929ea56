/* collections.deque[T]: a ring whose capacity is a power of two. */
#include "internal.h"

static const art_type *item_type(const art_deque *deque)
{
    return deque->base.type->args[0];
}

static char *item_at(const art_deque *deque, int64_t index)
{
    return deque->items + (size_t)((deque->head + index) & (deque->cap - 1)) * item_type(deque)->size;
}

static void grow(art_deque *deque)
{
    int64_t cap = deque->cap ? deque->cap * 2 : 8;
    size_t size = item_type(deque)->size;
    char *items = art_resize(NULL, 0, (size_t)cap * size);

    for (int64_t i = 0; i < deque->len; i++)
        memcpy(items + (size_t)i * size, item_at(deque, i), size);
    art_resize(deque->items, (size_t)deque->cap * size, 0);
    deque->items = items;
    deque->cap = cap;
    deque->head = 0;
}

art_deque *art_deque_new(const art_type *type, int64_t maxlen)
{
    if (maxlen < -1) {
        art_raise_new(&art_type_ValueError, "maxlen must be non-negative");
        return NULL;
    }
    art_deque *deque = art_new(type, 0);
    deque->maxlen = maxlen;
    return deque;
}

art_deque *art_deque_new_typed(int64_t maxlen, const art_type *type)
{
    return art_deque_new(type, maxlen < 0 ? -2 : maxlen);
}

art_box art_deque_maxlen(const art_deque *deque)
{
    return deque->maxlen < 0 ? art_box_none() : art_box_int(deque->maxlen);
}

art_deque *art_deque_copy(const art_deque *from)
{
    art_deque *deque = art_deque_new(from->base.type, from->maxlen);

    for (int64_t i = 0; i < from->len; i++)
        art_deque_append(deque, item_at(from, i));
    return deque;
}

void art_deque_clear(art_deque *deque)
{
    while (deque->len > 0) {
        deque->len--;
        deque->changes++;
        art_slot_clear(item_type(deque), item_at(deque, deque->len));
    }
}

void art_deque_destroy(art_obj *self)
{
    art_deque *deque = (art_deque *)self;

    art_deque_clear(deque);
    art_resize(deque->items, (size_t)deque->cap * item_type(deque)->size, 0);
    art_free(deque, self->type->object_size);
}

/* -- items ----------------------------------------------------------------------------------------------------------------------------- */

void *art_deque_at(const art_deque *deque, int64_t index)
{
    if (index < 0)
        index += deque->len;
    if ((uint64_t)index < (uint64_t)deque->len)
        return item_at(deque, index);
    art_raise_new(&art_type_IndexError, "deque index out of range");
    return NULL;
}

bool art_deque_get(const art_deque *deque, int64_t index, void *out)
{
    void *item = art_deque_at(deque, index);
    if (item)
        art_slot_copy(item_type(deque), out, item);
    return item != NULL;
}

bool art_deque_set(art_deque *deque, int64_t index, const void *item)
{
    void *place = art_deque_at(deque, index);
    if (!place)
        return false;
    max_align_t room[8];
    const art_type *type = item_type(deque);
    char *old = type->size <= sizeof room ? (char *)room : art_alloc(type->size);
    memcpy(old, place, type->size);
    art_slot_copy(type, place, item);
    art_slot_clear(type, old);
    if (old != (char *)room)
        art_free(old, type->size);
    return true;
}

static void drop_first(art_deque *deque)
{
    char *item = item_at(deque, 0);
    deque->head = (deque->head + 1) & (deque->cap - 1);
    deque->len--;
    deque->changes++;
    art_slot_clear(item_type(deque), item);
}

static void drop_last(art_deque *deque)
{
    deque->len--;
    deque->changes++;
    art_slot_clear(item_type(deque), item_at(deque, deque->len));
}

void art_deque_append(art_deque *deque, const void *item)
{
    if (deque->maxlen == 0)
        return;
    if (deque->len == deque->cap)
        grow(deque);
    art_slot_copy(item_type(deque), item_at(deque, deque->len), item);
    deque->len++;
    deque->changes++;
    if (deque->len - 1 == deque->maxlen)
        drop_first(deque);
}

void art_deque_appendleft(art_deque *deque, const void *item)
{
    if (deque->maxlen == 0)
        return;
    if (deque->len == deque->cap)
        grow(deque);
    deque->head = (deque->head - 1) & (deque->cap - 1);
    art_slot_copy(item_type(deque), item_at(deque, 0), item);
    deque->len++;
    deque->changes++;
    if (deque->len - 1 == deque->maxlen)
        drop_last(deque);
}

static bool is_empty(const art_deque *deque)
{
    if (deque->len == 0)
        art_raise_new(&art_type_IndexError, "pop from an empty deque");
    return deque->len == 0;
}

bool art_deque_pop(art_deque *deque, void *out)
{
    if (is_empty(deque))
        return false;
    deque->len--;
    deque->changes++;
    art_slot_move(item_type(deque), out, item_at(deque, deque->len));
    return true;
}

bool art_deque_popleft(art_deque *deque, void *out)
{
    if (is_empty(deque))
        return false;
    art_slot_move(item_type(deque), out, item_at(deque, 0));
    deque->head = (deque->head + 1) & (deque->cap - 1);
    deque->len--;
    deque->changes++;
    return true;
}

/* -1: not found, or raised. */
static int64_t search(const art_deque *deque, const void *item, int64_t start, int64_t stop)
{
    for (int64_t i = start; i < stop && i < deque->len; i++) {
        if (art__item_equal(item_type(deque), item_at(deque, i), item))
            return i;
        if (art_self.raised)
            return -1;
    }
    return -1;
}

bool art_deque_contains(const art_deque *deque, const void *item)
{
    return search(deque, item, 0, deque->len) >= 0;
}

int64_t art_deque_count(const art_deque *deque, const void *item)
{
    int64_t count = 0;

    for (int64_t i = 0; i < deque->len && !art_self.raised; i++)
        count += art__item_equal(item_type(deque), item_at(deque, i), item);
    return count;
}

int64_t art_deque_index(const art_deque *deque, const void *item, int64_t start, int64_t stop)
{
    art__clip(deque->len, &start, &stop);
    int64_t index = search(deque, item, start, stop);
    if (index < 0 && !art_self.raised)
        art_raise_new(&art_type_ValueError, "%V is not in deque", item_type(deque), item);
    return index < 0 ? 0 : index;
}

static void swap(art_deque *deque, int64_t i, int64_t j)
{
    char *a = item_at(deque, i), *b = item_at(deque, j);

    for (size_t k = 0; k < item_type(deque)->size; k++) {
        char byte = a[k];
        a[k] = b[k];
        b[k] = byte;
    }
}

bool art_deque_delete(art_deque *deque, int64_t index)
{
    if (!art_deque_at(deque, index))
        return false;
    if (index < 0)
        index += deque->len;
    for (; index < deque->len - 1; index++)
        swap(deque, index, index + 1);
    drop_last(deque);
    return true;
}

bool art_deque_insert(art_deque *deque, int64_t index, const void *item)
{
    if (deque->maxlen >= 0 && deque->len >= deque->maxlen) {
        art_raise_new(&art_type_IndexError, "deque already at its maximum size");
        return false;
    }
    if (index < 0)
        index = art__max(index + deque->len, 0);
    art_deque_append(deque, item);
    for (int64_t i = deque->len - 1; i > index; i--)
        swap(deque, i, i - 1);
    return true;
}

bool art_deque_remove(art_deque *deque, const void *item)
{
    int64_t index = search(deque, item, 0, deque->len);

    if (index >= 0)
        return art_deque_delete(deque, index);
    if (!art_self.raised)
        art_raise_new(&art_type_ValueError, "deque.remove(x): x not in deque");
    return false;
}

void art_deque_reverse(art_deque *deque)
{
    for (int64_t i = 0, j = deque->len - 1; i < j; i++, j--)
        swap(deque, i, j);
    deque->changes++;
}

/* Each step moves one item from one end to the other, the shorter way round. */
void art_deque_rotate(art_deque *deque, int64_t steps)
{
    size_t size = item_type(deque)->size;

    if (deque->len < 2)
        return;
    steps %= deque->len;
    if (steps > deque->len / 2)
        steps -= deque->len;
    else if (steps < -(deque->len / 2))
        steps += deque->len;
    for (; steps > 0; steps--) {
        char *last = item_at(deque, deque->len - 1);
        deque->head = (deque->head - 1) & (deque->cap - 1);
        memmove(item_at(deque, 0), last, size);
    }
    for (; steps < 0; steps++) {
        char *first = item_at(deque, 0);
        deque->head = (deque->head + 1) & (deque->cap - 1);
        memmove(item_at(deque, deque->len - 1), first, size);
    }
    deque->changes++;
}

void art_deque_extend_list(art_deque *deque, const art_list *items)
{
    for (int64_t i = 0; i < items->len; i++)
        art_deque_append(deque, (char *)items->items + (size_t)i * item_type(deque)->size);
}

/* -- operators -------------------------------------------------------------------------------------------------------------------------- */

bool art_deque_next(art_deque_iter *it)
{
    art_deque *deque = it->deque;

    if (it->changes != deque->changes) {
        art_raise_new(&art_type_RuntimeError, "deque mutated during iteration");
        return false;
    }
    if (it->at >= deque->len)
        return false;
    it->item = item_at(deque, it->at++);
    return true;
}

bool art_deque_equal(const art_deque *a, const art_deque *b)
{
    if (a->len != b->len)
        return false;
    for (int64_t i = 0; i < a->len && i < b->len; i++) {
        if (!art__mixed_equal(item_type(a), item_at(a, i), item_type(b), item_at(b, i)))
            return false;
    }
    return true;
}

bool art_deque_order(const art_deque *a, const art_deque *b, art_order order)
{
    for (int64_t i = 0; i < a->len && i < b->len; i++) {
        if (!art__mixed_equal(item_type(a), item_at(a, i), item_type(b), item_at(b, i)))
            return !art_self.raised && art__mixed_order(item_type(a), item_at(a, i), item_type(b), item_at(b, i), order);
        if (art_self.raised)
            return false;
    }
    return art_slot_order(&art_type_int, &a->len, &b->len, order);
}

art_deque *art_deque_concat(const art_deque *a, const art_deque *b)
{
    art_deque *deque = art_deque_copy(a);

    for (int64_t i = 0; i < b->len; i++)
        art_deque_append(deque, item_at(b, i));
    return deque;
}

art_deque *art_deque_repeat(const art_deque *from, int64_t times)
{
    art_deque *deque = art_deque_new(from->base.type, from->maxlen);

    for (int64_t i = 0; i < times; i++) {
        for (int64_t j = 0; j < from->len; j++)
            art_deque_append(deque, item_at(from, j));
    }
    return deque;
}

art_list *art_deque_list(const art_deque *deque, const art_type *type)
{
    art_list *list = art_list_new(type, deque->len);
    size_t size = type->args[0]->size;

    for (int64_t i = 0; i < deque->len; i++)
        art_slot_copy(type->args[0], (char *)list->items + (size_t)i * size, item_at(deque, i));
    list->len = deque->len;
    return list;
}

art_str *art_deque_repr(const art_deque *deque)
{
    art_text text = {0};
    art_reprs here;
    bool is_fine = true;

    if (!art__repr_begin(&here, deque))
        return art_str_of("[...]");
    art_text_add_c(&text, "deque([");
    for (int64_t i = 0; i < deque->len && is_fine; i++) {
        if (i > 0)
            art_text_add(&text, ", ", 2);
        is_fine = art__text_add_repr(&text, item_type(deque), item_at(deque, i));
    }
    art_text_add(&text, "]", 1);
    if (deque->maxlen >= 0) {
        art_text_add_c(&text, ", maxlen=");
        art__text_add_owned(&text, art_int_str(deque->maxlen));
    }
    art_text_add(&text, ")", 1);
    art__repr_end();
    if (is_fine)
        return art_text_take(&text);
    art_text_drop(&text);
    return NULL;
}

/* list[T] and tuple[T, ...]: items side by side in one growing block. Sorting is in sort.c. */
#include "internal.h"

static char *item_at(const art_list *list, int64_t index)
{
    return (char *)list->items + (size_t)index * art_list_item_type(list)->size;
}

static size_t bytes_of(const art_list *list, int64_t count)
{
    return (size_t)count * art_list_item_type(list)->size;
}

static void clear_items(const art_type *type, char *items, int64_t count)
{
    if (!type->is_counted && type->kind != ART_KIND_BOX && type->kind != ART_KIND_TUPLE)
        return;
    if (type->is_counted) {
        for (art_obj **at = (art_obj **)(void *)items, **end = at + count; at < end; at++)
            art_release(*at);
        return;
    }
    for (int64_t i = 0; i < count; i++)
        art_slot_clear(type, items + (size_t)i * type->size);
}

static void copy_items(const art_type *type, char *to, const char *from, int64_t count)
{
    if (!type->is_counted && type->kind != ART_KIND_BOX && type->kind != ART_KIND_TUPLE) {
        if (count > 0)
            memcpy(to, from, (size_t)count * type->size);
        return;
    }
    for (int64_t i = 0; i < count; i++)
        art_slot_copy(type, to + (size_t)i * type->size, from + (size_t)i * type->size);
}

/* -- making ------------------------------------------------------------------------------------------------------------------------ */

art_list *art_list_new(const art_type *type, int64_t cap)
{
    art_list *list = art_new(type, sizeof *list);

    if (cap > 0) {
        list->items = art_resize(NULL, 0, (size_t)cap * type->args[0]->size);
        list->cap = cap;
    }
    return list;
}

art_list *art_list_of(const art_type *type, int64_t count, const void *items)
{
    art_list *list = art_list_new(type, count);

    copy_items(type->args[0], list->items, items, count);
    list->len = count;
    return list;
}

art_list *art_list_copy(const art_list *list)
{
    return art_list_of(list->base.type, list->len, list->items);
}

art_list *art_list_copy_as(const art_list *list, const art_type *type)
{
    /* A tuple is never changed: its copy is itself. */
    if (type->kind == ART_KIND_VARTUPLE && list->base.type->kind == ART_KIND_VARTUPLE)
        return art_retain((void *)(uintptr_t)list);
    return art_list_of(type, list->len, list->items);
}

void art_list_destroy(art_obj *self)
{
    art_list *list = (art_list *)self;

    clear_items(art_list_item_type(list), list->items, list->len);
    art_resize(list->items, bytes_of(list, list->cap), 0);
    art_free(list, sizeof *list);
}

void art__list_grow(art_list *list, int64_t cap)
{
    int64_t more = list->cap + list->cap / 2 + 4;

    if (cap < more)
        cap = more;
    list->items = art_resize(list->items, bytes_of(list, list->cap), bytes_of(list, cap));
    list->cap = cap;
}

static void reserve(art_list *list, int64_t more)
{
    if (list->len + more > list->cap)
        art__list_grow(list, list->len + more);
}

/* -- items ------------------------------------------------------------------------------------------------------------------------- */

/* list is NULL when an item was to be assigned. */
ART_COLD void art__list_index_error(const art_list *list)
{
    if (!list)
        art_raise_new(&art_type_IndexError, "list assignment index out of range");
    else
        art_raise_new(&art_type_IndexError, "%c index out of range", list->base.type->kind == ART_KIND_VARTUPLE ? "tuple" : "list");
}

bool art_list_get(const art_list *list, int64_t index, void *out)
{
    const void *item = art_list_at(list, index);

    if (!item)
        return false;
    art_slot_copy(art_list_item_type(list), out, item);
    return true;
}

/* Puts a copy of `item` in the place of what is there, which is released last: that may run code of the program. */
static void replace(const art_type *type, void *place, const void *item)
{
    max_align_t room[8];
    char *old = type->size <= sizeof room ? (char *)room : art_alloc(type->size);

    memcpy(old, place, type->size);
    art_slot_copy(type, place, item);
    art_slot_clear(type, old);
    if (old != (char *)room)
        art_free(old, type->size);
}

bool art_list_set(art_list *list, int64_t index, const void *item)
{
    if (index < 0)
        index += list->len;
    if ((uint64_t)index >= (uint64_t)list->len) {
        art__list_index_error(NULL);
        return false;
    }
    replace(art_list_item_type(list), item_at(list, index), item);
    return true;
}

static void close_gap(art_list *list, int64_t index, int64_t count)
{
    memmove(item_at(list, index), item_at(list, index + count), bytes_of(list, list->len - index - count));
    list->len -= count;
}

/* Takes the item out of the list into `out`. */
static void take_out(art_list *list, int64_t index, void *out)
{
    memcpy(out, item_at(list, index), art_list_item_type(list)->size);
    close_gap(list, index, 1);
}

static void delete_at(art_list *list, int64_t index)
{
    const art_type *type = art_list_item_type(list);
    max_align_t room[8];
    char *old = type->size <= sizeof room ? (char *)room : art_alloc(type->size);

    take_out(list, index, old);
    art_slot_clear(type, old);
    if (old != (char *)room)
        art_free(old, type->size);
}

bool art_list_delete(art_list *list, int64_t index)
{
    if (index < 0)
        index += list->len;
    if ((uint64_t)index >= (uint64_t)list->len) {
        art__list_index_error(NULL);
        return false;
    }
    delete_at(list, index);
    return true;
}

void art_list_append(art_list *list, const void *item)
{
    const art_type *type = art_list_item_type(list);
    max_align_t room[8];
    char *copy = type->size <= sizeof room ? (char *)room : art_alloc(type->size);

    /* The item may stand in this list, whose items move. */
    art_slot_copy(type, copy, item);
    art_list_push_slot(list, copy);
    if (copy != (char *)room)
        art_free(copy, type->size);
}

void art_list_push_slot(art_list *list, void *owned)
{
    reserve(list, 1);
    memcpy(item_at(list, list->len), owned, art_list_item_type(list)->size);
    list->len++;
}

void art_list_clear(art_list *list)
{
    char *items = list->items;
    int64_t len = list->len, cap = list->cap;

    list->items = NULL;
    list->len = list->cap = 0;
    clear_items(art_list_item_type(list), items, len);
    art_resize(items, bytes_of(list, cap), 0);
}

void art_list_extend(art_list *list, const art_list *items)
{
    int64_t count = items->len;

    if (count == 0)
        return;
    reserve(list, count);
    copy_items(art_list_item_type(list), item_at(list, list->len), items->items, count);
    list->len += count;
}

void art_list_insert(art_list *list, int64_t index, const void *item)
{
    if (index < 0)
        index = art__max(index + list->len, 0);
    if (index > list->len)
        index = list->len;
    art_list_append(list, item);
    if (index == list->len - 1)
        return;
    const art_type *type = art_list_item_type(list);
    max_align_t room[8];
    char *last = type->size <= sizeof room ? (char *)room : art_alloc(type->size);
    memcpy(last, item_at(list, list->len - 1), type->size);
    memmove(item_at(list, index + 1), item_at(list, index), bytes_of(list, list->len - 1 - index));
    memcpy(item_at(list, index), last, type->size);
    if (last != (char *)room)
        art_free(last, type->size);
}

bool art_list_pop(art_list *list, int64_t index, void *out)
{
    if (list->len == 0) {
        art_raise_new(&art_type_IndexError, "pop from empty list");
        return false;
    }
    if (index < 0)
        index += list->len;
    if ((uint64_t)index >= (uint64_t)list->len) {
        art_raise_new(&art_type_IndexError, "pop index out of range");
        return false;
    }
    take_out(list, index, out);
    return true;
}

/* Reading the length anew each time: __eq__ may change the list. -1: not found, or raised. */
static int64_t search(const art_list *list, const void *item, int64_t start, int64_t stop)
{
    const art_type *type = art_list_item_type(list);

    if (type->kind == ART_KIND_INT) {
        int64_t wanted = *(const int64_t *)item;
        for (int64_t i = start; i < stop; i++) {
            if (((int64_t *)list->items)[i] == wanted)
                return i;
        }
        return -1;
    }
    for (int64_t i = start; i < stop && i < list->len; i++) {
        if (art__item_equal(type, item_at(list, i), item))
            return i;
        if (art_self.raised)
            return -1;
    }
    return -1;
}

int64_t art_list_count(const art_list *list, const void *item)
{
    int64_t count = 0;

    for (int64_t i = 0; i < list->len && !art_self.raised; i++)
        count += art__item_equal(art_list_item_type(list), item_at(list, i), item);
    return count;
}

bool art_list_contains(const art_list *list, const void *item)
{
    return search(list, item, 0, list->len) >= 0;
}

int64_t art_list_index(const art_list *list, const void *item, int64_t start, int64_t stop)
{
    art__clip(list->len, &start, &stop);
    int64_t index = search(list, item, start, stop);
    if (index < 0 && !art_self.raised) {
        if (list->base.type->kind == ART_KIND_VARTUPLE)
            art_raise_new(&art_type_ValueError, "tuple.index(x): x not in tuple");
        else
            art_raise_new(&art_type_ValueError, "%V is not in list", art_list_item_type(list), item);
    }
    return index < 0 ? 0 : index;
}

bool art_list_remove(art_list *list, const void *item)
{
    int64_t index = search(list, item, 0, list->len);

    if (index >= 0) {
        delete_at(list, index);
        return true;
    }
    if (!art_self.raised)
        art_raise_new(&art_type_ValueError, "list.remove(x): x not in list");
    return false;
}

void art_list_reverse(art_list *list)
{
    size_t size = art_list_item_type(list)->size;

    if (size == 8) {
        uint64_t *items = list->items;
        for (int64_t i = 0, j = list->len - 1; i < j; i++, j--) {
            uint64_t item = items[i];
            items[i] = items[j];
            items[j] = item;
        }
        return;
    }
    for (int64_t i = 0, j = list->len - 1; i < j; i++, j--) {
        char *a = item_at(list, i), *b = item_at(list, j);
        for (size_t k = 0; k < size; k++) {
            char byte = a[k];
            a[k] = b[k];
            b[k] = byte;
        }
    }
}

/* -- operators --------------------------------------------------------------------------------------------------------------------- */

art_list *art_list_concat(const art_list *a, const art_list *b)
{
    art_list *list = art_list_new(a->base.type, a->len + b->len);

    art_list_extend(list, a);
    art_list_extend(list, b);
    return list;
}

art_list *art_list_repeat(const art_list *list, int64_t times)
{
    int64_t len;

    if (times < 0)
        times = 0;
    if (__builtin_mul_overflow(list->len, times, &len) || len > INT64_MAX / 64) {
        art_raise_type(&art_type_MemoryError);
        return NULL;
    }
    art_list *result = art_list_new(list->base.type, len);
    if (list->len == 1 && art_list_item_type(list)->size == 8 && !art_list_item_type(list)->is_counted
        && art_list_item_type(list)->kind != ART_KIND_TUPLE) {
        uint64_t item = *(uint64_t *)list->items, *items = result->items;
        for (int64_t i = 0; i < times; i++)
            items[i] = item;
        result->len = len;
        return result;
    }
    for (int64_t i = 0; i < times; i++)
        art_list_extend(result, list);
    return result;
}

void art_list_repeat_in_place(art_list *list, int64_t times)
{
    int64_t len = list->len;

    if (times <= 0) {
        art_list_clear(list);
        return;
    }
    reserve(list, len * (times - 1));
    for (int64_t i = 1; i < times; i++) {
        copy_items(art_list_item_type(list), item_at(list, list->len), list->items, len);
        list->len += len;
    }
}

int64_t art_slice_bounds(int64_t len, int64_t *start, int64_t *stop, int64_t *step)
{
    if (*step == ART_MISSING)
        *step = 1;
    if (*step == 0) {
        art_raise_new(&art_type_ValueError, "slice step cannot be zero");
        return -1;
    }
    if (*step < -INT64_MAX)
        *step = -INT64_MAX;
    bool is_back = *step < 0;
    int64_t lowest = is_back ? -1 : 0, highest = is_back ? len - 1 : len;
    if (*start == ART_MISSING)
        *start = is_back ? highest : 0;
    else
        *start = *start < 0 ? art__max(*start + len, lowest) : art__min(*start, highest);
    if (*stop == ART_MISSING)
        *stop = is_back ? -1 : highest;
    else
        *stop = *stop < 0 ? art__max(*stop + len, lowest) : art__min(*stop, highest);
    if (is_back)
        return *stop < *start ? (*start - *stop - 1) / -*step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / *step + 1 : 0;
}

art_list *art_list_slice(const art_list *list, int64_t start, int64_t stop, int64_t step)
{
    int64_t count = art_slice_bounds(list->len, &start, &stop, &step);

    if (count < 0)
        return NULL;
    if (count == list->len && step == 1 && list->base.type->kind == ART_KIND_VARTUPLE)
        return art_retain((void *)(uintptr_t)list);
    art_list *result = art_list_new(list->base.type, count);
    const art_type *type = art_list_item_type(list);
    if (step == 1) {
        copy_items(type, result->items, count > 0 ? item_at(list, start) : NULL, count);
    } else {
        for (int64_t i = 0; i < count; i++)
            art_slot_copy(type, item_at(result, i), item_at(list, start + i * step));
    }
    result->len = count;
    return result;
}

art_list *art_list_slice_as(const art_list *list, int64_t start, int64_t stop, int64_t step, const art_type *type)
{
    int64_t count = art_slice_bounds(list->len, &start, &stop, &step);

    if (count < 0)
        return NULL;
    art_list *result = art_list_new(type, count);
    for (; result->len < count; result->len++)
        art_slot_copy(type->args[0], item_at(result, result->len), item_at(list, start + result->len * step));
    return result;
}

bool art_list_set_slice(art_list *list, int64_t start, int64_t stop, int64_t step, const art_list *items)
{
    int64_t count = art_slice_bounds(list->len, &start, &stop, &step);
    const art_type *type = art_list_item_type(list);

    if (count < 0)
        return false;
    if (step != 1) {
        if (items->len != count) {
            art_raise_new(&art_type_ValueError, "attempt to assign sequence of size %i to extended slice of size %i", items->len, count);
            return false;
        }
        art_list *copy = art_list_copy(items);
        for (int64_t i = 0; i < count; i++)
            replace(type, item_at(list, start + i * step), item_at(copy, i));
        art_release(copy);
        return true;
    }
    /* The new items are copied before the old ones go: both may be the same list. */
    art_list *added = art_list_of(list->base.type, items->len, items->items);
    art_list *removed = art_list_new(list->base.type, count);
    if (count > 0)
        memcpy(removed->items, item_at(list, start), bytes_of(list, count));
    removed->len = count;
    reserve(list, art__max(added->len - count, 0));
    if (list->len > start + count)
        memmove(item_at(list, start + added->len), item_at(list, start + count), bytes_of(list, list->len - start - count));
    if (added->len > 0)
        memcpy(item_at(list, start), added->items, bytes_of(list, added->len));
    list->len += added->len - count;
    added->len = 0;
    art_release(added);
    art_release(removed);
    return true;
}

bool art_list_delete_slice(art_list *list, int64_t start, int64_t stop, int64_t step)
{
    int64_t count = art_slice_bounds(list->len, &start, &stop, &step);

    if (count <= 0)
        return count == 0;
    if (step < 0) {
        start += (count - 1) * step;
        step = -step;
    }
    art_list *removed = art_list_new(list->base.type, count);
    for (int64_t i = 0; i < count; i++)
        memcpy(item_at(removed, i), item_at(list, start + i * step), bytes_of(list, 1));
    removed->len = count;
    int64_t to = start;
    for (int64_t from = start; from < list->len; from++) {
        if (from < start + count * step && (from - start) % step == 0)
            continue;
        memmove(item_at(list, to), item_at(list, from), bytes_of(list, 1));
        to++;
    }
    list->len = to;
    art_release(removed);
    return true;
}

bool art_list_equal(const art_list *a, const art_list *b)
{
    const art_type *a_type = art_list_item_type(a), *b_type = art_list_item_type(b);

    if (a->len != b->len || (a->base.type->kind == ART_KIND_LIST) != (b->base.type->kind == ART_KIND_LIST))
        return false;
    for (int64_t i = 0; i < a->len && i < b->len; i++) {
        if (!art__mixed_equal(a_type, item_at(a, i), b_type, item_at(b, i)))
            return false;
    }
    return a->len == b->len;
}

bool art_list_order(const art_list *a, const art_list *b, art_order order)
{
    const art_type *a_type = art_list_item_type(a), *b_type = art_list_item_type(b);

    for (int64_t i = 0; i < a->len && i < b->len; i++) {
        const void *x = item_at(a, i), *y = item_at(b, i);
        if (!art__mixed_equal(a_type, x, b_type, y))
            return !art_self.raised && art__mixed_order(a_type, item_at(a, i), b_type, item_at(b, i), order);
        if (art_self.raised)
            return false;
    }
    return art_slot_order(&art_type_int, &a->len, &b->len, order);
}

bool art_list_less(const art_list *a, const art_list *b)
{
    return art_list_order(a, b, ART_LT);
}

art_str *art_list_repr(const art_list *list)
{
    bool is_tuple = list->base.type->kind == ART_KIND_VARTUPLE;
    art_text text = {0};
    art_reprs here;

    if (!art__repr_begin(&here, list))
        return art_str_of(is_tuple ? "(...)" : "[...]");
    art_text_add(&text, is_tuple ? "(" : "[", 1);
    bool is_fine = art__text_add_items(&text, art_list_item_type(list), list->items, list->len);
    art_text_add_c(&text, !is_tuple ? "]" : list->len == 1 ? ",)" : ")");
    art__repr_end();
    if (is_fine)
        return art_text_take(&text);
    art_text_drop(&text);
    return NULL;
}

/* -- unpacking -------------------------------------------------------------------------------------------------------------------- */

bool art_unpack_exact(int64_t len, int64_t count)
{
    if (len == count)
        return true;
    if (len < count)
        art_raise_new(&art_type_ValueError, "not enough values to unpack (expected %i, got %i)", count, len);
    else
        art_raise_new(&art_type_ValueError, "too many values to unpack (expected %i)", count);
    return false;
}

bool art_unpack_least(int64_t len, int64_t count)
{
    if (len >= count)
        return true;
    art_raise_new(&art_type_ValueError, "not enough values to unpack (expected at least %i, got %i)", count, len);
    return false;
}

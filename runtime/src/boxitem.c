/* Boxes as containers: length, membership, subscripts, iteration, unpacking. A container with items of a known type takes a boxed value out
 * of its box first. */
#include "art/gen.h"
#include "internal.h"

static const art_type any_keys = ART_KEYS_TYPE(&art_type_box, &art_type_box);
static const art_type any_values = ART_VALUES_TYPE(&art_type_box, &art_type_box);
static const art_type any_items = ART_ITEMS_TYPE(&art_type_box, &art_type_box);

static art_list *list_of(art_box box)
{
    return (art_list *)box.as.obj;
}
static art_dict *dict_of(art_box box)
{
    return (art_dict *)box.as.obj;
}

/* -- length, membership -------------------------------------------------------------------------------------------------------------------------- */

/* -1: has none. */
static int64_t len_of(art_box box)
{
    switch (box.type->kind) {
    case ART_KIND_STR:
        return ((art_str *)box.as.obj)->len;
    case ART_KIND_BYTES:
    case ART_KIND_BYTEARRAY:
        return ((art_bytes *)box.as.obj)->len;
    case ART_KIND_LIST:
    case ART_KIND_VARTUPLE:
        return list_of(box)->len;
    case ART_KIND_DEQUE:
        return ((art_deque *)box.as.obj)->len;
    case ART_KIND_DICT:
    case ART_KIND_SET:
    case ART_KIND_FROZENSET:
        return dict_of(box)->len;
    case ART_KIND_TUPLE:
        return box.type->arg_count;
    case ART_KIND_RANGE:
        return ((art_range *)box.as.obj)->len;
    case ART_KIND_KEYS:
    case ART_KIND_VALUES:
    case ART_KIND_ITEMS:
        return ((art_view *)box.as.obj)->dict->len;
    default:
        return -1;
    }
}

int64_t art_box_len(art_box box)
{
    int64_t len = len_of(box);

    if (len >= 0)
        return len;
    art_raise_new(&art_type_TypeError, "object of type '%c' has no len()", box.type->name);
    return 0;
}

/* Makes of a boxed key the key of a table, at *room: false if no key of the table can be equal to it, or it is unhashable (raised). */
static bool key_for(const art_type *type, art_box key, art_box *room)
{
    art_box_hash(key);
    if (art_self.raised)
        return false;
    if (type->kind == ART_KIND_BOX) {
        *room = key;
        return true;
    }
    if (type->kind == ART_KIND_OPTIONAL && (art_box_is_none(key) || art_type_is(key.type, type->args[0]))) {
        *(void **)room = art_box_is_none(key) ? NULL : key.as.obj;
        return true;
    }
    if (type->kind == ART_KIND_INT && key.type->kind == ART_KIND_FLOAT && art_float_is_integer(key.as.f)
        && key.as.f >= -0x1p63 && key.as.f < 0x1p63)
        key = art_box_int((int64_t)key.as.f);
    if (type->kind == ART_KIND_FLOAT && key.type->kind == ART_KIND_INT)
        key = art_box_float((double)key.as.i);
    if (type->kind == ART_KIND_INT && key.type->kind == ART_KIND_BOOL)
        key = art_box_int(key.as.b);
    if (key.type->kind == ART_KIND_TUPLE || (!art_type_same(type, key.type) && !art_type_is(key.type, type)))
        return false;
    memcpy(room, &key.as, sizeof key.as);
    return true;
}

/* The entry of a boxed key: its value, or NULL. */
static void *find(art_dict *dict, art_box key)
{
    const art_type *type = dict->base.type->args[0];
    art_box room;

    if (key_for(type, key, &room))
        return art_dict_find(dict, &room);
    if (art_self.raised || type->kind != ART_KIND_TUPLE || !art_type_same(type, key.type))
        return NULL;
    return art_dict_find(dict, art_box_slot(&key));
}

static bool str_contains(art_box text, art_box item)
{
    if (item.type->kind == ART_KIND_STR)
        return art_str_contains((art_str *)text.as.obj, (art_str *)item.as.obj);
    art_raise_new(&art_type_TypeError, "'in <string>' requires string as left operand, not %c", item.type->name);
    return false;
}

bool art_box_contains(art_box container, art_box item)
{
    switch (container.type->kind) {
    case ART_KIND_STR:
        return str_contains(container, item);
    case ART_KIND_DICT:
    case ART_KIND_SET:
    case ART_KIND_FROZENSET:
        return find(dict_of(container), item) != NULL;
    case ART_KIND_KEYS:
        return find(((art_view *)container.as.obj)->dict, item) != NULL;
    case ART_KIND_BYTES:
    case ART_KIND_BYTEARRAY:
        if (item.type->kind == ART_KIND_INT || item.type->kind == ART_KIND_BOOL)
            return art_bytes_contains_int((art_bytes *)container.as.obj, art_box_as_int(item));
        if (item.type->kind == ART_KIND_BYTES || item.type->kind == ART_KIND_BYTEARRAY)
            return art_bytes_contains((art_bytes *)container.as.obj, (art_bytes *)item.as.obj);
        art_raise_new(&art_type_TypeError, "a bytes-like object is required, not '%c'", item.type->name);
        return false;
    default:
        break;
    }
    if (len_of(container) < 0) {
        art_raise_new(&art_type_TypeError, "argument of type '%c' is not iterable", container.type->name);
        return false;
    }
    art_iter *iter = art_box_iter(container);
    art_box each;
    bool is_in = false;
    while (iter && !is_in && art_iter_next(iter, &each)) {
        is_in = art_box_same(each, item) || art_box_equal(each, item);
        art_box_release(each);
    }
    art_release(iter);
    return is_in && !art_self.raised;
}

bool art_box_is_sequence(art_box box)
{
    switch (box.type->kind) {
    case ART_KIND_LIST:
    case ART_KIND_TUPLE:
    case ART_KIND_VARTUPLE:
    case ART_KIND_DEQUE:
    case ART_KIND_RANGE:
        return true;
    default:
        return false;
    }
}

art_box art_box_copy(art_box dict)
{
    return dict.type->kind == ART_KIND_DICT ? art_box_obj(art_dict_copy(dict_of(dict))) : art_box_retain(dict);
}

/* -- subscripts ------------------------------------------------------------------------------------------------------------------------------------ */

static bool is_index(art_box key)
{
    return key.type->kind == ART_KIND_INT || key.type->kind == ART_KIND_BOOL;
}

static art_box bad_index(art_box container, art_box key)
{
    if (container.type->kind == ART_KIND_STR)
        art_raise_new(&art_type_TypeError, "string indices must be integers, not '%c'", key.type->name);
    else
        art_raise_new(&art_type_TypeError, "%c indices must be integers or slices, not %c",
            container.type->kind == ART_KIND_BYTES ? "byte" : container.type->name, key.type->name);
    return art_box_none();
}

static art_box item_at(art_box container, int64_t index)
{
    void *item;

    switch (container.type->kind) {
    case ART_KIND_STR:
        return art_box_obj(art_str_at((art_str *)container.as.obj, index));
    case ART_KIND_BYTES:
    case ART_KIND_BYTEARRAY:
        return art_box_int(art_bytes_at((art_bytes *)container.as.obj, index));
    case ART_KIND_RANGE:
        return art_box_int(art_range_at((art_range *)container.as.obj, index));
    case ART_KIND_TUPLE:
        item = art_tuple_at(container.type, art_box_slot(&container), index);
        return item ? art_slot_box(container.type->args[index < 0 ? index + container.type->arg_count : index], item) : art_box_none();
    case ART_KIND_DEQUE:
        item = art_deque_at((art_deque *)container.as.obj, index);
        break;
    default:
        item = art_list_at(list_of(container), index);
        break;
    }
    return item ? art_slot_box(container.type->args[0], item) : art_box_none();
}

static bool is_subscriptable(art_box box)
{
    switch (box.type->kind) {
    case ART_KIND_STR:
    case ART_KIND_BYTES:
    case ART_KIND_BYTEARRAY:
    case ART_KIND_RANGE:
    case ART_KIND_TUPLE:
    case ART_KIND_DEQUE:
    case ART_KIND_LIST:
    case ART_KIND_VARTUPLE:
        return true;
    default:
        return false;
    }
}

art_box art_box_getitem(art_box container, art_box key)
{
    if (container.type->kind == ART_KIND_DICT) {
        void *value = find(dict_of(container), key);
        if (value)
            return art_slot_box(container.type->args[1], value);
        if (!art_self.raised)
            art_raise_box(&art_type_KeyError, key);
        return art_box_none();
    }
    if (!is_subscriptable(container)) {
        art_raise_new(&art_type_TypeError, "'%c' object is not subscriptable", container.type->name);
        return art_box_none();
    }
    if (key.type->kind == ART_KIND_SLICE) {
        art_slice *slice = (art_slice *)key.as.obj;
        return art_box_slice(container, slice->start, slice->stop, slice->step);
    }
    return is_index(key) ? item_at(container, art_box_as_int(key)) : bad_index(container, key);
}

art_box art_box_slice(art_box container, int64_t start, int64_t stop, int64_t step)
{
    switch (container.type->kind) {
    case ART_KIND_STR:
        return art_box_obj(art_str_slice((art_str *)container.as.obj, start, stop, step));
    case ART_KIND_BYTES:
    case ART_KIND_BYTEARRAY:
        return art_box_obj(art_bytes_slice((art_bytes *)container.as.obj, start, stop, step));
    case ART_KIND_RANGE:
        return art_box_obj(art_range_slice((art_range *)container.as.obj, start, stop, step));
    case ART_KIND_LIST:
    case ART_KIND_VARTUPLE:
        return art_box_obj(art_list_slice(list_of(container), start, stop, step));
    case ART_KIND_TUPLE: {
        art_list *list = art_tuple_list(container.type, art_box_slot(&container), &art_type_tuple);
        art_list *part = art_list_slice(list, start, stop, step);
        art_release(list);
        return art_box_obj(part);
    }
    case ART_KIND_DICT:
        art_raise_new(&art_type_TypeError, "unhashable type: 'slice'");
        return art_box_none();
    default:
        art_raise_new(&art_type_TypeError, "'%c' object is not subscriptable", container.type->name);
        return art_box_none();
    }
}

/* A slot of `type`, filled from a box; the room is as large as the largest ordinary one. */
typedef union Slot {
    max_align_t align;
    char bytes[256];
} Slot;

static bool fill(const art_type *type, Slot *slot, art_box box)
{
    memset(slot, 0, sizeof *slot);
    return type->size <= sizeof *slot && art_slot_unbox(type, slot, box);
}

static bool set_in_dict(art_dict *dict, art_box key, art_box value)
{
    const art_type *key_type = dict->base.type->args[0], *value_type = dict->base.type->args[1];
    Slot key_slot, value_slot;

    if (!fill(key_type, &key_slot, key))
        return false;
    bool is_fine = fill(value_type, &value_slot, value);
    if (is_fine) {
        is_fine = art_dict_set(dict, &key_slot, &value_slot);
        art_slot_clear(value_type, &value_slot);
    }
    art_slot_clear(key_type, &key_slot);
    return is_fine;
}

bool art_box_setitem(art_box container, art_box key, art_box value)
{
    Slot slot;
    bool is_fine = false;

    switch (container.type->kind) {
    case ART_KIND_DICT:
        return set_in_dict(dict_of(container), key, value);
    case ART_KIND_BYTEARRAY:
        if (is_index(key))
            return art_bytearray_set((art_bytearray *)container.as.obj, art_box_as_int(key), art_box_as_int(value));
        break;
    case ART_KIND_LIST:
    case ART_KIND_DEQUE:
        if (!is_index(key))
            break;
        if (!fill(container.type->args[0], &slot, value))
            return false;
        is_fine = container.type->kind == ART_KIND_LIST ? art_list_set(list_of(container), art_box_as_int(key), &slot)
                                                        : art_deque_set((art_deque *)container.as.obj, art_box_as_int(key), &slot);
        art_slot_clear(container.type->args[0], &slot);
        return is_fine;
    default:
        art_raise_new(&art_type_TypeError, "'%c' object does not support item assignment", container.type->name);
        return false;
    }
    bad_index(container, key);
    return false;
}

bool art_box_delitem(art_box container, art_box key)
{
    switch (container.type->kind) {
    case ART_KIND_DICT: {
        art_dict *dict = dict_of(container);
        char *value = find(dict, key);
        if (value)
            return art_dict_delete(dict, value - dict->value_at + dict->key_at);
        if (!art_self.raised)
            art_raise_box(&art_type_KeyError, key);
        return false;
    }
    case ART_KIND_LIST:
        if (is_index(key))
            return art_list_delete(list_of(container), art_box_as_int(key));
        bad_index(container, key);
        return false;
    default:
        art_raise_new(&art_type_TypeError, "'%c' object doesn't support item deletion", container.type->name);
        return false;
    }
}

/* -- iteration -------------------------------------------------------------------------------------------------------------------------------------- */

static void iter_destroy(art_obj *self)
{
    art_box_release(((art_iter *)self)->over);
    art_free(self, sizeof(art_iter));
}

const art_type art_type_iter = {.name = "iterator", .module = "builtins", .kind = ART_KIND_ITERATOR, .size = sizeof(art_iter *),
    .is_counted = true, .object_size = sizeof(art_iter), .destroy = iter_destroy};

art_iter *art_box_iter(art_box box)
{
    if (box.type->kind == ART_KIND_ITERATOR)
        return art_retain(box.as.obj);
    int64_t len = len_of(box);
    if (len < 0 && box.type->kind != ART_KIND_GENERATOR) {
        art_raise_new(&art_type_TypeError, "'%c' object is not iterable", box.type->name);
        return NULL;
    }
    art_iter *iter = art_new(&art_type_iter, 0);
    iter->over = art_box_retain(box);
    iter->len = art__max(len, 0);
    return iter;
}

static art_box pair_of(const art_type *dict_type, const art_dict_iter *it)
{
    art_box pair[] = {art_slot_box(dict_type->args[0], it->key), art_slot_box(dict_type->args[1], it->value)};
    art_list *tuple = art_list_new(&art_type_tuple, 2);

    memcpy(tuple->items, pair, sizeof pair);
    tuple->len = 2;
    return art_box_obj(tuple);
}

static bool next_in_dict(art_iter *iter, art_dict *dict, art_kind what, art_box *out)
{
    art_dict_iter it = {dict, iter->at, iter->len, NULL, NULL};
    bool has_more = art_dict_next(&it);

    iter->at = it.at;
    if (!has_more)
        return false;
    const art_type *type = dict->base.type;
    *out = what == ART_KIND_ITEMS ? pair_of(type, &it)
           : what == ART_KIND_VALUES ? art_slot_box(type->args[1], it.value)
                                     : art_slot_box(type->args[0], it.key);
    return true;
}

static bool next_of_generator(art_gen *gen, art_box *out)
{
    const art_type *type = gen->base.type->args[0];

    if (art_gen_next(gen) != ART_YIELDED)
        return false;
    *out = art_slot_box(type, art_gen_value(gen));
    art_slot_clear(type, art_gen_value(gen));
    return true;
}

bool art_iter_next(art_iter *iter, art_box *out)
{
    art_box over = iter->over;

    switch (over.type->kind) {
    case ART_KIND_STR: {
        art_str *text = (art_str *)over.as.obj;
        if (iter->at >= text->size)
            return false;
        *out = art_box_obj(art_str_next(text, &iter->at));
        return true;
    }
    case ART_KIND_DICT:
    case ART_KIND_SET:
    case ART_KIND_FROZENSET:
        return next_in_dict(iter, dict_of(over), ART_KIND_KEYS, out);
    case ART_KIND_KEYS:
    case ART_KIND_VALUES:
    case ART_KIND_ITEMS:
        return next_in_dict(iter, ((art_view *)over.as.obj)->dict, over.type->kind, out);
    case ART_KIND_GENERATOR:
        return next_of_generator((art_gen *)over.as.obj, out);
    default:
        if (iter->at >= len_of(over))
            return false;
        *out = item_at(over, iter->at++);
        return true;
    }
}

art_box art_box_next(art_box iterator)
{
    art_box item = art_box_none();

    if (iterator.type->kind == ART_KIND_GENERATOR) {
        if (!next_of_generator((art_gen *)iterator.as.obj, &item))
            art_raise_type(&art_type_StopIteration);
    } else if (iterator.type->kind != ART_KIND_ITERATOR) {
        art_raise_new(&art_type_TypeError, "'%c' object is not an iterator", iterator.type->name);
    } else if (!art_iter_next((art_iter *)iterator.as.obj, &item)) {
        art_raise_type(&art_type_StopIteration);
    }
    return item;
}

art_list *art_box_list(art_box box, const art_type *type)
{
    art_iter *iter = art_box_iter(box);
    art_box item;

    if (!iter)
        return NULL;
    art_list *list = art_list_new(type, art__max(iter->len, 0));
    while (art_iter_next(iter, &item)) {
        art_list_push_slot(list, &item);
    }
    art_release(iter);
    if (!art_self.raised)
        return list;
    art_release(list);
    return NULL;
}

bool art_box_unpack(art_box box, int64_t count, art_box *out)
{
    bool is_iterator = box.type->kind == ART_KIND_ITERATOR || box.type->kind == ART_KIND_GENERATOR;
    art_iter *iter = len_of(box) >= 0 || is_iterator ? art_box_iter(box) : NULL;
    int64_t got = 0;
    art_box extra;

    if (!iter) {
        art_raise_new(&art_type_TypeError, "cannot unpack non-iterable %c object", box.type->name);
        return false;
    }
    while (got < count && art_iter_next(iter, &out[got]))
        got++;
    bool has_more = got == count && art_iter_next(iter, &extra);
    if (has_more)
        art_box_release(extra);
    art_release(iter);
    if (got == count && !has_more && !art_self.raised)
        return true;
    while (got > 0)
        art_box_release(out[--got]);
    if (has_more)
        art_unpack_exact(count + 1, count);
    else if (!art_self.raised)
        art_unpack_exact(len_of(box) >= 0 ? len_of(box) : got, count);
    return false;
}

art_box art__dict_view(art_dict *dict, art_kind kind)
{
    const art_type *type = kind == ART_KIND_KEYS ? &any_keys : kind == ART_KIND_VALUES ? &any_values : &any_items;
    return art_box_obj(art_view_new(dict, type));
}

bool art__list_append_box(art_list *list, art_box item)
{
    const art_type *type = art_list_item_type(list);
    Slot slot;

    if (!fill(type, &slot, item))
        return false;
    art_list_push_slot(list, &slot);
    return true;
}

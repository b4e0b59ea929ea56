/* dict[K, V], and the table behind set[T]: entries in order of insertion, found through an index of hashes (open addressing, probed as
 * CPython does). Up to eight entries need no index: they are compared one after the other.
 *
 * Comparing keys may run code of the program, which may change the dict: whoever compares looks again whether the entries are still
 * where they were. */
#include "internal.h"

#include <stdlib.h>

enum { SMALL = 8 };

static const art_type *key_type(const art_dict *dict)
{
    return dict->base.type->args[0];
}
/* NULL: a set. */
static const art_type *value_type(const art_dict *dict)
{
    return dict->base.type->arg_count > 1 ? dict->base.type->args[1] : NULL;
}

static char *entry_at(const art_dict *dict, int64_t number)
{
    return dict->entries + (size_t)number * dict->stride;
}
static int64_t *hash_of(char *entry)
{
    return (int64_t *)(void *)entry;
}
static bool is_alive(const art_dict *dict, int64_t number)
{
    return *hash_of(entry_at(dict, number)) != ART_DICT_DEAD;
}

/* -- making ------------------------------------------------------------------------------------------------------------------------ */

static uint32_t align_of_slot(const art_type *type)
{
    return type->size >= 8 ? 8 : type->size >= 4 ? 4 : type->size >= 2 ? 2 : 1;
}

void art_dict_begin_life(art_dict *dict)
{
    const art_type *key = key_type(dict), *value = value_type(dict);
    uint32_t value_size = value ? value->size : 0, value_align = value ? align_of_slot(value) : 1;

    dict->key_at = sizeof(int64_t);
    dict->value_at = (uint16_t)((dict->key_at + key->size + value_align - 1) / value_align * value_align);
    dict->stride = (uint16_t)((dict->value_at + value_size + 7) / 8 * 8);
}

static void place_in_index(art_dict *dict, int64_t number, int64_t hash)
{
    uint64_t mask = (uint64_t)dict->cap * 2 - 1, perturb = (uint64_t)hash, slot = perturb & mask;

    while (dict->index[slot] != 0 && dict->index[slot] != UINT32_MAX) {
        perturb >>= 5;
        slot = (slot * 5 + perturb + 1) & mask;
    }
    dict->filled += dict->index[slot] == 0;
    dict->index[slot] = (uint32_t)number + 1;
}

/* Moves the living entries into an array of `cap`, which drops the dead ones, and makes the index anew. */
static void rebuild(art_dict *dict, int64_t cap)
{
    char *old = dict->entries;
    int64_t old_cap = dict->cap, used = 0;
    size_t stride = dict->stride;

    if (cap > UINT32_MAX / 4)
        abort();
    if (dict->index)
        art_free(dict->index, (size_t)old_cap * 2 * sizeof *dict->index);
    dict->entries = art__take((size_t)cap * stride);
    dict->cap = cap;
    dict->filled = 0;
    dict->index = cap > SMALL ? art_alloc((size_t)cap * 2 * sizeof *dict->index) : NULL;
    for (int64_t i = dict->first; i < dict->used; i++) {
        char *entry = old + (size_t)i * stride;
        if (*hash_of(entry) == ART_DICT_DEAD)
            continue;
        memcpy(entry_at(dict, used), entry, stride);
        if (dict->index)
            place_in_index(dict, used, *hash_of(entry));
        used++;
    }
    dict->used = used;
    dict->first = 0;
    art_free(old, (size_t)old_cap * stride);
}

static void make_room(art_dict *dict)
{
    /* Many dead entries: the same size will do. */
    if (dict->cap > 0 && dict->len <= dict->cap / 2)
        rebuild(dict, dict->cap);
    else
        rebuild(dict, dict->cap ? dict->cap * 2 : 4);
}

art_dict *art_dict_new(const art_type *type, int64_t room)
{
    art_dict *dict = art_new(type, 0);
    int64_t cap = 4;

    art_dict_begin_life(dict);
    if (room > 0) {
        while (cap < room)
            cap *= 2;
        rebuild(dict, cap);
    }
    return dict;
}

static void clear_entry(art_dict *dict, char *entry)
{
    *hash_of(entry) = ART_DICT_DEAD;
    art_slot_clear(key_type(dict), entry + dict->key_at);
    if (value_type(dict))
        art_slot_clear(value_type(dict), entry + dict->value_at);
}

void art_dict_clear(art_dict *dict)
{
    art_dict old = *dict;

    dict->entries = NULL;
    dict->index = NULL;
    dict->len = dict->used = dict->first = dict->cap = dict->filled = 0;
    for (int64_t i = old.first; i < old.used; i++) {
        if (is_alive(&old, i))
            clear_entry(&old, entry_at(&old, i));
    }
    if (old.index)
        art_free(old.index, (size_t)old.cap * 2 * sizeof *old.index);
    art_free(old.entries, (size_t)old.cap * old.stride);
}

void art_dict_end_life(art_dict *dict)
{
    art_dict_clear(dict);
    art_release(dict->factory);
}

void art_dict_destroy(art_obj *self)
{
    art_dict_end_life((art_dict *)self);
    art_free(self, self->type->object_size);
}


art_dict *art_dict_copy(const art_dict *from)
{
    art_dict *dict = art_dict_new(from->base.type, from->len);

    for (int64_t i = from->first; i < from->used; i++) {
        char *entry = entry_at(from, i), *to = entry_at(dict, dict->used);
        if (*hash_of(entry) == ART_DICT_DEAD)
            continue;
        *hash_of(to) = *hash_of(entry);
        art_slot_copy(key_type(dict), to + dict->key_at, entry + dict->key_at);
        if (value_type(dict))
            art_slot_copy(value_type(dict), to + dict->value_at, entry + dict->value_at);
        if (dict->index)
            place_in_index(dict, dict->used, *hash_of(entry));
        dict->used++;
        dict->len++;
    }
    return dict;
}

art_dict *art_dict_clone(const art_dict *from)
{
    art_dict *dict = art_dict_copy(from);
    dict->factory = art_retain(from->factory);
    return dict;
}

/* -- finding ------------------------------------------------------------------------------------------------------------------------ */

static int64_t usable(int64_t hash)
{
    return hash == ART_DICT_DEAD ? 0 : hash;
}

static bool hash_key(const art_type *type, const void *key, int64_t *hash)
{
    if (type->kind == ART_KIND_STR)
        *hash = art_str_hash(*(art_str *const *)key);
    else if (type->kind == ART_KIND_INT)
        *hash = art_int_hash(*(const int64_t *)key);
    else {
        *hash = usable(art_slot_hash(type, key));
        return !art_self.raised;
    }
    return true;
}

/* 1: equal, 0: not, -1: raised, or the dict changed meanwhile. */
static inline __attribute__((always_inline)) int compare_key(art_dict *dict, const art_type *type, char *entry, const void *key)
{
    const void *own = entry + dict->key_at;

    switch (type->kind) {
    case ART_KIND_INT:
        return *(const int64_t *)own == *(const int64_t *)key;
    case ART_KIND_STR:
        return art_str_equal(*(art_str *const *)own, *(art_str *const *)key);
    default:
        break;
    }
    char *entries = dict->entries;
    int64_t used = dict->used;
    bool is_equal = art__item_equal(type, own, key);
    return art_self.raised || dict->entries != entries || dict->used != used ? -1 : is_equal;
}

typedef struct Place {
    int64_t number; /* of the entry; -1: not found */
    uint64_t slot;  /* of the index */
    bool is_again;  /* the dict changed while keys were compared: look again */
} Place;

static inline __attribute__((always_inline)) Place look(art_dict *dict, const art_type *type, const void *key, int64_t hash)
{
    if (!dict->index) {
        for (int64_t i = dict->first; i < dict->used; i++) {
            char *entry = entry_at(dict, i);
            if (*hash_of(entry) != hash)
                continue;
            int outcome = compare_key(dict, type, entry, key);
            if (outcome != 0)
                return (Place){outcome > 0 ? i : -1, 0, outcome < 0};
        }
        return (Place){-1, 0, false};
    }
    uint64_t mask = (uint64_t)dict->cap * 2 - 1, perturb = (uint64_t)hash, slot = perturb & mask;
    for (;;) {
        uint32_t number = dict->index[slot];
        if (number == 0)
            return (Place){-1, slot, false};
        char *entry = entry_at(dict, (int64_t)number - 1);
        if (number != UINT32_MAX && *hash_of(entry) == hash) {
            int outcome = compare_key(dict, type, entry, key);
            if (outcome != 0)
                return (Place){outcome > 0 ? (int64_t)number - 1 : -1, slot, outcome < 0};
        }
        perturb >>= 5;
        slot = (slot * 5 + perturb + 1) & mask;
    }
}

/* For the search of a key whose kind is known, so that the comparison is compiled in. */
static const art_type int_key = {.kind = ART_KIND_INT}, str_key = {.kind = ART_KIND_STR};

static Place find_place(art_dict *dict, const void *key, int64_t hash)
{
    Place place;

    if (key_type(dict)->kind == ART_KIND_INT)
        return look(dict, &int_key, key, hash);
    if (key_type(dict)->kind == ART_KIND_STR)
        return look(dict, &str_key, key, hash);
    do
        place = look(dict, key_type(dict), key, hash);
    while (place.is_again && !art_self.raised);
    return place;
}

static char *find_entry(art_dict *dict, const void *key)
{
    int64_t hash;

    if (!hash_key(key_type(dict), key, &hash))
        return NULL;
    Place place = find_place(dict, key, hash);
    return place.number < 0 ? NULL : entry_at(dict, place.number);
}

void *art_dict_find(art_dict *dict, const void *key)
{
    char *entry = find_entry(dict, key);
    return entry ? entry + dict->value_at : NULL;
}

void *art_dict_find_int(art_dict *dict, int64_t key)
{
    Place place = look(dict, &int_key, &key, art_int_hash(key));
    return place.number < 0 ? NULL : entry_at(dict, place.number) + dict->value_at;
}

void *art_dict_find_str(art_dict *dict, const art_str *key)
{
    Place place = look(dict, &str_key, &key, art_str_hash(key));
    return place.number < 0 ? NULL : entry_at(dict, place.number) + dict->value_at;
}

void art_dict_key_error(const art_type *type, const void *key)
{
    art_box box = art_slot_box(type, key);
    art_raise_box(&art_type_KeyError, box);
    art_box_release(box);
}

void art_dict_set_default(art_dict *dict, art_closure *factory)
{
    art_closure *old = dict->factory;
    dict->factory = art_retain(factory);
    art_release(old);
}

/* Calls the factory for a value of whatever C type, into *out; false: raised. A tuple comes out of a box: how C returns a struct is not
 * known here. */
static bool make_value(art_closure *factory, const art_type *type, void *out)
{
    art_box box = art_box_none();

    switch (type->kind) {
    case ART_KIND_NONE:
        ((void (*)(art_closure *))factory->fn)(factory);
        break;
    case ART_KIND_BOOL:
        *(bool *)out = ((bool (*)(art_closure *))factory->fn)(factory);
        break;
    case ART_KIND_INT:
        *(int64_t *)out = ((int64_t (*)(art_closure *))factory->fn)(factory);
        break;
    case ART_KIND_FLOAT:
        *(double *)out = ((double (*)(art_closure *))factory->fn)(factory);
        break;
    case ART_KIND_BOX:
        *(art_box *)out = ((art_box(*)(art_closure *))factory->fn)(factory);
        break;
    case ART_KIND_TUPLE:
        box = art_box_call(art_box_obj(factory), 0, NULL);
        if (!art_self.raised)
            art_slot_unbox(type, out, box);
        art_box_release(box);
        break;
    default:
        *(void **)out = ((void *(*)(art_closure *))factory->fn)(factory);
        break;
    }
    return !art_self.raised;
}

/* d[key] where there is none: what the factory makes is put in, else KeyError. */
ART_COLD static void *missing(art_dict *dict, const void *key)
{
    const art_type *type = value_type(dict);
    max_align_t room[8];
    void *value = NULL;

    if (!dict->factory || type->size > sizeof room) {
        art_dict_key_error(key_type(dict), key);
        return NULL;
    }
    memset(room, 0, sizeof room);
    if (make_value(dict->factory, type, room) && art_dict_set(dict, key, room))
        value = art_dict_find(dict, key);
    art_slot_clear(type, room);
    return value;
}

void *art_dict_at(art_dict *dict, const void *key)
{
    void *value = art_dict_find(dict, key);
    return value || art_self.raised ? value : missing(dict, key);
}

void *art_dict_at_int(art_dict *dict, int64_t key)
{
    void *value = art_dict_find_int(dict, key);
    return value ? value : missing(dict, &key);
}

void *art_dict_at_str(art_dict *dict, const art_str *key)
{
    void *value = art_dict_find_str(dict, key);
    return value ? value : missing(dict, &key);
}

bool art_dict_contains(art_dict *dict, const void *key)
{
    return find_entry(dict, key) != NULL;
}

bool art_dict_lookup(art_dict *dict, const void *key, void *out)
{
    void *value = art_dict_at(dict, key);

    if (!value)
        return false;
    art_slot_copy(value_type(dict), out, value);
    return true;
}

/* -- changing ----------------------------------------------------------------------------------------------------------------------- */

/* Copies a value of a type that may be the usual plain one. */
static inline void copy_slot(const art_type *type, void *to, const void *from)
{
    if (type->kind == ART_KIND_INT || type->kind == ART_KIND_FLOAT)
        memcpy(to, from, sizeof(int64_t));
    else if (type->is_counted)
        *(void **)to = art_retain(*(void *const *)from);
    else
        art_slot_copy(type, to, from);
}

/* The entry of a key; a new one, with a zero value, if there was none. NULL: raised. */
static char *put_entry(art_dict *dict, const void *key, int64_t hash, bool *is_new)
{
    Place place = find_place(dict, key, hash);

    if (place.is_again)
        return NULL;
    *is_new = place.number < 0;
    if (place.number >= 0)
        return entry_at(dict, place.number);
    if (dict->used == dict->cap)
        make_room(dict);
    else if (dict->index && dict->filled >= dict->cap + dict->cap / 2)
        rebuild(dict, dict->cap); /* popping from the end left marks in the index only */
    char *entry = entry_at(dict, dict->used);
    memset(entry + dict->value_at, 0, dict->stride - (size_t)dict->value_at);
    *hash_of(entry) = hash;
    copy_slot(key_type(dict), entry + dict->key_at, key);
    if (dict->index)
        place_in_index(dict, dict->used, hash);
    dict->used++;
    dict->len++;
    return entry;
}

void *art_dict_put(art_dict *dict, const void *key, bool *is_new)
{
    int64_t hash;
    bool is_added;

    if (!hash_key(key_type(dict), key, &hash))
        return NULL;
    char *entry = put_entry(dict, key, hash, &is_added);
    if (!entry)
        return NULL;
    if (is_new)
        *is_new = is_added;
    return entry + dict->value_at;
}

/* What is replaced is released last: its end may run code of the program. */
static void replace_value(const art_type *type, void *place, const void *value)
{
    if (type->kind == ART_KIND_INT || type->kind == ART_KIND_FLOAT) {
        memcpy(place, value, sizeof(int64_t));
        return;
    }
    if (type->is_counted) {
        void *before = *(void **)place;
        *(void **)place = art_retain(*(void *const *)value);
        art_release(before);
        return;
    }
    max_align_t room[8];
    char *old = type->size <= sizeof room ? (char *)room : art_alloc(type->size);

    memcpy(old, place, type->size);
    art_slot_copy(type, place, value);
    art_slot_clear(type, old);
    if (old != (char *)room)
        art_free(old, type->size);
}

static bool set_hashed(art_dict *dict, const void *key, int64_t hash, const void *value)
{
    bool is_new;
    char *entry = put_entry(dict, key, hash, &is_new);

    if (!entry)
        return false;
    const art_type *type = value_type(dict);
    if (type && is_new)
        copy_slot(type, entry + dict->value_at, value);
    else if (type)
        replace_value(type, entry + dict->value_at, value);
    return true;
}

bool art_dict_set(art_dict *dict, const void *key, const void *value)
{
    int64_t hash;
    const art_type *type = value_type(dict);

    if (!hash_key(key_type(dict), key, &hash))
        return false;
    /* The value may stand in this dict, whose entries may move. */
    if (type && dict->used == dict->cap && (const char *)value >= dict->entries
        && (const char *)value < dict->entries + (size_t)dict->cap * dict->stride) {
        max_align_t room[8];
        char *copy = type->size <= sizeof room ? (char *)room : art_alloc(type->size);
        art_slot_copy(type, copy, value);
        bool is_fine = set_hashed(dict, key, hash, copy);
        art_slot_clear(type, copy);
        if (copy != (char *)room)
            art_free(copy, type->size);
        return is_fine;
    }
    return set_hashed(dict, key, hash, value);
}

/* Takes entry `number` out of the index and marks it dead; its key and value are the caller's now. */
static void unlink_entry(art_dict *dict, int64_t number)
{
    char *entry = entry_at(dict, number);

    if (dict->index) {
        uint64_t mask = (uint64_t)dict->cap * 2 - 1, perturb = (uint64_t)*hash_of(entry), slot = perturb & mask;
        while (dict->index[slot] != (uint32_t)number + 1) {
            perturb >>= 5;
            slot = (slot * 5 + perturb + 1) & mask;
        }
        dict->index[slot] = UINT32_MAX;
    }
    *hash_of(entry) = ART_DICT_DEAD;
    dict->len--;
    if (dict->len == 0 && !dict->index) {
        dict->used = dict->first = 0;
        return;
    }
    while (dict->first < dict->used && !is_alive(dict, dict->first))
        dict->first++;
}

/* Removes an entry; its value goes to `out` (may be NULL). */
static void remove_entry(art_dict *dict, int64_t number, void *out)
{
    const art_type *type = value_type(dict);
    char *entry = entry_at(dict, number);
    max_align_t room[32];
    char *copy = dict->stride <= sizeof room ? (char *)room : art_alloc(dict->stride);

    memcpy(copy, entry, dict->stride);
    unlink_entry(dict, number);
    if (out && type)
        memcpy(out, copy + dict->value_at, type->size);
    art_slot_clear(key_type(dict), copy + dict->key_at);
    if (!out && type)
        art_slot_clear(type, copy + dict->value_at);
    if (copy != (char *)room)
        art_free(copy, dict->stride);
}

/* The number of a key's entry; -1: none, or raised. */
static int64_t number_of(art_dict *dict, const void *key)
{
    char *entry = find_entry(dict, key);
    return entry ? (entry - dict->entries) / dict->stride : -1;
}

bool art_dict_delete(art_dict *dict, const void *key)
{
    int64_t number = number_of(dict, key);

    if (number >= 0) {
        remove_entry(dict, number, NULL);
        return true;
    }
    if (!art_self.raised)
        art_dict_key_error(key_type(dict), key);
    return false;
}

/* -- methods -------------------------------------------------------------------------------------------------------------------------- */

bool art_dict_get(art_dict *dict, const void *key, const void *fallback, void *out)
{
    void *value = art_dict_find(dict, key);

    if (!value && art_self.raised)
        return false;
    art_slot_copy(value_type(dict), out, value ? value : fallback);
    return true;
}

bool art_dict_get_none(art_dict *dict, const void *key, const art_type *result, void *out)
{
    void *value = art_dict_find(dict, key);

    if (!value && art_self.raised)
        return false;
    if (result->kind == ART_KIND_BOX)
        *(art_box *)out = value ? art_slot_box(value_type(dict), value) : art_box_none();
    else if (value)
        art_slot_copy(value_type(dict), out, value);
    else
        memset(out, 0, result->size);
    return true;
}

bool art_dict_setdefault(art_dict *dict, const void *key, const void *fallback, void *out)
{
    void *value = art_dict_find(dict, key);

    if (art_self.raised || (!value && !art_dict_set(dict, key, fallback)))
        return false;
    art_slot_copy(value_type(dict), out, value ? value : fallback);
    return true;
}

bool art_dict_pop(art_dict *dict, const void *key, void *out)
{
    int64_t number = number_of(dict, key);

    if (number >= 0) {
        remove_entry(dict, number, out);
        return true;
    }
    if (!art_self.raised)
        art_dict_key_error(key_type(dict), key);
    return false;
}

bool art_dict_pop_or(art_dict *dict, const void *key, const void *fallback, void *out)
{
    int64_t number = number_of(dict, key);

    if (art_self.raised)
        return false;
    if (number >= 0)
        remove_entry(dict, number, out);
    else
        art_slot_copy(value_type(dict), out, fallback);
    return true;
}

/* The last or first living entry, or -1. */
static int64_t end_entry(const art_dict *dict, bool last)
{
    if (dict->len == 0)
        return -1;
    if (!last)
        return dict->first;
    int64_t number = dict->used - 1;
    while (!is_alive(dict, number))
        number--;
    return number;
}

bool art_dict_popitem(art_dict *dict, bool last, const art_type *pair, void *out)
{
    int64_t number = end_entry(dict, last);

    if (number < 0) {
        art_raise_new(&art_type_KeyError, "popitem(): dictionary is empty");
        return false;
    }
    char *entry = entry_at(dict, number);
    art_slot_move(key_type(dict), art_tuple_item(pair, out, 0), entry + dict->key_at);
    art_slot_move(value_type(dict), art_tuple_item(pair, out, 1), entry + dict->value_at);
    unlink_entry(dict, number);
    /* Popping from the end must not search the same dead entries again. */
    if (last && number < dict->used)
        dict->used = number;
    return true;
}

bool art_dict_move_to_end(art_dict *dict, const void *key, bool last)
{
    int64_t number = number_of(dict, key);

    if (number < 0) {
        if (!art_self.raised)
            art_dict_key_error(key_type(dict), key);
        return false;
    }
    if (number == end_entry(dict, last))
        return true;
    char *copy = art_alloc(dict->stride);
    memcpy(copy, entry_at(dict, number), dict->stride);
    int64_t hash = *hash_of(copy);
    unlink_entry(dict, number);
    rebuild(dict, dict->used == dict->cap && dict->len > dict->cap / 2 ? dict->cap * 2 : dict->cap);
    if (!last) {
        memmove(entry_at(dict, 1), entry_at(dict, 0), (size_t)dict->used * dict->stride);
        number = 0;
    } else {
        number = dict->used;
    }
    memcpy(entry_at(dict, number), copy, dict->stride);
    dict->used++;
    dict->len++;
    if (dict->index && last)
        place_in_index(dict, number, hash);
    else if (dict->index)
        rebuild(dict, dict->cap);
    art_free(copy, dict->stride);
    return true;
}

bool art_dict_update(art_dict *dict, art_dict *other)
{
    if (dict == other)
        return true;
    for (int64_t i = other->first; i < other->used; i++) {
        char *entry = entry_at(other, i);
        if (*hash_of(entry) == ART_DICT_DEAD)
            continue;
        if (!set_hashed(dict, entry + other->key_at, *hash_of(entry), entry + other->value_at))
            return false;
    }
    return true;
}

art_dict *art_dict_union(art_dict *a, art_dict *b)
{
    art_dict *dict = art_dict_copy(a);

    if (art_dict_update(dict, b))
        return dict;
    art_release(dict);
    return NULL;
}

void *art__dict_find_mixed(art_dict *dict, const art_type *type, const void *key)
{
    if (art_type_same(key_type(dict), type))
        return art_dict_find(dict, key);
    if (key_type(dict)->kind == ART_KIND_BOX) {
        art_box box = art_slot_box(type, key);
        void *value = art_dict_find(dict, &box);
        art_box_release(box);
        return value;
    }
    for (int64_t i = dict->first; i < dict->used && !art_self.raised; i++) {
        char *entry = entry_at(dict, i);
        if (*hash_of(entry) != ART_DICT_DEAD && art__mixed_equal(key_type(dict), entry + dict->key_at, type, key))
            return entry + dict->value_at;
    }
    return NULL;
}

bool art_dict_equal(art_dict *a, art_dict *b)
{
    if (a == b)
        return true;
    if (a->len != b->len)
        return false;
    art_dict_iter it = art_dict_begin(a);
    while (art_dict_next(&it)) {
        void *value = art__dict_find_mixed(b, key_type(a), it.key);
        if (!value || !art__mixed_equal(value_type(a), it.value, value_type(b), value))
            return false;
    }
    return !art_self.raised;
}

/* -- walking --------------------------------------------------------------------------------------------------------------------------- */

ART_COLD static bool changed_size(const art_dict *dict)
{
    bool is_set = dict->base.type->kind == ART_KIND_SET || dict->base.type->kind == ART_KIND_FROZENSET;
    art_raise_new(&art_type_RuntimeError, "%c changed size during iteration", is_set ? "Set" : "dictionary");
    return false;
}

bool art_dict_next(art_dict_iter *it)
{
    art_dict *dict = it->dict;

    if (__builtin_expect(dict->len != it->len, 0))
        return changed_size(dict);
    if (it->at < dict->first)
        it->at = dict->first;
    while (it->at < dict->used) {
        char *entry = entry_at(dict, it->at++);
        if (*hash_of(entry) == ART_DICT_DEAD)
            continue;
        it->key = entry + dict->key_at;
        it->value = entry + dict->value_at;
        return true;
    }
    return false;
}

art_dict_iter art_dict_rbegin(art_dict *dict)
{
    return (art_dict_iter){dict, dict->used, dict->len, NULL, NULL};
}

bool art_dict_rnext(art_dict_iter *it)
{
    art_dict *dict = it->dict;

    if (__builtin_expect(dict->len != it->len, 0))
        return changed_size(dict);
    while (it->at > dict->first) {
        char *entry = entry_at(dict, --it->at);
        if (*hash_of(entry) == ART_DICT_DEAD)
            continue;
        it->key = entry + dict->key_at;
        it->value = entry + dict->value_at;
        return true;
    }
    return false;
}

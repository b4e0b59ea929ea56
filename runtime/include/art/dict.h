/* dict[K, V]: insertion-ordered. An index of slots points into an array of entries { hash, key, value } in order of insertion;
 * removed entries leave a hole until the next growth.
 *
 * Iteration, `for key, value in d.items()`:
 *
 *     art_dict_iter it = art_dict_begin(d);
 *     while (art_dict_next(&it)) {
 *         art_str *key = *(art_str **)it.key;        // borrowed from the dict
 *         int64_t value = *(int64_t *)it.value;
 *         …
 *     }
 *     if (art_raised(12)) …                          // RuntimeError: dictionary changed size during iteration
 *
 * The check after the loop may be left out where the body cannot touch a dict. `const void *key` is the address of a K. */
#ifndef ART_DICT_H
#define ART_DICT_H

#include "art/list.h"

struct art_closure;

#define ART_DICT_DEAD INT64_MIN

typedef struct art_dict {
    art_obj base;      /* base.type->args: K, V (a set: T) */
    int64_t len;       /* entries that are alive */
    int64_t used;      /* entries of the array in use, dead ones included */
    int64_t first;     /* entries before this one are dead */
    int64_t cap;       /* entries that fit: 0, 4, 8, 16, … */
    char *entries;     /* cap * stride bytes: hash (ART_DICT_DEAD: removed), key, value */
    uint32_t *index;   /* 2 * cap slots: entry number + 1, 0 free, UINT32_MAX removed; NULL: up to 8 entries, searched in order */
    int64_t filled;    /* slots of the index that are not free */
    struct art_closure *factory; /* collections.defaultdict: makes the value of a missing key; owned, or NULL */
    uint16_t stride;   /* bytes of an entry */
    uint16_t key_at;   /* offset of the key in an entry */
    uint16_t value_at; /* of the value */
} art_dict;

void art_dict_destroy(art_obj *self);

#define ART_DICT_TYPE(...) ART_DICT_TYPE_(__VA_ARGS__, )
#define ART_DICT_TYPE_(key_, value_, ...) \
    {.name = "dict", .module = "builtins", .kind = ART_KIND_DICT, .size = sizeof(art_dict *), .is_counted = true, .arg_count = 2, \
     .args = (const art_type *const[]){key_, value_}, .object_size = sizeof(art_dict), .destroy = art_dict_destroy, __VA_ARGS__}

extern const art_type art_type_dict; /* dict[Any, Any]; also what isinstance(x, dict) compares with */

/* -- making and walking --------------------------------------------------------------------------------------------------- */

art_dict *art_dict_new(const art_type *type, int64_t room);
/* For a class that derives from dict: prepares a zeroed art_dict whose base.type is set; releases what it holds. */
void art_dict_begin_life(art_dict *dict);
void art_dict_end_life(art_dict *dict);
art_dict *art_dict_copy(const art_dict *dict);  /* dict(d) */
art_dict *art_dict_clone(const art_dict *dict); /* d.copy(): a defaultdict stays one */
/* Makes a defaultdict of it: `factory` is called as V fn(art_closure *self). Borrowed. */
void art_dict_set_default(art_dict *dict, struct art_closure *factory);

typedef struct art_dict_iter {
    art_dict *dict; /* borrowed */
    int64_t at;     /* the next entry */
    int64_t len;    /* of the dict when the walk began */
    void *key, *value;
} art_dict_iter;

static inline art_dict_iter art_dict_begin(art_dict *dict)
{
    return (art_dict_iter){dict, 0, dict->len, NULL, NULL};
}
bool art_dict_next(art_dict_iter *it);
art_dict_iter art_dict_rbegin(art_dict *dict); /* reversed(d) */
bool art_dict_rnext(art_dict_iter *it);

/* -- items ----------------------------------------------------------------------------------------------------------------- */

/* The address of the value, or NULL with KeyError; valid until the dict changes. A defaultdict makes a missing one. */
void *art_dict_at(art_dict *dict, const void *key);
/* The address of the value, or NULL: absent, or raised (unhashable key, user's __eq__). */
void *art_dict_find(art_dict *dict, const void *key);
/* The same for the two usual types of keys, which never raise (find) or only KeyError (at). */
void *art_dict_find_int(art_dict *dict, int64_t key);
void *art_dict_find_str(art_dict *dict, const art_str *key);
void *art_dict_at_int(art_dict *dict, int64_t key);
void *art_dict_at_str(art_dict *dict, const art_str *key);
/* The address of the value for `key`, which is added with a zero value if absent (*is_new says so). NULL when it raised. */
void *art_dict_put(art_dict *dict, const void *key, bool *is_new);
bool art_dict_set(art_dict *dict, const void *key, const void *value);
bool art_dict_lookup(art_dict *dict, const void *key, void *out); /* d[key], owned; KeyError */
bool art_dict_delete(art_dict *dict, const void *key); /* KeyError */
bool art_dict_contains(art_dict *dict, const void *key);
/* KeyError of a key: what user code and defaultdict raise. */
void art_dict_key_error(const art_type *key_type, const void *key);

/* -- methods; results of type V or (K, V) through `out` ---------------------------------------------------------------------- */

bool art_dict_get(art_dict *dict, const void *key, const void *fallback, void *out);
/* d.get(k): V | None. `result` is its descriptor, of kind OPTIONAL or BOX, which says what to write to `out`. */
bool art_dict_get_none(art_dict *dict, const void *key, const art_type *result, void *out);
bool art_dict_setdefault(art_dict *dict, const void *key, const void *fallback, void *out);
bool art_dict_pop(art_dict *dict, const void *key, void *out);                                /* KeyError */
bool art_dict_pop_or(art_dict *dict, const void *key, const void *fallback, void *out);
/* `pair`: the descriptor of tuple[K, V]. KeyError 'popitem(): dictionary is empty'. */
bool art_dict_popitem(art_dict *dict, bool last, const art_type *pair, void *out);
void art_dict_clear(art_dict *dict);
bool art_dict_update(art_dict *dict, art_dict *other); /* same K and V */
art_dict *art_dict_union(art_dict *a, art_dict *b);    /* a | b */
bool art_dict_equal(art_dict *a, art_dict *b);
art_list *art_dict_keys(art_dict *dict, const art_type *type);   /* list(d), list(d.keys()); type: list[K] */
art_list *art_dict_values(art_dict *dict, const art_type *type); /* list(d.values()); type: list[V] */
art_list *art_dict_items(art_dict *dict, const art_type *type);  /* list(d.items()); type: list[tuple[K, V]] */
bool art_dict_move_to_end(art_dict *dict, const void *key, bool last); /* OrderedDict */
art_str *art_dict_repr(art_dict *dict);

/* -- views: d.keys(), d.values(), d.items() as values; a for loop over one walks the dict itself ------------------------------ */

typedef struct art_view {
    art_obj base; /* kind: ART_KIND_KEYS, ART_KIND_VALUES, ART_KIND_ITEMS; args: K, V */
    art_dict *dict;
} art_view;

void art_view_destroy(art_obj *self);

#define ART_VIEW_TYPE_(kind_, name_, key_, value_) \
    {.name = name_, .module = "builtins", .kind = kind_, .size = sizeof(art_view *), .is_counted = true, .arg_count = 2, \
     .args = (const art_type *const[]){key_, value_}, .object_size = sizeof(art_view), .destroy = art_view_destroy}
#define ART_KEYS_TYPE(key_, value_) ART_VIEW_TYPE_(ART_KIND_KEYS, "dict_keys", key_, value_)
#define ART_VALUES_TYPE(key_, value_) ART_VIEW_TYPE_(ART_KIND_VALUES, "dict_values", key_, value_)
#define ART_ITEMS_TYPE(key_, value_) ART_VIEW_TYPE_(ART_KIND_ITEMS, "dict_items", key_, value_)

art_view *art_view_new(art_dict *dict, const art_type *type);
static inline int64_t art_view_len(const art_view *view)
{
    return view->dict->len;
}
bool art_view_equal(art_view *a, art_view *b); /* dict_keys */
art_str *art_view_repr(art_view *view);
bool art_view_contains_key(art_view *view, const void *key);
bool art_view_contains_value(art_view *view, const void *value);
art_list *art_view_key_list(art_view *view, const art_type *type);
art_dict *art_view_dict(art_view *view); /* owned */

#endif

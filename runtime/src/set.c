/* set[T] and frozenset[T]: the table of dict.c with keys only. Results of operators are in the order in which their items stand in the
 * operands; each result has the descriptor of the left one. */
#include "internal.h"

static const art_type *item_type(const art_set *set)
{
    return set->table.base.type->args[0];
}

art_set *art_set_new(const art_type *type, int64_t room)
{
    return (art_set *)art_dict_new(type, room);
}

void art_set_destroy(art_obj *self)
{
    art_dict_destroy(self);
}

/* Gives the set back, or drops it when its making raised. */
static art_set *unless_raised(art_set *set)
{
    if (!art_self.raised)
        return set;
    art_release(set);
    return NULL;
}

art_set *art_set_of(const art_type *type, int64_t count, const void *items)
{
    art_set *set = art_set_new(type, count);

    for (int64_t i = 0; i < count && art_set_add(set, (const char *)items + (size_t)i * type->args[0]->size); i++)
        continue;
    return unless_raised(set);
}

art_set *art_set_of_list(const art_list *items, const art_type *type)
{
    return art_set_of(type, items->len, items->items);
}

art_set *art_set_copy(const art_set *set)
{
    if (set->table.base.type->kind == ART_KIND_FROZENSET)
        return art_retain((void *)(uintptr_t)set);
    return (art_set *)art_dict_copy(&set->table);
}

art_set *art_set_copy_as(const art_set *set, const art_type *type)
{
    if (type->kind == ART_KIND_FROZENSET && set->table.base.type->kind == ART_KIND_FROZENSET)
        return art_retain((void *)(uintptr_t)set);
    art_set *copy = (art_set *)art_dict_copy(&set->table);
    copy->table.base.type = type;
    return copy;
}

bool art_set_next(art_set_iter *it)
{
    art_dict_iter walk = {&it->set->table, it->at, it->len, NULL, NULL};
    bool has_more = art_dict_next(&walk);

    it->at = walk.at;
    it->item = walk.key;
    return has_more;
}

/* -- items ------------------------------------------------------------------------------------------------------------------------------- */

bool art_set_add(art_set *set, const void *item)
{
    return art_dict_put(&set->table, item, NULL) != NULL;
}

bool art_set_contains(art_set *set, const void *item)
{
    return art_dict_contains(&set->table, item);
}

bool art_set_discard(art_set *set, const void *item)
{
    return art_dict_contains(&set->table, item) && art_dict_delete(&set->table, item);
}

bool art_set_drop(art_set *set, const void *item)
{
    art_set_discard(set, item);
    return !art_self.raised;
}

bool art_set_remove(art_set *set, const void *item)
{
    return art_dict_delete(&set->table, item);
}

bool art_set_pop(art_set *set, void *out)
{
    art_set_iter it = art_set_begin(set);

    if (!art_set_next(&it)) {
        art_raise_new(&art_type_KeyError, "pop from an empty set");
        return false;
    }
    art_slot_copy(item_type(set), out, it.item);
    return art_dict_delete(&set->table, out);
}

void art_set_clear(art_set *set)
{
    art_dict_clear(&set->table);
}

/* -- algebra ------------------------------------------------------------------------------------------------------------------------------ */

/* Adds to `to` the items of `from` that are in `filter`, or that are not. NULL: all. */
static bool add_where(art_set *to, art_set *from, art_set *filter, bool is_in)
{
    art_set_iter it = art_set_begin(from);

    while (art_set_next(&it)) {
        if (filter && art_set_contains(filter, it.item) != is_in)
            continue;
        if (art_self.raised || !art_set_add(to, it.item))
            return false;
    }
    return !art_self.raised;
}

art_set *art_set_union(art_set *a, art_set *b)
{
    art_set *set = (art_set *)art_dict_copy(&a->table);
    add_where(set, b, NULL, true);
    return unless_raised(set);
}

art_set *art_set_intersection(art_set *a, art_set *b)
{
    art_set *set = art_set_new(a->table.base.type, 0);
    add_where(set, a, b, true);
    return unless_raised(set);
}

art_set *art_set_difference(art_set *a, art_set *b)
{
    art_set *set = art_set_new(a->table.base.type, 0);
    add_where(set, a, b, false);
    return unless_raised(set);
}

art_set *art_set_symmetric_difference(art_set *a, art_set *b)
{
    art_set *set = art_set_new(a->table.base.type, 0);
    if (add_where(set, a, b, false))
        add_where(set, b, a, false);
    return unless_raised(set);
}

/* Gives `set` the items of `result`, which is given away; false if it is NULL. */
static bool become(art_set *set, art_set *result)
{
    if (!result)
        return false;
    art_dict mine = set->table, theirs = result->table;
    set->table = theirs;
    set->table.base = mine.base;
    result->table = mine;
    result->table.base = theirs.base;
    art_release(result);
    return true;
}

bool art_set_update(art_set *a, art_set *b)
{
    return a == b || add_where(a, b, NULL, true);
}
bool art_set_intersection_update(art_set *a, art_set *b)
{
    return become(a, art_set_intersection(a, b));
}
bool art_set_difference_update(art_set *a, art_set *b)
{
    return become(a, art_set_difference(a, b));
}
bool art_set_symmetric_difference_update(art_set *a, art_set *b)
{
    return become(a, art_set_symmetric_difference(a, b));
}

/* Is an item of a set, whose type may differ, in the other? */
static bool contains_mixed(art_set *set, const art_type *type, const void *item)
{
    if (art_type_same(item_type(set), type))
        return art_set_contains(set, item);
    if (item_type(set)->kind == ART_KIND_BOX) {
        art_box box = art_slot_box(type, item);
        bool is_in = art_set_contains(set, &box);
        art_box_release(box);
        return is_in;
    }
    art_set_iter it = art_set_begin(set);
    while (art_set_next(&it)) {
        if (art__mixed_equal(item_type(set), it.item, type, item))
            return true;
    }
    return false;
}

bool art_set_isdisjoint(art_set *a, art_set *b)
{
    art_set_iter it = art_set_begin(a);

    while (art_set_next(&it)) {
        if (contains_mixed(b, item_type(a), it.item) || art_self.raised)
            return false;
    }
    return true;
}

bool art_set_issubset(art_set *a, art_set *b)
{
    if (a->table.len > b->table.len)
        return false;
    art_set_iter it = art_set_begin(a);
    while (art_set_next(&it)) {
        if (!contains_mixed(b, item_type(a), it.item))
            return false;
    }
    return !art_self.raised;
}

bool art_set_issuperset(art_set *a, art_set *b)
{
    return art_set_issubset(b, a);
}
bool art_set_is_proper_subset(art_set *a, art_set *b)
{
    return a->table.len < b->table.len && art_set_issubset(a, b);
}
bool art_set_is_proper_superset(art_set *a, art_set *b)
{
    return art_set_is_proper_subset(b, a);
}
bool art_set_equal(art_set *a, art_set *b)
{
    return a == b || (a->table.len == b->table.len && art_set_issubset(a, b));
}

/* The order of items does not matter. */
int64_t art_set_hash(art_set *set)
{
    uint64_t mixed = 0;
    art_set_iter it = art_set_begin(set);

    while (art_set_next(&it)) {
        uint64_t hash = (uint64_t)art_slot_hash(item_type(set), it.item);
        mixed ^= ((hash ^ 89869747) ^ hash << 16) * UINT64_C(3644798167);
    }
    mixed ^= ((uint64_t)set->table.len + 1) * UINT64_C(1927868237);
    mixed ^= mixed >> 11 ^ mixed >> 25;
    return (int64_t)(mixed * 69069 + 907133923);
}

/* -- text ---------------------------------------------------------------------------------------------------------------------------------- */

art_list *art_set_list(art_set *set, const art_type *type)
{
    return art_dict_keys(&set->table, type);
}

art_str *art_set_repr(art_set *set)
{
    const art_type *type = set->table.base.type;
    art_text text = {0};
    art_reprs here;
    bool is_named = type->kind == ART_KIND_FROZENSET || strcmp(type->name, "set") != 0 || set->table.len == 0;

    if (!art__repr_begin(&here, set))
        return art_strf("%c(...)", type->name);
    if (is_named) {
        art_text_add_c(&text, type->name);
        art_text_add(&text, "(", 1);
    }
    if (set->table.len > 0)
        art_text_add(&text, "{", 1);
    art_set_iter it = art_set_begin(set);
    for (int64_t count = 0; art_set_next(&it); count++) {
        if (count > 0)
            art_text_add(&text, ", ", 2);
        if (!art__text_add_repr(&text, item_type(set), it.item))
            break;
    }
    if (set->table.len > 0)
        art_text_add(&text, "}", 1);
    if (is_named)
        art_text_add(&text, ")", 1);
    art__repr_end();
    if (!art_self.raised)
        return art_text_take(&text);
    art_text_drop(&text);
    return NULL;
}

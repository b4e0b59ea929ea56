/* dict[K, V] as lists, text and views: what walks a whole dict. */
#include "internal.h"

static const art_type *key_type(const art_dict *dict)
{
    return dict->base.type->args[0];
}
static const art_type *value_type(const art_dict *dict)
{
    return dict->base.type->args[1];
}

/* -- lists ---------------------------------------------------------------------------------------------------------------------------- */

/* Items of one kind, side by side in a list. */
static art_list *list_of(art_dict *dict, const art_type *type, bool is_values)
{
    art_list *list = art_list_new(type, dict->len);
    const art_type *item = type->args[0];
    art_dict_iter it = art_dict_begin(dict);

    while (art_dict_next(&it)) {
        art_slot_copy(item, (char *)list->items + (size_t)list->len * item->size, is_values ? it.value : it.key);
        list->len++;
    }
    return list;
}

art_list *art_dict_keys(art_dict *dict, const art_type *type)
{
    return list_of(dict, type, false);
}
art_list *art_dict_values(art_dict *dict, const art_type *type)
{
    return list_of(dict, type, true);
}

art_list *art_dict_items(art_dict *dict, const art_type *type)
{
    art_list *list = art_list_new(type, dict->len);
    const art_type *pair = type->args[0];
    art_dict_iter it = art_dict_begin(dict);

    while (art_dict_next(&it)) {
        char *to = (char *)list->items + (size_t)list->len * pair->size;
        art_slot_copy(pair->args[0], art_tuple_item(pair, to, 0), it.key);
        art_slot_copy(pair->args[1], art_tuple_item(pair, to, 1), it.value);
        list->len++;
    }
    return list;
}

/* -- text -------------------------------------------------------------------------------------------------------------------------------- */

static bool add_entries(art_text *text, art_dict *dict, const char *between)
{
    art_dict_iter it = art_dict_begin(dict);
    bool is_pair = between[0] == '(';

    for (int64_t count = 0; art_dict_next(&it); count++) {
        if (count > 0)
            art_text_add(text, ", ", 2);
        if (is_pair)
            art_text_add(text, "(", 1);
        if (!art__text_add_repr(text, key_type(dict), it.key))
            return false;
        art_text_add_c(text, is_pair ? ", " : between);
        if (!art__text_add_repr(text, value_type(dict), it.value))
            return false;
        if (is_pair)
            art_text_add(text, ")", 1);
    }
    return !art_self.raised;
}

art_str *art_dict_repr(art_dict *dict)
{
    art_text text = {0};
    art_reprs here;

    if (!art__repr_begin(&here, dict))
        return art_str_of(dict->factory ? "defaultdict(...)" : "{...}");
    if (dict->factory) {
        /* Of a factory that is a class the text is right; of others it holds an address that nobody can compare. */
        art_text_add_c(&text, "defaultdict(");
        art__text_add_owned(&text, art_type_repr(value_type(dict)));
        art_text_add(&text, ", ", 2);
    }
    art_text_add(&text, "{", 1);
    bool is_fine = add_entries(&text, dict, ": ");
    art_text_add_c(&text, dict->factory ? "})" : "}");
    art__repr_end();
    if (is_fine)
        return art_text_take(&text);
    art_text_drop(&text);
    return NULL;
}

/* -- views ------------------------------------------------------------------------------------------------------------------------------- */

art_view *art_view_new(art_dict *dict, const art_type *type)
{
    art_view *view = art_new(type, 0);
    view->dict = art_retain(dict);
    return view;
}

void art_view_destroy(art_obj *self)
{
    art_release(((art_view *)self)->dict);
    art_free(self, sizeof(art_view));
}

art_dict *art_view_dict(art_view *view)
{
    return art_retain(view->dict);
}

bool art_view_contains_key(art_view *view, const void *key)
{
    return art_dict_contains(view->dict, key);
}

bool art_view_contains_value(art_view *view, const void *value)
{
    art_dict_iter it = art_dict_begin(view->dict);

    while (art_dict_next(&it)) {
        if (art__item_equal(value_type(view->dict), it.value, value))
            return true;
        if (art_self.raised)
            break;
    }
    return false;
}

art_list *art_view_key_list(art_view *view, const art_type *type)
{
    return art_dict_keys(view->dict, type);
}

bool art_view_equal(art_view *a, art_view *b)
{
    if (a->dict->len != b->dict->len)
        return false;
    art_dict_iter it = art_dict_begin(a->dict);
    while (art_dict_next(&it)) {
        if (!art__dict_find_mixed(b->dict, key_type(a->dict), it.key))
            return false;
    }
    return !art_self.raised;
}

static bool add_items(art_text *text, art_dict *dict, bool is_values)
{
    art_dict_iter it = art_dict_begin(dict);

    for (int64_t count = 0; art_dict_next(&it); count++) {
        if (count > 0)
            art_text_add(text, ", ", 2);
        if (!art__text_add_repr(text, is_values ? value_type(dict) : key_type(dict), is_values ? it.value : it.key))
            return false;
    }
    return !art_self.raised;
}

art_str *art_view_repr(art_view *view)
{
    art_text text = {0};
    art_reprs here;

    if (!art__repr_begin(&here, view))
        return art_str_of("...");
    art_text_add_c(&text, view->base.type->name);
    art_text_add(&text, "([", 2);
    bool is_fine = view->base.type->kind == ART_KIND_ITEMS
                       ? add_entries(&text, view->dict, "(")
                       : add_items(&text, view->dict, view->base.type->kind == ART_KIND_VALUES);
    art_text_add(&text, "])", 2);
    art__repr_end();
    if (is_fine)
        return art_text_take(&text);
    art_text_drop(&text);
    return NULL;
}

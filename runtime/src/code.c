/* What generated code uses and is too long to stand in a header. */
#include "art/code.h"

#include <stdio.h>

void art_check_set(bool is_set, const char *name, bool is_global)
{
    if (is_set)
        return;
    if (is_global)
        art_raise_new(&art_type_NameError, "name '%c' is not defined", name);
    else
        art_raise_unbound(name);
}

art_dict *art_dict_of(const art_type *type, int64_t count, const void *keys, const void *values)
{
    art_dict *dict = art_dict_new(type, count);
    size_t key_size = type->args[0]->size, value_size = type->args[1]->size;

    for (int64_t i = 0; i < count; i++) {
        const char *key = (const char *)keys + (size_t)i * key_size, *value = (const char *)values + (size_t)i * value_size;
        if (!art_dict_set(dict, key, value)) {
            art_release(dict);
            return NULL;
        }
    }
    return dict;
}

const void *art_box_as_slot(art_box *box, const art_type *type)
{
    static const max_align_t zero[64];

    if (art_box_isinstance(*box, type))
        return art_box_slot(box);
    art_raise_new(&art_type_TypeError, "expected %c, got %c", type->name, box->type->name);
    return zero;
}

/* Tuples of fixed length, which are structs of the program: what generic code needs beside the slot functions. */
#include "internal.h"

void *art_tuple_at(const art_type *type, const void *slot, int64_t index)
{
    if (index < 0)
        index += type->arg_count;
    if ((uint64_t)index >= type->arg_count) {
        art_raise_new(&art_type_IndexError, "tuple index out of range");
        return NULL;
    }
    return art_tuple_item(type, slot, index);
}

bool art_tuple_less(const art_type *type, const void *a, const void *b)
{
    return art_slot_order(type, a, b, ART_LT);
}

art_list *art_tuple_list(const art_type *tuple_type, const void *slot, const art_type *type)
{
    art_list *list = art_list_new(type, tuple_type->arg_count);

    for (int64_t i = 0; i < tuple_type->arg_count; i++) {
        const art_type *from = tuple_type->args[i], *to = type->args[0];
        void *item = art_tuple_item(tuple_type, slot, i), *place = (char *)list->items + (size_t)i * to->size;
        if (to->kind == ART_KIND_BOX)
            *(art_box *)place = art_slot_box(from, item);
        else
            art_slot_copy(to, place, item);
        list->len++;
    }
    return list;
}

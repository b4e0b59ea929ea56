/* The module copy. Deep copies are those that cross threads (deepcopy.c). */
#include "internal.h"

#include "art/copy.h"
#include "art/pool.h"

/* An object of a class of the program: its attributes one by one. */
static void *copy_object(const art_obj *obj)
{
    const art_type *type = obj->type;

    if (type->kind == ART_KIND_CLOSURE || (!type->fields && type->object_size > sizeof(art_obj))) {
        if (type->kind == ART_KIND_CLOSURE)
            return art_retain((void *)(uintptr_t)obj);
        art_raise_new(&art_type_TypeError, "cannot pickle '%c' object", type->name);
        return NULL;
    }
    art_obj *copy = art_new(type, type->object_size);
    for (uint32_t i = 0; i < type->field_count; i++)
        art_slot_copy(type->fields[i].type, (char *)copy + type->fields[i].offset, (const char *)obj + type->fields[i].offset);
    return copy;
}

static void *copy_counted(art_obj *obj)
{
    switch (obj->type->kind) {
    case ART_KIND_LIST:
        return art_list_copy((art_list *)obj);
    case ART_KIND_DICT:
        return art_dict_copy((art_dict *)obj);
    case ART_KIND_SET:
        return art_set_copy((art_set *)obj);
    case ART_KIND_DEQUE:
        return art_deque_copy((art_deque *)obj);
    case ART_KIND_BYTEARRAY:
        return art_bytearray_new(((art_bytes *)obj)->data, ((art_bytes *)obj)->len);
    case ART_KIND_CLASS:
        return copy_object(obj);
    case ART_KIND_GENERATOR:
    case ART_KIND_ASYNCGEN:
    case ART_KIND_COROUTINE:
    case ART_KIND_FUTURE:
    case ART_KIND_TASK:
    case ART_KIND_ITERATOR:
        art_raise_new(&art_type_TypeError, "cannot pickle '%c' object", obj->type->name);
        return NULL;
    default:
        return art_retain(obj);
    }
}

bool art_copy_shallow(const void *x, const art_type *type, void *out)
{
    if (type->kind == ART_KIND_BOX) {
        art_box box = *(const art_box *)x;
        if (box.type->is_counted)
            box.as.obj = copy_counted(box.as.obj);
        else
            art_box_retain(box);
        *(art_box *)out = art_self.raised ? art_box_none() : box;
    } else if (type->is_counted) {
        art_obj *obj = *(art_obj *const *)x;
        *(void **)out = obj ? copy_counted(obj) : NULL;
    } else {
        art_slot_copy(type, out, x);
    }
    return !art_self.raised;
}

bool art_copy_deep(const void *x, const art_type *type, void *out)
{
    return art__slot_copy_deep(type, out, x);
}

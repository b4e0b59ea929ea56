/* What the files of the boxes' operators share. Not installed. */
#ifndef ART_BOX_IMPL_H
#define ART_BOX_IMPL_H

#include "internal.h"

static inline bool is_int(art_box box)
{
    return box.type->kind == ART_KIND_INT || box.type->kind == ART_KIND_BOOL;
}

static inline bool is_number(art_box box)
{
    return is_int(box) || box.type->kind == ART_KIND_FLOAT;
}

static inline int64_t int_of(art_box box)
{
    return box.type->kind == ART_KIND_BOOL ? box.as.b : box.as.i;
}

static inline double float_of(art_box box)
{
    return box.type->kind == ART_KIND_FLOAT ? box.as.f : (double)int_of(box);
}

static inline art_box unsupported(const char *operator, art_box a, art_box b)
{
    art_raise_new(&art_type_TypeError, "unsupported operand type(s) for %c: '%c' and '%c'", operator, a.type->name, b.type->name);
    return art_box_none();
}

/* A list or tuple with items of any type. */
static inline art_list *as_any_list(art_box box)
{
    return art_box_list(box, box.type->kind == ART_KIND_LIST ? &art_type_list : &art_type_tuple);
}

/* Kinds that compare with each other go by one of them. */
static inline art_kind family(const art_type *type)
{
    switch (type->kind) {
    case ART_KIND_BYTEARRAY:
        return ART_KIND_BYTES;
    case ART_KIND_FROZENSET:
        return ART_KIND_SET;
    case ART_KIND_VARTUPLE:
        return ART_KIND_TUPLE;
    default:
        return type->kind;
    }
}

#endif

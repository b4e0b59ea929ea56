/* Classes of the program: `struct C { art_obj base; fields… }`, described by an art_type that the compiler emits:
 *
 *     static const art_field Point_fields[] = {
 *         {"x", &art_type_int, offsetof(Point, x)}, {"y", &art_type_int, offsetof(Point, y)}};
 *     static const art_type type_Point = ART_CLASS_TYPE("Point", Point, &art_type_object, Point_destroy,
 *         .fields = Point_fields, .field_count = 2, .repr = Point_slot_repr, .methods = &Point_methods);
 *
 * A destroy function may be art_object_destroy, which releases the fields named in the table (all of them, base classes'
 * included, must be listed then). */
#ifndef ART_CLASS_H
#define ART_CLASS_H

#include "art/value.h"

#define ART_CLASS_TYPE(name_, struct_, base_, destroy_, ...) \
    {.name = (name_), .module = "__main__", .kind = ART_KIND_CLASS, .size = sizeof(struct_ *), .is_counted = true, \
     .object_size = sizeof(struct_), .base = (base_), .destroy = (destroy_), __VA_ARGS__}
#define ART_EXCEPTION_TYPE(name_, struct_, base_, destroy_, ...) \
    {.name = (name_), .module = "__main__", .kind = ART_KIND_EXCEPTION, .size = sizeof(struct_ *), .is_counted = true, \
     .object_size = sizeof(struct_), .base = (base_), .destroy = (destroy_), .repr = art_exc_slot_repr, \
     .str = art_exc_slot_str, __VA_ARGS__}

void art_object_destroy(art_obj *self);

/* Is `type` the class `base` or one derived from it? Two descriptors of one type are the same; bool is an int; a list of anything is
 * a list (base: art_type_list). */
bool art_type_is(const art_type *type, const art_type *base);
/* The same type: kind and arguments agree. */
bool art_type_same(const art_type *a, const art_type *b);
static inline bool art_isinstance(const void *obj, const art_type *type)
{
    return obj && art_type_is(((const art_obj *)obj)->type, type);
}

art_str *art_type_name(const art_type *type); /* type(x).__name__ */
art_str *art_type_qualified(const art_type *type); /* "__main__.Point"; builtins without a module */
art_str *art_type_repr(const art_type *type); /* <class '__main__.Point'> */
art_str *art_object_repr(const void *slot);   /* <__main__.Point object at 0x…> */
/* Point(x=1, y=2): the repr of a dataclass, for its descriptor's repr. It may raise. */
art_str *art_dataclass_repr(const void *slot);
bool art_dataclass_equal(const void *a, const void *b); /* same class and equal fields */
bool art_dataclass_less(const void *a, const void *b);  /* order=True */
int64_t art_dataclass_hash(const void *slot);           /* frozen=True */

/* A field by name, or NULL. */
const art_field *art_type_field(const art_type *type, const char *name);
int64_t art_id(const void *obj); /* id(x) */

#endif

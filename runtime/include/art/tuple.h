/* tuple[A, B, …]: a struct of the program, by value, `struct { A _0; B _1; … }`. The runtime knows it by its descriptor:
 *
 *     typedef struct { int64_t _0; art_str *_1; } tuple_int_str;
 *     static const art_type type_tuple_int_str = ART_TUPLE_TYPE(tuple_int_str, 2,
 *         ART_ARGS(&art_type_int, &art_type_str), ART_OFFSETS(offsetof(tuple_int_str, _0), offsetof(tuple_int_str, _1)));
 *
 * The empty tuple is a struct with one unused byte and the descriptor art_type_empty_tuple. */
#ifndef ART_TUPLE_H
#define ART_TUPLE_H

#include "art/list.h"

#define ART_ARGS(...) ((const art_type *const[]){__VA_ARGS__})
#define ART_OFFSETS(...) ((const uint16_t[]){__VA_ARGS__})
#define ART_TUPLE_TYPE(...) ART_TUPLE_TYPE_(__VA_ARGS__, )
#define ART_TUPLE_TYPE_(struct_, count_, args_, offsets_, ...) \
    {.name = "tuple", .module = "builtins", .kind = ART_KIND_TUPLE, .size = sizeof(struct_), .arg_count = (count_), .args = args_, \
     .offsets = offsets_, __VA_ARGS__}
/* A NamedTuple: a tuple with a name; `fields` (art_field: name, type, offset in the struct) give its repr and attributes. */
#define ART_NAMEDTUPLE_TYPE(...) ART_NAMEDTUPLE_TYPE_(__VA_ARGS__, )
#define ART_NAMEDTUPLE_TYPE_(name_, struct_, count_, args_, offsets_, fields_, ...) \
    {.name = name_, .module = "__main__", .kind = ART_KIND_TUPLE, .size = sizeof(struct_), .arg_count = (count_), .args = args_, \
     .offsets = offsets_, .fields = fields_, .field_count = (count_), __VA_ARGS__}

typedef struct art_empty_tuple {
    uint8_t unused;
} art_empty_tuple;
extern const art_type art_type_empty_tuple;

/* The address of item `index` of the tuple at `slot`. */
static inline void *art_tuple_item(const art_type *type, const void *slot, int64_t index)
{
    return (char *)(uintptr_t)slot + type->offsets[index];
}
/* t[i] with an index that is not a constant; all items are of one type. NULL with IndexError "tuple index out of range". */
void *art_tuple_at(const art_type *type, const void *slot, int64_t index);
bool art_tuple_less(const art_type *type, const void *a, const void *b);
/* The same values as tuple[T, ...] (or a list, by `type`): items are of one type, or `type` is of Any. Owned. */
art_list *art_tuple_list(const art_type *tuple_type, const void *slot, const art_type *type);

/* The optional type T | None where T is a counted pointer. */
#define ART_OPTIONAL_TYPE(type_) \
    {.name = "Optional", .kind = ART_KIND_OPTIONAL, .size = sizeof(void *), .is_counted = true, .arg_count = 1, \
     .args = (const art_type *const[]){type_}}

#endif

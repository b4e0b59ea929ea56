/* The dynamic corner: operations on values of any type (Any, object, unions that were not narrowed), checked when run, with the
 * exceptions that CPython raises. Arguments are borrowed, results owned; a function that raised gives None, 0 or false. */
#ifndef ART_BOX_H
#define ART_BOX_H

#include "art/closure.h"
#include "art/list.h"
#include "art/str.h"

/* -- making: the box holds what it is given, borrowed or owned as that was ------------------------------------------------------ */

static inline art_box art_box_none(void)
{
    return (art_box){&art_type_none, {0}};
}
static inline art_box art_box_int(int64_t value)
{
    return (art_box){&art_type_int, {.i = value}};
}
static inline art_box art_box_float(double value)
{
    return (art_box){&art_type_float, {.f = value}};
}
static inline art_box art_box_bool(bool value)
{
    art_box box = {&art_type_bool, {.i = 0}};
    box.as.b = value;
    return box;
}
/* A counted object, or NULL, which is None. */
static inline art_box art_box_obj(void *obj)
{
    if (!obj)
        return art_box_none();
    return (art_box){((art_obj *)obj)->type, {.obj = obj}};
}
static inline art_box art_box_type(const art_type *type)
{
    return (art_box){&art_type_type, {.p = type}};
}
/* A by-value tuple: copied into a cell; owned. */
art_box art_box_tuple(const art_type *type, const void *slot);
/* The address of the boxed value as a slot of box->type. */
static inline void *art_box_slot(art_box *box)
{
    return box->type->kind == ART_KIND_TUPLE ? (void *)((art_cell *)box->as.obj + 1) : (void *)&box->as;
}

/* -- asking ------------------------------------------------------------------------------------------------------------------- */

bool art_box_isinstance(art_box box, const art_type *type); /* isinstance(x, type) */
static inline bool art_box_is_none(art_box box)
{
    return box.type == &art_type_none;
}
bool art_box_same(art_box a, art_box b); /* a is b */
bool art_box_truth(art_box box);
bool art_box_equal(art_box a, art_box b);
bool art_box_order(art_box a, art_box b, art_order order);
bool art_box_less(art_box a, art_box b);          /* a < b; TypeError names '<' */
bool art_box_less_equal(art_box a, art_box b);
bool art_box_greater(art_box a, art_box b);
bool art_box_greater_equal(art_box a, art_box b);
bool art_box_is_sequence(art_box box); /* for a sequence pattern: list, tuple, range, deque, but no text */
art_box art_box_copy(art_box dict);    /* a dict's copy: **rest of a mapping pattern */
int64_t art_box_len(art_box box);
bool art_box_contains(art_box container, art_box item);
art_str *art_box_str(art_box box);
art_str *art_box_repr(art_box box);
art_str *art_box_format(art_box box, art_str *spec);
int64_t art_box_hash(art_box box);

/* -- taking out: TypeError unless the box holds that; borrowed from the box ----------------------------------------------------- */

int64_t art_box_as_int(art_box box);    /* a bool too */
double art_box_as_float(art_box box);   /* an int or bool too */
bool art_box_as_bool(art_box box);
void *art_box_as(art_box box, const art_type *type); /* a counted object of that type; NULL when it raised */
/* The same where None is allowed: NULL then, too. */
void *art_box_as_optional(art_box box, const art_type *type);
/* int(x), float(x), str(x) of anything. */
int64_t art_box_to_int(art_box box);
double art_box_to_float(art_box box);

/* The same for any type, into a slot of it; a container whose items are held otherwise is converted. */
bool art_box_as_items(art_box box, const art_type *type, void *out);

/* -- operators ------------------------------------------------------------------------------------------------------------------ */

art_box art_box_add(art_box a, art_box b);
art_box art_box_sub(art_box a, art_box b);
art_box art_box_mul(art_box a, art_box b);
art_box art_box_div(art_box a, art_box b);
art_box art_box_floordiv(art_box a, art_box b);
art_box art_box_mod(art_box a, art_box b);
art_box art_box_pow(art_box a, art_box b);
art_box art_box_lshift(art_box a, art_box b);
art_box art_box_rshift(art_box a, art_box b);
art_box art_box_and(art_box a, art_box b);
art_box art_box_or(art_box a, art_box b);
art_box art_box_xor(art_box a, art_box b);
art_box art_box_matmul(art_box a, art_box b); /* no built-in type has it */
art_box art_box_neg(art_box a);
art_box art_box_pos(art_box a);
art_box art_box_invert(art_box a);
art_box art_box_abs(art_box a);

art_box art_box_getitem(art_box container, art_box key);
bool art_box_setitem(art_box container, art_box key, art_box value);
bool art_box_delitem(art_box container, art_box key);
art_box art_box_slice(art_box container, int64_t start, int64_t stop, int64_t step);
art_box art_box_getattr(art_box obj, const char *name);
bool art_box_hasattr(art_box obj, const char *name);
art_box art_box_getattr_or(art_box obj, const char *name, art_box otherwise); /* getattr(x, name, otherwise) */
bool art_box_setattr(art_box obj, const char *name, art_box value);
art_box art_box_call(art_box function, int64_t count, const art_box *args);
art_box art_box_apply(art_box function, const art_list *args); /* args: a tuple[Any, ...] */
/* The TypeError for a wrong number of arguments. `params`: the names, with commas; most: -1 for any number; self: 1 for a method. */
void art_raise_argument_count(const char *name, const char *params, int64_t required, int64_t most, int64_t self, int64_t given);
/* x.name(args) where x is a str, list, dict, set, … or has such an attribute. */
art_box art_box_method(art_box obj, const char *name, int64_t count, const art_box *args);

/* -- iteration: for x in box ---------------------------------------------------------------------------------------------------- */

/* A counted object that walks a list, dict, set, tuple, str, bytes, range, deque or view; kind ART_KIND_ITERATOR. */
typedef struct art_iter {
    art_obj base;
    art_box over; /* owned */
    int64_t at, len;
} art_iter;

extern const art_type art_type_iter;

art_iter *art_box_iter(art_box box);             /* owned; NULL with TypeError "'int' object is not iterable" */
bool art_iter_next(art_iter *iter, art_box *out); /* false: at the end, or raised */

art_box art_box_next(art_box iterator); /* next(x); StopIteration */

/* A list[Any] of what the box iterates over, and so on. */
art_list *art_box_list(art_box box, const art_type *type);
/* a, b = box: `count` values written at `out`, owned. */
bool art_box_unpack(art_box box, int64_t count, art_box *out);

#endif

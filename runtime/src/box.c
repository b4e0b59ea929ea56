/* Boxes: values whose type is known only when the program runs. Each operation looks at the kinds of its operands and does what the
 * statically typed operation does, or raises CPython's TypeError. Subscripts, iteration and unpacking are in boxitem.c, attributes and calls
 * in boxattr.c, operators that need libm in floatmath.c. */
#include "box_impl.h"

#include <math.h>

art_box art_box_tuple(const art_type *type, const void *slot)
{
    art_cell *cell = art_new(type, sizeof *cell + type->size);

    art_slot_copy(type, cell + 1, slot);
    return (art_box){type, {.obj = &cell->base}};
}

/* -- asking --------------------------------------------------------------------------------------------------------------------------------- */

bool art_box_isinstance(art_box box, const art_type *type)
{
    return art_type_is(box.type, type);
}

bool art_box_same(art_box a, art_box b)
{
    if (a.type->kind != b.type->kind)
        return false;
    switch (a.type->kind) {
    case ART_KIND_NONE:
        return true;
    case ART_KIND_BOOL:
        return a.as.b == b.as.b;
    case ART_KIND_TYPE:
        return art_type_same(a.as.p, b.as.p);
    default:
        return a.as.i == b.as.i;
    }
}

bool art_box_truth(art_box box)
{
    return art_slot_truth(box.type, art_box_slot(&box));
}

/* -1, 0, 1; 2: not ordered. */
static int compare_numbers(art_box a, art_box b)
{
    if (is_int(a) && is_int(b))
        return (int_of(a) > int_of(b)) - (int_of(a) < int_of(b));
    if (is_int(a))
        return art_int_float_compare(int_of(a), b.as.f);
    if (is_int(b)) {
        int order = art_int_float_compare(int_of(b), a.as.f);
        return order == 2 ? 2 : -order;
    }
    return isnan(a.as.f) || isnan(b.as.f) ? 2 : (a.as.f > b.as.f) - (a.as.f < b.as.f);
}

static int64_t tuple_len(art_box box)
{
    return box.type->kind == ART_KIND_TUPLE ? box.type->arg_count : ((art_list *)box.as.obj)->len;
}

/* An item of a tuple of either kind. */
static void *tuple_item(art_box *box, int64_t index, const art_type **type)
{
    if (box->type->kind == ART_KIND_TUPLE) {
        *type = box->type->args[index];
        return art_tuple_item(box->type, art_box_slot(box), index);
    }
    art_list *list = (art_list *)box->as.obj;
    *type = art_list_item_type(list);
    return (char *)list->items + (size_t)index * (*type)->size;
}

static bool tuples_equal(art_box a, art_box b)
{
    if (tuple_len(a) != tuple_len(b))
        return false;
    for (int64_t i = 0; i < tuple_len(a); i++) {
        const art_type *a_type, *b_type;
        void *x = tuple_item(&a, i, &a_type), *y = tuple_item(&b, i, &b_type);
        if (!art__mixed_equal(a_type, x, b_type, y))
            return false;
    }
    return true;
}

static bool tuples_order(art_box a, art_box b, art_order order)
{
    int64_t a_len = tuple_len(a), b_len = tuple_len(b);

    for (int64_t i = 0; i < a_len && i < b_len; i++) {
        const art_type *a_type, *b_type;
        void *x = tuple_item(&a, i, &a_type), *y = tuple_item(&b, i, &b_type);
        if (!art__mixed_equal(a_type, x, b_type, y))
            return !art_self.raised && art__mixed_order(a_type, x, b_type, y, order);
    }
    return art_slot_order(&art_type_int, &a_len, &b_len, order);
}

static bool are_related(const art_type *a, const art_type *b)
{
    return art_type_is(a, b) || art_type_is(b, a);
}

bool art_box_equal(art_box a, art_box b)
{
    if (is_number(a) && is_number(b))
        return compare_numbers(a, b) == 0;
    if (family(a.type) != family(b.type))
        return false;
    switch (a.type->kind) {
    case ART_KIND_TUPLE:
    case ART_KIND_VARTUPLE:
        return tuples_equal(a, b);
    case ART_KIND_CLASS:
    case ART_KIND_EXCEPTION:
        /* A class's __eq__ knows its own kind only. */
        if (!are_related(a.type, b.type))
            return false;
        return art_slot_equal(a.type, &a.as, &b.as);
    default:
        return art_slot_equal(a.type, &a.as, &b.as);
    }
}

bool art_box_order(art_box a, art_box b, art_order order)
{
    if (is_number(a) && is_number(b)) {
        int comparison = compare_numbers(a, b);
        int64_t sign = comparison, zero = 0;
        return comparison != 2 && art_slot_order(&art_type_int, &sign, &zero, order);
    }
    if (family(a.type) == family(b.type)) {
        switch (a.type->kind) {
        case ART_KIND_TUPLE:
        case ART_KIND_VARTUPLE:
            return tuples_order(a, b, order);
        case ART_KIND_CLASS:
        case ART_KIND_EXCEPTION:
            if (!are_related(a.type, b.type))
                break;
            return art_slot_order(a.type, &a.as, &b.as, order);
        default:
            return art_slot_order(a.type, &a.as, &b.as, order);
        }
    }
    art__unorderable(a.type, b.type, order);
    return false;
}

bool art_box_less(art_box a, art_box b)
{
    return art_box_order(a, b, ART_LT);
}
bool art_box_less_equal(art_box a, art_box b)
{
    return art_box_order(a, b, ART_LE);
}
bool art_box_greater(art_box a, art_box b)
{
    return art_box_order(a, b, ART_GT);
}
bool art_box_greater_equal(art_box a, art_box b)
{
    return art_box_order(a, b, ART_GE);
}

art_str *art_box_str(art_box box)
{
    return art_slot_str(&art_type_box, &box);
}
art_str *art_box_repr(art_box box)
{
    return art_slot_repr(&art_type_box, &box);
}
art_str *art_box_format(art_box box, art_str *spec)
{
    return art_slot_format(&art_type_box, &box, spec);
}
int64_t art_box_hash(art_box box)
{
    return art_slot_hash(&art_type_box, &box);
}

/* -- taking out ----------------------------------------------------------------------------------------------------------------------------- */

static void expected(const char *name, art_box box)
{
    art_raise_new(&art_type_TypeError, "expected %c, got %c", name, box.type->name);
}

int64_t art_box_as_int(art_box box)
{
    if (is_int(box))
        return int_of(box);
    expected("int", box);
    return 0;
}

double art_box_as_float(art_box box)
{
    if (is_number(box))
        return float_of(box);
    expected("float", box);
    return 0;
}

bool art_box_as_bool(art_box box)
{
    if (box.type->kind == ART_KIND_BOOL)
        return box.as.b;
    expected("bool", box);
    return false;
}

void *art_box_as(art_box box, const art_type *type)
{
    if (box.type->is_counted && art_type_is(box.type, type))
        return box.as.obj;
    expected(type->name, box);
    return NULL;
}

void *art_box_as_optional(art_box box, const art_type *type)
{
    return art_box_is_none(box) ? NULL : art_box_as(box, type);
}

int64_t art_box_to_int(art_box box)
{
    switch (box.type->kind) {
    case ART_KIND_INT:
    case ART_KIND_BOOL:
        return int_of(box);
    case ART_KIND_FLOAT:
        return art_float_to_int(box.as.f);
    case ART_KIND_STR:
        return art_int_parse((art_str *)box.as.obj, 10);
    default:
        art_raise_new(&art_type_TypeError, "int() argument must be a string, a bytes-like object or a real number, not '%c'", box.type->name);
        return 0;
    }
}

double art_box_to_float(art_box box)
{
    if (is_number(box))
        return float_of(box);
    if (box.type->kind == ART_KIND_STR)
        return art_float_parse((art_str *)box.as.obj);
    art_raise_new(&art_type_TypeError, "float() argument must be a string or a real number, not '%c'", box.type->name);
    return 0;
}

/* -- operators -------------------------------------------------------------------------------------------------------------------------------- */

static art_box concat_lists(art_box a, art_box b)
{
    if (a.type->kind == b.type->kind && art_type_same(a.type, b.type) && a.type->kind != ART_KIND_TUPLE)
        return art_box_obj(art_list_concat((art_list *)a.as.obj, (art_list *)b.as.obj));
    art_list *x = as_any_list(a), *y = as_any_list(b);
    art_list *sum = art_list_concat(x, y);
    art_release(x);
    art_release(y);
    return art_box_obj(sum);
}

art_box art_box_add(art_box a, art_box b)
{
    if (is_int(a) && is_int(b))
        return art_box_int(art_int_add(int_of(a), int_of(b)));
    if (is_number(a) && is_number(b))
        return art_box_float(float_of(a) + float_of(b));
    bool is_alike = family(a.type) == family(b.type);
    switch (family(a.type)) {
    case ART_KIND_STR:
        if (is_alike)
            return art_box_obj(art_str_concat((art_str *)a.as.obj, (art_str *)b.as.obj));
        art_raise_new(&art_type_TypeError, "can only concatenate str (not \"%c\") to str", b.type->name);
        return art_box_none();
    case ART_KIND_BYTES:
        if (is_alike)
            return art_box_obj(art_bytes_concat((art_bytes *)a.as.obj, (art_bytes *)b.as.obj));
        art_raise_new(&art_type_TypeError, "can't concat %c to %c", b.type->name, a.type->name);
        return art_box_none();
    case ART_KIND_LIST:
    case ART_KIND_TUPLE:
        if (is_alike)
            return concat_lists(a, b);
        art_raise_new(&art_type_TypeError, "can only concatenate %c (not \"%c\") to %c", a.type->name, b.type->name, a.type->name);
        return art_box_none();
    default:
        return unsupported("+", a, b);
    }
}

/* The sets of a pair of boxes with items of one type. */
static art_set *as_any_set(art_box box)
{
    art_list *items = art_box_list(box, &art_type_list);
    art_set *set = items ? art_set_of_list(items, box.type->kind == ART_KIND_SET ? &art_type_set : &art_type_frozenset) : NULL;
    art_release(items);
    return set;
}

static art_box set_operation(art_box a, art_box b, art_set *(*operation)(art_set *, art_set *))
{
    if (art_type_same(a.type, b.type))
        return art_box_obj(operation((art_set *)a.as.obj, (art_set *)b.as.obj));
    art_set *x = as_any_set(a), *y = as_any_set(b);
    art_set *result = operation(x, y);
    art_release(x);
    art_release(y);
    return art_box_obj(result);
}

static bool are_sets(art_box a, art_box b)
{
    return family(a.type) == ART_KIND_SET && family(b.type) == ART_KIND_SET;
}

art_box art_box_sub(art_box a, art_box b)
{
    if (is_int(a) && is_int(b))
        return art_box_int(art_int_sub(int_of(a), int_of(b)));
    if (is_number(a) && is_number(b))
        return art_box_float(float_of(a) - float_of(b));
    return are_sets(a, b) ? set_operation(a, b, art_set_difference) : unsupported("-", a, b);
}

static art_box repeat(art_box a, int64_t times)
{
    switch (family(a.type)) {
    case ART_KIND_STR:
        return art_box_obj(art_str_repeat((art_str *)a.as.obj, times));
    case ART_KIND_BYTES:
        return art_box_obj(art_bytes_repeat((art_bytes *)a.as.obj, times));
    default:
        break;
    }
    if (a.type->kind != ART_KIND_TUPLE)
        return art_box_obj(art_list_repeat((art_list *)a.as.obj, times));
    art_list *list = as_any_list(a), *result = art_list_repeat(list, times);
    art_release(list);
    return art_box_obj(result);
}

static bool is_sequence(art_box box)
{
    art_kind kind = family(box.type);
    return kind == ART_KIND_STR || kind == ART_KIND_BYTES || kind == ART_KIND_LIST || kind == ART_KIND_TUPLE;
}

art_box art_box_mul(art_box a, art_box b)
{
    if (is_int(a) && is_int(b))
        return art_box_int(art_int_mul(int_of(a), int_of(b)));
    if (is_number(a) && is_number(b))
        return art_box_float(float_of(a) * float_of(b));
    if (is_sequence(a) && is_int(b))
        return repeat(a, int_of(b));
    if (is_sequence(b) && is_int(a))
        return repeat(b, int_of(a));
    if (!is_sequence(a) && !is_sequence(b))
        return unsupported("*", a, b);
    art_raise_new(&art_type_TypeError, "can't multiply sequence by non-int of type '%c'", is_sequence(a) ? b.type->name : a.type->name);
    return art_box_none();
}

art_box art_box_div(art_box a, art_box b)
{
    if (is_int(a) && is_int(b))
        return art_box_float(art_int_div(int_of(a), int_of(b)));
    return is_number(a) && is_number(b) ? art_box_float(art_float_div(float_of(a), float_of(b))) : unsupported("/", a, b);
}

art_box art_box_lshift(art_box a, art_box b)
{
    return is_int(a) && is_int(b) ? art_box_int(art_int_lshift(int_of(a), int_of(b))) : unsupported("<<", a, b);
}
art_box art_box_rshift(art_box a, art_box b)
{
    return is_int(a) && is_int(b) ? art_box_int(art_int_rshift(int_of(a), int_of(b))) : unsupported(">>", a, b);
}

static bool are_bools(art_box a, art_box b)
{
    return a.type->kind == ART_KIND_BOOL && b.type->kind == ART_KIND_BOOL;
}

art_box art_box_and(art_box a, art_box b)
{
    if (are_bools(a, b))
        return art_box_bool(a.as.b && b.as.b);
    if (is_int(a) && is_int(b))
        return art_box_int(int_of(a) & int_of(b));
    return are_sets(a, b) ? set_operation(a, b, art_set_intersection) : unsupported("&", a, b);
}

static art_box union_dicts(art_box a, art_box b)
{
    art_dict *result = art_dict_copy((art_dict *)a.as.obj);
    art_dict_iter it = art_dict_begin((art_dict *)b.as.obj);
    art_box out = art_box_obj(result);

    while (art_dict_next(&it)) {
        art_box key = art_slot_box(b.type->args[0], it.key), value = art_slot_box(b.type->args[1], it.value);
        art_box_setitem(out, key, value);
        art_box_release(key);
        art_box_release(value);
        if (art_self.raised)
            break;
    }
    return out;
}

art_box art_box_or(art_box a, art_box b)
{
    if (are_bools(a, b))
        return art_box_bool(a.as.b || b.as.b);
    if (is_int(a) && is_int(b))
        return art_box_int(int_of(a) | int_of(b));
    if (a.type->kind == ART_KIND_DICT && b.type->kind == ART_KIND_DICT)
        return union_dicts(a, b);
    return are_sets(a, b) ? set_operation(a, b, art_set_union) : unsupported("|", a, b);
}

art_box art_box_xor(art_box a, art_box b)
{
    if (are_bools(a, b))
        return art_box_bool(a.as.b != b.as.b);
    if (is_int(a) && is_int(b))
        return art_box_int(int_of(a) ^ int_of(b));
    return are_sets(a, b) ? set_operation(a, b, art_set_symmetric_difference) : unsupported("^", a, b);
}

art_box art_box_matmul(art_box a, art_box b)
{
    return unsupported("@", a, b);
}

static art_box bad_operand(const char *operator, art_box a)
{
    art_raise_new(&art_type_TypeError, "bad operand type for %c: '%c'", operator, a.type->name);
    return art_box_none();
}

art_box art_box_neg(art_box a)
{
    if (is_int(a))
        return art_box_int(art_int_neg(int_of(a)));
    return is_number(a) ? art_box_float(-a.as.f) : bad_operand("unary -", a);
}
art_box art_box_pos(art_box a)
{
    if (is_int(a))
        return art_box_int(int_of(a));
    return is_number(a) ? a : bad_operand("unary +", a);
}
art_box art_box_invert(art_box a)
{
    return is_int(a) ? art_box_int(~int_of(a)) : bad_operand("unary ~", a);
}
art_box art_box_abs(art_box a)
{
    if (is_int(a))
        return art_box_int(art_int_abs(int_of(a)));
    return is_number(a) ? art_box_float(fabs(a.as.f)) : bad_operand("abs()", a);
}

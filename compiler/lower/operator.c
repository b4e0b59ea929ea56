/* Operators: arithmetic and comparison by the types of their operands.
 *
 *     a + b          int_add(a, b), float, text, boxes …; a method call where inference says so (ACT_CALL)
 *     a < b <= c     AND(a < b, b <= c), b evaluated once; what comes later only if it is reached
 *     x in ("a", b)  OR(x == "a", x == b)
 *     1 < 2.5        exact, as in Python: art_int_less_float
 *
 * A long sum is a chain of nodes leaning to the left: its operands are collected and settled together, so that a sum of fifty thousand terms
 * takes linear time. */
#include "lower/internal.h"

bool is_number_type(const Type *t)
{
    return t->kind == TYPE_INT || t->kind == TYPE_BOOL || t->kind == TYPE_FLOAT;
}

static bool is_int_type(const Type *t)
{
    return t->kind == TYPE_INT || t->kind == TYPE_BOOL;
}

/* -- tables ------------------------------------------------------------------------------------------------------------------------- */

#define NO_OP IR_OP_COUNT

static const struct {
    IrOp of_int, of_float, of_box;
    const char *box_function; /* where there is no op */
} arithmetic[OP_COUNT] = {
    [OP_ADD] = {IR_OP_INT_ADD, IR_OP_FLOAT_ADD, IR_OP_BOX_ADD, NULL},
    [OP_SUB] = {IR_OP_INT_SUB, IR_OP_FLOAT_SUB, IR_OP_BOX_SUB, NULL},
    [OP_MUL] = {IR_OP_INT_MUL, IR_OP_FLOAT_MUL, IR_OP_BOX_MUL, NULL},
    [OP_DIV] = {IR_OP_INT_DIV, IR_OP_FLOAT_DIV, IR_OP_BOX_DIV, NULL},
    [OP_FLOORDIV] = {IR_OP_INT_FLOORDIV, IR_OP_FLOAT_FLOORDIV, IR_OP_BOX_FLOORDIV, NULL},
    [OP_MOD] = {IR_OP_INT_MOD, IR_OP_FLOAT_MOD, IR_OP_BOX_MOD, NULL},
    [OP_POW] = {IR_OP_INT_POW, IR_OP_FLOAT_POW, IR_OP_BOX_POW, NULL},
    [OP_LSHIFT] = {IR_OP_INT_LSHIFT, NO_OP, NO_OP, "art_box_lshift"},
    [OP_RSHIFT] = {IR_OP_INT_RSHIFT, NO_OP, NO_OP, "art_box_rshift"},
    [OP_AND] = {IR_OP_INT_AND, NO_OP, NO_OP, "art_box_and"},
    [OP_OR] = {IR_OP_INT_OR, NO_OP, NO_OP, "art_box_or"},
    [OP_XOR] = {IR_OP_INT_XOR, NO_OP, NO_OP, "art_box_xor"},
    [OP_MATMUL] = {NO_OP, NO_OP, NO_OP, "art_box_matmul"},
};

static const struct {
    IrOp of_int, of_float;
    const char *int_float, *float_int, *of_box;
} comparison[OP_COUNT] = {
    [OP_EQ] = {IR_OP_INT_EQ, IR_OP_FLOAT_EQ, "art_int_equals_float", "art_int_equals_float", "art_box_equal"},
    [OP_NE] = {IR_OP_INT_NE, IR_OP_FLOAT_NE, "art_int_equals_float", "art_int_equals_float", "art_box_equal"},
    [OP_LT] = {IR_OP_INT_LT, IR_OP_FLOAT_LT, "art_int_less_float", "art_int_greater_float", "art_box_less"},
    [OP_LE] = {IR_OP_INT_LE, IR_OP_FLOAT_LE, "art_int_less_equal_float", "art_int_greater_equal_float", "art_box_less_equal"},
    [OP_GT] = {IR_OP_INT_GT, IR_OP_FLOAT_GT, "art_int_greater_float", "art_int_less_float", "art_box_greater"},
    [OP_GE] = {IR_OP_INT_GE, IR_OP_FLOAT_GE, "art_int_greater_equal_float", "art_int_less_equal_float", "art_box_greater_equal"},
};

/* -- arithmetic ------------------------------------------------------------------------------------------------------------------------ */

static IrExpr *int_op(Lower *l, Operator op, IrExpr *left, IrExpr *right, Type *result)
{
    if (op == OP_POW && result->kind == TYPE_FLOAT)
        return RUNTIME(l, "art_int_pow_float", RT_RAISES, result, convert(l, left, t_int(l)), convert(l, right, t_int(l)));
    if (result->kind != TYPE_BOOL) {
        left = convert(l, left, t_int(l));
        right = convert(l, right, t_int(l));
    }
    return e_op(l, arithmetic[op].of_int, op == OP_DIV ? t_float(l) : result->kind == TYPE_BOOL ? t_bool(l) : t_int(l), left, right);
}

static IrExpr *number_op(Lower *l, Operator op, IrExpr *left, IrExpr *right, Type *result)
{
    if (is_int_type(left->type) && is_int_type(right->type))
        return int_op(l, op, left, right, result);
    return e_op(l, arithmetic[op].of_float, t_float(l), convert(l, left, t_float(l)), convert(l, right, t_float(l)));
}

static IrExpr *box_op(Lower *l, Operator op, IrExpr *left, IrExpr *right)
{
    if (arithmetic[op].of_box != NO_OP && arithmetic[op].of_box != IR_OP_INT_ADD)
        return e_op(l, arithmetic[op].of_box, t_any(l), box(l, left), box(l, right));
    return RUNTIME(l, arithmetic[op].box_function, RT_RAISES, t_any(l), box(l, left), box(l, right));
}

static void add_items(Lower *l, IrExpr *to, IrExpr *tuple, Type *result)
{
    if (tuple->type->kind == TYPE_CLASS)
        tuple = fields_tuple(l, tuple);
    tuple = tuple->kind == IR_TUPLE ? tuple : to_simple(l, tuple, "tuple");
    for (uint32_t i = 0; i < tuple->type->arg_count && to->args.len < result->arg_count; i++) {
        IrExpr *item = tuple->kind == IR_TUPLE ? tuple->args.items[i] : e_item(l, tuple, i);
        add_arg(l, to, convert(l, item, result->args[to->args.len]));
    }
}

/* Fixed tuples: (1, 2) + ("a",), and times a constant, which the type of the result tells. */
static IrExpr *tuple_op(Lower *l, Operator op, IrExpr *left, IrExpr *right, Type *result)
{
    IrExpr *e = e_new(l, IR_TUPLE, result);
    IrExpr *tuple = left->type->kind == TYPE_TUPLE ? left : right;

    if (op == OP_ADD) {
        add_items(l, e, left, result);
        add_items(l, e, right, result);
        return e;
    }
    tuple = to_simple(l, tuple, "tuple");
    while (tuple->type->arg_count && e->args.len < result->arg_count)
        add_items(l, e, tuple, result);
    return e;
}

Type *result_of_numbers(Lower *l, Operator op, Type *left, Type *right)
{
    if (left->kind == TYPE_STR || right->kind == TYPE_STR)
        return t_str(l);
    if (!is_number_type(left) || !is_number_type(right))
        return types_is_box(left) || types_is_box(right) ? t_any(l) : left;
    if (op == OP_DIV || left->kind == TYPE_FLOAT || right->kind == TYPE_FLOAT)
        return t_float(l);
    if (left->kind == TYPE_BOOL && right->kind == TYPE_BOOL && (op == OP_AND || op == OP_OR || op == OP_XOR))
        return t_bool(l);
    return t_int(l);
}

/* A member of an enum that is an int or str, too, counts as that. */
IrExpr *plain_value(Lower *l, IrExpr *e)
{
    const Type *t = e->type;

    if (t->kind != TYPE_CLASS || !t->cls->is_enum || !t->cls->mixin)
        return e;
    return enum_value_of(l, e, 0);
}

/* What is an int or a bool, in arithmetic that makes an int of both. */
static IrExpr *integer_value(Lower *l, IrExpr *e)
{
    if (e->type->kind != TYPE_UNION)
        return e;
    for (uint32_t i = 0; i < e->type->arg_count; i++)
        if (!is_int_type(e->type->args[i]))
            return e;
    return convert(l, e, t_int(l));
}

IrExpr *binary_op(Lower *l, Operator op, IrExpr *left, IrExpr *right, Type *result)
{
    left = plain_value(l, left);
    right = plain_value(l, right);
    if (result->kind == TYPE_INT) {
        left = integer_value(l, left);
        right = integer_value(l, right);
    }
    const Type *a = left->type, *b = right->type;

    if (is_number_type(a) && is_number_type(b))
        return number_op(l, op, left, right, result);
    if (a->kind == TYPE_STR && b->kind == TYPE_STR && op == OP_ADD)
        return e_op(l, IR_OP_STR_CONCAT, t_str(l), left, right);
    if (result->kind == TYPE_TUPLE)
        return tuple_op(l, op, left, right, result);
    if (a->kind == TYPE_STR && is_int_type(b) && op == OP_MUL)
        return RUNTIME(l, "art_str_repeat", RT_RAISES, t_str(l), left, convert(l, right, t_int(l)));
    if (result->kind == TYPE_VARTUPLE && op == OP_ADD)
        return RUNTIME(l, "art_list_concat", 0, result, convert(l, left, result), convert(l, right, result));
    if (result->kind == TYPE_VARTUPLE && op == OP_MUL)
        return RUNTIME(l, "art_list_repeat", RT_RAISES, result, convert(l, left, result), convert(l, right, t_int(l)));
    if (b->kind == TYPE_STR && is_int_type(a) && op == OP_MUL)
        return RUNTIME(l, "art_str_repeat", RT_RAISES, t_str(l), right, convert(l, left, t_int(l)));
    return convert(l, box_op(l, op, left, right), result);
}

IrExpr *unary_op(Lower *l, Operator op, IrExpr *operand, Type *result)
{
    const Type *t = operand->type;

    if (t->kind == TYPE_FLOAT)
        return op == OP_NEG ? e_op(l, IR_OP_FLOAT_NEG, result, operand, NULL) : operand;
    if (is_int_type(t)) {
        operand = convert(l, operand, t_int(l));
        if (op == OP_POS)
            return operand;
        return e_op(l, op == OP_NEG ? IR_OP_INT_NEG : IR_OP_INT_INVERT, t_int(l), operand, NULL);
    }
    if (result->kind == TYPE_INT && t->kind == TYPE_UNION)
        return unary_op(l, op, integer_value(l, operand), result);
    if (op == OP_NEG)
        return e_op(l, IR_OP_BOX_NEG, t_any(l), box(l, operand), NULL);
    return RUNTIME(l, op == OP_POS ? "art_box_pos" : "art_box_invert", RT_RAISES, t_any(l), box(l, operand));
}

/* -- chains ------------------------------------------------------------------------------------------------------------------------------ */

/* a + b - c …: nothing between the operands has effects, or raises anything but OverflowError. */
static bool is_chain_link(Lower *l, const Node *n)
{
    Operator op = n->as.binary.op;
    const Type *left, *right;

    if (n->kind != NODE_BINARY || l->fn->inst->actions[n->id] || (op != OP_ADD && op != OP_SUB && op != OP_MUL))
        return false;
    left = type_at(l, n->as.binary.left);
    right = type_at(l, n->as.binary.right);
    return (is_number_type(left) && is_number_type(right)) || (left->kind == TYPE_STR && right->kind == TYPE_STR && op == OP_ADD);
}

static IrExpr *lower_chain(Lower *l, Node *n)
{
    NodeVec links = {0};
    Operands ops = {0};
    Node *first = n;

    for (; is_chain_link(l, first); first = first->as.binary.left)
        vec_push(l->arena, &links, first);
    operands_add(l, &ops, expr(l, first));
    for (uint32_t i = links.len; i-- > 0;)
        operands_add(l, &ops, expr(l, links.items[i]->as.binary.right));
    operands_settle(l, &ops);
    IrExpr *result = ops.items.items[0].value;
    for (uint32_t i = links.len; i-- > 0;) {
        Node *link = links.items[i];
        result = binary_op(l, link->as.binary.op, result, ops.items.items[links.len - i].value, type_at(l, link));
    }
    return result;
}

IrExpr *lower_binary(Lower *l, Node *n)
{
    Action *a = action_at(l, n, ACT_CALL);
    Operands ops = {0};

    if (is_chain_link(l, n))
        return lower_chain(l, n);
    if (n->as.binary.op == OP_MOD && type_at(l, n->as.binary.left)->kind == TYPE_STR && !a)
        return lower_percent(l, n);
    operands_add(l, &ops, expr(l, n->as.binary.left));
    operands_add(l, &ops, expr(l, n->as.binary.right));
    operands_settle(l, &ops);
    IrExpr *left = ops.items.items[0].value, *right = ops.items.items[1].value;
    if (!a)
        return binary_op(l, n->as.binary.op, left, right, type_at(l, n));
    IrExpr *call = a->reflected ? call_with(l, a->callee, right, &left, 1) : call_with(l, a->callee, left, &right, 1);
    return narrowed_to(l, call, type_at(l, n));
}

/* -- comparing two values -------------------------------------------------------------------------------------------------------------------- */

static IrExpr *negate_if(Lower *l, bool negate, IrExpr *e)
{
    return negate ? e_not(l, e) : e;
}

/* Has the int the same value as a double? Then a plain comparison of doubles is exact. */
static bool is_exact(const IrExpr *e)
{
    return e->kind == IR_INT && e->as.integer < (INT64_C(1) << 53) && e->as.integer > -(INT64_C(1) << 53);
}

static IrExpr *compare_numbers(Lower *l, Operator op, IrExpr *left, IrExpr *right)
{
    bool left_int = is_int_type(left->type), right_int = is_int_type(right->type);

    if (left_int && right_int)
        return e_op(l, comparison[op].of_int, t_bool(l), convert(l, left, t_int(l)), convert(l, right, t_int(l)));
    if (left_int == right_int || is_exact(left) || is_exact(right) || left->type->kind == TYPE_BOOL || right->type->kind == TYPE_BOOL)
        return e_op(l, comparison[op].of_float, t_bool(l), convert(l, left, t_float(l)), convert(l, right, t_float(l)));
    IrExpr *test = left_int ? RUNTIME(l, comparison[op].int_float, 0, t_bool(l), left, right)
                            : RUNTIME(l, comparison[op].float_int, 0, t_bool(l), right, left);
    return negate_if(l, op == OP_NE, test);
}

static IrExpr *compare_texts(Lower *l, Operator op, IrExpr *left, IrExpr *right)
{
    if (op == OP_EQ || op == OP_NE)
        return negate_if(l, op == OP_NE, e_op(l, IR_OP_STR_EQ, t_bool(l), left, right));
    return e_op(l, comparison[op].of_int, t_bool(l), e_op(l, IR_OP_STR_COMPARE, t_int(l), left, right), e_int(l, 0));
}

static IrExpr *compare_boxes(Lower *l, Operator op, IrExpr *left, IrExpr *right)
{
    IrExpr *test = RUNTIME(l, comparison[op].of_box, RT_RAISES, t_bool(l), box(l, left), box(l, right));

    return negate_if(l, op == OP_NE, test);
}

/* Does the class, or one derived from it, say what equality is? */
static bool has_equality(Lower *l, const Class *cls)
{
    ClassInfo *info = infer_class(l->inf, cls);

    for (const Class *c = cls; c; c = c->base)
        if (c->makes_eq || c->is_namedtuple)
            return true;
    if (class_method(l->inf, cls, name_of(l, "__eq__")))
        return true;
    for (uint32_t i = 0; info && i < info->subclasses.len; i++)
        if (has_equality(l, info->subclasses.items[i]->cls))
            return true;
    return false;
}

static bool is_identity_type(Lower *l, const Type *t)
{
    switch (t->kind) {
    case TYPE_CLASSOBJ:
    case TYPE_CALLABLE:
    case TYPE_COROUTINE:
    case TYPE_FUTURE:
    case TYPE_TASK:
    case TYPE_GENERATOR:
    case TYPE_ASYNCGEN:
        return true;
    case TYPE_CLASS:
        return t->cls->is_enum ? !t->cls->mixin : !has_equality(l, t->cls);
    default:
        return false;
    }
}

static IrExpr *identical(Lower *l, IrExpr *left, IrExpr *right)
{
    IrExpr *e = e_new(l, IR_IS, t_bool(l));

    add_arg(l, e, left);
    add_arg(l, e, right);
    return e;
}

/* One of them is None, in type or by what is known: x == None. */
static IrExpr *compare_none(Lower *l, IrExpr *left, IrExpr *right)
{
    IrExpr *other = left->type->kind == TYPE_NONE ? right : left;

    if (other->type->kind == TYPE_NONE)
        return e_bool(l, true);
    return e_is_none(l, other);
}

/* Do the types allow for equal values at all? Numbers compare with each other; else the kinds must agree. */
static bool may_be_equal(const Type *a, const Type *b)
{
    if (is_number_type(a) && is_number_type(b))
        return true;
    if (types_is_box(a) || types_is_box(b) || types_is_nullable(a) || types_is_nullable(b))
        return true;
    bool a_set = a->kind == TYPE_SET || a->kind == TYPE_FROZENSET, b_set = b->kind == TYPE_SET || b->kind == TYPE_FROZENSET;
    bool a_tuple = a->kind == TYPE_TUPLE || a->kind == TYPE_VARTUPLE, b_tuple = b->kind == TYPE_TUPLE || b->kind == TYPE_VARTUPLE;
    bool a_bytes = a->kind == TYPE_BYTES || a->kind == TYPE_BYTEARRAY, b_bytes = b->kind == TYPE_BYTES || b->kind == TYPE_BYTEARRAY;
    if (a_set || b_set)
        return a_set && b_set;
    if (a_tuple || b_tuple)
        return a_tuple && b_tuple;
    if (a_bytes || b_bytes)
        return a_bytes && b_bytes;
    return a->kind == b->kind || a->kind == TYPE_CLASS || b->kind == TYPE_CLASS;
}

/* Values of one type: by its descriptor. */
static IrExpr *equal_slots(Lower *l, IrExpr *left, IrExpr *right)
{
    return e_op(l, IR_OP_SLOT_EQ, t_bool(l), left, right);
}

static IrExpr *equal_mixed(Lower *l, IrExpr *left, IrExpr *right)
{
    const Type *a = left->type, *b = right->type;

    if (!may_be_equal(a, b)) {
        emit_eval(l, left);
        emit_eval(l, right);
        return e_bool(l, false);
    }
    if (types_is_nullable(a) && types_without_none(l->types, left->type) == b)
        return equal_slots(l, left, convert(l, right, left->type));
    if (types_is_nullable(b) && types_without_none(l->types, right->type) == a)
        return equal_slots(l, convert(l, left, right->type), right);
    return compare_boxes(l, OP_EQ, left, right);
}

IrExpr *equal(Lower *l, IrExpr *left, IrExpr *right)
{
    const Type *a = left->type, *b = right->type;

    if (is_number_type(a) && is_number_type(b))
        return compare_numbers(l, OP_EQ, left, right);
    if (a->kind == TYPE_NONE || b->kind == TYPE_NONE)
        return compare_none(l, left, right);
    if (a->kind == TYPE_STR && b->kind == TYPE_STR)
        return compare_texts(l, OP_EQ, left, right);
    if (a->kind == TYPE_CLASS && b->kind == TYPE_TUPLE && is_namedtuple(a->cls))
        return equal(l, fields_tuple(l, left), right);
    if (b->kind == TYPE_CLASS && a->kind == TYPE_TUPLE && is_namedtuple(b->cls))
        return equal(l, left, fields_tuple(l, right));
    if (a->kind == TYPE_CLASS && b->kind == TYPE_CLASS && is_identity_type(l, a) && is_identity_type(l, b))
        return identical(l, left, right);
    if (a == b && is_identity_type(l, a))
        return identical(l, left, right);
    if (a == b && a->kind != TYPE_ANY && !types_is_box(a))
        return equal_slots(l, left, right);
    return equal_mixed(l, left, right);
}

static IrExpr *less(Lower *l, IrExpr *left, IrExpr *right)
{
    if (left->type == right->type && !types_is_box(left->type))
        return e_op(l, IR_OP_SLOT_LT, t_bool(l), left, right);
    return compare_boxes(l, OP_LT, left, right);
}

static IrExpr *order(Lower *l, Operator op, IrExpr *left, IrExpr *right)
{
    const Type *a = left->type, *b = right->type;

    if (a->kind == TYPE_CLASS && b->kind == TYPE_TUPLE && is_namedtuple(a->cls))
        return order(l, op, fields_tuple(l, left), right);
    if (b->kind == TYPE_CLASS && a->kind == TYPE_TUPLE && is_namedtuple(b->cls))
        return order(l, op, left, fields_tuple(l, right));
    if (is_number_type(a) && is_number_type(b))
        return compare_numbers(l, op, left, right);
    if (a->kind == TYPE_STR && b->kind == TYPE_STR)
        return compare_texts(l, op, left, right);
    if (a != b || types_is_box(a))
        return compare_boxes(l, op, left, right);
    if (op == OP_LT || op == OP_GE)
        return negate_if(l, op == OP_GE, less(l, left, right));
    return negate_if(l, op == OP_LE, less(l, right, left));
}

/* -- is, in --------------------------------------------------------------------------------------------------------------------------------------- */

static IrExpr *same(Lower *l, IrExpr *left, IrExpr *right)
{
    const Type *a = left->type, *b = right->type;

    if (a->kind == TYPE_NONE || b->kind == TYPE_NONE)
        return compare_none(l, left, right);
    if (is_number_type(a) && is_number_type(b))
        return a->kind == b->kind ? compare_numbers(l, OP_EQ, left, right) : e_bool(l, false);
    if (types_is_box(a) || types_is_box(b))
        return RUNTIME(l, "art_box_same", 0, t_bool(l), box(l, left), box(l, right));
    if ((types_is_counted(a) || a->kind == TYPE_CLASSOBJ) && (types_is_counted(b) || b->kind == TYPE_CLASSOBJ))
        return identical(l, left, right);
    if (a == b)
        return equal(l, left, right);
    emit_eval(l, left);
    emit_eval(l, right);
    return e_bool(l, false);
}

static IrExpr *is_any_of(Lower *l, IrExpr *item, const IrExprVec *of)
{
    IrExpr *found = e_bool(l, false);

    for (uint32_t i = 0; i < of->len; i++)
        found = e_or(l, found, equal(l, item, of->items[i]));
    return found;
}

static bool all_simple(const IrExpr *e)
{
    for (uint32_t i = 0; i < e->args.len; i++)
        if (!is_simple(e->args.items[i]))
            return false;
    return true;
}

typedef struct Search {
    IrExpr *item;
    IrVar *found;
    IrStmt *block;
} Search;

static void leave_if_equal(Lower *l, void *ctx, IrExpr *elem)
{
    Search *search = ctx;
    IrExpr *same_value = equal(l, elem, search->item);
    IrStmt *test = emit_new(l, IR_IF), *leave_search = ir_stmt(l->c, IR_BREAK, l->fn->span);

    test->cond = same_value;
    leave_search->target = search->block;
    vec_push(l->arena, &test->body, ir_set(l->c, search->found, e_bool(l, true), l->fn->span));
    vec_push(l->arena, &test->body, leave_search);
}

/* x in y where y can only be iterated over. */
static IrExpr *found_by_walking(Lower *l, IrExpr *item, IrExpr *container)
{
    Search search = {to_simple(l, item, NULL), hidden_var(l, "found", t_bool(l)), NULL};
    Iteration *it = iteration_of(l, container);

    if (!it)
        return RUNTIME(l, "art_box_contains", RT_RAISES, t_bool(l), box(l, container), box(l, search.item));
    emit_set(l, search.found, e_bool(l, false));
    search.block = emit_new(l, IR_BLOCK);
    IrBlock *outer = enter_block(l, &search.block->body);
    loop_over(l, it, NULL, leave_if_equal, &search);
    enter_block(l, outer);
    return e_read(l, search.found);
}

/* Where the container is not one of the library's with a __contains__ of its own. */
static IrExpr *contains(Lower *l, IrExpr *item, IrExpr *container)
{
    const Type *t = container->type;

    if ((container->kind == IR_TUPLE || (container->kind == IR_LIST && t->kind != TYPE_DICT)) && all_simple(container) && is_simple(item) &&
        container->args.len <= 8)
        return is_any_of(l, item, &container->args);
    if (t->kind == TYPE_TUPLE) {
        IrExprVec items = {0};
        item = to_simple(l, item, NULL);
        container = to_simple(l, container, "tuple");
        for (uint32_t i = 0; i < t->arg_count; i++)
            vec_push(l->arena, &items, e_item(l, container, i));
        return is_any_of(l, item, &items);
    }
    if (t->kind == TYPE_CLASS || t->kind == TYPE_GENERATOR || t->kind == TYPE_CLASSOBJ)
        return found_by_walking(l, item, container);
    return RUNTIME(l, "art_box_contains", RT_RAISES, t_bool(l), box(l, container), box(l, item));
}

IrExpr *compare_op(Lower *l, Operator op, IrExpr *left, IrExpr *right)
{
    if (op != OP_IS && op != OP_IS_NOT && op != OP_IN && op != OP_NOT_IN) {
        left = plain_value(l, left);
        right = plain_value(l, right);
    }
    switch (op) {
    case OP_EQ:
        return equal(l, left, right);
    case OP_NE:
        if (is_number_type(left->type) && is_number_type(right->type))
            return compare_numbers(l, op, left, right);
        return e_not(l, equal(l, left, right));
    case OP_IS:
    case OP_IS_NOT:
        return negate_if(l, op == OP_IS_NOT, same(l, left, right));
    case OP_IN:
    case OP_NOT_IN:
        return negate_if(l, op == OP_NOT_IN, contains(l, left, right));
    default:
        return order(l, op, left, right);
    }
}

/* -- the node -------------------------------------------------------------------------------------------------------------------------------------- */

static bool is_in(Operator op)
{
    return op == OP_IN || op == OP_NOT_IN;
}

/* A display that is only searched need not be built. */
static bool is_searched_in_place(const IrExpr *item, const IrExpr *container)
{
    return (container->kind == IR_TUPLE || container->kind == IR_LIST) && container->type->kind != TYPE_DICT && container->args.len <= 8 &&
           all_simple(container) && is_simple(item);
}

static IrExpr *compare_one(Lower *l, Node *n, uint32_t i, IrExpr *left, IrExpr *right)
{
    Action *a = action_at(l, n, ACT_COMPARE);
    Callee *callee = a && a->callees ? a->callees[i] : NULL;
    Operator op = n->as.compare.ops.items[i];

    if (!callee || (is_in(op) && is_searched_in_place(left, right)))
        return compare_op(l, op, left, right);
    bool swapped = (a->swapped && a->swapped[i]) || is_in(op), negated = a->negated && a->negated[i];
    IrExpr *operands[] = {right, left}; /* a function that searches takes both as arguments */
    bool is_search = callee->binding_count == 2 && callee->bindings[0].kind == BIND_ARG;
    IrExpr *call = is_search ? call_with(l, callee, NULL, operands, 2) : swapped ? call_with(l, callee, right, &left, 1) : call_with(l, callee, left, &right, 1);
    return negate_if(l, negated, truth(l, call));
}

static bool makes_objects(const IrExpr *e)
{
    if (ir_is_owned(e))
        return true;
    for (uint32_t i = 0; i < e->args.len; i++)
        if (makes_objects(e->args.items[i]))
            return true;
    return false;
}

static bool is_plain_tree(const IrExpr *e)
{
    return !(effects_of(e) & EFFECT_CALLS) && !makes_objects(e);
}

/* `is_plain` is set if the result may stand behind `and`; asked once for each comparison, since a chain may be long. */
static IrExpr *compare_from(Lower *l, Node *n, uint32_t i, IrExpr *left, bool *is_plain)
{
    bool is_last = i + 1 == n->as.compare.rest.len;
    Operands ops = {0};

    operands_add(l, &ops, left);
    IrExpr *right = expr(l, n->as.compare.rest.items[i]);
    operands_add(l, &ops, is_last ? right : to_simple(l, right, NULL));
    operands_settle(l, &ops);
    right = ops.items.items[1].value;
    IrExpr *test = compare_one(l, n, i, ops.items.items[0].value, right);
    *is_plain = is_plain_tree(test);
    if (is_last)
        return test;
    IrBlock block = {0}, *outer = enter_block(l, &block);
    bool rest_is_plain;
    IrExpr *rest = compare_from(l, n, i + 1, right, &rest_is_plain);
    enter_block(l, outer);
    if (block.len == 0 && rest_is_plain)
        return e_and(l, test, rest);
    IrVar *result = temp_var(l, "test", t_bool(l));
    IrStmt *branch = emit_new(l, IR_IF);
    branch->cond = test;
    vec_push(l->arena, &block, ir_set(l->c, result, rest, l->fn->span));
    branch->body = block;
    vec_push(l->arena, &branch->orelse, ir_set(l->c, result, e_bool(l, false), l->fn->span));
    *is_plain = true;
    return e_read(l, result);
}

IrExpr *lower_compare(Lower *l, Node *n)
{
    bool is_plain;

    return compare_from(l, n, 0, expr(l, n->as.compare.first), &is_plain);
}

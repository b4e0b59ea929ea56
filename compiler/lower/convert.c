/* Conversions: from the type that an expression has to the type of the place that takes it, and to a truth value.
 *
 *     x: float | None = 3        ->  CONVERT(3 : float | None)
 *     if name:                   ->  STR_TRUTH(name)
 *     if node:                   ->  NOT(IS_NONE(node))         (a class without __bool__ and __len__)
 *
 * Where a type says less than is known (after narrowing) the conversion is not checked; taking a value out of Any is. */
#include "lower/internal.h"

static IrExpr *plain_convert(Lower *l, IrExpr *e, Type *to)
{
    IrExpr *conversion = ir_expr(l->c, IR_CONVERT, to, e->span);

    add_arg(l, conversion, e);
    return conversion;
}

static bool is_nothing(const Type *t)
{
    return t->kind == TYPE_NONE || t->kind == TYPE_NEVER || t->kind == TYPE_BROKEN;
}

/* What has no value goes where a value is expected: its effects first, then None (or, where control never comes, anything). */
static IrExpr *from_nothing(Lower *l, IrExpr *e, Type *to)
{
    emit_eval(l, e);
    if (e->type->kind == TYPE_NONE && (types_is_optional(to) || to->kind == TYPE_ANY))
        return e_none(l, to);
    return e_zero(l, to);
}

/* (1, "a") as tuple[float, str] or tuple[int | str, ...]: item by item. */
static IrExpr *tuple_items(Lower *l, IrExpr *e, IrExprKind kind, Type *to)
{
    IrExpr *result = ir_expr(l->c, kind, to, e->span);

    if (e->kind != IR_TUPLE)
        e = to_simple(l, e, "tuple");
    for (uint32_t i = 0; i < e->type->arg_count; i++) {
        IrExpr *item = e->kind == IR_TUPLE ? e->args.items[i] : e_item(l, e, i);
        add_arg(l, result, convert(l, item, kind == IR_TUPLE ? to->args[i] : to->args[0]));
    }
    return result;
}

static IrExpr *constant_float(Lower *l, IrExpr *e, Type *to)
{
    if (e->kind != IR_INT || to->kind != TYPE_FLOAT)
        return NULL;
    IrExpr *real = e_float(l, (double)e->as.integer);
    real->span = e->span;
    return real;
}

static bool is_function(const Type *t)
{
    return t->kind == TYPE_FUNC || t->kind == TYPE_BOUND || t->kind == TYPE_CLASSOBJ;
}

/* The member of a union that a function or class object becomes. */
static Type *callable_member(Type *to)
{
    for (uint32_t i = 0; to->kind == TYPE_UNION && i < to->arg_count; i++)
        if (to->args[i]->kind == TYPE_CALLABLE)
            return to->args[i];
    return to->kind == TYPE_CALLABLE ? to : NULL;
}

static bool holds_items(const Type *t)
{
    switch (t->kind) {
    case TYPE_LIST:
    case TYPE_DICT:
    case TYPE_SET:
    case TYPE_FROZENSET:
    case TYPE_DEQUE:
    case TYPE_TUPLE:
    case TYPE_VARTUPLE: return true;
    default: return false;
    }
}

/* A container in Any may hold its items otherwise than the type says: then it is converted, item by item. */
static IrExpr *container_from_any(Lower *l, IrExpr *e, Type *to)
{
    const Type *inner = types_is_nullable(to) ? types_without_none(l->types, to) : to;

    if (e->type->kind != TYPE_ANY || !holds_items(inner))
        return NULL;
    return to_temp(l, RUNTIME(l, "art_box_as_items", RT_RAISES | RT_TYPED | RT_OUT, to, e), NULL);
}

IrExpr *convert(Lower *l, IrExpr *e, Type *to)
{
    const Type *from = e->type;
    IrExpr *done;

    if (from == to || to->kind == TYPE_BROKEN)
        return e;
    if (to->kind == TYPE_NONE || to->kind == TYPE_NEVER) {
        emit_eval(l, e);
        return e_none(l, t_none(l));
    }
    if (is_nothing(from))
        return from_nothing(l, e, to);
    if (to->kind != TYPE_CLASS && !types_is_box(to) && plain_value(l, e) != e)
        return convert(l, plain_value(l, e), to);
    if ((done = constant_float(l, e, to)))
        return done;
    if (from->kind == TYPE_TUPLE && to->kind == TYPE_TUPLE && from->arg_count == to->arg_count)
        return tuple_items(l, e, IR_TUPLE, to);
    if (from->kind == TYPE_TUPLE && (to->kind == TYPE_VARTUPLE || to->kind == TYPE_LIST))
        return tuple_items(l, e, IR_LIST, to);
    if (is_function(from) && callable_member(to)) {
        e = to_callable(l, e, callable_member(to));
        return e->type == to ? e : plain_convert(l, e, to);
    }
    if (to->kind == TYPE_ANY && (from->kind == TYPE_FUNC || from->kind == TYPE_BOUND || from->kind == TYPE_CALLABLE))
        return plain_convert(l, to_dynamic(l, e), to);
    if ((e->kind == IR_LIST || e->kind == IR_DICT) && e->args.len == 0 && to->kind == from->kind) {
        e->type = to;
        return e;
    }
    if (e->kind == IR_NONE && types_is_optional(to))
        return e_none(l, to);
    if ((done = container_from_any(l, e, to)))
        return done;
    done = plain_convert(l, e, to);
    done->checked = (from->kind == TYPE_ANY && to->kind != TYPE_ANY) || (types_is_box(from) && to->kind == TYPE_FLOAT);
    return done;
}

IrExpr *narrowed_to(Lower *l, IrExpr *e, Type *to)
{
    if (e->type == to || to->kind == TYPE_BROKEN || to->kind == TYPE_NEVER)
        return e;
    if (to->kind == TYPE_NONE) {
        emit_eval(l, e);
        return e_none(l, to);
    }
    if (e->type->kind == TYPE_TUPLE && to->kind == TYPE_TUPLE && !types_is_box(e->type))
        return convert(l, e, to);
    IrExpr *taken = container_from_any(l, e, to);
    if (taken)
        return taken;
    return is_nothing(e->type) ? from_nothing(l, e, to) : plain_convert(l, e, to);
}

IrExpr *checked_place(Lower *l, Node *n, IrExpr *e)
{
    const char *text = map_get(&l->fn->inst->checks, n);
    Type *to = type_at(l, n);

    if (types_is_optional(e->type) && !types_is_optional(to)) {
        bool is_place = e->kind == IR_READ && (e->as.place.kind == IR_PLACE_VAR ||
                                               (e->as.place.kind == IR_PLACE_FIELD && is_simple(e->as.place.object)));
        if (!is_place)
            e = to_simple(l, e, n->kind == NODE_NAME ? n->as.name.name : n->kind == NODE_SUBSCRIPT ? "item" : n->as.attribute.name);
        IrStmt *test = emit_new(l, IR_IF);
        test->cond = e_is_none(l, e);
        IrBlock *outer = enter_block(l, &test->body);
        if (text[0] == '.')
            raise_text(l, exception_type(l, "AttributeError"),
                       arena_printf(l->arena, "'NoneType' object has no attribute '%s'", text + 1));
        else
            raise_text(l, exception_type(l, "TypeError"), text);
        enter_block(l, outer);
        if (types_is_nullable(e->type) || (e->type->kind == TYPE_UNION && e->type->arg_count == 2))
            return narrowed_to(l, e, to);
    }
    IrExpr *result = narrowed_to(l, e, to);
    if (result != e && types_is_box(e->type) && !types_is_box(to))
        result->checked = true;
    return result;
}

IrExpr *box(Lower *l, IrExpr *e)
{
    return convert(l, e, t_any(l));
}

/* -- truth ---------------------------------------------------------------------------------------------------------------------- */

static bool has_method(Lower *l, const Type *t, const char *name)
{
    return t->cls && class_method(l->inf, t->cls, name_of(l, name));
}

bool is_always_true(Lower *l, const Type *t)
{
    switch (t->kind) {
    case TYPE_CLASS:
        return !has_method(l, t, "__bool__") && !has_method(l, t, "__len__") && !(t->cls->is_enum && t->cls->mixin);
    case TYPE_CLASSOBJ:
    case TYPE_FUNC:
    case TYPE_BOUND:
    case TYPE_CALLABLE:
    case TYPE_COROUTINE:
    case TYPE_FUTURE:
    case TYPE_TASK:
    case TYPE_GENERATOR:
    case TYPE_ASYNCGEN:
    case TYPE_MODULE: return true;
    default: return false;
    }
}

static IrExpr *nullable_truth(Lower *l, IrExpr *e)
{
    Type *inner = types_without_none(l->types, e->type);

    if (is_always_true(l, inner))
        return e_not(l, e_is_none(l, e));
    e = to_simple(l, e, NULL);
    IrExpr *is_there = e_not(l, e_is_none(l, e));
    IrBlock apart = {0}, *outer = enter_block(l, &apart);
    IrExpr *is_true = truth(l, narrowed_to(l, e, inner));
    enter_block(l, outer);
    if (apart.len == 0 && !(effects_of(is_true) & EFFECT_CALLS))
        return e_and(l, is_there, is_true);
    IrVar *result = temp_var(l, "test", t_bool(l));
    IrStmt *test = emit_new(l, IR_IF);
    test->cond = is_there;
    test->body = apart;
    vec_push(l->arena, &test->body, ir_set(l->c, result, is_true, l->fn->span));
    vec_push(l->arena, &test->orelse, ir_set(l->c, result, e_bool(l, false), l->fn->span));
    return e_read(l, result);
}

static IrExpr *method_truth(Lower *l, IrExpr *e)
{
    if (has_method(l, e->type, "__bool__"))
        return call_method_named(l, e, "__bool__", NULL, 0);
    if (has_method(l, e->type, "__len__"))
        return e_op(l, IR_OP_INT_NE, t_bool(l), call_method_named(l, e, "__len__", NULL, 0), e_int(l, 0));
    emit_eval(l, e);
    return e_bool(l, true);
}

static IrExpr *len_truth(Lower *l, IrExpr *e)
{
    return e_op(l, IR_OP_INT_GT, t_bool(l), len_of(l, e), e_int(l, 0));
}

IrExpr *truth(Lower *l, IrExpr *e)
{
    const Type *t = e->type;

    switch (t->kind) {
    case TYPE_BOOL: return e;
    case TYPE_INT:
        return e->kind == IR_INT ? e_bool(l, e->as.integer != 0) : e_op(l, IR_OP_INT_NE, t_bool(l), e, e_int(l, 0));
    case TYPE_FLOAT: return e_op(l, IR_OP_FLOAT_NE, t_bool(l), e, e_float(l, 0));
    case TYPE_STR: return e_op(l, IR_OP_STR_TRUTH, t_bool(l), e, NULL);
    case TYPE_BYTES:
    case TYPE_BYTEARRAY:
    case TYPE_LIST:
    case TYPE_DEQUE:
    case TYPE_DICT:
    case TYPE_SET:
    case TYPE_FROZENSET:
    case TYPE_VARTUPLE:
    case TYPE_RANGE: return len_truth(l, e);
    case TYPE_NONE:
    case TYPE_NEVER: emit_eval(l, e); return e_bool(l, false);
    case TYPE_TUPLE: emit_eval(l, e); return e_bool(l, t->arg_count > 0);
    case TYPE_CLASS: return is_always_true(l, t) ? (emit_eval(l, e), e_bool(l, true)) : method_truth(l, e);
    case TYPE_ANY:
    case TYPE_UNION:
        if (types_is_nullable(t))
            return nullable_truth(l, e);
        return RUNTIME(l, "art_box_truth", RT_RAISES, t_bool(l), convert(l, e, t_any(l)));
    default: emit_eval(l, e); return e_bool(l, true);
    }
}

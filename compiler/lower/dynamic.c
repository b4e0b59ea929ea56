/* The dynamic corner: operations on Any and on unions that were not narrowed, decided when the program runs.
 *
 *     x.name          if isinstance(x, Point): value = x.name          a case per class that has the attribute
 *                     else: value = box_getattr(x, "name")             AttributeError, or what the runtime knows
 *     x.method(a)     the same with calls; else box_method(x, "method", 1, (art_box[]){a})
 *     x[i]            box_getitem(x, i) */
#include "lower/internal.h"

/* A `const char *`: a text of type NONE. */
IrExpr *c_text(Lower *l, const char *text)
{
    IrExpr *e = e_str(l, text, (uint32_t)strlen(text));

    e->type = t_none(l);
    return e;
}

static Type *case_type(const DynamicCase *c)
{
    return c->cls ? c->cls->type : c->type;
}

IrExpr *type_of_value(Lower *l, IrExpr *e, Type *type)
{
    IrExpr *result;

    if (types_is_box(e->type) || types_is_nullable(e->type))
        result = e_op(l, IR_OP_BOX_TYPE, type, box(l, e), NULL);
    else if (e->type->kind == TYPE_CLASS)
        result = e_op(l, IR_OP_OBJ_TYPE, type, e, NULL);
    else {
        emit_eval(l, e);
        result = e_type(l, e->type);
        result->type = type;
    }
    return result;
}

/* -- attributes ------------------------------------------------------------------------------------------------------------------------ */

static IrExpr *getattr_box(Lower *l, IrExpr *object, const char *name)
{
    return RUNTIME(l, "art_box_getattr", RT_RAISES, t_any(l), box(l, object), c_text(l, name));
}

static IrExpr *case_value(Lower *l, const DynamicCase *c, IrExpr *object)
{
    if (c->var)
        return load_class_var(l, c->owner, c->var);
    object = narrowed_to(l, object, case_type(c));
    return c->field ? e_field(l, object, c->owner, c->field) : call_with(l, c->callee, object, NULL, 0);
}

IrExpr *load_dynamic(Lower *l, Node *n, Action *a)
{
    Type *t = type_at(l, n);
    IrExpr *object = expr(l, n->as.attribute.value);

    if (object->type->kind == TYPE_CALLABLE && a->kind == ACT_DYNAMIC)
        return RUNTIME(l, "art_closure_name", 0, t_str(l), object);
    if (a->cases.len == 0)
        return convert(l, getattr_box(l, object, n->as.attribute.name), t);
    object = to_simple(l, object, NULL);
    IrVar *result = temp_var(l, n->as.attribute.name, t);
    IrBlock *outer = l->fn->block;
    for (uint32_t i = 0; i < a->cases.len; i++) {
        DynamicCase *c = a->cases.items[i];
        IrStmt *test = emit_new(l, IR_IF);
        test->cond = object->type->kind == TYPE_CLASSOBJ ? subclass_of(l, object, e_type(l, case_type(c))) : isinstance_of(l, object, case_type(c));
        enter_block(l, &test->body);
        emit_set(l, result, convert(l, case_value(l, c, object), t));
        enter_block(l, &test->orelse);
    }
    emit_set(l, result, convert(l, a->kind == ACT_CLASS_VAR ? load_class_var(l, a->cls, a->symbol)
                                                            : getattr_box(l, object, n->as.attribute.name), t));
    enter_block(l, outer);
    return e_read(l, result);
}

void store_dynamic(Lower *l, Node *n, Action *a, IrExpr *object, IrExpr *value)
{
    IrBlock *outer = l->fn->block;

    object = to_simple(l, object, NULL);
    value = to_simple(l, value, NULL);
    for (uint32_t i = 0; i < a->cases.len; i++) {
        DynamicCase *c = a->cases.items[i];
        if (!c->field)
            continue;
        IrStmt *test = ir_stmt(l->c, IR_IF, l->fn->span);
        test->cond = isinstance_of(l, object, case_type(c));
        emit(l, test);
        enter_block(l, &test->body);
        IrStmt *store = ir_stmt(l->c, IR_STORE, l->fn->span);
        store->value = convert(l, value, c->field->type);
        store->place = e_field(l, narrowed_to(l, object, case_type(c)), c->owner, c->field)->as.place;
        emit(l, store);
        enter_block(l, &test->orelse);
    }
    emit_eval(l, RUNTIME(l, "art_box_setattr", RT_RAISES, t_none(l), box(l, object), c_text(l, n->as.attribute.name), box(l, value)));
    enter_block(l, outer);
}

/* -- subscripts -------------------------------------------------------------------------------------------------------------------------- */

IrExpr *get_dynamic_item(Lower *l, IrExpr *object, IrExpr *index)
{
    return RUNTIME(l, "art_box_getitem", RT_RAISES, t_any(l), box(l, object), box(l, index));
}

IrExpr *load_dynamic_item(Lower *l, Node *n)
{
    Node *index = n->as.subscript.index;
    Operands ops = {0};

    operands_add(l, &ops, expr(l, n->as.subscript.value));
    if (index->kind == NODE_SLICE) {
        SliceBounds b = slice_bounds(l, index);
        operands_add(l, &ops, b.start);
        operands_add(l, &ops, b.stop);
        operands_add(l, &ops, b.step);
        operands_settle(l, &ops);
        return RUNTIME(l, "art_box_slice", RT_RAISES, t_any(l), box(l, ops.items.items[0].value), ops.items.items[1].value,
                       ops.items.items[2].value, ops.items.items[3].value);
    }
    operands_add(l, &ops, expr(l, index));
    operands_settle(l, &ops);
    return get_dynamic_item(l, ops.items.items[0].value, ops.items.items[1].value);
}

/* -- calls -------------------------------------------------------------------------------------------------------------------------------------- */

static IrExpr *method_box(Lower *l, IrExpr *object, const char *name, const Operands *ops)
{
    IrExpr *array = e_new(l, IR_ARRAY, t_any(l));

    for (uint32_t i = 1; i < ops->items.len; i++)
        add_arg(l, array, box(l, ops->items.items[i].value));
    return RUNTIME(l, "art_box_method", RT_RAISES, t_any(l), box(l, object), c_text(l, name), e_int(l, ops->items.len - 1), array);
}

static void set_result(Lower *l, IrVar *result, IrExpr *value)
{
    if (result)
        emit_set(l, result, convert(l, value, result->type));
    else
        emit_eval(l, value);
}

IrExpr *lower_dynamic_call(Lower *l, Node *n)
{
    Action *a = action_at(l, n, ACT_DYNAMIC);
    Node *func = n->as.call.func;
    Type *t = type_at(l, n);
    bool has_result = t->kind != TYPE_NONE && t->kind != TYPE_NEVER;
    IrVar *result = has_result ? temp_var(l, NULL, t) : NULL;
    Operands ops = {0};

    operands_add(l, &ops, to_simple(l, expr(l, func->as.attribute.value), NULL));
    for (uint32_t i = 0; i < n->as.call.args.len; i++) {
        IrExpr *value = expr(l, n->as.call.args.items[i].value);
        operands_add(l, &ops, a->cases.len ? to_simple(l, value, NULL) : value);
    }
    operands_settle(l, &ops);
    IrExpr *object = ops.items.items[0].value;
    IrBlock *outer = l->fn->block;
    for (uint32_t i = 0; i < a->cases.len; i++) {
        DynamicCase *c = a->cases.items[i];
        IrStmt *test = ir_stmt(l->c, IR_IF, l->fn->span);
        IrExpr **values = arena_array(l->arena, IrExpr *, ops.items.len);
        test->cond = isinstance_of(l, object, case_type(c));
        emit(l, test);
        for (uint32_t j = 1; j < ops.items.len; j++)
            values[j - 1] = ops.items.items[j].value;
        enter_block(l, &test->body);
        set_result(l, result, call_with(l, c->callee, narrowed_to(l, object, case_type(c)), values, ops.items.len - 1));
        enter_block(l, &test->orelse);
    }
    IrExpr *otherwise = method_box(l, object, func->as.attribute.name, &ops);
    if (a->cases.len == 0) {
        enter_block(l, outer);
        return has_result ? convert(l, otherwise, t) : otherwise;
    }
    set_result(l, result, otherwise);
    enter_block(l, outer);
    return result ? e_read(l, result) : e_none(l, t_none(l));
}

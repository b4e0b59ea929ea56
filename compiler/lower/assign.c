/* Places: attributes and subscripts read, stored, changed and deleted; unpacking.
 *
 *     a, b = b, a            number = b; b = a; a = number … (the right side is complete before the first target)
 *     a, *rest, z = xs       the length is checked; a = xs[0]; rest = xs[1:-1]; z = xs[-1]
 *     x = y = f()            value = f(); x = value; y = value
 *     f().n += 1             object = f(); object.n = object.n + 1      the object once
 *     d[k()] += 1            key = k(); item = d[key]; d[key] = item + 1 */
#include "lower/internal.h"

/* -- attributes -------------------------------------------------------------------------------------------------------------------- */

/* The call of a property, or of __getattr__ with the name. */
static IrExpr *property(Lower *l, Node *n, Callee *callee)
{
    IrExpr *name = e_str(l, n->as.attribute.name, (uint32_t)strlen(n->as.attribute.name));

    return call_with(l, callee, expr(l, n->as.attribute.value), &name, callee->binding_count > 1);
}

static void store_place(Lower *l, IrExpr *place, IrExpr *value);

/* if (!object->area_is_set) { object->area = area(object); object->area_is_set = true; } */
static IrExpr *cached_property(Lower *l, Node *n, const Action *a)
{
    IrExpr *object = to_simple(l, expr(l, n->as.attribute.value), NULL);
    IrStmt *test = emit_new(l, IR_IF);

    test->cond = e_not(l, e_field(l, object, a->cls, a->set));
    IrBlock *outer = enter_block(l, &test->body);
    IrExpr *value = to_simple(l, convert(l, call_with(l, a->callee, object, NULL, 0), a->field->type), a->field->name);
    store_place(l, e_field(l, object, a->cls, a->field), value);
    store_place(l, e_field(l, object, a->cls, a->set), e_bool(l, true));
    enter_block(l, outer);
    return e_field(l, object, a->cls, a->field);
}

static IrExpr *function_of_class(Lower *l, Node *n)
{
    Type *t = type_at(l, n);

    if (t->kind == TYPE_BOUND)
        return narrowed_to(l, expr(l, n->as.attribute.value), t);
    emit_eval(l, expr(l, n->as.attribute.value));
    return e_zero(l, t);
}

static IrExpr *enum_members(Lower *l, const Class *cls, Type *type)
{
    ClassInfo *info = infer_class(l->inf, cls);
    IrExpr *dict = e_new(l, IR_DICT, type);

    for (uint32_t i = 0; i < info->members.len; i++) {
        add_arg(l, dict, e_str(l, info->members.items[i].name, interned_len(info->members.items[i].name)));
        add_arg(l, dict, enum_member_value(l, cls, i));
    }
    return dict;
}

static IrExpr *load_action(Lower *l, Node *n, Action *a)
{
    Node *value = n->as.attribute.value;

    switch (a->kind) {
    case ACT_SYMBOL:
        return load_symbol(l, symbol_final(a->symbol), type_at(l, n));
    case ACT_FIELD:
        return e_field(l, expr(l, value), a->cls, a->field);
    case ACT_TUPLE_FIELD:
        return e_item(l, expr(l, value), a->index);
    case ACT_CLASS_VAR:
        if (a->cases.len)
            return load_dynamic(l, n, a);
        emit_eval(l, expr(l, value));
        return load_class_var(l, a->cls, a->symbol);
    case ACT_METHOD:
        return function_of_class(l, n);
    case ACT_CALL:
        return a->set ? cached_property(l, n, a) : property(l, n, a->callee);
    case ACT_ENUM_MEMBER:
        return enum_member_value(l, a->cls, a->index);
    case ACT_ENUM_MEMBERS:
        return enum_members(l, a->cls, type_at(l, n));
    case ACT_ENUM_FIELD:
        return a->index == 0 ? enum_name_of(l, expr(l, value)) : enum_value_of(l, expr(l, value), UINT32_MAX);
    case ACT_CLASS_NAME:
        return RUNTIME(l, "art_type_name", 0, t_str(l),
                       narrowed_to(l, expr(l, value), t_of(l, TYPE_CLASSOBJ, t_any(l))));
    case ACT_FIELD_NAMES: effects_only(l, value); return field_names(l, a->cls, type_at(l, n));
    case ACT_CLASS_OF:
        return type_of_value(l, expr(l, value), type_at(l, n));
    case ACT_DYNAMIC:
        return load_dynamic(l, n, a);
    default:
        return e_zero(l, type_at(l, n));
    }
}

/* A class variable or function has no storage of its own when its type says all. */
IrExpr *load_attribute(Lower *l, Node *n)
{
    Action *a = l->fn->inst->actions[n->id];
    Type *t = type_at(l, n);

    if (!a || t->kind == TYPE_MODULE)
        return e_zero(l, t);
    IrExpr *e = load_action(l, n, a);
    if (map_get(&l->fn->inst->checks, n))
        return checked_place(l, n, e);
    return e->type == t || t->kind == TYPE_NEVER ? e : narrowed_to(l, e, t);
}

static void store_place(Lower *l, IrExpr *place, IrExpr *value)
{
    IrStmt *s;

    value = convert(l, value, place->type);
    s = emit_new(l, IR_STORE);
    s->place = place->as.place;
    s->value = value;
}

/* -- frozen dataclasses ---------------------------------------------------------------------------------------------------------------- */

static void raise_frozen(Lower *l, const char *action, const char *name)
{
    raise_text(l, exception_type(l, "FrozenInstanceError"),
               arena_printf(l->arena, "cannot %s field '%s'", action, name));
}

static bool is_frozen(const Class *cls)
{
    for (; cls; cls = cls->base)
        if (cls->is_frozen)
            return true;
    return false;
}

/* -- subscripts ---------------------------------------------------------------------------------------------------------------------------- */

static IrExpr *tuple_part(Lower *l, IrExpr *tuple, uint32_t from, Type *type)
{
    IrExpr *e = e_new(l, IR_TUPLE, type);

    tuple = to_simple(l, tuple, "tuple");
    for (uint32_t i = 0; i < type->arg_count; i++)
        add_arg(l, e, e_item(l, tuple, from + i));
    return e;
}

/* A tuple indexed by what is not a constant, or a tuple[T, ...]. */
static IrExpr *sequence_subscript(Lower *l, Node *n)
{
    Node *index = n->as.subscript.index;
    Type *t = type_at(l, n);
    Operands ops = {0};
    IrExpr *value = expr(l, n->as.subscript.value);

    if (value->type->kind == TYPE_TUPLE)
        value = convert(l, value, index->kind == NODE_SLICE ? t : t_of(l, TYPE_VARTUPLE, t));
    operands_add(l, &ops, value);
    if (index->kind == NODE_SLICE) {
        SliceBounds b = slice_bounds(l, index);
        operands_add(l, &ops, b.start);
        operands_add(l, &ops, b.stop);
        operands_add(l, &ops, b.step);
        operands_settle(l, &ops);
        return RUNTIME(l, "art_list_slice", RT_RAISES, t, ops.items.items[0].value, ops.items.items[1].value, ops.items.items[2].value,
                       ops.items.items[3].value);
    }
    operands_add(l, &ops, expr_to(l, index, t_int(l)));
    operands_settle(l, &ops);
    return list_item(l, ops.items.items[0].value, ops.items.items[1].value, t);
}

IrExpr *load_subscript(Lower *l, Node *n)
{
    Action *a = l->fn->inst->actions[n->id];
    Type *t = type_at(l, n);
    IrExpr *e;

    if (!a) {
        const Type *container = type_at(l, n->as.subscript.value);
        if (t->kind == TYPE_CLASSOBJ)
            return class_value(l, t->args[0]->cls, t);
        if (container->kind == TYPE_TUPLE || container->kind == TYPE_VARTUPLE)
            return sequence_subscript(l, n);
        return e_zero(l, t);
    }
    switch (a->kind) {
    case ACT_TUPLE_FIELD:
        e = expr(l, n->as.subscript.value);
        e = n->as.subscript.index->kind == NODE_SLICE ? tuple_part(l, e, a->index, t) : e_item(l, e, a->index);
        break;
    case ACT_FIELD:
        e = e_field(l, expr(l, n->as.subscript.value), a->cls, a->field);
        break;
    case ACT_CALL:
        if (a->callee->kind == CALLEE_NAMED) {
            IrExpr *index = expr(l, n->as.subscript.index);
            Callee named = *a->callee;
            Binding binding = {.kind = BIND_ARG, .type = t_str(l)};
            named.bindings = &binding;
            named.binding_count = 1;
            e = call_with(l, &named, NULL, &index, 1);
            break;
        }
        e = call_callee(l, n, a->callee, n->as.subscript.value);
        break;
    case ACT_DYNAMIC:
        e = load_dynamic_item(l, n);
        break;
    default:
        e = e_zero(l, t);
    }
    if (map_get(&l->fn->inst->checks, n))
        return checked_place(l, n, e);
    return e->type->kind == TYPE_NEVER || t->kind == TYPE_NEVER ? e : narrowed_to(l, e, t);
}

/* -- storing -------------------------------------------------------------------------------------------------------------------------------- */

/* A target whose object and index have been evaluated, so that it can be read and stored. */
typedef struct Target {
    Node *node;
    IrExpr *object;
    IrExprVec index; /* one value, or three bounds */
} Target;

static void add_index(Lower *l, Operands *ops, Node *index, const Callee *callee)
{
    if (index->kind == NODE_SLICE && callee && callee->kind == CALLEE_C) {
        SliceBounds b = slice_bounds(l, index);
        operands_add(l, ops, b.start);
        operands_add(l, ops, b.stop);
        operands_add(l, ops, b.step);
    } else {
        operands_add(l, ops, expr(l, index));
    }
}

static Callee *store_callee(Lower *l, Node *n)
{
    Action *a = l->fn->inst->actions[n->id];

    return a ? a->callee : NULL;
}

/* Of `target += …`: what reads it. */
static Callee *load_callee(Lower *l, Node *n)
{
    Action *a = l->fn->inst->actions[n->id];

    return a ? a->callee2 ? a->callee2 : a->callee : NULL;
}

static IrExpr *load_for_update(Lower *l, Node *target)
{
    Action *a = l->fn->inst->actions[target->id];

    if (a && a->kind == ACT_CALL)
        return narrowed_to(l, call_with(l, load_callee(l, target), expr(l, target->as.attribute.value), NULL, 0), type_at(l, target));
    return load_attribute(l, target);
}

static void store_attribute(Lower *l, Node *n, IrExpr *object, IrExpr *value)
{
    Action *a = l->fn->inst->actions[n->id];
    IrVar *var;

    if (!a) {
        emit_eval(l, value);
        return;
    }
    switch (a->kind) {
    case ACT_FIELD:
        if (is_frozen(object->type->cls) && !l->thaws)
            raise_frozen(l, "assign to", a->field->name);
        else
            store_place(l, e_field(l, object, a->cls, a->field), value);
        if (a->set)
            store_place(l, e_field(l, object, a->cls, a->set), e_bool(l, true));
        return;
    case ACT_CALL:
        emit_eval(l, call_with(l, a->callee, object, &value, 1));
        return;
    case ACT_CLASS_VAR:
        var = class_var_global(l, a->cls, a->symbol);
        emit_set(l, var, convert(l, value, var->type));
        return;
    case ACT_SYMBOL:
        store_symbol(l, symbol_final(a->symbol), value);
        return;
    case ACT_DYNAMIC:
        store_dynamic(l, n, a, object, value);
        return;
    default:
        emit_eval(l, value);
    }
}

static void store_item(Lower *l, Node *n, IrExpr *object, const IrExprVec *index, IrExpr *value)
{
    Action *a = l->fn->inst->actions[n->id];
    IrExpr *values[4];
    uint32_t count = 0;

    if (!a || a->kind == ACT_DYNAMIC) {
        emit_eval(l, RUNTIME(l, "art_box_setitem", RT_RAISES, t_none(l), box(l, object), box(l, index->items[0]), box(l, value)));
        return;
    }
    for (uint32_t i = 0; i < index->len; i++)
        values[count++] = index->items[i];
    values[count++] = value;
    emit_eval(l, call_with(l, store_callee(l, n), object, values, count));
}

static bool is_stored_object(Lower *l, Node *n)
{
    TypeKind kind = type_at(l, n)->kind;

    return kind != TYPE_CLASSOBJ && kind != TYPE_MODULE;
}

/* target = value, where the value has been evaluated before: it must outlast the evaluation of the target's parts. */
static void assign_attribute(Lower *l, Node *n, IrExpr *value)
{
    Node *object = n->as.attribute.value;
    Operands ops = {0};

    if (!is_stored_object(l, object)) {
        store_attribute(l, n, NULL, value);
        return;
    }
    operands_add(l, &ops, value);
    operands_add(l, &ops, expr(l, object));
    operands_settle(l, &ops);
    store_attribute(l, n, ops.items.items[1].value, ops.items.items[0].value);
}

static void assign_item(Lower *l, Node *n, IrExpr *value)
{
    Operands ops = {0};
    IrExprVec index = {0};

    operands_add(l, &ops, value);
    operands_add(l, &ops, expr(l, n->as.subscript.value));
    add_index(l, &ops, n->as.subscript.index, store_callee(l, n));
    operands_settle(l, &ops);
    for (uint32_t i = 2; i < ops.items.len; i++)
        vec_push(l->arena, &index, ops.items.items[i].value);
    store_item(l, n, ops.items.items[1].value, &index, ops.items.items[0].value);
}

/* -- unpacking --------------------------------------------------------------------------------------------------------------------------------- */

static int star_position(const NodeVec *targets)
{
    for (uint32_t i = 0; i < targets->len; i++)
        if (targets->items[i]->kind == NODE_STARRED)
            return (int)i;
    return -1;
}

static void assign_starred(Lower *l, Node *target, IrExpr *value)
{
    assign_to(l, target->kind == NODE_STARRED ? target->as.unary.operand : target, value);
}

static bool is_stored_by(Lower *l, const NodeVec *targets, const IrExpr *e)
{
    const IrVar *var = ir_is_var(e, NULL) ? e->as.place.var : NULL;

    for (uint32_t i = 0; var && i < targets->len; i++) {
        Node *target = targets->items[i];
        if (target->kind == NODE_NAME && used_symbol(l, target) && is_kept_symbol(l, used_symbol(l, target)) &&
            ir_var_of(l, used_symbol(l, target)) == var)
            return true;
        if (target->kind == NODE_TUPLE || target->kind == NODE_LIST)
            return true;
    }
    return false;
}

/* What is unpacked, in a variable that none of the targets is. */
static IrExpr *unpacked(Lower *l, const NodeVec *targets, IrExpr *value, const char *stem)
{
    if (is_simple(value) && !is_stored_by(l, targets, value))
        return value;
    return to_temp(l, value, stem);
}

/* A display on the right: item to target, without making the tuple. */
static void unpack_items(Lower *l, const NodeVec *targets, const IrExprVec *items)
{
    for (uint32_t i = 0; i < targets->len; i++)
        assign_to(l, targets->items[i], items->items[i]);
}

static void unpack_tuple(Lower *l, const NodeVec *targets, IrExpr *value)
{
    const Type *t = value->type;
    int star = star_position(targets);
    uint32_t after = star < 0 ? 0 : targets->len - (uint32_t)star - 1;

    if (value->kind != IR_TUPLE)
        value = unpacked(l, targets, value, "tuple");
    for (uint32_t i = 0; i < targets->len; i++) {
        Node *target = targets->items[i];
        uint32_t at = star >= 0 && i > (uint32_t)star ? t->arg_count - (targets->len - i) : i;
        if (star < 0 || i != (uint32_t)star) {
            assign_to(l, target, value->kind == IR_TUPLE ? value->args.items[at] : e_item(l, value, at));
            continue;
        }
        Type *rest = type_of_target(l, target->as.unary.operand, t_any(l));
        IrExpr *list = e_new(l, IR_LIST, rest);
        for (uint32_t j = i; j + after < t->arg_count; j++)
            add_arg(l, list, convert(l, e_item(l, value, j), rest->args[0]));
        assign_starred(l, target, list);
    }
}

static void check_length(Lower *l, const char *function, IrExpr *list, uint32_t count)
{
    emit_eval(l, RUNTIME(l, function, RT_RAISES, t_bool(l), e_op(l, IR_OP_LEN, t_int(l), list, NULL), e_int(l, count)));
}

/* A list or tuple[T, ...]: the length is checked, then the items are read where they stand. */
static void unpack_list(Lower *l, const NodeVec *targets, IrExpr *list)
{
    int star = star_position(targets);
    uint32_t count = targets->len, after = star < 0 ? 0 : count - (uint32_t)star - 1;
    Type *item = list->type->args[0];

    list = unpacked(l, targets, list, NULL);
    check_length(l, star < 0 ? "art_unpack_exact" : "art_unpack_least", list, star < 0 ? count : count - 1);
    IrExprVec values = {0};
    for (uint32_t i = 0; i < count; i++) {
        IrExpr *value;
        if (star >= 0 && i == (uint32_t)star) {
            IrExpr *stop = after ? e_int(l, -(int64_t)after) : e_op(l, IR_OP_MISSING, t_int(l), NULL, NULL);
            Type *rest = t_of(l, TYPE_LIST, item);
            value = list->type->kind == TYPE_VARTUPLE
                        ? RUNTIME(l, "art_list_copy_as", RT_TYPED, rest, RUNTIME(l, "art_list_slice", RT_RAISES, list->type, list, e_int(l, star), stop, e_int(l, 1)))
                        : RUNTIME(l, "art_list_slice", RT_RAISES, list->type, list, e_int(l, star), stop, e_int(l, 1));
        } else if (star >= 0 && i > (uint32_t)star) {
            IrExpr *position = e_op(l, IR_OP_INT_SUB_FAST, t_int(l), e_op(l, IR_OP_LEN, t_int(l), list, NULL), e_int(l, count - i));
            value = e_elem(l, list, position, item);
        } else {
            value = e_elem(l, list, e_int(l, i), item);
        }
        vec_push(l->arena, &values, value);
    }
    for (uint32_t i = 0; i < count; i++)
        assign_starred(l, targets->items[i], values.items[i]);
}

static void unpack_box(Lower *l, const NodeVec *targets, IrExpr *value)
{
    Type *list = t_of(l, TYPE_LIST, t_any(l));

    unpack_list(l, targets, RUNTIME(l, "art_box_list", RT_RAISES | RT_TYPED, list, box(l, value)));
}

static void append_elem(Lower *l, void *ctx, IrExpr *elem)
{
    append_to(l, ctx, elem);
}

/* Anything else that can be iterated over: into a list first. */
static void unpack_iterable(Lower *l, Node *target, IrExpr *value)
{
    const NodeVec *targets = &target->as.list.items;
    Iteration *it = iteration_at(l, target);

    if (!it) {
        emit_eval(l, value);
        return;
    }
    Iteration copy = *it; /* of the value at hand */
    Node *stand_in = arena_new(l->arena, Node);
    copy.value = stand_in;
    map_set(l->arena, &l->special_args, stand_in, value);
    IrVar *list = hidden_var(l, "items", t_of(l, TYPE_LIST, it->elem));
    emit_set(l, list, empty_of(l, list->type));
    loop_over(l, &copy, NULL, append_elem, list);
    unpack_list(l, targets, e_read(l, list));
}

static void unpack(Lower *l, Node *target, IrExpr *value)
{
    const NodeVec *targets = &target->as.list.items;

    if (value->kind == IR_TUPLE && star_position(targets) < 0) {
        unpack_items(l, targets, &value->args);
        return;
    }
    switch (value->type->kind) {
    case TYPE_TUPLE:
        unpack_tuple(l, targets, value);
        break;
    case TYPE_CLASS:
        if (value->type->cls->is_namedtuple || (value->type->cls->base && value->type->cls->base->is_namedtuple))
            unpack_tuple(l, targets, fields_tuple(l, value));
        else
            unpack_iterable(l, target, value);
        break;
    case TYPE_LIST:
    case TYPE_VARTUPLE:
        unpack_list(l, targets, value);
        break;
    case TYPE_ANY:
    case TYPE_UNION:
        unpack_box(l, targets, value);
        break;
    default:
        unpack_iterable(l, target, value);
    }
}

Type *type_of_target(Lower *l, Node *target, Type *otherwise)
{
    if (target->kind == NODE_NAME && used_symbol(l, target)) {
        Type *t = symbol_type(l, used_symbol(l, target));
        if (t->kind == TYPE_LIST)
            return t;
    }
    return t_of(l, TYPE_LIST, otherwise);
}

void assign_to(Lower *l, Node *target, IrExpr *value)
{
    switch (target->kind) {
    case NODE_NAME:
        if (used_symbol(l, target))
            store_symbol(l, used_symbol(l, target), value);
        else
            emit_eval(l, value);
        break;
    case NODE_ATTRIBUTE:
        assign_attribute(l, target, value);
        break;
    case NODE_SUBSCRIPT:
        assign_item(l, target, value);
        break;
    case NODE_STARRED:
        assign_to(l, target->as.unary.operand, value);
        break;
    default:
        unpack(l, target, value);
    }
}

/* -- assignment statements ------------------------------------------------------------------------------------------------------------------------ */

/* a, b = b, a: all of the right side is evaluated before the first target is stored; what a store could change is kept. */
static IrExpr *settled_tuple(Lower *l, Node *value, const NodeVec *targets)
{
    IrExpr *e = expr(l, value);

    if (e->kind != IR_TUPLE)
        return e;
    for (uint32_t i = 1; i < e->args.len; i++) {
        IrExpr *item = e->args.items[i];
        if (!is_simple(item) || is_stored_by(l, targets, item))
            e->args.items[i] = to_temp(l, item, NULL);
    }
    return e;
}

static bool is_unpacking(const Node *target)
{
    return target->kind == NODE_TUPLE || target->kind == NODE_LIST;
}

void lower_assign(Lower *l, Node *n)
{
    const NodeVec *targets = &n->as.assign.targets;
    Node *first = targets->items[0];

    if (targets->len == 1) {
        bool is_display = n->as.assign.value->kind == NODE_TUPLE;
        assign_to(l, first, is_unpacking(first) && is_display ? settled_tuple(l, n->as.assign.value, &first->as.list.items) : expr(l, n->as.assign.value));
        return;
    }
    IrExpr *value = to_simple(l, expr(l, n->as.assign.value), NULL);
    for (uint32_t i = 0; i < targets->len; i++)
        assign_to(l, targets->items[i], value);
}

/* -- augmented assignment ------------------------------------------------------------------------------------------------------------------------------ */

/* The new value: old op right. In place, a method of the old value changes it and gives what is stored. */
static IrExpr *combine(Lower *l, Node *n, IrExpr *old, IrExpr *right)
{
    Action *a = action_at(l, n, ACT_CALL);
    Type *t = l->fn->inst->types[n->id];

    if (a)
        return a->reflected ? call_with(l, a->callee, right, &old, 1) : call_with(l, a->callee, old, &right, 1);
    if (n->as.augassign.op == OP_MOD && old->type->kind == TYPE_STR)
        return percent_of(l, old, right);
    if (!t || t->kind == TYPE_NEVER)
        t = result_of_numbers(l, n->as.augassign.op, old->type, right->type);
    return binary_op(l, n->as.augassign.op, old, right, t);
}

static IrExpr *combine_in_order(Lower *l, Node *n, IrExpr *old)
{
    Operands ops = {0};

    operands_add(l, &ops, old);
    operands_add(l, &ops, expr(l, n->as.augassign.value));
    operands_settle(l, &ops);
    return combine(l, n, ops.items.items[0].value, ops.items.items[1].value);
}

static void augment_name(Lower *l, Node *n)
{
    Node *target = n->as.augassign.target;
    Symbol *symbol = used_symbol(l, target);

    store_symbol(l, symbol, combine_in_order(l, n, load_symbol(l, symbol, type_at(l, target))));
}

static void augment_attribute(Lower *l, Node *n)
{
    Node *target = n->as.augassign.target, *object = target->as.attribute.value;

    if (!is_stored_object(l, object)) {
        store_attribute(l, target, NULL, combine_in_order(l, n, load_attribute(l, target)));
        return;
    }
    IrExpr *value = to_simple(l, expr(l, object), NULL);
    map_set(l->arena, &l->special_args, object, value);
    IrExpr *sum = combine_in_order(l, n, load_for_update(l, target));
    map_set(l->arena, &l->special_args, object, NULL);
    store_attribute(l, target, value, sum);
}

static void augment_item(Lower *l, Node *n)
{
    Node *target = n->as.augassign.target, *index = target->as.subscript.index;
    Operands ops = {0};
    IrExprVec values = {0};
    Action *a = l->fn->inst->actions[target->id];

    operands_add(l, &ops, to_simple(l, expr(l, target->as.subscript.value), NULL));
    uint32_t from = ops.items.len;
    add_index(l, &ops, index, load_callee(l, target));
    operands_settle(l, &ops);
    for (uint32_t i = from; i < ops.items.len; i++)
        vec_push(l->arena, &values, to_simple(l, ops.items.items[i].value, NULL));
    IrExpr *object = ops.items.items[0].value;
    IrExpr *old = !a || a->kind == ACT_DYNAMIC
                      ? get_dynamic_item(l, object, values.items[0])
                      : call_with(l, load_callee(l, target), object, values.items, values.len);
    old = narrowed_to(l, old, type_at(l, target));
    store_item(l, target, object, &values, combine_in_order(l, n, old));
}

void lower_augassign(Lower *l, Node *n)
{
    switch (n->as.augassign.target->kind) {
    case NODE_NAME:
        augment_name(l, n);
        break;
    case NODE_ATTRIBUTE:
        augment_attribute(l, n);
        break;
    default:
        augment_item(l, n);
    }
}

/* -- del --------------------------------------------------------------------------------------------------------------------------------------------------- */

static void delete_item(Lower *l, Node *n)
{
    Action *a = l->fn->inst->actions[n->id];
    Operands ops = {0};

    operands_add(l, &ops, expr(l, n->as.subscript.value));
    add_index(l, &ops, n->as.subscript.index, a ? a->callee : NULL);
    operands_settle(l, &ops);
    IrExpr *values[3];
    for (uint32_t i = 1; i < ops.items.len; i++)
        values[i - 1] = ops.items.items[i].value;
    if (!a || a->kind == ACT_DYNAMIC)
        emit_eval(l, RUNTIME(l, "art_box_delitem", RT_RAISES, t_none(l), box(l, ops.items.items[0].value), box(l, values[0])));
    else
        emit_eval(l, call_with(l, a->callee, ops.items.items[0].value, values, ops.items.len - 1));
}

static void delete_name(Lower *l, Node *n)
{
    Symbol *symbol = used_symbol(l, n);

    if (symbol && is_kept_symbol(l, symbol))
        emit_new(l, IR_UNSET)->dst = ir_var_of(l, symbol);
}

static void delete_target(Lower *l, Node *n)
{
    switch (n->kind) {
    case NODE_NAME:
        delete_name(l, n);
        break;
    case NODE_SUBSCRIPT:
        delete_item(l, n);
        break;
    case NODE_TUPLE:
    case NODE_LIST:
        for (uint32_t i = 0; i < n->as.list.items.len; i++)
            delete_target(l, n->as.list.items.items[i]);
        break;
    default: /* of a frozen object */
        emit_eval(l, expr(l, n->as.attribute.value));
        raise_frozen(l, "delete", n->as.attribute.name);
    }
}

void lower_del(Lower *l, Node *n)
{
    for (uint32_t i = 0; i < n->as.list.items.len; i++)
        delete_target(l, n->as.list.items.items[i]);
}

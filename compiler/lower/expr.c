/* Expressions: one function per kind of node, each giving a tree of the node's type.
 *
 *     a or b            as a value:  test = a's truth; value = test ? a : b      (SELECT when both are free of effects)
 *                       as a condition:  OR(truth(a), truth(b))
 *     x if c else y     SELECT(c, x, y), or  if c: value = x  else: value = y
 *     (n := f())        n = f(); the tree is a read of n
 *
 * A part that is evaluated only sometimes may stand in the tree if it has no effects and makes nothing that must be released; else it
 * becomes an IR_IF with statements. */
#include "lower/internal.h"

Type *type_at(Lower *l, const Node *n)
{
    Type *t = l->fn->inst->types[n->id];

    assert(t && "an expression without a type");
    return t;
}

Action *action_at(Lower *l, const Node *n, ActionKind kind)
{
    Action *a = l->fn->inst->actions[n->id];

    return a && a->kind == kind ? a : NULL;
}

static const Action *any_action(Lower *l, const Node *n)
{
    return l->fn->inst->actions[n->id];
}

/* -- what may stand in a branch of a tree ------------------------------------------------------------------------------------------ */

static bool makes_something(const IrExpr *e)
{
    if (ir_is_owned(e))
        return true;
    for (uint32_t i = 0; i < e->args.len; i++)
        if (makes_something(e->args.items[i]))
            return true;
    if (e->kind == IR_READ && e->as.place.object)
        return makes_something(e->as.place.object);
    return false;
}

static bool may_be_conditional(const IrExpr *e)
{
    return !(effects_of(e) & EFFECT_CALLS) && !makes_something(e);
}

/* -- constants ---------------------------------------------------------------------------------------------------------------------- */

/* A slice that goes to a method of the program: an object. */
static IrExpr *slice_value(Lower *l, Node *n)
{
    SliceBounds b = slice_bounds(l, n);

    return RUNTIME(l, "art_slice_new", 0, type_at(l, n), b.start, b.stop, b.step);
}

static IrExpr *lower_str(Lower *l, Node *n)
{
    IrExpr *e = n->kind == NODE_BYTES ? ir_expr(l->c, IR_BYTES, type_at(l, n), n->span) : ir_expr(l->c, IR_STR, t_str(l), n->span);

    e->as.str.text = n->as.str.text;
    e->as.str.len = n->as.str.len;
    return e;
}

static IrExpr *lower_constant(Lower *l, Node *n)
{
    switch (n->kind) {
    case NODE_INT:
        return e_int(l, (int64_t)n->as.integer.value);
    case NODE_FLOAT:
        return e_float(l, n->as.real.value);
    case NODE_TRUE:
        return e_bool(l, true);
    case NODE_FALSE:
        return e_bool(l, false);
    case NODE_ELLIPSIS:
        return e_none(l, t_none(l));
    default:
        return e_none(l, t_none(l));
    }
}

/* A constant that inference found: the node belongs to no instance, so its type follows from its kind. */
static IrExpr *folded_constant(Lower *l, Node *n)
{
    if (n->kind == NODE_STR)
        return e_str(l, n->as.str.text, n->as.str.len);
    if (n->kind == NODE_UNARY && n->as.unary.operand->kind == NODE_INT)
        return e_int(l, -(int64_t)n->as.unary.operand->as.integer.value);
    return lower_constant(l, n);
}

/* -- names --------------------------------------------------------------------------------------------------------------------------- */

IrExpr *class_value(Lower *l, const Class *cls, Type *type)
{
    IrExpr *e = e_type(l, type->kind == TYPE_CLASSOBJ && type->arg_count ? type->args[0] : cls->type);

    if (type->kind == TYPE_CLASSOBJ)
        e->type = type;
    return e;
}

/* **kwargs as a dict: of the values that the parameter is a tuple of. */
static IrExpr *keywords_dict(Lower *l, Node *n, Symbol *symbol)
{
    const Instance *inst = l->fn->inst;
    IrVar *dict = hidden_var(l, "kwargs", type_at(l, n));

    while (inst->scope != symbol->scope)
        inst = inst->owner;
    IrExpr *values = load_symbol(l, symbol, symbol_type(l, symbol));
    emit_set(l, dict, empty_of(l, dict->type));
    for (uint32_t i = 0; i < inst->kwarg_names.len; i++) {
        const char *name = inst->kwarg_names.items[i];
        dict_put(l, dict, e_str(l, name, interned_len(name)), e_item(l, values, i));
    }
    return e_read(l, dict);
}

static IrExpr *lower_name(Lower *l, Node *n)
{
    Action *a = action_at(l, n, ACT_SYMBOL);
    Symbol *symbol = a ? symbol_final(a->symbol) : used_symbol(l, n);

    if (!symbol)
        return e_zero(l, type_at(l, n));
    if (!a && action_at(l, n, ACT_KEYWORDS))
        return keywords_dict(l, n, symbol);
    if (symbol->kind == SYMBOL_VAR && map_get(&l->fn->inst->checks, n))
        return checked_place(l, n, load_symbol(l, symbol, symbol_type(l, symbol)));
    return load_symbol(l, symbol, type_at(l, n));
}

static IrExpr *lower_walrus(Lower *l, Node *n)
{
    Symbol *symbol = used_symbol(l, n);

    store_symbol(l, symbol, expr(l, n->as.walrus.value));
    return load_symbol(l, symbol, type_at(l, n));
}

/* -- displays -------------------------------------------------------------------------------------------------------------------------- */

static IrExpr *append_call(Lower *l, IrExpr *list, IrExpr *item)
{
    switch (list->type->kind) {
    case TYPE_SET:
    case TYPE_FROZENSET:
        return RUNTIME(l, "art_set_add", RT_RAISES | RT_SLOT1, t_none(l), list, item);
    case TYPE_DEQUE:
        return RUNTIME(l, "art_deque_append", RT_SLOT1, t_none(l), list, item);
    default:
        if (item->type->kind == TYPE_INT)
            return RUNTIME(l, "art_list_append_int", 0, t_none(l), list, item);
        if (item->type->kind == TYPE_FLOAT)
            return RUNTIME(l, "art_list_append_float", 0, t_none(l), list, item);
        if (types_is_counted(item->type))
            return RUNTIME(l, "art_list_append_ptr", 0, t_none(l), list, item);
        return RUNTIME(l, "art_list_append", RT_SLOT1, t_none(l), list, item);
    }
}

void append_to(Lower *l, IrVar *list, IrExpr *item)
{
    emit_eval(l, append_call(l, e_read(l, list), convert(l, item, list->type->args[0])));
}

static void append_body(Lower *l, void *ctx, IrExpr *elem)
{
    append_to(l, ctx, elem);
}

static bool has_star(const NodeVec *items)
{
    for (uint32_t i = 0; i < items->len; i++)
        if (items->items[i]->kind == NODE_STARRED)
            return true;
    return false;
}

IrExpr *empty_of(Lower *l, Type *type)
{
    return e_new(l, type->kind == TYPE_DICT ? IR_DICT : IR_LIST, type);
}

/* [a, *b, c]: built up item by item. */
static IrExpr *starred_display(Lower *l, const NodeVec *items, Type *type)
{
    IrVar *list = hidden_var(l, stem_of(type), type);

    emit_set(l, list, empty_of(l, type));
    for (uint32_t i = 0; i < items->len; i++) {
        Node *item = items->items[i];
        if (item->kind == NODE_STARRED)
            loop_over(l, iteration_at(l, item), NULL, append_body, list);
        else
            append_to(l, list, expr(l, item));
    }
    return e_read(l, list);
}

static Type *item_type(const Type *type, uint32_t i)
{
    return type->kind == TYPE_TUPLE ? type->args[i] : type->args[0];
}

/* Items in order, then one node of the IR. */
static IrExpr *plain_display(Lower *l, const NodeVec *items, Type *type)
{
    IrExpr *e = e_new(l, type->kind == TYPE_TUPLE ? IR_TUPLE : IR_LIST, type);
    Operands ops = {0};

    for (uint32_t i = 0; i < items->len; i++)
        operands_add(l, &ops, expr_to(l, items->items[i], item_type(type, i)));
    operands_settle(l, &ops);
    for (uint32_t i = 0; i < items->len; i++)
        add_arg(l, e, ops.items.items[i].value);
    return e;
}

/* (1, *pair): the parts of a starred fixed tuple are items of their own. */
static IrExpr *starred_tuple(Lower *l, const NodeVec *items, Type *type)
{
    IrExpr *e = e_new(l, IR_TUPLE, type);
    Operands ops = {0};

    for (uint32_t i = 0; i < items->len; i++) {
        Node *item = items->items[i];
        if (item->kind != NODE_STARRED) {
            operands_add(l, &ops, expr(l, item));
            continue;
        }
        IrExpr *whole = to_simple(l, expr(l, item->as.unary.operand), "tuple");
        for (uint32_t j = 0; j < whole->type->arg_count; j++)
            operands_add(l, &ops, e_item(l, whole, j));
    }
    operands_settle(l, &ops);
    for (uint32_t i = 0; i < ops.items.len && i < type->arg_count; i++)
        add_arg(l, e, convert(l, ops.items.items[i].value, type->args[i]));
    return e;
}

static IrExpr *lower_display(Lower *l, Node *n)
{
    const NodeVec *items = &n->as.list.items;
    Type *type = type_at(l, n);

    if (!has_star(items))
        return plain_display(l, items, type);
    return type->kind == TYPE_TUPLE ? starred_tuple(l, items, type) : starred_display(l, items, type);
}

IrExpr *list_literal(Lower *l, Type *type, IrExpr *const *items, uint32_t count)
{
    IrExpr *e = e_new(l, IR_LIST, type);

    for (uint32_t i = 0; i < count; i++)
        add_arg(l, e, convert(l, items[i], type->args[0]));
    return e;
}

void dict_put(Lower *l, IrVar *dict, IrExpr *key, IrExpr *value)
{
    emit_eval(l, RUNTIME(l, "art_dict_set", RT_RAISES | RT_SLOT1 | RT_SLOT2, t_none(l), e_read(l, dict),
                         convert(l, key, dict->type->args[0]), convert(l, value, dict->type->args[1])));
}

static IrExpr *spread_dict(Lower *l, Node *n, Type *type)
{
    IrVar *dict = hidden_var(l, "dict", type);

    emit_set(l, dict, empty_of(l, type));
    for (uint32_t i = 0; i < n->as.dict.values.len; i++) {
        Node *key = n->as.dict.keys.items[i], *value = n->as.dict.values.items[i];
        if (!key) {
            emit_eval(l, RUNTIME(l, "art_dict_update", RT_RAISES, t_none(l), e_read(l, dict), convert(l, expr(l, value), type)));
            continue;
        }
        Operands ops = {0};
        operands_add(l, &ops, expr_to(l, key, type->args[0]));
        operands_add(l, &ops, expr_to(l, value, type->args[1]));
        operands_settle(l, &ops);
        dict_put(l, dict, ops.items.items[0].value, ops.items.items[1].value);
    }
    return e_read(l, dict);
}

static IrExpr *lower_dict(Lower *l, Node *n)
{
    Type *type = type_at(l, n);
    IrExpr *e = e_new(l, IR_DICT, type);
    Operands ops = {0};

    for (uint32_t i = 0; i < n->as.dict.keys.len; i++)
        if (!n->as.dict.keys.items[i])
            return spread_dict(l, n, type);
    for (uint32_t i = 0; i < n->as.dict.keys.len; i++) {
        operands_add(l, &ops, expr_to(l, n->as.dict.keys.items[i], type->args[0]));
        operands_add(l, &ops, expr_to(l, n->as.dict.values.items[i], type->args[1]));
    }
    operands_settle(l, &ops);
    for (uint32_t i = 0; i < ops.items.len; i++)
        add_arg(l, e, ops.items.items[i].value);
    return e;
}

/* -- conditions --------------------------------------------------------------------------------------------------------------------------- */

/* Lowers into a block of its own: what it needs before it may then run only sometimes. */
static IrExpr *condition_apart(Lower *l, Node *n, IrBlock *block)
{
    IrBlock *outer = enter_block(l, block);
    IrExpr *e = condition(l, n);

    enter_block(l, outer);
    return e;
}

/* `left and rest…` where the right side needs statements: test = left; if test: …; test = right. */
static IrExpr *junction_by_steps(Lower *l, bool is_or, IrExpr *left, IrBlock *block, IrExpr *right)
{
    IrVar *test = temp_var(l, "test", t_bool(l));
    IrStmt *branch = emit_new(l, IR_IF);
    IrStmt *known = ir_set(l->c, test, e_bool(l, is_or), l->fn->span);

    branch->cond = left;
    vec_push(l->arena, block, ir_set(l->c, test, right, l->fn->span));
    branch->body = *block;
    vec_push(l->arena, &branch->orelse, known);
    if (is_or) {
        IrBlock body = branch->body;
        branch->body = branch->orelse;
        branch->orelse = body;
    }
    return e_read(l, test);
}

/* left and right, left or right, where `block` holds what the right side needs first. */
IrExpr *join_conditions(Lower *l, bool is_or, IrExpr *left, IrBlock *block, IrExpr *right)
{
    if (left->kind == IR_BOOL && (left->as.integer != 0) == is_or)
        return left;
    if (left->kind == IR_BOOL) {
        for (uint32_t i = 0; i < block->len; i++)
            emit(l, block->items[i]);
        return right;
    }
    if (block->len || !may_be_conditional(right))
        return junction_by_steps(l, is_or, left, block, right);
    return is_or ? e_or(l, left, right) : e_and(l, left, right);
}

static IrExpr *junction_condition(Lower *l, Node *n)
{
    bool is_or = n->as.boolop.is_or;
    IrExpr *left = condition(l, n->as.boolop.items.items[0]);

    for (uint32_t i = 1; i < n->as.boolop.items.len; i++) {
        IrBlock block = {0};
        if (left->kind == IR_BOOL && (left->as.integer != 0) == is_or)
            return left; /* decided: the rest is not evaluated */
        if (left->kind == IR_BOOL) {
            left = condition(l, n->as.boolop.items.items[i]);
            continue;
        }
        IrExpr *right = condition_apart(l, n->as.boolop.items.items[i], &block);
        left = join_conditions(l, is_or, left, &block, right);
    }
    return left;
}

/* The condition that `n` stands for, without making a value of it first. */
IrExpr *condition(Lower *l, Node *n)
{
    const Action *a = any_action(l, n);

    if (a && n->kind != NODE_IFEXP && (a->kind == ACT_FOLD_TRUE || a->kind == ACT_FOLD_FALSE))
        return e_bool(l, a->kind == ACT_FOLD_TRUE);
    if (n->kind == NODE_UNARY && n->as.unary.op == OP_NOT)
        return e_not(l, condition(l, n->as.unary.operand));
    if (n->kind == NODE_BOOLOP)
        return junction_condition(l, n);
    return truth(l, expr(l, n));
}

/* -- choosing a value ----------------------------------------------------------------------------------------------------------------------- */

/* value = cond ? then : orelse, by a tree if that is possible. */
static IrExpr *choose(Lower *l, IrExpr *cond, IrBlock *then_block, IrExpr *then, IrBlock *else_block, IrExpr *orelse, Type *type)
{
    if (!then_block->len && !else_block->len && may_be_conditional(then) && may_be_conditional(orelse)) {
        IrExpr *e = e_new(l, IR_SELECT, type);
        add_arg(l, e, cond);
        add_arg(l, e, then);
        add_arg(l, e, orelse);
        return e;
    }
    IrVar *value = temp_var(l, NULL, type);
    IrStmt *branch = emit_new(l, IR_IF);
    branch->cond = cond;
    vec_push(l->arena, then_block, ir_set(l->c, value, then, l->fn->span));
    vec_push(l->arena, else_block, ir_set(l->c, value, orelse, l->fn->span));
    branch->body = *then_block;
    branch->orelse = *else_block;
    return e_read(l, value);
}

static IrExpr *expr_apart(Lower *l, Node *n, Type *type, IrBlock *block)
{
    IrBlock *outer = enter_block(l, block);
    IrExpr *e = expr_to(l, n, type);

    enter_block(l, outer);
    return e;
}

/* `a or b` and `a and b` as values give an operand. */
static IrExpr *operand_of_junction(Lower *l, Node *n, IrExpr *left, uint32_t i, Type *type)
{
    IrBlock keep = {0}, rest = {0};
    bool is_or = n->as.boolop.is_or;

    if (i == n->as.boolop.items.len)
        return convert(l, left, type);
    left = to_simple(l, left, NULL);
    IrExpr *test = truth(l, left);
    if (test->kind == IR_BOOL && (test->as.integer != 0) == is_or)
        return convert(l, left, type);
    if (test->kind == IR_BOOL)
        return operand_of_junction(l, n, expr(l, n->as.boolop.items.items[i]), i + 1, type);
    IrBlock *outer = enter_block(l, &rest);
    IrExpr *right = operand_of_junction(l, n, expr(l, n->as.boolop.items.items[i]), i + 1, type);
    l->fn->block = &keep;
    /* When it is kept, `a or b` knows a to be true: X | None is X. */
    IrExpr *kept = is_or && types_is_optional(left->type) && !types_is_optional(type)
                       ? convert(l, narrowed_to(l, left, types_without_none(l->types, left->type)), type)
                       : convert(l, left, type);
    enter_block(l, outer);
    return is_or ? choose(l, test, &keep, kept, &rest, right, type) : choose(l, test, &rest, right, &keep, kept, type);
}

static IrExpr *lower_boolop(Lower *l, Node *n)
{
    Type *type = type_at(l, n);

    if (type->kind == TYPE_BOOL)
        return condition(l, n);
    return operand_of_junction(l, n, expr(l, n->as.boolop.items.items[0]), 1, type);
}

static IrExpr *lower_ifexp(Lower *l, Node *n)
{
    IrBlock then_block = {0}, else_block = {0};
    Type *type = type_at(l, n);
    const Action *a = any_action(l, n);

    if (a && (a->kind == ACT_FOLD_TRUE || a->kind == ACT_FOLD_FALSE))
        return expr_to(l, a->kind == ACT_FOLD_TRUE ? n->as.ifexp.then : n->as.ifexp.orelse, type);
    IrExpr *cond = condition(l, n->as.ifexp.cond);

    if (cond->kind == IR_BOOL)
        return expr_to(l, cond->as.integer ? n->as.ifexp.then : n->as.ifexp.orelse, type);
    IrExpr *then = expr_apart(l, n->as.ifexp.then, type, &then_block);
    IrExpr *orelse = expr_apart(l, n->as.ifexp.orelse, type, &else_block);
    return choose(l, cond, &then_block, then, &else_block, orelse, type);
}

/* -- operators -------------------------------------------------------------------------------------------------------------------------------- */

static IrExpr *lower_unary(Lower *l, Node *n)
{
    Action *a = action_at(l, n, ACT_CALL);
    Node *operand = n->as.unary.operand;

    if (n->as.unary.op == OP_NOT)
        return e_not(l, condition(l, operand));
    if (n->as.unary.op == OP_NEG && operand->kind == NODE_INT)
        return e_int(l, (int64_t)(0 - operand->as.integer.value));
    if (n->as.unary.op == OP_NEG && operand->kind == NODE_FLOAT)
        return e_float(l, -operand->as.real.value);
    if (a)
        return narrowed_to(l, call_with(l, a->callee, expr(l, operand), NULL, 0), type_at(l, n));
    return unary_op(l, n->as.unary.op, expr(l, operand), type_at(l, n));
}

/* -- the switch --------------------------------------------------------------------------------------------------------------------------------- */

static IrExpr *lower_by_kind(Lower *l, Node *n)
{
    switch (n->kind) {
    case NODE_NAME: return lower_name(l, n);
    case NODE_STR:
    case NODE_BYTES: return lower_str(l, n);
    case NODE_FSTRING: return lower_fstring(l, n);
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_SET: return lower_display(l, n);
    case NODE_DICT: return lower_dict(l, n);
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP: return lower_comp(l, n);
    case NODE_GENEXP: return lower_genexp(l, n);
    case NODE_UNARY: return lower_unary(l, n);
    case NODE_BINARY: return lower_binary(l, n);
    case NODE_BOOLOP: return lower_boolop(l, n);
    case NODE_COMPARE: return lower_compare(l, n);
    case NODE_IFEXP: return lower_ifexp(l, n);
    case NODE_CALL: return lower_call(l, n);
    case NODE_ATTRIBUTE: return load_attribute(l, n);
    case NODE_SUBSCRIPT: return load_subscript(l, n);
    case NODE_SLICE: return slice_value(l, n);
    case NODE_LAMBDA: return lower_lambda(l, n);
    case NODE_WALRUS: return lower_walrus(l, n);
    case NODE_AWAIT: return lower_await(l, n);
    case NODE_YIELD: return lower_yield(l, n);
    case NODE_YIELDFROM: return lower_yield_from(l, n);
    default: return lower_constant(l, n);
    }
}

/* The operand was lowered already by whoever asks for it again. */
IrExpr *expr(Lower *l, Node *n)
{
    IrExpr *known = l->special_args.len ? map_get(&l->special_args, n) : NULL;

    if (known)
        return known;
    const Action *a = any_action(l, n);
    if (a && a->kind == ACT_CONSTANT)
        return folded_constant(l, a->constant);
    if (a && n->kind != NODE_IFEXP && (a->kind == ACT_FOLD_TRUE || a->kind == ACT_FOLD_FALSE))
        return e_bool(l, a->kind == ACT_FOLD_TRUE);
    IrExpr *e = lower_by_kind(l, n);
    if (!e->span.file)
        e->span = n->span;
    return e;
}

IrExpr *expr_to(Lower *l, Node *n, Type *type)
{
    return convert(l, expr(l, n), type);
}

void effects_only(Lower *l, Node *n)
{
    emit_eval(l, expr(l, n));
}

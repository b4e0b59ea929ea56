/* Calls: arguments in Python's order, then the form of call that the Callee asks for.
 *
 *     f(b=g(), a=h())       number = g(); f(h(), number)              the order of the source, the positions of the parameters
 *     f(1, *rest)           f(1, tuple of rest)                       *args of the callee
 *     obj.method(x)         method(obj, x), or through the slot of the class if some subclass overrides it
 *     [].append(x)          art_list_append(list, &x)                 a stub of lib/
 *     fetch(url)            CORO fetch(url); `await` makes a call in place of it (async.c)
 *
 * Each binding of the callee gives one value (a slice gives three); they are lowered in the order of evaluation, settled together with
 * the receiver, and put where the parameters are. */
#include "lower/internal.h"

/* The values that one binding gives. */
typedef struct Given {
    uint32_t first, count; /* in the operands */
} Given;

typedef struct CallSite {
    Callee *callee;
    Operands ops;
    Given *given;       /* by binding */
    bool has_self;      /* ops[0] is the receiver, closure or function value */
    bool receiver_node; /* the receiver is the value of func itself */
} CallSite;

IrCFunc *cfunction(Lower *l, Node *stub, Type *receiver)
{
    IrCFunc *f = infer_cfunc(l->inf, stub, receiver);

    add_header(l, f->header, f->lib);
    return f;
}

/* -- what comes out ---------------------------------------------------------------------------------------------------------------- */

IrExpr *finish_call(Lower *l, IrExpr *e)
{
    if (e->type->kind == TYPE_NONE && e->kind != IR_CORO && e->kind != IR_CORO_C) {
        emit_set(l, NULL, e);
        return e_none(l, e->type);
    }
    if (e->type->kind == TYPE_NEVER) {
        e->type = t_none(l);
        emit_set(l, NULL, e);
        return e_zero(l, types_plain(l->types, TYPE_NEVER));
    }
    if (e->kind == IR_CALL_C && e->as.cfunc->result_by_out)
        return to_temp(l, e, NULL);
    return e;
}

bool is_awaitable_call(const IrExpr *e)
{
    return (e->kind == IR_CORO && e->as.func->kind == IR_COROUTINE) || e->kind == IR_CORO_C;
}

/* -- lists: typed access instead of slots ----------------------------------------------------------------------------------------------- */

static IrOp list_get_op(const Type *item)
{
    switch (item->kind) {
    case TYPE_INT: return IR_OP_LIST_GET_INT;
    case TYPE_FLOAT: return IR_OP_LIST_GET_FLOAT;
    case TYPE_BOOL: return IR_OP_LIST_GET_BOOL;
    default: return types_is_counted(item) ? IR_OP_LIST_GET_PTR : IR_OP_COUNT;
    }
}

/* list[index], checked. */
IrExpr *list_item(Lower *l, IrExpr *list, IrExpr *index, Type *type)
{
    if (list_get_op(type) != IR_OP_COUNT)
        return e_op(l, list_get_op(type), type, list, index);
    return RUNTIME(l, "art_list_get", RT_RAISES | RT_OUT, type, list, index);
}

static IrExpr *typed_list_call(Lower *l, IrExpr *call)
{
    const char *name = call->as.cfunc->c_name;
    const Type *list = call->args.len ? call->args.items[0]->type : NULL;
    const Type *item = list && list->arg_count ? list->args[0] : NULL;
    const char *ending = !item ? NULL : item->kind == TYPE_INT ? "int" : item->kind == TYPE_FLOAT ? "float" : NULL;

    if (!item)
        return call;
    if (strcmp(name, "art_list_append") == 0 && types_is_counted(item))
        ending = "ptr";
    if (strcmp(name, "art_list_get") == 0 && list_get_op(item) != IR_OP_COUNT)
        return e_op(l, list_get_op(item), call->type, call->args.items[0], call->args.items[1]);
    if (strcmp(name, "art_list_append") == 0 && ending)
        return e_runtime(l, arena_printf(l->arena, "art_list_append_%s", ending), 0, t_none(l), call->args.len,
                         call->args.items);
    if (strcmp(name, "art_list_set") == 0 && ending)
        return e_runtime(l, arena_printf(l->arena, "art_list_set_%s", ending), RT_RAISES, t_none(l), call->args.len,
                         call->args.items);
    return call;
}

/* -- arguments ---------------------------------------------------------------------------------------------------------------------------- */

static void give(Lower *l, CallSite *site, uint32_t binding, IrExpr *value)
{
    if (site->given[binding].count++ == 0)
        site->given[binding].first = site->ops.items.len;
    operands_add(l, &site->ops, value);
}

static IrExpr *bound_or_missing(Lower *l, Node *n)
{
    if (!n || n->kind == NODE_NONE)
        return e_op(l, IR_OP_MISSING, t_int(l), NULL, NULL);
    IrExpr *e = expr(l, n);
    if (e->type->kind == TYPE_NONE)
        return e_op(l, IR_OP_MISSING, t_int(l), NULL, NULL);
    if (types_is_optional(e->type)) {
        IrExpr *select = e_new(l, IR_SELECT, t_int(l));
        e = to_simple(l, e, NULL);
        add_arg(l, select, e_is_none(l, e));
        add_arg(l, select, e_op(l, IR_OP_MISSING, t_int(l), NULL, NULL));
        add_arg(l, select, narrowed_to(l, e, t_int(l)));
        return select;
    }
    return convert(l, e, t_int(l));
}

static IrExpr *step_of(Lower *l, Node *n)
{
    return n->as.slice.step && n->as.slice.step->kind != NODE_NONE ? bound_or_missing(l, n->as.slice.step)
                                                                   : e_int(l, 1);
}

static void give_slice(Lower *l, CallSite *site, uint32_t binding, Node *n)
{
    give(l, site, binding, bound_or_missing(l, n->as.slice.lower));
    give(l, site, binding, bound_or_missing(l, n->as.slice.upper));
    give(l, site, binding, step_of(l, n));
}

SliceBounds slice_bounds(Lower *l, Node *n)
{
    Operands ops = {0};

    operands_add(l, &ops, bound_or_missing(l, n->as.slice.lower));
    operands_add(l, &ops, bound_or_missing(l, n->as.slice.upper));
    operands_add(l, &ops, step_of(l, n));
    operands_settle(l, &ops);
    return (SliceBounds){ops.items.items[0].value, ops.items.items[1].value, ops.items.items[2].value};
}

/* A constant that stands at a definition. */
IrExpr *constant_value(Lower *l, Node *n)
{
    IrExpr *e;

    switch (n->kind) {
    case NODE_STR: return e_str(l, n->as.str.text, n->as.str.len);
    case NODE_BYTES:
        e = e_str(l, n->as.str.text, n->as.str.len);
        e->kind = IR_BYTES;
        e->type = t_bytes(l);
        return e;
    case NODE_INT: return e_int(l, (int64_t)n->as.integer.value);
    case NODE_FLOAT: return e_float(l, n->as.real.value);
    case NODE_TRUE:
    case NODE_FALSE: return e_bool(l, n->kind == NODE_TRUE);
    case NODE_UNARY:
        e = constant_value(l, n->as.unary.operand);
        if (n->as.unary.op == OP_NOT)
            return e_not(l, truth(l, e));
        if (e->kind == IR_INT && n->as.unary.op == OP_NEG)
            return e_int(l, (int64_t)(0 - (uint64_t)e->as.integer));
        if (e->kind == IR_FLOAT && n->as.unary.op == OP_NEG)
            return e_float(l, -e->as.real);
        return unary_op(l, n->as.unary.op, e, e->type);
    default: return e_none(l, t_none(l));
    }
}

/* -- starred and collected arguments ---------------------------------------------------------------------------------------------------------- */

static IrExpr *once(Lower *l, Node *n, const char *stem)
{
    IrExpr *known = map_get(&l->special_args, n);

    if (known)
        return known;
    known = to_simple(l, expr(l, n), stem);
    map_set(l->arena, &l->special_args, n, known);
    return known;
}

static void append_item(Lower *l, void *ctx, IrExpr *elem)
{
    append_to(l, ctx, elem);
}

static bool has_star(const NodeVec *values)
{
    for (uint32_t i = 0; i < values->len; i++)
        if (values->items[i]->kind == NODE_STARRED)
            return true;
    return false;
}

static IrExpr *collect_open(Lower *l, const Binding *b)
{
    IrVar *list = hidden_var(l, "args", b->type);

    emit_set(l, list, empty_of(l, b->type));
    for (uint32_t i = 0; i < b->values.len; i++) {
        Node *value = b->values.items[i];
        if (value->kind == NODE_STARRED)
            loop_over(l, iteration_at(l, value->as.unary.operand), NULL, append_item, list);
        else
            append_to(l, list, expr(l, value));
    }
    return e_read(l, list);
}

/* The value given as `name`; of a forwarded **kwargs, the one of that name. */
static IrExpr *keyword_value(Lower *l, Node *n, const char *name)
{
    const Symbol *symbol = n->kind == NODE_NAME ? used_symbol(l, n) : NULL;
    const Instance *inst = l->fn->inst;

    if (!name || !symbol || !symbol->param || symbol->param->kind != PARAM_STAR_STAR || action_at(l, n, ACT_KEYWORDS))
        return expr(l, n);
    while (inst->scope != symbol->scope)
        inst = inst->owner;
    for (uint32_t i = 0; i < inst->kwarg_names.len; i++)
        if (inst->kwarg_names.items[i] == name)
            return e_item(l, expr(l, n), i);
    return expr(l, n);
}

/* Items one by one; a starred fixed tuple gives those from `b->index` on. */
static IrExpr *collect_fixed(Lower *l, const Binding *b, IrExprKind kind)
{
    IrExpr *e = e_new(l, kind, b->type);
    Operands ops = {0};

    for (uint32_t i = 0; i < b->values.len; i++) {
        Node *value = b->values.items[i];
        if (value->kind != NODE_STARRED) {
            operands_add(l, &ops, keyword_value(l, value, i < b->names.len ? b->names.items[i] : NULL));
            continue;
        }
        IrExpr *whole = once(l, value->as.unary.operand, "tuple");
        for (uint32_t j = b->index; j < whole->type->arg_count; j++)
            operands_add(l, &ops, e_item(l, whole, j));
    }
    operands_settle(l, &ops);
    for (uint32_t i = 0; i < ops.items.len; i++) {
        Type *to = kind == IR_TUPLE ? b->type->args[i] : b->type->args[0];
        add_arg(l, e, convert(l, ops.items.items[i].value, to));
    }
    return e;
}

static bool is_open_star(Lower *l, const Binding *b)
{
    for (uint32_t i = 0; i < b->values.len; i++)
        if (b->values.items[i]->kind == NODE_STARRED &&
            type_at(l, b->values.items[i]->as.unary.operand)->kind != TYPE_TUPLE)
            return true;
    return false;
}

static IrExpr *collect_star(Lower *l, const Binding *b)
{
    if (b->type->kind == TYPE_TUPLE)
        return collect_fixed(l, b, IR_TUPLE);
    if (b->values.len == 1 && has_star(&b->values) && type_at(l, b->values.items[0]->as.unary.operand) == b->type)
        return expr(l, b->values.items[0]->as.unary.operand);
    return is_open_star(l, b) ? collect_open(l, b) : collect_fixed(l, b, IR_LIST);
}

static IrExpr *collect_keywords(Lower *l, const Binding *b)
{
    IrVar *dict;

    if (b->type->kind == TYPE_TUPLE)
        return collect_fixed(l, b, IR_TUPLE);
    dict = hidden_var(l, "kwargs", b->type);
    emit_set(l, dict, empty_of(l, b->type));
    for (uint32_t i = 0; i < b->values.len; i++) {
        const char *name = b->names.items[i];
        IrExpr *value = keyword_value(l, b->values.items[i], name);
        if (name)
            dict_put(l, dict, e_str(l, name, interned_len(name)), value);
        else
            emit_eval(l,
                      RUNTIME(l, "art_dict_update", RT_RAISES, t_none(l), e_read(l, dict), convert(l, value, b->type)));
    }
    return e_read(l, dict);
}

/* f(*list) where f has fixed parameters: the length is checked once, then the items are read. */
static IrExpr *spread_checked(Lower *l, const Callee *callee, const Binding *b)
{
    uint32_t count = 0;

    if (!map_get(&l->special_args, b->value)) {
        for (uint32_t i = 0; i < callee->binding_count; i++)
            count += callee->bindings[i].kind == BIND_SPREAD_CHECKED && callee->bindings[i].value == b->value;
        IrExpr *list = once(l, b->value, "list");
        emit_eval(l, RUNTIME(l, "art_unpack_exact", RT_RAISES, t_bool(l), len_of(l, list), e_int(l, count)));
    }
    IrExpr *list = once(l, b->value, "list");
    return e_elem(l, list, e_int(l, b->index), list->type->args[0]);
}

/* -- defaults ------------------------------------------------------------------------------------------------------------------------------------ */

/* Where the default of a parameter is kept that is no constant: set when the def runs. */
IrVar *default_var(Lower *l, Node *value, Instance *site)
{
    IrVar *var = map_get(&l->defaults, value);

    if (!var) {
        var = ir_var(l->c, NULL, IR_VAR_GLOBAL, "default", site->types[value->id], value->span);
        vec_push(l->arena, &l->program->globals, var);
        map_set(l->arena, &l->defaults, value, var);
    }
    return var;
}

static IrExpr *default_value(Lower *l, const Binding *b)
{
    IrVar *local = map_get(&l->fn->defaults, b->value);

    if (local)
        return e_read(l, local);
    Type *t = b->scope ? b->scope->types[b->value->id] : NULL;
    if (!t || t->kind == TYPE_NONE || t->kind == TYPE_NEVER || (t->kind == TYPE_FUNC && !t->owner))
        return t && t->kind != TYPE_NEVER ? e_zero(l, t) : e_none(l, t_none(l));
    return e_read(l, default_var(l, b->value, b->scope));
}

static IrExpr *factory_value(Lower *l, const Binding *b)
{
    Instance *current = l->fn->inst;

    l->fn->inst = b->scope;
    IrExpr *value = call_with(l, b->factory, NULL, NULL, 0);
    l->fn->inst = current;
    return value;
}

static IrExpr *class_argument(Lower *l, const Binding *b, IrExpr *self)
{
    const Type *t = b->type;

    if (self && self->type->kind == TYPE_CLASSOBJ)
        return self;
    return class_value(l, t->kind == TYPE_CLASSOBJ ? t->args[0]->cls : t->cls, (Type *)(uintptr_t)t);
}

static IrExpr *fixed_value(Lower *l, const Callee *callee, const Binding *b)
{
    switch (b->kind) {
    case BIND_DEFAULT: return constant_value(l, b->value);
    case BIND_DEFAULT_VAR:
        if (callee && callee->kind == CALLEE_INSTANCE && carries_default(l, callee->instance, b->value))
            return e_zero(l, b->type); /* call_filled leaves it out */
        return default_value(l, b);
    case BIND_HANDLED: return handled_exception(l) ? convert(l, e_read(l, handled_exception(l)), b->type) : e_none(l, b->type);
    case BIND_FACTORY: return factory_value(l, b);
    case BIND_STAR: return collect_star(l, b);
    case BIND_KEYWORDS: return collect_keywords(l, b);
    case BIND_SPREAD: return e_item(l, once(l, b->value, "tuple"), b->index);
    case BIND_SPREAD_CHECKED: return spread_checked(l, callee, b);
    default: return e_none(l, t_none(l));
    }
}

IrExpr *binding_value(Lower *l, const Callee *callee, const Binding *b)
{
    return fixed_value(l, callee, b);
}

static void give_binding(Lower *l, CallSite *site, uint32_t i)
{
    const Binding *b = &site->callee->bindings[i];

    if (b->kind == BIND_RECEIVER || b->kind == BIND_CLASS)
        return;
    if (b->kind != BIND_ARG && b->kind != BIND_NODE) {
        give(l, site, i, fixed_value(l, site->callee, b));
        return;
    }
    if (b->value->kind == NODE_SLICE && site->callee->kind == CALLEE_C)
        give_slice(l, site, i, b->value);
    else
        give(l, site, i, expr(l, b->value));
}

/* A starred argument is evaluated once, however many parameters it fills. */
static void forget_spreads(Lower *l, const Callee *callee)
{
    for (uint32_t i = 0; i < callee->binding_count; i++) {
        const Binding *b = &callee->bindings[i];
        if (b->value && (b->kind == BIND_SPREAD || b->kind == BIND_SPREAD_CHECKED))
            map_set(l->arena, &l->special_args, b->value, NULL);
        for (uint32_t j = 0; j < b->values.len; j++)
            if (b->values.items[j]->kind == NODE_STARRED)
                map_set(l->arena, &l->special_args, b->values.items[j]->as.unary.operand, NULL);
    }
}

/* -- making the call ------------------------------------------------------------------------------------------------------------------------------ */

/* send(None), asend(None): None is NULL there, not the address of one. */
static IrCFunc *without_address(Lower *l, IrCFunc *f, IrExprVec *args)
{
    bool is_send = strcmp(f->c_name, "art_gen_send_value") == 0 || strcmp(f->c_name, "art_asyncgen_asend") == 0;
    IrCFunc *copy;

    if (!is_send || args->len < 2 || args->items[1]->kind != IR_NONE)
        return f;
    copy = arena_new(l->arena, IrCFunc);
    *copy = *f;
    copy->param_by_slot = arena_array(l->arena, bool, f->param_count + 1);
    args->items[1] = e_none(l, types_optional(l->types, t_str(l)));
    return copy;
}

static IrExpr *call_c(Lower *l, Callee *callee, IrExprVec *args)
{
    IrCFunc *f = without_address(l, cfunction(l, callee->decl, callee->receiver), args);
    Type *result = callee->result;
    IrExpr *e;

    if (f->is_async)
        result = t_of(l, TYPE_COROUTINE, result);
    e = e_new(l, f->is_async ? IR_CORO_C : IR_CALL_C, result);
    e->as.cfunc = f;
    for (uint32_t i = 0; i < args->len; i++)
        if (args->items[i]->type->kind != TYPE_NONE || (i < f->param_count && f->param_by_slot[i]))
            add_arg(l, e, args->items[i]); /* a parameter of type None is none in C */
    if (!f->is_async)
        e = typed_list_call(l, e);
    return finish_call(l, e);
}

static IrExpr *call_instance(Lower *l, Instance *inst, IrExpr *closure, const IrExprVec *args, Type *result)
{
    IrFunc *func = func_of(l, inst);
    bool makes_object = func->kind != IR_FUNCTION;
    IrExpr *e = e_new(l, makes_object ? IR_CORO : IR_CALL, makes_object ? result : func->result);

    e->as.func = func;
    if (func->is_closure)
        add_arg(l, e, closure ? closure : e_zero(l, types_func(l->types, inst->decl, inst->owner)));
    for (uint32_t i = 0; i < args->len; i++)
        add_arg(l, e, i < func->params.len ? convert(l, args->items[i], func->params.items[i]->type) : args->items[i]);
    if (inst->result->kind == TYPE_NEVER && !makes_object) {
        finish_call(l, e);
        return e_zero(l, types_plain(l->types, TYPE_NEVER));
    }
    e = finish_call(l, e);
    return makes_object || result->kind == TYPE_NEVER ? e : narrowed_to(l, e, result);
}

static bool fills_defaults(Lower *l, const Callee *callee)
{
    for (uint32_t i = 0; i < callee->binding_count; i++)
        if (callee->bindings[i].kind == BIND_DEFAULT_VAR &&
            carries_default(l, callee->instance, callee->bindings[i].value))
            return true;
    return false;
}

/* Defaults that the closure carries are filled in by a function that knows it. */
static IrExpr *call_filled(Lower *l, Callee *callee, IrExpr *closure, const IrExprVec *args)
{
    IrFunc *func = without_defaults(l, callee);
    IrExpr *e = e_new(l, IR_CALL, func->result);
    uint32_t at = 0;

    e->as.func = func;
    add_arg(l, e, closure);
    for (uint32_t i = 0; i < args->len && i < callee->binding_count; i++)
        if (callee->bindings[i].kind != BIND_DEFAULT_VAR ||
            !carries_default(l, callee->instance, callee->bindings[i].value))
            add_arg(l, e, convert(l, args->items[i], func->params.items[at++]->type));
    e = finish_call(l, e);
    return callee->result->kind == TYPE_NEVER ? e : narrowed_to(l, e, callee->result);
}

static IrExpr *call_slot(Lower *l, Callee *callee, const IrExprVec *args)
{
    IrClass *cls;
    IrSlot *slot = slot_of(l, callee->cls, callee->decl->as.function.name, &cls);
    IrExpr *e = e_new(l, IR_CALL_SLOT, slot->result);

    e->as.slot = slot;
    add_arg(l, e, narrowed_to(l, args->items[0], cls->cls->type));
    for (uint32_t i = 1; i < args->len; i++)
        add_arg(l, e,
                i - 1 < slot->params.len ? convert(l, args->items[i], slot->params.items[i - 1]) : args->items[i]);
    return finish_call(l, e);
}

IrExpr *call_function_value(Lower *l, IrExpr *function, const IrExprVec *args)
{
    const Type *t = function->type;
    IrExpr *e = e_new(l, IR_CALL_VALUE, t->args[t->arg_count - 1]);

    add_arg(l, e, function);
    for (uint32_t i = 0; i < args->len; i++)
        add_arg(l, e, convert(l, args->items[i], t->args[i]));
    return finish_call(l, e);
}

static IrExpr *box_array(Lower *l, const IrExprVec *args)
{
    IrExpr *array = e_new(l, IR_ARRAY, t_any(l));

    for (uint32_t i = 0; i < args->len; i++)
        add_arg(l, array, box(l, args->items[i]));
    return array;
}

static IrExpr *call_dynamic(Lower *l, IrExpr *function, const IrExprVec *args)
{
    if (args->len == 1 && args->items[0]->type->kind == TYPE_VARTUPLE)
        return RUNTIME(l, "art_box_apply", RT_RAISES, t_any(l), box(l, function), args->items[0]);
    return RUNTIME(l, "art_box_call", RT_RAISES, t_any(l), box(l, function), e_int(l, args->len), box_array(l, args));
}

/* The class itself, or one that a value names. */
static IrExpr *new_exception(Lower *l, Callee *callee, IrExpr *which, const IrExprVec *args)
{
    IrExpr *type = which && which->type->kind == TYPE_CLASSOBJ ? which : e_type(l, callee->cls->type);

    if (class_derives(callee->cls, builtin_class(l, "BaseExceptionGroup")) && args->len == 2)
        return RUNTIME(l, "art_exc_group_new", RT_RAISES, callee->cls->type, type, convert(l, args->items[0], t_str(l)),
                       args->items[1]);
    if (args->len == 0)
        return RUNTIME(l, "art_exc_new", 0, callee->cls->type, type);
    if (args->len == 1 && args->items[0]->type->kind == TYPE_STR)
        return RUNTIME(l, "art_exc_str", 0, callee->cls->type, type, args->items[0]);
    return RUNTIME(l, "art_exc_args", 0, callee->cls->type, type, e_int(l, args->len), box_array(l, args));
}

static IrExpr *call_exception(Lower *l, Callee *callee, IrExpr *self, const IrExprVec *args)
{
    if (!callee->receiver)
        return new_exception(l, callee, self, args);
    return RUNTIME(l, "art_exc_set_args", 0, t_none(l), convert(l, self, t_exception(l)), e_int(l, args->len),
                   box_array(l, args));
}

/* Colour(1), Colour["RED"]: the member whose value or name is that. */
static IrExpr *find_member(Lower *l, Callee *callee, IrExpr *value)
{
    ClassInfo *info = infer_class(l->inf, callee->cls);
    IrVar *found = temp_var(l, "member", callee->cls->type);
    IrBlock *outer = l->fn->block;

    value = to_simple(l, value, NULL);
    for (uint32_t i = 0; i < info->members.len; i++) {
        IrExpr *member = enum_member_value(l, callee->cls, i);
        IrExpr *what = callee->kind == CALLEE_NAMED
                           ? e_str(l, info->members.items[i].name, interned_len(info->members.items[i].name))
                           : enum_value_of(l, member, i);
        IrStmt *test = ir_stmt(l->c, IR_IF, l->fn->span);
        test->cond = equal(l, value, what);
        emit(l, test);
        enter_block(l, &test->body);
        emit_set(l, found, member);
        enter_block(l, &test->orelse);
    }
    if (callee->kind == CALLEE_NAMED)
        emit_eval(l, RUNTIME(l, "art_raise_box", RT_RAISES, t_none(l), e_type(l, exception_type(l, "KeyError")),
                             box(l, value)));
    else
        emit_eval(
            l, RUNTIME(l, "art_raise_enum_value", RT_RAISES, t_none(l), e_type(l, callee->cls->type), box(l, value)));
    enter_block(l, outer);
    return e_read(l, found);
}

static IrExpr *abstract_call(Lower *l, Callee *callee)
{
    raise_text(l, exception_type(l, "TypeError"),
               arena_printf(l->arena, "Can't instantiate abstract class %s with abstract %s", callee->cls->name, callee->missing));
    return e_zero(l, callee->cls->type);
}

static IrExpr *make(Lower *l, Callee *callee, IrExpr *self, IrExprVec *args)
{
    switch (callee->kind) {
    case CALLEE_INSTANCE:
        if (fills_defaults(l, callee))
            return call_filled(l, callee, self, args);
        return call_instance(l, callee->instance, self, args, callee->result);
    case CALLEE_C: return call_c(l, callee, args);
    case CALLEE_SLOT: return call_slot(l, callee, args);
    case CALLEE_VALUE: return call_function_value(l, self, args);
    case CALLEE_NEW: return callee->is_abstract ? abstract_call(l, callee) : construct(l, callee, self, args);
    case CALLEE_EXCEPTION: return call_exception(l, callee, self, args);
    case CALLEE_ENUM:
    case CALLEE_NAMED: return find_member(l, callee, args->items[0]);
    case CALLEE_DYNAMIC: return call_dynamic(l, self, args);
    case CALLEE_SPECIAL: return special_with(l, callee, args);
    case CALLEE_CHOICE: break;
    }
    return e_none(l, t_none(l));
}

IrExpr *call_init(Lower *l, Callee *init, IrExprVec *args)
{
    return make(l, init, NULL, args);
}

/* -- the receiver -------------------------------------------------------------------------------------------------------------------------------------- */

static bool takes_receiver(const Callee *callee)
{
    return callee->binding_count && callee->bindings[0].kind == BIND_RECEIVER;
}

/* self of the method around, for super(): the first parameter, captured if need be. */
static IrExpr *self_value(Lower *l)
{
    Instance *inst = l->fn->inst;

    while (inst->owner && !inst->cls)
        inst = inst->owner;
    Symbol *symbol = inst->scope->symbols.items[0];
    return load_symbol(l, symbol, instance_var(inst, symbol)->type);
}

static bool is_super(Lower *l, const Node *n)
{
    const Action *a = n->kind == NODE_CALL ? action_at(l, n, ACT_CALL) : NULL;

    return a && a->callee->kind == CALLEE_SPECIAL && a->callee->special == SPECIAL_SUPER &&
           n->as.call.func->kind == NODE_NAME;
}

static IrExpr *object_of(Lower *l, Node *value)
{
    return is_super(l, value) ? self_value(l) : expr(l, value);
}

/* A FUNC value is looked at only for its closure. */
static bool needs_closure(Lower *l, const Callee *callee)
{
    return callee->kind == CALLEE_INSTANCE && func_of(l, callee->instance)->is_closure;
}

static bool is_attribute_call(Lower *l, const Node *func)
{
    return func->kind == NODE_ATTRIBUTE && (type_at(l, func)->kind == TYPE_NEVER || !l->fn->inst->types[func->id]);
}

/* Is the class that is called (or asked about) known, not a variable that holds one? */
bool names_class(Lower *l, Node *func)
{
    Action *a = action_at(l, func, ACT_SYMBOL);
    Symbol *symbol = a ? symbol_final(a->symbol) : func->kind == NODE_NAME ? used_symbol(l, func) : NULL;

    return type_at(l, func)->kind != TYPE_CLASSOBJ || (symbol && symbol->kind == SYMBOL_CLASS) ||
           (func->kind == NODE_SUBSCRIPT && type_at(l, func->as.subscript.value)->kind == TYPE_CLASSOBJ);
}

/* What must be evaluated before the arguments: the object, the closure, the function value; NULL: nothing. */
static IrExpr *called_value(Lower *l, Callee *callee, Node *n, Node *func)
{
    if (!func)
        return NULL;
    bool is_method =
        n->kind != NODE_CALL || (func->kind == NODE_ATTRIBUTE &&
                                 (!l->fn->inst->types[func->id] || l->fn->inst->types[func->id]->kind == TYPE_NEVER));
    Node *object = n->kind == NODE_CALL && is_method ? func->as.attribute.value : func;
    if (takes_receiver(callee) || callee->kind == CALLEE_EXCEPTION ||
        (callee->kind == CALLEE_NEW && callee->receiver) ||
        (callee->binding_count && callee->bindings[0].kind == BIND_CLASS && object->kind != NODE_NAME)) {
        if (callee->kind == CALLEE_EXCEPTION && !callee->receiver)
            return names_class(l, func) ? NULL : expr(l, func);
        return object_of(l, object);
    }
    if (callee->kind == CALLEE_VALUE || callee->kind == CALLEE_DYNAMIC || needs_closure(l, callee) ||
        (callee->kind == CALLEE_NEW && !names_class(l, func)))
        return expr(l, func);
    if (func->kind != NODE_NAME && func->kind != NODE_ATTRIBUTE)
        emit_eval(l, expr(l, func));
    if (is_attribute_call(l, func) && func->as.attribute.value->kind == NODE_CALL &&
        !is_super(l, func->as.attribute.value))
        emit_eval(l, expr(l, func->as.attribute.value)); /* make().static_method() */
    return NULL;
}

/* A bound method as a value is its receiver. */
static IrExpr *as_receiver(Lower *l, IrExpr *self)
{
    return self->type->kind == TYPE_BOUND ? narrowed_to(l, self, self->type->args[0]) : self;
}

/* tuple[A, B] has the methods of tuple[T, ...]. */
static IrExpr *receiver_for(Lower *l, const Callee *callee, const Binding *b, IrExpr *self)
{
    self = as_receiver(l, self);
    if (callee->kind == CALLEE_C && self->type->kind == TYPE_TUPLE && !self->type->cls->is_namedtuple) {
        Type *item = self->type->arg_count ? self->type->args[0] : t_any(l);
        for (uint32_t i = 0; i < self->type->arg_count; i++)
            if (self->type->args[i] != item)
                item = t_any(l);
        return convert(l, self, t_of(l, TYPE_VARTUPLE, item));
    }
    if (callee->kind == CALLEE_C)
        return plain_value(l, self);
    if (callee->kind == CALLEE_SLOT)
        return self;
    return b->type && b->type != self->type ? narrowed_to(l, self, b->type) : self;
}

static IrExprVec arguments(Lower *l, CallSite *site, IrExpr *self)
{
    IrExprVec args = {0};

    for (uint32_t i = 0; i < site->callee->binding_count; i++) {
        const Binding *b = &site->callee->bindings[i];
        if (b->kind == BIND_RECEIVER) {
            if (site->callee->kind != CALLEE_NEW)
                vec_push(l->arena, &args, receiver_for(l, site->callee, b, self));
            continue;
        }
        if (b->kind == BIND_CLASS) {
            vec_push(l->arena, &args, class_argument(l, b, self));
            continue;
        }
        for (uint32_t j = 0; j < site->given[i].count; j++) {
            IrExpr *value = site->ops.items.items[site->given[i].first + j].value;
            bool is_bound = site->given[i].count == 3;
            vec_push(l->arena, &args, b->type && !is_bound ? convert(l, value, b->type) : value);
        }
    }
    return args;
}

static uint32_t positional_count(const Node *n)
{
    uint32_t count = 0;

    for (uint32_t i = 0; n->kind == NODE_CALL && i < n->as.call.args.len; i++)
        count += n->as.call.args.items[i].kind == ARG_POSITIONAL;
    return count;
}

/* cls(a): every class that it may be has a branch of its own; the arguments are evaluated before. */
static IrExpr *call_choice(Lower *l, Node *n, Callee *callee, Node *func)
{
    IrExpr *which = to_simple(l, expr(l, func), "cls");
    IrVar *object = temp_var(l, NULL, type_at(l, n));
    IrBlock *outer = l->fn->block;

    for (uint32_t i = 0; i < n->as.call.args.len; i++) {
        Node *value = n->as.call.args.items[i].value;
        map_set(l->arena, &l->special_args, value, to_simple(l, expr(l, value), NULL));
    }
    for (uint32_t i = 0; i < callee->choices.len; i++) {
        const ClassChoice *choice = &callee->choices.items[i];
        IrExpr *cond =
            compare_op(l, OP_IS, which, class_value(l, choice->type->cls, t_of(l, TYPE_CLASSOBJ, choice->type)));
        emit_new(l, IR_IF)->cond = cond;
        IrStmt *test = vec_last(l->fn->block);
        enter_block(l, &test->body);
        emit_set(l, object, convert(l, call_callee(l, n, choice->callee, NULL), object->type));
        enter_block(l, &test->orelse);
    }
    raise_text(l, exception_type(l, "TypeError"), "this class does not take these arguments");
    enter_block(l, outer);
    for (uint32_t i = 0; i < n->as.call.args.len; i++)
        map_set(l->arena, &l->special_args, n->as.call.args.items[i].value, NULL);
    return e_read(l, object);
}

IrExpr *call_callee(Lower *l, Node *n, Callee *callee, Node *func)
{
    CallSite site = {.callee = callee};
    IrExpr *self;

    if (callee->kind == CALLEE_SPECIAL)
        return lower_special(l, n, callee);
    if (callee->kind == CALLEE_CHOICE)
        return call_choice(l, n, callee, func);
    uint32_t positional = positional_count(n);
    site.given = arena_array(l->arena, Given, callee->binding_count + 1);
    self = called_value(l, callee, n, func);
    if (self)
        operands_add(l, &site.ops, self);
    for (uint32_t i = 0; i < callee->binding_count; i++)
        give_binding(l, &site, callee->order ? callee->order[i] : i);
    operands_settle(l, &site.ops);
    if (self)
        self = site.ops.items.items[0].value;
    IrExprVec args = arguments(l, &site, self);
    forget_spreads(l, callee);
    l->positional = positional;
    return make(l, callee, self, &args);
}

/* -- calls whose operands are at hand -------------------------------------------------------------------------------------------------------------------- */

static IrExpr *collected(Lower *l, const Binding *b, IrExpr *const *values, uint32_t count)
{
    if (count == 1 && values[0]->type->kind == TYPE_VARTUPLE && b->values.items[0]->kind == NODE_STARRED) /* of a made-up call: all at once */
        return values[0]->type == b->type ? values[0] : RUNTIME(l, "art_list_copy_as", RT_TYPED | RT_RAISES, b->type, values[0]);
    IrExpr *e = e_new(l,
                      b->type->kind == TYPE_TUPLE  ? IR_TUPLE
                      : b->type->kind == TYPE_DICT ? IR_DICT
                                                   : IR_LIST,
                      b->type);

    for (uint32_t i = 0; i < count; i++)
        add_arg(l, e, convert(l, values[i], b->type->kind == TYPE_TUPLE ? b->type->args[i] : b->type->args[0]));
    return e;
}

/* A slice as written is three values. */
static bool is_slice_binding(const Callee *callee, const Binding *b)
{
    return callee->kind == CALLEE_C && b->type && b->type->kind == TYPE_SLICE && b->value &&
           b->value->kind == NODE_SLICE;
}

IrExpr *call_with(Lower *l, Callee *callee, IrExpr *receiver, IrExpr *const *values, uint32_t count)
{
    IrExprVec args = {0};
    uint32_t next = 0;

    for (uint32_t i = 0; i < callee->binding_count; i++) {
        const Binding *b = &callee->bindings[i];
        switch (b->kind) {
        case BIND_RECEIVER:
            if (callee->kind != CALLEE_NEW)
                vec_push(l->arena, &args, receiver_for(l, callee, b, receiver));
            break;
        case BIND_CLASS: vec_push(l->arena, &args, class_argument(l, b, receiver)); break;
        case BIND_STAR: {
            uint32_t taken = b->values.len < count - next ? b->values.len : count - next;
            vec_push(l->arena, &args, collected(l, b, values + next, taken));
            next += taken;
            break;
        }
        case BIND_KEYWORDS: vec_push(l->arena, &args, collected(l, b, NULL, 0)); break;
        case BIND_DEFAULT:
        case BIND_DEFAULT_VAR:
        case BIND_HANDLED:
        case BIND_FACTORY: vec_push(l->arena, &args, convert(l, fixed_value(l, callee, b), b->type)); break;
        default:
            for (uint32_t bound = 0; bound < 2 && is_slice_binding(callee, b) && next + 1 < count; bound++)
                vec_push(l->arena, &args, values[next++]);
            if (is_slice_binding(callee, b) && next < count) {
                vec_push(l->arena, &args, values[next++]);
            } else if (next < count) {
                IrExpr *value = values[next++];
                vec_push(l->arena, &args, b->type ? convert(l, value, b->type) : value);
            }
        }
    }
    return make(l, callee, receiver, &args);
}

IrExpr *make_call(Lower *l, Instance *inst, IrExpr *closure, IrExpr *const *args, uint32_t count)
{
    IrExprVec list = {0};

    for (uint32_t i = 0; i < count; i++)
        vec_push(l->arena, &list, args[i]);
    IrFunc *func = func_of(l, inst);
    return call_instance(l, inst, closure, &list, func->result);
}

/* An instance of a special method that no call of the source names (__bool__ of a condition). */
Instance *method_instance(Lower *l, const Class *cls, const char *name)
{
    name = name_of(l, name);
    for (const Class *c = cls; c; c = c->base) {
        ClassInfo *info = infer_class(l->inf, c);
        for (uint32_t i = 0; info && i < info->methods.len; i++) {
            Method *m = info->methods.items[i];
            if (m->name == name && m->instances.len)
                return m->instances.items[0];
        }
        for (uint32_t i = 0; info && i < info->specials.len; i++)
            if (info->specials.items[i]->decl->as.function.name == name)
                return info->specials.items[i];
    }
    for (uint32_t i = 0; i < l->inf->instances.len; i++) {
        Instance *inst = l->inf->instances.items[i];
        if (inst->cls && inst->decl && inst->decl->kind == NODE_FUNCTION && inst->decl->as.function.name == name &&
            class_derives(cls, inst->cls))
            return inst;
    }
    return NULL;
}

IrExpr *call_method_named(Lower *l, IrExpr *receiver, const char *name, IrExpr *const *args, uint32_t count)
{
    const Class *cls = receiver->type->cls;
    Method *m = class_method(l->inf, cls, name_of(l, name));
    IrExprVec all = {0};

    vec_push(l->arena, &all, receiver);
    for (uint32_t i = 0; i < count; i++)
        vec_push(l->arena, &all, args[i]);
    if (m && (m->is_overridden || m->is_override)) {
        Callee callee = {.kind = CALLEE_SLOT, .cls = (Class *)(uintptr_t)cls, .decl = m->decl};
        return call_slot(l, &callee, &all);
    }
    if (m && cls->is_library && !method_instance(l, cls, name)) {
        Callee callee = {.kind = CALLEE_C, .decl = m->decl, .receiver = receiver->type};
        callee.result = strcmp(name, "__len__") == 0 || strcmp(name, "__hash__") == 0 ? t_int(l)
                        : strcmp(name, "__bool__") == 0                               ? t_bool(l)
                                                                                      : t_str(l);
        return call_c(l, &callee, &all);
    }
    Instance *inst = method_instance(l, cls, name);
    assert(inst && "a special method without an instance");
    all.items[0] = narrowed_to(l, receiver, func_of(l, inst)->params.items[0]->type);
    return call_instance(l, inst, NULL, &all, func_of(l, inst)->result);
}

/* -- the node ---------------------------------------------------------------------------------------------------------------------------------------------- */

/* e.__str__() of an exception is str(e): its own class may say it otherwise than the library. NULL: it is another call. */
static IrExpr *exception_text(Lower *l, const Node *n, const Callee *callee)
{
    const Node *func = n->as.call.func;

    if (callee->kind != CALLEE_C || func->kind != NODE_ATTRIBUTE || n->as.call.args.len ||
        is_super(l, func->as.attribute.value))
        return NULL;
    const Type *t = type_at(l, func->as.attribute.value);
    if (t->kind != TYPE_CLASS || !t->cls->is_exception)
        return NULL;
    if (!strcmp(func->as.attribute.name, "__str__"))
        return str_of(l, expr(l, func->as.attribute.value));
    if (!strcmp(func->as.attribute.name, "__repr__"))
        return repr_of(l, expr(l, func->as.attribute.value));
    return NULL;
}

IrExpr *lower_call(Lower *l, Node *n)
{
    Action *a = action_at(l, n, ACT_CALL);

    if (!a && action_at(l, n, ACT_DYNAMIC))
        return lower_dynamic_call(l, n);
    if (action_at(l, n, ACT_AWAIT_SELF))
        return expr(l, n->as.call.func->as.attribute.value);
    if (!a || !a->callee) {
        for (uint32_t i = 0; i < n->as.call.args.len; i++)
            emit_eval(l, expr(l, n->as.call.args.items[i].value));
        return e_zero(l, type_at(l, n));
    }
    IrExpr *e = exception_text(l, n, a->callee);
    if (!e)
        e = call_callee(l, n, a->callee, n->as.call.func);
    Type *t = type_at(l, n);
    return t->kind == TYPE_NEVER || e->type->kind == TYPE_NEVER ? e : narrowed_to(l, e, t);
}

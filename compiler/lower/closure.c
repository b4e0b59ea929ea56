/* Functions as values: definitions, closures, and functions that became a Callable.
 *
 *     def add(x): total += x        add = CLOSURE add [total]           total lives in a cell, which both share
 *     add(3)                        CALL add(closure, 3)                the function is known: a direct call with its closure
 *     callbacks.append(add)         the closure itself, if add takes and gives just what the Callable says; else
 *     callbacks.append(obj.go)      CLOSURE obj.go [self]               a small function made up here that captures the receiver
 *                                                                       (or closure), converts, and calls
 *     key=len, factory=list         CLOSURE of such a function, which captures nothing and is static */
#include "lower/internal.h"

/* -- the closure of a nested function ----------------------------------------------------------------------------------------------- */

static const Instance *func_instance(const Instance *inst)
{
    while (inst->same)
        inst = inst->same;
    return inst;
}

static Instance *any_instance(Lower *l, const Node *decl, const Instance *owner)
{
    for (uint32_t i = 0; i < l->inf->instances.len; i++) {
        Instance *inst = l->inf->instances.items[i];
        if (inst->decl == decl && inst->owner == owner && !inst->same)
            return inst;
    }
    for (uint32_t i = 0; i < l->inf->instances.len; i++)
        if (l->inf->instances.items[i]->decl == decl && !l->inf->instances.items[i]->same)
            return l->inf->instances.items[i];
    return NULL;
}

Type *closure_type(Lower *l, Instance *inst)
{
    Type *none = t_none(l);

    (void)inst;
    return types_make(l->types, TYPE_CALLABLE, NULL, &none, 1);
}

/* All instances of a function share the closure: they capture the same variables. */
IrExpr *make_closure(Lower *l, Node *decl, Type *func)
{
    Instance *inst = any_instance(l, decl, func->owner);
    IrExpr *e;

    if (!inst)
        return e_zero(l, func); /* never called */
    e = e_new(l, IR_CLOSURE, func);
    e->as.func = func_of(l, inst);
    const Fn *fn = map_get(&l->fns, inst);
    for (uint32_t i = 0; fn && i < fn->captured.len; i++)
        vec_push(l->arena, &e->captures, ir_var_of(l, fn->captured.items[i]));
    for (uint32_t i = 0; fn && i < fn->own_defaults.len; i++)
        vec_push(l->arena, &e->captures, map_get(&l->fn->defaults, fn->own_defaults.entries[i].key));
    return e;
}

bool carries_default(Lower *l, const Instance *inst, const Node *value)
{
    while (inst->same)
        inst = inst->same;
    const Fn *fn = map_get(&l->fns, inst);
    return fn && map_get(&fn->own_defaults, value);
}

/* f.filled(self, a) calls f(self, a, self->default). */
IrFunc *without_defaults(Lower *l, Callee *callee)
{
    IrFunc *func = func_of(l, callee->instance), *filled = arena_new(l->arena, IrFunc);
    const Fn *target = map_get(&l->fns, func_instance(callee->instance));
    bool makes_object = func->kind != IR_FUNCTION;
    IrExpr *call = e_new(l, makes_object ? IR_CORO : IR_CALL, makes_object ? callee->result : func->result);

    filled->kind = IR_FUNCTION;
    filled->name = arena_printf(l->arena, "%s.filled", func->name);
    filled->signature = func->signature;
    filled->span = func->span;
    filled->result = call->type;
    filled->is_library = func->is_library;
    filled->is_closure = true;
    call->as.func = func;
    add_arg(l, call, e_new(l, IR_SELF, types_func(l->types, callee->instance->decl, callee->instance->owner)));
    Fn *outer = l->fn, *fn = arena_new(l->arena, Fn);
    *fn = (Fn){.inst = outer->inst, .ir = filled, .block = &filled->body, .span = func->span};
    l->fn = fn;
    IrVarVec own = {0};
    for (uint32_t i = 0; i < func->captures.len; i++) { /* the same layout: it is the same closure */
        IrVar *var = ir_var(l->c, filled, IR_VAR_CAPTURE, func->captures.items[i]->name, func->captures.items[i]->type,
                            func->span);
        var->is_cell = func->captures.items[i]->is_cell;
        vec_push(l->arena, &own, var);
    }
    for (uint32_t i = 0; i < callee->binding_count; i++) {
        const Binding *b = &callee->bindings[i];
        const IrVar *param = func->params.items[i];
        const IrVar *carried = b->kind == BIND_DEFAULT_VAR ? map_get(&target->own_defaults, b->value) : NULL;
        IrExpr *value = NULL;
        for (uint32_t j = 0; carried && j < own.len; j++)
            if (func->captures.items[j] == carried)
                value = e_read(l, own.items[j]);
        if (!carried)
            value = e_read(l, ir_var(l->c, filled, IR_VAR_PARAM, param->name, param->type, param->span));
        add_arg(l, call, convert(l, value, param->type));
    }
    emit_return(l, finish_call(l, call));
    l->fn = outer;
    add_func(l, filled);
    return filled;
}

IrExpr *closure_value(Lower *l, Type *func)
{
    const Instance *inst = l->fn->inst;

    if (func->decl == inst->decl && l->fn->ir->is_closure && !l->fn->genexp)
        return e_new(l, IR_SELF, func);
    return make_closure(l, func->decl, func);
}

IrExpr *lower_lambda(Lower *l, Node *n)
{
    Type *t = type_at(l, n);

    lower_defaults(l, n);
    return t->owner ? make_closure(l, n, t) : e_zero(l, t);
}

/* -- definitions -------------------------------------------------------------------------------------------------------------------------- */

bool is_constant_default(const Node *n)
{
    switch (n->kind) {
    case NODE_INT:
    case NODE_FLOAT:
    case NODE_STR:
    case NODE_BYTES:
    case NODE_TRUE:
    case NODE_FALSE:
    case NODE_NONE: return true;
    case NODE_UNARY: return is_constant_default(n->as.unary.operand);
    default: return false;
    }
}

/* Evaluated once, where the def stands. A function made inside another keeps its own value of this run, too. */
static void lower_default(Lower *l, Node *value, bool is_made_often)
{
    Type *t = l->fn->inst->types[value->id];

    if (!t || t->kind == TYPE_NEVER || t->kind == TYPE_NONE || (t->kind == TYPE_FUNC && !t->owner)) {
        if (t)
            effects_only(l, value);
        return;
    }
    IrExpr *e = expr(l, value);
    if (is_made_often) {
        IrVar *local = hidden_var(l, "default", t);
        emit_set(l, local, convert(l, e, t));
        map_set(l->arena, &l->fn->defaults, value, local);
        e = e_read(l, local);
    }
    emit_set(l, default_var(l, value, l->fn->inst), convert(l, e, t));
}

void lower_defaults(Lower *l, Node *n)
{
    const ParamVec *params = &n->as.function.params;

    for (uint32_t i = 0; i < params->len; i++)
        if (params->items[i].value && !is_constant_default(params->items[i].value))
            lower_default(l, params->items[i].value, n->kind == NODE_LAMBDA || l->fn->inst->decl);
}

/* @first @second def f: f = first(second(f)) */
static IrExpr *decorated(Lower *l, Node *n, Action *a, IrExpr *value)
{
    const NodeVec *decorators = &n->as.function.decorators;
    IrExpr **made = arena_array(l->arena, IrExpr *, decorators->len + 1);

    for (uint32_t i = 0; i < decorators->len; i++) {
        Node *d = decorators->items[i];
        Callee *callee = a->callees[i];
        bool needs_value = callee && (callee->kind == CALLEE_VALUE || callee->kind == CALLEE_DYNAMIC ||
                                      (callee->kind == CALLEE_INSTANCE && func_of(l, callee->instance)->is_closure) ||
                                      (callee->binding_count && callee->bindings[0].kind == BIND_RECEIVER));
        if (needs_value)
            made[i] = to_simple(l, expr(l, d), "decorator");
        else if (callee && d->kind == NODE_CALL)
            effects_only(l, d);
    }
    for (uint32_t i = decorators->len; i-- > 0;)
        if (a->callees[i])
            value = call_with(l, a->callees[i], made[i], &value, 1);
    return value;
}

void lower_def(Lower *l, Node *n)
{
    Symbol *symbol = node_scope(l)->uses[n->id];
    Action *a = action_at(l, n, ACT_CALL);
    Instance *owner = l->fn->inst->scope->kind == SCOPE_FUNCTION ? l->fn->inst : NULL;
    Type *t = types_func(l->types, n, owner);

    lower_defaults(l, n);
    if (!symbol || node_scope(l)->kind == SCOPE_CLASS)
        return;
    if (!a && !is_kept_symbol(l, symbol))
        return;
    IrExpr *value = owner ? make_closure(l, n, t) : e_zero(l, t);
    if (a && a->callees)
        value = decorated(l, n, a, value);
    store_symbol(l, symbol, value);
}

/* -- functions as Callable ------------------------------------------------------------------------------------------------------------------- */

static bool is_same_signature(const IrFunc *func, const Type *callable)
{
    if (func->kind != IR_FUNCTION || func->params.len != callable->arg_count - 1 ||
        func->result != callable->args[callable->arg_count - 1])
        return false;
    for (uint32_t i = 0; i < func->params.len; i++)
        if (func->params.items[i]->type != callable->args[i])
            return false;
    return true;
}

/* Does what the function value already is serve as the Callable? */
static IrExpr *as_it_is(Lower *l, IrExpr *e, Callee *callee, Type *callable)
{
    IrFunc *func = callee->kind == CALLEE_INSTANCE ? func_of(l, callee->instance) : NULL;

    if (!func || e->type->kind != TYPE_FUNC || !is_same_signature(func, callable))
        return NULL;
    if (func->is_closure) {
        const Instance *first = any_instance(l, e->type->decl, e->type->owner);
        if (!first || first->ir != func)
            return NULL;
        IrExpr *same = e_new(l, IR_CONVERT, callable);
        add_arg(l, same, e);
        return same;
    }
    emit_eval(l, e);
    IrExpr *closure = e_new(l, IR_CLOSURE, callable);
    closure->as.func = func;
    return closure;
}

static const char *function_name(const Type *t)
{
    if (t->kind == TYPE_CALLABLE)
        return "function";
    if (t->kind == TYPE_CLASSOBJ)
        return t->args[0]->cls ? t->args[0]->cls->name : "type";
    return t->decl->kind == NODE_LAMBDA ? "<lambda>" : t->decl->as.function.name;
}

/* The variable in the made-up function that holds what is captured of the function value: its closure or its receiver. */
static IrVar *capture_value(Lower *l, Fn *fn, IrExpr *e)
{
    const Type *t = e->type;
    bool has_value =
        types_needs_release(t) || t->kind == TYPE_BOUND || (t->kind == TYPE_CLASSOBJ && e->kind != IR_TYPE);

    if (!has_value)
        return NULL;
    return ir_var(l->c, fn->ir, IR_VAR_CAPTURE, t->kind == TYPE_BOUND ? "self" : "function", (Type *)(uintptr_t)t,
                  l->fn->span);
}

/* Defaults of a function made here that are no constants: captured as they are now. */
static void capture_defaults(Lower *l, Fn *outer, Fn *fn, const Callee *callee, IrVarVec *captured)
{
    for (uint32_t i = 0; i < callee->binding_count; i++) {
        const Binding *b = &callee->bindings[i];
        IrVar *var = b->kind == BIND_DEFAULT_VAR ? map_get(&outer->defaults, b->value) : NULL;
        if (!var)
            continue;
        map_set(l->arena, &fn->defaults, b->value,
                ir_var(l->c, fn->ir, IR_VAR_CAPTURE, "default", var->type, var->span));
        vec_push(l->arena, captured, var);
    }
}

static void thunk_body(Lower *l, Callee *callee, IrExpr *receiver, Type *callable)
{
    IrFunc *func = l->fn->ir;
    IrExpr **values = arena_array(l->arena, IrExpr *, func->params.len + 1);

    for (uint32_t i = 0; i < func->params.len; i++)
        values[i] = e_read(l, func->params.items[i]);
    if (receiver && receiver->type->kind == TYPE_BOUND)
        receiver = narrowed_to(l, receiver, receiver->type->args[0]);
    IrExpr *result = call_with(l, callee, receiver, values, func->params.len);
    Type *wanted = callable->args[callable->arg_count - 1];
    if (wanted->kind == TYPE_NONE && result->type->kind != TYPE_NONE) {
        emit_eval(l, result);
        result = e_none(l, wanted);
    }
    emit_return(l, convert(l, result, wanted));
}

static IrFunc *new_thunk(Lower *l, const Type *t, Type *callable)
{
    IrFunc *func = arena_new(l->arena, IrFunc);

    func->kind = IR_FUNCTION;
    func->name = arena_printf(l->arena, "%s.value", function_name(t));
    func->stands_for = function_name(t);
    func->signature = arena_printf(l->arena, "%s as %s", function_name(t), types_spell(l->types, callable));
    func->span = t->decl ? t->decl->span : l->fn->span;
    func->result = callable->args[callable->arg_count - 1];
    func->is_library = l->fn->ir->is_library;
    func->is_closure = true;
    for (uint32_t i = 0; i + 1 < callable->arg_count; i++)
        ir_var(l->c, func, IR_VAR_PARAM, arena_printf(l->arena, "a%u", i), callable->args[i], func->span);
    add_func(l, func);
    return func;
}

static Map *thunks_of(Lower *l, const Type *function)
{
    Map *thunks = map_get(&l->thunks, function);

    if (!thunks) {
        thunks = arena_new(l->arena, Map);
        map_set(l->arena, &l->thunks, function, thunks);
    }
    return thunks;
}

static IrFunc *known_thunk(Lower *l, const Type *function, const Type *callable)
{
    return map_get(thunks_of(l, function), callable);
}

IrExpr *to_callable(Lower *l, IrExpr *e, Type *callable)
{
    const Type *outer_type = e->type;
    Callee *callee = infer_callable_callee_for(l->inf, e->type, callable);
    IrExpr *closure = e_new(l, IR_CLOSURE, callable), *done;
    IrVarVec captured = {0};

    if (!callee)
        return e_zero(l, callable);
    if ((done = as_it_is(l, e, callee, callable)))
        return done;
    bool is_known = e->type->kind != TYPE_CLASSOBJ || e->kind == IR_TYPE;
    if (is_known && (closure->as.func = known_thunk(l, e->type, callable))) { /* captures nothing: one static closure */
        emit_eval(l, e);
        return closure;
    }
    Fn *outer = l->fn, *fn = arena_new(l->arena, Fn);
    *fn = (Fn){.inst = outer->inst, .ir = new_thunk(l, e->type, callable), .span = outer->span};
    fn->block = &fn->ir->body;
    IrVar *inside = capture_value(l, fn, e);
    if (inside) {
        e = to_simple(l, e, NULL);
        if (!ir_is_var(e, NULL) || e->as.place.var->is_cell)
            e = to_temp(l, e, NULL);
        vec_push(l->arena, &captured, e->as.place.var);
    } else {
        emit_eval(l, e);
    }
    capture_defaults(l, outer, fn, callee, &captured);
    l->fn = fn;
    thunk_body(l, callee, inside ? e_read(l, inside) : e->kind == IR_TYPE ? e : e_zero(l, e->type), callable);
    l->fn = outer;
    closure->as.func = fn->ir;
    closure->captures = captured;
    fn->ir->is_closure = fn->ir->captures.len > 0;
    if (!fn->ir->is_closure)
        map_set(l->arena, thunks_of(l, outer_type), callable, fn->ir);
    return closure;
}

/* -- functions as Any ------------------------------------------------------------------------------------------------------------------------
 *
 *     table["add"] = add             CLOSURE add.value: art_box fn(closure, arguments)
 *
 * which looks at how many arguments there are and calls the function with them. */

static void call_form(Lower *l, const CallableOf *form, IrExpr *function, IrVar *args, bool has_star)
{
    uint32_t count = form->callable->arg_count - 1;
    IrExpr **values = arena_array(l->arena, IrExpr *, count + 1);

    for (uint32_t i = 0; i < count; i++) {
        bool is_rest = has_star && i + 1 == count;
        IrExpr *value = is_rest ? RUNTIME(l, "art_list_slice", RT_RAISES, args->type, e_read(l, args), e_int(l, i),
                                          e_int(l, INT64_MAX), e_int(l, 1))
                                : e_elem(l, e_read(l, args), e_int(l, i), t_any(l));
        values[i] = to_simple(l, convert(l, value, form->callable->args[i]), NULL);
    }
    IrExpr *result = form->callee ? call_with(l, form->callee, function, values, count) : e_none(l, t_none(l));
    emit_return(l, convert(l, result, t_any(l)));
}

/* What Python says when the number of arguments is wrong. */
static void raise_count(Lower *l, const DynamicOf *dynamic, IrVar *args)
{
    const Node *decl = dynamic->func->decl;
    uint32_t skip = dynamic->func->kind == TYPE_BOUND;
    Text names = text_make(l->arena);

    for (uint32_t i = 0; i < dynamic->most; i++)
        text_printf(&names, "%s%s", i ? "," : "", decl->as.function.params.items[skip + i].name);
    Class *cls = decl->kind == NODE_FUNCTION && skip ? dynamic->func->args[0]->cls : NULL;
    const char *name =
        cls ? arena_printf(l->arena, "%s.%s", cls->name, function_name(dynamic->func)) : function_name(dynamic->func);
    emit_eval(l, RUNTIME(l, "art_raise_argument_count", RT_RAISES, t_none(l), c_text(l, name),
                         c_text(l, text_string(&names)), e_int(l, dynamic->required),
                         e_int(l, dynamic->has_star ? -1 : (int64_t)dynamic->most), e_int(l, skip),
                         e_op(l, IR_OP_LEN, t_int(l), e_read(l, args), NULL)));
    emit_return(l, e_none(l, t_any(l)));
}

static void dynamic_body(Lower *l, const DynamicOf *dynamic, IrExpr *function)
{
    IrVar *args = l->fn->ir->params.items[0];

    if (function->type->kind == TYPE_BOUND)
        function = narrowed_to(l, function, function->type->args[0]);
    for (uint32_t i = 0; i < dynamic->forms.len; i++) {
        bool is_rest = dynamic->has_star && i + 1 == dynamic->forms.len;
        uint32_t count = is_rest ? dynamic->most + 1 : dynamic->required + i;
        IrBlock *outer = l->fn->block;
        IrStmt *test = emit_new(l, IR_IF);
        test->cond = e_op(l, is_rest ? IR_OP_INT_GE : IR_OP_INT_EQ, t_bool(l),
                          e_op(l, IR_OP_LEN, t_int(l), e_read(l, args), NULL), e_int(l, count));
        enter_block(l, &test->body);
        call_form(l, dynamic->forms.items[i], function, args, is_rest);
        enter_block(l, outer);
    }
    raise_count(l, dynamic, args);
}

/* A closure of a known signature. */
static void value_body(Lower *l, IrExpr *function)
{
    IrVar *args = l->fn->ir->params.items[0];
    const Type *t = function->type;
    IrExprVec values = {0};

    emit_eval(l, RUNTIME(l, "art_unpack_exact", RT_RAISES, t_bool(l),
                         e_op(l, IR_OP_LEN, t_int(l), e_read(l, args), NULL), e_int(l, t->arg_count - 1)));
    for (uint32_t i = 0; i + 1 < t->arg_count; i++)
        vec_push(l->arena, &values,
                 to_simple(l, convert(l, e_elem(l, e_read(l, args), e_int(l, i), t_any(l)), t->args[i]), NULL));
    emit_return(l, convert(l, call_function_value(l, function, &values), t_any(l)));
}

IrExpr *to_dynamic(Lower *l, IrExpr *e)
{
    Type *any = t_any(l), *args = t_of(l, TYPE_VARTUPLE, any), *types[] = {args, any};
    Type *callable = types_make(l->types, TYPE_CALLABLE, NULL, types, 2);
    const DynamicOf *dynamic = infer_dynamic(l->inf, e->type);
    IrExpr *closure = e_new(l, IR_CLOSURE, callable);
    const Type *function = e->type;

    if (function->kind != TYPE_CALLABLE && !dynamic)
        return e_zero(l, callable);
    if ((closure->as.func = known_thunk(l, function, callable))) {
        emit_eval(l, e);
        return closure;
    }
    Fn *outer = l->fn, *fn = arena_new(l->arena, Fn);
    *fn = (Fn){.inst = outer->inst, .ir = new_thunk(l, function, callable), .span = outer->span};
    fn->ir->is_dynamic = true;
    fn->block = &fn->ir->body;
    IrVar *inside = capture_value(l, fn, e);
    if (inside) {
        e = to_temp(l, e, NULL);
        vec_push(l->arena, &closure->captures, e->as.place.var);
    } else {
        emit_eval(l, e);
    }
    for (uint32_t i = 0; dynamic && i < dynamic->forms.len; i++)
        if (dynamic->forms.items[i]->callee)
            capture_defaults(l, outer, fn, dynamic->forms.items[i]->callee, &closure->captures);
    l->fn = fn;
    if (dynamic)
        dynamic_body(l, dynamic, inside ? e_read(l, inside) : e_zero(l, e->type));
    else
        value_body(l, e_read(l, inside));
    l->fn = outer;
    closure->as.func = fn->ir;
    fn->ir->is_closure = fn->ir->captures.len > 0;
    if (!fn->ir->is_closure)
        map_set(l->arena, thunks_of(l, function), callable, fn->ir);
    return closure;
}

/* Comprehensions and generator expressions.
 *
 *     [e for x in xs if c]        list = []; for x in xs: if c: list.append(e)        … list …
 *     (e for x in xs if c)        a generator function of its own: its first iterable is its first parameter, evaluated where the
 *                                 expression stands; what it takes from the function around are further parameters, or, where
 *                                 they may still change, captured cells
 *     zip(xs, ys) as a value      the same, made up: def zip(xs, ys): for item in zip(xs, ys): yield item */
#include "lower/internal.h"

/* -- clauses -------------------------------------------------------------------------------------------------------------------------- */

typedef struct Comp {
    Node *node;
    void (*item)(Lower *l, struct Comp *comp);
    IrVar *result;
} Comp;

static void skip_unless(Lower *l, IrExpr *cond, IrStmt *loop)
{
    IrStmt *test = emit_new(l, IR_IF), *next = ir_stmt(l->c, IR_CONTINUE, l->fn->span);

    test->cond = e_not(l, cond);
    next->target = loop;
    vec_push(l->arena, &test->body, next);
}

static bool is_never(const IrExpr *cond)
{
    return cond->kind == IR_BOOL && !cond->as.integer;
}

static void lower_clauses(Lower *l, Comp *comp, uint32_t at)
{
    const CompForVec *clauses = &comp->node->as.comp.clauses;

    if (at == clauses->len) {
        comp->item(l, comp);
        return;
    }
    const CompFor *clause = &clauses->items[at];
    void *loop = loop_enter(l, iteration_at(l, clause->iter), clause->target, comp->node->span);
    IrBlock *outer = l->fn->block;
    bool is_dead = false;
    for (uint32_t i = 0; i < clause->conditions.len && !is_dead; i++) {
        IrExpr *cond = condition(l, clause->conditions.items[i]);
        bool is_last = i + 1 == clause->conditions.len && at + 1 == clauses->len;
        is_dead = is_never(cond);
        if (cond->kind == IR_BOOL)
            continue;
        if (!is_last) {
            skip_unless(l, cond, loop_stmt(loop));
            continue;
        }
        IrStmt *test = emit_new(l, IR_IF);
        test->cond = cond;
        enter_block(l, &test->body);
    }
    if (!is_dead)
        lower_clauses(l, comp, at + 1);
    enter_block(l, outer);
    loop_leave(l, loop);
}

/* -- displays --------------------------------------------------------------------------------------------------------------------------- */

static void add_item(Lower *l, Comp *comp)
{
    append_to(l, comp->result, expr(l, comp->node->as.comp.elem));
}

static void add_pair(Lower *l, Comp *comp)
{
    Operands ops = {0};

    operands_add(l, &ops, expr_to(l, comp->node->as.comp.key, comp->result->type->args[0]));
    operands_add(l, &ops, expr_to(l, comp->node->as.comp.elem, comp->result->type->args[1]));
    operands_settle(l, &ops);
    dict_put(l, comp->result, ops.items.items[0].value, ops.items.items[1].value);
}

IrExpr *lower_comp(Lower *l, Node *n)
{
    Type *t = type_at(l, n);
    Comp comp = {.node = n, .item = n->kind == NODE_DICTCOMP ? add_pair : add_item};

    comp.result = hidden_var(l, stem_of(t), t);
    emit_set(l, comp.result, empty_of(l, t));
    lower_clauses(l, &comp, 0);
    return e_read(l, comp.result);
}

/* -- generator functions that the compiler makes up ---------------------------------------------------------------------------------------- */

static void yield_value(Lower *l, IrExpr *value)
{
    IrStmt *s = emit_new(l, IR_YIELD);

    s->value = convert(l, value, l->fn->ir->yields);
}

static IrFunc *new_generator(Lower *l, const char *name, Type *type, Span span)
{
    IrFunc *func = arena_new(l->arena, IrFunc);

    func->kind = type->kind == TYPE_ASYNCGEN ? IR_ASYNCGEN : IR_GENERATOR;
    func->name = arena_printf(l->arena, "%s.%s", l->fn->ir->name, name);
    func->signature = name;
    func->span = span;
    func->result = t_none(l);
    func->yields = type->args[0];
    func->sends = t_none(l);
    func->is_library = l->fn->ir->is_library;
    add_func(l, func);
    return func;
}

static Fn *enter_generator(Lower *l, IrFunc *func, Node *genexp)
{
    Fn *fn = arena_new(l->arena, Fn);

    fn->outer = l->fn;
    fn->inst = l->fn->inst;
    fn->ir = func;
    fn->block = &func->body;
    fn->genexp = genexp;
    fn->span = l->fn->span;
    l->fn = fn;
    return fn;
}

/* The object: the closure over what it shares, the iterables, and copies of what it only reads. */
static IrExpr *generator_object(Lower *l, Fn *fn, Type *type, const IrExprVec *iterables)
{
    IrExpr *e = e_new(l, IR_CORO, type);
    uint32_t given = 0;

    e->as.func = fn->ir;
    if (fn->ir->captures.len) {
        IrExpr *closure = e_new(l, IR_CLOSURE, t_any(l));
        fn->ir->is_closure = true;
        closure->type = closure_type(l, fn->inst);
        closure->as.func = fn->ir;
        for (uint32_t i = 0; i < fn->captured.len; i++)
            vec_push(l->arena, &closure->captures, ir_var_of(l, fn->captured.items[i]));
        add_arg(l, e, closure);
    }
    for (uint32_t i = 0; i < iterables->len; i++, given++)
        add_arg(l, e, iterables->items[i]);
    for (uint32_t i = 0; i < fn->vars.len; i++) {
        IrVar *var = fn->vars.entries[i].value;
        Symbol *symbol = (Symbol *)(uintptr_t)fn->vars.entries[i].key;
        if (var->kind == IR_VAR_PARAM)
            add_arg(l, e, is_own_function(l->fn, symbol) ? closure_value(l, var->type) : e_read(l, ir_var_of(l, symbol)));
    }
    return e;
}

static void yield_item(Lower *l, Comp *comp)
{
    yield_value(l, expr(l, comp->node->as.comp.elem));
}

/* The iterables of a walk, evaluated here, become parameters of the generator. */
static void pass_iterables(Lower *l, Fn *outer, Fn *inner, Iteration *it, IrExprVec *values)
{
    if (it->inner.len) {
        for (uint32_t i = 0; i < it->inner.len; i++)
            pass_iterables(l, outer, inner, it->inner.items[i], values);
        if (it->extra) {
            l->fn = outer;
            IrExpr *start = expr_to(l, it->extra, t_int(l));
            l->fn = inner;
            IrVar *param = ir_var(l->c, inner->ir, IR_VAR_PARAM, "start", start->type, it->extra->span);
            vec_push(l->arena, values, start);
            map_set(l->arena, &l->special_args, it->extra, e_read(l, param));
        }
        return;
    }
    if (it->kind == ITER_RANGE) {
        for (uint32_t i = 0; i < it->value->as.call.args.len; i++) {
            Node *arg = it->value->as.call.args.items[i].value;
            static const char *const names[] = {"start", "stop", "step"};
            l->fn = outer;
            IrExpr *value = expr_to(l, arg, t_int(l));
            l->fn = inner;
            if (value->kind == IR_INT)
                continue;
            const char *name = it->value->as.call.args.len == 1 ? "stop" : names[i];
            IrVar *param = ir_var(l->c, inner->ir, IR_VAR_PARAM, name, value->type, arg->span);
            vec_push(l->arena, values, value);
            map_set(l->arena, &l->special_args, arg, e_read(l, param));
        }
        return;
    }
    if (!it->value)
        return;
    l->fn = outer;
    IrExpr *value = expr(l, it->value);
    l->fn = inner;
    IrVar *param = ir_var(l->c, inner->ir, IR_VAR_PARAM, "iterable", value->type, it->value->span);
    vec_push(l->arena, values, value);
    map_set(l->arena, &l->special_args, it->value, e_read(l, param));
}

static void forget_iterables(Lower *l, Iteration *it)
{
    for (uint32_t i = 0; i < it->inner.len; i++)
        forget_iterables(l, it->inner.items[i]);
    if (it->extra)
        map_set(l->arena, &l->special_args, it->extra, NULL);
    if (it->kind == ITER_RANGE)
        for (uint32_t i = 0; i < it->value->as.call.args.len; i++)
            map_set(l->arena, &l->special_args, it->value->as.call.args.items[i].value, NULL);
    if (it->value)
        map_set(l->arena, &l->special_args, it->value, NULL);
}

IrExpr *lower_genexp(Lower *l, Node *n)
{
    Type *type = type_at(l, n);
    IrFunc *func = new_generator(l, "<genexpr>", type, n->span);
    Fn *outer = l->fn, *fn = enter_generator(l, func, n);
    Iteration *first = iteration_at(l, n->as.comp.clauses.items[0].iter);
    Comp comp = {.node = n, .item = yield_item};
    IrExprVec values = {0};

    pass_iterables(l, outer, fn, first, &values);
    lower_clauses(l, &comp, 0);
    forget_iterables(l, first);
    l->fn = outer;
    return generator_object(l, fn, type, &values);
}

static void yield_elem(Lower *l, void *ctx, IrExpr *elem)
{
    (void)ctx;
    yield_value(l, elem);
}

IrExpr *generator_over(Lower *l, Iteration *it, Type *type)
{
    IrFunc *func = new_generator(l, "<iterator>", type, l->fn->span);
    Fn *outer = l->fn, *fn = enter_generator(l, func, NULL);
    IrExprVec values = {0};

    pass_iterables(l, outer, fn, it, &values);
    loop_over(l, it, NULL, yield_elem, NULL);
    forget_iterables(l, it);
    l->fn = outer;
    return generator_object(l, fn, type, &values);
}

/* Coroutines, tasks and generators.
 *
 * Lowering does not turn functions into state machines: a coroutine keeps its shape, with IR_AWAIT and IR_YIELD where it may be
 * suspended. What is decided here is how each thing is awaited, so that no more is allocated than must be.
 *
 *     x = await fetch(url)             AWAIT x = CALL fetch(url)        a direct call: its frame lies in the caller's, nothing
 *                                                                       is allocated, and it runs at once
 *     await asyncio.sleep(1)           AWAIT CALL_C art_pause(1.0)      no coroutine: the frame itself waits, with room for a timer
 *     await asyncio.sleep(0)           AWAIT CALL_C art_await_turn()    no coroutine at all: the frame itself waits for the next turn
 *     coro = fetch(url)                coro = CORO fetch(url)           as a value it is an object: a task that was not started
 *     x = await coro                   AWAIT x = coro                   any expression of type Coroutine, Task or Future
 *     x = await thing                  AWAIT x = CALL thing.__await__(): a class with __await__, whose method is compiled as a coroutine
 *
 *     t = asyncio.create_task(f(x))    coro = CORO f(x)                 task and frame are one block, made by CORO;
 *                                      t = art_create_task(coro, …)     create_task only puts it into the queue
 *     a, b = await asyncio.gather(f(), g())
 *                                      first = CORO f(); second = CORO g()
 *                                      future = art_gather((void *[]){first, second}, 2, false, &Future[tuple[A, B]])
 *                                      AWAIT results = future           a tuple by position when the types differ, else a list
 *     asyncio.run(main())              coro = CORO main(); art_run(coro, -1, &result)
 *
 *     async for x in ticks(3):         gen = CORO ticks(3)              (loop.c)
 *                                      WHILE { x = NEXT gen, else BREAK; … }
 *     async with lock:                 (cleanup.c) enter and exit are awaited; both are calls in place
 *
 *     x = yield v                      YIELD x = v
 *     x = yield from g()               gen = CORO g()
 *                                      WHILE { item = NEXT gen, else BREAK; YIELD item }
 *                                      x = what gen returned
 *
 *     loop.call_soon(f, a, b)          a closure made up here, which captures f, a and b and calls f(a, b)
 *     await asyncio.to_thread(f, a)    the same closure as a job of the pool; its captures are copied for the other thread */
#include "lower/internal.h"

/* -- await --------------------------------------------------------------------------------------------------------------------------- */

static bool has_value(const Type *t)
{
    return t->kind != TYPE_NONE && t->kind != TYPE_NEVER;
}

static bool is_sleep(const IrExpr *e)
{
    return e->kind == IR_CORO_C && strcmp(e->as.cfunc->c_name, "art_sleep") == 0;
}

/* sleep(0), known to be: a bare yield. */
static bool is_turn(const IrExpr *e)
{
    return is_sleep(e) && e->args.items[0]->kind == IR_FLOAT && e->args.items[0]->as.real <= 0;
}

/* The task goes on in the next turn of its loop. */
static IrExpr *e_turn(Lower *l)
{
    return e_runtime(l, "art_await_turn", RT_ASYNC | RT_LEAF, t_of(l, TYPE_COROUTINE, t_none(l)), 0, NULL);
}

/* A call in place instead of an object. */
static IrExpr *in_place(Lower *l, IrExpr *e)
{
    IrExpr *call;

    if (!is_awaitable_call(e))
        return e;
    if (is_turn(e))
        e = e_turn(l);
    else if (is_sleep(e))
        e = e_runtime(l, "art_pause", RT_ASYNC | RT_LEAF, e->type, 1, e->args.items);
    call = ir_expr(l->c, e->kind == IR_CORO ? IR_CALL : IR_CALL_C, e->type->args[0], e->span);
    call->args = e->args;
    call->as = e->as;
    if (e->kind == IR_CORO)
        call->type = e->as.func->result;
    return call;
}

static Type *awaited_type(const IrExpr *e)
{
    if ((e->kind == IR_CALL && e->as.func->kind == IR_COROUTINE) || (e->kind == IR_CALL_C && e->as.cfunc->is_async))
        return (Type *)(uintptr_t)e->type;
    switch (e->type->kind) {
    case TYPE_COROUTINE:
    case TYPE_FUTURE:
    case TYPE_TASK:
        return e->type->args[0];
    default:
        return NULL;
    }
}

/* An awaitable of a type that only running tells: a union of futures, Any. */
static IrExpr *as_future(Lower *l, IrExpr *e, Type *result)
{
    if (awaited_type(e))
        return e;
    return narrowed_to(l, e, t_of(l, TYPE_COROUTINE, result ? result : t_any(l)));
}

IrExpr *await_value(Lower *l, IrExpr *awaitable, Type *result)
{
    IrExpr *e;
    Type *t;
    IrVar *dst;
    IrStmt *s;

    if (awaitable->type->kind == TYPE_NONE && !is_awaitable_call(awaitable))
        return awaitable;
    e = in_place(l, as_future(l, awaitable, result));
    t = awaited_type(e);
    dst = has_value(t) ? temp_var(l, NULL, t) : NULL;
    s = emit_new(l, IR_AWAIT);
    s->value = e;
    s->dst = dst;
    if (!dst)
        return t->kind == TYPE_NEVER ? e_zero(l, t) : e_none(l, t_none(l));
    IrExpr *value = e_read(l, dst);
    return result && has_value(result) ? narrowed_to(l, value, result) : value;
}

/* A class with __await__: a coroutine in the guise of a generator (lower.c), or what that method gives. */
static IrExpr *await_object(Lower *l, Node *n, Callee *callee)
{
    IrExpr *awaitable = call_with(l, callee, expr(l, n->as.unary.operand), NULL, 0);

    return await_value(l, awaitable, type_at(l, n));
}

IrExpr *await_returned(Lower *l, Node *n, IrExpr *value)
{
    Action *a = action_at(l, n, ACT_CALL);

    return await_value(l, a ? call_with(l, a->callee, value, NULL, 0) : value, NULL);
}

/* A bare yield in __await__. */
static IrExpr *await_turn(Lower *l)
{
    return await_value(l, e_turn(l), NULL);
}

/* yield from x.__await__() */
static IrExpr *await_method(Lower *l, Node *n)
{
    Node *call = n->as.unary.operand;
    Node *object = call->kind == NODE_CALL && call->as.call.func->kind == NODE_ATTRIBUTE ? call->as.call.func->as.attribute.value : NULL;
    TypeKind kind = object ? type_at(l, object)->kind : TYPE_NONE;

    if (kind == TYPE_COROUTINE || kind == TYPE_FUTURE || kind == TYPE_TASK)
        return await_value(l, expr(l, object), type_at(l, n));
    return await_value(l, expr(l, call), type_at(l, n));
}

/* What the generator returned, after its end. */
IrExpr *returned_value(Lower *l, IrVar *gen, Type *result)
{
    Type *t = gen->type->arg_count > 2 ? gen->type->args[2] : t_none(l);

    if (!has_value(t))
        return e_none(l, t_none(l));
    IrExpr *value = RUNTIME(l, "art_gen_take_returned", RT_OUT, t, e_read(l, gen));
    return result && has_value(result) ? narrowed_to(l, value, result) : value;
}

/* await anext(gen, default) */
static IrExpr *await_anext(Lower *l, Node *n, Node *call)
{
    Type *type = type_at(l, n);
    IrVar *result = hidden_var(l, "next", type);
    IrStmt *attempt = emit_new(l, IR_TRY), *test;
    IrBlock *outer = enter_block(l, &attempt->body);
    Node one = *call; /* as if without the default */

    one.as.call.args.len = 1;
    emit_set(l, result, convert(l, await_value(l, expr(l, &one), NULL), type));
    enter_block(l, &attempt->orelse);
    test = emit_new(l, IR_IF);
    test->cond = e_op(l, IR_OP_RAISED_IS, t_bool(l), e_type(l, exception_type(l, "StopAsyncIteration")), NULL);
    enter_block(l, &test->body);
    emit_new(l, IR_CATCH);
    emit_set(l, result, expr_to(l, call->as.call.args.items[1].value, type));
    enter_block(l, &test->orelse);
    emit_new(l, IR_RERAISE);
    enter_block(l, outer);
    return e_read(l, result);
}

static bool is_anext_with_default(Lower *l, Node *n)
{
    Action *a = n->kind == NODE_CALL ? action_at(l, n, ACT_CALL) : NULL;

    return a && a->callee->kind == CALLEE_SPECIAL && a->callee->special == SPECIAL_ANEXT && n->as.call.args.len == 2;
}

IrExpr *lower_await(Lower *l, Node *n)
{
    Action *a = action_at(l, n, ACT_CALL);

    if (is_anext_with_default(l, n->as.unary.operand))
        return await_anext(l, n, n->as.unary.operand);

    if (a)
        return await_object(l, n, a->callee);
    return await_value(l, expr(l, n->as.unary.operand), type_at(l, n));
}

/* -- yield ------------------------------------------------------------------------------------------------------------------------------- */

IrExpr *lower_yield(Lower *l, Node *n)
{
    if (is_await_method(l->fn->inst))
        return await_turn(l);
    Type *sent = l->fn->ir->sends;
    IrExpr *value = n->as.unary.operand ? expr(l, n->as.unary.operand) : e_none(l, t_none(l));
    IrVar *dst;
    IrStmt *s;

    value = convert(l, value, l->fn->ir->yields);
    dst = sent && has_value(sent) ? temp_var(l, "sent", sent) : NULL;
    s = emit_new(l, IR_YIELD);
    s->value = value;
    s->dst = dst;
    return dst ? narrowed_to(l, e_read(l, dst), type_at(l, n)) : e_none(l, t_none(l));
}

static void yield_elem(Lower *l, void *ctx, IrExpr *elem)
{
    (void)ctx;
    emit_new(l, IR_YIELD)->value = convert(l, elem, l->fn->ir->yields);
}

/* Does the program send into generators or throw into them? If not, `yield from` need not pass it on. */
static bool is_generator_method(Lower *l, const Action *a)
{
    const char *name;

    if (!a || a->kind != ACT_CALL || !a->callee || a->callee->kind != CALLEE_C)
        return false;
    name = cfunction(l, a->callee->decl, a->callee->receiver)->c_name;
    return strcmp(name, "art_gen_send_value") == 0 || strcmp(name, "art_gen_throw_value") == 0 || strcmp(name, "art_gen_close") == 0;
}

static bool drives_generators(Lower *l)
{
    for (uint32_t i = 0; i < l->inf->instances.len && !l->is_scanned; i++) {
        const Instance *inst = l->inf->instances.items[i];
        for (uint32_t j = 0; j < inst->scope->node_count; j++)
            l->drives_generators |= is_generator_method(l, inst->actions[j]);
    }
    l->is_scanned = true;
    return l->drives_generators;
}

/* item = call; the loop is left when it raises StopIteration, which is how the runtime says that the generator is over. */
static void step_or_leave(Lower *l, IrVar *item, const char *function, IrExpr *gen, IrExpr *argument, IrStmt *loop)
{
    IrStmt *attempt = emit_new(l, IR_TRY), *test;
    IrBlock *outer = enter_block(l, &attempt->body);
    unsigned flags = RT_RAISES | RT_OUT | (strcmp(function, "art_gen_send_value") == 0 ? RT_SLOT1 : 0);
    IrExpr *value = RUNTIME(l, function, flags, gen->type->args[0], gen, argument);

    if (item)
        emit_set(l, item, value);
    enter_block(l, &attempt->orelse);
    test = emit_new(l, IR_IF);
    test->cond = e_op(l, IR_OP_RAISED_IS, t_bool(l), e_type(l, exception_type(l, "StopIteration")), NULL);
    enter_block(l, &test->body);
    emit_new(l, IR_CATCH);
    emit_new(l, IR_BREAK)->target = loop;
    enter_block(l, &test->orelse);
    emit_new(l, IR_RERAISE);
    enter_block(l, outer);
}

static void next_or_leave(Lower *l, IrVar *item, IrVar *gen, IrStmt *loop)
{
    IrStmt *next = emit_new(l, IR_NEXT), *out = ir_stmt(l->c, IR_BREAK, l->fn->span);

    next->dst = item;
    next->value = e_read(l, gen);
    out->target = loop;
    vec_push(l->arena, &next->orelse, out);
}

/* The next item of the inner generator, given what was sent to us. */
static void step_inner(Lower *l, IrVar *item, IrVar *gen, IrVar *sent, IrStmt *loop)
{
    IrBlock *outer = l->fn->block;

    if (!sent || !has_value(gen->type->args[1])) {
        next_or_leave(l, item, gen, loop);
        return;
    }
    IrStmt *test = emit_new(l, IR_IF);
    test->cond = types_is_optional(sent->type) ? e_is_none(l, e_read(l, sent)) : e_read(l, l->fn->first_turn);
    enter_block(l, &test->body);
    next_or_leave(l, item, gen, loop);
    enter_block(l, &test->orelse);
    step_or_leave(l, item, "art_gen_send_value", e_read(l, gen), convert(l, e_read(l, sent), gen->type->args[1]), loop);
    enter_block(l, outer);
    if (l->fn->first_turn)
        emit_set(l, l->fn->first_turn, e_bool(l, false));
}

/* gen = …; is_ours = false
 * while True:
 *     if not is_ours: item = next(gen), or gen.send(sent)       the end of gen is the end of the loop
 *     is_ours = false
 *     try: sent = yield item
 *     except exc: item = gen.throw(exc); is_ours = true */
static void pass_everything(Lower *l, IrVar *gen)
{
    Type *yields = gen->type->args[0], *sends = l->fn->ir->sends;
    IrVar *item = has_value(yields) ? hidden_var(l, "item", yields) : NULL;
    IrVar *is_ours = hidden_var(l, "is_ours", t_bool(l)), *sent = NULL;

    emit_set(l, is_ours, e_bool(l, false));
    if (sends && has_value(sends)) {
        sent = hidden_var(l, "sent", sends);
        emit_set(l, sent, types_is_optional(sends) ? e_none(l, sends) : e_zero(l, sends));
        l->fn->first_turn = types_is_optional(sends) ? NULL : hidden_var(l, "is_first", t_bool(l));
        if (l->fn->first_turn)
            emit_set(l, l->fn->first_turn, e_bool(l, true));
    }
    IrStmt *loop = emit_new(l, IR_WHILE);
    IrBlock *outer = enter_block(l, &loop->body);
    IrStmt *test = emit_new(l, IR_IF);
    test->cond = e_not(l, e_read(l, is_ours));
    IrBlock *body = enter_block(l, &test->body);
    step_inner(l, item, gen, sent, loop);
    enter_block(l, body);
    emit_set(l, is_ours, e_bool(l, false));
    IrStmt *attempt = emit_new(l, IR_TRY);
    enter_block(l, &attempt->body);
    IrStmt *yield = emit_new(l, IR_YIELD);
    yield->value = convert(l, item ? e_read(l, item) : e_none(l, t_none(l)), l->fn->ir->yields);
    yield->dst = sent;
    enter_block(l, &attempt->orelse);
    IrVar *thrown = hidden_var(l, "thrown", t_exception(l));
    emit_new(l, IR_CATCH)->dst = thrown;
    step_or_leave(l, item, "art_gen_throw_value", e_read(l, gen), e_read(l, thrown), loop);
    emit_set(l, is_ours, e_bool(l, true));
    enter_block(l, outer);
}

/* When nobody sends or throws: item after item. */
static void pass_items(Lower *l, IrVar *gen)
{
    IrStmt *loop = emit_new(l, IR_WHILE);
    IrBlock *outer = enter_block(l, &loop->body);
    IrVar *item = has_value(gen->type->args[0]) ? hidden_var(l, "item", gen->type->args[0]) : NULL;

    next_or_leave(l, item, gen, loop);
    yield_elem(l, NULL, item ? e_read(l, item) : e_none(l, t_none(l)));
    enter_block(l, outer);
}

IrExpr *lower_yield_from(Lower *l, Node *n)
{
    Node *operand = n->as.unary.operand;
    IrVar *gen;

    if (is_await_method(l->fn->inst))
        return await_method(l, n);
    if (type_at(l, operand)->kind != TYPE_GENERATOR) {
        loop_over(l, iteration_at(l, operand), NULL, yield_elem, NULL);
        return e_none(l, t_none(l));
    }
    gen = hidden_var(l, "gen", type_at(l, operand));
    emit_set(l, gen, expr(l, operand));
    if (drives_generators(l))
        pass_everything(l, gen);
    else
        pass_items(l, gen);
    return returned_value(l, gen, type_at(l, n));
}

/* -- tasks ---------------------------------------------------------------------------------------------------------------------------------- */

static Node *arg_named(const Node *n, const char *name)
{
    for (uint32_t i = 0; i < n->as.call.args.len; i++)
        if (n->as.call.args.items[i].kind == ARG_KEYWORD && strcmp(n->as.call.args.items[i].name, name) == 0)
            return n->as.call.args.items[i].value;
    return NULL;
}

static Type *optional_str(Lower *l)
{
    return types_optional(l->types, t_str(l));
}

static Type *optional_context(Lower *l, Node *context)
{
    return types_optional(l->types, type_at(l, context));
}

/* create_task(f(x)), loop.create_task, group.create_task: the object that was made becomes the task. */
IrExpr *lower_create_task(Lower *l, Node *n, Callee *callee)
{
    Node *name = arg_named(n, "name"), *context = arg_named(n, "context"), *func = n->as.call.func;
    bool is_method = func->kind == NODE_ATTRIBUTE && type_at(l, func->as.attribute.value)->kind == TYPE_CLASS;
    Operands ops = {0};
    uint32_t at = 0;

    if (is_method)
        operands_add(l, &ops, expr(l, func->as.attribute.value));
    operands_add(l, &ops, expr(l, n->as.call.args.items[0].value));
    operands_add(l, &ops, name ? expr_to(l, name, optional_str(l)) : e_none(l, optional_str(l)));
    operands_add(l, &ops, context ? expr_to(l, context, optional_context(l, context)) : e_none(l, optional_str(l)));
    operands_settle(l, &ops);
    IrExpr *object = is_method ? ops.items.items[at++].value : NULL;
    IrExpr *coro = ops.items.items[at].value, *text = ops.items.items[at + 1].value, *vars = ops.items.items[at + 2].value;
    (void)callee;
    if (!object)
        return RUNTIME(l, "art_create_task", RT_RAISES, type_at(l, n), coro, text, vars);
    bool is_group = strcmp(object->type->cls->name, "TaskGroup") == 0;
    return RUNTIME(l, is_group ? "art_group_create_task" : "art_loop_create_task", RT_RAISES, type_at(l, n), object, coro, text, vars);
}

static IrExpr *list_of_children(Lower *l, Node *n)
{
    Node *starred = n->as.call.args.items[0].value;
    uint32_t positional = 0;

    for (uint32_t i = 0; i < n->as.call.args.len; i++)
        positional += n->as.call.args.items[i].kind != ARG_KEYWORD;
    Type *t = type_at(l, starred);
    if (positional == 1 && (t->kind == TYPE_LIST || t->kind == TYPE_VARTUPLE))
        return expr(l, starred);
    return NULL;
}

static void append_child(Lower *l, void *ctx, IrExpr *elem)
{
    append_to(l, ctx, elem);
}

/* gather(first(), *others): collected in a list. */
static IrExpr *collected_children(Lower *l, Node *n, Type *elem)
{
    IrVar *list = hidden_var(l, "children", t_of(l, TYPE_LIST, elem));

    emit_set(l, list, empty_of(l, list->type));
    for (uint32_t i = 0; i < n->as.call.args.len; i++) {
        const Arg *arg = &n->as.call.args.items[i];
        if (arg->kind == ARG_STAR)
            loop_over(l, iteration_at(l, arg->value), NULL, append_child, list);
        else if (arg->kind == ARG_POSITIONAL)
            append_to(l, list, narrowed_to(l, expr(l, arg->value), elem));
    }
    return e_read(l, list);
}

static bool has_star(const Node *n)
{
    for (uint32_t i = 0; i < n->as.call.args.len; i++)
        if (n->as.call.args.items[i].kind == ARG_STAR)
            return true;
    return false;
}

static Type *child_type(Lower *l, const Node *n)
{
    for (uint32_t i = 0; i < n->as.call.args.len; i++) {
        const Arg *arg = &n->as.call.args.items[i];
        if (arg->kind == ARG_STAR && iteration_at(l, arg->value))
            return iteration_at(l, arg->value)->elem;
    }
    return t_any(l);
}

IrExpr *lower_gather(Lower *l, Node *n, Callee *callee)
{
    Node *flag = arg_named(n, "return_exceptions");
    (void)callee;
    IrExpr *array = e_new(l, IR_ARRAY, t_any(l));
    Operands ops = {0};

    if (has_star(n)) {
        IrExpr *list = list_of_children(l, n);
        list = list ? list : collected_children(l, n, child_type(l, n));
        IrExpr *with = flag ? condition(l, flag) : e_bool(l, false);
        return RUNTIME(l, "art_gather_list", RT_RAISES | RT_TYPED, type_at(l, n), list, with);
    }
    for (uint32_t i = 0; i < n->as.call.args.len; i++)
        if (n->as.call.args.items[i].kind == ARG_POSITIONAL)
            operands_add(l, &ops, expr(l, n->as.call.args.items[i].value));
    IrExpr *with = flag ? condition(l, flag) : e_bool(l, false);
    operands_settle(l, &ops);
    for (uint32_t i = 0; i < ops.items.len; i++)
        add_arg(l, array, ops.items.items[i].value);
    return RUNTIME(l, "art_gather", RT_RAISES | RT_TYPED, type_at(l, n), array, e_int(l, ops.items.len), with);
}

/* -- running a loop ------------------------------------------------------------------------------------------------------------------------------ */

/* The result comes out through a pointer. */
static IrExpr *run_call(Lower *l, const char *function, IrExpr *const *args, uint32_t count, Type *result)
{
    return e_runtime(l, function, RT_RAISES | RT_OUT, has_value(result) ? result : t_none(l), count, args);
}

IrExpr *lower_run(Lower *l, Node *n, Callee *callee)
{
    Node *debug = arg_named(n, "debug");
    Operands ops = {0};

    operands_add(l, &ops, expr(l, n->as.call.args.items[0].value));
    operands_add(l, &ops, debug && debug->kind != NODE_NONE ? expr_to(l, debug, t_int(l)) : e_int(l, -1));
    operands_settle(l, &ops);
    IrExpr *args[] = {ops.items.items[0].value, ops.items.items[1].value};
    return run_call(l, "art_run", args, 2, callee->result);
}

IrExpr *lower_run_until(Lower *l, Node *n, Callee *callee)
{
    bool is_runner = callee->receiver && strcmp(callee->receiver->cls->name, "Runner") == 0;
    Node *context = arg_named(n, "context");
    Operands ops = {0};

    operands_add(l, &ops, expr(l, n->as.call.func->as.attribute.value));
    operands_add(l, &ops, expr(l, n->as.call.args.items[0].value));
    if (is_runner)
        operands_add(l, &ops, context ? expr_to(l, context, optional_context(l, context)) : e_none(l, optional_str(l)));
    operands_settle(l, &ops);
    IrExpr *args[] = {ops.items.items[0].value, ops.items.items[1].value, is_runner ? ops.items.items[2].value : NULL};
    return run_call(l, is_runner ? "art_runner_run" : "art_loop_run_until_complete", args, is_runner ? 3 : 2, callee->result);
}

IrExpr *lower_create_future(Lower *l, Node *n, Callee *callee)
{
    (void)callee;
    return RUNTIME(l, "art_loop_create_future", RT_TYPED, type_at(l, n), expr(l, n->as.call.func->as.attribute.value));
}

/* -- callbacks and jobs ------------------------------------------------------------------------------------------------------------------------------ */

/* A closure that captures the values and calls `callee` with them (and, for a done callback, what the closure is given). */
typedef struct Deferred {
    Callee *callee;
    IrExpr *function;    /* its closure or receiver, or NULL */
    IrExprVec values;
    Type *given, *result;
    const char *name;
} Deferred;

static IrVar *capture_simple(Lower *l, Fn *fn, IrExpr *value, const char *name, IrVarVec *captured)
{
    IrVar *var;

    if (!ir_is_var(value, NULL) || value->as.place.var->is_cell || value->as.place.var->kind == IR_VAR_GLOBAL)
        value = to_temp(l, value, NULL);
    var = value->as.place.var;
    vec_push(l->arena, captured, var);
    return ir_var(l->c, fn->ir, IR_VAR_CAPTURE, name, var->type, var->span);
}

static bool is_stored(const Type *t)
{
    return has_value(t) && t->kind != TYPE_MODULE && !(t->kind == TYPE_FUNC && !t->owner) && t->kind != TYPE_CLASSOBJ;
}

static IrExpr *deferred_closure(Lower *l, const Deferred *d)
{
    Type *types[] = {d->given, d->result};
    Type *callable = d->given ? types_make(l->types, TYPE_CALLABLE, NULL, types, 2) : types_make(l->types, TYPE_CALLABLE, NULL, types + 1, 1);
    Fn *outer = l->fn, *fn = arena_new(l->arena, Fn);
    IrFunc *func = arena_new(l->arena, IrFunc);
    IrExpr *closure = e_new(l, IR_CLOSURE, callable);
    IrVarVec captured = {0};
    IrExprVec values = {0};

    func->kind = IR_FUNCTION;
    func->name = arena_printf(l->arena, "%s.%s", outer->ir->name, d->name);
    func->signature = d->name;
    func->span = outer->span;
    func->result = d->result;
    func->is_library = outer->ir->is_library;
    *fn = (Fn){.inst = outer->inst, .ir = func, .span = outer->span, .block = &func->body};
    add_func(l, func);
    IrVar *given = d->given ? ir_var(l->c, func, IR_VAR_PARAM, "given", d->given, outer->span) : NULL;
    IrExpr *receiver = d->function;
    if (receiver && is_stored(receiver->type))
        receiver = ir_read(l->c, capture_simple(l, fn, receiver, "function", &captured), outer->span);
    for (uint32_t i = 0; i < d->values.len; i++) {
        IrExpr *value = d->values.items[i];
        if (!is_stored(value->type)) /* a function that captures nothing: its type says which */
            value = e_zero(l, value->type);
        else if (!(is_simple(value) && value->kind != IR_READ && value->kind != IR_CONVERT))
            value = ir_read(l->c, capture_simple(l, fn, value, arena_printf(l->arena, "a%u", i), &captured), outer->span);
        vec_push(l->arena, &values, value);
    }
    l->fn = fn;
    if (given)
        vec_push(l->arena, &values, e_read(l, given));
    if (receiver && receiver->type->kind == TYPE_BOUND)
        receiver = narrowed_to(l, receiver, receiver->type->args[0]);
    IrExpr *result = call_with(l, d->callee, receiver, values.items, values.len);
    emit_return(l, convert(l, result, d->result));
    l->fn = outer;
    func->is_closure = func->captures.len > 0;
    closure->as.func = func;
    closure->captures = captured;
    return closure;
}

IrExpr *factory_closure(Lower *l, Callee *callee, Node *func, Type *result)
{
    Deferred d = {.callee = callee, .result = result, .name = "factory"};

    d.function = expr(l, func);
    return deferred_closure(l, &d);
}

/* A function of the program that the runtime calls with one value. */
IrExpr *callback_closure(Lower *l, Callee *callee, Node *func, Type *given, Type *result)
{
    Deferred d = {.callee = callee, .given = given, .result = result, .name = "callback"};

    d.function = expr(l, func);
    return deferred_closure(l, &d);
}

static bool names_arguments(const Node *n)
{
    return n->as.call.args.len && vec_last(&n->as.call.args).kind == ARG_KEYWORD;
}

/* Which of the arguments from `from` on the i-th parameter that takes one is given. */
static uint32_t argument_for(const Node *n, const Callee *callee, uint32_t from, uint32_t i)
{
    for (uint32_t p = 0; p < callee->binding_count; p++) {
        const Binding *b = &callee->bindings[p];
        if (b->kind != BIND_ARG || i-- > 0)
            continue;
        for (uint32_t j = from; j < n->as.call.args.len; j++)
            if (n->as.call.args.items[j].value == b->value)
                return j - from;
    }
    return i;
}

/* f and its arguments, evaluated where the call stands. */
static Deferred deferred_call(Lower *l, Node *n, Callee *callee, const char *name, IrExpr **receiver)
{
    Deferred d = {.callee = callee->init, .name = name};
    Operands ops = {0};
    Node *func = n->as.call.func;
    bool is_method = func->kind == NODE_ATTRIBUTE && type_at(l, func->as.attribute.value)->kind != TYPE_MODULE;
    uint32_t at = 0;

    if (is_method)
        operands_add(l, &ops, expr(l, func->as.attribute.value));
    for (uint32_t i = 0; i < n->as.call.args.len; i++)
        if (n->as.call.args.items[i].kind == ARG_POSITIONAL || callee->special == SPECIAL_EXECUTOR)
            operands_add(l, &ops, expr(l, n->as.call.args.items[i].value));
    operands_settle(l, &ops);
    *receiver = is_method ? ops.items.items[at++].value : NULL;
    for (uint32_t i = 0; i < callee->first; i++)
        vec_push(l->arena, &d.values, ops.items.items[at++].value); /* call_later's delay, taken off by the caller */
    d.function = ops.items.items[at++].value;
    uint32_t from = callee->first + 1;
    for (uint32_t i = 0; i + at < ops.items.len; i++) {
        uint32_t which = callee->special == SPECIAL_EXECUTOR && names_arguments(n) ? argument_for(n, callee->init, from, i) : i;
        vec_push(l->arena, &d.values, ops.items.items[at + which].value);
    }
    return d;
}

static IrExpr *take_first(Deferred *d)
{
    IrExpr *first = d->values.items[0];

    d->values.items++;
    d->values.len--;
    return first;
}

/* A done callback may be removed again: the same function must become the same closure, as where remove_done_callback makes one. */
static IrExpr *same_callable(Lower *l, IrExpr *function, Type *given)
{
    Type *types[] = {given, t_none(l)};

    if (function->type->kind == TYPE_CALLABLE)
        return function;
    if (!infer_callable_callee(l->inf, function->type))
        return NULL;
    return convert(l, function, types_make(l->types, TYPE_CALLABLE, NULL, types, 2));
}

IrExpr *lower_call_soon(Lower *l, Node *n, Callee *callee)
{
    const char *name = n->as.call.func->as.attribute.name;
    Node *context = arg_named(n, "context");
    IrExpr *receiver, *delay = NULL;
    Deferred d = deferred_call(l, n, callee, name, &receiver);
    bool is_done = strcmp(name, "add_done_callback") == 0;
    bool is_reader = strncmp(name, "add_", 4) == 0 && !is_done;

    if (callee->first)
        delay = take_first(&d);
    d.given = is_done ? callee->receiver : NULL;
    d.result = t_none(l);
    IrExpr *closure = is_done ? same_callable(l, d.function, d.given) : NULL;
    if (!closure)
        closure = deferred_closure(l, &d);
    IrExpr *vars = context ? expr_to(l, context, optional_context(l, context)) : e_none(l, optional_str(l));
    const char *function = arena_printf(l->arena, is_done ? "art_future_%s" : "art_loop_%s", name);
    if (is_reader)
        return RUNTIME(l, function, RT_RAISES, t_none(l), receiver, convert(l, delay, t_int(l)), closure);
    if (is_done)
        return RUNTIME(l, function, 0, t_none(l), receiver, closure, vars);
    if (delay)
        return RUNTIME(l, function, RT_RAISES, callee->result, receiver, convert(l, delay, t_float(l)), closure, vars);
    return RUNTIME(l, function, RT_RAISES, callee->result, receiver, closure, vars);
}

/* run_in_executor, submit, to_thread: the closure is the job. */
IrExpr *lower_executor(Lower *l, Node *n, Callee *callee)
{
    IrExpr *receiver, *executor = NULL;
    Deferred d = deferred_call(l, n, callee, "job", &receiver);
    Type *result = callee->result->args[0];

    if (callee->first)
        executor = take_first(&d);
    d.result = t_any(l);
    IrExpr *closure = deferred_closure(l, &d);
    if (callee->result->kind == TYPE_COROUTINE)
        return RUNTIME(l, "art_to_thread", RT_ASYNC | RT_RAISES | RT_OUT, callee->result, closure, e_type(l, t_of(l, TYPE_FUTURE, result)));
    if (callee->result->kind == TYPE_FUTURE) {
        if (executor->type->kind == TYPE_NONE)
            executor = e_none(l, optional_str(l));
        return RUNTIME(l, "art_run_closure", RT_RAISES | RT_TYPED, callee->result, receiver, executor, closure);
    }
    return RUNTIME(l, "art_executor_submit_closure", RT_RAISES | RT_TYPED, callee->result, receiver, closure);
}

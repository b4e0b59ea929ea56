/* try, with, finally, return, break, continue: what must be done on the way out, in one stack.
 *
 *     try: A                       raised = None; BLOCK { TRY { A } handler { raised = CATCH } }
 *     finally: B                   B
 *                                  if raised: RERAISE raised
 *
 *     a `return v` in A            result = v; way = 1; BREAK block             … after B:  if way == 1: RETURN result
 *
 *     try: A                       BLOCK {
 *     except E as e: B                 TRY { A } handler {
 *     else: C                              if raised_is(E): e = CATCH; B; UNSET e
 *                                          else: RERAISE
 *                                          BREAK block }
 *                                      C }
 *
 *     with m as x: A               BLOCK done {
 *                                      BLOCK body { TRY { x = enter(m); A }
 *                                          handler { caught = CATCH; if not exit(m, caught): RERAISE caught; BREAK done } }
 *                                      exit(m, None) }
 *
 * An Exit is one thing that stands between a statement and where break, continue or return go; leave() walks them from the inside out.
 * A loop is where break and continue end. A generator that a loop walks is dropped: its own clean-up runs at once. A handler unsets its variable. A finally or with stops the walk: the jump is noted, the
 * block left, and the walk goes on behind the clean-up. With one way out and no other end there is nothing to note. */
#include "lower/internal.h"

typedef enum ExitKind { EXIT_LOOP, EXIT_WALK, EXIT_HANDLER, EXIT_CLEANUP } ExitKind;

struct Exit {
    Exit *outer;
    ExitKind kind;
    IrStmt *loop, *end; /* LOOP: where continue and break go */
    IrVar *var;         /* HANDLER, WALK: unset on the way out; CLEANUP: `way` */
    IrVar *handled;     /* HANDLER: of the handler around it */
    IrStmt *block;      /* CLEANUP: what is left */
    Vec(JumpKind) jumps; /* CLEANUP: the kinds of jump that leave through it; its number is the position, from 1 */
    IrBlock ways;        /* CLEANUP: each `way = …`, so that they can be taken away again */
};

static Exit *push(Lower *l, ExitKind kind)
{
    Exit *e = arena_new(l->arena, Exit);

    e->outer = l->fn->exits;
    e->kind = kind;
    l->fn->exits = e;
    return e;
}

void exit_push_loop(Lower *l, IrStmt *loop, IrStmt *end)
{
    Exit *e = push(l, EXIT_LOOP);

    e->loop = loop;
    e->end = end;
}

void exit_push_walk(Lower *l, IrVar *walked)
{
    push(l, EXIT_WALK)->var = walked;
}

void exit_pop(Lower *l)
{
    l->fn->exits = l->fn->exits->outer;
}

/* -- leaving -------------------------------------------------------------------------------------------------------------------------- */

static uint32_t jump_number(Lower *l, Exit *e, JumpKind kind)
{
    for (uint32_t i = 0; i < e->jumps.len; i++)
        if (e->jumps.items[i] == kind)
            return i + 1;
    vec_push(l->arena, &e->jumps, kind);
    return e->jumps.len;
}

static void set_way(Lower *l, Exit *e, uint32_t number)
{
    IrStmt *set = ir_set(l->c, e->var, e_int(l, number), l->fn->span);

    emit(l, set);
    vec_push(l->arena, &e->ways, set);
}

static void jump_to(Lower *l, IrStmtKind kind, IrStmt *target)
{
    emit_new(l, kind)->target = target;
}

static void leave_from(Lower *l, Exit *e, JumpKind kind)
{
    for (; e; e = e->outer) {
        switch (e->kind) {
        case EXIT_LOOP:
            if (kind == JUMP_RETURN)
                break;
            jump_to(l, kind == JUMP_BREAK ? IR_BREAK : IR_CONTINUE, kind == JUMP_BREAK ? e->end : e->loop);
            return;
        case EXIT_HANDLER:
            if (e->var && kind != JUMP_RETURN)
                emit_new(l, IR_UNSET)->dst = e->var;
            break;
        case EXIT_WALK:
            emit_new(l, IR_UNSET)->dst = e->var;
            break;
        case EXIT_CLEANUP:
            set_way(l, e, jump_number(l, e, kind));
            jump_to(l, IR_BREAK, e->block);
            return;
        }
    }
    emit_new(l, IR_RETURN)->value = l->fn->result ? e_read(l, l->fn->result) : NULL;
}

void leave(Lower *l, JumpKind kind)
{
    leave_from(l, l->fn->exits, kind);
}

/* Is there something to do on the way out of the function? */
static bool has_cleanup(const Lower *l)
{
    for (const Exit *e = l->fn->exits; e; e = e->outer)
        if (e->kind == EXIT_CLEANUP || e->kind == EXIT_WALK)
            return true;
    return false;
}

/* A method __await__ that is no generator gives what it returns to be awaited. */
static bool returns_awaitable(const Instance *inst)
{
    return inst->is_async && inst->decl && !inst->decl->as.function.is_async && !inst->decl->as.function.is_generator;
}

void lower_return(Lower *l, Node *n)
{
    Type *t = l->fn->ir->result;
    IrExpr *value = n->as.ret.value ? expr(l, n->as.ret.value) : e_none(l, t_none(l));

    if (returns_awaitable(l->fn->inst))
        value = await_returned(l, n, value);
    if (value->type->kind == TYPE_NEVER && n->as.ret.value && n->as.ret.value->kind == NODE_NAME) { /* NotImplemented */
        emit_not_implemented(l);
        return;
    }
    bool has_result = t->kind != TYPE_NONE && t->kind != TYPE_NEVER;
    if (!has_result)
        emit_eval(l, value);
    else
        value = convert(l, value, t);
    if (!has_cleanup(l)) {
        emit_new(l, IR_RETURN)->value = has_result ? value : NULL;
        return;
    }
    if (has_result) {
        if (!l->fn->result)
            l->fn->result = hidden_var(l, "result", t);
        emit_set(l, l->fn->result, value);
    }
    leave(l, JUMP_RETURN);
}

/* -- what stands behind a clean-up ------------------------------------------------------------------------------------------------------- */

static Exit *cleanup_begin(Lower *l, const char *stem)
{
    Exit *e = push(l, EXIT_CLEANUP);

    e->var = hidden_var(l, stem, t_int(l));
    e->block = ir_stmt(l->c, IR_BLOCK, l->fn->span);
    return e;
}

/* An empty block stands for nothing: it is swept out at the end. */
static void remove_stmt(IrStmt *s)
{
    *s = (IrStmt){.kind = IR_BLOCK, .span = s->span};
}

static void remove_var(IrVarVec *vars, const IrVar *var)
{
    for (uint32_t i = 0; i < vars->len; i++)
        if (vars->items[i] == var) {
            memmove(vars->items + i, vars->items + i + 1, (vars->len - i - 1) * sizeof *vars->items);
            vars->len--;
            return;
        }
}

static void forget_ways(Lower *l, Exit *e)
{
    for (uint32_t i = 0; i < e->ways.len; i++)
        remove_stmt(e->ways.items[i]);
    remove_var(&l->fn->ir->vars, e->var);
}

/* Behind the clean-up: on with the jumps that left through it. `ends`: its normal end is reached, too. */
static void cleanup_end(Lower *l, Exit *e, bool ends)
{
    if (e->jumps.len == 0 || (e->jumps.len == 1 && !ends)) {
        if (e->jumps.len)
            leave_from(l, e->outer, e->jumps.items[0]);
        forget_ways(l, e);
        return;
    }
    for (uint32_t i = 0; i < e->jumps.len; i++) {
        IrStmt *test = emit_new(l, IR_IF);
        test->cond = e_op(l, IR_OP_INT_EQ, t_bool(l), e_read(l, e->var), e_int(l, i + 1));
        IrBlock *outer = enter_block(l, &test->body);
        leave_from(l, e->outer, e->jumps.items[i]);
        enter_block(l, outer);
    }
}

/* -- raise --------------------------------------------------------------------------------------------------------------------------------- */

IrVar *handled_exception(Lower *l)
{
    if (l->fn->handled)
        l->fn->uses_handled = true;
    return l->fn->handled;
}

static IrExpr *raised_value(Lower *l, Node *n)
{
    Action *a = action_at(l, n, ACT_CALL);

    if (a && a->callee)
        return call_with(l, a->callee, NULL, NULL, 0);
    return expr(l, n->as.raise.exc);
}

static IrExpr *cause_value(Lower *l, Node *cause)
{
    IrExpr *e = expr(l, cause);

    if (e->type->kind == TYPE_CLASSOBJ)
        return RUNTIME(l, "art_exc_new", 0, t_exception(l), e);
    return e;
}

static void reraise(Lower *l)
{
    IrStmt *s;

    if (!l->fn->handled) {
        raise_text(l, exception_type(l, "RuntimeError"), "No active exception to reraise");
        return;
    }
    s = emit_new(l, IR_RERAISE);
    s->value = e_read(l, handled_exception(l));
}

/* `raise last`, where nothing may have been kept. */
static IrExpr *raised_at_all(Lower *l, IrExpr *value)
{
    if (!types_is_optional(value->type))
        return value;
    value = to_simple(l, value, "raised");
    IrStmt *test = emit_new(l, IR_IF);
    test->cond = e_is_none(l, value);
    IrBlock *outer = enter_block(l, &test->body);
    raise_text(l, exception_type(l, "TypeError"), "exceptions must derive from BaseException");
    enter_block(l, outer);
    return narrowed_to(l, value, types_without_none(l->types, value->type));
}

void lower_raise(Lower *l, Node *n)
{
    Operands ops = {0};
    IrStmt *s;

    if (!n->as.raise.exc) {
        reraise(l);
        return;
    }
    IrExpr *value = raised_value(l, n);
    if (value->type->kind == TYPE_CLASSOBJ || types_is_box(value->type)) {
        emit_eval(l, RUNTIME(l, "art_raise_any", RT_RAISES, t_none(l), box(l, value)));
        return;
    }
    operands_add(l, &ops, raised_at_all(l, value));
    if (n->as.raise.cause)
        operands_add(l, &ops, cause_value(l, n->as.raise.cause));
    operands_settle(l, &ops);
    s = emit_new(l, IR_RAISE);
    s->value = ops.items.items[0].value;
    s->limit = n->as.raise.cause ? ops.items.items[1].value : NULL;
    s->dst = handled_exception(l);
}

static const char *class_of_param(Lower *l, uint32_t i)
{
    Type *t = i < l->fn->inst->param_count ? l->fn->inst->params[i] : NULL;

    return !t || t->kind == TYPE_NONE ? "NoneType" : t->cls ? t->cls->name : types_spell(l->types, t);
}

/* What CPython says when neither operand can do it; the method's name tells the operator, and whether self stands on the right. */
static const char *unsupported_text(Lower *l, const char *name)
{
    static const struct {
        const char *method, *sign;
    } signs[] = {
        {"add", "+"},       {"sub", "-"},   {"mul", "*"},      {"truediv", "/"}, {"floordiv", "//"}, {"mod", "%"},
        {"pow", "** or pow()"}, {"matmul", "@"}, {"lshift", "<<"}, {"rshift", ">>"}, {"and", "&"},       {"or", "|"},
        {"xor", "^"},       {"divmod", "divmod()"}, {"lt", "<"},   {"le", "<="},     {"gt", ">"},        {"ge", ">="},
    };
    const char *left = class_of_param(l, 0), *right = class_of_param(l, 1), *sign = NULL;
    bool is_reflected = false, is_in_place = false;

    for (size_t i = 0; i < sizeof signs / sizeof *signs && !sign; i++) {
        const char *plain = arena_printf(l->arena, "__%s__", signs[i].method);
        is_reflected = strcmp(name, arena_printf(l->arena, "__r%s__", signs[i].method)) == 0;
        is_in_place = strcmp(name, arena_printf(l->arena, "__i%s__", signs[i].method)) == 0;
        if (is_reflected || is_in_place || strcmp(name, plain) == 0)
            sign = signs[i].sign;
    }
    if (!sign)
        return "unsupported operand type(s)";
    if (is_reflected) {
        const char *swap = left;
        left = right, right = swap;
    }
    if ((sign[0] == '<' || sign[0] == '>') && sign[1] != sign[0])
        return arena_printf(l->arena, "'%s' not supported between instances of '%s' and '%s'", sign, left, right);
    if (is_reflected && strcmp(sign, "+") == 0 && (strcmp(left, "str") == 0 || strcmp(left, "list") == 0 || strcmp(left, "tuple") == 0))
        return arena_printf(l->arena, "can only concatenate %s (not \"%s\") to %s", left, right, left);
    return arena_printf(l->arena, "unsupported operand type(s) for %s%s: '%s' and '%s'", sign, is_in_place ? "=" : "", left, right);
}

/* NotImplemented: of == that the objects are not equal, since the other side would say no more; of an operator a TypeError. */
void emit_not_implemented(Lower *l)
{
    const Node *decl = l->fn->inst->decl;
    const char *name = decl && decl->kind == NODE_FUNCTION ? decl->as.function.name : "";

    if (strcmp(name, "__eq__") == 0 || strcmp(name, "__ne__") == 0) {
        emit_new(l, IR_RETURN)->value = convert(l, e_bool(l, name[2] == 'n'), l->fn->ir->result);
        return;
    }
    raise_text(l, exception_type(l, "TypeError"), unsupported_text(l, name));
}

/* -- except ---------------------------------------------------------------------------------------------------------------------------------- */

static IrExpr *raised_is(Lower *l, IrExpr *type)
{
    return e_op(l, IR_OP_RAISED_IS, t_bool(l), type, NULL);
}

/* except E, except (E, F): the pending exception is one of them. */
static IrExpr *matches(Lower *l, Node *type)
{
    IrExpr *test = e_bool(l, false), *value;

    if (!type)
        return e_bool(l, true);
    if (type->kind == NODE_TUPLE) {
        for (uint32_t i = 0; i < type->as.list.items.len; i++)
            test = e_or(l, test, matches(l, type->as.list.items.items[i]));
        return test;
    }
    value = expr(l, type);
    if (value->type->kind == TYPE_CLASSOBJ) {
        if (value->kind == IR_TYPE && value->as.of->kind == TYPE_CLASS && strcmp(value->as.of->cls->name, "BaseException") == 0)
            return e_bool(l, true);
        return raised_is(l, value);
    }
    if (value->type->kind == TYPE_TUPLE) {
        value = to_simple(l, value, "types");
        for (uint32_t i = 0; i < value->type->arg_count; i++)
            test = e_or(l, test, raised_is(l, e_item(l, value, i)));
    }
    return test;
}

static Symbol *handler_symbol(Lower *l, const Handler *h)
{
    const Scope *scope = node_scope(l);
    Symbol *symbol = h->name ? map_get(&scope->outer_names, h->name) : NULL;

    return !h->name ? NULL : symbol ? symbol : scope_find(scope, h->name);
}

/* What the handler catches, as narrow as its clause says. */
static Type *caught_type(Lower *l, const Handler *h)
{
    Type *t = h->type && h->type->kind != NODE_TUPLE ? type_at(l, h->type) : NULL;

    if (t && t->kind == TYPE_CLASSOBJ && t->args[0]->kind == TYPE_CLASS)
        return t->args[0];
    return t_exception(l);
}

/* -- context: what is raised while an exception is handled ------------------------------------------------------------------------------- */

static bool block_raises(const IrBlock *block);

static void visit_effects(void *ctx, IrExpr **e)
{
    *(unsigned *)ctx |= effects_of(*e);
}

/* Can a call in there raise? A raise statement sets its context itself. */
static bool stmt_raises(IrStmt *s)
{
    unsigned effects = 0;

    if (s->kind == IR_AWAIT || s->kind == IR_NEXT || s->kind == IR_YIELD)
        return true;
    ir_each_expr(s, visit_effects, &effects);
    return (effects & EFFECT_RAISES) || block_raises(&s->body) || block_raises(&s->orelse) || block_raises(&s->after);
}

static bool block_raises(const IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++)
        if (stmt_raises(block->items[i]))
            return true;
    return false;
}

/* The statements of `body`, here; what they raise gets `handled` as its context on its way. */
static void with_context(Lower *l, const IrBlock *body, IrVar *handled)
{
    IrStmt *attempt;

    if (!block_raises(body)) {
        for (uint32_t i = 0; i < body->len; i++)
            emit(l, body->items[i]);
        return;
    }
    attempt = emit_new(l, IR_TRY);
    attempt->body = *body;
    IrBlock *outer = enter_block(l, &attempt->orelse);
    RUNTIME(l, "art_raised_context", 0, t_none(l), convert(l, e_read(l, handled), types_optional(l->types, t_exception(l))));
    emit_new(l, IR_RERAISE);
    enter_block(l, outer);
}

/* The handler's body: the exception is caught into the user's variable if that serves, else into a hidden one. */
static void handler_body(Lower *l, const Handler *h, IrExpr *given)
{
    Symbol *symbol = handler_symbol(l, h);
    bool is_named = symbol && is_kept_symbol(l, symbol);
    IrVar *named = is_named ? ir_var_of(l, symbol) : NULL;
    IrVar *outer_handled = l->fn->handled;
    bool outer_uses = l->fn->uses_handled;
    Type *t = given ? given->type : caught_type(l, h);
    IrVar *caught = given ? given->as.place.var : hidden_var(l, "caught", t);
    IrStmt *catch = NULL;

    if (!given) {
        catch = emit_new(l, IR_CATCH);
        catch->dst = caught;
    }
    if (named)
        emit_set(l, named, narrowed_to(l, e_read(l, caught), named->type));
    l->fn->handled = caught;
    l->fn->uses_handled = false;
    Exit *e = push(l, EXIT_HANDLER);
    IrBlock body = {0};
    e->var = named;
    lower_into(l, &body, &h->body);
    exit_pop(l);
    l->fn->uses_handled |= block_raises(&body);
    with_context(l, &body, caught);
    if (named && ir_falls_through(l->fn->block))
        emit_new(l, IR_UNSET)->dst = named;
    if (catch && !l->fn->uses_handled && !named) { /* nobody asks for it */
        catch->dst = NULL;
        remove_var(&l->fn->ir->vars, caught);
    } else if (ir_falls_through(l->fn->block) && !given) {
        emit_new(l, IR_UNSET)->dst = caught;
    }
    l->fn->handled = outer_handled;
    l->fn->uses_handled = outer_uses;
}

static void lower_handlers(Lower *l, const HandlerVec *handlers)
{
    IrBlock *outer = l->fn->block;
    bool is_closed = false;

    for (uint32_t i = 0; i < handlers->len && !is_closed; i++) {
        const Handler *h = &handlers->items[i];
        IrExpr *test = matches(l, h->type);
        is_closed = test->kind == IR_BOOL && test->as.integer;
        if (is_closed) {
            handler_body(l, h, NULL);
            break;
        }
        IrStmt *branch = emit_new(l, IR_IF);
        branch->cond = test;
        enter_block(l, &branch->body);
        handler_body(l, h, NULL);
        enter_block(l, &branch->orelse);
    }
    if (!is_closed)
        emit_new(l, IR_RERAISE);
    enter_block(l, outer);
}

static void lower_guarded(Lower *l, Node *n)
{
    const NodeVec *orelse = &n->as.try_.orelse;
    IrStmt *block = orelse->len ? emit_new(l, IR_BLOCK) : NULL;
    IrBlock *outer = block ? enter_block(l, &block->body) : NULL;
    IrStmt *attempt = emit_new(l, IR_TRY);

    l->fn->tries++;
    lower_into(l, &attempt->body, &n->as.try_.body);
    l->fn->tries--;
    IrBlock *before = enter_block(l, &attempt->orelse);
    if (n->as.try_.is_star)
        lower_star_handlers(l, &n->as.try_.handlers);
    else
        lower_handlers(l, &n->as.try_.handlers);
    if (block && ir_falls_through(&attempt->orelse))
        jump_to(l, IR_BREAK, block);
    enter_block(l, before);
    if (!block)
        return;
    lower_body(l, orelse);
    enter_block(l, outer);
}

/* -- except* ------------------------------------------------------------------------------------------------------------------------------------ */

/* The pending exception is split by each clause in turn; what the handlers raise is collected, and at the end joined with what nobody
 * took:
 *
 *     except* E as e: B      rest = caught; raised = []
 *                            found, rest = split(rest, E);  if found: TRY { e = found; B } handler { raised.append(CATCH) }
 *                            merge(caught, raised, rest) is raised, if it is not None */
static IrExpr *types_of_clause(Lower *l, Node *type, uint32_t *count)
{
    IrExpr *array = e_new(l, IR_ARRAY, t_any(l));
    NodeVec one = {.items = &type, .len = 1}, *nodes = type->kind == NODE_TUPLE ? &type->as.list.items : &one;

    for (uint32_t i = 0; i < nodes->len; i++)
        add_arg(l, array, expr(l, nodes->items[i]));
    *count = nodes->len;
    return array;
}

void lower_star_handlers(Lower *l, const HandlerVec *handlers)
{
    Type *exc = t_exception(l), *optional = types_optional(l->types, exc);
    Type *pair_types[] = {optional, optional};
    Type *pair = types_make(l->types, TYPE_TUPLE, l->kinds[TYPE_TUPLE], pair_types, 2);
    IrVar *caught = hidden_var(l, "caught", exc), *rest = hidden_var(l, "rest", optional);
    IrVar *raised = hidden_var(l, "raised", t_of(l, TYPE_LIST, exc));

    emit_new(l, IR_CATCH)->dst = caught;
    emit_set(l, rest, convert(l, e_read(l, caught), optional));
    emit_set(l, raised, empty_of(l, raised->type));
    for (uint32_t i = 0; i < handlers->len; i++) {
        const Handler *h = &handlers->items[i];
        uint32_t count;
        IrExpr *types = types_of_clause(l, h->type, &count);
        IrExpr *parts = RUNTIME(l, "art_exc_split_star", RT_OUT, pair, e_read(l, rest), types, e_int(l, count));
        IrVar *found = hidden_var(l, "found", optional);
        emit_set(l, found, e_item(l, parts, 0));
        emit_set(l, rest, e_item(l, parts, 1));
        IrStmt *test = emit_new(l, IR_IF);
        test->cond = e_not(l, e_is_none(l, e_read(l, found)));
        IrBlock *outer = enter_block(l, &test->body);
        IrStmt *attempt = emit_new(l, IR_TRY);
        enter_block(l, &attempt->body);
        handler_body(l, h, e_read(l, found));
        enter_block(l, &attempt->orelse);
        IrVar *again = hidden_var(l, "again", exc);
        emit_new(l, IR_CATCH)->dst = again;
        append_to(l, raised, e_read(l, again));
        enter_block(l, outer);
    }
    IrVar *left = hidden_var(l, "left", optional);
    emit_set(l, left, RUNTIME(l, "art_exc_merge", 0, optional, e_read(l, caught), e_read(l, raised), e_read(l, rest)));
    IrStmt *test = emit_new(l, IR_IF);
    test->cond = e_not(l, e_is_none(l, e_read(l, left)));
    IrBlock *outer = enter_block(l, &test->body);
    emit_new(l, IR_RERAISE)->value = narrowed_to(l, e_read(l, left), exc);
    enter_block(l, outer);
}

/* -- finally ------------------------------------------------------------------------------------------------------------------------------------ */

static void lower_finally(Lower *l, Node *n)
{
    Exit *e = cleanup_begin(l, "way");
    Type *optional = types_optional(l->types, t_exception(l));
    IrVar *raised = hidden_var(l, "raised", optional);

    emit_set(l, raised, e_none(l, optional));
    set_way(l, e, 0);
    emit(l, e->block);
    IrStmt *attempt = ir_stmt(l->c, IR_TRY, l->fn->span);
    vec_push(l->arena, &e->block->body, attempt);
    IrBlock *outer = enter_block(l, &attempt->body);
    if (n->as.try_.handlers.len)
        lower_guarded(l, n);
    else
        lower_body(l, &n->as.try_.body);
    bool ends = ir_falls_through(&attempt->body);
    IrVar *caught = hidden_var(l, "caught", t_exception(l));
    enter_block(l, &attempt->orelse);
    emit_new(l, IR_CATCH)->dst = caught;
    emit_set(l, raised, convert(l, e_read(l, caught), optional));
    enter_block(l, outer);
    exit_pop(l);
    IrVar *handled = l->fn->handled;
    IrBlock body = {0};
    l->fn->handled = raised;
    lower_into(l, &body, &n->as.try_.finally);
    l->fn->handled = handled;
    with_context(l, &body, raised);
    if (!ir_falls_through(l->fn->block))
        return;
    IrStmt *test = emit_new(l, IR_IF);
    test->cond = e_not(l, e_is_none(l, e_read(l, raised)));
    outer = enter_block(l, &test->body);
    emit_new(l, IR_RERAISE)->value = narrowed_to(l, e_read(l, raised), t_exception(l));
    enter_block(l, outer);
    cleanup_end(l, e, ends);
}

void lower_try(Lower *l, Node *n)
{
    if (n->as.try_.has_finally)
        lower_finally(l, n);
    else
        lower_guarded(l, n);
}

/* -- with ------------------------------------------------------------------------------------------------------------------------------------------ */

typedef struct With {
    const WithAction *action;
    bool is_async;
    IrVar *manager;
} With;

/* What __exit__ is given: the type, the exception, a traceback that is always None; or, in our own classes, the exception alone. */
static IrExpr *exit_argument(Lower *l, const Binding *b, IrVar *caught)
{
    if (!caught || b->kind == BIND_TRACEBACK)
        return e_none(l, b->type);
    if (b->kind == BIND_EXC_TYPE)
        return convert(l, e_op(l, IR_OP_OBJ_TYPE, e_type(l, t_exception(l))->type, e_read(l, caught), NULL), b->type);
    return convert(l, e_read(l, caught), b->type);
}

static IrExpr *call_exit(Lower *l, const With *with, IrVar *caught)
{
    Callee *exit = with->action->exit;
    IrExpr *values[4];
    uint32_t count = 0;

    for (uint32_t i = 0; i < exit->binding_count && count < 4; i++)
        if (exit->bindings[i].kind >= BIND_EXC_TYPE)
            values[count++] = exit_argument(l, &exit->bindings[i], caught);
    IrExpr *result = call_with(l, exit, e_read(l, with->manager), values, count);
    return with->is_async ? await_value(l, result, NULL) : result;
}

static IrExpr *call_enter(Lower *l, const With *with)
{
    IrExpr *result = call_with(l, with->action->enter, e_read(l, with->manager), NULL, 0);

    return with->is_async ? await_value(l, result, NULL) : result;
}

static void lower_item(Lower *l, Node *n, uint32_t at);

static void with_body(Lower *l, Node *n, uint32_t at, IrExpr *entered)
{
    Node *target = n->as.with.items.items[at].target;

    if (target)
        assign_to(l, target, entered);
    else
        emit_eval(l, entered);
    lower_item(l, n, at + 1);
}

/* The handler: __exit__ is told of the exception and may swallow it. */
static bool exit_with_exception(Lower *l, const With *with, IrStmt *done)
{
    IrVar *caught = hidden_var(l, "caught", t_exception(l)), *outer_handled = l->fn->handled;
    IrStmt *reraise_stmt;

    emit_new(l, IR_CATCH)->dst = caught;
    l->fn->handled = caught;
    IrExpr *result = call_exit(l, with, caught);
    bool may_swallow = result->type->kind != TYPE_NONE && result->type->kind != TYPE_NEVER;
    IrExpr *swallowed = may_swallow ? truth(l, result) : e_bool(l, false);
    l->fn->handled = outer_handled;
    if (swallowed->kind == IR_BOOL && !swallowed->as.integer) {
        emit_new(l, IR_RERAISE)->value = e_read(l, caught);
        return false;
    }
    IrStmt *test = emit_new(l, IR_IF);
    test->cond = e_not(l, swallowed);
    reraise_stmt = ir_stmt(l->c, IR_RERAISE, l->fn->span);
    reraise_stmt->value = e_read(l, caught);
    vec_push(l->arena, &test->body, reraise_stmt);
    emit_new(l, IR_UNSET)->dst = caught;
    jump_to(l, IR_BREAK, done);
    return true;
}

static void lower_item(Lower *l, Node *n, uint32_t at)
{
    if (at == n->as.with.items.len) {
        lower_body(l, &n->as.with.body);
        return;
    }
    Node *context = n->as.with.items.items[at].context;
    With with = {.action = l->fn->inst->withs[context->id], .is_async = n->as.with.is_async};
    IrExpr *manager = expr(l, context);
    if (!with.action) {
        emit_eval(l, manager);
        return;
    }
    with.manager = hidden_var(l, "manager", manager->type);
    emit_set(l, with.manager, manager);
    IrExpr *entered = call_enter(l, &with);
    if (!is_simple(entered) && entered->type->kind != TYPE_NONE)
        entered = to_temp(l, entered, NULL);

    Exit *e = cleanup_begin(l, "way");
    IrStmt *done = ir_stmt(l->c, IR_BLOCK, l->fn->span);
    set_way(l, e, 0);
    emit(l, done);
    vec_push(l->arena, &done->body, e->block);
    IrStmt *attempt = ir_stmt(l->c, IR_TRY, l->fn->span);
    vec_push(l->arena, &e->block->body, attempt);
    IrBlock *outer = enter_block(l, &attempt->body);
    with_body(l, n, at, entered);
    bool ends = ir_falls_through(&attempt->body);
    enter_block(l, &attempt->orelse);
    exit_pop(l);
    exit_with_exception(l, &with, done);
    enter_block(l, &done->body);
    if (ends || e->jumps.len) {
        emit_eval(l, call_exit(l, &with, NULL));
        cleanup_end(l, e, ends);
    } else {
        forget_ways(l, e);
    }
    enter_block(l, outer);
    emit_new(l, IR_UNSET)->dst = with.manager;
}

void lower_with(Lower *l, Node *n)
{
    lower_item(l, n, 0);
}

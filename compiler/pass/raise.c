/* Exception edges: which statements can raise, and where each of them leaves to.
 *
 * In: IR as lowering made it.  Out: IrStmt.raises and .handler, IrFunc.can_raise, IrSlot.raises; and a shape in which one check after a
 * statement is enough:
 *
 *     print(a + b)             value = a + b           the operand of a call with effects is checked before the call is made
 *                              check
 *                              print(value)
 *     self.x = f()             value = f(); check; self.x = value      a place keeps what it held when the new value raises
 *     while next(a) > 0: …     while True: test = next(a) > 0; check; if not test: break; …
 *     print(x)                 check that x is assigned; print(x)      (x of `del x`, or assigned in one branch)
 *     await f()                f(), a plain call, when f cannot suspend
 *     try: a = 1 …             a = 1                                   a handler that nothing leaves to is gone
 *     if n < 2: return n       …
 *     f(n - 1)                 f(n - 1)                                range.c: it cannot overflow, so nothing is checked
 *
 * It must know the whole call graph, so it goes through all functions until nothing changes; it stands before ownership, since an
 * exception releases, too. */
#include "pass/pass.h"

#include <assert.h>
#include <string.h>

typedef struct Raise {
    Compilation *c;
    IrProgram *program;
    IrFunc *func;
    IrBlock *out;    /* where rewritten statements go */
    IrBlock later;   /* what follows the statement */
    bool changed;
    bool found;      /* an answer of a walk */
    uint32_t words;
    VarSet definite; /* variables that are certainly assigned here */
    bool has_unset;  /* the function deletes names: nothing is certain for long */
} Raise;

/* -- what can raise ------------------------------------------------------------------------------------------------------------- */

bool type_runs_code(const Type *t)
{
    switch (t->kind) {
    case TYPE_CLASS:
        return !t->cls->c_name || t->cls->is_exception;
    case TYPE_ANY:
        return true;
    case TYPE_UNION:
    case TYPE_LIST:
    case TYPE_DEQUE:
    case TYPE_DICT:
    case TYPE_SET:
    case TYPE_FROZENSET:
    case TYPE_TUPLE:
    case TYPE_VARTUPLE:
        for (uint32_t i = 0; i < t->arg_count; i++)
            if (type_runs_code(t->args[i]))
                return true;
        return false;
    default:
        return false;
    }
}

static bool is_nonzero(const IrExpr *e)
{
    return (e->kind == IR_INT && e->as.integer != 0) || (e->kind == IR_FLOAT && e->as.real != 0);
}

static bool op_can_raise(const IrExpr *e)
{
    switch (e->op) {
    case IR_OP_INT_DIV:
    case IR_OP_FLOAT_DIV:
    case IR_OP_INT_MOD:
        return !is_nonzero(e->args.items[1]);
    case IR_OP_INT_FLOORDIV:
        return !is_nonzero(e->args.items[1]) || e->args.items[1]->as.integer == -1;
    case IR_OP_SLOT_EQ:
    case IR_OP_SLOT_LT:
    case IR_OP_SLOT_REPR:
    case IR_OP_SLOT_STR:
    case IR_OP_SLOT_HASH:
    case IR_OP_SLOT_TRUTH:
        return type_runs_code(e->args.items[0]->type);
    default:
        return ir_op_raises(e->op);
    }
}

/* Only %v and %V call back into the program, and only for some types. */
static bool format_can_raise(const IrExpr *e)
{
    if (strstr(e->as.format, "%{"))
        return true; /* a bad specification */
    for (uint32_t i = 0; i < e->args.len; i++)
        if (type_runs_code(e->args.items[i]->type))
            return true;
    return false;
}

/* A value whose hash and equality are the runtime's own, and never raise. */
static bool is_plain_key(const Type *t)
{
    switch (t->kind) {
    case TYPE_NONE:
    case TYPE_BOOL:
    case TYPE_INT:
    case TYPE_FLOAT:
    case TYPE_STR:
    case TYPE_BYTES:
        return true;
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < t->arg_count; i++)
            if (!is_plain_key(t->args[i]))
                return false;
        return true;
    default:
        return types_is_nullable(t) && is_plain_key(t->args[t->args[0]->kind == TYPE_NONE]);
    }
}

/* Functions that raise only what hashing or comparing an element raises. */
static bool only_compares(const char *c_name)
{
    static const char *const names[] = {
        "art_set_contains", "art_set_add", "art_set_discard", "art_dict_contains", "art_dict_set", "art_dict_get", "art_dict_get_ptr",
        "art_dict_get_box", "art_dict_get_none", "art_dict_setdefault", "art_dict_pop_or", "art_list_contains", "art_list_count",
        "art_deque_contains", "art_set_union", "art_set_intersection", "art_set_difference", "art_set_symmetric_difference",
        "art_set_update", "art_set_of_list", "art_dict_update", "art_dict_union", "art_set_issubset", "art_set_issuperset",
        "art_set_isdisjoint", "art_set_equal", "art_dict_equal", "art_list_equal",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], c_name) == 0)
            return true;
    return false;
}

static bool call_c_raises(const IrExpr *e)
{
    const Type *container = e->args.len ? e->args.items[0]->type : NULL;

    if (!e->as.cfunc->raises || !container || !container->arg_count || !only_compares(e->as.cfunc->c_name))
        return e->as.cfunc->raises;
    bool compares_values = strcmp(e->as.cfunc->c_name, "art_dict_equal") == 0;
    return !is_plain_key(container->args[0]) || (compares_values && !is_plain_key(container->args[1]));
}

/* Does the node itself raise, its operands aside? */
static bool node_raises(const IrExpr *e)
{
    switch (e->kind) {
    case IR_OP:
        return op_can_raise(e);
    case IR_CALL:
        return e->as.func->can_raise;
    case IR_CALL_C:
        return call_c_raises(e);
    case IR_CALL_VALUE:
        return true;
    case IR_CALL_SLOT:
        return e->as.slot->raises;
    case IR_CONVERT:
        return e->checked;
    case IR_FORMAT:
        return format_can_raise(e);
    case IR_DICT:
        return e->args.len && type_runs_code(e->args.items[0]->type);
    case IR_LIST:
        return (e->type->kind == TYPE_SET || e->type->kind == TYPE_FROZENSET) && e->args.len && type_runs_code(e->args.items[0]->type);
    default:
        return false;
    }
}

static void visit_raising(void *ctx, IrExpr **e)
{
    *(bool *)ctx |= expr_raises(*e);
}

bool expr_raises(const IrExpr *e)
{
    bool raises = node_raises(e);

    if (!raises)
        ir_each_operand((IrExpr *)(uintptr_t)e, visit_raising, &raises);
    return raises;
}

static bool await_raises(const IrStmt *s)
{
    if (s->value->kind == IR_CALL && s->value->as.func->kind == IR_COROUTINE && !s->value->as.func->can_suspend)
        return s->value->as.func->can_raise;
    return true; /* cancellation arrives here */
}

static bool stmt_raises(const IrStmt *s)
{
    bool raises = false;

    ir_each_expr((IrStmt *)(uintptr_t)s, visit_raising, &raises);
    switch (s->kind) {
    case IR_RAISE:
    case IR_RERAISE:
    case IR_CHECK_SET:
    case IR_YIELD:
        return true;
    case IR_AWAIT:
        return raises || await_raises(s);
    case IR_NEXT:
        return !s->child || !s->child->child || s->child->child->can_raise || s->child->child->can_suspend;
    default:
        return raises;
    }
}

/* -- the fixpoint ------------------------------------------------------------------------------------------------------------------- */

static bool is_unset_read(const IrExpr *e)
{
    return ir_is_var(e, NULL) && e->as.place.var->may_be_unset;
}

static void visit_unset(void *ctx, IrExpr **e)
{
    *(bool *)ctx |= is_unset_read(*e);
    ir_each_operand(*e, visit_unset, ctx);
}

static bool reads_unset(IrStmt *s)
{
    bool found = false;

    ir_each_expr(s, visit_unset, &found);
    return found;
}

/* Does some statement of the block leave the block by an exception? A try's body leaves to its handler. */
static bool block_raises(const IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];

        if (stmt_raises(s) || reads_unset(s))
            return true;
        if (s->kind != IR_TRY && block_raises(&s->body))
            return true;
        if (s->kind == IR_TRY && !block_raises(&s->body))
            continue;
        if (block_raises(&s->orelse) || block_raises(&s->after))
            return true;
    }
    return false;
}

static void spread_to_slots(Raise *r)
{
    for (uint32_t i = 0; i < r->program->classes.len; i++) {
        IrClass *cls = r->program->classes.items[i];
        for (uint32_t j = 0; j < cls->methods.len; j++) {
            IrFunc *func = cls->methods.items[j].func;
            IrSlot *slot = cls->methods.items[j].slot;
            if (func && func->can_raise && func->kind == IR_FUNCTION && !slot->raises)
                slot->raises = r->changed = true;
        }
    }
}

static void find_raising(Raise *r)
{
    do {
        r->changed = false;
        for (uint32_t i = 0; i < r->program->funcs.len; i++) {
            IrFunc *func = r->program->funcs.items[i];
            if (func->can_raise || !func->is_used)
                continue;
            func->can_raise = func->is_recursive || block_raises(&func->body);
            r->changed |= func->can_raise;
        }
        spread_to_slots(r);
    } while (r->changed);
}

/* -- rewriting: one check per statement ------------------------------------------------------------------------------------------------ */

const char *value_stem(const IrExpr *e)
{
    const char *name, *cut;

    switch (e->kind) {
    case IR_CALL:
    case IR_CORO:
        name = e->as.func->name;
        cut = strrchr(name, '.');
        return cut ? cut + 1 : name;
    case IR_CALL_C:
    case IR_CORO_C:
        name = e->as.cfunc->c_name;
        cut = strrchr(name, '_');
        return cut && cut[1] ? cut + 1 : name;
    case IR_CALL_SLOT:
        return e->as.slot->name;
    case IR_FORMAT:
        return "text";
    case IR_LIST:
    case IR_DICT:
        return "items";
    case IR_CLOSURE:
        return "callback";
    default:
        return e->type->kind == TYPE_BOOL ? "test" : "value";
    }
}

static void emit(Raise *r, IrStmt *s)
{
    vec_push(r->c->arena, r->out, s);
}

/* Evaluates `*at` before the statement, in a temporary. */
static void hoist(Raise *r, IrExpr **at)
{
    IrExpr *e = *at;
    IrVar *temp = ir_var(r->c, r->func, IR_VAR_TEMP, value_stem(e), e->type, e->span);

    emit(r, ir_set(r->c, temp, e, e->span));
    *at = ir_read(r->c, temp, e->span);
}

/* Has the node an effect that must not happen when an operand raised? */
static bool has_effect(const IrExpr *e)
{
    switch (e->kind) {
    case IR_CALL:
    case IR_CALL_C:
    case IR_CALL_VALUE:
    case IR_CALL_SLOT:
    case IR_CORO:
    case IR_CORO_C:
        return true;
    case IR_FORMAT: /* print */
        return e->type->kind == TYPE_NONE;
    default:
        return false;
    }
}

static void lift_operand(void *ctx, IrExpr **at);

static void lift_raising(void *ctx, IrExpr **at)
{
    Raise *r = ctx;

    ir_each_operand(*at, (*at)->kind == IR_SELECT || (*at)->kind == IR_AND || (*at)->kind == IR_OR ? lift_raising
                         : has_effect(*at) ? lift_operand : lift_raising, r);
}

static void lift_operand(void *ctx, IrExpr **at)
{
    Raise *r = ctx;

    if ((*at)->kind == IR_ARRAY) {
        ir_each_operand(*at, lift_operand, r);
        return;
    }
    lift_raising(r, at);
    if (expr_raises(*at))
        hoist(r, at);
}

/* Checks of variables that may be unset, for what is evaluated in any case. */
static void check_unset(void *ctx, IrExpr **at)
{
    Raise *r = ctx;
    IrExpr *e = *at;

    if (is_unset_read(e) && !set_has(r->definite, e->as.place.var)) {
        IrStmt *check = ir_stmt(r->c, IR_CHECK_SET, e->span);
        check->dst = e->as.place.var;
        emit(r, check);
        set_add(r->definite, check->dst);
    }
    if (e->kind == IR_AND || e->kind == IR_OR || e->kind == IR_SELECT)
        check_unset(ctx, &e->args.items[0]);
    else
        ir_each_operand(e, check_unset, ctx);
}

static void visit_owned(void *ctx, IrExpr **at)
{
    *(bool *)ctx |= ir_is_owned(*at);
    ir_each_operand(*at, visit_owned, ctx);
}

/* Can a condition stand in the C as it is? Not when it raises, or makes something that must be released. */
static bool is_simple(IrExpr *cond)
{
    bool found = expr_raises(cond);

    visit_owned(&found, &cond);
    visit_unset(&found, &cond);
    return !found;
}

static void assigned_in(const IrBlock *block, const IrVar *var, bool *found)
{
    for (uint32_t i = 0; i < block->len; i++) {
        const IrStmt *s = block->items[i];
        *found |= s->dst == var && s->kind != IR_RAISE;
        assigned_in(&s->body, var, found);
        assigned_in(&s->orelse, var, found);
        assigned_in(&s->after, var, found);
    }
}

/* Is the limit of a counting loop the same whenever it is evaluated? */
static bool is_stable(const IrExpr *e, const IrStmt *loop)
{
    bool found = false;

    if (e->kind == IR_INT)
        return true;
    if (!ir_is_var(e, NULL) || e->as.place.var->is_cell || e->as.place.var == loop->dst)
        return false;
    IrVarKind kind = e->as.place.var->kind;
    if (kind == IR_VAR_GLOBAL || kind == IR_VAR_CAPTURE)
        return false;
    assigned_in(&loop->body, e->as.place.var, &found);
    return !found;
}

static IrBlock rewrite(Raise *r, const IrBlock *block);

/* while cond: …   →   while True: <what cond needs> if not cond: break … */
static void open_loop(Raise *r, IrStmt *loop)
{
    IrStmt *leave = ir_stmt(r->c, IR_IF, loop->cond->span), *brk = ir_stmt(r->c, IR_BREAK, loop->cond->span);
    IrBlock body = {0};

    leave->cond = ir_expr(r->c, IR_NOT, loop->cond->type, loop->cond->span);
    vec_push(r->c->arena, &leave->cond->args, loop->cond);
    brk->target = loop;
    vec_push(r->c->arena, &leave->body, brk);
    vec_push(r->c->arena, &body, leave);
    for (uint32_t i = 0; i < loop->body.len; i++)
        vec_push(r->c->arena, &body, loop->body.items[i]);
    loop->cond = NULL;
    loop->body = body;
}

static void rewrite_count(Raise *r, IrStmt *s)
{
    if (expr_raises(s->value))
        hoist(r, &s->value);
    if (!is_stable(s->limit, s)) {
        IrVar *end = ir_var(r->c, r->func, IR_VAR_HIDDEN, "end", s->limit->type, s->limit->span);
        emit(r, ir_set(r->c, end, s->limit, s->limit->span));
        s->limit = ir_read(r->c, end, s->limit->span);
    }
}

static bool is_shared(const IrVar *var)
{
    return var && (var->is_cell || var->kind == IR_VAR_GLOBAL || var->kind == IR_VAR_CAPTURE);
}

/* A C function that leaves its result at an address: is that of the variable out of the question? */
static bool needs_room(const IrStmt *s)
{
    if (!ir_result_by_out(s->value) || s->value->type->kind == TYPE_NONE)
        return false;
    if (!s->dst || is_shared(s->dst))
        return true;
    return s->kind == IR_AWAIT && s->dst->kind != IR_VAR_TEMP && types_needs_release(s->dst->type);
}

static void result_to_temp(Raise *r, IrStmt *s)
{
    IrVar *temp = ir_var(r->c, r->func, IR_VAR_TEMP, value_stem(s->value), s->value->type, s->span);

    if (s->dst)
        vec_push(r->c->arena, &r->later, ir_set(r->c, s->dst, ir_read(r->c, temp, s->span), s->span));
    s->dst = temp;
}

static void rewrite_own_exprs(Raise *r, IrStmt *s)
{
    ir_each_expr(s, check_unset, r);
    switch (s->kind) {
    case IR_AWAIT:
        if (needs_room(s))
            result_to_temp(r, s);
        if (ir_is_frame_call(s->value))
            lift_raising(r, &s->value);
        else
            lift_operand(r, &s->value);
        if (ir_is_frame_call(s->value) && s->value->kind == IR_CALL && s->value->as.func->is_plain)
            s->kind = IR_SET;
        break;
    case IR_NEXT:
    case IR_CHILD:
        if (s->value)
            lift_raising(r, &s->value);
        break;
    case IR_COUNT:
        ir_each_expr(s, lift_raising, r);
        rewrite_count(r, s);
        break;
    case IR_SET:
        lift_raising(r, &s->value);
        if (needs_room(s))
            result_to_temp(r, s);
        else if (is_shared(s->dst) && expr_raises(s->value))
            hoist(r, &s->value);
        break;
    default: /* the place, the value that is stored, returned, yielded, raised, tested */
        ir_each_expr(s, lift_operand, r);
    }
}

static void intersect(VarSet a, const uint64_t *b, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        a[i] &= b[i];
}

static VarSet copy_set(Raise *r, const uint64_t *set)
{
    VarSet copy = arena_array(r->c->arena, uint64_t, r->words + 1);

    memcpy(copy, set, r->words * sizeof *copy);
    return copy;
}

/* A block that starts with what is certain now; gives what is certain at its end (everything, if its end is not reached). */
static VarSet rewrite_inner(Raise *r, IrBlock *block)
{
    VarSet before = r->definite, after;

    r->definite = copy_set(r, before);
    if (r->has_unset)
        memset(r->definite, 0, r->words * sizeof *r->definite);
    *block = rewrite(r, block);
    after = r->definite;
    if (!ir_falls_through(block))
        memset(after, 0xff, r->words * sizeof *after);
    r->definite = before;
    return after;
}

static void rewrite_stmt(Raise *r, IrStmt *s)
{
    if (s->kind == IR_STORE && s->place.kind == IR_PLACE_VAR) {
        s->kind = IR_SET;
        s->dst = s->place.var;
        s->place = (IrPlace){0};
    }
    if (s->kind == IR_WHILE && s->cond && !is_simple(s->cond))
        open_loop(r, s);
    rewrite_own_exprs(r, s);
    emit(r, s);
    for (uint32_t i = 0; i < r->later.len; i++)
        emit(r, r->later.items[i]);
    r->later.len = 0;
    IrBlock *out = r->out;
    VarSet body = rewrite_inner(r, &s->body), orelse = rewrite_inner(r, &s->orelse);
    if (s->after.len)
        (void)rewrite_inner(r, &s->after);
    if (r->has_unset && (s->body.len || s->orelse.len)) {
        memset(r->definite, 0, r->words * sizeof *r->definite);
    } else if (s->kind == IR_IF || s->kind == IR_TRY) {
        memcpy(r->definite, body, r->words * sizeof *body);
        intersect(r->definite, orelse, r->words);
    }
    r->out = out;
    if (s->dst && s->kind != IR_RAISE && s->kind != IR_RERAISE && s->kind != IR_COUNT && !r->has_unset)
        set_add(r->definite, s->dst);
    if (s->kind == IR_UNSET)
        set_drop(r->definite, s->dst);
}

static IrBlock rewrite(Raise *r, const IrBlock *block)
{
    IrBlock *outer = r->out, result = {0};

    r->out = &result;
    for (uint32_t i = 0; i < block->len; i++)
        rewrite_stmt(r, block->items[i]);
    r->out = outer;
    return result;
}

/* -- marking ----------------------------------------------------------------------------------------------------------------------------- */

static void mark(Raise *r, IrBlock *block, IrStmt *handler, bool *raises)
{
    IrBlock result = {0};

    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];
        s->raises = stmt_raises(s);
        s->handler = s->raises ? handler : NULL;
        *raises |= s->raises;
        if (s->kind == IR_TRY) {
            bool inside = false;
            mark(r, &s->body, s, &inside);
            if (!inside) { /* nothing leaves to the handler */
                for (uint32_t j = 0; j < s->body.len; j++)
                    vec_push(r->c->arena, &result, s->body.items[j]);
                continue;
            }
        } else {
            mark(r, &s->body, handler, raises);
        }
        mark(r, &s->orelse, handler, raises);
        mark(r, &s->after, handler, raises);
        vec_push(r->c->arena, &result, s);
    }
    *block = result;
}

/* -- variables that may be unset ----------------------------------------------------------------------------------------------------------- */

static void find_unset_stmt(void *ctx, IrStmt *s)
{
    *(bool *)ctx |= s->kind == IR_UNSET && s->dst->may_be_unset;
}

static void number_vars(IrFunc *func, const IrProgram *program, uint32_t *count)
{
    const IrVarVec *lists[] = {&func->params, &func->captures, &func->vars, &program->globals};

    *count = 0;
    for (uint32_t i = 0; i < 4; i++)
        for (uint32_t j = 0; j < lists[i]->len; j++)
            lists[i]->items[j]->index = (*count)++;
}

static void find_flag_use(void *ctx, IrExpr **at)
{
    const IrVar *var = (*at)->kind == IR_IS_SET ? (*at)->as.var : NULL;

    if (var)
        ((IrVar *)(uintptr_t)var)->uses = 1;
    ir_each_operand(*at, find_flag_use, ctx);
}

static void find_flag_uses(void *ctx, IrStmt *s)
{
    if (s->kind == IR_CHECK_SET)
        s->dst->uses = 1;
    ir_each_expr(s, find_flag_use, ctx);
}

/* A flag that nobody asks for is not kept. */
static void drop_flags(IrVarVec *vars)
{
    for (uint32_t i = 0; i < vars->len; i++)
        vars->items[i]->may_be_unset &= vars->items[i]->uses > 0;
}

void add_raise_edges(Compilation *c, IrProgram *program)
{
    Raise r = {.c = c, .program = program};

    find_calls(c, program);
    for (uint32_t i = 0; i < program->funcs.len; i++)
        if (program->funcs.items[i]->is_used)
            find_ranges(c, program->funcs.items[i]);
    find_raising(&r);
    for (uint32_t i = 0; i < program->funcs.len; i++) {
        uint32_t count;
        r.func = program->funcs.items[i];
        if (!r.func->is_used)
            continue;
        number_vars(r.func, program, &count);
        r.words = count / 64 + 1;
        r.definite = arena_array(c->arena, uint64_t, r.words + 1);
        r.has_unset = false;
        ir_each_stmt(&r.func->body, find_unset_stmt, &r.has_unset);
        for (uint32_t j = 0; j < r.func->params.len; j++)
            set_add(r.definite, r.func->params.items[j]);
        r.func->body = rewrite(&r, &r.func->body);
        if (ir_falls_through(&r.func->body)) { /* each way out is a statement */
            IrStmt *end = ir_stmt(c, IR_RETURN, (Span){0});
            vec_push(c->arena, &r.func->body, end);
        }
        bool raises = false;
        mark(&r, &r.func->body, NULL, &raises);
        ir_each_stmt(&r.func->body, find_flag_uses, NULL);
    }
    for (uint32_t i = 0; i < program->funcs.len; i++) {
        IrFunc *func = program->funcs.items[i];
        drop_flags(&func->params);
        drop_flags(&func->vars);
    }
    drop_flags(&program->globals);
    ir_check(c, program, "raise");
}

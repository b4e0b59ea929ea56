/* Liveness: which variables' values are still read after each statement.
 *
 * In: a function with exception edges.  Out: a Liveness (pass.h).  The IR is structured, so this is a recursion from the end of each
 * block to its beginning; a loop is gone through until its head does not change. A statement that raises also reaches its handler, so
 * what that reads is live before it. */
#include "pass/pass.h"

#include <string.h>

typedef struct Flow {
    Compilation *c;
    Liveness *live;
    VarSet *at_break;    /* by id of a loop or block: live after it */
    VarSet *at_continue; /* by id of a loop */
    VarSet *at_handler;  /* by id of a try: live where its handler begins */
} Flow;

/* -- sets ------------------------------------------------------------------------------------------------------------------- */

static VarSet new_set(Flow *f)
{
    return arena_array(f->c->arena, uint64_t, f->live->words);
}

static VarSet copy(Flow *f, const uint64_t *set)
{
    VarSet result = new_set(f);

    memcpy(result, set, f->live->words * sizeof *set);
    return result;
}

static bool unite(Flow *f, VarSet into, const uint64_t *set)
{
    bool grew = false;

    for (uint32_t i = 0; set && i < f->live->words; i++) {
        grew |= (set[i] & ~into[i]) != 0;
        into[i] |= set[i];
    }
    return grew;
}

static void use(VarSet set, const IrVar *var)
{
    if (var && var->kind != IR_VAR_GLOBAL)
        set_add(set, var);
}

static void use_expr(void *ctx, IrExpr **at)
{
    const IrExpr *e = *at;

    if (e->kind == IR_READ && (e->as.place.kind == IR_PLACE_VAR || e->as.place.kind == IR_PLACE_SLOT))
        use(ctx, e->as.place.var);
    if (e->kind == IR_IS_SET)
        use(ctx, e->as.var);
    for (uint32_t i = 0; i < e->captures.len; i++)
        use(ctx, e->captures.items[i]);
    ir_each_operand(*at, use_expr, ctx);
}

static void use_list(VarSet set, const IrVarVec *vars)
{
    for (uint32_t i = 0; i < vars->len; i++)
        use(set, vars->items[i]);
}

static void use_stmt(VarSet set, IrStmt *s)
{
    ir_each_expr(s, use_expr, set);
    use(set, s->child);
    if (s->kind == IR_CHECK_SET || s->kind == IR_RERAISE || s->kind == IR_RAISE)
        use(set, s->dst);
    use_list(set, &s->release);
    use_list(set, &s->unwind);
}

/* -- statements --------------------------------------------------------------------------------------------------------------- */

static VarSet before_block(Flow *f, const IrBlock *block, const uint64_t *after);

static const uint64_t *handler_set(Flow *f, const IrStmt *s)
{
    return s->raises && s->handler ? f->at_handler[s->handler->id] : NULL;
}

static VarSet before_while(Flow *f, IrStmt *s, const uint64_t *after)
{
    VarSet head = new_set(f);

    f->at_break[s->id] = copy(f, after);
    if (s->cond)
        unite(f, head, after);
    use_stmt(head, s);
    for (bool grew = true; grew;) {
        f->at_continue[s->id] = before_block(f, &s->after, head);
        grew = unite(f, head, before_block(f, &s->body, f->at_continue[s->id]));
    }
    return head;
}

static VarSet before_count(Flow *f, IrStmt *s, const uint64_t *after)
{
    VarSet head = copy(f, after);

    f->at_break[s->id] = copy(f, after);
    use_expr(head, &s->limit);
    use(head, s->dst);
    for (bool grew = true; grew;) {
        f->at_continue[s->id] = before_block(f, &s->after, head);
        grew = unite(f, head, before_block(f, &s->body, f->at_continue[s->id]));
    }
    VarSet before = copy(f, head);
    set_drop(before, s->dst);
    use_expr(before, &s->value);
    return before;
}

static VarSet before_try(Flow *f, IrStmt *s, const uint64_t *after)
{
    f->at_handler[s->id] = before_block(f, &s->orelse, after);
    return before_block(f, &s->body, after);
}

static VarSet before_plain(Flow *f, IrStmt *s, const uint64_t *after)
{
    VarSet set = copy(f, after);

    if (s->dst && s->dst->kind != IR_VAR_GLOBAL)
        set_drop(set, s->dst);
    unite(f, set, handler_set(f, s));
    use_stmt(set, s);
    return set;
}

static VarSet before_leaving(Flow *f, IrStmt *s, const uint64_t *target)
{
    VarSet set = new_set(f);

    unite(f, set, target);
    use_stmt(set, s);
    return set;
}

/* A call of the runtime that always raises: what follows reads nothing on this way. */
static bool only_raises(const IrStmt *s)
{
    return s->kind == IR_SET && !s->dst && s->raises && s->value->kind == IR_CALL_C &&
           strncmp(s->value->as.cfunc->c_name, "art_raise_", strlen("art_raise_")) == 0;
}

static VarSet before_any(Flow *f, IrStmt *s, const uint64_t *after)
{
    VarSet set;

    if (only_raises(s))
        return before_leaving(f, s, handler_set(f, s));
    switch (s->kind) {
    case IR_IF:
        set = copy(f, before_block(f, &s->body, after)); /* which the first statement of the body keeps as its own */
        unite(f, set, before_block(f, &s->orelse, after));
        use_stmt(set, s);
        return set;
    case IR_WHILE:
        return before_while(f, s, after);
    case IR_COUNT:
        return before_count(f, s, after);
    case IR_BLOCK:
        f->at_break[s->id] = copy(f, after);
        return before_block(f, &s->body, after);
    case IR_TRY:
        return before_try(f, s, after);
    case IR_BREAK:
        return before_leaving(f, s, f->at_break[s->target->id]);
    case IR_CONTINUE:
        return before_leaving(f, s, f->at_continue[s->target->id]);
    case IR_RETURN:
        return before_leaving(f, s, NULL);
    case IR_RAISE:
    case IR_RERAISE:
        return before_leaving(f, s, handler_set(f, s));
    case IR_NEXT:
        set = before_plain(f, s, after);
        unite(f, set, before_block(f, &s->orelse, after));
        return set;
    default:
        return before_plain(f, s, after);
    }
}

static VarSet before_stmt(Flow *f, IrStmt *s, const uint64_t *after)
{
    f->live->after[s->id] = copy(f, after);
    f->live->inside[s->id] = new_set(f);
    unite(f, f->live->inside[s->id], handler_set(f, s));
    return f->live->before[s->id] = before_any(f, s, after);
}

static VarSet before_block(Flow *f, const IrBlock *block, const uint64_t *after)
{
    VarSet set = copy(f, after);

    for (uint32_t i = block->len; i-- > 0;)
        set = before_stmt(f, block->items[i], set);
    return set;
}

/* -- a function ------------------------------------------------------------------------------------------------------------------ */

static void number_stmt(void *ctx, IrStmt *s)
{
    Liveness *live = ctx;

    s->id = live->stmt_count++;
}

static void list_vars(Flow *f, const IrVarVec *vars)
{
    for (uint32_t i = 0; i < vars->len; i++) {
        vars->items[i]->index = f->live->vars.len;
        vec_push(f->c->arena, &f->live->vars, vars->items[i]);
    }
}

Liveness *liveness(Compilation *c, IrFunc *func)
{
    Flow f = {.c = c, .live = arena_new(c->arena, Liveness)};

    list_vars(&f, &func->params);
    list_vars(&f, &func->captures);
    list_vars(&f, &func->vars);
    f.live->words = f.live->vars.len / 64 + 1;
    ir_each_stmt(&func->body, number_stmt, f.live);
    uint32_t count = f.live->stmt_count + 1;
    f.live->after = arena_array(c->arena, VarSet, count);
    f.live->before = arena_array(c->arena, VarSet, count);
    f.live->inside = arena_array(c->arena, VarSet, count);
    f.at_break = arena_array(c->arena, VarSet, count);
    f.at_continue = arena_array(c->arena, VarSet, count);
    f.at_handler = arena_array(c->arena, VarSet, count);
    before_block(&f, &func->body, new_set(&f));
    return f.live;
}

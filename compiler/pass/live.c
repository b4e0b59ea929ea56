/* What lives across suspensions.
 *
 * In: a function in which every release is written down.  Out: numbered suspension points, IrVar.is_kept, IrStmt.live.  A variable is
 * kept in the frame when its value is read after some suspension, when it may hold a reference there that is released later, or when
 * the resumption itself needs it. Everything else is an ordinary C variable of the resume function, which begins anew each time. */
#include "pass/pass.h"

typedef struct Live {
    Compilation *c;
    IrFunc *func;
    Liveness *live;
} Live;

/* Does the statement have a `case`? */
static bool suspends(const IrFunc *func, const IrStmt *s)
{
    switch (s->kind) {
    case IR_AWAIT:
        return true; /* one that cannot has become a call */
    case IR_YIELD:
        return func->kind == IR_GENERATOR || func->kind == IR_ASYNCGEN;
    case IR_NEXT:
        return next_suspends(s);
    default:
        return false;
    }
}

static void keep(Live *l, IrStmt *s, IrVar *var)
{
    if (!var || var->kind == IR_VAR_GLOBAL || var->kind == IR_VAR_CAPTURE)
        return;
    for (uint32_t i = 0; i < s->live.len; i++)
        if (s->live.items[i] == var)
            return;
    vec_push(l->c->arena, &s->live, var);
    if (!var->is_kept) {
        var->is_kept = true;
        var->kept_by = s;
    }
}

static void keep_list(Live *l, IrStmt *s, const IrVarVec *vars)
{
    for (uint32_t i = 0; i < vars->len; i++)
        keep(l, s, vars->items[i]);
}

/* What the resumption reads: the future whose result it takes, the place where a C coroutine leaves its own. */
static void keep_awaited(Live *l, IrStmt *s)
{
    if (!s->value || s->kind == IR_YIELD)
        return;
    if (ir_result_by_out(s->value))
        keep(l, s, s->dst);
    else if (ir_is_var(s->value, NULL))
        keep(l, s, s->value->as.place.var);
}

static void visit(void *ctx, IrStmt *s)
{
    Live *l = ctx;

    if (!suspends(l->func, s))
        return;
    s->can_suspend = true;
    vec_push(l->c->arena, &l->func->suspensions, s);
    s->state = l->func->suspensions.len;
    for (uint32_t i = 0; i < l->live->vars.len; i++) {
        IrVar *var = l->live->vars.items[i];
        if ((set_has(l->live->after[s->id], var) && var != s->dst) || set_has(l->live->inside[s->id], var))
            keep(l, s, var);
        else if (s->kind == IR_NEXT && s->orelse.len && set_has(l->live->before[s->orelse.items[0]->id], var))
            keep(l, s, var);
    }
    s->live_reads = s->live.len;
    keep_list(l, s, &s->holds);
    bool is_call = s->kind == IR_AWAIT && ir_is_frame_call(s->value);
    for (uint32_t i = 0; !is_call && i < s->release.len; i++) /* arguments are released before it suspends */
        if (s->release.items[i] != s->dst)
            keep(l, s, s->release.items[i]);
    keep_list(l, s, &s->unwind);
    keep_awaited(l, s);
    keep(l, s, s->child);
}

void find_live(Compilation *c, IrProgram *program)
{
    for (uint32_t i = 0; i < program->funcs.len; i++) {
        IrFunc *func = program->funcs.items[i];
        if (!func->is_used || func->is_plain)
            continue;
        Live l = {.c = c, .func = func, .live = liveness(c, func)};
        ir_each_stmt(&func->body, visit, &l);
        share_space(func, l.live);
        func->state_count = func->suspensions.len + 1;
    }
    ir_check(c, program, "live");
}

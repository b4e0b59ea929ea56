/* Generators that a single loop walks: nobody else ever sees them, so that no object is needed. Their frame lies in the frame of who
 * walks them, or among its C variables.
 *
 *     for x in count(3):        gen = CORO count(3)                CHILD gen = count(3)
 *         …                     WHILE { x = NEXT gen; … }          WHILE { x = NEXT gen; … }     resumes the frame itself
 *                               UNSET gen                          CLOSE gen                     left early: see art_gen_drop
 *
 * What the frame of an object has and this one has not is a header: so the body must not ask what was sent, and return nothing that
 * must be released. A generator on a cycle of calls with its walker would lie in itself. Async generators that are under way are
 * known to the loop, for shutdown_asyncgens: a program that calls that itself gets objects.
 *
 * In: the call graph's cycles.  It stands before everything that looks at awaits, since the walk of a generator that never suspends is
 * no suspension. */
#include "pass/pass.h"

#include "base/map.h"

#include <string.h>

typedef struct Walked {
    IrStmt *set;    /* gen = CORO f(…) */
    uint32_t sets, reads;
    IrBlock nexts, ends;
} Walked;

typedef struct Placing {
    Compilation *c;
    IrFunc *func;
    Map walked; /* IrVar → Walked */
    bool has_shutdown;
} Placing;

/* -- may it? ------------------------------------------------------------------------------------------------------------------------ */

static bool is_nothing(const Type *t)
{
    return !t || t->kind == TYPE_NONE || t->kind == TYPE_NEVER;
}

static bool fits(const Placing *p, const Walked *w)
{
    const IrFunc *gen = w->set && w->set->value->kind == IR_CORO ? w->set->value->as.func : NULL;

    if (!gen || w->sets != 1 || w->reads != w->nexts.len || gen->scc == p->func->scc)
        return false;
    if (gen->kind != IR_GENERATOR && (gen->kind != IR_ASYNCGEN || p->has_shutdown))
        return false;
    return is_nothing(gen->sends) && (gen->kind == IR_ASYNCGEN || !types_needs_release(gen->result));
}

/* -- what is done with it ------------------------------------------------------------------------------------------------------------ */

static Walked *walked_of(Placing *p, const IrVar *var)
{
    void **slot;

    if (!var || !var->is_walked)
        return NULL;
    slot = map_slot(p->c->arena, &p->walked, var);
    if (!*slot)
        *slot = arena_new(p->c->arena, Walked);
    return *slot;
}

static void count_read(void *ctx, IrExpr **at)
{
    Walked *w = ir_is_var(*at, NULL) ? walked_of(ctx, (*at)->as.place.var) : NULL;

    if (w)
        w->reads++;
    for (uint32_t i = 0; i < (*at)->captures.len; i++)
        if ((w = walked_of(ctx, (*at)->captures.items[i])))
            w->reads++;
    ir_each_operand(*at, count_read, ctx);
}

static void note(void *ctx, IrStmt *s)
{
    Placing *p = ctx;
    Walked *w = walked_of(p, s->dst);

    if (w && s->kind == IR_UNSET) {
        vec_push(p->c->arena, &w->ends, s);
    } else if (w) {
        w->set = s->kind == IR_SET ? s : NULL;
        w->sets++;
    }
    if (s->kind == IR_NEXT && ir_is_var(s->value, NULL) && (w = walked_of(p, s->value->as.place.var)))
        vec_push(p->c->arena, &w->nexts, s);
    ir_each_expr(s, count_read, ctx);
}

/* -- putting it there ------------------------------------------------------------------------------------------------------------------ */

static void place(Placing *p, IrVar *var, Walked *w)
{
    IrExpr *object = w->set->value, *call = ir_expr(p->c, IR_CALL, object->as.func->result, object->span);

    call->as.func = object->as.func;
    call->args = object->args;
    call->as.func->objects--;
    var->kind = IR_VAR_CHILD;
    var->child = call->as.func;
    w->set->kind = IR_CHILD;
    w->set->value = call;
    for (uint32_t i = 0; i < w->nexts.len; i++) {
        w->nexts.items[i]->child = var;
        w->nexts.items[i]->value = NULL;
    }
    for (uint32_t i = 0; i < w->ends.len; i++) {
        w->ends.items[i]->kind = IR_CLOSE;
        w->ends.items[i]->child = var;
        w->ends.items[i]->dst = NULL;
    }
}

static void place_in(Placing *p, IrFunc *func)
{
    bool has_walks = false;

    for (uint32_t i = 0; i < func->vars.len; i++)
        has_walks |= func->vars.items[i]->is_walked;
    if (!has_walks)
        return;
    p->func = func;
    p->walked = (Map){0};
    ir_each_stmt(&func->body, note, p);
    for (uint32_t i = 0; i < func->vars.len; i++) {
        IrVar *var = func->vars.items[i];
        Walked *w = map_get(&p->walked, var);
        if (w && !var->is_cell && fits(p, w))
            place(p, var, w);
    }
}

static void find_shutdown_in(void *ctx, IrExpr **at)
{
    const IrExpr *e = *at;

    if ((e->kind == IR_CALL_C || e->kind == IR_CORO_C) && strcmp(e->as.cfunc->c_name, "art_shutdown_asyncgens") == 0)
        *(bool *)ctx = true;
    ir_each_operand(*at, find_shutdown_in, ctx);
}

static void find_shutdown(void *ctx, IrStmt *s)
{
    ir_each_expr(s, find_shutdown_in, ctx);
}

void place_generators(Compilation *c, IrProgram *program)
{
    Placing p = {.c = c};
    bool has_asyncgen = false;

    for (uint32_t i = 0; i < program->funcs.len; i++)
        has_asyncgen |= program->funcs.items[i]->kind == IR_ASYNCGEN;
    for (uint32_t i = 0; has_asyncgen && i < program->funcs.len; i++)
        ir_each_stmt(&program->funcs.items[i]->body, find_shutdown, &p.has_shutdown);
    for (uint32_t i = 0; i < program->funcs.len; i++)
        place_in(&p, program->funcs.items[i]);
}

/* The third step of ownership: where temporaries die.
 *
 * In: a function with liveness.  Out: release and unwind of its statements, moves out of temporaries, and IR_RELEASE where a way is taken on
 * which a temporary is not used any more. A temporary either holds something at a point or does not, whatever way control came
 * (lowering assigns it on each way on which it is read): so this is one walk forwards, and nothing is decided when the program runs.
 *
 *     t = f()                              t dies in the statement that reads it last: released after the call, before the check;
 *     u = g()      raises: release t       one that is consumed there moves instead
 *     h(t, u)      release t, u
 *     if c: k(t)   else: release t
 *
 * Where ways meet they must agree. So what is alive when a try begins stays until the try is over: its handler would not know. What is
 * alive when a loop begins stays until the loop is over: a round may be the last by its condition or by a break. A block is only left
 * by ways that know where they go: each releases what is not needed there. */
#include "pass/pass.h"

#include <string.h>

typedef struct Drop {
    Compilation *c;
    IrFunc *func;
    Liveness *live;
    VarSet held;      /* temporaries that hold something now */
    VarSet pinned;    /* those that must stay: held when a try or loop around began */
    VarSet *at_pin;   /* by id of a block: pinned when it began */
    VarSet *at_entry; /* by id of a loop or try: held when it began */
    VarSet *at_end;   /* by id of a loop or block: held where it is left by break */
    VarSet nothing;
    IrBlock *out;
} Drop;

/* -- sets ---------------------------------------------------------------------------------------------------------------------- */

static VarSet copy(Drop *d, const uint64_t *set)
{
    VarSet result = arena_array(d->c->arena, uint64_t, d->live->words);

    memcpy(result, set, d->live->words * sizeof *set);
    return result;
}

static void unite(Drop *d, VarSet into, const uint64_t *set)
{
    for (uint32_t i = 0; i < d->live->words; i++)
        into[i] |= set[i];
}

/* -- what a statement reads ---------------------------------------------------------------------------------------------------------- */

typedef struct Reads {
    Drop *d;
    IrVarVec vars;  /* owned temporaries, each once */
    Vec(IrExpr *) exprs; /* the one expression that reads it; NULL: several */
} Reads;

/* `reader`: the expression whose value the variable is, NULL for a closure that captures it. */
static void note_var(Reads *r, IrVar *var, IrExpr *reader)
{
    if (var->kind != IR_VAR_TEMP || !var->is_owned)
        return;
    for (uint32_t i = 0; i < r->vars.len; i++)
        if (r->vars.items[i] == var) {
            r->exprs.items[i] = NULL;
            return;
        }
    vec_push(r->d->c->arena, &r->vars, var);
    vec_push(r->d->c->arena, &r->exprs, reader);
}

static void note_read(void *ctx, IrExpr **at)
{
    IrExpr *e = *at;

    ir_each_operand(e, note_read, ctx);
    for (uint32_t i = 0; i < e->captures.len; i++)
        note_var(ctx, e->captures.items[i], NULL);
    if (ir_is_var(e, NULL))
        note_var(ctx, e->as.place.var, e);
}

/* -- statements ----------------------------------------------------------------------------------------------------------------------- */

static bool drop_block(Drop *d, IrBlock *block);

static void emit(Drop *d, IrStmt *s)
{
    vec_push(d->c->arena, d->out, s);
}

static void release_here(Drop *d, IrVar *var, Span span)
{
    IrStmt *s = ir_stmt(d->c, IR_RELEASE, span);

    s->value = ir_read(d->c, var, span);
    emit(d, s);
    set_drop(d->held, var);
}

/* Releases what is held and neither live (in `live`) nor needed where a statement outside goes on (`keep`). */
static void release_dead(Drop *d, const uint64_t *live, const uint64_t *keep, Span span)
{
    for (uint32_t i = 0; i < d->live->vars.len; i++) {
        IrVar *var = d->live->vars.items[i];
        if (set_has(d->held, var) && !(live && set_has(live, var)) && !(keep && set_has(keep, var)))
            release_here(d, var, span);
    }
}

static bool is_dead_after(Drop *d, const IrStmt *s, const IrVar *var)
{
    return !set_has(d->live->after[s->id], var) && !set_has(d->live->inside[s->id], var) && !set_has(d->pinned, var);
}

/* What dies in the statement moves if it is consumed by the one expression that reads it, else it is released. */
static void end_reads(Drop *d, IrStmt *s)
{
    Reads r = {.d = d};

    ir_each_expr(s, note_read, &r);
    for (uint32_t i = 0; i < r.vars.len; i++) {
        IrVar *var = r.vars.items[i];
        IrExpr *e = r.exprs.items[i];
        if (!set_has(d->held, var) || !is_dead_after(d, s, var))
            continue;
        if (e && e->is_retained) {
            e->is_retained = false;
            e->is_moved = true;
        } else {
            vec_push(d->c->arena, &s->release, var);
        }
        set_drop(d->held, var);
    }
}

static void note_unwind(Drop *d, IrStmt *s)
{
    const uint64_t *keep = s->handler ? d->at_entry[s->handler->id] : NULL;

    for (uint32_t i = 0; s->raises && i < d->live->vars.len; i++) {
        IrVar *var = d->live->vars.items[i];
        if (set_has(d->held, var) && !(keep && set_has(keep, var)))
            vec_push(d->c->arena, &s->unwind, var);
    }
}

static void note_operand(void *ctx, IrExpr **at)
{
    *(bool *)ctx |= expr_raises(*at);
}

/* Can the value be something although the statement raised? A call gives zero; what is made of operands that raised does not. */
static bool may_be_made(IrStmt *s)
{
    bool raises = s->value->kind == IR_LIST || s->value->kind == IR_DICT;

    ir_each_operand(s->value, note_operand, &raises);
    return raises;
}

static void drop_plain(Drop *d, IrStmt *s)
{
    end_reads(d, s);
    note_unwind(d, s);
    IrVar *dst = s->dst;
    if (dst && dst->kind == IR_VAR_TEMP && dst->is_owned && s->kind != IR_RAISE && s->kind != IR_RERAISE) {
        if (is_dead_after(d, s, dst))
            vec_push(d->c->arena, &s->release, dst); /* nobody reads it */
        else
            set_add(d->held, dst);
        if (s->kind == IR_SET && s->raises && may_be_made(s) && set_has(d->held, dst))
            vec_push(d->c->arena, &s->unwind, dst);
    }
    emit(d, s);
}

static void drop_leaving(Drop *d, IrStmt *s)
{
    if (s->kind == IR_RETURN) {
        end_reads(d, s);
        for (uint32_t i = 0; i < d->live->vars.len; i++)
            if (set_has(d->held, d->live->vars.items[i]))
                vec_push(d->c->arena, &s->release, d->live->vars.items[i]);
    } else { /* break, continue */
        bool to_block = s->target->kind == IR_BLOCK;
        const uint64_t *keep = to_block ? d->at_pin[s->target->id] : d->at_entry[s->target->id];
        const uint64_t *live = s->kind == IR_BREAK ? d->live->after[s->target->id] : NULL;
        release_dead(d, live, keep, s->span);
        if (s->kind == IR_BREAK)
            unite(d, d->at_end[s->target->id], d->held);
    }
    emit(d, s);
}

/* One of the ways that a statement may take: what the way does not need is released at its beginning. */
static bool drop_way(Drop *d, IrBlock *block, const IrStmt *s)
{
    const uint64_t *live = block->len ? d->live->before[block->items[0]->id] : d->live->after[s->id];
    IrBlock *outer = d->out, begin = {0};

    d->out = &begin;
    release_dead(d, live, d->pinned, s->span);
    d->out = outer;
    bool falls = drop_block(d, block);
    for (uint32_t i = 0; i < block->len; i++)
        vec_push(d->c->arena, &begin, block->items[i]);
    *block = begin;
    return falls;
}

static void drop_if(Drop *d, IrStmt *s)
{
    VarSet before = copy(d, d->held), body = NULL;

    emit(d, s);
    if (drop_way(d, &s->body, s))
        body = d->held;
    d->held = before;
    if (!drop_way(d, &s->orelse, s))
        d->held = copy(d, d->nothing);
    if (body)
        unite(d, d->held, body);
}

static void drop_next(Drop *d, IrStmt *s)
{
    note_unwind(d, s);
    emit(d, s);
    VarSet before = copy(d, d->held);
    bool falls = drop_way(d, &s->orelse, s);
    VarSet orelse = d->held;
    d->held = before;
    if (s->dst && s->dst->kind == IR_VAR_TEMP && s->dst->is_owned) {
        if (is_dead_after(d, s, s->dst))
            vec_push(d->c->arena, &s->release, s->dst);
        else
            set_add(d->held, s->dst);
    }
    if (falls)
        unite(d, d->held, orelse);
}

static void drop_loop(Drop *d, IrStmt *s)
{
    VarSet entry = copy(d, d->held), outer = d->pinned;

    d->at_entry[s->id] = entry;
    d->at_end[s->id] = copy(d, d->nothing);
    d->pinned = copy(d, outer);
    unite(d, d->pinned, entry);
    emit(d, s);
    drop_block(d, &s->body);
    drop_block(d, &s->after);
    d->held = copy(d, s->kind == IR_COUNT || s->cond ? entry : d->nothing);
    unite(d, d->held, d->at_end[s->id]);
    d->pinned = outer;
    release_dead(d, d->live->after[s->id], outer, s->span);
}

static void drop_inside(Drop *d, IrStmt *s)
{
    d->at_pin[s->id] = d->pinned;
    d->at_end[s->id] = copy(d, d->nothing);
    emit(d, s);
    if (!drop_block(d, &s->body))
        d->held = copy(d, d->nothing);
    unite(d, d->held, d->at_end[s->id]);
}

static void drop_try(Drop *d, IrStmt *s)
{
    VarSet entry = copy(d, d->held), outer = d->pinned, body = NULL;

    d->at_entry[s->id] = entry;
    d->pinned = copy(d, outer);
    unite(d, d->pinned, entry);
    emit(d, s);
    if (drop_block(d, &s->body))
        body = d->held;
    d->held = copy(d, entry);
    if (!drop_block(d, &s->orelse))
        d->held = copy(d, d->nothing);
    if (body)
        unite(d, d->held, body);
    d->pinned = outer;
    release_dead(d, d->live->after[s->id], outer, s->span);
}

static void drop_stmt(Drop *d, IrStmt *s)
{
    switch (s->kind) {
    case IR_IF:
        drop_if(d, s);
        break;
    case IR_WHILE:
    case IR_COUNT:
        drop_loop(d, s);
        break;
    case IR_BLOCK:
        drop_inside(d, s);
        break;
    case IR_TRY:
        drop_try(d, s);
        break;
    case IR_NEXT:
        drop_next(d, s);
        break;
    case IR_BREAK:
    case IR_CONTINUE:
    case IR_RETURN:
        drop_leaving(d, s);
        break;
    default:
        drop_plain(d, s);
    }
}

/* True when control reaches the end of the block. */
static bool drop_block(Drop *d, IrBlock *block)
{
    IrBlock *outer = d->out, result = {0};

    d->out = &result;
    for (uint32_t i = 0; i < block->len; i++)
        drop_stmt(d, block->items[i]);
    d->out = outer;
    *block = result;
    return ir_falls_through(block);
}

void drop_temporaries(Compilation *c, IrFunc *func, Liveness *live)
{
    Drop d = {.c = c, .func = func, .live = live};
    uint32_t count = live->stmt_count + 1;

    d.held = arena_array(c->arena, uint64_t, live->words);
    d.pinned = arena_array(c->arena, uint64_t, live->words);
    d.at_pin = arena_array(c->arena, VarSet, count);
    d.at_entry = arena_array(c->arena, VarSet, count);
    d.at_end = arena_array(c->arena, VarSet, count);
    d.nothing = arena_array(c->arena, uint64_t, live->words);
    drop_block(&d, &func->body);
}

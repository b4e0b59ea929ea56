/* The second step of ownership: which owned variables may hold something at each point.
 *
 * In: a function whose values are marked as consumed or borrowed.  Out: drops_old and keeps_old of assignments, what is held across each
 * suspension, which returns have nothing to clean up, and what must be released at the function's exits. It is a walk forwards with the
 * set of variables that may hold something; where ways meet the sets are united, and loops are gone through until nothing is added.
 * Everything it writes may be written again with a larger set. */
#include "pass/pass.h"

#include <string.h>

typedef struct Hold {
    Compilation *c;
    const IrProgram *program;
    IrFunc *func;
    Liveness *live;
    uint32_t words;
    IrVarVec vars;       /* by index: the function's, then globals */
    VarSet now;          /* what may hold something; empty where control does not come */
    VarSet *at_break;    /* by id of a loop or block */
    VarSet *at_continue;
    VarSet *at_handler;  /* by id of a try */
    VarSet at_exit, at_raise;
} Hold;

/* -- sets ---------------------------------------------------------------------------------------------------------------------- */

static VarSet new_set(Hold *h)
{
    return arena_array(h->c->arena, uint64_t, h->words);
}

static VarSet copy(Hold *h, const uint64_t *set)
{
    VarSet result = new_set(h);

    memcpy(result, set, h->words * sizeof *set);
    return result;
}

static bool unite(Hold *h, VarSet into, const uint64_t *set)
{
    bool grew = false;

    for (uint32_t i = 0; i < h->words; i++) {
        grew |= (set[i] & ~into[i]) != 0;
        into[i] |= set[i];
    }
    return grew;
}

static void clear(Hold *h, VarSet set)
{
    memset(set, 0, h->words * sizeof *set);
}

/* Variables of the function that it releases itself. */
static bool is_released_here(const IrVar *var)
{
    return var->is_owned && var->kind != IR_VAR_TEMP && var->kind != IR_VAR_GLOBAL;
}

static IrVarVec listed(Hold *h, const uint64_t *set)
{
    IrVarVec result = {0};

    for (uint32_t i = 0; i < h->vars.len; i++)
        if (set_has(set, h->vars.items[i]) && is_released_here(h->vars.items[i]))
            vec_push(h->c->arena, &result, h->vars.items[i]);
    return result;
}

/* -- assignments ------------------------------------------------------------------------------------------------------------------- */

static void note_raise(Hold *h, const IrStmt *s)
{
    if (s->raises)
        unite(h, s->handler ? h->at_handler[s->handler->id] : h->at_raise, h->now);
}

static bool drops_old(Hold *h, const IrVar *var)
{
    if (var->kind == IR_VAR_CHILD || !types_needs_release(var->type) || var->is_borrowed)
        return false;
    if (var->is_cell || var->kind == IR_VAR_CAPTURE)
        return true;
    if (var->kind == IR_VAR_GLOBAL)
        return h->func != h->program->init || var->is_stored || set_has(h->now, var);
    return var->kind != IR_VAR_TEMP && set_has(h->now, var);
}

static void assign(Hold *h, IrStmt *s)
{
    IrVar *var = s->dst;

    if (!var)
        return;
    s->drops_old = drops_old(h, var);
    s->keeps_old = s->raises && s->handler && var->kind != IR_VAR_TEMP && var->kind != IR_VAR_GLOBAL &&
                   set_has(h->live->inside[s->id], var);
    set_add(h->now, var);
    if (s->kind == IR_SET && !s->keeps_old)
        note_raise(h, s); /* what was made before an operand's exception was seen */
}

/* return x: the reference that x holds goes to the caller. */
static IrVar *move_result(IrStmt *s)
{
    IrExpr *e = s->value;

    while (e && e->kind == IR_CONVERT && !e->is_retained)
        e = e->args.items[0];
    if (!e || !ir_is_var(e, NULL) || !(e->is_retained || e->is_moved))
        return NULL;
    IrVar *var = e->as.place.var;
    if (!is_released_here(var) || var->is_cell || var->kind == IR_VAR_CHILD)
        return NULL;
    e->is_retained = false;
    e->is_moved = true;
    return var;
}

static void leave(Hold *h, IrStmt *s)
{
    IrVar *moved = move_result(s);
    VarSet left = copy(h, h->now);

    if (moved)
        set_drop(left, moved);
    s->leaves_clean = listed(h, left).len == 0;
    if (!s->leaves_clean)
        unite(h, h->at_exit, left);
}

/* -- statements ------------------------------------------------------------------------------------------------------------------------ */

static void hold_block(Hold *h, IrBlock *block);

static VarSet *slot_of(Hold *h, VarSet *table, const IrStmt *s)
{
    if (!table[s->id])
        table[s->id] = new_set(h);
    return &table[s->id];
}

static void hold_if(Hold *h, IrStmt *s)
{
    VarSet before = copy(h, h->now), after;

    hold_block(h, &s->body);
    after = h->now;
    h->now = before;
    hold_block(h, &s->orelse);
    unite(h, h->now, after);
}

static void hold_loop(Hold *h, IrStmt *s)
{
    VarSet head = copy(h, h->now), at_break = *slot_of(h, h->at_break, s), at_continue = *slot_of(h, h->at_continue, s);

    do {
        h->now = copy(h, head);
        hold_block(h, &s->body);
        unite(h, h->now, at_continue);
        hold_block(h, &s->after);
    } while (unite(h, head, h->now));
    h->now = s->kind == IR_COUNT || s->cond ? head : new_set(h);
    unite(h, h->now, at_break);
}

static void hold_try(Hold *h, IrStmt *s)
{
    VarSet after;

    slot_of(h, h->at_handler, s);
    hold_block(h, &s->body);
    after = h->now;
    h->now = copy(h, h->at_handler[s->id]);
    hold_block(h, &s->orelse);
    unite(h, h->now, after);
}

static void hold_next(Hold *h, IrStmt *s)
{
    VarSet after;

    s->holds = listed(h, h->now);
    after = copy(h, h->now);
    if (s->child)
        set_drop(h->now, s->child); /* it is exhausted, or has raised: over */
    note_raise(h, s);
    hold_block(h, &s->orelse);
    VarSet orelse = h->now;
    h->now = after;
    assign(h, s);
    unite(h, h->now, orelse);
}

static void hold_stmt(Hold *h, IrStmt *s)
{
    switch (s->kind) {
    case IR_IF:
        hold_if(h, s);
        return;
    case IR_WHILE:
    case IR_COUNT:
        hold_loop(h, s);
        return;
    case IR_BLOCK:
        slot_of(h, h->at_break, s);
        hold_block(h, &s->body);
        unite(h, h->now, h->at_break[s->id]);
        return;
    case IR_TRY:
        hold_try(h, s);
        return;
    case IR_BREAK:
        unite(h, h->at_break[s->target->id], h->now);
        clear(h, h->now);
        return;
    case IR_CONTINUE:
        unite(h, h->at_continue[s->target->id], h->now);
        clear(h, h->now);
        return;
    case IR_RETURN:
        leave(h, s);
        clear(h, h->now);
        return;
    case IR_RAISE:
    case IR_RERAISE:
        note_raise(h, s);
        clear(h, h->now);
        return;
    case IR_NEXT:
        hold_next(h, s);
        return;
    case IR_AWAIT:
    case IR_YIELD:
        s->holds = listed(h, h->now);
        note_raise(h, s);
        assign(h, s);
        return;
    case IR_UNSET:
        s->drops_old = types_needs_release(s->dst->type) && (s->dst->is_cell || s->dst->kind == IR_VAR_GLOBAL ||
                       s->dst->kind == IR_VAR_CAPTURE || set_has(h->now, s->dst));
        if (!s->dst->is_cell)
            set_drop(h->now, s->dst);
        return;
    case IR_CLOSE:
        s->drops_old = set_has(h->now, s->child);
        set_drop(h->now, s->child);
        return;
    case IR_CHECK_SET:
        note_raise(h, s);
        return;
    default:
        note_raise(h, s);
        assign(h, s);
    }
}

static void hold_block(Hold *h, IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++)
        hold_stmt(h, block->items[i]);
}

/* -- a function -------------------------------------------------------------------------------------------------------------------------- */

/* What holds something from the start: parameters that are owned, and cells, which are made first. */
static void hold_first(Hold *h)
{
    for (uint32_t i = 0; i < h->live->vars.len; i++) {
        const IrVar *var = h->live->vars.items[i];
        if (var->is_owned && (var->kind == IR_VAR_PARAM || (var->is_cell && var->kind != IR_VAR_CAPTURE)))
            set_add(h->now, var);
    }
}

void find_holding(Compilation *c, const IrProgram *program, IrFunc *func, Liveness *live)
{
    Hold h = {.c = c, .program = program, .func = func, .live = live, .vars = {0}};
    uint32_t count = live->stmt_count + 1;

    for (uint32_t i = 0; i < live->vars.len; i++)
        vec_push(c->arena, &h.vars, live->vars.items[i]);
    for (uint32_t i = 0; i < program->globals.len; i++) {
        program->globals.items[i]->index = h.vars.len;
        vec_push(c->arena, &h.vars, program->globals.items[i]);
    }
    h.words = h.vars.len / 64 + 1;
    h.now = new_set(&h);
    h.at_exit = new_set(&h);
    h.at_raise = new_set(&h);
    h.at_break = arena_array(c->arena, VarSet, count);
    h.at_continue = arena_array(c->arena, VarSet, count);
    h.at_handler = arena_array(c->arena, VarSet, count);
    hold_first(&h);
    if (func->is_recursive) /* it looks at the stack first */
        unite(&h, h.at_raise, h.now);
    hold_block(&h, &func->body);
    func->at_exit = listed(&h, h.at_exit);
    func->at_raise = listed(&h, h.at_raise);
}

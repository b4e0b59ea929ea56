/* Numbers in a frame that are never alive at once share their place.
 *
 *     for i in range(3):            union {
 *         await first(i)                int64_t i;
 *     for j in range(4):                int64_t j;
 *         await second(j)           };
 *
 * Only numbers: what an object's variable holds lives until the function ends, as in Python, even if nobody reads it again.
 *
 * In: kept variables and the liveness that told which they are.  Two variables conflict when some statement finds both alive. */
#include "pass/pass.h"

enum { MOST = 64 }; /* candidates of a function: a set of them is a word */

typedef struct Share {
    Liveness *live;
    IrVar *vars[MOST];
    uint64_t conflicts[MOST];
    uint32_t count;
} Share;

static bool may_share(const IrVar *var)
{
    return var->is_kept && (var->kind == IR_VAR_LOCAL || var->kind == IR_VAR_HIDDEN || var->kind == IR_VAR_TEMP) && !var->is_cell &&
           !var->may_be_unset && !var->c_type && (var->type->kind == TYPE_INT || var->type->kind == TYPE_FLOAT);
}

static bool is_in(const IrVarVec *vars, const IrVar *var)
{
    for (uint32_t i = 0; i < vars->len; i++)
        if (vars->items[i] == var)
            return true;
    return false;
}

static bool is_alive(const Share *h, const IrStmt *s, const IrVar *var)
{
    return set_has(h->live->before[s->id], var) || set_has(h->live->after[s->id], var) || set_has(h->live->inside[s->id], var) ||
           s->dst == var || is_in(&s->live, var);
}

static void visit(void *ctx, IrStmt *s)
{
    Share *h = ctx;
    uint64_t alive = 0;

    for (uint32_t i = 0; i < h->count; i++)
        if (is_alive(h, s, h->vars[i]))
            alive |= (uint64_t)1 << i;
    for (uint32_t i = 0; i < h->count; i++)
        if (alive >> i & 1)
            h->conflicts[i] |= alive;
}

/* Each variable goes to the first place none of whose variables it conflicts with. */
static void assign_places(Share *h)
{
    uint64_t places[MOST];
    uint32_t count = 0, at;

    for (uint32_t i = 0; i < h->count; i++) {
        for (at = 0; at < count && (places[at] & h->conflicts[i]); at++)
            ;
        if (at == count)
            places[count++] = 0;
        else
            h->vars[i]->shares = h->vars[__builtin_ctzll(places[at])];
        places[at] |= (uint64_t)1 << i;
    }
}

void share_space(IrFunc *func, Liveness *live)
{
    Share h = {.live = live};

    for (uint32_t i = 0; i < func->vars.len && h.count < MOST; i++)
        if (may_share(func->vars.items[i]))
            h.vars[h.count++] = func->vars.items[i];
    if (h.count < 2)
        return;
    ir_each_stmt(&func->body, visit, &h);
    assign_places(&h);
}

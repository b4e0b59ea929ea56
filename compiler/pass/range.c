/* Ranges: arithmetic on ints that provably stays within 64 bits becomes C's own operator, which needs no check.
 *
 *     for i in range(n):        i < n, so i + 1 cannot overflow
 *     if n < 2: return n        from here on n >= 2, so n - 1 and n - 2 are plain
 *     x % 10                    is 0 … 9
 *
 * A walk forwards with an interval per int variable that only this function assigns. A branch narrows by its condition; a loop
 * first forgets what its body assigns (but keeps the lower bound of what only grows); where ways meet intervals are united. What cannot
 * be proved stays as it is. It stands before raise.c, which then finds less that raises. */
#include "pass/pass.h"

#include <string.h>

__extension__ typedef __int128 Wide;

typedef struct Range {
    int64_t lo, hi;
} Range;

typedef struct Ranges {
    Compilation *c;
    uint32_t count;
    Range *now;        /* by IrVar.index */
    bool is_reachable;
} Ranges;

static const Range full = {INT64_MIN, INT64_MAX};

/* -- states --------------------------------------------------------------------------------------------------------------------- */

static bool is_tracked(const IrVar *var)
{
    return var && var->type && var->type->kind == TYPE_INT && !var->is_cell && var->kind != IR_VAR_GLOBAL && var->kind != IR_VAR_CAPTURE &&
           var->kind != IR_VAR_CHILD && !var->c_type;
}

static Range *copy(Ranges *r)
{
    Range *result = arena_array(r->c->arena, Range, r->count + 1);

    memcpy(result, r->now, r->count * sizeof *result);
    return result;
}

static Range united(Range a, Range b)
{
    return (Range){a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi};
}

static void join(Ranges *r, const Range *other, bool is_reachable)
{
    if (!is_reachable)
        return;
    for (uint32_t i = 0; i < r->count; i++)
        r->now[i] = r->is_reachable ? united(r->now[i], other[i]) : other[i];
    r->is_reachable = true;
}

/* -- expressions ------------------------------------------------------------------------------------------------------------------- */

static bool fits(Wide lo, Wide hi)
{
    return lo >= INT64_MIN && hi <= INT64_MAX;
}

static Range clamped(Wide lo, Wide hi)
{
    return fits(lo, hi) ? (Range){(int64_t)lo, (int64_t)hi} : full;
}

static Wide least(const Wide *of)
{
    Wide best = of[0];

    for (int i = 1; i < 4; i++)
        best = of[i] < best ? of[i] : best;
    return best;
}

static void product(Range a, Range b, Wide *lo, Wide *hi)
{
    Wide all[] = {(Wide)a.lo * b.lo, (Wide)a.lo * b.hi, (Wide)a.hi * b.lo, (Wide)a.hi * b.hi};
    Wide negative[] = {-all[0], -all[1], -all[2], -all[3]};

    *lo = least(all);
    *hi = -least(negative);
}

static Range range_of(Ranges *r, IrExpr *e);

static bool is_of_literals(const IrExpr *e)
{
    if (e->kind == IR_INT)
        return true;
    for (uint32_t i = 0; e->kind == IR_OP && i < e->args.len; i++)
        if (!is_of_literals(e->args.items[i]))
            return false;
    return e->kind == IR_OP && e->args.len > 0;
}

/* C would compute 65536 * 65536 as an int: what literals make is written out where that is too narrow. */
static void fold_wide(IrExpr *e, Wide lo, Wide hi)
{
    if (lo != hi || !fits(lo, hi) || (lo >= INT32_MIN && hi <= INT32_MAX) || !is_of_literals(e))
        return;
    e->kind = IR_INT;
    e->args.len = 0;
    e->as.integer = (int64_t)lo;
}

/* Of an operation; turns it into the plain one if that is safe. */
static Range range_of_op(Ranges *r, IrExpr *e)
{
    Range a = e->args.len > 0 ? range_of(r, e->args.items[0]) : full, b = e->args.len > 1 ? range_of(r, e->args.items[1]) : full;
    Wide lo = 0, hi = 0;

    switch (e->op) {
    case IR_OP_INT_ADD:
    case IR_OP_INT_ADD_FAST:
        lo = (Wide)a.lo + b.lo, hi = (Wide)a.hi + b.hi;
        e->op = fits(lo, hi) ? IR_OP_INT_ADD_FAST : e->op;
        fold_wide(e, lo, hi);
        return clamped(lo, hi);
    case IR_OP_INT_SUB:
    case IR_OP_INT_SUB_FAST:
        lo = (Wide)a.lo - b.hi, hi = (Wide)a.hi - b.lo;
        e->op = fits(lo, hi) ? IR_OP_INT_SUB_FAST : e->op;
        fold_wide(e, lo, hi);
        return clamped(lo, hi);
    case IR_OP_INT_MUL:
    case IR_OP_INT_MUL_FAST:
        product(a, b, &lo, &hi);
        e->op = fits(lo, hi) ? IR_OP_INT_MUL_FAST : e->op;
        fold_wide(e, lo, hi);
        return clamped(lo, hi);
    case IR_OP_INT_NEG:
        lo = -(Wide)a.hi, hi = -(Wide)a.lo;
        e->op = fits(lo, hi) ? IR_OP_INT_NEG_FAST : e->op;
        return clamped(lo, hi);
    case IR_OP_INT_MOD:
        if (b.lo <= 0)
            return full;
        e->op = a.lo >= 0 ? IR_OP_INT_MOD_FAST : e->op;
        return (Range){0, b.hi - 1};
    case IR_OP_INT_FLOORDIV:
        if (b.lo <= 0)
            return full;
        e->op = a.lo >= 0 ? IR_OP_INT_DIV_FAST : e->op;
        return (Range){a.lo < 0 ? a.lo : 0, a.hi > 0 ? a.hi : 0};
    case IR_OP_INT_AND:
        if (a.lo >= 0 || b.lo >= 0)
            return (Range){0, a.lo < 0 ? b.hi : b.lo < 0 ? a.hi : a.hi < b.hi ? a.hi : b.hi};
        return full;
    default:
        return full;
    }
}

static Range range_of_read(const Ranges *r, const IrExpr *e)
{
    const IrPlace *place = &e->as.place;

    if (place->kind == IR_PLACE_VAR && is_tracked(place->var))
        return r->now[place->var->index];
    if (place->kind == IR_PLACE_FIELD && place->cls && place->cls->c_name && strcmp(place->field->name, "len") == 0)
        return (Range){0, (int64_t)1 << 48}; /* the length of something in memory */
    return full;
}

static void visit(void *ctx, IrExpr **at)
{
    (void)range_of(ctx, *at);
}

static Range range_of(Ranges *r, IrExpr *e)
{
    switch (e->kind) {
    case IR_INT:
        return (Range){e->as.integer, e->as.integer};
    case IR_OP:
        return range_of_op(r, e);
    case IR_READ:
        ir_each_operand(e, visit, r);
        return range_of_read(r, e);
    case IR_CONVERT: {
        Range inner = range_of(r, e->args.items[0]);
        if (e->type->kind == TYPE_INT && e->args.items[0]->type->kind == TYPE_BOOL)
            return (Range){0, 1};
        return e->args.items[0]->type->kind == TYPE_INT ? inner : full;
    }
    case IR_SELECT:
        (void)range_of(r, e->args.items[0]);
        return united(range_of(r, e->args.items[1]), range_of(r, e->args.items[2]));
    default:
        ir_each_operand(e, visit, r);
        return full;
    }
}

/* -- conditions ---------------------------------------------------------------------------------------------------------------------- */

static void at_most(Ranges *r, const IrExpr *e, Wide hi)
{
    if (ir_is_var(e, NULL) && is_tracked(e->as.place.var) && hi < r->now[e->as.place.var->index].hi)
        r->now[e->as.place.var->index].hi = hi < INT64_MIN ? INT64_MIN : (int64_t)hi;
}

static void at_least(Ranges *r, const IrExpr *e, Wide lo)
{
    if (ir_is_var(e, NULL) && is_tracked(e->as.place.var) && lo > r->now[e->as.place.var->index].lo)
        r->now[e->as.place.var->index].lo = lo > INT64_MAX ? INT64_MAX : (int64_t)lo;
}

/* a < b, or a <= b (gap 0). */
static void narrow_less(Ranges *r, IrExpr *a, IrExpr *b, int gap)
{
    Range left = range_of(r, a), right = range_of(r, b);

    at_most(r, a, (Wide)right.hi - gap);
    at_least(r, b, (Wide)left.lo + gap);
}

static void narrow(Ranges *r, IrExpr *cond, bool is_true)
{
    if (cond->kind == IR_NOT) {
        narrow(r, cond->args.items[0], !is_true);
        return;
    }
    if ((cond->kind == IR_AND && is_true) || (cond->kind == IR_OR && !is_true)) {
        narrow(r, cond->args.items[0], is_true);
        narrow(r, cond->args.items[1], is_true);
        return;
    }
    if (cond->kind != IR_OP || cond->args.len != 2)
        return;
    IrExpr *a = cond->args.items[0], *b = cond->args.items[1];
    switch (cond->op) {
    case IR_OP_INT_LT:
        is_true ? narrow_less(r, a, b, 1) : narrow_less(r, b, a, 0);
        break;
    case IR_OP_INT_LE:
        is_true ? narrow_less(r, a, b, 0) : narrow_less(r, b, a, 1);
        break;
    case IR_OP_INT_GT:
        is_true ? narrow_less(r, b, a, 1) : narrow_less(r, a, b, 0);
        break;
    case IR_OP_INT_GE:
        is_true ? narrow_less(r, b, a, 0) : narrow_less(r, a, b, 1);
        break;
    case IR_OP_INT_EQ:
    case IR_OP_INT_NE:
        if (is_true == (cond->op == IR_OP_INT_EQ)) {
            narrow_less(r, a, b, 0);
            narrow_less(r, b, a, 0);
        }
        break;
    default:
        break;
    }
}

/* -- loops ----------------------------------------------------------------------------------------------------------------------------- */

/* x = x + 2: by how much; false for any other assignment. */
static bool is_step_of(const IrStmt *s, int64_t *by)
{
    const IrExpr *e = s->value;
    bool is_add, is_sub;

    if (s->kind != IR_SET || !e || e->kind != IR_OP || e->args.len != 2 || !ir_is_var(e->args.items[0], s->dst) ||
        e->args.items[1]->kind != IR_INT || e->args.items[1]->as.integer == INT64_MIN)
        return false;
    is_add = e->op == IR_OP_INT_ADD || e->op == IR_OP_INT_ADD_FAST;
    is_sub = e->op == IR_OP_INT_SUB || e->op == IR_OP_INT_SUB_FAST;
    *by = is_add ? e->args.items[1]->as.integer : -e->args.items[1]->as.integer;
    return is_add || is_sub;
}

/* Forgets what the statements of a block may assign. */
static void forget(Ranges *r, const IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++) {
        const IrStmt *s = block->items[i];
        int64_t by = 0;
        if (is_tracked(s->dst)) {
            Range *range = &r->now[s->dst->index];
            bool is_step = is_step_of(s, &by);
            if (!is_step || by < 0)
                range->lo = INT64_MIN;
            if (!is_step || by > 0)
                range->hi = INT64_MAX;
        }
        forget(r, &s->body);
        forget(r, &s->orelse);
        forget(r, &s->after);
    }
}

static bool has_break(const IrBlock *block, const IrStmt *target, IrStmtKind kind)
{
    for (uint32_t i = 0; i < block->len; i++) {
        const IrStmt *s = block->items[i];
        if (s->kind == kind && s->target == target)
            return true;
        if (has_break(&s->body, target, kind) || has_break(&s->orelse, target, kind) || has_break(&s->after, target, kind))
            return true;
    }
    return false;
}

static void walk(Ranges *r, const IrBlock *block);

static void walk_while(Ranges *r, IrStmt *s)
{
    forget(r, &s->body);
    forget(r, &s->after);
    if (s->cond)
        (void)range_of(r, s->cond);
    Range *head = copy(r);
    if (s->cond)
        narrow(r, s->cond, true);
    Range *begin = copy(r);
    walk(r, &s->body);
    r->now = begin; /* what runs after the body, or at `continue` */
    r->is_reachable = true;
    forget(r, &s->body);
    walk(r, &s->after);
    r->now = head;
    r->is_reachable = true;
    if (s->cond && !has_break(&s->body, s, IR_BREAK))
        narrow(r, s->cond, false);
}

static void walk_count(Ranges *r, IrStmt *s)
{
    Range from = range_of(r, s->value), to = range_of(r, s->limit);
    bool is_assigned = false;

    forget(r, &s->body);
    forget(r, &s->after);
    if (is_tracked(s->dst)) {
        r->now[s->dst->index] = (Range){0, 0};
        forget(r, &s->body);
        is_assigned = r->now[s->dst->index].lo != 0 || r->now[s->dst->index].hi != 0;
        r->now[s->dst->index] = full;
    }
    Range *head = copy(r);
    if (is_tracked(s->dst) && !is_assigned) {
        if (s->step > 0)
            r->now[s->dst->index] = (Range){from.lo, to.hi > INT64_MIN ? to.hi - 1 : to.hi};
        else
            r->now[s->dst->index] = (Range){to.lo < INT64_MAX ? to.lo + 1 : to.lo, from.hi};
    }
    walk(r, &s->body);
    walk(r, &s->after);
    r->now = head;
    r->is_reachable = true;
}

static void walk_if(Ranges *r, IrStmt *s)
{
    (void)range_of(r, s->cond);
    Range *orelse = copy(r);
    narrow(r, s->cond, true);
    walk(r, &s->body);
    Range *body = r->now;
    bool is_reached = r->is_reachable;
    r->now = orelse;
    r->is_reachable = true;
    narrow(r, s->cond, false);
    walk(r, &s->orelse);
    join(r, body, is_reached);
}

static void walk_try(Ranges *r, IrStmt *s)
{
    Range *handler = copy(r);

    walk(r, &s->body);
    Range *body = r->now;
    bool is_reached = r->is_reachable;
    r->now = handler;
    r->is_reachable = true;
    forget(r, &s->body);
    walk(r, &s->orelse);
    join(r, body, is_reached);
}

static void walk_block(Ranges *r, IrStmt *s)
{
    Range *before = copy(r);

    walk(r, &s->body);
    if (!has_break(&s->body, s, IR_BREAK))
        return;
    r->now = before;
    r->is_reachable = true;
    forget(r, &s->body);
}

static void walk_stmt(Ranges *r, IrStmt *s)
{
    switch (s->kind) {
    case IR_IF:
        walk_if(r, s);
        return;
    case IR_WHILE:
        walk_while(r, s);
        return;
    case IR_COUNT:
        walk_count(r, s);
        return;
    case IR_BLOCK:
        walk_block(r, s);
        return;
    case IR_TRY:
        walk_try(r, s);
        return;
    case IR_SET: {
        Range range = range_of(r, s->value);
        if (is_tracked(s->dst))
            r->now[s->dst->index] = range;
        return;
    }
    case IR_NEXT: {
        Range *before = copy(r);
        walk(r, &s->orelse);
        bool is_reached = r->is_reachable;
        Range *orelse = r->now;
        r->now = before;
        r->is_reachable = true;
        if (is_tracked(s->dst))
            r->now[s->dst->index] = full;
        join(r, orelse, is_reached);
        return;
    }
    default:
        ir_each_expr(s, visit, r);
        if (is_tracked(s->dst) && s->kind != IR_CHECK_SET)
            r->now[s->dst->index] = full;
        if (s->kind == IR_BREAK || s->kind == IR_CONTINUE || s->kind == IR_RETURN || s->kind == IR_RAISE || s->kind == IR_RERAISE)
            r->is_reachable = false;
    }
}

static void walk(Ranges *r, const IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++)
        walk_stmt(r, block->items[i]);
}

void find_ranges(Compilation *c, IrFunc *func)
{
    Ranges r = {.c = c, .is_reachable = true};
    const IrVarVec *lists[] = {&func->params, &func->captures, &func->vars};

    for (int i = 0; i < 3; i++)
        for (uint32_t j = 0; j < lists[i]->len; j++)
            lists[i]->items[j]->index = r.count++;
    r.now = arena_array(c->arena, Range, r.count + 1);
    for (uint32_t i = 0; i < r.count; i++)
        r.now[i] = full;
    walk(&r, &func->body);
}

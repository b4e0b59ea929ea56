/* Each expression stands in one place, and none is deeper than a reader, or a compiler of C, would like it.
 *
 * In: IR as lowering made it, which may put an expression without effects into two places.  Out: the same with a copy in each place, since
 * the passes mark single places, and with expressions of at most LIMIT operations within each other:
 *
 *     x = a1 + a2 + … + a50000        value = a1 + … + a32; value2 = value + a33 + …; …; x = value1562 + …
 *     x = a1 and … and a5000          test = a1 and … and a32; test2 = test and a33 and …; …
 *     x = a and f(<deep>)             if a: value = <deep>; test = f(value); else: test = False
 *
 * It stands before all other passes, which look at a whole expression for each of its parts, and before the emitter, which copies the text
 * of a part into that of the whole: both would take quadratic time. Only what no editor would write is changed. */
#include "pass/pass.h"

enum {
    LIMIT = 32
};

typedef struct Depth {
    Compilation *c;
    IrFunc *func;
    IrBlock *out;     /* where statements go that must stand before */
    uint32_t deepest; /* of the operands that were visited */
} Depth;

typedef struct Shape {
    Compilation *c;
    uint32_t deepest;
} Shape;

static void place(void *ctx, IrExpr **at)
{
    Shape *shape = ctx;
    uint32_t deepest = shape->deepest;

    if ((*at)->is_placed)
        *at = ir_copy(shape->c, *at);
    (*at)->is_placed = true;
    shape->deepest = 0;
    ir_each_operand(*at, place, shape);
    shape->deepest = shape->deepest + 1 > deepest ? shape->deepest + 1 : deepest;
}

/* Gives its depth. */
static uint32_t place_expr(Compilation *c, IrExpr **at)
{
    Shape shape = {.c = c};

    place(&shape, at);
    return shape.deepest;
}

/* -- making ------------------------------------------------------------------------------------------------------------------------ */

static void emit(Depth *d, IrStmt *s)
{
    vec_push(d->c->arena, d->out, s);
}

static IrVar *new_temp(Depth *d, const IrExpr *e)
{
    return ir_var(d->c, d->func, IR_VAR_TEMP, value_stem(e), e->type, e->span);
}

static IrExpr *to_temp(Depth *d, IrExpr *e)
{
    IrVar *temp = new_temp(d, e);

    emit(d, ir_set(d->c, temp, e, e->span));
    return ir_read(d->c, temp, e->span);
}

static IrExpr *boolean(Depth *d, const IrExpr *like, bool value)
{
    IrExpr *e = ir_expr(d->c, IR_BOOL, like->type, like->span);

    e->as.integer = value;
    return e;
}

/* One of two values and what must stand before it. */
typedef struct Branch {
    IrBlock block;
    IrExpr *value;
    uint32_t depth;
} Branch;

/* test ? yes : no, as statements. */
static IrExpr *choose(Depth *d, const IrExpr *e, IrExpr *test, Branch yes, Branch no)
{
    IrVar *temp = new_temp(d, e);
    IrStmt *s = ir_stmt(d->c, IR_IF, e->span);

    vec_push(d->c->arena, &yes.block, ir_set(d->c, temp, yes.value, e->span));
    vec_push(d->c->arena, &no.block, ir_set(d->c, temp, no.value, e->span));
    s->cond = test;
    s->body = yes.block;
    s->orelse = no.block;
    emit(d, s);
    return ir_read(d->c, temp, e->span);
}

/* -- expressions ------------------------------------------------------------------------------------------------------------------- */

static uint32_t flatten(Depth *d, IrExpr **at);

static void flatten_operand(void *ctx, IrExpr **at)
{
    Depth *d = ctx;
    uint32_t depth = flatten(d, at);

    if (depth > d->deepest)
        d->deepest = depth;
}

/* An operand that is not always evaluated: what it needs goes into a block of its own. */
static Branch flatten_branch(Depth *d, IrExpr *e)
{
    Branch branch = {.value = e};
    IrBlock *outer = d->out;

    d->out = &branch.block;
    branch.depth = flatten(d, &branch.value);
    d->out = outer;
    return branch;
}

static void collect(Depth *d, IrExpr *e, IrExprKind kind, IrExprVec *parts)
{
    for (uint32_t i = 0; e->kind == kind && i < 2; i++)
        collect(d, e->args.items[i], kind, parts);
    if (e->kind != kind)
        vec_push(d->c->arena, parts, e);
}

static IrExpr *junction(Depth *d, const IrExpr *like, IrExpr *left, IrExpr *right)
{
    IrExpr *e = ir_expr(d->c, like->kind, like->type, like->span);

    vec_push(d->c->arena, &e->args, left);
    vec_push(d->c->arena, &e->args, right);
    return e;
}

/* a and (b and c) is (a and b) and c: the front can be evaluated before. */
static uint32_t flatten_junction(Depth *d, IrExpr **at)
{
    IrExpr *e = *at, *front;
    IrExprVec parts = {0};
    Branch decided = {.value = boolean(d, e, e->kind == IR_OR)};

    collect(d, e, e->kind, &parts);
    front = parts.items[0];
    uint32_t depth = flatten(d, &front);
    for (uint32_t i = 1; i < parts.len; i++) {
        Branch next = flatten_branch(d, parts.items[i]);
        uint32_t deeper = (next.depth > depth ? next.depth : depth) + 1;
        if (next.block.len)
            front = e->kind == IR_AND ? choose(d, e, front, next, decided) : choose(d, e, front, decided, next);
        else
            front = junction(d, e, front, next.value);
        depth = next.block.len ? 1 : deeper;
        if (depth > LIMIT) {
            front = to_temp(d, front);
            depth = 1;
        }
    }
    *at = front;
    return depth;
}

static uint32_t flatten_select(Depth *d, IrExpr **at)
{
    IrExpr *e = *at;
    uint32_t depth = flatten(d, &e->args.items[0]);
    Branch yes = flatten_branch(d, e->args.items[1]), no = flatten_branch(d, e->args.items[2]);

    e->args.items[1] = yes.value;
    e->args.items[2] = no.value;
    depth = depth > yes.depth ? depth : yes.depth;
    depth = depth > no.depth ? depth : no.depth;
    if (!yes.block.len && !no.block.len && depth < LIMIT)
        return depth + 1;
    *at = choose(d, e, e->args.items[0], yes, no);
    return 1;
}

static bool may_be_moved(const IrExpr *e)
{
    return e->kind != IR_ARRAY && !ir_is_frame_call(e) && !ir_result_by_out(e) && e->type->kind != TYPE_NONE;
}

/* Gives the depth of what `*at` is then. */
static uint32_t flatten(Depth *d, IrExpr **at)
{
    uint32_t outer = d->deepest, depth;

    if ((*at)->kind == IR_AND || (*at)->kind == IR_OR)
        return flatten_junction(d, at);
    if ((*at)->kind == IR_SELECT)
        return flatten_select(d, at);
    d->deepest = 0;
    ir_each_operand(*at, flatten_operand, d);
    depth = d->deepest + 1;
    d->deepest = outer;
    if (depth <= LIMIT || !may_be_moved(*at))
        return depth;
    *at = to_temp(d, *at);
    return 1;
}

static bool is_conditional(const IrExpr *e)
{
    return e->kind == IR_AND || e->kind == IR_OR || e->kind == IR_SELECT;
}

/* The whole expression of a statement stays where it is. */
static void flatten_expr(void *ctx, IrExpr **at)
{
    Depth *d = ctx;

    if (place_expr(d->c, at) > LIMIT) {
        if (is_conditional(*at))
            flatten(d, at);
        else
            ir_each_operand(*at, flatten_operand, d);
    }
}

/* -- statements -------------------------------------------------------------------------------------------------------------------- */

static void flatten_block(Depth *d, IrBlock *block);

/* What the condition of a loop needs is evaluated each time round: while True: <it>; if not cond: break; … */
static void flatten_loop(Depth *d, IrStmt *loop)
{
    Branch test = flatten_branch(d, loop->cond);
    IrBlock body = test.block;
    IrStmt *leave = ir_stmt(d->c, IR_IF, loop->cond->span), *brk = ir_stmt(d->c, IR_BREAK, loop->cond->span);

    leave->cond = ir_expr(d->c, IR_NOT, loop->cond->type, loop->cond->span);
    vec_push(d->c->arena, &leave->cond->args, test.value);
    brk->target = loop;
    vec_push(d->c->arena, &leave->body, brk);
    vec_push(d->c->arena, &body, leave);
    for (uint32_t i = 0; i < loop->body.len; i++)
        vec_push(d->c->arena, &body, loop->body.items[i]);
    loop->body = body;
    loop->cond = NULL;
}

static void flatten_stmt(Depth *d, IrStmt *s)
{
    if (s->kind == IR_WHILE && s->cond && place_expr(d->c, &s->cond) > LIMIT)
        flatten_loop(d, s);
    else if (s->kind != IR_WHILE)
        ir_each_expr(s, flatten_expr, d);
    flatten_block(d, &s->body);
    flatten_block(d, &s->orelse);
    flatten_block(d, &s->after);
}

static void flatten_block(Depth *d, IrBlock *block)
{
    IrBlock *outer = d->out, result = {0};

    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];
        d->out = &result;
        flatten_stmt(d, s);
        vec_push(d->c->arena, &result, s);
    }
    d->out = outer;
    *block = result;
}

void limit_depth(Compilation *c, IrProgram *program)
{
    Depth d = {.c = c};

    for (uint32_t i = 0; i < program->funcs.len; i++) {
        d.func = program->funcs.items[i];
        flatten_block(&d, &d.func->body);
    }
}

/* The IR's constructors, what is known of each kind, and the walks that the passes share.
 *
 * The walks give the *place* of each sub-expression, so that a pass can put another expression there. They know all kinds: a pass
 * that treats one kind in particular leaves the others to them. */
#include "ir/ir.h"

#include <assert.h>
#include <string.h>

/* -- making ---------------------------------------------------------------------------------------------------------------- */

IrExpr *ir_expr(Compilation *c, IrExprKind kind, Type *type, Span span)
{
    IrExpr *e = arena_new(c->arena, IrExpr);

    e->kind = kind;
    e->type = type;
    e->span = span;
    return e;
}

IrStmt *ir_stmt(Compilation *c, IrStmtKind kind, Span span)
{
    IrStmt *s = arena_new(c->arena, IrStmt);

    s->kind = kind;
    s->span = span;
    return s;
}

IrVar *ir_var(Compilation *c, IrFunc *func, IrVarKind kind, const char *name, Type *type, Span span)
{
    IrVar *var = arena_new(c->arena, IrVar);
    IrVarVec *list = !func ? NULL : kind == IR_VAR_PARAM ? &func->params : kind == IR_VAR_CAPTURE ? &func->captures : &func->vars;

    var->kind = kind;
    var->name = name;
    var->type = type;
    var->span = span;
    if (func) {
        var->id = func->params.len + func->captures.len + func->vars.len;
        vec_push(c->arena, list, var);
    }
    return var;
}

IrExpr *ir_read(Compilation *c, IrVar *var, Span span)
{
    IrExpr *e = ir_expr(c, IR_READ, var->type, span);

    e->as.place = (IrPlace){.kind = IR_PLACE_VAR, .var = var};
    return e;
}

IrStmt *ir_set(Compilation *c, IrVar *dst, IrExpr *value, Span span)
{
    IrStmt *s = ir_stmt(c, IR_SET, span);

    s->dst = dst;
    s->value = value;
    return s;
}

static void copy_operand(void *ctx, IrExpr **at)
{
    *at = ir_copy(ctx, *at);
}

IrExpr *ir_copy(Compilation *c, const IrExpr *e)
{
    IrExpr *result = arena_new(c->arena, IrExpr);

    *result = *e;
    result->is_placed = false;
    result->args.items = arena_array(c->arena, IrExpr *, e->args.len + 1);
    result->args.cap = e->args.len + 1;
    for (uint32_t i = 0; i < e->args.len; i++)
        result->args.items[i] = e->args.items[i];
    ir_each_operand(result, copy_operand, c);
    return result;
}

/* -- asking ------------------------------------------------------------------------------------------------------------------- */

bool ir_is_var(const IrExpr *e, const IrVar *var)
{
    return e->kind == IR_READ && e->as.place.kind == IR_PLACE_VAR && (!var || e->as.place.var == var);
}

bool ir_is_static(const IrExpr *e)
{
    switch (e->kind) {
    case IR_NONE:
    case IR_ZERO:
    case IR_STR:
    case IR_BYTES:
        return true;
    case IR_CLOSURE:
        return e->captures.len == 0;
    case IR_OP: /* a static object of the runtime */
        return e->args.len == 0 || !types_needs_release(e->type);
    case IR_CONVERT:
        if (types_is_box(e->type) && e->args.items[0]->type->kind == TYPE_TUPLE) /* a new cell */
            return false;
        return ir_is_static(e->args.items[0]) || !types_needs_release(e->args.items[0]->type);
    case IR_SELECT:
        return ir_is_static(e->args.items[1]) && ir_is_static(e->args.items[2]);
    default:
        return !types_needs_release(e->type);
    }
}

bool ir_is_owned(const IrExpr *e)
{
    if (ir_is_static(e))
        return false;
    switch (e->kind) {
    case IR_READ:
    case IR_SELF:
    case IR_ARRAY:
        return false;
    case IR_CONVERT:
        return ir_is_owned(e->args.items[0]) ||
               (types_is_box(e->type) && e->args.items[0]->type->kind == TYPE_TUPLE); /* a new cell */
    case IR_SELECT:
        return ir_is_owned(e->args.items[1]) || ir_is_owned(e->args.items[2]);
    default:
        return true;
    }
}

bool ir_is_frame_call(const IrExpr *e)
{
    return (e->kind == IR_CALL && e->as.func->kind != IR_FUNCTION) || (e->kind == IR_CALL_C && e->as.cfunc->is_async);
}

bool ir_result_by_out(const IrExpr *e)
{
    const IrCFunc *func = e->kind == IR_CALL_C ? e->as.cfunc : NULL;

    return func && func->result_by_out && !(func->is_async && func->is_typed && e->type->kind == TYPE_TUPLE);
}

static bool is_plain_type(const Type *t)
{
    return t->kind != TYPE_TUPLE && t->kind != TYPE_FUNC && t->kind != TYPE_BOUND && t->kind != TYPE_MODULE;
}

bool ir_is_exported(const IrFunc *func)
{
    if (func->kind == IR_COROUTINE && strchr(func->name, '.')) /* a method: a function of the module may await it */
        return false;
    if (!func->is_public || func->is_closure || func->kind == IR_GENERATOR || func->kind == IR_ASYNCGEN || !is_plain_type(func->result))
        return false;
    for (uint32_t i = 0; i < func->params.len; i++)
        if (!is_plain_type(func->params.items[i]->type))
            return false;
    return true;
}

static const char *const op_names[] = {
#define OP(name, ...) #name,
#include "ir/op.def"
#undef OP
};
static const bool op_raises[] = {
#define OP(name, operands, raises, ...) raises,
#include "ir/op.def"
#undef OP
};

const char *ir_op_name(IrOp op)
{
    return op_names[op];
}

bool ir_op_raises(IrOp op)
{
    return op_raises[op];
}

/* -- walking ------------------------------------------------------------------------------------------------------------------ */

static void each_of_place(IrPlace *place, IrVisitExpr *visit, void *ctx)
{
    if (place->object)
        visit(ctx, &place->object);
    if (place->position)
        visit(ctx, &place->position);
}

void ir_each_operand(IrExpr *e, IrVisitExpr *visit, void *ctx)
{
    if (e->kind == IR_READ)
        each_of_place(&e->as.place, visit, ctx);
    for (uint32_t i = 0; i < e->args.len; i++)
        visit(ctx, &e->args.items[i]);
}

void ir_each_expr(IrStmt *s, IrVisitExpr *visit, void *ctx)
{
    each_of_place(&s->place, visit, ctx);
    if (s->value)
        visit(ctx, &s->value);
    if (s->cond)
        visit(ctx, &s->cond);
    if (s->limit)
        visit(ctx, &s->limit);
}

void ir_each_stmt(const IrBlock *block, IrVisitStmt *visit, void *ctx)
{
    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];

        visit(ctx, s);
        ir_each_stmt(&s->body, visit, ctx);
        ir_each_stmt(&s->orelse, visit, ctx);
        ir_each_stmt(&s->after, visit, ctx);
    }
}

/* Does a statement in the block leave to the end of `target`? */
static bool leaves_to(const IrBlock *block, const IrStmt *target)
{
    for (uint32_t i = 0; i < block->len; i++) {
        const IrStmt *s = block->items[i];

        if (s->kind == IR_BREAK && s->target == target)
            return true;
        if (leaves_to(&s->body, target) || leaves_to(&s->orelse, target) || leaves_to(&s->after, target))
            return true;
    }
    return false;
}

static bool stmt_falls_through(const IrStmt *s)
{
    switch (s->kind) {
    case IR_BREAK:
    case IR_CONTINUE:
    case IR_RAISE:
    case IR_RERAISE:
    case IR_RETURN:
        return false;
    case IR_IF:
        return ir_falls_through(&s->body) || ir_falls_through(&s->orelse);
    case IR_WHILE:
        return s->cond || leaves_to(&s->body, s);
    case IR_BLOCK:
        return ir_falls_through(&s->body) || leaves_to(&s->body, s);
    case IR_TRY:
        return ir_falls_through(&s->body) || ir_falls_through(&s->orelse);
    default:
        return true;
    }
}

bool ir_falls_through(const IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++)
        if (!stmt_falls_through(block->items[i]))
            return false;
    return true;
}

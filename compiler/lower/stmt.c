/* Statements, one function per kind; those with a file of their own are called from the switch at the end. What cannot be reached has no
 * types and is left out. */
#include "lower/internal.h"

static void lower_expression(Lower *l, Node *n)
{
    Node *value = n->as.ret.value;

    if (value->kind == NODE_STR || value->kind == NODE_ELLIPSIS) /* a docstring */
        return;
    emit_eval(l, expr(l, value));
}

/* x: T = e, and x: T, which declares only. */
static void lower_annassign(Lower *l, Node *n)
{
    if (n->as.annassign.value)
        assign_to(l, n->as.annassign.target, expr(l, n->as.annassign.value));
}

static void lower_if(Lower *l, Node *n);

/* An elif is an if alone in the else branch. */
static void lower_else(Lower *l, const NodeVec *orelse)
{
    if (orelse->len != 1 || orelse->items[0]->kind != NODE_IF) {
        lower_body(l, orelse);
        return;
    }
    l->fn->span = orelse->items[0]->span;
    lower_if(l, orelse->items[0]);
}

/* A branch decided at compile time is the only one there is. */
static void lower_if(Lower *l, Node *n)
{
    IrExpr *cond;

    if (action_at(l, n, ACT_FOLD_TRUE)) {
        lower_body(l, &n->as.if_.body);
        return;
    }
    if (action_at(l, n, ACT_FOLD_FALSE)) {
        lower_else(l, &n->as.if_.orelse);
        return;
    }
    cond = condition(l, n->as.if_.test);
    if (cond->kind == IR_BOOL) {
        if (cond->as.integer)
            lower_body(l, &n->as.if_.body);
        else
            lower_else(l, &n->as.if_.orelse);
        return;
    }
    IrStmt *s = emit_new(l, IR_IF);
    s->cond = cond;
    lower_into(l, &s->body, &n->as.if_.body);
    IrBlock *outer = enter_block(l, &s->orelse);
    lower_else(l, &n->as.if_.orelse);
    enter_block(l, outer);
}

static IrExpr *assertion_error(Lower *l, Node *message)
{
    Type *t = exception_type(l, "AssertionError");
    IrExpr *value, *array;

    if (!message)
        return RUNTIME(l, "art_exc_new", 0, t, e_type(l, t));
    value = expr(l, message);
    if (value->type->kind == TYPE_STR)
        return RUNTIME(l, "art_exc_str", 0, t, e_type(l, t), value);
    array = e_new(l, IR_ARRAY, t_any(l));
    add_arg(l, array, box(l, value));
    return RUNTIME(l, "art_exc_args", 0, t, e_type(l, t), e_int(l, 1), array);
}

static void lower_assert(Lower *l, Node *n)
{
    IrExpr *cond = condition(l, n->as.assert_.test);

    if (cond->kind == IR_BOOL && cond->as.integer)
        return;
    IrStmt *test = emit_new(l, IR_IF);
    test->cond = e_not(l, cond);
    IrBlock *outer = enter_block(l, &test->body);
    IrExpr *error = assertion_error(l, n->as.assert_.message);
    IrStmt *raise = emit_new(l, IR_RAISE);
    raise->value = error;
    raise->dst = handled_exception(l);
    enter_block(l, outer);
}

void lower_stmt(Lower *l, Node *n)
{
    Span outer = l->fn->span;

    l->fn->span = n->span;
    switch (n->kind) {
    case NODE_EXPR: lower_expression(l, n); break;
    case NODE_ASSIGN: lower_assign(l, n); break;
    case NODE_ANNASSIGN: lower_annassign(l, n); break;
    case NODE_AUGASSIGN: lower_augassign(l, n); break;
    case NODE_DEL: lower_del(l, n); break;
    case NODE_BREAK: leave(l, JUMP_BREAK); break;
    case NODE_CONTINUE: leave(l, JUMP_CONTINUE); break;
    case NODE_RETURN: lower_return(l, n); break;
    case NODE_RAISE: lower_raise(l, n); break;
    case NODE_ASSERT: lower_assert(l, n); break;
    case NODE_IF: lower_if(l, n); break;
    case NODE_WHILE: lower_while(l, n); break;
    case NODE_FOR: lower_for(l, n); break;
    case NODE_TRY: lower_try(l, n); break;
    case NODE_WITH: lower_with(l, n); break;
    case NODE_MATCH: lower_match(l, n); break;
    case NODE_FUNCTION: lower_def(l, n); break;
    case NODE_CLASS: lower_class(l, n); break;
    default: break; /* pass, global, nonlocal; imported modules run before the program */
    }
    l->fn->span = outer;
}

void lower_body(Lower *l, const NodeVec *body)
{
    for (uint32_t i = 0; i < body->len; i++)
        if (l->fn->inst->reached[body->items[i]->id])
            lower_stmt(l, body->items[i]);
}

void lower_into(Lower *l, IrBlock *block, const NodeVec *body)
{
    IrBlock *outer = enter_block(l, block);

    lower_body(l, body);
    enter_block(l, outer);
}

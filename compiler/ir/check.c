/* Is the IR well formed? Run after lowering and after each pass, so that a mistake is found where it was made.
 *
 * It stops the compiler with the name of the step, the function and the place in the source. What it checks is what the emitter and
 * the passes take for granted: types without cells, operands in the right number, variables of this function, jumps to statements
 * around them. It takes as long as a pass, so only debug builds (make SANITIZE=1) do it. */
#include "ir/ir.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef ASYNCC_CHECKED
enum { IS_CHECKED = true };
#else
enum { IS_CHECKED = false };
#endif

typedef struct Check {
    Compilation *c;
    const IrProgram *program;
    const char *after;
    const IrFunc *func;
    const IrStmt *stmt;
    Vec(const IrStmt *) around; /* loops, blocks, tries */
} Check;

static const int op_operands[] = {
#define OP(name, operands, ...) operands,
#include "ir/op.def"
#undef OP
};

_Noreturn static void fail(const Check *k, Span span, const char *what)
{
    const SourceFile *file = source_of(k->c->sources, span);

    fprintf(stderr, "asyncc: after %s, in %s: %s", k->after, k->func ? k->func->name : "the program", what);
    if (file)
        fprintf(stderr, " (%s:%u)", file->path, source_line(file, span.start));
    fputc('\n', stderr);
    abort();
}

#define CHECK(k, condition, span, what) ((condition) ? (void)0 : fail((k), (span), (what)))

static void claim(const IrVarVec *vars, const IrFunc *func)
{
    for (uint32_t i = 0; i < vars->len; i++)
        vars->items[i]->of = func;
}

static const IrFunc no_function; /* whose variables the module's are */

static void check_var(Check *k, const IrVar *var, Span span)
{
    const IrFunc *f = k->func;

    CHECK(k, var, span, "a variable is missing");
    CHECK(k, var->type || var->kind == IR_VAR_CHILD, span, "a variable without a type");
    CHECK(k, var->of == (var->kind == IR_VAR_GLOBAL ? &no_function : f), span, "a variable of another function");
}

static void check_expr(void *ctx, IrExpr **at);

static void check_place(Check *k, const IrPlace *place, Span span)
{
    switch (place->kind) {
    case IR_PLACE_VAR:
        check_var(k, place->var, span);
        CHECK(k, place->var->kind != IR_VAR_CHILD, span, "a child is no value");
        break;
    case IR_PLACE_SLOT:
        check_var(k, place->var, span);
        CHECK(k, place->var->c_type && place->member, span, "a member of no struct of the runtime");
        break;
    case IR_PLACE_FIELD:
        CHECK(k, place->object && place->field && place->cls, span, "a field of nothing");
        break;
    case IR_PLACE_ITEM:
        CHECK(k, place->object && place->object->type->kind == TYPE_TUPLE, span, "an item of something else than a tuple");
        CHECK(k, place->index < place->object->type->arg_count, span, "an item that the tuple does not have");
        break;
    case IR_PLACE_ELEM:
        CHECK(k, place->object && place->position, span, "an element of nothing");
        break;
    }
}

static void check_call(Check *k, const IrExpr *e)
{
    switch (e->kind) {
    case IR_OP:
        CHECK(k, e->op < IR_OP_COUNT && (int)e->args.len == op_operands[e->op], e->span, ir_op_name(e->op));
        break;
    case IR_CALL:
    case IR_CORO:
        CHECK(k, e->as.func, e->span, "a call of nothing");
        CHECK(k, e->args.len == e->as.func->params.len + e->as.func->is_closure, e->span, e->as.func->name);
        break;
    case IR_CALL_C:
    case IR_CORO_C:
        CHECK(k, e->as.cfunc, e->span, "a call of nothing");
        break;
    case IR_CALL_SLOT:
        CHECK(k, e->as.slot && e->args.len == e->as.slot->params.len + 1, e->span, "a call of a method with other arguments");
        break;
    case IR_CALL_VALUE:
        CHECK(k, e->args.len >= 1 && e->args.items[0]->type->kind == TYPE_CALLABLE, e->span, "a call of no closure");
        break;
    case IR_CONVERT:
    case IR_NOT:
    case IR_IS_NONE:
        CHECK(k, e->args.len == 1, e->span, "one operand expected");
        break;
    case IR_AND:
    case IR_OR:
    case IR_IS:
        CHECK(k, e->args.len == 2, e->span, "two operands expected");
        break;
    case IR_SELECT:
        CHECK(k, e->args.len == 3, e->span, "three operands expected");
        break;
    case IR_TUPLE:
        CHECK(k, e->type->kind == TYPE_TUPLE && e->args.len == e->type->arg_count, e->span, "a tuple of another size");
        break;
    case IR_CLOSURE:
        CHECK(k, e->as.func && e->captures.len == e->as.func->captures.len, e->span, "a closure with other captures");
        for (uint32_t i = 0; i < e->captures.len; i++)
            check_var(k, e->captures.items[i], e->span);
        break;
    default:
        break;
    }
}

static void check_expr(void *ctx, IrExpr **at)
{
    Check *k = ctx;
    const IrExpr *e = *at;

    CHECK(k, e, k->stmt->span, "an operand is missing");
    CHECK(k, e->kind < IR_EXPR_KIND_COUNT, k->stmt->span, "an expression of no kind");
    CHECK(k, e->type || e->kind == IR_ARRAY || e->kind == IR_TYPE, e->span, "an expression without a type");
    CHECK(k, !e->type || (!e->type->has_cell && e->type->kind != TYPE_CELL), e->span, "a type that is not resolved");
    CHECK(k, !e->type || e->type->kind != TYPE_BROKEN, e->span, "a broken type");
    if (e->kind == IR_READ)
        check_place(k, &e->as.place, e->span);
    if (e->kind == IR_IS_SET)
        check_var(k, e->as.var, e->span);
    check_call(k, e);
    ir_each_operand(*at, check_expr, ctx);
}

static void check_target(Check *k, const IrStmt *s)
{
    for (uint32_t i = 0; i < k->around.len; i++)
        if (k->around.items[i] == s->target) {
            IrStmtKind kind = s->target->kind;
            CHECK(k, kind == IR_WHILE || kind == IR_COUNT || (kind == IR_BLOCK && s->kind == IR_BREAK), s->span, "a jump to no loop");
            return;
        }
    fail(k, s->span, "a jump to a statement that is not around it");
}

static void check_block(Check *k, const IrBlock *block);

static void check_stmt(Check *k, IrStmt *s)
{
    k->stmt = s;
    CHECK(k, s->kind < IR_STMT_KIND_COUNT, s->span, "a statement of no kind");
    if (s->kind == IR_STORE)
        check_place(k, &s->place, s->span);
    ir_each_expr(s, check_expr, k);
    if (s->dst)
        check_var(k, s->dst, s->span);
    if (s->child)
        check_var(k, s->child, s->span);
    switch (s->kind) {
    case IR_SET:
        CHECK(k, s->value, s->span, "nothing is assigned");
        CHECK(k, !s->dst || s->dst->kind != IR_VAR_CHILD, s->span, "a child is assigned");
        break;
    case IR_IF:
        CHECK(k, s->cond && s->cond->type->kind == TYPE_BOOL, s->span, "a condition must be a bool");
        break;
    case IR_WHILE:
        CHECK(k, !s->cond || s->cond->type->kind == TYPE_BOOL, s->span, "a condition must be a bool");
        break;
    case IR_COUNT:
        CHECK(k, s->dst && s->value && s->limit && s->step, s->span, "a counting loop without its parts");
        break;
    case IR_BREAK:
    case IR_CONTINUE:
        check_target(k, s);
        break;
    case IR_AWAIT:
        CHECK(k, s->value, s->span, "nothing is awaited");
        break;
    case IR_CHILD:
        CHECK(k, s->dst && s->dst->kind == IR_VAR_CHILD && s->value, s->span, "no child");
        break;
    case IR_NEXT:
        CHECK(k, s->child || (s->value && s->value->kind == IR_READ), s->span, "no generator");
        break;
    case IR_CLOSE:
        CHECK(k, s->child && s->child->kind == IR_VAR_CHILD, s->span, "no child");
        break;
    case IR_UNSET:
    case IR_CHECK_SET:
        CHECK(k, s->dst, s->span, "no variable");
        break;
    default:
        break;
    }
    vec_push(k->c->arena, &k->around, s);
    check_block(k, &s->body);
    check_block(k, &s->after);
    if (s->kind == IR_TRY)
        (void)vec_pop(&k->around);
    check_block(k, &s->orelse);
    if (s->kind != IR_TRY)
        (void)vec_pop(&k->around);
}

static void check_block(Check *k, const IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++) {
        CHECK(k, block->items[i], k->func->span, "a statement is missing");
        check_stmt(k, block->items[i]);
    }
}

void ir_check(Compilation *c, const IrProgram *program, const char *after)
{
    Check k = {.c = c, .program = program, .after = after};

    if (!IS_CHECKED)
        return;
    claim(&program->globals, &no_function);
    for (uint32_t i = 0; i < program->funcs.len; i++) {
        k.func = program->funcs.items[i];
        claim(&k.func->params, k.func);
        claim(&k.func->captures, k.func);
        claim(&k.func->vars, k.func);
        CHECK(&k, k.func->result, k.func->span, "a function without a result type");
        check_block(&k, &k.func->body);
    }
}

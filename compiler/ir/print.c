/* --emit=ir: the IR as text, one statement per line, shaped like the source.
 *
 * What the passes found stands behind the statement: `!` it raises (`!except` to a handler), `-x` x is released, `?-x` x is released
 * if it raises, `keeps x` across a suspension. In expressions: `^x` moved, `+x` retained. */
#include "ir/ir.h"

typedef struct Print {
    Compilation *c;
    const IrProgram *program;
    Text *out;
    int depth;
} Print;

/* -- expressions ------------------------------------------------------------------------------------------------------------------ */

static void print_expr(Print *p, const IrExpr *e);

static void print_args(Print *p, const char *name, const IrExpr *e)
{
    text_printf(p->out, "%s(", name);
    for (uint32_t i = 0; i < e->args.len; i++) {
        if (i)
            text_append(p->out, ", ");
        print_expr(p, e->args.items[i]);
    }
    text_append(p->out, ")");
}

static void print_var(Print *p, const IrVar *var)
{
    static const char *const marks[] = {
        [IR_VAR_TEMP] = "%", [IR_VAR_HIDDEN] = "$", [IR_VAR_CHILD] = "&", [IR_VAR_GLOBAL] = "@", [IR_VAR_CAPTURE] = "=",
    };
    const char *mark = var->kind < sizeof marks / sizeof *marks ? marks[var->kind] : NULL;

    text_printf(p->out, "%s%s", mark ? mark : "", var->name);
    if (var->kind == IR_VAR_TEMP || var->kind == IR_VAR_HIDDEN || var->kind == IR_VAR_CHILD)
        text_printf(p->out, ".%u", var->id);
}

static void print_place(Print *p, const IrPlace *place)
{
    switch (place->kind) {
    case IR_PLACE_VAR:
        print_var(p, place->var);
        break;
    case IR_PLACE_SLOT:
        print_var(p, place->var);
        text_printf(p->out, "->%s", place->member);
        break;
    case IR_PLACE_FIELD:
        print_expr(p, place->object);
        text_printf(p->out, ".%s", place->field->name);
        break;
    case IR_PLACE_ITEM:
        print_expr(p, place->object);
        text_printf(p->out, "._%u", place->index);
        break;
    case IR_PLACE_ELEM:
        print_expr(p, place->object);
        text_append(p->out, "[");
        print_expr(p, place->position);
        text_append(p->out, "]");
        break;
    }
}

static void print_captures(Print *p, const IrExpr *e)
{
    text_printf(p->out, "closure %s", e->as.func->name);
    for (uint32_t i = 0; i < e->captures.len; i++) {
        text_append(p->out, i ? ", " : " over ");
        print_var(p, e->captures.items[i]);
    }
}

static void print_node(Print *p, const IrExpr *e)
{
    switch (e->kind) {
    case IR_INT:
        text_printf(p->out, "%lld", (long long)e->as.integer);
        break;
    case IR_FLOAT:
        text_printf(p->out, "%.17g", e->as.real);
        break;
    case IR_BOOL:
        text_append(p->out, e->as.integer ? "True" : "False");
        break;
    case IR_NONE:
        text_append(p->out, "None");
        break;
    case IR_ZERO:
        text_append(p->out, "zero");
        break;
    case IR_BYTES:
        text_append(p->out, "b");
        /* fall through */
    case IR_STR:
        text_quoted(p->out, e->as.str.text, e->as.str.len);
        break;
    case IR_READ:
        print_place(p, &e->as.place);
        break;
    case IR_OP:
        print_args(p, ir_op_name(e->op), e);
        break;
    case IR_CALL:
        print_args(p, e->as.func->name, e);
        break;
    case IR_CALL_C:
        print_args(p, e->as.cfunc->c_name, e);
        break;
    case IR_CALL_VALUE:
        print_args(p, "call", e);
        break;
    case IR_CALL_SLOT:
        print_args(p, e->as.slot->name, e);
        break;
    case IR_NEW:
        text_printf(p->out, "new %s", e->as.cls->name);
        break;
    case IR_CONVERT:
        print_args(p, types_spell(p->program->types, e->type), e);
        break;
    case IR_TUPLE:
        print_args(p, "tuple", e);
        break;
    case IR_LIST:
    case IR_DICT:
        print_args(p, types_spell(p->program->types, e->type), e);
        break;
    case IR_ARRAY:
        print_args(p, "array", e);
        break;
    case IR_FORMAT:
        text_append(p->out, "f");
        text_quoted(p->out, e->as.format, __builtin_strlen(e->as.format));
        print_args(p, "", e);
        break;
    case IR_CLOSURE:
        print_captures(p, e);
        break;
    case IR_CORO:
        print_args(p, arena_printf(p->c->arena, "new %s", e->as.func->name), e);
        break;
    case IR_CORO_C:
        print_args(p, arena_printf(p->c->arena, "new %s", e->as.cfunc->c_name), e);
        break;
    case IR_TYPE:
        text_printf(p->out, "type %s", types_spell(p->program->types, e->as.of));
        break;
    case IR_NOT:
        print_args(p, "not", e);
        break;
    case IR_AND:
        print_args(p, "and", e);
        break;
    case IR_OR:
        print_args(p, "or", e);
        break;
    case IR_SELECT:
        print_args(p, "select", e);
        break;
    case IR_IS:
        print_args(p, "is", e);
        break;
    case IR_IS_NONE:
        print_args(p, "is_none", e);
        break;
    case IR_IS_SET:
        text_append(p->out, "is_set ");
        print_var(p, e->as.var);
        break;
    case IR_SELF:
        text_append(p->out, "self");
        break;
    case IR_EXPR_KIND_COUNT:
        break;
    }
}

static void print_expr(Print *p, const IrExpr *e)
{
    if (e->is_moved)
        text_append(p->out, "^");
    if (e->is_retained)
        text_append(p->out, "+");
    print_node(p, e);
}

/* -- statements ------------------------------------------------------------------------------------------------------------------- */

static void print_block(Print *p, const IrBlock *block);

static void begin_line(Print *p)
{
    text_fill(p->out, ' ', (size_t)p->depth * 4);
}

static void print_vars(Print *p, const char *before, const IrVarVec *vars)
{
    for (uint32_t i = 0; i < vars->len; i++) {
        text_append(p->out, i ? ", " : before);
        print_var(p, vars->items[i]);
    }
}

static void end_line(Print *p, const IrStmt *s)
{
    if (s->raises)
        text_append(p->out, s->handler ? "  !except" : "  !");
    print_vars(p, "  -", &s->release);
    print_vars(p, "  ?-", &s->unwind);
    if (s->can_suspend) {
        text_printf(p->out, "  state %u", s->state);
        print_vars(p, ", keeps ", &s->live);
    }
    if (s->drops_old)
        text_append(p->out, "  drops the old value");
    text_append(p->out, "\n");
}

static void print_inner(Print *p, const char *name, const IrBlock *block)
{
    if (!block->len)
        return;
    if (name) {
        begin_line(p);
        text_printf(p->out, "%s:\n", name);
    }
    p->depth++;
    print_block(p, block);
    p->depth--;
}

static void print_line(Print *p, const char *keyword, const IrStmt *s)
{
    begin_line(p);
    if (s->dst) {
        print_var(p, s->dst);
        text_append(p->out, *keyword ? " = " : s->value ? " = " : "");
    }
    text_append(p->out, keyword);
    if (s->child)
        print_var(p, s->child);
    if (s->cond)
        print_expr(p, s->cond);
    if (s->value)
        print_expr(p, s->value);
    if (s->limit) {
        text_append(p->out, s->kind == IR_COUNT ? " to " : " from ");
        print_expr(p, s->limit);
        if (s->kind == IR_COUNT && s->step != 1)
            text_printf(p->out, " step %lld", (long long)s->step);
    }
    end_line(p, s);
}

static void print_stmt(Print *p, const IrStmt *s)
{
    static const char *const keywords[] = {
        [IR_SET] = "",          [IR_UNSET] = "unset",    [IR_IF] = "if ",        [IR_WHILE] = "while ",  [IR_COUNT] = "count ",
        [IR_BREAK] = "break",   [IR_CONTINUE] = "continue", [IR_BLOCK] = "block", [IR_TRY] = "try",      [IR_CATCH] = "catch",
        [IR_RAISE] = "raise ",  [IR_RERAISE] = "reraise ", [IR_RETURN] = "return ", [IR_AWAIT] = "await ", [IR_YIELD] = "yield ",
        [IR_CHILD] = "child ",  [IR_NEXT] = "next ",     [IR_CLOSE] = "close ",  [IR_CHECK_SET] = "check", [IR_RETAIN] = "retain ",
        [IR_RELEASE] = "release ", [IR_STORE] = "",
    };

    if (s->kind == IR_STORE) {
        begin_line(p);
        print_place(p, &s->place);
        text_append(p->out, " = ");
        print_expr(p, s->value);
        end_line(p, s);
        return;
    }
    print_line(p, keywords[s->kind], s);
    print_inner(p, NULL, &s->body);
    print_inner(p, "after", &s->after);
    print_inner(p, s->kind == IR_TRY ? "except" : s->kind == IR_NEXT ? "exhausted" : "else", &s->orelse);
}

static void print_block(Print *p, const IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++)
        print_stmt(p, block->items[i]);
}

static void print_func(Print *p, const IrFunc *func)
{
    static const char *const kinds[] = {"function", "coroutine", "generator", "async generator"};

    text_printf(p->out, "%s %s(", kinds[func->kind], func->name);
    for (uint32_t i = 0; i < func->params.len; i++)
        text_printf(p->out, "%s%s: %s", i ? ", " : "", func->params.items[i]->name,
                    types_spell(p->program->types, func->params.items[i]->type));
    text_printf(p->out, ") -> %s", types_spell(p->program->types, func->result));
    if (func->can_raise)
        text_append(p->out, ", raises");
    if (func->can_suspend)
        text_append(p->out, ", suspends");
    text_append(p->out, "\n");
    p->depth = 1;
    print_block(p, &func->body);
    text_append(p->out, "\n");
}

void ir_print(Compilation *c, const IrProgram *program, Text *out)
{
    Print p = {.c = c, .program = program, .out = out};

    for (uint32_t i = 0; i < program->funcs.len; i++)
        if (!program->funcs.items[i]->is_library && (program->funcs.items[i]->is_used || !program->funcs.items[i]->body.len))
            print_func(&p, program->funcs.items[i]);
}

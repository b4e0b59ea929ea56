/* --emit=frames: what a coroutine costs while it waits, and why.
 *
 *     both (line 9): 104 bytes, can suspend
 *           24  base
 *            8  result: int
 *            8  names: list[str], a parameter
 *            8  total: int
 *           56  fetch, awaited in place
 *         line 13: await fetch
 *             keeps names, read at line 11
 *             keeps total, read at line 13
 *         line 20: allocates an object of work
 *
 * It stands behind everything that decides, and only tells what stands in the IR. */
#include "pass/pass.h"

#include "base/map.h"

typedef Vec(uint32_t) Lines;

typedef struct Report {
    Compilation *c;
    Types *types;
    Text *out;
    const IrFunc *func;
    Map reads; /* IrVar → Lines on which it is read, in the order of the statements */
    uint32_t line;
} Report;

static uint32_t line_of(const Report *r, Span span)
{
    const SourceFile *file = source_of(r->c->sources, span);

    return file ? source_line(file, span.start) : 0;
}

/* -- its parts ---------------------------------------------------------------------------------------------------------------------- */

static const char *spelled(const Report *r, const Type *type)
{
    return types_spell(r->types, (Type *)(uintptr_t)type);
}

/* Size 0: only the C compiler knows. */
static void part(const Report *r, uint32_t size, const char *text)
{
    text_append(r->out, "    ");
    for (uint32_t limit = 1000; limit > 1 && size < limit; limit /= 10)
        text_append(r->out, " ");
    if (size)
        text_printf(r->out, "%u  %s", size, text);
    else
        text_printf(r->out, "+  %s", text);
}

static void print_var(const Report *r, const IrVar *var)
{
    if (var->kind == IR_VAR_CHILD) {
        part(r, var->child ? var->child->frame_size : 0, var->child ? var->child->name : var->c_child->c_name);
        text_append(r->out, ", walked in place\n");
        return;
    }
    if (!frame_room_of(var))
        return;
    part(r, frame_room_of(var), var->name);
    if (var->c_type)
        text_printf(r->out, ": %s", var->c_type);
    else
        text_printf(r->out, ": %s", spelled(r, var->type));
    if (var->is_cell)
        text_append(r->out, ", in a cell on the heap: closures share it");
    if (var->kind == IR_VAR_PARAM)
        text_append(r->out, ", a parameter");
    for (uint32_t i = 0; i < r->func->kept.len; i++)
        if (r->func->kept.items[i]->shares == var)
            text_printf(r->out, ", or %s: %s", r->func->kept.items[i]->name, spelled(r, r->func->kept.items[i]->type));
    text_append(r->out, "\n");
}

static void print_value(const Report *r, const char *what, const Type *type)
{
    if (!type || type->kind == TYPE_NONE || type->kind == TYPE_NEVER)
        return;
    part(r, frame_room_of(&(IrVar){.kind = IR_VAR_LOCAL, .type = (Type *)(uintptr_t)type}), what);
    text_printf(r->out, ": %s\n", spelled(r, type));
}

static void print_children(const Report *r)
{
    for (uint32_t i = 0; i < r->func->children.len; i++) {
        const IrFunc *child = r->func->children.items[i];
        bool is_apart = child->scc == r->func->scc;
        part(r, is_apart ? 8 : child->frame_size, child->name);
        if (is_apart)
            text_printf(r->out, ", which comes back here: each await takes a frame of %u bytes\n", child->frame_size);
        else
            text_append(r->out, ", awaited in place\n");
    }
    for (uint32_t i = 0; i < r->func->c_children.len; i++) {
        part(r, 0, r->func->c_children.items[i]->c_name);
        text_append(r->out, ", awaited in place\n");
    }
    if (r->func->children.len + r->func->c_children.len > 1)
        text_append(r->out, "          (those awaited in place share it)\n");
}

static void print_parts(const Report *r)
{
    const IrFunc *func = r->func;

    part(r, FRAME_BASE, "base\n");
    print_value(r, "value", func->kind == IR_COROUTINE ? NULL : func->yields);
    print_value(r, "result", func->kind == IR_ASYNCGEN ? NULL : func->result);
    if (func->is_closure)
        part(r, 8, "closure\n");
    for (uint32_t i = 0; i < func->params.len; i++)
        print_var(r, func->params.items[i]);
    for (uint32_t i = 0; i < func->kept.len; i++)
        if (!func->kept.items[i]->shares)
            print_var(r, func->kept.items[i]);
    print_children(r);
}

/* -- where it waits ------------------------------------------------------------------------------------------------------------------- */

static void note_read(Report *r, const IrVar *var)
{
    void **slot = map_slot(r->c->arena, &r->reads, var);
    Lines *lines = *slot ? *slot : (*slot = arena_new(r->c->arena, Lines));

    if (!lines->len || vec_last(lines) != r->line)
        vec_push(r->c->arena, lines, r->line);
}

static void visit_read(void *ctx, IrExpr **at)
{
    if ((*at)->kind == IR_READ && (*at)->as.place.var)
        note_read(ctx, (*at)->as.place.var);
    for (uint32_t i = 0; i < (*at)->captures.len; i++)
        note_read(ctx, (*at)->captures.items[i]);
    ir_each_operand(*at, visit_read, ctx);
}

static void visit_stmt(void *ctx, IrStmt *s)
{
    Report *r = ctx;

    r->line = line_of(r, s->span);
    ir_each_expr(s, visit_read, ctx);
    if (s->kind == IR_COUNT)
        note_read(r, s->dst);
}

/* The next line that reads it; in a loop it may be an earlier one. */
static uint32_t read_after(const Report *r, const IrVar *var, uint32_t line)
{
    const Lines *lines = map_get(&r->reads, var);

    for (uint32_t i = 0; lines && i < lines->len; i++)
        if (lines->items[i] >= line)
            return lines->items[i];
    return lines && lines->len ? lines->items[0] : 0;
}

static void print_kept(const Report *r, const IrVar *var, uint32_t line, bool is_read)
{
    uint32_t read = is_read ? read_after(r, var, line) : 0;

    text_printf(r->out, "        keeps %s, ", var->name);
    if (var->kind == IR_VAR_CHILD)
        text_append(r->out, "which goes on\n");
    else if (read)
        text_printf(r->out, "read at line %u\n", read);
    else if (var->is_cell)
        text_append(r->out, "shared with closures\n");
    else
        text_append(r->out, var->kind == IR_VAR_TEMP ? "needed by the await itself\n" : "released at the end\n");
}

static const char *awaited_name(const IrExpr *call)
{
    if (call->kind == IR_CALL)
        return call->as.func->name;
    return !call->as.cfunc->is_leaf ? call->as.cfunc->c_name : call->as.cfunc->param_count ? "the time" : "the next turn";
}

static void print_awaits(const Report *r)
{
    for (uint32_t i = 0; i < r->func->suspensions.len; i++) {
        const IrStmt *s = r->func->suspensions.items[i];
        uint32_t line = line_of(r, s->span);
        text_printf(r->out, "    line %u: %s", line, s->kind == IR_YIELD ? "yield" : s->kind == IR_NEXT ? "async for" : "await");
        if (s->kind == IR_AWAIT && ir_is_frame_call(s->value))
            text_printf(r->out, " %s", awaited_name(s->value));
        text_append(r->out, s->live.len ? "\n" : ", keeps nothing\n");
        for (uint32_t j = 0; j < s->live.len; j++)
            print_kept(r, s->live.items[j], line, j < s->live_reads);
    }
}

/* -- what it allocates ------------------------------------------------------------------------------------------------------------------ */

static void print_object(void *ctx, IrExpr **at)
{
    Report *r = ctx;
    const IrExpr *e = *at;
    const char *what = e->kind == IR_CORO ? e->as.func->name : e->kind == IR_CORO_C ? e->as.cfunc->c_name : NULL;

    if (what)
        text_printf(r->out, "    line %u: allocates an object of %s\n", line_of(r, e->span), what);
    if (e->kind == IR_CLOSURE)
        text_printf(r->out, "    line %u: allocates a closure of %s\n", line_of(r, e->span), e->as.func->name);
    ir_each_operand(*at, print_object, ctx);
}

static void print_objects(void *ctx, IrStmt *s)
{
    ir_each_expr(s, print_object, ctx);
}

static void print_head(const Report *r)
{
    const IrFunc *func = r->func;

    text_printf(r->out, "%s (line %u): ", func->name, line_of(r, func->span));
    if (func->is_plain && !func->needs_frame)
        text_append(r->out, "never suspends, a plain function\n");
    else if (func->is_plain)
        text_printf(r->out, "never suspends, a plain function; %u bytes in objects of it\n", func->frame_size);
    else
        text_printf(r->out, "%u bytes%s, %s\n", func->frame_size, func->has_c_frames ? " and the runtime's frames" : "",
                    func->can_suspend || func->kind == IR_COROUTINE ? "can suspend" : "only yields");
}

void frames_print(Compilation *c, const IrProgram *program, Text *out)
{
    for (uint32_t i = 0; i < program->funcs.len; i++) {
        IrFunc *func = program->funcs.items[i];
        Report r = {.c = c, .types = program->types, .out = out, .func = func};
        if (!func->is_used || func->is_library || func->kind == IR_FUNCTION)
            continue;
        print_head(&r);
        if (func->needs_frame)
            print_parts(&r);
        ir_each_stmt(&func->body, visit_stmt, &r);
        print_awaits(&r);
        ir_each_stmt(&func->body, print_objects, &r);
    }
}

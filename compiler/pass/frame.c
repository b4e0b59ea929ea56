/* Frames: what each coroutine, generator and async generator keeps, and how large that makes it.
 *
 * In: kept variables.  Out: the locals in the frame, the coroutines that it awaits in place (each function once: two awaits of `fetch` share one
 * member, since only one runs at a time), sizes. A coroutine on a cycle of calls cannot lie in a frame of that cycle: its place
 * takes a pointer. Sizes are those of a 64-bit machine and leave out what only the C compiler knows, the frames of the runtime's
 * own coroutines. */
#include "pass/pass.h"

#include <string.h>

typedef struct Layout {
    Compilation *c;
    IrFunc *func;
} Layout;

/* -- children ------------------------------------------------------------------------------------------------------------------- */

static void add_child(Layout *l, const IrExpr *awaited)
{
    if (!ir_is_frame_call(awaited) || (awaited->kind == IR_CALL_C && awaited->as.cfunc->is_leaf && !awaited->as.cfunc->param_count))
        return;
    if (awaited->kind == IR_CALL) {
        for (uint32_t i = 0; i < l->func->children.len; i++)
            if (l->func->children.items[i] == awaited->as.func)
                return;
        vec_push(l->c->arena, &l->func->children, awaited->as.func);
    } else {
        for (uint32_t i = 0; i < l->func->c_children.len; i++)
            if (strcmp(l->func->c_children.items[i]->c_name, awaited->as.cfunc->c_name) == 0)
                return;
        vec_push(l->c->arena, &l->func->c_children, awaited->as.cfunc);
    }
}

static void find_children(Layout *l)
{
    for (uint32_t i = 0; i < l->func->suspensions.len; i++)
        if (l->func->suspensions.items[i]->kind == IR_AWAIT)
            add_child(l, l->func->suspensions.items[i]->value);
    for (uint32_t i = 0; i < l->func->vars.len; i++)
        if (l->func->vars.items[i]->is_kept)
            vec_push(l->c->arena, &l->func->kept, l->func->vars.items[i]);
}

/* -- sizes ------------------------------------------------------------------------------------------------------------------------- */

static uint32_t aligned(uint32_t size, uint32_t to)
{
    return (size + to - 1) / to * to;
}

static uint32_t alignment(const Type *t)
{
    uint32_t most = 1;

    switch (t->kind) {
    case TYPE_NONE:
    case TYPE_BOOL:
        return 1;
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < t->arg_count; i++)
            if (alignment(t->args[i]) > most)
                most = alignment(t->args[i]);
        return most;
    default:
        return 8;
    }
}

static uint32_t size_of(const Type *t)
{
    uint32_t size = 0;

    if (t->kind == TYPE_TUPLE) {
        for (uint32_t i = 0; i < t->arg_count; i++)
            size = aligned(size, alignment(t->args[i])) + size_of(t->args[i]);
        return aligned(size ? size : 1, alignment(t));
    }
    return types_is_box(t) ? 16 : alignment(t);
}

static uint32_t add_member(uint32_t size, const Type *t)
{
    return t && t->kind != TYPE_NONE && t->kind != TYPE_NEVER ? aligned(size, alignment(t)) + size_of(t) : size;
}

/* Structs of the runtime that a loop keeps: art/dict.h, set.h, deque.h. */
static uint32_t iterator_size(const char *c_type)
{
    return strcmp(c_type, "art_dict_iter") == 0 ? 40 : 32;
}

static uint32_t frame_size(IrFunc *func);

/* Nothing is passed for it: None, a function that is known. */
static bool is_empty(const Type *t)
{
    return t->kind == TYPE_NONE || t->kind == TYPE_NEVER || (t->kind == TYPE_FUNC && !t->owner) ||
           (t->kind == TYPE_BOUND && is_empty(t->args[0]));
}

static uint32_t var_size(const IrVar *var, uint32_t size)
{
    if (var->kind == IR_VAR_PARAM && !var->is_cell && is_empty(var->type))
        return size;
    if (var->c_type)
        return aligned(size, 8) + iterator_size(var->c_type);
    if (var->kind == IR_VAR_CHILD)
        return aligned(size, 8) + (var->child ? frame_size(var->child) : 0);
    size = var->is_cell ? aligned(size, 8) + 8 : aligned(size, alignment(var->type)) + size_of(var->type);
    return size + (var->may_be_unset && !var->is_cell);
}

uint32_t frame_room_of(const IrVar *var)
{
    return var_size(var, 0);
}

static uint32_t frame_size(IrFunc *func)
{
    uint32_t size = FRAME_BASE, child = 0;

    if (func->frame_size)
        return func->frame_size;
    func->has_c_frames = func->c_children.len > 0;
    func->frame_size = FRAME_BASE; /* on a cycle: it holds a pointer */
    size = add_member(size, func->kind == IR_COROUTINE ? func->result : func->yields);
    if (func->kind == IR_GENERATOR)
        size = add_member(size, func->result);
    if (func->is_closure)
        size = aligned(size, 8) + 8;
    for (uint32_t i = 0; i < func->params.len; i++)
        size = var_size(func->params.items[i], size);
    for (uint32_t i = 0; i < func->kept.len; i++) {
        const IrVar *var = func->kept.items[i];
        if (!var->shares)
            size = var_size(var, size);
        func->has_c_frames |= var->kind == IR_VAR_CHILD && (!var->child || var->child->has_c_frames);
    }
    for (uint32_t i = 0; i < func->children.len; i++) {
        bool is_apart = func->children.items[i]->scc == func->scc;
        uint32_t one = is_apart ? 8 : frame_size(func->children.items[i]);
        child = one > child ? one : child;
        func->has_c_frames |= !is_apart && func->children.items[i]->has_c_frames;
    }
    return func->frame_size = aligned(size, 8) + child;
}

/* -- a frame that is too large --------------------------------------------------------------------------------------------------- */

enum { LARGE = 4096, WORTH_NAMING = 512 };

static void name_child(Compilation *c, Diag *d, const IrFunc *child, const char *how)
{
    if (child && child->frame_size >= WORTH_NAMING)
        diag_note(c->diags, d, child->span, "%u of them are the frame of '%s', which it %s", child->frame_size, child->name, how);
}

static void name_vars(Compilation *c, Diag *d, const IrVarVec *vars)
{
    for (uint32_t i = 0; i < vars->len; i++) {
        const IrVar *var = vars->items[i];
        if (var->kind == IR_VAR_CHILD)
            name_child(c, d, var->child, "walks");
        else if (frame_room_of(var) >= WORTH_NAMING)
            diag_note(c->diags, d, var->span, "%u of them are '%s'", frame_room_of(var), var->name);
    }
}

static void warn_if_large(Compilation *c, const IrFunc *func)
{
    const IrFunc *largest = NULL;

    if (func->frame_size <= LARGE)
        return;
    for (uint32_t i = 0; i < func->children.len; i++)
        if (func->children.items[i]->scc != func->scc && (!largest || func->children.items[i]->frame_size > largest->frame_size))
            largest = func->children.items[i];
    Diag *d = diag_warning(c->diags, "large-frame", func->span, "the frame of '%s' takes %u bytes", func->name, func->frame_size);
    name_child(c, d, largest, "awaits");
    name_vars(c, d, &func->params);
    name_vars(c, d, &func->kept);
}

void lay_out_frames(Compilation *c, IrProgram *program)
{
    for (uint32_t i = 0; i < program->funcs.len; i++) {
        Layout l = {.c = c, .func = program->funcs.items[i]};
        if (l.func->is_used && l.func->needs_frame)
            find_children(&l);
    }
    for (uint32_t i = 0; i < program->funcs.len; i++) {
        IrFunc *func = program->funcs.items[i];
        if (!func->is_used || !func->needs_frame)
            continue;
        frame_size(func);
        warn_if_large(c, func);
    }
    ir_check(c, program, "frame");
}

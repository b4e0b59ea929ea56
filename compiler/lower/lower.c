/* Lowering: from resolved, typed syntax to the IR.
 *
 * In: Inferred, a list of instances (one function with one tuple of argument types) whose nodes have types and actions.  Out:
 * an IrProgram: functions with explicit evaluation order, loops that are still loops, and no exceptions edges and no
 * reference counts yet: it is simple because the passes behind it add those.
 *
 * This file makes the functions and classes and lowers their bodies one after the other; the other files each lower one kind of
 * construct. All functions exist, without bodies, before the first body is lowered, since a body may call any of them. */
#include "lower/lower.h"

#include "lower/internal.h"

#include "base/text.h"

#include <stdlib.h>

/* -- statements --------------------------------------------------------------------------------------------------------------------- */

void emit(Lower *l, IrStmt *s)
{
    vec_push(l->arena, l->fn->block, s);
}

IrStmt *emit_new(Lower *l, IrStmtKind kind)
{
    IrStmt *s = ir_stmt(l->c, kind, l->fn->span);

    emit(l, s);
    return s;
}

void emit_set(Lower *l, IrVar *dst, IrExpr *value)
{
    emit(l, ir_set(l->c, dst, value, l->fn->span));
}

/* For its effects. What a tree of pure operations would only raise counts as an effect. */
void emit_eval(Lower *l, IrExpr *e)
{
    if (effects_of(e) & (EFFECT_CALLS | EFFECT_RAISES | EFFECT_OVERFLOW))
        emit_set(l, NULL, e);
}

IrBlock *enter_block(Lower *l, IrBlock *block)
{
    IrBlock *before = l->fn->block;

    l->fn->block = block;
    return before;
}

/* `return value`, where nothing stands between here and the function's end. */
void emit_return(Lower *l, IrExpr *value)
{
    if (l->fn->ir->result->kind == TYPE_NONE) {
        emit_eval(l, value);
        value = NULL;
    }
    emit_new(l, IR_RETURN)->value = value;
}

static void add_once(Lower *l, StrVec *list, const char *text)
{
    for (uint32_t i = 0; i < list->len; i++)
        if (strcmp(list->items[i], text) == 0)
            return;
    vec_push(l->arena, list, text);
}

void add_header(Lower *l, const char *header, const char *lib)
{
    if (header)
        add_once(l, (StrVec *)(void *)&l->program->headers, header);
    if (lib)
        add_once(l, (StrVec *)(void *)&l->program->libs, lib);
}

/* -- functions: shells ---------------------------------------------------------------------------------------------------------------- */

/* A generator method __await__ is a coroutine (inference says so, too): `yield from x.__await__()` in it is `await x`, a bare yield a turn of the loop. */
bool is_await_method(const Instance *inst)
{
    return inst->cls && inst->decl && inst->decl->as.function.is_generator && strcmp(inst->decl->as.function.name, "__await__") == 0;
}

static IrFuncKind func_kind(const Instance *inst)
{
    if (inst->is_generator)
        return inst->is_async ? IR_ASYNCGEN : IR_GENERATOR;
    return inst->is_async ? IR_COROUTINE : IR_FUNCTION;
}

void add_func(Lower *l, IrFunc *func)
{
    func->id = l->program->funcs.len;
    vec_push(l->arena, &l->program->funcs, func);
}

static const char *plain_name(const Instance *inst)
{
    if (!inst->decl)
        return inst->scope->kind == SCOPE_CLASS ? inst->scope->node->as.class.name : "<module>";
    return inst->decl->kind == NODE_LAMBDA ? "<lambda>" : inst->decl->as.function.name;
}

static const char *dotted_name(Lower *l, const Instance *inst)
{
    const char *name = plain_name(inst);

    if (inst->cls && inst->decl)
        name = arena_printf(l->arena, "%s.%s", inst->cls->name, name);
    if (inst->owner && inst->owner->decl)
        name = arena_printf(l->arena, "%s.%s", dotted_name(l, inst->owner), name);
    return name;
}

/* "async def first(name: str) -> str": with the types of this instance. */
static const char *signature(Lower *l, const Instance *inst)
{
    Text text = text_make(l->arena);

    if (!inst->decl)
        return plain_name(inst);
    text_printf(&text, "%sdef %s(", inst->is_async ? "async " : "", plain_name(inst));
    for (uint32_t i = 0; i < inst->param_count; i++) {
        const Param *p = &inst->decl->as.function.params.items[i];
        const char *stars = p->kind == PARAM_STAR ? "*" : p->kind == PARAM_STAR_STAR ? "**" : "";
        bool is_self = i == 0 && inst->cls && p->kind <= PARAM_NORMAL;
        text_printf(&text, i ? ", %s%s" : "%s%s", stars, p->name);
        if (!is_self)
            text_printf(&text, ": %s", types_spell(l->types, inst->params[i]));
    }
    text_printf(&text, ") -> %s", types_spell(l->types, inst->is_generator ? inst->yields : inst->result));
    return text_string(&text);
}

static Method *slot_method(Lower *l, const Instance *inst)
{
    if (!inst->is_slot_impl || !inst->cls || !inst->decl)
        return NULL;
    for (const Class *cls = inst->cls; cls; cls = cls->base) {
        ClassInfo *info = infer_class(l->inf, cls);
        for (uint32_t i = 0; info && i < info->methods.len; i++)
            if (info->methods.items[i]->name == inst->decl->as.function.name && !info->methods.items[i]->is_override)
                return info->methods.items[i];
    }
    return NULL;
}

static Type *func_result(Lower *l, const Instance *inst)
{
    Method *root = slot_method(l, inst);

    Type *shared = root ? root->slot_result : NULL;

    if (shared && shared->kind == TYPE_COROUTINE)
        return shared->args[0];
    if (shared && shared->kind != TYPE_NEVER && !inst->is_generator && !inst->is_async)
        return shared;
    if (inst->result->kind == TYPE_NEVER)
        return t_none(l);
    return inst->result;
}

static void add_params(Lower *l, Instance *inst, IrFunc *func)
{
    for (uint32_t i = 0; i < inst->param_count; i++) {
        const Param *p = &inst->decl->as.function.params.items[i];
        ir_var(l->c, func, IR_VAR_PARAM, p->name, inst->params[i], p->span);
    }
}

IrFunc *func_of(Lower *l, Instance *inst)
{
    while (inst->same)
        inst = inst->same;
    if (inst->ir)
        return inst->ir;
    IrFunc *func = arena_new(l->arena, IrFunc);
    inst->ir = func;
    func->kind = func_kind(inst);
    func->name = dotted_name(l, inst);
    func->decl = inst->decl;
    func->span = inst->decl ? inst->decl->span : (Span){0};
    func->signature = signature(l, inst);
    func->result = func_result(l, inst);
    func->yields = inst->is_generator ? inst->yields : NULL;
    func->sends = inst->is_generator ? inst->sends : NULL;
    func->is_library = inst->unit->is_library;
    func->is_public = !func->is_library && !inst->owner && inst->decl && inst->decl->kind == NODE_FUNCTION &&
                      inst->decl->as.function.name[0] != '_';
    func->is_closure = inst->decl && inst->owner && !inst->cls && func_captures(l, inst->decl, inst->owner);
    add_params(l, inst, func);
    return func;
}

/* -- functions: bodies ------------------------------------------------------------------------------------------------------------------- */

/* The captured variables come first in a closure's function, in the order of the scope's captures, so that whoever makes the closure
 * finds them before the body is lowered. */
static void add_captures(Lower *l, Instance *inst)
{
    Scope *scope = inst->scope;

    for (uint32_t i = 0; i < scope->captures.len; i++) {
        Symbol *symbol = scope->captures.items[i];
        if (symbol->decl != inst->decl && is_kept_symbol(l, symbol)) {
            vec_push(l->arena, &l->fn->captured, symbol);
            ir_var_of(l, symbol);
        }
    }
}

/* Defaults of a nested function that are no constants go with its closure: each run of the def makes its own. */
static void add_default_captures(Lower *l, Instance *inst)
{
    const ParamVec *params = &inst->decl->as.function.params;

    for (uint32_t i = 0; i < params->len; i++) {
        Node *value = params->items[i].value;
        Type *t = value ? inst->owner->types[value->id] : NULL;
        if (!value || is_constant_default(value) || !t || t->kind == TYPE_NEVER || t->kind == TYPE_NONE)
            continue;
        map_set(l->arena, &l->fn->own_defaults, value, ir_var(l->c, l->fn->ir, IR_VAR_CAPTURE, "default", t, value->span));
    }
}

/* A parameter that must be a cell, or that the body also assigns values of other types: a local that begins with its value. */
static void bind_params(Lower *l, Instance *inst)
{
    for (uint32_t i = 0; i < inst->param_count; i++) {
        Symbol *symbol = inst->scope->symbols.items[i];
        Variable *v = &inst->vars[i];
        IrVar *param = l->fn->ir->params.items[i];
        if (!is_cell(l, symbol) && !is_class_captured(l, symbol) && v->type == param->type) {
            map_set(l->arena, &l->fn->vars, symbol, param);
            continue;
        }
        if (!is_kept_symbol(l, symbol))
            continue;
        IrVar *local = ir_var_of(l, symbol);
        local->may_be_unset = false;
        emit_set(l, local, convert(l, e_read(l, param), local->type));
    }
}

static Fn *new_fn(Lower *l, Instance *inst, IrFunc *func)
{
    Fn *fn = arena_new(l->arena, Fn);

    fn->inst = inst;
    fn->ir = func;
    fn->block = &func->body;
    fn->span = func->span;
    return fn;
}

static Fn *enter_fn(Lower *l, Fn *fn)
{
    Fn *before = l->fn;

    l->fn = fn;
    return before;
}

/* All of this before the first body: bodies refer to functions, and closures are made from the captures of theirs. */
static void prepare_instance(Lower *l, Instance *inst)
{
    Fn *fn = new_fn(l, inst, func_of(l, inst)), *before = enter_fn(l, fn);

    map_set(l->arena, &l->fns, inst, fn);
    if (fn->ir->is_closure) {
        add_captures(l, inst);
        add_default_captures(l, inst);
    }
    add_func(l, fn->ir);
    enter_fn(l, before);
}

static void lower_instance(Lower *l, Instance *inst)
{
    Fn *fn = map_get(&l->fns, inst), *before = enter_fn(l, fn);
    IrFunc *func = fn->ir;

    bind_params(l, inst);
    if (inst->decl->kind == NODE_LAMBDA)
        emit_return(l, expr_to(l, inst->decl->as.function.returns, func->result));
    else
        lower_body(l, &inst->decl->as.function.body);
    if (types_is_optional(func->result) && ir_falls_through(&func->body))
        emit_return(l, e_none(l, func->result));
    enter_fn(l, before);
}

static void lower_module(Lower *l, Instance *inst)
{
    IrFunc *func = func_of(l, inst);
    Fn *before = enter_fn(l, new_fn(l, inst, func));

    func->result = t_none(l);
    if (inst == l->inf->main)
        for (uint32_t i = 0; i < l->inf->modules.len; i++) {
            Instance *module = l->inf->modules.items[i];
            if (module == inst || !module->ir || module->ir->body.len == 0)
                continue;
            IrExpr *call = e_new(l, IR_CALL, t_none(l));
            call->as.func = module->ir;
            emit_set(l, NULL, call);
        }
    lower_body(l, &inst->unit->ast->body);
    enter_fn(l, before);
}

/* -- one node, one place ---------------------------------------------------------------------------------------------------------------- */

/* A value that may be written twice is, by one node in two places; the passes mark nodes, so each place gets its own. */
static void unshare(void *ctx, IrExpr **at)
{
    Lower *l = ctx;

    if (map_has(&l->placed, *at)) {
        IrExpr *copy = arena_new(l->arena, IrExpr);
        *copy = **at;
        copy->args.items = arena_array(l->arena, IrExpr *, copy->args.len + 1);
        for (uint32_t i = 0; i < copy->args.len; i++)
            copy->args.items[i] = (*at)->args.items[i];
        *at = copy;
    }
    map_set(l->arena, &l->placed, *at, *at);
    ir_each_operand(*at, unshare, l);
}

/* Empty blocks are what is left of statements that turned out to be needless. */
static void sweep(IrBlock *block)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];
        if (s->kind != IR_BLOCK || s->body.len)
            block->items[kept++] = s;
    }
    block->len = kept;
}

static void finish_stmt(void *ctx, IrStmt *s)
{
    sweep(&s->body);
    sweep(&s->orelse);
    sweep(&s->after);
    ir_each_expr(s, unshare, ctx);
}

/* -- the program ------------------------------------------------------------------------------------------------------------------------- */

/* Library first, then by place in the source, then by creation. */
static int compare_instances(const void *a, const void *b)
{
    const Instance *x = *(Instance *const *)a, *y = *(Instance *const *)b;

    if (x->unit->is_library != y->unit->is_library)
        return x->unit->is_library ? -1 : 1;
    if (x->decl->span.file != y->decl->span.file)
        return x->decl->span.file < y->decl->span.file ? -1 : 1;
    if (x->decl->span.start != y->decl->span.start)
        return x->decl->span.start < y->decl->span.start ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

typedef Vec(Instance *) Instances;

static Instances functions_in_order(Lower *l)
{
    Instances result = {0};

    for (uint32_t i = 0; i < l->inf->instances.len; i++) {
        Instance *inst = l->inf->instances.items[i];
        if (inst->decl && !inst->same)
            vec_push(l->arena, &result, inst);
    }
    if (result.len)
        qsort(result.items, result.len, sizeof *result.items, compare_instances);
    return result;
}

static void lower_modules(Lower *l)
{
    for (uint32_t i = 0; i < l->inf->modules.len; i++) {
        Instance *module = l->inf->modules.items[i];
        if (module == l->inf->main)
            continue;
        lower_module(l, module);
        if (module->ir->body.len)
            add_func(l, module->ir);
    }
    lower_module(l, l->inf->main);
    l->program->init = l->inf->main->ir;
    add_func(l, l->program->init);
}

IrProgram *lower(Compilation *c, Inferred *inf)
{
    Lower state = {.c = c, .arena = c->arena, .inf = inf, .types = inf->types}, *l = &state;
    Fn nowhere = {.inst = inf->main};
    Instances functions;

    l->fn = &nowhere;
    find_kinds(l);
    l->program = arena_new(c->arena, IrProgram);
    l->program->types = inf->types;
    l->program->path = inf->resolved->main->ast->file->path;
    l->program->module_name = inf->resolved->main->ast->name;
    l->program->shows_traces = unit_find(inf->resolved, "traceback") || unit_find(inf->resolved, "logging");
    functions = functions_in_order(l);
    for (uint32_t i = 0; i < functions.len; i++)
        prepare_instance(l, functions.items[i]);
    lower_classes(l);
    for (uint32_t i = 0; i < functions.len; i++)
        lower_instance(l, functions.items[i]);
    lower_modules(l);
    for (uint32_t i = 0; i < l->program->funcs.len; i++) {
        sweep(&l->program->funcs.items[i]->body);
        ir_each_stmt(&l->program->funcs.items[i]->body, finish_stmt, l);
        end_walks_in_handlers(l, l->program->funcs.items[i]);
    }
    return l->program;
}

/* Variables: from what a name stands for to the IrVar that holds it in the function at hand.
 *
 *     a local            IR_VAR_LOCAL, made when first met
 *     a parameter        IR_VAR_PARAM; if it must be a cell or holds other types later, a local that begins with its value
 *     of a function around   IR_VAR_CAPTURE, listed in IrFunc.captures; in a generator expression a parameter where a copy will do
 *     of a module, of a class body   IR_VAR_GLOBAL
 *
 * Names of modules, classes and functions that capture nothing have no variable: what they are is known. */
#include "lower/internal.h"

Scope *node_scope(Lower *l)
{
    return l->fn->inst->scope;
}

Symbol *used_symbol(Lower *l, Node *n)
{
    return symbol_final(node_scope(l)->uses[n->id]);
}

Instance *body_of(Lower *l, const Scope *scope)
{
    for (uint32_t i = 0; i < l->inf->modules.len; i++)
        if (l->inf->modules.items[i]->scope == scope)
            return l->inf->modules.items[i];
    if (l->inf->main->scope == scope)
        return l->inf->main;
    for (uint32_t i = 0; i < l->inf->instances.len; i++)
        if (!l->inf->instances.items[i]->decl && l->inf->instances.items[i]->scope == scope)
            return l->inf->instances.items[i];
    return NULL;
}

static Variable *variable_of(Lower *l, Symbol *symbol)
{
    if (symbol->scope->kind == SCOPE_CLASS && l->fn->inst->scope == symbol->scope)
        return &l->fn->inst->vars[symbol->index];
    return instance_var(l->fn->inst, symbol);
}

static Instance *owner_of_symbol(Lower *l, const Symbol *symbol)
{
    for (Instance *inst = l->fn->inst; inst; inst = inst->owner)
        if (inst->scope == symbol->scope)
            return symbol->scope->kind == SCOPE_FUNCTION ? inst : NULL;
    return NULL;
}

/* A def without a decorator is not a variable to inference: its value is the function. */
Type *symbol_type(Lower *l, Symbol *symbol)
{
    Variable *v = variable_of(l, symbol);

    if (symbol->kind == SYMBOL_FUNCTION && (!v || v->type->kind == TYPE_NEVER || v->type->kind == TYPE_CELL))
        return types_func(l->types, symbol->decl, owner_of_symbol(l, symbol));
    return v ? v->type : types_plain(l->types, TYPE_NEVER);
}

/* -- what has a variable ---------------------------------------------------------------------------------------------------------- */

static bool has_storage(const Type *t)
{
    switch (t->kind) {
    case TYPE_BROKEN:
    case TYPE_NEVER:
    case TYPE_NONE:
    case TYPE_MODULE:
        return false;
    case TYPE_FUNC:
        return t->owner != NULL;
    default:
        return true;
    }
}

static bool captures_in(Lower *l, const Node *decl, Instance *owner, int depth)
{
    Scope *scope = scope_of(l->c, decl);

    for (uint32_t i = 0; i < scope->captures.len; i++) {
        Symbol *symbol = scope->captures.items[i];
        Variable *v;
        if (symbol->decl == decl)
            continue;
        if (symbol->kind == SYMBOL_FUNCTION && symbol->scope->kind == SCOPE_FUNCTION) {
            v = owner ? instance_var(owner, symbol) : NULL;
            if (v && v->type->kind != TYPE_FUNC && v->type->kind != TYPE_NEVER && v->type->kind != TYPE_CELL)
                return true;
            if (depth < 8 && captures_in(l, symbol->decl, owner, depth + 1))
                return true;
            continue;
        }
        if (symbol->kind != SYMBOL_VAR)
            continue;
        v = owner ? instance_var(owner, symbol) : NULL;
        if (v && has_storage(v->type))
            return true;
    }
    return false;
}

static bool has_made_default(const Node *decl)
{
    for (uint32_t i = 0; i < decl->as.function.params.len; i++)
        if (decl->as.function.params.items[i].value && !is_constant_default(decl->as.function.params.items[i].value))
            return true;
    return false;
}

bool func_captures(Lower *l, const Node *decl, Instance *owner)
{
    return captures_in(l, decl, owner, 0) || (owner && has_made_default(decl));
}

bool is_kept_symbol(Lower *l, Symbol *symbol)
{
    if (symbol->kind == SYMBOL_MODULE || symbol->kind == SYMBOL_IMPORT)
        return false;
    Type *t = symbol_type(l, symbol);
    if (symbol->kind == SYMBOL_CLASS)
        return false;
    if (symbol->kind == SYMBOL_FUNCTION && t->kind == TYPE_FUNC && t->decl == symbol->decl)
        return t->owner && func_captures(l, symbol->decl, t->owner);
    return has_storage(t);
}

/* -- finding and making ----------------------------------------------------------------------------------------------------------------- */

static IrVar *new_global(Lower *l, const char *name, Type *type, bool may_be_unset, Span span)
{
    IrVar *var = ir_var(l->c, NULL, IR_VAR_GLOBAL, name, type, span);

    var->may_be_unset = may_be_unset;
    var->id = l->program->globals.len;
    vec_push(l->arena, &l->program->globals, var);
    return var;
}

static IrVar *global_var(Lower *l, Symbol *symbol)
{
    IrVar *var = map_get(&l->globals, symbol);

    if (!var) {
        Variable *v = variable_of(l, symbol);
        var = new_global(l, symbol->name, symbol_type(l, symbol), v && v->may_be_unset, symbol->span);
        map_set(l->arena, &l->globals, symbol, var);
    }
    return var;
}

/* One for all instances of a generic class, as in Python. */
IrVar *class_var_global(Lower *l, const Class *cls, Symbol *symbol)
{
    IrVar *var = map_get(&l->globals, symbol);
    Instance *body = body_of(l, symbol->scope);

    (void)cls;
    if (!var) {
        const char *name = arena_printf(l->arena, "%s.%s", symbol->scope->node->as.class.name, symbol->name);
        var = new_global(l, name, body->vars[symbol->index].type, false, symbol->span);
        map_set(l->arena, &l->globals, symbol, var);
    }
    return var;
}

IrExpr *load_class_var(Lower *l, const Class *cls, Symbol *symbol)
{
    Type *t = body_of(l, symbol->scope)->vars[symbol->index].type;

    return t->kind == TYPE_NONE ? e_none(l, t) : e_read(l, class_var_global(l, cls, symbol));
}

static IrVar *remember(Lower *l, Symbol *symbol, IrVar *var)
{
    map_set(l->arena, &l->fn->vars, symbol, var);
    return var;
}

static IrVar *new_local(Lower *l, Symbol *symbol, Variable *v)
{
    IrVar *var = ir_var(l->c, l->fn->ir, IR_VAR_LOCAL, symbol->name, symbol_type(l, symbol), symbol->span);

    var->is_cell = is_cell(l, symbol);
    var->may_be_unset = v->may_be_unset;
    return remember(l, symbol, var);
}

static IrVar *new_capture(Lower *l, Symbol *symbol, Type *type, bool cell)
{
    IrVar *var = ir_var(l->c, l->fn->ir, IR_VAR_CAPTURE, symbol->name, type, symbol->span);

    var->is_cell = cell;
    return remember(l, symbol, var);
}

/* Is the symbol a target of the generator expression that is being lowered? */
static bool is_own_target(const Fn *fn, const Symbol *symbol)
{
    return symbol->span.start >= fn->genexp->span.start && symbol->span.end <= fn->genexp->span.end && symbol->span.file == fn->genexp->span.file;
}

/* Is the symbol the nested function itself whose body is being lowered? */
bool is_own_function(const Fn *fn, const Symbol *symbol)
{
    return symbol->decl && symbol->decl == fn->inst->decl && fn->ir->is_closure && !fn->genexp;
}

/* A generator expression takes a copy of what does not change, as a parameter; else it shares the cell. */
static IrVar *genexp_var(Lower *l, Symbol *symbol)
{
    Fn *fn = l->fn;

    if (is_own_function(fn->outer, symbol)) { /* which gives itself */
        Type *t = types_func(l->types, symbol->decl, fn->inst->owner);
        return remember(l, symbol, ir_var(l->c, fn->ir, IR_VAR_PARAM, symbol->name, t, symbol->span));
    }
    l->fn = fn->outer;
    IrVar *outer = ir_var_of(l, symbol);
    l->fn = fn;
    if (outer->kind == IR_VAR_GLOBAL)
        return outer;
    if (outer->is_cell) {
        vec_push(l->arena, &fn->captured, symbol);
        return new_capture(l, symbol, outer->type, true);
    }
    IrVar *param = ir_var(l->c, fn->ir, IR_VAR_PARAM, symbol->name, outer->type, symbol->span);
    return remember(l, symbol, param);
}

static IrVar *function_var(Lower *l, Symbol *symbol)
{
    Fn *fn = l->fn;
    IrVar *var = map_get(&fn->vars, symbol);

    if (var)
        return var;
    if (fn->genexp && !(symbol->scope == fn->inst->scope && is_own_target(fn, symbol)))
        return genexp_var(l, symbol);
    if (is_class_captured(l, symbol))
        return global_var(l, symbol);
    if (symbol->scope == fn->inst->scope)
        return new_local(l, symbol, variable_of(l, symbol));
    return new_capture(l, symbol, symbol_type(l, symbol), is_cell(l, symbol));
}

/* A comprehension's target at the top level of a module or class: no name of it, unless a lambda in there sees it. */
static bool is_comp_target(Lower *l, Symbol *symbol)
{
    return symbol->scope->kind != SCOPE_FUNCTION && symbol->kind == SYMBOL_VAR && l->fn->inst->scope == symbol->scope &&
           scope_find(symbol->scope, symbol->name) != symbol && !is_seen_inside(l, symbol);
}

IrVar *ir_var_of(Lower *l, Symbol *symbol)
{
    if (is_comp_target(l, symbol))
        return function_var(l, symbol);
    switch (symbol->scope->kind) {
    case SCOPE_MODULE:
        return global_var(l, symbol);
    case SCOPE_CLASS:
        return class_var_global(l, NULL, symbol);
    default:
        return function_var(l, symbol);
    }
}

/* -- reading and storing ------------------------------------------------------------------------------------------------------------------ */

IrExpr *load_symbol(Lower *l, Symbol *symbol, Type *type)
{
    if (symbol->kind == SYMBOL_CLASS && type->kind == TYPE_CLASSOBJ)
        return class_value(l, type->args[0]->cls, type);
    if (type->kind == TYPE_FUNC && type->decl == l->fn->inst->decl && l->fn->ir->is_closure && !l->fn->genexp && symbol->decl == type->decl)
        return closure_value(l, type); /* recursion of a nested function */
    if (is_kept_symbol(l, symbol))
        return narrowed_to(l, e_read(l, ir_var_of(l, symbol)), type);
    if (type->kind == TYPE_FUNC && type->owner)
        return closure_value(l, type);
    if (type->kind == TYPE_NONE || types_is_optional(type))
        return e_none(l, type);
    return e_zero(l, type);
}

void store_symbol(Lower *l, Symbol *symbol, IrExpr *value)
{
    if (!is_kept_symbol(l, symbol)) {
        emit_eval(l, value);
        return;
    }
    IrVar *var = ir_var_of(l, symbol);
    emit_set(l, var, convert(l, value, var->type));
}

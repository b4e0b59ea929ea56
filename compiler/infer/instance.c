/* Instances: one function with one tuple of argument types.
 *
 *     def pair(a, b): return a, b        pair(1, "x")   ->  pair(int, str)
 *                                        pair("x", 2)   ->  pair(str, int)
 *
 * An instance is walked when it is first reached in a pass, at once, so that its result is known to the caller in the same pass; an
 * instance that is being walked (recursion) is known by what earlier passes found. */
#include "infer/internal.h"

enum { CHAIN_LIMIT = 24 };

State *state_of(Instance *inst)
{
    return inst->state;
}

bool is_awaited_method(Infer *inf, const Instance *inst)
{
    return inst->cls && inst->decl && inst->decl->kind == NODE_FUNCTION && inst->decl->as.function.name == inf->names.await;
}

static Instance *new_instance(Infer *inf, Node *decl, Scope *scope, Instance *owner, Class *cls)
{
    Instance *inst = arena_new(inf->c->arena, Instance);
    State *state = arena_new(inf->c->arena, State);

    inst->decl = decl;
    inst->scope = scope;
    inst->unit = scope->unit;
    inst->owner = owner;
    inst->cls = cls;
    inst->id = inf->instance_count++;
    inst->types = arena_array(inf->c->arena, Type *, scope->node_count + 1);
    inst->actions = arena_array(inf->c->arena, Action *, scope->node_count + 1);
    inst->reached = arena_array(inf->c->arena, bool, scope->node_count + 1);
    inst->withs = arena_array(inf->c->arena, WithAction *, scope->node_count + 1);
    inst->iterations = arena_array(inf->c->arena, Iteration *, scope->node_count + 1);
    inst->vars = arena_array(inf->c->arena, Variable, scope->symbols.len + 1);
    for (uint32_t i = 0; i < scope->symbols.len; i++) {
        inst->vars[i].symbol = scope->symbols.items[i];
        inst->vars[i].type = plain(inf, TYPE_NEVER);
    }
    inst->result = inst->yields = inst->sends = plain(inf, TYPE_NEVER);
    inst->state = state;
    state->creator = inf->inst;
    if (decl) {
        inst->is_async = decl->as.function.is_async;
        inst->is_generator = decl->as.function.is_generator;
        if (is_awaited_method(inf, inst)) { /* its `yield from` is an await */
            inst->is_async = true;
            inst->is_generator = false;
        }
    }
    return inst;
}

Instance *module_instance(Infer *inf, ModuleUnit *unit)
{
    if (!unit->info) {
        Instance *current = inf->inst;
        inf->inst = NULL;
        unit->info = new_instance(inf, NULL, unit->scope, NULL, NULL);
        inf->inst = current;
    }
    return unit->info;
}

Instance *new_body_instance(Infer *inf, Scope *scope, Instance *owner)
{
    return new_instance(inf, NULL, scope, owner, NULL);
}

/* -- finding one that is there ------------------------------------------------------------------------------------------------ */

/* Alike but for which cells they hold. */
static bool same_shape(Type *a, Type *b, int depth)
{
    a = types_find(a);
    b = types_find(b);
    if (a == b || depth > 6)
        return true;
    if (is_void_type(a) || is_void_type(b))
        return is_void_type(a) && is_void_type(b);
    if (a->kind != b->kind || a->cls != b->cls || a->arg_count != b->arg_count || a->decl != b->decl)
        return false;
    for (uint32_t i = 0; i < a->arg_count; i++)
        if (!same_shape(a->args[i], b->args[i], depth + 1))
            return false;
    return true;
}

static bool same_names(const NameVec *a, const NameVec *b)
{
    if (a->len != b->len)
        return false;
    for (uint32_t i = 0; i < a->len; i++)
        if (a->items[i] != b->items[i])
            return false;
    return true;
}

static bool takes(const Instance *inst, Instance *owner, const Class *cls, Type **params, const NameVec *kwargs)
{
    if (inst->owner != owner || inst->cls != cls || inst->is_slot_impl || !same_names(&inst->kwarg_names, kwargs))
        return false;
    for (uint32_t i = 0; i < inst->param_count; i++)
        if (!same_type(inst->params[i], params[i]))
            return false;
    return true;
}

/* A call inside the making of an instance of the same function, with arguments that differ only in their cells: recursion over
 * containers made on the way, which are the same for every level. */
static Instance *in_chain(Infer *inf, Node *decl, Type **params, Span call)
{
    int depth = 0;

    for (Instance *i = inf->inst; i; i = state_of(i)->creator) {
        bool is_same = i->decl == decl && !i->is_slot_impl;
        if (i->decl == decl && ++depth > CHAIN_LIMIT) {
            report(inf, call, "this call would need ever new types for '%s'; annotate its parameters", decl->as.function.name);
            return i;
        }
        for (uint32_t p = 0; is_same && p < i->param_count; p++)
            is_same = same_shape(i->params[p], params[p], 0);
        if (!is_same)
            continue;
        for (uint32_t p = 0; p < i->param_count; p++)
            unify(inf, i->params[p], params[p]);
        return i;
    }
    return NULL;
}

static void declare_result(Infer *inf, Instance *inst)
{
    Node *returns = inst->decl->kind == NODE_FUNCTION ? inst->decl->as.function.returns : NULL;

    if (!returns || inst->is_generator || is_awaited_method(inf, inst))
        return;
    Map subst = inf->subst;
    inf->subst = (Map){0};
    bind_generic_class(inf, inst->cls);
    Annotation a = annotation(inf, inst->scope->parent, returns);
    inf->subst = subst;
    if (a.type && !a.is_flexible && a.type->kind != TYPE_NEVER)
        inst->result = a.type;
}

Instance *instance_of(Infer *inf, Node *decl, Scope *scope, Instance *owner, Class *cls, Type **params, NameVec kwargs, Span call)
{
    InstanceVec *known = map_get(&inf->instances, decl);
    uint32_t count = decl->as.function.params.len;

    if (!known) {
        known = arena_new(inf->c->arena, InstanceVec);
        map_set(inf->c->arena, &inf->instances, decl, known);
    }
    for (uint32_t i = 0; i < known->len; i++)
        if (takes(known->items[i], owner, cls, params, &kwargs)) {
            reach(inf, known->items[i]);
            return known->items[i];
        }
    Instance *inst = in_chain(inf, decl, params, call);
    if (inst)
        return inst;
    inst = new_instance(inf, decl, scope, owner, cls);
    inst->params = arena_array(inf->c->arena, Type *, count + 1);
    inst->param_count = count;
    inst->kwarg_names = kwargs;
    for (uint32_t i = 0; i < count; i++)
        inst->params[i] = params[i];
    state_of(inst)->call_span = call;
    Instance *current = inf->inst;
    inf->inst = inst;
    declare_result(inf, inst);
    inf->inst = current;
    vec_push(inf->c->arena, known, inst);
    inf->has_changed = true;
    reach(inf, inst);
    return inst;
}

/* -- slots ---------------------------------------------------------------------------------------------------------------------- */

Method *slot_root(Infer *inf, Method *m)
{
    Method *root = m;

    for (Class *c = m->cls->base; c && !c->is_library; c = c->base) {
        ClassInfo *info = info_of(inf, c);
        for (uint32_t i = 0; i < info->methods.len; i++)
            if (info->methods.items[i]->name == m->name)
                root = info->methods.items[i];
    }
    return root;
}

Instance *slot_instance(Infer *inf, Method *m, Class *cls)
{
    Method *root = slot_root(inf, m);
    uint32_t count = m->decl->as.function.params.len;
    Instance *inst;

    if (m->instances.len) {
        inst = m->instances.items[0];
    } else {
        inst = new_instance(inf, m->decl, scope_of(inf->c, m->decl), owner_of_scope(inf, info_of(inf, cls)->scope->parent), cls);
        inst->params = arena_array(inf->c->arena, Type *, count + 1);
        inst->param_count = count;
        inst->is_slot_impl = true;
        inst->params[0] = types_of_class(inf, cls);
        for (uint32_t i = 1; i < count; i++)
            inst->params[i] = plain(inf, TYPE_NEVER);
        vec_push(inf->c->arena, &m->instances, inst);
        Instance *current = inf->inst;
        inf->inst = inst;
        declare_result(inf, inst);
        inf->inst = current;
    }
    for (uint32_t i = 1; i < count; i++) {
        if (!root->slot_params || i >= root->decl->as.function.params.len)
            continue;
        const Param *param = &m->decl->as.function.params.items[i];
        Annotation a = param->annotation && m != root ? annotation(inf, inst->scope->parent, param->annotation) : (Annotation){0};
        if (a.type && !flow(inf, root->slot_params[i], a.type)) {
            Diag *d = report(inf, param->span, "'%s.%s' takes %s as '%s', but it overrides '%s.%s', which is called with %s", cls->name, m->name,
                             spell(inf, a.type), param->name, root->cls->name, root->name, spell(inf, root->slot_params[i]));
            note(inf, d, root->decl->as.function.name_span, "the method that it overrides");
            continue;
        }
        grow(inf, &inst->params[i], root->slot_params[i]);
    }
    reach(inf, inst);
    return inst;
}

/* -- walking ----------------------------------------------------------------------------------------------------------------------- */

Instance *owner_of_scope(Infer *inf, const Scope *scope)
{
    while (scope && scope->kind == SCOPE_CLASS)
        scope = scope->parent;
    if (!scope || scope->kind == SCOPE_MODULE)
        return NULL;
    for (Instance *i = inf->inst; i; i = i->owner)
        if (i->scope == scope)
            return i;
    for (Instance *i = inf->inst; i; i = state_of(i)->creator)
        for (Instance *o = i; o; o = o->owner)
            if (o->scope == scope)
                return o;
    return NULL;
}

static void set_params(Infer *inf, Instance *inst)
{
    for (uint32_t i = 0; i < inst->param_count; i++) {
        Symbol *symbol = inst->scope->symbols.items[i];
        Fact fact = {.set = IS_SET};
        grow(inf, &inst->vars[i].type, inst->params[i]);
        if (!symbol->is_nonlocal_assigned && symbol->assign_count > 1)
            fact.narrow = types_find(inst->params[i]);
        fact_set(inf, key_var(inf, symbol), fact);
    }
}

static void check_result(Infer *inf, Instance *inst)
{
    struct Function *f = &inst->decl->as.function;
    State *state = state_of(inst);

    if (inf->is_dead)
        return;
    state->falls_off = true;
    if (inst->is_generator) {
        grow(inf, &inst->result, plain(inf, TYPE_NONE));
        return;
    }
    Annotation a = f->returns && inst->decl->kind == NODE_FUNCTION ? annotation(inf, inst->scope->parent, f->returns) : (Annotation){0};
    if (a.type && !is_void_type(a.type) && !flow(inf, plain(inf, TYPE_NONE), a.type)) {
        bool is_empty = f->body.len == 1 || (f->body.len == 2 && f->doc);
        if (!(is_empty && (vec_last(&f->body)->kind == NODE_PASS || vec_last(&f->body)->kind == NODE_EXPR)))
            report(inf, f->name_span, "'%s' can end without a return, though it returns %s; add a return or raise at its end", f->name,
                   spell(inf, a.type));
        return;
    }
    if (!a.type || a.is_flexible || a.type->kind == TYPE_NONE || types_is_optional(a.type))
        grow(inf, &inst->result, plain(inf, TYPE_NONE));
}

static void walk_body(Infer *inf, Instance *inst)
{
    if (!inst->decl) {
        infer_block(inf, inst->scope->kind == SCOPE_CLASS ? &inst->scope->node->as.class.body : &inst->unit->ast->body);
    } else if (inst->decl->kind == NODE_LAMBDA) {
        grow(inf, &inst->result, infer_expr(inf, inst->decl->as.function.returns));
    } else {
        infer_block(inf, &inst->decl->as.function.body);
        check_result(inf, inst);
    }
}

void walk_instance(Infer *inf, Instance *inst)
{
    State *state = state_of(inst);
    Instance *outer = inf->inst;
    Map keys = inf->keys, subst = inf->subst;
    ChangeVec trail = inf->trail, assigned = inf->assigned;
    uint32_t tries = inf->tries;
    Loop *loop = inf->loop;
    bool is_dead = inf->is_dead;
    int silent = inf->silent;
    bool is_probing = inf->is_probing;

    inf->is_probing = false;
    state->is_walking = true;
    inf->inst = inst;
    inf->keys = (Map){0};
    inf->subst = (Map){0};
    inf->trail = inf->assigned = (ChangeVec){0};
    inf->tries = 0;
    inf->loop = NULL;
    inf->is_dead = false;
    inf->silent = 0;
    bind_generic_class(inf, inst->cls);
    set_params(inf, inst);
    walk_body(inf, inst);

    inf->inst = outer;
    inf->keys = keys;
    inf->subst = subst;
    inf->trail = trail;
    inf->assigned = assigned;
    inf->tries = tries;
    inf->loop = loop;
    inf->is_dead = is_dead;
    inf->silent = silent;
    inf->is_probing = is_probing;
    state->is_walking = false;
}

void reach(Infer *inf, Instance *inst)
{
    State *state = state_of(inst);

    if (state->pass == inf->pass || (inf->silent && !inf->is_loud && state->pass))
        return;
    if (inf->silent)
        return;
    state->pass = inf->pass;
    vec_push(inf->c->arena, &inf->queue, inst);
    if (!state->is_walking)
        walk_instance(inf, inst);
}

Type *call_result(Infer *inf, Instance *inst)
{
    if (inst->is_async && inst->is_generator)
        return make2(inf, TYPE_ASYNCGEN, inst->yields, inst->sends);
    if (inst->is_async)
        return make1(inf, TYPE_COROUTINE, inst->result);
    if (inst->is_generator) {
        Type *args[] = {inst->yields, inst->sends, inst->result};
        return types_make(inf->ts, TYPE_GENERATOR, inf->classes[TYPE_GENERATOR], args, 3);
    }
    return inst->result;
}

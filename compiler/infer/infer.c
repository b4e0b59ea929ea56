/* In: resolved modules.  Out: typed instances, complete, or NULL after errors.
 *
 * The passes of the fixpoint, then the pass that reports, then everything resolved: types without cells, instances that became equal
 * named once. See internal.h for how a pass works. */
#include "infer/internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { PASS_LIMIT = 60 };

static void set_names(Infer *inf)
{
    const struct {
        const char **slot, *text;
    } names[] = {
        {&inf->names.init, "__init__"}, {&inf->names.call, "__call__"}, {&inf->names.iter, "__iter__"}, {&inf->names.next, "__next__"},
        {&inf->names.aiter, "__aiter__"}, {&inf->names.anext, "__anext__"}, {&inf->names.enter, "__enter__"}, {&inf->names.exit, "__exit__"},
        {&inf->names.aenter, "__aenter__"}, {&inf->names.aexit, "__aexit__"}, {&inf->names.getitem, "__getitem__"},
        {&inf->names.setitem, "__setitem__"}, {&inf->names.delitem, "__delitem__"}, {&inf->names.contains, "__contains__"},
        {&inf->names.len, "__len__"}, {&inf->names.boolean, "__bool__"}, {&inf->names.str, "__str__"}, {&inf->names.repr, "__repr__"},
        {&inf->names.eq, "__eq__"}, {&inf->names.ne, "__ne__"}, {&inf->names.hash, "__hash__"}, {&inf->names.lt, "__lt__"},
        {&inf->names.name, "name"}, {&inf->names.value, "value"}, {&inf->names.await, "__await__"}, {&inf->names.post_init, "__post_init__"},
        {&inf->names.format, "__format__"}, {&inf->names.del, "__del__"}, {&inf->names.reversed, "__reversed__"}, {&inf->names.new, "__new__"},
        {&inf->names.index, "__index__"},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        *names[i].slot = intern_text(inf->c->names, names[i].text);
}

Type *class_named(Infer *inf, const char *module, const char *name)
{
    ModuleUnit *unit = unit_find(inf->r, module);
    Symbol *symbol = unit ? symbol_final(scope_find(unit->scope, intern_text(inf->c->names, name))) : NULL;

    return symbol && symbol->kind == SYMBOL_CLASS ? class_info(inf, symbol)->cls->type : plain(inf, TYPE_NEVER);
}

void reach_library_module(Infer *inf, Instance *inst)
{
    (void)inf;
    reach(inf, inst);
}

Node *special_access(Infer *inf, Node *call, Node *value, const char *name)
{
    Node *access = arena_new(inf->c->arena, Node);

    *access = (Node){.kind = NODE_ATTRIBUTE, .span = call->span, .id = call->id};
    access->as.attribute.value = value;
    access->as.attribute.name = name;
    access->as.attribute.name_span = call->span;
    return access;
}

/* -- passes -------------------------------------------------------------------------------------------------------------------- */

static bool is_fully_annotated(const Node *n, bool is_method)
{
    const ParamVec *params = &n->as.function.params;

    for (uint32_t i = is_method ? 1 : 0; i < params->len; i++)
        if (!params->items[i].annotation || params->items[i].kind == PARAM_STAR || params->items[i].kind == PARAM_STAR_STAR)
            return false;
    return true;
}

/* Functions that nothing calls are checked, and offered to C, by their annotations. */
static void reach_annotated(Infer *inf, Symbol *symbol)
{
    Node *decl = symbol->decl;
    Scope *scope = scope_of(inf->c, decl);
    InstanceVec *known = map_get(&inf->instances, decl);
    uint32_t count = decl->as.function.params.len;
    Type **params = arena_array(inf->c->arena, Type *, count + 1);

    for (uint32_t i = 0; known && i < known->len; i++)
        if (state_of(known->items[i])->is_root)
            reach(inf, known->items[i]);
    if ((known && known->len) || !is_fully_annotated(decl, false) || is_decorated(decl))
        return;
    for (uint32_t i = 0; i < count; i++) {
        Annotation a = annotation(inf, scope->parent, decl->as.function.params.items[i].annotation);
        if (!a.type)
            return;
        params[i] = types_resolve(inf->ts, a.type);
    }
    Instance *outer = inf->inst;
    inf->inst = module_instance(inf, symbol->scope->unit);
    state_of(instance_of(inf, decl, scope, NULL, NULL, params, (NameVec){0}, (Span){0}))->is_root = true;
    inf->inst = outer;
}

/* A class that nothing here constructs has the attributes that its annotated __init__ gives it: another file may construct it. */
static void reach_init(Infer *inf, ClassInfo *info)
{
    Method *init = method_of(inf, info->cls, inf->names.init);
    InstanceVec *known = init ? map_get(&inf->instances, init->decl) : NULL;

    if (info->scope->unit->is_library || info->type_params.len || !init || init->cls != info->cls || !is_fully_annotated(init->decl, true))
        return;
    for (uint32_t i = 0; known && i < known->len; i++)
        if (state_of(known->items[i])->is_root)
            reach(inf, known->items[i]);
    if ((known && known->len) || info->scope->parent->kind != SCOPE_MODULE)
        return;
    const ParamVec *formals = &init->decl->as.function.params;
    Type **params = arena_array(inf->c->arena, Type *, formals->len + 1);
    params[0] = info->cls->type;
    for (uint32_t i = 1; i < formals->len; i++) {
        Annotation a = annotation(inf, info->scope, formals->items[i].annotation);
        if (!a.type)
            return;
        params[i] = types_resolve(inf->ts, a.type);
    }
    Instance *outer = inf->inst;
    inf->inst = module_instance(inf, info->scope->unit);
    state_of(instance_of(inf, init->decl, scope_of(inf->c, init->decl), NULL, info->cls, params, (NameVec){0}, (Span){0}))->is_root = true;
    inf->inst = outer;
}

static void reach_uncalled(Infer *inf)
{
    for (uint32_t i = 0; i < inf->c_classes.len; i++)
        reach_init(inf, inf->c_classes.items[i]);
    for (uint32_t i = 0; i < inf->r->order.len; i++) {
        ModuleUnit *unit = inf->r->order.items[i];
        for (uint32_t k = 0; !unit->is_library && k < unit->scope->symbols.len; k++)
            if (unit->scope->symbols.items[k]->kind == SYMBOL_FUNCTION)
                reach_annotated(inf, unit->scope->symbols.items[k]);
    }
}

static void reach_classes(Infer *inf)
{
    infer_callables(inf);
    for (uint32_t i = 0; i < inf->out->classes.len; i++) {
        ClassInfo *info = inf->out->classes.items[i];
        if (info->reached_pass == inf->pass) /* reached in the pass before: still used */
            class_reach(inf, info);
    }
}

static void one_pass(Infer *inf, bool with_uncalled)
{
    inf->pass++;
    inf->has_changed = false;
    inf->queue.len = 0;
    for (uint32_t i = 0; i < inf->r->order.len; i++)
        if (!inf->r->order.items[i]->is_library)
            reach(inf, module_instance(inf, inf->r->order.items[i]));
    if (with_uncalled)
        reach_uncalled(inf);
    reach_classes(inf);
}

static void run_passes(Infer *inf)
{
    int limit = PASS_LIMIT;

    do
        one_pass(inf, false);
    while (inf->has_changed && limit--);
    reach_uncalled(inf); /* which is known now, still in that pass */
    reach_classes(inf);
    while (inf->has_changed && limit-- > 0)
        one_pass(inf, true);
    inf->is_loud = true;
    one_pass(inf, true);
    report_unresolved(inf);
    if (getenv("ASYNCC_DEBUG_PASSES"))
        fprintf(stderr, "%u passes, %u instances\n", inf->pass, inf->queue.len);
}

/* -- resolving ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Finisher {
    Infer *inf;
    Map seen; /* callees and iterations that are done */
} Finisher;

static void finish_type(Finisher *f, Type **t)
{
    if (*t)
        *t = types_resolve(f->inf->ts, *t);
}

static void finish_callee(Finisher *f, Callee *callee)
{
    if (!callee || map_has(&f->seen, callee))
        return;
    map_set(f->inf->c->arena, &f->seen, callee, callee);
    finish_type(f, &callee->result);
    finish_type(f, &callee->receiver);
    finish_type(f, &callee->access_type);
    for (uint32_t i = 0; i < callee->binding_count; i++) {
        Binding *b = &callee->bindings[i];
        if (b->slot_type && *b->slot_type)
            b->type = *b->slot_type;
        if (b->field)
            b->type = b->field->type;
        finish_type(f, &b->type);
        finish_callee(f, b->factory);
    }
    for (uint32_t i = 0; i < callee->choices.len; i++) {
        finish_type(f, &callee->choices.items[i].type);
        finish_callee(f, callee->choices.items[i].callee);
    }
    finish_callee(f, callee->init);
}

static void finish_callable(Finisher *f, CallableOf *entry)
{
    finish_type(f, &entry->func);
    finish_type(f, &entry->callable);
    finish_callee(f, entry->callee);
}

static void finish_iteration(Finisher *f, Iteration *it)
{
    if (!it || map_has(&f->seen, it))
        return;
    map_set(f->inf->c->arena, &f->seen, it, it);
    finish_type(f, &it->elem);
    finish_type(f, &it->iterator);
    finish_callee(f, it->callee);
    finish_callee(f, it->iter);
    finish_callee(f, it->next);
    for (uint32_t i = 0; i < it->inner.len; i++)
        finish_iteration(f, it->inner.items[i]);
}

static void finish_action(Finisher *f, Action *a, const Node *n)
{
    uint32_t count = 0;

    (void)n;
    if (!a || map_has(&f->seen, a))
        return;
    map_set(f->inf->c->arena, &f->seen, a, a);
    finish_callee(f, a->callee);
    finish_callee(f, a->callee2);
    if (a->callee && a->callee->access_action)
        finish_action(f, a->callee->access_action, NULL);
    for (uint32_t i = 0; i < a->cases.len; i++) {
        finish_type(f, &a->cases.items[i]->type);
        finish_callee(f, a->cases.items[i]->callee);
    }
    count = a->callee_count;
    for (uint32_t i = 0; i < count; i++)
        finish_callee(f, a->callees[i]);
}

static void finish_instance(Finisher *f, Instance *inst)
{
    for (uint32_t i = 0; i < inst->param_count; i++)
        finish_type(f, &inst->params[i]);
    finish_type(f, &inst->result);
    finish_type(f, &inst->yields);
    finish_type(f, &inst->sends);
    for (uint32_t i = 0; i < inst->scope->node_count; i++) {
        finish_type(f, &inst->types[i]);
        finish_action(f, inst->actions[i], NULL);
        finish_iteration(f, inst->iterations[i]);
        if (inst->withs[i]) {
            finish_callee(f, inst->withs[i]->enter);
            finish_callee(f, inst->withs[i]->exit);
        }
    }
    for (uint32_t i = 0; i < inst->scope->symbols.len; i++)
        finish_type(f, &inst->vars[i].type);
}

static void finish_class(Finisher *f, ClassInfo *info)
{
    for (uint32_t i = 0; i < info->cls->fields.len; i++)
        finish_type(f, &info->cls->fields.items[i]->type);
    for (uint32_t i = 0; i < info->members.len; i++)
        finish_type(f, &info->members.items[i].type);
    for (uint32_t i = 0; i < info->methods.len; i++) {
        Method *m = info->methods.items[i];
        finish_type(f, &m->slot_result);
        for (uint32_t k = 0; m->slot_params && k < m->decl->as.function.params.len; k++)
            finish_type(f, &m->slot_params[k]);
    }
    for (uint32_t i = 0; i < info->hidden_inits.len; i++) {
        info->hidden_inits.items[i]->type = info->hidden_inits.items[i]->field->type;
        finish_type(f, &info->hidden_inits.items[i]->type);
        finish_callee(f, info->hidden_inits.items[i]->factory);
    }
    for (uint32_t i = 0; i < info->cls->type_args.len; i++)
        finish_type(f, &info->cls->type_args.items[i]);
    finish_callee(f, info->post_init_callee);
}

static bool are_same(const Instance *a, const Instance *b)
{
    if (a->decl != b->decl || a->owner != b->owner || a->cls != b->cls || a->is_slot_impl != b->is_slot_impl || a->result != b->result ||
        a->yields != b->yields || a->kwarg_names.len != b->kwarg_names.len)
        return false;
    for (uint32_t i = 0; i < a->param_count; i++)
        if (a->params[i] != b->params[i])
            return false;
    for (uint32_t i = 0; i < a->kwarg_names.len; i++)
        if (a->kwarg_names.items[i] != b->kwarg_names.items[i])
            return false;
    return true;
}

static void merge_same(Infer *inf)
{
    Map by_decl = {0};

    for (uint32_t i = 0; i < inf->queue.len; i++) {
        Instance *inst = inf->queue.items[i];
        InstanceVec *others;
        if (!inst->decl)
            continue;
        others = map_get(&by_decl, inst->decl);
        if (!others) {
            others = arena_new(inf->c->arena, InstanceVec);
            map_set(inf->c->arena, &by_decl, inst->decl, others);
        }
        for (uint32_t k = 0; k < others->len && !inst->same; k++)
            if (are_same(others->items[k], inst))
                inst->same = others->items[k];
        if (!inst->same)
            vec_push(inf->c->arena, others, inst);
    }
}

static int by_id(const void *a, const void *b)
{
    const Instance *x = *(Instance *const *)a, *y = *(Instance *const *)b;

    return x->id < y->id ? -1 : x->id > y->id;
}

static Inferred *finish(Infer *inf)
{
    Finisher f = {.inf = inf};
    Inferred *out = inf->out;

    for (uint32_t i = 0; i < inf->queue.len; i++)
        finish_instance(&f, inf->queue.items[i]);
    for (uint32_t i = 0; i < inf->c_classes.len; i++)
        finish_class(&f, inf->c_classes.items[i]);
    for (uint32_t i = 0; i < inf->dynamics.len; i++) {
        DynamicOf *dynamic = inf->dynamics.items[i];
        finish_type(&f, &dynamic->func);
        for (uint32_t j = 0; j < dynamic->forms.len; j++)
            finish_callable(&f, dynamic->forms.items[j]);
        vec_push(inf->c->arena, &out->dynamics, dynamic);
    }
    for (uint32_t i = 0; i < inf->callables.len; i++) {
        finish_callable(&f, inf->callables.items[i]);
        vec_push(inf->c->arena, &out->callables, inf->callables.items[i]);
    }
    merge_same(inf);
    qsort(inf->queue.items, inf->queue.len, sizeof *inf->queue.items, by_id);
    for (uint32_t i = 0; i < inf->queue.len; i++)
        vec_push(inf->c->arena, &out->instances, inf->queue.items[i]);
    for (uint32_t i = 0; i < inf->r->order.len; i++) {
        ModuleUnit *unit = inf->r->order.items[i];
        Instance *inst = unit->info;
        if (inst && unit != inf->r->main && state_of(inst)->pass == inf->pass)
            vec_push(inf->c->arena, &out->modules, inst);
    }
    out->main = module_instance(inf, inf->r->main);
    return out;
}

Inferred *infer(Compilation *c, Resolved *r)
{
    Infer *inf = arena_new(c->arena, Infer);

    inf->c = c;
    inf->r = r;
    inf->ts = types_new(c);
    inf->out = arena_new(c->arena, Inferred);
    inf->out->compilation = c;
    inf->out->resolved = r;
    inf->out->types = inf->ts;
    inf->out->infer = inf;
    if (!r->builtins || c->diags->error_count)
        return NULL;
    set_names(inf);
    inf->is_loud = true; /* classes are collected once: what is wrong with them is said now */
    collect_classes(inf);
    inf->is_loud = false;
    inf->base_exception = class_named(inf, "builtins", "BaseException")->cls;
    run_passes(inf);
    if (c->diags->error_count)
        return NULL;
    return finish(inf);
}

/* -- questions that lowering asks -------------------------------------------------------------------------------------------------------- */

ClassInfo *infer_class(Inferred *out, const Class *cls)
{
    (void)out;
    return cls->info;
}

Method *class_method(Inferred *out, const Class *cls, const char *name)
{
    return method_of(out->infer, cls, name);
}

Variable *instance_var(Instance *inst, Symbol *symbol)
{
    if (symbol->scope->kind == SCOPE_MODULE) {
        Instance *module = symbol->scope->unit->info;
        return module ? &module->vars[symbol->index] : NULL;
    }
    for (Instance *i = inst; i; i = i->owner)
        if (i->scope == symbol->scope)
            return &i->vars[symbol->index];
    return NULL;
}

void infer_print(Inferred *out, Text *text)
{
    for (uint32_t i = 0; i < out->instances.len; i++) {
        Instance *inst = out->instances.items[i];
        if (inst->same || inst->unit->is_library)
            continue;
        if (inst->decl) {
            const ParamVec *params = &inst->decl->as.function.params;
            text_printf(text, "%s%s%s%s(", inst->is_async ? "async " : "", inst->cls ? inst->cls->name : "", inst->cls ? "." : "", inst->decl->as.function.name);
            for (uint32_t k = 0; k < inst->param_count; k++)
                text_printf(text, "%s%s: %s", k ? ", " : "", params->items[k].name, types_spell(out->types, inst->params[k]));
            text_printf(text, ") -> %s\n", types_spell(out->types, inst->result));
        } else {
            text_printf(text, "%s %s\n", inst->scope->kind == SCOPE_CLASS ? "class" : "module", inst->scope->kind == SCOPE_CLASS ? inst->scope->node->as.class.name : inst->unit->name);
        }
        for (uint32_t k = inst->param_count; k < inst->scope->symbols.len; k++) {
            Variable *var = &inst->vars[k];
            if (var->symbol->kind == SYMBOL_VAR)
                text_printf(text, "    %s: %s%s\n", var->symbol->name, types_spell(out->types, var->type), var->may_be_unset ? " (may be unset)" : "");
        }
    }
    for (uint32_t i = 0; i < out->classes.len; i++) {
        Class *cls = out->classes.items[i]->cls;
        if (cls->is_library)
            continue;
        text_printf(text, "class %s%s%s\n", cls->name, cls->base ? ": " : "", cls->base ? cls->base->name : "");
        for (uint32_t k = 0; k < cls->fields.len; k++)
            text_printf(text, "    %s: %s\n", cls->fields.items[k]->name, types_spell(out->types, cls->fields.items[k]->type));
    }
}

/* -- stubs ---------------------------------------------------------------------------------------------------------------------------------- */

static const char *decorator_text(const NodeVec *decorators, const char *name)
{
    for (uint32_t i = 0; i < decorators->len; i++) {
        Node *d = decorators->items[i];
        if (d->kind == NODE_CALL && d->as.call.func->kind == NODE_NAME && !strcmp(d->as.call.func->as.name.name, name) && d->as.call.args.len)
            return d->as.call.args.items[0].value->as.str.text;
    }
    return NULL;
}

/* art_<class>_<method> or art_<module>_<function> */
static const char *default_c_name(Infer *inf, const Node *stub, const Scope *parent)
{
    const char *name = stub->as.function.name;

    if (parent->kind == SCOPE_CLASS) {
        const char *c_name = decorator_text(&parent->node->as.class.decorators, "c");
        if (c_name)
            return arena_printf(inf->c->arena, "%s_%s", c_name, name);
        return arena_printf(inf->c->arena, "art_%s_%s", parent->node->as.class.name, name);
    }
    const char *module = parent->unit->path_name, *dot = strrchr(module, '.');
    return parent->unit->is_builtins ? arena_printf(inf->c->arena, "art_%s", name)
                                     : arena_printf(inf->c->arena, "art_%s_%s", dot ? dot + 1 : module, name);
}

static bool mentions_variable(Infer *inf, const Scope *scope, Node *n)
{
    if (!n)
        return false;
    switch (n->kind) {
    case NODE_NAME:
    case NODE_ATTRIBUTE:
        return type_variable(inf, scope, n) != NULL;
    case NODE_BINARY:
        return mentions_variable(inf, scope, n->as.binary.left) || mentions_variable(inf, scope, n->as.binary.right);
    default:
        return false;
    }
}

static bool is_tuple_annotation(const Node *n)
{
    const Node *index;

    if (!n || n->kind != NODE_SUBSCRIPT || n->as.subscript.value->kind != NODE_NAME || strcmp(n->as.subscript.value->as.name.name, "tuple"))
        return false;
    index = n->as.subscript.index;
    return !(index->kind == NODE_TUPLE && index->as.list.items.len == 2 && index->as.list.items.items[1]->kind == NODE_ELLIPSIS);
}

IrCFunc *cfunc_of(Infer *inf, Node *stub, Type *receiver)
{
    IrCFunc *f = map_get(&inf->cfuncs, stub);
    const NodeVec *decorators = &stub->as.function.decorators;
    Scope *parent = scope_of(inf->c, stub)->parent;

    (void)receiver;
    if (f)
        return f;
    f = arena_new(inf->c->arena, IrCFunc);
    map_set(inf->c->arena, &inf->cfuncs, stub, f);
    f->c_name = decorator_text(decorators, "c");
    if (!f->c_name)
        f->c_name = default_c_name(inf, stub, parent);
    f->raises = has_decorator_named(decorators, "raises");
    f->is_typed = has_decorator_named(decorators, "typed");
    f->is_async = stub->as.function.is_async;
    f->now = decorator_text(decorators, "now");
    f->header = decorator_text(decorators, "header");
    f->lib = decorator_text(decorators, "lib");
    if (parent->kind == SCOPE_CLASS && !f->header)
        f->header = decorator_text(&parent->node->as.class.decorators, "header");
    f->result_by_out = mentions_variable(inf, parent, stub->as.function.returns) || is_tuple_annotation(stub->as.function.returns);
    f->param_count = stub->as.function.params.len;
    f->param_by_slot = arena_array(inf->c->arena, bool, f->param_count + 1);
    for (uint32_t i = 0; i < f->param_count; i++) {
        Node *annotation_node = stub->as.function.params.items[i].annotation;
        f->param_by_slot[i] = annotation_node && mentions_variable(inf, parent, annotation_node);
    }
    return f;
}

IrCFunc *infer_cfunc(Inferred *out, Node *stub, Type *receiver)
{
    return cfunc_of(out->infer, stub, receiver);
}

DynamicOf *infer_dynamic(const Inferred *inferred, const Type *func)
{
    for (uint32_t i = 0; i < inferred->dynamics.len; i++)
        if (inferred->dynamics.items[i]->func == func)
            return inferred->dynamics.items[i];
    return NULL;
}

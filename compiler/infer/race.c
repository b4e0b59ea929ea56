/* What runs on an executor's thread may not share what changes, and what runs in a coroutine should not block.
 *
 *     counter = 0
 *     def bump(): global counter; counter += 1
 *     await asyncio.to_thread(bump)          refused here, with the place and the way that leads to it
 *
 * Asked in the last pass, when the instances that a call reaches are known. The function's own body and those of all functions that
 * it calls are searched for variables of a module or of a function around that are assigned anywhere, and for containers there that
 * it changes. What was handed over by value (arguments, what it captured and nobody changes) is its own. An object of asyncio is a handle
 * there: it may be handed back to the loop, and that is all. */
#include "infer/internal.h"

typedef struct Search {
    Infer *inf;
    Instance *inst;
    Node *submit;         /* the call that hands the function over */
    Vec(Instance *) seen;
    Vec(Instance *) path;
    bool is_found;
} Search;

static const char *const mutators[] = {"append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "add", "discard", "update",
                                       "setdefault", "popitem", "appendleft", "popleft", "rotate"};

static void found(Search *s, Node *n, const char *what, Symbol *symbol)
{
    Infer *inf = s->inf;
    Text way = text_make(inf->c->arena);

    if (s->is_found)
        return;
    s->is_found = true;
    for (uint32_t i = 0; i < s->path.len; i++)
        text_printf(&way, "%s%s", i ? " -> " : "", s->path.items[i]->decl->as.function.name);
    Diag *d = report(inf, s->submit->span, "'%s' cannot run on an executor: it %s '%s', which other threads share", s->path.items[0]->decl->as.function.name, what,
                     symbol->name);
    note(inf, d, n->span, "reached here, by way of %s", text_string(&way));
    help(inf, d, "pass what it needs as arguments and return what it makes");
}

/* A variable outside the function, or NULL. */
static Symbol *outer_variable(Search *s, Node *n)
{
    Symbol *symbol = n->kind == NODE_NAME ? symbol_final(s->inst->scope->uses[n->id]) : NULL;

    if (!symbol || symbol->kind != SYMBOL_VAR || symbol->scope == s->inst->scope || symbol->scope->unit->is_library)
        return NULL;
    return symbol->scope->kind == SCOPE_CLASS ? NULL : symbol;
}

static bool is_container(Type *t)
{
    t = types_find(t);
    return t->kind == TYPE_LIST || t->kind == TYPE_DICT || t->kind == TYPE_SET || t->kind == TYPE_DEQUE || t->kind == TYPE_BYTEARRAY;
}

static void check_container(Search *s, Node *object, Node *at)
{
    Symbol *symbol = outer_variable(s, object);
    Variable *var = symbol ? var_of(s->inf, symbol) : NULL;

    if (var && is_container(var->type))
        found(s, at, "changes", symbol);
}

static bool is_of_loop(Type *t)
{
    static const char *const safe[] = {"AbstractEventLoop", "Runner"};

    if (!t)
        return false;
    t = types_find(t);
    if (t->kind == TYPE_FUTURE || t->kind == TYPE_TASK)
        return true;
    if (t->kind != TYPE_CLASS || !t->cls || !t->cls->is_library || strcmp(t->cls->module, "asyncio"))
        return false;
    for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
        if (!strcmp(safe[i], t->cls->name))
            return false;
    return true;
}

/* queue.put_nowait(item) in the thread, where loop.call_soon_threadsafe(queue.put_nowait, item) is meant. */
static void check_handle(Search *s, Node *call)
{
    Node *func = call->as.call.func;

    if (s->is_found || !is_of_loop(s->inst->types[func->as.attribute.value->id]))
        return;
    s->is_found = true;
    Diag *d = report(s->inf, call->span, "'%s()' belongs to the loop's thread, but an executor's thread calls it", func->as.attribute.name);
    note(s->inf, d, s->submit->span, "the function is handed over here");
    help(s->inf, d, "write loop.call_soon_threadsafe(….%s, …)", func->as.attribute.name);
}

static void search_instance(Search *s, Instance *inst);

static void search_node(void *context, Node *n, const char *role)
{
    Search *s = context;

    (void)role;
    if (!n || s->is_found || n->kind == NODE_FUNCTION || n->kind == NODE_LAMBDA || n->kind == NODE_CLASS)
        return;
    if (n->kind == NODE_NAME) {
        Symbol *symbol = outer_variable(s, n);
        if (symbol && (symbol->is_nonlocal_assigned || (symbol->scope->kind == SCOPE_MODULE && symbol->assign_count > 1)))
            found(s, n, symbol->is_nonlocal_assigned && s->inst->scope->outer_names.len ? "assigns" : "reads", symbol);
        return;
    }
    if (n->kind == NODE_CALL && n->as.call.func->kind == NODE_ATTRIBUTE)
        check_handle(s, n);
    if (n->kind == NODE_CALL && n->as.call.func->kind == NODE_ATTRIBUTE)
        for (size_t i = 0; i < sizeof mutators / sizeof *mutators; i++)
            if (!strcmp(mutators[i], n->as.call.func->as.attribute.name))
                check_container(s, n->as.call.func->as.attribute.value, n);
    if (n->kind == NODE_ASSIGN)
        for (uint32_t i = 0; i < n->as.assign.targets.len; i++)
            if (n->as.assign.targets.items[i]->kind == NODE_SUBSCRIPT)
                check_container(s, n->as.assign.targets.items[i]->as.subscript.value, n);
    if (n->kind == NODE_AUGASSIGN && n->as.augassign.target->kind == NODE_SUBSCRIPT)
        check_container(s, n->as.augassign.target->as.subscript.value, n);
    node_each_child(n, search_node, s);
}

static void search_callee(Search *s, Callee *callee)
{
    if (!callee)
        return;
    if (callee->instance && !callee->instance->unit->is_library)
        search_instance(s, callee->instance);
    if (callee->kind != CALLEE_SPECIAL || callee->special != SPECIAL_CALL_SOON) /* that runs on the loop's side */
        search_callee(s, callee->init);
}

static void search_instance(Search *s, Instance *inst)
{
    Instance *outer = s->inst;

    for (uint32_t i = 0; i < s->seen.len; i++)
        if (s->seen.items[i] == inst)
            return;
    if (!inst->decl)
        return;
    vec_push(s->inf->c->arena, &s->seen, inst);
    vec_push(s->inf->c->arena, &s->path, inst);
    s->inst = inst;
    if (inst->decl->kind == NODE_LAMBDA)
        search_node(s, inst->decl->as.function.returns, "returns");
    for (uint32_t i = 0; inst->decl->kind == NODE_FUNCTION && i < inst->decl->as.function.body.len; i++)
        search_node(s, inst->decl->as.function.body.items[i], "body");
    for (uint32_t i = 0; i < inst->scope->node_count && !s->is_found; i++)
        if (inst->actions[i] && inst->actions[i]->kind == ACT_CALL)
            search_callee(s, inst->actions[i]->callee);
    (void)vec_pop(&s->path);
    s->inst = outer;
}

void check_executor(Infer *inf, Node *submit, Callee *callee)
{
    Search s = {.inf = inf, .submit = submit};

    if (inf->is_loud && callee && callee->instance)
        search_instance(&s, callee->instance);
}

/* time.sleep and its like stop the whole loop. */
void check_blocking(Infer *inf, Node *call, const Callee *callee)
{
    const Node *decl = callee->decl;
    const Scope *scope = decl && inf->is_loud && inf->inst->is_async && inf->inst->decl && !inf->inst->unit->is_library ? scope_of(inf->c, decl) : NULL;

    if (!scope || !scope->unit->is_library)
        return;
    const char *module = scope->unit->path_name, *name = decl->as.function.name;
    if (!strcmp(module, "time") && !strcmp(name, "sleep"))
        diag_warn(inf, "blocking", call->span, "this blocks the event loop and every task in it; write 'await asyncio.sleep(…)'");
    else if (scope->unit->is_builtins && !strcmp(name, "input"))
        diag_warn(inf, "blocking", call->span, "this blocks the event loop until a line is typed; write 'await asyncio.to_thread(input, …)'");
}

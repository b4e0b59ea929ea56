/* The call graph: what each function calls, which functions are reachable, which lie on a cycle, and which coroutines can suspend.
 *
 * Edges are all ways by which a function comes to run while another one does, or after it made an object of it: calls, frames awaited in
 * place, coroutine objects, closures (a call of a value may reach any closure of the program with as many parameters), and all
 * implementations of an overridden method. A coroutine none of whose awaits can suspend becomes a plain C function: so this comes
 * before everything that looks at awaits. */
#include "pass/pass.h"

typedef struct Calls {
    Compilation *c;
    IrProgram *program;
    IrFuncVec all;      /* the program's functions and its init; by id */
    IrFuncVec closures; /* those used as values */
    IrFunc *func;       /* the one being looked at */
    /* Tarjan's algorithm */
    uint32_t *index, *low;
    bool *on_stack;
    uint32_t next_index, next_scc;
    IrFuncVec stack;
} Calls;

static void add_edge(Calls *k, IrFunc *to)
{
    IrFuncVec *callees = &k->func->callees;

    for (uint32_t i = 0; i < callees->len; i++)
        if (callees->items[i] == to)
            return;
    vec_push(k->c->arena, callees, to);
}

/* -- edges -------------------------------------------------------------------------------------------------------------------- */

static void add_slot_edges(Calls *k, const IrSlot *slot)
{
    for (uint32_t i = 0; i < k->program->classes.len; i++) {
        IrClass *cls = k->program->classes.items[i];
        for (uint32_t j = 0; j < cls->methods.len; j++)
            if (cls->methods.items[j].slot == slot && cls->methods.items[j].func)
                add_edge(k, cls->methods.items[j].func);
    }
}

static void add_value_edges(Calls *k, const IrExpr *call)
{
    for (uint32_t i = 0; i < k->closures.len; i++)
        if (k->closures.items[i]->params.len + 1 == call->args.len)
            add_edge(k, k->closures.items[i]);
}

static IrClass *class_of(const IrProgram *program, const Class *cls)
{
    for (uint32_t i = 0; i < program->classes.len; i++)
        if (program->classes.items[i]->cls == cls)
            return program->classes.items[i];
    return NULL;
}

/* What generic code may call once there are objects of a class. */
static void add_class_edges(Calls *k, const Class *of)
{
    IrClass *cls = class_of(k->program, of);

    for (; cls; cls = cls->base) {
        IrFunc *specials[] = {cls->str, cls->repr, cls->eq, cls->hash, cls->less, cls->del, cls->format};
        for (uint32_t i = 0; i < sizeof specials / sizeof *specials; i++)
            if (specials[i])
                add_edge(k, specials[i]);
    }
}

static void visit_expr(void *ctx, IrExpr **at)
{
    Calls *k = ctx;
    IrExpr *e = *at;

    ir_each_operand(e, visit_expr, ctx);
    switch (e->kind) {
    case IR_CALL:
        e->as.func->is_called = true;
        add_edge(k, e->as.func);
        break;
    case IR_CORO:
        e->as.func->objects++;
        add_edge(k, e->as.func);
        break;
    case IR_CLOSURE:
        add_edge(k, e->as.func);
        break;
    case IR_CALL_SLOT:
        add_slot_edges(k, e->as.slot);
        break;
    case IR_CALL_VALUE:
        add_value_edges(k, e);
        break;
    case IR_NEW:
        add_class_edges(k, e->as.cls);
        break;
    case IR_TYPE: /* the runtime makes objects, too: exceptions that are raised at once */
        if (e->as.of->kind == TYPE_CLASS)
            add_class_edges(k, e->as.of->cls);
        break;
    default:
        break;
    }
}

static void visit_stmt(void *ctx, IrStmt *s)
{
    ir_each_expr(s, visit_expr, ctx);
}

static void find_closure(void *ctx, IrExpr **at)
{
    Calls *k = ctx;

    ir_each_operand(*at, find_closure, ctx);
    if ((*at)->kind == IR_CLOSURE && !(*at)->as.func->needs_closure) {
        (*at)->as.func->needs_closure = true;
        vec_push(k->c->arena, &k->closures, (*at)->as.func);
    }
}

static void find_closures(void *ctx, IrStmt *s)
{
    ir_each_expr(s, find_closure, ctx);
}

/* -- which functions are used --------------------------------------------------------------------------------------------------- */

static void reach(IrFunc *func)
{
    if (func->is_used)
        return;
    func->is_used = true;
    for (uint32_t i = 0; i < func->callees.len; i++)
        reach(func->callees.items[i]);
}

static void find_used(Calls *k)
{
    for (uint32_t i = 0; i < k->all.len; i++)
        if (k->all.items[i] == k->program->init || ir_is_exported(k->all.items[i]))
            reach(k->all.items[i]);
    for (uint32_t i = 0; i < k->program->classes.len; i++) {
        IrClass *cls = k->program->classes.items[i];
        for (uint32_t j = 0; j < cls->methods.len; j++) { /* the tables name them */
            IrFunc *func = cls->methods.items[j].func;
            if (!func)
                continue;
            reach(func);
            if (func->kind != IR_FUNCTION)
                func->needs_object = true;
        }
    }
}

/* -- cycles --------------------------------------------------------------------------------------------------------------------- */

static void pop_component(Calls *k, IrFunc *root, bool is_cycle)
{
    IrFunc *func;

    do {
        func = vec_pop(&k->stack);
        k->on_stack[func->id] = false;
        func->scc = k->next_scc;
        func->is_recursive = is_cycle;
    } while (func != root);
    k->next_scc++;
}

static void connect(Calls *k, IrFunc *func)
{
    bool calls_itself = false;

    k->index[func->id] = k->low[func->id] = ++k->next_index;
    vec_push(k->c->arena, &k->stack, func);
    k->on_stack[func->id] = true;
    for (uint32_t i = 0; i < func->callees.len; i++) {
        IrFunc *to = func->callees.items[i];
        calls_itself |= to == func;
        if (!k->index[to->id])
            connect(k, to);
        if (k->on_stack[to->id] && k->low[to->id] < k->low[func->id])
            k->low[func->id] = k->low[to->id];
    }
    if (k->low[func->id] == k->index[func->id])
        pop_component(k, func, calls_itself || vec_last(&k->stack) != func);
}

static void find_cycles(Calls *k)
{
    k->index = arena_array(k->c->arena, uint32_t, k->all.len + 1);
    k->low = arena_array(k->c->arena, uint32_t, k->all.len + 1);
    k->on_stack = arena_array(k->c->arena, bool, k->all.len + 1);
    for (uint32_t i = 0; i < k->all.len; i++)
        if (!k->index[i])
            connect(k, k->all.items[i]);
}

/* -- suspending ------------------------------------------------------------------------------------------------------------------- */

static bool await_suspends(const IrExpr *value)
{
    return value->kind != IR_CALL || value->as.func->kind == IR_FUNCTION || value->as.func->can_suspend;
}

bool next_suspends(const IrStmt *s)
{
    if (!s->child)
        return s->value->type->kind == TYPE_ASYNCGEN;
    return !s->child->child || (s->child->child->kind == IR_ASYNCGEN && s->child->child->can_suspend);
}

static void look_for_suspension(void *ctx, IrStmt *s)
{
    Calls *k = ctx;

    if (s->kind == IR_AWAIT && await_suspends(s->value))
        k->func->can_suspend = true;
    if (s->kind == IR_NEXT && next_suspends(s))
        k->func->can_suspend = true;
}

static void find_suspending(Calls *k)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < k->all.len; i++) {
            k->func = k->all.items[i];
            if (k->func->can_suspend)
                continue;
            ir_each_stmt(&k->func->body, look_for_suspension, k);
            changed |= k->func->can_suspend;
        }
    }
}

void find_calls(Compilation *c, IrProgram *program)
{
    Calls k = {.c = c, .program = program};
    bool has_init = false;

    for (uint32_t i = 0; i < program->funcs.len; i++) {
        vec_push(c->arena, &k.all, program->funcs.items[i]);
        has_init |= program->funcs.items[i] == program->init;
    }
    if (!has_init && program->init) {
        vec_push(c->arena, &k.all, program->init);
        vec_push(c->arena, &program->funcs, program->init);
    }
    for (uint32_t i = 0; i < k.all.len; i++) {
        k.all.items[i]->id = i;
        ir_each_stmt(&k.all.items[i]->body, find_closures, &k);
    }
    for (uint32_t i = 0; i < k.all.len; i++) {
        k.func = k.all.items[i];
        ir_each_stmt(&k.func->body, visit_stmt, &k);
    }
    find_used(&k);
    find_cycles(&k);
    place_generators(c, program);
    find_suspending(&k);
    for (uint32_t i = 0; i < k.all.len; i++) {
        IrFunc *func = k.all.items[i];
        func->is_plain = func->kind == IR_FUNCTION || (func->kind == IR_COROUTINE && !func->can_suspend);
        func->needs_object |= func->objects > 0 || (func->needs_closure && func->kind != IR_FUNCTION);
        func->needs_object |= func->kind == IR_COROUTINE && ir_is_exported(func);
        func->needs_frame = !func->is_plain || (func->kind == IR_COROUTINE && func->needs_object);
    }
}

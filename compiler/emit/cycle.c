/* Which types' objects can be part of a circle of references: those that the runtime's collector must know (runtime/src/cycle.c).
 *
 *     class Node:                             Node → Node | None → Node         in a circle: Node, list[Node]
 *         parent: "Node | None"               Node → list[Node] → Node
 *         children: "list[Node]"
 *         name: str                           Node → str: not in one
 *
 * Types are the nodes of a graph: an edge goes to what an object of the type can refer to. A type is cyclic if it lies in a circle of that
 * graph, or if Any can be reached from it. What the collector does not look into (tasks, generators, objects of the runtime) has no
 * edges. The circles are found as strongly connected components (Tarjan), when a descriptor first asks. */
#include "emit/internal.h"

typedef enum VertexKind { VERTEX_OF_TYPE, VERTEX_OF_CELL, VERTEX_OF_CLASS, VERTEX_OF_CLOSURE, VERTEX_OF_CALLABLE } VertexKind;

typedef struct Vertex {
    VertexKind kind;
    const void *of;  /* Type, Class, IrFunc */
    uint32_t number; /* in order of discovery, from 1 */
    uint32_t lowest; /* the first node that it leads back to */
    bool is_open;    /* its component is not complete */
    bool is_cyclic, reaches_any;
} Vertex;

typedef Vec(const Class *) ClassVec;

struct Cycles {
    Map nodes[VERTEX_OF_CALLABLE + 1]; /* what they are of → Vertex */
    Map derived;                /* Class → ClassVec *: classes of the program that derive from it */
    Vec(Vertex *) open;
    uint32_t count;
};

/* -- the graph ---------------------------------------------------------------------------------------------------------------------------- */

static Vertex *visit(Emit *e, VertexKind kind, const void *of);

static void edge(Emit *e, Vertex *from, VertexKind kind, const void *of)
{
    bool is_new = !map_has(&e->cycles->nodes[kind], of);
    Vertex *to = visit(e, kind, of);

    from->reaches_any |= to->reaches_any;
    if (to->is_open && to->lowest < from->lowest)
        from->lowest = is_new ? to->lowest : to->number;
    from->is_cyclic |= to == from;
}

static void type_edge(Emit *e, Vertex *from, Type *t)
{
    if (types_needs_release(t) || t->kind == TYPE_UNION)
        edge(e, from, VERTEX_OF_TYPE, type_canonical(e, t));
}

static void type_edges(Emit *e, Vertex *n, const Type *t)
{
    const ClassVec *derived = t->cls ? map_get(&e->cycles->derived, t->cls) : NULL;

    switch (t->kind) {
    case TYPE_LIST:
    case TYPE_DEQUE:
    case TYPE_DICT:
    case TYPE_SET:
    case TYPE_FROZENSET:
    case TYPE_TUPLE:
    case TYPE_VARTUPLE:
    case TYPE_UNION:
    case TYPE_BOUND:
        for (uint32_t i = 0; i < t->arg_count; i++)
            type_edge(e, n, t->args[i]);
        return;
    case TYPE_ANY:
        n->reaches_any = true;
        return;
    case TYPE_FUNC:
    case TYPE_CALLABLE:
        edge(e, n, VERTEX_OF_CALLABLE, e);
        return;
    case TYPE_CLASS:
        for (uint32_t i = 0; derived && i < derived->len; i++)
            edge(e, n, VERTEX_OF_CLASS, derived->items[i]);
        return;
    default:
        return;
    }
}

static void edges(Emit *e, Vertex *n)
{
    const IrFuncVec *funcs = &e->program->funcs;
    const IrFunc *func = n->of;

    switch (n->kind) {
    case VERTEX_OF_TYPE:
        type_edges(e, n, n->of);
        return;
    case VERTEX_OF_CELL:
        type_edge(e, n, (Type *)(uintptr_t)n->of);
        return;
    case VERTEX_OF_CLASS:
        for (const Class *cls = n->of; cls && is_program_class(e, cls); cls = cls->base)
            for (uint32_t i = 0; i < cls->fields.len; i++)
                type_edge(e, n, cls->fields.items[i]->type);
        return;
    case VERTEX_OF_CALLABLE:
        for (uint32_t i = 0; i < funcs->len; i++)
            if (funcs->items[i]->is_used && funcs->items[i]->captures.len)
                edge(e, n, VERTEX_OF_CLOSURE, funcs->items[i]);
        return;
    case VERTEX_OF_CLOSURE:
        for (uint32_t i = 0; i < func->captures.len; i++) {
            const IrVar *var = func->captures.items[i];
            if (var->is_cell)
                edge(e, n, VERTEX_OF_CELL, type_canonical(e, var->type));
            else
                type_edge(e, n, var->type);
        }
        return;
    }
}

static void close_component(Emit *e, Vertex *first)
{
    struct Cycles *g = e->cycles;
    uint32_t begin = g->open.len;

    while (g->open.items[begin - 1] != first)
        begin--;
    begin--;
    bool is_circle = g->open.len - begin > 1, reaches_any = false;
    for (uint32_t i = begin; i < g->open.len; i++)
        reaches_any |= g->open.items[i]->reaches_any;
    for (uint32_t i = begin; i < g->open.len; i++) {
        Vertex *n = g->open.items[i];
        n->is_open = false;
        n->reaches_any = reaches_any;
        n->is_cyclic |= is_circle || reaches_any;
    }
    g->open.len = begin;
}

static Vertex *visit(Emit *e, VertexKind kind, const void *of)
{
    struct Cycles *g = e->cycles;
    Vertex *n = map_get(&g->nodes[kind], of);

    if (n)
        return n;
    n = arena_new(e->arena, Vertex);
    *n = (Vertex){.kind = kind, .of = of, .number = ++g->count, .is_open = true};
    n->lowest = n->number;
    map_set(e->arena, &g->nodes[kind], of, n);
    vec_push(e->arena, &g->open, n);
    edges(e, n);
    if (n->lowest == n->number)
        close_component(e, n);
    return n;
}

/* -- asking -------------------------------------------------------------------------------------------------------------------------------- */

static void begin(Emit *e)
{
    const IrProgram *program = e->program;

    e->cycles = arena_new(e->arena, struct Cycles);
    for (uint32_t i = 0; i < program->classes.len; i++)
        for (const Class *of = program->classes.items[i]->cls; of; of = of->base) {
            ClassVec **derived = (ClassVec **)map_slot(e->arena, &e->cycles->derived, of);
            if (!*derived)
                *derived = arena_new(e->arena, ClassVec);
            vec_push(e->arena, *derived, program->classes.items[i]->cls);
        }
}

static bool is_cyclic(Emit *e, VertexKind kind, const void *of)
{
    if (!e->cycles)
        begin(e);
    return visit(e, kind, of)->is_cyclic;
}

bool is_cyclic_type(Emit *e, Type *t)
{
    return is_cyclic(e, VERTEX_OF_TYPE, type_canonical(e, t));
}

bool is_cyclic_class(Emit *e, const Class *cls)
{
    return is_cyclic(e, VERTEX_OF_CLASS, cls);
}

bool is_cyclic_cell(Emit *e, Type *t)
{
    return is_cyclic(e, VERTEX_OF_CELL, type_canonical(e, t));
}

bool is_cyclic_closure(Emit *e, const IrFunc *func)
{
    return is_cyclic(e, VERTEX_OF_CLOSURE, func);
}

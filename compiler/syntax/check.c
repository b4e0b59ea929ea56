/* What the grammar cannot say about a tree, and the numbers of its nodes.
 *
 * In: the module as the parser built it.  Out: the same, each node numbered within its function, functions marked as generators or
 * awaiting, and an error wherever CPython's compiler finds one by the place of a construct: `return` outside a function, `await`
 * outside an async one, `break` outside a loop, a starred expression where no sequence is made.  One walk, from the outside to the
 * inside, with the scope and the loop it is in.  What needs to know names (is this `nonlocal` bound?) is resolve's. */
#include "syntax/check.h"
#include "syntax/node.h"

#include "base/map.h"

typedef enum ScopeKind {
    SCOPE_MODULE,
    SCOPE_CLASS,
    SCOPE_FUNCTION,
    SCOPE_LAMBDA
} ScopeKind;

typedef struct Scope {
    ScopeKind kind;
    bool is_async;
    bool is_generator, has_await;
    uint32_t node_count;
    const Node *returned; /* the first `return value`, for async generators */
    const NodeVec *body;
    const ParamVec *params;
    Map declared; /* names to their global or nonlocal statement */
} Scope;

/* A comprehension that we are in. */
typedef struct Comp {
    const Node *node;
    struct Comp *around; /* the one that this one is written in, be it in the first iterable */
    bool in_iter;        /* in an iterable, where := may not stand */
} Comp;

typedef struct Checker {
    Parser *p;
    Scope *scope;
    Comp *comp;           /* whose scope we are in, or NULL: the first iterable is outside */
    Comp *written_comp;   /* that we are written in: the first iterable is inside */
    uint32_t loop_depth;  /* within the scope */
    uint32_t except_star; /* 1 + loop depth at the innermost except* block, or 0 */
} Checker;

static void visit(void *context, Node *n, const char *role);

static void visit_children(Checker *k, Node *n)
{
    node_each_child(n, visit, k);
}

static void visit_all(Checker *k, const NodeVec *nodes)
{
    for (uint32_t i = 0; i < nodes->len; i++)
        visit(k, nodes->items[i], NULL);
}

static void visit_optional(Checker *k, Node *n)
{
    if (n)
        visit(k, n, NULL);
}

/* ---- scopes ---- */

typedef struct Saved {
    Scope *scope;
    Comp *comp, *written_comp;
    uint32_t loop_depth, except_star;
} Saved;

static Saved enter(Checker *k, Scope *scope)
{
    Saved saved = {k->scope, k->comp, k->written_comp, k->loop_depth, k->except_star};

    k->scope = scope;
    k->comp = k->written_comp = NULL;
    k->loop_depth = k->except_star = 0;
    return saved;
}

static void leave(Checker *k, Saved saved)
{
    k->scope = saved.scope;
    k->comp = saved.comp;
    k->written_comp = saved.written_comp;
    k->loop_depth = saved.loop_depth;
    k->except_star = saved.except_star;
}

static bool in_function(const Checker *k)
{
    return k->scope->kind == SCOPE_FUNCTION || k->scope->kind == SCOPE_LAMBDA;
}

static void error(Checker *k, const Node *n, const char *message)
{
    parser_error(k->p, n->span, "%s", message);
}

/* The keyword that a node begins with, instead of all of it. */
static Span keyword_span(const Node *n, uint32_t len)
{
    return (Span){n->span.start, n->span.start + len, n->span.file};
}

/* ---- definitions ---- */

/* `*x` where it has something to go into. */
static void visit_starred(Checker *k, Node *n)
{
    n->id = k->scope->node_count++;
    visit(k, n->as.unary.operand, NULL);
}

static void visit_params(Checker *k, const Node *n)
{
    for (uint32_t i = 0; i < n->as.function.params.len; i++) {
        const Param *param = &n->as.function.params.items[i];
        if (param->kind == PARAM_STAR && param->annotation && param->annotation->kind == NODE_STARRED)
            visit_starred(k, param->annotation); /* *args: *Ts */
        else
            visit_optional(k, param->annotation);
        visit_optional(k, param->value);
    }
}

static void visit_function(Checker *k, Node *n)
{
    Scope scope = {.kind = SCOPE_FUNCTION,
                   .is_async = n->as.function.is_async,
                   .body = &n->as.function.body,
                   .params = &n->as.function.params};

    visit_all(k, &n->as.function.decorators);
    visit_params(k, n);
    visit_optional(k, n->as.function.returns);
    Saved saved = enter(k, &scope);
    visit_all(k, &n->as.function.body);
    leave(k, saved);
    if (scope.is_async && scope.is_generator && scope.returned)
        parser_error(k->p, keyword_span(scope.returned, 6), "'return' with value in async generator");
    n->as.function.is_generator = scope.is_generator;
    n->as.function.has_await = scope.has_await;
    n->as.function.node_count = scope.node_count;
}

static void visit_lambda(Checker *k, Node *n)
{
    Scope scope = {.kind = SCOPE_LAMBDA};

    visit_params(k, n);
    Saved saved = enter(k, &scope);
    visit_optional(k, n->as.function.returns);
    leave(k, saved);
    n->as.function.is_generator = scope.is_generator;
    n->as.function.node_count = scope.node_count;
}

static void visit_class(Checker *k, Node *n)
{
    Scope scope = {.kind = SCOPE_CLASS, .body = &n->as.class.body};

    visit_all(k, &n->as.class.decorators);
    for (uint32_t i = 0; i < n->as.class.bases.len; i++)
        visit(k, n->as.class.bases.items[i].value, "base");
    Saved saved = enter(k, &scope);
    visit_all(k, &n->as.class.body);
    leave(k, saved);
    n->as.class.node_count = scope.node_count;
}

/* ---- await and yield ---- */

static bool in_genexp(const Checker *k)
{
    return k->comp && k->comp->node->kind == NODE_GENEXP;
}

static void need_async(Checker *k, const Node *n, uint32_t keyword_len, const char *what)
{
    Span span = keyword_span(n, keyword_len);
    Diag *diag;

    k->scope->has_await = true;
    if (k->scope->is_async)
        return;
    if (!in_function(k))
        diag = parser_error(k->p, span, "%s outside function", what);
    else
        diag = parser_error(k->p, span, "%s outside async function", what);
    diag_help(k->p->c->diags, diag,
              k->scope->kind == SCOPE_FUNCTION ? "declare the function with 'async def'"
                                               : "move it into an 'async def'");
}

/* A generator expression may await wherever it is made: it does so when it is walked. */
static void visit_await(Checker *k, Node *n)
{
    if (!in_genexp(k))
        need_async(k, n, 5, "'await'");
    k->scope->has_await = true;
    visit_children(k, n);
}

static void visit_yield(Checker *k, Node *n)
{
    bool is_from = n->kind == NODE_YIELDFROM;

    if (k->comp)
        parser_error(k->p, n->span, "'yield' inside %s", node_described(k->comp->node));
    else if (!in_function(k))
        error(k, n, is_from ? "'yield from' outside function" : "'yield' outside function");
    else if (is_from && k->scope->is_async)
        error(k, n, "'yield from' inside async function");
    k->scope->is_generator = true;
    visit_children(k, n);
}

/* ---- comprehensions ---- */

static void visit_iter(Checker *k, Comp *comp, Node *iter)
{
    comp->in_iter = true;
    visit(k, iter, NULL);
    comp->in_iter = false;
}

/* The first iterable belongs to the scope outside: k->comp changes behind it. */
static void visit_comp(Checker *k, Node *n)
{
    Comp comp = {.node = n, .around = k->written_comp}, *outside = k->comp;

    k->written_comp = &comp;
    for (uint32_t i = 0; i < n->as.comp.clauses.len; i++) {
        const CompFor *clause = &n->as.comp.clauses.items[i];
        visit_iter(k, &comp, clause->iter);
        k->comp = &comp;
        if (clause->is_async && n->kind != NODE_GENEXP)
            need_async(k, n, 1, "asynchronous comprehension");
        k->scope->has_await |= clause->is_async;
        visit(k, clause->target, NULL);
        visit_all(k, &clause->conditions);
    }
    visit_optional(k, n->as.comp.key);
    visit(k, n->as.comp.elem, NULL);
    k->comp = outside;
    k->written_comp = comp.around;
}

static bool target_binds(const Node *target, const char *name)
{
    if (target->kind == NODE_NAME)
        return target->as.name.name == name;
    if (target->kind == NODE_STARRED)
        return target_binds(target->as.unary.operand, name);
    if (target->kind != NODE_TUPLE && target->kind != NODE_LIST)
        return false;
    for (uint32_t i = 0; i < target->as.list.items.len; i++) {
        if (target_binds(target->as.list.items.items[i], name))
            return true;
    }
    return false;
}

/* := in a comprehension binds in the function around it: there must be one, and its own variables are not those. */
static bool check_walrus_in(Checker *k, const Node *n, const Comp *comp)
{
    if (comp->in_iter) {
        error(k, n, "assignment expression cannot be used in a comprehension iterable expression");
        return false;
    }
    for (uint32_t i = 0; i < comp->node->as.comp.clauses.len; i++) {
        if (!target_binds(comp->node->as.comp.clauses.items[i].target, n->as.walrus.name))
            continue;
        parser_error(k->p, n->as.walrus.name_span,
                     "assignment expression cannot rebind comprehension iteration variable '%s'", n->as.walrus.name);
        return false;
    }
    return true;
}

static void visit_walrus(Checker *k, Node *n)
{
    bool is_good = true;

    for (const Comp *comp = k->written_comp; comp && is_good; comp = comp->around)
        is_good = check_walrus_in(k, n, comp);
    if (is_good && k->written_comp && k->scope->kind == SCOPE_CLASS)
        error(k, n, "assignment expression within a comprehension cannot be used in a class body");
    visit_children(k, n);
}

/* ---- statements that leave ---- */

static void visit_return(Checker *k, Node *n)
{
    if (k->scope->kind != SCOPE_FUNCTION)
        parser_error(k->p, keyword_span(n, 6), "'return' outside function");
    else if (k->except_star)
        parser_error(k->p, keyword_span(n, 6), "'break', 'continue' and 'return' cannot appear in an except* block");
    if (n->as.ret.value && !k->scope->returned)
        k->scope->returned = n;
    visit_children(k, n);
}

static void visit_jump(Checker *k, Node *n)
{
    if (k->except_star == k->loop_depth + 1)
        error(k, n, "'break', 'continue' and 'return' cannot appear in an except* block");
    else if (!k->loop_depth)
        error(k, n, n->kind == NODE_BREAK ? "'break' outside loop" : "'continue' not properly in loop");
}

static void visit_loop_body(Checker *k, const NodeVec *body, const NodeVec *orelse)
{
    k->loop_depth++;
    visit_all(k, body);
    k->loop_depth--;
    visit_all(k, orelse);
}

static void visit_while(Checker *k, Node *n)
{
    visit(k, n->as.while_.test, NULL);
    visit_loop_body(k, &n->as.while_.body, &n->as.while_.orelse);
}

static void visit_for(Checker *k, Node *n)
{
    if (n->as.for_.is_async)
        need_async(k, n, 5, "'async for'");
    visit(k, n->as.for_.iter, NULL);
    visit(k, n->as.for_.target, NULL);
    visit_loop_body(k, &n->as.for_.body, &n->as.for_.orelse);
}

static void visit_with(Checker *k, Node *n)
{
    if (n->as.with.is_async)
        need_async(k, n, 5, "'async with'");
    visit_children(k, n);
}

static void visit_try(Checker *k, Node *n)
{
    uint32_t outer = k->except_star;

    visit_all(k, &n->as.try_.body);
    for (uint32_t i = 0; i < n->as.try_.handlers.len; i++) {
        const Handler *handler = &n->as.try_.handlers.items[i];
        visit_optional(k, handler->type);
        k->except_star = handler->is_star ? k->loop_depth + 1 : outer;
        visit_all(k, &handler->body);
        k->except_star = outer;
    }
    visit_all(k, &n->as.try_.orelse);
    visit_all(k, &n->as.try_.finally);
}

/* A chain of elifs is a list, not a nesting. */
static void visit_if(Checker *k, Node *n)
{
    for (;;) {
        visit(k, n->as.if_.test, NULL);
        visit_all(k, &n->as.if_.body);
        NodeVec orelse = n->as.if_.orelse;
        if (orelse.len != 1 || orelse.items[0]->kind != NODE_IF) {
            visit_all(k, &orelse);
            return;
        }
        n = orelse.items[0];
        n->id = k->scope->node_count++;
    }
}

/* ---- expressions ---- */

static void visit_elements(Checker *k, const NodeVec *items)
{
    for (uint32_t i = 0; i < items->len; i++) {
        Node *item = items->items[i];
        if (item->kind == NODE_STARRED)
            visit_starred(k, item);
        else
            visit(k, item, NULL);
    }
}

/* -9223372036854775808 is the one place of that number. */
static void visit_unary(Checker *k, Node *n)
{
    Node *operand = n->as.unary.operand;

    if (n->as.unary.op == OP_NEG && operand->kind == NODE_INT)
        operand->id = k->scope->node_count++;
    else
        visit(k, operand, NULL);
}

/* A long sum leans to the left; the loop goes down there. */
static void visit_binary(Checker *k, Node *n)
{
    for (;;) {
        visit(k, n->as.binary.right, NULL);
        n = n->as.binary.left;
        if (n->kind != NODE_BINARY)
            break;
        n->id = k->scope->node_count++;
    }
    visit(k, n, NULL);
}

static void visit_int(Checker *k, const Node *n)
{
    if (n->as.integer.value > INT64_MAX)
        error(k, n, "this int does not fit into 64 bits");
}

static void refuse_starred(Checker *k, Node *n)
{
    error(k, n, "can't use starred expression here");
    visit(k, n->as.unary.operand, NULL);
}

/* ---- names and imports ---- */

static void visit_declaration(Checker *k, Node *n)
{
    if (n->kind == NODE_NONLOCAL && k->scope->kind == SCOPE_MODULE) {
        error(k, n, "nonlocal declaration not allowed at module level");
        return;
    }
    check_declared(k->p, k->scope->body, k->scope->params, n);
    for (uint32_t i = 0; i < n->as.names.names.len; i++) {
        const char *name = n->as.names.names.items[i];
        void **slot = map_slot(k->p->arena, &k->scope->declared, name);
        if (*slot && ((Node *)*slot)->kind != n->kind)
            parser_error(k->p, n->span, "name '%s' is nonlocal and global", name);
        *slot = n;
    }
}

static void visit_annassign(Checker *k, Node *n)
{
    const Node *target = n->as.annassign.target;

    if (target->kind == NODE_NAME && map_has(&k->scope->declared, target->as.name.name))
        parser_error(k->p, target->span, "annotated name '%s' can't be global or nonlocal", target->as.name.name);
    visit_children(k, n);
}

static void visit_import_from(Checker *k, const Node *n)
{
    const Alias *first = &n->as.import.names.items[0];

    if (first->name[0] == '*' && k->scope->kind != SCOPE_MODULE)
        parser_error(k->p, first->span, "import * only allowed at module level");
}

/* ---- the walk ---- */

static void visit(void *context, Node *n, const char *role)
{
    Checker *k = context;

    (void)role;
    n->id = k->scope->node_count++;
    switch (n->kind) {
    case NODE_NAME:
    case NODE_FLOAT:
    case NODE_STR:
    case NODE_TRUE:
    case NODE_FALSE:
    case NODE_NONE: break;
    case NODE_INT: visit_int(k, n); break;
    case NODE_UNARY: visit_unary(k, n); break;
    case NODE_BINARY: visit_binary(k, n); break;
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_SET: visit_elements(k, &n->as.list.items); break;
    case NODE_STARRED: refuse_starred(k, n); break;
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP:
    case NODE_GENEXP: visit_comp(k, n); break;
    case NODE_LAMBDA: visit_lambda(k, n); break;
    case NODE_AWAIT: visit_await(k, n); break;
    case NODE_YIELD:
    case NODE_YIELDFROM: visit_yield(k, n); break;
    case NODE_FUNCTION: visit_function(k, n); break;
    case NODE_CLASS: visit_class(k, n); break;
    case NODE_IF: visit_if(k, n); break;
    case NODE_WHILE: visit_while(k, n); break;
    case NODE_FOR: visit_for(k, n); break;
    case NODE_WITH: visit_with(k, n); break;
    case NODE_TRY: visit_try(k, n); break;
    case NODE_WALRUS: visit_walrus(k, n); break;
    case NODE_MATCH:
        check_cases(k->p, n);
        visit_children(k, n);
        break;
    case NODE_PAT_OR:
        check_alternatives(k->p, n);
        visit_children(k, n);
        break;
    case NODE_PAT_MAPPING:
        check_mapping_keys(k->p, n);
        visit_children(k, n);
        break;
    case NODE_RETURN: visit_return(k, n); break;
    case NODE_BREAK:
    case NODE_CONTINUE: visit_jump(k, n); break;
    case NODE_ANNASSIGN: visit_annassign(k, n); break;
    case NODE_GLOBAL:
    case NODE_NONLOCAL: visit_declaration(k, n); break;
    case NODE_IMPORTFROM: visit_import_from(k, n); break;
    default: visit_children(k, n); break;
    }
}

void check_module(Parser *p, Module *module)
{
    Scope scope = {.kind = SCOPE_MODULE, .body = &module->body};
    Checker checker = {.p = p, .scope = &scope};

    check_future(p, &module->body);
    visit_all(&checker, &module->body);
    module->node_count = scope.node_count;
}

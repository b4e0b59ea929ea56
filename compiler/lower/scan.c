/* What the text of a function says before it is lowered: which of its variables need a cell, and where a name is used.
 *
 * A variable that a nested function or a generator expression captures is shared with it. If it never changes once the
 * closure is made, the closure may hold a copy of its value; otherwise both sides go through a counted heap cell. */
#include "lower/internal.h"

/* -- walking ---------------------------------------------------------------------------------------------------------------- */

typedef void Visit(void *ctx, Node *child);

static void visit_all(const NodeVec *nodes, Visit *visit, void *ctx)
{
    for (uint32_t i = 0; i < nodes->len; i++)
        if (nodes->items[i])
            visit(ctx, nodes->items[i]);
}

static void visit_one(Node *n, Visit *visit, void *ctx)
{
    if (n)
        visit(ctx, n);
}

static void comp_children(Node *n, Visit *visit, void *ctx)
{
    for (uint32_t i = 0; i < n->as.comp.clauses.len; i++) {
        CompFor *clause = &n->as.comp.clauses.items[i];
        visit_one(clause->iter, visit, ctx);
        visit_one(clause->target, visit, ctx);
        visit_all(&clause->conditions, visit, ctx);
    }
    visit_one(n->as.comp.key, visit, ctx);
    visit_one(n->as.comp.elem, visit, ctx);
}

static void def_children(Node *n, Visit *visit, void *ctx)
{
    struct Function *f = &n->as.function;

    visit_all(&f->decorators, visit, ctx);
    for (uint32_t i = 0; i < f->params.len; i++)
        visit_one(f->params.items[i].value, visit, ctx);
}

static void try_children(Node *n, Visit *visit, void *ctx)
{
    visit_all(&n->as.try_.body, visit, ctx);
    for (uint32_t i = 0; i < n->as.try_.handlers.len; i++) {
        visit_one(n->as.try_.handlers.items[i].type, visit, ctx);
        visit_all(&n->as.try_.handlers.items[i].body, visit, ctx);
    }
    visit_all(&n->as.try_.orelse, visit, ctx);
    visit_all(&n->as.try_.finally, visit, ctx);
}

static void match_children(Node *n, Visit *visit, void *ctx)
{
    visit_one(n->as.match.subject, visit, ctx);
    for (uint32_t i = 0; i < n->as.match.cases.len; i++) {
        MatchCase *one = &n->as.match.cases.items[i];
        visit_one(one->pattern, visit, ctx);
        visit_one(one->guard, visit, ctx);
        visit_all(&one->body, visit, ctx);
    }
}

static void expr_children(Node *n, Visit *visit, void *ctx)
{
    switch (n->kind) {
    case NODE_FSTRING:
        for (uint32_t i = 0; i < n->as.fstring.parts.len; i++) {
            visit_one(n->as.fstring.parts.items[i].expr, visit, ctx);
            visit_one(n->as.fstring.parts.items[i].spec, visit, ctx);
        }
        break;
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_SET:
        visit_all(&n->as.list.items, visit, ctx);
        break;
    case NODE_DICT:
        visit_all(&n->as.dict.keys, visit, ctx);
        visit_all(&n->as.dict.values, visit, ctx);
        break;
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP:
    case NODE_GENEXP:
        comp_children(n, visit, ctx);
        break;
    case NODE_UNARY:
    case NODE_STARRED:
    case NODE_AWAIT:
    case NODE_YIELD:
    case NODE_YIELDFROM:
    case NODE_PAT_VALUE:
    case NODE_PAT_SINGLE:
        visit_one(n->as.unary.operand, visit, ctx);
        break;
    case NODE_BINARY:
        visit_one(n->as.binary.left, visit, ctx);
        visit_one(n->as.binary.right, visit, ctx);
        break;
    case NODE_BOOLOP:
        visit_all(&n->as.boolop.items, visit, ctx);
        break;
    case NODE_COMPARE:
        visit_one(n->as.compare.first, visit, ctx);
        visit_all(&n->as.compare.rest, visit, ctx);
        break;
    case NODE_IFEXP:
        visit_one(n->as.ifexp.cond, visit, ctx);
        visit_one(n->as.ifexp.then, visit, ctx);
        visit_one(n->as.ifexp.orelse, visit, ctx);
        break;
    case NODE_CALL:
        visit_one(n->as.call.func, visit, ctx);
        for (uint32_t i = 0; i < n->as.call.args.len; i++)
            visit_one(n->as.call.args.items[i].value, visit, ctx);
        break;
    case NODE_ATTRIBUTE:
        visit_one(n->as.attribute.value, visit, ctx);
        break;
    case NODE_SUBSCRIPT:
        visit_one(n->as.subscript.value, visit, ctx);
        visit_one(n->as.subscript.index, visit, ctx);
        break;
    case NODE_SLICE:
        visit_one(n->as.slice.lower, visit, ctx);
        visit_one(n->as.slice.upper, visit, ctx);
        visit_one(n->as.slice.step, visit, ctx);
        break;
    case NODE_LAMBDA:
        def_children(n, visit, ctx);
        break;
    case NODE_WALRUS:
        visit_one(n->as.walrus.value, visit, ctx);
        break;
    case NODE_PAT_CAPTURE:
    case NODE_PAT_SEQ:
    case NODE_PAT_STAR:
    case NODE_PAT_MAPPING:
    case NODE_PAT_CLASS:
    case NODE_PAT_OR:
        visit_one(n->as.pattern.cls, visit, ctx);
        visit_all(&n->as.pattern.keys, visit, ctx);
        visit_all(&n->as.pattern.list, visit, ctx);
        break;
    default:
        break;
    }
}

void each_child(Node *n, Visit *visit, void *ctx)
{
    switch (n->kind) {
    case NODE_EXPR:
    case NODE_RETURN:
        visit_one(n->as.ret.value, visit, ctx);
        break;
    case NODE_ASSIGN:
        visit_one(n->as.assign.value, visit, ctx);
        visit_all(&n->as.assign.targets, visit, ctx);
        break;
    case NODE_ANNASSIGN:
        visit_one(n->as.annassign.value, visit, ctx);
        visit_one(n->as.annassign.target, visit, ctx);
        break;
    case NODE_AUGASSIGN:
        visit_one(n->as.augassign.target, visit, ctx);
        visit_one(n->as.augassign.value, visit, ctx);
        break;
    case NODE_DEL:
        visit_all(&n->as.list.items, visit, ctx);
        break;
    case NODE_RAISE:
        visit_one(n->as.raise.exc, visit, ctx);
        visit_one(n->as.raise.cause, visit, ctx);
        break;
    case NODE_ASSERT:
        visit_one(n->as.assert_.test, visit, ctx);
        visit_one(n->as.assert_.message, visit, ctx);
        break;
    case NODE_IF:
        visit_one(n->as.if_.test, visit, ctx);
        visit_all(&n->as.if_.body, visit, ctx);
        visit_all(&n->as.if_.orelse, visit, ctx);
        break;
    case NODE_WHILE:
        visit_one(n->as.while_.test, visit, ctx);
        visit_all(&n->as.while_.body, visit, ctx);
        visit_all(&n->as.while_.orelse, visit, ctx);
        break;
    case NODE_FOR:
        visit_one(n->as.for_.iter, visit, ctx);
        visit_one(n->as.for_.target, visit, ctx);
        visit_all(&n->as.for_.body, visit, ctx);
        visit_all(&n->as.for_.orelse, visit, ctx);
        break;
    case NODE_TRY:
        try_children(n, visit, ctx);
        break;
    case NODE_WITH:
        for (uint32_t i = 0; i < n->as.with.items.len; i++) {
            visit_one(n->as.with.items.items[i].context, visit, ctx);
            visit_one(n->as.with.items.items[i].target, visit, ctx);
        }
        visit_all(&n->as.with.body, visit, ctx);
        break;
    case NODE_MATCH:
        match_children(n, visit, ctx);
        break;
    case NODE_FUNCTION:
        def_children(n, visit, ctx);
        break;
    case NODE_CLASS:
        visit_all(&n->as.class.decorators, visit, ctx);
        break;
    default:
        expr_children(n, visit, ctx);
    }
}

/* -- uses of names ---------------------------------------------------------------------------------------------------------------- */

typedef struct Use {
    Span span;
    bool is_store, is_in_genexp, is_in_loop;
} Use;
typedef Vec(Use) UseVec;

/* Of one scope: its uses of each symbol, of whatever scope that is. */
typedef struct Uses {
    Map by_symbol; /* Symbol -> UseVec * */
    NodeVec defs;  /* nested functions, classes, lambdas, generator expressions */
} Uses;

typedef struct Scan {
    Lower *l;
    Scope *scope;
    Uses *uses;
    Span genexp;  /* around here, or nowhere */
    int loops;
} Scan;

static void add_use(Scan *s, Symbol *symbol, Span span, bool is_store)
{
    UseVec *uses = map_get(&s->uses->by_symbol, symbol);

    if (!uses) {
        uses = arena_new(s->l->arena, UseVec);
        map_set(s->l->arena, &s->uses->by_symbol, symbol, uses);
    }
    vec_push(s->l->arena, uses, ((Use){span, is_store, s->genexp.file != 0, s->loops > 0}));
}

static void scan_node(void *ctx, Node *n);

static void scan_target(Scan *s, Node *n)
{
    if (n->kind == NODE_NAME && s->scope->uses[n->id])
        add_use(s, s->scope->uses[n->id], n->span, true);
    else if (n->kind == NODE_TUPLE || n->kind == NODE_LIST)
        for (uint32_t i = 0; i < n->as.list.items.len; i++)
            scan_target(s, n->as.list.items.items[i]);
    else if (n->kind == NODE_STARRED)
        scan_target(s, n->as.unary.operand);
    else
        scan_node(s, n);
}

static void scan_block(Scan *s, const NodeVec *body)
{
    for (uint32_t i = 0; i < body->len; i++)
        scan_node(s, body->items[i]);
}

/* Everything in a comprehension but its first iterable is evaluated inside. */
static void scan_comp(Scan *s, Node *n)
{
    Span outer = s->genexp;
    bool is_first = true;

    for (uint32_t i = 0; i < n->as.comp.clauses.len; i++) {
        CompFor *clause = &n->as.comp.clauses.items[i];
        if (is_first)
            scan_node(s, clause->iter);
        if (n->kind == NODE_GENEXP)
            s->genexp = n->span;
        s->loops += is_first;
        if (!is_first)
            scan_node(s, clause->iter);
        is_first = false;
        scan_target(s, clause->target);
        scan_block(s, &clause->conditions);
    }
    if (n->as.comp.key)
        scan_node(s, n->as.comp.key);
    scan_node(s, n->as.comp.elem);
    s->genexp = outer;
    s->loops--;
}

static void scan_loop(Scan *s, Node *target, const NodeVec *body, const NodeVec *orelse)
{
    s->loops++;
    if (target)
        scan_target(s, target);
    scan_block(s, body);
    s->loops--;
    scan_block(s, orelse);
}

static void scan_node(void *ctx, Node *n)
{
    Scan *s = ctx;

    if (n->kind == NODE_LAMBDA || n->kind == NODE_FUNCTION || n->kind == NODE_CLASS || n->kind == NODE_GENEXP)
        vec_push(s->l->arena, &s->uses->defs, n);
    switch (n->kind) {
    case NODE_NAME:
        if (s->scope->uses[n->id])
            add_use(s, s->scope->uses[n->id], n->span, false);
        return;
    case NODE_WALRUS:
        scan_node(s, n->as.walrus.value);
        if (s->scope->uses[n->id])
            add_use(s, s->scope->uses[n->id], n->span, true);
        return;
    case NODE_ASSIGN:
        scan_node(s, n->as.assign.value);
        for (uint32_t i = 0; i < n->as.assign.targets.len; i++)
            scan_target(s, n->as.assign.targets.items[i]);
        return;
    case NODE_ANNASSIGN:
        if (n->as.annassign.value) {
            scan_node(s, n->as.annassign.value);
            scan_target(s, n->as.annassign.target);
        }
        return;
    case NODE_AUGASSIGN:
        each_child(n, scan_node, s);
        scan_target(s, n->as.augassign.target);
        return;
    case NODE_DEL:
        for (uint32_t i = 0; i < n->as.list.items.len; i++)
            scan_target(s, n->as.list.items.items[i]);
        return;
    case NODE_FOR:
        scan_node(s, n->as.for_.iter);
        scan_loop(s, n->as.for_.target, &n->as.for_.body, &n->as.for_.orelse);
        return;
    case NODE_WHILE:
        s->loops++;
        scan_node(s, n->as.while_.test);
        s->loops--;
        scan_loop(s, NULL, &n->as.while_.body, &n->as.while_.orelse);
        return;
    case NODE_WITH:
        for (uint32_t i = 0; i < n->as.with.items.len; i++) {
            scan_node(s, n->as.with.items.items[i].context);
            if (n->as.with.items.items[i].target)
                scan_target(s, n->as.with.items.items[i].target);
        }
        scan_block(s, &n->as.with.body);
        return;
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP:
    case NODE_GENEXP:
        scan_comp(s, n);
        return;
    case NODE_PAT_CAPTURE:
    case NODE_PAT_STAR:
    case NODE_PAT_MAPPING:
        if (n->as.pattern.name && s->scope->uses[n->id])
            add_use(s, s->scope->uses[n->id], n->span, true);
        each_child(n, scan_node, s);
        return;
    default:
        each_child(n, scan_node, s);
    }
}

static Uses *uses_of(Lower *l, Scope *scope)
{
    Uses *uses = map_get(&l->scanned, scope);
    Scan s = {.l = l, .scope = scope};

    if (uses)
        return uses;
    s.uses = uses = arena_new(l->arena, Uses);
    map_set(l->arena, &l->scanned, scope, uses);
    if (scope->kind == SCOPE_MODULE)
        scan_block(&s, &scope->unit->ast->body);
    else if (scope->kind == SCOPE_CLASS)
        scan_block(&s, &scope->node->as.class.body);
    else if (scope->node->kind == NODE_LAMBDA)
        scan_node(&s, scope->node->as.function.returns);
    else
        scan_block(&s, &scope->node->as.function.body);
    return uses;
}

static UseVec *uses_in(Lower *l, Scope *scope, Symbol *symbol)
{
    return map_get(&uses_of(l, scope)->by_symbol, symbol);
}

static bool is_within(Span inner, Span outer)
{
    return inner.file == outer.file && inner.start >= outer.start && inner.end <= outer.end;
}

/* -- questions ---------------------------------------------------------------------------------------------------------------------- */

bool is_used_outside(Lower *l, Symbol *symbol, Span span)
{
    UseVec *uses = uses_in(l, symbol->scope, symbol);

    if (symbol->is_captured || symbol->is_nonlocal_assigned)
        return true;
    for (uint32_t i = 0; uses && i < uses->len; i++)
        if (!is_within(uses->items[i].span, span))
            return true;
    return false;
}

bool is_assigned_inside(Lower *l, Symbol *symbol, Span span)
{
    UseVec *uses = uses_in(l, symbol->scope, symbol);

    if (symbol->is_nonlocal_assigned)
        return true;
    for (uint32_t i = 0; uses && i < uses->len; i++)
        if (uses->items[i].is_store && is_within(uses->items[i].span, span))
            return true;
    return false;
}

/* Is every store before all functions and generator expressions that might capture it, and outside of loops? */
static bool is_settled(Lower *l, Symbol *symbol)
{
    Uses *all = uses_of(l, symbol->scope);
    UseVec *uses = map_get(&all->by_symbol, symbol);
    uint32_t first = UINT32_MAX;

    for (uint32_t i = 0; i < all->defs.len; i++)
        if (all->defs.items[i]->span.start < first)
            first = all->defs.items[i]->span.start;
    for (uint32_t i = 0; uses && i < uses->len; i++)
        if (uses->items[i].is_store && (uses->items[i].span.start > first || uses->items[i].is_in_loop))
            return false;
    return true;
}

static bool is_in_genexp(Lower *l, Symbol *symbol)
{
    UseVec *uses = uses_in(l, symbol->scope, symbol);

    for (uint32_t i = 0; uses && i < uses->len; i++)
        if (uses->items[i].is_in_genexp)
            return true;
    return false;
}

/* A target of a generator expression is a variable of that alone. */
static bool is_genexp_target(Lower *l, Symbol *symbol)
{
    UseVec *uses = uses_in(l, symbol->scope, symbol);

    for (uint32_t i = 0; uses && i < uses->len; i++)
        if (!uses->items[i].is_in_genexp)
            return false;
    return uses != NULL;
}

/* A nested function that one before it captures: set after that one's closure is made. (Itself it reaches as IR_SELF.) */
static bool is_captured_before(Lower *l, Symbol *symbol)
{
    Uses *all = uses_of(l, symbol->scope);

    for (uint32_t i = 0; i < all->defs.len; i++) {
        Node *def = all->defs.items[i];
        Scope *scope = def->kind == NODE_GENEXP ? NULL : scope_of(l->c, def);
        if (!scope || def == symbol->decl || def->span.start > symbol->decl->span.start)
            continue;
        for (uint32_t j = 0; j < scope->captures.len; j++)
            if (scope->captures.items[j] == symbol)
                return true;
    }
    return false;
}

bool is_seen_inside(Lower *l, Symbol *symbol)
{
    Uses *all = uses_of(l, symbol->scope);

    for (uint32_t i = 0; i < all->defs.len; i++) {
        const Scope *scope = all->defs.items[i]->kind == NODE_GENEXP ? NULL : scope_of(l->c, all->defs.items[i]);
        for (uint32_t j = 0; scope && j < scope->node_count; j++)
            if (scope->uses[j] == symbol)
                return true;
    }
    return false;
}

static bool captures_of(Lower *l, const Node *def, const Symbol *symbol)
{
    const Scope *scope = scope_of(l->c, def);

    for (uint32_t i = 0; scope && i < scope->captures.len; i++)
        if (scope->captures.items[i] == symbol)
            return true;
    return false;
}

/* Does a method of a class inside the function see it? Methods have no closure: such a variable is one for the program, which is right
 * as long as the function does not run again while its objects live on. */
bool is_class_captured(Lower *l, Symbol *symbol)
{
    Uses *all;

    if (!symbol->is_captured || symbol->scope->kind != SCOPE_FUNCTION)
        return false;
    all = uses_of(l, symbol->scope);
    for (uint32_t i = 0; i < all->defs.len; i++) {
        const Node *def = all->defs.items[i];
        for (uint32_t j = 0; def->kind == NODE_CLASS && j < def->as.class.body.len; j++) {
            const Node *n = def->as.class.body.items[j];
            if (n->kind == NODE_FUNCTION && captures_of(l, n, symbol))
                return true;
        }
    }
    return false;
}

static bool must_be_cell(Lower *l, Symbol *symbol)
{
    if (symbol->kind != SYMBOL_VAR && symbol->kind != SYMBOL_FUNCTION)
        return false;
    if (symbol->scope->kind != SCOPE_FUNCTION || is_class_captured(l, symbol))
        return false;
    if (symbol->is_nonlocal_assigned)
        return true;
    bool is_captured = symbol->is_captured || (is_in_genexp(l, symbol) && !is_genexp_target(l, symbol));
    if (!is_captured)
        return false;
    if (symbol->kind == SYMBOL_FUNCTION)
        return is_captured_before(l, symbol);
    if (symbol->param)
        return symbol->assign_count > 1;
    return !is_settled(l, symbol);
}

bool is_cell(Lower *l, Symbol *symbol)
{
    if (!map_has(&l->cells, symbol))
        map_set(l->arena, &l->cells, symbol, must_be_cell(l, symbol) ? symbol : NULL);
    return map_get(&l->cells, symbol) != NULL;
}

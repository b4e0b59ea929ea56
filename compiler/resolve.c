/* In: the syntax tree of the program.  Out: a Scope for every function, class and module, a Symbol for every name that one binds,
 * and for every use of a name the symbol that it means; the modules that the program imports, read and resolved too.
 *
 * A scope is worked off in two walks. The first collects what it binds, since a name that is assigned anywhere in a function is
 * local in all of it; the second finds what each use means and goes into nested functions, which by then see everything that is
 * bound around them. This stage stands before inference because what a name means does not depend on types, and because
 * inference visits a body many times.
 *
 * Types, attributes and anything behind a dot are not looked at here. */
#include "resolve.h"

#include "library.h"
#include "syntax/parse.h"

#include <assert.h>
#include <string.h>

typedef struct Overlay Overlay; /* names of the comprehensions around the current expression */
struct Overlay {
    const char *name;
    Symbol *symbol;
    Scope *scope;
    Overlay *outer;
};

typedef struct Resolver {
    Compilation *c;
    Resolved *r;
    Scope *scope; /* the current one */
    Overlay *overlay;
} Resolver;

static void declare_block(Resolver *rs, const NodeVec *body);
static void declare_expr(Resolver *rs, Node *n);
static void use_block(Resolver *rs, const NodeVec *body);
static void use_expr(Resolver *rs, Node *n);
static ModuleUnit *load_module(Resolver *rs, const char *name, const ModuleUnit *from, Span span);

/* -- scopes and symbols ------------------------------------------------------------------------------------------------- */

static Scope *new_scope(Resolver *rs, ScopeKind kind, Node *node, uint32_t node_count)
{
    Scope *scope = arena_new(rs->c->arena, Scope);

    scope->kind = kind;
    scope->node = node;
    scope->parent = rs->scope;
    scope->unit = rs->scope ? rs->scope->unit : NULL;
    scope->node_count = node_count;
    scope->uses = arena_array(rs->c->arena, Symbol *, node_count + 1);
    if (node)
        map_set(rs->c->arena, &rs->c->scopes, node, scope);
    return scope;
}

Scope *scope_of(Compilation *c, const Node *node)
{
    return map_get(&c->scopes, node);
}

Symbol *scope_find(const Scope *scope, const char *name)
{
    return map_get(&scope->names, name);
}

Symbol *symbol_final(Symbol *symbol)
{
    while (symbol && symbol->kind == SYMBOL_IMPORT && symbol->target)
        symbol = symbol->target;
    return symbol;
}

static Symbol *add_symbol(Resolver *rs, SymbolKind kind, const char *name, Span span)
{
    Symbol *symbol = arena_new(rs->c->arena, Symbol);

    symbol->kind = kind;
    symbol->name = name;
    symbol->span = span;
    symbol->scope = rs->scope;
    symbol->index = rs->scope->symbols.len;
    vec_push(rs->c->arena, &rs->scope->symbols, symbol);
    return symbol;
}

/* The symbol that a binding of `name` in the current scope sets: through `global` and `nonlocal` one of another scope. */
static Symbol *bind(Resolver *rs, const char *name, Span span)
{
    Symbol *symbol = map_get(&rs->scope->outer_names, name);

    if (symbol) {
        symbol->is_nonlocal_assigned = true;
    } else {
        symbol = scope_find(rs->scope, name);
        if (!symbol) {
            symbol = add_symbol(rs, SYMBOL_VAR, name, span);
            map_set(rs->c->arena, &rs->scope->names, name, symbol);
        }
    }
    symbol->assign_count++;
    if (symbol->kind != SYMBOL_VAR && symbol->assign_count > 1)
        symbol->kind = SYMBOL_VAR;
    return symbol;
}

static bool has_decorator(const NodeVec *decorators, const char *name)
{
    for (uint32_t i = 0; i < decorators->len; i++) {
        const Node *d = decorators->items[i];
        if ((d->kind == NODE_NAME && !strcmp(d->as.name.name, name)) ||
            (d->kind == NODE_ATTRIBUTE && !strcmp(d->as.attribute.name, name)))
            return true;
    }
    return false;
}

/* -- the first walk: what a scope binds -------------------------------------------------------------------------------------- */

static void declare_target(Resolver *rs, Node *n)
{
    switch (n->kind) {
    case NODE_NAME:
        bind(rs, n->as.name.name, n->span);
        break;
    case NODE_TUPLE:
    case NODE_LIST:
        for (uint32_t i = 0; i < n->as.list.items.len; i++)
            declare_target(rs, n->as.list.items.items[i]);
        break;
    case NODE_STARRED:
        declare_target(rs, n->as.unary.operand);
        break;
    default:
        declare_expr(rs, n);
    }
}

/* An expression binds by walrus only; a comprehension's walrus binds in the function around it. */
static void declare_expr(Resolver *rs, Node *n)
{
    if (!n)
        return;
    switch (n->kind) {
    case NODE_WALRUS:
        declare_expr(rs, n->as.walrus.value);
        bind(rs, n->as.walrus.name, n->as.walrus.name_span)->assign_count++;
        break;
    case NODE_FSTRING:
        for (uint32_t i = 0; i < n->as.fstring.parts.len; i++) {
            declare_expr(rs, n->as.fstring.parts.items[i].expr);
            declare_expr(rs, n->as.fstring.parts.items[i].spec);
        }
        break;
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_SET:
        for (uint32_t i = 0; i < n->as.list.items.len; i++)
            declare_expr(rs, n->as.list.items.items[i]);
        break;
    case NODE_DICT:
        for (uint32_t i = 0; i < n->as.dict.values.len; i++) {
            declare_expr(rs, n->as.dict.keys.items[i]);
            declare_expr(rs, n->as.dict.values.items[i]);
        }
        break;
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP:
    case NODE_GENEXP:
        declare_expr(rs, n->as.comp.key);
        declare_expr(rs, n->as.comp.elem);
        for (uint32_t i = 0; i < n->as.comp.clauses.len; i++) {
            CompFor *clause = &n->as.comp.clauses.items[i];
            declare_expr(rs, clause->iter);
            for (uint32_t j = 0; j < clause->conditions.len; j++)
                declare_expr(rs, clause->conditions.items[j]);
        }
        break;
    case NODE_UNARY:
    case NODE_STARRED:
    case NODE_AWAIT:
    case NODE_YIELD:
    case NODE_YIELDFROM:
        declare_expr(rs, n->as.unary.operand);
        break;
    case NODE_BINARY:
        declare_expr(rs, n->as.binary.left);
        declare_expr(rs, n->as.binary.right);
        break;
    case NODE_BOOLOP:
        for (uint32_t i = 0; i < n->as.boolop.items.len; i++)
            declare_expr(rs, n->as.boolop.items.items[i]);
        break;
    case NODE_COMPARE:
        declare_expr(rs, n->as.compare.first);
        for (uint32_t i = 0; i < n->as.compare.rest.len; i++)
            declare_expr(rs, n->as.compare.rest.items[i]);
        break;
    case NODE_IFEXP:
        declare_expr(rs, n->as.ifexp.cond);
        declare_expr(rs, n->as.ifexp.then);
        declare_expr(rs, n->as.ifexp.orelse);
        break;
    case NODE_CALL:
        declare_expr(rs, n->as.call.func);
        for (uint32_t i = 0; i < n->as.call.args.len; i++)
            declare_expr(rs, n->as.call.args.items[i].value);
        break;
    case NODE_ATTRIBUTE:
        declare_expr(rs, n->as.attribute.value);
        break;
    case NODE_SUBSCRIPT:
        declare_expr(rs, n->as.subscript.value);
        declare_expr(rs, n->as.subscript.index);
        break;
    case NODE_SLICE:
        declare_expr(rs, n->as.slice.lower);
        declare_expr(rs, n->as.slice.upper);
        declare_expr(rs, n->as.slice.step);
        break;
    default:
        break;
    }
}

static void declare_pattern(Resolver *rs, Node *n)
{
    switch (n->kind) {
    case NODE_PAT_CAPTURE:
    case NODE_PAT_STAR:
    case NODE_PAT_SEQ:
    case NODE_PAT_MAPPING:
    case NODE_PAT_CLASS:
    case NODE_PAT_OR:
        for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
            declare_pattern(rs, n->as.pattern.list.items[i]);
        if (n->as.pattern.name)
            bind(rs, n->as.pattern.name, n->span);
        break;
    default:
        break;
    }
}

static Symbol *member_of(Resolver *rs, ModuleUnit *unit, const char *name)
{
    (void)rs;
    return unit ? scope_find(unit->scope, name) : NULL;
}

/* The first part of a dotted name, interned. */
static const char *first_part(Resolver *rs, const char *dotted)
{
    const char *dot = strchr(dotted, '.');

    return dot ? intern(rs->c->names, dotted, (size_t)(dot - dotted)) : dotted;
}

static void declare_import(Resolver *rs, Node *n)
{
    for (uint32_t i = 0; i < n->as.import.names.len; i++) {
        Alias *alias = &n->as.import.names.items[i];
        ModuleUnit *unit = load_module(rs, alias->name, rs->scope->unit, alias->span);
        const char *bound = alias->as_name ? alias->as_name : first_part(rs, alias->name);

        if (unit && !alias->as_name && bound != alias->name)
            unit = load_module(rs, bound, rs->scope->unit, alias->span);
        Symbol *symbol = bind(rs, bound, alias->span);
        if (!unit)
            continue;
        symbol->kind = SYMBOL_MODULE;
        symbol->unit = unit;
    }
}

/* `from ..a import b`: the absolute name of ..a, seen from the current module. */
static const char *absolute_name(Resolver *rs, const Node *n)
{
    const char *name = n->as.import.module;
    const ModuleUnit *unit = rs->scope->unit;

    if (n->as.import.level == 0)
        return name;
    const char *package = unit->is_package ? unit->path_name : intern_text(rs->c->names, "");
    if (!unit->is_package) {
        const char *dot = strrchr(unit->path_name, '.');
        if (dot)
            package = intern(rs->c->names, unit->path_name, (size_t)(dot - unit->path_name));
    }
    for (int level = 1; level < n->as.import.level; level++) {
        const char *dot = strrchr(package, '.');
        package = dot ? intern(rs->c->names, package, (size_t)(dot - package)) : intern_text(rs->c->names, "");
    }
    if (!*package)
        return name;
    return *name ? intern_printf(rs->c->names, "%s.%s", package, name) : package;
}

static void import_name(Resolver *rs, ModuleUnit *unit, const Alias *alias, const char *module)
{
    Symbol *symbol = bind(rs, alias->as_name ? alias->as_name : alias->name, alias->span);
    Symbol *target = member_of(rs, unit, alias->name);

    if (target) {
        symbol->kind = SYMBOL_IMPORT;
        symbol->target = target;
        return;
    }
    const char *sub = *module ? intern_printf(rs->c->names, "%s.%s", module, alias->name) : alias->name;
    ModuleUnit *submodule = (unit == NULL || unit->is_package) && library_or_file_exists(rs->c, sub)
                                ? load_module(rs, sub, rs->scope->unit, alias->span)
                                : NULL;
    if (submodule) {
        symbol->kind = SYMBOL_MODULE;
        symbol->unit = submodule;
    } else if (unit) {
        diag_error(rs->c->diags, alias->span, "module '%s' has no '%s'%s", module, alias->name,
                   unit->is_library ? " that asyncc supports" : "");
    }
}

static void declare_import_from(Resolver *rs, Node *n)
{
    const char *module = absolute_name(rs, n);

    if (!strcmp(module, "__future__"))
        return;
    bool is_bare = !*module || (n->as.import.level && !*n->as.import.module && !library_or_file_exists(rs->c, module));
    ModuleUnit *unit = is_bare ? NULL : load_module(rs, module, rs->scope->unit, n->span);
    for (uint32_t i = 0; i < n->as.import.names.len; i++) {
        Alias *alias = &n->as.import.names.items[i];
        if (strcmp(alias->name, "*")) {
            if (unit || is_bare)
                import_name(rs, unit, alias, module);
            else
                bind(rs, alias->as_name ? alias->as_name : alias->name, alias->span);
            continue;
        }
        for (uint32_t j = 0; unit && j < unit->scope->symbols.len; j++) {
            Symbol *member = unit->scope->symbols.items[j];
            if (member->name[0] == '_')
                continue;
            Alias one = {alias->span, member->name, NULL};
            import_name(rs, unit, &one, module);
        }
    }
}

static void declare_outer(Resolver *rs, Node *n)
{
    for (uint32_t i = 0; i < n->as.names.names.len; i++) {
        const char *name = n->as.names.names.items[i];
        Symbol *symbol = NULL;

        if (n->kind == NODE_GLOBAL) {
            Scope *module = rs->scope->unit->scope;
            symbol = scope_find(module, name);
            if (!symbol) {
                Scope *current = rs->scope;
                rs->scope = module;
                symbol = add_symbol(rs, SYMBOL_VAR, name, n->span);
                map_set(rs->c->arena, &module->names, name, symbol);
                rs->scope = current;
            }
        } else {
            for (Scope *s = rs->scope->parent; s && s->kind != SCOPE_MODULE && !symbol; s = s->parent)
                if (s->kind == SCOPE_FUNCTION)
                    symbol = scope_find(s, name);
            if (!symbol) {
                diag_error(rs->c->diags, n->span, "no binding for nonlocal '%s' found in an enclosing function", name);
                continue;
            }
        }
        map_set(rs->c->arena, &rs->scope->outer_names, name, symbol);
    }
}

/* `global` and `nonlocal` hold for the whole function, wherever they stand: they are read before anything is bound. */
static void declare_outers(Resolver *rs, const NodeVec *body)
{
    for (uint32_t i = 0; i < body->len; i++) {
        Node *n = body->items[i];
        switch (n->kind) {
        case NODE_GLOBAL:
        case NODE_NONLOCAL:
            declare_outer(rs, n);
            break;
        case NODE_IF:
            declare_outers(rs, &n->as.if_.body);
            declare_outers(rs, &n->as.if_.orelse);
            break;
        case NODE_WHILE:
            declare_outers(rs, &n->as.while_.body);
            declare_outers(rs, &n->as.while_.orelse);
            break;
        case NODE_FOR:
            declare_outers(rs, &n->as.for_.body);
            declare_outers(rs, &n->as.for_.orelse);
            break;
        case NODE_WITH:
            declare_outers(rs, &n->as.with.body);
            break;
        case NODE_TRY:
            declare_outers(rs, &n->as.try_.body);
            for (uint32_t j = 0; j < n->as.try_.handlers.len; j++)
                declare_outers(rs, &n->as.try_.handlers.items[j].body);
            declare_outers(rs, &n->as.try_.orelse);
            declare_outers(rs, &n->as.try_.finally);
            break;
        default:
            break;
        }
    }
}

static void declare_def(Resolver *rs, Node *n, SymbolKind kind, const char *name, const NodeVec *decorators)
{
    Symbol *known = scope_find(rs->scope, name);

    /* @overload signatures and @x.setter parts are one name with their function. */
    bool is_part = known && known->decl &&
                   (has_decorator(decorators, "setter") || has_decorator(decorators, "deleter") ||
                    has_decorator(decorators, "getter") ||
                    (known->decl->kind == NODE_FUNCTION && has_decorator(&known->decl->as.function.decorators, "overload")));
    if (is_part && kind == SYMBOL_FUNCTION) {
        if (has_decorator(&known->decl->as.function.decorators, "overload")) {
            vec_push(rs->c->arena, &known->overloads, known->decl);
            known->overload_count++;
            known->decl = n;
        }
        rs->scope->uses[n->id] = known;
        return;
    }
    for (uint32_t i = 0; i < decorators->len; i++)
        declare_expr(rs, decorators->items[i]);
    Symbol *symbol = bind(rs, name, n->span);
    rs->scope->uses[n->id] = symbol;
    if (symbol->assign_count == 1 && symbol->scope == rs->scope) {
        symbol->kind = kind;
        symbol->decl = n;
    }
}

static void declare_try(Resolver *rs, Node *n)
{
    declare_block(rs, &n->as.try_.body);
    for (uint32_t i = 0; i < n->as.try_.handlers.len; i++) {
        Handler *h = &n->as.try_.handlers.items[i];
        declare_expr(rs, h->type);
        if (h->name)
            bind(rs, h->name, h->name_span);
        declare_block(rs, &h->body);
    }
    declare_block(rs, &n->as.try_.orelse);
    declare_block(rs, &n->as.try_.finally);
}

static void declare_stmt(Resolver *rs, Node *n)
{
    switch (n->kind) {
    case NODE_EXPR:
    case NODE_RETURN:
        declare_expr(rs, n->as.ret.value);
        break;
    case NODE_ASSIGN:
        declare_expr(rs, n->as.assign.value);
        for (uint32_t i = 0; i < n->as.assign.targets.len; i++)
            declare_target(rs, n->as.assign.targets.items[i]);
        break;
    case NODE_ANNASSIGN:
        declare_expr(rs, n->as.annassign.value);
        if (n->as.annassign.target->kind == NODE_NAME) {
            Symbol *symbol = bind(rs, n->as.annassign.target->as.name.name, n->as.annassign.target->span);
            if (!n->as.annassign.value)
                symbol->assign_count--;
            if (!symbol->annotation)
                symbol->annotation = n->as.annassign.annotation;
        } else {
            declare_expr(rs, n->as.annassign.target);
        }
        break;
    case NODE_AUGASSIGN:
        declare_expr(rs, n->as.augassign.value);
        declare_target(rs, n->as.augassign.target);
        if (n->as.augassign.target->kind == NODE_NAME && scope_find(rs->scope, n->as.augassign.target->as.name.name))
            scope_find(rs->scope, n->as.augassign.target->as.name.name)->augmented_count++;
        break;
    case NODE_DEL:
        for (uint32_t i = 0; i < n->as.list.items.len; i++)
            declare_target(rs, n->as.list.items.items[i]);
        break;
    case NODE_RAISE:
        declare_expr(rs, n->as.raise.exc);
        declare_expr(rs, n->as.raise.cause);
        break;
    case NODE_ASSERT:
        declare_expr(rs, n->as.assert_.test);
        declare_expr(rs, n->as.assert_.message);
        break;
    case NODE_IMPORT:
        declare_import(rs, n);
        break;
    case NODE_IMPORTFROM:
        declare_import_from(rs, n);
        break;
    case NODE_IF:
        /* elif chains can be thousands long. */
        for (;;) {
            declare_expr(rs, n->as.if_.test);
            declare_block(rs, &n->as.if_.body);
            if (n->as.if_.orelse.len != 1 || n->as.if_.orelse.items[0]->kind != NODE_IF)
                break;
            n = n->as.if_.orelse.items[0];
        }
        declare_block(rs, &n->as.if_.orelse);
        break;
    case NODE_WHILE:
        declare_expr(rs, n->as.while_.test);
        declare_block(rs, &n->as.while_.body);
        declare_block(rs, &n->as.while_.orelse);
        break;
    case NODE_FOR:
        declare_expr(rs, n->as.for_.iter);
        declare_target(rs, n->as.for_.target);
        declare_target(rs, n->as.for_.target); /* assigned many times */
        declare_block(rs, &n->as.for_.body);
        declare_block(rs, &n->as.for_.orelse);
        break;
    case NODE_TRY:
        declare_try(rs, n);
        break;
    case NODE_WITH:
        for (uint32_t i = 0; i < n->as.with.items.len; i++) {
            declare_expr(rs, n->as.with.items.items[i].context);
            if (n->as.with.items.items[i].target)
                declare_target(rs, n->as.with.items.items[i].target);
        }
        declare_block(rs, &n->as.with.body);
        break;
    case NODE_MATCH:
        declare_expr(rs, n->as.match.subject);
        for (uint32_t i = 0; i < n->as.match.cases.len; i++) {
            MatchCase *mc = &n->as.match.cases.items[i];
            declare_pattern(rs, mc->pattern);
            declare_expr(rs, mc->guard);
            declare_block(rs, &mc->body);
        }
        break;
    case NODE_FUNCTION:
        declare_def(rs, n, SYMBOL_FUNCTION, n->as.function.name, &n->as.function.decorators);
        break;
    case NODE_CLASS:
        declare_def(rs, n, SYMBOL_CLASS, n->as.class.name, &n->as.class.decorators);
        break;
    default:
        break;
    }
}

static void declare_block(Resolver *rs, const NodeVec *body)
{
    for (uint32_t i = 0; i < body->len; i++)
        declare_stmt(rs, body->items[i]);
}

/* -- the second walk: what a use means ---------------------------------------------------------------------------------------- */

/* Notes that `symbol`, of a function around the current one, is needed by every function in between. */
static void capture(Resolver *rs, Symbol *symbol)
{
    symbol->is_captured = true;
    for (Scope *s = rs->scope; s && s != symbol->scope; s = s->parent) {
        bool is_known = false;
        if (s->kind != SCOPE_FUNCTION)
            continue;
        for (uint32_t i = 0; i < s->captures.len; i++)
            is_known |= s->captures.items[i] == symbol;
        if (!is_known)
            vec_push(rs->c->arena, &s->captures, symbol);
    }
}

static Symbol *lookup_chain(const Resolved *r, const Scope *scope, const char *name)
{
    for (const Scope *s = scope; s; s = s->parent) {
        Symbol *symbol;
        if (s->kind == SCOPE_CLASS && s != scope)
            continue;
        symbol = map_get(&s->outer_names, name);
        if (!symbol)
            symbol = scope_find(s, name);
        if (symbol)
            return symbol;
    }
    return r->builtins && r->builtins->scope ? scope_find(r->builtins->scope, name) : NULL;
}

Symbol *scope_lookup(Resolved *r, const Scope *scope, const char *name)
{
    return lookup_chain(r, scope, name);
}

static Symbol *lookup(Resolver *rs, const char *name)
{
    Symbol *symbol = NULL;

    for (Overlay *o = rs->overlay; o && !symbol; o = o->outer)
        if (o->name == name) {
            /* A name bound by a function between the comprehension and here hides the comprehension's. */
            Symbol *inner = o->scope == rs->scope ? NULL : lookup_chain(rs->r, rs->scope, name);
            bool is_hidden = false;
            for (Scope *s = rs->scope; inner && s && s != o->scope; s = s->parent)
                is_hidden |= inner->scope == s;
            symbol = is_hidden ? inner : o->symbol;
        }
    if (!symbol)
        symbol = lookup_chain(rs->r, rs->scope, name);
    if (symbol && symbol->scope != rs->scope && symbol->scope->kind == SCOPE_FUNCTION)
        capture(rs, symbol);
    return symbol;
}

static void use_name(Resolver *rs, Node *n, const char *name)
{
    Symbol *symbol = lookup(rs, name);

    rs->scope->uses[n->id] = symbol;
    if (!symbol && !strcmp(name, "open")) /* its functions are io's */
        load_module(rs, intern_text(rs->c->names, "io"), rs->scope->unit, n->span);
    if (!symbol && n->kind == NODE_NAME && !rs->scope->unit->is_library)
        vec_push(rs->c->arena, &rs->r->unresolved, ((UnresolvedName){rs->scope, n}));
}

static void use_target(Resolver *rs, Node *n)
{
    if (n->kind == NODE_NAME) {
        use_name(rs, n, n->as.name.name);
    } else if (n->kind == NODE_TUPLE || n->kind == NODE_LIST) {
        for (uint32_t i = 0; i < n->as.list.items.len; i++)
            use_target(rs, n->as.list.items.items[i]);
    } else if (n->kind == NODE_STARRED) {
        use_target(rs, n->as.unary.operand);
    } else {
        use_expr(rs, n);
    }
}

/* A comprehension's targets: new symbols of the function, seen only inside. */
static void comp_target(Resolver *rs, Node *n)
{
    if (n->kind == NODE_NAME) {
        Symbol *symbol = add_symbol(rs, SYMBOL_VAR, n->as.name.name, n->span);
        Overlay *o = arena_new(rs->c->arena, Overlay);
        symbol->assign_count = 2;
        *o = (Overlay){n->as.name.name, symbol, rs->scope, rs->overlay};
        rs->overlay = o;
        rs->scope->uses[n->id] = symbol;
    } else if (n->kind == NODE_TUPLE || n->kind == NODE_LIST) {
        for (uint32_t i = 0; i < n->as.list.items.len; i++)
            comp_target(rs, n->as.list.items.items[i]);
    } else if (n->kind == NODE_STARRED) {
        comp_target(rs, n->as.unary.operand);
    } else {
        use_expr(rs, n);
    }
}

static void use_comp(Resolver *rs, Node *n)
{
    Overlay *outer = rs->overlay;

    for (uint32_t i = 0; i < n->as.comp.clauses.len; i++) {
        CompFor *clause = &n->as.comp.clauses.items[i];
        use_expr(rs, clause->iter);
        comp_target(rs, clause->target);
        for (uint32_t j = 0; j < clause->conditions.len; j++)
            use_expr(rs, clause->conditions.items[j]);
    }
    use_expr(rs, n->as.comp.key);
    use_expr(rs, n->as.comp.elem);
    rs->overlay = outer;
}

static void use_params(Resolver *rs, const ParamVec *params)
{
    for (uint32_t i = 0; i < params->len; i++) {
        use_expr(rs, params->items[i].annotation);
        use_expr(rs, params->items[i].value);
    }
}

static void enter_function(Resolver *rs, Node *n)
{
    struct Function *f = &n->as.function;
    Scope *outer = rs->scope;

    rs->scope = new_scope(rs, SCOPE_FUNCTION, n, f->node_count);
    for (uint32_t i = 0; i < f->params.len; i++) {
        Symbol *symbol = bind(rs, f->params.items[i].name, f->params.items[i].span);
        symbol->param = &f->params.items[i];
        symbol->annotation = f->params.items[i].annotation;
    }
    if (n->kind == NODE_LAMBDA) {
        declare_expr(rs, f->returns);
        use_expr(rs, f->returns);
    } else {
        declare_outers(rs, &f->body);
        declare_block(rs, &f->body);
        use_block(rs, &f->body);
    }
    rs->scope = outer;
}

static void use_function(Resolver *rs, Node *n)
{
    struct Function *f = &n->as.function;

    for (uint32_t i = 0; i < f->decorators.len; i++)
        use_expr(rs, f->decorators.items[i]);
    use_params(rs, &f->params);
    if (n->kind == NODE_FUNCTION)
        use_expr(rs, f->returns);
    enter_function(rs, n);
}

static void use_class(Resolver *rs, Node *n)
{
    Scope *outer = rs->scope;

    for (uint32_t i = 0; i < n->as.class.decorators.len; i++)
        use_expr(rs, n->as.class.decorators.items[i]);
    for (uint32_t i = 0; i < n->as.class.bases.len; i++)
        use_expr(rs, n->as.class.bases.items[i].value);
    rs->scope = new_scope(rs, SCOPE_CLASS, n, n->as.class.node_count);
    declare_outers(rs, &n->as.class.body);
    declare_block(rs, &n->as.class.body);
    use_block(rs, &n->as.class.body);
    rs->scope = outer;
}

static void use_expr(Resolver *rs, Node *n)
{
    if (!n)
        return;
    switch (n->kind) {
    case NODE_NAME:
        use_name(rs, n, n->as.name.name);
        if (!strcmp(n->as.name.name, "super"))
            rs->scope->uses_super = true;
        break;
    case NODE_WALRUS:
        use_expr(rs, n->as.walrus.value);
        use_name(rs, n, n->as.walrus.name);
        break;
    case NODE_FSTRING:
        for (uint32_t i = 0; i < n->as.fstring.parts.len; i++) {
            use_expr(rs, n->as.fstring.parts.items[i].expr);
            use_expr(rs, n->as.fstring.parts.items[i].spec);
        }
        break;
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_SET:
        for (uint32_t i = 0; i < n->as.list.items.len; i++)
            use_expr(rs, n->as.list.items.items[i]);
        break;
    case NODE_DICT:
        for (uint32_t i = 0; i < n->as.dict.values.len; i++) {
            use_expr(rs, n->as.dict.keys.items[i]);
            use_expr(rs, n->as.dict.values.items[i]);
        }
        break;
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP:
    case NODE_GENEXP:
        use_comp(rs, n);
        break;
    case NODE_UNARY:
    case NODE_STARRED:
    case NODE_AWAIT:
    case NODE_YIELD:
    case NODE_YIELDFROM:
        use_expr(rs, n->as.unary.operand);
        break;
    case NODE_BINARY:
        use_expr(rs, n->as.binary.left);
        use_expr(rs, n->as.binary.right);
        break;
    case NODE_BOOLOP:
        for (uint32_t i = 0; i < n->as.boolop.items.len; i++)
            use_expr(rs, n->as.boolop.items.items[i]);
        break;
    case NODE_COMPARE:
        use_expr(rs, n->as.compare.first);
        for (uint32_t i = 0; i < n->as.compare.rest.len; i++)
            use_expr(rs, n->as.compare.rest.items[i]);
        break;
    case NODE_IFEXP:
        use_expr(rs, n->as.ifexp.cond);
        use_expr(rs, n->as.ifexp.then);
        use_expr(rs, n->as.ifexp.orelse);
        break;
    case NODE_CALL:
        use_expr(rs, n->as.call.func);
        for (uint32_t i = 0; i < n->as.call.args.len; i++)
            use_expr(rs, n->as.call.args.items[i].value);
        break;
    case NODE_ATTRIBUTE:
        use_expr(rs, n->as.attribute.value);
        break;
    case NODE_SUBSCRIPT:
        use_expr(rs, n->as.subscript.value);
        use_expr(rs, n->as.subscript.index);
        break;
    case NODE_SLICE:
        use_expr(rs, n->as.slice.lower);
        use_expr(rs, n->as.slice.upper);
        use_expr(rs, n->as.slice.step);
        break;
    case NODE_LAMBDA:
        use_function(rs, n);
        break;
    default:
        break;
    }
}

static void use_pattern(Resolver *rs, Node *n)
{
    switch (n->kind) {
    case NODE_PAT_VALUE:
    case NODE_PAT_SINGLE:
        use_expr(rs, n->as.unary.operand);
        break;
    default:
        use_expr(rs, n->as.pattern.cls);
        for (uint32_t i = 0; i < n->as.pattern.keys.len; i++)
            use_expr(rs, n->as.pattern.keys.items[i]);
        for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
            use_pattern(rs, n->as.pattern.list.items[i]);
        if (n->as.pattern.name)
            use_name(rs, n, n->as.pattern.name);
    }
}

static void use_try(Resolver *rs, Node *n)
{
    use_block(rs, &n->as.try_.body);
    for (uint32_t i = 0; i < n->as.try_.handlers.len; i++) {
        use_expr(rs, n->as.try_.handlers.items[i].type);
        use_block(rs, &n->as.try_.handlers.items[i].body);
    }
    use_block(rs, &n->as.try_.orelse);
    use_block(rs, &n->as.try_.finally);
}

static void use_stmt(Resolver *rs, Node *n)
{
    switch (n->kind) {
    case NODE_EXPR:
    case NODE_RETURN:
        use_expr(rs, n->as.ret.value);
        break;
    case NODE_ASSIGN:
        use_expr(rs, n->as.assign.value);
        for (uint32_t i = 0; i < n->as.assign.targets.len; i++)
            use_target(rs, n->as.assign.targets.items[i]);
        break;
    case NODE_ANNASSIGN:
        use_expr(rs, n->as.annassign.annotation);
        use_expr(rs, n->as.annassign.value);
        use_target(rs, n->as.annassign.target);
        break;
    case NODE_AUGASSIGN:
        use_target(rs, n->as.augassign.target);
        use_expr(rs, n->as.augassign.value);
        break;
    case NODE_DEL:
        for (uint32_t i = 0; i < n->as.list.items.len; i++)
            use_target(rs, n->as.list.items.items[i]);
        break;
    case NODE_RAISE:
        use_expr(rs, n->as.raise.exc);
        use_expr(rs, n->as.raise.cause);
        break;
    case NODE_ASSERT:
        use_expr(rs, n->as.assert_.test);
        use_expr(rs, n->as.assert_.message);
        break;
    case NODE_IF:
        for (;;) {
            use_expr(rs, n->as.if_.test);
            use_block(rs, &n->as.if_.body);
            if (n->as.if_.orelse.len != 1 || n->as.if_.orelse.items[0]->kind != NODE_IF)
                break;
            n = n->as.if_.orelse.items[0];
        }
        use_block(rs, &n->as.if_.orelse);
        break;
    case NODE_WHILE:
        use_expr(rs, n->as.while_.test);
        use_block(rs, &n->as.while_.body);
        use_block(rs, &n->as.while_.orelse);
        break;
    case NODE_FOR:
        use_expr(rs, n->as.for_.iter);
        use_target(rs, n->as.for_.target);
        use_block(rs, &n->as.for_.body);
        use_block(rs, &n->as.for_.orelse);
        break;
    case NODE_TRY:
        use_try(rs, n);
        break;
    case NODE_WITH:
        for (uint32_t i = 0; i < n->as.with.items.len; i++) {
            use_expr(rs, n->as.with.items.items[i].context);
            if (n->as.with.items.items[i].target)
                use_target(rs, n->as.with.items.items[i].target);
        }
        use_block(rs, &n->as.with.body);
        break;
    case NODE_MATCH:
        use_expr(rs, n->as.match.subject);
        for (uint32_t i = 0; i < n->as.match.cases.len; i++) {
            use_pattern(rs, n->as.match.cases.items[i].pattern);
            use_expr(rs, n->as.match.cases.items[i].guard);
            use_block(rs, &n->as.match.cases.items[i].body);
        }
        break;
    case NODE_FUNCTION:
        use_function(rs, n);
        break;
    case NODE_CLASS:
        use_class(rs, n);
        break;
    default:
        break;
    }
}

static void use_block(Resolver *rs, const NodeVec *body)
{
    for (uint32_t i = 0; i < body->len; i++)
        use_stmt(rs, body->items[i]);
}

/* -- modules --------------------------------------------------------------------------------------------------------------------- */

ModuleUnit *unit_find(Resolved *r, const char *name)
{
    for (uint32_t i = 0; i < r->units.len; i++)
        if (!strcmp(r->units.items[i]->path_name, name))
            return r->units.items[i];
    return NULL;
}

/* -- namedtuple() ------------------------------------------------------------------------------------------------------------------ */

/* Point = namedtuple("Point", "x y")   is read as   class Point(NamedTuple): x; y
 * class Point(namedtuple("Point", "x y")): …        the same, with the class's own body behind the fields */

static bool is_namedtuple_call(const Node *n)
{
    const Node *func = n->kind == NODE_CALL ? n->as.call.func : NULL;
    const char *name = !func                          ? ""
                       : func->kind == NODE_NAME      ? func->as.name.name
                       : func->kind == NODE_ATTRIBUTE ? func->as.attribute.name
                                                      : "";

    if (strcmp(name, "namedtuple") != 0 || n->as.call.args.len < 2 || n->as.call.args.len > 3)
        return false;
    const Arg *args = n->as.call.args.items;
    return args[0].kind == ARG_POSITIONAL && args[0].value->kind == NODE_STR && args[1].kind == ARG_POSITIONAL &&
           (n->as.call.args.len == 2 || (args[2].kind == ARG_KEYWORD && strcmp(args[2].name, "defaults") == 0));
}

static Node *class_node(Resolver *rs, Node *cls, NodeKind kind, Span span)
{
    Node *n = arena_new(rs->c->arena, Node);

    n->kind = kind;
    n->span = span;
    n->id = cls->as.class.node_count++;
    return n;
}

static void add_named_field(Resolver *rs, Node *cls, NodeVec *body, const char *text, size_t len, Span span)
{
    Node *field = class_node(rs, cls, NODE_ANNASSIGN, span), *target = class_node(rs, cls, NODE_NAME, span);

    target->as.name.name = intern(rs->c->names, text, (uint32_t)len);
    field->as.annassign.target = target;
    vec_push(rs->c->arena, body, field);
}

/* ["x", "y"], ("x", "y"), "x y" or "x, y". */
static bool add_named_fields(Resolver *rs, Node *cls, NodeVec *body, const Node *names)
{
    if (names->kind == NODE_STR) {
        for (const char *at = names->as.str.text; *at;) {
            size_t len = strcspn(at, " ,");
            if (len)
                add_named_field(rs, cls, body, at, len, names->span);
            at += len + (at[len] != 0);
        }
        return true;
    }
    for (uint32_t i = 0; (names->kind == NODE_LIST || names->kind == NODE_TUPLE) && i < names->as.list.items.len; i++) {
        const Node *one = names->as.list.items.items[i];
        if (one->kind != NODE_STR)
            return false;
        add_named_field(rs, cls, body, one->as.str.text, one->as.str.len, one->span);
    }
    return names->kind == NODE_LIST || names->kind == NODE_TUPLE;
}

/* defaults=(0, None): of the last fields; constants, which any scope may evaluate. */
static bool add_named_defaults(Resolver *rs, Node *cls, const NodeVec *body, const Node *defaults)
{
    const NodeVec *values = &defaults->as.list.items;

    if ((defaults->kind != NODE_LIST && defaults->kind != NODE_TUPLE) || values->len > body->len)
        return false;
    for (uint32_t i = 0; i < values->len; i++) {
        const Node *value = values->items[i];
        if (value->kind != NODE_INT && value->kind != NODE_STR && value->kind != NODE_FLOAT &&
            value->kind != NODE_NONE && value->kind != NODE_TRUE && value->kind != NODE_FALSE)
            return false;
        Node *copy = class_node(rs, cls, value->kind, value->span); /* a node is only as large as its kind needs */
        if (value->kind == NODE_INT)
            copy->as.integer = value->as.integer;
        else if (value->kind == NODE_FLOAT)
            copy->as.real = value->as.real;
        else if (value->kind == NODE_STR)
            copy->as.str = value->as.str;
        body->items[body->len - values->len + i]->as.annassign.value = copy;
    }
    return true;
}

static bool make_named_fields(Resolver *rs, Node *cls, const Node *call, NodeVec *body)
{
    const ArgVec *args = &call->as.call.args;

    return add_named_fields(rs, cls, body, args->items[1].value) &&
           (args->len < 3 || add_named_defaults(rs, cls, body, args->items[2].value));
}

/* The class statement that an assignment stands for, or the assignment. */
static Node *read_assigned_namedtuple(Resolver *rs, Node *n)
{
    Node *target = n->as.assign.targets.items[0], *call = n->as.assign.value, *cls;

    if (n->as.assign.targets.len != 1 || target->kind != NODE_NAME || !is_namedtuple_call(call) ||
        strcmp(call->as.call.args.items[0].value->as.str.text, target->as.name.name) != 0)
        return n;
    cls = arena_new(rs->c->arena, Node);
    cls->kind = NODE_CLASS;
    cls->span = n->span;
    cls->id = n->id;
    cls->as.class.name = target->as.name.name;
    cls->as.class.name_span = target->span;
    cls->as.class.is_namedtuple = true;
    return make_named_fields(rs, cls, call, &cls->as.class.body) ? cls : n;
}

static void read_derived_namedtuple(Resolver *rs, Node *n)
{
    NodeVec body = {0};

    if (n->as.class.bases.len != 1 || n->as.class.bases.items[0].kind != ARG_POSITIONAL ||
        !is_namedtuple_call(n->as.class.bases.items[0].value) ||
        !make_named_fields(rs, n, n->as.class.bases.items[0].value, &body))
        return;
    for (uint32_t i = 0; i < n->as.class.body.len; i++)
        vec_push(rs->c->arena, &body, n->as.class.body.items[i]);
    n->as.class.body = body;
    n->as.class.bases.len = 0;
    n->as.class.is_namedtuple = true;
}

static void read_namedtuples(Resolver *rs, const NodeVec *body)
{
    for (uint32_t i = 0; i < body->len; i++) {
        Node *n = body->items[i];
        if (n->kind == NODE_ASSIGN)
            body->items[i] = read_assigned_namedtuple(rs, n);
        else if (n->kind == NODE_CLASS)
            read_derived_namedtuple(rs, n);
        else if (n->kind == NODE_FUNCTION)
            read_namedtuples(rs, &n->as.function.body);
    }
}

static void resolve_unit(Resolver *rs, ModuleUnit *unit)
{
    Scope *outer = rs->scope;
    Overlay *overlay = rs->overlay;

    read_namedtuples(rs, &unit->ast->body);
    rs->scope = NULL;
    rs->overlay = NULL;
    unit->scope = new_scope(rs, SCOPE_MODULE, NULL, unit->ast->node_count);
    unit->scope->unit = unit;
    rs->scope = unit->scope;
    unit->is_resolving = true;
    declare_block(rs, &unit->ast->body);
    unit->is_resolving = false;
    use_block(rs, &unit->ast->body);
    vec_push(rs->c->arena, &rs->r->order, unit);
    rs->scope = outer;
    rs->overlay = overlay;
}

static ModuleUnit *add_unit(Resolver *rs, const char *path_name, Module *ast)
{
    ModuleUnit *unit = arena_new(rs->c->arena, ModuleUnit);

    unit->name = unit->path_name = path_name;
    unit->ast = ast;
    vec_push(rs->c->arena, &rs->r->units, unit);
    return unit;
}

static ModuleUnit *load_module(Resolver *rs, const char *name, const ModuleUnit *from, Span span)
{
    ModuleUnit *known = unit_find(rs->r, name);
    LibrarySource source;

    if (known) {
        bool is_parent = from && !strncmp(from->path_name, name, strlen(name));
        if (known->is_resolving && !known->is_library && known != rs->r->main && !is_parent)
            diag_error(rs->c->diags, span, "modules '%s' and '%s' import each other; move what both need into a third module",
                       from->path_name, name);
        return known;
    }
    const char *dot = strrchr(name, '.');
    if (dot && !load_module(rs, intern(rs->c->names, name, (size_t)(dot - name)), from, span))
        return NULL;
    if (!library_open(rs->c, name, &source)) {
        diag_error(rs->c->diags, span, "no module named '%s': neither a module that asyncc knows nor a file %s beside this one",
                   name, library_file_name(rs->c, name));
        return NULL;
    }
    ModuleUnit *unit = add_unit(rs, name, parse_source(rs->c, source.file));
    unit->is_library = source.is_library;
    unit->is_package = source.is_package;
    unit->ast->name = name;
    resolve_unit(rs, unit);
    return unit;
}

Resolved *resolve(Compilation *c, Module *main)
{
    Resolved *r = arena_new(c->arena, Resolved);
    Resolver rs = {.c = c, .r = r};
    Span nowhere = {0};

    r->builtins = load_module(&rs, intern_text(c->names, "builtins"), NULL, nowhere);
    if (r->builtins)
        r->builtins->is_builtins = true;
    ModuleUnit *unit = add_unit(&rs, intern_text(c->names, main->name), main);
    unit->name = intern_text(c->names, "__main__");
    r->main = unit;
    resolve_unit(&rs, unit);
    return r;
}

/* Where `global`, `nonlocal` and `from __future__` may stand: before any use of the names; at the beginning of the file. */
#include "syntax/check.h"

#include <string.h>

/* ---- global, nonlocal ---- */

/* Looking for the first use of a name in a scope, before an offset. */
typedef struct Search {
    const char *name;
    uint32_t before;
    Span found; /* nowhere until then */
} Search;

static void look(Search *s, const char *name, Span span)
{
    if (name == s->name && !s->found.file && span.start < s->before)
        s->found = span;
}

static void search(void *context, Node *n, const char *role);

static void search_params(Search *s, const ParamVec *params)
{
    for (uint32_t i = 0; i < params->len; i++) {
        if (params->items[i].value)
            search(s, params->items[i].value, NULL);
    }
}

/* The bodies of functions, classes and lambdas are scopes of their own; of a comprehension, all but the first iterable.  An import
 * is no use: CPython allows it before the declaration. */
static void search(void *context, Node *n, const char *role)
{
    Search *s = context;

    (void)role;
    if (n->span.start >= s->before || s->found.file)
        return;
    switch (n->kind) {
    case NODE_NAME: look(s, n->as.name.name, n->span); break;
    case NODE_LAMBDA: search_params(s, &n->as.function.params); break;
    case NODE_FUNCTION:
        look(s, n->as.function.name, n->as.function.name_span);
        search_params(s, &n->as.function.params);
        break;
    case NODE_CLASS:
        look(s, n->as.class.name, n->as.class.name_span);
        for (uint32_t i = 0; i < n->as.class.bases.len; i++)
            search(s, n->as.class.bases.items[i].value, NULL);
        break;
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP:
    case NODE_GENEXP: search(s, n->as.comp.clauses.items[0].iter, NULL); break;
    case NODE_TRY:
        for (uint32_t i = 0; i < n->as.try_.handlers.len; i++)
            look(s, n->as.try_.handlers.items[i].name, n->as.try_.handlers.items[i].name_span);
        node_each_child(n, search, s);
        break;
    case NODE_WALRUS:
        look(s, n->as.walrus.name, n->as.walrus.name_span);
        search(s, n->as.walrus.value, NULL);
        break;
    default: node_each_child(n, search, s); break;
    }
}

static void check_name(Parser *p, const NodeVec *body, const ParamVec *params, const Node *declaration,
                       const char *name)
{
    const char *what = node_kind_name(declaration->kind);
    Search s = {.name = name, .before = declaration->span.start};

    for (uint32_t i = 0; params && i < params->len; i++) {
        if (params->items[i].name != name)
            continue;
        parser_error(p, declaration->span, "name '%s' is parameter and %s", name, what);
        return;
    }
    for (uint32_t i = 0; i < body->len && !s.found.file; i++)
        search(&s, body->items[i], NULL);
    if (!s.found.file)
        return;
    Diag *diag = parser_error(p, declaration->span, "name '%s' is used prior to %s declaration", name, what);
    diag_note(p->c->diags, diag, s.found, "the first use of '%s'", name);
}

void check_declared(Parser *p, const NodeVec *body, const ParamVec *params, const Node *declaration)
{
    for (uint32_t i = 0; i < declaration->as.names.names.len; i++)
        check_name(p, body, params, declaration, declaration->as.names.names.items[i]);
}

/* ---- from __future__ ---- */

static bool is_future(const Node *n)
{
    return n->kind == NODE_IMPORTFROM && !n->as.import.level && !strcmp(n->as.import.module, "__future__");
}

static void check_features(Parser *p, const Node *n)
{
    static const char *const known[] = {"nested_scopes",    "generators",     "division",
                                        "absolute_import",  "with_statement", "print_function",
                                        "unicode_literals", "generator_stop", "annotations"};

    for (uint32_t i = 0; i < n->as.import.names.len; i++) {
        const Alias *alias = &n->as.import.names.items[i];
        bool is_known = false;
        for (size_t j = 0; j < sizeof known / sizeof *known; j++)
            is_known |= !strcmp(alias->name, known[j]);
        if (!is_known)
            parser_error(p, alias->span, "future feature %s is not defined", alias->name);
    }
}

void check_future(Parser *p, const NodeVec *module)
{
    bool is_beginning = true;

    for (uint32_t i = 0; i < module->len; i++) {
        const Node *n = module->items[i];
        bool is_docstring = i == 0 && n->kind == NODE_EXPR && n->as.ret.value->kind == NODE_STR;
        if (!is_future(n)) {
            is_beginning &= is_docstring;
            continue;
        }
        check_features(p, n);
        if (!is_beginning)
            parser_error(p, n->span, "from __future__ imports must occur at the beginning of the file");
    }
}

/* The children of a node, whatever its kind: one place that knows where each kind keeps them.  What every walk over the tree does the
 * same way (numbering, printing, collecting names) is built on this; what it does differently for a kind stands before the call. */
#include "syntax/ast.h"

#include <stddef.h>

typedef struct Walk {
    NodeVisit visit;
    void *context;
} Walk;

static void one(const Walk *w, Node *child, const char *role)
{
    if (child)
        w->visit(w->context, child, role);
}

static void all(const Walk *w, const NodeVec *children, const char *role)
{
    for (uint32_t i = 0; i < children->len; i++)
        one(w, children->items[i], role);
}

static void args(const Walk *w, const ArgVec *list)
{
    static const char *const roles[] = {[ARG_POSITIONAL] = "arg", [ARG_STAR] = "*arg", [ARG_STAR_STAR] = "**arg"};

    for (uint32_t i = 0; i < list->len; i++) {
        const Arg *arg = &list->items[i];
        one(w, arg->value, arg->kind == ARG_KEYWORD ? arg->name : roles[arg->kind]);
    }
}

static void comprehension(const Walk *w, const Node *n)
{
    for (uint32_t i = 0; i < n->as.comp.clauses.len; i++) {
        const CompFor *clause = &n->as.comp.clauses.items[i];
        one(w, clause->iter, "iter");
        one(w, clause->target, clause->is_async ? "async target" : "target");
        all(w, &clause->conditions, "if");
    }
    one(w, n->as.comp.key, "key");
    one(w, n->as.comp.elem, "elem");
}

static void compare(const Walk *w, const Node *n)
{
    one(w, n->as.compare.first, "operand");
    for (uint32_t i = 0; i < n->as.compare.rest.len; i++)
        one(w, n->as.compare.rest.items[i], operator_text(n->as.compare.ops.items[i]));
}

static void fstring(const Walk *w, const Node *n)
{
    for (uint32_t i = 0; i < n->as.fstring.parts.len; i++) {
        one(w, n->as.fstring.parts.items[i].expr, "field");
        one(w, n->as.fstring.parts.items[i].spec, "spec");
    }
}

static void dict(const Walk *w, const Node *n)
{
    for (uint32_t i = 0; i < n->as.dict.values.len; i++) {
        one(w, n->as.dict.keys.items[i], "key");
        one(w, n->as.dict.values.items[i], n->as.dict.keys.items[i] ? "value" : "**value");
    }
}

static void function(const Walk *w, const Node *n)
{
    all(w, &n->as.function.decorators, "decorator");
    for (uint32_t i = 0; i < n->as.function.params.len; i++) {
        one(w, n->as.function.params.items[i].annotation, "annotation");
        one(w, n->as.function.params.items[i].value, "default");
    }
    one(w, n->as.function.returns, n->kind == NODE_LAMBDA ? "value" : "returns");
    all(w, &n->as.function.body, "body");
}

static void try_statement(const Walk *w, const Node *n)
{
    all(w, &n->as.try_.body, "body");
    for (uint32_t i = 0; i < n->as.try_.handlers.len; i++) {
        const Handler *handler = &n->as.try_.handlers.items[i];
        one(w, handler->type, handler->is_star ? "except*" : "except");
        all(w, &handler->body, "handler");
    }
    all(w, &n->as.try_.orelse, "else");
    all(w, &n->as.try_.finally, "finally");
}

static void with(const Walk *w, const Node *n)
{
    for (uint32_t i = 0; i < n->as.with.items.len; i++) {
        one(w, n->as.with.items.items[i].context, "context");
        one(w, n->as.with.items.items[i].target, "as");
    }
    all(w, &n->as.with.body, "body");
}

static void match(const Walk *w, const Node *n)
{
    one(w, n->as.match.subject, "subject");
    for (uint32_t i = 0; i < n->as.match.cases.len; i++) {
        const MatchCase *match_case = &n->as.match.cases.items[i];
        one(w, match_case->pattern, "case");
        one(w, match_case->guard, "guard");
        all(w, &match_case->body, "body");
    }
}

static void pattern(const Walk *w, const Node *n)
{
    one(w, n->as.pattern.cls, "class");
    for (uint32_t i = 0; i < n->as.pattern.list.len; i++) {
        bool is_attr = n->kind == NODE_PAT_CLASS && i >= n->as.pattern.positional;
        if (n->kind == NODE_PAT_MAPPING)
            one(w, n->as.pattern.keys.items[i], "key");
        one(w, n->as.pattern.list.items[i],
            is_attr ? n->as.pattern.attrs.items[i - n->as.pattern.positional] : "pattern");
    }
}

/* Loops and conditions. */
static void branches(const Walk *w, Node *test, const NodeVec *body, const NodeVec *orelse)
{
    one(w, test, "test");
    all(w, body, "body");
    all(w, orelse, "else");
}

void node_each_child(const Node *n, NodeVisit visit, void *context)
{
    const Walk walk = {visit, context}, *w = &walk;

    switch (n->kind) {
    case NODE_FSTRING: fstring(w, n); break;
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_SET: all(w, &n->as.list.items, "item"); break;
    case NODE_DEL: all(w, &n->as.list.items, "target"); break;
    case NODE_DICT: dict(w, n); break;
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP:
    case NODE_GENEXP: comprehension(w, n); break;
    case NODE_UNARY:
    case NODE_STARRED:
    case NODE_AWAIT:
    case NODE_YIELD:
    case NODE_YIELDFROM:
    case NODE_PAT_VALUE:
    case NODE_PAT_SINGLE: one(w, n->as.unary.operand, "operand"); break;
    case NODE_BINARY:
        one(w, n->as.binary.left, "left");
        one(w, n->as.binary.right, "right");
        break;
    case NODE_BOOLOP: all(w, &n->as.boolop.items, "operand"); break;
    case NODE_COMPARE: compare(w, n); break;
    case NODE_IFEXP:
        one(w, n->as.ifexp.cond, "test");
        one(w, n->as.ifexp.then, "then");
        one(w, n->as.ifexp.orelse, "else");
        break;
    case NODE_CALL:
        one(w, n->as.call.func, "function");
        args(w, &n->as.call.args);
        break;
    case NODE_ATTRIBUTE: one(w, n->as.attribute.value, "value"); break;
    case NODE_SUBSCRIPT:
        one(w, n->as.subscript.value, "value");
        one(w, n->as.subscript.index, "index");
        break;
    case NODE_SLICE:
        one(w, n->as.slice.lower, "lower");
        one(w, n->as.slice.upper, "upper");
        one(w, n->as.slice.step, "step");
        break;
    case NODE_WALRUS: one(w, n->as.walrus.value, "value"); break;
    case NODE_EXPR:
    case NODE_RETURN: one(w, n->as.ret.value, "value"); break;
    case NODE_ASSIGN:
        one(w, n->as.assign.value, "value");
        all(w, &n->as.assign.targets, "target");
        break;
    case NODE_ANNASSIGN:
        one(w, n->as.annassign.annotation, "annotation");
        one(w, n->as.annassign.value, "value");
        one(w, n->as.annassign.target, "target");
        break;
    case NODE_AUGASSIGN:
        one(w, n->as.augassign.target, "target");
        one(w, n->as.augassign.value, "value");
        break;
    case NODE_RAISE:
        one(w, n->as.raise.exc, "exception");
        one(w, n->as.raise.cause, "from");
        break;
    case NODE_ASSERT:
        one(w, n->as.assert_.test, "test");
        one(w, n->as.assert_.message, "message");
        break;
    case NODE_IF: branches(w, n->as.if_.test, &n->as.if_.body, &n->as.if_.orelse); break;
    case NODE_WHILE: branches(w, n->as.while_.test, &n->as.while_.body, &n->as.while_.orelse); break;
    case NODE_FOR:
        one(w, n->as.for_.iter, "iter");
        one(w, n->as.for_.target, "target");
        all(w, &n->as.for_.body, "body");
        all(w, &n->as.for_.orelse, "else");
        break;
    case NODE_TRY: try_statement(w, n); break;
    case NODE_WITH: with(w, n); break;
    case NODE_MATCH: match(w, n); break;
    case NODE_FUNCTION:
    case NODE_LAMBDA: function(w, n); break;
    case NODE_CLASS:
        all(w, &n->as.class.decorators, "decorator");
        args(w, &n->as.class.bases);
        all(w, &n->as.class.body, "body");
        break;
    case NODE_PAT_CAPTURE:
    case NODE_PAT_SEQ:
    case NODE_PAT_STAR:
    case NODE_PAT_MAPPING:
    case NODE_PAT_CLASS:
    case NODE_PAT_OR: pattern(w, n); break;
    default: break; /* names, literals, pass, import: no children */
    }
}

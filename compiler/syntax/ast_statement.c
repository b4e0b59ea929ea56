/* The constructors of statements.  A statement's span reaches from its first token to the end of its last expression or block. */
#include "syntax/node.h"

#include <string.h>

static Span through_block(Tok first, NodeVec body)
{
    return span_from(first, body.len ? vec_last(&body)->span : (Span){first->start, first->end, 0});
}

static Node *statement(Parser *p, NodeKind kind, Tok first, NodeVec body, NodeVec orelse)
{
    Span span = through_block(first, orelse.len ? orelse : body);

    span.file = p->file->id;
    return node_new(p, kind, span);
}

/* ---- simple statements ---- */

Node *node_expr(Parser *p, Node *value)
{
    Node *n = node_new(p, NODE_EXPR, value->span);

    n->as.ret.value = value;
    return n;
}

Node *node_assign(Parser *p, Node *target, Node *value)
{
    Node *n = node_new(p, NODE_ASSIGN, span_between(target->span, value->span));

    vec_push(p->arena, &n->as.assign.targets, target);
    n->as.assign.value = value;
    return n;
}

void node_assign_more(Parser *p, Node *assign, Node *value)
{
    vec_push(p->arena, &assign->as.assign.targets, assign->as.assign.value);
    assign->as.assign.value = value;
    assign->span.end = value->span.end;
}

Node *node_assign_finish(Parser *p, Node *assign)
{
    for (uint32_t i = 0; i < assign->as.assign.targets.len; i++)
        check_target(p, assign->as.assign.targets.items[i], TARGET_ASSIGN);
    return assign;
}

Node *node_annassign(Parser *p, Node *target, Node *annotation, Node *value)
{
    Node *n = node_new(p, NODE_ANNASSIGN, span_between(target->span, value ? value->span : annotation->span));

    if (target->kind == NODE_TUPLE || target->kind == NODE_LIST)
        parser_error(p, target->span, "only single target (not %s) can be annotated", node_described(target));
    else if (target->kind != NODE_NAME && target->kind != NODE_ATTRIBUTE && target->kind != NODE_SUBSCRIPT)
        parser_error(p, target->span, "illegal target for annotation");
    n->as.annassign.target = target;
    n->as.annassign.annotation = annotation;
    n->as.annassign.value = value;
    return n;
}

Node *node_augassign(Parser *p, Node *target, Tok op, Node *value)
{
    Node *n = node_new(p, NODE_AUGASSIGN, span_between(target->span, value->span));

    if (target->kind != NODE_NAME && target->kind != NODE_ATTRIBUTE && target->kind != NODE_SUBSCRIPT)
        parser_error(p, target->span, "'%s' is an illegal expression for augmented assignment", node_described(target));
    n->as.augassign.op = op->as.op;
    n->as.augassign.target = target;
    n->as.augassign.value = value;
    return n;
}

/* del (a, b), c deletes a, b and c. */
static void flatten_targets(Parser *p, NodeVec *targets, Node *target)
{
    if (target->kind != NODE_TUPLE && target->kind != NODE_LIST) {
        vec_push(p->arena, targets, target);
        return;
    }
    for (uint32_t i = 0; i < target->as.list.items.len; i++)
        flatten_targets(p, targets, target->as.list.items.items[i]);
}

Node *node_del(Parser *p, Tok first, Node *targets)
{
    Node *n = node_new(p, NODE_DEL, span_from(first, targets->span));

    if (check_target(p, targets, TARGET_DEL))
        flatten_targets(p, &n->as.list.items, targets);
    return n;
}

Node *node_keyword(Parser *p, NodeKind kind, Tok keyword)
{
    return node_new(p, kind, span_of(p, keyword));
}

Node *node_return(Parser *p, Tok first, Node *value)
{
    Node *n = node_new(p, NODE_RETURN, value ? span_from(first, value->span) : span_of(p, first));

    n->as.ret.value = value;
    return n;
}

Node *node_raise(Parser *p, Tok first, Node *exc, Node *cause)
{
    Node *last = cause ? cause : exc;
    Node *n = node_new(p, NODE_RAISE, last ? span_from(first, last->span) : span_of(p, first));

    n->as.raise.exc = exc;
    n->as.raise.cause = cause;
    return n;
}

Node *node_assert(Parser *p, Tok first, Node *test, Node *message)
{
    Node *n = node_new(p, NODE_ASSERT, span_from(first, message ? message->span : test->span));

    n->as.assert_.test = test;
    n->as.assert_.message = message;
    return n;
}

Node *node_names(Parser *p, NodeKind kind, Tok first, Tok name)
{
    Node *n = node_new(p, kind, span_of(p, first));

    node_names_add(p, n, name);
    return n;
}

void node_names_add(Parser *p, Node *names, Tok name)
{
    vec_push(p->arena, &names->as.names.names, name->as.name);
    names->span.end = name->end;
}

/* ---- imports ---- */

/* "a.b.c", without the blanks that may stand between. */
static const char *dotted_text(Parser *p, Dotted dotted)
{
    if (!dotted.first)
        return intern_text(p->c->names, "");
    if (dotted.first == dotted.last)
        return dotted.first->as.name;
    Text text = text_make(p->arena);
    for (Tok t = dotted.first; t <= dotted.last; t++)
        text_append_n(&text, p->file->text + t->start, t->end - t->start);
    return intern(p->c->names, text.data, text.len);
}

Alias alias_new(Parser *p, Dotted name, Tok as_name)
{
    Alias alias = {.span = span_tokens(p, name.first, name.last), .name = dotted_text(p, name)};

    if (as_name) {
        alias.as_name = as_name->as.name;
        alias.span.end = as_name->end;
        check_bound_name(p, alias.as_name, span_of(p, as_name));
    }
    return alias;
}

Node *node_import(Parser *p, Tok first, AliasVec names)
{
    Node *n = node_new(p, NODE_IMPORT, span_from(first, vec_last(&names).span));

    n->as.import.names = names;
    return n;
}

Node *node_import_from(Parser *p, Tok first, int level, Dotted module, AliasVec names)
{
    Node *n = node_new(p, NODE_IMPORTFROM, span_from(first, vec_last(&names).span));

    n->as.import.module = dotted_text(p, module);
    n->as.import.level = level;
    n->as.import.names = names;
    return n;
}

AliasVec import_star(Parser *p, Tok star)
{
    AliasVec names = {0};
    Alias alias = {.span = span_of(p, star), .name = intern_text(p->c->names, "*")};

    vec_push(p->arena, &names, alias);
    return names;
}

void import_trailing_comma(Parser *p, Tok comma)
{
    parser_error(p, span_of(p, comma), "trailing comma not allowed without surrounding parentheses");
}

/* ---- compound statements ---- */

Node *node_if(Parser *p, Tok first, Node *test, NodeVec body, NodeVec orelse)
{
    Node *n = statement(p, NODE_IF, first, body, orelse);

    n->as.if_.test = test;
    n->as.if_.body = body;
    n->as.if_.orelse = orelse;
    return n;
}

NodeVec elif_body(Parser *p, Node *if_node)
{
    NodeVec body = {0};

    vec_push(p->arena, &body, if_node);
    return body;
}

Node *node_while(Parser *p, Tok first, Node *test, NodeVec body, NodeVec orelse)
{
    Node *n = statement(p, NODE_WHILE, first, body, orelse);

    n->as.while_.test = test;
    n->as.while_.body = body;
    n->as.while_.orelse = orelse;
    return n;
}

Node *node_for(Parser *p, Tok first, Node *target, Node *iter, NodeVec body, NodeVec orelse)
{
    Node *n = statement(p, NODE_FOR, first, body, orelse);

    check_target(p, target, TARGET_FOR);
    n->as.for_.target = target;
    n->as.for_.iter = iter;
    n->as.for_.body = body;
    n->as.for_.orelse = orelse;
    return n;
}

Handler *handler_new(Parser *p, Tok first, Tok star, Node *type, Tok name, NodeVec body)
{
    Handler *handler = arena_new(p->arena, Handler);

    handler->span = through_block(first, body);
    handler->span.file = p->file->id;
    handler->is_star = star != NULL;
    handler->type = type;
    handler->body = body;
    if (name) {
        handler->name = name->as.name;
        handler->name_span = span_of(p, name);
    }
    return handler;
}

/* The keyword of a handler, to point at. */
static Span except_span(const Handler *handler)
{
    return (Span){handler->span.start, handler->span.start + 6, handler->span.file};
}

void handlers_add(Parser *p, HandlerVec *handlers, Handler *handler)
{
    if (handlers->len && vec_last(handlers).is_star != handler->is_star)
        parser_error(p, except_span(handler), "cannot have both 'except' and 'except*' on the same 'try'");
    else if (handlers->len && !vec_last(handlers).type)
        parser_error(p, except_span(&vec_last(handlers)), "default 'except:' must be last");
    vec_push(p->arena, handlers, *handler);
}

Node *node_try(Parser *p, Tok first, NodeVec body, HandlerVec handlers, NodeVec orelse)
{
    Node *n = statement(p, NODE_TRY, first, body, orelse);

    if (handlers.len && !orelse.len)
        n->span.end = vec_last(&handlers).span.end;
    n->as.try_.is_star = handlers.len && handlers.items[0].is_star;
    n->as.try_.body = body;
    n->as.try_.handlers = handlers;
    n->as.try_.orelse = orelse;
    return n;
}

Node *node_try_finally(Parser *p, Node *try_node, NodeVec body)
{
    (void)p;
    try_node->as.try_.finally = body;
    try_node->as.try_.has_finally = true;
    if (body.len)
        try_node->span.end = vec_last(&body)->span.end;
    return try_node;
}

WithItem with_item(Parser *p, Node *context, Node *target)
{
    if (target)
        check_target(p, target, TARGET_WITH);
    return (WithItem){context, target};
}

/* In `with (a, b):` the parentheses are the statement's, if what they hold could be items: no *, no :=. */
static bool is_list_of_items(const Node *n)
{
    if (n->kind != NODE_TUPLE || !n->in_parens || !n->as.list.items.len)
        return false;
    for (uint32_t i = 0; i < n->as.list.items.len; i++) {
        const Node *item = n->as.list.items.items[i];
        if (item->kind == NODE_STARRED || (item->kind == NODE_WALRUS && !item->in_parens))
            return false;
    }
    return true;
}

static WithItemVec items_of_tuple(Parser *p, const Node *tuple)
{
    WithItemVec items = {0};

    for (uint32_t i = 0; i < tuple->as.list.items.len; i++) {
        WithItem item = {tuple->as.list.items.items[i], NULL};
        vec_push(p->arena, &items, item);
    }
    return items;
}

Node *node_with(Parser *p, Tok first, WithItemVec items, NodeVec body)
{
    Node *n = statement(p, NODE_WITH, first, body, (NodeVec){0});

    if (items.len == 1 && !items.items[0].target && is_list_of_items(items.items[0].context))
        items = items_of_tuple(p, items.items[0].context);
    n->as.with.items = items;
    n->as.with.body = body;
    return n;
}

Node *node_match(Parser *p, Tok first, Node *subject, MatchCaseVec cases, Tok last)
{
    Node *n = node_new(p, NODE_MATCH, span_tokens(p, first, last));

    n->span.end = cases.len ? vec_last(&cases).span.end : subject->span.end;
    n->as.match.subject = subject;
    n->as.match.cases = cases;
    return n;
}

void cases_add(Parser *p, MatchCaseVec *cases, Tok first, Node *pattern, Node *guard, NodeVec body)
{
    MatchCase match_case = {.span = through_block(first, body), .pattern = pattern, .guard = guard, .body = body};

    match_case.span.file = p->file->id;
    vec_push(p->arena, cases, match_case);
}

/* ---- definitions ---- */

static const char *docstring(NodeVec body)
{
    const Node *first = body.len ? body.items[0] : NULL;

    if (!first || first->kind != NODE_EXPR || first->as.ret.value->kind != NODE_STR)
        return NULL;
    return first->as.ret.value->as.str.text;
}

Node *node_function(Parser *p, Tok first, Tok name, ParamVec params, Node *returns, NodeVec body)
{
    Node *n = statement(p, NODE_FUNCTION, first, body, (NodeVec){0});

    n->as.function.name = name->as.name;
    n->as.function.name_span = span_of(p, name);
    n->as.function.params = params;
    n->as.function.returns = returns;
    n->as.function.body = body;
    n->as.function.doc = docstring(body);
    return n;
}

Node *node_class(Parser *p, Tok first, Tok name, ArgVec bases, NodeVec body)
{
    Node *n = statement(p, NODE_CLASS, first, body, (NodeVec){0});

    if (bases.len == 1 && bases.items[0].value->kind == NODE_GENEXP && !bases.items[0].value->in_parens)
        parser_error(p, bases.items[0].span, "a class cannot be derived from a generator expression");
    n->as.class.name = name->as.name;
    n->as.class.name_span = span_of(p, name);
    n->as.class.bases = bases;
    n->as.class.body = body;
    n->as.class.doc = docstring(body);
    return n;
}

Node *node_async(Parser *p, Tok async, Node *n)
{
    (void)p;
    n->span.start = async->start;
    if (n->kind == NODE_FUNCTION)
        n->as.function.is_async = true;
    else if (n->kind == NODE_FOR)
        n->as.for_.is_async = true;
    else
        n->as.with.is_async = true;
    return n;
}

/* The span stays that of the definition: a message about a function should not point at its decorator. */
Node *node_decorated(Parser *p, NodeVec decorators, Node *definition)
{
    (void)p;
    if (definition->kind == NODE_FUNCTION)
        definition->as.function.decorators = decorators;
    else
        definition->as.class.decorators = decorators;
    return definition;
}

Module *module_new(Parser *p, NodeVec body)
{
    Module *module = arena_new(p->arena, Module);
    const char *base = strrchr(p->file->path, '/');
    const char *name = base ? base + 1 : p->file->path, *dot = strrchr(name, '.');

    module->file = p->file;
    module->name = intern(p->c->names, name, dot ? (size_t)(dot - name) : strlen(name));
    module->body = body;
    module->doc = docstring(body);
    return module;
}

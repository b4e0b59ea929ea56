/* The constructors of match patterns.  Whether names are bound twice or a pattern can never be reached is check.c's to say. */
#include "syntax/node.h"

static bool is_wildcard(const Parser *p, const char *name)
{
    return name == p->wildcard;
}

Node *pattern_value(Parser *p, Node *value)
{
    Node *n = node_new(p, NODE_PAT_VALUE, value->span);

    if (value->kind == NODE_FSTRING)
        parser_error(p, value->span, "patterns may only match literals and attribute lookups");
    n->as.unary.operand = value;
    return n;
}

Node *pattern_single(Parser *p, NodeKind kind, Tok keyword)
{
    Node *n = node_new(p, NODE_PAT_SINGLE, span_of(p, keyword));

    n->as.unary.operand = node_constant(p, kind, keyword);
    return n;
}

static Node *capture(Parser *p, Span span, const char *name)
{
    Node *n = node_new(p, NODE_PAT_CAPTURE, span);

    n->as.pattern.name = is_wildcard(p, name) ? NULL : name;
    return n;
}

Node *pattern_name(Parser *p, Node *n)
{
    return n->kind == NODE_NAME ? capture(p, n->span, n->as.name.name) : pattern_value(p, n);
}

Node *pattern_as(Parser *p, Node *pattern, Tok name)
{
    Node *n = capture(p, span_between(pattern->span, span_of(p, name)), name->as.name);

    if (!n->as.pattern.name)
        parser_error(p, span_of(p, name), "cannot use '_' as a target");
    vec_push(p->arena, &n->as.pattern.list, pattern);
    return n;
}

Node *pattern_star(Parser *p, Tok star, Tok name)
{
    Node *n = node_new(p, NODE_PAT_STAR, span_tokens(p, star, name));

    n->as.pattern.name = is_wildcard(p, name->as.name) ? NULL : name->as.name;
    return n;
}

Node *pattern_or(Parser *p, Node *left, Node *right)
{
    Node *n = left;

    if (left->kind != NODE_PAT_OR || left->in_parens) {
        n = node_new(p, NODE_PAT_OR, left->span);
        vec_push(p->arena, &n->as.pattern.list, left);
    }
    vec_push(p->arena, &n->as.pattern.list, right);
    n->span.end = right->span.end;
    return n;
}

/* ---- sequences ---- */

Node *pattern_sequence(Parser *p, Node *first, Tok comma)
{
    Node *n = node_new(p, NODE_PAT_SEQ, first->span);

    vec_push(p->arena, &n->as.pattern.list, first);
    if (comma)
        n->span.end = comma->end;
    return n;
}

Node *pattern_sequence_add(Parser *p, Node *sequence, Node *element)
{
    vec_push(p->arena, &sequence->as.pattern.list, element);
    sequence->span.end = element->span.end;
    return sequence;
}

/* [p, q], (p, q), and (p), which is p. */
Node *pattern_brackets(Parser *p, Tok open, NodeVec items, Tok comma, Tok close)
{
    if (open->kind == TOK_LPAREN && items.len == 1 && !comma && items.items[0]->kind != NODE_PAT_STAR)
        return node_in_parens(p, open, items.items[0], close);
    Node *n = node_new(p, NODE_PAT_SEQ, span_tokens(p, open, close));
    if (open->kind == TOK_LPAREN && items.len == 1 && !comma)
        parser_error(p, items.items[0]->span, "a starred pattern must be in a sequence; write a comma behind it");
    n->as.pattern.list = items;
    return n;
}

/* ---- mappings: one node that gathers the pairs ---- */

Node *pattern_mapping_pair(Parser *p, Node *key, Node *value)
{
    Node *n = node_new(p, NODE_PAT_MAPPING, span_between(key->span, value->span));

    if (key->kind == NODE_NAME)
        parser_error(p, key->span, "mapping pattern keys may only match literals and attribute lookups");
    else if (key->kind == NODE_FSTRING)
        parser_error(p, key->span, "patterns may only match literals and attribute lookups");
    vec_push(p->arena, &n->as.pattern.keys, key);
    vec_push(p->arena, &n->as.pattern.list, value);
    return n;
}

Node *pattern_mapping_rest(Parser *p, Tok first, Tok name)
{
    Node *n = node_new(p, NODE_PAT_MAPPING, span_tokens(p, first, name));

    if (is_wildcard(p, name->as.name))
        parser_error(p, n->span, "'**_' is not allowed: keys that are not named are ignored anyway");
    n->as.pattern.name = name->as.name;
    return n;
}

Node *pattern_mapping_join(Parser *p, Node *mapping, Node *pair)
{
    if (mapping->as.pattern.name)
        parser_error(p, pair->span, "double starred patterns must be last in a mapping pattern");
    for (uint32_t i = 0; i < pair->as.pattern.keys.len; i++) {
        vec_push(p->arena, &mapping->as.pattern.keys, pair->as.pattern.keys.items[i]);
        vec_push(p->arena, &mapping->as.pattern.list, pair->as.pattern.list.items[i]);
    }
    if (pair->as.pattern.name)
        mapping->as.pattern.name = pair->as.pattern.name;
    return mapping;
}

Node *pattern_mapping(Parser *p, Tok open, Node *mapping, Tok close)
{
    if (!mapping)
        mapping = node_new(p, NODE_PAT_MAPPING, (Span){0});
    mapping->span = span_tokens(p, open, close);
    return mapping;
}

/* ---- classes ---- */

Node *pattern_class_add(Parser *p, Node *args, Tok keyword, Node *value)
{
    if (!args)
        args = node_new(p, NODE_PAT_CLASS, value->span);
    if (keyword) {
        for (uint32_t i = 0; i < args->as.pattern.attrs.len; i++) {
            if (args->as.pattern.attrs.items[i] == keyword->as.name)
                parser_error(p, span_of(p, keyword), "attribute name repeated in class pattern: %s", keyword->as.name);
        }
        vec_push(p->arena, &args->as.pattern.attrs, keyword->as.name);
    } else {
        if (args->as.pattern.attrs.len)
            parser_error(p, value->span, "positional patterns follow keyword patterns");
        else
            args->as.pattern.positional++;
    }
    vec_push(p->arena, &args->as.pattern.list, value);
    return args;
}

Node *pattern_class(Parser *p, Node *cls, Node *args, Tok close)
{
    Node *n = args ? args : node_new(p, NODE_PAT_CLASS, (Span){0});

    n->span = span_between(cls->span, span_of(p, close));
    n->as.pattern.cls = cls;
    return n;
}

/* What the grammar's actions call: the parser's state and the constructors of nodes.  grammar/python.y and the files that implement
 * this (ast.c, literal.c's sibling string.c, pattern.c, syntax_error.c) include it; other stages read trees, through ast.h. */
#ifndef SYNTAX_PARSER_H
#define SYNTAX_PARSER_H

#include "syntax/ast.h"
#include "syntax/token.h"

typedef const Token *Tok;

typedef struct Parser {
    Compilation *c;
    Arena *arena;
    SourceFile *file;
    TokenVec tokens;
    NodeVec body;         /* what the start symbol leaves */
    const char *wildcard; /* "_", interned */
    const char *debug;    /* "__debug__", which nothing may be assigned to */
    uint32_t error_count;
    Span reported;         /* the last line about which something was said */
    uint32_t index;        /* of the token that the grammar is given */
    uint32_t after_broken; /* index of the token behind the last broken statement */
} Parser;

Span span_tokens(const Parser *p, Tok first, Tok last);
Span span_of(const Parser *p, Tok token);
/* Reports the first mistake of a logical line. */
Diag *parser_error(Parser *p, Span span, const char *format, ...) BASE_PRINTF(3, 4);

/* ---- expressions ---- */

Node *node_name(Parser *p, Tok name);
Node *node_int(Parser *p, Tok number);
Node *node_float(Parser *p, Tok number);
Node *node_constant(Parser *p, NodeKind kind, Tok keyword);
Node *node_unary(Parser *p, Operator op, Tok first, Node *operand);
Node *node_binary(Parser *p, Operator op, Node *left, Tok op_token, Node *right);
Node *node_boolop(Parser *p, bool is_or, Node *left, Node *right);
Node *node_compare(Parser *p, Operator op, Node *left, Node *right);
Node *node_ifexp(Parser *p, Node *then, Node *cond, Node *orelse);
Node *node_lambda(Parser *p, Tok first, ParamVec params, Node *value);
Node *node_walrus(Parser *p, Node *target, Node *value);
Node *node_await(Parser *p, Tok first, Node *operand);
Node *node_yield(Parser *p, Tok first, Node *value);
Node *node_yield_from(Parser *p, Tok first, Node *value);
Node *node_starred(Parser *p, Tok star, Node *operand);
Node *node_attribute(Parser *p, Node *value, Tok name);
Node *node_call(Parser *p, Node *func, ArgVec args, Tok close);
Node *node_subscript(Parser *p, Node *value, Node *index, Tok close);
Node *node_slice(Parser *p, Node *lower, Tok colon, Node *upper, Tok second_colon, Node *step);

/* a, b: the elements so far; a, with its comma alone. */
Node *node_tuple(Parser *p, Node *first, Tok comma);
Node *node_tuple_add(Parser *p, Node *tuple, Node *element);
Node *node_index(Parser *p, Node *index); /* x[*a] is x[(*a,)] */
/* (…): one expression in parentheses, or a tuple. Without the parentheses (the subject of match) both are NULL. */
Node *node_parens(Parser *p, Tok open, NodeVec items, Tok comma, Tok close);
Node *node_in_parens(Parser *p, Tok open, Node *inner, Tok close);
Node *node_display(Parser *p, NodeKind kind, Tok open, NodeVec items, Tok close); /* LIST, SET, empty TUPLE */
Node *node_dict(Parser *p, Tok open, Node *dict, Tok close); /* dict: from node_dict_add, or NULL */
Node *node_dict_add(Parser *p, Node *dict, Node *key, Node *value);
Node *node_comp(Parser *p, NodeKind kind, Tok open, Node *key, Node *elem, CompForVec clauses, Tok close);
CompFor comp_for(Parser *p, bool is_async, Node *target, Node *iter);

/* ---- arguments and parameters ---- */

Arg arg_positional(Parser *p, Node *value);
Arg arg_keyword(Parser *p, Node *name, Tok assign, Node *value);
Arg arg_starred(Parser *p, ArgKind kind, Tok star, Node *value);
Arg arg_genexp(Parser *p, Node *elem, CompForVec clauses);
ArgVec args_finish(Parser *p, ArgVec args, Tok comma); /* order, duplicates */

Param param_new(Parser *p, ParamKind kind, Tok name, Node *annotation, Node *value);
Param param_marker(Parser *p, ParamKind kind, Tok marker); /* * and / */
ParamVec params_finish(Parser *p, ParamVec params);        /* kinds, order, duplicates */

/* ---- strings: adjacent literals are gathered, then made into one node ---- */

typedef struct Literal Literal;

Literal *literal_new(Parser *p);
void literal_add_string(Parser *p, Literal *literal, Tok string);
void literal_add_text(Parser *p, Literal *literal, Tok text);
void literal_add_field(Parser *p, Literal *literal, Tok open, Node *value, Tok debug, Tok conversion, Node *spec,
                       Tok close);
void literal_add_fstring(Parser *p, Literal *literal, Tok open, Literal *contents, Tok close);
Node *literal_node(Parser *p, Literal *literal);
Node *literal_spec(Parser *p, Tok colon, Literal *contents);

/* ---- simple statements ---- */

Node *node_expr(Parser *p, Node *value);
Node *node_assign(Parser *p, Node *target, Node *value);
void node_assign_more(Parser *p, Node *assign, Node *value); /* a = b, then = c */
Node *node_assign_finish(Parser *p, Node *assign);
Node *node_annassign(Parser *p, Node *target, Node *annotation, Node *value);
Node *node_augassign(Parser *p, Node *target, Tok op, Node *value);
Node *node_del(Parser *p, Tok first, Node *targets);
Node *node_keyword(Parser *p, NodeKind kind, Tok keyword); /* PASS, BREAK, CONTINUE */
Node *node_return(Parser *p, Tok first, Node *value);
Node *node_raise(Parser *p, Tok first, Node *exc, Node *cause);
Node *node_assert(Parser *p, Tok first, Node *test, Node *message);
Node *node_names(Parser *p, NodeKind kind, Tok first, Tok name); /* GLOBAL, NONLOCAL */
void node_names_add(Parser *p, Node *names, Tok name);

/* a.b.c: its tokens; both NULL for the missing name of `from . import x`. */
typedef struct Dotted {
    Tok first, last;
} Dotted;
Alias alias_new(Parser *p, Dotted name, Tok as_name);
Node *node_import(Parser *p, Tok first, AliasVec names);
Node *node_import_from(Parser *p, Tok first, int level, Dotted module, AliasVec names);
AliasVec import_star(Parser *p, Tok star);
void import_trailing_comma(Parser *p, Tok comma);

/* ---- compound statements ---- */

Node *node_if(Parser *p, Tok first, Node *test, NodeVec body, NodeVec orelse);
NodeVec elif_body(Parser *p, Node *if_node); /* what it is in the `orelse` of the one before */
Node *node_while(Parser *p, Tok first, Node *test, NodeVec body, NodeVec orelse);
Node *node_for(Parser *p, Tok first, Node *target, Node *iter, NodeVec body, NodeVec orelse);
Node *node_try(Parser *p, Tok first, NodeVec body, HandlerVec handlers, NodeVec orelse);
Node *node_try_finally(Parser *p, Node *try_node, NodeVec body);
Handler *handler_new(Parser *p, Tok first, Tok star, Node *type, Tok name, NodeVec body);
void handlers_add(Parser *p, HandlerVec *handlers, Handler *handler);
WithItem with_item(Parser *p, Node *context, Node *target);
Node *node_with(Parser *p, Tok first, WithItemVec items, NodeVec body);
Node *node_function(Parser *p, Tok first, Tok name, ParamVec params, Node *returns, NodeVec body);
Node *node_class(Parser *p, Tok first, Tok name, ArgVec bases, NodeVec body);
Node *node_async(Parser *p, Tok async, Node *statement);
Node *node_decorated(Parser *p, NodeVec decorators, Node *definition);
Node *node_match(Parser *p, Tok first, Node *subject, MatchCaseVec cases, Tok last);
void cases_add(Parser *p, MatchCaseVec *cases, Tok first, Node *pattern, Node *guard, NodeVec body);

/* ---- patterns ---- */

Node *pattern_value(Parser *p, Node *value);
Node *pattern_single(Parser *p, NodeKind kind, Tok keyword);
Node *pattern_name(Parser *p, Node *name_or_attribute); /* a capture, or a value x.y */
Node *pattern_as(Parser *p, Node *pattern, Tok name);
Node *pattern_star(Parser *p, Tok star, Tok name);
Node *pattern_or(Parser *p, Node *left, Node *right);
Node *pattern_sequence(Parser *p, Node *first, Tok comma);
Node *pattern_sequence_add(Parser *p, Node *sequence, Node *element);
Node *pattern_brackets(Parser *p, Tok open, NodeVec items, Tok comma, Tok close);
Node *pattern_mapping(Parser *p, Tok open, Node *mapping, Tok close); /* mapping: of the pairs, or NULL */
Node *pattern_mapping_pair(Parser *p, Node *key, Node *value);
Node *pattern_mapping_rest(Parser *p, Tok first, Tok name);
Node *pattern_mapping_join(Parser *p, Node *mapping, Node *pair);
Node *pattern_class(Parser *p, Node *cls, Node *args, Tok close);
Node *pattern_class_add(Parser *p, Node *args, Tok keyword, Node *value);

/* ---- mistakes ---- */

/* The grammar stopped at a token; `accepts` asks it which others it would have taken. */
typedef bool (*Accepts)(const void *lemon, int kind);
void syntax_error(Parser *p, Tok token, const void *lemon, Accepts accepts);

/* Reports __debug__ where a name is bound. */
void check_bound_name(Parser *p, const char *name, Span span);

/* The layout put in a colon; reports it and returns true if the grammar takes it. */
bool missing_colon(Parser *p, Tok colon, const void *lemon, Accepts accepts);

/* Can this be assigned to? Reports if it cannot. */
typedef enum TargetUse {
    TARGET_ASSIGN,
    TARGET_FOR,
    TARGET_WITH,
    TARGET_DEL,
    TARGET_COMP
} TargetUse;
bool check_target(Parser *p, Node *target, TargetUse use);

/* python.y: feeds the tokens to the grammar. */
void parse_tokens(Parser *p);

Module *module_new(Parser *p, NodeVec body);

/* check.c: what the grammar cannot say; numbers the nodes. */
void check_module(Parser *p, Module *module);

#endif

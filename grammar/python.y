/* Tokens to AST: Python 3.11's grammar for LALR(1).
 *
 * In: the tokens of a file.  Out: statements, built from the bottom up, one constructor call per rule (compiler/syntax/parser.h).
 * Where Python needs more than one token of look-ahead, the grammar takes more than Python does and the constructors refuse
 * the rest: targets are parsed as expressions, keywords of arguments too.  What depends on the place of a statement (return, await,
 * break) is checked behind the parser, by check.c.  Soft keywords and `with (` are settled before it, by layout.c. */

%include {
#ifndef NDEBUG
#define NDEBUG /* leaves out lemon's tracing */
#endif
#include "syntax/parser.h"

#include <assert.h>
#include <stdlib.h>

enum { ACCEPT_DEPTH = 256, ACCEPT_GROWTH = 64 };
static bool accepts(const void *lemon, int kind);
}

%name PythonParser
%token_prefix PY_
%token_type {Tok}
%extra_argument {Parser *p}
%start_symbol file
/* The stack grows as needed. */
%stack_size 0

/* In the order of token.def. */
%token NEWLINE INDENT DEDENT NAME INT FLOAT STRING BYTES
       FSTRING_BEGIN FSTRING_TEXT FSTRING_END FIELD_BEGIN FIELD_DEBUG FIELD_CONVERSION FIELD_SPEC FIELD_END
       FALSE NONE TRUE AND AS ASSERT ASYNC AWAIT BREAK CLASS CONTINUE DEF DEL ELIF ELSE EXCEPT FINALLY FOR FROM GLOBAL IF
       IMPORT IN IS LAMBDA NONLOCAL NOT OR PASS RAISE RETURN TRY WHILE WITH YIELD MATCH CASE
       LPAREN RPAREN LBRACKET RBRACKET LBRACE RBRACE WITH_LPAREN
       PLUS MINUS STAR DOUBLESTAR SLASH DOUBLESLASH PERCENT AT LSHIFT RSHIFT AMPER PIPE CARET TILDE
       COMPARE ASSIGN AUGASSIGN COLONEQUAL ARROW COMMA COLON SEMI DOT ELLIPSIS INVALID.

/* The operators that take any operands of their kind; the others have their order in the rules. */
%left  OR.
%left  AND.
%right NOT.
%left  PIPE.
%left  CARET.
%left  AMPER.
%left  LSHIFT RSHIFT.
%left  PLUS MINUS.
%left  STAR SLASH DOUBLESLASH PERCENT AT.
%right SIGN.
%right DOUBLESTAR.

%syntax_error { syntax_error(p, TOKEN, yypParser, accepts); }

/* ---- lines and blocks ---- */

file ::= statements(S).                                 { p->body = S; }

%type statements {NodeVec}
statements(A) ::= .                                     { A = (NodeVec){0}; }
statements(A) ::= statements(A) compound(S).            { vec_push(p->arena, &A, S); }
statements(A) ::= line(A) NEWLINE.
statements(A) ::= line(A) SEMI NEWLINE.
statements(A) ::= statements(A) broken.
statements(A) ::= line(A) broken.
statements(A) ::= line(A) SEMI broken.

%type line {NodeVec}
line(A) ::= statements(A) simple(S).                    { vec_push(p->arena, &A, S); }
line(A) ::= line(A) SEMI simple(S).                     { vec_push(p->arena, &A, S); }

%type block {NodeVec}
block(A) ::= NEWLINE INDENT statements(S) DEDENT.       { A = S; }
block(A) ::= block_line(A) NEWLINE.
block(A) ::= block_line(A) SEMI NEWLINE.

%type block_line {NodeVec}
block_line(A) ::= simple(S).                            { A = (NodeVec){0}; vec_push(p->arena, &A, S); }
block_line(A) ::= block_line(A) SEMI simple(S).         { vec_push(p->arena, &A, S); }

/* After a mistake: the rest of the line is skipped, the block below it is read for its own mistakes. */
broken ::= broken_line.                                 { p->after_broken = p->index; }
broken ::= broken_line INDENT statements DEDENT.        { p->after_broken = p->index; }
broken_line ::= error NEWLINE.                          { yypParser->yyerrcnt = -1; /* recovered */ }

/* ---- simple statements ---- */

%type simple {Node *}
simple(A) ::= exprs(E).                                 { A = node_expr(p, E); }
simple(A) ::= yield_expr(E).                            { A = node_expr(p, E); }
simple(A) ::= assignment(B).                            { A = node_assign_finish(p, B); }
simple(A) ::= expr(T) COLON expr(N).                    { A = node_annassign(p, T, N, NULL); }
simple(A) ::= expr(T) COLON expr(N) ASSIGN value(V).    { A = node_annassign(p, T, N, V); }
simple(A) ::= exprs(T) AUGASSIGN(O) value(V).           { A = node_augassign(p, T, O, V); }
simple(A) ::= DEL(T) exprs(E).                          { A = node_del(p, T, E); }
simple(A) ::= PASS(T).                                  { A = node_keyword(p, NODE_PASS, T); }
simple(A) ::= BREAK(T).                                 { A = node_keyword(p, NODE_BREAK, T); }
simple(A) ::= CONTINUE(T).                              { A = node_keyword(p, NODE_CONTINUE, T); }
simple(A) ::= RETURN(T).                                { A = node_return(p, T, NULL); }
simple(A) ::= RETURN(T) exprs(E).                       { A = node_return(p, T, E); }
simple(A) ::= RAISE(T).                                 { A = node_raise(p, T, NULL, NULL); }
simple(A) ::= RAISE(T) expr(E).                         { A = node_raise(p, T, E, NULL); }
simple(A) ::= RAISE(T) expr(E) FROM expr(C).            { A = node_raise(p, T, E, C); }
simple(A) ::= ASSERT(T) expr(E).                        { A = node_assert(p, T, E, NULL); }
simple(A) ::= ASSERT(T) expr(E) COMMA expr(M).          { A = node_assert(p, T, E, M); }
simple(A) ::= scope_names(A).
simple(A) ::= import(A).

%type assignment {Node *}
assignment(A) ::= exprs(T) ASSIGN value(V).             { A = node_assign(p, T, V); }
assignment(A) ::= yield_expr(T) ASSIGN value(V).        { A = node_assign(p, T, V); }
assignment(A) ::= assignment(A) ASSIGN value(V).        { node_assign_more(p, A, V); }

%type value {Node *}
value(A) ::= exprs(A).
value(A) ::= yield_expr(A).

%type scope_names {Node *}
scope_names(A) ::= GLOBAL(T) NAME(N).                   { A = node_names(p, NODE_GLOBAL, T, N); }
scope_names(A) ::= NONLOCAL(T) NAME(N).                 { A = node_names(p, NODE_NONLOCAL, T, N); }
scope_names(A) ::= scope_names(A) COMMA NAME(N).        { node_names_add(p, A, N); }

/* ---- imports ---- */

%type import {Node *}
import(A) ::= IMPORT(T) modules(M).                     { A = node_import(p, T, M); }
import(A) ::= FROM(T) dotted(M) IMPORT imported(N).     { A = node_import_from(p, T, 0, M, N); }
import(A) ::= FROM(T) dots(D) dotted(M) IMPORT imported(N). { A = node_import_from(p, T, D, M, N); }
import(A) ::= FROM(T) dots(D) IMPORT imported(N).       { A = node_import_from(p, T, D, (Dotted){0}, N); }

%type modules {AliasVec}
modules(A) ::= module(M).                               { A = (AliasVec){0}; vec_push(p->arena, &A, M); }
modules(A) ::= modules(A) COMMA module(M).              { vec_push(p->arena, &A, M); }

%type module {Alias}
module(A) ::= dotted(D).                                { A = alias_new(p, D, NULL); }
module(A) ::= dotted(D) AS NAME(N).                     { A = alias_new(p, D, N); }

%type dotted {Dotted}
dotted(A) ::= NAME(N).                                  { A = (Dotted){N, N}; }
dotted(A) ::= dotted(D) DOT NAME(N).                    { A = (Dotted){D.first, N}; }

%type dots {int}
dots(A) ::= DOT.                                        { A = 1; }
dots(A) ::= ELLIPSIS.                                   { A = 3; }
dots(A) ::= dots(B) DOT.                                { A = B + 1; }
dots(A) ::= dots(B) ELLIPSIS.                           { A = B + 3; }

%type imported {AliasVec}
imported(A) ::= STAR(T).                                { A = import_star(p, T); }
imported(A) ::= import_names(A).
imported(A) ::= import_names(A) COMMA(T).               { import_trailing_comma(p, T); }
imported(A) ::= LPAREN import_names(N) opt_comma RPAREN. { A = N; }

%type import_names {AliasVec}
import_names(A) ::= import_name(M).                     { A = (AliasVec){0}; vec_push(p->arena, &A, M); }
import_names(A) ::= import_names(A) COMMA import_name(M). { vec_push(p->arena, &A, M); }

%type import_name {Alias}
import_name(A) ::= NAME(N).                             { A = alias_new(p, (Dotted){N, N}, NULL); }
import_name(A) ::= NAME(N) AS NAME(M).                  { A = alias_new(p, (Dotted){N, N}, M); }

/* ---- compound statements ---- */

%type compound {Node *}
compound(A) ::= if_stmt(A).
compound(A) ::= while_stmt(A).
compound(A) ::= for_stmt(A).
compound(A) ::= try_stmt(A).
compound(A) ::= with_stmt(A).
compound(A) ::= match_stmt(A).
compound(A) ::= definition(A).
compound(A) ::= decorators(D) definition(F).            { A = node_decorated(p, D, F); }
compound(A) ::= ASYNC(T) for_stmt(S).                   { A = node_async(p, T, S); }
compound(A) ::= ASYNC(T) with_stmt(S).                  { A = node_async(p, T, S); }

%type if_stmt {Node *}
if_stmt(A) ::= IF(T) named(C) COLON block(B) elifs(E).  { A = node_if(p, T, C, B, E); }

%type elifs {NodeVec}
elifs(A) ::= else(A).
elifs(A) ::= ELIF(T) named(C) COLON block(B) elifs(E).  { A = elif_body(p, node_if(p, T, C, B, E)); }

%type else {NodeVec}
else(A) ::= .                                           { A = (NodeVec){0}; }
else(A) ::= ELSE COLON block(B).                        { A = B; }

%type while_stmt {Node *}
while_stmt(A) ::= WHILE(T) named(C) COLON block(B) else(E). { A = node_while(p, T, C, B, E); }

%type for_stmt {Node *}
for_stmt(A) ::= FOR(T) targets(V) IN exprs(I) COLON block(B) else(E). { A = node_for(p, T, V, I, B, E); }

%type try_stmt {Node *}
try_stmt(A) ::= TRY(T) COLON block(B) handlers(H) else(E). { A = node_try(p, T, B, H, E); }
try_stmt(A) ::= TRY(T) COLON block(B) handlers(H) else(E) FINALLY COLON block(F).
                                                        { A = node_try_finally(p, node_try(p, T, B, H, E), F); }
try_stmt(A) ::= TRY(T) COLON block(B) FINALLY COLON block(F).
                                                        { A = node_try_finally(p, node_try(p, T, B, (HandlerVec){0}, (NodeVec){0}), F); }

%type handlers {HandlerVec}
handlers(A) ::= handler(H).                             { A = (HandlerVec){0}; handlers_add(p, &A, H); }
handlers(A) ::= handlers(A) handler(H).                 { handlers_add(p, &A, H); }

%type handler {Handler *}
handler(A) ::= EXCEPT(T) COLON block(B).                { A = handler_new(p, T, NULL, NULL, NULL, B); }
handler(A) ::= EXCEPT(T) expr(E) COLON block(B).        { A = handler_new(p, T, NULL, E, NULL, B); }
handler(A) ::= EXCEPT(T) expr(E) AS NAME(N) COLON block(B). { A = handler_new(p, T, NULL, E, N, B); }
handler(A) ::= EXCEPT(T) STAR(S) expr(E) COLON block(B). { A = handler_new(p, T, S, E, NULL, B); }
handler(A) ::= EXCEPT(T) STAR(S) expr(E) AS NAME(N) COLON block(B). { A = handler_new(p, T, S, E, N, B); }

%type with_stmt {Node *}
with_stmt(A) ::= WITH(T) with_items(I) COLON block(B).  { A = node_with(p, T, I, B); }
with_stmt(A) ::= WITH(T) WITH_LPAREN with_items(I) opt_comma RPAREN COLON block(B). { A = node_with(p, T, I, B); }

%type with_items {WithItemVec}
with_items(A) ::= with_item(I).                         { A = (WithItemVec){0}; vec_push(p->arena, &A, I); }
with_items(A) ::= with_items(A) COMMA with_item(I).     { vec_push(p->arena, &A, I); }

%type with_item {WithItem}
with_item(A) ::= expr(E).                               { A = with_item(p, E, NULL); }
with_item(A) ::= expr(E) AS arith(T).                   { A = with_item(p, E, T); }

/* ---- definitions ---- */

%type definition {Node *}
definition(A) ::= function(A).
definition(A) ::= ASYNC(T) function(F).                 { A = node_async(p, T, F); }
definition(A) ::= class(A).

%type decorators {NodeVec}
decorators(A) ::= AT named(E) NEWLINE.                  { A = (NodeVec){0}; vec_push(p->arena, &A, E); }
decorators(A) ::= decorators(A) AT named(E) NEWLINE.    { vec_push(p->arena, &A, E); }

%type function {Node *}
function(A) ::= DEF(T) NAME(N) LPAREN params(P) RPAREN returns(R) COLON block(B). { A = node_function(p, T, N, P, R, B); }

%type returns {Node *}
returns(A) ::= .                                        { A = NULL; }
returns(A) ::= ARROW expr(E).                           { A = E; }

%type params {ParamVec}
params(A) ::= .                                         { A = (ParamVec){0}; }
params(A) ::= param_list(L) opt_comma.                  { A = params_finish(p, L); }

%type param_list {ParamVec}
param_list(A) ::= param(P).                             { A = (ParamVec){0}; vec_push(p->arena, &A, P); }
param_list(A) ::= param_list(A) COMMA param(P).         { vec_push(p->arena, &A, P); }

%type param {Param}
param(A) ::= NAME(N) annotation(T).                     { A = param_new(p, PARAM_NORMAL, N, T, NULL); }
param(A) ::= NAME(N) annotation(T) ASSIGN expr(V).      { A = param_new(p, PARAM_NORMAL, N, T, V); }
param(A) ::= STAR NAME(N) annotation(T).                { A = param_new(p, PARAM_STAR, N, T, NULL); }
param(A) ::= STAR NAME(N) COLON STAR(S) expr(T).        { A = param_new(p, PARAM_STAR, N, node_starred(p, S, T), NULL); }
param(A) ::= DOUBLESTAR NAME(N) annotation(T).          { A = param_new(p, PARAM_STAR_STAR, N, T, NULL); }
param(A) ::= STAR(T).                                   { A = param_marker(p, PARAM_STAR, T); }
param(A) ::= SLASH(T).                                  { A = param_marker(p, PARAM_POSITIONAL_ONLY, T); }

%type annotation {Node *}
annotation(A) ::= .                                     { A = NULL; }
annotation(A) ::= COLON expr(T).                        { A = T; }

%type class {Node *}
class(A) ::= CLASS(T) NAME(N) COLON block(B).           { A = node_class(p, T, N, (ArgVec){0}, B); }
class(A) ::= CLASS(T) NAME(N) LPAREN args(G) RPAREN COLON block(B). { A = node_class(p, T, N, G, B); }

/* ---- match ---- */

%type match_stmt {Node *}
match_stmt(A) ::= MATCH(T) subject(S) COLON NEWLINE INDENT cases(C) DEDENT(E). { A = node_match(p, T, S, C, E); }

%type subject {Node *}
subject(A) ::= items(I) opt_comma(C).                   { A = node_parens(p, NULL, I, C, NULL); }

%type cases {MatchCaseVec}
cases(A) ::= .                                          { A = (MatchCaseVec){0}; }
cases(A) ::= cases(A) CASE(T) patterns(P) guard(G) COLON block(B). { cases_add(p, &A, T, P, G, B); }
cases(A) ::= cases(A) broken.

%type guard {Node *}
guard(A) ::= .                                          { A = NULL; }
guard(A) ::= IF named(E).                               { A = E; }

%type patterns {Node *}
patterns(A) ::= pattern(A).
patterns(A) ::= pattern_item(P) COMMA(C).               { A = pattern_sequence(p, P, C); }
patterns(A) ::= pattern_several(A).
patterns(A) ::= pattern_several(A) COMMA.

%type pattern_several {Node *}
pattern_several(A) ::= pattern_item(P) COMMA pattern_item(Q).
                                                        { A = pattern_sequence_add(p, pattern_sequence(p, P, NULL), Q); }
pattern_several(A) ::= pattern_several(A) COMMA pattern_item(P). { pattern_sequence_add(p, A, P); }

%type pattern_item {Node *}
pattern_item(A) ::= pattern(A).
pattern_item(A) ::= STAR(T) NAME(N).                    { A = pattern_star(p, T, N); }

%type pattern {Node *}
pattern(A) ::= or_pattern(A).
pattern(A) ::= or_pattern(P) AS NAME(N).                { A = pattern_as(p, P, N); }

%type or_pattern {Node *}
or_pattern(A) ::= closed_pattern(A).
or_pattern(A) ::= or_pattern(P) PIPE closed_pattern(Q). { A = pattern_or(p, P, Q); }

%type closed_pattern {Node *}
closed_pattern(A) ::= pattern_number(V).                { A = pattern_value(p, V); }
closed_pattern(A) ::= strings(L).                       { A = pattern_value(p, literal_node(p, L)); }
closed_pattern(A) ::= NONE(T).                          { A = pattern_single(p, NODE_NONE, T); }
closed_pattern(A) ::= TRUE(T).                          { A = pattern_single(p, NODE_TRUE, T); }
closed_pattern(A) ::= FALSE(T).                         { A = pattern_single(p, NODE_FALSE, T); }
closed_pattern(A) ::= pattern_path(N).                  { A = pattern_name(p, N); }
closed_pattern(A) ::= pattern_path(N) LPAREN RPAREN(E). { A = pattern_class(p, N, NULL, E); }
closed_pattern(A) ::= pattern_path(N) LPAREN pattern_args(G) opt_comma RPAREN(E). { A = pattern_class(p, N, G, E); }
closed_pattern(A) ::= LPAREN(T) RPAREN(E).              { A = pattern_brackets(p, T, (NodeVec){0}, NULL, E); }
closed_pattern(A) ::= LPAREN(T) pattern_items(I) opt_comma(C) RPAREN(E). { A = pattern_brackets(p, T, I, C, E); }
closed_pattern(A) ::= LBRACKET(T) RBRACKET(E).          { A = pattern_brackets(p, T, (NodeVec){0}, NULL, E); }
closed_pattern(A) ::= LBRACKET(T) pattern_items(I) opt_comma(C) RBRACKET(E). { A = pattern_brackets(p, T, I, C, E); }
closed_pattern(A) ::= LBRACE(T) RBRACE(E).              { A = pattern_mapping(p, T, NULL, E); }
closed_pattern(A) ::= LBRACE(T) pattern_pairs(M) opt_comma RBRACE(E). { A = pattern_mapping(p, T, M, E); }

%type pattern_path {Node *}
pattern_path(A) ::= NAME(N).                            { A = node_name(p, N); }
pattern_path(A) ::= pattern_path(V) DOT NAME(N).        { A = node_attribute(p, V, N); }

%type pattern_number {Node *}
pattern_number(A) ::= INT(T).                           { A = node_int(p, T); }
pattern_number(A) ::= FLOAT(T).                         { A = node_float(p, T); }
pattern_number(A) ::= MINUS(T) INT(N).                  { A = node_unary(p, OP_NEG, T, node_int(p, N)); }
pattern_number(A) ::= MINUS(T) FLOAT(N).                { A = node_unary(p, OP_NEG, T, node_float(p, N)); }

%type pattern_items {NodeVec}
pattern_items(A) ::= pattern_item(P).                   { A = (NodeVec){0}; vec_push(p->arena, &A, P); }
pattern_items(A) ::= pattern_items(A) COMMA pattern_item(P). { vec_push(p->arena, &A, P); }

%type pattern_pairs {Node *}
pattern_pairs(A) ::= pattern_pair(A).
pattern_pairs(A) ::= pattern_pairs(M) COMMA pattern_pair(N). { A = pattern_mapping_join(p, M, N); }

%type pattern_pair {Node *}
pattern_pair(A) ::= pattern_key(K) COLON pattern(P).    { A = pattern_mapping_pair(p, K, P); }
pattern_pair(A) ::= DOUBLESTAR(T) NAME(N).              { A = pattern_mapping_rest(p, T, N); }

%type pattern_key {Node *}
pattern_key(A) ::= pattern_number(A).
pattern_key(A) ::= strings(L).                          { A = literal_node(p, L); }
pattern_key(A) ::= NONE(T).                             { A = node_constant(p, NODE_NONE, T); }
pattern_key(A) ::= TRUE(T).                             { A = node_constant(p, NODE_TRUE, T); }
pattern_key(A) ::= FALSE(T).                            { A = node_constant(p, NODE_FALSE, T); }
pattern_key(A) ::= pattern_path(A).

%type pattern_args {Node *}
pattern_args(A) ::= pattern(P).                         { A = pattern_class_add(p, NULL, NULL, P); }
pattern_args(A) ::= NAME(N) ASSIGN pattern(P).          { A = pattern_class_add(p, NULL, N, P); }
pattern_args(A) ::= pattern_args(B) COMMA pattern(P).   { A = pattern_class_add(p, B, NULL, P); }
pattern_args(A) ::= pattern_args(B) COMMA NAME(N) ASSIGN pattern(P). { A = pattern_class_add(p, B, N, P); }

/* ---- expressions, the widest first ---- */

%type exprs {Node *}
exprs(A) ::= element(A).
exprs(A) ::= element(E) COMMA(C).                       { A = node_tuple(p, E, C); }
exprs(A) ::= several(A).
exprs(A) ::= several(A) COMMA.

%type several {Node *}
several(A) ::= element(E) COMMA element(F).             { A = node_tuple_add(p, node_tuple(p, E, NULL), F); }
several(A) ::= several(A) COMMA element(E).             { node_tuple_add(p, A, E); }

%type element {Node *}
element(A) ::= expr(A).
element(A) ::= STAR(T) arith(E).                        { A = node_starred(p, T, E); }

%type targets {Node *}
targets(A) ::= target(A).
targets(A) ::= target(E) COMMA(C).                      { A = node_tuple(p, E, C); }
targets(A) ::= several_targets(A).
targets(A) ::= several_targets(A) COMMA.

%type several_targets {Node *}
several_targets(A) ::= target(E) COMMA target(F).       { A = node_tuple_add(p, node_tuple(p, E, NULL), F); }
several_targets(A) ::= several_targets(A) COMMA target(E). { node_tuple_add(p, A, E); }

%type target {Node *}
target(A) ::= arith(A).
target(A) ::= STAR(T) arith(E).                         { A = node_starred(p, T, E); }

%type yield_expr {Node *}
yield_expr(A) ::= YIELD(T).                             { A = node_yield(p, T, NULL); }
yield_expr(A) ::= YIELD(T) exprs(E).                    { A = node_yield(p, T, E); }
yield_expr(A) ::= YIELD(T) FROM expr(E).                { A = node_yield_from(p, T, E); }

%type items {NodeVec}
items(A) ::= item(E).                                   { A = (NodeVec){0}; vec_push(p->arena, &A, E); }
items(A) ::= items(A) COMMA item(E).                    { vec_push(p->arena, &A, E); }

%type item {Node *}
item(A) ::= named(A).
item(A) ::= STAR(T) arith(E).                           { A = node_starred(p, T, E); }

%type named {Node *}
named(A) ::= expr(A).
named(A) ::= expr(T) COLONEQUAL expr(V).                { A = node_walrus(p, T, V); }

%type expr {Node *}
expr(A) ::= logic(A).
expr(A) ::= logic(T) IF logic(C) ELSE expr(E).          { A = node_ifexp(p, T, C, E); }
expr(A) ::= LAMBDA(T) lambda_params(P) COLON expr(E).   { A = node_lambda(p, T, P, E); }

%type logic {Node *}
logic(A) ::= comparison(A).
logic(A) ::= logic(L) OR logic(R).                      { A = node_boolop(p, true, L, R); }
logic(A) ::= logic(L) AND logic(R).                     { A = node_boolop(p, false, L, R); }
logic(A) ::= NOT(T) logic(E).                           { A = node_unary(p, OP_NOT, T, E); }

%type comparison {Node *}
comparison(A) ::= arith(A).
comparison(A) ::= comparison(L) COMPARE(O) arith(R).    { A = node_compare(p, O->as.op, L, R); }
comparison(A) ::= comparison(L) IN arith(R).            { A = node_compare(p, OP_IN, L, R); }
comparison(A) ::= comparison(L) NOT IN arith(R).        { A = node_compare(p, OP_NOT_IN, L, R); }
comparison(A) ::= comparison(L) IS arith(R).            { A = node_compare(p, OP_IS, L, R); }
comparison(A) ::= comparison(L) IS NOT arith(R).        { A = node_compare(p, OP_IS_NOT, L, R); }

%type arith {Node *}
arith(A) ::= primary(A).
arith(A) ::= arith(L) PIPE(O) arith(R).                 { A = node_binary(p, OP_OR, L, O, R); }
arith(A) ::= arith(L) CARET(O) arith(R).                { A = node_binary(p, OP_XOR, L, O, R); }
arith(A) ::= arith(L) AMPER(O) arith(R).                { A = node_binary(p, OP_AND, L, O, R); }
arith(A) ::= arith(L) LSHIFT(O) arith(R).               { A = node_binary(p, OP_LSHIFT, L, O, R); }
arith(A) ::= arith(L) RSHIFT(O) arith(R).               { A = node_binary(p, OP_RSHIFT, L, O, R); }
arith(A) ::= arith(L) PLUS(O) arith(R).                 { A = node_binary(p, OP_ADD, L, O, R); }
arith(A) ::= arith(L) MINUS(O) arith(R).                { A = node_binary(p, OP_SUB, L, O, R); }
arith(A) ::= arith(L) STAR(O) arith(R).                 { A = node_binary(p, OP_MUL, L, O, R); }
arith(A) ::= arith(L) SLASH(O) arith(R).                { A = node_binary(p, OP_DIV, L, O, R); }
arith(A) ::= arith(L) DOUBLESLASH(O) arith(R).          { A = node_binary(p, OP_FLOORDIV, L, O, R); }
arith(A) ::= arith(L) PERCENT(O) arith(R).              { A = node_binary(p, OP_MOD, L, O, R); }
arith(A) ::= arith(L) AT(O) arith(R).                   { A = node_binary(p, OP_MATMUL, L, O, R); }
arith(A) ::= arith(L) DOUBLESTAR(O) arith(R).           { A = node_binary(p, OP_POW, L, O, R); }
arith(A) ::= MINUS(T) arith(E). [SIGN]                  { A = node_unary(p, OP_NEG, T, E); }
arith(A) ::= PLUS(T) arith(E). [SIGN]                   { A = node_unary(p, OP_POS, T, E); }
arith(A) ::= TILDE(T) arith(E). [SIGN]                  { A = node_unary(p, OP_INVERT, T, E); }
arith(A) ::= AWAIT(T) primary(E).                       { A = node_await(p, T, E); }

%type primary {Node *}
primary(A) ::= atom(A).
primary(A) ::= primary(V) DOT NAME(N).                  { A = node_attribute(p, V, N); }
primary(A) ::= primary(F) LPAREN args(G) RPAREN(E).     { A = node_call(p, F, G, E); }
primary(A) ::= primary(V) LBRACKET index(I) RBRACKET(E). { A = node_subscript(p, V, I, E); }

/* ---- atoms ---- */

%type atom {Node *}
atom(A) ::= NAME(T).                                    { A = node_name(p, T); }
atom(A) ::= INT(T).                                     { A = node_int(p, T); }
atom(A) ::= FLOAT(T).                                   { A = node_float(p, T); }
atom(A) ::= strings(L).                                 { A = literal_node(p, L); }
atom(A) ::= NONE(T).                                    { A = node_constant(p, NODE_NONE, T); }
atom(A) ::= TRUE(T).                                    { A = node_constant(p, NODE_TRUE, T); }
atom(A) ::= FALSE(T).                                   { A = node_constant(p, NODE_FALSE, T); }
atom(A) ::= ELLIPSIS(T).                                { A = node_constant(p, NODE_ELLIPSIS, T); }
atom(A) ::= LPAREN(T) RPAREN(E).                        { A = node_display(p, NODE_TUPLE, T, (NodeVec){0}, E); }
atom(A) ::= LPAREN(T) yield_expr(Y) RPAREN(E).          { A = node_in_parens(p, T, Y, E); }
atom(A) ::= LPAREN(T) items(I) opt_comma(C) RPAREN(E).  { A = node_parens(p, T, I, C, E); }
atom(A) ::= LPAREN(T) item(X) comp_fors(F) RPAREN(E).   { A = node_comp(p, NODE_GENEXP, T, NULL, X, F, E); }
atom(A) ::= LBRACKET(T) RBRACKET(E).                    { A = node_display(p, NODE_LIST, T, (NodeVec){0}, E); }
atom(A) ::= LBRACKET(T) items(I) opt_comma RBRACKET(E). { A = node_display(p, NODE_LIST, T, I, E); }
atom(A) ::= LBRACKET(T) item(X) comp_fors(F) RBRACKET(E). { A = node_comp(p, NODE_LISTCOMP, T, NULL, X, F, E); }
atom(A) ::= LBRACE(T) RBRACE(E).                        { A = node_dict(p, T, NULL, E); }
atom(A) ::= LBRACE(T) pairs(D) opt_comma RBRACE(E).     { A = node_dict(p, T, D, E); }
atom(A) ::= LBRACE(T) items(I) opt_comma RBRACE(E).     { A = node_display(p, NODE_SET, T, I, E); }
atom(A) ::= LBRACE(T) item(X) comp_fors(F) RBRACE(E).   { A = node_comp(p, NODE_SETCOMP, T, NULL, X, F, E); }
atom(A) ::= LBRACE(T) expr(K) COLON expr(V) comp_fors(F) RBRACE(E). { A = node_comp(p, NODE_DICTCOMP, T, K, V, F, E); }

%type pairs {Node *}
pairs(A) ::= expr(K) COLON expr(V).                     { A = node_dict_add(p, NULL, K, V); }
pairs(A) ::= DOUBLESTAR arith(V).                       { A = node_dict_add(p, NULL, NULL, V); }
pairs(A) ::= pairs(A) COMMA expr(K) COLON expr(V).      { node_dict_add(p, A, K, V); }
pairs(A) ::= pairs(A) COMMA DOUBLESTAR arith(V).        { node_dict_add(p, A, NULL, V); }

%type comp_fors {CompForVec}
comp_fors(A) ::= comp_for(F).                           { A = (CompForVec){0}; vec_push(p->arena, &A, F); }
comp_fors(A) ::= comp_fors(A) comp_for(F).              { vec_push(p->arena, &A, F); }

%type comp_for {CompFor}
comp_for(A) ::= FOR targets(V) IN logic(I).             { A = comp_for(p, false, V, I); }
comp_for(A) ::= ASYNC FOR targets(V) IN logic(I).       { A = comp_for(p, true, V, I); }
comp_for(A) ::= comp_for(A) IF logic(C).                { vec_push(p->arena, &A.conditions, C); }

/* ---- strings ---- */

%type strings {Literal *}
strings(A) ::= STRING(T).                               { A = literal_new(p); literal_add_string(p, A, T); }
strings(A) ::= BYTES(T).                                { A = literal_new(p); literal_add_string(p, A, T); }
strings(A) ::= FSTRING_BEGIN(T) fparts(P) FSTRING_END(E). { A = literal_new(p); literal_add_fstring(p, A, T, P, E); }
strings(A) ::= strings(A) STRING(T).                    { literal_add_string(p, A, T); }
strings(A) ::= strings(A) BYTES(T).                     { literal_add_string(p, A, T); }
strings(A) ::= strings(A) FSTRING_BEGIN(T) fparts(P) FSTRING_END(E). { literal_add_fstring(p, A, T, P, E); }

%type fparts {Literal *}
fparts(A) ::= .                                         { A = literal_new(p); }
fparts(A) ::= fparts(A) FSTRING_TEXT(T).                { literal_add_text(p, A, T); }
fparts(A) ::= fparts(A) FIELD_BEGIN(T) value(V) field_debug(D) field_conversion(C) field_spec(S) FIELD_END(E).
                                                        { literal_add_field(p, A, T, V, D, C, S, E); }

%type field_debug {Tok}
field_debug(A) ::= .                                    { A = NULL; }
field_debug(A) ::= FIELD_DEBUG(T).                      { A = T; }

%type field_conversion {Tok}
field_conversion(A) ::= .                               { A = NULL; }
field_conversion(A) ::= FIELD_CONVERSION(T).            { A = T; }

%type field_spec {Node *}
field_spec(A) ::= .                                     { A = NULL; }
field_spec(A) ::= FIELD_SPEC(T) fparts(P).              { A = literal_spec(p, T, P); }

/* ---- subscripts, arguments, parameters of lambda ---- */

%type index {Node *}
index(A) ::= subscript(E).                              { A = node_index(p, E); }
index(A) ::= subscript(E) COMMA(C).                     { A = node_tuple(p, E, C); }
index(A) ::= subscripts(A).
index(A) ::= subscripts(A) COMMA.

%type subscripts {Node *}
subscripts(A) ::= subscript(E) COMMA subscript(F).      { A = node_tuple_add(p, node_tuple(p, E, NULL), F); }
subscripts(A) ::= subscripts(A) COMMA subscript(E).     { node_tuple_add(p, A, E); }

%type subscript {Node *}
subscript(A) ::= item(A).
subscript(A) ::= bound(L) COLON(C) bound(U).            { A = node_slice(p, L, C, U, NULL, NULL); }
subscript(A) ::= bound(L) COLON(C) bound(U) COLON(D) bound(S). { A = node_slice(p, L, C, U, D, S); }

%type bound {Node *}
bound(A) ::= .                                          { A = NULL; }
bound(A) ::= expr(A).

%type args {ArgVec}
args(A) ::= .                                           { A = (ArgVec){0}; }
args(A) ::= arg_list(L) opt_comma(C).                   { A = args_finish(p, L, C); }

%type arg_list {ArgVec}
arg_list(A) ::= arg(G).                                 { A = (ArgVec){0}; vec_push(p->arena, &A, G); }
arg_list(A) ::= arg_list(A) COMMA arg(G).               { vec_push(p->arena, &A, G); }

%type arg {Arg}
arg(A) ::= named(E).                                    { A = arg_positional(p, E); }
arg(A) ::= expr(N) ASSIGN(T) expr(E).                   { A = arg_keyword(p, N, T, E); }
arg(A) ::= STAR(T) expr(E).                             { A = arg_starred(p, ARG_STAR, T, E); }
arg(A) ::= DOUBLESTAR(T) expr(E).                       { A = arg_starred(p, ARG_STAR_STAR, T, E); }
arg(A) ::= named(E) comp_fors(F).                       { A = arg_genexp(p, E, F); }

%type opt_comma {Tok}
opt_comma(A) ::= .                                      { A = NULL; }
opt_comma(A) ::= COMMA(T).                              { A = T; }

%type lambda_params {ParamVec}
lambda_params(A) ::= .                                  { A = (ParamVec){0}; }
lambda_params(A) ::= lambda_list(L) opt_comma.          { A = params_finish(p, L); }

%type lambda_list {ParamVec}
lambda_list(A) ::= lambda_param(P).                     { A = (ParamVec){0}; vec_push(p->arena, &A, P); }
lambda_list(A) ::= lambda_list(A) COMMA lambda_param(P). { vec_push(p->arena, &A, P); }

%type lambda_param {Param}
lambda_param(A) ::= NAME(N).                            { A = param_new(p, PARAM_NORMAL, N, NULL, NULL); }
lambda_param(A) ::= NAME(N) ASSIGN expr(V).             { A = param_new(p, PARAM_NORMAL, N, NULL, V); }
lambda_param(A) ::= STAR NAME(N).                       { A = param_new(p, PARAM_STAR, N, NULL, NULL); }
lambda_param(A) ::= DOUBLESTAR NAME(N).                 { A = param_new(p, PARAM_STAR_STAR, N, NULL, NULL); }
lambda_param(A) ::= STAR(T).                            { A = param_marker(p, PARAM_STAR, T); }
lambda_param(A) ::= SLASH(T).                           { A = param_marker(p, PARAM_POSITIONAL_ONLY, T); }

%code {
#undef TOKEN
#define TOKEN(kind, text, properties) \
    _Static_assert((int)TOK_##kind == (int)PY_##kind, "%token lists the tokens of token.def in order");
#define PY_END 0
#include "syntax/token.def"
#undef TOKEN

/* Would the parser, as it stands, take this token? Plays the reductions that it would make on a copy of the top of the stack. */
static bool accepts(const void *lemon, int kind)
{
    const yyParser *parser = lemon;
    YYACTIONTYPE states[ACCEPT_DEPTH + ACCEPT_GROWTH], *bottom = &states[ACCEPT_DEPTH], *top = &states[ACCEPT_DEPTH - 1];

    for (const yyStackEntry *entry = parser->yytos; entry >= parser->yystack && bottom > states; entry--)
        *--bottom = entry->stateno;
    for (;;) {
        YYACTIONTYPE action = yy_find_shift_action((YYCODETYPE)kind, *top);
        if (action < YY_MIN_REDUCE)
            return action <= YY_MAX_SHIFTREDUCE || action == YY_ACCEPT_ACTION;
        top += yyRuleInfoNRhs[action - YY_MIN_REDUCE]; /* minus the length of the rule */
        if (top < bottom || top == &states[ACCEPT_DEPTH + ACCEPT_GROWTH - 1])
            return false;
        action = yy_find_reduce_action(*top, (YYCODETYPE)yyRuleInfoLhs[action - YY_MIN_REDUCE]);
        *++top = action;
    }
}

/* Feeds all tokens to the grammar. */
void parse_tokens(Parser *p)
{
    void *lemon = PythonParserAlloc(malloc);

    for (uint32_t i = 0; i < p->tokens.len; i++) {
        Tok token = &p->tokens.items[i];
        if (token->is_missing && !missing_colon(p, token, lemon, accepts))
            continue;
        p->index = i;
        PythonParser(lemon, token->kind, token, p);
    }
    PythonParserFree(lemon, free);
}
}

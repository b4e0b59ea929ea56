/* Shared by the files that hold constructors: making a node, finding its span, naming it in a message. */
#ifndef SYNTAX_NODE_H
#define SYNTAX_NODE_H

#include "syntax/parser.h"

Node *node_new(Parser *p, NodeKind kind, Span span);
Span span_from(Tok first, Span last);
Span span_between(Span first, Span last);
const char *node_described(const Node *n); /* "function call", as in "cannot assign to function call" */

#endif

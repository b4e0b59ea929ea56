/* Parts of check.c that have files of their own. */
#ifndef SYNTAX_CHECK_H
#define SYNTAX_CHECK_H

#include "syntax/parser.h"

/* check_pattern.c */
void check_cases(Parser *p, const Node *match);
void check_alternatives(Parser *p, const Node *pattern);
void check_mapping_keys(Parser *p, const Node *pattern);

/* check_scope.c: where global, nonlocal and from __future__ may stand. `body` is that of the scope. */
void check_declared(Parser *p, const NodeVec *body, const ParamVec *params, const Node *declaration);
void check_future(Parser *p, const NodeVec *module);

#endif

/* Source text to syntax tree: the first stage. */
#ifndef SYNTAX_PARSE_H
#define SYNTAX_PARSE_H

#include "base/context.h"
#include "syntax/ast.h"

/* Never NULL: what could be read, with the mistakes in c->diags. A tree with mistakes is not fit for later stages. */
Module *parse_source(Compilation *c, SourceFile *file);

#endif

/* Source text to syntax tree: the first stage, and what --emit=tokens and --emit=ast print of it. */
#ifndef SYNTAX_PARSE_H
#define SYNTAX_PARSE_H

#include "base/context.h"
#include "base/text.h"
#include "syntax/ast.h"

/* Never NULL: what could be read, with the mistakes in c->diags. A tree with mistakes is not fit for later stages. */
Module *parse_source(Compilation *c, SourceFile *file);

void tokens_print(Compilation *c, SourceFile *file, Text *out);
void ast_print(const Module *module, Text *out);

#endif

/* Tokens and trees as text, for --emit=tokens and --emit=ast. */
#ifndef SYNTAX_PRINT_H
#define SYNTAX_PRINT_H

#include "base/text.h"
#include "syntax/token.h"

void tokens_print(const SourceFile *file, const TokenVec *tokens, Text *out);
void ast_print(const Module *module, Text *out);

#endif

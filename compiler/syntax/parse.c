/* The first stage: characters to tokens (python.re, layout.c), tokens to tree (python.y, ast.c), and the rules that a grammar cannot
 * state (check.c). */
#include "syntax/parse.h"

#include "syntax/parser.h"

Module *parse_source(Compilation *c, SourceFile *file)
{
    Parser parser = {.c = c, .arena = c->arena, .file = file, .after_broken = UINT32_MAX};

    parser.wildcard = intern_text(c->names, "_");
    parser.debug = intern_text(c->names, "__debug__");
    parser.tokens = lex(c, file);
    parse_tokens(&parser);
    Module *module = module_new(&parser, parser.body);
    check_module(&parser, module);
    return module;
}

/* The state of one compilation: what every stage takes as its first argument.  There is no other state: no file-level variables. */
#ifndef ASYNCC_BASE_CONTEXT_H
#define ASYNCC_BASE_CONTEXT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/source.h"

/* What the command line says to the stages; what only the driver needs to know is not here. */
typedef struct Options {
    bool no_line; /* leave out #line */
    bool release; /* optimise: no debug checks in the generated C */
    const char *output; /* the C file, if it is not named after the source: for what it includes and its #line */
} Options;

typedef struct Compilation {
    Arena *arena;
    Interner *names;
    Sources *sources;
    Diags *diags;
    Options options;
    const char *directory; /* of the program: where its sibling modules are; "" is the current one */
    Map scopes;            /* FUNCTION, LAMBDA, CLASS node -> Scope: resolve.c's */
} Compilation;

/* The compilation lives in its own arena; compilation_free frees it and everything that was made during it. */
Compilation *compilation_new(void);
void compilation_free(Compilation *c);

#endif

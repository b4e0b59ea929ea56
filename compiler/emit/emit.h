/* The last stage: IR to C. What the C looks like is told in emit.c. */
#ifndef EMIT_EMIT_H
#define EMIT_EMIT_H

#include "ir/ir.h"

/* app.c and app.h, without a `main`. */
void emit_program(Compilation *c, IrProgram *program, Text *c_out, Text *h_out);
/* The function that makes a program of it; appended to app.c by `asyncc build` and `run`. */
void emit_main(Compilation *c, const IrProgram *program, Text *c_out);

#endif

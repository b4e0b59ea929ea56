/* From typed instances to the IR. */
#ifndef LOWER_LOWER_H
#define LOWER_LOWER_H

#include "infer/infer.h"
#include "ir/ir.h"

IrProgram *lower(Compilation *c, Inferred *inferred);

#endif

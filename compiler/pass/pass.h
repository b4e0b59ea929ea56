/* The passes over the IR, in the order in which the driver calls them. What each requires and what then holds stands in its file. */
#ifndef PASS_PASS_H
#define PASS_PASS_H

#include "ir/ir.h"

void limit_depth(Compilation *c, IrProgram *program);     /* depth.c */
void add_raise_edges(Compilation *c, IrProgram *program); /* raise.c */
void add_ownership(Compilation *c, IrProgram *program);   /* own.c */
void find_live(Compilation *c, IrProgram *program);       /* live.c */
void lay_out_frames(Compilation *c, IrProgram *program);  /* frame.c */

void frames_print(Compilation *c, const IrProgram *program, Text *out); /* report.c: --emit=frames */

enum { FRAME_BASE = 24 };                 /* bytes of an art_frame */
uint32_t frame_room_of(const IrVar *var); /* frame.c: bytes of a variable, or of a walked generator's frame */

/* -- shared by the passes --------------------------------------------------------------------------------------------------- */

void find_ranges(Compilation *c, IrFunc *func);            /* range.c: arithmetic that cannot overflow */
void find_calls(Compilation *c, IrProgram *program);       /* calls.c: callees, is_used, scc, is_recursive, can_suspend */
void place_generators(Compilation *c, IrProgram *program); /* place.c: between its cycles and what can suspend */
bool next_suspends(const IrStmt *s);                       /* calls.c: of an IR_NEXT */
bool type_runs_code(const Type *t);                        /* raise.c: may comparing, hashing or printing a value call a method of the program? */
bool expr_raises(const IrExpr *e);                         /* raise.c: some part of it can raise */

const char *value_stem(const IrExpr *e);                    /* raise.c: what a temporary for it is called */

/* Sets of a function's variables. Index: IrVar.index. */
typedef uint64_t *VarSet;

/* For each statement of a function (by IrStmt.id) the variables whose values are still read after it, on its ordinary way out, and what the handlers
 * read. Computed backwards over the structure; a loop is gone through until nothing changes. flow.c. */
typedef struct Liveness {
    IrVarVec vars;      /* all of the function, by index */
    uint32_t words;     /* of a set */
    uint32_t stmt_count;
    VarSet *after;      /* by IrStmt.id */
    VarSet *before;     /* by IrStmt.id */
    VarSet *inside;     /* what the handler reads that it leaves to */
} Liveness;

/* The second and third step of own.c. */
void find_holding(Compilation *c, const IrProgram *program, IrFunc *func, Liveness *live); /* hold.c */
void drop_temporaries(Compilation *c, IrFunc *func, Liveness *live);                       /* drop.c */

Liveness *liveness(Compilation *c, IrFunc *func);
void share_space(IrFunc *func, Liveness *live); /* share.c: numbers of a frame that are never alive at once */

static inline bool set_has(const uint64_t *set, const IrVar *var)
{
    return set[var->index / 64] >> (var->index % 64) & 1;
}
static inline void set_add(uint64_t *set, const IrVar *var)
{
    set[var->index / 64] |= (uint64_t)1 << (var->index % 64);
}
static inline void set_drop(uint64_t *set, const IrVar *var)
{
    set[var->index / 64] &= ~((uint64_t)1 << (var->index % 64));
}

#endif

/* What the files of the emitter share. */
#ifndef EMIT_INTERNAL_H
#define EMIT_INTERNAL_H

#include "base/map.h"
#include "emit/out.h"
#include "ir/ir.h"

#include <assert.h>
#include <string.h>

/* Identifiers that are in use, interned. */
typedef struct NameSet {
    Map names;
    Map families; /* functions whose derived names, f_frame and so on, are taken with them */
} NameSet;

typedef struct Emit {
    Compilation *c;
    Arena *arena;
    IrProgram *program;
    const char *file_stem; /* the source file's name without ".async" */
    const char *stem;      /* the same as an identifier; "app": of app.c, app_init */
    Out includes, types, constants, prototypes, functions, codes, closures, wrappers, forward, tables;
    Out *out;              /* where lines go */
    NameSet names;         /* of the file */
    Map stems;             /* what those are derived from that look derived */
    NameSet func_names;    /* those of functions: a variable may hide one that its function does not mention */
    NameSet library_names; /* of the C library */
    NameSet keywords;      /* of C */
    Map type_names;        /* Type → its short name, "list_int" */
    Map type_name_users;   /* short name → Type */
    Map structs;           /* Type → name of the struct of a tuple */
    Map descriptors;       /* Type → "&type_list_int" */
    Map cells;             /* Type → name of the cell's struct */
    Map helpers;           /* names of helper functions that have been written */
    Map classes;           /* Class → IrClass */
    Map class_info;        /* Class → ClassNames */
    struct Cycles *cycles; /* cycle.c's */
    bool has_cyclic_del;   /* a class with __del__ whose objects may be in a circle */
    Map strings;           /* literal, interned (with 'b' before bytes) → name */
    Map headers;
    Map defined;           /* functions whose definition stands above */
    Map declared;          /* functions with a prototype */
    Map done;              /* IrFunc → non-NULL: written, or being written */
    Map framed;            /* IrFunc whose frame's struct is written → its names */
    /* the function at hand */
    IrFunc *func;
    bool in_frame;         /* its body is a resume function */
    NameSet locals;        /* of the function */
    Map local_numbers, file_numbers; /* stem → the last number that an identifier of the function, of the file was made with */
    NameSet members;       /* names that the frame's own members have */
    uint32_t label_count;
    Map labels;            /* IrStmt → number of its labels */
    const char *last_call; /* how the text of the latest call that gives zero when it raises begins: "f(" */
    bool uses_raised, uses_leave;
    bool has_result;       /* a variable `result` */
    const char *file;      /* its source's, for tracebacks */
    uint32_t start;        /* lines of `out` when its body began */
    IrStmt *loop;          /* the innermost one */
    Map continued;         /* loops with a label for `continue` */
} Emit;

/* A piece of an expression. The levels are C's, tightest first. */
typedef enum Prec {
    PREC_COMMA, PREC_ASSIGN, PREC_COND, PREC_OR, PREC_AND, PREC_BITOR, PREC_BITXOR, PREC_BITAND, PREC_EQUAL, PREC_COMPARE, PREC_SHIFT,
    PREC_ADD, PREC_MUL, PREC_UNARY, PREC_POSTFIX, PREC_PRIMARY,
} Prec;
typedef struct Piece {
    const char *text;
    Prec prec;
} Piece;

#define TEXT(e, ...) arena_printf((e)->arena, __VA_ARGS__)

/* -- names.c -------------------------------------------------------------------------------------------------------------------- */

void name_program(Emit *e);
void name_locals(Emit *e, const IrFunc *func);      /* parameters, locals, temporaries of the function at hand */
bool is_taken_in_file(Emit *e, const char *name);
const char *name_in_file(Emit *e, const char *wanted); /* a new identifier of the file */
const char *name_in_function(Emit *e, const char *wanted); /* a new one of the function */
void name_captures(Emit *e, const IrFunc *func);
const char *name_of_member(Emit *e, const char *name); /* of a struct: a keyword gets an underscore */
const char *c_identifier(Emit *e, const char *name);  /* characters that C does not know are spelled */

/* -- cycle.c: can objects be part of a circle of references? ------------------------------------------------------------------------ */

bool is_cyclic_type(Emit *e, Type *t); /* of a container, or a tuple in a box */
bool is_cyclic_class(Emit *e, const Class *cls);
bool is_cyclic_cell(Emit *e, Type *t);
bool is_cyclic_closure(Emit *e, const IrFunc *func);

/* -- ctype.c ---------------------------------------------------------------------------------------------------------------------- */

const char *c_type(Emit *e, Type *t);               /* "int64_t", "art_str *" */
const char *c_declare(Emit *e, Type *t, const char *name); /* "int64_t x", "art_str *x" */
const char *result_type(Emit *e, const IrFunc *func); /* "void" for None */
const char *type_ref(Emit *e, Type *t);             /* the address of its descriptor; emits it when first asked for */
Type *type_canonical(Emit *e, Type *t);             /* the one that stands for all with the same C */
const char *slot_ref(Emit *e, Type *t);             /* the descriptor of a member of a struct */
const char *type_short_name(Emit *e, Type *t);           /* "list_int" */
const char *tuple_struct(Emit *e, Type *t);
const char *cell_struct(Emit *e, Type *t);
const char *class_struct(Emit *e, const Class *cls);
bool is_program_class(Emit *e, const Class *cls);
IrClass *ir_class(Emit *e, const Class *cls);
bool type_is_empty(const Type *t);                   /* no parameter is made of it */
bool type_has_value(const Type *t);                      /* not None, Never: something in C */
const char *c_zero(Emit *e, Type *t);                 /* what an unset variable holds, as an initialiser */
const char *c_retained(Emit *e, Type *t, const char *value); /* an expression */
const char *c_released(Emit *e, Type *t, const char *value); /* a statement, without its semicolon */
const char *c_assigned(Emit *e, Type *t, const char *place, const char *value); /* the old value released */
const char *c_cleared(Emit *e, Type *t, const char *place);
const char *c_moved(Emit *e, Type *t, const char *place);
void need_header(Emit *e, const char *header);
void need_function(Emit *e, const IrCFunc *func);   /* the header that declares it */

/* -- literal.c ---------------------------------------------------------------------------------------------------------------------- */

const char *string_literal(Emit *e, const char *text, uint32_t len);  /* "&str_hello" */
const char *bytes_literal(Emit *e, const char *text, uint32_t len);
const char *c_quoted(Emit *e, const char *text, size_t len);          /* "\"…\"" */
Piece int_literal(Emit *e, int64_t value);
Piece float_literal(Emit *e, double value);

/* -- expr.c ---------------------------------------------------------------------------------------------------------------------- */

Piece c_expr(Emit *e, IrExpr *x);
const char *c_text_of(Emit *e, IrExpr *x, Prec at_least); /* in parentheses where needed */
const char *c_slot(Emit *e, IrExpr *x);            /* an address of a variable with the value */
const char *c_args(Emit *e, const IrExpr *call, const char *first, bool has_first);
const char *c_call_args(Emit *e, const IrExpr *call, const char *out); /* of an IR_CALL_C; `out`: where its result goes, or NULL */
const char *c_place(Emit *e, const IrPlace *place, Type *type);
const char *c_var(Emit *e, const IrVar *var);    /* as an lvalue */
const char *c_holder(Emit *e, const IrVar *var);  /* the variable itself: a cell's pointer */
const char *c_flag(Emit *e, const IrVar *var);   /* its `bool x_set` */
const char *c_child(Emit *e, const IrVar *var);  /* a CHILD's frame */

/* -- stmt.c ------------------------------------------------------------------------------------------------------------------------ */

void emit_block(Emit *e, const IrBlock *block);
void emit_stmt(Emit *e, IrStmt *s);
void emit_check(Emit *e, const IrStmt *s);          /* leaves if it raised */
void emit_leave(Emit *e, const IrStmt *s);          /* goto where an exception goes */
void emit_result(Emit *e, IrStmt *s, const char *value); /* dst = value, owned */
const char *c_line(Emit *e, Span span);
void release_list(Emit *e, const IrVarVec *vars);

/* -- await.c -------------------------------------------------------------------------------------------------------------------------- */

void emit_await(Emit *e, IrStmt *s);
void emit_yield(Emit *e, IrStmt *s);
void emit_child(Emit *e, IrStmt *s);
void emit_next(Emit *e, IrStmt *s);
void emit_close(Emit *e, IrStmt *s);
void drop_child(Emit *e, const IrVar *var);          /* a loop's generator, which may not have come to its end */
const char *next_condition(Emit *e, IrStmt *s);      /* of an IR_NEXT that heads a loop */
void take_next(Emit *e, IrStmt *s);

/* -- local.c: C variables of a function -------------------------------------------------------------------------------------------------- */

void plan_locals(Emit *e, const IrFunc *func);      /* where each is declared */
void declare_locals(Emit *e, const IrFunc *func);   /* those that stand at the top */
bool is_for_next_only(const IrStmt *s);
bool is_released_at_exit(const IrVar *var);
bool stmt_declares(const IrStmt *s);                     /* does the statement declare its `dst`? */

/* -- func.c, frame.c, closure.c ----------------------------------------------------------------------------------------------------------------- */

void emit_func(Emit *e, IrFunc *func);              /* once; what must stand before it first */
void emit_frame_struct(Emit *e, IrFunc *func);      /* once */
void emit_frame(Emit *e, IrFunc *func);
Type *frame_object_type(Emit *e, const IrFunc *func); /* of the object of it, or of what it returns */
void emit_exit(Emit *e, const IrFunc *func);        /* the labels at the end */
void use_func(Emit *e, IrFunc *func, const char *suffix); /* mentions f, f_init, f_resume or f_new: a prototype if it stands below */
void use_func_above(Emit *e, IrFunc *func, const char *suffix); /* the same, from a section that stands above all functions */
const char *frame_struct(Emit *e, IrFunc *func);
const char *c_parameters(Emit *e, const IrFunc *func, const char *first);
const char *closure_struct(Emit *e, IrFunc *func);
const char *c_closure(Emit *e, const IrExpr *x);
const char *coro_c_maker(Emit *e, const IrExpr *x);
bool keeps_in_frame(const Emit *e, const IrVar *var);

/* -- class.c, header.c -------------------------------------------------------------------------------------------------------------------- */

void emit_classes(Emit *e);                         /* structs and tables */
void emit_class_functions(Emit *e);                 /* what the descriptors name */
const char *class_descriptor(Emit *e, const Class *cls);
const char *field_path(Emit *e, const Class *from, const Class *to); /* "base." for each step */
const char *methods_struct(Emit *e, const IrSlot *slot);
void emit_header(Emit *e, Text *h_out);

#endif

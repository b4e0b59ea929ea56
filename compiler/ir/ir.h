/* The intermediate representation: structured (a loop is a loop, a try is a try), with explicit evaluation order, explicit
 * suspension points and typed variables. Lowering makes it, the passes complete it, the emitter prints it without further thought.
 *
 * Order. The operands of an expression tree may be evaluated in any order without a difference that the program could see:
 * lowering puts whatever has effects into statements of its own, through temporaries. A tree holds at most one call with effects, and nothing
 * in it is evaluated "around" that call which the call could change. Arithmetic that may raise may be nested: its functions have
 * no effect but to set the pending exception, and one check follows the statement.
 *
 * Exceptions. Lowering marks nothing: pass/raise.c finds out which calls can raise (over the whole call graph) and sets
 * `raises` on statements. A statement that raises leaves to the handler of the innermost IR_TRY around it, or to the function's exit.
 *
 * Ownership. Lowering marks nothing: an expression is *owned* (a call's result, something newly made) or *borrowed* (read from a
 * variable, field or constant) by its kind; pass/own.c inserts retains and releases. A variable owns what it holds; a parameter of a
 * plain function is borrowed unless it is assigned.
 *
 * Types are resolved (no cells). A value of type NONE has no C expression except where it must be stored. */
#ifndef IR_IR_H
#define IR_IR_H

#include "types.h"

#include "base/text.h"

typedef struct IrFunc IrFunc;
typedef struct IrVar IrVar;
typedef struct IrExpr IrExpr;
typedef struct IrStmt IrStmt;
typedef struct IrClass IrClass;
typedef struct IrProgram IrProgram;
typedef Vec(IrVar *) IrVarVec;
typedef Vec(IrExpr *) IrExprVec;
typedef Vec(IrStmt *) IrBlock;
typedef Vec(IrFunc *) IrFuncVec;
typedef Vec(struct IrCFunc *) IrCFuncVec;

/* -- variables --------------------------------------------------------------------------------------------------------------- */

typedef enum IrVarKind {
    IR_VAR_PARAM,
    IR_VAR_LOCAL,   /* the user's */
    IR_VAR_TEMP,    /* assigned once (or once per branch), used after that within the same statement of the source */
    IR_VAR_HIDDEN,  /* the compiler's own, living longer: the list that a for walks, a caught exception, the index of a loop */
    IR_VAR_CAPTURE, /* in a closure's function: a captured variable, found through the closure */
    IR_VAR_CHILD,   /* the frame of a generator or async generator that a loop drives in place: `child` */
    IR_VAR_GLOBAL,  /* module variable: static in the C file */
} IrVarKind;

struct IrVar {
    IrVarKind kind;
    const char *name;  /* the source's; TEMP and HIDDEN: a stem ("list", "caught"), made unique by the emitter */
    Type *type;
    uint32_t id;       /* in its function (or program, for globals) */
    bool is_cell;      /* captured by a closure and assigned after: lives in a counted heap cell that all share; reads and writes go through it */
    bool may_be_unset; /* reading it must raise UnboundLocalError/NameError when it is unset: the emitter keeps a `bool name_set` beside it */
    bool is_borrowed;  /* TEMP only: holds a borrowed value (lowering knows that its owner outlives it) */
    bool is_walked;    /* HIDDEN: the generator (or iterator) that a loop walks: it ends with the loop, however that is left */
    IrFunc *child;     /* CHILD: whose frame; or: */
    struct IrCFunc *c_child;
    const char *c_type; /* HIDDEN: a struct of the runtime that is no value of Python ("art_dict_iter"); `type` is NONE. Nothing to release */
    Span span;
    /* set by the passes */
    bool is_assigned;  /* PARAM: assigned somewhere (then owned) */
    bool is_kept;      /* lives in the frame, since it is live across a suspension */
    bool is_owned;     /* holds a reference that is released when it is assigned, unset, or the function is left */
    bool is_stored;    /* GLOBAL: assigned in a function, not only by the module's own statements */
    uint32_t uses, reads, sets;
    uint32_t index;    /* own.c's, live.c's: bit in their sets */
    IrVar *shares;     /* kept where this one is, since they are never alive at once; NULL: has a place of its own */
    struct IrStmt *kept_by; /* the first suspension across which it is live: for comments and --emit=frames */
    const char *c_name; /* emit/names.c's */
    const IrFunc *of;  /* check.c's: the function that lists it */
    void *info;        /* the emitter's own */
};

/* -- functions of the runtime ---------------------------------------------------------------------------------------------------- */

/* A function implemented in C, from a stub in lib/. How each value crosses is in DESIGN.md, "Calls into the runtime". */
typedef struct IrCFunc {
    const char *c_name;
    bool raises;
    bool is_async;       /* a C coroutine: c_name_frame, c_name_init, c_name_resume */
    bool is_leaf;        /* is_async, without a frame: c_name(base) suspends the frame that awaits it (await.c) */
    bool is_typed;       /* takes the descriptor of its result as last parameter */
    bool result_by_out;  /* the result is generic: through `void *out`, the C function returns bool. Then the call stands alone as the
                            value of an IR_SET (or of an IR_AWAIT) */
    bool *param_by_slot; /* per parameter: generic, passed as `const void *` */
    uint32_t param_count;
    const char *header, *lib; /* or NULL */
    const char *now;     /* is_async: a function that does it at once if that is possible, else gives false; or NULL */
} IrCFunc;

/* -- expressions ------------------------------------------------------------------------------------------------------------------ */

typedef enum IrExprKind {
    IR_INT,        /* integer                                                                                  */
    IR_FLOAT,      /* real                                                                                     */
    IR_BOOL,       /* integer                                                                                  */
    IR_NONE,       /* None of type NONE; as a nullable pointer or box: the type says                           */
    IR_STR,        /* text, len: a literal, static in the C file. Borrowed                                     */
    IR_BYTES,
    IR_ZERO,       /* the zero value of its type: what an unset variable holds                                 */
    IR_READ,       /* a place: see IrPlace. Borrowed                                                           */
    IR_OP,         /* op, args: a row of op.def. Owned if the type is counted                                  */
    IR_CALL,       /* func, args: a plain function of the program. Owned. If func->is_closure, args[0] is the closure (here, in
                      IR_CORO, and in the calls of IR_AWAIT and IR_CHILD)                                       */
    IR_CALL_C,     /* cfunc, args. Owned                                                                       */
    IR_CALL_VALUE, /* args[0]: an art_closure * of a CALLABLE type, the rest its arguments. Owned              */
    IR_CALL_SLOT,  /* slot, args[0] the receiver: a method that is overridden somewhere. Owned                 */
    IR_NEW,        /* cls: a new object, its fields zero (their defaults are stored by what follows). Owned    */
    IR_CONVERT,    /* args[0] to `type`: box, unbox (checked: no; narrowing was proved, or `checked` raises), bool→int, int→float,
                      X → X | None, subclass → base, base → subclass (proved). Owned if the operand is; a tuple boxed is always owned */
    IR_TUPLE,      /* args: a tuple struct. Owned                                                              */
    IR_LIST,       /* args: a list/set/deque/vartuple display of `type`. Owned                                 */
    IR_DICT,       /* args: key, value, key, value… Owned                                                      */
    IR_FORMAT,     /* format, args: art_strf(format, args…): see art/format.h. Owned. Of type NONE: art_printf(format, args…) */
    IR_SELF,       /* in a closure's function: its own closure object. Borrowed                                */
    IR_CLOSURE,    /* func, captures: a closure object over variables of this function. Owned                  */
    IR_CORO,       /* func, args: a coroutine (or generator, async generator) object on the heap. Owned        */
    IR_CORO_C,     /* cfunc, args: the same of a C coroutine                                                   */
    IR_TYPE,       /* of: the address of a type's descriptor (`const art_type *`)                              */
    IR_NOT,        /* args[0], a bool                                                                          */
    IR_AND, IR_OR, /* args of type bool, without effects                                                       */
    IR_SELECT,     /* args[0] ? args[1] : args[2], all without effects; borrowed if both are                   */
    IR_IS,         /* identity of two counted pointers (or nullable ones): args[0] == args[1]                  */
    IR_IS_NONE,    /* args[0] (nullable pointer or box) is None                                                */
    IR_IS_SET,     /* var has been assigned (may_be_unset)                                                     */
    IR_ARRAY,      /* args, side by side, as the address of the first: what art_gather, art_exc_args take. All of one C type; pointers
                      to objects are passed as `void *[]`, boxes as `art_box[]`. Borrowed; only as an argument */
    IR_EXPR_KIND_COUNT
} IrExprKind;

/* Where a value can be read and stored. */
typedef enum IrPlaceKind {
    IR_PLACE_VAR,   /* var (any kind but CHILD)                        */
    IR_PLACE_FIELD, /* object, cls, field: object->field               */
    IR_PLACE_ITEM,  /* object (a tuple struct), index: object._1       */
    IR_PLACE_SLOT,  /* var (with a c_type), member: *(T *)var.member, where T is the type of the READ: an iterator's current key */
    IR_PLACE_ELEM,  /* object (a list, unchecked), position (an int expression known to be in range): ((T *)object->items)[i] */
} IrPlaceKind;

typedef struct IrPlace {
    IrPlaceKind kind;
    IrVar *var;
    IrExpr *object;
    Class *cls;        /* FIELD: the class that declares it */
    Field *field;
    uint32_t index;
    IrExpr *position;
    const char *member; /* SLOT */
} IrPlace;

typedef enum IrOp {
#define OP(name, ...) IR_OP_##name,
#include "ir/op.def"
#undef OP
    IR_OP_COUNT
} IrOp;

struct IrExpr {
    IrExprKind kind;
    Type *type;
    Span span;
    IrOp op;
    IrExprVec args;
    union {
        int64_t integer;
        double real;
        struct { const char *text; uint32_t len; } str;
        IrPlace place;
        IrFunc *func;
        IrCFunc *cfunc;
        struct IrSlot *slot;
        Class *cls;
        Type *of;
        const char *format;
        IrVar *var;
    } as;
    IrVarVec captures; /* CLOSURE: variables of this function, in the order of func->captures */
    bool checked;      /* CONVERT: unboxing that raises TypeError when the box holds something else */
    /* set by own.c */
    bool is_retained;  /* a borrowed value of which a reference is taken here */
    bool is_moved;     /* READ of a variable that gives its value away here */
    bool is_placed;    /* stands somewhere: depth.c gives every other place a copy, since the passes mark single places */
};

/* -- statements -------------------------------------------------------------------------------------------------------------------- */

typedef enum IrStmtKind {
    IR_SET,       /* dst = value; dst NULL: evaluate only                                                                 */
    IR_STORE,     /* place = value                                                                                        */
    IR_UNSET,     /* dst: del name, or the end of a hidden variable's life: released and zeroed                           */
    IR_IF,        /* cond, body, orelse                                                                                   */
    IR_WHILE,     /* cond (NULL: for ever), body; label. `continue` goes to `step`, which runs after the body, too         */
    IR_COUNT,     /* for (dst = from; dst < to (or > if step is negative); dst += step): dst an int variable; `step` constant; the
                     limits are evaluated once: value = from, limit = to                                                  */
    IR_BREAK,     /* target: an IR_WHILE, IR_COUNT or IR_BLOCK around it: go to its end                                   */
    IR_CONTINUE,  /* target: a loop around it                                                                             */
    IR_BLOCK,     /* body; can be left with IR_BREAK                                                                      */
    IR_TRY,       /* body; a raise inside goes to `orelse` (the handler), which begins with the exception pending. After the body ends
                     normally the handler is skipped                                                                      */
    IR_CATCH,     /* dst = the pending exception, which is no longer pending (dst: hidden variable of an exception type; NULL: it is dropped) */
    IR_RAISE,     /* value: an exception object (owned or not); `limit`: its cause (`from`; a NONE expression suppresses); dst: the handled
                     exception that becomes its context, or NULL                                                          */
    IR_RERAISE,   /* value NULL: the pending one goes on to the next handler outwards; else dst/value is made pending again   */
    IR_RETURN,    /* value or NULL                                                                                        */
    IR_AWAIT,     /* dst (or NULL) = await: value is IR_CALL (func a coroutine: its frame in place), IR_CALL_C (a C coroutine, in
                     place) or any expression of type COROUTINE, TASK or FUTURE                                           */
    IR_YIELD,     /* yield value; dst (or NULL) = what is sent                                                            */
    IR_CHILD,     /* dst (a CHILD variable): value is the IR_CALL or IR_CALL_C whose frame is set up in it, not run        */
    IR_NEXT,      /* dst = next value of the child `child` (a generator, or an async one: then it may suspend); when it is exhausted: orelse. `child`
                     NULL: `value` reads a variable that holds a generator or async generator object, or a box of an art_iter (ANY) */
    IR_CLOSE,     /* child: its loop is left; unless it is exhausted, it is dropped as an object would be                 */
    IR_CHECK_SET, /* raises UnboundLocalError or NameError unless `dst` (may_be_unset) has been assigned; raise.c's           */
    IR_RETAIN,    /* value; own.c's                                                                                       */
    IR_RELEASE,   /* value; own.c's                                                                                       */
    IR_STMT_KIND_COUNT
} IrStmtKind;

struct IrStmt {
    IrStmtKind kind;
    Span span;         /* the source statement (or expression) it stands for: #line, comments, tracebacks */
    IrVar *dst, *child;
    IrPlace place;
    IrExpr *value, *cond, *limit;
    int64_t step;
    IrBlock body, orelse, after; /* after: what an IR_WHILE runs after its body and at `continue` (may be empty) */
    IrStmt *target;
    uint32_t id;
    /* set by the passes */
    bool raises;       /* a check follows */
    IrStmt *handler;   /* the IR_TRY it leaves to, or NULL: the function's exit */
    uint32_t state;    /* AWAIT, YIELD, NEXT of an async generator: the `case` */
    bool is_target;    /* something leaves to its end: a label may be needed */
    IrVarVec release;  /* temporaries that die here: released right after the call and before the check */
    IrVarVec unwind;   /* temporaries alive here: released if it raises */
    IrVarVec live;     /* AWAIT, YIELD, NEXT: kept across it, for comments and --emit=frames */
    uint32_t live_reads; /* so many of them, the first, since they are read later; the others are only released */
    bool drops_old;    /* SET, STORE, AWAIT, …: what the place held must be released */
    bool can_suspend;  /* AWAIT, NEXT: it has a `case` */
    bool keeps_old;    /* SET: the handler reads `dst`: it keeps what it held if the value raises */
    IrVarVec holds;    /* AWAIT, YIELD, NEXT: owned variables that may hold something across it */
    bool leaves_clean; /* RETURN: no variable holds anything that must be released (but for what is returned) */
};

/* -- functions, classes, programs --------------------------------------------------------------------------------------------------- */

typedef enum IrFuncKind { IR_FUNCTION, IR_COROUTINE, IR_GENERATOR, IR_ASYNCGEN } IrFuncKind;

struct IrFunc {
    IrFuncKind kind;
    const char *name;      /* dotted source name: "main", "Stack.push", "outer.inner" */
    const char *c_name;    /* unique in the program; set by emit/names.c */
    uint32_t id;
    Node *decl;            /* FUNCTION or LAMBDA; NULL for the module's body and what the compiler makes up */
    Span span;             /* of its `def` line */
    const char *stands_for;  /* a made-up function: the name of the one that it calls, or NULL */
    bool is_dynamic;   /* the function behind a closure in Any: it takes a tuple of its arguments */
    const char *signature; /* "async def first(name: str) -> str": for comments */
    Type *result;          /* what it returns (or a coroutine's await gives) */
    Type *yields, *sends;  /* generators */
    IrVarVec params, vars; /* vars: locals, temporaries, hidden, children */
    IrVarVec captures;     /* IR_VAR_CAPTURE, when it is a closure's function: it takes `art_closure *self` first */
    bool is_closure;
    bool is_public;        /* declared in app.h */
    bool is_library;       /* from lib/, not the user's */
    IrBlock body;
    /* set by the passes */
    bool can_raise;
    bool can_suspend;      /* a coroutine that cannot is emitted as a plain function */
    bool is_plain;         /* emitted as a plain C function: FUNCTION, or a COROUTINE that cannot suspend */
    bool is_used;          /* reachable: emitted */
    bool is_called;        /* a plain coroutine: called directly; else only its frame is needed */
    bool needs_object;     /* made with IR_CORO, or an implementation of an async slot: `f_new` is emitted */
    uint32_t objects;      /* places where one is made */
    bool needs_frame;      /* has a frame struct */
    bool needs_closure;    /* used as a value */
    uint32_t scc;          /* functions in a cycle of calls have the same */
    IrBlock suspensions;   /* AWAIT, YIELD, NEXT that have a `case`, in order of their state */
    IrFuncVec callees;        /* whatever it calls, or makes a coroutine or a closure of */
    IrFuncVec children;       /* coroutines awaited in place: members of the union */
    IrCFuncVec c_children;
    IrVarVec kept;         /* locals in the frame */
    IrVarVec at_exit;      /* owned variables that may hold something where the function is left with others */
    IrVarVec at_raise;     /* the same, where it is left by an exception */
    bool is_recursive;     /* in a cycle of the call graph: checks the stack; its frame is not placed in its own */
    uint32_t state_count;
    uint32_t frame_size;   /* for a 64-bit machine */
    bool has_c_frames;     /* without those of the runtime's coroutines that lie in it, whose size only C knows */
    IrFunc *overrides;     /* what the method overrides, or NULL */
};

/* An entry of the method table of a class hierarchy. Implementations take the base's receiver type. */
typedef struct IrSlot {
    const char *name;
    IrClass *cls;      /* the class that introduces it */
    uint32_t index;    /* in its table */
    Type *result;
    TypeVec params;    /* without the receiver */
    bool is_coroutine; /* then the implementations make a coroutine object */
    bool raises;       /* set by raise.c: some implementation can raise */
} IrSlot;

struct IrClass {
    Class *cls;
    IrClass *base;               /* or NULL; a library class has none here */
    const char *c_name;          /* set by emit/names.c */
    Vec(IrSlot *) slots;         /* those it introduces */
    Vec(struct { IrSlot *slot; IrFunc *func; }) methods; /* its implementations, inherited ones included, of all slots it has */
    IrFunc *str, *repr, *eq, *hash, *less, *del, *format; /* special methods that the descriptor needs, or NULL */
    const char *const *repr_fields; /* dataclass: fields shown by the generated repr */
};

struct IrProgram {
    const char *module_name, *path;
    IrFuncVec funcs;         /* in source order; functions of the library that are used come first */
    Vec(IrClass *) classes;  /* bases before derived */
    IrVarVec globals;
    IrFunc *init;            /* the module's top-level statements */
    Vec(const char *) headers, libs;
    bool shows_traces;       /* of exceptions that were caught: where they were caught belongs to their traceback */
    Types *types;
};

/* -- making and checking --------------------------------------------------------------------------------------------------------------- */

IrExpr *ir_expr(Compilation *c, IrExprKind kind, Type *type, Span span);
IrStmt *ir_stmt(Compilation *c, IrStmtKind kind, Span span);
IrVar *ir_var(Compilation *c, IrFunc *func, IrVarKind kind, const char *name, Type *type, Span span); /* func NULL: a global, not yet listed */
IrExpr *ir_read(Compilation *c, IrVar *var, Span span);
IrStmt *ir_set(Compilation *c, IrVar *dst, IrExpr *value, Span span);
IrExpr *ir_copy(Compilation *c, const IrExpr *e); /* of the whole tree */
bool ir_is_owned(const IrExpr *e);   /* see the kinds above */
bool ir_is_static(const IrExpr *e);  /* needs no counting at all: literals, None, boxed numbers */
bool ir_is_var(const IrExpr *e, const IrVar *var); /* READ of a variable; `var` NULL: of any */
bool ir_is_frame_call(const IrExpr *e); /* a call of a coroutine, of the program or in C: awaited in place */
bool ir_result_by_out(const IrExpr *e); /* IR_CALL_C: leaves its result at an address. A coroutine's tuple stands in its frame */
bool ir_is_exported(const IrFunc *func); /* declared in app.h: public, with types that mean something outside */
const char *ir_op_name(IrOp op);
bool ir_op_raises(IrOp op);

/* Calls `visit` with the place of each direct sub-expression: of an expression, of a statement (not of the statements in it). */
typedef void IrVisitExpr(void *ctx, IrExpr **e);
void ir_each_operand(IrExpr *e, IrVisitExpr *visit, void *ctx);
void ir_each_expr(IrStmt *s, IrVisitExpr *visit, void *ctx);
/* Calls `visit` for each statement of a block and, after it, those inside. */
typedef void IrVisitStmt(void *ctx, IrStmt *s);
void ir_each_stmt(const IrBlock *block, IrVisitStmt *visit, void *ctx);
bool ir_falls_through(const IrBlock *block); /* can control reach its end? */

void ir_check(Compilation *c, const IrProgram *program, const char *after); /* asserts that the IR is well formed, in debug builds */
void ir_print(Compilation *c, const IrProgram *program, Text *out);  /* --emit=ir */

#endif

/* What the files of lowering share: the state of the walk, and one function per kind of construct.
 *
 * Lowering of an expression gives an IrExpr tree and may put statements into the current block before it. The rule that keeps
 * Python's order is in order.c: whoever lowers several operands collects them in an Operands and settles it at the end. */
#ifndef LOWER_INTERNAL_H
#define LOWER_INTERNAL_H

#include "base/context.h"
#include "base/map.h"
#include "infer/infer.h"
#include "ir/ir.h"

#include <assert.h>
#include <string.h>

typedef struct Exit Exit; /* cleanup.c */
typedef struct Fn Fn;

/* The function that is being lowered. A generator expression is a function of its own in the middle of another. */
struct Fn {
    Fn *outer;
    Instance *inst; /* whose types and actions the nodes have */
    IrFunc *ir;
    IrBlock *block; /* where statements go */
    Exit *exits;    /* what leaving must do, innermost first */
    IrVar *handled; /* the exception that the handler around here handles, or NULL */
    bool uses_handled;
    int tries; /* handlers of this function around here */
    int loops;
    IrVar *first_turn;      /* of a yield from: nothing has been sent yet */
    IrVar *result;          /* what `return` carries through a finally; made when needed */
    Map vars;               /* Symbol -> IrVar in this function */
    Node *genexp;           /* the generator expression, if it is one */
    Vec(Symbol *) captured; /* in the order of ir->captures */
    Map defaults;           /* Node -> IrVar: defaults of functions made here */
    Map own_defaults;       /* Node -> IrVar: defaults of its own that its closure carries */
    Span span;              /* of the statement at hand */
};

typedef struct Lower {
    Compilation *c;
    Arena *arena;
    Inferred *inf;
    Types *types;
    IrProgram *program;
    Fn *fn;
    Map fns;                            /* Instance -> Fn * */
    Map globals;                        /* Symbol -> IrVar */
    Map cells;                          /* Symbol -> non-NULL: captured and assigned after */
    Map scanned;                        /* Scope -> Uses *: see scan.c */
    Map cfuncs;                         /* interned C name -> IrCFunc *: runtime functions called without a stub */
    Map stubs;                          /* (Node *) -> IrCFunc * */
    Map defaults;                       /* Symbol -> IrVar: default arguments evaluated at the def */
    Map thunks;                         /* see closure.c */
    Class *kinds[TYPE_KIND_COUNT];      /* the class of each built-in kind */
    Map builtin_classes;                /* name -> Class *: exceptions that only lowering raises or catches */
    Map asdicts;                        /* Class -> IrFunc *: asdict() of its objects */
    Map enum_fields;                    /* Class -> Field ** : name and value */
    Map members;                        /* Class -> IrVar ** : members of an enum */
    Map stable_vars;                    /* IrVar -> non-NULL: not assigned by the loop that walks it */
    Map special_args;                   /* Node -> IrExpr *: operands that were lowered already */
    bool thaws;                         /* object.__setattr__ sets an attribute of a frozen object */
    bool is_scanned, drives_generators; /* some generator is sent to or thrown into */
    uint32_t positional;                /* of the call that is being made: arguments written by position */
    Map placed;                         /* IrExpr -> itself: stands somewhere */
} Lower;

/* -- order.c: evaluation order ---------------------------------------------------------------------------------------------- */

enum {
    EFFECT_CALLS = 1,    /* runs code whose effects the program could see */
    EFFECT_RAISES = 2,   /* may raise (but for overflow alone) */
    EFFECT_OVERFLOW = 4, /* may raise OverflowError */
    EFFECT_READS = 8,    /* reads what a call could change */
};

typedef struct Operand {
    IrExpr *value;
    uint32_t at; /* length of the block when it was complete */
} Operand;
typedef struct Operands {
    Vec(Operand) items;
} Operands;

unsigned effects_of(const IrExpr *e);
bool is_simple(const IrExpr *e); /* a constant or a plain variable: may be written twice */
void operands_add(Lower *l, Operands *ops, IrExpr *value);
void operands_settle(Lower *l, Operands *ops);            /* afterwards the values may be evaluated in any order */
IrExpr *to_temp(Lower *l, IrExpr *e, const char *stem);   /* evaluated here, once */
IrExpr *to_simple(Lower *l, IrExpr *e, const char *stem); /* the same unless it may be written twice anyway */
IrExpr *quiet(Lower *l, IrExpr *e, const char *stem);     /* without calls and raises: for conditions and arguments */
IrVar *temp_var(Lower *l, const char *stem, Type *type);
IrVar *hidden_var(Lower *l, const char *stem, Type *type);
const char *stem_of(const Type *t);

/* -- lower.c ------------------------------------------------------------------------------------------------------------------ */

IrFunc *func_of(Lower *l, Instance *inst);
IrClass *irclass_of(Lower *l, const Class *cls);
IrSlot *slot_of(Lower *l, const Class *cls, const char *name, IrClass **owner);
bool is_await_method(const Instance *inst);
void add_func(Lower *l, IrFunc *func);
void emit(Lower *l, IrStmt *s);
void emit_return(Lower *l, IrExpr *value);
IrStmt *emit_new(Lower *l, IrStmtKind kind);
void emit_set(Lower *l, IrVar *dst, IrExpr *value);
void emit_eval(Lower *l, IrExpr *e);            /* for its effects; nothing if it has none */
IrBlock *enter_block(Lower *l, IrBlock *block); /* gives the one before */
void add_header(Lower *l, const char *header, const char *lib);

/* -- var.c: variables --------------------------------------------------------------------------------------------------------- */

IrVar *ir_var_of(Lower *l, Symbol *symbol);
bool is_own_function(const Fn *fn, const Symbol *symbol);
IrExpr *load_symbol(Lower *l, Symbol *symbol, Type *type); /* `type`: after narrowing */
void store_symbol(Lower *l, Symbol *symbol, IrExpr *value);
Type *symbol_type(Lower *l, Symbol *symbol);
Symbol *used_symbol(Lower *l, Node *n); /* what a NAME (walrus, capture, def …) stands for, imports followed */
Scope *node_scope(Lower *l);
bool is_kept_symbol(Lower *l, Symbol *symbol); /* has a variable: not a module, class, plain function */
bool func_captures(Lower *l, const Node *decl, Instance *owner); /* a closure with something in it */
Instance *body_of(Lower *l, const Scope *scope); /* the instance that runs a module's or class's statements */
IrVar *class_var_global(Lower *l, const Class *cls, Symbol *symbol);
IrExpr *load_class_var(Lower *l, const Class *cls, Symbol *symbol);

/* -- scan.c: what the text of a function says -------------------------------------------------------------------------------------- */

void each_child(Node *n, void (*visit)(void *ctx, Node *child), void *ctx); /* not into nested functions and classes */
bool is_cell(Lower *l, Symbol *symbol);
bool is_class_captured(Lower *l, Symbol *symbol); /* by a method of a class made in the function */
bool is_seen_inside(Lower *l, Symbol *symbol);    /* by a function made in the scope */
bool is_used_outside(Lower *l, Symbol *symbol, Span span);
bool is_assigned_inside(Lower *l, Symbol *symbol, Span span);

/* -- convert.c ------------------------------------------------------------------------------------------------------------------- */

IrExpr *convert(Lower *l, IrExpr *e, Type *to);
IrExpr *narrowed_to(Lower *l, IrExpr *e, Type *to); /* proved: not checked */
IrExpr *checked_place(Lower *l, Node *n, IrExpr *e); /* the value of an attribute or variable, which inference wants checked */
IrExpr *box(Lower *l, IrExpr *e);
IrExpr *truth(Lower *l, IrExpr *e);
bool is_always_true(Lower *l, const Type *t);

/* -- make.c: short forms ------------------------------------------------------------------------------------------------------------ */

Type *t_none(Lower *l);
Type *t_bool(Lower *l);
Type *t_int(Lower *l);
Type *t_float(Lower *l);
Type *t_str(Lower *l);
Type *t_any(Lower *l);
Type *t_of(Lower *l, TypeKind kind, Type *arg);
Type *t_exception(Lower *l); /* BaseException */
Type *range_type(Lower *l);
Type *t_bytes(Lower *l);
void find_kinds(Lower *l); /* first of all */
Type *exception_type(Lower *l, const char *name);
const Class *builtin_class(Lower *l, const char *name);
const char *name_of(Lower *l, const char *text); /* interned */
IrExpr *e_int(Lower *l, int64_t value);
IrExpr *e_float(Lower *l, double value);
IrExpr *e_bool(Lower *l, bool value);
IrExpr *e_none(Lower *l, Type *type);
IrExpr *e_zero(Lower *l, Type *type);
IrExpr *e_str(Lower *l, const char *text, uint32_t len);
IrExpr *e_read(Lower *l, IrVar *var);
IrExpr *e_op(Lower *l, IrOp op, Type *type, IrExpr *a, IrExpr *b);
IrExpr *e_not(Lower *l, IrExpr *e);
IrExpr *e_and(Lower *l, IrExpr *a, IrExpr *b);
IrExpr *e_or(Lower *l, IrExpr *a, IrExpr *b);
IrExpr *e_is_none(Lower *l, IrExpr *e);
IrExpr *e_type(Lower *l, Type *of);
IrExpr *e_field(Lower *l, IrExpr *object, const Class *cls, Field *field);
IrExpr *e_item(Lower *l, IrExpr *tuple, uint32_t index);
IrExpr *e_elem(Lower *l, IrExpr *list, IrExpr *position, Type *type);
IrExpr *e_slot(Lower *l, IrVar *var, const char *member, Type *type);
IrExpr *e_new(Lower *l, IrExprKind kind, Type *type);
void add_arg(Lower *l, IrExpr *e, IrExpr *arg);

/* A call of a runtime function that has no stub. Flags: */
enum {
    RT_RAISES = 1,
    RT_TYPED = 2,
    RT_OUT = 4,
    RT_SLOT0 = 8,
    RT_SLOT1 = 16,
    RT_SLOT2 = 32,
    RT_PURE = 64,
    RT_ASYNC = 128,
    RT_LEAF = 256
};
IrExpr *e_runtime(Lower *l, const char *c_name, unsigned flags, Type *result, uint32_t count, IrExpr *const *args);
#define RUNTIME(l, c_name, flags, result, ...) \
    e_runtime(l, c_name, flags, result, sizeof((IrExpr *[]){__VA_ARGS__}) / sizeof(IrExpr *), (IrExpr *[]){__VA_ARGS__})
bool is_pure_c(const IrCFunc *f);
void raise_text(Lower *l, Type *t, const char *text);

/* -- expr.c --------------------------------------------------------------------------------------------------------------------------- */

IrExpr *expr(Lower *l, Node *n);
IrExpr *expr_to(Lower *l, Node *n, Type *type);
IrExpr *condition(Lower *l, Node *n); /* of type bool; may have effects: quiet() it before an IR_IF */
IrExpr *join_conditions(Lower *l, bool is_or, IrExpr *left, IrBlock *block, IrExpr *right);
void effects_only(Lower *l, Node *n);
Type *type_at(Lower *l, const Node *n);
Action *action_at(Lower *l, const Node *n, ActionKind kind); /* NULL unless it is of that kind */
IrExpr *class_value(Lower *l, const Class *cls, Type *type);
IrExpr *empty_of(Lower *l, Type *type); /* a new empty list, set, dict, … */
void append_to(Lower *l, IrVar *list, IrExpr *item);
void dict_put(Lower *l, IrVar *dict, IrExpr *key, IrExpr *value);

/* -- operator.c ------------------------------------------------------------------------------------------------------------------------ */

IrExpr *binary_op(Lower *l, Operator op, IrExpr *left, IrExpr *right, Type *result);
IrExpr *unary_op(Lower *l, Operator op, IrExpr *operand, Type *result);
IrExpr *compare_op(Lower *l, Operator op, IrExpr *left, IrExpr *right);
IrExpr *equal(Lower *l, IrExpr *left, IrExpr *right);
IrExpr *lower_binary(Lower *l, Node *n);
IrExpr *lower_compare(Lower *l, Node *n);
IrExpr *plain_value(Lower *l, IrExpr *e); /* of a member of an enum that is an int or str, too */
bool is_number_type(const Type *t);
Type *result_of_numbers(Lower *l, Operator op, Type *left, Type *right); /* of plain operands */

/* -- call.c --------------------------------------------------------------------------------------------------------------------------- */

IrExpr *lower_call(Lower *l, Node *n);
/* A call whose receiver and operands are at hand: operators, iteration, with. `values` go to the bindings in their order. */
IrExpr *call_with(Lower *l, Callee *callee, IrExpr *receiver, IrExpr *const *values, uint32_t count);
/* A call as written at node n; `func`: the node whose value is the receiver's expression, or NULL. */
IrExpr *call_callee(Lower *l, Node *n, Callee *callee, Node *func);
IrExpr *finish_call(Lower *l,
                    IrExpr *call); /* effects of NONE and NEVER calls into statements; `out` results into temporaries */
IrCFunc *cfunction(Lower *l, Node *stub, Type *receiver);
bool is_awaitable_call(const IrExpr *e);
IrExpr *make_call(Lower *l, Instance *inst, IrExpr *closure, IrExpr *const *args, uint32_t count);
Instance *method_instance(Lower *l, const Class *cls, const char *name);
IrExpr *call_init(Lower *l, Callee *init, IrExprVec *args); /* args[0]: the new object */
typedef struct SliceBounds {
    IrExpr *start, *stop, *step;
} SliceBounds;
SliceBounds slice_bounds(Lower *l, Node *n);
IrExpr *list_item(Lower *l, IrExpr *list, IrExpr *index, Type *type); /* list[index] */
bool names_class(Lower *l, Node *func);
IrExpr *constant_value(Lower *l, Node *n); /* of a default */
IrExpr *binding_value(Lower *l, const Callee *callee, const Binding *b);
IrVar *default_var(Lower *l, Node *value, Instance *site);
IrExpr *call_method_named(Lower *l, IrExpr *receiver, const char *name, IrExpr *const *args, uint32_t count);

/* -- dynamic.c: Any and unions ------------------------------------------------------------------------------------------------------------ */

IrExpr *lower_dynamic_call(Lower *l, Node *n);
IrExpr *load_dynamic(Lower *l, Node *n, Action *a); /* value.name */
void store_dynamic(Lower *l, Node *n, Action *a, IrExpr *object, IrExpr *value);
IrExpr *load_dynamic_item(Lower *l, Node *n); /* value[index] */
IrExpr *get_dynamic_item(Lower *l, IrExpr *object, IrExpr *index);
IrExpr *type_of_value(Lower *l, IrExpr *e, Type *type); /* type(e) */
IrExpr *c_text(Lower *l, const char *text);             /* a `const char *` */

/* -- special.c, format.c ----------------------------------------------------------------------------------------------------------------- */

IrExpr *lower_special(Lower *l, Node *n, Callee *callee);
IrExpr *special_with(Lower *l, Callee *callee, const IrExprVec *args); /* int, str, list … called through a value */
IrExpr *len_of(Lower *l, IrExpr *e);
IrExpr *str_of(Lower *l, IrExpr *e);
IrExpr *repr_of(Lower *l, IrExpr *e);
IrExpr *isinstance_of(Lower *l, IrExpr *value, Type *of);
IrExpr *subclass_of(Lower *l, IrExpr *value, IrExpr *of); /* issubclass() of two classes as values */
IrExpr *list_from(Lower *l, Iteration *it, IrExpr *value, Type *type);
IrExpr *lower_fstring(Lower *l, Node *n);
IrExpr *lower_print(Lower *l, Node *n);
IrExpr *lower_percent(Lower *l, Node *n);
IrExpr *format_value(Lower *l, IrExpr *value, IrExpr *spec); /* format(value, spec) */
bool is_stdout(Lower *l, const Node *n);
IrExpr *instance_of_value(Lower *l, IrExpr *value, IrExpr *cls);
IrExpr *special_class_test(Lower *l, IrExpr *value, Node *cls);
void copy_items(Lower *l, IrVar *dict, IrExpr *from);
IrExpr *percent_of(Lower *l, IrExpr *text, IrExpr *values);

/* -- stmt.c, assign.c ----------------------------------------------------------------------------------------------------------------------- */

void lower_stmt(Lower *l, Node *n);
void lower_body(Lower *l, const NodeVec *body);
void lower_into(Lower *l, IrBlock *block, const NodeVec *body);
void assign_to(Lower *l, Node *target, IrExpr *value);
void lower_assign(Lower *l, Node *n);
void lower_augassign(Lower *l, Node *n);
void lower_del(Lower *l, Node *n);
IrExpr *load_subscript(Lower *l, Node *n);
IrExpr *load_attribute(Lower *l, Node *n);
Type *type_of_target(Lower *l, Node *target, Type *otherwise); /* of `*target`: a list */

/* -- loop.c, comp.c --------------------------------------------------------------------------------------------------------------------------- */

void lower_for(Lower *l, Node *n);
void lower_while(Lower *l, Node *n);
IrExpr *lower_comp(Lower *l, Node *n);
typedef void LoopBody(Lower *l, void *ctx, IrExpr *elem);
/* A loop over `it`; `body` is called once, with the element, at the place where its statements go. */
void loop_over(Lower *l, Iteration *it, Node *target, LoopBody *body, void *ctx);
Type *element_type(Lower *l, const Type *t);
Iteration *iteration_of(Lower *l, IrExpr *value); /* of a value at hand, or NULL */
void loop_over_value(Lower *l, IrExpr *value, Type *elem, LoopBody *body, void *ctx);
/* The same in two halves, for comprehensions: statements between them are the body. `span`: of the whole loop. */
void *loop_enter(Lower *l, Iteration *it, Node *target, Span span);
IrStmt *loop_stmt(void *loop);
void loop_leave(Lower *l, void *loop);
void end_walks_in_handlers(Lower *l, IrFunc *func);
Iteration *iteration_at(Lower *l, Node *n);
IrExpr *list_literal(Lower *l, Type *type, IrExpr *const *items, uint32_t count);

/* -- match.c, closure.c, class.c, async.c ---------------------------------------------------------------------------------------------------- */

void lower_match(Lower *l, Node *n);
Type *closure_type(Lower *l, Instance *inst);           /* of a closure object of no particular function */
IrExpr *make_closure(Lower *l, Node *decl, Type *func); /* where the def or lambda stands */
IrExpr *closure_value(Lower *l,
                      Type *func); /* the closure object of a nested function, as the function around it has it */
IrExpr *call_function_value(Lower *l, IrExpr *function, const IrExprVec *args); /* of a CALLABLE type */
IrExpr *to_dynamic(Lower *l, IrExpr *e); /* a function as a closure that takes a tuple of arguments of type Any */
IrExpr *to_callable(Lower *l, IrExpr *e, Type *callable);
IrExpr *lower_lambda(Lower *l, Node *n);
IrExpr *lower_genexp(Lower *l, Node *n);
IrExpr *generator_over(Lower *l, Iteration *it, Type *type); /* an iterator as a generator object */
void lower_defaults(Lower *l, Node *n);                      /* of a def or lambda */
bool is_constant_default(const Node *n);
bool carries_default(Lower *l, const Instance *inst, const Node *value); /* the closure has the value of this default */
IrFunc *without_defaults(Lower *l,
                         Callee *callee); /* the function that fills in the defaults that the closure carries */
void lower_def(Lower *l, Node *n);
void lower_class(Lower *l, Node *n);
void lower_classes(Lower *l); /* the tables of all */
IrExpr *enum_name_of(Lower *l, IrExpr *member);
IrExpr *construct(Lower *l, Callee *callee, IrExpr *self, const IrExprVec *args);
Fn *made_up(Lower *l, const Class *cls, const char *name, Type *result,
            uint32_t params); /* a method without source: one return */
IrFunc *finish_made_up(Lower *l, Fn *fn, IrExpr *value);
const char *object_name(Lower *l, const Class *cls); /* a variable's name for a new object */
void store_field(Lower *l, IrExpr *object, const Class *cls, Field *field, IrExpr *value);
void store_class_values(Lower *l, IrExpr *object, const Class *cls);
void store_hidden(Lower *l, IrExpr *object, const Class *cls);
bool is_namedtuple(const Class *cls);
bool is_alias(Lower *l, const ClassInfo *info, uint32_t index); /* an enum's member with the value of one before */
IrExpr *enum_member_value(Lower *l, const Class *cls, uint32_t index);
IrExpr *enum_value_of(Lower *l, IrExpr *member, uint32_t index); /* member.value as the member itself has it */
IrExpr *lower_await(Lower *l, Node *n);
IrExpr *await_returned(Lower *l, Node *n, IrExpr *value); /* return other.__await__() */
IrExpr *await_value(Lower *l, IrExpr *awaitable, Type *result);
IrExpr *returned_value(Lower *l, IrVar *gen, Type *result);
IrExpr *lower_yield(Lower *l, Node *n);
IrExpr *lower_yield_from(Lower *l, Node *n);
IrExpr *lower_gather(Lower *l, Node *n, Callee *callee);
IrExpr *lower_create_task(Lower *l, Node *n, Callee *callee);
IrExpr *lower_run(Lower *l, Node *n, Callee *callee);
IrExpr *lower_call_soon(Lower *l, Node *n, Callee *callee);
IrExpr *lower_executor(Lower *l, Node *n, Callee *callee);
IrExpr *lower_create_future(Lower *l, Node *n, Callee *callee);
IrExpr *lower_run_until(Lower *l, Node *n, Callee *callee);
IrExpr *callback_closure(Lower *l, Callee *callee, Node *func, Type *given, Type *result);
IrExpr *factory_closure(Lower *l, Callee *callee, Node *func,
                        Type *result); /* a Callable[[], result] of a call without arguments */

/* -- record.c: dataclasses, named tuples ------------------------------------------------------------------------------------------------------------ */

const Class *owner_of_field(const Class *cls, const Field *field);
IrExpr *fields_tuple(Lower *l, IrExpr *value);
void call_post_init(Lower *l, const ClassInfo *info, IrExpr *object);
IrExpr *lower_fields(Lower *l, Node *n, Callee *callee);
IrExpr *field_names(Lower *l, const Class *cls, Type *type); /* _fields of a named tuple */
void add_record_methods(Lower *l, IrClass *ir);
IrExpr *lower_replace(Lower *l, Node *n, Callee *callee);
IrExpr *lower_asdict(Lower *l, Node *n, Callee *callee);
IrExpr *lower_astuple(Lower *l, Node *n, Callee *callee);

/* -- cleanup.c ------------------------------------------------------------------------------------------------------------------------------------ */

typedef enum JumpKind {
    JUMP_BREAK,
    JUMP_CONTINUE,
    JUMP_RETURN
} JumpKind;

void exit_push_loop(Lower *l, IrStmt *loop, IrStmt *end);
void exit_push_walk(Lower *l, IrVar *walked); /* a loop's generator: dropped on the way out */
void exit_pop(Lower *l);
void leave(Lower *l, JumpKind kind);
void lower_return(Lower *l, Node *n);
void lower_try(Lower *l, Node *n);
void lower_with(Lower *l, Node *n);
void lower_raise(Lower *l, Node *n);
void lower_star_handlers(Lower *l, const HandlerVec *handlers);
IrVar *handled_exception(Lower *l); /* that the code around here handles: the context of what it raises; or NULL */
void emit_not_implemented(Lower *l);

#endif

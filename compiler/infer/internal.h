/* What the files of inference share: the state of the walk, and one function per kind of question.
 *
 * Inference is a fixpoint. Types of variables, fields, results and cells only grow (joins); all instances that the program reaches are
 * walked again until nothing grows, silently; then once more, and only that walk reports. So a walk may meet what is not known
 * yet (type NEVER): it goes on without complaint. */
#ifndef INFER_INTERNAL_H
#define INFER_INTERNAL_H

#include "base/map.h"
#include "infer/infer.h"

#include <string.h>

/* What is known of a variable or attribute path at the current point of the walk. */
typedef enum SetState { UNSET, MAYBE_SET, IS_SET } SetState;
typedef struct Fact {
    Type *narrow;    /* narrower than the declared type, or NULL */
    SetState set;    /* variables only */
    uint32_t at;     /* the moment (inf->clock) at which `narrow` was seen to hold */
    bool is_loose;   /* a local variable: its value came from a place that may be assumed not to be None */
} Fact;

typedef struct Key Key; /* x, x.name, x.name.other */
struct Key {
    Key *base;
    const void *name; /* Symbol * of a variable, name of an attribute */
    bool is_var;
    bool is_event;    /* its fact tells when, on some way to this point, something last happened (env.c) */
    Fact fact;
    bool is_known;    /* the fact has been looked at in this walk */
    uint32_t seen;    /* the last sweep through the trail that met it */
    Vec(Key *) children;
};

typedef struct Change {
    Key *key;
    Fact fact;
} Change;
typedef Vec(Change) ChangeVec;

/* The facts at the end of a branch, as differences from its beginning. */
typedef struct Branch {
    ChangeVec changes;
    bool is_dead;
} Branch;
typedef Vec(Branch) BranchVec;

typedef struct Loop Loop;
struct Loop {
    Loop *outer;
    uint32_t mark;
    BranchVec breaks, continues;
};

typedef struct Try Try; /* a try whose handlers may see any state of its body */
struct Try {
    Try *outer;
    uint32_t mark;
};

typedef struct Infer {
    Compilation *c;
    Resolved *r;
    Types *ts;
    Inferred *out;
    Instance *inst;       /* being walked */
    bool is_loud;         /* the last pass: errors are reported, broken expressions are BROKEN */
    bool has_changed;     /* something grew in this pass */
    uint32_t pass;
    uint32_t class_count, instance_count;
    Vec(Instance *) queue; /* reached in this pass, in order */
    Map instances;        /* decl -> InstanceVec */
    Map class_infos;      /* CLASS node (or Class of a generic's instance) -> ClassInfo */
    Map keys;             /* Symbol -> Key */
    ChangeVec trail;      /* old facts, to undo */
    ChangeVec assigned;   /* inside `try` and the like: what was assigned, on ways that lead out of it too */
    uint32_t tries;       /* how many of them enclose the current point */
    uint32_t sweep;       /* counts looks through the trail */
    uint32_t clock;       /* counts what may change values that are not this function's own */
    bool is_dead;         /* the current point is not reached */
    Loop *loop;
    bool is_probing;      /* a loop's body is walked before what holds at its head is known: nothing is said */
    uint32_t suppressed;  /* errors not said for that reason */
    bool test_is_dynamic; /* the last class_test named classes that are values */
    bool is_forwarding;   /* `**kwargs` of a call is being looked at: the values themselves, not a dict of them */
    bool is_except;       /* the classes of an except clause are being looked at */
    Node *unpacked;       /* a gather call whose result is unpacked at once */
    Diag *reported;       /* the last error */
    int silent;           /* > 0: trying something out (overloads) */
    bool is_exact;        /* int | float is not float, and Any is only Any: an overload of their own may come */
    Map cells;            /* (instance, node) -> Type */
    Vec(Instance *) chain; /* instances being made */
    Class *classes[TYPE_KIND_COUNT]; /* the library class of each kind */
    Class *exception_group, *base_exception;
    struct { const char *init, *call, *iter, *next, *aiter, *anext, *enter, *exit, *aenter, *aexit, *getitem, *setitem, *delitem,
             *contains, *len, *boolean, *str, *repr, *eq, *ne, *hash, *lt, *le, *gt, *ge, *self, *name, *value, *await, *doc, *dict,
             *qualname, *class_, *missing, *post_init, *format, *del, *reversed, *new, *index, *members, *slots; } names;
    struct Annotation *type_arguments;
    Vec(CallableOf *) callables; /* CALLABLE types made from functions */
    Vec(DynamicOf *) dynamics;   /* functions that became values of type Any */
    Map called_variously;        /* FUNCTION and LAMBDA nodes: as values they are called with more or fewer arguments than they must have */
    Map cfuncs;           /* stub -> IrCFunc */
    Vec(ClassInfo *) c_classes; /* every class that was looked at */
    Map named, unquoted, annotations; /* annot.c's: by node, what it has found out */
    Map specials;         /* special.c's: library Symbol -> which one */
    bool is_open;         /* the annotation at hand may mean something else the next time */
    Map subst;            /* type variable Symbol -> Type *, while a signature is read */
    Class *subst_class;
} Infer;

typedef Vec(Instance *) InstanceVec;

/* What inference keeps of an instance beyond infer.h. */
typedef struct State {
    Type **cells;          /* by node id: cells of displays made there */
    uint32_t *read_at;     /* by node id of a NAME or ATTRIBUTE: when it was read */
    uint32_t pass;         /* in which it was last reached */
    Instance *creator;     /* whose call made it first */
    Span call_span;
    bool is_root;
    bool is_walking;
    Map heads;             /* loop node -> ChangeVec *: facts at the loop's head in the last pass */
    bool returns_value, falls_off;
    Map subst;             /* type variables of the signature: Symbol -> Type */
} State;

/* A parsed annotation. */
typedef struct Annotation {
    Type *type;        /* NULL: admits anything that the body can use (a protocol, a type variable, no annotation) */
    Class *protocol;   /* a Protocol: what is passed must have its methods */
    bool is_flexible;  /* the value keeps its own type after the check: float, Any inside a container, … */
    bool is_class_var, is_final, is_init_only;
} Annotation;

/* -- env.c: facts ------------------------------------------------------------------------------------------------------- */
Key *key_of(Infer *inf, Node *n);                 /* of a NAME or ATTRIBUTE path, or NULL */
Key *key_var(Infer *inf, Symbol *symbol);
Fact fact_of(Infer *inf, Key *key);
void fact_set(Infer *inf, Key *key, Fact fact);
void fact_forget(Infer *inf, Key *key);           /* what hangs below a path that was assigned */
void env_called(Infer *inf);                      /* other code runs here: what it can reach may change */
void env_stored(Infer *inf, const char *name);    /* an attribute of this name is assigned */
Type *env_read(Infer *inf, Node *n, Type *declared); /* what is known of the NAME or ATTRIBUTE n here; declared: NULL when not read */
uint32_t env_read_at(Infer *inf, Node *n);
bool may_be_assumed(Infer *inf, Node *n);
Type *use_known(Infer *inf, Node *n, Type *t);    /* as it was seen last: an argument */
Type *use_value(Infer *inf, Node *n, Type *t, const char *format, ...); /* n, of type t, is used where None cannot be: t without
                                                     None when that is asked when run. The text is Python's complaint; ".name": an attribute */
uint32_t env_mark(Infer *inf);
Branch env_branch(Infer *inf, uint32_t mark);     /* what changed since the mark, undone; is_dead reset */
Branch env_snapshot(Infer *inf, uint32_t mark);   /* the same, not undone */
void env_merge(Infer *inf, Branch *branches, uint32_t count); /* at the point where all began */
ChangeVec trail_changes(Infer *inf, uint32_t mark);
uint32_t env_try(Infer *inf);
ChangeVec env_assigned(Infer *inf, uint32_t start);
void env_tried(Infer *inf);
void fact_assign(Infer *inf, Key *key, Fact fact);
void env_apply(Infer *inf, const Branch *branch);

/* -- flow.c: types that grow ----------------------------------------------------------------------------------------------- */
Type *join(Infer *inf, Type *a, Type *b);
bool same_type(Type *a, Type *b);
bool unify(Infer *inf, Type *a, Type *b);         /* makes them the same type; false: cannot */
bool flow(Infer *inf, Type *from, Type *to);      /* a value of `from` goes where `to` is kept: cells grow; false: refused */
bool grow(Infer *inf, Type **slot, Type *type);   /* *slot = join(*slot, type); notes a change */
bool grow_cell(Infer *inf, Type *cell, Type *type); /* an element of a container; `cell` any argument of a type */
Type *node_cell(Infer *inf, Node *n, uint32_t which); /* the cell that belongs to a display */
Type *elem_join(Infer *inf, Type *a, Type *b);
bool is_number(const Type *t);
bool is_integer(const Type *t); /* int, bool, int | bool */
bool are_classes(const Type *t);

/* -- annot.c: annotations ----------------------------------------------------------------------------------------------------- */
Annotation annotation(Infer *inf, const Scope *scope, Node *n);
Type *annotated_result(Infer *inf, const Scope *scope, Node *n); /* of a library signature: with inf->subst; NEVER while unknown */
bool match_annotation(Infer *inf, const Scope *scope, Node *n, Type *actual); /* binds type variables; false: does not admit */
bool admits_annotation(Infer *inf, const Scope *scope, Node *n, Type *actual); /* the same, without effects */
Symbol *type_variable(Infer *inf, const Scope *scope, Node *n); /* the TypeVar that n names, or NULL */
const char *special_name(Infer *inf, const Scope *scope, Node *n); /* typing.Optional -> "Optional", or NULL */

/* -- class.c ---------------------------------------------------------------------------------------------------------------------- */
ClassInfo *class_info(Infer *inf, Symbol *symbol); /* of a CLASS symbol */
ClassInfo *info_of(Infer *inf, const Class *cls);
Class *class_of(Infer *inf, Type *t);              /* that has the methods of a value, or NULL */
Field *class_field(Infer *inf, Class *cls, const char *name, Class **owner);
Field *class_add_field(Infer *inf, Class *cls, const char *name, Span span);
void class_add_declared(Infer *inf, Class *cls, const char *name, Type *t);
Method *method_of(Infer *inf, const Class *cls, const char *name);
Symbol *class_var(Infer *inf, Class *cls, const char *name, ClassInfo **owner);
void collect_classes(Infer *inf);
Type *class_type(Infer *inf, Class *cls);
void class_reach(Infer *inf, ClassInfo *info);     /* it is used: its body runs, its special methods are needed */
bool is_user_class(const Type *t);
Class *generic_instance(Infer *inf, ClassInfo *info, Type **args, uint32_t count);
Type *types_of_class(Infer *inf, Class *cls);
EnumMember *enum_member(ClassInfo *info, const char *name, uint32_t *index);

/* -- instance.c ---------------------------------------------------------------------------------------------------------------------- */
Instance *instance_of(Infer *inf, Node *decl, Scope *scope, Instance *owner, Class *cls, Type **params, NameVec kwargs, Span call);
void walk_instance(Infer *inf, Instance *inst);
State *state_of(Instance *inst);
Instance *new_body_instance(Infer *inf, Scope *scope, Instance *owner); /* of a class body */
Instance *module_instance(Infer *inf, ModuleUnit *unit);
bool is_awaited_method(Infer *inf, const Instance *inst); /* a coroutine in the guise of a generator */
void reach(Infer *inf, Instance *inst);
Type *call_result(Infer *inf, Instance *inst);     /* as the caller sees it: COROUTINE, GENERATOR or the result */
Instance *slot_instance(Infer *inf, Method *m, Class *cls);
Method *slot_root(Infer *inf, Method *m);          /* the topmost method that m overrides (or m) */
Instance *owner_of_scope(Infer *inf, const Scope *scope); /* the instance around the current one to which a scope belongs */

/* -- expr.c, call.c, operator.c, iter.c, special.c, narrow.c, stmt.c, match.c ------------------------------------------------------------ */
Type *infer_expr(Infer *inf, Node *n);
Type *infer_expect(Infer *inf, Node *n, Type *expected); /* expected may be NULL */
Type *type_of(Infer *inf, Node *n);                 /* as last inferred */
Type *set_type(Infer *inf, Node *n, Type *t);
Type *broken(Infer *inf);                           /* BROKEN when loud, else NEVER */
Diag *report(Infer *inf, Span span, const char *format, ...); /* when loud and not trying out; never NULL */
void note(Infer *inf, Diag *d, Span span, const char *format, ...);
void help(Infer *inf, Diag *d, const char *format, ...);
Action *act(Infer *inf, Node *n, ActionKind kind);
void infer_block(Infer *inf, const NodeVec *body);
void assign_target(Infer *inf, Node *target, Type *value, Node *source);
void assign_symbol(Infer *inf, Symbol *symbol, Type *value, Span span);
Type *read_symbol(Infer *inf, Symbol *symbol, Node *n);
Variable *var_of(Infer *inf, Symbol *symbol);
void narrow(Infer *inf, Node *cond, bool is_true);  /* what holds after cond was true (false) */
int fold_condition(Infer *inf, Node *cond);         /* 1, 0, or -1 when it is decided only when run */
Type *infer_condition(Infer *inf, Node *n);
Iteration *iterate(Infer *inf, Node *n, bool is_async);
Type *iter_elem(Infer *inf, Type *t, Node *n, Iteration *it); /* the element type of iterating over a value, NULL: cannot */
Iteration **iteration_slot(Infer *inf, Node *n);
void infer_match(Infer *inf, Node *n);
Type *infer_attribute(Infer *inf, Node *n);
Type *attribute_of(Infer *inf, Node *n, Type *t, const char *name);
Type *infer_call(Infer *inf, Node *n, Type *expected);
Type *infer_special(Infer *inf, Node *n, Special special, Type *expected);
int special_of(Infer *inf, Symbol *symbol);         /* SPECIAL_…, or -1 */
/* Calls method `name` of `receiver` with operands as arguments; NULL: it has none (or it does not take them, with quiet). */
Callee *call_method(Infer *inf, Type *receiver, const char *name, Node **operands, Type **types, uint32_t count, Span span, bool quiet);
Type *infer_binary(Infer *inf, Node *n, Operator op, Node *left, Type *lt, Node *right, Type *rt, bool is_augmented);
Type *infer_unary(Infer *inf, Node *n);
Type *infer_compare(Infer *inf, Node *n);
Type *infer_subscript(Infer *inf, Node *n);
void store_subscript(Infer *inf, Node *n, Type *value, Node *source);
void delete_subscript(Infer *inf, Node *n);
Type *await_result(Infer *inf, Type *t, Node *n);   /* what awaiting a value of type t gives, NULL: cannot be awaited */
Type *callable_with(Infer *inf, Type *t, int want);  /* called with that many arguments */
Type *callable_of(Infer *inf, Type *t);             /* FUNC or BOUND as a CALLABLE */
void become_dynamic(Infer *inf, Type *t);           /* a value of this type becomes Any: a function is called with arguments of type Any */
Type *infer_comp(Infer *inf, Node *n, Type *expected);
Type *call_value_as_given(Infer *inf, Node *n, Type *func, Arg *items, uint32_t count, Callee **out);
Type *call_value(Infer *inf, Node *n, Type *func, Node **operands, Type **types, uint32_t count, Callee **out); /* f(operands) */
IrCFunc *cfunc_of(Infer *inf, Node *stub, Type *receiver);
bool is_stub(const Node *decl);
bool is_constant(const Node *n);
bool has_decorator_named(const NodeVec *decorators, const char *name);
const char *spell(Infer *inf, Type *t);
bool has_templates(const Instance *inst);            /* some parameter has no annotation */
bool is_known_decorator(const Node *d);
bool is_decorated(const Node *decl);                 /* by more than @property and the like */
Type *function_value(Infer *inf, Symbol *symbol);
Type *infer_constant_str(Infer *inf, Node *n, const char *text);
void bind_generic_class(Infer *inf, const Class *cls);
void check_executor(Infer *inf, Node *submit, Callee *callee); /* may this run on another thread? */
void check_blocking(Infer *inf, Node *call, const Callee *callee);
void report_unresolved(Infer *inf);
void check_hashable(Infer *inf, Node *n, Type *t);
bool is_super_call(const Node *n);
Type *super_attribute(Infer *inf, Node *n);
void infer_constant_none(Infer *inf, Node *n);
Type *infer_binary_node(Infer *inf, Node *n);
Type *declared_send(Infer *inf, Instance *inst);     /* what a generator is sent, by its annotation */
const char *called_name(Node *call);                 /* "f", "obj.f": for messages */
Callee *call_exit(Infer *inf, Type *receiver, const char *name, Span span);
Callee *call_special_class(Infer *inf, Node *n, int special, Node *arg,
                           uint32_t count); /* int, str, list… called as a value */
const Scope *unit_scope(Infer *inf, const Class *cls);
int special_call(Infer *inf, Node *func);            /* SPECIAL_… if the name means one, else -1 */
Type *infer_dynamic_call(Infer *inf, Node *n, Type *receiver, Type **types); /* a method of Any or a union */
Type *infer_method_special(Infer *inf, Node *n, Type *receiver, Type **types, Type *expected); /* methods with typing of their own; NULL: not one */
Node *constructor_of(Infer *inf, Type *classobj);
void infer_callables(Infer *inf);
Diag *diag_warn(Infer *inf, const char *name, Span span, const char *format, ...);
bool mixes_in(const Type *t, TypeKind kind);
bool is_checked_optional(const Type *t);
Type *attribute_of_members(Infer *inf, Node *n, Type *t, const char *name);
bool union_has(const Type *t, const Class *cls);
Type *enum_value_type(Infer *inf, ClassInfo *info);
void store_attribute(Infer *inf, Node *n, Type *value, Node *source);
Callee *call_setter(Infer *inf, Type *t, Method *m, Node *source, Type *value, Span span);
const char *wrapped_name(Infer *inf, Type *func);    /* __name__ of a function: of the one that functools.wraps names */
bool only_refuses(Infer *inf, const Callee *callee);
Type *infer_regex(Infer *inf, Node *n, Special special); /* a call of re.compile, re.match, … */
Type *call_library_function(Infer *inf, Node *n, Symbol *symbol); /* the call n, as if it named this function */
TypeVec class_test(Infer *inf, Node *n);             /* the classes named by isinstance's second argument */
Node *special_access(Infer *inf, Node *call, Node *value, const char *name);
bool is_unpacked(Infer *inf, Node *gather);          /* its result is unpacked, or indexed by constants */
Type *class_named(Infer *inf, const char *module, const char *name); /* a library class's type, or NEVER */
bool is_exception_group(Type *t);
void builtin_cases(Infer *inf, Node *n, Action *action, Type **result);
Type *narrow_to(Infer *inf, Type *t, const TypeVec *tests, bool is_true);
TypeVec class_test_exceptions(Infer *inf, Node *n);
void check_init_fields(Infer *inf, ClassInfo *info);
bool is_definition(const Node *n);
void reach_format(Infer *inf, Type *t);              /* values of this type are printed */
void reach_library_module(Infer *inf, Instance *inst);
Instance *class_body(Infer *inf, const Scope *scope); /* the instance of a class body */
void infer_def_in(Infer *inf, Symbol *symbol);       /* a decorated function of the library: its decorators are called */

static inline Type *plain(Infer *inf, TypeKind kind)
{
    return types_plain(inf->ts, kind);
}
static inline Type *make1(Infer *inf, TypeKind kind, Type *arg)
{
    Type *args[] = {arg};
    return types_make(inf->ts, kind, inf->classes[kind], args, 1);
}
static inline Type *make2(Infer *inf, TypeKind kind, Type *a, Type *b)
{
    Type *args[] = {a, b};
    return types_make(inf->ts, kind, inf->classes[kind], args, 2);
}
static inline bool is_kind(Type *t, TypeKind kind)
{
    return types_find(t)->kind == kind;
}
/* Nothing to work with: not known yet, or already complained about. */
static inline bool is_void_type(Type *t)
{
    TypeKind kind = types_find(t)->kind;
    return kind == TYPE_NEVER || kind == TYPE_BROKEN || kind == TYPE_CELL;
}

#endif

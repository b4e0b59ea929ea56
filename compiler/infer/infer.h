/* Inference: from resolved syntax to typed instances. What lowering reads.
 *
 * Each function is a template: an Instance is one function with one tuple of argument types. For every expression node of its
 * body an instance has a type (after narrowing) and, where the syntax alone does not say what happens, an Action: which function
 * is called with what, which attribute is meant, how something is iterated.
 *
 * A type error is reported here; when there were none, every type is resolved and every Action complete. Lowering converts a
 * value whenever the type of an expression differs from that of the place that takes it (IR_CONVERT). */
#ifndef INFER_INFER_H
#define INFER_INFER_H

#include "ir/ir.h"
#include "resolve.h"
#include "types.h"

typedef struct Action Action;
typedef struct Callee Callee;
typedef struct ClassInfo ClassInfo;

/* A variable in an instance: the type is the join of all that is assigned to it. */
typedef struct Variable {
    Symbol *symbol;
    Type *type;
    bool may_be_unset;  /* some read may come before an assignment */
    IrVar *ir;          /* lowering's own */
} Variable;

struct Instance {
    Node *decl;             /* FUNCTION or LAMBDA; NULL: the body of a module or class */
    Scope *scope;
    ModuleUnit *unit;
    Instance *owner;        /* the instance around a nested function, or NULL */
    Class *cls;             /* of a method */
    Type **params;          /* types of the parameters (by index in decl->as.function.params), resolved in the end */
    uint32_t param_count;
    Type *result;           /* what `return` gives; for a coroutine what its await gives */
    Type *yields, *sends;   /* of a generator */
    bool is_async, is_generator;
    Type **types;           /* by node id: the type of each expression */
    Action **actions;       /* by node id, or NULL */
    struct Iteration **iterations; /* by node id of the expression that is iterated over (a for's or clause's iter, the operand of a star, the
                               value of an unpacking), or NULL */
    Map checks;             /* NAME or ATTRIBUTE node -> text: it is asked when run whether the value is None after all. The text is the TypeError's,
                               or ".name": an AttributeError for that attribute */
    bool *reached;          /* by node id of a statement: it can be reached (what cannot has no types: lowering leaves it out) */
    struct WithAction **withs; /* by node id of a with item's context, or NULL */
    Variable *vars;         /* by Symbol.index of scope */
    uint32_t id;            /* in order of creation */
    bool is_slot_impl;      /* implements an overridden method: called through IrSlot */
    NameVec kwarg_names;    /* the names in **kwargs when it is forwarded: then its type is a tuple of their values */
    Instance *same;         /* another instance with the same resolved types: lower that one instead */
    IrFunc *ir;             /* lowering's own */
    void *state;            /* inference's own */
};

/* -- calls ---------------------------------------------------------------------------------------------------------------------- */

typedef enum CalleeKind {
    CALLEE_INSTANCE,  /* instance: a function or method of the program; async: makes a coroutine (awaited: in place) */
    CALLEE_C,         /* decl: a stub implemented in C (infer_cfunc) */
    CALLEE_SLOT,      /* cls, decl: a method that some subclass overrides; dispatched on the receiver */
    CALLEE_VALUE,     /* a value of CALLABLE type (the call's func expression) */
    CALLEE_NEW,       /* cls: a new object; `init`: its __init__ (a Callee over the same bindings), or NULL; dataclasses and named tuples without a
                         written __init__: bindings go to the fields in order */
    CALLEE_EXCEPTION, /* cls: a built-in exception class, or a user's without __init__: all arguments become `args`. With `receiver`:
                         super().__init__(…), which sets the args of self. (A CALLEE_NEW of an exception class sets `args` to its
                         arguments, too, before it calls __init__, as BaseException.__new__ does.) */
    CALLEE_ENUM,      /* cls: Colour(1): the member with that value; bindings[0] */
    CALLEE_NAMED,     /* cls: Colour["RED"]: the member of that name; bindings[0] */
    CALLEE_DYNAMIC,   /* a value of type Any is called: checked when run                */
    CALLEE_CHOICE,    /* a class that is only known when run is called: `choices`, one per class that it may be */
    CALLEE_SPECIAL,   /* special: the compiler knows (specials.def); arguments as written */
} CalleeKind;

typedef enum BindingKind {
    BIND_ARG,       /* value: an argument's expression                                          */
    BIND_DEFAULT,   /* value: the parameter's default (a constant expression, evaluated by the callee's scope) */
    BIND_DEFAULT_VAR, /* the default is not constant: it was evaluated once, at the def: default_var */
    BIND_RECEIVER,  /* self: the value of the func's attribute expression (or, for operators, an operand) */
    BIND_CLASS,     /* cls of a class method                                                    */
    BIND_STAR,      /* *args: `values`, evaluated in order, collected (some may be STARRED: spread) */
    BIND_KEYWORDS,  /* **kwargs: `values` with `names`                                          */
    BIND_SPREAD,    /* item `index` of a starred argument `value` with a tuple type             */
    BIND_SPREAD_CHECKED, /* the same of a list: length checked when run                         */
    BIND_NODE,      /* value: an operand (operators, iteration, with) : as BIND_ARG             */
    BIND_FACTORY,   /* a dataclass field's default_factory: `factory` is called. Its nodes belong to the class body's instance */
    BIND_NONE,      /* nothing: the parameter has type NONE (the arguments of __exit__ without an exception) */
    BIND_HANDLED,   /* a parameter of the library whose default is `...`: the exception that the handler around the call handles, or None */
    BIND_EXC_TYPE, BIND_EXC, BIND_TRACEBACK, /* the arguments of __exit__ */
} BindingKind;

typedef struct Binding {
    BindingKind kind;
    Type *type;       /* of the parameter: what the value is converted to */
    Node *value;
    uint32_t index;
    NodeVec values;
    NameVec names;
    Symbol *default_var;
    Callee *factory;
    Type **slot_type; /* CALLEE_SLOT: where the parameter's joined type stands (type is set from it in the end) */
    Field *field;     /* CALLEE_NEW of a dataclass or named tuple: what the value is stored in */
    Instance *scope;  /* DEFAULT, FACTORY: the instance in whose tables `value` stands */
} Binding;

/* What a call means when the class that is called is this one. */
typedef struct ClassChoice {
    Type *type; /* of its instances */
    Callee *callee;
} ClassChoice;

struct Callee {
    CalleeKind kind;
    Instance *instance;
    Node *decl;
    Class *cls;
    Callee *init;
    struct Method *method; /* SLOT: the topmost method */
    bool is_dynamic;       /* isinstance, issubclass: the classes are values, asked when run */
    bool is_abstract;      /* NEW of an abstract class: raises TypeError. hasattr: it has the attribute */
    const char *missing;   /* NEW of an abstract class: "method area" or "methods area, sides" */
    Node *access;          /* getattr, setattr: the ATTRIBUTE node as if written (its id is the call's); NULL: always the default */
    Action *access_action; /* its action */
    Type *access_type;
    uint32_t first;        /* CALL_SOON, EXECUTOR: index of the argument that is the function; `init` is the call of it */
    int special;
    Type *result;          /* for async: what the await gives */
    bool is_async, is_generator;
    Binding *bindings;     /* in the order of the parameters */
    uint32_t binding_count;
    uint16_t *order;       /* evaluation order of the bindings when it is not theirs (keyword arguments), or NULL */
    Type *receiver;        /* methods: the type of self */
    Vec(ClassChoice) choices;
};

/* CALLEE_SPECIAL: SPECIAL(ID, "module", "name") */
typedef enum Special {
#define SPECIAL(id, module, name) SPECIAL_##id,
#include "infer/specials.def"
#undef SPECIAL
    SPECIAL_COUNT
} Special;

/* -- iteration ------------------------------------------------------------------------------------------------------------------- */

typedef enum IterKind {
    ITER_RANGE,      /* a direct call of range(): its arguments            */
    ITER_RANGE_VALUE,
    ITER_LIST,       /* by index, the length read anew each time           */
    ITER_VARTUPLE,
    ITER_TUPLE,      /* a fixed tuple: item by item, elem is their join    */
    ITER_STR,
    ITER_BYTES,      /* bytes, bytearray                                   */
    ITER_DICT,       /* keys                                               */
    ITER_DICT_VALUES,/* a direct call d.values(): `value` is d             */
    ITER_DICT_ITEMS, /* a direct call d.items(): elem is tuple[K, V]       */
    ITER_SET,
    ITER_DEQUE,
    ITER_ENUMERATE,  /* a direct call enumerate(inner[0], start)           */
    ITER_ZIP,        /* a direct call zip(inner…)                          */
    ITER_REVERSED,   /* a direct call reversed(value) of a list, tuple, str, range */
    ITER_GENERATOR_CALL, /* a direct call of a generator function: its frame in place; callee */
    ITER_GENERATOR,  /* a generator object                                 */
    ITER_USER,       /* iter (or NULL: the object itself), then next until StopIteration */
    ITER_GETITEM,    /* __getitem__(0…) until IndexError: next             */
    ITER_ANY,        /* a box                                              */
    ITER_ENUM,       /* a class of an Enum: its members                    */
    /* async for */
    ITER_ASYNCGEN_CALL,
    ITER_ASYNCGEN,
    ITER_ASYNC_USER, /* iter: __aiter__, next: __anext__, awaited, until StopAsyncIteration */
    ITER_AS_COMPLETED, /* asyncio.as_completed(…): elem is a coroutine */
} IterKind;

typedef struct Iteration {
    IterKind kind;
    Type *elem;
    Node *value;                 /* what is evaluated (the iterable, or the argument of the direct call) */
    Node *extra;                 /* enumerate's start, zip's strict=, or NULL */
    Vec(struct Iteration *) inner;
    Callee *callee, *iter, *next;
    Type *iterator;              /* USER: the type that iter gives */
} Iteration;

/* -- actions: what a node does beyond its syntax ------------------------------------------------------------------------------------ */

typedef enum ActionKind {
    ACT_FOLD_TRUE,   /* a condition decided at compile time: evaluate it only for its effects (none), take the branch   */
    ACT_FOLD_FALSE,
    ACT_SYMBOL,      /* NAME, ATTRIBUTE of a module: symbol (a module variable, function, class)                        */
    ACT_FIELD,       /* ATTRIBUTE: field of cls (the class that has it) on the value's type                             */
    ACT_TUPLE_FIELD, /* ATTRIBUTE or SUBSCRIPT by constant: item `index` of a tuple struct                              */
    ACT_CLASS_VAR,   /* ATTRIBUTE of a class or instance: the class variable `symbol` of `cls`; `cases`: what subclasses have instead, the most
                        derived first                                                                                   */
    ACT_METHOD,      /* ATTRIBUTE as a value: the bound method (type BOUND), or a function of a class (type FUNC)       */
    ACT_CALL,        /* FUNCTION with decorators: callees[i] applies decorator i (last first; NULL: none). RAISE of a class: callee makes it.
                        CALL, and operators, subscripts, attributes (properties) that become calls: callee              */
    ACT_COMPARE,     /* COMPARE: callees[i] for each operator that is a method call, or NULL                            */
    ACT_ENUM_MEMBER, /* ATTRIBUTE: member `index` of enum cls                                                           */
    ACT_ENUM_MEMBERS,/* ATTRIBUTE __members__ of enum cls: a dict from names to members                                 */
    ACT_ENUM_FIELD,  /* ATTRIBUTE of an enum's member: index 0: its name, 1: its value                                  */
    ACT_FIELD_NAMES, /* ATTRIBUTE _fields of a named tuple cls: a tuple of str                                          */
    ACT_AWAIT_SELF,  /* CALL x.__await__() inside an __await__: x itself                                                */
    ACT_CLASS_NAME,  /* ATTRIBUTE __name__ of a class as a value                                                        */
    ACT_CLASS_OF,    /* ATTRIBUTE __class__ of an object                                                                */
    ACT_DYNAMIC,     /* operation on Any or a union, checked when run: `cases` says what each class does; when none fits: AttributeError
                        (an attribute) or what the runtime's box functions do (operators, subscripts, methods of built-in types) */
    ACT_KEYWORDS,    /* NAME of **kwargs that is forwarded, used otherwise: a dict made of its values       */
    ACT_CONSTANT,    /* the expression is the constant `constant` (a NODE_…): __name__, asyncio.FIRST_COMPLETED, …      */
} ActionKind;

/* A with item: what entering and leaving call. */
typedef struct WithAction {
    Callee *enter, *exit;
} WithAction;

/* A class that an object of type Any (or a union) may have, and what the operation means then. */
typedef struct DynamicCase {
    Type *type;       /* the member of the union (or a built-in type), when `cls` does not say it */
    Class *cls;
    Class *owner;     /* FIELD: the class that has it */
    Field *field;     /* an attribute */
    Symbol *var;      /* or the class variable that `owner` has for it */
    Callee *callee;   /* a method call */
} DynamicCase;

struct Action {
    ActionKind kind;
    uint32_t pass;       /* inference's own: in which it was made */
    Vec(DynamicCase *) cases;
    Symbol *symbol;
    Class *cls;
    Field *field;
    uint32_t index;
    Callee *callee;
    Field *set;          /* CALL of a @cached_property: whether `field` of `cls` holds its value. FIELD: is set when that is assigned */
    Callee *callee2;     /* target of an augmented assignment: callee stores, callee2 loads */
    Callee **callees;
    uint32_t callee_count;
    bool *negated;       /* COMPARE: the result of callees[i] is negated (!= by __eq__, not in) or its operands swapped */
    bool *swapped;
    Node *constant;
    bool reflected;      /* BINARY: the right operand's method is called (__radd__) */
    bool in_place;       /* AUGASSIGN: __iadd__ and the like */
};

/* -- classes ------------------------------------------------------------------------------------------------------------------------ */

typedef struct EnumMember {
    const char *name;
    Node *value;
    Type *type;      /* of its value */
    Symbol *symbol;
} EnumMember;

typedef struct Method {
    const char *name;
    Node *decl;
    Symbol *symbol;
    Class *cls;                          /* that defines it */
    bool is_static, is_class, is_property, is_setter, is_abstract;
    bool is_overridden, is_override;     /* belongs to a slot */
    bool is_cached;                      /* @cached_property */
    struct Method *setter;               /* @x.setter */
    NodeVec overloads;                   /* signatures with @overload, tried before decl */
    Type **slot_params;                  /* of a slot, on the topmost method: joined over all calls, without self */
    Type *slot_result;                   /* joined over all implementations */
    Vec(Instance *) instances;           /* of a slot's implementations: this class's */
} Method;

struct ClassInfo {
    Class *cls;
    Instance *body;                      /* the class body's own statements (class variables) */
    Vec(Method *) methods;               /* its own */
    Vec(EnumMember) members;
    Vec(Field *) init_fields;            /* dataclass, named tuple: the parameters of the generated __init__, bases' first */
    Vec(Node *) init_defaults;           /* for each its default expression (of the class body), or NULL */
    Vec(Instance *) specials;            /* instances of the special methods that its descriptor needs (__str__, __eq__, …) */
    bool has_order;                      /* dataclass: is compared as a tuple */
    bool is_kw_only, has_total_ordering;
    uint32_t reached_pass;
    Vec(Binding *) hidden_inits;         /* fields with init=False and a default: set at construction */
    Node *generated_init;
    Method *post_init;
    Callee *post_init_callee;
    Vec(ClassInfo *) subclasses;
    Scope *scope;
    Vec(Symbol *) type_params;           /* of Generic[T, …] */
    Vec(Class *) generic_instances;      /* Stack[int], Stack[str], … */
    ClassInfo *generic;                  /* of an instance: the class itself */
    bool is_used;
    IrClass *ir;                         /* lowering's own */
};

/* FUNC or BOUND (or a class) that was made a CALLABLE, and what it calls. */
typedef struct CallableOf {
    Type *func, *callable;
    Callee *callee;
    Instance *site;
} CallableOf;

/* FUNC or BOUND that became a value of type Any: it can be called with `required` to `most` arguments, each form with arguments of type Any
 * (or what the annotation says). With `has_star` the last form takes `most` arguments and a tuple[Any, ...] of the others. */
typedef struct DynamicOf {
    Type *func;
    uint32_t required, most;
    bool has_star;
    Vec(CallableOf *) forms;
} DynamicOf;

/* -- results ------------------------------------------------------------------------------------------------------------------------- */

typedef struct Inferred {
    Compilation *compilation;
    Resolved *resolved;
    Types *types;
    Vec(Instance *) instances;           /* all that the program reaches (skip those with `same`), bodies of modules included */
    Vec(ClassInfo *) classes;            /* all that it uses */
    Instance *main;                      /* the body of the program's module */
    Vec(CallableOf *) callables;
    Vec(DynamicOf *) dynamics;
    struct Infer *infer;                 /* its own state, for the questions below */
    Vec(Instance *) modules;             /* bodies of imported modules, in the order in which they run */
} Inferred;

Inferred *infer(Compilation *c, Resolved *r);  /* NULL after errors */

Callee *infer_callable_callee_for(Inferred *inf, Type *func, Type *callable); /* for a CALLABLE of that number of parameters */
Callee *infer_callable_callee(Inferred *inf, Type *func);        /* the same as a Callee (bindings without values, in the order of the CALLABLE's) */
Instance *infer_callable_target(Inferred *inf, Type *func, Type *callable); /* what a FUNC or BOUND becomes when converted to CALLABLE */
IrCFunc *infer_cfunc(Inferred *inf, Node *stub, Type *receiver);  /* of a FUNCTION node whose body is `...` */
ClassInfo *infer_class(Inferred *inf, const Class *cls);
Method *class_method(Inferred *inf, const Class *cls, const char *name); /* its own or inherited, or NULL */
DynamicOf *infer_dynamic(const Inferred *inferred, const Type *func); /* NULL: it never becomes a value of type Any */
Variable *instance_var(Instance *inst, Symbol *symbol); /* follows owners (captures) and modules */
void infer_print(Inferred *inf, Text *out);      /* --emit=types */

#endif

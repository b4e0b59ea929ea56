/* Types as inference computes and lowering reads them.
 *
 * A Type is immutable and unique but for cells: two equal types are one pointer, so that comparing is `==`. A *cell* stands for a
 * type that is not known yet (the element type of `[]`): it is bound when a use tells, and cells that must be the same type are
 * merged (union-find). types_resolve() gives the type without cells that everything after inference works on. */
#ifndef TYPES_H
#define TYPES_H

#include "base/context.h"
#include "base/text.h"
#include "syntax/ast.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Type Type;
typedef struct Class Class;
typedef struct Instance Instance;
typedef struct Symbol Symbol;
typedef Vec(Type *) TypeVec;

typedef enum TypeKind {
    TYPE_BROKEN,    /* after an error: agrees with everything */
    TYPE_NEVER,     /* no value: the result of a function that does not return, the element of an unused `[]` */
    TYPE_CELL,      /* not known yet; never seen after types_resolve */
    TYPE_NONE,
    TYPE_BOOL,
    TYPE_INT,
    TYPE_FLOAT,
    TYPE_STR,
    TYPE_BYTES,
    TYPE_BYTEARRAY,
    TYPE_LIST,      /* args: T */
    TYPE_DEQUE,     /* args: T */
    TYPE_DICT,      /* args: K, V */
    TYPE_SET,       /* args: T */
    TYPE_FROZENSET, /* args: T */
    TYPE_TUPLE,     /* args: each item; a struct by value */
    TYPE_VARTUPLE,  /* args: T */
    TYPE_RANGE,
    TYPE_SLICE,
    TYPE_ANY,       /* Any, object: a box */
    TYPE_UNION,     /* args: two or more members, in order of first appearance; no ANY, BROKEN, NEVER or UNION among them. X | None with
                       X a counted pointer is a nullable pointer, any other union a box (types_is_nullable) */
    TYPE_CLASS,     /* an instance of `cls`; args for classes of the runtime that are generic (Queue[T]) */
    TYPE_CLASSOBJ,  /* a class as a value: `const art_type *`; args[0]: the instance type */
    TYPE_FUNC,      /* a known function: `decl` (FUNCTION or LAMBDA node) made in `owner` (the instance around it, or NULL). In C an
                       art_closure * if it captures, else nothing at all */
    TYPE_BOUND,     /* a known method with its receiver: decl, args[0] the receiver's type. In C the receiver */
    TYPE_CALLABLE,  /* args: parameters…, result last: art_closure * */
    TYPE_COROUTINE, /* args: T: art_task * not started */
    TYPE_FUTURE,    /* args: T */
    TYPE_TASK,      /* args: T */
    TYPE_GENERATOR, /* args: yielded, sent, returned: art_gen *; also Iterator[T], Iterable[T] */
    TYPE_ASYNCGEN,  /* args: yielded, sent */
    TYPE_MODULE,    /* an imported module: nothing in C */
    TYPE_KIND_COUNT
} TypeKind;

struct Type {
    TypeKind kind;
    uint32_t id;         /* order of creation: for deterministic output */
    Class *cls;          /* the class that has its methods; NULL for NEVER, CELL, UNION, ANY, FUNC, … */
    uint32_t arg_count;
    Type **args;
    Node *decl;          /* FUNC, BOUND */
    Instance *owner;     /* FUNC: the instance in which it was made */
    Symbol *module;      /* MODULE */
    Type *parent;        /* CELL: what it is bound to or merged with, or NULL */
    Type *bound;         /* CELL: widest type an annotation allows, or NULL */
    bool has_cell;       /* a cell somewhere inside */
    Vec(Type *) sources; /* CELL: what has flown in, before it was joined */
    bool is_fixed;       /* CELL: an annotation says what it is bound to: it does not grow */
};

/* An attribute kept in each instance of a class. */
typedef struct Field {
    const char *name;
    Type *type;
    Span span;       /* where it is first assigned or annotated */
    bool is_declared; /* its type is an annotation's: it does not grow */
    Type *declared;  /* what the annotation admits, when the type is what is really stored (float); or NULL */
    Node *annotation;
    bool is_init_only; /* dataclass: InitVar[T] */
    bool is_keyword_only;
    struct Symbol *class_var; /* a new object takes its first value from this class variable, or NULL */
} Field;

/* A class: of the program, or of the library (then c_name says what struct of the runtime it is). A generic class of the program has
 * one Class per type arguments. */
struct Class {
    const char *name;       /* as Python prints it */
    const char *module;     /* "__main__", "builtins", … */
    Node *decl;             /* CLASS node */
    Class *base;            /* or NULL */
    Class *mixin;           /* class X(str, Enum): str */
    Type *type;             /* its instances' type (for generic library classes: with no arguments) */
    const char *c_name;     /* library classes: "art_list", …; NULL for classes of the program */
    Vec(Field *) fields;    /* its own, not the base's, in order of first assignment */
    bool is_exception;      /* derives from BaseException */
    bool is_enum, is_dataclass, is_namedtuple, is_frozen;
    bool makes_repr, makes_eq, makes_hash; /* dataclass: which methods it gets */
    bool is_protocol, is_abstract, is_library, is_flag;
    uint32_t id;
    TypeVec type_args;      /* for an instance of a generic class of the program */
    void *info;             /* inference's own */
};

/* -- making ---------------------------------------------------------------------------------------------------------------- */

typedef struct Types Types; /* all types of a compilation */

Types *types_new(Compilation *c);
Type *types_plain(Types *ts, TypeKind kind);                            /* kinds without arguments */
Type *types_make(Types *ts, TypeKind kind, Class *cls, Type **args, uint32_t arg_count);
Type *types_func(Types *ts, Node *decl, Instance *owner);
Type *types_bound(Types *ts, Node *decl, Instance *owner, Type *receiver);
Type *types_module(Types *ts, Symbol *module);
Type *types_cell(Types *ts);
Type *types_union(Types *ts, Type **members, uint32_t count);           /* flattens, drops doubles; one member: that itself */
Type *types_optional(Types *ts, Type *t);                               /* t | None */

/* -- asking ---------------------------------------------------------------------------------------------------------------- */

Type *types_resolve(Types *ts, Type *t);  /* without cells: an unbound cell becomes its bound or NEVER */
Type *types_find(Type *t);                /* follows cell links only at the top */
Type *types_root(Type *cell);             /* the cell that stands for all merged with this one; its parent: the type it is bound to */
const char *types_spell(Types *ts, Type *t); /* as the user writes it: "list[int | None]" */
bool types_is_counted(const Type *t);     /* a counted pointer in C (or a nullable one) */
bool types_is_nullable(const Type *t);    /* a union that is a pointer or NULL */
bool types_is_box(const Type *t);         /* a union as art_box, or Any */
bool types_needs_release(const Type *t);  /* counted, box, or a tuple that holds such */
bool types_is_optional(const Type *t);    /* a union with None */
Type *types_without_none(Types *ts, Type *t);
bool class_derives(const Class *cls, const Class *base); /* also when equal */

#endif

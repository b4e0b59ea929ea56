/* Names bound to symbols, before any type is known.
 *
 * Each function, lambda, class body and module is a Scope; each name that it binds is a Symbol. A comprehension's targets are
 * symbols of the function around it, apart from its other names. What a NAME node means does not depend on types, so it stands in a
 * table of the scope, indexed by the node's id, and is shared by all instances. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include "base/context.h"
#include "base/map.h"
#include "syntax/ast.h"

typedef struct Symbol Symbol;
typedef struct Scope Scope;
typedef struct ModuleUnit ModuleUnit;

typedef enum SymbolKind {
    SYMBOL_VAR,      /* a variable: local, parameter or of a module */
    SYMBOL_FUNCTION, /* a def that is the only binding of its name */
    SYMBOL_CLASS,    /* a class that is the only binding of its name */
    SYMBOL_MODULE,   /* import a, import a as b: `unit` */
    SYMBOL_IMPORT,   /* from a import b: follows `target` */
} SymbolKind;

struct Symbol {
    SymbolKind kind;
    const char *name;
    Span span;          /* where it is first bound */
    Scope *scope;       /* that it belongs to */
    uint32_t index;     /* in scope->symbols */
    Node *decl;         /* FUNCTION, CLASS: the node */
    const Param *param; /* a parameter, or NULL */
    Node *annotation;   /* of a variable: x: T, or NULL */
    ModuleUnit *unit;   /* MODULE */
    Symbol *target;     /* IMPORT */
    bool is_captured;   /* read or assigned by a nested function */
    bool is_nonlocal_assigned; /* assigned by a nested function, or by another function through `global` */
    uint32_t augmented_count; /* of these, x += … */
    uint32_t assign_count; /* places that bind it (a loop target counts twice): 1 means that it never changes */
    uint32_t overload_count; /* FUNCTION with @overload: how many signatures come before */
    NodeVec overloads;  /* those, in order */
    void *info;         /* inference's own (module variables, functions, classes) */
};

typedef enum ScopeKind { SCOPE_MODULE, SCOPE_FUNCTION, SCOPE_CLASS } ScopeKind;

struct Scope {
    ScopeKind kind;
    Node *node;              /* FUNCTION, LAMBDA or CLASS; NULL for a module */
    Scope *parent;
    ModuleUnit *unit;
    Vec(Symbol *) symbols;   /* that it binds, in order of appearance, parameters first */
    Vec(Symbol *) captures;  /* FUNCTION: variables of functions around it that it (or a function in it) uses */
    Symbol **uses;           /* by node id: what a NAME, walrus, def, class, handler … of this scope's body stands for; NULL: not defined */
    uint32_t node_count;
    Map names;               /* name -> Symbol: what it binds, but for targets of comprehensions */
    Map outer_names;         /* name -> Symbol: by `global` and `nonlocal` */
    bool uses_super;
};

/* A source file of the compilation: the program's, a sibling's or one of lib/. */
struct ModuleUnit {
    const char *name;        /* "__main__", "asyncio", "pkg.mod" */
    Module *ast;
    Scope *scope;
    const char *path_name;   /* as imported; the main program's is its file's, name being "__main__" */
    bool is_library;
    bool is_builtins;
    bool is_package;         /* __init__.async */
    bool is_resolving;       /* its names are being collected: importing it again now is a cycle */
    void *info;
};

/* Resolves `main` and whatever it imports. */
typedef struct UnresolvedName {
    Scope *scope;
    Node *node;
} UnresolvedName;

typedef struct Resolved {
    Vec(UnresolvedName) unresolved; /* in the program's own modules: names that are bound nowhere (some are the compiler's own) */
    ModuleUnit *main, *builtins;
    Vec(ModuleUnit *) units; /* all, in order of first mention; builtins first */
    Vec(ModuleUnit *) order; /* all, each after what it imports: the order in which their bodies run */
} Resolved;

Resolved *resolve(Compilation *c, Module *main);

Scope *scope_of(Compilation *c, const Node *node);              /* of a FUNCTION, LAMBDA or CLASS node */
Symbol *scope_find(const Scope *scope, const char *name);       /* bound in this scope itself; `name` interned */
Symbol *scope_lookup(Resolved *r, const Scope *scope, const char *name); /* as a use of the name in this scope would find it */
Symbol *symbol_final(Symbol *symbol);                           /* follows imports */
ModuleUnit *unit_find(Resolved *r, const char *name);

#endif

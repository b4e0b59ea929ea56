/* The syntax tree: what the parser makes and everything up to lowering reads.
 *
 * One node type with a kind, a span and a union member that is documented by the source it comes from (ast.def). Nodes live in
 * the compilation's arena and are made only by the node_… constructors of ast.c. Names are interned: equal names are equal
 * pointers. A node is only as long as its kind needs: never copy one by value. Later stages never change a node; what they learn stands in side tables indexed by `id`. */
#ifndef SYNTAX_AST_H
#define SYNTAX_AST_H

#include "base/source.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Node Node;
typedef Vec(Node *) NodeVec;
typedef Vec(const char *) NameVec;

typedef enum NodeKind {
#define NODE(kind, text, member) NODE_##kind,
#include "syntax/ast.def"
#undef NODE
    NODE_KIND_COUNT
} NodeKind;

/* Operators of UNARY, BINARY, AUGASSIGN and COMPARE. */
typedef enum Operator {
    OP_ADD, OP_SUB, OP_MUL, OP_MATMUL, OP_DIV, OP_FLOORDIV, OP_MOD, OP_POW, OP_LSHIFT, OP_RSHIFT, OP_AND, OP_OR, OP_XOR,
    OP_NEG, OP_POS, OP_INVERT, OP_NOT,
    OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IS, OP_IS_NOT, OP_IN, OP_NOT_IN,
    OP_COUNT
} Operator;

/* A parameter of a def or lambda. */
typedef enum ParamKind {
    PARAM_POSITIONAL_ONLY, /* before /          */
    PARAM_NORMAL,
    PARAM_STAR,            /* *args             */
    PARAM_KEYWORD_ONLY,    /* after * or *args  */
    PARAM_STAR_STAR,       /* **kwargs          */
} ParamKind;

typedef struct Param {
    ParamKind kind;
    const char *name;
    Span span;
    Node *annotation; /* or NULL */
    Node *value;      /* the default, or NULL */
} Param;
typedef Vec(Param) ParamVec;

/* An argument of a call: e, *e, name=e, **e. Also a class's bases and keywords. */
typedef enum ArgKind { ARG_POSITIONAL, ARG_STAR, ARG_KEYWORD, ARG_STAR_STAR } ArgKind;
typedef struct Arg {
    ArgKind kind;
    const char *name; /* ARG_KEYWORD */
    Span span;
    Node *value;
} Arg;
typedef Vec(Arg) ArgVec;

/* `for target in iter if cond…` of a comprehension. */
typedef struct CompFor {
    bool is_async;
    Node *target, *iter;
    NodeVec conditions;
} CompFor;
typedef Vec(CompFor) CompForVec;

/* A piece of an f-string: literal text (expr NULL) or a field. */
typedef struct FPart {
    const char *text; /* literal text, decoded, or for `{x=}` the source text "x=" printed before the value (else NULL) */
    uint32_t len;
    Node *expr;
    char conversion;  /* 'r', 's', 'a' or 0; `{x=}` without conversion and spec has 'r' */
    Node *spec;       /* an FSTRING node (maybe with fields of its own), or NULL */
    Span span;
} FPart;
typedef Vec(FPart) FPartVec;

typedef struct Handler {
    Span span;
    bool is_star;     /* except* */
    Node *type;       /* except type as name; NULL: bare except */
    const char *name; /* or NULL */
    Span name_span;
    NodeVec body;
} Handler;
typedef Vec(Handler) HandlerVec;

typedef struct WithItem {
    Node *context, *target; /* target may be NULL */
} WithItem;
typedef Vec(WithItem) WithItemVec;

typedef struct MatchCase {
    Span span;
    Node *pattern, *guard; /* guard may be NULL */
    NodeVec body;
} MatchCase;
typedef Vec(MatchCase) MatchCaseVec;

typedef struct Alias {
    Span span;
    const char *name;    /* "a.b" or "*" */
    const char *as_name; /* or NULL */
} Alias;
typedef Vec(Alias) AliasVec;

struct Node {
    NodeKind kind;
    uint32_t id;  /* dense within the enclosing function body (or module, or class body): 0, 1, 2… see Function.node_count. A nested
                     function, lambda or class starts a numbering of its own; its own node, its decorators, defaults, annotations
                     and bases are numbered by the outer one. Comprehensions belong to the function that they stand in. */
    Span span;
    bool in_parens; /* stood in parentheses of its own, which the span then includes */
    union {
        struct { const char *name; } name;
        struct { uint64_t value; } integer; /* 9223372036854775808 only under a unary minus */
        struct { double value; } real;
        struct { const char *text; uint32_t len; } str; /* decoded: UTF-8, or raw bytes; may hold NULs */
        struct { FPartVec parts; } fstring;
        struct { NodeVec items; } list;
        struct { NodeVec keys, values; } dict;      /* keys[i] NULL: **values[i] */
        struct { Node *key, *elem; CompForVec clauses; } comp; /* key only for DICTCOMP */
        struct { Operator op; Node *operand; } unary;
        struct { Operator op; Node *left, *right; Span op_span; } binary;
        struct { bool is_or; NodeVec items; } boolop;
        struct { Node *first; NodeVec rest; Vec(Operator) ops; } compare; /* first ops[0] rest[0] ops[1] rest[1] … */
        struct { Node *cond, *then, *orelse; } ifexp;
        struct { Node *func; ArgVec args; } call;
        struct { Node *value; const char *name; Span name_span; } attribute;
        struct { Node *value, *index; } subscript;
        struct { Node *lower, *upper, *step; } slice; /* each may be NULL */
        struct { const char *name; Span name_span; Node *value; } walrus;
        struct { NodeVec targets; Node *value; } assign;
        struct { Node *target, *annotation, *value; } annassign; /* value may be NULL */
        struct { Operator op; Node *target, *value; } augassign;
        struct { Node *value; } ret;
        struct { Node *exc, *cause; } raise;
        struct { Node *test, *message; } assert_;
        struct { NameVec names; } names;
        struct { const char *module; int level; AliasVec names; } import; /* level: leading dots; module "" for `from . import` */
        struct { Node *test; NodeVec body, orelse; } if_;
        struct { Node *test; NodeVec body, orelse; } while_;
        struct { bool is_async; Node *target, *iter; NodeVec body, orelse; } for_;
        struct { bool is_star; NodeVec body; HandlerVec handlers; NodeVec orelse, finally; bool has_finally; } try_;
        struct { bool is_async; WithItemVec items; NodeVec body; } with;
        struct { Node *subject; MatchCaseVec cases; } match;
        struct {
            const char *name; Node *cls; NodeVec list; NodeVec keys; NameVec attrs; uint32_t positional;
        } pattern;
        struct Function {
            const char *name;      /* "<lambda>" for a lambda */
            Span name_span;
            ParamVec params;
            Node *returns;         /* annotation, or NULL; the body expression of a LAMBDA */
            NodeVec body, decorators;
            bool is_async;
            bool is_generator;     /* its own body has a yield */
            bool has_await;        /* its own body has an await, async for, async with */
            uint32_t node_count;   /* ids of its body: 0 … node_count - 1 */
            const char *doc;       /* docstring or NULL */
        } function;
        struct ClassDef {
            const char *name;
            Span name_span;
            ArgVec bases;          /* and keywords */
            bool is_namedtuple;    /* made of a call of namedtuple(): resolve.c */
            NodeVec body, decorators;
            uint32_t node_count;
            const char *doc;
        } class;
    } as;
};

typedef struct Module {
    SourceFile *file;
    const char *name; /* "app" */
    NodeVec body;
    uint32_t node_count;
    const char *doc;
} Module;

static inline bool node_is_expr(const Node *n)
{
    return n->kind <= NODE_BROKEN;
}
/* Calls visit for each child that is there, in the order of the source (of evaluation, where the two differ: a comprehension's
 * clauses come before its element). The role says what the child is: "left", "body", the name of a keyword argument. */
typedef void (*NodeVisit)(void *context, Node *child, const char *role);
void node_each_child(const Node *n, NodeVisit visit, void *context);

const char *node_kind_name(NodeKind kind);
const char *operator_text(Operator op); /* "+", "not in", … */

#endif

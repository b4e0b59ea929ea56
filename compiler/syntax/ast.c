/* The constructors of expressions, and the names of kinds and operators.
 *
 * The grammar's actions call these, one per rule.  They allocate a node as long as its kind needs, find its span, and refuse
 * what the grammar lets through because one token of look-ahead cannot tell.  The constructors of statements, arguments,
 * strings and patterns have files of their own; numbering and what depends on the place is check.c's. */
#include "syntax/node.h"

#include <string.h>

/* ---- tables ---- */

static const uint8_t member_sizes[] = {
#define NODE(kind, text, member) [NODE_##kind] = SIZE_##member,
#define SIZE_none                0
#define SIZE(member)             (uint8_t)sizeof(((Node *)0)->as.member)
#define SIZE_name                SIZE(name)
#define SIZE_integer             SIZE(integer)
#define SIZE_real                SIZE(real)
#define SIZE_str                 SIZE(str)
#define SIZE_fstring             SIZE(fstring)
#define SIZE_list                SIZE(list)
#define SIZE_dict                SIZE(dict)
#define SIZE_comp                SIZE(comp)
#define SIZE_unary               SIZE(unary)
#define SIZE_binary              SIZE(binary)
#define SIZE_boolop              SIZE(boolop)
#define SIZE_compare             SIZE(compare)
#define SIZE_ifexp               SIZE(ifexp)
#define SIZE_call                SIZE(call)
#define SIZE_attribute           SIZE(attribute)
#define SIZE_subscript           SIZE(subscript)
#define SIZE_slice               SIZE(slice)
#define SIZE_walrus              SIZE(walrus)
#define SIZE_assign              SIZE(assign)
#define SIZE_annassign           SIZE(annassign)
#define SIZE_augassign           SIZE(augassign)
#define SIZE_ret                 SIZE(ret)
#define SIZE_raise               SIZE(raise)
#define SIZE_assert_             SIZE(assert_)
#define SIZE_names               SIZE(names)
#define SIZE_import              SIZE(import)
#define SIZE_if_                 SIZE(if_)
#define SIZE_while_              SIZE(while_)
#define SIZE_for_                SIZE(for_)
#define SIZE_try_                SIZE(try_)
#define SIZE_with                SIZE(with)
#define SIZE_match               SIZE(match)
#define SIZE_pattern             SIZE(pattern)
#define SIZE_function            SIZE(function)
#define SIZE_class               SIZE(class)
#include "syntax/ast.def"
#undef NODE
};

const char *node_kind_name(NodeKind kind)
{
    static const char *const names[] = {
#define NODE(kind, text, member) [NODE_##kind] = text,
#include "syntax/ast.def"
#undef NODE
    };

    return names[kind];
}

const char *operator_text(Operator op)
{
    static const char *const texts[OP_COUNT] = {
        [OP_ADD] = "+",       [OP_SUB] = "-",         [OP_MUL] = "*",  [OP_MATMUL] = "@",  [OP_DIV] = "/",
        [OP_FLOORDIV] = "//", [OP_MOD] = "%",         [OP_POW] = "**", [OP_LSHIFT] = "<<", [OP_RSHIFT] = ">>",
        [OP_AND] = "&",       [OP_OR] = "|",          [OP_XOR] = "^",  [OP_NEG] = "-",     [OP_POS] = "+",
        [OP_INVERT] = "~",    [OP_NOT] = "not",       [OP_EQ] = "==",  [OP_NE] = "!=",     [OP_LT] = "<",
        [OP_LE] = "<=",       [OP_GT] = ">",          [OP_GE] = ">=",  [OP_IS] = "is",     [OP_IS_NOT] = "is not",
        [OP_IN] = "in",       [OP_NOT_IN] = "not in",
    };

    return texts[op];
}

/* ---- making nodes ---- */

Node *node_new(Parser *p, NodeKind kind, Span span)
{
    Node *n = arena_alloc(p->arena, offsetof(Node, as) + member_sizes[kind]);

    n->kind = kind;
    n->span = span;
    return n;
}

Span span_of(const Parser *p, Tok token)
{
    return (Span){token->start, token->end, p->file->id};
}

Span span_tokens(const Parser *p, Tok first, Tok last)
{
    return (Span){first->start, last->end, p->file->id};
}

Span span_from(Tok first, Span last)
{
    return (Span){first->start, last.end, last.file};
}

Span span_between(Span first, Span last)
{
    return (Span){first.start, last.end, first.file};
}

/* ---- names, numbers, constants ---- */

Node *node_name(Parser *p, Tok name)
{
    Node *n = node_new(p, NODE_NAME, span_of(p, name));

    n->as.name.name = name->as.name;
    return n;
}

Node *node_int(Parser *p, Tok number)
{
    Node *n = node_new(p, NODE_INT, span_of(p, number));

    n->as.integer.value = number->as.integer;
    return n;
}

Node *node_float(Parser *p, Tok number)
{
    Node *n = node_new(p, NODE_FLOAT, span_of(p, number));

    n->as.real.value = number->as.real;
    return n;
}

Node *node_constant(Parser *p, NodeKind kind, Tok keyword)
{
    return node_new(p, kind, span_of(p, keyword));
}

/* ---- operators ---- */

static Node *unary(Parser *p, NodeKind kind, Operator op, Tok first, Node *operand)
{
    Node *n = node_new(p, kind, operand ? span_from(first, operand->span) : span_of(p, first));

    n->as.unary.op = op;
    n->as.unary.operand = operand;
    return n;
}

Node *node_unary(Parser *p, Operator op, Tok first, Node *operand)
{
    return unary(p, NODE_UNARY, op, first, operand);
}

Node *node_await(Parser *p, Tok first, Node *operand)
{
    return unary(p, NODE_AWAIT, 0, first, operand);
}

Node *node_yield(Parser *p, Tok first, Node *value)
{
    return unary(p, NODE_YIELD, 0, first, value);
}

Node *node_yield_from(Parser *p, Tok first, Node *value)
{
    return unary(p, NODE_YIELDFROM, 0, first, value);
}

Node *node_starred(Parser *p, Tok star, Node *operand)
{
    return unary(p, NODE_STARRED, 0, star, operand);
}

Node *node_binary(Parser *p, Operator op, Node *left, Tok op_token, Node *right)
{
    Node *n = node_new(p, NODE_BINARY, span_between(left->span, right->span));

    n->as.binary.op = op;
    n->as.binary.left = left;
    n->as.binary.right = right;
    n->as.binary.op_span = span_of(p, op_token);
    return n;
}

/* a and b and c is one node. */
Node *node_boolop(Parser *p, bool is_or, Node *left, Node *right)
{
    Node *n = left;

    if (left->kind != NODE_BOOLOP || left->in_parens || left->as.boolop.is_or != is_or) {
        n = node_new(p, NODE_BOOLOP, left->span);
        n->as.boolop.is_or = is_or;
        vec_push(p->arena, &n->as.boolop.items, left);
    }
    vec_push(p->arena, &n->as.boolop.items, right);
    n->span.end = right->span.end;
    return n;
}

/* a < b <= c is one node. */
Node *node_compare(Parser *p, Operator op, Node *left, Node *right)
{
    Node *n = left;

    if (left->kind != NODE_COMPARE || left->in_parens) {
        n = node_new(p, NODE_COMPARE, left->span);
        n->as.compare.first = left;
    }
    vec_push(p->arena, &n->as.compare.ops, op);
    vec_push(p->arena, &n->as.compare.rest, right);
    n->span.end = right->span.end;
    return n;
}

Node *node_ifexp(Parser *p, Node *then, Node *cond, Node *orelse)
{
    Node *n = node_new(p, NODE_IFEXP, span_between(then->span, orelse->span));

    n->as.ifexp.then = then;
    n->as.ifexp.cond = cond;
    n->as.ifexp.orelse = orelse;
    return n;
}

Node *node_lambda(Parser *p, Tok first, ParamVec params, Node *value)
{
    Node *n = node_new(p, NODE_LAMBDA, span_from(first, value->span));

    n->as.function.name = intern_text(p->c->names, "<lambda>");
    n->as.function.name_span = span_of(p, first);
    n->as.function.params = params;
    n->as.function.returns = value;
    return n;
}

Node *node_walrus(Parser *p, Node *target, Node *value)
{
    Node *n = node_new(p, NODE_WALRUS, span_between(target->span, value->span));

    if (target->kind == NODE_NAME && !target->in_parens)
        n->as.walrus.name = target->as.name.name;
    else
        parser_error(p, target->span, "cannot use assignment expressions with %s", node_described(target));
    n->as.walrus.name_span = target->span;
    n->as.walrus.value = value;
    return n;
}

/* ---- attributes, calls, subscripts ---- */

Node *node_attribute(Parser *p, Node *value, Tok name)
{
    Node *n = node_new(p, NODE_ATTRIBUTE, span_between(value->span, span_of(p, name)));

    n->as.attribute.value = value;
    n->as.attribute.name = name->as.name;
    n->as.attribute.name_span = span_of(p, name);
    return n;
}

Node *node_call(Parser *p, Node *func, ArgVec args, Tok close)
{
    Node *n = node_new(p, NODE_CALL, span_between(func->span, span_of(p, close)));

    n->as.call.func = func;
    n->as.call.args = args;
    return n;
}

Node *node_subscript(Parser *p, Node *value, Node *index, Tok close)
{
    Node *n = node_new(p, NODE_SUBSCRIPT, span_between(value->span, span_of(p, close)));

    n->as.subscript.value = value;
    n->as.subscript.index = index;
    return n;
}

Node *node_index(Parser *p, Node *index)
{
    return index->kind == NODE_STARRED ? node_tuple(p, index, NULL) : index;
}

Node *node_slice(Parser *p, Node *lower, Tok colon, Node *upper, Tok second_colon, Node *step)
{
    Span span = span_of(p, colon);

    if (lower)
        span = span_join(span, lower->span);
    if (upper)
        span = span_join(span, upper->span);
    if (second_colon)
        span = span_join(span, span_of(p, second_colon));
    if (step)
        span = span_join(span, step->span);
    Node *n = node_new(p, NODE_SLICE, span);
    n->as.slice.lower = lower;
    n->as.slice.upper = upper;
    n->as.slice.step = step;
    return n;
}

/* ---- tuples, displays, comprehensions ---- */

Node *node_tuple(Parser *p, Node *first, Tok comma)
{
    Node *n = node_new(p, NODE_TUPLE, first->span);

    vec_push(p->arena, &n->as.list.items, first);
    if (comma)
        n->span.end = comma->end;
    return n;
}

Node *node_tuple_add(Parser *p, Node *tuple, Node *element)
{
    vec_push(p->arena, &tuple->as.list.items, element);
    tuple->span.end = element->span.end;
    return tuple;
}

Node *node_in_parens(Parser *p, Tok open, Node *inner, Tok close)
{
    inner->span = span_tokens(p, open, close);
    inner->in_parens = true;
    return inner;
}

Node *node_parens(Parser *p, Tok open, NodeVec items, Tok comma, Tok close)
{
    Node *first = items.items[0], *last = vec_last(&items);

    if (items.len == 1 && !comma) {
        if (first->kind == NODE_STARRED)
            parser_error(p, first->span, "cannot use starred expression here");
        return open ? node_in_parens(p, open, first, close) : first;
    }
    Node *n = node_new(p, NODE_TUPLE, span_between(first->span, last->span));
    n->as.list.items = items;
    return open ? node_in_parens(p, open, n, close) : n;
}

Node *node_display(Parser *p, NodeKind kind, Tok open, NodeVec items, Tok close)
{
    Node *n = node_new(p, kind, span_tokens(p, open, close));

    n->as.list.items = items;
    n->in_parens = kind == NODE_TUPLE;
    return n;
}

Node *node_dict_add(Parser *p, Node *dict, Node *key, Node *value)
{
    if (!dict)
        dict = node_new(p, NODE_DICT, value->span);
    vec_push(p->arena, &dict->as.dict.keys, key);
    vec_push(p->arena, &dict->as.dict.values, value);
    return dict;
}

Node *node_dict(Parser *p, Tok open, Node *dict, Tok close)
{
    if (!dict)
        dict = node_new(p, NODE_DICT, (Span){0});
    dict->span = span_tokens(p, open, close);
    return dict;
}

CompFor comp_for(Parser *p, bool is_async, Node *target, Node *iter)
{
    check_target(p, target, TARGET_COMP);
    return (CompFor){.is_async = is_async, .target = target, .iter = iter};
}

static const char *comp_name(NodeKind kind)
{
    switch (kind) {
    case NODE_LISTCOMP: return "list comprehension";
    case NODE_SETCOMP: return "set comprehension";
    case NODE_DICTCOMP: return "dict comprehension";
    default: return "generator expression";
    }
}

Node *node_comp(Parser *p, NodeKind kind, Tok open, Node *key, Node *elem, CompForVec clauses, Tok close)
{
    const CompFor *last = &vec_last(&clauses);
    Span end = last->conditions.len ? vec_last(&last->conditions)->span : last->iter->span;
    Node *n = node_new(p, kind, open ? span_tokens(p, open, close) : span_between(elem->span, end));

    if (elem->kind == NODE_STARRED)
        parser_error(p, elem->span, "iterable unpacking cannot be used in a %s", comp_name(kind));
    n->in_parens = open && kind == NODE_GENEXP;
    n->as.comp.key = key;
    n->as.comp.elem = elem;
    n->as.comp.clauses = clauses;
    return n;
}

/* ---- targets ---- */

void check_bound_name(Parser *p, const char *name, Span span)
{
    if (name == p->debug)
        parser_error(p, span, "cannot assign to __debug__");
}

const char *node_described(const Node *n)
{
    switch (n->kind) {
    case NODE_NAME: return "name";
    case NODE_ATTRIBUTE: return "attribute";
    case NODE_SUBSCRIPT: return "subscript";
    case NODE_STARRED: return "starred";
    case NODE_TUPLE: return "tuple";
    case NODE_LIST: return "list";
    case NODE_CALL: return "function call";
    case NODE_LAMBDA: return "lambda";
    case NODE_UNARY:
    case NODE_BINARY:
    case NODE_BOOLOP: return "expression";
    case NODE_COMPARE: return "comparison";
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP:
    case NODE_GENEXP: return comp_name(n->kind);
    case NODE_YIELD:
    case NODE_YIELDFROM: return "yield expression";
    case NODE_AWAIT: return "await expression";
    case NODE_DICT: return "dict literal";
    case NODE_SET: return "set display";
    case NODE_FSTRING: return "f-string expression";
    case NODE_INT:
    case NODE_FLOAT:
    case NODE_STR:
    case NODE_BYTES: return "literal";
    case NODE_TRUE: return "True";
    case NODE_FALSE: return "False";
    case NODE_NONE: return "None";
    case NODE_ELLIPSIS: return "ellipsis";
    case NODE_IFEXP: return "conditional expression";
    case NODE_WALRUS: return "named expression";
    default: return "expression";
    }
}

static bool refuse_target(Parser *p, const Node *n, TargetUse use, bool is_whole)
{
    bool is_constant = n->kind == NODE_TRUE || n->kind == NODE_FALSE || n->kind == NODE_NONE;
    Diag *diag =
        parser_error(p, n->span, "cannot %s %s", use == TARGET_DEL ? "delete" : "assign to", node_described(n));

    if (use == TARGET_ASSIGN && is_whole && !is_constant)
        diag_help(p->c->diags, diag, "maybe you meant '==' instead of '='");
    return false;
}

static bool check_elements(Parser *p, NodeVec items, TargetUse use);

/* A name, attribute or subscript, or a sequence of targets. */
static bool check_one(Parser *p, const Node *n, TargetUse use, bool is_whole)
{
    switch (n->kind) {
    case NODE_NAME: check_bound_name(p, n->as.name.name, n->span); return true;
    case NODE_ATTRIBUTE: check_bound_name(p, n->as.attribute.name, n->as.attribute.name_span); return true;
    case NODE_SUBSCRIPT: return true;
    case NODE_TUPLE:
    case NODE_LIST: return check_elements(p, n->as.list.items, use);
    default: return refuse_target(p, n, use, is_whole);
    }
}

static bool check_elements(Parser *p, NodeVec items, TargetUse use)
{
    bool is_good = true, has_star = false;

    for (uint32_t i = 0; i < items.len; i++) {
        const Node *item = items.items[i];
        if (item->kind == NODE_STARRED && use != TARGET_DEL) {
            if (has_star)
                parser_error(p, item->span, "multiple starred expressions in assignment");
            is_good &= !has_star;
            has_star = true;
            item = item->as.unary.operand;
        }
        is_good &= check_one(p, item, use, false);
    }
    return is_good;
}

bool check_target(Parser *p, Node *target, TargetUse use)
{
    if (target->kind != NODE_STARRED || use == TARGET_DEL)
        return check_one(p, target, use, true);
    parser_error(p, target->span, "starred assignment target must be in a list or tuple");
    return false;
}

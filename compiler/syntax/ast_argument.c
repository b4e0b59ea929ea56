/* The constructors of arguments and parameters, and the rules of their order, which the grammar leaves open so that what is wrong
 * can be named. */
#include "syntax/node.h"

#include "base/map.h"

/* ---- arguments ---- */

Arg arg_positional(Parser *p, Node *value)
{
    (void)p;
    return (Arg){.kind = ARG_POSITIONAL, .span = value->span, .value = value};
}

Arg arg_keyword(Parser *p, Node *name, Tok assign, Node *value)
{
    Arg arg = {.kind = ARG_KEYWORD, .span = span_between(name->span, value->span), .value = value};

    if (name->kind == NODE_NAME && !name->in_parens) {
        arg.name = name->as.name.name;
        check_bound_name(p, arg.name, name->span);
        return arg;
    }
    arg.kind = ARG_POSITIONAL;
    if (name->kind == NODE_TRUE || name->kind == NODE_FALSE || name->kind == NODE_NONE) {
        parser_error(p, name->span, "cannot assign to %s", node_described(name));
        return arg;
    }
    Diag *diag = parser_error(p, span_of(p, assign), "expression cannot contain assignment, perhaps you meant \"==\"?");
    diag_fix(p->c->diags, diag, span_of(p, assign), "==");
    return arg;
}

Arg arg_starred(Parser *p, ArgKind kind, Tok star, Node *value)
{
    (void)p;
    return (Arg){.kind = kind, .span = span_from(star, value->span), .value = value};
}

Arg arg_genexp(Parser *p, Node *elem, CompForVec clauses)
{
    return arg_positional(p, node_comp(p, NODE_GENEXP, NULL, NULL, elem, clauses, NULL));
}

static const char *misplaced(ArgKind kind, bool has_keyword, bool has_star_star)
{
    if (kind == ARG_POSITIONAL && has_star_star)
        return "positional argument follows keyword argument unpacking";
    if (kind == ARG_POSITIONAL && has_keyword)
        return "positional argument follows keyword argument";
    if (kind == ARG_STAR && has_star_star)
        return "iterable argument unpacking follows keyword argument unpacking";
    return NULL;
}

static void check_repeated(Parser *p, Map *seen, const Arg *arg)
{
    void **slot = map_slot(p->arena, seen, arg->name);

    if (*slot)
        parser_error(p, arg->span, "keyword argument repeated: %s", arg->name);
    *slot = (void *)arg->name;
}

ArgVec args_finish(Parser *p, ArgVec args, Tok comma)
{
    bool has_keyword = false, has_star_star = false;
    Map seen = {0};

    for (uint32_t i = 0; i < args.len; i++) {
        Arg *arg = &args.items[i];
        const char *message = misplaced(arg->kind, has_keyword, has_star_star);
        if (message)
            parser_error(p, arg->span, "%s", message);
        if (arg->value->kind == NODE_GENEXP && !arg->value->in_parens && (args.len > 1 || comma))
            parser_error(p, arg->span, "generator expression must be parenthesized");
        has_keyword |= arg->kind == ARG_KEYWORD;
        has_star_star |= arg->kind == ARG_STAR_STAR;
        if (arg->kind == ARG_KEYWORD)
            check_repeated(p, &seen, arg);
    }
    return args;
}

/* ---- parameters ---- */

Param param_new(Parser *p, ParamKind kind, Tok name, Node *annotation, Node *value)
{
    Span span = span_of(p, name);

    check_bound_name(p, name->as.name, span);
    if (value)
        span.end = value->span.end;
    else if (annotation)
        span.end = annotation->span.end;
    return (Param){.kind = kind, .name = name->as.name, .span = span, .annotation = annotation, .value = value};
}

/* The markers are parameters without a name until params_finish drops them. */
Param param_marker(Parser *p, ParamKind kind, Tok marker)
{
    return (Param){.kind = kind, .span = span_of(p, marker)};
}

typedef struct ParamOrder {
    bool has_slash, has_star, has_star_star, has_default;
    bool wants_name; /* after a bare *, until a keyword-only parameter comes */
    Span star;
} ParamOrder;

static void take_slash(Parser *p, ParamOrder *order, const Param *slash, ParamVec *before)
{
    if (order->has_slash)
        parser_error(p, slash->span, "/ may appear only once");
    else if (order->has_star)
        parser_error(p, slash->span, "/ must be ahead of *");
    else if (!before->len)
        parser_error(p, slash->span, "at least one argument must precede /");
    order->has_slash = true;
    for (uint32_t i = 0; i < before->len; i++) {
        if (before->items[i].kind == PARAM_NORMAL)
            before->items[i].kind = PARAM_POSITIONAL_ONLY;
    }
}

static void take_star(Parser *p, ParamOrder *order, const Param *star)
{
    if (order->has_star)
        parser_error(p, star->span, "* argument may appear only once");
    order->has_star = true;
    order->wants_name = !star->name;
    order->star = star->span;
}

static void take_named(Parser *p, ParamOrder *order, Param *param)
{
    order->wants_name = false;
    if (order->has_star) {
        param->kind = PARAM_KEYWORD_ONLY;
        return;
    }
    if (order->has_default && !param->value)
        parser_error(p, param->span, "non-default argument follows default argument");
    order->has_default |= param->value != NULL;
}

static void check_name(Parser *p, Map *seen, const Param *param)
{
    void **slot = map_slot(p->arena, seen, param->name);

    if (*slot)
        parser_error(p, param->span, "duplicate argument '%s' in function definition", param->name);
    *slot = (void *)param->name;
}

static void check_wanted_name(Parser *p, ParamOrder *order)
{
    if (order->wants_name)
        parser_error(p, order->star, "named arguments must follow bare *");
    order->wants_name = false;
}

static void take(Parser *p, ParamOrder *order, Param *param, ParamVec *kept)
{
    if (order->has_star_star)
        parser_error(p, param->span, "arguments cannot follow var-keyword argument");
    if (param->kind == PARAM_POSITIONAL_ONLY) {
        take_slash(p, order, param, kept);
    } else if (param->kind == PARAM_STAR) {
        take_star(p, order, param);
    } else if (param->kind == PARAM_STAR_STAR) {
        check_wanted_name(p, order);
        order->has_star_star = true;
    } else {
        take_named(p, order, param);
    }
}

ParamVec params_finish(Parser *p, ParamVec params)
{
    ParamOrder order = {0};
    ParamVec kept = {0};
    Map seen = {0};

    for (uint32_t i = 0; i < params.len; i++) {
        Param param = params.items[i];
        take(p, &order, &param, &kept);
        if (!param.name)
            continue;
        check_name(p, &seen, &param);
        vec_push(p->arena, &kept, param);
    }
    check_wanted_name(p, &order);
    return kept;
}

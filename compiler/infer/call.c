/* Calls: which function is called, what goes into each parameter, what comes out.
 *
 * Binding arguments to parameters does not depend on types and comes first; then each parameter gets its type (the annotation's, or
 * the argument's own where there is none or it is flexible), and the types choose or make the instance. Stubs of the library
 * match their annotations against the arguments to find their type variables. */
#include "infer/internal.h"

typedef struct Args {
    Arg *items;
    Type **types;
    uint32_t count;
    Span span;
    Node *call;  /* the CALL node, or NULL */
} Args;

static Args infer_args(Infer *inf, Node *n);
static Type *finish_call(Infer *inf, Node *n, Callee *callee);
static Callee *call_func(Infer *inf, Type *func, Args *args, bool is_quiet);

static Instance *def_site(Infer *inf, Node *decl, Instance *owner)
{
    Scope *parent = scope_of(inf->c, decl)->parent;

    if (parent->kind == SCOPE_MODULE)
        return module_instance(inf, parent->unit);
    if (parent->kind == SCOPE_CLASS)
        return class_body(inf, parent);
    return owner ? owner : owner_of_scope(inf, parent);
}

/* A default of a dataclass's field may stand in the body of a base class. */
static Instance *site_of_default(Infer *inf, Instance *site, const Node *value)
{
    const ClassInfo *info =
        site && site->scope->kind == SCOPE_CLASS ? map_get(&inf->class_infos, site->scope->node) : NULL;

    for (const Class *c = info ? info->cls : NULL; c && c->decl; c = c->base)
        if (value->span.file == c->decl->span.file && value->span.start >= c->decl->span.start &&
            value->span.end <= c->decl->span.end)
            return class_body(inf, info_of(inf, c)->scope);
    return site;
}

/* Evaluates an expression that stands at a definition: a default, a factory. */
static Type *type_at(Infer *inf, Instance *site, Node *n)
{
    Instance *current = inf->inst;

    if (!site)
        return plain(inf, TYPE_NEVER);
    inf->inst = site;
    Type *t = infer_expr(inf, n);
    inf->inst = current;
    return t;
}

bool is_constant(const Node *n)
{
    switch (n->kind) {
    case NODE_INT:
    case NODE_FLOAT:
    case NODE_STR:
    case NODE_BYTES:
    case NODE_TRUE:
    case NODE_FALSE:
    case NODE_NONE:
        return true;
    case NODE_UNARY:
        return is_constant(n->as.unary.operand);
    default:
        return false;
    }
}

const char *called_name(Node *call)
{
    Node *f = call->kind == NODE_CALL ? call->as.call.func : call;

    return f->kind == NODE_NAME ? f->as.name.name : f->kind == NODE_ATTRIBUTE ? f->as.attribute.name : "…";
}

/* kwargs.pop("x"), kwargs["x"] = 1: then it is a dict indeed. */
static bool is_changed(const char *name, const char *from, const char *end)
{
    static const char *const changes[] = {".pop", ".update", ".setdefault", ".clear"};
    size_t len = strlen(name);

    for (const char *p = from; p + len < end; p++) {
        if (memcmp(p, name, len))
            continue;
        const char *after = p + len;
        for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
            if ((size_t)(end - after) > strlen(changes[i]) && !memcmp(after, changes[i], strlen(changes[i])))
                return true;
        const char *close = *after == '[' ? memchr(after, ']', (size_t)(end - after)) : NULL;
        while (close && close + 2 < end && (*++close == ' ' || *close == '+'))
            ;
        if (close && *close == '=' && close[1] != '=')
            return true;
    }
    return false;
}

/* Does the body pass `*name` (or `**name`) on to another call? Then the parameter is a tuple of exactly what came, so that the other
 * call can be typed. The source text tells, which is quicker than a walk of the tree. */
static bool is_forwarded(Infer *inf, const Node *decl, const char *name, const char *stars)
{
    const SourceFile *file = source_of(inf->c->sources, decl->span);
    size_t len = strlen(name), star_len = strlen(stars);
    uint32_t from = decl->kind == NODE_LAMBDA ? decl->span.start : decl->as.function.body.items[0]->span.start;

    if (!file || (star_len == 2 && is_changed(name, file->text + from, file->text + decl->span.end)))
        return false;
    for (const char *p = file->text + from; p + len + star_len < file->text + decl->span.end; p++) {
        if (memcmp(p, stars, star_len) || memcmp(p + star_len, name, len))
            continue;
        char before = p > file->text ? p[-1] : '(', after = p[star_len + len];
        if ((before == '(' || before == ' ' || before == ',' || before == '\n') && (after == ',' || after == ')' || after == '\n'))
            return true;
    }
    return false;
}

/* -- binding ------------------------------------------------------------------------------------------------------------------------ */

typedef struct Binder {
    Infer *inf;
    Node *decl;
    const ParamVec *params;
    uint32_t skip;        /* parameters that the call gives by itself: self */
    Args *args;
    Binding *bindings;    /* per parameter, from 0 (the skipped ones included) */
    Type **types;         /* per parameter: of what is passed */
    uint32_t *position;   /* per parameter: index of its argument, for the order of evaluation */
    bool is_quiet, failed, is_reordered;
    const char *name;
    NameVec kwarg_names;
    TypeVec star_types, kwarg_types;
    bool has_open_star, has_open_kwargs; /* a list or dict of unknown length is spread */
} Binder;

static void bind_error(Binder *b, Span span, const char *format, const char *detail)
{
    b->failed = true;
    if (b->is_quiet)
        return;
    Diag *d = report(b->inf, span, format, b->name, detail);
    if (b->decl && b->decl->as.function.name_span.file && !scope_of(b->inf->c, b->decl)->unit->is_library)
        note(b->inf, d, b->decl->as.function.name_span, "'%s' is defined here", b->decl->as.function.name);
}

static void put(Binder *b, uint32_t i, BindingKind kind, Node *value, Type *type, uint32_t position)
{
    b->bindings[i].kind = kind;
    b->bindings[i].value = value;
    b->types[i] = type;
    b->position[i] = position + 1;
}

static void put_star(Binder *b, uint32_t i, Node *value, Type *type, uint32_t position)
{
    b->bindings[i].kind = BIND_STAR;
    vec_push(b->inf->c->arena, &b->bindings[i].values, value);
    vec_push(b->inf->c->arena, &b->star_types, type);
    b->position[i] = position + 1;
}

static void bind_spread(Binder *b, Arg *arg, Type *t, uint32_t *next, uint32_t position)
{
    Iteration *it;

    t = types_find(t);
    if (t->kind == TYPE_TUPLE) {
        for (uint32_t i = 0; i < t->arg_count; i++) {
            while (*next < b->params->len && b->types[*next])
                ++*next;
            if (*next >= b->params->len || b->params->items[*next].kind == PARAM_KEYWORD_ONLY ||
                b->params->items[*next].kind == PARAM_STAR_STAR) {
                bind_error(b, arg->span, "too many arguments for '%s()'%s", "");
                return;
            }
            if (b->params->items[*next].kind == PARAM_STAR) {
                Node *starred = arena_new(b->inf->c->arena, Node);
                *starred = (Node){.kind = NODE_STARRED, .span = arg->span, .id = UINT32_MAX};
                starred->as.unary.operand = arg->value;
                for (uint32_t j = i; j < t->arg_count; j++)
                    vec_push(b->inf->c->arena, &b->star_types, t->args[j]);
                iterate(b->inf, arg->value, false); /* beside others whose number is not known */
                b->bindings[*next].kind = BIND_STAR;
                b->bindings[*next].index = i;
                vec_push(b->inf->c->arena, &b->bindings[*next].values, starred);
                b->position[*next] = position + 1;
                return;
            }
            put(b, *next, BIND_SPREAD, arg->value, t->args[i], position);
            b->bindings[(*next)++].index = i;
        }
        return;
    }
    Iteration scratch = {.elem = t->arg_count ? types_find(t->args[0]) : NULL};
    it = arg->value ? iterate(b->inf, arg->value, false) : &scratch; /* of a made-up call: a tuple[Any, ...] */
    if (!it)
        return;
    for (uint32_t index = 0; *next < b->params->len; index++) {
        const Param *param = &b->params->items[*next];
        if (param->kind == PARAM_STAR) {
            Node *starred = arena_new(b->inf->c->arena, Node);
            *starred = (Node){.kind = NODE_STARRED, .span = arg->span, .id = UINT32_MAX};
            starred->as.unary.operand = arg->value;
            put_star(b, *next, starred, it->elem, position);
            b->has_open_star = true;
            return;
        }
        if (param->kind > PARAM_NORMAL || b->types[*next] || param->value)
            return;
        put(b, *next, BIND_SPREAD_CHECKED, arg->value, it->elem, position);
        b->bindings[(*next)++].index = index;
    }
}

static void bind_positional(Binder *b, Arg *arg, Type *t, uint32_t *next, uint32_t position)
{
    if (*next < b->params->len && b->params->items[*next].kind == PARAM_STAR) {
        put_star(b, *next, arg->value, t, position);
        return;
    }
    if (*next >= b->params->len || b->params->items[*next].kind > PARAM_STAR) {
        uint32_t most = 0;
        for (uint32_t i = b->skip; i < b->params->len; i++)
            most += b->params->items[i].kind <= PARAM_NORMAL;
        bind_error(b, arg->span, "'%s()' takes %s",
                   arena_printf(b->inf->c->arena, "%u argument%s, but %u %s given", most, most == 1 ? "" : "s", b->args->count,
                                b->args->count == 1 ? "is" : "are"));
        return;
    }
    put(b, (*next)++, BIND_ARG, arg->value, t, position);
}

static bool has_kwargs(const Binder *b)
{
    return b->params->len && vec_last(b->params).kind == PARAM_STAR_STAR;
}

static void bind_kwarg(Binder *b, const char *name, Node *value, Type *t, uint32_t position)
{
    uint32_t last = b->params->len - 1;

    b->bindings[last].kind = BIND_KEYWORDS;
    vec_push(b->inf->c->arena, &b->bindings[last].names, name);
    vec_push(b->inf->c->arena, &b->bindings[last].values, value);
    vec_push(b->inf->c->arena, &b->kwarg_types, t);
    vec_push(b->inf->c->arena, &b->kwarg_names, name);
    if (!b->position[last])
        b->position[last] = position + 1;
}

static void bind_keyword(Binder *b, const char *name, Span span, BindingKind kind, Node *value, Type *t, uint32_t index, uint32_t position)
{
    for (uint32_t i = b->skip; i < b->params->len; i++) {
        const Param *param = &b->params->items[i];
        if (param->name != name || param->kind == PARAM_STAR || param->kind == PARAM_STAR_STAR || param->kind == PARAM_POSITIONAL_ONLY)
            continue;
        if (b->types[i]) {
            bind_error(b, span, "'%s()' got multiple values for argument '%s'", name);
            return;
        }
        put(b, i, kind, value, t, position);
        b->bindings[i].index = index;
        b->is_reordered = true;
        return;
    }
    if (has_kwargs(b)) {
        bind_kwarg(b, name, value, t, position);
        return;
    }
    b->failed = true;
    if (b->is_quiet)
        return;
    Guess guess = diag_guess(name);
    for (uint32_t i = b->skip; i < b->params->len; i++)
        diag_guess_try(&guess, b->params->items[i].name);
    Diag *d = report(b->inf, span, "'%s()' has no parameter '%s'", b->name, name);
    if (guess.best)
        help(b->inf, d, "did you mean '%s'?", guess.best);
}

/* **kwargs of the function around, forwarded: its names are known. */
static void bind_kwargs(Binder *b, Arg *arg, Type *t, uint32_t position)
{
    Instance *inst = b->inf->inst;
    Node *n = arg->value;

    t = types_find(t);
    if (t->kind == TYPE_TUPLE) {
        Symbol *symbol = n->kind == NODE_NAME ? inst->scope->uses[n->id] : NULL;
        for (; inst && symbol && inst->scope != symbol->scope; inst = inst->owner)
            ;
        for (uint32_t i = 0; inst && i < t->arg_count && i < inst->kwarg_names.len; i++)
            bind_keyword(b, inst->kwarg_names.items[i], arg->span, BIND_SPREAD, n, t->args[i], i, position);
        return;
    }
    if (n->kind == NODE_DICT) {
        for (uint32_t i = 0; i < n->as.dict.keys.len; i++) {
            Node *key = n->as.dict.keys.items[i];
            if (!key || key->kind != NODE_STR) {
                bind_error(b, arg->span, "'**' in the call of '%s()' needs keys that are known at compile time%s", "");
                return;
            }
            bind_keyword(b, intern(b->inf->c->names, key->as.str.text, key->as.str.len), arg->span, BIND_ARG, n->as.dict.values.items[i],
                         type_of(b->inf, n->as.dict.values.items[i]), 0, position);
        }
        return;
    }
    if (has_kwargs(b) && t->kind == TYPE_DICT) {
        uint32_t last = b->params->len - 1;
        b->bindings[last].kind = BIND_KEYWORDS;
        vec_push(b->inf->c->arena, &b->bindings[last].names, NULL);
        vec_push(b->inf->c->arena, &b->bindings[last].values, n);
        vec_push(b->inf->c->arena, &b->kwarg_types, t->args[1]);
        b->has_open_kwargs = true;
        b->position[last] = position + 1;
        return;
    }
    if (!is_void_type(t))
        bind_error(b, arg->span, "'**' in the call of '%s()' needs keys that are known at compile time%s; pass the arguments by name", "");
}

static void bind_missing(Binder *b, Instance *site)
{
    for (uint32_t i = b->skip; i < b->params->len; i++) {
        const Param *param = &b->params->items[i];
        if (b->types[i] || param->kind == PARAM_STAR || param->kind == PARAM_STAR_STAR)
            continue;
        if (!param->value) {
            bind_error(b, b->args->span, "'%s()' is missing the argument '%s'", param->name);
            return;
        }
        if (param->value->kind == NODE_ELLIPSIS && scope_of(b->inf->c, b->decl)->unit->is_library) {
            b->bindings[i].kind = BIND_HANDLED;
            b->types[i] = types_optional(b->inf->ts, class_named(b->inf, "builtins", "BaseException"));
            continue;
        }
        b->bindings[i].kind = is_constant(param->value) ? BIND_DEFAULT : BIND_DEFAULT_VAR;
        b->bindings[i].value = param->value;
        b->bindings[i].scope = site_of_default(b->inf, site, param->value);
        b->types[i] = type_at(b->inf, b->bindings[i].scope, param->value);
    }
}

static void bind_stars(Binder *b)
{
    Infer *inf = b->inf;

    for (uint32_t i = 0; i < b->params->len; i++) {
        const Param *param = &b->params->items[i];
        if (param->kind == PARAM_STAR) {
            bool is_fixed = !b->has_open_star && (is_forwarded(inf, b->decl, param->name, "*"));
            Type *elem = plain(inf, TYPE_NEVER);
            b->bindings[i].kind = BIND_STAR;
            for (uint32_t j = 0; j < b->star_types.len; j++)
                elem = elem_join(inf, elem, b->star_types.items[j]);
            if (is_fixed)
                b->types[i] = types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], b->star_types.items, b->star_types.len);
            else
                b->types[i] = make1(inf, TYPE_VARTUPLE, elem);
        } else if (param->kind == PARAM_STAR_STAR) {
            b->bindings[i].kind = BIND_KEYWORDS;
            if (!b->has_open_kwargs && is_forwarded(inf, b->decl, param->name, "**")) {
                b->types[i] = types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], b->kwarg_types.items, b->kwarg_types.len);
            } else {
                Type *elem = plain(inf, TYPE_NEVER);
                for (uint32_t j = 0; j < b->kwarg_types.len; j++)
                    elem = elem_join(inf, elem, b->kwarg_types.items[j]);
                b->types[i] = make2(inf, TYPE_DICT, plain(inf, TYPE_STR), elem);
                b->kwarg_names.len = 0;
            }
        }
    }
}

static bool bind(Binder *b, Infer *inf, Node *decl, const char *name, uint32_t skip, Args *args, Instance *owner, bool is_quiet)
{
    uint32_t count = decl->as.function.params.len, next = skip;

    *b = (Binder){.inf = inf, .decl = decl, .params = &decl->as.function.params, .skip = skip, .args = args, .is_quiet = is_quiet, .name = name};
    b->bindings = arena_array(inf->c->arena, Binding, count + 1);
    b->types = arena_array(inf->c->arena, Type *, count + 1);
    b->position = arena_array(inf->c->arena, uint32_t, count + 1);
    for (uint32_t i = 0; i < args->count && !b->failed; i++) {
        Arg *arg = &args->items[i];
        switch (arg->kind) {
        case ARG_POSITIONAL:
            bind_positional(b, arg, args->types[i], &next, i);
            break;
        case ARG_STAR:
            bind_spread(b, arg, args->types[i], &next, i);
            break;
        case ARG_KEYWORD:
            bind_keyword(b, arg->name, arg->span, BIND_ARG, arg->value, args->types[i], 0, i);
            break;
        case ARG_STAR_STAR:
            bind_kwargs(b, arg, args->types[i], i);
            break;
        }
    }
    if (!b->failed)
        bind_missing(b, def_site(inf, decl, owner));
    if (!b->failed)
        bind_stars(b);
    return !b->failed;
}

static void finish_order(Infer *inf, Callee *callee, const Binder *b)
{
    callee->bindings = b->bindings;
    callee->binding_count = b->params->len;
    if (!b->is_reordered)
        return;
    uint32_t count = b->params->len, out = 0;
    callee->order = arena_array(inf->c->arena, uint16_t, count + 1);
    for (uint32_t i = 0; i < count; i++) /* what is not an argument first: it has no effects */
        if (!b->position[i])
            callee->order[out++] = (uint16_t)i;
    for (uint32_t p = 1; p <= b->args->count; p++)
        for (uint32_t i = 0; i < count; i++)
            if (b->position[i] == p)
                callee->order[out++] = (uint16_t)i;
}

/* -- parameter types ------------------------------------------------------------------------------------------------------------------- */

static void mismatch(Infer *inf, const Binder *b, uint32_t i, Type *declared)
{
    const Param *param = &b->params->items[i];
    Node *value = b->bindings[i].value;
    Span span = value && b->position[i] ? value->span : b->args->span;

    if (b->is_quiet)
        return;
    Diag *d = report(inf, span, "argument '%s' of '%s()' is %s, but %s is expected", param->name, b->name, spell(inf, b->types[i]),
                     spell(inf, declared));
    if (!scope_of(inf->c, b->decl)->unit->is_library)
        note(inf, d, param->span, "'%s' is declared here", param->name);
    if (types_is_optional(b->types[i]))
        help(inf, d, "check that it is not None first");
}

static void check_protocol(Binder *b, uint32_t i, Class *protocol, Type *actual)
{
    Infer *inf = b->inf;
    Class *cls = is_void_type(actual) || actual->kind == TYPE_ANY ? NULL : class_of(inf, actual);
    ClassInfo *info = info_of(inf, protocol);

    for (uint32_t k = 0; cls && !b->is_quiet && k < info->methods.len; k++) {
        const char *name = info->methods.items[k]->name;
        if (method_of(inf, cls, name) || class_field(inf, cls, name, NULL))
            continue;
        Diag *d = report(inf, b->bindings[i].value ? b->bindings[i].value->span : b->args->span, "%s is no %s: it has no method '%s'", spell(inf, actual),
                         protocol->name, name);
        note(inf, d, info->methods.items[k]->decl->as.function.name_span, "'%s' is required here", name);
        b->failed = true;
        return;
    }
}

static bool is_container_kind(TypeKind kind)
{
    return kind == TYPE_LIST || kind == TYPE_DICT || kind == TYPE_SET || kind == TYPE_FROZENSET || kind == TYPE_TUPLE ||
           kind == TYPE_VARTUPLE;
}

/* The type of what is passed. A display takes the element type that is wanted. */
static Type *display_for(Infer *inf, const Binder *b, uint32_t i, Type *wanted)
{
    Node *value = b->bindings[i].value;
    bool is_display = value && b->bindings[i].kind == BIND_ARG && b->position[i] &&
                      (value->kind == NODE_LIST || value->kind == NODE_DICT || value->kind == NODE_TUPLE);

    if (!is_display || is_void_type(b->types[i]))
        return types_find(b->types[i]);
    return infer_expect(inf, value, wanted);
}

/* *args: T, **kwargs: T. Where nothing is passed and nothing declared, a value that is asked for could be anything. */
static bool collected_type(Infer *inf, Binder *b, uint32_t i, const Annotation *a)
{
    Type *t = types_find(b->types[i]);
    bool is_dict = t->kind == TYPE_DICT, fits = true;
    const TypeVec *given = b->params->items[i].kind == PARAM_STAR ? &b->star_types : &b->kwarg_types;
    const NodeVec *values = &b->bindings[i].values;

    for (uint32_t k = 0; a->type && k < given->len; k++)
        if (!flow(inf, given->items[k], a->type)) {
            fits = false;
            if (!b->is_quiet)
                report(inf, k < values->len && values->items[k] ? values->items[k]->span : b->args->span,
                       "argument '%s' of '%s()' is %s, but %s is expected", b->params->items[i].name, b->name,
                       spell(inf, given->items[k]), spell(inf, a->type));
        }
    if (t->kind == TYPE_DICT || t->kind == TYPE_VARTUPLE) {
        Type *elem = types_find(t->args[is_dict]);
        if (a->type && !is_void_type(a->type) && (!a->is_flexible || elem->kind == TYPE_NEVER))
            elem = a->type;
        else if (elem->kind == TYPE_NEVER && is_dict)
            elem = plain(inf, TYPE_ANY);
        t = is_dict ? make2(inf, TYPE_DICT, plain(inf, TYPE_STR), elem) : make1(inf, TYPE_VARTUPLE, elem);
    }
    b->bindings[i].type = b->types[i] = t;
    return fits;
}

/* The type of each parameter in the instance; false: an argument does not fit. */
static bool param_types(Infer *inf, Binder *b, const Scope *scope)
{
    bool fits = true;

    for (uint32_t i = b->skip; i < b->params->len; i++) {
        const Param *param = &b->params->items[i];
        Type *actual = types_find(b->types[i]);
        Annotation a = annotation(inf, scope, param->annotation);
        if (param->kind == PARAM_STAR || param->kind == PARAM_STAR_STAR) {
            fits &= collected_type(inf, b, i, &a);
            continue;
        }
        Type *type = actual;
        if (a.protocol)
            check_protocol(b, i, a.protocol, actual);
        if (a.type && !is_void_type(a.type)) {
            actual = display_for(inf, b, i, a.type);
            if (types_is_optional(actual) && b->bindings[i].value && b->bindings[i].kind == BIND_ARG && !types_is_optional(a.type))
                actual = use_value(inf, b->bindings[i].value, actual, "argument '%s' of %s() is None", param->name, b->name);
            if (!flow(inf, actual, a.type)) {
                bool default_none = actual->kind == TYPE_NONE && !b->position[i];
                if (!default_none) {
                    mismatch(inf, b, i, a.type);
                    fits = false;
                }
            } else if (!a.is_flexible || (actual->kind == TYPE_ANY && is_container_kind(a.type->kind))) {
                type = a.type;
            }
        }
        b->bindings[i].type = b->types[i] = types_find(type);
    }
    return fits && !b->failed;
}

static bool is_unknown(Infer *inf, const Binder *b)
{
    for (uint32_t i = b->skip; !inf->is_loud && i < b->params->len; i++)
        if (is_void_type(b->types[i]))
            return true;
    return false;
}

static Callee *new_callee(Infer *inf, CalleeKind kind, Type *result)
{
    Callee *callee = arena_new(inf->c->arena, Callee);

    if (kind != CALLEE_C && kind != CALLEE_SPECIAL && kind != CALLEE_ENUM)
        env_called(inf);

    callee->kind = kind;
    callee->result = result;
    return callee;
}

/* -- stubs of the library ------------------------------------------------------------------------------------------------------------------ */

static bool stub_admits(Infer *inf, const Binder *b, const Scope *scope)
{
    for (uint32_t i = b->skip; i < b->params->len; i++) {
        const Param *param = &b->params->items[i];
        if (param->annotation && b->types[i] && param->kind < PARAM_STAR && !admits_annotation(inf, scope, param->annotation, b->types[i]))
            return false;
    }
    return true;
}

/* tuple[A, B] has the methods of tuple[T, ...]. */
static Type *as_vartuple(Infer *inf, const Type *t)
{
    Type *item = t->arg_count ? types_find(t->args[0]) : plain(inf, TYPE_ANY);

    for (uint32_t i = 1; i < t->arg_count; i++)
        if (!same_type(t->args[i], item))
            item = plain(inf, TYPE_ANY);
    return make1(inf, TYPE_VARTUPLE, item);
}

/* Type variables of the class are what the receiver's arguments are. */
static void bind_class_variables(Infer *inf, const Class *cls, Type *receiver)
{
    if (!receiver)
        return;
    receiver = types_find(receiver);
    if (receiver->kind == TYPE_TUPLE && !(receiver->cls && receiver->cls->is_namedtuple))
        receiver = as_vartuple(inf, receiver);
    for (const Class *c = cls; c; c = c->base) {
        ClassInfo *info = info_of(inf, c);
        for (uint32_t i = 0; i < info->type_params.len && i < receiver->arg_count; i++)
            if (!map_get(&inf->subst, info->type_params.items[i]))
                map_set(inf->c->arena, &inf->subst, info->type_params.items[i], receiver->args[i]);
    }
}

/* Stack[int]'s methods see T as int. */
void bind_generic_class(Infer *inf, const Class *cls)
{
    ClassInfo *generic = cls && cls->type_args.len ? info_of(inf, cls)->generic : NULL;

    for (uint32_t i = 0; generic && i < generic->type_params.len && i < cls->type_args.len; i++)
        map_set(inf->c->arena, &inf->subst, generic->type_params.items[i], cls->type_args.items[i]);
}

static Type *stub_param_type(Infer *inf, const Scope *scope, Node *n, Type *actual)
{
    Type *t = n ? annotated_result(inf, scope, n) : actual;

    return t->kind == TYPE_NEVER ? actual : t;
}

static Callee *call_stub(Infer *inf, Binder *b, Node *decl, const Scope *scope, Type *receiver)
{
    Callee *callee = new_callee(inf, CALLEE_C, NULL);

    callee->decl = decl;
    for (uint32_t i = b->skip; i < b->params->len; i++) {
        const Param *param = &b->params->items[i];
        if (param->kind >= PARAM_STAR) {
            b->bindings[i].type = b->types[i];
            continue;
        }
        Annotation a = annotation(inf, scope, param->annotation);
        if (a.type && !types_find(a.type)->has_cell)
            b->types[i] = display_for(inf, b, i, a.type);
        if (param->annotation && !match_annotation(inf, scope, param->annotation, b->types[i])) {
            mismatch(inf, b, i, stub_param_type(inf, scope, param->annotation, b->types[i]));
            b->failed = true;
        }
    }
    for (uint32_t i = b->skip; i < b->params->len; i++)
        if (b->params->items[i].kind < PARAM_STAR)
            b->bindings[i].type = stub_param_type(inf, scope, b->params->items[i].annotation, b->types[i]);
    callee->result = annotated_result(inf, scope, decl->as.function.returns);
    callee->is_async = decl->as.function.is_async;
    callee->receiver = receiver;
    finish_order(inf, callee, b);
    return callee;
}

/* -- functions of a known declaration ------------------------------------------------------------------------------------------------------ */

typedef struct Target {
    Node *decl;
    NodeVec overloads;
    Instance *owner;
    Class *cls;          /* of a method */
    Method *method;      /* to be dispatched through its slot, or NULL */
    Type *receiver;      /* given as first parameter, or NULL */
    const char *name;
    BindingKind first;   /* BIND_RECEIVER or BIND_CLASS when there is a receiver */
} Target;

static uint32_t skip_of(const Target *t, const Node *decl)
{
    return t->receiver && decl->as.function.params.len ? 1 : 0;
}

static Callee *through_slot(Infer *inf, Target *t, Binder *b);

static Callee *call_known(Infer *inf, Target *t, Node *decl, Args *args, bool is_quiet)
{
    if (t->receiver && !decl->as.function.params.len) {
        Diag *d = is_quiet ? NULL : report(inf, decl->as.function.name_span, "method '%s' has no parameter for the object: its first argument is 'self'", t->name);
        if (d)
            help(inf, d, "write 'def %s(self)', or put @staticmethod before it", t->name);
        return NULL;
    }

    Scope *scope = scope_of(inf->c, decl);
    Binder b;
    Map subst = inf->subst;
    Callee *callee;

    if (!bind(&b, inf, decl, t->name, skip_of(t, decl), args, t->owner, is_quiet))
        return NULL;
    if (b.skip) {
        b.bindings[0].kind = t->first;
        b.bindings[0].type = t->receiver;
        b.types[0] = t->receiver;
    }
    inf->subst = (Map){0};
    bind_generic_class(inf, t->cls);
    if (scope->unit->is_library) {
        bind_class_variables(inf, t->cls, t->receiver);
        if (t->receiver && types_find(t->receiver)->kind == TYPE_CLASSOBJ)
            bind_class_variables(inf, t->cls, types_find(t->receiver)->args[0]);
    }
    if (is_stub(decl) && scope->unit->is_library) {
        callee = call_stub(inf, &b, decl, scope->parent, t->receiver);
        inf->subst = subst;
        return b.failed ? NULL : callee;
    }
    bool fits = param_types(inf, &b, scope->parent);
    inf->subst = subst;
    if (!fits)
        return NULL;
    if (is_unknown(inf, &b)) {
        callee = new_callee(inf, CALLEE_INSTANCE, plain(inf, TYPE_NEVER));
        return callee;
    }
    if (t->method && (t->method->is_overridden || t->method->is_override))
        return through_slot(inf, t, &b);
    callee = new_callee(inf, CALLEE_INSTANCE, NULL);
    callee->instance = instance_of(inf, decl, scope, t->owner, t->cls, b.types, b.kwarg_names, args->span);
    callee->result = call_result(inf, callee->instance);
    callee->is_async = callee->instance->is_async;
    callee->is_generator = callee->instance->is_generator;
    callee->decl = decl;
    callee->receiver = t->receiver;
    finish_order(inf, callee, &b);
    return callee;
}

static Node *find_overload(Infer *inf, Target *t, Args *args)
{
    for (uint32_t i = 0; i <= t->overloads.len; i++) {
        Node *decl = i < t->overloads.len ? t->overloads.items[i] : t->decl;
        const Scope *scope = scope_of(inf->c, decl)->parent;
        Binder b;
        Map subst = inf->subst;
        inf->silent++;
        inf->subst = (Map){0};
        bind_class_variables(inf, t->cls, t->receiver);
        bool is_fit = bind(&b, inf, decl, t->name, skip_of(t, decl), args, t->owner, true) && stub_admits(inf, &b, scope);
        inf->subst = subst;
        inf->silent--;
        if (is_fit)
            return decl;
    }
    return NULL;
}

/* The overload that admits the arguments, else the last signature, which then says what is wrong. */
static Node *choose_overload(Infer *inf, Target *t, Args *args)
{
    bool outer = inf->is_exact;

    inf->is_exact = true;
    Node *decl = find_overload(inf, t, args);
    inf->is_exact = outer;
    if (!decl)
        decl = find_overload(inf, t, args);
    return decl || scope_of(inf->c, t->decl)->unit->is_library ? decl : t->decl;
}

/* No form of a library function takes these arguments. */
static void no_overload(Infer *inf, const Target *t, const Args *args)
{
    Text text = text_make(inf->c->arena);

    for (uint32_t i = 0; i < args->count; i++)
        text_printf(&text, "%s%s", i ? ", " : "", spell(inf, args->types[i]));
    if (t->receiver && types_find(t->receiver)->kind != TYPE_CLASSOBJ)
        report(inf, args->span, "'%s()' of %s does not take (%s)", t->name, spell(inf, t->receiver), text_string(&text));
    else
        report(inf, args->span, "'%s()' does not take (%s)", t->name, text_string(&text));
}

static Callee *with_result_of(Infer *inf, Callee *callee, Node *signature)
{
    Annotation a = annotation(inf, scope_of(inf->c, signature)->parent, signature->as.function.returns);
    Type *t = callee ? types_find(callee->result) : NULL;

    if (t && a.type && !a.is_flexible && (t->kind == TYPE_UNION || t->kind == TYPE_ANY) && a.type->kind != TYPE_NEVER)
        callee->result = a.type;
    return callee;
}

static Callee *call_target(Infer *inf, Target *t, Args *args, bool is_quiet)
{
    Node *decl = t->decl;

    if (t->overloads.len) {
        decl = choose_overload(inf, t, args);
        if (!decl && is_quiet)
            return NULL;
        if (!decl) {
            no_overload(inf, t, args);
            return NULL;
        }
        if (decl != t->decl &&
            !scope_of(inf->c, decl)
                 ->unit->is_library) /* the signature says what comes out, the last def what is done */
            return with_result_of(inf, call_known(inf, t, t->decl, args, is_quiet), decl);
    } else if (is_quiet && is_stub(decl)) {
        Binder b;
        Map subst = inf->subst;
        inf->silent++;
        inf->subst = (Map){0};
        bind_class_variables(inf, t->cls, t->receiver);
        bool is_fit = bind(&b, inf, decl, t->name, skip_of(t, decl), args, t->owner, true) &&
                      stub_admits(inf, &b, scope_of(inf->c, decl)->parent);
        inf->subst = subst;
        inf->silent--;
        if (!is_fit)
            return NULL;
    }
    return call_known(inf, t, decl, args, is_quiet);
}

/* -- slots ------------------------------------------------------------------------------------------------------------------------------------ */

static bool is_empty_abstract(const Method *m)
{
    const NodeVec *body = &m->decl->as.function.body;
    const Node *last = vec_last(body);

    return m->is_abstract && (last->kind == NODE_PASS || (last->kind == NODE_EXPR && last->as.ret.value->kind != NODE_YIELD &&
                                                          last->as.ret.value->kind != NODE_CALL && last->as.ret.value->kind != NODE_AWAIT));
}

static void reach_implementations(Infer *inf, ClassInfo *info, Method *root)
{
    for (uint32_t i = 0; i < info->methods.len; i++) {
        Method *m = info->methods.items[i];
        if (m->name != root->name)
            continue;
        Instance *inst = slot_instance(inf, m, info->cls);
        if (!is_empty_abstract(m))
            grow(inf, &root->slot_result, call_result(inf, inst));
    }
    for (uint32_t i = 0; i < info->subclasses.len; i++)
        if (info->subclasses.items[i]->is_used)
            reach_implementations(inf, info->subclasses.items[i], root);
}

static Callee *through_slot(Infer *inf, Target *t, Binder *b)
{
    Method *root = slot_root(inf, t->method);
    uint32_t count = root->decl->as.function.params.len;
    Callee *callee = new_callee(inf, CALLEE_SLOT, NULL);

    if (!root->slot_params)
        root->slot_params = arena_array(inf->c->arena, Type *, count + 1);
    for (uint32_t i = 1; i < b->params->len && i < count; i++) {
        grow(inf, &root->slot_params[i], b->types[i]);
        b->bindings[i].slot_type = &root->slot_params[i];
    }
    reach_implementations(inf, info_of(inf, root->cls), root);
    callee->cls = root->cls;
    callee->decl = root->decl;
    callee->method = root;
    callee->result = root->slot_result ? root->slot_result : plain(inf, TYPE_NEVER);
    callee->is_async = t->decl->as.function.is_async;
    callee->is_generator = t->decl->as.function.is_generator;
    callee->receiver = t->receiver;
    finish_order(inf, callee, b);
    return callee;
}

/* -- methods --------------------------------------------------------------------------------------------------------------------------------- */

static Target method_target(Infer *inf, Method *m, Type *receiver, bool is_direct)
{
    Target t = {.decl = m->decl, .overloads = m->overloads, .cls = m->cls, .name = m->name, .first = BIND_RECEIVER};

    t.owner = owner_of_scope(inf, info_of(inf, m->cls)->scope->parent);
    if (m->is_class) {
        t.first = BIND_CLASS;
        t.receiver = types_find(receiver)->kind == TYPE_CLASSOBJ ? receiver : make1(inf, TYPE_CLASSOBJ, receiver);
    } else if (!m->is_static) {
        t.receiver = m->cls->is_library ? receiver : types_of_class(inf, m->cls);
        t.method = is_direct ? NULL : m;
    }
    return t;
}

static Args operand_args(Infer *inf, Node **operands, Type **types, uint32_t count, Span span)
{
    Args args = {.count = count, .span = span, .types = types};

    args.items = arena_array(inf->c->arena, Arg, count + 1);
    for (uint32_t i = 0; i < count; i++)
        args.items[i] = (Arg){.kind = ARG_POSITIONAL, .value = operands ? operands[i] : NULL, .span = operands && operands[i] ? operands[i]->span : span};
    return args;
}

Callee *call_method(Infer *inf, Type *receiver, const char *name, Node **operands, Type **types, uint32_t count, Span span, bool quiet)
{
    Class *cls = class_of(inf, receiver);
    Method *m = cls ? method_of(inf, cls, name) : NULL;

    if (!m)
        return NULL;
    Target t = method_target(inf, m, types_find(receiver), false);
    Args args = operand_args(inf, operands, types, count, span);
    return call_target(inf, &t, &args, quiet);
}

/* A method that stands in no call of the source: __exit__ with its three arguments. */
Callee *call_exit(Infer *inf, Type *receiver, const char *name, Span span)
{
    Class *cls = class_of(inf, receiver);
    Method *m = cls ? method_of(inf, cls, name) : NULL;
    Type *exc = types_optional(inf->ts, inf->base_exception->type);
    Type *types[3] = {types_optional(inf->ts, make1(inf, TYPE_CLASSOBJ, inf->base_exception->type)), exc, plain(inf, TYPE_ANY)};
    static const BindingKind kinds[] = {BIND_EXC_TYPE, BIND_EXC, BIND_TRACEBACK};

    if (!m)
        return NULL;
    Target t = method_target(inf, m, types_find(receiver), false);
    bool takes_one = m->decl->as.function.params.len == 2 && m->decl->as.function.params.items[1].kind != PARAM_STAR;
    Args args = operand_args(inf, NULL, takes_one ? &types[1] : types, takes_one ? 1 : 3, span);
    Callee *callee = call_target(inf, &t, &args, false);
    for (uint32_t i = 1, k = takes_one ? 1 : 0; callee && i < callee->binding_count && k < 3; i++)
        if (callee->bindings[i].kind == BIND_ARG)
            callee->bindings[i].kind = kinds[k++];
    return callee;
}

/* -- values that are called -------------------------------------------------------------------------------------------------------------------- */

static bool is_empty_tuple(Type *t)
{
    t = types_find(t);
    return t->kind == TYPE_TUPLE && t->arg_count == 0;
}

/* The arguments of a value of type Any: one by one, or all in a tuple when some are starred. */
static void bind_dynamic(Infer *inf, Callee *callee, const Args *args)
{
    bool has_star = false;

    for (uint32_t i = 0; i < args->count; i++)
        has_star |= args->items[i].kind == ARG_STAR;
    callee->bindings = arena_array(inf->c->arena, Binding, args->count + 1);
    if (has_star)
        callee->bindings[callee->binding_count++] = (Binding){.kind = BIND_STAR, .type = make1(inf, TYPE_VARTUPLE, plain(inf, TYPE_ANY))};
    for (uint32_t i = 0; i < args->count; i++) {
        Node *value = args->items[i].value;
        become_dynamic(inf, args->types[i]);
        if (args->items[i].kind == ARG_STAR_STAR && is_empty_tuple(args->types[i]))
            continue;
        if (args->items[i].kind == ARG_KEYWORD || args->items[i].kind == ARG_STAR_STAR)
            report(inf, args->items[i].span, "a function that is only known when run takes its arguments by position");
        if (!has_star) {
            callee->bindings[callee->binding_count++] = (Binding){.kind = BIND_ARG, .type = plain(inf, TYPE_ANY), .value = value};
            continue;
        }
        if (args->items[i].kind == ARG_STAR) {
            Node *starred = arena_new(inf->c->arena, Node);
            *starred = (Node){.kind = NODE_STARRED, .span = args->items[i].span, .id = UINT32_MAX};
            starred->as.unary.operand = value;
            iterate(inf, value, false);
            value = starred;
        }
        vec_push(inf->c->arena, &callee->bindings[0].values, value);
    }
}

static bool has_optional(const Node *decl)
{
    bool has = false;

    for (uint32_t i = 0; i < decl->as.function.params.len; i++)
        has |= decl->as.function.params.items[i].value || decl->as.function.params.items[i].kind == PARAM_STAR;
    return has;
}

/* A value that stands for several functions is called with another number of arguments than all of them must have. Those that have
 * optional ones become dynamic. */
static bool call_variously(Infer *inf, Type *callable)
{
    bool is_any = false;

    for (uint32_t i = 0; i < inf->callables.len; i++) {
        const CallableOf *entry = inf->callables.items[i];
        if (!entry->func->decl || !has_optional(entry->func->decl) || !same_type(entry->callable, callable))
            continue;
        is_any = true;
        if (!map_has(&inf->called_variously, entry->func->decl)) {
            map_set(inf->c->arena, &inf->called_variously, entry->func->decl, inf);
            inf->has_changed = true;
        }
    }
    return is_any;
}

/* The arguments of a function value, one for each parameter: what is starred gives as many as are missing. */
static bool bind_values(Infer *inf, Callee *callee, Type *func, const Args *args)
{
    uint32_t count = func->arg_count - 1, next = 0, written = 0;

    for (uint32_t i = 0; i < args->count; i++)
        written += args->items[i].kind == ARG_POSITIONAL;
    callee->bindings = arena_array(inf->c->arena, Binding, count + 1);
    callee->binding_count = count;
    for (uint32_t i = 0; i < args->count; i++) {
        const Arg *arg = &args->items[i];
        Type *t = types_find(args->types[i]);
        bool is_open = arg->kind == ARG_STAR && t->kind != TYPE_TUPLE;
        uint32_t taken = arg->kind == ARG_POSITIONAL ? 1 : is_open ? count - (written < count ? written : count) : t->arg_count;
        Iteration *it = is_open ? iterate(inf, arg->value, false) : NULL;
        if (arg->kind == ARG_STAR_STAR && is_empty_tuple(t))
            continue;
        if (arg->kind == ARG_KEYWORD || arg->kind == ARG_STAR_STAR || (is_open && !it)) {
            report(inf, arg->span, "a function that is only known as a value takes its arguments by position");
            return false;
        }
        if (is_open && call_variously(inf, func) && !inf->is_loud)
            return false;
        for (uint32_t k = 0; k < taken; k++, next++) {
            Type *one = arg->kind == ARG_POSITIONAL ? t : is_open ? it->elem : t->args[k];
            if (next >= count)
                continue;
            callee->bindings[next] = (Binding){.kind = arg->kind == ARG_POSITIONAL ? BIND_ARG : is_open ? BIND_SPREAD_CHECKED : BIND_SPREAD,
                                               .type = func->args[next], .value = arg->value, .index = k};
            if (!flow(inf, one, func->args[next]))
                report(inf, arg->span, "this argument is %s, but %s is expected", spell(inf, one), spell(inf, func->args[next]));
        }
    }
    if (next != count && !call_variously(inf, func))
        report(inf, args->span, "this function takes %u argument%s, but %u %s given", count, count == 1 ? "" : "s", next, next == 1 ? "is" : "are");
    return next == count;
}

static Callee *call_callable(Infer *inf, Type *func, Args *args)
{
    Callee *callee = new_callee(inf, CALLEE_VALUE, func->args[func->arg_count - 1]);

    if (!bind_values(inf, callee, func, args))
        return NULL;
    Type *result = types_find(callee->result);
    callee->is_async = result->kind == TYPE_COROUTINE;
    return callee;
}

static Symbol *symbol_of_decl(Infer *inf, Node *decl)
{
    Scope *parent = scope_of(inf->c, decl)->parent;

    return decl->kind == NODE_FUNCTION ? scope_find(parent, decl->as.function.name) : NULL;
}

static Callee *call_func(Infer *inf, Type *func, Args *args, bool is_quiet)
{
    Target t = {.decl = func->decl, .owner = func->owner, .name = func->decl->as.function.name};
    Symbol *symbol = symbol_of_decl(inf, func->decl);

    if (symbol && symbol->decl == func->decl && symbol->kind == SYMBOL_FUNCTION)
        t.overloads = symbol->overloads;
    Scope *scope = scope_of(inf->c, func->decl)->parent;
    if (scope->kind == SCOPE_CLASS) { /* Class.method(obj): a plain function whose first argument is self */
        Symbol *cls = scope->parent->uses[scope->node->id];
        t.cls = cls && cls->kind == SYMBOL_CLASS ? class_info(inf, cls)->cls : NULL;
        t.owner = NULL;
    }
    return call_target(inf, &t, args, is_quiet);
}

static Callee *call_bound(Infer *inf, Type *func, Args *args)
{
    Type *receiver = types_find(func->args[0]);
    Class *cls = receiver->kind == TYPE_CLASSOBJ ? class_of(inf, receiver->args[0]) : class_of(inf, receiver);
    Method *m = cls ? method_of(inf, cls, func->decl->as.function.name) : NULL;

    if (!m)
        return NULL;
    Target t = method_target(inf, m, receiver, false);
    return call_target(inf, &t, args, false);
}

/* -- classes --------------------------------------------------------------------------------------------------------------------------------------- */

/* The function that a dataclass or named tuple has for its __init__. */
static Node *generated_init(Infer *inf, ClassInfo *info)
{
    Node *decl;

    if (info->generated_init)
        return info->generated_init;
    decl = arena_new(inf->c->arena, Node);
    decl->kind = NODE_FUNCTION;
    decl->span = info->cls->decl->span;
    decl->as.function.name = info->cls->name;
    decl->as.function.name_span = info->cls->decl->as.class.name_span;
    bool has_default = false;
    for (uint32_t i = 0; i < info->init_fields.len; i++) {
        Field *field = info->init_fields.items[i];
        Node *value = info->init_defaults.items[i], *given = value;
        bool is_init = true, is_keyword = field->is_keyword_only;
        if (value && value->kind == NODE_CALL && !strcmp(called_name(value), "field")) {
            given = NULL;
            for (uint32_t j = 0; j < value->as.call.args.len; j++) {
                Arg *arg = &value->as.call.args.items[j];
                if (arg->kind == ARG_KEYWORD && (!strcmp(arg->name, "default") || !strcmp(arg->name, "default_factory")))
                    given = arg->value;
                if (arg->kind == ARG_KEYWORD && !strcmp(arg->name, "init"))
                    is_init = arg->value->kind != NODE_FALSE;
                if (arg->kind == ARG_KEYWORD && !strcmp(arg->name, "kw_only"))
                    is_keyword = arg->value->kind == NODE_TRUE;
            }
        }
        Param param = {.kind = is_keyword ? PARAM_KEYWORD_ONLY : PARAM_NORMAL, .name = field->name, .span = field->span, .value = given};
        if (given && (given->kind == NODE_LIST || given->kind == NODE_DICT || given->kind == NODE_SET) && given == value)
            report(inf, given->span, "a mutable default would be shared by all instances; use field(default_factory=%s)",
                   given->kind == NODE_LIST ? "list" : given->kind == NODE_DICT ? "dict" : "set");
        if (!given && is_init && has_default && !is_keyword)
            report(inf, field->span, "field '%s' without a default follows a field with one; move it before, or give it a default", field->name);
        has_default |= given != NULL && !is_keyword;
        if (is_init)
            vec_push(inf->c->arena, &decl->as.function.params, param);
        else if (!given)
            continue;
    }
    Scope *scope = arena_new(inf->c->arena, Scope);
    *scope = *info->scope;
    scope->kind = SCOPE_FUNCTION;
    scope->node = decl;
    scope->parent = info->scope;
    map_set(inf->c->arena, &inf->c->scopes, decl, scope);
    info->generated_init = decl;
    return decl;
}

void check_init_fields(Infer *inf, ClassInfo *info)
{
    info->generated_init = inf->is_loud ? NULL : info->generated_init; /* made again, with complaints */
    generated_init(inf, info);
}

Type *call_library_function(Infer *inf, Node *n, Symbol *symbol)
{
    Args args = infer_args(inf, n);

    if (!symbol)
        return broken(inf);
    return finish_call(inf, n, call_func(inf, function_value(inf, symbol), &args, false));
}

static bool is_factory(const ClassInfo *info, const char *name)
{
    for (uint32_t i = 0; i < info->init_fields.len; i++) {
        const Node *value = info->init_defaults.items[i];
        if (info->init_fields.items[i]->name != name || !value || value->kind != NODE_CALL)
            continue;
        for (uint32_t j = 0; j < value->as.call.args.len; j++)
            if (value->as.call.args.items[j].kind == ARG_KEYWORD && !strcmp(value->as.call.args.items[j].name, "default_factory"))
                return true;
    }
    return false;
}

static void store_init_field(Infer *inf, ClassInfo *info, Binding *binding, const char *name, Type *t)
{
    Field *field = class_field(inf, info->cls, name, NULL);

    binding->field = field;
    if (!field)
        return;
    if (field->declared && !flow(inf, t, field->declared)) {
        Diag *d = report(inf, binding->value ? binding->value->span : info->cls->decl->span, "'%s.%s' is declared %s, but %s is given", info->cls->name, name,
                         spell(inf, field->declared), spell(inf, t));
        note(inf, d, field->span, "'%s' is declared here", name);
    }
    if (!field->is_declared)
        grow(inf, &field->type, t);
    binding->type = field->type;
}

static Callee *call_generated_init(Infer *inf, ClassInfo *info, Args *args)
{
    Node *decl = generated_init(inf, info);
    Callee *callee = new_callee(inf, CALLEE_NEW, info->cls->type);
    Binder b;

    callee->cls = info->cls;
    if (!bind(&b, inf, decl, info->cls->name, 0, args, NULL, false))
        return NULL;
    for (uint32_t i = 0; i < b.params->len; i++) {
        Binding *binding = &b.bindings[i];
        Type *t = b.types[i];
        if (!b.position[i] && is_factory(info, b.params->items[i].name)) {
            Instance *current = inf->inst;
            inf->inst = binding->scope;
            binding->kind = BIND_FACTORY;
            call_value(inf, binding->value, infer_expr(inf, binding->value), NULL, NULL, 0, &binding->factory);
            inf->inst = current;
            t = binding->factory ? binding->factory->result : plain(inf, TYPE_NEVER);
        } else if (binding->kind == BIND_ARG && binding->value) {
            Field *field = class_field(inf, info->cls, b.params->items[i].name, NULL);
            if (field && field->declared && b.position[i] && binding->value->kind != NODE_NAME)
                t = infer_expect(inf, binding->value, field->declared);
        }
        store_init_field(inf, info, binding, b.params->items[i].name, types_find(t));
    }
    /* field(init=False, default…): set, though no parameter. */
    callee->bindings = b.bindings;
    finish_order(inf, callee, &b);
    return callee;
}

static void infer_uninitialised(Infer *inf, ClassInfo *info)
{
    for (uint32_t i = 0; i < info->init_fields.len; i++) {
        Node *value = info->init_defaults.items[i];
        if (!value || value->kind != NODE_CALL || strcmp(called_name(value), "field"))
            continue;
        Node *given = NULL, *factory = NULL;
        bool is_init = true;
        for (uint32_t j = 0; j < value->as.call.args.len; j++) {
            Arg *arg = &value->as.call.args.items[j];
            if (arg->kind != ARG_KEYWORD)
                continue;
            if (!strcmp(arg->name, "default"))
                given = arg->value;
            if (!strcmp(arg->name, "default_factory"))
                factory = arg->value;
            if (!strcmp(arg->name, "init"))
                is_init = arg->value->kind != NODE_FALSE;
        }
        if (is_init || (!given && !factory))
            continue;
        Binding *binding = info->hidden_inits.len > i ? NULL : NULL;
        for (uint32_t k = 0; k < info->hidden_inits.len; k++)
            if (info->hidden_inits.items[k]->field == info->init_fields.items[i])
                binding = info->hidden_inits.items[k];
        if (!binding) {
            binding = arena_new(inf->c->arena, Binding);
            binding->field = info->init_fields.items[i];
            vec_push(inf->c->arena, &info->hidden_inits, binding);
        }
        Instance *current = inf->inst;
        inf->inst = binding->scope = site_of_default(inf, class_body(inf, info->scope), value);
        binding->value = factory ? factory : given;
        binding->kind = factory ? BIND_FACTORY : BIND_DEFAULT;
        Type *t = infer_expr(inf, binding->value);
        if (factory) {
            call_value(inf, factory, t, NULL, NULL, 0, &binding->factory);
            t = binding->factory ? binding->factory->result : plain(inf, TYPE_NEVER);
        }
        inf->inst = current;
        store_init_field(inf, info, binding, info->init_fields.items[i]->name, types_find(t));
    }
}

static Callee *call_exception(Infer *inf, Class *cls, Args *args)
{
    Callee *callee = new_callee(inf, CALLEE_EXCEPTION, cls->type);

    callee->cls = cls;
    callee->bindings = arena_array(inf->c->arena, Binding, args->count + 1);
    callee->binding_count = args->count;
    for (uint32_t i = 0; i < args->count; i++) {
        reach_format(inf, args->types[i]);
        callee->bindings[i] = (Binding){.kind = BIND_ARG, .type = plain(inf, TYPE_ANY), .value = args->items[i].value};
    }
    return callee;
}

static Callee *call_library_class(Infer *inf, ClassInfo *info, Method *make, Args *args, Type *expected)
{
    Target t = {.decl = make->decl, .overloads = make->overloads, .cls = info->cls, .name = info->cls->name};
    Map subst = inf->subst;
    Callee *callee;

    /* A new Queue() has cells for its type arguments, which uses will bind. */
    Type **args_types = arena_array(inf->c->arena, Type *, info->type_params.len + 1);
    for (uint32_t i = 0; i < info->type_params.len; i++)
        args_types[i] = args->call && args->call->kind == NODE_CALL ? node_cell(inf, args->call, i) : types_cell(inf->ts);
    TypeKind kind = info->cls->type->kind;
    Type *self = types_make(inf->ts, kind, info->cls, args_types, info->type_params.len);
    if (expected && types_find(expected)->kind == kind && types_find(expected)->cls == info->cls)
        unify(inf, self, types_find(expected));
    t.receiver = self;
    Binder b;
    Node *decl = make->decl;
    for (uint32_t i = 0; i < make->overloads.len; i++) {
        inf->silent++;
        inf->subst = (Map){0};
        bind_class_variables(inf, info->cls, self);
        bool is_fit = bind(&b, inf, make->overloads.items[i], t.name, 0, args, NULL, true) &&
                      stub_admits(inf, &b, scope_of(inf->c, decl)->parent);
        inf->subst = subst;
        inf->silent--;
        if (is_fit) {
            decl = make->overloads.items[i];
            break;
        }
    }
    if (!bind(&b, inf, decl, t.name, 0, args, NULL, false))
        return NULL;
    inf->subst = (Map){0};
    bind_class_variables(inf, info->cls, self);
    callee = call_stub(inf, &b, decl, scope_of(inf->c, decl)->parent, NULL);
    inf->subst = subst;
    callee->result = self;
    return callee;
}

static Callee *call_init(Infer *inf, ClassInfo *info, Method *init, Args *args)
{
    Callee *callee = new_callee(inf, CALLEE_NEW, info->cls->type);
    Target t = method_target(inf, init, info->cls->type, true);

    t.name = info->cls->name;
    callee->cls = info->cls;
    callee->init = call_target(inf, &t, args, false);
    if (!callee->init)
        return NULL;
    callee->bindings = callee->init->bindings;
    callee->binding_count = callee->init->binding_count;
    callee->order = callee->init->order;
    return callee;
}

static Callee *call_enum(Infer *inf, Class *cls, Args *args)
{
    Callee *callee = new_callee(inf, CALLEE_ENUM, cls->type);

    callee->cls = cls;
    if (args->count != 1) {
        report(inf, args->span, "'%s()' takes one argument: the value of a member", cls->name);
        return NULL;
    }
    callee->bindings = arena_array(inf->c->arena, Binding, 1);
    callee->binding_count = 1;
    callee->bindings[0] = (Binding){.kind = BIND_ARG, .type = args->types[0], .value = args->items[0].value};
    return callee;
}

/* Generic classes of the program: Box(1) is a Box[int], found from the annotations of __init__. */
static ClassInfo *generic_of_call(Infer *inf, ClassInfo *info, Args *args, Type *expected)
{
    Type **types;
    Method *init = method_of(inf, info->cls, inf->names.init);

    if (!info->type_params.len || info->generic)
        return info;
    expected = expected ? types_find(expected) : NULL;
    if (expected && expected->kind == TYPE_CLASS && expected->cls && info_of(inf, expected->cls)->generic == info)
        return info_of(inf, expected->cls);
    types = arena_array(inf->c->arena, Type *, info->type_params.len);
    Map subst = inf->subst;
    inf->subst = (Map){0};
    if (init && !init->cls->is_library) {
        const ParamVec *params = &init->decl->as.function.params;
        for (uint32_t i = 0; i < args->count && i + 1 < params->len; i++)
            if (args->items[i].kind == ARG_POSITIONAL && params->items[i + 1].annotation)
                match_annotation(inf, info->scope->parent, params->items[i + 1].annotation, args->types[i]);
    } else {
        for (uint32_t i = 0; i < args->count && i < info->init_fields.len; i++)
            if (info->init_fields.items[i]->annotation)
                match_annotation(inf, info->scope->parent, info->init_fields.items[i]->annotation, args->types[i]);
    }
    for (uint32_t i = 0; i < info->type_params.len; i++) {
        types[i] = map_get(&inf->subst, info->type_params.items[i]);
        if (!types[i] || is_void_type(types[i]))
            types[i] = args->call && args->call->kind == NODE_CALL ? node_cell(inf, args->call, i) : types_cell(inf->ts);
    }
    inf->subst = subst;
    return info_of(inf, generic_instance(inf, info, types, info->type_params.len));
}

/* Into its place by name, as CPython's message lists them. */
static void add_name(Infer *inf, NameVec *names, const char *name)
{
    uint32_t at = names->len;

    vec_push(inf->c->arena, names, name);
    for (; at > 0 && strcmp(names->items[at - 1], name) > 0; at--)
        names->items[at] = names->items[at - 1];
    names->items[at] = name;
}

/* "method area" or "methods area, sides": what of an abstract class is not implemented; NULL: nothing. */
static const char *abstract_methods(Infer *inf, ClassInfo *info)
{
    NameVec names = {0};

    for (Class *c = info->cls; c; c = c->base) {
        ClassInfo *base = info_of(inf, c);
        for (uint32_t i = 0; i < base->methods.len; i++) {
            Method *m = base->methods.items[i];
            if (m->is_abstract && method_of(inf, info->cls, m->name) == m)
                add_name(inf, &names, m->name);
        }
    }
    if (!names.len)
        return NULL;
    Text text = text_make(inf->c->arena);
    text_append(&text, names.len == 1 ? "method " : "methods ");
    for (uint32_t i = 0; i < names.len; i++)
        text_printf(&text, "%s%s", i ? ", " : "", names.items[i]);
    return text_string(&text);
}

Callee *call_class(Infer *inf, Class *cls, Node *n, Args *args, Type *expected)
{
    ClassInfo *info = info_of(inf, cls);
    Method *init;

    (void)n;
    if (cls->is_library && !cls->is_exception) {
        Method *make = method_of(inf, cls, inf->names.new);
        if (make && make->decl && is_stub(make->decl))
            return call_library_class(inf, info, make, args, expected);
    }
    if (cls->is_enum)
        return call_enum(inf, cls, args);
    info = generic_of_call(inf, info, args, expected);
    cls = info->cls;
    class_reach(inf, info);
    init = method_of(inf, cls, inf->names.init);
    if (info->init_fields.len)
        infer_uninitialised(inf, info);
    const char *missing = abstract_methods(inf, info);
    if (missing) {
        diag_warn(inf, "abstract", args->span, "'%s' is abstract (%s not implemented): this raises TypeError", info->cls->name, missing);
        Callee *callee = new_callee(inf, CALLEE_NEW, cls->type);
        callee->cls = cls;
        callee->is_abstract = true;
        callee->missing = missing;
        return callee;
    }
    if (init && !(cls->is_dataclass && init->cls != cls && !cls->is_exception) && !is_stub(init->decl))
        return call_init(inf, info, init, args);
    if (cls->is_dataclass || cls->is_namedtuple || info->init_fields.len)
        return call_generated_init(inf, info, args);
    if (cls->is_exception)
        return call_exception(inf, cls, args);
    Callee *callee = new_callee(inf, CALLEE_NEW, cls->type);
    callee->cls = cls;
    if (args->count) {
        report(inf, args->items[0].span, "'%s()' takes no arguments: the class has no __init__", cls->name);
        return NULL;
    }
    return callee;
}

/* -- the CALL node ------------------------------------------------------------------------------------------------------------------------------------ */

static Args infer_args(Infer *inf, Node *n)
{
    Args args = {.items = n->as.call.args.items, .count = n->as.call.args.len, .span = n->span, .call = n};

    args.types = arena_array(inf->c->arena, Type *, args.count + 1);
    for (uint32_t i = 0; i < args.count; i++) {
        inf->is_forwarding = args.items[i].kind == ARG_STAR_STAR && args.items[i].value->kind == NODE_NAME;
        Type *t = infer_expr(inf, args.items[i].value);
        inf->is_forwarding = false;
        args.types[i] = use_known(inf, args.items[i].value, t);
    }
    return args;
}

static bool is_container_special(int special)
{
    return special == SPECIAL_LIST || special == SPECIAL_TUPLE || special == SPECIAL_SET || special == SPECIAL_FROZENSET ||
           special == SPECIAL_DEQUE || special == SPECIAL_DICT;
}

static Callee *call_type(Infer *inf, Node *n, Type *func, Args *args, Type *expected)
{
    func = types_find(func);
    switch (func->kind) {
    case TYPE_FUNC:
        return call_func(inf, func, args, false);
    case TYPE_BOUND:
        return call_bound(inf, func, args);
    case TYPE_CALLABLE:
        return call_callable(inf, func, args);
    case TYPE_CLASSOBJ: {
        Class *cls = class_of(inf, func->args[0]);
        Symbol *symbol = cls && cls->is_library && cls->decl ? scope_find(unit_scope(inf, cls), cls->name) : NULL;
        int special = symbol ? special_of(inf, symbol) : -1;
        Symbol *maker = symbol ? scope_find(unit_scope(inf, cls), intern_printf(inf->c->names, "_new_%s", cls->name)) : NULL;
        if (maker)
            return call_func(inf, function_value(inf, maker), args, false);
        if (special >= 0 && args->count && args->items[0].kind != ARG_POSITIONAL) {
            report(inf, args->span, "'%s', called as a value, takes its argument by position", cls->name);
            return NULL;
        }
        if (special >= 0 && args->count && is_container_special(special) && args->call == n && n->kind == NODE_CALL &&
            n->as.call.args.items == args->items) { /* function(item), where function is list: as list(item) */
            infer_special(inf, n, (Special)special, expected);
            Action *action = inf->inst->actions[n->id];
            return action && action->kind == ACT_CALL ? action->callee : NULL;
        }
        if (special >= 0)
            return call_special_class(inf, n, special, args->count ? args->items[0].value : NULL, args->count);
        return cls ? call_class(inf, cls, n, args, expected) : NULL;
    }
    case TYPE_CLASS: {
        Method *m = func->cls ? method_of(inf, func->cls, inf->names.call) : NULL;
        if (!m)
            break;
        Target t = method_target(inf, m, func, false);
        return call_target(inf, &t, args, false);
    }
    default:
        break;
    }
    if (func->kind == TYPE_ANY) {
        Callee *callee = new_callee(inf, CALLEE_DYNAMIC, plain(inf, TYPE_ANY));
        bind_dynamic(inf, callee, args);
        return callee;
    }
    if (!is_void_type(func)) {
        Diag *d = report(inf, args->span, "%s cannot be called", spell(inf, func));
        if (types_is_optional(func))
            help(inf, d, "check that it is not None first");
    }
    return NULL;
}

/* The same with arguments as the source gives them, names and all. */
Type *call_value_as_given(Infer *inf, Node *n, Type *func, Arg *items, uint32_t count, Callee **out)
{
    Args args = {.items = items, .count = count, .span = n->span, .call = n};

    args.types = arena_array(inf->c->arena, Type *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        args.types[i] = type_of(inf, items[i].value);
    *out = call_type(inf, n, func, &args, NULL);
    return *out ? types_find((*out)->result) : broken(inf);
}

Type *call_value(Infer *inf, Node *n, Type *func, Node **operands, Type **types, uint32_t count, Callee **out)
{
    Args args = operand_args(inf, operands, types, count, n->span);
    Callee *callee;

    args.call = n;
    callee = call_type(inf, n, func, &args, NULL);
    if (out)
        *out = callee;
    return callee ? types_find(callee->result) : broken(inf);
}

static Class *enclosing_class(Infer *inf)
{
    for (Instance *i = inf->inst; i; i = i->owner)
        if (i->cls)
            return i->cls;
    return NULL;
}

bool is_super_call(const Node *n)
{
    return n->kind == NODE_CALL && n->as.call.func->kind == NODE_NAME && !strcmp(n->as.call.func->as.name.name, "super");
}

static Callee *call_super(Infer *inf, Node *n, Args *args)
{
    Node *func = n->as.call.func;
    Class *cls = enclosing_class(inf);
    const char *name = func->as.attribute.name;
    Method *m = cls && cls->base ? method_of(inf, cls->base, name) : NULL;

    if (!cls) {
        report(inf, func->span, "super() works only inside a method");
        return NULL;
    }
    set_type(inf, func->as.attribute.value, cls->base ? cls->base->type : cls->type);
    act(inf, func->as.attribute.value, ACT_CALL)->callee = new_callee(inf, CALLEE_SPECIAL, cls->type);
    inf->inst->actions[func->as.attribute.value->id]->callee->special = SPECIAL_SUPER;
    if (m && m->cls->is_library && cls->is_exception && name == inf->names.init)
        m = NULL;
    if (m && !(is_stub(m->decl) && !m->cls->is_library)) {
        Target t = method_target(inf, m, m->cls->is_library ? cls->type : m->cls->type, true);
        return call_target(inf, &t, args, false);
    }
    if (name == inf->names.init && cls->is_exception) {
        Class *base = cls->base;
        Callee *callee = call_exception(inf, base, args);
        callee->receiver = cls->type;
        callee->result = plain(inf, TYPE_NONE);
        return callee;
    }
    if (name == inf->names.init && cls->base && info_of(inf, cls->base)->init_fields.len) {
        Callee *callee = call_generated_init(inf, info_of(inf, cls->base), args);
        if (callee) {
            callee->receiver = cls->type;
            callee->result = plain(inf, TYPE_NONE);
        }
        return callee;
    }
    if (name == inf->names.init || !strcmp(name, "__init_subclass__")) {
        Callee *callee = new_callee(inf, CALLEE_SPECIAL, plain(inf, TYPE_NONE));
        callee->special = SPECIAL_SUPER;
        return callee;
    }
    report(inf, func->as.attribute.name_span, "no base class of '%s' has a method '%s'", cls->name, name);
    return NULL;
}

/* obj.method(…), without making a bound method of it. */
static Callee *call_attribute(Infer *inf, Node *n, Type *receiver, Args *args, bool *is_done, Type *expected)
{
    Node *func = n->as.call.func;
    const char *name = func->as.attribute.name;
    Type *object = receiver->kind == TYPE_CLASSOBJ ? types_find(receiver->args[0]) : receiver;
    Class *cls = class_of(inf, object);
    Method *m = cls ? method_of(inf, cls, name) : NULL;

    *is_done = false;
    if (!m && cls && cls->mixin && receiver->kind == TYPE_CLASS) { /* a str method of a class Mode(str, Enum) */
        receiver = types_find(cls->mixin->type);
        cls = class_of(inf, receiver);
        m = cls ? method_of(inf, cls, name) : NULL;
    }
    if (!m || m->is_property || (receiver->kind == TYPE_CLASSOBJ && !m->is_static && !m->is_class))
        return NULL;
    if (receiver->kind != TYPE_CLASSOBJ && class_field(inf, cls, name, NULL))
        return NULL;
    if (m->decl->kind == NODE_FUNCTION && is_decorated(m->decl))
        return NULL;
    *is_done = true;
    (void)expected;
    Target t = method_target(inf, m, receiver, false);
    return call_target(inf, &t, args, false);
}

static Type *finish_call(Infer *inf, Node *n, Callee *callee)
{
    if (!callee)
        return broken(inf);
    act(inf, n, ACT_CALL)->callee = callee;
    check_blocking(inf, n, callee);
    Type *result = types_find(callee->result);
    if (callee->kind == CALLEE_C && callee->is_async)
        return make1(inf, TYPE_COROUTINE, result);
    return result->kind == TYPE_CELL ? plain(inf, TYPE_NEVER) : result;
}

/* -- classes that are values: which one is called is known when run -------------------------------------------------------------------------------- */

static bool is_first_param(Infer *inf, const Node *func)
{
    const Symbol *symbol = func->kind == NODE_NAME ? inf->inst->scope->uses[func->id] : NULL;
    const Instance *inst = inf->inst;

    while (inst->owner && !inst->cls)
        inst = inst->owner;
    return symbol && symbol->param && symbol->scope == inst->scope && inst->cls && symbol->index == 0;
}

/* Not the name of a class, nor the class that a class method is called for. */
static bool is_class_value(Infer *inf, const Node *func)
{
    const Action *a = inf->inst->actions[func->id];
    const Symbol *symbol = a && a->kind == ACT_SYMBOL ? symbol_final(a->symbol) : NULL;

    if (func->kind == NODE_SUBSCRIPT && !a) /* Stack[int] */
        return false;
    return !(symbol && symbol->kind == SYMBOL_CLASS) && !is_first_param(inf, func);
}

static void add_choice(Infer *inf, Callee *callee, Node *n, Type *cls, Args *args, Type *expected)
{
    inf->silent++;
    Callee *choice = call_type(inf, n, cls, args, expected);
    inf->silent--;
    if (!choice)
        return;
    choice = call_type(inf, n, cls, args, expected);
    vec_grow(inf->c->arena, &callee->choices, callee->choices.len + 1);
    callee->choices.items[callee->choices.len++] = (ClassChoice){types_find(cls->args[0]), choice};
    callee->result = join(inf, callee->result, choice->result);
}

static void add_choices(Infer *inf, Callee *callee, Node *n, Type *cls, Args *args, Type *expected)
{
    Class *known = class_of(inf, cls->args[0]);
    ClassInfo *info = known && is_user_class(types_find(cls->args[0])) ? info_of(inf, known) : NULL;

    if (!info || !known->is_abstract || !inf->is_loud)
        add_choice(inf, callee, n, cls, args, expected);
    for (uint32_t i = 0; info && i < info->subclasses.len; i++)
        if (info->subclasses.items[i]->is_used)
            add_choices(inf, callee, n, make1(inf, TYPE_CLASSOBJ, info->subclasses.items[i]->cls->type), args,
                        expected);
}

static bool has_subclasses(Infer *inf, Type *cls)
{
    Type *t = types_find(cls->args[0]);
    return is_user_class(t) && info_of(inf, t->cls)->subclasses.len > 0;
}

/* registry[name](…), cls(…): NULL: it is an ordinary call. */
static Callee *call_choice(Infer *inf, Node *n, Type *t, Args *args, Type *expected)
{
    Callee *callee;

    if (!(are_classes(t) || (t->kind == TYPE_CLASSOBJ && has_subclasses(inf, t))) ||
        !is_class_value(inf, n->as.call.func))
        return NULL;
    callee = new_callee(inf, CALLEE_CHOICE, plain(inf, TYPE_NEVER));
    for (uint32_t i = 0; i < (t->kind == TYPE_UNION ? t->arg_count : 1); i++)
        add_choices(inf, callee, n, t->kind == TYPE_UNION ? types_find(t->args[i]) : t, args, expected);
    return callee->choices.len ? callee : NULL;
}

/* A method under a decorator of the program or the library is what the decorator made, called with the object first. */
static Method *decorated_method(Infer *inf, Type *receiver, const char *name)
{
    Class *cls = receiver->kind == TYPE_CLASS ? receiver->cls : NULL;
    Method *m = cls ? method_of(inf, cls, name) : NULL;

    return m && !m->is_static && !m->is_class && is_decorated(m->decl) ? m : NULL;
}

static Type *call_decorated(Infer *inf, Node *n, Type *receiver, Method *m, Args *args, Type *expected)
{
    Node *func = n->as.call.func;
    Instance *body = class_body(inf, info_of(inf, m->cls)->scope);
    Symbol *symbol = scope_find(body->scope, m->name);
    Args all = {.count = args->count + 1, .span = args->span, .call = n};
    Action *action = act(inf, func, ACT_CLASS_VAR);

    action->cls = m->cls;
    action->symbol = symbol;
    all.items = arena_array(inf->c->arena, Arg, all.count);
    all.types = arena_array(inf->c->arena, Type *, all.count);
    all.items[0] = (Arg){.kind = ARG_POSITIONAL, .value = func->as.attribute.value, .span = func->span};
    all.types[0] = receiver;
    for (uint32_t i = 0; i < args->count; i++) {
        all.items[i + 1] = args->items[i];
        all.types[i + 1] = args->types[i];
    }
    Type *t = set_type(inf, func, types_find(body->vars[symbol->index].type));
    if (is_void_type(t))
        return plain(inf, TYPE_NEVER);
    return finish_call(inf, n, call_type(inf, n, t, &all, expected));
}

static bool is_asyncio_lazy(Special special)
{
    return special == SPECIAL_ISINSTANCE || special == SPECIAL_ISSUBCLASS || special == SPECIAL_CAST || special == SPECIAL_SUPER;
}

/* object.__setattr__(self, "name", value): how a frozen dataclass sets what it computes. */
static bool is_object_setattr(const Node *n)
{
    Node *func = n->as.call.func;

    if (func->kind != NODE_ATTRIBUTE || strcmp(func->as.attribute.name, "__setattr__") || n->as.call.args.len != 3)
        return false;
    const Node *object = func->as.attribute.value;
    return object->kind == NODE_NAME && !strcmp(object->as.name.name, "object");
}

Type *infer_call(Infer *inf, Node *n, Type *expected)
{
    Node *func = n->as.call.func;
    Type *ft;

    if (func->kind == NODE_NAME || func->kind == NODE_ATTRIBUTE) {
        int special = special_call(inf, func);
        if (special >= 0) {
            set_type(inf, func, plain(inf, TYPE_NONE)); /* no value of its own */
            inf->inst->actions[func->id] = NULL;
            if (func->kind == NODE_ATTRIBUTE)
                infer_expr(inf, func->as.attribute.value);
            if (!is_asyncio_lazy((Special)special))
                for (uint32_t i = 0; i < n->as.call.args.len; i++)
                    infer_expr(inf, n->as.call.args.items[i].value);
            return infer_special(inf, n, (Special)special, expected);
        }
    }
    if (is_object_setattr(n)) {
        for (uint32_t i = 0; i < n->as.call.args.len; i++)
            infer_expr(inf, n->as.call.args.items[i].value);
        Type *t = infer_special(inf, n, SPECIAL_SETATTR, expected);
        Action *a = inf->inst->actions[n->id];
        if (a && a->kind == ACT_CALL)
            a->callee->is_dynamic = true; /* also of a frozen object */
        return t;
    }
    if (func->kind == NODE_ATTRIBUTE && is_super_call(func->as.attribute.value)) {
        Args args = infer_args(inf, n);
        return finish_call(inf, n, call_super(inf, n, &args));
    }
    if (func->kind == NODE_ATTRIBUTE) {
        bool is_done;
        Type *receiver = use_value(inf, func->as.attribute.value, infer_expr(inf, func->as.attribute.value), ".%s", func->as.attribute.name);
        Args args = infer_args(inf, n);
        if (receiver->kind == TYPE_CLASSOBJ && types_find(receiver->args[0])->kind != TYPE_CLASS && !strcmp(func->as.attribute.name, "fromkeys"))
            return infer_special(inf, n, SPECIAL_FROMKEYS, expected);
        if (receiver->kind == TYPE_STR && !strcmp(func->as.attribute.name, "format"))
            return infer_special(inf, n, SPECIAL_STR_FORMAT, expected);
        if ((receiver->kind == TYPE_ANY || receiver->kind == TYPE_UNION))
            return infer_dynamic_call(inf, n, receiver, args.types);
        Type *special = infer_method_special(inf, n, receiver, args.types, expected);
        if (special)
            return special;
        if (receiver->kind == TYPE_CLASS && receiver->cls->is_exception)
            reach_format(inf, receiver); /* e.__str__() */
        Method *decorated = decorated_method(inf, receiver, func->as.attribute.name);
        if (decorated)
            return call_decorated(inf, n, receiver, decorated, &args, expected);
        Callee *callee = call_attribute(inf, n, receiver, &args, &is_done, expected);
        if (is_done) {
            inf->inst->actions[func->id] = NULL;
            set_type(inf, func, plain(inf, TYPE_NEVER));
            return finish_call(inf, n, callee);
        }
        ft = set_type(inf, func, types_find(env_read(inf, func, attribute_of(inf, func, receiver, func->as.attribute.name))));
        ft = use_value(inf, func, ft, "'NoneType' object is not callable");
        return finish_call(inf, n, call_type(inf, n, ft, &args, expected));
    }
    ft = use_value(inf, func, infer_expr(inf, func), "'NoneType' object is not callable");
    Args args = infer_args(inf, n);
    if (is_void_type(ft))
        return ft->kind == TYPE_BROKEN ? ft : plain(inf, TYPE_NEVER);
    Callee *choice = call_choice(inf, n, ft, &args, expected);
    return finish_call(inf, n, choice ? choice : call_type(inf, n, ft, &args, expected));
}

/* -- functions as values -------------------------------------------------------------------------------------------------------------------------------- */

/* FUNC and BOUND as a CALLABLE: the parameters' annotations, else cells that calls will bind. One per function, owner and number of
 * arguments (`want`; -1: as many as it must have). */
Type *callable_with(Infer *inf, Type *t, int want)
{
    t = types_find(t);
    if (t->kind == TYPE_CALLABLE)
        return t;
    Node *decl = t->kind == TYPE_CLASSOBJ ? constructor_of(inf, t) : t->decl;
    if (!decl && !(t->kind == TYPE_CLASSOBJ && class_of(inf, t->args[0])))
        return NULL;
    for (uint32_t i = 0; i < inf->callables.len; i++)
        if (inf->callables.items[i]->func == t && (want < 0 || inf->callables.items[i]->callable->arg_count == (uint32_t)want + 1))
            return inf->callables.items[i]->callable;
    static const ParamVec none;
    uint32_t skip = t->kind == TYPE_BOUND || (t->kind == TYPE_CLASSOBJ && decl && decl->kind == NODE_FUNCTION &&
                                              decl->as.function.params.len &&
                                              strcmp(decl->as.function.name, types_find(t->args[0])->cls->name))
                        ? 1
                        : 0;
    uint32_t count = 0;
    const ParamVec *params = decl ? &decl->as.function.params : &none;
    for (uint32_t i = skip; i < params->len; i++)
        count += params->items[i].kind <= PARAM_NORMAL && !params->items[i].value;
    if (!decl && class_of(inf, t->args[0])->is_library) /* int, str, … */
        count = 1;
    if (want >= 0)
        count = (uint32_t)want;
    Type **args = arena_array(inf->c->arena, Type *, count + 1);
    const Scope *scope = decl ? scope_of(inf->c, decl)->parent : NULL;
    for (uint32_t i = skip, k = 0; k < count; i++) {
        if (i >= params->len || params->items[i].kind > PARAM_NORMAL) {
            args[k++] = types_cell(inf->ts);
            continue;
        }
        if (params->items[i].value && want < 0)
            continue;
        Annotation a = annotation(inf, scope, params->items[i].annotation);
        args[k] = a.type && !a.is_flexible ? a.type : types_cell(inf->ts);
        if (a.type && a.is_flexible && args[k]->kind == TYPE_CELL && a.type->kind == TYPE_FLOAT)
            args[k]->bound = a.type;
        k++;
    }
    args[count] = types_cell(inf->ts);
    CallableOf *entry = arena_new(inf->c->arena, CallableOf);
    entry->func = t;
    entry->callable = types_make(inf->ts, TYPE_CALLABLE, NULL, args, count + 1);
    entry->site = inf->inst;
    vec_push(inf->c->arena, &inf->callables, entry);
    inf->has_changed = true;
    return entry->callable;
}

Type *callable_of(Infer *inf, Type *t)
{
    return callable_with(inf, t, -1);
}

/* Instantiates the functions behind CALLABLE types for the arguments that they are called with. */
static void infer_callable(Infer *inf, CallableOf *entry, bool has_star)
{
    Type *callable = entry->callable;
    uint32_t count = callable->arg_count - 1;
    bool is_known = true;
    Type **types = arena_array(inf->c->arena, Type *, count + 1);
    for (uint32_t j = 0; j < count; j++) {
        types[j] = types_find(callable->args[j]);
        if (types[j]->kind == TYPE_CELL && types[j]->bound)
            types[j] = types_find(types[j]->bound);
        is_known &= !is_void_type(types[j]);
    }
    if (!is_known && !inf->is_loud)
        return;
    for (uint32_t j = 0; j < count; j++)
        if (is_void_type(types[j]))
            types[j] = plain(inf, TYPE_NEVER);
    Instance *current = inf->inst;
    inf->inst = entry->site;
    Args args = operand_args(inf, NULL, types, count, entry->func->decl ? entry->func->decl->span : (Span){0});
    if (has_star)
        args.items[count - 1].kind = ARG_STAR;
    Node *site = arena_new(inf->c->arena, Node);
    site->kind = NODE_BROKEN;
    site->span = args.span;
    Callee *callee = call_type(inf, site, entry->func, &args, NULL);
    inf->inst = current;
    entry->callee = callee;
    if (!callee)
        return;
    Type *result = callee->kind == CALLEE_C && callee->is_async ? make1(inf, TYPE_COROUTINE, callee->result) : callee->result;
    grow_cell(inf, callable->args[count], result);
}

void infer_callables(Infer *inf)
{
    for (uint32_t i = 0; i < inf->callables.len; i++)
        infer_callable(inf, inf->callables.items[i], false);
    for (uint32_t i = 0; i < inf->dynamics.len; i++) {
        DynamicOf *dynamic = inf->dynamics.items[i];
        for (uint32_t j = 0; j < dynamic->forms.len; j++)
            infer_callable(inf, dynamic->forms.items[j], dynamic->has_star && j + 1 == dynamic->forms.len);
    }
}

static CallableOf *dynamic_form(Infer *inf, Type *func, const Scope *scope, uint32_t skip, uint32_t count, bool has_star)
{
    const ParamVec *params = &func->decl->as.function.params;
    Type **args = arena_array(inf->c->arena, Type *, count + 2);
    CallableOf *form = arena_new(inf->c->arena, CallableOf);

    for (uint32_t i = 0; i < count; i++) {
        Annotation a = annotation(inf, scope, params->items[skip + i].annotation);
        args[i] = a.type && !a.is_flexible ? a.type : plain(inf, TYPE_ANY);
    }
    if (has_star)
        args[count++] = make1(inf, TYPE_VARTUPLE, plain(inf, TYPE_ANY));
    args[count] = types_cell(inf->ts);
    *form = (CallableOf){.func = func, .callable = types_make(inf->ts, TYPE_CALLABLE, NULL, args, count + 1), .site = inf->inst};
    return form;
}

void become_dynamic(Infer *inf, Type *t)
{
    t = types_find(t);
    if ((t->kind != TYPE_FUNC && t->kind != TYPE_BOUND) || !t->decl || inf->silent)
        return;
    for (uint32_t i = 0; i < inf->dynamics.len; i++)
        if (inf->dynamics.items[i]->func == t)
            return;
    const ParamVec *params = &t->decl->as.function.params;
    const Scope *scope = scope_of(inf->c, t->decl)->parent;
    uint32_t skip = t->kind == TYPE_BOUND;
    DynamicOf *dynamic = arena_new(inf->c->arena, DynamicOf);
    dynamic->func = t;
    for (uint32_t i = skip; i < params->len && params->items[i].kind <= PARAM_NORMAL; i++) {
        dynamic->most++;
        dynamic->required += !params->items[i].value;
    }
    for (uint32_t i = 0; i < params->len; i++)
        dynamic->has_star |= params->items[i].kind == PARAM_STAR;
    for (uint32_t count = dynamic->required; count <= dynamic->most; count++)
        vec_push(inf->c->arena, &dynamic->forms, dynamic_form(inf, t, scope, skip, count, false));
    if (dynamic->has_star)
        vec_push(inf->c->arena, &dynamic->forms, dynamic_form(inf, t, scope, skip, dynamic->most, true));
    vec_push(inf->c->arena, &inf->dynamics, dynamic);
    inf->has_changed = true;
}

Instance *infer_callable_target(Inferred *out, Type *func, Type *callable)
{
    (void)callable;
    for (uint32_t i = 0; i < out->callables.len; i++)
        if (out->callables.items[i]->func == func || same_type(out->callables.items[i]->func, func))
            return out->callables.items[i]->callee ? out->callables.items[i]->callee->instance : NULL;
    return NULL;
}

Callee *infer_callable_callee_for(Inferred *out, Type *func, Type *callable)
{
    for (uint32_t i = 0; callable && i < out->callables.len; i++)
        if (out->callables.items[i]->func == func && out->callables.items[i]->callable->arg_count == callable->arg_count)
            return out->callables.items[i]->callee;
    return infer_callable_callee(out, func);
}

Callee *infer_callable_callee(Inferred *out, Type *func)
{
    for (uint32_t i = 0; i < out->callables.len; i++)
        if (out->callables.items[i]->func == func || same_type(out->callables.items[i]->func, func))
            return out->callables.items[i]->callee;
    return NULL;
}

Node *constructor_of(Infer *inf, Type *t)
{
    Class *cls = class_of(inf, types_find(t)->args[0]);
    Method *init = cls ? method_of(inf, cls, inf->names.init) : NULL;

    if (!cls || cls->is_library)
        return NULL;
    if (init && !init->cls->is_library)
        return init->decl;
    return info_of(inf, cls)->init_fields.len ? generated_init(inf, info_of(inf, cls)) : NULL;
}

Callee *call_setter(Infer *inf, Type *t, Method *m, Node *source, Type *value, Span span)
{
    Target target = method_target(inf, m, t, true);
    Args args = operand_args(inf, &source, &value, 1, span);

    target.decl = m->setter->decl;
    target.overloads = (NodeVec){0};
    return call_target(inf, &target, &args, false);
}

/* super().name without a call: a property of the base class, read for this object. */
Type *super_attribute(Infer *inf, Node *n)
{
    Class *cls = enclosing_class(inf);
    Method *m = cls && cls->base ? method_of(inf, cls->base, n->as.attribute.name) : NULL;
    Node *value = n->as.attribute.value;

    if (!m || !m->is_property) {
        report(inf, n->as.attribute.name_span, "no base class has a property '%s'; super() reaches methods and properties", n->as.attribute.name);
        return broken(inf);
    }
    set_type(inf, value, m->cls->type);
    act(inf, value, ACT_CALL)->callee = new_callee(inf, CALLEE_SPECIAL, m->cls->type);
    inf->inst->actions[value->id]->callee->special = SPECIAL_SUPER;
    Target t = method_target(inf, m, m->cls->type, true);
    Args args = operand_args(inf, NULL, NULL, 0, n->span);
    Callee *callee = call_target(inf, &t, &args, false);
    if (!callee)
        return broken(inf);
    act(inf, n, ACT_CALL)->callee = callee;
    return types_find(callee->result);
}

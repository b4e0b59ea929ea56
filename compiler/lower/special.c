/* Built-in functions that the compiler knows itself: one function per name, a table at the end.
 *
 *     len(xs)                 xs->len
 *     int(text)               art_int_parse(text, 10)
 *     list(d.items())         list = []; a loop with append
 *     isinstance(x, Shape)    art_is_instance(x, &type_Shape), or a constant where the types decide
 *     next(gen, None)         item = NEXT gen, else None
 *     max(a, b)               best = a; if b > best: best = b */
#include "lower/internal.h"

/* The type of the call, where it stands in the source: what callee->result says may have grown since. */
static Type *result_of(Lower *l, const Node *n, const Callee *callee)
{
    Type *t = n->kind == NODE_CALL ? l->fn->inst->types[n->id] : NULL;

    return t && (!callee->result || t->kind == callee->result->kind) ? t : callee->result;
}

static uint32_t arg_count(const Node *n)
{
    return n->as.call.args.len;
}

static Node *arg_at(const Node *n, uint32_t i)
{
    return n->as.call.args.items[i].value;
}

static Node *arg_named(const Node *n, const char *name)
{
    for (uint32_t i = 0; i < arg_count(n); i++)
        if (n->as.call.args.items[i].kind == ARG_KEYWORD && strcmp(n->as.call.args.items[i].name, name) == 0)
            return arg_at(n, i);
    return NULL;
}

/* -- len ------------------------------------------------------------------------------------------------------------------------------ */

IrExpr *len_of(Lower *l, IrExpr *e)
{
    const Type *t = e->type;

    switch (t->kind) {
    case TYPE_SET:
    case TYPE_FROZENSET: return e_op(l, IR_OP_SET_LEN, t_int(l), e, NULL);
    case TYPE_TUPLE: emit_eval(l, e); return e_int(l, t->arg_count);
    case TYPE_ANY:
    case TYPE_UNION: return RUNTIME(l, "art_box_len", RT_RAISES, t_int(l), box(l, e));
    case TYPE_CLASSOBJ: return e_int(l, infer_class(l->inf, t->args[0]->cls)->members.len);
    case TYPE_CLASS:
        if (is_namedtuple(t->cls))
            return e_int(l, fields_tuple(l, e)->type->arg_count);
        return call_method_named(l, e, "__len__", NULL, 0);
    default: return e_op(l, IR_OP_LEN, t_int(l), e, NULL);
    }
}

static IrExpr *lower_len(Lower *l, Node *n, Callee *callee)
{
    IrExpr *e = expr(l, arg_at(n, 0));

    return callee->init ? call_with(l, callee->init, e, NULL, 0) : len_of(l, e);
}

/* -- classes ------------------------------------------------------------------------------------------------------------------------------ */

static bool is_number_of(const Type *t, const Type *of)
{
    return t->kind == of->kind || (t->kind == TYPE_BOOL && of->kind == TYPE_INT);
}

/* The answer where the static type decides: 1, 0, or -1. */
static int static_instance(const Type *t, const Type *of)
{
    if (of->kind == TYPE_ANY)
        return 1;
    if (t->kind == TYPE_CLASS && of->kind == TYPE_CLASS) {
        if (class_derives(t->cls, of->cls))
            return 1;
        return class_derives(of->cls, t->cls) ? -1 : 0;
    }
    if (t->kind == TYPE_CLASS || of->kind == TYPE_CLASS)
        return t->kind == TYPE_CLASS && t->cls->mixin && t->cls->mixin->type->kind == of->kind;
    if (of->kind == TYPE_VARTUPLE || of->kind == TYPE_TUPLE)
        return t->kind == TYPE_VARTUPLE || t->kind == TYPE_TUPLE;
    if (of->kind == TYPE_CALLABLE)
        return t->kind == TYPE_CALLABLE || t->kind == TYPE_FUNC || t->kind == TYPE_BOUND || t->kind == TYPE_CLASSOBJ;
    if (of->kind == TYPE_BYTES)
        return t->kind == TYPE_BYTES;
    if (of->kind == TYPE_FUTURE)
        return t->kind == TYPE_FUTURE || t->kind == TYPE_TASK;
    return is_number_of(t, of);
}

IrExpr *isinstance_of(Lower *l, IrExpr *value, Type *of)
{
    Type *t = value->type;

    if (of->kind == TYPE_NONE)
        return e_is_none(l, value);
    if (types_is_nullable(t)) {
        Type *inner = types_without_none(l->types, t);
        value = to_simple(l, value, NULL);
        return e_and(l, e_not(l, e_is_none(l, value)), isinstance_of(l, narrowed_to(l, value, inner), of));
    }
    if (types_is_box(t))
        return e_op(l, IR_OP_BOX_ISINSTANCE, t_bool(l), value, e_type(l, of));
    int known = static_instance(t, of);
    if (known >= 0) {
        emit_eval(l, value);
        return e_bool(l, known);
    }
    return e_op(l, IR_OP_ISINSTANCE, t_bool(l), value, e_type(l, of));
}

typedef struct AnyOf {
    IrExpr *value;
    IrVar *found;
} AnyOf;

static void mark_instance(Lower *l, void *ctx, IrExpr *elem)
{
    AnyOf *any = ctx;
    IrExpr *cond = instance_of_value(l, any->value, elem);
    IrStmt *test = emit_new(l, IR_IF);

    test->cond = cond;
    vec_push(l->arena, &test->body, ir_set(l->c, any->found, e_bool(l, true), l->fn->span));
}

/* The class is a value of the program: a variable, a parameter, a tuple of classes. */
IrExpr *instance_of_value(Lower *l, IrExpr *value, IrExpr *cls)
{
    IrExpr *test = e_bool(l, false);
    AnyOf any = {.value = value};

    switch (cls->type->kind) {
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < cls->type->arg_count; i++)
            test = e_or(l, test, instance_of_value(l, value, e_item(l, cls, i)));
        return test;
    case TYPE_LIST:
    case TYPE_VARTUPLE:
        any.value = to_simple(l, value, NULL);
        any.found = hidden_var(l, "found", t_bool(l));
        emit_set(l, any.found, e_bool(l, false));
        loop_over_value(l, cls, cls->type->args[0], mark_instance, &any);
        return e_read(l, any.found);
    default:
        if (types_is_box(value->type))
            return e_op(l, IR_OP_BOX_ISINSTANCE, t_bool(l), value, cls);
        if (types_is_counted(value->type))
            return e_op(l, IR_OP_ISINSTANCE, t_bool(l), value, cls);
        return e_op(l, IR_OP_BOX_ISINSTANCE, t_bool(l), box(l, value), cls);
    }
}

/* The classes that the second argument of isinstance names. */
static IrExpr *instance_test(Lower *l, IrExpr *value, Node *cls)
{
    IrExpr *test = e_bool(l, false);
    Type *t;

    switch (cls->kind) {
    case NODE_TUPLE:
        for (uint32_t i = 0; i < cls->as.list.items.len; i++)
            test = e_or(l, test, instance_test(l, value, cls->as.list.items.items[i]));
        return test;
    case NODE_BINARY:
        return e_or(l, instance_test(l, value, cls->as.binary.left), instance_test(l, value, cls->as.binary.right));
    case NODE_NONE: return e_is_none(l, value);
    default: break;
    }
    t = l->fn->inst->types[cls->id];
    if (!t || t->kind == TYPE_NEVER)
        return special_class_test(l, value, cls);
    if (t->kind == TYPE_CLASSOBJ && names_class(l, cls))
        return isinstance_of(l, value, t->args[0]);
    return instance_of_value(l, value, to_simple(l, expr(l, cls), "types"));
}

/* Callable, Mapping, Sequence of typing and collections.abc. */
IrExpr *special_class_test(Lower *l, IrExpr *value, Node *cls)
{
    const char *name = cls->kind == NODE_NAME ? cls->as.name.name : cls->as.attribute.name;
    Type *any = t_any(l), *none = any, *pair[] = {t_str(l), any};

    if (strcmp(name, "Callable") == 0)
        return isinstance_of(l, value, types_make(l->types, TYPE_CALLABLE, NULL, &none, 1));
    if (strstr(name, "Mapping"))
        return isinstance_of(l, value, types_make(l->types, TYPE_DICT, l->kinds[TYPE_DICT], pair, 2));
    IrExpr *list = isinstance_of(l, value, t_of(l, TYPE_LIST, any)),
           *tuple = isinstance_of(l, value, t_of(l, TYPE_VARTUPLE, any));
    return e_or(l, e_or(l, list, tuple), isinstance_of(l, value, t_str(l)));
}

static IrExpr *lower_isinstance(Lower *l, Node *n, Callee *callee)
{
    IrExpr *value = expr(l, arg_at(n, 0));

    (void)callee;
    if (value->kind != IR_READ || effects_of(value) & EFFECT_CALLS)
        value = to_simple(l, value, NULL);
    return instance_test(l, value, arg_at(n, 1));
}

/* A tuple of classes whose number is not known: is one of them a base? */
static void mark_subclass(Lower *l, void *ctx, IrExpr *elem)
{
    IrExpr **found = ctx;
    IrStmt *test = emit_new(l, IR_IF);

    test->cond = RUNTIME(l, "art_type_is", 0, t_bool(l), found[1], elem);
    vec_push(l->arena, &test->body, ir_set(l->c, found[0]->as.place.var, e_bool(l, true), l->fn->span));
}

static IrExpr *subclass_of_any(Lower *l, IrExpr *value, IrExpr *of)
{
    IrVar *found = hidden_var(l, "found", t_bool(l));
    IrExpr *parts[] = {e_read(l, found), to_simple(l, value, "cls")};

    emit_set(l, found, e_bool(l, false));
    loop_over_value(l, of, of->type->args[0], mark_subclass, parts);
    return e_read(l, found);
}

IrExpr *subclass_of(Lower *l, IrExpr *value, IrExpr *of)
{
    IrExpr *test = e_bool(l, false);

    if (of->type->kind == TYPE_LIST || of->type->kind == TYPE_VARTUPLE)
        return subclass_of_any(l, value, of);
    if (of->type->kind != TYPE_TUPLE)
        return RUNTIME(l, "art_type_is", 0, t_bool(l), value, of);
    of = to_simple(l, of, "types");
    for (uint32_t i = 0; i < of->type->arg_count; i++)
        test = e_or(l, test, subclass_of(l, value, e_item(l, of, i)));
    return test;
}

static IrExpr *subclass_test(Lower *l, IrExpr *value, Node *cls)
{
    IrExpr *test = e_bool(l, false);

    if (cls->kind != NODE_TUPLE)
        return subclass_of(l, value, expr(l, cls));
    for (uint32_t i = 0; i < cls->as.list.items.len; i++)
        test = e_or(l, test, subclass_test(l, value, cls->as.list.items.items[i]));
    return test;
}

static Type *type_type(Lower *l)
{
    return e_type(l, t_any(l))->type;
}

static IrExpr *lower_issubclass(Lower *l, Node *n, Callee *callee)
{
    (void)callee;
    IrExpr *cls = to_simple(l, expr(l, arg_at(n, 0)), NULL);
    if (types_is_box(cls->type))
        cls = narrowed_to(l, cls, type_type(l));
    return subclass_test(l, cls, arg_at(n, 1));
}

static IrExpr *lower_type(Lower *l, Node *n, Callee *callee)
{
    IrExpr *e = expr(l, arg_at(n, 0));

    return e->type->kind == TYPE_CLASSOBJ ? e : type_of_value(l, e, callee->result);
}

static IrExpr *lower_super(Lower *l, Node *n, Callee *callee)
{
    (void)callee;
    for (uint32_t i = 0; i < arg_count(n); i++)
        effects_only(l, arg_at(n, i));
    return e_none(l, t_none(l));
}

/* -- conversions ------------------------------------------------------------------------------------------------------------------------------ */

static IrExpr *to_int(Lower *l, IrExpr *e, IrExpr *base)
{
    switch (e->type->kind) {
    case TYPE_INT:
    case TYPE_BOOL: return convert(l, e, t_int(l));
    case TYPE_FLOAT: return RUNTIME(l, "art_float_to_int", RT_RAISES, t_int(l), e);
    case TYPE_STR: return RUNTIME(l, "art_int_parse", RT_RAISES, t_int(l), e, base ? base : e_int(l, 10));
    case TYPE_CLASS:
        if (e->type->cls->is_enum)
            return convert(l, enum_value_of(l, e, 0), t_int(l));
        return call_method_named(l, e, "__int__", NULL, 0);
    default: return RUNTIME(l, "art_box_to_int", RT_RAISES, t_int(l), box(l, e));
    }
}

static IrExpr *lower_int(Lower *l, Node *n, Callee *callee)
{
    Operands ops = {0};

    if (arg_count(n) == 0)
        return e_int(l, 0);
    IrExpr *e = expr(l, arg_at(n, 0));
    if (callee->init)
        return convert(l, call_with(l, callee->init, e, NULL, 0), t_int(l));
    operands_add(l, &ops, e);
    if (arg_count(n) > 1)
        operands_add(l, &ops, expr_to(l, arg_at(n, 1), t_int(l)));
    operands_settle(l, &ops);
    return to_int(l, ops.items.items[0].value, arg_count(n) > 1 ? ops.items.items[1].value : NULL);
}

static IrExpr *to_float(Lower *l, IrExpr *e)
{
    switch (e->type->kind) {
    case TYPE_INT:
    case TYPE_BOOL:
    case TYPE_FLOAT: return convert(l, e, t_float(l));
    case TYPE_STR: return RUNTIME(l, "art_float_parse", RT_RAISES, t_float(l), e);
    case TYPE_CLASS:
        if (e->type->cls->is_enum)
            return convert(l, enum_value_of(l, e, 0), t_float(l));
        return call_method_named(l, e, "__float__", NULL, 0);
    default: return RUNTIME(l, "art_box_to_float", RT_RAISES, t_float(l), box(l, e));
    }
}

static IrExpr *lower_float(Lower *l, Node *n, Callee *callee)
{
    if (arg_count(n) == 0)
        return e_float(l, 0);
    IrExpr *e = expr(l, arg_at(n, 0));
    return callee->init ? convert(l, call_with(l, callee->init, e, NULL, 0), t_float(l)) : to_float(l, e);
}

static IrExpr *lower_bool(Lower *l, Node *n, Callee *callee)
{
    (void)callee;
    return arg_count(n) ? condition(l, arg_at(n, 0)) : e_bool(l, false);
}

static IrExpr *decoded(Lower *l, Node *n, IrExpr *bytes)
{
    IrExpr *encoding = arg_count(n) > 1 ? expr(l, arg_at(n, 1)) : e_str(l, "utf-8", 5);
    IrExpr *errors = arg_count(n) > 2 ? expr(l, arg_at(n, 2)) : e_str(l, "strict", 6);

    return RUNTIME(l, "art_bytes_decode", RT_RAISES, t_str(l), bytes, encoding, errors);
}

static IrExpr *lower_str(Lower *l, Node *n, Callee *callee)
{
    (void)callee;
    if (arg_count(n) == 0)
        return e_str(l, "", 0);
    IrExpr *e = expr(l, arg_at(n, 0));
    return arg_count(n) > 1 ? decoded(l, n, e) : str_of(l, e);
}

static IrExpr *lower_repr(Lower *l, Node *n, Callee *callee)
{
    (void)callee;
    return repr_of(l, expr(l, arg_at(n, 0)));
}

static IrExpr *lower_format(Lower *l, Node *n, Callee *callee)
{
    Operands ops = {0};

    (void)callee;
    if (arg_count(n) == 1)
        return str_of(l, expr(l, arg_at(n, 0)));
    operands_add(l, &ops, expr(l, arg_at(n, 0)));
    operands_add(l, &ops, expr(l, arg_at(n, 1)));
    operands_settle(l, &ops);
    return format_value(l, ops.items.items[0].value, ops.items.items[1].value);
}

/* "…".format(a, name=b) */
static IrExpr *lower_str_format(Lower *l, Node *n, Callee *callee)
{
    IrExpr *values = e_new(l, IR_ARRAY, t_any(l)), *named = e_new(l, IR_ARRAY, t_any(l)),
           *names = e_new(l, IR_ARRAY, t_none(l));
    Operands ops = {0};

    (void)callee;
    operands_add(l, &ops, expr(l, n->as.call.func->as.attribute.value));
    for (uint32_t i = 0; i < arg_count(n); i++)
        operands_add(l, &ops, expr(l, arg_at(n, i)));
    operands_settle(l, &ops);
    for (uint32_t i = 0; i < arg_count(n); i++) {
        const Arg *arg = &n->as.call.args.items[i];
        IrExpr *value = box(l, ops.items.items[i + 1].value);
        if (arg->kind != ARG_KEYWORD) {
            add_arg(l, values, value);
            continue;
        }
        add_arg(l, named, value);
        add_arg(l, names, c_text(l, arg->name));
    }
    return RUNTIME(l, "art_str_format", RT_RAISES, t_str(l), ops.items.items[0].value, values,
                   e_int(l, values->args.len), names, named, e_int(l, named->args.len));
}

static IrExpr *lower_hash(Lower *l, Node *n, Callee *callee)
{
    (void)callee;
    return e_op(l, IR_OP_SLOT_HASH, t_int(l), expr(l, arg_at(n, 0)), NULL);
}

static IrExpr *lower_id(Lower *l, Node *n, Callee *callee)
{
    IrExpr *e = expr(l, arg_at(n, 0));

    (void)callee;
    if (types_is_counted(e->type))
        return RUNTIME(l, "art_id", 0, t_int(l), e);
    emit_eval(l, e);
    return e_int(l, 0);
}

static IrExpr *lower_callable(Lower *l, Node *n, Callee *callee)
{
    IrExpr *e = expr(l, arg_at(n, 0));
    Type *any = t_any(l);

    (void)callee;
    if (types_is_box(e->type))
        return isinstance_of(l, e, types_make(l->types, TYPE_CALLABLE, NULL, &any, 1));
    emit_eval(l, e);
    TypeKind kind = e->type->kind;
    return e_bool(l, kind == TYPE_FUNC || kind == TYPE_BOUND || kind == TYPE_CALLABLE || kind == TYPE_CLASSOBJ ||
                         (kind == TYPE_CLASS && class_method(l->inf, e->type->cls, name_of(l, "__call__"))));
}

static bool is_async_function(const Type *t)
{
    if (t->kind == TYPE_CALLABLE)
        return t->args[t->arg_count - 1]->kind == TYPE_COROUTINE;
    return (t->kind == TYPE_FUNC || t->kind == TYPE_BOUND) && t->decl && t->decl->kind == NODE_FUNCTION &&
           t->decl->as.function.is_async && !t->decl->as.function.is_generator;
}

/* asyncio.iscoroutine(x), asyncio.iscoroutinefunction(f): the type tells. */
static IrExpr *lower_iscoroutine(Lower *l, Node *n, Callee *callee)
{
    IrExpr *e = expr(l, arg_at(n, 0));
    Type *any = t_any(l);

    if (callee->special == SPECIAL_ISCOROUTINE && types_is_box(e->type))
        return isinstance_of(l, e, types_make(l->types, TYPE_COROUTINE, NULL, &any, 1));
    emit_eval(l, e);
    return e_bool(l, callee->special == SPECIAL_ISCOROUTINE ? e->type->kind == TYPE_COROUTINE : is_async_function(e->type));
}

/* -- containers ---------------------------------------------------------------------------------------------------------------------------------- */

static void append_elem(Lower *l, void *ctx, IrExpr *elem)
{
    append_to(l, ctx, elem);
}

/* A copy in one call where the runtime has one: list(xs), list(d), set(xs) … of the same type of items. */
static IrExpr *copy_call(Lower *l, Iteration *it, IrExpr *value, Type *type)
{
    static const struct {
        TypeKind from, to;
        const char *function;
    } copies[] = {
        {TYPE_LIST, TYPE_LIST, "art_list_copy"},        {TYPE_VARTUPLE, TYPE_LIST, "art_list_copy_as"},
        {TYPE_LIST, TYPE_VARTUPLE, "art_list_copy_as"}, {TYPE_DICT, TYPE_LIST, "art_dict_keys"},
        {TYPE_SET, TYPE_LIST, "art_set_list"},          {TYPE_FROZENSET, TYPE_LIST, "art_set_list"},
        {TYPE_DEQUE, TYPE_LIST, "art_deque_list"},      {TYPE_RANGE, TYPE_LIST, "art_range_list"},
        {TYPE_LIST, TYPE_SET, "art_set_of_list"},       {TYPE_SET, TYPE_SET, "art_set_copy_as"},
        {TYPE_FROZENSET, TYPE_SET, "art_set_copy_as"},  {TYPE_SET, TYPE_FROZENSET, "art_set_copy_as"},
        {TYPE_LIST, TYPE_FROZENSET, "art_set_of_list"},
    };
    const Type *from = value->type;
    Type *elem = element_type(l, from);

    (void)it;
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        bool is_plain_copy = strcmp(copies[i].function, "art_list_copy") == 0;
        if (copies[i].from != from->kind || copies[i].to != type->kind || elem != type->args[0])
            continue;
        if (is_plain_copy && from != type)
            continue;
        return RUNTIME(l, copies[i].function, RT_RAISES | (is_plain_copy ? 0 : RT_TYPED), type, value);
    }
    return NULL;
}

static bool is_direct_walk(const Iteration *it)
{
    return it->kind == ITER_ENUMERATE || it->kind == ITER_ZIP || it->kind == ITER_REVERSED || it->kind == ITER_RANGE ||
           it->kind == ITER_DICT_ITEMS || it->kind == ITER_DICT_VALUES;
}

static IrExpr *container_of(Lower *l, Iteration *it, Type *type)
{
    IrExpr *copy = NULL;

    if (!is_direct_walk(it) && it->kind != ITER_USER && it->kind != ITER_GETITEM && it->kind != ITER_ENUM) {
        IrExpr *value = expr(l, it->value);
        if (type->kind == TYPE_VARTUPLE && value->type == type)
            return value;
        copy = copy_call(l, it, value, type);
        if (copy)
            return copy;
        map_set(l->arena, &l->special_args, it->value, value);
    }
    IrVar *result = hidden_var(l, stem_of(type), type);
    emit_set(l, result, empty_of(l, type));
    loop_over(l, it, NULL, append_elem, result);
    map_set(l->arena, &l->special_args, it->value, NULL);
    return e_read(l, result);
}

static IrExpr *with_maxlen(Lower *l, Type *type, Node *maxlen)
{
    IrExpr *limit = expr(l, maxlen);

    if (limit->type->kind == TYPE_NONE)
        return empty_of(l, type);
    return RUNTIME(l, "art_deque_new", RT_RAISES, type, e_type(l, type), convert(l, limit, t_int(l)));
}

static IrExpr *lower_container(Lower *l, Node *n, Callee *callee)
{
    Type *type = result_of(l, n, callee);
    Node *maxlen = arg_named(n, "maxlen");
    bool has_items = arg_count(n) && n->as.call.args.items[0].kind == ARG_POSITIONAL;

    if (type->kind == TYPE_TUPLE)
        return has_items ? expr_to(l, arg_at(n, 0), type) : e_new(l, IR_TUPLE, type);
    if (maxlen && has_items) {
        IrVar *deque = hidden_var(l, "deque", type);
        Iteration *it = iteration_at(l, arg_at(n, 0));
        emit_set(l, deque, with_maxlen(l, type, maxlen));
        loop_over(l, it, NULL, append_elem, deque);
        return e_read(l, deque);
    }
    if (!has_items)
        return maxlen ? with_maxlen(l, type, maxlen) : empty_of(l, type);
    Iteration *it = iteration_at(l, arg_at(n, 0));
    return it ? container_of(l, it, type) : empty_of(l, type);
}

static void put_pair(Lower *l, void *ctx, IrExpr *elem)
{
    IrExpr *key, *value;

    if (elem->kind != IR_TUPLE)
        elem = to_simple(l, elem, "pair");
    if (elem->type->kind == TYPE_TUPLE) {
        key = elem->kind == IR_TUPLE ? elem->args.items[0] : e_item(l, elem, 0);
        value = elem->kind == IR_TUPLE ? elem->args.items[1] : e_item(l, elem, 1);
    } else if (elem->type->kind == TYPE_LIST || elem->type->kind == TYPE_VARTUPLE) {
        key = list_item(l, elem, e_int(l, 0), elem->type->args[0]);
        value = list_item(l, elem, e_int(l, 1), elem->type->args[0]);
    } else {
        key = get_dynamic_item(l, elem, e_int(l, 0));
        value = get_dynamic_item(l, elem, e_int(l, 1));
    }
    dict_put(l, ctx, key, value);
}

static IrExpr *dict_start(Lower *l, Node *n, Type *type, IrVar **dict)
{
    IrExpr *first = arg_count(n) && n->as.call.args.items[0].kind == ARG_POSITIONAL
                        ? arg_at(n, 0)->kind == NODE_CALL ? NULL : expr(l, arg_at(n, 0))
                        : NULL;

    if (first && first->type == type && arg_count(n) == 1)
        return RUNTIME(l, "art_dict_copy", 0, type, first);
    *dict = hidden_var(l, "dict", type);
    if (first)
        map_set(l->arena, &l->special_args, arg_at(n, 0), first);
    emit_set(l, *dict, empty_of(l, type));
    return NULL;
}

static IrExpr *lower_dict_call(Lower *l, Node *n, Callee *callee)
{
    Type *type = result_of(l, n, callee);
    IrVar *dict = NULL;
    IrExpr *copy;

    if (arg_count(n) == 0)
        return empty_of(l, type);
    if ((copy = dict_start(l, n, type, &dict)))
        return copy;
    for (uint32_t i = 0; i < arg_count(n); i++) {
        const Arg *arg = &n->as.call.args.items[i];
        Type *t = type_at(l, arg->value);
        if (arg->kind == ARG_KEYWORD)
            dict_put(l, dict, e_str(l, arg->name, interned_len(arg->name)), expr(l, arg->value));
        else if (t == type)
            emit_eval(l, RUNTIME(l, "art_dict_update", RT_RAISES, t_none(l), e_read(l, dict), expr(l, arg->value)));
        else if (t->kind == TYPE_DICT)
            copy_items(l, dict, expr(l, arg->value));
        else
            loop_over(l, iteration_at(l, arg->value), NULL, put_pair, dict);
    }
    map_set(l->arena, &l->special_args, arg_at(n, 0), NULL);
    return e_read(l, dict);
}

/* Of another type of dict: pair by pair. */
void copy_items(Lower *l, IrVar *dict, IrExpr *from)
{
    Iteration it = {.kind = ITER_DICT_ITEMS};
    Node *stand_in = arena_new(l->arena, Node);

    it.value = stand_in;
    it.elem = types_make(l->types, TYPE_TUPLE, l->kinds[TYPE_TUPLE], from->type->args, 2);
    map_set(l->arena, &l->special_args, stand_in, from);
    loop_over(l, &it, NULL, put_pair, dict);
}

typedef struct FromKeys {
    IrVar *dict;
    IrExpr *value;
} FromKeys;

static void put_key(Lower *l, void *ctx, IrExpr *elem)
{
    FromKeys *f = ctx;

    dict_put(l, f->dict, elem, f->value);
}

static IrExpr *lower_fromkeys(Lower *l, Node *n, Callee *callee)
{
    Type *type = result_of(l, n, callee);
    FromKeys f = {.dict = hidden_var(l, "dict", type)};

    f.value = arg_count(n) > 1 ? to_simple(l, expr_to(l, arg_at(n, 1), type->args[1]), NULL) : e_none(l, type->args[1]);
    emit_set(l, f.dict, empty_of(l, type));
    loop_over(l, iteration_at(l, arg_at(n, 0)), NULL, put_key, &f);
    return e_read(l, f.dict);
}

/* defaultdict(f): the factory goes with the dict, as a closure. */
static IrExpr *lower_defaultdict(Lower *l, Node *n, Callee *callee)
{
    Type *type = result_of(l, n, callee), *value = type->args[1];
    IrVar *dict = hidden_var(l, "dict", type);

    emit_set(l, dict, empty_of(l, type));
    if (callee->init) {
        IrExpr *factory = factory_closure(l, callee->init, arg_at(n, 0), value);
        emit_eval(l, RUNTIME(l, "art_dict_set_default", 0, t_none(l), e_read(l, dict), factory));
    }
    if (arg_count(n) > 1)
        emit_eval(l,
                  RUNTIME(l, "art_dict_update", RT_RAISES, t_none(l), e_read(l, dict), expr_to(l, arg_at(n, 1), type)));
    return e_read(l, dict);
}

static IrExpr *lower_range(Lower *l, Node *n, Callee *callee)
{
    Operands ops = {0};
    uint32_t count = arg_count(n);

    for (uint32_t i = 0; i < count; i++)
        operands_add(l, &ops, expr_to(l, arg_at(n, i), t_int(l)));
    operands_settle(l, &ops);
    return RUNTIME(l, "art_range_new", RT_RAISES, callee->result, count > 1 ? ops.items.items[0].value : e_int(l, 0),
                   ops.items.items[count > 1].value, count > 2 ? ops.items.items[2].value : e_int(l, 1));
}

/* -- iterators -------------------------------------------------------------------------------------------------------------------------------------- */

static IrExpr *lower_iter(Lower *l, Node *n, Callee *callee)
{
    Node *arg = arg_at(n, 0);

    if (type_at(l, arg)->kind == TYPE_GENERATOR)
        return expr(l, arg);
    Iteration *it = iteration_at(l, arg);
    if (it->kind == ITER_USER) {
        IrExpr *value = expr(l, arg);
        return callee->init ? call_with(l, callee->init, value, NULL, 0) : value;
    }
    return generator_over(l, it, result_of(l, n, callee));
}

/* next(gen, default) */
static IrExpr *next_or(Lower *l, IrExpr *gen, Node *otherwise, Type *type)
{
    IrVar *held = gen->kind == IR_READ && gen->as.place.kind == IR_PLACE_VAR ? gen->as.place.var : NULL;
    IrVar *item = hidden_var(l, "item", gen->type->args[0]), *result = hidden_var(l, "next", type);
    IrStmt *block = emit_new(l, IR_BLOCK), *s, *out;
    IrBlock *outer = enter_block(l, &block->body);

    if (!held) {
        held = hidden_var(l, "gen", gen->type);
        emit_set(l, held, gen);
    }
    s = emit_new(l, IR_NEXT);
    s->dst = item;
    s->value = e_read(l, held);
    enter_block(l, &s->orelse);
    emit_set(l, result, expr_to(l, otherwise, type));
    out = emit_new(l, IR_BREAK);
    out->target = block;
    enter_block(l, &block->body);
    emit_set(l, result, convert(l, e_read(l, item), type));
    enter_block(l, outer);
    return e_read(l, result);
}

/* The same of a class with __next__: until it raises StopIteration. */
static IrExpr *user_next_or(Lower *l, IrExpr *object, Callee *next, Node *otherwise, Type *type)
{
    IrVar *result = hidden_var(l, "next", type);
    IrStmt *attempt, *test;

    object = to_simple(l, object, NULL);
    attempt = emit_new(l, IR_TRY);
    IrBlock *outer = enter_block(l, &attempt->body);
    emit_set(l, result, convert(l, call_with(l, next, object, NULL, 0), type));
    enter_block(l, &attempt->orelse);
    test = emit_new(l, IR_IF);
    test->cond = e_op(l, IR_OP_RAISED_IS, t_bool(l), e_type(l, exception_type(l, "StopIteration")), NULL);
    enter_block(l, &test->body);
    emit_new(l, IR_CATCH);
    emit_set(l, result, expr_to(l, otherwise, type));
    enter_block(l, &test->orelse);
    emit_new(l, IR_RERAISE);
    enter_block(l, outer);
    return e_read(l, result);
}

static IrExpr *lower_next(Lower *l, Node *n, Callee *callee)
{
    IrExpr *gen = expr(l, arg_at(n, 0));
    Type *type = type_at(l, n);

    if (gen->type->kind == TYPE_GENERATOR) {
        if (arg_count(n) > 1)
            return next_or(l, gen, arg_at(n, 1), type);
        return RUNTIME(l, "art_gen_next_value", RT_RAISES | RT_OUT, gen->type->args[0], gen);
    }
    if (!callee->init)
        return RUNTIME(l, "art_box_next", RT_RAISES, t_any(l), box(l, gen));
    if (arg_count(n) > 1)
        return user_next_or(l, gen, callee->init, arg_at(n, 1), type);
    return call_with(l, callee->init, gen, NULL, 0);
}

static IrExpr *lower_aiter(Lower *l, Node *n, Callee *callee)
{
    (void)callee;
    return expr(l, arg_at(n, 0));
}

static IrExpr *lower_anext(Lower *l, Node *n, Callee *callee)
{
    IrExpr *gen = expr(l, arg_at(n, 0));

    if (callee->init)
        return call_with(l, callee->init, gen, NULL, 0);
    return RUNTIME(l, "art_asyncgen_anext", RT_ASYNC | RT_RAISES | RT_OUT, t_of(l, TYPE_COROUTINE, gen->type->args[0]),
                   gen);
}

static Iteration *pairs(Lower *l, Node *n, IterKind kind, Type *elem)
{
    Iteration *it = arena_new(l->arena, Iteration);

    it->kind = kind;
    it->elem = elem;
    for (uint32_t i = 0; i < arg_count(n); i++) {
        const Arg *arg = &n->as.call.args.items[i];
        bool is_start = kind == ITER_ENUMERATE && i > 0;
        if (is_start)
            it->extra = arg->value;
        else if (arg->kind == ARG_POSITIONAL)
            vec_push(l->arena, &it->inner, iteration_at(l, arg->value));
    }
    return it;
}

static IrExpr *lower_pairs(Lower *l, Node *n, Callee *callee)
{
    IterKind kind = callee->special == SPECIAL_ZIP ? ITER_ZIP : ITER_ENUMERATE;
    Type *type = result_of(l, n, callee);

    return generator_over(l, pairs(l, n, kind, type->args[0]), type);
}

static IrExpr *lower_reversed(Lower *l, Node *n, Callee *callee)
{
    Iteration it = {.kind = ITER_REVERSED, .value = arg_at(n, 0)};

    if (callee->init)
        return call_with(l, callee->init, expr(l, arg_at(n, 0)), NULL, 0);
    it.elem = result_of(l, n, callee)->args[0];
    return generator_over(l, &it, result_of(l, n, callee));
}

/* -- choice ---------------------------------------------------------------------------------------------------------------------------------------------- */

static IrExpr *lower_min_max(Lower *l, Node *n, Callee *callee)
{
    Operator op = callee->special == SPECIAL_MIN ? OP_LT : OP_GT;
    Type *type = type_at(l, n);
    Operands ops = {0};

    for (uint32_t i = 0; i < arg_count(n); i++)
        operands_add(l, &ops, expr(l, arg_at(n, i)));
    operands_settle(l, &ops);
    IrExpr *a = to_simple(l, ops.items.items[0].value, NULL), *b = to_simple(l, ops.items.items[1].value, NULL);
    if (arg_count(n) == 2 && a->type == b->type && is_number_type(a->type)) {
        IrExpr *e = e_new(l, IR_SELECT, a->type);
        add_arg(l, e, compare_op(l, op, b, a));
        add_arg(l, e, b);
        add_arg(l, e, a);
        return convert(l, e, type);
    }
    IrVar *best = hidden_var(l, op == OP_LT ? "least" : "most", type);
    emit_set(l, best, convert(l, a, type));
    for (uint32_t i = 1; i < ops.items.len; i++) {
        IrExpr *one = i == 1 ? b : to_simple(l, ops.items.items[i].value, NULL);
        IrStmt *test = ir_stmt(l->c, IR_IF, l->fn->span);
        test->cond = compare_op(l, op, one->type == type ? one : convert(l, one, type), e_read(l, best));
        emit(l, test);
        IrBlock *outer = enter_block(l, &test->body);
        emit_set(l, best, convert(l, one, type));
        enter_block(l, outer);
    }
    return e_read(l, best);
}

/* -- attributes by name ------------------------------------------------------------------------------------------------------------------------------------ */

static const char *constant_name(Lower *l, const Node *n)
{
    return intern(l->c->names, n->as.str.text, n->as.str.len);
}

static IrExpr *lower_hasattr(Lower *l, Node *n, Callee *callee)
{
    IrExpr *e = expr(l, arg_at(n, 0));

    if (types_is_box(e->type))
        return RUNTIME(l, "art_box_hasattr", 0, t_bool(l), box(l, e), c_text(l, constant_name(l, arg_at(n, 1))));
    emit_eval(l, e);
    return e_bool(l, callee->is_abstract);
}

/* The ATTRIBUTE node that the call stands for shares the call's id: its action and type take their place meanwhile. */
static IrExpr *as_attribute(Lower *l, Node *n, const Callee *callee, IrExpr *(*load)(Lower *, Node *))
{
    Action **action = &l->fn->inst->actions[n->id], *own_action = *action;
    Type **type = &l->fn->inst->types[n->id], *own_type = *type;
    IrExpr *e;

    *action = callee->access_action;
    if (callee->access_type)
        *type = callee->access_type;
    e = load(l, callee->access);
    *action = own_action;
    *type = own_type;
    return e;
}

static IrExpr *lower_getattr(Lower *l, Node *n, Callee *callee)
{
    Type *type = type_at(l, n);

    if (!callee->access) {
        effects_only(l, arg_at(n, 0));
        return expr_to(l, arg_at(n, 2), type);
    }
    if (arg_count(n) == 3 && types_is_box(type_at(l, arg_at(n, 0)))) {
        IrExpr *object = to_simple(l, expr(l, arg_at(n, 0)), NULL);
        return RUNTIME(l, "art_box_getattr_or", 0, t_any(l), box(l, object), c_text(l, constant_name(l, arg_at(n, 1))),
                       box(l, expr(l, arg_at(n, 2))));
    }
    IrExpr *e = as_attribute(l, n, callee, load_attribute);
    if (arg_count(n) == 3)
        effects_only(l, arg_at(n, 2));
    return convert(l, e, type);
}

static IrExpr *lower_setattr(Lower *l, Node *n, Callee *callee)
{
    Action **action = &l->fn->inst->actions[n->id], *own = *action;
    IrExpr *value = to_simple(l, expr(l, arg_at(n, 2)), NULL);

    *action = callee->access_action;
    l->thaws = callee->is_dynamic;
    assign_to(l, callee->access, value);
    l->thaws = false;
    *action = own;
    return e_none(l, t_none(l));
}

static IrExpr *lower_cast(Lower *l, Node *n, Callee *callee)
{
    (void)callee;
    return narrowed_to(l, expr(l, arg_at(n, 1)), type_at(l, n));
}

/* -- exception groups ------------------------------------------------------------------------------------------------------------------------------------------ */

static IrExpr *lower_exc_group(Lower *l, Node *n, Callee *callee)
{
    Type *list = t_of(l, TYPE_LIST, t_exception(l));
    Operands ops = {0};

    operands_add(l, &ops, expr_to(l, arg_at(n, 0), t_str(l)));
    IrExpr *items = expr(l, arg_at(n, 1));
    if (items->type->kind == TYPE_TUPLE)
        items = convert(l, items, list);
    operands_add(l, &ops, items);
    operands_settle(l, &ops);
    return RUNTIME(l, "art_exc_group_new", RT_RAISES, callee->result, e_type(l, callee->result),
                   ops.items.items[0].value, ops.items.items[1].value);
}

static IrExpr *type_array(Lower *l, Node *n, uint32_t *count)
{
    IrExpr *array = e_new(l, IR_ARRAY, t_any(l));
    NodeVec one = {.items = &n, .len = 1}, *nodes = n->kind == NODE_TUPLE ? &n->as.list.items : &one;

    for (uint32_t i = 0; i < nodes->len; i++)
        add_arg(l, array, expr(l, nodes->items[i]));
    *count = nodes->len;
    return array;
}

static IrExpr *lower_split(Lower *l, Node *n, Callee *callee)
{
    uint32_t count;
    IrExpr *group = expr(l, n->as.call.func->as.attribute.value);
    Type *group_type = types_optional(l->types, group->type), *pair_types[] = {group_type, group_type};
    Type *pair = types_make(l->types, TYPE_TUPLE, l->kinds[TYPE_TUPLE], pair_types, 2);

    group = convert(l, to_simple(l, group, "group"), t_exception(l));
    IrExpr *parts;
    if (callee->init) {
        IrExpr *predicate = callback_closure(l, callee->init, arg_at(n, 0), group->type, t_bool(l));
        parts = RUNTIME(l, "art_exc_split_by", RT_RAISES | RT_OUT, pair, group, predicate);
    } else {
        IrExpr *types = type_array(l, arg_at(n, 0), &count);
        parts = RUNTIME(l, "art_exc_split_pair", RT_OUT, pair, group, types, e_int(l, count));
    }
    return callee->result->kind == TYPE_TUPLE ? parts : e_item(l, parts, 0);
}

/* -- the table ------------------------------------------------------------------------------------------------------------------------------------------------------ */

static IrExpr *lower_print_special(Lower *l, Node *n, Callee *callee)
{
    (void)callee;
    return lower_print(l, n);
}

static IrExpr *lower_is_dataclass(Lower *l, Node *n, Callee *callee)
{
    effects_only(l, arg_at(n, 0));
    return e_bool(l, callee->is_abstract);
}

/* ContextVar(name, default=x) */
static IrExpr *lower_contextvar(Lower *l, Node *n, Callee *callee)
{
    Node *given = arg_named(n, "default");
    IrExpr *name = expr_to(l, arg_at(n, 0), t_str(l));

    if (!given)
        return RUNTIME(l, "art_contextvar_new", RT_TYPED, callee->result, name,
                       e_none(l, types_optional(l->types, t_str(l))));
    return RUNTIME(l, "art_contextvar_new", RT_TYPED | RT_SLOT1, callee->result, name,
                   expr_to(l, given, callee->result->args[0]));
}

static IrExpr *nothing(Lower *l, Node *n, Callee *callee)
{
    (void)n;
    return e_zero(l, callee->result ? callee->result : t_none(l));
}

typedef IrExpr *LowerSpecial(Lower *l, Node *n, Callee *callee);

static LowerSpecial *const specials[SPECIAL_COUNT] = {
    [SPECIAL_PRINT] = lower_print_special,
    [SPECIAL_LEN] = lower_len,
    [SPECIAL_ISINSTANCE] = lower_isinstance,
    [SPECIAL_ISSUBCLASS] = lower_issubclass,
    [SPECIAL_TYPE] = lower_type,
    [SPECIAL_SUPER] = lower_super,
    [SPECIAL_RANGE] = lower_range,
    [SPECIAL_STR] = lower_str,
    [SPECIAL_REPR] = lower_repr,
    [SPECIAL_INT] = lower_int,
    [SPECIAL_FLOAT] = lower_float,
    [SPECIAL_BOOL] = lower_bool,
    [SPECIAL_LIST] = lower_container,
    [SPECIAL_SET] = lower_container,
    [SPECIAL_FROZENSET] = lower_container,
    [SPECIAL_TUPLE] = lower_container,
    [SPECIAL_DEQUE] = lower_container,
    [SPECIAL_DICT] = lower_dict_call,
    [SPECIAL_FROMKEYS] = lower_fromkeys,
    [SPECIAL_DEFAULTDICT] = lower_defaultdict,
    [SPECIAL_ITER] = lower_iter,
    [SPECIAL_NEXT] = lower_next,
    [SPECIAL_AITER] = lower_aiter,
    [SPECIAL_ANEXT] = lower_anext,
    [SPECIAL_ENUMERATE] = lower_pairs,
    [SPECIAL_ZIP] = lower_pairs,
    [SPECIAL_REVERSED] = lower_reversed,
    [SPECIAL_MIN] = lower_min_max,
    [SPECIAL_MAX] = lower_min_max,
    [SPECIAL_HASATTR] = lower_hasattr,
    [SPECIAL_GETATTR] = lower_getattr,
    [SPECIAL_SETATTR] = lower_setattr,
    [SPECIAL_HASH] = lower_hash,
    [SPECIAL_ID] = lower_id,
    [SPECIAL_CALLABLE] = lower_callable,
    [SPECIAL_ISCOROUTINE] = lower_iscoroutine,
    [SPECIAL_ISCOROUTINEFUNCTION] = lower_iscoroutine,
    [SPECIAL_FORMAT] = lower_format,
    [SPECIAL_STR_FORMAT] = lower_str_format,
    [SPECIAL_RUN] = lower_run,
    [SPECIAL_CREATE_TASK] = lower_create_task,
    [SPECIAL_GATHER] = lower_gather,
    [SPECIAL_CALL_SOON] = lower_call_soon,
    [SPECIAL_EXECUTOR] = lower_executor,
    [SPECIAL_CREATE_FUTURE] = lower_create_future,
    [SPECIAL_RUN_UNTIL] = lower_run_until,
    [SPECIAL_CAST] = lower_cast,
    [SPECIAL_EXC_GROUP] = lower_exc_group,
    [SPECIAL_BASE_EXC_GROUP] = lower_exc_group,
    [SPECIAL_SPLIT] = lower_split,
    [SPECIAL_REPLACE] = lower_replace,
    [SPECIAL_ASDICT] = lower_asdict,
    [SPECIAL_ASTUPLE] = lower_astuple,
    [SPECIAL_FIELDS] = lower_fields,
    [SPECIAL_IS_DATACLASS] = lower_is_dataclass,
    [SPECIAL_CONTEXTVAR] = lower_contextvar,
    [SPECIAL_FIELD] = nothing,
    [SPECIAL_TYPEVAR] = nothing,
    [SPECIAL_AUTO] = nothing,
    [SPECIAL_NAMEDTUPLE] = nothing,
};

IrExpr *lower_special(Lower *l, Node *n, Callee *callee)
{
    LowerSpecial *lower = specials[callee->special];

    return lower ? lower(l, n, callee) : nothing(l, n, callee);
}

/* Of a value: an argument in a Callable, a factory, a key. */
IrExpr *special_with(Lower *l, Callee *callee, const IrExprVec *args)
{
    IrExpr *arg = args->len ? args->items[0] : NULL;

    switch (callee->special) {
    case SPECIAL_INT: return arg ? to_int(l, arg, NULL) : e_int(l, 0);
    case SPECIAL_FLOAT: return arg ? to_float(l, arg) : e_float(l, 0);
    case SPECIAL_STR: return arg ? str_of(l, arg) : e_str(l, "", 0);
    case SPECIAL_REPR: return repr_of(l, arg);
    case SPECIAL_BOOL: return arg ? truth(l, arg) : e_bool(l, false);
    case SPECIAL_LEN: return len_of(l, arg);
    default: break;
    }
    if (!arg || callee->special == SPECIAL_DICT)
        return empty_of(l, callee->result);
    Iteration it = {.kind = ITER_ANY};
    it.value = arena_new(l->arena, Node);
    it.elem = element_type(l, arg->type);
    map_set(l->arena, &l->special_args, it.value, arg);
    return container_of(l, &it, callee->result);
}

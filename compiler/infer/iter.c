/* Iteration: what a for loop, a comprehension, an unpacking or `*x` walks, and what each item is.
 *
 *     for i in range(n)             a counting loop
 *     for a, b in zip(xs, ys)       two lists side by side, no tuple is made
 *     for x in numbers(3)           a generator of the program, its frame in place
 *     for x in thing                by the type: list, dict, generator object, a class with __iter__ …
 *
 * Only a direct call in the loop's head is special; the same as a value is an object of the library. */
#include "infer/internal.h"

static Iteration *new_iteration(Infer *inf, IterKind kind, Type *elem, Node *value)
{
    Iteration *it = arena_new(inf->c->arena, Iteration);

    it->kind = kind;
    it->elem = elem;
    it->value = value;
    return it;
}

static Type *joined(Infer *inf, Type *t)
{
    Type *elem = plain(inf, TYPE_NEVER);

    for (uint32_t i = 0; i < t->arg_count; i++)
        elem = elem_join(inf, elem, t->args[i]);
    return elem;
}

static bool user_iteration(Infer *inf, Type *t, Node *n, Iteration *it)
{
    Span span = n ? n->span : (Span){0};
    Callee *iter = call_method(inf, t, inf->names.iter, NULL, NULL, 0, span, true);
    Type *iterator = iter ? types_find(iter->result) : t;

    it->iter = iter;
    it->iterator = iterator;
    if (iter && iterator->kind != TYPE_CLASS) { /* __iter__ is a generator, or gives a list's iterator */
        Iteration inner = {0};
        Type *elem = iter_elem(inf, iterator, n, &inner);
        it->kind = ITER_USER;
        it->elem = elem;
        return elem != NULL;
    }
    it->next = call_method(inf, iterator, inf->names.next, NULL, NULL, 0, span, true);
    if (it->next) {
        it->kind = ITER_USER;
        it->elem = types_find(it->next->result);
        return true;
    }
    if (iter)
        return is_void_type(iterator);
    Type *int_type = plain(inf, TYPE_INT);
    it->next = call_method(inf, t, inf->names.getitem, NULL, &int_type, 1, span, true);
    it->kind = ITER_GETITEM;
    it->elem = it->next ? types_find(it->next->result) : NULL;
    return it->next != NULL;
}

static Type *union_elem(Infer *inf, Type *t)
{
    Type *elem = plain(inf, TYPE_NEVER);

    for (uint32_t i = 0; i < t->arg_count; i++) {
        Iteration scratch = {0};
        Type *member = types_find(t->args[i]);
        Type *one = member->kind == TYPE_CLASS || member->kind == TYPE_NONE ? NULL : iter_elem(inf, member, NULL, &scratch);
        if (!one)
            return NULL;
        elem = elem_join(inf, elem, one);
    }
    return elem;
}

Type *iter_elem(Infer *inf, Type *t, Node *n, Iteration *it)
{
    t = types_find(t);
    switch (t->kind) {
    case TYPE_LIST:
        it->kind = ITER_LIST;
        return it->elem = types_find(t->args[0]);
    case TYPE_VARTUPLE:
        it->kind = ITER_VARTUPLE;
        return it->elem = types_find(t->args[0]);
    case TYPE_TUPLE:
        it->kind = ITER_TUPLE;
        return it->elem = joined(inf, t);
    case TYPE_STR:
        it->kind = ITER_STR;
        return it->elem = t;
    case TYPE_BYTES:
    case TYPE_BYTEARRAY:
        it->kind = ITER_BYTES;
        return it->elem = plain(inf, TYPE_INT);
    case TYPE_DICT:
        it->kind = ITER_DICT;
        return it->elem = types_find(t->args[0]);
    case TYPE_SET:
    case TYPE_FROZENSET:
        it->kind = ITER_SET;
        return it->elem = types_find(t->args[0]);
    case TYPE_DEQUE:
        it->kind = ITER_DEQUE;
        return it->elem = types_find(t->args[0]);
    case TYPE_RANGE:
        it->kind = ITER_RANGE_VALUE;
        return it->elem = plain(inf, TYPE_INT);
    case TYPE_GENERATOR:
        it->kind = ITER_GENERATOR;
        return it->elem = types_find(t->args[0]);
    case TYPE_ANY:
        it->kind = ITER_ANY;
        return it->elem = t;
    case TYPE_UNION:
        it->kind = ITER_ANY;
        return it->elem = union_elem(inf, t);
    case TYPE_NEVER:
    case TYPE_BROKEN:
    case TYPE_CELL:
        it->kind = ITER_ANY;
        return it->elem = t->kind == TYPE_BROKEN ? t : plain(inf, TYPE_NEVER);
    case TYPE_CLASSOBJ: {
        Type *object = types_find(t->args[0]);
        if (!object->cls || !object->cls->is_enum)
            return NULL;
        class_reach(inf, info_of(inf, object->cls));
        class_body(inf, info_of(inf, object->cls)->scope);
        it->kind = ITER_ENUM;
        return it->elem = object;
    }
    case TYPE_CLASS:
        if (t->cls->is_namedtuple || (t->cls->base && t->cls->base->is_namedtuple)) {
            ClassInfo *info = info_of(inf, t->cls);
            Type *elem = plain(inf, TYPE_NEVER);
            for (uint32_t i = 0; i < info->init_fields.len; i++)
                elem = elem_join(inf, elem, info->init_fields.items[i]->type);
            it->kind = ITER_TUPLE;
            return it->elem = elem;
        }
        return user_iteration(inf, t, n, it) ? it->elem : NULL;
    default:
        return NULL;
    }
}

static bool is_call_of(Infer *inf, Node *n, Special special)
{
    return n->kind == NODE_CALL && n->as.call.func->kind == NODE_NAME && special_call(inf, n->as.call.func) == (int)special;
}

static bool plain_args(const Node *n, uint32_t least, uint32_t most)
{
    if (n->as.call.args.len < least || n->as.call.args.len > most)
        return false;
    for (uint32_t i = 0; i < n->as.call.args.len; i++)
        if (n->as.call.args.items[i].kind != ARG_POSITIONAL)
            return false;
    return true;
}

static Type *tuple_type(Infer *inf, Type **args, uint32_t count)
{
    return types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], args, count);
}

static Iteration *iterate_enumerate(Infer *inf, Node *n)
{
    Arg *start = NULL;

    if (n->as.call.args.len == 0 || n->as.call.args.len > 2 || n->as.call.args.items[0].kind != ARG_POSITIONAL)
        return NULL;
    if (n->as.call.args.len == 2) {
        start = &n->as.call.args.items[1];
        if (start->kind != ARG_POSITIONAL && !(start->kind == ARG_KEYWORD && !strcmp(start->name, "start")))
            return NULL;
    }
    Iteration *inner = iterate(inf, n->as.call.args.items[0].value, false);
    if (!inner)
        return NULL;
    if (start)
        infer_expr(inf, start->value);
    Type *args[] = {plain(inf, TYPE_INT), inner->elem};
    Iteration *it = new_iteration(inf, ITER_ENUMERATE, tuple_type(inf, args, 2), n);
    it->extra = start ? start->value : NULL;
    vec_push(inf->c->arena, &it->inner, inner);
    return it;
}

static Iteration *iterate_zip(Infer *inf, Node *n)
{
    uint32_t count = n->as.call.args.len;
    Type **args = arena_array(inf->c->arena, Type *, count + 1);
    Iteration *it = new_iteration(inf, ITER_ZIP, NULL, n);

    for (uint32_t i = 0; i < count; i++) {
        Iteration *inner = iterate(inf, n->as.call.args.items[i].value, false);
        if (!inner)
            return NULL;
        args[i] = inner->elem;
        vec_push(inf->c->arena, &it->inner, inner);
    }
    it->elem = tuple_type(inf, args, count);
    return it;
}

static Iteration *iterate_reversed(Infer *inf, Node *n)
{
    Node *value = n->as.call.args.items[0].value;
    Type *t = infer_expr(inf, value);
    Iteration scratch = {0};

    if (t->kind != TYPE_LIST && t->kind != TYPE_VARTUPLE && t->kind != TYPE_STR && t->kind != TYPE_RANGE && t->kind != TYPE_DEQUE &&
        t->kind != TYPE_TUPLE)
        return NULL;
    iter_elem(inf, t, value, &scratch);
    return new_iteration(inf, ITER_REVERSED, scratch.elem, value);
}

/* d.items() and d.values() in a loop's head walk the dict itself. */
static Iteration *iterate_view(Infer *inf, Node *n)
{
    Node *func = n->as.call.func;
    const char *name = func->as.attribute.name;
    bool is_items = !strcmp(name, "items"), is_values = !strcmp(name, "values"), is_keys = !strcmp(name, "keys");
    Type *t;

    if (n->as.call.args.len || (!is_items && !is_values && !is_keys))
        return NULL;
    t = use_value(inf, func->as.attribute.value, infer_expr(inf, func->as.attribute.value), ".%s", name);
    if (t->kind != TYPE_DICT)
        return NULL;
    if (!is_items)
        return new_iteration(inf, is_keys ? ITER_DICT : ITER_DICT_VALUES, types_find(t->args[is_keys ? 0 : 1]), func->as.attribute.value);
    return new_iteration(inf, ITER_DICT_ITEMS, tuple_type(inf, t->args, 2), func->as.attribute.value);
}

static Iteration *iterate_call(Infer *inf, Node *n)
{
    if (n->as.call.func->kind == NODE_ATTRIBUTE)
        return iterate_view(inf, n);
    if (is_call_of(inf, n, SPECIAL_RANGE) && plain_args(n, 1, 3)) {
        infer_expr(inf, n);
        return new_iteration(inf, ITER_RANGE, plain(inf, TYPE_INT), n);
    }
    if (is_call_of(inf, n, SPECIAL_ENUMERATE))
        return iterate_enumerate(inf, n);
    if (is_call_of(inf, n, SPECIAL_ZIP) && n->as.call.args.len && n->as.call.args.len <= 16) {
        for (uint32_t i = 0; i < n->as.call.args.len; i++)
            if (n->as.call.args.items[i].kind != ARG_POSITIONAL) /* with strict=, a generator of the library */
                return NULL;
        return iterate_zip(inf, n);
    }
    if (is_call_of(inf, n, SPECIAL_REVERSED) && plain_args(n, 1, 1))
        return iterate_reversed(inf, n);
    return NULL;
}

static Iteration *iterate_async(Infer *inf, Node *n)
{
    Type *t = infer_expr(inf, n);
    Iteration *it = new_iteration(inf, ITER_ASYNCGEN, NULL, n);
    Action *action = inf->inst->actions[n->id];

    if (t->kind == TYPE_ASYNCGEN) {
        it->elem = types_find(t->args[0]);
        if (n->kind == NODE_CALL && action && action->kind == ACT_CALL && action->callee->kind == CALLEE_INSTANCE) {
            it->kind = ITER_ASYNCGEN_CALL;
            it->callee = action->callee;
        }
        return it;
    }
    if (is_void_type(t)) {
        it->elem = t;
        return it;
    }
    it->iter = call_method(inf, t, inf->names.aiter, NULL, NULL, 0, n->span, true);
    it->iterator = it->iter ? types_find(it->iter->result) : t;
    it->kind = ITER_ASYNC_USER;
    if (it->iterator->kind == TYPE_ASYNCGEN) {
        it->elem = types_find(it->iterator->args[0]);
        return it;
    }
    it->next = call_method(inf, it->iterator, inf->names.anext, NULL, NULL, 0, n->span, true);
    Type *awaited = !it->next ? NULL
                    : it->next->kind == CALLEE_C && it->next->is_async ? types_find(it->next->result)
                                                                       : await_result(inf, it->next->result, NULL);
    if (awaited) {
        it->elem = awaited;
        return it;
    }
    Iteration scratch = {0};
    Diag *d = report(inf, n->span, "'async for' needs an async generator or a class with __aiter__ and __anext__, not %s", spell(inf, t));
    if (iter_elem(inf, t, NULL, &scratch))
        help(inf, d, "write a plain 'for'");
    return NULL;
}

Iteration *iterate(Infer *inf, Node *n, bool is_async)
{
    Iteration *it = NULL;

    if (is_async) {
        it = iterate_async(inf, n);
    } else {
        if (n->kind == NODE_CALL)
            it = iterate_call(inf, n);
        if (!it) {
            Type *t = use_value(inf, n, infer_expr(inf, n), "'NoneType' object is not iterable");
            Action *action = inf->inst->actions[n->id];
            it = new_iteration(inf, ITER_ANY, NULL, n);
            if (!iter_elem(inf, t, n, it)) {
                Diag *d = report(inf, n->span, "%s cannot be iterated over", spell(inf, t));
                if (t->kind == TYPE_ASYNCGEN || (class_of(inf, t) && method_of(inf, class_of(inf, t), inf->names.aiter)))
                    help(inf, d, "write 'async for'");
                else if (types_is_optional(t))
                    help(inf, d, "it may be None: check it before");
                else if (t->kind == TYPE_COROUTINE)
                    help(inf, d, "await the coroutine first");
                return NULL;
            }
            if (t->kind == TYPE_GENERATOR && n->kind == NODE_CALL && action && action->kind == ACT_CALL &&
                action->callee->kind == CALLEE_INSTANCE && action->callee->is_generator) {
                it->kind = ITER_GENERATOR_CALL;
                it->callee = action->callee;
            }
        }
    }
    if (it && !inf->silent) {
        if (n->id != UINT32_MAX) {
            Iteration **slot = iteration_slot(inf, n);
            *slot = it;
        }
    }
    return it;
}

/* How a node is iterated stands beside its own action, since it may be a call. */
Iteration **iteration_slot(Infer *inf, Node *n)
{
    return &inf->inst->iterations[n->id];
}

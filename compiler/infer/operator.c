/* Operators, comparisons and subscripts.
 *
 *     int + int, str % x, a < b of numbers      no action: lowering chooses the operation by the types
 *     list + list, x + y of a class             ACT_CALL: a method of the left operand, or the reflected one of the right
 *     int | float in an operand                 every combination of members must be possible; the result is their join
 *     Any                                       Any: checked when run */
#include "infer/internal.h"

static const char *const method_names[OP_COUNT][3] = {
    /* plain, reflected, in place */
    [OP_ADD] = {"__add__", "__radd__", "__iadd__"},
    [OP_SUB] = {"__sub__", "__rsub__", "__isub__"},
    [OP_MUL] = {"__mul__", "__rmul__", "__imul__"},
    [OP_MATMUL] = {"__matmul__", "__rmatmul__", "__imatmul__"},
    [OP_DIV] = {"__truediv__", "__rtruediv__", "__itruediv__"},
    [OP_FLOORDIV] = {"__floordiv__", "__rfloordiv__", "__ifloordiv__"},
    [OP_MOD] = {"__mod__", "__rmod__", "__imod__"},
    [OP_POW] = {"__pow__", "__rpow__", "__ipow__"},
    [OP_LSHIFT] = {"__lshift__", "__rlshift__", "__ilshift__"},
    [OP_RSHIFT] = {"__rshift__", "__rrshift__", "__irshift__"},
    [OP_AND] = {"__and__", "__rand__", "__iand__"},
    [OP_OR] = {"__or__", "__ror__", "__ior__"},
    [OP_XOR] = {"__xor__", "__rxor__", "__ixor__"},
    [OP_NEG] = {"__neg__", NULL, NULL},
    [OP_POS] = {"__pos__", NULL, NULL},
    [OP_INVERT] = {"__invert__", NULL, NULL},
    [OP_LT] = {"__lt__", "__gt__", NULL},
    [OP_LE] = {"__le__", "__ge__", NULL},
    [OP_GT] = {"__gt__", "__lt__", NULL},
    [OP_GE] = {"__ge__", "__le__", NULL},
};

static const char *method_name(Infer *inf, Operator op, int which)
{
    const char *name = method_names[op][which];

    return name ? intern_text(inf->c->names, name) : NULL;
}

static bool is_int(const Type *t)
{
    return t->kind == TYPE_INT || t->kind == TYPE_BOOL;
}

static bool is_bitwise(Operator op)
{
    return op == OP_AND || op == OP_OR || op == OP_XOR || op == OP_LSHIFT || op == OP_RSHIFT;
}

/* Two plain numbers; NULL: not defined for them. */
static Type *number_result(Infer *inf, Operator op, const Type *a, const Type *b, const Node *right)
{
    bool ints = is_int(a) && is_int(b);

    if (op == OP_MATMUL || (is_bitwise(op) && !ints))
        return NULL;
    if (ints && (op == OP_AND || op == OP_OR || op == OP_XOR) && a->kind == TYPE_BOOL && b->kind == TYPE_BOOL)
        return plain(inf, TYPE_BOOL);
    if (op == OP_DIV)
        return plain(inf, TYPE_FLOAT);
    if (op == OP_POW && ints && right && right->kind == NODE_UNARY && right->as.unary.op == OP_NEG &&
        right->as.unary.operand->kind == NODE_INT)
        return plain(inf, TYPE_FLOAT);
    return plain(inf, ints ? TYPE_INT : TYPE_FLOAT);
}

/* A member of an IntEnum is its value in arithmetic. */
static Type *unmixed(Infer *inf, Type *t)
{
    t = types_find(t);
    return is_user_class(t) && t->cls->mixin && t->cls->is_enum && !t->cls->is_flag ? types_find(t->cls->mixin->type)
                                                                                    : ((void)inf, t);
}

/* A named tuple counts as the tuple of its fields, unless its class has a method for it. */
static Type *as_tuple(Infer *inf, Type *t, const char *method)
{
    if (!is_user_class(t) || !(t->cls->is_namedtuple || (t->cls->base && t->cls->base->is_namedtuple)) ||
        method_of(inf, t->cls, method))
        return t;
    ClassInfo *info = info_of(inf, t->cls);
    Type **args = arena_array(inf->c->arena, Type *, info->init_fields.len + 1);
    for (uint32_t i = 0; i < info->init_fields.len; i++)
        args[i] = types_find(info->init_fields.items[i]->type);
    return types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], args, info->init_fields.len);
}

/* What the runtime does for pairs of built-in types without a call of a method; NULL: nothing. */
static Type *plain_result(Infer *inf, Operator op, Type *a, Type *b, Node *right)
{
    a = unmixed(inf, a);
    b = unmixed(inf, b);
    if (op == OP_ADD) {
        a = as_tuple(inf, a, intern_text(inf->c->names, "__add__"));
        b = as_tuple(inf, b, intern_text(inf->c->names, "__radd__"));
    }
    if (is_number(a) && is_number(b) && a->kind != TYPE_UNION && b->kind != TYPE_UNION)
        return number_result(inf, op, a, b, right);
    if (op == OP_ADD && a->kind == TYPE_STR && b->kind == TYPE_STR)
        return a;
    if (op == OP_MOD && a->kind == TYPE_STR) {
        reach_format(inf, b);
        return a;
    }
    if (op == OP_MUL && ((a->kind == TYPE_STR && is_int(b)) || (is_int(a) && b->kind == TYPE_STR)))
        return plain(inf, TYPE_STR);
    if (op == OP_ADD && a->kind == TYPE_TUPLE && b->kind == TYPE_TUPLE) {
        Type **args = arena_array(inf->c->arena, Type *, a->arg_count + b->arg_count + 1);
        for (uint32_t i = 0; i < a->arg_count + b->arg_count; i++)
            args[i] = i < a->arg_count ? a->args[i] : b->args[i - a->arg_count];
        return types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], args, a->arg_count + b->arg_count);
    }
    if (op == OP_ADD && (a->kind == TYPE_VARTUPLE || a->kind == TYPE_TUPLE) &&
        (b->kind == TYPE_VARTUPLE || b->kind == TYPE_TUPLE))
        return join(inf, a->kind == TYPE_VARTUPLE ? a : b, a->kind == TYPE_VARTUPLE ? b : a);
    if (op == OP_MUL && (a->kind == TYPE_TUPLE || a->kind == TYPE_VARTUPLE) && is_int(b)) {
        Type *elem = plain(inf, TYPE_NEVER);
        for (uint32_t i = 0; i < a->arg_count; i++)
            elem = elem_join(inf, elem, a->args[i]);
        return make1(inf, TYPE_VARTUPLE, elem);
    }
    return NULL;
}

/* Unions: each pair of members; NULL as soon as one is not possible. */
static Type *union_result(Infer *inf, Operator op, Type *a, Type *b, Node *right)
{
    Type *result = plain(inf, TYPE_NEVER);

    for (uint32_t i = 0; i < (a->kind == TYPE_UNION ? a->arg_count : 1); i++)
        for (uint32_t j = 0; j < (b->kind == TYPE_UNION ? b->arg_count : 1); j++) {
            Type *one = plain_result(inf, op, a->kind == TYPE_UNION ? a->args[i] : a,
                                     b->kind == TYPE_UNION ? b->args[j] : b, right);
            if (!one)
                return NULL;
            result = join(inf, result, one);
        }
    return result;
}

static void unsupported(Infer *inf, Span span, Operator op, Type *a, Type *b)
{
    Type *optional = types_is_optional(a) ? a : types_is_optional(b) ? b : NULL;
    Diag *d = report(inf, span, "'%s' is not defined for %s and %s", operator_text(op), spell(inf, a), spell(inf, b));

    if (a->kind == TYPE_COROUTINE || b->kind == TYPE_COROUTINE)
        help(inf, d, "await the coroutine first");
    else if (optional)
        help(inf, d, "one side may be None: check it before, as in `if x is not None`");
    else if (op == OP_ADD && (a->kind == TYPE_STR || b->kind == TYPE_STR))
        help(inf, d, "convert with str(), or write an f-string");
}

static const char *class_name(Infer *inf, Type *t)
{
    t = types_find(t);
    return t->kind == TYPE_CLASS      ? t->cls->name
           : t->kind == TYPE_VARTUPLE ? "tuple"
           : class_of(inf, t)         ? class_of(inf, t)->name
                                      : "NoneType";
}

/* An operand that is None only as far as its type shows. */
static void use_operands(Infer *inf, Operator op, Node *left, Type **lt, Node *right, Type **rt)
{
    bool is_order = op == OP_LT || op == OP_LE || op == OP_GT || op == OP_GE;
    const char *format = is_order ? "'%s' not supported between instances of '%s' and '%s'"
                                  : "unsupported operand type(s) for %s: '%s' and '%s'";

    *lt = is_number(*lt) ? *lt : use_known(inf, left, *lt);
    *rt = is_number(*rt) ? *rt : use_known(inf, right, *rt);
    if (types_is_optional(*lt) && !is_void_type(*rt))
        *lt = use_value(inf, left, *lt, format, operator_text(op), "NoneType",
                        class_name(inf, types_without_none(inf->ts, *rt)));
    if (types_is_optional(*rt) && !is_void_type(*lt))
        *rt = use_value(inf, right, *rt, format, operator_text(op), class_name(inf, *lt), "NoneType");
}

Type *infer_binary(Infer *inf, Node *n, Operator op, Node *left, Type *lt, Node *right, Type *rt, bool is_augmented)
{
    Callee *callee;

    inf->inst->actions[n->id] = NULL;
    use_operands(inf, op, left, &lt, right, &rt);
    if (is_void_type(lt) || is_void_type(rt))
        return lt->kind == TYPE_BROKEN || rt->kind == TYPE_BROKEN ? broken(inf) : plain(inf, TYPE_NEVER);
    if (lt->kind == TYPE_CLASSOBJ && op == OP_OR) /* int | str as a value: a type expression */
        return lt;
    Type *result = plain_result(inf, op, lt, rt, right);
    if (result)
        return result;
    if (is_augmented) {
        callee = call_method(inf, lt, method_name(inf, op, 2), &right, &rt, 1, n->span, true);
        if (callee) {
            Action *action = act(inf, n, ACT_CALL);
            action->callee = callee;
            action->in_place = true;
            return types_find(callee->result);
        }
    }
    if (lt->kind == TYPE_ANY || rt->kind == TYPE_ANY)
        return plain(inf, TYPE_ANY);
    if (lt->kind == TYPE_UNION || rt->kind == TYPE_UNION) {
        result = union_result(inf, op, lt, rt, right);
        if (result)
            return result;
        if ((lt->kind == TYPE_UNION && !is_integer(lt)) || (rt->kind == TYPE_UNION && !is_integer(rt))) {
            unsupported(inf, n->span, op, lt, rt);
            return broken(inf);
        }
    }
    callee =
        method_name(inf, op, 0) ? call_method(inf, lt, method_name(inf, op, 0), &right, &rt, 1, n->span, true) : NULL;
    if (callee && !(is_user_class(lt) && only_refuses(inf, callee))) {
        act(inf, n, ACT_CALL)->callee = callee;
        return types_find(callee->result);
    }
    callee = call_method(inf, rt, method_name(inf, op, 1), &left, &lt, 1, n->span, true);
    if (callee) {
        Action *action = act(inf, n, ACT_CALL);
        action->callee = callee;
        action->reflected = true;
        return types_find(callee->result);
    }
    if (is_user_class(lt) && method_of(inf, lt->cls, method_name(inf, op, 0))) /* say why its arguments do not fit */
        call_method(inf, lt, method_name(inf, op, 0), &right, &rt, 1, n->span, false);
    else
        unsupported(inf, n->span, op, lt, rt);
    return broken(inf);
}

/* A method whose instance for these types can only return NotImplemented. */
bool only_refuses(Infer *inf, const Callee *callee)
{
    (void)inf;
    return callee->instance && is_void_type(callee->instance->result) && state_of(callee->instance)->returns_value;
}

/* Long sums are deep on the left: walked by a loop, not by recursion. */
Type *infer_binary_node(Infer *inf, Node *n)
{
    NodeVec spine = {0};
    Type *t;

    for (; n->kind == NODE_BINARY; n = n->as.binary.left)
        vec_push(inf->c->arena, &spine, n);
    t = infer_expr(inf, n);
    while (spine.len) {
        Node *b = vec_pop(&spine);
        Type *rt = infer_expr(inf, b->as.binary.right);
        t = types_find(infer_binary(inf, b, b->as.binary.op, b->as.binary.left, t, b->as.binary.right, rt, false));
        if (t->kind == TYPE_CELL)
            t = plain(inf, TYPE_NEVER);
        set_type(inf, b, t);
    }
    return t;
}

Type *infer_unary(Infer *inf, Node *n)
{
    Operator op = n->as.unary.op;
    Type *t;

    if (op == OP_NOT) {
        infer_condition(inf, n->as.unary.operand);
        return plain(inf, TYPE_BOOL);
    }
    t = use_value(inf, n->as.unary.operand, infer_expr(inf, n->as.unary.operand),
                  "bad operand type for unary %s: 'NoneType'", operator_text(op));
    if (is_void_type(t) || t->kind == TYPE_ANY)
        return t;
    if (is_number(t) && t->kind != TYPE_UNION && !(op == OP_INVERT && t->kind == TYPE_FLOAT))
        return t->kind == TYPE_BOOL ? plain(inf, TYPE_INT) : t;
    if (is_integer(t))
        return plain(inf, TYPE_INT);
    if (t->kind == TYPE_UNION && is_number(t) && op != OP_INVERT)
        return t;
    Callee *callee = call_method(inf, t, method_name(inf, op, 0), NULL, NULL, 0, n->span, true);
    if (callee) {
        act(inf, n, ACT_CALL)->callee = callee;
        return types_find(callee->result);
    }
    report(inf, n->span, "'%s' is not defined for %s", operator_text(op), spell(inf, t));
    return broken(inf);
}

/* -- comparisons ---------------------------------------------------------------------------------------------------------------------- */

static bool is_ordered(Infer *inf, Type *a, Type *b)
{
    a = types_find(a);
    b = types_find(b);
    if (is_void_type(a) || is_void_type(b) || a->kind == TYPE_ANY || b->kind == TYPE_ANY)
        return true;
    if (is_number(a) && is_number(b))
        return true;
    if (a->kind == TYPE_UNION || b->kind == TYPE_UNION)
        return false;
    if (a->kind == TYPE_TUPLE || b->kind == TYPE_TUPLE) {
        a = as_tuple(inf, a, inf->names.lt);
        b = as_tuple(inf, b, inf->names.lt);
    }
    if ((a->kind == TYPE_BYTES || a->kind == TYPE_BYTEARRAY) && (b->kind == TYPE_BYTES || b->kind == TYPE_BYTEARRAY))
        return true;
    if ((a->kind == TYPE_TUPLE || a->kind == TYPE_VARTUPLE) && (b->kind == TYPE_TUPLE || b->kind == TYPE_VARTUPLE)) {
        for (uint32_t i = 0; i < a->arg_count && i < b->arg_count; i++)
            if (!is_ordered(inf, a->args[i], b->args[i]) && !same_type(a->args[i], b->args[i]))
                return false;
        return true;
    }
    if (a->kind != b->kind)
        return false;
    if (a->kind == TYPE_STR)
        return true;
    if (a->kind == TYPE_LIST || a->kind == TYPE_DEQUE)
        return is_ordered(inf, a->args[0], b->args[0]);
    if (a->kind == TYPE_CLASS && a->cls) {
        ClassInfo *info = info_of(inf, a->cls);
        for (Class *c = a->cls; c; c = c->base) {
            info = info_of(inf, c);
            if (info->has_order || info->has_total_ordering)
                return true;
        }
        if (a->cls->is_namedtuple || (a->cls->is_enum && a->cls->mixin))
            return true;
        return method_of(inf, a->cls, inf->names.lt) && !is_stub(method_of(inf, a->cls, inf->names.lt)->decl);
    }
    return false;
}

static Callee *compare_method(Infer *inf, Node *n, Operator op, Node *left, Type *lt, Node *right, Type *rt,
                              bool *is_swapped)
{
    Callee *callee = call_method(inf, lt, method_name(inf, op, 0), &right, &rt, 1, n->span, true);

    *is_swapped = false;
    if (callee)
        return callee;
    callee = call_method(inf, rt, method_name(inf, op, 1), &left, &lt, 1, n->span, true);
    *is_swapped = callee != NULL;
    return callee;
}

static void infer_order(Infer *inf, Node *n, Operator op, Node *left, Type *lt, Node *right, Type *rt, Action *action,
                        uint32_t i)
{
    bool is_class = lt->kind == TYPE_CLASS || rt->kind == TYPE_CLASS || lt->kind == TYPE_SET ||
                    lt->kind == TYPE_FROZENSET || lt->kind == TYPE_DICT;

    if (is_class) {
        Callee *callee = compare_method(inf, n, op, left, lt, right, rt, &action->swapped[i]);
        action->callees[i] = callee;
        if (callee)
            return;
    }
    if (is_ordered(inf, lt, rt))
        return;
    use_operands(inf, op, left, &lt, right, &rt);
    if (is_ordered(inf, lt, rt))
        return;
    if (inf->inst->unit->is_library && is_ordered(inf, types_without_none(inf->ts, lt), types_without_none(inf->ts, rt)))
        return; /* max(counts, key=counts.get): asked when run */
    unsupported(inf, n->span, op, lt, rt);
}

static void infer_contains(Infer *inf, Node *n, Node *left, Type *lt, Node *right, Type *rt, Action *action, uint32_t i)
{
    Iteration scratch = {0};

    rt = use_value(inf, right, rt, "argument of type 'NoneType' is not iterable");
    if (is_void_type(rt) || rt->kind == TYPE_ANY)
        return;
    action->callees[i] = call_method(inf, rt, inf->names.contains, &left, &lt, 1, n->span, true);
    if (action->callees[i])
        return;
    if (is_user_class(rt) && !rt->cls->is_namedtuple && iter_elem(inf, rt, NULL, &scratch)) { /* found by iterating */
        Symbol *search = scope_find(inf->r->builtins->scope, intern_text(inf->c->names, "_contains"));
        call_value(inf, n, function_value(inf, search), (Node *[]){right, left}, (Type *[]){rt, lt}, 2,
                   &action->callees[i]);
        return;
    }
    if (rt->kind == TYPE_STR && lt->kind != TYPE_STR && lt->kind != TYPE_ANY && !is_void_type(lt)) {
        report(inf, left->span, "'in' of a str takes a str, not %s", spell(inf, lt));
        return;
    }
    if (!iter_elem(inf, rt, NULL, &scratch)) {
        Diag *d = report(inf, n->span, "'in' is not defined for %s", spell(inf, rt));
        if (types_is_optional(rt))
            help(inf, d, "it may be None: check it before");
    }
}

static bool is_set_view(const Class *cls)
{
    return cls->is_library && (!strcmp(cls->name, "dict_keys") || !strcmp(cls->name, "dict_items"));
}

/* The __eq__ that takes `other`; NULL: there is none, or it gives NotImplemented. An __eq__ between objects of one family is called
 * through the descriptor, which sees the object's own class. */
static Callee *equal_method(Infer *inf, Node *n, Type *t, Node *other, Type *other_type)
{
    Method *m = t->kind == TYPE_CLASS && t->cls ? method_of(inf, t->cls, inf->names.eq) : NULL;

    if (!m || (m->cls->is_library && !is_set_view(t->cls)))
        return NULL;
    if (!is_set_view(t->cls) && other_type->kind == TYPE_CLASS && other_type->cls &&
        (class_derives(other_type->cls, t->cls) || class_derives(t->cls, other_type->cls)))
        return NULL;
    Callee *callee = call_method(inf, t, inf->names.eq, &other, &other_type, 1, n->span, true);
    return callee && callee->result && types_find(callee->result)->kind == TYPE_BOOL ? callee : NULL;
}

static void infer_equality(Infer *inf, Node *n, Operator op, Node *left, Type *lt, Node *right, Type *rt,
                           Action *action, uint32_t i)
{
    action->callees[i] = equal_method(inf, n, lt, right, rt);
    if (!action->callees[i]) {
        action->callees[i] = equal_method(inf, n, rt, left, lt);
        action->swapped[i] = action->callees[i] != NULL;
    }
    action->negated[i] = action->callees[i] && op == OP_NE;
    reach_format(inf, lt);
    reach_format(inf, rt);
}

Type *infer_compare(Infer *inf, Node *n)
{
    uint32_t count = n->as.compare.rest.len;
    Node *left = n->as.compare.first;
    Type *lt = infer_expr(inf, left);
    Action *action = act(inf, n, ACT_COMPARE);

    action->callees = arena_array(inf->c->arena, Callee *, count);
    action->callee_count = count;
    action->negated = arena_array(inf->c->arena, bool, count);
    action->swapped = arena_array(inf->c->arena, bool, count);
    for (uint32_t i = 0; i < count; i++) {
        Node *right = n->as.compare.rest.items[i];
        Operator op = n->as.compare.ops.items[i];
        Type *rt = infer_expr(inf, right);
        if (op == OP_IN || op == OP_NOT_IN) {
            infer_contains(inf, n, left, lt, right, rt, action, i);
            action->negated[i] = op == OP_NOT_IN;
        } else if (op == OP_EQ || op == OP_NE) {
            infer_equality(inf, n, op, left, lt, right, rt, action, i);
        } else if (op != OP_IS && op != OP_IS_NOT) {
            infer_order(inf, n, op, left, lt, right, rt, action, i);
        }
        left = right;
        lt = rt;
    }
    return plain(inf, TYPE_BOOL);
}

/* -- subscripts -------------------------------------------------------------------------------------------------------------------------- */

/* An int known at compile time. */
static bool constant_index(const Node *n, int64_t *value)
{
    if (n->kind == NODE_INT) {
        *value = (int64_t)n->as.integer.value;
        return true;
    }
    if (n->kind == NODE_UNARY && n->as.unary.op == OP_NEG && n->as.unary.operand->kind == NODE_INT) {
        *value = -(int64_t)n->as.unary.operand->as.integer.value;
        return true;
    }
    return false;
}

static Type *tuple_slice(Infer *inf, Node *n, Type *t)
{
    int64_t lower = 0, upper = t->arg_count, step = 1, count = t->arg_count;
    Node *index = n->as.subscript.index;
    bool is_known = (!index->as.slice.lower || constant_index(index->as.slice.lower, &lower)) &&
                    (!index->as.slice.upper || constant_index(index->as.slice.upper, &upper)) &&
                    (!index->as.slice.step || (constant_index(index->as.slice.step, &step) && step == 1));

    if (!is_known) {
        Type *elem = plain(inf, TYPE_NEVER);
        for (uint32_t i = 0; i < t->arg_count; i++)
            elem = elem_join(inf, elem, t->args[i]);
        return make1(inf, TYPE_VARTUPLE, elem);
    }
    lower = lower < 0 ? (lower + count < 0 ? 0 : lower + count) : lower > count ? count : lower;
    upper = upper < 0 ? (upper + count < 0 ? 0 : upper + count) : upper > count ? count : upper;
    if (upper < lower)
        upper = lower;
    act(inf, n, ACT_TUPLE_FIELD)->index = (uint32_t)lower;
    return types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], t->args + lower, (uint32_t)(upper - lower));
}

static Type *tuple_subscript(Infer *inf, Node *n, Type *t)
{
    Node *index = n->as.subscript.index;
    int64_t at;
    Type *elem = plain(inf, TYPE_NEVER);

    if (index->kind == NODE_SLICE)
        return tuple_slice(inf, n, t);
    if (constant_index(index, &at)) {
        int64_t real = at < 0 ? at + t->arg_count : at;
        if (real < 0 || real >= t->arg_count) {
            diag_warn(inf, "index", n->span, "this tuple has %u items; item %d raises IndexError", t->arg_count,
                      (int)at);
            for (uint32_t i = 0; i < t->arg_count; i++)
                elem = elem_join(inf, elem, t->args[i]);
            return elem;
        }
        act(inf, n, ACT_TUPLE_FIELD)->index = (uint32_t)real;
        return types_find(t->args[real]);
    }
    for (uint32_t i = 0; i < t->arg_count; i++)
        elem = elem_join(inf, elem, t->args[i]);
    return elem;
}

static Type *class_subscript(Infer *inf, Node *n, Type *t)
{
    Type *object = types_find(t->args[0]);

    if (object->cls && object->cls->is_enum && !object->cls->is_library) {
        Action *action = act(inf, n, ACT_CALL);
        action->callee = arena_new(inf->c->arena, Callee);
        action->callee->kind = CALLEE_NAMED;
        action->callee->cls = object->cls;
        action->callee->result = object;
        class_reach(inf, info_of(inf, object->cls));
        return object;
    }
    Annotation a = annotation(inf, inf->inst->scope, n); /* Stack[int], list[str]: a class with its arguments */
    return a.type ? make1(inf, TYPE_CLASSOBJ, a.type) : t;
}

static Type *dynamic_subscript(Infer *inf, Node *n)
{
    act(inf, n, ACT_DYNAMIC);
    return plain(inf, TYPE_ANY);
}

static Type *no_subscript(Infer *inf, Node *n, Type *t)
{
    Diag *d;

    if (is_void_type(t))
        return t->kind == TYPE_BROKEN ? t : plain(inf, TYPE_NEVER);
    d = report(inf, n->as.subscript.value->span, "%s cannot be indexed", spell(inf, t));
    if (types_is_optional(t))
        help(inf, d, "it may be None: check it before, as in `if x is not None`");
    return broken(inf);
}

Type *infer_subscript(Infer *inf, Node *n)
{
    Type *t = use_value(inf, n->as.subscript.value, infer_expr(inf, n->as.subscript.value),
                        "'NoneType' object is not subscriptable"),
         *it;
    Callee *callee;

    inf->inst->actions[n->id] = NULL;
    if (map_get(&inf->inst->checks, n))
        map_set(inf->c->arena, &inf->inst->checks, n, NULL);
    Node *base = n->as.subscript.value;
    if ((base->kind == NODE_NAME || base->kind == NODE_ATTRIBUTE) && special_name(inf, inf->inst->scope, base)) {
        infer_constant_none(inf, n); /* Callable[…] as a value: an alias for annotations */
        return plain(inf, TYPE_NONE);
    }
    if (t->kind == TYPE_CLASSOBJ && !(types_find(t->args[0])->cls && types_find(t->args[0])->cls->is_enum))
        return class_subscript(inf, n, t);
    it = infer_expr(inf, n->as.subscript.index);
    switch (t->kind) {
    case TYPE_TUPLE: return tuple_subscript(inf, n, t);
    case TYPE_VARTUPLE: return n->as.subscript.index->kind == NODE_SLICE ? t : types_find(t->args[0]);
    case TYPE_CLASSOBJ: return class_subscript(inf, n, t);
    case TYPE_ANY: return dynamic_subscript(inf, n);
    case TYPE_UNION: {
        /* list | dict and the like: every member can be indexed. */
        Type *without = types_without_none(inf->ts, t);
        if (types_is_optional(t) || without->kind != TYPE_UNION)
            return no_subscript(inf, n, t);
        return dynamic_subscript(inf, n);
    }
    default: break;
    }
    if (is_user_class(t) && (t->cls->is_namedtuple || (t->cls->base && t->cls->base->is_namedtuple)) &&
        !method_of(inf, t->cls, inf->names.getitem)) {
        ClassInfo *info = info_of(inf, t->cls);
        int64_t at;
        if (constant_index(n->as.subscript.index, &at) && at < info->init_fields.len &&
            at >= -(int64_t)info->init_fields.len) {
            Action *action = act(inf, n, ACT_FIELD);
            action->field = info->init_fields.items[at < 0 ? at + info->init_fields.len : at];
            class_field(inf, t->cls, action->field->name, &action->cls);
            return types_find(action->field->type);
        }
    }
    if (is_void_type(it))
        return it;
    Node *index = n->as.subscript.index;
    bool is_indexed = t->kind == TYPE_LIST || t->kind == TYPE_STR || t->kind == TYPE_BYTES ||
                      t->kind == TYPE_BYTEARRAY || t->kind == TYPE_RANGE;
    if (is_indexed && !is_integer(it) && it->kind != TYPE_SLICE && it->kind != TYPE_ANY &&
        !(is_user_class(it) && method_of(inf, it->cls, inf->names.index)) && !(is_user_class(it) && it->cls->mixin)) {
        Diag *d = report(inf, index->span, "%s is indexed by int or slice, not %s", spell(inf, t), spell(inf, it));
        if (types_is_optional(it))
            help(inf, d, "it may be None: check it before");
        return broken(inf);
    }
    callee = call_method(inf, t, inf->names.getitem, &index, &it, 1, n->span, false);
    if (!callee)
        return class_of(inf, t) && method_of(inf, class_of(inf, t), inf->names.getitem) ? broken(inf)
                                                                                        : no_subscript(inf, n, t);
    act(inf, n, ACT_CALL)->callee = callee;
    return types_find(callee->result);
}

void store_subscript(Infer *inf, Node *n, Type *value, Node *source)
{
    Type *t = use_value(inf, n->as.subscript.value, infer_expr(inf, n->as.subscript.value),
                        "'NoneType' object does not support item assignment");
    Type *it = infer_expr(inf, n->as.subscript.index);
    Node *operands[] = {n->as.subscript.index, source};
    Type *types[] = {it, value};

    inf->inst->actions[n->id] = NULL;
    if (t->kind == TYPE_ANY) {
        act(inf, n, ACT_DYNAMIC);
        return;
    }
    if (is_void_type(t) || is_void_type(it))
        return;
    if (t->kind == TYPE_DICT && !is_void_type(value)) { /* a dict grows to what is put into it */
        check_hashable(inf, n->as.subscript.index, it);
        grow_cell(inf, t->args[0], it);
        grow_cell(inf, t->args[1], value);
    }
    if (t->kind == TYPE_LIST && is_integer(it) && !is_void_type(value))
        grow_cell(inf, t->args[0], value);
    if (is_void_type(value) && !inf->is_loud)
        return;
    Callee *callee = call_method(inf, t, inf->names.setitem, operands, types, 2, n->span, false);
    if (callee) {
        act(inf, n, ACT_CALL)->callee = callee;
        return;
    }
    if (class_of(inf, t) && method_of(inf, class_of(inf, t), inf->names.setitem))
        return;
    Diag *d = report(inf, n->span,
                     t->kind == TYPE_STR || t->kind == TYPE_TUPLE || t->kind == TYPE_VARTUPLE || t->kind == TYPE_BYTES
                         ? "items of %s cannot be assigned: it is immutable"
                         : "items of %s cannot be assigned",
                     spell(inf, t));
    if (types_is_optional(t))
        help(inf, d, "it may be None: check it before");
}

void delete_subscript(Infer *inf, Node *n)
{
    Type *t = infer_expr(inf, n->as.subscript.value), *it = infer_expr(inf, n->as.subscript.index);
    Node *index = n->as.subscript.index;

    inf->inst->actions[n->id] = NULL;
    if (t->kind == TYPE_ANY) {
        act(inf, n, ACT_DYNAMIC);
        return;
    }
    if (is_void_type(t) || is_void_type(it))
        return;
    Callee *callee = call_method(inf, t, inf->names.delitem, &index, &it, 1, n->span, false);
    if (callee)
        act(inf, n, ACT_CALL)->callee = callee;
    else
        report(inf, n->span, "items of %s cannot be deleted", spell(inf, t));
}

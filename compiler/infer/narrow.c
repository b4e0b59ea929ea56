/* Narrowing: what a condition tells about the types of what it tests, and conditions that are decided at compile time.
 *
 *     x is None, x is not None      isinstance(x, C), isinstance(x, (C, D))
 *     x (truth), not x              a and b, a or b
 *
 * A condition whose outcome the types decide (`key is None` in an instance whose key is a function) is folded: the branch not
 * taken is not even inferred, so a template may test what it was given. */
#include "infer/internal.h"

static void set_narrow(Infer *inf, Node *n, Type *t)
{
    Key *key = key_of(inf, n);
    Fact fact;

    if (!key)
        return;
    fact = fact_of(inf, key);
    fact.narrow = t;
    fact.at = env_read_at(inf, n);
    if (n->kind == NODE_WALRUS)
        fact.set = IS_SET;
    fact_set(inf, key, fact);
}

/* -- the classes of a test --------------------------------------------------------------------------------------------------- */

static Type *tested_type(Infer *inf, Type *t)
{
    Type *any = plain(inf, TYPE_ANY);

    switch (t->kind) {
    case TYPE_LIST:
    case TYPE_SET:
    case TYPE_FROZENSET:
    case TYPE_DEQUE:
        return make1(inf, t->kind, any);
    case TYPE_DICT:
        return make2(inf, TYPE_DICT, plain(inf, TYPE_STR), any);
    case TYPE_TUPLE:
        return make1(inf, TYPE_VARTUPLE, any);
    default:
        return t;
    }
}

static void add_tests(Infer *inf, Node *n, TypeVec *tests)
{
    if (n->kind == NODE_TUPLE) {
        for (uint32_t i = 0; i < n->as.list.items.len; i++)
            add_tests(inf, n->as.list.items.items[i], tests);
        return;
    }
    if (n->kind == NODE_BINARY && n->as.binary.op == OP_OR) {
        add_tests(inf, n->as.binary.left, tests);
        add_tests(inf, n->as.binary.right, tests);
        return;
    }
    if (n->kind == NODE_NONE) {
        vec_push(inf->c->arena, tests, plain(inf, TYPE_NONE));
        return;
    }
    const char *special = n->kind == NODE_NAME || n->kind == NODE_ATTRIBUTE ? special_name(inf, inf->inst->scope, n) : NULL;
    if (special && !strcmp(special, "Callable")) {
        vec_push(inf->c->arena, tests, types_make(inf->ts, TYPE_CALLABLE, NULL, (Type *[]){plain(inf, TYPE_ANY)}, 1));
        return;
    }
    if (special && (!strcmp(special, "Mapping") || !strcmp(special, "MutableMapping"))) {
        vec_push(inf->c->arena, tests, make2(inf, TYPE_DICT, plain(inf, TYPE_STR), plain(inf, TYPE_ANY)));
        return;
    }
    if (special && (!strcmp(special, "Sequence") || !strcmp(special, "Iterable"))) {
        vec_push(inf->c->arena, tests, make1(inf, TYPE_LIST, plain(inf, TYPE_ANY)));
        vec_push(inf->c->arena, tests, make1(inf, TYPE_VARTUPLE, plain(inf, TYPE_ANY)));
        vec_push(inf->c->arena, tests, plain(inf, TYPE_STR));
        return;
    }
    Type *t = infer_expr(inf, n);
    if (n->kind == NODE_NAME && inf->inst->scope->uses[n->id] && symbol_final(inf->inst->scope->uses[n->id])->kind == SYMBOL_VAR)
        inf->test_is_dynamic = true;
    if (n->kind == NODE_ATTRIBUTE && inf->inst->actions[n->id] && inf->inst->actions[n->id]->kind != ACT_SYMBOL)
        inf->test_is_dynamic = true;
    if (n->kind != NODE_NAME && n->kind != NODE_ATTRIBUTE)
        inf->test_is_dynamic = true;
    if (t->kind == TYPE_CLASSOBJ)
        vec_push(inf->c->arena, tests, tested_type(inf, types_find(t->args[0])));
    else if (t->kind == TYPE_VARTUPLE || t->kind == TYPE_TUPLE) {
        for (uint32_t i = 0; i < t->arg_count; i++)
            if (types_find(t->args[i])->kind == TYPE_CLASSOBJ)
                vec_push(inf->c->arena, tests, tested_type(inf, types_find(types_find(t->args[i])->args[0])));
    } else if (!is_void_type(t))
        report(inf, n->span, inf->is_except ? "'except' takes an exception class or a tuple of them, not %s"
                                            : "the second argument of isinstance() is a class or a tuple of classes, not %s", spell(inf, t));
}

TypeVec class_test(Infer *inf, Node *n)
{
    TypeVec tests = {0};

    inf->test_is_dynamic = false;
    add_tests(inf, n, &tests);
    for (uint32_t i = 0; i < tests.len; i++)
        reach_format(inf, tests.items[i]); /* its descriptor is asked for, though nothing may make one */
    return tests;
}

TypeVec class_test_exceptions(Infer *inf, Node *n)
{
    inf->is_except = true;
    TypeVec tests = class_test(inf, n);
    inf->is_except = false;
    return tests;
}

/* How a value of type `t` fares: 1 always an instance, 0 never, -1 it may be. */
static int is_instance(Type *t, Type *test)
{
    t = types_find(t);
    if (is_void_type(t) || t->kind == TYPE_ANY)
        return -1;
    if (test->kind == TYPE_ANY)
        return 1;
    if (test->kind == TYPE_CALLABLE)
        return t->kind == TYPE_FUNC || t->kind == TYPE_BOUND || t->kind == TYPE_CALLABLE || t->kind == TYPE_CLASSOBJ;
    if (t->kind == TYPE_TUPLE && test->kind == TYPE_VARTUPLE)
        return 1;
    if (t->kind == TYPE_BOOL && test->kind == TYPE_INT)
        return 1;
    if (t->kind == TYPE_TASK && test->kind == TYPE_FUTURE)
        return 1;
    if (t->kind == TYPE_CLASS && t->cls && (test->kind == TYPE_STR || test->kind == TYPE_INT) && t->cls->mixin)
        return t->cls->mixin == test->cls;
    if (t->kind != test->kind)
        return 0;
    if (t->kind != TYPE_CLASS)
        return 1;
    if (class_derives(t->cls, test->cls))
        return 1;
    return class_derives(test->cls, t->cls) ? -1 : 0;
}

/* What holds elements: that a value of type Any is a list does not tell of what, so it stays Any. */
static bool is_container(const Type *t)
{
    return t->kind != TYPE_CLASS && t->arg_count > 0;
}

static Type *narrowed_by(Infer *inf, Type *t, const TypeVec *tests, bool is_true, bool is_exact)
{
    TypeVec kept = {0};

    t = types_find(t);
    for (uint32_t i = 0; i < (t->kind == TYPE_UNION ? t->arg_count : 1); i++) {
        Type *member = types_find(t->kind == TYPE_UNION ? t->args[i] : t);
        bool is_always = false;
        for (uint32_t j = 0; j < tests->len; j++) {
            int result = is_instance(member, tests->items[j]);
            if (is_true && result == 1)
                vec_push(inf->c->arena, &kept, member);
            else if (is_true && result == -1) {
                vec_push(inf->c->arena, &kept,
                         member->kind == TYPE_ANY && is_container(tests->items[j]) ? member : tests->items[j]);
                if (tests->items[j]->kind == TYPE_INT && !is_exact)
                    vec_push(inf->c->arena, &kept, plain(inf, TYPE_BOOL)); /* a bool is an int, and prints otherwise */
            }
            is_always |= result == 1;
            if (result == 1)
                break;
        }
        if (!is_true && !is_always)
            vec_push(inf->c->arena, &kept, member);
    }
    Type *result = plain(inf, TYPE_NEVER);
    for (uint32_t i = 0; i < kept.len; i++)
        result = join(inf, result, kept.items[i]);
    return result;
}

Type *narrow_to(Infer *inf, Type *t, const TypeVec *tests, bool is_true)
{
    return narrowed_by(inf, t, tests, is_true, false);
}

/* -- narrowing -------------------------------------------------------------------------------------------------------------------- */

static Type *falsy(Infer *inf, Type *t)
{
    TypeVec members = {0};

    t = types_find(t);
    if (t->kind != TYPE_UNION)
        return t;
    for (uint32_t i = 0; i < t->arg_count; i++) {
        Type *m = types_find(t->args[i]);
        bool is_truthy = (is_user_class(m) && !method_of(inf, m->cls, inf->names.boolean) && !method_of(inf, m->cls, inf->names.len)) ||
                         m->kind == TYPE_FUNC || m->kind == TYPE_TASK || m->kind == TYPE_FUTURE || m->kind == TYPE_CALLABLE;
        if (!is_truthy)
            vec_push(inf->c->arena, &members, m);
    }
    return types_union(inf->ts, members.items, members.len);
}

static void narrow_truth(Infer *inf, Node *n, bool is_true)
{
    Type *t = type_of(inf, n);

    if (key_of(inf, n) && t->kind == TYPE_NONE && is_true) /* not reached, as far as is known yet */
        set_narrow(inf, n, plain(inf, TYPE_NEVER));
    if (!key_of(inf, n) || t->kind != TYPE_UNION)
        return;
    set_narrow(inf, n, is_true ? types_without_none(inf->ts, t) : falsy(inf, t));
}

static bool is_none_test(const Node *n, Operator *op, Node **subject)
{
    if (n->kind != NODE_COMPARE || n->as.compare.rest.len != 1)
        return false;
    *op = n->as.compare.ops.items[0];
    if (n->as.compare.rest.items[0]->kind == NODE_NONE)
        *subject = n->as.compare.first;
    else if (n->as.compare.first->kind == NODE_NONE)
        *subject = n->as.compare.rest.items[0];
    else
        return false;
    return *op == OP_IS || *op == OP_IS_NOT || *op == OP_EQ || *op == OP_NE;
}

static bool is_isinstance(Infer *inf, const Node *n)
{
    return n->kind == NODE_CALL && n->as.call.args.len == 2 && n->as.call.func->kind == NODE_NAME &&
           special_call(inf, n->as.call.func) == SPECIAL_ISINSTANCE;
}

/* type(x) is C */
static bool is_type_test(Infer *inf, const Node *n, Node **subject, Node **cls, bool *is_equal)
{
    if (n->kind != NODE_COMPARE || n->as.compare.rest.len != 1)
        return false;
    Operator op = n->as.compare.ops.items[0];
    Node *call = n->as.compare.first;
    if ((op != OP_IS && op != OP_IS_NOT && op != OP_EQ && op != OP_NE) || call->kind != NODE_CALL || call->as.call.args.len != 1 ||
        call->as.call.func->kind != NODE_NAME || special_call(inf, call->as.call.func) != SPECIAL_TYPE)
        return false;
    *subject = call->as.call.args.items[0].value;
    *cls = n->as.compare.rest.items[0];
    *is_equal = op == OP_IS || op == OP_EQ;
    return (*cls)->kind == NODE_NAME;
}

static void narrow_boolop(Infer *inf, Node *n, bool is_true)
{
    bool is_or = n->as.boolop.is_or;

    if (is_or != is_true) { /* every operand is known */
        for (uint32_t i = 0; i < n->as.boolop.items.len; i++)
            narrow(inf, n->as.boolop.items.items[i], is_true);
        return;
    }
    /* One of them decided: what holds whichever it was. */
    uint32_t mark = env_mark(inf);
    BranchVec branches = {0};
    for (uint32_t i = 0; i < n->as.boolop.items.len; i++) {
        for (uint32_t j = 0; j < i; j++)
            narrow(inf, n->as.boolop.items.items[j], !is_true);
        narrow(inf, n->as.boolop.items.items[i], is_true);
        Branch branch = env_branch(inf, mark);
        branch.is_dead = false;
        vec_push(inf->c->arena, &branches, branch);
    }
    env_merge(inf, branches.items, branches.len);
}

void narrow(Infer *inf, Node *n, bool is_true)
{
    Operator op;
    Node *subject, *cls;
    bool is_equal;

    if (n->kind == NODE_UNARY && n->as.unary.op == OP_NOT) {
        narrow(inf, n->as.unary.operand, !is_true);
    } else if (n->kind == NODE_BOOLOP) {
        narrow_boolop(inf, n, is_true);
    } else if (is_none_test(n, &op, &subject)) {
        Type *t = type_of(inf, subject);
        bool is_none = (op == OP_IS || op == OP_EQ) == is_true;
        if (key_of(inf, subject) && t->kind == TYPE_NONE && !is_none) /* not reached, as far as is known yet */
            set_narrow(inf, subject, plain(inf, TYPE_NEVER));
        if (key_of(inf, subject) && (t->kind == TYPE_UNION || t->kind == TYPE_ANY))
            set_narrow(inf, subject, is_none ? plain(inf, TYPE_NONE) : t->kind == TYPE_ANY ? t : types_without_none(inf->ts, t));
    } else if (is_isinstance(inf, n)) {
        subject = n->as.call.args.items[0].value;
        TypeVec tests = class_test(inf, n->as.call.args.items[1].value);
        if (inf->test_is_dynamic && !is_true)
            return;
        if (key_of(inf, subject) && tests.len && !is_void_type(type_of(inf, subject))) {
            Type *t = narrowed_by(inf, type_of(inf, subject), &tests, is_true, false);
            set_narrow(inf, subject, type_of(inf, subject)->kind == TYPE_ANY && t->kind == TYPE_UNION && !is_number(t) ? plain(inf, TYPE_ANY) : t);
        }
    } else if (is_type_test(inf, n, &subject, &cls, &is_equal)) {
        TypeVec tests = class_test(inf, cls);
        if (is_equal == is_true && key_of(inf, subject) && tests.len && !is_void_type(type_of(inf, subject)))
            set_narrow(inf, subject, narrowed_by(inf, type_of(inf, subject), &tests, true, true));
    } else if (n->kind == NODE_NAME || n->kind == NODE_ATTRIBUTE || n->kind == NODE_WALRUS) {
        narrow_truth(inf, n, is_true);
        if (n->kind == NODE_WALRUS && n->as.walrus.value->kind != NODE_CALL)
            narrow(inf, n->as.walrus.value, is_true);
    } else if (n->kind == NODE_COMPARE) {
        /* (x := f()) is not None and the like: the walrus is inside. */
        if (n->as.compare.rest.len == 1 && n->as.compare.ops.items[0] == OP_EQ && is_true) {
            Type *t = type_of(inf, n->as.compare.first), *other = type_of(inf, n->as.compare.rest.items[0]);
            if (types_is_optional(t) && !types_is_optional(other) && other->kind != TYPE_NONE && other->kind != TYPE_ANY && !is_void_type(other))
                set_narrow(inf, n->as.compare.first, types_without_none(inf->ts, t));
        }
        if (n->as.compare.rest.len == 1 && n->as.compare.ops.items[0] == OP_IN && is_true) {
            Type *t = type_of(inf, n->as.compare.first), *c = type_of(inf, n->as.compare.rest.items[0]);
            if (types_is_optional(t) && c->arg_count && !types_is_optional(types_find(c->args[0])) && types_find(c->args[0])->kind != TYPE_ANY &&
                c->kind != TYPE_TUPLE)
                set_narrow(inf, n->as.compare.first, types_without_none(inf->ts, t));
        }
    }
}

/* -- folding -------------------------------------------------------------------------------------------------------------------------- */

static int fold_none(Infer *inf, Type *t, bool is_none)
{
    (void)inf;
    t = types_find(t);
    if (is_void_type(t) || t->kind == TYPE_ANY || types_is_optional(t))
        return -1;
    return (t->kind == TYPE_NONE) == is_none;
}

static int fold_isinstance(Infer *inf, Node *n)
{
    Type *t = type_of(inf, n->as.call.args.items[0].value);
    TypeVec tests = class_test(inf, n->as.call.args.items[1].value);
    int all = -2;

    if (is_void_type(t) || inf->test_is_dynamic)
        return -1;
    for (uint32_t i = 0; i < (t->kind == TYPE_UNION ? t->arg_count : 1); i++) {
        int best = 0;
        for (uint32_t j = 0; j < tests.len && best != 1; j++) {
            int one = is_instance(t->kind == TYPE_UNION ? t->args[i] : t, tests.items[j]);
            best = one == 1 ? 1 : one == -1 ? -1 : best;
        }
        if (all != -2 && all != best)
            return -1;
        all = best;
    }
    return all == -2 ? -1 : all;
}

static const char *constant_str(Infer *inf, Node *n)
{
    Action *action = n->kind == NODE_NAME ? inf->inst->actions[n->id] : NULL;

    if (n->kind == NODE_STR)
        return n->as.str.text;
    return action && action->kind == ACT_CONSTANT && action->constant->kind == NODE_STR ? action->constant->as.str.text : NULL;
}

int fold_condition(Infer *inf, Node *n)
{
    Operator op;
    Node *subject;

    if (n->kind == NODE_TRUE)
        return 1;
    if (n->kind == NODE_FALSE || n->kind == NODE_NONE)
        return 0;
    if (n->kind == NODE_INT)
        return n->as.integer.value != 0;
    if (n->kind == NODE_UNARY && n->as.unary.op == OP_NOT) {
        int inner = fold_condition(inf, n->as.unary.operand);
        return inner < 0 ? -1 : !inner;
    }
    if (n->kind == NODE_BOOLOP) {
        bool is_or = n->as.boolop.is_or;
        int all = is_or ? 0 : 1;
        for (uint32_t i = 0; i < n->as.boolop.items.len; i++) {
            int one = fold_condition(inf, n->as.boolop.items.items[i]);
            if (one == (is_or ? 1 : 0) && all >= 0)
                return one;
            if (one < 0)
                all = -1;
        }
        return all;
    }
    if (is_none_test(n, &op, &subject) && (op == OP_IS || op == OP_IS_NOT) && (subject->kind == NODE_NAME))
        return fold_none(inf, type_of(inf, subject), op == OP_IS);
    if (n->kind == NODE_NAME && type_of(inf, n)->kind == TYPE_NONE)
        return 0;
    if (is_isinstance(inf, n) && n->as.call.args.items[0].value->kind == NODE_NAME)
        return fold_isinstance(inf, n);
    if (n->kind == NODE_NAME && special_name(inf, inf->inst->scope, n) && !strcmp(n->as.name.name, "TYPE_CHECKING"))
        return 0;
    if (n->kind == NODE_CALL && n->as.call.func->kind == NODE_NAME && special_call(inf, n->as.call.func) == SPECIAL_HASATTR &&
        inf->inst->actions[n->id] && !is_void_type(type_of(inf, n->as.call.args.items[0].value)) &&
        type_of(inf, n->as.call.args.items[0].value)->kind != TYPE_ANY)
        return inf->inst->actions[n->id]->callee->is_abstract;
    if (n->kind == NODE_COMPARE && n->as.compare.rest.len == 1 && (n->as.compare.ops.items[0] == OP_EQ || n->as.compare.ops.items[0] == OP_NE)) {
        const char *a = constant_str(inf, n->as.compare.first), *b = constant_str(inf, n->as.compare.rest.items[0]);
        bool is_name = n->as.compare.first->kind == NODE_NAME && !strcmp(n->as.compare.first->as.name.name, "__name__");
        if (a && b && is_name)
            return (!strcmp(a, b)) == (n->as.compare.ops.items[0] == OP_EQ);
    }
    return -1;
}

Type *infer_condition(Infer *inf, Node *n)
{
    Type *t = infer_expr(inf, n);

    if (t->kind == TYPE_COROUTINE && n->kind == NODE_CALL) {
        Diag *d = report(inf, n->span, "coroutine '%s' is never awaited", called_name(n));
        help(inf, d, "write 'await %s(…)'", called_name(n));
    }
    if (is_user_class(t)) {
        if (!call_method(inf, t, inf->names.boolean, NULL, NULL, 0, n->span, true))
            call_method(inf, t, inf->names.len, NULL, NULL, 0, n->span, true);
        reach_format(inf, t);
    }
    return t;
}

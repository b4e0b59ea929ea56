/* match: each case is a test of the subject, then what it binds, then its body.
 *
 *     match shape:                           subject = shape
 *         case Circle(radius=r):             if isinstance(subject, Circle):
 *             A                                  r = subject.radius; A
 *         case [x, y] if x > y:              elif len(subject) == 2:
 *             B                                  x = …; y = …;  if x > y: B; leave
 *         case "a" | "b":                    …
 *             C
 *
 * A test is a condition without effects if it can be, else it gets statements before it, as the right side of `and` does. Without
 * guards the cases are one if/elif chain; with a guard, which may send control on to the next case after its names were bound, all
 * stand in a block that a case which has matched leaves. */
#include "lower/internal.h"

static IrExpr *test(Lower *l, Node *n, IrExpr *subject);
static void bind(Lower *l, Node *n, IrExpr *subject);

/* -- parts of a subject -------------------------------------------------------------------------------------------------------------- */

static Type *pattern_type(Lower *l, const Node *n)
{
    return l->fn->inst->types[n->id];
}

static bool is_sequence_type(const Type *t)
{
    return t->kind == TYPE_LIST || t->kind == TYPE_VARTUPLE || t->kind == TYPE_TUPLE ||
           (t->kind == TYPE_CLASS && is_namedtuple(t->cls));
}

/* The subject as what the pattern found it to be. */
static IrExpr *narrowed(Lower *l, const Node *n, IrExpr *subject)
{
    Type *t = pattern_type(l, n);

    if (!t || t->kind == TYPE_NEVER || t == subject->type || types_is_box(t))
        return subject;
    return types_is_box(subject->type) || types_is_nullable(subject->type) || t->kind == TYPE_CLASS ? narrowed_to(l, subject, t) : subject;
}

static int star_of(const NodeVec *items)
{
    for (uint32_t i = 0; i < items->len; i++)
        if (items->items[i]->kind == NODE_PAT_STAR)
            return (int)i;
    return -1;
}

static IrExpr *tuple_item(Lower *l, IrExpr *subject, uint32_t at)
{
    if (subject->type->kind == TYPE_CLASS)
        return fields_tuple(l, subject)->args.items[at];
    return e_item(l, subject, at);
}

static uint32_t tuple_size(Lower *l, IrExpr *subject)
{
    return subject->type->kind == TYPE_CLASS ? fields_tuple(l, subject)->type->arg_count : subject->type->arg_count;
}

static bool is_fixed(const IrExpr *subject)
{
    return subject->type->kind == TYPE_TUPLE || subject->type->kind == TYPE_CLASS;
}

/* Item i of `count` patterns; those behind a star are counted from the end. */
static IrExpr *seq_item(Lower *l, IrExpr *subject, uint32_t i, uint32_t count, int star)
{
    bool from_end = star >= 0 && i > (uint32_t)star;

    if (is_fixed(subject))
        return tuple_item(l, subject, from_end ? tuple_size(l, subject) - (count - i) : i);
    if (types_is_box(subject->type))
        return get_dynamic_item(l, subject, e_int(l, from_end ? -(int64_t)(count - i) : (int64_t)i));
    if (from_end)
        return e_elem(l, subject, e_op(l, IR_OP_INT_SUB_FAST, t_int(l), len_of(l, subject), e_int(l, count - i)), subject->type->args[0]);
    return e_elem(l, subject, e_int(l, i), subject->type->args[0]);
}

static IrExpr *rest_of(Lower *l, IrExpr *subject, uint32_t star, uint32_t count, Type *type)
{
    uint32_t after = count - star - 1;

    if (is_fixed(subject)) {
        IrExpr *list = e_new(l, IR_LIST, type);
        for (uint32_t i = star; i + after < tuple_size(l, subject); i++)
            add_arg(l, list, convert(l, tuple_item(l, subject, i), type->args[0]));
        return list;
    }
    if (types_is_box(subject->type))
        subject = RUNTIME(l, "art_box_list", RT_RAISES | RT_TYPED, t_of(l, TYPE_LIST, t_any(l)), subject);
    IrExpr *stop = after ? e_int(l, -(int64_t)after) : e_op(l, IR_OP_MISSING, t_int(l), NULL, NULL);
    if (subject->type->kind == TYPE_VARTUPLE)
        return RUNTIME(l, "art_list_copy_as", RT_TYPED, type, RUNTIME(l, "art_list_slice", RT_RAISES, subject->type, subject, e_int(l, star), stop, e_int(l, 1)));
    return RUNTIME(l, "art_list_slice", RT_RAISES, type, subject, e_int(l, star), stop, e_int(l, 1));
}

/* The attribute that a sub-pattern looks at: its action says which. */
static IrExpr *attribute_part(Lower *l, Node *sub, IrExpr *object)
{
    Action *a = l->fn->inst->actions[sub->id];

    if (!a)
        return object;
    switch (a->kind) {
    case ACT_FIELD:
        return e_field(l, object, a->cls, a->field);
    case ACT_CALL:
        return call_with(l, a->callee, object, NULL, 0);
    case ACT_CLASS_VAR:
        return e_read(l, class_var_global(l, a->cls, a->symbol));
    case ACT_ENUM_FIELD:
        return a->index == 0 ? enum_name_of(l, object) : enum_value_of(l, object, 0);
    default:
        return object;
    }
}

static bool is_class_pattern_of_value(const Node *n, const IrExpr *object)
{
    return n->as.pattern.positional == 1 && n->as.pattern.list.len == 1 && object->type->kind != TYPE_CLASS;
}

static IrExpr *class_part(Lower *l, Node *n, uint32_t i, IrExpr *object)
{
    if (is_class_pattern_of_value(n, object)) /* int(x): the value itself */
        return object;
    return attribute_part(l, n->as.pattern.list.items[i], object);
}

static IrExpr *mapping_value(Lower *l, IrExpr *subject, IrExpr *key)
{
    if (types_is_box(subject->type))
        return get_dynamic_item(l, subject, key);
    return RUNTIME(l, "art_dict_lookup", RT_RAISES | RT_OUT | RT_SLOT1, subject->type->args[1], subject, convert(l, key, subject->type->args[0]));
}

/* -- testing ----------------------------------------------------------------------------------------------------------------------------- */

/* left and test(sub): what the second part needs first is done only if the first holds. */
static IrExpr *and_test(Lower *l, IrExpr *left, Node *sub, IrExpr *(*part)(Lower *, Node *, uint32_t, IrExpr *), Node *n, uint32_t i, IrExpr *subject)
{
    IrBlock block = {0}, *outer;

    if (left->kind == IR_BOOL && !left->as.integer)
        return left;
    outer = enter_block(l, &block);
    IrExpr *right = test(l, sub, part(l, n, i, subject));
    enter_block(l, outer);
    return join_conditions(l, false, left, &block, right);
}

static IrExpr *seq_part(Lower *l, Node *n, uint32_t i, IrExpr *subject)
{
    return seq_item(l, subject, i, n->as.pattern.list.len, star_of(&n->as.pattern.list));
}

static IrExpr *length_test(Lower *l, IrExpr *subject, uint32_t count, int star)
{
    uint32_t least = star < 0 ? count : count - 1;

    if (is_fixed(subject)) {
        uint32_t size = tuple_size(l, subject);
        return e_bool(l, star < 0 ? size == least : size >= least);
    }
    if (star >= 0 && least == 0)
        return e_bool(l, true);
    return e_op(l, star < 0 ? IR_OP_INT_EQ : IR_OP_INT_GE, t_bool(l), len_of(l, subject), e_int(l, least));
}

static IrExpr *sequence_test(Lower *l, IrExpr *subject)
{
    if (types_is_box(subject->type))
        return RUNTIME(l, "art_box_is_sequence", 0, t_bool(l), subject);
    return e_bool(l, is_sequence_type(subject->type) || subject->type->kind == TYPE_DEQUE);
}

static IrExpr *test_seq(Lower *l, Node *n, IrExpr *subject)
{
    const NodeVec *items = &n->as.pattern.list;
    Type *t = pattern_type(l, n);
    IrExpr *result = e_bool(l, true);

    if (types_is_box(subject->type) && t && !types_is_box(t) && t->kind != TYPE_NEVER)
        result = isinstance_of(l, subject, t);
    else if (types_is_nullable(subject->type))
        result = e_not(l, e_is_none(l, subject));
    else
        result = sequence_test(l, subject);
    if (result->kind == IR_BOOL && !result->as.integer)
        return result;
    subject = narrowed(l, n, subject);
    IrBlock block = {0}, *outer = enter_block(l, &block);
    IrExpr *length = length_test(l, subject, items->len, star_of(items));
    enter_block(l, outer);
    result = join_conditions(l, false, result, &block, length);
    for (uint32_t i = 0; i < items->len; i++)
        if (items->items[i]->kind != NODE_PAT_STAR)
            result = and_test(l, result, items->items[i], seq_part, n, i, subject);
    return result;
}

static IrExpr *mapping_part(Lower *l, Node *n, uint32_t i, IrExpr *subject)
{
    return to_simple(l, mapping_value(l, subject, expr(l, n->as.pattern.keys.items[i])), "value");
}

static IrExpr *has_key(Lower *l, IrExpr *subject, IrExpr *key)
{
    if (types_is_box(subject->type))
        return RUNTIME(l, "art_box_contains", RT_RAISES, t_bool(l), subject, box(l, key));
    return RUNTIME(l, "art_dict_contains", RT_RAISES | RT_SLOT1, t_bool(l), subject, convert(l, key, subject->type->args[0]));
}

static IrExpr *test_mapping(Lower *l, Node *n, IrExpr *subject)
{
    Type *any = t_any(l), *args[] = {t_str(l), any};
    Type *dict = types_make(l->types, TYPE_DICT, l->kinds[TYPE_DICT], args, 2);
    IrExpr *result = isinstance_of(l, subject, types_is_box(subject->type) ? dict : dict);

    subject = narrowed(l, n, subject);
    for (uint32_t i = 0; i < n->as.pattern.keys.len; i++) {
        IrBlock block = {0}, *outer = enter_block(l, &block);
        IrExpr *has = to_temp(l, has_key(l, subject, expr(l, n->as.pattern.keys.items[i])), "test");
        enter_block(l, outer);
        result = join_conditions(l, false, result, &block, has);
    }
    for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
        result = and_test(l, result, n->as.pattern.list.items[i], mapping_part, n, i, subject);
    return result;
}

static IrExpr *class_test(Lower *l, Node *cls, IrExpr *subject)
{
    Type *t = l->fn->inst->types[cls->id];

    if (t && t->kind == TYPE_CLASSOBJ)
        return isinstance_of(l, subject, t->args[0]);
    return special_class_test(l, subject, cls);
}

static IrExpr *test_class(Lower *l, Node *n, IrExpr *subject)
{
    IrExpr *result = class_test(l, n->as.pattern.cls, subject);

    subject = narrowed(l, n, subject);
    for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
        result = and_test(l, result, n->as.pattern.list.items[i], class_part, n, i, subject);
    return result;
}

static IrExpr *test_single(Lower *l, Node *n, IrExpr *subject)
{
    Node *value = n->as.unary.operand;

    if (value->kind == NODE_NONE)
        return e_is_none(l, subject);
    return compare_op(l, OP_IS, subject, e_bool(l, value->kind == NODE_TRUE));
}

static IrExpr *test_or(Lower *l, Node *n, IrExpr *subject)
{
    IrExpr *result = e_bool(l, false);

    for (uint32_t i = 0; i < n->as.pattern.list.len; i++) {
        IrBlock block = {0}, *outer = enter_block(l, &block);
        IrExpr *one = test(l, n->as.pattern.list.items[i], subject);
        enter_block(l, outer);
        result = join_conditions(l, true, result, &block, one);
    }
    return result;
}

static IrExpr *test(Lower *l, Node *n, IrExpr *subject)
{
    switch (n->kind) {
    case NODE_PAT_VALUE:
        return equal(l, subject, expr(l, n->as.unary.operand));
    case NODE_PAT_SINGLE:
        return test_single(l, n, subject);
    case NODE_PAT_CAPTURE:
        return n->as.pattern.list.len ? test(l, n->as.pattern.list.items[0], subject) : e_bool(l, true);
    case NODE_PAT_SEQ:
        return test_seq(l, n, subject);
    case NODE_PAT_MAPPING:
        return test_mapping(l, n, subject);
    case NODE_PAT_CLASS:
        return test_class(l, n, subject);
    case NODE_PAT_OR:
        return test_or(l, n, subject);
    default:
        return e_bool(l, true);
    }
}

/* -- binding -------------------------------------------------------------------------------------------------------------------------------- */

static bool binds(const Node *n)
{
    if (n->kind == NODE_PAT_VALUE || n->kind == NODE_PAT_SINGLE)
        return false;
    if (n->as.pattern.name)
        return true;
    for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
        if (binds(n->as.pattern.list.items[i]))
            return true;
    return false;
}

static void bind_name(Lower *l, Node *n, IrExpr *value)
{
    Symbol *symbol = n->as.pattern.name ? used_symbol(l, n) : NULL;

    if (symbol)
        store_symbol(l, symbol, value);
}

static void bind_mapping(Lower *l, Node *n, IrExpr *subject)
{
    for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
        if (binds(n->as.pattern.list.items[i]))
            bind(l, n->as.pattern.list.items[i], mapping_part(l, n, i, subject));
    if (!n->as.pattern.name)
        return;
    IrVar *rest = hidden_var(l, "rest", subject->type->kind == TYPE_DICT ? subject->type : t_any(l));
    emit_set(l, rest, RUNTIME(l, subject->type->kind == TYPE_DICT ? "art_dict_copy" : "art_box_copy", 0, rest->type, subject));
    for (uint32_t i = 0; i < n->as.pattern.keys.len; i++) {
        IrExpr *key = expr(l, n->as.pattern.keys.items[i]);
        if (subject->type->kind == TYPE_DICT)
            emit_eval(l, RUNTIME(l, "art_dict_delete", RT_RAISES | RT_SLOT1, t_none(l), e_read(l, rest), convert(l, key, subject->type->args[0])));
        else
            emit_eval(l, RUNTIME(l, "art_box_delitem", RT_RAISES, t_none(l), e_read(l, rest), box(l, key)));
    }
    bind_name(l, n, e_read(l, rest));
}

static void bind_seq(Lower *l, Node *n, IrExpr *subject)
{
    const NodeVec *items = &n->as.pattern.list;

    for (uint32_t i = 0; i < items->len; i++) {
        Node *sub = items->items[i];
        if (!binds(sub))
            continue;
        if (sub->kind == NODE_PAT_STAR)
            bind_name(l, sub, rest_of(l, subject, i, items->len, pattern_type(l, sub)));
        else
            bind(l, sub, seq_part(l, n, i, subject));
    }
}

/* Of alternatives that bind, the one that matched is found again. */
static void bind_or(Lower *l, Node *n, IrExpr *subject)
{
    IrBlock *outer = l->fn->block;

    for (uint32_t i = 0; i < n->as.pattern.list.len; i++) {
        Node *sub = n->as.pattern.list.items[i];
        bool is_last = i + 1 == n->as.pattern.list.len;
        if (!binds(sub))
            continue;
        if (is_last) {
            bind(l, sub, subject);
            break;
        }
        IrExpr *cond = test(l, sub, subject);
        IrStmt *branch = emit_new(l, IR_IF);
        branch->cond = cond;
        enter_block(l, &branch->body);
        bind(l, sub, subject);
        enter_block(l, &branch->orelse);
    }
    enter_block(l, outer);
}

static void bind(Lower *l, Node *n, IrExpr *subject)
{
    if (n->kind == NODE_PAT_VALUE || n->kind == NODE_PAT_SINGLE)
        return;
    IrExpr *object = narrowed(l, n, subject);
    switch (n->kind) {
    case NODE_PAT_CAPTURE:
        if (n->as.pattern.list.len) {
            object = to_simple(l, subject, NULL);
            bind(l, n->as.pattern.list.items[0], object);
            object = narrowed(l, n, object);
        }
        bind_name(l, n, object);
        break;
    case NODE_PAT_SEQ:
        bind_seq(l, n, object);
        break;
    case NODE_PAT_MAPPING:
        bind_mapping(l, n, object);
        break;
    case NODE_PAT_CLASS:
        for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
            if (binds(n->as.pattern.list.items[i]))
                bind(l, n->as.pattern.list.items[i], class_part(l, n, i, object));
        break;
    case NODE_PAT_OR:
        bind_or(l, n, subject);
        break;
    default:
        break;
    }
}

/* -- the statement ------------------------------------------------------------------------------------------------------------------------------ */

static bool has_guard(const Node *n)
{
    for (uint32_t i = 0; i < n->as.match.cases.len; i++)
        if (n->as.match.cases.items[i].guard)
            return true;
    return false;
}

static void leave_block(Lower *l, IrStmt *block)
{
    if (block && ir_falls_through(l->fn->block))
        emit_new(l, IR_BREAK)->target = block;
}

/* What is done once the test holds. False: nothing comes after this case. */
static void lower_matched(Lower *l, const MatchCase *one, IrExpr *subject, IrStmt *block)
{
    IrBlock *outer = l->fn->block;

    bind(l, one->pattern, subject);
    if (one->guard) {
        IrExpr *cond = condition(l, one->guard);
        if (cond->kind == IR_BOOL && !cond->as.integer)
            return;
        if (cond->kind != IR_BOOL) {
            IrStmt *branch = emit_new(l, IR_IF);
            branch->cond = cond;
            enter_block(l, &branch->body);
        }
    }
    lower_body(l, &one->body);
    leave_block(l, block);
    enter_block(l, outer);
}

void lower_match(Lower *l, Node *n)
{
    IrExpr *subject = expr(l, n->as.match.subject);
    IrStmt *block = NULL;
    IrBlock *outer;

    subject = to_simple(l, subject, "subject");
    if (has_guard(n))
        block = emit_new(l, IR_BLOCK);
    outer = enter_block(l, block ? &block->body : l->fn->block);
    for (uint32_t i = 0; i < n->as.match.cases.len; i++) {
        const MatchCase *one = &n->as.match.cases.items[i];
        if (type_at(l, one->pattern)->kind == TYPE_NEVER && subject->type->kind != TYPE_NEVER)
            continue;
        IrExpr *cond = test(l, one->pattern, subject);
        if (cond->kind == IR_BOOL && !cond->as.integer)
            continue;
        if (cond->kind == IR_BOOL) {
            lower_matched(l, one, subject, block);
            if (!one->guard)
                break;
            continue;
        }
        IrStmt *branch = emit_new(l, IR_IF);
        branch->cond = cond;
        IrBlock *before = enter_block(l, &branch->body);
        lower_matched(l, one, subject, block);
        enter_block(l, block ? before : &branch->orelse);
    }
    enter_block(l, outer);
}

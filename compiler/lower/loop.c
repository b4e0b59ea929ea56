/* Loops: `for`, `while`, and the walking of anything that can be iterated over.
 *
 *     for i in range(n):            COUNT i = 0 .. n             (a hidden counter if the body changes i or it is used after)
 *     for x in xs:                  index = 0; WHILE index < len(xs) { x = xs[index]; … } after { index += 1 }
 *     for k, v in d.items():        it = dict_begin(d); WHILE dict_next(it) { k = it.key; v = it.value; … }
 *     for i, x in enumerate(xs):    i is the index itself when it starts at 0
 *     for a, b in zip(xs, ys):      two indices, no tuple
 *     for x in gen():               gen = CORO gen(); WHILE { x = NEXT gen else BREAK; … }
 *     for … else:                   BLOCK { loop; else part }: `break` leaves the block
 *
 * A Walk is one iterable on its way: what it keeps in hidden variables, the condition under which there is another item, the item,
 * and what moves on. zip and enumerate are walks made of walks. */
#include "lower/internal.h"

typedef struct Walk Walk;
struct Walk {
    Iteration *it;
    IterKind kind;
    Type *elem;
    IrVar *object;       /* what is walked */
    IrVar *index;        /* position, or enumerate's counter */
    IrVar *iter;         /* the runtime's iterator */
    IrExpr *list;        /* a read of `object`, or of the user's own variable */
    Node *const *items;  /* ENUM: no object at all */
    Vec(Walk *) inner;
    bool starts_at_zero;
    IrVarVec walked;      /* generators that end with the loop, those of inner walks included */
    IrExpr *from, *limit; /* RANGE */
    int64_t step;
};

Iteration *iteration_at(Lower *l, Node *n)
{
    if (n->kind == NODE_STARRED)
        n = n->as.unary.operand;
    return l->fn->inst->iterations[n->id];
}

static Walk *walk_begin(Lower *l, Iteration *it);

/* -- beginning ------------------------------------------------------------------------------------------------------------------ */

/* The user's own variable serves if nothing assigns it while the loop runs; else the loop holds on to what it walks. */
static IrExpr *held(Lower *l, Walk *w, IrExpr *value, const char *stem)
{
    IrVar *var = ir_is_var(value, NULL) ? value->as.place.var : NULL;

    if (var && (var->kind == IR_VAR_TEMP || var->kind == IR_VAR_HIDDEN)) {
        w->object = var;
        return value;
    }
    if (var && is_simple(value) && map_get(&l->stable_vars, var))
        return value;
    w->object = hidden_var(l, stem, value->type);
    emit_set(l, w->object, value);
    return e_read(l, w->object);
}

/* Is the walked name's variable left alone by the loop's body? Asked by lower_for for the names in the iterable. */
static void note_stable(Lower *l, Node *value, Span body)
{
    if (!value || value->kind != NODE_NAME)
        return;
    Symbol *symbol = used_symbol(l, value);
    if (!symbol || symbol->scope->kind != SCOPE_FUNCTION || !is_kept_symbol(l, symbol) || is_cell(l, symbol))
        return;
    IrVar *var = ir_var_of(l, symbol);
    bool is_stable = !is_assigned_inside(l, symbol, body) && !var->may_be_unset;
    map_set(l->arena, &l->stable_vars, var, is_stable ? var : NULL);
}

static void note_stable_values(Lower *l, const Iteration *it, Span body)
{
    note_stable(l, it->value, body);
    for (uint32_t i = 0; i < it->inner.len; i++)
        note_stable_values(l, it->inner.items[i], body);
}

static void begin_index(Lower *l, Walk *w, IrExpr *from)
{
    w->index = hidden_var(l, "i", t_int(l));
    emit_set(l, w->index, from);
}

static void begin_list(Lower *l, Walk *w, IrExpr *value)
{
    w->list = held(l, w, value, "list");
    begin_index(l, w, e_int(l, 0));
}

static void begin_runtime(Lower *l, Walk *w, IrExpr *value, const char *c_type, IrOp begin)
{
    w->list = held(l, w, value, stem_of(value->type));
    w->iter = hidden_var(l, "it", t_none(l));
    w->iter->c_type = c_type;
    emit_set(l, w->iter, e_op(l, begin, t_none(l), w->list, NULL));
}

/* range(a, b, c): plain ints when the step is a constant, else a range object. */
static void begin_range(Lower *l, Walk *w, Node *call)
{
    uint32_t count = call->as.call.args.len;
    Operands ops = {0};

    for (uint32_t i = 0; i < count; i++)
        operands_add(l, &ops, expr_to(l, call->as.call.args.items[i].value, t_int(l)));
    operands_settle(l, &ops);
    IrExpr *from = count > 1 ? ops.items.items[0].value : e_int(l, 0);
    IrExpr *limit = ops.items.items[count > 1].value;
    IrExpr *step = count > 2 ? ops.items.items[2].value : e_int(l, 1);
    if (step->kind == IR_INT && step->as.integer != 0) {
        w->kind = ITER_RANGE;
        w->from = from;
        w->limit = limit;
        w->step = step->as.integer;
        return;
    }
    w->kind = ITER_RANGE_VALUE;
    w->list = held(l, w, RUNTIME(l, "art_range_new", RT_RAISES, range_type(l), from, limit, step), "range");
    begin_index(l, w, e_int(l, 0));
}

static void begin_enum(Lower *l, Walk *w)
{
    const Class *cls = w->it->elem->cls;
    ClassInfo *info = infer_class(l->inf, cls);
    IrExpr *list = e_new(l, IR_LIST, t_of(l, TYPE_VARTUPLE, w->it->elem));

    for (uint32_t i = 0; i < info->members.len; i++)
        if (!is_alias(l, info, i))
            add_arg(l, list, enum_member_value(l, cls, i));
    w->kind = ITER_VARTUPLE;
    begin_list(l, w, list);
}

/* What a loop walks by asking for the next item. */
static void begin_walked(Lower *l, Walk *w, const char *stem, IrExpr *value)
{
    w->object = hidden_var(l, stem, value->type);
    w->object->is_walked = true;
    emit_set(l, w->object, value);
    vec_push(l->arena, &w->walked, w->object);
}

/* By the type of the value: also for what an __iter__ gives. */
static void begin_value(Lower *l, Walk *w, IrExpr *value)
{
    switch (value->type->kind) {
    case TYPE_LIST:
    case TYPE_VARTUPLE:
        w->kind = ITER_LIST;
        begin_list(l, w, value);
        break;
    case TYPE_TUPLE:
        w->kind = ITER_LIST;
        begin_list(l, w, convert(l, value, t_of(l, TYPE_VARTUPLE, w->elem)));
        break;
    case TYPE_STR:
    case TYPE_BYTES:
    case TYPE_BYTEARRAY:
        w->kind = value->type->kind == TYPE_STR ? ITER_STR : ITER_BYTES;
        begin_list(l, w, value);
        break;
    case TYPE_RANGE:
        w->kind = ITER_RANGE_VALUE;
        begin_list(l, w, value);
        break;
    case TYPE_DICT:
        if (w->kind != ITER_DICT_VALUES && w->kind != ITER_DICT_ITEMS)
            w->kind = ITER_DICT;
        begin_runtime(l, w, value, "art_dict_iter", IR_OP_DICT_BEGIN);
        break;
    case TYPE_SET:
    case TYPE_FROZENSET:
        w->kind = ITER_SET;
        begin_runtime(l, w, value, "art_set_iter", IR_OP_SET_BEGIN);
        break;
    case TYPE_DEQUE:
        w->kind = ITER_DEQUE;
        begin_runtime(l, w, value, "art_deque_iter", IR_OP_DEQUE_BEGIN);
        break;
    case TYPE_GENERATOR:
        w->kind = ITER_GENERATOR;
        begin_walked(l, w, "gen", value);
        break;
    case TYPE_ASYNCGEN:
        w->kind = ITER_ASYNCGEN;
        begin_walked(l, w, "gen", value);
        break;
    case TYPE_CLASS:
        if (is_namedtuple(value->type->cls)) {
            w->kind = ITER_LIST;
            begin_list(l, w, convert(l, fields_tuple(l, value), t_of(l, TYPE_VARTUPLE, w->elem)));
            break;
        }
        w->list = held(l, w, value, "iterator");
        break;
    default:
        w->kind = ITER_ANY;
        begin_walked(l, w, "iterator", e_op(l, IR_OP_BOX_ITER, t_any(l), box(l, value), NULL));
    }
}

/* An object with __iter__ and __next__, or with __getitem__ alone. */
static void begin_user(Lower *l, Walk *w)
{
    IrExpr *value = expr(l, w->it->value);

    if (w->it->iter)
        value = call_with(l, w->it->iter, value, NULL, 0);
    if (w->kind == ITER_GETITEM) {
        w->list = held(l, w, value, "object");
        begin_index(l, w, e_int(l, 0));
        return;
    }
    begin_value(l, w, value);
}

static void begin_reversed(Lower *l, Walk *w)
{
    IrExpr *value = expr(l, w->it->value);

    if (value->type->kind == TYPE_TUPLE)
        value = convert(l, value, t_of(l, TYPE_VARTUPLE, w->elem));
    if (value->type->kind == TYPE_DICT)
        value = RUNTIME(l, "art_dict_keys", RT_TYPED, t_of(l, TYPE_LIST, w->elem), value);
    w->list = held(l, w, value, stem_of(value->type));
    begin_index(l, w, e_op(l, IR_OP_INT_SUB_FAST, t_int(l), len_of(l, w->list), e_int(l, 1)));
}

static void begin_inner(Lower *l, Walk *w)
{
    for (uint32_t i = 0; i < w->it->inner.len; i++) {
        Walk *inner = walk_begin(l, w->it->inner.items[i]);
        vec_push(l->arena, &w->inner, inner);
        for (uint32_t j = 0; j < inner->walked.len; j++)
            vec_push(l->arena, &w->walked, inner->walked.items[j]);
    }
}

static bool is_zero(const Node *n)
{
    return !n || (n->kind == NODE_INT && n->as.integer.value == 0);
}

static void begin_enumerate(Lower *l, Walk *w)
{
    IrExpr *start = NULL;

    begin_inner(l, w);
    Walk *inner = w->inner.items[0];
    if (is_zero(w->it->extra) && (inner->kind == ITER_LIST || inner->kind == ITER_VARTUPLE || inner->kind == ITER_BYTES)) {
        w->starts_at_zero = true;
        return;
    }
    start = w->it->extra ? expr_to(l, w->it->extra, t_int(l)) : e_int(l, 0);
    begin_index(l, w, start);
}

static Walk *walk_begin(Lower *l, Iteration *it)
{
    Walk *w = arena_new(l->arena, Walk);

    w->it = it;
    w->kind = it->kind;
    w->elem = it->elem;
    switch (it->kind) {
    case ITER_RANGE:
        begin_range(l, w, it->value);
        break;
    case ITER_ENUMERATE:
        begin_enumerate(l, w);
        break;
    case ITER_ZIP:
        begin_inner(l, w);
        break;
    case ITER_REVERSED:
        begin_reversed(l, w);
        break;
    case ITER_ENUM:
        begin_enum(l, w);
        break;
    case ITER_USER:
    case ITER_GETITEM:
    case ITER_ASYNC_USER:
        begin_user(l, w);
        break;
    default:
        begin_value(l, w, expr(l, it->value));
    }
    return w;
}

/* -- is there another item ---------------------------------------------------------------------------------------------------------- */

static IrExpr *index_below(Lower *l, Walk *w, IrExpr *end)
{
    return e_op(l, IR_OP_INT_LT, t_bool(l), e_read(l, w->index), end);
}

/* NULL: asking for the item tells. */
static IrExpr *walk_condition(Lower *l, Walk *w)
{
    IrExpr *all = NULL;

    switch (w->kind) {
    case ITER_LIST:
    case ITER_VARTUPLE:
    case ITER_BYTES:
    case ITER_RANGE_VALUE:
        return index_below(l, w, e_op(l, IR_OP_LEN, t_int(l), w->list, NULL));
    case ITER_STR:
        return index_below(l, w, e_op(l, IR_OP_STR_SIZE, t_int(l), w->list, NULL));
    case ITER_REVERSED:
        return e_op(l, IR_OP_INT_GE, t_bool(l), e_read(l, w->index), e_int(l, 0));
    case ITER_DICT:
    case ITER_DICT_VALUES:
    case ITER_DICT_ITEMS:
        return e_op(l, IR_OP_DICT_NEXT, t_bool(l), e_read(l, w->iter), NULL);
    case ITER_SET:
        return e_op(l, IR_OP_SET_NEXT, t_bool(l), e_read(l, w->iter), NULL);
    case ITER_DEQUE:
        return e_op(l, IR_OP_DEQUE_NEXT, t_bool(l), e_read(l, w->iter), NULL);
    case ITER_RANGE:
        return e_op(l, w->step > 0 ? IR_OP_INT_LT : IR_OP_INT_GT, t_bool(l), e_read(l, w->index), w->limit);
    case ITER_ENUMERATE:
        return walk_condition(l, w->inner.items[0]);
    case ITER_ZIP:
        for (uint32_t i = 0; i < w->inner.len; i++) {
            IrExpr *one = walk_condition(l, w->inner.items[i]);
            if (!one)
                return NULL;
            all = all ? e_and(l, all, one) : one;
        }
        return all;
    default:
        return NULL;
    }
}

/* -- the item --------------------------------------------------------------------------------------------------------------------------- */

static IrStmt *break_of(Lower *l, IrStmt *loop)
{
    IrStmt *s = ir_stmt(l->c, IR_BREAK, l->fn->span);

    s->target = loop;
    return s;
}

/* A generator object, or the runtime's iterator over a box. */
static IrExpr *next_of(Lower *l, Walk *w, IrStmt *loop)
{
    Type *t = w->kind == ITER_ANY ? t_any(l) : w->object->type->args[0];
    IrVar *item = t->kind == TYPE_NONE || t->kind == TYPE_NEVER ? NULL : temp_var(l, "item", t);
    IrStmt *s = emit_new(l, IR_NEXT);

    s->dst = item;
    s->value = e_read(l, w->object);
    vec_push(l->arena, &s->orelse, break_of(l, loop));
    return item ? convert(l, e_read(l, item), w->elem) : e_none(l, t_none(l));
}

/* item = the value of `call`; the loop ends when it raises `stop`. */
static IrExpr *until_raised(Lower *l, Callee *callee, IrExpr *object, IrExpr *const *values, uint32_t count, const char *stop, IrStmt *loop,
                            bool is_awaited, Type *elem)
{
    IrVar *item = hidden_var(l, "item", elem);
    IrStmt *attempt = emit_new(l, IR_TRY);
    IrBlock *outer = enter_block(l, &attempt->body);
    IrExpr *value = call_with(l, callee, object, values, count);

    if (is_awaited)
        value = await_value(l, value, elem);
    emit_set(l, item, convert(l, value, elem));
    enter_block(l, &attempt->orelse);
    IrStmt *test = emit_new(l, IR_IF);
    test->cond = e_op(l, IR_OP_RAISED_IS, t_bool(l), e_type(l, exception_type(l, stop)), NULL);
    enter_block(l, &test->body);
    emit_new(l, IR_CATCH);
    emit(l, break_of(l, loop));
    enter_block(l, &attempt->orelse);
    emit_new(l, IR_RERAISE);
    enter_block(l, outer);
    return e_read(l, item);
}

static IrExpr *reversed_item(Lower *l, Walk *w)
{
    IrExpr *index = e_read(l, w->index);

    switch (w->list->type->kind) {
    case TYPE_STR:
        return RUNTIME(l, "art_str_at", RT_RAISES, t_str(l), w->list, index);
    case TYPE_RANGE:
        return RUNTIME(l, "art_range_at", RT_RAISES, t_int(l), w->list, index);
    case TYPE_DEQUE:
        return RUNTIME(l, "art_deque_get", RT_RAISES | RT_OUT, w->elem, w->list, index);
    default:
        return list_item(l, w->list, index, w->elem);
    }
}

static void break_unless(Lower *l, IrExpr *cond, IrStmt *loop)
{
    IrStmt *test = emit_new(l, IR_IF);

    test->cond = e_not(l, cond);
    vec_push(l->arena, &test->body, break_of(l, loop));
}

static IrExpr *walk_item(Lower *l, Walk *w, IrStmt *loop);

/* When some part can only be asked by taking its item, every part is asked in turn, as zip does. */
static IrExpr *zip_item(Lower *l, Walk *w, IrStmt *loop)
{
    IrExpr *tuple = e_new(l, IR_TUPLE, w->elem);
    bool asks_here = walk_condition(l, w) == NULL;

    if (w->inner.len == 0) /* zip() of nothing has no items */
        emit(l, break_of(l, loop));
    for (uint32_t i = 0; i < w->inner.len; i++) {
        Walk *inner = w->inner.items[i];
        IrExpr *cond = asks_here ? walk_condition(l, inner) : NULL;
        if (cond)
            break_unless(l, cond, loop);
        add_arg(l, tuple, convert(l, walk_item(l, inner, loop), w->elem->args[i]));
    }
    return tuple;
}

static IrExpr *enumerate_item(Lower *l, Walk *w, IrStmt *loop)
{
    IrExpr *tuple = e_new(l, IR_TUPLE, w->elem);
    Walk *inner = w->inner.items[0];
    IrVar *index = w->starts_at_zero ? inner->index : w->index;
    IrExpr *item = walk_item(l, inner, loop);

    add_arg(l, tuple, e_read(l, index));
    add_arg(l, tuple, convert(l, item, w->elem->args[1]));
    return tuple;
}

static IrExpr *dict_item(Lower *l, Walk *w)
{
    IrExpr *tuple = e_new(l, IR_TUPLE, w->elem);

    for (uint32_t i = 0; i < 2; i++)
        add_arg(l, tuple, e_slot(l, w->iter, i ? "value" : "key", w->elem->args[i]));
    return tuple;
}

static IrExpr *walk_item(Lower *l, Walk *w, IrStmt *loop)
{
    IrExpr *index;

    switch (w->kind) {
    case ITER_LIST:
    case ITER_VARTUPLE:
        return e_elem(l, w->list, e_read(l, w->index), w->list->type->args[0]);
    case ITER_STR:
        return e_op(l, IR_OP_STR_NEXT, t_str(l), w->list, e_read(l, w->index));
    case ITER_BYTES:
        return e_op(l, IR_OP_BYTES_ITEM, t_int(l), w->list, e_read(l, w->index));
    case ITER_RANGE:
        return e_read(l, w->index);
    case ITER_RANGE_VALUE:
        return RUNTIME(l, "art_range_at", 0, t_int(l), w->list, e_read(l, w->index));
    case ITER_DICT:
        return e_slot(l, w->iter, "key", w->elem);
    case ITER_DICT_VALUES:
        return e_slot(l, w->iter, "value", w->elem);
    case ITER_DICT_ITEMS:
        return dict_item(l, w);
    case ITER_SET:
    case ITER_DEQUE:
        return e_slot(l, w->iter, "item", w->elem);
    case ITER_REVERSED:
        return reversed_item(l, w);
    case ITER_ENUMERATE:
        return enumerate_item(l, w, loop);
    case ITER_ZIP:
        return zip_item(l, w, loop);
    case ITER_USER:
        return until_raised(l, w->it->next, w->list, NULL, 0, "StopIteration", loop, false, w->elem);
    case ITER_ASYNC_USER:
        return until_raised(l, w->it->next, w->list, NULL, 0, "StopAsyncIteration", loop, true, w->elem);
    case ITER_GETITEM:
        index = e_read(l, w->index);
        return until_raised(l, w->it->next, w->list, &index, 1, "IndexError", loop, false, w->elem);
    default:
        return next_of(l, w, loop);
    }
}

/* -- moving on ------------------------------------------------------------------------------------------------------------------------------ */

static void move_index(Lower *l, Walk *w, int64_t by)
{
    IrOp op = by < 0 ? IR_OP_INT_SUB_FAST : IR_OP_INT_ADD_FAST;

    emit_set(l, w->index, e_op(l, op, t_int(l), e_read(l, w->index), e_int(l, by < 0 ? -by : by)));
}

static void walk_step(Lower *l, Walk *w)
{
    for (uint32_t i = 0; i < w->inner.len; i++)
        walk_step(l, w->inner.items[i]);
    if (w->index && w->kind != ITER_STR)
        move_index(l, w, w->kind == ITER_REVERSED ? -1 : w->kind == ITER_RANGE ? w->step : 1);
}

/* range as a part of zip or enumerate has no loop of its own to count for it. */
static void count_by_hand(Lower *l, Walk *w)
{
    for (uint32_t i = 0; i < w->inner.len; i++) {
        Walk *inner = w->inner.items[i];
        count_by_hand(l, inner);
        if (inner->kind == ITER_RANGE) {
            inner->limit = to_simple(l, inner->limit, "end");
            begin_index(l, inner, inner->from);
        }
    }
}

/* -- the loop ----------------------------------------------------------------------------------------------------------------------------------- */

/* The variable that a counting loop may count with: a plain local that nobody else changes or reads afterwards. */
static IrVar *counter_of(Lower *l, Node *target, Span loop)
{
    Symbol *symbol = target && target->kind == NODE_NAME ? used_symbol(l, target) : NULL;
    IrVar *var;

    if (!symbol || symbol->scope->kind != SCOPE_FUNCTION || symbol->scope != l->fn->inst->scope || l->fn->genexp)
        return NULL;
    if (symbol->assign_count != 2 || is_used_outside(l, symbol, loop) || is_cell(l, symbol))
        return NULL;
    if (!is_kept_symbol(l, symbol))
        return NULL;
    var = ir_var_of(l, symbol);
    return var->type->kind == TYPE_INT && var->kind == IR_VAR_LOCAL && !var->may_be_unset ? var : NULL;
}

static IrStmt *count_loop(Lower *l, Walk *w, Node *target, Span span, IrExpr **item)
{
    IrVar *counter = counter_of(l, target, span);
    IrStmt *loop = ir_stmt(l->c, IR_COUNT, l->fn->span);

    loop->dst = counter ? counter : hidden_var(l, "i", t_int(l));
    loop->value = w->from;
    loop->limit = w->limit;
    loop->step = w->step;
    *item = counter ? NULL : e_read(l, loop->dst);
    return loop;
}

typedef struct Loop {
    Walk *walk;
    IrStmt *loop;
    IrBlock *outer;
    IrExpr *item; /* NULL: the target counts itself */
} Loop;

/* Everything up to the body; statements now go into it. */
static Loop loop_begin(Lower *l, Iteration *it, Node *target, Span span)
{
    Loop loop = {.walk = walk_begin(l, it)};
    Walk *w = loop.walk;

    count_by_hand(l, w);
    for (uint32_t i = 0; i < w->walked.len; i++)
        exit_push_walk(l, w->walked.items[i]);
    if (w->kind == ITER_RANGE) {
        loop.loop = count_loop(l, w, target, span, &loop.item);
    } else {
        loop.loop = ir_stmt(l->c, IR_WHILE, l->fn->span);
        loop.loop->cond = walk_condition(l, w);
    }
    emit(l, loop.loop);
    loop.outer = enter_block(l, &loop.loop->body);
    if (w->kind != ITER_RANGE)
        loop.item = walk_item(l, w, loop.loop);
    return loop;
}

static void end_walks(Lower *l, const Loop *loop)
{
    for (uint32_t i = loop->walk->walked.len; i-- > 0;)
        emit_new(l, IR_UNSET)->dst = loop->walk->walked.items[i];
}

static void loop_end(Lower *l, Loop *loop)
{
    if (loop->walk->kind != ITER_RANGE) {
        enter_block(l, &loop->loop->after);
        walk_step(l, loop->walk);
    }
    enter_block(l, loop->outer);
    if (loop->walk->object && !loop->walk->walked.len && loop->walk->object->kind == IR_VAR_HIDDEN &&
        types_needs_release(loop->walk->object->type))
        emit_new(l, IR_UNSET)->dst = loop->walk->object;
    for (uint32_t i = 0; i < loop->walk->walked.len; i++)
        exit_pop(l);
    end_walks(l, loop);
}

void loop_over(Lower *l, Iteration *it, Node *target, LoopBody *body, void *ctx)
{
    Loop loop = loop_begin(l, it, NULL, l->fn->span);

    if (target)
        assign_to(l, target, loop.item);
    body(l, ctx, loop.item);
    loop_end(l, &loop);
}

/* What walking a value of the type gives, NULL for what a class of the program decides. */
Type *element_type(Lower *l, const Type *t)
{
    switch (t->kind) {
    case TYPE_STR:
        return t_str(l);
    case TYPE_BYTES:
    case TYPE_BYTEARRAY:
    case TYPE_RANGE:
        return t_int(l);
    case TYPE_ANY:
    case TYPE_UNION:
        return t_any(l);
    case TYPE_LIST:
    case TYPE_VARTUPLE:
    case TYPE_SET:
    case TYPE_FROZENSET:
    case TYPE_DEQUE:
    case TYPE_DICT:
    case TYPE_GENERATOR:
    case TYPE_ASYNCGEN:
        return t->args[0];
    default:
        return NULL;
    }
}

/* Over a value at hand, by its type. */
void loop_over_value(Lower *l, IrExpr *value, Type *elem, LoopBody *body, void *ctx)
{
    Iteration it = {.kind = ITER_ANY, .elem = elem};
    Node *stand_in = arena_new(l->arena, Node);

    it.value = stand_in;
    map_set(l->arena, &l->special_args, stand_in, value);
    loop_over(l, &it, NULL, body, ctx);
}

/* A method of the class as a Callee without arguments (or with the index of __getitem__). */
static Callee *method_callee(Lower *l, const Class *cls, const char *name, uint32_t args)
{
    Instance *inst = class_method(l->inf, cls, name_of(l, name)) ? method_instance(l, cls, name) : NULL;
    Callee *callee;

    if (!inst)
        return NULL;
    callee = arena_new(l->arena, Callee);
    callee->kind = CALLEE_INSTANCE;
    callee->instance = inst;
    callee->decl = inst->decl;
    callee->binding_count = 1 + args;
    callee->bindings = arena_array(l->arena, Binding, 1 + args);
    callee->bindings[0] = (Binding){.kind = BIND_RECEIVER, .type = inst->params[0]};
    for (uint32_t i = 1; i <= args; i++)
        callee->bindings[i] = (Binding){.kind = BIND_ARG, .type = inst->params[i]};
    callee->result = func_of(l, inst)->result;
    if (inst->is_generator) {
        Type *types[] = {inst->yields, inst->sends, inst->result};
        callee->result = types_make(l->types, TYPE_GENERATOR, l->kinds[TYPE_GENERATOR], types, 3);
    }
    return callee;
}

static bool class_iteration(Lower *l, const Class *cls, Iteration *it)
{
    Callee *iter = method_callee(l, cls, "__iter__", 0);
    const Type *iterator = iter ? iter->result : cls->type;

    it->kind = ITER_USER;
    it->iter = iter;
    if (iter && iterator->kind != TYPE_CLASS) {
        it->elem = element_type(l, iterator);
        return it->elem != NULL;
    }
    it->next = method_callee(l, iterator->cls, "__next__", 0);
    if (!it->next && !iter) {
        it->kind = ITER_GETITEM;
        it->next = method_callee(l, cls, "__getitem__", 1);
    }
    it->elem = it->next ? it->next->result : NULL;
    return it->next != NULL;
}

/* How a value at hand is walked, where inference was not asked: NULL when it cannot be. */
Iteration *iteration_of(Lower *l, IrExpr *value)
{
    Iteration *it = arena_new(l->arena, Iteration);
    const Type *t = value->type;

    it->kind = ITER_ANY;
    it->value = arena_new(l->arena, Node);
    it->elem = element_type(l, t);
    if (t->kind == TYPE_CLASSOBJ && t->args[0]->cls && t->args[0]->cls->is_enum) {
        it->kind = ITER_ENUM;
        it->elem = t->args[0];
    } else if (t->kind == TYPE_CLASS && !class_iteration(l, t->cls, it)) {
        return NULL;
    }
    map_set(l->arena, &l->special_args, it->value, value);
    return it->elem ? it : NULL;
}

/* A loop whose statements are lowered by the caller between the two: for comprehensions. */
void *loop_enter(Lower *l, Iteration *it, Node *target, Span span)
{
    Loop *loop = arena_new(l->arena, Loop);

    *loop = loop_begin(l, it, target, span);
    if (loop->item)
        assign_to(l, target, loop->item);
    return loop;
}

IrStmt *loop_stmt(void *loop)
{
    return ((Loop *)loop)->loop;
}

void loop_leave(Lower *l, void *loop)
{
    loop_end(l, loop);
}

/* -- statements ------------------------------------------------------------------------------------------------------------------------------------ */

/* With an else part, `break` must go past it: it leaves a block around both. */
static IrStmt *begin_else(Lower *l, const NodeVec *orelse, IrBlock **outer)
{
    if (!orelse->len)
        return NULL;
    IrStmt *block = emit_new(l, IR_BLOCK);
    *outer = enter_block(l, &block->body);
    return block;
}

static void end_else(Lower *l, IrStmt *block, const NodeVec *orelse, IrBlock *outer)
{
    if (!block)
        return;
    lower_body(l, orelse);
    enter_block(l, outer);
}

void lower_for(Lower *l, Node *n)
{
    Iteration *it = iteration_at(l, n->as.for_.iter);
    IrBlock *outer = NULL;

    note_stable_values(l, it, n->span);
    IrStmt *block = begin_else(l, &n->as.for_.orelse, &outer);
    Loop loop = loop_begin(l, it, n->as.for_.target, n->span);
    if (loop.item)
        assign_to(l, n->as.for_.target, loop.item);
    exit_push_loop(l, loop.loop, block ? block : loop.loop);
    l->fn->loops++;
    lower_body(l, &n->as.for_.body);
    l->fn->loops--;
    exit_pop(l);
    loop_end(l, &loop);
    end_else(l, block, &n->as.for_.orelse, outer);
    if (block)
        end_walks(l, &loop); /* `break` went past the first */
}

/* The condition belongs to the loop if it needs no statements; else `while True`, with a break. */
static void while_head(Lower *l, IrStmt *loop, Node *test)
{
    IrBlock head = {0}, *outer = enter_block(l, &head);
    IrExpr *cond = condition(l, test);

    enter_block(l, outer);
    if (cond->kind == IR_BOOL && cond->as.integer && head.len == 0)
        return;
    if (head.len == 0) {
        loop->cond = cond;
        return;
    }
    loop->body = head;
    outer = enter_block(l, &loop->body);
    break_unless(l, cond, loop);
    enter_block(l, outer);
}

void lower_while(Lower *l, Node *n)
{
    IrBlock *outer = NULL;
    IrStmt *block = begin_else(l, &n->as.while_.orelse, &outer);
    IrStmt *loop = ir_stmt(l->c, IR_WHILE, l->fn->span);

    while_head(l, loop, n->as.while_.test);
    if (loop->cond && loop->cond->kind == IR_BOOL && !loop->cond->as.integer) {
        end_else(l, block, &n->as.while_.orelse, outer); /* never */
        return;
    }
    emit(l, loop);
    IrBlock *before = enter_block(l, &loop->body);
    exit_push_loop(l, loop, block ? block : loop);
    l->fn->loops++;
    lower_body(l, &n->as.while_.body);
    l->fn->loops--;
    exit_pop(l);
    enter_block(l, before);
    end_else(l, block, &n->as.while_.orelse, outer);
}

/* -- exceptions ------------------------------------------------------------------------------------------------------------------------------------ */

typedef struct Walked {
    Arena *arena;
    IrVarVec vars;
} Walked;

static void collect_walked(void *ctx, IrStmt *s)
{
    Walked *walked = ctx;

    if (s->kind == IR_SET && s->dst && s->dst->is_walked)
        vec_push(walked->arena, &walked->vars, s->dst);
}

static void end_walks_first(void *ctx, IrStmt *s)
{
    Lower *l = ctx;
    Walked walked = {.arena = l->arena};
    IrBlock handler = {0};

    if (s->kind != IR_TRY)
        return;
    ir_each_stmt(&s->body, collect_walked, &walked);
    if (!walked.vars.len)
        return;
    for (uint32_t i = walked.vars.len; i-- > 0;) {
        IrStmt *unset = ir_stmt(l->c, IR_UNSET, s->span);
        unset->dst = walked.vars.items[i];
        vec_push(l->arena, &handler, unset);
    }
    for (uint32_t i = 0; i < s->orelse.len; i++)
        vec_push(l->arena, &handler, s->orelse.items[i]);
    s->orelse = handler;
}

/* An exception leaves loops, too: before a handler begins, what they walked ends, the innermost first. */
void end_walks_in_handlers(Lower *l, IrFunc *func)
{
    bool has_walks = false;

    for (uint32_t i = 0; i < func->vars.len; i++)
        has_walks |= func->vars.items[i]->is_walked;
    if (has_walks)
        ir_each_stmt(&func->body, end_walks_first, l);
}

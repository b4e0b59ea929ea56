/* Evaluation order.
 *
 * C may evaluate the operands of a call or operator in any order, Python goes from left to right. So an expression becomes a tree of
 * which no two parts could disturb each other, and whatever could is put into a statement of its own before:
 *
 *     f(x) + g(x)                  int64_t number = f(x);
 *                                  … number + g(x) …
 *     total(a) + len(a)            len(a) stays in the tree: an int kept in `a`, which total could change, is read after, so
 *                                  int64_t number = total(a);
 *
 * Whoever lowers several operands adds each to an Operands as soon as it is complete, which notes how far the block had come. When
 * all are there, operands_settle looks at what comes after each operand (statements and the trees of the later ones) and
 * moves those that would be disturbed into temporaries, set at the place where they were complete.
 *
 * Only what matters is kept in order: calls against calls, reads of what a call could change, raises against calls, and two raises
 * of different kinds. OverflowError is not kept apart from other raises: it is our own, CPython has none there. */
#include "lower/internal.h"

/* -- what a tree does ---------------------------------------------------------------------------------------------------------- */

/* Can comparing, hashing or printing such values run the program's code? */
static bool runs_code(const Type *t)
{
    if (t->kind == TYPE_ANY)
        return true;
    if (t->kind == TYPE_CLASS)
        return !t->cls->c_name && !t->cls->is_enum;
    for (uint32_t i = 0; i < t->arg_count; i++)
        if (runs_code(t->args[i]))
            return true;
    return false;
}

static bool is_mutable(const Type *t)
{
    switch (t->kind) {
    case TYPE_NONE:
    case TYPE_BOOL:
    case TYPE_INT:
    case TYPE_FLOAT:
    case TYPE_STR:
    case TYPE_BYTES:
    case TYPE_RANGE:
    case TYPE_CLASSOBJ:
        return false;
    case TYPE_UNION:
    case TYPE_TUPLE:
    case TYPE_VARTUPLE:
        for (uint32_t i = 0; i < t->arg_count; i++)
            if (is_mutable(t->args[i]))
                return true;
        return false;
    default:
        return true;
    }
}

static unsigned op_effects(const IrExpr *e)
{
    const Type *t = e->args.len ? e->args.items[0]->type : NULL;

    switch (e->op) {
    case IR_OP_INT_ADD:
    case IR_OP_INT_SUB:
    case IR_OP_INT_MUL:
    case IR_OP_INT_NEG:
        return EFFECT_OVERFLOW;
    case IR_OP_SLOT_TRUTH:
    case IR_OP_SLOT_EQ:
    case IR_OP_SLOT_LT:
    case IR_OP_SLOT_REPR:
    case IR_OP_SLOT_STR:
    case IR_OP_SLOT_HASH:
        return runs_code(t) ? EFFECT_CALLS | EFFECT_RAISES : is_mutable(t) ? EFFECT_READS : 0;
    case IR_OP_STR_NEXT:
    case IR_OP_DICT_NEXT:
    case IR_OP_SET_NEXT:
    case IR_OP_DEQUE_NEXT:
        return EFFECT_CALLS | EFFECT_RAISES;
    case IR_OP_LEN:
    case IR_OP_SET_LEN:
    case IR_OP_BYTES_ITEM:
        return is_mutable(t) ? EFFECT_READS : 0;
    case IR_OP_LIST_GET_INT:
    case IR_OP_LIST_GET_FLOAT:
    case IR_OP_LIST_GET_BOOL:
    case IR_OP_LIST_GET_PTR:
        return EFFECT_RAISES | EFFECT_READS;
    default:
        return ir_op_raises(e->op) ? e->op >= IR_OP_BOX_ADD && e->op <= IR_OP_BOX_LT ? EFFECT_CALLS | EFFECT_RAISES : EFFECT_RAISES
                                   : 0;
    }
}

/* A variable that only this function's own statements can change. */
static bool is_own_var(const IrVar *var)
{
    if (var->is_cell || var->kind == IR_VAR_GLOBAL)
        return false;
    return true;
}

static unsigned read_effects(const IrExpr *e)
{
    const IrPlace *p = &e->as.place;

    switch (p->kind) {
    case IR_PLACE_VAR:
        return (is_own_var(p->var) ? 0 : EFFECT_READS) | (p->var->may_be_unset ? EFFECT_RAISES : 0);
    case IR_PLACE_ITEM:
        return effects_of(p->object);
    case IR_PLACE_FIELD:
        return effects_of(p->object) | EFFECT_READS;
    case IR_PLACE_ELEM:
        return effects_of(p->object) | effects_of(p->position) | EFFECT_READS;
    default:
        return EFFECT_READS;
    }
}

static unsigned format_effects(const IrExpr *e)
{
    unsigned effects = e->type->kind == TYPE_NONE ? EFFECT_CALLS : 0;

    for (uint32_t i = 0; i < e->args.len; i++) {
        const Type *t = e->args.items[i]->type;
        if (runs_code(t))
            effects |= EFFECT_CALLS | EFFECT_RAISES;
        else if (is_mutable(t))
            effects |= EFFECT_READS;
    }
    if (strchr(e->as.format, '{'))
        effects |= EFFECT_RAISES;
    return effects;
}

static unsigned own_effects(const IrExpr *e)
{
    switch (e->kind) {
    case IR_READ:
        return read_effects(e);
    case IR_OP:
        return op_effects(e);
    case IR_CALL_C:
        return (is_pure_c(e->as.cfunc) ? 0 : EFFECT_CALLS) | (e->as.cfunc->raises ? EFFECT_RAISES : 0);
    case IR_CALL:
    case IR_CALL_VALUE:
    case IR_CALL_SLOT:
        return EFFECT_CALLS | EFFECT_RAISES;
    case IR_CONVERT:
        return e->checked ? EFFECT_RAISES : 0;
    case IR_LIST:
    case IR_DICT:
        return e->args.len && (e->type->kind == TYPE_SET || e->type->kind == TYPE_FROZENSET || e->kind == IR_DICT)
                   ? runs_code(e->args.items[0]->type) ? EFFECT_CALLS | EFFECT_RAISES : EFFECT_RAISES
                   : 0;
    case IR_FORMAT:
        return format_effects(e);
    case IR_NEW:
        return EFFECT_CALLS;
    default:
        return 0;
    }
}

unsigned effects_of(const IrExpr *e)
{
    unsigned effects = own_effects(e);

    for (uint32_t i = 0; i < e->args.len; i++)
        effects |= effects_of(e->args.items[i]);
    return effects;
}

bool is_simple(const IrExpr *e)
{
    switch (e->kind) {
    case IR_INT:
    case IR_FLOAT:
    case IR_BOOL:
    case IR_NONE:
    case IR_STR:
    case IR_BYTES:
    case IR_ZERO:
    case IR_TYPE:
    case IR_SELF:
        return true;
    case IR_READ:
        return e->as.place.kind == IR_PLACE_VAR && is_own_var(e->as.place.var) && !e->as.place.var->may_be_unset;
    case IR_CONVERT:
        return !e->checked && !types_is_box(e->type) && is_simple(e->args.items[0]);
    default:
        return false;
    }
}

/* -- what statements do ----------------------------------------------------------------------------------------------------------- */

typedef struct Later {
    unsigned effects;
    bool is_anything;
    Vec(IrVar *) assigned;
} Later;

static void later_block(Lower *l, Later *later, const IrBlock *block);

static void later_stmt(Lower *l, Later *later, const IrStmt *s)
{
    bool is_plain = (s->kind == IR_SET || s->kind == IR_COUNT) && (!s->dst || is_own_var(s->dst));

    later->is_anything = true;
    if (s->dst)
        vec_push(l->arena, &later->assigned, s->dst);
    if (!is_plain && s->kind != IR_IF && s->kind != IR_BLOCK && s->kind != IR_WHILE && s->kind != IR_BREAK)
        later->effects |= EFFECT_CALLS | EFFECT_RAISES;
    if (s->value)
        later->effects |= effects_of(s->value);
    if (s->cond)
        later->effects |= effects_of(s->cond);
    later_block(l, later, &s->body);
    later_block(l, later, &s->orelse);
    later_block(l, later, &s->after);
}

static void later_block(Lower *l, Later *later, const IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++)
        later_stmt(l, later, block->items[i]);
}

static bool is_in(const Later *later, const IrVar *var)
{
    for (uint32_t i = 0; i < later->assigned.len; i++)
        if (later->assigned.items[i] == var)
            return true;
    return false;
}

static bool reads_assigned(const IrExpr *e, const Later *later)
{
    if (e->kind == IR_READ) {
        const IrPlace *p = &e->as.place;
        if (p->var && is_in(later, p->var))
            return true;
        if ((p->object && reads_assigned(p->object, later)) || (p->position && reads_assigned(p->position, later)))
            return true;
    }
    for (uint32_t i = 0; i < e->args.len; i++)
        if (reads_assigned(e->args.items[i], later))
            return true;
    return false;
}

static bool is_disturbed(const IrExpr *e, const Later *later)
{
    unsigned effects = effects_of(e), after = later->effects;

    if ((effects & EFFECT_CALLS) && (later->is_anything || (after & (EFFECT_CALLS | EFFECT_RAISES | EFFECT_READS))))
        return true;
    if ((effects & EFFECT_READS) && (after & EFFECT_CALLS))
        return true;
    if ((effects & (EFFECT_RAISES | EFFECT_OVERFLOW)) && (after & EFFECT_CALLS))
        return true;
    if ((effects & EFFECT_RAISES) && (after & EFFECT_RAISES) && e->kind != IR_READ)
        return true;
    return later->assigned.len && reads_assigned(e, later);
}

/* -- temporaries ------------------------------------------------------------------------------------------------------------------ */

const char *stem_of(const Type *t)
{
    static const char *const stems[TYPE_KIND_COUNT] = {
        [TYPE_BOOL] = "flag",   [TYPE_INT] = "number",  [TYPE_FLOAT] = "number",    [TYPE_STR] = "text",
        [TYPE_BYTES] = "bytes", [TYPE_BYTEARRAY] = "bytes", [TYPE_LIST] = "list",   [TYPE_DEQUE] = "deque",
        [TYPE_DICT] = "dict",   [TYPE_SET] = "set",     [TYPE_FROZENSET] = "set",   [TYPE_TUPLE] = "tuple",
        [TYPE_VARTUPLE] = "tuple", [TYPE_RANGE] = "range", [TYPE_ANY] = "value",    [TYPE_CLASS] = "object",
        [TYPE_CLASSOBJ] = "cls", [TYPE_CALLABLE] = "function", [TYPE_FUNC] = "function", [TYPE_COROUTINE] = "coro",
        [TYPE_FUTURE] = "future", [TYPE_TASK] = "task", [TYPE_GENERATOR] = "gen",   [TYPE_ASYNCGEN] = "gen",
    };

    return stems[t->kind] ? stems[t->kind] : "value";
}

IrVar *temp_var(Lower *l, const char *stem, Type *type)
{
    return ir_var(l->c, l->fn->ir, IR_VAR_TEMP, stem ? stem : stem_of(type), type, l->fn->span);
}

IrVar *hidden_var(Lower *l, const char *stem, Type *type)
{
    return ir_var(l->c, l->fn->ir, IR_VAR_HIDDEN, stem ? stem : stem_of(type), type, l->fn->span);
}

static void insert(Lower *l, IrBlock *block, uint32_t at, IrStmt *s)
{
    vec_push(l->arena, block, s);
    memmove(block->items + at + 1, block->items + at, (block->len - 1 - at) * sizeof *block->items);
    block->items[at] = s;
}

IrExpr *to_temp(Lower *l, IrExpr *e, const char *stem)
{
    IrVar *var = temp_var(l, stem, e->type);

    emit_set(l, var, e);
    return ir_read(l->c, var, e->span);
}

IrExpr *to_simple(Lower *l, IrExpr *e, const char *stem)
{
    return is_simple(e) ? e : to_temp(l, e, stem);
}

IrExpr *quiet(Lower *l, IrExpr *e, const char *stem)
{
    if (effects_of(e) & (EFFECT_CALLS | EFFECT_RAISES | EFFECT_OVERFLOW))
        return to_temp(l, e, stem);
    return e;
}

/* -- operands --------------------------------------------------------------------------------------------------------------------- */

void operands_add(Lower *l, Operands *ops, IrExpr *value)
{
    Operand one = {value, l->fn->block->len};

    vec_push(l->arena, &ops->items, one);
}

static void move_to_temp(Lower *l, Operand *one)
{
    IrVar *var = temp_var(l, NULL, one->value->type);

    insert(l, l->fn->block, one->at, ir_set(l->c, var, one->value, one->value->span));
    one->value = ir_read(l->c, var, one->value->span);
}

/* From right to left, so that what comes after is known; a temporary that is inserted moves only what has been looked at. */
void operands_settle(Lower *l, Operands *ops)
{
    Later later = {0};
    uint32_t end = l->fn->block->len;

    for (uint32_t i = ops->items.len; i-- > 0;) {
        Operand *one = &ops->items.items[i];
        unsigned effects = effects_of(one->value);

        for (uint32_t j = one->at; j < end; j++)
            later_stmt(l, &later, l->fn->block->items[j]);
        end = one->at;
        if (is_disturbed(one->value, &later))
            move_to_temp(l, one);
        later.effects |= effects;
    }
}

/* Ownership: who holds a reference to what, and where it is given back.
 *
 * In: IR with exception edges.  Out: the same with nothing left to decide: where a borrowed value is retained (is_retained), where a
 * variable gives its value away (is_moved), what an assignment drops (drops_old), which temporaries die at a statement (release)
 * or are alive when it raises (unwind), which variables are released when the function is left (is_owned, at_exit).
 *
 *     print(f(x))            text = f(x)               an owned value that is only borrowed gets a temporary,
 *                            print(text)               released after the call and before the check
 *                            art_release(text)
 *     self.name = name       self.name = art_retain(name)
 *     xs = f(); return xs    the one reference moves out
 *     g(self.head)           head = art_retain(self.head); g(head); art_release(head)
 *                            only if g may assign an attribute `head`: else it is borrowed from the object
 *     for x in xs            xs is not retained when nothing assigns it
 *
 * Three steps. This file decides for each expression whether its value is consumed or borrowed, and makes temporaries. hold.c finds
 * which variables may hold something where; drop.c finds where temporaries die. It stands before live.c, since a release is a use. */
#include "pass/pass.h"

#include "base/map.h"

#include <string.h>

typedef struct Own {
    Compilation *c;
    IrProgram *program;
    IrFunc *func;
    IrBlock *out;      /* where rewritten statements go */
    Map stored;        /* Field or global → 1 + its bit in the sets below */
    uint32_t words;
    uint64_t **effects; /* by IrFunc.id: fields and globals that it may assign, with all that it calls */
    Map aliases;       /* IrVar → IrVar that it is a copy of */
    Map initialised;   /* Field → the __init__ that assigns it; one of several: the program */
} Own;

/* -- what a call may assign ---------------------------------------------------------------------------------------------------- */

static bool is_init(const IrFunc *func)
{
    size_t len = strlen(func->name), suffix = strlen("__init__");

    return func->params.len && len >= suffix && strcmp(func->name + len - suffix, "__init__") == 0;
}

/* Which __init__ assigns a field: when only one does, it finds the field empty. */
static void note_init(Own *o, const Field *field)
{
    void **by = map_slot(o->c->arena, &o->initialised, field);

    *by = *by && *by != (void *)o->func ? (void *)o->program : (void *)o->func;
}

static void number_stored(void *ctx, IrStmt *s)
{
    Own *o = ctx;
    const void *key = s->kind == IR_STORE && s->place.kind == IR_PLACE_FIELD   ? (const void *)s->place.field
                      : s->dst && s->dst->kind == IR_VAR_GLOBAL ? (const void *)s->dst : NULL;

    if (key && !map_has(&o->stored, key))
        map_set(o->c->arena, &o->stored, key, (void *)(uintptr_t)(o->stored.len + 1));
}

static void mark_stored(Own *o, uint64_t *set, const void *key)
{
    uintptr_t bit = (uintptr_t)map_get(&o->stored, key);

    if (bit)
        set[(bit - 1) / 64] |= (uint64_t)1 << (bit - 1) % 64;
}

static void note_store(void *ctx, IrStmt *s)
{
    Own *o = ctx;
    uint64_t *set = o->effects[o->func->id];

    if (s->kind == IR_STORE && s->place.kind == IR_PLACE_FIELD) {
        mark_stored(o, set, s->place.field);
        if (is_init(o->func))
            note_init(o, s->place.field);
    }
    if (s->dst && s->dst->kind == IR_VAR_GLOBAL) {
        mark_stored(o, set, s->dst);
        s->dst->is_stored |= o->func != o->program->init;
    }
}

static bool add_effects(Own *o, uint64_t *to, const uint64_t *from)
{
    bool grew = false;

    for (uint32_t i = 0; i < o->words; i++) {
        grew |= (from[i] & ~to[i]) != 0;
        to[i] |= from[i];
    }
    return grew;
}

static void find_effects(Own *o)
{
    const IrFuncVec *funcs = &o->program->funcs;

    for (uint32_t i = 0; i < funcs->len; i++)
        ir_each_stmt(&funcs->items[i]->body, number_stored, o);
    o->words = o->stored.len / 64 + 1;
    o->effects = arena_array(o->c->arena, uint64_t *, funcs->len + 1);
    for (uint32_t i = 0; i < funcs->len; i++) {
        o->func = funcs->items[i];
        o->effects[o->func->id] = arena_array(o->c->arena, uint64_t, o->words);
        ir_each_stmt(&o->func->body, note_store, o);
    }
    for (bool grew = true; grew;) {
        grew = false;
        for (uint32_t i = 0; i < funcs->len; i++)
            for (uint32_t j = 0; j < funcs->items[i]->callees.len; j++)
                grew |= add_effects(o, o->effects[funcs->items[i]->id], o->effects[funcs->items[i]->callees.items[j]->id]);
    }
}

static bool may_assign(Own *o, const uint64_t *effects, const void *what)
{
    uintptr_t bit = (uintptr_t)map_get(&o->stored, what);

    return bit && effects[(bit - 1) / 64] >> (bit - 1) % 64 & 1;
}

/* All that a call with this receiver of control may assign: for a closure or an overridden method, what the whole caller may. */
static const uint64_t *effects_of(Own *o, const IrExpr *call)
{
    return o->effects[call->kind == IR_CALL ? call->as.func->id : o->func->id];
}

/* Does something else than the call's argument keep the value alive until the call is over? */
static bool is_steady(Own *o, const IrExpr *e, const uint64_t *effects)
{
    if (ir_is_static(e) || e->kind == IR_SELF)
        return true;
    switch (e->kind) {
    case IR_READ:
        switch (e->as.place.kind) {
        case IR_PLACE_VAR:
            if (e->as.place.var->is_cell)
                return false;
            return e->as.place.var->kind != IR_VAR_GLOBAL || !may_assign(o, effects, e->as.place.var);
        case IR_PLACE_FIELD:
            return is_steady(o, e->as.place.object, effects) && !may_assign(o, effects, e->as.place.field);
        case IR_PLACE_ITEM:
            return is_steady(o, e->as.place.object, effects);
        default:
            return false;
        }
    case IR_CONVERT:
        return is_steady(o, e->args.items[0], effects);
    case IR_SELECT:
        return is_steady(o, e->args.items[1], effects) && is_steady(o, e->args.items[2], effects);
    case IR_TUPLE:
        for (uint32_t i = 0; i < e->args.len; i++)
            if (!is_steady(o, e->args.items[i], effects))
                return false;
        return true;
    default:
        return false;
    }
}

/* -- expressions: consumed or borrowed ------------------------------------------------------------------------------------------- */

static void borrow(Own *o, IrExpr **at);
static void consume(Own *o, IrExpr **at);

static void borrow_operand(void *ctx, IrExpr **at)
{
    borrow(ctx, at);
}

static void emit(Own *o, IrStmt *s)
{
    vec_push(o->c->arena, o->out, s);
}

/* Puts the value, owned, into a temporary that is set before the statement. */
static void hoist(Own *o, IrExpr **at)
{
    IrExpr *e = *at;
    IrVar *temp = ir_var(o->c, o->func, IR_VAR_TEMP, value_stem(e), e->type, e->span);
    IrStmt *set = ir_set(o->c, temp, e, e->span);

    temp->is_owned = types_needs_release(e->type);
    set->raises = expr_raises(e);
    emit(o, set);
    *at = ir_read(o->c, temp, e->span);
}

/* The arguments of a call that may run code of the program are held where nothing else does. */
static void borrow_args(Own *o, IrExpr *call)
{
    const uint64_t *effects = effects_of(o, call);

    for (uint32_t i = 0; i < call->args.len; i++) {
        borrow(o, &call->args.items[i]);
        IrExpr *arg = call->args.items[i];
        if (types_needs_release(arg->type) && !is_steady(o, arg, effects) && arg->kind != IR_ARRAY) {
            arg->is_retained = true;
            hoist(o, &call->args.items[i]);
        }
    }
}

static bool is_call_into_program(const IrExpr *e)
{
    return e->kind == IR_CALL || e->kind == IR_CALL_SLOT || e->kind == IR_CALL_VALUE;
}

/* Prepares the operands of something that makes an owned value. */
static void take_operands(Own *o, IrExpr *e)
{
    if (is_call_into_program(e))
        borrow_args(o, e);
    else if (e->kind == IR_TUPLE)
        for (uint32_t i = 0; i < e->args.len; i++)
            consume(o, &e->args.items[i]);
    else
        ir_each_operand(e, borrow_operand, o);
}

static void borrow(Own *o, IrExpr **at)
{
    IrExpr *e = *at;

    switch (e->kind) {
    case IR_TUPLE: /* a struct of borrowed items serves as an argument */
    case IR_CONVERT:
    case IR_ARRAY:
    case IR_READ:
        ir_each_operand(e, borrow_operand, o);
        if (e->kind == IR_CONVERT && types_is_box(e->type) && e->args.items[0]->type->kind == TYPE_TUPLE)
            hoist(o, at); /* a new cell */
        return;
    case IR_SELECT:
        if (!ir_is_owned(e)) {
            ir_each_operand(e, borrow_operand, o);
            return;
        }
        break;
    default:
        break;
    }
    if (ir_is_owned(e)) {
        consume(o, at);
        hoist(o, at);
    } else {
        take_operands(o, e);
    }
}

static void consume(Own *o, IrExpr **at)
{
    IrExpr *e = *at;

    if (ir_is_static(e)) {
        borrow(o, at);
    } else if (e->kind == IR_SELECT) {
        borrow(o, &e->args.items[0]);
        consume(o, &e->args.items[1]);
        consume(o, &e->args.items[2]);
    } else if (e->kind == IR_CONVERT && types_is_box(e->type) && e->args.items[0]->type->kind == TYPE_TUPLE) {
        borrow(o, &e->args.items[0]);
    } else if (e->kind == IR_CONVERT && !e->checked && !types_is_box(e->args.items[0]->type)) {
        consume(o, &e->args.items[0]);
    } else if (e->kind == IR_CONVERT) { /* taken out of a box: what is in it is retained */
        borrow(o, &e->args.items[0]);
        e->is_retained = types_needs_release(e->type);
    } else if (ir_is_owned(e)) {
        take_operands(o, e);
    } else {
        borrow(o, at);
        (*at)->is_retained = true;
    }
}

/* -- statements -------------------------------------------------------------------------------------------------------------------- */

static void own_block(Own *o, IrBlock *block);

/* A condition that needed temporaries, or reads one, is evaluated before they die. */
static void own_condition(Own *o, IrExpr **cond);

static void visit_temp(void *ctx, IrExpr **at)
{
    if (ir_is_var(*at, NULL) && (*at)->as.place.var->kind == IR_VAR_TEMP && types_needs_release((*at)->type))
        *(bool *)ctx = true;
    ir_each_operand(*at, visit_temp, ctx);
}

static void own_condition(Own *o, IrExpr **cond)
{
    bool reads_temp = false;

    borrow(o, cond);
    visit_temp(&reads_temp, cond);
    if (reads_temp || expr_raises(*cond))
        hoist(o, cond);
}

/* s = s + t, for a string that nobody else can be looking at through the variable, may grow in place. */
static void own_set(Own *o, IrStmt *s)
{
    IrExpr *e = s->value;

    if (!s->dst) {
        if (ir_is_owned(e))
            take_operands(o, e);
        else
            borrow(o, &s->value);
        return;
    }
    if (e->kind == IR_OP && e->op == IR_OP_STR_CONCAT && ir_is_var(e->args.items[0], s->dst) && s->dst->is_owned &&
        s->dst->kind != IR_VAR_TEMP) {
        borrow(o, &e->args.items[1]);
        e->op = IR_OP_STR_APPEND;
        e->args.items[0]->is_moved = true;
        return;
    }
    if (!types_needs_release(s->dst->type) || (s->dst->is_borrowed && !ir_is_owned(e))) {
        borrow(o, &s->value);
        return;
    }
    s->dst->is_borrowed = false;
    if (s->dst->kind == IR_VAR_TEMP)
        s->dst->is_owned = true;
    consume(o, &s->value);
}

static void own_await(Own *o, IrStmt *s)
{
    if (ir_is_frame_call(s->value)) {
        ir_each_operand(s->value, borrow_operand, o); /* the frame retains what it keeps */
        return;
    }
    borrow(o, &s->value);
    if (!ir_is_var(s->value, NULL) || s->value->as.place.var->is_cell || s->value->as.place.var->kind == IR_VAR_GLOBAL ||
        s->value->as.place.var->kind == IR_VAR_CAPTURE) {
        s->value->is_retained = true;
        hoist(o, &s->value);
    }
}

static void own_count(Own *o, IrStmt *s)
{
    uint32_t before = o->out->len;

    borrow(o, &s->value);
    borrow(o, &s->limit);
    if (o->out->len != before)
        hoist(o, &s->value);
}

static void own_place(Own *o, IrPlace *place)
{
    if (place->object)
        borrow(o, &place->object);
    if (place->position)
        borrow(o, &place->position);
}

static void own_stmt(Own *o, IrStmt *s)
{
    if (s->dst && s->dst->kind == IR_VAR_TEMP && s->kind != IR_SET && types_needs_release(s->dst->type))
        s->dst->is_owned = true;
    switch (s->kind) {
    case IR_SET:
        own_set(o, s);
        break;
    case IR_STORE:
        consume(o, &s->value);
        own_place(o, &s->place);
        s->drops_old = types_needs_release(s->value->type);
        break;
    case IR_IF:
        own_condition(o, &s->cond);
        break;
    case IR_WHILE: /* raise.c left only what can be evaluated again and again */
        if (s->cond)
            borrow(o, &s->cond);
        break;
    case IR_COUNT:
        own_count(o, s);
        break;
    case IR_RETURN:
    case IR_YIELD:
        if (s->value)
            consume(o, &s->value);
        break;
    case IR_RAISE:
        consume(o, &s->value);
        if (s->limit)
            borrow(o, &s->limit);
        break;
    case IR_RERAISE:
        if (s->dst && !s->value)
            s->value = ir_read(o->c, s->dst, s->span);
        s->dst = NULL;
        if (s->value)
            consume(o, &s->value);
        break;
    case IR_AWAIT:
        own_await(o, s);
        break;
    case IR_NEXT: /* lowering put the generator into a variable */
        break;
    case IR_CHILD:
        ir_each_operand(s->value, borrow_operand, o);
        break;
    default:
        break;
    }
}

static void own_block(Own *o, IrBlock *block)
{
    IrBlock *outer = o->out, result = {0};

    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];
        uint32_t first = result.len;
        o->out = &result;
        own_stmt(o, s);
        for (uint32_t j = first; j < result.len; j++) /* what was put before it leaves to the same handler */
            if (result.items[j]->raises)
                result.items[j]->handler = s->handler;
        emit(o, s);
        own_block(o, &s->body);
        own_block(o, &s->orelse);
        own_block(o, &s->after);
    }
    o->out = outer;
    *block = result;
}

/* -- copies that need not be made -------------------------------------------------------------------------------------------------- */

/* A hidden variable or temporary that is assigned once, from a variable that is assigned at most once, is that variable. */
typedef struct Count {
    Map sets; /* IrVar → number of assignments */
    Compilation *c;
} Count;

static void count_sets(void *ctx, IrStmt *s)
{
    Count *k = ctx;

    if (s->dst && s->kind != IR_RAISE && s->kind != IR_RERAISE && s->kind != IR_CHECK_SET) {
        void **slot = map_slot(k->c->arena, &k->sets, s->dst);
        *slot = (void *)((uintptr_t)*slot + (s->kind == IR_UNSET && s->dst->kind == IR_VAR_LOCAL ? 2 : s->kind != IR_UNSET));
    }
}

static bool is_fixed(const Count *k, const IrVar *var)
{
    uintptr_t sets = (uintptr_t)map_get(&k->sets, var);

    if (var->is_cell || var->may_be_unset || var->kind == IR_VAR_GLOBAL || var->kind == IR_VAR_CHILD)
        return false;
    return var->kind == IR_VAR_PARAM || var->kind == IR_VAR_CAPTURE ? sets == 0 : sets == 1;
}

static void find_aliases(Own *o, const Count *k, const IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];
        if (s->kind == IR_SET && s->dst && (s->dst->kind == IR_VAR_HIDDEN || s->dst->kind == IR_VAR_TEMP) &&
            ir_is_var(s->value, NULL) && s->value->type == s->dst->type && is_fixed(k, s->dst) && is_fixed(k, s->value->as.place.var) &&
            s->value->as.place.var->kind != IR_VAR_TEMP && s->value->as.place.var->kind != IR_VAR_HIDDEN)
            map_set(o->c->arena, &o->aliases, s->dst, s->value->as.place.var);
        find_aliases(o, k, &s->body);
        find_aliases(o, k, &s->orelse);
        find_aliases(o, k, &s->after);
    }
}

static void follow_alias(void *ctx, IrExpr **at)
{
    Own *o = ctx;
    IrExpr *e = *at;
    IrVar *to = e->kind == IR_READ && e->as.place.kind == IR_PLACE_VAR ? map_get(&o->aliases, e->as.place.var) : NULL;

    if (to)
        e->as.place.var = to;
    for (uint32_t i = 0; i < e->captures.len; i++)
        if ((to = map_get(&o->aliases, e->captures.items[i])))
            e->captures.items[i] = to;
    ir_each_operand(e, follow_alias, ctx);
}

static void follow_aliases(Own *o, IrBlock *block)
{
    IrBlock result = {0};

    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];
        if ((s->kind == IR_SET || s->kind == IR_UNSET) && s->dst && map_has(&o->aliases, s->dst))
            continue;
        ir_each_expr(s, follow_alias, o);
        follow_aliases(o, &s->body);
        follow_aliases(o, &s->orelse);
        follow_aliases(o, &s->after);
        vec_push(o->c->arena, &result, s);
    }
    *block = result;
}

static void drop_copies(Own *o)
{
    Count k = {.c = o->c};

    o->aliases = (Map){0};
    ir_each_stmt(&o->func->body, count_sets, &k);
    find_aliases(o, &k, &o->func->body);
    if (o->aliases.len)
        follow_aliases(o, &o->func->body);
}

/* -- assignments that nobody reads ------------------------------------------------------------------------------------------------- */

static void count_read(void *ctx, IrExpr **at)
{
    const IrExpr *e = *at;

    if (e->kind == IR_READ && (e->as.place.kind == IR_PLACE_VAR || e->as.place.kind == IR_PLACE_SLOT))
        e->as.place.var->reads++;
    if (e->kind == IR_IS_SET)
        e->as.var->reads++;
    for (uint32_t i = 0; i < e->captures.len; i++)
        e->captures.items[i]->reads++;
    ir_each_operand(*at, count_read, ctx);
}

static void count_reads(void *ctx, IrStmt *s)
{
    if (s->dst)
        s->dst->sets++;
    if (s->dst && (s->kind == IR_CHECK_SET || s->kind == IR_RAISE || s->kind == IR_RERAISE || s->kind == IR_COUNT))
        s->dst->reads++;
    ir_each_expr(s, count_read, ctx);
}

static bool has_effect(const IrExpr *e);

static void find_effect(void *ctx, IrExpr **at)
{
    *(bool *)ctx |= has_effect(*at);
}

static bool has_effect(const IrExpr *e)
{
    bool found = e->kind == IR_CALL || e->kind == IR_CALL_C || e->kind == IR_CALL_VALUE || e->kind == IR_CALL_SLOT ||
                 (e->kind == IR_FORMAT && e->type->kind == TYPE_NONE) || expr_raises(e);

    if (!found)
        ir_each_operand((IrExpr *)(uintptr_t)e, find_effect, &found);
    return found;
}

static void uncount_read(void *ctx, IrExpr **at)
{
    const IrExpr *e = *at;

    if (e->kind == IR_READ && (e->as.place.kind == IR_PLACE_VAR || e->as.place.kind == IR_PLACE_SLOT))
        e->as.place.var->reads--;
    ir_each_operand(*at, uncount_read, ctx);
}

/* x = f(), where x is never read and holds nothing that is released: only f() is left. True: something else may be unread now. */
static bool drop_unread(Own *o, IrBlock *block)
{
    bool again = false;
    IrBlock result = {0};

    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];
        bool is_unread = s->dst && !s->dst->reads && !s->dst->may_be_unset && !s->dst->is_cell &&
                         (s->dst->kind == IR_VAR_LOCAL || s->dst->kind == IR_VAR_HIDDEN || s->dst->kind == IR_VAR_TEMP) &&
                         (!types_needs_release(s->dst->type) || s->dst->kind == IR_VAR_TEMP);
        bool by_out = s->value && ir_result_by_out(s->value);
        if (is_unread && s->kind == IR_SET && !has_effect(s->value)) {
            ir_each_expr(s, uncount_read, NULL);
            again = true;
            continue;
        }
        if (is_unread && !by_out && (s->kind == IR_SET || s->kind == IR_AWAIT || s->kind == IR_YIELD || s->kind == IR_NEXT))
            s->dst = NULL;
        if (!s->dst || s->dst->reads || s->kind != IR_UNSET || s->dst->kind == IR_VAR_GLOBAL || s->dst->kind == IR_VAR_CAPTURE ||
            s->dst->may_be_unset || types_needs_release(s->dst->type))
            vec_push(o->c->arena, &result, s);
        again |= drop_unread(o, &s->body);
        again |= drop_unread(o, &s->orelse);
        again |= drop_unread(o, &s->after);
    }
    *block = result;
    return again;
}

/* -- temporaries that only pass a value on ------------------------------------------------------------------------------------------- */

/* t = await f(); x = t  →  x = await f(). The result is assigned after the check, so what x holds meanwhile is the same. */
static bool passes_on(const IrStmt *s, const IrStmt *next)
{
    IrVar *temp = s->dst, *to = next->dst;

    if (!temp || temp->kind != IR_VAR_TEMP || temp->reads != 1 || next->kind != IR_SET || !to || !ir_is_var(next->value, temp) ||
        next->value->type != to->type || temp->type != to->type || to->kind == IR_VAR_TEMP || to->is_cell || to->kind == IR_VAR_GLOBAL ||
        to->kind == IR_VAR_CAPTURE || temp->sets != 1)
        return false;
    if (s->kind == IR_AWAIT)
        return !ir_result_by_out(s->value);
    return s->kind == IR_SET && !ir_result_by_out(s->value);
}

static void join_temporaries(Own *o, IrBlock *block)
{
    IrBlock result = {0};

    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];
        if (i + 1 < block->len && passes_on(s, block->items[i + 1])) {
            s->dst = block->items[i + 1]->dst;
            i++;
        }
        join_temporaries(o, &s->body);
        join_temporaries(o, &s->orelse);
        join_temporaries(o, &s->after);
        vec_push(o->c->arena, &result, s);
    }
    *block = result;
}

/* A value that is only taken apart, by the statements that follow: its owner outlives that.
 *
 *     for key, value in pairs        pair = pairs[i]; key = pair._0; value = pair._1
 */
static void count_temp(void *ctx, IrExpr **at)
{
    struct { const IrVar *var; uint32_t count; } *k = ctx;

    k->count += ir_is_var(*at, k->var);
    ir_each_operand(*at, count_temp, ctx);
}

static bool only_taken_apart(const IrBlock *block, uint32_t at)
{
    const IrStmt *s = block->items[at];
    struct { const IrVar *var; uint32_t count; } k = {s->dst, 0};

    if (s->kind != IR_SET || !s->dst || s->dst->kind != IR_VAR_TEMP || s->dst->sets != 1 || s->value->kind != IR_READ ||
        s->value->as.place.kind == IR_PLACE_VAR || !types_needs_release(s->dst->type) || s->raises)
        return false;
    for (uint32_t i = at + 1; i < block->len && k.count < s->dst->reads; i++) {
        IrStmt *next = block->items[i];
        if (next->kind != IR_SET || !next->dst || next->dst->is_cell || next->raises || has_effect(next->value) ||
            next->dst->kind == IR_VAR_GLOBAL || next->dst->kind == IR_VAR_CAPTURE || type_runs_code(next->dst->type))
            return false;
        ir_each_expr(next, count_temp, &k);
    }
    return k.count == s->dst->reads;
}

static void borrow_temporaries(IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++) {
        if (only_taken_apart(block, i))
            block->items[i]->dst->is_borrowed = true;
        borrow_temporaries(&block->items[i]->body);
        borrow_temporaries(&block->items[i]->orelse);
        borrow_temporaries(&block->items[i]->after);
    }
}

/* -- variables ---------------------------------------------------------------------------------------------------------------------- */

static void note_assigned(void *ctx, IrStmt *s)
{
    (void)ctx;
    if (s->dst && s->dst->kind == IR_VAR_PARAM && s->kind != IR_RAISE && s->kind != IR_RERAISE && s->kind != IR_CHECK_SET)
        s->dst->is_assigned = true;
}

/* Which variables own what they hold. A cell is owned itself. */
static void mark_owners(IrFunc *func)
{
    for (uint32_t i = 0; i < func->params.len; i++) {
        IrVar *var = func->params.items[i];
        var->is_owned = var->is_cell || ((var->is_assigned || !func->is_plain) && types_needs_release(var->type));
    }
    for (uint32_t i = 0; i < func->vars.len; i++) {
        IrVar *var = func->vars.items[i];
        if (var->kind == IR_VAR_LOCAL || var->kind == IR_VAR_HIDDEN)
            var->is_owned = var->is_cell || types_needs_release(var->type);
        else
            var->is_owned = var->kind == IR_VAR_CHILD;
    }
}

/* -- objects that were just made ------------------------------------------------------------------------------------------------------ */

typedef struct Fresh {
    const IrVar *var;  /* holds an object whose fields are empty but for `stored` */
    Vec(const Field *) stored;
    bool is_seen;      /* an expression reads `var` as a whole */
} Fresh;

static void look_for_object(void *ctx, IrExpr **at)
{
    Fresh *fresh = ctx;
    const IrExpr *e = *at;

    if (ir_is_var(e, fresh->var))
        fresh->is_seen = true;
    if (e->kind == IR_READ && e->as.place.kind == IR_PLACE_FIELD && ir_is_var(e->as.place.object, fresh->var))
        return;
    ir_each_operand(*at, look_for_object, ctx);
}

static bool is_stored_in(const Fresh *fresh, const Field *field)
{
    for (uint32_t i = 0; i < fresh->stored.len; i++)
        if (fresh->stored.items[i] == field)
            return true;
    return false;
}

/* The first assignments of the fields of a new object have no old value to release. */
static void find_first_stores(Own *o, const IrBlock *block)
{
    Fresh fresh = {.var = block == &o->func->body && is_init(o->func) ? o->func->params.items[0] : NULL};

    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];
        find_first_stores(o, &s->body);
        find_first_stores(o, &s->orelse);
        find_first_stores(o, &s->after);
        if (s->kind == IR_SET && s->dst && s->value->kind == IR_NEW && !s->dst->is_cell) {
            fresh = (Fresh){.var = s->dst};
            continue;
        }
        if (!fresh.var)
            continue;
        fresh.is_seen = s->body.len || s->orelse.len;
        bool is_own = s->kind == IR_STORE && s->place.kind == IR_PLACE_FIELD && ir_is_var(s->place.object, fresh.var);
        bool is_runtime = s->kind == IR_SET && s->value->kind == IR_CALL_C; /* which knows nothing of the fields */
        if (s->value && !is_runtime)
            look_for_object(&fresh, &s->value);
        if (!is_own && s->place.object)
            look_for_object(&fresh, &s->place.object);
        if (fresh.is_seen || s->dst == fresh.var) {
            fresh.var = NULL;
        } else if (is_own && !is_stored_in(&fresh, s->place.field)) {
            bool is_only = fresh.var->kind != IR_VAR_PARAM || map_get(&o->initialised, s->place.field) == (void *)o->func;
            s->drops_old &= !is_only;
            vec_push(o->c->arena, &fresh.stored, s->place.field);
        }
    }
}

void add_ownership(Compilation *c, IrProgram *program)
{
    Own o = {.c = c, .program = program};

    find_effects(&o);
    for (uint32_t i = 0; i < program->funcs.len; i++) {
        IrFunc *func = o.func = program->funcs.items[i];
        if (!func->is_used)
            continue;
        drop_copies(&o);
        ir_each_stmt(&func->body, count_reads, NULL);
        while (drop_unread(&o, &func->body))
            ;
        join_temporaries(&o, &func->body);
        borrow_temporaries(&func->body);
        ir_each_stmt(&func->body, note_assigned, NULL);
        mark_owners(func);
        own_block(&o, &func->body);
        find_first_stores(&o, &func->body);
        Liveness *live = liveness(c, func);
        find_holding(c, program, func, live);
        drop_temporaries(c, func, live);
    }
    ir_check(c, program, "own");
}

/* Suspension points: how a frame awaits, yields, and drives a generator.
 *
 *     x = await fetch(name)             fetch_init(&f->child.fetch, f->name);
 *                                       base->state = 1;
 *                                       if (art_await(base, &f->child.fetch.base) == ART_SUSPENDED) return ART_SUSPENDED;
 *                                   case 1:
 *                                       if (art_raised(11)) goto raised;
 *                                       x = f->child.fetch.result;
 *
 * The state is written before the call that may resume us; both ways into `case 1` (the child was done at once, or the loop came back
 * here) find the same. Arguments that were temporaries are released as soon as the child has what it keeps. */
#include "emit/internal.h"

/* The rest of a line of the source, as a comment behind its `case`. */
static const char *source_comment(Emit *e, const IrStmt *s, const char *keyword)
{
    const char *text = out_quoted(e->c, s->span, 60);

    if (strncmp(text, keyword, strlen(keyword)) == 0 || strchr(text, ' '))
        keyword = "";
    return TEXT(e, "/* line %s: %s%s */", c_line(e, s->span), keyword, text);
}

static void emit_case(Emit *e, const IrStmt *s, const char *keyword)
{
    out_label(e->out, "case %u: %s", s->state, source_comment(e, s, keyword));
}

static void emit_suspend(Emit *e, const IrStmt *s, const char *step)
{
    out_line(e->out, "base->state = %u;", s->state);
    out_line(e->out, "if (%s == ART_SUSPENDED) return ART_SUSPENDED; /* fall through */", step);
}

static bool releases(const IrStmt *s, const IrVar *var)
{
    for (uint32_t i = 0; i < s->release.len; i++)
        if (s->release.items[i] == var)
            return true;
    return false;
}

/* The temporaries that die in the statement, but for its own result. */
static void release_args(Emit *e, const IrStmt *s)
{
    IrVarVec args = {0};

    for (uint32_t i = 0; i < s->release.len; i++)
        if (s->release.items[i] != s->dst)
            vec_push(e->arena, &args, s->release.items[i]);
    release_list(e, &args);
}

/* dst = what the child left; nobody wants it: released. */
static void take_result(Emit *e, IrStmt *s, Type *type, const char *value)
{
    if (!type_has_value(type)) {
        if (s->dst)
            emit_result(e, s, "0");
    } else if (s->dst && !releases(s, s->dst)) {
        emit_result(e, s, value);
    } else if (types_needs_release(type)) {
        out_line(e->out, "%s;", c_released(e, type, value));
    }
}

/* -- await ------------------------------------------------------------------------------------------------------------------------- */

static const char *child_frame(Emit *e, const IrExpr *call)
{
    if (call->kind == IR_CALL)
        return TEXT(e, "f->child.%s", call->as.func->c_name);
    return TEXT(e, "f->child.%s", strncmp(call->as.cfunc->c_name, "art_", 4) == 0 ? call->as.cfunc->c_name + 4 : call->as.cfunc->c_name);
}

static void await_frame(Emit *e, IrStmt *s)
{
    IrFunc *func = s->value->as.func;
    const char *child = child_frame(e, s->value);

    use_func(e, func, "_init");
    out_line(e->out, "%s_init(%s);", func->c_name, c_args(e, s->value, TEXT(e, "&%s", child), true));
    release_args(e, s);
    emit_suspend(e, s, TEXT(e, "art_await(base, &%s.base)", child));
    emit_case(e, s, "await ");
    emit_check(e, s);
    take_result(e, s, func->result, TEXT(e, "%s.result", child));
}

/* A coroutine that awaits itself: the frame is allocated. */
static void await_allocated(Emit *e, IrStmt *s)
{
    IrFunc *func = s->value->as.func;
    const char *child = child_frame(e, s->value), *size = TEXT(e, "sizeof(%s)", frame_struct(e, func));

    use_func(e, func, "_init");
    out_line(e->out, "%s = art_frame_take(%s);", child, size);
    out_line(e->out, "%s_init(%s);", func->c_name, c_args(e, s->value, child, true));
    release_args(e, s);
    emit_suspend(e, s, TEXT(e, "art_await(base, &%s->base)", child));
    emit_case(e, s, "await ");
    uint32_t begin = out_begin(e->out, "if (art_raised(%s))", c_line(e, s->span));
    out_line(e->out, "art_frame_give(%s, %s);", child, size);
    emit_leave(e, s);
    out_end(e->out, begin);
    take_result(e, s, func->result, TEXT(e, "%s->result", child));
    out_line(e->out, "art_frame_give(%s, %s);", child, size);
}

/* A tuple of the runtime's coroutine is a struct of its own with the same items. */
static const char *c_result(Emit *e, Type *type, const char *result)
{
    Text items = text_make(e->arena);

    if (type->kind != TYPE_TUPLE)
        return result;
    for (uint32_t i = 0; i < type->arg_count; i++)
        text_printf(&items, "%s%s._%u", i ? ", " : "", result, i);
    return TEXT(e, "(%s){%s}", tuple_struct(e, type), text_string(&items));
}

static void note_work(void *ctx, IrExpr **at)
{
    const IrExpr *x = *at;
    bool is_plain = x->kind <= IR_READ || x->kind == IR_CONVERT || (x->kind == IR_OP && !types_needs_release(x->type));

    if (!is_plain)
        *(bool *)ctx = true;
    ir_each_operand(*at, note_work, ctx);
}

/* A coroutine that need not wait for what it does is a call:
 *
 *     await queue.put(x)                if (!art_queue_put_now(queue, &x)) {
 *                                           art_queue_put_init(…); … case 1:;
 *                                       }
 *
 * The arguments stand there twice. */
static bool can_try(IrExpr *call)
{
    bool has_work = false;

    ir_each_operand(call, note_work, &has_work);
    return call->as.cfunc->now && !has_work;
}

static void await_c(Emit *e, IrStmt *s)
{
    const IrCFunc *func = s->value->as.cfunc;
    bool tries = can_try(s->value);
    uint32_t begin = 0;
    const char *child = child_frame(e, s->value);
    bool by_out = ir_result_by_out(s->value) && s->dst;
    const char *args = c_call_args(e, s->value, by_out ? TEXT(e, "&%s", c_var(e, s->dst))
                                    : ir_result_by_out(s->value) ? "NULL" : NULL);

    need_function(e, func);
    if (tries)
        begin = out_begin(e->out, "if (!%s(%s))", func->now, args);
    out_line(e->out, "%s_init(&%s%s%s);", func->c_name, child, *args ? ", " : "", args);
    release_args(e, s);
    emit_suspend(e, s, TEXT(e, "art_await(base, &%s.base)", child));
    emit_case(e, s, "await ");
    if (tries)
        out_end(e->out, begin);
    if (tries && s->release.len > releases(s, s->dst)) {
        begin = out_begin(e->out, "else");
        release_args(e, s);
        out_end(e->out, begin);
    }
    emit_check(e, s);
    if (!by_out)
        take_result(e, s, s->value->type, c_result(e, s->value->type, TEXT(e, "%s.result", child)));
    else if (s->dst->may_be_unset)
        out_line(e->out, "%s = true;", c_flag(e, s->dst));
    else if (releases(s, s->dst) && types_needs_release(s->dst->type))
        out_line(e->out, "%s;", c_released(e, s->dst->type, c_var(e, s->dst)));
}

/* One that has something to remember meanwhile: init, begin, end. */
static void await_leaf_with_room(Emit *e, IrStmt *s)
{
    const char *name = s->value->as.cfunc->c_name, *child = child_frame(e, s->value);

    out_line(e->out, "%s_init(&%s, %s);", name, child, c_call_args(e, s->value, NULL));
    release_args(e, s);
    emit_suspend(e, s, TEXT(e, "%s_begin(base, &%s)", name, child));
    emit_case(e, s, "await ");
    out_line(e->out, "%s_end(&%s);", name, child);
    emit_check(e, s);
}

/* A function of the runtime that suspends this very frame. */
static void await_leaf(Emit *e, IrStmt *s)
{
    need_function(e, s->value->as.cfunc);
    if (s->value->args.len) {
        await_leaf_with_room(e, s);
        return;
    }
    emit_suspend(e, s, TEXT(e, "%s(base)", s->value->as.cfunc->c_name));
    emit_case(e, s, "await ");
    emit_check(e, s);
}

/* A future, a task, a coroutine object. */
static void await_object(Emit *e, IrStmt *s)
{
    Type *type = s->value->type;
    bool is_future = type->kind == TYPE_FUTURE || type->kind == TYPE_TASK, has_result = s->dst && type_has_value(s->dst->type);
    const char *object = c_text_of(e, s->value, PREC_UNARY), *out = "NULL", *name = NULL;

    need_header(e, "art/task.h");
    if (type->kind == TYPE_TASK)
        object = TEXT(e, "&%s->future", c_text_of(e, s->value, PREC_POSTFIX));
    else if (types_is_box(type))
        object = TEXT(e, "%s.as.obj", c_text_of(e, s->value, PREC_POSTFIX));
    emit_suspend(e, s, TEXT(e, "art_await_%s(base, %s)", is_future ? "future" : "any", object));
    emit_case(e, s, "await ");
    if (has_result) {
        name = s->drops_old || stmt_declares(s) || s->dst->may_be_unset || s->dst->is_cell ? name_in_function(e, s->dst->c_name) : NULL;
        if (name)
            out_declare(e->out, "%s;", c_declare(e, s->dst->type, stmt_declares(s) ? s->dst->c_name : name));
        if (name && stmt_declares(s))
            name = NULL;
        out = TEXT(e, "&%s", name ? name : c_var(e, s->dst));
    }
    if (has_result && types_is_box(s->dst->type)) /* what was Any before may give a result of any type */
        out_line(e->out, "art_any_take_box(%s, %s);", object, out);
    else
        out_line(e->out, "art_%s_take(%s, %s);", is_future ? "future" : "any", object, out);
    release_args(e, s);
    emit_check(e, s);
    if (name)
        emit_result(e, s, name);
    if (has_result && releases(s, s->dst))
        release_list(e, &(IrVarVec){.items = &s->dst, .len = 1});
}

void emit_await(Emit *e, IrStmt *s)
{
    if (!ir_is_frame_call(s->value))
        await_object(e, s);
    else if (s->value->kind == IR_CALL && s->value->as.func->scc == e->func->scc)
        await_allocated(e, s);
    else if (s->value->kind == IR_CALL)
        await_frame(e, s);
    else if (s->value->as.cfunc->is_leaf)
        await_leaf(e, s);
    else
        await_c(e, s);
}

/* -- yield ----------------------------------------------------------------------------------------------------------------------------- */

static const char *sent_value(Emit *e)
{
    bool is_async = e->func->kind == IR_ASYNCGEN;

    need_header(e, is_async ? "art/asyncgen.h" : "art/gen.h");
    return TEXT(e, "art_%s_sent(base)", is_async ? "asyncgen" : "gen");
}

/* Is there no None among the values of the type, which is what next() sends? */
static bool needs_sent(const Type *type)
{
    return type_has_value(type) && !types_is_box(type) && !types_is_nullable(type);
}

/* What send() gave; None when it was next(). */
static void take_sent(Emit *e, IrStmt *s)
{
    Type *type = s->dst->type;
    const char *sent = sent_value(e), *value;

    if (!type_has_value(type)) {
        emit_result(e, s, "0");
        return;
    }
    const char *c = c_type(e, type);
    value = TEXT(e, "*(%s%sconst *)%s", c, c[strlen(c) - 1] == '*' ? "" : " ", sent);
    if (types_needs_release(type))
        value = c_retained(e, type, value);
    if (types_is_box(type))
        value = TEXT(e, "%s ? %s : art_box_none()", sent, value);
    else if (types_is_nullable(type))
        value = TEXT(e, "%s ? %s : NULL", sent, value);
    emit_result(e, s, value);
}

void emit_yield(Emit *e, IrStmt *s)
{
    if (s->value && type_has_value(s->value->type))
        out_line(e->out, "f->value = %s;", c_text_of(e, s->value, PREC_ASSIGN));
    release_args(e, s);
    out_line(e->out, "base->state = %u;", s->state);
    out_line(e->out, "return ART_YIELDED;");
    emit_case(e, s, "yield ");
    if (s->dst && !releases(s, s->dst) && needs_sent(s->dst->type))
        out_line(e->out, "art_need_sent(%s);", sent_value(e));
    emit_check(e, s);
    if (s->dst && !releases(s, s->dst))
        take_sent(e, s);
}

/* -- generators that a loop drives in place ----------------------------------------------------------------------------------------------- */

void emit_child(Emit *e, IrStmt *s)
{
    const char *child = c_child(e, s->dst);

    if (s->value->kind == IR_CALL) {
        use_func(e, s->value->as.func, "_init");
        out_line(e->out, "%s_init(%s);", s->value->as.func->c_name, c_args(e, s->value, TEXT(e, "&%s", child), true));
    } else {
        const char *args = c_call_args(e, s->value, NULL);
        need_function(e, s->value->as.cfunc);
        out_line(e->out, "%s_init(&%s%s%s);", s->value->as.cfunc->c_name, child, *args ? ", " : "", args);
    }
    release_list(e, &s->release);
}

static const char *child_resume(Emit *e, const IrVar *child)
{
    if (child->child)
        use_func(e, child->child, "_resume");
    return TEXT(e, "%s_resume(&%s.base)", child->child ? child->child->c_name : child->c_child->c_name, c_child(e, child));
}

/* It is over, or has raised. */
static void emit_exhausted(Emit *e, IrStmt *s, const char *cond)
{
    uint32_t begin = out_begin(e->out, "if (%s)", cond);

    emit_check(e, s);
    emit_block(e, &s->orelse);
    out_end(e->out, begin);
}

/* In a loop: is there one more? */
const char *next_condition(Emit *e, IrStmt *s)
{
    if (s->child)
        return TEXT(e, "%s == ART_YIELDED", child_resume(e, s->child));
    need_header(e, "art/gen.h");
    return TEXT(e, "art_gen_next(%s) == ART_YIELDED", c_text_of(e, s->value, PREC_ASSIGN));
}

/* dst = what it yielded. */
void take_next(Emit *e, IrStmt *s)
{
    if (s->child) {
        const char *value = TEXT(e, "%s.value", c_child(e, s->child));
        if (s->child->child)
            take_result(e, s, s->child->child->yields, value);
        else if (s->dst)
            take_result(e, s, s->dst->type, value);
        return;
    }
    Type *type = s->value->type->args[0];
    const char *c = c_type(e, type);
    take_result(e, s, type, TEXT(e, "*(%s%s*)art_gen_value(%s)", c, c[strlen(c) - 1] == '*' ? "" : " ", c_text_of(e, s->value, PREC_ASSIGN)));
}

static void next_in_place(Emit *e, IrStmt *s)
{
    const char *child = c_child(e, s->child);

    if (s->can_suspend) {
        emit_suspend(e, s, TEXT(e, "art_await(base, &%s.base)", child));
        emit_case(e, s, "async for ");
        emit_exhausted(e, s, TEXT(e, "%s.base.state == ART_FINISHED", child));
    } else {
        emit_exhausted(e, s, TEXT(e, "%s != ART_YIELDED", child_resume(e, s->child)));
    }
    take_next(e, s);
}

/* Results that come out at an address. */
static const char *room(Emit *e, IrStmt *s, const char **name)
{
    if (!s->dst || !type_has_value(s->dst->type))
        return "NULL";
    *name = stmt_declares(s) ? s->dst->c_name : name_in_function(e, TEXT(e, "next_%s", s->dst->c_name));
    out_declare(e->out, "%s;", c_declare(e, s->dst->type, *name));
    const char *address = TEXT(e, "&%s", *name);
    if (stmt_declares(s))
        *name = NULL;
    return address;
}

static void next_of_object(Emit *e, IrStmt *s)
{
    const char *gen = c_text_of(e, s->value, PREC_POSTFIX), *name = NULL, *out;
    Type *type = s->value->type;

    if (type->kind == TYPE_ASYNCGEN) {
        emit_suspend(e, s, TEXT(e, "art_asyncgen_next(base, %s)", gen));
        emit_case(e, s, "async for ");
        out = room(e, s, &name);
        emit_exhausted(e, s, TEXT(e, "!art_asyncgen_take(%s, %s)", gen, out));
        if (name)
            emit_result(e, s, name);
    } else if (type->kind == TYPE_GENERATOR) {
        need_header(e, "art/gen.h");
        emit_exhausted(e, s, TEXT(e, "art_gen_next(%s) != ART_YIELDED", gen));
        take_next(e, s);
    } else {
        out = room(e, s, &name);
        emit_exhausted(e, s, TEXT(e, "!art_iter_next((art_iter *)%s.as.obj, %s)", gen, out));
        if (name)
            emit_result(e, s, name);
    }
}

void emit_next(Emit *e, IrStmt *s)
{
    if (s->child)
        next_in_place(e, s);
    else
        next_of_object(e, s);
    if (s->dst && releases(s, s->dst) && !s->child && s->value->type->kind != TYPE_GENERATOR)
        release_list(e, &s->release);
}

void drop_child(Emit *e, const IrVar *var)
{
    const char *child = c_child(e, var), *kind = var->child->kind == IR_ASYNCGEN ? "asyncgen" : "gen";

    need_header(e, TEXT(e, "art/%s.h", kind));
    out_line(e->out, "art_%s_drop(&%s.base, sizeof %s, %s);", kind, child, child, type_ref(e, frame_object_type(e, var->child)));
}

void emit_close(Emit *e, IrStmt *s)
{
    if (s->drops_old)
        drop_child(e, s->child);
}

/* Statements: each kind as its rule. What the passes found stands in the statement; nothing is decided here but the look.
 *
 * After a statement that can raise comes its check, on one line: the label that it names is a handler's (`except_1`) or the function's
 * exit (`raised`). Temporaries that die in the statement are released before the check; those that are still needed are released
 * by the check itself, when it leaves. */
#include "emit/internal.h"

const char *c_line(Emit *e, Span span)
{
    const SourceFile *file = source_of(e->c->sources, span);

    return TEXT(e, "%u", file ? source_line(file, span.start) : 0);
}

/* -- leaving ----------------------------------------------------------------------------------------------------------------------- */

static const char *label(Emit *e, const char *stem, const IrStmt *s)
{
    uintptr_t number = (uintptr_t)map_get(&e->labels, s);

    if (!number) {
        number = ++e->label_count;
        map_set(e->arena, &e->labels, s, (void *)number);
    }
    return TEXT(e, "%s_%u", stem, (unsigned)number);
}

/* Where an exception of the statement goes. */
static const char *raise_label(Emit *e, const IrStmt *s)
{
    if (s->handler) {
        ((IrStmt *)(uintptr_t)s->handler)->is_target = true;
        return label(e, "except", s->handler);
    }
    e->uses_raised = true;
    return "raised";
}

void release_list(Emit *e, const IrVarVec *vars)
{
    for (uint32_t i = 0; i < vars->len; i++) {
        const IrVar *var = vars->items[i];
        if (var->kind == IR_VAR_CHILD)
            drop_child(e, var);
        else if (var->is_cell)
            out_line(e->out, "art_release(%s);", c_holder(e, var));
        else
            out_line(e->out, "%s;", c_released(e, var->type, c_var(e, var)));
    }
}

static bool has_var(const IrVarVec *vars, const IrVar *var)
{
    for (uint32_t i = 0; i < vars->len; i++)
        if (vars->items[i] == var)
            return true;
    return false;
}

static void release_but(Emit *e, const IrVarVec *vars, const IrVar *but)
{
    IrVarVec rest = {0};

    for (uint32_t i = 0; i < vars->len; i++)
        if (vars->items[i] != but)
            vec_push(e->arena, &rest, vars->items[i]);
    release_list(e, &rest);
}

void emit_leave(Emit *e, const IrStmt *s)
{
    release_list(e, &s->unwind);
    out_line(e->out, "goto %s;", raise_label(e, s));
}

void emit_check(Emit *e, const IrStmt *s)
{
    const char *line = c_line(e, s->span), *target;

    if (!s->raises)
        return;
    target = raise_label(e, s);
    if (!s->unwind.len) {
        out_line(e->out, "if (art_raised(%s)) goto %s;", line, target);
    } else if (s->unwind.len == 1 && types_is_counted(s->unwind.items[0]->type)) {
        out_line(e->out, "if (art_raised_drop(%s, %s)) goto %s;", line, c_var(e, s->unwind.items[0]), target);
    } else {
        uint32_t begin = out_begin(e->out, "if (art_raised(%s))", line);
        emit_leave(e, s);
        out_end(e->out, begin);
    }
}

/* -- assigning ----------------------------------------------------------------------------------------------------------------------- */

static void set_flag(Emit *e, const IrVar *var, bool is_set)
{
    if (var->may_be_unset)
        out_line(e->out, "%s = %s;", c_flag(e, var), is_set ? "true" : "false");
}

static bool needs_cast(const Type *to)
{
    return to->kind == TYPE_CLASS && to->cls->is_exception;
}

/* dst = value, where nothing can go wrong any more; the value is owned. */
void emit_result(Emit *e, IrStmt *s, const char *value)
{
    IrVar *dst = s->dst;

    if (!dst)
        return;
    if (stmt_declares(s)) {
        out_declare(e->out, "%s = %s;", c_declare(e, dst->type, dst->c_name), value);
    } else if (s->drops_old) {
        out_line(e->out, "%s;", c_assigned(e, dst->type, c_var(e, dst), value));
    } else {
        out_line(e->out, "%s = %s;", c_var(e, dst), value);
    }
    set_flag(e, dst, true);
}

/* A C function that leaves its result at an address. */
static void emit_set_out(Emit *e, IrStmt *s)
{
    IrVar *dst = s->dst;
    bool is_direct = !s->drops_old && !s->keeps_old;
    const char *name = is_direct ? c_var(e, dst) : name_in_function(e, TEXT(e, "new_%s", dst->c_name));

    need_function(e, s->value->as.cfunc);
    if (!is_direct || stmt_declares(s)) {
        out_declare(e->out, "%s;", c_declare(e, dst->type, name));
    }
    out_line(e->out, "%s(%s);", s->value->as.cfunc->c_name, c_call_args(e, s->value, TEXT(e, "&%s", name)));
    release_but(e, &s->release, dst);
    emit_check(e, s); /* nothing was left there if it raised */
    if (!is_direct)
        emit_result(e, s, name);
    else
        set_flag(e, dst, true);
    if (has_var(&s->release, dst))
        release_list(e, &(IrVarVec){.items = &s->dst, .len = 1});
}

/* try: x = f() … except: print(x). The handler sees what x held before. */
static void emit_set_kept(Emit *e, IrStmt *s)
{
    const char *name = name_in_function(e, TEXT(e, "new_%s", s->dst->c_name));

    out_declare(e->out, "%s = %s;", c_declare(e, s->dst->type, name), c_text_of(e, s->value, PREC_ASSIGN));
    release_list(e, &s->release);
    emit_check(e, s);
    emit_result(e, s, name);
}

static void emit_evaluation(Emit *e, IrStmt *s)
{
    IrExpr *value = s->value;
    bool is_by_out = value->kind == IR_CALL_C && value->as.cfunc->result_by_out; /* of type None: it still wants an address */
    const char *text = is_by_out ? TEXT(e, "%s(%s)", value->as.cfunc->c_name, c_call_args(e, value, "(art_none[]){0}"))
                                 : c_text_of(e, value, PREC_ASSIGN);

    if (types_needs_release(value->type) && ir_is_owned(value))
        out_line(e->out, "%s;", c_released(e, value->type, text));
    else if (value->kind == IR_CALL || value->kind == IR_CALL_C || value->kind == IR_CALL_SLOT || value->kind == IR_CALL_VALUE ||
             value->kind == IR_FORMAT)
        out_line(e->out, "%s;", text);
    else if (s->raises)
        out_line(e->out, "(void)%s;", c_text_of(e, value, PREC_UNARY));
    release_list(e, &s->release);
    emit_check(e, s);
}

static bool is_call(const IrExpr *x)
{
    return x->kind == IR_CALL || x->kind == IR_CALL_C || x->kind == IR_CALL_SLOT || x->kind == IR_CALL_VALUE;
}

static void emit_set(Emit *e, IrStmt *s)
{
    IrVar *dst = s->dst;
    const char *value;

    if (!dst || (!type_has_value(s->value->type) && is_call(s->value))) {
        emit_evaluation(e, s);
        if (dst)
            emit_result(e, s, types_is_box(dst->type) ? "art_box_none()" : c_zero(e, dst->type));
        return;
    }
    if (ir_result_by_out(s->value)) {
        emit_set_out(e, s);
        return;
    }
    if (s->keeps_old) {
        emit_set_kept(e, s);
        return;
    }
    value = c_text_of(e, s->value, PREC_ASSIGN);
    if (s->raises && (s->value->kind == IR_CALL || s->value->kind == IR_CALL_C || s->value->kind == IR_CALL_SLOT))
        e->last_call = value;
    if (dst->c_type) {
        if (stmt_declares(s))
            out_declare(e->out, "%s %s = %s;", dst->c_type, dst->c_name, value);
        else
            out_line(e->out, "%s = %s;", c_var(e, dst), value);
    } else if (stmt_declares(s)) {
        out_declare(e->out, "%s = %s;", c_declare(e, dst->type, dst->c_name), value);
    } else if (s->drops_old && !(s->value->kind == IR_OP && s->value->op == IR_OP_STR_APPEND)) {
        out_line(e->out, "%s;", c_assigned(e, dst->type, c_var(e, dst), value));
    } else {
        out_line(e->out, "%s = %s;", c_var(e, dst), value);
    }
    release_list(e, &s->release);
    emit_check(e, s);
    set_flag(e, dst, true);
}

static void emit_store(Emit *e, IrStmt *s)
{
    const char *place = c_place(e, &s->place, s->value->type), *value = c_text_of(e, s->value, PREC_ASSIGN);

    if (s->place.kind == IR_PLACE_SLOT && s->drops_old)
        place = TEXT(e, "(%s)", place);
    if (s->drops_old)
        out_line(e->out, "%s;", c_assigned(e, s->value->type, place, value));
    else
        out_line(e->out, "%s = %s;", place, value);
    release_list(e, &s->release);
    emit_check(e, s);
}

static void emit_unset(Emit *e, IrStmt *s)
{
    bool is_over = (s->dst->kind == IR_VAR_HIDDEN || s->dst->kind == IR_VAR_LOCAL) && !s->dst->is_cell && !is_released_at_exit(s->dst);

    if (s->drops_old)
        out_line(e->out, "%s;", is_over ? c_released(e, s->dst->type, c_var(e, s->dst)) : c_cleared(e, s->dst->type, c_var(e, s->dst)));
    set_flag(e, s->dst, false);
}

/* -- control ------------------------------------------------------------------------------------------------------------------------------ */

static bool is_single_if(const IrBlock *block)
{
    return block->len == 1 && block->items[0]->kind == IR_IF && block->items[0]->body.len;
}

/* Nothing but a pending exception that goes to the next handler. */
static bool is_passed_on(const IrBlock *block)
{
    return block->len == 1 && block->items[0]->kind == IR_RERAISE && !block->items[0]->value && !block->items[0]->unwind.len &&
           !block->items[0]->release.len;
}

static void emit_if(Emit *e, IrStmt *s)
{
    PosVec chain = {0};
    const char *keyword = "if";

    if (!s->body.len && !s->orelse.len)
        return;
    if (!s->body.len) { /* if c: pass else: … */
        IrExpr not = {.kind = IR_NOT, .type = s->cond->type, .span = s->cond->span};
        vec_push(e->arena, &not.args, s->cond);
        out_branch(e->out, &chain, "if (%s)", c_text_of(e, &not, PREC_COMMA));
        emit_block(e, &s->orelse);
        out_end_chain(e->out, &chain);
        return;
    }
    if (is_passed_on(&s->orelse)) { /* if not …: the exception goes on */
        IrExpr not = {.kind = IR_NOT, .type = s->cond->type, .span = s->cond->span};
        vec_push(e->arena, &not.args, s->cond);
        out_line(e->out, "if (%s) goto %s;", c_text_of(e, &not, PREC_COMMA), raise_label(e, s->orelse.items[0]));
        emit_block(e, &s->body);
        return;
    }
    for (;;) {
        out_branch(e->out, &chain, "%s (%s)", keyword, c_text_of(e, s->cond, PREC_COMMA));
        emit_block(e, &s->body);
        keyword = "else if";
        if (!is_single_if(&s->orelse))
            break;
        s = s->orelse.items[0];
        out_span(e->out, s->span);
    }
    if (s->orelse.len) {
        out_branch(e->out, &chain, "else");
        emit_block(e, &s->orelse);
    }
    out_end_chain(e->out, &chain);
}

/* Is the statement the innermost one that C's `break` and `continue` would leave? */
static bool is_innermost_loop(const Emit *e, const IrStmt *s)
{
    return e->loop == s;
}

static void emit_label(Emit *e, const char *stem, const IrStmt *s)
{
    out_label(e->out, "%s:", label(e, stem, s));
}

static void emit_loop_end(Emit *e, IrStmt *s)
{
    if (s->is_target)
        emit_label(e, "end", s);
}

static void emit_break(Emit *e, IrStmt *s)
{
    if (is_innermost_loop(e, s->target)) {
        out_line(e->out, "break;");
        return;
    }
    s->target->is_target = true;
    out_line(e->out, "goto %s;", label(e, "end", s->target));
}

static void emit_continue(Emit *e, IrStmt *s)
{
    if (is_innermost_loop(e, s->target) && !s->target->after.len) {
        out_line(e->out, "continue;");
        return;
    }
    map_set(e->arena, &e->continued, s->target, s);
    out_line(e->out, "goto %s;", label(e, "next", s->target));
}

/* x = x + 1 behind the body is the third part of a `for`. */
static bool is_step(const IrBlock *after)
{
    return after->len == 1 && after->items[0]->kind == IR_SET && after->items[0]->dst && !after->items[0]->raises &&
           !after->items[0]->release.len && after->items[0]->dst->type->kind == TYPE_INT && !after->items[0]->dst->may_be_unset;
}

/* while True: x = next(gen), or leave the loop … */
static bool is_driven(const IrStmt *s)
{
    const IrStmt *next = s->body.len ? s->body.items[0] : NULL;

    return next && !s->cond && next->kind == IR_NEXT && !next->can_suspend && next->orelse.len == 1 && !next->unwind.len &&
           next->orelse.items[0]->kind == IR_BREAK && next->orelse.items[0]->target == s && (next->child || next->value->type->kind == TYPE_GENERATOR);
}

static void emit_loop_body(Emit *e, IrStmt *s, bool has_step)
{
    IrStmt *outer = e->loop;
    IrBlock after = s->after;

    e->loop = s;
    if (has_step)
        s->after.len = 0; /* `continue` is C's */
    if (is_driven(s)) {
        IrBlock rest = {.items = s->body.items + 1, .len = s->body.len - 1};
        out_span(e->out, s->body.items[0]->span);
        take_next(e, s->body.items[0]);
        emit_block(e, &rest);
    } else {
        emit_block(e, &s->body);
    }
    if (map_has(&e->continued, s))
        emit_label(e, "next", s);
    if (!has_step)
        emit_block(e, &s->after);
    s->after = after;
    e->loop = outer;
}

/* i = i + 1 → i++ */
static const char *step_text(Emit *e, const IrStmt *s)
{
    IrExpr *value = s->value;
    const char *var = c_var(e, s->dst);

    if (value->kind == IR_OP && (value->op == IR_OP_INT_ADD_FAST || value->op == IR_OP_INT_SUB_FAST) && ir_is_var(value->args.items[0], s->dst)) {
        const char *sign = value->op == IR_OP_INT_ADD_FAST ? "+" : "-";
        IrExpr *by = value->args.items[1];
        if (by->kind == IR_INT && by->as.integer == 1)
            return TEXT(e, "%s%s%s", var, sign, sign);
        return TEXT(e, "%s %s= %s", var, sign, c_text_of(e, by, PREC_ASSIGN));
    }
    return TEXT(e, "%s = %s", var, c_text_of(e, value, PREC_ASSIGN));
}

static void emit_while(Emit *e, IrStmt *s, const char *init)
{
    const char *cond = s->cond ? c_text_of(e, s->cond, PREC_COMMA) : is_driven(s) ? next_condition(e, s->body.items[0]) : NULL;
    bool has_step = is_step(&s->after);
    uint32_t begin;

    if (has_step)
        begin = out_begin(e->out, "for (%s; %s; %s)", init, cond ? cond : "", step_text(e, s->after.items[0]));
    else
        begin = out_begin(e->out, "while (%s)", cond ? cond : "true");
    emit_loop_body(e, s, has_step);
    if (e->out->lines.len == begin) {
        vec_last(&e->out->lines).text = TEXT(e, "%s;", vec_last(&e->out->lines).text);
        vec_last(&e->out->lines).kind = LINE_PLAIN;
        e->out->indent--;
    } else {
        out_end(e->out, begin);
    }
    if (is_driven(s))
        emit_check(e, s->body.items[0]);
    emit_loop_end(e, s);
}

static void emit_count(Emit *e, IrStmt *s)
{
    const char *var = c_var(e, s->dst), *step;

    if (s->step == 1 || s->step == -1)
        step = TEXT(e, "%s%s", var, s->step > 0 ? "++" : "--");
    else
        step = TEXT(e, "%s %s= %lld", var, s->step > 0 ? "+" : "-", (long long)(s->step > 0 ? s->step : -s->step));
    uint32_t begin = out_begin(e->out, "for (%s = %s; %s %s %s; %s)", stmt_declares(s) ? c_declare(e, s->dst->type, s->dst->c_name) : var,
                               c_text_of(e, s->value, PREC_ASSIGN), var, s->step > 0 ? "<" : ">", c_text_of(e, s->limit, PREC_SHIFT), step);
    IrBlock after = s->after;
    emit_loop_body(e, s, !after.len);
    if (e->out->lines.len == begin) {
        vec_last(&e->out->lines).text = TEXT(e, "%s;", vec_last(&e->out->lines).text);
        e->out->indent--;
    } else {
        out_end(e->out, begin);
    }
    emit_loop_end(e, s);
}

/* try: the body, then the handler, which the body jumps over. */
static void emit_try(Emit *e, IrStmt *s)
{
    bool falls = ir_falls_through(&s->body);

    emit_block(e, &s->body);
    if (!s->is_target) /* what could raise there turned out not to */
        return;
    if (falls)
        out_line(e->out, "goto %s;", label(e, "after", s));
    emit_label(e, "except", s);
    emit_block(e, &s->orelse);
    if (falls)
        emit_label(e, "after", s);
}

static void emit_raise(Emit *e, IrStmt *s)
{
    const char *value = c_text_of(e, s->value, PREC_ASSIGN), *line = c_line(e, s->span);

    if (types_is_box(s->value->type)) {
        out_line(e->out, "art_raise_any(%s);", value);
        out_line(e->out, "art_self.line = %s;", line);
    } else if (s->limit) {
        bool is_none = s->limit->kind == IR_NONE;
        out_line(e->out, "art_raise_from((art_exc *)%s, %s%s);", c_text_of(e, s->value, PREC_UNARY), is_none ? "" : "(art_exc *)",
                 is_none ? "NULL" : c_text_of(e, s->limit, PREC_UNARY));
        out_line(e->out, "art_self.line = %s;", line);
    } else {
        out_line(e->out, "art_raise_at(%s, %s);", line, value);
    }
    if (s->dst)
        out_line(e->out, "art_exc_set_context(art_self.raised, (art_exc *)%s);", c_var(e, s->dst));
    release_list(e, &s->release);
    emit_leave(e, s);
}

static void emit_reraise(Emit *e, IrStmt *s)
{
    if (s->value)
        out_line(e->out, "art_raise_at(%s, %s);", c_line(e, s->span), c_text_of(e, s->value, PREC_ASSIGN));
    release_list(e, &s->release);
    emit_leave(e, s);
}

static void emit_return_frame(Emit *e, IrStmt *s)
{
    if (s->value && type_has_value(s->value->type))
        out_line(e->out, "f->result = %s;", c_text_of(e, s->value, PREC_ASSIGN));
    release_list(e, &s->release);
    e->uses_leave = true;
    out_line(e->out, "goto leave;");
}

static void emit_return(Emit *e, IrStmt *s)
{
    bool has_result = type_has_value(e->func->result);
    const char *value = "";

    if (e->in_frame) {
        emit_return_frame(e, s);
        return;
    }
    if (!s->value && has_result) { /* the end of a function that only raises, or of an abstract one */
        IrExpr none = {.kind = IR_ZERO, .type = e->func->result};
        value = c_text_of(e, &none, PREC_ASSIGN);
    }
    if (s->value && has_result && ir_is_var(s->value, NULL) && s->value->is_moved && (s->leaves_clean || !is_released_at_exit(s->value->as.place.var)))
        s->value->is_moved = false; /* nobody looks at the variable any more */
    if (s->value && has_result)
        value = c_text_of(e, s->value, PREC_ASSIGN);
    if (s->leaves_clean && (!has_result || !s->release.len)) {
        release_list(e, &s->release);
        out_line(e->out, has_result ? "return %s;" : "return;", value);
        return;
    }
    if (has_result) {
        e->has_result = true;
        out_line(e->out, "result = %s;", value);
    }
    release_list(e, &s->release);
    if (s->leaves_clean) {
        out_line(e->out, "return result;");
        return;
    }
    e->uses_leave = true;
    out_line(e->out, "goto leave;");
}

static void emit_catch(Emit *e, IrStmt *s)
{
    if (!s->dst) {
        out_line(e->out, "art_forget();");
        return;
    }
    const char *type = c_type(e, s->dst->type);

    if (e->program->shows_traces)
        out_line(e->out, "art_trace(%s, %s);", c_quoted(e, e->func->name, strlen(e->func->name)), c_quoted(e, e->file, strlen(e->file)));
    emit_result(e, s, needs_cast(s->dst->type) && strcmp(type, "art_exc *") != 0 ? TEXT(e, "(%s)art_catch()", type) : "art_catch()");
    release_list(e, &s->release);
}

static void emit_check_set(Emit *e, IrStmt *s)
{
    out_line(e->out, "art_check_set(%s, \"%s\", %s);", c_flag(e, s->dst), s->dst->name, s->dst->kind == IR_VAR_GLOBAL ? "true" : "false");
    emit_check(e, s);
}

/* -- all ------------------------------------------------------------------------------------------------------------------------------------- */

void emit_stmt(Emit *e, IrStmt *s)
{
    out_span(e->out, s->span);
    switch (s->kind) {
    case IR_SET:
        emit_set(e, s);
        break;
    case IR_STORE:
        emit_store(e, s);
        break;
    case IR_UNSET:
        emit_unset(e, s);
        break;
    case IR_IF:
        emit_if(e, s);
        break;
    case IR_WHILE:
        emit_while(e, s, "");
        break;
    case IR_COUNT:
        emit_count(e, s);
        break;
    case IR_BREAK:
        emit_break(e, s);
        break;
    case IR_CONTINUE:
        emit_continue(e, s);
        break;
    case IR_BLOCK:
        emit_block(e, &s->body);
        emit_loop_end(e, s);
        break;
    case IR_TRY:
        emit_try(e, s);
        break;
    case IR_CATCH:
        emit_catch(e, s);
        break;
    case IR_RAISE:
        emit_raise(e, s);
        break;
    case IR_RERAISE:
        emit_reraise(e, s);
        break;
    case IR_RETURN:
        emit_return(e, s);
        break;
    case IR_AWAIT:
        emit_await(e, s);
        break;
    case IR_YIELD:
        emit_yield(e, s);
        break;
    case IR_CHILD:
        emit_child(e, s);
        break;
    case IR_NEXT:
        emit_next(e, s);
        break;
    case IR_CLOSE:
        emit_close(e, s);
        break;
    case IR_CHECK_SET:
        emit_check_set(e, s);
        break;
    case IR_RETAIN:
        out_line(e->out, "%s;", c_retained(e, s->value->type, c_text_of(e, s->value, PREC_ASSIGN)));
        break;
    case IR_RELEASE:
        out_line(e->out, "%s;", c_released(e, s->value->type, c_text_of(e, s->value, PREC_ASSIGN)));
        break;
    case IR_STMT_KIND_COUNT:
        break;
    }
}

/* i = 0; while …: i++ → for (int64_t i = 0; …; i++) */
static bool is_counter(const IrStmt *s, const IrStmt *loop)
{
    return s->kind == IR_SET && s->dst && !s->raises && !s->release.len && loop->kind == IR_WHILE && is_step(&loop->after) &&
           loop->after.items[0]->dst == s->dst && !s->drops_old && (!stmt_declares(s) || is_for_next_only(s));
}

static void emit_counting_loop(Emit *e, IrStmt *s, IrStmt *loop)
{
    const char *value = c_text_of(e, s->value, PREC_ASSIGN);

    out_span(e->out, loop->span);
    emit_while(e, loop, stmt_declares(s) ? TEXT(e, "%s = %s", c_declare(e, s->dst->type, s->dst->c_name), value)
                                         : TEXT(e, "%s = %s", c_var(e, s->dst), value));
}

void emit_block(Emit *e, const IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++) {
        if (i + 1 < block->len && is_counter(block->items[i], block->items[i + 1])) {
            emit_counting_loop(e, block->items[i], block->items[i + 1]);
            i++;
        } else {
            emit_stmt(e, block->items[i]);
        }
    }
}

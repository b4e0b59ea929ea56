/* Functions: a plain C function each, written once, after what must stand above it.
 *
 * A function that is mentioned above its definition gets a prototype. The exits:
 *
 *         return words;                 nothing else is held: at once
 *         result = …; goto leave;       else
 *     raised:                           an exception: where it passed through is noted
 *         art_trace("f", "app.async");
 *     leave:                            what the function's variables hold is given back
 *         art_release(text);
 *         return result;
 */
#include "emit/internal.h"

/* -- signatures ------------------------------------------------------------------------------------------------------------------- */

const char *c_parameters(Emit *e, const IrFunc *func, const char *first)
{
    Text text = text_make(e->arena);

    text_append(&text, first);
    if (func->is_closure)
        text_printf(&text, "%sart_closure *base", text.len ? ", " : "");
    for (uint32_t i = 0; i < func->params.len; i++) {
        const IrVar *var = func->params.items[i];
        const char *name = var->c_name ? var->c_name : c_identifier(e, var->name);
        if (type_is_empty(var->type))
            continue;
        text_printf(&text, "%s%s", text.len ? ", " : "", c_declare(e, var->type, name));
    }
    return text.len ? text_string(&text) : "void";
}

/* The types alone, for a prototype: names would be made before their function is looked at. */
static const char *parameter_types(Emit *e, const IrFunc *func, const char *first)
{
    Text text = text_make(e->arena);

    text_append(&text, first);
    if (func->is_closure)
        text_printf(&text, "%sart_closure *base", text.len ? ", " : "");
    for (uint32_t i = 0; i < func->params.len; i++) {
        const char *name = name_of_member(e, func->params.items[i]->name);
        if (type_is_empty(func->params.items[i]->type))
            continue;
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(func->params.items[j]->name, func->params.items[i]->name) == 0) /* expressions get theirs from others */
                name = TEXT(e, "%s%u", name, i + 1);
        if (is_taken_in_file(e, name))
            name = TEXT(e, "%s_", name);
        text_printf(&text, "%s%s", text.len ? ", " : "", c_declare(e, func->params.items[i]->type, name));
    }
    return text.len ? text_string(&text) : "void";
}

static const char *object_type(const IrFunc *func)
{
    return func->kind == IR_GENERATOR ? "art_gen *" : func->kind == IR_ASYNCGEN ? "art_asyncgen *" : "art_task *";
}

static const char *prototype(Emit *e, const IrFunc *func, const char *suffix)
{
    const char *name = func->c_name;

    if (!*suffix)
        return TEXT(e, "%s%s%s%s(%s)", (ir_is_exported(func) && func->kind == IR_FUNCTION) || func == e->program->init ? "" : "static ", result_type(e, func),
                    result_type(e, func)[strlen(result_type(e, func)) - 1] == '*' ? "" : " ", name, parameter_types(e, func, ""));
    if (strcmp(suffix, "_init") == 0)
        return TEXT(e, "static void %s_init(%s)", name, parameter_types(e, func, TEXT(e, "%s_frame *f", name)));
    if (strcmp(suffix, "_resume") == 0)
        return TEXT(e, "static art_step %s_resume(art_frame *base)", name);
    return TEXT(e, "%s%s%s_new(%s)", ir_is_exported(func) ? "" : "static ", object_type(func), name, parameter_types(e, func, ""));
}

/* For a prototype, which stands above the struct. */
static void declare_frame(Emit *e, const char *name)
{
    const char *key = intern_text(e->c->names, name);

    if (map_has(&e->declared, key))
        return;
    map_set(e->arena, &e->declared, key, e);
    out_line(&e->prototypes, "typedef struct %s %s;", name, name);
}

const char *frame_struct(Emit *e, IrFunc *func)
{
    const char *name = TEXT(e, "%s_frame", func->c_name);

    if (!map_has(&e->defined, intern_text(e->c->names, name)))
        declare_frame(e, name);
    return name;
}

void use_func(Emit *e, IrFunc *func, const char *suffix)
{
    if (!map_has(&e->defined, intern_text(e->c->names, TEXT(e, "%s%s", func->c_name, suffix))))
        use_func_above(e, func, suffix);
}

void use_func_above(Emit *e, IrFunc *func, const char *suffix)
{
    const char *name = TEXT(e, "%s%s", func->c_name, suffix), *key = intern_text(e->c->names, name);

    if (map_has(&e->declared, key))
        return;
    map_set(e->arena, &e->declared, key, e);
    if (strcmp(suffix, "_init") == 0)
        declare_frame(e, TEXT(e, "%s_frame", func->c_name));
    out_line(&e->prototypes, "%s;", prototype(e, func, suffix));
}

/* -- the exit ------------------------------------------------------------------------------------------------------------------------ */

static bool is_listed(const IrVarVec *vars, const IrVar *var)
{
    for (uint32_t i = 0; i < vars->len; i++)
        if (vars->items[i] == var)
            return true;
    return false;
}

static bool is_held(const Emit *e, const IrFunc *func, const IrVar *var, bool with_exit)
{
    if (e->uses_raised && is_listed(&func->at_raise, var))
        return true;
    if (with_exit && is_listed(&func->at_exit, var))
        return true;
    if (!e->in_frame || !var->is_owned)
        return false;
    return var->kind == IR_VAR_PARAM || (var->is_kept && var->kind != IR_VAR_TEMP); /* it may be dropped at any suspension */
}

/* What the function may hold when it is left, each variable once: generators of loops first, the innermost before the others, since
 * what they clean up runs at once. */
static IrVarVec held(Emit *e, const IrFunc *func, bool with_exit)
{
    IrVarVec all = {0};

    for (uint32_t i = func->vars.len; i-- > 0;)
        if (func->vars.items[i]->is_walked && is_held(e, func, func->vars.items[i], with_exit))
            vec_push(e->arena, &all, func->vars.items[i]);
    for (uint32_t i = 0; i < func->params.len; i++)
        if (is_held(e, func, func->params.items[i], with_exit))
            vec_push(e->arena, &all, func->params.items[i]);
    for (uint32_t i = 0; i < func->vars.len; i++)
        if (!func->vars.items[i]->is_walked && is_held(e, func, func->vars.items[i], with_exit))
            vec_push(e->arena, &all, func->vars.items[i]);
    return all;
}

static bool ends_with(const Emit *e, const char *text)
{
    const Line *line = &vec_last(&e->out->lines);

    return e->out->lines.len && line->kind == LINE_PLAIN && line->indent == e->out->indent && strcmp(line->text, text) == 0;
}

static uint32_t count_lines(const Emit *e, const char *text)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < e->out->lines.len; i++)
        count += strstr(e->out->lines.items[i].text, text) != NULL;
    return count;
}

/* A generator's may not raise what means its end. */
static const char *trace_function(const IrFunc *func)
{
    return func->kind == IR_GENERATOR ? "art_gen_trace" : func->kind == IR_ASYNCGEN ? "art_asyncgen_trace" : "art_trace";
}

static void emit_trace(Emit *e, const IrFunc *func)
{
    const char *name = func->name;

    out_label(e->out, "raised:");
    out_line(e->out, "%s(%s, %s);", trace_function(func), c_quoted(e, name, strlen(name)), c_quoted(e, e->file, strlen(e->file)));
}

/* There is one way out, and what it returns is computed in the last line: no variable at the top is needed. */
static bool keep_result_here(Emit *e, const IrFunc *func, const IrVarVec *vars)
{
    Line *line = &vec_last(&e->out->lines);
    const char *value = line->text + strlen("result = ");
    size_t len = strlen(line->text), word = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    if (strncmp(line->text, "result = ", strlen("result = ")) != 0)
        return false;
    e->has_result = false;
    if (value[word] == ';') { /* a variable that nothing else releases */
        value = TEXT(e, "%.*s", (int)word, value);
        e->out->lines.len--;
    } else {
        line->text = TEXT(e, "%s = %.*s", c_declare(e, func->result, "result"), (int)(len - strlen("result = ")), value);
        value = "result";
    }
    release_list(e, vars);
    out_line(e->out, "return %s;", value);
    return true;
}

/* `return x;`, where the line before the check is `T x = f(…);`, a call of the program, which gives zero when it raises. */
static bool returns_call(Emit *e, uint32_t len, const char *leaving)
{
    if (len < 3 || strncmp(leaving, "return ", 7) != 0 || !e->last_call)
        return false;
    const char *text = e->out->lines.items[len - 3].text, *name = leaving + 7, *call = strstr(text, e->last_call);
    size_t word = strlen(name) - 1; /* without the semicolon */
    const char *at = strstr(text, " = ");

    return at && call == at + 3 && (size_t)(at - text) >= word && strncmp(at - word, name, word) == 0 && !strchr(name, '-') &&
           !strchr(name, '(');
}

/* Only the last statement can raise: nothing is jumped over.
 *
 *         value = f();                                     value = f();
 *         if (art_raised(5)) goto raised;                  if (art_raised(5))
 *         return value;                                        art_trace("g", "app.async");
 *     raised: …                                            return value;        (zero, since f raised)
 */
static bool trace_in_place(Emit *e, const IrFunc *func, const IrVarVec *vars)
{
    uint32_t len = e->out->lines.len;
    Line *check = len >= 2 ? &e->out->lines.items[len - 2] : NULL, *leaving = len ? &e->out->lines.items[len - 1] : NULL;
    bool is_void = !type_has_value(func->result);

    if (!e->uses_raised || e->uses_leave || vars->len || len < 2 || count_lines(e, "goto raised;") != 1)
        return false;
    if (check->kind != LINE_PLAIN || strncmp(check->text, "if (art_raised(", 15) != 0 || leaving->kind != LINE_PLAIN)
        return false;
    if (is_void ? strcmp(leaving->text, "return;") != 0 : !returns_call(e, len, leaving->text))
        return false;
    check->text = TEXT(e, "%.*s", (int)(strstr(check->text, " goto") - check->text), check->text);
    Line trace = *check;
    trace.indent++;
    trace.text = TEXT(e, "art_trace(%s, %s);", c_quoted(e, func->name, strlen(func->name)), c_quoted(e, e->file, strlen(e->file)));
    if (is_void) {
        *leaving = trace;
    } else {
        Line last = *leaving;
        *leaving = trace;
        vec_push(e->arena, &e->out->lines, last);
    }
    e->uses_raised = false;
    return true;
}

static void exit_plain(Emit *e, const IrFunc *func)
{
    IrVarVec vars = held(e, func, e->uses_leave);
    bool falls_to_end = !e->uses_raised && ends_with(e, "goto leave;");

    out_span(e->out, func->span);
    if (trace_in_place(e, func, &vars))
        return;
    if (falls_to_end) {
        e->out->lines.len--;
        e->uses_leave = count_lines(e, "goto leave;") > 0;
        if (!e->uses_leave && e->has_result && count_lines(e, "result = ") == 1 && keep_result_here(e, func, &vars))
            return;
    }
    if (!e->uses_raised && ends_with(e, "return;"))
        e->out->lines.len--;
    if (e->uses_raised)
        emit_trace(e, func);
    if (e->uses_leave)
        out_label(e->out, "leave:");
    release_list(e, &vars);
    if (!type_has_value(func->result) || (!e->uses_leave && !e->uses_raised && !falls_to_end))
        return;
    if (e->has_result)
        out_line(e->out, "return result;");
    else if (func->result->kind == TYPE_TUPLE || types_is_box(func->result))
        out_line(e->out, "return (%s){0};", c_type(e, func->result));
    else
        out_line(e->out, "return %s;", c_zero(e, func->result));
}

static void exit_frame(Emit *e, const IrFunc *func)
{
    IrVarVec vars = held(e, func, true);

    if (e->uses_raised)
        emit_trace(e, func);
    if (e->uses_leave)
        out_label(e->out, "leave:");
    release_list(e, &vars);
    if (func->is_closure)
        out_line(e->out, "art_release(f->closure);");
    out_line(e->out, "return art_frame_done(base);");
}

void emit_exit(Emit *e, const IrFunc *func)
{
    if (e->in_frame)
        exit_frame(e, func);
    else
        exit_plain(e, func);
    if (e->uses_raised && !e->in_frame && !type_has_value(func->result))
        out_statement_follows(e->out);
}

/* -- a function -------------------------------------------------------------------------------------------------------------------------- */

static void clear_target(void *ctx, IrStmt *s)
{
    (void)ctx;
    s->is_target = false;
}

static void begin_func(Emit *e, IrFunc *func)
{
    const SourceFile *file = source_of(e->c->sources, func->span);

    e->func = func;
    e->in_frame = !func->is_plain;
    e->label_count = 0;
    e->labels = (Map){0};
    e->continued = (Map){0};
    e->uses_raised = e->uses_leave = e->has_result = false;
    e->loop = NULL;
    e->last_call = NULL;
    e->file = file ? file->path : e->program->path;
    ir_each_stmt(&func->body, clear_target, NULL);
    plan_locals(e, func);
    name_locals(e, func);
}

/* Parameters that are assigned are retained first: the function owns what it overwrites. */
static void own_parameters(Emit *e, const IrFunc *func)
{
    for (uint32_t i = 0; i < func->params.len; i++) {
        IrVar *var = func->params.items[i];
        if (var->is_cell) {
            const char *cell = cell_struct(e, var->type), *param = var->c_name;
            var->c_name = name_in_function(e, TEXT(e, "%s_cell", param));
            out_declare(e->out, "%s *%s = art_new(&type_%s, 0);", cell, var->c_name, cell);
            out_line(e->out, "%s->value = %s;", var->c_name, types_needs_release(var->type) ? c_retained(e, var->type, param) : param);
        } else if (var->is_owned && types_is_counted(var->type)) {
            out_line(e->out, "art_retain(%s);", var->c_name);
        } else if (var->is_owned) {
            out_line(e->out, "%s = %s;", var->c_name, c_retained(e, var->type, var->c_name));
        }
    }
}

static void open_closure(Emit *e, IrFunc *func, const Out *body)
{
    if (func->is_closure && out_mentions(body, 0, "closure"))
        out_declare(e->out, "%s *closure = (%s *)base;", closure_struct(e, func), closure_struct(e, func));
    else if (func->is_closure)
        out_line(e->out, "(void)base;");
}

/* A parameter that the body does not mention. */
static void mark_unused(Emit *e, const IrFunc *func, const Out *body, uint32_t from)
{
    for (uint32_t i = 0; i < func->params.len; i++)
        if (!type_is_empty(func->params.items[i]->type) && !out_mentions(body, from, func->params.items[i]->c_name))
            out_line(e->out, "(void)%s;", func->params.items[i]->c_name);
}

static void check_stack(Emit *e, const IrFunc *func)
{
    if (!func->is_recursive)
        return;
    out_span(e->out, func->span);
    out_line(e->out, "if (art_stack_low()) goto raised;");
    e->uses_raised = true;
}

static void emit_plain(Emit *e, IrFunc *func)
{
    Out body = out_make(e->c), *outer = e->out;
    const char *signature = prototype(e, func, "");

    begin_func(e, func);
    body.indent = 1;
    e->out = &body;
    out_span(&body, func->span);
    Out prologue = out_make(e->c);
    prologue.indent = 1;
    e->out = &prologue;
    own_parameters(e, func);
    e->out = &body;
    check_stack(e, func);
    emit_block(e, &func->body);
    emit_exit(e, func);
    e->out = outer;
    map_set(e->arena, &e->defined, intern_text(e->c->names, func->c_name), e);
    signature = TEXT(e, "%.*s(%s)", (int)(strchr(signature, '(') - signature), signature, c_parameters(e, func, ""));
    out_own(outer);
    out_blank(outer);
    if (func->signature && func->decl)
        out_comment(outer, "%s", func->signature);
    out_span(outer, func->span);
    out_line(outer, "%s", signature);
    out_line(outer, "{");
    outer->indent = 1;
    uint32_t top = outer->lines.len;
    open_closure(e, func, &body);
    declare_locals(e, func);
    out_join(outer, &prologue);
    if (outer->lines.len > top)
        out_blank(outer);
    Out all = body;
    for (uint32_t i = 0; i < prologue.lines.len; i++)
        vec_push(e->arena, &all.lines, prologue.lines.items[i]);
    mark_unused(e, func, &all, 0);
    out_join(outer, &body);
    outer->indent = 0;
    out_line(outer, "}");
    out_own(outer);
}

static void emit_needed(Emit *e, IrFunc *func);

/* Coroutines that await each other: each takes and gives back the frame of the other, whose struct must be known. */
static void emit_circle(Emit *e, IrFunc *func)
{
    for (uint32_t i = 0; i < func->children.len; i++) {
        IrFunc *child = func->children.items[i];
        if (child->scc != func->scc || child == func || map_has(&e->framed, child))
            continue;
        emit_needed(e, child);
        emit_frame_struct(e, child);
    }
}

/* Frames that lie in this function's frame, or in its C variables, stand above it. */
static void emit_needed(Emit *e, IrFunc *func)
{
    for (uint32_t i = 0; i < func->children.len; i++)
        if (func->children.items[i]->scc != func->scc)
            emit_func(e, func->children.items[i]);
    for (uint32_t i = 0; i < func->vars.len; i++)
        if (func->vars.items[i]->kind == IR_VAR_CHILD && func->vars.items[i]->child)
            emit_func(e, func->vars.items[i]->child);
}

void emit_func(Emit *e, IrFunc *func)
{
    if (!func->is_used || map_has(&e->done, func))
        return;
    map_set(e->arena, &e->done, func, e);
    emit_needed(e, func);
    emit_circle(e, func);
    if (func->is_plain && (func->kind == IR_FUNCTION || func->is_called || func->needs_frame))
        emit_plain(e, func);
    if (func->needs_frame)
        emit_frame(e, func);
}

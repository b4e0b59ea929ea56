/* Frames: the struct of a coroutine, generator or async generator, and its three functions.
 *
 *     typedef struct fetch_frame { … } fetch_frame;     what it keeps while it is suspended
 *     fetch_resume                                      the body, a switch over the suspension points
 *     fetch_init                                        sets it up; takes borrowed values, retains what it keeps
 *     fetch_new                                         an object of it on the heap, where the program makes one
 *
 * A coroutine that never suspends is a plain function; where an object of it is made it gets a small frame that calls that. */
#include "emit/internal.h"

/* -- the comment above ------------------------------------------------------------------------------------------------------------- */

static const char *suspension_name(const IrStmt *s)
{
    return s->kind == IR_YIELD ? "yield" : s->kind == IR_NEXT ? "async for" : "await";
}

/* "Kept across the await at line 7: hosts, i." for each suspension; several that keep the same share a line. */
static void add_kept(Emit *e, const IrFunc *func, Text *text)
{
    for (uint32_t i = 0; i < func->suspensions.len; i++) {
        const IrStmt *s = func->suspensions.items[i];
        Text names = text_make(e->arena);
        for (uint32_t j = 0; j < s->live.len; j++)
            text_printf(&names, "%s%s", j ? ", " : "", s->live.items[j]->c_name);
        if (s->live.len && i < 6)
            text_printf(text, "\n * Kept across the %s at line %s: %s.", suspension_name(s), c_line(e, s->span), text_string(&names));
    }
}

static void emit_frame_comment(Emit *e, const IrFunc *func)
{
    Text text = text_make(e->arena);
    const SourceFile *file = source_of(e->c->sources, func->span);
    const char *head = func->signature ? func->signature : func->name;

    text_printf(&text, "/* %s", head);
    if (file)
        text_printf(&text, "%*s%s:%s", (int)(strlen(head) < 70 ? 74 - strlen(head) : 2), "", file->path, c_line(e, func->span));
    add_kept(e, func, &text);
    if (func->is_plain)
        text_append(&text, "\n * It never suspends: the frame is for objects of it.");
    text_printf(&text, "\n * Frame: %u bytes%s. */", func->frame_size, func->has_c_frames ? " and those of the runtime's" : "");
    Line line = {.kind = LINE_COMMENT, .indent = 0, .text = text_string(&text)};
    vec_push(e->arena, &e->out->lines, line);
}

/* -- the struct ------------------------------------------------------------------------------------------------------------------------- */

static void add_member(Emit *e, const IrVar *var)
{
    if (var->kind == IR_VAR_CHILD)
        out_line(e->out, "%s %s;", var->child ? frame_struct(e, var->child) : TEXT(e, "%s_frame", var->c_child->c_name), var->c_name);
    else if (var->is_cell)
        out_line(e->out, "%s *%s;", cell_struct(e, var->type), var->c_name);
    else if (var->c_type)
        out_line(e->out, "%s %s;", var->c_type, var->c_name);
    else
        out_line(e->out, "%s;", c_declare(e, var->type, var->c_name));
    if (var->may_be_unset && !var->is_cell)
        out_line(e->out, "bool %s_set;", var->c_name);
}

/* A kept variable, with those that lie in the same place. */
static void add_place(Emit *e, const IrFunc *func, const IrVar *first)
{
    uint32_t begin = 0;

    for (uint32_t i = 0; i < func->kept.len; i++) {
        if (func->kept.items[i]->shares != first)
            continue;
        if (!begin) {
            begin = out_begin(e->out, "union");
            add_member(e, first);
        }
        add_member(e, func->kept.items[i]);
    }
    if (begin)
        out_end_with(e->out, begin, "};");
    else
        add_member(e, first);
}

static const char *c_child_name(const IrCFunc *func)
{
    return strncmp(func->c_name, "art_", 4) == 0 ? func->c_name + 4 : func->c_name;
}

static void add_children(Emit *e, const IrFunc *func)
{
    if (!func->children.len && !func->c_children.len)
        return;
    uint32_t begin = out_begin(e->out, "union");
    for (uint32_t i = 0; i < func->children.len; i++) {
        IrFunc *child = func->children.items[i];
        if (child->scc == func->scc)
            out_declare(e->out, "struct %s_frame *%s;", child->c_name, child->c_name);
        else
            out_declare(e->out, "%s %s;", frame_struct(e, child), child->c_name);
    }
    for (uint32_t i = 0; i < func->c_children.len; i++) {
        const IrCFunc *child = func->c_children.items[i];
        need_function(e, child);
        out_declare(e->out, "%s%s %s;", child->c_name, child->is_leaf ? "" : "_frame", c_child_name(child));
    }
    out_end_with(e->out, begin, "} child;");
}

static void emit_struct(Emit *e, IrFunc *func)
{
    const char *name = TEXT(e, "%s_frame", func->c_name), *key = intern_text(e->c->names, name);
    bool is_declared = map_has(&e->declared, key);
    Type *first = func->kind == IR_COROUTINE ? func->result : func->yields;

    if (func->is_closure)
        (void)closure_struct(e, func);
    map_set(e->arena, &e->defined, key, e);
    uint32_t begin = out_begin(e->out, is_declared ? "struct %s" : "typedef struct %s", name);
    out_line(e->out, "art_frame base;");
    if (type_has_value(first))
        out_line(e->out, "%s;", c_declare(e, first, func->kind == IR_COROUTINE ? "result" : "value"));
    if (func->kind == IR_GENERATOR && type_has_value(func->result))
        out_line(e->out, "%s;", c_declare(e, func->result, "result"));
    if (func->is_closure)
        out_line(e->out, "%s *closure;", closure_struct(e, func));
    for (uint32_t i = 0; i < func->params.len; i++)
        if (!type_is_empty(func->params.items[i]->type) || func->params.items[i]->is_cell)
            add_member(e, func->params.items[i]);
    for (uint32_t i = 0; i < func->kept.len; i++)
        if (!func->kept.items[i]->shares)
            add_place(e, func, func->kept.items[i]);
    add_children(e, func);
    out_end_with(e->out, begin, is_declared ? "};" : TEXT(e, "} %s;", name));
}

/* -- init ------------------------------------------------------------------------------------------------------------------------------- */

static void init_parameter(Emit *e, const IrVar *var)
{
    const char *value = types_needs_release(var->type) ? c_retained(e, var->type, var->c_name) : var->c_name;

    if (var->is_cell && e->in_frame) {
        out_line(e->out, "f->%s = art_new(&type_%s, 0);", var->c_name, cell_struct(e, var->type));
        out_line(e->out, "f->%s->value = %s;", var->c_name, value);
    } else {
        out_line(e->out, "f->%s = %s;", var->c_name, value);
    }
}

static bool is_null_first(const IrVar *var)
{
    return var->is_owned && var->kind != IR_VAR_TEMP && var->kind != IR_VAR_CHILD && !var->is_cell && !var->may_be_unset &&
           types_is_counted(var->type);
}

/* Pointers that may be released before they are assigned: those of one type on a line. */
static void init_pointers(Emit *e, const IrFunc *func)
{
    for (uint32_t i = 0; i < func->kept.len; i++) {
        Text line = text_make(e->arena);
        const char *type = is_null_first(func->kept.items[i]) ? c_type(e, func->kept.items[i]->type) : NULL;
        for (uint32_t j = 0; type && j < func->kept.len; j++) {
            if (!is_null_first(func->kept.items[j]) || strcmp(c_type(e, func->kept.items[j]->type), type) != 0)
                continue;
            if (j < i)
                type = NULL; /* it stands on an earlier line */
            else
                text_printf(&line, "f->%s = ", func->kept.items[j]->c_name);
        }
        if (type)
            out_line(e->out, "%sNULL;", text_string(&line));
    }
}

/* What may be released before it is assigned holds nothing. */
static void init_kept(Emit *e, const IrVar *var)
{
    if (var->kind == IR_VAR_CHILD)
        out_line(e->out, "f->%s.base.state = ART_FINISHED;", var->c_name);
    else if (var->is_cell)
        out_line(e->out, "f->%s = art_new(&type_%s, 0);", var->c_name, cell_struct(e, var->type));
    else if (var->is_owned && var->kind != IR_VAR_TEMP && (types_is_box(var->type) || var->type->kind == TYPE_TUPLE))
        out_line(e->out, "f->%s = (%s){0};", var->c_name, c_type(e, var->type));
    else if (var->is_owned && var->kind != IR_VAR_TEMP)
        out_line(e->out, "f->%s = %s;", var->c_name, c_zero(e, var->type));
    else if (var->may_be_unset && !var->c_type)
        out_line(e->out, "f->%s = %s%s;", var->c_name, var->type->kind == TYPE_TUPLE ? TEXT(e, "(%s)", c_type(e, var->type)) : "",
                 c_zero(e, var->type));
    if (var->may_be_unset && !var->is_cell)
        out_line(e->out, "f->%s_set = false;", var->c_name);
}

static void emit_init(Emit *e, IrFunc *func)
{
    out_blank(e->out);
    out_line(e->out, "static void %s_init(%s)", func->c_name, c_parameters(e, func, TEXT(e, "%s_frame *f", func->c_name)));
    out_line(e->out, "{");
    e->out->indent = 1;
    out_line(e->out, "art_frame_init(&f->base, %s_resume);", func->c_name);
    if (func->kind == IR_GENERATOR && type_has_value(func->result))
        out_line(e->out, "f->base.flags = offsetof(%s_frame, result);", func->c_name);
    if (func->is_closure)
        out_line(e->out, "f->closure = art_retain(base);");
    for (uint32_t i = 0; i < func->params.len; i++)
        if (!type_is_empty(func->params.items[i]->type))
            init_parameter(e, func->params.items[i]);
    init_pointers(e, func);
    for (uint32_t i = 0; i < func->kept.len; i++)
        if (!is_null_first(func->kept.items[i]))
            init_kept(e, func->kept.items[i]);
    e->out->indent = 0;
    out_line(e->out, "}");
    map_set(e->arena, &e->defined, intern_text(e->c->names, TEXT(e, "%s_init", func->c_name)), e);
}

/* -- resume -------------------------------------------------------------------------------------------------------------------------------- */

static void begin_resume(Emit *e, IrFunc *func)
{
    out_blank(e->out);
    out_span(e->out, func->span);
    out_line(e->out, "static art_step %s_resume(art_frame *base)", func->c_name);
    out_line(e->out, "{");
    e->out->indent = 1;
    map_set(e->arena, &e->defined, intern_text(e->c->names, TEXT(e, "%s_resume", func->c_name)), e);
}

static void end_resume(Emit *e)
{
    e->out->indent = 0;
    out_line(e->out, "}");
    out_own(e->out);
}

static void emit_body(Emit *e, IrFunc *func)
{
    Out body = out_make(e->c), *outer = e->out;

    e->out = &body;
    body.indent = 1;
    out_span(&body, func->span);
    uint32_t begin = out_begin(&body, "switch (base->state)");
    out_label(&body, "case 0:");
    if (func->is_recursive) {
        out_line(&body, "if (art_stack_low()) goto raised;");
        e->uses_raised = true;
    }
    emit_block(e, &func->body);
    /* The end of the body has left already. */
    out_span(&body, func->span);
    out_label(&body, "default: /* dropped before it began */");
    bool falls_out = !e->uses_raised;
    if (falls_out)
        out_line(&body, "break;");
    else
        out_line(&body, "goto leave;");
    e->uses_leave |= !falls_out;
    body.lines.items[begin - 1].kind = LINE_BEGIN;
    out_end_with(&body, begin, "}");
    emit_exit(e, func);
    e->out = outer;
    if (out_mentions(&body, 0, "f"))
        out_line(outer, "%s_frame *f = (%s_frame *)base;", func->c_name, func->c_name);
    declare_locals(e, func);
    out_blank(outer);
    out_join(outer, &body);
}

/* The resume function of what never suspends. */
static void emit_call_body(Emit *e, const IrFunc *func)
{
    Text args = text_make(e->arena);

    if (func->is_closure)
        text_append(&args, "&f->closure->base");
    for (uint32_t i = 0; i < func->params.len; i++)
        if (!type_is_empty(func->params.items[i]->type))
            text_printf(&args, "%sf->%s", args.len ? ", " : "", func->params.items[i]->c_name);
    if (type_has_value(func->result) || args.len)
        out_line(e->out, "%s_frame *f = (%s_frame *)base;", func->c_name, func->c_name);
    out_blank(e->out);
    out_line(e->out, "if (base->state == 0)");
    e->out->indent++;
    out_line(e->out, "%s%s(%s);", type_has_value(func->result) ? "f->result = " : "", func->c_name, text_string(&args));
    e->out->indent--;
    for (uint32_t i = 0; i < func->params.len; i++)
        if (types_needs_release(func->params.items[i]->type))
            out_line(e->out, "%s;", c_released(e, func->params.items[i]->type, TEXT(e, "f->%s", func->params.items[i]->c_name)));
    if (func->is_closure)
        out_line(e->out, "art_release(f->closure);");
    out_line(e->out, "return art_frame_done(base);");
}

/* -- objects -------------------------------------------------------------------------------------------------------------------------------- */

Type *frame_object_type(Emit *e, const IrFunc *func)
{
    Types *ts = e->program->types;
    Type *none = types_plain(ts, TYPE_NONE), *sends = func->sends ? func->sends : none;

    if (func->kind == IR_GENERATOR)
        return types_make(ts, TYPE_GENERATOR, NULL, (Type *[]){func->yields, sends, func->result}, 3);
    if (func->kind == IR_ASYNCGEN)
        return types_make(ts, TYPE_ASYNCGEN, NULL, (Type *[]){func->yields, sends}, 2);
    return types_make(ts, TYPE_COROUTINE, NULL, (Type *[]){func->result}, 1);
}

static void emit_new(Emit *e, IrFunc *func)
{
    static const struct { const char *type, *make, *frame, *name, *header; } kinds[] = {
        [IR_COROUTINE] = {"art_task *", "art_task_new", "art_task_frame", "coro", "art/task.h"},
        [IR_GENERATOR] = {"art_gen *", "art_gen_new", "art_gen_frame", "gen", "art/gen.h"},
        [IR_ASYNCGEN] = {"art_asyncgen *", "art_asyncgen_new", "art_asyncgen_frame", "gen", "art/asyncgen.h"},
    };
    const char *name = func->c_name, *object = name_in_function(e, kinds[func->kind].name);
    Text args = text_make(e->arena);

    need_header(e, kinds[func->kind].header);
    if (func->is_closure)
        text_append(&args, ", base");
    for (uint32_t i = 0; i < func->params.len; i++)
        if (!type_is_empty(func->params.items[i]->type))
            text_printf(&args, ", %s", func->params.items[i]->c_name);
    out_blank(e->out);
    out_line(e->out, "%s%s%s_new(%s)", ir_is_exported(func) ? "" : "static ", kinds[func->kind].type, name, c_parameters(e, func, ""));
    out_line(e->out, "{");
    e->out->indent = 1;
    out_line(e->out, "%s%s = %s(%s, sizeof(%s_frame));", kinds[func->kind].type, object, kinds[func->kind].make,
             type_ref(e, frame_object_type(e, func)), name);
    out_line(e->out, "%s_init((%s_frame *)%s(%s)%s);", name, name, kinds[func->kind].frame, object, text_string(&args));
    out_line(e->out, "return %s;", object);
    e->out->indent = 0;
    out_line(e->out, "}");
    map_set(e->arena, &e->defined, intern_text(e->c->names, TEXT(e, "%s_new", name)), e);
}

/* What tracebacks and the task tree know of the function. */
static void add_code(Emit *e, const IrFunc *func)
{
    Text lines = text_make(e->arena);

    text_append(&lines, c_line(e, func->span));
    for (uint32_t i = 0; i < func->suspensions.len; i++)
        text_printf(&lines, ", %s", c_line(e, func->suspensions.items[i]->span));
    out_line(&e->codes, "{%s_resume, %s, %s, %s, %u, (const uint32_t[]){%s}},", func->c_name, c_quoted(e, func->name, strlen(func->name)),
             c_quoted(e, e->file, strlen(e->file)), c_line(e, func->span), func->suspensions.len + 1, text_string(&lines));
}

/* Names that were given to a frame's members, and to the variables of its function. */
typedef struct FrameNames {
    NameSet locals, members;
    Map local_numbers;
} FrameNames;

/* A traceback of an object's frame whose function is plain goes through the function. */
static void begin_frame(Emit *e, IrFunc *func)
{
    const SourceFile *file = source_of(e->c->sources, func->span);
    const FrameNames *names = map_get(&e->framed, func);

    e->func = func;
    e->in_frame = true;
    e->label_count = 0;
    e->labels = (Map){0};
    e->continued = (Map){0};
    e->uses_raised = e->uses_leave = e->has_result = false;
    e->loop = NULL;
    e->file = file ? file->path : e->program->path;
    if (names) {
        e->locals = names->locals;
        e->local_numbers = names->local_numbers;
        e->members = names->members;
    } else if (!func->is_plain) { /* else they were made with the function */
        plan_locals(e, func);
        name_locals(e, func);
    }
}

void emit_frame_struct(Emit *e, IrFunc *func)
{
    FrameNames *names;

    if (map_has(&e->framed, func))
        return;
    begin_frame(e, func);
    out_own(e->out);
    out_blank(e->out);
    emit_frame_comment(e, func);
    emit_struct(e, func);
    names = arena_new(e->arena, FrameNames);
    *names = (FrameNames){e->locals, e->members, e->local_numbers};
    map_set(e->arena, &e->framed, func, names);
}

void emit_frame(Emit *e, IrFunc *func)
{
    need_header(e, func->kind == IR_GENERATOR ? "art/gen.h" : func->kind == IR_ASYNCGEN ? "art/asyncgen.h" : "art/frame.h");
    emit_frame_struct(e, func);
    begin_frame(e, func);
    begin_resume(e, func);
    if (func->is_plain)
        emit_call_body(e, func);
    else
        emit_body(e, func);
    end_resume(e);
    e->in_frame = !func->is_plain;
    emit_init(e, func);
    if (func->needs_object)
        emit_new(e, func);
    add_code(e, func);
}

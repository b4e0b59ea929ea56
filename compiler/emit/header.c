/* app.h: what the program offers to C. Plain functions are ordinary C functions; an `async def` starts a task and has its result taken;
 * classes are opaque handles. Functions whose types mean nothing outside (tuples are structs of the program) are left out. */
#include "emit/internal.h"

#include <ctype.h>

static const char *guard(Emit *e)
{
    char *name = arena_strdup(e->arena, TEXT(e, "%s_H", c_identifier(e, e->stem)));

    for (char *at = name; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    return name;
}

/* A name that no parameter of the function has. */
static const char *unlike_parameters(Emit *e, const IrFunc *func, const char *name)
{
    for (uint32_t i = 0; i < func->params.len; i++)
        if (strcmp(func->params.items[i]->c_name, name) == 0)
            return unlike_parameters(e, func, TEXT(e, "%s_", name));
    return name;
}

static const char *start_signature(Emit *e, const IrFunc *func)
{
    return TEXT(e, "art_task *%s_start(%s)", func->c_name,
                c_parameters(e, func, TEXT(e, "art_loop *%s", unlike_parameters(e, func, "loop"))));
}

static const char *result_signature(Emit *e, const IrFunc *func)
{
    const char *out = !type_has_value(func->result) ? "" : TEXT(e, ", %s", c_declare(e, func->result, "*out"));

    return TEXT(e, "bool %s_result(art_task *task%s)", func->c_name, out);
}

/* Inline: app.c has the function that makes the object. */
static void define_start(Emit *e, Out *out, const IrFunc *func)
{
    const char *coro = unlike_parameters(e, func, "coro"), *task = unlike_parameters(e, func, "task");
    Text args = text_make(e->arena);

    for (uint32_t i = 0; i < func->params.len; i++)
        if (!type_is_empty(func->params.items[i]->type))
            text_printf(&args, "%s%s", args.len ? ", " : "", func->params.items[i]->c_name);
    out_line(out, "static inline %s", start_signature(e, func));
    out_line(out, "{");
    out_line(out, "    art_task *%s = %s_new(%s);", coro, func->c_name, text_string(&args));
    out_line(out, "    art_task *%s = art_loop_create_task(%s, %s, NULL, NULL);", task, unlike_parameters(e, func, "loop"), coro);
    out_line(out, "    art_release(%s);", coro);
    out_line(out, "    return %s;", task);
    out_line(out, "}");
}

static void define_result(Emit *e, Out *out, const IrFunc *func)
{
    out_line(out, "static inline %s", result_signature(e, func));
    out_line(out, "{");
    out_line(out, "    return art_future_result(&task->future, %s);", type_has_value(func->result) ? "out" : "NULL");
    out_line(out, "}");
}

static void declare_function(Emit *e, Out *out, const IrFunc *func)
{
    const char *what = func->signature ? func->signature : func->name;

    out_blank(out);
    if (func->kind == IR_COROUTINE) {
        out_comment(out, "%s\n * An object of the coroutine, owned; to be made a task once. Arguments are borrowed.", what);
        out_line(out, "art_task *%s_new(%s);", func->c_name, c_parameters(e, func, ""));
        out_comment(out, "Starts a task on the loop: owned; NULL with art_self.raised when there is no loop.");
        define_start(e, out, func);
        out_comment(out, "The result of a task that is done: owned, at `out`; false when it raised (art_self.raised).");
        define_result(e, out, func);
        return;
    }
    out_comment(out, "%s%s", what, func->can_raise ? "\n * It may raise: ask art_self.raised." : "");
    const char *result = result_type(e, func);
    out_line(out, "%s%s%s(%s);", result, result[strlen(result) - 1] == '*' ? "" : " ", func->c_name, c_parameters(e, func, ""));
}

static void declare_class(Emit *e, Out *out, Map *declared, const Type *t)
{
    if (types_is_nullable(t))
        t = t->args[t->args[0]->kind == TYPE_NONE];
    if (t->kind != TYPE_CLASS || !is_program_class(e, t->cls) || map_has(declared, t->cls))
        return;
    map_set(e->arena, declared, t->cls, e);
    out_line(out, "typedef struct %s %s; /* class %s: counted, see art_retain and art_release */", class_struct(e, t->cls),
             class_struct(e, t->cls), t->cls->name);
}

/* The classes that the functions take or give. */
static void declare_classes(Emit *e, Out *out)
{
    Map declared = {0};

    out_blank(out);
    for (uint32_t i = 0; i < e->program->funcs.len; i++) {
        const IrFunc *func = e->program->funcs.items[i];
        if (!func->is_used || !ir_is_exported(func))
            continue;
        for (uint32_t j = 0; j < func->params.len; j++)
            declare_class(e, out, &declared, func->params.items[j]->type);
        declare_class(e, out, &declared, func->result);
    }
}

void emit_header(Emit *e, Text *h_out)
{
    Out out = out_make(e->c);
    const IrProgram *program = e->program;

    out_comment(&out, "%s.h: what %s offers to C. Made by asyncc.\n *\n * Arguments are borrowed, results owned by the caller. All functions "
                      "belong to one thread,\n * in which art_start was called first, then %s_init.", e->stem, program->path, e->stem);
    out_directive(&out, "#ifndef %s", guard(e));
    out_directive(&out, "#define %s", guard(e));
    out_blank(&out);
    out_directive(&out, "#include \"asyncrt.h\"");
    for (uint32_t i = 0; i < e->headers.len; i++)
        if (e->headers.entries[i].name[0] == '"' && strcmp(e->headers.entries[i].name, "\"art/code.h\"") != 0)
            out_directive(&out, "#include %s", e->headers.entries[i].name);
    out_blank(&out);
    out_directive(&out, "#ifdef __cplusplus");
    out_directive(&out, "extern \"C\" {");
    out_directive(&out, "#endif");
    out_blank(&out);
    out_line(&out, "void %s_init(void); /* runs the module's statements; may raise: ask art_self.raised */", e->stem);
    out_line(&out, "void %s_fini(void); /* releases what the module's variables hold */", e->stem);
    declare_classes(e, &out);
    for (uint32_t i = 0; i < program->funcs.len; i++)
        if (program->funcs.items[i]->is_used && ir_is_exported(program->funcs.items[i]))
            declare_function(e, &out, program->funcs.items[i]);
    out_blank(&out);
    out_directive(&out, "#ifdef __cplusplus");
    out_directive(&out, "}");
    out_directive(&out, "#endif");
    out_directive(&out, "#endif");
    out_print((const Out *const[]){&out}, 1, TEXT(e, "%s.h", e->stem), h_out);
}

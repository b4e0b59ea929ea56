/* The emitter: IR to C that a careful programmer could have written.
 *
 * In: IR complete with exception edges, ownership and frames.  Out: app.c and app.h.  Nothing is decided here any more: it is a walk. What
 * comes out of order (a literal, a descriptor, a prototype that some expression turns out to need) goes into sections of its own,
 * which are joined at the end:
 *
 *     includes · classes, structs of tuples and cells · prototypes · literals, descriptors · variables of the module · functions in the
 *     order of the source, frames before who holds them · the table of coroutines · app_init, app_fini
 *
 * The files: out.c writes lines, names.c mangles, ctype.c knows types, literal.c and expr.c print expressions, stmt.c and await.c
 * statements, local.c places declarations, func.c, frame.c, closure.c, class.c and header.c the larger things. */
#include "emit/emit.h"

#include "emit/internal.h"

/* "dir/app.async" → "app" */
static const char *stem_of(Emit *e, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    size_t len = dot && dot != name ? (size_t)(dot - name) : strlen(name);

    return strcmp(path, "-") == 0 ? "program" : arena_strndup(e->arena, name, len);
}

/* -- the module's own -------------------------------------------------------------------------------------------------------------- */

static void emit_globals(Emit *e, Out *out)
{
    for (uint32_t i = 0; i < e->program->globals.len; i++) {
        const IrVar *var = e->program->globals.items[i];
        if (var->is_cell)
            out_line(out, "static %s *%s;", cell_struct(e, var->type), var->c_name);
        else
            out_line(out, "static %s;", c_declare(e, var->type, var->c_name));
        if (var->may_be_unset)
            out_line(out, "static bool %s_set;", var->c_name);
    }
    if (out->lines.len)
        out_blank(out);
}

static void emit_init(Emit *e)
{
    IrFunc *init = e->program->init;

    if (init) {
        init->c_name = TEXT(e, "%s_init", e->stem);
        emit_func(e, init);
    }
}

/* The table of coroutines is made known where the module's statements begin. */
static void register_codes(Emit *e, uint32_t from)
{
    const char *head = TEXT(e, "void %s_init(void)", e->stem);

    if (!e->codes.lines.len)
        return;
    for (uint32_t i = from; i < e->out->lines.len; i++) {
        if (strcmp(e->out->lines.items[i].text, head) != 0)
            continue;
        Line line = e->out->lines.items[i + 1];
        line.text = TEXT(e, "art_code_register(codes, sizeof codes / sizeof *codes);");
        line.indent = 1;
        uint32_t at = i + 2;
        vec_push(e->arena, &e->out->lines, line);
        for (uint32_t j = e->out->lines.len - 1; j > at; j--)
            e->out->lines.items[j] = e->out->lines.items[j - 1];
        e->out->lines.items[at] = line;
        return;
    }
}

static void emit_codes(Emit *e)
{
    if (!e->codes.lines.len)
        return;
    out_blank(e->out);
    out_line(e->out, "static const art_code codes[] = {");
    for (uint32_t i = 0; i < e->codes.lines.len; i++) {
        Line line = e->codes.lines.items[i];
        line.indent = 1;
        vec_push(e->arena, &e->out->lines, line);
    }
    out_line(e->out, "};");
}

static void emit_fini(Emit *e)
{
    out_blank(e->out);
    out_line(e->out, "void %s_fini(void)", e->stem);
    out_line(e->out, "{");
    e->out->indent = 1;
    if (e->has_cyclic_del)
        out_line(e->out, "art_collect(); /* circles end before the module's variables */");
    for (uint32_t i = e->program->globals.len; i-- > 0;) {
        const IrVar *var = e->program->globals.items[i];
        if (types_needs_release(var->type) && !var->is_cell)
            out_line(e->out, "%s;", c_cleared(e, var->type, var->c_name));
    }
    e->out->indent = 0;
    out_line(e->out, "}");
}

/* -- the file ------------------------------------------------------------------------------------------------------------------------ */

static Emit *begin(Compilation *c, IrProgram *program)
{
    Emit *e = arena_new(c->arena, Emit);
    Out *sections[] = {&e->includes, &e->types, &e->constants, &e->prototypes, &e->functions, &e->codes, &e->closures, &e->wrappers,
                       &e->forward, &e->tables};

    e->c = c;
    e->arena = c->arena;
    e->program = program;
    e->file_stem = stem_of(e, program->path);
    e->stem = c_identifier(e, e->file_stem);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        *sections[i] = out_make(c);
    e->out = &e->functions;
    for (uint32_t i = 0; i < program->classes.len; i++)
        map_set(c->arena, &e->classes, program->classes.items[i]->cls, program->classes.items[i]);
    return e;
}

static void emit_functions(Emit *e)
{
    const IrFuncVec *funcs = &e->program->funcs;

    for (uint32_t i = 0; i < funcs->len; i++)
        if (funcs->items[i] != e->program->init)
            emit_func(e, funcs->items[i]);
    Out init = out_make(e->c);
    e->out = &init;
    emit_init(e);
    e->out = &e->functions;
    emit_class_functions(e); /* of the classes that all these mention */
    emit_codes(e);
    out_blank(e->out);
    uint32_t from = e->out->lines.len;
    out_join(e->out, &init);
    register_codes(e, from);
    emit_fini(e);
}

void emit_program(Compilation *c, IrProgram *program, Text *c_out, Text *h_out)
{
    Emit *e = begin(c, program);
    Out head = out_make(c), globals = out_make(c);
    const Out *sections[] = {&head, &e->includes, &e->types, &e->prototypes, &e->forward, &e->constants, &e->tables, &globals,
                             &e->closures, &e->functions, &e->wrappers};

    name_program(e);
    need_header(e, "art/code.h");
    for (uint32_t i = 0; i < program->headers.len; i++)
        need_header(e, program->headers.items[i]);
    emit_classes(e);
    emit_functions(e);
    emit_globals(e, &globals);
    out_comment(&head, "%s.c: %s in C, made by asyncc.", e->stem, program->path);
    const char *file = c->options.output ? stem_of(e, c->options.output) : e->file_stem;
    out_directive(&head, "#include \"%s.h\"", file);
    out_blank(&head);
    out_directive(&head, "#include \"asyncrt.h\"");
    for (uint32_t i = 0; i < e->headers.len; i++)
        if (e->headers.entries[i].name[0] == '"' && strcmp(e->headers.entries[i].name, "\"asyncrt.h\"") != 0)
            out_directive(&head, "#include %s", e->headers.entries[i].name);
    out_print(sections, sizeof sections / sizeof *sections, TEXT(e, "%s.c", file), c_out);
    emit_header(e, h_out);
}

void emit_main(Compilation *c, const IrProgram *program, Text *c_out)
{
    Emit e = {.c = c, .arena = c->arena};
    const char *stem = c_identifier(&e, stem_of(&e, program->path));

    text_append(c_out, "\n#include \"art/print.h\"\n\nint main(int argc, char **argv)\n{\n    art_start(argc, argv);\n");
    text_printf(c_out, "    %s_init();\n    %s_fini();\n    return art_finish();\n}\n", stem, stem);
}

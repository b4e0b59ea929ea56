/* Classes of the program: a struct, a descriptor, what the descriptor names, and the tables through which overridden methods are called.
 *
 *     typedef struct Dog { Animal base; art_str *breed; } Dog;        fields of the base class come first
 *     typedef struct Animal_methods { art_str *(*speak)(Animal *self); } Animal_methods;
 *     static const Animal_methods Dog_table = {.speak = Dog_speak};   a class with slots of its own begins with its base's table
 */
#include "emit/internal.h"

/* -- structs ------------------------------------------------------------------------------------------------------------------------ */

static bool is_object(const Class *cls)
{
    return !cls || (!cls->base && strcmp(cls->name, "object") == 0);
}

const char *field_path(Emit *e, const Class *from, const Class *to)
{
    const char *path = "";

    for (; from && from != to; from = from->base)
        path = TEXT(e, "%sbase.", path);
    return path;
}

static const char *base_struct(Emit *e, const Class *cls)
{
    return is_object(cls->base) ? "art_obj" : class_struct(e, cls->base);
}

static void emit_struct(Emit *e, const IrClass *cls)
{
    Out *out = &e->types;
    Out members = out_make(e->c);

    members.indent = 1;
    out_line(&members, "%s base;", base_struct(e, cls->cls));
    for (uint32_t i = 0; i < cls->cls->fields.len; i++) {
        const Field *field = cls->cls->fields.items[i];
        out_line(&members, "%s;", c_declare(e, field->type, name_of_member(e, field->name)));
    }
    out_blank(out);
    out_line(out, "struct %s {", cls->c_name);
    out_join(out, &members);
    out_line(out, "};");
}

/* -- tables of methods ------------------------------------------------------------------------------------------------------------------ */

/* The nearest class, from `cls` upwards, that introduces slots. */
static const IrClass *table_class(const IrClass *cls)
{
    while (cls && !cls->slots.len)
        cls = cls->base;
    return cls;
}

const char *methods_struct(Emit *e, const IrSlot *slot)
{
    return TEXT(e, "%s_methods", slot->cls->c_name);
}

static const char *slot_result(Emit *e, const IrSlot *slot)
{
    if (slot->is_coroutine) {
        need_header(e, "art/task.h");
        return "art_task *";
    }
    return type_has_value(slot->result) ? c_type(e, slot->result) : "void ";
}

/* An implementation takes its own class where the table has the class that introduced the method. */
static const char *slot_cast(Emit *e, const IrSlot *slot)
{
    Text params = text_make(e->arena);

    for (uint32_t i = 0; i < slot->params.len; i++)
        if (!type_is_empty(slot->params.items[i]))
            text_printf(&params, ", %s", c_type(e, slot->params.items[i]));
    return TEXT(e, "(%s(*)(%s *%s))", slot_result(e, slot), slot->cls->c_name, text_string(&params));
}

static void emit_methods_struct(Emit *e, const IrClass *cls)
{
    const IrClass *above = table_class(cls->base);
    Out members = out_make(e->c), *out = &e->types;

    if (!cls->slots.len)
        return;
    members.indent = 1;
    if (above)
        out_line(&members, "%s_methods base;", above->c_name);
    for (uint32_t i = 0; i < cls->slots.len; i++) {
        const IrSlot *slot = cls->slots.items[i];
        const char *result = slot_result(e, slot);
        Text params = text_make(e->arena);
        for (uint32_t j = 0; j < slot->params.len; j++)
            if (!type_is_empty(slot->params.items[j]))
                text_printf(&params, ", %s", c_type(e, slot->params.items[j]));
        char last = result[strlen(result) - 1];
        out_line(&members, "%s%s(*%s)(%s *self%s);", result, last == '*' || last == ' ' ? "" : " ", name_of_member(e, slot->name), cls->c_name,
                 text_string(&params));
    }
    out_line(out, "typedef struct %s_methods {", cls->c_name);
    out_join(out, &members);
    out_line(out, "} %s_methods;", cls->c_name);
}

/* ".base." for each table between the class's own and the one with the slot. */
static const char *slot_path(Emit *e, const IrClass *table, const IrSlot *slot)
{
    const char *path = "";

    for (; table && table != slot->cls; table = table_class(table->base))
        path = TEXT(e, "%s.base", path);
    return path;
}

static bool emit_table(Emit *e, const IrClass *cls)
{
    const IrClass *table = table_class(cls);
    Text text = text_make(e->arena);

    for (uint32_t i = 0; table && i < cls->methods.len; i++) {
        IrFunc *func = cls->methods.items[i].func;
        const IrSlot *slot = cls->methods.items[i].slot;
        if (!func)
            continue;
        const char *suffix = func->kind == IR_FUNCTION ? "" : "_new";
        use_func_above(e, func, suffix);
        bool is_same = func->params.items[0]->type->kind == TYPE_CLASS && func->params.items[0]->type->cls == slot->cls->cls;
        text_printf(&text, "%s%s.%s = %s%s%s", text.len ? ", " : "", slot_path(e, table, slot), name_of_member(e, slot->name),
                    is_same ? "" : slot_cast(e, slot), func->c_name, suffix);
    }
    if (text.len)
        out_line(&e->tables, "static const %s_methods %s_table = {%s};", table->c_name, cls->c_name, text_string(&text));
    return text.len > 0;
}

/* -- destroying ------------------------------------------------------------------------------------------------------------------------------ */

static bool has_counted_field(const Class *cls)
{
    for (; cls; cls = cls->base)
        for (uint32_t i = 0; i < cls->fields.len; i++)
            if (types_needs_release(cls->fields.items[i]->type))
                return true;
    return false;
}

/* The class of the runtime at the top of the hierarchy whose part must be ended by a function of its own, or NULL. */
static const char *end_of_life(Emit *e, const Class *cls)
{
    while (cls && is_program_class(e, cls))
        cls = cls->base;
    if (!cls || is_object(cls))
        return NULL;
    if (cls->is_exception)
        return "art_exc";
    return strcmp(class_struct(e, cls), "art_dict") == 0 ? "art_dict" : NULL;
}

static void release_fields(Emit *e, const Class *cls)
{
    for (const Class *of = cls; of && is_program_class(e, of); of = of->base)
        for (uint32_t i = 0; i < of->fields.len; i++) {
            const Field *field = of->fields.items[i];
            if (types_needs_release(field->type))
                out_line(e->out, "%s;", c_released(e, field->type, TEXT(e, "self->%s%s", field_path(e, cls, of), name_of_member(e, field->name))));
        }
}

/* Unused: no object of the class is ever made. */
static bool has_del(const IrClass *cls)
{
    return cls->del && cls->del->is_used;
}

static void emit_finalize(Emit *e, const IrClass *cls)
{
    need_header(e, "art/cycle.h");
    use_func_above(e, cls->del, "");
    out_line(&e->prototypes, "static void %s_finalize(art_obj *base);", cls->c_name);
    out_blank(e->out);
    out_line(e->out, "static void %s_finalize(art_obj *base)", cls->c_name);
    out_line(e->out, "{");
    out_line(e->out, "    %s((%s)base);", cls->del->c_name, c_type(e, cls->del->params.items[0]->type));
    out_line(e->out, "}");
}

static const char *emit_destroy(Emit *e, const IrClass *cls)
{
    const char *end = end_of_life(e, cls->cls), *name;

    if (!has_counted_field(cls->cls) && !has_del(cls) && !end)
        return "art_object_destroy";
    if (has_del(cls))
        emit_finalize(e, cls);
    name = name_in_file(e, TEXT(e, "%s_destroy", cls->c_name));
    out_line(&e->prototypes, "static void %s(art_obj *base);", name);
    out_blank(e->out);
    out_line(e->out, "static void %s(art_obj *base)", name);
    out_line(e->out, "{");
    e->out->indent = 1;
    out_line(e->out, "%s *self = (%s *)base;", cls->c_name, cls->c_name);
    out_blank(e->out);
    if (has_del(cls))
        out_line(e->out, "if (art_finalize(base)) return; /* it lives on */");
    release_fields(e, cls->cls);
    if (end)
        out_line(e->out, "%s_end_life((%s *)self);", end, end);
    out_line(e->out, "art_free(self, sizeof *self);");
    e->out->indent = 0;
    out_line(e->out, "}");
    return name;
}

/* -- functions over slots ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Special {
    const char *member;    /* of the descriptor */
    const char *result;
    const char *params;
    IrFunc *func;
} Special;

/* The object in a slot as a method takes it. */
static const char *receiver(Emit *e, const IrFunc *func, uint32_t index, const char *slot)
{
    Type *type = func->params.items[index]->type;
    const char *object = TEXT(e, "*(void *const *)%s", slot);

    return types_is_box(type) ? TEXT(e, "art_box_obj(%s)", object) : object;
}

static const char *emit_special(Emit *e, const IrClass *cls, const Special *special)
{
    const char *name = TEXT(e, "%s_slot_%s", cls->c_name, special->member), *call;
    IrFunc *func = special->func;

    use_func_above(e, func, "");
    if (strcmp(special->params, "const void *slot, const void *other") == 0)
        call = TEXT(e, "%s(%s, %s)", func->c_name, receiver(e, func, 0, "slot"), receiver(e, func, 1, "other"));
    else if (strcmp(special->member, "format") == 0)
        call = TEXT(e, "%s(%s, spec)", func->c_name, receiver(e, func, 0, "slot"));
    else
        call = TEXT(e, "%s(%s)", func->c_name, receiver(e, func, 0, "slot"));
    if (types_is_box(func->result) && strcmp(special->result, "bool ") == 0)
        call = TEXT(e, "art_box_truth(%s)", call);
    out_line(&e->prototypes, "static %s%s(%s);", special->result, name, special->params);
    out_blank(e->out);
    out_line(e->out, "static %s%s(%s)", special->result, name, special->params);
    out_line(e->out, "{");
    out_line(e->out, "    return %s;", call);
    out_line(e->out, "}");
    return name;
}

static void add_specials(Emit *e, const IrClass *cls, Text *members)
{
    const Special specials[] = {
        {"repr", "art_str *", "const void *slot", cls->repr},   {"str", "art_str *", "const void *slot", cls->str},
        {"format", "art_str *", "const void *slot, art_str *spec", cls->format}, {"hash", "int64_t ", "const void *slot", cls->hash},
        {"equal", "bool ", "const void *slot, const void *other", cls->eq}, {"less", "bool ", "const void *slot, const void *other", cls->less},
    };
    bool is_data = cls->cls->is_dataclass;

    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        if (specials[i].func && specials[i].func->is_used)
            text_printf(members, ", .%s = %s", specials[i].member, emit_special(e, cls, &specials[i]));
    if (is_data && cls->cls->makes_repr && !cls->repr)
        text_append(members, ", .repr = art_dataclass_repr");
    if (is_data && cls->cls->makes_eq && !cls->eq)
        text_append(members, ", .equal = art_dataclass_equal");
    if (is_data && cls->cls->makes_hash && !cls->hash)
        text_append(members, ", .hash = art_dataclass_hash");
    if (cls->cls->is_exception && !cls->repr)
        text_append(members, ", .repr = art_exc_slot_repr");
    if (cls->cls->is_exception && !cls->str)
        text_append(members, ", .str = art_exc_slot_str");
}

/* -- the descriptor --------------------------------------------------------------------------------------------------------------------------- */

const char *class_descriptor(Emit *e, const Class *cls)
{
    const IrClass *ir = ir_class(e, cls);

    if (!ir && cls->is_exception)
        return TEXT(e, "&art_type_%s", cls->name);
    if (!ir)
        return cls->c_name && !is_object(cls) ? TEXT(e, "&art_type_%s", strncmp(cls->c_name, "art_", 4) == 0 ? cls->c_name + 4 : cls->c_name)
                                               : "&art_type_object";
    const char *name = TEXT(e, "type_%s", ir->c_name), *key = intern_text(e->c->names, name);
    if (!map_has(&e->helpers, key)) {
        map_set(e->arena, &e->helpers, key, e);
        out_line(&e->forward, "static const art_type %s;", name);
    }
    return TEXT(e, "&%s", name);
}

/* Base classes' fields first. */
static void list_fields(Emit *e, const Class *cls, const Class *of, Text *text, uint32_t *count)
{
    const IrClass *ir = ir_class(e, cls);

    if (!of || !is_program_class(e, of))
        return;
    list_fields(e, cls, of->base, text, count);
    for (uint32_t i = 0; i < of->fields.len; i++) {
        const Field *field = of->fields.items[i];
        text_printf(text, "%s{\"%s\", %s, offsetof(%s, %s%s)}", *count ? ", " : "", field->name, slot_ref(e, field->type), ir->c_name,
                    field_path(e, cls, of), name_of_member(e, field->name));
        ++*count;
    }
}

static void emit_descriptor(Emit *e, const IrClass *cls)
{
    Text fields = text_make(e->arena), members = text_make(e->arena);
    const char *base = is_object(cls->cls->base) ? "&art_type_object" : type_ref(e, cls->cls->base->type);
    const char *module = cls->cls->module ? cls->cls->module : "__main__";
    uint32_t count = 0;

    const char *destroy = emit_destroy(e, cls);
    list_fields(e, cls->cls, cls->cls, &fields, &count);
    if (count) {
        out_line(&e->tables, "static const art_field %s_fields[] = {%s};", cls->c_name, text_string(&fields));
        text_printf(&members, ", .fields = %s_fields, .field_count = %u", cls->c_name, count);
    }
    if (emit_table(e, cls))
        text_printf(&members, ", .methods = &%s_table", cls->c_name);
    add_specials(e, cls, &members);
    if (has_del(cls))
        text_printf(&members, ", .finalize = %s_finalize", cls->c_name);
    if (is_cyclic_class(e, cls->cls)) {
        text_append(&members, ", .is_cyclic = true");
        e->has_cyclic_del |= has_del(cls);
    }
    bool is_usual = strcmp(module, "__main__") == 0 && members.len && !(cls->cls->is_exception && (cls->repr || cls->str));
    if (is_usual) {
        char *rest = (char *)(uintptr_t)text_string(&members) + 2;
        char *own = cls->cls->is_exception ? strstr(rest, ", .repr = art_exc_slot_repr") : NULL;
        if (own)
            *own = 0;
        if (cls->cls->is_exception && strncmp(rest, ".repr = art_exc", 15) == 0)
            rest = (char *)(uintptr_t)".arg_count = 0";
        out_line(&e->tables, "static const art_type type_%s = ART_%s_TYPE(%s, %s, %s, %s, %s);", cls->c_name,
                 cls->cls->is_exception ? "EXCEPTION" : "CLASS", c_quoted(e, cls->cls->name, strlen(cls->cls->name)), cls->c_name, base, destroy,
                 rest);
        return;
    }
    out_line(&e->tables,
             "static const art_type type_%s = {.name = %s, .module = %s, .kind = %s, .size = sizeof(%s *), .is_counted = true, "
             ".object_size = sizeof(%s), .base = %s, .destroy = %s%s};",
             cls->c_name, c_quoted(e, cls->cls->name, strlen(cls->cls->name)), c_quoted(e, module, strlen(module)),
             cls->cls->is_exception ? "ART_KIND_EXCEPTION" : "ART_KIND_CLASS", cls->c_name, cls->c_name, base, destroy, text_string(&members));
}

void emit_classes(Emit *e)
{
    const IrProgram *program = e->program;

    for (uint32_t i = 0; i < program->classes.len; i++)
        out_line(&e->types, "typedef struct %s %s;", program->classes.items[i]->c_name, program->classes.items[i]->c_name);
    for (uint32_t i = 0; i < program->classes.len; i++)
        emit_struct(e, program->classes.items[i]);
    for (uint32_t i = 0; i < program->classes.len; i++)
        emit_methods_struct(e, program->classes.items[i]);
    if (program->classes.len)
        out_blank(&e->types);
}

void emit_class_functions(Emit *e)
{
    Map done = {0};

    for (bool found = true; found;) { /* a descriptor may name others */
        found = false;
        for (uint32_t i = 0; i < e->program->classes.len; i++) {
            const IrClass *cls = e->program->classes.items[i];
            if (map_has(&done, cls) || !map_has(&e->helpers, intern_text(e->c->names, TEXT(e, "type_%s", cls->c_name))))
                continue;
            map_set(e->arena, &done, cls, e);
            emit_descriptor(e, cls);
            found = true;
        }
    }
}

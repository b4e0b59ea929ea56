/* Closures: a struct for what a nested function captured, a function that makes one, and what stands for a plain function that is used as
 * a value. Beside them, objects of the runtime's own coroutines. */
#include "emit/internal.h"

/* -- what is captured ---------------------------------------------------------------------------------------------------------------- */

const char *closure_struct(Emit *e, IrFunc *func)
{
    const char *name = TEXT(e, "%s_closure", func->c_name), *key = intern_text(e->c->names, name);
    Text members = text_make(e->arena);

    if (map_has(&e->helpers, key))
        return name;
    map_set(e->arena, &e->helpers, key, e);
    name_captures(e, func);
    for (uint32_t i = 0; i < func->captures.len; i++) {
        IrVar *var = func->captures.items[i];
        if (var->is_cell)
            text_printf(&members, "%s *%s; ", cell_struct(e, var->type), var->c_name);
        else
            text_printf(&members, "%s; ", c_declare(e, var->type, var->c_name));
    }
    out_line(&e->types, "typedef struct %s { art_closure base; %s} %s;", name, text_string(&members), name);
    return name;
}

static const char *function_info(Emit *e, const IrFunc *func)
{
    const char *name = TEXT(e, "%s_info", func->c_name), *key = intern_text(e->c->names, name), *dot = strrchr(func->name, '.');

    if (!map_has(&e->helpers, key)) {
        const char *short_name_ = func->stands_for ? func->stands_for : dot ? dot + 1 : func->name;
        map_set(e->arena, &e->helpers, key, e);
        out_line(&e->constants, "static const art_function %s = {%s, %s, %s, %s, NULL};", name, c_quoted(e, short_name_, strlen(short_name_)),
                 c_quoted(e, func->name, strlen(func->name)), func->is_dynamic ? "ART_TAKES_TUPLE" : TEXT(e, "%u", func->params.len), c_line(e, func->span));
    }
    return TEXT(e, "&%s", name);
}

/* -- functions as values ----------------------------------------------------------------------------------------------------------------- */

/* The C function behind a closure: it takes the closure first. One that does not is called by a small one that does. */
static const char *callee(Emit *e, IrFunc *func)
{
    bool makes_object = func->kind != IR_FUNCTION;
    const char *suffix = makes_object ? "_new" : "", *target = TEXT(e, "%s%s", func->c_name, suffix);

    use_func_above(e, func, suffix);
    if (func->is_closure)
        return target;
    const char *name = TEXT(e, "%s_value", func->c_name), *key = intern_text(e->c->names, name);
    if (map_has(&e->helpers, key))
        return name;
    map_set(e->arena, &e->helpers, key, e);
    Text params = text_make(e->arena), args = text_make(e->arena);
    for (uint32_t i = 0; i < func->params.len; i++) {
        const char *param = TEXT(e, "a%u", i + 1);
        if (type_is_empty(func->params.items[i]->type))
            continue;
        text_printf(&params, ", %s", c_declare(e, func->params.items[i]->type, param));
        text_printf(&args, "%s%s", args.len ? ", " : "", param);
    }
    const char *result = func->kind == IR_GENERATOR ? "art_gen *" : func->kind == IR_ASYNCGEN ? "art_asyncgen *"
                         : func->kind == IR_COROUTINE ? "art_task *" : result_type(e, func);
    bool is_void = strcmp(result, "void") == 0;
    Out *out = &e->wrappers;
    out_blank(out);
    out_line(out, "static %s%s%s(art_closure *closure%s)", result, result[strlen(result) - 1] == '*' ? "" : " ", name, text_string(&params));
    out_line(out, "{");
    out->indent = 1;
    out_line(out, "(void)closure;");
    out_line(out, "%s%s(%s);", is_void ? "" : "return ", target, text_string(&args));
    out->indent = 0;
    out_line(out, "}");
    out_line(&e->prototypes, "static %s%s%s(art_closure *closure%s);", result, result[strlen(result) - 1] == '*' ? "" : " ", name,
             text_string(&params));
    return name;
}

static const char *static_closure(Emit *e, IrFunc *func)
{
    const char *key = TEXT(e, "closure of %s", func->c_name), *name;

    key = intern_text(e->c->names, key);
    if (map_has(&e->helpers, key))
        return map_get(&e->helpers, key);
    const char *fn = callee(e, func), *info = function_info(e, func);
    name = name_in_file(e, TEXT(e, "%s_object", func->c_name));
    out_line(&e->closures, "static art_closure %s = ART_CLOSURE_STATIC(%s, %s);", name, fn, info);
    name = TEXT(e, "&%s", name);
    map_set(e->arena, &e->helpers, key, (void *)(uintptr_t)name);
    return name;
}

/* What generic code (copies for other threads, …) must know of a closure. */
static const char *captured_fields(Emit *e, const IrFunc *func, const char *type)
{
    Text fields = text_make(e->arena);

    for (uint32_t i = 0; i < func->captures.len; i++) {
        const IrVar *var = func->captures.items[i];
        Type *type_of_value = var->type->kind == TYPE_BOUND ? var->type->args[0] : var->type; /* a bound method is its object */
        const char *of = var->is_cell ? TEXT(e, "&type_%s", cell_struct(e, var->type)) : slot_ref(e, type_of_value);
        text_printf(&fields, "%s{\"%s\", %s, offsetof(%s, %s)}", i ? ", " : "", var->name, of, type, var->c_name);
    }
    return text_string(&fields);
}

static void emit_destroy(Emit *e, IrFunc *func, const char *type)
{
    Out *out = &e->closures;

    out_line(out, "static void %s_destroy(art_obj *closure)", type);
    out_line(out, "{");
    out->indent = 1;
    for (uint32_t i = 0; i < func->captures.len; i++) {
        const IrVar *var = func->captures.items[i];
        const char *place = TEXT(e, "((%s *)closure)->%s", type, var->c_name);
        if (var->is_cell)
            out_line(out, "art_release(%s);", place);
        else if (types_needs_release(var->type))
            out_line(out, "%s;", c_released(e, var->type, place));
    }
    out_line(out, "art_free(closure, sizeof(%s));", type);
    out->indent = 0;
    out_line(out, "}");
    out_line(out, "static const art_field %s_fields[] = {%s};", type, captured_fields(e, func, type));
    out_line(out, "static const art_type type_%s = ART_CLOSURE_TYPE(%s, %s_destroy, %s_fields, %u%s);", type, type, type, type, func->captures.len,
             is_cyclic_closure(e, func) ? ", .is_cyclic = true" : "");
}

/* A parameter of the function that makes a closure. */
static const char *capture_name(Emit *e, const IrVar *var)
{
    return is_taken_in_file(e, var->c_name) ? TEXT(e, "%s_", var->c_name) : var->c_name;
}

/* The function that makes a closure over given variables. */
static const char *closure_maker(Emit *e, IrFunc *func)
{
    const char *type = closure_struct(e, func), *name = TEXT(e, "%s_new", type), *key = intern_text(e->c->names, name);
    Text params = text_make(e->arena);

    if (map_has(&e->helpers, key))
        return name;
    map_set(e->arena, &e->helpers, key, e);
    const char *fn = callee(e, func), *info = function_info(e, func);
    emit_destroy(e, func, type);
    for (uint32_t i = 0; i < func->captures.len; i++) {
        const IrVar *var = func->captures.items[i];
        const char *param = capture_name(e, var);
        text_printf(&params, "%s%s", i ? ", " : "",
                    var->is_cell ? TEXT(e, "%s *%s", cell_struct(e, var->type), param) : c_declare(e, var->type, param));
    }
    Out *out = &e->closures;
    out_line(out, "static art_closure *%s(%s)", name, text_string(&params));
    out_line(out, "{");
    out->indent = 1;
    out_line(out, "%s *closure = art_new(&type_%s, 0);", type, type);
    out_line(out, "closure->base.fn = (void (*)(void))%s;", fn);
    out_line(out, "closure->base.info = %s;", info);
    for (uint32_t i = 0; i < func->captures.len; i++) {
        const IrVar *var = func->captures.items[i];
        const char *param = capture_name(e, var);
        const char *value = var->is_cell ? TEXT(e, "art_retain(%s)", param)
                            : types_needs_release(var->type) ? c_retained(e, var->type, param) : param;
        out_line(out, "closure->%s = %s;", var->c_name, value);
    }
    out_line(out, "return &closure->base;");
    out->indent = 0;
    out_line(out, "}");
    out_blank(out);
    return name;
}

const char *c_closure(Emit *e, const IrExpr *x)
{
    Text args = text_make(e->arena);

    if (!x->captures.len)
        return static_closure(e, x->as.func);
    const char *maker = closure_maker(e, x->as.func);
    for (uint32_t i = 0; i < x->captures.len; i++)
        text_printf(&args, "%s%s", i ? ", " : "",
                    x->captures.items[i]->is_cell ? c_holder(e, x->captures.items[i]) : c_var(e, x->captures.items[i]));
    return TEXT(e, "%s(%s)", maker, text_string(&args));
}

/* -- objects of the runtime's coroutines -------------------------------------------------------------------------------------------------- */

const char *coro_c_maker(Emit *e, const IrExpr *x)
{
    const IrCFunc *func = x->as.cfunc;
    const char *plain = strncmp(func->c_name, "art_", 4) == 0 ? func->c_name + 4 : func->c_name, *name, *key;
    Text params = text_make(e->arena), args = text_make(e->arena);

    key = TEXT(e, "object of %s", func->c_name);
    for (uint32_t i = 0; i < x->args.len; i++) {
        key = TEXT(e, "%s %s", key, type_short_name(e, x->args.items[i]->type));
        bool by_slot = func->param_by_slot && i < func->param_count && func->param_by_slot[i];
        text_printf(&params, "%s%s", i ? ", " : "", c_declare(e, x->args.items[i]->type, TEXT(e, "a%u", i + 1)));
        text_printf(&args, ", %sa%u", by_slot ? "&" : "", i + 1);
    }
    key = intern_text(e->c->names, TEXT(e, "%s -> %s", key, type_short_name(e, x->type)));
    if (map_has(&e->helpers, key))
        return map_get(&e->helpers, key);
    need_function(e, func);
    need_header(e, "art/task.h");
    name = name_in_file(e, TEXT(e, "%s_object", plain));
    map_set(e->arena, &e->helpers, key, (void *)(uintptr_t)name);
    if (func->is_typed)
        text_printf(&args, ", %s", type_ref(e, x->type->args[0]));
    const char *type = type_ref(e, x->type);
    Out *out = &e->closures;
    out_line(out, "static art_task *%s(%s)", name, params.len ? text_string(&params) : "void");
    out_line(out, "{");
    out->indent = 1;
    if (func->result_by_out)
        out_line(out, "void *out;");
    if (func->result_by_out)
        out_line(out, "art_task *coro = art_task_new_out(%s, sizeof(%s_frame), &out);", type, func->c_name);
    else
        out_line(out, "art_task *coro = art_task_new(%s, sizeof(%s_frame));", type, func->c_name);
    out_line(out, "%s_init((%s_frame *)art_task_frame(coro)%s%s);", func->c_name, func->c_name, text_string(&args),
             func->result_by_out ? ", out" : "");
    out_line(out, "return coro;");
    out->indent = 0;
    out_line(out, "}");
    out_blank(out);
    return name;
}

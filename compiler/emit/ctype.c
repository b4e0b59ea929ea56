/* Types in C: what a variable of a type is declared as, how its value is retained and released, and its descriptor.
 *
 * Structs of tuples, cells of captured variables and descriptors are written when first asked for, once each: the file holds those that it
 * uses and no others. The names come from the types: tuple_int_str, type_list_int. */
#include "emit/internal.h"

#include <ctype.h>

bool type_has_value(const Type *t)
{
    return t->kind != TYPE_NONE && t->kind != TYPE_NEVER && t->kind != TYPE_MODULE;
}

/* A function that captured nothing, and the like: a byte where something must be stored. */
bool type_is_empty(const Type *t)
{
    return !type_has_value(t) || (t->kind == TYPE_FUNC && !t->owner) || (t->kind == TYPE_BOUND && type_is_empty(t->args[0]));
}

void need_header(Emit *e, const char *header)
{
    const char *name = *header == '<' ? header : TEXT(e, "\"%s\"", header);

    name = intern_text(e->c->names, name);
    if (map_has(&e->headers, name))
        return;
    map_set(e->arena, &e->headers, name, e);
    if (*name == '<')
        out_directive(&e->includes, "#include %s", name);
}

void need_function(Emit *e, const IrCFunc *func)
{
    /* By how the name begins; the longer ones first. What is not here is in asyncrt.h. */
    static const char *const headers[][2] = {
        {"art_run_in_executor", "art/pool.h"}, {"art_run_coroutine_threadsafe", "art/pool.h"}, {"art_executor", "art/pool.h"},
        {"art_job", "art/pool.h"}, {"art_cfuture", "art/pool.h"}, {"art_run", "art/loop.h"}, {"art_loop", "art/loop.h"},
        {"art_handle", "art/loop.h"}, {"art_gather", "art/gather.h"}, {"art_task_group", "art/group.h"}, {"art_group", "art/group.h"},
        {"art_task", "art/task.h"}, {"art_create_task", "art/task.h"}, {"art_current_task", "art/task.h"}, {"art_all_tasks", "art/task.h"},
        {"art_coro", "art/task.h"}, {"art_sleep", "art/task.h"}, {"art_pause", "art/task.h"}, {"art_await_turn", "art/task.h"}, {"art_future", "art/future.h"}, {"art_ensure_future", "art/future.h"},
        {"art_shield", "art/future.h"}, {"art_queue", "art/queue.h"}, {"art_priority_queue", "art/queue.h"}, {"art_lifo_queue", "art/queue.h"},
        {"art_lock", "art/sync.h"}, {"art_event", "art/sync.h"}, {"art_semaphore", "art/sync.h"}, {"art_bounded_semaphore", "art/sync.h"},
        {"art_condition", "art/sync.h"}, {"art_barrier", "art/sync.h"}, {"art_timeout", "art/timeout.h"}, {"art_wait", "art/wait.h"},
        {"art_as_completed", "art/wait.h"}, {"art_gen_", "art/gen.h"}, {"art_asyncgen", "art/asyncgen.h"}, {"art_context", "art/context.h"},
        {"art_token", "art/context.h"},
    };

    if (func->header)
        need_header(e, func->header);
    for (size_t i = 0; !func->header && i < sizeof headers / sizeof *headers; i++)
        if (strncmp(func->c_name, headers[i][0], strlen(headers[i][0])) == 0) {
            need_header(e, headers[i][1]);
            return;
        }
}

/* -- names of types ----------------------------------------------------------------------------------------------------------- */

static const char *joined(Emit *e, const char *first, Type **types, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        first = TEXT(e, "%s_%s", first, type_short_name(e, types[i]));
    return first;
}

static const char *make_short_name(Emit *e, Type *t)
{
    static const char *const plain[TYPE_KIND_COUNT] = {
        [TYPE_BROKEN] = "broken", [TYPE_NEVER] = "never", [TYPE_CELL] = "unknown", [TYPE_NONE] = "none", [TYPE_BOOL] = "bool",
        [TYPE_INT] = "int", [TYPE_FLOAT] = "float", [TYPE_STR] = "str", [TYPE_BYTES] = "bytes", [TYPE_BYTEARRAY] = "bytearray",
        [TYPE_LIST] = "list", [TYPE_DEQUE] = "deque", [TYPE_DICT] = "dict", [TYPE_SET] = "set", [TYPE_FROZENSET] = "frozenset",
        [TYPE_TUPLE] = "tuple", [TYPE_VARTUPLE] = "vartuple", [TYPE_RANGE] = "range", [TYPE_SLICE] = "slice", [TYPE_ANY] = "any",
        [TYPE_CLASSOBJ] = "type", [TYPE_CALLABLE] = "fn", [TYPE_COROUTINE] = "coroutine", [TYPE_FUTURE] = "future",
        [TYPE_TASK] = "task", [TYPE_GENERATOR] = "generator", [TYPE_ASYNCGEN] = "asyncgen", [TYPE_MODULE] = "module",
    };

    switch (t->kind) {
    case TYPE_UNION:
        if (types_is_optional(t) && t->arg_count == 2)
            return TEXT(e, "optional_%s", type_short_name(e, t->args[t->args[0]->kind == TYPE_NONE]));
        return joined(e, "union", t->args, t->arg_count);
    case TYPE_CLASS: {
        IrClass *cls = ir_class(e, t->cls);
        return joined(e, cls && cls->c_name ? cls->c_name : c_identifier(e, t->cls->name), t->args, t->arg_count);
    }
    case TYPE_FUNC:
    case TYPE_BOUND:
        return c_identifier(e, t->decl && t->decl->kind == NODE_FUNCTION ? t->decl->as.function.name : "lambda");
    case TYPE_GENERATOR:
    case TYPE_ASYNCGEN:
        return joined(e, plain[t->kind], t->args, 1);
    default:
        return joined(e, plain[t->kind], t->args, t->arg_count);
    }
}

/* The type that stands for all with the same C: a list is the same with and without its class. */
Type *type_canonical(Emit *e, Type *t)
{
    Type **args = arena_array(e->arena, Type *, t->arg_count + 1);
    bool is_class = t->kind == TYPE_CLASS || (t->cls && t->cls->is_namedtuple);

    if (t->kind == TYPE_FUNC || t->kind == TYPE_BOUND || t->kind == TYPE_MODULE)
        return t;
    for (uint32_t i = 0; i < t->arg_count; i++)
        args[i] = type_canonical(e, t->args[i]);
    if (t->kind == TYPE_UNION)
        return types_union(e->program->types, args, t->arg_count);
    return types_make(e->program->types, t->kind, is_class ? t->cls : NULL, args, t->arg_count);
}

const char *type_short_name(Emit *e, Type *t)
{
    t = type_canonical(e, t);
    const char *name = map_get(&e->type_names, t), *wanted;

    if (name)
        return name;
    wanted = name = make_short_name(e, t);
    if (strlen(name) > 48)
        wanted = name = TEXT(e, "%.40s_etc", name);
    for (int number = 2; map_has(&e->type_name_users, intern_text(e->c->names, name)); number++)
        name = TEXT(e, "%s_%d", wanted, number);
    map_set(e->arena, &e->type_name_users, intern_text(e->c->names, name), t);
    map_set(e->arena, &e->type_names, t, (void *)(uintptr_t)name);
    return name;
}

/* -- classes ----------------------------------------------------------------------------------------------------------------------- */

IrClass *ir_class(Emit *e, const Class *cls)
{
    return map_get(&e->classes, cls);
}

bool is_program_class(Emit *e, const Class *cls)
{
    return map_has(&e->classes, cls);
}

const char *class_struct(Emit *e, const Class *cls)
{
    IrClass *ir = ir_class(e, cls);
    bool is_exception = cls->is_exception;

    if (ir)
        return ir->c_name;
    for (; cls; cls = cls->base)
        if (cls->c_name)
            return cls->c_name;
    return is_exception ? "art_exc" : "art_obj";
}

/* -- C types ------------------------------------------------------------------------------------------------------------------------- */

const char *tuple_struct(Emit *e, Type *t)
{
    t = type_canonical(e, t);
    const char *name = map_get(&e->structs, t);
    Text members = text_make(e->arena);

    if (name)
        return name;
    if (!t->arg_count)
        return "art_empty_tuple";
    for (uint32_t i = 0; i < t->arg_count; i++) /* which may write structs that must stand before */
        text_printf(&members, "%s; ", c_declare(e, t->args[i], TEXT(e, "_%u", i)));
    name = name_in_file(e, t->cls && t->cls->is_namedtuple ? c_identifier(e, t->cls->name) : type_short_name(e, t));
    map_set(e->arena, &e->structs, t, (void *)(uintptr_t)name);
    out_line(&e->types, "typedef struct %s { %s} %s;", name, text_string(&members), name);
    return name;
}

static const char *counted_type(Emit *e, const Type *t)
{
    switch (t->kind) {
    case TYPE_STR:
        return "art_str *";
    case TYPE_BYTES:
        return "art_bytes *";
    case TYPE_BYTEARRAY:
        return "art_bytearray *";
    case TYPE_LIST:
    case TYPE_VARTUPLE:
        return "art_list *";
    case TYPE_DEQUE:
        return "art_deque *";
    case TYPE_DICT:
        return "art_dict *";
    case TYPE_SET:
    case TYPE_FROZENSET:
        return "art_set *";
    case TYPE_RANGE:
        return "art_range *";
    case TYPE_SLICE:
        return "art_slice *";
    case TYPE_CALLABLE:
    case TYPE_FUNC:
        return "art_closure *";
    case TYPE_COROUTINE:
    case TYPE_TASK:
        need_header(e, "art/task.h");
        return "art_task *";
    case TYPE_FUTURE:
        need_header(e, "art/future.h");
        return "art_future *";
    case TYPE_GENERATOR:
        need_header(e, "art/gen.h");
        return "art_gen *";
    case TYPE_ASYNCGEN:
        need_header(e, "art/asyncgen.h");
        return "art_asyncgen *";
    case TYPE_CLASS:
        if (!is_program_class(e, t->cls) && t->cls->c_name)
            need_function(e, &(IrCFunc){.c_name = t->cls->c_name});
        return TEXT(e, "%s *", class_struct(e, t->cls));
    default:
        return "void *";
    }
}

const char *c_type(Emit *e, Type *t)
{
    if (type_is_empty(t))
        return "art_none";
    switch (t->kind) {
    case TYPE_BOOL:
        return "bool";
    case TYPE_INT:
        return "int64_t";
    case TYPE_FLOAT:
        return "double";
    case TYPE_TUPLE:
        return tuple_struct(e, t);
    case TYPE_CLASSOBJ:
        return "const art_type *";
    case TYPE_BOUND:
        return c_type(e, t->args[0]);
    default:
        break;
    }
    if (types_is_box(t))
        return "art_box";
    if (types_is_nullable(t))
        return c_type(e, t->args[t->args[0]->kind == TYPE_NONE]);
    return counted_type(e, t);
}

const char *c_declare(Emit *e, Type *t, const char *name)
{
    const char *type = c_type(e, t);

    return TEXT(e, "%s%s%s", type, type[strlen(type) - 1] == '*' ? "" : " ", name);
}

const char *result_type(Emit *e, const IrFunc *func)
{
    return type_has_value(func->result) ? c_type(e, func->result) : "void";
}

const char *c_zero(Emit *e, Type *t)
{
    (void)e;
    if (types_is_counted(t) || t->kind == TYPE_CLASSOBJ)
        return type_is_empty(t) ? "0" : "NULL";
    if (t->kind == TYPE_TUPLE || types_is_box(t))
        return "{0}";
    return t->kind == TYPE_BOOL ? "false" : "0";
}

/* -- counting ---------------------------------------------------------------------------------------------------------------------------- */

/* Functions that retain and release what a tuple holds, written when first needed. */
static const char *tuple_helper(Emit *e, Type *t, const char *what)
{
    const char *name = TEXT(e, "%s_%s", tuple_struct(e, t), what), *key = intern_text(e->c->names, name);
    bool is_release = strcmp(what, "release") == 0;
    Out body = out_make(e->c);

    if (map_has(&e->helpers, key))
        return name;
    map_set(e->arena, &e->helpers, key, e);
    out_line(&body, "static inline %s %s(%s tuple)", is_release ? "void" : tuple_struct(e, t), name, tuple_struct(e, t));
    out_line(&body, "{");
    body.indent = 1;
    for (uint32_t i = 0; i < t->arg_count; i++) {
        const char *item = TEXT(e, "tuple._%u", i);
        if (!types_needs_release(t->args[i]))
            continue;
        if (is_release || types_is_counted(t->args[i]))
            out_line(&body, "%s;", is_release ? c_released(e, t->args[i], item) : TEXT(e, "art_retain(%s)", item));
        else
            out_line(&body, "%s;", c_retained(e, t->args[i], item));
    }
    if (!is_release)
        out_line(&body, "return tuple;");
    body.indent = 0;
    out_line(&body, "}");
    out_blank(&body);
    out_join(&e->types, &body);
    return name;
}

const char *c_retained(Emit *e, Type *t, const char *value)
{
    if (t->kind == TYPE_BOUND)
        return c_retained(e, t->args[0], value);
    if (types_is_box(t))
        return TEXT(e, "art_box_retain(%s)", value);
    if (t->kind == TYPE_TUPLE)
        return TEXT(e, "%s(%s)", tuple_helper(e, t, "retain"), value);
    return TEXT(e, "art_retain(%s)", value);
}

const char *c_released(Emit *e, Type *t, const char *value)
{
    if (t->kind == TYPE_BOUND)
        return c_released(e, t->args[0], value);
    if (types_is_box(t))
        return TEXT(e, "art_box_release(%s)", value);
    if (t->kind == TYPE_TUPLE)
        return TEXT(e, "%s(%s)", tuple_helper(e, t, "release"), value);
    return TEXT(e, "art_release(%s)", value);
}

static const char *tuple_assign(Emit *e, Type *t)
{
    const char *type = tuple_struct(e, t), *name = TEXT(e, "%s_assign", type), *key = intern_text(e->c->names, name);

    if (map_has(&e->helpers, key))
        return name;
    map_set(e->arena, &e->helpers, key, e);
    const char *release = tuple_helper(e, t, "release");
    Out body = out_make(e->c);
    out_line(&body, "static inline void %s(%s *slot, %s owned)", name, type, type);
    out_line(&body, "{");
    body.indent = 1;
    out_line(&body, "%s old = *slot;", type);
    out_line(&body, "*slot = owned;");
    out_line(&body, "%s(old);", release);
    body.indent = 0;
    out_line(&body, "}");
    out_blank(&body);
    out_join(&e->types, &body);
    return name;
}

const char *c_assigned(Emit *e, Type *t, const char *place, const char *value)
{
    if (t->kind == TYPE_BOUND)
        return c_assigned(e, t->args[0], place, value);
    if (types_is_box(t))
        return TEXT(e, "art_box_assign(&%s, %s)", place, value);
    if (t->kind == TYPE_TUPLE)
        return TEXT(e, "%s(&%s, %s)", tuple_assign(e, t), place, value);
    return TEXT(e, "art_assign(&%s, %s)", place, value);
}

const char *c_cleared(Emit *e, Type *t, const char *place)
{
    if (types_is_box(t))
        return TEXT(e, "art_box_clear(&%s)", place);
    if (t->kind == TYPE_TUPLE)
        return TEXT(e, "%s(&%s, (%s){0})", tuple_assign(e, t), place, tuple_struct(e, t));
    return TEXT(e, "art_clear(&%s)", place);
}

const char *c_moved(Emit *e, Type *t, const char *place)
{
    if (types_is_box(t))
        return TEXT(e, "art_box_take(&%s)", place);
    if (t->kind == TYPE_TUPLE)
        return c_retained(e, t, place);
    return TEXT(e, "art_take(&%s)", place);
}

/* -- cells: variables that closures share ------------------------------------------------------------------------------------------------ */

const char *cell_struct(Emit *e, Type *t)
{
    t = type_canonical(e, t);
    const char *name = map_get(&e->cells, t), *destroy;

    if (name)
        return name;
    name = name_in_file(e, TEXT(e, "cell_%s", type_short_name(e, t)));
    map_set(e->arena, &e->cells, t, (void *)(uintptr_t)name);
    out_line(&e->types, "typedef struct %s { art_obj base; %s; bool is_set; } %s;", name, c_declare(e, t, "value"), name);
    Out *out = &e->constants;
    destroy = TEXT(e, "%s_destroy", name);
    out_line(out, "static void %s(art_obj *cell)", destroy);
    out_line(out, "{");
    out->indent = 1;
    if (types_needs_release(t))
        out_line(out, "%s;", c_released(e, t, TEXT(e, "((%s *)cell)->value", name)));
    out_line(out, "art_free(cell, sizeof(%s));", name);
    out->indent = 0;
    out_line(out, "}");
    out_line(out, "static const art_field %s_fields[] = {{\"value\", %s, offsetof(%s, value)}, {\"is_set\", &art_type_bool, offsetof(%s, is_set)}};",
             name, slot_ref(e, t), name, name);
    out_line(out, "static const art_type type_%s = {.name = \"cell\", .kind = ART_KIND_CLASS, .size = sizeof(void *), .is_counted = true, "
                  ".object_size = sizeof(%s), .destroy = %s, .fields = %s_fields, .field_count = 2%s};", name, name, destroy, name,
             is_cyclic_cell(e, t) ? ", .is_cyclic = true" : "");
    return name;
}

/* -- descriptors --------------------------------------------------------------------------------------------------------------------------- */

static const char *const plain_descriptors[TYPE_KIND_COUNT] = {
    [TYPE_NEVER] = "&art_type_none", [TYPE_BROKEN] = "&art_type_none", [TYPE_NONE] = "&art_type_none",
    [TYPE_BOOL] = "&art_type_bool", [TYPE_INT] = "&art_type_int", [TYPE_FLOAT] = "&art_type_float", [TYPE_STR] = "&art_type_str",
    [TYPE_BYTES] = "&art_type_bytes", [TYPE_BYTEARRAY] = "&art_type_bytearray", [TYPE_RANGE] = "&art_type_range",
    [TYPE_SLICE] = "&art_type_slice", [TYPE_ANY] = "&art_type_box", [TYPE_CLASSOBJ] = "&art_type_type",
    [TYPE_CALLABLE] = "&art_type_function", [TYPE_FUNC] = "&art_type_function", [TYPE_BOUND] = "&art_type_function",
    [TYPE_MODULE] = "&art_type_none",
};

static const char *upper(Emit *e, const char *name)
{
    char *copy = arena_strdup(e->arena, name);

    for (char *at = copy; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    return copy;
}

static const char *cyclic_member(Emit *e, Type *t)
{
    return is_cyclic_type(e, t) ? ", .is_cyclic = true" : "";
}

/* A function that is known stands for nothing in a struct. */
const char *slot_ref(Emit *e, Type *t)
{
    return type_is_empty(t) ? "&art_type_none" : type_ref(e, t);
}

/* The descriptors of a tuple's items and their offsets. */
static const char *tuple_body(Emit *e, Type *t)
{
    const char *name = tuple_struct(e, t);
    Text args = text_make(e->arena), offsets = text_make(e->arena), fields = text_make(e->arena);
    bool is_named = t->cls && t->cls->is_namedtuple && t->cls->fields.len == t->arg_count;

    for (uint32_t i = 0; i < t->arg_count; i++) {
        const char *item = slot_ref(e, t->args[i]);
        text_printf(&args, "%s%s", i ? ", " : "", item);
        text_printf(&offsets, "%soffsetof(%s, _%u)", i ? ", " : "", name, i);
        if (is_named)
            text_printf(&fields, "%s{\"%s\", %s, offsetof(%s, _%u)}", i ? ", " : "", t->cls->fields.items[i]->name, item, name, i);
    }
    if (is_named)
        return TEXT(e, "ART_NAMEDTUPLE_TYPE(\"%s\", %s, %u, ART_ARGS(%s), ART_OFFSETS(%s), ((const art_field[]){%s})%s)", t->cls->name,
                    name, t->arg_count, text_string(&args), text_string(&offsets), text_string(&fields), cyclic_member(e, t));
    return TEXT(e, "ART_TUPLE_TYPE(%s, %u, ART_ARGS(%s), ART_OFFSETS(%s)%s)", name, t->arg_count, text_string(&args), text_string(&offsets),
                cyclic_member(e, t));
}

static const char *arg_list(Emit *e, const Type *t)
{
    Text args = text_make(e->arena);

    for (uint32_t i = 0; i < t->arg_count; i++)
        text_printf(&args, "%s%s", i ? ", " : "", type_ref(e, t->args[i]));
    return text_string(&args);
}

/* A generic class of the runtime. */
static const char *library_body(Emit *e, Type *t)
{
    const char *c_name = class_struct(e, t->cls), *args = arg_list(e, t);

    if (strcmp(c_name, "art_queue") == 0)
        return TEXT(e, "ART_QUEUE_TYPE(\"%s\", %s)", t->cls->name, args);
    if (strcmp(c_name, "art_view") == 0)
        return TEXT(e, "ART_%s_TYPE(%s)", upper(e, strchr(t->cls->name, '_') + 1), args);
    if (strcmp(c_name, "art_contextvar") == 0) {
        const char *token = name_in_file(e, TEXT(e, "type_token_%s", type_short_name(e, t->args[0])));
        out_line(&e->constants, "static const art_type %s = ART_TOKEN_TYPE(%s);", token, args);
        return TEXT(e, "ART_CONTEXTVAR_TYPE(%s, &%s)", args, token);
    }
    return TEXT(e, "%s_TYPE(%s)", upper(e, c_name), args);
}

static const char *descriptor_body(Emit *e, Type *t)
{
    switch (t->kind) {
    case TYPE_LIST:
        return TEXT(e, "ART_LIST_TYPE(%s%s)", arg_list(e, t), cyclic_member(e, t));
    case TYPE_VARTUPLE:
        return TEXT(e, "ART_VARTUPLE_TYPE(%s%s)", arg_list(e, t), cyclic_member(e, t));
    case TYPE_DEQUE:
        return TEXT(e, "ART_DEQUE_TYPE(%s%s)", arg_list(e, t), cyclic_member(e, t));
    case TYPE_DICT:
        return TEXT(e, "ART_DICT_TYPE(%s%s)", arg_list(e, t), cyclic_member(e, t));
    case TYPE_SET:
        return TEXT(e, "ART_SET_TYPE(%s%s)", arg_list(e, t), cyclic_member(e, t));
    case TYPE_FROZENSET:
        return TEXT(e, "ART_FROZENSET_TYPE(%s%s)", arg_list(e, t), cyclic_member(e, t));
    case TYPE_TUPLE:
        return tuple_body(e, t);
    case TYPE_UNION:
        return TEXT(e, "ART_OPTIONAL_TYPE(%s)", type_ref(e, t->args[t->args[0]->kind == TYPE_NONE]));
    case TYPE_FUTURE:
        need_header(e, "art/future.h");
        return TEXT(e, "ART_FUTURE_TYPE(%s)", arg_list(e, t));
    case TYPE_TASK:
        need_header(e, "art/task.h");
        return TEXT(e, "ART_TASK_TYPE(%s)", arg_list(e, t));
    case TYPE_COROUTINE: {
        need_header(e, "art/task.h");
        Type *task = types_make(e->program->types, TYPE_TASK, NULL, t->args, t->arg_count);
        return TEXT(e, "ART_COROUTINE_TYPE(%s, %s)", arg_list(e, t), type_ref(e, task));
    }
    case TYPE_GENERATOR:
        need_header(e, "art/gen.h");
        return TEXT(e, "ART_GENERATOR_TYPE(%s, %s, %s)", type_ref(e, t->args[0]),
                    t->arg_count > 1 ? type_ref(e, t->args[1]) : "&art_type_none", t->arg_count > 2 ? type_ref(e, t->args[2]) : "&art_type_none");
    case TYPE_ASYNCGEN:
        need_header(e, "art/asyncgen.h");
        return TEXT(e, "ART_ASYNCGEN_TYPE(%s, %s)", type_ref(e, t->args[0]), t->arg_count > 1 ? type_ref(e, t->args[1]) : "&art_type_none");
    default:
        return library_body(e, t);
    }
}

const char *type_ref(Emit *e, Type *t)
{
    t = type_canonical(e, t);
    const char *ref = map_get(&e->descriptors, t), *name;

    if (ref)
        return ref;
    if (plain_descriptors[t->kind])
        return plain_descriptors[t->kind];
    if (types_is_box(t))
        return "&art_type_box";
    if (t->kind == TYPE_TUPLE && !t->arg_count)
        return "&art_type_empty_tuple";
    if (t->kind == TYPE_CLASS && !t->arg_count)
        return class_descriptor(e, t->cls);
    if (!t->arg_count && t->kind != TYPE_UNION) /* list, of anything: for isinstance */
        return TEXT(e, "&art_type_%s", t->kind == TYPE_VARTUPLE ? "tuple" : make_short_name(e, t));
    name = name_in_file(e, TEXT(e, "type_%s", type_short_name(e, t)));
    ref = TEXT(e, "&%s", name);
    map_set(e->arena, &e->descriptors, t, (void *)(uintptr_t)ref);
    const char *body = descriptor_body(e, t);
    out_line(&e->constants, "static const art_type %s = %s;", name, body);
    return ref;
}

/* Short forms for what every file of lowering makes: types, constants, reads, operations, calls of the runtime. */
#include "lower/internal.h"

/* -- types ---------------------------------------------------------------------------------------------------------------------- */

Type *t_none(Lower *l)
{
    return types_plain(l->types, TYPE_NONE);
}

Type *t_bool(Lower *l)
{
    return types_plain(l->types, TYPE_BOOL);
}

Type *t_int(Lower *l)
{
    return types_plain(l->types, TYPE_INT);
}

Type *t_float(Lower *l)
{
    return types_plain(l->types, TYPE_FLOAT);
}

Type *t_str(Lower *l)
{
    return types_plain(l->types, TYPE_STR);
}

Type *t_any(Lower *l)
{
    return types_plain(l->types, TYPE_ANY);
}

const char *name_of(Lower *l, const char *text)
{
    return intern_text(l->c->names, text);
}

/* The class that has the methods of a kind, as inference's types name it: equal types must be one. */
static void note_kind(Lower *l, const Type *t, int depth)
{
    if (!t || depth > 6)
        return;
    if (t->cls && t->arg_count && !l->kinds[t->kind] && t->kind != TYPE_CLASS)
        l->kinds[t->kind] = t->cls;
    for (uint32_t i = 0; i < t->arg_count; i++)
        note_kind(l, t->args[i], depth + 1);
}

void find_kinds(Lower *l)
{
    for (uint32_t i = 0; i < l->inf->classes.len; i++)
        note_kind(l, l->inf->classes.items[i]->cls->type, 0);
    for (uint32_t i = 0; i < l->inf->instances.len; i++) {
        const Instance *inst = l->inf->instances.items[i];
        for (uint32_t j = 0; j < inst->scope->node_count; j++)
            note_kind(l, inst->types[j], 0);
        for (uint32_t j = 0; j < inst->param_count; j++)
            note_kind(l, inst->params[j], 0);
    }
}

Type *t_of(Lower *l, TypeKind kind, Type *arg)
{
    return types_make(l->types, kind, l->kinds[kind], &arg, 1);
}

Type *range_type(Lower *l)
{
    return types_plain(l->types, TYPE_RANGE);
}

Type *t_bytes(Lower *l)
{
    return types_plain(l->types, TYPE_BYTES);
}

/* A built-in exception that the program itself does not mention. */
static const Class *unmentioned(Lower *l, const char *name)
{
    Class *cls = map_get(&l->builtin_classes, name);
    Symbol *symbol = scope_find(l->inf->resolved->builtins->scope, name);

    if (cls)
        return cls;
    cls = arena_new(l->arena, Class);
    cls->name = name;
    cls->module = "builtins";
    cls->decl = symbol ? symbol->decl : NULL;
    cls->is_exception = cls->is_library = true;
    cls->id = UINT32_MAX;
    cls->type = types_make(l->types, TYPE_CLASS, cls, NULL, 0);
    map_set(l->arena, &l->builtin_classes, name, cls);
    return cls;
}

const Class *builtin_class(Lower *l, const char *name)
{
    name = name_of(l, name);
    for (uint32_t i = 0; i < l->inf->classes.len; i++) {
        const Class *cls = l->inf->classes.items[i]->cls;
        if (cls->is_library && cls->name == name && cls->is_exception)
            return cls;
    }
    return unmentioned(l, name);
}

Type *exception_type(Lower *l, const char *name)
{
    return builtin_class(l, name)->type;
}

Type *t_exception(Lower *l)
{
    return exception_type(l, "BaseException");
}

/* -- expressions ----------------------------------------------------------------------------------------------------------------- */

IrExpr *e_new(Lower *l, IrExprKind kind, Type *type)
{
    return ir_expr(l->c, kind, type, l->fn->span);
}

void add_arg(Lower *l, IrExpr *e, IrExpr *arg)
{
    vec_push(l->arena, &e->args, arg);
}

IrExpr *e_int(Lower *l, int64_t value)
{
    IrExpr *e = e_new(l, IR_INT, t_int(l));

    e->as.integer = value;
    return e;
}

IrExpr *e_float(Lower *l, double value)
{
    IrExpr *e = e_new(l, IR_FLOAT, t_float(l));

    e->as.real = value;
    return e;
}

IrExpr *e_bool(Lower *l, bool value)
{
    IrExpr *e = e_new(l, IR_BOOL, t_bool(l));

    e->as.integer = value;
    return e;
}

IrExpr *e_none(Lower *l, Type *type)
{
    return e_new(l, IR_NONE, type);
}

IrExpr *e_zero(Lower *l, Type *type)
{
    return e_new(l, IR_ZERO, type);
}

IrExpr *e_str(Lower *l, const char *text, uint32_t len)
{
    IrExpr *e = e_new(l, IR_STR, t_str(l));

    e->as.str.text = text;
    e->as.str.len = len;
    return e;
}

IrExpr *e_read(Lower *l, IrVar *var)
{
    return ir_read(l->c, var, l->fn->span);
}

IrExpr *e_op(Lower *l, IrOp op, Type *type, IrExpr *a, IrExpr *b)
{
    IrExpr *e = e_new(l, IR_OP, type);

    e->op = op;
    if (a)
        add_arg(l, e, a);
    if (b)
        add_arg(l, e, b);
    return e;
}

static bool is_bool_constant(const IrExpr *e, bool value)
{
    return e->kind == IR_BOOL && (e->as.integer != 0) == value;
}

IrExpr *e_not(Lower *l, IrExpr *e)
{
    if (e->kind == IR_BOOL)
        return e_bool(l, !e->as.integer);
    if (e->kind == IR_NOT)
        return e->args.items[0];
    IrExpr *not = e_new(l, IR_NOT, t_bool(l));
    add_arg(l, not, e);
    return not;
}

static IrExpr *junction(Lower *l, IrExprKind kind, IrExpr *a, IrExpr *b)
{
    bool neutral = kind == IR_AND;

    if (is_bool_constant(a, neutral) || (is_bool_constant(b, !neutral) && !(effects_of(a) & ~(unsigned)EFFECT_READS)))
        return b;
    if (is_bool_constant(b, neutral) || is_bool_constant(a, !neutral))
        return a;
    IrExpr *e = e_new(l, kind, t_bool(l));
    add_arg(l, e, a);
    add_arg(l, e, b);
    return e;
}

/* The right operand has no effects. A constant may swallow a left one that has none either. */
IrExpr *e_and(Lower *l, IrExpr *a, IrExpr *b)
{
    return junction(l, IR_AND, a, b);
}

IrExpr *e_or(Lower *l, IrExpr *a, IrExpr *b)
{
    return junction(l, IR_OR, a, b);
}

IrExpr *e_is_none(Lower *l, IrExpr *e)
{
    if (e->type->kind == TYPE_NONE)
        return e_bool(l, true);
    if (!types_is_nullable(e->type) && !types_is_box(e->type))
        return e_bool(l, false);
    IrExpr *is = e_new(l, IR_IS_NONE, t_bool(l));
    add_arg(l, is, e);
    return is;
}

IrExpr *e_type(Lower *l, Type *of)
{
    Type *args[] = {of};
    IrExpr *e = e_new(l, IR_TYPE, types_make(l->types, TYPE_CLASSOBJ, NULL, args, 1));

    e->as.of = of;
    return e;
}

static IrExpr *e_place(Lower *l, IrPlaceKind kind, Type *type)
{
    IrExpr *e = e_new(l, IR_READ, type);

    e->as.place.kind = kind;
    return e;
}

IrExpr *e_field(Lower *l, IrExpr *object, const Class *cls, Field *field)
{
    IrExpr *e = e_place(l, IR_PLACE_FIELD, field->type);

    e->as.place.object = object;
    e->as.place.cls = (Class *)(uintptr_t)cls;
    e->as.place.field = field;
    return e;
}

/* Is a tuple's item all that is left of it? What the others do must be done, too. */
static bool stands_alone(const IrExpr *tuple, uint32_t index)
{
    for (uint32_t i = 0; i < tuple->args.len; i++)
        if (i != index && effects_of(tuple->args.items[i]) & ~(unsigned)EFFECT_READS)
            return false;
    return is_simple(tuple->args.items[index]);
}

IrExpr *e_item(Lower *l, IrExpr *tuple, uint32_t index)
{
    if (tuple->kind == IR_TUPLE && stands_alone(tuple, index))
        return tuple->args.items[index];
    IrExpr *e = e_place(l, IR_PLACE_ITEM, tuple->type->args[index]);
    e->as.place.object = tuple;
    e->as.place.index = index;
    return e;
}

IrExpr *e_elem(Lower *l, IrExpr *list, IrExpr *position, Type *type)
{
    IrExpr *e = e_place(l, IR_PLACE_ELEM, type);

    e->as.place.object = list;
    e->as.place.position = position;
    return e;
}

IrExpr *e_slot(Lower *l, IrVar *var, const char *member, Type *type)
{
    IrExpr *e = e_place(l, IR_PLACE_SLOT, type);

    e->as.place.var = var;
    e->as.place.member = member;
    return e;
}

/* -- the runtime's functions ------------------------------------------------------------------------------------------------------- */

/* Functions of immutable values: no effects, and nothing that a call could change goes into their result. */
bool is_pure_c(const IrCFunc *f)
{
    static const char *const pure[] = {"art_str_", "art_int_", "art_float_", "art_bytes_", "art_box_is", "art_type_", "art_is_",
                                       "art_range_", "art_exc_matches", "art_slice_bounds"};

    if (f->is_async)
        return false;
    for (size_t i = 0; i < sizeof pure / sizeof *pure; i++)
        if (strncmp(f->c_name, pure[i], strlen(pure[i])) == 0)
            return true;
    return false;
}

/* What the emitter would not include by itself. */
static const char *header_of(const char *c_name)
{
    static const char *const deferred[] = {"art_run_closure", "art_executor_submit_closure", "art_to_thread", "art_gen_take_returned",
                                            "art_raised_context"};

    for (size_t i = 0; i < sizeof deferred / sizeof *deferred; i++)
        if (strcmp(c_name, deferred[i]) == 0)
            return "art/defer.h";
    return NULL;
}

static bool has_slots(const IrCFunc *f, unsigned flags)
{
    for (uint32_t i = 0; i < f->param_count && i < 3; i++)
        if (f->param_by_slot[i] != !!(flags & (unsigned)(RT_SLOT0 << i)))
            return false;
    return true;
}

static IrCFunc *runtime_function(Lower *l, const char *c_name, unsigned flags, uint32_t count)
{
    const char *key = name_of(l, c_name);
    IrCFunc *f = map_get(&l->cfuncs, key);

    if (f && f->param_count == count && f->raises == !!(flags & RT_RAISES) && has_slots(f, flags))
        return f;
    f = arena_new(l->arena, IrCFunc);
    f->c_name = key;
    f->raises = flags & RT_RAISES;
    f->is_typed = flags & RT_TYPED;
    f->result_by_out = flags & RT_OUT;
    f->is_async = flags & RT_ASYNC;
    f->is_leaf = flags & RT_LEAF;
    f->header = header_of(c_name);
    f->param_count = count;
    f->param_by_slot = arena_array(l->arena, bool, count + 1);
    for (uint32_t i = 0; i < count && i < 3; i++)
        f->param_by_slot[i] = flags & (unsigned)(RT_SLOT0 << i);
    map_set(l->arena, &l->cfuncs, key, f);
    return f;
}

IrExpr *e_runtime(Lower *l, const char *c_name, unsigned flags, Type *result, uint32_t count, IrExpr *const *args)
{
    IrExpr *e = e_new(l, flags & RT_ASYNC ? IR_CORO_C : IR_CALL_C, result);

    e->as.cfunc = runtime_function(l, c_name, flags, count);
    add_header(l, e->as.cfunc->header, NULL);
    for (uint32_t i = 0; i < count; i++)
        add_arg(l, e, args[i]);
    return finish_call(l, e);
}

/* raise T("text") of the runtime's own accord. */
void raise_text(Lower *l, Type *t, const char *text)
{
    emit_eval(l, RUNTIME(l, "art_raise_str", RT_RAISES, t_none(l), e_type(l, t), e_str(l, text, (uint32_t)strlen(text))));
}

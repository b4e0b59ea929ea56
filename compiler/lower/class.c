/* Classes: their tables, the making of objects, class bodies, enums.
 *
 *     Point(1, 2)              object = NEW Point; __init__(object, 1, 2); … object …
 *     @dataclass Point(1, 2)   object = NEW Point; object.x = 1; object.y = 2; __post_init__(object)
 *     class Colour(Enum):      when the class statement runs: Colour.RED = NEW Colour; its name and value are stored
 *         RED = 1
 *     x.area() of a base       CALL_SLOT area(x): a slot of the topmost class that has the method; every class below has its
 *                              implementation in its table */
#include "lower/internal.h"

#include "base/text.h"

/* -- tables --------------------------------------------------------------------------------------------------------------------------- */

bool is_namedtuple(const Class *cls)
{
    return cls && (cls->is_namedtuple || (cls->base && cls->base->is_namedtuple));
}

/* A class whose struct the compiler writes; the others are the runtime's. */
static bool is_ours(const Class *cls)
{
    if (cls->c_name || cls->type->kind != TYPE_CLASS || cls->is_protocol)
        return false;
    return !(cls->is_library && cls->is_exception && strcmp(cls->module, "builtins") == 0);
}

IrClass *irclass_of(Lower *l, const Class *cls)
{
    ClassInfo *info = cls && is_ours(cls) ? infer_class(l->inf, cls) : NULL;

    return info ? info->ir : NULL;
}

static Instance *special_of(const ClassInfo *info, const char *name)
{
    for (uint32_t i = 0; i < info->specials.len; i++)
        if (strcmp(info->specials.items[i]->decl->as.function.name, name) == 0)
            return info->specials.items[i];
    return NULL;
}

static IrFunc *special_func(Lower *l, const ClassInfo *info, const char *name)
{
    for (const Class *cls = info->cls; cls; cls = cls->base) {
        const ClassInfo *at = infer_class(l->inf, cls);
        Instance *inst = at ? special_of(at, name) : NULL;
        if (inst)
            return func_of(l, inst);
    }
    return NULL;
}

static void add_specials(Lower *l, IrClass *ir, const ClassInfo *info)
{
    ir->str = special_func(l, info, "__str__");
    ir->repr = special_func(l, info, "__repr__");
    ir->eq = special_func(l, info, "__eq__");
    ir->hash = special_func(l, info, "__hash__");
    ir->less = special_func(l, info, "__lt__");
    ir->del = special_func(l, info, "__del__");
    ir->format = special_func(l, info, "__format__");
}

/* -- text and order of enums ------------------------------------------------------------------------------------------------------------ */

static bool is_value_enum(const Class *cls)
{
    for (; cls; cls = cls->base)
        if (cls->is_library && (strcmp(cls->name, "IntEnum") == 0 || strcmp(cls->name, "StrEnum") == 0 ||
                                strcmp(cls->name, "IntFlag") == 0))
            return true;
    return false;
}

/* A method that the class statement does not write: the body is one return. */
Fn *made_up(Lower *l, const Class *cls, const char *name, Type *result, uint32_t params)
{
    IrFunc *func = arena_new(l->arena, IrFunc);
    Fn *fn = arena_new(l->arena, Fn);
    static const char *const names[] = {"self", "other"};

    func->kind = IR_FUNCTION;
    func->name = arena_printf(l->arena, "%s.%s", cls->name, name);
    func->signature = arena_printf(l->arena, "%s of %s", name, cls->name);
    func->span = cls->decl->span;
    func->result = result;
    for (uint32_t i = 0; i < params; i++)
        ir_var(l->c, func, IR_VAR_PARAM, names[i], cls->type, func->span);
    *fn = (Fn){.outer = l->fn, .inst = l->fn->inst, .ir = func, .block = &func->body, .span = func->span};
    add_func(l, func);
    l->fn = fn;
    return fn;
}

IrFunc *finish_made_up(Lower *l, Fn *fn, IrExpr *value)
{
    emit_return(l, value);
    l->fn = fn->outer;
    return fn->ir;
}

static IrExpr *enum_text(Lower *l, const char *format, IrExpr *self, bool has_value)
{
    IrExpr *e = e_new(l, IR_FORMAT, t_str(l));
    IrExpr *value = has_value ? repr_of(l, enum_value_of(l, self, 0)) : NULL;

    e->as.format = format;
    add_arg(l, e, enum_name_of(l, self));
    if (value)
        add_arg(l, e, value);
    return e;
}

static void add_enum_methods(Lower *l, IrClass *ir)
{
    const Class *cls = ir->cls;
    Fn *fn;

    if (!ir->repr) {
        fn = made_up(l, cls, "__repr__", t_str(l), 1);
        ir->repr = finish_made_up(
            l, fn,
            enum_text(l, arena_printf(l->arena, "<%s.%%s: %%s>", cls->name), e_read(l, fn->ir->params.items[0]), true));
    }
    if (!ir->str) {
        fn = made_up(l, cls, "__str__", t_str(l), 1);
        IrExpr *self = e_read(l, fn->ir->params.items[0]);
        ir->str =
            finish_made_up(l, fn,
                           is_value_enum(cls) ? str_of(l, enum_value_of(l, self, 0))
                                              : enum_text(l, arena_printf(l->arena, "%s.%%s", cls->name), self, false));
    }
    if (!ir->less && cls->mixin) {
        fn = made_up(l, cls, "__lt__", t_bool(l), 2);
        IrExpr *a = e_read(l, fn->ir->params.items[0]), *b = e_read(l, fn->ir->params.items[1]);
        ir->less = finish_made_up(l, fn, compare_op(l, OP_LT, enum_value_of(l, a, 0), enum_value_of(l, b, 0)));
    }
}

static void add_slot(Lower *l, IrClass *ir, const Method *m)
{
    IrSlot *slot = arena_new(l->arena, IrSlot);
    const ParamVec *params = &m->decl->as.function.params;

    slot->name = m->name;
    slot->cls = ir;
    slot->index = ir->slots.len;
    slot->is_coroutine = m->decl->as.function.is_async && !m->decl->as.function.is_generator;
    slot->result = m->slot_result && m->slot_result->kind != TYPE_NEVER ? m->slot_result : t_none(l);
    for (uint32_t i = 1; i < params->len; i++)
        vec_push(l->arena, &slot->params, m->slot_params ? m->slot_params[i] : t_none(l));
    vec_push(l->arena, &ir->slots, slot);
}

static void make_class(Lower *l, ClassInfo *info)
{
    ClassInfo *base = info->cls->base ? infer_class(l->inf, info->cls->base) : NULL;

    if (info->ir || !is_ours(info->cls))
        return;
    info->ir = arena_new(l->arena, IrClass);
    info->ir->cls = info->cls;
    if (base && is_ours(base->cls)) {
        make_class(l, base);
        info->ir->base = base->ir;
    }
    for (uint32_t i = 0; i < info->methods.len; i++) {
        Method *m = info->methods.items[i];
        if (m->is_overridden && !m->is_override && m->instances.len)
            add_slot(l, info->ir, m);
    }
    vec_push(l->arena, &l->program->classes, info->ir);
}

/* The implementation that an object of the class uses. */
static IrFunc *implementation(Lower *l, const Class *cls, const char *name)
{
    for (; cls; cls = cls->base) {
        const ClassInfo *info = infer_class(l->inf, cls);
        for (uint32_t i = 0; info && i < info->methods.len; i++)
            if (info->methods.items[i]->name == name && info->methods.items[i]->instances.len)
                return func_of(l, info->methods.items[i]->instances.items[0]);
    }
    return NULL;
}

static void fill_table(Lower *l, IrClass *ir)
{
    for (IrClass *at = ir; at; at = at->base)
        for (uint32_t i = 0; i < at->slots.len; i++) {
            IrSlot *slot = at->slots.items[i];
            IrFunc *func = implementation(l, ir->cls, slot->name);
            vec_grow(l->arena, &ir->methods, ir->methods.len + 1);
            ir->methods.items[ir->methods.len].slot = slot;
            ir->methods.items[ir->methods.len++].func = func;
        }
}

IrSlot *slot_of(Lower *l, const Class *cls, const char *name, IrClass **owner)
{
    for (; cls; cls = cls->base) {
        IrClass *ir = irclass_of(l, cls);
        for (uint32_t i = 0; ir && i < ir->slots.len; i++)
            if (ir->slots.items[i]->name == name) {
                *owner = ir;
                return ir->slots.items[i];
            }
    }
    assert(!"a method without a slot");
    return NULL;
}

void lower_classes(Lower *l)
{
    for (uint32_t i = 0; i < l->inf->classes.len; i++)
        make_class(l, l->inf->classes.items[i]);
    for (uint32_t i = 0; i < l->program->classes.len; i++) {
        IrClass *ir = l->program->classes.items[i];
        fill_table(l, ir);
        add_specials(l, ir, infer_class(l->inf, ir->cls));
        if (ir->cls->is_enum)
            add_enum_methods(l, ir);
        add_record_methods(l, ir);
    }
}

/* -- new objects --------------------------------------------------------------------------------------------------------------------------- */

void store_field(Lower *l, IrExpr *object, const Class *cls, Field *field, IrExpr *value)
{
    IrStmt *s;

    value = convert(l, value, field->type);
    s = emit_new(l, IR_STORE);
    s->place = e_field(l, object, cls, field)->as.place;
    s->value = value;
}

static IrVar *value_of_class(Lower *l, const Class *cls, const char *name)
{
    for (; cls; cls = cls->base) {
        Symbol *symbol = scope_find(infer_class(l->inf, cls)->scope, name);
        if (symbol && symbol->kind == SYMBOL_VAR && symbol->assign_count)
            return class_var_global(l, cls, symbol);
    }
    return NULL;
}

/* Fields of `part`, a class that `cls` is or derives from, that begin with the value of a class variable of the same name. */
static void store_values_of(Lower *l, IrExpr *object, const Class *part, const Class *cls)
{
    if (part->base)
        store_values_of(l, object, part->base, cls);
    for (uint32_t i = 0; i < part->fields.len; i++) {
        Field *field = part->fields.items[i];
        IrVar *value = field->class_var ? value_of_class(l, cls, field->name) : NULL;
        if (value)
            store_field(l, object, part, field, e_read(l, value));
    }
}

void store_class_values(Lower *l, IrExpr *object, const Class *cls)
{
    store_values_of(l, object, cls, cls);
}

static void store_given(Lower *l, IrExpr *object, Callee *callee, const IrExprVec *args)
{
    for (uint32_t i = 0; i < callee->binding_count && i < args->len; i++) {
        Field *field = callee->bindings[i].field;
        const Class *owner = field ? owner_of_field(callee->cls, field) : NULL;
        if (owner)
            store_field(l, object, owner, field, args->items[i]);
    }
}

void store_hidden(Lower *l, IrExpr *object, const Class *cls)
{
    const ClassInfo *info = infer_class(l->inf, cls);

    for (uint32_t i = 0; info && i < info->hidden_inits.len; i++) {
        const Binding *b = info->hidden_inits.items[i];
        const Class *owner = owner_of_field(cls, b->field);
        if (owner)
            store_field(l, object, owner, b->field, binding_value(l, NULL, b));
    }
}

static void finish_generated(Lower *l, IrExpr *object, Callee *callee, const IrExprVec *args)
{
    const ClassInfo *info = infer_class(l->inf, callee->cls);

    store_given(l, object, callee, args);
    store_hidden(l, object, callee->cls);
    call_post_init(l, info, object);
}

const char *object_name(Lower *l, const Class *cls)
{
    char *name = arena_strdup(l->arena, cls->name);

    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return name;
}

static bool needs_steps(const ClassInfo *info, const Callee *callee)
{
    if (callee->init || callee->binding_count || (info && (info->post_init_callee || info->hidden_inits.len)))
        return true;
    for (const Class *cls = callee->cls; cls; cls = cls->base)
        for (uint32_t i = 0; i < cls->fields.len; i++)
            if (cls->fields.items[i]->class_var)
                return true;
    return false;
}

/* As BaseException.__new__ does: what was written by position. */
static void set_exception_args(Lower *l, IrExpr *object, const Callee *callee, const IrExprVec *args)
{
    IrExpr *array = e_new(l, IR_ARRAY, t_any(l));
    uint32_t at = 0;

    for (uint32_t i = 0; i < callee->binding_count; i++) {
        const Binding *b = &callee->bindings[i];
        if (b->kind == BIND_RECEIVER)
            continue;
        if (b->kind == BIND_ARG && at < args->len && array->args.len < l->positional)
            add_arg(l, array, box(l, args->items[at]));
        at++;
    }
    RUNTIME(l, "art_exc_set_args", 0, t_none(l), convert(l, object, t_exception(l)), e_int(l, array->args.len), array);
}

/* The arguments are used twice by an exception: as `args`, and by __init__. */
static IrExprVec simple_args(Lower *l, const IrExprVec *args)
{
    IrExprVec result = {0};

    for (uint32_t i = 0; i < args->len; i++)
        vec_push(l->arena, &result, to_simple(l, args->items[i], NULL));
    return result;
}

/* The class itself, or one that a variable names: registry[name](…). */
static IrExpr *new_object(Lower *l, const Class *cls, IrExpr *which)
{
    IrExpr *made = e_new(l, IR_NEW, cls->type);

    made->as.cls = (Class *)(uintptr_t)cls;
    if (!which || which->type->kind != TYPE_CLASSOBJ || which->kind == IR_TYPE)
        return made;
    if (cls->is_exception)
        return RUNTIME(l, "art_exc_new", 0, cls->type, which);
    return RUNTIME(l, "art_new", 0, cls->type, which, e_int(l, 0));
}

IrExpr *construct(Lower *l, Callee *callee, IrExpr *self, const IrExprVec *args)
{
    const ClassInfo *info = infer_class(l->inf, callee->cls);
    Type *type = callee->cls->type;
    IrExpr *made = new_object(l, callee->cls, self);

    if (callee->receiver && self) { /* super().__init__() of a dataclass */
        finish_generated(l, self, callee, args);
        return e_none(l, t_none(l));
    }
    if (!needs_steps(info, callee))
        return made;
    IrExprVec given = *args;
    if (callee->cls->is_exception)
        given = simple_args(l, args);
    IrVar *object = temp_var(l, object_name(l, callee->cls), type);
    emit_set(l, object, made);
    store_class_values(l, e_read(l, object), callee->cls);
    if (callee->cls->is_exception && callee->init)
        set_exception_args(l, e_read(l, object), callee, &given);
    if (callee->init) {
        Callee init = *callee->init;
        IrExprVec all = {0};
        vec_push(l->arena, &all, narrowed_to(l, e_read(l, object), init.receiver ? init.receiver : type));
        for (uint32_t i = 0; i < given.len; i++)
            vec_push(l->arena, &all, given.items[i]);
        emit_eval(l, call_init(l, &init, &all));
    } else {
        finish_generated(l, e_read(l, object), callee, &given);
    }
    return e_read(l, object);
}

/* -- enums ------------------------------------------------------------------------------------------------------------------------------------- */

/* The topmost class of the program in an enum's family: its struct has the name and the value. */
static Class *enum_root(const Class *cls)
{
    while (cls->base && cls->base->is_enum && !cls->base->is_library)
        cls = cls->base;
    return (Class *)(uintptr_t)cls;
}

static Type *member_types(Lower *l, const ClassInfo *info, Type *joined)
{
    for (uint32_t i = 0; info && i < info->members.len; i++) {
        Type *t = info->members.items[i].type;
        joined = !t || joined == t ? joined : joined ? t_any(l) : t;
    }
    for (uint32_t i = 0; info && i < info->subclasses.len; i++)
        joined = member_types(l, info->subclasses.items[i], joined);
    return joined;
}

static Field *enum_field(Lower *l, const Class *cls, uint32_t which)
{
    Class *root = enum_root(cls);
    Field **fields = map_get(&l->enum_fields, root);

    if (!fields) {
        Type *value = member_types(l, infer_class(l->inf, root), NULL);
        fields = arena_array(l->arena, Field *, 2);
        for (int i = 0; i < 2; i++) {
            fields[i] = arena_new(l->arena, Field);
            fields[i]->name = name_of(l, i ? "value" : "name");
            fields[i]->type = i ? (value ? value : t_any(l)) : t_str(l);
            vec_push(l->arena, &root->fields, fields[i]);
        }
        map_set(l->arena, &l->enum_fields, root, fields);
    }
    return fields[which];
}

IrExpr *enum_name_of(Lower *l, IrExpr *member)
{
    return e_field(l, member, enum_root(member->type->cls), enum_field(l, member->type->cls, 0));
}

IrExpr *enum_value_of(Lower *l, IrExpr *member, uint32_t index)
{
    (void)index;
    return e_field(l, member, enum_root(member->type->cls), enum_field(l, member->type->cls, 1));
}

static IrVar **member_vars(Lower *l, const Class *cls)
{
    const ClassInfo *info = infer_class(l->inf, cls);
    IrVar **vars = map_get(&l->members, cls);

    if (vars)
        return vars;
    vars = arena_array(l->arena, IrVar *, info->members.len + 1);
    map_set(l->arena, &l->members, cls, vars);
    for (uint32_t i = 0; i < info->members.len; i++) {
        const char *name = arena_printf(l->arena, "%s.%s", cls->name, info->members.items[i].name);
        vars[i] = ir_var(l->c, NULL, IR_VAR_GLOBAL, name, cls->type, info->members.items[i].value->span);
        vec_push(l->arena, &l->program->globals, vars[i]);
    }
    return vars;
}

static bool same_constant(const Node *a, const Node *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == NODE_INT)
        return a->as.integer.value == b->as.integer.value;
    return a->kind == NODE_STR && a->as.str.len == b->as.str.len &&
           memcmp(a->as.str.text, b->as.str.text, a->as.str.len) == 0;
}

static int first_equal(const ClassInfo *info, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (same_constant(info->members.items[i].value, info->members.items[index].value))
            return (int)i;
    return -1;
}

bool is_alias(Lower *l, const ClassInfo *info, uint32_t index)
{
    (void)l;
    return first_equal(info, index) >= 0;
}

IrExpr *enum_member_value(Lower *l, const Class *cls, uint32_t index)
{
    int first = first_equal(infer_class(l->inf, cls), index);

    return e_read(l, member_vars(l, cls)[first >= 0 ? (uint32_t)first : index]);
}

static bool is_auto(Lower *l, const Node *value)
{
    const Action *a = value->kind == NODE_CALL ? action_at(l, value, ACT_CALL) : NULL;

    return a && a->callee->kind == CALLEE_SPECIAL && a->callee->special == SPECIAL_AUTO;
}

/* auto(): one more than the last; of a Flag, the next bit; of a str mix-in, the name in lower case. */
static IrExpr *auto_value(Lower *l, const ClassInfo *info, uint32_t index, int64_t *last)
{
    const Class *cls = info->cls;

    if (cls->mixin && cls->mixin->type->kind == TYPE_STR) {
        const char *name = object_name(l, &(Class){.name = info->members.items[index].name});
        return e_str(l, name, (uint32_t)strlen(name));
    }
    if (cls->is_flag) {
        int64_t bit = 1;
        while (bit <= *last)
            bit *= 2;
        *last = bit;
    } else {
        ++*last;
    }
    return e_int(l, *last);
}

static void make_members(Lower *l, const ClassInfo *info)
{
    IrVar **vars = member_vars(l, info->cls);
    int64_t last = 0;

    for (uint32_t i = 0; i < info->members.len; i++) {
        const EnumMember *m = &info->members.items[i];
        if (first_equal(info, i) >= 0)
            continue;
        IrExpr *value = is_auto(l, m->value) ? auto_value(l, info, i, &last) : expr(l, m->value);
        if (value->kind == IR_INT && value->as.integer > last)
            last = value->as.integer;
        IrExpr *made = e_new(l, IR_NEW, info->cls->type);
        made->as.cls = info->cls;
        value = to_simple(l, value, NULL);
        emit_set(l, vars[i], made);
        IrExpr *member = e_read(l, vars[i]);
        store_field(l, member, enum_root(info->cls), enum_field(l, info->cls, 0),
                    e_str(l, m->name, interned_len(m->name)));
        store_field(l, member, enum_root(info->cls), enum_field(l, info->cls, 1), value);
    }
}

/* -- class statements --------------------------------------------------------------------------------------------------------------------------- */

static bool is_member_assignment(const ClassInfo *info, const Node *n)
{
    const Node *value = n->kind == NODE_ASSIGN      ? n->as.assign.value
                        : n->kind == NODE_ANNASSIGN ? n->as.annassign.value
                                                    : NULL;

    for (uint32_t i = 0; value && i < info->members.len; i++)
        if (info->members.items[i].value == value)
            return true;
    return false;
}

static const ClassInfo *info_of(Lower *l, const Node *decl)
{
    for (uint32_t i = 0; i < l->inf->classes.len; i++) {
        const ClassInfo *info = l->inf->classes.items[i];
        if (info->cls->decl == decl && !info->generic)
            return info;
    }
    return NULL;
}

/* The body's statements run where the class stands, with the tables of their own instance. */
void lower_class(Lower *l, Node *n)
{
    const ClassInfo *info = info_of(l, n);
    Instance *outer = l->fn->inst, *body = body_of(l, scope_of(l->c, n));

    if (!body)
        return;
    l->fn->inst = body;
    if (info && info->members.len)
        make_members(l, info);
    for (uint32_t i = 0; i < n->as.class.body.len; i++)
        if (!info || !is_member_assignment(info, n->as.class.body.items[i]))
            lower_stmt(l, n->as.class.body.items[i]);
    l->fn->inst = outer;
}

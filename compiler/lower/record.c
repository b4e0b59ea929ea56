/* Records: dataclasses and named tuples; what the compiler writes for them and what works field by field.
 *
 *     repr(point)                  Point(x=1, y=2): the runtime does it by the descriptor, when that lists the same fields
 *     a == b, a < b, hash(a)       as the tuples of the compared fields
 *     replace(p, x=3)              object = NEW Point; object.x = 3; object.y = p.y; __post_init__(object)
 *     asdict(line)                 {"start": {"x": 1, …}, …}: a dict for each dataclass inside, through lists, tuples and dicts
 *     astuple(p), p[0], x, y = p   (p.x, p.y) */
#include "lower/internal.h"

#include "base/text.h"

/* -- fields --------------------------------------------------------------------------------------------------------------------------- */

/* field(repr=False), field(compare=False), field(init=False) */
static bool is_left_out(const Node *value, const char *name)
{
    for (uint32_t i = 0; value && value->kind == NODE_CALL && i < value->as.call.args.len; i++) {
        const Arg *arg = &value->as.call.args.items[i];
        if (arg->kind == ARG_KEYWORD && strcmp(arg->name, name) == 0)
            return arg->value->kind == NODE_FALSE;
    }
    return false;
}

const Class *owner_of_field(const Class *cls, const Field *field)
{
    for (; cls; cls = cls->base)
        for (uint32_t i = 0; i < cls->fields.len; i++)
            if (cls->fields.items[i] == field)
                return cls;
    return NULL;
}

/* Is the field no part of repr(), of comparisons (`what`: NULL: of the object at all)? */
static bool skips(const ClassInfo *info, uint32_t i, const char *what)
{
    const Node *value = info->init_defaults.items[i];

    if (info->init_fields.items[i]->is_init_only || (what && is_left_out(value, what)))
        return true;
    return what && strcmp(what, "hash") == 0 && is_left_out(value, "compare");
}

/* The class whose statement lists the fields: the class itself, or the record that a plain class derives from. */
static const Class *record_of(const Class *cls)
{
    while (cls && !cls->is_dataclass && !cls->is_namedtuple)
        cls = cls->base;
    return cls;
}

/* As a tuple, without those that say `left_out=False`. */
static IrExpr *tuple_without(Lower *l, IrExpr *object, const Class *cls, const char *left_out)
{
    const ClassInfo *info = infer_class(l->inf, record_of(cls));
    IrExpr *tuple = e_new(l, IR_TUPLE, NULL);
    TypeVec types = {0};

    for (uint32_t i = 0; i < info->init_fields.len; i++) {
        Field *field = info->init_fields.items[i];
        if (skips(info, i, left_out))
            continue;
        add_arg(l, tuple, e_field(l, object, owner_of_field(cls, field), field));
        vec_push(l->arena, &types, field->type);
    }
    tuple->type = types_make(l->types, TYPE_TUPLE, l->kinds[TYPE_TUPLE], types.items, types.len);
    return tuple;
}

IrExpr *fields_tuple(Lower *l, IrExpr *value)
{
    value = to_simple(l, value, NULL);
    return tuple_without(l, value, value->type->cls, NULL);
}

/* -- generated methods ------------------------------------------------------------------------------------------------------------------ */

/* Objects of two classes are not equal, though one derives from the other. */
static void differ_by_class(Lower *l, const IrFunc *func)
{
    Type *cls = t_of(l, TYPE_CLASSOBJ, t_any(l));
    IrExpr *same = e_new(l, IR_IS, t_bool(l));
    IrStmt *test;

    for (uint32_t i = 0; i < 2; i++)
        add_arg(l, same, e_op(l, IR_OP_OBJ_TYPE, cls, e_read(l, func->params.items[i]), NULL));
    test = emit_new(l, IR_IF);
    test->cond = e_not(l, same);
    IrBlock *outer = enter_block(l, &test->body);
    emit_return(l, e_bool(l, false));
    enter_block(l, outer);
}

static IrFunc *compare_as_tuples(Lower *l, const Class *cls, const char *name, IrOp op, Type *result)
{
    uint32_t params = op == IR_OP_SLOT_HASH ? 1 : 2;
    Fn *fn = made_up(l, cls, name, result, params);
    if (op == IR_OP_SLOT_EQ && !cls->is_namedtuple)
        differ_by_class(l, fn->ir);
    const char *left_out = op == IR_OP_SLOT_HASH ? "hash" : "compare";
    IrExpr *self = tuple_without(l, e_read(l, fn->ir->params.items[0]), cls, left_out);
    IrExpr *other = params > 1 ? tuple_without(l, e_read(l, fn->ir->params.items[1]), cls, left_out) : NULL;

    return finish_made_up(l, fn, e_op(l, op, result, self, other));
}

/* Point(x=1, y=2) */
static IrFunc *record_repr(Lower *l, const Class *cls)
{
    const ClassInfo *info = infer_class(l->inf, record_of(cls));
    Fn *fn = made_up(l, cls, "__repr__", t_str(l), 1);
    IrExpr *e = e_new(l, IR_FORMAT, t_str(l)), *self = e_read(l, fn->ir->params.items[0]);
    Text format = text_make(l->arena);

    text_printf(&format, "%s(", cls->name);
    for (uint32_t i = 0; i < info->init_fields.len; i++) {
        Field *field = info->init_fields.items[i];
        if (skips(info, i, "repr"))
            continue;
        text_printf(&format, "%s%s=%%s", e->args.len ? ", " : "", field->name);
        add_arg(l, e, repr_of(l, e_field(l, self, owner_of_field(cls, field), field)));
    }
    text_char(&format, ')');
    e->as.format = text_string(&format);
    return finish_made_up(l, fn, e);
}

/* The objects have attributes that the class statement does not list. */
static bool has_more_fields(const Class *cls, const ClassInfo *info)
{
    uint32_t count = 0;

    for (; cls; cls = cls->base)
        count += cls->fields.len;
    return count != info->init_fields.len;
}

static bool leaves_out(const ClassInfo *info, const char *name)
{
    for (uint32_t i = 0; i < info->init_fields.len; i++)
        if (skips(info, i, name))
            return true;
    return false;
}

static bool has_own(Lower *l, const Class *cls, const char *name)
{
    const Method *m = class_method(l->inf, cls, name_of(l, name));

    return m && m->cls == cls;
}

/* What a base class wrote, the decorator of this one, or of one between them, makes anew. */
static void forget_inherited(Lower *l, IrClass *ir)
{
    bool has_repr = false, has_eq = false, has_hash = false;

    for (const Class *cls = ir->cls; cls; cls = cls->base) {
        has_repr |= has_own(l, cls, "__repr__");
        has_eq |= has_own(l, cls, "__eq__");
        has_hash |= has_own(l, cls, "__hash__");
        if (cls->makes_repr && !has_repr)
            ir->repr = NULL;
        if (cls->makes_eq && !has_eq)
            ir->eq = NULL;
        if (cls->makes_hash && !has_hash)
            ir->hash = NULL;
    }
}

/* The runtime compares and prints a dataclass by its descriptor, unless that says too much. */
static void add_dataclass_methods(Lower *l, IrClass *ir, const ClassInfo *info)
{
    const Class *cls = ir->cls;
    bool has_more = has_more_fields(cls, info) || !cls->is_dataclass;

    forget_inherited(l, ir);
    if (!ir->repr && info->cls->makes_repr && (has_more || leaves_out(info, "repr")))
        ir->repr = record_repr(l, cls);
    if (!has_more && !leaves_out(info, "compare") && !leaves_out(info, "hash"))
        return;
    if (!ir->eq && info->cls->makes_eq)
        ir->eq = compare_as_tuples(l, cls, "__eq__", IR_OP_SLOT_EQ, t_bool(l));
    if (!ir->hash && info->cls->makes_hash)
        ir->hash = compare_as_tuples(l, cls, "__hash__", IR_OP_SLOT_HASH, t_int(l));
}

void add_record_methods(Lower *l, IrClass *ir)
{
    const Class *cls = ir->cls, *record = record_of(cls);
    const ClassInfo *info = record ? infer_class(l->inf, record) : NULL;

    if (!info)
        return;
    if (record->is_dataclass)
        add_dataclass_methods(l, ir, info);
    if (cls->is_namedtuple) {
        ir->repr = ir->repr ? ir->repr : record_repr(l, cls);
        ir->eq = ir->eq ? ir->eq : compare_as_tuples(l, cls, "__eq__", IR_OP_SLOT_EQ, t_bool(l));
        ir->hash = ir->hash ? ir->hash : compare_as_tuples(l, cls, "__hash__", IR_OP_SLOT_HASH, t_int(l));
    }
    if (!ir->less && (cls->is_namedtuple || info->has_order))
        ir->less = compare_as_tuples(l, cls, "__lt__", IR_OP_SLOT_LT, t_bool(l));
}

/* __post_init__, with the fields that are only passed through. */
void call_post_init(Lower *l, const ClassInfo *info, IrExpr *object)
{
    IrExprVec given = {0};

    if (!info || !info->post_init_callee)
        return;
    for (uint32_t i = 0; i < info->init_fields.len; i++) {
        Field *field = info->init_fields.items[i];
        if (field->is_init_only)
            vec_push(l->arena, &given, e_field(l, object, owner_of_field(info->cls, field), field));
    }
    emit_eval(l, call_with(l, info->post_init_callee, object, given.items, given.len));
}

/* -- replace ------------------------------------------------------------------------------------------------------------------------------ */

/* replace(p, …) or p._replace(…): the object; *changes: the index of the first change. */
static IrExpr *record_operand(Lower *l, Node *n, uint32_t *changes)
{
    const Node *func = n->as.call.func;
    bool is_method = func->kind == NODE_ATTRIBUTE && func->as.attribute.name[0] == '_';

    *changes = is_method ? 0 : 1;
    return expr(l, is_method ? func->as.attribute.value : n->as.call.args.items[0].value);
}

/* The position, among the operands, of the value that a field is given; 0: none. */
static uint32_t change_of(const Node *n, uint32_t first, const char *name)
{
    for (uint32_t i = first; i < n->as.call.args.len; i++)
        if (n->as.call.args.items[i].kind == ARG_KEYWORD && strcmp(n->as.call.args.items[i].name, name) == 0)
            return i - first + 1;
    return 0;
}

IrExpr *lower_replace(Lower *l, Node *n, Callee *callee)
{
    const Class *cls = callee->cls;
    const ClassInfo *info = infer_class(l->inf, record_of(cls));
    Operands ops = {0};
    uint32_t first;

    operands_add(l, &ops, record_operand(l, n, &first));
    for (uint32_t i = first; i < n->as.call.args.len; i++)
        operands_add(l, &ops, expr(l, n->as.call.args.items[i].value));
    operands_settle(l, &ops);
    IrExpr *from = to_simple(l, ops.items.items[0].value, NULL), *made = e_new(l, IR_NEW, cls->type);
    IrVar *object = temp_var(l, object_name(l, cls), cls->type);
    made->as.cls = (Class *)(uintptr_t)cls;
    emit_set(l, object, made);
    store_class_values(l, e_read(l, object), cls);
    for (uint32_t i = 0; i < info->init_fields.len; i++) {
        Field *field = info->init_fields.items[i];
        const Class *owner = owner_of_field(cls, field);
        uint32_t at = change_of(n, first, field->name);
        if (!is_left_out(info->init_defaults.items[i], "init"))
            store_field(l, e_read(l, object), owner, field,
                        at ? ops.items.items[at].value : e_field(l, from, owner, field));
    }
    store_hidden(l, e_read(l, object), cls);
    call_post_init(l, info, e_read(l, object));
    return e_read(l, object);
}

/* -- asdict ------------------------------------------------------------------------------------------------------------------------------- */

static bool has_record_inside(Lower *l, Type *t)
{
    if (types_is_nullable(t))
        t = types_without_none(l->types, t);
    if (t->kind == TYPE_CLASS)
        return t->cls->is_dataclass;
    if (t->kind != TYPE_LIST && t->kind != TYPE_VARTUPLE && t->kind != TYPE_TUPLE && t->kind != TYPE_DICT)
        return false;
    for (uint32_t i = 0; i < t->arg_count; i++)
        if (has_record_inside(l, t->args[i]))
            return true;
    return false;
}

static IrExpr *as_plain(Lower *l, IrExpr *value);

static Type *dict_of_any(Lower *l)
{
    Type *pair[] = {t_str(l), t_any(l)};

    return types_make(l->types, TYPE_DICT, l->kinds[TYPE_DICT], pair, 2);
}

static IrExpr *dict_of_fields(Lower *l, IrExpr *value, Type *type, bool is_deep)
{
    const Class *cls = value->type->cls;
    const ClassInfo *info = infer_class(l->inf, record_of(cls));
    IrVar *dict = hidden_var(l, "dict", type);

    value = to_simple(l, value, NULL);
    emit_set(l, dict, empty_of(l, type));
    for (uint32_t i = 0; i < info->init_fields.len; i++) {
        Field *field = info->init_fields.items[i];
        if (field->is_init_only)
            continue;
        IrExpr *item = e_field(l, value, owner_of_field(cls, field), field);
        dict_put(l, dict, e_str(l, field->name, (uint32_t)strlen(field->name)), is_deep ? as_plain(l, item) : item);
    }
    return e_read(l, dict);
}

static void put_plain(Lower *l, void *ctx, IrExpr *elem)
{
    append_to(l, ctx, as_plain(l, elem));
}

static void put_plain_pair(Lower *l, void *ctx, IrExpr *elem)
{
    dict_put(l, ctx, as_plain(l, e_item(l, elem, 0)), as_plain(l, e_item(l, elem, 1)));
}

/* A container of the same kind, of Any. */
static IrExpr *plain_container(Lower *l, IrExpr *value)
{
    Type *t = value->type, *any[] = {t_any(l), t_any(l)};
    IrVar *copy = hidden_var(l, "copy", types_make(l->types, t->kind, l->kinds[t->kind], any, t->arg_count));
    Iteration it = {.kind = ITER_DICT_ITEMS, .value = arena_new(l->arena, Node)};

    emit_set(l, copy, empty_of(l, copy->type));
    if (t->kind == TYPE_DICT) {
        it.elem = types_make(l->types, TYPE_TUPLE, l->kinds[TYPE_TUPLE], t->args, 2);
        map_set(l->arena, &l->special_args, it.value, value);
        loop_over(l, &it, NULL, put_plain_pair, copy);
    } else {
        loop_over_value(l, value, t->args[0], put_plain, copy);
    }
    return e_read(l, copy);
}

static IrExpr *plain_tuple(Lower *l, IrExpr *value)
{
    IrExpr *tuple = e_new(l, IR_TUPLE, NULL);
    TypeVec types = {0};

    value = to_simple(l, value, NULL);
    for (uint32_t i = 0; i < value->type->arg_count; i++) {
        add_arg(l, tuple, as_plain(l, e_item(l, value, i)));
        vec_push(l->arena, &types, t_any(l));
    }
    tuple->type = types_make(l->types, TYPE_TUPLE, l->kinds[TYPE_TUPLE], types.items, types.len);
    return tuple;
}

static IrExpr *plain_or_none(Lower *l, IrExpr *value)
{
    IrVar *plain = hidden_var(l, "plain", t_any(l));
    IrStmt *test;

    value = to_simple(l, value, NULL);
    emit_set(l, plain, box(l, e_none(l, t_none(l))));
    test = emit_new(l, IR_IF);
    test->cond = e_not(l, e_is_none(l, value));
    IrBlock *outer = enter_block(l, &test->body);
    emit_set(l, plain, as_plain(l, narrowed_to(l, value, types_without_none(l->types, value->type))));
    enter_block(l, outer);
    return e_read(l, plain);
}

static IrFunc *asdict_func(Lower *l, const Class *cls);

static IrExpr *call_asdict(Lower *l, const Class *cls, IrExpr *object)
{
    IrExpr *call = e_new(l, IR_CALL, dict_of_any(l));

    call->as.func = asdict_func(l, cls);
    add_arg(l, call, narrowed_to(l, object, cls->type));
    return call;
}

/* An object of a class derived from this one has more fields. */
static void asdict_derived(Lower *l, const ClassInfo *info, IrExpr *self)
{
    for (uint32_t i = 0; i < info->subclasses.len; i++) {
        const ClassInfo *derived = info->subclasses.items[i];
        if (!derived->is_used || !derived->ir)
            continue;
        IrStmt *test = emit_new(l, IR_IF);
        test->cond = isinstance_of(l, self, derived->cls->type);
        IrBlock *outer = enter_block(l, &test->body);
        emit_return(l, to_temp(l, call_asdict(l, derived->cls, self), "dict"));
        enter_block(l, outer);
    }
}

/* A function per class, since dataclasses may hold objects of their own class. */
static IrFunc *asdict_func(Lower *l, const Class *cls)
{
    IrFunc *known = map_get(&l->asdicts, cls);

    if (known)
        return known;
    Fn *fn = made_up(l, cls, "asdict", dict_of_any(l), 1);
    map_set(l->arena, &l->asdicts, cls, fn->ir);
    IrExpr *self = e_read(l, fn->ir->params.items[0]);
    asdict_derived(l, infer_class(l->inf, cls), self);
    return finish_made_up(l, fn, dict_of_fields(l, self, dict_of_any(l), true));
}

/* As Any: a dict for a dataclass, a copy of what holds one; of the rest a deep copy. */
static IrExpr *as_plain(Lower *l, IrExpr *value)
{
    Type *t = value->type;

    if (!types_needs_release(t) || t->kind == TYPE_STR)
        return box(l, value);
    if (!has_record_inside(l, t))
        add_header(l, "art/copy.h", NULL);
    if (!has_record_inside(l, t))
        return box(l, RUNTIME(l, "art_copy_deep", RT_RAISES | RT_OUT | RT_SLOT0, t, value, e_type(l, t)));
    if (types_is_nullable(t))
        return plain_or_none(l, value);
    switch (t->kind) {
    case TYPE_CLASS: return box(l, to_temp(l, call_asdict(l, t->cls, value), "dict"));
    case TYPE_TUPLE: return box(l, plain_tuple(l, value));
    default: return box(l, plain_container(l, value));
    }
}

IrExpr *lower_asdict(Lower *l, Node *n, Callee *callee)
{
    uint32_t first;

    IrExpr *object = record_operand(l, n, &first);

    return is_namedtuple(callee->cls) ? dict_of_fields(l, object, callee->result, false)
                                      : call_asdict(l, callee->cls, object);
}

/* A dataclass inside becomes a tuple, too. */
static IrExpr *tuple_of(Lower *l, IrExpr *value, Type *type)
{
    if (value->type->kind != TYPE_CLASS || type->kind != TYPE_TUPLE)
        return convert(l, value, type);
    IrExpr *tuple = fields_tuple(l, value);
    for (uint32_t i = 0; i < tuple->args.len; i++)
        tuple->args.items[i] = tuple_of(l, tuple->args.items[i], type->args[i]);
    tuple->type = type;
    return tuple;
}

IrExpr *lower_astuple(Lower *l, Node *n, Callee *callee)
{
    uint32_t first;

    return tuple_of(l, record_operand(l, n, &first), callee->result);
}

IrExpr *field_names(Lower *l, const Class *cls, Type *type)
{
    const ClassInfo *info = infer_class(l->inf, record_of(cls));
    IrExpr *tuple = e_new(l, IR_LIST, type);

    for (uint32_t i = 0; i < info->init_fields.len; i++) {
        const char *name = info->init_fields.items[i]->name;
        add_arg(l, tuple, e_str(l, name, (uint32_t)strlen(name)));
    }
    return tuple;
}

/* fields(Point): objects with a name. */
IrExpr *lower_fields(Lower *l, Node *n, Callee *callee)
{
    const ClassInfo *info = infer_class(l->inf, record_of(callee->cls));
    const Class *cls = callee->result->args[0]->cls;
    IrExpr *tuple = e_new(l, IR_LIST, callee->result);

    effects_only(l, n->as.call.args.items[0].value);
    for (uint32_t i = 0; i < info->init_fields.len; i++) {
        const char *name = info->init_fields.items[i]->name;
        if (info->init_fields.items[i]->is_init_only)
            continue;
        IrVar *field = temp_var(l, "field", callee->result->args[0]);
        IrExpr *made = e_new(l, IR_NEW, field->type);
        made->as.cls = (Class *)(uintptr_t)cls;
        emit_set(l, field, made);
        store_field(l, e_read(l, field), cls, cls->fields.items[0], e_str(l, name, (uint32_t)strlen(name)));
        add_arg(l, tuple, e_read(l, field));
    }
    return tuple;
}

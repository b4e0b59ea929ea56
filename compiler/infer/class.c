/* Classes: their bases, fields, methods and class variables.
 *
 * A field exists because a method assigns it (`self.x = …`) or the class body annotates it; its type is the join of all that is
 * assigned. A method that a subclass overrides is called through a slot; all implementations then share the joined types of
 * their arguments. A generic class of the program has a Class per type arguments. */
#include "infer/internal.h"

static const struct {
    const char *name;
    TypeKind kind;
} builtin_kinds[] = {
    {"bool", TYPE_BOOL},         {"int", TYPE_INT},     {"float", TYPE_FLOAT}, {"str", TYPE_STR},   {"bytes", TYPE_BYTES},
    {"bytearray", TYPE_BYTEARRAY}, {"list", TYPE_LIST}, {"dict", TYPE_DICT},   {"set", TYPE_SET},   {"frozenset", TYPE_FROZENSET},
    {"range", TYPE_RANGE},       {"slice", TYPE_SLICE}, {"tuple", TYPE_TUPLE}, {"deque", TYPE_DEQUE}, {"Future", TYPE_FUTURE},
    {"Task", TYPE_TASK},         {"Generator", TYPE_GENERATOR}, {"AsyncGenerator", TYPE_ASYNCGEN}, {"Coroutine", TYPE_COROUTINE},
    {"NoneType", TYPE_NONE},
};

static TypeKind kind_of_library_class(const ModuleUnit *unit, const char *name)
{
    bool is_core = unit->is_builtins || !strcmp(unit->path_name, "asyncio") || !strcmp(unit->path_name, "collections");

    for (size_t i = 0; is_core && i < sizeof builtin_kinds / sizeof *builtin_kinds; i++)
        if (!strcmp(builtin_kinds[i].name, name))
            return builtin_kinds[i].kind;
    return TYPE_CLASS;
}

static Node *decorator_call(Node *d)
{
    return d->kind == NODE_CALL ? d->as.call.func : d;
}

static const char *decorator_name(Node *d)
{
    d = decorator_call(d);
    return d->kind == NODE_NAME ? d->as.name.name : d->kind == NODE_ATTRIBUTE ? d->as.attribute.name : "";
}

bool has_decorator_named(const NodeVec *decorators, const char *name)
{
    for (uint32_t i = 0; i < decorators->len; i++)
        if (!strcmp(decorator_name(decorators->items[i]), name))
            return true;
    return false;
}

bool is_stub(const Node *decl)
{
    const NodeVec *body = &decl->as.function.body;

    return decl->kind == NODE_FUNCTION && body->len >= 1 && vec_last(body)->kind == NODE_EXPR && vec_last(body)->as.ret.value &&
           vec_last(body)->as.ret.value->kind == NODE_ELLIPSIS && body->len <= 2;
}

static bool keyword_true(Node *call, const char *name, bool otherwise)
{
    if (call->kind != NODE_CALL)
        return otherwise;
    for (uint32_t i = 0; i < call->as.call.args.len; i++) {
        Arg *arg = &call->as.call.args.items[i];
        if (arg->kind == ARG_KEYWORD && !strcmp(arg->name, name))
            return arg->value->kind == NODE_TRUE;
    }
    return otherwise;
}

/* -- bases -------------------------------------------------------------------------------------------------------------------- */

static void type_params_of(Infer *inf, ClassInfo *info, const Scope *scope, Node *index)
{
    uint32_t count = index->kind == NODE_TUPLE ? index->as.list.items.len : 1;

    for (uint32_t i = 0; i < count; i++) {
        Node *n = index->kind == NODE_TUPLE ? index->as.list.items.items[i] : index;
        Symbol *variable = type_variable(inf, scope, n);
        if (variable)
            vec_push(inf->c->arena, &info->type_params, variable);
    }
}

static const Scope *cls_scope_parent(const ClassInfo *info)
{
    return info->scope->parent;
}

static void add_base(Infer *inf, ClassInfo *info, const Scope *scope, Arg *arg)
{
    Class *cls = info->cls;
    Node *n = arg->value, *index = NULL;
    const char *special;

    if (arg->kind == ARG_KEYWORD) {
        if (!strcmp(arg->name, "metaclass") && strstr(n->kind == NODE_NAME ? n->as.name.name : n->kind == NODE_ATTRIBUTE ? n->as.attribute.name : "", "ABCMeta"))
            cls->is_abstract = true;
        else
            report(inf, arg->span, "metaclasses and class keywords are not supported; write the behaviour into the class or a decorator");
        return;
    }
    if (n->kind == NODE_SUBSCRIPT) {
        index = n->as.subscript.index;
        n = n->as.subscript.value;
    }
    special = special_name(inf, scope, n);
    if (special) {
        if (index)
            type_params_of(inf, info, scope, index);
        cls->is_protocol |= !strcmp(special, "Protocol");
        cls->is_namedtuple |= !strcmp(special, "NamedTuple");
        return;
    }
    Symbol *symbol = NULL;
    if (n->kind == NODE_NAME)
        symbol = symbol_final(scope_lookup(inf->r, scope, n->as.name.name));
    else if (n->kind == NODE_ATTRIBUTE && n->as.attribute.value->kind == NODE_NAME) {
        Symbol *module = symbol_final(scope_lookup(inf->r, scope, n->as.attribute.value->as.name.name));
        if (module && module->kind == SYMBOL_MODULE)
            symbol = symbol_final(scope_find(module->unit->scope, n->as.attribute.name));
        else if (module && module->kind == SYMBOL_CLASS)
            symbol = symbol_final(scope_find(scope_of(inf->c, module->decl), n->as.attribute.name));
    }
    if (!symbol || symbol->kind != SYMBOL_CLASS) {
        if (n->kind == NODE_NAME && !symbol)
            report(inf, n->span, "name '%s' is not defined", n->as.name.name);
        else
            report(inf, n->span, "a base class must be the name of a class");
        return;
    }
    if (symbol->scope == cls_scope_parent(info) && symbol->decl->span.start >= cls->decl->span.start && !cls->is_library) {
        report(inf, n->span, "class '%s' is used before it is defined; move it before '%s'", symbol->name, cls->name);
        return;
    }
    ClassInfo *base = class_info(inf, symbol);
    if (!strcmp(base->cls->name, "ABC") && base->cls->is_library) {
        cls->is_abstract = true;
        return;
    }
    if (!strcmp(base->cls->name, "object") && base->cls->is_library)
        return;
    if ((!cls->is_library || !strcmp(cls->module, "enum")) && base->cls->is_library && base->cls->type->kind != TYPE_CLASS) {
        /* class Colour(str, Enum): the values are str; only the mix-in with Enum is supported. */
        if (base->cls->type->kind == TYPE_STR || base->cls->type->kind == TYPE_INT)
            cls->mixin = base->cls;
        else
            report(inf, n->span, "a class cannot derive from '%s'; hold one in an attribute instead", base->cls->name);
        return;
    }
    if (index && !base->cls->is_library && base->type_params.len) {
        Annotation a = annotation(inf, scope, arg->value);
        if (a.type && a.type->cls)
            base = info_of(inf, a.type->cls);
    } else if (index && base->cls->is_library) {
        type_params_of(inf, info, scope, index);
    }
    if (cls->base && !base->cls->is_protocol) {
        if (base->cls->is_enum || cls->base->is_enum)
            cls->base = base->cls->is_enum ? base->cls : cls->base;
        else
            report(inf, n->span, "a class has one base class; '%s' already derives from '%s': hold the other in an attribute", cls->name,
                   cls->base->name);
        return;
    }
    if (base->cls->is_protocol && !cls->is_library) {
        return;
    }
    cls->base = base->cls;
}

/* -- members ----------------------------------------------------------------------------------------------------------------------- */

static void add_method(Infer *inf, ClassInfo *info, Node *n)
{
    const NodeVec *decorators = &n->as.function.decorators;
    const char *name = n->as.function.name;
    Method *m;

    for (uint32_t i = 0; i < info->methods.len; i++) {
        m = info->methods.items[i];
        if (m->name == name && has_decorator_named(decorators, "setter") && !m->is_setter) {
            m->setter = arena_new(inf->c->arena, Method);
            *m->setter = *m;
            m->setter->decl = n;
            m->setter->is_setter = true;
            m->setter->instances.items = NULL;
            m->setter->instances.len = m->setter->instances.cap = 0;
            return;
        }
        if (m->name == name && has_decorator_named(&m->decl->as.function.decorators, "overload")) {
            vec_push(inf->c->arena, &m->overloads, m->decl);
            m->decl = n;
            return;
        }
        if (m->name == name) {
            m->decl = n;
            return;
        }
    }
    m = arena_new(inf->c->arena, Method);
    m->name = name;
    m->decl = n;
    m->cls = info->cls;
    m->is_static = has_decorator_named(decorators, "staticmethod");
    m->is_class = has_decorator_named(decorators, "classmethod") || !strcmp(name, "__init_subclass__") || !strcmp(name, "__class_getitem__");
    m->is_property = has_decorator_named(decorators, "property") || has_decorator_named(decorators, "cached_property");
    m->is_cached = has_decorator_named(decorators, "cached_property");
    m->is_abstract = has_decorator_named(decorators, "abstractmethod");
    vec_push(inf->c->arena, &info->methods, m);
}

static bool is_field_annotation(const ClassInfo *info, const Annotation *a, const Node *n)
{
    if (a->is_class_var)
        return false;
    return info->cls->is_dataclass || info->cls->is_namedtuple || info->cls->is_library || !n->as.annassign.value;
}

/* _: KW_ONLY */
static bool is_kw_only_marker(const Node *n)
{
    return (n->kind == NODE_NAME && !strcmp(n->as.name.name, "KW_ONLY")) ||
           (n->kind == NODE_ATTRIBUTE && !strcmp(n->as.attribute.name, "KW_ONLY"));
}

static void add_annotated(Infer *inf, ClassInfo *info, Node *n)
{
    Node *target = n->as.annassign.target;

    if (target->kind != NODE_NAME)
        return;
    if (info->cls->is_dataclass && is_kw_only_marker(n->as.annassign.annotation)) {
        info->is_kw_only = true;
        return;
    }
    Annotation a = annotation(inf, info->scope, n->as.annassign.annotation);
    if (!is_field_annotation(info, &a, n))
        return;
    for (uint32_t i = 0; i < info->init_fields.len; i++)
        if (info->init_fields.items[i]->name == target->as.name.name) { /* of the base class, with another default */
            info->init_defaults.items[i] = n->as.annassign.value;
            return;
        }
    Field *field = class_add_field(inf, info->cls, target->as.name.name, target->span);
    field->is_init_only = a.is_init_only;
    field->is_keyword_only = info->is_kw_only;
    field->declared = a.type;
    field->annotation = n->as.annassign.annotation;
    if (a.type && !a.is_flexible) {
        field->type = a.type;
        field->is_declared = true;
    }
    if (info->cls->is_dataclass || info->cls->is_namedtuple) {
        Node *value = n->as.annassign.value;
        vec_push(inf->c->arena, &info->init_fields, field);
        vec_push(inf->c->arena, &info->init_defaults, value);
    }
}

/* __rmul__ = __mul__ */
static void add_alias(Infer *inf, ClassInfo *info, Node *n)
{
    const Method *of = NULL;

    for (uint32_t i = 0; i < info->methods.len; i++)
        if (info->methods.items[i]->name == n->as.assign.value->as.name.name)
            of = info->methods.items[i];
    for (uint32_t i = 0; of && i < n->as.assign.targets.len; i++) {
        Node *target = n->as.assign.targets.items[i];
        if (target->kind != NODE_NAME)
            continue;
        Method *m = arena_new(inf->c->arena, Method);
        *m = (Method){.name = target->as.name.name, .decl = of->decl, .cls = of->cls, .is_static = of->is_static, .is_class = of->is_class};
        vec_push(inf->c->arena, &info->methods, m);
    }
}

static void collect_members(Infer *inf, ClassInfo *info, const NodeVec *body)
{
    for (uint32_t i = 0; i < body->len; i++) {
        Node *n = body->items[i];
        if (n->kind == NODE_FUNCTION)
            add_method(inf, info, n);
        else if (n->kind == NODE_ASSIGN && n->as.assign.value->kind == NODE_NAME)
            add_alias(inf, info, n);
    }
}

static void collect_fields(Infer *inf, ClassInfo *info, const NodeVec *body)
{
    for (uint32_t i = 0; i < body->len; i++)
        if (body->items[i]->kind == NODE_ANNASSIGN)
            add_annotated(inf, info, body->items[i]);
}

static Symbol *new_member_symbol(ClassInfo *info, const char *name)
{
    return scope_find(info->scope, name);
}

/* The members of an Enum: every plain assignment in its body. */
static void collect_enum(Infer *inf, ClassInfo *info, const NodeVec *body)
{
    for (uint32_t i = 0; i < body->len; i++) {
        Node *n = body->items[i];
        if (n->kind != NODE_ASSIGN || n->as.assign.targets.items[0]->kind != NODE_NAME)
            continue;
        const char *name = n->as.assign.targets.items[0]->as.name.name;
        if (name[0] == '_')
            continue;
        vec_push(inf->c->arena, &info->members, ((EnumMember){name, n->as.assign.value, NULL, new_member_symbol(info, name)}));
    }
}

/* -- making ------------------------------------------------------------------------------------------------------------------------- */

static const char *c_decorator(const Node *decl)
{
    for (uint32_t i = 0; i < decl->as.class.decorators.len; i++) {
        Node *d = decl->as.class.decorators.items[i];
        if (d->kind == NODE_CALL && !strcmp(decorator_name(d), "c") && d->as.call.args.len)
            return d->as.call.args.items[0].value->as.str.text;
    }
    return NULL;
}

static void decorate(Infer *inf, ClassInfo *info)
{
    NodeVec *decorators = &info->cls->decl->as.class.decorators;

    for (uint32_t i = 0; i < decorators->len; i++) {
        Node *d = decorators->items[i];
        const char *name = decorator_name(d);
        if (!strcmp(name, "dataclass")) {
            info->cls->is_dataclass = true;
            info->cls->is_frozen = keyword_true(d, "frozen", false);
            info->has_order = keyword_true(d, "order", false);
            info->cls->makes_repr = keyword_true(d, "repr", true);
            info->cls->makes_eq = keyword_true(d, "eq", true);
            info->cls->makes_hash =
                keyword_true(d, "unsafe_hash", false) || (info->cls->is_frozen && info->cls->makes_eq);
            info->is_kw_only = keyword_true(d, "kw_only", false);
        } else if (!strcmp(name, "total_ordering")) {
            info->has_total_ordering = true;
        } else if (!info->cls->is_library && strcmp(name, "unique") && strcmp(name, "final") && strcmp(name, "runtime_checkable")) {
            report(inf, d->span, "this class decorator is not supported; @dataclass, @total_ordering and @unique are");
        }
    }
}

/* Is the class made in C? One with @c, a body of `...`, or of a module that the compiler knows by name; any other class of the library
 * is an ordinary one. */
static bool is_of_runtime(const Node *decl, const ModuleUnit *unit)
{
    static const char *const known[] = {"builtins",    "asyncio",           "enum", "abc", "typing",
                                        "contextvars", "concurrent.futures"};
    const Node *first = decl->as.class.body.items[0];

    if (!unit->is_library)
        return false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (unit->is_builtins || !strcmp(unit->path_name, known[i]))
            return true;
    return c_decorator(decl) || (first->kind == NODE_EXPR && first->as.ret.value->kind == NODE_ELLIPSIS);
}

static ClassInfo *new_info(Infer *inf, Node *decl, const ModuleUnit *unit)
{
    ClassInfo *info = arena_new(inf->c->arena, ClassInfo);
    Class *cls = arena_new(inf->c->arena, Class);

    info->cls = cls;
    info->scope = scope_of(inf->c, decl);
    cls->name = decl->as.class.name;
    cls->module = unit->is_library ? unit->path_name : unit->name;
    cls->decl = decl;
    cls->is_library = is_of_runtime(decl, unit);
    cls->info = info;
    cls->id = inf->class_count++;
    map_set(inf->c->arena, &inf->class_infos, cls, info);
    vec_push(inf->c->arena, &inf->c_classes, info);
    return info;
}

static void finish_info(Infer *inf, ClassInfo *info)
{
    Class *cls = info->cls;
    Node *decl = cls->decl;

    decorate(inf, info);
    cls->is_namedtuple = decl->as.class.is_namedtuple;
    for (uint32_t i = 0; i < decl->as.class.bases.len; i++)
        add_base(inf, info, info->scope->parent, &decl->as.class.bases.items[i]);
    cls->is_exception = (cls->base && cls->base->is_exception) || (cls->is_library && !strcmp(cls->name, "BaseException"));
    cls->is_enum = (cls->base && cls->base->is_enum) ||
                   (cls->is_library && !strcmp(cls->module, "enum") && !strcmp(cls->name, "Enum"));
    cls->is_flag = (cls->base && cls->base->is_flag) ||
                   (cls->is_library && !strcmp(cls->module, "enum") && !strcmp(cls->name, "Flag"));
    if (cls->base && !cls->mixin)
        cls->mixin = cls->base->mixin;
    if (cls->base) {
        ClassInfo *base = info_of(inf, cls->base);
        if (!cls->is_library)
            vec_push(inf->c->arena, &base->subclasses, info);
        for (uint32_t i = 0; i < base->init_fields.len;
             i++) { /* also of a plain class: its objects are made as the base's */
            vec_push(inf->c->arena, &info->init_fields, base->init_fields.items[i]);
            vec_push(inf->c->arena, &info->init_defaults, base->init_defaults.items[i]);
        }
    }
    if (cls->is_library && c_decorator(decl))
        cls->c_name = c_decorator(decl);
    else if (cls->is_library && cls->is_exception)
        cls->c_name = "art_exc";
    collect_members(inf, info, &decl->as.class.body);
    collect_fields(inf, info, &decl->as.class.body);
    if (cls->is_enum && !cls->is_library)
        collect_enum(inf, info, &decl->as.class.body);
    for (uint32_t i = 0; i < info->methods.len; i++)
        if (!strcmp(info->methods.items[i]->name, "__post_init__"))
            info->post_init = info->methods.items[i];
}

/* Methods that a subclass overrides are called through slots; told to all classes of the family. */
static void find_overrides(Infer *inf, ClassInfo *info)
{
    for (uint32_t i = 0; i < info->methods.len; i++) {
        Method *m = info->methods.items[i];
        if (m->name == inf->names.init || m->is_static || m->is_class || !strcmp(m->name, "__init_subclass__") ||
            !strcmp(m->name, "__new__") || !strcmp(m->name, "__post_init__"))
            continue;
        for (Class *base = info->cls->base; base && !base->is_library; base = base->base) {
            ClassInfo *bi = info_of(inf, base);
            for (uint32_t j = 0; j < bi->methods.len; j++)
                if (bi->methods.items[j]->name == m->name) {
                    bi->methods.items[j]->is_overridden = true;
                    m->is_override = true;
                }
        }
    }
}

ClassInfo *class_info(Infer *inf, Symbol *symbol)
{
    ClassInfo *info = map_get(&inf->class_infos, symbol->decl);

    if (info)
        return info;
    info = new_info(inf, symbol->decl, symbol->scope->unit);
    map_set(inf->c->arena, &inf->class_infos, symbol->decl, info);
    Class *cls = info->cls;
    TypeKind kind = cls->is_library ? kind_of_library_class(symbol->scope->unit, cls->name) : TYPE_CLASS;
    if (kind == TYPE_CLASS) {
        cls->type = types_make(inf->ts, TYPE_CLASS, cls, NULL, 0);
    } else {
        inf->classes[kind] = cls;
        cls->type = types_make(inf->ts, kind, cls, NULL, 0);
    }
    finish_info(inf, info);
    find_overrides(inf, info);
    return info;
}

Type *types_of_class(Infer *inf, Class *cls)
{
    (void)inf;
    return cls->type;
}

ClassInfo *info_of(Infer *inf, const Class *cls)
{
    (void)inf;
    return cls->info;
}

/* Stack[int]: a class of its own, whose methods see T as int. */
Class *generic_instance(Infer *inf, ClassInfo *info, Type **args, uint32_t count)
{
    for (uint32_t i = 0; i < info->generic_instances.len; i++) {
        Class *known = info->generic_instances.items[i];
        bool is_same = known->type_args.len == count;
        for (uint32_t j = 0; j < count && is_same; j++)
            is_same = same_type(known->type_args.items[j], args[j]) ||
                      (args[j]->kind == TYPE_CELL && known->type_args.items[j]->kind == TYPE_CELL &&
                       (types_root(args[j]) == types_root(known->type_args.items[j])));
        if (is_same)
            return known;
    }
    ClassInfo *instance = new_info(inf, info->cls->decl, info->scope->unit);
    Class *cls = instance->cls;
    for (uint32_t i = 0; i < count; i++)
        vec_push(inf->c->arena, &cls->type_args, args[i]);
    cls->type = types_make(inf->ts, TYPE_CLASS, cls, NULL, 0);
    vec_push(inf->c->arena, &info->generic_instances, cls);
    instance->generic = info;
    Map outer = inf->subst;
    inf->subst = (Map){0};
    for (uint32_t i = 0; i < count && i < info->type_params.len; i++)
        map_set(inf->c->arena, &inf->subst, info->type_params.items[i], args[i]);
    finish_info(inf, instance);
    inf->subst = outer;
    find_overrides(inf, instance);
    return cls;
}

static void collect_in(Infer *inf, const NodeVec *body, const Scope *scope)
{
    for (uint32_t i = 0; i < body->len; i++) {
        Node *n = body->items[i];
        if (n->kind == NODE_CLASS) {
            Symbol *symbol = scope->uses[n->id];
            if (symbol && symbol->kind == SYMBOL_CLASS)
                class_info(inf, symbol);
            else
                report(inf, n->span, "class '%s' is defined twice; give the classes different names", n->as.class.name);
            collect_in(inf, &n->as.class.body, scope_of(inf->c, n));
        } else if (n->kind == NODE_FUNCTION) {
            collect_in(inf, &n->as.function.body, scope_of(inf->c, n));
        } else if (n->kind == NODE_IF) {
            collect_in(inf, &n->as.if_.body, scope);
            collect_in(inf, &n->as.if_.orelse, scope);
        } else if (n->kind == NODE_TRY) {
            collect_in(inf, &n->as.try_.body, scope);
        } else if (n->kind == NODE_WITH) {
            collect_in(inf, &n->as.with.body, scope);
        }
    }
}

void collect_classes(Infer *inf)
{
    for (uint32_t i = 0; i < inf->r->order.len; i++) {
        ModuleUnit *unit = inf->r->order.items[i];
        collect_in(inf, &unit->ast->body, unit->scope);
    }
}

/* -- looking up ----------------------------------------------------------------------------------------------------------------------- */

Class *class_of(Infer *inf, Type *t)
{
    t = types_find(t);
    if (t->cls)
        return t->cls;
    if (t->kind == TYPE_VARTUPLE || t->kind == TYPE_TUPLE)
        return inf->classes[TYPE_TUPLE];
    return inf->classes[t->kind];
}

bool is_user_class(const Type *t)
{
    return t->kind == TYPE_CLASS && t->cls && !t->cls->is_library;
}

Method *method_of(Infer *inf, const Class *cls, const char *name)
{
    for (const Class *c = cls; c; c = c->base) {
        ClassInfo *info = info_of(inf, c);
        for (uint32_t i = 0; i < info->methods.len; i++)
            if (info->methods.items[i]->name == name)
                return info->methods.items[i];
    }
    return NULL;
}

Field *class_field(Infer *inf, Class *cls, const char *name, Class **owner)
{
    (void)inf;
    for (Class *c = cls; c; c = c->base)
        for (uint32_t i = 0; i < c->fields.len; i++)
            if (c->fields.items[i]->name == name) {
                if (owner)
                    *owner = c;
                return c->fields.items[i];
            }
    return NULL;
}

static void drop_field(Infer *inf, ClassInfo *info, const char *name, Field *into)
{
    for (uint32_t i = 0; i < info->subclasses.len; i++) {
        Class *sub = info->subclasses.items[i]->cls;
        for (uint32_t j = 0; j < sub->fields.len; j++) {
            if (sub->fields.items[j]->name != name)
                continue;
            if (sub->fields.items[j]->type)
                grow(inf, &into->type, sub->fields.items[j]->type);
            memmove(&sub->fields.items[j], &sub->fields.items[j + 1], (sub->fields.len - j - 1) * sizeof(Field *));
            sub->fields.len--;
            break;
        }
        drop_field(inf, info->subclasses.items[i], name, into);
    }
}

Field *class_add_field(Infer *inf, Class *cls, const char *name, Span span)
{
    Field *field = arena_new(inf->c->arena, Field);

    field->name = name;
    field->span = span;
    field->type = plain(inf, TYPE_NEVER);
    drop_field(inf, info_of(inf, cls), name, field);
    vec_push(inf->c->arena, &cls->fields, field);
    inf->has_changed = true;
    return field;
}

/* A field of a class of the library that only the compiler fills. */
void class_add_declared(Infer *inf, Class *cls, const char *name, Type *t)
{
    Field *field = class_field(inf, cls, name, NULL);

    grow(inf, &(field ? field : class_add_field(inf, cls, name, cls->decl->span))->type, t);
}

Symbol *class_var(Infer *inf, Class *cls, const char *name, ClassInfo **owner)
{
    for (Class *c = cls; c; c = c->base) {
        ClassInfo *info = info_of(inf, c);
        Symbol *symbol = scope_find(info->scope, name);
        if (!symbol || symbol->kind != SYMBOL_VAR || symbol->assign_count == 0)
            continue;
        bool is_field = false;
        for (uint32_t i = 0; i < info->init_fields.len; i++)
            is_field |= info->init_fields.items[i]->name == name;
        if (is_field && c->is_namedtuple)
            continue;
        if (owner)
            *owner = info;
        return symbol;
    }
    return NULL;
}

EnumMember *enum_member(ClassInfo *info, const char *name, uint32_t *index)
{
    for (uint32_t i = 0; i < info->members.len; i++)
        if (info->members.items[i].name == name) {
            *index = i;
            return &info->members.items[i];
        }
    return NULL;
}

/* -- what a used class needs ------------------------------------------------------------------------------------------------------------ */

static void reach_special(Infer *inf, ClassInfo *info, const char *name)
{
    static const char *const with_other[] = {"__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__ne__"};
    Method *m = method_of(inf, info->cls, name);
    Type *params[2] = {types_of_class(inf, info->cls), NULL};
    bool has_other = false;

    if (!m || m->cls->is_library || is_stub(m->decl) || m->is_static || m->is_class)
        return;
    for (size_t i = 0; i < sizeof with_other / sizeof *with_other; i++)
        has_other |= !strcmp(with_other[i], name);
    if (!strcmp(name, "__format__"))
        params[1] = plain(inf, TYPE_STR);
    if (has_other && m->decl->as.function.params.len > 1) {
        Annotation a = annotation(inf, scope_of(inf->c, m->decl), m->decl->as.function.params.items[1].annotation);
        /* The runtime compares values of one type; an `object` is looked at when run. */
        params[1] = a.type && a.type->kind == TYPE_CLASS ? a.type : types_of_class(inf, info->cls);
        if (name == inf->names.eq)
            params[1] = plain(inf, TYPE_ANY);
        if (a.type && a.type->kind == TYPE_CLASS && name == inf->names.eq)
            params[1] = a.type;
    }
    if (m->decl->as.function.params.len != (params[1] ? 2u : 1u))
        return;
    params[0] = types_of_class(inf, m->cls);
    Instance *inst = instance_of(inf, m->decl, scope_of(inf->c, m->decl), owner_of_scope(inf, info->scope->parent), m->cls, params, (NameVec){0}, m->decl->span);
    bool is_known = false;
    for (uint32_t i = 0; i < info->specials.len; i++)
        is_known |= info->specials.items[i] == inst;
    if (!is_known)
        vec_push(inf->c->arena, &info->specials, inst);
}

/* __post_init__ takes the fields that are only passed through: InitVar[T]. */
static void reach_post_init(Infer *inf, ClassInfo *info)
{
    Method *m = method_of(inf, info->cls, inf->names.post_init);
    Type **types = arena_array(inf->c->arena, Type *, info->init_fields.len + 1);
    uint32_t count = 0;

    if (!m || !info->init_fields.len)
        return;
    for (uint32_t i = 0; i < info->init_fields.len; i++)
        if (info->init_fields.items[i]->is_init_only)
            types[count++] = info->init_fields.items[i]->type;
    info->post_init_callee =
        call_method(inf, types_of_class(inf, info->cls), m->name, NULL, types, count, m->decl->span, false);
}

void class_reach(Infer *inf, ClassInfo *info)
{
    static const char *const specials[] = {"__str__", "__repr__", "__eq__", "__hash__", "__lt__", "__del__", "__format__",
                                           "__bool__", "__len__"};

    if (info->reached_pass == inf->pass + 1)
        return;
    info->reached_pass = inf->pass + 1;
    if (!info->is_used) {
        info->is_used = true;
        vec_push(inf->c->arena, &inf->out->classes, info);
        inf->has_changed = true;
    }
    if (info->cls->base)
        class_reach(inf, info_of(inf, info->cls->base));
    if (info->cls->is_library && is_stub(info->cls->decl))
        return;
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        reach_special(inf, info, intern_text(inf->c->names, specials[i]));
    reach_post_init(inf, info);
}

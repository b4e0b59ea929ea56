/* Attributes: of modules, classes, instances, functions; read and stored.
 *
 * The order is Python's: a property of the class, then what the instance holds, then methods and class variables. */
#include "infer/internal.h"

static Type *module_attribute(Infer *inf, Node *n, Type *t, const char *name)
{
    ModuleUnit *unit = t->module->unit;
    Symbol *symbol = scope_find(unit->scope, name);

    if (symbol) {
        Symbol *final = symbol_final(symbol);
        act(inf, n, ACT_SYMBOL)->symbol = final;
        return read_symbol(inf, final, n);
    }
    Symbol *sub = NULL; /* import a.b: a.b is a module of its own */
    ModuleUnit *child = unit_find(inf->r, arena_printf(inf->c->arena, "%s.%s", unit->path_name, name));
    if (child) {
        sub = arena_new(inf->c->arena, Symbol);
        sub->kind = SYMBOL_MODULE;
        sub->name = name;
        sub->unit = child;
        sub->scope = unit->scope;
        act(inf, n, ACT_SYMBOL)->symbol = sub;
        return types_module(inf->ts, sub);
    }
    if (!strcmp(name, "__name__"))
        return infer_constant_str(inf, n, unit->name);
    Guess guess = diag_guess(name);
    for (uint32_t i = 0; i < unit->scope->symbols.len; i++)
        diag_guess_try(&guess, unit->scope->symbols.items[i]->name);
    Diag *d = report(inf, n->as.attribute.name_span, "module '%s' has no '%s'%s", unit->path_name, name,
                     unit->is_library ? " that asyncc supports" : "");
    if (guess.best)
        help(inf, d, "did you mean '%s'?", guess.best);
    return broken(inf);
}

static Type *enum_attribute(Infer *inf, Node *n, ClassInfo *info, const char *name)
{
    uint32_t index;

    if (!enum_member(info, name, &index))
        return NULL;
    Action *action = act(inf, n, ACT_ENUM_MEMBER);
    action->cls = info->cls;
    action->index = index;
    class_reach(inf, info);
    class_body(inf, info->scope);
    return info->cls->type;
}

/* What subclasses have in place of an attribute of the class: a field of their objects, or a class variable. */
static void add_overrides(Infer *inf, const ClassInfo *info, const char *name, bool has_fields, Action *action, Type **result)
{
    for (uint32_t i = 0; i < info->subclasses.len; i++) {
        ClassInfo *sub = info->subclasses.items[i];
        Symbol *var = scope_find(sub->scope, name);
        Field *field = NULL;
        add_overrides(inf, sub, name, has_fields, action, result);
        for (uint32_t j = 0; has_fields && j < sub->cls->fields.len; j++)
            if (sub->cls->fields.items[j]->name == name)
                field = sub->cls->fields.items[j];
        if (!field && (!var || var->kind != SYMBOL_VAR || var->assign_count == 0))
            continue;
        DynamicCase *c = arena_new(inf->c->arena, DynamicCase);
        *c = (DynamicCase){.cls = sub->cls, .owner = sub->cls, .field = field, .var = field ? NULL : var};
        vec_push(inf->c->arena, &action->cases, c);
        reach_format(inf, sub->cls->type); /* its descriptor is asked for */
        *result = join(inf, *result, field ? field->type : class_body(inf, sub->scope)->vars[var->index].type);
    }
}

/* `object`: the expression's value is not the class itself, so it may be of a subclass. */
static Type *class_variable(Infer *inf, Node *n, Class *cls, const char *name, bool is_object)
{
    ClassInfo *owner;
    Symbol *symbol = class_var(inf, cls, name, &owner);
    const Node *value = n->as.attribute.value;

    if (!symbol)
        return NULL;
    Action *action = act(inf, n, ACT_CLASS_VAR);
    action->cls = owner->cls;
    action->symbol = symbol;
    Type *result = types_find(class_body(inf, owner->scope)->vars[symbol->index].type);
    Symbol *named = value->kind == NODE_NAME ? inf->inst->scope->uses[value->id] : NULL;
    if (!named || symbol_final(named)->kind != SYMBOL_CLASS)
        add_overrides(inf, info_of(inf, cls), name, is_object, action, &result);
    return types_find(result);
}

static Type *class_attribute(Infer *inf, Node *n, Type *t, const char *name)
{
    Type *object = types_find(t->args[0]);
    Class *cls = class_of(inf, object);
    Type *found;
    Method *m;

    if (!strcmp(name, "__name__") || !strcmp(name, "__qualname__")) {
        act(inf, n, ACT_CLASS_NAME);
        return plain(inf, TYPE_STR);
    }
    if (!cls)
        return broken(inf);
    if (!strcmp(name, "__doc__"))
        return infer_constant_str(inf, n, cls->decl->as.class.doc ? cls->decl->as.class.doc : "");
    if (!strcmp(name, "__module__"))
        return infer_constant_str(inf, n, cls->module);
    if (cls->is_enum && (found = enum_attribute(inf, n, info_of(inf, cls), name)))
        return found;
    if (!strcmp(name, "_fields") && cls->is_namedtuple) {
        act(inf, n, ACT_FIELD_NAMES)->cls = cls;
        return make1(inf, TYPE_VARTUPLE, plain(inf, TYPE_STR));
    }
    if (cls->is_enum && !strcmp(name, "__members__")) {
        act(inf, n, ACT_ENUM_MEMBERS)->cls = cls;
        class_reach(inf, info_of(inf, cls));
        return make2(inf, TYPE_DICT, plain(inf, TYPE_STR), cls->type);
    }
    if ((found = class_variable(inf, n, cls, name, false)))
        return found;
    m = method_of(inf, cls, name);
    if (m && (m->is_static || m->is_class || !m->is_property)) {
        Action *action = act(inf, n, ACT_METHOD);
        action->cls = m->cls;
        if (m->is_class)
            return types_bound(inf->ts, m->decl, NULL, t);
        return types_func(inf->ts, m->decl, NULL);
    }
    for (Class *c = cls; c; c = c->base) { /* a class in the class */
        Symbol *symbol = scope_find(info_of(inf, c)->scope, name);
        if (symbol && symbol->kind == SYMBOL_CLASS) {
            act(inf, n, ACT_SYMBOL)->symbol = symbol;
            return read_symbol(inf, symbol, n);
        }
    }
    report(inf, n->as.attribute.name_span, "class '%s' has no attribute '%s'", cls->name, name);
    return broken(inf);
}

/* -- @cached_property: the first value stays in a field of the same name, until another is assigned ------------------------------------- */

static Field *own_field(Infer *inf, Class *cls, const char *name, Span span)
{
    Field *field = class_field(inf, cls, name, NULL);

    return field ? field : class_add_field(inf, cls, name, span);
}

static Class *cached_owner(Infer *inf, Class *cls, const Method *m)
{
    while (cls->base && cls != m->cls && method_of(inf, cls->base, m->name) == m)
        cls = cls->base;
    return cls;
}

static Field *cached_flag(Infer *inf, Class *cls, const Method *m)
{
    Field *flag = own_field(inf, cls, intern_printf(inf->c->names, "%s_is_set", m->name), m->decl->span);

    grow(inf, &flag->type, plain(inf, TYPE_BOOL));
    return flag;
}

static Type *property_value(Infer *inf, Node *n, Type *t, Method *m)
{
    Callee *callee = call_method(inf, t, m->name, NULL, NULL, 0, n->span, false);

    if (!callee)
        return broken(inf);
    Action *action = act(inf, n, ACT_CALL);
    action->callee = callee;
    if (!m->is_cached)
        return types_find(callee->result);
    action->cls = cached_owner(inf, class_of(inf, t), m);
    action->field = own_field(inf, action->cls, m->name, m->decl->span);
    action->set = cached_flag(inf, action->cls, m);
    grow(inf, &action->field->type, callee->result);
    return types_find(action->field->type);
}

static Type *field_value(Infer *inf, Node *n, Class *owner, Field *field)
{
    Action *action = act(inf, n, ACT_FIELD);

    action->cls = owner;
    action->field = field;
    return types_find(field->type);
}

static void missing_attribute(Infer *inf, Node *n, Type *t, Class *cls, const char *name)
{
    Guess guess = diag_guess(name);
    Diag *d = report(inf, n->as.attribute.name_span, "%s has no attribute '%s'", spell(inf, t), name);

    for (Class *c = cls; c; c = c->base) {
        ClassInfo *info = info_of(inf, c);
        for (uint32_t i = 0; i < c->fields.len; i++)
            diag_guess_try(&guess, c->fields.items[i]->name);
        for (uint32_t i = 0; i < info->methods.len; i++)
            diag_guess_try(&guess, info->methods.items[i]->name);
    }
    if (guess.best)
        help(inf, d, "did you mean '%s'?", guess.best);
    else if (t->kind == TYPE_COROUTINE)
        help(inf, d, "await the coroutine first");
}

static bool subclass_has(Infer *inf, Class *cls, const char *name)
{
    for (uint32_t i = 0; i < inf->out->classes.len; i++) {
        Class *sub = inf->out->classes.items[i]->cls;
        if (sub != cls && class_derives(sub, cls) &&
            (class_field(inf, sub, name, NULL) || method_of(inf, sub, name) || class_var(inf, sub, name, NULL)))
            return true;
    }
    return false;
}

/* What __getattr__ gives for an attribute that the class does not have. */
static Type *asked_attribute(Infer *inf, Node *n, Type *t, const Class *cls, const char *name)
{
    const char *hook = intern_text(inf->c->names, "__getattr__");
    Node *asked = arena_new(inf->c->arena, Node);
    Type *type = plain(inf, TYPE_STR);

    if (!method_of(inf, cls, hook))
        return NULL;
    *asked = (Node){.kind = NODE_STR, .id = n->id, .span = n->as.attribute.name_span};
    asked->as.str.text = name;
    asked->as.str.len = (uint32_t)strlen(name);
    Callee *callee = call_method(inf, t, hook, &asked, &type, 1, n->span, false);
    if (!callee)
        return broken(inf);
    act(inf, n, ACT_CALL)->callee = callee;
    return types_find(callee->result);
}

static Type *instance_attribute(Infer *inf, Node *n, Type *t, const char *name)
{
    Class *cls = class_of(inf, t), *owner = NULL;
    Type *found;

    if (!cls) {
        missing_attribute(inf, n, t, NULL, name);
        return broken(inf);
    }
    Method *m = method_of(inf, cls, name);
    if (m && m->is_property)
        return property_value(inf, n, t, m);
    if (cls->is_enum && (name == inf->names.name || name == inf->names.value || !strcmp(name, "_value_") || !strcmp(name, "_name_"))) {
        Action *action = act(inf, n, ACT_ENUM_FIELD);
        action->cls = cls;
        action->index = name == inf->names.name || !strcmp(name, "_name_") ? 0 : 1;
        return action->index == 0 ? plain(inf, TYPE_STR) : enum_value_type(inf, info_of(inf, cls));
    }
    Field *field = class_field(inf, cls, name, &owner);
    if (field)
        return field_value(inf, n, owner, field);
    if (m) {
        act(inf, n, ACT_METHOD)->cls = m->cls;
        if (m->is_static)
            return types_func(inf->ts, m->decl, NULL);
        return types_bound(inf->ts, m->decl, NULL, m->is_class ? make1(inf, TYPE_CLASSOBJ, cls->type) : t);
    }
    if (!strcmp(name, "_fields") && cls->is_namedtuple) {
        act(inf, n, ACT_FIELD_NAMES)->cls = cls;
        return make1(inf, TYPE_VARTUPLE, plain(inf, TYPE_STR));
    }
    if (!strcmp(name, "__class__")) {
        act(inf, n, ACT_CLASS_OF);
        return make1(inf, TYPE_CLASSOBJ, t);
    }
    if (cls->is_enum && (found = enum_attribute(inf, n, info_of(inf, cls), name)))
        return found;
    if ((found = class_variable(inf, n, cls, name, true)))
        return found;
    if (cls->mixin && method_of(inf, cls->mixin, name))
        return types_bound(inf->ts, method_of(inf, cls->mixin, name)->decl, NULL, types_find(cls->mixin->type));
    if (!strcmp(name, "__dict__")) {
        report(inf, n->as.attribute.name_span, "'__dict__' is not supported: attributes are fixed at compile time; name them");
        return broken(inf);
    }
    /* A base class may use what its subclasses have: the attribute is found when the object is one of those. */
    if (subclass_has(inf, cls, name))
        return attribute_of_members(inf, n, t, name);
    if ((found = asked_attribute(inf, n, t, cls, name)))
        return found;
    missing_attribute(inf, n, t, cls, name);
    return broken(inf);
}

static void function_attribute_missing(Infer *inf, Node *n, const char *name)
{
    report(inf, n->as.attribute.name_span, "functions have no attribute '%s' here; keep it in a variable or an object", name);
}

static Type *function_attribute(Infer *inf, Node *n, Type *t, const char *name)
{
    if (!strcmp(name, "__name__") || !strcmp(name, "__qualname__"))
        return infer_constant_str(inf, n, wrapped_name(inf, t));
    if (!strcmp(name, "__doc__"))
        return infer_constant_str(inf, n, t->decl->as.function.doc ? t->decl->as.function.doc : "");
    if (!strcmp(name, "__module__"))
        return infer_constant_str(inf, n, scope_of(inf->c, t->decl)->unit->name);
    function_attribute_missing(inf, n, name);
    return broken(inf);
}

/* Classes of the program that have the attribute: what an object of type Any could be. */
/* A property that this class is the first to have: a case for it serves its subclasses. */
static Callee *own_property(Infer *inf, Node *n, Class *cls, const char *name)
{
    Method *m = method_of(inf, cls, name);

    if (!m || !m->is_property || m->cls != cls || (cls->base && method_of(inf, cls->base, name)))
        return NULL;
    return call_method(inf, cls->type, name, NULL, NULL, 0, n->span, true);
}

Type *attribute_of_members(Infer *inf, Node *n, Type *t, const char *name)
{
    Action *action = act(inf, n, ACT_DYNAMIC);
    Type *result = plain(inf, TYPE_NEVER);

    if (t->kind == TYPE_CLASS && t->cls)
        add_overrides(inf, info_of(inf, t->cls), name, true, action, &result);
    if (action->cases.len)
        return types_find(result);

    for (uint32_t i = 0; i < inf->out->classes.len; i++) {
        ClassInfo *info = inf->out->classes.items[i];
        Class *owner;
        if (t->kind == TYPE_CLASS && !class_derives(info->cls, t->cls))
            continue;
        if (t->kind == TYPE_UNION && !union_has(t, info->cls))
            continue;
        Field *field = class_field(inf, info->cls, name, &owner);
        Callee *getter = field ? NULL : own_property(inf, n, info->cls, name);
        if (!field && !getter)
            continue;
        DynamicCase *c = arena_new(inf->c->arena, DynamicCase);
        *c = (DynamicCase){.cls = info->cls, .owner = owner, .field = field, .callee = getter};
        vec_push(inf->c->arena, &action->cases, c);
        result = join(inf, result, field ? field->type : types_find(getter->result));
    }
    if (action->cases.len == 0)
        return plain(inf, TYPE_ANY);
    return t->kind == TYPE_ANY && result->kind == TYPE_UNION ? plain(inf, TYPE_ANY) : result;
}

bool union_has(const Type *t, const Class *cls)
{
    for (uint32_t i = 0; i < t->arg_count; i++) {
        const Type *member = types_find(t->args[i]);
        if (member->cls && class_derives(cls, member->cls))
            return true;
    }
    return false;
}

/* current_task() is None only outside of tasks, exception() only of what ended well, __cause__ only where none was given: nobody tests that
 * who knows better. AttributeError when run. */
bool is_checked_optional(const Type *t)
{
    bool is_one = false;

    for (uint32_t i = 0; t->kind == TYPE_UNION && t->arg_count == 2 && i < 2; i++) {
        const Type *member = types_find(t->args[i]);
        is_one |= member->kind == TYPE_TASK || (member->kind == TYPE_CLASS && member->cls->is_exception && member->cls->is_library);
    }
    return is_one;
}

static Type *union_attribute(Infer *inf, Node *n, Type *t, const char *name)
{
    if (are_classes(t) && (!strcmp(name, "__name__") || !strcmp(name, "__qualname__"))) {
        act(inf, n, ACT_CLASS_NAME);
        return plain(inf, TYPE_STR);
    }
    for (uint32_t i = 0; i < t->arg_count; i++) {
        Type *member = types_find(t->args[i]);
        Class *cls = class_of(inf, member);
        if (member->kind == TYPE_NONE && is_checked_optional(t))
            continue;
        if (member->kind == TYPE_NONE) {
            Diag *d = report(inf, n->as.attribute.value->span, "this is %s, and None has no attribute '%s'", spell(inf, t), name);
            help(inf, d, "check it before, as in `if x is not None`");
            return broken(inf);
        }
        if (!cls || (!class_field(inf, cls, name, NULL) && !method_of(inf, cls, name))) {
            Diag *d = report(inf, n->as.attribute.name_span, "this is %s, and %s has no attribute '%s'", spell(inf, t), spell(inf, member), name);
            help(inf, d, "narrow it with isinstance() first");
            return broken(inf);
        }
    }
    return attribute_of_members(inf, n, t, name);
}

Type *attribute_of(Infer *inf, Node *n, Type *t, const char *name)
{
    t = types_find(t);
    switch (t->kind) {
    case TYPE_MODULE:
        return module_attribute(inf, n, t, name);
    case TYPE_CLASSOBJ:
        return class_attribute(inf, n, t, name);
    case TYPE_FUNC:
    case TYPE_BOUND:
        return function_attribute(inf, n, t, name);
    case TYPE_UNION:
        return union_attribute(inf, n, t, name);
    case TYPE_ANY:
        return attribute_of_members(inf, n, t, name);
    case TYPE_NEVER:
    case TYPE_BROKEN:
    case TYPE_CELL:
        return t->kind == TYPE_BROKEN ? t : plain(inf, TYPE_NEVER);
    case TYPE_CALLABLE:
        if (!strcmp(name, "__name__")) {
            act(inf, n, ACT_DYNAMIC);
            return plain(inf, TYPE_STR);
        }
        function_attribute_missing(inf, n, name);
        return broken(inf);
    default:
        return instance_attribute(inf, n, t, name);
    }
}

Type *infer_attribute(Infer *inf, Node *n)
{
    Type *t, *result;

    if (is_super_call(n->as.attribute.value))
        return super_attribute(inf, n);
    t = use_value(inf, n->as.attribute.value, infer_expr(inf, n->as.attribute.value), ".%s", n->as.attribute.name);

    inf->inst->actions[n->id] = NULL;
    result = types_find(attribute_of(inf, n, t, n->as.attribute.name));
    return env_read(inf, n, result);
}

/* -- storing ------------------------------------------------------------------------------------------------------------------------------ */

static void store_setter(Infer *inf, Node *n, Type *t, Method *m, Type *value, Node *source)
{
    if (!m->setter) {
        report(inf, n->as.attribute.name_span, "property '%s' has no setter", m->name);
        return;
    }
    Callee *callee = call_setter(inf, t, m, source, value, n->span);
    if (callee)
        act(inf, n, ACT_CALL)->callee = callee;
}

static void store_field(Infer *inf, Node *n, Class *owner, Field *field, Type *value, Node *source)
{
    Action *action = act(inf, n, ACT_FIELD);
    Method *m = method_of(inf, owner, field->name);

    action->cls = owner;
    action->field = field;
    action->set = m && m->is_cached ? cached_flag(inf, owner, m) : NULL;
    if (field->declared && !flow(inf, value, field->declared)) {
        Diag *d = report(inf, source ? source->span : n->span, "'%s' is declared %s, but %s is assigned", field->name, spell(inf, field->declared), spell(inf, value));
        note(inf, d, field->span, "'%s' is declared here", field->name);
        return;
    }
    if (!field->is_declared)
        grow(inf, &field->type, value);
    env_stored(inf, field->name);
    Key *key = key_of(inf, n);
    if (key) {
        Fact fact = fact_of(inf, key);
        fact.at = inf->clock;
        fact.narrow = is_void_type(value) || same_type(value, field->type) ? NULL : types_find(value);
        if (field->is_declared && is_number(types_find(value)) && types_find(field->type)->kind == TYPE_FLOAT)
            fact.narrow = NULL;
        fact_assign(inf, key, fact);
        fact_forget(inf, key);
    }
}

static void store_class_var(Infer *inf, Node *n, Class *cls, const char *name, Type *value)
{
    ClassInfo *owner;
    Symbol *symbol = class_var(inf, cls, name, &owner);

    if (!symbol) {
        report(inf, n->as.attribute.name_span, "class '%s' has no variable '%s'; declare it in the class body", cls->name, name);
        return;
    }
    Action *action = act(inf, n, ACT_CLASS_VAR);
    action->cls = owner->cls;
    action->symbol = symbol;
    symbol->is_nonlocal_assigned = true;
    grow(inf, &class_body(inf, owner->scope)->vars[symbol->index].type, value);
}

void store_attribute(Infer *inf, Node *n, Type *value, Node *source)
{
    Type *t = use_value(inf, n->as.attribute.value, infer_expr(inf, n->as.attribute.value), ".%s", n->as.attribute.name);
    const char *name = n->as.attribute.name;
    Class *cls, *owner = NULL;

    inf->inst->actions[n->id] = NULL;
    if (t->kind == TYPE_CLASSOBJ) {
        cls = class_of(inf, t->args[0]);
        uint32_t member;
        if (cls && cls->is_enum && enum_member(info_of(inf, cls), name, &member))
            report(inf, n->span, "member '%s' of enum '%s' cannot be assigned", name, cls->name);
        else if (cls && method_of(inf, cls, name))
            report(inf, n->span, "methods cannot be replaced when the program runs; override it in a subclass");
        else if (cls)
            store_class_var(inf, n, cls, name, value);
        return;
    }
    if (t->kind == TYPE_MODULE) {
        Symbol *symbol = scope_find(t->module->unit->scope, name);
        if (symbol && symbol_final(symbol)->kind == SYMBOL_VAR) {
            act(inf, n, ACT_SYMBOL)->symbol = symbol_final(symbol);
            symbol_final(symbol)->is_nonlocal_assigned = true;
            Variable *var = var_of(inf, symbol_final(symbol));
            if (var)
                grow(inf, &var->type, value);
        } else {
            report(inf, n->span, "attributes of a module cannot be replaced when the program runs");
        }
        return;
    }
    if (is_void_type(t))
        return;
    if (t->kind == TYPE_ANY || t->kind == TYPE_UNION) {
        if (types_is_optional(t)) {
            Diag *d = report(inf, n->as.attribute.value->span, "this is %s, and None has no attribute '%s'", spell(inf, t), name);
            help(inf, d, "check it before, as in `if x is not None`");
            return;
        }
        Type *known = attribute_of_members(inf, n, t, name);
        (void)known;
        Action *action = inf->inst->actions[n->id];
        for (uint32_t i = 0; action && i < action->cases.len; i++)
            if (action->cases.items[i]->field && !action->cases.items[i]->field->is_declared)
                grow(inf, &action->cases.items[i]->field->type, value);
        return;
    }
    cls = class_of(inf, t);
    if (!cls || (cls->is_library && !class_field(inf, cls, name, NULL) && !(cls->decl && method_of(inf, cls, name)))) {
        if (t->kind == TYPE_FUNC || t->kind == TYPE_CALLABLE || t->kind == TYPE_BOUND)
            function_attribute_missing(inf, n, name);
        else
            report(inf, n->as.attribute.name_span, "%s has no attribute '%s'", spell(inf, t), name);
        return;
    }
    Method *m = method_of(inf, cls, name);
    if (m && m->is_property && !m->is_cached) {
        store_setter(inf, n, t, m, value, source);
        return;
    }
    if (m && !m->is_property) {
        report(inf, n->span, "methods cannot be replaced when the program runs; override '%s' in a subclass, or hold a function in an attribute of "
               "another name", name);
        return;
    }
    Field *field = class_field(inf, cls, name, &owner);
    if (!field) {
        bool is_self = n->as.attribute.value->kind == NODE_NAME && inf->inst->cls && inf->inst->decl &&
                       inf->inst->decl->as.function.params.len &&
                       inf->inst->decl->as.function.params.items[0].name == n->as.attribute.value->as.name.name;
        Symbol *var = class_var(inf, cls, name, NULL);
        if (!is_self && !var) {
            if (inf->is_loud) {
                Diag *d = report(inf, n->as.attribute.name_span, "%s has no attribute '%s'", spell(inf, t), name);
                help(inf, d, "attributes are those that a method of the class assigns or its body annotates");
            }
            return;
        }
        field = class_add_field(inf, cls, name, n->as.attribute.name_span);
        owner = cls;
        if (var) {
            ClassInfo *var_owner;
            class_var(inf, cls, name, &var_owner);
            field->class_var = var;
            grow(inf, &field->type, class_body(inf, var_owner->scope)->vars[var->index].type);
        }
    }
    if (field->class_var) {
        Action others = {0};
        ClassInfo *var_owner;
        Type *first = plain(inf, TYPE_NEVER);
        if (class_var(inf, cls, name, &var_owner))
            first = class_body(inf, var_owner->scope)->vars[field->class_var->index].type;
        add_overrides(inf, info_of(inf, owner), name, false, &others, &first);
        grow(inf, &field->type, first);
    }
    if (cls->is_namedtuple || (cls->is_frozen && inf->is_loud)) {
        /* raises when run */
    }
    store_field(inf, n, owner, field, value, source);
}

Type *enum_value_type(Infer *inf, ClassInfo *info)
{
    Type *t = plain(inf, TYPE_NEVER);

    class_body(inf, info->scope);
    for (uint32_t i = 0; i < info->members.len; i++)
        if (info->members.items[i].type)
            t = join(inf, t, info->members.items[i].type);
    if (info->members.len == 0 && info->subclasses.len)
        for (uint32_t i = 0; i < info->subclasses.len; i++)
            t = join(inf, t, enum_value_type(inf, info->subclasses.items[i]));
    return t->kind == TYPE_UNION && !is_number(t) ? plain(inf, TYPE_ANY) : t;
}

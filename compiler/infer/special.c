/* Functions that the compiler knows itself: their typing depends on more than a signature can say (specials.def lists them).
 *
 * Each has one function here. Arguments are inferred already (but for those of isinstance and its kin, which are types). */
#include "infer/internal.h"

#include <stdarg.h>

static const struct {
    const char *module, *name;
    Special special;
} specials[] = {
#define SPECIAL(id, module, name) {module, name, SPECIAL_##id},
#include "infer/specials.def"
#undef SPECIAL
};

static int find_special(const Symbol *symbol)
{
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        if (*specials[i].module && !strcmp(specials[i].name, symbol->name) && !strcmp(specials[i].module, symbol->scope->unit->path_name))
            return (int)specials[i].special;
    return -1;
}

int special_of(Infer *inf, Symbol *symbol)
{
    enum { NONE = 1, FIRST }; /* how it is kept: 0 is not known yet */

    if (!symbol->scope->unit->is_library || symbol->scope->kind != SCOPE_MODULE)
        return -1;
    void **known = map_slot(inf->c->arena, &inf->specials, symbol);
    if (!*known) {
        int special = find_special(symbol);
        *known = (void *)(uintptr_t)(special < 0 ? NONE : FIRST + special);
    }
    return (int)(uintptr_t)*known - FIRST;
}

int special_call(Infer *inf, Node *func)
{
    Symbol *symbol = NULL;

    if (func->kind == NODE_NAME) {
        symbol = symbol_final(inf->inst->scope->uses[func->id]);
        if (!symbol) {
            for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
                if (!strcmp(specials[i].module, "builtins") && !strcmp(specials[i].name, func->as.name.name))
                    return (int)specials[i].special;
            return -1;
        }
    } else if (func->as.attribute.value->kind == NODE_NAME) {
        Symbol *module = symbol_final(inf->inst->scope->uses[func->as.attribute.value->id]);
        if (module && module->kind == SYMBOL_MODULE)
            symbol = symbol_final(scope_find(module->unit->scope, func->as.attribute.name));
    }
    if (!symbol)
        return -1;
    int special = special_of(inf, symbol);
    if (special == SPECIAL_MIN || special == SPECIAL_MAX)
        return special;
    return special;
}

const Scope *unit_scope(Infer *inf, const Class *cls)
{
    return info_of(inf, cls)->scope->parent;
}

Diag *diag_warn(Infer *inf, const char *name, Span span, const char *format, ...)
{
    static const Diag nothing;
    va_list args;

    if (!inf->is_loud || inf->silent || inf->is_probing)
        return (Diag *)(uintptr_t)&nothing;
    va_start(args, format);
    const char *message = arena_vprintf(inf->c->arena, format, args);
    va_end(args);
    return diag_warning(inf->c->diags, name, span, "%s", message);
}

/* -- helpers ------------------------------------------------------------------------------------------------------------------ */

static uint32_t arg_count(const Node *n)
{
    return n->as.call.args.len;
}
static Node *arg_at(const Node *n, uint32_t i)
{
    return n->as.call.args.items[i].value;
}
static Node *arg_named(const Node *n, const char *name)
{
    for (uint32_t i = 0; i < arg_count(n); i++)
        if (n->as.call.args.items[i].kind == ARG_KEYWORD && !strcmp(n->as.call.args.items[i].name, name))
            return arg_at(n, i);
    return NULL;
}
static uint32_t positional_count(const Node *n)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < arg_count(n); i++)
        count += n->as.call.args.items[i].kind == ARG_POSITIONAL;
    return count;
}

static bool expect_args(Infer *inf, Node *n, uint32_t least, uint32_t most)
{
    uint32_t count = arg_count(n);

    if (count >= least && count <= most)
        return true;
    const char *name = called_name(n);
    if (count < least)
        report(inf, n->span, "'%s()' needs %u argument%s, but %u %s given", name, least, least == 1 ? "" : "s", count, count == 1 ? "is" : "are");
    else
        report(inf, n->span, "'%s()' takes at most %u argument%s, but %u %s given", name, most, most == 1 ? "" : "s", count, count == 1 ? "is" : "are");
    return false;
}

static Callee *special_callee(Infer *inf, Node *n, Special special, Type *result)
{
    Action *action = act(inf, n, ACT_CALL);

    action->callee = arena_new(inf->c->arena, Callee);
    action->callee->kind = CALLEE_SPECIAL;
    action->callee->special = (int)special;
    action->callee->result = result;
    return action->callee;
}

/* The value is shown by print, str, an f-string: its class's __str__ and __repr__ are needed. */
void reach_format(Infer *inf, Type *t)
{
    t = types_find(t);
    if (t->kind == TYPE_CLASS && t->cls && !inf->silent)
        class_reach(inf, info_of(inf, t->cls));
    else if (t->kind == TYPE_UNION)
        for (uint32_t i = 0; i < t->arg_count; i++)
            reach_format(inf, t->args[i]);
}

static void no_coroutine(Infer *inf, Node *arg)
{
    Type *t = type_of(inf, arg);

    if (t->kind == TYPE_COROUTINE && arg->kind == NODE_CALL) {
        Diag *d = report(inf, arg->span, "coroutine '%s' is never awaited", called_name(arg));
        help(inf, d, "write 'await %s(…)'", called_name(arg));
    }
}

/* -- conversions ----------------------------------------------------------------------------------------------------------------- */

static Type *convert(Infer *inf, Node *n, Special special, TypeKind kind)
{
    static const char *const dunder[] = {[TYPE_INT] = "__int__", [TYPE_FLOAT] = "__float__"};
    Callee *callee = special_callee(inf, n, special, plain(inf, kind));
    Type *t;

    if (arg_count(n) == 0)
        return plain(inf, kind);
    t = type_of(inf, arg_at(n, 0));
    if (is_user_class(t) && (kind == TYPE_INT || kind == TYPE_FLOAT)) {
        Callee *method = call_method(inf, t, intern_text(inf->c->names, dunder[kind]), NULL, NULL, 0, n->span, true);
        if (!method && kind == TYPE_INT)
            method = call_method(inf, t, inf->names.index, NULL, NULL, 0, n->span, true);
        if (method) {
            callee->init = method;
            return plain(inf, kind);
        }
        if (!(t->cls->is_enum && t->cls->mixin))
            report(inf, arg_at(n, 0)->span, "%s cannot be converted to %s", spell(inf, t), kind == TYPE_INT ? "int" : "float");
        return plain(inf, kind);
    }
    bool is_fine = is_void_type(t) || is_number(t) || t->kind == TYPE_STR || t->kind == TYPE_ANY || t->kind == TYPE_BYTES;
    if (t->kind == TYPE_UNION && !types_is_optional(t))
        is_fine = true;
    if (!is_fine && (kind == TYPE_INT || kind == TYPE_FLOAT)) {
        Diag *d = report(inf, arg_at(n, 0)->span, "%s cannot be converted to %s", spell(inf, t), kind == TYPE_INT ? "int" : "float");
        if (types_is_optional(t))
            help(inf, d, "it may be None: check it before");
    }
    return plain(inf, kind);
}

static Type *infer_str(Infer *inf, Node *n, Special special)
{
    special_callee(inf, n, special, plain(inf, TYPE_STR));
    for (uint32_t i = 0; i < arg_count(n); i++) {
        no_coroutine(inf, arg_at(n, i));
        reach_format(inf, type_of(inf, arg_at(n, i)));
    }
    return plain(inf, TYPE_STR);
}

static Type *infer_print_call(Infer *inf, Node *n)
{
    for (uint32_t i = 0; i < arg_count(n); i++) {
        Arg *arg = &n->as.call.args.items[i];
        if (arg->kind == ARG_KEYWORD && strcmp(arg->name, "sep") && strcmp(arg->name, "end") && strcmp(arg->name, "file") &&
            strcmp(arg->name, "flush"))
            report(inf, arg->span, "'print()' has no parameter '%s'", arg->name);
        if (arg->kind == ARG_STAR) {
            Iteration *it = iterate(inf, arg->value, false);
            if (it)
                reach_format(inf, it->elem);
        }
        no_coroutine(inf, arg->value);
        reach_format(inf, type_of(inf, arg->value));
    }
    Callee *callee = special_callee(inf, n, SPECIAL_PRINT, plain(inf, TYPE_NONE));
    for (uint32_t i = 0; i < arg_count(n); i++) {
        const Arg *arg = &n->as.call.args.items[i];
        bool is_file = arg->kind == ARG_KEYWORD && !strcmp(arg->name, "file");
        Type *file = is_file ? type_of(inf, arg->value) : NULL, *text = plain(inf, TYPE_STR);
        bool is_stream = file && file->kind == TYPE_CLASS && file->cls->c_name && !strcmp(file->cls->c_name, "art_stream");
        if (file && file->kind == TYPE_CLASS && !is_stream)
            callee->init = call_method(inf, file, intern_text(inf->c->names, "write"), NULL, &text, 1, arg->span, false);
    }
    return plain(inf, TYPE_NONE);
}

static Type *infer_len(Infer *inf, Node *n)
{
    Type *t;
    Callee *callee = special_callee(inf, n, SPECIAL_LEN, plain(inf, TYPE_INT));

    if (!expect_args(inf, n, 1, 1))
        return plain(inf, TYPE_INT);
    t = use_value(inf, arg_at(n, 0), type_of(inf, arg_at(n, 0)), "object of type 'NoneType' has no len()");
    switch (t->kind) {
    case TYPE_STR: case TYPE_BYTES: case TYPE_BYTEARRAY: case TYPE_LIST: case TYPE_DICT: case TYPE_SET: case TYPE_FROZENSET:
    case TYPE_TUPLE: case TYPE_VARTUPLE: case TYPE_RANGE: case TYPE_DEQUE: case TYPE_ANY: case TYPE_NEVER: case TYPE_BROKEN:
        return plain(inf, TYPE_INT);
    case TYPE_CLASSOBJ:
        if (types_find(t->args[0])->cls && types_find(t->args[0])->cls->is_enum)
            return plain(inf, TYPE_INT);
        break;
    case TYPE_UNION:
        if (!types_is_optional(t))
            return plain(inf, TYPE_INT);
        break;
    default:
        callee->init = call_method(inf, t, inf->names.len, NULL, NULL, 0, n->span, true);
        if (callee->init || (t->cls && (t->cls->is_namedtuple || t->cls->is_enum)))
            return plain(inf, TYPE_INT);
    }
    Diag *d = report(inf, arg_at(n, 0)->span, "%s has no len()", spell(inf, t));
    if (types_is_optional(t))
        help(inf, d, "it may be None: check it before");
    return plain(inf, TYPE_INT);
}

/* -- containers ----------------------------------------------------------------------------------------------------------------------- */

static Type *infer_container(Infer *inf, Node *n, Special special, TypeKind kind, Type *expected)
{
    Type *cell = node_cell(inf, n, 0), *t = make1(inf, kind, cell);

    expected = expected ? types_find(expected) : NULL;
    if (expected && expected->kind == kind && expected->arg_count == 1)
        unify(inf, cell, expected->args[0]);
    if (expect_args(inf, n, 0, special == SPECIAL_DEQUE ? 2 : 1) && arg_count(n) && n->as.call.args.items[0].kind == ARG_POSITIONAL) {
        Iteration *it = iterate(inf, arg_at(n, 0), false);
        Type *source = type_of(inf, arg_at(n, 0));
        if (kind == TYPE_VARTUPLE && source->kind == TYPE_TUPLE) {
            special_callee(inf, n, special, source);
            return source;
        }
        if (it)
            grow_cell(inf, cell, it->elem);
    } else if (kind == TYPE_VARTUPLE && arg_count(n) == 0) {
        t = types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], NULL, 0);
    }
    special_callee(inf, n, special, t);
    return t;
}

static Type *infer_dict_call(Infer *inf, Node *n, Type *expected)
{
    Type *key = node_cell(inf, n, 0), *value = node_cell(inf, n, 1), *t = make2(inf, TYPE_DICT, key, value);

    expected = expected ? types_find(expected) : NULL;
    if (expected && expected->kind == TYPE_DICT) {
        unify(inf, key, expected->args[0]);
        unify(inf, value, expected->args[1]);
    }
    for (uint32_t i = 0; i < arg_count(n); i++) {
        Arg *arg = &n->as.call.args.items[i];
        Type *at = type_of(inf, arg->value);
        if (arg->kind == ARG_KEYWORD) {
            grow_cell(inf, key, plain(inf, TYPE_STR));
            grow_cell(inf, value, at);
        } else if (at->kind == TYPE_DICT) {
            grow_cell(inf, key, at->args[0]);
            grow_cell(inf, value, at->args[1]);
        } else if (arg->kind == ARG_POSITIONAL) {
            Iteration *it = iterate(inf, arg->value, false);
            Type *pair = it ? types_find(it->elem) : NULL;
            if (pair && pair->kind == TYPE_TUPLE && pair->arg_count == 2) {
                grow_cell(inf, key, pair->args[0]);
                grow_cell(inf, value, pair->args[1]);
            } else if (pair && (pair->kind == TYPE_LIST || pair->kind == TYPE_VARTUPLE)) {
                grow_cell(inf, key, pair->args[0]);
                grow_cell(inf, value, pair->args[0]);
            } else if (pair && !is_void_type(pair)) {
                grow_cell(inf, key, plain(inf, TYPE_ANY));
                grow_cell(inf, value, plain(inf, TYPE_ANY));
            }
        }
    }
    special_callee(inf, n, SPECIAL_DICT, t);
    return t;
}

static Type *infer_fromkeys(Infer *inf, Node *n)
{
    Type *receiver = types_find(type_of(inf, n->as.call.func->as.attribute.value)->args[0]);
    Type *key = node_cell(inf, n, 0), *value = node_cell(inf, n, 1), *t;
    Iteration *it = arg_count(n) ? iterate(inf, arg_at(n, 0), false) : NULL;

    (void)receiver;
    if (it)
        grow_cell(inf, key, it->elem);
    grow_cell(inf, value, arg_count(n) > 1 ? type_of(inf, arg_at(n, 1)) : plain(inf, TYPE_NONE));
    t = make2(inf, TYPE_DICT, key, value);
    special_callee(inf, n, SPECIAL_FROMKEYS, t);
    return t;
}

static Type *infer_range(Infer *inf, Node *n)
{
    if (expect_args(inf, n, 1, 3))
        for (uint32_t i = 0; i < arg_count(n); i++) {
            Type *t = type_of(inf, arg_at(n, i));
            if (!is_void_type(t) && !is_integer(t) && t->kind != TYPE_ANY)
                report(inf, arg_at(n, i)->span, "'range()' takes ints, not %s", spell(inf, t));
        }
    special_callee(inf, n, SPECIAL_RANGE, plain(inf, TYPE_RANGE));
    return plain(inf, TYPE_RANGE);
}

/* -- iteration by hand ------------------------------------------------------------------------------------------------------------------ */

static Type *infer_iter(Infer *inf, Node *n)
{
    Iteration *it = expect_args(inf, n, 1, 1) ? iterate(inf, arg_at(n, 0), false) : NULL;
    Type *t;

    if (!it)
        return broken(inf);
    t = type_of(inf, arg_at(n, 0));
    Callee *callee = special_callee(inf, n, SPECIAL_ITER, NULL);
    if (t->kind == TYPE_GENERATOR)
        return callee->result = t;
    if (it->kind == ITER_USER) {
        callee->init = it->iter;
        return callee->result = it->iterator;
    }
    Type *args[] = {it->elem, plain(inf, TYPE_NONE), plain(inf, TYPE_NONE)};
    return callee->result = types_make(inf->ts, TYPE_GENERATOR, inf->classes[TYPE_GENERATOR], args, 3);
}

static Type *infer_next(Infer *inf, Node *n)
{
    Type *t, *elem;
    Callee *callee = special_callee(inf, n, SPECIAL_NEXT, NULL);

    if (!expect_args(inf, n, 1, 2))
        return broken(inf);
    t = type_of(inf, arg_at(n, 0));
    if (t->kind == TYPE_GENERATOR) {
        elem = types_find(t->args[0]);
    } else if (is_void_type(t) || t->kind == TYPE_ANY) {
        elem = t;
    } else {
        callee->init = call_method(inf, t, inf->names.next, NULL, NULL, 0, n->span, true);
        if (!callee->init) {
            report(inf, arg_at(n, 0)->span, "%s is not an iterator; write next(iter(…))", spell(inf, t));
            return broken(inf);
        }
        elem = types_find(callee->init->result);
    }
    if (arg_count(n) == 2)
        elem = join(inf, elem, type_of(inf, arg_at(n, 1)));
    return callee->result = elem;
}

static Type *library_call(Infer *inf, Node *n, const char *name, Type *expected)
{
    Symbol *symbol = scope_find(inf->r->builtins->scope, intern_text(inf->c->names, name));
    (void)expected;
    return call_library_function(inf, n, symbol);
}

static Type *infer_anext(Infer *inf, Node *n, Type *expected)
{
    Type *t;
    Callee *callee = special_callee(inf, n, SPECIAL_ANEXT, NULL);

    if (!expect_args(inf, n, 1, 2))
        return broken(inf);
    t = type_of(inf, arg_at(n, 0));
    if (is_void_type(t))
        return t;
    if (t->kind == TYPE_ASYNCGEN) {
        Type *elem = types_find(t->args[0]);
        return callee->result = make1(inf, TYPE_COROUTINE, arg_count(n) == 2 ? join(inf, elem, type_of(inf, arg_at(n, 1))) : elem);
    }
    if (arg_count(n) == 2)
        return library_call(inf, n, "_anext_or", expected);
    callee->init = call_method(inf, t, inf->names.anext, NULL, NULL, 0, n->span, false);
    if (!callee->init)
        return broken(inf);
    return callee->result = types_find(callee->init->result);
}

/* enumerate and zip as values: generator objects. */
static Type *infer_pairs(Infer *inf, Node *n, Special special)
{
    Type **args = arena_array(inf->c->arena, Type *, arg_count(n) + 2);
    uint32_t count = 0;

    if (special == SPECIAL_ENUMERATE)
        args[count++] = plain(inf, TYPE_INT);
    for (uint32_t i = 0; i < arg_count(n); i++) {
        if (n->as.call.args.items[i].kind != ARG_POSITIONAL || (special == SPECIAL_ENUMERATE && i == 1))
            continue;
        Iteration *it = iterate(inf, arg_at(n, i), false);
        args[count++] = it ? it->elem : broken(inf);
    }
    Type *elem = types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], args, count);
    Type *all[] = {elem, plain(inf, TYPE_NONE), plain(inf, TYPE_NONE)};
    Type *t = types_make(inf->ts, TYPE_GENERATOR, inf->classes[TYPE_GENERATOR], all, 3);
    special_callee(inf, n, special, t);
    return t;
}

/* -- choice -------------------------------------------------------------------------------------------------------------------------------- */

static Type *infer_min_max(Infer *inf, Node *n, Special special, Type *expected)
{
    Type *result = plain(inf, TYPE_NEVER);

    if (positional_count(n) < 2 || arg_named(n, "key"))
        return positional_count(n) >= 2 ? library_call(inf, n, special == SPECIAL_MIN ? "_min_of" : "_max_of", expected)
                                        : library_call(inf, n, special == SPECIAL_MIN ? "min" : "max", expected);
    for (uint32_t i = 0; i < arg_count(n); i++) {
        if (n->as.call.args.items[i].kind != ARG_POSITIONAL) {
            report(inf, n->as.call.args.items[i].span, "'%s()' of several values takes no such argument", called_name(n));
            return broken(inf);
        }
        result = join(inf, result, type_of(inf, arg_at(n, i)));
    }
    special_callee(inf, n, special, result);
    return result;
}

/* -- types ------------------------------------------------------------------------------------------------------------------------------------ */

static Type *infer_isinstance(Infer *inf, Node *n, Special special)
{
    if (!expect_args(inf, n, 2, 2))
        return plain(inf, TYPE_BOOL);
    Type *t = infer_expr(inf, arg_at(n, 0));
    reach_format(inf, t);
    class_test(inf, arg_at(n, 1)); /* complains about what is no class */
    bool is_dynamic = inf->test_is_dynamic;
    special_callee(inf, n, special, plain(inf, TYPE_BOOL))->is_dynamic = is_dynamic;
    return plain(inf, TYPE_BOOL);
}

static Type *infer_type(Infer *inf, Node *n)
{
    Type *t;

    if (!expect_args(inf, n, 1, 1)) {
        return broken(inf);
    }
    t = type_of(inf, arg_at(n, 0));
    if (t->kind == TYPE_CLASSOBJ) {
        special_callee(inf, n, SPECIAL_TYPE, t);
        return t;
    }
    reach_format(inf, t);
    Type *result = make1(inf, TYPE_CLASSOBJ, t->kind == TYPE_UNION || t->kind == TYPE_ANY ? plain(inf, TYPE_ANY) : t);
    special_callee(inf, n, SPECIAL_TYPE, result);
    return result;
}

static Type *infer_getattr(Infer *inf, Node *n, Special special)
{
    Node *name = arg_count(n) >= 2 ? arg_at(n, 1) : NULL;
    Type *t;

    if (!expect_args(inf, n, 2, special == SPECIAL_SETATTR || special == SPECIAL_GETATTR ? 3 : 2))
        return broken(inf);
    t = type_of(inf, arg_at(n, 0));
    if (name->kind != NODE_STR) {
        report(inf, name->span, "'%s()' needs a name that is known at compile time; write a dict, or an if for each name", called_name(n));
        return broken(inf);
    }
    const char *attribute = intern(inf->c->names, name->as.str.text, name->as.str.len);
    Class *cls = class_of(inf, t);
    bool has = cls && (class_field(inf, cls, attribute, NULL) || method_of(inf, cls, attribute) || class_var(inf, cls, attribute, NULL));
    Callee *callee = special_callee(inf, n, special, plain(inf, TYPE_BOOL));
    if (special == SPECIAL_HASATTR) {
        callee->is_abstract = has; /* decided here, but for Any */
        return plain(inf, TYPE_BOOL);
    }
    if (is_void_type(t))
        return t;
    /* As if `x.name` were written: a node of its own, whose id is the call's. */
    Node *access = special_access(inf, n, arg_at(n, 0), attribute);
    callee->access = access;
    if (special == SPECIAL_SETATTR) {
        store_attribute(inf, access, type_of(inf, arg_at(n, 2)), arg_at(n, 2));
        callee->access_action = inf->inst->actions[n->id];
        inf->inst->actions[n->id] = NULL;
        act(inf, n, ACT_CALL)->callee = callee;
        callee->result = plain(inf, TYPE_NONE);
        return plain(inf, TYPE_NONE);
    }
    Type *result;
    if (!has && t->kind != TYPE_ANY && t->kind != TYPE_MODULE && arg_count(n) == 3) {
        callee->access = NULL; /* the default, always */
        result = type_of(inf, arg_at(n, 2));
    } else {
        result = attribute_of(inf, access, t, attribute);
        callee->access_action = inf->inst->actions[n->id];
        if (arg_count(n) == 3 && t->kind == TYPE_ANY)
            result = plain(inf, TYPE_ANY);
        callee->access_type = result;
    }
    inf->inst->actions[n->id] = NULL;
    act(inf, n, ACT_CALL)->callee = callee;
    return callee->result = types_find(result);
}

static Type *infer_cast(Infer *inf, Node *n)
{
    if (!expect_args(inf, n, 2, 2))
        return broken(inf);
    Type *t = infer_expr(inf, arg_at(n, 1));
    Annotation a = annotation(inf, inf->inst->scope, arg_at(n, 0));
    special_callee(inf, n, SPECIAL_CAST, a.type ? a.type : t);
    return a.type && (t->kind == TYPE_ANY || t->kind == TYPE_UNION) ? a.type : t;
}

/* -- asyncio --------------------------------------------------------------------------------------------------------------------------------- */

static Type *awaited(Infer *inf, Node *arg, Type *t)
{
    Type *result = await_result(inf, t, NULL);

    if (result && types_find(t)->kind == TYPE_CLASS) {
        Diag *d = report(inf, arg->span, "%s cannot become a task", spell(inf, t));
        help(inf, d, "pass a coroutine that awaits it");
        return broken(inf);
    }
    if (result)
        return result;
    report(inf, arg->span, "an awaitable is expected here, not %s", spell(inf, t));
    return broken(inf);
}

static Type *infer_run(Infer *inf, Node *n)
{
    Type *t;

    if (!expect_args(inf, n, 1, 2))
        return broken(inf);
    t = type_of(inf, arg_at(n, 0));
    if (inf->inst->is_async)
        diag_warn(inf, "async-run", n->span, "asyncio.run() raises RuntimeError inside a running loop; await the coroutine instead");
    if (!is_void_type(t) && t->kind != TYPE_COROUTINE) {
        Diag *d = report(inf, arg_at(n, 0)->span, "asyncio.run() takes a coroutine, not %s", spell(inf, t));
        if (t->kind == TYPE_FUNC)
            help(inf, d, "call the function: asyncio.run(%s())", t->decl->as.function.name);
        return broken(inf);
    }
    Type *result = is_void_type(t) ? t : types_find(t->args[0]);
    special_callee(inf, n, SPECIAL_RUN, result);
    return result->kind == TYPE_CELL ? plain(inf, TYPE_NEVER) : result;
}

static Type *infer_create_task(Infer *inf, Node *n)
{
    Type *t;

    if (!expect_args(inf, n, 1, 3))
        return broken(inf);
    t = type_of(inf, arg_at(n, 0));
    if (!is_void_type(t) && t->kind != TYPE_COROUTINE) {
        Diag *d = report(inf, arg_at(n, 0)->span, "create_task() takes a coroutine, not %s", spell(inf, t));
        if (t->kind == TYPE_FUNC)
            help(inf, d, "call the function: create_task(%s())", t->decl->as.function.name);
        return broken(inf);
    }
    Type *result = make1(inf, TYPE_TASK, is_void_type(t) ? t : types_find(t->args[0]));
    special_callee(inf, n, SPECIAL_CREATE_TASK, result);
    return result;
}

static Type *gathered(Infer *inf, Node *n, Node *arg, Type *t, bool with_exceptions)
{
    Type *result = awaited(inf, arg, t);

    (void)n;
    return with_exceptions ? join(inf, result, inf->base_exception->type) : result;
}

static Type *infer_gather(Infer *inf, Node *n)
{
    Node *flag = arg_named(n, "return_exceptions");
    bool with_exceptions = flag && flag->kind != NODE_FALSE, is_open = false, is_same = true;
    TypeVec types = {0};
    Type *elem = plain(inf, TYPE_NEVER), *t;

    for (uint32_t i = 0; i < arg_count(n); i++) {
        Arg *arg = &n->as.call.args.items[i];
        if (arg->kind == ARG_STAR) {
            Iteration *it = iterate(inf, arg->value, false);
            is_open = true;
            if (it)
                elem = join(inf, elem, gathered(inf, n, arg->value, it->elem, with_exceptions));
        } else if (arg->kind == ARG_POSITIONAL) {
            Type *one = gathered(inf, n, arg->value, type_of(inf, arg->value), with_exceptions);
            is_same &= types.len == 0 || same_type(types.items[0], one);
            vec_push(inf->c->arena, &types, one);
            elem = join(inf, elem, one);
        }
    }
    /* Several types: a tuple by position, which prints as a list. */
    if (!is_open && !is_same)
        t = types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], types.items, types.len);
    else
        t = make1(inf, TYPE_LIST, elem);
    if (!is_open && !is_same && !is_unpacked(inf, n))
        t = make1(inf, TYPE_LIST, elem_join(inf, elem, plain(inf, TYPE_NEVER)));
    t = make1(inf, TYPE_FUTURE, t);
    special_callee(inf, n, SPECIAL_GATHER, t);
    return t;
}

/* loop.call_soon(f, *args): the callback's arguments are bound when the call is made. */
static Type *infer_call_soon(Infer *inf, Node *n, Type *receiver, uint32_t first, const char *result_class)
{
    Callee *callee = special_callee(inf, n, SPECIAL_CALL_SOON, plain(inf, TYPE_NONE));
    uint32_t count = positional_count(n);

    if (count <= first) {
        report(inf, n->span, "'%s()' needs a function to call", called_name(n));
        return broken(inf);
    }
    Node **operands = arena_array(inf->c->arena, Node *, count + 1);
    Type **types = arena_array(inf->c->arena, Type *, count + 1);
    for (uint32_t i = first + 1; i < count; i++) {
        operands[i - first - 1] = arg_at(n, i);
        types[i - first - 1] = type_of(inf, arg_at(n, i));
    }
    if (!is_void_type(type_of(inf, arg_at(n, first))))
        call_value(inf, n, type_of(inf, arg_at(n, first)), operands, types, count - first - 1, &callee->init);
    callee->receiver = receiver;
    callee->first = first;
    if (result_class)
        callee->result = class_named(inf, "asyncio", result_class);
    return callee->result;
}

static bool takes_keywords(const Callee *callee)
{
    for (uint32_t i = 0; callee && i < callee->binding_count; i++)
        if (callee->bindings[i].kind == BIND_KEYWORDS && callee->bindings[i].names.len)
            return true;
    return false;
}

static Type *infer_executor(Infer *inf, Node *n, Type *receiver, uint32_t first, Type *(*wrap)(Infer *, Type *))
{
    Callee *callee = special_callee(inf, n, SPECIAL_EXECUTOR, plain(inf, TYPE_NONE));
    Type *result = plain(inf, TYPE_NEVER);

    if (positional_count(n) <= first) {
        report(inf, n->span, "'%s()' needs a function to run", called_name(n));
        return broken(inf);
    }
    Type *func = type_of(inf, arg_at(n, first));
    if (!is_void_type(func))
        result = call_value_as_given(inf, n, func, n->as.call.args.items + first + 1, arg_count(n) - first - 1, &callee->init);
    if (takes_keywords(callee->init)) {
        report(inf, n->span, "keyword arguments for '**' cannot be handed to a thread; pass a lambda that makes the call");
        return broken(inf);
    }
    if (callee->init && callee->init->is_async) {
        report(inf, arg_at(n, first)->span, "an async function cannot run on an executor; await it, or pass a plain function");
        return broken(inf);
    }
    check_executor(inf, n, callee->init);
    act(inf, n, ACT_CALL)->callee = callee;
    callee->receiver = receiver;
    callee->first = first;
    return callee->result = wrap(inf, result);
}

static Type *infer_replace(Infer *inf, Node *n, Type *t, uint32_t first);
static Type *infer_named_tuple_method(Infer *inf, Node *n, Type *receiver, const char *name);

static Type *wrap_future(Infer *inf, Type *t)
{
    return make1(inf, TYPE_FUTURE, t);
}
static Type *wrap_coroutine(Infer *inf, Type *t)
{
    return make1(inf, TYPE_COROUTINE, t);
}
static Type *wrap_concurrent(Infer *inf, Type *t)
{
    Type *cls = class_named(inf, "concurrent.futures", "Future");
    return cls && cls->cls ? types_make(inf->ts, TYPE_CLASS, cls->cls, &t, 1) : make1(inf, TYPE_FUTURE, t);
}

static bool class_is(const Type *t, const char *module, const char *name)
{
    for (const Class *c = t->kind == TYPE_CLASS ? t->cls : NULL; c; c = c->base)
        if (!strcmp(c->name, name) && !strcmp(c->module, module))
            return true;
    return false;
}

Type *infer_method_special(Infer *inf, Node *n, Type *receiver, Type **types, Type *expected)
{
    static const struct {
        const char *name;
        uint32_t first;
        const char *result;
    } soon[] = {{"call_soon", 0, "Handle"}, {"call_soon_threadsafe", 0, "Handle"}, {"call_later", 1, "TimerHandle"}, {"call_at", 1, "TimerHandle"},
                {"add_reader", 1, NULL}, {"add_writer", 1, NULL}, {"add_signal_handler", 1, NULL}};
    const char *name = n->as.call.func->as.attribute.name;

    (void)types;
    (void)expected;
    if (!strcmp(name, "__await__") && arg_count(n) == 0 && await_result(inf, receiver, NULL)) {
        act(inf, n, ACT_AWAIT_SELF);
        return receiver;
    }
    if (class_is(receiver, "asyncio", "AbstractEventLoop")) {
        for (size_t i = 0; i < sizeof soon / sizeof *soon; i++)
            if (!strcmp(soon[i].name, name))
                return infer_call_soon(inf, n, receiver, soon[i].first, soon[i].result);
        if (!strcmp(name, "run_in_executor"))
            return infer_executor(inf, n, receiver, 1, wrap_future);
        if (!strcmp(name, "create_task"))
            return infer_create_task(inf, n);
        if (!strcmp(name, "create_future")) {
            Type *t = make1(inf, TYPE_FUTURE, node_cell(inf, n, 0));
            special_callee(inf, n, SPECIAL_CREATE_FUTURE, t)->receiver = receiver;
            return t;
        }
        if (!strcmp(name, "run_until_complete") && arg_count(n) == 1) {
            Type *result = awaited(inf, arg_at(n, 0), type_of(inf, arg_at(n, 0)));
            special_callee(inf, n, SPECIAL_RUN_UNTIL, result)->receiver = receiver;
            return result;
        }
    }
    if (class_is(receiver, "asyncio", "Runner") && !strcmp(name, "run") && arg_count(n) >= 1) {
        Type *result = awaited(inf, arg_at(n, 0), type_of(inf, arg_at(n, 0)));
        special_callee(inf, n, SPECIAL_RUN_UNTIL, result)->receiver = receiver;
        return result;
    }
    if (class_is(receiver, "asyncio", "TaskGroup") && !strcmp(name, "create_task")) {
        Type *result = infer_create_task(inf, n);
        Action *action = inf->inst->actions[n->id];
        if (action && action->kind == ACT_CALL)
            action->callee->receiver = receiver;
        return result;
    }
    if (class_is(receiver, "concurrent.futures", "Executor") && !strcmp(name, "submit"))
        return infer_executor(inf, n, receiver, 0, wrap_concurrent);
    if ((receiver->kind == TYPE_FUTURE || receiver->kind == TYPE_TASK) && !strcmp(name, "add_done_callback") && arg_count(n) >= 1) {
        Callee *callee = special_callee(inf, n, SPECIAL_CALL_SOON, plain(inf, TYPE_NONE));
        Type *func = type_of(inf, arg_at(n, 0));
        callee->receiver = receiver;
        if (!is_void_type(func))
            call_value(inf, n, func, NULL, &receiver, 1, &callee->init);
        return plain(inf, TYPE_NONE);
    }
    if (receiver->kind == TYPE_CLASS && receiver->cls && (receiver->cls->is_namedtuple || (receiver->cls->base && receiver->cls->base->is_namedtuple))) {
        Type *t = infer_named_tuple_method(inf, n, receiver, name);
        if (t)
            return t;
    }
    if (is_exception_group(receiver) && (!strcmp(name, "split") || !strcmp(name, "subgroup")) && arg_count(n) == 1) {
        Type *optional = types_optional(inf->ts, receiver), *pair[] = {optional, optional};
        Type *t = !strcmp(name, "split") ? types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], pair, 2) : optional;
        Type *arg = type_of(inf, arg_at(n, 0));
        Callee *callee = special_callee(inf, n, SPECIAL_SPLIT, t);
        Type *exc = inf->base_exception->type;
        if (arg->kind == TYPE_FUNC || arg->kind == TYPE_BOUND)
            call_value(inf, n, arg, NULL, &exc, 1, &callee->init);
        return t;
    }
    return NULL;
}

/* replace(obj, name=value…): a new object, its other fields as they are. */
static Type *infer_replace(Infer *inf, Node *n, Type *t, uint32_t first)
{
    ClassInfo *info = t->kind == TYPE_CLASS ? info_of(inf, t->cls) : NULL;
    Callee *callee = special_callee(inf, n, SPECIAL_REPLACE, t);

    if (!info || !info->init_fields.len) {
        if (!is_void_type(t))
            report(inf, n->span, "'%s()' takes a dataclass instance, not %s", called_name(n), spell(inf, t));
        return broken(inf);
    }
    callee->cls = t->cls;
    callee->binding_count = info->init_fields.len;
    callee->bindings = arena_array(inf->c->arena, Binding, info->init_fields.len);
    for (uint32_t i = 0; i < info->init_fields.len; i++)
        callee->bindings[i] = (Binding){.kind = BIND_NONE, .field = info->init_fields.items[i], .type = info->init_fields.items[i]->type};
    for (uint32_t k = first; k < arg_count(n); k++) {
        Arg *arg = &n->as.call.args.items[k];
        bool is_known = false;
        for (uint32_t i = 0; i < info->init_fields.len && arg->kind == ARG_KEYWORD; i++) {
            Field *field = info->init_fields.items[i];
            if (field->name != arg->name)
                continue;
            is_known = true;
            callee->bindings[i].kind = BIND_ARG;
            callee->bindings[i].value = arg->value;
            if (!field->is_declared)
                grow(inf, &field->type, type_of(inf, arg->value));
            else if (!flow(inf, type_of(inf, arg->value), field->type))
                report(inf, arg->span, "'%s' is declared %s, but %s is given", field->name, spell(inf, field->type), spell(inf, type_of(inf, arg->value)));
        }
        if (!is_known)
            report(inf, arg->span, "'%s' has no field '%s'", t->cls->name, arg->name ? arg->name : "*");
    }
    return t;
}

static Type *infer_named_tuple_method(Infer *inf, Node *n, Type *receiver, const char *name)
{
    ClassInfo *info = info_of(inf, receiver->cls);

    if (!strcmp(name, "_replace"))
        return infer_replace(inf, n, receiver, 0);
    if (!strcmp(name, "_asdict")) {
        Type *value = plain(inf, TYPE_NEVER);
        for (uint32_t i = 0; i < info->init_fields.len; i++)
            value = elem_join(inf, value, info->init_fields.items[i]->type);
        Type *t = make2(inf, TYPE_DICT, plain(inf, TYPE_STR), value);
        special_callee(inf, n, SPECIAL_ASDICT, t)->cls = receiver->cls;
        return t;
    }
    return NULL;
}

bool is_exception_group(Type *t)
{
    for (const Class *c = t->kind == TYPE_CLASS ? t->cls : NULL; c; c = c->base)
        if (c->is_library && !strcmp(c->name, "BaseExceptionGroup"))
            return true;
    return false;
}

static Type *infer_exc_group(Infer *inf, Node *n, Special special)
{
    Type *t = class_named(inf, "builtins", special == SPECIAL_EXC_GROUP ? "ExceptionGroup" : "BaseExceptionGroup");

    if (expect_args(inf, n, 2, 2)) {
        Iteration *it = iterate(inf, arg_at(n, 1), false);
        if (it && !flow(inf, it->elem, inf->base_exception->type))
            report(inf, arg_at(n, 1)->span, "the second argument of an exception group is a list of exceptions");
    }
    special_callee(inf, n, special, t);
    class_reach(inf, info_of(inf, t->cls));
    return t;
}

static Type *infer_defaultdict(Infer *inf, Node *n)
{
    Type *key = node_cell(inf, n, 0), *value = node_cell(inf, n, 1), *t = make2(inf, TYPE_DICT, key, value);
    Callee *callee = special_callee(inf, n, SPECIAL_DEFAULTDICT, t);

    if (arg_count(n) && type_of(inf, arg_at(n, 0))->kind != TYPE_NONE) {
        Node *factory = arg_at(n, 0);
        Type *made = call_value(inf, factory, type_of(inf, factory), NULL, NULL, 0, &callee->init);
        grow_cell(inf, value, made);
    }
    if (arg_count(n) > 1) {
        Type *other = type_of(inf, arg_at(n, 1));
        if (other->kind == TYPE_DICT) {
            unify(inf, key, other->args[0]);
            unify(inf, value, other->args[1]);
        }
    }
    return t;
}

/* What astuple() gives: a tuple for the dataclass and for each that it holds in a field. */
static Type *plain_tuple(Infer *inf, const ClassInfo *info, int depth)
{
    TypeVec types = {0};

    for (uint32_t i = 0; i < info->init_fields.len; i++) {
        const Field *field = info->init_fields.items[i];
        Type *t = types_find(field->type);
        if (field->is_init_only)
            continue;
        bool is_record = is_user_class(t) && t->cls->is_dataclass && depth < 8;
        vec_push(inf->c->arena, &types, is_record ? plain_tuple(inf, info_of(inf, t->cls), depth + 1) : t);
    }
    return types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], types.items, types.len);
}

/* -- the table ---------------------------------------------------------------------------------------------------------------------------------- */

/* The function of the library that walks it backwards: views by their keys, classes with __len__ and __getitem__ by index. */
static const char *reversed_by(Infer *inf, Type *t)
{
    if (t->kind == TYPE_DICT)
        return "_reversed_dict";
    if (t->kind != TYPE_CLASS || !t->cls || method_of(inf, t->cls, inf->names.reversed))
        return NULL;
    if (t->cls->is_library)
        return method_of(inf, t->cls, inf->names.iter) ? "_reversed_dict" : NULL;
    return method_of(inf, t->cls, inf->names.getitem) ? "reversed" : NULL;
}

Type *infer_special(Infer *inf, Node *n, Special special, Type *expected)
{
    switch (special) {
    case SPECIAL_PRINT:
        return infer_print_call(inf, n);
    case SPECIAL_LEN:
        return infer_len(inf, n);
    case SPECIAL_ISINSTANCE:
    case SPECIAL_ISSUBCLASS:
        return infer_isinstance(inf, n, special);
    case SPECIAL_TYPE:
        return infer_type(inf, n);
    case SPECIAL_RANGE:
        return infer_range(inf, n);
    case SPECIAL_STR:
    case SPECIAL_REPR:
    case SPECIAL_FORMAT:
    case SPECIAL_STR_FORMAT:
        return infer_str(inf, n, special);
    case SPECIAL_INT:
        return convert(inf, n, special, TYPE_INT);
    case SPECIAL_FLOAT:
        return convert(inf, n, special, TYPE_FLOAT);
    case SPECIAL_BOOL:
        special_callee(inf, n, special, plain(inf, TYPE_BOOL));
        for (uint32_t i = 0; i < arg_count(n); i++)
            reach_format(inf, type_of(inf, arg_at(n, i)));
        return plain(inf, TYPE_BOOL);
    case SPECIAL_LIST:
        return infer_container(inf, n, special, TYPE_LIST, expected);
    case SPECIAL_SET:
        return infer_container(inf, n, special, TYPE_SET, expected);
    case SPECIAL_FROZENSET:
        return infer_container(inf, n, special, TYPE_FROZENSET, expected);
    case SPECIAL_TUPLE:
        return infer_container(inf, n, special, TYPE_VARTUPLE, expected);
    case SPECIAL_DEQUE:
        return infer_container(inf, n, special, TYPE_DEQUE, expected);
    case SPECIAL_DICT:
        if (arg_count(n) == 1 && n->as.call.args.items[0].kind == ARG_POSITIONAL && type_of(inf, arg_at(n, 0))->kind == TYPE_ANY)
            return library_call(inf, n, "_dict_of", expected);
        return infer_dict_call(inf, n, expected);
    case SPECIAL_FROMKEYS:
        return infer_fromkeys(inf, n);
    case SPECIAL_DEFAULTDICT:
        return infer_defaultdict(inf, n);
    case SPECIAL_ITER:
        if (positional_count(n) == 2)
            return library_call(inf, n, "_iter_until", expected);
        return infer_iter(inf, n);
    case SPECIAL_NEXT:
        return infer_next(inf, n);
    case SPECIAL_AITER:
        special_callee(inf, n, special, arg_count(n) ? type_of(inf, arg_at(n, 0)) : plain(inf, TYPE_NEVER));
        return arg_count(n) ? type_of(inf, arg_at(n, 0)) : broken(inf);
    case SPECIAL_ANEXT:
        return infer_anext(inf, n, expected);
    case SPECIAL_ENUMERATE:
    case SPECIAL_ZIP:
        if (arg_count(n) == 1 && n->as.call.args.items[0].kind == ARG_STAR) { /* zip(*rows): columns */
            Symbol *symbol = scope_find(inf->r->builtins->scope, intern_text(inf->c->names, "_zip_star"));
            Node *rows = arg_at(n, 0);
            Type *rows_type = type_of(inf, rows);
            Callee *callee = NULL;
            Type *t = call_value(inf, n, function_value(inf, symbol), &rows, &rows_type, 1, &callee);
            act(inf, n, ACT_CALL)->callee = callee;
            return callee ? t : broken(inf);
        }
        if (special == SPECIAL_ZIP && arg_named(n, "strict"))
            return library_call(inf, n, "_zip_strict", expected);
        return infer_pairs(inf, n, special);
    case SPECIAL_REVERSED: {
        const char *by = arg_count(n) == 1 ? reversed_by(inf, type_of(inf, arg_at(n, 0))) : NULL;
        if (by)
            return library_call(inf, n, by, expected);
        Iteration *it = expect_args(inf, n, 1, 1) ? iterate(inf, arg_at(n, 0), false) : NULL;
        Type *t = arg_count(n) ? type_of(inf, arg_at(n, 0)) : NULL;
        Callee *method = t && t->kind == TYPE_CLASS ? call_method(inf, t, inf->names.reversed, NULL, NULL, 0, n->span, true) : NULL;
        if (method) {
            special_callee(inf, n, special, method->result)->init = method;
            return types_find(method->result);
        }
        Type *args[] = {it ? it->elem : broken(inf), plain(inf, TYPE_NONE), plain(inf, TYPE_NONE)};
        Type *result = types_make(inf->ts, TYPE_GENERATOR, inf->classes[TYPE_GENERATOR], args, 3);
        special_callee(inf, n, special, result);
        return result;
    }
    case SPECIAL_MIN:
    case SPECIAL_MAX:
        for (uint32_t i = 0; i < n->as.call.args.len; i++)
            if (n->as.call.args.items[i].kind == ARG_STAR)
                return library_call(inf, n, special == SPECIAL_MIN ? "_star_min" : "_star_max", expected);
        return infer_min_max(inf, n, special, expected);
    case SPECIAL_HASATTR:
    case SPECIAL_GETATTR:
    case SPECIAL_SETATTR:
        return infer_getattr(inf, n, special);
    case SPECIAL_HASH:
    case SPECIAL_ID:
        special_callee(inf, n, special, plain(inf, TYPE_INT));
        if (arg_count(n))
            reach_format(inf, type_of(inf, arg_at(n, 0)));
        return plain(inf, TYPE_INT);
    case SPECIAL_CALLABLE:
    case SPECIAL_ISCOROUTINE:
    case SPECIAL_ISCOROUTINEFUNCTION:
        special_callee(inf, n, special, plain(inf, TYPE_BOOL));
        return plain(inf, TYPE_BOOL);
    case SPECIAL_RUN:
        return infer_run(inf, n);
    case SPECIAL_CREATE_TASK:
        return infer_create_task(inf, n);
    case SPECIAL_GATHER:
        return infer_gather(inf, n);
    case SPECIAL_CAST:
        return infer_cast(inf, n);
    case SPECIAL_TO_THREAD:
        return infer_executor(inf, n, NULL, 0, wrap_coroutine);
    case SPECIAL_EXC_GROUP:
    case SPECIAL_BASE_EXC_GROUP:
        return infer_exc_group(inf, n, special);
    case SPECIAL_AUTO:
        special_callee(inf, n, special, plain(inf, TYPE_INT));
        return plain(inf, TYPE_INT);
    case SPECIAL_FIELD: {
        Node *given = arg_named(n, "default");
        special_callee(inf, n, special, plain(inf, TYPE_NEVER));
        return given ? type_of(inf, given) : plain(inf, TYPE_NEVER);
    }
    case SPECIAL_REPLACE:
        return arg_count(n) ? infer_replace(inf, n, type_of(inf, arg_at(n, 0)), 1) : broken(inf);
    case SPECIAL_ASDICT:
    case SPECIAL_ASTUPLE: {
        Type *t = expect_args(inf, n, 1, 1) ? type_of(inf, arg_at(n, 0)) : broken(inf), *result;
        if (is_void_type(t))
            return t;
        if (!is_user_class(t) || !info_of(inf, t->cls)->init_fields.len) {
            report(inf, n->span, "'%s()' takes a dataclass instance, not %s", called_name(n), spell(inf, t));
            return broken(inf);
        }
        ClassInfo *info = info_of(inf, t->cls);
        if (special == SPECIAL_ASDICT) {
            result = make2(inf, TYPE_DICT, plain(inf, TYPE_STR), plain(inf, TYPE_ANY));
        } else {
            result = plain_tuple(inf, info, 0);
        }
        special_callee(inf, n, special, result)->cls = t->cls;
        return result;
    }
    case SPECIAL_FIELDS: {
        Type *t = expect_args(inf, n, 1, 1) ? type_of(inf, arg_at(n, 0)) : broken(inf);
        t = t->kind == TYPE_CLASSOBJ ? types_find(t->args[0]) : t;
        if (is_void_type(t))
            return t;
        if (!is_user_class(t) || !info_of(inf, t->cls)->init_fields.len) {
            report(inf, n->span, "'fields()' takes a dataclass or an instance of one, not %s", spell(inf, t));
            return broken(inf);
        }
        Type *field = class_named(inf, "dataclasses", "Field");
        class_reach(inf, info_of(inf, field->cls));
        class_add_declared(inf, field->cls, inf->names.name, plain(inf, TYPE_STR));
        Type *result = make1(inf, TYPE_VARTUPLE, field);
        special_callee(inf, n, special, result)->cls = t->cls;
        return result;
    }
    case SPECIAL_IS_DATACLASS: {
        Type *t = expect_args(inf, n, 1, 1) ? type_of(inf, arg_at(n, 0)) : broken(inf);
        t = t->kind == TYPE_CLASSOBJ ? types_find(t->args[0]) : t;
        bool is_data = false;
        for (const Class *c = is_user_class(t) ? t->cls : NULL; c; c = c->base)
            is_data |= c->is_dataclass;
        special_callee(inf, n, special, plain(inf, TYPE_BOOL))->is_abstract = is_data;
        return plain(inf, TYPE_BOOL);
    }
    case SPECIAL_CONTEXTVAR: {
        Type *cls = class_named(inf, "contextvars", "ContextVar"), *arg = node_cell(inf, n, 0);
        Node *given = arg_named(n, "default");
        Type *result = types_make(inf->ts, TYPE_CLASS, cls->cls, &arg, 1);
        if (expected && types_find(expected)->kind == TYPE_CLASS && types_find(expected)->cls == cls->cls)
            unify(inf, result, types_find(expected));
        if (given)
            grow_cell(inf, arg, type_of(inf, given));
        special_callee(inf, n, special, result);
        return result;
    }
    case SPECIAL_OPEN: {
        Node *mode = arg_named(n, "mode") ? arg_named(n, "mode") : positional_count(n) >= 2 ? arg_at(n, 1) : NULL;
        bool is_binary = mode && mode->kind == NODE_STR && strchr(mode->as.str.text, 'b');
        ModuleUnit *io = unit_find(inf->r, "io");
        if (mode && mode->kind != NODE_STR)
            report(inf, mode->span, "the mode of open() must be known at compile time: it decides whether the file gives str or bytes");
        return io ? call_library_function(inf, n, scope_find(io->scope, intern_text(inf->c->names, is_binary ? "open_binary" : "open_text")))
                  : broken(inf);
    }
    case SPECIAL_RE_COMPILE:
    case SPECIAL_RE_MATCH:
    case SPECIAL_RE_FULLMATCH:
    case SPECIAL_RE_SEARCH:
    case SPECIAL_RE_FINDALL:
    case SPECIAL_RE_FINDITER:
    case SPECIAL_RE_SPLIT:
    case SPECIAL_RE_SUB:
    case SPECIAL_RE_SUBN:
        return infer_regex(inf, n, special);
    case SPECIAL_TYPEVAR:
        special_callee(inf, n, special, plain(inf, TYPE_NONE));
        return plain(inf, TYPE_NONE);
    case SPECIAL_SUPER:
        report(inf, n->span, "super() can only be called through, as in super().method()");
        return broken(inf);
    default:
        report(inf, n->span, "'%s()' is not supported yet", called_name(n));
        return broken(inf);
    }
}

/* int, str, list … called through a value: a key function, a factory. The node is not a call of the source. */
Callee *call_special_class(Infer *inf, Node *n, int special, Node *arg, uint32_t count)
{
    Callee *callee = arena_new(inf->c->arena, Callee);

    callee->kind = CALLEE_SPECIAL;
    callee->special = special;
    callee->bindings = arena_array(inf->c->arena, Binding, 1);
    callee->binding_count = count ? 1 : 0;
    callee->bindings[0] = (Binding){.kind = BIND_ARG, .value = arg};
    switch (special) {
    case SPECIAL_INT:
        callee->result = plain(inf, TYPE_INT);
        break;
    case SPECIAL_FLOAT:
        callee->result = plain(inf, TYPE_FLOAT);
        break;
    case SPECIAL_STR:
        callee->result = plain(inf, TYPE_STR);
        break;
    case SPECIAL_BOOL:
        callee->result = plain(inf, TYPE_BOOL);
        break;
    case SPECIAL_LIST:
        callee->result = make1(inf, TYPE_LIST, node_cell(inf, n, 0));
        break;
    case SPECIAL_SET:
        callee->result = make1(inf, TYPE_SET, node_cell(inf, n, 0));
        break;
    case SPECIAL_DEQUE:
        callee->result = make1(inf, TYPE_DEQUE, node_cell(inf, n, 0));
        break;
    case SPECIAL_DICT:
        callee->result = make2(inf, TYPE_DICT, node_cell(inf, n, 0), node_cell(inf, n, 1));
        break;
    default:
        return NULL;
    }
    return callee;
}

/* -- methods of Any and of unions -------------------------------------------------------------------------------------------------------------------- */

static void add_case(Infer *inf, Node *n, Action *action, Type *t, Type **result)
{
    const char *name = n->as.call.func->as.attribute.name;
    uint32_t count = arg_count(n);
    Node **operands = arena_array(inf->c->arena, Node *, count + 1);
    Type **types = arena_array(inf->c->arena, Type *, count + 1);

    for (uint32_t i = 0; i < count; i++) {
        if (n->as.call.args.items[i].kind != ARG_POSITIONAL)
            return;
        operands[i] = arg_at(n, i);
        types[i] = type_of(inf, arg_at(n, i));
    }
    Callee *callee = call_method(inf, t, name, operands, types, count, n->span, true);
    if (!callee)
        return;
    DynamicCase *c = arena_new(inf->c->arena, DynamicCase);
    *c = (DynamicCase){.type = t, .cls = t->kind == TYPE_CLASS ? t->cls : NULL, .callee = callee};
    vec_push(inf->c->arena, &action->cases, c);
    Type *one = callee->kind == CALLEE_C && callee->is_async ? make1(inf, TYPE_COROUTINE, callee->result) : callee->result;
    *result = join(inf, *result, one);
}

Type *infer_dynamic_call(Infer *inf, Node *n, Type *receiver, Type **types)
{
    Node *func = n->as.call.func;
    const char *name = func->as.attribute.name;
    Action *action = act(inf, n, ACT_DYNAMIC);
    Type *result = plain(inf, TYPE_NEVER);

    (void)types;
    set_type(inf, func, plain(inf, TYPE_NEVER));
    inf->inst->actions[func->id] = NULL;
    for (uint32_t i = 0; i < arg_count(n); i++)
        if (n->as.call.args.items[i].kind != ARG_POSITIONAL) {
            Diag *d = report(inf, n->as.call.args.items[i].value->span, "a method of a value of type %s takes its arguments by position",
                             spell(inf, receiver));
            help(inf, d, "narrow it with isinstance() first, or annotate the variable that it comes from");
            return broken(inf);
        }
    if (receiver->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < receiver->arg_count; i++) {
            Type *member = types_find(receiver->args[i]);
            Class *cls = class_of(inf, member);
            if (member->kind == TYPE_NONE && is_checked_optional(receiver))
                continue;
            if (member->kind == TYPE_NONE) {
                Diag *d = report(inf, func->as.attribute.value->span, "this is %s, and None has no attribute '%s'", spell(inf, receiver), name);
                help(inf, d, "check it before, as in `if x is not None`");
                return broken(inf);
            }
            if (!cls || (!method_of(inf, cls, name) && !class_field(inf, cls, name, NULL))) {
                Diag *d = report(inf, func->as.attribute.name_span, "this is %s, and %s has no attribute '%s'", spell(inf, receiver), spell(inf, member), name);
                help(inf, d, "narrow it with isinstance() first");
                return broken(inf);
            }
            add_case(inf, n, action, member, &result);
        }
        return result;
    }
    for (uint32_t i = 0; i < inf->out->classes.len; i++) {
        ClassInfo *info = inf->out->classes.items[i];
        Method *m = method_of(inf, info->cls, name);
        if (m && !m->is_static && !m->is_class && !m->is_property && !info->cls->is_library)
            add_case(inf, n, action, info->cls->type, &result);
    }
    builtin_cases(inf, n, action, &result);
    if (action->cases.len == 0)
        return plain(inf, TYPE_ANY);
    return result->kind == TYPE_UNION ? plain(inf, TYPE_ANY) : result->kind == TYPE_NEVER ? plain(inf, inf->is_loud ? TYPE_ANY : TYPE_NEVER) : result;
}

/* Methods of the built-in types that a value of type Any may have. Those of containers are the runtime's, which looks at what they hold. */
void builtin_cases(Infer *inf, Node *n, Action *action, Type **result)
{
    Type *candidates[] = {plain(inf, TYPE_STR), plain(inf, TYPE_FLOAT), plain(inf, TYPE_INT)};

    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        Class *cls = class_of(inf, candidates[i]);
        Method *m = cls ? method_of(inf, cls, n->as.call.func->as.attribute.name) : NULL;
        if (m && !m->is_static && !m->is_class)
            add_case(inf, n, action, candidates[i], result);
    }
}

/* Expressions: the type of each, by its kind. Calls, operators, attributes and iteration have files of their own.
 *
 * Every function returns the type and leaves it in the instance's table. NEVER means "not known yet" while passes run; in the last
 * pass it means that there is no such value (an element of a list that is always empty). */
#include "infer/internal.h"
#include "library.h"

#include <stdarg.h>

/* -- reporting --------------------------------------------------------------------------------------------------------------- */

const char *spell(Infer *inf, Type *t)
{
    return types_spell(inf->ts, types_resolve(inf->ts, t));
}

Type *broken(Infer *inf)
{
    return plain(inf, inf->is_loud && !inf->is_probing ? TYPE_BROKEN : TYPE_NEVER);
}

Diag *report(Infer *inf, Span span, const char *format, ...)
{
    static const Diag nothing;
    va_list args;

    if (inf->is_loud && inf->is_probing)
        inf->suppressed++;
    if (!inf->is_loud || inf->silent || inf->is_probing)
        return (Diag *)(uintptr_t)&nothing;
    va_start(args, format);
    const char *message = arena_vprintf(inf->c->arena, format, args);
    va_end(args);
    /* What is wrong inside the library is wrong with the call that got there. */
    Instance *caller = inf->inst;
    while (caller && caller->unit->is_library && caller->decl && state_of(caller)->creator) {
        span = state_of(caller)->call_span;
        caller = state_of(caller)->creator;
    }
    Diag *d = diag_error(inf->c->diags, span, "%s", message);
    inf->reported = d;
    if (caller != inf->inst)
        return d;
    /* An error inside an instance is easier to understand with the call that made it. */
    State *state = inf->inst && inf->inst->decl ? state_of(inf->inst) : NULL;
    if (state && state->creator && state->call_span.file && inf->inst->decl->kind == NODE_FUNCTION && has_templates(inf->inst))
        diag_note(inf->c->diags, d, state->call_span, "in the instance of '%s' made by this call", inf->inst->decl->as.function.name);
    return d;
}

void note(Infer *inf, Diag *d, Span span, const char *format, ...)
{
    va_list args;

    if (!inf->is_loud || inf->silent || inf->is_probing)
        return;
    va_start(args, format);
    diag_note(inf->c->diags, d, span, "%s", arena_vprintf(inf->c->arena, format, args));
    va_end(args);
}

void help(Infer *inf, Diag *d, const char *format, ...)
{
    va_list args;

    if (!inf->is_loud || inf->silent || inf->is_probing)
        return;
    va_start(args, format);
    diag_help(inf->c->diags, d, "%s", arena_vprintf(inf->c->arena, format, args));
    va_end(args);
}

bool has_templates(const Instance *inst)
{
    const ParamVec *params = &inst->decl->as.function.params;

    for (uint32_t i = inst->cls ? 1 : 0; i < params->len; i++)
        if (!params->items[i].annotation)
            return true;
    return false;
}

/* -- tables --------------------------------------------------------------------------------------------------------------------- */

Type *set_type(Infer *inf, Node *n, Type *t)
{
    inf->inst->types[n->id] = t;
    return t;
}

Type *type_of(Infer *inf, Node *n)
{
    Type *t = inf->inst->types[n->id];

    return t ? types_find(t) : plain(inf, TYPE_NEVER);
}

/* One that an earlier pass made is made again in its place. */
Action *act(Infer *inf, Node *n, ActionKind kind)
{
    Action *known = inf->inst->actions[n->id];
    Action *action = known && known->pass != inf->pass && !inf->silent ? known : arena_new(inf->c->arena, Action);

    *action = (Action){.kind = kind, .pass = inf->pass};
    if (!inf->silent)
        inf->inst->actions[n->id] = action;
    return action;
}

/* -- names ------------------------------------------------------------------------------------------------------------------------ */

Variable *var_of(Infer *inf, Symbol *symbol)
{
    Instance *inst;

    if (symbol->scope->kind == SCOPE_MODULE) {
        inst = module_instance(inf, symbol->scope->unit);
        if (symbol->scope->unit->is_library && !inf->silent)
            reach_library_module(inf, inst);
    } else if (symbol->scope->kind == SCOPE_CLASS) {
        inst = class_body(inf, symbol->scope);
    } else {
        inst = owner_of_scope(inf, symbol->scope);
    }
    return inst ? &inst->vars[symbol->index] : NULL;
}

static void guess_in(Guess *guess, const Scope *scope)
{
    for (uint32_t i = 0; i < scope->symbols.len; i++)
        diag_guess_try(guess, scope->symbols.items[i]->name);
}

static void undefined(Infer *inf, Node *n, const char *name)
{
    static const struct {
        const char *name, *why;
    } refused[] = {
        {"eval", "it would need an interpreter; write the expression itself, or parse the text"},
        {"exec", "it would need an interpreter; write the statements themselves"},
        {"compile", "it would need an interpreter"},
        {"globals", "names are resolved at compile time; keep the values in a dict"},
        {"locals", "names are resolved at compile time; keep the values in a dict"},
        {"vars", "attributes are resolved at compile time; name them"},
        {"dir", "attributes are resolved at compile time"},
        {"complex", "complex numbers are not supported; keep the two parts as floats"},
        {"memoryview", "slices of bytes do the same"},
        {"__import__", "modules are resolved at compile time; write an import statement"},
        {"delattr", "attributes are fixed at compile time; assign None instead"},
    };
    Guess guess = diag_guess(name);

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (!strcmp(refused[i].name, name)) {
            report(inf, n->span, "'%s' is not supported: %s", name, refused[i].why);
            return;
        }
    Diag *d = report(inf, n->span, "name '%s' is not defined", name);
    if (library_or_file_exists(inf->c, name)) {
        help(inf, d, "write 'import %s' at the top of the file", name);
        return;
    }
    for (const Scope *s = inf->inst->scope; s; s = s->parent)
        guess_in(&guess, s);
    if (inf->r->builtins)
        guess_in(&guess, inf->r->builtins->scope);
    if (guess.best)
        help(inf, d, "did you mean '%s'?", guess.best);
}

static bool is_compilers_name(Infer *inf, Node *n)
{
    static const char *const names[] = {"__name__", "__file__", "__debug__", "__doc__", "NotImplemented", "Ellipsis", "property", "staticmethod", "classmethod"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], n->as.name.name))
            return true;
    return special_call(inf, n) >= 0;
}

/* Names that no instance has come by: in functions that nothing calls. */
void report_unresolved(Infer *inf)
{
    for (uint32_t i = 0; i < inf->r->unresolved.len; i++) {
        UnresolvedName *u = &inf->r->unresolved.items[i];
        Instance in = {.scope = u->scope, .unit = u->scope->unit}, *outer = inf->inst;
        inf->inst = &in;
        bool is_told = inf->reported && inf->reported->span.file == u->node->span.file && inf->reported->span.start == u->node->span.start;
        if (!is_told && !is_compilers_name(inf, u->node))
            undefined(inf, u->node, u->node->as.name.name);
        inf->inst = outer;
    }
}

static bool is_plain_decorator(const char *name)
{
    static const char *const names[] = {"staticmethod", "classmethod", "property", "overload", "abstractmethod", "c", "raises", "typed",
                                        "header", "lib", "now", "setter", "getter", "deleter", "cached_property", "override", "final",
                                        "extern", "blocking"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

bool is_known_decorator(const Node *d)
{
    d = d->kind == NODE_CALL ? d->as.call.func : d;
    return is_plain_decorator(d->kind == NODE_NAME ? d->as.name.name : d->kind == NODE_ATTRIBUTE ? d->as.attribute.name : "");
}

bool is_decorated(const Node *decl)
{
    for (uint32_t i = 0; i < decl->as.function.decorators.len; i++)
        if (!is_known_decorator(decl->as.function.decorators.items[i]))
            return true;
    return false;
}

Type *function_value(Infer *inf, Symbol *symbol)
{
    return types_func(inf->ts, symbol->decl, owner_of_scope(inf, symbol->scope));
}

static Type *read_variable(Infer *inf, Symbol *symbol, Node *n)
{
    Variable *var = var_of(inf, symbol);
    Key *key = key_var(inf, symbol);
    Fact fact = fact_of(inf, key);

    if (!var)
        return plain(inf, TYPE_NEVER);
    if (fact.set != IS_SET && symbol->scope == inf->inst->scope && !inf->is_dead) {
        var->may_be_unset = true;
        if (fact.set == UNSET && symbol->assign_count == symbol->augmented_count && !symbol->param && !symbol->is_nonlocal_assigned) {
            undefined(inf, n, symbol->name);
            return broken(inf);
        }
    }
    return n && n->kind == NODE_NAME ? env_read(inf, n, types_find(var->type)) : types_find(var->type);
}

Type *read_symbol(Infer *inf, Symbol *symbol, Node *n)
{
    symbol = symbol_final(symbol);
    switch (symbol->kind) {
    case SYMBOL_VAR:
        return read_variable(inf, symbol, n);
    case SYMBOL_FUNCTION:
        if (is_decorated(symbol->decl)) {
            Variable *var = var_of(inf, symbol);
            if (symbol->scope->unit->is_library && is_void_type(var->type))
                infer_def_in(inf, symbol);
            return var ? types_find(var->type) : plain(inf, TYPE_NEVER);
        }
        return function_value(inf, symbol);
    case SYMBOL_CLASS: {
        ClassInfo *info = class_info(inf, symbol);
        if (!info->type_params.len && is_user_class(info->cls->type))
            class_reach(inf, info); /* its value alone may be used */
        return make1(inf, TYPE_CLASSOBJ, info->cls->type);
    }
    case SYMBOL_MODULE:
        return types_module(inf->ts, symbol);
    default:
        return plain(inf, TYPE_NEVER);
    }
}

static Type *constant(Infer *inf, Node *n, NodeKind kind, const char *text)
{
    Action *action = act(inf, n, ACT_CONSTANT);

    action->constant = arena_new(inf->c->arena, Node);
    action->constant->kind = kind;
    action->constant->span = n->span;
    if (kind == NODE_STR) {
        action->constant->as.str.text = text;
        action->constant->as.str.len = (uint32_t)strlen(text);
        return plain(inf, TYPE_STR);
    }
    return plain(inf, kind == NODE_NONE ? TYPE_NONE : TYPE_BOOL);
}

Type *infer_constant_str(Infer *inf, Node *n, const char *text)
{
    return constant(inf, n, NODE_STR, text);
}

void infer_constant_none(Infer *inf, Node *n)
{
    constant(inf, n, NODE_NONE, NULL);
}

/* **kwargs that another call is given is a tuple of what came; used as a value, it is the dict that it is in Python. */
static Type *keywords_dict(Infer *inf, Node *n, Symbol *symbol)
{
    bool is_keywords = symbol->kind == SYMBOL_VAR && symbol->param && symbol->param->kind == PARAM_STAR_STAR;
    Variable *var = is_keywords && !inf->is_forwarding ? var_of(inf, symbol) : NULL;
    Type *t = var ? types_find(var->type) : NULL, *value = plain(inf, TYPE_NEVER);

    if (!t || t->kind != TYPE_TUPLE)
        return NULL;
    for (uint32_t i = 0; i < t->arg_count; i++)
        value = elem_join(inf, value, t->args[i]);
    act(inf, n, ACT_KEYWORDS)->symbol = symbol;
    return make2(inf, TYPE_DICT, plain(inf, TYPE_STR), t->arg_count ? value : plain(inf, TYPE_ANY));
}

static Type *infer_name(Infer *inf, Node *n)
{
    Symbol *symbol = inf->inst->scope->uses[n->id];
    const char *name = n->as.name.name;

    if (!symbol) {
        if (!strcmp(name, "__name__"))
            return constant(inf, n, NODE_STR, inf->inst->unit->name);
        if (!strcmp(name, "__file__"))
            return constant(inf, n, NODE_STR, inf->inst->unit->ast->file->path);
        if (!strcmp(name, "__debug__"))
            return constant(inf, n, NODE_TRUE, NULL);
        if (!strcmp(name, "__doc__"))
            return inf->inst->unit->ast->doc ? constant(inf, n, NODE_STR, inf->inst->unit->ast->doc) : constant(inf, n, NODE_NONE, NULL);
        if (!strcmp(name, "NotImplemented"))
            return plain(inf, TYPE_NEVER);
        Symbol *value = scope_find(inf->r->builtins->scope, intern_printf(inf->c->names, "_value_%s", name));
        if (value) {
            act(inf, n, ACT_SYMBOL)->symbol = value;
            return read_symbol(inf, value, n);
        }
        undefined(inf, n, name);
        return broken(inf);
    }
    Symbol *final = symbol_final(symbol);
    Type *keywords = keywords_dict(inf, n, final);
    if (keywords)
        return keywords;
    if (final->kind == SYMBOL_IMPORT)
        return broken(inf);
    act(inf, n, ACT_SYMBOL)->symbol = final;
    if (final->kind == SYMBOL_FUNCTION && final->scope->unit->is_library && special_of(inf, final) >= 0) {
        Symbol *value = scope_find(final->scope, intern_printf(inf->c->names, "_value_%s", name));
        if (value) {
            inf->inst->actions[n->id]->symbol = value;
            final = value;
        }
    }
    Type *t = read_symbol(inf, final, n);
    if (t->kind == TYPE_CLASSOBJ && final->kind == SYMBOL_CLASS && !final->scope->unit->is_library && !class_info(inf, final)->type_params.len)
        reach_format(inf, t->args[0]); /* a class is a value: its descriptor */
    return t;
}

/* -- displays and comprehensions ---------------------------------------------------------------------------------------------------- */

static void add_element(Infer *inf, Node *item, Type *cell)
{
    if (item->kind == NODE_STARRED) {
        Iteration *it = iterate(inf, item->as.unary.operand, false);
        set_type(inf, item, type_of(inf, item->as.unary.operand));
        if (it)
            grow_cell(inf, cell, it->elem);
        return;
    }
    Type *t = infer_expect(inf, item, types_find(cell));
    if (!grow_cell(inf, cell, t))
        report(inf, item->span, "this element is %s, but the elements are declared %s", spell(inf, t), spell(inf, cell));
}

/* Keys and members of sets must have a hash: what can change has none. */
void check_hashable(Infer *inf, Node *n, Type *t)
{
    t = types_find(t);
    if (t->kind == TYPE_LIST || t->kind == TYPE_DICT || t->kind == TYPE_SET || t->kind == TYPE_BYTEARRAY || t->kind == TYPE_DEQUE) {
        Diag *d = report(inf, n->span, "%s has no hash, so it cannot be a key or a member of a set", spell(inf, t));
        if (t->kind == TYPE_LIST)
            help(inf, d, "use a tuple");
        else if (t->kind == TYPE_SET)
            help(inf, d, "use a frozenset");
    }
    for (uint32_t i = 0; t->kind == TYPE_TUPLE && i < t->arg_count; i++)
        check_hashable(inf, n, t->args[i]);
}

/* The cell of a display's elements, which an expected type may fix from the start. */
static Type *display_cell(Infer *inf, Node *n, uint32_t which, Type *expected, TypeKind kind)
{
    Type *cell = node_cell(inf, n, which);

    expected = expected ? types_find(expected) : NULL;
    if (expected && expected->kind == TYPE_ANY && (kind != TYPE_DICT || which == 1))
        grow_cell(inf, cell, expected); /* inside the dynamic corner anything may be put into it later */
    else if (expected && expected->kind == TYPE_ANY && n->as.dict.keys.len == 0)
        grow_cell(inf, cell, plain(inf, TYPE_STR)); /* an empty one is taken for a JSON object */
    if (expected && expected->kind == TYPE_UNION)
        for (uint32_t i = 0; i < expected->arg_count; i++)
            if (types_find(expected->args[i])->kind == kind) {
                expected = types_find(expected->args[i]);
                break;
            }
    if (expected && expected->kind == kind && which < expected->arg_count)
        unify(inf, cell, expected->args[which]);
    return cell;
}

static Type *infer_list(Infer *inf, Node *n, TypeKind kind, Type *expected)
{
    Type *cell = display_cell(inf, n, 0, expected, kind);

    for (uint32_t i = 0; i < n->as.list.items.len; i++) {
        add_element(inf, n->as.list.items.items[i], cell);
        if (kind == TYPE_SET && n->as.list.items.items[i]->kind != NODE_STARRED)
            check_hashable(inf, n->as.list.items.items[i], type_of(inf, n->as.list.items.items[i]));
    }
    return make1(inf, kind, cell);
}

static Type *infer_dict(Infer *inf, Node *n, Type *expected)
{
    Type *key = display_cell(inf, n, 0, expected, TYPE_DICT), *value = display_cell(inf, n, 1, expected, TYPE_DICT);

    for (uint32_t i = 0; i < n->as.dict.values.len; i++) {
        Node *v = n->as.dict.values.items[i];
        if (n->as.dict.keys.items[i]) {
            add_element(inf, n->as.dict.keys.items[i], key);
            check_hashable(inf, n->as.dict.keys.items[i], type_of(inf, n->as.dict.keys.items[i]));
            add_element(inf, v, value);
            continue;
        }
        Type *other = infer_expr(inf, v);
        if (other->kind == TYPE_DICT) {
            grow_cell(inf, key, other->args[0]);
            grow_cell(inf, value, other->args[1]);
        } else if (other->kind == TYPE_ANY) {
            grow_cell(inf, key, other);
            grow_cell(inf, value, other);
        } else if (!is_void_type(other)) {
            report(inf, v->span, "'**' in a dict takes a dict, not %s", spell(inf, other));
        }
    }
    return make2(inf, TYPE_DICT, key, value);
}

static Type *infer_tuple(Infer *inf, Node *n, Type *expected)
{
    NodeVec *items = &n->as.list.items;
    TypeVec types = {0};
    bool is_open = false;

    expected = expected ? types_find(expected) : NULL;
    for (uint32_t i = 0; i < items->len; i++) {
        Node *item = items->items[i];
        Type *want = expected && expected->kind == TYPE_TUPLE && i < expected->arg_count ? expected->args[i]
                     : expected && expected->kind == TYPE_VARTUPLE                       ? expected->args[0]
                     : expected && expected->kind == TYPE_ANY                            ? expected
                                                                                         : NULL;
        if (item->kind != NODE_STARRED) {
            Type *t = infer_expect(inf, item, want);
            vec_push(inf->c->arena, &types, t);
            continue;
        }
        Iteration *it = iterate(inf, item->as.unary.operand, false);
        Type *t = set_type(inf, item, type_of(inf, item->as.unary.operand));
        if (t->kind == TYPE_TUPLE) {
            for (uint32_t j = 0; j < t->arg_count; j++)
                vec_push(inf->c->arena, &types, t->args[j]);
        } else if (it) {
            is_open = true;
            vec_push(inf->c->arena, &types, it->elem);
        }
    }
    if (!is_open)
        return types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], types.items, types.len);
    Type *cell = node_cell(inf, n, 0);
    for (uint32_t i = 0; i < types.len; i++)
        grow_cell(inf, cell, types.items[i]);
    return make1(inf, TYPE_VARTUPLE, cell);
}

Type *infer_comp(Infer *inf, Node *n, Type *expected)
{
    uint32_t mark = env_mark(inf);
    Type *elem, *key = NULL, *result;

    for (uint32_t i = 0; i < n->as.comp.clauses.len; i++) {
        CompFor *clause = &n->as.comp.clauses.items[i];
        Iteration *it = iterate(inf, clause->iter, clause->is_async);
        assign_target(inf, clause->target, it ? it->elem : broken(inf), clause->iter);
        for (uint32_t j = 0; j < clause->conditions.len; j++) {
            infer_condition(inf, clause->conditions.items[j]);
            narrow(inf, clause->conditions.items[j], true);
        }
    }
    inf->is_dead = false;
    if (n->as.comp.key)
        key = infer_expr(inf, n->as.comp.key);
    elem = infer_expr(inf, n->as.comp.elem);
    if (expected && is_kind(expected, TYPE_ANY) && n->kind != NODE_GENEXP)
        grow_cell(inf, node_cell(inf, n, n->kind == NODE_DICTCOMP), types_find(expected));
    switch (n->kind) {
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
        grow_cell(inf, node_cell(inf, n, 0), elem);
        result = make1(inf, n->kind == NODE_LISTCOMP ? TYPE_LIST : TYPE_SET, node_cell(inf, n, 0));
        break;
    case NODE_DICTCOMP:
        grow_cell(inf, node_cell(inf, n, 0), key);
        grow_cell(inf, node_cell(inf, n, 1), elem);
        result = make2(inf, TYPE_DICT, node_cell(inf, n, 0), node_cell(inf, n, 1));
        break;
    default: {
        Type *args[] = {elem, plain(inf, TYPE_NONE), plain(inf, TYPE_NONE)};
        result = types_make(inf->ts, TYPE_GENERATOR, inf->classes[TYPE_GENERATOR], args, 3);
        bool is_async = false;
        for (uint32_t i = 0; i < n->as.comp.clauses.len; i++)
            is_async |= n->as.comp.clauses.items[i].is_async;
        if (is_async)
            result = make2(inf, TYPE_ASYNCGEN, elem, plain(inf, TYPE_NONE));
    }
    }
    Branch inside = env_branch(inf, mark);
    /* What a walrus binds in the conditions is seen outside; the targets are not. */
    inside.is_dead = false;
    for (uint32_t i = 0; i < inside.changes.len; i++)
        if (inside.changes.items[i].fact.set == IS_SET)
            inside.changes.items[i].fact.set = MAYBE_SET;
    Branch none = {0};
    env_merge(inf, (Branch[]){inside, none}, 2);
    return result;
}

/* -- awaiting and yielding ------------------------------------------------------------------------------------------------------------ */

Type *await_result(Infer *inf, Type *t, Node *n)
{
    t = types_find(t);
    switch (t->kind) {
    case TYPE_COROUTINE:
    case TYPE_TASK:
    case TYPE_FUTURE:
        return types_find(t->args[0]);
    case TYPE_NEVER:
    case TYPE_BROKEN:
    case TYPE_CELL:
        return t;
    case TYPE_ANY:
        return t;
    case TYPE_UNION: {
        Type *joined = plain(inf, TYPE_NEVER);
        for (uint32_t i = 0; i < t->arg_count; i++) {
            Type *one = await_result(inf, t->args[i], NULL);
            if (!one)
                return NULL;
            joined = join(inf, joined, one);
        }
        return joined;
    }
    case TYPE_CLASS: {
        Callee *callee = call_method(inf, t, inf->names.await, NULL, NULL, 0, n ? n->span : (Span){0}, true);
        if (!callee)
            return NULL;
        if (n)
            act(inf, n, ACT_CALL)->callee = callee;
        Type *result = types_find(callee->result);
        return result->kind == TYPE_GENERATOR ? types_find(result->args[2]) : await_result(inf, result, NULL);
    }
    default:
        return NULL;
    }
}

static Type *infer_await(Infer *inf, Node *n)
{
    Type *t = use_value(inf, n->as.unary.operand, infer_expr(inf, n->as.unary.operand), "object NoneType can't be used in 'await' expression");
    Type *result;

    env_called(inf);
    inf->inst->actions[n->id] = NULL;
    result = await_result(inf, t, n);
    if (result)
        return result;
    report(inf, n->as.unary.operand->span, "%s cannot be awaited; await takes a coroutine, a task or a future", spell(inf, t));
    return broken(inf);
}

static Type *infer_yield(Infer *inf, Node *n)
{
    Type *t = n->as.unary.operand ? infer_expr(inf, n->as.unary.operand) : plain(inf, TYPE_NONE);

    env_called(inf);
    grow(inf, &inf->inst->yields, t);
    Type *sent = declared_send(inf, inf->inst);
    inf->inst->sends = sent;
    if (sent->kind == TYPE_CELL && types_is_optional(types_find(sent))) /* send(None) to start it */
        return types_without_none(inf->ts, types_find(sent));
    return types_find(sent)->kind == TYPE_CELL ? plain(inf, inf->is_loud ? TYPE_NONE : TYPE_NEVER) : types_find(sent);
}

static Type *infer_yield_from(Infer *inf, Node *n)
{
    if (inf->inst->is_async && inf->inst->cls && inf->inst->decl->as.function.name == inf->names.await)
        return infer_await(inf, n);
    Iteration *it = iterate(inf, n->as.unary.operand, false);
    Type *t = type_of(inf, n->as.unary.operand);

    if (it)
        grow(inf, &inf->inst->yields, it->elem);
    if (t->kind == TYPE_GENERATOR && inf->inst->decl) { /* what is sent goes on to it */
        inf->inst->sends = declared_send(inf, inf->inst);
        if (t->args[1]->kind == TYPE_CELL)
            unify(inf, inf->inst->sends, t->args[1]);
    }
    return t->kind == TYPE_GENERATOR ? types_find(t->args[2]) : plain(inf, TYPE_NONE);
}

/* -- the rest ----------------------------------------------------------------------------------------------------------------------------- */

static Type *infer_fstring(Infer *inf, Node *n)
{
    for (uint32_t i = 0; i < n->as.fstring.parts.len; i++) {
        FPart *part = &n->as.fstring.parts.items[i];
        if (part->expr) {
            Type *t = infer_expr(inf, part->expr);
            if (t->kind == TYPE_COROUTINE && part->expr->kind == NODE_CALL)
                report(inf, part->expr->span, "coroutine '%s' is never awaited; write 'await' before the call", called_name(part->expr));
            reach_format(inf, t);
        }
        if (part->spec)
            infer_expr(inf, part->spec);
    }
    return plain(inf, TYPE_STR);
}

static Type *infer_ifexp(Infer *inf, Node *n, Type *expected)
{
    infer_condition(inf, n->as.ifexp.cond);
    int fold = fold_condition(inf, n->as.ifexp.cond);
    uint32_t mark = env_mark(inf);
    Branch branches[2];
    Type *then = plain(inf, TYPE_NEVER), *orelse = plain(inf, TYPE_NEVER);

    if (fold >= 0)
        act(inf, n, fold ? ACT_FOLD_TRUE : ACT_FOLD_FALSE);
    else
        inf->inst->actions[n->id] = NULL;
    narrow(inf, n->as.ifexp.cond, true);
    if (fold != 0)
        then = infer_expect(inf, n->as.ifexp.then, expected);
    branches[0] = env_branch(inf, mark);
    narrow(inf, n->as.ifexp.cond, false);
    if (fold != 1)
        orelse = infer_expect(inf, n->as.ifexp.orelse, expected);
    branches[1] = env_branch(inf, mark);
    branches[0].is_dead = fold == 0;
    branches[1].is_dead = fold == 1;
    env_merge(inf, branches, 2);
    return join(inf, then, orelse);
}

/* What `a` may be when it was not taken: the falsy part of its type (for or: what is dropped). */
static Type *truthy_part(Infer *inf, Type *t)
{
    t = types_find(t);
    if (t->kind == TYPE_NONE)
        return plain(inf, TYPE_NEVER);
    return types_is_optional(t) ? types_without_none(inf->ts, t) : t;
}

static Type *falsy_part(Infer *inf, Type *t)
{
    TypeVec members = {0};

    t = types_find(t);
    if (is_user_class(t) && !method_of(inf, t->cls, inf->names.boolean) && !method_of(inf, t->cls, inf->names.len))
        return plain(inf, TYPE_NEVER);
    if (t->kind == TYPE_FUNC || t->kind == TYPE_TASK || t->kind == TYPE_FUTURE || t->kind == TYPE_CALLABLE || t->kind == TYPE_CLASSOBJ)
        return plain(inf, TYPE_NEVER);
    if (t->kind != TYPE_UNION)
        return t;
    for (uint32_t i = 0; i < t->arg_count; i++)
        vec_push(inf->c->arena, &members, falsy_part(inf, t->args[i]));
    return types_union(inf->ts, members.items, members.len);
}

static Type *infer_boolop(Infer *inf, Node *n, Type *expected)
{
    bool is_or = n->as.boolop.is_or;
    NodeVec *items = &n->as.boolop.items;
    uint32_t mark = env_mark(inf);
    BranchVec exits = {0};
    Type *result = plain(inf, TYPE_NEVER);

    for (uint32_t i = 0; i < items->len; i++) {
        Type *t = infer_expect(inf, items->items[i], expected);
        if (i + 1 == items->len) {
            result = join(inf, result, t);
            break;
        }
        result = join(inf, result, is_or ? truthy_part(inf, t) : falsy_part(inf, t));
        Branch out = env_snapshot(inf, mark);
        vec_push(inf->c->arena, &exits, out);
        narrow(inf, items->items[i], !is_or);
    }
    vec_push(inf->c->arena, &exits, env_branch(inf, mark));
    for (uint32_t i = 0; i < exits.len; i++)
        exits.items[i].is_dead = false;
    env_merge(inf, exits.items, exits.len);
    return result;
}

static Type *infer_walrus(Infer *inf, Node *n)
{
    Symbol *symbol = inf->inst->scope->uses[n->id];
    Type *t = infer_expr(inf, n->as.walrus.value);

    if (symbol)
        assign_symbol(inf, symbol, t, n->as.walrus.name_span);
    return t;
}

static Type *infer_slice(Infer *inf, Node *n)
{
    Node *parts[] = {n->as.slice.lower, n->as.slice.upper, n->as.slice.step};

    for (int i = 0; i < 3; i++) {
        Type *t = parts[i] ? infer_expr(inf, parts[i]) : NULL;
        if (t && !is_void_type(t) && t->kind != TYPE_NONE && t->kind != TYPE_ANY && !is_integer(types_without_none(inf->ts, t)))
            report(inf, parts[i]->span, "a slice index must be an int, not %s", spell(inf, t));
    }
    return plain(inf, TYPE_SLICE);
}

/* A default that is evaluated where the lambda stands: each closure has its own, also at the top level of a module. */
static bool has_made_default(const Node *n)
{
    for (uint32_t i = 0; i < n->as.function.params.len; i++)
        if (n->as.function.params.items[i].value && !is_constant(n->as.function.params.items[i].value))
            return true;
    return false;
}

static Type *infer_kind(Infer *inf, Node *n, Type *expected)
{
    switch (n->kind) {
    case NODE_NAME:
        return infer_name(inf, n);
    case NODE_INT:
        return plain(inf, TYPE_INT);
    case NODE_FLOAT:
        return plain(inf, TYPE_FLOAT);
    case NODE_STR:
        return plain(inf, TYPE_STR);
    case NODE_BYTES:
        return plain(inf, TYPE_BYTES);
    case NODE_FSTRING:
        return infer_fstring(inf, n);
    case NODE_TRUE:
    case NODE_FALSE:
        return plain(inf, TYPE_BOOL);
    case NODE_NONE:
        return plain(inf, TYPE_NONE);
    case NODE_ELLIPSIS:
        return plain(inf, TYPE_NONE);
    case NODE_TUPLE:
        return infer_tuple(inf, n, expected);
    case NODE_LIST:
        return infer_list(inf, n, TYPE_LIST, expected);
    case NODE_SET:
        return infer_list(inf, n, TYPE_SET, expected);
    case NODE_DICT:
        return infer_dict(inf, n, expected);
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP:
    case NODE_GENEXP: return infer_comp(inf, n, expected);
    case NODE_UNARY:
        return infer_unary(inf, n);
    case NODE_BINARY:
        return infer_binary_node(inf, n);
    case NODE_BOOLOP:
        return infer_boolop(inf, n, expected);
    case NODE_COMPARE:
        return infer_compare(inf, n);
    case NODE_IFEXP:
        return infer_ifexp(inf, n, expected);
    case NODE_CALL:
        return infer_call(inf, n, expected);
    case NODE_ATTRIBUTE:
        return infer_attribute(inf, n);
    case NODE_SUBSCRIPT:
        return infer_subscript(inf, n);
    case NODE_SLICE:
        return infer_slice(inf, n);
    case NODE_LAMBDA:
        for (uint32_t i = 0; i < n->as.function.params.len; i++)
            if (n->as.function.params.items[i].value)
                infer_expr(inf, n->as.function.params.items[i].value);
        return types_func(inf->ts, n,
                          inf->inst->scope->kind == SCOPE_FUNCTION || has_made_default(n) ? inf->inst : NULL);
    case NODE_WALRUS:
        return infer_walrus(inf, n);
    case NODE_AWAIT:
        return infer_await(inf, n);
    case NODE_YIELD:
        return infer_yield(inf, n);
    case NODE_YIELDFROM:
        return infer_yield_from(inf, n);
    case NODE_STARRED:
        report(inf, n->span, "a starred expression can stand only in a call, a display or an assignment");
        return broken(inf);
    default:
        return broken(inf);
    }
}

Type *infer_expect(Infer *inf, Node *n, Type *expected)
{
    Type *t = types_find(infer_kind(inf, n, expected));

    /* `x = None or []`: an unbound cell is as good as unknown. */
    if (t->kind == TYPE_CELL)
        t = plain(inf, TYPE_NEVER);
    return set_type(inf, n, t);
}

Type *infer_expr(Infer *inf, Node *n)
{
    return infer_expect(inf, n, NULL);
}

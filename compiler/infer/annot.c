/* Annotations: from expressions of the source to types.
 *
 *     int | None, Optional[int]     the union
 *     float                         flexible: an int may come, and stays one
 *     Iterable[int], T, Callable…   no type of its own: a parameter takes the type of what is passed
 *     list[T] in lib/               T is found in what the receiver and the arguments are (match_annotation)
 *
 * Names in annotations are looked up by name, since a quoted annotation has nodes that the resolver never saw. */
#include "infer/internal.h"

#include <ctype.h>

/* -- quoted annotations ---------------------------------------------------------------------------------------------------- */

typedef struct Quoted {
    Infer *inf;
    const char *p;
    Span span;
} Quoted;

static Node *quoted_union(Quoted *q);

static void skip_space(Quoted *q)
{
    while (*q->p == ' ')
        q->p++;
}

static bool accept(Quoted *q, char c)
{
    skip_space(q);
    if (*q->p != c)
        return false;
    q->p++;
    return true;
}

static Node *quoted_node(Quoted *q, NodeKind kind)
{
    Node *n = arena_new(q->inf->c->arena, Node);

    n->kind = kind;
    n->span = q->span;
    return n;
}

static const char *quoted_name(Quoted *q)
{
    const char *start;

    skip_space(q);
    start = q->p;
    while (isalnum((unsigned char)*q->p) || *q->p == '_' || (unsigned char)*q->p >= 128)
        q->p++;
    return intern(q->inf->c->names, start, (size_t)(q->p - start));
}

static Node *quoted_list(Quoted *q, NodeKind kind, char close)
{
    Node *n = quoted_node(q, kind);

    while (!accept(q, close) && *q->p) {
        vec_push(q->inf->c->arena, &n->as.list.items, quoted_union(q));
        accept(q, ',');
    }
    return n;
}

static Node *quoted_primary(Quoted *q)
{
    Node *n;

    if (accept(q, '['))
        return quoted_list(q, NODE_LIST, ']');
    skip_space(q);
    if (!strncmp(q->p, "...", 3)) {
        q->p += 3;
        return quoted_node(q, NODE_ELLIPSIS);
    }
    const char *name = quoted_name(q);
    if (!*name) {
        if (*q->p)
            q->p++;
        return quoted_node(q, NODE_BROKEN);
    }
    n = quoted_node(q, strcmp(name, "None") ? NODE_NAME : NODE_NONE);
    if (n->kind == NODE_NAME)
        n->as.name.name = name;
    for (;;) {
        if (accept(q, '.')) {
            Node *attribute = quoted_node(q, NODE_ATTRIBUTE);
            attribute->as.attribute.value = n;
            attribute->as.attribute.name = quoted_name(q);
            n = attribute;
        } else if (accept(q, '[')) {
            Node *subscript = quoted_node(q, NODE_SUBSCRIPT), *index = quoted_list(q, NODE_TUPLE, ']');
            subscript->as.subscript.value = n;
            subscript->as.subscript.index = index->as.list.items.len == 1 ? index->as.list.items.items[0] : index;
            n = subscript;
        } else {
            return n;
        }
    }
}

static Node *quoted_union(Quoted *q)
{
    Node *n = quoted_primary(q);

    while (accept(q, '|')) {
        Node *both = quoted_node(q, NODE_BINARY);
        both->as.binary.op = OP_OR;
        both->as.binary.left = n;
        both->as.binary.right = quoted_primary(q);
        n = both;
    }
    return n;
}

static Node *unquote(Infer *inf, Node *n)
{
    void **known = map_slot(inf->c->arena, &inf->unquoted, n);

    if (!*known)
        *known = quoted_union(&(Quoted){inf, n->as.str.text, n->span});
    return *known;
}

/* -- names ---------------------------------------------------------------------------------------------------------------------- */

/* What a name of an annotation stands for, whoever asks. Each is looked up once: the library's signatures are read at every call. */
typedef struct Named {
    const Scope *scope;  /* that it was seen from */
    Symbol *symbol;
    const char *special; /* its name in typing and the like, or NULL */
    Symbol *variable;    /* the TypeVar, or NULL */
} Named;

static Symbol *find_symbol(Infer *inf, const Scope *scope, Node *n)
{
    if (n->kind == NODE_NAME)
        return symbol_final(scope_lookup(inf->r, scope, n->as.name.name));
    if (n->kind == NODE_ATTRIBUTE) {
        Symbol *base = find_symbol(inf, scope, n->as.attribute.value);
        if (base && base->kind == SYMBOL_MODULE)
            return symbol_final(scope_find(base->unit->scope, n->as.attribute.name));
        if (base && base->kind == SYMBOL_CLASS)
            return symbol_final(scope_find(scope_of(inf->c, base->decl), n->as.attribute.name));
    }
    return NULL;
}

static const char *find_special(const Symbol *symbol)
{
    if (!symbol || symbol->kind == SYMBOL_CLASS || !symbol->scope->unit->is_library || symbol->scope->kind != SCOPE_MODULE)
        return NULL;
    const char *unit = symbol->scope->unit->path_name;
    if (strcmp(unit, "typing") && strcmp(unit, "collections.abc") && strcmp(unit, "types") &&
        strcmp(unit, "dataclasses"))
        return NULL;
    return symbol->name;
}

/* `Name = value` at the top of a module: the value, if the name is bound once. */
static Node *alias_value(Symbol *symbol)
{
    const NodeVec *body;

    if (symbol->kind != SYMBOL_VAR || symbol->scope->kind != SCOPE_MODULE || symbol->assign_count != 1)
        return NULL;
    body = &symbol->scope->unit->ast->body;
    for (uint32_t i = 0; i < body->len; i++) {
        Node *n = body->items[i];
        if (n->kind == NODE_ASSIGN && n->as.assign.targets.len == 1 && n->as.assign.targets.items[0]->kind == NODE_NAME &&
            n->as.assign.targets.items[0]->as.name.name == symbol->name)
            return n->as.assign.value;
        if (n->kind == NODE_ANNASSIGN && n->as.annassign.target->kind == NODE_NAME &&
            n->as.annassign.target->as.name.name == symbol->name)
            return n->as.annassign.value;
    }
    return NULL;
}

static bool is_type_variable(Symbol *symbol)
{
    Node *value = symbol ? alias_value(symbol) : NULL;

    if (!value || value->kind != NODE_CALL)
        return false;
    Node *func = value->as.call.func;
    const char *name = func->kind == NODE_NAME ? func->as.name.name : func->kind == NODE_ATTRIBUTE ? func->as.attribute.name : "";
    return !strcmp(name, "TypeVar") || !strcmp(name, "ParamSpec");
}

static const Named *look_up(Infer *inf, const Scope *scope, Node *n)
{
    static const Named nothing;

    if (n->kind != NODE_NAME && n->kind != NODE_ATTRIBUTE)
        return &nothing;
    void **slot = map_slot(inf->c->arena, &inf->named, n);
    Named *named = *slot;
    if (named && named->scope == scope)
        return named;
    named = *slot = arena_new(inf->c->arena, Named);
    named->scope = scope;
    named->symbol = find_symbol(inf, scope, n);
    named->special = find_special(named->symbol);
    named->variable = is_type_variable(named->symbol) ? named->symbol : NULL;
    return named;
}

static Symbol *named_symbol(Infer *inf, const Scope *scope, Node *n)
{
    return look_up(inf, scope, n)->symbol;
}

const char *special_name(Infer *inf, const Scope *scope, Node *n)
{
    return look_up(inf, scope, n)->special;
}

Symbol *type_variable(Infer *inf, const Scope *scope, Node *n)
{
    return look_up(inf, scope, n)->variable;
}

/* -- types ------------------------------------------------------------------------------------------------------------------------- */

static const Annotation ANYTHING = {.is_flexible = true};

static Annotation of_type(Type *t)
{
    return (Annotation){.type = t};
}

static uint32_t index_count(Node *index)
{
    return index->kind == NODE_TUPLE ? index->as.list.items.len : 1;
}
static Node *index_at(Node *index, uint32_t i)
{
    return index->kind == NODE_TUPLE ? index->as.list.items.items[i] : index;
}

/* float inside: a cell, so that what is stored stays what it is. */
static Type *soften(Infer *inf, Type *t)
{
    if (t->kind == TYPE_FLOAT) {
        Type *cell = types_cell(inf->ts);
        cell->bound = t;
        return cell;
    }
    if (t->kind != TYPE_TUPLE)
        return t;
    Type **args = arena_array(inf->c->arena, Type *, t->arg_count + 1);
    for (uint32_t i = 0; i < t->arg_count; i++)
        args[i] = soften(inf, t->args[i]);
    return types_make(inf->ts, TYPE_TUPLE, t->cls, args, t->arg_count);
}

/* The type of an element of a container. */
static Type *element(Infer *inf, const Scope *scope, Node *n, bool *is_unknown)
{
    Annotation a = annotation(inf, scope, n);

    if (!a.type) {
        *is_unknown = true;
        return plain(inf, TYPE_ANY);
    }
    return soften(inf, a.type);
}

static Annotation container(Infer *inf, const Scope *scope, TypeKind kind, Node *index, uint32_t arity)
{
    static const char *const spelled[] = {[TYPE_LIST] = "list[T]", [TYPE_SET] = "set[T]", [TYPE_FROZENSET] = "frozenset[T]", [TYPE_DICT] = "dict[K, V]",
                                          [TYPE_DEQUE] = "deque[T]", [TYPE_FUTURE] = "Future[T]", [TYPE_TASK] = "Task[T]"};
    Type *args[2];
    bool is_unknown = false, is_flexible = false;

    if (index && index_count(index) != arity) {
        inf->is_open = true;
        report(inf, index->span, "%s takes %u type%s, but %u %s given", spelled[kind], arity, arity == 1 ? "" : "s", index_count(index),
               index_count(index) == 1 ? "is" : "are");
    }

    for (uint32_t i = 0; i < arity; i++) {
        args[i] = index && i < index_count(index) ? element(inf, scope, index_at(index, i), &is_unknown) : plain(inf, TYPE_ANY);
        is_flexible |= args[i]->kind == TYPE_ANY || args[i]->kind == TYPE_CELL || args[i]->has_cell;
    }
    if (is_unknown)
        return ANYTHING;
    return (Annotation){.type = types_make(inf->ts, kind, inf->classes[kind], args, arity), .is_flexible = is_flexible};
}

static Annotation tuple_of(Infer *inf, const Scope *scope, Node *index)
{
    bool is_unknown = false;
    uint32_t count = index_count(index);

    if (count == 2 && index_at(index, 1)->kind == NODE_ELLIPSIS) {
        Type *elem = element(inf, scope, index_at(index, 0), &is_unknown);
        return is_unknown ? ANYTHING
                          : (Annotation){.type = make1(inf, TYPE_VARTUPLE, types_find(elem)->kind == TYPE_CELL ? plain(inf, TYPE_FLOAT) : elem),
                                         .is_flexible = true};
    }
    if (index->kind == NODE_TUPLE && count == 0)
        return of_type(types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], NULL, 0));
    Type **args = arena_array(inf->c->arena, Type *, count);
    bool is_flexible = false;
    for (uint32_t i = 0; i < count; i++) {
        Annotation a = annotation(inf, scope, index_at(index, i));
        if (!a.type)
            return ANYTHING;
        args[i] = a.type;
        is_flexible |= a.is_flexible;
    }
    return (Annotation){.type = types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], args, count), .is_flexible = is_flexible};
}

static Annotation callable(Infer *inf, const Scope *scope, Node *index)
{
    bool is_open = index && index->kind == NODE_TUPLE && index->as.list.items.len == 2 && index_at(index, 0)->kind == NODE_ELLIPSIS;
    if (is_open) /* what it is called with, only running tells */
        return (Annotation){.type = plain(inf, TYPE_ANY), .is_flexible = true};
    if (!index || index->kind != NODE_TUPLE || index->as.list.items.len != 2 || index_at(index, 0)->kind != NODE_LIST)
        return ANYTHING;
    NodeVec *params = &index_at(index, 0)->as.list.items;
    Type **args = arena_array(inf->c->arena, Type *, params->len + 1);
    for (uint32_t i = 0; i <= params->len; i++) {
        Annotation a = annotation(inf, scope, i < params->len ? params->items[i] : index_at(index, 1));
        if (!a.type)
            return ANYTHING;
        args[i] = a.type;
        if (i == params->len && a.type->kind == TYPE_FLOAT) {
            args[i] = types_cell(inf->ts);
            args[i]->bound = a.type;
        }
    }
    return (Annotation){.type = types_make(inf->ts, TYPE_CALLABLE, NULL, args, params->len + 1), .is_flexible = true};
}

static Annotation union_of(Infer *inf, const Scope *scope, Node **nodes, uint32_t count, bool with_none)
{
    Type *t = with_none ? plain(inf, TYPE_NONE) : plain(inf, TYPE_NEVER);
    bool is_flexible = false;

    for (uint32_t i = 0; i < count; i++) {
        Annotation a = annotation(inf, scope, nodes[i]);
        if (!a.type)
            return ANYTHING;
        is_flexible |= a.is_flexible;
        t = with_none && i == 0 ? types_union(inf->ts, (Type *[]){a.type, t}, 2) : types_union(inf->ts, (Type *[]){t, a.type}, 2);
    }
    return (Annotation){.type = t, .is_flexible = is_flexible};
}

static Type *literal_type(Infer *inf, Node *n)
{
    switch (n->kind) {
    case NODE_STR:
        return plain(inf, TYPE_STR);
    case NODE_INT:
    case NODE_UNARY:
        return plain(inf, TYPE_INT);
    case NODE_TRUE:
    case NODE_FALSE:
        return plain(inf, TYPE_BOOL);
    case NODE_NONE:
        return plain(inf, TYPE_NONE);
    default:
        return plain(inf, TYPE_ANY);
    }
}

static const struct {
    const char *name;
    TypeKind kind;
    uint32_t arity;
} containers[] = {
    {"list", TYPE_LIST, 1},           {"List", TYPE_LIST, 1},         {"set", TYPE_SET, 1},     {"Set", TYPE_SET, 1},
    {"frozenset", TYPE_FROZENSET, 1}, {"FrozenSet", TYPE_FROZENSET, 1}, {"dict", TYPE_DICT, 2},   {"Dict", TYPE_DICT, 2},
    {"deque", TYPE_DEQUE, 1},         {"Deque", TYPE_DEQUE, 1},       {"Future", TYPE_FUTURE, 1}, {"Task", TYPE_TASK, 1},
};

static bool is_container_name(const char *name, TypeKind *kind, uint32_t *arity)
{
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++)
        if (!strcmp(containers[i].name, name)) {
            *kind = containers[i].kind;
            *arity = containers[i].arity;
            return true;
        }
    return false;
}

static Annotation special_annotation(Infer *inf, const Scope *scope, const char *name, Node *index)
{
    TypeKind kind;
    uint32_t arity;

    if (!strcmp(name, "Any") || !strcmp(name, "AnyStr"))
        return of_type(plain(inf, TYPE_ANY));
    if (!strcmp(name, "Optional") && index)
        return union_of(inf, scope, &index, 1, true);
    if (!strcmp(name, "Union") && index)
        return union_of(inf, scope, index->kind == NODE_TUPLE ? index->as.list.items.items : &index, index_count(index), false);
    if ((!strcmp(name, "Final") || !strcmp(name, "ClassVar")) && index) {
        Annotation a = annotation(inf, scope, index);
        a.is_class_var = name[0] == 'C';
        return a;
    }
    if (!strcmp(name, "InitVar") && index) {
        Annotation a = annotation(inf, scope, index);
        a.is_init_only = true;
        return a;
    }
    if (!strcmp(name, "ClassVar"))
        return (Annotation){.is_flexible = true, .is_class_var = true};
    if (!strcmp(name, "Annotated") && index)
        return annotation(inf, scope, index_at(index, 0));
    if (!strcmp(name, "Literal") && index) {
        Type *t = plain(inf, TYPE_NEVER);
        for (uint32_t i = 0; i < index_count(index); i++)
            t = types_union(inf->ts, (Type *[]){t, literal_type(inf, index_at(index, i))}, 2);
        return of_type(t);
    }
    if ((!strcmp(name, "Tuple")) && index)
        return tuple_of(inf, scope, index);
    if (!strcmp(name, "Callable"))
        return callable(inf, scope, index);
    if (!strcmp(name, "Type") && index) {
        Annotation a = annotation(inf, scope, index);
        return a.type ? (Annotation){.type = make1(inf, TYPE_CLASSOBJ, a.type), .is_flexible = true} : ANYTHING;
    }
    if (!strcmp(name, "NoReturn") || !strcmp(name, "Never"))
        return of_type(plain(inf, TYPE_NEVER));
    if (!strcmp(name, "Text"))
        return of_type(plain(inf, TYPE_STR));
    if (!strcmp(name, "Coroutine") && index && index_count(index) == 3) {
        bool is_unknown = false;
        Type *t = element(inf, scope, index_at(index, 2), &is_unknown);
        return is_unknown ? ANYTHING : (Annotation){.type = make1(inf, TYPE_COROUTINE, t), .is_flexible = true};
    }
    if (is_container_name(name, &kind, &arity))
        return container(inf, scope, kind, index, arity);
    return ANYTHING;
}

static Annotation class_annotation(Infer *inf, const Scope *scope, Symbol *symbol, Node *index)
{
    ClassInfo *info = class_info(inf, symbol);
    Type *t = types_of_class(inf, info->cls);
    TypeKind kind;
    uint32_t arity;

    if (info->cls->is_library && is_container_name(info->cls->name, &kind, &arity))
        return container(inf, scope, kind, index, arity);
    if (info->cls->is_library && !strcmp(info->cls->name, "tuple"))
        return index ? tuple_of(inf, scope, index) : ANYTHING;
    if (info->cls->is_library && !strcmp(info->cls->name, "type") && index)
        return special_annotation(inf, scope, "Type", index);
    if (info->cls->is_library && !strcmp(info->cls->name, "object"))
        return of_type(plain(inf, TYPE_ANY));
    if (info->cls->is_protocol)
        return (Annotation){.protocol = info->cls, .is_flexible = true};
    if (info->type_params.len == 0)
        return (Annotation){.type = t, .is_flexible = t->kind == TYPE_FLOAT};
    Type **args = arena_array(inf->c->arena, Type *, info->type_params.len);
    bool is_unknown = false;
    inf->is_open = true;
    for (uint32_t i = 0; i < info->type_params.len; i++) {
        if (index && i < index_count(index) && info->cls->is_library) {
            args[i] = element(inf, scope, index_at(index, i), &is_unknown);
        } else if (index && i < index_count(index)) { /* Stack[float] is one class, wherever it is written */
            args[i] = annotation(inf, scope, index_at(index, i)).type;
            is_unknown |= !args[i];
        } else {
            args[i] = types_cell(inf->ts);
        }
    }
    if (is_unknown)
        return ANYTHING;
    if (info->cls->is_library)
        return (Annotation){.type = types_make(inf->ts, TYPE_CLASS, info->cls, args, info->type_params.len), .is_flexible = true};
    if (!index)
        return ANYTHING;
    return of_type(types_of_class(inf, generic_instance(inf, info, args, info->type_params.len)));
}

static Annotation named(Infer *inf, const Scope *scope, Node *n, Node *index)
{
    Symbol *symbol = named_symbol(inf, scope, n);

    if (!symbol) {
        const char *name = n->kind == NODE_NAME ? n->as.name.name : n->as.attribute.name;
        inf->is_open = true;
        report(inf, n->span, "type '%s' is not defined", name);
        return of_type(broken(inf));
    }
    const char *special = special_name(inf, scope, n);
    if (special && !strcmp(special, "Self")) {
        inf->is_open = true;
        if (inf->inst && inf->inst->cls)
            return ANYTHING;
    }
    if (special)
        return special_annotation(inf, scope, special, index);
    if (symbol->kind == SYMBOL_CLASS)
        return class_annotation(inf, scope, symbol, index);
    Symbol *variable = type_variable(inf, scope, n);
    if (variable) {
        Type *bound = map_get(&inf->subst, variable);
        inf->is_open = true;
        return bound ? of_type(bound) : ANYTHING;
    }
    Node *alias = alias_value(symbol);
    bool is_type = alias && (alias->kind <= NODE_NAME || alias->kind == NODE_ATTRIBUTE || alias->kind == NODE_SUBSCRIPT ||
                             alias->kind == NODE_BINARY || alias->kind == NODE_STR || alias->kind == NODE_NONE || alias->kind == NODE_CALL);
    if (is_type && !index)
        return annotation(inf, symbol->scope, alias);
    if (is_type)
        return ANYTHING;
    inf->is_open = true;
    report(inf, n->span, "'%s' is not a type", symbol->name);
    return of_type(broken(inf));
}

static Annotation read_annotation(Infer *inf, const Scope *scope, Node *n)
{
    switch (n->kind) {
    case NODE_NONE:
        return of_type(plain(inf, TYPE_NONE));
    case NODE_STR:
        return annotation(inf, scope, unquote(inf, n));
    case NODE_NAME:
    case NODE_ATTRIBUTE:
        return named(inf, scope, n, NULL);
    case NODE_SUBSCRIPT:
        return named(inf, scope, n->as.subscript.value, n->as.subscript.index);
    case NODE_BINARY:
        return union_of(inf, scope, (Node *[]){n->as.binary.left, n->as.binary.right}, 2, false);
    default:
        return ANYTHING;
    }
}

/* Most annotations mean the same each time: those without type variables and without cells of their own. */
Annotation annotation(Infer *inf, const Scope *scope, Node *n)
{
    bool outer = inf->is_open;
    Annotation *known = n ? map_get(&inf->annotations, n) : NULL;

    if (!n)
        return ANYTHING;
    if (known)
        return *known;
    inf->is_open = false;
    Annotation a = read_annotation(inf, scope, n);
    bool is_open = inf->is_open || inf->pass == 0 || (a.type && (a.type->kind == TYPE_CELL || a.type->has_cell));
    if (!is_open) {
        known = arena_new(inf->c->arena, Annotation);
        *known = a;
        map_set(inf->c->arena, &inf->annotations, n, known);
    }
    inf->is_open = outer || is_open;
    return a;
}

/* -- signatures of the library -------------------------------------------------------------------------------------------------------- */

/* The type that an annotation stands for once its type variables are known; what is not known yet is NEVER. */
static Type *substituted(Infer *inf, const Scope *scope, Node *n)
{
    Symbol *variable = n->kind == NODE_NAME ? type_variable(inf, scope, n) : NULL;
    const char *special;
    TypeKind kind;
    uint32_t arity;

    if (n->kind == NODE_STR)
        return substituted(inf, scope, unquote(inf, n));
    if (variable) {
        Type *t = map_get(&inf->subst, variable);
        return t ? t : plain(inf, TYPE_NEVER);
    }
    if (n->kind == NODE_BINARY)
        return join(inf, substituted(inf, scope, n->as.binary.left), substituted(inf, scope, n->as.binary.right));
    if (n->kind != NODE_SUBSCRIPT) {
        Annotation a = annotation(inf, scope, n);
        return a.type ? a.type : plain(inf, TYPE_NEVER);
    }
    Node *index = n->as.subscript.index;
    uint32_t count = index_count(index);
    Type **args = arena_array(inf->c->arena, Type *, count);
    special = special_name(inf, scope, n->as.subscript.value);
    Symbol *symbol = named_symbol(inf, scope, n->as.subscript.value);
    const char *name = special ? special : symbol ? symbol->name : "";
    if (!strcmp(name, "tuple") && count == 2 && index_at(index, 1)->kind == NODE_ELLIPSIS)
        return make1(inf, TYPE_VARTUPLE, substituted(inf, scope, index_at(index, 0)));
    if (!strcmp(name, "Callable"))
        return annotation(inf, scope, n).type ? annotation(inf, scope, n).type : plain(inf, TYPE_NEVER);
    for (uint32_t i = 0; i < count; i++)
        args[i] = substituted(inf, scope, index_at(index, i));
    if (!strcmp(name, "Optional"))
        return join(inf, args[0], plain(inf, TYPE_NONE));
    if (!strcmp(name, "Union")) {
        Type *t = args[0];
        for (uint32_t i = 1; i < count; i++)
            t = join(inf, t, args[i]);
        return t;
    }
    if (!strcmp(name, "tuple"))
        return types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], args, count);
    if (!strcmp(name, "Iterator") || !strcmp(name, "Iterable") || !strcmp(name, "Generator")) {
        Type *all[] = {args[0], plain(inf, TYPE_NONE), plain(inf, TYPE_NONE)};
        return types_make(inf->ts, TYPE_GENERATOR, inf->classes[TYPE_GENERATOR], all, 3);
    }
    if (!strcmp(name, "Awaitable") || !strcmp(name, "Coroutine"))
        return make1(inf, TYPE_COROUTINE, args[count - 1]);
    if (!strcmp(name, "AsyncIterator") || !strcmp(name, "AsyncGenerator") || !strcmp(name, "AsyncIterable"))
        return make2(inf, TYPE_ASYNCGEN, args[0], plain(inf, TYPE_NONE));
    bool is_plain_class = symbol && symbol->kind == SYMBOL_CLASS && class_info(inf, symbol)->cls->type->kind == TYPE_CLASS;
    if (!is_plain_class && is_container_name(name, &kind, &arity)) /* concurrent.futures.Future is not asyncio.Future */
        return types_make(inf->ts, kind, inf->classes[kind], args, arity < count ? arity : count);
    if (symbol && symbol->kind == SYMBOL_CLASS)
        return types_make(inf->ts, TYPE_CLASS, class_info(inf, symbol)->cls, args, count);
    return plain(inf, TYPE_NEVER);
}

Type *annotated_result(Infer *inf, const Scope *scope, Node *n)
{
    return n ? substituted(inf, scope, n) : plain(inf, TYPE_NONE);
}

/* Would a value of type `actual` be admitted? Without side effects: for choosing between overloads. */
static bool could_flow(Infer *inf, Type *from, Type *to)
{
    from = types_find(from);
    to = types_find(to);
    if (is_void_type(from) || is_void_type(to) || to->kind == TYPE_ANY || from == to)
        return true;
    if (from->kind == TYPE_ANY)
        return !inf->is_exact;
    if (from->kind == TYPE_UNION && to->kind == TYPE_FLOAT && inf->is_exact)
        return false;
    if (from->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < from->arg_count; i++)
            if (!could_flow(inf, from->args[i], to))
                return false;
        return true;
    }
    if (to->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < to->arg_count; i++)
            if (could_flow(inf, from, to->args[i]))
                return true;
        return false;
    }
    if (mixes_in(from, to->kind))
        return true;
    if (to->kind == TYPE_FLOAT)
        return from->kind == TYPE_FLOAT || from->kind == TYPE_INT || from->kind == TYPE_BOOL;
    if (to->kind == TYPE_INT)
        return from->kind == TYPE_INT || from->kind == TYPE_BOOL;
    if (to->kind == TYPE_BYTES)
        return from->kind == TYPE_BYTES || from->kind == TYPE_BYTEARRAY;
    if (to->kind == TYPE_FUTURE)
        return from->kind == TYPE_FUTURE || from->kind == TYPE_TASK;
    if (to->kind == TYPE_VARTUPLE && from->kind == TYPE_TUPLE) {
        for (uint32_t i = 0; i < from->arg_count; i++)
            if (!could_flow(inf, from->args[i], to->args[0]))
                return false;
        return true;
    }
    if ((to->kind == TYPE_SET || to->kind == TYPE_FROZENSET) && (from->kind == TYPE_SET || from->kind == TYPE_FROZENSET))
        return could_flow(inf, from->args[0], to->args[0]);
    if (to->kind == TYPE_CALLABLE)
        return from->kind == TYPE_CALLABLE || from->kind == TYPE_FUNC || from->kind == TYPE_BOUND || from->kind == TYPE_CLASSOBJ;
    if (from->kind != to->kind)
        return false;
    if (to->kind == TYPE_CLASS)
        return from->cls && to->cls && class_derives(from->cls, to->cls);
    if (from->arg_count != to->arg_count)
        return false;
    for (uint32_t i = 0; i < to->arg_count; i++)
        if (!could_flow(inf, from->args[i], to->args[i]))
            return false;
    return true;
}

static bool is_iterable_name(const char *name)
{
    static const char *const names[] = {"Iterable", "Iterator", "Sequence", "Collection", "Container", "MutableSequence", "Reversible",
                                        "AbstractSet", "Generator"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

static bool match(Infer *inf, const Scope *scope, Node *n, Type *actual, bool is_dry);

static bool match_variable(Infer *inf, Symbol *variable, Type *actual, bool is_dry)
{
    Type *bound = map_get(&inf->subst, variable);

    if (bound && is_dry)
        return could_flow(inf, actual, bound);
    if (bound && bound->kind == TYPE_CELL)
        return grow_cell(inf, bound, actual);
    if (bound && !is_void_type(bound) && map_has(&inf->subst, variable)) {
        if (flow(inf, actual, bound))
            return true;
        return false;
    }
    if (!is_dry)
        map_set(inf->c->arena, &inf->subst, variable, types_find(actual));
    return true;
}

static bool match_args(Infer *inf, const Scope *scope, Node *index, Type *actual, bool is_dry)
{
    for (uint32_t i = 0; i < index_count(index) && i < actual->arg_count; i++) {
        Node *arg = index_at(index, i);
        Symbol *variable = arg->kind == NODE_NAME ? type_variable(inf, scope, arg) : NULL;
        Type *bound = variable ? map_get(&inf->subst, variable) : NULL;
        if (bound && !is_dry && !is_void_type(bound)) {
            if (!unify(inf, actual->args[i], bound) && !flow(inf, actual->args[i], bound))
                return false;
        } else if (bound && !is_dry && bound->kind == TYPE_CELL) {
            unify(inf, actual->args[i], bound);
        } else if (variable && !bound && !is_dry) {
            map_set(inf->c->arena, &inf->subst, variable, actual->args[i]);
        } else if (!match(inf, scope, arg, actual->args[i], is_dry)) {
            return false;
        }
    }
    return true;
}

/* A function learns from the annotation what it is called with. One that gives something may stand where nothing is wanted. */
static bool match_callable(Infer *inf, const Scope *scope, Node *index, Type *actual, bool is_dry)
{
    bool is_function = actual->kind == TYPE_FUNC || actual->kind == TYPE_BOUND || actual->kind == TYPE_CALLABLE || actual->kind == TYPE_CLASSOBJ;
    Annotation a = is_function && !is_dry ? callable(inf, scope, index) : ANYTHING;

    if (!a.type)
        return is_function;
    uint32_t count = a.type->arg_count - 1;
    Type *own = callable_with(inf, actual, (int)count);
    if (!own)
        return true;
    bool fits = own->arg_count == count + 1;
    for (uint32_t i = 0; fits && i < count; i++)
        fits = unify(inf, own->args[i], a.type->args[i]);
    return fits && (types_find(a.type->args[count])->kind == TYPE_NONE || unify(inf, own->args[count], a.type->args[count]));
}

static bool match_subscript(Infer *inf, const Scope *scope, Node *n, Type *actual, bool is_dry)
{
    const char *special = special_name(inf, scope, n->as.subscript.value);
    Symbol *symbol = named_symbol(inf, scope, n->as.subscript.value);
    const char *name = special ? special : symbol ? symbol->name : "";
    Node *index = n->as.subscript.index;
    TypeKind kind;
    uint32_t arity;

    if (is_iterable_name(name)) {
        Iteration scratch = {0};
        Type *elem = iter_elem(inf, actual, NULL, &scratch);
        return elem && match(inf, scope, index_at(index, 0), elem, is_dry);
    }
    if (!strcmp(name, "Callable"))
        return actual->kind == TYPE_CLASS || match_callable(inf, scope, index, actual, is_dry);
    if (!strcmp(name, "Awaitable") || !strcmp(name, "Coroutine")) {
        Type *result = actual->kind == TYPE_CLASS ? NULL : await_result(inf, actual, NULL); /* a class with __await__ makes no task */
        return result && match(inf, scope, index_at(index, index_count(index) - 1), result, is_dry);
    }
    if (!strcmp(name, "Type") || (symbol && symbol->kind == SYMBOL_CLASS && !strcmp(name, "type")))
        return actual->kind == TYPE_CLASSOBJ && match(inf, scope, index, actual->args[0], is_dry);
    if (!strcmp(name, "Optional"))
        return actual->kind == TYPE_NONE || match(inf, scope, index, types_without_none(inf->ts, actual), is_dry);
    if (!strcmp(name, "tuple") && index_count(index) == 2 && index_at(index, 1)->kind == NODE_ELLIPSIS) {
        if (actual->kind == TYPE_VARTUPLE)
            return match(inf, scope, index_at(index, 0), actual->args[0], is_dry);
        for (uint32_t i = 0; actual->kind == TYPE_TUPLE && i < actual->arg_count; i++)
            if (!match(inf, scope, index_at(index, 0), actual->args[i], is_dry))
                return false;
        return actual->kind == TYPE_TUPLE;
    }
    if (!strcmp(name, "tuple"))
        return actual->kind == TYPE_TUPLE && actual->arg_count == index_count(index) && match_args(inf, scope, index, actual, is_dry);
    if (is_container_name(name, &kind, &arity)) {
        bool is_future = (kind == TYPE_FUTURE && actual->kind == TYPE_TASK) || (kind == TYPE_SET && actual->kind == TYPE_FROZENSET) ||
                         (kind == TYPE_FROZENSET && actual->kind == TYPE_SET);
        return (actual->kind == kind || is_future) && match_args(inf, scope, index, actual, is_dry);
    }
    if (symbol && symbol->kind == SYMBOL_CLASS && actual->kind == TYPE_CLASS)
        return class_derives(actual->cls, class_info(inf, symbol)->cls) && match_args(inf, scope, index, actual, is_dry);
    return !symbol || symbol->kind != SYMBOL_CLASS;
}

static bool match(Infer *inf, const Scope *scope, Node *n, Type *actual, bool is_dry)
{
    actual = types_find(actual);
    if (!n || is_void_type(actual))
        return true;
    if (n->kind == NODE_STR)
        return match(inf, scope, unquote(inf, n), actual, is_dry);
    Symbol *variable = n->kind == NODE_NAME ? type_variable(inf, scope, n) : NULL;
    if (variable)
        return match_variable(inf, variable, actual, is_dry);
    if (n->kind == NODE_BINARY) {
        Type *rest = actual;
        bool left_is_none = n->as.binary.left->kind == NODE_NONE, right_is_none = n->as.binary.right->kind == NODE_NONE;
        if (left_is_none || right_is_none) {
            if (actual->kind == TYPE_NONE)
                return true;
            rest = types_without_none(inf->ts, actual);
        }
        if (right_is_none)
            return match(inf, scope, n->as.binary.left, rest, is_dry);
        if (left_is_none)
            return match(inf, scope, n->as.binary.right, rest, is_dry);
        if (match(inf, scope, n->as.binary.left, actual, true))
            return match(inf, scope, n->as.binary.left, actual, is_dry);
        if (match(inf, scope, n->as.binary.right, actual, true))
            return match(inf, scope, n->as.binary.right, actual, is_dry);
        Annotation a = annotation(inf, scope, n);
        return a.type && could_flow(inf, actual, a.type);
    }
    if (n->kind == NODE_SUBSCRIPT && actual->kind != TYPE_ANY)
        return actual->kind != TYPE_UNION && match_subscript(inf, scope, n, actual, is_dry);
    Annotation a = annotation(inf, scope, n);
    if (!a.type)
        return true;
    return is_dry ? could_flow(inf, actual, a.type) : flow(inf, actual, a.type);
}

bool match_annotation(Infer *inf, const Scope *scope, Node *n, Type *actual)
{
    return match(inf, scope, n, actual, false);
}

bool admits_annotation(Infer *inf, const Scope *scope, Node *n, Type *actual)
{
    return match(inf, scope, n, actual, true);
}

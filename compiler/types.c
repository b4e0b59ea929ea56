/* Types: one object per type.
 *
 * In: kinds, classes, arguments.  Out: the one Type that stands for them, so that everybody compares types by address.  The idea
 * is a table of all types made so far (hash-consing); only cells stand apart, since two unknown types are not the same
 * type.  A type that holds a cell is in the table, too, by the address of that cell: what it means may still change, which is
 * why inference asks types_resolve() before it compares. */
#include "types.h"

#include "base/intern.h"
#include "base/map.h"
#include "base/text.h"

#include <assert.h>
#include <string.h>

struct Types {
    Compilation *c;
    Type *plain[TYPE_KIND_COUNT]; /* the kinds without arguments and class */
    Map table;                    /* hash → TypeVec of the types that share it */
    uint32_t count;
    TypeVec resolving;            /* cells whose binding is being resolved: one that holds itself is an error */
};

Types *types_new(Compilation *c)
{
    Types *ts = arena_new(c->arena, Types);

    ts->c = c;
    return ts;
}

/* -- the table ------------------------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
    return hash * 0xff51afd7ed558ccdu;
}

static uint64_t hash_of(const Type *t)
{
    uint64_t hash = t->kind;

    hash = mix(hash, (uintptr_t)t->cls);
    hash = mix(hash, (uintptr_t)t->decl);
    hash = mix(hash, (uintptr_t)t->owner);
    hash = mix(hash, (uintptr_t)t->module);
    for (uint32_t i = 0; i < t->arg_count; i++)
        hash = mix(hash, (uintptr_t)t->args[i]);
    return hash;
}

static bool is_same(const Type *a, const Type *b)
{
    return a->kind == b->kind && a->cls == b->cls && a->decl == b->decl && a->owner == b->owner &&
           a->module == b->module && a->arg_count == b->arg_count &&
           (!a->arg_count || memcmp(a->args, b->args, a->arg_count * sizeof *a->args) == 0);
}

/* The type equal to `key`, made if there is none. The arguments are copied. */
static Type *consed(Types *ts, const Type *key)
{
    Arena *arena = ts->c->arena;
    TypeVec **bucket = (TypeVec **)map_slot_number(arena, &ts->table, hash_of(key));

    if (!*bucket)
        *bucket = arena_new(arena, TypeVec);
    for (uint32_t i = 0; i < (*bucket)->len; i++)
        if (is_same((*bucket)->items[i], key))
            return (*bucket)->items[i];

    Type *t = arena_new(arena, Type);
    *t = *key;
    t->id = ts->count++;
    t->args = arena_array(arena, Type *, key->arg_count ? key->arg_count : 1);
    for (uint32_t i = 0; i < key->arg_count; i++) {
        t->args[i] = key->args[i];
        t->has_cell |= key->args[i]->has_cell;
    }
    vec_push(arena, *bucket, t);
    return t;
}

/* -- making ---------------------------------------------------------------------------------------------------------------- */

Type *types_plain(Types *ts, TypeKind kind)
{
    if (!ts->plain[kind])
        ts->plain[kind] = consed(ts, &(Type){.kind = kind});
    return ts->plain[kind];
}

Type *types_make(Types *ts, TypeKind kind, Class *cls, Type **args, uint32_t arg_count)
{
    Type *found[16], **copy = arg_count <= 16 ? found : arena_array(ts->c->arena, Type *, arg_count);

    assert(kind != TYPE_CELL && kind != TYPE_UNION);
    if (!arg_count && (kind <= TYPE_BYTEARRAY || kind == TYPE_RANGE || kind == TYPE_SLICE || (!cls && kind != TYPE_TUPLE && kind != TYPE_CALLABLE)))
        return types_plain(ts, kind);
    for (uint32_t i = 0; i < arg_count; i++) /* a cell stays a cell, bound or not: what it is bound to may grow */
        copy[i] = args[i]->kind == TYPE_CELL ? types_root(args[i]) : args[i];
    return consed(ts, &(Type){.kind = kind, .cls = cls, .args = copy, .arg_count = arg_count});
}

Type *types_func(Types *ts, Node *decl, Instance *owner)
{
    return consed(ts, &(Type){.kind = TYPE_FUNC, .decl = decl, .owner = owner});
}

Type *types_bound(Types *ts, Node *decl, Instance *owner, Type *receiver)
{
    Type *found = types_find(receiver);

    return consed(ts, &(Type){.kind = TYPE_BOUND, .decl = decl, .owner = owner, .args = &found, .arg_count = 1});
}

Type *types_module(Types *ts, Symbol *module)
{
    return consed(ts, &(Type){.kind = TYPE_MODULE, .module = module});
}

Type *types_cell(Types *ts)
{
    Type *t = arena_new(ts->c->arena, Type);

    t->kind = TYPE_CELL;
    t->id = ts->count++;
    t->has_cell = true;
    return t;
}

static bool vec_has(const TypeVec *types, const Type *t)
{
    for (uint32_t i = 0; i < types->len; i++)
        if (types->items[i] == t)
            return true;
    return false;
}

/* Adds a member and, of a union, its members. False when the whole is Any or broken, which `*swallowed` then tells. */
static bool add_member(Types *ts, TypeVec *members, Type *t, Type **swallowed)
{
    t = types_find(t);
    switch (t->kind) {
    case TYPE_ANY:
    case TYPE_BROKEN:
        *swallowed = t;
        return false;
    case TYPE_NEVER:
        return true;
    case TYPE_UNION:
        for (uint32_t i = 0; i < t->arg_count; i++)
            if (!add_member(ts, members, t->args[i], swallowed))
                return false;
        return true;
    default:
        if (!vec_has(members, t))
            vec_push(ts->c->arena, members, t);
        return true;
    }
}

Type *types_union(Types *ts, Type **members, uint32_t count)
{
    TypeVec flat = {0};
    Type *swallowed = NULL;

    for (uint32_t i = 0; i < count; i++)
        if (!add_member(ts, &flat, members[i], &swallowed))
            return swallowed;
    if (flat.len == 0)
        return types_plain(ts, TYPE_NEVER);
    if (flat.len == 1)
        return flat.items[0];
    return consed(ts, &(Type){.kind = TYPE_UNION, .args = flat.items, .arg_count = flat.len});
}

Type *types_optional(Types *ts, Type *t)
{
    return types_union(ts, (Type *[]){t, types_plain(ts, TYPE_NONE)}, 2);
}

Type *types_without_none(Types *ts, Type *t)
{
    TypeVec members = {0};

    t = types_find(t);
    if (t->kind != TYPE_UNION)
        return t->kind == TYPE_NONE ? types_plain(ts, TYPE_NEVER) : t;
    for (uint32_t i = 0; i < t->arg_count; i++)
        if (types_find(t->args[i])->kind != TYPE_NONE)
            vec_push(ts->c->arena, &members, t->args[i]);
    return types_union(ts, members.items, members.len);
}

/* -- cells ------------------------------------------------------------------------------------------------------------------ */

/* The cell that stands for all that were merged with `t`. Its parent is the type that it is bound to, which may still grow: so
 * look-ups are shortened to the root, never to the type. */
Type *types_root(Type *t)
{
    Type *root = t;

    while (root->parent && root->parent->kind == TYPE_CELL)
        root = root->parent;
    while (t != root) {
        Type *next = t->parent;
        t->parent = root;
        t = next;
    }
    return root;
}

Type *types_find(Type *t)
{
    if (t->kind != TYPE_CELL)
        return t;
    Type *root = types_root(t);
    return root->parent ? root->parent : root;
}

Type *types_resolve(Types *ts, Type *t)
{
    Arena *arena = ts->c->arena;

    t = types_find(t);
    if (!t->has_cell)
        return t;
    if (t->kind == TYPE_CELL)
        return t->bound ? types_resolve(ts, t->bound) : types_plain(ts, TYPE_NEVER);
    if (vec_has(&ts->resolving, t)) /* `xs.append(xs)`: a type that holds itself has no name; a box can hold it */
        return types_plain(ts, TYPE_ANY);

    Type **args = arena_array(arena, Type *, t->arg_count), *resolved;
    vec_push(arena, &ts->resolving, t);
    for (uint32_t i = 0; i < t->arg_count; i++)
        args[i] = types_resolve(ts, t->args[i]);
    (void)vec_pop(&ts->resolving);

    if (t->kind == TYPE_UNION)
        return types_union(ts, args, t->arg_count);
    Type key = *t;
    key.args = args;
    key.has_cell = false;
    resolved = consed(ts, &key);
    return resolved;
}

/* -- asking ------------------------------------------------------------------------------------------------------------------- */

bool types_is_optional(const Type *t)
{
    if (t->kind != TYPE_UNION)
        return false;
    for (uint32_t i = 0; i < t->arg_count; i++)
        if (t->args[i]->kind == TYPE_NONE)
            return true;
    return false;
}

/* A kind whose values are counted pointers, never NULL. */
static bool is_pointer(const Type *t)
{
    switch (t->kind) {
    case TYPE_STR:
    case TYPE_BYTES:
    case TYPE_BYTEARRAY:
    case TYPE_LIST:
    case TYPE_DEQUE:
    case TYPE_DICT:
    case TYPE_SET:
    case TYPE_FROZENSET:
    case TYPE_VARTUPLE:
    case TYPE_RANGE:
    case TYPE_SLICE:
    case TYPE_CLASS:
    case TYPE_CALLABLE:
    case TYPE_COROUTINE:
    case TYPE_FUTURE:
    case TYPE_TASK:
    case TYPE_GENERATOR:
    case TYPE_ASYNCGEN:
        return true;
    case TYPE_FUNC: /* only a function made inside another one can have captured anything */
        return t->owner != NULL;
    case TYPE_BOUND:
        return is_pointer(t->args[0]);
    default:
        return false;
    }
}

bool types_is_nullable(const Type *t)
{
    if (t->kind != TYPE_UNION || t->arg_count != 2 || !types_is_optional(t))
        return false;
    return is_pointer(t->args[t->args[0]->kind == TYPE_NONE]);
}

bool types_is_counted(const Type *t)
{
    return is_pointer(t) || types_is_nullable(t);
}

bool types_is_box(const Type *t)
{
    return t->kind == TYPE_ANY || (t->kind == TYPE_UNION && !types_is_nullable(t));
}

bool types_needs_release(const Type *t)
{
    if (t->kind == TYPE_BOUND)
        return types_needs_release(t->args[0]);
    if (t->kind != TYPE_TUPLE)
        return types_is_counted(t) || types_is_box(t);
    for (uint32_t i = 0; i < t->arg_count; i++)
        if (types_needs_release(t->args[i]))
            return true;
    return false;
}

bool class_derives(const Class *cls, const Class *base)
{
    for (; cls; cls = cls->base) {
        if (cls == base)
            return true;
        /* It derives from BaseExceptionGroup, too. */
        if (cls->is_library && base->is_library && !strcmp(cls->name, "ExceptionGroup") && !strcmp(base->name, "Exception"))
            return true;
    }
    return false;
}

/* -- spelling ----------------------------------------------------------------------------------------------------------------- */

static const char *const spellings[TYPE_KIND_COUNT] = {
    [TYPE_BROKEN] = "?",         [TYPE_NEVER] = "Never",     [TYPE_CELL] = "?",           [TYPE_NONE] = "None",
    [TYPE_BOOL] = "bool",        [TYPE_INT] = "int",         [TYPE_FLOAT] = "float",      [TYPE_STR] = "str",
    [TYPE_BYTES] = "bytes",      [TYPE_BYTEARRAY] = "bytearray", [TYPE_LIST] = "list",    [TYPE_DEQUE] = "deque",
    [TYPE_DICT] = "dict",        [TYPE_SET] = "set",         [TYPE_FROZENSET] = "frozenset", [TYPE_TUPLE] = "tuple",
    [TYPE_VARTUPLE] = "tuple",   [TYPE_RANGE] = "range",     [TYPE_SLICE] = "slice",      [TYPE_ANY] = "Any",
    [TYPE_CLASSOBJ] = "type",    [TYPE_FUTURE] = "Future",   [TYPE_TASK] = "Task",        [TYPE_COROUTINE] = "Coroutine",
    [TYPE_GENERATOR] = "Generator", [TYPE_ASYNCGEN] = "AsyncGenerator", [TYPE_MODULE] = "module",
};

static void spell(const Types *ts, Text *out, Type *t);

static void spell_list(const Types *ts, Text *out, Type **types, uint32_t count, const char *between)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            text_append(out, between);
        spell(ts, out, types[i]);
    }
}

static void spell_callable(const Types *ts, Text *out, const Type *t)
{
    text_append(out, "Callable[[");
    spell_list(ts, out, t->args, t->arg_count - 1, ", ");
    text_append(out, "], ");
    spell(ts, out, t->args[t->arg_count - 1]);
    text_append(out, "]");
}

static const char *decl_name(const Node *decl)
{
    return decl->kind == NODE_LAMBDA ? "lambda" : decl->as.function.name;
}

static void spell(const Types *ts, Text *out, Type *t)
{
    t = types_find(t);
    if (out->len > 400) { /* a type that holds itself */
        text_append(out, "…");
        return;
    }
    switch (t->kind) {
    case TYPE_CELL:
        if (t->bound)
            spell(ts, out, t->bound);
        else
            text_append(out, "?");
        return;
    case TYPE_UNION:
        spell_list(ts, out, t->args, t->arg_count, " | ");
        return;
    case TYPE_CALLABLE:
        spell_callable(ts, out, t);
        return;
    case TYPE_FUNC:
        text_printf(out, "function %s", decl_name(t->decl));
        return;
    case TYPE_BOUND:
        text_append(out, "method ");
        spell(ts, out, t->args[0]);
        text_printf(out, ".%s", decl_name(t->decl));
        return;
    case TYPE_COROUTINE:
        text_append(out, "Coroutine[Any, Any, ");
        spell_list(ts, out, t->args, t->arg_count, ", ");
        text_append(out, "]");
        return;
    case TYPE_CLASS:
        text_append(out, t->cls->name);
        break;
    default:
        text_append(out, spellings[t->kind]);
    }
    if (t->arg_count || t->kind == TYPE_TUPLE) {
        text_append(out, "[");
        spell_list(ts, out, t->args, t->arg_count, ", ");
        if (t->kind == TYPE_VARTUPLE)
            text_append(out, ", ...");
        else if (!t->arg_count)
            text_append(out, "()");
        text_append(out, "]");
    }
}

const char *types_spell(Types *ts, Type *t)
{
    Text out = text_make(ts->c->arena);

    spell(ts, &out, t);
    return text_string(&out);
}

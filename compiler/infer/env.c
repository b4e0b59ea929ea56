/* Facts: what is known of variables and attribute paths at the current point of the walk.
 *
 *     x: int | None             before:  x is int | None
 *     if x is not None:         inside:  x is int          (a Fact on x's Key)
 *         use(x)                after:   what both branches agree on
 *
 * A fact is changed in place and the old one put on a trail; a branch is walked, its changes are taken off the trail as a
 * difference, and branches are merged where they meet. So the cost of a branch is what it changes, not what is known. */
#include "infer/internal.h"

#include <stdarg.h>

Key *key_var(Infer *inf, Symbol *symbol)
{
    Key *key = map_get(&inf->keys, symbol);

    if (!key) {
        key = arena_new(inf->c->arena, Key);
        key->name = symbol;
        key->is_var = true;
        map_set(inf->c->arena, &inf->keys, symbol, key);
    }
    return key;
}

static Key *key_attr(Infer *inf, Key *base, const char *name)
{
    for (uint32_t i = 0; i < base->children.len; i++)
        if (base->children.items[i]->name == name)
            return base->children.items[i];
    Key *key = arena_new(inf->c->arena, Key);
    key->base = base;
    key->name = name;
    vec_push(inf->c->arena, &base->children, key);
    return key;
}

/* Of longer paths nothing is known: no program narrows them, and each of their parts would be looked up from the start. */
enum { PATH_LIMIT = 16 };

static Key *key_of_path(Infer *inf, Node *n, int room)
{
    if (n->kind == NODE_NAME) {
        Symbol *symbol = symbol_final(inf->inst->scope->uses[n->id]);
        return symbol && symbol->kind == SYMBOL_VAR ? key_var(inf, symbol) : NULL;
    }
    if (n->kind == NODE_WALRUS) {
        Symbol *symbol = symbol_final(inf->inst->scope->uses[n->id]);
        return symbol ? key_var(inf, symbol) : NULL;
    }
    if (n->kind == NODE_ATTRIBUTE && room) {
        Key *base = key_of_path(inf, n->as.attribute.value, room - 1);
        return base ? key_attr(inf, base, n->as.attribute.name) : NULL;
    }
    return NULL;
}

Key *key_of(Infer *inf, Node *n)
{
    return key_of_path(inf, n, PATH_LIMIT);
}

Fact fact_of(Infer *inf, Key *key)
{
    if (!key->is_known) {
        key->is_known = true;
        /* A variable of another scope is set as far as anyone can tell here. */
        if (key->is_event || (key->is_var && ((const Symbol *)key->name)->scope != inf->inst->scope))
            key->fact.set = IS_SET;
    }
    return key->fact;
}

void fact_set(Infer *inf, Key *key, Fact fact)
{
    Fact old = fact_of(inf, key);

    if (old.narrow == fact.narrow && old.set == fact.set && old.at == fact.at && old.is_loose == fact.is_loose)
        return;
    vec_push(inf->c->arena, &inf->trail, ((Change){key, old}));
    key->fact = fact;
}

/* A fact that comes from an assignment (or deletion), not from a test. */
void fact_assign(Infer *inf, Key *key, Fact fact)
{
    if (inf->tries)
        vec_push(inf->c->arena, &inf->assigned, ((Change){key, fact}));
    fact_set(inf, key, fact);
}

void fact_forget(Infer *inf, Key *key)
{
    for (uint32_t i = 0; i < key->children.len; i++) {
        Key *child = key->children.items[i];
        Fact fact = fact_of(inf, child);
        fact.narrow = NULL;
        fact_assign(inf, child, fact);
        fact_forget(inf, child);
    }
}

/* -- what other code may have changed ------------------------------------------------------------------------------------------------
 *
 *     if self.peer is not None:
 *         self.close()                 may set self.peer
 *         self.peer.send("bye")        so this asks again, when run
 *
 * A variable of this function is safe; attributes, and variables that another function assigns, hold what was seen of them until the
 * program's code is called, or an attribute of the same name is assigned: then they have their declared type again for a test, and a use
 * (use_value) is checked when run. */
static Key *key_event(Infer *inf, const void *what)
{
    Key *key = map_get(&inf->keys, what);

    if (!key) {
        key = arena_new(inf->c->arena, Key);
        key->name = what;
        key->is_event = true;
        map_set(inf->c->arena, &inf->keys, what, key);
    }
    return key;
}

/* Events are facts, so that what one branch does is not held against the other. */
static void happens(Infer *inf, const void *what)
{
    fact_assign(inf, key_event(inf, what), (Fact){.set = IS_SET, .at = ++inf->clock});
}

static uint32_t last_time(Infer *inf, const void *what)
{
    Key *key = map_get(&inf->keys, what);

    return key ? fact_of(inf, key).at : 0;
}

/* The program's code is called, or something awaited. */
static const void *calls(const Infer *inf)
{
    return &inf->clock;
}

void env_called(Infer *inf)
{
    happens(inf, calls(inf));
}

void env_stored(Infer *inf, const char *name)
{
    happens(inf, name);
}

static bool is_shared_var(const Infer *inf, const Symbol *symbol)
{
    return symbol->scope != inf->inst->scope || symbol->is_nonlocal_assigned;
}

static bool is_stale(Infer *inf, const Key *key, uint32_t at)
{
    uint32_t called = last_time(inf, calls(inf));

    for (; key; key = key->base) {
        if (key->is_var ? is_shared_var(inf, key->name) && at < called : at < called || at < last_time(inf, key->name))
            return true;
    }
    return false;
}

uint32_t env_read_at(Infer *inf, Node *n)
{
    const State *state = state_of(inf->inst);

    return (n->kind == NODE_NAME || n->kind == NODE_ATTRIBUTE) && state->read_at ? state->read_at[n->id] : inf->clock;
}

Type *env_read(Infer *inf, Node *n, Type *declared)
{
    State *state = state_of(inf->inst);
    Key *key = key_of(inf, n);
    Fact fact = key ? fact_of(inf, key) : (Fact){0};

    if (!state->read_at)
        state->read_at = arena_array(inf->c->arena, uint32_t, inf->inst->scope->node_count + 1);
    state->read_at[n->id] = inf->clock;
    if (map_get(&inf->inst->checks, n))
        map_set(inf->c->arena, &inf->inst->checks, n, NULL);
    if (!fact.narrow || is_void_type(declared))
        return declared;
    return is_stale(inf, key, fact.at) ? declared : fact.narrow;
}

/* An element of a display or container that no annotation declares: {"name": name, "next": None}. */
static bool is_inferred_element(Infer *inf, const Node *n)
{
    const Type *container = type_of(inf, n->as.subscript.value);
    Type *element = container->arg_count ? container->args[container->arg_count - 1] : NULL;

    return element && element->kind == TYPE_CELL && !types_root(element)->is_fixed;
}

/* Attributes, elements and shared variables of which some are None, without an annotation: which, the flow does not show. */
bool may_be_assumed(Infer *inf, Node *n)
{
    const Action *action = inf->inst->actions[n->id];
    Symbol *symbol;

    if (n->kind == NODE_SUBSCRIPT)
        return is_inferred_element(inf, n);
    if (n->kind == NODE_YIELD) /* what is sent */
        return true;
    if (action && action->kind == ACT_FIELD)
        return !action->field->declared && !action->field->is_declared;
    if (n->kind == NODE_NAME)
        symbol = symbol_final(inf->inst->scope->uses[n->id]);
    else if (n->kind == NODE_ATTRIBUTE && action && (action->kind == ACT_CLASS_VAR || action->kind == ACT_SYMBOL))
        symbol = action->symbol;
    else
        return false;
    if (!symbol || symbol->kind != SYMBOL_VAR || symbol->annotation || symbol->param)
        return false;
    return n->kind == NODE_ATTRIBUTE || is_shared_var(inf, symbol) || fact_of(inf, key_var(inf, symbol)).is_loose;
}

Type *use_known(Infer *inf, Node *n, Type *t)
{
    Key *key = n->kind == NODE_NAME || n->kind == NODE_ATTRIBUTE ? key_of(inf, n) : NULL;
    Type *seen = key ? fact_of(inf, key).narrow : NULL;

    return seen && !is_kind(seen, TYPE_NONE) ? use_value(inf, n, t, "unexpected None") : t;
}

Type *use_value(Infer *inf, Node *n, Type *t, const char *format, ...)
{
    Key *key = n->kind == NODE_NAME || n->kind == NODE_ATTRIBUTE ? key_of(inf, n) : NULL;
    Type *seen = key ? fact_of(inf, key).narrow : NULL;
    va_list args;

    t = types_find(t);
    if ((!key && n->kind != NODE_SUBSCRIPT) || t->kind != TYPE_UNION)
        return t;
    if (!seen || is_kind(seen, TYPE_NONE))
        seen = types_is_optional(t) && may_be_assumed(inf, n) ? types_without_none(inf->ts, t) : t;
    if (same_type(seen, t))
        return t;
    va_start(args, format);
    map_set(inf->c->arena, &inf->inst->checks, n, (void *)arena_vprintf(inf->c->arena, format, args));
    va_end(args);
    return set_type(inf, n, types_find(seen));
}

uint32_t env_mark(Infer *inf)
{
    return inf->trail.len;
}

static bool is_listed(const ChangeVec *changes, const Key *key)
{
    for (uint32_t i = 0; i < changes->len; i++)
        if (changes->items[i].key == key)
            return true;
    return false;
}

/* The present facts of all keys that changed since the mark. */
static ChangeVec changes_since(Infer *inf, uint32_t mark)
{
    ChangeVec changes = {0};
    uint32_t sweep = ++inf->sweep;

    for (uint32_t i = mark; i < inf->trail.len; i++) {
        Key *key = inf->trail.items[i].key;
        if (key->seen == sweep)
            continue;
        key->seen = sweep;
        vec_push(inf->c->arena, &changes, ((Change){key, fact_of(inf, key)}));
    }
    return changes;
}

/* Every key that was touched since the mark, with the weakest thing that held of it. */
ChangeVec trail_changes(Infer *inf, uint32_t mark)
{
    return changes_since(inf, mark);
}

/* -- what an exception leaves behind ----------------------------------------------------------------------------------------------
 *
 *     try:
 *         if not ready:
 *             state = "failed"
 *             raise NotReady           a branch that leads nowhere, and is taken back: but the handler sees its assignments
 *     except NotReady:
 *         print(state)
 *
 * So inside of `try`, assignments are listed apart from the trail. */
uint32_t env_try(Infer *inf)
{
    inf->tries++;
    return inf->assigned.len;
}

void env_tried(Infer *inf)
{
    if (--inf->tries == 0)
        inf->assigned.len = 0;
}

/* Each key that was assigned since the start, once, with the last fact that was: a deletion, if there was any. */
ChangeVec env_assigned(Infer *inf, uint32_t start)
{
    ChangeVec changes = {0};

    for (int wants_set = 0; wants_set < 2; wants_set++) {
        if (!wants_set)
            inf->sweep++;
        for (uint32_t i = inf->assigned.len; i-- > start;) {
            Change *change = &inf->assigned.items[i];
            if (change->key->seen == inf->sweep || (!wants_set && change->fact.set == IS_SET))
                continue;
            change->key->seen = inf->sweep;
            vec_push(inf->c->arena, &changes, *change);
        }
    }
    return changes;
}

static void undo(Infer *inf, uint32_t mark)
{
    while (inf->trail.len > mark) {
        Change change = vec_pop(&inf->trail);
        change.key->fact = change.fact;
    }
}

Branch env_snapshot(Infer *inf, uint32_t mark)
{
    return (Branch){changes_since(inf, mark), inf->is_dead};
}

Branch env_branch(Infer *inf, uint32_t mark)
{
    Branch branch = env_snapshot(inf, mark);

    undo(inf, mark);
    inf->is_dead = false;
    return branch;
}

static Fact branch_fact(Infer *inf, const Branch *branch, Key *key)
{
    for (uint32_t i = 0; i < branch->changes.len; i++)
        if (branch->changes.items[i].key == key)
            return branch->changes.items[i].fact;
    return fact_of(inf, key);
}

static Fact merge_facts(Infer *inf, const Key *key, Fact a, Fact b)
{
    Fact fact;

    if (key->is_event)
        return a.at > b.at ? a : b;

    /* What was narrowed on one side only is known by its declared type after. */
    fact.narrow =
        a.narrow && b.narrow ? same_type(a.narrow, b.narrow) ? a.narrow : join(inf, a.narrow, b.narrow) : NULL;
    fact.set = a.set == b.set ? a.set : MAYBE_SET;
    fact.at = a.at < b.at ? a.at : b.at;
    fact.is_loose = a.is_loose && b.is_loose;
    return fact;
}

void env_merge(Infer *inf, Branch *branches, uint32_t count)
{
    ChangeVec merged = {0};
    uint32_t alive = 0;

    for (uint32_t i = 0; i < count; i++)
        alive += !branches[i].is_dead;
    if (alive == 0) {
        inf->is_dead = true;
        return;
    }
    inf->is_dead = false;
    for (uint32_t i = 0; i < count; i++) {
        if (branches[i].is_dead)
            continue;
        for (uint32_t j = 0; j < branches[i].changes.len; j++) {
            Key *key = branches[i].changes.items[j].key;
            bool is_first = true;
            Fact fact = {0};
            if (is_listed(&merged, key))
                continue;
            for (uint32_t k = 0; k < count; k++) {
                if (branches[k].is_dead)
                    continue;
                Fact other = branch_fact(inf, &branches[k], key);
                fact = is_first ? other : merge_facts(inf, key, fact, other);
                is_first = false;
            }
            vec_push(inf->c->arena, &merged, ((Change){key, fact}));
        }
    }
    for (uint32_t i = 0; i < merged.len; i++)
        fact_set(inf, merged.items[i].key, merged.items[i].fact);
}

void env_apply(Infer *inf, const Branch *branch)
{
    for (uint32_t i = 0; i < branch->changes.len; i++)
        fact_set(inf, branch->changes.items[i].key, branch->changes.items[i].fact);
    inf->is_dead = branch->is_dead;
}

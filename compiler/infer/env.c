/* Facts: what is known of variables and attribute paths at the current point of the walk.
 *
 *     x: int | None             before:  x is int | None
 *     if x is not None:         inside:  x is int          (a Fact on x's Key)
 *         use(x)                after:   what both branches agree on
 *
 * A fact is changed in place and the old one put on a trail; a branch is walked, its changes are taken off the trail as a
 * difference, and branches are merged where they meet. So the cost of a branch is what it changes, not what is known. */
#include "infer/internal.h"

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

Key *key_of(Infer *inf, Node *n)
{
    if (n->kind == NODE_NAME) {
        Symbol *symbol = symbol_final(inf->inst->scope->uses[n->id]);
        return symbol && symbol->kind == SYMBOL_VAR ? key_var(inf, symbol) : NULL;
    }
    if (n->kind == NODE_WALRUS) {
        Symbol *symbol = symbol_final(inf->inst->scope->uses[n->id]);
        return symbol ? key_var(inf, symbol) : NULL;
    }
    if (n->kind == NODE_ATTRIBUTE) {
        Key *base = key_of(inf, n->as.attribute.value);
        return base ? key_attr(inf, base, n->as.attribute.name) : NULL;
    }
    return NULL;
}

Fact fact_of(Infer *inf, Key *key)
{
    if (!key->is_known) {
        key->is_known = true;
        /* A variable of another scope is set as far as anyone can tell here. */
        if (key->is_var && ((const Symbol *)key->name)->scope != inf->inst->scope)
            key->fact.set = IS_SET;
    }
    return key->fact;
}

void fact_set(Infer *inf, Key *key, Fact fact)
{
    Fact old = fact_of(inf, key);

    if (old.narrow == fact.narrow && old.set == fact.set)
        return;
    vec_push(inf->c->arena, &inf->trail, ((Change){key, old}));
    key->fact = fact;
}

void fact_forget(Infer *inf, Key *key)
{
    for (uint32_t i = 0; i < key->children.len; i++) {
        Key *child = key->children.items[i];
        Fact fact = fact_of(inf, child);
        fact.narrow = NULL;
        fact_set(inf, child, fact);
        fact_forget(inf, child);
    }
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
    Map seen = {0};

    for (uint32_t i = mark; i < inf->trail.len; i++) {
        Key *key = inf->trail.items[i].key;
        if (map_has(&seen, key))
            continue;
        map_set(inf->c->arena, &seen, key, key);
        vec_push(inf->c->arena, &changes, ((Change){key, fact_of(inf, key)}));
    }
    return changes;
}

/* Every key that was touched since the mark, with the weakest thing that held of it. */
ChangeVec trail_changes(Infer *inf, uint32_t mark)
{
    return changes_since(inf, mark);
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

static Fact merge_facts(Infer *inf, Fact a, Fact b)
{
    Fact fact;

    /* What was narrowed on one side only is known by its declared type after. */
    fact.narrow = a.narrow && b.narrow ? same_type(a.narrow, b.narrow) ? a.narrow : join(inf, a.narrow, b.narrow) : NULL;
    fact.set = a.set == b.set ? a.set : MAYBE_SET;
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
                fact = is_first ? other : merge_facts(inf, fact, other);
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

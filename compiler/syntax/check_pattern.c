/* The rules of match patterns that are about names: bound twice in one pattern, other names in another alternative, and patterns
 * behind one that matches anything. */
#include "syntax/check.h"

#include "base/map.h"

#include <string.h>

typedef struct Binding {
    Parser *p;
    Map names;
} Binding;

static void bind(Binding *b, const Node *n)
{
    if (!n->as.pattern.name)
        return;
    void **slot = map_slot(b->p->arena, &b->names, n->as.pattern.name);
    if (*slot)
        parser_error(b->p, n->span, "multiple assignments to name '%s' in pattern", n->as.pattern.name);
    *slot = (void *)n;
}

static void bind_pattern(Binding *b, const Node *n);

static bool binds_same(const Map *a, const Map *b)
{
    if (a->len != b->len)
        return false;
    for (uint32_t i = 0; i < a->len; i++) {
        if (!map_has(b, a->entries[i].key))
            return false;
    }
    return true;
}

/* p | q: each binds the same names, which then count once. */
static void bind_alternatives(Binding *b, const Node *n)
{
    Binding first = {.p = b->p};

    bind_pattern(&first, n->as.pattern.list.items[0]);
    for (uint32_t i = 1; i < n->as.pattern.list.len; i++) {
        Binding other = {.p = b->p};
        bind_pattern(&other, n->as.pattern.list.items[i]);
        if (!binds_same(&first.names, &other.names)) {
            parser_error(b->p, n->as.pattern.list.items[i]->span, "alternative patterns bind different names");
            break;
        }
    }
    for (uint32_t i = 0; i < first.names.len; i++)
        bind(b, first.names.entries[i].value);
}

static void check_stars(Binding *b, const Node *n)
{
    bool has_star = false;

    for (uint32_t i = 0; i < n->as.pattern.list.len; i++) {
        const Node *item = n->as.pattern.list.items[i];
        if (item->kind == NODE_PAT_STAR && has_star)
            parser_error(b->p, item->span, "multiple starred expressions in sequence pattern");
        has_star |= item->kind == NODE_PAT_STAR;
    }
}

static void bind_pattern(Binding *b, const Node *n)
{
    switch (n->kind) {
    case NODE_PAT_OR: bind_alternatives(b, n); return;
    case NODE_PAT_SEQ: check_stars(b, n); break;
    case NODE_PAT_CAPTURE:
    case NODE_PAT_STAR:
    case NODE_PAT_MAPPING:
    case NODE_PAT_CLASS: break;
    default: return;
    }
    for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
        bind_pattern(b, n->as.pattern.list.items[i]);
    bind(b, n);
}

/* The capture or wildcard that makes a pattern match anything, or NULL. */
static const Node *irrefutable(const Node *n)
{
    if (n->kind == NODE_PAT_CAPTURE)
        return n->as.pattern.list.len ? irrefutable(n->as.pattern.list.items[0]) : n;
    return NULL;
}

static void report_unreachable(Parser *p, const Node *n, const char *rest)
{
    if (n->as.pattern.name)
        parser_error(p, n->span, "name capture '%s' makes remaining %s unreachable", n->as.pattern.name, rest);
    else
        parser_error(p, n->span, "wildcard makes remaining %s unreachable", rest);
}

void check_alternatives(Parser *p, const Node *n)
{
    for (uint32_t i = 0; i + 1 < n->as.pattern.list.len; i++) {
        const Node *all = irrefutable(n->as.pattern.list.items[i]);
        if (all)
            report_unreachable(p, all, "patterns");
    }
}

/* ---- keys of mappings ---- */

static bool is_same_key(const Node *a, const Node *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case NODE_INT: return a->as.integer.value == b->as.integer.value;
    case NODE_STR:
    case NODE_BYTES: return a->as.str.len == b->as.str.len && !memcmp(a->as.str.text, b->as.str.text, a->as.str.len);
    case NODE_TRUE:
    case NODE_FALSE:
    case NODE_NONE: return true;
    default: return false;
    }
}

void check_mapping_keys(Parser *p, const Node *n)
{
    const NodeVec *keys = &n->as.pattern.keys;

    for (uint32_t i = 1; i < keys->len; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (is_same_key(keys->items[i], keys->items[j]))
                parser_error(p, keys->items[i]->span, "mapping pattern checks duplicate key");
        }
    }
}

/* ---- cases ---- */

void check_cases(Parser *p, const Node *match)
{
    const MatchCaseVec *cases = &match->as.match.cases;

    for (uint32_t i = 0; i < cases->len; i++) {
        const MatchCase *match_case = &cases->items[i];
        Binding binding = {.p = p};
        bind_pattern(&binding, match_case->pattern);
        const Node *all = match_case->guard ? NULL : irrefutable(match_case->pattern);
        if (all && i + 1 < cases->len)
            report_unreachable(p, all, "patterns");
    }
}

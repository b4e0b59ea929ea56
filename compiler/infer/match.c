/* match: what each pattern says about the subject, and what it binds.
 *
 *     case Circle(radius=r):    the subject is a Circle; r is its radius      (the sub-pattern's action: ACT_FIELD)
 *     case [x, *rest]:          a list or tuple; x an element, rest a list
 *     case {"kind": k}:         a dict; k one of its values
 *
 * A case without a guard takes its types away from the cases after it, so the last ones know more, and a match whose subject
 * has nothing left cannot fall through. */
#include "infer/internal.h"

static Type *infer_pattern(Infer *inf, Node *n, Type *subject);

static void bind_name(Infer *inf, Node *n, Type *t)
{
    Symbol *symbol = n->as.pattern.name ? inf->inst->scope->uses[n->id] : NULL;

    if (symbol)
        assign_symbol(inf, symbol, t, n->span);
}

static Type *only(Infer *inf, Type *subject, bool (*is_kept)(const Type *))
{
    TypeVec kept = {0};

    subject = types_find(subject);
    for (uint32_t i = 0; i < (subject->kind == TYPE_UNION ? subject->arg_count : 1); i++) {
        Type *member = types_find(subject->kind == TYPE_UNION ? subject->args[i] : subject);
        if (member->kind == TYPE_ANY || is_kept(member))
            vec_push(inf->c->arena, &kept, member);
    }
    return types_union(inf->ts, kept.items, kept.len);
}

static bool is_sequence(const Type *t)
{
    return t->kind == TYPE_LIST || t->kind == TYPE_TUPLE || t->kind == TYPE_VARTUPLE || t->kind == TYPE_DEQUE ||
           (t->kind == TYPE_CLASS && t->cls && t->cls->is_namedtuple);
}
static bool is_mapping(const Type *t)
{
    return t->kind == TYPE_DICT;
}
static bool is_none(const Type *t)
{
    return t->kind == TYPE_NONE;
}
static bool is_bool(const Type *t)
{
    return t->kind == TYPE_BOOL;
}

/* The type of item i of `count` patterns over one sequence type. */
static Type *item_type(Infer *inf, Type *t, uint32_t i, uint32_t count, bool has_star, uint32_t star)
{
    if (t->kind == TYPE_TUPLE) {
        uint32_t at = has_star && i > star ? t->arg_count - (count - i) : i;
        return at < t->arg_count ? types_find(t->args[at]) : plain(inf, TYPE_NEVER);
    }
    if (t->kind == TYPE_CLASS) {
        ClassInfo *info = info_of(inf, t->cls);
        return i < info->init_fields.len ? types_find(info->init_fields.items[i]->type) : plain(inf, TYPE_NEVER);
    }
    return t->arg_count ? types_find(t->args[0]) : plain(inf, TYPE_ANY);
}

static Type *infer_seq(Infer *inf, Node *n, Type *subject)
{
    NodeVec *items = &n->as.pattern.list;
    Type *t = only(inf, subject, is_sequence);
    uint32_t star = items->len;
    bool has_star;

    for (uint32_t i = 0; i < items->len; i++)
        if (items->items[i]->kind == NODE_PAT_STAR)
            star = i;
    has_star = star < items->len;
    /* Tuples of another length cannot match. */
    TypeVec fitting = {0};
    for (uint32_t i = 0; i < (t->kind == TYPE_UNION ? t->arg_count : 1); i++) {
        Type *member = types_find(t->kind == TYPE_UNION ? t->args[i] : t);
        if (member->kind != TYPE_TUPLE || (has_star ? member->arg_count + 1 >= items->len : member->arg_count == items->len))
            vec_push(inf->c->arena, &fitting, member);
    }
    t = types_union(inf->ts, fitting.items, fitting.len);
    for (uint32_t i = 0; i < items->len; i++) {
        Type *item = plain(inf, TYPE_NEVER);
        for (uint32_t k = 0; k < fitting.len; k++)
            item = elem_join(inf, item, item_type(inf, fitting.items[k], i, items->len, has_star, star));
        if (items->items[i]->kind == NODE_PAT_STAR) {
            Type *cell = node_cell(inf, items->items[i], 0);
            for (uint32_t k = 0; k < fitting.len; k++) {
                if (fitting.items[k]->kind != TYPE_TUPLE) {
                    grow_cell(inf, cell, item);
                    continue;
                }
                for (uint32_t j = i; j + (items->len - i - 1) < fitting.items[k]->arg_count; j++)
                    grow_cell(inf, cell, fitting.items[k]->args[j]);
            }
            Type *list = make1(inf, TYPE_LIST, cell);
            set_type(inf, items->items[i], list);
            bind_name(inf, items->items[i], list);
            continue;
        }
        infer_pattern(inf, items->items[i], item);
    }
    return t;
}

static Type *infer_mapping(Infer *inf, Node *n, Type *subject)
{
    Type *t = only(inf, subject, is_mapping);
    Type *value = t->kind == TYPE_DICT ? types_find(t->args[1]) : plain(inf, TYPE_ANY);

    for (uint32_t i = 0; i < n->as.pattern.keys.len; i++)
        infer_expr(inf, n->as.pattern.keys.items[i]);
    for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
        infer_pattern(inf, n->as.pattern.list.items[i], value);
    bind_name(inf, n, t->kind == TYPE_DICT ? t : plain(inf, TYPE_ANY));
    return t;
}

/* The attribute that positional sub-pattern i stands for. */
static const char *positional_name(Infer *inf, Class *cls, uint32_t i)
{
    for (Class *c = cls; c; c = c->base) {
        ClassInfo *info = info_of(inf, c);
        Symbol *symbol = scope_find(info->scope, intern_text(inf->c->names, "__match_args__"));
        const NodeVec *body = &c->decl->as.class.body;
        if (!symbol && (c->is_dataclass || c->is_namedtuple))
            return i < info->init_fields.len ? info->init_fields.items[i]->name : NULL;
        for (uint32_t k = 0; symbol && k < body->len; k++) {
            Node *s = body->items[k];
            if (s->kind != NODE_ASSIGN || s->as.assign.targets.items[0]->kind != NODE_NAME ||
                strcmp(s->as.assign.targets.items[0]->as.name.name, "__match_args__") || s->as.assign.value->kind != NODE_TUPLE)
                continue;
            NodeVec *names = &s->as.assign.value->as.list.items;
            return i < names->len && names->items[i]->kind == NODE_STR
                       ? intern(inf->c->names, names->items[i]->as.str.text, names->items[i]->as.str.len) : NULL;
        }
    }
    return NULL;
}

static void infer_attribute_pattern(Infer *inf, Node *sub, Type *t, const char *name)
{
    /* As if `subject.name` stood where the sub-pattern does; it is no path, so nothing narrower is known of it. */
    Node *access = arena_new(inf->c->arena, Node), *value = arena_new(inf->c->arena, Node);

    *value = (Node){.kind = NODE_BROKEN, .span = sub->span, .id = sub->id};
    *access = (Node){.kind = NODE_ATTRIBUTE, .span = sub->span, .id = sub->id};
    access->as.attribute.value = value;
    access->as.attribute.name = name;
    access->as.attribute.name_span = sub->span;
    Type *found = types_find(attribute_of(inf, access, t, name));
    Action *action = inf->inst->actions[sub->id];
    infer_pattern(inf, sub, found);
    inf->inst->actions[sub->id] = action;
}

static Type *infer_class_pattern(Infer *inf, Node *n, Type *subject)
{
    TypeVec tests = class_test(inf, n->as.pattern.cls);
    Type *t = tests.len ? narrow_to(inf, subject, &tests, true) : broken(inf);
    uint32_t positional = n->as.pattern.positional;

    for (uint32_t i = 0; i < n->as.pattern.list.len; i++) {
        Node *sub = n->as.pattern.list.items[i];
        Type *cls_type = tests.len ? tests.items[0] : t;
        if (cls_type->kind != TYPE_CLASS) { /* int(x): the value itself */
            infer_pattern(inf, sub, t);
            continue;
        }
        const char *name = i < positional ? positional_name(inf, cls_type->cls, i) : n->as.pattern.attrs.items[i - positional];
        if (!name) {
            report(inf, sub->span, "class '%s' has no positional pattern %u; name the attribute, as in %s(name=…)", cls_type->cls->name, i + 1, cls_type->cls->name);
            continue;
        }
        infer_attribute_pattern(inf, sub, t->kind == TYPE_CLASS ? t : cls_type, name);
    }
    return t;
}

static Type *infer_or(Infer *inf, Node *n, Type *subject)
{
    Type *t = plain(inf, TYPE_NEVER);

    for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
        t = join(inf, t, infer_pattern(inf, n->as.pattern.list.items[i], subject));
    return t;
}

static bool same_value_kind(const Type *subject, const Type *value)
{
    if (subject->kind == TYPE_ANY || is_number(subject) == is_number(value))
        return subject->kind == value->kind || is_number(subject) || subject->kind == TYPE_ANY;
    return false;
}

static Type *infer_value(Infer *inf, Node *n, Type *subject)
{
    Type *value = infer_expr(inf, n->as.unary.operand);
    TypeVec kept = {0};

    subject = types_find(subject);
    for (uint32_t i = 0; i < (subject->kind == TYPE_UNION ? subject->arg_count : 1); i++) {
        Type *member = types_find(subject->kind == TYPE_UNION ? subject->args[i] : subject);
        if (same_value_kind(member, value) || member->kind == TYPE_CLASS)
            vec_push(inf->c->arena, &kept, member);
    }
    return kept.len ? types_union(inf->ts, kept.items, kept.len) : subject;
}

static Type *infer_pattern(Infer *inf, Node *n, Type *subject)
{
    Type *t = subject;

    switch (n->kind) {
    case NODE_PAT_VALUE:
        t = infer_value(inf, n, subject);
        break;
    case NODE_PAT_SINGLE: {
        Type *value = infer_expr(inf, n->as.unary.operand);
        t = only(inf, subject, value->kind == TYPE_NONE ? is_none : is_bool);
        if (t->kind == TYPE_ANY)
            t = value;
        break;
    }
    case NODE_PAT_CAPTURE:
        if (n->as.pattern.list.len)
            t = infer_pattern(inf, n->as.pattern.list.items[0], subject);
        bind_name(inf, n, t);
        break;
    case NODE_PAT_SEQ:
        t = infer_seq(inf, n, subject);
        break;
    case NODE_PAT_MAPPING:
        t = infer_mapping(inf, n, subject);
        break;
    case NODE_PAT_CLASS:
        t = infer_class_pattern(inf, n, subject);
        break;
    case NODE_PAT_OR:
        t = infer_or(inf, n, subject);
        break;
    default:
        break;
    }
    return set_type(inf, n, types_find(t));
}

static bool is_irrefutable(const Node *n)
{
    if (n->kind == NODE_PAT_CAPTURE)
        return n->as.pattern.list.len == 0 || is_irrefutable(n->as.pattern.list.items[0]);
    if (n->kind == NODE_PAT_OR)
        return is_irrefutable(vec_last(&n->as.pattern.list));
    return false;
}

/* A sequence pattern over a tuple of that length, each part of which matches anything. */
static bool is_whole_tuple(const Node *n, const Type *subject)
{
    if (n->kind != NODE_PAT_SEQ || subject->kind != TYPE_TUPLE || n->as.pattern.list.len != subject->arg_count)
        return false;
    for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
        if (!is_irrefutable(n->as.pattern.list.items[i]) && !is_whole_tuple(n->as.pattern.list.items[i], types_find(subject->args[i])))
            return false;
    return true;
}

/* Does the pattern match every value of the types it names? Then those are done with. */
static bool takes_all(const Node *n)
{
    switch (n->kind) {
    case NODE_PAT_CLASS:
        for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
            if (!is_irrefutable(n->as.pattern.list.items[i]))
                return false;
        return true;
    case NODE_PAT_SINGLE:
        return n->as.unary.operand->kind == NODE_NONE;
    case NODE_PAT_OR:
        for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
            if (!takes_all(n->as.pattern.list.items[i]))
                return false;
        return true;
    case NODE_PAT_CAPTURE:
        return n->as.pattern.list.len == 0 || takes_all(n->as.pattern.list.items[0]);
    default:
        return false;
    }
}

static Type *without(Infer *inf, Type *t, Type *taken)
{
    TypeVec kept = {0};

    t = types_find(t);
    taken = types_find(taken);
    if (t->kind == TYPE_ANY)
        return t;
    for (uint32_t i = 0; i < (t->kind == TYPE_UNION ? t->arg_count : 1); i++) {
        Type *member = types_find(t->kind == TYPE_UNION ? t->args[i] : t);
        bool is_taken = false;
        for (uint32_t k = 0; k < (taken->kind == TYPE_UNION ? taken->arg_count : 1); k++)
            is_taken |= same_type(member, taken->kind == TYPE_UNION ? taken->args[k] : taken);
        if (!is_taken)
            vec_push(inf->c->arena, &kept, member);
    }
    return types_union(inf->ts, kept.items, kept.len);
}

/* Members of an enum, or True and False, that value patterns without a guard have named. */
static uint32_t covered_values(Infer *inf, Node *n, Type *subject)
{
    if (n->kind == NODE_PAT_OR) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < n->as.pattern.list.len; i++)
            count += covered_values(inf, n->as.pattern.list.items[i], subject);
        return count;
    }
    if (n->kind == NODE_PAT_SINGLE && subject->kind == TYPE_BOOL)
        return n->as.unary.operand->kind != NODE_NONE;
    if (n->kind != NODE_PAT_VALUE)
        return 0;
    Action *action = inf->inst->actions[n->as.unary.operand->id];
    return action && action->kind == ACT_ENUM_MEMBER;
}

void infer_match(Infer *inf, Node *n)
{
    Type *subject = infer_expr(inf, n->as.match.subject), *rest = subject;
    Key *key = key_of(inf, n->as.match.subject);
    uint32_t mark = env_mark(inf), covered = 0;
    BranchVec exits = {0};
    bool is_exhaustive = false, was_dead = inf->is_dead;

    reach_format(inf, subject);
    for (uint32_t i = 0; i < n->as.match.cases.len; i++) {
        MatchCase *mc = &n->as.match.cases.items[i];
        Type *t = infer_pattern(inf, mc->pattern, rest);
        if (key && !is_void_type(t) && !same_type(t, subject)) {
            Fact fact = fact_of(inf, key);
            fact.narrow = t;
            fact.at = env_read_at(inf, n->as.match.subject);
            fact_set(inf, key, fact);
        }
        if (types_find(t)->kind == TYPE_NEVER && !is_void_type(rest)) /* nothing of that type can come here */
            inf->is_dead = true;
        if (mc->guard && !inf->is_dead) {
            infer_condition(inf, mc->guard);
            narrow(inf, mc->guard, true);
        }
        infer_block(inf, &mc->body);
        bool is_dead = inf->is_dead;
        Branch branch = env_branch(inf, mark);
        branch.is_dead = is_dead;
        vec_push(inf->c->arena, &exits, branch);
        inf->is_dead = was_dead;
        if (mc->guard)
            continue;
        if (is_irrefutable(mc->pattern) || is_whole_tuple(mc->pattern, subject))
            is_exhaustive = true;
        else if (takes_all(mc->pattern))
            rest = without(inf, rest, t);
        covered += covered_values(inf, mc->pattern, subject);
        if (types_find(rest)->kind == TYPE_NEVER && !is_void_type(subject))
            is_exhaustive = true;
        if (subject->kind == TYPE_CLASS && subject->cls->is_enum && covered >= info_of(inf, subject->cls)->members.len)
            is_exhaustive = true;
        if (subject->kind == TYPE_BOOL && covered >= 2)
            is_exhaustive = true;
    }
    if (!is_exhaustive) {
        Branch none = {0};
        none.is_dead = was_dead;
        vec_push(inf->c->arena, &exits, none);
    }
    env_merge(inf, exits.items, exits.len);
}

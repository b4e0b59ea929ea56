/* Statements: what they assign, and what is known after them. Branches meet in env_merge; loops are walked until what is known
 * at their head no longer changes. */
#include "infer/internal.h"

#include <ctype.h>

/* -- assignment --------------------------------------------------------------------------------------------------------------- */

static bool check_declared(Infer *inf, Symbol *symbol, Annotation a, Type *value, Span span)
{
    Diag *d;

    if (!a.type || is_void_type(value) || flow(inf, value, a.type))
        return true;
    d = report(inf, span, "'%s' is declared %s, but %s is assigned", symbol->name, spell(inf, a.type), spell(inf, value));
    note(inf, d, symbol->annotation->span, "'%s' is declared here", symbol->name);
    return false;
}

void assign_symbol(Infer *inf, Symbol *symbol, Type *value, Span span)
{
    Variable *var = var_of(inf, symbol);
    Key *key = key_var(inf, symbol);
    Fact fact = {.set = IS_SET};
    Annotation a = {0};

    if (!var)
        return;
    value = types_find(value);
    if (symbol->annotation) {
        a = annotation(inf, symbol->scope->kind == SCOPE_FUNCTION && symbol->param ? symbol->scope->parent : symbol->scope, symbol->annotation);
        if (!check_declared(inf, symbol, a, value, span))
            return;
    }
    if (a.type && !a.is_flexible && !is_void_type(a.type) && !symbol->param)
        grow(inf, &var->type, a.type);
    else
        grow(inf, &var->type, value);
    if (!is_void_type(value) && !symbol->is_nonlocal_assigned && !same_type(value, var->type) && types_find(var->type)->kind != TYPE_ANY &&
        !(types_find(var->type)->kind != TYPE_UNION && value->kind != types_find(var->type)->kind))
        fact.narrow = value;
    if (symbol->is_nonlocal_assigned && symbol->scope->kind == SCOPE_MODULE && inf->inst->scope != symbol->scope)
        fact.narrow = !is_void_type(value) && !same_type(value, var->type) && types_find(var->type)->kind == TYPE_UNION ? value : NULL;
    fact.at = inf->clock;
    fact_assign(inf, key, fact);
    fact_forget(inf, key);
}

static void unpack_tuple(Infer *inf, Node *target, Type *t, Node *source)
{
    NodeVec *targets = &target->as.list.items;
    uint32_t star = targets->len, count = t->arg_count;

    for (uint32_t i = 0; i < targets->len; i++)
        if (targets->items[i]->kind == NODE_STARRED)
            star = i;
    if (star == targets->len ? count != targets->len : count + 1 < targets->len) {
        report(inf, target->span, "%u value%s cannot be unpacked into %u name%s", count, count == 1 ? "" : "s", targets->len, targets->len == 1 ? "" : "s");
        return;
    }
    for (uint32_t i = 0; i < targets->len; i++) {
        Node *one = targets->items[i];
        Node *from = source && (source->kind == NODE_TUPLE || source->kind == NODE_LIST) && star == targets->len &&
                             source->as.list.items.len == targets->len ? source->as.list.items.items[i] : source;
        if (i < star) {
            assign_target(inf, one, t->args[i], from);
        } else if (i > star) {
            assign_target(inf, one, t->args[count - (targets->len - i)], from);
        } else {
            Type *cell = node_cell(inf, one, 0);
            for (uint32_t j = i; j < count - (targets->len - i - 1); j++)
                grow_cell(inf, cell, t->args[j]);
            set_type(inf, one, make1(inf, TYPE_LIST, cell));
            assign_target(inf, one->as.unary.operand, make1(inf, TYPE_LIST, cell), source);
        }
    }
}

static Type *namedtuple_fields(Infer *inf, Type *t)
{
    if (t->kind != TYPE_CLASS || !t->cls || !(t->cls->is_namedtuple || (t->cls->base && t->cls->base->is_namedtuple)))
        return NULL;
    ClassInfo *info = info_of(inf, t->cls);
    Type **args = arena_array(inf->c->arena, Type *, info->init_fields.len + 1);
    for (uint32_t i = 0; i < info->init_fields.len; i++)
        args[i] = types_find(info->init_fields.items[i]->type);
    return types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], args, info->init_fields.len);
}

static void unpack(Infer *inf, Node *target, Type *value, Node *source)
{
    Type *t = types_find(value), *fields = namedtuple_fields(inf, t), *elem;
    Iteration *it = arena_new(inf->c->arena, Iteration);

    set_type(inf, target, t);
    if (t->kind == TYPE_TUPLE || fields) {
        unpack_tuple(inf, target, fields ? fields : t, source);
        return;
    }
    if (source)
        t = use_value(inf, source, t, "cannot unpack non-iterable NoneType object");
    elem = iter_elem(inf, t, source ? source : target, it);
    if (!elem) {
        Diag *d = report(inf, source ? source->span : target->span, "%s cannot be unpacked", spell(inf, t));
        if (types_is_optional(t))
            help(inf, d, "it may be None: check it before");
        elem = broken(inf);
    }
    it->value = source;
    if (!inf->silent)
        *iteration_slot(inf, target) = it;
    for (uint32_t i = 0; i < target->as.list.items.len; i++) {
        Node *one = target->as.list.items.items[i];
        if (one->kind == NODE_STARRED) {
            Type *cell = node_cell(inf, one, 0);
            grow_cell(inf, cell, elem);
            set_type(inf, one, make1(inf, TYPE_LIST, cell));
            assign_target(inf, one->as.unary.operand, make1(inf, TYPE_LIST, cell), source);
        } else {
            assign_target(inf, one, elem, source);
        }
    }
}

void assign_target(Infer *inf, Node *target, Type *value, Node *source)
{
    switch (target->kind) {
    case NODE_NAME: {
        Symbol *symbol = inf->inst->scope->uses[target->id];
        set_type(inf, target, types_find(value));
        if (symbol) {
            act(inf, target, ACT_SYMBOL)->symbol = symbol_final(symbol);
            assign_symbol(inf, symbol_final(symbol), value, source ? source->span : target->span);
            if (source && types_is_optional(types_find(value)) && may_be_assumed(inf, source)) {
                Key *key = key_var(inf, symbol_final(symbol));
                Fact fact = fact_of(inf, key);
                fact.is_loose = true;
                fact_set(inf, key, fact);
            }
        }
        break;
    }
    case NODE_TUPLE:
    case NODE_LIST:
        unpack(inf, target, value, source);
        break;
    case NODE_ATTRIBUTE:
        store_attribute(inf, target, value, source);
        set_type(inf, target, types_find(value));
        break;
    case NODE_SUBSCRIPT:
        store_subscript(inf, target, value, source);
        set_type(inf, target, types_find(value));
        break;
    case NODE_STARRED:
        assign_target(inf, target->as.unary.operand, value, source);
        break;
    default:
        break;
    }
}

/* What a target already is tells a display on the right what its elements are. */
static Type *target_type(Infer *inf, Node *target)
{
    if (target->kind == NODE_NAME) {
        Symbol *symbol = inf->inst->scope->uses[target->id];
        if (symbol && symbol->annotation && symbol_final(symbol)->kind == SYMBOL_VAR)
            return annotation(inf, symbol->scope->kind == SCOPE_FUNCTION && symbol->param ? symbol->scope->parent : symbol->scope, symbol->annotation).type;
        return NULL;
    }
    if (target->kind == NODE_ATTRIBUTE) {
        Type *t = infer_expr(inf, target->as.attribute.value);
        Class *cls = t->kind == TYPE_CLASS ? t->cls : NULL;
        Field *field = cls ? class_field(inf, cls, target->as.attribute.name, NULL) : NULL;
        return field ? field->declared : NULL;
    }
    return NULL;
}

static bool is_gather_value(Node *value)
{
    return value->kind == NODE_AWAIT && value->as.unary.operand->kind == NODE_CALL;
}

bool is_unpacked(Infer *inf, Node *gather)
{
    return inf->unpacked == gather;
}

static void infer_assign(Infer *inf, Node *n)
{
    Node *first = n->as.assign.targets.items[0], *outer = inf->unpacked;
    Type *value;

    if (is_gather_value(n->as.assign.value) && (first->kind == NODE_TUPLE || first->kind == NODE_LIST))
        inf->unpacked = n->as.assign.value->as.unary.operand;
    value = infer_expect(inf, n->as.assign.value, target_type(inf, first));
    inf->unpacked = outer;
    for (uint32_t i = 0; i < n->as.assign.targets.len; i++)
        assign_target(inf, n->as.assign.targets.items[i], value, n->as.assign.value);
}

static void infer_annassign(Infer *inf, Node *n)
{
    Node *target = n->as.annassign.target;
    Annotation a = annotation(inf, inf->inst->scope, n->as.annassign.annotation);

    if (target->kind == NODE_ATTRIBUTE) {
        Type *t = infer_expr(inf, target->as.attribute.value);
        Class *cls = t->kind == TYPE_CLASS ? t->cls : NULL;
        if (cls && a.type && !cls->is_library) {
            Class *owner;
            Field *field = class_field(inf, cls, target->as.attribute.name, &owner);
            if (!field)
                field = class_add_field(inf, cls, target->as.attribute.name, target->as.attribute.name_span);
            field->declared = a.type;
            if (!a.is_flexible && !field->is_declared) {
                field->is_declared = true;
                field->type = a.type;
                inf->has_changed = true;
            } else if (a.is_flexible && a.type->kind != TYPE_FLOAT && !types_is_optional(a.type) && a.type->kind != TYPE_CALLABLE) {
                grow(inf, &field->type, a.type);
            }
        }
    }
    if (!n->as.annassign.value)
        return;
    Type *value = infer_expect(inf, n->as.annassign.value, a.type);
    assign_target(inf, target, value, n->as.annassign.value);
}

static void infer_augassign(Infer *inf, Node *n)
{
    Node *target = n->as.augassign.target;
    Type *lt = infer_expr(inf, target), *rt, *result;
    Action *load = inf->inst->actions[target->id];

    rt = infer_expr(inf, n->as.augassign.value);
    result = types_find(infer_binary(inf, n, n->as.augassign.op, target, lt, n->as.augassign.value, rt, true));
    if (result->kind == TYPE_CELL)
        result = plain(inf, TYPE_NEVER);
    set_type(inf, n, result);
    assign_target(inf, target, result, n->as.augassign.value);
    Action *store = inf->inst->actions[target->id];
    if (load && load->kind == ACT_CALL && store && store != load)
        store->callee2 = load->callee;
    inf->inst->types[target->id] = lt;
}

static void infer_del(Infer *inf, Node *n)
{
    for (uint32_t i = 0; i < n->as.list.items.len; i++) {
        Node *target = n->as.list.items.items[i];
        if (target->kind == NODE_SUBSCRIPT) {
            delete_subscript(inf, target);
        } else if (target->kind == NODE_NAME) {
            Symbol *symbol = inf->inst->scope->uses[target->id];
            infer_expr(inf, target);
            if (symbol) {
                Variable *var = var_of(inf, symbol_final(symbol));
                if (var)
                    var->may_be_unset = true;
                fact_assign(inf, key_var(inf, symbol_final(symbol)), (Fact){.set = MAYBE_SET});
            }
        } else if (target->kind == NODE_ATTRIBUTE) {
            Type *t = infer_expr(inf, target->as.attribute.value);
            if (!is_void_type(t) && !(t->kind == TYPE_CLASS && t->cls->is_frozen)) /* else it raises when run */
                report(inf, target->span, "attributes cannot be deleted; assign None instead");
        }
    }
}

/* -- branches ------------------------------------------------------------------------------------------------------------------------ */

static void infer_if(Infer *inf, Node *n)
{
    /* An elif chain is a list of branches, not a tree. */
    BranchVec exits = {0};
    uint32_t mark = env_mark(inf);
    ChangeVec none = {0};
    bool was_dead = inf->is_dead;

    for (;;) {
        infer_condition(inf, n->as.if_.test);
        int fold = fold_condition(inf, n->as.if_.test);
        if (fold >= 0)
            act(inf, n, fold ? ACT_FOLD_TRUE : ACT_FOLD_FALSE);
        else
            inf->inst->actions[n->id] = NULL;
        uint32_t here = env_mark(inf);
        Branch branch = {none, true};
        if (fold != 0) {
            narrow(inf, n->as.if_.test, true);
            infer_block(inf, &n->as.if_.body);
            branch = env_snapshot(inf, mark);
            env_branch(inf, here);
        }
        vec_push(inf->c->arena, &exits, branch);
        inf->is_dead = was_dead;
        if (fold == 1) {
            inf->is_dead = true;
            break;
        }
        narrow(inf, n->as.if_.test, false);
        if (n->as.if_.orelse.len != 1 || n->as.if_.orelse.items[0]->kind != NODE_IF) {
            infer_block(inf, &n->as.if_.orelse);
            break;
        }
        n = n->as.if_.orelse.items[0];
    }
    bool last_dead = inf->is_dead;
    Branch last = env_branch(inf, mark);
    last.is_dead = last_dead;
    vec_push(inf->c->arena, &exits, last);
    env_merge(inf, exits.items, exits.len);
}

/* -- loops ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct LoopParts {
    Node *node, *target, *iter, *test;
    NodeVec *body, *orelse;
    bool is_async;
} LoopParts;

static bool facts_equal(Fact a, Fact b)
{
    return a.set == b.set && a.is_loose == b.is_loose && (a.narrow == b.narrow || (a.narrow && b.narrow && same_type(a.narrow, b.narrow)));
}

/* Merges what holds at the end of the body into the head; true when the head changed, so that the body must be walked again. */
static bool widen_head(Infer *inf, const BranchVec *ends)
{
    bool has_changed = false;

    for (uint32_t i = 0; i < ends->len; i++) {
        if (ends->items[i].is_dead)
            continue;
        for (uint32_t j = 0; j < ends->items[i].changes.len; j++) {
            Change *change = &ends->items[i].changes.items[j];
            Fact head = fact_of(inf, change->key), merged = {.at = head.at < change->fact.at ? head.at : change->fact.at, .is_loose = head.is_loose && change->fact.is_loose};
            merged.narrow = head.narrow && change->fact.narrow ? join(inf, head.narrow, change->fact.narrow) : NULL;
            merged.set = head.set == change->fact.set ? head.set : MAYBE_SET;
            if (facts_equal(head, merged))
                continue;
            fact_set(inf, change->key, merged);
            has_changed = true;
        }
    }
    return has_changed;
}

static int loop_head(Infer *inf, LoopParts *p, Branch *exit, uint32_t mark)
{
    int fold = -1;

    if (p->test) {
        infer_condition(inf, p->test);
        fold = fold_condition(inf, p->test);
        if (fold >= 0)
            act(inf, p->node, fold ? ACT_FOLD_TRUE : ACT_FOLD_FALSE);
        uint32_t here = env_mark(inf);
        narrow(inf, p->test, false);
        *exit = env_snapshot(inf, mark);
        env_branch(inf, here);
        exit->is_dead = fold == 1;
        narrow(inf, p->test, true);
        return fold;
    }
    *exit = env_snapshot(inf, mark);
    Iteration *it = *iteration_slot(inf, p->iter);
    assign_target(inf, p->target, it ? it->elem : broken(inf), NULL);
    return fold;
}

static void infer_loop(Infer *inf, LoopParts *p)
{
    uint32_t mark = env_mark(inf);
    Loop loop = {0};
    Branch exit = {0};
    bool was_dead = inf->is_dead;

    /* What is wrong is said once the head is known: not while it may still widen. */
    bool is_probe = inf->is_loud && !inf->is_probing;
    for (int tries = 0; tries < 8; tries++) {
        uint32_t suppressed = inf->suppressed;
        inf->is_probing |= is_probe;
        loop = (Loop){.outer = inf->loop, .mark = env_mark(inf)};
        inf->loop = &loop;
        uint32_t head = env_mark(inf);
        env_called(inf); /* in the round before */
        int fold = loop_head(inf, p, &exit, mark);
        if (fold != 0)
            infer_block(inf, p->body);
        inf->loop = loop.outer;
        bool is_dead = inf->is_dead;
        Branch end = env_branch(inf, head);
        end.is_dead = is_dead;
        vec_push(inf->c->arena, &loop.continues, end);
        inf->is_dead = was_dead;
        bool has_widened = widen_head(inf, &loop.continues);
        if (is_probe)
            inf->is_probing = false;
        if (has_widened)
            continue;
        if (!is_probe || inf->suppressed == suppressed)
            break;
        is_probe = false; /* stable, and something to say: once more, aloud */
    }
    /* Normal exit: the condition was false, or the iterable exhausted; then the else clause. Breaks skip it. */
    BranchVec exits = {0};
    for (uint32_t i = 0; i < loop.breaks.len; i++)
        vec_push(inf->c->arena, &exits, loop.breaks.items[i]);
    for (uint32_t i = 0; i < exits.len; i++) /* relative to the loop's head: add what the head changed */
        exits.items[i].is_dead = false;
    uint32_t here = env_mark(inf);
    for (uint32_t i = 0; i < exit.changes.len; i++)
        fact_set(inf, exit.changes.items[i].key, exit.changes.items[i].fact);
    inf->is_dead = exit.is_dead;
    infer_block(inf, p->orelse);
    bool is_dead = inf->is_dead;
    Branch normal = env_branch(inf, here);
    normal.is_dead = is_dead;
    vec_push(inf->c->arena, &exits, normal);
    inf->is_dead = was_dead;
    env_merge(inf, exits.items, exits.len);
}

static void infer_while(Infer *inf, Node *n)
{
    LoopParts parts = {.node = n, .test = n->as.while_.test, .body = &n->as.while_.body, .orelse = &n->as.while_.orelse};

    inf->inst->actions[n->id] = NULL;
    infer_loop(inf, &parts);
}

static void infer_for(Infer *inf, Node *n)
{
    LoopParts parts = {.node = n, .target = n->as.for_.target, .iter = n->as.for_.iter, .body = &n->as.for_.body,
                       .orelse = &n->as.for_.orelse, .is_async = n->as.for_.is_async};

    *iteration_slot(inf, parts.iter) = NULL;
    iterate(inf, parts.iter, parts.is_async);
    infer_loop(inf, &parts);
}

static void infer_jump(Infer *inf, bool is_break)
{
    if (!inf->loop)
        return;
    Branch here = env_snapshot(inf, inf->loop->mark);
    here.is_dead = inf->is_dead;
    if (is_break && !inf->is_dead)
        vec_push(inf->c->arena, &inf->loop->breaks, here);
    else if (!is_break)
        vec_push(inf->c->arena, &inf->loop->continues, here);
    inf->is_dead = true;
}

/* -- exceptions -------------------------------------------------------------------------------------------------------------------------- */

/* What holds where an exception may come from anywhere in the body: of what the body changed, only the declared types. */
static Branch anywhere(Infer *inf, const ChangeVec *body, const ChangeVec *assigned)
{
    Branch result = {0};
    const ChangeVec *sources[] = {body, assigned};

    for (int s = 0; s < 2; s++)
        for (uint32_t i = 0; i < sources[s]->len; i++) {
            Change change = sources[s]->items[i];
            Fact old = fact_of(inf, change.key);
            Fact fact = {.narrow = NULL, .set = old.set == IS_SET && change.fact.set == IS_SET ? IS_SET : MAYBE_SET};
            if (change.key->is_event)
                fact = change.fact;
            vec_push(inf->c->arena, &result.changes, ((Change){change.key, fact}));
        }
    return result;
}

static Type *caught_type(Infer *inf, Handler *h, bool is_star)
{
    Type *t = plain(inf, TYPE_NEVER);

    if (!h->type)
        return inf->base_exception->type;
    TypeVec tests = class_test_exceptions(inf, h->type);
    for (uint32_t i = 0; i < tests.len; i++) {
        if (is_void_type(tests.items[i]))
            continue;
        if (tests.items[i]->kind != TYPE_CLASS || !tests.items[i]->cls->is_exception) {
            report(inf, h->type->span, "'except' takes exception classes, not %s", spell(inf, tests.items[i]));
            continue;
        }
        t = join(inf, t, tests.items[i]);
    }
    if (is_star)
        return class_named(inf, "builtins", !is_void_type(t) && class_derives(t->cls, class_named(inf, "builtins", "Exception")->cls) ? "ExceptionGroup"
                                                                                                                                     : "BaseExceptionGroup");
    return is_void_type(t) ? inf->base_exception->type : t;
}

static Branch infer_handler(Infer *inf, Node *n, Handler *h, const Branch *entry, uint32_t mark)
{
    for (uint32_t i = 0; i < entry->changes.len; i++)
        fact_set(inf, entry->changes.items[i].key, entry->changes.items[i].fact);
    Type *t = caught_type(inf, h, n->as.try_.is_star);
    if (h->name) {
        Symbol *symbol = scope_lookup(inf->r, inf->inst->scope, h->name);
        if (symbol)
            assign_symbol(inf, symbol, t, h->name_span);
        infer_block(inf, &h->body);
        if (symbol)
            fact_assign(inf, key_var(inf, symbol), (Fact){.set = UNSET});
    } else {
        infer_block(inf, &h->body);
    }
    bool is_dead = inf->is_dead;
    Branch branch = env_branch(inf, mark);
    branch.is_dead = is_dead;
    return branch;
}

static void infer_try(Infer *inf, Node *n)
{
    uint32_t mark = env_mark(inf);
    BranchVec exits = {0};
    bool was_dead = inf->is_dead;

    uint32_t start = env_try(inf);
    infer_block(inf, &n->as.try_.body);
    ChangeVec body = trail_changes(inf, mark), assigned = env_assigned(inf, start);
    infer_block(inf, &n->as.try_.orelse);
    bool is_dead = inf->is_dead;
    Branch normal = env_branch(inf, mark);
    normal.is_dead = is_dead;
    vec_push(inf->c->arena, &exits, normal);
    Branch entry = anywhere(inf, &body, &assigned);
    for (uint32_t i = 0; i < n->as.try_.handlers.len; i++) {
        inf->is_dead = was_dead;
        vec_push(inf->c->arena, &exits, infer_handler(inf, n, &n->as.try_.handlers.items[i], &entry, mark));
    }
    inf->is_dead = was_dead;
    if (!n->as.try_.has_finally) {
        env_merge(inf, exits.items, exits.len);
        env_tried(inf);
        return;
    }
    /* The finally clause is reached from everywhere; what follows it only from the ends. */
    uint32_t count = exits.len;
    bool all_dead = true;
    for (uint32_t i = 0; i < count; i++)
        all_dead &= exits.items[i].is_dead;
    BranchVec entries = {0};
    assigned = env_assigned(inf, start);
    for (uint32_t i = 0; i < count; i++) {
        Branch one = exits.items[i];
        one.is_dead = false;
        vec_push(inf->c->arena, &entries, one);
        vec_push(inf->c->arena, &entries, anywhere(inf, &one.changes, &assigned));
    }
    vec_push(inf->c->arena, &entries, entry);
    uint32_t before = env_mark(inf);
    start = inf->assigned.len;
    env_merge(inf, entries.items, entries.len);
    infer_block(inf, &n->as.try_.finally);
    bool finally_dead = inf->is_dead;
    assigned = env_assigned(inf, start);
    for (uint32_t i = 0; i < assigned.len; i++)
        assigned.items[i].fact = fact_of(inf, assigned.items[i].key);
    Branch last = env_branch(inf, before);
    env_tried(inf);
    if (finally_dead || all_dead) {
        env_apply(inf, &last);
        inf->is_dead = true;
        return;
    }
    env_merge(inf, exits.items, count);
    for (uint32_t i = 0; i < last.changes.len; i++) { /* what the finally clause itself assigned */
        Fact fact = fact_of(inf, last.changes.items[i].key);
        if (last.changes.items[i].key->is_event || (last.changes.items[i].fact.set == IS_SET && fact.set != IS_SET))
            fact_set(inf, last.changes.items[i].key, last.changes.items[i].fact);
    }
    for (uint32_t i = 0; i < assigned.len; i++) {
        Fact fact = assigned.items[i].fact, old = fact_of(inf, assigned.items[i].key);
        fact.set = fact.set == MAYBE_SET ? old.set : fact.set;
        fact_set(inf, assigned.items[i].key, fact);
    }
}

static void infer_raise(Infer *inf, Node *n)
{
    Node *parts[] = {n->as.raise.exc, n->as.raise.cause};

    for (int i = 0; i < 2; i++) {
        Type *t = parts[i] ? infer_expr(inf, parts[i]) : NULL;
        if (!t || is_void_type(t) || t->kind == TYPE_ANY || (i == 1 && t->kind == TYPE_NONE))
            continue;
        Type *raised = t;
        if (t->kind == TYPE_CLASSOBJ) {
            raised = types_find(t->args[0]);
            if (raised->kind == TYPE_CLASS && raised->cls->is_exception) {
                Callee *callee;
                call_value(inf, parts[i], t, NULL, NULL, 0, &callee);
                Action *action = act(inf, n, ACT_CALL); /* raise C: a new C() */
                action->callee = callee;
            }
        } else {
            inf->inst->actions[n->id] = NULL;
        }
        if (types_is_optional(raised) || raised->kind != TYPE_CLASS || !raised->cls->is_exception) {
            Type *rest = types_without_none(inf->ts, raised);
            if (rest->kind == TYPE_UNION) {
                bool all = true;
                for (uint32_t k = 0; k < rest->arg_count; k++)
                    all &= types_find(rest->args[k])->kind == TYPE_CLASS && types_find(rest->args[k])->cls->is_exception;
                if (all && !types_is_optional(raised))
                    continue;
            }
            bool is_exception = rest->kind == TYPE_CLASS && rest->cls->is_exception;
            if (types_is_optional(raised) && (i == 1 || is_exception)) /* `raise last`: TypeError when that is None after all */
                continue;
            Diag *d = report(inf, parts[i]->span, "exceptions must derive from BaseException; this is %s", spell(inf, t));
            if (types_is_optional(raised))
                help(inf, d, "it may be None: check it before");
        }
    }
    inf->is_dead = true;
}

/* -- with ----------------------------------------------------------------------------------------------------------------------------------- */

static Type *entered(Infer *inf, Node *n, Node *context, bool is_async, bool *swallows)
{
    Type *t = use_value(inf, context, infer_expr(inf, context), "'NoneType' object does not support the context manager protocol"), *result;
    const char *enter = is_async ? inf->names.aenter : inf->names.enter, *exit = is_async ? inf->names.aexit : inf->names.exit;
    WithAction *with;

    (void)n;
    if (is_void_type(t))
        return t;
    with = arena_new(inf->c->arena, WithAction);
    with->enter = call_method(inf, t, enter, NULL, NULL, 0, context->span, false);
    with->exit = call_exit(inf, t, exit, context->span);
    inf->inst->withs[context->id] = inf->silent ? NULL : with;
    if (!with->enter || !with->exit) {
        Class *cls = class_of(inf, t);
        if (cls && method_of(inf, cls, enter))
            return broken(inf);
        Diag *d = report(inf, context->span, "%s is no %scontext manager: it has no %s", spell(inf, t), is_async ? "asynchronous " : "", enter);
        if (cls && method_of(inf, cls, is_async ? inf->names.enter : inf->names.aenter))
            help(inf, d, is_async ? "write a plain 'with'" : "write 'async with'");
        else if (t->kind == TYPE_COROUTINE)
            help(inf, d, "await it first");
        return broken(inf);
    }
    result = types_find(with->enter->result);
    Type *exit_result = types_find(with->exit->result);
    if (is_async) {
        if (!(with->enter->kind == CALLEE_C && with->enter->is_async))
            result = await_result(inf, result, NULL);
        if (!(with->exit->kind == CALLEE_C && with->exit->is_async))
            exit_result = await_result(inf, exit_result, NULL);
    }
    *swallows |= exit_result && exit_result->kind != TYPE_NONE && !is_void_type(exit_result);
    return result ? types_find(result) : broken(inf);
}

static void infer_with(Infer *inf, Node *n)
{
    bool swallows = false;

    for (uint32_t i = 0; i < n->as.with.items.len; i++) {
        WithItem *item = &n->as.with.items.items[i];
        Type *t = entered(inf, n, item->context, n->as.with.is_async, &swallows);
        if (item->target)
            assign_target(inf, item->target, t, NULL);
    }
    if (!swallows) {
        infer_block(inf, &n->as.with.body);
        return;
    }
    uint32_t mark = env_mark(inf), start = env_try(inf);
    bool was_dead = inf->is_dead;
    infer_block(inf, &n->as.with.body);
    ChangeVec assigned = env_assigned(inf, start);
    env_tried(inf);
    bool is_dead = inf->is_dead;
    Branch body = env_branch(inf, mark);
    body.is_dead = is_dead;
    inf->is_dead = was_dead;
    Branch swallowed = anywhere(inf, &body.changes, &assigned);
    env_merge(inf, (Branch[]){body, swallowed}, 2);
}

/* -- definitions ------------------------------------------------------------------------------------------------------------------------------ */

const char *wrapped_name(Infer *inf, Type *func)
{
    NodeVec *decorators = &func->decl->as.function.decorators;

    for (uint32_t i = 0; i < decorators->len; i++) {
        Node *d = decorators->items[i];
        if (d->kind != NODE_CALL || strcmp(called_name(d), "wraps") || d->as.call.args.len == 0)
            continue;
        Node *wrapped = d->as.call.args.items[0].value;
        Instance *owner = func->owner;
        if (!owner || wrapped->kind != NODE_NAME)
            continue;
        Symbol *symbol = scope_lookup(inf->r, owner->scope, wrapped->as.name.name);
        for (; owner && symbol && owner->scope != symbol->scope; owner = owner->owner)
            ;
        Type *t = owner ? types_find(owner->vars[symbol->index].type) : NULL;
        if (t && (t->kind == TYPE_FUNC || t->kind == TYPE_BOUND))
            return wrapped_name(inf, t);
    }
    return func->decl->as.function.name;
}

static void infer_defaults(Infer *inf, Node *n)
{
    for (uint32_t i = 0; i < n->as.function.params.len; i++)
        if (n->as.function.params.items[i].value)
            infer_expr(inf, n->as.function.params.items[i].value);
}

static bool is_wraps(const Node *d)
{
    return d->kind == NODE_CALL && !strcmp(called_name((Node *)(uintptr_t)d), "wraps");
}

static bool is_plain(const Node *n, uint32_t i)
{
    return is_known_decorator(n->as.function.decorators.items[i]);
}

static Type *decorate(Infer *inf, Node *n, Type *t)
{
    NodeVec *decorators = &n->as.function.decorators;
    Action *action = act(inf, n, ACT_CALL);

    action->callees = arena_array(inf->c->arena, Callee *, decorators->len);
    action->callee_count = decorators->len;
    for (uint32_t i = decorators->len; i-- > 0;) {
        Node *d = decorators->items[i];
        if (is_plain(n, i) || is_wraps(d))
            continue;
        Type *func = infer_expr(inf, d);
        if (is_void_type(func))
            return plain(inf, TYPE_NEVER);
        Node *site = arena_new(inf->c->arena, Node); /* the call that a decorator is */
        *site = (Node){.kind = NODE_BROKEN, .span = d->span, .id = d->id};
        t = call_value(inf, site, func, NULL, &t, 1, &action->callees[i]);
    }
    return t;
}

static void infer_def(Infer *inf, Node *n)
{
    Symbol *symbol = inf->inst->scope->uses[n->id];
    Type *t;

    infer_defaults(inf, n);
    if (!symbol)
        return;
    inf->inst->actions[n->id] = NULL;
    t = types_func(inf->ts, n, inf->inst->scope->kind == SCOPE_FUNCTION ? inf->inst : NULL);
    if (is_decorated(n))
        t = decorate(inf, n, t);
    if (symbol->kind == SYMBOL_VAR) {
        assign_symbol(inf, symbol, t, n->span);
        return;
    }
    Variable *var = var_of(inf, symbol);
    if (var && is_decorated(n))
        grow(inf, &var->type, t);
    fact_set(inf, key_var(inf, symbol), (Fact){.set = IS_SET});
}

void infer_def_in(Infer *inf, Symbol *symbol)
{
    Instance *current = inf->inst;

    inf->inst = module_instance(inf, symbol->scope->unit);
    infer_def(inf, symbol->decl);
    inf->inst = current;
}

Instance *class_body(Infer *inf, const Scope *scope)
{
    ClassInfo *info = map_get(&inf->class_infos, scope->node);
    Symbol *symbol;

    if (!info) {
        symbol = scope->parent->uses[scope->node->id];
        if (!symbol || symbol->kind != SYMBOL_CLASS)
            return NULL;
        info = class_info(inf, symbol);
    }
    if (!info->body)
        info->body = new_body_instance(inf, info->scope, owner_of_scope(inf, scope->parent));
    reach(inf, info->body);
    for (uint32_t i = 0; i < info->members.len; i++)
        info->members.items[i].type = info->body->types[info->members.items[i].value->id];
    return info->body;
}

static void infer_class_stmt(Infer *inf, Node *n)
{
    Symbol *symbol = inf->inst->scope->uses[n->id];

    if (!symbol || symbol->kind != SYMBOL_CLASS)
        return;
    ClassInfo *info = class_info(inf, symbol);
    class_body(inf, info->scope);
    if (info->cls->is_dataclass || info->cls->is_namedtuple)
        check_init_fields(inf, info);
    fact_set(inf, key_var(inf, symbol), (Fact){.set = IS_SET});
}

/* -- the rest -------------------------------------------------------------------------------------------------------------------------------------- */

static void infer_expression(Infer *inf, Node *n)
{
    Node *value = n->as.ret.value;
    Type *t = infer_expr(inf, value);

    if (t->kind == TYPE_COROUTINE && value->kind == NODE_CALL) {
        Diag *d = report(inf, value->span, "coroutine '%s' is never awaited", called_name(value));
        help(inf, d, inf->inst->is_async ? "write 'await %s(…)', or give it to asyncio.create_task()" : "run it with asyncio.run(%s(…))", called_name(value));
    }
}

/* return other.__await__(): what awaiting that gives. The annotation speaks of the generator that it would be. */
static void return_awaited(Infer *inf, Node *n)
{
    Type *t = n->as.ret.value ? infer_expr(inf, n->as.ret.value) : plain(inf, TYPE_NONE), *result;

    inf->inst->actions[n->id] = NULL;
    result = await_result(inf, t, n);
    if (!result)
        report(inf, n->span, "'__await__' returns %s, which cannot be awaited", spell(inf, t));
    grow(inf, &inf->inst->result, result ? result : broken(inf));
    inf->is_dead = true;
}

static void infer_return(Infer *inf, Node *n)
{
    Instance *inst = inf->inst;
    struct Function *f = inst->decl ? &inst->decl->as.function : NULL;
    Annotation a = f && f->returns && !inst->is_generator ? annotation(inf, inst->scope->parent, f->returns) : (Annotation){0};
    Type *t = n->as.ret.value ? infer_expect(inf, n->as.ret.value, a.type) : plain(inf, TYPE_NONE);

    if (n->as.ret.value && a.type && !types_is_optional(a.type) && types_is_optional(t))
        t = use_value(inf, n->as.ret.value, t, "'%s' returns None", f->name);
    state_of(inst)->returns_value = true;
    if (a.type && !is_void_type(t) && !is_void_type(a.type) && !flow(inf, t, a.type)) {
        Diag *d = report(inf, n->as.ret.value ? n->as.ret.value->span : n->span, "'%s' is declared to return %s, but this is %s", f->name, spell(inf, a.type), spell(inf, t));
        note(inf, d, f->returns->span, "the return type is declared here");
    } else if (!(a.type && !a.is_flexible)) {
        grow(inf, &inst->result, t);
    }
    inf->is_dead = true;
}

/* Does `text` stand between `from` and `end`, with `name` after it as a word of its own? */
static bool has_words(const char *from, const char *end, const char *text, const char *name, size_t length)
{
    size_t before = strlen(text);

    for (const char *p = from; p + before + length < end; p++)
        if (!memcmp(p, text, before) && !memcmp(p + before, name, length) && !isalnum((unsigned char)p[before + length]) &&
            p[before + length] != '_')
            return true;
    return false;
}

/* name = yield …: is the name tested for truth? */
static bool tests_sent(const char *from, const char *end)
{
    static const char *const tests[] = {"if ", "while ", "not ", "and ", "or "};

    for (const char *p = from + 1; p + 8 < end; p++) {
        if (memcmp(p, "= yield", 7))
            continue;
        const char *stop = p[-1] == ':' ? p - 1 : p;
        while (stop > from && stop[-1] == ' ')
            stop--;
        const char *name = stop;
        while (name > from && (isalnum((unsigned char)name[-1]) || name[-1] == '_'))
            name--;
        for (size_t i = 0; name < stop && i < sizeof tests / sizeof *tests; i++)
            if (has_words(from, end, tests[i], name, (size_t)(stop - name)))
                return true;
    }
    return false;
}

/* A body that asks whether it was sent anything is also resumed by next(). */
static bool expects_nothing_sent(Infer *inf, const Node *decl)
{
    const SourceFile *file = source_of(inf->c->sources, decl->span);
    const char *from = file->text + decl->as.function.body.items[0]->span.start, *end = file->text + decl->span.end;

    return has_words(from, end, "", "None", 4) || tests_sent(from, end);
}

Type *declared_send(Infer *inf, Instance *inst)
{
    Node *returns = inst->decl && inst->decl->kind == NODE_FUNCTION ? inst->decl->as.function.returns : NULL;

    if (returns && returns->kind == NODE_SUBSCRIPT && returns->as.subscript.index->kind == NODE_TUPLE &&
        returns->as.subscript.index->as.list.items.len >= 2) {
        Annotation a = annotation(inf, inst->scope->parent, returns->as.subscript.index->as.list.items.items[1]);
        if (a.type)
            return a.type;
    }
    if (inst->decl && inst->decl->kind == NODE_FUNCTION) {
        /* What send() gives, here or there. */
        Type *cell = node_cell(inf, inst->decl->as.function.body.items[0], 1);
        if (types_find(cell)->kind != TYPE_CELL && expects_nothing_sent(inf, inst->decl))
            return types_optional(inf->ts, types_find(cell));
        return cell;
    }
    return plain(inf, TYPE_NONE);
}

static void infer_stmt(Infer *inf, Node *n)
{
    switch (n->kind) {
    case NODE_EXPR:
        infer_expression(inf, n);
        break;
    case NODE_ASSIGN:
        infer_assign(inf, n);
        break;
    case NODE_ANNASSIGN:
        infer_annassign(inf, n);
        break;
    case NODE_AUGASSIGN:
        infer_augassign(inf, n);
        break;
    case NODE_DEL:
        infer_del(inf, n);
        break;
    case NODE_RETURN:
        if (is_awaited_method(inf, inf->inst) && !inf->inst->decl->as.function.is_generator) {
            return_awaited(inf, n);
            break;
        }
        infer_return(inf, n);
        break;
    case NODE_RAISE:
        infer_raise(inf, n);
        break;
    case NODE_ASSERT:
        infer_condition(inf, n->as.assert_.test);
        if (n->as.assert_.message) {
            uint32_t mark = env_mark(inf);
            narrow(inf, n->as.assert_.test, false);
            reach_format(inf, infer_expr(inf, n->as.assert_.message));
            env_branch(inf, mark);
        }
        narrow(inf, n->as.assert_.test, true);
        if (n->as.assert_.test->kind == NODE_FALSE)
            inf->is_dead = true;
        break;
    case NODE_BREAK:
    case NODE_CONTINUE:
        infer_jump(inf, n->kind == NODE_BREAK);
        break;
    case NODE_IF:
        infer_if(inf, n);
        break;
    case NODE_WHILE:
        infer_while(inf, n);
        break;
    case NODE_FOR:
        infer_for(inf, n);
        break;
    case NODE_TRY:
        infer_try(inf, n);
        break;
    case NODE_WITH:
        infer_with(inf, n);
        break;
    case NODE_MATCH:
        infer_match(inf, n);
        break;
    case NODE_FUNCTION:
        infer_def(inf, n);
        break;
    case NODE_CLASS:
        infer_class_stmt(inf, n);
        break;
    default:
        break;
    }
}

/* Library modules: only what makes values; classes and functions are found when used. */
static bool is_declaration(Infer *inf, const Node *n)
{
    return inf->inst->unit->is_library && !inf->inst->decl && inf->inst->scope->kind == SCOPE_MODULE &&
           (n->kind == NODE_CLASS || n->kind == NODE_FUNCTION || n->kind == NODE_EXPR);
}

void infer_block(Infer *inf, const NodeVec *body)
{
    for (uint32_t i = 0; i < body->len; i++) {
        if (inf->is_dead && !is_definition(body->items[i]))
            continue; /* what cannot be reached has no types: lowering leaves it out (Instance.reached) */
        if (!inf->silent)
            inf->inst->reached[body->items[i]->id] = true;
        if (!is_declaration(inf, body->items[i]))
            infer_stmt(inf, body->items[i]);
    }
}

bool is_definition(const Node *n)
{
    return n->kind == NODE_FUNCTION || n->kind == NODE_CLASS;
}

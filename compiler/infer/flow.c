/* Types that grow: joining what flows together, making types equal, and letting a value into a place.
 *
 *     x = 1; x = "a"            join: int | str
 *     xs = []; xs.append(1)     the element cell of xs grows to int
 *     ys = xs                   nothing: both are one list, with one cell
 *     def f(a: list[int])       f(xs): unify the cell with int, which fixes it
 *
 * Containers are invariant: a list[int] is no list[object], since both sides could write to it; so containers that meet are
 * unified, element by element. Tuples, coroutines and futures are only read and are joined. */
#include "infer/internal.h"

bool is_number(const Type *t)
{
    if (t->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < t->arg_count; i++)
            if (!is_number(types_find(t->args[i])))
                return false;
        return true;
    }
    return t->kind == TYPE_INT || t->kind == TYPE_FLOAT || t->kind == TYPE_BOOL;
}

/* int, bool, or the one or the other (what isinstance(x, int) lets through): wherever an int is asked. */
bool is_integer(const Type *t)
{
    for (uint32_t i = 0; t->kind == TYPE_UNION && i < t->arg_count; i++)
        if (types_find(t->args[i])->kind == TYPE_FLOAT)
            return false;
    return t->kind != TYPE_FLOAT && is_number(t);
}

bool same_type(Type *a, Type *b)
{
    a = types_find(a);
    b = types_find(b);
    if (a == b)
        return true;
    if (a->kind != b->kind || a->cls != b->cls || a->arg_count != b->arg_count || a->decl != b->decl ||
        a->owner != b->owner || a->module != b->module || a->kind == TYPE_CELL || (!a->has_cell && !b->has_cell))
        return false;
    for (uint32_t i = 0; i < a->arg_count; i++) {
        Type *x = a->args[i], *y = b->args[i];
        bool both_cells = x->kind == TYPE_CELL && y->kind == TYPE_CELL;
        if (both_cells ? types_root(x) != types_root(y) : !same_type(x, y))
            return false;
    }
    return true;
}

static bool is_container(TypeKind kind)
{
    return kind == TYPE_LIST || kind == TYPE_DEQUE || kind == TYPE_DICT || kind == TYPE_SET || kind == TYPE_FROZENSET ||
           kind == TYPE_CALLABLE || kind == TYPE_CLASS;
}

static bool is_read_only(TypeKind kind)
{
    return kind == TYPE_TUPLE || kind == TYPE_VARTUPLE || kind == TYPE_COROUTINE || kind == TYPE_FUTURE ||
           kind == TYPE_TASK || kind == TYPE_GENERATOR || kind == TYPE_ASYNCGEN;
}

static Class *common_base(Class *a, Class *b)
{
    for (Class *x = a; x; x = x->base)
        if (class_derives(b, x) && strcmp(x->name, "object"))
            return x;
    return NULL;
}

/* Could unify() succeed? Asked before, since unify changes cells. */
static bool can_unify(Infer *inf, Type *a, Type *b, int depth)
{
    Type *x = types_find(a), *y = types_find(b);

    if (x == y || depth > 8 || x->kind == TYPE_CELL || y->kind == TYPE_CELL)
        return true;
    if (a->kind == TYPE_CELL && !types_root(a)->is_fixed)
        return true;
    if (b->kind == TYPE_CELL && !types_root(b)->is_fixed)
        return true;
    if (x->kind == TYPE_NEVER || y->kind == TYPE_NEVER || x->kind == TYPE_BROKEN || y->kind == TYPE_BROKEN)
        return true;
    if (x->kind != y->kind || x->cls != y->cls || x->arg_count != y->arg_count || x->decl != y->decl ||
        x->owner != y->owner || (!x->has_cell && !y->has_cell))
        return false;
    for (uint32_t i = 0; i < x->arg_count; i++)
        if (!can_unify(inf, x->args[i], y->args[i], depth + 1))
            return false;
    return true;
}

static Type *join_args(Infer *inf, Type *a, Type *b)
{
    Type **args = arena_array(inf->c->arena, Type *, a->arg_count);

    for (uint32_t i = 0; i < a->arg_count; i++) {
        args[i] = join(inf, a->args[i], b->args[i]);
    }
    return types_make(inf->ts, a->kind, a->cls, args, a->arg_count);
}

static bool is_called_variously(Infer *inf, const Type *t)
{
    return (t->kind == TYPE_FUNC || t->kind == TYPE_BOUND) && map_has(&inf->called_variously, t->decl);
}

/* Two types that can be one: what both become, or NULL. */
static Type *merge(Infer *inf, Type *a, Type *b)
{
    if (a->kind == TYPE_TASK && b->kind == TYPE_FUTURE)
        return make1(inf, TYPE_FUTURE, join(inf, a->args[0], b->args[0]));
    if (a->kind == TYPE_FUTURE && b->kind == TYPE_TASK)
        return merge(inf, b, a);
    if ((a->kind == TYPE_FUNC || a->kind == TYPE_BOUND) &&
        (b->kind == TYPE_FUNC || b->kind == TYPE_BOUND || b->kind == TYPE_CALLABLE)) {
        Type *x = callable_of(inf, a), *y = callable_of(inf, b);
        bool is_various = is_called_variously(inf, a) || is_called_variously(inf, b);
        if (x && y && !is_various && can_unify(inf, x, y, 0) && unify(inf, x, y))
            return x;
        become_dynamic(inf, a);
        become_dynamic(inf, b);
        return plain(inf, TYPE_ANY); /* functions that are called differently */
    }
    if (a->kind == TYPE_CALLABLE && b->kind == TYPE_CALLABLE && !can_unify(inf, a, b, 0))
        return plain(inf, TYPE_ANY);
    if (a->kind == TYPE_CALLABLE && (b->kind == TYPE_FUNC || b->kind == TYPE_BOUND))
        return merge(inf, b, a);
    if (a->kind == TYPE_CLASSOBJ &&
        (b->kind == TYPE_FUNC || b->kind == TYPE_BOUND || b->kind == TYPE_CALLABLE)) { /* a class as a function */
        Type *y = callable_of(inf, b), *x = y ? callable_with(inf, a, (int)y->arg_count - 1) : NULL;
        return x && unify(inf, x, y) ? y : NULL;
    }
    if (b->kind == TYPE_CLASSOBJ && (a->kind == TYPE_FUNC || a->kind == TYPE_BOUND || a->kind == TYPE_CALLABLE))
        return merge(inf, b, a);
    if (a->kind == TYPE_CLASSOBJ && b->kind == TYPE_CLASSOBJ && a->args[0]->cls && b->args[0]->cls) {
        Class *base = common_base(a->args[0]->cls, b->args[0]->cls);
        return base ? make1(inf, TYPE_CLASSOBJ, types_of_class(inf, base)) : NULL;
    }
    if (a->kind == TYPE_TUPLE && b->kind == TYPE_VARTUPLE) {
        Type *elem = b->args[0];
        for (uint32_t i = 0; i < a->arg_count; i++)
            elem = join(inf, elem, a->args[i]);
        return make1(inf, TYPE_VARTUPLE, elem);
    }
    if (a->kind == TYPE_VARTUPLE && b->kind == TYPE_TUPLE)
        return merge(inf, b, a);
    if (a->kind != b->kind)
        return NULL;
    if (is_read_only(a->kind) && a->arg_count == b->arg_count)
        return join_args(inf, a, b);
    if (a->kind == TYPE_TUPLE) {
        Type *elem = plain(inf, TYPE_NEVER);
        for (uint32_t i = 0; i < a->arg_count + b->arg_count; i++)
            elem = elem_join(inf, elem, i < a->arg_count ? a->args[i] : b->args[i - a->arg_count]);
        return make1(inf, TYPE_VARTUPLE, elem);
    }
    if (a->kind == TYPE_CLASS && a->cls != b->cls) {
        Class *base = common_base(a->cls, b->cls);
        return base ? types_of_class(inf, base) : NULL;
    }
    if (is_container(a->kind) && a->arg_count == b->arg_count && can_unify(inf, a, b, 0)) {
        unify(inf, a, b);
        return a;
    }
    return NULL;
}

Type *join(Infer *inf, Type *a, Type *b)
{
    a = types_find(a);
    b = types_find(b);
    if (a == b || b->kind == TYPE_NEVER || b->kind == TYPE_CELL || b->kind == TYPE_BROKEN)
        return a;
    if (a->kind == TYPE_NEVER || a->kind == TYPE_CELL || a->kind == TYPE_BROKEN)
        return b;
    if (a->kind == TYPE_ANY || b->kind == TYPE_ANY) {
        become_dynamic(inf, a);
        become_dynamic(inf, b);
        return plain(inf, TYPE_ANY);
    }
    if (a->kind != TYPE_UNION && b->kind != TYPE_UNION) {
        Type *merged = same_type(a, b) ? a : merge(inf, a, b);
        if (merged)
            return merged;
        return types_union(inf->ts, (Type *[]){a, b}, 2);
    }
    TypeVec members = {0};
    Type *sides[] = {a, b};
    for (int side = 0; side < 2; side++) {
        Type *t = sides[side];
        for (uint32_t i = 0; i < (t->kind == TYPE_UNION ? t->arg_count : 1); i++) {
            Type *member = types_find(t->kind == TYPE_UNION ? t->args[i] : t), *merged = NULL;
            for (uint32_t j = 0; j < members.len && !merged; j++) {
                merged = same_type(members.items[j], member) ? members.items[j] : merge(inf, members.items[j], member);
                if (merged)
                    members.items[j] = merged;
            }
            if (!merged)
                vec_push(inf->c->arena, &members, member);
        }
    }
    return types_union(inf->ts, members.items, members.len);
}

/* A union of classes as values: which it is, is asked when one is called. */
bool are_classes(const Type *t)
{
    for (uint32_t i = 0; i < t->arg_count; i++)
        if (types_find(t->args[i])->kind != TYPE_CLASSOBJ)
            return false;
    return t->kind == TYPE_UNION;
}

/* What elements of a container join to: numbers stay numbers, X and None stay X | None; unrelated types are the dynamic corner. */
Type *elem_join(Infer *inf, Type *a, Type *b)
{
    Type *t = join(inf, a, b);

    if (t->kind != TYPE_UNION || is_number(types_without_none(inf->ts, t)))
        return t;
    Type *rest = types_without_none(inf->ts, t);
    return rest->kind == TYPE_UNION && !are_classes(rest) ? plain(inf, TYPE_ANY) : t;
}

bool grow(Infer *inf, Type **slot, Type *type)
{
    Type *old = *slot ? *slot : plain(inf, TYPE_NEVER), *joined = join(inf, old, type);

    if (*slot && same_type(old, joined))
        return false;
    *slot = joined;
    inf->has_changed = true;
    return true;
}

bool grow_cell(Infer *inf, Type *cell, Type *type)
{
    Type *value = types_find(cell);

    type = types_find(type);
    if (value->kind == TYPE_ANY || is_called_variously(inf, type)) {
        become_dynamic(inf, type);
        type = is_called_variously(inf, type) ? plain(inf, TYPE_ANY) : type;
    }
    if ((type->kind == TYPE_FUNC || type->kind == TYPE_BOUND) && callable_of(inf, type))
        type = callable_of(inf, type); /* functions in containers are closures, whichever they are */
    if (type->kind == TYPE_NEVER || type->kind == TYPE_CELL || type->kind == TYPE_BROKEN || same_type(value, type))
        return true;
    if (cell->kind != TYPE_CELL)
        return flow(inf, type, cell);
    Type *root = types_root(cell);
    if (root->is_fixed)
        return flow(inf, type, value);
    if (root->bound && !flow(inf, type, root->bound))
        return false;
    bool is_new = true;
    for (uint32_t i = 0; i < root->sources.len; i++)
        is_new &= !same_type(root->sources.items[i], type);
    if (is_new && root->sources.len < 16)
        vec_push(inf->c->arena, &root->sources, type);
    Type *joined = root->bound && root->bound->kind != TYPE_FLOAT ? root->bound
                   : root->parent                                 ? elem_join(inf, value, type)
                                                                  : type;
    if (root->parent && same_type(joined, value))
        return true;
    root->parent = joined;
    inf->has_changed = true;
    return true;
}

static bool bind_cell(Infer *inf, Type *cell, Type *t)
{
    Type *root = types_root(cell), *value = root->parent;

    if (t->kind == TYPE_NEVER || t->kind == TYPE_BROKEN)
        return true;
    if (value && same_type(value, t)) {
        root->is_fixed = true;
        return true;
    }
    if (root->is_fixed)
        return false;
    if (value && value->kind == TYPE_ANY &&
        t->kind != TYPE_ANY) { /* a mixed display: do all its elements fit what is declared? */
        for (uint32_t i = 0; i < root->sources.len; i++)
            if (types_find(root->sources.items[i])->kind == TYPE_ANY || !flow(inf, root->sources.items[i], t))
                return false;
    } else if (value && !is_void_type(value) && t->kind != TYPE_ANY && !same_type(join(inf, value, t), t) &&
               !flow(inf, value, t)) {
        return false;
    }
    root->parent = t;
    root->is_fixed = true;
    inf->has_changed = true;
    return true;
}

bool unify(Infer *inf, Type *a, Type *b)
{
    if (a == b)
        return true;
    if (a->kind == TYPE_CELL && b->kind == TYPE_CELL) {
        Type *x = types_root(a), *y = types_root(b);
        if (x == y)
            return true;
        Type *value = x->parent && y->parent ? (x->is_fixed || y->is_fixed) ? (x->is_fixed ? x->parent : y->parent)
                                                                            : elem_join(inf, x->parent, y->parent)
                      : x->parent ? x->parent
                                             : y->parent;
        if (x->is_fixed && y->is_fixed && !same_type(x->parent, y->parent))
            return false;
        if (y->is_fixed && !x->is_fixed && x->parent && !same_type(join(inf, x->parent, y->parent), y->parent))
            return false;
        if (x->is_fixed && !y->is_fixed && y->parent && !same_type(join(inf, x->parent, y->parent), x->parent))
            return false;
        x->is_fixed |= y->is_fixed;
        if (!x->bound)
            x->bound = y->bound;
        y->parent = x;
        x->parent = value;
        inf->has_changed = true;
        return true;
    }
    Type *x = types_find(a), *y = types_find(b);
    if (x == y)
        return true;
    bool is_alike = x->kind == y->kind && x->cls == y->cls && x->arg_count == y->arg_count && x->arg_count > 0 &&
                    x->kind != TYPE_UNION;
    if (a->kind == TYPE_CELL && !is_alike)
        return bind_cell(inf, a, y);
    if (b->kind == TYPE_CELL && !is_alike)
        return bind_cell(inf, b, x);
    if (is_alike && a->kind == TYPE_CELL)
        types_root(a)->is_fixed |= !x->has_cell && !y->has_cell;
    if (x->kind == TYPE_NEVER || y->kind == TYPE_NEVER || x->kind == TYPE_BROKEN || y->kind == TYPE_BROKEN)
        return true;
    if (x->kind != y->kind || x->cls != y->cls || x->arg_count != y->arg_count)
        return false;
    if (!x->has_cell && !y->has_cell)
        return false;
    bool is_same = true;
    for (uint32_t i = 0; i < x->arg_count; i++)
        is_same &= unify(inf, x->args[i], y->args[i]);
    return is_same;
}

static bool flow_args(Infer *inf, Type *from, Type *to)
{
    for (uint32_t i = 0; i < from->arg_count; i++) {
        /* A future made empty takes its type from where it goes. */
        if (from->args[i]->kind == TYPE_CELL && types_find(from->args[i])->kind == TYPE_CELL)
            unify(inf, from->args[i], to->args[i]);
        else if (!flow(inf, from->args[i], to->args[i]))
            return false;
    }
    return true;
}

/* Can the function be called with that many arguments by position? */
static bool takes_count(const Type *func, uint32_t count)
{
    const ParamVec *params = func->kind == TYPE_CLASSOBJ ? NULL : &func->decl->as.function.params;
    uint32_t required = 0, most = 0;

    for (uint32_t i = func->kind == TYPE_BOUND; params && i < params->len; i++) {
        if (params->items[i].kind == PARAM_STAR)
            most = UINT32_MAX;
        if (params->items[i].kind > PARAM_NORMAL)
            continue;
        required += !params->items[i].value;
        most += most < UINT32_MAX;
    }
    return !params || (required <= count && count <= most);
}

static bool flow_callable(Infer *inf, Type *from, Type *to)
{
    if (!takes_count(from, to->arg_count - 1))
        return false;
    Type *callable = callable_with(inf, from, (int)to->arg_count - 1);

    return callable && (callable->arg_count == to->arg_count ? unify(inf, callable, to) : false);
}

/* A member of class Level(int, Enum) where an int is wanted. */
bool mixes_in(const Type *t, TypeKind kind)
{
    return t->kind == TYPE_CLASS && t->cls && t->cls->is_enum && t->cls->mixin &&
           types_find(t->cls->mixin->type)->kind == kind;
}

bool flow(Infer *inf, Type *from, Type *to)
{
    if (to->kind == TYPE_CELL && types_find(to)->kind == TYPE_CELL)
        return grow_cell(inf, to, from);
    from = types_find(from);
    to = types_find(to);
    if (to->kind == TYPE_ANY)
        become_dynamic(inf, from);
    if (from == to || to->kind == TYPE_ANY || is_void_type(from) || is_void_type(to) || same_type(from, to))
        return true;
    if (from->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < from->arg_count; i++)
            if (!flow(inf, from->args[i], to))
                return false;
        return true;
    }
    if (from->kind == TYPE_ANY)
        return true; /* checked when run */
    if (to->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < to->arg_count; i++)
            if (same_type(from, to->args[i]))
                return true;
        for (uint32_t i = 0; i < to->arg_count; i++)
            if (types_find(to->args[i])->kind == from->kind && flow(inf, from, to->args[i]))
                return true;
        for (uint32_t i = 0; i < to->arg_count; i++)
            if (flow(inf, from, to->args[i]))
                return true;
        return false;
    }
    if (mixes_in(from, to->kind))
        return true;
    switch (to->kind) {
    case TYPE_FLOAT: return from->kind == TYPE_INT || from->kind == TYPE_BOOL;
    case TYPE_INT: return from->kind == TYPE_BOOL;
    case TYPE_BYTES: return from->kind == TYPE_BYTEARRAY;
    case TYPE_FUTURE: return (from->kind == TYPE_TASK || from->kind == TYPE_FUTURE) && flow_args(inf, from, to);
    case TYPE_CALLABLE:
        return (from->kind == TYPE_FUNC || from->kind == TYPE_BOUND || from->kind == TYPE_CLASSOBJ)
                   ? flow_callable(inf, from, to)
                   : unify(inf, from, to);
    case TYPE_CLASS:
        return from->kind == TYPE_CLASS &&
               (from->cls == to->cls ? unify(inf, from, to) : class_derives(from->cls, to->cls));
    case TYPE_CLASSOBJ:
        return from->kind == TYPE_CLASSOBJ && types_find(from->args[0])->cls && types_find(to->args[0])->cls &&
               class_derives(types_find(from->args[0])->cls, types_find(to->args[0])->cls);
    case TYPE_VARTUPLE:
        if (from->kind == TYPE_TUPLE) {
            for (uint32_t i = 0; i < from->arg_count; i++)
                if (!flow(inf, from->args[i], to->args[0]))
                    return false;
            return true;
        }
        return from->kind == TYPE_VARTUPLE && flow_args(inf, from, to);
    case TYPE_SET:
    case TYPE_FROZENSET:
        return (from->kind == TYPE_SET || from->kind == TYPE_FROZENSET) &&
               can_unify(inf, from->args[0], to->args[0], 0) && unify(inf, from->args[0], to->args[0]);
    default:
        if (from->kind == to->kind && is_read_only(to->kind) && from->arg_count == to->arg_count)
            return flow_args(inf, from, to);
        return can_unify(inf, from, to, 0) && unify(inf, from, to);
    }
}

Type *node_cell(Infer *inf, Node *n, uint32_t which)
{
    State *state = state_of(inf->inst);
    uint32_t index = n->id * 2 + which;

    if (!state->cells)
        state->cells = arena_array(inf->c->arena, Type *, (size_t)inf->inst->scope->node_count * 2 + 2);
    if (!state->cells[index])
        state->cells[index] = types_cell(inf->ts);
    return state->cells[index];
}

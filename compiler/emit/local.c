/* Where the C variables of a function are declared: at their first assignment where all that mentions them stands behind it in the same
 * block, as a hand would write it; else at the top. What is released when the function is left must hold nothing from the start, so it
 * stands at the top with NULL, unless it is assigned before anything can leave. */
#include "emit/internal.h"

typedef struct Step {
    const IrBlock *block;
    uint32_t index;
} Step;

/* Where a variable is mentioned. */
typedef struct Plan {
    Vec(Step) path;       /* to the first mention; cut to the block that has all mentions */
    bool is_one_statement; /* all mentions stand in the same statement of that block */
    uint32_t last;        /* of that block: the last statement that mentions it */
    bool is_at_top;
    bool is_first;        /* nothing can leave before it is assigned */
    bool is_released;     /* at the exit */
    const IrStmt *declared_by;
} Plan;

typedef struct Planner {
    Emit *e;
    Vec(Step) path;
} Planner;

static void mention(Planner *p, IrVar *var)
{
    Plan *plan = var ? var->info : NULL;
    uint32_t common = 0;

    if (!var || var->kind == IR_VAR_GLOBAL || var->kind == IR_VAR_CAPTURE)
        return;
    if (!plan) {
        var->info = plan = arena_new(p->e->arena, Plan);
        for (uint32_t i = 0; i < p->path.len; i++)
            vec_push(p->e->arena, &plan->path, p->path.items[i]);
        plan->is_one_statement = true;
        plan->last = vec_last(&p->path).index;
        return;
    }
    while (common < plan->path.len && common < p->path.len && plan->path.items[common].block == p->path.items[common].block) {
        common++;
        if (plan->path.items[common - 1].index != p->path.items[common - 1].index)
            break;
    }
    if (common < plan->path.len)
        plan->is_one_statement = true;
    plan->path.len = common;
    plan->is_one_statement &= plan->path.items[common - 1].index == p->path.items[common - 1].index;
    plan->last = p->path.items[common - 1].index;
}

static void mention_expr(void *ctx, IrExpr **at)
{
    const IrExpr *x = *at;

    if (x->kind == IR_READ && (x->as.place.kind == IR_PLACE_VAR || x->as.place.kind == IR_PLACE_SLOT))
        mention(ctx, x->as.place.var);
    if (x->kind == IR_IS_SET)
        mention(ctx, x->as.var);
    for (uint32_t i = 0; i < x->captures.len; i++)
        mention(ctx, x->captures.items[i]);
    ir_each_operand(*at, mention_expr, ctx);
}

static void mention_list(Planner *p, const IrVarVec *vars)
{
    for (uint32_t i = 0; i < vars->len; i++)
        mention(p, vars->items[i]);
}

static void plan_block(Planner *p, const IrBlock *block)
{
    for (uint32_t i = 0; i < block->len; i++) {
        IrStmt *s = block->items[i];
        Step step = {block, i};
        vec_push(p->e->arena, &p->path, step);
        ir_each_expr(s, mention_expr, p);
        mention(p, s->dst);
        mention(p, s->child);
        mention_list(p, &s->release);
        mention_list(p, &s->unwind);
        plan_block(p, &s->body);
        plan_block(p, &s->orelse);
        plan_block(p, &s->after);
        (void)vec_pop(&p->path);
    }
}

/* -- declared by an assignment ----------------------------------------------------------------------------------------------------- */

static void find_read(void *ctx, IrExpr **at)
{
    const IrVar **var = ctx;

    if (*var && (ir_is_var(*at, *var) || ((*at)->kind == IR_IS_SET && (*at)->as.var == *var)))
        *var = NULL;
    for (uint32_t i = 0; *var && i < (*at)->captures.len; i++)
        if ((*at)->captures.items[i] == *var)
            *var = NULL;
    ir_each_operand(*at, find_read, ctx);
}

static bool can_declare(const IrStmt *s, const IrVar *var)
{
    const IrVar *unread = var;

    if (s->dst != var)
        return false;
    ir_each_expr((IrStmt *)(uintptr_t)s, find_read, &unread);
    if (!unread)
        return false;
    if (s->kind == IR_AWAIT) /* others leave their result at an address */
        return ir_is_frame_call(s->value) && s->value->kind == IR_CALL;
    if (s->kind == IR_NEXT)
        return s->child || s->value->type->kind == TYPE_GENERATOR;
    return s->kind == IR_SET || s->kind == IR_CATCH || s->kind == IR_YIELD;
}

/* Can the function be left inside the statement, by other ways than a plain return? */
static bool may_leave(const IrStmt *s)
{
    const IrBlock *blocks[] = {&s->body, &s->orelse, &s->after};

    if (s->raises || (s->kind == IR_RETURN && !s->leaves_clean))
        return true;
    for (int i = 0; i < 3; i++)
        for (uint32_t j = 0; j < blocks[i]->len; j++)
            if (may_leave(blocks[i]->items[j]))
                return true;
    return false;
}

/* The first statement of the body that may leave the function. */
static uint32_t first_leaving(const IrFunc *func)
{
    uint32_t i = 0;

    while (i < func->body.len && !may_leave(func->body.items[i]))
        i++;
    return i;
}

static bool is_first(const IrFunc *func, const Plan *plan, uint32_t leaving)
{
    if (plan->path.len != 1 || !func->is_plain || func->is_recursive) /* which looks at the stack first */
        return false;
    return plan->path.items[0].index <= leaving;
}

static bool is_listed(const IrVarVec *vars, const IrVar *var)
{
    for (uint32_t i = 0; i < vars->len; i++)
        if (vars->items[i] == var)
            return true;
    return false;
}

static void place(const IrFunc *func, IrVar *var, uint32_t leaving)
{
    Plan *plan = var->info;

    if (!plan)
        return;
    const Step *home = &plan->path.items[plan->path.len - 1];
    const IrStmt *first = home->block->items[home->index];
    plan->is_released = is_listed(&func->at_exit, var) || is_listed(&func->at_raise, var);
    plan->is_at_top = true;
    plan->is_first = is_first(func, plan, leaving);
    if (var->is_kept || var->is_cell || var->may_be_unset || var->kind == IR_VAR_CHILD)
        return;
    if (first->kind == IR_COUNT && first->dst == var && plan->is_one_statement) {
        plan->declared_by = first;
        plan->is_at_top = false;
    } else if (can_declare(first, var) && (!plan->is_released || plan->is_first)) {
        plan->declared_by = first;
        plan->is_at_top = false;
    }
}

void plan_locals(Emit *e, const IrFunc *func)
{
    Planner p = {.e = e};

    plan_block(&p, &func->body);
    uint32_t leaving = first_leaving(func);
    for (uint32_t i = 0; i < func->vars.len; i++)
        place(func, func->vars.items[i], leaving);
}

/* Is the variable that the statement declares mentioned by the next statement of its block, and by none behind that? */
bool is_for_next_only(const IrStmt *s)
{
    const Plan *plan = s->dst->info;

    return plan->last == plan->path.items[plan->path.len - 1].index + 1;
}

bool is_released_at_exit(const IrVar *var)
{
    const Plan *plan = var->kind == IR_VAR_PARAM ? NULL : var->info;

    return !plan || plan->is_released || var->is_kept;
}

bool stmt_declares(const IrStmt *s)
{
    const Plan *plan = s->dst && s->dst->kind != IR_VAR_GLOBAL && s->dst->kind != IR_VAR_CAPTURE ? s->dst->info : NULL;

    return plan && plan->declared_by == s;
}

/* -- declared at the top ---------------------------------------------------------------------------------------------------------------- */

/* `int64_t i = 0, total = 0;`: variables of one type share a line. */
typedef struct Group {
    const char *type;
    Text text;
} Group;
typedef struct Groups {
    Emit *e;
    Vec(Group *) items;
} Groups;

static void add_variable(Groups *g, const char *type, const char *name, const char *init)
{
    bool is_pointer = type[strlen(type) - 1] == '*';
    size_t base = is_pointer ? strlen(type) - 1 : strlen(type);
    Group *group = NULL;

    for (uint32_t i = 0; i < g->items.len; i++)
        if (strcmp(g->items.items[i]->type, type) == 0)
            group = g->items.items[i];
    if (!group) {
        group = arena_new(g->e->arena, Group);
        group->type = type;
        group->text = text_make(g->e->arena);
        text_printf(&group->text, "%.*s%s", (int)base, type, is_pointer ? "" : " ");
        vec_push(g->e->arena, &g->items, group);
    } else {
        text_append(&group->text, ", ");
    }
    text_printf(&group->text, "%s%s%s%s", is_pointer ? "*" : "", name, init ? " = " : "", init ? init : "");
}

static void declare_cell(Groups *g, const IrVar *var)
{
    const char *cell = cell_struct(g->e, var->type);

    add_variable(g, TEXT(g->e, "%s *", cell), var->c_name, TEXT(g->e, "art_new(&type_%s, 0)", cell));
}

void declare_locals(Emit *e, const IrFunc *func)
{
    Groups g = {.e = e};

    if (e->has_result)
        add_variable(&g, c_type(e, func->result), "result", c_zero(e, func->result));
    for (uint32_t i = 0; i < func->vars.len; i++) {
        IrVar *var = func->vars.items[i];
        const Plan *plan = var->info;
        if (!plan || !plan->is_at_top || keeps_in_frame(e, var))
            continue;
        if (var->is_cell)
            declare_cell(&g, var);
        else if (var->kind == IR_VAR_CHILD)
            add_variable(&g, var->child ? frame_struct(e, var->child) : TEXT(e, "%s_frame", var->c_child->c_name), var->c_name, NULL);
        else if (var->c_type)
            add_variable(&g, var->c_type, var->c_name, NULL);
        else
            add_variable(&g, c_type(e, var->type), var->c_name, c_zero(e, var->type));
        if (var->may_be_unset && !var->is_cell)
            add_variable(&g, "bool", TEXT(e, "%s_set", var->c_name), "false");
    }
    for (uint32_t i = 0; i < g.items.len; i++)
        out_line(e->out, "%s;", text_string(&g.items.items[i]->text));
    for (uint32_t i = 0; i < func->vars.len; i++) {
        const Plan *plan = func->vars.items[i]->info;
        if (plan && func->vars.items[i]->kind == IR_VAR_CHILD && plan->is_released && !plan->is_first &&
            !keeps_in_frame(e, func->vars.items[i]))
            out_line(e->out, "%s.base.state = ART_FINISHED;", func->vars.items[i]->c_name);
    }
}

/* Context variables. The values of a thread at a moment are one immutable object, art_vars; setting a variable makes a new one, so
 * that copying a context, which every new task and every callback does, is taking a reference. There are few variables in a
 * program: a plain array serves. */
#include "loop_impl.h"

#include "art/box.h"
#include "art/context.h"
#include "art/format.h"

#include <stdio.h>
#include <string.h>

typedef struct binding {
    art_contextvar *var; /* owned */
    void *value;         /* owned: art_alloc memory of the variable's size */
} binding;

struct art_vars {
    art_obj base;
    int64_t count;
    binding bindings[];
};

struct art_context {
    art_obj base;
    art_vars *vars;    /* owned; NULL: none. While entered: what to go back to */
    bool is_entered;
};

struct art_token {
    art_obj base;
    art_contextvar *var; /* owned */
    art_vars *before;    /* owned: the values when it was made */
    bool is_used;
};

ART_THREAD_LOCAL art_vars *art__vars;

/* -- values ------------------------------------------------------------------------------------------------------------------------ */

static const art_type *item_type(const art_contextvar *var)
{
    return var->base.type->args[0];
}

static size_t room(const art_contextvar *var)
{
    return (item_type(var)->size + 7u) & ~(size_t)7;
}

static size_t vars_size(int64_t count)
{
    return sizeof(art_vars) + (size_t)count * sizeof(binding);
}

static void vars_destroy(art_obj *self)
{
    art_vars *vars = (art_vars *)self;
    for (int64_t i = 0; i < vars->count; i++) {
        binding *b = &vars->bindings[i];
        if (b->value) {
            art_slot_clear(item_type(b->var), b->value);
            art_free(b->value, room(b->var));
        }
        art_release(b->var);
    }
    art_free(vars, vars_size(vars->count));
}

static const art_type type_vars = {.name = "Values", .kind = ART_KIND_CLASS, .size = sizeof(art_vars *), .is_counted = true,
                                   .destroy = vars_destroy};

static void *find(const art_vars *vars, const art_contextvar *var)
{
    for (int64_t i = 0; vars && i < vars->count; i++)
        if (vars->bindings[i].var == var)
            return vars->bindings[i].value;
    return NULL;
}

static void bind(binding *to, art_contextvar *var, const void *value)
{
    to->var = art_retain(var);
    to->value = art_alloc(room(var));
    art_slot_copy(item_type(var), to->value, value);
}

/* The same values but for one variable; value NULL: without it. Owned; NULL: nothing is set. */
static art_vars *with(const art_vars *vars, art_contextvar *var, const void *value)
{
    int64_t old = vars ? vars->count : 0;
    bool has_it = find(vars, var) != NULL;
    int64_t count = old + (value && !has_it) - (!value && has_it);
    if (count == 0)
        return NULL;
    art_vars *copy = art_new(&type_vars, vars_size(count));
    copy->count = count;
    int64_t n = 0;
    for (int64_t i = 0; i < old; i++)
        if (vars->bindings[i].var != var)
            bind(&copy->bindings[n++], vars->bindings[i].var, vars->bindings[i].value);
        else if (value)
            bind(&copy->bindings[n++], var, value);
    if (value && !has_it)
        bind(&copy->bindings[n], var, value);
    return copy;
}

art_vars *art__vars_current(void)
{
    return art__vars;
}

art_vars *art__vars_switch(art_vars *vars)
{
    art_vars *before = art__vars;
    art__vars = vars;
    return before;
}

/* -- ContextVar --------------------------------------------------------------------------------------------------------------------- */

static void *default_of(const art_contextvar *var)
{
    return (void *)(uintptr_t)(var + 1);
}

void art_contextvar_destroy(art_obj *self)
{
    art_contextvar *var = (art_contextvar *)self;
    if (var->has_default)
        art_slot_clear(item_type(var), default_of(var));
    art_release(var->name);
    art_free(var, sizeof *var + room(var));
}

art_contextvar *art_contextvar_new(art_str *name, const void *value, const art_type *type)
{
    size_t size = sizeof(art_contextvar) + ((type->args[0]->size + 7u) & ~(size_t)7);
    art_contextvar *var = art_new(type, size);
    var->name = art_retain(name);
    var->has_default = value != NULL;
    if (value)
        art_slot_copy(item_type(var), default_of(var), value);
    return var;
}

art_str *art_contextvar_name(const art_contextvar *var)
{
    return art_retain(var->name);
}

art_str *art_contextvar_slot_repr(const void *slot)
{
    const art_contextvar *var = *(art_contextvar *const *)slot;
    char place[40];
    snprintf(place, sizeof place, "%p", (const void *)var);
    if (!var->has_default)
        return art_strf("<ContextVar name=%r at %c>", var->name, place);
    return art_strf("<ContextVar name=%r default=%V at %c>", var->name, item_type(var), default_of(var), place);
}

bool art_contextvar_get(art_contextvar *var, void *out)
{
    const void *value = find(art__vars, var);
    if (!value && var->has_default)
        value = default_of(var);
    if (!value) {
        art_raise_box(&art_type_LookupError, art_box_obj(var));
        return false;
    }
    art_slot_copy(item_type(var), out, value);
    return true;
}

void art_contextvar_get_or(art_contextvar *var, const void *otherwise, void *out)
{
    const void *value = find(art__vars, var);
    art_slot_copy(item_type(var), out, value ? value : otherwise);
}

art_token *art_contextvar_set(art_contextvar *var, const void *value)
{
    art_token *token = art_new(var->base.type->methods, sizeof *token);
    token->var = art_retain(var);
    token->before = art__vars;
    art__vars = with(art__vars, var, value);
    return token;
}

bool art_contextvar_reset(art_contextvar *var, art_token *token)
{
    if (token->is_used) {
        art_raise_new(&art_type_RuntimeError, "Token has already been used once");
        return false;
    }
    if (token->var != var) {
        art_raise_new(&art_type_ValueError, "Token was created by a different ContextVar");
        return false;
    }
    token->is_used = true;
    art_vars *before = art__vars;
    art__vars = with(before, var, find(token->before, var));
    art_release(before);
    return true;
}

/* -- Token -------------------------------------------------------------------------------------------------------------------------- */

void art_token_destroy(art_obj *self)
{
    art_token *token = (art_token *)self;
    art_release(token->var);
    art_release(token->before);
    art_free(token, sizeof *token);
}

art_contextvar *art_token_var(const art_token *token)
{
    return art_retain(token->var);
}

bool art_token_old_value(const art_token *token, void *out)
{
    const void *value = find(token->before, token->var);
    if (value)
        art_slot_copy(item_type(token->var), out, value);
    return value != NULL;
}

/* -- Context ------------------------------------------------------------------------------------------------------------------------- */

static void context_destroy(art_obj *self)
{
    art_context *context = (art_context *)self;
    art_release(context->vars);
    art_free(context, sizeof *context);
}

const art_type art_type_context = {.name = "Context", .module = "_contextvars", .kind = ART_KIND_CLASS,
                                   .size = sizeof(art_context *), .is_counted = true, .object_size = sizeof(art_context),
                                   .destroy = context_destroy};

art_context *art_context_new(void)
{
    return art_new(&art_type_context, sizeof(art_context));
}

art_context *art_copy_context(void)
{
    art_context *context = art_context_new();
    context->vars = art_retain(art__vars);
    return context;
}

/* While a context is entered its values are the thread's, and `vars` are those of the outside. */
static art_vars *values(const art_context *context)
{
    return context->is_entered ? art__vars : context->vars;
}

art_context *art_context_copy(art_context *context)
{
    art_context *copy = art_context_new();
    copy->vars = art_retain(values(context));
    return copy;
}

bool art_context_enter(art_context *context)
{
    if (context->is_entered) {
        art_raise_new(&art_type_RuntimeError, "cannot enter context: it is already entered");
        return false;
    }
    context->is_entered = true;
    context->vars = art__vars_switch(context->vars);
    return true;
}

void art_context_leave(art_context *context)
{
    context->vars = art__vars_switch(context->vars);
    context->is_entered = false;
}

bool art_context_get(art_context *context, art_contextvar *var, void *out)
{
    const void *value = find(values(context), var);
    if (value)
        art_slot_copy(item_type(var), out, value);
    else
        art_raise_box(&art_type_KeyError, art_box_obj(var));
    return value != NULL;
}

bool art_context_contains(art_context *context, art_contextvar *var)
{
    return find(values(context), var) != NULL;
}

int64_t art_context_len(art_context *context)
{
    const art_vars *vars = values(context);
    return vars ? vars->count : 0;
}

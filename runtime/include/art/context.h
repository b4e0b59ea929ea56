/* contextvars: ContextVar[T], Token[T], Context. Each task has its own values, taken from its creator when it was created. */
#ifndef ART_CONTEXT_H
#define ART_CONTEXT_H

#include "art/closure.h"
#include "art/value.h"

typedef struct art_context art_context;
typedef struct art_vars art_vars; /* the values: counted, never changed once made */

/* ContextVar[T]: base.type->args[0] is T. */
typedef struct art_contextvar {
    art_obj base;
    art_str *name;    /* owned */
    bool has_default;
    /* the default follows, at art_contextvar_default */
} art_contextvar;

typedef struct art_token art_token; /* Token[T]; counted */

void art_contextvar_destroy(art_obj *self);
void art_token_destroy(art_obj *self);
art_str *art_contextvar_slot_repr(const void *slot);
/* The descriptor of ContextVar[T] has in `methods` that of its Token[T]. */
#define ART_CONTEXTVAR_TYPE(item_, token_) \
    {.name = "ContextVar", .module = "_contextvars", .kind = ART_KIND_CLASS, .size = sizeof(art_contextvar *), \
     .is_counted = true, .arg_count = 1, .args = (const art_type *const[]){item_}, .methods = token_, \
     .destroy = art_contextvar_destroy, .repr = art_contextvar_slot_repr}
#define ART_TOKEN_TYPE(item_) \
    {.name = "Token", .module = "_contextvars", .kind = ART_KIND_CLASS, .size = sizeof(art_token *), .is_counted = true, \
     .arg_count = 1, .args = (const art_type *const[]){item_}, .destroy = art_token_destroy}

extern const art_type art_type_context;

/* `value`: the default, or NULL for none. */
art_contextvar *art_contextvar_new(art_str *name, const void *value, const art_type *type);
art_str *art_contextvar_name(const art_contextvar *var);
bool art_contextvar_get(art_contextvar *var, void *out); /* LookupError */
void art_contextvar_get_or(art_contextvar *var, const void *otherwise, void *out);
art_token *art_contextvar_set(art_contextvar *var, const void *value); /* owned */
bool art_contextvar_reset(art_contextvar *var, art_token *token); /* RuntimeError when used before, ValueError when not its own */
art_contextvar *art_token_var(const art_token *token); /* owned */
bool art_token_old_value(const art_token *token, void *out); /* false: Token.MISSING, nothing raised */

art_context *art_copy_context(void); /* owned */
art_context *art_context_new(void);
art_context *art_context_copy(art_context *context);
/* context.run(fn): around a call of any type. Enter: false with RuntimeError when it is entered already. */
bool art_context_enter(art_context *context);
void art_context_leave(art_context *context);
bool art_context_get(art_context *context, art_contextvar *var, void *out); /* context[var]; KeyError */
bool art_context_contains(art_context *context, art_contextvar *var);
int64_t art_context_len(art_context *context);

/* -- for the runtime -------------------------------------------------------------------------------------------------------- */

/* The thread's values at this moment, borrowed; NULL: none were ever set. */
art_vars *art__vars_current(void);
/* Makes `vars` (owned, taken) current and gives the ones before, owned. */
art_vars *art__vars_switch(art_vars *vars);

#endif

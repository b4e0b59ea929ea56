/* Exceptions: the objects, raising and catching them, their text, and what is printed when nobody catches one.
 *
 * The pending exception is art_self.raised, owned by the thread. A function raises by setting it and giving zero, NULL or false;
 * whoever called it asks art_raised(line), cleans up and does the same, or takes it:
 *
 *     except_1:                                        // except KeyError as error:
 *         if (art_raised_is(&art_type_KeyError)) {
 *             art_exc *error = art_catch();            // owned; nothing is pending any more
 *             …
 *
 * `raise` inside a handler: art_exc_set_context(art_self.raised, error) on the way out keeps __context__ as Python does.
 * An exception class of the program is a struct that begins with art_exc, and its descriptor derives from one of these. */
#ifndef ART_EXC_H
#define ART_EXC_H

#include "art/list.h"
#include "art/str.h"

typedef struct art_trace_entry {
    const char *function, *file; /* static */
    int line;
} art_trace_entry;

struct art_exc {
    art_obj base;              /* aux: flags of exc.c */
    int32_t arg_count;
    bool suppress_context;     /* raise … from … was used */
    art_box *args;             /* e.args; art_alloc memory */
    art_exc *cause, *context;  /* owned or NULL */
    art_list *notes;           /* list[str] or NULL: NULL is not []. */
    art_trace_entry *trace;    /* innermost first; art_alloc memory */
    int32_t trace_len, trace_cap;
    uint32_t place;            /* cycle.c */
};

void art_exc_destroy(art_obj *self);
void art_exc_end_life(art_exc *exc); /* for the destroy function of a class of the program: releases art_exc's part */

/* The functions over slots that an exception class of the program names in its descriptor, unless it has its own. */
art_str *art_exc_slot_repr(const void *slot);
art_str *art_exc_slot_str(const void *slot);

extern const art_type art_type_BaseException, art_type_BaseExceptionGroup, art_type_ExceptionGroup;
#define EXC(name, base, module) extern const art_type art_type_##name;
#include "art/exc.def"
#undef EXC

/* -- making: owned objects ---------------------------------------------------------------------------------------------------- */

art_exc *art_exc_new(const art_type *type);                         /* no arguments; zeroed fields */
art_exc *art_exc_str(const art_type *type, art_str *message);       /* ValueError(message); borrowed */
art_exc *art_exc_fmt(const art_type *type, const char *fmt, ...);   /* message as art_strf makes it */
art_exc *art_exc_args(const art_type *type, int64_t count, const art_box *args);
/* super().__init__(*args) of a class of the program: replaces e.args; borrowed. */
void art_exc_set_args(art_exc *exc, int64_t count, const art_box *args);
/* OSError(errno, …): the subclass that the number calls for; filename may be NULL. */
art_exc *art_exc_errno(int number, art_str *filename);

/* -- raising and catching ------------------------------------------------------------------------------------------------------ */

void art_raise(art_exc *owned);                       /* raise e; the reference is given away */
void art_raise_from(art_exc *owned, art_exc *cause);  /* raise e from cause; cause is borrowed, NULL: from None */
void art_raise_new(const art_type *type, const char *fmt, ...); /* raise ValueError(f"…"): message as art_strf makes it */
void art_raise_str(const art_type *type, art_str *message);     /* borrowed */
void art_raise_type(const art_type *type);                      /* raise ValueError */
void art_raise_box(const art_type *type, art_box arg);          /* raise KeyError(x): one argument of any type; borrowed */
void art_raise_errno(int number, art_str *filename);
/* raise … with the value of an Any, Optional or class: TypeError "exceptions must derive from BaseException". Borrowed. */
void art_raise_any(art_box value);
/* Raises an UnboundLocalError: "cannot access local variable 'x' where it is not associated with a value". */
void art_raise_unbound(const char *name);
void art_raise_enum_value(const art_type *type, art_box value); /* ValueError: 5 is not a valid Color */
void art_raise_undefined(const char *name); /* NameError: "name 'x' is not defined" */

bool art__exc_matches(const art_exc *exc, const art_type *type);
static inline bool art_exc_matches(const art_exc *exc, const art_type *type) /* isinstance */
{
    return exc->base.type == type || art__exc_matches(exc, type);
}
static inline bool art_raised_is(const art_type *type)
{
    return art_self.raised && art_exc_matches(art_self.raised, type);
}
static inline art_exc *art_catch(void)
{
    art_exc *exc = art_self.raised;
    art_self.raised = NULL;
    return exc;
}
/* Drops the pending exception: `except: pass`. */
static inline void art_forget(void)
{
    art_exc *exc = art_self.raised;
    art_self.raised = NULL;
    art_release(exc);
}

/* `raised` left a handler of `handled`: makes that its __context__, at the end of the chain it already has; nothing when it is
 * there already. Both borrowed; `raised` may be NULL. */
void art_exc_set_context(art_exc *raised, art_exc *handled);
void art_exc_set_cause(art_exc *exc, art_exc *cause);
void art_exc_add_note(art_exc *exc, art_str *note);

/* Adds { function, file, art_self.line } to the traceback of the pending exception, if any. Called where a function is left. */
void art_trace(const char *function, const char *file);

/* -- reading ------------------------------------------------------------------------------------------------------------------- */

art_str *art_exc_message(art_exc *exc);     /* str(e); may raise (a class's __str__) */
art_str *art_exc_repr(art_exc *exc);
art_str *art_exc_base_str(art_exc *exc);    /* without the class's own: super().__str__() */
art_str *art_exc_base_repr(art_exc *exc);
art_list *art_exc_get_args(art_exc *exc);   /* e.args: tuple[Any, ...] */
art_box art_exc_arg(art_exc *exc, int64_t index); /* e.args[i]; owned; None when absent */
art_box art_exc_value(art_exc *exc);        /* StopIteration.value, SystemExit.code; owned */
art_exc *art_exc_get_cause(art_exc *exc);   /* owned or NULL, as the next */
art_exc *art_exc_get_context(art_exc *exc);
bool art_exc_get_suppress_context(art_exc *exc);
art_list *art_exc_get_notes(art_exc *exc, const art_type *type);
int64_t art_exc_errno_of(art_exc *exc);     /* OSError.errno; 0 when absent */
art_str *art_exc_strerror(art_exc *exc);    /* owned or NULL */
art_str *art_exc_filename(art_exc *exc);    /* owned or NULL */

/* -- exception groups ----------------------------------------------------------------------------------------------------------- */

struct art_closure;

typedef struct art_exc_group {
    art_exc base;
    art_str *message;
    art_tuple *exceptions; /* tuple[BaseException, ...] */
} art_exc_group;

/* ExceptionGroup(message, exceptions): exceptions is a list or tuple of exceptions; borrowed. The class becomes ExceptionGroup when
 * `type` is BaseExceptionGroup and all are Exceptions. ValueError, TypeError as in Python. */
art_exc *art_exc_group_new(const art_type *type, art_str *message, const art_list *exceptions);
/* g.split(type): the matching part and the rest, each owned or NULL. Any exception may be given: a plain one matches as a whole,
 * wrapped as `except*` does when wrap is true. */
bool art_exc_split(art_exc *exc, const art_type *const *types, int64_t count, art_exc **match, art_exc **rest, bool wrap);
/* The same with the two parts as a tuple of two pointers at *out: g.split(…), and a clause of except*, where exc may be NULL and a
 * plain exception is wrapped. */
bool art_exc_split_pair(art_exc *group, const art_type *const *types, int64_t count, void *out);
/* The same by a function, `bool fn(art_closure *self, art_exc *exc)`, which is asked about groups, too; false when it raised. */
bool art_exc_split_by(art_exc *group, struct art_closure *predicate, void *out);
bool art_exc_split_star(art_exc *exc, const art_type *const *types, int64_t count, void *out);
art_exc *art_exc_subgroup(art_exc *group, const art_type *type);  /* owned or NULL: None */
art_str *art_exc_group_message(art_exc_group *group);
art_str *art_exc_group_text(art_exc_group *group); /* "message (2 sub-exceptions)" */
art_tuple *art_exc_group_exceptions(art_exc_group *group);
art_exc *art_exc_derive(art_exc *group, const art_list *exceptions);
/* What an except* statement leaves: `raised` holds exceptions that its handlers raised (list of exceptions), `rest` what no handler
 * took; gives the exception to raise, or NULL. `original` is what the statement caught. */
art_exc *art_exc_merge(art_exc *original, const art_list *raised, art_exc *rest);

/* -- nobody caught it ------------------------------------------------------------------------------------------------------------ */

/* Writes the traceback as Python does. */
art_str *art_exc_traceback(art_exc *exc);
art_str *art_exc_summary(art_exc *exc); /* its end only: "ValueError: text", and the notes */
void art_exc_print(art_exc *exc); /* on standard error, after flushing standard output */
/* The pending exception reached the top: prints it; SystemExit: prints its code if it is no int. Gives the exit status. */
int art_report_uncaught(void);

/* -- recursion ----------------------------------------------------------------------------------------------------------------- */

bool art__stack_overflow(void); /* raises RecursionError; true */

/* Called first by every function that may recurse: true, with RecursionError, when the stack is nearly used up. */
static inline bool art_stack_low(void)
{
    char here;
    if (__builtin_expect((uintptr_t)&here >= (uintptr_t)art_self.stack_limit, 1))
        return false;
    return art__stack_overflow();
}

#endif

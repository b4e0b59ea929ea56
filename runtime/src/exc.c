/* Exceptions: their classes (from art/exc.def), making, raising, chaining, and what str() and repr() say of them. Groups are in excgroup.c,
 * tracebacks in trace.c. */
#include "internal.h"

#include <errno.h>

const art_type art_type_BaseException = {.name = "BaseException", .module = "builtins", .kind = ART_KIND_EXCEPTION,
    .size = sizeof(art_exc *), .is_counted = true, .object_size = sizeof(art_exc), .base = &art_type_object,
    .destroy = art_exc_destroy};

#define EXC(name_, base_, module_) \
    const art_type art_type_##name_ = {.name = #name_, .module = module_, .kind = ART_KIND_EXCEPTION, .size = sizeof(art_exc *), \
        .is_counted = true, .object_size = sizeof(art_exc), .base = &art_type_##base_, .destroy = art_exc_destroy};
#include "art/exc.def"
#undef EXC

/* -- making and ending ----------------------------------------------------------------------------------------------------------------- */

static void drop_args(art_exc *exc)
{
    for (int32_t i = 0; i < exc->arg_count; i++)
        art_box_release(exc->args[i]);
    art_free(exc->args, (size_t)exc->arg_count * sizeof *exc->args);
    exc->args = NULL;
    exc->arg_count = 0;
}

static bool is_group(const art_type *type)
{
    while (type && type != &art_type_BaseExceptionGroup)
        type = type->base;
    return type;
}

void art_exc_end_life(art_exc *exc)
{
    drop_args(exc);
    art_release(exc->cause);
    art_release(exc->context);
    art_release(exc->notes);
    art_free(exc->trace, (size_t)exc->trace_cap * sizeof *exc->trace);
    if (is_group(exc->base.type)) {
        art_release(((art_exc_group *)exc)->message);
        art_release(((art_exc_group *)exc)->exceptions);
    }
}

void art_exc_destroy(art_obj *self)
{
    art_exc_end_life((art_exc *)self);
    art_free(self, self->type->object_size);
}

art_exc *art_exc_new(const art_type *type)
{
    return art_new(type, 0);
}

void art_exc_set_args(art_exc *exc, int64_t count, const art_box *args)
{
    art_box *copy = count ? art_alloc((size_t)count * sizeof *copy) : NULL;

    for (int64_t i = 0; i < count; i++)
        copy[i] = art_box_retain(args[i]);
    drop_args(exc);
    exc->args = copy;
    exc->arg_count = (int32_t)count;
}

/* OSError(2, …) is a FileNotFoundError. */
static const art_type *type_of_errno(int64_t number)
{
    switch (number) {
    case EAGAIN:
    case EALREADY:
    case EINPROGRESS:
        return &art_type_BlockingIOError;
    case EPIPE:
    case ESHUTDOWN:
        return &art_type_BrokenPipeError;
    case ECHILD:
        return &art_type_ChildProcessError;
    case ECONNABORTED:
        return &art_type_ConnectionAbortedError;
    case ECONNREFUSED:
        return &art_type_ConnectionRefusedError;
    case ECONNRESET:
        return &art_type_ConnectionResetError;
    case EEXIST:
        return &art_type_FileExistsError;
    case ENOENT:
        return &art_type_FileNotFoundError;
    case EISDIR:
        return &art_type_IsADirectoryError;
    case ENOTDIR:
        return &art_type_NotADirectoryError;
    case EINTR:
        return &art_type_InterruptedError;
    case EACCES:
    case EPERM:
        return &art_type_PermissionError;
    case ESRCH:
        return &art_type_ProcessLookupError;
    case ETIMEDOUT:
        return &art_type_TimeoutError;
    default:
        return &art_type_OSError;
    }
}

art_exc *art_exc_args(const art_type *type, int64_t count, const art_box *args)
{
    if (type == &art_type_OSError && count >= 2 && args[0].type->kind == ART_KIND_INT)
        type = type_of_errno(args[0].as.i);
    art_exc *exc = art_exc_new(type);
    art_exc_set_args(exc, count, args);
    return exc;
}

art_exc *art_exc_str(const art_type *type, art_str *message)
{
    art_box arg = art_box_obj(message);
    return art_exc_args(type, 1, &arg);
}

static art_exc *formatted(const art_type *type, const char *fmt, va_list args)
{
    /* Making the message may run code of the program, which must not find the exception that it explains half raised. */
    art_str *message = art_strf_list(fmt, args);
    if (!message)
        return NULL;
    art_exc *exc = art_exc_str(type, message);
    art_release(message);
    return exc;
}

art_exc *art_exc_fmt(const art_type *type, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    art_exc *exc = formatted(type, fmt, args);
    va_end(args);
    return exc;
}

art_exc *art_exc_errno(int number, art_str *filename)
{
    art_str *text = art_str_of(strerror(number));
    art_box args[] = {art_box_int(number), art_box_obj(text), art_box_obj(filename)};
    art_exc *exc = art_exc_args(&art_type_OSError, filename ? 3 : 2, args);
    art_release(text);
    return exc;
}

/* -- raising ---------------------------------------------------------------------------------------------------------------------------- */

void art_raise(art_exc *owned)
{
    if (!owned)
        return;
    if (art_self.raised && art_self.raised != owned) {
        art_release(owned);
        return;
    }
    art_self.raised = owned;
}

void art_exc_set_cause(art_exc *exc, art_exc *cause)
{
    art_exc *old = exc->cause;
    exc->cause = art_retain(cause);
    exc->suppress_context = true;
    art_release(old);
}

void art_raise_from(art_exc *owned, art_exc *cause)
{
    if (!owned)
        return;
    art_exc_set_cause(owned, cause);
    art_raise(owned);
}

void art_raise_new(const art_type *type, const char *fmt, ...)
{
    va_list args;

    if (art_self.raised)
        return;
    va_start(args, fmt);
    art_raise(formatted(type, fmt, args));
    va_end(args);
}

void art_raise_str(const art_type *type, art_str *message)
{
    if (!art_self.raised)
        art_raise(art_exc_str(type, message));
}

void art_raise_type(const art_type *type)
{
    if (!art_self.raised)
        art_raise(art_exc_new(type));
}

void art_raise_box(const art_type *type, art_box arg)
{
    if (!art_self.raised)
        art_raise(art_exc_args(type, 1, &arg));
}

void art_raise_errno(int number, art_str *filename)
{
    if (!art_self.raised)
        art_raise(art_exc_errno(number, filename));
}

void art_raise_any(art_box value)
{
    if (value.type->kind == ART_KIND_EXCEPTION)
        art_raise(art_retain(value.as.obj));
    else if (value.type->kind == ART_KIND_TYPE && art_type_is(value.as.p, &art_type_BaseException))
        art_raise_type(value.as.p);
    else
        art_raise_new(&art_type_TypeError, "exceptions must derive from BaseException");
}

void art_raise_unbound(const char *name)
{
    art_raise_new(&art_type_UnboundLocalError, "cannot access local variable '%c' where it is not associated with a value", name);
}

void art_raise_enum_value(const art_type *type, art_box value)
{
    art_raise_new(&art_type_ValueError, "%V is not a valid %c", &art_type_box, &value, type->name);
}

void art_raise_undefined(const char *name)
{
    art_raise_new(&art_type_NameError, "name '%c' is not defined", name);
}

bool art__exc_matches(const art_exc *exc, const art_type *type)
{
    return art_type_is(exc->base.type, type);
}

bool art__stack_overflow(void)
{
    /* Until it is caught there must be stack enough to raise it. */
    const char *limit = art_self.stack_limit;
    art_self.stack_limit = NULL;
    art_raise_new(&art_type_RecursionError, "maximum recursion depth exceeded");
    art_self.stack_limit = limit;
    return true;
}

/* -- chains ------------------------------------------------------------------------------------------------------------------------------ */

static bool is_in_chain(const art_exc *chain, const art_exc *exc)
{
    for (; chain; chain = chain->context) {
        if (chain == exc)
            return true;
    }
    return false;
}

void art_exc_set_context(art_exc *raised, art_exc *handled)
{
    if (!raised || !handled || is_in_chain(raised, handled))
        return;
    /* Where the handled one's chain comes to one that is in ours, it is cut off. */
    for (art_exc *e = handled; e->context; e = e->context) {
        if (is_in_chain(raised, e->context)) {
            art_exc *rest = e->context;
            e->context = NULL;
            art_release(rest);
            break;
        }
    }
    while (raised->context)
        raised = raised->context;
    raised->context = art_retain(handled);
}

static const art_type list_of_str = ART_LIST_TYPE(&art_type_str);

void art_exc_add_note(art_exc *exc, art_str *note)
{
    if (!exc->notes)
        exc->notes = art_list_new(&list_of_str, 1);
    art_list_append(exc->notes, &note);
}

/* -- reading ----------------------------------------------------------------------------------------------------------------------------- */

/* OSError(2, "text", "name") keeps the name apart: its args are the first two. */
static int64_t shown_args(const art_exc *exc)
{
    return exc->arg_count >= 3 && exc->arg_count <= 5 && art_exc_matches(exc, &art_type_OSError) ? 2 : exc->arg_count;
}

art_list *art_exc_get_args(art_exc *exc)
{
    return art_list_of(&art_type_tuple, shown_args(exc), exc->args);
}

art_box art_exc_arg(art_exc *exc, int64_t index)
{
    return index < exc->arg_count ? art_box_retain(exc->args[index]) : art_box_none();
}

art_box art_exc_value(art_exc *exc)
{
    if (exc->arg_count > 1 && art_exc_matches(exc, &art_type_SystemExit)) {
        art_list *args = art_exc_get_args(exc);
        return art_box_obj(args);
    }
    return art_exc_arg(exc, 0);
}

art_exc *art_exc_get_cause(art_exc *exc)
{
    return art_retain(exc->cause);
}
art_exc *art_exc_get_context(art_exc *exc)
{
    return art_retain(exc->context);
}
bool art_exc_get_suppress_context(art_exc *exc)
{
    return exc->suppress_context;
}
art_list *art_exc_get_notes(art_exc *exc, const art_type *type)
{
    return exc->notes ? art_retain(exc->notes) : art_list_new(type, 0);
}

int64_t art_exc_errno_of(art_exc *exc)
{
    return exc->arg_count >= 2 && exc->args[0].type->kind == ART_KIND_INT ? exc->args[0].as.i : 0;
}

static art_str *str_arg(art_exc *exc, int32_t index)
{
    bool is_str = exc->arg_count >= 2 && index < exc->arg_count && exc->args[index].type->kind == ART_KIND_STR;
    return is_str ? art_retain(exc->args[index].as.obj) : NULL;
}

art_str *art_exc_strerror(art_exc *exc)
{
    return str_arg(exc, 1);
}
art_str *art_exc_filename(art_exc *exc)
{
    return str_arg(exc, 2);
}

/* -- text -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_codec_error(const art_exc *exc, bool *is_decode)
{
    *is_decode = art_exc_matches(exc, &art_type_UnicodeDecodeError);
    return (*is_decode || art_exc_matches(exc, &art_type_UnicodeEncodeError)) && exc->arg_count == 5
           && exc->args[0].type->kind == ART_KIND_STR && exc->args[2].type->kind == ART_KIND_INT
           && exc->args[3].type->kind == ART_KIND_INT;
}

/* (encoding, object, start, end, reason) */
static art_str *codec_message(art_exc *exc, bool is_decode)
{
    art_str *encoding = (art_str *)exc->args[0].as.obj;
    int64_t start = exc->args[2].as.i, end = exc->args[3].as.i;
    const char *verb = is_decode ? "decode" : "encode";
    const art_box *reason = &exc->args[4];

    if (end != start + 1)
        return art_strf("'%s' codec can't %c %c in position %i-%i: %v", encoding, verb, is_decode ? "bytes" : "characters", start, end - 1,
            reason->type, art_box_slot((art_box *)(uintptr_t)reason));
    if (is_decode) {
        char byte[8];
        snprintf(byte, sizeof byte, "0x%02x", ((art_bytes *)exc->args[1].as.obj)->data[start]);
        return art_strf("'%s' codec can't decode byte %c in position %i: %s", encoding, byte, start, (art_str *)reason->as.obj);
    }
    art_str *bad = art_str_at((art_str *)exc->args[1].as.obj, start), *shown = art_str_ascii(bad);
    art_str *message = art_strf("'%s' codec can't encode character %s in position %i: %s", encoding, shown, start, (art_str *)reason->as.obj);
    art_release(bad);
    art_release(shown);
    return message;
}

static art_str *os_error_message(art_exc *exc)
{
    if (exc->arg_count >= 3 && !art_box_is_none(exc->args[2]))
        return art_strf("[Errno %v] %v: %V", &art_type_box, &exc->args[0], &art_type_box, &exc->args[1], &art_type_box, &exc->args[2]);
    return art_strf("[Errno %v] %v", &art_type_box, &exc->args[0], &art_type_box, &exc->args[1]);
}

static art_str *args_repr(art_exc *exc)
{
    art_list *args = art_exc_get_args(exc);
    art_str *text = art_list_repr(args);
    art_release(args);
    return text;
}

static art_str *message_of(art_exc *exc)
{
    bool is_decode;

    if (art_exc_matches(exc, &art_type_BaseExceptionGroup))
        return art_exc_group_text((art_exc_group *)exc);
    if (is_codec_error(exc, &is_decode))
        return codec_message(exc, is_decode);
    if (exc->arg_count >= 2 && exc->arg_count <= 5 && art_exc_matches(exc, &art_type_OSError))
        return os_error_message(exc);
    if (exc->arg_count == 0)
        return &art_str_empty;
    if (exc->arg_count > 1)
        return args_repr(exc);
    if (art_exc_matches(exc, &art_type_KeyError))
        return art_box_repr(exc->args[0]);
    return art_box_str(exc->args[0]);
}

art_str *art_exc_slot_str(const void *slot)
{
    return message_of(*(art_exc *const *)slot);
}

art_str *art_exc_base_str(art_exc *exc)
{
    return message_of(exc);
}

/* The class's own __str__, if it has one. */
art_str *art_exc_message(art_exc *exc)
{
    return exc->base.type->str ? exc->base.type->str(&exc) : message_of(exc);
}

art_str *art_exc_slot_repr(const void *slot)
{
    art_exc *exc = *(art_exc *const *)slot;
    const char *name = exc->base.type->name;

    if (shown_args(exc) == 1) {
        art_str *arg = art_box_repr(exc->args[0]);
        art_str *text = arg ? art_strf("%c(%s)", name, arg) : NULL;
        art_release(arg);
        return text;
    }
    art_str *args = args_repr(exc);
    art_str *text = args ? art_strf("%c%s", name, args) : NULL;
    art_release(args);
    return text;
}

art_str *art_exc_base_repr(art_exc *exc)
{
    return art_exc_slot_repr(&exc);
}

art_str *art_exc_repr(art_exc *exc)
{
    return exc->base.type->repr ? exc->base.type->repr(&exc) : art_exc_slot_repr(&exc);
}

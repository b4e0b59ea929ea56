/* All mangling. The rules:
 *
 *   - A thing has the name that it has in the source: `fetch`, `Stack`, `Stack_push` for a method, `outer_inner` for a nested function.
 *   - What C or its library means by a name it keeps: `read` becomes `app_read` (app: the file's stem), a variable `default_`.
 *   - Two instances of one function are told apart by the types of their parameters: `process_int`, `process_str`.
 *   - A coroutine `f` has f_frame, f_init, f_resume, f_new; a closure's function f_closure; a class C C_destroy, type_C.
 *   - Temporaries are called for what they hold. A name that is taken gets a number: `value2`.
 *   - Letters that are not ASCII are spelled by their code point: `größe` is `gr_f6_df_e`.
 *
 * Two programs with the same text have the same names: numbers are given in the order of the source. */
#include "emit/internal.h"

#include <ctype.h>

static const char *const keywords[] = {
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto",
    "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch",
    "typedef", "union", "unsigned", "void", "volatile", "while", "asm", "typeof", "bool", "true", "false", "NULL", "offsetof",
    "linux", "unix", "near", "far", "errno", "assert", "static_assert", "noreturn", "thread_local", "alignas", "alignof", "complex", "I",
    "EOF", "nullptr", "constexpr", "stdin", "stdout", "stderr", "INFINITY", "NAN", "HUGE_VAL", "DOMAIN", "OVERFLOW", "UNDERFLOW",
    "INT8_MIN", "INT8_MAX", "INT16_MIN", "INT16_MAX", "INT32_MIN", "INT32_MAX", "INT64_MIN", "INT64_MAX", "UINT8_MAX", "UINT16_MAX",
    "UINT32_MAX", "UINT64_MAX", "INTMAX_MIN", "INTMAX_MAX", "UINTMAX_MAX", "INTPTR_MIN", "INTPTR_MAX", "UINTPTR_MAX", "PTRDIFF_MIN",
    "PTRDIFF_MAX", "SIZE_MAX", "WCHAR_MIN", "WCHAR_MAX", "WINT_MIN", "WINT_MAX", "SIG_ATOMIC_MIN", "SIG_ATOMIC_MAX",
    "atomic_init", "atomic_load", "atomic_store", "atomic_exchange", "atomic_fetch_add", "atomic_fetch_sub", "kill_dependency", "strdupa",
    "strndupa", "va_arg", "va_copy", "va_end", "va_start",
};

/* Functions and types of the C library that a compiler knows or a header of the runtime brings in. */
static const char *const library[] = {
    "abort", "abs", "access", "acos", "acosh", "alarm", "alloca", "asin", "asinh", "atan", "atan2", "atanh", "atexit", "atof", "atoi",
    "atol", "bcmp", "bcopy", "bind", "brk", "bsearch", "bzero", "cabs", "calloc", "cbrt", "ceil", "chdir", "clock", "close", "connect",
    "copysign", "cos", "cosh", "creat", "ctime", "daemon", "div", "div_t", "dup", "environ", "erf", "erfc", "exec", "execv", "exit", "exp",
    "exp10", "exp2", "expm1", "fabs", "fclose", "fdim", "feof", "ferror", "fflush", "ffs", "fgetc", "fgets", "FILE", "floor", "fma",
    "fmax", "fmin", "fmod", "fopen", "fork", "fprintf", "fputc", "fputs", "fread", "free", "frexp", "fscanf", "fseek", "ftell", "fwrite",
    "gamma", "getc", "getchar", "getenv", "getopt", "getpid", "gets", "getw", "gmtime", "hypot", "ilogb", "index", "int16_t", "int32_t",
    "int64_t", "int8_t", "ioctl", "isalnum", "isalpha", "isascii", "isatty", "isblank", "iscntrl", "isdigit", "isgraph", "islower",
    "isprint", "ispunct", "isspace", "isupper", "isxdigit", "j0", "j1", "jn", "kill", "labs", "ldexp", "ldiv", "lgamma", "link",
    "listen", "llabs", "llrint", "llround", "localtime", "log", "log10", "log1p", "log2", "logb", "lrint", "lround", "lseek", "main",
    "malloc", "max_align_t", "memchr", "memcmp", "memcpy", "memmove", "memset", "mktime", "modf", "nan", "nearbyint", "nextafter",
    "nice", "off_t", "open", "pause", "perror", "pid_t", "pipe", "poll", "pow", "pow10", "printf", "ptrdiff_t", "putc", "putchar",
    "puts", "qsort", "raise", "rand", "random", "read", "realloc", "recv", "remainder", "remove", "remquo", "rename", "rewind",
    "rindex", "rint", "rmdir", "round", "sbrk", "scalb", "scalbln", "scanf", "select", "send", "setenv", "signal", "signbit",
    "significand", "sin", "sincos", "sinh", "size_t", "sleep", "snprintf", "socket", "sprintf", "sqrt", "srand", "sscanf", "ssize_t",
    "stat", "stpcpy", "strcat", "strchr", "strcmp", "strcpy", "strcspn", "strdup", "strerror", "strftime", "strlen", "strncat",
    "strncmp", "strncpy", "strpbrk", "strrchr", "strspn", "strstr", "strtod", "strtok", "strtol", "swab", "sync", "system", "tan",
    "tanh", "tgamma", "time", "time_t", "times", "tmpfile", "toascii", "tolower", "toupper", "trunc", "truncate", "uint16_t",
    "uint32_t", "uint64_t", "uint8_t", "umask", "ungetc", "unlink", "va_arg", "va_end", "va_list", "va_start", "vfork", "vfprintf",
    "vprintf", "vsnprintf", "vsprintf", "wait", "write", "y0", "y1", "yn", "tm", "timer_t", "timespec", "timezone", "tzname", "signgam",
    "basename", "explicit_bzero", "ffsl", "ffsll", "memccpy", "memfrob", "memmem", "mempcpy", "memrchr", "rawmemchr", "sigabbrev_np",
    "sigdescr_np", "stpncpy", "strcasecmp", "strcasecmp_l", "strcasestr", "strchrnul", "strcoll", "strcoll_l", "strdupa", "strerror_l",
    "strerror_r", "strerrordesc_np", "strerrorname_np", "strfry", "strncasecmp", "strncasecmp_l", "strndup", "strndupa", "strnlen",
    "strsep", "strsignal", "strtok_r", "strverscmp", "strxfrm", "strxfrm_l", "locale_t", "intmax_t", "intptr_t", "uintmax_t",
    "uintptr_t", "wchar_t", "isnan", "isinf", "isfinite", "finite", "carg", "ccos", "cexp", "cimag", "clog", "conj", "cpow", "cproj",
    "creal", "csin", "csqrt", "imaxabs", "iswalpha", "iswdigit", "iswlower", "iswspace", "iswupper", "towlower", "towupper", "vscanf",
};

/* -- sets: of interned names ----------------------------------------------------------------------------------------------------- */

static const char *interned(Emit *e, const char *name)
{
    return intern_text(e->c->names, name);
}

/* What a function's name brings with it: f_frame, f_init, … */
static const char *const derived[] = {"frame", "init", "resume", "new", "closure", "result", "info", "value"};

/* "fetch_frame" → "fetch", or NULL. */
static const char *derived_from(Emit *e, const char *name)
{
    const char *cut = strrchr(name, '_');

    for (size_t i = 0; cut && cut != name && i < sizeof derived / sizeof *derived; i++)
        if (derived[i][0] == cut[1] && strcmp(derived[i], cut + 1) == 0)
            return intern(e->c->names, name, (size_t)(cut - name));
    return NULL;
}

static bool is_taken(Emit *e, const NameSet *set, const char *name)
{
    const char *stem;

    if (map_has(&set->names, name))
        return true;
    stem = set->families.len ? derived_from(e, name) : NULL;
    return stem && map_has(&set->families, stem);
}

static void take(Emit *e, NameSet *set, const char *name)
{
    map_set(e->arena, &set->names, name, e);
}

static void take_text(Emit *e, NameSet *set, const char *text)
{
    take(e, set, interned(e, text));
}

static void take_func(Emit *e, NameSet *set, const IrFunc *func)
{
    take(e, set, func->c_name);
    if (func->kind != IR_FUNCTION || func->needs_closure)
        map_set(e->arena, &set->families, func->c_name, e);
}

/* A name of the file is noted by its stem, too, so that no function takes one whose derived names are in use. */
static void take_in_file(Emit *e, const char *name)
{
    const char *stem = derived_from(e, name);

    take(e, &e->names, name);
    if (stem)
        map_set(e->arena, &e->stems, stem, e);
}

static bool is_keyword(Emit *e, const char *name)
{
    return map_has(&e->keywords.names, name);
}

static bool is_plain_identifier(const char *name)
{
    if (!*name || isdigit((unsigned char)*name))
        return false;
    while (isalnum((unsigned char)*name) || *name == '_')
        name++;
    return !*name;
}

const char *c_identifier(Emit *e, const char *name)
{
    Text text = text_make(e->arena);
    uint32_t code = 0;

    if (is_plain_identifier(name))
        return interned(e, name);
    for (const char *at = name; *at;) {
        uint32_t size = utf8_decode(at, strlen(at), &code);
        if (size > 1)
            text_printf(&text, "_%x_", code);
        else if (isalnum((unsigned char)*at) || *at == '_')
            text_char(&text, *at);
        else if (text.len && text.data[text.len - 1] != '_' && *at != '>')
            text_char(&text, '_');
        at += size ? size : 1;
    }
    if (!text.len || isdigit((unsigned char)text.data[0]))
        return intern_printf(e->c->names, "_%s", text_string(&text));
    return interned(e, text_string(&text));
}

/* An identifier that is no keyword. */
static const char *usable(Emit *e, const char *wanted)
{
    const char *name = c_identifier(e, wanted);

    return is_keyword(e, name) ? intern_printf(e->c->names, "%s_", name) : name;
}

const char *name_of_member(Emit *e, const char *name)
{
    const char *stem = name = c_identifier(e, name);
    size_t len = interned_len(name);

    while (len > 1 && name[len - 1] == '_') /* `base_` makes room for `base` */
        len--;
    if (len < interned_len(name))
        stem = intern(e->c->names, name, len);
    return is_keyword(e, stem) || strcmp(stem, "base") == 0 ? TEXT(e, "%s_", name) : name;
}

/* sqrtf and sqrtl are the library's as sqrt is; and all that is atomic_…, …_t. */
static bool is_of_library(Emit *e, const char *name)
{
    size_t len = interned_len(name);
    char last = name[len - 1];

    if (map_has(&e->library_names.names, name) || strncmp(name, "atomic_", 7) == 0)
        return true;
    if (len > 2 && last == 't' && name[len - 2] == '_')
        return true;
    return len > 1 && (last == 'f' || last == 'l') && map_has(&e->library_names.names, intern(e->c->names, name, len - 1));
}

bool is_taken_in_file(Emit *e, const char *text)
{
    const char *name = interned(e, text);

    return is_taken(e, &e->names, name) || is_of_library(e, name) || is_keyword(e, name);
}

static bool is_taken_in_function(Emit *e, const char *name)
{
    return is_taken(e, &e->locals, name) || (is_taken(e, &e->names, name) && !is_taken(e, &e->func_names, name));
}

/* `numbers`: stem → the last number that a name was made with, so that thousands of temporaries are not counted through for each; or NULL. */
static const char *numbered(Emit *e, bool (*is_used)(Emit *e, const char *name), Map *numbers, const char *wanted)
{
    const char *name = wanted;
    size_t len = strlen(wanted);
    const char *gap = len && isdigit((unsigned char)wanted[len - 1]) ? "_" : "";
    uintptr_t number = 2;

    if (!is_used(e, name))
        return name;
    void **last = numbers ? map_slot(e->arena, numbers, wanted) : NULL;
    if (last && *last)
        number = (uintptr_t)*last + 1;
    while (is_used(e, name = intern_printf(e->c->names, "%s%s%u", wanted, gap, (unsigned)number)))
        number++;
    if (last)
        *last = (void *)number;
    return name;
}

const char *name_in_file(Emit *e, const char *wanted)
{
    const char *name = numbered(e, is_taken_in_file, &e->file_numbers, usable(e, wanted));

    take_in_file(e, name);
    return name;
}

const char *name_in_function(Emit *e, const char *wanted)
{
    const char *name = numbered(e, is_taken_in_function, &e->local_numbers, usable(e, wanted));

    take(e, &e->locals, name);
    return name;
}

static bool is_member_taken(Emit *e, const char *name)
{
    return is_taken(e, &e->members, name);
}

static bool is_taken_anywhere(Emit *e, const char *name)
{
    return is_taken(e, &e->members, name) || is_taken_in_function(e, name);
}

/* Of a parameter: a member of the frame, and a parameter of `init`. */
static const char *name_anywhere(Emit *e, const char *wanted)
{
    const char *name = numbered(e, is_taken_anywhere, NULL, usable(e, wanted));

    take(e, &e->members, name);
    take(e, &e->locals, name);
    return name;
}

static const char *name_in_frame(Emit *e, const char *wanted)
{
    const char *name = numbered(e, is_member_taken, NULL, usable(e, wanted));

    take(e, &e->members, name);
    return name;
}

/* -- the file ---------------------------------------------------------------------------------------------------------------------- */

static bool is_free(Emit *e, const char *name)
{
    return !is_taken_in_file(e, name) && !map_has(&e->stems, name);
}

/* "outer.<locals>.inner" → "outer_inner"; "<lambda>" → "lambda". */
static const char *plain_name(Emit *e, const char *dotted)
{
    Text text = text_make(e->arena);
    const char *cut;

    for (; (cut = strstr(dotted, "<locals>.")); dotted = cut + strlen("<locals>."))
        text_append_n(&text, dotted, (size_t)(cut - dotted));
    if (!text.len)
        return c_identifier(e, dotted);
    text_append(&text, dotted);
    return c_identifier(e, text_string(&text));
}

static const char *with_types(Emit *e, const char *name, const IrFunc *func)
{
    for (uint32_t i = 0; i < func->params.len; i++)
        if (strcmp(func->params.items[i]->name, "self") != 0 || i)
            name = TEXT(e, "%s_%s", name, type_short_name(e, func->params.items[i]->type));
    return name;
}

static void name_func(Emit *e, IrFunc *func, const Map *twice)
{
    const char *name = plain_name(e, func->name), *wanted;
    bool has_plain = func->is_plain && func->is_called;

    if (strncmp(name, "art_", 4) == 0)
        name = intern_printf(e->c->names, "%s_%s", e->stem, name);
    if (map_get(twice, interned(e, func->name)) == (void *)e)
        name = interned(e, with_types(e, name, func));
    if ((has_plain || func->kind == IR_FUNCTION) && !is_free(e, name))
        name = intern_printf(e->c->names, "%s_%s", e->stem, name);
    if (strcmp(name, "main") == 0)
        name = intern_printf(e->c->names, "%s_main", e->stem);
    wanted = name;
    for (int number = 2; !is_free(e, name); number++)
        name = intern_printf(e->c->names, "%s_%d", wanted, number);
    func->c_name = name;
    take_in_file(e, name);
    take_func(e, &e->names, func);
    take_func(e, &e->func_names, func);
}

/* Variables of the functions that the emitter makes up: one of the module must not be hidden by them. */
static bool is_ours(const char *name)
{
    static const char *const ours[] = {"f", "self", "result", "closure", "base", "coro", "gen", "tuple", "slot", "other", "owned", "old",
                                       "cell", "task", "loop", "out", "spec", "raised", "a1", "a2", "a3", "a4", "a5", "argc", "argv", "codes"};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcmp(ours[i], name) == 0)
            return true;
    return false;
}

static void name_class(Emit *e, IrClass *cls)
{
    const char *name = plain_name(e, cls->cls->name);

    for (uint32_t i = 0; i < cls->cls->type_args.len; i++)
        name = TEXT(e, "%s_%s", name, type_short_name(e, cls->cls->type_args.items[i]));
    if (!is_free(e, interned(e, name)) || strncmp(name, "art_", 4) == 0)
        name = TEXT(e, "%s_%s", e->stem, name);
    cls->c_name = name_in_file(e, name);
    take_in_file(e, intern_printf(e->c->names, "type_%s", cls->c_name));
    take_in_file(e, intern_printf(e->c->names, "%s_fields", cls->c_name));
    take_in_file(e, intern_printf(e->c->names, "%s_methods", cls->c_name));
    take_in_file(e, intern_printf(e->c->names, "%s_table", cls->c_name));
}

void name_program(Emit *e)
{
    Map twice = {0};
    const IrProgram *program = e->program;

    bool has_frames = false;
    for (uint32_t i = 0; i < program->funcs.len; i++)
        has_frames |= program->funcs.items[i]->is_used && program->funcs.items[i]->needs_frame;
    if (has_frames) { /* a function of this name could not be called in a resume function */
        take_text(e, &e->library_names, "f");
        take_text(e, &e->library_names, "base");
    }
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        take_text(e, &e->keywords, keywords[i]);
    for (size_t i = 0; i < sizeof library / sizeof *library; i++)
        take_text(e, &e->library_names, library[i]);
    take_in_file(e, intern_printf(e->c->names, "%s_init", e->stem));
    take_in_file(e, intern_printf(e->c->names, "%s_fini", e->stem));
    for (uint32_t i = 0; i < program->classes.len; i++)
        name_class(e, program->classes.items[i]);
    for (uint32_t i = 0; i < program->funcs.len; i++) {
        const char *name = interned(e, program->funcs.items[i]->name);
        if (program->funcs.items[i]->is_used)
            map_set(e->arena, &twice, name, map_has(&twice, name) ? (void *)e : (void *)program);
    }
    for (uint32_t i = 0; i < program->funcs.len; i++)
        if (program->funcs.items[i]->is_used && !program->funcs.items[i]->is_library)
            name_func(e, program->funcs.items[i], &twice);
    for (uint32_t i = 0; i < program->funcs.len; i++)
        if (program->funcs.items[i]->is_used && program->funcs.items[i]->is_library)
            name_func(e, program->funcs.items[i], &twice);
    for (uint32_t i = 0; i < program->globals.len; i++) {
        IrVar *var = program->globals.items[i];
        const char *name = plain_name(e, var->name);
        var->c_name = name_in_file(e, is_taken_in_file(e, name) || is_ours(name) ? TEXT(e, "%s_%s", e->stem, name) : name);
    }
}

/* -- a function ------------------------------------------------------------------------------------------------------------------------ */

/* A member of the frame has its name among the frame's own. */
static void name_var(Emit *e, IrVar *var, bool is_member)
{
    const char *name = var->name ? var->name : "value";

    if (var->c_name)
        return;
    if (is_member && var->kind != IR_VAR_PARAM)
        var->c_name = name_in_frame(e, name);
    else
        var->c_name = is_member ? name_anywhere(e, name) : name_in_function(e, name);
}

/* The members of a closure. */
void name_captures(Emit *e, const IrFunc *func)
{
    NameSet members = e->members;

    e->members = (NameSet){0};
    take_text(e, &e->members, "base");
    for (uint32_t i = 0; i < func->captures.len; i++)
        func->captures.items[i]->c_name = name_in_frame(e, func->captures.items[i]->name);
    e->members = members;
}

void name_locals(Emit *e, const IrFunc *func)
{
    static const char *const members[] = {"base", "result", "value", "child", "closure"};

    e->locals = (NameSet){0};
    e->local_numbers = (Map){0};
    if (!func->is_plain) {
        take_text(e, &e->locals, "base");
        take_text(e, &e->locals, "f");
    }
    if (func->is_plain || func->is_closure)
        take_text(e, &e->locals, "result");
    if (func->is_closure) {
        take_text(e, &e->locals, "closure");
        take_text(e, &e->locals, "base");
    }
    e->members = (NameSet){0};
    for (size_t i = 0; func->needs_frame && i < sizeof members / sizeof *members; i++)
        take_text(e, &e->members, members[i]);
    for (uint32_t i = 0; i < func->callees.len; i++)
        if (func->callees.items[i]->c_name)
            take_func(e, &e->locals, func->callees.items[i]);
    for (uint32_t i = 0; i < func->params.len; i++)
        name_var(e, func->params.items[i], func->needs_frame);
    name_captures(e, func);
    for (uint32_t i = 0; i < func->vars.len; i++)
        if (func->vars.items[i]->kind == IR_VAR_LOCAL)
            name_var(e, func->vars.items[i], !func->is_plain && func->vars.items[i]->is_kept);
    for (uint32_t i = 0; i < func->vars.len; i++)
        if (func->vars.items[i]->info) /* it is mentioned */
            name_var(e, func->vars.items[i], !func->is_plain && func->vars.items[i]->is_kept);
}

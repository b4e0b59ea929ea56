/* The command line: options in, exit status out. It knows no stage: what is to be done stands in a CommandLine, and driver.c
 * does it. */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage_text[] =
    "usage: asyncc [options] FILE            FILE.c and FILE.h beside it (- reads standard input)\n"
    "       asyncc run [options] FILE [args]  compile, build with $CC, run\n"
    "       asyncc build [options] FILE -o EXECUTABLE\n"
    "       asyncc check [options] FILE...    diagnostics only\n"
    "\n"
    "  -o FILE          where the result goes\n"
    "  -MD              also write FILE.d, the files it depends on, for make\n"
    "  --no-line        leave #line directives out of the C\n"
    "  --emit=FORM      print tokens, ast, types, ir, frames, c or h instead\n"
    "  --format=FORM    diagnostics as text, json or sarif\n"
    "  -Wno-NAME        switch a warning off (-Wno-all: all of them); -Werror: warnings are errors\n"
    "  --release        run, build: optimise\n"
    "  --static         build: link everything into the executable\n"
    "  --sanitize[=X]   run, build: with the sanitizer X (address,undefined)\n"
    "  --help, --version\n";

const char *const form_names[FORM_COUNT] = {
    [FORM_TOKENS] = "tokens", [FORM_AST] = "ast", [FORM_TYPES] = "types", [FORM_IR] = "ir",
    [FORM_FRAMES] = "frames", [FORM_C] = "c",     [FORM_H] = "h",
};

typedef struct Parser {
    CommandLine cl;
    Arena arena;
    int argc, at;
    char **argv;
    bool no_more_options; /* after -- */
} Parser;

_Noreturn static void usage_error(const char *message, const char *what)
{
    fprintf(stderr, "asyncc: %s%s%s\n%s", message, what ? " " : "", what ? what : "", usage_text);
    exit(2);
}

/* The text behind `prefix` if `arg` begins with it. */
static const char *after(const char *arg, const char *prefix)
{
    size_t len = strlen(prefix);

    return strncmp(arg, prefix, len) == 0 ? arg + len : NULL;
}

static Form parse_form(const char *name)
{
    for (int form = FORM_TOKENS; form < FORM_COUNT; form++)
        if (strcmp(name, form_names[form]) == 0)
            return (Form)form;
    usage_error("no such form to emit:", name);
}

static DiagFormat parse_format(const char *name)
{
    static const char *const names[] = {[DIAG_TEXT] = "text", [DIAG_JSON] = "json", [DIAG_SARIF] = "sarif"};

    for (int format = DIAG_TEXT; format <= DIAG_SARIF; format++)
        if (strcmp(name, names[format]) == 0)
            return (DiagFormat)format;
    usage_error("no such format:", name);
}

static const char *next_word(Parser *p, const char *option)
{
    if (p->at >= p->argc)
        usage_error("a file name is missing after", option);
    return p->argv[p->at++];
}

static void say(const char *text)
{
    fputs(text, stdout);
    exit(0);
}

static void parse_option(Parser *p, const char *arg)
{
    CommandLine *cl = &p->cl;
    const char *value;

    if (strcmp(arg, "-o") == 0)
        cl->output = next_word(p, arg);
    else if (strcmp(arg, "-MD") == 0)
        cl->depfile = true;
    else if (strcmp(arg, "--no-line") == 0)
        cl->no_line = true;
    else if ((value = after(arg, "--emit=")))
        cl->form = parse_form(value);
    else if ((value = after(arg, "--format=")))
        cl->format = parse_format(value);
    else if ((value = after(arg, "-W")) && *value)
        vec_push(&p->arena, &cl->warnings, value);
    else if (strcmp(arg, "--release") == 0)
        cl->release = true;
    else if (strcmp(arg, "--static") == 0)
        cl->is_static = true;
    else if (strcmp(arg, "--sanitize") == 0)
        cl->sanitize = "address,undefined";
    else if ((value = after(arg, "--sanitize=")))
        cl->sanitize = value;
    else if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
        say(usage_text);
    else if (strcmp(arg, "--version") == 0)
        say("asyncc 0.1\n");
    else if ((value = after(arg, "-o")))
        cl->output = value;
    else
        usage_error("no such option:", arg);
}

static bool is_option(const Parser *p, const char *arg)
{
    return !p->no_more_options && arg[0] == '-' && arg[1] != '\0';
}

static void parse_command(Parser *p)
{
    static const struct {
        const char *name;
        Command command;
    } commands[] = {{"run", COMMAND_RUN}, {"build", COMMAND_BUILD}, {"check", COMMAND_CHECK}};

    for (size_t i = 0; i < sizeof commands / sizeof *commands && p->at < p->argc; i++)
        if (strcmp(p->argv[p->at], commands[i].name) == 0) {
            p->cl.command = commands[i].command;
            p->at++;
            return;
        }
}

static void parse_words(Parser *p)
{
    CommandLine *cl = &p->cl;

    while (p->at < p->argc) {
        char *arg = p->argv[p->at++];

        if (!p->no_more_options && strcmp(arg, "--") == 0) {
            p->no_more_options = true;
            continue;
        }
        if (is_option(p, arg)) {
            parse_option(p, arg);
            continue;
        }
        vec_push(&p->arena, &cl->inputs, arg);
        if (cl->command == COMMAND_RUN) { /* the rest is the program's */
            cl->args = p->argv + p->at;
            return;
        }
    }
}

int main(int argc, char **argv)
{
    Parser p = {.argc = argc, .argv = argv, .at = 1};

    p.cl.program = argv[0];
    parse_command(&p);
    parse_words(&p);
    if (p.cl.inputs.len == 0)
        usage_error("which file?", NULL);
    if (p.cl.inputs.len > 1 && p.cl.command != COMMAND_CHECK)
        usage_error("only `check` takes several files:", p.cl.inputs.items[1]);
    int status = drive(&p.cl);
    arena_free_all(&p.arena);
    return status;
}

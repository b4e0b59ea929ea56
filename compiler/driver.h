/* The pipeline, and what the command line asks of it. */
#ifndef DRIVER_H
#define DRIVER_H

#include "base/diag.h"
#include "base/vec.h"

#include <stdbool.h>

typedef enum Command { COMMAND_COMPILE, COMMAND_RUN, COMMAND_BUILD, COMMAND_CHECK } Command;

/* What --emit= prints instead of writing app.c and app.h. */
typedef enum Form { FORM_NONE, FORM_TOKENS, FORM_AST, FORM_TYPES, FORM_IR, FORM_FRAMES, FORM_C, FORM_H, FORM_COUNT } Form;

typedef struct CommandLine {
    Command command;
    StrVec inputs;        /* one; for `check` any number */
    const char *output;   /* -o, or NULL */
    Form form;
    DiagFormat format;
    StrVec warnings;      /* -W…: what follows -W */
    bool no_line;         /* --no-line */
    bool depfile;         /* -MD */
    bool release, is_static;
    const char *sanitize; /* "address,undefined", "thread", or NULL */
    char **args;          /* `run`: the program's own, NULL at the end */
    const char *program;  /* argv[0]: where the runtime is looked for if the system does not say */
} CommandLine;

/* What the C compiler must be told beside the file. */
typedef struct Linking {
    StrVec libs; /* "m", "curl" */
} Linking;

extern const char *const form_names[FORM_COUNT];

/* Does what the command line asks; gives the exit status. */
int drive(const CommandLine *cl);

/* build.c: compiles `c_path` to the executable `output`; an exit status. */
int build_executable(const CommandLine *cl, const char *c_path, const char *output, const Linking *linking);
/* Runs it and waits; its exit status (128 + number if a signal ended it). */
int run_executable(const char *path, char **args);

#endif

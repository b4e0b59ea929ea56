/* The pipeline: each stage once, in order, with its --emit dump; then what the command wants done with the result.
 *
 * In: a command line.  Out: an exit status (0; 1 when the program has errors), files or printed text, and the diagnostics.  The
 * work is done in a thread with a large stack: the stages are recursive, as the programs are that they read, and a sum of
 * 50,000 terms must not end them. The pages of that stack exist only once they are touched. */
#include "driver.h"

#include "base/context.h"
#include "base/text.h"
#include "emit/emit.h"
#include "infer/infer.h"
#include "ir/ir.h"
#include "lower/lower.h"
#include "pass/pass.h"
#include "resolve.h"
#include "syntax/parse.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Drive {
    const CommandLine *cl;
    Compilation *c;
    Text text;     /* what --emit prints */
    Text c_text, h_text;
    Linking linking;
    bool is_done;  /* the form asked for has been printed */
    int status;
} Drive;

/* -- the stages --------------------------------------------------------------------------------------------------------------- */

static bool wants(Drive *d, Form form)
{
    d->is_done = d->cl->form == form;
    return d->is_done;
}

static bool has_errors(const Drive *d)
{
    return d->c->diags->error_count > 0;
}

static IrProgram *make_ir(Drive *d, Inferred *inferred)
{
    Compilation *c = d->c;
    IrProgram *ir = lower(c, inferred);

    ir_check(c, ir, "lower");
    limit_depth(c, ir);     /* what follows looks at each expression as a whole */
    add_raise_edges(c, ir); /* every call that can raise gets a way out */
    add_ownership(c, ir);   /* after the edges: an exception releases, too */
    find_live(c, ir);       /* after ownership: a release is a use */
    lay_out_frames(c, ir);
    return ir;
}

static void run_stages(Drive *d, SourceFile *source)
{
    Compilation *c = d->c;

    if (wants(d, FORM_TOKENS)) {
        tokens_print(c, source, &d->text);
        return;
    }
    Module *module = parse_source(c, source);
    if (wants(d, FORM_AST)) {
        ast_print(module, &d->text);
        return;
    }
    if (has_errors(d))
        return;
    Resolved *resolved = resolve(c, module);
    if (has_errors(d))
        return;
    Inferred *inferred = infer(c, resolved);
    if (has_errors(d))
        return;
    if (wants(d, FORM_TYPES)) {
        infer_print(inferred, &d->text);
        return;
    }
    if (d->cl->command == COMMAND_CHECK)
        return;
    IrProgram *ir = make_ir(d, inferred);
    if (wants(d, FORM_IR))
        ir_print(c, ir, &d->text);
    else if (wants(d, FORM_FRAMES))
        frames_print(c, ir, &d->text);
    else
        emit_program(c, ir, &d->c_text, &d->h_text);
    if (d->cl->command == COMMAND_BUILD || d->cl->command == COMMAND_RUN)
        emit_main(c, ir, &d->c_text);
    for (uint32_t i = 0; i < ir->libs.len; i++)
        vec_push(c->arena, &d->linking.libs, ir->libs.items[i]);
}

/* -- files -------------------------------------------------------------------------------------------------------------------- */

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

static bool write_file(const char *path, const Text *text)
{
    FILE *file = is_stdout(path) ? stdout : fopen(path, "w");

    if (!file) {
        fprintf(stderr, "asyncc: %s: %s\n", path, strerror(errno));
        return false;
    }
    bool is_written = fwrite(text_string(text), 1, text->len, file) == text->len;
    if ((file == stdout ? fflush(file) : fclose(file)) != 0 || !is_written) {
        fprintf(stderr, "asyncc: %s: %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

/* "dir/app.async" or "dir/app.c" with another ending. */
static const char *with_ending(Drive *d, const char *path, const char *ending)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    size_t len = dot && dot != path ? (size_t)(dot - path) : strlen(path);

    return arena_printf(d->c->arena, "%.*s%s", (int)len, path, ending);
}

/* Where the C goes: -o, or beside the source, or standard output when the source came from standard input. */
static const char *c_path(Drive *d)
{
    const char *input = d->cl->inputs.items[0];

    if (d->cl->output)
        return d->cl->output;
    return is_stdout(input) ? "-" : with_ending(d, input, ".c");
}

/* The dependencies, for make: the C depends on every source file that was read; each of them is also a target without a rule, so
 * that a file that is gone does not stop make. */
static bool write_depfile(Drive *d, const char *target)
{
    Text deps = text_make(d->c->arena);
    const Sources *sources = d->c->sources;

    text_printf(&deps, "%s:", target);
    for (uint32_t i = 0; i < sources->files.len; i++)
        if (access(sources->files.items[i]->path, F_OK) == 0) /* the library inside the compiler is no file */
            text_printf(&deps, " %s", sources->files.items[i]->path);
    text_char(&deps, '\n');
    return write_file(with_ending(d, target, ".d"), &deps);
}

static int write_c(Drive *d)
{
    const char *target = c_path(d);

    if (!write_file(target, &d->c_text))
        return 1;
    if (is_stdout(target))
        return 0;
    if (!write_file(with_ending(d, target, ".h"), &d->h_text))
        return 1;
    return d->cl->depfile && !write_depfile(d, target);
}

/* -- executables --------------------------------------------------------------------------------------------------------------- */

static const char *temporary_folder(Drive *d)
{
    const char *place = getenv("TMPDIR");
    char *folder = (char *)(uintptr_t)arena_printf(d->c->arena, "%s/asyncc-XXXXXX", place && *place ? place : "/tmp");

    return mkdtemp(folder);
}

static const char *stem(Drive *d)
{
    const char *input = d->cl->inputs.items[0], *slash = strrchr(input, '/');

    if (is_stdout(input))
        return "program";
    return with_ending(d, slash ? slash + 1 : input, "");
}

static int make_executable(Drive *d, const char *executable, const char *source)
{
    const char *header = with_ending(d, source, ".h");
    bool is_written = write_file(source, &d->c_text) && write_file(header, &d->h_text);
    int status = is_written ? build_executable(d->cl, source, executable, &d->linking) : 1;

    unlink(source);
    unlink(header);
    return status;
}

/* `build` leaves the executable, `run` runs it and leaves nothing. */
static int build_and_run(Drive *d)
{
    const char *folder = temporary_folder(d);

    if (!folder) {
        fprintf(stderr, "asyncc: no temporary folder: %s\n", strerror(errno));
        return 1;
    }
    const char *source = arena_printf(d->c->arena, "%s/%s.c", folder, stem(d));
    const char *inside = arena_printf(d->c->arena, "%s/%s", folder, stem(d));
    bool runs = d->cl->command == COMMAND_RUN;
    const char *executable = runs ? inside : d->cl->output ? d->cl->output : stem(d);
    int status = make_executable(d, executable, source);
    if (runs && status == 0) {
        status = run_executable(executable, d->cl->args);
        unlink(executable);
    }
    rmdir(folder);
    return status;
}

/* -- one input ------------------------------------------------------------------------------------------------------------------ */

static int finish(Drive *d)
{
    bool is_for_machines = d->cl->format != DIAG_TEXT;

    diags_print(d->c->diags, is_for_machines ? stdout : stderr, d->cl->format, isatty(STDERR_FILENO));
    if (d->is_done)
        write_file(d->cl->output ? d->cl->output : "-", &d->text);
    if (has_errors(d))
        return 1;
    if (d->is_done || d->cl->command == COMMAND_CHECK)
        return 0;
    if (d->cl->form == FORM_C || d->cl->form == FORM_H)
        return !write_file(d->cl->output ? d->cl->output : "-", d->cl->form == FORM_C ? &d->c_text : &d->h_text);
    return d->cl->command == COMMAND_COMPILE ? write_c(d) : build_and_run(d);
}

static void set_warnings(Drive *d)
{
    for (uint32_t i = 0; i < d->cl->warnings.len; i++) {
        const char *name = d->cl->warnings.items[i];

        if (strcmp(name, "error") == 0)
            d->c->diags->warnings_are_errors = true;
        else if (strncmp(name, "no-", 3) == 0)
            diags_mute(d->c->diags, name + 3);
    }
}

/* Where modules beside the program are looked for. */
static const char *folder_of(Drive *d, const char *input)
{
    const char *slash = strrchr(input, '/');

    return slash ? arena_strndup(d->c->arena, input, (size_t)(slash - input)) : "";
}

static int drive_one(const CommandLine *cl, const char *input)
{
    Drive d = {.cl = cl, .c = compilation_new()};
    int status = 1;

    d.text = text_make(d.c->arena);
    d.c_text = text_make(d.c->arena);
    d.h_text = text_make(d.c->arena);
    d.c->options.no_line = cl->no_line;
    d.c->options.release = cl->release;
    d.c->options.output = cl->command == COMMAND_COMPILE && cl->output && !is_stdout(cl->output) ? cl->output : NULL;
    d.c->directory = folder_of(&d, input);
    set_warnings(&d);
    SourceFile *source = source_read(d.c->sources, input);
    if (source) {
        run_stages(&d, source);
        status = finish(&d);
    } else {
        fprintf(stderr, "asyncc: %s: %s\n", input, strerror(errno));
    }
    compilation_free(d.c);
    return status;
}

/* -- the thread ------------------------------------------------------------------------------------------------------------------ */

typedef struct Job {
    const CommandLine *cl;
    int status;
} Job;

static void *run_job(void *arg)
{
    Job *job = arg;

    for (uint32_t i = 0; i < job->cl->inputs.len; i++)
        job->status |= drive_one(job->cl, job->cl->inputs.items[i]);
    return NULL;
}

int drive(const CommandLine *cl)
{
    Job job = {.cl = cl};
    pthread_attr_t attr;
    pthread_t thread;
    int error = EAGAIN;

    pthread_attr_init(&attr);
    for (size_t size = (size_t)1 << 30; error && size >= (size_t)8 << 20; size /= 2) {
        pthread_attr_setstacksize(&attr, size);
        error = pthread_create(&thread, &attr, run_job, &job);
    }
    if (error)
        run_job(&job);
    else
        pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
    return job.status;
}

/* From C to an executable, and running it: $CC and child processes.
 *
 * In: the path of a C file that the emitter wrote, and what it must be linked with.  Out: an executable.  The runtime's headers and
 * library are found from the place of the compiler's own executable, so that neither a build tree nor an installation needs to be
 * configured: in a tree they are ../runtime/include and libasyncrt.a beside it, when installed ../include/asyncc and ../lib. */
#include "driver.h"

#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef ASYNCC_PREFIX
#define ASYNCC_PREFIX "/usr/local"
#endif

extern char **environ;

typedef struct Build {
    Arena arena;
    const CommandLine *cl;
    const char *home;    /* the folder of the compiler's executable */
    const char *include; /* the runtime's headers */
    const char *library; /* libasyncrt.a */
    StrVec words;        /* the command */
} Build;

static const char *path(Build *b, const char *folder, const char *rest)
{
    return arena_printf(&b->arena, "%s/%s", folder, rest);
}

static bool exists(const char *name)
{
    return access(name, R_OK) == 0;
}

/* -- where the runtime is --------------------------------------------------------------------------------------------------- */

static const char *executable_folder(Build *b)
{
    char found[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", found, sizeof found - 1);

    if (len > 0)
        found[len] = '\0';
    else if (!realpath(b->cl->program, found))
        return ".";
    char *slash = strrchr(found, '/');
    if (slash)
        *slash = '\0';
    return arena_strdup(&b->arena, found);
}

/* The library for the sanitizer asked for, which a tree builds apart; else the plain one. */
static const char *library_in(Build *b, const char *folder)
{
    const char *kind = !b->cl->sanitize ? NULL : strcmp(b->cl->sanitize, "thread") == 0 ? "tsan" : "sanitize";

    if (kind) {
        const char *special = arena_printf(&b->arena, "%s/%s/libasyncrt.a", folder, kind);
        if (exists(special))
            return special;
    }
    const char *plain = path(b, folder, "libasyncrt.a");
    return exists(plain) ? plain : NULL;
}

static bool find_in_tree(Build *b)
{
    static const char *const above[] = {"..", "../.."};

    for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
        const char *include = arena_printf(&b->arena, "%s/%s/runtime/include", b->home, above[i]);
        if (!exists(path(b, include, "art/value.h")))
            continue;
        b->include = include;
        b->library = library_in(b, b->home);
        return b->library != NULL;
    }
    return false;
}

static bool find_installed(Build *b, const char *prefix)
{
    b->include = path(b, prefix, "include/asyncc");
    b->library = library_in(b, path(b, prefix, "lib"));
    return b->library && exists(path(b, b->include, "art/value.h"));
}

static bool find_runtime(Build *b)
{
    b->home = executable_folder(b);
    return find_in_tree(b) || find_installed(b, path(b, b->home, "..")) || find_installed(b, ASYNCC_PREFIX);
}

/* -- the command ------------------------------------------------------------------------------------------------------------ */

static void word(Build *b, const char *text)
{
    vec_push(&b->arena, &b->words, text);
}

/* The words of a variable of the environment, or of `otherwise`. */
static void words_of(Build *b, const char *variable, const char *otherwise)
{
    const char *value = getenv(variable);
    char *copy = arena_strdup(&b->arena, value && *value ? value : otherwise);

    for (char *save = NULL, *one = strtok_r(copy, " \t", &save); one; one = strtok_r(NULL, " \t", &save))
        word(b, one);
}

/* What the program does not use of the runtime stays out of it, and so do libraries that nothing of the rest needs. */
static void leave_out_unused(Build *b)
{
#ifdef __APPLE__
    word(b, "-Wl,-dead_strip");
#else
    word(b, "-Wl,--gc-sections");
    word(b, "-Wl,--as-needed");
    if (b->cl->release && !b->cl->is_static && !b->cl->sanitize) {
        word(b, "-no-pie"); /* fewer relocations to carry and to apply */
        word(b, "-Wl,-z,noseparate-code");
    }
#endif
}

static void make_command(Build *b, const char *c_path, const char *output, const Linking *linking)
{
    words_of(b, "CC", "cc");
    word(b, "-std=c11");
    word(b, "-D_GNU_SOURCE");
    words_of(b, "CFLAGS", b->cl->release ? "-O2" : "-O1 -g");
    if (b->cl->release) {
        word(b, "-DNDEBUG");
        word(b, "-ffunction-sections");
        word(b, "-fdata-sections");
        word(b, "-fno-asynchronous-unwind-tables");
    }
    if (b->cl->sanitize) {
        word(b, arena_printf(&b->arena, "-fsanitize=%s", b->cl->sanitize));
        word(b, "-fno-sanitize-recover=all");
        word(b, "-fno-omit-frame-pointer");
    }
    if (b->cl->is_static)
        word(b, "-static");
    leave_out_unused(b);
    word(b, "-DASYNCC_MAIN");
    word(b, arena_printf(&b->arena, "-I%s", b->include));
    word(b, "-o");
    word(b, output);
    word(b, c_path);
    word(b, b->library);
    words_of(b, "LDFLAGS", "");
    for (uint32_t i = 0; i < linking->libs.len; i++)
        word(b, arena_printf(&b->arena, "-l%s", linking->libs.items[i]));
    word(b, "-lc"); /* before libm, part of which it has as well */
    word(b, "-lm");
    word(b, "-pthread");
    word(b, NULL);
}

/* -- child processes ---------------------------------------------------------------------------------------------------------- */

static int wait_for(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int spawn(char *const *words)
{
    pid_t child;
    int error = posix_spawnp(&child, words[0], NULL, NULL, words, environ);

    if (error) {
        fprintf(stderr, "asyncc: %s: %s\n", words[0], strerror(error));
        return 1;
    }
    return wait_for(child);
}

int build_executable(const CommandLine *cl, const char *c_path, const char *output, const Linking *linking)
{
    Build b = {.cl = cl};
    int status = 1;

    if (find_runtime(&b)) {
        make_command(&b, c_path, output, linking);
        status = spawn((char *const *)(uintptr_t)b.words.items) ? 1 : 0;
    } else {
        fprintf(stderr, "asyncc: the runtime library libasyncrt.a and its headers were not found near %s\n", b.home);
    }
    arena_free_all(&b.arena);
    return status;
}

/* Ctrl-C belongs to the program; we only wait for it to end. */
int run_executable(const char *name, char **args)
{
    Arena arena = {0};
    StrVec words = {0};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before_int, before_quit;
    posix_spawnattr_t attr;
    sigset_t defaults;
    pid_t child;

    vec_push(&arena, &words, name);
    for (; args && *args; args++)
        vec_push(&arena, &words, *args);
    vec_push(&arena, &words, NULL);
    sigaction(SIGINT, &ignore, &before_int);
    sigaction(SIGQUIT, &ignore, &before_quit);
    sigemptyset(&defaults);
    if (before_int.sa_handler != SIG_IGN)
        sigaddset(&defaults, SIGINT);
    if (before_quit.sa_handler != SIG_IGN)
        sigaddset(&defaults, SIGQUIT);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigdefault(&attr, &defaults);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawn(&child, name, NULL, &attr, (char *const *)(uintptr_t)words.items, environ);
    posix_spawnattr_destroy(&attr);
    if (error)
        fprintf(stderr, "asyncc: %s: %s\n", name, strerror(error));
    int status = error ? 1 : wait_for(child);
    sigaction(SIGINT, &before_int, NULL);
    sigaction(SIGQUIT, &before_quit, NULL);
    arena_free_all(&arena);
    return status;
}

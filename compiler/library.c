/* In: the name of a module.  Out: its source: from lib/, which the build turns into a table of strings (lib_files), or from a file
 * beside the program. The library comes first: a program's own json.async would not hide CPython's json either when run as a
 * script of another name, and no program does that on purpose. */
#include "library.h"

#include "lib_files.h"

#include <string.h>
#include <sys/stat.h>

static const struct lib_file *find_library(const char *path)
{
    for (size_t i = 0; i < lib_file_count; i++)
        if (!strcmp(lib_files[i].path, path))
            return &lib_files[i];
    return NULL;
}

static bool is_library_folder(const char *path)
{
    size_t len = strlen(path);

    for (size_t i = 0; i < lib_file_count; i++)
        if (!strncmp(lib_files[i].path, path, len) && lib_files[i].path[len] == '/')
            return true;
    return false;
}

/* "a.b" -> "a/b" + suffix */
static const char *path_of(Compilation *c, const char *name, const char *suffix)
{
    char *path = arena_strdup(c->arena, name);

    for (char *p = path; *p; p++)
        if (*p == '.')
            *p = '/';
    return arena_printf(c->arena, "%s%s", path, suffix);
}

static const char *beside(Compilation *c, const char *path)
{
    return c->directory && *c->directory ? arena_printf(c->arena, "%s/%s", c->directory, path) : path;
}

static bool file_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *library_file_name(Compilation *c, const char *name)
{
    return path_of(c, name, ".async");
}

bool library_open(Compilation *c, const char *name, LibrarySource *source)
{
    static const char *const suffixes[] = {".async", "/__init__.async"};

    *source = (LibrarySource){0};
    for (int i = 0; i < 2; i++) {
        const char *path = path_of(c, name, suffixes[i]);
        const struct lib_file *f = find_library(path);
        source->is_package = i == 1;
        if (f) {
            source->is_library = true;
            source->file = source_add(c->sources, arena_printf(c->arena, "lib/%s", path), f->text, f->len);
            return true;
        }
    }
    if (is_library_folder(path_of(c, name, ""))) {
        source->is_library = source->is_package = true;
        source->file = source_add(c->sources, library_file_name(c, name), "", 0);
        return true;
    }
    for (int i = 0; i < 2; i++) {
        const char *path = beside(c, path_of(c, name, suffixes[i]));
        source->is_package = i == 1;
        if (file_exists(path) && (source->file = source_read(c->sources, path)))
            return true;
    }
    /* A folder without __init__.async is a package with nothing in it. */
    if (is_directory(beside(c, path_of(c, name, "")))) {
        source->is_package = true;
        source->file = source_add(c->sources, library_file_name(c, name), "", 0);
        return true;
    }
    return false;
}

bool library_or_file_exists(Compilation *c, const char *name)
{
    return *name && (is_library_folder(path_of(c, name, "")) || find_library(path_of(c, name, ".async")) || find_library(path_of(c, name, "/__init__.async")) ||
                     file_exists(beside(c, path_of(c, name, ".async"))) ||
                     file_exists(beside(c, path_of(c, name, "/__init__.async"))) || is_directory(beside(c, path_of(c, name, ""))));
}

/* The library of .async files that the compiler carries inside: what tools/embed.c made of lib/. */
#ifndef LIB_FILES_H
#define LIB_FILES_H

#include <stddef.h>

struct lib_file {
    const char *path; /* relative to lib/: "asyncio.async"; NULL ends the table */
    const char *text; /* ends with NUL */
    size_t len;
};

extern const struct lib_file lib_files[];
extern const size_t lib_file_count;

#endif

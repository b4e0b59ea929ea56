/* Where modules come from: lib/ (compiled into the compiler) and .async files beside the program. */
#ifndef LIBRARY_H
#define LIBRARY_H

#include "base/context.h"

#include <stdbool.h>

typedef struct LibrarySource {
    SourceFile *file;
    bool is_library; /* from lib/ */
    bool is_package; /* an __init__.async */
} LibrarySource;

/* Finds module `name` ("a.b"): false if there is none. A library module comes first, as CPython's own does. */
bool library_open(Compilation *c, const char *name, LibrarySource *source);
bool library_or_file_exists(Compilation *c, const char *name);
const char *library_file_name(Compilation *c, const char *name); /* "a/b.async": for messages */

#endif

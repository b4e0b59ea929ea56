/* Source files and places in them.
 *
 * A Span is two byte offsets and a file: small, since every token and node has one.  Line and column are found from it only when
 * somebody looks, by binary search in the file's table of line starts. */
#ifndef ASYNCC_BASE_SOURCE_H
#define ASYNCC_BASE_SOURCE_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Span {
    uint32_t start, end; /* byte offsets; the end is exclusive */
    uint32_t file;       /* SourceFile.id; 0 is no file: a Span of zeros means "nowhere" */
} Span;

typedef struct SourceFile {
    const char *path; /* as messages show it */
    const char *text; /* a NUL behind it; a byte order mark is cut off */
    uint32_t len;
    uint32_t id;           /* from 1 */
    uint32_t *line_starts; /* offset of each line; the last entry is `len` */
    uint32_t line_count;
} SourceFile;

typedef struct Sources {
    Arena *arena;
    Vec(SourceFile *) files; /* files.items[id - 1] */
} Sources;

typedef struct Place {
    uint32_t line;   /* from 1 */
    uint32_t column; /* in code points, from 1 */
} Place;

/* Adds a file whose text is at hand (copied), or reads it; NULL and errno if it cannot be read. "-" is standard input. */
SourceFile *source_add(Sources *sources, const char *path, const char *text, size_t len);
SourceFile *source_read(Sources *sources, const char *path);

SourceFile *source_of(const Sources *sources, Span span); /* NULL for nowhere */
Place source_place(const SourceFile *file, uint32_t offset);
uint32_t source_line(const SourceFile *file, uint32_t offset); /* from 1 */

/* The smallest span that holds both; either may be nowhere. */
Span span_join(Span a, Span b);
/* The empty span at the start or the end of another. */
Span span_start(Span span);
Span span_end(Span span);

/* The number of bytes of the UTF-8 sequence at `text`, 0 if there is none; its code point if asked for. */
uint32_t utf8_decode(const char *text, size_t len, uint32_t *code_point);
/* The number of code points in well-formed UTF-8. */
uint32_t utf8_count(const char *text, size_t len);

#endif

/* The one writer of C: lines, indentation, #line, wrapping, and the braces of one-line bodies.
 *
 * Lines are collected and printed at the end, so that a body that turned out to be one simple line loses its braces, a section can be
 * joined behind another, and #line is written only where the C compiler would count wrong. */
#ifndef EMIT_OUT_H
#define EMIT_OUT_H

#include "base/context.h"
#include "base/text.h"

#include <stdbool.h>

typedef enum LineKind { LINE_PLAIN, LINE_LABEL, LINE_COMMENT, LINE_BEGIN, LINE_DIRECTIVE, LINE_DECLARATION } LineKind;

typedef struct Line {
    LineKind kind;
    int indent;       /* in levels */
    const char *text; /* "" is a blank line */
    uint32_t source;  /* line of the source it comes from; 0: the C file itself */
    uint32_t file;    /* SourceFile.id */
} Line;

typedef struct Out {
    Compilation *c;
    Vec(Line) lines;
    int indent;
    uint32_t source, file; /* for the lines to come */
} Out;

Out out_make(Compilation *c);
void out_line(Out *out, const char *format, ...) BASE_PRINTF(2, 3);
void out_declare(Out *out, const char *format, ...) BASE_PRINTF(2, 3); /* a declaration: never alone behind an `if` */
void out_blank(Out *out);                        /* unless the last line is blank, or begins a block */
void out_comment(Out *out, const char *format, ...) BASE_PRINTF(2, 3); /* wrapped in slash and star */
uint32_t out_begin(Out *out, const char *format, ...) BASE_PRINTF(2, 3); /* a line and " {"; gives the position for out_end */
void out_end(Out *out, uint32_t begin);          /* the brace; neither of them around one simple line */
void out_end_with(Out *out, uint32_t begin, const char *tail); /* "} name;", "};": the braces stay */
typedef Vec(uint32_t) PosVec;
void out_branch(Out *out, PosVec *chain, const char *format, ...) BASE_PRINTF(3, 4); /* if (…), else if (…), else */
void out_end_chain(Out *out, const PosVec *chain); /* braces for all branches or none */
void out_label(Out *out, const char *format, ...) BASE_PRINTF(2, 3);   /* one level to the left */
void out_statement_follows(Out *out);            /* before a declaration or a brace: a label needs a statement */
void out_directive(Out *out, const char *format, ...) BASE_PRINTF(2, 3);
void out_span(Out *out, Span span);              /* where the lines to come are from; nowhere: as before */
void out_own(Out *out);                          /* from here on: the C file itself */
void out_join(Out *out, const Out *section);
bool out_mentions(const Out *out, uint32_t from, const char *word); /* does a line since `from` have the identifier? */
/* The text of all sections, with a blank line between them; `path`: of the C file, for #line. */
void out_print(const Out *const *sections, size_t count, const char *path, Text *text);

/* Source text for a comment: nothing in it can end the comment; cut to `limit` characters. */
const char *out_quoted(Compilation *c, Span span, size_t limit);

#endif

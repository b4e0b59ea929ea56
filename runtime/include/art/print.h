/* Standard output, error and input as Python programs see them, and a thread's and a program's beginning and end.
 *
 * print(a, b) of generated code is art_printf("%s %i\n", a, b) (see format.h): written from left to right into a buffer of the
 * process, which is flushed at each newline when it is a terminal, else when full, before tracebacks, and at the end. */
#ifndef ART_PRINT_H
#define ART_PRINT_H

#include "art/format.h"

/* A text stream: sys.stdout, sys.stderr. Static objects; class TextIOWrapper. */
typedef struct art_stream {
    art_obj base;
    int fd;
} art_stream;

extern art_stream art_stdout, art_stderr;
extern const art_type art_type_stream;

void art_printf(const char *fmt, ...);                     /* to standard output; may raise (%v, %V) */
void art_fprintf(art_stream *stream, const char *fmt, ...); /* print(…, file=sys.stderr) */
void art_write(const char *text, size_t size);             /* to standard output */
void art_flush(void);                                      /* print(flush=True), sys.stdout.flush() */
/* print(*values, sep=…, end=…) where the number of values is not known: each of the list's items, then `end`. */
art_str *art_print_text(const struct art_list *values, art_str *sep, art_str *end); /* the same as a string; NULL: raised */
void art_print_list(art_stream *stream, const struct art_list *values, art_str *sep, art_str *end);

int64_t art_stream_write(art_stream *stream, art_str *text); /* code points written */
void art_stream_flush(art_stream *stream);
bool art_stream_isatty(art_stream *stream);

art_str *art_input(art_str *prompt);   /* input(prompt); prompt may be NULL; EOFError */
art_str *art_read_line(void);          /* sys.stdin.readline(): with its newline; "" at the end */
art_str *art_read_all(void);           /* sys.stdin.read() */

/* -- beginning and end -------------------------------------------------------------------------------------------------------- */

void art_start(int argc, char **argv);  /* first of all in main; calls art_thread_start */
int art_finish(void);                   /* last: reports a pending exception, flushes; gives the exit status */
void art_thread_start(void);            /* in every other thread that touches values */
void art_thread_finish(void);
extern int art_argc;                    /* what art_start was given: sys.argv */
extern char **art_argv;

#endif

/* Standard output, error and input, and the beginning and end of threads and of the program.
 *
 * Output is one buffer of the process, written from left to right under a lock that a thread may take again (a __str__ that prints). It is
 * flushed when it is full, at each line if it goes to a terminal, before anything is written to standard error, and at the end. */
#define _GNU_SOURCE /* pthread_getattr_np */

#include "internal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

int art_argc;
char **art_argv;

static void stream_destroy(art_obj *self)
{
    (void)self;
}

const art_type art_type_stream = {.name = "TextIOWrapper", .module = "_io", .kind = ART_KIND_CLASS, .size = sizeof(art_stream *),
    .is_counted = true, .object_size = sizeof(art_stream), .base = &art_type_object, .destroy = stream_destroy};

art_stream art_stdout = {{&art_type_stream, ART_IMMORTAL, 0}, STDOUT_FILENO};
art_stream art_stderr = {{&art_type_stream, ART_IMMORTAL, 0}, STDERR_FILENO};

/* -- the buffer ----------------------------------------------------------------------------------------------------------------------------- */

enum { FULL = 32 * 1024 };

typedef enum { UNKNOWN, TERMINAL, FILE_OR_PIPE } Destination;

static pthread_mutex_t out_lock = PTHREAD_MUTEX_INITIALIZER;
static art_text out;             /* guarded by out_lock, as the rest */
static Destination destination;

static void write_all(int fd, const char *at, size_t left)
{
    while (left > 0) {
        ssize_t written = write(fd, at, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        at += written;
        left -= (size_t)written;
    }
}

static void begin(void)
{
    if (art_self.print_depth++ == 0)
        pthread_mutex_lock(&out_lock);
}

static void flush_locked(void)
{
    write_all(STDOUT_FILENO, out.text, out.size);
    out.size = 0;
}

/* `start`: where in the buffer the new text began. */
static void end(size_t start)
{
    if (destination == UNKNOWN)
        destination = isatty(STDOUT_FILENO) ? TERMINAL : FILE_OR_PIPE;
    bool has_line = destination == TERMINAL && start < out.size && memchr(out.text + start, '\n', out.size - start);
    if (art_self.print_depth == 1 && (out.size >= FULL || has_line))
        flush_locked();
    if (--art_self.print_depth == 0)
        pthread_mutex_unlock(&out_lock);
}

void art_flush(void)
{
    begin();
    flush_locked();
    end(0);
}

void art_write(const char *text, size_t size)
{
    begin();
    size_t start = out.size;
    art_text_add(&out, text, size);
    end(start);
}

void art_printf(const char *fmt, ...)
{
    va_list args;

    begin();
    size_t start = out.size;
    va_start(args, fmt);
    art_text_format(&out, fmt, args);
    va_end(args);
    end(start);
}

static void write_to(art_stream *stream, const char *text, size_t size)
{
    if (stream->fd == STDOUT_FILENO)
        art_write(text, size);
    else
        write_all(stream->fd, text, size);
}

void art_fprintf(art_stream *stream, const char *fmt, ...)
{
    art_text text = {0};
    va_list args;

    va_start(args, fmt);
    art_text_format(&text, fmt, args);
    va_end(args);
    write_to(stream, text.text, text.size);
    art_text_drop(&text);
}

art_str *art_print_text(const art_list *values, art_str *sep, art_str *end_text)
{
    const art_type *type = art_list_item_type(values);
    art_text text = {0};

    for (int64_t i = 0; i < values->len; i++) {
        art_str *item = art_slot_str(type, (char *)values->items + (size_t)i * type->size);
        if (!item)
            break;
        if (i > 0)
            art_text_add_str(&text, sep);
        art_text_add_str(&text, item);
        art_release(item);
    }
    art_text_add_str(&text, end_text);
    art_str *result = art_text_take(&text);
    if (!art_self.raised)
        return result;
    art_release(result);
    return NULL;
}

void art_print_list(art_stream *stream, const art_list *values, art_str *sep, art_str *end_text)
{
    const art_type *type = art_list_item_type(values);

    for (int64_t i = 0; i < values->len; i++) {
        art_str *text = art_slot_str(type, (char *)values->items + (size_t)i * type->size);
        if (!text)
            return;
        if (i > 0)
            write_to(stream, sep ? sep->text : " ", sep ? (size_t)sep->size : 1);
        write_to(stream, text->text, (size_t)text->size);
        art_release(text);
    }
    write_to(stream, end_text ? end_text->text : "\n", end_text ? (size_t)end_text->size : 1);
}

int64_t art_stream_write(art_stream *stream, art_str *text)
{
    write_to(stream, text->text, (size_t)text->size);
    return text->len;
}

void art_stream_flush(art_stream *stream)
{
    if (stream->fd == STDOUT_FILENO)
        art_flush();
}

bool art_stream_isatty(art_stream *stream)
{
    return isatty(stream->fd);
}

/* -- input ------------------------------------------------------------------------------------------------------------------------------------ */

art_str *art_read_line(void)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t size = getline(&line, &cap, stdin);
    art_str *s = size > 0 ? art_str_from_outside(line, (size_t)size) : &art_str_empty;

    free(line);
    return s;
}

art_str *art_read_all(void)
{
    art_text text = {0};
    char buf[4096];
    size_t size;

    while ((size = fread(buf, 1, sizeof buf, stdin)) > 0)
        art_text_add(&text, buf, size);
    art_str *s = art_str_from_outside(text.text, text.size);
    art_text_drop(&text);
    return s;
}

art_str *art_input(art_str *prompt)
{
    if (prompt)
        art_write(prompt->text, (size_t)prompt->size);
    art_flush();
    art_str *line = art_read_line();
    if (line->size == 0) {
        art_raise_new(&art_type_EOFError, "EOF when reading a line");
        return NULL;
    }
    bool has_newline = line->text[line->size - 1] == '\n';
    if (!has_newline)
        return line;
    art_str *rest = art_str_slice(line, 0, -1, 1);
    art_release(line);
    return rest;
}

/* -- beginning and end ------------------------------------------------------------------------------------------------------------------------- */

/* Leaves a quarter of a megabyte for what runs when RecursionError is raised, or an eighth of a small stack. */
static const char *stack_limit(void)
{
    size_t size = 512 * 1024;
    const char *low = NULL;

#ifdef __linux__
    pthread_attr_t attr;
    void *start;
    if (pthread_getattr_np(pthread_self(), &attr) == 0) {
        if (pthread_attr_getstack(&attr, &start, &size) == 0)
            low = start;
        pthread_attr_destroy(&attr);
    }
#else
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < 64 * 1024 * 1024)
        size = (size_t)limit.rlim_cur;
#endif
    if (!low)
        low = (char *)__builtin_frame_address(0) - size;
    return low + (size > 2 * 1024 * 1024 ? 256 * 1024 : size / 8);
}

void art_thread_start(void)
{
    art_self.stack_limit = stack_limit();
}

void art_thread_finish(void)
{
    art_forget();
    art__pools_leave();
}

void art_start(int argc, char **argv)
{
    art_argc = argc;
    art_argv = argv;
    signal(SIGPIPE, SIG_IGN);
    art_thread_start();
    art__cycles_begin();
}

int art_finish(void)
{
    int status = art_report_uncaught();

    art__cycles_end();
    art_flush();
    begin();
    art_text_drop(&out);
    end(0);
    return status;
}

/* Tracebacks: collected while an exception travels, written in CPython's shape when nobody catches it. */
#define _POSIX_C_SOURCE 200809L

#include "internal.h"

#include <stdlib.h>
#include <unistd.h>

void art_trace(const char *function, const char *file)
{
    art_exc *exc = art_self.raised;

    if (!exc)
        return;
    if (exc->trace_len == exc->trace_cap) {
        int32_t cap = exc->trace_cap ? exc->trace_cap * 2 : 2;
        exc->trace = art__retake(exc->trace, (size_t)exc->trace_cap * sizeof *exc->trace, (size_t)cap * sizeof *exc->trace);
        exc->trace_cap = cap;
    }
    exc->trace[exc->trace_len++] = (art_trace_entry){function, file, art_self.line};
}

/* -- writing --------------------------------------------------------------------------------------------------------------------------- */

/* Where lines go: groups are indented and carry a bar. */
typedef struct Writer {
    art_text text;
    int depth;        /* of groups around */
    bool needs_close; /* the line under the last exception of a group is to be written */
} Writer;

static void begin_line(Writer *w, char mark)
{
    if (w->depth == 0)
        return;
    art_text_fill(&w->text, " ", 1, w->depth * 2);
    art_text_add(&w->text, (char[]){mark, ' '}, 2);
}

static void add_line(Writer *w, const char *text, size_t size)
{
    begin_line(w, '|');
    art_text_add(&w->text, text, size);
    art_text_add(&w->text, "\n", 1);
}

static void add_lines(Writer *w, const art_str *text)
{
    const char *at = text->text, *end = at + text->size, *newline;

    while ((newline = memchr(at, '\n', (size_t)(end - at)))) {
        add_line(w, at, (size_t)(newline - at));
        at = newline + 1;
    }
    add_line(w, at, (size_t)(end - at));
}

/* The line of the source, without its indentation; nothing if the file is not there. */
static void add_source(Writer *w, const char *file, int line)
{
    char *buf = NULL;
    size_t cap = 0;
    ssize_t size = 0;
    FILE *source = fopen(file, "r");

    if (!source)
        return;
    for (int i = 0; i < line && size >= 0; i++)
        size = getline(&buf, &cap, source);
    fclose(source);
    char *start = buf;
    while (size > 0 && strchr(" \t\r\n", start[size - 1]))
        size--;
    while (size > 0 && strchr(" \t", *start)) {
        start++;
        size--;
    }
    if (size > 0) {
        begin_line(w, '|');
        art_text_add_c(&w->text, "    ");
        art_text_add(&w->text, start, (size_t)size);
        art_text_add(&w->text, "\n", 1);
    }
    free(buf);
}

static bool same_entry(const art_trace_entry *a, const art_trace_entry *b)
{
    return a->line == b->line && strcmp(a->function, b->function) == 0 && strcmp(a->file, b->file) == 0;
}

static void add_repeats(Writer *w, int count)
{
    char line[96];

    if (count <= 0)
        return;
    int size = snprintf(line, sizeof line, "  [Previous line repeated %d more time%s]", count, count == 1 ? "" : "s");
    add_line(w, line, (size_t)size);
}

/* Outermost first; the same line more than three times in a row is counted only. */
static void add_trace(Writer *w, const art_exc *exc)
{
    int same = 0;

    for (int32_t i = exc->trace_len - 1; i >= 0; i--) {
        const art_trace_entry *entry = &exc->trace[i];
        same = i + 1 < exc->trace_len && same_entry(entry, entry + 1) ? same + 1 : (add_repeats(w, same - 2), 0);
        if (same > 2)
            continue;
        art_str *line = art_strf("  File \"%c\", line %i, in %c", entry->file, (int64_t)entry->line, entry->function);
        add_lines(w, line);
        art_release(line);
        add_source(w, entry->file, entry->line);
    }
    add_repeats(w, same - 2);
}

static void add_message(Writer *w, art_exc *exc)
{
    art_exc *pending = art_catch();
    art_str *name = art_type_qualified(exc->base.type), *message = art_exc_message(exc);

    if (!message) {
        art_forget();
        message = art_str_of("<exception str() failed>");
    }
    const char *shown = name->text;
    if (strncmp(shown, "__main__.", 9) == 0)
        shown += 9;
    art_str *line = message->size ? art_strf("%c: %s", shown, message) : art_str_of(shown);
    add_lines(w, line);
    art_release(line);
    art_release(name);
    art_release(message);
    for (int64_t i = 0; exc->notes && i < exc->notes->len; i++)
        add_lines(w, ((art_str **)exc->notes->items)[i]);
    art_self.raised = pending;
}

static void add_exception(Writer *w, art_exc *exc);

static void add_group(Writer *w, art_exc *exc)
{
    art_tuple *children = ((art_exc_group *)exc)->exceptions;
    bool is_outermost = w->depth == 0;

    if (is_outermost)
        w->depth = 1;
    if (exc->trace_len > 0) {
        begin_line(w, is_outermost ? '+' : '|');
        art_text_add_c(&w->text, "Exception Group Traceback (most recent call last):\n");
        add_trace(w, exc);
    }
    add_message(w, exc);
    w->needs_close = false;
    for (int64_t i = 0; i < children->len; i++) {
        bool is_last = i == children->len - 1;
        char number[48];
        snprintf(number, sizeof number, "+---------------- %d ----------------\n", (int)i + 1);
        art_text_fill(&w->text, " ", 1, w->depth * 2);
        art_text_add_c(&w->text, i == 0 ? "+-" : "  ");
        art_text_add_c(&w->text, number);
        w->depth++;
        w->needs_close |= is_last;
        add_exception(w, ((art_exc **)children->items)[i]);
        if (is_last && w->needs_close) {
            art_text_fill(&w->text, " ", 1, w->depth * 2);
            art_text_add_c(&w->text, "+------------------------------------\n");
            w->needs_close = false;
        }
        w->depth--;
    }
    if (is_outermost)
        w->depth = 0;
}

static void add_exception(Writer *w, art_exc *exc)
{
    art_exc *before = exc->cause ? exc->cause : exc->suppress_context ? NULL : exc->context;

    if (before && before != exc) {
        add_exception(w, before);
        const char *link = exc->cause ? "The above exception was the direct cause of the following exception:"
                                      : "During handling of the above exception, another exception occurred:";
        add_line(w, "", 0);
        add_line(w, link, strlen(link));
        add_line(w, "", 0);
    }
    if (art_exc_matches(exc, &art_type_BaseExceptionGroup)) {
        add_group(w, exc);
        return;
    }
    if (exc->trace_len > 0) {
        add_line(w, "Traceback (most recent call last):", 34);
        add_trace(w, exc);
    }
    add_message(w, exc);
}

art_str *art_exc_summary(art_exc *exc)
{
    Writer w = {{0}, 0, false};
    add_message(&w, exc);
    return art_text_take(&w.text);
}

art_str *art_exc_traceback(art_exc *exc)
{
    Writer w = {{0}, 0, false};
    add_exception(&w, exc);
    return art_text_take(&w.text);
}

static void write_error(const art_str *text)
{
    const char *at = text->text;
    int64_t left = text->size;

    art_flush();
    while (left > 0) {
        ssize_t written = write(STDERR_FILENO, at, (size_t)left);
        if (written <= 0)
            return;
        at += written;
        left -= written;
    }
}

void art_exc_print(art_exc *exc)
{
    art_str *text = art_exc_traceback(exc);
    write_error(text);
    art_release(text);
}

/* -- the end of the program ---------------------------------------------------------------------------------------------------------------- */

static int exit_status(art_exc *exc)
{
    art_box code = art_exc_value(exc);
    int status = 0;

    if (code.type->kind == ART_KIND_INT) {
        status = (int)(code.as.i & 0xFF);
    } else if (code.type->kind == ART_KIND_BOOL) {
        status = code.as.b;
    } else if (code.type->kind != ART_KIND_NONE) {
        art_str *text = art_box_str(code), *line = text ? art_strf("%s\n", text) : NULL;
        if (line)
            write_error(line);
        art_release(text);
        art_release(line);
        status = 1;
    }
    art_box_release(code);
    return status;
}

int art_report_uncaught(void)
{
    art_exc *exc = art_catch();
    int status = 1;

    if (!exc)
        return 0;
    if (art_exc_matches(exc, &art_type_SystemExit)) {
        status = exit_status(exc);
    } else {
        art_exc_print(exc);
        if (art_exc_matches(exc, &art_type_KeyboardInterrupt))
            status = 130;
    }
    art_release(exc);
    return status;
}

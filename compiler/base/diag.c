/* Collecting diagnostics, and printing them for people:
 *
 *     app.async:4:9: error: 'lenght' is not defined
 *         total = lenght(hosts)
 *                 ^~~~~~
 *     app.async:1:1: note: …
 *     help: did you mean 'len'?
 *
 * The JSON and SARIF forms, for programs, are in diag_json.c. */
#include "base/diag.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_ERRORS = 50,   /* printed; the rest is counted */
    WIDEST_LINE = 200,  /* code points; a longer line is shown as a window around the place */
    WINDOW_BEFORE = 60, /* code points of the window before the place */
    WINDOW_SIZE = 160,
};

/* ---- collecting ---- */

Diags *diags_new(Arena *arena, const Sources *sources)
{
    Diags *diags = arena_new(arena, Diags);

    diags->arena = arena;
    diags->sources = sources;
    return diags;
}

static Diag *add(Diags *diags, Severity severity, Span span, const char *format, va_list args)
{
    Diag *diag = arena_new(diags->arena, Diag);

    diag->severity = severity;
    diag->span = span;
    diag->message = arena_vprintf(diags->arena, format, args);
    diag->order = diags->items.len;
    vec_push(diags->arena, &diags->items, diag);
    return diag;
}

static bool is_muted(const Diags *diags, const char *switch_name)
{
    for (uint32_t i = 0; i < diags->muted_switches.len; i++) {
        const char *muted = diags->muted_switches.items[i];
        if (!strcmp(muted, "all") || !strcmp(muted, switch_name))
            return true;
    }
    return false;
}

Diag *diag_error(Diags *diags, Span span, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    Diag *diag = add(diags, SEVERITY_ERROR, span, format, args);
    va_end(args);
    diags->error_count++;
    return diag;
}

Diag *diag_warning(Diags *diags, const char *switch_name, Span span, const char *format, ...)
{
    Severity severity = diags->warnings_are_errors ? SEVERITY_ERROR : SEVERITY_WARNING;
    va_list args;

    va_start(args, format);
    Diag *diag = add(diags, severity, span, format, args);
    va_end(args);
    diag->switch_name = switch_name;
    diag->is_muted = is_muted(diags, switch_name);
    if (!diag->is_muted && severity == SEVERITY_ERROR)
        diags->error_count++;
    else if (!diag->is_muted)
        diags->warning_count++;
    return diag;
}

Diag *diag_silent(Diags *diags)
{
    return arena_new(diags->arena, Diag);
}

void diag_note(Diags *diags, Diag *diag, Span span, const char *format, ...)
{
    DiagNote note = {.span = span};
    va_list args;

    va_start(args, format);
    note.message = arena_vprintf(diags->arena, format, args);
    va_end(args);
    vec_push(diags->arena, &diag->notes, note);
}

void diag_help(Diags *diags, Diag *diag, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *message = arena_vprintf(diags->arena, format, args);
    va_end(args);
    vec_push(diags->arena, &diag->helps, message);
}

void diag_fix(Diags *diags, Diag *diag, Span span, const char *replacement)
{
    DiagFix fix = {span, arena_strdup(diags->arena, replacement)};

    vec_push(diags->arena, &diag->fixes, fix);
}

void diags_mute(Diags *diags, const char *switch_name)
{
    vec_push(diags->arena, &diags->muted_switches, arena_strdup(diags->arena, switch_name));
}

/* ---- guessing ---- */

enum {
    LONGEST_GUESS = 40
};

Guess diag_guess(const char *name)
{
    size_t len = strlen(name);
    uint32_t limit = len < 3 ? 1 : len < 6 ? 2 : 3;

    return (Guess){.name = name, .distance = limit + 1};
}

static uint32_t smallest(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* The number of letters to add, drop, change or swap with their neighbour to come from a to b. */
static uint32_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    uint32_t rows[3][LONGEST_GUESS + 1];
    uint32_t *before = rows[0], *last = rows[1], *row = rows[2];

    for (uint32_t j = 0; j <= b_len; j++)
        last[j] = j;
    for (uint32_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (uint32_t j = 1; j <= b_len; j++) {
            row[j] = smallest(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        uint32_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[b_len];
}

void diag_guess_try(Guess *guess, const char *candidate)
{
    size_t len = strlen(guess->name), candidate_len = strlen(candidate);

    if (len > LONGEST_GUESS || candidate_len > LONGEST_GUESS || !strcmp(guess->name, candidate))
        return;
    uint32_t distance = edit_distance(guess->name, len, candidate, candidate_len);
    if (distance >= guess->distance || distance >= len || distance >= candidate_len)
        return;
    guess->best = candidate;
    guess->distance = distance;
}

/* ---- order ---- */

static int compare_uint(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int by_place(const void *left, const void *right)
{
    const Diag *a = *(const Diag *const *)left, *b = *(const Diag *const *)right;
    int order = compare_uint(a->span.file, b->span.file);

    if (!order)
        order = compare_uint(a->span.start, b->span.start);
    return order ? order : compare_uint(a->order, b->order);
}

/* Duplicates stand next to each other but for other messages at the same place. */
static bool is_repeated(const DiagVec *seen, const Diag *diag)
{
    for (uint32_t i = seen->len; i-- > 0;) {
        const Diag *other = seen->items[i];
        if (other->span.file != diag->span.file || other->span.start != diag->span.start)
            return false;
        if (!strcmp(other->message, diag->message))
            return true;
    }
    return false;
}

DiagVec diags_sorted(const Diags *diags)
{
    DiagVec all = {0}, sorted = {0};

    for (uint32_t i = 0; i < diags->items.len; i++) {
        if (!diags->items.items[i]->is_muted)
            vec_push(diags->arena, &all, diags->items.items[i]);
    }
    if (all.len)
        qsort(all.items, all.len, sizeof *all.items, by_place);
    for (uint32_t i = 0; i < all.len; i++) {
        if (!is_repeated(&sorted, all.items[i]))
            vec_push(diags->arena, &sorted, all.items[i]);
    }
    return sorted;
}

/* ---- printing ---- */

typedef struct Printer {
    const Diags *diags;
    FILE *out;
    bool colours;
} Printer;

typedef enum Style {
    STYLE_PLAIN,
    STYLE_ERROR,
    STYLE_WARNING,
    STYLE_NOTE,
    STYLE_HELP,
    STYLE_CARET,
    STYLE_BOLD
} Style;

static const char *const escapes[] = {
    [STYLE_PLAIN] = "\033[0m",   [STYLE_ERROR] = "\033[1;31m", [STYLE_WARNING] = "\033[1;35m",
    [STYLE_NOTE] = "\033[1;36m", [STYLE_HELP] = "\033[1;32m",  [STYLE_CARET] = "\033[1;32m",
    [STYLE_BOLD] = "\033[1m",
};

static void style(const Printer *p, Style wanted)
{
    if (p->colours)
        fputs(escapes[wanted], p->out);
}

/* The bytes of one line that are shown. */
typedef struct Window {
    const char *start, *end;
    bool is_cut_before, is_cut_after;
} Window;

static const char *forward(const char *at, const char *end, uint32_t code_points)
{
    for (; code_points && at < end; code_points--) {
        at++;
        while (at < end && ((unsigned char)*at & 0xc0) == 0x80)
            at++;
    }
    return at;
}

static Window window_of(const SourceFile *file, uint32_t offset)
{
    uint32_t line = source_line(file, offset);
    const char *start = file->text + file->line_starts[line - 1], *end = file->text + file->line_starts[line];

    while (end > start && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    Window window = {start, end, false, false};
    if (utf8_count(start, (size_t)(end - start)) <= WIDEST_LINE)
        return window;

    uint32_t before = source_place(file, offset).column - 1;
    if (before > WINDOW_BEFORE)
        window.start = forward(start, end, before - WINDOW_BEFORE);
    window.end = forward(window.start, end, WINDOW_SIZE);
    window.is_cut_before = window.start > start;
    window.is_cut_after = window.end < end;
    return window;
}

static void print_indent(const Printer *p, Window window)
{
    fputs(window.is_cut_before ? "    ..." : "    ", p->out);
}

/* Under the line: blanks up to the place, where tabs stay tabs, then the underlining. */
static void print_caret(const Printer *p, const SourceFile *file, Span span, Window window)
{
    const char *at = file->text + span.start, *end = file->text + span.end;

    if (at > window.end)
        at = window.end;
    if (end > window.end)
        end = window.end;
    fputs(window.is_cut_before ? "       " : "    ", p->out);
    for (const char *c = window.start; c < at; c = forward(c, at, 1))
        fputc(*c == '\t' ? '\t' : ' ', p->out);
    style(p, STYLE_CARET);
    fputc('^', p->out);
    for (const char *c = forward(at, end, 1); c < end; c = forward(c, end, 1))
        fputc('~', p->out);
    style(p, STYLE_PLAIN);
    fputc('\n', p->out);
}

static void print_source(const Printer *p, Span span)
{
    const SourceFile *file = source_of(p->diags->sources, span);

    if (!file)
        return;
    if (span.start > file->len)
        span.start = file->len;
    if (span.end > file->len)
        span.end = file->len;
    Window window = window_of(file, span.start);
    print_indent(p, window);
    for (const char *c = window.start; c < window.end; c++)
        fputc((unsigned char)*c < 0x20 && *c != '\t' ? '?' : *c, p->out);
    fputs(window.is_cut_after ? "...\n" : "\n", p->out);
    print_caret(p, file, span, window);
}

static void print_place(const Printer *p, Span span)
{
    const SourceFile *file = source_of(p->diags->sources, span);

    if (!file)
        return;
    Place place = source_place(file, span.start);
    style(p, STYLE_BOLD);
    fprintf(p->out, "%s:%u:%u: ", file->path, place.line, place.column);
    style(p, STYLE_PLAIN);
}

static void print_message(const Printer *p, Span span, Style look, const char *label, const char *message)
{
    print_place(p, span);
    style(p, look);
    fprintf(p->out, "%s: ", label);
    style(p, look == STYLE_ERROR || look == STYLE_WARNING ? STYLE_BOLD : STYLE_PLAIN);
    fputs(message, p->out);
    style(p, STYLE_PLAIN);
}

static void print_diag(const Printer *p, const Diag *diag)
{
    bool is_error = diag->severity == SEVERITY_ERROR;

    print_message(p, diag->span, is_error ? STYLE_ERROR : STYLE_WARNING, is_error ? "error" : "warning", diag->message);
    if (diag->switch_name)
        fprintf(p->out, " [-W%s%s]", is_error ? "error=" : "", diag->switch_name);
    fputc('\n', p->out);
    print_source(p, diag->span);
    for (uint32_t i = 0; i < diag->notes.len; i++) {
        const DiagNote *note = &diag->notes.items[i];
        print_message(p, note->span, STYLE_NOTE, "note", note->message);
        fputc('\n', p->out);
        print_source(p, note->span);
    }
    for (uint32_t i = 0; i < diag->helps.len; i++) {
        print_message(p, (Span){0}, STYLE_HELP, "help", diag->helps.items[i]);
        fputc('\n', p->out);
    }
}

static void print_text(const Diags *diags, FILE *out, bool colours)
{
    Printer printer = {diags, out, colours};
    DiagVec sorted = diags_sorted(diags);
    uint32_t errors = 0;

    for (uint32_t i = 0; i < sorted.len; i++) {
        if (sorted.items[i]->severity == SEVERITY_ERROR && ++errors > MOST_ERRORS) {
            fprintf(out, "too many errors; the first %d are shown\n", MOST_ERRORS);
            return;
        }
        print_diag(&printer, sorted.items[i]);
    }
}

void diags_print(const Diags *diags, FILE *out, DiagFormat format, bool colours)
{
    if (format == DIAG_JSON)
        diags_print_json(diags, out);
    else if (format == DIAG_SARIF)
        diags_print_sarif(diags, out);
    else
        print_text(diags, out, colours);
}

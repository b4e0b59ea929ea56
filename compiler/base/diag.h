/* Diagnostics: what the user is told.
 *
 * Every stage reports through here and goes on; nothing is printed before the end, so that messages come out sorted by place, once
 * each.  A diagnostic is a place, a sentence, then notes with places of their own, help that says what to write instead, and
 * edits that would do so.  The functions give back the Diag, so that notes can be added to it; it is never NULL.
 *
 *     Diag *d = diag_error(c->diags, node->span, "'%s' is not defined", name);
 *     diag_note(c->diags, d, other->span, "the closest name is defined here");
 *     diag_help(c->diags, d, "did you mean '%s'?", guess);
 */
#ifndef ASYNCC_BASE_DIAG_H
#define ASYNCC_BASE_DIAG_H

#include "base/source.h"
#include "base/vec.h"

#include <stdio.h>

typedef enum Severity {
    SEVERITY_ERROR,
    SEVERITY_WARNING
} Severity;
typedef enum DiagFormat {
    DIAG_TEXT,
    DIAG_JSON,
    DIAG_SARIF
} DiagFormat;

typedef struct DiagNote {
    Span span; /* nowhere for help */
    const char *message;
} DiagNote;

/* An edit: replace what stands at the span. */
typedef struct DiagFix {
    Span span;
    const char *text;
} DiagFix;

typedef struct Diag {
    Severity severity;
    Span span;
    const char *message;
    const char *switch_name; /* of a warning: -W<name>; NULL in an error */
    uint32_t order;          /* in which it was reported */
    bool is_muted;           /* a warning that is switched off */
    Vec(DiagNote) notes;
    StrVec helps;
    Vec(DiagFix) fixes;
} Diag;

typedef struct Diags {
    Arena *arena;
    const Sources *sources;
    Vec(Diag *) items;
    uint32_t error_count, warning_count; /* of those that would be printed, duplicates included */
    StrVec muted_switches;
    bool warnings_are_errors;
} Diags;

Diags *diags_new(Arena *arena, const Sources *sources);

/* Reporting. */
Diag *diag_error(Diags *diags, Span span, const char *format, ...) BASE_PRINTF(3, 4);
Diag *diag_warning(Diags *diags, const char *switch_name, Span span, const char *format, ...) BASE_PRINTF(4, 5);
/* A diagnostic that is never printed: what a caller gets, to add its notes to, when the mistake is reported already. */
Diag *diag_silent(Diags *diags);
void diag_note(Diags *diags, Diag *diag, Span span, const char *format, ...) BASE_PRINTF(4, 5);
void diag_help(Diags *diags, Diag *diag, const char *format, ...) BASE_PRINTF(3, 4);
void diag_fix(Diags *diags, Diag *diag, Span span, const char *replacement);

/* -Wno-<name>; "all" mutes every warning. */
void diags_mute(Diags *diags, const char *switch_name);

/* The closest of the names tried so far, if it is close enough to be a slip of the finger:
 *     Guess guess = diag_guess("lenght");
 *     for (…) diag_guess_try(&guess, candidate);
 *     if (guess.best) diag_help(…, "did you mean '%s'?", guess.best); */
typedef struct Guess {
    const char *name, *best;
    uint32_t distance;
} Guess;
Guess diag_guess(const char *name);
void diag_guess_try(Guess *guess, const char *candidate);

/* Printing: everything, sorted by file and place. */
void diags_print(const Diags *diags, FILE *out, DiagFormat format, bool colours);

/* For the printers: the diagnostics in order of place, without duplicates and muted ones. */
typedef Vec(const Diag *) DiagVec;
DiagVec diags_sorted(const Diags *diags);
void diags_print_json(const Diags *diags, FILE *out);
void diags_print_sarif(const Diags *diags, FILE *out);

#endif

/* Regular expressions as the module re has them: a pattern becomes a program (regex_parse.c), which a backtracking machine runs
 * (regex_run.c). Texts are UTF-8 or, for patterns of bytes, plain bytes; places in them are counted in bytes. */
#ifndef ART_REGEX_IMPL_H
#define ART_REGEX_IMPL_H

#include "internal.h"

enum {
    RE_IGNORECASE = 2,
    RE_LOCALE = 4,
    RE_MULTILINE = 8,
    RE_DOTALL = 16,
    RE_UNICODE = 32,
    RE_VERBOSE = 64,
    RE_DEBUG = 128,
    RE_ASCII = 256,
};

/* An instruction is a word, and its operands follow. One that matches a single character falls through when it did. */
typedef enum ReOp {
    RE_LIT,        /* c */
    RE_LIT_I,      /* c, lower case: without regard to case */
    RE_NOT,        /* c */
    RE_NOT_I,      /* c */
    RE_ANY,        /* but a newline */
    RE_ALL,        /* */
    RE_SET,        /* index of the set */
    RE_REPEAT,     /* how, min, max (-1: no end), then an instruction for a single character */
    RE_SPLIT,      /* target: go on here; if that fails, there */
    RE_JUMP,       /* target */
    RE_SAVE,       /* slot: remember the place */
    RE_AT,         /* what: \A ^ $ \b … */
    RE_REF,        /* group, flags: the same text again */
    RE_LOOP_BEGIN, /* register */
    RE_LOOP,       /* register, min, max, is_lazy, exit: decides about one more round, which follows */
    RE_LOOP_MORE,  /* register: behind RE_LOOP; where a lazy loop goes on for one more round */
    RE_ATOMIC,     /* end: what follows up to RE_END, without ways back into it */
    RE_LOOK,       /* is_not, back (-1: ahead), end */
    RE_COND,       /* group, otherwise */
    RE_END,        /* of RE_ATOMIC, RE_LOOK */
    RE_MATCH,
} ReOp;

typedef enum ReHow {
    RE_GREEDY,
    RE_LAZY,
    RE_POSSESSIVE
} ReHow;

typedef enum ReAt {
    RE_AT_BEGIN,
    RE_AT_BEGIN_LINE,
    RE_AT_END,
    RE_AT_END_LINE,
    RE_AT_END_TEXT,
    RE_AT_WORD_EDGE,
    RE_AT_NO_WORD_EDGE
} ReAt;

typedef enum ReClass {
    RE_DIGIT,
    RE_NOT_DIGIT,
    RE_SPACE,
    RE_NOT_SPACE,
    RE_WORD,
    RE_NOT_WORD
} ReClass;

/* lo..hi, or a class of characters: lo is -1, hi the class. */
typedef struct ReRange {
    int32_t lo, hi;
} ReRange;

typedef struct ReSet {
    uint32_t low[8]; /* the answer for code points below 256 */
    bool is_negated;
    int32_t flags;
    int32_t first, count; /* in `ranges` */
} ReSet;

typedef struct art_regex {
    int32_t *code, len, cap;
    ReSet *sets;
    int32_t set_count, set_cap;
    ReRange *ranges;
    int32_t range_count, range_cap;
    art_str **names; /* of groups, by number; NULL: none */
    int32_t groups;  /* the whole match included */
    int32_t registers;
    int32_t flags;
    bool is_bytes;
    int32_t first; /* the first byte of every match, or -1 */
    bool has_starts;
    bool starts[256]; /* has_starts: the bytes that a match can begin with; none is empty */
} art_regex;

typedef struct ReError {
    char message[160];
    int64_t pos; /* in code points */
} ReError;

/* NULL: `error` says why. An empty message: it raised. */
art_regex *art__regex_parse(const char *text, int64_t size, bool is_bytes, int64_t flags, ReError *error);
void art__regex_free(art_regex *re);

typedef struct ReSubject {
    const char *text;
    int64_t end; /* where the text is taken to end */
    bool is_bytes;
} ReSubject;

typedef enum ReMode {
    RE_SEARCH,
    RE_PREFIX,
    RE_WHOLE
} ReMode;

/* Looks for a match that begins at `start` or, when searching, behind it; one that is empty at `not_empty_at` does not count (-1: all
 * do). spans: 2 * groups + 1 places, -1 for groups that took no part; the last is the group that was closed last, or -1. */
bool art__regex_run(const art_regex *re, ReSubject subject, int64_t start, ReMode mode, int64_t not_empty_at,
                    int64_t *spans);

/* -- characters ---------------------------------------------------------------------------------------------------------------- */

bool art__regex_class(ReClass which, int32_t c, int32_t flags);
bool art__regex_in_set(const art_regex *re, const ReSet *set, int32_t c);
int32_t art__regex_lower(int32_t c, int32_t flags);
int32_t art__regex_upper(int32_t c, int32_t flags);

static inline int32_t art__regex_decode(const char *text, int64_t *at, bool is_bytes)
{
    unsigned char c = (unsigned char)text[*at];
    if (c < 0x80 || is_bytes) {
        ++*at;
        return c;
    }
    return (int32_t)art_str_decode(text, at);
}

#endif

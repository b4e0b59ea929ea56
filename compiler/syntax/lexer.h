/* The lexer's state, shared by its files: grammar/python.re (characters to tokens), layout.c (lines, indentation, brackets),
 * literal.c (numbers, names), fstring.c (f-strings).  Nobody else includes this; they call lex() of token.h. */
#ifndef SYNTAX_LEXER_H
#define SYNTAX_LEXER_H

#include "syntax/token.h"

/* CPython's limits, beyond which it refuses a program too. */
enum {
    MOST_INDENTS = 100,
    MOST_BRACKETS = 200
};

/* One level of indentation.  Tabs go to columns of 8; `column_of_one` counts them as 1: a block is consistent if both agree. */
typedef struct Indent {
    uint32_t column, column_of_one;
    bool is_match;   /* directly under a match: its lines begin with `case` */
    bool is_phantom; /* an unexpected indent, which was reported and has no INDENT token */
} Indent;

typedef struct Bracket {
    char open;      /* ( [ { or F for a field of an f-string */
    uint32_t start; /* where it stands */
} Bracket;

/* An f-string that we are in. */
typedef struct FString {
    StringForm form;
    uint32_t start;      /* of the literal */
    const char *end;     /* of its contents: the closing quotes */
    uint32_t spec_depth; /* how many format specs deep: 0 in the string itself */
} FString;

typedef struct Lexer {
    Compilation *c;
    SourceFile *file;
    TokenVec tokens;

    const char *start, *cursor; /* of the token being read; where to go on */
    const char *limit;          /* the NUL behind the text */
    int condition;

    /* layout */
    Indent indents[MOST_INDENTS + 1];
    uint32_t indent;     /* the current one */
    uint32_t line_first; /* the first token of the logical line */
    uint32_t line_start; /* offset of the physical line */
    Vec(Bracket) brackets;
    const char *name_match, *name_case;

    Vec(FString) fstrings;
    bool in_text;        /* in the text of an f-string (or of a format spec), not in a field */
    bool had_error;      /* since the last token */
    bool line_has_error; /* one mistake per logical line is enough: the others mostly follow from it */
} Lexer;

/* python.re: reads the next token; false at the end of the file. */
bool lexer_scan(Lexer *l);
void lexer_update_condition(Lexer *l); /* by the brackets that are open */

/* Making tokens. They return true, which lexer_scan passes on. */
static inline Token *lexer_push(Lexer *l, TokenKind kind, const char *start, const char *end)
{
    Token token = {.start = (uint32_t)(start - l->file->text),
                   .end = (uint32_t)(end - l->file->text),
                   .kind = (uint8_t)kind,
                   .follows_error = l->had_error};

    l->had_error = false;
    vec_push(l->c->arena, &l->tokens, token);
    return &vec_last(&l->tokens);
}

static inline bool token(Lexer *l, TokenKind kind)
{
    lexer_push(l, kind, l->start, l->cursor);
    return true;
}

static inline bool token_op(Lexer *l, TokenKind kind, Operator op)
{
    lexer_push(l, kind, l->start, l->cursor)->as.op = op;
    return true;
}

/* Mistakes: reports at [start, end), marks the next token. */
Diag *lexer_error(Lexer *l, const char *start, const char *end, const char *format, ...) BASE_PRINTF(4, 5);
static inline Span lexer_span(const Lexer *l, const char *start, const char *end)
{
    return (Span){(uint32_t)(start - l->file->text), (uint32_t)(end - l->file->text), l->file->id};
}

/* layout.c */
bool lexer_newline(Lexer *l);
bool lexer_open(Lexer *l, TokenKind kind, char open);
bool lexer_close(Lexer *l, TokenKind kind, char close);
bool lexer_statement_keyword(Lexer *l, TokenKind kind); /* a keyword that only a statement begins with */

/* literal.c */
bool lexer_name(Lexer *l);
bool lexer_unicode_name(Lexer *l);
bool lexer_int(Lexer *l, int base);
bool lexer_float(Lexer *l);
bool lexer_imaginary(Lexer *l);
bool lexer_leading_zeros(Lexer *l);
bool lexer_string(Lexer *l);
bool lexer_bad_character(Lexer *l);

/* fstring.c */
bool fstring_begin(Lexer *l, StringForm form, const char *end);
bool fstring_text(Lexer *l);
bool fstring_debug(Lexer *l);
bool fstring_conversion(Lexer *l);
bool fstring_spec(Lexer *l);
bool fstring_field_end(Lexer *l);
/* True if a token of a field would begin at the closing quotes of its f-string: reports the open field. */
bool fstring_field_is_cut(Lexer *l);

/* unicode.c */
bool unicode_starts_name(uint32_t code_point);
bool unicode_continues_name(uint32_t code_point);
/* The character of a name, as in \N{BULLET}; 0 if it is not among those we know. */
uint32_t unicode_named(const char *name, size_t len);

#endif

/* Tokens: what the lexer makes of the characters and the parser reads.  All tokens of a file stand in one array, which the parser's
 * actions point into; their text is not copied, it is found by their offsets in the source. */
#ifndef SYNTAX_TOKEN_H
#define SYNTAX_TOKEN_H

#include "base/context.h"
#include "base/text.h"
#include "syntax/ast.h"

typedef enum TokenKind {
#define TOKEN(kind, text) TOK_##kind,
#include "syntax/token.def"
#undef TOKEN
    TOKEN_KIND_COUNT
} TokenKind;

/* Of strings: where the contents begin, and how they are read. */
typedef struct StringForm {
    uint8_t prefix_len; /* letters before the quotes */
    uint8_t quote_len;  /* 1 or 3 */
    bool is_raw;
} StringForm;

typedef struct Token {
    uint32_t start, end; /* byte offsets */
    uint8_t kind;        /* a TokenKind */
    bool is_missing;     /* a colon that the layout put in */
    bool follows_error;  /* the lexer reported something just before it: the parser keeps quiet about this line */
    union {
        const char *name;  /* NAME, MATCH, CASE: interned */
        uint64_t integer;  /* INT */
        double real;       /* FLOAT */
        Operator op;       /* COMPARE, AUGASSIGN */
        StringForm form;   /* STRING, BYTES, FSTRING_BEGIN, FSTRING_TEXT */
        char conversion;   /* FIELD_CONVERSION */
    } as;
} Token;
typedef Vec(Token) TokenVec;

/* The tokens of a file, an END at the end; mistakes go to the diagnostics. */
TokenVec lex(Compilation *c, SourceFile *file);

const char *token_kind_name(TokenKind kind); /* "FIELD_BEGIN" */
const char *token_kind_text(TokenKind kind); /* as a message would write it */

#endif

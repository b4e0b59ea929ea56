/* Tokens: what the lexer makes of the characters and the parser reads.  All tokens of a file stand in one array, which the parser's
 * actions point into; their text is not copied, it is found by their offsets in the source. */
#ifndef SYNTAX_TOKEN_H
#define SYNTAX_TOKEN_H

#include "base/context.h"
#include "base/text.h"
#include "syntax/ast.h"

typedef enum TokenKind {
#define TOKEN(kind, text, properties) TOK_##kind,
#include "syntax/token.def"
#undef TOKEN
    TOKEN_KIND_COUNT
} TokenKind;

/* What a kind is to expressions, brackets and statements; several may hold. */
typedef enum TokenProperty {
    TOKEN_BEGINS = 1 << 0,  /* can begin an expression */
    TOKEN_ENDS = 1 << 1,    /* can end one */
    TOKEN_FOLLOWS = 1 << 2, /* can stand behind one; with BEGINS, only more context tells which */
    TOKEN_OPENS = 1 << 3,   /* a bracket */
    TOKEN_CLOSES = 1 << 4,
    TOKEN_BLOCK = 1 << 5, /* begins a statement that has a block, or a clause of one */
} TokenProperty;

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
        const char *name; /* NAME, MATCH, CASE: interned */
        uint64_t integer; /* INT */
        double real;      /* FLOAT */
        Operator op;      /* COMPARE, AUGASSIGN */
        StringForm form;  /* STRING, BYTES, FSTRING_BEGIN, FSTRING_TEXT */
        char conversion;  /* FIELD_CONVERSION */
    } as;
} Token;
typedef Vec(Token) TokenVec;

/* The tokens of a file, an END at the end; mistakes go to the diagnostics. */
TokenVec lex(Compilation *c, SourceFile *file);

bool token_is(TokenKind kind, TokenProperty property);
const char *token_kind_name(TokenKind kind); /* "FIELD_BEGIN" */
const char *token_kind_text(TokenKind kind); /* as a message would write it */

#endif

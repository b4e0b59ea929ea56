/* The columns of token.def as tables. */
#include "syntax/token.h"

bool token_is(TokenKind kind, TokenProperty property)
{
    enum {
        BEGINS = TOKEN_BEGINS,
        ENDS = TOKEN_ENDS,
        FOLLOWS = TOKEN_FOLLOWS,
        OPENS = TOKEN_OPENS,
        CLOSES = TOKEN_CLOSES,
        BLOCK = TOKEN_BLOCK
    };
    static const uint8_t table[] = {
#define TOKEN(kind, text, properties) [TOK_##kind] = properties,
#include "syntax/token.def"
#undef TOKEN
    };

    return (table[kind] & property) != 0;
}

const char *token_kind_name(TokenKind kind)
{
    static const char *const names[] = {
#define TOKEN(kind, text, properties) [TOK_##kind] = #kind,
#include "syntax/token.def"
#undef TOKEN
    };

    return names[kind];
}

const char *token_kind_text(TokenKind kind)
{
    static const char *const texts[] = {
#define TOKEN(kind, text, properties) [TOK_##kind] = text,
#include "syntax/token.def"
#undef TOKEN
    };

    return texts[kind];
}

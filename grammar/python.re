/* Characters to tokens: one column of patterns, one of calls.
 *
 * In: the source text with a NUL behind it.  Out: one token, or none at the end of the file.  The calls are in
 * compiler/syntax/: layout.c (lines, brackets), literal.c (names, numbers, strings), fstring.c.  What a construct looks like stands
 * here; what it means, there.  The conditions say where we are:
 *
 *     code    anywhere but in an f-string
 *     field   directly in a field of an f-string, where : ! = } end the expression
 *     inner   in brackets inside a field
 */
#include "syntax/lexer.h"

/*!conditions:re2c*/

void lexer_update_condition(Lexer *l)
{
    if (l->brackets.len && vec_last(&l->brackets).open == 'F')
        l->condition = yycfield;
    else
        l->condition = l->fstrings.len ? yycinner : yyccode;
}

bool lexer_scan(Lexer *l)
{
    const unsigned char *cursor, *marker;

again:
    l->start = l->cursor;
    cursor = (const unsigned char *)l->cursor;
    if (l->condition != yyccode && fstring_field_is_cut(l))
        return true;

    /*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = "cursor";
    re2c:define:YYMARKER = "marker";
    re2c:define:YYGETCONDITION = "l->condition";
    re2c:define:YYGETCONDITION:naked = 1;
    re2c:yyfill:enable = 0;

    blank      = [ \t\f];
    newline    = "\r\n" | "\n" | "\r";
    letter     = [a-zA-Z_];
    digit      = [0-9];
    high       = [\x80-\xff];                       // a byte of a character beyond ASCII

    digits     = digit ("_"? digit)*;
    decimal    = [1-9] ("_"? digit)* | "0" ("_"? "0")*;
    octal      = "0" [oO] ("_"? [0-7])+;
    binary     = "0" [bB] ("_"? [01])+;
    hex        = "0" [xX] ("_"? [0-9a-fA-F])+;
    exponent   = [eE] [-+]? digits;
    float      = digits "." digits? exponent? | "." digits exponent? | digits exponent;

    prefix     = [rRuUbBfF] | [rR] [bBfF] | [bBfF] [rR];

    <!*>                         { l->cursor = (const char *)cursor; }

    // layout
    <*> blank+                   { goto again; }
    <*> newline                  { if (lexer_newline(l)) return true; goto again; }
    <code> "#" [^\r\n\x00]*      { goto again; }
    <code> "\\" newline          { if (l->cursor == l->limit) return lexer_bad_character(l); goto again; }
    <*> "\x00"                   { return l->start != l->limit && lexer_bad_character(l); }

    // keywords
    <*> "False"                  { return token(l, TOK_FALSE); }
    <*> "None"                   { return token(l, TOK_NONE); }
    <*> "True"                   { return token(l, TOK_TRUE); }
    <*> "and"                    { return token(l, TOK_AND); }
    <*> "as"                     { return token(l, TOK_AS); }
    <*> "assert"                 { return lexer_statement_keyword(l, TOK_ASSERT); }
    <*> "async"                  { return token(l, TOK_ASYNC); }
    <*> "await"                  { return token(l, TOK_AWAIT); }
    <*> "break"                  { return lexer_statement_keyword(l, TOK_BREAK); }
    <*> "class"                  { return lexer_statement_keyword(l, TOK_CLASS); }
    <*> "continue"               { return lexer_statement_keyword(l, TOK_CONTINUE); }
    <*> "def"                    { return lexer_statement_keyword(l, TOK_DEF); }
    <*> "del"                    { return lexer_statement_keyword(l, TOK_DEL); }
    <*> "elif"                   { return lexer_statement_keyword(l, TOK_ELIF); }
    <*> "else"                   { return token(l, TOK_ELSE); }
    <*> "except"                 { return lexer_statement_keyword(l, TOK_EXCEPT); }
    <*> "finally"                { return lexer_statement_keyword(l, TOK_FINALLY); }
    <*> "for"                    { return token(l, TOK_FOR); }
    <*> "from"                   { return token(l, TOK_FROM); }
    <*> "global"                 { return lexer_statement_keyword(l, TOK_GLOBAL); }
    <*> "if"                     { return token(l, TOK_IF); }
    <*> "import"                 { return lexer_statement_keyword(l, TOK_IMPORT); }
    <*> "in"                     { return token(l, TOK_IN); }
    <*> "is"                     { return token(l, TOK_IS); }
    <*> "lambda"                 { return token(l, TOK_LAMBDA); }
    <*> "nonlocal"               { return lexer_statement_keyword(l, TOK_NONLOCAL); }
    <*> "not"                    { return token(l, TOK_NOT); }
    <*> "or"                     { return token(l, TOK_OR); }
    <*> "pass"                   { return lexer_statement_keyword(l, TOK_PASS); }
    <*> "raise"                  { return lexer_statement_keyword(l, TOK_RAISE); }
    <*> "return"                 { return lexer_statement_keyword(l, TOK_RETURN); }
    <*> "try"                    { return lexer_statement_keyword(l, TOK_TRY); }
    <*> "while"                  { return lexer_statement_keyword(l, TOK_WHILE); }
    <*> "with"                   { return lexer_statement_keyword(l, TOK_WITH); }
    <*> "yield"                  { return token(l, TOK_YIELD); }

    // names and literals
    <*> letter (letter | digit)* { return lexer_name(l); }
    <*> (letter | high) (letter | digit | high)* { return lexer_unicode_name(l); }
    <*> decimal                  { return lexer_int(l, 10); }
    <*> octal                    { return lexer_int(l, 8); }
    <*> binary                   { return lexer_int(l, 2); }
    <*> hex                      { return lexer_int(l, 16); }
    <*> float                    { return lexer_float(l); }
    <*> "0" ("_"? digit)+        { return lexer_leading_zeros(l); }
    <*> (float | digits) [jJ]    { return lexer_imaginary(l); }
    <*> prefix? ['"]             { return lexer_string(l); }

    // fields of f-strings
    <field> "="                  { return fstring_debug(l); }
    <field> "!"                  { return fstring_conversion(l); }
    <field> ":"                  { return fstring_spec(l); }
    <field> "}"                  { return fstring_field_end(l); }

    // brackets
    <*> "("                      { return lexer_open(l, TOK_LPAREN, '('); }
    <*> "["                      { return lexer_open(l, TOK_LBRACKET, '['); }
    <*> "{"                      { return lexer_open(l, TOK_LBRACE, '{'); }
    <*> ")"                      { return lexer_close(l, TOK_RPAREN, ')'); }
    <*> "]"                      { return lexer_close(l, TOK_RBRACKET, ']'); }
    <code, inner> "}"            { return lexer_close(l, TOK_RBRACE, '}'); }

    // operators
    <*> "+"                      { return token(l, TOK_PLUS); }
    <*> "-"                      { return token(l, TOK_MINUS); }
    <*> "*"                      { return token(l, TOK_STAR); }
    <*> "**"                     { return token(l, TOK_DOUBLESTAR); }
    <*> "/"                      { return token(l, TOK_SLASH); }
    <*> "//"                     { return token(l, TOK_DOUBLESLASH); }
    <*> "%"                      { return token(l, TOK_PERCENT); }
    <*> "@"                      { return token(l, TOK_AT); }
    <*> "<<"                     { return token(l, TOK_LSHIFT); }
    <*> ">>"                     { return token(l, TOK_RSHIFT); }
    <*> "&"                      { return token(l, TOK_AMPER); }
    <*> "|"                      { return token(l, TOK_PIPE); }
    <*> "^"                      { return token(l, TOK_CARET); }
    <*> "~"                      { return token(l, TOK_TILDE); }
    <*> "=="                     { return token_op(l, TOK_COMPARE, OP_EQ); }
    <*> "!="                     { return token_op(l, TOK_COMPARE, OP_NE); }
    <*> "<"                      { return token_op(l, TOK_COMPARE, OP_LT); }
    <*> "<="                     { return token_op(l, TOK_COMPARE, OP_LE); }
    <*> ">"                      { return token_op(l, TOK_COMPARE, OP_GT); }
    <*> ">="                     { return token_op(l, TOK_COMPARE, OP_GE); }
    <code, inner> "="            { return token(l, TOK_ASSIGN); }
    <code, inner> ":="           { return token(l, TOK_COLONEQUAL); }
    <*> "->"                     { return token(l, TOK_ARROW); }
    <code> "+="                  { return token_op(l, TOK_AUGASSIGN, OP_ADD); }
    <code> "-="                  { return token_op(l, TOK_AUGASSIGN, OP_SUB); }
    <code> "*="                  { return token_op(l, TOK_AUGASSIGN, OP_MUL); }
    <code> "/="                  { return token_op(l, TOK_AUGASSIGN, OP_DIV); }
    <code> "//="                 { return token_op(l, TOK_AUGASSIGN, OP_FLOORDIV); }
    <code> "%="                  { return token_op(l, TOK_AUGASSIGN, OP_MOD); }
    <code> "@="                  { return token_op(l, TOK_AUGASSIGN, OP_MATMUL); }
    <code> "&="                  { return token_op(l, TOK_AUGASSIGN, OP_AND); }
    <code> "|="                  { return token_op(l, TOK_AUGASSIGN, OP_OR); }
    <code> "^="                  { return token_op(l, TOK_AUGASSIGN, OP_XOR); }
    <code> ">>="                 { return token_op(l, TOK_AUGASSIGN, OP_RSHIFT); }
    <code> "<<="                 { return token_op(l, TOK_AUGASSIGN, OP_LSHIFT); }
    <code> "**="                 { return token_op(l, TOK_AUGASSIGN, OP_POW); }

    // punctuation
    <*> ","                      { return token(l, TOK_COMMA); }
    <code, inner> ":"            { return token(l, TOK_COLON); }
    <*> ";"                      { return token(l, TOK_SEMI); }
    <*> "."                      { return token(l, TOK_DOT); }
    <*> "..."                    { return token(l, TOK_ELLIPSIS); }

    <*> *                        { return lexer_bad_character(l); }
    */
}

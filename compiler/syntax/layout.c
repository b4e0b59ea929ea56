/* Layout: what Python says with line ends, indentation and brackets, as tokens.
 *
 *     if x:            IF NAME COLON NEWLINE
 *         f(a,         INDENT NAME LPAREN NAME COMMA
 *           b)         NAME RPAREN NEWLINE
 *     y = 1            DEDENT NAME ASSIGN INT NEWLINE
 *
 * This stands between the patterns (grammar/python.re) and the grammar (grammar/python.y).  It settles what one token of look-ahead
 * cannot: whether a line that begins with `match` or `case` is that statement, whether the parenthesis behind `with` holds its
 * items.  And it repairs what it has to report: a missing block, colon or bracket is put in, so that the parser, which sees
 * well-formed lines and blocks only, has nothing to say about the same mistake. */
#include "syntax/lexer.h"

#include <string.h>

/* ---- mistakes ---- */

Diag *lexer_error(Lexer *l, const char *start, const char *end, const char *format, ...)
{
    va_list args;

    l->had_error = true;
    if (l->line_has_error)
        return diag_silent(l->c->diags);
    l->line_has_error = true;
    va_start(args, format);
    const char *message = arena_vprintf(l->c->arena, format, args);
    va_end(args);
    return diag_error(l->c->diags, lexer_span(l, start, end), "%s", message);
}

/* Nothing of the rest is read: the mistake makes it meaningless. */
static void give_up(Lexer *l)
{
    l->cursor = l->limit;
    l->brackets.len = 0;
    l->fstrings.len = 0;
    l->in_text = false;
    lexer_update_condition(l);
}

/* ---- the statements that have a block ---- */

static const char *block_name(TokenKind kind)
{
    switch (kind) {
    case TOK_IF: return "'if' statement";
    case TOK_ELIF: return "'elif' statement";
    case TOK_ELSE: return "'else' statement";
    case TOK_FOR: return "'for' statement";
    case TOK_WHILE: return "'while' statement";
    case TOK_TRY: return "'try' statement";
    case TOK_EXCEPT: return "'except' statement";
    case TOK_FINALLY: return "'finally' statement";
    case TOK_WITH: return "'with' statement";
    case TOK_MATCH: return "'match' statement";
    case TOK_CASE: return "'case' statement";
    case TOK_DEF: return "function definition";
    case TOK_CLASS: return "class definition";
    default: return NULL;
    }
}

/* The keyword of the logical line that begins at a token, past `async`. */
static const Token *line_keyword(const Lexer *l, uint32_t first)
{
    const Token *token = &l->tokens.items[first];

    return token->kind == TOK_ASYNC && first + 1 < l->tokens.len ? token + 1 : token;
}

/* Does the line from `first` hold a colon outside of brackets and lambdas? */
static bool has_block_colon(const Lexer *l, uint32_t first)
{
    int depth = 0, lambdas = 0;

    for (uint32_t i = first; i < l->tokens.len; i++) {
        TokenKind kind = l->tokens.items[i].kind;
        depth += token_is(kind, TOKEN_OPENS) - token_is(kind, TOKEN_CLOSES);
        if (depth == 0 && kind == TOK_LAMBDA)
            lambdas++;
        if (depth == 0 && kind == TOK_COLON && lambdas-- == 0)
            return true;
    }
    return false;
}

/* ---- soft keywords and `with (`, when a logical line is complete ---- */

/* `match` is the statement if what follows cannot go on an expression, or if the line ends in a colon, which no other line that
 * begins with a name does. */
static bool is_match_line(const Lexer *l)
{
    TokenKind second = l->line_first + 1 < l->tokens.len ? l->tokens.items[l->line_first + 1].kind : TOK_NEWLINE;

    if (!token_is(second, TOKEN_BEGINS))
        return false;
    return !token_is(second, TOKEN_FOLLOWS) || vec_last(&l->tokens).kind == TOK_COLON;
}

/* In `with (a as b, c as d):` the parenthesis belongs to the statement; an `as` in it, outside of inner brackets, tells. */
static void find_with_parenthesis(Lexer *l, uint32_t with)
{
    uint32_t open = with + 1;
    int depth = 0;

    if (open >= l->tokens.len || l->tokens.items[open].kind != TOK_LPAREN)
        return;
    for (uint32_t i = open; i < l->tokens.len; i++) {
        TokenKind kind = l->tokens.items[i].kind;
        depth += token_is(kind, TOKEN_OPENS) - token_is(kind, TOKEN_CLOSES);
        if (depth == 0)
            return;
        if (depth == 1 && kind == TOK_AS) {
            l->tokens.items[open].kind = TOK_WITH_LPAREN;
            return;
        }
    }
}

static void end_line(Lexer *l)
{
    Token *first = &l->tokens.items[l->line_first];

    if (first->kind == TOK_WITH)
        find_with_parenthesis(l, l->line_first);
    else if (first->kind == TOK_ASYNC && l->line_first + 1 < l->tokens.len && first[1].kind == TOK_WITH)
        find_with_parenthesis(l, l->line_first + 1);
    else if (first->kind != TOK_NAME)
        return;
    else if (first->as.name == l->name_match && is_match_line(l))
        first->kind = TOK_MATCH;
    else if (first->as.name == l->name_case && l->indents[l->indent].is_match)
        first->kind = TOK_CASE;
}

/* ---- indentation ---- */

typedef struct Blanks {
    uint32_t column, column_of_one;
} Blanks;

/* Reads the blanks at the start of a line; a backslash there joins lines, the first of which gives the column. */
static Blanks read_blanks(Lexer *l)
{
    Blanks at = {0, 0}, joined = {0, 0};

    for (;; l->cursor++) {
        switch (*l->cursor) {
        case ' ':
            at.column++;
            at.column_of_one++;
            continue;
        case '\t':
            at.column = (at.column / 8 + 1) * 8;
            at.column_of_one++;
            continue;
        case '\f': at = (Blanks){0, 0}; continue;
        case '\\':
            if (l->cursor[1] != '\n' && l->cursor[1] != '\r')
                return joined.column ? joined : at;
            if (!joined.column)
                joined = at;
            l->cursor += l->cursor[1] == '\r' && l->cursor[2] == '\n' ? 2 : 1;
            continue;
        default: return joined.column ? joined : at;
        }
    }
}

/* Skips lines without tokens and gives the indentation of the next one. */
static Blanks read_indentation(Lexer *l)
{
    for (;;) {
        l->line_start = (uint32_t)(l->cursor - l->file->text);
        Blanks blanks = read_blanks(l);
        if (*l->cursor == '#')
            l->cursor += strcspn(l->cursor, "\r\n");
        if (*l->cursor != '\n' && *l->cursor != '\r')
            return blanks;
        l->cursor++;
    }
}

/* Where the next token begins: what is reported about a line as a whole is reported there. */
static Diag *error_at_line(Lexer *l, const char *message)
{
    const char *end = l->cursor;

    while (end<l->limit && * end> ' ')
        end++;
    return lexer_error(l, l->cursor, end, "%s", message);
}

/* A line that is indented deeper than the one before, which is the logical line from `first`. */
static bool expects_block(Lexer *l, uint32_t first)
{
    if (l->tokens.len < 2 || l->tokens.items[l->tokens.len - 2].kind == TOK_COLON)
        return l->tokens.len >= 2;
    if (!block_name(line_keyword(l, first)->kind) || has_block_colon(l, first))
        return false;

    /* The colon is missing. It goes in before the NEWLINE; the parser reports it if that makes the line good. */
    Token newline = vec_pop(&l->tokens);
    const char *at = l->file->text + vec_last(&l->tokens).end;
    lexer_push(l, TOK_COLON, at, at)->is_missing = true;
    vec_push(l->c->arena, &l->tokens, newline);
    return true;
}

static void indent(Lexer *l, Blanks blanks, uint32_t first)
{
    Indent deeper = {.column = blanks.column, .column_of_one = blanks.column_of_one};

    if (l->indent == MOST_INDENTS - 1) {
        error_at_line(l, "too many levels of indentation");
        give_up(l);
        return;
    }
    if (!expects_block(l, first)) {
        deeper.is_phantom = true;
        deeper.is_match = l->indents[l->indent].is_match;
        error_at_line(l, "unexpected indent");
    } else {
        deeper.is_match = l->tokens.items[first].kind == TOK_MATCH;
        lexer_push(l, TOK_INDENT, l->cursor, l->cursor);
    }
    l->indents[++l->indent] = deeper;
}

static void dedent_to(Lexer *l, uint32_t column)
{
    while (l->indent > 0 && column < l->indents[l->indent].column) {
        if (!l->indents[l->indent].is_phantom)
            lexer_push(l, TOK_DEDENT, l->cursor, l->cursor);
        l->indent--;
    }
}

/* A dedent to where nothing began: reported, and taken for a level of its own, so that the lines that agree with it pass. */
static void misfit(Lexer *l, Blanks blanks)
{
    Indent level = {.column = blanks.column,
                    .column_of_one = blanks.column_of_one,
                    .is_match = l->indents[l->indent].is_match,
                    .is_phantom = true};

    error_at_line(l, "unindent does not match any outer indentation level");
    l->indents[++l->indent] = level;
}

/* The line from `first` announced a block and there is none: an empty one goes in. */
static void check_block(Lexer *l, uint32_t first)
{
    if (l->tokens.len < 2 || l->tokens.items[l->tokens.len - 2].kind != TOK_COLON)
        return;
    const Token *keyword = line_keyword(l, first);
    const char *name = block_name(keyword->kind);
    if (!name)
        return;

    uint32_t line = source_line(l->file, keyword->start);
    bool is_match = keyword->kind == TOK_MATCH;
    Diag *diag =
        error_at_line(l, arena_printf(l->c->arena, "expected an indented block after %s on line %u", name, line));
    if (!is_match)
        diag_help(l->c->diags, diag, "write 'pass' for a block that does nothing");
    lexer_push(l, TOK_INDENT, l->cursor, l->cursor);
    if (!is_match) {
        lexer_push(l, TOK_PASS, l->cursor, l->cursor);
        lexer_push(l, TOK_NEWLINE, l->cursor, l->cursor);
    }
    lexer_push(l, TOK_DEDENT, l->cursor, l->cursor);
    l->had_error = l->line_has_error = false; /* the line itself is innocent */
}

/* The start of a logical line: INDENT and DEDENT by its indentation. */
static void begin_line(Lexer *l)
{
    uint32_t first = l->line_first;
    Blanks blanks = read_indentation(l);
    l->line_has_error = false;
    const Indent *current = &l->indents[l->indent];

    if (l->cursor == l->limit)
        blanks = (Blanks){0, 0};
    if (blanks.column > current->column) {
        if (blanks.column_of_one <= current->column_of_one)
            error_at_line(l, "inconsistent use of tabs and spaces in indentation");
        indent(l, blanks, first);
    } else {
        check_block(l, first);
        dedent_to(l, blanks.column);
        current = &l->indents[l->indent];
        if (blanks.column != current->column)
            misfit(l, blanks);
        else if (blanks.column_of_one != current->column_of_one)
            error_at_line(l, "inconsistent use of tabs and spaces in indentation");
    }
    l->line_first = l->tokens.len;
}

/* ---- lines ---- */

/* Ends the logical line, which has tokens, and begins the next. */
static void next_line(Lexer *l, const char *start, const char *end)
{
    end_line(l);
    lexer_push(l, TOK_NEWLINE, start, end);
    begin_line(l);
}

bool lexer_newline(Lexer *l)
{
    if (l->brackets.len) {
        l->line_start = (uint32_t)(l->cursor - l->file->text);
        return false;
    }
    if (l->tokens.len > l->line_first) {
        next_line(l, l->start, l->cursor);
        return true;
    }
    begin_line(l); /* only a backslash before the end of a line comes here */
    return false;
}

/* ---- brackets ---- */

bool lexer_open(Lexer *l, TokenKind kind, char open)
{
    Bracket bracket = {open, (uint32_t)(l->start - l->file->text)};

    if (l->brackets.len == MOST_BRACKETS) {
        lexer_error(l, l->start, l->cursor, "too many nested parentheses; at most %d levels are allowed",
                    MOST_BRACKETS);
        give_up(l);
        return true;
    }
    vec_push(l->c->arena, &l->brackets, bracket);
    lexer_update_condition(l);
    return token(l, kind);
}

static void report_unclosed(Lexer *l)
{
    Bracket bracket = vec_last(&l->brackets);
    const char *at = l->file->text + bracket.start;

    lexer_error(l, at, at + 1, "'%c' was never closed", bracket.open);
}

bool lexer_close(Lexer *l, TokenKind kind, char close)
{
    char open = close == ')' ? '(' : close == ']' ? '[' : '{';
    bool in_field = l->fstrings.len > 0;

    if (!l->brackets.len || vec_last(&l->brackets).open == 'F') {
        lexer_error(l, l->start, l->cursor, "%sunmatched '%c'", in_field ? "f-string: " : "", close);
        return true;
    }
    Bracket bracket = vec_pop(&l->brackets);
    lexer_update_condition(l);
    if (bracket.open == open)
        return token(l, kind);

    Diag *diag = lexer_error(l, l->start, l->cursor, "closing parenthesis '%c' does not match opening parenthesis '%c'",
                             close, bracket.open);
    const char *at = l->file->text + bracket.start;
    diag_note(l->c->diags, diag, lexer_span(l, at, at + 1), "the parenthesis that it would close");
    return token(l, bracket.open == '(' ? TOK_RPAREN : bracket.open == '[' ? TOK_RBRACKET : TOK_RBRACE);
}

/* A keyword that only a statement begins with, first in its line, no deeper than the statement with the open bracket: the bracket
 * was forgotten.  The line before ends there. */
static bool is_behind_open_bracket(const Lexer *l)
{
    const char *line = l->file->text + l->line_start;

    return l->brackets.len && !l->fstrings.len && line + strspn(line, " \t\f") == l->start &&
           l->start - line <= (ptrdiff_t)l->indents[l->indent].column;
}

bool lexer_statement_keyword(Lexer *l, TokenKind kind)
{
    if (!is_behind_open_bracket(l))
        return token(l, kind);
    report_unclosed(l);
    l->brackets.len = 0;
    lexer_update_condition(l);
    l->cursor = l->file->text + l->line_start;
    next_line(l, l->cursor, l->cursor);
    return true;
}

/* ---- the whole file ---- */

static Lexer begin(Compilation *c, SourceFile *file)
{
    Lexer l = {.c = c, .file = file, .cursor = file->text, .limit = file->text + file->len};

    l.name_match = intern_text(c->names, "match");
    l.name_case = intern_text(c->names, "case");
    vec_grow(c->arena, &l.tokens, file->len / 4 + 16);
    lexer_update_condition(&l);
    return l;
}

static void end(Lexer *l)
{
    l->cursor = l->limit;
    if (l->brackets.len) {
        report_unclosed(l);
        l->brackets.len = 0;
    }
    if (l->tokens.len > l->line_first)
        next_line(l, l->limit, l->limit);
    lexer_push(l, TOK_END, l->limit, l->limit);
}

TokenVec lex(Compilation *c, SourceFile *file)
{
    Lexer l = begin(c, file);

    begin_line(&l);
    for (;;) {
        if (l.in_text)
            fstring_text(&l);
        else if (!lexer_scan(&l))
            break;
    }
    end(&l);
    return l.tokens;
}

/* What to say where the grammar stops.
 *
 * In: the token that it did not take, and a way to ask which it would have taken.  Out: one diagnostic with a sentence that
 * names the mistake, if a row of the table below recognises it, and otherwise what was expected.  The rows are tried in order: the
 * ones that see a particular slip first, the general ones last. */
#include "syntax/node.h"

#include <string.h>

typedef struct Stop {
    Parser *p;
    const Token *at;   /* the token that was not taken */
    const Token *line; /* the first token of the logical line */
    const void *lemon;
    Accepts accepts;
} Stop;

/* ---- looking around ---- */

static Token *first_of_line(const Parser *p, const Token *at)
{
    Token *tokens = p->tokens.items, *first = tokens + (at - tokens);

    while (first > tokens && first[-1].kind != TOK_NEWLINE && first[-1].kind != TOK_INDENT &&
           first[-1].kind != TOK_DEDENT)
        first--;
    return first;
}

static const Token *end_of_line(const Token *t)
{
    while (t->kind != TOK_NEWLINE && t->kind != TOK_END)
        t++;
    return t;
}

/* Has something been said about this line already? */
static bool was_reported(const Token *line)
{
    for (; line->kind != TOK_END && line->kind != TOK_NEWLINE; line++) {
        if (line->follows_error)
            return true;
    }
    return line->follows_error;
}

static const Token *token_at(const Parser *p, uint32_t offset)
{
    uint32_t low = 0, high = p->tokens.len;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (p->tokens.items[middle].start <= offset)
            low = middle;
        else
            high = middle;
    }
    return &p->tokens.items[low];
}

enum {
    MOST_ERRORS = 100
}; /* of which fewer are printed; looking for the line of each takes time */

Diag *parser_error(Parser *p, Span span, const char *format, ...)
{
    va_list args;

    if (p->error_count >= MOST_ERRORS ||
        (p->reported.file && span.start >= p->reported.start && span.start < p->reported.end))
        return diag_silent(p->c->diags);
    Token *line = first_of_line(p, token_at(p, span.start));
    bool is_known = was_reported(line);
    p->reported = span_tokens(p, line, end_of_line(line));
    if (is_known)
        return diag_silent(p->c->diags);
    line->follows_error = true;
    p->error_count++;
    va_start(args, format);
    const char *message = arena_vprintf(p->arena, format, args);
    va_end(args);
    return diag_error(p->c->diags, span, "%s", message);
}

static TokenKind before(const Stop *s, int count)
{
    return s->at - count >= s->line ? (TokenKind)s->at[-count].kind : TOK_NEWLINE;
}

static bool touches(const Token *left)
{
    return left[0].end == left[1].start;
}

static bool would_accept(const Stop *s, TokenKind kind)
{
    return s->accepts(s->lemon, kind);
}

static bool is_keyword(TokenKind kind)
{
    return kind >= TOK_FALSE && kind <= TOK_YIELD;
}

static TokenKind closing(TokenKind open)
{
    return open == TOK_LBRACKET ? TOK_RBRACKET : open == TOK_LBRACE ? TOK_RBRACE : TOK_RPAREN;
}

/* The bracket that the token stands in, or NULL. */
static const Token *open_bracket(const Stop *s)
{
    int depth = 0;

    for (const Token *t = s->at - 1; t >= s->line; t--) {
        depth += token_is(t->kind, TOKEN_CLOSES) - token_is(t->kind, TOKEN_OPENS);
        if (depth < 0)
            return t;
    }
    return NULL;
}

/* The token as messages write it: names and operators as they stand in the source. */
static const char *shown(const Stop *s, const Token *t)
{
    switch (t->kind) {
    case TOK_NAME:
    case TOK_INT:
    case TOK_FLOAT:
    case TOK_COMPARE:
    case TOK_AUGASSIGN:
    case TOK_MATCH:
    case TOK_CASE:
        return arena_printf(s->p->arena, "'%.*s'", (int)(t->end - t->start < 40 ? t->end - t->start : 40),
                            s->p->file->text + t->start);
    default: return token_kind_text(t->kind);
    }
}

static Diag *report(const Stop *s, const Token *first, const Token *last, const char *message)
{
    return parser_error(s->p, span_tokens(s->p, first, last), "%s", message);
}

static void help(const Stop *s, Diag *diag, const char *message)
{
    diag_help(s->p->c->diags, diag, "%s", message);
}

/* ---- operators of other languages ---- */

static const struct {
    TokenKind left, right;
    const char *message;
} doubled[] = {
    {TOK_AMPER, TOK_AMPER, "there is no '&&'; write 'and'"},
    {TOK_PIPE, TOK_PIPE, "there is no '||'; write 'or'"},
    {TOK_COMPARE, TOK_COMPARE, "there is no such comparison; write '!=' for 'not equal', '==' for 'equal'"},
    {TOK_COMPARE, TOK_ASSIGN, "there is no such comparison; write '=='"},
    {TOK_ASSIGN, TOK_COMPARE, "there is no such operator; write '>=' or '<=' to compare"},
};

static bool foreign_operator(const Stop *s)
{
    for (size_t i = 0; i < sizeof doubled / sizeof *doubled; i++) {
        if (s->at->kind != doubled[i].right || before(s, 1) != doubled[i].left || !touches(s->at - 1))
            continue;
        report(s, s->at - 1, s->at, doubled[i].message);
        return true;
    }
    return false;
}

/* x++ and x-- */
static bool increment(const Stop *s)
{
    TokenKind op = before(s, 1);

    if ((s->at->kind != TOK_NEWLINE && s->at->kind != TOK_SEMI && s->at->kind != TOK_RPAREN) || before(s, 2) != op ||
        (op != TOK_PLUS && op != TOK_MINUS) || !touches(s->at - 2))
        return false;
    report(s, s->at - 2, s->at - 1,
           op == TOK_PLUS ? "there is no '++'; write '+= 1'" : "there is no '--'; write '-= 1'");
    return true;
}

/* ---- statements ---- */

static bool assignment_as_condition(const Stop *s)
{
    if (s->at->kind != TOK_ASSIGN)
        return false;
    TokenKind first = s->line->kind;
    const Token *bracket = open_bracket(s);
    if (!bracket && first != TOK_IF && first != TOK_ELIF && first != TOK_WHILE && first != TOK_RETURN &&
        first != TOK_ASSERT)
        return false;
    report(s, s->at, s->at, "invalid syntax; maybe you meant '==' or ':=' instead of '='");
    return true;
}

static bool else_if(const Stop *s)
{
    if (s->at->kind != TOK_IF || before(s, 1) != TOK_ELSE || s->at - 1 != s->line)
        return false;
    Diag *diag = report(s, s->line, s->at, "'else if' is written 'elif'");
    diag_fix(s->p->c->diags, diag, span_tokens(s->p, s->line, s->at), "elif");
    return true;
}

static bool stray_clause(const Stop *s)
{
    static const struct {
        TokenKind kind;
        const char *message;
    } clauses[] = {
        {TOK_ELSE, "'else' without an 'if', 'for', 'while' or 'try' before it at the same indentation"},
        {TOK_ELIF, "'elif' without an 'if' before it at the same indentation"},
        {TOK_EXCEPT, "'except' without a 'try' before it at the same indentation"},
        {TOK_FINALLY, "'finally' without a 'try' before it at the same indentation"},
    };

    for (size_t i = 0; s->at == s->line && i < sizeof clauses / sizeof *clauses; i++) {
        if (s->at->kind != clauses[i].kind)
            continue;
        report(s, s->at, s->at, clauses[i].message);
        return true;
    }
    return false;
}

static bool try_without_except(const Stop *s)
{
    if (s->at != s->line || !would_accept(s, TOK_EXCEPT) || !would_accept(s, TOK_FINALLY) || would_accept(s, TOK_PASS))
        return false;
    report(s, s->at, s->at, "expected 'except' or 'finally' block");
    return true;
}

static bool decorated_nothing(const Stop *s)
{
    if (s->at != s->line || !would_accept(s, TOK_DEF) || would_accept(s, TOK_PASS))
        return false;
    report(s, s->at, s->at, "a decorator must be followed by a function or a class");
    return true;
}

/* print "x", exec "x" */
static bool print_statement(const Stop *s)
{
    if (before(s, 1) != TOK_NAME || s->at - 1 != s->line || !token_is(s->at->kind, TOKEN_BEGINS))
        return false;
    const char *name = s->line->as.name;
    if (strcmp(name, "print") && strcmp(name, "exec"))
        return false;
    parser_error(s->p, span_tokens(s->p, s->line, s->at), "missing parentheses in call to '%s'; did you mean %s(...)?",
                 name, name);
    return true;
}

static bool except_list(const Stop *s)
{
    if (s->at->kind != TOK_COMMA || s->line->kind != TOK_EXCEPT || open_bracket(s))
        return false;
    report(s, s->at, s->at, "multiple exception types must be parenthesized");
    return true;
}

/* `else` and what else stands before the block has been read, and the block begins without a colon. */
static bool no_colon(const Stop *s)
{
    if (!token_is(s->line->kind, TOKEN_BLOCK) || open_bracket(s) || !would_accept(s, TOK_COLON))
        return false;
    if (s->at->kind != TOK_NEWLINE && end_of_line(s->at)[-1].kind == TOK_COLON)
        return false;
    Diag *diag = report(s, s->at, s->at, "expected ':'");
    diag_fix(s->p->c->diags, diag, span_end(span_of(s->p, s->at - 1)), ":");
    return true;
}

bool missing_colon(Parser *p, Tok colon, const void *lemon, Accepts accepts)
{
    Stop stop = {p, colon, first_of_line(p, colon), lemon, accepts};

    if (!would_accept(&stop, TOK_COLON))
        return false;
    Diag *diag = parser_error(p, span_of(p, colon), "expected ':'");
    diag_fix(p->c->diags, diag, span_of(p, colon), ":");
    return true;
}

static bool annotated_tuple(const Stop *s)
{
    if (s->at->kind != TOK_COLON || token_is(s->line->kind, TOKEN_BLOCK) || open_bracket(s))
        return false;
    for (const Token *t = s->line; t < s->at; t++) {
        if (t->kind == TOK_COMMA && would_accept(s, TOK_COMMA) && would_accept(s, TOK_ASSIGN)) {
            report(s, s->line, s->at - 1, "only single target (not tuple) can be annotated");
            return true;
        }
    }
    return false;
}

/* ---- expressions ---- */

static bool missing_comma(const Stop *s)
{
    const Token *bracket = open_bracket(s);

    if (!bracket || !token_is(s->at->kind, TOKEN_BEGINS) || !token_is(before(s, 1), TOKEN_ENDS))
        return false;
    if (!would_accept(s, TOK_COMMA) && !would_accept(s, closing(bracket->kind)))
        return false;
    Diag *diag = report(s, s->at - 1, s->at, "invalid syntax; perhaps you forgot a comma?");
    diag_fix(s->p->c->diags, diag, span_end(span_of(s->p, s->at - 1)), ",");
    return true;
}

/* Where a name is introduced: behind def, class, as, a dot; among the parameters of a def. */
static bool wants_name(const Stop *s)
{
    const Token *bracket;

    switch (before(s, 1)) {
    case TOK_DEF:
    case TOK_CLASS:
    case TOK_AS:
    case TOK_DOT:
    case TOK_GLOBAL:
    case TOK_NONLOCAL:
    case TOK_IMPORT: return true;
    case TOK_LPAREN:
    case TOK_COMMA:
    case TOK_STAR:
    case TOK_DOUBLESTAR:
        bracket = open_bracket(s);
        return bracket && bracket - 2 >= s->line && bracket[-2].kind == TOK_DEF;
    default: return false;
    }
}

static bool keyword_as_name(const Stop *s)
{
    if (!is_keyword(s->at->kind) || !wants_name(s))
        return false;
    Diag *diag = parser_error(s->p, span_of(s->p, s->at), "%s is a keyword and cannot be used as a name",
                              token_kind_text(s->at->kind));
    help(s, diag, "choose another name, such as the same with an underscore behind it");
    return true;
}

static bool if_without_else(const Stop *s)
{
    if (!would_accept(s, TOK_ELSE) || would_accept(s, TOK_NEWLINE))
        return false;
    const Token *bracket = open_bracket(s);
    for (const Token *t = s->at - 1; t > (bracket ? bracket : s->line); t--) {
        if (t->kind != TOK_IF)
            continue;
        report(s, t, s->at - 1, "expected 'else' after 'if' expression");
        return true;
    }
    return false;
}

static bool missing_expression(const Stop *s)
{
    if (!would_accept(s, TOK_INT) || s->at == s->line)
        return false;
    if (s->at->kind == TOK_STAR || s->at->kind == TOK_DOUBLESTAR)
        return false;
    parser_error(s->p, span_of(s->p, s->at), "expected an expression before %s, after %s", shown(s, s->at),
                 shown(s, s->at - 1));
    return true;
}

/* ---- the rest ---- */

static bool one_expected(const Stop *s)
{
    TokenKind only = TOK_END;

    for (int kind = TOK_NEWLINE; kind < TOKEN_KIND_COUNT; kind++) {
        if (!would_accept(s, (TokenKind)kind))
            continue;
        if (only != TOK_END)
            return false;
        only = (TokenKind)kind;
    }
    if (only == TOK_END)
        return false;
    parser_error(s->p, span_of(s->p, s->at), "expected %s, not %s", token_kind_text(only), shown(s, s->at));
    return true;
}

static bool anything_else(const Stop *s)
{
    if (s->at->kind == TOK_NEWLINE)
        report(s, s->at, s->at, "invalid syntax: the statement is not complete");
    else
        parser_error(s->p, span_of(s->p, s->at), "invalid syntax at %s", shown(s, s->at));
    return true;
}

/* Each row looks at the place and reports what it recognises. */
static bool (*const rows[])(const Stop *) = {
    foreign_operator,   increment,         assignment_as_condition, else_if,         try_without_except,
    stray_clause,       decorated_nothing, print_statement,         except_list,     no_colon,
    annotated_tuple,    if_without_else,   missing_comma,           keyword_as_name, one_expected,
    missing_expression, anything_else,
};

/* An `else` or `except` whose statement was broken: the message about that one is enough. */
static bool continues_broken(const Parser *p, const Token *line)
{
    bool is_clause =
        line->kind == TOK_ELSE || line->kind == TOK_ELIF || line->kind == TOK_EXCEPT || line->kind == TOK_FINALLY;

    return is_clause && p->after_broken == (uint32_t)(line - p->tokens.items);
}

void syntax_error(Parser *p, Tok token, const void *lemon, Accepts accepts)
{
    const Token *line = first_of_line(p, token);
    Stop stop = {p, token, line, lemon, accepts};
    bool is_quiet = p->error_count >= MOST_ERRORS || was_reported(line) || continues_broken(p, line);

    for (size_t i = 0; !is_quiet && i < sizeof rows / sizeof *rows; i++) {
        if (rows[i](&stop))
            return;
    }
}

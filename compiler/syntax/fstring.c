/* f-strings, lexed as they stand:
 *
 *     f"a{x!r:>{w}}b"      FSTRING_BEGIN TEXT(a) FIELD_BEGIN NAME CONVERSION(r) SPEC TEXT(>) FIELD_BEGIN NAME FIELD_END FIELD_END
 *                          TEXT(b) FSTRING_END
 *
 * Python 3.11's rule is that the literal ends where a plain string would: the contents are measured first, and nothing in them
 * can reach beyond.  Between the fields this file reads; in the fields python.re does, in the conditions `field` and `inner`, and
 * calls back at the characters that end an expression.  A field is a bracket, of its own kind 'F'. */
#include "syntax/lexer.h"

#include <string.h>

static FString *current(Lexer *l)
{
    return &vec_last(&l->fstrings);
}

/* `end` is where the closing quotes stand; the cursor, where the contents begin. */
bool fstring_begin(Lexer *l, StringForm form, const char *end)
{
    FString f = {.form = form, .start = (uint32_t)(l->start - l->file->text), .end = end};

    lexer_push(l, TOK_FSTRING_BEGIN, l->start, l->cursor)->as.form = form;
    vec_push(l->c->arena, &l->fstrings, f);
    l->in_text = true;
    return true;
}

static bool end_fstring(Lexer *l)
{
    const char *start = current(l)->end;

    l->cursor = start + current(l)->form.quote_len;
    lexer_push(l, TOK_FSTRING_END, start, l->cursor);
    l->fstrings.len--;
    l->in_text = false;
    lexer_update_condition(l);
    return true;
}

/* ---- text ---- */

static void push_text(Lexer *l, const char *start, const char *end)
{
    if (end > start)
        lexer_push(l, TOK_FSTRING_TEXT, start, end)->as.form = current(l)->form;
}

/* The end of a run of text: a brace or the end of the contents.  A backslash takes the next character with it, save a brace; the
 * braces of \N{…} belong to the text. */
static const char *end_of_text(const FString *f, const char *at)
{
    while (at < f->end && *at != '{' && *at != '}') {
        if (*at++ != '\\' || f->form.is_raw || at == f->end || *at == '{' || *at == '}')
            continue;
        if (at[0] == 'N' && at[1] == '{' && memchr(at, '}', (size_t)(f->end - at)))
            at = memchr(at, '}', (size_t)(f->end - at));
        at++;
    }
    return at;
}

static bool begin_field(Lexer *l)
{
    Bracket bracket = {'F', (uint32_t)(l->cursor - l->file->text)};

    if (current(l)->spec_depth >= 2) {
        lexer_error(l, l->cursor, l->cursor + 1, "f-string: expressions nested too deeply");
        l->cursor = current(l)->end;
        return true;
    }
    lexer_push(l, TOK_FIELD_BEGIN, l->cursor, l->cursor + 1);
    l->cursor++;
    vec_push(l->c->arena, &l->brackets, bracket);
    l->in_text = false;
    lexer_update_condition(l);
    return true;
}

/* The end of the contents inside a format spec: its field was never closed. */
static void close_fields(Lexer *l)
{
    const char *at = l->file->text + vec_last(&l->brackets).start;

    if (!l->had_error)
        lexer_error(l, at, at + 1, "f-string: expecting '}'");
    for (; current(l)->spec_depth; current(l)->spec_depth--) {
        lexer_push(l, TOK_FIELD_END, current(l)->end, current(l)->end);
        l->brackets.len--;
    }
}

bool fstring_text(Lexer *l)
{
    FString *f = current(l);
    const char *start = l->cursor, *at = end_of_text(f, start);

    l->cursor = at;
    if (at == f->end) {
        push_text(l, start, at);
        if (f->spec_depth)
            close_fields(l);
        return end_fstring(l);
    }
    if (!f->spec_depth && at + 1 < f->end && at[1] == at[0]) { /* {{ or }}: one of them is text */
        push_text(l, start, at + 1);
        l->cursor = at + 2;
        return true;
    }
    push_text(l, start, at);
    if (*at == '{')
        return begin_field(l);

    l->start = at;
    l->cursor = at + 1;
    if (f->spec_depth)
        return fstring_field_end(l);
    Diag *diag = lexer_error(l, at, at + 1, "f-string: single '}' is not allowed");
    diag_help(l->c->diags, diag, "write '}}' for a brace that is printed");
    return true;
}

/* ---- what ends the expression of a field ---- */

/* The parser wants an expression in each field. */
static void check_not_empty(Lexer *l)
{
    if (vec_last(&l->tokens).kind != TOK_FIELD_BEGIN)
        return;
    lexer_error(l, l->start - 1, l->cursor, "f-string: empty expression not allowed");
    lexer_push(l, TOK_NONE, l->start, l->start);
}

/* Behind `=` and `!r` only a conversion, a spec or the end may stand. */
static void expect_end(Lexer *l, const char *allowed)
{
    if (l->cursor < current(l)->end && strchr(allowed, *l->cursor))
        return;
    lexer_error(l, l->cursor, l->cursor + (l->cursor < current(l)->end), "f-string: expecting '}'");
    while (l->cursor < current(l)->end && *l->cursor != '}')
        l->cursor++;
}

bool fstring_debug(Lexer *l)
{
    check_not_empty(l);
    while (l->cursor < current(l)->end && *l->cursor && strchr(" \t\f\v\r\n", *l->cursor))
        l->cursor++;
    lexer_push(l, TOK_FIELD_DEBUG, l->start, l->cursor);
    expect_end(l, "!:}");
    return true;
}

bool fstring_conversion(Lexer *l)
{
    char conversion = l->cursor < current(l)->end ? *l->cursor : 0;

    check_not_empty(l);
    if (!conversion || !strchr("rsa", conversion))
        lexer_error(l, l->start, l->cursor, "f-string: invalid conversion character: expected 's', 'r', or 'a'");
    else
        l->cursor++;
    lexer_push(l, TOK_FIELD_CONVERSION, l->start, l->cursor)->as.conversion = conversion;
    expect_end(l, ":}");
    return true;
}

bool fstring_spec(Lexer *l)
{
    check_not_empty(l);
    current(l)->spec_depth++;
    l->in_text = true;
    return token(l, TOK_FIELD_SPEC);
}

/* At `}`, in the field itself or in the text of its spec. */
bool fstring_field_end(Lexer *l)
{
    if (l->in_text)
        current(l)->spec_depth--;
    else
        check_not_empty(l);
    l->brackets.len--;
    l->in_text = true;
    return token(l, TOK_FIELD_END);
}

/* ---- a field that the quotes cut off ---- */

static bool is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static void report_cut(Lexer *l, const FString *f)
{
    Bracket bracket = vec_last(&l->brackets);
    const char *open = l->file->text + bracket.start;
    Diag *diag = bracket.open == 'F' ? lexer_error(l, open, open + 1, "f-string: expecting '}'")
                                     : lexer_error(l, open, open + 1, "f-string: '%c' was never closed", bracket.open);

    if (is_name_character(f->end[f->form.quote_len]))
        diag_help(l->c->diags, diag, "use the other kind of quotes inside the field: these end the f-string");
}

bool fstring_field_is_cut(Lexer *l)
{
    const FString *f = current(l);

    if (l->cursor + strspn(l->cursor, " \t\f\r\n") < f->end)
        return false;
    if (!l->had_error)
        report_cut(l, f);
    while (vec_last(&l->brackets).open != 'F')
        l->brackets.len--;
    l->brackets.len -= current(l)->spec_depth + 1;
    l->start = l->cursor = f->end;
    return end_fstring(l);
}

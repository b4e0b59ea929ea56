/* Names, numbers and strings: what the lexer does when a pattern of python.re has found one, and what it says about those that are
 * none.  Strings are only measured here; their contents are decoded when the parser asks (string.c), since adjacent ones join. */
#include "syntax/lexer.h"

#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

bool lexer_name(Lexer *l)
{
    const char *name = intern(l->c->names, l->start, (size_t)(l->cursor - l->start));

    lexer_push(l, TOK_NAME, l->start, l->cursor)->as.name = name;
    return true;
}

/* Characters that get into programs by copying from text, and what was meant. */
static const struct {
    uint32_t code_point;
    const char *meant;
} lookalikes[] = {
    {0x2018, "'"}, {0x2019, "'"}, {0x201c, "\""}, {0x201d, "\""}, {0x2013, "-"},  {0x2014, "-"},
    {0x2212, "-"}, {0xd7, "*"},   {0xf7, "/"},    {0x2264, "<="}, {0x2265, ">="}, {0x2260, "!="},
    {0xa0, " "},   {0xff08, "("}, {0xff09, ")"},  {0xff0c, ","},  {0xff1a, ":"},
};

static void report_character(Lexer *l, const char *at, uint32_t code_point, uint32_t len)
{
    Diag *diag = lexer_error(l, at, at + len, "invalid character '%.*s' (U+%04X)", (int)len, at, code_point);

    for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++) {
        if (lookalikes[i].code_point != code_point)
            continue;
        diag_help(l->c->diags, diag, "write '%s'", lookalikes[i].meant);
        diag_fix(l->c->diags, diag, lexer_span(l, at, at + len), lookalikes[i].meant);
    }
}

/* A run of letters and bytes beyond ASCII: a name as far as its characters belong in one. */
bool lexer_unicode_name(Lexer *l)
{
    const char *at = l->start, *end = l->cursor;

    while (at < end) {
        uint32_t code_point, len = utf8_decode(at, (size_t)(end - at), &code_point);
        if (!len) {
            lexer_error(l, at, at + 1, "the source is not valid UTF-8 here (byte 0x%02x)", (unsigned char)*at);
            l->cursor = at + 1;
            return true;
        }
        bool fits = code_point < 0x80 ||
                    (at == l->start ? unicode_starts_name(code_point) : unicode_continues_name(code_point));
        if (!fits && at == l->start) {
            report_character(l, at, code_point, len);
            l->cursor = at + len;
            return true;
        }
        if (!fits)
            break;
        at += len;
    }
    l->cursor = at;
    return lexer_name(l);
}

/* ---- numbers ---- */

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* `1if x else y` is Python: these keywords may touch a number. */
static bool is_touching_keyword(const char *at)
{
    static const char *const beginnings[] = {"and", "else", "for", "if", "in", "is", "not", "or"};

    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        if (!strncmp(at, beginnings[i], strlen(beginnings[i])))
            return true;
    }
    return false;
}

static const char *number_kind(const char *start)
{
    char base = start[0] == '0' ? start[1] : 0;

    switch (base) {
    case 'x':
    case 'X': return "hexadecimal";
    case 'o':
    case 'O': return "octal";
    case 'b':
    case 'B': return "binary";
    default: return "decimal";
    }
}

/* 0or is not `0 or` but a number to base 8 without digits. */
static bool is_bare_prefix(const Lexer *l)
{
    return l->cursor - l->start == 1 && *l->start == '0' && (*l->cursor | 0x20) == 'o';
}

/* A number that runs into letters or digits that it cannot have. */
static void check_number_end(Lexer *l)
{
    const char *end = l->cursor;

    if (!is_name_byte(*end) || (is_touching_keyword(end) && !is_bare_prefix(l)))
        return;
    while (is_name_byte(*end))
        end++;
    const char *kind = number_kind(l->start);
    if (*l->cursor >= '0' && *l->cursor <= '9')
        lexer_error(l, l->start, end, "invalid digit '%c' in %s literal", *l->cursor, kind);
    else
        lexer_error(l, l->start, end, "invalid %s literal", kind);
    l->cursor = end;
}

static uint64_t digit_value(char c)
{
    return c <= '9' ? (uint64_t)(c - '0') : (uint64_t)((c | 0x20) - 'a' + 10);
}

bool lexer_int(Lexer *l, int base)
{
    uint64_t value = 0;
    bool fits = true;

    for (const char *at = base == 10 ? l->start : l->start + 2; at < l->cursor; at++) {
        if (*at == '_')
            continue;
        uint64_t digit = digit_value(*at);
        fits = fits && value <= (UINT64_MAX - digit) / (uint64_t)base;
        value = value * (uint64_t)base + digit;
    }
    if (!fits || value > (uint64_t)1 << 63) {
        lexer_error(l, l->start, l->cursor, "this int does not fit into 64 bits");
        value = 0;
    }
    check_number_end(l);
    lexer_push(l, TOK_INT, l->start, l->cursor)->as.integer = value;
    return true;
}

bool lexer_float(Lexer *l)
{
    size_t len = 0;
    char *digits = arena_alloc(l->c->arena, (size_t)(l->cursor - l->start) + 1);

    for (const char *at = l->start; at < l->cursor; at++) {
        if (*at != '_')
            digits[len++] = *at;
    }
    digits[len] = 0;
    check_number_end(l);
    lexer_push(l, TOK_FLOAT, l->start, l->cursor)->as.real = strtod(digits, NULL);
    return true;
}

bool lexer_imaginary(Lexer *l)
{
    Diag *diag = lexer_error(l, l->start, l->cursor, "complex numbers are not supported");

    diag_help(l->c->diags, diag, "keep the two parts in two floats");
    check_number_end(l);
    lexer_push(l, TOK_FLOAT, l->start, l->cursor);
    return true;
}

bool lexer_leading_zeros(Lexer *l)
{
    Diag *diag = lexer_error(l, l->start, l->cursor, "leading zeros in decimal integer literals are not permitted");

    diag_help(l->c->diags, diag, "use an 0o prefix for octal integers");
    check_number_end(l);
    lexer_push(l, TOK_INT, l->start, l->cursor);
    return true;
}

/* ---- strings ---- */

/* From the opening quotes to the closing ones; NULL if they do not come, then *stop is where the search ended. */
static const char *find_closing(const Lexer *l, const char *at, char quote, uint8_t quote_len, const char **stop)
{
    const char *limit = l->fstrings.len ? vec_last(&l->fstrings).end : l->limit; /* a field does not reach beyond */

    for (; at < limit && *at; at++) {
        if (*at == quote && (quote_len == 1 || (at[1] == quote && at[2] == quote)))
            return at;
        if (*at == '\\')
            at += at[1] == '\r' && at[2] == '\n' ? 2 : 1;
        else if (quote_len == 1 && (*at == '\n' || *at == '\r'))
            break;
    }
    *stop = at < limit ? at : limit;
    return NULL;
}

static bool report_unterminated(Lexer *l, StringForm form, const char *stop)
{
    const char *open = l->start + form.prefix_len;

    if (!*stop && stop < l->limit) {
        lexer_error(l, stop, stop + 1, "source code cannot contain null bytes");
        l->cursor = stop + 1;
        return true;
    }
    lexer_error(l, open, open + form.quote_len, "unterminated %sstring literal",
                form.quote_len == 3 ? "triple-quoted " : "");
    l->cursor = stop;
    lexer_push(l, TOK_STRING, l->start, l->start)->as.form = (StringForm){0, 0, true};
    return true;
}

static bool has_prefix_letter(const Lexer *l, uint8_t prefix_len, char lower)
{
    for (uint8_t i = 0; i < prefix_len; i++) {
        if ((l->start[i] | 0x20) == lower)
            return true;
    }
    return false;
}

/* The cursor is behind the first quote. */
bool lexer_string(Lexer *l)
{
    const char *open = l->cursor - 1, *stop;
    StringForm form = {.prefix_len = (uint8_t)(open - l->start), .quote_len = 1};

    if (open[1] == open[0] && open[2] == open[0])
        form.quote_len = 3;
    form.is_raw = has_prefix_letter(l, form.prefix_len, 'r');
    const char *end = find_closing(l, open + form.quote_len, *open, form.quote_len, &stop);
    if (!end)
        return report_unterminated(l, form, stop);
    if (has_prefix_letter(l, form.prefix_len, 'f')) {
        l->cursor = open + form.quote_len;
        return fstring_begin(l, form, end);
    }
    l->cursor = end + form.quote_len;
    TokenKind kind = has_prefix_letter(l, form.prefix_len, 'b') ? TOK_BYTES : TOK_STRING;
    lexer_push(l, kind, l->start, l->cursor)->as.form = form;
    return true;
}

/* ---- what no pattern takes ---- */

static bool report_backslash(Lexer *l)
{
    if (l->fstrings.len)
        lexer_error(l, l->start, l->cursor, "f-string expression part cannot include a backslash");
    else if (l->cursor == l->limit)
        lexer_error(l, l->start, l->cursor, "unexpected end of file after line continuation");
    else
        lexer_error(l, l->start, l->cursor, "unexpected character after line continuation character");
    return true;
}

bool lexer_bad_character(Lexer *l)
{
    unsigned char c = (unsigned char)*l->start;
    Diag *diag;

    if (c == '\\')
        return report_backslash(l);
    if (c == '#')
        diag = lexer_error(l, l->start, l->cursor, "f-string expression part cannot include '#'");
    else if (c == 0)
        diag = lexer_error(l, l->start, l->cursor, "source code cannot contain null bytes");
    else if (c < 0x20 || c == 0x7f)
        diag = lexer_error(l, l->start, l->cursor, "invalid non-printable character U+%04X", c);
    else
        diag = lexer_error(l, l->start, l->cursor, "unexpected character '%c'", c);
    if (c == '!')
        diag_help(l->c->diags, diag, "write 'not'");
    if (c == '#' && l->fstrings.len)
        l->cursor = vec_last(&l->fstrings).end;
    return token(l, TOK_INVALID);
}

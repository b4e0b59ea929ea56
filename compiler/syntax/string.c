/* String literals: decoding escapes, joining adjacent literals, gathering the pieces of f-strings.
 *
 *     "a\n" f"b{x!r}c" "d"     ->     an FSTRING of text "a\nb", field x with conversion r, text "cd"
 *
 * A Literal gathers text until a field comes, then begins a new piece; without a field it becomes one STR or BYTES. */
#include "syntax/lexer.h"
#include "syntax/node.h"

#include <string.h>

struct Literal {
    Span span;
    Text text; /* what was decoded since the last field */
    FPartVec parts;
    uint32_t text_start; /* offset of that text, for its span */
    bool is_bytes, is_fstring, is_mixed;
};

Literal *literal_new(Parser *p)
{
    Literal *literal = arena_new(p->arena, Literal);

    literal->text.arena = p->arena;
    return literal;
}

/* ---- escapes ---- */

/* Reading the contents of one literal. */
typedef struct Decoder {
    Parser *p;
    Text *out;
    const char *at, *end;
    bool is_bytes;
} Decoder;

static Span span_at(const Decoder *d, const char *start, const char *end)
{
    const char *text = d->p->file->text;

    return (Span){(uint32_t)(start - text), (uint32_t)(end - text), d->p->file->id};
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put(Decoder *d, uint32_t code_point)
{
    if (d->is_bytes)
        text_char(d->out, (char)code_point);
    else
        text_code_point(d->out, code_point);
}

/* \xhh, \uhhhh, \Uhhhhhhhh: `at` is behind the letter. */
static void decode_hex(Decoder *d, const char *start, int digits)
{
    uint32_t value = 0;
    int read = 0;

    for (; read < digits && d->at < d->end && hex_value(*d->at) >= 0; read++)
        value = value << 4 | (uint32_t)hex_value(*d->at++);
    Span span = span_at(d, start, d->at);
    if (read < digits)
        parser_error(d->p, span, "truncated \\%c escape: it takes %d hexadecimal digits", start[1], digits);
    else if (value > 0x10ffff)
        parser_error(d->p, span, "illegal Unicode character: the last one is \\U0010ffff");
    else if (value >= 0xd800 && value <= 0xdfff && !d->is_bytes)
        parser_error(d->p, span, "surrogate code points are not supported: strings are UTF-8");
    else
        put(d, value);
}

static void decode_octal(Decoder *d)
{
    uint32_t value = 0;

    for (int i = 0; i < 3 && d->at < d->end && *d->at >= '0' && *d->at <= '7'; i++)
        value = value << 3 | (uint32_t)(*d->at++ - '0');
    put(d, d->is_bytes ? value & 0xff : value);
}

/* \N{name} */
static void decode_named(Decoder *d, const char *start)
{
    const char *name = d->at + 1;
    const char *close = d->at < d->end && *d->at == '{' ? memchr(d->at, '}', (size_t)(d->end - d->at)) : NULL;
    uint32_t code_point = close ? unicode_named(name, (size_t)(close - name)) : 0;

    if (close)
        d->at = close + 1;
    if (code_point) {
        put(d, code_point);
        return;
    }
    Span span = span_at(d, start, d->at);
    if (!close) {
        parser_error(d->p, span, "malformed \\N character escape");
        return;
    }
    Diag *diag = parser_error(d->p, span, "'%.*s' is not among the character names that are known here",
                              (int)(close - name), name);
    diag_help(d->p->c->diags, diag, "write the character itself, or its code as \\uhhhh");
}

static void keep_unknown(Decoder *d, const char *start)
{
    uint32_t len = utf8_decode(start + 1, (size_t)(d->end - start - 1), NULL);

    diag_warning(d->p->c->diags, "escape", span_at(d, start, start + 1 + len), "invalid escape sequence '%.*s'",
                 1 + (int)len, start);
    text_char(d->out, '\\');
    d->at = start + 1;
}

/* Of one letter each. */
static int simple_escape(char c)
{
    static const char letters[] = "\\'\"abfnrtv", values[] = "\\'\"\a\b\f\n\r\t\v";
    const char *found = c ? strchr(letters, c) : NULL;

    return found ? values[found - letters] : -1;
}

static void decode_escape(Decoder *d)
{
    const char *start = d->at++;
    char c = d->at < d->end ? *d->at : 0;

    if (c >= '0' && c <= '7') {
        decode_octal(d);
        return;
    }
    d->at++;
    if (simple_escape(c) >= 0)
        text_char(d->out, (char)simple_escape(c));
    else if (c == '\r')
        d->at += *d->at == '\n';
    else if (c == '\n')
        return; /* joins lines */
    else if (c == 'x')
        decode_hex(d, start, 2);
    else if (c == 'u' && !d->is_bytes)
        decode_hex(d, start, 4);
    else if (c == 'U' && !d->is_bytes)
        decode_hex(d, start, 8);
    else if (c == 'N' && !d->is_bytes)
        decode_named(d, start);
    else
        keep_unknown(d, start);
}

/* Bytes hold ASCII; the rest must be UTF-8. Gives the length of the character. */
static uint32_t check_character(Decoder *d)
{
    uint32_t len = utf8_decode(d->at, (size_t)(d->end - d->at), NULL);

    if (!len)
        parser_error(d->p, span_at(d, d->at, d->at + 1), "the source is not valid UTF-8 here (byte 0x%02x)",
                     (unsigned char)*d->at);
    else if (d->is_bytes && len > 1)
        parser_error(d->p, span_at(d, d->at, d->at + len), "bytes can only contain ASCII literal characters");
    return len ? len : 1;
}

/* A run of characters that mean themselves. */
static const char *end_of_plain(Decoder *d, bool is_raw)
{
    const char *at = d->at;

    while (at < d->end && *at != '\r' && (is_raw || *at != '\\')) {
        if ((unsigned char)*at < 0x80) {
            at++;
            continue;
        }
        const char *saved = d->at;
        d->at = at;
        at += check_character(d);
        d->at = saved;
    }
    return at;
}

static void decode(Parser *p, Text *out, uint32_t start, uint32_t end, bool is_raw, bool is_bytes)
{
    Decoder d = {p, out, p->file->text + start, p->file->text + end, is_bytes};

    while (d.at < d.end) {
        const char *plain = d.at;
        d.at = end_of_plain(&d, is_raw);
        text_append_n(out, plain, (size_t)(d.at - plain));
        if (d.at == d.end)
            break;
        if (*d.at == '\\') {
            decode_escape(&d);
        } else { /* a line end of another system */
            d.at += d.at + 1 < d.end && d.at[1] == '\n' ? 2 : 1;
            text_char(out, '\n');
        }
    }
}

/* ---- gathering ---- */

static void widen(Parser *p, Literal *literal, Tok first, Tok last)
{
    literal->span = span_join(literal->span, span_tokens(p, first, last));
}

void literal_add_string(Parser *p, Literal *literal, Tok string)
{
    bool is_bytes = string->kind == TOK_BYTES, is_first = !literal->span.file;
    uint32_t quote_len = string->as.form.quote_len;

    if (is_first)
        literal->is_bytes = is_bytes;
    else if (is_bytes != literal->is_bytes)
        literal->is_mixed = true;
    if (!literal->text.len)
        literal->text_start = string->start;
    widen(p, literal, string, string);
    decode(p, &literal->text, string->start + string->as.form.prefix_len + quote_len, string->end - quote_len,
           string->as.form.is_raw, is_bytes);
}

void literal_add_text(Parser *p, Literal *literal, Tok text)
{
    if (!literal->text.len)
        literal->text_start = text->start;
    widen(p, literal, text, text);
    decode(p, &literal->text, text->start, text->end, text->as.form.is_raw, false);
}

static void flush(Parser *p, Literal *literal, uint32_t end)
{
    FPart part = {.text = literal->text.data, .len = (uint32_t)literal->text.len};

    if (!part.len)
        return;
    part.span = (Span){literal->text_start, end, p->file->id};
    vec_push(p->arena, &literal->parts, part);
    literal->text = text_make(p->arena);
}

/* The text of {x = } is that of the source, up to where the token of the `=` ends. */
static void set_debug_text(Parser *p, FPart *part, Tok open, Tok debug)
{
    Text text = text_make(p->arena);

    for (uint32_t at = open->end; at < debug->end; at++) {
        char c = p->file->text[at];
        if (c != '\r')
            text_char(&text, c);
        else if (p->file->text[at + 1] != '\n')
            text_char(&text, '\n');
    }
    part->text = text.data;
    part->len = (uint32_t)text.len;
}

void literal_add_field(Parser *p, Literal *literal, Tok open, Node *value, Tok debug, Tok conversion, Node *spec,
                       Tok close)
{
    FPart part = {.expr = value, .spec = spec, .span = span_tokens(p, open, close)};

    if (conversion)
        part.conversion = conversion->as.conversion;
    else if (debug && !spec)
        part.conversion = 'r';
    if (debug)
        set_debug_text(p, &part, open, debug);
    flush(p, literal, open->start);
    widen(p, literal, open, close);
    vec_push(p->arena, &literal->parts, part);
}

static void append_text(Literal *literal, const Text *text, uint32_t start)
{
    if (!text->len)
        return;
    if (!literal->text.len)
        literal->text_start = start;
    text_append_n(&literal->text, text->data, text->len);
}

void literal_add_fstring(Parser *p, Literal *literal, Tok open, Literal *contents, Tok close)
{
    if (literal->is_bytes)
        literal->is_mixed = true;
    for (uint32_t i = 0; i < contents->parts.len; i++) {
        FPart part = contents->parts.items[i];
        if (part.expr) {
            flush(p, literal, part.span.start);
            vec_push(p->arena, &literal->parts, part);
            continue;
        }
        Text text = {.data = (char *)part.text, .len = part.len};
        append_text(literal, &text, part.span.start);
    }
    append_text(literal, &contents->text, contents->text_start);
    literal->is_fstring = true;
    widen(p, literal, open, close);
}

/* ---- the node ---- */

static Node *fstring_node(Parser *p, Literal *literal)
{
    Node *n = node_new(p, NODE_FSTRING, literal->span);

    flush(p, literal, literal->span.end);
    n->as.fstring.parts = literal->parts;
    return n;
}

Node *literal_node(Parser *p, Literal *literal)
{
    if (literal->is_mixed)
        parser_error(p, literal->span, "cannot mix bytes and nonbytes literals");
    if (literal->is_fstring)
        return fstring_node(p, literal);
    Node *n = node_new(p, literal->is_bytes ? NODE_BYTES : NODE_STR, literal->span);
    n->as.str.text = text_string(&literal->text);
    n->as.str.len = (uint32_t)literal->text.len;
    return n;
}

Node *literal_spec(Parser *p, Tok colon, Literal *contents)
{
    if (!contents->span.file)
        contents->span = (Span){colon->end, colon->end, p->file->id};
    return fstring_node(p, contents);
}

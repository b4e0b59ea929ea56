#include "emit/out.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

enum { WIDTH = 110, TAB = 4 };

Out out_make(Compilation *c)
{
    return (Out){.c = c};
}

static void add(Out *out, LineKind kind, int indent, const char *text)
{
    Line line = {.kind = kind, .indent = indent, .text = text, .source = out->source, .file = out->file};

    vec_push(out->c->arena, &out->lines, line);
}

#define FORMATTED(name)                                                                                                \
    const char *name;                                                                                                  \
    do {                                                                                                               \
        va_list args;                                                                                                  \
        va_start(args, format);                                                                                        \
        name = arena_vprintf(out->c->arena, format, args);                                                             \
        va_end(args);                                                                                                  \
    } while (0)

/* -- lines ---------------------------------------------------------------------------------------------------------------------- */

void out_line(Out *out, const char *format, ...)
{
    FORMATTED(text);
    add(out, LINE_PLAIN, out->indent, text);
}

void out_declare(Out *out, const char *format, ...)
{
    FORMATTED(text);
    out_statement_follows(out);
    add(out, LINE_DECLARATION, out->indent, text);
}

void out_comment(Out *out, const char *format, ...)
{
    FORMATTED(text);
    add(out, LINE_COMMENT, out->indent, arena_printf(out->c->arena, "/* %s */", text));
}

void out_directive(Out *out, const char *format, ...)
{
    FORMATTED(text);
    add(out, LINE_DIRECTIVE, 0, text);
}

void out_blank(Out *out)
{
    if (!out->lines.len || !*vec_last(&out->lines).text || vec_last(&out->lines).kind == LINE_BEGIN)
        return;
    add(out, LINE_PLAIN, 0, "");
}

void out_label(Out *out, const char *format, ...)
{
    FORMATTED(text);
    add(out, LINE_LABEL, out->indent > 0 ? out->indent - 1 : 0, text);
}

void out_statement_follows(Out *out)
{
    if (!out->lines.len || vec_last(&out->lines).kind != LINE_LABEL)
        return;
    Line *label = &vec_last(&out->lines);
    const char *comment = strstr(label->text, " /*");
    label->text = comment ? arena_printf(out->c->arena, "%.*s;%s", (int)(comment - label->text), label->text, comment)
                          : arena_printf(out->c->arena, "%s;", label->text);
}

/* -- blocks ---------------------------------------------------------------------------------------------------------------------- */

uint32_t out_begin(Out *out, const char *format, ...)
{
    FORMATTED(text);
    add(out, LINE_BEGIN, out->indent, text);
    out->indent++;
    return out->lines.len;
}

/* Is what stands from `begin` to `end` one statement on one line? */
static bool is_simple_line(const Out *out, uint32_t begin, uint32_t end)
{
    const Line *line = &out->lines.items[begin];

    return end == begin + 1 && line->kind == LINE_PLAIN && *line->text && strncmp(line->text, "if ", 3) != 0 && line->text[strlen(line->text) - 1] == ';';
}

static void close_brace(Out *out, uint32_t begin, const char *tail)
{
    Line *first = &out->lines.items[begin - 1];

    first->text = *first->text ? arena_printf(out->c->arena, "%s {", first->text) : "{";
    add(out, LINE_PLAIN, out->indent, tail);
}

void out_end(Out *out, uint32_t begin)
{
    out_statement_follows(out);
    out->indent--;
    if (is_simple_line(out, begin, out->lines.len) && *out->lines.items[begin - 1].text)
        return;
    close_brace(out, begin, "}");
}

void out_end_with(Out *out, uint32_t begin, const char *tail)
{
    out_statement_follows(out);
    out->indent--;
    close_brace(out, begin, tail);
}

void out_branch(Out *out, PosVec *chain, const char *format, ...)
{
    FORMATTED(text);
    if (chain->len) {
        out_statement_follows(out);
        out->indent--;
    }
    add(out, LINE_BEGIN, out->indent, text);
    out->indent++;
    vec_push(out->c->arena, chain, out->lines.len);
}

void out_end_chain(Out *out, const PosVec *chain)
{
    bool is_short = true;

    out_statement_follows(out);
    out->indent--;
    for (uint32_t i = 0; i < chain->len; i++)
        is_short &= is_simple_line(out, chain->items[i], i + 1 < chain->len ? chain->items[i + 1] - 1 : out->lines.len);
    if (is_short)
        return;
    for (uint32_t i = 0; i < chain->len; i++) {
        Line *line = &out->lines.items[chain->items[i] - 1];
        line->text = arena_printf(out->c->arena, "%s%s {", i ? "} " : "", line->text);
    }
    add(out, LINE_PLAIN, out->indent, "}");
}

/* -- where lines are from ------------------------------------------------------------------------------------------------------------ */

void out_span(Out *out, Span span)
{
    const SourceFile *file = source_of(out->c->sources, span);

    if (!file)
        return;
    out->source = source_line(file, span.start);
    out->file = file->id;
}

void out_own(Out *out)
{
    out->source = 0;
    out->file = 0;
}

void out_join(Out *out, const Out *section)
{
    for (uint32_t i = 0; i < section->lines.len; i++)
        vec_push(out->c->arena, &out->lines, section->lines.items[i]);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Does a word begin here, that is no member of a struct? */
static bool is_own_word(const char *text, const char *at)
{
    return at == text || (!is_word(at[-1]) && at[-1] != '.' && !(at - text >= 2 && at[-1] == '>' && at[-2] == '-'));
}

bool out_mentions(const Out *out, uint32_t from, const char *word)
{
    size_t len = strlen(word);

    for (uint32_t i = from; i < out->lines.len; i++)
        for (const char *at = out->lines.items[i].text; (at = strstr(at, word)); at += len)
            if (is_own_word(out->lines.items[i].text, at) && !is_word(at[len]))
                return true;
    return false;
}

/* -- printing ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct Printer {
    Compilation *c;
    const char *path;
    Text *text;
    uint32_t line;      /* of the C file, to come */
    uint32_t source, file; /* what the C compiler believes of the line to come; 0: the C file */
    const char **names;    /* by SourceFile.id, 0 is the C file: its path, quoted, and a newline */
} Printer;

static void newline(Printer *p)
{
    text_char(p->text, '\n');
    p->line++;
    if (p->source)
        p->source++;
}

/* A line without code of its own: what the C compiler believes of it does not matter. */
static bool is_silent(const Line *line)
{
    if (line->kind == LINE_DIRECTIVE || line->kind == LINE_LABEL || line->kind == LINE_COMMENT || !*line->text)
        return true;
    return strcmp(line->text, "{") == 0 || (line->indent && strcmp(line->text, "}") == 0);
}

static const char *quoted_file(Printer *p, uint32_t file)
{
    if (!p->names[file])
        p->names[file] = arena_printf(p->c->arena, " \"%s\"\n", file ? p->c->sources->files.items[file - 1]->path : p->path);
    return p->names[file];
}

static void print_directive(Printer *p, const Line *line)
{
    if (p->c->options.no_line || (line->source == p->source && line->file == p->file) || is_silent(line))
        return;
    p->line++;
    text_append(p->text, "#line ");
    text_number(p->text, line->source ? line->source : p->line);
    text_append(p->text, quoted_file(p, line->source ? line->file : 0));
    p->source = line->source;
    p->file = line->file;
}

/* Where a line that is too long is best continued: after the last comma, before the last operator, at the smallest depth of
 * parentheses; 0: nowhere. */
static size_t break_of(const char *text, size_t room)
{
    size_t best = 0;
    int best_depth = 1000, depth = 0;
    char quote = 0;

    for (size_t i = 0; text[i] && i < room; i++) {
        char c = text[i];
        if (quote) {
            if (c == '\\')
                i++;
            else if (c == quote)
                quote = 0;
            continue;
        }
        if (c == '"' || c == '\'')
            quote = c;
        else if (c == '(' || c == '[' || c == '{')
            depth++;
        else if (c == ')' || c == ']' || c == '}')
            depth--;
        else if (c == ' ' && i > 20 && depth <= best_depth + (i - best < 30 ? 0 : 1)) {
            bool after_comma = text[i - 1] == ',';
            bool at_operator = strncmp(text + i, " && ", 4) == 0 || strncmp(text + i, " || ", 4) == 0 ||
                               strncmp(text + i, " ? ", 3) == 0 || strncmp(text + i, " : ", 3) == 0 || strncmp(text + i, " + ", 3) == 0;
            if (after_comma || at_operator) {
                best = i;
                best_depth = depth;
            }
        }
    }
    return best;
}

/* What a one-line `if` does. */
static const char *leaving_part(const char *text)
{
    const char *at = strstr(text, ") goto "), *other = strstr(text, ") return ");

    return at ? at + 2 : other ? other + 2 : NULL;
}

static void print_wrapped(Printer *p, const Line *line, size_t len)
{
    const char *text = line->text, *end = text + len, *leaving;
    size_t column = (size_t)line->indent * TAB;

    text_fill(p->text, ' ', column);
    if (column + len > WIDTH && strncmp(text, "if (", 4) == 0 && (leaving = leaving_part(text))) { /* if (…) goto … */
        text_append_n(p->text, text, (size_t)(leaving - text) - 1);
        newline(p);
        column += TAB;
        text_fill(p->text, ' ', column);
        text = leaving;
    }
    while (column + (size_t)(end - text) > WIDTH && line->kind != LINE_COMMENT && line->kind != LINE_DIRECTIVE) {
        size_t at = break_of(text, WIDTH - column);
        if (!at)
            break;
        text_append_n(p->text, text, at);
        newline(p);
        text += at + 1;
        column = (size_t)line->indent * TAB + 2 * TAB;
        text_fill(p->text, ' ', column);
    }
    text_append_n(p->text, text, (size_t)(end - text));
    newline(p);
}

/* A comment of several lines counts each. */
static void print_comment(Printer *p, const Line *line)
{
    const char *text = line->text;

    for (size_t len; *text; text += len + (text[len] == '\n')) {
        len = strcspn(text, "\n");
        text_fill(p->text, ' ', (size_t)line->indent * TAB);
        text_append_n(p->text, text, len);
        newline(p);
    }
}

/* What the lines come to, wrapping and directives included, more or less: so that the text grows once. */
static size_t size_of(const Out *out)
{
    size_t size = 0;

    for (uint32_t i = 0; i < out->lines.len; i++)
        size += strlen(out->lines.items[i].text) + (size_t)out->lines.items[i].indent * TAB + 48;
    return size;
}

static void print_line(Printer *p, const Line *line)
{
    print_directive(p, line);
    if (!*line->text)
        newline(p);
    else if (line->kind == LINE_COMMENT)
        print_comment(p, line);
    else
        print_wrapped(p, line, strlen(line->text));
}

void out_print(const Out *const *sections, size_t count, const char *path, Text *text)
{
    Compilation *c = sections[0]->c;
    Printer p = {.c = c, .path = path, .text = text, .line = 1};
    size_t size = 0;

    p.names = arena_array(c->arena, const char *, c->sources->files.len + 1);
    for (size_t i = 0; i < count; i++)
        size += size_of(sections[i]);
    text_reserve(text, size);
    for (size_t i = 0; i < count; i++) {
        bool is_apart = text->len < 2 || text->data[text->len - 2] == '\n';
        if (sections[i]->lines.len && !is_apart)
            newline(&p);
        for (uint32_t j = 0; j < sections[i]->lines.len; j++)
            print_line(&p, &sections[i]->lines.items[j]);
    }
}

const char *out_quoted(Compilation *c, Span span, size_t limit)
{
    const SourceFile *file = source_of(c->sources, span);
    Text text = text_make(c->arena);

    if (!file)
        return "";
    for (uint32_t at = span.start; at < span.end && at < file->len; at++) {
        char ch = file->text[at];
        if (text.len >= limit || ch == '\n') {
            text_append(&text, " …");
            break;
        }
        bool ends = (ch == '*' && file->text[at + 1] == '/') || (ch == '/' && file->text[at + 1] == '*');
        bool is_trigraph = ch == '?' && file->text[at + 1] == '?';
        text_char(&text, ch);
        if (ends || is_trigraph || (ch == '\\' && at + 1 == span.end))
            text_char(&text, ' ');
    }
    return text_string(&text);
}

/* Literals: numbers as C writes them, strings and bytes as static objects at the top of the file, named for what they say. */
#include "emit/internal.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* -- numbers ------------------------------------------------------------------------------------------------------------------- */

Piece int_literal(Emit *e, int64_t value)
{
    if (value == INT64_MIN)
        return (Piece){"INT64_MIN", PREC_PRIMARY};
    return (Piece){TEXT(e, "%lld", (long long)value), value < 0 ? PREC_UNARY : PREC_PRIMARY};
}

/* The shortest digits that read back as the same number, and always a point or an exponent. */
Piece float_literal(Emit *e, double value)
{
    char digits[40];

    if (isnan(value) || isinf(value)) {
        need_header(e, "<math.h>");
        return (Piece){isnan(value) ? "(double)NAN" : value < 0 ? "-(double)INFINITY" : "(double)INFINITY", PREC_UNARY};
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    if (!strpbrk(digits, ".e"))
        strcat(digits, ".0");
    return (Piece){arena_strdup(e->arena, digits), value < 0 || signbit(value) ? PREC_UNARY : PREC_PRIMARY};
}

/* -- strings -------------------------------------------------------------------------------------------------------------------- */

/* As a C string: printable ASCII and well-formed UTF-8 as they are, else three octal digits, which cannot run into what follows. */
const char *c_quoted(Emit *e, const char *text, size_t len)
{
    Text out = text_make(e->arena);
    uint32_t code;

    text_char(&out, '"');
    for (size_t i = 0; i < len;) {
        unsigned char c = (unsigned char)text[i];
        uint32_t size = c < 128 ? 1 : utf8_decode(text + i, len - i, &code);
        bool is_trigraph = c == '?' && i > 0 && text[i - 1] == '?';
        if (c == '"' || c == '\\' || is_trigraph)
            text_printf(&out, "\\%c", c);
        else if (c == '\n')
            text_append(&out, "\\n");
        else if (c == '\t')
            text_append(&out, "\\t");
        else if (c < 128 ? isprint(c) : size > 1)
            text_append_n(&out, text + i, size);
        else
            text_printf(&out, "\\%03o", c);
        i += size ? size : 1;
    }
    text_char(&out, '"');
    return text_string(&out);
}

/* "Hello, world!" → "hello_world". */
static const char *readable(Emit *e, const char *text, uint32_t len)
{
    Text out = text_make(e->arena);

    for (uint32_t i = 0; i < len && out.len < 24; i++) {
        unsigned char c = (unsigned char)text[i];
        if (isalnum(c) && c < 128)
            text_char(&out, (char)tolower(c));
        else if (out.len && out.data[out.len - 1] != '_')
            text_char(&out, '_');
    }
    while (out.len && out.data[out.len - 1] == '_')
        out.data[--out.len] = 0;
    return text_string(&out);
}

static const char *literal(Emit *e, char kind, const char *text, uint32_t len)
{
    char *bytes = arena_array(e->arena, char, len + 2);
    bytes[0] = kind;
    memcpy(bytes + 1, text, len);
    const char *key = intern(e->c->names, bytes, len + 1), *name = map_get(&e->strings, key);

    if (name)
        return name;
    const char *stem = readable(e, text, len), *prefix = kind == 's' ? "str" : "bytes";
    name = name_in_file(e, *stem ? TEXT(e, "%s_%s", prefix, stem) : TEXT(e, "%s_%u", prefix, e->strings.len + 1));
    if (kind == 's')
        out_line(&e->constants, "static art_str %s = ART_STR_LITERAL(%s, %u);", name, c_quoted(e, text, len), utf8_count(text, len));
    else
        out_line(&e->constants, "static art_bytes %s = ART_BYTES_LITERAL(%s);", name, c_quoted(e, text, len));
    name = TEXT(e, "&%s", name);
    map_set(e->arena, &e->strings, key, (void *)(uintptr_t)name);
    return name;
}

const char *string_literal(Emit *e, const char *text, uint32_t len)
{
    return len ? literal(e, 's', text, len) : "&art_str_empty";
}

const char *bytes_literal(Emit *e, const char *text, uint32_t len)
{
    return literal(e, 'b', text, len);
}

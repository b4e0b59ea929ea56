/* The growing text: doubles in the arena, in place where it is the newest block, which it mostly is. */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

Text text_make(Arena *arena)
{
    return (Text){.arena = arena};
}

/* Room for `len` more characters and a NUL. */
static void reserve(Text *text, size_t len)
{
    size_t needed = text->len + len + 1, cap = text->cap ? text->cap : 16;

    if (needed <= text->cap)
        return;
    while (cap < needed)
        cap *= 2;
    text->data = arena_grow(text->arena, text->data, text->cap, cap);
    text->cap = cap;
}

void text_append_n(Text *text, const char *bytes, size_t len)
{
    reserve(text, len);
    if (len)
        memcpy(text->data + text->len, bytes, len);
    text->len += len;
    text->data[text->len] = 0;
}

void text_append(Text *text, const char *string)
{
    text_append_n(text, string, strlen(string));
}

void text_char(Text *text, char c)
{
    reserve(text, 1);
    text->data[text->len++] = c;
    text->data[text->len] = 0;
}

void text_fill(Text *text, char c, size_t count)
{
    reserve(text, count);
    memset(text->data + text->len, c, count);
    text->len += count;
    text->data[text->len] = 0;
}

void text_code_point(Text *text, uint32_t c)
{
    if (c < 0x80) {
        text_char(text, (char)c);
        return;
    }
    if (c < 0x800) {
        text_char(text, (char)(0xc0 | c >> 6));
    } else {
        if (c < 0x10000) {
            text_char(text, (char)(0xe0 | c >> 12));
        } else {
            text_char(text, (char)(0xf0 | c >> 18));
            text_char(text, (char)(0x80 | (c >> 12 & 0x3f)));
        }
        text_char(text, (char)(0x80 | (c >> 6 & 0x3f)));
    }
    text_char(text, (char)(0x80 | (c & 0x3f)));
}

void text_vprintf(Text *text, const char *format, va_list args)
{
    va_list again;

    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0)
        return;
    reserve(text, (size_t)len);
    vsnprintf(text->data + text->len, (size_t)len + 1, format, args);
    text->len += (size_t)len;
}

void text_printf(Text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    text_vprintf(text, format, args);
    va_end(args);
}

const char *text_string(const Text *text)
{
    return text->data ? text->data : "";
}

void text_quoted(Text *text, const char *bytes, size_t len)
{
    text_char(text, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '"' || c == '\\')
            text_printf(text, "\\%c", c);
        else if (c == '\n')
            text_append(text, "\\n");
        else if (c == '\t')
            text_append(text, "\\t");
        else if (c == '\r')
            text_append(text, "\\r");
        else if (c < 0x20 || c == 0x7f)
            text_printf(text, "\\u%04x", c);
        else
            text_char(text, (char)c);
    }
    text_char(text, '"');
}

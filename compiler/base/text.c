/* The growing text: doubles in the arena, in place where it is the newest block, which it mostly is. */
#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

Text text_make(Arena *arena)
{
    return (Text){.arena = arena};
}

static void grow(Text *text, size_t needed)
{
    size_t cap = text->cap ? text->cap : 64;

    while (cap < needed)
        cap *= 2;
    text->data = arena_grow(text->arena, text->data, text->cap, cap);
    text->cap = cap;
}

/* Room for `len` more characters and a NUL. */
static inline void reserve(Text *text, size_t len)
{
    if (text->len + len + 1 > text->cap)
        grow(text, text->len + len + 1);
}

void text_reserve(Text *text, size_t len)
{
    size_t needed = text->len + len + 1;

    if (needed <= text->cap)
        return;
    text->data = arena_grow(text->arena, text->data, text->cap, needed);
    text->cap = needed;
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

/* -- formatting -- */

void text_number(Text *text, unsigned long long value)
{
    char digits[24], *at = digits + sizeof digits;

    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    text_append_n(text, at, (size_t)(digits + sizeof digits - at));
}

static void append_signed(Text *text, long long value)
{
    if (value < 0)
        text_char(text, '-');
    text_number(text, value < 0 ? 0ull - (unsigned long long)value : (unsigned long long)value);
}

/* One directive that the emitter uses all the time, taken from `args`. Returns what follows it, or NULL when it is another one. */
static const char *append_directive(Text *text, const char *at, va_list *args)
{
    switch (*at) {
    case 's': {
        const char *string = va_arg(*args, const char *);
        text_append(text, string ? string : "(null)");
        return at + 1;
    }
    case 'u': text_number(text, va_arg(*args, unsigned)); return at + 1;
    case 'd': append_signed(text, va_arg(*args, int)); return at + 1;
    case 'c': text_char(text, (char)va_arg(*args, int)); return at + 1;
    case '%': text_char(text, '%'); return at + 1;
    case '.':
        if (at[1] == '*' && at[2] == 's') {
            int len = va_arg(*args, int);
            const char *string = va_arg(*args, const char *);
            text_append_n(text, string, strnlen(string, (size_t)len));
            return at + 3;
        }
        return NULL;
    case 'l':
        if (at[1] == 'l' && at[2] == 'd') {
            append_signed(text, va_arg(*args, long long));
            return at + 3;
        }
        return NULL;
    default: return NULL;
    }
}

static void print_by_library(Text *text, const char *format, va_list args)
{
    va_list again;

    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len <= 0)
        return;
    reserve(text, (size_t)len);
    vsnprintf(text->data + text->len, (size_t)len + 1, format, args);
    text->len += (size_t)len;
}

/* The few directives above by hand, since half of all time went into the C library's; a format with any other is the library's. */
void text_vprintf(Text *text, const char *format, va_list args)
{
    size_t begin = text->len;
    va_list again;

    va_copy(again, args);
    for (const char *at = format; at && *at;) {
        const char *run = at;
        while (*at && *at != '%')
            at++;
        if (at != run)
            text_append_n(text, run, (size_t)(at - run));
        if (!*at)
            break;
        at = append_directive(text, at + 1, &again);
        if (!at) {
            text->len = begin;
            print_by_library(text, format, args);
        }
    }
    va_end(again);
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

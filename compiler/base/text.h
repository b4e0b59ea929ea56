/* Text that grows: for messages, dumps and the generated C.
 *
 *     Text text = text_make(arena);
 *     text_printf(&text, "%d item%s\n", n, n == 1 ? "" : "s");
 *     fwrite(text.data, 1, text.len, stdout);
 *
 * There is always a NUL behind the last character once something was appended; text_string gives "" before that. */
#ifndef ASYNCC_BASE_TEXT_H
#define ASYNCC_BASE_TEXT_H

#include "base/arena.h"

#include <stdint.h>

typedef struct Text {
    char *data;
    size_t len, cap;
    Arena *arena;
} Text;

Text text_make(Arena *arena);
void text_reserve(Text *text, size_t len); /* room for so much more */
void text_append(Text *text, const char *string);
void text_append_n(Text *text, const char *bytes, size_t len);
void text_char(Text *text, char c);
void text_fill(Text *text, char c, size_t count);
void text_number(Text *text, unsigned long long value);
void text_code_point(Text *text, uint32_t code_point); /* as UTF-8 */
void text_printf(Text *text, const char *format, ...) BASE_PRINTF(2, 3);
void text_vprintf(Text *text, const char *format, va_list args) BASE_PRINTF(2, 0);
const char *text_string(const Text *text);

/* The text as a literal of Python, C or JSON would show it: quotes, escapes for control characters; UTF-8 as it is. */
void text_quoted(Text *text, const char *bytes, size_t len);

#endif

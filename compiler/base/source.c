/* Reading source files, and from offsets to lines and columns. */
#include "base/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The next of a character in a text, from `at`, unless `found` is that already. */
static const char *look_for(const char *found, char c, const char *at, const char *end)
{
    if (found && found >= at)
        return found;
    found = memchr(at, c, (size_t)(end - at));
    return found ? found : end;
}

/* A line ends at "\n", "\r\n" or a lone "\r", as in Python. */
static void find_lines(Arena *arena, SourceFile *file)
{
    Vec(uint32_t) starts = {0};
    const char *at = file->text, *end = at + file->len, *newline = NULL, *carriage = NULL;

    vec_grow(arena, &starts, file->len / 32 + 16);
    vec_push(arena, &starts, 0);
    for (;;) {
        newline = look_for(newline, '\n', at, end);
        carriage = look_for(carriage, '\r', at, end);
        at = carriage + 1 < newline ? carriage : newline;
        if (at == end)
            break;
        at++;
        vec_push(arena, &starts, (uint32_t)(at - file->text));
    }
    file->line_count = starts.len;
    vec_push(arena, &starts, file->len);
    file->line_starts = starts.items;
}

/* Takes over `text`, which has a NUL behind it. */
static SourceFile *add_owned(Sources *sources, const char *path, const char *text, size_t len)
{
    SourceFile *file = arena_new(sources->arena, SourceFile);

    if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
        text += 3;
        len -= 3;
    }
    file->path = arena_strdup(sources->arena, path);
    file->text = text;
    file->len = (uint32_t)len;
    vec_push(sources->arena, &sources->files, file);
    file->id = sources->files.len;
    find_lines(sources->arena, file);
    return file;
}

SourceFile *source_add(Sources *sources, const char *path, const char *text, size_t len)
{
    return add_owned(sources, path, arena_strndup(sources->arena, text, len), len);
}

/* What is left of a stream, to make room for it at once; a guess where the stream cannot tell. */
static size_t size_of(FILE *stream)
{
    long size = -1;

    if (!fseek(stream, 0, SEEK_END)) {
        size = ftell(stream);
        rewind(stream);
    }
    return size > 0 && size < INT32_MAX ? (size_t)size : 64 * 1024;
}

static SourceFile *read_stream(Sources *sources, const char *path, FILE *stream)
{
    size_t len = 0, cap = size_of(stream) + 2; /* a NUL, and a byte more to see the end */
    char *text = arena_alloc(sources->arena, cap);

    for (;;) {
        len += fread(text + len, 1, cap - 1 - len, stream);
        if (len < cap - 1)
            break;
        text = arena_grow(sources->arena, text, cap, cap * 2);
        cap *= 2;
    }
    if (ferror(stream))
        return NULL;
    if (len > UINT32_MAX / 2) {
        errno = EFBIG;
        return NULL;
    }
    return add_owned(sources, path, text, len);
}

SourceFile *source_read(Sources *sources, const char *path)
{
    if (!strcmp(path, "-"))
        return read_stream(sources, "<stdin>", stdin);

    FILE *stream = fopen(path, "rb");
    if (!stream)
        return NULL;
    SourceFile *file = read_stream(sources, path, stream);
    int error = errno;
    fclose(stream);
    errno = error;
    return file;
}

SourceFile *source_of(const Sources *sources, Span span)
{
    return span.file && span.file <= sources->files.len ? sources->files.items[span.file - 1] : NULL;
}

uint32_t source_line(const SourceFile *file, uint32_t offset)
{
    uint32_t low = 0, high = file->line_count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (file->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

Place source_place(const SourceFile *file, uint32_t offset)
{
    uint32_t line = source_line(file, offset), start = file->line_starts[line - 1];

    if (offset > file->len)
        offset = file->len;
    return (Place){line, utf8_count(file->text + start, offset - start) + 1};
}

Span span_join(Span a, Span b)
{
    if (!a.file)
        return b;
    if (!b.file || a.file != b.file)
        return a;
    return (Span){a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end, a.file};
}

Span span_start(Span span)
{
    return (Span){span.start, span.start, span.file};
}

Span span_end(Span span)
{
    return (Span){span.end, span.end, span.file};
}

uint32_t utf8_count(const char *text, size_t len)
{
    uint32_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static uint32_t decoded(uint32_t *code_point, uint32_t value, uint32_t len)
{
    if (code_point)
        *code_point = value;
    return len;
}

uint32_t utf8_decode(const char *text, size_t len, uint32_t *code_point)
{
    const unsigned char *s = (const unsigned char *)text;
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};

    if (!len)
        return 0;
    if (s[0] < 0x80)
        return decoded(code_point, s[0], 1);

    uint32_t size = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2, value = s[0] & (0x7fu >> size);
    if (s[0] < 0xc2 || s[0] > 0xf4 || len < size)
        return 0;
    for (uint32_t i = 1; i < size; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (s[i] & 0x3f);
    }
    if (value < smallest[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    return decoded(code_point, value, size);
}

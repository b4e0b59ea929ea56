/* The module sys: arguments, streams, what the process is. */
#define _GNU_SOURCE

#include "internal.h"

#include "art/sys.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static art_stream standard_input = {{&art_type_stream, ART_IMMORTAL, 0}, STDIN_FILENO};

art_stream *art_sys_stream(int64_t fd)
{
    return fd == STDOUT_FILENO ? &art_stdout : fd == STDERR_FILENO ? &art_stderr : &standard_input;
}

art_list *art_sys_argv(const art_type *type)
{
    art_list *list = art_list_new(type, art_argc);

    for (int i = 0; i < art_argc; i++)
        art_list_push(list, art_str_from_outside(art_argv[i], strlen(art_argv[i])));
    return list;
}

art_str *art_sys_platform(void)
{
#if defined __APPLE__
    return art_str_of("darwin");
#elif defined __FreeBSD__
    return art_str_of("freebsd");
#elif defined __OpenBSD__
    return art_str_of("openbsd");
#else
    return art_str_of("linux");
#endif
}

art_str *art_sys_executable(void)
{
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path);

    if (size > 0)
        return art_str_from_outside(path, (size_t)size);
    if (art_argc > 0 && realpath(art_argv[0], path))
        return art_str_from_outside(path, strlen(path));
    return &art_str_empty;
}

art_str *art_sys_byteorder(void)
{
    return art_str_of(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "little" : "big");
}

/* -- streams --------------------------------------------------------------------------------------------------------------- */

int64_t art_stream_fileno(const art_stream *stream)
{
    return stream->fd;
}

static bool can_read(const art_stream *stream)
{
    if (stream->fd == STDIN_FILENO)
        return true;
    art_raise_new(&art_type_OSError, "not readable");
    return false;
}

/* The first `count` code points of what comes. */
static art_str *read_some(int64_t count)
{
    art_text text = {0};

    for (int c; count > 0 && (c = getc(stdin)) != EOF; count--) {
        char bytes[4] = {(char)c};
        int size = 1, more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
        for (; more > 0 && (c = getc(stdin)) != EOF; more--)
            bytes[size++] = (char)c;
        art_text_add(&text, bytes, (size_t)size);
    }
    art_str *s = art_str_from_outside(text.text, text.size);
    art_text_drop(&text);
    return s;
}

art_str *art_stream_read(art_stream *stream, int64_t size)
{
    if (!can_read(stream))
        return NULL;
    return size < 0 ? art_read_all() : read_some(size);
}

art_str *art_stream_readline(art_stream *stream)
{
    return can_read(stream) ? art_read_line() : NULL;
}

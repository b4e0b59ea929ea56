/* The module sys: what the process was given. */
#include "art/sys.h"
#include "internal.h"

art_list *art_sys_argv(const art_type *type)
{
    art_list *list = art_list_new(type, art_argc);

    for (int i = 0; i < art_argc; i++)
        art_list_push(list, art_str_from_outside(art_argv[i], strlen(art_argv[i])));
    return list;
}

art_str *art_sys_executable(void)
{
    return art_argc > 0 ? art_str_from_outside(art_argv[0], strlen(art_argv[0])) : &art_str_empty;
}

art_stream *art_sys_stdout(void)
{
    return &art_stdout;
}
art_stream *art_sys_stderr(void)
{
    return &art_stderr;
}
int64_t art_stream_fileno(art_stream *stream)
{
    return stream->fd;
}

/* The module sys: what it takes from the process. Any thread. */
#ifndef ART_SYS_H
#define ART_SYS_H

#include "art/list.h"
#include "art/print.h"

art_stream *art_sys_stream(int64_t fd);          /* stdin, stdout, stderr: static objects */
art_list *art_sys_argv(const art_type *type);    /* list[str] */
art_str *art_sys_platform(void);
art_str *art_sys_executable(void);
art_str *art_sys_byteorder(void);

int64_t art_stream_fileno(const art_stream *stream);
/* Of standard input; any other stream raises UnsupportedOperation as an OSError. size < 0: all that comes. */
art_str *art_stream_read(art_stream *stream, int64_t size);
art_str *art_stream_readline(art_stream *stream);

#endif

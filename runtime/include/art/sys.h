/* The module sys. */
#ifndef ART_SYS_H
#define ART_SYS_H

#include "art/print.h"

struct art_list;

struct art_list *art_sys_argv(const art_type *type); /* list[str] */
art_str *art_sys_executable(void);
art_stream *art_sys_stdout(void);
art_stream *art_sys_stderr(void);
int64_t art_stream_fileno(art_stream *stream);

#endif

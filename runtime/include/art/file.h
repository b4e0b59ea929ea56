/* Files that open() gives, text and binary: one object, which its class in lib/io.async shows as either. Reading and writing share one
 * position, as in Python; text is UTF-8, with \r\n and \r read as \n unless newline says otherwise. All calls block. */
#ifndef ART_FILE_H
#define ART_FILE_H

#include "art/bytes.h"

typedef struct art_file {
    art_obj base;
    int fd;             /* -1: closed */
    bool can_read, can_write, is_text, keeps_newlines;
    art_str *name, *mode;
    art_str *errors;    /* of decoding */
    char *in;           /* what was read ahead: in[in_at .. in_size) */
    size_t in_at, in_size, in_cap;
    art_text out;       /* what is not yet written */
} art_file;

extern const art_type art_type_file, art_type_binary_file;

/* mode: r, w, a, x with + and b or t, as in Python; ValueError, FileNotFoundError, … encoding other than UTF-8: LookupError.
 * newline NULL: translate; "" or "\n" …: keep. */
art_file *art_file_open(const art_str *path, const art_str *mode, const art_str *encoding, const art_str *errors, const art_str *newline);
art_file *art_file_of_fd(int64_t fd, const art_str *mode); /* owns the descriptor */
art_str *art_file_read(art_file *file, int64_t size);      /* size < 0: all */
art_str *art_file_readline(art_file *file);                /* with its newline; "" at the end */
int64_t art_file_write(art_file *file, const art_str *text);
art_bytes *art_file_read_bytes(art_file *file, int64_t size);
art_bytes *art_file_readline_bytes(art_file *file);
int64_t art_file_write_bytes(art_file *file, const art_bytes *bytes);
int64_t art_file_seek(art_file *file, int64_t offset, int64_t whence);
int64_t art_file_tell(art_file *file);
bool art_file_flush(art_file *file);
bool art_file_truncate(art_file *file, int64_t size); /* size < 0: at the present position */
bool art_file_close(art_file *file);
bool art_file_closed(const art_file *file);
int64_t art_file_fileno(art_file *file);
bool art_file_isatty(art_file *file);
bool art_file_readable(const art_file *file);
bool art_file_writable(const art_file *file);
art_str *art_file_name(art_file *file);
art_str *art_file_mode(art_file *file);
art_str *art_file_slot_repr(const void *slot);

#endif

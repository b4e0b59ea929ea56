/* Files: a descriptor with a buffer for each direction. Before a read what was written goes out, before a write what was read ahead is given
 * back by seeking, so that both see one position. */
#define _GNU_SOURCE

#include "art/file.h"
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { BUFFER = 64 * 1024 };

static void file_destroy(art_obj *self)
{
    art_file *file = (art_file *)self;

    if (file->fd >= 0) {
        art_exc *pending = art_catch();
        art_file_close(file);
        art_forget();
        art_self.raised = pending;
    }
    art_release(file->name);
    art_release(file->mode);
    art_release(file->errors);
    art_resize(file->in, file->in_cap, 0);
    art_text_drop(&file->out);
    art_free(file, sizeof *file);
}

#define FILE_TYPE(name_) \
    {.name = name_, .module = "_io", .kind = ART_KIND_CLASS, .size = sizeof(art_file *), .is_counted = true, \
     .object_size = sizeof(art_file), .base = &art_type_object, .destroy = file_destroy, .repr = art_file_slot_repr}

const art_type art_type_file = FILE_TYPE("TextIOWrapper");
const art_type art_type_binary_file = FILE_TYPE("BufferedRandom");

/* -- opening ------------------------------------------------------------------------------------------------------------------------- */

static bool bad_mode(const char *message)
{
    art_raise_new(&art_type_ValueError, "%c", message);
    return false;
}

/* What the letters of a mode say; false: raised. */
static bool parse_mode(const art_str *mode, art_file *file, int *flags)
{
    bool has_plus = false, has_text = false, has_binary = false;
    char kind = '\0';
    int kinds = 0;

    for (int64_t i = 0; i < mode->size; i++) {
        char c = mode->text[i];
        if (!c || !strchr("rwaxbt+", c) || memchr(mode->text, c, (size_t)i)) {
            art_raise_new(&art_type_ValueError, "invalid mode: %r", mode);
            return false;
        }
        has_plus |= c == '+';
        has_text |= c == 't';
        has_binary |= c == 'b';
        if (strchr("rwax", c)) {
            kind = c;
            kinds++;
        }
    }
    if (has_text && has_binary)
        return bad_mode("can't have text and binary mode at once");
    if (kinds != 1)
        return bad_mode("must have exactly one of create/read/write/append mode");
    file->is_text = !has_binary;
    file->can_read = kind == 'r' || has_plus;
    file->can_write = kind != 'r' || has_plus;
    *flags = has_plus ? O_RDWR : kind == 'r' ? O_RDONLY : O_WRONLY;
    *flags |= kind == 'w' ? O_CREAT | O_TRUNC : kind == 'a' ? O_CREAT | O_APPEND : kind == 'x' ? O_CREAT | O_EXCL : 0;
    return true;
}

static bool is_utf8(const art_str *encoding)
{
    art_bytes *probe = art_str_encode(&art_str_empty, encoding, &art_str_empty);

    if (!probe)
        return false;
    art_release(probe);
    bool is_known = strchr("uU", encoding->text[0]) && encoding->text[encoding->size - 1] == '8';
    if (!is_known && !art_str_equal_c(encoding, "ascii"))
        art_raise_new(&art_type_LookupError, "unsupported encoding for text files: %s", encoding);
    return !art_self.raised;
}

static art_file *new_file(const art_str *name, const art_str *mode)
{
    art_file *file = art_new(&art_type_file, sizeof *file);

    file->fd = -1;
    file->name = art_retain((void *)(uintptr_t)name);
    file->mode = art_retain((void *)(uintptr_t)mode);
    return file;
}

art_file *art_file_open(const art_str *path, const art_str *mode, const art_str *encoding, const art_str *errors, const art_str *newline)
{
    art_file *file = new_file(path, mode);
    int flags;

    if (!parse_mode(mode, file, &flags) || (encoding && !is_utf8(encoding))) {
        art_release(file);
        return NULL;
    }
    if (!file->is_text)
        file->base.type = &art_type_binary_file;
    file->keeps_newlines = newline != NULL;
    file->errors = art_retain((void *)(uintptr_t)errors);
    do
        file->fd = open(path->text, flags | O_CLOEXEC, 0666);
    while (file->fd < 0 && errno == EINTR);
    /* A folder can be opened, but not as a file. */
    char byte;
    if (file->fd >= 0 && file->can_read && read(file->fd, &byte, 0) < 0 && errno == EISDIR) {
        close(file->fd);
        file->fd = -1;
        errno = EISDIR;
    }
    if (file->fd < 0) {
        art_raise_errno(errno, (art_str *)(uintptr_t)path);
        art_release(file);
        return NULL;
    }
    if (flags & O_APPEND)
        lseek(file->fd, 0, SEEK_END);
    return file;
}

art_file *art_file_of_fd(int64_t fd, const art_str *mode)
{
    art_str *name = art_int_str(fd);
    art_file *file = new_file(name, mode);
    int flags;

    art_release(name);
    if (!parse_mode(mode, file, &flags)) {
        art_release(file);
        return NULL;
    }
    if (!file->is_text)
        file->base.type = &art_type_binary_file;
    file->fd = (int)fd;
    return file;
}

/* -- the buffers ---------------------------------------------------------------------------------------------------------------------- */

static bool is_usable(art_file *file, bool is_allowed, const char *what)
{
    if (file->fd < 0)
        art_raise_new(&art_type_ValueError, "I/O operation on closed file.");
    else if (!is_allowed)
        art_raise_new(&art_type_UnsupportedOperation, "%c", what);
    return !art_self.raised;
}

bool art_file_flush(art_file *file)
{
    size_t at = 0;

    if (file->fd < 0)
        return is_usable(file, true, "");
    while (at < file->out.size) {
        ssize_t written = write(file->fd, file->out.text + at, file->out.size - at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            art_raise_errno(errno, NULL);
            return false;
        }
        at += (size_t)written;
    }
    file->out.size = 0;
    return true;
}

/* Gives back what was read ahead. */
static void unread(art_file *file)
{
    if (file->in_at < file->in_size)
        lseek(file->fd, -(off_t)(file->in_size - file->in_at), SEEK_CUR);
    file->in_at = file->in_size = 0;
}

/* Reads more behind what is there; false at the end, or raised. */
static bool fill(art_file *file)
{
    if (file->in_at > 0) {
        memmove(file->in, file->in + file->in_at, file->in_size - file->in_at);
        file->in_size -= file->in_at;
        file->in_at = 0;
    }
    if (file->in_cap - file->in_size < BUFFER) {
        size_t cap = file->in_cap * 2 > file->in_size + BUFFER ? file->in_cap * 2 : file->in_size + BUFFER;
        file->in = art_resize(file->in, file->in_cap, cap);
        file->in_cap = cap;
    }
    ssize_t size;
    do
        size = read(file->fd, file->in + file->in_size, file->in_cap - file->in_size);
    while (size < 0 && errno == EINTR);
    if (size < 0)
        art_raise_errno(errno, NULL);
    file->in_size += size > 0 ? (size_t)size : 0;
    return size > 0;
}

static bool begin_read(art_file *file)
{
    return is_usable(file, file->can_read, "not readable") && art_file_flush(file);
}

static bool begin_write(art_file *file)
{
    if (!is_usable(file, file->can_write, "not writable"))
        return false;
    unread(file);
    return true;
}

/* -- reading --------------------------------------------------------------------------------------------------------------------------- */

/* Turns \r\n and \r into \n, in place; gives the new size. A \r at the very end has to be followed by more, or by the end of the file. */
static size_t translate(char *text, size_t size)
{
    size_t to = 0;

    if (!memchr(text, '\r', size))
        return size;
    for (size_t at = 0; at < size; at++) {
        char c = text[at];
        if (c == '\r') {
            at += at + 1 < size && text[at + 1] == '\n';
            c = '\n';
        }
        text[to++] = c;
    }
    return to;
}

static art_str *decode(art_file *file, char *text, size_t size)
{
    static const art_str utf8 = ART_STR_LITERAL("utf-8", 5), strict = ART_STR_LITERAL("strict", 6);
    size_t kept = file->keeps_newlines ? size : translate(text, size);

    for (size_t i = 0; i < kept; i++) {
        if (text[i] & 0x80) {
            art_bytes *bytes = art_bytes_new(text, (int64_t)kept);
            art_str *s = art_bytes_decode(bytes, &utf8, file->errors ? file->errors : &strict);
            art_release(bytes);
            return s;
        }
    }
    return art_str_new(text, kept);
}

/* Bytes of a text of `count` code points at the start of the buffer; reads as far as is needed. */
static size_t size_of_chars(art_file *file, int64_t count)
{
    size_t at = file->in_at;

    for (; count > 0; count--) {
        if (at == file->in_size) {
            size_t offset = at - file->in_at;
            if (!fill(file))
                return file->in_size - file->in_at;
            at = file->in_at + offset;
        }
        unsigned char lead = (unsigned char)file->in[at];
        size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (lead == '\r' && !file->keeps_newlines) {
            if (at + 1 == file->in_size) {
                size_t offset = at - file->in_at;
                fill(file);
                at = file->in_at + offset;
            }
            size += at + 1 < file->in_size && file->in[at + 1] == '\n';
        }
        while (at + size > file->in_size) {
            size_t offset = at - file->in_at;
            if (!fill(file))
                return file->in_size - file->in_at;
            at = file->in_at + offset;
        }
        at += size;
    }
    return at - file->in_at;
}

static art_str *take_text(art_file *file, size_t size)
{
    art_str *s = art_self.raised ? NULL : decode(file, file->in + file->in_at, size);
    file->in_at += size;
    return s;
}

art_str *art_file_read(art_file *file, int64_t size)
{
    if (!begin_read(file))
        return NULL;
    if (size >= 0)
        return take_text(file, size_of_chars(file, size));
    while (fill(file))
        continue;
    return take_text(file, file->in_size - file->in_at);
}

/* Bytes of a line with its end, which is \n, or \r when lines are translated. */
static size_t size_of_line(art_file *file, bool is_text)
{
    size_t seen = 0;

    for (;;) {
        const char *start = file->in + file->in_at;
        for (size_t size = file->in_size - file->in_at; seen < size; seen++) {
            if (start[seen] == '\n')
                return seen + 1;
            if (start[seen] != '\r' || !is_text || file->keeps_newlines)
                continue;
            if (seen + 1 == size)
                break;
            return start[seen + 1] == '\n' ? seen + 2 : seen + 1;
        }
        if (!fill(file))
            return file->in_size - file->in_at;
    }
}

art_str *art_file_readline(art_file *file)
{
    return begin_read(file) ? take_text(file, size_of_line(file, true)) : NULL;
}

static art_bytes *take_bytes(art_file *file, size_t size)
{
    art_bytes *b = art_self.raised ? NULL : art_bytes_new(file->in + file->in_at, (int64_t)size);
    file->in_at += size;
    return b;
}

art_bytes *art_file_read_bytes(art_file *file, int64_t size)
{
    if (!begin_read(file))
        return NULL;
    while ((size < 0 || file->in_size - file->in_at < (size_t)size) && fill(file))
        continue;
    size_t left = file->in_size - file->in_at;
    return take_bytes(file, size < 0 || left < (size_t)size ? left : (size_t)size);
}

art_bytes *art_file_readline_bytes(art_file *file)
{
    return begin_read(file) ? take_bytes(file, size_of_line(file, false)) : NULL;
}

/* -- writing --------------------------------------------------------------------------------------------------------------------------- */

static bool write_out(art_file *file, const char *data, int64_t size)
{
    if (!begin_write(file))
        return false;
    art_text_add(&file->out, data, (size_t)size);
    return file->out.size < BUFFER || art_file_flush(file);
}

int64_t art_file_write(art_file *file, const art_str *text)
{
    return write_out(file, text->text, text->size) ? text->len : 0;
}

int64_t art_file_write_bytes(art_file *file, const art_bytes *bytes)
{
    return write_out(file, (const char *)bytes->data, bytes->len) ? bytes->len : 0;
}

/* -- position -------------------------------------------------------------------------------------------------------------------------- */

int64_t art_file_seek(art_file *file, int64_t offset, int64_t whence)
{
    if (!is_usable(file, true, "") || !art_file_flush(file))
        return 0;
    if (file->is_text && whence != 0 && offset != 0) {
        art_raise_new(&art_type_UnsupportedOperation, whence == 1 ? "can't do nonzero cur-relative seeks" : "can't do nonzero end-relative seeks");
        return 0;
    }
    unread(file);
    off_t at = lseek(file->fd, (off_t)offset, whence == 1 ? SEEK_CUR : whence == 2 ? SEEK_END : SEEK_SET);
    if (at < 0)
        art_raise_errno(errno, NULL);
    return at < 0 ? 0 : (int64_t)at;
}

int64_t art_file_tell(art_file *file)
{
    if (!is_usable(file, true, ""))
        return 0;
    off_t at = lseek(file->fd, 0, SEEK_CUR);
    if (at < 0) {
        art_raise_errno(errno, NULL);
        return 0;
    }
    return (int64_t)at - (int64_t)(file->in_size - file->in_at) + (int64_t)file->out.size;
}

bool art_file_truncate(art_file *file, int64_t size)
{
    if (!begin_write(file) || !art_file_flush(file))
        return false;
    if (size < 0)
        size = art_file_tell(file);
    if (ftruncate(file->fd, (off_t)size) != 0)
        art_raise_errno(errno, NULL);
    return !art_self.raised;
}

bool art_file_close(art_file *file)
{
    if (file->fd < 0)
        return true;
    bool is_fine = art_file_flush(file);
    close(file->fd);
    file->fd = -1;
    return is_fine;
}

/* -- asking ---------------------------------------------------------------------------------------------------------------------------- */

bool art_file_closed(const art_file *file)
{
    return file->fd < 0;
}

int64_t art_file_fileno(art_file *file)
{
    return is_usable(file, true, "") ? file->fd : 0;
}

bool art_file_isatty(art_file *file)
{
    return is_usable(file, true, "") && isatty(file->fd);
}

bool art_file_readable(const art_file *file)
{
    return file->can_read;
}
bool art_file_writable(const art_file *file)
{
    return file->can_write;
}
art_str *art_file_name(art_file *file)
{
    return art_retain(file->name);
}
art_str *art_file_mode(art_file *file)
{
    return art_retain(file->mode);
}

art_str *art_file_slot_repr(const void *slot)
{
    art_file *file = *(art_file *const *)slot;

    if (file->is_text)
        return art_strf("<_io.TextIOWrapper name=%r mode=%r encoding='UTF-8'>", file->name, file->mode);
    const char *kind = file->can_read && file->can_write ? "BufferedRandom" : file->can_read ? "BufferedReader" : "BufferedWriter";
    return art_strf("<_io.%c name=%r>", kind, file->name);
}

/* The modules os and os.path: each function a system call, with Python's errors. */
#define _GNU_SOURCE

#include "internal.h"

#include "art/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <unistd.h>

extern char **environ;

#ifdef __APPLE__
#define TIME_OF(st, which) ((which) == 0 ? (st)->st_atimespec : (which) == 1 ? (st)->st_mtimespec : (st)->st_ctimespec)
#else
#define TIME_OF(st, which) ((which) == 0 ? (st)->st_atim : (which) == 1 ? (st)->st_mtim : (st)->st_ctim)
#endif

/* The bytes of a path that came from outside: its surrogates are bytes again. Give it back with path_free. */
static char *path_new(const art_str *path)
{
    char *bytes = art_alloc((size_t)path->size + 1), *to = bytes;
    const unsigned char *from = (const unsigned char *)path->text, *end = from + path->size;

    while (from < end) {
        if (end - from >= 3 && from[0] == 0xed && (from[1] & 0xfe) == 0xb2) {
            *to++ = (char)(((from[1] & 0x01) << 6 | (from[2] & 0x3f)) + 0x80);
            from += 3;
        } else {
            *to++ = (char)*from++;
        }
    }
    *to = '\0';
    return bytes;
}

static void path_free(char *bytes, const art_str *path)
{
    art_free(bytes, (size_t)path->size + 1);
}

static art_str *text_of(const char *bytes)
{
    return art_str_from_outside(bytes, strlen(bytes));
}

static bool failed(art_str *path)
{
    art_raise_errno(errno, path);
    return false;
}

/* The form of most functions: a call with one path, that gives a negative number when it failed. */
#define WITH_PATH(path, call)                        \
    do {                                             \
        char *p = path_new(path);                    \
        int status = (call), error = errno;          \
        path_free(p, path);                          \
        errno = error;                               \
        return status >= 0 || failed(path);          \
    } while (0)

/* -- the environment ----------------------------------------------------------------------------------------------------------- */

art_str *art_os_environment_get(const art_str *name)
{
    const char *value = getenv(name->text);
    return value ? text_of(value) : NULL;
}

bool art_os_environment_set(const art_str *name, const art_str *value)
{
    if (name->size == 0 || strchr(name->text, '=')) {
        art_raise_new(&art_type_ValueError, "illegal environment variable name");
        return false;
    }
    char *v = path_new(value);
    int status = setenv(name->text, v, 1);
    path_free(v, value);
    return status == 0 || failed(NULL);
}

bool art_os_environment_drop(const art_str *name)
{
    return unsetenv(name->text) == 0 || failed(NULL);
}

art_list *art_os_environment_names(const art_type *type)
{
    art_list *names = art_list_new(type, 0);

    for (char **entry = environ; entry && *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (equals)
            art_list_push(names, art_str_from_outside(*entry, (size_t)(equals - *entry)));
    }
    return names;
}

/* -- what is there ---------------------------------------------------------------------------------------------------------------- */

static bool look(const art_str *path, bool follows, struct stat *st)
{
    char *p = path_new(path);
    int status = follows ? stat(p, st) : lstat(p, st), error = errno;

    path_free(p, path);
    errno = error;
    return status == 0;
}

bool art_os_exists(const art_str *path, bool follows)
{
    struct stat st;
    return look(path, follows, &st);
}

int64_t art_os_kind(const art_str *path, bool follows)
{
    struct stat st;

    if (!look(path, follows, &st))
        return ART_OS_NOTHING;
    return S_ISREG(st.st_mode) ? ART_OS_FILE : S_ISDIR(st.st_mode) ? ART_OS_FOLDER : S_ISLNK(st.st_mode) ? ART_OS_LINK : ART_OS_OTHER;
}

int64_t art_os_file_size(art_str *path)
{
    struct stat st;
    return look(path, true, &st) ? (int64_t)st.st_size : failed(path);
}

double art_os_file_time(art_str *path, int64_t which)
{
    struct stat st;

    if (!look(path, true, &st))
        return failed(path);
    struct timespec t = TIME_OF(&st, which);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool art_os_same_file(art_str *a, art_str *b)
{
    struct stat first, second;

    if (!look(a, true, &first))
        return failed(a);
    if (!look(b, true, &second))
        return failed(b);
    return first.st_ino == second.st_ino && first.st_dev == second.st_dev;
}

/* A part that does not exist is kept as it is written. */
art_str *art_os_real_path(art_str *path)
{
    char *p = path_new(path), resolved[PATH_MAX], tail[PATH_MAX] = "";
    art_str *result = NULL;

    while (!result) {
        if (realpath(p, resolved)) {
            bool is_root = strcmp(resolved, "/") == 0;
            art_text text = {0};
            art_text_add_c(&text, is_root && *tail ? "" : resolved);
            art_text_add_c(&text, tail);
            art_str *whole = art_text_take(&text);
            result = art_str_from_outside(whole->text, (size_t)whole->size);
            art_release(whole);
            break;
        }
        char *slash = strrchr(p, '/');
        size_t size = slash ? strlen(slash) : 0;
        if (!slash || size + strlen(tail) >= sizeof tail)
            break;
        memmove(tail + size, tail, strlen(tail) + 1);
        memcpy(tail, slash, size);
        slash[slash == p] = '\0';
        if (slash == p && strcmp(p, "/") == 0 && !realpath("/", resolved))
            break;
    }
    path_free(p, path);
    return result ? result : art_retain(path);
}

static art_list *stat_list(const struct stat *st, const art_type *type)
{
    struct timespec a = TIME_OF(st, 0), m = TIME_OF(st, 1), c = TIME_OF(st, 2);
    int64_t fields[] = {(int64_t)st->st_mode, (int64_t)st->st_ino, (int64_t)st->st_dev, (int64_t)st->st_nlink, (int64_t)st->st_uid, (int64_t)st->st_gid,
                        (int64_t)st->st_size, (int64_t)a.tv_sec * 1000000000 + a.tv_nsec, (int64_t)m.tv_sec * 1000000000 + m.tv_nsec,
                        (int64_t)c.tv_sec * 1000000000 + c.tv_nsec, (int64_t)st->st_blocks, (int64_t)st->st_blksize};
    return art_list_of(type, ART_ARRAY_LEN(fields), fields);
}

art_list *art_os_stat(art_str *path, bool follows, const art_type *type)
{
    struct stat st;

    if (look(path, follows, &st))
        return stat_list(&st, type);
    failed(path);
    return NULL;
}

art_list *art_os_fstat(int64_t fd, const art_type *type)
{
    struct stat st;

    if (fstat((int)fd, &st) == 0)
        return stat_list(&st, type);
    failed(NULL);
    return NULL;
}

bool art_os_access(const art_str *path, int64_t mode)
{
    char *p = path_new(path);
    int status = access(p, (int)mode);

    path_free(p, path);
    return status == 0;
}

/* -- folders and files ------------------------------------------------------------------------------------------------------------ */

art_str *art_os_cwd(void)
{
    char buf[PATH_MAX];

    if (getcwd(buf, sizeof buf))
        return text_of(buf);
    failed(NULL);
    return NULL;
}

art_str *art_os_home_of(const art_str *user)
{
    const struct passwd *entry = user->size ? getpwnam(user->text) : getpwuid(getuid());
    return entry && entry->pw_dir ? text_of(entry->pw_dir) : NULL;
}

bool art_os_chdir(art_str *path)
{
    WITH_PATH(path, chdir(p));
}
bool art_os_mkdir(art_str *path, int64_t mode)
{
    WITH_PATH(path, mkdir(p, (mode_t)mode));
}
bool art_os_rmdir(art_str *path)
{
    WITH_PATH(path, rmdir(p));
}
bool art_os_unlink(art_str *path)
{
    WITH_PATH(path, unlink(p));
}
bool art_os_chmod(art_str *path, int64_t mode)
{
    WITH_PATH(path, chmod(p, (mode_t)mode));
}
bool art_os_chown(art_str *path, int64_t uid, int64_t gid)
{
    WITH_PATH(path, chown(p, (uid_t)uid, (gid_t)gid));
}
bool art_os_truncate(art_str *path, int64_t length)
{
    WITH_PATH(path, truncate(p, (off_t)length));
}

static struct timespec timespec_of(double seconds)
{
    double whole = seconds < 0 && seconds != (double)(int64_t)seconds ? (double)((int64_t)seconds - 1) : (double)(int64_t)seconds;
    return (struct timespec){(time_t)whole, (long)((seconds - whole) * 1e9)};
}

bool art_os_set_times(art_str *path, double access, double modification, bool is_now)
{
    struct timespec times[2] = {timespec_of(access), timespec_of(modification)};
    WITH_PATH(path, utimensat(AT_FDCWD, p, is_now ? NULL : times, 0));
}

/* The error names both: "… 'from' -> 'to'". */
static bool with_two(art_str *from, art_str *to, int (*call)(const char *, const char *))
{
    char *a = path_new(from), *b = path_new(to);
    int status = call(a, b), error = errno;

    path_free(a, from);
    path_free(b, to);
    if (status == 0)
        return true;
    art_exc *exc = art_exc_errno(error, from);
    if (exc->arg_count == 3) {
        art_str *first = art_str_repr(from), *second = art_str_repr(to);
        art_str *reason = art_exc_strerror(exc);
        art_str *text = art_strf("[Errno %i] %s: %s -> %s", (int64_t)error, reason, first, second);
        const art_type *type = exc->base.type;
        art_release(exc);
        exc = art_exc_str(type, text);
        art_release(first);
        art_release(second);
        art_release(reason);
        art_release(text);
    }
    art_raise(exc);
    return false;
}

bool art_os_rename(art_str *from, art_str *to)
{
    return with_two(from, to, rename);
}
bool art_os_symlink(art_str *from, art_str *to)
{
    return with_two(from, to, symlink);
}
bool art_os_link(art_str *from, art_str *to)
{
    return with_two(from, to, link);
}

art_str *art_os_readlink(art_str *path)
{
    char *p = path_new(path), buf[PATH_MAX];
    ssize_t size = readlink(p, buf, sizeof buf);
    int error = errno;

    path_free(p, path);
    errno = error;
    if (size >= 0)
        return art_str_from_outside(buf, (size_t)size);
    failed(path);
    return NULL;
}

art_list *art_os_list(art_str *path, const art_type *type)
{
    char *p = path_new(path);
    DIR *folder = opendir(p);
    int error = errno;

    path_free(p, path);
    errno = error;
    if (!folder) {
        failed(path);
        return NULL;
    }
    art_list *names = art_list_new(type, 0);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            art_list_push(names, text_of(entry->d_name));
    closedir(folder);
    return names;
}

/* -- descriptors ------------------------------------------------------------------------------------------------------------------ */

int64_t art_os_flag(int64_t index)
{
    static const int flags[] = {O_RDONLY, O_WRONLY, O_RDWR, O_APPEND, O_CREAT, O_EXCL, O_TRUNC, O_NONBLOCK, O_CLOEXEC, O_SYNC};
    return flags[index];
}

int64_t art_os_open(art_str *path, int64_t flags, int64_t mode)
{
    char *p = path_new(path);
    int fd = open(p, (int)flags | O_CLOEXEC, (mode_t)mode), error = errno;

    path_free(p, path);
    errno = error;
    return fd >= 0 ? fd : failed(path);
}

bool art_os_close(int64_t fd)
{
    return close((int)fd) == 0 || failed(NULL);
}

art_bytes *art_os_read(int64_t fd, int64_t count)
{
    uint8_t *data;

    if (count < 0) {
        errno = EINVAL;
        failed(NULL);
        return NULL;
    }
    art_bytes *room = art_bytes_room(count, &data);
    ssize_t size;
    do
        size = read((int)fd, data, (size_t)count);
    while (size < 0 && errno == EINTR);
    if (size < 0) {
        failed(NULL);
        art_release(room);
        return NULL;
    }
    if (size == count)
        return room;
    art_bytes *exact = art_bytes_new(data, size);
    art_release(room);
    return exact;
}

int64_t art_os_write(int64_t fd, const art_bytes *data)
{
    ssize_t size;

    /* What print wrote comes first. */
    if (fd == STDOUT_FILENO || fd == STDERR_FILENO)
        art_flush();
    do
        size = write((int)fd, data->data, (size_t)data->len);
    while (size < 0 && errno == EINTR);
    return size >= 0 ? size : failed(NULL);
}

int64_t art_os_seek(int64_t fd, int64_t position, int64_t how)
{
    off_t at = lseek((int)fd, (off_t)position, how == 0 ? SEEK_SET : how == 1 ? SEEK_CUR : SEEK_END);
    return at >= 0 ? (int64_t)at : failed(NULL);
}

bool art_os_fsync(int64_t fd)
{
    return fsync((int)fd) == 0 || failed(NULL);
}
bool art_os_ftruncate(int64_t fd, int64_t length)
{
    return ftruncate((int)fd, (off_t)length) == 0 || failed(NULL);
}
bool art_os_isatty(int64_t fd)
{
    return isatty((int)fd);
}

static int64_t kept_apart(int fd)
{
    if (fd < 0)
        return failed(NULL);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

int64_t art_os_dup(int64_t fd)
{
    return kept_apart(dup((int)fd));
}
int64_t art_os_dup2(int64_t fd, int64_t to)
{
    int result = dup2((int)fd, (int)to);
    return result >= 0 ? result : failed(NULL);
}

int64_t art_os_pipe_end(bool is_new)
{
    static _Thread_local int ends[2];

    if (!is_new)
        return ends[1];
    if (pipe(ends) < 0)
        return failed(NULL);
    kept_apart(ends[1]);
    return kept_apart(ends[0]);
}

bool art_os_set_blocking(int64_t fd, bool blocks)
{
    int flags = fcntl((int)fd, F_GETFL);
    return (flags >= 0 && fcntl((int)fd, F_SETFL, blocks ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) >= 0) || failed(NULL);
}

/* -- the process ------------------------------------------------------------------------------------------------------------------ */

int64_t art_os_pid(void)
{
    return getpid();
}
int64_t art_os_parent_pid(void)
{
    return getppid();
}
int64_t art_os_id(int64_t which)
{
    switch (which) {
    case 0:
        return (int64_t)getuid();
    case 1:
        return (int64_t)geteuid();
    case 2:
        return (int64_t)getgid();
    case 3:
        return (int64_t)getegid();
    default:
        return (int64_t)getpgrp();
    }
}

int64_t art_os_cpu_count(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? count : 1;
}

art_bytes *art_os_random(int64_t size)
{
    uint8_t *data;

    if (size < 0) {
        art_raise_new(&art_type_ValueError, "negative argument not allowed");
        return NULL;
    }
    art_bytes *bytes = art_bytes_room(size, &data);
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    int64_t at = 0;
    while (fd >= 0 && at < size) {
        ssize_t got = read(fd, data + at, (size_t)(size - at));
        if (got <= 0 && errno != EINTR)
            break;
        at += got > 0 ? got : 0;
    }
    if (fd >= 0)
        close(fd);
    if (at == size)
        return bytes;
    failed(NULL);
    art_release(bytes);
    return NULL;
}

art_str *art_os_error_text(int64_t number)
{
    return text_of(strerror((int)number));
}

bool art_os_kill(int64_t pid, int64_t signal)
{
    return kill((pid_t)pid, (int)signal) == 0 ? art__signals_now() : failed(NULL);
}

/* As Python's: what print has buffered is lost. */
void art_os_exit(int64_t status)
{
    _exit((int)status);
}

void art_os_abort(void)
{
    abort();
}

int64_t art_os_umask(int64_t mask)
{
    return (int64_t)umask((mode_t)mask);
}

int64_t art_os_system(const art_str *command)
{
    art_flush();
    int status = system(command->text);
    return status >= 0 ? status : failed(NULL);
}

art_list *art_os_uname(const art_type *type)
{
    struct utsname name;
    art_list *list = art_list_new(type, 5);

    if (uname(&name) < 0)
        memset(&name, 0, sizeof name);
    const char *fields[] = {name.sysname, name.nodename, name.release, name.version, name.machine};
    for (int i = 0; i < 5; i++)
        art_list_push(list, text_of(fields[i]));
    return list;
}

art_str *art_os_login(void)
{
    const char *name = getlogin();

    if (name)
        return text_of(name);
    failed(NULL);
    return NULL;
}

art_list *art_os_load(const art_type *type)
{
    double load[3];

    if (getloadavg(load, 3) == 3)
        return art_list_of(type, 3, load);
    art_raise_new(&art_type_OSError, "Load averages are unobtainable");
    return NULL;
}

art_list *art_os_times(const art_type *type)
{
    struct tms t;
    double tick = (double)sysconf(_SC_CLK_TCK), elapsed = (double)times(&t) / tick;
    double fields[] = {(double)t.tms_utime / tick, (double)t.tms_stime / tick, (double)t.tms_cutime / tick, (double)t.tms_cstime / tick, elapsed};
    return art_list_of(type, ART_ARRAY_LEN(fields), fields);
}

art_list *art_os_terminal_size(int64_t fd, const art_type *type)
{
    struct winsize size;

    if (ioctl((int)fd, TIOCGWINSZ, &size) == 0)
        return art_list_of(type, 2, (int64_t[]){size.ws_col, size.ws_row});
    failed(NULL);
    return NULL;
}

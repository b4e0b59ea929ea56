/* The modules os and os.path: system calls, with the errors that Python raises for them (an OSError's subclass with errno, text and file
 * name). Paths are text as the rest of the runtime has it: bytes that are no UTF-8 are surrogates. Any thread. */
#ifndef ART_OS_H
#define ART_OS_H

#include "art/bytes.h"
#include "art/list.h"

/* -- the environment; a NULL for a variable that is not set -- */
art_str *art_os_environment_get(const art_str *name);
bool art_os_environment_set(const art_str *name, const art_str *value);
bool art_os_environment_drop(const art_str *name);
art_list *art_os_environment_names(const art_type *type);

/* -- files and folders -- */
bool art_os_exists(const art_str *path, bool follows);
enum { ART_OS_NOTHING, ART_OS_FILE, ART_OS_FOLDER, ART_OS_LINK, ART_OS_OTHER };
int64_t art_os_kind(const art_str *path, bool follows);
int64_t art_os_file_size(art_str *path);
double art_os_file_time(art_str *path, int64_t which); /* of access, modification, change */
bool art_os_same_file(art_str *a, art_str *b);
art_str *art_os_real_path(art_str *path);              /* as far as it exists */
art_str *art_os_cwd(void);
art_str *art_os_home_of(const art_str *user);          /* "": the caller's; NULL: no such user */
bool art_os_chdir(art_str *path);
art_list *art_os_list(art_str *path, const art_type *type);
bool art_os_mkdir(art_str *path, int64_t mode);
bool art_os_rmdir(art_str *path);
bool art_os_unlink(art_str *path);
bool art_os_rename(art_str *from, art_str *to);
bool art_os_symlink(art_str *from, art_str *to);
bool art_os_link(art_str *from, art_str *to);
art_str *art_os_readlink(art_str *path);
bool art_os_chmod(art_str *path, int64_t mode);
bool art_os_chown(art_str *path, int64_t uid, int64_t gid);
bool art_os_truncate(art_str *path, int64_t length);
bool art_os_set_times(art_str *path, double access, double modification, bool is_now);
bool art_os_access(const art_str *path, int64_t mode);
/* mode, inode, device, links, uid, gid, size, times of access, modification and change in ns, blocks, size of a block */
art_list *art_os_stat(art_str *path, bool follows, const art_type *type);
art_list *art_os_fstat(int64_t fd, const art_type *type);

/* -- descriptors -- */
int64_t art_os_flag(int64_t index); /* O_RDONLY … */
int64_t art_os_open(art_str *path, int64_t flags, int64_t mode);
bool art_os_close(int64_t fd);
art_bytes *art_os_read(int64_t fd, int64_t count);
int64_t art_os_write(int64_t fd, const art_bytes *data);
int64_t art_os_seek(int64_t fd, int64_t position, int64_t how);
bool art_os_fsync(int64_t fd);
bool art_os_ftruncate(int64_t fd, int64_t length);
bool art_os_isatty(int64_t fd);
int64_t art_os_dup(int64_t fd);
int64_t art_os_dup2(int64_t fd, int64_t to);
int64_t art_os_pipe_end(bool is_new); /* the reading end of a new pipe; then its writing end */
bool art_os_set_blocking(int64_t fd, bool blocks);

/* -- the process -- */
int64_t art_os_pid(void);
int64_t art_os_parent_pid(void);
int64_t art_os_id(int64_t which);
int64_t art_os_cpu_count(void);
art_bytes *art_os_random(int64_t size);
art_str *art_os_error_text(int64_t number);
bool art_os_kill(int64_t pid, int64_t signal);
void art_os_exit(int64_t status);
void art_os_abort(void);
int64_t art_os_umask(int64_t mask);
int64_t art_os_system(const art_str *command);
art_list *art_os_uname(const art_type *type);
art_str *art_os_login(void);
art_list *art_os_load(const art_type *type);
art_list *art_os_times(const art_type *type);
art_list *art_os_terminal_size(int64_t fd, const art_type *type);

#endif

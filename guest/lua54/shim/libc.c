/*
 * What Lua asks of a system and the guest does not have: files, processes, an environment. wasi-libc would serve
 * them by importing WASI; defined here they refuse instead, in the way that the C standard provides for, and
 * the linker does not look for them there. So the module imports nothing but the ABI, and whatever of these things
 * scripts may do goes through the host.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <wasi/api.h>

static int refuse(void) {
  errno = ENOSYS;
  return -1;
}

/* Files and processes. */

FILE *fopen(const char *restrict name, const char *restrict mode) {
  (void)name, (void)mode;
  refuse();
  return NULL;
}

FILE *freopen(const char *restrict name, const char *restrict mode, FILE *restrict stream) {
  (void)stream;
  return fopen(name, mode);
}

int remove(const char *name) {
  (void)name;
  return refuse();
}

int rename(const char *from, const char *to) {
  (void)from, (void)to;
  return refuse();
}

/* The answer to "is there a command processor?", system(NULL), is 0. */
int system(const char *command) { return command == NULL ? 0 : refuse(); }

char *getenv(const char *name) {
  (void)name;
  return NULL;
}

_Noreturn void exit(int status) {
  (void)status;
  __builtin_trap();
}

/* The standard streams, which printf's internals bring along. */

__wasi_errno_t __wasi_fd_read(__wasi_fd_t fd, const __wasi_iovec_t *vectors, size_t count, __wasi_size_t *done) {
  (void)fd, (void)vectors, (void)count, (void)done;
  return __WASI_ERRNO_NOSYS;
}

__wasi_errno_t __wasi_fd_write(__wasi_fd_t fd, const __wasi_ciovec_t *vectors, size_t count, __wasi_size_t *done) {
  (void)fd, (void)vectors, (void)count, (void)done;
  return __WASI_ERRNO_NOSYS;
}

__wasi_errno_t __wasi_fd_seek(__wasi_fd_t fd, __wasi_filedelta_t offset, __wasi_whence_t whence, __wasi_filesize_t *position) {
  (void)fd, (void)offset, (void)whence, (void)position;
  return __WASI_ERRNO_NOSYS;
}

__wasi_errno_t __wasi_fd_fdstat_get(__wasi_fd_t fd, __wasi_fdstat_t *stat) {
  (void)fd, (void)stat;
  return __WASI_ERRNO_NOSYS;
}

__wasi_errno_t __wasi_fd_close(__wasi_fd_t fd) {
  (void)fd;
  return __WASI_ERRNO_NOSYS;
}

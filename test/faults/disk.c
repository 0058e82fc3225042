/*
 * The disk under Redis' append-only file, as a power cut or a full disk would show it. Preloaded into redis-server (LD_PRELOAD).
 *
 * - What was synced: after every successful fdatasync or fsync of an *.incr.aof its name and the size that it had before the
 *   call are appended to $FAULTS_DISK/synced. A power cut is then: kill -9, and cut each file to the size that was synced last.
 * - Disk full: while $FAULTS_DISK/full exists, half of what is written to an *.aof arrives, and then nothing but ENOSPC.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *in_folder(char *buffer, size_t size, const char *name) {
  const char *folder = getenv("FAULTS_DISK");
  if (folder == NULL) return NULL;
  snprintf(buffer, size, "%s/%s", folder, name);
  return buffer;
}

/* The name of the open file where it ends so, else NULL. */
static const char *name_of(int fd, char *buffer, size_t size, const char *ending) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, size - 1);
  if (length < (ssize_t)strlen(ending)) return NULL;
  buffer[length] = '\0';
  if (strcmp(buffer + length - strlen(ending), ending) != 0) return NULL;
  return strrchr(buffer, '/') + 1;
}

static int synced(int fd, const char *function) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, function);
  char path[4096], record[4096], line[4200];
  struct stat before;
  const char *name = name_of(fd, path, sizeof path, ".incr.aof");
  int known = name != NULL && fstat(fd, &before) == 0;
  int result = real(fd);
  if (result != 0 || !known || in_folder(record, sizeof record, "synced") == NULL) return result;
  int to = open(record, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (to < 0) abort();
  int length = snprintf(line, sizeof line, "%s %lld\n", name, (long long)before.st_size);
  if (write(to, line, (size_t)length) != length) abort();
  close(to);
  return result;
}

int fdatasync(int fd) { return synced(fd, "fdatasync"); }
int fsync(int fd) { return synced(fd, "fsync"); }

ssize_t write(int fd, const void *data, size_t size) {
  static ssize_t (*real)(int, const void *, size_t);
  static __thread int broken = -1;
  char path[4096];
  if (real == NULL) real = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  if (in_folder(path, sizeof path, "full") == NULL || access(path, F_OK) != 0) return real(fd, data, size);
  if (name_of(fd, path, sizeof path, ".aof") == NULL) return real(fd, data, size);
  if (broken != fd && size > 1) {
    broken = fd;
    return real(fd, data, size / 2);
  }
  errno = ENOSPC;
  return -1;
}

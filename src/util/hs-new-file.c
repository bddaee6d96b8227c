/* SPDX-License-Identifier: MIT */
#include "hs-new-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_TRIES 100

/* A new file in the folder of `path` that has no name yet, so that nothing is left of it if the program ends before it
 * is whole. −1 where that cannot be. */
static int
open_nameless(const char *path)
{
  if (access("/proc/self/fd", X_OK) != 0)
    return -1;
  g_autofree char *folder = g_path_get_dirname(path);
  return g_open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0666);
}

/* Gives it a name beside `path`. False, and errno, if that cannot be. */
static bool
name_beside(int fd, const char *path, char **beside)
{
  g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);
  int status = -1;
  errno = EEXIST;
  for (int i = 0; i < MAX_TRIES && status != 0 && errno == EEXIST; i++) {
    g_free(*beside);
    *beside = g_strdup_printf("%s.%08x~", path, g_random_int());
    status = linkat(AT_FDCWD, link, AT_FDCWD, *beside, AT_SYMLINK_FOLLOW);
  }
  if (status != 0)
    g_clear_pointer(beside, g_free);
  return status == 0;
}

/* A new file beside `path`; as open to others as the process makes files. */
static int
open_beside(const char *path, char **beside)
{
  int fd = open_nameless(path);
  errno = EEXIST;
  for (int i = 0; i < MAX_TRIES && fd < 0 && errno == EEXIST; i++) {
    g_free(*beside);
    *beside = g_strdup_printf("%s.%08x~", path, g_random_int());
    fd = g_open(*beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  }
  if (fd < 0)
    g_clear_pointer(beside, g_free);
  return fd;
}

int
hs_new_file_open(HsNewFile *file, const char *path)
{
  struct stat status;
  *file = (HsNewFile){.fd = -1};
  bool exists = stat(path, &status) == 0;
  if (exists && !S_ISREG(status.st_mode))
    return S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  /* A link stays one: what it leads to is replaced. */
  char *target = exists ? realpath(path, NULL) : NULL;
  file->place = g_strdup(target != NULL ? target : path);
  free(target);
  file->fd = open_beside(file->place, &file->beside);
  if (file->fd < 0) {
    int problem = errno;
    g_clear_pointer(&file->place, g_free);
    return problem;
  }
  if (exists)
    (void)fchmod(file->fd, status.st_mode & 07777);
  return 0;
}

int
hs_new_file_finish(HsNewFile *file, const int *cancel)
{
  int problem = fsync(file->fd) != 0 ? errno : 0;
  if (problem == 0 && file->beside == NULL && !name_beside(file->fd, file->place, &file->beside))
    problem = errno;
  if (close(file->fd) != 0 && problem == 0)
    problem = errno;
  file->fd = -1;
  if (problem == 0 && cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0)
    problem = ECANCELED;
  if (problem == 0 && g_rename(file->beside, file->place) != 0)
    problem = errno;
  if (problem == 0)
    g_clear_pointer(&file->beside, g_free);
  hs_new_file_drop(file);
  return problem;
}

void
hs_new_file_drop(HsNewFile *file)
{
  if (file->fd >= 0)
    close(file->fd);
  file->fd = -1;
  if (file->beside != NULL)
    (void)g_unlink(file->beside);
  g_clear_pointer(&file->beside, g_free);
  g_clear_pointer(&file->place, g_free);
}

/* SPDX-License-Identifier: MIT */
/*
 * The system beneath SQLite, where it writes a database: one file, which is there already and may have no name, that
 * nobody else knows. So there is nothing to be locked, no journal, and no other file.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hs-cli-db.h"

#define SYSTEM_NAME "heapscope"
#define PATH_BYTES_MAX 64

typedef struct {
  sqlite3_file base;
} File;

static int the_fd = -1;
static int *the_problem;

/* The first is the one to be told. */
static int
fail(int code)
{
  if (*the_problem == 0)
    *the_problem = errno;
  return errno == ENOSPC ? SQLITE_FULL : code;
}

static int
do_close(sqlite3_file *file)
{
  return SQLITE_OK;
}

static int
do_read(sqlite3_file *file, void *buffer, int length, sqlite3_int64 offset)
{
  int done = 0;
  while (done < length) {
    ssize_t n = pread(the_fd, (char *)buffer + done, (size_t)(length - done), offset + done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail(SQLITE_IOERR_READ);
    if (n == 0) {
      memset((char *)buffer + done, 0, (size_t)(length - done));
      return SQLITE_IOERR_SHORT_READ;
    }
    done += (int)n;
  }
  return SQLITE_OK;
}

static int
do_write(sqlite3_file *file, const void *buffer, int length, sqlite3_int64 offset)
{
  int done = 0;
  while (done < length) {
    ssize_t n = pwrite(the_fd, (const char *)buffer + done, (size_t)(length - done), offset + done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail(SQLITE_IOERR_WRITE);
    done += (int)n;
  }
  return SQLITE_OK;
}

static int
do_truncate(sqlite3_file *file, sqlite3_int64 size)
{
  return ftruncate(the_fd, size) == 0 ? SQLITE_OK : fail(SQLITE_IOERR_TRUNCATE);
}

/* Whoever gave the descriptor does that once, at the end. */
static int
do_sync(sqlite3_file *file, int flags)
{
  return SQLITE_OK;
}

static int
do_size(sqlite3_file *file, sqlite3_int64 *size)
{
  struct stat status;
  if (fstat(the_fd, &status) != 0)
    return fail(SQLITE_IOERR_FSTAT);
  *size = status.st_size;
  return SQLITE_OK;
}

static int
do_lock(sqlite3_file *file, int level)
{
  return SQLITE_OK;
}

static int
do_check_lock(sqlite3_file *file, int *result)
{
  *result = 0;
  return SQLITE_OK;
}

static int
do_control(sqlite3_file *file, int op, void *argument)
{
  return SQLITE_NOTFOUND;
}

static int
do_sector_size(sqlite3_file *file)
{
  return 4096;
}

static int
do_characteristics(sqlite3_file *file)
{
  return 0;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = do_close,
    .xRead = do_read,
    .xWrite = do_write,
    .xTruncate = do_truncate,
    .xSync = do_sync,
    .xFileSize = do_size,
    .xLock = do_lock,
    .xUnlock = do_lock,
    .xCheckReservedLock = do_check_lock,
    .xFileControl = do_control,
    .xSectorSize = do_sector_size,
    .xDeviceCharacteristics = do_characteristics,
};

static int
open_file(sqlite3_vfs *system, const char *name, sqlite3_file *file, int flags, int *flags_out)
{
  file->pMethods = NULL;
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
    return SQLITE_CANTOPEN;
  file->pMethods = &methods;
  if (flags_out != NULL)
    *flags_out = flags;
  return SQLITE_OK;
}

static int
remove_file(sqlite3_vfs *system, const char *name, int sync_folder)
{
  return SQLITE_IOERR_DELETE_NOENT;
}

/* Beside the database there is nothing. */
static int
look_for_file(sqlite3_vfs *system, const char *name, int flags, int *result)
{
  *result = 0;
  return SQLITE_OK;
}

static int
full_name(sqlite3_vfs *system, const char *name, int n, char *out)
{
  g_strlcpy(out, name, (gsize)n);
  return SQLITE_OK;
}

const char *
hs_cli_db_file_register(int fd, int *problem)
{
  static sqlite3_vfs system;
  const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
  the_fd = fd;
  the_problem = problem;
  *problem = 0;
  if (usual == NULL)
    return NULL;
  if (system.zName != NULL)
    return SYSTEM_NAME;
  system = (sqlite3_vfs){
      .iVersion = 1,
      .szOsFile = sizeof(File),
      .mxPathname = PATH_BYTES_MAX,
      .zName = SYSTEM_NAME,
      .xOpen = open_file,
      .xDelete = remove_file,
      .xAccess = look_for_file,
      .xFullPathname = full_name,
      .xRandomness = usual->xRandomness,
      .xSleep = usual->xSleep,
      .xCurrentTime = usual->xCurrentTime,
      .xGetLastError = usual->xGetLastError,
  };
  return sqlite3_vfs_register(&system, 0) == SQLITE_OK ? SYSTEM_NAME : NULL;
}

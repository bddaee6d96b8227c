/* SPDX-License-Identifier: MIT */
#include "hs-archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "hs-letters.h"

#define BLOCK_BYTES ((size_t)256 << 10)
/* A trace unpacks to ten or twenty times its size. What claims more than this is made to fill a disk. */
#define MAX_RATIO 256
#define MAX_RATIO_FREE_BYTES (UINT64_C(256) << 20)
#define MAX_BYTES (UINT64_C(256) << 30)
/* As much is left to others. */
#define SPARE_BYTES (UINT64_C(256) << 20)
/* Members that are looked at in search of traces. */
#define MAX_MEMBERS 100000u
#define MAX_NAMES_TOLD 8u

G_DEFINE_QUARK(hs - archive - error - quark, hs_archive_error)

typedef struct archive Archive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Archive, archive_read_free)

bool
hs_archive_detect(int descriptor)
{
  static const struct {
    const char *magic;
    size_t length;
  } kinds[] = {{"PK\3\4", 4}, {"PK\5\6", 4}, {"PK\7\10", 4}, {"7z\xbc\xaf\x27\x1c", 6}, {"MSCF\0\0\0\0", 8}};
  char start[8] = {0};
  if (pread(descriptor, start, sizeof start, 0) != (ssize_t)sizeof start)
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
    if (memcmp(start, kinds[i].magic, kinds[i].length) == 0)
      return true;
  }
  return false;
}

static bool
is_cancelled(const int *cancel, GError **error)
{
  if (cancel == NULL || __atomic_load_n(cancel, __ATOMIC_RELAXED) == 0)
    return false;
  g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_CANCELLED, "unpacking was cancelled");
  return true;
}

/* What libarchive says of its last failure, as text that may be shown. Free with g_free(). */
static char *
reason_of(Archive *archive)
{
  const char *text = archive_error_string(archive);
  return g_utf8_make_valid(text != NULL ? text : "unknown", -1);
}

static Archive *
open_archive(int descriptor, GError **error)
{
  g_autoptr(Archive) archive = archive_read_new();
  if (archive == NULL) {
    g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_SPACE, "out of memory");
    return NULL;
  }
  archive_read_support_format_zip(archive);
  archive_read_support_format_7zip(archive);
  archive_read_support_format_cab(archive);
  if (lseek(descriptor, 0, SEEK_SET) < 0 || archive_read_open_fd(archive, descriptor, BLOCK_BYTES) != ARCHIVE_OK) {
    g_autofree char *reason = reason_of(archive);
    g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_DAMAGED, "the archive cannot be read: %s", reason);
    return NULL;
  }
  return g_steal_pointer(&archive);
}

/* --- members --- */

static void
member_free(gpointer data)
{
  HsArchiveMember *member = data;
  g_free(member->name);
  g_free(member);
}

/* Names are told in UTF-8, in the locale's encoding, or in neither. */
static char *
name_of(struct archive_entry *entry)
{
  const char *name = archive_entry_pathname_utf8(entry);
  if (name == NULL)
    name = archive_entry_pathname(entry);
  return hs_text_shown(name != NULL ? name : "", "");
}

/* NULL if the entry is no trace. */
static HsArchiveMember *
trace_of(struct archive_entry *entry)
{
  g_autofree char *name = name_of(entry);
  size_t length = strlen(name);
  if (length < 4 || g_ascii_strcasecmp(name + length - 4, ".etl") != 0 || archive_entry_filetype(entry) != AE_IFREG)
    return NULL;
  HsArchiveMember *member = g_new0(HsArchiveMember, 1);
  member->name = g_steal_pointer(&name);
  member->size_bytes = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : -1;
  member->is_encrypted = archive_entry_is_encrypted(entry) != 0;
  return member;
}

/* The next trace; NULL at the end, without `error`. */
static HsArchiveMember *
next_trace(Archive *archive, unsigned *n_seen, const int *cancel, GError **error)
{
  struct archive_entry *entry;
  int status;
  while ((status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
    HsArchiveMember *member = trace_of(entry);
    if (member != NULL)
      return member;
    if (is_cancelled(cancel, error) || ++*n_seen >= MAX_MEMBERS)
      return NULL;
  }
  if (status == ARCHIVE_EOF)
    return NULL;
  g_autofree char *reason = reason_of(archive);
  bool is_encrypted = archive_read_has_encrypted_entries(archive) > 0;
  if (is_encrypted)
    g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_ENCRYPTED,
                "the archive is encrypted; unpack it with its password first");
  else
    g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_DAMAGED, "the archive is damaged: %s", reason);
  return NULL;
}

GPtrArray *
hs_archive_list(int descriptor, const int *cancel, GError **error)
{
  g_autoptr(Archive) archive = open_archive(descriptor, error);
  if (archive == NULL)
    return NULL;
  g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func(member_free);
  g_autoptr(GError) problem = NULL;
  unsigned n_seen = 0;
  HsArchiveMember *member;
  while ((member = next_trace(archive, &n_seen, cancel, &problem)) != NULL)
    g_ptr_array_add(members, member);
  /* What was found before the damage is there all the same. */
  bool is_usable = problem == NULL || (members->len > 0 && problem->code != HS_ARCHIVE_ERROR_CANCELLED);
  if (!is_usable) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return NULL;
  }
  return g_steal_pointer(&members);
}

/* The names there are, for a message. Free with g_free(). */
static char *
list_names(const GPtrArray *members)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < members->len && i < MAX_NAMES_TOLD; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", ((const HsArchiveMember *)members->pdata[i])->name);
  if (members->len > MAX_NAMES_TOLD)
    g_string_append_printf(text, " and %u more", members->len - MAX_NAMES_TOLD);
  return g_string_free(text, FALSE);
}

/* The name to be unpacked, of a list; NULL and `error` if that is not clear. Borrowed. */
static const char *
choose(const GPtrArray *members, const char *wanted, GError **error)
{
  g_autofree char *names = list_names(members);
  if (members->len == 0) {
    g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_NO_TRACE,
                "the archive holds no trace; expected a member whose name ends in .etl");
    return NULL;
  }
  for (guint i = 0; wanted != NULL && i < members->len; i++) {
    const HsArchiveMember *member = members->pdata[i];
    if (strcmp(member->name, wanted) == 0)
      return member->name;
  }
  if (wanted != NULL) {
    g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_NO_MEMBER, "the archive holds no trace “%s”; it holds %s",
                wanted, names);
    return NULL;
  }
  if (members->len > 1) {
    g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_SEVERAL, "the archive holds %u traces, choose one: %s",
                members->len, names);
    return NULL;
  }
  return ((const HsArchiveMember *)members->pdata[0])->name;
}

/* --- unpacking --- */

/* A file that no directory names, and that is gone when it is closed. */
static int
open_nameless(GError **error)
{
  const char *directory = g_getenv("TMPDIR");
  if (directory == NULL || *directory == '\0')
    directory = access("/var/tmp", W_OK) == 0 ? "/var/tmp" : g_get_tmp_dir();
  int descriptor = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    g_autofree char *path = g_build_filename(directory, "heapscope-XXXXXX", NULL);
    descriptor = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0)
      (void)unlink(path);
  }
  if (descriptor < 0) {
    int code = errno;
    g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_SPACE, "cannot be unpacked into %s: %s", directory,
                g_strerror(code));
  }
  return descriptor;
}

static bool
has_room(int descriptor, uint64_t bytes, GError **error)
{
  struct statvfs status;
  if (fstatvfs(descriptor, &status) != 0)
    return true;
  uint64_t free_bytes = (uint64_t)status.f_bavail * status.f_frsize;
  if (free_bytes >= SPARE_BYTES && free_bytes - SPARE_BYTES >= bytes)
    return true;
  g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_SPACE,
              "no room to unpack it: needs %" PRIu64 " bytes, %" PRIu64 " are free where temporary files go (TMPDIR)",
              bytes, free_bytes);
  return false;
}

static bool
is_plausible(uint64_t unpacked, uint64_t packed, GError **error)
{
  if (unpacked <= MAX_RATIO_FREE_BYTES || (unpacked <= MAX_BYTES && unpacked / MAX_RATIO <= packed))
    return true;
  g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_TOO_LARGE,
              "not unpacked: %" PRIu64 " bytes would become %" PRIu64 " or more, which no trace does", packed,
              unpacked);
  return false;
}

typedef struct {
  Archive *archive;
  int to;
  uint64_t packed_bytes, done, total;
  HsArchiveProgress progress;
  gpointer data;
  const int *cancel;
} Unpacking;

static bool
write_all(Unpacking *unpacking, const char *bytes, size_t n, GError **error)
{
  while (n > 0) {
    ssize_t written = write(unpacking->to, bytes, n);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      int code = errno;
      g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_SPACE, "no room to unpack it, after %" PRIu64 " bytes: %s",
                  unpacking->done, g_strerror(code));
      return false;
    }
    bytes += written;
    n -= (size_t)written;
    unpacking->done += (uint64_t)written;
  }
  return true;
}

/* False and `error` if nothing of it is of use. */
static bool
copy(Unpacking *unpacking, char **damage, GError **error)
{
  g_autofree char *block = g_try_malloc(BLOCK_BYTES);
  if (block == NULL) {
    g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_SPACE, "no memory to unpack it");
    return false;
  }
  for (;;) {
    if (is_cancelled(unpacking->cancel, error))
      return false;
    la_ssize_t n = archive_read_data(unpacking->archive, block, BLOCK_BYTES);
    if (n == 0)
      return true;
    if (n == ARCHIVE_RETRY)
      continue;
    if (n < 0) {
      g_autofree char *reason = reason_of(unpacking->archive);
      *damage =
          g_strdup_printf("the archive is damaged after %" PRIu64 " bytes of the trace: %s", unpacking->done, reason);
      return true;
    }
    if (!is_plausible(unpacking->done + (uint64_t)n, unpacking->packed_bytes, error) ||
        !write_all(unpacking, block, (size_t)n, error))
      return false;
    unpacking->progress(unpacking->data, unpacking->done, unpacking->total);
  }
}

static bool
unpack_member(Unpacking *unpacking, const HsArchiveMember *member, char **damage, GError **error)
{
  unpacking->total = member->size_bytes > 0 ? (uint64_t)member->size_bytes : 0;
  if (member->is_encrypted) {
    g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_ENCRYPTED,
                "“%s” is encrypted; unpack it with its password first", member->name);
    return false;
  }
  return is_plausible(unpacking->total, unpacking->packed_bytes, error) &&
         has_room(unpacking->to, unpacking->total, error) && copy(unpacking, damage, error);
}

int
hs_archive_unpack(int descriptor, const char *wanted, HsArchiveProgress progress, gpointer data, const int *cancel,
                  char **damage, GError **error)
{
  *damage = NULL;
  g_autoptr(GPtrArray) members = hs_archive_list(descriptor, cancel, error);
  const char *name = members != NULL ? choose(members, wanted, error) : NULL;
  off_t packed_bytes = lseek(descriptor, 0, SEEK_END);
  g_autoptr(Archive) archive = name != NULL ? open_archive(descriptor, error) : NULL;
  if (archive == NULL)
    return -1;
  int to = open_nameless(error);
  if (to < 0)
    return -1;
  Unpacking unpacking = {.archive = archive,
                         .to = to,
                         .packed_bytes = packed_bytes > 0 ? (uint64_t)packed_bytes : 0,
                         .progress = progress,
                         .data = data,
                         .cancel = cancel};
  unsigned n_seen = 0;
  HsArchiveMember *member = next_trace(archive, &n_seen, cancel, error);
  while (member != NULL && strcmp(member->name, name) != 0) {
    member_free(member);
    member = next_trace(archive, &n_seen, cancel, error);
  }
  bool done = member != NULL && unpack_member(&unpacking, member, damage, error);
  if (member == NULL && error != NULL && *error == NULL)
    g_set_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_DAMAGED, "the archive changed while it was read");
  if (member != NULL)
    member_free(member);
  if (!done) {
    close(to);
    g_clear_pointer(damage, g_free);
    return -1;
  }
  return to;
}

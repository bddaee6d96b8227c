/* SPDX-License-Identifier: MIT */
#include "hs-etl-file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hs-etl-file-private.h"

/* As far as hs_etl_file_open() looks before it believes that the bytes are a trace. */
#define SNIFF_BYTES (HS_ETL_BUFFER_HEADER_BYTES + 8)

static gboolean
not_etl(GError **error, guint64 offset, const char *expected, guint32 found)
{
  g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_NOT_ETL,
              "not a Windows trace log (.etl): offset 0x%" PRIx64 ": expected %s, found 0x%x", offset, expected, found);
  return FALSE;
}

/* An ETL file has no magic number, but its first buffer is a plain header buffer that begins with hook 0000. */
static gboolean
sniff(const guint8 *data, guint64 size, GError **error)
{
  if (size == 0) {
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_EMPTY, "the file is empty");
    return FALSE;
  }
  if (size < SNIFF_BYTES) {
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_NOT_ETL,
                "not a Windows trace log (.etl): expected at least %u bytes, found %" PRIu64, SNIFF_BYTES, size);
    return FALSE;
  }
  if (hs_le16(data + HS_ETL_BUFFER_TYPE) != HS_ETL_TYPE_HEADER)
    return not_etl(error, HS_ETL_BUFFER_TYPE, "a header buffer (type 4)", hs_le16(data + HS_ETL_BUFFER_TYPE));
  if (data[0x4b] != 0xc0)
    return not_etl(error, 0x4b, "an event mark (0xc0)", data[0x4b]);
  if (data[0x4a] != 1 && data[0x4a] != 2)
    return not_etl(error, 0x4a, "a system record (type 1 or 2)", data[0x4a]);
  if (hs_le16(data + 0x4e) != 0)
    return not_etl(error, 0x4e, "the log-file header record (hook 0x0)", hs_le16(data + 0x4e));
  return TRUE;
}

static gboolean
read_header(HsEtlFile *file, GError **error)
{
  if (!sniff(file->data, file->size, error))
    return FALSE;
  /* That it is a plain buffer is known by now, whatever its flags say. A size that cannot be is mended when the buffers
   * are walked; the header record is looked for as far as it could be. */
  guint32 tainted_size = hs_le32(file->data + HS_ETL_BUFFER_SIZE);
  gboolean possible = tainted_size >= SNIFF_BYTES && tainted_size <= HS_ETL_MAX_BUFFER_BYTES;
  gsize size = (gsize)MIN(file->size, possible ? tainted_size : HS_ETL_MAX_BUFFER_BYTES);
  return hs_etl_log_header_read(file->data, size, 0, &file->header, error);
}

static HsEtlFile *
open_bytes(GBytes *bytes, HsEtlMap *map, const char *path, guint64 *looked_at, const int *cancel, GError **error)
{
  g_autoptr(HsEtlFile) file = g_new0(HsEtlFile, 1);
  gsize size = 0;
  file->bytes = g_bytes_ref(bytes);
  file->data = g_bytes_get_data(bytes, &size);
  file->size = size;
  file->path = g_strdup(path);
  file->map = map != NULL ? hs_etl_map_ref(map) : NULL;
  file->cut_offset = G_MAXUINT64;
  file->sections = g_array_new(FALSE, TRUE, sizeof(HsEtlSection));
  if (!read_header(file, error) || !hs_etl_file_index(file, looked_at, cancel, error))
    return NULL;
  return g_steal_pointer(&file);
}

static HsEtlMap *
map_descriptor(int descriptor, GError **error)
{
  struct stat status;
  if (fstat(descriptor, &status) != 0) {
    int code = errno;
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_OPEN, "cannot be examined: %s", g_strerror(code));
    return NULL;
  }
  if (S_ISDIR(status.st_mode)) {
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_OPEN, "is a directory; expected a trace file (.etl)");
    return NULL;
  }
  if (!S_ISREG(status.st_mode)) {
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_OPEN,
                "is a device, pipe or socket; expected a regular trace file (.etl)");
    return NULL;
  }
  if (status.st_size == 0) {
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_EMPTY, "the file is empty");
    return NULL;
  }
  (void)posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  return hs_etl_map_new(descriptor, (guint64)status.st_size, error);
}

int
hs_etl_open(const char *path, GError **error)
{
  /* Not blocking: a named pipe that no one writes to would hold us here for good. */
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) {
    int code = errno;
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_OPEN, "cannot be opened: %s", g_strerror(code));
  }
  return descriptor;
}

HsEtlFile *
hs_etl_file_open_descriptor(int descriptor, const char *path, guint64 *looked_at, const int *cancel, GError **error)
{
  HsEtlMap *map = map_descriptor(descriptor, error);
  if (map == NULL)
    return NULL;
  g_autoptr(GBytes) bytes = hs_etl_map_bytes(map);
  HsEtlFile *file = open_bytes(bytes, map, path, looked_at, cancel, error);
  hs_etl_map_unref(map);
  return file;
}

HsEtlFile *
hs_etl_file_open(const char *path, const int *cancel, GError **error)
{
  int descriptor = hs_etl_open(path, error);
  if (descriptor < 0)
    return NULL;
  HsEtlFile *file = hs_etl_file_open_descriptor(descriptor, path, NULL, cancel, error);
  close(descriptor);
  return file;
}

HsEtlFile *
hs_etl_file_open_bytes(GBytes *bytes, const char *name, GError **error)
{
  return open_bytes(bytes, NULL, name, NULL, NULL, error);
}

void
hs_etl_file_free(HsEtlFile *file)
{
  if (file == NULL)
    return;
  hs_etl_log_header_clear(&file->header);
  g_clear_pointer(&file->sections, g_array_unref);
  hs_etl_issues_clear(file->issues);
  g_free(file->buffers);
  g_free(file->streams);
  g_free(file->path);
  g_bytes_unref(file->bytes);
  hs_etl_map_unref(file->map);
  g_free(file);
}

const HsEtlLogHeader *
hs_etl_file_header(const HsEtlFile *file)
{
  return &file->header;
}

const char *
hs_etl_file_path(const HsEtlFile *file)
{
  return file->path;
}

guint64
hs_etl_file_size(const HsEtlFile *file)
{
  return file->size;
}

guint64
hs_etl_file_unpacked_size(const HsEtlFile *file)
{
  guint64 bytes = 0;
  if (!file->compressed)
    return file->size;
  for (guint64 i = 0; i < file->n_buffers; i++) {
    guint32 tainted_valid = hs_le32(file->data + file->buffers[i].offset + HS_ETL_BUFFER_VALID);
    bytes += CLAMP(tainted_valid, file->buffers[i].size, HS_ETL_MAX_BUFFER_BYTES);
  }
  return bytes;
}

guint64
hs_etl_file_n_buffers(const HsEtlFile *file)
{
  return file->n_buffers;
}

guint64
hs_etl_file_lost_offset(const HsEtlFile *file)
{
  return file->map != NULL ? hs_etl_map_lost_offset(file->map) : G_MAXUINT64;
}

gboolean
hs_etl_file_compressed(const HsEtlFile *file)
{
  return file->compressed;
}

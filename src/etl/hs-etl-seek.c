/* SPDX-License-Identifier: MIT */
/* Where buffers begin, if the size of the one before is not to be believed. */
#include "hs-etl-file-private.h"
#include "hs-etl-record-inline.h"

#define CANCEL_POLL_BYTES ((guint64)1 << 20)

gboolean
hs_etl_is_buffer_size(guint32 tainted_size)
{
  return tainted_size >= HS_ETL_BUFFER_HEADER_BYTES && tainted_size <= HS_ETL_MAX_BUFFER_BYTES;
}

gboolean
hs_etl_is_buffer_header_but_size(const guint8 *buffer)
{
  guint32 tainted_valid = hs_le32(buffer + HS_ETL_BUFFER_VALID);
  return hs_le32(buffer + HS_ETL_BUFFER_REFERENCES) == 0 &&
         hs_le16(buffer + HS_ETL_BUFFER_FLAGS) < 2 * HS_ETL_FLAG_LAST &&
         hs_le16(buffer + HS_ETL_BUFFER_TYPE) <= HS_ETL_TYPE_LAST && hs_etl_is_buffer_size(tainted_valid);
}

static gboolean
is_buffer_header(const HsEtlFile *file, guint64 at)
{
  const guint8 *buffer = file->data + at;
  return hs_etl_is_buffer_size(hs_le32(buffer + HS_ETL_BUFFER_SIZE)) && hs_etl_is_buffer_header_but_size(buffer);
}

gboolean
hs_etl_all_zero(const guint8 *data, guint64 size)
{
  for (guint64 i = 0; i < size; i++) {
    if (data[i] != 0)
      return FALSE;
  }
  return TRUE;
}

gboolean
hs_etl_buffer_may_end(const HsEtlFile *file, guint64 at)
{
  if (at > file->size)
    return FALSE;
  if (file->size - at < HS_ETL_BUFFER_HEADER_BYTES)
    return TRUE;
  return is_buffer_header(file, at) || hs_etl_all_zero(file->data + at, HS_ETL_BUFFER_HEADER_BYTES);
}

gboolean
hs_etl_has_record(const guint8 *data, guint64 left)
{
  HsEtlFrame frame;
  const char *why;
  return hs_etl_record_frame(data, (size_t)left, &frame, &why) > 0 && frame.kind != HS_ETL_OTHER;
}

/* A header, a record behind it where that can be seen, and the next header where the size says or the file's end. */
static gboolean
is_buffer(const HsEtlFile *file, guint64 at)
{
  const guint8 *buffer = file->data + at;
  if (!is_buffer_header(file, at))
    return FALSE;
  guint32 size = hs_le32(buffer + HS_ETL_BUFFER_SIZE), valid = hs_le32(buffer + HS_ETL_BUFFER_VALID);
  guint64 end = at + size;
  if (end > file->size || valid == HS_ETL_BUFFER_HEADER_BYTES)
    return FALSE;
  if ((hs_le16(buffer + HS_ETL_BUFFER_FLAGS) & HS_ETL_FLAG_COMPRESSED) == 0 &&
      (valid > size || !hs_etl_has_record(buffer + HS_ETL_BUFFER_HEADER_BYTES, valid - HS_ETL_BUFFER_HEADER_BYTES)))
    return FALSE;
  return end == file->size || hs_etl_buffer_may_end(file, end);
}

guint64
hs_etl_find_buffer(const HsEtlFile *file, guint64 from, const int *cancel)
{
  for (guint64 at = from; at <= file->size && file->size - at >= HS_ETL_BUFFER_HEADER_BYTES; at++) {
    if (is_buffer(file, at))
      return at;
    if (at % CANCEL_POLL_BYTES == 0 && cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED))
      break;
  }
  return G_MAXUINT64;
}

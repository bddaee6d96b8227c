/* SPDX-License-Identifier: MIT */
/* How many heap records a file holds, about: a look at some of its buffers. */
#include "hs-etl-file-private.h"
#include "hs-etl-heap-inline.h"
#include "hs-etl-record-inline.h"

/* Buffers looked at, spread over the file. */
#define SAMPLES 256u

/* Records of a buffer that may be heap records: those with a GUID are not looked at further. */
static guint64
count_heap_records(const guint8 *p, gsize left)
{
  guint64 n = 0;
  for (;;) {
    HsEtlFrame frame;
    const char *why;
    int advance = hs_etl_record_frame(p, left, &frame, &why);
    if (advance <= 0)
      return n;
    n += !hs_etl_kind_layouts[frame.kind].hook_family || hs_le16(p + 6) >> 8 == HS_ETL_HOOK_GROUP_HEAP;
    if ((gsize)advance >= left)
      return n;
    p += advance;
    left -= (gsize)advance;
  }
}

gboolean
hs_etl_file_sample_heap_records(const HsEtlFile *file, guint64 *n_records)
{
  guint64 step = MAX(file->n_buffers / SAMPLES, 1), bytes = 0, n = 0;
  for (guint64 i = 0; i < file->n_buffers; i += step) {
    const HsEtlBuffer *buffer = &file->buffers[i];
    const guint8 *data = file->data + buffer->offset;
    guint32 valid = MIN(hs_le32(data + HS_ETL_BUFFER_VALID), buffer->size);
    if ((hs_le16(data + HS_ETL_BUFFER_FLAGS) & HS_ETL_FLAG_COMPRESSED) != 0)
      return FALSE;
    bytes += buffer->size;
    if (valid > HS_ETL_BUFFER_HEADER_BYTES)
      n += count_heap_records(data + HS_ETL_BUFFER_HEADER_BYTES, valid - HS_ETL_BUFFER_HEADER_BYTES);
  }
  *n_records = bytes > 0 ? (guint64)((double)n * ((double)file->size / (double)bytes)) : 0;
  return TRUE;
}

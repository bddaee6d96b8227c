/* SPDX-License-Identifier: MIT */
/*
 * The inside of HsEtlFile, for the files of this floor that index and merge. Buffers are kept as 16 bytes each, grouped
 * by stream; what else a buffer header tells is read again from the mapping when its turn comes.
 */
#pragma once

#include "hs-bytes.h"
#include "hs-etl-file.h"
#include "hs-etl-map.h"

/* WMI_BUFFER_HEADER (ntwmi.h), the same for 32 and 64 bits. */
#define HS_ETL_BUFFER_HEADER_BYTES 72u
#define HS_ETL_MAX_BUFFER_BYTES (16u * 1024 * 1024 + HS_ETL_BUFFER_HEADER_BYTES)

/* Offsets of its members. */
enum {
  HS_ETL_BUFFER_SIZE = 0x00,      /* u32: bytes in the file */
  HS_ETL_BUFFER_REFERENCES = 0xc, /* u32: 0 in files */
  HS_ETL_BUFFER_SEQUENCE = 0x18,  /* u64 */
  HS_ETL_BUFFER_PROCESSOR = 0x28, /* u16, or u8 without the flag below */
  HS_ETL_BUFFER_STATE = 0x2c,     /* u32: compression format in the first buffer of a compressed file */
  HS_ETL_BUFFER_VALID = 0x30,     /* u32 "Offset": end of the valid data once unpacked, from the header's start */
  HS_ETL_BUFFER_FLAGS = 0x34,     /* u16 */
  HS_ETL_BUFFER_TYPE = 0x36       /* u16 */
};

enum {
  HS_ETL_FLAG_EVENTS_LOST = 0x0002,
  HS_ETL_FLAG_BUFFER_LOST = 0x0004,
  HS_ETL_FLAG_PROC_INDEX = 0x0020,
  HS_ETL_FLAG_COMPRESSED = 0x0040,
  HS_ETL_FLAG_LAST = HS_ETL_FLAG_COMPRESSED /* of those there are */
};

enum { HS_ETL_TYPE_HEADER = 4, HS_ETL_TYPE_EMPTY_MARKER = 6, HS_ETL_TYPE_DEBUG_INFO = 7, HS_ETL_TYPE_LAST = 7 };

/* LogFileMode (evntrace.h). */
enum {
  HS_ETL_MODE_CIRCULAR = 0x00000002,
  HS_ETL_MODE_PREALLOCATE = 0x00000020,
  HS_ETL_MODE_COMPRESSED = 0x04000000,
  HS_ETL_MODE_ONE_STREAM = 0x10000000 /* no per-processor buffering */
};

/* One buffer. */
typedef struct {
  guint64 offset;
  guint32 size; /* bytes in the file that are really there */
  guint16 stream_key;
  guint16 section;
} HsEtlBuffer;

#define HS_ETL_HEADER_STREAM_KEY                                                                                       \
  0 /* header buffers have a stream of their own: what Windows adds to them comes late                                 \
     */
#define HS_ETL_MAX_CPUS 2048
#define HS_ETL_N_STREAM_KEYS (1 + HS_ETL_MAX_CPUS)

typedef struct {
  guint64 first; /* into the file's buffers */
  guint64 count;
} HsEtlStream;

/* The clock and the limits that hold from one header buffer to the next. */
typedef struct {
  gint64 header_ticks;
  gint64 base_ticks; /* of the header record, in the first section's clock, since the first section's header record */
  guint64 frequency;
  guint32 compression; /* RTL COMPRESSION_FORMAT_*, 0 if not told */
} HsEtlSection;

struct _HsEtlFile {
  GBytes *bytes;
  const guint8 *data;
  guint64 size;
  char *path;
  HsEtlLogHeader header;
  GArray *sections; /* HsEtlSection */
  HsEtlBuffer *buffers;
  guint64 n_buffers;
  guint64 buffers_allocated;
  HsEtlStream *streams; /* in order of their key */
  guint n_streams;
  guint64 cut_offset; /* of the buffer that the end of the file cuts off, G_MAXUINT64 if none */
  gboolean compressed;
  HsEtlMap *map; /* what the bytes are of; or NULL */
  HsEtlIssue issues[HS_ETL_N_ISSUES];
};

/* Processor number of a buffer header (SDK: 11 bits since Windows 8, a byte before). */
static inline guint16
hs_etl_buffer_cpu(const guint8 *buffer)
{
  if ((hs_le16(buffer + HS_ETL_BUFFER_FLAGS) & HS_ETL_FLAG_PROC_INDEX) != 0)
    return hs_le16(buffer + HS_ETL_BUFFER_PROCESSOR) & (HS_ETL_MAX_CPUS - 1);
  return buffer[HS_ETL_BUFFER_PROCESSOR];
}

/*
 * Reads the log-file header record of the header buffer at `offset`, which has `size` bytes there. FALSE with `error`
 * set if it cannot be one; `header` is then cleared. Strings are new; hs_etl_log_header_clear() frees them.
 */
gboolean hs_etl_log_header_read(const guint8 *buffer, gsize size, guint64 offset, HsEtlLogHeader *header,
                                GError **error);
void hs_etl_log_header_clear(HsEtlLogHeader *header);

/* Walks the buffer headers of a file whose header has been read, and groups them by stream. Damage becomes issues.
 * FALSE with `error` if cancelled or out of memory. */
gboolean hs_etl_file_index(HsEtlFile *file, guint64 *looked_at, const int *cancel, GError **error);

/* --- where buffers begin; any thread --- */

/* Whether a buffer can be of that size. */
gboolean hs_etl_is_buffer_size(guint32 tainted_size);
/* Whether the 72 bytes can be a buffer's header, as Windows writes it into files, whatever size they tell. */
gboolean hs_etl_is_buffer_header_but_size(const guint8 *buffer);
/* Whether a buffer may end at `at`: the file ends there or soon after, or another header or nothing but zeros follow.
 */
gboolean hs_etl_buffer_may_end(const HsEtlFile *file, guint64 at);
/* Whether a record of a known kind that is whole begins at `data`. */
gboolean hs_etl_has_record(const guint8 *data, guint64 left);
/* The first place from `from` on where a buffer begins beyond reasonable doubt; G_MAXUINT64 if there is none, or
 * `cancel` (may be NULL) was set. One look at each byte. */
guint64 hs_etl_find_buffer(const HsEtlFile *file, guint64 from, const int *cancel);
gboolean hs_etl_all_zero(const guint8 *data, guint64 size);

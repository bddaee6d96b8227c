/* SPDX-License-Identifier: MIT */
/* From buffer to buffer of a stream: brought into memory, unpacked, looked over. */
#include <inttypes.h>
#include <sys/mman.h>

#include "hs-etl-merger-private.h"
#include "hs-etl-xpress.h"

/* How far a compressed buffer may swell, and all of them together: far above what traces reach (about 5 to 1), low
 * enough that work and memory stay in proportion to the file. */
#define MAX_BUFFER_SWELL 512
#define FREE_BUFFER_SWELL_BYTES (64u * 1024)
#define MAX_TOTAL_SWELL 128
#define FREE_TOTAL_SWELL_BYTES ((guint64)256 << 20)
/* What is unpacked at one time, a buffer a processor. */
#define MAX_HELD_SWELL 8
#define FREE_HELD_SWELL_BYTES ((guint64)256 << 20)

/* The mapping is brought in by windows of this size, ahead of what is read; but not where buffers are no larger than
 * what Linux maps around a byte that is asked for: the look at their headers has mapped them. */
#define WINDOW_BYTES ((guint64)4 << 20)
#define MAPPED_AROUND_BYTES (64u << 10)

#define COMPRESSION_LZNT1 2
#define COMPRESSION_XPRESS_HUFFMAN 4

static void
fetch_ahead(HsEtlMerger *merger)
{
  while (merger->fetched < merger->file->size && merger->fetched < merger->position + WINDOW_BYTES) {
    guint64 length = MIN(WINDOW_BYTES, merger->file->size - merger->fetched);
    /* A hint: what cannot be had this way comes by page faults. */
    if (merger->file->header.buffer_size > MAPPED_AROUND_BYTES)
      (void)madvise((void *)(merger->file->data + merger->fetched), (size_t)length, MADV_POPULATE_READ);
    merger->fetched += length;
  }
  if (merger->fetched < merger->file->size)
    (void)posix_madvise((void *)(merger->file->data + merger->fetched),
                        (size_t)MIN(2 * WINDOW_BYTES, merger->file->size - merger->fetched), POSIX_MADV_WILLNEED);
}

gboolean
hs_etl_merger_make_scratch(HsEtlMerger *merger, guint8 **bytes, gsize *size, gsize wanted)
{
  if (*size >= wanted)
    return TRUE;
  merger->scratch_total -= *size;
  *size = 0;
  g_clear_pointer(bytes, g_free);
  if (merger->scratch_total + wanted > merger->file->size * MAX_HELD_SWELL + FREE_HELD_SWELL_BYTES)
    return FALSE;
  *bytes = g_try_malloc(wanted);
  if (*bytes == NULL)
    return FALSE;
  *size = wanted;
  merger->scratch_total += wanted;
  return TRUE;
}

/* FALSE, and an issue, if the section's buffers are compressed in a way that is not known. */
static gboolean
is_xpress(HsEtlMerger *merger, const HsEtlStreamState *stream)
{
  guint32 compression = stream->section->compression;
  if (compression != COMPRESSION_LZNT1 && compression != COMPRESSION_XPRESS_HUFFMAN)
    return TRUE;
  hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_COMPRESSION_KIND, stream->buffer_offset,
                   "expected XPRESS (3), found %s (%u), which is not supported",
                   compression == COMPRESSION_LZNT1 ? "LZNT1" : "XPRESS with Huffman codes", compression);
  return FALSE;
}

/* Whether `packed` bytes may unpack to `wanted`. */
static gboolean
is_believable(const HsEtlMerger *merger, gboolean cut, gsize packed, gsize wanted)
{
  return wanted <= HS_ETL_MAX_BUFFER_BYTES - HS_ETL_BUFFER_HEADER_BYTES &&
         (cut || wanted <= packed * MAX_BUFFER_SWELL + FREE_BUFFER_SWELL_BYTES) &&
         merger->unpacked_total + wanted <= merger->file->size * MAX_TOTAL_SWELL + FREE_TOTAL_SWELL_BYTES;
}

static gboolean
report_unbelievable(HsEtlMerger *merger, const HsEtlStreamState *stream, gsize packed, gsize wanted)
{
  hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_DECOMPRESS, stream->buffer_offset,
                   "%" G_GSIZE_FORMAT " bytes claim to unpack to %" G_GSIZE_FORMAT
                   ", more than is believed of this file",
                   packed, wanted);
  return FALSE;
}

static gsize
unpacked_bytes(const guint8 *data)
{
  guint32 tainted_valid = hs_le32(data + HS_ETL_BUFFER_VALID);
  return MAX(tainted_valid, HS_ETL_BUFFER_HEADER_BYTES) - HS_ETL_BUFFER_HEADER_BYTES;
}

/* Lets the stream's next buffer be unpacked ahead, if it is one that will be. */
static void
post_next(HsEtlMerger *merger, HsEtlStreamState *stream)
{
  if (stream->next_buffer >= stream->end_buffer)
    return;
  const HsEtlBuffer *buffer = &merger->file->buffers[stream->next_buffer];
  const guint8 *data = merger->file->data + buffer->offset;
  guint32 compression = g_array_index(merger->file->sections, HsEtlSection, buffer->section).compression;
  gsize packed = buffer->size - HS_ETL_BUFFER_HEADER_BYTES, wanted = unpacked_bytes(data);
  if ((hs_le16(data + HS_ETL_BUFFER_FLAGS) & HS_ETL_FLAG_COMPRESSED) != 0 && compression != COMPRESSION_LZNT1 &&
      compression != COMPRESSION_XPRESS_HUFFMAN && wanted > 0 && is_believable(merger, FALSE, packed, wanted))
    hs_etl_stream_post_unpack(merger, stream, stream->next_buffer, data + HS_ETL_BUFFER_HEADER_BYTES, packed, wanted);
}

/* What is unpacked ahead must not take the room of what is needed now. */
static gboolean
make_room(HsEtlMerger *merger, HsEtlStreamState *stream, gsize wanted)
{
  if (hs_etl_merger_make_scratch(merger, &stream->scratch, &stream->scratch_size, wanted))
    return TRUE;
  hs_etl_unpack_drop_jobs(merger);
  return hs_etl_merger_make_scratch(merger, &stream->scratch, &stream->scratch_size, wanted);
}

/* Unpacks the buffer at `data` (`size` bytes in the file), number `index`, into the stream's scratch. FALSE if it is to
 * be skipped. */
static gboolean
unpack(HsEtlMerger *merger, HsEtlStreamState *stream, const guint8 *data, guint32 size, guint64 index)
{
  HsEtlIssue *issues = merger->counts.issues;
  gsize packed = size - HS_ETL_BUFFER_HEADER_BYTES, wanted = unpacked_bytes(data);
  gsize got = 0, used = 0;
  if (!is_xpress(merger, stream))
    return FALSE;
  if (!is_believable(merger, stream->cut, packed, wanted))
    return report_unbelievable(merger, stream, packed, wanted);
  if (!hs_etl_stream_take_unpacked(merger, stream, index, &got, &used)) {
    if (!make_room(merger, stream, wanted))
      return report_unbelievable(merger, stream, packed, wanted);
    if (wanted > 0)
      got = hs_etl_xpress_unpack(data + HS_ETL_BUFFER_HEADER_BYTES, packed, stream->scratch, wanted, &used);
  }
  merger->unpacked_total += wanted;
  post_next(merger, stream);
  if (got < wanted && !stream->cut) {
    hs_etl_issue_add(issues, HS_ETL_ISSUE_DECOMPRESS, stream->buffer_offset,
                     "expected %" G_GSIZE_FORMAT " unpacked bytes, found %" G_GSIZE_FORMAT
                     " before the error at compressed byte %" G_GSIZE_FORMAT,
                     wanted, got, used);
    return FALSE;
  }
  /* Nothing but a word of flags that was not needed any more may be left. */
  if (packed - used >= 2 * sizeof(guint32))
    hs_etl_issue_add(issues, HS_ETL_ISSUE_DECOMPRESS, stream->buffer_offset,
                     "expected the end of %" G_GSIZE_FORMAT " compressed bytes with the %" G_GSIZE_FORMAT
                     " bytes unpacked, found more from byte %" G_GSIZE_FORMAT " on",
                     packed, wanted, used);
  stream->next = stream->scratch;
  stream->left = got;
  return TRUE;
}

/* Behind the end of its data a buffer is filled up with what is no record. */
static void
check_data_end(HsEtlMerger *merger, const HsEtlStreamState *stream, const guint8 *data, guint32 size)
{
  guint32 tainted_valid = hs_le32(data + HS_ETL_BUFFER_VALID);
  if (tainted_valid > size) {
    hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_BAD_BUFFER, stream->buffer_offset,
                     "expected the end of its data within %u bytes, found %u", size, tainted_valid);
    return;
  }
  guint32 behind = (MAX(tainted_valid, HS_ETL_BUFFER_HEADER_BYTES) + 7) & ~7u;
  if (behind < size && hs_etl_has_record(data + behind, size - behind))
    hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_BAD_BUFFER, stream->buffer_offset,
                     "expected no record behind the end of its data, which is at byte %u of %u, found one",
                     tainted_valid, size);
}

static void
use_plain(HsEtlMerger *merger, HsEtlStreamState *stream, const guint8 *data, guint32 size)
{
  if (!stream->cut)
    check_data_end(merger, stream, data, size);
  guint32 valid = MIN(hs_le32(data + HS_ETL_BUFFER_VALID), size);
  stream->next = data + HS_ETL_BUFFER_HEADER_BYTES;
  stream->left = valid > HS_ETL_BUFFER_HEADER_BYTES ? valid - HS_ETL_BUFFER_HEADER_BYTES : 0;
}

static void
enter_section(HsEtlMerger *merger, HsEtlStreamState *stream, guint section_index)
{
  stream->section = &g_array_index(merger->file->sections, HsEtlSection, section_index);
  stream->scaled = stream->section->frequency != merger->file->header.clock.frequency;
  stream->shift = (guint64)stream->section->base_ticks - (guint64)stream->section->header_ticks;
}

/* Sequence numbers need not be dense, so that holes in them tell nothing; the flags do. What the flags of a header
 * buffer tell of is no stretch of time. */
static void
note_loss(HsEtlMerger *merger, HsEtlStreamState *stream, const HsEtlBuffer *buffer, guint16 flags)
{
  guint16 lost = flags & (HS_ETL_FLAG_EVENTS_LOST | HS_ETL_FLAG_BUFFER_LOST);
  if (lost == 0 || buffer->stream_key == HS_ETL_HEADER_STREAM_KEY)
    return;
  if (stream->lost == 0) {
    /* Without an event of this session before, since the session began. */
    const HsEtlSection *section = &g_array_index(merger->file->sections, HsEtlSection, buffer->section);
    stream->lost_since = MAX(stream->latest, section->base_ticks);
    stream->lost_cpu = hs_etl_buffer_cpu(merger->file->data + buffer->offset);
  }
  stream->lost |= lost;
}

/* Buffers of some types hold no events. FALSE if this is one of them. */
static gboolean
is_for_events(HsEtlMerger *merger, const HsEtlStreamState *stream, const guint8 *data, guint32 size)
{
  guint16 type = hs_le16(data + HS_ETL_BUFFER_TYPE);
  guint32 tainted_valid = hs_le32(data + HS_ETL_BUFFER_VALID);
  if (type != HS_ETL_TYPE_EMPTY_MARKER && type != HS_ETL_TYPE_DEBUG_INFO)
    return TRUE;
  if (tainted_valid <= HS_ETL_BUFFER_HEADER_BYTES ||
      (!stream->compressed && !hs_etl_has_record(data + HS_ETL_BUFFER_HEADER_BYTES, size - HS_ETL_BUFFER_HEADER_BYTES)))
    return FALSE;
  hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_BAD_BUFFER, stream->buffer_offset,
                   "expected no records in a buffer of type %u, found some; they are read", type);
  return TRUE;
}

static void
check_cpu(HsEtlMerger *merger, const HsEtlStreamState *stream)
{
  guint32 cpus = merger->file->header.cpus;
  if (G_UNLIKELY(stream->cpu >= cpus) && cpus > 0 && !stream->is_header)
    hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_BAD_BUFFER, stream->buffer_offset,
                     "expected one of %u processors, found number %u; its events are kept", cpus, stream->cpu);
}

gboolean
hs_etl_stream_load_buffer(HsEtlMerger *merger, HsEtlStreamState *stream)
{
  while (stream->next_buffer < stream->end_buffer) {
    guint64 index = stream->next_buffer++;
    const HsEtlBuffer *buffer = &merger->file->buffers[index];
    const guint8 *data = merger->file->data + buffer->offset;
    guint16 flags = hs_le16(data + HS_ETL_BUFFER_FLAGS);
    merger->position += buffer->size;
    merger->counts.buffers++;
    if (merger->position + WINDOW_BYTES > merger->fetched)
      fetch_ahead(merger);
    note_loss(merger, stream, buffer, flags);
    stream->buffer_offset = buffer->offset;
    stream->cpu = hs_etl_buffer_cpu(data);
    stream->compressed = (flags & HS_ETL_FLAG_COMPRESSED) != 0;
    stream->cut = buffer->offset == merger->file->cut_offset;
    enter_section(merger, stream, buffer->section);
    if (stream->compressed)
      merger->counts.compressed_buffers++;
    stream->is_header = buffer->stream_key == HS_ETL_HEADER_STREAM_KEY;
    check_cpu(merger, stream);
    if (!is_for_events(merger, stream, data, buffer->size))
      continue;
    if (!stream->compressed)
      use_plain(merger, stream, data, buffer->size);
    else if (!unpack(merger, stream, data, buffer->size, index))
      continue;
    if (stream->left >= 8)
      return TRUE;
  }
  stream->left = 0;
  hs_etl_stream_drop_scratch(merger, stream);
  return FALSE;
}

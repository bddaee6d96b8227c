/* SPDX-License-Identifier: MIT */
#include "hs-etl-merger.h"

#include <inttypes.h>
#include <sys/mman.h>

#include "hs-etl-file-private.h"
#include "hs-etl-heap-inline.h"
#include "hs-etl-record-inline.h"
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

/* The mapping is brought in by windows of this size, ahead of what is read. */
#define WINDOW_BYTES ((guint64)4 << 20)

#define COMPRESSION_LZNT1 2
#define COMPRESSION_XPRESS_HUFFMAN 4

/* The buffers of one processor, and its next record. */
typedef struct {
  const guint8 *next; /* framed by `frame` */
  gsize left;         /* valid bytes from `next` on */
  gint64 key;         /* ticks of the next record, never below those of the one before */
  guint64 shift;      /* ticks = raw + shift, while `scaled` is not set */
  HsEtlFrame frame;
  guint32 advance; /* bytes to the record after the next */
  guint32 order;   /* among streams of equal key */
  guint16 cpu;
  bool scaled;     /* the section's clock is not the first one's */
  bool compressed; /* the bytes are in `scratch` */
  bool cut;        /* by the end of the file: a broken record at the end is no news */

  /* Loss that buffers told of since the last record that had a time: HS_ETL_FLAG_…_LOST, or 0. */
  guint16 lost;
  guint16 lost_cpu;
  gint64 lost_since; /* ticks */

  guint64 buffer_offset; /* in the file */
  guint64 next_buffer;   /* into the file's buffers */
  guint64 end_buffer;
  const HsEtlSection *section;
  guint8 *scratch;
  gsize scratch_size;
} Stream;

typedef struct {
  gint64 key;
  Stream *stream;
} Waiting;

struct _HsEtlMerger {
  HsEtlFile *file;
  Stream *current;   /* whose record was returned last, or NULL */
  gboolean is_found; /* no: whose record comes next */
  gint64 limit;      /* `current` stays first up to this key */
  Waiting *waiting;  /* binary heap of the other streams */
  guint n_waiting;
  gint64 latest_ticks;
  Stream *streams;
  guint n_streams;
  guint64 position;
  guint64 fetched; /* bytes of the mapping asked for */
  guint64 unpacked_total;
  guint64 scratch_total; /* bytes of all streams' scratch */
  guint64 leap;          /* ticks: a step ahead that is worth a second look */
  gint64 end_ticks;      /* when the session ended, and a good while on top; INT64_MAX if that is not told */
  GArray *gaps;          /* HsEtlGap */
  HsEtlCounts counts;
};

static void
fetch_ahead(HsEtlMerger *merger)
{
  while (merger->fetched < merger->file->size && merger->fetched < merger->position + WINDOW_BYTES) {
    guint64 length = MIN(WINDOW_BYTES, merger->file->size - merger->fetched);
    /* A hint: what cannot be had this way comes by page faults. */
    (void)madvise((void *)(merger->file->data + merger->fetched), (size_t)length, MADV_POPULATE_READ);
    merger->fetched += length;
  }
  if (merger->fetched < merger->file->size)
    (void)posix_madvise((void *)(merger->file->data + merger->fetched),
                        (size_t)MIN(2 * WINDOW_BYTES, merger->file->size - merger->fetched), POSIX_MADV_WILLNEED);
}

static void
drop_scratch(HsEtlMerger *merger, Stream *stream)
{
  merger->scratch_total -= stream->scratch_size;
  stream->scratch_size = 0;
  g_clear_pointer(&stream->scratch, g_free);
}

/* Makes room for `wanted` unpacked bytes. FALSE if that is more than a file like this may ask for, or there is. */
static gboolean
make_scratch(HsEtlMerger *merger, Stream *stream, gsize wanted)
{
  if (stream->scratch_size >= wanted)
    return TRUE;
  drop_scratch(merger, stream);
  if (merger->scratch_total + wanted > merger->file->size * MAX_HELD_SWELL + FREE_HELD_SWELL_BYTES)
    return FALSE;
  stream->scratch = g_try_malloc(wanted);
  if (stream->scratch == NULL)
    return FALSE;
  stream->scratch_size = wanted;
  merger->scratch_total += wanted;
  return TRUE;
}

/* Unpacks the buffer at `data` (`size` bytes in the file) into the stream's scratch. FALSE if it is to be skipped. */
static gboolean
unpack(HsEtlMerger *merger, Stream *stream, const guint8 *data, guint32 size)
{
  HsEtlIssue *issues = merger->counts.issues;
  guint32 compression = stream->section->compression;
  if (compression == COMPRESSION_LZNT1 || compression == COMPRESSION_XPRESS_HUFFMAN) {
    hs_etl_issue_add(issues, HS_ETL_ISSUE_COMPRESSION_KIND, stream->buffer_offset,
                     "expected XPRESS (3), found %s (%u), which is not supported",
                     compression == COMPRESSION_LZNT1 ? "LZNT1" : "XPRESS with Huffman codes", compression);
    return FALSE;
  }
  guint32 tainted_valid = hs_le32(data + HS_ETL_BUFFER_VALID);
  if (tainted_valid <= HS_ETL_BUFFER_HEADER_BYTES) {
    stream->left = 0;
    return TRUE;
  }
  guint64 packed = size - HS_ETL_BUFFER_HEADER_BYTES;
  gsize wanted = tainted_valid - HS_ETL_BUFFER_HEADER_BYTES;
  if (tainted_valid > HS_ETL_MAX_BUFFER_BYTES ||
      (!stream->cut && wanted > packed * MAX_BUFFER_SWELL + FREE_BUFFER_SWELL_BYTES) ||
      merger->unpacked_total + wanted > merger->file->size * MAX_TOTAL_SWELL + FREE_TOTAL_SWELL_BYTES ||
      !make_scratch(merger, stream, wanted)) {
    hs_etl_issue_add(issues, HS_ETL_ISSUE_DECOMPRESS, stream->buffer_offset,
                     "%" PRIu64 " bytes claim to unpack to %" G_GSIZE_FORMAT ", more than is believed of this file",
                     packed, wanted);
    return FALSE;
  }
  merger->unpacked_total += wanted;
  size_t error_at = 0;
  gsize got =
      hs_etl_xpress_unpack(data + HS_ETL_BUFFER_HEADER_BYTES, (gsize)packed, stream->scratch, wanted, &error_at);
  if (got < wanted && !stream->cut) {
    hs_etl_issue_add(issues, HS_ETL_ISSUE_DECOMPRESS, stream->buffer_offset,
                     "expected %" G_GSIZE_FORMAT " unpacked bytes, found %" G_GSIZE_FORMAT
                     " before the error at compressed byte %" G_GSIZE_FORMAT,
                     wanted, got, error_at);
    return FALSE;
  }
  stream->next = stream->scratch;
  stream->left = got;
  return TRUE;
}

static void
use_plain(HsEtlMerger *merger, Stream *stream, const guint8 *data, guint32 size)
{
  guint32 tainted_valid = hs_le32(data + HS_ETL_BUFFER_VALID);
  if (tainted_valid > size && !stream->cut)
    hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_BAD_BUFFER, stream->buffer_offset,
                     "expected the end of its data within %u bytes, found %u", size, tainted_valid);
  guint32 valid = MIN(tainted_valid, size);
  stream->next = data + HS_ETL_BUFFER_HEADER_BYTES;
  stream->left = valid > HS_ETL_BUFFER_HEADER_BYTES ? valid - HS_ETL_BUFFER_HEADER_BYTES : 0;
}

static void
enter_section(HsEtlMerger *merger, Stream *stream, guint section_index)
{
  stream->section = &g_array_index(merger->file->sections, HsEtlSection, section_index);
  stream->scaled = stream->section->frequency != merger->file->header.clock.frequency;
  stream->shift = (guint64)stream->section->base_ticks - (guint64)stream->section->header_ticks;
}

/* --- loss --- */

/* Sequence numbers need not be dense, so that holes in them tell nothing; the flags do. What the flags of a header
 * buffer tell of is no stretch of time. */
static void
note_loss(HsEtlMerger *merger, Stream *stream, const HsEtlBuffer *buffer, guint16 flags)
{
  guint16 lost = flags & (HS_ETL_FLAG_EVENTS_LOST | HS_ETL_FLAG_BUFFER_LOST);
  if (lost == 0 || buffer->stream_key == HS_ETL_HEADER_STREAM_KEY)
    return;
  if (stream->lost == 0) {
    /* Without an event of this session before, since the session began. */
    const HsEtlSection *section = &g_array_index(merger->file->sections, HsEtlSection, buffer->section);
    stream->lost_since = MAX(stream->key, section->base_ticks);
    stream->lost_cpu = hs_etl_buffer_cpu(merger->file->data + buffer->offset);
  }
  stream->lost |= lost;
}

static void
add_gap(HsEtlMerger *merger, const HsEtlGap *gap)
{
  HsEtlCounts *counts = &merger->counts;
  *(gap->kind == HS_ETL_ISSUE_BUFFERS_LOST ? &counts->buffer_gaps : &counts->event_gaps) += 1;
  if (merger->gaps->len < HS_ETL_MAX_GAPS)
    g_array_append_val(merger->gaps, *gap);
}

/* The loss noted ended by `ticks`. */
static void G_GNUC_NO_INLINE
close_gap(HsEtlMerger *merger, Stream *stream, gint64 ticks)
{
  gint64 begin = MIN(MIN(stream->lost_since, ticks), G_MAXINT64 - 1);
  HsEtlGap gap = {.begin_ticks = begin, .end_ticks = MAX(ticks, begin + 1), .cpu = stream->lost_cpu};
  if ((stream->lost & HS_ETL_FLAG_EVENTS_LOST) != 0) {
    gap.kind = HS_ETL_ISSUE_EVENTS_LOST;
    add_gap(merger, &gap);
  }
  if ((stream->lost & HS_ETL_FLAG_BUFFER_LOST) != 0) {
    gap.kind = HS_ETL_ISSUE_BUFFERS_LOST;
    add_gap(merger, &gap);
  }
  stream->lost = 0;
}

/* What was noted of a processor of which no event came any more lasts until the end of the trace. */
static void
close_last_gaps(HsEtlMerger *merger)
{
  for (guint i = 0; i < merger->n_streams; i++) {
    if (merger->streams[i].lost != 0)
      close_gap(merger, &merger->streams[i], merger->latest_ticks);
  }
}

/* --- buffers and records --- */

/* Makes the stream's next buffer that holds anything the current one. FALSE at the end of the stream. */
static gboolean
load_buffer(HsEtlMerger *merger, Stream *stream)
{
  while (stream->next_buffer < stream->end_buffer) {
    const HsEtlBuffer *buffer = &merger->file->buffers[stream->next_buffer++];
    const guint8 *data = merger->file->data + buffer->offset;
    guint16 flags = hs_le16(data + HS_ETL_BUFFER_FLAGS);
    guint16 type = hs_le16(data + HS_ETL_BUFFER_TYPE);
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
    if (type == HS_ETL_TYPE_EMPTY_MARKER || type == HS_ETL_TYPE_DEBUG_INFO)
      continue;
    if (!stream->compressed)
      use_plain(merger, stream, data, buffer->size);
    else if (!unpack(merger, stream, data, buffer->size))
      continue;
    if (stream->left >= 8)
      return TRUE;
  }
  stream->left = 0;
  drop_scratch(merger, stream);
  return FALSE;
}

static guint64
record_offset(const HsEtlMerger *merger, const Stream *stream)
{
  return stream->compressed ? stream->buffer_offset : (guint64)(stream->next - merger->file->data);
}

/* A time stamp of an appended section with another clock, in the first section's. */
static gint64
scaled_ticks(const HsEtlMerger *merger, const Stream *stream, guint64 raw)
{
  __int128 since_header = (gint64)(raw - (guint64)stream->section->header_ticks);
  __int128 ticks = since_header * (__int128)merger->file->header.clock.frequency / (__int128)stream->section->frequency;
  ticks += stream->section->base_ticks;
  return ticks > G_MAXINT64 ? G_MAXINT64 : ticks < G_MININT64 ? G_MININT64 : (gint64)ticks;
}

static void G_GNUC_NO_INLINE
report_inversion(HsEtlMerger *merger, const Stream *stream, gint64 ticks)
{
  merger->counts.time_inversions++;
  hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_TIME_INVERSION, record_offset(merger, stream),
                   "expected a time from tick %" PRId64 " on, found %" PRId64 " (CPU %u)", stream->key, ticks,
                   stream->cpu);
}

/* A time stamp far ahead of the one before is looked at twice: if the records behind it go back again, it is the one
 * that is wrong, and must not drag along all that follows on its CPU. Without another record in the buffer the
 * session's end decides, if it is known. */
static gboolean G_GNUC_NO_INLINE
is_stray(const HsEtlMerger *merger, const Stream *stream, gsize advance, gint64 ticks)
{
  const guint8 *next = stream->next;
  gsize left = stream->left;
  while (advance < left) {
    HsEtlFrame frame;
    const char *why;
    next += advance;
    left -= advance;
    int further = hs_etl_record_frame(next, left, &frame, &why);
    if (further <= 0)
      break;
    if (frame.time_at != 0) {
      guint64 raw = hs_le64(next + frame.time_at);
      gint64 there = !stream->scaled ? (gint64)(raw + stream->shift) : scaled_ticks(merger, stream, raw);
      return there < ticks && (guint64)ticks - (guint64)there > merger->leap;
    }
    advance = (gsize)further;
  }
  return ticks > merger->end_ticks;
}

static void G_GNUC_NO_INLINE
report_stray(HsEtlMerger *merger, const Stream *stream, gint64 ticks)
{
  merger->counts.time_inversions++;
  hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_TIME_INVERSION, record_offset(merger, stream),
                   "expected a time near the next record's, found tick %" PRId64 ", far ahead of it (CPU %u)", ticks,
                   stream->cpu);
}

static void G_GNUC_NO_INLINE
report_bad_record(HsEtlMerger *merger, const Stream *stream, const char *why)
{
  if (stream->cut)
    return;
  hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_BAD_RECORD, record_offset(merger, stream),
                   "%s: mark %08x, %" G_GSIZE_FORMAT " bytes before the end of the buffer", why, hs_le32(stream->next),
                   stream->left);
}

/* Frames the record at stream->next, going on to further buffers where this one has no more. FALSE at the end. */
static inline gboolean
settle(HsEtlMerger *merger, Stream *stream)
{
  for (;;) {
    const char *why = "";
    int advance = hs_etl_record_frame(stream->next, stream->left, &stream->frame, &why);
    if (G_LIKELY(advance > 0)) {
      stream->advance = (guint32)advance;
      if (G_UNLIKELY(stream->frame.time_at == 0))
        return TRUE;
      guint64 raw = hs_le64(stream->next + stream->frame.time_at);
      gint64 ticks = G_LIKELY(!stream->scaled) ? (gint64)(raw + stream->shift) : scaled_ticks(merger, stream, raw);
      if (G_UNLIKELY(ticks < stream->key))
        report_inversion(merger, stream, ticks);
      else if (G_UNLIKELY((guint64)ticks - (guint64)stream->key > merger->leap) &&
               is_stray(merger, stream, (gsize)advance, ticks))
        report_stray(merger, stream, ticks);
      else {
        stream->key = ticks;
        if (G_UNLIKELY(stream->lost != 0))
          close_gap(merger, stream, ticks);
      }
      return TRUE;
    }
    if (advance < 0)
      report_bad_record(merger, stream, why);
    if (!load_buffer(merger, stream))
      return FALSE;
  }
}

/* Steps over the record that was delivered last. */
static inline gboolean
step(HsEtlMerger *merger, Stream *stream)
{
  gsize advance = MIN(stream->advance, stream->left);
  stream->next += advance;
  stream->left -= advance;
  return settle(merger, stream);
}

static inline bool
goes_before(const Waiting *a, const Waiting *b)
{
  return a->key != b->key ? a->key < b->key : a->stream->order < b->stream->order;
}

/* Puts `stream` into the heap at its root or below. */
static void
sift_down(HsEtlMerger *merger, guint at, Stream *stream)
{
  Waiting item = {stream->key, stream};
  for (;;) {
    guint child = 2 * at + 1;
    if (child >= merger->n_waiting)
      break;
    if (child + 1 < merger->n_waiting && goes_before(&merger->waiting[child + 1], &merger->waiting[child]))
      child++;
    if (!goes_before(&merger->waiting[child], &item))
      break;
    merger->waiting[at] = merger->waiting[child];
    at = child;
  }
  merger->waiting[at] = item;
}

static void
make_current(HsEtlMerger *merger, Stream *stream)
{
  merger->current = stream;
  merger->limit = G_MAXINT64;
  if (merger->n_waiting == 0)
    return;
  const Waiting *second = &merger->waiting[0];
  merger->limit = second->key;
  if (stream->order > second->stream->order && second->key > G_MININT64)
    merger->limit--;
}

/* The stream with the earliest record leaves the heap, the current one (if it has a record still) goes in. */
static Stream *
change_stream(HsEtlMerger *merger, Stream *left)
{
  if (merger->n_waiting == 0) {
    merger->current = NULL;
    return NULL;
  }
  Stream *stream = merger->waiting[0].stream;
  if (left == NULL) {
    left = merger->waiting[--merger->n_waiting].stream;
    if (merger->n_waiting > 0)
      sift_down(merger, 0, left);
  } else {
    sift_down(merger, 0, left);
  }
  make_current(merger, stream);
  return stream;
}

/* Merging adds rundown records a few seconds past the end; a minute is on the safe side. */
#define END_MARGIN_S 60

static gint64
session_end_ticks(const HsEtlFile *file)
{
  const HsEtlLogHeader *header = &file->header;
  if (header->end_filetime <= header->start_filetime || file->sections->len > 1)
    return G_MAXINT64;
  __int128 ns = (__int128)(header->end_filetime - header->start_filetime) * 100 + (__int128)END_MARGIN_S * 1000000000;
  return hs_clock_from_ns(header->clock, ns > G_MAXINT64 ? G_MAXINT64 : (gint64)ns);
}

HsEtlMerger *
hs_etl_merger_new(HsEtlFile *file)
{
  HsEtlMerger *merger = g_new0(HsEtlMerger, 1);
  merger->file = file;
  merger->leap = file->header.clock.frequency;
  merger->end_ticks = session_end_ticks(file);
  merger->n_streams = file->n_streams;
  merger->streams = g_new0(Stream, MAX(file->n_streams, 1));
  merger->waiting = g_new0(Waiting, MAX(file->n_streams, 1));
  merger->gaps = g_array_new(FALSE, FALSE, sizeof(HsEtlGap));
  hs_etl_issues_add_all(merger->counts.issues, file->issues);
  if (file->map == NULL)
    merger->fetched = file->size;
  for (guint i = 0; i < merger->n_streams; i++) {
    Stream *stream = &merger->streams[i];
    stream->order = i;
    stream->key = G_MININT64;
    stream->next = file->data;
    stream->next_buffer = file->streams[i].first;
    stream->end_buffer = file->streams[i].first + file->streams[i].count;
    if (settle(merger, stream))
      merger->waiting[merger->n_waiting++] = (Waiting){stream->key, stream};
  }
  for (guint i = merger->n_waiting / 2; i-- > 0;)
    sift_down(merger, i, merger->waiting[i].stream);
  return merger;
}

void
hs_etl_merger_free(HsEtlMerger *merger)
{
  if (merger == NULL)
    return;
  for (guint i = 0; i < merger->n_streams; i++)
    drop_scratch(merger, &merger->streams[i]);
  g_array_unref(merger->gaps);
  hs_etl_issues_clear(merger->counts.issues);
  g_free(merger->streams);
  g_free(merger->waiting);
  g_free(merger);
}

/* The stream whose record comes next, with that record framed; NULL at the end. */
static inline Stream *
find_next(HsEtlMerger *merger)
{
  Stream *stream = merger->current;
  if (G_UNLIKELY(merger->is_found)) {
    merger->is_found = FALSE;
    return stream;
  }
  if (G_LIKELY(stream != NULL) && G_UNLIKELY(!step(merger, stream)))
    stream = NULL;
  if (stream == NULL || stream->key > merger->limit)
    stream = change_stream(merger, stream);
  return stream;
}

static inline void
count_record(HsEtlMerger *merger, const Stream *stream, guint8 kind, guint16 hook)
{
  if (G_LIKELY(stream->key > G_MININT64))
    merger->latest_ticks = stream->key;
  merger->counts.records++;
  merger->counts.by_kind[kind]++;
  if (hs_etl_kind_layouts[kind].hook_family)
    merger->counts.by_hook[hook]++;
}

gboolean
hs_etl_merger_next(HsEtlMerger *merger, HsEtlRecord *record)
{
  Stream *stream = find_next(merger);
  if (stream == NULL) {
    close_last_gaps(merger);
    return FALSE;
  }
  hs_etl_record_fill(stream->next, &stream->frame, record);
  record->offset = record_offset(merger, stream);
  record->cpu = stream->cpu;
  count_record(merger, stream, record->kind, record->hook);
  record->ticks = merger->latest_ticks;
  return TRUE;
}

/* Decodes the record framed if it is a common one of the heap, without counters, and whole. */
static inline gboolean
decode_common(const Stream *stream, HsHeapEvent *event)
{
  const guint8 *p = stream->next;
  const HsEtlFrame *frame = &stream->frame;
  guint16 hook = hs_le16(p + 6);
  if (G_UNLIKELY((frame->kind != HS_ETL_SYSTEM64 && frame->kind != HS_ETL_SYSTEM32) || (p[1] & 0x87) != 0 ||
                 hook >> 8 != HS_ETL_HOOK_GROUP_HEAP || !hs_etl_heap_is_common((guint8)hook)))
    return FALSE;
  gboolean wide = frame->kind == HS_ETL_SYSTEM64;
  event->pid = hs_le32(p + 12);
  event->tid = hs_le32(p + 8);
  event->cpu = stream->cpu;
  event->raw_opcode = (guint8)hook;
  event->has_sizes = event->has_flags = false;
  event->wide = wide;
  event->target_pid = 0;
  return hs_etl_heap_decode_common((guint8)hook, wide, p + HS_ETL_SYSTEM_BYTES, frame->size - HS_ETL_SYSTEM_BYTES,
                                   event);
}

guint
hs_etl_merger_take_heap(HsEtlMerger *merger, HsHeapEvent *events, guint n)
{
  guint taken = 0;
  while (taken < n) {
    Stream *stream = find_next(merger);
    if (stream == NULL || !decode_common(stream, &events[taken])) {
      merger->is_found = TRUE;
      break;
    }
    count_record(merger, stream, stream->frame.kind, hs_le16(stream->next + 6));
    events[taken++].ticks = merger->latest_ticks;
  }
  return taken;
}

const HsEtlGap *
hs_etl_merger_gaps(const HsEtlMerger *merger, guint *n_gaps)
{
  *n_gaps = merger->gaps->len;
  return (const HsEtlGap *)merger->gaps->data;
}

guint64
hs_etl_merger_position(const HsEtlMerger *merger)
{
  return merger->position;
}

const HsEtlCounts *
hs_etl_merger_counts(const HsEtlMerger *merger)
{
  return &merger->counts;
}

HsEtlCounts *
hs_etl_merger_counts_mutable(HsEtlMerger *merger)
{
  return &merger->counts;
}

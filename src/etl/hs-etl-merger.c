/* SPDX-License-Identifier: MIT */
#include "hs-etl-merger.h"

#include <inttypes.h>

#include "hs-etl-merger-private.h"

/* --- loss --- */

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
close_gap(HsEtlMerger *merger, HsEtlStreamState *stream, gint64 ticks)
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

static guint64
record_offset(const HsEtlMerger *merger, const HsEtlStreamState *stream)
{
  return stream->compressed ? stream->buffer_offset : (guint64)(stream->next - merger->file->data);
}

/* A time stamp of an appended section with another clock, in the first section's. */
static gint64
scaled_ticks(const HsEtlMerger *merger, const HsEtlStreamState *stream, guint64 raw)
{
  __int128 since_header = (gint64)(raw - (guint64)stream->section->header_ticks);
  __int128 ticks = since_header * (__int128)merger->file->header.clock.frequency / (__int128)stream->section->frequency;
  ticks += stream->section->base_ticks;
  return ticks > G_MAXINT64 ? G_MAXINT64 : ticks < G_MININT64 ? G_MININT64 : (gint64)ticks;
}

static void G_GNUC_NO_INLINE
report_inversion(HsEtlMerger *merger, const HsEtlStreamState *stream, gint64 ticks)
{
  merger->counts.time_inversions++;
  hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_TIME_INVERSION, record_offset(merger, stream),
                   "expected a time from tick %" PRId64 " on, found %" PRId64 " (CPU %u)", stream->latest, ticks,
                   stream->cpu);
}

/* A time stamp far ahead of the one before is looked at twice: if the records behind it go back again, it is the one
 * that is wrong, and must not drag along all that follows on its CPU. Without another record in the buffer the
 * session's end decides, if it is known. */
static gboolean G_GNUC_NO_INLINE
is_stray(const HsEtlMerger *merger, const HsEtlStreamState *stream, gsize advance, gint64 ticks)
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
report_stray(HsEtlMerger *merger, const HsEtlStreamState *stream, gint64 ticks)
{
  merger->counts.time_inversions++;
  hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_TIME_INVERSION, record_offset(merger, stream),
                   "expected a time near the next record's, found tick %" PRId64 ", far ahead of it (CPU %u)", ticks,
                   stream->cpu);
}

static void G_GNUC_NO_INLINE
report_bad_record(HsEtlMerger *merger, const HsEtlStreamState *stream, const char *why)
{
  if (stream->cut)
    return;
  hs_etl_issue_add(merger->counts.issues, HS_ETL_ISSUE_BAD_RECORD, record_offset(merger, stream),
                   "%s: mark %08x, %" G_GSIZE_FORMAT " bytes before the end of the buffer", why, hs_le32(stream->next),
                   stream->left);
}

/* Frames the record at stream->next, going on to further buffers where this one has no more. FALSE at the end. */
static gboolean
settle(HsEtlMerger *merger, HsEtlStreamState *stream)
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
      if (G_UNLIKELY(ticks < stream->latest))
        report_inversion(merger, stream, ticks);
      else if (G_UNLIKELY((guint64)ticks - (guint64)stream->latest > merger->leap) &&
               is_stray(merger, stream, (gsize)advance, ticks))
        report_stray(merger, stream, ticks);
      else {
        /* The last moment of all means that something has not happened. */
        stream->latest = MIN(ticks, G_MAXINT64 - 1);
        if (G_UNLIKELY(stream->lost != 0))
          close_gap(merger, stream, ticks);
      }
      return TRUE;
    }
    if (advance < 0)
      report_bad_record(merger, stream, why);
    else if (G_UNLIKELY(stream->left >= 8))
      report_bad_record(merger, stream, "no record where there should be more");
    if (!hs_etl_stream_load_buffer(merger, stream))
      return FALSE;
  }
}

gboolean
hs_etl_stream_advance(HsEtlMerger *merger, HsEtlStreamState *stream)
{
  if (!hs_etl_stream_is_ahead(stream)) {
    gsize advance = MIN(stream->advance, stream->left);
    stream->next += advance;
    stream->left -= advance;
  } else if (++stream->ahead_next < stream->ahead_end) {
    stream->key = stream->ahead[stream->ahead_next].ticks;
    return TRUE;
  }
  if (merger->takes_plain && hs_etl_stream_look_ahead(merger, stream))
    return TRUE;
  gboolean more = settle(merger, stream);
  stream->key = stream->latest;
  return more;
}

static inline bool
goes_before(const Waiting *a, const Waiting *b)
{
  return a->key != b->key ? a->key < b->key : a->stream->order < b->stream->order;
}

/* Puts `stream` into the heap at its root or below. */
static void
sift_down(HsEtlMerger *merger, guint at, HsEtlStreamState *stream)
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
make_current(HsEtlMerger *merger, HsEtlStreamState *stream)
{
  merger->current = stream;
  merger->limit = G_MAXINT64;
  if (stream == NULL || merger->n_waiting == 0)
    return;
  const Waiting *second = &merger->waiting[0];
  merger->limit = second->key;
  if (stream->order > second->stream->order && second->key > G_MININT64)
    merger->limit--;
}

void
hs_etl_merger_arrange(HsEtlMerger *merger, HsEtlStreamState *const streams[], guint n_streams, HsEtlStreamState *found)
{
  merger->n_waiting = 0;
  for (guint i = 0; i < n_streams; i++) {
    if (streams[i] != found)
      merger->waiting[merger->n_waiting++] = (Waiting){streams[i]->key, streams[i]};
  }
  for (guint i = merger->n_waiting / 2; i-- > 0;)
    sift_down(merger, i, merger->waiting[i].stream);
  merger->is_found = found != NULL;
  make_current(merger, found);
}

/* The stream with the earliest record leaves the heap, the current one (if it has a record still) goes in. */
static HsEtlStreamState *
change_stream(HsEtlMerger *merger, HsEtlStreamState *left)
{
  if (merger->n_waiting == 0) {
    merger->current = NULL;
    return NULL;
  }
  HsEtlStreamState *stream = merger->waiting[0].stream;
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

/* The earliest time that any stream begins with; that of the header record if none tells one. */
static gint64
first_ticks(const HsEtlMerger *merger)
{
  gint64 first = 0;
  for (guint i = 0; i < merger->n_waiting; i++) {
    gint64 key = merger->waiting[i].key;
    if (key > G_MININT64 && key < first)
      first = key;
  }
  return first;
}

HsEtlMerger *
hs_etl_merger_new(HsEtlFile *file)
{
  HsEtlMerger *merger = g_new0(HsEtlMerger, 1);
  merger->file = file;
  merger->leap = file->header.clock.frequency;
  merger->end_ticks = session_end_ticks(file);
  merger->n_streams = file->n_streams;
  merger->streams = g_new0(HsEtlStreamState, MAX(file->n_streams, 1));
  merger->waiting = g_new0(Waiting, MAX(file->n_streams, 1));
  merger->gaps = g_array_new(FALSE, FALSE, sizeof(HsEtlGap));
  hs_etl_unpack_init(merger);
  hs_vec_init(&merger->keys, NULL, sizeof(HsOriginKey));
  for (guint i = 0; i < HS_ETL_OWNERS; i++)
    merger->owners[i].id = HS_ETL_NO_KEY;
  hs_etl_issues_add_all(merger->counts.issues, file->issues);
  if (file->map == NULL)
    merger->fetched = file->size;
  g_autofree HsEtlStreamState **ready = g_new(HsEtlStreamState *, MAX(file->n_streams, 1));
  guint n_ready = 0;
  for (guint i = 0; i < merger->n_streams; i++) {
    HsEtlStreamState *stream = &merger->streams[i];
    stream->order = i;
    stream->latest = stream->key = G_MININT64;
    stream->owner.id = HS_ETL_NO_KEY;
    stream->next = file->data;
    stream->next_buffer = file->streams[i].first;
    stream->end_buffer = file->streams[i].first + file->streams[i].count;
    if (settle(merger, stream)) {
      stream->key = stream->latest;
      ready[n_ready++] = stream;
    }
  }
  hs_etl_merger_arrange(merger, ready, n_ready, NULL);
  merger->latest_ticks = first_ticks(merger);
  return merger;
}

void
hs_etl_merger_free(HsEtlMerger *merger)
{
  if (merger == NULL)
    return;
  for (guint i = 0; i < merger->n_streams; i++) {
    hs_etl_stream_drop_scratch(merger, &merger->streams[i]);
    g_free(merger->streams[i].ahead);
  }
  hs_etl_unpack_clear(merger);
  g_clear_pointer(&merger->key_ids, g_hash_table_unref);
  hs_vec_clear(&merger->keys);
  g_array_unref(merger->gaps);
  hs_etl_issues_clear(merger->counts.issues);
  g_free(merger->streams);
  g_free(merger->waiting);
  g_free(merger);
}

HsEtlStreamState *
hs_etl_merger_find_next(HsEtlMerger *merger)
{
  HsEtlStreamState *stream = merger->current;
  if (merger->is_found) {
    merger->is_found = FALSE;
    return stream;
  }
  if (stream != NULL && !hs_etl_stream_advance(merger, stream))
    stream = NULL;
  if (stream == NULL || stream->key > merger->limit)
    stream = change_stream(merger, stream);
  return stream;
}

/* A plain event that was decoded ahead, as the record it was. Its kind and hook have been counted. */
static void
fill_from_ahead(const HsEtlStreamState *stream, HsEtlRecord *record)
{
  const HsPlainEvent *event = &stream->ahead[stream->ahead_next];
  const guint8 *data = stream->ahead_base + event->at;
  HsEtlFrame frame = {.size = hs_le16(data + 4), .kind = data[2], .time_at = 0x10};
  hs_etl_record_fill(data, &frame, record);
}

static void
count_record(HsEtlMerger *merger, const HsEtlRecord *record)
{
  merger->counts.by_kind[record->kind]++;
  if (hs_etl_kind_layouts[record->kind].hook_family)
    merger->counts.by_hook[record->hook]++;
}

/* What streams ended with may have been passed over. */
static void
tell_latest(HsEtlMerger *merger)
{
  for (guint i = 0; i < merger->n_streams; i++)
    merger->latest_ticks = MAX(merger->latest_ticks, merger->streams[i].latest);
}

gboolean
hs_etl_merger_next(HsEtlMerger *merger, HsEtlRecord *record)
{
  HsEtlStreamState *stream = hs_etl_merger_find_next(merger);
  if (stream == NULL) {
    tell_latest(merger);
    close_last_gaps(merger);
    return FALSE;
  }
  if (hs_etl_stream_is_ahead(stream)) {
    fill_from_ahead(stream, record);
    record->offset = stream->compressed
                         ? stream->buffer_offset
                         : (guint64)(stream->ahead_base - merger->file->data) + stream->ahead[stream->ahead_next].at;
  } else {
    hs_etl_record_fill(stream->next, &stream->frame, record);
    record->offset = record_offset(merger, stream);
    count_record(merger, record);
  }
  merger->counts.records++;
  record->cpu = stream->cpu;
  /* A stream that has told no believable time so far has no say in it, and may turn out to lie further back. */
  merger->latest_ticks = MAX(merger->latest_ticks, stream->key);
  record->ticks = merger->latest_ticks;
  return TRUE;
}

const HsVec *
hs_etl_merger_keys(const HsEtlMerger *merger)
{
  return &merger->keys;
}

gint64
hs_etl_merger_latest(const HsEtlMerger *merger)
{
  return merger->latest_ticks;
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

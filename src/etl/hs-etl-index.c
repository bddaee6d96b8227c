/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hs-etl-file-private.h"

#define MIN_SESSION_BUFFER_BYTES 1024u
#define FILETIME_FREQUENCY 10000000

static gint64
saturate(__int128 value)
{
  return value > G_MAXINT64 ? G_MAXINT64 : value < G_MININT64 ? G_MININT64 : (gint64)value;
}

static void
add_section(HsEtlFile *file, const HsEtlLogHeader *header, const guint8 *buffer)
{
  HsEtlSection section = {
      .header_ticks = header->header_ticks,
      .frequency = header->clock.frequency,
  };
  __int128 since_start = (__int128)header->start_filetime - (__int128)file->header.start_filetime;
  section.base_ticks = saturate(since_start * (__int128)file->header.clock.frequency / FILETIME_FREQUENCY);
  if ((header->mode & HS_ETL_MODE_COMPRESSED) != 0)
    section.compression = hs_le32(buffer + HS_ETL_BUFFER_STATE) & 0xffff;
  g_array_append_val(file->sections, section);
}

static void
report_header(HsEtlFile *file, const HsEtlLogHeader *header, guint64 offset)
{
  if (header->events_lost > 0)
    hs_etl_issue_add(file->issues, HS_ETL_ISSUE_EVENTS_LOST, offset, "the session lost %u events", header->events_lost);
  if (header->buffers_lost > 0)
    hs_etl_issue_add(file->issues, HS_ETL_ISSUE_BUFFERS_LOST, offset, "the session lost %u buffers",
                     header->buffers_lost);
  if (header->end_filetime == 0)
    hs_etl_issue_add(file->issues, HS_ETL_ISSUE_UNCLOSED, offset, "the session was never closed: no end time");
}

static guint32
add_saturated(guint32 a, guint32 b)
{
  return a > G_MAXUINT32 - b ? G_MAXUINT32 : a + b;
}

/* A header buffer in the middle: a session that was appended to the file, with a clock of its own. */
static void
start_section(HsEtlFile *file, const guint8 *buffer, guint32 size, guint64 offset)
{
  HsEtlLogHeader header;
  g_autoptr(GError) error = NULL;
  if (file->sections->len == G_MAXUINT16) {
    hs_etl_issue_add(file->issues, HS_ETL_ISSUE_BAD_BUFFER, offset, "more than %u header buffers", G_MAXUINT16);
    return;
  }
  if (!hs_etl_log_header_read(buffer, size, offset, &header, &error)) {
    hs_etl_issue_add(file->issues, HS_ETL_ISSUE_BAD_BUFFER, offset, "appended header buffer: %s", error->message);
    return;
  }
  add_section(file, &header, buffer);
  report_header(file, &header, offset);
  file->header.end_filetime = header.end_filetime;
  file->header.events_lost = add_saturated(file->header.events_lost, header.events_lost);
  file->header.buffers_lost = add_saturated(file->header.buffers_lost, header.buffers_lost);
  hs_etl_log_header_clear(&header);
}

/* An issue of loss counts what was lost where the headers tell, else the places that tell of it. */
static void
count_losses(HsEtlFile *file)
{
  HsEtlIssue *events = &file->issues[HS_ETL_ISSUE_EVENTS_LOST];
  HsEtlIssue *buffers = &file->issues[HS_ETL_ISSUE_BUFFERS_LOST];
  events->count = MAX(events->count, file->header.events_lost);
  buffers->count = MAX(buffers->count, file->header.buffers_lost);
}

static void
report_flags(HsEtlFile *file, guint16 flags, guint64 offset)
{
  if ((flags & HS_ETL_FLAG_EVENTS_LOST) != 0)
    hs_etl_issue_add(file->issues, HS_ETL_ISSUE_EVENTS_LOST, offset, "events were lost before or in this buffer");
  if ((flags & HS_ETL_FLAG_BUFFER_LOST) != 0)
    hs_etl_issue_add(file->issues, HS_ETL_ISSUE_BUFFERS_LOST, offset, "buffers were lost before this one");
  if ((flags & HS_ETL_FLAG_COMPRESSED) != 0)
    file->compressed = TRUE;
}

static gboolean
append_buffer(HsEtlFile *file, const guint8 *buffer, guint32 size, guint64 offset, GError **error)
{
  if (file->n_buffers == file->buffers_allocated) {
    /* Room for what the header promises at first, if the file is long enough for that. */
    guint64 guess = file->size / MAX(file->header.buffer_size, MIN_SESSION_BUFFER_BYTES) + 16;
    guint64 wanted = MAX(guess, file->buffers_allocated * 2);
    HsEtlBuffer *grown = g_try_realloc_n(file->buffers, wanted, sizeof(HsEtlBuffer));
    if (grown == NULL) {
      g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_OPEN, "no memory for an index of %" PRIu64 " buffers", wanted);
      return FALSE;
    }
    file->buffers = grown;
    file->buffers_allocated = wanted;
  }
  guint16 key = 1;
  if (hs_le16(buffer + HS_ETL_BUFFER_TYPE) == HS_ETL_TYPE_HEADER)
    key = HS_ETL_HEADER_STREAM_KEY;
  else if ((file->header.mode & HS_ETL_MODE_ONE_STREAM) == 0)
    key = (guint16)(1 + hs_etl_buffer_cpu(buffer));
  file->buffers[file->n_buffers++] = (HsEtlBuffer){offset, size, key, (guint16)(file->sections->len - 1)};
  return TRUE;
}

/* The walk from buffer to buffer. Where a size is not to be believed, the next buffer is sought; what was found is
 * kept, so that no byte is looked at twice. */
typedef struct {
  HsEtlFile *file;
  const int *cancel;
  guint64 sought_from;
  guint64 found;       /* the first buffer from there on; G_MAXUINT64 if none */
  guint64 probes_left; /* looks at what may be the unused rest */
  guint64 rest_at;     /* where that was asked last, and the answer */
  gboolean is_rest;
} Walk;

/* Looking where buffers would be tells an unused rest from wiped buffers, without touching all of it. If there were too
 * many such looks, it is gone through byte by byte after all. */
static gboolean
probe_rest(Walk *walk, guint64 at)
{
  const HsEtlFile *file = walk->file;
  guint64 step = MAX(file->header.buffer_size, MIN_SESSION_BUFFER_BYTES);
  for (guint64 left = file->size - at; left > 0; left -= MIN(left, step)) {
    if (walk->probes_left == 0 ||
        !hs_etl_all_zero(file->data + file->size - left, MIN(left, HS_ETL_BUFFER_HEADER_BYTES)))
      return FALSE;
    walk->probes_left--;
  }
  return TRUE;
}

/* True if zeros at `at` are the unused rest of a file that was allocated ahead or never closed, or that follow all the
 * buffers there should be. */
static gboolean
is_unused_rest(Walk *walk, guint64 at)
{
  const HsEtlFile *file = walk->file;
  gboolean expected = file->header.end_filetime == 0 || (file->header.mode & HS_ETL_MODE_PREALLOCATE) != 0 ||
                      file->header.buffers_written == file->n_buffers;
  if (walk->rest_at != at) {
    walk->rest_at = at;
    walk->is_rest = expected && probe_rest(walk, at);
  }
  return walk->is_rest;
}

/* Reports an end of the buffers that is not where one belongs. */
static void
report_end(Walk *walk, guint64 at)
{
  HsEtlFile *file = walk->file;
  guint64 left = file->size - at;
  if (left > 0 && !is_unused_rest(walk, at)) {
    if (left < HS_ETL_BUFFER_HEADER_BYTES)
      hs_etl_issue_add(file->issues, HS_ETL_ISSUE_TRUNCATED_FILE, at,
                       "expected a buffer header of %u bytes, found %" PRIu64 " bytes before the end of the file",
                       HS_ETL_BUFFER_HEADER_BYTES, left);
    else
      hs_etl_issue_add(file->issues, HS_ETL_ISSUE_BAD_BUFFER, at,
                       "expected a buffer size from %u to %u bytes, found %u; the last %" PRIu64 " bytes are not read",
                       HS_ETL_BUFFER_HEADER_BYTES, HS_ETL_MAX_BUFFER_BYTES, hs_le32(file->data + at), left);
    return;
  }
  /* What Windows closed properly says how many buffers there are; only circular files overwrite some. */
  gboolean closed = file->header.end_filetime != 0 && (file->header.mode & HS_ETL_MODE_CIRCULAR) == 0;
  if (closed && file->sections->len == 1 && file->header.buffers_written > file->n_buffers &&
      file->issues[HS_ETL_ISSUE_TRUNCATED_FILE].count == 0)
    hs_etl_issue_add(file->issues, HS_ETL_ISSUE_TRUNCATED_FILE, at,
                     "expected %u buffers as the header tells, found %" PRIu64, file->header.buffers_written,
                     file->n_buffers);
}

static guint64
next_buffer(Walk *walk, guint64 from)
{
  if (from < walk->sought_from || from > walk->found) {
    walk->found = hs_etl_find_buffer(walk->file, from, walk->cancel);
    walk->sought_from = from;
  }
  return walk->found;
}

/* How many bytes the buffer at `at` has in the file; 0 if there is none. Its size is believed if the next buffer is
 * where that says. If not, it ends where the next one begins, unless there is room for another between the two. */
static guint32
measure(Walk *walk, guint64 at)
{
  HsEtlFile *file = walk->file;
  const guint8 *buffer = file->data + at;
  guint64 left = file->size - at;
  guint32 tainted_size = hs_le32(buffer + HS_ETL_BUFFER_SIZE);
  gboolean possible = hs_etl_is_buffer_size(tainted_size);
  if (possible && hs_etl_buffer_may_end(file, at + tainted_size))
    return tainted_size;
  if (is_unused_rest(walk, at))
    return 0;
  guint64 next = next_buffer(walk, at + HS_ETL_BUFFER_HEADER_BYTES);
  if (next == G_MAXUINT64)
    return possible ? (guint32)MIN(left, tainted_size) : 0;
  guint64 size = next - at;
  if (possible && size != file->header.buffer_size && size >= (guint64)tainted_size + HS_ETL_BUFFER_HEADER_BYTES)
    return tainted_size;
  if (size > HS_ETL_MAX_BUFFER_BYTES || !hs_etl_is_buffer_header_but_size(buffer))
    return 0;
  hs_etl_issue_add(file->issues, HS_ETL_ISSUE_BAD_BUFFER, at,
                   "expected a buffer size of %" PRIu64 " bytes, up to the next buffer, found %u", size, tainted_size);
  return (guint32)size;
}

/* What is no buffer at `at` is passed over, up to the next one. FALSE if there is none. */
static gboolean
pass_over(Walk *walk, guint64 *at)
{
  HsEtlFile *file = walk->file;
  guint64 next = is_unused_rest(walk, *at) ? G_MAXUINT64 : next_buffer(walk, *at + HS_ETL_BUFFER_HEADER_BYTES);
  if (next == G_MAXUINT64)
    return FALSE;
  hs_etl_issue_add(file->issues, HS_ETL_ISSUE_BAD_BUFFER, *at,
                   "expected a buffer header, found a size of %u; the %" PRIu64
                   " bytes up to the next buffer are not read",
                   hs_le32(file->data + *at), next - *at);
  *at = next;
  return TRUE;
}

static gboolean
take_buffer(HsEtlFile *file, guint64 at, guint32 size, GError **error)
{
  const guint8 *buffer = file->data + at;
  guint32 tainted_size = hs_le32(buffer + HS_ETL_BUFFER_SIZE);
  if (at + size == file->size && hs_etl_is_buffer_size(tainted_size) && size < tainted_size) {
    file->cut_offset = at;
    hs_etl_issue_add(file->issues, HS_ETL_ISSUE_TRUNCATED_FILE, at,
                     "expected a buffer of %u bytes, found %u bytes before the end of the file", tainted_size, size);
  }
  if (at > 0 && hs_le16(buffer + HS_ETL_BUFFER_TYPE) == HS_ETL_TYPE_HEADER)
    start_section(file, buffer, size, at);
  report_flags(file, hs_le16(buffer + HS_ETL_BUFFER_FLAGS), at);
  return append_buffer(file, buffer, size, at, error);
}

static gboolean
is_cancelled(const int *cancel, GError **error)
{
  if (cancel == NULL || __atomic_load_n(cancel, __ATOMIC_RELAXED) == 0)
    return FALSE;
  g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_CANCELLED, "cancelled");
  return TRUE;
}

static gboolean
walk_buffers(HsEtlFile *file, guint64 *looked_at, const int *cancel, GError **error)
{
  Walk walk = {.file = file,
               .cancel = cancel,
               .sought_from = G_MAXUINT64,
               .probes_left = file->size / MIN_SESSION_BUFFER_BYTES + 1,
               .rest_at = G_MAXUINT64};
  guint64 at = 0;
  while (file->size - at >= HS_ETL_BUFFER_HEADER_BYTES) {
    if (is_cancelled(cancel, error))
      return FALSE;
    guint32 size = measure(&walk, at);
    if (size == 0) {
      if (!pass_over(&walk, &at))
        break;
      continue;
    }
    if (!take_buffer(file, at, size, error))
      return FALSE;
    at += size;
    if (looked_at != NULL)
      __atomic_store_n(looked_at, at, __ATOMIC_RELAXED);
  }
  if (is_cancelled(cancel, error))
    return FALSE;
  report_end(&walk, at);
  return TRUE;
}

/* The second half of a large file is mapped by a thread of its own meanwhile, which takes longer than looking at it: it
 * asks for a byte wherever a buffer should begin. */
#define MIN_TOUCHED_BYTES ((guint64)16 << 20)
#define N_PROBED_PAGES 8u

typedef struct {
  const HsEtlFile *file;
  int stop; /* atomic */
} Touch;

static gpointer
touch_second_half(gpointer data)
{
  Touch *touch = data;
  const HsEtlFile *file = touch->file;
  guint64 step = MAX(file->header.buffer_size, MIN_SESSION_BUFFER_BYTES);
  for (guint64 at = file->size / 2 / step * step; at < file->size; at += step) {
    if (__atomic_load_n(&touch->stop, __ATOMIC_RELAXED) != 0)
      break;
    (void)__atomic_load_n(file->data + at, __ATOMIC_RELAXED);
  }
  return NULL;
}

/* A file that is still to be read from a disk is better read from one end to the other; looks at a few of its pages. */
static gboolean
is_cached(const HsEtlFile *file)
{
  gsize page = (gsize)sysconf(_SC_PAGESIZE);
  for (guint i = N_PROBED_PAGES; i < 2 * N_PROBED_PAGES; i++) {
    gsize at = (gsize)(file->size / (2 * N_PROBED_PAGES) * i) / page * page;
    unsigned char resident = 0;
    if (mincore((void *)(file->data + at), page, &resident) != 0 || (resident & 1) == 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
walk_mapped_buffers(HsEtlFile *file, guint64 *looked_at, const int *cancel, GError **error)
{
  Touch touch = {.file = file};
  GThread *thread = NULL;
  if (file->map != NULL && file->size >= MIN_TOUCHED_BYTES && is_cached(file))
    thread = g_thread_try_new("hs-touch", touch_second_half, &touch, NULL);
  gboolean ok = walk_buffers(file, looked_at, cancel, error);
  __atomic_store_n(&touch.stop, 1, __ATOMIC_RELAXED);
  if (thread != NULL)
    g_thread_join(thread);
  return ok;
}

/* Order of a circular file's buffers within one stream. */
static int
compare_circular(gconstpointer a, gconstpointer b, gpointer user_data)
{
  const HsEtlFile *file = user_data;
  const HsEtlBuffer *x = a, *y = b;
  if (x->section != y->section)
    return x->section < y->section ? -1 : 1;
  guint64 x_sequence = hs_le64(file->data + x->offset + HS_ETL_BUFFER_SEQUENCE);
  guint64 y_sequence = hs_le64(file->data + y->offset + HS_ETL_BUFFER_SEQUENCE);
  if (x_sequence != y_sequence)
    return x_sequence < y_sequence ? -1 : 1;
  return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static gboolean
no_memory(const HsEtlFile *file, GError **error)
{
  g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_OPEN, "no memory for an index of %" PRIu64 " buffers", file->n_buffers);
  return FALSE;
}

/* Groups the buffers by stream, each stream in file order, by counting. */
static gboolean
group_by_stream(HsEtlFile *file, GError **error)
{
  g_autofree guint64 *next = g_try_new0(guint64, HS_ETL_N_STREAM_KEYS + 1);
  file->streams = g_try_new0(HsEtlStream, HS_ETL_N_STREAM_KEYS);
  if (next == NULL || file->streams == NULL)
    return no_memory(file, error);
  for (guint64 i = 0; i < file->n_buffers; i++)
    next[file->buffers[i].stream_key + 1]++;
  for (guint key = 0; key < HS_ETL_N_STREAM_KEYS; key++) {
    if (next[key + 1] > 0)
      file->streams[file->n_streams++] = (HsEtlStream){next[key], next[key + 1]};
    next[key + 1] += next[key];
  }
  HsEtlBuffer *grouped = g_try_malloc_n(MAX(file->n_buffers, 1), sizeof(HsEtlBuffer));
  if (grouped == NULL)
    return no_memory(file, error);
  for (guint64 i = 0; i < file->n_buffers; i++)
    grouped[next[file->buffers[i].stream_key]++] = file->buffers[i];
  g_free(file->buffers);
  file->buffers = grouped;
  return TRUE;
}

gboolean
hs_etl_file_index(HsEtlFile *file, guint64 *looked_at, const int *cancel, GError **error)
{
  add_section(file, &file->header, file->data);
  report_header(file, &file->header, 0);
  if (!walk_mapped_buffers(file, looked_at, cancel, error) || !group_by_stream(file, error))
    return FALSE;
  count_losses(file);
  if ((file->header.mode & HS_ETL_MODE_CIRCULAR) != 0) {
    for (guint i = 0; i < file->n_streams; i++)
      qsort_r(file->buffers + file->streams[i].first, file->streams[i].count, sizeof(HsEtlBuffer), compare_circular,
              file);
  }
  return TRUE;
}

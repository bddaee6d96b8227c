/* SPDX-License-Identifier: MIT */
#include "hs-etl-writer-private.h"

#include <errno.h>

void
hs_etl_writer_options_init(HsEtlWriterOptions *options)
{
  *options = (HsEtlWriterOptions){
      .pointer_size = 8,
      .clock = HS_ETL_WRITER_CLOCK_QPC,
      .frequency = 10000000,
      .cpu_mhz = 3400,
      .start_ticks = 2863311530,
      .start_filetime = G_GUINT64_CONSTANT(133864920000000000),
      .end_filetime = G_MAXUINT64,
      .boot_filetime = G_GUINT64_CONSTANT(133864917136688470),
      .buffer_size_bytes = 65536,
      .cpus = 4,
      .log_file_mode = G_MAXUINT32,
      .os_major = 10,
      .os_minor = 0,
      .os_build = 22631,
      .session_name = "Relogger",
      .log_file_name = "[multiple files]",
      .buffers_written = G_MAXUINT32,
      .truth_mode = HS_ETL_TRUTH_SORTED,
  };
}

static guint64
ticks_per_second(const HsEtlWriterOptions *options)
{
  switch (options->clock) {
  case HS_ETL_WRITER_CLOCK_SYSTEM:
    return 10000000;
  case HS_ETL_WRITER_CLOCK_CYCLES:
    return (guint64)options->cpu_mhz * 1000000;
  case HS_ETL_WRITER_CLOCK_RAW:
  case HS_ETL_WRITER_CLOCK_QPC:
  default:
    return options->frequency != 0 ? options->frequency : 10000000;
  }
}

/* Impossible times, which some traces are made to have, wrap. */
static gint64
scale_ticks(gint64 ticks, guint64 per_second, gint64 units)
{
  return (gint64)((__int128)ticks * units / (__int128)per_second);
}

gint64
hs_etl_writer_ns(HsEtlWriter *writer, guint64 ticks)
{
  gint64 since = (gint64)(ticks - writer->base_ticks);
  return (gint64)((guint64)writer->base_ns + (guint64)scale_ticks(since, writer->ticks_per_second, 1000000000));
}

guint64
hs_etl_writer_filetime(HsEtlWriter *writer, guint64 ticks)
{
  gint64 since = (gint64)(ticks - writer->base_ticks);
  return writer->base_filetime + (guint64)scale_ticks(since, writer->ticks_per_second, 10000000);
}

/* Appends to the image or the file, and remembers only the first error: a trace is written in one go. */
static void
emit(HsEtlWriter *writer, const void *bytes, gsize length)
{
  writer->file_bytes += length;
  if (writer->image != NULL) {
    g_byte_array_append(writer->image, bytes, (guint)length);
    return;
  }
  if (writer->write_errno == 0 && fwrite(bytes, 1, length, writer->file) != length)
    writer->write_errno = errno != 0 ? errno : EIO;
}

static void
note_buffer_start(HsEtlWriter *writer)
{
  if (writer->image != NULL)
    g_array_append_val(writer->offsets, writer->file_bytes);
}

static void
start_truth(HsEtlWriter *writer)
{
  HsEtlWriterOptions *options = &writer->options;
  HsEtlTruth *truth = hs_etl_truth_new(options->truth_mode);
  truth->session_name = g_strdup(options->session_name);
  truth->log_file = g_strdup(options->log_file_name);
  truth->os_version = g_strdup_printf("%u.%u.%u", options->os_major, options->os_minor, options->os_build);
  truth->pointer_size = options->pointer_size;
  truth->cpus = options->cpus;
  truth->clock = options->clock == HS_ETL_WRITER_CLOCK_SYSTEM   ? "system"
                 : options->clock == HS_ETL_WRITER_CLOCK_CYCLES ? "cycles"
                                                                : "qpc";
  truth->frequency = options->frequency;
  truth->start_filetime = options->start_filetime;
  truth->events_lost = options->events_lost;
  truth->buffers_lost = options->buffers_lost;
  truth->compressed = options->compress;
  writer->truth = truth;
}

static void
count_header_records(HsEtlWriter *writer)
{
  guint type = writer->options.pointer_size == 8 ? HS_ETL_WRITER_SYSTEM64 : HS_ETL_WRITER_SYSTEM32;
  hs_etl_truth_note_buffer(writer->truth, FALSE);
  hs_etl_truth_note_record(writer->truth, type, 0x0000, NULL);
  if (writer->options.header_extras) {
    hs_etl_truth_note_record(writer->truth, type, 0x0042, NULL);
    hs_etl_truth_note_record(writer->truth, type, 0x0040, NULL);
  }
}

static HsEtlWriter *
writer_new(const HsEtlWriterOptions *options)
{
  g_assert(options->cpus >= 1 && options->cpus <= 2048);
  g_assert(options->buffer_size_bytes >= 1024 && options->buffer_size_bytes % 8 == 0);
  g_assert(options->pointer_size == 4 || options->pointer_size == 8);
  HsEtlWriter *writer = g_new0(HsEtlWriter, 1);
  writer->options = *options;
  writer->options.session_name = g_strdup(options->session_name);
  writer->options.log_file_name = g_strdup(options->log_file_name);
  if (options->log_file_mode == G_MAXUINT32)
    writer->options.log_file_mode = 0x00010001 | (options->compress ? 0x04000000 : 0);
  if (options->header_buffer_size_bytes == 0)
    writer->options.header_buffer_size_bytes = options->compress ? 0x400 : options->buffer_size_bytes;
  writer->buffers = g_new0(HsEtlWriterBuffer, options->cpus);
  writer->offsets = g_array_new(FALSE, FALSE, sizeof(guint64));
  writer->scratch = g_byte_array_new();
  writer->next_sequence = 1;
  writer->base_ticks = writer->last_ticks = options->start_ticks;
  writer->base_filetime = options->start_filetime;
  writer->ticks_per_second = ticks_per_second(options);
  start_truth(writer);
  return writer;
}

/* The first header goes out with what is known now and is written again, complete, at the end. */
static void
write_first_header(HsEtlWriter *writer)
{
  hs_etl_writer_build_header(writer, TRUE, writer->scratch);
  writer->header_bytes = writer->scratch->len;
  emit(writer, writer->scratch->data, writer->scratch->len);
  count_header_records(writer);
}

HsEtlWriter *
hs_etl_writer_new(const HsEtlWriterOptions *options)
{
  HsEtlWriter *writer = writer_new(options);
  writer->image = g_byte_array_new();
  write_first_header(writer);
  return writer;
}

HsEtlWriter *
hs_etl_writer_new_file(const char *path, const HsEtlWriterOptions *options, GError **error)
{
  FILE *file = fopen(path, "wb");
  if (file == NULL) {
    int saved = errno;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(saved), "%s: %s", path, g_strerror(saved));
    return NULL;
  }
  HsEtlWriter *writer = writer_new(options);
  writer->file = file;
  writer->path = g_strdup(path);
  write_first_header(writer);
  return writer;
}

void
hs_etl_writer_free(HsEtlWriter *writer)
{
  if (writer == NULL)
    return;
  if (writer->file != NULL)
    fclose(writer->file);
  for (guint cpu = 0; cpu < writer->options.cpus; cpu++)
    g_free(writer->buffers[cpu].bytes);
  g_free(writer->buffers);
  g_free((char *)writer->options.session_name);
  g_free((char *)writer->options.log_file_name);
  g_clear_pointer(&writer->image, g_byte_array_unref);
  g_array_unref(writer->offsets);
  g_byte_array_unref(writer->scratch);
  hs_etl_truth_free(writer->truth);
  g_free(writer->path);
  g_free(writer);
}

HsEtlTruth *
hs_etl_writer_truth(HsEtlWriter *writer)
{
  return writer->truth;
}

void
hs_etl_writer_put_buffer_header(HsEtlWriter *writer, guint8 *header, guint32 size, guint32 end, guint cpu,
                                guint64 sequence, guint flags, guint type, guint64 time_stamp)
{
  memset(header, 0, HS_ETL_WRITER_BUFFER_HEADER_BYTES);
  hs_etl_put_u32(header + 0x00, size);
  hs_etl_put_u32(header + 0x04, end);
  /* The reservation counter has run past the end by the record that found no room. */
  hs_etl_put_u32(header + 0x08, end + writer->options.buffer_size_bytes);
  hs_etl_put_u64(header + 0x10, time_stamp);
  hs_etl_put_u64(header + 0x18, sequence);
  if (writer->options.old_processor_numbers) {
    header[0x28] = (guint8)cpu;
    header[0x29] = 8;
  } else {
    hs_etl_put_u16(header + 0x28, (guint16)cpu);
    flags |= HS_ETL_WRITER_FLAG_PROC_INDEX;
  }
  hs_etl_put_u16(header + 0x2a, (guint16)writer->options.logger_id);
  hs_etl_put_u32(header + 0x2c, 3);
  hs_etl_put_u32(header + 0x30, end);
  hs_etl_put_u16(header + 0x34, (guint16)flags);
  hs_etl_put_u16(header + 0x36, (guint16)type);
}

/* The compressed form of the buffer in scratch, or FALSE if that is no shorter. */
static gboolean
compress_buffer(HsEtlWriter *writer, const HsEtlWriterBuffer *buffer)
{
  guint8 header[HS_ETL_WRITER_BUFFER_HEADER_BYTES] = {0};
  g_byte_array_set_size(writer->scratch, 0);
  g_byte_array_append(writer->scratch, header, sizeof header);
  hs_etl_writer_xpress(buffer->bytes + sizeof header, buffer->end - sizeof header, writer->options.long_lengths,
                       writer->scratch);
  return writer->scratch->len < buffer->end;
}

static void
note_gap(HsEtlWriter *writer, guint cpu)
{
  const HsEtlWriterBuffer *buffer = &writer->buffers[cpu];
  gboolean events = (buffer->flags & HS_ETL_WRITER_FLAG_EVENTS_LOST) != 0;
  gboolean buffers = (buffer->flags & HS_ETL_WRITER_FLAG_BUFFER_LOST) != 0;
  guint64 end = MAX(buffer->first_ticks, buffer->before_ticks + 1);
  hs_etl_truth_note_gap(writer->truth, hs_etl_writer_ns(writer, buffer->before_ticks), hs_etl_writer_ns(writer, end),
                        cpu, events, buffers);
}

void
hs_etl_writer_flush(HsEtlWriter *writer, guint cpu)
{
  HsEtlWriterBuffer *buffer = &writer->buffers[cpu];
  if (buffer->end == 0)
    return;
  guint8 *bytes = buffer->bytes;
  guint32 size = writer->options.buffer_size_bytes;
  guint flags = buffer->flags;
  gboolean packed = writer->options.compress && compress_buffer(writer, buffer);
  if (packed) {
    bytes = writer->scratch->data;
    size = writer->scratch->len;
    flags |= HS_ETL_WRITER_FLAG_COMPRESSED;
  } else {
    memset(bytes + buffer->end, 0xff, size - buffer->end);
  }
  gboolean relogged = (writer->options.log_file_mode & 0x00010000) != 0;
  guint64 stamp = relogged ? hs_etl_writer_filetime(writer, buffer->last_ticks) : buffer->last_ticks;
  hs_etl_writer_put_buffer_header(writer, bytes, size, buffer->end, cpu, buffer->sequence, flags, buffer->type, stamp);
  note_buffer_start(writer);
  emit(writer, bytes, size);
  note_gap(writer, cpu);
  hs_etl_truth_note_buffer(writer->truth, packed);
  buffer->end = 0;
  buffer->flags = 0;
  buffer->type = 0;
}

void
hs_etl_writer_flush_all(HsEtlWriter *writer)
{
  for (guint cpu = 0; cpu < writer->options.cpus; cpu++)
    hs_etl_writer_flush(writer, cpu);
}

void
hs_etl_writer_set_flags(HsEtlWriter *writer, guint cpu, guint flags)
{
  g_assert(cpu < writer->options.cpus);
  writer->buffers[cpu].flags |= (guint16)flags;
}

void
hs_etl_writer_set_buffer_type(HsEtlWriter *writer, guint cpu, guint type)
{
  g_assert(cpu < writer->options.cpus);
  hs_etl_writer_flush(writer, cpu);
  writer->buffers[cpu].type = (guint16)type;
}

void
hs_etl_writer_append_header(HsEtlWriter *writer, guint64 start_ticks, guint64 start_filetime)
{
  hs_etl_writer_flush_all(writer);
  gint64 later = (gint64)(start_filetime - writer->base_filetime);
  writer->base_ns += later * 100;
  writer->base_ticks = start_ticks;
  writer->base_filetime = start_filetime;
  writer->epoch++;
  writer->last_ticks = start_ticks;
  for (guint cpu = 0; cpu < writer->options.cpus; cpu++)
    writer->buffers[cpu].highest_ticks = 0;
  hs_etl_writer_build_header(writer, FALSE, writer->scratch);
  note_buffer_start(writer);
  emit(writer, writer->scratch->data, writer->scratch->len);
  count_header_records(writer);
}

void
hs_etl_writer_raw_buffer(HsEtlWriter *writer, const void *bytes, gsize length)
{
  note_buffer_start(writer);
  emit(writer, bytes, length);
  hs_etl_truth_note_buffer(writer->truth, FALSE);
}

guint8 *
hs_etl_writer_reserve(HsEtlWriter *writer, const HsEtlWriterAt *at, gsize size)
{
  g_assert(at->cpu < writer->options.cpus && !writer->finished);
  HsEtlWriterBuffer *buffer = &writer->buffers[at->cpu];
  guint32 padded = (guint32)((size + 7) & ~(gsize)7);
  g_assert(size <= 0xffff && padded <= writer->options.buffer_size_bytes - HS_ETL_WRITER_BUFFER_HEADER_BYTES);
  if (buffer->end != 0 && padded > writer->options.buffer_size_bytes - buffer->end)
    hs_etl_writer_flush(writer, at->cpu);
  if (buffer->end == 0) {
    if (buffer->bytes == NULL)
      buffer->bytes = g_malloc(writer->options.buffer_size_bytes);
    buffer->end = HS_ETL_WRITER_BUFFER_HEADER_BYTES;
    buffer->sequence = writer->next_sequence++;
    buffer->first_ticks = at->time_ticks;
    buffer->before_ticks = buffer->highest_ticks != 0 ? buffer->highest_ticks : writer->base_ticks;
  }
  guint8 *record = buffer->bytes + buffer->end;
  buffer->end += padded;
  memset(record + size, 0, padded - size);
  if (at->time_ticks < buffer->highest_ticks)
    writer->truth->time_inversions++;
  buffer->highest_ticks = MAX(buffer->highest_ticks, at->time_ticks);
  buffer->last_ticks = at->time_ticks;
  writer->last_ticks = MAX(writer->last_ticks, at->time_ticks);
  return record;
}

/* Moves the first buffers behind the last, as a circular file that has wrapped looks. */
static void
rotate(HsEtlWriter *writer)
{
  guint count = MIN(writer->options.circular_rotate, writer->offsets->len);
  if (count == 0 || count == writer->offsets->len || writer->image == NULL)
    return;
  guint64 from = g_array_index(writer->offsets, guint64, 0);
  guint64 middle = g_array_index(writer->offsets, guint64, count);
  g_autofree guint8 *head = g_memdup2(writer->image->data + from, middle - from);
  memmove(writer->image->data + from, writer->image->data + middle, writer->image->len - middle);
  memcpy(writer->image->data + from + (writer->image->len - middle), head, middle - from);
}

static void
finish(HsEtlWriter *writer)
{
  g_assert(!writer->finished);
  for (guint cpu = 0; cpu < writer->options.cpus; cpu++)
    if (writer->buffers[cpu].end != 0)
      writer->buffers[cpu].flags |= HS_ETL_WRITER_FLAG_FLUSH_MARKER;
  hs_etl_writer_flush_all(writer);
  writer->finished = TRUE;
  rotate(writer);
  if (writer->options.zero_tail_buffers > 0) {
    g_autofree guint8 *zeros = g_malloc0(writer->options.buffer_size_bytes);
    for (guint i = 0; i < writer->options.zero_tail_buffers; i++)
      emit(writer, zeros, writer->options.buffer_size_bytes);
  }
  hs_etl_writer_build_header(writer, TRUE, writer->scratch);
  g_assert(writer->scratch->len == writer->header_bytes);
  hs_etl_truth_finish(writer->truth);
}

GBytes *
hs_etl_writer_finish(HsEtlWriter *writer)
{
  g_assert(writer->image != NULL);
  finish(writer);
  memcpy(writer->image->data, writer->scratch->data, writer->scratch->len);
  return g_byte_array_free_to_bytes(g_steal_pointer(&writer->image));
}

gboolean
hs_etl_writer_close(HsEtlWriter *writer, GError **error)
{
  g_assert(writer->file != NULL);
  finish(writer);
  if (writer->write_errno == 0 &&
      (fseeko(writer->file, 0, SEEK_SET) != 0 ||
       fwrite(writer->scratch->data, 1, writer->scratch->len, writer->file) != writer->scratch->len))
    writer->write_errno = errno != 0 ? errno : EIO;
  FILE *file = g_steal_pointer(&writer->file);
  if (fclose(file) != 0 && writer->write_errno == 0)
    writer->write_errno = errno;
  if (writer->write_errno == 0)
    return TRUE;
  g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(writer->write_errno), "%s: %s", writer->path,
              g_strerror(writer->write_errno));
  return FALSE;
}

/* SPDX-License-Identifier: MIT */
/* The header buffer: BufferType 4, its first record is the log-file header (TRACE_LOGFILE_HEADER, SDK evntrace.h). */
#include "hs-etl-writer-private.h"

void
hs_etl_payload_ansi(HsEtlPayload *payload, const char *text)
{
  hs_etl_payload_bytes(payload, text != NULL ? text : "", text != NULL ? strlen(text) + 1 : 1);
}

void
hs_etl_payload_wide(HsEtlPayload *payload, const char *utf8)
{
  glong units = 0;
  g_autofree gunichar2 *text = g_utf8_to_utf16(utf8 != NULL ? utf8 : "", -1, NULL, &units, NULL);
  g_assert(text != NULL);
  for (glong i = 0; i <= units; i++)
    hs_etl_payload_u16(payload, text[i]);
}

/* W. Europe Standard Time; names fill 32 units each. */
static void
put_time_zone(HsEtlPayload *payload)
{
  gsize begin = payload->length;
  hs_etl_payload_u32(payload, (guint32)-60);
  hs_etl_payload_wide(payload, "W. Europe Standard Time");
  hs_etl_payload_zeros(payload, begin + 4 + 64 - payload->length);
  static const guint8 standard[16] = {0, 0, 10, 0, 0, 0, 5, 0, 3};
  hs_etl_payload_bytes(payload, standard, sizeof standard);
  hs_etl_payload_u32(payload, 0);
  hs_etl_payload_wide(payload, "W. Europe Daylight Time");
  hs_etl_payload_zeros(payload, begin + 4 + 64 + 16 + 4 + 64 - payload->length);
  static const guint8 daylight[16] = {0, 0, 3, 0, 0, 0, 5, 0, 2};
  hs_etl_payload_bytes(payload, daylight, sizeof daylight);
  hs_etl_payload_u32(payload, (guint32)-60);
  g_assert(payload->length - begin == 0xac);
  hs_etl_payload_u32(payload, 0);
}

static guint64
end_filetime(HsEtlWriter *writer)
{
  if (writer->options.end_filetime != G_MAXUINT64)
    return writer->options.end_filetime;
  return hs_etl_writer_filetime(writer, writer->last_ticks);
}

static void
put_log_file_header(HsEtlWriter *writer, HsEtlPayload *payload, guint64 start_filetime)
{
  const HsEtlWriterOptions *options = &writer->options;
  guint32 written =
      options->buffers_written != G_MAXUINT32 ? options->buffers_written : (guint32)writer->truth->buffers;
  hs_etl_payload_u32(payload, options->buffer_size_bytes);
  hs_etl_payload_u8(payload, (guint8)options->os_major);
  hs_etl_payload_u8(payload, (guint8)options->os_minor);
  hs_etl_payload_u8(payload, options->compress ? 2 : 1);
  hs_etl_payload_u8(payload, options->compress ? 0 : 5);
  hs_etl_payload_u32(payload, options->os_build);
  hs_etl_payload_u32(payload, options->cpus);
  hs_etl_payload_u64(payload, end_filetime(writer));
  hs_etl_payload_u32(payload, 156250);
  hs_etl_payload_u32(payload, 0);
  hs_etl_payload_u32(payload, options->log_file_mode);
  hs_etl_payload_u32(payload, written);
  hs_etl_payload_u32(payload, 1);
  hs_etl_payload_u32(payload, options->pointer_size);
  hs_etl_payload_u32(payload, options->events_lost);
  hs_etl_payload_u32(payload, options->cpu_mhz);
  hs_etl_payload_ptr(payload, 0x0a);
  hs_etl_payload_ptr(payload, 0x07);
  put_time_zone(payload);
  hs_etl_payload_u64(payload, options->boot_filetime);
  hs_etl_payload_u64(payload, options->frequency);
  hs_etl_payload_u64(payload, start_filetime);
  hs_etl_payload_u32(payload, options->clock);
  hs_etl_payload_u32(payload, options->buffers_lost);
  hs_etl_payload_wide(payload, options->session_name);
  hs_etl_payload_wide(payload, options->log_file_name);
}

/* A SYSTEM record of the writing process; a header buffer's records go by no CPU's buffer. */
static void
put_system_record(HsEtlWriter *writer, GByteArray *out, guint16 hook, guint64 ticks, const HsEtlPayload *payload)
{
  guint8 header[0x20] = {0};
  guint size = (guint)(sizeof header + payload->length);
  hs_etl_put_u16(header, 2);
  header[2] = writer->options.pointer_size == 8 ? HS_ETL_WRITER_SYSTEM64 : HS_ETL_WRITER_SYSTEM32;
  header[3] = 0xc0;
  hs_etl_put_u16(header + 0x04, (guint16)size);
  hs_etl_put_u16(header + 0x06, hook);
  hs_etl_put_u32(header + 0x08, 24484);
  hs_etl_put_u32(header + 0x0c, 29468);
  hs_etl_put_u64(header + 0x10, ticks);
  g_byte_array_append(out, header, sizeof header);
  g_byte_array_append(out, payload->bytes, (guint)payload->length);
  static const guint8 padding[8];
  g_byte_array_append(out, padding, -size & 7);
}

static void
put_extras(HsEtlWriter *writer, GByteArray *out)
{
  guint8 room[256];
  HsEtlPayload payload = {room, sizeof room, 0, writer->options.pointer_size};
  hs_etl_payload_ansi(&payload, "22621.1.amd64fre.ni_release.220506-1250");
  put_system_record(writer, out, 0x0042, writer->last_ticks, &payload);
  payload.length = 0;
  for (guint i = 0; i < 16; i++)
    hs_etl_payload_u8(&payload, (guint8)(0x51 + 7 * i));
  hs_etl_payload_u32(&payload, 1);
  hs_etl_payload_ansi(&payload, "ntkrnlmp.pdb");
  put_system_record(writer, out, 0x0040, writer->last_ticks, &payload);
}

void
hs_etl_writer_build_header(HsEtlWriter *writer, gboolean first, GByteArray *out)
{
  const HsEtlWriterOptions *options = &writer->options;
  g_byte_array_set_size(out, HS_ETL_WRITER_BUFFER_HEADER_BYTES);
  guint8 room[2048];
  HsEtlPayload payload = {room, sizeof room, 0, options->pointer_size};
  put_log_file_header(writer, &payload, first ? options->start_filetime : writer->base_filetime);
  put_system_record(writer, out, 0x0000, first ? options->start_ticks : writer->base_ticks, &payload);
  guint32 saved = out->len;
  if (options->header_extras)
    put_extras(writer, out);
  guint32 end = out->len;
  guint32 size = options->header_buffer_size_bytes;
  g_assert(end <= size);
  g_byte_array_set_size(out, size);
  memset(out->data + end, 0xff, size - end);

  gboolean relogged = (options->log_file_mode & 0x00010000) != 0;
  hs_etl_writer_put_buffer_header(writer, out->data, size, end, 0, 0, HS_ETL_WRITER_FLAG_FLUSH_MARKER, 4, 0);
  hs_etl_put_u32(out->data + 0x04, options->saved_offset_zero ? 0 : saved);
  hs_etl_put_u32(out->data + 0x08, relogged ? 0 : end + size);
  /* RTL compression format (3: XPRESS) in compressed files, else the state of a flushed buffer; relogged ones have 0.
   */
  hs_etl_put_u32(out->data + 0x2c, options->compress || !relogged ? 3 : 0);
}

/* SPDX-License-Identifier: MIT */
#include "hs-etl-file-private.h"

#include <inttypes.h>

#include "hs-etl-record.h"

/* Faster clocks than this do not exist; a larger frequency is damage. */
#define MAX_FREQUENCY ((guint64)1000000000000)
#define FILETIME_FREQUENCY 10000000

/* TRACE_LOGFILE_HEADER up to its first pointer slot, and from BootTime to the names (evntrace.h). */
#define TIME_ZONE_BYTES 0xb0u /* TIME_ZONE_INFORMATION and 4 bytes of padding, in both widths */

void
hs_etl_log_header_clear(HsEtlLogHeader *header)
{
  g_clear_pointer(&header->session_name, g_free);
  g_clear_pointer(&header->log_file_name, g_free);
}

/* The file's own clock, or FALSE with the reason. Kinds: 1 performance counter, 2 system time, 3 processor cycles;
 * 0 is the performance counter where its frequency is told. */
static gboolean
choose_clock(HsEtlLogHeader *header, guint32 tainted_kind, guint64 tainted_frequency, guint64 offset, GError **error)
{
  guint64 frequency = 0;
  switch (tainted_kind) {
  case 0:
    header->clock_kind = tainted_frequency != 0 ? HS_ETL_CLOCK_QPC : HS_ETL_CLOCK_SYSTEM;
    break;
  case 1:
  case 2:
  case 3:
    header->clock_kind = (HsEtlClockKind)tainted_kind;
    break;
  default:
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_HEADER,
                "log-file header at offset 0x%" PRIx64 ": expected a clock type from 0 to 3, found %u", offset,
                tainted_kind);
    return FALSE;
  }
  if (header->clock_kind == HS_ETL_CLOCK_SYSTEM)
    frequency = FILETIME_FREQUENCY;
  else if (header->clock_kind == HS_ETL_CLOCK_QPC)
    frequency = tainted_frequency;
  else
    frequency = (guint64)header->cpu_mhz * 1000000;
  if (frequency == 0 || frequency > MAX_FREQUENCY) {
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_HEADER,
                "log-file header at offset 0x%" PRIx64 ": expected a clock frequency in Hz, found %" PRIu64, offset,
                frequency);
    return FALSE;
  }
  header->clock.frequency = frequency;
  return TRUE;
}

static gboolean
read_payload(HsBytes payload, unsigned width, guint64 offset, HsEtlLogHeader *header, GError **error)
{
  gsize payload_size = payload.size;
  header->buffer_size = hs_bytes_u32(&payload);
  header->major = hs_bytes_u8(&payload);
  header->minor = hs_bytes_u8(&payload);
  header->sub = hs_bytes_u8(&payload);
  header->sub_minor = hs_bytes_u8(&payload);
  header->build = hs_bytes_u32(&payload);
  header->cpus = hs_bytes_u32(&payload);
  header->end_filetime = hs_bytes_u64(&payload);
  header->timer_resolution = hs_bytes_u32(&payload);
  hs_bytes_skip(&payload, 4); /* MaximumFileSize */
  header->mode = hs_bytes_u32(&payload);
  header->buffers_written = hs_bytes_u32(&payload);
  hs_bytes_skip(&payload, 4); /* StartBuffers */
  header->pointer_size = hs_bytes_u32(&payload);
  header->events_lost = hs_bytes_u32(&payload);
  header->cpu_mhz = hs_bytes_u32(&payload);
  hs_bytes_skip(&payload, (gsize)2 * width + TIME_ZONE_BYTES);
  header->boot_filetime = hs_bytes_u64(&payload);
  guint64 tainted_frequency = hs_bytes_u64(&payload);
  header->start_filetime = hs_bytes_u64(&payload);
  guint32 tainted_clock = hs_bytes_u32(&payload);
  header->buffers_lost = hs_bytes_u32(&payload);
  if (payload.failed) {
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_HEADER,
                "log-file header at offset 0x%" PRIx64 ": expected at least %u bytes, found %" G_GSIZE_FORMAT, offset,
                0x108 + 2 * width, payload_size);
    return FALSE;
  }
  header->session_name = hs_bytes_utf16(&payload);
  header->log_file_name = hs_bytes_utf16(&payload);
  return choose_clock(header, tainted_clock, tainted_frequency, offset, error);
}

gboolean
hs_etl_log_header_read(const guint8 *buffer, gsize size, guint64 offset, HsEtlLogHeader *header, GError **error)
{
  memset(header, 0, sizeof *header);
  guint64 at = offset + HS_ETL_BUFFER_HEADER_BYTES;
  if (size < HS_ETL_BUFFER_HEADER_BYTES + 8) {
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_HEADER,
                "offset 0x%" PRIx64 ": expected a header buffer, found only %" G_GSIZE_FORMAT " bytes", offset, size);
    return FALSE;
  }
  /* The end of valid data is not asked: Windows 7 writes header buffers with odd values there. */
  gsize left = size - HS_ETL_BUFFER_HEADER_BYTES;
  HsEtlRecord record = {0};
  const char *why = "no record";
  if (hs_etl_record_parse(buffer + HS_ETL_BUFFER_HEADER_BYTES, left, &record, &why) <= 0) {
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_HEADER,
                "offset 0x%" PRIx64 ": expected the log-file header record, found %s (%" G_GSIZE_FORMAT " bytes left)",
                at, why, left);
    return FALSE;
  }
  if (record.hook != 0 || (record.kind != HS_ETL_SYSTEM32 && record.kind != HS_ETL_SYSTEM64)) {
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_HEADER,
                "offset 0x%" PRIx64 ": expected the log-file header record (hook 0000), found %s record, hook %04x", at,
                hs_etl_kind_name(record.kind), record.hook);
    return FALSE;
  }
  header->header_ticks = (gint64)record.raw_ticks;
  if (!read_payload(record.payload, record.pointer_width, at, header, error)) {
    hs_etl_log_header_clear(header);
    return FALSE;
  }
  return TRUE;
}

/* SPDX-License-Identifier: MIT */
/*
 * A recording is text, a line a record, numbers in hexadecimal: "a SIZE TRACE" tells of one kind of allocation, which
 * are counted from 0; "+ KIND" is a call of it, "- KIND" frees one; "c MS" says how late it is.
 */
#include "hs-bench-recording.h"

#include <archive.h>
#include <archive_entry.h>
#include <gio/gio.h>

#include "hs-etl-writer.h"

#define HANDLE G_GUINT64_CONSTANT(0x1f000000000)
#define PID 4000
#define TICKS_A_MS 10000
#define CPUS 4
#define BLOCK_BYTES (1u << 20)
/* Sizes up to so many times 16 bytes have classes of their own, larger ones those of powers of two. */
#define SMALL_CLASSES 4096u
#define N_CLASSES (SMALL_CLASSES + 64)
#define LARGEST (G_GUINT64_CONSTANT(1) << 46)
#define RUN_BLOCKS 64
#define RUN_BYTES 65536

typedef struct {
  guint64 size_bytes;
  GArray *live; /* of addresses; or NULL */
} Kind;

typedef struct {
  HsEtlWriter *writer;
  guint64 start_ticks, now_ticks;
  guint cpu;
  guint32 state; /* of the random numbers */
  GArray *kinds; /* of Kind */
  GArray *holes[N_CLASSES];
  guint64 next[N_CLASSES], end[N_CLASSES]; /* of the run being filled */
  guint64 next_address;
  HsBenchRecording told;
} Conversion;

/* --- addresses --- */

/* The class of a size, which becomes what a block of it takes. */
static guint
class_of(guint64 *bytes)
{
  guint64 rounded = (CLAMP(*bytes, 1, LARGEST) + 15) & ~G_GUINT64_CONSTANT(15);
  guint bits = (guint)g_bit_storage(rounded - 1);
  if (rounded / 16 < SMALL_CLASSES) {
    *bytes = rounded;
    return (guint)(rounded / 16);
  }
  *bytes = G_GUINT64_CONSTANT(1) << bits;
  return SMALL_CLASSES + bits;
}

static guint64
take_address(Conversion *c, guint64 size_bytes)
{
  guint64 bytes = size_bytes;
  guint class_number = class_of(&bytes);
  GArray *holes = c->holes[class_number];
  guint64 address;
  if (holes->len > 0) {
    address = g_array_index(holes, guint64, holes->len - 1);
    g_array_set_size(holes, holes->len - 1);
    return address;
  }
  if (c->next[class_number] + bytes > c->end[class_number]) {
    guint64 run = MAX(bytes, MIN(bytes * RUN_BLOCKS, RUN_BYTES));
    c->next[class_number] = c->next_address;
    c->end[class_number] = c->next_address + run;
    c->next_address += (run + 4095) & ~G_GUINT64_CONSTANT(4095);
  }
  address = c->next[class_number];
  c->next[class_number] += bytes;
  return address;
}

static void
give_address(Conversion *c, guint64 address, guint64 size_bytes)
{
  guint64 bytes = size_bytes;
  g_array_append_val(c->holes[class_of(&bytes)], address);
}

/* --- calls --- */

static HsEtlWriterAt
next_at(Conversion *c, HsEtlWriterHeader header)
{
  return (HsEtlWriterAt){.header = header, .cpu = c->cpu, .time_ticks = ++c->now_ticks, .pid = PID, .tid = PID + 4};
}

static guint32
source_of(guint64 size_bytes)
{
  return size_bytes <= 16384 ? 2 : size_bytes <= 65536 ? 3 : 4;
}

static Kind *
kind_of(Conversion *c, const char *number)
{
  guint64 i = g_ascii_strtoull(number, NULL, 16);
  return i < c->kinds->len ? &g_array_index(c->kinds, Kind, i) : NULL;
}

static void
do_alloc(Conversion *c, Kind *kind)
{
  guint64 address = take_address(c, kind->size_bytes);
  HsEtlWriterAt at = next_at(c, HS_ETL_WRITER_SYSTEM64);
  if (kind->live == NULL)
    kind->live = g_array_new(FALSE, FALSE, sizeof(guint64));
  g_array_append_val(kind->live, address);
  hs_etl_writer_alloc(c->writer, &at, HANDLE, address, kind->size_bytes, source_of(kind->size_bytes));
  c->told.allocs++;
  c->told.outstanding_bytes += kind->size_bytes;
  c->told.peak_bytes = MAX(c->told.peak_bytes, c->told.outstanding_bytes);
}

/* One that was allocated like that; the last one. */
static void
do_free(Conversion *c, Kind *kind)
{
  if (kind->live == NULL || kind->live->len == 0)
    return;
  guint64 address = g_array_index(kind->live, guint64, kind->live->len - 1);
  g_array_set_size(kind->live, kind->live->len - 1);
  give_address(c, address, kind->size_bytes);
  HsEtlWriterAt at = next_at(c, HS_ETL_WRITER_SYSTEM64);
  hs_etl_writer_free_block(c->writer, &at, HANDLE, address, source_of(kind->size_bytes));
  c->told.frees++;
  c->told.outstanding_bytes -= kind->size_bytes;
}

static void
take_line(Conversion *c, const char *line)
{
  if (line[0] == '\0' || line[1] != ' ')
    return;
  Kind *kind = line[0] == '+' || line[0] == '-' ? kind_of(c, line + 2) : NULL;
  if (line[0] == 'a') {
    Kind more = {.size_bytes = g_ascii_strtoull(line + 2, NULL, 16)};
    g_array_append_val(c->kinds, more);
  } else if (line[0] == 'c') {
    guint64 ms = MIN(g_ascii_strtoull(line + 2, NULL, 16), G_MAXUINT32);
    c->now_ticks = MAX(c->now_ticks, c->start_ticks + ms * TICKS_A_MS);
    c->state = c->state * 1664525 + 1013904223;
    c->cpu = c->state >> 30 & (CPUS - 1);
  } else if (kind != NULL && line[0] == '+') {
    do_alloc(c, kind);
  } else if (kind != NULL) {
    do_free(c, kind);
  }
}

/* --- the file --- */

static gboolean
take_lines(Conversion *c, struct archive *archive, GError **error)
{
  g_autofree char *block = g_malloc(BLOCK_BYTES);
  g_autoptr(GString) line = g_string_new(NULL);
  la_ssize_t n;
  while ((n = archive_read_data(archive, block, BLOCK_BYTES)) > 0) {
    const char *from = block, *end = block + n, *stop;
    while ((stop = memchr(from, '\n', (size_t)(end - from))) != NULL) {
      g_string_append_len(line, from, stop - from);
      take_line(c, line->str);
      g_string_truncate(line, 0);
      from = stop + 1;
    }
    g_string_append_len(line, from, end - from);
  }
  if (n < 0)
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", archive_error_string(archive));
  return n >= 0;
}

static gboolean
read_recording(Conversion *c, const char *recording, GError **error)
{
  struct archive *archive = archive_read_new();
  struct archive_entry *entry;
  archive_read_support_filter_all(archive);
  archive_read_support_format_raw(archive);
  gboolean ok = archive_read_open_filename(archive, recording, BLOCK_BYTES) == ARCHIVE_OK &&
                archive_read_next_header(archive, &entry) == ARCHIVE_OK;
  if (!ok)
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", recording,
                archive_error_string(archive) != NULL ? archive_error_string(archive) : "is empty");
  ok = ok && take_lines(c, archive, error);
  archive_read_free(archive);
  return ok;
}

static void
begin(Conversion *c)
{
  HsEtlWriterAt at = next_at(c, HS_ETL_WRITER_PERFINFO64);
  HsEtlWriterProcess process = {.op = HS_ETL_WRITER_PROCESS_DC_START,
                                .version = 4,
                                .pid = PID,
                                .parent_pid = 4,
                                .name = "recorded.exe",
                                .command_line = "recorded.exe"};
  hs_etl_writer_process(c->writer, &at, &process);
  at = next_at(c, HS_ETL_WRITER_SYSTEM64);
  hs_etl_writer_create(c->writer, &at, HANDLE, 2);
}

static void
clear(Conversion *c)
{
  for (guint i = 0; i < N_CLASSES; i++)
    g_array_unref(c->holes[i]);
  for (guint i = 0; i < c->kinds->len; i++)
    g_clear_pointer(&g_array_index(c->kinds, Kind, i).live, g_array_unref);
  g_array_unref(c->kinds);
}

gboolean
hs_bench_recording_convert(const char *recording, const char *path, HsBenchRecording *told, GError **error)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.cpus = CPUS;
  options.truth_mode = HS_ETL_TRUTH_COUNTS;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new_file(path, &options, error);
  if (writer == NULL)
    return FALSE;
  g_autofree Conversion *c = g_new0(Conversion, 1);
  c->writer = writer;
  c->start_ticks = c->now_ticks = options.start_ticks;
  c->state = 1;
  c->next_address = HANDLE + 0x10000;
  c->kinds = g_array_new(FALSE, FALSE, sizeof(Kind));
  for (guint i = 0; i < N_CLASSES; i++)
    c->holes[i] = g_array_new(FALSE, FALSE, sizeof(guint64));
  begin(c);
  gboolean ok = read_recording(c, recording, error);
  *told = c->told;
  clear(c);
  return hs_etl_writer_close(writer, ok ? error : NULL) && ok;
}

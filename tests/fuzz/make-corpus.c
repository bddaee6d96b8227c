/* SPDX-License-Identifier: MIT */
/*
 * Makes the seeds of the fuzz targets: make-corpus FOLDER STAMP. Small traces of every kind (container), the bare
 * records of their buffers (record), payloads alone (payload), packed blocks behind their unpacked length (xpress),
 * archives (archive) and filters (query); and dictionaries for each.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "hs-etl-damage.h"
#include "hs-etl-finds.h"
#include "hs-etl-writer.h"

#define START_TICKS 1000000

void
corpus_save(const char *folder, const char *kind, const char *name, const void *bytes, gsize length)
{
  g_autofree char *parent = g_build_filename(folder, "corpus", kind, NULL);
  g_autofree char *path = g_build_filename(parent, name, NULL);
  g_autoptr(GError) error = NULL;
  if (g_mkdir_with_parents(parent, 0777) != 0 || !g_file_set_contents(path, bytes, (gssize)length, &error))
    g_error("%s: %s", path, error != NULL ? error->message : "cannot make the folder");
}

static void
write_heap(HsEtlWriter *writer)
{
  static const HsEtlWriterHeader carriers[] = {HS_ETL_WRITER_SYSTEM64,   HS_ETL_WRITER_SYSTEM32,
                                               HS_ETL_WRITER_PERFINFO32, HS_ETL_WRITER_FULL64,
                                               HS_ETL_WRITER_INSTANCE32, HS_ETL_WRITER_COMPACT64};
  static const HsEtlWriterRange ranges[2] = {{0x10000, 0x1000}, {0x20000, 0x2000}};
  guint64 ticks = START_TICKS + 1;
  for (guint op = 0x20; op <= 0x3a; op++) {
    for (guint c = 0; c < G_N_ELEMENTS(carriers); c++) {
      HsEtlWriterAt at = {carriers[c], op % 2, ticks++, 100, 104};
      HsEtlWriterHeapEvent event = {.op = (HsEtlWriterHeapOp)op,
                                    .form = (HsEtlWriterForm)(c % 4),
                                    .heap = 0x1f0000,
                                    .address = 0x200000 + op * 16,
                                    .size = 64,
                                    .old_address = 0x300000,
                                    .source = 2,
                                    .payload_pid = 100};
      hs_etl_writer_heap(writer, &at, &event);
    }
  }
  HsEtlWriterAt at = {HS_ETL_WRITER_PERFINFO64, 0, ticks, 0, 0};
  hs_etl_writer_range_rundown(writer, &at, 3, 0x1f0000, 2, 100, ranges, 2);
  hs_etl_writer_range_create(writer, &at, 0x1f0000, 0x1000, 2, TRUE);
  hs_etl_writer_range_reserve(writer, &at, 0x1f0000, 0x10000, 0x1000);
}

static void
write_system(HsEtlWriter *writer)
{
  guint64 ticks = START_TICKS + 500;
  for (guint version = 0; version <= 5; version++) {
    HsEtlWriterAt at = {version % 2 == 0 ? HS_ETL_WRITER_SYSTEM64 : HS_ETL_WRITER_FULL32, 0, ticks++, 4, 8};
    HsEtlWriterProcess process = {.op = HS_ETL_WRITER_PROCESS_START,
                                  .version = (guint8)version,
                                  .pid = 100,
                                  .no_sid = version == 2,
                                  .name = "a.exe",
                                  .command_line = "a",
                                  .package = "",
                                  .application_id = ""};
    hs_etl_writer_process(writer, &at, &process);
    if (version > 3)
      continue;
    HsEtlWriterThread thread = {.op = 3, .version = (guint8)version, .pid = 100, .tid = 104, .name = "main"};
    hs_etl_writer_thread(writer, &at, &thread);
    HsEtlWriterImage image = {.hook = 0x1403, .version = (guint8)version, .pid = 100, .name = "\\a.dll"};
    hs_etl_writer_image(writer, &at, &image);
  }
  HsEtlWriterAt at = {HS_ETL_WRITER_PERFINFO64, 1, ticks, 0, 0};
  static const guint64 frames[3] = {1, 2, 3};
  hs_etl_writer_thread_name(writer, &at, 100, 104, "worker");
  hs_etl_writer_stack(writer, &at, START_TICKS + 1, 100, 104, frames, 3);
  static const guint8 guid[16] = {7};
  HsEtlWriterItem items[2] = {{6, frames, 24}, {0xb, "name", 5}};
  HsEtlWriterRecord record = {.guid = guid, .items = items, .n_items = 2, .payload = "abc", .length = 3};
  at.header = HS_ETL_WRITER_EVENT64;
  hs_etl_writer_record(writer, &at, &record);
  at.header = HS_ETL_WRITER_MESSAGE;
  hs_etl_writer_record(writer, &at, &record);
}

static GBytes *
make_trace(guint variant)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = 2048;
  options.cpus = 2;
  options.compress = (variant & 1) != 0;
  options.pointer_size = (variant & 2) != 0 ? 4 : 8;
  options.old_processor_numbers = (variant & 2) != 0;
  options.clock = (HsEtlWriterClock)(variant & 3);
  options.cpu_mhz = 3000;
  options.truth_mode = HS_ETL_TRUTH_NONE;
  if ((variant & 4) != 0) {
    options.log_file_mode = variant & 1 ? 0x04000002 : 0x2;
    options.circular_rotate = 3;
  }
  options.zero_tail_buffers = (variant & 8) != 0 ? 1 : 0;
  options.end_filetime = (variant & 8) != 0 ? 0 : options.start_filetime + 1000;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  write_heap(writer);
  if ((variant & 8) != 0)
    hs_etl_writer_append_header(writer, START_TICKS + 400, options.start_filetime + 400);
  write_system(writer);
  return hs_etl_writer_finish(writer);
}

/* Every buffer's records without the buffer; and the same packed. */
static void
save_buffers(const char *folder, GBytes *image, const char *name)
{
  g_autoptr(GArray) offsets = hs_etl_damage_buffer_offsets(image);
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data(image, &length);
  for (guint i = 0; i < offsets->len; i++) {
    guint64 begin = g_array_index(offsets, guint64, i) + 72;
    guint64 end = i + 1 < offsets->len ? g_array_index(offsets, guint64, i + 1) : length;
    g_autofree char *part = g_strdup_printf("%s-%u", name, i);
    corpus_save(folder, "record", part, bytes + begin, end - begin);
    g_autoptr(GByteArray) packed = g_byte_array_new();
    const guint8 wanted[2] = {(guint8)(end - begin), (guint8)((end - begin) >> 8)};
    g_byte_array_append(packed, wanted, 2);
    hs_etl_writer_xpress(bytes + begin, end - begin, i % 2 == 0, packed);
    corpus_save(folder, "xpress", part, packed->data, packed->len);
  }
}

/* The payloads of a buffer's hook records behind what the target wants to know of each. */
static void
save_payloads(const char *folder, const guint8 *records, gsize length, const char *name)
{
  static const guint8 groups[] = {0x03, 0x05, 0x02, 0x10, 0x14};
  for (gsize at = 0; at + 32 <= length;) {
    gsize size = records[at + 4] | (gsize)records[at + 5] << 8;
    gboolean is_system = records[at + 3] == 0xc0 && records[at + 2] <= HS_ETL_WRITER_SYSTEM64;
    if (!is_system || size < 32 || size > length - at)
      return;
    for (guint g = 0; g < G_N_ELEMENTS(groups); g++) {
      if (records[at + 7] != groups[g])
        continue;
      g_autoptr(GByteArray) payload = g_byte_array_new();
      const guint8 head[4] = {(guint8)g, records[at], records[at + 6], records[at + 2] == HS_ETL_WRITER_SYSTEM32};
      g_byte_array_append(payload, head, sizeof head);
      g_byte_array_append(payload, records + at + 32, (guint)(size - 32));
      g_autofree char *part = g_strdup_printf("%s-%02x%02x-%u", name, records[at + 7], records[at + 6], head[3]);
      corpus_save(folder, "payload", part, payload->data, payload->len);
    }
    at += (size + 7) & ~(gsize)7;
  }
}

/* One record kind and its fields after another, in two buffers of a KiB: a fuzzer has no bytes to waste. */
static GBytes *
make_tiny_trace(guint variant)
{
  static const HsEtlWriterHeader carriers[] = {HS_ETL_WRITER_SYSTEM64, HS_ETL_WRITER_SYSTEM32, HS_ETL_WRITER_FULL64};
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = 1024;
  options.cpus = 1;
  options.compress = (variant & 1) != 0;
  options.truth_mode = HS_ETL_TRUTH_NONE;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  HsEtlWriterAt at = {carriers[variant / 2], 0, START_TICKS + 1, 100, 104};
  static const HsEtlWriterRange ranges[2] = {{0x10000, 0x1000}, {0x20000, 0x2000}};
  hs_etl_writer_alloc(writer, &at, 0x1f0000, 0x200000, 64, 2);
  at.time_ticks += 1000;
  hs_etl_writer_alloc(writer, &at, 0x2f0000, 0x201000, 640, 6);
  hs_etl_writer_range_rundown(writer, &at, 3, 0x1f0000, 2, 100, ranges, 2);
  at.time_ticks += 1000;
  hs_etl_writer_free_block(writer, &at, 0x1f0000, 0x200000, 2);
  HsEtlWriterImage image = {.hook = 0x1402, .version = 3, .pid = 100, .name = "a"};
  hs_etl_writer_image(writer, &at, &image);
  return hs_etl_writer_finish(writer);
}

/* Every record kind that is decoded as plain hook records of each width, for its payloads. */
static void
save_system_payloads(const char *folder)
{
  for (guint width = 0; width < 2; width++) {
    HsEtlWriterOptions options;
    hs_etl_writer_options_init(&options);
    options.start_ticks = START_TICKS;
    options.cpus = 1;
    options.truth_mode = HS_ETL_TRUTH_NONE;
    g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
    HsEtlWriterAt at = {width == 0 ? HS_ETL_WRITER_SYSTEM64 : HS_ETL_WRITER_SYSTEM32, 0, START_TICKS, 100, 104};
    for (guint op = 0x20; op <= 0x3a; op++) {
      HsEtlWriterHeapEvent event = {
          .op = (HsEtlWriterHeapOp)op, .heap = 0x1f0000, .address = 0x200000, .size = 64, .payload_pid = 100};
      hs_etl_writer_heap(writer, &at, &event);
    }
    for (guint version = 0; version <= 4; version++) {
      HsEtlWriterProcess process = {.op = HS_ETL_WRITER_PROCESS_START,
                                    .version = (guint8)version,
                                    .pid = 100,
                                    .name = "a.exe",
                                    .command_line = "a",
                                    .package = "",
                                    .application_id = ""};
      hs_etl_writer_process(writer, &at, &process);
      HsEtlWriterThread thread = {.op = 3, .version = (guint8)MIN(version, 3), .pid = 100, .tid = 104, .name = "main"};
      hs_etl_writer_thread(writer, &at, &thread);
      HsEtlWriterImage image = {.hook = 0x1402, .version = (guint8)MIN(version, 3), .pid = 100, .name = "a.dll"};
      hs_etl_writer_image(writer, &at, &image);
    }
    static const HsEtlWriterRange ranges[2] = {{0x10000, 0x1000}, {0x20000, 0x2000}};
    hs_etl_writer_range_rundown(writer, &at, 3, 0x1f0000, 2, 100, ranges, 2);
    hs_etl_writer_range_create(writer, &at, 0x1f0000, 0x1000, 2, TRUE);
    hs_etl_writer_range_reserve(writer, &at, 0x1f0000, 0x10000, 0x1000);
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    g_autoptr(GArray) offsets = hs_etl_damage_buffer_offsets(image);
    gsize length = 0;
    const guint8 *bytes = g_bytes_get_data(image, &length);
    guint64 begin = g_array_index(offsets, guint64, 1) + 72;
    save_payloads(folder, bytes + begin, length - begin, "payload");
  }
}

static void
save_finds(const char *folder)
{
  gsize n_finds = 0;
  const HsEtlFind *finds = hs_etl_finds(&n_finds);
  for (gsize i = 0; i < n_finds; i++) {
    g_autoptr(GBytes) image = finds[i].make();
    corpus_save(folder, "container", finds[i].name, g_bytes_get_data(image, NULL), g_bytes_get_size(image));
  }
}

int
main(int argc, char **argv)
{
  if (argc != 3) {
    g_printerr("usage: make-corpus FOLDER STAMP\n");
    return 2;
  }
  for (guint variant = 0; variant < 16; variant++) {
    g_autoptr(GBytes) image = make_trace(variant);
    g_autofree char *name = g_strdup_printf("trace-%02u", variant);
    corpus_save(argv[1], "container", name, g_bytes_get_data(image, NULL), g_bytes_get_size(image));
    if (variant % 8 == 0)
      save_buffers(argv[1], image, name);
  }
  for (guint variant = 0; variant < 6; variant++) {
    g_autoptr(GBytes) image = make_tiny_trace(variant);
    g_autofree char *name = g_strdup_printf("tiny-%u", variant);
    corpus_save(argv[1], "container", name, g_bytes_get_data(image, NULL), g_bytes_get_size(image));
    if (variant == 0)
      corpus_save_archives(argv[1], image);
  }
  save_system_payloads(argv[1]);
  save_finds(argv[1]);
  gsize n_damages = 0;
  const HsEtlDamage *damages = hs_etl_damage_list(&n_damages);
  for (int compress = 0; compress < 2; compress++) {
    g_autoptr(GBytes) image = make_trace(compress ? 1 : 0);
    for (gsize i = 0; i < n_damages; i++) {
      g_autoptr(GBytes) bad = hs_etl_damage_apply(image, damages[i].name, 2, 1);
      g_autofree char *name = g_strdup_printf("%s-%d", damages[i].name, compress);
      corpus_save(argv[1], "container", name, g_bytes_get_data(bad, NULL), g_bytes_get_size(bad));
    }
  }
  corpus_save_filters(argv[1]);
  corpus_save_words(argv[1]);
  g_autoptr(GError) error = NULL;
  if (!g_file_set_contents(argv[2], "", 0, &error))
    g_error("%s", error->message);
  return 0;
}

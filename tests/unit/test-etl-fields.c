/* SPDX-License-Identifier: MIT */
/* Every field of everything that a trace is made of, with every odd value in it, in several places. */
#include "test-damage-support.h"

static guint n_cases, n_missed, n_refused, n_named;

/* Health is asked of every so manieth damage that must be named. */
#define LOAD_EACH 16

/* One field of the structure at `at` in buffer `buffer`, of which `before` records lie before that. */
static void
check_field(const DamageGood *good, const char *what, const HsEtlField *field, guint64 at, guint buffer, guint before,
            HsEtlValue value)
{
  gsize size = 0;
  const guint8 *bytes = g_bytes_get_data(good->image, &size);
  const DamagePiece *whole = damage_good_piece(good, buffer);
  g_autoptr(GByteArray) changed = g_byte_array_sized_new((guint)size);
  g_byte_array_append(changed, bytes, (guint)size);
  if (!hs_etl_field_set(changed, at, whole->end, field, value))
    return;
  g_autoptr(GBytes) image = g_byte_array_free_to_bytes(g_steal_pointer(&changed));
  g_autoptr(GArray) pieces = damage_pieces(good->image);
  g_auto(DamageResult) result = {0};
  n_cases++;
  damage_read(image, pieces, &result);
  gboolean is_named = damage_is_named(&result, whole->begin, whole->end);
  const char *fault = NULL;
  for (guint i = 0; i < pieces->len && fault == NULL && !result.is_refused; i++) {
    const DamagePiece *is = &g_array_index(pieces, DamagePiece, i), *was = damage_good_piece(good, i);
    if (i == buffer && is->records < was->records)
      fault = !is_named              ? "records are missing and nothing is said of it"
              : is->records < before ? "records before the damage are missing"
                                     : NULL;
    else if (i != buffer && (is->records != was->records || is->digest != was->digest) &&
             result.issues[HS_ETL_ISSUE_COMPRESSION_KIND].count == 0)
      fault = "a buffer that is whole is not read as it was";
  }
  if (result.is_refused && buffer > 0)
    fault = "the whole trace is refused";
  gboolean must_be_named = field->is_frame && value != HS_ETL_VALUE_MORE && value != HS_ETL_VALUE_LESS;
  if (must_be_named && !is_named && !result.is_refused)
    fault = "nothing is said of it";
  n_refused += result.is_refused;
  n_named += is_named;
  if (is_named && n_named % LOAD_EACH == 0)
    damage_load(image, TRUE, whole->begin, whole->end);
  if (fault != NULL) {
    n_missed++;
    g_test_message("%s, %s at 0x%" G_GINT64_MODIFIER "x (buffer %u of %u): %s: %s", what, field->name,
                   at + field->offset, buffer, pieces->len, hs_etl_value_name(value), fault);
  }
}

static void
check_fields(const DamageGood *good, const char *what, const GArray *fields, guint64 at, guint buffer, guint before)
{
  for (guint i = 0; i < fields->len; i++) {
    const HsEtlField *field = &g_array_index(fields, HsEtlField, i);
    if (at + field->offset + field->width > g_bytes_get_size(good->image))
      continue;
    for (HsEtlValue value = 0; value < HS_ETL_N_VALUES; value++)
      check_field(good, what, field, at, buffer, before, value);
  }
}

static void
begin_count(void)
{
  n_cases = n_missed = n_refused = n_named = 0;
}

static void
end_count(const char *what, guint n_fields, guint n_places)
{
  g_test_message("%s: %u damages (%u fields in %u places), %u of them named, %u refused", what, n_cases, n_fields,
                 n_places, n_named, n_refused);
  g_assert_cmpuint(n_cases, >, 0);
  g_assert_cmpuint(n_missed, ==, 0);
}

/* Some twenty buffers of two processors. */
static DamageGood
make_mixed(gboolean compress)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = 2048;
  options.compress = compress;
  options.cpus = 2;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  for (guint i = 0; i < 500; i++) {
    HsEtlWriterAt place = at(i % 5 == 0 ? HS_ETL_WRITER_SYSTEM32 : HS_ETL_WRITER_SYSTEM64, i % 2, 2 + i * 3);
    hs_etl_writer_alloc(writer, &place, 0x1f0000, 0x200000 + i * 64, 16 + i % 100, 2);
  }
  GBytes *image = hs_etl_writer_finish(writer);
  return damage_good(image, hs_etl_writer_truth(writer));
}

static void
test_buffer(void)
{
  for (int compress = 0; compress < 2; compress++) {
    g_auto(DamageGood) good = make_mixed(compress);
    g_autoptr(GArray) fields = hs_etl_fields_of_buffer();
    guint n = good.pieces->len;
    const guint places[] = {0, 1, 2, n / 2, n - 2, n - 1};
    begin_count();
    g_assert_cmpuint(n, >=, compress ? 8 : 16);
    for (guint p = 0; p < G_N_ELEMENTS(places); p++)
      check_fields(&good, "buffer header", fields, damage_good_piece(&good, places[p])->begin, places[p], 0);
    end_count(compress ? "buffer headers, compressed" : "buffer headers", fields->len, G_N_ELEMENTS(places));
  }
}

static void
test_log_header(void)
{
  for (guint width = 4; width <= 8; width += 4) {
    HsEtlWriterOptions options;
    g_autoptr(HsEtlWriter) template = small_writer(&options);
    options.pointer_size = width;
    g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
    for (guint i = 0; i < 300; i++) {
      HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, i % 2, 2 + i * 3);
      hs_etl_writer_alloc(writer, &place, 0x1f0000, 0x200000 + i * 64, 16 + i % 100, 2);
    }
    GBytes *image = hs_etl_writer_finish(writer);
    g_auto(DamageGood) good = damage_good(image, hs_etl_writer_truth(writer));
    g_autoptr(GArray) fields = hs_etl_fields_of_log_header(width);
    g_assert_cmpuint(g_array_index(fields, HsEtlField, fields->len - 1).offset, ==, 0x108 + 2 * width);
    begin_count();
    check_fields(&good, "log-file header", fields, 72 + 32, 0, 0);
    end_count("log-file header", fields->len, 1);
  }
}

static void
write_record(HsEtlWriter *writer, HsEtlWriterHeader header, guint i)
{
  static const guint8 payload[40] = {1, 2, 3, 4};
  HsEtlWriterItem items[2] = {{6, payload, 24}, {0xb, "name", 5}};
  HsEtlWriterAt place = at(header, i % 2, 2 + i * 3);
  HsEtlWriterRecord record = {.guid = hs_etl_writer_guid_heap,
                              .hook = 0x1021,
                              .opcode = 0x21,
                              .version = 2,
                              .items = items,
                              .n_items = 2,
                              .payload = payload,
                              .length = sizeof payload - i % 3};
  hs_etl_writer_record(writer, &place, &record);
}

/* In the second buffer of the first processor: the first record, one in the middle, the last; and the last of all. */
static void
check_record_kind(HsEtlWriterHeader header)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = 1024;
  options.cpus = 2;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  for (guint i = 0; i < 60; i++)
    write_record(writer, header, i);
  GBytes *image = hs_etl_writer_finish(writer);
  g_auto(DamageGood) good = damage_good(image, hs_etl_writer_truth(writer));
  g_autoptr(GArray) fields = hs_etl_fields_of_record(header);
  const guint buffers[] = {3, good.pieces->len - 1};
  for (guint b = 0; b < G_N_ELEMENTS(buffers); b++) {
    const DamagePiece *piece = damage_good_piece(&good, buffers[b]);
    g_autoptr(GArray) records = hs_etl_records_of_buffer(g_bytes_get_data(image, NULL), piece->begin);
    g_assert_cmpuint(records->len, ==, piece->records);
    const guint indices[] = {0, records->len / 2, records->len - 1};
    for (guint i = 0; i < G_N_ELEMENTS(indices); i++) {
      HsEtlRecordPlace place = g_array_index(records, HsEtlRecordPlace, indices[i]);
      g_assert_cmpuint(place.type, ==, header);
      check_fields(&good, "record header", fields, place.offset, buffers[b], indices[i]);
    }
  }
}

static void
test_record(void)
{
  static const HsEtlWriterHeader headers[] = {
      HS_ETL_WRITER_SYSTEM32, HS_ETL_WRITER_SYSTEM64,   HS_ETL_WRITER_COMPACT32,  HS_ETL_WRITER_COMPACT64,
      HS_ETL_WRITER_FULL32,   HS_ETL_WRITER_INSTANCE32, HS_ETL_WRITER_TIMED,      HS_ETL_WRITER_ERROR,
      HS_ETL_WRITER_WNODE,    HS_ETL_WRITER_MESSAGE,    HS_ETL_WRITER_PERFINFO32, HS_ETL_WRITER_PERFINFO64,
      HS_ETL_WRITER_EVENT32,  HS_ETL_WRITER_EVENT64,    HS_ETL_WRITER_FULL64,     HS_ETL_WRITER_INSTANCE64,
      HS_ETL_WRITER_OTHER};
  guint n_fields = 0;
  begin_count();
  for (guint i = 0; i < G_N_ELEMENTS(headers); i++) {
    g_autoptr(GArray) fields = hs_etl_fields_of_record(headers[i]);
    n_fields += fields->len;
    check_record_kind(headers[i]);
  }
  end_count("record headers", n_fields, 6);
}

/* Whatever a heap record's payload tells, it is a record: none is lost, and the timeline takes it. */
static void
check_payload(const DamageGood *good, guint op, const GArray *fields, guint64 at, guint64 heap_records)
{
  gsize size = 0;
  const guint8 *bytes = g_bytes_get_data(good->image, &size);
  for (guint i = 0; i < fields->len; i++) {
    const HsEtlField *field = &g_array_index(fields, HsEtlField, i);
    for (HsEtlValue value = 0; value < HS_ETL_N_VALUES; value++) {
      g_autoptr(GByteArray) changed = g_byte_array_sized_new((guint)size);
      g_byte_array_append(changed, bytes, (guint)size);
      if (!hs_etl_field_set(changed, at, damage_good_piece(good, 1)->end, field, value))
        continue;
      g_autoptr(GBytes) image = g_byte_array_free_to_bytes(g_steal_pointer(&changed));
      n_cases++;
      g_assert_cmpuint(damage_load(image, FALSE, 0, 0), ==, heap_records);
    }
  }
}

static void
test_heap(void)
{
  for (guint width = 4; width <= 8; width += 4) {
    HsEtlWriterOptions options;
    g_autoptr(HsEtlWriter) writer = small_writer(&options);
    guint n_fields = 0;
    for (guint i = 0; i < 3 * 27; i++) {
      HsEtlWriterAt place = at(width == 4 ? HS_ETL_WRITER_SYSTEM32 : HS_ETL_WRITER_SYSTEM64, 0, 2 + i * 3);
      HsEtlWriterHeapEvent event = {.op = HS_ETL_WRITER_HEAP_CREATE + i % 27,
                                    .heap = 0x1f0000,
                                    .address = 0x200000 + i / 27 * 16,
                                    .size = 64,
                                    .old_address = 0x200000,
                                    .old_size = 64,
                                    .source = 2,
                                    .payload_pid = 0x1234};
      hs_etl_writer_heap(writer, &place, &event);
    }
    GBytes *image = hs_etl_writer_finish(writer);
    const HsEtlTruth *truth = hs_etl_writer_truth(writer);
    g_auto(DamageGood) good = damage_good(image, truth);
    begin_count();
    g_autoptr(GArray) records =
        hs_etl_records_of_buffer(g_bytes_get_data(image, NULL), damage_good_piece(&good, 1)->begin);
    for (guint op = 0; op < 27; op++) {
      g_autoptr(GArray) fields = hs_etl_fields_of_heap(HS_ETL_WRITER_HEAP_CREATE + op, width);
      n_fields += fields->len;
      check_payload(&good, op, fields, g_array_index(records, HsEtlRecordPlace, 27 + op).offset + 32,
                    truth->records_heap);
    }
    end_count(width == 4 ? "heap payloads of 32 bits" : "heap payloads of 64 bits", n_fields, 1);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/etl/fields/buffer", test_buffer);
  g_test_add_func("/etl/fields/log-header", test_log_header);
  g_test_add_func("/etl/fields/record", test_record);
  g_test_add_func("/etl/fields/heap", test_heap);
  return g_test_run();
}

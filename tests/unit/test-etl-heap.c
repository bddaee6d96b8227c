/* SPDX-License-Identifier: MIT */
#include "test-etl-support.h"

#define HANDLE ((guint64)0x1a2b3c4d5e6f0000)
#define ADDRESS ((guint64)0x2a2b3c4d5e6f0010)
#define SIZE ((guint64)0x3000000012345678)
#define OLD_ADDRESS ((guint64)0x4a2b3c4d5e6f0020)
#define OLD_SIZE ((guint64)0x5000000011111111)

static const HsEtlWriterHeader carriers[] = {
    HS_ETL_WRITER_SYSTEM32,   HS_ETL_WRITER_SYSTEM64,   HS_ETL_WRITER_COMPACT32, HS_ETL_WRITER_COMPACT64,
    HS_ETL_WRITER_PERFINFO32, HS_ETL_WRITER_PERFINFO64, HS_ETL_WRITER_FULL32,    HS_ETL_WRITER_FULL64,
    HS_ETL_WRITER_INSTANCE32, HS_ETL_WRITER_INSTANCE64,
};

/* Shortest payloads with which a record is worth something, from the format's tables: opcode, 32, 64 bits. */
static const guint8 shortest[][3] = {
    {0x20, 8, 12},  {0x21, 16, 28}, {0x22, 24, 44}, {0x23, 4, 8},   {0x24, 12, 20}, {0x25, 28, 52}, {0x26, 20, 36},
    {0x27, 20, 36}, {0x28, 20, 36}, {0x29, 20, 36}, {0x2a, 28, 52}, {0x2b, 4, 8},   {0x2c, 4, 8},   {0x2d, 4, 8},
    {0x2e, 4, 8},   {0x2f, 16, 32}, {0x30, 16, 32}, {0x31, 16, 32}, {0x32, 16, 32}, {0x33, 16, 28}, {0x34, 16, 28},
    {0x35, 20, 36}, {0x36, 8, 12},  {0x37, 4, 4},   {0x38, 8, 16},  {0x39, 12, 20}, {0x3a, 12, 20},
};

static HsEtlWriterHeapEvent
full_event(HsEtlWriterHeapOp op, HsEtlWriterForm form)
{
  return (HsEtlWriterHeapEvent){
      .op = op,
      .form = form,
      .heap = HANDLE,
      .address = ADDRESS,
      .size = SIZE,
      .old_address = OLD_ADDRESS,
      .old_size = OLD_SIZE,
      .source = 2,
      .flags = 0x1002,
      .reserved = 0x70000001,
      .committed = 0x70000002,
      .allocated = 0x70000003,
      .free_space = 0x70000004,
      .n_ucrs = 5,
      .payload_pid = 0x4444,
      .large_ucr_space = 6,
      .free_list_length = 7,
      .block_size = 8,
      .block_count = 9,
      .index = 10,
  };
}

/* What the decoder should make of it. */
static HsHeapEvent
expected_event(const HsEtlWriterHeapEvent *e, guint width)
{
  guint64 mask = width == 4 ? G_MAXUINT32 : G_MAXUINT64;
  gboolean new_form = e->form == HS_ETL_WRITER_FORM_NEW || e->form == HS_ETL_WRITER_FORM_PADDED;
  HsHeapEvent x = {.op = (guint8)(e->op - 0x20), .raw_opcode = (guint8)e->op, .handle = HANDLE & mask};
  switch (e->op) {
  case HS_ETL_WRITER_HEAP_CREATE:
    x.flags = 0x1002;
    x.has_flags = true;
    if (new_form) {
      x.has_sizes = true;
      x.reserved_bytes = e->reserved;
      x.committed_bytes = e->committed;
      x.allocated_bytes = e->allocated;
    }
    break;
  case HS_ETL_WRITER_HEAP_REALLOC:
    x.old_address = OLD_ADDRESS & mask;
    x.old_size = OLD_SIZE & mask;
    x.size = SIZE & mask;
    x.address = ADDRESS & mask;
    break;
  case HS_ETL_WRITER_HEAP_ALLOC:
    x.size = SIZE & mask;
    x.address = ADDRESS & mask;
    break;
  case HS_ETL_WRITER_HEAP_FREE:
    x.address = ADDRESS & mask;
    break;
  case HS_ETL_WRITER_HEAP_EXTEND:
  case HS_ETL_WRITER_HEAP_CONTRACT:
    x.size = SIZE & mask;
    x.address = ADDRESS & mask;
    x.detail = 5;
    x.has_sizes = true;
    x.free_bytes = e->free_space;
    x.committed_bytes = e->committed;
    x.reserved_bytes = e->reserved;
    x.allocated_bytes = new_form ? e->allocated : 0;
    break;
  case HS_ETL_WRITER_HEAP_SNAPSHOT:
  case HS_ETL_WRITER_HEAP_CREATE_SNAPSHOT:
  case HS_ETL_WRITER_HEAP_DESTROY_SNAPSHOT:
  case HS_ETL_WRITER_HEAP_EXTEND_SNAPSHOT:
    x.has_flags = x.has_sizes = true;
    x.flags = 0x1002;
    x.free_bytes = e->free_space;
    x.committed_bytes = e->committed;
    x.reserved_bytes = e->reserved;
    if (e->form != HS_ETL_WRITER_FORM_OLDEST) {
      x.target_pid = 0x4444;
      x.detail = 5;
    }
    x.allocated_bytes = new_form ? e->allocated : 0;
    break;
  case HS_ETL_WRITER_HEAP_SUBSEGMENT_ALLOC:
  case HS_ETL_WRITER_HEAP_SUBSEGMENT_FREE:
  case HS_ETL_WRITER_HEAP_SUBSEGMENT_ALLOC_CACHED:
  case HS_ETL_WRITER_HEAP_SUBSEGMENT_FREE_CACHED:
    x.address = ADDRESS & mask;
    x.size = SIZE & mask;
    x.old_size = 8;
    break;
  case HS_ETL_WRITER_HEAP_COMMIT:
  case HS_ETL_WRITER_HEAP_DECOMMIT:
    x.address = ADDRESS & mask;
    x.size = SIZE & mask;
    x.detail = 10;
    break;
  case HS_ETL_WRITER_HEAP_SUBSEGMENT_INIT:
    x.address = ADDRESS & mask;
    x.size = 8;
    x.detail = 9;
    break;
  case HS_ETL_WRITER_HEAP_AFFINITY_SLOT:
    x.handle = 0;
    x.detail = 10;
    break;
  case HS_ETL_WRITER_HEAP_AFFINITY_ENABLE:
    x.detail = 10;
    break;
  case HS_ETL_WRITER_HEAP_SUBSEGMENT_ACTIVATED:
    x.address = ADDRESS & mask;
    break;
  case HS_ETL_WRITER_HEAP_AFFINITY_ASSIGN:
  case HS_ETL_WRITER_HEAP_REUSE_THRESHOLD:
    x.address = ADDRESS & mask;
    x.detail = 10;
    break;
  default:
    break;
  }
  if (e->op == HS_ETL_WRITER_HEAP_ALLOC || e->op == HS_ETL_WRITER_HEAP_REALLOC || e->op == HS_ETL_WRITER_HEAP_FREE) {
    x.has_source = true;
    x.source_id = 2;
  }
  return x;
}

static void
assert_same(const HsHeapEvent *a, const HsHeapEvent *b)
{
  g_assert_cmpuint(a->op, ==, b->op);
  g_assert_cmpuint(a->raw_opcode, ==, b->raw_opcode);
  g_assert_cmpint(a->has_source, ==, b->has_source);
  g_assert_cmpint(a->has_sizes, ==, b->has_sizes);
  g_assert_cmpint(a->has_flags, ==, b->has_flags);
  g_assert_cmpuint(a->source_id, ==, b->source_id);
  g_assert_cmphex(a->handle, ==, b->handle);
  g_assert_cmphex(a->address, ==, b->address);
  g_assert_cmphex(a->size, ==, b->size);
  g_assert_cmphex(a->old_address, ==, b->old_address);
  g_assert_cmphex(a->old_size, ==, b->old_size);
  g_assert_cmphex(a->target_pid, ==, b->target_pid);
  if (a->has_source)
    return; /* the rest is not set for Alloc, ReAlloc and Free */
  g_assert_cmphex(a->committed_bytes, ==, b->committed_bytes);
  g_assert_cmphex(a->reserved_bytes, ==, b->reserved_bytes);
  g_assert_cmphex(a->free_bytes, ==, b->free_bytes);
  g_assert_cmphex(a->allocated_bytes, ==, b->allocated_bytes);
  g_assert_cmphex(a->flags, ==, b->flags);
  g_assert_cmphex(a->detail, ==, b->detail);
}

/* Every shorter payload is refused below the shortest useful length and taken from there on, reading nothing beyond. */
static void
check_lengths(const HsEtlRecord *record)
{
  const guint8 *row = shortest[record->opcode - 0x20];
  g_assert_cmpuint(row[0], ==, record->opcode);
  guint needed = record->pointer_width == 4 ? row[1] : row[2];
  g_assert_cmpuint(record->payload.size, >=, needed);
  for (gsize size = 0; size <= record->payload.size; size++) {
    g_autofree guint8 *exact = g_memdup2(record->payload.data, size);
    HsEtlRecord shorter = *record;
    shorter.payload = hs_bytes(exact, size);
    HsHeapEvent event;
    g_assert_cmpint(hs_etl_heap_decode(&shorter, &event), ==, size >= needed);
  }
}

typedef struct {
  const HsEtlWriterHeapEvent *written;
  HsEtlWriterHeader header;
  guint seen;
} Seen;

static void
see_heap(const HsEtlRecord *record, gpointer data)
{
  Seen *seen = data;
  if (!hs_etl_is_heap(record))
    return;
  HsHeapEvent event;
  g_assert_true(hs_etl_heap_decode(record, &event));
  HsHeapEvent expected = expected_event(seen->written, hs_etl_writer_pointer_size(seen->header));
  assert_same(&event, &expected);
  gboolean ids = seen->header != HS_ETL_WRITER_PERFINFO32 && seen->header != HS_ETL_WRITER_PERFINFO64;
  g_assert_cmpuint(event.pid, ==, ids ? 0x1234 : UINT32_MAX);
  g_assert_cmpuint(event.tid, ==, ids ? 0x5678 : UINT32_MAX);
  g_assert_cmpuint(event.cpu, ==, 3);
  g_assert_cmpint(event.ticks, ==, 50);
  g_assert_cmpint(event.wide, ==, hs_etl_writer_pointer_size(seen->header) == 8);
  check_lengths(record);
  seen->seen++;
}

static void
test_opcodes(void)
{
  for (guint c = 0; c < G_N_ELEMENTS(carriers); c++) {
    for (guint op = 0x20; op <= 0x3a; op++) {
      for (guint form = HS_ETL_WRITER_FORM_NEW; form <= HS_ETL_WRITER_FORM_PADDED; form++) {
        HsEtlWriterOptions options;
        g_autoptr(HsEtlWriter) writer = small_writer(&options);
        HsEtlWriterAt place = at(carriers[c], 3, 50);
        HsEtlWriterHeapEvent event = full_event((HsEtlWriterHeapOp)op, (HsEtlWriterForm)form);
        hs_etl_writer_heap(writer, &place, &event);
        g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
        g_autoptr(HsEtlFile) file = open_good(image);
        g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
        Seen seen = {&event, carriers[c], 0};
        merge_all(merger, file, see_heap, &seen);
        g_assert_cmpuint(seen.seen, ==, 1);
      }
    }
  }
}

static void
see_other(const HsEtlRecord *record, gpointer data)
{
  guint *seen = data;
  if (!hs_etl_is_heap(record))
    return;
  HsHeapEvent event;
  g_assert_true(hs_etl_heap_decode(record, &event));
  g_assert_cmpint(event.op, ==, HS_OP_OTHER);
  g_assert_cmpint(event.raw_opcode, ==, record->opcode);
  (*seen)++;
}

static void
test_unknown_opcodes(void)
{
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, 0, 1);
  guint written = 0;
  for (guint op = 0; op < 256; op++) {
    if (op >= 0x20 && op <= 0x3a)
      continue;
    hs_etl_writer_hook(writer, &place, (guint16)(0x1000 | op), 2, "", 0);
    written++;
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  guint seen = 0;
  merge_all(merger, file, see_other, &seen);
  g_assert_cmpuint(seen, ==, written);
}

static void
see_range(const HsEtlRecord *record, gpointer data)
{
  guint *seen = data;
  HsEtlHeapRange range;
  if (!hs_etl_is_heap_range(record)) {
    g_assert_false(hs_etl_heap_range_decode(record, &range));
    return;
  }
  g_assert_false(hs_etl_is_heap(record));
  g_assert_true(hs_etl_heap_range_decode(record, &range));
  guint64 mask = record->pointer_width == 4 ? G_MAXUINT32 : G_MAXUINT64;
  g_assert_cmphex(range.handle, ==, HANDLE & mask);
  guint64 address = 0, size = 0;
  if (range.op == HS_ETL_RANGE_RUNDOWN) {
    g_assert_cmpuint(range.pid, ==, 0x4444);
    g_assert_cmphex(range.flags, ==, 2);
    for (guint i = 0; i < 3; i++) {
      g_assert_true(hs_etl_range_next(&range, &address, &size));
      g_assert_cmphex(address, ==, 0x10000 * (i + 1));
      g_assert_cmphex(size, ==, 0x1000 * (i + 1));
    }
    g_assert_false(hs_etl_range_next(&range, &address, &size));
  } else {
    g_assert_cmpuint(range.pid, ==, record->pid);
  }
  if (range.op == HS_ETL_RANGE_CREATE)
    g_assert_cmphex(range.flags, ==, 7);
  if (range.op == HS_ETL_RANGE_RESERVE || range.op == HS_ETL_RANGE_RELEASE)
    g_assert_cmphex(range.address, ==, ADDRESS & mask);
  if (range.op != HS_ETL_RANGE_RUNDOWN && range.op != HS_ETL_RANGE_DESTROY)
    g_assert_cmphex(range.size, ==, SIZE & mask);
  for (gsize length = 0; length < record->payload.size; length++) {
    g_autofree guint8 *exact = g_memdup2(record->payload.data, length);
    HsEtlRecord shorter = *record;
    shorter.payload = hs_bytes(exact, length);
    if (hs_etl_heap_range_decode(&shorter, &range))
      while (hs_etl_range_next(&range, &address, &size))
        ;
  }
  seen[range.op]++;
}

static void
test_ranges(void)
{
  static const HsEtlWriterRange ranges[3] = {{0x10000, 0x1000}, {0x20000, 0x2000}, {0x30000, 0x3000}};
  for (guint c = 0; c < G_N_ELEMENTS(carriers); c++) {
    HsEtlWriterOptions options;
    g_autoptr(HsEtlWriter) writer = small_writer(&options);
    HsEtlWriterAt place = at(carriers[c], 0, 1);
    hs_etl_writer_range_rundown(writer, &place, 2, HANDLE, 2, 0x4444, ranges, 3);
    hs_etl_writer_range_rundown(writer, &place, 3, HANDLE, 2, 0x4444, ranges, 3);
    hs_etl_writer_range_create(writer, &place, HANDLE, SIZE, 7, FALSE);
    hs_etl_writer_range_create(writer, &place, HANDLE, SIZE, 7, TRUE);
    hs_etl_writer_range_reserve(writer, &place, HANDLE, ADDRESS, SIZE);
    hs_etl_writer_range_release(writer, &place, HANDLE, ADDRESS, SIZE);
    hs_etl_writer_range_destroy(writer, &place, HANDLE);
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    g_autoptr(HsEtlFile) file = open_good(image);
    g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
    guint seen[5] = {0};
    merge_all(merger, file, see_range, seen);
    static const guint expected[5] = {2, 2, 1, 1, 1};
    g_assert_cmpmem(seen, sizeof seen, expected, sizeof expected);
  }
}

static void
see_snapshot(const HsEtlRecord *record, gpointer data)
{
  guint *seen = data;
  if (hs_etl_is_heap_snapshot(record)) {
    g_assert_false(hs_etl_is_heap(record));
    seen[record->event_id == 100 ? 0 : 1]++;
  }
}

static void
test_snapshot_provider(void)
{
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  HsEtlWriterAt wide = at(HS_ETL_WRITER_EVENT64, 0, 1), narrow = at(HS_ETL_WRITER_EVENT32, 0, 2);
  hs_etl_writer_heap_snapshot_piece(writer, &wide, 1, 0, "0123456789", 10);
  hs_etl_writer_heap_snapshot_piece(writer, &narrow, 1, 1, "0123456789", 10);
  hs_etl_writer_heap_snapshot_total(writer, &wide, 1, 20);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  guint seen[2] = {0};
  merge_all(merger, file, see_snapshot, seen);
  g_assert_cmpuint(seen[0], ==, 2);
  g_assert_cmpuint(seen[1], ==, 1);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/etl/heap/opcodes", test_opcodes);
  g_test_add_func("/etl/heap/unknown-opcodes", test_unknown_opcodes);
  g_test_add_func("/etl/heap/ranges", test_ranges);
  g_test_add_func("/etl/heap/snapshot-provider", test_snapshot_provider);
  return g_test_run();
}

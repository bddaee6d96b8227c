/* SPDX-License-Identifier: MIT */
#include "hs-load-part.h"

uint32_t hs_load_part_rows_to_sift = 1u << 20;
/* Or so many times what was left the last time. */
#define GROWTH_TO_SIFT 4
#define GUID_BYTES 16

/* A record that is no heap event, in its place between rows. */
typedef struct {
  HsEtlRecord record; /* guid and payload are found by `bytes` */
  gsize bytes;        /* into the part's: GUID, then payload */
  uint32_t row;       /* comes before this one */
} Kept;

struct _HsLoadPart {
  HsClock clock;
  int64_t t0, t1; /* ticks, [t0, t1) */
  bool begun;     /* the stretch has: all goes to the trace's builder */
  /* What comes before. */
  HsTimeline *timeline;
  HsBuilder *builder;
  GArray *records; /* Kept */
  GByteArray *bytes;
  uint32_t n_rows, n_sifted; /* rows in it now; after it was sifted last */
  uint32_t n_before;
};

static bool
begin_timeline(HsLoadPart *part, GError **error)
{
  part->timeline = hs_timeline_new_bare();
  if (part->timeline == NULL) {
    g_set_error(error, HS_TRACE_ERROR, HS_TRACE_ERROR_MEMORY, "Out of memory before the chosen range");
    return false;
  }
  part->builder = hs_builder_new(part->timeline, part->clock);
  part->n_rows = 0;
  return true;
}

HsLoadPart *
hs_load_part_new(const HsLoadChoice *choice, HsClock clock, GError **error)
{
  if (!hs_load_choice_has_range(choice))
    return NULL;
  g_autoptr(HsLoadPart) part = g_new0(HsLoadPart, 1);
  part->clock = clock;
  part->t0 = choice->t0_ns == INT64_MIN ? INT64_MIN : hs_clock_from_ns(clock, choice->t0_ns);
  part->t1 = choice->t1_ns == INT64_MAX ? INT64_MAX : hs_clock_from_ns(clock, choice->t1_ns);
  part->begun = part->t0 == INT64_MIN;
  part->records = g_array_new(FALSE, FALSE, sizeof(Kept));
  part->bytes = g_byte_array_new();
  return part->begun || begin_timeline(part, error) ? g_steal_pointer(&part) : NULL;
}

void
hs_load_part_free(HsLoadPart *part)
{
  if (part == NULL)
    return;
  hs_builder_free(part->builder);
  hs_timeline_unref(part->timeline);
  g_array_unref(part->records);
  g_byte_array_unref(part->bytes);
  g_free(part);
}

int64_t
hs_load_part_limit(const HsLoadPart *part, int64_t ticks)
{
  return part->t1 == INT64_MAX ? ticks : MIN(ticks, MAX(part->t1, INT64_MIN + 1) - 1);
}

uint32_t
hs_load_part_n_before(const HsLoadPart *part)
{
  return part->n_before;
}

/* --- sifting --- */

/* Tells what heaps there are, or what they hold. */
static bool
is_about_heaps(HsOp op)
{
  switch (op) {
  case HS_OP_CREATE:
  case HS_OP_DESTROY:
  case HS_OP_EXTEND:
  case HS_OP_CONTRACT:
  case HS_OP_SNAPSHOT:
  case HS_OP_CREATE_SNAPSHOT:
  case HS_OP_DESTROY_SNAPSHOT:
  case HS_OP_EXTEND_SNAPSHOT:
  case HS_OP_COMMIT:
  case HS_OP_DECOMMIT:
    return true;
  default:
    return false;
  }
}

/* A live block hangs on it: the row began it, or told that it was moved. */
static bool
is_wanted(const HsTimeline *timeline, HsRow row)
{
  HsOp op = hs_timeline_op(timeline, row);
  if (op != HS_OP_ALLOC && op != HS_OP_REALLOC)
    return is_about_heaps(op);
  HsBlockId block = hs_timeline_row_block(timeline, row);
  return block.v != HS_ID_NONE && hs_timeline_block_end(timeline, block) == HS_ROW_OUTSTANDING;
}

/* The record that the row was made of. */
static void
event_of_row(const HsTimeline *timeline, HsRow row, HsHeapEvent *event)
{
  HsEvent told;
  hs_timeline_event(timeline, row, &told);
  const HsProcess *process = hs_timeline_process(timeline, told.process);
  *event = (HsHeapEvent){
      .ticks = told.ticks,
      .pid = process->pid,
      .tid = hs_timeline_thread(timeline, told.thread)->tid,
      .cpu = told.cpu,
      .op = (uint8_t)told.op,
      .has_source = told.source != HS_SOURCE_NONE,
      .wide = HS_GET(process->is_32bit) == 0,
      .source_id = told.source_id,
      .handle = told.heap.v != HS_ID_NONE ? hs_timeline_heap(timeline, told.heap)->handle : 0,
      .address = told.address,
      .size = told.size,
      .old_address = told.old_address,
      .old_size = told.old_size,
  };
  const HsDetail *detail = told.detail;
  if (detail == NULL)
    return;
  event->raw_opcode = detail->raw_opcode;
  event->has_sizes = detail->has_sizes != 0;
  event->has_flags = detail->has_flags != 0;
  event->committed_bytes = detail->committed_bytes;
  event->reserved_bytes = detail->reserved_bytes;
  event->free_bytes = detail->free_bytes;
  event->allocated_bytes = detail->allocated_bytes;
  event->flags = detail->flags;
  event->detail = detail->detail;
}

static HsEtlRecord
record_of(const HsLoadPart *part, const Kept *kept)
{
  HsEtlRecord record = kept->record;
  const uint8_t *bytes = part->bytes->data + kept->bytes;
  record.guid = record.guid != NULL ? bytes : NULL;
  record.payload.data = bytes + GUID_BYTES;
  return record;
}

/* Builds what is wanted of `timeline`, and all other records between, by the run's builder; those come before the rows
 * of the new timeline from then on. Returns its rows, or UINT32_MAX and the run's error. */
static uint32_t
rebuild(HsLoadPart *part, HsLoadRun *run, const HsTimeline *timeline)
{
  uint32_t n_rows = 0;
  guint next = 0;
  for (uint32_t row = 0; row <= part->n_rows; row++) {
    for (; next < part->records->len && g_array_index(part->records, Kept, next).row <= row; next++) {
      Kept *kept = &g_array_index(part->records, Kept, next);
      HsEtlRecord record = record_of(part, kept);
      if (!hs_load_run_add_record(run, &record))
        return UINT32_MAX;
      kept->row = n_rows;
    }
    HsHeapEvent event;
    if (row == part->n_rows || !is_wanted(timeline, row))
      continue;
    event_of_row(timeline, row, &event);
    if (!hs_builder_add(run->builder, &event, &run->error))
      return UINT32_MAX;
    n_rows++;
  }
  return n_rows;
}

/* Drops what lives no more. */
static bool
sift(HsLoadPart *part, HsLoadRun *run)
{
  g_autoptr(HsTimeline) old = g_steal_pointer(&part->timeline);
  g_autoptr(HsBuilder) old_builder = g_steal_pointer(&part->builder);
  uint32_t n_old = part->n_rows;
  hs_builder_publish(old_builder, INT64_MIN);
  if (!begin_timeline(part, &run->error))
    return false;
  HsLoadRun own = {.loader = run->loader, .builder = part->builder};
  part->n_rows = n_old;
  uint32_t n_rows = rebuild(part, &own, old);
  hs_etl_issues_clear(own.issues);
  if (n_rows == UINT32_MAX) {
    g_propagate_error(&run->error, own.error);
    return false;
  }
  part->n_rows = part->n_sifted = n_rows;
  return true;
}

static bool
begin_stretch(HsLoadPart *part, HsLoadRun *run)
{
  hs_builder_publish(part->builder, INT64_MIN);
  part->n_before = rebuild(part, run, part->timeline);
  if (part->n_before == UINT32_MAX)
    return false;
  part->begun = true;
  g_clear_pointer(&part->builder, hs_builder_free);
  g_clear_pointer(&part->timeline, hs_timeline_unref);
  g_array_set_size(part->records, 0);
  g_byte_array_set_size(part->bytes, 0);
  return true;
}

/* --- batches --- */

static bool
add_before(HsLoadPart *part, HsLoadRun *run, const HsReadBatch *batch, HsReadPlace from, HsReadPlace to)
{
  if (!hs_load_run_add_events(part->builder, batch, from, to, &run->error))
    return false;
  part->n_rows += to.plain - from.plain + to.event - from.event;
  return part->n_rows < MAX(hs_load_part_rows_to_sift, GROWTH_TO_SIFT * (uint64_t)part->n_sifted) || sift(part, run);
}

/* It may end blocks. What is wrong with it is told when it is built into the trace. */
static bool
apply_before(HsLoadPart *part, HsLoadRun *run, const HsEtlRecord *record)
{
  HsLoadRun own = {.loader = run->loader, .builder = part->builder};
  bool ok = hs_load_run_add_record(&own, record);
  hs_etl_issues_clear(own.issues);
  if (!ok)
    g_propagate_error(&run->error, own.error);
  return ok;
}

static void
keep_record(HsLoadPart *part, const HsEtlRecord *record)
{
  static const uint8_t no_guid[GUID_BYTES];
  Kept kept = {*record, part->bytes->len, part->n_rows};
  g_byte_array_append(part->bytes, record->guid != NULL ? record->guid : no_guid, GUID_BYTES);
  g_byte_array_append(part->bytes, record->payload.data, (guint)record->payload.size);
  g_array_append_val(part->records, kept);
}

/* The first of plain events [plain, end) that is not before a moment; `end` if all are. */
static uint32_t
pass_plain(const HsReadBatch *batch, uint32_t plain, uint32_t end, int64_t ticks)
{
  while (plain < end && batch->plain[plain].ticks < ticks)
    plain++;
  return plain;
}

/* The place of the first event between two places that is not before a moment. */
static HsReadPlace
find_moment(const HsReadBatch *batch, HsReadPlace from, HsReadPlace to, int64_t ticks)
{
  HsReadPlace place = from;
  for (; place.event < to.event; place.event++) {
    uint32_t end = batch->plain_before_event[place.event];
    place.plain = pass_plain(batch, place.plain, end, ticks);
    if (place.plain < end || batch->events[place.event].ticks >= ticks)
      return place;
  }
  place.plain = pass_plain(batch, place.plain, to.plain, ticks);
  return place;
}

static bool
is_empty(HsReadPlace from, HsReadPlace to)
{
  return from.plain == to.plain && from.event == to.event;
}

static bool
add_events(HsLoadPart *part, HsLoadRun *run, const HsReadBatch *batch, HsReadPlace from, HsReadPlace to)
{
  if (!is_empty(from, to) && !part->begun) {
    HsReadPlace begin = find_moment(batch, from, to, part->t0);
    if (!add_before(part, run, batch, from, begin) || (!is_empty(begin, to) && !begin_stretch(part, run)))
      return false;
    from = begin;
  }
  return hs_load_run_add_events(run->builder, batch, from, find_moment(batch, from, to, part->t1), &run->error);
}

static bool
add_record(HsLoadPart *part, HsLoadRun *run, const HsEtlRecord *record)
{
  if (!part->begun && record->ticks >= part->t0 && !begin_stretch(part, run))
    return false;
  if (!part->begun) {
    keep_record(part, record);
    return apply_before(part, run, record);
  }
  return record->ticks < part->t1 ? hs_load_run_add_record(run, record) : hs_load_run_add_name(run, record);
}

bool
hs_load_part_add_batch(HsLoadPart *part, HsLoadRun *run, const HsReadBatch *batch)
{
  HsReadPlace place = {0, 0};
  for (uint32_t i = 0; i < batch->n_records; i++) {
    HsReadPlace next = hs_read_place_of_record(batch, i);
    if (!add_events(part, run, batch, place, next) || !add_record(part, run, &batch->records[i]))
      return false;
    place = next;
  }
  return add_events(part, run, batch, place, hs_read_place_of_end(batch));
}

bool
hs_load_part_finish(HsLoadPart *part, HsLoadRun *run)
{
  return part->begun || begin_stretch(part, run);
}

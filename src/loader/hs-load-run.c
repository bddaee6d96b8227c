/* SPDX-License-Identifier: MIT */
/* The one place that knows both floors: decoded records in, timeline out. */
#include "hs-etl-heap.h"
#include "hs-etl-system.h"
#include "hs-loader-private.h"

#define RECORDS_A_STEP 4096 /* between looks at cancel and publications */

static void
count_malformed(HsLoadRun *run, const HsEtlRecord *record, const char *what)
{
  hs_etl_issue_add(hs_etl_merger_counts_mutable(run->merger)->issues, HS_ETL_ISSUE_BAD_PAYLOAD, record->offset,
                   "%s record (type %s, opcode 0x%02x, version %u) has a payload of %zu bytes, too short for its kind",
                   what, hs_etl_kind_name(record->kind), record->opcode, record->version, record->payload.size);
}

/* Hands the heap events gathered so far to the builder. */
static bool
flush(HsLoadRun *run)
{
  uint32_t n = run->n_batch;
  run->n_batch = 0;
  return hs_builder_add_batch(run->builder, run->batch, n, &run->error);
}

static bool
add_heap_record(HsLoadRun *run, const HsEtlRecord *record)
{
  run->heap_records++;
  if (G_UNLIKELY(!hs_etl_heap_decode(record, &run->batch[run->n_batch]))) {
    count_malformed(run, record, "heap");
    return true;
  }
  return ++run->n_batch < HS_BUILDER_BATCH || flush(run);
}

/* Told of processes whose last handle is closed, long after their end; also of some that ended before the trace began.
 */
#define PROCESS_DEFUNCT 0x27

static bool
add_process(HsLoadRun *run, const HsEtlRecord *record, const HsEtlProcess *p)
{
  if (record->opcode == PROCESS_DEFUNCT)
    return true;
  switch (p->life) {
  case HS_ETL_START:
  case HS_ETL_RUNDOWN_START:
    hs_builder_process_start(run->builder, record->ticks, p->life == HS_ETL_RUNDOWN_START, p->pid, p->parent_pid,
                             p->wow64, p->image, p->command_line);
    return true;
  case HS_ETL_RUNDOWN_END:
    hs_builder_process_seen(run->builder, record->ticks, p->pid, p->parent_pid, p->wow64, p->image, p->command_line);
    return true;
  case HS_ETL_END:
    break;
  }
  return hs_builder_process_end(run->builder, record->ticks, p->pid, p->image, &run->error);
}

static void
add_image(HsLoadRun *run, const HsEtlRecord *record, const HsEtlImage *image)
{
  if (image->life == HS_ETL_END)
    hs_builder_module_unload(run->builder, record->ticks, image->pid, image->base);
  else
    hs_builder_module_load(run->builder, record->ticks, image->life != HS_ETL_START, image->pid, image->base,
                           image->size, image->checksum, image->time_stamp, image->path);
}

static bool
add_system_record(HsLoadRun *run, const HsEtlRecord *record)
{
  HsEtlProcess process = {0};
  HsEtlThread thread = {0};
  HsEtlImage image = {0};
  bool malformed = false;
  bool ok = flush(run);
  run->used_records++;
  if (!ok)
    return false;
  if (hs_etl_process_decode(record, &process, &malformed))
    ok = add_process(run, record, &process);
  else if (!malformed && hs_etl_thread_decode(record, &thread, &malformed)) {
    if (thread.name != NULL && thread.name[0] != '\0')
      hs_builder_thread_name(run->builder, record->ticks, thread.pid, thread.tid, thread.name);
  } else if (!malformed && hs_etl_image_decode(record, &image, &malformed))
    add_image(run, record, &image);
  if (malformed)
    count_malformed(run, record, "process, thread or image");
  hs_etl_process_clear(&process);
  hs_etl_thread_clear(&thread);
  hs_etl_image_clear(&image);
  return ok;
}

static void
add_heap_range(HsLoadRun *run, const HsEtlRecord *record)
{
  HsEtlHeapRange range;
  run->used_records++;
  if (!flush(run))
    return;
  if (!hs_etl_heap_range_decode(record, &range)) {
    count_malformed(run, record, "heap range");
    return;
  }
  uint64_t address, size;
  switch (range.op) {
  case HS_ETL_RANGE_RUNDOWN:
    while (hs_etl_range_next(&range, &address, &size))
      hs_builder_region(run->builder, record->ticks, range.pid, range.handle, HS_OP_SNAPSHOT, false, address, size);
    break;
  case HS_ETL_RANGE_RESERVE:
  case HS_ETL_RANGE_RELEASE:
    hs_builder_region(run->builder, record->ticks, range.pid, range.handle,
                      range.op == HS_ETL_RANGE_RELEASE ? HS_OP_CONTRACT : HS_OP_EXTEND,
                      range.op == HS_ETL_RANGE_RELEASE, range.address, range.size);
    break;
  case HS_ETL_RANGE_CREATE:
  case HS_ETL_RANGE_DESTROY:
    break; /* the heap's own Create and Destroy tell the same, and more */
  }
}

static bool
add_record(HsLoadRun *run, const HsEtlRecord *record)
{
  if (G_LIKELY(hs_etl_is_heap(record)))
    return add_heap_record(run, record);
  if (record->hook != HS_ETL_NO_HOOK && record->hook >> 8 == 0x18) {
    run->stack_records++;
    return true;
  }
  if (hs_etl_is_system(record))
    return add_system_record(run, record);
  if (hs_etl_is_heap_range(record))
    add_heap_range(run, record);
  else if (hs_etl_is_heap_snapshot(record))
    hs_etl_issue_add(hs_etl_merger_counts_mutable(run->merger)->issues, HS_ETL_ISSUE_HEAP_SNAPSHOT, record->offset,
                     "events of Microsoft-Windows-Heap-Snapshot hold an undocumented format that is not read");
  else if (record->hook == 0x0000)
    run->used_records++; /* the log-file header */
  return true;
}

static bool
step(HsLoadRun *run)
{
  HsLoader *loader = run->loader;
  bool ok = run->error == NULL && flush(run);
  hs_builder_publish(run->builder, run->last_ticks);
  __atomic_store_n(&loader->bytes_done, hs_etl_merger_position(run->merger), __ATOMIC_RELAXED);
  __atomic_store_n(&loader->events, run->heap_records, __ATOMIC_RELAXED);
  return ok;
}

void
hs_load_run(HsLoadRun *run)
{
  HsEtlRecord record;
  unsigned left = RECORDS_A_STEP;
  run->last_ticks = INT64_MIN;
  while (hs_etl_merger_next(run->merger, &record)) {
    if (record.ticks > run->last_ticks)
      run->last_ticks = record.ticks;
    if (G_UNLIKELY(!add_record(run, &record)))
      break;
    if (G_UNLIKELY(--left == 0)) {
      left = RECORDS_A_STEP;
      if (!step(run) || hs_loader_is_cancelled(run->loader))
        break;
    }
  }
  (void)step(run);
}

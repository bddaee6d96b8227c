/* SPDX-License-Identifier: MIT */
/* The one place that knows both floors: decoded records in, timeline out. */
#include "hs-config.h"
#include "hs-etl-system.h"
#include "hs-format.h"
#include "hs-load-part.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define EVENTS_A_STEP 4096 /* between publications */

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
  bool ok = true;
  if (hs_etl_process_decode(record, &process, &malformed))
    ok = add_process(run, record, &process);
  else if (!malformed && hs_etl_thread_decode(record, &thread, &malformed)) {
    if (thread.name != NULL && thread.name[0] != '\0')
      hs_builder_thread_name(run->builder, record->ticks, thread.pid, thread.tid, thread.name);
  } else if (!malformed && hs_etl_image_decode(record, &image, &malformed))
    add_image(run, record, &image);
  if (malformed)
    hs_load_count_malformed(run->issues, record, "process, thread or image");
  hs_etl_process_clear(&process);
  hs_etl_thread_clear(&thread);
  hs_etl_image_clear(&image);
  return ok;
}

static void
add_heap_range(HsLoadRun *run, const HsEtlRecord *record)
{
  HsEtlHeapRange range;
  if (!hs_etl_heap_range_decode(record, &range)) {
    hs_load_count_malformed(run->issues, record, "heap range");
    return;
  }
  const HsLoadChoice *choice = &run->loader->choice;
  if (choice->one_process && choice->pid != range.pid)
    return;
  uint64_t address, size;
  switch (range.op) {
  case HS_ETL_RANGE_RUNDOWN:
    while (hs_etl_range_next(&range, &address, &size))
      hs_builder_region(run->builder, record->ticks, range.pid, range.handle, HS_OP_SNAPSHOT, false, address, size);
    break;
  case HS_ETL_RANGE_RESERVE:
    hs_builder_region(run->builder, record->ticks, range.pid, range.handle, HS_OP_EXTEND, false, range.address,
                      range.size);
    break;
  case HS_ETL_RANGE_RELEASE:
    hs_builder_region(run->builder, record->ticks, range.pid, range.handle, HS_OP_CONTRACT, true, range.address,
                      range.size);
    break;
  case HS_ETL_RANGE_CREATE:
  case HS_ETL_RANGE_DESTROY:
    break; /* the heap's own Create and Destroy tell the same, and more */
  }
}

bool
hs_load_run_add_record(HsLoadRun *run, const HsEtlRecord *record)
{
  if (hs_etl_is_system(record))
    return add_system_record(run, record);
  add_heap_range(run, record);
  return true;
}

bool
hs_load_run_add_name(HsLoadRun *run, const HsEtlRecord *record)
{
  HsEtlProcess process = {0};
  HsEtlThread thread = {0};
  if (hs_etl_process_decode(record, &process, NULL)) {
    bool lives = process.life == HS_ETL_RUNDOWN_START || process.life == HS_ETL_RUNDOWN_END;
    if (lives && record->opcode != PROCESS_DEFUNCT)
      hs_builder_process_seen(run->builder, record->ticks, process.pid, process.parent_pid, process.wow64,
                              process.image, process.command_line);
  } else if (hs_etl_thread_decode(record, &thread, NULL) && thread.name != NULL && thread.name[0] != '\0') {
    hs_builder_thread_name(run->builder, record->ticks, thread.pid, thread.tid, thread.name);
  }
  hs_etl_process_clear(&process);
  hs_etl_thread_clear(&thread);
  return true;
}

bool
hs_load_run_add_events(HsBuilder *builder, const HsReadBatch *batch, HsReadPlace from, HsReadPlace to, GError **error)
{
  uint32_t before[HS_READ_EVENTS];
  for (uint32_t i = from.event; i < to.event; i++)
    before[i - from.event] = batch->plain_before_event[i] - from.plain;
  HsEventBatch events = {
      .plain = batch->plain + from.plain,
      .n_plain = to.plain - from.plain,
      .others = batch->events + from.event,
      .before = before,
      .n_others = to.event - from.event,
      .keys = batch->keys,
  };
  return hs_builder_add_batch(builder, &events, error);
}

/* Events and other records of a batch, in the order in which they were read. */
static bool
add_batch(HsLoadRun *run, const HsReadBatch *batch)
{
  if (run->part != NULL)
    return hs_load_part_add_batch(run->part, run, batch);
  HsReadPlace place = {0, 0};
  for (uint32_t i = 0; i < batch->n_records; i++) {
    HsReadPlace next = hs_read_place_of_record(batch, i);
    if (!hs_load_run_add_events(run->builder, batch, place, next, &run->error) ||
        !hs_load_run_add_record(run, &batch->records[i]))
      return false;
    place = next;
  }
  return hs_load_run_add_events(run->builder, batch, place, hs_read_place_of_end(batch), &run->error);
}

static void
add_gaps(HsLoadRun *run, const HsReadBatch *batch)
{
  for (uint32_t i = 0; i < batch->n_gaps; i++) {
    const HsEtlGap *gap = &batch->gaps[i];
    hs_builder_gap(run->builder, gap->begin_ticks, gap->end_ticks, gap->cpu,
                   gap->kind == HS_ETL_ISSUE_BUFFERS_LOST ? HS_GAP_BUFFERS : HS_GAP_EVENTS);
  }
}

/* What has been met so far, for those who look on. */
static void
tell_progress(HsLoadRun *run, const HsReadBatch *batch)
{
  HsLoader *loader = run->loader;
  __atomic_store_n(&loader->bytes_done, batch->position, __ATOMIC_RELAXED);
  __atomic_store_n(&loader->events, run->heap_records, __ATOMIC_RELAXED);
  for (unsigned i = 0; i < HS_ETL_N_ISSUES; i++)
    __atomic_store_n(&loader->issues[i], batch->issues[i] + run->issues[i].count, __ATOMIC_RELAXED);
}

/* Makes what there is visible, and stops if it has become too much: the estimate before was too low. */
static bool
publish(HsLoadRun *run)
{
  HsLoader *loader = run->loader;
  hs_builder_publish(run->builder,
                     run->part != NULL ? hs_load_part_limit(run->part, run->last_ticks) : run->last_ticks);
  uint64_t working = hs_builder_memory_bytes(run->builder);
  __atomic_store_n(&loader->working_bytes, working, __ATOMIC_RELAXED);
  if (hs_timeline_memory_bytes(loader->timeline) + working <= run->allowed_bytes)
    return true;
  run->is_over = true;
  char allowed[HS_FORMAT_MAX];
  hs_format_bytes(allowed, sizeof allowed, (int64_t)MIN(run->allowed_bytes, INT64_MAX));
  g_set_error(&run->error, HS_TRACE_ERROR, HS_TRACE_ERROR_MEMORY,
              _("it takes more than the %s of memory there are for it"), allowed);
  return false;
}

void
hs_load_run(HsLoadRun *run, HsEtlMerger *merger)
{
  HsReadBatch *batch;
  uint64_t published = 0;
  run->last_ticks = INT64_MIN;
  g_autoptr(HsReader) reader = hs_reader_start(run->loader, merger, run->builder, &run->error);
  if (reader == NULL)
    return;
  while ((batch = hs_reader_next(reader)) != NULL) {
    run->records = batch->records_read;
    run->heap_records += batch->heap_records;
    run->stack_records += batch->stack_records;
    run->used_records += batch->used_records;
    run->last_ticks = batch->last_ticks;
    add_gaps(run, batch);
    if (!add_batch(run, batch))
      break;
    tell_progress(run, batch);
    /* What is no heap event is published by its own tables, but the time goes on with it. */
    if (run->heap_records - published >= EVENTS_A_STEP || batch->n_plain + batch->n_events == 0) {
      published = run->heap_records;
      if (!publish(run))
        break;
    }
  }
  if (run->part != NULL && run->error == NULL)
    (void)hs_load_part_finish(run->part, run);
  __atomic_store_n(&run->loader->working_bytes, 0, __ATOMIC_RELAXED);
}

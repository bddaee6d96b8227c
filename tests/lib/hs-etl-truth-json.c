/* SPDX-License-Identifier: MIT */
#include <json-glib/json-glib.h>

#include "hs-etl-truth-private.h"

static void
add_int(JsonBuilder *builder, const char *name, guint64 value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, (gint64)value);
}

static void
add_text(JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_string_value(builder, value != NULL ? value : "");
}

static void
add_hex(JsonBuilder *builder, const char *name, guint64 value)
{
  g_autofree char *text = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", value);
  add_text(builder, name, text);
}

static void
begin(JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_object(builder);
}

/* FILETIME counts 100 ns since 1601. */
static char *
filetime_text(guint64 filetime)
{
  gint64 seconds = (gint64)(filetime / 10000000) - 11644473600;
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
  if (time == NULL)
    return g_strdup("");
  g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf("%s.%07uZ", text, (guint)(filetime % 10000000));
}

static void
add_session(JsonBuilder *builder, const HsEtlTruth *truth)
{
  g_autofree char *start = filetime_text(truth->start_filetime);
  begin(builder, "session");
  add_text(builder, "name", truth->session_name);
  add_text(builder, "log_file", truth->log_file);
  add_text(builder, "os_version", truth->os_version);
  add_int(builder, "pointer_size", truth->pointer_size);
  add_int(builder, "cpus", truth->cpus);
  add_text(builder, "clock", truth->clock);
  add_int(builder, "frequency", truth->frequency);
  add_text(builder, "start_utc", start);
  add_int(builder, "buffers", truth->buffers);
  add_int(builder, "events_lost", truth->events_lost);
  add_int(builder, "buffers_lost", truth->buffers_lost);
  json_builder_set_member_name(builder, "compressed");
  json_builder_add_boolean_value(builder, truth->compressed);
  json_builder_end_object(builder);
}

static void
add_records(JsonBuilder *builder, const HsEtlTruth *truth)
{
  begin(builder, "records");
  add_int(builder, "total", truth->records_total);
  add_int(builder, "heap", truth->records_heap);
  add_int(builder, "stack", truth->records_stack);
  add_int(builder, "skipped", truth->records_skipped);
  json_builder_end_object(builder);
}

static void
add_operations(JsonBuilder *builder, const HsEtlTruth *truth)
{
  static const struct {
    guint opcode;
    const char *name;
  } names[] = {
      {0x21, "alloc"},
      {0x22, "realloc"},
      {0x24, "free"},
      {0x20, "create"},
      {0x23, "destroy"},
      {0x25, "extend"},
      {0x2a, "contract"},
      {0x2b, "lock"},
      {0x2c, "unlock"},
      {0x2d, "validate"},
      {0x2e, "walk"},
      {0x2f, "subsegment-alloc"},
      {0x30, "subsegment-free"},
      {0x31, "subsegment-alloc-cached"},
      {0x32, "subsegment-free-cached"},
      {0x33, "commit"},
      {0x34, "decommit"},
      {0x35, "subsegment-init"},
      {0x36, "affinity-enable"},
      {0x37, "affinity-slot"},
      {0x38, "subsegment-activated"},
      {0x39, "affinity-assign"},
      {0x3a, "reuse-threshold"},
  };
  /* The three snapshots of single events go by the same name. */
  guint64 snapshots = 0, named = 0, all = 0;
  for (guint i = 0x26; i <= 0x29; i++)
    snapshots += truth->operations[i];
  named = snapshots;
  begin(builder, "operations");
  if (snapshots > 0)
    add_int(builder, "snapshot", snapshots);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    guint64 count = truth->operations[names[i].opcode];
    named += count;
    if (count > 0)
      add_int(builder, names[i].name, count);
  }
  for (guint i = 0; i < G_N_ELEMENTS(truth->operations); i++)
    all += truth->operations[i];
  if (all > named)
    add_int(builder, "other", all - named);
  json_builder_end_object(builder);
}

static void
add_sources(JsonBuilder *builder, const HsEtlTruth *truth)
{
  static const char *const names[] = {"unknown",  "lookaside", "lowfrag",     "mainpath",
                                      "slowpath", "invalid",   "segment-heap"};
  begin(builder, "sources");
  for (guint i = 1; i <= 6; i++)
    add_int(builder, names[i], truth->sources[i]);
  add_int(builder, names[0], truth->sources[0]);
  json_builder_end_object(builder);
}

static int
compare_gaps(gconstpointer a, gconstpointer b)
{
  const HsEtlTruthGap *x = a, *y = b;
  if (x->begin_ns != y->begin_ns)
    return x->begin_ns < y->begin_ns ? -1 : 1;
  if (x->end_ns != y->end_ns)
    return x->end_ns < y->end_ns ? -1 : 1;
  if (x->cpu != y->cpu)
    return x->cpu < y->cpu ? -1 : 1;
  return x->buffers - y->buffers;
}

static void
add_gaps(JsonBuilder *builder, const HsEtlTruth *truth)
{
  g_autoptr(GArray) sorted = g_array_copy(truth->gaps);
  g_array_sort(sorted, compare_gaps);
  json_builder_set_member_name(builder, "gaps");
  json_builder_begin_array(builder);
  for (guint i = 0; i < sorted->len; i++) {
    const HsEtlTruthGap *gap = &g_array_index(sorted, HsEtlTruthGap, i);
    json_builder_begin_object(builder);
    add_int(builder, "begin_ns", (guint64)gap->begin_ns);
    add_int(builder, "end_ns", (guint64)gap->end_ns);
    add_int(builder, "cpu", gap->cpu);
    add_text(builder, "kind", gap->buffers ? "buffers-lost" : "events-lost");
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static guint64
heaps_without_create(const HsEtlTruth *truth)
{
  guint64 count = 0;
  for (guint i = 0; i < truth->heaps->len; i++)
    count += !g_array_index(truth->heaps, HsEtlTruthHeap, i).created;
  return count;
}

static void
add_totals(JsonBuilder *builder, const HsEtlTruth *truth)
{
  begin(builder, "allocations");
  add_int(builder, "count", truth->allocation_count);
  add_int(builder, "bytes", truth->allocation_bytes);
  add_int(builder, "outstanding_count", truth->outstanding_count);
  add_int(builder, "outstanding_bytes", truth->outstanding_bytes);
  add_int(builder, "peak_bytes", truth->peak_bytes);
  add_int(builder, "peak_time_ns", (guint64)truth->peak_time_ns);
  json_builder_end_object(builder);
  begin(builder, "health");
  add_int(builder, "unmatched_frees", truth->unmatched_frees);
  add_int(builder, "overwritten", truth->overwritten);
  add_int(builder, "freed_by_destroy", truth->freed_by_destroy);
  add_int(builder, "failed_allocs", truth->failed_allocs);
  add_int(builder, "time_inversions", truth->time_inversions);
  add_int(builder, "bad_records", 0);
  add_int(builder, "bad_buffers", 0);
  add_int(builder, "heaps_without_create", heaps_without_create(truth));
  add_int(builder, "processes_traced", truth->processes_traced);
  add_int(builder, "processes_known", truth->processes_known);
  add_gaps(builder, truth);
  json_builder_end_object(builder);
}

static int
compare_heaps(gconstpointer a, gconstpointer b)
{
  const HsEtlTruthHeap *x = *(const HsEtlTruthHeap *const *)a, *y = *(const HsEtlTruthHeap *const *)b;
  if (x->pid != y->pid)
    return x->pid < y->pid ? -1 : 1;
  if (x->handle != y->handle)
    return x->handle < y->handle ? -1 : 1;
  return x < y ? -1 : x > y;
}

static void
add_heap(JsonBuilder *builder, const HsEtlTruth *truth, const HsEtlTruthHeap *heap)
{
  const char *name = hs_etl_truth_pairing_name(truth->pairing, heap->pid);
  json_builder_begin_object(builder);
  add_int(builder, "pid", heap->pid);
  if (name != NULL)
    add_text(builder, "process", name);
  add_hex(builder, "handle", heap->handle);
  add_int(builder, "flags", heap->flags);
  add_int(builder, "allocs", heap->allocs);
  add_int(builder, "reallocs", heap->reallocs);
  add_int(builder, "frees", heap->frees);
  add_int(builder, "allocated_bytes", heap->allocated_bytes);
  add_int(builder, "outstanding_count", heap->outstanding_count);
  add_int(builder, "outstanding_bytes", heap->outstanding_bytes);
  add_int(builder, "peak_bytes", heap->peak_bytes);
  add_int(builder, "peak_time_ns", (guint64)heap->peak_time_ns);
  json_builder_end_object(builder);
}

static void
add_heaps(JsonBuilder *builder, const HsEtlTruth *truth)
{
  g_autoptr(GPtrArray) sorted = g_ptr_array_new();
  for (guint i = 0; i < truth->heaps->len; i++)
    g_ptr_array_add(sorted, &g_array_index(truth->heaps, HsEtlTruthHeap, i));
  g_ptr_array_sort(sorted, compare_heaps);
  json_builder_set_member_name(builder, "heaps");
  json_builder_begin_array(builder);
  for (guint i = 0; i < sorted->len; i++)
    add_heap(builder, truth, sorted->pdata[i]);
  json_builder_end_array(builder);
}

static void
add_kinds(JsonBuilder *builder, const HsEtlTruth *truth)
{
  static const char *const names[0x16] = {
      [0x01] = "SYSTEM32", [0x02] = "SYSTEM64",   [0x03] = "COMPACT32",  [0x04] = "COMPACT64",
      [0x0a] = "FULL32",   [0x0b] = "INSTANCE32", [0x0c] = "TIMED",      [0x0d] = "ERROR",
      [0x0e] = "WNODE",    [0x0f] = "MESSAGE",    [0x10] = "PERFINFO32", [0x11] = "PERFINFO64",
      [0x12] = "EVENT32",  [0x13] = "EVENT64",    [0x14] = "FULL64",     [0x15] = "INSTANCE64"};
  begin(builder, "by_header");
  for (guint i = 0; i < G_N_ELEMENTS(truth->by_header); i++)
    if (truth->by_header[i] > 0)
      add_int(builder, i < G_N_ELEMENTS(names) && names[i] != NULL ? names[i] : "OTHER", truth->by_header[i]);
  json_builder_end_object(builder);
  begin(builder, "by_hook");
  for (guint i = 0; i < 65536; i++) {
    g_autofree char *name = truth->by_hook[i] > 0 ? g_strdup_printf("%04x", i) : NULL;
    if (name != NULL)
      add_int(builder, name, truth->by_hook[i]);
  }
  json_builder_end_object(builder);
}

char *
hs_etl_truth_to_json(HsEtlTruth *truth)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  add_session(builder, truth);
  add_records(builder, truth);
  add_operations(builder, truth);
  add_sources(builder, truth);
  add_totals(builder, truth);
  add_heaps(builder, truth);
  add_kinds(builder, truth);
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autoptr(JsonGenerator) generator = json_generator_new();
  json_generator_set_pretty(generator, TRUE);
  json_generator_set_root(generator, root);
  return json_generator_to_data(generator, NULL);
}

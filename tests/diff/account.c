/* SPDX-License-Identifier: MIT */
#include "account.h"

#include <string.h>

/* Names of the opcodes 0x20 to 0x3a, as files have them. */
static const char *const op_names[] = {
    "create",
    "alloc",
    "realloc",
    "destroy",
    "free",
    "extend",
    "snapshot",
    "snapshot",
    "snapshot",
    "snapshot",
    "contract",
    "lock",
    "unlock",
    "validate",
    "walk",
    "subsegment-alloc",
    "subsegment-free",
    "subsegment-alloc-cached",
    "subsegment-free-cached",
    "commit",
    "decommit",
    "subsegment-init",
    "affinity-enable",
    "affinity-slot",
    "subsegment-activated",
    "affinity-assign",
    "reuse-threshold",
};

static const char *
source_name(guint32 source)
{
  static const char *const names[] = {"lookaside", "lowfrag", "mainpath", "slowpath", "invalid", "segment-heap"};
  if (source >= 1 && source <= G_N_ELEMENTS(names))
    return names[source - 1];
  g_autofree char *number = g_strdup_printf("%u", source);
  return g_intern_string(number);
}

static const char *
process_name(HsEtlTruth *truth, guint32 pid)
{
  const char *name = hs_etl_truth_process_name(truth, pid);
  return name != NULL && name[0] != '\0' ? g_intern_string(name) : NULL;
}

static gint64
id_of(guint32 id)
{
  return id != G_MAXUINT32 ? (gint64)id : -1;
}

static void
add_event(NaiveTrace *trace, HsEtlTruth *truth, const HsEtlTruthEvent *from)
{
  const HsEtlTruthRecord *record = &from->record;
  gboolean is_free = record->op == 0x24, is_paired = record->op == 0x21 || record->op == 0x22 || is_free;
  NaiveEvent event = {
      .time_ns = record->time_ns,
      .op = op_names[record->op - 0x20],
      .pid = id_of(record->pid),
      .tid = id_of(record->tid),
      .process = process_name(truth, record->pid),
      .has_heap = !record->no_heap,
      .has_address = is_paired || record->address != 0,
      .has_size = is_paired ? !is_free : record->size_bytes != 0,
      .has_old = record->op == 0x22,
      .heap = record->heap,
      .address = record->address,
      .size = record->size_bytes,
      .old_address = record->old_address,
      .old_size = record->old_size_bytes,
      .source = is_paired ? source_name(record->source) : NULL,
      .cpu = record->cpu,
      .instance = (int)from->heap_index,
      .block = (int)from->block,
  };
  if (from->heap_index >= 0)
    event.life = g_array_index(truth->heaps, HsEtlTruthHeap, from->heap_index).process_instance;
  g_array_append_val(trace->events, event);
}

static void
add_block(NaiveTrace *trace, const HsEtlTruthBlock *from)
{
  static const char *const reasons[] = {"outstanding", "free", "realloc", "overwritten", "destroy", "process-exit"};
  NaiveBlock block = {
      .begin = from->begin_event,
      .end = (int)from->end_event,
      .begin_ns = from->begin_ns,
      .end_ns = from->end_ns,
      .reason = reasons[from->end],
      .is_realloc = from->is_realloc,
      .instance = (int)from->heap_index,
      .address = from->address,
      .size = from->size_bytes,
  };
  g_array_append_val(trace->blocks, block);
}

/* What a Create or a Destroy tells of a heap. */
static void
describe_heap(NaiveTrace *trace, const HsEtlTruthEvent *event)
{
  if (event->heap_index < 0)
    return;
  NaiveHeap *heap = naive_heap(trace, (guint)event->heap_index);
  if (event->record.op == 0x20) {
    heap->flags = event->record.flags;
    if (heap->created_ns == G_MININT64)
      heap->created_ns = event->record.time_ns;
  } else if (event->record.op == 0x23) {
    heap->destroyed_ns = event->record.time_ns;
  }
}

NaiveTrace *
account_to_naive(HsEtlTruth *truth)
{
  NaiveTrace *trace = naive_trace_new(truth->frequency);
  trace->last_ns = truth->last_time_ns;
  for (guint i = 0; i < truth->heaps->len; i++) {
    const HsEtlTruthHeap *from = &g_array_index(truth->heaps, HsEtlTruthHeap, i);
    NaiveHeap heap = {
        id_of(from->pid), process_name(truth, from->pid), from->handle, -1, G_MININT64, G_MININT64,
    };
    g_array_append_val(trace->heaps, heap);
  }
  for (guint i = 0; i < truth->events->len; i++) {
    add_event(trace, truth, &g_array_index(truth->events, HsEtlTruthEvent, i));
    describe_heap(trace, &g_array_index(truth->events, HsEtlTruthEvent, i));
  }
  for (guint i = 0; i < truth->blocks->len; i++)
    add_block(trace, &g_array_index(truth->blocks, HsEtlTruthBlock, i));
  return trace;
}

/* --- answers --- */

static void
put_string(GString *out, const char *text)
{
  g_string_append_c(out, '"');
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '\n')
      g_string_append_c(out, ' ');
    else
      g_string_append_printf(out, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
  }
  g_string_append_c(out, '"');
}

static void
put_answer(GString *out, const NaiveTrace *trace, const NaiveQuestion *question)
{
  g_auto(GStrv) arguments = naive_question_arguments(question);
  g_autofree char *events = naive_events(trace, question);
  g_autofree char *allocations = naive_allocations(trace, question);
  g_autofree char *counts = naive_counts(trace, question);
  g_autofree char *heaps = naive_heaps(trace, question);
  g_autofree char *range = question->has_range || question->n_by > 0 ? naive_range(trace, question) : NULL;
  g_string_append(out, "{\"arguments\":[");
  for (guint i = 0; arguments[i] != NULL; i++) {
    g_string_append(out, i > 0 ? "," : "");
    put_string(out, arguments[i]);
  }
  g_string_append(out, "],\"events\":");
  put_string(out, events);
  g_string_append(out, ",\"allocations\":");
  put_string(out, allocations);
  /* The counts are an object, which the rest goes into. */
  g_string_append_printf(out, ",\"summary\":%.*s,\"heaps\":%s", (int)strlen(counts) - 1, counts, heaps);
  if (range != NULL)
    g_string_append_printf(out, ",\"range\":%s", range);
  g_string_append(out, "}}");
}

char *
account_answers(const NaiveTrace *trace, GPtrArray *questions)
{
  GString *out = g_string_new("[");
  for (guint i = 0; i < questions->len; i++) {
    g_string_append(out, i > 0 ? ",\n" : "\n");
    put_answer(out, trace, questions->pdata[i]);
  }
  g_string_append(out, "\n]\n");
  return g_string_free(out, FALSE);
}

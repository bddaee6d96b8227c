/* SPDX-License-Identifier: MIT */
/* Lists of rows, and figures of all that passes. */
#include <string.h>

#include "naive-private.h"

/* --- rows --- */

static gboolean
is_in_range(const NaiveQuestion *question, gint64 time_ns)
{
  return time_ns >= question->t0_ns && time_ns < question->t1_ns;
}

char *
naive_events(const NaiveTrace *trace, const NaiveQuestion *question)
{
  GString *out = g_string_new("row\n");
  for (guint i = 0; i < trace->events->len; i++) {
    if (is_in_range(question, naive_event(trace, i)->time_ns) && naive_event_passes(trace, question, i))
      g_string_append_printf(out, "%u\n", i);
  }
  return g_string_free(out, FALSE);
}

char *
naive_allocations(const NaiveTrace *trace, const NaiveQuestion *question)
{
  GString *out = g_string_new("row,type\n");
  for (guint i = 0; i < trace->blocks->len; i++) {
    const NaiveBlock *block = naive_block(trace, i);
    const char *type = naive_block_type(block, question->t0_ns, question->t1_ns);
    if (type != NULL && naive_block_passes(trace, question, i))
      g_string_append_printf(out, "%u,%s\n", block->begin, type);
  }
  return g_string_free(out, FALSE);
}

/* --- JSON --- */

void
naive_put_name(GString *out, const char *name)
{
  char last = out->len > 0 ? out->str[out->len - 1] : '{';
  g_string_append_printf(out, "%s\"%s\":", last == '{' || last == '[' ? "" : ",", name);
}

void
naive_put_int(GString *out, const char *name, gint64 value)
{
  naive_put_name(out, name);
  g_string_append_printf(out, "%" G_GINT64_FORMAT, value);
}

void
naive_put_int_or_null(GString *out, const char *name, gint64 value, gint64 none)
{
  if (value != none) {
    naive_put_int(out, name, value);
  } else {
    naive_put_name(out, name);
    g_string_append(out, "null");
  }
}

void
naive_put_text(GString *out, const char *name, const char *text)
{
  naive_put_name(out, name);
  g_string_append_c(out, '"');
  for (const char *c = text; *c != '\0'; c++)
    g_string_append_printf(out, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
  g_string_append_c(out, '"');
}

/* --- figures of what passes --- */

GArray *
naive_passing_blocks(const NaiveTrace *trace, const NaiveQuestion *question)
{
  GArray *blocks = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < trace->blocks->len; i++) {
    if (naive_block_passes(trace, question, i))
      g_array_append_val(blocks, i);
  }
  return blocks;
}

/* The event with which a block is over: of one that went with its process, the first at or after that. */
static guint
last_event(const NaiveTrace *trace, const NaiveBlock *block)
{
  guint i = block->begin;
  if (block->end >= 0)
    return (guint)block->end;
  if (block->end_ns == NAIVE_OUTSTANDING)
    return trace->events->len;
  while (i < trace->events->len && naive_event(trace, i)->time_ns < block->end_ns)
    i++;
  return i;
}

/* What is outstanding after every event, added up from the start. */
NaivePeak
naive_peak(const NaiveTrace *trace, const GArray *blocks, gint64 start, gint64 t0_ns, gint64 t1_ns)
{
  gint64 *change = g_new0(gint64, trace->events->len + 1);
  NaivePeak peak = {start, t0_ns};
  for (guint i = 0; i < blocks->len; i++) {
    const NaiveBlock *block = naive_block(trace, g_array_index(blocks, guint, i));
    change[block->begin] += (gint64)block->size;
    change[last_event(trace, block)] -= (gint64)block->size;
  }
  gint64 value = 0;
  for (guint i = 0; i < trace->events->len; i++) {
    gint64 time_ns = naive_event(trace, i)->time_ns;
    value += change[i];
    if (time_ns >= t0_ns && time_ns < t1_ns && value > peak.bytes)
      peak = (NaivePeak){value, time_ns};
  }
  g_free(change);
  return peak;
}

typedef struct {
  gint64 begun, begun_bytes, outstanding, outstanding_bytes;
  NaivePeak peak;
} Figures;

/* Of the whole trace; those of a heap (or -1: of all). */
static Figures
count_blocks(const NaiveTrace *trace, const GArray *blocks, int instance)
{
  Figures figures = {0};
  g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < blocks->len; i++) {
    guint number = g_array_index(blocks, guint, i);
    const NaiveBlock *block = naive_block(trace, number);
    if (instance >= 0 && block->instance != instance)
      continue;
    g_array_append_val(own, number);
    figures.begun++;
    figures.begun_bytes += (gint64)block->size;
    if (block->end_ns == NAIVE_OUTSTANDING) {
      figures.outstanding++;
      figures.outstanding_bytes += (gint64)block->size;
    }
  }
  figures.peak = naive_peak(trace, own, 0, G_MININT64, G_MAXINT64);
  if (figures.peak.bytes == 0)
    figures.peak.time_ns = 0;
  return figures;
}

static void
put_figures(GString *out, const Figures *figures)
{
  naive_put_int(out, "outstanding_count", figures->outstanding);
  naive_put_int(out, "outstanding_bytes", figures->outstanding_bytes);
  naive_put_int(out, "peak_bytes", figures->peak.bytes);
  naive_put_int(out, "peak_time_ns", figures->peak.time_ns);
}

/* --- operations and sources --- */

static gint64
count_events(const NaiveTrace *trace, const NaiveQuestion *question, int instance, const char *op, const char *source)
{
  static const char *const named[] = {"lookaside", "lowfrag", "mainpath", "slowpath", "invalid", "segment-heap"};
  gint64 n = 0;
  for (guint i = 0; i < trace->events->len; i++) {
    const NaiveEvent *event = naive_event(trace, i);
    if ((instance >= 0 && event->instance != instance) || (op != NULL && strcmp(event->op, op) != 0) ||
        (source != NULL && event->source == NULL))
      continue;
    gboolean is_named = FALSE;
    for (guint k = 0; source != NULL && k < G_N_ELEMENTS(named); k++)
      is_named = is_named || strcmp(named[k], event->source) == 0;
    if (source != NULL && strcmp(is_named ? event->source : "unknown", source) != 0)
      continue;
    n += naive_event_passes(trace, question, i);
  }
  return n;
}

char *
naive_counts(const NaiveTrace *trace, const NaiveQuestion *question)
{
  static const char *const ops[] = {"alloc",
                                    "realloc",
                                    "free",
                                    "create",
                                    "destroy",
                                    "extend",
                                    "contract",
                                    "snapshot",
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
                                    "other"};
  static const char *const sources[] = {"lookaside", "lowfrag",      "mainpath", "slowpath",
                                        "invalid",   "segment-heap", "unknown"};
  GString *out = g_string_new("{\"operations\":{");
  g_autoptr(GArray) blocks = naive_passing_blocks(trace, question);
  Figures figures = count_blocks(trace, blocks, -1);
  for (guint i = 0; i < G_N_ELEMENTS(ops); i++) {
    gint64 n = count_events(trace, question, -1, ops[i], NULL);
    /* The first five are shown always. */
    if (n > 0 || i < 5)
      naive_put_int(out, ops[i], n);
  }
  g_string_append(out, "},\"sources\":{");
  for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
    naive_put_int(out, sources[i], count_events(trace, question, -1, NULL, sources[i]));
  g_string_append(out, "},\"allocations\":{");
  naive_put_int(out, "count", figures.begun);
  naive_put_int(out, "bytes", figures.begun_bytes);
  put_figures(out, &figures);
  g_string_append(out, "}}");
  return g_string_free(out, FALSE);
}

/* --- heaps --- */

typedef struct {
  const NaiveHeap *heap;
  int number;
} HeapRow;

static int
compare_heaps(gconstpointer a, gconstpointer b)
{
  const HeapRow *x = a, *y = b;
  guint32 p = (guint32)x->heap->pid, q = (guint32)y->heap->pid;
  if (p != q)
    return p < q ? -1 : 1;
  if (x->heap->handle != y->heap->handle)
    return x->heap->handle < y->heap->handle ? -1 : 1;
  return x->number - y->number;
}

static void
put_heap(GString *out, const NaiveTrace *trace, const NaiveQuestion *question, const HeapRow *row,
         const Figures *figures)
{
  g_autofree char *handle = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", row->heap->handle);
  g_string_append(out, out->str[out->len - 1] == '}' ? ",{" : "{");
  naive_put_int(out, "pid", (guint32)row->heap->pid);
  naive_put_text(out, "process", row->heap->process != NULL ? row->heap->process : "");
  naive_put_text(out, "handle", handle);
  naive_put_int_or_null(out, "flags", row->heap->flags, -1);
  naive_put_int(out, "allocs", count_events(trace, question, row->number, "alloc", NULL));
  naive_put_int(out, "reallocs", count_events(trace, question, row->number, "realloc", NULL));
  naive_put_int(out, "frees", count_events(trace, question, row->number, "free", NULL));
  naive_put_int(out, "allocated_bytes", figures->begun_bytes);
  put_figures(out, figures);
  naive_put_int_or_null(out, "created_ns", row->heap->created_ns, G_MININT64);
  naive_put_int_or_null(out, "destroyed_ns", row->heap->destroyed_ns, G_MININT64);
  g_string_append_c(out, '}');
}

/* Those of which something passes. */
char *
naive_heaps(const NaiveTrace *trace, const NaiveQuestion *question)
{
  GString *out = g_string_new("[");
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(HeapRow));
  g_autoptr(GArray) blocks = naive_passing_blocks(trace, question);
  for (guint i = 0; i < trace->heaps->len; i++) {
    HeapRow row = {naive_heap(trace, i), (int)i};
    g_array_append_val(rows, row);
  }
  g_array_sort(rows, compare_heaps);
  for (guint i = 0; i < rows->len; i++) {
    const HeapRow *row = &g_array_index(rows, HeapRow, i);
    Figures figures = count_blocks(trace, blocks, row->number);
    if (figures.begun > 0 || count_events(trace, question, row->number, NULL, NULL) > 0)
      put_heap(out, trace, question, row, &figures);
  }
  g_string_append_c(out, ']');
  return g_string_free(out, FALSE);
}

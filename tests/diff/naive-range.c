/* SPDX-License-Identifier: MIT */
/* What a range of time holds, in all and in groups. */
#include <string.h>

#include "naive-private.h"

typedef struct {
  const NaiveTrace *trace;
  const NaiveQuestion *question;
  gint64 begin_ns, end_ns; /* cut to the trace */
} Range;

gint64
naive_moment(const NaiveTrace *trace, gint64 ns, guint n_later)
{
  __int128 frequency = trace->frequency, ticks = (ns * frequency + 999999999) / 1000000000 + n_later;
  return ns < 0 ? -1 : (gint64)(ticks * 1000000000 / frequency);
}

static Range
cut_range(const NaiveTrace *trace, const NaiveQuestion *question)
{
  /* The trace lasts until just after its last record. */
  gint64 end_ns = naive_moment(trace, trace->last_ns, 1);
  return (Range){
      .trace = trace,
      .question = question,
      .begin_ns = CLAMP(question->t0_ns, 0, end_ns),
      .end_ns = CLAMP(question->t1_ns, 0, end_ns),
  };
}

/* --- figures --- */

static void
put_type(GString *out, const Range *range, const GArray *blocks, const char *name, const char *type, gint64 sums[2])
{
  sums[0] = sums[1] = 0;
  for (guint i = 0; i < blocks->len; i++) {
    const NaiveBlock *block = naive_block(range->trace, g_array_index(blocks, guint, i));
    const char *found = naive_block_type(block, range->begin_ns, range->end_ns);
    if (found != NULL && strcmp(found, type) == 0) {
      sums[0]++;
      sums[1] += (gint64)block->size;
    }
  }
  naive_put_name(out, name);
  g_string_append_printf(out, "{\"count\":%" G_GINT64_FORMAT ",\"bytes\":%" G_GINT64_FORMAT "}", sums[0], sums[1]);
}

static gint64
per_second(const Range *range, gint64 n)
{
  __int128 duration = range->end_ns - range->begin_ns;
  return duration == 0 ? 0 : (gint64)(((__int128)n * 1000000000 * 2 + duration) / (duration * 2));
}

static gint64
count_begun(const Range *range, const GArray *blocks, gint64 *bytes)
{
  gint64 n = 0;
  *bytes = 0;
  for (guint i = 0; i < blocks->len; i++) {
    const NaiveBlock *block = naive_block(range->trace, g_array_index(blocks, guint, i));
    if (block->begin_ns >= range->begin_ns && block->begin_ns < range->end_ns) {
      n++;
      *bytes += (gint64)block->size;
    }
  }
  return n;
}

/* `start`: outstanding as the range begins. */
static void
put_figures(GString *out, const Range *range, const GArray *blocks, gint64 start)
{
  gint64 bytes, n = count_begun(range, blocks, &bytes), aifi[2], aifo[2], aofi[2], aofo[2];
  NaivePeak peak = naive_peak(range->trace, blocks, start, range->begin_ns, range->end_ns);
  naive_put_int(out, "count", n);
  naive_put_int(out, "bytes", bytes);
  put_type(out, range, blocks, "aifi", "AIFI", aifi);
  put_type(out, range, blocks, "aifo", "AIFO", aifo);
  put_type(out, range, blocks, "aofi", "AOFI", aofi);
  put_type(out, range, blocks, "aofo", "AOFO", aofo);
  naive_put_int(out, "impacting_bytes", aifo[1]);
  naive_put_int(out, "net_change_bytes", aifo[1] - aofi[1]);
  naive_put_int(out, "net_change_count", aifo[0] - aofi[0]);
  naive_put_int(out, "outstanding_begin_bytes", aofi[1] + aofo[1]);
  naive_put_int(out, "outstanding_end_bytes", aifo[1] + aofo[1]);
  naive_put_int(out, "peak_bytes", peak.bytes);
  naive_put_int(out, "peak_time_ns", peak.time_ns);
  naive_put_int(out, "allocations_per_s", per_second(range, n));
  naive_put_int(out, "bytes_per_s", per_second(range, bytes));
}

/* Outstanding before the range begins, with what ends just then, or as it begins, without. */
static gint64
sum_outstanding(const Range *range, const GArray *blocks, gboolean with_what_ends)
{
  gint64 bytes = 0;
  for (guint i = 0; i < blocks->len; i++) {
    const NaiveBlock *block = naive_block(range->trace, g_array_index(blocks, guint, i));
    if (block->begin_ns < range->begin_ns &&
        (block->end_ns > range->begin_ns || (with_what_ends && block->end_ns == range->begin_ns)))
      bytes += (gint64)block->size;
  }
  return bytes;
}

/* --- groups --- */

/* What a block goes by. Numbers and names sort in the order of the groups; -1 last. */
typedef struct {
  guint64 order[3];
  const char *name;
  gint64 pid, tid;
  guint64 number;
} Key;

static guint64
index_of(const char *const *names, guint n, const char *name)
{
  guint i = 0;
  while (i < n - 1 && strcmp(names[i], name) != 0)
    i++;
  return i;
}

static guint64
size_class(guint64 size)
{
  guint64 class = size > 0 ? 1 : 0;
  while (class != 0 && class <= size / 2)
    class *= 2;
  return class;
}

static Key
key_of(const Range *range, const NaiveBlock *block, NaiveBy by)
{
  static const char *const sources[] = {"lookaside", "lowfrag",      "mainpath", "slowpath",
                                        "invalid",   "segment-heap", "unknown"};
  static const char *const types[] = {"AIFI", "AIFO", "AOFI", "AOFO"};
  static const char *const ends[] = {"outstanding", "free", "realloc", "overwritten", "destroy", "process-exit"};
  const NaiveEvent *event = naive_event(range->trace, block->begin);
  const char *type = naive_block_type(block, range->begin_ns, range->end_ns);
  Key key = {.name = event->process, .pid = event->pid, .tid = event->tid};
  switch (by) {
  case NAIVE_BY_PROCESS:
    key.order[0] = (guint32)event->pid;
    key.order[1] = event->life;
    break;
  case NAIVE_BY_HEAP:
    key.number = naive_heap(range->trace, (guint)block->instance)->handle;
    key.order[0] = (guint32)event->pid;
    key.order[1] = key.number;
    key.order[2] = (guint64)block->instance;
    break;
  case NAIVE_BY_THREAD:
    key.order[0] = (guint32)event->pid;
    key.order[1] = (guint32)event->tid;
    key.order[2] = event->life;
    break;
  case NAIVE_BY_SOURCE:
    key.order[0] = index_of(sources, G_N_ELEMENTS(sources), event->source);
    key.name = sources[key.order[0]];
    break;
  case NAIVE_BY_SIZE:
    key.order[0] = key.number = size_class(block->size);
    break;
  case NAIVE_BY_TYPE:
    key.order[0] = index_of(types, G_N_ELEMENTS(types), type);
    key.name = types[key.order[0]];
    break;
  default:
    key.order[0] = index_of(ends, G_N_ELEMENTS(ends), block->reason);
    key.name = ends[key.order[0]];
    break;
  }
  return key;
}

static void
put_name_or_null(GString *out, const char *name, const char *text)
{
  if (text != NULL)
    naive_put_text(out, name, text);
  else
    naive_put_int_or_null(out, name, 0, 0);
}

static void
put_key(GString *out, const Key *key, NaiveBy by)
{
  g_autofree char *handle = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", key->number);
  if (by == NAIVE_BY_PROCESS || by == NAIVE_BY_HEAP || by == NAIVE_BY_THREAD)
    naive_put_int_or_null(out, "pid", key->pid, -1);
  if (by == NAIVE_BY_PROCESS || by == NAIVE_BY_HEAP)
    put_name_or_null(out, "process", key->name);
  if (by == NAIVE_BY_HEAP)
    naive_put_text(out, "heap", handle);
  if (by == NAIVE_BY_THREAD)
    naive_put_int_or_null(out, "tid", key->tid, -1);
  if (by == NAIVE_BY_SIZE)
    naive_put_int(out, "size_class_bytes", (gint64)key->number);
  if (by == NAIVE_BY_SOURCE || by == NAIVE_BY_TYPE || by == NAIVE_BY_END)
    naive_put_text(out, naive_by_names[by], key->name);
}

typedef struct {
  Key key;
  GArray *blocks;
} Group;

static int
compare_keys(const Key *x, const Key *y)
{
  for (guint i = 0; i < G_N_ELEMENTS(x->order); i++) {
    if (x->order[i] != y->order[i])
      return x->order[i] < y->order[i] ? -1 : 1;
  }
  return 0;
}

static int
compare_groups(gconstpointer a, gconstpointer b)
{
  return compare_keys(&((const Group *)a)->key, &((const Group *)b)->key);
}

static void
group_clear(gpointer group)
{
  g_array_unref(((Group *)group)->blocks);
}

/* Of the blocks in view. */
static GArray *
find_groups(const Range *range, const GArray *blocks, NaiveBy by)
{
  GArray *groups = g_array_new(FALSE, FALSE, sizeof(Group));
  g_array_set_clear_func(groups, group_clear);
  for (guint i = 0; i < blocks->len; i++) {
    guint number = g_array_index(blocks, guint, i), k = 0;
    Key key = key_of(range, naive_block(range->trace, number), by);
    while (k < groups->len && compare_keys(&g_array_index(groups, Group, k).key, &key) != 0)
      k++;
    if (k == groups->len) {
      Group group = {key, g_array_new(FALSE, FALSE, sizeof(guint))};
      g_array_append_val(groups, group);
    }
    g_array_append_val(g_array_index(groups, Group, k).blocks, number);
  }
  g_array_sort(groups, compare_groups);
  return groups;
}

static void
put_groups(GString *out, const Range *range, const GArray *blocks, const char *name, const NaiveBy *by, guint n_by)
{
  g_autoptr(GArray) groups = find_groups(range, blocks, by[0]);
  naive_put_name(out, name);
  g_string_append_c(out, '[');
  for (guint i = 0; i < groups->len; i++) {
    const Group *group = &g_array_index(groups, Group, i);
    g_string_append(out, i > 0 ? ",{" : "{");
    put_key(out, &group->key, by[0]);
    put_figures(out, range, group->blocks, sum_outstanding(range, group->blocks, FALSE));
    if (n_by > 1)
      put_groups(out, range, group->blocks, "groups", by + 1, n_by - 1);
    g_string_append_c(out, '}');
  }
  g_string_append_c(out, ']');
}

static void
put_by(GString *out, const NaiveQuestion *question)
{
  naive_put_name(out, "by");
  g_string_append_c(out, '[');
  for (guint i = 0; i < question->n_by; i++)
    g_string_append_printf(out, "%s\"%s\"", i > 0 ? "," : "", naive_by_names[question->by[i]]);
  g_string_append_c(out, ']');
}

static gint64
count_events(const Range *range)
{
  gint64 n = 0;
  for (guint i = 0; i < range->trace->events->len; i++) {
    gint64 time_ns = naive_event(range->trace, i)->time_ns;
    if (time_ns >= range->begin_ns && time_ns < range->end_ns)
      n += naive_event_passes(range->trace, range->question, i);
  }
  return n;
}

char *
naive_range(const NaiveTrace *trace, const NaiveQuestion *question)
{
  static const NaiveBy by_heap = NAIVE_BY_HEAP, by_source = NAIVE_BY_SOURCE;
  Range range = cut_range(trace, question);
  GString *out = g_string_new("{");
  g_autoptr(GArray) passing = naive_passing_blocks(trace, question);
  g_autoptr(GArray) in_view = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < passing->len; i++) {
    guint number = g_array_index(passing, guint, i);
    if (naive_block_type(naive_block(trace, number), range.begin_ns, range.end_ns) != NULL)
      g_array_append_val(in_view, number);
  }
  naive_put_int(out, "begin_ns", range.begin_ns);
  naive_put_int(out, "end_ns", range.end_ns);
  naive_put_int(out, "duration_ns", range.end_ns - range.begin_ns);
  naive_put_int(out, "events", count_events(&range));
  /* The peak of all starts with what was there before, what ends just then included. */
  put_figures(out, &range, passing, sum_outstanding(&range, passing, TRUE));
  naive_put_name(out, "consistent");
  g_string_append(out, "true");
  if (question->n_by > 0) {
    put_by(out, question);
    put_groups(out, &range, in_view, "groups", question->by, question->n_by);
  } else {
    put_groups(out, &range, in_view, "by_heap", &by_heap, 1);
    put_groups(out, &range, in_view, "by_source", &by_source, 1);
  }
  g_string_append_c(out, '}');
  return g_string_free(out, FALSE);
}

/* SPDX-License-Identifier: MIT */
/* Reads events, and finds out which of them begin and end which blocks. */
#include <string.h>

#include "naive.h"

NaiveTrace *
naive_trace_new(guint64 frequency)
{
  NaiveTrace *trace = g_new0(NaiveTrace, 1);
  trace->events = g_array_new(FALSE, TRUE, sizeof(NaiveEvent));
  trace->blocks = g_array_new(FALSE, TRUE, sizeof(NaiveBlock));
  trace->heaps = g_array_new(FALSE, TRUE, sizeof(NaiveHeap));
  trace->frequency = frequency;
  return trace;
}

void
naive_trace_free(NaiveTrace *trace)
{
  g_array_unref(trace->events);
  g_array_unref(trace->blocks);
  g_array_unref(trace->heaps);
  g_free(trace);
}

/* --- CSV --- */

/* The next field, and where the one after it begins. */
static char *
read_field(const char **at)
{
  GString *field = g_string_new(NULL);
  const char *c = *at;
  if (*c == '"') {
    for (c++; *c != '\0' && (*c != '"' || c[1] == '"'); c++) {
      c += *c == '"';
      g_string_append_c(field, *c);
    }
    c++;
  }
  for (; *c != ',' && *c != '\n' && *c != '\0'; c++)
    g_string_append_c(field, *c);
  *at = *c == '\0' ? c : c + 1;
  return g_string_free(field, FALSE);
}

/* Decimal, or hexadecimal after "0x". False for a field that is empty. */
static gboolean
read_number(const char *field, guint64 *number)
{
  *number = field[0] != '\0' ? g_ascii_strtoull(field, NULL, g_str_has_prefix(field, "0x") ? 16 : 10) : 0;
  return field[0] != '\0';
}

static gint64
read_id(const char *field)
{
  return field[0] != '\0' ? g_ascii_strtoll(field, NULL, 10) : -1;
}

static const char *
read_name(const char *field)
{
  return field[0] != '\0' ? g_intern_string(field) : NULL;
}

#define N_COLUMNS 13

static NaiveEvent
read_event(char **fields)
{
  guint64 unused;
  NaiveEvent event = {
      .time_ns = g_ascii_strtoll(fields[1], NULL, 10),
      .op = read_name(fields[2]),
      .pid = read_id(fields[3]),
      .process = read_name(fields[4]),
      .tid = read_id(fields[5]),
      .source = read_name(fields[11]),
      .cpu = (guint)read_id(fields[12]),
      .instance = -1,
      .block = -1,
  };
  event.has_heap = read_number(fields[6], &event.heap);
  event.has_address = read_number(fields[7], &event.address);
  event.has_size = read_number(fields[8], &event.size);
  event.has_old = read_number(fields[9], &event.old_address);
  read_number(fields[10], &event.old_size);
  g_assert_true(event.has_old == read_number(fields[10], &unused));
  return event;
}

static void
read_events(NaiveTrace *trace, const char *csv)
{
  const char *at = strchr(csv, '\n') + 1;
  while (*at != '\0') {
    char *fields[N_COLUMNS];
    for (guint i = 0; i < N_COLUMNS; i++)
      fields[i] = read_field(&at);
    NaiveEvent event = read_event(fields);
    g_assert_cmpint(read_id(fields[0]), ==, trace->events->len);
    if (trace->events->len > 0) {
      const NaiveEvent *last = naive_event(trace, trace->events->len - 1);
      g_assert_true(event.time_ns > last->time_ns || (event.time_ns == last->time_ns && event.cpu >= last->cpu));
    }
    g_array_append_val(trace->events, event);
    for (guint i = 0; i < N_COLUMNS; i++)
      g_free(fields[i]);
  }
}

/* --- pairing --- */

typedef struct {
  NaiveTrace *trace;
  gint64 create_flags;
  GHashTable *instances; /* "pid/handle" → heap + 1 */
  GHashTable *live;      /* "heap/address" → block + 1 */
} Pairing;

static int
find_instance(Pairing *p, const NaiveEvent *event)
{
  char *key = g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GUINT64_FORMAT, event->pid, event->heap);
  int found = GPOINTER_TO_INT(g_hash_table_lookup(p->instances, key));
  if (found == 0) {
    NaiveHeap heap = {event->pid, event->process, event->heap, -1, G_MININT64, G_MININT64};
    g_array_append_val(p->trace->heaps, heap);
    found = (int)p->trace->heaps->len;
    g_hash_table_insert(p->instances, g_strdup(key), GINT_TO_POINTER(found));
  }
  g_free(key);
  return found - 1;
}

static char *
live_key(int instance, guint64 address)
{
  return g_strdup_printf("%d/%" G_GUINT64_FORMAT, instance, address);
}

/* The live block at an address of the event's heap, or -1. */
static int
find_live(Pairing *p, const NaiveEvent *event, guint64 address)
{
  g_autofree char *key = live_key(event->instance, address);
  return GPOINTER_TO_INT(g_hash_table_lookup(p->live, key)) - 1;
}

static void
end_block(Pairing *p, int number, guint event, const char *reason)
{
  NaiveBlock *block = naive_block(p->trace, (guint)number);
  g_autofree char *key = live_key(block->instance, block->address);
  block->end = (int)event;
  block->end_ns = naive_event(p->trace, event)->time_ns;
  block->reason = reason;
  g_assert_true(g_hash_table_remove(p->live, key));
}

static void
begin_block(Pairing *p, guint number, gboolean is_realloc)
{
  NaiveEvent *event = naive_event(p->trace, number);
  NaiveBlock block = {
      .begin = number,
      .end = -1,
      .begin_ns = event->time_ns,
      .end_ns = NAIVE_OUTSTANDING,
      .reason = "outstanding",
      .is_realloc = is_realloc,
      .instance = event->instance,
      .address = event->address,
      .size = event->size,
  };
  event->block = (int)p->trace->blocks->len;
  g_array_append_val(p->trace->blocks, block);
  g_hash_table_insert(p->live, live_key(block.instance, block.address), GINT_TO_POINTER(event->block + 1));
}

static void
pair_alloc(Pairing *p, guint number)
{
  NaiveEvent *event = naive_event(p->trace, number);
  int old = find_live(p, event, event->address);
  if (event->address == 0)
    return;
  if (old >= 0)
    end_block(p, old, number, "overwritten");
  begin_block(p, number, FALSE);
}

static void
pair_free(Pairing *p, guint number)
{
  NaiveEvent *event = naive_event(p->trace, number);
  event->block = find_live(p, event, event->address);
  if (event->block >= 0)
    end_block(p, event->block, number, "free");
}

static void
pair_realloc(Pairing *p, guint number)
{
  NaiveEvent *event = naive_event(p->trace, number);
  int old = find_live(p, event, event->old_address), new = find_live(p, event, event->address);
  if (event->address == 0)
    return;
  if (event->old_address != event->address && new >= 0) {
    event->block = new;
    naive_block(p->trace, (guint) new)->is_realloc = TRUE;
    if (old >= 0 && naive_block(p->trace, (guint)old)->begin < naive_block(p->trace, (guint) new)->begin)
      end_block(p, old, number, "realloc");
    return;
  }
  if (old >= 0)
    end_block(p, old, number, "realloc");
  begin_block(p, number, TRUE);
}

static void
pair_destroy(Pairing *p, guint number)
{
  NaiveEvent *event = naive_event(p->trace, number);
  g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GUINT64_FORMAT, event->pid, event->heap);
  for (guint i = 0; i < p->trace->blocks->len; i++) {
    const NaiveBlock *block = naive_block(p->trace, i);
    if (block->instance == event->instance && block->end_ns == NAIVE_OUTSTANDING)
      end_block(p, (int)i, number, "destroy");
  }
  naive_heap(p->trace, (guint)event->instance)->destroyed_ns = event->time_ns;
  g_hash_table_remove(p->instances, key);
}

static void
pair_create(Pairing *p, const NaiveEvent *event)
{
  NaiveHeap *heap = naive_heap(p->trace, (guint)event->instance);
  heap->flags = p->create_flags;
  if (heap->created_ns == G_MININT64)
    heap->created_ns = event->time_ns;
}

static void
pair(Pairing *p, guint number)
{
  NaiveEvent *event = naive_event(p->trace, number);
  if (!event->has_heap)
    return;
  event->instance = find_instance(p, event);
  if (strcmp(event->op, "alloc") == 0)
    pair_alloc(p, number);
  else if (strcmp(event->op, "free") == 0)
    pair_free(p, number);
  else if (strcmp(event->op, "realloc") == 0)
    pair_realloc(p, number);
  else if (strcmp(event->op, "destroy") == 0)
    pair_destroy(p, number);
  else if (strcmp(event->op, "create") == 0)
    pair_create(p, event);
}

NaiveTrace *
naive_trace_read(const char *csv, guint64 frequency, gint64 create_flags)
{
  NaiveTrace *trace = naive_trace_new(frequency);
  Pairing p = {trace, create_flags, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
               g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
  read_events(trace, csv);
  for (guint i = 0; i < trace->events->len; i++)
    pair(&p, i);
  if (trace->events->len > 0)
    trace->last_ns = naive_event(trace, trace->events->len - 1)->time_ns;
  g_hash_table_unref(p.instances);
  g_hash_table_unref(p.live);
  return trace;
}

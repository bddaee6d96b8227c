/* SPDX-License-Identifier: MIT */
#include "hs-filter.h"

#include <string.h>

#define ALL_SOURCES ((uint8_t)(((1u << HS_N_SOURCES) - 1) & ~(1u << HS_SOURCE_NONE)))
#define NO_SOURCE ((uint8_t)(1u << HS_SOURCE_NONE))

HsFilter *
hs_filter_new(void)
{
  HsFilter *filter = g_new0(HsFilter, 1);
  filter->heaps = g_array_new(FALSE, FALSE, sizeof(uint32_t));
  return filter;
}

HsFilter *
hs_filter_copy(const HsFilter *filter)
{
  HsFilter *copy = hs_filter_new();
  if (filter == NULL)
    return copy;
  copy->only_heaps = filter->only_heaps;
  copy->hidden_sources = filter->hidden_sources;
  g_array_append_vals(copy->heaps, filter->heaps->data, filter->heaps->len);
  return copy;
}

void
hs_filter_free(HsFilter *filter)
{
  if (filter == NULL)
    return;
  g_array_unref(filter->heaps);
  g_free(filter);
}

bool
hs_filter_equal(const HsFilter *a, const HsFilter *b)
{
  if (a == NULL || b == NULL)
    return hs_filter_is_empty(a) && hs_filter_is_empty(b);
  return a->only_heaps == b->only_heaps && a->hidden_sources == b->hidden_sources && a->heaps->len == b->heaps->len &&
         (a->heaps->len == 0 || memcmp(a->heaps->data, b->heaps->data, a->heaps->len * sizeof(uint32_t)) == 0);
}

bool
hs_filter_is_empty(const HsFilter *filter)
{
  return filter == NULL || (!filter->only_heaps && filter->hidden_sources == 0 && filter->heaps->len == 0);
}

/* Where `heap` stands in the list, or where it would have to be put. */
static guint
find_heap(const HsFilter *filter, uint32_t heap, bool *found)
{
  guint low = 0, high = filter->heaps->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(filter->heaps, uint32_t, middle) < heap)
      low = middle + 1;
    else
      high = middle;
  }
  *found = low < filter->heaps->len && g_array_index(filter->heaps, uint32_t, low) == heap;
  return low;
}

bool
hs_filter_shows_heap(const HsFilter *filter, HsHeapId heap)
{
  if (filter == NULL)
    return true;
  bool listed;
  (void)find_heap(filter, heap.v, &listed);
  return listed == filter->only_heaps;
}

bool
hs_filter_shows_source(const HsFilter *filter, HsSource source)
{
  return filter == NULL || (filter->hidden_sources >> source & 1) == 0;
}

void
hs_filter_set_heap(HsFilter *filter, HsHeapId heap, bool shown)
{
  bool listed;
  guint at = find_heap(filter, heap.v, &listed);
  bool list = shown == filter->only_heaps;
  if (list && !listed)
    g_array_insert_val(filter->heaps, at, heap.v);
  else if (!list && listed)
    g_array_remove_index(filter->heaps, at);
}

void
hs_filter_set_named_heap(HsFilter *filter, const HsTimeline *timeline, HsHeapId heap, bool shown)
{
  const HsHeap *named = hs_timeline_heap(timeline, heap);
  uint32_t n_heaps = hs_timeline_n_heaps(timeline), pid = hs_timeline_process(timeline, named->process)->pid;
  for (uint32_t i = 0; i < n_heaps; i++) {
    const HsHeap *other = hs_timeline_heap(timeline, (HsHeapId){i});
    if (other->handle == named->handle && hs_timeline_process(timeline, other->process)->pid == pid)
      hs_filter_set_heap(filter, (HsHeapId){i}, shown);
  }
}

void
hs_filter_set_source(HsFilter *filter, HsSource source, bool shown)
{
  if (source <= HS_SOURCE_NONE || source >= HS_N_SOURCES)
    return;
  uint8_t bit = (uint8_t)(1u << source);
  uint8_t hidden = filter->hidden_sources & ALL_SOURCES;
  hidden = shown ? hidden & (uint8_t)~bit : hidden | bit;
  unsigned n_shown = (unsigned)__builtin_popcount(ALL_SOURCES & ~hidden);
  filter->hidden_sources = n_shown <= 1 ? hidden | NO_SOURCE : hidden;
}

void
hs_filter_only_heap(HsFilter *filter, HsHeapId heap)
{
  filter->only_heaps = true;
  g_array_set_size(filter->heaps, 0);
  g_array_append_val(filter->heaps, heap.v);
}

void
hs_filter_only_process(HsFilter *filter, const HsTimeline *timeline, HsProcessId process)
{
  filter->only_heaps = true;
  g_array_set_size(filter->heaps, 0);
  uint32_t n_heaps = hs_timeline_n_heaps(timeline);
  for (uint32_t i = 0; i < n_heaps; i++) {
    if (hs_timeline_heap(timeline, (HsHeapId){i})->process.v == process.v)
      g_array_append_val(filter->heaps, i);
  }
}

void
hs_filter_only_source(HsFilter *filter, HsSource source)
{
  filter->hidden_sources = (uint8_t)((ALL_SOURCES | NO_SOURCE) & ~(1u << source));
}

/* --- text --- */

static uint32_t
heap_pid(const HsTimeline *timeline, const HsHeap *heap)
{
  return hs_timeline_process(timeline, heap->process)->pid;
}

/* The handles that heaps of more than one pid have: a set of uint64_t, each a key that points into the timeline. */
static GHashTable *
shared_handles(const HsTimeline *timeline)
{
  g_autoptr(GHashTable) first = g_hash_table_new(g_int64_hash, g_int64_equal);
  GHashTable *shared = g_hash_table_new(g_int64_hash, g_int64_equal);
  uint32_t n_heaps = hs_timeline_n_heaps(timeline);
  for (uint32_t i = 0; i < n_heaps; i++) {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){i});
    const HsHeap *other = g_hash_table_lookup(first, &heap->handle);
    if (other == NULL)
      g_hash_table_insert(first, (gpointer)&heap->handle, (gpointer)heap);
    else if (heap_pid(timeline, other) != heap_pid(timeline, heap))
      g_hash_table_add(shared, (gpointer)&heap->handle);
  }
  return shared;
}

static void
append_joined(GString *text, const GPtrArray *parts, const char *separator)
{
  for (guint i = 0; i < parts->len; i++)
    g_string_append_printf(text, "%s%s", i == 0 ? "" : separator, (const char *)g_ptr_array_index(parts, i));
}

/* The listed heaps in words: handles that say enough, and handles that need their pid. Each in words once. */
static void
heap_words(const HsFilter *filter, const HsTimeline *timeline, GPtrArray *handles, GPtrArray *qualified)
{
  g_autoptr(GHashTable) shared = shared_handles(timeline);
  g_autoptr(GHashTable) said = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < filter->heaps->len; i++) {
    uint32_t id = g_array_index(filter->heaps, uint32_t, i);
    if (id >= hs_timeline_n_heaps(timeline))
      continue;
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){id});
    bool ambiguous = g_hash_table_contains(shared, &heap->handle);
    g_autofree char *word = ambiguous ? g_strdup_printf("(pid == %u && heap == 0x%" G_GINT64_MODIFIER "x)",
                                                        heap_pid(timeline, heap), heap->handle)
                                      : g_strdup_printf("0x%" G_GINT64_MODIFIER "x", heap->handle);
    if (g_hash_table_contains(said, word))
      continue;
    g_hash_table_add(said, word);
    g_ptr_array_add(ambiguous ? qualified : handles, g_steal_pointer(&word));
  }
}

static void
append_heaps(GString *text, const HsFilter *filter, const HsTimeline *timeline)
{
  if (!filter->only_heaps && filter->heaps->len == 0)
    return;
  g_autoptr(GPtrArray) handles = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) terms = g_ptr_array_new_with_free_func(g_free);
  heap_words(filter, timeline, handles, terms);
  if (handles->len > 0 || terms->len == 0) {
    g_autoptr(GString) set = g_string_new(NULL);
    if (handles->len == 1 && (filter->only_heaps || terms->len > 0)) {
      g_string_append_printf(set, "heap == %s", (const char *)g_ptr_array_index(handles, 0));
    } else {
      g_string_append(set, "heap in {");
      append_joined(set, handles, ", ");
      g_string_append_c(set, '}');
    }
    g_ptr_array_insert(terms, 0, g_strdup(set->str));
  }
  if (!filter->only_heaps)
    g_string_append(text, "not ");
  g_string_append(text, terms->len > 1 ? "(" : "");
  append_joined(text, terms, " || ");
  g_string_append(text, terms->len > 1 ? ")" : "");
}

char *
hs_filter_heaps_to_text(const HsFilter *filter, const HsTimeline *timeline)
{
  GString *text = g_string_new(NULL);
  append_heaps(text, filter, timeline);
  return g_string_free(text, FALSE);
}

char *
hs_filter_sources_to_text(const HsFilter *filter)
{
  if (filter->hidden_sources == 0)
    return g_strdup("");
  GString *text = g_string_new(NULL);
  bool only = (filter->hidden_sources & NO_SOURCE) != 0;
  uint8_t listed = (only ? ~filter->hidden_sources : filter->hidden_sources) & ALL_SOURCES;
  bool single = only && __builtin_popcount(listed) == 1;
  g_string_append_printf(text, "%s%s", only ? "" : "not ", single ? "source == " : "source in {");
  const char *separator = "";
  for (unsigned source = HS_SOURCE_NONE + 1; source < HS_N_SOURCES; source++) {
    if ((listed >> source & 1) == 0)
      continue;
    g_string_append_printf(text, "%s%s", separator, hs_source_name((HsSource)source));
    separator = ", ";
  }
  if (!single)
    g_string_append_c(text, '}');
  return g_string_free(text, FALSE);
}

char *
hs_filter_to_text(const HsFilter *filter, const HsTimeline *timeline)
{
  if (filter == NULL)
    return g_strdup("");
  g_autofree char *heaps = hs_filter_heaps_to_text(filter, timeline);
  g_autofree char *sources = hs_filter_sources_to_text(filter);
  return g_strconcat(heaps, heaps[0] != '\0' && sources[0] != '\0' ? " && " : "", sources, NULL);
}

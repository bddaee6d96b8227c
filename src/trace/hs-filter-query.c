/* SPDX-License-Identifier: MIT */
/* Ticks read from a filter's text, and written into it. */
#include "hs-filter.h"

#include "hs-query-parts.h"

#define UNKNOWN_MAX ((uint64_t)UINT32_MAX)

/* --- reading --- */

/* A heap; NULL = what belongs to none, of which nothing is known. */
typedef struct {
  const HsTimeline *timeline;
  const HsHeap *heap;
} HeapTest;

static bool
heap_passes(const HeapTest *test, const HsQueryNode *node)
{
  switch (node->kind) {
  case HS_QUERY_NOT:
    return !heap_passes(test, g_ptr_array_index(node->children, 0));
  case HS_QUERY_AND:
  case HS_QUERY_OR:
    for (guint i = 0; i < node->children->len; i++) {
      if (heap_passes(test, g_ptr_array_index(node->children, i)) == (node->kind == HS_QUERY_OR))
        return node->kind == HS_QUERY_OR;
    }
    return node->kind == HS_QUERY_AND;
  default:
    break;
  }
  if (test->heap == NULL)
    return false;
  if (node->field == HS_QUERY_HEAP)
    return hs_query_intervals_hold(node->intervals, test->heap->handle);
  if (node->field == HS_QUERY_PID) {
    uint32_t pid = hs_timeline_process(test->timeline, test->heap->process)->pid;
    /* All ones: no record told. */
    return pid != UINT32_MAX && hs_query_intervals_hold(node->intervals, pid);
  }
  return hs_query_text_passes(node, hs_timeline_process_name(test->timeline, test->heap->process));
}

static bool
source_passes(const HsQueryNode *node, HsSource source)
{
  switch (node->kind) {
  case HS_QUERY_NOT:
    return !source_passes(g_ptr_array_index(node->children, 0), source);
  case HS_QUERY_AND:
  case HS_QUERY_OR:
    for (guint i = 0; i < node->children->len; i++) {
      if (source_passes(g_ptr_array_index(node->children, i), source) == (node->kind == HS_QUERY_OR))
        return node->kind == HS_QUERY_OR;
    }
    return node->kind == HS_QUERY_AND;
  default:
    return source != HS_SOURCE_NONE && hs_query_intervals_hold(node->intervals, source);
  }
}

/* False if some of the numbers without a name pass and some do not: they have one tick together. */
static bool
sources_are_tickable(const HsQueryNode *node)
{
  if (node->children != NULL) {
    bool tickable = true;
    for (guint i = 0; i < node->children->len; i++)
      tickable = tickable && sources_are_tickable(g_ptr_array_index(node->children, i));
    return tickable;
  }
  bool holds_zero = hs_query_intervals_hold(node->intervals, 0), holds_rest = false, touches_rest = false;
  for (guint i = 0; i < node->intervals->len; i++) {
    const HsQueryInterval *interval = &g_array_index(node->intervals, HsQueryInterval, i);
    holds_rest = holds_rest || (interval->low <= HS_SOURCE_UNKNOWN && interval->high >= UNKNOWN_MAX);
    touches_rest = touches_rest || interval->high >= HS_SOURCE_UNKNOWN;
  }
  return holds_zero ? holds_rest : !touches_rest;
}

typedef enum { PART_OTHER, PART_HEAPS, PART_SOURCES } PartKind;

static PartKind
kind_of(const HsQueryPart *part)
{
  if (hs_query_part_is_of(part, HS_FIELDS_OF_HEAPS))
    return PART_HEAPS;
  return hs_query_part_is_of(part, HS_FIELDS_OF_SOURCES) && sources_are_tickable(part->node) ? PART_SOURCES
                                                                                             : PART_OTHER;
}

static bool
heap_passes_parts(const HsTimeline *timeline, const GArray *parts, const HsHeap *heap)
{
  HeapTest test = {timeline, heap};
  for (guint i = 0; i < parts->len; i++) {
    const HsQueryPart *part = &g_array_index(parts, HsQueryPart, i);
    if (kind_of(part) == PART_HEAPS && !heap_passes(&test, part->node))
      return false;
  }
  return true;
}

static bool
source_passes_parts(const GArray *parts, HsSource source)
{
  for (guint i = 0; i < parts->len; i++) {
    const HsQueryPart *part = &g_array_index(parts, HsQueryPart, i);
    if (kind_of(part) == PART_SOURCES && !source_passes(part->node, source))
      return false;
  }
  return true;
}

HsFilter *
hs_filter_from_query(const HsQuery *query, const HsTimeline *timeline)
{
  HsFilter *filter = hs_filter_new();
  g_autoptr(GArray) parts = hs_query_parts(query);
  if (parts->len == 0)
    return filter;
  /* What asks for heaps by what they are leaves out what has none; what rules some out does not. */
  filter->only_heaps = !heap_passes_parts(timeline, parts, NULL);
  uint32_t n_heaps = hs_timeline_n_heaps(timeline);
  for (uint32_t i = 0; i < n_heaps; i++) {
    if (heap_passes_parts(timeline, parts, hs_timeline_heap(timeline, (HsHeapId){i})) == filter->only_heaps)
      g_array_append_val(filter->heaps, i);
  }
  for (unsigned source = HS_SOURCE_NONE; source < HS_N_SOURCES; source++) {
    if (!source_passes_parts(parts, (HsSource)source))
      filter->hidden_sources |= (uint8_t)(1u << source);
  }
  return filter;
}

/* --- writing --- */

/* Emits what replaces the parts of a kind where the first of them stood. */
typedef struct {
  char *text; /* NULL = the parts stay, or it was emitted */
  bool replaces;
} Replacement;

static Replacement
replacement(bool changed, char *text)
{
  if (!changed)
    g_clear_pointer(&text, g_free);
  return (Replacement){text, changed};
}

static bool
has_part(const GArray *parts, PartKind kind)
{
  for (guint i = 0; i < parts->len; i++) {
    if (kind_of(&g_array_index(parts, HsQueryPart, i)) == kind)
      return true;
  }
  return false;
}

char *
hs_filter_write(const HsFilter *filter, const HsQuery *query, const HsTimeline *timeline)
{
  g_autoptr(HsFilter) now = hs_filter_from_query(query, timeline);
  g_autoptr(GArray) parts = hs_query_parts(query);
  g_autofree char *heaps = hs_filter_heaps_to_text(filter, timeline), *sources = hs_filter_sources_to_text(filter);
  g_autofree char *heaps_now = hs_filter_heaps_to_text(now, timeline), *sources_now = hs_filter_sources_to_text(now);
  Replacement replacements[] = {
      [PART_HEAPS] = replacement(!g_str_equal(heaps, heaps_now), g_strdup(heaps)),
      [PART_SOURCES] = replacement(!g_str_equal(sources, sources_now), g_strdup(sources)),
  };
  HsQueryJoin join;
  hs_query_join_init(&join);
  for (unsigned kind = PART_HEAPS; kind <= PART_SOURCES; kind++) {
    if (replacements[kind].replaces && !has_part(parts, (PartKind)kind))
      hs_query_join_add(&join, g_steal_pointer(&replacements[kind].text));
  }
  for (guint i = 0; i < parts->len; i++) {
    const HsQueryPart *part = &g_array_index(parts, HsQueryPart, i);
    Replacement *instead = &replacements[kind_of(part)];
    if (instead->replaces)
      hs_query_join_add(&join, g_steal_pointer(&instead->text));
    else
      hs_query_join_add_part(&join, query, part);
  }
  return hs_query_join_finish(&join);
}

/* SPDX-License-Identifier: MIT */
#include "hs-config.h"
#include "hs-map-legend.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-filter.h"
#include "hs-format.h"
#include "hs-map-private.h"
#include "hs-paint-private.h"
#include "hs-query-terms.h"

/* More heaps or threads than this are not listed. */
#define MAX_ENTRIES 100
#define TITLE_X_PX 10
#define TITLE_GAP_PX 22
#define SWATCH_PX 11
#define SWATCH_GAP_PX 5
#define ENTRY_GAP_PX 14
#define RIGHT_PX 6

static void
clear_entry(gpointer data)
{
  HsMapLegendEntry *entry = data;
  g_free(entry->label);
  g_free(entry->term);
}

void
hs_map_legend_free(HsMapLegend *legend)
{
  g_array_unref(legend->entries);
  g_free(legend);
}

/* Takes label and term. */
static void
add(HsMapLegend *legend, char *label, HsColor color, char *term, uint32_t id)
{
  HsMapLegendEntry entry = {.label = label, .color = color, .term = term, .id = id, .shown = true};
  g_array_append_val(legend->entries, entry);
}

/* --- what there is --- */

static void
add_heaps(HsMapLegend *legend, const HsTimeline *timeline, const HsPalette *palette)
{
  uint32_t n = hs_timeline_n_heaps(timeline);
  for (uint32_t i = 0; i < n && !legend->is_cut; i++) {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){i});
    char handle[HS_FORMAT_MAX];
    if (HS_GET(heap->n_begun) == 0)
      continue;
    legend->is_cut = legend->entries->len >= MAX_ENTRIES;
    if (!legend->is_cut)
      add(legend, g_strdup(hs_format_hex(handle, sizeof handle, heap->handle)), hs_palette_heap(palette, (HsHeapId){i}),
          NULL, i);
  }
}

static void
add_sources(HsMapLegend *legend, const HsTimeline *timeline, const HsPalette *palette)
{
  for (int i = HS_SOURCE_LOOKASIDE; i < HS_N_SOURCES; i++) {
    if (HS_GET(timeline->totals.sources[i]) > 0)
      add(legend, g_strdup(hs_source_short_title((HsSource)i)), hs_palette_source(palette, (HsSource)i), NULL,
          (uint32_t)i);
  }
}

static void
add_sizes(HsMapLegend *legend, const HsPalette *palette)
{
  for (uint32_t i = 0; i < HS_MAP_N_SIZES; i++) {
    HsColor color = hs_palette_ramp(palette, (int)i, HS_MAP_N_SIZES);
    char low[HS_FORMAT_MAX] = "", high[HS_FORMAT_MAX] = "";
    uint64_t from = i > 0 ? UINT64_C(1) << hs_map_size_bits[i - 1] : 0;
    uint64_t to = i < HS_MAP_N_SIZES - 1 ? UINT64_C(1) << hs_map_size_bits[i] : 0;
    hs_format_bytes(low, sizeof low, (int64_t)from);
    hs_format_bytes(high, sizeof high, (int64_t)to);
    if (from == 0)
      add(legend, g_strdup_printf("< %s", high), color, g_strdup_printf("size < %" G_GUINT64_FORMAT, to), i);
    else if (to == 0)
      add(legend, g_strdup_printf("≥ %s", low), color, g_strdup_printf("size >= %" G_GUINT64_FORMAT, from), i);
    else
      add(legend, g_strdup_printf("≥ %s", low), color,
          g_strdup_printf("size in %" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT, from, to), i);
  }
}

/* "10us": as the filter language has it, and as people read it. */
static void
format_age(char *term, char *label, size_t size, int64_t ns)
{
  static const struct {
    int64_t ns;
    const char *word, *sign;
  } units[] = {{1000000000, "s", "s"}, {1000000, "ms", "ms"}, {1000, "us", "µs"}, {1, "ns", "ns"}};
  for (unsigned i = 0; i < G_N_ELEMENTS(units); i++) {
    if (ns % units[i].ns != 0)
      continue;
    g_snprintf(term, size, "%" G_GINT64_FORMAT "%s", ns / units[i].ns, units[i].word);
    g_snprintf(label, size, "%" G_GINT64_FORMAT " %s", ns / units[i].ns, units[i].sign);
    return;
  }
}

static void
add_ages(HsMapLegend *legend, const HsPalette *palette)
{
  char from[HS_FORMAT_MAX], to[HS_FORMAT_MAX], low[HS_FORMAT_MAX], high[HS_FORMAT_MAX];
  const uint32_t n = HS_MAP_N_AGES - 1;
  for (uint32_t i = 0; i < n; i++) {
    HsColor color = hs_palette_ramp(palette, (int)i, (int)n);
    if (i > 0)
      format_age(from, low, sizeof from, hs_map_age_ns[i - 1]);
    if (i < n - 1)
      format_age(to, high, sizeof to, hs_map_age_ns[i]);
    if (i == 0)
      add(legend, g_strdup_printf("< %s", high), color, g_strdup_printf("lifetime < %s", to), i);
    else
      add(legend, g_strdup_printf("≥ %s", low), color,
          i == n - 1 ? g_strdup_printf("lifetime >= %s", from) : g_strdup_printf("lifetime in %s..%s", from, to), i);
  }
  add(legend, g_strdup(_("outstanding")), hs_palette_outstanding(palette), g_strdup("end == outstanding"), n);
}

static void
add_threads(HsMapLegend *legend, const HsTimeline *timeline, const HsPalette *palette)
{
  uint32_t n = hs_timeline_n_origins(timeline);
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  for (uint32_t i = 0; i < n && !legend->is_cut; i++) {
    const HsOrigin *origin = hs_timeline_origin(timeline, (HsOriginId){i});
    uint32_t tid = hs_timeline_thread(timeline, origin->thread)->tid;
    /* A number that was given to another thread later is one entry: words do not tell them apart. */
    if (origin->heap.v == HS_ID_NONE || !g_hash_table_add(seen, GUINT_TO_POINTER(tid)))
      continue;
    legend->is_cut = legend->entries->len >= MAX_ENTRIES;
    if (!legend->is_cut)
      add(legend, tid == UINT32_MAX ? g_strdup(_("unknown")) : g_strdup_printf("%u", tid),
          hs_palette_thread(palette, origin->thread), tid == UINT32_MAX ? NULL : g_strdup_printf("tid == %u", tid),
          origin->thread.v);
  }
}

static void
add_types(HsMapLegend *legend, const HsPalette *palette)
{
  for (uint32_t i = HS_BLOCK_TYPE_AIFI; i < HS_N_BLOCK_TYPES; i++) {
    const char *name = hs_block_type_name((HsBlockType)i);
    add(legend, g_strdup(name), hs_palette_type(palette, (HsBlockType)i), g_strdup_printf("type == %s", name), i);
  }
  add(legend, g_strdup(_("not in the selection")), hs_palette_type(palette, HS_BLOCK_TYPE_NONE), NULL,
      HS_BLOCK_TYPE_NONE);
}

/* --- what of it is shown --- */

static HsMapLegendEntry *
entry_at(const HsMapLegend *legend, guint index)
{
  return &g_array_index(legend->entries, HsMapLegendEntry, index);
}

static bool
goes_by_ticks(const HsMapLegend *legend)
{
  return legend->by == HS_COLOR_BY_HEAP || legend->by == HS_COLOR_BY_SOURCE;
}

static const char **
terms_of(const HsMapLegend *legend)
{
  const char **terms = g_new0(const char *, legend->entries->len + 1);
  for (guint i = 0; i < legend->entries->len; i++)
    terms[i] = entry_at(legend, i)->term;
  return terms;
}

static void
find_shown(HsMapLegend *legend, const HsQuery *query, const HsTimeline *timeline)
{
  guint n = legend->entries->len;
  if (goes_by_ticks(legend)) {
    g_autoptr(HsFilter) filter = hs_filter_from_query(query, timeline);
    for (guint i = 0; i < n; i++) {
      HsMapLegendEntry *entry = entry_at(legend, i);
      entry->shown = legend->by == HS_COLOR_BY_HEAP ? hs_filter_shows_heap(filter, (HsHeapId){entry->id})
                                                    : hs_filter_shows_source(filter, (HsSource)entry->id);
    }
    return;
  }
  g_autofree const char **terms = terms_of(legend);
  g_autofree bool *shown = g_new0(bool, n + 1);
  hs_query_terms_get(query, terms, n, shown);
  for (guint i = 0; i < n; i++)
    entry_at(legend, i)->shown = shown[i];
}

HsMapLegend *
hs_map_legend_new(const HsTimeline *timeline, HsColorBy by, const HsPalette *palette, const HsQuery *query)
{
  HsMapLegend *legend = g_new0(HsMapLegend, 1);
  legend->by = by;
  legend->entries = g_array_new(FALSE, FALSE, sizeof(HsMapLegendEntry));
  g_array_set_clear_func(legend->entries, clear_entry);
  if (by == HS_COLOR_BY_HEAP)
    add_heaps(legend, timeline, palette);
  else if (by == HS_COLOR_BY_SOURCE)
    add_sources(legend, timeline, palette);
  else if (by == HS_COLOR_BY_SIZE)
    add_sizes(legend, palette);
  else if (by == HS_COLOR_BY_AGE)
    add_ages(legend, palette);
  else if (by == HS_COLOR_BY_THREAD)
    add_threads(legend, timeline, palette);
  else
    add_types(legend, palette);
  find_shown(legend, query, timeline);
  return legend;
}

/* Whether of all that can be asked for just this one is shown. */
static bool
is_alone(const HsMapLegend *legend, guint index)
{
  for (guint i = 0; i < legend->entries->len; i++) {
    const HsMapLegendEntry *entry = entry_at(legend, i);
    if ((goes_by_ticks(legend) || entry->term != NULL) && entry->shown != (i == index))
      return false;
  }
  return true;
}

static char *
write_ticks(const HsMapLegend *legend, guint index, bool only, const HsQuery *query, const HsTimeline *timeline)
{
  bool by_heap = legend->by == HS_COLOR_BY_HEAP, all = only && is_alone(legend, index);
  const HsMapLegendEntry *chosen = entry_at(legend, index);
  g_autoptr(HsFilter) filter = hs_filter_from_query(query, timeline);
  if (only && !all && by_heap)
    hs_filter_only_heap(filter, (HsHeapId){chosen->id});
  else if (only && !all)
    hs_filter_only_source(filter, (HsSource)chosen->id);
  for (guint i = 0; i < legend->entries->len; i++) {
    const HsMapLegendEntry *entry = entry_at(legend, i);
    bool changes = all || (!only && i == index);
    if (changes && by_heap)
      hs_filter_set_named_heap(filter, timeline, (HsHeapId){entry->id}, all || !entry->shown);
    else if (changes)
      hs_filter_set_source(filter, (HsSource)entry->id, all || !entry->shown);
  }
  return hs_filter_write(filter, query, timeline);
}

char *
hs_map_legend_toggle(const HsMapLegend *legend, guint index, bool only, const HsQuery *query,
                     const HsTimeline *timeline)
{
  guint n = legend->entries->len;
  if (index >= n)
    return NULL;
  if (goes_by_ticks(legend))
    return write_ticks(legend, index, only, query, timeline);
  if (entry_at(legend, index)->term == NULL)
    return NULL;
  g_autofree const char **terms = terms_of(legend);
  g_autofree bool *shown = g_new0(bool, n + 1);
  bool all = only && is_alone(legend, index);
  for (guint i = 0; i < n; i++) {
    shown[i] = entry_at(legend, i)->shown;
    if (only)
      shown[i] = all || i == index;
    else if (i == index)
      shown[i] = !shown[i];
  }
  return hs_query_terms_set(query, terms, n, shown);
}

/* --- names --- */

static const struct {
  const char *name, *title;
} colorings[HS_N_COLOR_BY] = {
    [HS_COLOR_BY_HEAP] = {"heap", N_("by heap")},       [HS_COLOR_BY_SOURCE] = {"source", N_("by source")},
    [HS_COLOR_BY_SIZE] = {"size", N_("by size")},       [HS_COLOR_BY_AGE] = {"age", N_("by age")},
    [HS_COLOR_BY_THREAD] = {"thread", N_("by thread")}, [HS_COLOR_BY_TYPE] = {"type", N_("by type in the selection")},
};

const char *
hs_map_color_title(HsColorBy by)
{
  return g_dgettext(HS_GETTEXT_PACKAGE, colorings[(unsigned)by < HS_N_COLOR_BY ? by : 0].title);
}

const char *
hs_map_color_name(HsColorBy by)
{
  return colorings[(unsigned)by < HS_N_COLOR_BY ? by : 0].name;
}

HsColorBy
hs_map_color_from_name(const char *name)
{
  int by = 0;
  while (by < HS_N_COLOR_BY && !g_str_equal(colorings[by].name, name))
    by++;
  return (HsColorBy)by;
}

/* --- painting --- */

static void
paint_entry(cairo_t *cr, const HsPalette *palette, const HsMapLegendEntry *entry, double x, double y, double width)
{
  double top = floor(y - SWATCH_PX / 2.0);
  hs_color_set(cr, entry->color);
  if (entry->shown) {
    cairo_rectangle(cr, x, top, SWATCH_PX, SWATCH_PX);
    cairo_fill(cr);
  } else {
    /* Hidden: a frame without its filling, and a line through the name. */
    cairo_set_line_width(cr, 1);
    cairo_rectangle(cr, x + 0.5, top + 0.5, SWATCH_PX - 1, SWATCH_PX - 1);
    cairo_stroke(cr);
  }
  double text_x = x + SWATCH_PX + SWATCH_GAP_PX;
  HsColor color = entry->shown ? hs_color_mix(palette->dim_text, palette->text, 0.4)
                               : hs_color_mix(palette->dim_text, palette->base, 0.3);
  hs_paint_text_sized(cr, palette, entry->label, false, false, HS_TEXT_LABEL, color, text_x, y, -1, -1);
  if (entry->shown)
    return;
  hs_color_set(cr, color);
  cairo_rectangle(cr, text_x, floor(y), width - SWATCH_PX - SWATCH_GAP_PX, 1);
  cairo_fill(cr);
}

void
hs_paint_map_legend(cairo_t *cr, const HsPalette *palette, const char *title, HsMapLegend *legend, double x, double y,
                    double width, double height)
{
  double right = x + width - RIGHT_PX, dots, at = x + TITLE_X_PX;
  legend->y = y - height / 2;
  legend->height = height;
  legend->more_width = 0;
  at += hs_paint_text(cr, palette, title, false, true, palette->text, at, y, MAX(right - at, 0), -1) + TITLE_GAP_PX;
  hs_measure_text(cr, palette, "…", false, false, &dots, NULL);
  bool full = false;
  for (guint i = 0; i < legend->entries->len; i++) {
    HsMapLegendEntry *entry = entry_at(legend, i);
    double text_width;
    entry->width = 0;
    if (full)
      continue;
    hs_measure_text_sized(cr, palette, entry->label, false, false, HS_TEXT_LABEL, &text_width, NULL);
    double entry_width = SWATCH_PX + SWATCH_GAP_PX + text_width;
    bool last = i + 1 == legend->entries->len && !legend->is_cut;
    /* Room for "…" is kept until the last entry is in. */
    full = at + entry_width + (last ? 0 : ENTRY_GAP_PX + dots) > right;
    if (full)
      continue;
    entry->x = at;
    entry->width = entry_width;
    paint_entry(cr, palette, entry, at, y, entry_width);
    at += entry_width + ENTRY_GAP_PX;
  }
  if ((full || legend->is_cut) && at + dots <= right) {
    legend->more_x = at;
    legend->more_width = dots;
    hs_paint_text(cr, palette, "…", false, false, palette->dim_text, at, y, -1, -1);
  }
}

int
hs_map_legend_at(const HsMapLegend *legend, double x, double y)
{
  if (!(y >= legend->y && y < legend->y + legend->height))
    return HS_MAP_LEGEND_NONE;
  for (guint i = 0; i < legend->entries->len; i++) {
    const HsMapLegendEntry *entry = entry_at(legend, i);
    if (entry->width > 0 && x >= entry->x - SWATCH_GAP_PX && x < entry->x + entry->width + SWATCH_GAP_PX)
      return (int)i;
  }
  if (legend->more_width > 0 && x >= legend->more_x - SWATCH_GAP_PX &&
      x < legend->more_x + legend->more_width + RIGHT_PX)
    return HS_MAP_LEGEND_MORE;
  return HS_MAP_LEGEND_NONE;
}

/* SPDX-License-Identifier: MIT */
/* The parts that pictures are put together from. */
#include "hs-config.h"
#include "hs-map-legend.h"
#include "hs-paint-bars.h"
#include "hs-paint-private.h"
#include "hs-picture-private.h"
#include "hs-pivot.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* Layers that can still be told apart; the rest is drawn as "others". */
#define MAX_LAYERS 16

static void
free_samples(gpointer samples)
{
  hs_samples_free(samples);
}

/* --- ruler --- */

static void
paint_ruler(const HsPicture *picture, cairo_t *cr, const HsViewport *viewport, gpointer made)
{
  HsMarks marks = hs_picture_marks(picture);
  GArray *flags = hs_paint_ruler(cr, viewport, picture->palette, &marks);
  g_clear_pointer(&flags, g_array_unref);
}

const HsPicturePart hs_picture_ruler_part = {.paint = paint_ruler};
const HsPicturePart hs_picture_whole_ruler_part = {.paint = paint_ruler, .spans_all = true};

/* --- overview --- */

static gpointer
make_overview(const HsPicture *picture, const HsViewport *viewport, const int *cancel)
{
  return hs_series_sample(picture->data.series, hs_measure_outstanding(picture->options.measure), HS_GROUP_NONE,
                          viewport->t0, viewport->t1, hs_device_width(viewport), 1, cancel);
}

static void
paint_overview(const HsPicture *picture, cairo_t *cr, const HsViewport *viewport, gpointer made)
{
  HsMarks marks = hs_picture_marks(picture);
  hs_paint_ground(cr, viewport, picture->palette->base);
  hs_paint_overview(cr, viewport, picture->palette, made, picture->options.visible.t0_ticks,
                    picture->options.visible.t1_ticks, &marks);
}

const HsPicturePart hs_picture_overview_part = {make_overview, paint_overview, free_samples, .spans_all = true};

/* --- size chart --- */

static void
free_chart(gpointer chart)
{
  hs_chart_free(chart);
}

static gpointer
new_chart(const HsPicture *picture, const HsViewport *viewport, HsMeasure measure, const int *cancel)
{
  const HsPictureOptions *o = &picture->options;
  const HsPictureData *d = &picture->data;
  HsChartData data = {d->timeline, d->rows, d->blocks, d->series, d->n_rows};
  HsChartQuery query = {.measure = measure,
                        .group = o->group,
                        .t0 = viewport->t0,
                        .t1 = viewport->t1,
                        .n_columns = hs_device_width(viewport),
                        .max_layers = MAX_LAYERS,
                        .bands = o->overlaid,
                        .sizes = o->committed,
                        .whole = o->chart_fixed && (o->fixed_max <= 0 || measure != o->measure)};
  return hs_chart_new(&data, &query, NULL, cancel);
}

static gpointer
make_chart(const HsPicture *picture, const HsViewport *viewport, const int *cancel)
{
  return new_chart(picture, viewport, picture->options.measure, cancel);
}

/* The rate that is of the same as the measure. */
static gpointer
make_rate(const HsPicture *picture, const HsViewport *viewport, const int *cancel)
{
  bool bytes = hs_measure_is_bytes(picture->options.measure);
  return new_chart(picture, viewport, bytes ? HS_MEASURE_RATE_BYTES : HS_MEASURE_RATE_EVENTS, cancel);
}

static void
paint_chart(const HsPicture *picture, cairo_t *cr, const HsViewport *viewport, gpointer made)
{
  const HsPictureOptions *o = &picture->options;
  const HsChart *chart = made;
  HsMarks marks = hs_picture_marks(picture);
  g_autofree char *title = hs_chart_title(chart->measure, chart->group);
  HsChartStyle style = {.title = title,
                        .timeline = picture->data.timeline,
                        .mode = o->overlaid ? HS_CHART_OVERLAID : HS_CHART_STACKED,
                        .log = o->chart_log,
                        .show_peak = true};
  if (o->chart_fixed && o->fixed_max > 0 && chart->measure == o->measure)
    style.fixed_max = o->fixed_max;
  else if (o->chart_fixed)
    style.fixed_max = o->overlaid && chart->layer_max != NULL ? chart->whole_layer_max : chart->whole_max;
  hs_paint_chart(cr, viewport, picture->palette, chart, &style);
  hs_paint_chart_marks(cr, viewport, picture->palette, &marks);
}

const HsPicturePart hs_picture_chart_part = {make_chart, paint_chart, free_chart, false};
const HsPicturePart hs_picture_rate_part = {make_rate, paint_chart, free_chart, false};

/* --- map --- */

static void
free_legend(gpointer legend)
{
  hs_map_legend_free(legend);
}

static gpointer
make_map_legend(const HsPicture *picture, const HsViewport *viewport, const int *cancel)
{
  return hs_map_legend_new(picture->data.timeline, picture->options.color_by, picture->palette, picture->query);
}

static void
paint_map_legend(const HsPicture *picture, cairo_t *cr, const HsViewport *viewport, gpointer made)
{
  g_autofree char *title = g_strdup_printf(_("Address-range map %s"), hs_map_color_title(picture->options.color_by));
  hs_paint_map_legend(cr, picture->palette, title, made, viewport->x, viewport->y + viewport->height / 2.0,
                      viewport->width, viewport->height);
}

const HsPicturePart hs_picture_map_legend_part = {make_map_legend, paint_map_legend, free_legend, false};

typedef struct {
  HsMapLayout *layout;
  HsMapWindow window;
  HsMapPicture *picture;
} Map;

static void
free_map(gpointer data)
{
  Map *map = data;
  g_clear_pointer(&map->picture, hs_map_picture_unref);
  g_clear_pointer(&map->layout, hs_map_layout_unref);
  g_free(map);
}

static gpointer
make_map(const HsPicture *picture, const HsViewport *viewport, const int *cancel)
{
  const HsPictureOptions *o = &picture->options;
  const HsMapColors colors = {o->color_by, picture->data.types};
  Map *map = g_new0(Map, 1);
  if (o->map_layout != NULL) {
    map->layout = hs_map_layout_ref(o->map_layout);
    map->window = o->map_window;
  } else {
    map->layout = hs_map_layout_new(picture->data.timeline, picture->data.blocks, picture->data.n_rows, cancel);
    map->window = (HsMapWindow){0, map->layout != NULL ? hs_map_layout_span(map->layout) : 1};
  }
  if (map->layout != NULL)
    map->picture = hs_map_picture_renew(picture->data.timeline, picture->data.blocks, map->layout, viewport,
                                        map->window, &colors, picture->palette, picture->data.n_rows, NULL, cancel);
  if (map->picture == NULL)
    g_clear_pointer(&map, free_map);
  return map;
}

static void
paint_map(const HsPicture *picture, cairo_t *cr, const HsViewport *viewport, gpointer made)
{
  Map *map = made;
  HsMarks marks = hs_picture_marks(picture);
  hs_paint_map(cr, viewport, map->window, picture->palette, picture->data.timeline, map->layout, map->picture, NULL);
  hs_paint_marks(cr, viewport, picture->palette, &marks);
}

const HsPicturePart hs_picture_map_part = {make_map, paint_map, free_map, false};

/* --- histograms --- */

static void
free_distribution(gpointer distribution)
{
  hs_distribution_unref(distribution);
}

static HsDistribution *
make_distribution(const HsPicture *picture, HsDistributionKind kind, const int *cancel)
{
  HsTimeRange range = hs_picture_range(picture);
  /* The end of the trace is no end: what begins with its last moment counts. */
  if (range.t0_ticks <= picture->span0 && range.t1_ticks >= picture->span1)
    range = HS_TIME_RANGE_ALL;
  return hs_distribution_new_query(picture->data.timeline, picture->query, picture->data.blocks, picture->data.types,
                                   range, picture->data.n_rows, kind, cancel);
}

static gpointer
make_sizes(const HsPicture *picture, const HsViewport *viewport, const int *cancel)
{
  HsDistributionKind kind = picture->options.sizes;
  return make_distribution(picture, hs_distribution_is_of_lifetimes(kind) ? HS_DISTRIBUTION_SIZES : kind, cancel);
}

static gpointer
make_lifetimes(const HsPicture *picture, const HsViewport *viewport, const int *cancel)
{
  return make_distribution(picture, HS_DISTRIBUTION_LIFETIMES, cancel);
}

static void
paint_histogram(const HsPicture *picture, cairo_t *cr, const HsViewport *viewport, gpointer made)
{
  HsHistogramArea area = {0, viewport->y, picture->options.width, viewport->height, viewport->scale};
  HsHistogramStyle style = {
      .measure = picture->options.bars, .scale = picture->options.bar_scale, .marked = HS_CLASS_NONE};
  hs_paint_ground(cr, viewport, picture->palette->base);
  hs_paint_histogram(cr, &area, picture->palette, made, &style);
}

const HsPicturePart hs_picture_sizes_part = {make_sizes, paint_histogram, free_distribution, false};
const HsPicturePart hs_picture_lifetimes_part = {make_lifetimes, paint_histogram, free_distribution, false};

/* --- sources --- */

static void
free_pivot(gpointer pivot)
{
  hs_pivot_unref(pivot);
}

static gpointer
make_sources(const HsPicture *picture, const HsViewport *viewport, const int *cancel)
{
  static const HsPivotBy by[] = {HS_PIVOT_SOURCE};
  return hs_pivot_new(picture->data.timeline, picture->data.blocks, picture->data.series, hs_picture_range(picture),
                      picture->data.n_rows, by, G_N_ELEMENTS(by), false, cancel);
}

static void
paint_sources(const HsPicture *picture, cairo_t *cr, const HsViewport *viewport, gpointer made)
{
  const HsPivot *pivot = made;
  HsBars bars = {.title = picture->options.bars == HS_HISTOGRAM_BYTES ? _("Bytes allocated by source")
                                                                      : _("Allocations by source"),
                 .measure = picture->options.bars};
  for (uint32_t i = 0; i < pivot->n_roots; i++) {
    const HsPivotNode *node = &pivot->nodes[i];
    HsTally tally = {hs_range_sums_begun(&node->sums), hs_range_sums_begun_bytes(&node->sums)};
    if (node->key >= HS_N_SOURCES || tally.count == 0)
      continue;
    const char *name = node->key == HS_SOURCE_NONE ? _("No source") : hs_source_title((HsSource)node->key);
    bars.bars[bars.n++] = (HsBar){hs_palette_source(picture->palette, (HsSource)node->key), name, tally};
  }
  hs_paint_ground(cr, viewport, picture->palette->base);
  hs_paint_bars(cr, viewport, picture->palette, &bars);
}

const HsPicturePart hs_picture_sources_part = {make_sources, paint_sources, free_pivot, false};

/* SPDX-License-Identifier: MIT */
#include "hs-map-private.h"
#include "hs-paint-private.h"

const uint8_t hs_map_size_bits[HS_MAP_N_SIZES - 1] = {5, 6, 7, 9, 12, 16, 20};
const int64_t hs_map_age_ns[HS_MAP_N_AGES - 2] = {10000, 100000, 1000000, 10000000, 100000000, 1000000000};

/* The index of a colour among the classes; the last one takes what does not fit. */
static uint8_t
class_of_color(HsMapClasses *classes, HsColor color)
{
  for (int i = 0; i < classes->n; i++) {
    if (hs_color_pixel(classes->colors[i]) == hs_color_pixel(color))
      return (uint8_t)i;
  }
  if (classes->n < HS_MAP_MAX_CLASSES)
    classes->colors[classes->n++] = color;
  return (uint8_t)(classes->n - 1);
}

static void
classify_ids(HsMapClasses *classes, const HsMapBlocks *blocks, const HsPalette *palette)
{
  bool by_thread = classes->by == HS_COLOR_BY_THREAD;
  uint32_t n_ids = 1;
  for (uint32_t i = 0; i < blocks->n_origins; i++) {
    const HsMapOrigin *origin = &blocks->origins[i];
    if (origin->process != HS_ID_NONE)
      n_ids = MAX(n_ids, (by_thread ? origin->thread : origin->heap) + 1);
  }
  classes->id_class = g_new0(uint8_t, n_ids);
  for (uint32_t i = 0; i < blocks->n_origins; i++) {
    const HsMapOrigin *origin = &blocks->origins[i];
    if (origin->process == HS_ID_NONE)
      continue;
    uint32_t id = by_thread ? origin->thread : origin->heap;
    HsColor color = by_thread ? hs_palette_thread(palette, (HsThreadId){id}) : hs_palette_heap(palette, (HsHeapId){id});
    classes->id_class[id] = class_of_color(classes, color);
  }
}

static void
classify_sizes(HsMapClasses *classes, const HsPalette *palette)
{
  for (int i = 0; i < HS_MAP_N_SIZES; i++)
    classes->colors[classes->n++] = hs_palette_ramp(palette, i, HS_MAP_N_SIZES);
  for (unsigned bits = 0, i = 0; bits < G_N_ELEMENTS(classes->size_class); bits++) {
    while (i < HS_MAP_N_SIZES - 1 && bits > hs_map_size_bits[i])
      i++;
    classes->size_class[bits] = (uint8_t)i;
  }
}

static void
classify_ages(HsMapClasses *classes, const HsPalette *palette)
{
  for (int i = 0; i < HS_MAP_N_AGES - 1; i++)
    classes->colors[classes->n++] = hs_palette_ramp(palette, i, HS_MAP_N_AGES - 1);
  classes->colors[classes->n++] = hs_palette_outstanding(palette);
  uint64_t frequency = classes->clock.frequency;
  classes->has_age_ticks = frequency > 0 && 1000000000 % frequency == 0;
  for (int i = 0; i < HS_MAP_N_AGES - 2 && classes->has_age_ticks; i++) {
    int64_t ns_a_tick = (int64_t)(1000000000 / frequency);
    classes->age_ticks[i] = (hs_map_age_ns[i] + ns_a_tick - 1) / ns_a_tick;
  }
}

void
hs_map_classes_init(HsMapClasses *classes, const HsMapBlocks *blocks, const HsMapColors *colors,
                    const HsPalette *palette)
{
  *classes = (HsMapClasses){.by = colors->by, .clock = hs_timeline_clock(blocks->timeline)};
  switch (colors->by) {
  case HS_COLOR_BY_SOURCE:
    for (int i = 0; i < HS_N_SOURCES; i++)
      classes->source_class[i] = class_of_color(classes, hs_palette_source(palette, (HsSource)i));
    break;
  case HS_COLOR_BY_SIZE:
    classify_sizes(classes, palette);
    break;
  case HS_COLOR_BY_AGE:
    classify_ages(classes, palette);
    break;
  case HS_COLOR_BY_TYPE:
    for (int i = 0; i < HS_N_BLOCK_TYPES; i++)
      classes->type_class[i] = class_of_color(classes, hs_palette_type(palette, (HsBlockType)i));
    classes->range_rows = hs_range_rows(blocks->timeline, colors->type_range, blocks->n_rows);
    break;
  case HS_COLOR_BY_HEAP:
  case HS_COLOR_BY_THREAD:
  default:
    classify_ids(classes, blocks, palette);
    break;
  }
  if (classes->n == 0)
    class_of_color(classes, palette->dim_text);
}

void
hs_map_classes_clear(HsMapClasses *classes)
{
  g_clear_pointer(&classes->id_class, g_free);
}

uint8_t
hs_map_class_of_life(const HsMapClasses *classes, const HsMapBlocks *blocks, const HsMapOrigin *origin, uint32_t block)
{
  HsBlockId id = {block};
  const HsBlockRecord *record = hs_timeline_block_record(blocks->timeline, id);
  if (classes->by == HS_COLOR_BY_TYPE)
    return classes->type_class[hs_range_rows_type(blocks->timeline, &classes->range_rows, id, record)];
  int64_t end = hs_map_blocks_end_ticks(blocks, origin, hs_timeline_block_end(blocks->timeline, id));
  if (end == INT64_MAX)
    return HS_MAP_N_AGES - 1;
  int64_t begin = hs_timeline_ticks(blocks->timeline, record->begin), lived;
  const int64_t *limits = classes->has_age_ticks ? classes->age_ticks : hs_map_age_ns;
  if (!classes->has_age_ticks)
    lived = hs_block_lifetime_ns(classes->clock, begin, end);
  else if (__builtin_sub_overflow(end, begin, &lived))
    lived = INT64_MAX;
  return hs_map_age_class(limits, lived);
}

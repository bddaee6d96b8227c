/* SPDX-License-Identifier: MIT */
/* Questions to the total: whole entries by the pyramid, what is left at both edges of a range by replay. */
#include "hs-series-private.h"

#define ROW_NONE UINT32_MAX
#define ENTRY_ROWS (1u << HS_ENTRY_SHIFT)

HsSpan
hs_series_span(const HsSeriesSet *set, const HsSnapshot *snapshot, int64_t t0, int64_t t1)
{
  HsSpan span = {t0, MAX(t0, t1), 0, 0};
  span.first = hs_timeline_row_at(set->timeline, span.t0, snapshot->n_rows);
  span.end = span.t1 == span.t0 ? span.first : hs_timeline_row_at(set->timeline, span.t1, snapshot->n_rows);
  return span;
}

void
hs_replay_init(HsReplay *replay, const HsSeriesSet *set, const HsSnapshot *snapshot, HsRow row, HsRow end_row,
               bool trailing)
{
  replay->reader = hs_delta_reader(set->timeline, set->blocks, row, end_row, snapshot->n_endings);
  /* Endings for the row after the last are known to be whole only as far as a tail tells. */
  replay->reader.trailing = trailing && (end_row < snapshot->n_rows || snapshot->tail != NULL);
  replay->n = replay->i = 0;
}

static void
settle(HsFold *fold, HsRow row)
{
  HsBand *band = &fold->band;
  bool bytes = fold->measure == HS_MEASURE_BYTES;
  if (bytes ? band->last_bytes > band->max_bytes : band->last_count > band->max_count)
    fold->peak_row = row;
  band->min_bytes = MIN(band->min_bytes, band->last_bytes);
  band->max_bytes = MAX(band->max_bytes, band->last_bytes);
  band->min_count = MIN(band->min_count, band->last_count);
  band->max_count = MAX(band->max_count, band->last_count);
}

static inline void
apply(HsBand *band, const HsDelta *delta)
{
  band->last_bytes = hs_wrapping_add(band->last_bytes, delta->bytes);
  band->last_count += hs_delta_count(delta);
}

/* The value as it stands is what the range begins with. */
static void
begin(HsFold *fold)
{
  HsBand *band = &fold->band;
  band->min_bytes = band->max_bytes = band->last_bytes;
  band->min_count = band->max_count = band->last_count;
  fold->peak_row = ROW_NONE;
}

/* Applies what comes before the span. */
static void
skip_before(HsFold *fold, HsReplay *replay, const HsSeriesSet *set, const HsSnapshot *snapshot, const HsSpan *span)
{
  const HsDelta *delta;
  while ((delta = hs_replay_peek(replay)) != NULL && hs_span_is_ahead(span, set->timeline, delta, snapshot->n_rows)) {
    apply(&fold->band, delta);
    replay->i++;
  }
}

static void
fold_replay(HsFold *fold, HsReplay *replay, const HsSeriesSet *set, const HsSnapshot *snapshot, const HsSpan *span)
{
  const HsDelta *delta;
  HsRow row = ROW_NONE;
  while ((delta = hs_replay_peek(replay)) != NULL) {
    if (delta->row == span->end && hs_delta_ticks(set->timeline, delta, snapshot->n_rows) >= span->t1)
      break;
    if (delta->starts && row != ROW_NONE)
      settle(fold, row);
    apply(&fold->band, delta);
    row = delta->row;
    replay->i++;
  }
  if (row != ROW_NONE)
    settle(fold, row);
}

/* The first row of an entry after which the largest value of it held; that is more than held before the entry. */
static HsRow
find_peak(const HsSeriesSet *set, const HsSnapshot *snapshot, unsigned level, uint32_t index, HsMeasure measure)
{
  int64_t peak = hs_band_max(hs_series_entry(set, level, index), measure);
  for (; level > 0; level--) {
    index <<= HS_FANOUT_SHIFT;
    while (hs_band_max(hs_series_entry(set, level - 1, index), measure) != peak)
      index++;
  }
  HsFold fold = {.measure = measure};
  if (index > 0)
    fold.band = *hs_series_entry(set, 0, index - 1);
  begin(&fold);
  HsReplay replay;
  HsSpan span = {0, INT64_MAX, 0, ROW_NONE};
  hs_replay_init(&replay, set, snapshot, index << HS_ENTRY_SHIFT, (index + 1) << HS_ENTRY_SHIFT, false);
  fold_replay(&fold, &replay, set, snapshot, &span);
  return fold.peak_row;
}

/* Entries [first, end) of level 0. */
static void
fold_entries(HsFold *fold, const HsSeriesSet *set, const HsSnapshot *snapshot, uint32_t first, uint32_t end)
{
  int64_t peak = hs_band_max(&fold->band, fold->measure);
  unsigned peak_level = HS_LEVELS;
  uint32_t peak_index = 0;
  HsBand *band = &fold->band;
  while (first < end) {
    unsigned level = 0;
    while (level + 1 < HS_LEVELS && first % (1u << HS_FANOUT_SHIFT * (level + 1)) == 0 &&
           end - first >= 1u << HS_FANOUT_SHIFT * (level + 1))
      level++;
    uint32_t index = first >> HS_FANOUT_SHIFT * level;
    const HsBand *entry = hs_series_entry(set, level, index);
    if (hs_band_max(entry, fold->measure) > peak) {
      peak = hs_band_max(entry, fold->measure);
      peak_level = level;
      peak_index = index;
    }
    band->min_bytes = MIN(band->min_bytes, entry->min_bytes);
    band->max_bytes = MAX(band->max_bytes, entry->max_bytes);
    band->min_count = MIN(band->min_count, entry->min_count);
    band->max_count = MAX(band->max_count, entry->max_count);
    band->last_bytes = entry->last_bytes;
    band->last_count = entry->last_count;
    first += 1u << HS_FANOUT_SHIFT * level;
  }
  if (peak_level < HS_LEVELS)
    fold->peak_row = find_peak(set, snapshot, peak_level, peak_index, fold->measure);
}

static void
take_tail(HsFold *fold, const HsTail *tail)
{
  fold->band.last_bytes = tail->bytes;
  fold->band.last_count = tail->count;
}

void
hs_series_fold(const HsSeriesSet *set, const HsSnapshot *snapshot, const HsSpan *span, HsMeasure measure, HsFold *fold)
{
  *fold = (HsFold){.measure = measure, .peak_row = ROW_NONE};
  const HsTail *tail = span->end == snapshot->n_rows ? snapshot->tail : NULL;
  bool tail_before = tail != NULL && span->first == span->end && tail->ticks < span->t0;
  bool tail_inside = tail != NULL && span->first < span->end && tail->ticks < span->t1;
  if (tail_before) {
    take_tail(fold, tail);
    begin(fold);
    return;
  }
  uint32_t entry = span->first >> HS_ENTRY_SHIFT;
  uint32_t last_entry = span->end >> HS_ENTRY_SHIFT;
  if (entry > 0)
    take_tail(fold, &(HsTail){.bytes = hs_series_entry(set, 0, entry - 1)->last_bytes,
                              .count = hs_series_entry(set, 0, entry - 1)->last_count});
  HsReplay replay;
  bool one = entry == last_entry;
  hs_replay_init(&replay, set, snapshot, entry << HS_ENTRY_SHIFT, one ? span->end : (entry + 1) << HS_ENTRY_SHIFT,
                 one && !tail_inside);
  skip_before(fold, &replay, set, snapshot, span);
  begin(fold);
  fold_replay(fold, &replay, set, snapshot, span);
  if (!one) {
    fold_entries(fold, set, snapshot, entry + 1, last_entry);
    hs_replay_init(&replay, set, snapshot, last_entry << HS_ENTRY_SHIFT, span->end, !tail_inside);
    fold_replay(fold, &replay, set, snapshot, span);
  }
  if (tail_inside) {
    take_tail(fold, tail);
    settle(fold, ROW_NONE);
  }
}

HsBand
hs_series_band(const HsSeriesSet *set, int64_t t0_ticks, int64_t t1_ticks)
{
  HsSnapshot snapshot = hs_series_snapshot(set);
  HsSpan span = hs_series_span(set, &snapshot, t0_ticks, t1_ticks);
  HsFold fold;
  hs_series_fold(set, &snapshot, &span, HS_MEASURE_BYTES, &fold);
  return fold.band;
}

void
hs_series_at(const HsSeriesSet *set, int64_t ticks, int64_t *bytes, uint32_t *count)
{
  int64_t after = ticks < INT64_MAX ? ticks + 1 : ticks;
  HsBand band = hs_series_band(set, after, after);
  if (bytes != NULL)
    *bytes = band.last_bytes;
  if (count != NULL)
    *count = band.last_count;
}

int64_t
hs_series_peak(const HsSeriesSet *set, HsMeasure measure, int64_t t0_ticks, int64_t t1_ticks, int64_t *peak_ticks)
{
  HsSnapshot snapshot = hs_series_snapshot(set);
  HsSpan span = hs_series_span(set, &snapshot, t0_ticks, t1_ticks);
  HsFold fold;
  hs_series_fold(set, &snapshot, &span, measure, &fold);
  if (peak_ticks != NULL)
    *peak_ticks = fold.peak_row < snapshot.n_rows ? hs_timeline_ticks(set->timeline, fold.peak_row) : t0_ticks;
  return hs_band_max(&fold.band, measure);
}

/* SPDX-License-Identifier: MIT */
/* What rows do to the sources' layers, without a look at what held in between. */
#include "hs-series-private.h"

/* What blocks begin and end by their own rows [first, end). */
static void
add_rows(const HsDeltaReader *reader, HsRow first, HsRow end, HsMeasure measure, uint64_t sums[HS_N_WEIGHT_SOURCES])
{
  const HsTimeline *t = reader->timeline;
  const uint16_t *weights = HS_AT(&t->weight, uint16_t, first);
  const uint8_t *op_sources = HS_AT(&t->op_source, uint8_t, first);
  const uint32_t *refs = HS_AT(&t->ref, uint32_t, first);
  uint64_t one = measure == HS_MEASURE_COUNT ? 1 : 0, all = one - 1;
  for (uint32_t i = 0; i < end - first; i++) {
    uint32_t weight = weights[i], block = weight != HS_WEIGHT_NONE ? refs[i] : 0;
    uint64_t ends = (op_sources[i] & 31) == HS_OP_FREE, size = weight >> HS_WEIGHT_SOURCE_BITS;
    uint64_t counts = (weight != HS_WEIGHT_NONE) & hs_delta_reader_passes(reader, block);
    unsigned source = weight % HS_N_WEIGHT_SOURCES;
    if (G_UNLIKELY(weight >= HS_WEIGHT_BLOCK) && counts != 0) {
      size = hs_timeline_block_size(t, (HsBlockId){block});
      source = hs_timeline_block_source(t, (HsBlockId){block});
    }
    uint64_t amount = (size & all) | one;
    sums[source] += ((amount ^ (0 - ends)) + ends) & (0 - counts);
  }
}

void
hs_series_add_sources(HsDeltaReader *reader, HsRow end, HsMeasure measure, uint64_t sums[HS_N_WEIGHT_SOURCES])
{
  const HsTimeline *t = reader->timeline;
  G_STATIC_ASSERT(HS_N_SOURCES <= HS_N_WEIGHT_SOURCES);
  for (; reader->ending_row < end; hs_delta_reader_next_ending(reader)) {
    HsBlockId block = {HS_VEC(&t->endings, HsEnding, reader->ending)->block};
    hs_delta_reader_fetch(reader, reader->ending + HS_ENDINGS_AHEAD);
    if (hs_delta_reader_passes(reader, block.v))
      sums[hs_timeline_block_source(t, block)] -= measure == HS_MEASURE_COUNT ? 1 : hs_timeline_block_size(t, block);
  }
  if (reader->row < end)
    add_rows(reader, reader->row, end, measure, sums);
  reader->row = end;
}

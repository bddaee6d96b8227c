/* SPDX-License-Identifier: MIT */
#include "hs-event-model.h"

/* Up to so many rows are looked up one by one, in time order and in a sorted one. */
#define FEW_ROWS 4096
#define FEW_ROWS_SORTED 8

void
hs_event_model_assign(HsEventModel *self, const HsEventModel *from)
{
  HsEventModel old = *self;

  *self = from != NULL ? *from : (HsEventModel){0};
  if (self->timeline != NULL)
    hs_timeline_ref(self->timeline);
  if (self->set != NULL)
    hs_row_set_ref(self->set);
  if (self->order != NULL)
    hs_row_order_ref(self->order);
  g_clear_pointer(&old.order, hs_row_order_unref);
  g_clear_pointer(&old.set, hs_row_set_unref);
  g_clear_pointer(&old.timeline, hs_timeline_unref);
}

uint32_t
hs_event_model_n(const HsEventModel *self)
{
  if (self->order != NULL)
    return hs_row_order_count(self->order);
  return self->set != NULL ? hs_row_set_count(self->set) : 0;
}

HsRow
hs_event_model_row(const HsEventModel *self, uint32_t position)
{
  if (self->order != NULL)
    return hs_row_order_at(self->order, position);
  return hs_row_set_select(self->set, self->reversed ? hs_row_set_count(self->set) - 1 - position : position);
}

static bool
in_set(const HsEventModel *self, HsRow row)
{
  return self->set != NULL && row < hs_row_set_n_rows(self->set) && hs_row_set_contains(self->set, row);
}

uint32_t
hs_event_model_find(const HsEventModel *self, HsRow row)
{
  if (!in_set(self, row))
    return HS_POSITION_NONE;
  if (self->order != NULL)
    return hs_row_order_find(self->order, row);
  uint32_t rank = hs_row_set_rank(self->set, row);
  return self->reversed ? hs_row_set_count(self->set) - 1 - rank : rank;
}

uint32_t
hs_event_model_near(const HsEventModel *self, HsRow row)
{
  uint32_t n = hs_event_model_n(self);

  if (n == 0)
    return HS_POSITION_NONE;
  if (self->order != NULL)
    return hs_event_model_find(self, row);
  uint32_t rank = hs_row_set_rank(self->set, MIN(row, hs_row_set_n_rows(self->set) - 1));
  rank = MIN(rank, n - 1);
  return self->reversed ? n - 1 - rank : rank;
}

static void
remap_few(const HsEventModel *from, const HsEventModel *to, const HsEventSelection *old, HsEventSelection *selection)
{
  for (guint i = 0; i < hs_event_selection_n_intervals(old); i++) {
    HsInterval interval = hs_event_selection_interval(old, i);
    for (uint32_t p = interval.begin; p < interval.end; p++) {
      uint32_t position = hs_event_model_find(to, hs_event_model_row(from, p));
      if (position != HS_POSITION_NONE)
        hs_event_selection_add(selection, position, position + 1);
    }
  }
}

/* A bit a row. NULL if there is no memory for it. */
static uint64_t *
selected_rows(const HsEventModel *from, const HsEventSelection *selection, uint32_t n_rows)
{
  uint64_t *bits = g_try_new0(uint64_t, (size_t)n_rows / 64 + 1);

  if (bits == NULL)
    return NULL;
  for (guint i = 0; i < hs_event_selection_n_intervals(selection); i++) {
    HsInterval interval = hs_event_selection_interval(selection, i);
    for (uint32_t p = interval.begin; p < interval.end; p++) {
      HsRow row = hs_event_model_row(from, p);
      bits[row >> 6] |= UINT64_C(1) << (row & 63);
    }
  }
  return bits;
}

static void
remap_to_time(const HsEventModel *to, const uint64_t *bits, uint32_t n_rows, HsEventSelection *selection)
{
  for (size_t w = 0; w <= n_rows / 64; w++) {
    for (uint64_t word = bits[w]; word != 0; word &= word - 1) {
      HsRow row = (HsRow)(w * 64 + (size_t)__builtin_ctzll(word));
      if (!in_set(to, row))
        continue;
      uint32_t rank = hs_row_set_rank(to->set, row);
      hs_event_selection_add(selection, rank, rank + 1);
    }
  }
  if (to->reversed)
    hs_event_selection_mirror(selection, hs_event_model_n(to));
}

static void
remap_to_order(const HsEventModel *to, const uint64_t *bits, uint32_t n_rows, HsEventSelection *selection)
{
  uint32_t n = hs_event_model_n(to);

  for (uint32_t p = 0; p < n; p++) {
    HsRow row = hs_row_order_at(to->order, p);
    if (row < n_rows && (bits[row >> 6] >> (row & 63) & 1) != 0)
      hs_event_selection_add(selection, p, p + 1);
  }
}

void
hs_event_model_remap(const HsEventModel *from, const HsEventModel *to, HsEventSelection *selection)
{
  uint32_t count = hs_event_selection_count(selection);
  HsEventSelection old = *selection;

  /* Everything stays everything when only the order changes. */
  if (count == 0 || (from->set == to->set && count == hs_event_model_n(to)))
    return;
  *selection = (HsEventSelection){0};
  if (count <= (to->order != NULL ? FEW_ROWS_SORTED : FEW_ROWS)) {
    remap_few(from, to, &old, selection);
  } else {
    uint32_t n_rows = hs_row_set_n_rows(from->set);
    g_autofree uint64_t *bits = selected_rows(from, &old, n_rows);
    if (bits != NULL && to->order != NULL)
      remap_to_order(to, bits, n_rows, selection);
    else if (bits != NULL)
      remap_to_time(to, bits, n_rows, selection);
  }
  hs_event_selection_clear(&old);
}

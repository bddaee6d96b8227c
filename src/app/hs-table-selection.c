/* SPDX-License-Identifier: MIT */
#include "hs-table-selection.h"

#define INTERVAL(self, i) g_array_index((self)->intervals, HsInterval, i)

void
hs_table_selection_clear(HsTableSelection *self)
{
  g_clear_pointer(&self->intervals, g_array_unref);
}

guint
hs_table_selection_n_intervals(const HsTableSelection *self)
{
  return self->intervals != NULL ? self->intervals->len : 0;
}

HsInterval
hs_table_selection_interval(const HsTableSelection *self, guint index)
{
  return INTERVAL(self, index);
}

bool
hs_table_selection_is_empty(const HsTableSelection *self)
{
  return hs_table_selection_n_intervals(self) == 0;
}

/* The first interval that ends after `position`. */
static guint
first_after(const HsTableSelection *self, uint32_t position)
{
  guint lo = 0, hi = hs_table_selection_n_intervals(self);

  while (lo < hi) {
    guint mid = lo + (hi - lo) / 2;
    if (INTERVAL(self, mid).end > position)
      hi = mid;
    else
      lo = mid + 1;
  }
  return lo;
}

bool
hs_table_selection_contains(const HsTableSelection *self, uint32_t position)
{
  guint i = first_after(self, position);

  return i < hs_table_selection_n_intervals(self) && INTERVAL(self, i).begin <= position;
}

uint32_t
hs_table_selection_count(const HsTableSelection *self)
{
  uint32_t count = 0;

  for (guint i = 0; i < hs_table_selection_n_intervals(self); i++)
    count += INTERVAL(self, i).end - INTERVAL(self, i).begin;
  return count;
}

uint32_t
hs_table_selection_nth(const HsTableSelection *self, uint32_t index)
{
  for (guint i = 0; i < hs_table_selection_n_intervals(self); i++) {
    uint32_t length = INTERVAL(self, i).end - INTERVAL(self, i).begin;
    if (index < length)
      return INTERVAL(self, i).begin + index;
    index -= length;
  }
  return HS_POSITION_NONE;
}

void
hs_table_selection_add(HsTableSelection *self, uint32_t begin, uint32_t end)
{
  if (begin >= end)
    return;
  if (self->intervals == NULL)
    self->intervals = g_array_new(FALSE, FALSE, sizeof(HsInterval));

  guint n = self->intervals->len;
  if (n > 0 && begin >= INTERVAL(self, n - 1).begin && begin <= INTERVAL(self, n - 1).end) {
    INTERVAL(self, n - 1).end = MAX(INTERVAL(self, n - 1).end, end);
    return;
  }

  /* Everything from `first` to `last` overlaps or touches the new interval and melts into it. */
  guint first = first_after(self, begin > 0 ? begin - 1 : 0), last = first;
  HsInterval merged = {begin, end};
  while (last < self->intervals->len && INTERVAL(self, last).begin <= end) {
    merged.begin = MIN(merged.begin, INTERVAL(self, last).begin);
    merged.end = MAX(merged.end, INTERVAL(self, last).end);
    last++;
  }
  if (last == first) {
    g_array_insert_val(self->intervals, first, merged);
    return;
  }
  INTERVAL(self, first) = merged;
  if (last - first > 1)
    g_array_remove_range(self->intervals, first + 1, last - first - 1);
}

void
hs_table_selection_remove(HsTableSelection *self, uint32_t begin, uint32_t end)
{
  guint i = first_after(self, begin);

  if (begin >= end)
    return;
  while (i < hs_table_selection_n_intervals(self) && INTERVAL(self, i).begin < end) {
    HsInterval old = INTERVAL(self, i);
    if (old.begin < begin && old.end > end) {
      HsInterval rest = {end, old.end};
      INTERVAL(self, i).end = begin;
      g_array_insert_val(self->intervals, i + 1, rest);
      return;
    }
    if (old.begin < begin) {
      INTERVAL(self, i).end = begin;
      i++;
    } else if (old.end > end) {
      INTERVAL(self, i).begin = end;
      return;
    } else {
      g_array_remove_index(self->intervals, i);
    }
  }
}

void
hs_table_selection_toggle(HsTableSelection *self, uint32_t position)
{
  if (hs_table_selection_contains(self, position))
    hs_table_selection_remove(self, position, position + 1);
  else
    hs_table_selection_add(self, position, position + 1);
}

void
hs_table_selection_mirror(HsTableSelection *self, uint32_t n)
{
  guint count = hs_table_selection_n_intervals(self);

  for (guint i = 0; i < (count + 1) / 2; i++) {
    HsInterval low = INTERVAL(self, i), high = INTERVAL(self, count - 1 - i);
    INTERVAL(self, i) = (HsInterval){n - high.end, n - high.begin};
    INTERVAL(self, count - 1 - i) = (HsInterval){n - low.end, n - low.begin};
  }
}

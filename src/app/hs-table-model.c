/* SPDX-License-Identifier: MIT */
#include "hs-table-model.h"

/* Up to so many items are looked up one by one, in natural order and in a sorted one. */
#define FEW_NATURAL 4096
#define FEW_SORTED 8

static void
ref_all(const HsTableModel *self)
{
  HsRowSet *const sets[] = {self->rows, self->blocks, self->set};

  for (guint i = 0; i < G_N_ELEMENTS(sets); i++)
    if (sets[i] != NULL)
      hs_row_set_ref(sets[i]);
  if (self->timeline != NULL)
    hs_timeline_ref(self->timeline);
  if (self->series != NULL)
    hs_series_set_ref(self->series);
  if (self->sums != NULL)
    hs_heap_sums_ref(self->sums);
  if (self->biography != NULL)
    hs_biography_ref(self->biography);
  if (self->comparison != NULL)
    hs_comparison_ref(self->comparison);
  if (self->groups != NULL)
    g_array_ref(self->groups);
  if (self->order != NULL)
    hs_row_order_ref(self->order);
}

void
hs_table_model_clear(HsTableModel *self)
{
  g_clear_pointer(&self->order, hs_row_order_unref);
  g_clear_pointer(&self->groups, g_array_unref);
  g_clear_pointer(&self->comparison, hs_comparison_unref);
  g_clear_pointer(&self->biography, hs_biography_unref);
  g_clear_pointer(&self->sums, hs_heap_sums_unref);
  g_clear_pointer(&self->set, hs_row_set_unref);
  g_clear_pointer(&self->blocks, hs_row_set_unref);
  g_clear_pointer(&self->rows, hs_row_set_unref);
  g_clear_pointer(&self->series, hs_series_set_unref);
  g_clear_pointer(&self->timeline, hs_timeline_unref);
}

void
hs_table_model_assign(HsTableModel *self, const HsTableModel *from)
{
  HsTableModel old = *self;

  *self = from != NULL ? *from : (HsTableModel){0};
  ref_all(self);
  hs_table_model_clear(&old);
}

static bool
same_question(const HsTableQuestion *a, const HsTableQuestion *b)
{
  return a->has_address == b->has_address && a->pid == b->pid && a->address == b->address &&
         a->pins[HS_SIDE_A] == b->pins[HS_SIDE_A] && a->pins[HS_SIDE_B] == b->pins[HS_SIDE_B] && a->by == b->by;
}

bool
hs_table_model_same_data(const HsTableModel *self, const HsTableModel *other)
{
  return self->rows == other->rows && self->blocks == other->blocks && self->n_rows == other->n_rows &&
         same_question(&self->question, &other->question);
}

uint32_t
hs_table_model_n(const HsTableModel *self)
{
  if (self->order != NULL)
    return hs_row_order_count(self->order);
  return self->set != NULL ? hs_row_set_count(self->set) : 0;
}

uint32_t
hs_table_model_item(const HsTableModel *self, uint32_t position)
{
  if (self->order != NULL)
    return hs_row_order_at(self->order, position);
  return hs_row_set_select(self->set, self->reversed ? hs_row_set_count(self->set) - 1 - position : position);
}

static bool
in_set(const HsTableModel *self, uint32_t item)
{
  return self->set != NULL && hs_row_set_contains(self->set, item);
}

uint32_t
hs_table_model_find(const HsTableModel *self, uint32_t item)
{
  if (!in_set(self, item))
    return HS_POSITION_NONE;
  if (self->order != NULL)
    return hs_row_order_find(self->order, item);
  uint32_t rank = hs_row_set_rank(self->set, item);
  return self->reversed ? hs_row_set_count(self->set) - 1 - rank : rank;
}

uint32_t
hs_table_model_near(const HsTableModel *self, uint32_t item)
{
  uint32_t n = hs_table_model_n(self);

  if (n == 0)
    return HS_POSITION_NONE;
  if (self->order != NULL)
    return hs_table_model_find(self, item);
  uint32_t rank = hs_row_set_rank(self->set, MIN(item, hs_row_set_n_rows(self->set) - 1));
  rank = MIN(rank, n - 1);
  return self->reversed ? n - 1 - rank : rank;
}

static void
remap_few(const HsTableModel *from, const HsTableModel *to, const HsTableSelection *old, HsTableSelection *selection)
{
  for (guint i = 0; i < hs_table_selection_n_intervals(old); i++) {
    HsInterval interval = hs_table_selection_interval(old, i);
    for (uint32_t p = interval.begin; p < interval.end; p++) {
      uint32_t position = hs_table_model_find(to, hs_table_model_item(from, p));
      if (position != HS_POSITION_NONE)
        hs_table_selection_add(selection, position, position + 1);
    }
  }
}

/* A bit an item. NULL if there is no memory for it. */
static uint64_t *
selected_items(const HsTableModel *from, const HsTableSelection *selection, uint32_t n_items)
{
  uint64_t *bits = g_try_new0(uint64_t, (size_t)n_items / 64 + 1);

  if (bits == NULL)
    return NULL;
  for (guint i = 0; i < hs_table_selection_n_intervals(selection); i++) {
    HsInterval interval = hs_table_selection_interval(selection, i);
    for (uint32_t p = interval.begin; p < interval.end; p++) {
      uint32_t item = hs_table_model_item(from, p);
      bits[item >> 6] |= UINT64_C(1) << (item & 63);
    }
  }
  return bits;
}

static void
remap_to_natural(const HsTableModel *to, const uint64_t *bits, uint32_t n_items, HsTableSelection *selection)
{
  for (size_t w = 0; w <= n_items / 64; w++) {
    for (uint64_t word = bits[w]; word != 0; word &= word - 1) {
      uint32_t item = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(word));
      if (!in_set(to, item))
        continue;
      uint32_t rank = hs_row_set_rank(to->set, item);
      hs_table_selection_add(selection, rank, rank + 1);
    }
  }
  if (to->reversed)
    hs_table_selection_mirror(selection, hs_table_model_n(to));
}

static void
remap_to_order(const HsTableModel *to, const uint64_t *bits, uint32_t n_items, HsTableSelection *selection)
{
  uint32_t n = hs_table_model_n(to);

  for (uint32_t p = 0; p < n; p++) {
    uint32_t item = hs_row_order_at(to->order, p);
    if (item < n_items && (bits[item >> 6] >> (item & 63) & 1) != 0)
      hs_table_selection_add(selection, p, p + 1);
  }
}

void
hs_table_model_remap(const HsTableModel *from, const HsTableModel *to, HsTableSelection *selection)
{
  uint32_t count = hs_table_selection_count(selection);
  HsTableSelection old = *selection;

  /* Everything stays everything when only the order changes. */
  if (count == 0 || (from->set == to->set && count == hs_table_model_n(to)))
    return;
  *selection = (HsTableSelection){0};
  if (count <= (to->order != NULL ? FEW_SORTED : FEW_NATURAL)) {
    remap_few(from, to, &old, selection);
  } else {
    uint32_t n_items = hs_row_set_n_rows(from->set);
    g_autofree uint64_t *bits = selected_items(from, &old, n_items);
    if (bits != NULL && to->order != NULL)
      remap_to_order(to, bits, n_items, selection);
    else if (bits != NULL)
      remap_to_natural(to, bits, n_items, selection);
  }
  hs_table_selection_clear(&old);
}

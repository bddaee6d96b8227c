/* SPDX-License-Identifier: MIT */
/* What the window's trace takes in memory: by what holds it. Pictures of panes, as large as these, are not counted. */
#include "hs-address-map.h"
#include "hs-size-chart.h"
#include "hs-window-private.h"

/* What passes the filter, where that is not all. */
static uint64_t
filter_bytes(HsDocument *document)
{
  HsSeriesSet *series = hs_document_get_series(document);
  bool own = series != hs_document_get_timeline(document)->series;
  return hs_row_set_memory_bytes(hs_document_get_row_set(document)) +
         hs_row_set_memory_bytes(hs_document_get_block_set(document)) + (own ? hs_series_set_memory_bytes(series) : 0);
}

static uint64_t
order_bytes(HsTable *table)
{
  return table != NULL ? hs_row_order_memory_bytes(hs_table_get_model(table)->order) : 0;
}

uint64_t
hs_window_memory_bytes(HsWindow *self)
{
  uint64_t bytes = hs_loader_memory_bytes(hs_document_get_loader(self->document)) + filter_bytes(self->document);
  HsTable *const tables[] = {self->table, self->allocations, self->heaps, self->biography};
  for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
    bytes += order_bytes(tables[i]);
  return bytes + hs_address_map_memory_bytes(HS_ADDRESS_MAP(self->map)) +
         hs_size_chart_memory_bytes(HS_SIZE_CHART(self->chart)) +
         hs_instant_area_memory_bytes(hs_instant_pane_get_area(self->instant));
}

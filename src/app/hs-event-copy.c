/* SPDX-License-Identifier: MIT */
#include "hs-event-copy.h"

#include <inttypes.h>

#include "hs-event-text.h"

static void
append_seconds(GString *text, int64_t ns)
{
  uint64_t n = ns < 0 ? UINT64_C(0) - (uint64_t)ns : (uint64_t)ns;

  g_string_append_printf(text, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "", n / 1000000000, n % 1000000000);
}

/* A name may hold what would break the table. */
static void
append_cell(GString *text, const char *cell)
{
  gsize start = text->len;

  g_string_append(text, cell);
  for (gsize i = start; i < text->len; i++)
    if (g_ascii_iscntrl(text->str[i]))
      text->str[i] = ' ';
}

static void
append_row(GString *text, const HsTimeline *timeline, HsRow row)
{
  char buffer[256];
  HsEvent event;

  hs_timeline_event(timeline, row, &event);
  for (HsEventColumn c = 0; c < HS_N_COLUMNS; c++) {
    if (c > 0)
      g_string_append_c(text, '\t');
    if (c == HS_COLUMN_TIME)
      append_seconds(text, hs_clock_to_ns(hs_timeline_clock(timeline), event.ticks));
    else if (c == HS_COLUMN_SIZE && event.has_size)
      g_string_append_printf(text, "%" PRIu64, event.size);
    else if (c == HS_COLUMN_OLD_SIZE && event.has_old)
      g_string_append_printf(text, "%" PRIu64, event.old_size);
    else if (c != HS_COLUMN_SIZE && c != HS_COLUMN_OLD_SIZE)
      append_cell(text, hs_event_cell_text(timeline, &event, c, buffer, sizeof buffer));
  }
  g_string_append_c(text, '\n');
}

char *
hs_event_copy_text(const HsEventModel *model, const HsEventSelection *selection, guint limit)
{
  if (hs_event_selection_is_empty(selection))
    return NULL;

  GString *text = g_string_new(NULL);
  for (HsEventColumn c = 0; c < HS_N_COLUMNS; c++)
    g_string_append_printf(text, "%s%s", c > 0 ? "\t" : "", hs_event_column_title(c));
  g_string_append_c(text, '\n');

  guint n = 0;
  for (guint i = 0; i < hs_event_selection_n_intervals(selection); i++) {
    HsInterval interval = hs_event_selection_interval(selection, i);
    for (uint32_t p = interval.begin; p < interval.end && n < limit; p++, n++)
      append_row(text, model->timeline, hs_event_model_row(model, p));
  }
  return g_string_free(text, FALSE);
}

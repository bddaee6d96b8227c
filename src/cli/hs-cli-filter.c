/* SPDX-License-Identifier: MIT */
#include "hs-cli-filter.h"

#include <glib/gi18n.h>

#include "hs-cli-writer.h"
#include "hs-cli.h"

/* --- as it is written --- */

/* Cells of a terminal that a text takes. */
static unsigned
width(const char *text)
{
  unsigned n = 0;
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
    gunichar letter = g_utf8_get_char(c);
    n += g_unichar_iszerowidth(letter) ? 0 : g_unichar_iswide(letter) ? 2 : 1;
  }
  return n;
}

/* The text with a line below it that points at what is wrong. */
static char *
point_at(const char *text, const HsQueryError *error)
{
  g_autofree char *plain = hs_cli_plain_text(text);
  g_autofree char *before_raw = g_strndup(text, error->offset_bytes);
  g_autofree char *before = hs_cli_plain_text(before_raw);
  g_autofree char *wrong_raw = g_strndup(text + error->offset_bytes, error->length_bytes);
  g_autofree char *wrong = hs_cli_plain_text(wrong_raw);
  g_autofree char *blank = g_strnfill(width(before), ' ');
  unsigned length = width(wrong);
  g_autofree char *tail = g_strnfill(length > 1 ? length - 1 : 0, '~');
  return g_strdup_printf("  %s\n  %s^%s", plain, blank, tail);
}

bool
hs_cli_parse_filter(const char *text, HsQuery **query, GError **error)
{
  g_auto(HsQueryError) wrong = {0};
  *query = hs_query_parse(text, &wrong);
  if (*query != NULL)
    return true;
  g_autofree char *place = point_at(text, &wrong);
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("in the filter: %s\n%s"), wrong.message, place);
  return false;
}

/* --- what passes it --- */

static bool
find_passing(HsCliPassing *passing, HsTimeline *timeline, HsQuery *query, HsTimeRange range)
{
  uint32_t n_rows = hs_timeline_n_rows(timeline);
  passing->n_rows = n_rows;
  if (!hs_row_set_query(timeline, query, range, n_rows, NULL, &passing->rows, &passing->blocks))
    return false;
  passing->series = hs_series_set_new_of(timeline, passing->blocks, n_rows, NULL);
  if (passing->series == NULL)
    return false;
  passing->sums = hs_heap_sums_new(timeline, passing->rows, passing->blocks, passing->series, n_rows, NULL);
  return passing->sums != NULL;
}

bool
hs_cli_passing_init(HsCliPassing *passing, HsTimeline *timeline, HsQuery *query, HsTimeRange range)
{
  *passing = (HsCliPassing){.timeline = timeline};
  if (find_passing(passing, timeline, query, range))
    return true;
  hs_cli_message(_("out of memory"));
  return false;
}

void
hs_cli_passing_clear(HsCliPassing *passing)
{
  g_clear_pointer(&passing->sums, hs_heap_sums_unref);
  g_clear_pointer(&passing->series, hs_series_set_unref);
  g_clear_pointer(&passing->blocks, hs_row_set_unref);
  g_clear_pointer(&passing->rows, hs_row_set_unref);
}

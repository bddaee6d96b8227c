/* SPDX-License-Identifier: MIT */
#include "hs-cli-rows.h"

#include <glib/gi18n.h>
#include <string.h>

#include "hs-cli-filter.h"

void
hs_cli_raw_rows_clear(HsCliRawRows *raw)
{
  g_free(raw->format);
  g_free(raw->range);
  g_free(raw->limit);
  g_free(raw->columns);
  g_free(raw->filter);
  g_free(raw->sort);
}

void
hs_cli_rows_clear(HsCliRows *rows)
{
  g_clear_pointer(&rows->query, hs_query_unref);
}

void
hs_cli_rows_entries(HsCliRawRows *raw, GOptionEntry entries[HS_CLI_ROWS_ENTRIES])
{
  const GOptionEntry all[HS_CLI_ROWS_ENTRIES] = {
      {"format", 0, 0, G_OPTION_ARG_STRING, &raw->format, N_("csv (default) or ndjson"), N_("FORMAT")},
      {"filter", 0, 0, G_OPTION_ARG_STRING, &raw->filter, N_("Only what passes, such as 'size >= 64KiB'"), N_("EXPR")},
      {"range", 0, 0, G_OPTION_ARG_STRING, &raw->range, N_("From T0 on and before T1"), N_("T0..T1")},
      {"columns", 0, 0, G_OPTION_ARG_STRING, &raw->columns, N_("Columns, in the order wanted"), N_("A,B,C")},
      {"sort", 0, 0, G_OPTION_ARG_STRING, &raw->sort, N_("By a column, ascending or descending"), N_("COLUMN[:desc]")},
      {"limit", 0, 0, G_OPTION_ARG_STRING, &raw->limit, N_("At most N rows"), N_("N")},
      {NULL}};
  memcpy(entries, all, sizeof all);
}

/* --- columns --- */

static int
find_column(const char *const *names, const char *name, GError **error)
{
  int column = hs_cli_find_name(names, name);
  if (column < 0) {
    g_autofree char *known = g_strjoinv(",", (char **)names);
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("unknown column “%s”; there are %s"), name, known);
  }
  return column;
}

static bool
add_column(HsCliColumns *columns, const char *const *names, const char *name, GError **error)
{
  int column = find_column(names, name, error);
  if (column < 0)
    return false;
  for (unsigned i = 0; i < columns->n; i++) {
    if (columns->at[i] == (unsigned)column) {
      g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("column “%s” is there twice"), name);
      return false;
    }
  }
  columns->at[columns->n++] = (unsigned)column;
  return true;
}

bool
hs_cli_parse_columns(const char *text, const char *const *names, HsCliColumns *columns, GError **error)
{
  g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ",", -1);
  *columns = (HsCliColumns){0};
  for (; text == NULL && names[columns->n] != NULL; columns->n++)
    columns->at[columns->n] = columns->n;
  for (char **part = parts; text != NULL && *part != NULL; part++) {
    if (!add_column(columns, names, g_strstrip(*part), error))
      return false;
  }
  if (columns->n > 0)
    return true;
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("no columns given"));
  return false;
}

/* "size", "size:desc", "size:asc". */
static bool
parse_sort(const char *text, const char *const *names, HsCliRows *rows, GError **error)
{
  const char *colon = strchr(text, ':');
  g_autofree char *name = colon != NULL ? g_strndup(text, (size_t)(colon - text)) : g_strdup(text);
  rows->sort = find_column(names, name, error);
  if (rows->sort < 0)
    return false;
  rows->descending = colon != NULL && strcmp(colon, ":desc") == 0;
  if (colon == NULL || rows->descending || strcmp(colon, ":asc") == 0)
    return true;
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("unknown order “%s”; expected asc or desc"),
              colon + 1);
  return false;
}

/* --- all of it --- */

static bool
parse_format(const char *text, bool *as_ndjson, GError **error)
{
  static const char *const formats[] = {"csv", "ndjson", NULL};
  int format = hs_cli_find_name(formats, text);
  *as_ndjson = format == 1;
  if (format >= 0)
    return true;
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("unknown format “%s”; expected csv or ndjson"), text);
  return false;
}

bool
hs_cli_rows_read(const char *command, const HsCliRawRows *raw, const char *const *names, HsCliRows *rows)
{
  g_autoptr(GError) error = NULL;
  *rows = (HsCliRows){.range = {INT64_MIN, INT64_MAX}, .limit = UINT64_MAX, .sort = -1};
  if ((raw->format == NULL || parse_format(raw->format, &rows->as_ndjson, &error)) &&
      hs_cli_parse_columns(raw->columns, names, &rows->columns, &error) &&
      (raw->range == NULL || hs_cli_parse_range(raw->range, &rows->range, &error)) &&
      (raw->limit == NULL || hs_cli_parse_count(raw->limit, &rows->limit, &error)) &&
      (raw->sort == NULL || parse_sort(raw->sort, names, rows, &error)) &&
      (raw->filter == NULL || hs_cli_parse_filter(raw->filter, &rows->query, &error)))
    return true;
  hs_cli_usage_error(command, "%s", error->message);
  return false;
}

HsTimeRange
hs_cli_time_range(HsClock clock, HsCliRange range)
{
  HsTimeRange ticks = HS_TIME_RANGE_ALL;
  if (range.t0_ns != INT64_MIN)
    ticks.t0_ticks = hs_clock_from_ns(clock, range.t0_ns);
  if (range.t1_ns != INT64_MAX)
    ticks.t1_ticks = hs_clock_from_ns(clock, range.t1_ns);
  return ticks;
}

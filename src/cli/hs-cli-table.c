/* SPDX-License-Identifier: MIT */
#include "hs-cli-table.h"

#include <glib.h>

#include "hs-format.h"

struct _HsCliTable {
  char *alignment;
  unsigned n_columns;
  GPtrArray *cells; /* of char *, row by row */
};

HsCliTable *
hs_cli_table_new(const char *alignment)
{
  HsCliTable *table = g_new0(HsCliTable, 1);
  table->alignment = g_strdup(alignment);
  table->n_columns = (unsigned)strlen(alignment);
  table->cells = g_ptr_array_new_with_free_func(g_free);
  return table;
}

void
hs_cli_table_free(HsCliTable *table)
{
  g_ptr_array_unref(table->cells);
  g_free(table->alignment);
  g_free(table);
}

void
hs_cli_table_add(HsCliTable *table, const char *text)
{
  g_ptr_array_add(table->cells, hs_cli_plain_text(text));
}

void
hs_cli_table_add_count(HsCliTable *table, uint64_t n)
{
  char text[HS_FORMAT_MAX];
  hs_cli_table_add(table, hs_format_count(text, sizeof text, n));
}

void
hs_cli_table_add_change(HsCliTable *table, int64_t n)
{
  char text[HS_FORMAT_MAX];
  hs_format_count(text, sizeof text, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
  g_autofree char *signed_text = g_strconcat(n < 0 ? "-" : "", text, NULL);
  hs_cli_table_add(table, signed_text);
}

void
hs_cli_table_add_time(HsCliTable *table, int64_t ns)
{
  uint64_t magnitude = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
  g_autofree char *text = g_strdup_printf("%s%" G_GUINT64_FORMAT ".%09" G_GUINT64_FORMAT, ns < 0 ? "-" : "",
                                          (guint64)(magnitude / 1000000000), (guint64)(magnitude % 1000000000));
  hs_cli_table_add(table, text);
}

void
hs_cli_table_add_hex(HsCliTable *table, uint64_t value)
{
  char text[HS_FORMAT_MAX];
  hs_cli_table_add(table, hs_format_hex(text, sizeof text, value));
}

/* Columns of a terminal the text takes. */
static unsigned
width(const char *text)
{
  unsigned n = 0;
  for (; *text != '\0'; text = g_utf8_next_char(text)) {
    gunichar letter = g_utf8_get_char(text);
    if (!g_unichar_iszerowidth(letter))
      n += g_unichar_iswide(letter) ? 2 : 1;
  }
  return n;
}

static void
append_spaces(GString *line, unsigned n)
{
  for (; n > 0; n--)
    g_string_append_c(line, ' ');
}

static void
append_cell(const HsCliTable *table, GString *line, unsigned column, unsigned column_width, const char *text)
{
  unsigned padding = column_width - width(text);
  bool to_the_right = table->alignment[column] == 'r';
  append_spaces(line, to_the_right ? padding : 0);
  g_string_append(line, text);
  append_spaces(line, to_the_right ? 2 : padding + 2);
}

/* Without the spaces that pad the last cells. */
static void
write_line(HsCliWriter *writer, GString *line)
{
  while (line->len > 0 && line->str[line->len - 1] == ' ')
    g_string_truncate(line, line->len - 1);
  g_string_append_c(line, '\n');
  hs_cli_put_bytes(writer, line->str, line->len);
  g_string_truncate(line, 0);
}

void
hs_cli_table_write(const HsCliTable *table, HsCliWriter *writer, unsigned indent)
{
  g_autofree unsigned *widths = g_new0(unsigned, table->n_columns);
  g_autoptr(GString) line = g_string_new(NULL);
  for (unsigned i = 0; i < table->cells->len; i++)
    widths[i % table->n_columns] = MAX(widths[i % table->n_columns], width(table->cells->pdata[i]));
  for (unsigned i = 0; i < table->cells->len; i++) {
    unsigned column = i % table->n_columns;
    if (column == 0)
      append_spaces(line, indent);
    append_cell(table, line, column, widths[column], table->cells->pdata[i]);
    if (column == table->n_columns - 1)
      write_line(writer, line);
  }
}

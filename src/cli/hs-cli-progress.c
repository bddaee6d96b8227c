/* SPDX-License-Identifier: MIT */
#include "hs-cli-progress.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hs-format.h"

#define INTERVAL_US 100000
#define BAR_COLUMNS_MAX 30
#define BAR_COLUMNS_MIN 5
/* What the figures may take, so that the bar keeps its length while they change theirs. */
#define FIGURES_COLUMNS 58

void
hs_cli_progress_init(HsCliProgress *progress)
{
  *progress = (HsCliProgress){.enabled = isatty(STDERR_FILENO) == 1};
  /* What is loaded at once needs no bar. */
  progress->next_us = g_get_monotonic_time() + INTERVAL_US;
}

static unsigned
terminal_columns(void)
{
  struct winsize size;
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* "43 %  1.2 GiB of 2.8 GiB  12.3 M events/s  4 s left" */
static char *
figures(const HsLoadProgress *load)
{
  char percent[HS_FORMAT_MAX], done[HS_FORMAT_MAX], total[HS_FORMAT_MAX];
  GString *text = g_string_new(NULL);
  hs_format_percent(percent, sizeof percent, load->bytes_done, load->bytes_total);
  hs_format_bytes(done, sizeof done, (int64_t)MIN(load->bytes_done, INT64_MAX));
  hs_format_bytes(total, sizeof total, (int64_t)MIN(load->bytes_total, INT64_MAX));
  g_string_append_printf(text, "%5s  ", percent);
  g_string_append_printf(text, _("%s of %s"), done, total);
  g_string_append(text, "  ");
  if (load->counting)
    g_string_append(text, _("counted"));
  else if (load->indexing)
    g_string_append(text, _("looked through"));
  else if (load->unpacking)
    g_string_append(text, _("unpacked"));
  else
    g_string_append_printf(text, _("%.1f M events/s"), load->events_per_s / 1e6);
  if (load->left_s >= 0) {
    g_string_append(text, "  ");
    g_string_append_printf(text, _("%.0f s left"), load->left_s);
  }
  return g_string_free(text, FALSE);
}

static char *
bar(double part, unsigned columns)
{
  unsigned filled = (unsigned)(CLAMP(part, 0, 1) * columns);
  GString *text = g_string_new("[");
  for (unsigned i = 0; i < columns; i++)
    g_string_append_c(text, i < filled ? '#' : '.');
  g_string_append_c(text, ']');
  return g_string_free(text, FALSE);
}

static void
replace_line(HsCliProgress *progress, const char *text)
{
  unsigned length = (unsigned)g_utf8_strlen(text, -1);
  unsigned rest = progress->length > length ? progress->length - length : 0;
  fprintf(stderr, "\r%s%*s%s", text, (int)rest, "", length == 0 ? "\r" : "");
  fflush(stderr);
  progress->length = length;
}

bool
hs_cli_progress_is_due(const HsCliProgress *progress)
{
  return progress->enabled && g_get_monotonic_time() >= progress->next_us;
}

void
hs_cli_progress_draw(HsCliProgress *progress, double part, const char *text)
{
  progress->next_us = g_get_monotonic_time() + INTERVAL_US;
  int columns = (int)terminal_columns();
  int bar_columns = MIN(columns - FIGURES_COLUMNS, BAR_COLUMNS_MAX);
  g_autofree char *drawn = bar_columns >= BAR_COLUMNS_MIN ? bar(part, (unsigned)bar_columns) : g_strdup("");
  g_autofree char *line = g_strconcat(drawn, " ", text, NULL);
  /* A line that is broken cannot be replaced; the last column must stay free, too. */
  if (g_utf8_strlen(line, -1) < columns)
    replace_line(progress, line);
}

void
hs_cli_progress_update(HsCliProgress *progress, HsLoader *loader)
{
  HsLoadProgress load;
  if (!hs_cli_progress_is_due(progress))
    return;
  hs_loader_progress(loader, &load);
  g_autofree char *text = figures(&load);
  hs_cli_progress_draw(progress, load.bytes_total > 0 ? (double)load.bytes_done / (double)load.bytes_total : 0, text);
}

void
hs_cli_progress_end(HsCliProgress *progress)
{
  if (progress->length > 0)
    replace_line(progress, "");
}

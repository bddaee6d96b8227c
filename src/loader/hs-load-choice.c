/* SPDX-License-Identifier: MIT */
#include "hs-load-choice.h"

#include <string.h>

#include "hs-config.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

bool
hs_load_choice_has_range(const HsLoadChoice *choice)
{
  return choice->t0_ns != INT64_MIN || choice->t1_ns != INT64_MAX;
}

bool
hs_load_choice_is_part(const HsLoadChoice *choice)
{
  return choice->one_process || hs_load_choice_has_range(choice);
}

static char *
range_text(const HsLoadChoice *choice)
{
  char begin[HS_FORMAT_MAX], end[HS_FORMAT_MAX];
  hs_format_time(begin, sizeof begin, choice->t0_ns);
  hs_format_time(end, sizeof end, choice->t1_ns);
  if (choice->t0_ns == INT64_MIN)
    return g_strdup_printf(_("up to %s"), end);
  if (choice->t1_ns == INT64_MAX)
    return g_strdup_printf(_("from %s on"), begin);
  return g_strdup_printf(_("%s – %s"), begin, end);
}

char *
hs_load_choice_text(const HsLoadChoice *choice)
{
  g_autofree char *range = hs_load_choice_has_range(choice) ? range_text(choice) : NULL;
  if (!choice->one_process)
    return range != NULL ? g_steal_pointer(&range) : g_strdup(_("everything"));
  if (range == NULL)
    return g_strdup_printf(_("process %u"), choice->pid);
  return g_strdup_printf(_("%s of process %u"), range, choice->pid);
}

/* --- sizes --- */

static double
unit_bytes(const char *unit)
{
  static const struct {
    const char *name;
    double bytes;
  } units[] = {{"", 1},
               {"B", 1},
               {"KB", 1e3},
               {"MB", 1e6},
               {"GB", 1e9},
               {"TB", 1e12},
               {"K", 1024.},
               {"KiB", 1024.},
               {"M", 1024 * 1024.},
               {"MiB", 1024 * 1024.},
               {"G", 1024 * 1024 * 1024.},
               {"GiB", 1024 * 1024 * 1024.},
               {"TiB", 1024. * 1024 * 1024 * 1024}};
  for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
    if (g_ascii_strcasecmp(unit, units[i].name) == 0)
      return units[i].bytes;
  }
  return 0;
}

bool
hs_load_parse_memory(const char *text, uint64_t *bytes)
{
  char *end;
  if (!g_ascii_isdigit(text[0]))
    return false;
  /* No exponents, no hex. */
  size_t digits = strspn(text, "0123456789.");
  g_autofree char *number = g_strndup(text, digits);
  double value = g_ascii_strtod(number, &end);
  g_autofree char *unit = g_strstrip(g_strdup(text + digits));
  double factor = unit_bytes(unit);
  if (*end != '\0' || factor <= 0 || value * factor >= 0x1p63)
    return false;
  *bytes = (uint64_t)(value * factor);
  return true;
}

/* SPDX-License-Identifier: MIT */
#include "hs-distribution-text.h"

#include <inttypes.h>

#include "hs-config.h"
#include "hs-pivot-text.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* "64 B", "4 KiB": powers of two and small numbers come out whole. */
static char *
bytes_text(uint64_t bytes)
{
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  unsigned unit = 0;
  while (bytes >= 1024 && bytes % 1024 == 0 && unit + 1 < G_N_ELEMENTS(units)) {
    bytes /= 1024;
    unit++;
  }
  return g_strdup_printf("%" PRIu64 " %s", bytes, units[unit]);
}

static char *
time_text(uint64_t ns)
{
  static const char *const units[] = {"ns", "µs", "ms", "s"};
  unsigned unit = 0;
  while (ns >= 1000 && ns % 1000 == 0 && unit + 1 < G_N_ELEMENTS(units)) {
    ns /= 1000;
    unit++;
  }
  return g_strdup_printf("%" PRIu64 " %s", ns, units[unit]);
}

static char *
value_text(HsDistributionKind kind, uint64_t value)
{
  return hs_distribution_is_of_lifetimes(kind) ? time_text(value) : bytes_text(value);
}

/* "2 – 5 µs", but "500 ns – 1 µs". */
static char *
stretch_text(const char *from, const char *to)
{
  const char *unit = strchr(from, ' ');
  if (unit != NULL && g_strcmp0(unit, strchr(to, ' ')) == 0) {
    g_autofree char *number = g_strndup(from, (gsize)(unit - from));
    return g_strdup_printf(_("%s – %s"), number, to);
  }
  return g_strdup_printf(_("%s – %s"), from, to);
}

char *
hs_distribution_class_text(HsDistributionKind kind, uint32_t class)
{
  uint64_t begin = hs_distribution_class_begin(kind, class), end = hs_distribution_class_end(kind, class);
  if (class == hs_distribution_outstanding_class(kind))
    return g_strdup(_("outstanding"));
  if (kind == HS_DISTRIBUTION_SIZES)
    return hs_size_class_text(class);
  g_autofree char *from = value_text(kind, begin);
  if (end == UINT64_MAX)
    return g_strdup_printf(_("%s and more"), from);
  if (end == begin + 1)
    return g_steal_pointer(&from);
  g_autofree char *to = value_text(kind, hs_distribution_is_of_lifetimes(kind) ? end : end - 1);
  return stretch_text(from, to);
}

char *
hs_distribution_mark_text(HsDistributionKind kind, uint32_t class)
{
  if (class == hs_distribution_outstanding_class(kind))
    return g_strdup(_("outstanding"));
  g_autofree char *from = value_text(kind, hs_distribution_class_begin(kind, class));
  if (hs_distribution_class_end(kind, class) == UINT64_MAX)
    return g_strdup_printf("≥ %s", from);
  return g_steal_pointer(&from);
}

const char *
hs_distribution_title(HsDistributionKind kind)
{
  switch (kind) {
  case HS_DISTRIBUTION_SIZES:
    return _("Sizes");
  case HS_DISTRIBUTION_SMALL_SIZES:
    return _("Sizes up to 1 KiB");
  case HS_DISTRIBUTION_EXACT_SIZES:
    return _("Sizes up to 256 B, each");
  case HS_DISTRIBUTION_LIFETIMES:
  case HS_N_DISTRIBUTIONS:
    break;
  }
  return _("Lifetimes");
}

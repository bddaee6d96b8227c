/* SPDX-License-Identifier: MIT */
/* What a histogram says: the card beside the pointer, the tooltip, and what screen readers are told. */
#include <gtk/gtk-a11y.h>

#include "hs-config.h"
#include "hs-distribution-text.h"
#include "hs-format.h"
#include "hs-histogram-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

static gboolean
has_class(HsHistogram *self, uint32_t class)
{
  const HsDistribution *d = self->distribution;
  return d != NULL && class < d->n_classes && d->classes[class].whole.count > 0;
}

static gboolean
is_all_shown(const HsDistribution *d)
{
  return d->total.whole.count == d->total.shown.count;
}

static char *
bytes_text(uint64_t bytes)
{
  char text[HS_FORMAT_MAX];
  return g_strdup(hs_format_bytes(text, sizeof text, (int64_t)MIN(bytes, (uint64_t)INT64_MAX)));
}

/* "1,234 (5 %)" */
static char *
count_text(HsTally tally, HsTally of)
{
  char count[HS_FORMAT_MAX], share[HS_FORMAT_MAX];
  hs_format_count(count, sizeof count, tally.count);
  hs_format_percent(share, sizeof share, tally.count, of.count);
  return g_strdup_printf("%s (%s)", count, share);
}

static char *
bytes_share_text(HsTally tally, HsTally of)
{
  char share[HS_FORMAT_MAX];
  g_autofree char *bytes = bytes_text(tally.bytes);
  hs_format_percent(share, sizeof share, tally.bytes, of.bytes);
  return g_strdup_printf("%s (%s)", bytes, share);
}

static const char *
shown_title(const HsDistribution *d)
{
  return d->is_range ? _("Selection") : _("In the filter");
}

static const char *
whole_title(const HsDistribution *d)
{
  return d->is_range ? _("Whole trace") : _("Without it");
}

static void
add_tally(HsHoverCard *card, const char *title, HsTally tally, HsTally of)
{
  g_autofree char *count = count_text(tally, of), *bytes = bytes_share_text(tally, of);
  if (title == NULL) {
    hs_hover_card_add(card, NULL, _("Allocations"), count, FALSE, FALSE);
    hs_hover_card_add(card, NULL, _("Bytes"), bytes, FALSE, FALSE);
    return;
  }
  g_autofree char *both = g_strdup_printf("%s · %s", count, bytes);
  hs_hover_card_add(card, NULL, title, both, FALSE, FALSE);
}

HsHoverCard *
hs_histogram_card(HsHistogram *self, uint32_t class)
{
  const HsDistribution *d = self->distribution;
  const HsDistributionClass *c = &d->classes[class];
  g_autofree char *name = hs_distribution_class_text(d->kind, class);
  HsHoverCard *card = hs_hover_card_new(name);
  if (is_all_shown(d)) {
    add_tally(card, NULL, c->shown, d->total.shown);
  } else {
    add_tally(card, shown_title(d), c->shown, d->total.shown);
    add_tally(card, whole_title(d), c->whole, d->total.whole);
  }
  for (int source = HS_N_SOURCES - 1; source >= 0; source--) {
    HsColor color = hs_palette_source(&self->palette, (HsSource)source);
    uint64_t value = hs_histogram_value(self->measure, c->by_source[source]);
    if (c->by_source[source].count == 0)
      continue;
    char count[HS_FORMAT_MAX];
    g_autofree char *text =
        self->measure == HS_HISTOGRAM_BYTES ? bytes_text(value) : g_strdup(hs_format_count(count, sizeof count, value));
    hs_hover_card_add(card, &color, source == HS_SOURCE_NONE ? _("No source") : hs_source_title((HsSource)source), text,
                      FALSE, FALSE);
  }
  return card;
}

char *
hs_histogram_class_line(HsHistogram *self, uint32_t class)
{
  const HsDistribution *d = self->distribution;
  if (!has_class(self, class))
    return NULL;
  const HsDistributionClass *c = &d->classes[class];
  g_autofree char *name = hs_distribution_class_text(d->kind, class);
  g_autofree char *count = count_text(c->whole, d->total.whole), *bytes = bytes_share_text(c->whole, d->total.whole);
  if (is_all_shown(d))
    return g_strdup_printf(_("%s: %s allocations, %s"), name, count, bytes);
  g_autofree char *shown = count_text(c->shown, d->total.shown),
                  *shown_bytes = bytes_share_text(c->shown, d->total.shown);
  return g_strdup_printf(d->is_range ? _("%s: %s allocations, %s; in the selection %s, %s")
                                     : _("%s: %s allocations, %s; in the filter %s, %s"),
                         name, count, bytes, shown, shown_bytes);
}

char *
hs_histogram_tooltip(HsHistogram *self, uint32_t class)
{
  g_autofree char *line = hs_histogram_class_line(self, class);
  if (line == NULL)
    return NULL;
  return g_strdup_printf(_("%s\nClick to show these alone, Ctrl+click to take them in or out"), line);
}

/* "163,641 allocations, most of them of 32 – 63 B" */
char *
hs_histogram_description(HsHistogram *self)
{
  const HsDistribution *d = self->distribution;
  if (d == NULL || d->total.shown.count == 0)
    return g_strdup(_("No allocations"));
  uint32_t most = d->first_class;
  for (uint32_t c = d->first_class; c < d->end_class; c++) {
    if (hs_histogram_value(self->measure, d->classes[c].shown) >
        hs_histogram_value(self->measure, d->classes[most].shown))
      most = c;
  }
  char count[HS_FORMAT_MAX];
  g_autofree char *name = hs_distribution_class_text(d->kind, most), *bytes = bytes_text(d->total.shown.bytes);
  hs_format_count(count, sizeof count, d->total.shown.count);
  if (self->measure == HS_HISTOGRAM_BYTES)
    return g_strdup_printf(_("%s in %s allocations, most of it of %s"), bytes, count, name);
  return g_strdup_printf(_("%s allocations, most of them of %s"), count, name);
}

/* --- accessible --- */

typedef struct {
  GtkWidgetAccessible parent;
} HsHistogramAccessible;
typedef struct {
  GtkWidgetAccessibleClass parent_class;
} HsHistogramAccessibleClass;

static void value_init(AtkValueIface *iface);

G_DEFINE_TYPE_WITH_CODE(HsHistogramAccessible, hs_histogram_accessible, GTK_TYPE_WIDGET_ACCESSIBLE,
                        G_IMPLEMENT_INTERFACE(ATK_TYPE_VALUE, value_init))

static HsHistogram *
histogram_of(gpointer accessible)
{
  return (HsHistogram *)gtk_accessible_get_widget(GTK_ACCESSIBLE(accessible));
}

/* The number that the bar at the keyboard's place stands for, and the bar in words. */
static void
get_value_and_text(AtkValue *value, gdouble *number, gchar **text)
{
  HsHistogram *self = histogram_of(value);
  *number = 0;
  *text = NULL;
  if (self == NULL || !has_class(self, self->cursor))
    return;
  *number = (double)hs_histogram_value(self->measure, self->distribution->classes[self->cursor].shown);
  *text = hs_histogram_class_line(self, self->cursor);
}

static AtkRange *
get_range(AtkValue *value)
{
  HsHistogram *self = histogram_of(value);
  uint64_t greatest = 0;
  if (self != NULL && self->distribution != NULL) {
    for (uint32_t c = 0; c < self->distribution->n_classes; c++)
      greatest = MAX(greatest, hs_histogram_value(self->measure, self->distribution->classes[c].whole));
  }
  return atk_range_new(0, (double)greatest, NULL);
}

static void
value_init(AtkValueIface *iface)
{
  iface->get_value_and_text = get_value_and_text;
  iface->get_range = get_range;
}

static void
hs_histogram_accessible_initialize(AtkObject *object, gpointer data)
{
  ATK_OBJECT_CLASS(hs_histogram_accessible_parent_class)->initialize(object, data);
  /* Here, because the parent's initialize sets the role back. */
  object->role = ATK_ROLE_CHART;
}

static void
hs_histogram_accessible_class_init(HsHistogramAccessibleClass *klass)
{
  ATK_OBJECT_CLASS(klass)->initialize = hs_histogram_accessible_initialize;
}

static void
hs_histogram_accessible_init(HsHistogramAccessible *self)
{
}

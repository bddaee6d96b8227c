/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <gtk/gtk-a11y.h>
#include <math.h>

#include "hs-format.h"
#include "hs-time-pane-accessible.h"

/* A key moves the cursor by this part of the visible range. */
#define STEP_PART 0.01

typedef struct {
  GtkWidgetAccessible parent;
} HsTimePaneAccessible;
typedef struct {
  GtkWidgetAccessibleClass parent_class;
} HsTimePaneAccessibleClass;

static void value_init(AtkValueIface *iface);

G_DEFINE_TYPE_WITH_CODE(HsTimePaneAccessible, hs_time_pane_accessible, GTK_TYPE_WIDGET_ACCESSIBLE,
                        G_IMPLEMENT_INTERFACE(ATK_TYPE_VALUE, value_init))

/* NULL if the pane is gone or shows nothing. */
static HsDocument *
document_of(gpointer accessible)
{
  GtkWidget *widget = gtk_accessible_get_widget(GTK_ACCESSIBLE(accessible));
  return widget != NULL ? hs_time_pane_get_document(HS_TIME_PANE(widget)) : NULL;
}

static double
seconds(HsDocument *document, int64_t ticks)
{
  return (double)hs_clock_to_ns(hs_timeline_clock(hs_document_get_timeline(document)), ticks) / 1e9;
}

/* --- value --- */

static void
get_value_and_text(AtkValue *value, double *number, char **text)
{
  HsDocument *document = document_of(value);
  int64_t cursor = document != NULL ? hs_document_get_cursor(document) : INT64_MIN, bytes = 0;
  uint32_t count = 0;
  if (number != NULL)
    *number = cursor != INT64_MIN ? seconds(document, cursor) : 0;
  if (text == NULL)
    return;
  if (cursor == INT64_MIN) {
    *text = g_strdup(_("no time cursor"));
    return;
  }
  char time[HS_FORMAT_MAX], size[HS_FORMAT_MAX], blocks[HS_FORMAT_MAX];
  hs_format_time(time, sizeof time, hs_clock_to_ns(hs_timeline_clock(hs_document_get_timeline(document)), cursor));
  hs_series_at(hs_document_get_series(document), cursor, &bytes, &count);
  hs_format_bytes(size, sizeof size, bytes);
  hs_format_count(blocks, sizeof blocks, count);
  *text = g_strdup_printf(ngettext("%s: %s outstanding in %s block", "%s: %s outstanding in %s blocks", count), time,
                          size, blocks);
}

static AtkRange *
get_range(AtkValue *value)
{
  HsDocument *document = document_of(value);
  int64_t t0 = 0, t1 = 0;
  if (document == NULL)
    return atk_range_new(0, 0, NULL);
  hs_document_get_range(document, &t0, &t1);
  return atk_range_new(seconds(document, t0), seconds(document, t1), NULL);
}

static double
get_increment(AtkValue *value)
{
  HsDocument *document = document_of(value);
  int64_t t0 = 0, t1 = 0;
  if (document == NULL)
    return 0;
  hs_document_get_range(document, &t0, &t1);
  return (seconds(document, t1) - seconds(document, t0)) * STEP_PART;
}

static void
set_value(AtkValue *value, double number)
{
  HsDocument *document = document_of(value);
  int64_t span0, span1;
  if (document == NULL || isnan(number))
    return;
  int64_t ns = (int64_t)CLAMP(number * 1e9, -9e18, 9e18);
  int64_t ticks = hs_clock_from_ns(hs_timeline_clock(hs_document_get_timeline(document)), ns);
  hs_document_get_span(document, &span0, &span1);
  hs_document_set_cursor(document, CLAMP(ticks, span0, span1 - 1));
}

static void
value_init(AtkValueIface *iface)
{
  iface->get_value_and_text = get_value_and_text;
  iface->get_range = get_range;
  iface->get_increment = get_increment;
  iface->set_value = set_value;
}

void
hs_time_pane_accessible_value_changed(HsTimePane *pane)
{
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(pane));
  g_autofree char *text = NULL;
  double number;
  if (!ATK_IS_VALUE(accessible))
    return;
  get_value_and_text(ATK_VALUE(accessible), &number, &text);
  g_signal_emit_by_name(accessible, "value-changed", number, text);
  g_object_notify(G_OBJECT(accessible), "accessible-value");
}

/* --- description --- */

void
hs_time_pane_accessible_describe(HsTimePane *pane, const char *text)
{
  HsDocument *document = hs_time_pane_get_document(pane);
  GString *all = g_string_new(text);
  int64_t t0, t1;
  if (document != NULL && text != NULL && hs_document_get_applied_text(document)[0] != '\0')
    g_string_append_printf(all, _(" Only what passes the filter %s."), hs_document_get_applied_text(document));
  if (document != NULL && text != NULL && hs_document_get_selection(document, &t0, &t1)) {
    HsClock clock = hs_timeline_clock(hs_document_get_timeline(document));
    char from[HS_FORMAT_MAX], to[HS_FORMAT_MAX];
    hs_format_time(from, sizeof from, hs_clock_to_ns(clock, t0));
    hs_format_time(to, sizeof to, hs_clock_to_ns(clock, t1));
    g_string_append_printf(all, _(" Selected from %s to %s."), from, to);
  }
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(pane));
  if (g_strcmp0(atk_object_get_description(accessible), all->str) != 0)
    atk_object_set_description(accessible, all->str);
  g_string_free(all, TRUE);
}

/* --- type --- */

static void
hs_time_pane_accessible_initialize(AtkObject *object, gpointer data)
{
  ATK_OBJECT_CLASS(hs_time_pane_accessible_parent_class)->initialize(object, data);
  /* Here, because the parent's initialize sets the role back. */
  object->role = ATK_ROLE_CHART;
}

static void
hs_time_pane_accessible_class_init(HsTimePaneAccessibleClass *klass)
{
  ATK_OBJECT_CLASS(klass)->initialize = hs_time_pane_accessible_initialize;
}

static void
hs_time_pane_accessible_init(HsTimePaneAccessible *self)
{
}

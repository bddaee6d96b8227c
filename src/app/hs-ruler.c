/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-format.h"
#include "hs-pane-menu.h"
#include "hs-ruler.h"

#define HEIGHT_PX 22

struct _HsRuler {
  HsTimePane parent_instance;
};

G_DEFINE_FINAL_TYPE(HsRuler, hs_ruler, HS_TYPE_TIME_PANE)

static void
hs_ruler_paint(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  HsMarks marks = hs_document_get_marks(hs_time_pane_get_document(pane));
  hs_paint_ruler(cr, viewport, palette, &marks);
}

static void
hs_ruler_context_menu(HsTimePane *pane, double x, double y, const GdkEvent *event)
{
  g_autoptr(GMenu) menu = g_menu_new();
  hs_pane_menu_add_view(menu, hs_time_pane_get_document(pane));
  hs_time_pane_popup(pane, G_MENU_MODEL(menu), event);
}

static gboolean
hs_ruler_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  HsTimePane *pane = HS_TIME_PANE(widget);
  HsViewport viewport;
  if (keyboard || !hs_time_pane_get_viewport(pane, &viewport))
    return FALSE;
  const HsGapSet *gaps = hs_document_get_marks(hs_time_pane_get_document(pane)).gaps;
  const HsGapSpan *span = gaps != NULL ? hs_gap_set_at(gaps, &viewport, x) : NULL;
  if (span == NULL)
    return FALSE;
  double x0, x1;
  hs_gap_span_px(&viewport, span, &x0, &x1);
  GdkRectangle area = {(int)floor(x0), 0, (int)ceil(x1) - (int)floor(x0), gtk_widget_get_allocated_height(widget)};
  g_autofree char *text = hs_gap_span_text(gaps, span, viewport.clock);
  gtk_tooltip_set_text(tooltip, text);
  gtk_tooltip_set_tip_area(tooltip, &area);
  return TRUE;
}

static char *
hs_ruler_describe(HsTimePane *pane, HsDocument *document)
{
  char from[HS_FORMAT_MAX], to[HS_FORMAT_MAX];
  HsClock clock = hs_timeline_clock(hs_document_get_timeline(document));
  int64_t t0, t1;
  hs_document_get_range(document, &t0, &t1);
  hs_format_time(from, sizeof from, hs_clock_to_ns(clock, t0));
  hs_format_time(to, sizeof to, hs_clock_to_ns(clock, t1));
  const HsGapSet *gaps = hs_document_get_marks(document).gaps;
  uint32_t n_gaps = 0;
  if (gaps != NULL)
    (void)hs_gap_set_visible(gaps, t0, t1, &n_gaps);
  if (n_gaps == 0)
    return g_strdup_printf(_("From %s to %s."), from, to);
  return g_strdup_printf(ngettext("From %s to %s. Events were lost in %u place of it.",
                                  "From %s to %s. Events were lost in %u places of it.", n_gaps),
                         from, to, n_gaps);
}

static void
hs_ruler_class_init(HsRulerClass *klass)
{
  HsTimePaneClass *pane_class = HS_TIME_PANE_CLASS(klass);
  pane_class->paint = hs_ruler_paint;
  pane_class->paints_marks = TRUE;
  pane_class->wheel_zooms = TRUE;
  pane_class->on_window_ground = TRUE;
  pane_class->context_menu = hs_ruler_context_menu;
  pane_class->describe = hs_ruler_describe;
  GTK_WIDGET_CLASS(klass)->query_tooltip = hs_ruler_query_tooltip;
  gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(klass), "ruler");
}

static void
hs_ruler_init(HsRuler *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  gtk_widget_set_size_request(widget, -1, HEIGHT_PX);
  gtk_widget_set_has_tooltip(widget, TRUE);
  atk_object_set_name(gtk_widget_get_accessible(widget), _("Time ruler"));
}

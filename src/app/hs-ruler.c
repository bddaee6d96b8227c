/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-document-places.h"
#include "hs-format.h"
#include "hs-pane-menu.h"
#include "hs-ruler-flags.h"
#include "hs-ruler.h"

#define HEIGHT_PX 22

struct _HsRuler {
  HsTimePane parent_instance;
  HsRulerFlags *flags;
  int height_px; /* without the lane of flags */
  gboolean has_lane;
};

G_DEFINE_FINAL_TYPE(HsRuler, hs_ruler, HS_TYPE_TIME_PANE)

static void
hs_ruler_paint(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  HsMarks marks = hs_document_get_marks(hs_time_pane_get_document(pane));
  hs_ruler_flags_take(HS_RULER(pane)->flags, hs_paint_ruler_scale(cr, viewport, palette, &marks));
}

/* The lane comes with the first flag and goes with the last. */
static void
hs_ruler_places_changed(HsTimePane *pane)
{
  HsRuler *self = HS_RULER(pane);
  HsDocument *document = hs_time_pane_get_document(pane);
  gboolean has_lane = document != NULL && !hs_marker_set_is_empty(hs_document_get_markers(document));
  if (has_lane == self->has_lane)
    return;
  if (has_lane)
    gtk_widget_get_size_request(GTK_WIDGET(self), NULL, &self->height_px);
  self->has_lane = has_lane;
  gtk_widget_set_size_request(GTK_WIDGET(self), -1, self->height_px + (has_lane ? HS_FLAG_LANE_PX : 0));
}

static gboolean
hs_ruler_drag_begin(HsTimePane *pane, double x, double y, guint button, GdkModifierType state)
{
  return hs_ruler_flags_drag_begin(HS_RULER(pane)->flags, x, y, button, state);
}

static void
hs_ruler_drag_update(HsTimePane *pane, double x, double y)
{
  hs_ruler_flags_drag_update(HS_RULER(pane)->flags, x);
}

static void
hs_ruler_drag_end(HsTimePane *pane, double x, double y, gboolean cancelled)
{
  hs_ruler_flags_drag_end(HS_RULER(pane)->flags, x, cancelled);
}

static const char *
hs_ruler_cursor_name(HsTimePane *pane, double x, double y)
{
  return hs_ruler_flags_at(HS_RULER(pane)->flags, x, y) != NULL ? "ew-resize" : NULL;
}

static void
hs_ruler_paint_marks(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette,
                     const HsMarks *marks)
{
  hs_paint_ruler_marks(cr, viewport, palette, marks);
}

static void
hs_ruler_context_menu(HsTimePane *pane, double x, double y, const GdkEvent *event)
{
  g_autoptr(GMenu) menu = g_menu_new();
  GMenu *view = g_menu_new();
  const HsFlag *flag = hs_ruler_flags_at(HS_RULER(pane)->flags, x, y);
  HsViewport viewport;
  if (flag != NULL)
    hs_ruler_flags_add_items(pane, flag, menu);
  else if (hs_time_pane_get_viewport(pane, &viewport))
    hs_pane_menu_add_moment(menu, hs_time_pane_get_document(pane), hs_viewport_ticks(&viewport, x));
  hs_pane_menu_add_view(view, hs_time_pane_get_document(pane));
  hs_pane_menu_take_section(menu, view);
  hs_time_pane_popup(pane, G_MENU_MODEL(menu), event);
}

static gboolean
hs_ruler_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  HsTimePane *pane = HS_TIME_PANE(widget);
  HsViewport viewport;
  if (keyboard || !hs_time_pane_get_viewport(pane, &viewport))
    return FALSE;
  const HsFlag *flag = hs_ruler_flags_at(HS_RULER(pane)->flags, x, y);
  if (flag != NULL) {
    g_autofree char *name = hs_ruler_flag_text(pane, flag);
    gtk_tooltip_set_text(tooltip, name);
    return TRUE;
  }
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

static void
describe_flags(GString *text, const HsMarkerSet *set, int64_t t0, int64_t t1)
{
  guint n = 0;
  for (guint i = 0; i < hs_marker_set_n(set); i++)
    n += hs_marker_set_get(set, i)->ticks >= t0 && hs_marker_set_get(set, i)->ticks < t1;
  if (n > 0)
    g_string_append_printf(text, ngettext(" %u marker.", " %u markers.", n), n);
  if (set->pins[0] != INT64_MIN && set->pins[0] >= t0 && set->pins[0] < t1)
    g_string_append(text, _(" Pin A."));
  if (set->pins[1] != INT64_MIN && set->pins[1] >= t0 && set->pins[1] < t1)
    g_string_append(text, _(" Pin B."));
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
  GString *text = g_string_new(NULL);
  if (n_gaps == 0)
    g_string_append_printf(text, _("From %s to %s."), from, to);
  else
    g_string_append_printf(text,
                           ngettext("From %s to %s. Events were lost in %u place of it.",
                                    "From %s to %s. Events were lost in %u places of it.", n_gaps),
                           from, to, n_gaps);
  describe_flags(text, hs_document_get_markers(document), t0, t1);
  return g_string_free(text, FALSE);
}

static void
hs_ruler_finalize(GObject *object)
{
  hs_ruler_flags_free(HS_RULER(object)->flags);
  G_OBJECT_CLASS(hs_ruler_parent_class)->finalize(object);
}

static void
hs_ruler_class_init(HsRulerClass *klass)
{
  HsTimePaneClass *pane_class = HS_TIME_PANE_CLASS(klass);
  pane_class->paint = hs_ruler_paint;
  pane_class->paint_marks = hs_ruler_paint_marks;
  pane_class->paints_selection = TRUE;
  pane_class->wheel_zooms = TRUE;
  pane_class->on_window_ground = TRUE;
  pane_class->context_menu = hs_ruler_context_menu;
  pane_class->places_changed = hs_ruler_places_changed;
  pane_class->forget = hs_ruler_places_changed;
  pane_class->drag_begin = hs_ruler_drag_begin;
  pane_class->drag_update = hs_ruler_drag_update;
  pane_class->drag_end = hs_ruler_drag_end;
  pane_class->cursor_name = hs_ruler_cursor_name;
  G_OBJECT_CLASS(klass)->finalize = hs_ruler_finalize;
  pane_class->describe = hs_ruler_describe;
  GTK_WIDGET_CLASS(klass)->query_tooltip = hs_ruler_query_tooltip;
  gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(klass), "ruler");
}

static void
hs_ruler_init(HsRuler *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  self->flags = hs_ruler_flags_new(HS_TIME_PANE(self));
  gtk_widget_set_size_request(widget, -1, HEIGHT_PX);
  gtk_widget_set_has_tooltip(widget, TRUE);
  atk_object_set_name(gtk_widget_get_accessible(widget), _("Time ruler"));
}

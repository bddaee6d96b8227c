/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-format.h"
#include "hs-overview.h"
#include "hs-pane-menu.h"
#include "hs-pane-samples.h"

#define HEIGHT_PX 46
#define MARGIN_PX 5
/* An edge of the window is grabbed from this near. */
#define EDGE_PX 5
/* A press outside the window is a click until the pointer has moved this far. */
#define DRAG_THRESHOLD_PX 4

typedef enum { HS_OVERVIEW_MOVE, HS_OVERVIEW_BEGIN, HS_OVERVIEW_END, HS_OVERVIEW_OUTSIDE } HsOverviewPart;

struct _HsOverview {
  HsTimePane parent_instance;
  HsPaneSamples *samples;
  /* A drag: */
  HsOverviewPart part;
  double x0;
  int64_t old0, old1; /* visible range at the press, ticks */
  gboolean moved, remembered;
};

G_DEFINE_FINAL_TYPE(HsOverview, hs_overview, HS_TYPE_TIME_PANE)

static void
hs_overview_get_range(HsTimePane *pane, HsDocument *document, int64_t *t0, int64_t *t1)
{
  hs_document_get_span(document, t0, t1);
}

static void
hs_overview_paint(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  int64_t s0, s1;
  hs_paint_overview_curve(cr, viewport, palette, hs_pane_samples_get(HS_OVERVIEW(pane)->samples, &s0, &s1));
}

static void
hs_overview_paint_marks(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette,
                        const HsMarks *marks)
{
  int64_t t0, t1;
  hs_document_get_shown_range(hs_time_pane_get_document(pane), &t0, &t1);
  hs_paint_overview_window(cr, viewport, palette, t0, t1, marks);
}

static void
hs_overview_refresh(HsTimePane *pane)
{
  HsDocument *document = hs_time_pane_get_document(pane);
  HsViewport viewport;
  if (!hs_time_pane_get_viewport(pane, &viewport))
    return;
  HsSampleKey key = {.measure = hs_measure_outstanding(hs_document_get_measure(document)),
                     .group = HS_GROUP_NONE,
                     .t0 = viewport.t0,
                     .t1 = viewport.t1,
                     .n_columns = viewport.width * viewport.scale,
                     .max_layers = 1};
  hs_pane_samples_want(HS_OVERVIEW(pane)->samples, document, &key);
}

static void
hs_overview_forget(HsTimePane *pane)
{
  hs_pane_samples_clear(HS_OVERVIEW(pane)->samples);
}

static gboolean
hs_overview_is_busy(HsTimePane *pane)
{
  return hs_pane_samples_is_busy(HS_OVERVIEW(pane)->samples);
}

/* --- the window on the visible range --- */

static HsOverviewPart
part_at(HsTimePane *pane, const HsViewport *viewport, double x)
{
  int64_t t0, t1;
  hs_document_get_range(hs_time_pane_get_document(pane), &t0, &t1);
  double x0 = hs_viewport_x(viewport, t0), x1 = hs_viewport_x(viewport, t1);
  /* On a narrow window the edges are grabbed from outside, so that its middle can still be. */
  double inner = MIN(EDGE_PX, (x1 - x0) / 4);
  if (x >= x0 - EDGE_PX && x <= x0 + inner)
    return HS_OVERVIEW_BEGIN;
  if (x >= x1 - inner && x <= x1 + EDGE_PX)
    return HS_OVERVIEW_END;
  /* A window on everything cannot be moved: a drag in it chooses a part. */
  if (x < x0 || x > x1 || (t0 <= viewport->t0 && t1 >= viewport->t1))
    return HS_OVERVIEW_OUTSIDE;
  return HS_OVERVIEW_MOVE;
}

static const char *
hs_overview_cursor_name(HsTimePane *pane, double x, double y)
{
  HsViewport viewport;
  if (!hs_time_pane_get_viewport(pane, &viewport))
    return NULL;
  switch (part_at(pane, &viewport, x)) {
  case HS_OVERVIEW_BEGIN:
  case HS_OVERVIEW_END:
    return "ew-resize";
  case HS_OVERVIEW_MOVE:
    return "grab";
  default:
    return NULL;
  }
}

static gboolean
hs_overview_drag_begin(HsTimePane *pane, double x, double y, guint button, GdkModifierType state)
{
  HsOverview *self = HS_OVERVIEW(pane);
  HsViewport viewport;
  if ((button != GDK_BUTTON_PRIMARY && button != GDK_BUTTON_MIDDLE) || !hs_time_pane_get_viewport(pane, &viewport))
    return FALSE;
  gboolean pans = button == GDK_BUTTON_MIDDLE || (state & GDK_CONTROL_MASK) != 0;
  self->part = pans ? HS_OVERVIEW_MOVE : part_at(pane, &viewport, x);
  self->x0 = x;
  self->moved = self->remembered = FALSE;
  hs_document_get_range(hs_time_pane_get_document(pane), &self->old0, &self->old1);
  return TRUE;
}

static int64_t
ticks_at(const HsViewport *viewport, double x)
{
  return CLAMP(hs_viewport_ticks(viewport, CLAMP(x, viewport->x, viewport->x + viewport->width)), viewport->t0,
               viewport->t1);
}

/* a − b; moments of damaged files may lie further apart than a number can tell. */
static int64_t
distance(int64_t a, int64_t b)
{
  int64_t d;
  return __builtin_sub_overflow(a, b, &d) ? (a > b ? INT64_MAX : INT64_MIN + 1) : d;
}

static void
hs_overview_drag_update(HsTimePane *pane, double x, double y)
{
  HsOverview *self = HS_OVERVIEW(pane);
  HsDocument *document = hs_time_pane_get_document(pane);
  HsViewport viewport;
  int64_t t0 = self->old0, t1 = self->old1;
  double threshold = self->part == HS_OVERVIEW_OUTSIDE ? DRAG_THRESHOLD_PX : 1;

  if ((!self->moved && fabs(x - self->x0) < threshold) || !hs_time_pane_get_viewport(pane, &viewport))
    return;
  self->moved = TRUE;
  int64_t here = ticks_at(&viewport, x), there = ticks_at(&viewport, self->x0);
  switch (self->part) {
  case HS_OVERVIEW_MOVE:
    hs_viewport_pan(distance(here, there), viewport.t0, viewport.t1, &t0, &t1);
    break;
  case HS_OVERVIEW_BEGIN: /* dragged over the other edge, it becomes that */
    t0 = MIN(here, self->old1);
    t1 = MAX(here, self->old1);
    break;
  case HS_OVERVIEW_END:
    t0 = MIN(here, self->old0);
    t1 = MAX(here, self->old0);
    break;
  case HS_OVERVIEW_OUTSIDE:
    t0 = MIN(here, there);
    t1 = MAX(here, there);
    break;
  }
  if (t1 <= t0)
    return;
  if (!self->remembered && (t0 != self->old0 || t1 != self->old1)) {
    hs_document_remember_range(document);
    self->remembered = TRUE;
  }
  hs_document_set_range(document, t0, t1, FALSE);
}

static void
hs_overview_drag_end(HsTimePane *pane, double x, double y, gboolean cancelled)
{
  HsOverview *self = HS_OVERVIEW(pane);
  HsDocument *document = hs_time_pane_get_document(pane);
  HsViewport viewport;
  if (document == NULL)
    return;
  if (cancelled && self->moved)
    hs_document_set_range(document, self->old0, self->old1, FALSE);
  if (cancelled || self->moved || self->part != HS_OVERVIEW_OUTSIDE || !hs_time_pane_get_viewport(pane, &viewport))
    return;
  /* A click beside the window: it comes there. */
  int64_t t0 = self->old0, t1 = self->old1;
  int64_t middle = t0 / 2 + t1 / 2;
  hs_viewport_pan(distance(ticks_at(&viewport, x), middle), viewport.t0, viewport.t1, &t0, &t1);
  hs_document_set_range(document, t0, t1, TRUE);
}

static void
hs_overview_context_menu(HsTimePane *pane, double x, double y, const GdkEvent *event)
{
  g_autoptr(GMenu) menu = g_menu_new();
  hs_pane_menu_add_view(menu, hs_time_pane_get_document(pane));
  hs_time_pane_popup(pane, G_MENU_MODEL(menu), event);
}

static char *
hs_overview_describe(HsTimePane *pane, HsDocument *document)
{
  char length[HS_FORMAT_MAX], from[HS_FORMAT_MAX], to[HS_FORMAT_MAX];
  HsClock clock = hs_timeline_clock(hs_document_get_timeline(document));
  int64_t span0, span1, t0, t1;
  hs_document_get_span(document, &span0, &span1);
  hs_document_get_range(document, &t0, &t1);
  hs_format_duration(length, sizeof length, hs_clock_to_ns(clock, distance(span1, span0)));
  hs_format_time(from, sizeof from, hs_clock_to_ns(clock, t0));
  hs_format_time(to, sizeof to, hs_clock_to_ns(clock, t1));
  return g_strdup_printf(_("The whole trace, %s; the other panes show %s to %s."), length, from, to);
}

/* --- GObject --- */

static void
hs_overview_finalize(GObject *object)
{
  hs_pane_samples_free(HS_OVERVIEW(object)->samples);
  G_OBJECT_CLASS(hs_overview_parent_class)->finalize(object);
}

static void
hs_overview_dispose(GObject *object)
{
  hs_pane_samples_clear(HS_OVERVIEW(object)->samples);
  G_OBJECT_CLASS(hs_overview_parent_class)->dispose(object);
}

static void
hs_overview_class_init(HsOverviewClass *klass)
{
  HsTimePaneClass *pane_class = HS_TIME_PANE_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = hs_overview_dispose;
  G_OBJECT_CLASS(klass)->finalize = hs_overview_finalize;
  pane_class->get_range = hs_overview_get_range;
  pane_class->paint = hs_overview_paint;
  pane_class->paint_marks = hs_overview_paint_marks;
  pane_class->refresh = hs_overview_refresh;
  pane_class->forget = hs_overview_forget;
  pane_class->is_busy = hs_overview_is_busy;
  pane_class->cursor_name = hs_overview_cursor_name;
  pane_class->drag_begin = hs_overview_drag_begin;
  pane_class->drag_update = hs_overview_drag_update;
  pane_class->drag_end = hs_overview_drag_end;
  pane_class->context_menu = hs_overview_context_menu;
  pane_class->describe = hs_overview_describe;
  pane_class->wheel_zooms = TRUE;
  pane_class->on_window_ground = TRUE;
  pane_class->margin_top_px = MARGIN_PX;
  pane_class->margin_bottom_px = MARGIN_PX;
  gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(klass), "overview");
}

static void
hs_overview_init(HsOverview *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  self->samples = hs_pane_samples_new((void (*)(gpointer))hs_time_pane_invalidate, self);
  gtk_widget_set_can_focus(widget, TRUE);
  gtk_widget_set_size_request(widget, -1, HEIGHT_PX);
  atk_object_set_name(gtk_widget_get_accessible(widget), _("Overview of the whole trace"));
}

/* SPDX-License-Identifier: MIT */
#include "hs-ruler-flags.h"

#include <math.h>

#include "hs-config.h"
#include "hs-document-places.h"
#include "hs-format.h"
#include "hs-pane-menu.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* A press is a click until the pointer has moved this far. */
#define DRAG_THRESHOLD_PX 3

struct _HsRulerFlags {
  HsTimePane *ruler;
  GArray *painted;
  /* A drag: */
  int pin;            /* or −1: a marker */
  int64_t at;         /* where it is now, ticks */
  int64_t before;     /* where it was */
  double x0, grip_px; /* of the press; from the pole to the pointer */
  gboolean moved;
};

HsRulerFlags *
hs_ruler_flags_new(HsTimePane *ruler)
{
  HsRulerFlags *self = g_new0(HsRulerFlags, 1);
  self->ruler = ruler;
  return self;
}

void
hs_ruler_flags_free(HsRulerFlags *self)
{
  g_clear_pointer(&self->painted, g_array_unref);
  g_free(self);
}

void
hs_ruler_flags_take(HsRulerFlags *self, GArray *painted)
{
  g_clear_pointer(&self->painted, g_array_unref);
  self->painted = painted;
}

const HsFlag *
hs_ruler_flags_at(HsRulerFlags *self, double x, double y)
{
  return self->painted != NULL && y >= 0 && y < HS_FLAG_LANE_PX ? hs_flags_at(self->painted, x) : NULL;
}

char *
hs_ruler_flag_text(HsTimePane *ruler, const HsFlag *flag)
{
  HsDocument *document = hs_time_pane_get_document(ruler);
  HsClock clock = hs_timeline_clock(hs_document_get_timeline(document));
  const HsMarkerSet *set = hs_document_get_markers(document);
  char time[HS_FORMAT_MAX];
  hs_format_time(time, sizeof time, hs_clock_to_ns(clock, flag->ticks));
  if (flag->pin >= 0)
    return g_strdup_printf(flag->pin == 0 ? _("Pin A · %s") : _("Pin B · %s"), time);
  int index = hs_marker_set_find(set, flag->ticks);
  return index >= 0 ? g_strdup_printf("%s · %s", hs_marker_set_get(set, (guint)index)->name, time) : g_strdup(time);
}

/* --- drag --- */

static void
move_to(HsRulerFlags *self, int64_t ticks)
{
  HsDocument *document = hs_time_pane_get_document(self->ruler);
  if (self->pin >= 0) {
    hs_document_set_pin(document, self->pin, ticks);
    self->at = hs_document_get_pin(document, self->pin);
  } else if (hs_marker_set_find(hs_document_get_markers(document), ticks) < 0) {
    /* Not onto another one, which would be lost. */
    hs_document_move_marker(document, self->at, ticks);
    if (hs_marker_set_find(hs_document_get_markers(document), ticks) >= 0)
      self->at = ticks;
  }
}

gboolean
hs_ruler_flags_drag_begin(HsRulerFlags *self, double x, double y, guint button, GdkModifierType state)
{
  HsViewport viewport;
  const HsFlag *flag = hs_ruler_flags_at(self, x, y);
  if (flag == NULL || button != GDK_BUTTON_PRIMARY || !hs_time_pane_get_viewport(self->ruler, &viewport))
    return FALSE;
  self->pin = flag->pin;
  self->at = self->before = flag->ticks;
  self->x0 = x;
  self->grip_px = x - hs_viewport_x(&viewport, flag->ticks);
  self->moved = FALSE;
  return TRUE;
}

void
hs_ruler_flags_drag_update(HsRulerFlags *self, double x)
{
  HsViewport viewport;
  if (!hs_time_pane_get_viewport(self->ruler, &viewport))
    return;
  if (!self->moved && fabs(x - self->x0) < DRAG_THRESHOLD_PX)
    return;
  self->moved = TRUE;
  double wanted = CLAMP(x - self->grip_px, viewport.x, viewport.x + viewport.width - 1);
  move_to(self, CLAMP(hs_viewport_ticks(&viewport, wanted), viewport.t0, viewport.t1 - 1));
}

void
hs_ruler_flags_drag_end(HsRulerFlags *self, double x, gboolean cancelled)
{
  HsDocument *document = hs_time_pane_get_document(self->ruler);
  if (document == NULL)
    return;
  if (cancelled && self->moved)
    move_to(self, self->before);
  else if (!cancelled && !self->moved)
    hs_document_set_cursor(document, self->before);
  else if (!cancelled && self->pin < 0)
    hs_document_keep_markers(document);
}

/* --- menu --- */

void
hs_ruler_flags_add_items(HsTimePane *ruler, const HsFlag *flag, GMenu *menu)
{
  HsDocument *document = hs_time_pane_get_document(ruler);
  GMenu *section = g_menu_new();
  GVariant *moment =
      g_variant_new_int64(hs_clock_to_ns(hs_timeline_clock(hs_document_get_timeline(document)), flag->ticks));
  g_variant_ref_sink(moment);
  if (flag->pin >= 0) {
    hs_pane_menu_append(section, _("Remove the pins"), "win.clear-pins", NULL);
    hs_pane_menu_append(section, _("Compare A and B"), "win.compare", NULL);
  } else {
    hs_pane_menu_append(section, _("Rename the marker…"), "win.edit-marker", moment);
    hs_pane_menu_append(section, _("Remove the marker"), "win.remove-marker", moment);
  }
  g_variant_unref(moment);
  hs_pane_menu_take_section(menu, section);
}

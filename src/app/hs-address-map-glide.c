/* SPDX-License-Identifier: MIT */
/* The visible addresses on their way to others: what hs-glide.h is to the time, for the map's own axis. */
#include "hs-address-map-private.h"
#include "hs-glide.h"

HsMapWindow
hs_address_map_shown_window(HsAddressMap *self)
{
  return self->glide_tick != 0 ? self->shown : hs_address_map_window(self);
}

void
hs_address_map_stop_glide(HsAddressMap *self)
{
  if (self->glide_tick != 0)
    gtk_widget_remove_tick_callback(GTK_WIDGET(self), self->glide_tick);
  self->glide_tick = 0;
}

static gboolean
on_tick(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  HsAddressMap *self = HS_ADDRESS_MAP(widget);
  HsMapWindow window = hs_address_map_window(self);
  /* No position on the axis is beyond 2^62. */
  int64_t from[2] = {(int64_t)self->glide_from.u0, (int64_t)self->glide_from.u1},
          to[2] = {(int64_t)window.u0, (int64_t)window.u1}, u0, u1;
  if (self->glide_start_us == 0)
    self->glide_start_us = hs_glide_start_us(clock);
  double part = hs_glide_part(gdk_frame_clock_get_frame_time(clock) - self->glide_start_us);
  hs_time_pane_invalidate(HS_TIME_PANE(self));
  if (part >= 1) {
    self->glide_tick = 0;
    return G_SOURCE_REMOVE;
  }
  hs_glide_between(from, to, part, &u0, &u1);
  self->shown = (HsMapWindow){(uint64_t)MAX(u0, 0), (uint64_t)MAX(u1, 1)};
  return G_SOURCE_CONTINUE;
}

void
hs_address_map_glide(HsAddressMap *self, HsMapWindow from)
{
  HsMapWindow window = hs_address_map_window(self);
  GtkWidget *widget = GTK_WIDGET(self);
  if ((from.u0 == window.u0 && from.u1 == window.u1) || !gtk_widget_get_mapped(widget) || !hs_glide_is_wanted(widget)) {
    hs_address_map_stop_glide(self);
    return;
  }
  self->glide_from = self->shown = from;
  self->glide_start_us = 0;
  if (self->glide_tick == 0)
    self->glide_tick = gtk_widget_add_tick_callback(widget, on_tick, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What is under a point of the rows: looked up by a worker, for the hover card, a click, or a context menu. */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-format.h"
#include "hs-instant-area-private.h"
#include "hs-pane-menu.h"

/* A moving pointer is looked up no more often than this. */
#define HOVER_PAUSE_MS 30

static gpointer
make_probe(HsInstantArea *self, double x, double y)
{
  HsSpaceView view;
  if (self->instant == NULL || isnan(x) || !hs_instant_area_view(self, &view))
    return NULL;
  HsInstantProbe *probe = g_new0(HsInstantProbe, 1);
  probe->instant = hs_instant_ref(self->instant);
  probe->layout = hs_space_layout_ref(self->picture->layout);
  probe->view = view;
  probe->ticks = self->picture->ticks;
  probe->x = x;
  probe->y = y;
  return probe;
}

/* --- hover --- */

static void
clear_card(HsInstantArea *self)
{
  if (self->card != NULL)
    gtk_widget_queue_draw(GTK_WIDGET(self));
  g_clear_pointer(&self->card, hs_hover_card_free);
  self->hover = (HsSpaceHit){.block = {HS_ID_NONE}, .process = {HS_ID_NONE}};
}

static gpointer
prepare_hover(gpointer owner)
{
  HsInstantArea *self = owner;
  return make_probe(self, self->hover_x, self->hover_y);
}

static HsHoverCard *
card_of_hole(const HsSpaceHit *hit)
{
  char size[HS_FORMAT_MAX], address[HS_FORMAT_MAX];
  hs_format_bytes(size, sizeof size, (int64_t)MIN(hit->end - hit->begin, INT64_MAX));
  g_autofree char *title =
      g_strdup_printf(hit->is_committed ? _("%s free in committed memory") : _("%s without a live block"), size);
  HsHoverCard *card = hs_hover_card_new(title);
  hs_hover_card_add(card, NULL, _("From"), hs_format_hex(address, sizeof address, hit->begin), TRUE, FALSE);
  hs_hover_card_add(card, NULL, _("To"), hs_format_hex(address, sizeof address, hit->end), TRUE, FALSE);
  return card;
}

static void
hover_done(gpointer owner, gpointer request, gpointer result)
{
  HsInstantArea *self = owner;
  g_autofree HsSpaceHit *hit = result;
  clear_card(self);
  if (self->document == NULL || isnan(self->hover_x) || hit->process.v == HS_ID_NONE)
    return;
  self->hover = *hit;
  if (hit->block.v == HS_ID_NONE) {
    self->card = card_of_hole(hit);
  } else {
    HsCard *card =
        hs_block_card(hs_document_get_timeline(self->document), hit->block, hs_document_get_n_rows(self->document));
    if (card != NULL)
      self->card = hs_hover_card_from_block(card);
  }
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static const HsPaneJobClass hover_class = {prepare_hover, hs_instant_probe_work, hover_done, hs_instant_probe_free,
                                           g_free};

static gboolean
on_hover_timer(gpointer data)
{
  HsInstantArea *self = data;
  self->hover_timer = 0;
  hs_pane_job_want(self->hover_job, TRUE);
  return G_SOURCE_REMOVE;
}

void
hs_instant_area_probe_again(HsInstantArea *self)
{
  if (!isnan(self->hover_x) && self->hover_timer == 0)
    self->hover_timer = g_timeout_add(HOVER_PAUSE_MS, on_hover_timer, self);
}

void
hs_instant_area_hovered(HsInstantArea *self, double x, double y)
{
  self->hover_x = x;
  self->hover_y = y;
  if (isnan(x)) {
    g_clear_handle_id(&self->hover_timer, g_source_remove);
    hs_pane_job_cancel(self->hover_job);
    clear_card(self);
    return;
  }
  if (self->card != NULL)
    gtk_widget_queue_draw(GTK_WIDGET(self));
  hs_instant_area_probe_again(self);
}

/* --- menu --- */

static void
add_block_items(GMenu *menu, HsDocument *document, HsBlockId id)
{
  HsTimeline *timeline = hs_document_get_timeline(document);
  GMenu *filter = g_menu_new(), *items = g_menu_new();
  char address[HS_FORMAT_MAX];
  HsBlock block;
  hs_timeline_block(timeline, id, hs_document_get_n_rows(document), &block);
  hs_pane_menu_add_heap(filter, timeline, block.heap);
  hs_pane_menu_add_source(filter, block.source);
  hs_pane_menu_take_section(menu, filter);
  hs_format_hex(address, sizeof address, block.address);
  hs_pane_menu_append(items, _("Copy address"), "win.copy-text", g_variant_new_string(address));
  hs_pane_menu_take_section(menu, items);
}

static void
add_colorings(GMenu *menu)
{
  g_menu_append(menu, _("Colour by _heap"), "win.color-by::heap");
  g_menu_append(menu, _("Colour by _source"), "win.color-by::source");
  g_menu_append(menu, _("Colour by si_ze"), "win.color-by::size");
  g_menu_append(menu, _("Colour by _age"), "win.color-by::age");
  g_menu_append(menu, _("Colour by _thread"), "win.color-by::thread");
  g_menu_append(menu, _("Colour by t_ype in the selection"), "win.color-by::type");
}

static void
show_menu(HsInstantArea *self, HsBlockId block, const GdkEvent *event)
{
  g_autoptr(GMenu) menu = g_menu_new();
  GMenu *rows = g_menu_new(), *group = g_menu_new(), *mode = g_menu_new();
  if (block.v != HS_ID_NONE && block.v < hs_timeline_n_blocks(hs_document_get_timeline(self->document)))
    add_block_items(menu, self->document, block);
  g_menu_append(rows, _("Narrower rows"), "win.row-narrower");
  g_menu_append(rows, _("Wider rows"), "win.row-wider");
  g_menu_append(rows, _("Rows as fit"), "win.row-width::auto");
  if (self->heap.v != HS_ID_NONE)
    g_menu_append(rows, _("All heaps of the filter"), "win.instant-heap::all");
  hs_pane_menu_take_section(menu, rows);
  add_colorings(group);
  hs_pane_menu_take_section(menu, group);
  g_menu_append(mode, _("Map over time"), "win.map-mode::time");
  hs_pane_menu_take_section(menu, mode);
  hs_pane_menu_add_picture(menu, "instant");
  g_clear_pointer(&self->menu, gtk_widget_destroy);
  self->menu = gtk_menu_new_from_model(G_MENU_MODEL(menu));
  gtk_menu_attach_to_widget(GTK_MENU(self->menu), GTK_WIDGET(self), NULL);
  g_signal_connect(self->menu, "destroy", G_CALLBACK(gtk_widget_destroyed), &self->menu);
  if (event != NULL && event->type == GDK_BUTTON_RELEASE)
    gtk_menu_popup_at_pointer(GTK_MENU(self->menu), event);
  else
    gtk_menu_popup_at_widget(GTK_MENU(self->menu), GTK_WIDGET(self), GDK_GRAVITY_CENTER, GDK_GRAVITY_NORTH_WEST, event);
}

/* --- click --- */

static void
clear_point(HsInstantArea *self)
{
  g_clear_pointer(&self->menu_event, gdk_event_free);
  self->wants_menu = FALSE;
}

static gpointer
prepare_point(gpointer owner)
{
  HsInstantArea *self = owner;
  return make_probe(self, self->point_x, self->point_y);
}

static void
point_done(gpointer owner, gpointer request, gpointer result)
{
  HsInstantArea *self = owner;
  g_autofree HsSpaceHit *hit = result;
  if (self->document == NULL)
    return;
  if (self->wants_menu) {
    g_autoptr(GdkEvent) event = g_steal_pointer(&self->menu_event);
    clear_point(self);
    show_menu(self, hit->block, event);
  } else if (hit->block.v != HS_ID_NONE) {
    hs_document_choose_block(self->document, hit->block);
  }
}

static const HsPaneJobClass point_class = {prepare_point, hs_instant_probe_work, point_done, hs_instant_probe_free,
                                           g_free};

/* A click on a heap's numbers shows it alone. */
static gboolean
click_heap(HsInstantArea *self, double x, double y)
{
  HsSpaceView view;
  if (!hs_instant_area_view(self, &view))
    return FALSE;
  HsHeapId heap = hs_space_heap_at(&view, hs_instant_area_palette(self), self->picture, x, y);
  if (heap.v == HS_ID_NONE)
    return FALSE;
  const HsTimeline *timeline = hs_document_get_timeline(self->document);
  const HsHeap *h = hs_timeline_heap(timeline, heap);
  g_autofree char *name =
      g_strdup_printf("%u:0x%" G_GINT64_MODIFIER "x", hs_timeline_process(timeline, h->process)->pid, h->handle);
  hs_instant_area_act(self, "instant-heap", g_variant_new_string(name));
  return TRUE;
}

void
hs_instant_area_clicked(HsInstantArea *self, double x, double y)
{
  clear_point(self);
  if (click_heap(self, x, y))
    return;
  self->point_x = x;
  self->point_y = y;
  hs_pane_job_want(self->point_job, TRUE);
}

void
hs_instant_area_context_menu(HsInstantArea *self, double x, double y, const GdkEvent *event)
{
  if (self->instant == NULL || isnan(x)) {
    show_menu(self, hs_document_get_block(self->document), event);
    return;
  }
  clear_point(self);
  self->point_x = x;
  self->point_y = y;
  self->wants_menu = TRUE;
  if (event != NULL)
    self->menu_event = gdk_event_copy(event);
  hs_pane_job_want(self->point_job, TRUE);
}

/* --- life --- */

void
hs_instant_area_init_probes(HsInstantArea *self)
{
  self->hover_job = hs_pane_job_new(&hover_class, self);
  self->point_job = hs_pane_job_new(&point_class, self);
  self->hover_x = self->hover_y = NAN;
  self->hover = (HsSpaceHit){.block = {HS_ID_NONE}, .process = {HS_ID_NONE}};
}

void
hs_instant_area_forget_probes(HsInstantArea *self)
{
  g_clear_handle_id(&self->hover_timer, g_source_remove);
  hs_pane_job_cancel(self->hover_job);
  hs_pane_job_cancel(self->point_job);
  clear_point(self);
  clear_card(self);
}

void
hs_instant_area_free_probes(HsInstantArea *self)
{
  self->hover_x = self->hover_y = NAN;
  g_clear_pointer(&self->menu, gtk_widget_destroy);
  g_clear_pointer(&self->hover_job, hs_pane_job_free);
  g_clear_pointer(&self->point_job, hs_pane_job_free);
}

gboolean
hs_instant_area_is_probing(HsInstantArea *self)
{
  return self->hover_timer != 0 || hs_pane_job_is_busy(self->hover_job) || hs_pane_job_is_busy(self->point_job);
}

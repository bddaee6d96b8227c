/* SPDX-License-Identifier: MIT */
#include "hs-document-places.h"

#include "hs-config.h"
#include "hs-document-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

void
hs_document_init_places(HsDocument *self)
{
  self->places.set = hs_marker_set_new();
}

void
hs_document_clear_places(HsDocument *self)
{
  g_clear_pointer(&self->places.store, hs_marker_store_free);
  g_clear_pointer(&self->places.set, hs_marker_set_free);
}

/* --- keeping --- */

/* Those set before the file was read stay. */
static void
on_loaded(gpointer owner, const HsMarkerSet *set, const char *problem)
{
  HsDocument *self = owner;
  HsMarkerSet *mine = self->places.set;
  for (guint i = 0; i < hs_marker_set_n(set); i++) {
    const HsMarker *marker = hs_marker_set_get(set, i);
    if (hs_marker_set_find(mine, marker->ticks) < 0)
      (void)hs_marker_set_put(mine, marker->ticks, marker->name);
  }
  self->places.is_loaded = TRUE;
  if (self->places.is_changed)
    hs_document_keep_markers(self);
  hs_document_emit(self, HS_DOCUMENT_PLACES_CHANGED);
  if (problem == NULL)
    return;
  g_autofree char *text =
      g_strdup_printf(_("The markers kept for this trace are damaged (%s); what can be read is shown"), problem);
  hs_document_emit_told(self, text);
}

static void
on_failed(gpointer owner, const char *problem)
{
  g_autofree char *text = g_strdup_printf(_("The markers could not be kept: %s"), problem);
  hs_document_emit_told(owner, text);
}

void
hs_document_open_places(HsDocument *self)
{
  const HsSession *session = hs_loader_session(self->loader);
  if (self->places.store == NULL && session != NULL && !self->closed)
    self->places.store = hs_marker_store_new(self->path, session->start_filetime, on_loaded, on_failed, self);
}

void
hs_document_keep_markers(HsDocument *self)
{
  self->places.is_changed = !self->places.is_loaded;
  if (self->places.is_loaded && self->places.store != NULL)
    hs_marker_store_keep(self->places.store, self->places.set);
}

gboolean
hs_document_is_keeping(HsDocument *self)
{
  return self->places.store != NULL && hs_marker_store_is_busy(self->places.store);
}

void
hs_document_flush_markers(HsDocument *self)
{
  if (self->places.store != NULL)
    hs_marker_store_flush(self->places.store);
}

/* --- markers and pins --- */

static int64_t
limit(HsDocument *self, int64_t ticks)
{
  int64_t span0, span1;
  hs_document_get_span(self, &span0, &span1);
  return CLAMP(ticks, span0, span1 - 1);
}

const HsMarkerSet *
hs_document_get_markers(HsDocument *self)
{
  return self->places.set;
}

gboolean
hs_document_put_marker(HsDocument *self, int64_t ticks, const char *name)
{
  /* One that is there is renamed where it is. */
  if (hs_marker_set_find(self->places.set, ticks) < 0)
    ticks = limit(self, ticks);
  if (!hs_marker_set_put(self->places.set, ticks, name))
    return FALSE;
  hs_document_keep_markers(self);
  hs_document_emit(self, HS_DOCUMENT_PLACES_CHANGED);
  return TRUE;
}

void
hs_document_remove_marker(HsDocument *self, int64_t ticks)
{
  if (!hs_marker_set_remove(self->places.set, ticks))
    return;
  hs_document_keep_markers(self);
  hs_document_emit(self, HS_DOCUMENT_PLACES_CHANGED);
}

void
hs_document_move_marker(HsDocument *self, int64_t from_ticks, int64_t to_ticks)
{
  to_ticks = limit(self, to_ticks);
  if (from_ticks == to_ticks)
    return;
  hs_marker_set_move(self->places.set, from_ticks, to_ticks);
  hs_document_emit(self, HS_DOCUMENT_PLACES_CHANGED);
}

void
hs_document_set_pin(HsDocument *self, int pin, int64_t ticks)
{
  g_return_if_fail(pin >= 0 && pin < HS_N_PINS);

  if (ticks != INT64_MIN)
    ticks = limit(self, ticks);
  if (self->places.set->pins[pin] == ticks)
    return;
  self->places.set->pins[pin] = ticks;
  hs_document_emit(self, HS_DOCUMENT_PLACES_CHANGED);
}

int64_t
hs_document_get_pin(HsDocument *self, int pin)
{
  return pin >= 0 && pin < HS_N_PINS ? self->places.set->pins[pin] : INT64_MIN;
}

/* --- the address --- */

gboolean
hs_document_get_dwelling(HsDocument *self, uint32_t *pid, uint64_t *address)
{
  *pid = self->places.pid;
  *address = self->places.address;
  return self->places.has_address;
}

void
hs_document_set_dwelling(HsDocument *self, uint32_t pid, uint64_t address)
{
  if (self->places.has_address && self->places.pid == pid && self->places.address == address)
    return;
  self->places.has_address = TRUE;
  self->places.pid = pid;
  self->places.address = address;
  hs_document_emit(self, HS_DOCUMENT_PLACES_CHANGED);
}

void
hs_document_clear_dwelling(HsDocument *self)
{
  if (!self->places.has_address)
    return;
  self->places.has_address = FALSE;
  hs_document_emit(self, HS_DOCUMENT_PLACES_CHANGED);
}

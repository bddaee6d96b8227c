/* SPDX-License-Identifier: MIT */
#include "hs-marker-set.h"

#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

static void
clear_marker(gpointer data)
{
  HsMarker *marker = data;
  g_free(marker->name);
}

HsMarkerSet *
hs_marker_set_new(void)
{
  HsMarkerSet *set = g_new0(HsMarkerSet, 1);
  set->markers = g_array_new(FALSE, FALSE, sizeof(HsMarker));
  g_array_set_clear_func(set->markers, clear_marker);
  for (int i = 0; i < HS_N_PINS; i++)
    set->pins[i] = INT64_MIN;
  return set;
}

void
hs_marker_set_free(HsMarkerSet *set)
{
  if (set == NULL)
    return;
  g_array_unref(set->markers);
  g_free(set);
}

HsMarkerSet *
hs_marker_set_copy(const HsMarkerSet *set)
{
  HsMarkerSet *copy = hs_marker_set_new();
  for (guint i = 0; i < hs_marker_set_n(set); i++) {
    HsMarker marker = *hs_marker_set_get(set, i);
    marker.name = g_strdup(marker.name);
    g_array_append_val(copy->markers, marker);
  }
  for (int i = 0; i < HS_N_PINS; i++)
    copy->pins[i] = set->pins[i];
  return copy;
}

bool
hs_marker_set_is_empty(const HsMarkerSet *set)
{
  if (set == NULL)
    return true;
  for (int i = 0; i < HS_N_PINS; i++) {
    if (set->pins[i] != INT64_MIN)
      return false;
  }
  return set->markers->len == 0;
}

/* The first at or after a moment. */
static guint
lower_bound(const HsMarkerSet *set, int64_t ticks)
{
  guint low = 0, high = hs_marker_set_n(set);
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (hs_marker_set_get(set, middle)->ticks < ticks)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

int
hs_marker_set_find(const HsMarkerSet *set, int64_t ticks)
{
  guint i = lower_bound(set, ticks);
  return i < hs_marker_set_n(set) && hs_marker_set_get(set, i)->ticks == ticks ? (int)i : -1;
}

int
hs_marker_set_next(const HsMarkerSet *set, int64_t ticks)
{
  guint i = lower_bound(set, ticks);
  if (i < hs_marker_set_n(set) && hs_marker_set_get(set, i)->ticks == ticks)
    i++;
  return i < hs_marker_set_n(set) ? (int)i : -1;
}

int
hs_marker_set_previous(const HsMarkerSet *set, int64_t ticks)
{
  return (int)lower_bound(set, ticks) - 1;
}

static bool
is_taken(const HsMarkerSet *set, const char *name)
{
  for (guint i = 0; i < hs_marker_set_n(set); i++) {
    if (g_str_equal(hs_marker_set_get(set, i)->name, name))
      return true;
  }
  return false;
}

static char *
free_name(const HsMarkerSet *set)
{
  for (guint i = hs_marker_set_n(set) > 64 ? hs_marker_set_n(set) : 1;; i++) {
    g_autofree char *name = g_strdup_printf(_("Marker %u"), i);
    if (!is_taken(set, name))
      return g_steal_pointer(&name);
  }
}

/* Valid UTF-8 in one line and not too long; NULL if nothing is left. */
static char *
clean_name(const char *name)
{
  g_autofree char *valid = name != NULL ? g_utf8_make_valid(name, -1) : g_strdup("");
  GString *clean = g_string_new(NULL);
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char(c)) {
    gunichar letter = g_utf8_get_char(c);
    if (clean->len + 6 > HS_MARKER_NAME_BYTES)
      break;
    g_string_append_unichar(clean, g_unichar_iscntrl(letter) || g_unichar_isspace(letter) ? ' ' : letter);
  }
  g_strstrip(clean->str);
  if (clean->str[0] != '\0')
    return g_string_free(clean, FALSE);
  g_string_free(clean, TRUE);
  return NULL;
}

bool
hs_marker_set_put(HsMarkerSet *set, int64_t ticks, const char *name)
{
  int index = hs_marker_set_find(set, ticks);
  if (index < 0 && hs_marker_set_n(set) >= HS_MAX_MARKERS)
    return false;
  char *clean = clean_name(name);
  if (clean == NULL)
    clean = index >= 0 ? g_strdup(hs_marker_set_get(set, (guint)index)->name) : free_name(set);
  if (index >= 0) {
    HsMarker *marker = &g_array_index(set->markers, HsMarker, index);
    g_free(marker->name);
    marker->name = clean;
  } else {
    HsMarker marker = {ticks, clean};
    g_array_insert_val(set->markers, lower_bound(set, ticks), marker);
  }
  return true;
}

void
hs_marker_set_move(HsMarkerSet *set, int64_t from_ticks, int64_t to_ticks)
{
  int index = hs_marker_set_find(set, from_ticks);
  if (index < 0 || from_ticks == to_ticks)
    return;
  g_autofree char *name = g_strdup(hs_marker_set_get(set, (guint)index)->name);
  g_array_remove_index(set->markers, (guint)index);
  (void)hs_marker_set_put(set, to_ticks, name);
}

bool
hs_marker_set_remove(HsMarkerSet *set, int64_t ticks)
{
  int index = hs_marker_set_find(set, ticks);
  if (index >= 0)
    g_array_remove_index(set->markers, (guint)index);
  return index >= 0;
}

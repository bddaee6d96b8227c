/* SPDX-License-Identifier: MIT */
#include "hs-health.h"

#include <string.h>

#include "hs-config.h"
#include "hs-format.h"
#include "hs-health-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

static void
free_place(gpointer data)
{
  HsHealthPlace *place = data;
  g_free(place->text);
  g_free(place);
}

HsHealthItem *
hs_health_item_new(const char *id, HsHealthGravity gravity, const char *title, const char *brief, char *meaning)
{
  HsHealthItem *item = g_new0(HsHealthItem, 1);
  item->id = id;
  item->gravity = gravity;
  item->title = g_strdup(title);
  item->brief = g_strdup(brief);
  item->meaning = meaning;
  item->places = g_ptr_array_new_with_free_func(free_place);
  return item;
}

void
hs_health_item_free(gpointer data)
{
  HsHealthItem *item = data;
  g_free(item->title);
  g_free(item->brief);
  g_free(item->meaning);
  g_ptr_array_unref(item->places);
  g_free(item);
}

void
hs_health_item_add_place(HsHealthItem *item, bool has_offset, uint64_t offset, char *text)
{
  HsHealthPlace *place = g_new(HsHealthPlace, 1);
  *place = (HsHealthPlace){has_offset, offset, text};
  if (has_offset && item->places->len == 0) {
    item->has_offset = true;
    item->offset = offset;
  }
  g_ptr_array_add(item->places, place);
}

/* Puts a finding behind all that are as grave or graver. */
static void
insert(GPtrArray *list, HsHealthItem *item)
{
  guint at = list->len;
  while (at > 0 && ((const HsHealthItem *)list->pdata[at - 1])->gravity < item->gravity)
    at--;
  g_ptr_array_insert(list, (gint)at, item);
}

GPtrArray *
hs_health_list(HsLoader *loader)
{
  GPtrArray *list = g_ptr_array_new_with_free_func(hs_health_item_free);
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  hs_health_find(loader, found);
  for (guint i = 0; i < found->len; i++)
    insert(list, found->pdata[i]);
  return list;
}

void
hs_health_add_check(GPtrArray *list, const char *id, const char *title, const char *meaning)
{
  insert(list, hs_health_item_new(id, HS_HEALTH_BAD, title, title, g_strdup(meaning)));
}

void
hs_health_add_self_check(GPtrArray *list, const HsSelfCheck *check)
{
  static const char *const titles[HS_N_CHECKS] = {
      [HS_CHECK_HEAPS] = N_("Figures of heaps do not add up"),
      [HS_CHECK_BLOCKS] = N_("Blocks are not begins less ends"),
      [HS_CHECK_ROWS] = N_("Filters do not count as tables do"),
      [HS_CHECK_SERIES] = N_("The curve contradicts the events"),
  };
  for (unsigned i = 0; check != NULL && i < HS_N_CHECKS; i++) {
    if (check->failures[i] == NULL)
      continue;
    g_autofree char *meaning =
        g_strdup_printf(_("This is a mistake in Heapscope, not in the trace, and its figures cannot be relied on here "
                          "(%s)."),
                        check->failures[i]);
    hs_health_add_check(list, hs_check_name((HsCheck)i), _(titles[i]), meaning);
  }
}

HsHealthGravity
hs_health_gravity(const GPtrArray *list)
{
  return list->len > 0 ? ((const HsHealthItem *)list->pdata[0])->gravity : HS_HEALTH_GOOD;
}

/* --- texts --- */

static void
append_brief(GString *text, const HsHealthItem *item)
{
  char count[HS_FORMAT_MAX];
  if (item->has_count && item->count > 0)
    g_string_append_printf(text, _("%s (%s)"), item->brief, hs_format_count(count, sizeof count, item->count));
  else
    g_string_append(text, item->brief);
}

/* That nobody was traced is no fault of the trace, and told apart. */
static bool
is_fault(const HsHealthItem *item)
{
  return item->gravity >= HS_HEALTH_WARNING && strcmp(item->id, "processes-traced") != 0;
}

bool
hs_health_is_whole(const GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++) {
    if (is_fault(list->pdata[i]))
      return false;
  }
  return true;
}

char *
hs_health_headline(const GPtrArray *list, bool running)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < list->len; i++) {
    if (!is_fault(list->pdata[i]))
      continue;
    if (text->len > 0)
      g_string_append(text, ", ");
    append_brief(text, list->pdata[i]);
  }
  if (text->len > 0)
    return g_strdup_printf(_("Numbers may be off: %s"), text->str);
  if (hs_health_gravity(list) >= HS_HEALTH_WARNING)
    return g_strdup(_("Nothing was lost or damaged, but there are no heap events"));
  if (running)
    return g_strdup(_("Nothing was lost or damaged so far"));
  return g_strdup(_("This trace is whole: nothing was lost or damaged"));
}

char *
hs_health_sentence(const HsHealthItem *item)
{
  char count[HS_FORMAT_MAX];
  if (!item->has_count)
    return g_strdup_printf(_("%s. %s"), item->title, item->meaning);
  return g_strdup_printf(_("%s: %s. %s"), item->title, hs_format_count(count, sizeof count, item->count),
                         item->meaning);
}

char *
hs_health_notice(const GPtrArray *list)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < list->len; i++) {
    if (!is_fault(list->pdata[i]))
      continue;
    if (text->len > 0)
      g_string_append_c(text, '\n');
    g_autofree char *sentence = hs_health_sentence(list->pdata[i]);
    g_string_append(text, sentence);
  }
  return g_string_free(text, text->len == 0);
}

static bool
equal_places(const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return false;
  for (guint i = 0; i < a->len; i++) {
    const HsHealthPlace *x = a->pdata[i], *y = b->pdata[i];
    if (x->has_offset != y->has_offset || x->offset != y->offset || strcmp(x->text, y->text) != 0)
      return false;
  }
  return true;
}

bool
hs_health_equal(const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return false;
  for (guint i = 0; i < a->len; i++) {
    const HsHealthItem *x = a->pdata[i], *y = b->pdata[i];
    if (strcmp(x->id, y->id) != 0 || x->gravity != y->gravity || x->has_count != y->has_count || x->count != y->count ||
        x->n_more != y->n_more || strcmp(x->title, y->title) != 0 || strcmp(x->meaning, y->meaning) != 0 ||
        !equal_places(x->places, y->places))
      return false;
  }
  return true;
}

void
hs_health_figures(const HsTimeline *timeline, HsHealthFigures *figures)
{
  *figures = (HsHealthFigures){.heaps = hs_timeline_n_heaps(timeline)};
  /* Asked for after the heaps: each of theirs is among them. */
  figures->processes_known = hs_timeline_n_processes(timeline);
  g_autofree uint8_t *traced = g_new0(uint8_t, MAX(figures->processes_known, 1));
  for (uint32_t i = 0; i < figures->heaps; i++) {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){i});
    figures->heaps_without_create += HS_GET(heap->create_ticks) == INT64_MIN;
    if (HS_GET(heap->n_events) > 0 && !traced[heap->process.v]) {
      traced[heap->process.v] = 1;
      figures->processes_traced++;
    }
  }
}

/* SPDX-License-Identifier: MIT */
/*
 * The window's actions on the filter. All of them write into the one text that the filter bar shows. Heaps are named by
 * pid and handle; if a handle was used again after its heap was destroyed, all heaps of that name are meant. Names that
 * do not exist change nothing.
 */
#include "hs-query-edit.h"
#include "hs-window-private.h"

#define ACTION(name) static void activate_##name(GSimpleAction *action, GVariant *parameter, gpointer data)

typedef enum { HS_SHOW, HS_HIDE, HS_ONLY } Wish;

/* Takes the text. */
static void
take_text(HsWindow *self, char *text)
{
  (void)hs_document_set_filter_text(self->document, text, FALSE, NULL);
  g_free(text);
}

static gboolean
parse_handle(const char *text, uint64_t *handle)
{
  char *end = NULL;
  if (!g_ascii_isdigit(text[0]))
    return FALSE;
  *handle = g_ascii_strtoull(text, &end, 0);
  return *end == '\0';
}

static gboolean
heap_matches(HsTimeline *timeline, HsHeapId id, uint32_t pid, const uint64_t *handle)
{
  const HsHeap *heap = hs_timeline_heap(timeline, id);
  return hs_timeline_process(timeline, heap->process)->pid == pid && (handle == NULL || heap->handle == *handle);
}

/* handle NULL: all heaps of the process. */
static void
change_heaps(HsWindow *self, uint32_t pid, const uint64_t *handle, Wish wish)
{
  HsTimeline *timeline = hs_document_get_timeline(self->document);
  g_autoptr(HsFilter) filter = hs_filter_copy(hs_document_get_filter(self->document));
  uint32_t n_heaps = hs_timeline_n_heaps(timeline);
  gboolean found = FALSE;

  for (uint32_t i = 0; i < n_heaps; i++) {
    HsHeapId heap = {i};
    if (!heap_matches(timeline, heap, pid, handle))
      continue;
    if (wish == HS_ONLY && !found)
      hs_filter_only_heap(filter, heap);
    else
      hs_filter_set_heap(filter, heap, wish != HS_HIDE);
    found = TRUE;
  }
  if (found && wish == HS_ONLY && handle == NULL) {
    g_autofree char *term = g_strdup_printf("pid == %u", pid);
    take_text(self, hs_query_with_heaps(hs_document_get_query(self->document), term));
  } else if (found) {
    hs_document_set_filter(self->document, filter);
  }
}

static void
change_named_heap(HsWindow *self, GVariant *parameter, Wish wish)
{
  uint32_t pid;
  uint64_t handle;
  const char *text;
  g_variant_get(parameter, "(u&s)", &pid, &text);
  if (parse_handle(text, &handle))
    change_heaps(self, pid, &handle, wish);
}

static void
change_source(HsWindow *self, GVariant *parameter, Wish wish)
{
  HsSource source = hs_source_from_name(g_variant_get_string(parameter, NULL));
  if (source == HS_SOURCE_NONE)
    return;
  g_autoptr(HsFilter) filter = hs_filter_copy(hs_document_get_filter(self->document));
  if (wish == HS_ONLY)
    hs_filter_only_source(filter, source);
  else
    hs_filter_set_source(filter, source, wish == HS_SHOW);
  hs_document_set_filter(self->document, filter);
}

ACTION(only_heap)
{
  change_named_heap(data, parameter, HS_ONLY);
}

ACTION(hide_heap)
{
  change_named_heap(data, parameter, HS_HIDE);
}

ACTION(show_heap)
{
  change_named_heap(data, parameter, HS_SHOW);
}

ACTION(only_process)
{
  change_heaps(data, g_variant_get_uint32(parameter), NULL, HS_ONLY);
}

ACTION(hide_process)
{
  change_heaps(data, g_variant_get_uint32(parameter), NULL, HS_HIDE);
}

ACTION(show_process)
{
  change_heaps(data, g_variant_get_uint32(parameter), NULL, HS_SHOW);
}

ACTION(only_source)
{
  change_source(data, parameter, HS_ONLY);
}

ACTION(hide_source)
{
  change_source(data, parameter, HS_HIDE);
}

ACTION(show_source)
{
  change_source(data, parameter, HS_SHOW);
}

/* --- the text itself --- */

/* Takes out what asks for nothing but this field. */
ACTION(show_all_of)
{
  HsWindow *self = data;
  take_text(self, hs_query_without(hs_document_get_query(self->document), g_variant_get_string(parameter, NULL)));
}

ACTION(filter)
{
  HsWindow *self = data;
  const char *text = g_variant_get_string(parameter, NULL);
  hs_window_set_filter(self, text);
}

static void
add_value(HsWindow *self, GVariant *parameter, bool exclude)
{
  const char *field, *value;
  g_variant_get(parameter, "(&s&s)", &field, &value);
  take_text(self, hs_query_with_value(hs_document_get_query(self->document), field, value, exclude));
}

ACTION(filter_by)
{
  add_value(data, parameter, false);
}

ACTION(filter_exclude)
{
  add_value(data, parameter, true);
}

ACTION(filter_undo)
{
  hs_document_undo_filter(HS_WINDOW(data)->document);
}

ACTION(filter_redo)
{
  hs_document_redo_filter(HS_WINDOW(data)->document);
}

ACTION(focus_filter)
{
  hs_filter_bar_take_focus(HS_WINDOW(data)->filter_bar);
}

ACTION(clear_filter)
{
  hs_window_set_filter(data, "");
}

static const GActionEntry entries[] = {
    {"only-heap", activate_only_heap, "(us)", NULL, NULL},
    {"hide-heap", activate_hide_heap, "(us)", NULL, NULL},
    {"show-heap", activate_show_heap, "(us)", NULL, NULL},
    {"only-process", activate_only_process, "u", NULL, NULL},
    {"hide-process", activate_hide_process, "u", NULL, NULL},
    {"show-process", activate_show_process, "u", NULL, NULL},
    {"only-source", activate_only_source, "s", NULL, NULL},
    {"hide-source", activate_hide_source, "s", NULL, NULL},
    {"show-source", activate_show_source, "s", NULL, NULL},
    {"show-all-of", activate_show_all_of, "s", NULL, NULL},
    {"filter", activate_filter, "s", NULL, NULL},
    {"filter-by", activate_filter_by, "(ss)", NULL, NULL},
    {"filter-exclude", activate_filter_exclude, "(ss)", NULL, NULL},
    {"focus-filter", activate_focus_filter, NULL, NULL, NULL},
    {"filter-undo", activate_filter_undo, NULL, NULL, NULL},
    {"filter-redo", activate_filter_redo, NULL, NULL, NULL},
    {"clear-filter", activate_clear_filter, NULL, NULL, NULL},
};

void
hs_window_add_filter_actions(HsWindow *self)
{
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
}

void
hs_window_update_filter_actions(HsWindow *self)
{
  gboolean has_trace = hs_window_has_trace(self);
  for (gsize i = 0; i < G_N_ELEMENTS(entries); i++) {
    const char *name = entries[i].name;
    gboolean possible = has_trace;
    if (has_trace && g_str_equal(name, "clear-filter"))
      possible = hs_document_get_filter_text(self->document)[0] != '\0';
    else if (has_trace && g_str_equal(name, "filter-undo"))
      possible = hs_document_can_undo_filter(self->document);
    else if (has_trace && g_str_equal(name, "filter-redo"))
      possible = hs_document_can_redo_filter(self->document);
    hs_window_set_action_enabled(self, name, possible);
  }
}

/* SPDX-License-Identifier: MIT */
/*
 * win.view-state: what the window shows, as JSON, for automation and tests. It speaks of what is applied: filter, rows
 * and bytes always belong together. Times are in ns.
 */
#include <json-glib/json-glib.h>

#include "hs-window-private.h"

static const char *
outcome_name(HsDocument *document)
{
  if (document == NULL)
    return "none";
  if (hs_document_get_marks(document).loaded_to != INT64_MAX)
    return "loading";
  switch (hs_loader_outcome(hs_document_get_loader(document))) {
  case HS_LOAD_COMPLETE:
    return "complete";
  case HS_LOAD_PARTIAL:
    return "partial";
  case HS_LOAD_FAILED:
    return "failed";
  case HS_LOAD_RUNNING:
  default:
    return "loading";
  }
}

static double
load_progress(HsDocument *document)
{
  HsLoadProgress progress;
  if (document == NULL)
    return 0;
  if (hs_document_get_marks(document).loaded_to == INT64_MAX)
    return 1;
  hs_loader_progress(hs_document_get_loader(document), &progress);
  return progress.bytes_total > 0 ? CLAMP((double)progress.bytes_done / (double)progress.bytes_total, 0, 1) : 0;
}

static void
add_range(JsonBuilder *builder, HsClock clock, const char *name, int64_t t0, int64_t t1)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  json_builder_add_int_value(builder, hs_clock_to_ns(clock, t0));
  json_builder_add_int_value(builder, hs_clock_to_ns(clock, t1));
  json_builder_end_array(builder);
}

static void
add_int(JsonBuilder *builder, const char *name, int64_t value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, value);
}

static void
add_optional(JsonBuilder *builder, const char *name, gboolean present, int64_t value)
{
  json_builder_set_member_name(builder, name);
  if (present)
    json_builder_add_int_value(builder, value);
  else
    json_builder_add_null_value(builder);
}

static void
add_rows(JsonBuilder *builder, HsDocument *document)
{
  int64_t t0, t1, bytes = 0;
  uint32_t count = 0;
  hs_document_get_range(document, &t0, &t1);
  hs_series_at(hs_document_get_series(document), t1 - 1, &bytes, &count);
  json_builder_set_member_name(builder, "filter");
  json_builder_add_string_value(builder, hs_document_get_applied_text(document));
  add_int(builder, "rows_shown", hs_row_set_count(hs_document_get_row_set(document)));
  add_int(builder, "rows_total", hs_document_get_n_rows(document));
  add_int(builder, "outstanding_bytes", bytes);
  add_int(builder, "outstanding_count", count);
}

static void
add_document(JsonBuilder *builder, HsWindow *self)
{
  HsDocument *document = self->document;
  HsClock clock = hs_window_clock(self);
  int64_t t0, t1;

  hs_document_get_range(document, &t0, &t1);
  add_range(builder, clock, "visible", t0, t1);
  if (hs_document_get_selection(document, &t0, &t1)) {
    add_range(builder, clock, "selection", t0, t1);
  } else {
    json_builder_set_member_name(builder, "selection");
    json_builder_add_null_value(builder);
  }
  add_rows(builder, document);
  int64_t cursor = hs_document_get_cursor(document);
  add_optional(builder, "cursor", cursor != INT64_MIN, hs_clock_to_ns(clock, cursor));
  json_builder_set_member_name(builder, "tab");
  json_builder_add_string_value(builder, hs_window_get_tab(self));
  add_int(builder, "blocks_shown", hs_row_set_count(hs_document_get_block_set(document)));
  HsRow row = hs_document_get_row(document);
  add_optional(builder, "chosen_row", row != UINT32_MAX, row);
  hs_window_add_instant_state(self, builder);
  hs_window_add_places_state(self, builder);
}

static char *
view_state(HsWindow *self)
{
  static const char nothing[] = "{\"loading\":false,\"progress\":0.0,\"outcome\":\"none\",\"busy\":false,"
                                "\"visible\":[0,0],\"selection\":null,\"filter\":\"\",\"rows_shown\":0,"
                                "\"rows_total\":0,\"outstanding_bytes\":0,\"outstanding_count\":0,\"cursor\":null,"
                                "\"chosen_row\":null}";
  if (self->document == NULL)
    return g_strdup(nothing);
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "loading");
  json_builder_add_boolean_value(builder, g_str_equal(outcome_name(self->document), "loading"));
  json_builder_set_member_name(builder, "progress");
  json_builder_add_double_value(builder, load_progress(self->document));
  json_builder_set_member_name(builder, "outcome");
  json_builder_add_string_value(builder, outcome_name(self->document));
  json_builder_set_member_name(builder, "busy");
  json_builder_add_boolean_value(builder, hs_document_is_busy(self->document));
  add_document(builder, self);
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  return json_to_string(root, FALSE);
}

static gboolean
on_idle(gpointer data)
{
  HsWindow *self = data;
  self->state_idle = 0;
  GAction *action = g_action_map_lookup_action(G_ACTION_MAP(self), "view-state");
  g_simple_action_set_state(G_SIMPLE_ACTION(action), g_variant_new_take_string(view_state(self)));
  return G_SOURCE_REMOVE;
}

void
hs_window_queue_view_state(HsWindow *self)
{
  /* Above the priority of D-Bus calls: whoever asks after a change sees it. */
  if (self->state_idle == 0)
    self->state_idle = g_idle_add_full(G_PRIORITY_HIGH, on_idle, self, NULL);
}

/* Without handlers of its own an action lets anybody write its state. */
static void
do_nothing(GSimpleAction *action, GVariant *value, gpointer data)
{
}

void
hs_window_add_view_state(HsWindow *self)
{
  g_autoptr(GSimpleAction) action =
      g_simple_action_new_stateful("view-state", NULL, g_variant_new_take_string(view_state(self)));
  g_signal_connect(action, "activate", G_CALLBACK(do_nothing), NULL);
  g_signal_connect(action, "change-state", G_CALLBACK(do_nothing), NULL);
  g_action_map_add_action(G_ACTION_MAP(self), G_ACTION(action));
}

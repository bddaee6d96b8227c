/* SPDX-License-Identifier: MIT */
/* The filter bar in the window: what is written there is wanted of the document, what is in force is shown there. */
#include "hs-window-private.h"

#define MAX_HISTORY 30

void
hs_window_set_filter(HsWindow *self, const char *text)
{
  gboolean is_filter = hs_document_set_filter_text(self->document, text, FALSE, NULL);
  hs_filter_bar_refuse(self->filter_bar, is_filter ? NULL : text);
}

void
hs_window_update_filter_bar(HsWindow *self)
{
  gboolean has_trace = hs_window_has_trace(self);
  gtk_widget_set_visible(GTK_WIDGET(self->filter_bar), has_trace);
  if (!has_trace) {
    hs_filter_bar_set_text(self->filter_bar, "");
    return;
  }
  hs_filter_bar_set_text(self->filter_bar, hs_document_get_filter_text(self->document));
  gboolean filtered = !hs_query_is_empty(hs_document_get_query(self->document));
  hs_filter_bar_set_counts(self->filter_bar, filtered, hs_row_set_count(hs_document_get_row_set(self->document)),
                           hs_document_get_n_rows(self->document), hs_document_is_filtering(self->document));
}

/* --- what was asked for before --- */

void
hs_window_init_filter_bar(HsWindow *self)
{
  if (self->settings == NULL)
    return;
  g_auto(GStrv) texts = g_settings_get_strv(self->settings, "filter-history");
  hs_filter_bar_set_history(self->filter_bar, (const char *const *)texts);
}

static void
remember(HsWindow *self, const char *text)
{
  if (self->settings == NULL || text[0] == '\0')
    return;
  g_auto(GStrv) old = g_settings_get_strv(self->settings, "filter-history");
  g_autoptr(GPtrArray) texts = g_ptr_array_new();
  g_ptr_array_add(texts, (gpointer)text);
  for (gsize i = 0; old[i] != NULL && texts->len < MAX_HISTORY; i++) {
    if (!g_str_equal(old[i], text))
      g_ptr_array_add(texts, old[i]);
  }
  g_ptr_array_add(texts, NULL);
  g_settings_set_strv(self->settings, "filter-history", (const char *const *)texts->pdata);
  hs_filter_bar_set_history(self->filter_bar, (const char *const *)texts->pdata);
}

/* --- what the bar tells --- */

static void
on_filter_changed(HsFilterBar *bar, const char *text, HsWindow *self)
{
  if (hs_window_has_trace(self))
    (void)hs_document_set_filter_text(self->document, text, TRUE, NULL);
}

static void
on_filter_applied(HsFilterBar *bar, const char *text, HsWindow *self)
{
  if (!hs_window_has_trace(self))
    return;
  (void)hs_document_set_filter_text(self->document, text, TRUE, NULL);
  hs_document_end_filter_steps(self->document);
  remember(self, text);
}

static void
on_filter_escaped(HsFilterBar *bar, HsWindow *self)
{
  gtk_widget_grab_focus(GTK_WIDGET(self->map));
}

void
hs_window_bind_filter_bar(GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback(widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback(widget_class, on_filter_applied);
  gtk_widget_class_bind_template_callback(widget_class, on_filter_escaped);
}

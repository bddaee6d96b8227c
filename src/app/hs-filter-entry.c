/* SPDX-License-Identifier: MIT */
#include "hs-filter-entry.h"

#include <string.h>

#include "hs-config.h"
#include "hs-filter-colours.h"
#include "hs-filter-completion.h"
#include "hs-query.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define ROWS_A_PAGE 9
#define MAX_ERROR_CHARS 52

struct _HsFilterEntry {
  GtkEntry parent_instance;
  HsTimeline *timeline;
  HsQueryError error; /* of the text; message NULL if there is none */
  HsFilterCompletion *completion;
  GtkWidget *error_popover;
  GtkLabel *error_label;
  gboolean is_setting;  /* the text is being set, not written */
  gboolean was_written; /* since completions were last offered */
  gboolean has_preedit; /* an input method is at work: keys are its own */
  guint offer_id;
};

enum { SIGNAL_CHECKED, SIGNAL_ESCAPED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HsFilterEntry, hs_filter_entry, GTK_TYPE_ENTRY)

static const char *
get_text(HsFilterEntry *self)
{
  return gtk_entry_get_text(GTK_ENTRY(self));
}

/* The caret's place, in bytes. */
static guint
caret_bytes(HsFilterEntry *self)
{
  const char *text = get_text(self);
  return (guint)(g_utf8_offset_to_pointer(text, gtk_editable_get_position(GTK_EDITABLE(self))) - text);
}

static int
chars_before(HsFilterEntry *self, guint bytes)
{
  return (int)g_utf8_strlen(get_text(self), (gssize)bytes);
}

/* Where a letter of the text is drawn. */
static GdkRectangle
place_of(HsFilterEntry *self, guint bytes)
{
  GtkEntry *entry = GTK_ENTRY(self);
  int x, width = gtk_widget_get_allocated_width(GTK_WIDGET(self));
  PangoRectangle letter;
  gtk_entry_get_layout_offsets(entry, &x, NULL);
  pango_layout_index_to_pos(gtk_entry_get_layout(entry), gtk_entry_text_index_to_layout_index(entry, (int)bytes),
                            &letter);
  x += PANGO_PIXELS(letter.x);
  return (GdkRectangle){CLAMP(x, 0, MAX(width - 1, 0)), 0, 1, gtk_widget_get_allocated_height(GTK_WIDGET(self))};
}

/* --- validity --- */

static void
refresh_colours(HsFilterEntry *self)
{
  const HsQueryError *error = self->error.message != NULL ? &self->error : NULL;
  PangoAttrList *colours = hs_filter_colours(gtk_widget_get_style_context(GTK_WIDGET(self)), get_text(self), error);
  gtk_entry_set_attributes(GTK_ENTRY(self), colours);
  g_clear_pointer(&colours, pango_attr_list_unref);
}

static void
check(HsFilterEntry *self)
{
  const char *text = get_text(self);
  hs_query_error_clear(&self->error);
  g_autoptr(HsQuery) query = hs_query_parse(text, &self->error);
  g_autofree char *message = query == NULL ? hs_filter_error_text(text, &self->error) : NULL;
  refresh_colours(self);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self), message);
  gtk_label_set_text(self->error_label, message != NULL ? message : "");
  atk_object_set_description(gtk_widget_get_accessible(GTK_WIDGET(self)), message != NULL ? message : "");
  gtk_widget_hide(self->error_popover);
  g_signal_emit(self, signals[SIGNAL_CHECKED], 0);
}

gboolean
hs_filter_entry_is_valid(HsFilterEntry *self)
{
  return self->error.message == NULL;
}

void
hs_filter_entry_show_error(HsFilterEntry *self)
{
  if (hs_filter_entry_is_valid(self))
    return;
  hs_filter_entry_close(self);
  gtk_editable_set_position(GTK_EDITABLE(self), chars_before(self, self->error.offset_bytes));
  GdkRectangle place = place_of(self, self->error.offset_bytes);
  gtk_popover_set_pointing_to(GTK_POPOVER(self->error_popover), &place);
  gtk_widget_show(self->error_popover);
}

/* --- completions --- */

/* By hand: also where nothing has been written. */
static void
offer(HsFilterEntry *self, gboolean by_hand)
{
  const char *text = get_text(self);
  gboolean is_wanted = by_hand || (text[0] != '\0' && gtk_widget_is_focus(GTK_WIDGET(self)));
  if (!is_wanted || gtk_editable_get_selection_bounds(GTK_EDITABLE(self), NULL, NULL)) {
    hs_filter_completion_close(self->completion);
    return;
  }
  HsCompletions *completions = hs_query_complete(text, caret_bytes(self), self->timeline);
  GdkRectangle place = place_of(self, completions->start_bytes);
  gtk_widget_hide(self->error_popover);
  hs_filter_completion_offer(self->completion, completions, &place);
}

static void
cancel_offer(HsFilterEntry *self)
{
  g_clear_handle_id(&self->offer_id, g_source_remove);
  self->was_written = FALSE;
}

/* What is open belongs to where the caret was: if it only moved, that is over. */
static void
offer_now(HsFilterEntry *self)
{
  gboolean was_written = self->was_written;
  cancel_offer(self);
  if (was_written)
    offer(self, FALSE);
  else
    hs_filter_completion_close(self->completion);
}

static gboolean
on_offer(gpointer data)
{
  HsFilterEntry *self = data;
  self->offer_id = 0;
  offer_now(self);
  return G_SOURCE_REMOVE;
}

/* Later, but before the next frame: the text changes before the caret moves. */
static void
offer_soon(HsFilterEntry *self)
{
  if (self->offer_id == 0)
    self->offer_id = g_idle_add_full(G_PRIORITY_HIGH_IDLE, on_offer, self, NULL);
}

static void
on_changed(HsFilterEntry *self)
{
  check(self);
  if (self->is_setting)
    return;
  self->was_written = TRUE;
  offer_soon(self);
}

static void
on_caret_moved(HsFilterEntry *self)
{
  if (hs_filter_completion_is_open(self->completion))
    offer_soon(self);
}

/* Puts the chosen completion, else the first, into the text. */
static void
accept(HsFilterEntry *self)
{
  GtkEditable *editable = GTK_EDITABLE(self);
  const HsCompletions *completions = hs_filter_completion_get(self->completion);
  const HsCompletion *item = hs_filter_completion_get_item(self->completion);
  if (item == NULL)
    return;
  const char *text = get_text(self);
  int start = chars_before(self, completions->start_bytes), end = chars_before(self, completions->end_bytes);
  gboolean has_space = text[completions->end_bytes] == ' ';
  g_autofree char *put = g_strconcat(item->text, item->wants_space && !has_space ? " " : "", NULL);
  int position = start;
  gtk_editable_delete_text(editable, start, end);
  gtk_editable_insert_text(editable, put, -1, &position);
  gtk_editable_set_position(editable, position + (item->wants_space && has_space ? 1 : 0));
}

/* A click on what belonged to another text comes too late. */
static void
on_picked(HsFilterEntry *self)
{
  if (self->offer_id == 0)
    accept(self);
}

void
hs_filter_entry_close(HsFilterEntry *self)
{
  cancel_offer(self);
  /* The focus leaves what is destroyed, too. */
  if (self->completion == NULL)
    return;
  hs_filter_completion_close(self->completion);
  gtk_widget_hide(self->error_popover);
}

/* --- keys --- */

static gboolean
on_tab(HsFilterEntry *self)
{
  if (!hs_filter_completion_is_open(self->completion))
    return GDK_EVENT_PROPAGATE;
  accept(self);
  return GDK_EVENT_STOP;
}

static gboolean
on_enter(HsFilterEntry *self)
{
  if (!hs_filter_completion_has_choice(self->completion)) {
    hs_filter_entry_close(self);
    return GDK_EVENT_PROPAGATE;
  }
  accept(self);
  if (hs_filter_entry_is_valid(self)) {
    hs_filter_entry_close(self);
    g_signal_emit_by_name(self, "activate");
  }
  return GDK_EVENT_STOP;
}

static gboolean
on_escape(HsFilterEntry *self)
{
  if (hs_filter_completion_is_open(self->completion) || gtk_widget_get_visible(self->error_popover))
    hs_filter_entry_close(self);
  else
    g_signal_emit(self, signals[SIGNAL_ESCAPED], 0);
  return GDK_EVENT_STOP;
}

/* The focus stays in the entry while one chooses: so it is the entry that tells screen readers what is chosen. */
static void
tell_choice(HsFilterEntry *self)
{
  g_autofree char *text = NULL;
  if (hs_filter_completion_has_choice(self->completion)) {
    const HsCompletion *item = hs_filter_completion_get_item(self->completion);
    const GPtrArray *items = hs_filter_completion_get(self->completion)->items;
    guint index = 0;
    while (index < items->len && g_ptr_array_index(items, index) != item)
      index++;
    /* Translators: a completion, what it means, its place in the list: "size, of the block in bytes, 3 of 12" */
    text = g_strdup_printf(_("%s, %s, %u of %u"), item->text, item->detail != NULL ? item->detail : "", index + 1,
                           items->len);
  }
  const char *message = gtk_label_get_text(self->error_label);
  atk_object_set_description(gtk_widget_get_accessible(GTK_WIDGET(self)), text != NULL ? text : message);
}

/* The arrows would otherwise move the focus out of the entry. */
static gboolean
on_arrow(HsFilterEntry *self, int rows)
{
  if (hs_filter_completion_is_open(self->completion)) {
    hs_filter_completion_move(self->completion, rows);
    tell_choice(self);
  } else if (rows == 1)
    offer(self, TRUE);
  return GDK_EVENT_STOP;
}

static gboolean
on_plain_key(HsFilterEntry *self, guint key)
{
  switch (key) {
  case GDK_KEY_Tab:
  case GDK_KEY_KP_Tab:
    return on_tab(self);
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_ISO_Enter:
    return on_enter(self);
  case GDK_KEY_Escape:
    return on_escape(self);
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    return on_arrow(self, 1);
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    return on_arrow(self, -1);
  case GDK_KEY_Page_Down:
  case GDK_KEY_KP_Page_Down:
    return on_arrow(self, ROWS_A_PAGE);
  case GDK_KEY_Page_Up:
  case GDK_KEY_KP_Page_Up:
    return on_arrow(self, -ROWS_A_PAGE);
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

static gboolean
hs_filter_entry_key_press(GtkWidget *widget, GdkEventKey *event)
{
  HsFilterEntry *self = HS_FILTER_ENTRY(widget);
  GdkModifierType modifiers = event->state & gtk_accelerator_get_default_mod_mask();
  gboolean is_done = GDK_EVENT_PROPAGATE;
  if (!self->has_preedit && modifiers == 0) {
    /* What was written so fast that nothing could be offered yet counts too. */
    if (self->offer_id != 0)
      offer_now(self);
    is_done = on_plain_key(self, event->keyval);
  } else if (!self->has_preedit && modifiers == GDK_CONTROL_MASK && event->keyval == GDK_KEY_space) {
    offer(self, TRUE);
    is_done = GDK_EVENT_STOP;
  }
  return is_done || GTK_WIDGET_CLASS(hs_filter_entry_parent_class)->key_press_event(widget, event);
}

static void
on_preedit_changed(HsFilterEntry *self, const char *preedit)
{
  self->has_preedit = preedit != NULL && preedit[0] != '\0';
}

/* --- the widget --- */

void
hs_filter_entry_set_timeline(HsFilterEntry *self, HsTimeline *timeline)
{
  if (self->timeline == timeline)
    return;
  hs_filter_entry_close(self);
  g_clear_pointer(&self->timeline, hs_timeline_unref);
  self->timeline = timeline != NULL ? hs_timeline_ref(timeline) : NULL;
}

void
hs_filter_entry_show(HsFilterEntry *self, const char *text)
{
  self->is_setting = TRUE;
  gtk_entry_set_text(GTK_ENTRY(self), text);
  self->is_setting = FALSE;
  /* Of a text that is too long, the beginning says most. */
  gtk_editable_set_position(GTK_EDITABLE(self), gtk_widget_is_focus(GTK_WIDGET(self)) ? -1 : 0);
  hs_filter_entry_close(self);
}

static gboolean
hs_filter_entry_focus_out(GtkWidget *widget, GdkEventFocus *event)
{
  hs_filter_entry_close(HS_FILTER_ENTRY(widget));
  return GTK_WIDGET_CLASS(hs_filter_entry_parent_class)->focus_out_event(widget, event);
}

/* What is open below the text must not be covered. */
static gboolean
hs_filter_entry_query_tooltip(GtkWidget *widget, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip)
{
  HsFilterEntry *self = HS_FILTER_ENTRY(widget);
  if (hs_filter_completion_is_open(self->completion) || gtk_widget_get_visible(self->error_popover))
    return FALSE;
  return GTK_WIDGET_CLASS(hs_filter_entry_parent_class)->query_tooltip(widget, x, y, by_keyboard, tooltip);
}

static void
hs_filter_entry_style_updated(GtkWidget *widget)
{
  GTK_WIDGET_CLASS(hs_filter_entry_parent_class)->style_updated(widget);
  if (HS_FILTER_ENTRY(widget)->completion != NULL)
    refresh_colours(HS_FILTER_ENTRY(widget));
}

static void
hs_filter_entry_dispose(GObject *object)
{
  HsFilterEntry *self = HS_FILTER_ENTRY(object);
  g_clear_handle_id(&self->offer_id, g_source_remove);
  if (self->completion != NULL) {
    g_signal_handlers_disconnect_by_data(object, object);
    gtk_widget_destroy(GTK_WIDGET(self->completion));
    gtk_widget_destroy(self->error_popover);
    self->completion = NULL;
    self->error_popover = NULL;
  }
  g_clear_pointer(&self->timeline, hs_timeline_unref);
  G_OBJECT_CLASS(hs_filter_entry_parent_class)->dispose(object);
}

static void
hs_filter_entry_finalize(GObject *object)
{
  hs_query_error_clear(&HS_FILTER_ENTRY(object)->error);
  G_OBJECT_CLASS(hs_filter_entry_parent_class)->finalize(object);
}

static void
hs_filter_entry_class_init(HsFilterEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = hs_filter_entry_dispose;
  G_OBJECT_CLASS(klass)->finalize = hs_filter_entry_finalize;
  widget_class->key_press_event = hs_filter_entry_key_press;
  widget_class->focus_out_event = hs_filter_entry_focus_out;
  widget_class->query_tooltip = hs_filter_entry_query_tooltip;
  widget_class->style_updated = hs_filter_entry_style_updated;
  signals[SIGNAL_CHECKED] =
      g_signal_new("checked", HS_TYPE_FILTER_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ESCAPED] =
      g_signal_new("escaped", HS_TYPE_FILTER_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
make_error_popover(HsFilterEntry *self)
{
  self->error_label = GTK_LABEL(gtk_label_new(""));
  gtk_label_set_line_wrap(self->error_label, TRUE);
  gtk_label_set_max_width_chars(self->error_label, MAX_ERROR_CHARS);
  gtk_label_set_xalign(self->error_label, 0);
  gtk_widget_show(GTK_WIDGET(self->error_label));
  self->error_popover = gtk_popover_new(GTK_WIDGET(self));
  gtk_popover_set_modal(GTK_POPOVER(self->error_popover), FALSE);
  gtk_popover_set_position(GTK_POPOVER(self->error_popover), GTK_POS_BOTTOM);
  gtk_style_context_add_class(gtk_widget_get_style_context(self->error_popover), "hs-filter-error");
  gtk_container_add(GTK_CONTAINER(self->error_popover), GTK_WIDGET(self->error_label));
}

static void
hs_filter_entry_init(HsFilterEntry *self)
{
  self->completion = hs_filter_completion_new(GTK_WIDGET(self));
  atk_object_add_relationship(gtk_widget_get_accessible(GTK_WIDGET(self)), ATK_RELATION_CONTROLLER_FOR,
                              gtk_widget_get_accessible(GTK_WIDGET(self->completion)));
  g_signal_connect_object(self->completion, "picked", G_CALLBACK(on_picked), self, G_CONNECT_SWAPPED);
  make_error_popover(self);
  gtk_entry_set_has_frame(GTK_ENTRY(self), FALSE);
  gtk_entry_set_placeholder_text(GTK_ENTRY(self), _("Filter, such as size >= 64KiB and op != free"));
  atk_object_set_name(gtk_widget_get_accessible(GTK_WIDGET(self)), _("Filter"));
  g_signal_connect(self, "changed", G_CALLBACK(on_changed), self);
  g_signal_connect(self, "notify::cursor-position", G_CALLBACK(on_caret_moved), self);
  g_signal_connect(self, "preedit-changed", G_CALLBACK(on_preedit_changed), self);
}

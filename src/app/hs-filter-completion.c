/* SPDX-License-Identifier: MIT */
#include "hs-filter-completion.h"

#include <string.h>

#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define MAX_ROWS_SHOWN 10
#define MAX_TEXT_PX 360
#define MAX_DETAIL_PX 340
/* Beside the words of a cell. */
#define CELL_PAD_X_PX 10
#define CELL_PAD_Y_PX 3
#define DETAIL_ALPHA 0.7

enum { COLUMN_TEXT, COLUMN_DETAIL, N_LIST_COLUMNS };

struct _HsFilterCompletion {
  GtkPopover parent_instance;
  HsCompletions *completions; /* while open */
  GtkListStore *store;
  GtkTreeView *list;
  GtkTreeViewColumn *columns[N_LIST_COLUMNS];
  GtkScrolledWindow *scroller;
};

enum { SIGNAL_PICKED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HsFilterCompletion, hs_filter_completion, GTK_TYPE_POPOVER)

/* --- size --- */

/* The width of the longest text, by letters, in a column. Measuring every text would take longer than a keystroke may.
 */
static int
measure_column(HsFilterCompletion *self, int column, int max_px)
{
  const char *longest = "";
  glong length = 0;
  for (guint i = 0; i < self->completions->items->len; i++) {
    const HsCompletion *item = g_ptr_array_index(self->completions->items, i);
    const char *text = column == COLUMN_TEXT ? item->text : item->detail;
    glong n = text != NULL ? g_utf8_strlen(text, -1) : 0;
    if (n > length) {
      longest = text;
      length = n;
    }
  }
  g_autoptr(GList) cells = gtk_cell_layout_get_cells(GTK_CELL_LAYOUT(self->columns[column]));
  int width = 0, separator = 0;
  g_object_set(cells->data, "text", longest, "ellipsize", PANGO_ELLIPSIZE_NONE, NULL);
  gtk_cell_renderer_get_preferred_width(cells->data, GTK_WIDGET(self->list), NULL, &width);
  g_object_set(cells->data, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_widget_style_get(GTK_WIDGET(self->list), "horizontal-separator", &separator, NULL);
  width += separator;
  /* As many letters are not as wide, but in the fixed-width font. */
  int reserve = column == COLUMN_DETAIL && length > 0 ? width / 8 : 0;
  return length > 0 ? MIN(width + reserve, max_px) : 0;
}

static int
row_height(HsFilterCompletion *self)
{
  g_autoptr(GList) cells = gtk_cell_layout_get_cells(GTK_CELL_LAYOUT(self->columns[COLUMN_TEXT]));
  int height = 0, separator = 0;
  gtk_cell_renderer_get_preferred_height(cells->data, GTK_WIDGET(self->list), NULL, &height);
  gtk_widget_style_get(GTK_WIDGET(self->list), "vertical-separator", &separator, NULL);
  return height + separator;
}

static void
fit_size(HsFilterCompletion *self)
{
  int text = measure_column(self, COLUMN_TEXT, MAX_TEXT_PX),
      detail = measure_column(self, COLUMN_DETAIL, MAX_DETAIL_PX);
  int rows = (int)MIN(self->completions->items->len, MAX_ROWS_SHOWN);
  gtk_tree_view_column_set_fixed_width(self->columns[COLUMN_TEXT], text);
  gtk_tree_view_column_set_visible(self->columns[COLUMN_DETAIL], detail > 0);
  gtk_tree_view_column_set_fixed_width(self->columns[COLUMN_DETAIL], MAX(detail, 1));
  /* The list has no height before its first draw. */
  gtk_widget_set_size_request(GTK_WIDGET(self->scroller), text + detail, rows * row_height(self));
}

/* --- what is offered --- */

static void
fill(HsFilterCompletion *self)
{
  gtk_tree_view_set_model(self->list, NULL);
  gtk_list_store_clear(self->store);
  for (guint i = 0; i < self->completions->items->len; i++) {
    const HsCompletion *item = g_ptr_array_index(self->completions->items, i);
    gtk_list_store_insert_with_values(self->store, NULL, -1, COLUMN_TEXT, item->text, COLUMN_DETAIL, item->detail, -1);
  }
  gtk_tree_view_set_model(self->list, GTK_TREE_MODEL(self->store));
  gtk_adjustment_set_value(gtk_scrolled_window_get_vadjustment(self->scroller), 0);
}

void
hs_filter_completion_offer(HsFilterCompletion *self, HsCompletions *completions, const GdkRectangle *place)
{
  g_clear_pointer(&self->completions, hs_completions_free);
  self->completions = completions;
  if (completions->items->len == 0) {
    hs_filter_completion_close(self);
    return;
  }
  fill(self);
  fit_size(self);
  gtk_popover_set_pointing_to(GTK_POPOVER(self), place);
  gtk_widget_show(GTK_WIDGET(self));
}

void
hs_filter_completion_close(HsFilterCompletion *self)
{
  g_clear_pointer(&self->completions, hs_completions_free);
  gtk_widget_hide(GTK_WIDGET(self));
}

gboolean
hs_filter_completion_is_open(HsFilterCompletion *self)
{
  return self->completions != NULL;
}

const HsCompletions *
hs_filter_completion_get(HsFilterCompletion *self)
{
  return self->completions;
}

/* --- the choice --- */

/* The chosen row, or −1. */
static int
get_choice(HsFilterCompletion *self)
{
  GtkTreeIter iter;
  if (self->completions == NULL ||
      !gtk_tree_selection_get_selected(gtk_tree_view_get_selection(self->list), NULL, &iter))
    return -1;
  g_autoptr(GtkTreePath) path = gtk_tree_model_get_path(GTK_TREE_MODEL(self->store), &iter);
  return gtk_tree_path_get_indices(path)[0];
}

void
hs_filter_completion_move(HsFilterCompletion *self, int rows)
{
  if (self->completions == NULL)
    return;
  GtkTreeSelection *selection = gtk_tree_view_get_selection(self->list);
  int n = (int)self->completions->items->len, choice = get_choice(self), wanted = choice + rows;
  if (choice < 0)
    wanted = rows > 0 ? 0 : n - 1;
  else if (ABS(rows) > 1)
    wanted = CLAMP(wanted, 0, n - 1);
  if (wanted < 0 || wanted >= n) {
    gtk_tree_selection_unselect_all(selection);
    return;
  }
  g_autoptr(GtkTreePath) path = gtk_tree_path_new_from_indices(wanted, -1);
  gtk_tree_selection_select_path(selection, path);
  gtk_tree_view_scroll_to_cell(self->list, path, NULL, FALSE, 0, 0);
}

gboolean
hs_filter_completion_has_choice(HsFilterCompletion *self)
{
  return get_choice(self) >= 0;
}

const HsCompletion *
hs_filter_completion_get_item(HsFilterCompletion *self)
{
  return self->completions != NULL ? g_ptr_array_index(self->completions->items, MAX(get_choice(self), 0)) : NULL;
}

static void
on_row_activated(GtkTreeView *list, GtkTreePath *path, GtkTreeViewColumn *column, HsFilterCompletion *self)
{
  gtk_tree_selection_select_path(gtk_tree_view_get_selection(list), path);
  g_signal_emit(self, signals[SIGNAL_PICKED], 0);
}

/* --- making --- */

static void
add_column(HsFilterCompletion *self, int column)
{
  GtkCellRenderer *cell = gtk_cell_renderer_text_new();
  g_object_set(cell, "xpad", CELL_PAD_X_PX, "ypad", CELL_PAD_Y_PX, "ellipsize", PANGO_ELLIPSIZE_END,
               "single-paragraph-mode", TRUE, NULL);
  if (column == COLUMN_TEXT) {
    g_object_set(cell, "family", "Monospace", NULL);
  } else {
    g_autoptr(PangoAttrList) dim = pango_attr_list_new();
    pango_attr_list_insert(dim, pango_attr_foreground_alpha_new((guint16)(DETAIL_ALPHA * G_MAXUINT16)));
    g_object_set(cell, "attributes", dim, NULL);
  }
  self->columns[column] = gtk_tree_view_column_new_with_attributes(NULL, cell, "text", column, NULL);
  gtk_tree_view_column_set_sizing(self->columns[column], GTK_TREE_VIEW_COLUMN_FIXED);
  gtk_tree_view_append_column(self->list, self->columns[column]);
}

HsFilterCompletion *
hs_filter_completion_new(GtkWidget *relative_to)
{
  return g_object_new(HS_TYPE_FILTER_COMPLETION, "relative-to", relative_to, "modal", FALSE, "position", GTK_POS_BOTTOM,
                      NULL);
}

static void
hs_filter_completion_finalize(GObject *object)
{
  HsFilterCompletion *self = HS_FILTER_COMPLETION(object);
  g_clear_pointer(&self->completions, hs_completions_free);
  g_clear_object(&self->store);
  G_OBJECT_CLASS(hs_filter_completion_parent_class)->finalize(object);
}

static void
hs_filter_completion_class_init(HsFilterCompletionClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = hs_filter_completion_finalize;
  signals[SIGNAL_PICKED] =
      g_signal_new("picked", HS_TYPE_FILTER_COMPLETION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
hs_filter_completion_init(HsFilterCompletion *self)
{
  self->store = gtk_list_store_new(N_LIST_COLUMNS, G_TYPE_STRING, G_TYPE_STRING);
  self->list = GTK_TREE_VIEW(gtk_tree_view_new());
  for (int column = 0; column < N_LIST_COLUMNS; column++)
    add_column(self, column);
  g_object_set(self->list, "headers-visible", FALSE, "enable-search", FALSE, "can-focus", FALSE,
               "activate-on-single-click", TRUE, "fixed-height-mode", TRUE, NULL);
  atk_object_set_name(gtk_widget_get_accessible(GTK_WIDGET(self->list)), _("Completions"));
  g_signal_connect(self->list, "row-activated", G_CALLBACK(on_row_activated), self);
  self->scroller = GTK_SCROLLED_WINDOW(gtk_scrolled_window_new(NULL, NULL));
  gtk_widget_set_can_focus(GTK_WIDGET(self->scroller), FALSE);
  gtk_scrolled_window_set_policy(self->scroller, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_container_add(GTK_CONTAINER(self->scroller), GTK_WIDGET(self->list));
  gtk_container_add(GTK_CONTAINER(self), GTK_WIDGET(self->scroller));
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self)), "hs-completions");
  gtk_widget_show_all(GTK_WIDGET(self->scroller));
}

/* SPDX-License-Identifier: MIT */
#include "hs-summary-tree.h"

#include "hs-bar-cell.h"
#include "hs-config.h"
#include "hs-format.h"
#include "hs-pivot-text.h"
#include "hs-plot-cell.h"
#include "hs-time-pane.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define BAR_ALPHA 0.22

enum { STORE_NODE, STORE_MORE, N_STORE_COLUMNS };

struct _HsSummaryTree {
  GtkTreeView parent_instance;

  HsDocument *document;
  HsTimeline *timeline;
  HsPivot *pivot;
  GtkTreeStore *store;
  HsPalette palette;
  GtkTreeViewColumn *columns[HS_N_PIVOT_COLUMNS];
  GtkCellRenderer *swatch, *name;
  GtkCellRenderer *cells[HS_N_PIVOT_COLUMNS]; /* [HS_PIVOT_COLUMN_GROUP] is not used */
  int64_t greatest[HS_N_PIVOT_COLUMNS];       /* of a bar's column: the whole */
};

enum { SIGNAL_SORT_CLICKED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HsSummaryTree, hs_summary_tree, GTK_TYPE_TREE_VIEW)

static const struct {
  const char *title, *tooltip;
} titles[HS_N_PIVOT_COLUMNS] = {
    [HS_PIVOT_COLUMN_GROUP] = {N_("Group"), N_("What the blocks have in common")},
    [HS_PIVOT_COLUMN_COUNT] = {N_("Count"), N_("Blocks begun in the range")},
    [HS_PIVOT_COLUMN_SIZE] = {N_("Size"), N_("Bytes of the blocks begun in the range, and their part of all")},
    [HS_PIVOT_COLUMN_AIFI] = {N_("AIFI"), N_("Allocated inside the range, freed inside: blocks and bytes")},
    [HS_PIVOT_COLUMN_AIFO] = {N_("AIFO"), N_("Allocated inside the range, freed outside: blocks and bytes")},
    [HS_PIVOT_COLUMN_AOFI] = {N_("AOFI"), N_("Allocated outside the range, freed inside: blocks and bytes")},
    [HS_PIVOT_COLUMN_AOFO] = {N_("AOFO"), N_("Allocated outside the range, freed outside: blocks and bytes")},
    [HS_PIVOT_COLUMN_IMPACTING] = {N_("Impacting"), N_("Bytes that the range left behind: those of AIFO")},
    [HS_PIVOT_COLUMN_NET] = {N_("Net change"), N_("Bytes of AIFO less those of AOFI")},
    [HS_PIVOT_COLUMN_PEAK] = {N_("Peak inside"), N_("The most that was outstanding at once within the range")},
};

#define GROUP_WIDTH 230
#define CELL_PAD 6
#define TITLE_PAD 36

static bool
has_bar(HsPivotColumn column)
{
  return column == HS_PIVOT_COLUMN_SIZE || column == HS_PIVOT_COLUMN_IMPACTING || column == HS_PIVOT_COLUMN_PEAK;
}

/* --- cells --- */

/* "1,234 · 3.1 MiB", the blocks and the bytes of a type. */
static char *
type_text(const HsRangeSums *sums, HsBlockType type)
{
  char count[HS_FORMAT_MAX], bytes[HS_FORMAT_MAX];
  if (sums->count[type] == 0)
    return g_strdup("");
  hs_format_count(count, sizeof count, sums->count[type]);
  hs_format_bytes(bytes, sizeof bytes, (int64_t)sums->bytes[type]);
  return g_strdup_printf("%s · %s", count, bytes);
}

static char *
cell_text(HsSummaryTree *self, const HsRangeSums *sums, HsPivotColumn column)
{
  char buffer[HS_FORMAT_MAX];
  int64_t value = hs_pivot_column_value(sums, column);
  switch (column) {
  case HS_PIVOT_COLUMN_COUNT:
    return g_strdup(hs_format_count(buffer, sizeof buffer, (uint64_t)value));
  case HS_PIVOT_COLUMN_AIFI:
  case HS_PIVOT_COLUMN_AIFO:
  case HS_PIVOT_COLUMN_AOFI:
  case HS_PIVOT_COLUMN_AOFO:
    return type_text(sums, (HsBlockType)(HS_BLOCK_TYPE_AIFI + (column - HS_PIVOT_COLUMN_AIFI)));
  case HS_PIVOT_COLUMN_SIZE: {
    char percent[HS_FORMAT_MAX];
    hs_format_bytes(buffer, sizeof buffer, value);
    hs_format_percent(percent, sizeof percent, (uint64_t)value, hs_range_sums_begun_bytes(&self->pivot->total));
    return value == 0 ? g_strdup(buffer) : g_strdup_printf("%s · %s", buffer, percent);
  }
  case HS_PIVOT_COLUMN_NET:
    hs_format_bytes(buffer, sizeof buffer, value);
    return g_strconcat(value > 0 ? "+" : "", buffer, NULL);
  default:
    hs_format_bytes(buffer, sizeof buffer, value);
    return g_strdup(buffer);
  }
}

static const HsPivotNode *
node_of(HsSummaryTree *self, GtkTreeModel *model, GtkTreeIter *iter, guint *n_more)
{
  guint node;
  gtk_tree_model_get(model, iter, STORE_NODE, &node, STORE_MORE, n_more, -1);
  return self->pivot != NULL && node < self->pivot->n_nodes ? &self->pivot->nodes[node] : NULL;
}

static bool
node_color(HsSummaryTree *self, const HsPivotNode *node, HsColor *color)
{
  HsPivotBy by = self->pivot->by[node->level];
  if (by == HS_PIVOT_HEAP)
    *color = hs_palette_heap(&self->palette, (HsHeapId){node->key});
  else if (by == HS_PIVOT_SOURCE && node->key < HS_N_SOURCES)
    *color = hs_palette_source(&self->palette, (HsSource)node->key);
  else
    return false;
  return true;
}

static void
render_group(GtkTreeViewColumn *column, GtkCellRenderer *cell, GtkTreeModel *model, GtkTreeIter *iter, gpointer data)
{
  HsSummaryTree *self = data;
  guint n_more;
  HsColor color;
  const HsPivotNode *node = node_of(self, model, iter, &n_more);
  bool has_color = node != NULL && node_color(self, node, &color);
  g_object_set(self->swatch, "visible", has_color, NULL);
  if (has_color)
    hs_plot_cell_set_swatch(HS_PLOT_CELL(self->swatch), color);
  g_autofree char *text = NULL;
  if (node != NULL) {
    text = hs_pivot_group_text(self->pivot, self->timeline, (uint32_t)(node - self->pivot->nodes));
  } else {
    char count[HS_FORMAT_MAX];
    hs_format_count(count, sizeof count, n_more);
    text = g_strdup_printf(ngettext("… and %s more", "… and %s more", n_more), count);
  }
  g_object_set(self->name, "text", text, "sensitive", node != NULL, NULL);
}

static void
render_number(GtkTreeViewColumn *column, GtkCellRenderer *cell, GtkTreeModel *model, GtkTreeIter *iter, gpointer data)
{
  HsSummaryTree *self = data;
  HsPivotColumn which = HS_PIVOT_COLUMN_COUNT;
  guint n_more;
  const HsPivotNode *node = node_of(self, model, iter, &n_more);
  while (which + 1 < HS_N_PIVOT_COLUMNS && self->cells[which] != cell)
    which++;
  g_autofree char *text = node != NULL ? cell_text(self, &node->sums, which) : NULL;
  g_object_set(cell, "text", text, NULL);
  if (!has_bar(which))
    return;
  double part = 0;
  if (node != NULL && self->greatest[which] > 0)
    part = (double)hs_pivot_column_value(&node->sums, which) / (double)self->greatest[which];
  hs_bar_cell_set_part(HS_BAR_CELL(cell), part, hs_color_alpha(self->palette.selection, BAR_ALPHA));
}

/* --- rows --- */

/* What is expanded, as paths of keys: numbers of nodes mean something else in another pivot. */
typedef struct {
  HsSummaryTree *tree;
  GHashTable *keys; /* of char* */
} Expanded;

static char *
path_key(const HsPivot *pivot, uint32_t node)
{
  GString *key = g_string_new(NULL);
  for (; node != UINT32_MAX; node = pivot->nodes[node].parent)
    g_string_append_printf(key, "%d:%u/", (int)pivot->by[pivot->nodes[node].level], pivot->nodes[node].key);
  return g_string_free(key, FALSE);
}

static void
note_expanded(GtkTreeView *view, GtkTreePath *path, gpointer data)
{
  Expanded *expanded = data;
  GtkTreeIter iter;
  guint node;
  if (!gtk_tree_model_get_iter(GTK_TREE_MODEL(expanded->tree->store), &iter, path))
    return;
  gtk_tree_model_get(GTK_TREE_MODEL(expanded->tree->store), &iter, STORE_NODE, &node, -1);
  if (node < expanded->tree->pivot->n_nodes)
    g_hash_table_add(expanded->keys, path_key(expanded->tree->pivot, node));
}

static char *
chosen_key(HsSummaryTree *self)
{
  GtkTreeIter iter;
  guint node;
  if (self->pivot == NULL ||
      !gtk_tree_selection_get_selected(gtk_tree_view_get_selection(GTK_TREE_VIEW(self)), NULL, &iter))
    return NULL;
  gtk_tree_model_get(GTK_TREE_MODEL(self->store), &iter, STORE_NODE, &node, -1);
  return node < self->pivot->n_nodes ? path_key(self->pivot, node) : NULL;
}

static void
restore(HsSummaryTree *self, const GArray *rows, const GtkTreeIter *iters, GHashTable *expanded, const char *chosen)
{
  for (guint i = 0; i < rows->len; i++) {
    uint32_t node = g_array_index(rows, HsPivotRow, i).node;
    if (node == UINT32_MAX)
      continue;
    g_autofree char *key = path_key(self->pivot, node);
    bool is_chosen = chosen != NULL && g_str_equal(chosen, key);
    if (!is_chosen && !g_hash_table_contains(expanded, key))
      continue;
    g_autoptr(GtkTreePath) path = gtk_tree_model_get_path(GTK_TREE_MODEL(self->store), (GtkTreeIter *)&iters[i]);
    if (g_hash_table_contains(expanded, key))
      gtk_tree_view_expand_row(GTK_TREE_VIEW(self), path, FALSE);
    if (is_chosen)
      gtk_tree_selection_select_path(gtk_tree_view_get_selection(GTK_TREE_VIEW(self)), path);
  }
}

static void
fill(HsSummaryTree *self, const GArray *rows, GtkTreeIter *iters)
{
  for (guint i = 0; i < rows->len; i++) {
    const HsPivotRow *row = &g_array_index(rows, HsPivotRow, i);
    GtkTreeIter *parent = row->parent != UINT32_MAX ? &iters[row->parent] : NULL;
    gtk_tree_store_insert_with_values(self->store, &iters[i], parent, -1, STORE_NODE, row->node, STORE_MORE,
                                      row->n_more, -1);
  }
}

void
hs_summary_tree_show(HsSummaryTree *self, HsTimeline *timeline, HsPivot *pivot, const GArray *rows)
{
  g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *chosen = chosen_key(self);
  Expanded expanded = {self, keys};
  bool first = self->pivot == NULL;
  if (!first)
    gtk_tree_view_map_expanded_rows(GTK_TREE_VIEW(self), note_expanded, &expanded);
  /* A view without a model is not told of every row. */
  gtk_tree_view_set_model(GTK_TREE_VIEW(self), NULL);
  gtk_tree_store_clear(self->store);
  hs_timeline_ref(timeline);
  g_clear_pointer(&self->timeline, hs_timeline_unref);
  self->timeline = timeline;
  hs_pivot_ref(pivot);
  hs_pivot_unref(self->pivot);
  self->pivot = pivot;
  for (int c = 0; c < HS_N_PIVOT_COLUMNS; c++)
    self->greatest[c] = hs_pivot_column_value(&pivot->total, (HsPivotColumn)c);
  g_autofree GtkTreeIter *iters = g_new(GtkTreeIter, MAX(rows->len, 1));
  fill(self, rows, iters);
  gtk_tree_view_set_model(GTK_TREE_VIEW(self), GTK_TREE_MODEL(self->store));
  restore(self, rows, iters, keys, chosen);
  if (first && pivot->n_roots == 1) {
    g_autoptr(GtkTreePath) path = gtk_tree_path_new_first();
    gtk_tree_view_expand_row(GTK_TREE_VIEW(self), path, FALSE);
  }
}

void
hs_summary_tree_set_document(HsSummaryTree *self, HsDocument *document)
{
  g_set_object(&self->document, document);
  gtk_tree_store_clear(self->store);
  g_clear_pointer(&self->pivot, hs_pivot_unref);
  g_clear_pointer(&self->timeline, hs_timeline_unref);
}

void
hs_summary_tree_set_sort(HsSummaryTree *self, HsPivotColumn column, gboolean descending)
{
  for (int c = 0; c < HS_N_PIVOT_COLUMNS; c++)
    gtk_tree_view_column_set_sort_indicator(self->columns[c], c == (int)column);
  gtk_tree_view_column_set_sort_order(self->columns[column], descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
}

/* --- hands --- */

static guint
node_at(HsSummaryTree *self, GtkTreePath *path)
{
  GtkTreeIter iter;
  guint node = UINT32_MAX;
  if (path != NULL && self->pivot != NULL && gtk_tree_model_get_iter(GTK_TREE_MODEL(self->store), &iter, path))
    gtk_tree_model_get(GTK_TREE_MODEL(self->store), &iter, STORE_NODE, &node, -1);
  return node;
}

static char *
filter_text(HsSummaryTree *self, guint node, bool exclude)
{
  return hs_pivot_filter_text(self->pivot, self->timeline, node, hs_document_get_query(self->document), exclude);
}

static void
hs_summary_tree_row_activated(GtkTreeView *view, GtkTreePath *path, GtkTreeViewColumn *column)
{
  HsSummaryTree *self = HS_SUMMARY_TREE(view);
  guint node = node_at(self, path);
  if (self->document == NULL || node == UINT32_MAX)
    return;
  g_autofree char *text = filter_text(self, node, false);
  (void)hs_document_set_filter_text(self->document, text, FALSE, NULL);
}

static void
append(GMenu *menu, const char *label, char *text)
{
  g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);
  g_menu_item_set_action_and_target_value(item, "win.filter", g_variant_new_take_string(text));
  g_menu_append_item(menu, item);
}

static gboolean
popup_menu(HsSummaryTree *self, GtkTreePath *path, const GdkEvent *event)
{
  guint node = node_at(self, path);
  if (self->document == NULL || node == UINT32_MAX)
    return FALSE;
  g_autoptr(GMenu) model = g_menu_new();
  append(model, _("_Filter by this group"), filter_text(self, node, false));
  append(model, _("_Exclude this group"), filter_text(self, node, true));
  g_autofree char *name = hs_pivot_group_text(self->pivot, self->timeline, node);
  g_autoptr(GMenuItem) copy = g_menu_item_new(_("_Copy name"), NULL);
  g_menu_item_set_action_and_target(copy, "win.copy-text", "s", name);
  g_menu_append_item(model, copy);
  GtkWidget *menu = gtk_menu_new_from_model(G_MENU_MODEL(model));
  gtk_menu_attach_to_widget(GTK_MENU(menu), GTK_WIDGET(self), NULL);
  g_signal_connect(menu, "selection-done", G_CALLBACK(gtk_menu_detach), NULL);
  if (event != NULL) {
    gtk_menu_popup_at_pointer(GTK_MENU(menu), event);
    return TRUE;
  }
  GdkRectangle area;
  gtk_tree_view_get_cell_area(GTK_TREE_VIEW(self), path, self->columns[0], &area);
  gtk_menu_popup_at_rect(GTK_MENU(menu), gtk_tree_view_get_bin_window(GTK_TREE_VIEW(self)), &area,
                         GDK_GRAVITY_SOUTH_WEST, GDK_GRAVITY_NORTH_WEST, NULL);
  return TRUE;
}

static gboolean
hs_summary_tree_button_press(GtkWidget *widget, GdkEventButton *event)
{
  g_autoptr(GtkTreePath) path = NULL;
  gboolean handled = GTK_WIDGET_CLASS(hs_summary_tree_parent_class)->button_press_event(widget, event);
  if (!gdk_event_triggers_context_menu((GdkEvent *)event) ||
      event->window != gtk_tree_view_get_bin_window(GTK_TREE_VIEW(widget)))
    return handled;
  gtk_tree_view_get_path_at_pos(GTK_TREE_VIEW(widget), (int)event->x, (int)event->y, &path, NULL, NULL, NULL);
  return popup_menu(HS_SUMMARY_TREE(widget), path, (GdkEvent *)event) || handled;
}

static gboolean
hs_summary_tree_popup_menu(GtkWidget *widget)
{
  g_autoptr(GtkTreePath) path = NULL;
  gtk_tree_view_get_cursor(GTK_TREE_VIEW(widget), &path, NULL);
  return popup_menu(HS_SUMMARY_TREE(widget), path, NULL);
}

static void
on_column_clicked(GtkTreeViewColumn *column, HsSummaryTree *self)
{
  for (int c = 0; c < HS_N_PIVOT_COLUMNS; c++) {
    if (self->columns[c] == column)
      g_signal_emit(self, signals[SIGNAL_SORT_CLICKED], 0, c);
  }
}

/* --- widget --- */

static void
hs_summary_tree_style_updated(GtkWidget *widget)
{
  GTK_WIDGET_CLASS(hs_summary_tree_parent_class)->style_updated(widget);
  hs_palette_from_widget(&HS_SUMMARY_TREE(widget)->palette, widget);
}

static void
hs_summary_tree_finalize(GObject *object)
{
  HsSummaryTree *self = HS_SUMMARY_TREE(object);
  g_clear_object(&self->document);
  g_clear_object(&self->store);
  g_clear_pointer(&self->pivot, hs_pivot_unref);
  g_clear_pointer(&self->timeline, hs_timeline_unref);
  hs_palette_clear(&self->palette);
  G_OBJECT_CLASS(hs_summary_tree_parent_class)->finalize(object);
}

static void
hs_summary_tree_class_init(HsSummaryTreeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);

  G_OBJECT_CLASS(klass)->finalize = hs_summary_tree_finalize;
  widget_class->style_updated = hs_summary_tree_style_updated;
  widget_class->button_press_event = hs_summary_tree_button_press;
  widget_class->popup_menu = hs_summary_tree_popup_menu;
  GTK_TREE_VIEW_CLASS(klass)->row_activated = hs_summary_tree_row_activated;
  signals[SIGNAL_SORT_CLICKED] = g_signal_new("sort-clicked", HS_TYPE_SUMMARY_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
add_group_cells(HsSummaryTree *self, GtkTreeViewColumn *column)
{
  self->swatch = hs_plot_cell_new();
  self->name = gtk_cell_renderer_text_new();
  g_object_set(self->swatch, "width", HS_SWATCH_PX + 6, "xpad", 3, NULL);
  g_object_set(self->name, "ellipsize", PANGO_ELLIPSIZE_END, "ypad", 3, NULL);
  gtk_tree_view_column_pack_start(column, self->swatch, FALSE);
  gtk_tree_view_column_pack_start(column, self->name, TRUE);
  gtk_tree_view_column_set_cell_data_func(column, self->swatch, render_group, self, NULL);
}

static int
text_width(HsSummaryTree *self, const char *text)
{
  int width;
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(GTK_WIDGET(self), text);
  pango_layout_get_pixel_size(layout, &width, NULL);
  return width;
}

/* Room for a long number, and for the title with the mark of the order. */
static int
column_width(HsSummaryTree *self, HsPivotColumn which)
{
  if (which == HS_PIVOT_COLUMN_GROUP)
    return GROUP_WIDTH;
  const char *longest = which == HS_PIVOT_COLUMN_COUNT                                   ? "99,999,999"
                        : which == HS_PIVOT_COLUMN_SIZE                                  ? "999.9 MiB · 99.9 %"
                        : which >= HS_PIVOT_COLUMN_AIFI && which <= HS_PIVOT_COLUMN_AOFO ? "9,999,999 · 999.9 MiB"
                                                                                         : "+999.9 MiB";
  return MAX(text_width(self, longest) + 2 * CELL_PAD, text_width(self, _(titles[which].title)) + TITLE_PAD) + 2;
}

static void
add_column(HsSummaryTree *self, HsPivotColumn which)
{
  GtkTreeViewColumn *column = gtk_tree_view_column_new();
  self->columns[which] = column;
  if (which == HS_PIVOT_COLUMN_GROUP) {
    add_group_cells(self, column);
  } else {
    self->cells[which] = has_bar(which) ? hs_bar_cell_new() : gtk_cell_renderer_text_new();
    g_object_set(self->cells[which], "xalign", 1.0, "xpad", CELL_PAD, "ypad", 3, NULL);
    gtk_tree_view_column_pack_start(column, self->cells[which], TRUE);
    gtk_tree_view_column_set_cell_data_func(column, self->cells[which], render_number, self, NULL);
  }
  gtk_tree_view_column_set_title(column, _(titles[which].title));
  gtk_tree_view_column_set_alignment(column, which == HS_PIVOT_COLUMN_GROUP ? 0 : 1);
  gtk_tree_view_column_set_sizing(column, GTK_TREE_VIEW_COLUMN_FIXED);
  gtk_tree_view_column_set_fixed_width(column, column_width(self, which));
  gtk_tree_view_column_set_resizable(column, TRUE);
  gtk_tree_view_column_set_expand(column, which == HS_PIVOT_COLUMN_GROUP);
  gtk_tree_view_column_set_clickable(column, TRUE);
  gtk_tree_view_append_column(GTK_TREE_VIEW(self), column);
  gtk_widget_set_tooltip_text(gtk_tree_view_column_get_button(column), _(titles[which].tooltip));
  g_signal_connect(column, "clicked", G_CALLBACK(on_column_clicked), self);
}

static void
hs_summary_tree_init(HsSummaryTree *self)
{
  GtkTreeView *view = GTK_TREE_VIEW(self);

  self->store = gtk_tree_store_new(N_STORE_COLUMNS, G_TYPE_UINT, G_TYPE_UINT);
  for (int c = 0; c < HS_N_PIVOT_COLUMNS; c++)
    add_column(self, (HsPivotColumn)c);
  gtk_tree_view_set_enable_search(view, FALSE);
  gtk_tree_view_set_fixed_height_mode(view, TRUE);
  gtk_tree_view_set_model(view, GTK_TREE_MODEL(self->store));
  atk_object_set_name(gtk_widget_get_accessible(GTK_WIDGET(self)), _("Summary"));
}

GtkWidget *
hs_summary_tree_new(void)
{
  return g_object_new(HS_TYPE_SUMMARY_TREE, NULL);
}

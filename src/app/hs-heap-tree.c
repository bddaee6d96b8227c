/* SPDX-License-Identifier: MIT */
#include "hs-heap-tree.h"

#include "hs-config.h"
#include "hs-event-text.h"
#include "hs-format.h"
#include "hs-heap-figures.h"
#include "hs-plot-cell.h"
#include "hs-time-pane.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* Figures are worked out anew no more often than this. */
#define REFRESH_MS 120
#define MARGIN_PX 10
/* A tree view takes this many rows easily; further heaps are counted, not listed. */
#define MAX_ROWS 20000
/* Rows are added in turns, so that the window keeps answering. */
#define ROWS_A_TURN 500
#define NEXT_TURN_MS 10
/* From this width on there is room for counts beside the bytes. */
#define WIDE_PX 360
/* In one narrower than so many digits the handle needs the curve's room. */
#define CURVE_DIGITS 31
/* Numbers and handles, compared with names. */
#define SMALL 0.92

enum { COLUMN_KIND, COLUMN_ID, N_TREE_COLUMNS };

typedef enum { ROW_PROCESS, ROW_HEAP, ROW_OTHERS, ROW_OTHER_PROCESS, ROW_MORE_HEAPS } RowKind;

typedef struct {
  RowKind kind;
  guint id; /* process or heap; for the groups: how many */
} RowRef;

struct _HsHeapTree {
  GtkTreeView parent_instance;

  HsDocument *document;
  GtkTreeStore *store;
  GHashTable *process_iters; /* process id → GtkTreeIter, which a tree store keeps valid */
  HsHeapFigures *figures;
  HsPalette palette;
  guint n_listed; /* heaps taken in so far */
  guint n_rows;
  gboolean others_listed;
  guint refresh_id;
  int digit_px;
  GtkCellRenderer *toggle, *swatch, *name, *curve, *count, *value;
};

G_DEFINE_FINAL_TYPE(HsHeapTree, hs_heap_tree, GTK_TYPE_TREE_VIEW)

static RowRef
row_ref(GtkTreeModel *model, GtkTreeIter *iter)
{
  guint kind, id;
  gtk_tree_model_get(model, iter, COLUMN_KIND, &kind, COLUMN_ID, &id, -1);
  return (RowRef){(RowKind)kind, id};
}

/* --- cells --- */

static void
render_process(HsHeapTree *self, HsProcessId process)
{
  HsTimeline *timeline = hs_document_get_timeline(self->document);
  uint32_t n_heaps, n_shown;
  hs_heap_figures_process(self->figures, process, &n_heaps, &n_shown);
  g_autofree char *name = hs_process_display_name(timeline, process);
  char pid[16];
  g_snprintf(pid, sizeof pid, "%u", hs_timeline_process(timeline, process)->pid);
  g_object_set(self->toggle, "visible", TRUE, "active", n_shown > 0, "inconsistent", n_shown > 0 && n_shown < n_heaps,
               NULL);
  g_object_set(self->name, "text", name, "weight", PANGO_WEIGHT_BOLD, "family", NULL, "scale", 1.0, "sensitive",
               n_shown > 0, NULL);
  g_object_set(self->value, "text", pid, "sensitive", FALSE, NULL);
}

static void
render_heap(HsHeapTree *self, HsHeapId heap)
{
  HsTimeline *timeline = hs_document_get_timeline(self->document);
  gboolean shown = hs_filter_shows_heap(hs_document_get_filter(self->document), heap);
  HsColor color = hs_palette_heap(&self->palette, heap);
  char handle[HS_FORMAT_MAX], bytes[HS_FORMAT_MAX], count[HS_FORMAT_MAX];

  hs_format_hex(handle, sizeof handle, hs_timeline_heap(timeline, heap)->handle);
  hs_format_bytes(bytes, sizeof bytes, hs_heap_figures_bytes(self->figures, heap));
  hs_format_count(count, sizeof count, (uint64_t)MAX(hs_heap_figures_count(self->figures, heap), 0));
  hs_plot_cell_set_swatch(HS_PLOT_CELL(self->swatch), color);
  hs_plot_cell_set_curve(HS_PLOT_CELL(self->curve), color, hs_heap_figures_curve(self->figures, self->document, heap),
                         HS_CURVE_VALUES);
  int width = gtk_widget_get_allocated_width(GTK_WIDGET(self));
  g_object_set(self->toggle, "visible", TRUE, "active", shown, "inconsistent", FALSE, NULL);
  g_object_set(self->swatch, "visible", TRUE, NULL);
  g_object_set(self->curve, "visible", width >= CURVE_DIGITS * self->digit_px, NULL);
  g_object_set(self->name, "text", handle, "weight", PANGO_WEIGHT_NORMAL, "family", "monospace", "scale", SMALL,
               "sensitive", shown, NULL);
  g_object_set(self->count, "visible", width >= WIDE_PX, "text", count, NULL);
  g_object_set(self->value, "text", bytes, "sensitive", TRUE, NULL);
}

static void
render_plain(HsHeapTree *self, const char *text, const char *value)
{
  g_object_set(self->toggle, "visible", FALSE, NULL);
  g_object_set(self->name, "text", text, "weight", PANGO_WEIGHT_NORMAL, "family", NULL, "scale", 1.0, "sensitive", TRUE,
               NULL);
  g_object_set(self->value, "text", value, "sensitive", FALSE, NULL);
}

static void
render_group(HsHeapTree *self, const char *format, guint n)
{
  char count[HS_FORMAT_MAX];
  hs_format_count(count, sizeof count, n);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_autofree char *text = g_strdup_printf(format, count);
#pragma GCC diagnostic pop
  render_plain(self, text, "");
}

/* Called for the first cell of a row; it sets up the others too. */
static void
render_row(GtkTreeViewColumn *column, GtkCellRenderer *cell, GtkTreeModel *model, GtkTreeIter *iter, gpointer data)
{
  HsHeapTree *self = data;
  if (self->document == NULL)
    return;
  RowRef row = row_ref(model, iter);
  g_object_set(self->swatch, "visible", FALSE, NULL);
  g_object_set(self->curve, "visible", FALSE, NULL);
  g_object_set(self->count, "visible", FALSE, "text", "", NULL);
  switch (row.kind) {
  case ROW_PROCESS:
    render_process(self, (HsProcessId){row.id});
    break;
  case ROW_HEAP:
    render_heap(self, (HsHeapId){row.id});
    break;
  case ROW_OTHER_PROCESS: {
    HsTimeline *timeline = hs_document_get_timeline(self->document);
    g_autofree char *name = hs_process_display_name(timeline, (HsProcessId){row.id});
    char pid[16];
    g_snprintf(pid, sizeof pid, "%u", hs_timeline_process(timeline, (HsProcessId){row.id})->pid);
    render_plain(self, name, pid);
    break;
  }
  case ROW_OTHERS: /* processes without heap events */
    render_group(self, _("Other processes (%s)"), row.id);
    break;
  case ROW_MORE_HEAPS:
    render_group(self, _("%s more heaps are not listed"), row.id);
    break;
  }
}

/* --- rows --- */

static void
add_row(HsHeapTree *self, GtkTreeIter *iter, GtkTreeIter *parent, RowKind kind, guint id)
{
  gtk_tree_store_insert_with_values(self->store, iter, parent, -1, COLUMN_KIND, (guint)kind, COLUMN_ID, id, -1);
  self->n_rows++;
}

static GtkTreeIter *
process_iter(HsHeapTree *self, HsProcessId process)
{
  GtkTreeIter *iter = g_hash_table_lookup(self->process_iters, GUINT_TO_POINTER(process.v));
  if (iter == NULL) {
    iter = g_new0(GtkTreeIter, 1);
    add_row(self, iter, NULL, ROW_PROCESS, process.v);
    g_hash_table_insert(self->process_iters, GUINT_TO_POINTER(process.v), iter);
  }
  return iter;
}

static void
list_others(HsHeapTree *self)
{
  HsTimeline *timeline = hs_document_get_timeline(self->document);
  uint32_t n_processes = hs_timeline_n_processes(timeline);
  g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(guint));

  for (guint i = 0; i < n_processes; i++) {
    if (!g_hash_table_contains(self->process_iters, GUINT_TO_POINTER(i)))
      g_array_append_val(others, i);
  }
  self->others_listed = TRUE;
  if (others->len == 0)
    return;
  GtkTreeIter group, iter;
  add_row(self, &group, NULL, ROW_OTHERS, others->len);
  for (guint i = 0; i < others->len && self->n_rows < MAX_ROWS; i++)
    add_row(self, &iter, &group, ROW_OTHER_PROCESS, g_array_index(others, guint, i));
  /* A trace without heap events has nothing else to show. */
  if (g_hash_table_size(self->process_iters) == 0) {
    g_autoptr(GtkTreePath) path = gtk_tree_model_get_path(GTK_TREE_MODEL(self->store), &group);
    gtk_tree_view_expand_row(GTK_TREE_VIEW(self), path, FALSE);
  }
}

/* Lists some of the heaps that are new; TRUE if there are more. */
static gboolean
list_heaps(HsHeapTree *self)
{
  HsTimeline *timeline = hs_document_get_timeline(self->document);
  uint32_t n_heaps = hs_timeline_n_heaps(timeline);
  uint32_t end = MIN(n_heaps, self->n_listed + ROWS_A_TURN);

  for (; self->n_listed < end && self->n_rows < MAX_ROWS; self->n_listed++) {
    HsHeapId heap = {self->n_listed};
    GtkTreeIter iter, *parent = process_iter(self, hs_timeline_heap(timeline, heap)->process);
    gboolean is_first = !gtk_tree_model_iter_has_child(GTK_TREE_MODEL(self->store), parent);
    add_row(self, &iter, parent, ROW_HEAP, heap.v);
    if (is_first) {
      g_autoptr(GtkTreePath) path = gtk_tree_model_get_path(GTK_TREE_MODEL(self->store), parent);
      gtk_tree_view_expand_row(GTK_TREE_VIEW(self), path, FALSE);
    }
  }
  return self->n_listed < n_heaps && self->n_rows < MAX_ROWS;
}

static gboolean
load_has_ended(HsHeapTree *self)
{
  return hs_document_get_marks(self->document).loaded_to == INT64_MAX;
}

static gboolean
on_refresh(gpointer data)
{
  HsHeapTree *self = data;
  self->refresh_id = 0;
  if (self->document == NULL)
    return G_SOURCE_REMOVE;
  if (list_heaps(self)) {
    self->refresh_id = g_timeout_add(NEXT_TURN_MS, on_refresh, self);
    return G_SOURCE_REMOVE;
  }
  if (load_has_ended(self) && !self->others_listed) {
    uint32_t n_heaps = hs_timeline_n_heaps(hs_document_get_timeline(self->document));
    GtkTreeIter iter;
    if (self->n_listed < n_heaps)
      add_row(self, &iter, NULL, ROW_MORE_HEAPS, n_heaps - self->n_listed);
    list_others(self);
  }
  hs_heap_figures_update(self->figures, self->document);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  return G_SOURCE_REMOVE;
}

void
hs_heap_tree_refresh(HsHeapTree *self)
{
  if (self->document == NULL)
    return;
  /* Check boxes answer at once. */
  hs_heap_figures_update_shown(self->figures, self->document);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  hs_heap_tree_refresh_figures(self);
}

void
hs_heap_tree_refresh_figures(HsHeapTree *self)
{
  if (self->document != NULL && self->refresh_id == 0)
    self->refresh_id = g_timeout_add(REFRESH_MS, on_refresh, self);
}

gboolean
hs_heap_tree_is_busy(HsHeapTree *self)
{
  return self->refresh_id != 0;
}

void
hs_heap_tree_set_document(HsHeapTree *self, HsDocument *document)
{
  g_clear_handle_id(&self->refresh_id, g_source_remove);
  g_set_object(&self->document, document);
  gtk_tree_store_clear(self->store);
  g_hash_table_remove_all(self->process_iters);
  self->n_listed = 0;
  self->n_rows = 0;
  self->others_listed = FALSE;
  hs_heap_tree_refresh(self);
}

/* --- hands --- */

static void
toggle_row(HsHeapTree *self, GtkTreeIter *iter)
{
  HsTimeline *timeline = hs_document_get_timeline(self->document);
  RowRef row = row_ref(GTK_TREE_MODEL(self->store), iter);
  g_autoptr(HsFilter) filter = hs_filter_copy(hs_document_get_filter(self->document));

  if (row.kind == ROW_HEAP) {
    HsHeapId heap = {row.id};
    hs_filter_set_named_heap(filter, timeline, heap, !hs_filter_shows_heap(filter, heap));
  } else if (row.kind == ROW_PROCESS) {
    uint32_t n_heaps, n_shown;
    hs_heap_figures_process(self->figures, (HsProcessId){row.id}, &n_heaps, &n_shown);
    for (uint32_t i = 0; i < hs_timeline_n_heaps(timeline); i++) {
      if (hs_timeline_heap(timeline, (HsHeapId){i})->process.v == row.id)
        hs_filter_set_named_heap(filter, timeline, (HsHeapId){i}, n_shown < n_heaps);
    }
  }
  hs_document_set_filter(self->document, filter);
}

static void
on_toggled(GtkCellRendererToggle *cell, const char *path, HsHeapTree *self)
{
  GtkTreeIter iter;
  if (self->document != NULL && gtk_tree_model_get_iter_from_string(GTK_TREE_MODEL(self->store), &iter, path))
    toggle_row(self, &iter);
}

static void
hs_heap_tree_row_activated(GtkTreeView *view, GtkTreePath *path, GtkTreeViewColumn *column)
{
  HsHeapTree *self = HS_HEAP_TREE(view);
  GtkTreeIter iter;
  if (self->document != NULL && gtk_tree_model_get_iter(GTK_TREE_MODEL(self->store), &iter, path))
    toggle_row(self, &iter);
}

static void
add_item(GMenu *menu, const char *label, const char *action, GVariant *target)
{
  g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);
  g_menu_item_set_action_and_target_value(item, action, target);
  g_menu_append_item(menu, item);
}

static GMenu *
row_menu(HsHeapTree *self, RowRef row)
{
  HsTimeline *timeline = hs_document_get_timeline(self->document);
  g_autoptr(GMenu) menu = g_menu_new();

  if (row.kind == ROW_HEAP) {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){row.id});
    uint32_t pid = hs_timeline_process(timeline, heap->process)->pid;
    char handle[HS_FORMAT_MAX];
    hs_format_hex(handle, sizeof handle, heap->handle);
    gboolean shown = hs_filter_shows_heap(hs_document_get_filter(self->document), (HsHeapId){row.id});
    add_item(menu, _("Show _only this heap"), "win.only-heap", g_variant_new("(us)", pid, handle));
    add_item(menu, shown ? _("_Hide this heap") : _("_Show this heap"), shown ? "win.hide-heap" : "win.show-heap",
             g_variant_new("(us)", pid, handle));
    add_item(menu, _("Show _all"), "win.clear-filter", NULL);
    add_item(menu, _("_Copy handle"), "win.copy-text", g_variant_new_string(handle));
  } else if (row.kind == ROW_PROCESS) {
    uint32_t pid = hs_timeline_process(timeline, (HsProcessId){row.id})->pid;
    add_item(menu, _("Show _only this process"), "win.only-process", g_variant_new_uint32(pid));
    add_item(menu, _("_Hide this process"), "win.hide-process", g_variant_new_uint32(pid));
    add_item(menu, _("Show _all"), "win.clear-filter", NULL);
  }
  return g_steal_pointer(&menu);
}

static gboolean
popup_menu(HsHeapTree *self, GtkTreePath *path, const GdkEvent *event)
{
  GtkTreeIter iter;
  if (self->document == NULL || path == NULL || !gtk_tree_model_get_iter(GTK_TREE_MODEL(self->store), &iter, path))
    return FALSE;
  g_autoptr(GMenu) model = row_menu(self, row_ref(GTK_TREE_MODEL(self->store), &iter));
  if (g_menu_model_get_n_items(G_MENU_MODEL(model)) == 0)
    return FALSE;
  GtkWidget *menu = gtk_menu_new_from_model(G_MENU_MODEL(model));
  gtk_menu_attach_to_widget(GTK_MENU(menu), GTK_WIDGET(self), NULL);
  g_signal_connect(menu, "selection-done", G_CALLBACK(gtk_menu_detach), NULL);
  if (event != NULL) {
    gtk_menu_popup_at_pointer(GTK_MENU(menu), event);
  } else {
    GdkRectangle area;
    gtk_tree_view_get_cell_area(GTK_TREE_VIEW(self), path, NULL, &area);
    gtk_menu_popup_at_rect(GTK_MENU(menu), gtk_tree_view_get_bin_window(GTK_TREE_VIEW(self)), &area,
                           GDK_GRAVITY_SOUTH_WEST, GDK_GRAVITY_NORTH_WEST, NULL);
  }
  return TRUE;
}

static gboolean
hs_heap_tree_button_press(GtkWidget *widget, GdkEventButton *event)
{
  g_autoptr(GtkTreePath) path = NULL;
  gboolean handled = GTK_WIDGET_CLASS(hs_heap_tree_parent_class)->button_press_event(widget, event);
  if (!gdk_event_triggers_context_menu((GdkEvent *)event) ||
      event->window != gtk_tree_view_get_bin_window(GTK_TREE_VIEW(widget)))
    return handled;
  gtk_tree_view_get_path_at_pos(GTK_TREE_VIEW(widget), (int)event->x, (int)event->y, &path, NULL, NULL, NULL);
  return popup_menu(HS_HEAP_TREE(widget), path, (GdkEvent *)event) || handled;
}

static gboolean
hs_heap_tree_popup_menu(GtkWidget *widget)
{
  g_autoptr(GtkTreePath) path = NULL;
  gtk_tree_view_get_cursor(GTK_TREE_VIEW(widget), &path, NULL);
  return popup_menu(HS_HEAP_TREE(widget), path, NULL);
}

static char *
heap_tooltip(HsHeapTree *self, HsHeapId id)
{
  HsTimeline *timeline = hs_document_get_timeline(self->document);
  const HsHeap *heap = hs_timeline_heap(timeline, id);
  g_autofree char *process = hs_process_display_name(timeline, heap->process);
  char handle[HS_FORMAT_MAX], bytes[HS_FORMAT_MAX], count[HS_FORMAT_MAX], events[HS_FORMAT_MAX], peak[HS_FORMAT_MAX];

  hs_format_hex(handle, sizeof handle, heap->handle);
  hs_format_bytes(bytes, sizeof bytes, hs_heap_figures_bytes(self->figures, id));
  hs_format_count(count, sizeof count, (uint64_t)MAX(hs_heap_figures_count(self->figures, id), 0));
  hs_format_count(events, sizeof events, HS_GET(heap->n_events));
  hs_format_bytes(peak, sizeof peak, (int64_t)HS_GET(heap->peak_bytes));
  return g_strdup_printf(_("Heap %s of %s\n%s in %s blocks at the end of the visible range\nPeak %s, %s events"),
                         handle, process, bytes, count, peak, events);
}

static gboolean
hs_heap_tree_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  HsHeapTree *self = HS_HEAP_TREE(widget);
  g_autoptr(GtkTreePath) path = NULL;
  GtkTreeIter iter;
  if (self->document == NULL ||
      !gtk_tree_view_get_tooltip_context(GTK_TREE_VIEW(self), &x, &y, keyboard, NULL, &path, &iter))
    return FALSE;
  RowRef row = row_ref(GTK_TREE_MODEL(self->store), &iter);
  if (row.kind != ROW_HEAP)
    return FALSE;
  g_autofree char *text = heap_tooltip(self, (HsHeapId){row.id});
  gtk_tooltip_set_text(tooltip, text);
  gtk_tree_view_set_tooltip_row(GTK_TREE_VIEW(self), tooltip, path);
  return TRUE;
}

static void
hs_heap_tree_style_updated(GtkWidget *widget)
{
  GTK_WIDGET_CLASS(hs_heap_tree_parent_class)->style_updated(widget);
  hs_palette_from_widget(&HS_HEAP_TREE(widget)->palette, widget);
  PangoContext *context = gtk_widget_get_pango_context(widget);
  PangoFontMetrics *metrics = pango_context_get_metrics(context, pango_context_get_font_description(context), NULL);
  HS_HEAP_TREE(widget)->digit_px = PANGO_PIXELS(pango_font_metrics_get_approximate_digit_width(metrics));
  pango_font_metrics_unref(metrics);
}

static void
hs_heap_tree_dispose(GObject *object)
{
  HsHeapTree *self = HS_HEAP_TREE(object);
  g_clear_handle_id(&self->refresh_id, g_source_remove);
  g_clear_object(&self->document);
  G_OBJECT_CLASS(hs_heap_tree_parent_class)->dispose(object);
}

static void
hs_heap_tree_finalize(GObject *object)
{
  HsHeapTree *self = HS_HEAP_TREE(object);
  g_clear_object(&self->store);
  g_clear_pointer(&self->process_iters, g_hash_table_unref);
  g_clear_pointer(&self->figures, hs_heap_figures_free);
  hs_palette_clear(&self->palette);
  G_OBJECT_CLASS(hs_heap_tree_parent_class)->finalize(object);
}

static void
hs_heap_tree_class_init(HsHeapTreeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);

  object_class->dispose = hs_heap_tree_dispose;
  object_class->finalize = hs_heap_tree_finalize;
  widget_class->button_press_event = hs_heap_tree_button_press;
  widget_class->popup_menu = hs_heap_tree_popup_menu;
  widget_class->query_tooltip = hs_heap_tree_query_tooltip;
  widget_class->style_updated = hs_heap_tree_style_updated;
  GTK_TREE_VIEW_CLASS(klass)->row_activated = hs_heap_tree_row_activated;
}

static void
add_cells(HsHeapTree *self)
{
  GtkTreeViewColumn *column = gtk_tree_view_column_new();
  GtkCellLayout *layout = GTK_CELL_LAYOUT(column);

  self->toggle = gtk_cell_renderer_toggle_new();
  self->swatch = hs_plot_cell_new();
  self->name = gtk_cell_renderer_text_new();
  self->curve = hs_plot_cell_new();
  self->count = gtk_cell_renderer_text_new();
  self->value = gtk_cell_renderer_text_new();
  g_object_set(self->swatch, "width", HS_SWATCH_PX + 6, "xpad", 3, NULL);
  g_object_set(self->name, "ellipsize", PANGO_ELLIPSIZE_END, "ypad", 2, NULL);
  g_object_set(self->curve, "width", 34, "ypad", 4, NULL);
  g_object_set(self->count, "xalign", 1.0, "width", 64, "sensitive", FALSE, "scale", SMALL, NULL);
  /* The figures end where those of the other sections do. */
  g_object_set(self->value, "xalign", 1.0, "xpad", MARGIN_PX, "width-chars", 8, "scale", SMALL, NULL);
  g_signal_connect(self->toggle, "toggled", G_CALLBACK(on_toggled), self);

  gtk_cell_layout_pack_start(layout, self->toggle, FALSE);
  gtk_cell_layout_pack_start(layout, self->swatch, FALSE);
  gtk_cell_layout_pack_start(layout, self->name, TRUE);
  gtk_cell_layout_pack_start(layout, self->curve, FALSE);
  gtk_cell_layout_pack_start(layout, self->count, FALSE);
  gtk_cell_layout_pack_start(layout, self->value, FALSE);
  gtk_cell_layout_set_cell_data_func(layout, self->toggle, (GtkCellLayoutDataFunc)(void (*)(void))render_row, self,
                                     NULL);
  gtk_tree_view_column_set_sizing(column, GTK_TREE_VIEW_COLUMN_FIXED);
  gtk_tree_view_column_set_expand(column, TRUE);
  gtk_tree_view_append_column(GTK_TREE_VIEW(self), column);
}

static void
hs_heap_tree_init(HsHeapTree *self)
{
  GtkTreeView *view = GTK_TREE_VIEW(self);

  self->process_iters = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  self->figures = hs_heap_figures_new();
  self->store = gtk_tree_store_new(N_TREE_COLUMNS, G_TYPE_UINT, G_TYPE_UINT);
  add_cells(self);
  gtk_tree_view_set_headers_visible(view, FALSE);
  gtk_tree_view_set_enable_search(view, FALSE);
  gtk_tree_view_set_fixed_height_mode(view, TRUE);
  gtk_tree_view_set_model(view, GTK_TREE_MODEL(self->store));
  gtk_widget_set_has_tooltip(GTK_WIDGET(self), TRUE);
}

/* SPDX-License-Identifier: MIT */
#include "hs-compare-view.h"

#include "hs-config.h"
#include "hs-document-places.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

struct _HsCompareView {
  GtkBox parent_instance;

  HsDocument *document;
  GtkComboBoxText *combo;
  GtkLabel *moments, *sums;
  GtkStack *stack;
  HsTable *blocks, *groups;
};

enum { SIGNAL_ROWS_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HsCompareView, hs_compare_view, GTK_TYPE_BOX)

HsTable *
hs_compare_view_get_table(HsCompareView *self)
{
  return gtk_stack_get_visible_child(self->stack) == GTK_WIDGET(self->groups) ? self->groups : self->blocks;
}

const HsComparison *
hs_compare_view_get_comparison(HsCompareView *self)
{
  return self->document != NULL ? hs_table_get_model(hs_compare_view_get_table(self))->comparison : NULL;
}

gboolean
hs_compare_view_is_busy(HsCompareView *self)
{
  return hs_table_is_busy(hs_compare_view_get_table(self));
}

/* --- words --- */

/* Of what is shown: while a pin is dragged, the sums come a little later. */
static char *
moment_text(HsCompareView *self, int side)
{
  char text[HS_FORMAT_MAX];
  const HsComparison *comparison = hs_compare_view_get_comparison(self);
  int64_t ticks = hs_document_get_pin(self->document, side);
  if (comparison != NULL)
    ticks = side == HS_SIDE_A ? comparison->a_ticks : comparison->b_ticks;
  if (ticks == INT64_MIN)
    return g_strdup("—");
  HsClock clock = hs_timeline_clock(hs_document_get_timeline(self->document));
  return g_strdup(hs_format_time(text, sizeof text, hs_clock_to_ns(clock, ticks)));
}

static void
show_moments(HsCompareView *self)
{
  if (self->document == NULL) {
    gtk_label_set_label(self->moments, "");
    return;
  }
  g_autofree char *a = moment_text(self, HS_SIDE_A);
  g_autofree char *b = moment_text(self, HS_SIDE_B);
  g_autofree char *text = g_markup_printf_escaped("<b>A</b> %s   <b>B</b> %s", a, b);
  gtk_label_set_markup(self->moments, text);
}

static void
format_bytes(char *buffer, size_t size, uint64_t bytes)
{
  hs_format_bytes(buffer, size, (int64_t)MIN(bytes, (uint64_t)INT64_MAX));
}

static char *
sums_text(const HsSideSums *sums)
{
  char n[HS_N_SIDES][HS_FORMAT_MAX], bytes[HS_N_SIDES][HS_FORMAT_MAX], net[HS_FORMAT_MAX], net_bytes[HS_FORMAT_MAX];
  int64_t count = hs_side_sums_net_count(sums), change = hs_side_sums_net_bytes(sums);
  for (int side = 0; side < HS_N_SIDES; side++) {
    hs_format_count(n[side], sizeof n[side], sums->count[side]);
    format_bytes(bytes[side], sizeof bytes[side], sums->bytes[side]);
  }
  hs_format_count(net, sizeof net, count < 0 ? 0 - (uint64_t)count : (uint64_t)count);
  hs_format_bytes(net_bytes, sizeof net_bytes, change);
  /* What comes last gives way first. */
  return g_strdup_printf(_("net %s%s blocks, %s%s  ·  only at B %s blocks, %s  ·  only at A %s blocks, %s"),
                         count > 0   ? "+"
                         : count < 0 ? "−"
                                     : "",
                         net, change > 0 ? "+" : "", net_bytes, n[HS_SIDE_B], bytes[HS_SIDE_B], n[HS_SIDE_A],
                         bytes[HS_SIDE_A]);
}

static void
show_sums(HsCompareView *self)
{
  const HsComparison *comparison = hs_compare_view_get_comparison(self);
  g_autofree char *text = NULL;
  if (comparison != NULL)
    text = sums_text(&comparison->total);
  else if (self->document != NULL && !hs_compare_view_is_busy(self))
    text = g_strdup(hs_document_get_pin(self->document, HS_SIDE_A) == INT64_MIN
                        ? _("Set pin A: what lives there is compared with what lives at B")
                        : _("Set pin B: what lives there is compared with what lives at A"));
  gtk_label_set_label(self->sums, text != NULL ? text : "");
  gtk_widget_set_tooltip_text(GTK_WIDGET(self->sums), text);
}

static void
on_rows_changed(HsCompareView *self)
{
  const HsComparison *comparison = hs_compare_view_get_comparison(self);
  if (comparison != NULL && comparison->is_checked && !comparison->is_consistent)
    hs_document_report_contradiction(self->document);
  show_moments(self);
  show_sums(self);
  g_signal_emit(self, signals[SIGNAL_ROWS_CHANGED], 0);
}

static void
on_places_changed(HsCompareView *self)
{
  show_moments(self);
  if (hs_document_get_pin(self->document, HS_SIDE_A) == INT64_MIN ||
      hs_document_get_pin(self->document, HS_SIDE_B) == INT64_MIN)
    show_sums(self);
}

/* --- grouping --- */

void
hs_compare_view_set_grouping(HsCompareView *self, HsPivotBy by)
{
  gtk_combo_box_set_active_id(GTK_COMBO_BOX(self->combo), by == HS_N_PIVOTS ? "block" : hs_pivot_name(by));
}

static void
on_combo_changed(HsCompareView *self)
{
  const char *id = gtk_combo_box_get_active_id(GTK_COMBO_BOX(self->combo));
  HsPivotBy by = id != NULL ? hs_pivot_from_name(id) : HS_N_PIVOTS;
  if (by != HS_N_PIVOTS)
    hs_table_set_grouping(self->groups, by);
  gtk_stack_set_visible_child(self->stack, GTK_WIDGET(by != HS_N_PIVOTS ? self->groups : self->blocks));
  on_rows_changed(self);
}

static void
name_inside(GtkWidget *widget, gpointer name)
{
  if (GTK_IS_BUTTON(widget))
    atk_object_set_name(gtk_widget_get_accessible(widget), name);
  if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), name_inside, name);
}

static GtkComboBoxText *
new_combo(HsCompareView *self)
{
  static const struct {
    HsPivotBy by;
    const char *title;
  } groups[] = {{HS_PIVOT_HEAP, N_("By heap")},       {HS_PIVOT_SOURCE, N_("By source")},
                {HS_PIVOT_SIZE, N_("By size class")}, {HS_PIVOT_PROCESS, N_("By process")},
                {HS_PIVOT_THREAD, N_("By thread")},   {HS_PIVOT_END, N_("By end reason")}};
  GtkWidget *combo = gtk_combo_box_text_new();
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), "block", _("Block by block"));
  for (guint i = 0; i < G_N_ELEMENTS(groups); i++)
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), hs_pivot_name(groups[i].by), _(groups[i].title));
  gtk_combo_box_set_active_id(GTK_COMBO_BOX(combo), "block");
  atk_object_set_name(gtk_widget_get_accessible(combo), _("Blocks or groups"));
  name_inside(combo, (gpointer)_("Blocks or groups"));
  g_signal_connect_swapped(combo, "changed", G_CALLBACK(on_combo_changed), self);
  return GTK_COMBO_BOX_TEXT(combo);
}

/* --- widget --- */

void
hs_compare_view_set_document(HsCompareView *self, HsDocument *document)
{
  if (self->document == document)
    return;
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_set_object(&self->document, document);
  hs_table_set_document(self->blocks, document);
  hs_table_set_document(self->groups, document);
  if (document != NULL)
    g_signal_connect_swapped(document, "places-changed", G_CALLBACK(on_places_changed), self);
  show_moments(self);
  show_sums(self);
}

static void
hs_compare_view_dispose(GObject *object)
{
  HsCompareView *self = HS_COMPARE_VIEW(object);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_clear_object(&self->document);
  G_OBJECT_CLASS(hs_compare_view_parent_class)->dispose(object);
}

static void
hs_compare_view_class_init(HsCompareViewClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = hs_compare_view_dispose;
  signals[SIGNAL_ROWS_CHANGED] =
      g_signal_new("rows-changed", HS_TYPE_COMPARE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
new_bar(HsCompareView *self)
{
  GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  self->moments = GTK_LABEL(gtk_label_new(""));
  self->sums = GTK_LABEL(gtk_label_new(""));
  self->combo = new_combo(self);
  gtk_label_set_ellipsize(self->sums, PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign(self->sums, 0);
  gtk_style_context_add_class(gtk_widget_get_style_context(bar), "hs-summary-bar");
  gtk_box_pack_start(GTK_BOX(bar), GTK_WIDGET(self->combo), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(bar), GTK_WIDGET(self->moments), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(bar), GTK_WIDGET(self->sums), TRUE, TRUE, 0);
  gtk_widget_show_all(bar);
  return bar;
}

static void
hs_compare_view_init(HsCompareView *self)
{
  GtkWidget *bar = new_bar(self);
  gtk_orientable_set_orientation(GTK_ORIENTABLE(self), GTK_ORIENTATION_VERTICAL);
  self->stack = GTK_STACK(gtk_stack_new());
  self->blocks = HS_TABLE(hs_table_new(&hs_table_sides));
  self->groups = HS_TABLE(hs_table_new(&hs_table_groups));
  hs_table_set_grouping(self->groups, HS_PIVOT_HEAP);
  gtk_container_add(GTK_CONTAINER(self->stack), GTK_WIDGET(self->blocks));
  gtk_container_add(GTK_CONTAINER(self->stack), GTK_WIDGET(self->groups));
  gtk_widget_show(GTK_WIDGET(self->blocks));
  gtk_widget_show(GTK_WIDGET(self->groups));
  gtk_widget_show(GTK_WIDGET(self->stack));
  gtk_box_pack_start(GTK_BOX(self), bar, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(self), GTK_WIDGET(self->stack), TRUE, TRUE, 0);
  g_signal_connect_swapped(self->blocks, "rows-changed", G_CALLBACK(on_rows_changed), self);
  g_signal_connect_swapped(self->groups, "rows-changed", G_CALLBACK(on_rows_changed), self);
}

GtkWidget *
hs_compare_view_new(void)
{
  return g_object_new(HS_TYPE_COMPARE_VIEW, NULL);
}

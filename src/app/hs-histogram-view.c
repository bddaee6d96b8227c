/* SPDX-License-Identifier: MIT */
#include "hs-histogram-view.h"

#include "hs-config.h"
#include "hs-distribution-text.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

struct _HsHistogramView {
  GtkBox parent_instance;

  HsDocument *document;
  HsHistogram *histogram;
  GtkLabel *range_label;
};

G_DEFINE_FINAL_TYPE(HsHistogramView, hs_histogram_view, GTK_TYPE_BOX)

static void
show_range(HsHistogramView *self)
{
  int64_t t0, t1;
  g_autofree char *text = NULL;
  if (self->document != NULL && hs_document_get_selection(self->document, &t0, &t1)) {
    HsClock clock = hs_timeline_clock(hs_document_get_timeline(self->document));
    char stretch[2 * HS_FORMAT_MAX];
    hs_format_stretch(stretch, sizeof stretch, hs_clock_to_ns(clock, t0), hs_clock_to_ns(clock, t1));
    text = g_strdup_printf(_("Selection %s"), stretch);
  } else {
    text = g_strdup(_("Whole trace"));
  }
  gtk_label_set_label(self->range_label, text);
}

void
hs_histogram_view_set_document(HsHistogramView *self, HsDocument *document)
{
  if (self->document == document)
    return;
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_set_object(&self->document, document);
  hs_histogram_set_document(self->histogram, document);
  if (document != NULL)
    g_signal_connect_object(document, "selection-changed", G_CALLBACK(show_range), self, G_CONNECT_SWAPPED);
  show_range(self);
}

HsHistogram *
hs_histogram_view_get_histogram(HsHistogramView *self)
{
  return self->histogram;
}

/* --- buttons --- */

/* Buttons side by side, of which one is down: that of the action's state. */
static GtkWidget *
new_choice(const char *name)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_style_context_add_class(gtk_widget_get_style_context(box), GTK_STYLE_CLASS_LINKED);
  atk_object_set_name(gtk_widget_get_accessible(box), name);
  return box;
}

static void
add_button(GtkWidget *choice, const char *label, const char *tooltip, const char *action, const char *target)
{
  GtkWidget *button = gtk_toggle_button_new_with_label(label);
  gtk_style_context_add_class(gtk_widget_get_style_context(button), "hs-small");
  gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
  gtk_actionable_set_action_target(GTK_ACTIONABLE(button), "s", target);
  gtk_widget_set_tooltip_text(button, tooltip);
  gtk_box_pack_start(GTK_BOX(choice), button, FALSE, FALSE, 0);
}

static GtkWidget *
new_kinds(void)
{
  static const char *const labels[HS_N_DISTRIBUTIONS] = {N_("Sizes"), N_("≤ 1 KiB"), N_("≤ 256 B"), N_("Lifetimes")};
  static const char *const tooltips[HS_N_DISTRIBUTIONS] = {
      N_("Sizes by powers of two"), N_("Sizes up to 1 KiB in steps of 8 bytes"), N_("Each size up to 256 bytes"),
      N_("How long blocks lived")};
  GtkWidget *choice = new_choice(_("What is shown"));
  for (int kind = 0; kind < HS_N_DISTRIBUTIONS; kind++)
    add_button(choice, _(labels[kind]), _(tooltips[kind]), "win.histogram",
               hs_distribution_name((HsDistributionKind)kind));
  return choice;
}

static GtkWidget *
new_measures(void)
{
  GtkWidget *choice = new_choice(_("What is counted"));
  add_button(choice, _("Allocations"), _("How many"), "win.histogram-measure", "count");
  add_button(choice, _("Bytes"), _("How many bytes"), "win.histogram-measure", "bytes");
  return choice;
}

static GtkWidget *
new_scales(void)
{
  GtkWidget *choice = new_choice(_("Scale"));
  add_button(choice, _("Linear"), _("Heights by the number"), "win.histogram-scale", "linear");
  add_button(choice, _("√"), _("Heights by the square root"), "win.histogram-scale", "root");
  add_button(choice, _("Log"), _("Heights by the logarithm"), "win.histogram-scale", "log");
  return choice;
}

/* --- widget --- */

static void
hs_histogram_view_dispose(GObject *object)
{
  HsHistogramView *self = HS_HISTOGRAM_VIEW(object);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_clear_object(&self->document);
  G_OBJECT_CLASS(hs_histogram_view_parent_class)->dispose(object);
}

static void
hs_histogram_view_class_init(HsHistogramViewClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = hs_histogram_view_dispose;
}

static void
hs_histogram_view_init(HsHistogramView *self)
{
  GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_orientable_set_orientation(GTK_ORIENTABLE(self), GTK_ORIENTATION_VERTICAL);
  gtk_style_context_add_class(gtk_widget_get_style_context(bar), "hs-summary-bar");
  self->histogram = g_object_new(HS_TYPE_HISTOGRAM, "small", FALSE, NULL);
  self->range_label = GTK_LABEL(gtk_label_new(""));
  gtk_label_set_ellipsize(self->range_label, PANGO_ELLIPSIZE_END);
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self->range_label)), GTK_STYLE_CLASS_DIM_LABEL);
  gtk_box_pack_start(GTK_BOX(bar), new_kinds(), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(bar), new_measures(), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(bar), new_scales(), FALSE, FALSE, 0);
  gtk_box_pack_end(GTK_BOX(bar), GTK_WIDGET(self->range_label), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(self), bar, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(self), GTK_WIDGET(self->histogram), TRUE, TRUE, 0);
  gtk_widget_show_all(bar);
  gtk_widget_show(GTK_WIDGET(self->histogram));
  show_range(self);
}

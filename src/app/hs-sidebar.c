/* SPDX-License-Identifier: MIT */
#include "hs-sidebar.h"

#include "hs-config.h"
#include "hs-heap-tree.h"
#include "hs-histogram.h"
#include "hs-menus.h"
#include "hs-source-list.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

struct _HsSidebar {
  GtkBox parent_instance;

  HsDocument *document;
  HsHeapTree *tree;
  HsSourceList *sources;
  HsHistogram *histogram;
  GtkLabel *histogram_heading, *histogram_measure;
  GtkMenuButton *histogram_button;
};

G_DEFINE_FINAL_TYPE(HsSidebar, hs_sidebar, GTK_TYPE_BOX)

static void
refresh_heaps(HsSidebar *self)
{
  hs_heap_tree_refresh(self->tree);
}

static void
refresh_figures(HsSidebar *self)
{
  hs_heap_tree_refresh_figures(self->tree);
}

static void
refresh(HsSidebar *self)
{
  hs_heap_tree_refresh(self->tree);
  hs_source_list_refresh(self->sources);
}

static void
forget_document(HsSidebar *self)
{
  if (self->document == NULL)
    return;
  g_signal_handlers_disconnect_by_func(self->document, refresh_heaps, self);
  g_signal_handlers_disconnect_by_func(self->document, refresh_figures, self);
  g_signal_handlers_disconnect_by_func(self->document, refresh, self);
  g_clear_object(&self->document);
}

void
hs_sidebar_set_document(HsSidebar *self, HsDocument *document)
{
  if (self->document == document)
    return;
  forget_document(self);
  hs_heap_tree_set_document(self->tree, document);
  hs_source_list_set_document(self->sources, document);
  hs_histogram_set_document(self->histogram, document);
  if (document == NULL)
    return;
  self->document = g_object_ref(document);
  g_signal_connect_object(document, "range-changed", G_CALLBACK(refresh_figures), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "display-changed", G_CALLBACK(refresh_heaps), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "loading-changed", G_CALLBACK(refresh_heaps), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "filter-changed", G_CALLBACK(refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "data-changed", G_CALLBACK(refresh), self, G_CONNECT_SWAPPED);
}

gboolean
hs_sidebar_is_busy(HsSidebar *self)
{
  return hs_heap_tree_is_busy(self->tree) || hs_source_list_is_busy(self->sources) ||
         hs_histogram_is_busy(self->histogram);
}

void
hs_sidebar_set_histogram_kind(HsSidebar *self, HsDistributionKind kind)
{
  hs_histogram_set_kind(self->histogram, kind);
  gtk_label_set_label(self->histogram_heading, hs_distribution_is_of_lifetimes(kind) ? _("LIFETIMES") : _("SIZES"));
}

void
hs_sidebar_set_histogram_measure(HsSidebar *self, HsHistogramMeasure measure)
{
  hs_histogram_set_measure(self->histogram, measure);
  gtk_label_set_label(self->histogram_measure, measure == HS_HISTOGRAM_BYTES ? _("bytes") : _("allocations"));
}

static void
hs_sidebar_dispose(GObject *object)
{
  forget_document(HS_SIDEBAR(object));
  G_OBJECT_CLASS(hs_sidebar_parent_class)->dispose(object);
}

static void
hs_sidebar_class_init(HsSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);

  G_OBJECT_CLASS(klass)->dispose = hs_sidebar_dispose;
  g_type_ensure(HS_TYPE_HEAP_TREE);
  g_type_ensure(HS_TYPE_HISTOGRAM);
  g_type_ensure(HS_TYPE_SOURCE_LIST);
  gtk_widget_class_set_template_from_resource(widget_class, "/org/heapscope/Heapscope/hs-sidebar.ui");
  gtk_widget_class_bind_template_child(widget_class, HsSidebar, tree);
  gtk_widget_class_bind_template_child(widget_class, HsSidebar, sources);
  gtk_widget_class_bind_template_child(widget_class, HsSidebar, histogram);
  gtk_widget_class_bind_template_child(widget_class, HsSidebar, histogram_heading);
  gtk_widget_class_bind_template_child(widget_class, HsSidebar, histogram_measure);
  gtk_widget_class_bind_template_child(widget_class, HsSidebar, histogram_button);
}

static void
hs_sidebar_init(HsSidebar *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  hs_menus_set(self->histogram_button, hs_menus_get("histogram_menu"));
}

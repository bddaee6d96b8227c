/* SPDX-License-Identifier: MIT */
#include "hs-sidebar.h"

#include "hs-heap-tree.h"
#include "hs-source-list.h"

struct _HsSidebar {
  GtkBox parent_instance;

  HsDocument *document;
  HsHeapTree *tree;
  HsSourceList *sources;
};

G_DEFINE_FINAL_TYPE(HsSidebar, hs_sidebar, GTK_TYPE_BOX)

static void
refresh(HsSidebar *self)
{
  hs_heap_tree_refresh(self->tree);
  hs_source_list_refresh(self->sources);
}

void
hs_sidebar_set_document(HsSidebar *self, HsDocument *document)
{
  static const char *const names[] = {"range-changed", "filter-changed", "data-changed", "display-changed",
                                      "loading-changed"};
  if (self->document == document)
    return;
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_func(self->document, refresh, self);
  g_set_object(&self->document, document);
  hs_heap_tree_set_document(self->tree, document);
  hs_source_list_set_document(self->sources, document);
  if (document == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    g_signal_connect_object(document, names[i], G_CALLBACK(refresh), self, G_CONNECT_SWAPPED);
}

static void
hs_sidebar_dispose(GObject *object)
{
  HsSidebar *self = HS_SIDEBAR(object);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_func(self->document, refresh, self);
  g_clear_object(&self->document);
  G_OBJECT_CLASS(hs_sidebar_parent_class)->dispose(object);
}

static void
hs_sidebar_class_init(HsSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);

  G_OBJECT_CLASS(klass)->dispose = hs_sidebar_dispose;
  g_type_ensure(HS_TYPE_HEAP_TREE);
  g_type_ensure(HS_TYPE_SOURCE_LIST);
  gtk_widget_class_set_template_from_resource(widget_class, "/org/heapscope/Heapscope/hs-sidebar.ui");
  gtk_widget_class_bind_template_child(widget_class, HsSidebar, tree);
  gtk_widget_class_bind_template_child(widget_class, HsSidebar, sources);
}

static void
hs_sidebar_init(HsSidebar *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
}

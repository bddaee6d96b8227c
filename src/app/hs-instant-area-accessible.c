/* SPDX-License-Identifier: MIT */
/* For screen readers: a chart with a name, the numbers in a sentence, and the live bytes as its value. */
#include <gtk/gtk-a11y.h>

#include "hs-format.h"
#include "hs-instant-area-private.h"

typedef struct {
  GtkWidgetAccessible parent;
} HsInstantAreaAccessible;
typedef struct {
  GtkWidgetAccessibleClass parent_class;
} HsInstantAreaAccessibleClass;

static void hs_instant_area_value_init(AtkValueIface *iface);

G_DEFINE_TYPE_WITH_CODE(HsInstantAreaAccessible, hs_instant_area_accessible, GTK_TYPE_WIDGET_ACCESSIBLE,
                        G_IMPLEMENT_INTERFACE(ATK_TYPE_VALUE, hs_instant_area_value_init))

static const HsSpacePicture *
picture_of(gpointer accessible)
{
  GtkWidget *widget = gtk_accessible_get_widget(GTK_ACCESSIBLE(accessible));
  return widget != NULL ? hs_instant_area_get_picture(HS_INSTANT_AREA(widget)) : NULL;
}

static void
get_value_and_text(AtkValue *value, double *number, char **text)
{
  const HsSpacePicture *picture = picture_of(value);
  uint64_t bytes = picture != NULL ? picture->figures.live_bytes : 0;
  char buffer[HS_FORMAT_MAX];
  *number = (double)bytes;
  if (text != NULL)
    *text = g_strdup(hs_format_bytes(buffer, sizeof buffer, (int64_t)MIN(bytes, INT64_MAX)));
}

static AtkRange *
get_range(AtkValue *value)
{
  const HsSpacePicture *picture = picture_of(value);
  uint64_t most = picture != NULL ? MAX(picture->figures.committed_bytes, picture->figures.live_bytes) : 0;
  return atk_range_new(0, (double)most, NULL);
}

static void
hs_instant_area_value_init(AtkValueIface *iface)
{
  iface->get_value_and_text = get_value_and_text;
  iface->get_range = get_range;
}

static void
hs_instant_area_accessible_initialize(AtkObject *object, gpointer data)
{
  ATK_OBJECT_CLASS(hs_instant_area_accessible_parent_class)->initialize(object, data);
  /* Here, because the parent's initialize sets the role back. */
  object->role = ATK_ROLE_CHART;
}

static void
hs_instant_area_accessible_class_init(HsInstantAreaAccessibleClass *klass)
{
  ATK_OBJECT_CLASS(klass)->initialize = hs_instant_area_accessible_initialize;
}

static void
hs_instant_area_accessible_init(HsInstantAreaAccessible *self)
{
}

void
hs_instant_area_value_changed(HsInstantArea *self)
{
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(self));
  const HsSpacePicture *picture = hs_instant_area_get_picture(self);
  g_autofree char *text = NULL;
  if (picture != NULL && self->document != NULL)
    text = hs_space_describe(hs_document_get_timeline(self->document), picture);
  atk_object_set_description(accessible, text != NULL ? text : "");
  g_object_notify(G_OBJECT(accessible), "accessible-value");
}

/* SPDX-License-Identifier: MIT */
#include "hs-health-row.h"

#include "hs-config.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define MARGIN_X_PX 14
#define MARGIN_Y_PX 7
#define COLUMN_GAP_PX 10
#define LINE_GAP_PX 2
/* Places stand below the expander's label, right of its arrow. */
#define ARROW_PX 14
/* A sentence is broken at about this width, however wide the window is. */
#define LINE_CHARS 110
/* So many places are listed; more are counted. */
#define PLACES_MAX 64

struct _HsHealthRow {
  GtkListBoxRow parent_instance;

  const char *id;
  GtkWidget *icon, *title, *count, *meaning, *expander, *places;
};

G_DEFINE_FINAL_TYPE(HsHealthRow, hs_health_row, GTK_TYPE_LIST_BOX_ROW)

typedef struct {
  const char *icon, *style_class, *name;
} HsGravityLook;

static const HsGravityLook looks[] = {
    [HS_HEALTH_GOOD] = {"emblem-ok-symbolic", "hs-health-good", N_("Good")},
    [HS_HEALTH_NOTE] = {"dialog-information-symbolic", "hs-health-note", N_("Note")},
    [HS_HEALTH_WARNING] = {"dialog-warning-symbolic", "hs-health-warning", N_("Warning")},
    [HS_HEALTH_BAD] = {"dialog-error-symbolic", "hs-health-bad", N_("Bad")},
};

const char *
hs_health_icon_name(HsHealthGravity gravity)
{
  return looks[gravity].icon;
}

void
hs_health_style_widget(GtkWidget *widget, HsHealthGravity gravity)
{
  GtkStyleContext *style = gtk_widget_get_style_context(widget);
  for (guint i = 0; i < G_N_ELEMENTS(looks); i++)
    gtk_style_context_remove_class(style, looks[i].style_class);
  gtk_style_context_add_class(style, looks[gravity].style_class);
}

static char *
places_text(const HsHealthItem *item)
{
  char number[HS_FORMAT_MAX];
  GString *text = g_string_new(NULL);
  guint shown = MIN(item->places->len, PLACES_MAX);
  for (guint i = 0; i < shown; i++) {
    const HsHealthPlace *place = item->places->pdata[i];
    if (i > 0)
      g_string_append_c(text, '\n');
    if (place->has_offset)
      g_string_append_printf(text, "%s: ", hs_format_hex(number, sizeof number, place->offset));
    g_string_append(text, place->text);
  }
  uint64_t more = item->n_more + (item->places->len - shown);
  if (more > 0) {
    g_string_append_c(text, '\n');
    g_string_append_printf(text, ngettext("and %s more", "and %s more", (gulong)more),
                           hs_format_count(number, sizeof number, more));
  }
  return g_string_free(text, FALSE);
}

static void
show_places(HsHealthRow *self, const HsHealthItem *item)
{
  gboolean any = item->places->len > 0;
  gtk_widget_set_visible(self->expander, any);
  gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(self), any);
  if (!any) {
    gtk_label_set_label(GTK_LABEL(self->places), "");
    return;
  }
  const HsHealthPlace *first = item->places->pdata[0];
  g_autofree char *text = places_text(item);
  gtk_expander_set_label(GTK_EXPANDER(self->expander), first->has_offset ? _("Where in the file") : _("When"));
  if (g_strcmp0(gtk_label_get_label(GTK_LABEL(self->places)), text) != 0)
    gtk_label_set_label(GTK_LABEL(self->places), text);
}

static void
tell_accessible(HsHealthRow *self, const HsHealthItem *item, const char *count)
{
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(self));
  const char *gravity = _(looks[item->gravity].name);
  g_autofree char *name = count[0] != '\0' ? g_strdup_printf(_("%s: %s, %s"), gravity, item->title, count)
                                           : g_strdup_printf(_("%s: %s"), gravity, item->title);
  atk_object_set_name(accessible, name);
  atk_object_set_description(accessible, item->meaning);
  atk_object_set_name(gtk_widget_get_accessible(self->icon), gravity);
}

void
hs_health_row_set_item(HsHealthRow *self, const HsHealthItem *item)
{
  char count[HS_FORMAT_MAX] = "";
  if (item->has_count)
    hs_format_count(count, sizeof count, item->count);
  self->id = item->id;
  gtk_image_set_from_icon_name(GTK_IMAGE(self->icon), hs_health_icon_name(item->gravity), GTK_ICON_SIZE_MENU);
  hs_health_style_widget(self->icon, item->gravity);
  hs_health_style_widget(GTK_WIDGET(self), item->gravity);
  gtk_label_set_label(GTK_LABEL(self->title), item->title);
  gtk_label_set_label(GTK_LABEL(self->count), count);
  gtk_label_set_label(GTK_LABEL(self->meaning), item->meaning);
  show_places(self, item);
  tell_accessible(self, item, count);
}

HsHealthRow *
hs_health_row_new(const HsHealthItem *item)
{
  HsHealthRow *self = g_object_new(HS_TYPE_HEALTH_ROW, NULL);
  hs_health_row_set_item(self, item);
  return self;
}

const char *
hs_health_row_get_id(HsHealthRow *self)
{
  return self->id;
}

gboolean
hs_health_row_get_expanded(HsHealthRow *self)
{
  return gtk_widget_get_visible(self->expander) && gtk_expander_get_expanded(GTK_EXPANDER(self->expander));
}

void
hs_health_row_set_expanded(HsHealthRow *self, gboolean expanded)
{
  if (gtk_widget_get_visible(self->expander))
    gtk_expander_set_expanded(GTK_EXPANDER(self->expander), expanded);
}

static void
hs_health_row_class_init(HsHealthRowClass *klass)
{
}

static GtkWidget *
new_label(gboolean wraps, const char *style_class)
{
  GtkWidget *label = gtk_label_new("");
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_line_wrap(GTK_LABEL(label), wraps);
  gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
  if (wraps)
    gtk_label_set_max_width_chars(GTK_LABEL(label), LINE_CHARS);
  else
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
  gtk_style_context_add_class(gtk_widget_get_style_context(label), style_class);
  return label;
}

static void
hs_health_row_init(HsHealthRow *self)
{
  GtkWidget *grid = gtk_grid_new();
  self->icon = gtk_image_new();
  self->title = new_label(FALSE, "hs-health-title");
  self->count = new_label(FALSE, "hs-health-count");
  self->meaning = new_label(TRUE, "dim-label");
  self->places = new_label(TRUE, "hs-mono");
  self->expander = gtk_expander_new(NULL);
  g_object_set(grid, "margin-start", MARGIN_X_PX, "margin-end", MARGIN_X_PX, "margin-top", MARGIN_Y_PX, "margin-bottom",
               MARGIN_Y_PX, "column-spacing", COLUMN_GAP_PX, "row-spacing", LINE_GAP_PX, NULL);
  gtk_widget_set_hexpand(self->title, TRUE);
  gtk_widget_set_margin_top(self->expander, LINE_GAP_PX);
  g_object_set(self->places, "margin-start", ARROW_PX, "margin-top", LINE_GAP_PX, NULL);
  gtk_label_set_selectable(GTK_LABEL(self->places), TRUE);
  gtk_container_add(GTK_CONTAINER(self->expander), self->places);
  gtk_grid_attach(GTK_GRID(grid), self->icon, 0, 0, 1, 1);
  gtk_grid_attach(GTK_GRID(grid), self->title, 1, 0, 1, 1);
  gtk_grid_attach(GTK_GRID(grid), self->count, 2, 0, 1, 1);
  gtk_grid_attach(GTK_GRID(grid), self->meaning, 1, 1, 2, 1);
  gtk_grid_attach(GTK_GRID(grid), self->expander, 1, 2, 2, 1);
  gtk_container_add(GTK_CONTAINER(self), grid);
  gtk_widget_show_all(GTK_WIDGET(self));
  gtk_widget_set_no_show_all(self->expander, TRUE);
}

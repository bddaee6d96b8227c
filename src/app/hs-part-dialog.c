/* SPDX-License-Identifier: MIT */
#include "hs-part-dialog.h"

#include <math.h>

#include "hs-config.h"
#include "hs-format.h"
#include "hs-load-need.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define TEXT_CHARS 54
#define SPACING_PX 12
#define NS_A_SECOND 1e9
/* Processes beyond these have hardly any events. */
#define MAX_PROCESSES 100

struct _HsPartDialog {
  GtkDialog parent_instance;
  HsDocument *document;
  const HsLoadNeed *need; /* the document's */
  GtkGrid *grid;
  GtkComboBoxText *process;
  GtkSpinButton *begin, *end;
  GtkLabel *verdict;
};

G_DEFINE_FINAL_TYPE(HsPartDialog, hs_part_dialog, GTK_TYPE_DIALOG)

HsLoadChoice
hs_part_dialog_get_choice(HsPartDialog *self)
{
  HsLoadChoice choice = *hs_loader_choice(hs_document_get_loader(self->document));
  int process = gtk_combo_box_get_active(GTK_COMBO_BOX(self->process));
  double begin_s = gtk_spin_button_get_value(self->begin), end_s = gtk_spin_button_get_value(self->end);
  choice.one_process = process > 0;
  if (process > 0)
    choice.pid = ((const HsNeedProcess *)self->need->processes->pdata[process - 1])->pid;
  choice.t0_ns = begin_s > 0 ? (int64_t)(begin_s * NS_A_SECOND) : INT64_MIN;
  choice.t1_ns = end_s * NS_A_SECOND <= (double)self->need->end_ns ? (int64_t)(end_s * NS_A_SECOND) : INT64_MAX;
  return choice;
}

void
hs_part_dialog_choose(HsPartDialog *self, int process, double begin_s, double end_s)
{
  gtk_combo_box_set_active(GTK_COMBO_BOX(self->process), process + 1);
  gtk_spin_button_set_value(self->begin, begin_s);
  gtk_spin_button_set_value(self->end, end_s);
}

static void
update(HsPartDialog *self)
{
  char needed[HS_FORMAT_MAX], allowed[HS_FORMAT_MAX];
  HsLoadChoice choice = hs_part_dialog_get_choice(self);
  uint64_t bytes = hs_load_need_of(self->need, &choice);
  gboolean fits = bytes <= self->need->allowed_bytes;
  gboolean empty = gtk_spin_button_get_value(self->begin) >= gtk_spin_button_get_value(self->end);
  hs_format_bytes(needed, sizeof needed, (int64_t)MIN(bytes, INT64_MAX));
  hs_format_bytes(allowed, sizeof allowed, (int64_t)MIN(self->need->allowed_bytes, INT64_MAX));
  g_autofree char *text = empty  ? g_strdup(_("This stretch of time is empty."))
                          : fits ? g_strdup_printf(_("This part needs about %s: it fits."), needed)
                                 : g_strdup_printf(_("This part needs about %s: that is too much."), needed);
  GtkStyleContext *style = gtk_widget_get_style_context(GTK_WIDGET(self->verdict));
  gtk_label_set_label(self->verdict, text);
  if (fits && !empty)
    gtk_style_context_remove_class(style, GTK_STYLE_CLASS_ERROR);
  else
    gtk_style_context_add_class(style, GTK_STYLE_CLASS_ERROR);
  gtk_dialog_set_response_sensitive(GTK_DIALOG(self), GTK_RESPONSE_ACCEPT, fits && !empty);
}

/* --- making it --- */

static GtkWidget *
new_text(const char *text)
{
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_max_width_chars(GTK_LABEL(label), TEXT_CHARS);
  return label;
}

static void
attach_row(HsPartDialog *self, const char *title, GtkWidget *widget, int row)
{
  GtkWidget *label = gtk_label_new_with_mnemonic(title);
  gtk_label_set_mnemonic_widget(GTK_LABEL(label), widget);
  gtk_widget_set_halign(label, GTK_ALIGN_END);
  gtk_widget_set_hexpand(widget, TRUE);
  gtk_grid_attach(self->grid, label, 0, row, 1, 1);
  gtk_grid_attach(self->grid, widget, 1, row, 1, 1);
}

static GtkSpinButton *
new_time(HsPartDialog *self, double end_s)
{
  double step = pow(10, floor(log10(MAX(end_s, 1e-3) / 20)));
  GtkWidget *spin = gtk_spin_button_new_with_range(0, end_s, step);
  gtk_spin_button_set_digits(GTK_SPIN_BUTTON(spin), (guint)CLAMP(-floor(log10(step)) + 2, 0, 9));
  gtk_entry_set_activates_default(GTK_ENTRY(spin), TRUE);
  g_signal_connect_object(spin, "value-changed", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
  return GTK_SPIN_BUTTON(spin);
}

static char *
process_text(const HsNeedProcess *process)
{
  char events[HS_FORMAT_MAX];
  hs_format_count(events, sizeof events, process->n_rows);
  if (process->name != NULL)
    return g_strdup_printf(_("%s (%u), %s events"), process->name, process->pid, events);
  return g_strdup_printf(_("process %u, %s events"), process->pid, events);
}

static void
fill_processes(HsPartDialog *self)
{
  gtk_combo_box_text_append_text(self->process, _("All processes"));
  for (guint i = 0; i < MIN(self->need->processes->len, MAX_PROCESSES); i++) {
    g_autofree char *text = process_text(self->need->processes->pdata[i]);
    gtk_combo_box_text_append_text(self->process, text);
  }
  gtk_combo_box_set_active(GTK_COMBO_BOX(self->process), 0);
}

/* As much from the beginning as fits, to begin with. */
static double
longest_s(const HsLoadNeed *need)
{
  HsLoadChoice choice = HS_LOAD_EVERYTHING;
  for (guint i = HS_NEED_SLICES; i > 0; i--) {
    choice.t1_ns = need->slice_ns * i;
    if (choice.t1_ns < need->end_ns && hs_load_need_of(need, &choice) <= need->allowed_bytes)
      return (double)choice.t1_ns / NS_A_SECOND;
  }
  return (double)need->slice_ns / NS_A_SECOND;
}

static char *
explanation(HsPartDialog *self)
{
  const HsLoadNeed *need = self->need;
  char events[HS_FORMAT_MAX], needed[HS_FORMAT_MAX], allowed[HS_FORMAT_MAX];
  g_autofree char *title = hs_document_dup_title(self->document);
  HsLoadChoice all = HS_LOAD_EVERYTHING;
  hs_format_count(events, sizeof events, need->n_rows);
  hs_format_bytes(needed, sizeof needed, (int64_t)MIN(hs_load_need_of(need, &all), INT64_MAX));
  hs_format_bytes(allowed, sizeof allowed, (int64_t)MIN(need->allowed_bytes, INT64_MAX));
  return g_strdup_printf(_("The %s heap events of “%s” need about %s of memory, and %s may be used. A part of the "
                           "trace can be loaded: blocks that are alive as it begins will be there, too."),
                         events, title, needed, allowed);
}

static void
build(HsPartDialog *self)
{
  double end_s = ceil((double)self->need->end_ns / NS_A_SECOND * 1000 + 1) / 1000;
  g_autofree char *text = explanation(self);
  self->process = GTK_COMBO_BOX_TEXT(gtk_combo_box_text_new());
  self->begin = new_time(self, end_s);
  self->end = new_time(self, end_s);
  self->verdict = GTK_LABEL(new_text(NULL));
  gtk_grid_attach(self->grid, new_text(text), 0, 0, 2, 1);
  attach_row(self, _("_Process:"), GTK_WIDGET(self->process), 1);
  attach_row(self, _("_From, in s:"), GTK_WIDGET(self->begin), 2);
  attach_row(self, _("_To, in s:"), GTK_WIDGET(self->end), 3);
  gtk_grid_attach(self->grid, GTK_WIDGET(self->verdict), 0, 4, 2, 1);
  fill_processes(self);
  gtk_spin_button_set_value(self->end, longest_s(self->need));
  g_signal_connect_object(self->process, "changed", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
  update(self);
  gtk_widget_show_all(GTK_WIDGET(self->grid));
}

static void
hs_part_dialog_finalize(GObject *object)
{
  g_clear_object(&HS_PART_DIALOG(object)->document);
  G_OBJECT_CLASS(hs_part_dialog_parent_class)->finalize(object);
}

static void
hs_part_dialog_class_init(HsPartDialogClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = hs_part_dialog_finalize;
}

static void
hs_part_dialog_init(HsPartDialog *self)
{
  GtkDialog *dialog = GTK_DIALOG(self);
  self->grid = GTK_GRID(gtk_grid_new());
  g_object_set(self->grid, "margin", 18, "row-spacing", SPACING_PX, "column-spacing", SPACING_PX, NULL);
  gtk_box_pack_start(GTK_BOX(gtk_dialog_get_content_area(dialog)), GTK_WIDGET(self->grid), TRUE, TRUE, 0);
  gtk_dialog_add_button(dialog, _("_Cancel"), GTK_RESPONSE_CANCEL);
  GtkWidget *load = gtk_dialog_add_button(dialog, _("_Load"), GTK_RESPONSE_ACCEPT);
  gtk_style_context_add_class(gtk_widget_get_style_context(load), GTK_STYLE_CLASS_SUGGESTED_ACTION);
  gtk_dialog_set_default_response(dialog, GTK_RESPONSE_ACCEPT);
}

GtkWidget *
hs_part_dialog_new(GtkWindow *parent, HsDocument *document)
{
  HsPartDialog *self = g_object_new(HS_TYPE_PART_DIALOG, "title", _("Load a part"), "transient-for", parent, "modal",
                                    TRUE, "destroy-with-parent", TRUE, "resizable", FALSE, "use-header-bar", 1, NULL);
  self->document = g_object_ref(document);
  self->need = hs_loader_need(hs_document_get_loader(document));
  build(self);
  return GTK_WIDGET(self);
}

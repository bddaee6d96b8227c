/* SPDX-License-Identifier: MIT */
/* The filter bar in a window of its own: what it says of a text, when it speaks, history, counts. */
#include <math.h>
#include <string.h>

#include "hs-filter-ui.h"
#include "hs-ui-support.h"

static gboolean
has_class(HsFilterUi *f, const char *name)
{
  return gtk_style_context_has_class(gtk_widget_get_style_context(GTK_WIDGET(f->bar)), name);
}

/* The attribute of a kind at a byte of the text, or NULL. */
static PangoAttribute *
attribute_at(HsFilterUi *f, PangoAttrType kind, int byte)
{
  PangoAttribute *found = NULL;
  PangoAttrList *list = gtk_entry_get_attributes(f->entry);
  g_autoptr(GSList) all = list != NULL ? pango_attr_list_get_attributes(list) : NULL;
  for (GSList *l = all; l != NULL; l = l->next) {
    PangoAttribute *attribute = l->data;
    if (attribute->klass->type == kind && (int)attribute->start_index <= byte && byte < (int)attribute->end_index)
      found = pango_attribute_copy(attribute);
    pango_attribute_destroy(attribute);
  }
  return found;
}

static gboolean
is_underlined(HsFilterUi *f, int byte)
{
  PangoAttribute *attribute = attribute_at(f, PANGO_ATTR_UNDERLINE, byte);
  gboolean is = attribute != NULL && ((PangoAttrInt *)attribute)->value == PANGO_UNDERLINE_ERROR;
  g_clear_pointer(&attribute, pango_attribute_destroy);
  return is;
}

/* The colour of a letter; alpha 0 if it has none of its own. */
static GdkRGBA
colour_at(HsFilterUi *f, int byte)
{
  PangoAttribute *attribute = attribute_at(f, PANGO_ATTR_FOREGROUND, byte);
  if (attribute == NULL)
    return (GdkRGBA){0};
  PangoColor c = ((PangoAttrColor *)attribute)->color;
  pango_attribute_destroy(attribute);
  return (GdkRGBA){c.red / 65535.0, c.green / 65535.0, c.blue / 65535.0, 1};
}

/* --- what it says of a text --- */

static void
test_states(HsFilterUi *f, gconstpointer data)
{
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(f->entry));
  g_assert_false(has_class(f, "hs-valid") || has_class(f, "hs-invalid"));
  hs_filter_ui_type(f, "size > 5");
  hs_filter_ui_assert_text(f, "size > 5");
  g_assert_true(has_class(f, "hs-valid") && !has_class(f, "hs-invalid"));
  g_assert_null(gtk_widget_get_tooltip_text(GTK_WIDGET(f->entry)));
  g_assert_false(is_underlined(f, 0));
  hs_filter_ui_type(f, "ms");
  g_assert_true(has_class(f, "hs-invalid") && !has_class(f, "hs-valid"));
  g_autofree char *tooltip = gtk_widget_get_tooltip_text(GTK_WIDGET(f->entry));
  g_assert_cmpstr(tooltip, ==, "At character 8: size compared with a time: expected a number of bytes, found “5ms”");
  g_assert_cmpstr(atk_object_get_description(accessible), ==, tooltip);
  g_assert_false(is_underlined(f, 6));
  g_assert_true(is_underlined(f, 7) && is_underlined(f, 9));
  hs_filter_ui_key(f, GDK_KEY_a, GDK_CONTROL_MASK);
  hs_filter_ui_key(f, GDK_KEY_BackSpace, 0);
  hs_filter_ui_assert_text(f, "");
  g_assert_false(has_class(f, "hs-valid") || has_class(f, "hs-invalid"));
  g_assert_cmpstr(atk_object_get_description(accessible), ==, "");
  /* What is missing at the end. */
  hs_filter_ui_type(f, "size > ");
  g_autofree char *at_end = gtk_widget_get_tooltip_text(GTK_WIDGET(f->entry));
  g_assert_cmpstr(at_end, ==, "At the end: expected a value after “>”, found the end");
  g_assert_true(is_underlined(f, 5) && !is_underlined(f, 4));
}

static double
linear(double c)
{
  return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double
luminance(GdkRGBA c)
{
  return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
}

/* As the accessibility guidelines for the web have it. */
static double
contrast(GdkRGBA a, GdkRGBA b)
{
  double x = luminance(a), y = luminance(b);
  return (MAX(x, y) + 0.05) / (MIN(x, y) + 0.05);
}

static void
check_colours(HsFilterUi *f)
{
  GtkStyleContext *style = gtk_widget_get_style_context(GTK_WIDGET(f->bar));
  GdkRGBA ground, field = colour_at(f, 0), value = colour_at(f, 8);
  g_assert_true(gtk_style_context_lookup_color(style, "theme_base_color", &ground));
  g_assert_cmpfloat(field.alpha * value.alpha, ==, 1);
  g_assert_cmpfloat(field.blue, >, field.red);
  g_assert_cmpfloat(value.red, >, value.blue);
  g_assert_cmpfloat(contrast(field, ground), >, 4.5);
  g_assert_cmpfloat(contrast(value, ground), >, 4.5);
  g_assert_cmpfloat(colour_at(f, 5).alpha, ==, 0);
}

/* Words have colours, which can be read in a light theme and in a dark one. */
static void
test_colours(HsFilterUi *f, gconstpointer data)
{
  GdkScreen *screen = gtk_widget_get_screen(f->window);
  GtkStyleProvider *dark = GTK_STYLE_PROVIDER(gtk_css_provider_get_named("Adwaita", "dark"));
  hs_filter_bar_set_text(f->bar, "heap == 0x1f0000 and op == alloc");
  check_colours(f);
  GdkRGBA before = colour_at(f, 0);
  gtk_style_context_add_provider_for_screen(screen, dark, GTK_STYLE_PROVIDER_PRIORITY_SETTINGS + 1);
  /* Styles follow with a frame. */
  gint64 end = g_get_monotonic_time() + HS_FILTER_UI_WAIT_US;
  GdkRGBA after = before;
  while (gdk_rgba_equal(&before, &after) && g_get_monotonic_time() < end) {
    hs_filter_ui_turn_for(10 * 1000);
    after = colour_at(f, 0);
  }
  check_colours(f);
  g_assert_false(gdk_rgba_equal(&before, &after));
  gtk_style_context_remove_provider_for_screen(screen, dark);
  hs_filter_ui_turn();
}

/* --- when it speaks --- */

static void
test_changed(HsFilterUi *f, gconstpointer data)
{
  hs_filter_ui_type(f, "pid == ");
  gint64 start = g_get_monotonic_time();
  hs_filter_ui_type(f, "1");
  /* A machine that was busy elsewhere proves nothing. */
  guint n_at_once = f->n_changed;
  g_assert_true(n_at_once == 0 || g_get_monotonic_time() - start >= HS_FILTER_UI_PAUSE_US);
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  hs_filter_ui_assert_changed(f, 1, "pid == 1");
  hs_filter_ui_type(f, "00");
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  g_assert_cmpstr(f->changed, ==, "pid == 100");
  guint n_before = f->n_changed;
  /* What is no filter is kept silent about. */
  hs_filter_ui_paste(f, " and");
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  hs_filter_ui_assert_changed(f, n_before, "pid == 100");
  /* Back to what is known already. */
  gtk_editable_delete_text(GTK_EDITABLE(f->entry), 10, -1);
  hs_filter_ui_assert_text(f, "pid == 100");
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  hs_filter_ui_assert_changed(f, n_before, "pid == 100");
  hs_filter_ui_key(f, GDK_KEY_a, GDK_CONTROL_MASK);
  hs_filter_ui_key(f, GDK_KEY_Delete, 0);
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  hs_filter_ui_assert_changed(f, n_before + 1, "");
  g_assert_cmpuint(f->n_applied, ==, 0);
}

/* Nothing was written for a moment, but what was written last is no filter: what was one before it is not told. */
static void
test_withdrawn(HsFilterUi *f, gconstpointer data)
{
  gtk_entry_set_text(f->entry, "pid == 1");
  gtk_entry_set_text(f->entry, "pid == 1 and");
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  hs_filter_ui_assert_changed(f, 0, NULL);
}

static void
test_applied(HsFilterUi *f, gconstpointer data)
{
  hs_filter_ui_type(f, "pid == 1");
  hs_filter_ui_key(f, GDK_KEY_Escape, 0);
  hs_filter_ui_key(f, GDK_KEY_Return, 0);
  hs_filter_ui_assert_applied(f, 1, "pid == 1");
  /* Once: neither after the pause nor when the focus leaves. */
  guint n_changed = f->n_changed;
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  hs_filter_ui_leave(f);
  hs_filter_ui_assert_applied(f, 1, "pid == 1");
  g_assert_cmpuint(f->n_changed, ==, n_changed);
  hs_filter_bar_take_focus(f->bar);
  hs_filter_ui_key(f, GDK_KEY_End, 0);
  hs_filter_ui_type(f, "2");
  hs_filter_ui_leave(f);
  hs_filter_ui_assert_applied(f, 2, "pid == 12");
  hs_filter_bar_take_focus(f->bar);
  hs_filter_ui_key(f, GDK_KEY_End, 0);
  hs_filter_ui_paste(f, " and");
  hs_filter_ui_leave(f);
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  hs_filter_ui_assert_applied(f, 2, "pid == 12");
}

static void
test_error(HsFilterUi *f, gconstpointer data)
{
  hs_filter_ui_type(f, "size > 5 and colour == 1");
  hs_filter_ui_key(f, GDK_KEY_Escape, 0);
  g_assert_cmpuint(f->n_escaped, ==, 1);
  hs_filter_ui_key(f, GDK_KEY_Return, 0);
  hs_filter_ui_assert_applied(f, 0, NULL);
  GtkWidget *popover = hs_filter_ui_find_popover(f, "GtkPopover");
  g_assert_true(gtk_widget_get_visible(popover));
  g_assert_true(gtk_widget_is_focus(GTK_WIDGET(f->entry)));
  const char *said = gtk_label_get_text(GTK_LABEL(gtk_bin_get_child(GTK_BIN(popover))));
  g_assert_true(g_str_has_prefix(said, "At character 14: “colour” is no field"));
  g_assert_cmpint(gtk_editable_get_position(GTK_EDITABLE(f->entry)), ==, 13);
  hs_filter_ui_key(f, GDK_KEY_Escape, 0);
  g_assert_false(gtk_widget_get_visible(popover));
  g_assert_cmpuint(f->n_escaped, ==, 1);
  hs_filter_ui_key(f, GDK_KEY_Return, 0);
  g_assert_true(gtk_widget_get_visible(popover));
  hs_filter_ui_key(f, GDK_KEY_Delete, 0);
  g_assert_false(gtk_widget_get_visible(popover));
}

static void
test_clear(HsFilterUi *f, gconstpointer data)
{
  GtkWidget *clear = hs_filter_ui_find_button(GTK_WIDGET(f->bar), "Clear the filter");
  g_assert_false(gtk_widget_get_sensitive(clear));
  hs_filter_ui_type(f, "size > >");
  g_assert_true(gtk_widget_get_sensitive(clear));
  gtk_button_clicked(GTK_BUTTON(clear));
  hs_filter_ui_assert_text(f, "");
  hs_filter_ui_assert_applied(f, 1, "");
  g_assert_false(gtk_widget_get_sensitive(clear));
  g_assert_true(gtk_widget_is_focus(GTK_WIDGET(f->entry)));
  hs_filter_ui_assert_offered(f, "");
  hs_filter_ui_type(f, " ");
  g_assert_false(has_class(f, "hs-valid"));
  /* By keyboard: the focus does not vanish with the button. No filter is there, for the focus that leaves to apply. */
  hs_filter_ui_type(f, "x");
  gtk_widget_grab_focus(clear);
  gtk_button_clicked(GTK_BUTTON(clear));
  hs_filter_ui_assert_applied(f, 2, "");
  g_assert_true(gtk_widget_is_focus(GTK_WIDGET(f->entry)));
}

/* --- what its owner says --- */

static void
test_set_text(HsFilterUi *f, gconstpointer data)
{
  hs_filter_bar_set_text(f->bar, "size > 5");
  hs_filter_ui_assert_text(f, "size > 5");
  g_assert_true(has_class(f, "hs-valid"));
  hs_filter_ui_assert_offered(f, "");
  /* Equal: the caret stays. */
  gtk_editable_set_position(GTK_EDITABLE(f->entry), 3);
  hs_filter_bar_set_text(f->bar, "size > 5");
  g_assert_cmpint(gtk_editable_get_position(GTK_EDITABLE(f->entry)), ==, 3);
  /* No other than before, while the next is written. */
  hs_filter_ui_key(f, GDK_KEY_End, 0);
  hs_filter_ui_paste(f, "0 and");
  hs_filter_bar_set_text(f->bar, "size > 5");
  hs_filter_ui_assert_text(f, "size > 50 and");
  /* Another one. */
  hs_filter_bar_set_text(f->bar, "op == free");
  hs_filter_ui_assert_text(f, "op == free");
  hs_filter_ui_leave(f);
  /* What was left unfinished does not stay for ever. */
  hs_filter_bar_take_focus(f->bar);
  hs_filter_ui_type(f, "x");
  hs_filter_ui_leave(f);
  hs_filter_bar_set_text(f->bar, "op == free");
  hs_filter_ui_assert_text(f, "op == free");
  hs_filter_bar_set_text(f->bar, NULL);
  hs_filter_ui_assert_text(f, "");
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  hs_filter_ui_assert_applied(f, 0, NULL);
  hs_filter_ui_assert_changed(f, 0, NULL);
}

static void
test_counts(HsFilterUi *f, gconstpointer data)
{
  int minimum, natural;
  gtk_widget_get_preferred_width(GTK_WIDGET(f->bar), &minimum, &natural);
  g_assert_cmpint(minimum, ==, 240);
  g_assert_cmpint(natural, ==, 660);
  hs_filter_bar_set_counts(f->bar, TRUE, 2391556, 4867275, FALSE);
  hs_filter_ui_turn();
  GtkWidget *label = hs_filter_ui_find_below(GTK_WIDGET(f->bar), "GtkLabel"),
            *spinner = hs_filter_ui_find_below(GTK_WIDGET(f->bar), "GtkSpinner");
  g_assert_cmpstr(gtk_label_get_text(GTK_LABEL(label)), ==, "2,391,556 of 4,867,275");
  g_assert_true(gtk_widget_get_visible(label));
  hs_filter_bar_set_counts(f->bar, TRUE, 2391556, 4867275, TRUE);
  g_assert_false(gtk_widget_get_visible(spinner));
  hs_filter_ui_turn_for(500 * 1000);
  g_assert_true(gtk_widget_get_visible(spinner));
  hs_filter_bar_set_counts(f->bar, TRUE, 1, 4867275, FALSE);
  g_assert_false(gtk_widget_get_visible(spinner));
  hs_filter_bar_set_counts(f->bar, FALSE, 1, 4867275, FALSE);
  g_assert_false(gtk_widget_get_visible(label));
}

static void
resize(HsFilterUi *f, int width)
{
  gint64 end = g_get_monotonic_time() + HS_FILTER_UI_WAIT_US;
  gtk_window_resize(GTK_WINDOW(f->window), width, 420);
  while (gtk_widget_get_allocated_width(GTK_WIDGET(f->bar)) != width && g_get_monotonic_time() < end)
    hs_filter_ui_turn_for(10 * 1000);
  g_assert_cmpint(gtk_widget_get_allocated_width(GTK_WIDGET(f->bar)), ==, width);
  hs_filter_ui_turn_for(100 * 1000);
}

static void
count(guint *n)
{
  (*n)++;
}

/* In a narrow window the text has the room, and nothing sticks out. */
static void
test_narrow(HsFilterUi *f, gconstpointer data)
{
  static const int widths[] = {240, 800, 320, 660, 400, 700, 440};
  GtkWidget *label = hs_filter_ui_find_below(GTK_WIDGET(f->bar), "GtkLabel");
  guint n_changes = 0;
  hs_filter_bar_set_counts(f->bar, TRUE, 2391556, 4867275, FALSE);
  g_signal_connect_swapped(label, "notify::visible", G_CALLBACK(count), &n_changes);
  for (guint i = 0; i < G_N_ELEMENTS(widths); i++) {
    GtkAllocation last;
    resize(f, widths[i]);
    gtk_widget_get_allocation(hs_filter_ui_find_button(GTK_WIDGET(f->bar), "Clear the filter"), &last);
    g_assert_cmpint(gtk_widget_get_visible(label), ==, widths[i] >= 660);
    g_assert_cmpint(last.x + last.width, <=, widths[i]);
    if (widths[i] >= 660)
      g_assert_false(pango_layout_is_ellipsized(gtk_label_get_layout(GTK_LABEL(label))));
  }
  g_assert_cmpuint(n_changes, <=, G_N_ELEMENTS(widths));
}

static void
test_history(HsFilterUi *f, gconstpointer data)
{
  static const char *const texts[] = {"size > 5", "", "op == free and heap == 0x1f0000", "size > >", NULL};
  GtkWidget *button = hs_filter_ui_find_button(GTK_WIDGET(f->bar), "Earlier filters");
  g_assert_false(gtk_widget_get_sensitive(button));
  hs_filter_bar_set_history(f->bar, texts);
  g_assert_true(gtk_widget_get_sensitive(button));
  GtkWidget *popover = GTK_WIDGET(gtk_menu_button_get_popover(GTK_MENU_BUTTON(button)));
  GtkListBox *list = GTK_LIST_BOX(hs_filter_ui_find_below(popover, "GtkListBox"));
  g_assert_null(gtk_list_box_get_row_at_index(list, 3));
  gtk_button_clicked(GTK_BUTTON(button));
  hs_filter_ui_turn();
  g_assert_true(gtk_widget_get_visible(popover));
  GtkWidget *row = GTK_WIDGET(gtk_list_box_get_row_at_index(list, 1));
  g_autofree char *tooltip = gtk_widget_get_tooltip_text(row);
  g_assert_cmpstr(tooltip, ==, texts[2]);
  g_assert_cmpstr(hs_filter_ui_name_of(row), ==, texts[2]);
  gtk_widget_activate(row);
  hs_filter_ui_assert_text(f, texts[2]);
  hs_filter_ui_assert_applied(f, 1, texts[2]);
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  hs_filter_ui_assert_applied(f, 1, texts[2]);
  /* What the language no longer takes is shown, not applied. */
  gtk_widget_activate(GTK_WIDGET(gtk_list_box_get_row_at_index(list, 2)));
  hs_filter_ui_assert_text(f, "size > >");
  g_assert_true(has_class(f, "hs-invalid"));
  hs_filter_ui_assert_applied(f, 1, texts[2]);
  hs_filter_bar_set_history(f->bar, NULL);
  g_assert_false(gtk_widget_get_sensitive(button));
}

/* --- the whole --- */

/* The bar may go while one writes in it. */
static void
test_destroy(HsFilterUi *f, gconstpointer data)
{
  GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL), *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  HsFilterBar *bar = g_object_new(HS_TYPE_FILTER_BAR, "visible", TRUE, NULL);
  gpointer gone = bar;
  guint n_applied = 0;
  gtk_box_pack_start(GTK_BOX(box), GTK_WIDGET(bar), FALSE, FALSE, 0);
  gtk_container_add(GTK_CONTAINER(window), box);
  gtk_widget_show(box);
  gtk_window_present(GTK_WINDOW(window));
  gtk_test_widget_wait_for_draw(window);
  hs_filter_bar_take_focus(bar);
  hs_filter_bar_set_counts(bar, TRUE, 1, 2, TRUE);
  g_signal_connect_swapped(bar, "applied", G_CALLBACK(count), &n_applied);
  gtk_entry_set_text(GTK_ENTRY(hs_filter_ui_find_below(GTK_WIDGET(bar), "HsFilterEntry")), "size > 5");
  hs_filter_ui_turn();
  gtk_entry_set_text(GTK_ENTRY(hs_filter_ui_find_below(GTK_WIDGET(bar), "HsFilterEntry")), "size > 50 ");
  g_object_add_weak_pointer(G_OBJECT(bar), &gone);
  gtk_widget_destroy(GTK_WIDGET(bar));
  g_assert_null(gone);
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  g_assert_cmpuint(n_applied, ==, 0);
  gtk_widget_destroy(window);
}

static void
test_names(HsFilterUi *f, gconstpointer data)
{
  g_assert_cmpstr(hs_filter_ui_name_of(GTK_WIDGET(f->entry)), ==, "Filter");
  g_assert_nonnull(hs_filter_ui_find_button(GTK_WIDGET(f->bar), "Earlier filters"));
  g_assert_nonnull(hs_filter_ui_find_button(GTK_WIDGET(f->bar), "Clear the filter"));
}

#define ADD(name, function)                                                                                            \
  g_test_add("/filter-bar/" name, HsFilterUi, NULL, hs_filter_ui_set_up, function, hs_filter_ui_tear_down)

int
main(int argc, char **argv)
{
  if (g_getenv("DISPLAY") == NULL && g_getenv("WAYLAND_DISPLAY") == NULL) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  /* A critical message is a failure. */
  gtk_test_init(&argc, &argv);
  ADD("states", test_states);
  ADD("colours", test_colours);
  ADD("changed", test_changed);
  ADD("withdrawn", test_withdrawn);
  ADD("applied", test_applied);
  ADD("error", test_error);
  ADD("clear", test_clear);
  ADD("set-text", test_set_text);
  ADD("counts", test_counts);
  ADD("narrow", test_narrow);
  ADD("history", test_history);
  ADD("destroy", test_destroy);
  ADD("names", test_names);
  return hs_ui_run();
}

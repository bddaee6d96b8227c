/* SPDX-License-Identifier: MIT */
/* Pictures of views: what a window shows is handed to a worker, which draws it anew, with a heading, and writes it to a
 * file or hands it back for the clipboard. */
#include "hs-config.h"
#include "hs-picture-dialog.h"
#include "hs-picture-file.h"
#include "hs-window-private.h"
#include "hs-worker.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define ACTION(name) static void activate_##name(GSimpleAction *action, GVariant *parameter, gpointer data)

/* What has no pane of its own in the window. */
#define DEFAULT_WIDTH 1280
#define OVERVIEW_PX 100
#define SOURCES_PX 260
#define HISTOGRAM_PX 400
#define MIN_WIDTH_PX 640
#define MIN_PANE_PX 120

typedef struct {
  HsPictureData data; /* references */
  HsQuery *query;     /* or NULL */
  HsPictureOptions options;
  HsPalette *palette;
  char *file;
  char *path; /* where to; NULL = it is wanted as pixels */
  HsPictureFormat format;
  cairo_surface_t *pixels;
} Job;

static void
job_free(gpointer data)
{
  Job *job = data;
  g_clear_pointer(&job->pixels, cairo_surface_destroy);
  g_clear_pointer(&job->options.map_layout, hs_map_layout_unref);
  g_clear_pointer(&job->query, hs_query_unref);
  hs_series_set_unref(job->data.series);
  hs_row_set_unref(job->data.blocks);
  hs_row_set_unref(job->data.rows);
  hs_timeline_unref(job->data.timeline);
  hs_palette_free(job->palette);
  g_free(job->file);
  g_free(job->path);
  g_free(job);
}

/* --- what is to be drawn --- */

static HsPalette *
new_palette(HsWindow *self, HsPictureStyle style)
{
  HsPalette *window = hs_palette_copy(hs_time_pane_get_palette(self->chart));
  if (style == HS_PICTURE_STYLE_WINDOW)
    return window;
  HsPalette *palette = g_new0(HsPalette, 1);
  hs_palette_init(palette, style == HS_PICTURE_STYLE_DARK);
  palette->font = g_steal_pointer(&window->font);
  palette->mono_font = g_steal_pointer(&window->mono_font);
  hs_palette_free(window);
  return palette;
}

static void
take_view(HsWindow *self, HsPictureOptions *options)
{
  HsDocument *document = self->document;
  HsHistogram *page = hs_histogram_view_get_histogram(self->histogram);
  HsMarks marks = hs_document_get_marks(document);
  hs_document_get_range(document, &options->visible.t0_ticks, &options->visible.t1_ticks);
  options->selection = (HsTimeRange){marks.sel0, marks.sel1};
  options->has_cursor = marks.cursor != INT64_MIN;
  options->cursor_ticks = marks.cursor;
  options->measure = hs_document_get_measure(document);
  options->group = hs_document_get_group(document);
  const HsChartLook *look = hs_document_get_chart_look(document);
  options->overlaid = look->overlaid;
  options->chart_log = look->log;
  options->chart_fixed = look->fixed;
  options->fixed_max = look->fixed_max;
  options->committed = look->committed;
  HsInstantArea *area = hs_instant_pane_get_area(self->instant);
  options->row_shift = hs_instant_area_get_row_shift(area);
  options->rows_top_px = (int64_t)gtk_adjustment_get_value(hs_instant_area_get_adjustment(area));
  options->heap = hs_instant_area_get_heap(area);
  options->one_heap = options->heap.v != HS_ID_NONE;
  options->color_by = hs_document_get_color_by(document);
  options->sizes = hs_histogram_get_kind(page);
  options->bars = hs_histogram_get_measure(page);
  options->bar_scale = hs_histogram_get_scale(page);
  if (hs_address_map_get_window(HS_ADDRESS_MAP(self->map), &options->map_layout, &options->map_window))
    hs_map_layout_ref(options->map_layout);
  /* Histograms and sources are of the selection, or of all, as in the window. */
  HsPictureView view = options->view;
  if (view == HS_PICTURE_HISTOGRAM || view == HS_PICTURE_LIFETIMES || view == HS_PICTURE_SOURCES)
    options->visible = (HsTimeRange){0, 0};
}

static Job *
new_job(HsWindow *self, const HsPictureChoice *choice)
{
  HsDocument *document = self->document;
  Job *job = g_new0(Job, 1);
  job->query = hs_query_parse(hs_document_get_applied_text(document), NULL);
  job->data = (HsPictureData){.timeline = hs_timeline_ref(hs_document_get_timeline(document)),
                              .n_rows = hs_document_get_n_rows(document),
                              .rows = hs_row_set_ref(hs_document_get_row_set(document)),
                              .blocks = hs_row_set_ref(hs_document_get_block_set(document)),
                              .series = hs_series_set_ref(hs_document_get_series(document)),
                              .query = job->query,
                              .types = hs_document_get_type_range(document)};
  job->file = hs_document_dup_title(document);
  job->palette = new_palette(self, choice->style);
  job->options = (HsPictureOptions){.view = choice->view,
                                    .width = choice->width,
                                    .height = choice->height,
                                    .scale = choice->scale,
                                    .file = job->file};
  take_view(self, &job->options);
  return job;
}

/* --- the job --- */

static bool
deliver(Job *job, const HsPicture *picture, GError **error)
{
  if (job->path == NULL) {
    job->pixels = hs_picture_draw(picture, error);
    return job->pixels != NULL;
  }
  g_autoptr(GByteArray) contents = hs_picture_encode(picture, job->format, error);
  return contents != NULL && hs_picture_write(job->path, contents, NULL, error);
}

/* Worker. */
static void
draw(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  hs_worker_begin();
  if (!hs_picture_check_size(job->options.width, job->options.height, job->options.scale, &error)) {
    g_task_return_error(task, error);
    return;
  }
  g_autoptr(HsPicture) picture = hs_picture_new(&job->data, &job->options, job->palette, NULL);
  if (picture == NULL)
    g_task_return_new_error(task, HS_PICTURE_ERROR, HS_PICTURE_ERROR_MEMORY, _("There is not enough memory."));
  else if (deliver(job, picture, &error))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, error);
}

static void
tell_saved(HsWindow *self, const char *path)
{
  g_autofree char *name = g_path_get_basename(path), *shown = g_filename_display_name(name);
  g_autofree char *text = g_strdup_printf(_("Picture saved as “%s”"), shown);
  hs_window_tell(self, text);
}

static void
on_drawn(GObject *source, GAsyncResult *result, gpointer data)
{
  HsWindow *self = HS_WINDOW(source);
  Job *job = g_task_get_task_data(G_TASK(result));
  g_autoptr(GError) error = NULL;
  gboolean done = g_task_propagate_boolean(G_TASK(result), &error);
  self->n_pictures--;
  /* The window may be gone. */
  if (self->sidebar == NULL)
    return;
  if (!done) {
    hs_window_tell(self, error->message);
  } else if (job->path != NULL) {
    tell_saved(self, job->path);
  } else {
    g_autoptr(GdkPixbuf) image = gdk_pixbuf_get_from_surface(
        job->pixels, 0, 0, cairo_image_surface_get_width(job->pixels), cairo_image_surface_get_height(job->pixels));
    gtk_clipboard_set_image(gtk_widget_get_clipboard(GTK_WIDGET(self), GDK_SELECTION_CLIPBOARD), image);
    hs_window_tell(self, _("Picture copied"));
  }
}

static void
start(HsWindow *self, Job *job)
{
  g_autoptr(GTask) task = g_task_new(self, NULL, on_drawn, NULL);
  g_task_set_task_data(task, job, job_free);
  self->n_pictures++;
  g_task_run_in_thread(task, draw);
}

/* --- the window itself --- */

static void
on_shot(GObject *source, GAsyncResult *result, gpointer data)
{
  HsWindow *self = HS_WINDOW(source);
  g_autofree char *path = data;
  g_autoptr(GError) error = NULL;
  gboolean done = hs_window_screenshot_finish(self, result, &error);
  if (self->sidebar == NULL)
    return;
  if (done)
    tell_saved(self, path);
  else
    hs_window_tell(self, error->message);
}

/* --- which view, and how large --- */

/* The view that has the focus, or all of them. */
static HsPictureView
focused_view(HsWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(self));
  if (focus == GTK_WIDGET(self->map))
    return HS_PICTURE_MAP;
  if (HS_IS_INSTANT_AREA(focus))
    return HS_PICTURE_INSTANT;
  if (focus == GTK_WIDGET(self->chart))
    return HS_PICTURE_SIZE;
  if (focus == GTK_WIDGET(self->overview))
    return HS_PICTURE_OVERVIEW;
  if (focus != NULL && (HS_IS_HISTOGRAM(focus) || gtk_widget_is_ancestor(focus, GTK_WIDGET(self->histogram)))) {
    HsHistogram *histogram =
        HS_IS_HISTOGRAM(focus) ? HS_HISTOGRAM(focus) : hs_histogram_view_get_histogram(self->histogram);
    return hs_distribution_is_of_lifetimes(hs_histogram_get_kind(histogram)) ? HS_PICTURE_LIFETIMES
                                                                             : HS_PICTURE_HISTOGRAM;
  }
  return HS_PICTURE_ALL;
}

static int
pane_height(HsWindow *self, HsPictureView view)
{
  int chart = gtk_widget_get_allocated_height(GTK_WIDGET(self->chart));
  int map = gtk_widget_get_allocated_height(GTK_WIDGET(self->map_stack));
  switch (view) {
  case HS_PICTURE_MAP:
  case HS_PICTURE_INSTANT:
    return map;
  case HS_PICTURE_SIZE:
  case HS_PICTURE_RATE:
    return chart;
  case HS_PICTURE_OVERVIEW:
    return OVERVIEW_PX;
  case HS_PICTURE_SOURCES:
    return SOURCES_PX;
  case HS_PICTURE_HISTOGRAM:
  case HS_PICTURE_LIFETIMES:
    return HISTOGRAM_PX;
  case HS_PICTURE_ALL:
  case HS_N_PICTURES:
    break;
  }
  return chart + map;
}

/* As large as in the window, and the heading. */
static void
get_size(gpointer data, HsPictureView view, int *width, int *height)
{
  HsWindow *self = data;
  *width = gtk_widget_get_allocated_width(GTK_WIDGET(self->chart));
  if (*width < MIN_WIDTH_PX)
    *width = DEFAULT_WIDTH;
  *height = hs_picture_surround_px(view) + MAX(pane_height(self, view), MIN_PANE_PX);
}

static HsPictureChoice
choice_of(HsWindow *self, HsPictureView view)
{
  HsPictureChoice choice = {.view = view, .scale = gtk_widget_get_scale_factor(GTK_WIDGET(self))};
  get_size(self, view, &choice.width, &choice.height);
  return choice;
}

/* --- saving and copying --- */

static void
save(HsWindow *self, const HsPictureChoice *choice, const char *path)
{
  g_autoptr(GError) error = NULL;
  if (choice->view == HS_N_PICTURES) {
    hs_window_screenshot_async(self, path, on_shot, g_strdup(path));
    return;
  }
  HsPictureFormat format = hs_picture_format_from_path(path, &error);
  if (error != NULL) {
    hs_window_tell(self, error->message);
    return;
  }
  Job *job = new_job(self, choice);
  job->path = g_strdup(path);
  job->format = format;
  start(self, job);
}

static void
copy_view(HsWindow *self, const HsPictureChoice *choice)
{
  if (choice->view != HS_N_PICTURES)
    start(self, new_job(self, choice));
}

ACTION(save_view)
{
  const char *name, *path;
  g_variant_get(parameter, "(&s&s)", &name, &path);
  HsPictureView view = hs_picture_view_from_name(name);
  if (view == HS_N_PICTURES && !g_str_equal(name, "window")) {
    g_autofree char *text = g_strdup_printf(_("There is no view “%s”"), name);
    hs_window_tell(data, text);
    return;
  }
  HsPictureChoice choice = {.view = HS_N_PICTURES};
  if (view != HS_N_PICTURES)
    choice = choice_of(data, view);
  save(data, &choice, path);
}

ACTION(copy_picture)
{
  HsPictureChoice choice = choice_of(data, focused_view(data));
  copy_view(data, &choice);
}

ACTION(copy_view)
{
  HsPictureView view = hs_picture_view_from_name(g_variant_get_string(parameter, NULL));
  if (view == HS_N_PICTURES)
    return;
  HsPictureChoice choice = choice_of(data, view);
  copy_view(data, &choice);
}

/* --- the dialog, and then where to --- */

typedef struct {
  HsWindow *window; /* a reference */
  HsPictureChoice choice;
} Wish;

static void
wish_free(gpointer data, GClosure *closure)
{
  Wish *wish = data;
  g_object_unref(wish->window);
  g_free(wish);
}

/* The chosen filter's suffix, if the name has none that tells a picture. */
static char *
with_suffix(GtkFileChooser *chooser, char *path)
{
  if (hs_picture_format_from_path(path, NULL) != HS_N_PICTURE_FORMATS)
    return path;
  GtkFileFilter *filter = gtk_file_chooser_get_filter(chooser);
  const char *suffix = filter != NULL ? g_object_get_data(G_OBJECT(filter), "suffix") : NULL;
  char *longer = g_strconcat(path, ".", suffix != NULL ? suffix : "png", NULL);
  g_free(path);
  return longer;
}

static void
on_place_chosen(GtkNativeDialog *dialog, int response, Wish *wish)
{
  char *path = NULL;
  if (response == GTK_RESPONSE_ACCEPT)
    path = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(dialog));
  if (path != NULL && hs_window_has_trace(wish->window)) {
    path = with_suffix(GTK_FILE_CHOOSER(dialog), path);
    save(wish->window, &wish->choice, path);
  }
  g_free(path);
  g_object_unref(dialog);
}

static void
add_format(GtkFileChooser *chooser, const char *name, HsPictureFormat format)
{
  GtkFileFilter *filter = gtk_file_filter_new();
  const char *suffix = hs_picture_format_name(format);
  g_autofree char *pattern = g_strdup_printf("*.%s", suffix);
  gtk_file_filter_set_name(filter, name);
  gtk_file_filter_add_pattern(filter, pattern);
  g_object_set_data(G_OBJECT(filter), "suffix", (gpointer)suffix);
  gtk_file_chooser_add_filter(chooser, filter);
}

static void
ask_place(HsWindow *self, const HsPictureChoice *choice)
{
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new(_("Save a picture"), GTK_WINDOW(self), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER(dialog);
  g_autofree char *title = hs_document_dup_title(self->document);
  char *dot = strrchr(title, '.');
  if (dot != NULL && dot != title)
    *dot = '\0';
  bool is_window = choice->view == HS_N_PICTURES;
  g_autofree char *name =
      g_strdup_printf("%s-%s.png", title, is_window ? "window" : hs_picture_view_name(choice->view));
  gtk_file_chooser_set_do_overwrite_confirmation(chooser, TRUE);
  gtk_file_chooser_set_current_name(chooser, name);
  add_format(chooser, _("PNG, pixels (*.png)"), HS_PICTURE_PNG);
  if (!is_window) {
    add_format(chooser, _("SVG, for the web and for drawing on (*.svg)"), HS_PICTURE_SVG);
    add_format(chooser, _("PDF, for print (*.pdf)"), HS_PICTURE_PDF);
  }
  Wish *wish = g_new0(Wish, 1);
  wish->window = g_object_ref(self);
  wish->choice = *choice;
  g_signal_connect_data(dialog, "response", G_CALLBACK(on_place_chosen), wish, wish_free, 0);
  gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

static void
on_dialog_response(HsPictureDialog *dialog, int response, HsWindow *self)
{
  HsPictureChoice choice = hs_picture_dialog_get(dialog);
  gtk_widget_destroy(GTK_WIDGET(dialog));
  if (!hs_window_has_trace(self))
    return;
  if (response == GTK_RESPONSE_ACCEPT)
    ask_place(self, &choice);
  else if (response == HS_PICTURE_RESPONSE_COPY)
    copy_view(self, &choice);
}

ACTION(save_picture)
{
  GtkWidget *dialog = hs_picture_dialog_new(data, focused_view(data), get_size, data);
  g_signal_connect_object(dialog, "response", G_CALLBACK(on_dialog_response), data, 0);
  gtk_window_present(GTK_WINDOW(dialog));
}

static const GActionEntry entries[] = {
    {"save-picture", activate_save_picture, NULL, NULL, NULL},
    {"save-view", activate_save_view, "(ss)", NULL, NULL},
    {"copy-picture", activate_copy_picture, NULL, NULL, NULL},
    {"copy-view", activate_copy_view, "s", NULL, NULL},
};

void
hs_window_add_picture_actions(HsWindow *self)
{
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
}

void
hs_window_update_picture_actions(HsWindow *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS(entries); i++)
    hs_window_set_action_enabled(self, entries[i].name, hs_window_has_trace(self));
}

/* SPDX-License-Identifier: MIT */
/* Pictures of a trace's views, drawn by the painters that the window has. */
#include <glib/gi18n.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hs-cli-filter.h"
#include "hs-cli-rows.h"
#include "hs-cli-writer.h"
#include "hs-cli.h"
#include "hs-map-legend.h"
#include "hs-picture-file.h"

#define DEFAULT_WIDTH 1280
#define DEFAULT_HEIGHT 720
/* What is not lines and text in a page is pixels: finer ones than a screen's. */
#define PAGE_SCALE 2
#define TEXT_BYTES ((size_t)192 << 20)

/* As given; NULL = not given. */
typedef struct {
  char *view, *output, *format, *size, *scale, *range, *select, *at, *filter;
  char *measure, *group, *color_by, *classes, *title;
  gboolean dark, log, linear, overlaid, committed;
} Raw;

static void
raw_clear(Raw *raw)
{
  char *texts[] = {raw->view, raw->output, raw->format,  raw->size,  raw->scale,    raw->range,   raw->select,
                   raw->at,   raw->filter, raw->measure, raw->group, raw->color_by, raw->classes, raw->title};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Raw, raw_clear)

typedef struct {
  HsPictureOptions picture; /* but for ranges and names */
  HsPictureFormat format;
  const char *output, *title; /* borrowed */
  bool dark;
  bool has_selection, has_moment;
  int64_t at_ns;
  HsCliRange range, selection;
  HsQuery *query; /* NULL = everything */
} Options;

static void
options_clear(Options *options)
{
  g_clear_pointer(&options->query, hs_query_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* --- arguments --- */

/* "map,size,…" */
static char *
view_names(const char *between)
{
  GString *names = g_string_new(NULL);
  for (int view = 0; view < HS_N_PICTURES; view++)
    g_string_append_printf(names, "%s%s", view > 0 ? between : "", hs_picture_view_name((HsPictureView)view));
  return g_string_free(names, FALSE);
}

/* The same of any other names. */
static char *
join_names(const char *(*name)(int), int n)
{
  GString *names = g_string_new(NULL);
  for (int i = 0; i < n; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? "," : "", name(i));
  return g_string_free(names, FALSE);
}

static const char *
measure_name(int measure)
{
  return hs_measure_name((HsMeasure)measure);
}

static const char *
group_name(int group)
{
  return hs_group_name((HsGroup)group);
}

static bool
fail(GError **error, const char *option, const char *text, const char *names)
{
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("%s “%s”; there are %s"), option, text, names);
  return false;
}

static bool
read_view(const Raw *raw, Options *options, GError **error)
{
  if (raw->view == NULL) {
    g_autofree char *names = view_names(", ");
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("no view given; there are %s"), names);
    return false;
  }
  options->picture.view = hs_picture_view_from_name(raw->view);
  if (options->picture.view != HS_N_PICTURES)
    return true;
  g_autofree char *names = view_names(",");
  return fail(error, "--view", raw->view, names);
}

static bool
read_output(const Raw *raw, Options *options, GError **error)
{
  options->output = raw->output;
  if (raw->output == NULL || raw->output[0] == '\0') {
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("no --output given"));
    return false;
  }
  if (raw->format == NULL && strcmp(raw->output, "-") == 0) {
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                _("standard output needs a --format: png, svg or pdf"));
    return false;
  }
  if (raw->format == NULL) {
    options->format = hs_picture_format_from_path(raw->output, error);
    return options->format != HS_N_PICTURE_FORMATS;
  }
  options->format = hs_picture_format_from_name(raw->format);
  return options->format != HS_N_PICTURE_FORMATS || fail(error, "--format", raw->format, "png,svg,pdf");
}

static bool
read_size(const Raw *raw, Options *options, GError **error)
{
  HsPictureOptions *p = &options->picture;
  uint64_t scale;
  p->width = DEFAULT_WIDTH;
  p->height = DEFAULT_HEIGHT;
  p->scale = options->format == HS_PICTURE_PNG ? 1 : PAGE_SCALE;
  if (raw->size != NULL && !hs_picture_parse_size(raw->size, &p->width, &p->height, error))
    return false;
  if (raw->scale != NULL) {
    if (!hs_cli_parse_count(raw->scale, &scale, error))
      return false;
    p->scale = (int)MIN(scale, (uint64_t)HS_PICTURE_MAX_SCALE + 1);
  } else if (options->format != HS_PICTURE_PNG && !hs_picture_check_size(p->width, p->height, p->scale, NULL)) {
    p->scale = 1;
  }
  return hs_picture_check_size(p->width, p->height, p->scale, error);
}

static bool
read_coloring(const Raw *raw, HsPictureOptions *picture, GError **error)
{
  picture->color_by = raw->color_by != NULL ? hs_map_color_from_name(raw->color_by) : HS_COLOR_BY_SOURCE;
  if (picture->color_by != HS_N_COLOR_BY)
    return true;
  GString *names = g_string_new(NULL);
  for (int by = 0; by < HS_N_COLOR_BY; by++)
    g_string_append_printf(names, "%s%s", by > 0 ? "," : "", hs_map_color_name((HsColorBy)by));
  (void)fail(error, "--color-by", raw->color_by, names->str);
  g_string_free(names, TRUE);
  return false;
}

/* What is measured, and by what it is told apart. */
static bool
read_measure(const Raw *raw, HsPictureOptions *p, GError **error)
{
  HsMeasure usual = p->view == HS_PICTURE_RATE ? HS_MEASURE_RATE_EVENTS : HS_MEASURE_BYTES;
  p->measure = raw->measure != NULL ? hs_measure_from_name(raw->measure) : usual;
  p->group = raw->group != NULL ? hs_group_from_name(raw->group) : HS_GROUP_SOURCE;
  if (p->measure == HS_N_MEASURES) {
    g_autofree char *names = join_names(measure_name, HS_N_MEASURES);
    return fail(error, "--measure", raw->measure, names);
  }
  if (p->group == HS_N_GROUPS) {
    g_autofree char *names = join_names(group_name, HS_N_GROUPS);
    return fail(error, "--group", raw->group, names);
  }
  p->bars = raw->measure != NULL && hs_measure_is_bytes(p->measure) ? HS_HISTOGRAM_BYTES : HS_HISTOGRAM_COUNT;
  return true;
}

static bool
read_style(const Raw *raw, Options *options, GError **error)
{
  HsPictureOptions *p = &options->picture;
  if (!read_measure(raw, p, error) || !read_coloring(raw, p, error))
    return false;
  p->overlaid = raw->overlaid;
  p->chart_log = raw->log;
  p->committed = raw->committed;
  p->bar_scale = raw->log ? HS_HISTOGRAM_LOG : raw->linear ? HS_HISTOGRAM_LINEAR : HS_HISTOGRAM_ROOT;
  p->sizes = raw->classes != NULL ? hs_distribution_from_name(raw->classes) : HS_DISTRIBUTION_SIZES;
  if (p->sizes >= HS_DISTRIBUTION_LIFETIMES)
    return fail(error, "--classes", raw->classes, "sizes,small-sizes,exact-sizes");
  if (raw->log && raw->linear) {
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("a picture is either --log or --linear"));
    return false;
  }
  options->dark = raw->dark;
  options->title = raw->title;
  return true;
}

static bool
read_options(const Raw *raw, Options *options)
{
  g_autoptr(GError) error = NULL;
  *options =
      (Options){.range = {INT64_MIN, INT64_MAX}, .has_selection = raw->select != NULL, .has_moment = raw->at != NULL};
  if (read_view(raw, options, &error) && read_output(raw, options, &error) && read_size(raw, options, &error) &&
      read_style(raw, options, &error) &&
      (raw->range == NULL || hs_cli_parse_range(raw->range, &options->range, &error)) &&
      (raw->select == NULL || hs_cli_parse_range(raw->select, &options->selection, &error)) &&
      (raw->at == NULL || hs_cli_parse_time(raw->at, &options->at_ns, &error)) &&
      (raw->filter == NULL || hs_cli_parse_filter(raw->filter, &options->query, &error)))
    return true;
  hs_cli_usage_error("render", "%s", error->message);
  return false;
}

/* --- drawing --- */

/* False after a message if the moment lies outside of the trace. */
static bool
take_moment(const Options *options, HsClock clock, HsTimeRange span, HsPictureOptions *picture)
{
  if (!options->has_moment)
    return true;
  HsTimeRange after = hs_cli_time_range(clock, (HsCliRange){options->at_ns, INT64_MAX});
  picture->has_cursor = true;
  picture->cursor_ticks = after.t0_ticks;
  if (after.t0_ticks >= span.t0_ticks && after.t0_ticks <= span.t1_ticks)
    return true;
  hs_cli_message(_("the moment is not in the trace"));
  return false;
}

/* False after a message if the range lies outside of the trace. */
static bool
take_ranges(const Options *options, HsTimeline *timeline, HsPictureOptions *picture)
{
  int64_t t0, t1;
  HsClock clock = hs_timeline_clock(timeline);
  HsTimeRange visible = hs_cli_time_range(clock, options->range);
  hs_timeline_span(timeline, &t0, &t1);
  visible = (HsTimeRange){MAX(visible.t0_ticks, t0), MIN(visible.t1_ticks, t1)};
  if (visible.t1_ticks <= visible.t0_ticks) {
    hs_cli_message(_("there is nothing of the trace in the range"));
    return false;
  }
  picture->visible = visible;
  if (options->has_selection) {
    HsTimeRange selection = hs_cli_time_range(clock, options->selection);
    picture->selection = (HsTimeRange){MAX(selection.t0_ticks, t0), MIN(selection.t1_ticks, t1)};
  }
  return take_moment(options, clock, (HsTimeRange){t0, t1}, picture);
}

static HsPicture *
make_picture(const Options *options, HsTimeline *timeline, const char *path)
{
  HsTimeRange types =
      hs_cli_time_range(hs_timeline_clock(timeline), options->has_selection ? options->selection : options->range);
  HsPictureOptions picture = options->picture;
  HsPalette palette;
  g_auto(HsCliPassing) passing = {0};
  if (!take_ranges(options, timeline, &picture) || !hs_cli_passing_init(&passing, timeline, options->query, types))
    return NULL;
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *shown = g_filename_display_name(name);
  picture.file = shown;
  picture.title = options->title;
  HsPictureData data = {timeline, passing.n_rows, passing.rows, passing.blocks, passing.series, options->query, types};
  hs_palette_init(&palette, options->dark);
  HsPicture *made = hs_picture_new(&data, &picture, &palette, &hs_cli_interrupted);
  hs_palette_clear(&palette);
  if (made == NULL && !hs_cli_interrupted)
    hs_cli_message(_("out of memory"));
  return made;
}

static int
print_picture(const GByteArray *contents)
{
  HsCliWriter writer;
  hs_cli_writer_init(&writer, STDOUT_FILENO);
  hs_cli_put_bytes(&writer, (const char *)contents->data, contents->len);
  return hs_cli_writer_finish(&writer);
}

static int
write_picture(const HsPicture *picture, const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) contents = hs_picture_encode(picture, options->format, &error);
  if (contents != NULL && !hs_cli_interrupted && strcmp(options->output, "-") == 0)
    return print_picture(contents);
  if (contents != NULL && !hs_cli_interrupted &&
      hs_picture_write(options->output, contents, &hs_cli_interrupted, &error))
    return HS_CLI_EXIT_DONE;
  if (hs_cli_interrupted)
    return HS_CLI_EXIT_INTERRUPTED;
  hs_cli_message("%s", error->message);
  return HS_CLI_EXIT_FAILED;
}

/* The libraries that set text do not live through want of memory: what they take at most must be there beforehand. */
static bool
has_room_for_text(void)
{
  void *room = mmap(NULL, TEXT_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) {
    hs_cli_message(_("out of memory: too little is left to draw a picture"));
    return false;
  }
  munmap(room, TEXT_BYTES);
  return true;
}

static int
render(const char *path, const Options *options)
{
  int status;
  g_autoptr(HsLoader) loader = hs_cli_load(path, &status);
  if (loader == NULL)
    return status;
  hs_cli_catch_signals();
  if (!has_room_for_text())
    return HS_CLI_EXIT_FAILED;
  g_autoptr(HsPicture) picture = make_picture(options, hs_loader_timeline(loader), path);
  if (picture == NULL)
    return hs_cli_interrupted ? HS_CLI_EXIT_INTERRUPTED : HS_CLI_EXIT_FAILED;
  return write_picture(picture, options);
}

int
hs_cli_render_run(int argc, char **argv)
{
  g_auto(Raw) raw = {0};
  g_auto(Options) read = {0};
  g_autofree char *measures = join_names(measure_name, HS_N_MEASURES), *groups = join_names(group_name, HS_N_GROUPS);
  g_autofree char *measure_help = g_strdup_printf(_("What charts and bars show: %s"), measures);
  g_autofree char *group_help = g_strdup_printf(_("The chart's layers (source): %s"), groups);
  const GOptionEntry entries[] = {
      {"view", 0, 0, G_OPTION_ARG_STRING, &raw.view, N_("What to draw"), N_("VIEW")},
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &raw.output, N_("Where to: .png, .svg or .pdf; - is standard output"),
       N_("OUT")},
      {"format", 0, 0, G_OPTION_ARG_STRING, &raw.format, N_("png, svg or pdf, whatever OUT is called"), N_("FORMAT")},
      {"size", 0, 0, G_OPTION_ARG_STRING, &raw.size, N_("In pixels (1280x720)"), N_("WxH")},
      {"scale", 0, 0, G_OPTION_ARG_STRING, &raw.scale, N_("So many pixels for each of these (1; in svg and pdf 2)"),
       N_("N")},
      {"range", 0, 0, G_OPTION_ARG_STRING, &raw.range, N_("What is visible, from T0 on and before T1"), N_("T0..T1")},
      {"select", 0, 0, G_OPTION_ARG_STRING, &raw.select, N_("What is marked, from T0 on and before T1"), N_("T0..T1")},
      {"at", 0, 0, G_OPTION_ARG_STRING, &raw.at, N_("The moment of instant, the cursor elsewhere"), N_("TIME")},
      {"filter", 0, 0, G_OPTION_ARG_STRING, &raw.filter, N_("Only what passes, such as 'size >= 64KiB'"), N_("EXPR")},
      {"measure", 0, 0, G_OPTION_ARG_STRING, &raw.measure, measure_help, N_("WHAT")},
      {"group", 0, 0, G_OPTION_ARG_STRING, &raw.group, group_help, N_("WHAT")},
      {"overlaid", 0, 0, G_OPTION_ARG_NONE, &raw.overlaid, N_("A chart's layers one over another, not stacked"), NULL},
      {"committed", 0, 0, G_OPTION_ARG_NONE, &raw.committed, N_("Committed and reserved bytes in the chart"), NULL},
      {"color-by", 0, 0, G_OPTION_ARG_STRING, &raw.color_by,
       N_("The map's colours: heap, source, size, age, thread or type"), N_("WHAT")},
      {"classes", 0, 0, G_OPTION_ARG_STRING, &raw.classes, N_("Sizes as sizes, small-sizes or exact-sizes"),
       N_("WHAT")},
      {"log", 0, 0, G_OPTION_ARG_NONE, &raw.log, N_("Charts and histograms on a logarithmic scale"), NULL},
      {"linear", 0, 0, G_OPTION_ARG_NONE, &raw.linear, N_("Histograms on a linear scale, not of square roots"), NULL},
      {"title", 0, 0, G_OPTION_ARG_STRING, &raw.title, N_("The heading, in place of the file's name"), N_("TEXT")},
      {"dark", 0, 0, G_OPTION_ARG_NONE, &raw.dark, N_("On a dark ground"), NULL},
      {NULL}};
  g_autofree char *names = view_names(",");
  g_autofree char *description =
      g_strdup_printf(_("Views: %s\n\n"
                        "Histograms and sources are of the allocations in what is marked, or else in what is visible, "
                        "histograms against\n"
                        "the whole trace. Types that the filter asks for are relative to the same. The picture is put "
                        "in its place once\n"
                        "it is whole; a file that was there stays if it cannot be. Times count from the beginning of "
                        "the trace; T0 and\n"
                        "T1 are numbers with ns, us, ms or s, or nanoseconds if there is no unit; either may be left "
                        "out. A side has at\n"
                        "most 32767 pixels. The language of filters is in heapscope-cli(1)."),
                      names);
  const HsCliOptions options = {
      .command = "render",
      .summary = _("Draws a view of a trace, as the window does."),
      .description = description,
      .entries = entries,
  };
  g_autofree char *path = hs_cli_parse(&options, argc, argv);
  if (path == NULL || !read_options(&raw, &read))
    return HS_CLI_EXIT_USAGE;
  return render(path, &read);
}

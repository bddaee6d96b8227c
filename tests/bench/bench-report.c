/* SPDX-License-Identifier: MIT */
/*
 * bench-report [--markdown] [FILE]: makes a table of the benchmarks' JSON lines (from FILE or standard input): a row
 * for each target, a column for each number of events, and whether the target holds; then what ten times the events
 * cost. It judges nothing: the exit status is 0 whatever the figures are.
 */
#include <json-glib/json-glib.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hs-bench-targets.h"

#define MAX_SIZES 8

typedef struct {
  char *name, *unit;
  double value, floor_s;
  guint size; /* index of the number of events */
} Figure;

typedef struct {
  GArray *figures;          /* Figure, in the order of their lines */
  guint64 sizes[MAX_SIZES]; /* numbers of events that were asked for, ascending */
  guint n_sizes;
  gboolean markdown;
} Report;

/* Filters tell how many rows they looked at, tables how many they have: a trace's numbers lie near its size. */
static guint
size_of(const Report *report, guint64 events)
{
  guint best = 0;
  for (guint i = 1; i < report->n_sizes; i++) {
    if (fabs(log((double)events) - log((double)report->sizes[i])) <
        fabs(log((double)events) - log((double)report->sizes[best])))
      best = i;
  }
  return best;
}

/* The run tells with a line {"run": EVENTS} what follows belongs to; without one it is told by the figures. */
static void
add_line(Report *report, JsonObject *object, guint *size)
{
  if (json_object_has_member(object, "run")) {
    guint64 events = (guint64)json_object_get_int_member(object, "run");
    for (*size = 0; *size < report->n_sizes && report->sizes[*size] != events;)
      ++*size;
    return;
  }
  if (!json_object_has_member(object, "name") || !json_object_has_member(object, "value"))
    return;
  Figure figure = {
      .name = g_strdup(json_object_get_string_member(object, "name")),
      .unit = g_strdup(json_object_get_string_member_with_default(object, "unit", "")),
      .value = json_object_get_double_member(object, "value"),
      .floor_s = json_object_get_double_member_with_default(object, "floor_s", 0),
      .size = *size < report->n_sizes
                  ? *size
                  : size_of(report, (guint64)json_object_get_int_member_with_default(object, "events", 1)),
  };
  g_array_append_val(report->figures, figure);
}

static int
compare_sizes(const void *a, const void *b)
{
  guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;
  return (x > y) - (x < y);
}

static void
add_size(Report *report, guint64 events)
{
  for (guint i = 0; i < report->n_sizes; i++) {
    if (report->sizes[i] == events)
      return;
  }
  if (report->n_sizes < MAX_SIZES)
    report->sizes[report->n_sizes++] = events;
  qsort(report->sizes, report->n_sizes, sizeof report->sizes[0], compare_sizes);
}

static JsonObject *
parse_line(JsonParser *parser, const char *line)
{
  /* Whatever else stands between them is no figure. */
  if (line[0] != '{' || !json_parser_load_from_data(parser, line, -1, NULL))
    return NULL;
  return json_node_get_object(json_parser_get_root(parser));
}

static void
read_lines(Report *report, char **lines)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  JsonObject *object;
  for (char **line = lines; *line != NULL; line++) {
    if ((object = parse_line(parser, *line)) != NULL && json_object_has_member(object, "run"))
      add_size(report, (guint64)json_object_get_int_member(object, "run"));
  }
  /* Of a single benchmark: the first figure's. */
  for (char **line = lines; report->n_sizes == 0 && *line != NULL; line++) {
    if ((object = parse_line(parser, *line)) != NULL && json_object_has_member(object, "events"))
      add_size(report, (guint64)json_object_get_int_member(object, "events"));
  }
  guint size = report->n_sizes;
  for (char **line = lines; *line != NULL; line++) {
    if ((object = parse_line(parser, *line)) != NULL)
      add_line(report, object, &size);
  }
}

/* --- cells --- */

static gboolean
is_worse(const HsBenchTarget *target, double value, double than)
{
  return target->at_least ? value < than : value > than;
}

/* Some figures have names that begin as those of others do. */
static gboolean
matches(const HsBenchTarget *target, const char *name)
{
  gboolean worst = g_str_has_suffix(name, "-worst") && !g_str_has_suffix(target->name, "-worst");
  gboolean cpu = strstr(name, "-cpu-") != NULL && strstr(target->name, "-cpu-") == NULL;
  return !worst && !cpu && g_pattern_match_simple(target->name, name);
}

static const Figure *
find_worst(const Report *report, const HsBenchTarget *target, guint size)
{
  const Figure *worst = NULL;
  for (guint i = 0; i < report->figures->len; i++) {
    const Figure *figure = &g_array_index(report->figures, Figure, i);
    if (figure->size == size && matches(target, figure->name) &&
        (worst == NULL || is_worse(target, figure->value, worst->value)))
      worst = figure;
  }
  return worst;
}

static char *
value_text(double value, const char *unit)
{
  if (value >= 1e5)
    return g_strdup_printf("%.2f M %s", value / 1e6, unit);
  return g_strdup_printf("%.*f %s", value >= 100 ? 0 : value >= 10 ? 1 : 2, value, unit);
}

/* A load beside its floor: how many times the time that summing the file's words takes, and whether that holds. */
static char *
ratio_text(const Report *report, const HsBenchTarget *target, const Figure *figure)
{
  if (figure->floor_s <= 0)
    return g_strdup("");
  double seconds = g_str_equal(figure->unit, "s")    ? figure->value
                   : g_str_equal(figure->unit, "ms") ? figure->value / 1e3
                                                     : (double)report->sizes[figure->size] / figure->value;
  double floors = seconds / figure->floor_s;
  const char *verdict = target->most_floors <= 0 ? "" : floors <= target->most_floors ? " ✓" : " ✗";
  return g_strdup_printf(" (%.1f × floor%s)", floors, verdict);
}

static gboolean
applies(const HsBenchTarget *target, guint64 events)
{
  return target->limit > 0 && (target->most_events == 0 || events <= target->most_events);
}

static char *
cell_text(const Report *report, const HsBenchTarget *target, guint size)
{
  const Figure *figure = find_worst(report, target, size);
  if (figure == NULL)
    return g_strdup("");
  g_autofree char *value = value_text(figure->value, figure->unit);
  g_autofree char *ratio = ratio_text(report, target, figure);
  gboolean holds = !is_worse(target, figure->value, target->limit);
  const char *verdict = !applies(target, report->sizes[size]) ? "" : holds ? " ✓" : " ✗";
  return g_strconcat(value, verdict, ratio, NULL);
}

static char *
target_text(const HsBenchTarget *target, const char *unit)
{
  if (target->limit <= 0)
    return g_strdup("");
  g_autofree char *limit = value_text(target->limit, unit);
  g_autofree char *floors =
      target->most_floors > 0 ? g_strdup_printf(" (%.1f × floor)", target->most_floors) : g_strdup("");
  return g_strdup_printf("%s %s%s", target->at_least ? "≥" : "≤", limit, floors);
}

/* --- the table --- */

static void
print_cell(const Report *report, const char *text, guint width, gboolean last)
{
  if (report->markdown) {
    printf(" %s |", text);
    return;
  }
  guint length = (guint)g_utf8_strlen(text, -1);
  printf("%s%*s", text, last || length >= width ? 2 : (int)(width - length), "");
}

static void
begin_line(const Report *report)
{
  if (report->markdown)
    printf("|");
}

#define TITLE_WIDTH 52
#define TARGET_WIDTH 36
#define VALUE_WIDTH 42

static void
print_head(const Report *report, const char *first, const char *second)
{
  begin_line(report);
  print_cell(report, first, TITLE_WIDTH, FALSE);
  print_cell(report, second, TARGET_WIDTH, FALSE);
  for (guint i = 0; i < report->n_sizes; i++) {
    g_autofree char *events = value_text((double)report->sizes[i], "events");
    print_cell(report, events, VALUE_WIDTH, i + 1 == report->n_sizes);
  }
  printf("\n");
  if (!report->markdown)
    return;
  printf("|---|---|");
  for (guint i = 0; i < report->n_sizes; i++)
    printf("---|");
  printf("\n");
}

static void
print_section(const Report *report, const char *section)
{
  begin_line(report);
  g_autofree char *text = report->markdown ? g_strdup_printf("**%s**", section) : g_strdup(section);
  print_cell(report, text, 0, TRUE);
  for (guint i = 0; report->markdown && i <= report->n_sizes; i++)
    print_cell(report, "", 0, FALSE);
  printf("\n");
}

/* A target that is another one at larger sizes stands in the same row twice, each where it applies. */
static gboolean
is_for(const HsBenchTarget *target, guint64 events)
{
  const HsBenchTarget *before = target > hs_bench_targets ? target - 1 : NULL;
  const HsBenchTarget *after = target + 1 < hs_bench_targets + hs_bench_n_targets ? target + 1 : NULL;
  if (after != NULL && g_str_equal(after->name, target->name))
    return applies(target, events);
  return before == NULL || !g_str_equal(before->name, target->name) || !applies(before, events);
}

static void
print_target(const Report *report, const HsBenchTarget *target)
{
  const char *unit = NULL;
  for (guint size = 0; size < report->n_sizes && unit == NULL; size++) {
    const Figure *figure = is_for(target, report->sizes[size]) ? find_worst(report, target, size) : NULL;
    unit = figure != NULL ? figure->unit : NULL;
  }
  if (unit == NULL)
    return;
  begin_line(report);
  g_autofree char *title = g_strconcat(report->markdown ? "" : "  ", target->title, NULL);
  g_autofree char *limit = target_text(target, unit);
  print_cell(report, title, TITLE_WIDTH, FALSE);
  print_cell(report, limit, TARGET_WIDTH, FALSE);
  for (guint size = 0; size < report->n_sizes; size++) {
    g_autofree char *cell = is_for(target, report->sizes[size]) ? cell_text(report, target, size) : g_strdup("");
    print_cell(report, cell, VALUE_WIDTH, size + 1 == report->n_sizes);
  }
  printf("\n");
}

static double
growth_value(const Report *report, const HsBenchGrowth *growth, guint size)
{
  const HsBenchTarget target = {.name = growth->name};
  const Figure *figure = find_worst(report, &target, size);
  if (figure == NULL)
    return 0;
  return figure->value * (growth->per_event ? (double)report->sizes[size] : 1);
}

static void
print_growth(const Report *report, const HsBenchGrowth *growth)
{
  begin_line(report);
  g_autofree char *title = g_strconcat(report->markdown ? "" : "  ", growth->title, NULL);
  g_autofree char *limit = g_strdup_printf("≤ %.1f ×", growth->limit);
  print_cell(report, title, TITLE_WIDTH, FALSE);
  print_cell(report, limit, TARGET_WIDTH, FALSE);
  for (guint size = 0; size < report->n_sizes; size++) {
    double value = growth_value(report, growth, size), before = size > 0 ? growth_value(report, growth, size - 1) : 0;
    gboolean tenfold = size > 0 && report->sizes[size] == 10 * report->sizes[size - 1] && before > 0 && value > 0;
    g_autofree char *cell =
        tenfold ? g_strdup_printf("%.1f × %s", value / before, value / before <= growth->limit ? "✓" : "✗")
                : g_strdup("");
    print_cell(report, cell, VALUE_WIDTH, size + 1 == report->n_sizes);
  }
  printf("\n");
}

static void
print_report(const Report *report)
{
  print_head(report, "Figure", "Target");
  for (guint i = 0; i < hs_bench_n_targets; i++) {
    if (hs_bench_targets[i].section != NULL)
      print_section(report, hs_bench_targets[i].section);
    print_target(report, &hs_bench_targets[i]);
  }
  if (report->n_sizes < 2)
    return;
  print_section(report, "Ten times the events");
  for (guint i = 0; i < hs_bench_n_growths; i++)
    print_growth(report, &hs_bench_growths[i]);
}

static char *
read_all(const char *path, GError **error)
{
  if (path != NULL) {
    char *text = NULL;
    return g_file_get_contents(path, &text, NULL, error) ? text : NULL;
  }
  GString *text = g_string_new(NULL);
  char piece[4096];
  size_t n;
  while ((n = fread(piece, 1, sizeof piece, stdin)) > 0)
    g_string_append_len(text, piece, (gssize)n);
  return g_string_free(text, FALSE);
}

static void
clear_figure(gpointer data)
{
  Figure *figure = data;
  g_free(figure->name);
  g_free(figure->unit);
}

int
main(int argc, char **argv)
{
  Report report = {.markdown = argc > 1 && strcmp(argv[1], "--markdown") == 0};
  const char *path = argc > 1 + report.markdown ? argv[1 + report.markdown] : NULL;
  g_autoptr(GError) error = NULL;
  setlocale(LC_ALL, "C.UTF-8");
  g_autofree char *text = read_all(path, &error);
  if (text == NULL) {
    fprintf(stderr, "bench-report: %s\n", error->message);
    return 1;
  }
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  report.figures = g_array_new(FALSE, FALSE, sizeof(Figure));
  g_array_set_clear_func(report.figures, clear_figure);
  read_lines(&report, lines);
  if (report.n_sizes > 0)
    print_report(&report);
  g_array_unref(report.figures);
  return 0;
}

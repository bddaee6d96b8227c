/* SPDX-License-Identifier: MIT */
/*
 * Long use: actions of the window by chance, from a fixed seed, and traces opened and closed, also in the middle of
 * loading. GLib's criticals are fatal here, and memory must not grow with either.
 *
 * A few of both by default; HEAPSCOPE_LONG_USE=1 makes it 10,000 actions and 500 traces, HEAPSCOPE_SEED another seed.
 */
#include <glib/gstdio.h>
#include <malloc.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "hs-etl-damage.h"
#include "hs-etl-writer.h"
#include "hs-ui-support.h"

/* Pictures on the clipboard, glyphs of whatever was written, and what a library keeps for later come and go. */
#define ALLOWED_BYTES ((gsize)12 << 20)

static const char *sample;
static char *scratch;
static GRand *rand_;

static gboolean
is_long(void)
{
  return g_getenv("HEAPSCOPE_LONG_USE") != NULL;
}

/* --- memory --- */

typedef struct {
  gsize used;     /* bytes taken from malloc() */
  gsize resident; /* of the whole process */
} Memory;

static Memory
measure(void)
{
  gulong pages = 0;
  g_autofree char *text = NULL;
  malloc_trim(0);
  if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
    (void)sscanf(text, "%*u %lu", &pages);
  struct mallinfo2 info = mallinfo2();
  return (Memory){info.uordblks + info.hblkhd, pages * (gsize)sysconf(_SC_PAGESIZE)};
}

static void
tell_memory(const char *when, Memory memory)
{
  g_test_message("%s: %.1f MiB from malloc(), %.1f MiB resident", when, (double)memory.used / 1048576,
                 (double)memory.resident / 1048576);
}

/* --- values by chance --- */

static guint
dice(guint n)
{
  return (guint)g_rand_int_range(rand_, 0, (gint32)n);
}

typedef struct {
  const char *action;
  const char *words; /* separated by "|" */
} Words;

static const Words known_words[] = {
    {"measure", "bytes|count|rate-events|rate-bytes|cumulative-count|cumulative-bytes|slow-path"},
    {"group", "none|heap|source|process|size-class"},
    {"chart-style", "stacked|overlaid"},
    {"chart-axis", "auto|fixed"},
    {"histogram", "sizes|small-sizes|exact-sizes|lifetimes"},
    {"histogram-measure", "count|bytes"},
    {"histogram-scale", "root|linear|log"},
    {"sidebar-histogram", "sizes|lifetimes"},
    {"sidebar-histogram-measure", "count|bytes"},
    {"map-mode", "time|instant"},
    {"play-speed", "fit|0.001|1|100"},
    {"row-width", "auto|1024|4096|65536|1048576"},
    {"instant-heap", "all|100 0x1f0000"},
    {"color-by", "source|heap|size|age|thread|type"},
    {"tab", "events|allocations|heaps|summary|histogram|health|biography|compare"},
    {"filter", "|size > 100|op == free|source in {lowfrag}|type == AIFO|size >|not lifetime < 5ms|end == outstanding|"
               "process contains a|time < 2s|heap == 0x1f0000|tid == 4 or cpu == 1|address contains 0x10000"},
    {"find-expression", "size > 1000|op == realloc|op ==|end == free"},
    {"go-to-place", "1.5s|#1000|#99999999|0x7ff600000010|nonsense|-3s|"},
    {"only-source", "lookaside|lowfrag|mainpath|slowpath|nothing"},
    {"hide-source", "lookaside|lowfrag|mainpath|slowpath"},
    {"show-source", "lookaside|lowfrag|mainpath|slowpath"},
    {"show-all-of", "heap|source|size|lifetime|process"},
    {"compare-by", "none|heap|process|source|size-class|type|thread"},
    {"copy-view", "all|map|size|rate|sources|histogram|lifetimes|overview|instant|window"},
};

static const char junk_words[] = "|x|'|<b>&|%s%n|\xc3\xa4\xe2\x82\xac|none|all|size|count|1|-1|"
                                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/* Free with g_free(). */
static char *
any_word(const char *action)
{
  const char *words = junk_words;
  for (guint i = 0; i < G_N_ELEMENTS(known_words) && dice(8) > 0; i++) {
    if (g_str_equal(known_words[i].action, action))
      words = known_words[i].words;
  }
  g_auto(GStrv) parts = g_strsplit(words, "|", -1);
  return g_strdup(parts[dice(g_strv_length(parts))]);
}

static gint64
any_time(void)
{
  if (dice(30) == 0)
    return dice(2) == 0 ? G_MININT64 : G_MAXINT64;
  return (gint64)(g_rand_double_range(rand_, -0.1, 1.1) * 10e9);
}

/* A process of the trace, mostly. */
static guint32
any_pid(const HsTimeline *t)
{
  guint32 n = hs_timeline_n_processes(t);
  return n == 0 || dice(10) == 0 ? dice(1000) : hs_timeline_process(t, (HsProcessId){dice(n)})->pid;
}

static GVariant *
any_heap_or_address(const HsTimeline *t, const char *action)
{
  guint32 n = hs_timeline_n_heaps(t), n_blocks = hs_timeline_n_blocks(t);
  guint32 pid = any_pid(t);
  guint64 value = dice(100000);
  if (n > 0 && dice(10) > 0) {
    const HsHeap *heap = hs_timeline_heap(t, (HsHeapId){dice(n)});
    pid = hs_timeline_process(t, heap->process)->pid;
    value = heap->handle;
  }
  if (g_str_equal(action, "who-lived-here") && n_blocks > 0)
    value = hs_timeline_block_address(t, (HsBlockId){dice(n_blocks)});
  g_autofree char *text = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", value);
  return g_variant_new("(us)", pid, text);
}

static GVariant *
any_pair_of_words(const char *action)
{
  static const char *const fields[] = {"op", "size", "source", "pid", "process", "type", "nonsense"};
  static const char *const values[] = {"free", "100", "lowfrag", "4", "a.exe", "AIFO", "\"", ""};
  if (g_str_equal(action, "save-view")) {
    static const char *const kinds[] = {"png", "svg", "pdf", "txt"};
    g_autofree char *view = any_word("copy-view");
    g_autofree char *path = g_strdup_printf("%s/view.%s", scratch, kinds[dice(G_N_ELEMENTS(kinds))]);
    return g_variant_new("(ss)", view, path);
  }
  return g_variant_new("(ss)", fields[dice(G_N_ELEMENTS(fields))], values[dice(G_N_ELEMENTS(values))]);
}

static GVariant *
any_value(HsWindow *window, const char *action, const GVariantType *type)
{
  const HsTimeline *t = hs_document_get_timeline(hs_window_get_document(window));
  g_autofree char *name = g_variant_type_dup_string(type);
  g_autofree char *word = any_word(action);
  if (g_str_equal(name, "s"))
    return g_variant_new_string(word);
  if (g_str_equal(name, "b"))
    return g_variant_new_boolean(dice(2) == 0);
  if (g_str_equal(name, "x"))
    return g_variant_new_int64(any_time());
  if (g_str_equal(name, "d"))
    return g_variant_new_double(dice(5) == 0 ? NAN : g_rand_double_range(rand_, -10, 1e7));
  if (g_str_equal(name, "u"))
    return g_variant_new_uint32(strstr(action, "process") != NULL ? any_pid(t)
                                : dice(20) == 0                   ? G_MAXUINT32
                                                                  : dice(hs_timeline_n_rows(t) + 10));
  if (g_str_equal(name, "(xx)"))
    return g_variant_new("(xx)", any_time(), any_time());
  if (g_str_equal(name, "(xxx)"))
    return g_variant_new("(xxx)", dice(2) == 0 ? (gint64)-1 : (gint64)any_pid(t), any_time(), any_time());
  if (g_str_equal(name, "(xs)"))
    return g_variant_new("(xs)", any_time(), word);
  if (g_str_equal(name, "(sb)"))
    return g_variant_new("(sb)", dice(2) == 0 ? "size" : "time", dice(2) == 0);
  if (g_str_equal(name, "(us)"))
    return any_heap_or_address(t, action);
  if (g_str_equal(name, "(ss)"))
    return any_pair_of_words(action);
  g_error("an action “%s” of type “%s”, which this test cannot make", action, name);
}

/* --- actions --- */

/* What ends the window, waits for a person, or writes where it is told. */
static gboolean
is_left_out(const char *action)
{
  static const char *const names[] = {"close", "save-picture", "screenshot", "cancel-load", "open-member"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    if (g_str_equal(names[i], action))
      return TRUE;
  }
  return FALSE;
}

static void
turn(guint most)
{
  for (guint i = 0; i < most && g_main_context_iteration(NULL, FALSE); i++) {
  }
}

static void
act(HsWindow *window, char **actions)
{
  GActionGroup *group = G_ACTION_GROUP(window);
  const char *action = actions[dice(g_strv_length(actions))];
  const GVariantType *type = g_action_group_get_action_parameter_type(group, action);
  const GVariantType *state = g_action_group_get_action_state_type(group, action);
  if (is_left_out(action) || !g_action_group_get_action_enabled(group, action))
    return;
  /* A state without a type for activation is a switch, or only tells. */
  if (type != NULL)
    g_action_group_activate_action(group, action, any_value(window, action, type));
  else if (state == NULL || g_variant_type_equal(state, G_VARIANT_TYPE_BOOLEAN))
    g_action_group_activate_action(group, action, NULL);
}

static void
drag(HsWindow *window)
{
  static const char *const panes[] = {"HsSizeChart", "HsRuler", "HsOverview", "HsAddressMap", "HsInstantArea"};
  g_autoptr(GPtrArray) widgets = hs_ui_widgets(GTK_WIDGET(window));
  const char *wanted = panes[dice(G_N_ELEMENTS(panes))];
  for (guint i = 0; i < widgets->len; i++) {
    GtkWidget *widget = widgets->pdata[i];
    if (!g_str_equal(G_OBJECT_TYPE_NAME(widget), wanted) || !gtk_widget_get_mapped(widget))
      continue;
    int width = gtk_widget_get_allocated_width(widget), height = gtk_widget_get_allocated_height(widget);
    double y = height * g_rand_double(rand_);
    hs_ui_drag(widget, width * g_rand_double(rand_), y, width * g_rand_double(rand_), y);
    return;
  }
}

static void
run_round(guint n_actions)
{
  HsWindow *window = hs_ui_open_window(sample);
  g_auto(GStrv) actions = g_action_group_list_actions(G_ACTION_GROUP(window));
  for (guint i = 0; i < n_actions; i++) {
    if (dice(15) == 0)
      drag(window);
    else
      act(window, actions);
    turn(dice(20));
    if (dice(100) == 0) {
      g_action_group_change_action_state(G_ACTION_GROUP(window), "play", g_variant_new_boolean(FALSE));
      hs_ui_wait_for(window, hs_window_is_settled);
    }
  }
  g_action_group_change_action_state(G_ACTION_GROUP(window), "play", g_variant_new_boolean(FALSE));
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_close_window(window);
}

static gboolean
on_time_up(gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Workers and closing threads come to an end. */
static void
rest(guint ms)
{
  gboolean is_up = FALSE;
  g_timeout_add(ms, on_time_up, &is_up);
  while (!is_up)
    g_main_context_iteration(NULL, TRUE);
}

static void
assert_flat(const char *what, Memory before, Memory after, gsize allowed)
{
  tell_memory("before", before);
  tell_memory("after", after);
  if (after.used > before.used + allowed)
    g_error("%s: memory grew from %.1f to %.1f MiB", what, (double)before.used / 1048576, (double)after.used / 1048576);
}

static void
test_actions(void)
{
  /* The window is closed and opened anew so often meanwhile. */
  guint n_actions = is_long() ? 10000 : 300, n_rounds = is_long() ? 10 : 4;
  Memory before = {0};
  for (guint round = 0; round < n_rounds; round++) {
    run_round(n_actions / n_rounds);
    rest(is_long() ? 300 : 20);
    Memory now = measure();
    /* Fonts, icons and thread pools come with first use. */
    if (round == n_rounds / 2 - 1)
      before = now;
    tell_memory("round", now);
  }
  assert_flat("actions", before, measure(), ALLOWED_BYTES);
}

/* --- traces --- */

static char *
write_trace(const char *name, GBytes *image)
{
  char *path = g_build_filename(scratch, name, NULL);
  gsize size;
  const char *data = g_bytes_get_data(image, &size);
  g_assert_true(g_file_set_contents(path, data, (gssize)size, NULL));
  return path;
}

/* A small trace, the same damaged, and what is none. */
static GPtrArray *
make_traces(void)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  HsEtlWriter *writer = hs_etl_writer_new(&options);
  for (guint i = 0; i < 20000; i++) {
    HsEtlWriterAt at = {
        .header = HS_ETL_WRITER_SYSTEM64, .time_ticks = options.start_ticks + 10 * i, .pid = 100, .tid = 200};
    hs_etl_writer_alloc(writer, &at, 0x1f0000, 0x10000 + 64 * i, 32, 2);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(GBytes) cut = hs_etl_damage_apply(image, "truncate", g_bytes_get_size(image) / 2, 1);
  g_autoptr(GBytes) none = g_bytes_new_static("text", 4);
  hs_etl_writer_free(writer);
  g_ptr_array_add(paths, write_trace("good.etl", image));
  g_ptr_array_add(paths, write_trace("cut.etl", cut));
  g_ptr_array_add(paths, write_trace("none.etl", none));
  g_ptr_array_add(paths, g_strdup(sample));
  g_ptr_array_add(paths, g_build_filename(scratch, "missing.etl", NULL));
  return paths;
}

/* One in three is closed at once or while it loads. */
static void
open_and_close(const char *path)
{
  HsWindow *window = HS_WINDOW(hs_application_open_path(hs_ui_application, path));
  if (dice(3) == 0)
    turn(dice(200));
  else
    hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_close_window(window);
}

static void
test_traces(void)
{
  guint n_traces = is_long() ? 500 : 12, half = n_traces / 2;
  g_autoptr(GPtrArray) paths = make_traces();
  Memory before = {0};
  for (guint i = 0; i < n_traces; i++) {
    open_and_close(paths->pdata[i % paths->len]);
    if (i % 50 == 49)
      tell_memory("so far", measure());
    if (i == (is_long() ? n_traces / 5 : half)) {
      rest(500);
      before = measure();
    }
  }
  rest(500);
  assert_flat("traces", before, measure(), ALLOWED_BYTES);
}

static void
remove_scratch(void)
{
  g_autoptr(GDir) folder = g_dir_open(scratch, 0, NULL);
  for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
    g_autofree char *path = g_build_filename(scratch, name, NULL);
    g_unlink(path);
  }
  g_rmdir(scratch);
  g_clear_pointer(&scratch, g_free);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  if (!gtk_init_check(&argc, &argv)) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  const char *seed = g_getenv("HEAPSCOPE_SEED");
  sample = argv[1];
  scratch = g_dir_make_tmp("heapscope-test-XXXXXX", NULL);
  rand_ = g_rand_new_with_seed(seed != NULL ? (guint32)g_ascii_strtoull(seed, NULL, 10) : 20261126);
  g_test_add_func("/monkey/actions", test_actions);
  g_test_add_func("/monkey/traces", test_traces);
  int status = hs_ui_run();
  remove_scratch();
  g_rand_free(rand_);
  return status;
}

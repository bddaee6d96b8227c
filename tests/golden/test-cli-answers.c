/* SPDX-License-Identifier: MIT */
/*
 * Filters, ranges and groups of heapscope-cli against answers made from the writer's own account: of the golden trace,
 * with questions whose outputs are committed beside this, and of random traces with processes that end. Of large
 * traces, the range that holds everything.
 *
 * Environment: HEAPSCOPE_CLI the program, HEAPSCOPE_MAKE_DIFF_TRACE, HEAPSCOPE_MAKE_TRACE and HEAPSCOPE_MAKE_SAMPLE the
 * generators, HEAPSCOPE_GOLDEN the golden trace with its answers beside it (.answers.json), HEAPSCOPE_SEED of the
 * random ones (else any, printed).
 */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sys/wait.h>

#define N_TRACES 6
#define N_QUESTIONS 25

static guint32 seed;

/* What the program prints; it must succeed and have nothing to say. */
static char *
run(GPtrArray *argv)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *err = NULL;
  char *out = NULL;
  int wait_status;
  g_ptr_array_add(argv, NULL);
  g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &wait_status, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(err, ==, "");
  g_assert_true(WIFEXITED(wait_status));
  g_assert_cmpint(WEXITSTATUS(wait_status), ==, 0);
  return out;
}

/* A command of heapscope-cli with a question's arguments; groups are for the summary alone. */
static char *
ask(const char *trace, const char *command, const char *option, JsonArray *arguments)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_ptr_array_add(argv, (char *)g_getenv("HEAPSCOPE_CLI"));
  g_ptr_array_add(argv, (char *)command);
  g_ptr_array_add(argv, (char *)option);
  for (guint i = 0; i < json_array_get_length(arguments); i++) {
    const char *argument = json_array_get_string_element(arguments, i);
    if (g_str_equal(command, "summary") || !g_str_has_prefix(argument, "--by="))
      g_ptr_array_add(argv, (char *)argument);
  }
  g_ptr_array_add(argv, (char *)trace);
  return run(argv);
}

static JsonNode *
parse(const char *text)
{
  g_autoptr(GError) error = NULL;
  JsonNode *node = json_from_string(text, &error);
  g_assert_no_error(error);
  g_assert_nonnull(node);
  return node;
}

static char *
joined(JsonArray *arguments)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < json_array_get_length(arguments); i++)
    g_string_append_printf(text, " %s", json_array_get_string_element(arguments, i));
  return g_string_free(text, FALSE);
}

static void
assert_same_nodes(JsonArray *arguments, const char *what, JsonNode *expected, JsonNode *found)
{
  if (found != NULL && json_node_equal(expected, found))
    return;
  g_autofree char *asked = joined(arguments);
  g_autofree char *a = json_to_string(expected, FALSE);
  g_autofree char *b = found != NULL ? json_to_string(found, FALSE) : g_strdup("nothing");
  g_error("HEAPSCOPE_SEED=%u%s: %s: expected %s, found %s", seed, asked, what, a, b);
}

static void
check_lines(const char *trace, JsonObject *answer, const char *command, const char *columns)
{
  JsonArray *arguments = json_object_get_array_member(answer, "arguments");
  g_autofree char *found = g_strdelimit(ask(trace, command, columns, arguments), "\n", ' ');
  const char *expected = json_object_get_string_member(answer, command);
  if (g_str_equal(expected, found))
    return;
  g_autofree char *asked = joined(arguments);
  g_error("HEAPSCOPE_SEED=%u%s: %s: expected %s, found %s", seed, asked, command, expected, found);
}

/* Has what the answer has, and no range that was not asked for. */
static void
check_summary(const char *trace, JsonObject *answer)
{
  JsonArray *arguments = json_object_get_array_member(answer, "arguments");
  JsonObject *expected = json_object_get_object_member(answer, "summary");
  g_autofree char *out = ask(trace, "summary", "--json", arguments);
  g_autoptr(JsonNode) root = parse(out);
  JsonObject *found = json_node_get_object(root);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  json_object_iter_init(&iter, expected);
  while (json_object_iter_next(&iter, &name, &value))
    assert_same_nodes(arguments, name, value, json_object_get_member(found, name));
  g_assert_cmpint(json_object_has_member(expected, "range"), ==, json_object_has_member(found, "range"));
}

/* "heaps" knows no ranges, which types in a filter would go by. */
static void
check_heaps(const char *trace, JsonObject *answer)
{
  JsonArray *arguments = json_object_get_array_member(answer, "arguments");
  for (guint i = 0; i < json_array_get_length(arguments); i++) {
    if (g_str_has_prefix(json_array_get_string_element(arguments, i), "--range="))
      return;
  }
  g_autofree char *out = ask(trace, "heaps", "--format=json", arguments);
  g_autoptr(JsonNode) found = parse(out);
  JsonNode *expected = json_object_get_member(json_object_get_object_member(answer, "summary"), "heaps");
  assert_same_nodes(arguments, "heaps", expected, found);
}

static void
check_answers(const char *trace, const char *answers_path)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  g_file_get_contents(answers_path, &text, NULL, &error);
  g_assert_no_error(error);
  g_autoptr(JsonNode) root = parse(text);
  JsonArray *answers = json_node_get_array(root);
  g_assert_cmpuint(json_array_get_length(answers), >, 0);
  for (guint i = 0; i < json_array_get_length(answers); i++) {
    JsonObject *answer = json_array_get_object_element(answers, i);
    check_lines(trace, answer, "events", "--columns=row");
    check_lines(trace, answer, "allocations", "--columns=row,type");
    check_summary(trace, answer);
    check_heaps(trace, answer);
  }
}

static void
test_golden(void)
{
  g_autofree char *answers = g_strconcat(g_getenv("HEAPSCOPE_GOLDEN"), ".answers.json", NULL);
  check_answers(g_getenv("HEAPSCOPE_GOLDEN"), answers);
}

static void
test_random(void)
{
  static const char *const frequencies[] = {"10000000", "1000000000", "3000000"};
  g_autofree char *folder = g_dir_make_tmp("heapscope-answers-XXXXXX", NULL);
  g_autofree char *trace = g_build_filename(folder, "random.etl", NULL);
  g_autofree char *answers = g_build_filename(folder, "answers.json", NULL);
  g_autofree char *n_questions = g_strdup_printf("%d", N_QUESTIONS);
  g_test_message("HEAPSCOPE_SEED=%u", seed);
  for (guint i = 0; i < N_TRACES; i++) {
    g_autofree char *trace_seed = g_strdup_printf("%u", seed + i);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, (char *)g_getenv("HEAPSCOPE_MAKE_DIFF_TRACE"));
    g_ptr_array_add(argv, trace);
    g_ptr_array_add(argv, trace_seed);
    g_ptr_array_add(argv, (char *)frequencies[i % G_N_ELEMENTS(frequencies)]);
    g_ptr_array_add(argv, n_questions);
    g_ptr_array_add(argv, answers);
    g_free(run(argv));
    check_answers(trace, answers);
  }
  g_remove(trace);
  g_remove(answers);
  g_rmdir(folder);
}

/* --- the range of everything --- */

typedef struct {
  const char *generator;
  const char *arguments; /* after the trace */
} Large;

static JsonNode *
summary_of(const char *trace)
{
  g_autoptr(JsonArray) arguments = json_array_new();
  json_array_add_string_element(arguments, "--range=0..");
  g_autofree char *out = ask(trace, "summary", "--json", arguments);
  return parse(out);
}

/* The same number under two names. */
static void
assert_int(JsonObject *expected, const char *name, JsonObject *found, const char *other_name)
{
  g_assert_cmpint(json_object_get_int_member(expected, name), ==, json_object_get_int_member(found, other_name));
}

/* A range's figures, or those of a group, against what the account has in all, or of a heap. */
static void
check_figures(JsonObject *expected, const char *bytes_name, JsonObject *found)
{
  JsonObject *aifo = json_object_get_object_member(found, "aifo");
  assert_int(expected, bytes_name, found, "bytes");
  assert_int(expected, "outstanding_count", aifo, "count");
  assert_int(expected, "outstanding_bytes", aifo, "bytes");
  assert_int(expected, "outstanding_bytes", found, "net_change_bytes");
  assert_int(expected, "outstanding_bytes", found, "outstanding_end_bytes");
  assert_int(expected, "peak_bytes", found, "peak_bytes");
  assert_int(expected, "peak_time_ns", found, "peak_time_ns");
  g_assert_cmpint(json_object_get_int_member(found, "outstanding_begin_bytes"), ==, 0);
}

static void
check_everything(JsonObject *account, JsonObject *range)
{
  JsonArray *heaps = json_object_get_array_member(account, "heaps");
  JsonArray *groups = json_object_get_array_member(range, "by_heap");
  JsonObject *allocations = json_object_get_object_member(account, "allocations");
  guint group = 0;
  check_figures(allocations, "bytes", range);
  assert_int(allocations, "count", range, "count");
  g_assert_true(json_object_get_boolean_member(range, "consistent"));
  for (guint i = 0; i < json_array_get_length(heaps); i++) {
    JsonObject *heap = json_array_get_object_element(heaps, i);
    /* Groups have blocks. */
    if (json_object_get_int_member(heap, "allocated_bytes") == 0)
      continue;
    g_assert_cmpuint(group, <, json_array_get_length(groups));
    JsonObject *found = json_array_get_object_element(groups, group++);
    assert_int(heap, "pid", found, "pid");
    g_assert_cmpstr(json_object_get_string_member(heap, "handle"), ==, json_object_get_string_member(found, "heap"));
    check_figures(heap, "allocated_bytes", found);
  }
  g_assert_cmpuint(group, ==, json_array_get_length(groups));
}

static void
test_everything(gconstpointer data)
{
  const Large *large = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp("heapscope-answers-XXXXXX", NULL);
  g_autofree char *trace = g_build_filename(folder, "large.etl", NULL);
  g_autofree char *account_path = g_build_filename(folder, "account.json", NULL);
  g_auto(GStrv) arguments = g_strsplit(large->arguments, " ", -1);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_autofree char *account = NULL;
  g_ptr_array_add(argv, (char *)g_getenv(large->generator));
  g_ptr_array_add(argv, trace);
  g_ptr_array_add(argv, (char *)"--truth");
  g_ptr_array_add(argv, account_path);
  for (char **argument = arguments; *argument != NULL && (*argument)[0] != '\0'; argument++)
    g_ptr_array_add(argv, *argument);
  g_free(run(argv));
  g_file_get_contents(account_path, &account, NULL, &error);
  g_assert_no_error(error);
  g_autoptr(JsonNode) expected = parse(account);
  g_autoptr(JsonNode) found = summary_of(trace);
  check_everything(json_node_get_object(expected), json_object_get_object_member(json_node_get_object(found), "range"));
  g_remove(trace);
  g_remove(account_path);
  g_rmdir(folder);
}

int
main(int argc, char **argv)
{
  static const Large sample = {"HEAPSCOPE_MAKE_SAMPLE", ""};
  static const Large large = {"HEAPSCOPE_MAKE_TRACE", "--events 600000 --heaps 7 --processes 3 --cpus 3"};
  g_test_init(&argc, &argv, NULL);
  const char *seed_text = g_getenv("HEAPSCOPE_SEED");
  seed = seed_text != NULL ? (guint32)g_ascii_strtoull(seed_text, NULL, 10) : g_random_int();
  g_test_add_func("/cli/answers/golden", test_golden);
  g_test_add_func("/cli/answers/random", test_random);
  g_test_add_data_func("/cli/answers/everything/sample", &sample, test_everything);
  g_test_add_data_func("/cli/answers/everything/large", &large, test_everything);
  return g_test_run();
}

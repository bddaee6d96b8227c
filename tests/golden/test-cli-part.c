/* SPDX-License-Identifier: MIT */
/*
 * heapscope-cli with a part of a trace: its figures of a range against those of the whole trace; and what would take
 * too much memory.
 *
 * Environment: HEAPSCOPE_CLI the program, HEAPSCOPE_MAKE_TRACE the generator.
 */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/wait.h>

static char *trace; /* 300,000 events of two processes */

typedef struct {
  int status;
  char *out, *err;
} Result;

static void
result_clear(Result *result)
{
  g_free(result->out);
  g_free(result->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

/* Runs heapscope-cli; `words` are its arguments, separated by spaces, TRACE the trace. */
static Result
run(const char *words)
{
  Result result = {0};
  int wait_status;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = g_strconcat("cli ", words, NULL);
  g_auto(GStrv) argv = g_strsplit(line, " ", -1);
  g_free(argv[0]);
  argv[0] = g_strdup(g_getenv("HEAPSCOPE_CLI"));
  for (char **word = argv; *word != NULL; word++) {
    if (strcmp(*word, "TRACE") == 0) {
      g_free(*word);
      *word = g_strdup(trace);
    }
  }
  g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &result.out, &result.err, &wait_status, &error);
  g_assert_no_error(error);
  g_assert_true(WIFEXITED(wait_status));
  result.status = WEXITSTATUS(wait_status);
  return result;
}

static JsonNode *
summary(const char *words)
{
  g_autofree char *line = g_strconcat("summary TRACE --json ", words, NULL);
  g_auto(Result) result = run(line);
  g_assert_cmpint(result.status, ==, 0);
  g_autoptr(GError) error = NULL;
  JsonNode *node = json_from_string(result.out, &error);
  g_assert_no_error(error);
  return node;
}

static void
assert_contains(const char *text, const char *part)
{
  if (strstr(text, part) == NULL)
    g_error("“%s” is not in “%s”", part, text);
}

/* The range's part is the same to the last figure. */
static void
test_range(void)
{
  g_autoptr(JsonNode) whole = summary("--range 0.4s..0.9s --by process,heap,size-class");
  g_autoptr(JsonNode) part = summary("--load-range 0.4s..0.9s --range 0.4s..0.9s --by process,heap,size-class");
  JsonObject *x = json_node_get_object(whole), *y = json_node_get_object(part);
  g_autofree char *x_range = json_to_string(json_object_get_member(x, "range"), TRUE);
  g_autofree char *y_range = json_to_string(json_object_get_member(y, "range"), TRUE);
  g_assert_cmpstr(x_range, ==, y_range);
  g_assert_false(json_object_has_member(x, "loaded"));
  JsonObject *loaded = json_object_get_object_member(y, "loaded");
  g_assert_cmpint(json_object_get_int_member(loaded, "begin_ns"), ==, 400000000);
  g_assert_cmpint(json_object_get_int_member(loaded, "end_ns"), ==, 900000000);
  g_assert_cmpint(json_object_get_int_member(loaded, "kept_before"), >, 0);
  g_assert_cmpint(json_object_get_int_member(loaded, "passed_over"), >, 100000);
  g_assert_cmpstr(json_object_get_string_member(y, "outcome"), ==, "complete");
  JsonObject *x_memory = json_object_get_object_member(x, "memory"),
             *y_memory = json_object_get_object_member(y, "memory");
  g_assert_cmpint(json_object_get_int_member(y_memory, "bytes"), <, json_object_get_int_member(x_memory, "bytes"));
  g_assert_cmpfloat(json_object_get_double_member(x_memory, "bytes_per_event"), >, 10);
}

/* Whatever a command prints of a range, it prints of that range loaded alone; but for the numbers of rows. */
static void
test_rows(void)
{
  static const char *const commands[] = {
      "events TRACE --range 0.4s..0.5s --columns time_ns,op,pid,process,tid,heap,address,size,old_address,source,cpu",
      "allocations TRACE --range 0.4s..0.5s --filter size>1000 --columns "
      "pid,address,size,type,alloc_time_ns,is_realloc"};
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
    g_autofree char *of_part = g_strconcat(commands[i], " --load-range 0.4s..0.5s", NULL);
    g_auto(Result) whole = run(commands[i]);
    g_auto(Result) part = run(of_part);
    g_assert_cmpint(whole.status, ==, 0);
    g_assert_cmpint(part.status, ==, 0);
    g_assert_cmpstr(whole.out, ==, part.out);
    assert_contains(part.err, "only a part was loaded: 0.400000 s – 0.500000 s");
  }
}

static void
test_process(void)
{
  g_auto(Result) whole = run("heaps TRACE --format csv --filter pid==4008");
  g_auto(Result) part = run("heaps TRACE --format csv --load-pid 4008");
  g_assert_cmpstr(whole.out, ==, part.out);
  assert_contains(part.err, "only a part was loaded: process 4008");
  g_auto(Result) none = run("summary TRACE --load-pid 77");
  g_assert_cmpint(none.status, ==, 0);
  assert_contains(none.out, "process 77");
}

static void
test_refused(void)
{
  g_auto(Result) refused = run("summary TRACE --memory-limit 20MiB");
  g_assert_cmpint(refused.status, ==, 1);
  g_assert_cmpstr(refused.out, ==, "");
  assert_contains(refused.err, "300,000 heap events need about ");
  assert_contains(refused.err, "20.0 MiB may be used");
  assert_contains(refused.err, "--load-range");
  g_auto(Result) part = run("summary TRACE --memory-limit 20MiB --load-range 0s..0.1s");
  g_assert_cmpint(part.status, ==, 0);
  g_setenv("HEAPSCOPE_MEMORY_LIMIT", "20 MiB", TRUE);
  g_auto(Result) by_environment = run("heaps TRACE");
  g_auto(Result) raised = run("heaps TRACE --memory-limit 1GiB");
  g_unsetenv("HEAPSCOPE_MEMORY_LIMIT");
  g_assert_cmpint(by_environment.status, ==, 1);
  g_assert_cmpint(raised.status, ==, 0);
}

static void
test_usage(void)
{
  static const char *const wrong[] = {"--load-range 3..1", "--load-range x", "--load-pid x", "--load-pid -1",
                                      "--memory-limit much"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autofree char *line = g_strconcat("summary TRACE ", wrong[i], NULL);
    g_auto(Result) result = run(line);
    g_assert_cmpint(result.status, ==, 2);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_autofree char *folder = g_dir_make_tmp("heapscope-XXXXXX", NULL);
  trace = g_build_filename(folder, "part.etl", NULL);
  const char *make[] = {g_getenv("HEAPSCOPE_MAKE_TRACE"), trace, "--events", "300000", NULL};
  g_assert_true(g_spawn_sync(NULL, (char **)make, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, NULL, NULL));
  g_test_add_func("/cli-part/range", test_range);
  g_test_add_func("/cli-part/rows", test_rows);
  g_test_add_func("/cli-part/process", test_process);
  g_test_add_func("/cli-part/refused", test_refused);
  g_test_add_func("/cli-part/usage", test_usage);
  int status = g_test_run();
  g_unlink(trace);
  g_rmdir(folder);
  g_free(trace);
  return status;
}

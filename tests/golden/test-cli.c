/* SPDX-License-Identifier: MIT */
/*
 * Runs heapscope-cli on traces made by the writer, on what is no trace, and on real traces, and looks at its exit
 * status, messages and numbers.
 *
 * Environment: HEAPSCOPE_CLI the program, HEAPSCOPE_MAKE_TRACE and HEAPSCOPE_MAKE_SAMPLE the generators,
 * HEAPSCOPE_GOLDEN a small trace with its account beside it (.json), HEAPSCOPE_LOSSY one of which parts were lost,
 * HEAPSCOPE_TRACES real traces.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  int status; /* exit status */
  char *out, *err;
} Result;

static char *scratch; /* a folder of our own */

static void
result_clear(Result *result)
{
  g_clear_pointer(&result->out, g_free);
  g_clear_pointer(&result->err, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

static char *
scratch_file(const char *name)
{
  return g_build_filename(scratch, name, NULL);
}

static Result
run_argv(const char *program, char **arguments)
{
  Result result = {0};
  int wait_status;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_ptr_array_add(argv, (char *)program);
  for (char **argument = arguments; *argument != NULL; argument++)
    g_ptr_array_add(argv, *argument);
  g_ptr_array_add(argv, NULL);
  g_spawn_sync(scratch, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &result.out, &result.err, &wait_status,
               &error);
  g_assert_no_error(error);
  g_assert_true(WIFEXITED(wait_status));
  result.status = WEXITSTATUS(wait_status);
  return result;
}

/* Runs heapscope-cli. */
static Result
run(const char *first, ...)
{
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  va_list args;
  va_start(args, first);
  for (const char *argument = first; argument != NULL; argument = va_arg(args, const char *))
    g_ptr_array_add(arguments, (char *)argument);
  va_end(args);
  g_ptr_array_add(arguments, NULL);
  return run_argv(g_getenv("HEAPSCOPE_CLI"), (char **)arguments->pdata);
}

static void
assert_contains(const char *text, const char *part)
{
  if (strstr(text, part) == NULL)
    g_error("“%s” is not in “%s”", part, text);
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

/* --- usage --- */

static void
assert_usage_error(Result result, const char *message)
{
  g_assert_cmpint(result.status, ==, 2);
  g_assert_cmpstr(result.out, ==, "");
  assert_contains(result.err, message);
  assert_contains(result.err, "Usage:");
  result_clear(&result);
}

static void
test_usage(void)
{
  assert_usage_error(run(NULL), "no command");
  assert_usage_error(run("frobnicate", "x.etl", NULL), "frobnicate");
  assert_usage_error(run("--frobnicate", NULL), "--frobnicate");
  assert_usage_error(run("summary", NULL), "no file");
  assert_usage_error(run("summary", "-", NULL), "standard input");
  assert_usage_error(run("summary", "a.etl", "b.etl", NULL), "more than one");
  assert_usage_error(run("summary", "--limit", "3", "a.etl", NULL), "--limit");
  assert_usage_error(run("summary", "--range", "1", "a.etl", NULL), "range");
  assert_usage_error(run("summary", "--by", "heap,colour", "a.etl", NULL),
                     "“colour”; there are process,heap,source,size-class,thread,type,end");
  assert_usage_error(run("summary", "--by", "", "a.etl", NULL), "“”; there are");
  assert_usage_error(run("summary", "--by", "heap,,type", "a.etl", NULL), "“”; there are");
  assert_usage_error(run("summary", "--by", "heap, heap", "a.etl", NULL), "twice");
  assert_usage_error(run("summary", "--by", "heap,source,type,end", "a.etl", NULL), "“end” is one group too many");
  assert_usage_error(run("heaps", "--range", "1..2", "a.etl", NULL), "--range");
  assert_usage_error(run("heaps", "--format", "xml", "a.etl", NULL), "xml");
  assert_usage_error(run("events", "--format", "json", "a.etl", NULL), "json");
  assert_usage_error(run("events", "--columns", "row,colour", "a.etl", NULL), "colour");
  assert_usage_error(run("events", "--columns", "row,row", "a.etl", NULL), "twice");
  assert_usage_error(run("events", "--limit=-1", "a.etl", NULL), "-1");
  assert_usage_error(run("events", "--limit=many", "a.etl", NULL), "many");
  assert_usage_error(run("events", "--sort", "colour", "a.etl", NULL), "colour");
  assert_usage_error(run("events", "--sort", "size:up", "a.etl", NULL), "up");
  assert_usage_error(run("allocations", "--columns", "cpu", "a.etl", NULL), "free_tid");
  assert_usage_error(run("allocations", "--range", "1", "a.etl", NULL), "range");
}

/* A line below the filter points at what is wrong, by what a terminal shows. */
static void
test_bad_filters(void)
{
  assert_usage_error(run("events", "--filter", "size > 5ms", "a.etl", NULL),
                     "in the filter: size compared with a time: expected a number of bytes, found “5ms”\n"
                     "  size > 5ms\n"
                     "         ^~~\n");
  assert_usage_error(run("allocations", "--filter", "size >", "a.etl", NULL), "\n  size >\n        ^\n");
  assert_usage_error(run("summary", "--json", "--filter", "size >", "a.etl", NULL), "\n  size >\n        ^\n");
  assert_usage_error(run("heaps", "--filter", "sizes > 4", "a.etl", NULL), "\n  sizes > 4\n  ^~~~~\n");
  assert_usage_error(run("events", "--filter", "process == \"日é\" x", "a.etl", NULL),
                     "\n  process == \"日é\" x\n                   ^\n");
}

static void
test_bad_ranges(void)
{
  static const char *const ranges[] = {"",           "..",      "1s",       "1..2parsecs",   "x..1",
                                       "1.5.5s..2s", ".5s..1s", "2ms..1ms", "1s..2s..3s",    "1 s..2s",
                                       "1.s..2s",    "-..1",    "1...2",    "9223372037s..", "0..99999999999999999999"};
  for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
    g_autofree char *option = g_strconcat("--range=", ranges[i], NULL);
    assert_usage_error(run("events", option, "a.etl", NULL), "“");
  }
}

static void
test_help(void)
{
  static const char *const commands[] = {"summary", "heaps", "events", "allocations"};
  g_auto(Result) version = run("--version", NULL);
  g_auto(Result) help = run("--help", NULL);
  g_assert_cmpint(version.status, ==, 0);
  g_assert_true(g_str_has_prefix(version.out, "heapscope-cli "));
  g_assert_cmpint(help.status, ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
    g_auto(Result) result = run(commands[i], "--help", NULL);
    g_assert_cmpint(result.status, ==, 0);
    assert_contains(help.out, commands[i]);
    assert_contains(result.out, "FILE");
    g_assert_cmpstr(result.err, ==, "");
  }
}

/* --- what is no trace --- */

/* Every command says the same: exit status 1, one line that names the file. */
static void
assert_refused(const char *path, const char *message)
{
  static const char *const commands[] = {"summary", "heaps", "events", "allocations"};
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
    g_auto(Result) result = run(commands[i], path, NULL);
    g_assert_cmpint(result.status, ==, 1);
    g_assert_cmpstr(result.out, ==, "");
    assert_contains(result.err, path);
    assert_contains(result.err, message);
    g_assert_true(strchr(result.err, '\n') == result.err + strlen(result.err) - 1);
  }
}

static char *
write_scratch(const char *name, const void *bytes, gsize length)
{
  char *path = scratch_file(name);
  g_autoptr(GError) error = NULL;
  g_file_set_contents(path, bytes, (gssize)length, &error);
  g_assert_no_error(error);
  return path;
}

static void
test_no_trace(void)
{
  static const guint8 png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
  guint8 large_png[4096] = {0};
  g_autofree char *text = g_strnfill(4096, 'a');
  memcpy(large_png, png, sizeof png);
  g_autofree char *missing = scratch_file("missing.etl");
  g_autofree char *empty = write_scratch("empty.etl", "", 0);
  g_autofree char *text_path = write_scratch("notes.txt", text, 4096);
  g_autofree char *small_png = write_scratch("small.png", png, sizeof png);
  g_autofree char *png_path = write_scratch("picture.png", large_png, sizeof large_png);
  assert_refused(scratch, "directory");
  assert_refused(missing, "No such file");
  assert_refused(empty, "empty");
  assert_refused(text_path, "expected");
  assert_refused(small_png, "expected");
  assert_refused(png_path, "expected");
}

static void
test_no_permission(void)
{
  g_autofree char *path = write_scratch("secret.etl", "x", 1);
  g_chmod(path, 0);
  if (g_access(path, R_OK) == 0)
    g_test_skip("this user may read anything");
  else
    assert_refused(path, "Permission denied");
}

/* --- numbers --- */

/* Every key of the account is in the summary, with the same value. What the account does not know, it leaves out. */
static void
assert_same(const char *where, JsonNode *expected, JsonNode *found)
{
  if (JSON_NODE_HOLDS_OBJECT(expected)) {
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    g_assert_true(JSON_NODE_HOLDS_OBJECT(found));
    json_object_iter_init(&iter, json_node_get_object(expected));
    while (json_object_iter_next(&iter, &name, &value)) {
      g_autofree char *path = g_strdup_printf("%s.%s", where, name);
      JsonNode *other = json_object_get_member(json_node_get_object(found), name);
      if (other == NULL)
        g_error("%s is missing", path);
      /* The account has 0 for flags that were never told. */
      if (JSON_NODE_HOLDS_NULL(other) && g_str_equal(name, "flags"))
        g_assert_cmpint(json_node_get_int(value), ==, 0);
      else
        assert_same(path, value, other);
    }
  } else if (JSON_NODE_HOLDS_ARRAY(expected)) {
    JsonArray *a = json_node_get_array(expected), *b = json_node_get_array(found);
    g_assert_cmpuint(json_array_get_length(a), ==, json_array_get_length(b));
    for (guint i = 0; i < json_array_get_length(a); i++) {
      g_autofree char *path = g_strdup_printf("%s[%u]", where, i);
      assert_same(path, json_array_get_element(a, i), json_array_get_element(b, i));
    }
  } else if (!json_node_equal(expected, found)) {
    g_autofree char *a = json_to_string(expected, FALSE);
    g_autofree char *b = json_to_string(found, FALSE);
    g_error("%s: expected %s, found %s", where, a, b);
  }
}

/* `message`: what is told on stderr, or NULL for nothing. */
static void
assert_summary_is_true(const char *trace, const char *account_path, const char *message)
{
  g_autofree char *account = NULL;
  g_autoptr(GError) error = NULL;
  g_file_get_contents(account_path, &account, NULL, &error);
  g_assert_no_error(error);
  g_auto(Result) result = run("summary", "--json", trace, NULL);
  g_assert_cmpint(result.status, ==, 0);
  if (message == NULL)
    g_assert_cmpstr(result.err, ==, "");
  else
    assert_contains(result.err, message);
  g_autoptr(JsonNode) expected = parse(account);
  g_autoptr(JsonNode) found = parse(result.out);
  /* Counts that the summary does not break down so far. */
  json_object_remove_member(json_node_get_object(expected), "by_header");
  json_object_remove_member(json_node_get_object(expected), "by_hook");
  assert_same("summary", expected, found);
  g_assert_cmpstr(json_object_get_string_member(json_node_get_object(found), "outcome"), ==, "complete");
}

static void
test_golden_account(void)
{
  g_autofree char *account = g_strconcat(g_getenv("HEAPSCOPE_GOLDEN"), ".json", NULL);
  assert_summary_is_true(g_getenv("HEAPSCOPE_GOLDEN"), account, NULL);
}

/* Loss is told of, and where it was; it is no damage of the file. */
static void
test_lossy_account(void)
{
  g_autofree char *account = g_strconcat(g_getenv("HEAPSCOPE_LOSSY"), ".json", NULL);
  assert_summary_is_true(g_getenv("HEAPSCOPE_LOSSY"), account, "events-lost at offset 0 (1203 times)");
}

static void
make(const char *generator, const char *arguments)
{
  g_auto(GStrv) argv = g_strsplit(arguments, " ", -1);
  g_auto(Result) result = run_argv(g_getenv(generator), argv);
  if (result.status != 0)
    g_error("%s %s: %s", generator, arguments, result.err);
}

static void
test_sample_account(void)
{
  g_autofree char *trace = scratch_file("sample.etl");
  g_autofree char *account = scratch_file("sample.json");
  make("HEAPSCOPE_MAKE_SAMPLE", "sample.etl --truth sample.json");
  assert_summary_is_true(trace, account, NULL);
}

static void
test_large_account(gconstpointer arguments)
{
  g_autofree char *trace = scratch_file("large.etl");
  g_autofree char *account = scratch_file("large.json");
  make("HEAPSCOPE_MAKE_TRACE", arguments);
  assert_summary_is_true(trace, account, NULL);
}

/* --- events --- */

static guint
count_lines(const char *text)
{
  guint n = 0;
  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

/* Rows that `range` gives: header aside. */
static guint
rows_in(const char *range)
{
  g_autofree char *option = g_strconcat("--range=", range, NULL);
  g_auto(Result) result = run("events", option, "--columns=time_ns", g_getenv("HEAPSCOPE_GOLDEN"), NULL);
  g_assert_cmpint(result.status, ==, 0);
  return count_lines(result.out) - 1;
}

/* The golden trace has events at 100 µs, 1 ms, 2 ms, 2.5 ms, 3 ms … 8 ms. */
static void
test_ranges(void)
{
  guint all = rows_in("0..");
  g_assert_cmpuint(rows_in("1ms..2ms"), ==, 1);
  g_assert_cmpuint(rows_in("1ms..2000001"), ==, 2);
  g_assert_cmpuint(rows_in("1000001ns..2ms"), ==, 0);
  g_assert_cmpuint(rows_in("0.001s..2.5ms"), ==, 2);
  g_assert_cmpuint(rows_in("1000us..3000µs"), ==, 3);
  g_assert_cmpuint(rows_in("..1ms"), ==, 1);
  g_assert_cmpuint(rows_in("..1000000.0001"), ==, 2);
  g_assert_cmpuint(rows_in("-5s..0.0001s"), ==, 0);
  g_assert_cmpuint(rows_in("1ms..1ms"), ==, 0);
  g_assert_cmpuint(rows_in("1000s.."), ==, 0);
  g_assert_cmpuint(rows_in("..5ms") + rows_in("5ms.."), ==, all);
}

static void
test_limit(void)
{
  const char *trace = g_getenv("HEAPSCOPE_GOLDEN");
  g_auto(Result) none = run("events", "--limit=0", trace, NULL);
  g_auto(Result) three = run("events", "--limit=3", "--range=2ms..", trace, NULL);
  g_auto(Result) all = run("events", "--limit=18446744073709551615", trace, NULL);
  g_auto(Result) plain = run("events", trace, NULL);
  g_assert_cmpuint(count_lines(none.out), ==, 1);
  g_assert_cmpuint(count_lines(three.out), ==, 4);
  assert_contains(three.out, "\n2,2000000,");
  g_assert_cmpstr(all.out, ==, plain.out);
}

/* Each line of ndjson is an object that says what the line of csv says. */
static void
test_formats_agree(void)
{
  const char *trace = g_getenv("HEAPSCOPE_GOLDEN");
  g_auto(Result) csv = run("events", "--columns=row,time_ns,op,heap,address,size,source", trace, NULL);
  g_auto(Result) ndjson = run("events", "--format=ndjson", trace, NULL);
  g_auto(GStrv) rows = g_strsplit(csv.out, "\n", -1);
  g_auto(GStrv) objects = g_strsplit(ndjson.out, "\n", -1);
  g_auto(GStrv) names = g_strsplit(rows[0], ",", -1);
  g_assert_cmpuint(g_strv_length(rows), ==, g_strv_length(objects) + 1);
  for (guint i = 0; objects[i][0] != '\0'; i++) {
    g_autoptr(JsonNode) node = parse(objects[i]);
    g_auto(GStrv) fields = g_strsplit(rows[i + 1], ",", -1);
    for (guint k = 0; names[k] != NULL; k++) {
      JsonNode *value = json_object_get_member(json_node_get_object(node), names[k]);
      g_autofree char *text = value == NULL                                      ? g_strdup("")
                              : json_node_get_value_type(value) == G_TYPE_STRING ? json_node_dup_string(value)
                                                                                 : json_to_string(value, FALSE);
      g_assert_cmpstr(text, ==, fields[k]);
    }
  }
}

/* Lines of `command` with one option more than --columns=row. */
static char *
rows_with(const char *command, const char *option)
{
  g_auto(Result) result = run(command, "--columns=row", option, g_getenv("HEAPSCOPE_GOLDEN"), NULL);
  g_assert_cmpint(result.status, ==, 0);
  g_assert_cmpstr(result.err, ==, "");
  return g_strdelimit(g_strchomp(g_steal_pointer(&result.out)), "\n", ' ');
}

static void
assert_rows(const char *command, const char *option, const char *expected)
{
  g_autofree char *rows = rows_with(command, option);
  g_assert_cmpstr(rows, ==, expected);
}

static void
test_filters(void)
{
  assert_rows("events", "--filter=op == create", "row 0 14");
  assert_rows("events", "--filter=source == 9 or source == invalid", "row 12 13");
  assert_rows("events", "--filter=address contains 0x1f4001", "row 6 8");
  assert_rows("events", "--filter=address contains 0x7ff61235000", "row 4 9");
  assert_rows("events", "--filter=old_address contains 0x1f1063", "row 5 8");
  assert_rows("events", "--filter=end == destroy", "row 15 16");
  assert_rows("events", "--filter=time in 7ms..8ms", "row 11 12");
  assert_rows("events", "--filter=not pid >= 0", "row 22");
  assert_rows("events", "--filter=pid != 100 and not pid == 200", "row");
  assert_rows("events", "--filter=", "row 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22");
  assert_rows("allocations", "--filter=end == outstanding", "row 2 6 13 22");
  assert_rows("allocations", "--filter=type == AIFO", "row 2 6 13 22");
  assert_rows("allocations", "--filter=process == UPDATER.exe", "row 18 20 21");
  assert_rows("allocations", "--filter=lifetime <= 400us", "row 15 16 20");
  assert_rows("allocations", "--range=..1ms", "row");
}

static void
test_sorting(void)
{
  assert_rows("events", "--sort=row:desc", "row 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0");
  assert_rows("allocations", "--sort=size", "row 22 18 20 12 13 21 1 5 6 15 16 2 4");
  assert_rows("allocations", "--sort=free_time_ns:desc", "row 18 21 20 15 16 12 4 5 1 2 6 13 22");
  assert_rows("allocations", "--sort=impacting:desc", "row 2 6 13 22 1 4 5 12 15 16 18 20 21");
}

/* --- ends --- */

static void
redirect_stdout(gpointer path)
{
  int fd = open(path, O_WRONLY);
  dup2(fd, STDOUT_FILENO);
}

static void
test_full_disk(void)
{
  char *argv[] = {(char *)g_getenv("HEAPSCOPE_CLI"), (char *)"events", (char *)g_getenv("HEAPSCOPE_GOLDEN"), NULL};
  int wait_status;
  g_autofree char *err = NULL;
  g_autoptr(GError) error = NULL;
  if (g_access("/dev/full", W_OK) != 0) {
    g_test_skip("no /dev/full");
    return;
  }
  g_spawn_sync(NULL, argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, redirect_stdout, (gpointer) "/dev/full", NULL, &err,
               &wait_status, &error);
  g_assert_no_error(error);
  g_assert_cmpint(WEXITSTATUS(wait_status), ==, 1);
  assert_contains(err, "cannot write");
}

/* Starts "events" on a large trace with its output in a pipe, and returns the pipe's end. */
static int
start_events(const char *trace, GPid *pid)
{
  char *argv[] = {(char *)g_getenv("HEAPSCOPE_CLI"), (char *)"events", (char *)trace, NULL};
  int fd;
  g_autoptr(GError) error = NULL;
  g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, pid, NULL, &fd, NULL, &error);
  g_assert_no_error(error);
  return fd;
}

static void
test_reader_goes_away(void)
{
  g_autofree char *trace = scratch_file("large.etl");
  char bytes[64];
  int wait_status;
  GPid pid;
  make("HEAPSCOPE_MAKE_TRACE", "large.etl --events 50000");
  int fd = start_events(trace, &pid);
  g_assert_cmpint(read(fd, bytes, sizeof bytes), >, 0);
  close(fd);
  g_assert_cmpint(waitpid(pid, &wait_status, 0), ==, pid);
  g_assert_true(WIFEXITED(wait_status));
  g_assert_cmpint(WEXITSTATUS(wait_status), ==, 0);
}

/* Wherever SIGINT comes, during the load or the writing, the program ends at once, by status 130 or by the signal. */
static void
test_interrupt(void)
{
  g_autofree char *trace = scratch_file("large.etl");
  make("HEAPSCOPE_MAKE_TRACE", "large.etl --events 1000000");
  for (guint delay_ms = 20; delay_ms <= 80; delay_ms += 20) {
    int wait_status;
    GPid pid;
    int fd = start_events(trace, &pid);
    g_usleep(delay_ms * 1000);
    kill(pid, SIGINT);
    g_assert_cmpint(waitpid(pid, &wait_status, 0), ==, pid);
    close(fd);
    if (WIFEXITED(wait_status))
      g_assert_cmpint(WEXITSTATUS(wait_status), ==, 130);
    else
      g_assert_cmpint(WTERMSIG(wait_status), ==, SIGINT);
  }
}

/* Damage that can be read around is told on stderr and in the summary; the status is 0. */
static void
test_partial(void)
{
  g_autofree char *bytes = NULL;
  gsize length;
  g_autoptr(GError) error = NULL;
  g_file_get_contents(g_getenv("HEAPSCOPE_GOLDEN"), &bytes, &length, &error);
  g_assert_no_error(error);
  g_autofree char *path = write_scratch("cut.etl", bytes, length - 100);
  g_auto(Result) result = run("summary", "--json", path, NULL);
  g_assert_cmpint(result.status, ==, 0);
  assert_contains(result.err, "truncated-file at offset");
  g_autoptr(JsonNode) root = parse(result.out);
  JsonObject *summary = json_node_get_object(root);
  g_assert_cmpstr(json_object_get_string_member(summary, "outcome"), ==, "partial");
  JsonArray *issues = json_object_get_array_member(json_object_get_object_member(summary, "health"), "issues");
  g_assert_cmpuint(json_array_get_length(issues), ==, count_lines(result.err));
  JsonObject *issue = json_array_get_object_element(issues, 0);
  g_assert_cmpstr(json_object_get_string_member(issue, "kind"), ==, "truncated-file");
  g_assert_cmpint(json_object_get_int_member(issue, "count"), >, 0);
  g_auto(Result) text = run("summary", path, NULL);
  assert_contains(text.out, "truncated-file");
}

/* Every place of damage is listed, not only the first. Buffers of the golden trace are 8 KiB. */
static void
test_places(void)
{
  static const guint records[] = {8192 + 72, 2 * 8192 + 72};
  g_autofree char *bytes = NULL;
  gsize length;
  g_autoptr(GError) error = NULL;
  g_file_get_contents(g_getenv("HEAPSCOPE_GOLDEN"), &bytes, &length, &error);
  g_assert_no_error(error);
  for (size_t i = 0; i < G_N_ELEMENTS(records); i++)
    memcpy(bytes + records[i] + 4, "\7\0", 2); /* the size of a system record */
  g_autofree char *path = write_scratch("bad.etl", bytes, length);
  g_auto(Result) result = run("summary", "--json", path, NULL);
  g_assert_cmpint(result.status, ==, 0);
  g_autoptr(JsonNode) root = parse(result.out);
  JsonObject *health = json_object_get_object_member(json_node_get_object(root), "health");
  g_assert_cmpint(json_object_get_int_member(health, "bad_records"), ==, G_N_ELEMENTS(records));
  JsonObject *issue = json_array_get_object_element(json_object_get_array_member(health, "issues"), 0);
  g_assert_cmpstr(json_object_get_string_member(issue, "kind"), ==, "bad-record");
  JsonArray *places = json_object_get_array_member(issue, "places");
  g_assert_cmpuint(json_array_get_length(places), ==, G_N_ELEMENTS(records));
  for (guint i = 0; i < G_N_ELEMENTS(records); i++) {
    JsonObject *place = json_array_get_object_element(places, i);
    g_assert_cmpint(json_object_get_int_member(place, "offset"), ==, records[i]);
    g_assert_nonnull(json_object_get_string_member(place, "detail"));
  }
  g_assert_cmpint(json_object_get_int_member(issue, "offset"), ==, records[0]);
  g_auto(Result) text = run("summary", path, NULL);
  assert_contains(text.out, "\n  Bad records: 2. ");
  g_assert_null(strstr(text.out, "Nothing was lost or damaged."));
}

/* --- real traces --- */

static char *
real_trace(const char *name)
{
  const char *folder = g_getenv("HEAPSCOPE_TRACES");
  char *path = folder != NULL
                   ? g_build_filename(folder, name, NULL)
                   : g_build_filename(g_getenv("HEAPSCOPE_SOURCE_ROOT"), "..", "shared", "traces", name, NULL);
  if (g_file_test(path, G_FILE_TEST_EXISTS))
    return path;
  g_free(path);
  g_test_skip("the trace is not here");
  return NULL;
}

static void
assert_has(const char *trace, const char *expected_json)
{
  g_auto(Result) result = run("summary", "--json", trace, NULL);
  g_assert_cmpint(result.status, ==, 0);
  g_autoptr(JsonNode) expected = parse(expected_json);
  g_autoptr(JsonNode) found = parse(result.out);
  assert_same("summary", expected, found);
}

/* Figures: the traces' README. */
static void
test_clang_replay(void)
{
  g_autofree char *trace = real_trace("clang_replay_xpress.etl");
  if (trace == NULL)
    return;
  assert_has(trace, "{'outcome': 'complete',"
                    " 'session': {'cpus': 4, 'frequency': 10000000, 'buffers': 4477, 'compressed': true},"
                    " 'records': {'heap': 4867270},"
                    " 'operations': {'create': 1, 'alloc': 2455905, 'realloc': 24258, 'free': 2387106},"
                    " 'sources': {'lookaside': 0, 'lowfrag': 4864531, 'mainpath': 2725, 'slowpath': 13},"
                    " 'allocations': {'bytes': 1287028847, 'outstanding_count': 68799,"
                    "  'outstanding_bytes': 34187850, 'peak_bytes': 89774483, 'peak_time_ns': 961681200},"
                    " 'heaps': [{'outstanding_bytes': 34187850}]}");
}

typedef struct {
  const char *name;
  const char *expected;
} RealTrace;

static const RealTrace real_traces[] = {
    {"net452x64_win8_xpress.etl", "{'outcome': 'complete', 'heaps': [], 'records': {'total': 179474, 'heap': 0},"
                                  " 'session': {'name': 'Relogger', 'buffers': 360, 'os_version': '6.2.9200',"
                                  " 'frequency': 10000000, 'compressed': true, 'pointer_size': 8, 'cpus': 8}}"},
    {"net45x86_win7_merged.etl", "{'outcome': 'complete', 'heaps': [], 'records': {'total': 185961, 'heap': 0,"
                                 " 'stack': 18532}, 'session': {'name': 'Relogger', 'buffers': 405,"
                                 " 'os_version': '6.1.7601', 'frequency': 10000000, 'compressed': false}}"},
    {"shutdown_win10_raw.etl", "{'outcome': 'complete', 'heaps': [], 'records': {'total': 17078, 'heap': 0},"
                               " 'session': {'name': 'PerfDiag Logger', 'buffers': 49,"
                               " 'os_version': '10.0.18362', 'frequency': 10000000, 'compressed': false}}"},
    {"msbuild_32bit_hdr_xpress.etl", "{'outcome': 'complete', 'heaps': [], 'records': {'total': 5871, 'heap': 0},"
                                     " 'session': {'name': 'Relogger', 'buffers': 30, 'pointer_size': 4,"
                                     " 'frequency': 10000000, 'compressed': true}}"},
    {"sawbuck_full32_image.etl", "{'outcome': 'complete', 'heaps': [], 'records': {'total': 27, 'heap': 0},"
                                 " 'session': {'name': 'Make Test Data Session', 'buffers': 2, 'pointer_size': 4,"
                                 " 'frequency': 2337949, 'compressed': false}}"},
};

static void
test_real_trace(gconstpointer data)
{
  const RealTrace *real = data;
  g_autofree char *trace = real_trace(real->name);
  if (trace == NULL)
    return;
  assert_has(trace, real->expected);
  g_auto(Result) events = run("events", trace, NULL);
  g_assert_cmpint(events.status, ==, 0);
  g_assert_cmpuint(count_lines(events.out), ==, 1);
}

static void
remove_scratch(void)
{
  g_autoptr(GDir) folder = g_dir_open(scratch, 0, NULL);
  for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
    g_autofree char *path = scratch_file(name);
    g_remove(path);
  }
  g_rmdir(scratch);
  g_clear_pointer(&scratch, g_free);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  scratch = g_dir_make_tmp("heapscope-test-XXXXXX", NULL);
  g_test_add_func("/cli/usage", test_usage);
  g_test_add_func("/cli/bad-ranges", test_bad_ranges);
  g_test_add_func("/cli/bad-filters", test_bad_filters);
  g_test_add_func("/cli/help", test_help);
  g_test_add_func("/cli/no-trace", test_no_trace);
  g_test_add_func("/cli/no-permission", test_no_permission);
  g_test_add_func("/cli/account/golden", test_golden_account);
  g_test_add_func("/cli/account/lossy", test_lossy_account);
  g_test_add_func("/cli/account/sample", test_sample_account);
  g_test_add_data_func("/cli/account/plain",
                       "large.etl --events 60000 --heaps 5 --processes 3 --cpus 3 --seed 7 --truth large.json",
                       test_large_account);
  g_test_add_data_func("/cli/account/xpress-stacks",
                       "large.etl --events 40000 --heaps 2 --cpus 8 --xpress --stacks --seed 8 --truth large.json",
                       test_large_account);
  g_test_add_func("/cli/ranges", test_ranges);
  g_test_add_func("/cli/limit", test_limit);
  g_test_add_func("/cli/filters", test_filters);
  g_test_add_func("/cli/sorting", test_sorting);
  g_test_add_func("/cli/formats-agree", test_formats_agree);
  g_test_add_func("/cli/full-disk", test_full_disk);
  g_test_add_func("/cli/reader-goes-away", test_reader_goes_away);
  g_test_add_func("/cli/interrupt", test_interrupt);
  g_test_add_func("/cli/partial", test_partial);
  g_test_add_func("/cli/places", test_places);
  g_test_add_func("/cli/real/clang_replay_xpress", test_clang_replay);
  for (size_t i = 0; i < G_N_ELEMENTS(real_traces); i++) {
    g_autofree char *path = g_strconcat("/cli/real/", real_traces[i].name, NULL);
    g_test_add_data_func(path, &real_traces[i], test_real_trace);
  }
  int status = g_test_run();
  remove_scratch();
  return status;
}

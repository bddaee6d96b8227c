/* SPDX-License-Identifier: MIT */
/*
 * heapscope-cli export: databases row by row against what the other commands print with the same filters and ranges,
 * their columns against the window's titles, and what is left where one cannot be written.
 *
 * Environment: HEAPSCOPE_CLI the program, HEAPSCOPE_MAKE_TRACE, HEAPSCOPE_MAKE_SAMPLE and HEAPSCOPE_MAKE_DIFF_TRACE the
 * generators, HEAPSCOPE_GOLDEN and HEAPSCOPE_LOSSY small traces.
 */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hs-block-text.h"
#include "hs-heap-text.h"
#include "hs-heap-table.h"
#include "hs-row-set.h"

static char *scratch; /* a folder of our own */

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

static void
limit_files(gpointer bytes)
{
  rlim_t size = *(rlim_t *)bytes;
  if (size > 0)
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){size, size});
}

/* Runs a program with words that a space parts; "_" stands for a space within one. */
static Result G_GNUC_PRINTF(3, 0) run_limited(const char *program, rlim_t size, const char *format, va_list args)
{
  Result result = {0};
  int status;
  g_autoptr(GError) error = NULL;
  g_autofree char *words = g_strchomp(g_strdup_vprintf(format, args));
  g_autofree char *line = g_strconcat("program ", words, NULL);
  g_auto(GStrv) argv = g_strsplit(line, " ", -1);
  g_free(argv[0]);
  argv[0] = g_strdup(program);
  for (char **word = argv + 1; *word != NULL; word++) {
    if (!g_path_is_absolute(*word))
      g_strdelimit(*word, "_", ' ');
  }
  g_spawn_sync(scratch, argv, NULL, G_SPAWN_DEFAULT, limit_files, &size, &result.out, &result.err, &status, &error);
  g_assert_no_error(error);
  g_assert_true(WIFEXITED(status));
  result.status = WEXITSTATUS(status);
  return result;
}

static Result G_GNUC_PRINTF(1, 2) run(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  Result result = run_limited(g_getenv("HEAPSCOPE_CLI"), 0, format, args);
  va_end(args);
  return result;
}

/* Writes no file larger than that. */
static Result G_GNUC_PRINTF(2, 3) run_with(rlim_t size, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  Result result = run_limited(g_getenv("HEAPSCOPE_CLI"), size, format, args);
  va_end(args);
  return result;
}

static void G_GNUC_PRINTF(2, 3) make(const char *generator, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_auto(Result) result = run_limited(g_getenv(generator), 0, format, args);
  va_end(args);
  g_assert_cmpint(result.status, ==, 0);
}

static void
assert_contains(const char *text, const char *part)
{
  if (strstr(text, part) == NULL)
    g_error("“%s” is not in “%s”", part, text);
}

static char *
scratch_file(const char *name)
{
  return g_build_filename(scratch, name, NULL);
}

/* Nothing beside it. */
static void
assert_nothing_left(const char *name)
{
  g_autoptr(GDir) folder = g_dir_open(scratch, 0, NULL);
  g_autofree char *prefix = g_strconcat(name, ".", NULL), *journal = g_strconcat(name, "-", NULL);
  for (const char *other = g_dir_read_name(folder); other != NULL; other = g_dir_read_name(folder)) {
    g_assert_false(g_str_has_prefix(other, prefix));
    g_assert_false(g_str_has_prefix(other, journal));
  }
}

/* --- reading databases --- */

static sqlite3 *
open_db(const char *name)
{
  sqlite3 *db;
  g_autofree char *path = scratch_file(name);
  g_assert_cmpint(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  return db;
}

/* All that a query gives, as CSV without a header. */
static char *
query(sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement;
  GString *text = g_string_new(NULL);
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error("%s: %s", sql, sqlite3_errmsg(db));
  while (sqlite3_step(statement) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
      const char *cell = (const char *)sqlite3_column_text(statement, i);
      bool quoted = cell != NULL && strpbrk(cell, ",\"") != NULL;
      g_auto(GStrv) parts = g_strsplit(cell != NULL ? cell : "", "\"", -1);
      g_autofree char *escaped = g_strjoinv("\"\"", parts);
      g_string_append_printf(text, "%s%s%s%s", i > 0 ? "," : "", quoted ? "\"" : "", escaped, quoted ? "\"" : "");
    }
    g_string_append_c(text, '\n');
  }
  g_assert_cmpint(sqlite3_finalize(statement), ==, SQLITE_OK);
  return g_string_free(text, FALSE);
}

static void
assert_query(sqlite3 *db, const char *sql, const char *expected)
{
  g_autofree char *found = query(db, sql);
  g_assert_cmpstr(found, ==, expected);
}

#define HEX(column) "CASE WHEN \"" column "\" IS NOT NULL THEN printf('0x%x', \"" column "\") END"

/* As the commands print them. */
static const char events_sql[] = "SELECT Row, Time, Operation, PID, Process, TID, " HEX("Heap") ", " HEX(
    "Address") ", Size, " HEX("Old address") ", \"Old size\", Source, CPU FROM events ORDER BY Row";
static const char blocks_sql[] = "SELECT Row, PID, Process, " HEX("Handle") ", " HEX(
    "Address") ", Size, Source, Type, Impacting, \"Alloc Time\", \"Free Time\", Lifetime, \"End reason\", "
               "CASE \"Is Realloc\" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END, Thread, \"Free Thread\", Bucket "
               "FROM allocations ORDER BY Row";
static const char heaps_sql[] =
    "SELECT coalesce(PID, ''), Process, " HEX("Handle") ", Flags, Allocs, Reallocs, Frees, Bytes, Blocks, Outstanding, "
                                                        "Peak, Created, Destroyed FROM heaps "
                                                        "ORDER BY coalesce(PID, 4294967295), Handle, rowid";

/* Everything after the header line is what the query gives. */
static void
assert_same_rows(sqlite3 *db, const char *sql, const char *csv, const char *asked)
{
  g_autofree char *found = query(db, sql);
  const char *rows = strchr(csv, '\n') + 1;
  if (strcmp(found, rows) == 0)
    return;
  g_auto(GStrv) a = g_strsplit(rows, "\n", -1), b = g_strsplit(found, "\n", -1);
  guint i = 0;
  while (a[i] != NULL && b[i] != NULL && strcmp(a[i], b[i]) == 0)
    i++;
  g_error("%s: row %u: expected “%s”, found “%s”", asked, i, a[i], b[i]);
}

/* "heaps" has one column that the window shows otherwise: when the peak was of a heap that never had one. */
static void
assert_same_heaps(sqlite3 *db, const char *trace, const char *filter)
{
  g_auto(Result) heaps = run("heaps %s --format csv %s", trace, filter);
  g_auto(GStrv) lines = g_strsplit(heaps.out, "\n", -1);
  GString *csv = g_string_new(NULL);
  for (char **line = lines; *line != NULL && **line != '\0'; line++) {
    /* The last but two. */
    char *destroyed = strrchr(*line, ','), *created = g_strrstr_len(*line, destroyed - *line, ","),
         *peak_time = g_strrstr_len(*line, created - *line, ",");
    g_string_append_len(csv, *line, peak_time - *line);
    g_string_append_printf(csv, "%s\n", created);
  }
  assert_same_rows(db, heaps_sql, csv->str, filter);
  g_string_free(csv, TRUE);
}

/* The database of a question has the rows that the other commands print for it. */
static void
check_question(const char *trace, const char *question)
{
  g_auto(Result) exported = run("export %s out.db %s", trace, question);
  g_auto(Result) events = run("events %s %s", trace, question);
  g_assert_cmpstr(exported.err, ==, events.err);
  g_assert_cmpstr(exported.out, ==, "");
  g_assert_cmpint(exported.status, ==, 0);
  g_auto(Result) blocks = run("allocations %s %s", trace, question);
  sqlite3 *db = open_db("out.db");
  assert_query(db, "PRAGMA integrity_check", "ok\n");
  assert_same_rows(db, events_sql, events.out, question);
  assert_same_rows(db, blocks_sql, blocks.out, question);
  /* Where the filter does not ask for types, "heaps" has the same answer; it knows no ranges. */
  const char *range = strstr(question, "--range");
  if (range == NULL)
    assert_same_heaps(db, trace, question);
  sqlite3_close(db);
  assert_nothing_left("out.db");
}

static const char *const questions[] = {
    "",
    "--range 3ms..8.6ms",
    "--range ..5ms",
    "--range 0.3s..",
    "--filter size>=300",
    "--filter op_!=_free_and_source_in_{lowfrag,_segment-heap,_mainpath}",
    "--filter lifetime_<_2ms_or_end_==_outstanding",
    "--range 2ms..600ms --filter type_in_{AIFO,_AOFI}",
    "--range 20s..30s",
    "--filter size_==_123456789012345",
};

static void
check_trace(const char *trace)
{
  for (guint i = 0; i < G_N_ELEMENTS(questions); i++)
    check_question(trace, questions[i]);
}

static void
test_golden(void)
{
  check_trace(g_getenv("HEAPSCOPE_GOLDEN"));
}

static void
test_sample(void)
{
  g_autofree char *path = scratch_file("sample.etl");
  make("HEAPSCOPE_MAKE_SAMPLE", "sample.etl");
  check_question(path, "");
  check_question(path, "--range 1s..2s --filter source_==_slowpath_or_size_>=_64KiB");
}

/* Of two processes, in several ranges. */
static void
test_generated(void)
{
  g_autofree char *path = scratch_file("large.etl");
  make("HEAPSCOPE_MAKE_TRACE", "large.etl --events 30000");
  check_trace(path);
  check_question(path, "--load-range 20ms..60ms --range 30ms..50ms");
}

/* Processes that end, ids used again; ticks that are no whole nanoseconds. */
static void
test_random(void)
{
  for (guint seed = 1; seed <= 4; seed++) {
    g_autofree char *path = scratch_file("random.etl");
    make("HEAPSCOPE_MAKE_DIFF_TRACE", "%s %u %u 1 random.json", path, seed, seed % 2 == 0 ? 10000000u : 3579545u);
    check_trace(path);
  }
}

/* --- tables --- */

static char *
columns_of(sqlite3 *db, const char *table)
{
  g_autofree char *sql = g_strdup_printf("SELECT name FROM pragma_table_info('%s') ORDER BY name", table);
  return query(db, sql);
}

static int
compare_texts(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The titles, with what there is beside them, in the order of their letters, a line each. */
static char *
titles(const char *beside, const char *(*title)(unsigned), unsigned n)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  GString *text = g_string_new(NULL);
  if (beside != NULL)
    g_ptr_array_add(names, (char *)beside);
  for (unsigned i = 0; i < n; i++)
    g_ptr_array_add(names, (char *)title(i));
  g_ptr_array_sort(names, compare_texts);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf(text, "%s\n", (const char *)g_ptr_array_index(names, i));
  return g_string_free(text, FALSE);
}

static const char *
event_title(unsigned column)
{
  return hs_event_column_title((HsEventColumn)column);
}

static const char *
block_title(unsigned column)
{
  return hs_block_column_title((HsBlockColumn)column);
}

static const char *
heap_title(unsigned column)
{
  return hs_heap_column_title((HsHeapColumn)column);
}

/* Columns are called as the window calls them: but for details, which are text of the moment. */
static void
test_titles(void)
{
  G_STATIC_ASSERT(HS_COLUMN_DETAILS == HS_N_COLUMNS - 1);
  g_auto(Result) exported = run("export %s out.db", g_getenv("HEAPSCOPE_GOLDEN"));
  g_assert_cmpint(exported.status, ==, 0);
  sqlite3 *db = open_db("out.db");
  g_autofree char *events = columns_of(db, "events"), *event_titles = titles("Row", event_title, HS_COLUMN_DETAILS);
  g_autofree char *blocks = columns_of(db, "allocations"),
                  *block_titles = titles(NULL, block_title, HS_N_BLOCK_COLUMNS);
  g_autofree char *heaps = columns_of(db, "heaps"), *heap_titles = titles(NULL, heap_title, HS_N_HEAP_COLUMNS);
  g_assert_cmpstr(events, ==, event_titles);
  g_assert_cmpstr(blocks, ==, block_titles);
  g_assert_cmpstr(heaps, ==, heap_titles);
  assert_query(db, "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table'",
               "\"session,processes,heaps,threads,modules,health,issues,gaps,events,allocations\"\n");
  assert_query(db, "PRAGMA user_version", "1\n");
  assert_query(db, "PRAGMA journal_mode", "delete\n");
  sqlite3_close(db);
}

static void
test_views(void)
{
  g_auto(Result) exported = run("export %s out.db", g_getenv("HEAPSCOPE_GOLDEN"));
  g_assert_cmpint(exported.status, ==, 0);
  sqlite3 *db = open_db("out.db");
  assert_query(db, "SELECT \"Time (s)\", Heap, Address, Size, \"Old address\" FROM events_text WHERE Row = 4",
               "0.003,0x1f0000,0x7ff61234000,5000000000,\n");
  assert_query(db,
               "SELECT Handle, \"Alloc Time (s)\", \"Free Time (s)\", \"Lifetime (s)\" FROM allocations_text "
               "WHERE Row = 4",
               "0x1f0000,0.003,0.006,0.003\n");
  assert_query(db, "SELECT Handle, Flags, \"Created (s)\" FROM heaps_text WHERE Handle = '0x2a0000'",
               "0x2a0000,0x1002,0.0085\n");
  assert_query(db, "SELECT PID, Process, \"Is 32-bit\" FROM processes WHERE PID IS NOT NULL",
               "100,\"photo, \"\"pro\"\".exe\",0\n200,updater.exe,1\n");
  sqlite3_close(db);
}

/* What a summary's object has, by its path. */
static JsonNode *
find_member(JsonNode *root, const char *path)
{
  g_auto(GStrv) names = g_strsplit(path, ".", -1);
  JsonNode *node = root;
  for (char **name = names; *name != NULL; name++)
    node = json_object_get_member(json_node_get_object(node), *name);
  return node;
}

/* Facts are the summary's; issues, findings and gaps as many as there. */
static void
test_session(void)
{
  const char *trace = g_getenv("HEAPSCOPE_LOSSY");
  g_auto(Result) exported = run("export %s out.db --filter size>10 --range 1ms..2ms", trace);
  g_auto(Result) summary = run("summary %s --json --filter size>10", trace);
  g_assert_cmpint(exported.status, ==, 0);
  g_assert_cmpstr(exported.err, ==, summary.err);
  g_autoptr(JsonNode) root = json_from_string(summary.out, NULL);
  sqlite3 *db = open_db("out.db");
  g_autofree char *facts = query(db, "SELECT Key FROM session WHERE Key NOT LIKE 'range.%' AND Key <> 'program'");
  g_auto(GStrv) keys = g_strsplit(facts, "\n", -1);
  g_assert_cmpuint(g_strv_length(keys), >, 40);
  for (char **key = keys; **key != '\0'; key++) {
    g_autofree char *sql = g_strdup_printf("SELECT Value FROM session WHERE Key = '%s'", *key);
    g_autofree char *value = query(db, sql);
    JsonNode *node = find_member(root, *key);
    g_assert_nonnull(node);
    g_autofree char *expected = json_node_get_value_type(node) == G_TYPE_STRING
                                    ? g_strdup_printf("%s\n", json_node_get_string(node))
                                    : g_strdup_printf("%" G_GINT64_FORMAT "\n", json_node_get_int(node));
    g_assert_cmpstr(value, ==, expected);
  }
  assert_query(db, "SELECT Value FROM session WHERE Key LIKE 'range.%' ORDER BY Key", "1000000\n2000000\n");
  JsonArray *issues = json_node_get_array(find_member(root, "health.issues"));
  JsonArray *gaps = json_node_get_array(find_member(root, "health.gaps"));
  g_autofree char *counts = g_strdup_printf("%u,%u\n", json_array_get_length(issues), json_array_get_length(gaps));
  g_assert_cmpuint(json_array_get_length(gaps), >, 0);
  assert_query(db, "SELECT (SELECT count(*) FROM issues), (SELECT count(*) FROM gaps)", counts);
  assert_query(db, "SELECT count(*) > 0 FROM health WHERE Gravity IN ('warning', 'bad')", "1\n");
  sqlite3_close(db);
}

/* --- what cannot be written, or not in whole --- */

/* Damage is told on stderr; what could be read is there. */
static void
test_partial(void)
{
  g_autofree char *bytes = NULL, *path = scratch_file("cut.etl");
  gsize length;
  g_assert_true(g_file_get_contents(g_getenv("HEAPSCOPE_GOLDEN"), &bytes, &length, NULL));
  g_assert_true(g_file_set_contents(path, bytes, (gssize)length - 100, NULL));
  g_auto(Result) exported = run("export %s out.db", path);
  g_auto(Result) events = run("events %s", path);
  g_assert_cmpint(exported.status, ==, 0);
  assert_contains(exported.err, "truncated-file at offset");
  sqlite3 *db = open_db("out.db");
  assert_same_rows(db, events_sql, events.out, "cut");
  assert_query(db, "SELECT Value FROM session WHERE Key = 'outcome'", "partial\n");
  assert_query(db, "SELECT Kind FROM issues", "truncated-file\n");
  sqlite3_close(db);
}

static void
assert_old(const char *name)
{
  g_autofree char *path = scratch_file(name), *contents = NULL;
  g_assert_true(g_file_get_contents(path, &contents, NULL, NULL));
  g_assert_cmpstr(contents, ==, "old");
  assert_nothing_left(name);
}

static void
test_no_room(void)
{
  const char *golden = g_getenv("HEAPSCOPE_GOLDEN");
  g_autofree char *path = scratch_file("old.db");
  g_assert_true(g_file_set_contents(path, "old", -1, NULL));
  for (rlim_t size = 1; size <= 150000; size = size * 5 + 77) {
    g_auto(Result) result = run_with(size, "export %s old.db", golden);
    g_assert_cmpint(result.status, ==, 1);
    assert_contains(result.err, "old.db” cannot be written: File too large");
    assert_old("old.db");
  }
  g_auto(Result) missing = run("export %s.missing old.db", golden);
  g_assert_cmpint(missing.status, ==, 1);
  assert_old("old.db");
  g_auto(Result) nowhere = run("export %s none/x.db", golden);
  g_assert_cmpint(nowhere.status, ==, 1);
  assert_contains(nowhere.err, "“none/x.db” cannot be written: No such file");
  g_auto(Result) folder = run("export %s %s", golden, scratch);
  g_assert_cmpint(folder.status, ==, 1);
  assert_contains(folder.err, "cannot be written: Is a directory");
  g_auto(Result) device = run("export %s /dev/full", golden);
  g_assert_cmpint(device.status, ==, 1);
  assert_contains(device.err, "/dev/full” cannot be written");
}

/* What is there is replaced; a link stays one, and who may read it. */
static void
test_replaced(void)
{
  GStatBuf status;
  g_autofree char *path = scratch_file("old.db"), *link = scratch_file("link.db");
  g_assert_true(g_file_set_contents(path, "old", -1, NULL));
  g_assert_cmpint(g_chmod(path, 0640), ==, 0);
  g_assert_cmpint(symlink(path, link), ==, 0);
  g_auto(Result) result = run("export %s link.db", g_getenv("HEAPSCOPE_GOLDEN"));
  g_assert_cmpint(result.status, ==, 0);
  g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint(g_stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 07777, ==, 0640);
  sqlite3 *db = open_db("old.db");
  assert_query(db, "PRAGMA integrity_check", "ok\n");
  sqlite3_close(db);
}

static void
test_usage(void)
{
  const char *golden = g_getenv("HEAPSCOPE_GOLDEN");
  static const char *const wrong[] = {
      "", "-", "a.db b.db", "a.db --filter size>", "a.db --range 3..1", "a.db --sort size", "other.etl"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autofree char *line = g_strdup_printf("export %s %s", golden, wrong[i]);
    g_auto(Result) result = run("%s", line);
    g_assert_cmpint(result.status, ==, 2);
    g_assert_cmpstr(result.out, ==, "");
  }
  g_auto(Result) itself = run("export %s %s", golden, golden);
  g_assert_cmpint(itself.status, ==, 2);
  g_auto(Result) help = run("export --help");
  g_assert_cmpint(help.status, ==, 0);
  assert_contains(help.out, "allocations_text");
}

static GPid
start_export(const char *trace)
{
  GPid pid;
  char *argv[] = {(char *)g_getenv("HEAPSCOPE_CLI"), (char *)"export", (char *)trace, (char *)"killed.db", NULL};
  g_autoptr(GError) error = NULL;
  g_spawn_async(scratch, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error(error);
  return pid;
}

/* Ended at any moment by that signal, it leaves what was there before, or a whole database, and nothing beside it. */
static void
end_by(int number)
{
  g_autofree char *trace = scratch_file("large.etl"), *path = scratch_file("killed.db");
  gint64 begin_us = g_get_monotonic_time();
  int status;
  make("HEAPSCOPE_MAKE_TRACE", "large.etl --events 200000");
  begin_us = g_get_monotonic_time();
  waitpid(start_export(trace), &status, 0);
  g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  gulong whole_us = (gulong)(g_get_monotonic_time() - begin_us);
  for (guint i = 1; i <= 8; i++) {
    g_assert_true(g_file_set_contents(path, "old", -1, NULL));
    GPid pid = start_export(trace);
    g_usleep(whole_us * i / 8);
    kill(pid, number);
    waitpid(pid, &status, 0);
    bool done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (number == SIGINT && WIFEXITED(status) && !done)
      g_assert_cmpint(WEXITSTATUS(status), ==, 130);
    g_autofree char *contents = NULL;
    g_assert_true(g_file_get_contents(path, &contents, NULL, NULL));
    bool is_old = strcmp(contents, "old") == 0;
    g_assert_true(done || is_old || number == SIGKILL);
    if (!is_old) {
      sqlite3 *db = open_db("killed.db");
      assert_query(db, "SELECT count(*) FROM events", "200000\n");
      sqlite3_close(db);
    }
    assert_nothing_left("killed.db");
  }
}

static void
test_killed(void)
{
  end_by(SIGKILL);
}

static void
test_interrupted(void)
{
  end_by(SIGINT);
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
  g_test_add_func("/cli-export/golden", test_golden);
  g_test_add_func("/cli-export/sample", test_sample);
  g_test_add_func("/cli-export/generated", test_generated);
  g_test_add_func("/cli-export/random", test_random);
  g_test_add_func("/cli-export/titles", test_titles);
  g_test_add_func("/cli-export/views", test_views);
  g_test_add_func("/cli-export/session", test_session);
  g_test_add_func("/cli-export/partial", test_partial);
  g_test_add_func("/cli-export/no-room", test_no_room);
  g_test_add_func("/cli-export/replaced", test_replaced);
  g_test_add_func("/cli-export/usage", test_usage);
  g_test_add_func("/cli-export/killed", test_killed);
  g_test_add_func("/cli-export/interrupted", test_interrupted);
  int status = g_test_run();
  remove_scratch();
  return status;
}

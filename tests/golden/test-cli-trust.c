/* SPDX-License-Identifier: MIT */
/*
 * heapscope-cli where little memory is left, where nothing can be written, where it is killed, and with names in the
 * trace that are orders to whatever shows them.
 *
 * Environment: HEAPSCOPE_CLI the program, HEAPSCOPE_MAKE_TRACE the generator, HEAPSCOPE_GOLDEN a small trace.
 */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hs-etl-writer.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

typedef struct {
  int status; /* exit status; −1 if it crashed */
  char *out, *err;
  gsize out_length;
} Result;

/* What a child is limited to; 0 = not. */
typedef struct {
  rlim_t memory, file;
  const char *out; /* where its output goes instead, or NULL */
} Limits;

static char *scratch; /* a folder of our own */

static void
result_clear(Result *result)
{
  g_clear_pointer(&result->out, g_free);
  g_clear_pointer(&result->err, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

static void
limit(int resource, rlim_t value)
{
  if (value > 0)
    setrlimit(resource, &(struct rlimit){value, value});
}

static void
set_limits(gpointer data)
{
  const Limits *limits = data;
  limit(RLIMIT_AS, limits->memory);
  limit(RLIMIT_FSIZE, limits->file);
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  if (limits->out != NULL)
    dup2(open(limits->out, O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
}

/* Runs heapscope-cli with the words of `line`, which are separated by single spaces. */
static Result
run(Limits limits, const char *line, const char *trace)
{
  Result result = {0};
  int status;
  g_autoptr(GError) error = NULL;
  g_autofree char *whole = g_strjoin(" ", g_getenv("HEAPSCOPE_CLI"), line, trace, NULL);
  g_auto(GStrv) argv = g_strsplit(whole, " ", -1);
  g_spawn_sync(scratch, argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, set_limits, &limits,
               limits.out == NULL ? &result.out : NULL, &result.err, &status, &error);
  g_assert_no_error(error);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
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

/* Names in the scratch folder that no test made: what a write left behind. */
static void
assert_nothing_left(const char *beside)
{
  g_autoptr(GDir) folder = g_dir_open(scratch, 0, NULL);
  g_autofree char *prefix = g_strconcat(beside, ".", NULL);
  for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder))
    g_assert_false(g_str_has_prefix(name, prefix));
}

static char *
make_trace(const char *name, const char *events)
{
  char *path = scratch_file(name);
  char *argv[] = {(char *)g_getenv("HEAPSCOPE_MAKE_TRACE"), path, (char *)"--events", (char *)events, NULL};
  g_autoptr(GError) error = NULL;
  g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error(error);
  return path;
}

/* --- memory --- */

/* The least memory, in MiB, that the program's libraries need for it to begin at all. */
static rlim_t
find_floor_mib(void)
{
  for (rlim_t mib = 24; mib < 1024; mib += 4) {
    g_auto(Result) result = run((Limits){.memory = mib << 20}, "--version", NULL);
    if (result.status == 0)
      return mib;
  }
  g_assert_not_reached();
}

typedef struct {
  guint refused, partial, whole;
} Seen;

static void
look_at(const Result *result, const char *line, rlim_t mib, Seen *seen)
{
  if (result->status != 0 && result->status != 1)
    g_error("%s with %u MiB: status %d, “%s”", line, (guint)mib, result->status, result->err);
  if (result->status == 1) {
    g_assert_true(g_str_has_prefix(result->err, "heapscope-cli: "));
    seen->refused++;
  } else if (result->err[0] != '\0') {
    assert_contains(result->err, "the rest was not read: Out of memory");
    seen->partial++;
  } else {
    seen->whole++;
  }
}

/* From what is hardly enough to begin with to what is enough for all: never a crash, always a word. */
static void
test_memory(void)
{
  static const char *const lines[] = {"summary --by heap",       "summary --json",
                                      "events --filter size>10", "allocations --sort size",
                                      "export --filter size>10", "render --view all --output small.png"};
  if (HAS_SANITIZER) {
    g_test_skip("a sanitizer needs all the memory there is");
    return;
  }
  g_autofree char *trace = make_trace("memory.etl", "300000");
  rlim_t floor_mib = find_floor_mib();
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
    Seen seen = {0};
    g_autofree char *operands = g_strconcat(trace, g_str_has_prefix(lines[i], "export") ? " small.db" : NULL, NULL);
    for (rlim_t mib = floor_mib; mib < floor_mib + 150; mib += 13) {
      g_auto(Result) result = run((Limits){.memory = mib << 20}, lines[i], operands);
      look_at(&result, lines[i], mib, &seen);
    }
    for (rlim_t mib = floor_mib + 150; mib < floor_mib + 600; mib += 200) {
      g_auto(Result) result = run((Limits){.memory = mib << 20}, lines[i], operands);
      look_at(&result, lines[i], mib, &seen);
    }
    g_test_message("%s: refused %u, in part %u, whole %u", lines[i], seen.refused, seen.partial, seen.whole);
    g_assert_cmpuint(seen.refused, >, 0);
    g_assert_cmpuint(seen.whole, >, 0);
    if (i < 2)
      g_assert_cmpuint(seen.partial, >, 0);
    assert_nothing_left("small.png");
    assert_nothing_left("small.db");
  }
}

/* --- disk --- */

static void
test_no_room(void)
{
  const char *golden = g_getenv("HEAPSCOPE_GOLDEN");
  g_autofree char *picture = scratch_file("old.png");
  g_autofree char *table = scratch_file("table.csv");
  g_assert_true(g_file_set_contents(picture, "old", -1, NULL));
  for (rlim_t size = 1; size <= 4096; size *= 8) {
    g_auto(Result) result = run((Limits){.file = size}, "render --view map --output old.png", golden);
    g_assert_cmpint(result.status, ==, 1);
    assert_contains(result.err, "cannot be written: File too large");
    g_autofree char *contents = NULL;
    g_assert_true(g_file_get_contents(picture, &contents, NULL, NULL));
    g_assert_cmpstr(contents, ==, "old");
    assert_nothing_left("old.png");
  }
  g_auto(Result) result = run((Limits){.file = 100, .out = table}, "events", golden);
  g_assert_cmpint(result.status, ==, 1);
  assert_contains(result.err, "cannot write the result: File too large");
  g_auto(Result) full = run((Limits){.out = "/dev/full"}, "render --view map --output - --format svg", golden);
  g_assert_cmpint(full.status, ==, 1);
  assert_contains(full.err, "No space left");
  g_auto(Result) device = run((Limits){0}, "render --view map --format png --output /dev/full", golden);
  g_assert_cmpint(device.status, ==, 1);
  assert_contains(device.err, "No space left");
  g_auto(Result) nowhere = run((Limits){0}, "render --view map --output none/x.png", golden);
  g_assert_cmpint(nowhere.status, ==, 1);
  assert_contains(nowhere.err, "No such file");
}

static GPid
start_render(const char *trace)
{
  GPid pid;
  char *argv[] = {(char *)g_getenv("HEAPSCOPE_CLI"),
                  (char *)"render",
                  (char *)trace,
                  (char *)"--view",
                  (char *)"map",
                  (char *)"--size",
                  (char *)"4000x3000",
                  (char *)"--output",
                  (char *)"killed.png",
                  NULL};
  g_autoptr(GError) error = NULL;
  g_spawn_async(scratch, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error(error);
  return pid;
}

/* Killed at any moment, it leaves what was there before, or all of what is new, and nothing beside it. */
static void
test_killed(void)
{
  const char *golden = g_getenv("HEAPSCOPE_GOLDEN");
  g_autofree char *picture = scratch_file("killed.png");
  gint64 begin_us = g_get_monotonic_time();
  int status;
  waitpid(start_render(golden), &status, 0);
  g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  gulong whole_us = (gulong)(g_get_monotonic_time() - begin_us);
  g_autofree char *whole = NULL;
  gsize whole_length, length;
  g_assert_true(g_file_get_contents(picture, &whole, &whole_length, NULL));
  for (guint i = 1; i <= 10; i++) {
    g_assert_true(g_file_set_contents(picture, "old", -1, NULL));
    GPid pid = start_render(golden);
    g_usleep(whole_us * i / 10);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    g_autofree char *contents = NULL;
    g_assert_true(g_file_get_contents(picture, &contents, &length, NULL));
    g_assert_true(strcmp(contents, "old") == 0 ||
                  (length == whole_length && memcmp(contents, whole, whole_length) == 0));
    assert_nothing_left("killed.png");
  }
}

/* --- archives --- */

static char *
make_archive(void)
{
  static const char *const names[] = {"one.etl", "two.etl"};
  g_autofree char *contents = NULL;
  gsize size;
  g_assert_true(g_file_get_contents(g_getenv("HEAPSCOPE_GOLDEN"), &contents, &size, NULL));
  char *path = scratch_file("two.zip");
  struct archive *archive = archive_write_new();
  archive_write_set_format_zip(archive);
  g_assert_cmpint(archive_write_open_filename(archive, path), ==, ARCHIVE_OK);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, names[i]);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)size);
    archive_write_header(archive, entry);
    archive_write_data(archive, contents, size);
    archive_entry_free(entry);
  }
  archive_write_close(archive);
  archive_write_free(archive);
  return path;
}

static void
test_members(void)
{
  g_autofree char *path = make_archive();
  g_auto(Result) plain = run((Limits){0}, "events", g_getenv("HEAPSCOPE_GOLDEN"));
  g_auto(Result) member = run((Limits){0}, "events --member two.etl", path);
  g_assert_cmpint(member.status, ==, 0);
  g_assert_cmpstr(member.out, ==, plain.out);
  g_auto(Result) none = run((Limits){0}, "events", path);
  g_assert_cmpint(none.status, ==, 1);
  assert_contains(none.err, "holds 2 traces, choose one: one.etl, two.etl");
  g_auto(Result) other = run((Limits){0}, "events --member three.etl", path);
  g_assert_cmpint(other.status, ==, 1);
  assert_contains(other.err, "holds no trace “three.etl”");
  g_auto(Result) full = run((Limits){.file = 1024}, "events --member two.etl", path);
  g_assert_cmpint(full.status, ==, 1);
  assert_contains(full.err, "no room to unpack it, after 1024 bytes");
}

/* --- what is no file --- */

static void
test_slow_and_shut(void)
{
  g_autofree char *pipe = scratch_file("pipe.etl"), *shut = scratch_file("shut.etl");
  g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
  g_auto(Result) result = run((Limits){0}, "summary", pipe);
  g_assert_cmpint(result.status, ==, 1);
  assert_contains(result.err, "pipe");
  g_auto(Result) device = run((Limits){0}, "summary", "/dev/zero");
  g_assert_cmpint(device.status, ==, 1);
  g_assert_true(g_file_set_contents(shut, "x", -1, NULL));
  g_chmod(shut, 0);
  g_auto(Result) closed = run((Limits){0}, "summary", shut);
  g_assert_cmpint(closed.status, ==, 1);
  assert_contains(closed.err, "shut.etl: ");
}

/* --- names that are orders --- */

#define ODD_NAME "<b>&\"'\x1b[31m\n\r\t\x07\x9b\x32J,;\x7f.exe"
#define ODD_TEXT "<i>&amp;\"\x1b]0;title\x07\n\xc2\x9b\xe2\x80\xae,"
#define SHOWN_NAME                                                                                                     \
  "<b>&\"'\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\x32J,;\xef\xbf\xbd.exe"

static char *
make_odd_trace(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.session_name = ODD_TEXT;
  options.log_file_name = ODD_TEXT;
  HsEtlWriter *writer = hs_etl_writer_new(&options);
  HsEtlWriterAt at = {.header = HS_ETL_WRITER_SYSTEM64, .time_ticks = options.start_ticks, .pid = 100, .tid = 200};
  HsEtlWriterProcess process = {
      .op = HS_ETL_WRITER_PROCESS_DC_START, .version = 4, .pid = 100, .name = ODD_NAME, .command_line = ODD_TEXT};
  hs_etl_writer_process(writer, &at, &process);
  for (guint i = 0; i < 50; i++) {
    at.time_ticks += 10;
    hs_etl_writer_alloc(writer, &at, 0x1f0000, 0x10000 + 64 * i, 32, 2);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  hs_etl_writer_free(writer);
  char *path = scratch_file("odd.etl");
  gsize size;
  const char *data = g_bytes_get_data(image, &size);
  g_assert_true(g_file_set_contents(path, data, (gssize)size, NULL));
  return path;
}

/* Lines, and nothing in them that a terminal would obey. */
static void
assert_tame(const char *text)
{
  g_assert_true(g_utf8_validate(text, -1, NULL));
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
    gunichar letter = g_utf8_get_char(c);
    if ((letter < 0x20 && letter != '\n') || (letter >= 0x7f && letter < 0xa0) || letter == 0x202e)
      g_error("U+%04X in “%s”", letter, text);
  }
}

static guint
count_lines(const char *text)
{
  guint n = 0;
  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

static void
test_odd_names(void)
{
  static const char *const lines[] = {"summary",
                                      "summary --json",
                                      "summary --by process,heap",
                                      "heaps",
                                      "heaps --format csv",
                                      "heaps --format json",
                                      "events",
                                      "events --format ndjson",
                                      "allocations",
                                      "allocations --format ndjson",
                                      "compare --at 0 --at 1s --by process",
                                      "render --view all --group process --output - --format svg"};
  g_autofree char *trace = make_odd_trace();
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_auto(Result) result = run((Limits){0}, lines[i], trace);
    g_test_message("%s", lines[i]);
    g_assert_cmpint(result.status, ==, 0);
    g_assert_cmpstr(result.err, ==, "");
    assert_tame(result.out);
  }
  g_auto(Result) csv = run((Limits){0}, "events --columns process,op", trace);
  g_assert_cmpuint(count_lines(csv.out), ==, 51);
  assert_contains(csv.out, "\"<b>&\"\"'");
  g_auto(Result) json = run((Limits){0}, "heaps --format json", trace);
  g_autoptr(JsonNode) root = json_from_string(json.out, NULL);
  JsonObject *heap = json_array_get_object_element(json_node_get_array(root), 0);
  g_assert_cmpstr(json_object_get_string_member(heap, "process"), ==, SHOWN_NAME);
  /* A file's own name may be anything, too. */
  g_auto(Result) missing = run((Limits){0}, "summary", "\x1b[2Jmissing\x07.etl");
  g_assert_cmpint(missing.status, ==, 1);
  assert_tame(missing.err);
}

static void
skip_element(GMarkupParseContext *context, const char *name, const char **names, const char **values, gpointer data,
             GError **error)
{
}

/* SVG is XML, whatever is written in it; a heading is the one text that is not drawn as shapes. */
static void
test_odd_pictures(void)
{
  const GMarkupParser parser = {.start_element = skip_element};
  g_autofree char *trace = make_odd_trace();
  g_auto(Result) result = run((Limits){0}, "render --view all --output - --format svg --title <script>&", trace);
  g_assert_cmpint(result.status, ==, 0);
  g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_assert_true(g_markup_parse_context_parse(context, result.out, -1, &error));
  g_assert_true(g_markup_parse_context_end_parse(context, &error));
  g_assert_null(strstr(result.out, "<script"));
  g_auto(Result) pdf = run((Limits){0}, "render --view all --output odd.pdf", trace);
  g_assert_cmpint(pdf.status, ==, 0);
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
  g_test_add_func("/cli-trust/memory", test_memory);
  g_test_add_func("/cli-trust/no-room", test_no_room);
  g_test_add_func("/cli-trust/killed", test_killed);
  g_test_add_func("/cli-trust/members", test_members);
  g_test_add_func("/cli-trust/slow-and-shut", test_slow_and_shut);
  g_test_add_func("/cli-trust/odd-names", test_odd_names);
  g_test_add_func("/cli-trust/odd-pictures", test_odd_pictures);
  int status = g_test_run();
  remove_scratch();
  return status;
}

/* SPDX-License-Identifier: MIT */
/*
 * heapscope-cli biography and compare against what "allocations" tells of the same trace, block by block, worked out
 * here in nanoseconds, and what they say to wrong arguments.
 *
 * Environment: HEAPSCOPE_CLI the program, HEAPSCOPE_MAKE_TRACE a generator.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

typedef struct {
  char *row, *address_text;
  gint64 pid;
  guint64 address, size;
  gint64 begin_ns, end_ns; /* G_MAXINT64 = outstanding */
} Block;

static GRand *rand_;
static char *folder, *trace;
static GArray *blocks; /* of Block, in the order they began */

static void
block_clear(gpointer data)
{
  Block *block = data;
  g_free(block->row);
  g_free(block->address_text);
}

/* The exit status, and what is written. */
static int
run(char **out, char **err, const char *first, ...)
{
  int status;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  va_list args;
  g_ptr_array_add(argv, (char *)g_getenv("HEAPSCOPE_CLI"));
  va_start(args, first);
  for (const char *argument = first; argument != NULL; argument = va_arg(args, const char *))
    g_ptr_array_add(argv, (char *)argument);
  va_end(args);
  g_ptr_array_add(argv, NULL);
  g_spawn_sync(folder, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, out, err, &status, &error);
  g_assert_no_error(error);
  g_assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

/* Lines without the first, each split at commas. */
static GPtrArray *
read_csv(const char *text)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_assert_nonnull(lines[0]);
  for (char **line = lines + 1; *line != NULL && **line != '\0'; line++)
    g_ptr_array_add(rows, g_strsplit(*line, ",", -1));
  return rows;
}

static void
read_blocks(void)
{
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  g_assert_cmpint(
      run(&out, &err, "allocations", trace, "--columns", "row,pid,address,size,alloc_time_ns,free_time_ns", NULL), ==,
      0);
  g_autoptr(GPtrArray) rows = read_csv(out);
  blocks = g_array_new(FALSE, FALSE, sizeof(Block));
  g_array_set_clear_func(blocks, block_clear);
  for (guint i = 0; i < rows->len; i++) {
    char **cells = rows->pdata[i];
    Block block = {.row = g_strdup(cells[0]),
                   .address_text = g_strdup(cells[2]),
                   .pid = g_ascii_strtoll(cells[1], NULL, 10),
                   .address = g_ascii_strtoull(cells[2], NULL, 16),
                   .size = g_ascii_strtoull(cells[3], NULL, 10),
                   .begin_ns = g_ascii_strtoll(cells[4], NULL, 10),
                   .end_ns = cells[5][0] != '\0' ? g_ascii_strtoll(cells[5], NULL, 10) : G_MAXINT64};
    g_array_append_val(blocks, block);
  }
  g_assert_cmpuint(blocks->len, >, 1000);
}

static const Block *
any_block(void)
{
  return &g_array_index(blocks, Block, g_rand_int_range(rand_, 0, (gint32)blocks->len));
}

/* --- biography --- */

static char *
expected_biography(gint64 pid, guint64 address, guint64 least_bytes)
{
  GString *text = g_string_new("row,gap_ns,shared,offset\n");
  gint64 end_ns = G_MININT64;
  for (guint i = 0; i < blocks->len; i++) {
    const Block *block = &g_array_index(blocks, Block, i);
    if (block->pid != pid || address < block->address || address - block->address >= MAX(block->size, 1))
      continue;
    gboolean is_shared = end_ns != G_MININT64 && end_ns > block->begin_ns;
    if (block->size >= least_bytes && end_ns != G_MININT64 && !is_shared)
      g_string_append_printf(text, "%s,%" G_GINT64_FORMAT ",false,%" G_GUINT64_FORMAT "\n", block->row,
                             block->begin_ns - end_ns, address - block->address);
    else if (block->size >= least_bytes)
      g_string_append_printf(text, "%s,,%s,%" G_GUINT64_FORMAT "\n", block->row, is_shared ? "true" : "false",
                             address - block->address);
    end_ns = MAX(end_ns, block->end_ns);
  }
  return g_string_free(text, FALSE);
}

static void
test_biography(void)
{
  for (int i = 0; i < 25; i++) {
    const Block *block = any_block();
    guint64 address = block->address + (guint64)g_rand_int_range(rand_, 0, (gint32)MIN(block->size, 5000) + 1);
    g_autofree char *pid = g_strdup_printf("%" G_GINT64_FORMAT, block->pid);
    g_autofree char *where = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", address);
    guint64 least = i % 2 == 0 ? 0 : 64;
    g_autofree char *expected = expected_biography(block->pid, address, least);
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    int status = run(&out, &err, "biography", trace, where, "--pid", pid, "--columns", "row,gap_ns,shared,offset",
                     "--filter", least > 0 ? "size >= 64" : "", NULL);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(out, ==, expected);
  }
}

/* --- compare --- */

static gboolean
lives_at(const Block *block, gint64 ns)
{
  return block->begin_ns <= ns && ns < block->end_ns;
}

static char *
expected_comparison(gint64 a_ns, gint64 b_ns)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < blocks->len; i++) {
    const Block *block = &g_array_index(blocks, Block, i);
    if (lives_at(block, a_ns) != lives_at(block, b_ns))
      g_string_append_printf(text, "%s%s\n", lives_at(block, a_ns) ? "A" : "B", block->row);
  }
  return g_string_free(text, FALSE);
}

/* Sums of a group's lines in the order of the columns. */
static void
add_sums(const char *csv, guint first, gint64 *sums)
{
  g_autoptr(GPtrArray) rows = read_csv(csv);
  for (guint i = 0; i < rows->len; i++) {
    char **cells = rows->pdata[i];
    for (guint k = 0; k < 6; k++)
      sums[k] += g_ascii_strtoll(cells[first + k], NULL, 10);
  }
}

static gint64
moment(void)
{
  const Block *block = any_block();
  gint64 ns = g_rand_boolean(rand_) || block->end_ns == G_MAXINT64 ? block->begin_ns : block->end_ns;
  return ns + g_rand_int_range(rand_, -1, 2);
}

static void
check_groups(const char *at_a, const char *at_b, gint64 a_ns, gint64 b_ns)
{
  static const char *const fields[] = {"heap", "source", "size-class", "process", "thread", "end"};
  gint64 expected[6] = {0};
  for (guint i = 0; i < blocks->len; i++) {
    const Block *block = &g_array_index(blocks, Block, i);
    gboolean at_one = lives_at(block, a_ns) != lives_at(block, b_ns);
    guint side = lives_at(block, a_ns) ? 2 : 0;
    expected[side] += at_one;
    expected[side + 1] += at_one ? (gint64)block->size : 0;
  }
  expected[4] = expected[0] - expected[2];
  expected[5] = expected[1] - expected[3];
  for (guint f = 0; f < G_N_ELEMENTS(fields); f++) {
    gint64 sums[6] = {0};
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    g_assert_cmpint(
        run(&out, &err, "compare", trace, "--at", at_a, "--at", at_b, "--format", "csv", "--by", fields[f], NULL), ==,
        0);
    g_assert_cmpstr(err, ==, "");
    add_sums(out, f == 1 || f == 2 || f == 5 ? 1 : 2, sums);
    for (guint k = 0; k < 6; k++)
      g_assert_cmpint(sums[k], ==, expected[k]);
  }
}

static void
test_compare(void)
{
  for (int i = 0; i < 12; i++) {
    gint64 a_ns = moment(), b_ns = moment();
    g_autofree char *at_a = g_strdup_printf("%" G_GINT64_FORMAT, a_ns);
    g_autofree char *at_b = g_strdup_printf("%" G_GINT64_FORMAT, b_ns);
    g_autofree char *expected = expected_comparison(a_ns, b_ns);
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    g_autoptr(GString) found = g_string_new(NULL);
    g_assert_cmpint(run(&out, &err, "compare", trace, "--at", at_a, "--at", at_b, "--format", "csv", NULL), ==, 0);
    g_assert_cmpstr(err, ==, "");
    g_autoptr(GPtrArray) rows = read_csv(out);
    for (guint k = 0; k < rows->len; k++)
      g_string_append_printf(found, "%s%s\n", ((char **)rows->pdata[k])[0], ((char **)rows->pdata[k])[1]);
    g_assert_cmpstr(found->str, ==, expected);
    if (i < 3)
      check_groups(at_a, at_b, a_ns, b_ns);
  }
}

/* --- usage --- */

#define assert_usage(message, ...)                                                                                     \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *out_ = NULL;                                                                                      \
    g_autofree char *err_ = NULL;                                                                                      \
    g_assert_cmpint(run(&out_, &err_, __VA_ARGS__, NULL), ==, 2);                                                      \
    g_assert_cmpstr(out_, ==, "");                                                                                     \
    g_assert_nonnull(strstr(err_, message));                                                                           \
    g_assert_nonnull(strstr(err_, "Usage:"));                                                                          \
  }                                                                                                                    \
  G_STMT_END

static void
test_usage(void)
{
  assert_usage("no file", "biography");
  assert_usage("no ADDRESS", "biography", "--pid", "1", "a.etl");
  assert_usage("FILE ADDRESS", "biography", "--pid", "1", "a.etl");
  assert_usage("more than", "biography", "--pid", "1", "a.etl", "0x1", "0x2");
  assert_usage("--pid", "biography", "a.etl", "0x1");
  assert_usage("“me”", "biography", "--pid", "me", "a.etl", "0x1");
  assert_usage("“4294967295”", "biography", "--pid", "4294967295", "a.etl", "0x1");
  assert_usage("“1.5s”", "biography", "--pid", "1", "a.etl", "1.5s");
  assert_usage("“0xzz”", "biography", "--pid", "1", "a.etl", "0xzz");
  assert_usage("gap_ns", "biography", "--pid", "1", "a.etl", "0x1", "--columns", "gap");
  assert_usage("twice", "compare", "a.etl");
  assert_usage("twice", "compare", "a.etl", "--at", "1s");
  assert_usage("twice", "compare", "a.etl", "--at", "1s", "--at", "2s", "--at", "3s");
  assert_usage("“later”", "compare", "a.etl", "--at", "1s", "--at", "later");
  assert_usage("“type”", "compare", "a.etl", "--at", "1s", "--at", "2s", "--by", "type");
  assert_usage("“json”", "compare", "a.etl", "--at", "1s", "--at", "2s", "--format", "json");
  assert_usage("in the filter", "compare", "a.etl", "--at", "1s", "--at", "2s", "--filter", "size >");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  const char *seed_text = g_getenv("HEAPSCOPE_SEED");
  guint32 seed = seed_text != NULL ? (guint32)g_ascii_strtoull(seed_text, NULL, 10) : g_random_int();
  g_test_message("HEAPSCOPE_SEED=%u", seed);
  rand_ = g_rand_new_with_seed(seed);
  folder = g_dir_make_tmp("heapscope-test-XXXXXX", NULL);
  trace = g_build_filename(folder, "trace.etl", NULL);
  char *make[] = {(char *)g_getenv("HEAPSCOPE_MAKE_TRACE"),
                  trace,
                  (char *)"--events",
                  (char *)"30000",
                  (char *)"--heaps",
                  (char *)"4",
                  (char *)"--processes",
                  (char *)"2",
                  NULL};
  int status;
  g_assert_true(g_spawn_sync(NULL, make, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint(status, ==, 0);
  read_blocks();
  g_test_add_func("/cli-places/biography", test_biography);
  g_test_add_func("/cli-places/compare", test_compare);
  g_test_add_func("/cli-places/usage", test_usage);
  status = g_test_run();
  g_unlink(trace);
  g_rmdir(folder);
  g_array_unref(blocks);
  g_rand_free(rand_);
  g_free(trace);
  g_free(folder);
  return status;
}

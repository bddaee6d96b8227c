/* SPDX-License-Identifier: MIT */
/*
 * What an event means for blocks, case by case, as "allocations" and "summary" print it: a trace of a few records each,
 * and its blocks written down by hand.
 *
 * Environment: HEAPSCOPE_CLI the program.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "hs-etl-writer.h"

#define PID 100
#define HEAP 0x10000
#define COLUMNS "row,address,size,alloc_time_ns,free_time_ns,end,is_realloc,tid,free_tid"

typedef enum { END_OF_STEPS, ALLOC, FREE, REALLOC, CREATE, DESTROY, COMMIT, EXIT } Kind;

/* A record; the n-th is of n milliseconds, and of row n - 1. */
typedef struct {
  Kind kind;
  guint tid;
  guint64 address, size, old_address, old_size;
} Step;

typedef struct {
  const char *name;
  Step steps[6];
  const char *blocks; /* lines of CSV below the header */
  /* What the summary says, by its names. */
  gint64 outstanding_bytes, unmatched_frees, overwritten, freed_by_destroy, failed_allocs, ended_by_exit;
} Case;

static const Case cases[] = {
    {.name = "alloc-free",
     .steps = {{ALLOC, 1, 0x1000, 24}, {FREE, 2, 0x1000}},
     .blocks = "0,0x1000,24,1000000,2000000,free,false,1,2\n"},
    {.name = "alloc-overwrites",
     .steps = {{ALLOC, 1, 0x1000, 24}, {ALLOC, 2, 0x1000, 40}},
     .blocks = "0,0x1000,24,1000000,2000000,overwritten,false,1,2\n"
               "1,0x1000,40,2000000,,,false,2,\n",
     .outstanding_bytes = 40,
     .overwritten = 1},
    {.name = "alloc-failed", .steps = {{ALLOC, 1, 0, 1 << 20}}, .blocks = "", .failed_allocs = 1},
    {.name = "free-unmatched", .steps = {{FREE, 1, 0x1000}}, .blocks = "", .unmatched_frees = 1},
    {.name = "realloc-in-place",
     .steps = {{ALLOC, 1, 0x1000, 24}, {REALLOC, 2, 0x1000, 100, 0x1000, 24}},
     .blocks = "0,0x1000,24,1000000,2000000,realloc,false,1,2\n"
               "1,0x1000,100,2000000,,,true,2,\n",
     .outstanding_bytes = 100},
    {.name = "realloc-in-place-unknown",
     .steps = {{REALLOC, 1, 0x1000, 100, 0x1000, 24}},
     .blocks = "0,0x1000,100,1000000,,,true,1,\n",
     .outstanding_bytes = 100},
    {.name = "realloc-summary",
     .steps =
         {{ALLOC, 1, 0x1000, 24}, {ALLOC, 1, 0x2000, 100}, {FREE, 1, 0x1000}, {REALLOC, 1, 0x2000, 100, 0x1000, 24}},
     .blocks = "0,0x1000,24,1000000,3000000,free,false,1,1\n"
               "1,0x2000,100,2000000,,,true,1,\n",
     .outstanding_bytes = 100},
    {.name = "realloc-summary-free-lost",
     .steps = {{ALLOC, 1, 0x1000, 24}, {ALLOC, 1, 0x2000, 100}, {REALLOC, 1, 0x2000, 100, 0x1000, 24}},
     .blocks = "0,0x1000,24,1000000,3000000,realloc,false,1,1\n"
               "1,0x2000,100,2000000,,,true,1,\n",
     .outstanding_bytes = 100},
    /* Another thread gets the old address before the summary comes: it is its own. */
    {.name = "realloc-summary-old-taken",
     .steps = {{ALLOC, 1, 0x1000, 24},
               {ALLOC, 1, 0x2000, 100},
               {FREE, 1, 0x1000},
               {ALLOC, 2, 0x1000, 16},
               {REALLOC, 1, 0x2000, 100, 0x1000, 24}},
     .blocks = "0,0x1000,24,1000000,3000000,free,false,1,1\n"
               "1,0x2000,100,2000000,,,true,1,\n"
               "3,0x1000,16,4000000,,,false,2,\n",
     .outstanding_bytes = 116},
    {.name = "realloc-summary-old-unknown",
     .steps = {{ALLOC, 1, 0x2000, 100}, {FREE, 1, 0x1000}, {REALLOC, 1, 0x2000, 100, 0x1000, 24}},
     .blocks = "0,0x2000,100,1000000,,,true,1,\n",
     .outstanding_bytes = 100,
     .unmatched_frees = 1},
    {.name = "realloc-alone",
     .steps = {{ALLOC, 1, 0x1000, 24}, {REALLOC, 2, 0x2000, 100, 0x1000, 24}, {FREE, 1, 0x2000}},
     .blocks = "0,0x1000,24,1000000,2000000,realloc,false,1,2\n"
               "1,0x2000,100,2000000,3000000,free,true,2,1\n"},
    {.name = "realloc-alone-unknown",
     .steps = {{REALLOC, 1, 0x2000, 100, 0x1000, 24}},
     .blocks = "0,0x2000,100,1000000,,,true,1,\n",
     .outstanding_bytes = 100},
    {.name = "realloc-failed",
     .steps = {{ALLOC, 1, 0x1000, 24}, {REALLOC, 1, 0, 1 << 20, 0x1000, 24}},
     .blocks = "0,0x1000,24,1000000,,,false,1,\n",
     .outstanding_bytes = 24},
    {.name = "destroy",
     .steps =
         {{CREATE, 1}, {ALLOC, 1, 0x1000, 24}, {ALLOC, 1, 0x2000, 8}, {DESTROY, 2}, {CREATE, 1}, {FREE, 1, 0x1000}},
     .blocks = "1,0x1000,24,2000000,4000000,destroy,false,1,2\n"
               "2,0x2000,8,3000000,4000000,destroy,false,1,2\n",
     .unmatched_frees = 1,
     .freed_by_destroy = 2},
    {.name = "process-end",
     .steps = {{ALLOC, 1, 0x1000, 24}, {EXIT}},
     .blocks = "0,0x1000,24,1000000,2000000,process-exit,false,1,\n",
     .ended_by_exit = 1},
    {.name = "others",
     .steps = {{ALLOC, 1, 0x1000, 24}, {COMMIT, 1, 0x1000, 4096}, {FREE, 1, 0x1000}},
     .blocks = "0,0x1000,24,1000000,3000000,free,false,1,1\n"},
};

static char *path; /* the trace of the case */

static void
write_step(HsEtlWriter *writer, const HsEtlWriterAt *at, const Step *step)
{
  HsEtlWriterHeapEvent commit = {
      .op = HS_ETL_WRITER_HEAP_COMMIT, .heap = HEAP, .address = step->address, .size = step->size};
  HsEtlWriterProcess end = {.op = HS_ETL_WRITER_PROCESS_END, .version = 4, .pid = PID, .name = "a.exe"};
  switch (step->kind) {
  case ALLOC:
    hs_etl_writer_alloc(writer, at, HEAP, step->address, step->size, 3);
    break;
  case FREE:
    hs_etl_writer_free_block(writer, at, HEAP, step->address, 3);
    break;
  case REALLOC:
    hs_etl_writer_realloc(writer, at, HEAP, step->address, step->size, step->old_address, step->old_size, 3);
    break;
  case CREATE:
    hs_etl_writer_create(writer, at, HEAP, 2);
    break;
  case DESTROY:
    hs_etl_writer_destroy(writer, at, HEAP);
    break;
  case COMMIT:
    hs_etl_writer_heap(writer, at, &commit);
    break;
  case EXIT:
    hs_etl_writer_process(writer, at, &end);
    break;
  case END_OF_STEPS:
    break;
  }
}

static void
write_trace(const Case *c)
{
  g_autoptr(GError) error = NULL;
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.buffer_size_bytes = 8192;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new_file(path, &options, &error);
  g_assert_no_error(error);
  for (guint i = 0; i < G_N_ELEMENTS(c->steps) && c->steps[i].kind != END_OF_STEPS; i++) {
    HsEtlWriterAt at = {.header = HS_ETL_WRITER_SYSTEM64,
                        .time_ticks = options.start_ticks + (i + 1) * 10000,
                        .pid = PID,
                        .tid = c->steps[i].tid};
    write_step(writer, &at, &c->steps[i]);
  }
  g_assert_true(hs_etl_writer_close(writer, &error));
}

static char *
run(const char *command, const char *option)
{
  char *argv[] = {(char *)g_getenv("HEAPSCOPE_CLI"), (char *)command, (char *)option, path, NULL};
  g_autoptr(GError) error = NULL;
  char *out = NULL;
  int wait_status;
  g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &wait_status, &error);
  g_assert_no_error(error);
  g_assert_true(WIFEXITED(wait_status));
  g_assert_cmpint(WEXITSTATUS(wait_status), ==, 0);
  return out;
}

static void
assert_number(const char *json, const char *name, gint64 expected)
{
  g_autofree char *key = g_strdup_printf("\"%s\" : ", name);
  const char *at = strstr(json, key);
  g_assert_nonnull(at);
  if (g_ascii_strtoll(at + strlen(key), NULL, 10) != expected)
    g_error("%s: expected %" G_GINT64_FORMAT ", found %s", name, expected, at);
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
test_case(gconstpointer data)
{
  const Case *c = data;
  write_trace(c);
  g_autofree char *blocks = run("allocations", "--columns=" COLUMNS);
  g_autofree char *expected = g_strconcat(COLUMNS "\n", c->blocks, NULL);
  g_autofree char *summary = run("summary", "--json");
  g_assert_cmpstr(blocks, ==, expected);
  /* The first of that name is that of everything. */
  assert_number(summary, "count", count_lines(c->blocks));
  assert_number(summary, "outstanding_bytes", c->outstanding_bytes);
  assert_number(summary, "unmatched_frees", c->unmatched_frees);
  assert_number(summary, "overwritten", c->overwritten);
  assert_number(summary, "freed_by_destroy", c->freed_by_destroy);
  assert_number(summary, "failed_allocs", c->failed_allocs);
  assert_number(summary, "ended_by_exit", c->ended_by_exit);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_autofree char *folder = g_dir_make_tmp("heapscope-pairing-XXXXXX", NULL);
  path = g_build_filename(folder, "case.etl", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *name = g_strconcat("/cli/pairing/", cases[i].name, NULL);
    g_test_add_data_func(name, &cases[i], test_case);
  }
  int status = g_test_run();
  g_remove(path);
  g_rmdir(folder);
  g_free(path);
  return status;
}

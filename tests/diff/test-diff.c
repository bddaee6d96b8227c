/* SPDX-License-Identifier: MIT */
/*
 * The real programs against the naive one: random filters over random ranges of random traces. heapscope-cli is asked
 * for the events and the blocks that pass and for its summary; what it prints must be what naive.h works out from the
 * plain list of all events.
 *
 *   test-diff [N]        asks N questions (by default 600), of three commands each
 *
 * HEAPSCOPE_SEED (printed) makes the same questions again. HEAPSCOPE_CLI and HEAPSCOPE_MAKE_DIFF_TRACE name the
 * programs.
 *
 * No process ends in these traces, because "events" does not tell of it: blocks that end by process exit are for
 * tests/golden and tests/property.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "naive.h"

#define N_TRACES 12
#define N_QUESTIONS 600
#define N_THREADS 2
#define MAX_MISMATCHES 5
#define CREATE_FLAGS 2

typedef struct {
  guint number;
  char *path;
  NaiveTrace *naive;
} Trace;

static char *scratch; /* a folder of our own */
static Trace traces[N_TRACES];
static guint32 seed;
static guint n_questions = N_QUESTIONS;
static gint next_question, n_mismatches;

/* Any thread. What the program prints. */
static char *
run(char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *err = NULL;
  char *out = NULL;
  int wait_status;
  g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &wait_status, &error);
  g_assert_no_error(error);
  if (!WIFEXITED(wait_status) || WEXITSTATUS(wait_status) != 0 || err[0] != '\0') {
    char *failure = g_strdup_printf("status %d: %s", wait_status, err);
    g_free(out);
    return failure;
  }
  return out;
}

/* Any thread. A command of heapscope-cli with a question's arguments; --by only where it is understood. */
static char *
ask(const Trace *trace, const NaiveQuestion *question, const char *command, const char *option, gboolean with_by)
{
  g_auto(GStrv) arguments = naive_question_arguments(question);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_ptr_array_add(argv, (char *)g_getenv("HEAPSCOPE_CLI"));
  g_ptr_array_add(argv, (char *)command);
  g_ptr_array_add(argv, (char *)option);
  for (char **argument = arguments; *argument != NULL; argument++) {
    if (with_by || !g_str_has_prefix(*argument, "--by="))
      g_ptr_array_add(argv, *argument);
  }
  g_ptr_array_add(argv, trace->path);
  g_ptr_array_add(argv, NULL);
  return run((char **)argv->pdata);
}

/* Without the blanks outside of strings. */
static void
strip_json(char *json)
{
  char *to = json;
  gboolean in_string = FALSE;
  for (const char *c = json; *c != '\0'; c++) {
    if (!in_string && g_ascii_isspace(*c))
      continue;
    if (in_string && *c == '\\')
      *to++ = *c++;
    else if (*c == '"')
      in_string = !in_string;
    *to++ = *c;
  }
  *to = '\0';
}

/* From one member to before another, or to the end; as an object. */
static char *
members_of(const char *json, const char *first, const char *after)
{
  g_autofree char *from_text = g_strdup_printf(",\"%s\":", first);
  g_autofree char *to_text = after != NULL ? g_strdup_printf(",\"%s\":", after) : NULL;
  const char *from = strstr(json, from_text);
  const char *to = from != NULL && to_text != NULL ? strstr(from, to_text) : from != NULL ? strrchr(from, '}') : NULL;
  if (to == NULL)
    return g_strdup(json);
  g_autofree char *members = g_strndup(from + 1, (gsize)(to - from - 1));
  return g_strdup_printf("{%s}", members);
}

/* From a little before where two texts part, on one line. */
static char *
excerpt(const char *text, gsize parting)
{
  gsize from = parting > 60 ? parting - 60 : 0;
  return g_strdelimit(g_strndup(text + from, 240), "\n", ' ');
}

/* Any thread. */
static void
compare(guint number, const Trace *trace, const NaiveQuestion *question, const char *what, const char *expected,
        const char *found)
{
  gsize parting = 0;
  if (strcmp(expected, found) == 0 || g_atomic_int_add(&n_mismatches, 1) >= MAX_MISMATCHES)
    return;
  while (expected[parting] == found[parting])
    parting++;
  g_auto(GStrv) arguments = naive_question_arguments(question);
  g_autofree char *asked = g_strjoinv(" ", arguments);
  g_autofree char *expected_here = excerpt(expected, parting);
  g_autofree char *found_here = excerpt(found, parting);
  g_autofree char *expected_all = g_strdelimit(g_strdup(expected), "\n", ' ');
  g_autofree char *found_all = g_strdelimit(g_strdup(found), "\n", ' ');
  g_test_message("HEAPSCOPE_SEED=%u question %u trace %u: %s %s\n  expected %s\n  found    %s\n"
                 "  which differ here:\n  expected %s\n  found    %s",
                 seed, number, trace->number, what, asked, expected_all, found_all, expected_here, found_here);
}

/* Any thread. */
static void
ask_and_compare(guint number)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed_array((guint32[]){seed, number}, 2);
  const Trace *trace = &traces[g_rand_int_range(rand, 0, N_TRACES)];
  g_autoptr(NaiveQuestion) question = naive_question_random(trace->naive, rand);
  g_autofree char *events = naive_events(trace->naive, question);
  g_autofree char *found_events = ask(trace, question, "events", "--columns=row", FALSE);
  compare(number, trace, question, "events", events, found_events);
  g_autofree char *allocations = naive_allocations(trace->naive, question);
  g_autofree char *found_allocations = ask(trace, question, "allocations", "--columns=row,type", FALSE);
  compare(number, trace, question, "allocations", allocations, found_allocations);

  g_autofree char *counts = naive_counts(trace->naive, question);
  g_autofree char *heaps = naive_heaps(trace->naive, question);
  g_autofree char *range = naive_range(trace->naive, question);
  g_autofree char *rest = g_strdup_printf("{\"heaps\":%s,\"range\":%s}", heaps, range);
  g_autofree char *summary = ask(trace, question, "summary", "--json", TRUE);
  strip_json(summary);
  g_autofree char *found_counts = members_of(summary, "operations", "health");
  g_autofree char *found_rest = members_of(summary, "heaps", NULL);
  compare(number, trace, question, "summary", counts, found_counts);
  compare(number, trace, question, "summary", rest, found_rest);
}

static gpointer
ask_some(gpointer unused)
{
  guint number;
  while ((number = (guint)g_atomic_int_add(&next_question, 1)) < n_questions &&
         g_atomic_int_get(&n_mismatches) < MAX_MISMATCHES)
    ask_and_compare(number);
  return NULL;
}

static void
test_questions(void)
{
  GThread *threads[N_THREADS];
  g_test_message("HEAPSCOPE_SEED=%u, %u questions", seed, n_questions);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new("ask", ask_some, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join(threads[i]);
  if (n_mismatches > 0)
    g_test_fail();
}

/* --- traces --- */

static void
make_trace(guint number)
{
  static const guint64 frequencies[] = {10000000, 1000000000, 3000000, 2337949};
  Trace *trace = &traces[number];
  guint64 frequency = frequencies[number % G_N_ELEMENTS(frequencies)];
  g_autofree char *name = g_strdup_printf("%u.etl", number);
  g_autofree char *trace_seed = g_strdup_printf("%u", seed + number);
  g_autofree char *frequency_text = g_strdup_printf("%" G_GUINT64_FORMAT, frequency);
  trace->number = number;
  trace->path = g_build_filename(scratch, name, NULL);
  char *make[] = {(char *)g_getenv("HEAPSCOPE_MAKE_DIFF_TRACE"), trace->path, trace_seed, frequency_text, NULL};
  char *list[] = {(char *)g_getenv("HEAPSCOPE_CLI"), (char *)"events", trace->path, NULL};
  g_autofree char *written = run(make);
  g_autofree char *csv = run(list);
  trace->naive = naive_trace_read(csv, frequency, CREATE_FLAGS);
  g_assert_cmpuint(trace->naive->events->len, ==, g_ascii_strtoull(written, NULL, 10));
  g_assert_cmpuint(trace->naive->blocks->len, >, 50);
}

/* What these tests are for must be there. */
static void
test_traces(void)
{
  guint n_moved = 0, n_taken = 0, n_ends[5] = {0};
  static const char *const ends[] = {"free", "realloc", "overwritten", "destroy", "outstanding"};
  for (guint i = 0; i < N_TRACES; i++) {
    const NaiveTrace *trace = traces[i].naive;
    for (guint k = 0; k < trace->blocks->len; k++) {
      for (guint end = 0; end < G_N_ELEMENTS(ends); end++)
        n_ends[end] += strcmp(naive_block(trace, k)->reason, ends[end]) == 0;
    }
    for (guint k = 0; k < trace->events->len; k++) {
      const NaiveEvent *event = naive_event(trace, k);
      gboolean is_move = event->block >= 0 && event->has_old && naive_block(trace, (guint)event->block)->begin != k;
      n_moved += is_move;
      for (guint b = 0; is_move && b < trace->blocks->len; b++) {
        const NaiveBlock *block = naive_block(trace, b);
        n_taken += block->instance == event->instance && block->address == event->old_address &&
                   block->begin > naive_block(trace, (guint)event->block)->begin && block->begin < k &&
                   (block->end < 0 || (guint)block->end > k);
      }
    }
  }
  g_assert_cmpuint(n_moved, >, 20);
  g_assert_cmpuint(n_taken, >, 5);
  for (guint end = 0; end < G_N_ELEMENTS(ends); end++)
    g_assert_cmpuint(n_ends[end], >, 10);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  const char *seed_text = g_getenv("HEAPSCOPE_SEED");
  seed = seed_text != NULL ? (guint32)g_ascii_strtoull(seed_text, NULL, 10) : g_random_int();
  if (argc > 1)
    n_questions = (guint)g_ascii_strtoull(argv[1], NULL, 10);
  scratch = g_dir_make_tmp("heapscope-diff-XXXXXX", NULL);
  for (guint i = 0; i < N_TRACES; i++)
    make_trace(i);
  g_test_add_func("/diff/traces", test_traces);
  g_test_add_func("/diff/questions", test_questions);
  int status = g_test_run();
  for (guint i = 0; i < N_TRACES; i++) {
    g_remove(traces[i].path);
    g_free(traces[i].path);
    naive_trace_free(traces[i].naive);
  }
  g_rmdir(scratch);
  g_free(scratch);
  return status;
}

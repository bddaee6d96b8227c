/* SPDX-License-Identifier: MIT */
/*
 * Makes the small traces that the committed outputs in expected/ belong to: a bit of everything that has a way of its
 * own to be shown, and one of which parts were lost while it was recorded. The same bytes every time.
 *
 *   make-golden OUT.etl OUT.json ANSWERS.json LOSSY.etl LOSSY.json
 *
 * each trace, the writer's account of it, and what that of the first answers to questions.
 */
#include "account.h"
#include "hs-etl-writer.h"

#define EDITOR_HEAP 0x1f0000
#define EDITOR_PRIVATE_HEAP 0x2a0000
#define UPDATER_HEAP 0x550000

typedef struct {
  HsEtlWriter *writer;
  HsEtlWriterAt at;
} Story;

/* Moves to a CPU and a time, in units of 0.1 µs since the trace began. */
static const HsEtlWriterAt *
at(Story *story, guint cpu, guint64 ticks)
{
  HsEtlWriterOptions defaults;
  hs_etl_writer_options_init(&defaults);
  story->at.cpu = cpu;
  story->at.time_ticks = defaults.start_ticks + ticks;
  return &story->at;
}

static void
become(Story *story, HsEtlWriterHeader header, guint32 pid, guint32 tid)
{
  story->at.header = header;
  story->at.pid = pid;
  story->at.tid = tid;
}

static void
tell_process(Story *story, HsEtlWriterProcessOp op, guint64 ticks, guint32 pid, const char *name)
{
  HsEtlWriterProcess process = {
      .op = op, .version = 4, .pid = pid, .parent_pid = 4, .name = name, .command_line = name};
  hs_etl_writer_process(story->writer, at(story, 0, ticks), &process);
}

/* A 64-bit program whose name has to be quoted. */
static void
tell_editor(Story *story)
{
  HsEtlWriter *writer = story->writer;
  HsEtlWriterHeapEvent extend = {.op = HS_ETL_WRITER_HEAP_EXTEND,
                                 .heap = EDITOR_HEAP,
                                 .reserved = 65536,
                                 .committed = 8192,
                                 .allocated = 4096,
                                 .free_space = 4096};
  become(story, HS_ETL_WRITER_SYSTEM64, 100, 101);
  tell_process(story, HS_ETL_WRITER_PROCESS_START, 10, 100, "photo, \"pro\".exe");
  hs_etl_writer_create(writer, at(story, 0, 1000), EDITOR_HEAP, 2);
  hs_etl_writer_alloc(writer, at(story, 0, 10000), EDITOR_HEAP, 0x1f1000, 100, 3);
  hs_etl_writer_alloc(writer, at(story, 1, 20000), EDITOR_HEAP, 0x1f2000, 4096, 2);
  hs_etl_writer_heap(writer, at(story, 1, 25000), &extend);
  hs_etl_writer_alloc(writer, at(story, 1, 30000), EDITOR_HEAP, 0x7ff61234000, 5000000000, 4);
  hs_etl_writer_realloc(writer, at(story, 0, 40000), EDITOR_HEAP, 0x1f1000, 150, 0x1f1000, 100, 3);
  /* A move as Windows tells it: the new block, the old one's end, the summary. */
  hs_etl_writer_alloc(writer, at(story, 0, 50000), EDITOR_HEAP, 0x1f4000, 300, 6);
  hs_etl_writer_free_block(writer, at(story, 0, 50001), EDITOR_HEAP, 0x1f1000, 3);
  hs_etl_writer_realloc(writer, at(story, 0, 50002), EDITOR_HEAP, 0x1f4000, 300, 0x1f1000, 150, 6);
  hs_etl_writer_free_block(writer, at(story, 1, 60000), EDITOR_HEAP, 0x7ff61234000, 4);
  hs_etl_writer_free_block(writer, at(story, 1, 65000), EDITOR_HEAP, 0x1fff00, 1); /* from before the trace */
  hs_etl_writer_alloc(writer, at(story, 1, 70000), EDITOR_HEAP, 0, 1 << 20, 4);    /* failed */
  hs_etl_writer_alloc(writer, at(story, 1, 75000), EDITOR_HEAP, 0x1f5000, 64, 9);  /* a source without a name */
  hs_etl_writer_alloc(writer, at(story, 1, 80000), EDITOR_HEAP, 0x1f5000, 80, 5);  /* the free between was lost */
  hs_etl_writer_create(writer, at(story, 0, 85000), EDITOR_PRIVATE_HEAP, 0x1002);
  hs_etl_writer_alloc(writer, at(story, 0, 86000), EDITOR_PRIVATE_HEAP, 0x2a1000, 700, 3);
  hs_etl_writer_alloc(writer, at(story, 0, 87000), EDITOR_PRIVATE_HEAP, 0x2a2000, 800, 3);
  hs_etl_writer_destroy(writer, at(story, 0, 90000), EDITOR_PRIVATE_HEAP);
}

/* A 32-bit program, of which no Create is seen, and which exits. */
static void
tell_updater(Story *story)
{
  HsEtlWriter *writer = story->writer;
  HsEtlWriterHeapEvent commit = {
      .op = HS_ETL_WRITER_HEAP_COMMIT, .heap = UPDATER_HEAP, .address = 0x560000, .size = 12288, .index = 3};
  become(story, HS_ETL_WRITER_SYSTEM32, 200, 204);
  tell_process(story, HS_ETL_WRITER_PROCESS_START, 100000, 200, "updater.exe");
  hs_etl_writer_alloc(writer, at(story, 1, 101000), UPDATER_HEAP, 0x551000, 24, 1);
  hs_etl_writer_heap(writer, at(story, 1, 102000), &commit);
  hs_etl_writer_alloc(writer, at(story, 1, 103000), UPDATER_HEAP, 0x552000, 48, 2);
  /* A move that stands alone. */
  hs_etl_writer_realloc(writer, at(story, 1, 104000), UPDATER_HEAP, 0x553000, 96, 0x552000, 48, 2);
  tell_process(story, HS_ETL_WRITER_PROCESS_END, 110000, 200, "updater.exe");
}

/* A record whose header tells neither process nor thread. */
static void
tell_nobody(Story *story)
{
  become(story, HS_ETL_WRITER_PERFINFO64, 0, 0);
  hs_etl_writer_alloc(story->writer, at(story, 0, 120000), 0x990000, 0x991000, 16, 3);
}

/* --- questions: those of meson.build whose outputs are committed, and any --- */

#define N_RANDOM_QUESTIONS 40

static NaiveQuestion *
ask(GPtrArray *questions, NaiveFilter *filter, const char *filter_text)
{
  NaiveQuestion *question = g_new0(NaiveQuestion, 1);
  question->filter = filter;
  question->filter_text = g_strdup(filter_text);
  question->t0_ns = G_MININT64;
  question->t1_ns = G_MAXINT64;
  g_ptr_array_add(questions, question);
  return question;
}

static void
set_range(NaiveQuestion *question, gint64 t0_ns, gint64 t1_ns, const char *text)
{
  question->has_range = TRUE;
  question->t0_ns = t0_ns;
  question->t1_ns = t1_ns;
  question->range_text = g_strdup(text);
}

static NaiveFilter *
node(char kind, NaiveFilter *a, NaiveFilter *b)
{
  NaiveFilter *filter = g_new0(NaiveFilter, 1);
  filter->kind = kind;
  filter->a = a;
  filter->b = b;
  return filter;
}

static NaiveFilter *
compare(NaiveField field, NaiveComparison comparison, gint64 number, const char *text)
{
  NaiveFilter *filter = node('c', NULL, NULL);
  filter->field = field;
  filter->comparison = comparison;
  filter->n_values = 1;
  filter->values[0] = (NaiveValue){(__int128)number * 1000, text};
  return filter;
}

static char *
answer(HsEtlTruth *truth)
{
  g_autoptr(NaiveTrace) trace = account_to_naive(truth);
  g_autoptr(GRand) rand = g_rand_new_with_seed(20250315);
  g_autoptr(GPtrArray) questions = g_ptr_array_new_with_free_func((GDestroyNotify)naive_question_free);
  NaiveQuestion *question = ask(questions, NULL, NULL);
  set_range(question, 3000000, 8600000, "3ms..8.6ms");

  question = ask(questions, NULL, NULL);
  set_range(question, 3000000, 8600000, "3ms..8.6ms");
  question->by[question->n_by++] = NAIVE_BY_PROCESS;
  question->by[question->n_by++] = NAIVE_BY_HEAP;
  question->by[question->n_by++] = NAIVE_BY_SIZE;

  question =
      ask(questions, node('&', compare(NAIVE_OP, NAIVE_NE, 0, "free"), compare(NAIVE_SIZE, NAIVE_LT, 4096, NULL)),
          "op != free and size < 4KiB");
  question->by[question->n_by++] = NAIVE_BY_END;
  question->by[question->n_by++] = NAIVE_BY_THREAD;

  ask(questions,
      node('|', compare(NAIVE_SOURCE, NAIVE_EQ, 0, "lowfrag"), compare(NAIVE_LIFETIME, NAIVE_LE, 400000, NULL)),
      "source == lowfrag or lifetime <= 400us");

  for (guint i = 0; i < N_RANDOM_QUESTIONS; i++)
    g_ptr_array_add(questions, naive_question_random(trace, rand));
  return account_answers(trace, questions);
}

/* Ends the trace and writes its account. */
static gboolean
finish(HsEtlWriter *writer, const char *account_path, GError **error)
{
  if (!hs_etl_writer_close(writer, error))
    return FALSE;
  g_autofree char *truth = hs_etl_truth_to_json(hs_etl_writer_truth(writer));
  return g_file_set_contents(account_path, truth, -1, error);
}

static gboolean
make_whole(const char *path, const char *account_path, const char *answers_path, GError **error)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.cpus = 2;
  options.buffer_size_bytes = 8192;
  options.session_name = "Golden";
  options.log_file_name = "C:\\golden.etl";
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new_file(path, &options, error);
  if (writer == NULL)
    return FALSE;
  Story story = {.writer = writer};
  tell_editor(&story);
  tell_updater(&story);
  tell_nobody(&story);
  if (!finish(writer, account_path, error))
    return FALSE;
  g_autofree char *answers = answer(hs_etl_writer_truth(writer));
  return g_file_set_contents(answers_path, answers, -1, error);
}

/* A recording that could not keep up: events are missing on one processor, then a buffer on the other. Of the two
 * programs that run, one is traced. */
static void
tell_loss(Story *story)
{
  HsEtlWriter *writer = story->writer;
  become(story, HS_ETL_WRITER_SYSTEM64, 100, 101);
  tell_process(story, HS_ETL_WRITER_PROCESS_DC_START, 10, 100, "server.exe");
  tell_process(story, HS_ETL_WRITER_PROCESS_DC_START, 10, 300, "idle.exe");
  hs_etl_writer_alloc(writer, at(story, 0, 1000), EDITOR_HEAP, 0x1f1000, 100, 3);
  hs_etl_writer_alloc(writer, at(story, 1, 2000), EDITOR_HEAP, 0x1f2000, 200, 3);
  hs_etl_writer_flush_all(writer);
  hs_etl_writer_set_flags(writer, 1, HS_ETL_WRITER_FLAG_EVENTS_LOST);
  hs_etl_writer_alloc(writer, at(story, 1, 30000), EDITOR_HEAP, 0x1f2000, 300, 3);
  hs_etl_writer_flush_all(writer);
  hs_etl_writer_set_flags(writer, 0, HS_ETL_WRITER_FLAG_EVENTS_LOST | HS_ETL_WRITER_FLAG_BUFFER_LOST);
  hs_etl_writer_free_block(writer, at(story, 0, 45000), EDITOR_HEAP, 0x1f3000, 3);
  hs_etl_writer_free_block(writer, at(story, 0, 50000), EDITOR_HEAP, 0x1f1000, 3);
}

static gboolean
make_lossy(const char *path, const char *account_path, GError **error)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.cpus = 2;
  options.buffer_size_bytes = 4096;
  options.session_name = "Lossy";
  options.log_file_name = "C:\\lossy.etl";
  options.events_lost = 1203;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new_file(path, &options, error);
  if (writer == NULL)
    return FALSE;
  Story story = {.writer = writer};
  tell_loss(&story);
  return finish(writer, account_path, error);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  if (argc != 6) {
    g_printerr("usage: make-golden OUT.etl OUT.json ANSWERS.json LOSSY.etl LOSSY.json\n");
    return 2;
  }
  if (!make_whole(argv[1], argv[2], argv[3], &error) || !make_lossy(argv[4], argv[5], &error)) {
    g_printerr("make-golden: %s\n", error->message);
    return 1;
  }
  return 0;
}

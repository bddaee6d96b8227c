/* SPDX-License-Identifier: MIT */
/* Histograms over random traces, ranges and filters, against a count of the plainest kind; and classes as filters. */
#include "hs-distribution.h"
#include "random-trace.h"

/* --- classes --- */

static void
test_classes(void)
{
  for (int k = 0; k < HS_N_DISTRIBUTIONS; k++) {
    HsDistributionKind kind = (HsDistributionKind)k;
    uint32_t n = hs_distribution_n_classes(kind), outstanding = hs_distribution_outstanding_class(kind);
    g_assert_cmpuint(n, <=, HS_DISTRIBUTION_MAX_CLASSES);
    g_assert_cmpint(hs_distribution_from_name(hs_distribution_name(kind)), ==, kind);
    g_assert_cmpuint(hs_distribution_class_begin(kind, 0), ==, 0);
    uint32_t n_timed = outstanding == HS_CLASS_NONE ? n : outstanding;
    for (uint32_t c = 0; c < n_timed; c++) {
      uint64_t begin = hs_distribution_class_begin(kind, c), end = hs_distribution_class_end(kind, c);
      g_assert_cmpuint(begin, <, end);
      if (c + 1 < n_timed)
        g_assert_cmpuint(end, ==, hs_distribution_class_begin(kind, c + 1));
      else
        g_assert_cmpuint(end, ==, UINT64_MAX);
      if (kind == HS_DISTRIBUTION_LIFETIMES) {
        g_assert_cmpuint(hs_distribution_class_of_lifetime((int64_t)begin), ==, c);
        g_assert_cmpuint(hs_distribution_class_of_lifetime((int64_t)MIN(end - 1, (uint64_t)INT64_MAX)), ==, c);
      } else {
        g_assert_cmpuint(hs_distribution_class_of_size(kind, begin), ==, c);
        g_assert_cmpuint(hs_distribution_class_of_size(kind, end - 1), ==, c);
      }
    }
  }
  g_assert_cmpuint(hs_distribution_class_of_lifetime(INT64_MIN), ==, 0);
  g_assert_cmpint(hs_distribution_from_name("no such"), ==, HS_N_DISTRIBUTIONS);
}

/* --- counts --- */

typedef struct {
  HsTimeline *timeline;
  uint32_t n_rows;
  HsTimeRange types, range;
  HsDistributionKind kind;
  HsRowSet *whole, *passing;
} Question;

/* By a search from the first class on. */
static uint32_t
class_of(const Question *q, const HsBlock *block)
{
  uint64_t value = block->size;
  if (q->kind == HS_DISTRIBUTION_LIFETIMES) {
    if (block->end_ticks == INT64_MAX)
      return hs_distribution_outstanding_class(q->kind);
    HsClock clock = hs_timeline_clock(q->timeline);
    int64_t ns = hs_clock_to_ns(clock, block->end_ticks) - hs_clock_to_ns(clock, block->begin_ticks);
    value = ns > 0 ? (uint64_t)ns : 0;
  }
  uint32_t c = 0;
  while (hs_distribution_class_end(q->kind, c) != UINT64_MAX && hs_distribution_class_end(q->kind, c) <= value)
    c++;
  return c;
}

static void
add(HsTally *tally, const HsBlock *block)
{
  tally->count++;
  tally->bytes += block->size;
}

static void
assert_tally(HsTally found, HsTally expected)
{
  g_assert_cmpuint(found.count, ==, expected.count);
  g_assert_cmpuint(found.bytes, ==, expected.bytes);
}

static void
assert_class(const HsDistributionClass *found, const HsDistributionClass *expected)
{
  assert_tally(found->whole, expected->whole);
  assert_tally(found->passing, expected->passing);
  assert_tally(found->shown, expected->shown);
  for (int source = 0; source < HS_N_SOURCES; source++)
    assert_tally(found->by_source[source], expected->by_source[source]);
}

static void
check(const Question *q, const HsDistribution *d)
{
  g_autofree HsDistributionClass *classes = g_new0(HsDistributionClass, d->n_classes);
  HsDistributionClass total = {0};
  for (uint32_t i = 0; i < hs_row_set_n_rows(q->whole); i++) {
    HsBlock block;
    hs_timeline_block(q->timeline, (HsBlockId){i}, q->n_rows, &block);
    if (!hs_row_set_contains(q->whole, i))
      continue;
    HsDistributionClass *to[] = {&classes[class_of(q, &block)], &total};
    bool passes = hs_row_set_contains(q->passing, i);
    bool begun = block.begin_ticks >= q->range.t0_ticks && block.begin_ticks < q->range.t1_ticks;
    for (int k = 0; k < 2; k++) {
      add(&to[k]->whole, &block);
      if (passes)
        add(&to[k]->passing, &block);
      if (passes && begun) {
        add(&to[k]->shown, &block);
        add(&to[k]->by_source[block.source], &block);
      }
    }
  }
  for (uint32_t c = 0; c < d->n_classes; c++) {
    assert_class(&d->classes[c], &classes[c]);
    g_assert_true(d->classes[c].whole.count == 0 || (c >= d->first_class && c < d->end_class));
  }
  assert_class(&d->total, &total);
  /* As many as there are rows in the table of allocations. */
  g_assert_cmpuint(d->total.passing.count, ==, hs_row_set_count(q->passing));
  g_assert_cmpuint(d->total.whole.count, ==, hs_row_set_count(q->whole));
}

static HsRowSet *
blocks_of(const Question *q, const char *text)
{
  g_auto(HsQueryError) error = {0};
  g_autoptr(HsQuery) query = hs_query_parse(text, &error);
  if (query == NULL)
    g_error("“%s”: %s", text, error.message);
  HsRowSet *set = hs_row_set_new_query_blocks(q->timeline, query, q->types, q->n_rows, NULL);
  g_assert_nonnull(set);
  return set;
}

static HsTimeRange
random_range(RandomTrace *trace)
{
  GRand *rand = trace->rand;
  if (random_trace_chance(rand, 3))
    return HS_TIME_RANGE_ALL;
  int64_t a = g_rand_int_range(rand, -60, (gint32)MIN(trace->ticks, 100000) + 20);
  int64_t b = g_rand_int_range(rand, -60, (gint32)MIN(trace->ticks, 100000) + 20);
  return (HsTimeRange){MIN(a, b), MAX(a, b)};
}

/* What asks for sizes, or lifetimes, alone; and what does not, or for more. */
static const char *const own_terms[2][6] = {
    {"", "size in 64..128", "(size < 40B or size >= 500)", "not size == 0", "size > 10 && size < 900",
     "size in {16, 32}"},
    {"", "lifetime in 1us..50us", "end == outstanding", "(lifetime < 400ns or end == outstanding)",
     "not end == outstanding", "lifetime >= 2us and not lifetime in 5us..10us"},
};
static const char *const other_terms[] = {"",
                                          "source in {lowfrag, mainpath, slowpath}",
                                          "(size < 10B or op == realloc)",
                                          "end == free",
                                          "type in {AIFO, AOFO}",
                                          "pid == 1 and tid != 11",
                                          "not (lifetime < 2us and size > 100)"};

static char *
join(const char *a, const char *b)
{
  return g_strconcat(a, a[0] != '\0' && b[0] != '\0' ? " and " : "", b, NULL);
}

/* Classes in words let through what is counted in them. */
static void
check_words(const Question *q, const HsDistribution *d, const HsQuery *query, GRand *rand)
{
  bool wanted[HS_DISTRIBUTION_MAX_CLASSES] = {false};
  uint64_t expected = 0;
  unsigned n_wanted = 0;
  for (uint32_t c = 0; c < d->n_classes; c++) {
    wanted[c] = random_trace_chance(rand, 3);
    n_wanted += wanted[c];
    expected += wanted[c] ? d->classes[c].whole.count : 0;
  }
  g_autofree char *only = hs_distribution_only_text(q->kind, query, wanted);
  g_autoptr(HsRowSet) chosen = blocks_of(q, only);
  if (n_wanted > 0)
    g_assert_cmpuint(hs_row_set_count(chosen), ==, expected);
  g_autoptr(HsQuery) again = hs_query_parse(only, NULL);
  g_assert_true(hs_distribution_restricts(q->kind, again) == (n_wanted > 0));
  g_autofree char *rest = hs_distribution_other_text(q->kind, again),
                  *others = hs_distribution_other_text(q->kind, query);
  g_autoptr(HsRowSet) rest_set = blocks_of(q, rest), others_set = blocks_of(q, others);
  g_assert_cmpuint(hs_row_set_count(rest_set), ==, hs_row_set_count(others_set));
  uint32_t out = (uint32_t)g_rand_int_range(rand, 0, (gint32)d->n_classes);
  g_autofree char *without = hs_distribution_without_text(q->kind, query, out);
  g_autoptr(HsRowSet) without_set = blocks_of(q, without);
  g_assert_cmpuint(hs_row_set_count(without_set), ==, d->total.passing.count - d->classes[out].passing.count);
}

static void
ask(RandomTrace *trace, uint32_t n_rows)
{
  GRand *rand = trace->rand;
  Question q = {.timeline = trace->timeline, .n_rows = n_rows, .types = random_range(trace)};
  q.range = random_trace_chance(rand, 2) ? q.types : random_range(trace);
  q.kind = (HsDistributionKind)g_rand_int_range(rand, 0, HS_N_DISTRIBUTIONS);
  bool timed = q.kind == HS_DISTRIBUTION_LIFETIMES;
  const char *own = own_terms[timed][g_rand_int_range(rand, 0, G_N_ELEMENTS(own_terms[0]))];
  const char *other = other_terms[g_rand_int_range(rand, 0, G_N_ELEMENTS(other_terms))];
  g_autofree char *text = random_trace_chance(rand, 2) ? join(own, other) : join(other, own);
  g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
  g_autoptr(HsRowSet) passing = blocks_of(&q, text), whole = blocks_of(&q, other);
  q.passing = passing;
  q.whole = whole;
  g_assert_true(hs_distribution_restricts(q.kind, query) == (own[0] != '\0'));
  g_autoptr(HsDistribution) d =
      hs_distribution_new_query(q.timeline, query, passing, q.types, q.range, n_rows, q.kind, NULL);
  g_assert_nonnull(d);
  check(&q, d);
  check_words(&q, d, query, rand);
}

static void
test_counts(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int round = 0; round < 250; round++) {
    RandomTrace trace;
    random_trace_init(&trace, rand, 4 + g_rand_int_range(rand, 0, 40));
    uint32_t n = (uint32_t)g_rand_int_range(rand, 0, 400);
    for (uint32_t i = 0; i < n; i++)
      random_trace_add(&trace);
    hs_builder_finish(trace.builder, trace.ticks);
    for (int i = 0; i < 12; i++)
      ask(&trace, random_trace_chance(rand, 4) && n > 0 ? (uint32_t)g_rand_int_range(rand, 0, (gint32)n) : n);
    random_trace_clear(&trace);
  }
}

/* Enough blocks for two threads. */
static void
test_large(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  RandomTrace trace;
  random_trace_init(&trace, rand, 40);
  trace.calm = 1000;
  uint32_t n = 1000000;
  for (uint32_t i = 0; i < n; i++)
    random_trace_add(&trace);
  hs_builder_finish(trace.builder, trace.ticks);
  Question q = {.timeline = trace.timeline, .n_rows = n, .types = HS_TIME_RANGE_ALL};
  q.range = (HsTimeRange){trace.ticks / 3, trace.ticks / 3 * 2};
  q.whole = hs_row_set_new_all(hs_timeline_n_blocks(trace.timeline));
  q.passing = blocks_of(&q, "source != slowpath");
  g_assert_cmpuint(hs_row_set_n_rows(q.whole), >, 1u << 18);
  for (int kind = 0; kind < HS_N_DISTRIBUTIONS; kind++) {
    q.kind = (HsDistributionKind)kind;
    g_autoptr(HsDistribution) d = hs_distribution_new(q.timeline, q.whole, q.passing, q.range, n, q.kind, NULL);
    check(&q, d);
  }
  int cancel = 1;
  g_assert_null(hs_distribution_new(q.timeline, q.whole, q.passing, q.range, n, q.kind, &cancel));
  hs_row_set_unref(q.whole);
  hs_row_set_unref(q.passing);
  random_trace_clear(&trace);
}

/* --- words --- */

static void
assert_only(HsDistributionKind kind, const char *text, uint32_t first, uint32_t last, const char *expected)
{
  bool wanted[HS_DISTRIBUTION_MAX_CLASSES] = {false};
  g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
  for (uint32_t c = first; c <= last; c++)
    wanted[c] = true;
  g_autofree char *found = hs_distribution_only_text(kind, query, wanted);
  g_assert_cmpstr(found, ==, expected);
}

static void
test_words(void)
{
  uint32_t outstanding = hs_distribution_outstanding_class(HS_DISTRIBUTION_LIFETIMES);
  assert_only(HS_DISTRIBUTION_SIZES, "", 7, 7, "size in 64..128");
  assert_only(HS_DISTRIBUTION_SIZES, "size > 3 and op == alloc", 5, 7, "size in 16..128 && op == alloc");
  assert_only(HS_DISTRIBUTION_SIZES, "", 0, 0, "size == 0");
  assert_only(HS_DISTRIBUTION_SIZES, "", 0, 3, "size < 8");
  assert_only(HS_DISTRIBUTION_SMALL_SIZES, "", 3, 3, "size in 24..32");
  assert_only(HS_DISTRIBUTION_EXACT_SIZES, "pid == 1", 48, 48, "pid == 1 && size == 48");
  assert_only(HS_DISTRIBUTION_EXACT_SIZES, "", 257, 257, "size >= 257");
  assert_only(HS_DISTRIBUTION_LIFETIMES, "end == free", 10, 10, "end == free && lifetime in 1us..2us");
  assert_only(HS_DISTRIBUTION_LIFETIMES, "end == outstanding", 0, 2, "lifetime < 5ns");
  assert_only(HS_DISTRIBUTION_LIFETIMES, "size > 3 or pid == 1", outstanding, outstanding,
              "(size > 3 or pid == 1) && end == outstanding");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/distribution/classes", test_classes);
  g_test_add_func("/distribution/words", test_words);
  g_test_add_func("/distribution/counts", test_counts);
  g_test_add_func("/distribution/large", test_large);
  return g_test_run();
}

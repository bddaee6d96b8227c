/* SPDX-License-Identifier: MIT */
/* Random filters over random traces, against an evaluation of the plainest kind; and orders of blocks. */
#include <string.h>

#include "hs-block-table.h"
#include "random-trace.h"

/* --- what an event or a block tells, field by field --- */

typedef enum {
  TIME,
  PID,
  TID,
  CPU,
  HEAP,
  ADDRESS,
  SIZE,
  OLD_ADDRESS,
  OLD_SIZE,
  LIFETIME,
  N_NUMBERS,
  OP = N_NUMBERS,
  SOURCE,
  TYPE,
  END,
  PROCESS,
  N_FIELDS
} Field;

static const char *const field_names[N_FIELDS] = {"time",    "pid",    "tid",         "cpu",      "heap",
                                                  "address", "size",   "old_address", "old_size", "lifetime",
                                                  "op",      "source", "type",        "end",      "process"};

typedef struct {
  bool has[N_FIELDS];
  __int128 numbers[N_NUMBERS];
  const char *texts[N_FIELDS];
  uint32_t source_id;
  uint64_t memory_bytes; /* from the address on */
} Item;

static void
set_number(Item *item, Field field, bool has, __int128 number)
{
  item->has[field] = has;
  item->numbers[field] = number;
}

static void
set_text(Item *item, Field field, const char *text)
{
  item->has[field] = text[0] != '\0';
  item->texts[field] = text;
}

static void
describe_block(const HsTimeline *t, HsBlockId id, HsTimeRange range, uint32_t n_rows, Item *item)
{
  HsBlock block;
  HsClock clock = hs_timeline_clock(t);
  if (id.v == HS_ID_NONE)
    return;
  hs_timeline_block(t, id, n_rows, &block);
  int64_t b = block.begin_ticks, d = block.end_ticks, t0 = range.t0_ticks, t1 = range.t1_ticks;
  const char *type = t0 <= b && b < t1 && t0 <= d && d < t1 ? "AIFI"
                     : t0 <= b && b < t1 && d >= t1         ? "AIFO"
                     : b < t0 && t0 < d && d < t1           ? "AOFI"
                     : b < t0 && d >= t1                    ? "AOFO"
                                                            : "";
  set_text(item, TYPE, type);
  set_text(item, END, block.end == HS_END_NONE ? "outstanding" : hs_end_name(block.end));
  if (d != INT64_MAX)
    set_number(item, LIFETIME, true, (__int128)hs_clock_to_ns(clock, d) - hs_clock_to_ns(clock, b));
  item->memory_bytes = block.size;
}

static void
describe_row(const HsTimeline *t, HsRow row, HsTimeRange range, uint32_t n_rows, Item *item)
{
  HsEvent e;
  *item = (Item){0};
  hs_timeline_event(t, row, &e);
  set_number(item, TIME, true, hs_clock_to_ns(hs_timeline_clock(t), e.ticks));
  set_number(item, PID, true, hs_timeline_process(t, e.process)->pid);
  set_number(item, TID, true, hs_timeline_thread(t, e.thread)->tid);
  set_number(item, CPU, true, e.cpu);
  set_number(item, HEAP, e.heap.v != HS_ID_NONE, e.heap.v != HS_ID_NONE ? hs_timeline_heap(t, e.heap)->handle : 0);
  set_number(item, ADDRESS, e.has_address, e.address);
  set_number(item, SIZE, e.has_size, e.size);
  set_number(item, OLD_ADDRESS, e.has_old, e.old_address);
  set_number(item, OLD_SIZE, e.has_old, e.old_size);
  set_text(item, OP, hs_op_name(e.op));
  set_text(item, SOURCE, hs_source_name(e.source));
  set_text(item, PROCESS, hs_timeline_process_name(t, e.process));
  item->source_id = e.source_id;
  describe_block(t, e.block, range, n_rows, item);
  item->memory_bytes = e.has_size ? e.size : item->memory_bytes;
}

static void
describe_beginning(const HsTimeline *t, HsBlockId id, HsTimeRange range, uint32_t n_rows, Item *item)
{
  describe_row(t, hs_timeline_block_begin(t, id), range, n_rows, item);
  describe_block(t, id, range, n_rows, item);
}

/* --- expressions --- */

typedef enum { EQ, NE, LT, LE, GT, GE, N_COMPARISONS, IN_SET = N_COMPARISONS, IN_RANGE, CONTAINS } Comparison;

typedef struct {
  __int128 milli; /* a thousandth of a byte, nanosecond or whatever */
  const char *text;
} Value;

typedef struct _Expression Expression;
struct _Expression {
  char kind; /* '&', '|', '!', 'c' */
  Expression *a, *b;
  Field field;
  Comparison comparison;
  unsigned n_values;
  Value values[4];
};

static void
expression_free(Expression *e)
{
  if (e == NULL)
    return;
  expression_free(e->a);
  expression_free(e->b);
  g_free(e);
}

static const char *
random_text(GRand *rand, Field field)
{
  static const char *const ops[] = {"alloc",  "free",     "realloc", "destroy",
                                    "create", "snapshot", "lock",    "affinity-slot"};
  static const char *const sources[] = {"lookaside", "lowfrag", "unknown", "segment-heap", "slowpath", NULL};
  static const char *const types[] = {"AIFI", "AIFO", "AOFI", "AOFO"};
  static const char *const ends[] = {"free", "realloc", "overwritten", "destroy", "process-exit", "outstanding"};
  static const char *const processes[] = {"a.exe", "A.exe", "B.EXE", "exe", "b", "x \\\" y"};
#define PICK(list) list[g_rand_int_range(rand, 0, G_N_ELEMENTS(list))]
  return field == OP       ? PICK(ops)
         : field == SOURCE ? PICK(sources)
         : field == TYPE   ? PICK(types)
         : field == END    ? PICK(ends)
                           : PICK(processes);
}

/* A number that the trace may well have, in thousandths. */
static __int128
random_number(GRand *rand, const RandomTrace *trace, Field field)
{
  int32_t fraction = random_trace_chance(rand, 4) ? g_rand_int_range(rand, 0, 1000) : 0;
  double span_ns = (double)trace->ticks * 1e9 / (double)trace->timeline->clock.frequency;
  switch (field) {
  case TIME:
    return (__int128)(int64_t)g_rand_double_range(rand, -5000, MAX(span_ns, 1) * 1.05) * 1000 + fraction;
  case LIFETIME:
    return (__int128)(int64_t)g_rand_double_range(rand, 0, MAX(span_ns, 1) / g_rand_int_range(rand, 1, 200)) * 1000 +
           fraction;
  case SIZE:
  case OLD_SIZE:
    return (__int128)g_rand_int_range(rand, 0, 1000) * 1000 + fraction;
  case ADDRESS:
  case OLD_ADDRESS:
    return (__int128)(0x10000 + 0x80 * g_rand_int_range(rand, 0, 2 * trace->n_addresses)) * 1000;
  case HEAP:
    return (__int128)(0x1000 * g_rand_int_range(rand, 0, 5)) * 1000;
  case TID:
    return (__int128)g_rand_int_range(rand, 9, 14) * 1000;
  default:
    return (__int128)g_rand_int_range(rand, 0, 5) * 1000;
  }
}

static Expression *
random_comparison(GRand *rand, const RandomTrace *trace)
{
  Expression *e = g_new0(Expression, 1);
  e->kind = 'c';
  e->field = (Field)g_rand_int_range(rand, 0, N_FIELDS);
  bool is_number = e->field < N_NUMBERS;
  e->n_values = 1;
  if (random_trace_chance(rand, 4)) {
    e->comparison = IN_SET;
    e->n_values = (unsigned)g_rand_int_range(rand, 0, 5);
  } else if (is_number && random_trace_chance(rand, 3)) {
    e->comparison = IN_RANGE;
    e->n_values = 2;
  } else if ((e->field == ADDRESS || e->field == OLD_ADDRESS || e->field == PROCESS) && random_trace_chance(rand, 2)) {
    e->comparison = CONTAINS;
  } else {
    e->comparison = (Comparison)g_rand_int_range(rand, 0, is_number ? N_COMPARISONS : NE + 1);
  }
  for (unsigned i = 0; i < e->n_values; i++) {
    /* A source may be given by its number. */
    bool by_number = e->field == SOURCE && random_trace_chance(rand, 3);
    e->values[i].milli = is_number ? random_number(rand, trace, e->field) : g_rand_int_range(rand, 0, 10) * 1000;
    e->values[i].text = is_number || by_number ? NULL : random_text(rand, e->field);
  }
  if (e->comparison == IN_RANGE && e->values[0].milli > e->values[1].milli) {
    Value first = e->values[0];
    e->values[0] = e->values[1];
    e->values[1] = first;
  }
  return e;
}

static Expression *
random_expression(GRand *rand, const RandomTrace *trace, int depth)
{
  if (depth == 0 || random_trace_chance(rand, 3))
    return random_comparison(rand, trace);
  Expression *e = g_new0(Expression, 1);
  e->kind = "&|!"[g_rand_int_range(rand, 0, 3)];
  e->a = random_expression(rand, trace, depth - 1);
  e->b = e->kind == '!' ? NULL : random_expression(rand, trace, depth - 1);
  return e;
}

/* --- as text --- */

static void
print_value(GRand *rand, GString *out, Field field, const Value *value)
{
  static const struct {
    const char *name;
    int64_t factor;
  } times[] = {{"", 1}, {"ns", 1}, {"us", 1000}, {"\u00b5s", 1000}, {"ms", 1000000}, {"s", 1000000000}},
    sizes[] = {{"", 1}, {"B", 1}, {"KB", 1000}, {"KiB", 1024}};
  if (value->text != NULL) {
    bool bare = strchr(value->text, ' ') == NULL && random_trace_chance(rand, 2);
    g_string_append_printf(out, bare ? "%s" : "\"%s\"", value->text);
    return;
  }
  bool is_time = field == TIME || field == LIFETIME, is_size = field == SIZE || field == OLD_SIZE;
  int unit = is_time ? g_rand_int_range(rand, 0, 6) : is_size ? g_rand_int_range(rand, 0, 4) : 0;
  int64_t factor = is_time ? times[unit].factor : is_size ? sizes[unit].factor : 1;
  /* 18 decimals are exact for all these units but binary ones, which need no more than 13. */
  __int128 milli = value->milli < 0 ? -value->milli : value->milli;
  if (!is_time && !is_size && random_trace_chance(rand, 2)) {
    g_string_append_printf(out, "0x%" G_GINT64_MODIFIER "x", (guint64)(milli / 1000));
    return;
  }
  __int128 whole = milli / 1000 / factor, rest = milli - whole * factor * 1000;
  g_string_append_printf(out, "%s%" G_GINT64_FORMAT, value->milli < 0 ? "-" : "", (gint64)whole);
  if (rest != 0)
    g_string_append_c(out, '.');
  while (rest != 0) {
    rest *= 10;
    g_string_append_c(out, (char)('0' + (int)(rest / (factor * 1000))));
    rest %= factor * 1000;
  }
  g_string_append(out, is_time ? times[unit].name : is_size ? sizes[unit].name : "");
}

static void
print_comparison(GRand *rand, GString *out, const Expression *e)
{
  static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};
  g_string_append_printf(out, "%s ", field_names[e->field]);
  if (e->comparison < N_COMPARISONS)
    g_string_append(out, signs[e->comparison]);
  else
    g_string_append(out, e->comparison == CONTAINS ? "contains " : "in ");
  g_string_append(out, e->comparison == IN_SET ? "{" : "");
  for (unsigned i = 0; i < e->n_values; i++) {
    g_string_append(out, i == 0 ? "" : e->comparison == IN_SET ? ", " : "..");
    print_value(rand, out, e->field, &e->values[i]);
  }
  g_string_append(out, e->comparison == IN_SET ? "}" : "");
}

/* Brackets only where they have to be, so that precedence is tried: or 0, and 1, not 2. */
static void
print_expression(GRand *rand, GString *out, const Expression *e, int outer)
{
  int own = e->kind == '|' ? 0 : e->kind == '&' ? 1 : 2;
  bool bracket = own < outer || random_trace_chance(rand, 8);
  bool word = random_trace_chance(rand, 2);
  g_string_append(out, bracket ? "(" : "");
  if (e->kind == 'c') {
    print_comparison(rand, out, e);
  } else if (e->kind == '!') {
    g_string_append(out, word ? "not " : "!");
    print_expression(rand, out, e->a, own);
  } else {
    print_expression(rand, out, e->a, own);
    g_string_append(out, e->kind == '&' ? (word ? " and " : "&&") : (word ? " OR " : " ||"));
    print_expression(rand, out, e->b, own);
  }
  g_string_append(out, bracket ? ")" : "");
}

/* --- truth --- */

static bool
text_is(const Item *item, const Expression *e, const Value *value)
{
  if (e->field == SOURCE && value->text == NULL)
    return (__int128)item->source_id * 1000 == value->milli;
  const char *text = g_str_has_prefix(value->text, "x ") ? "x \" y" : value->text;
  g_autofree char *have = g_ascii_strdown(item->texts[e->field], -1);
  g_autofree char *want = g_ascii_strdown(text, -1);
  return e->comparison == CONTAINS ? strstr(have, want) != NULL : g_str_equal(have, want);
}

static bool
number_is(const Item *item, const Expression *e, const Value *value)
{
  __int128 x = item->numbers[e->field] * 1000, v = value->milli;
  switch (e->comparison) {
  case LT:
    return x < v;
  case LE:
    return x <= v;
  case GT:
    return x > v;
  case GE:
    return x >= v;
  case IN_RANGE:
    return x >= v && x < value[1].milli;
  case CONTAINS: {
    __int128 bytes = e->field == ADDRESS ? item->memory_bytes : item->numbers[OLD_SIZE];
    return x != 0 && x <= v && v < x + bytes * 1000;
  }
  default:
    return x == v;
  }
}

static bool
is_true(const Item *item, const Expression *e)
{
  if (e->kind == '&')
    return is_true(item, e->a) && is_true(item, e->b);
  if (e->kind == '|')
    return is_true(item, e->a) || is_true(item, e->b);
  if (e->kind == '!')
    return !is_true(item, e->a);
  if (!item->has[e->field])
    return false;
  bool any = false;
  unsigned n = e->comparison == IN_RANGE ? 1 : e->n_values;
  for (unsigned i = 0; i < n; i++)
    any |= e->field < N_NUMBERS ? number_is(item, e, &e->values[i]) : text_is(item, e, &e->values[i]);
  return any != (e->comparison == NE);
}

/* --- tests --- */

static HsTimeRange
random_range(GRand *rand, const RandomTrace *trace)
{
  if (random_trace_chance(rand, 3))
    return HS_TIME_RANGE_ALL;
  int64_t a = (int64_t)g_rand_double_range(rand, -60, (double)trace->ticks + 60);
  int64_t b = (int64_t)g_rand_double_range(rand, -60, (double)trace->ticks + 60);
  return (HsTimeRange){MIN(a, b), MAX(a, b)};
}

static void
check_expression(const RandomTrace *trace, GRand *rand, uint32_t n_rows)
{
  Item item;
  HsTimeRange range = random_range(rand, trace);
  Expression *e = random_expression(rand, trace, g_rand_int_range(rand, 0, 5));
  g_autoptr(GString) text = g_string_new(NULL);
  print_expression(rand, text, e, 0);
  g_auto(HsQueryError) error = {0};
  g_autoptr(HsQuery) query = hs_query_parse(text->str, &error);
  if (query == NULL)
    g_error("%s: at %u: %s", text->str, error.offset_bytes, error.message);
  g_autoptr(HsRowSet) rows = hs_row_set_new_query(trace->timeline, query, range, n_rows, NULL);
  g_assert_cmpuint(hs_row_set_n_rows(rows), ==, n_rows);
  for (HsRow row = 0; row < n_rows; row++) {
    describe_row(trace->timeline, row, range, n_rows, &item);
    if (hs_row_set_contains(rows, row) != is_true(&item, e))
      g_error("row %u: %s", row, text->str);
  }
  g_autoptr(HsRowSet) blocks = hs_row_set_new_query_blocks(trace->timeline, query, range, n_rows, NULL);
  uint32_t n_blocks = hs_row_set_n_rows(blocks);
  for (uint32_t i = 0; i < n_blocks; i++) {
    g_assert_cmpuint(hs_timeline_block_begin(trace->timeline, (HsBlockId){i}), <, n_rows);
    describe_beginning(trace->timeline, (HsBlockId){i}, range, n_rows, &item);
    if (hs_row_set_contains(blocks, i) != is_true(&item, e))
      g_error("block %u: %s", i, text->str);
  }
  if (n_blocks < hs_timeline_n_blocks(trace->timeline))
    g_assert_cmpuint(hs_timeline_block_begin(trace->timeline, (HsBlockId){n_blocks}), >=, n_rows);
  expression_free(e);
}

static void
make_trace(RandomTrace *trace, GRand *rand, uint32_t n)
{
  static const int64_t frequencies[] = {10000000, 2337949, 1000000000, 3000000019};
  random_trace_init(trace, rand, 12);
  trace->timeline->clock.frequency = frequencies[g_rand_int_range(rand, 0, 4)];
  for (uint32_t i = 0; i < n; i++)
    random_trace_add(trace);
  for (uint32_t pid = 1; random_trace_chance(rand, 2) && pid <= 3; pid++)
    g_assert_true(
        hs_builder_process_end(trace->builder, trace->ticks += random_trace_chance(rand, 2), pid, NULL, NULL));
  hs_builder_publish(trace->builder, trace->ticks);
}

static void
test_expressions(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int round = 0; round < 60; round++) {
    RandomTrace trace;
    uint32_t n = (uint32_t)g_rand_int_range(rand, 0, 700);
    make_trace(&trace, rand, n);
    for (int i = 0; i < 80; i++)
      check_expression(&trace, rand,
                       random_trace_chance(rand, 2) ? n : (uint32_t)g_rand_int_range(rand, 0, (int32_t)n + 1));
    random_trace_clear(&trace);
  }
}

/* Large enough for two threads and many segments. */
static void
test_large(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  RandomTrace trace;
  uint32_t n = (1u << 20) + 4321;
  make_trace(&trace, rand, n);
  for (int i = 0; i < 3; i++)
    check_expression(&trace, rand, n);
  int cancel = 1;
  g_autoptr(HsQuery) query = hs_query_parse("size > 3", NULL);
  g_assert_null(hs_row_set_new_query(trace.timeline, query, HS_TIME_RANGE_ALL, n, &cancel));
  g_autoptr(HsQuery) empty = hs_query_parse("  ", NULL);
  g_autoptr(HsRowSet) all = hs_row_set_new_query(trace.timeline, empty, HS_TIME_RANGE_ALL, n, NULL);
  g_assert_cmpuint(hs_row_set_count(all), ==, n);
  random_trace_clear(&trace);
}

/* --- orders of blocks --- */

typedef struct {
  bool has;
  __int128 number;
} Key;

static Key
free_tid_of(const HsTimeline *t, const HsBlock *block)
{
  if (block->end == HS_END_NONE || block->end_row == HS_ROW_PROCESS_EXIT)
    return (Key){false, 0};
  HsEvent event;
  hs_timeline_event(t, block->end_row, &event);
  return (Key){true, hs_timeline_thread(t, event.thread)->tid};
}

static Key
key_of(const HsTimeline *t, uint32_t id, HsTimeRange range, uint32_t n_rows, HsBlockColumn column)
{
  Item item;
  HsBlock block;
  describe_beginning(t, (HsBlockId){id}, range, n_rows, &item);
  hs_timeline_block(t, (HsBlockId){id}, n_rows, &block);
  bool is_over = block.end_ticks != INT64_MAX;
  switch (column) {
  case HS_BLOCK_COLUMN_ROW:
    return (Key){true, block.begin_row};
  case HS_BLOCK_COLUMN_PID:
    return (Key){true, item.numbers[PID]};
  case HS_BLOCK_COLUMN_HEAP:
    return (Key){true, item.numbers[HEAP]};
  case HS_BLOCK_COLUMN_ADDRESS:
    return (Key){true, block.address};
  case HS_BLOCK_COLUMN_SIZE:
    return (Key){true, block.size};
  case HS_BLOCK_COLUMN_TYPE:
    return (Key){item.has[TYPE], item.has[TYPE] ? item.texts[TYPE][1] * 256 + item.texts[TYPE][3] : 0};
  case HS_BLOCK_COLUMN_IMPACTING:
    return (Key){true, item.has[TYPE] && g_str_equal(item.texts[TYPE], "AIFO") ? block.size : 0};
  case HS_BLOCK_COLUMN_ALLOC_TIME:
    return (Key){true, block.begin_ticks};
  case HS_BLOCK_COLUMN_FREE_TIME:
    return (Key){is_over, block.end_ticks};
  case HS_BLOCK_COLUMN_LIFETIME:
    return (Key){is_over, item.numbers[LIFETIME]};
  case HS_BLOCK_COLUMN_IS_REALLOC:
    return (Key){true, block.is_realloc};
  case HS_BLOCK_COLUMN_END:
    return (Key){is_over, block.end};
  case HS_BLOCK_COLUMN_FREE_TID:
    return free_tid_of(t, &block);
  default: {
    uint64_t bucket = 1;
    while (bucket <= block.size / 2)
      bucket *= 2;
    return (Key){true, block.size == 0 ? 0 : bucket};
  }
  }
}

static void
check_order(const RandomTrace *trace, HsRowSet *set, HsTimeRange range, uint32_t n_rows, HsBlockColumn column,
            bool descending)
{
  g_autoptr(HsRowOrder) order = hs_block_order_new(trace->timeline, set, range, n_rows, column, descending, NULL);
  g_assert_cmpuint(hs_row_order_count(order), ==, hs_row_set_count(set));
  for (uint32_t i = 0; i < hs_row_order_count(order); i++) {
    uint32_t id = hs_row_order_at(order, i), before = i > 0 ? hs_row_order_at(order, i - 1) : 0;
    g_assert_true(hs_row_set_contains(set, id));
    if (i == 0)
      continue;
    Key a = key_of(trace->timeline, before, range, n_rows, column);
    Key b = key_of(trace->timeline, id, range, n_rows, column);
    bool equal = a.has == b.has && (!a.has || a.number == b.number);
    g_assert_true(a.has || !b.has);
    g_assert_true(equal ? before < id : !b.has || (descending ? a.number > b.number : a.number < b.number));
  }
}

static void
test_orders(void)
{
  static const HsBlockColumn columns[] = {
      HS_BLOCK_COLUMN_ROW,       HS_BLOCK_COLUMN_PID,      HS_BLOCK_COLUMN_HEAP,       HS_BLOCK_COLUMN_ADDRESS,
      HS_BLOCK_COLUMN_SIZE,      HS_BLOCK_COLUMN_TYPE,     HS_BLOCK_COLUMN_IMPACTING,  HS_BLOCK_COLUMN_ALLOC_TIME,
      HS_BLOCK_COLUMN_FREE_TIME, HS_BLOCK_COLUMN_LIFETIME, HS_BLOCK_COLUMN_IS_REALLOC, HS_BLOCK_COLUMN_BUCKET,
      HS_BLOCK_COLUMN_END,       HS_BLOCK_COLUMN_FREE_TID};
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int round = 0; round < 30; round++) {
    RandomTrace trace;
    uint32_t n = (uint32_t)g_rand_int_range(rand, 0, 1500);
    make_trace(&trace, rand, n);
    HsTimeRange range = random_range(rand, &trace);
    g_autoptr(HsQuery) query = hs_query_parse(random_trace_chance(rand, 2) ? "" : "size in 100..600", NULL);
    g_autoptr(HsRowSet) set = hs_row_set_new_query_blocks(trace.timeline, query, range, n, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++) {
      check_order(&trace, set, range, n, columns[i], false);
      check_order(&trace, set, range, n, columns[i], true);
    }
    random_trace_clear(&trace);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/query/expressions", test_expressions);
  g_test_add_func("/query/large", test_large);
  g_test_add_func("/query/block-orders", test_orders);
  return g_test_run();
}

/* SPDX-License-Identifier: MIT */
/*
 * From tree to plan. Comparisons that hang on the same small table (the origin: who and on which heap; the operation
 * with its source) are evaluated here, once an entry, together with the logic between them; a row then costs one
 * look-up, however long the text. Rows are in order of time, so that times are spans of rows.
 */
#include <string.h>

#include "hs-query-plan.h"
#include "hs-row-set.h"

#define N_OP_SOURCES 256u
#define N_CPUS 65536u

typedef struct {
  const HsTimeline *timeline;
  uint32_t n_rows, n_blocks, n_origins;
  GPtrArray *by_blocks;
  guint n_marks;
  bool out_of_memory;
} Compiler;

static HsPlanNode *compile(Compiler *c, const HsQueryNode *node);

static void
free_node(gpointer data)
{
  HsPlanNode *node = data;
  if (node == NULL)
    return;
  g_clear_pointer(&node->children, g_ptr_array_unref);
  g_free(node->row_spans);
  g_free(node->table);
  g_free(node->bits);
  g_free(node);
}

static HsPlanNode *
new_node(HsPlanKind kind)
{
  HsPlanNode *node = g_new0(HsPlanNode, 1);
  node->kind = kind;
  if (kind == HS_PLAN_AND || kind == HS_PLAN_OR || kind == HS_PLAN_NOT)
    node->children = g_ptr_array_new_with_free_func(free_node);
  return node;
}

static HsPlanNode *
new_table(Compiler *c, HsPlanKind kind, uint32_t n)
{
  HsPlanNode *node = new_node(kind);
  node->table = g_try_malloc0(MAX(n, 1));
  node->n_table = n;
  if (node->table == NULL) {
    c->out_of_memory = true;
    node->kind = HS_PLAN_NONE;
  }
  return node;
}

static HsPlanNode *
new_bits(Compiler *c, HsPlanKind kind, uint32_t n)
{
  HsPlanNode *node = new_node(kind);
  node->bits = g_try_new0(uint64_t, (size_t)n / 64 + 1);
  if (node->bits == NULL) {
    c->out_of_memory = true;
    node->kind = HS_PLAN_NONE;
  }
  return node;
}

/* --- who, and on which heap --- */

/* Each process's name is looked at once. */
static uint8_t *
match_processes(Compiler *c, const HsQueryNode *node, uint32_t n)
{
  uint8_t *matches = g_try_malloc0(MAX(n, 1));
  c->out_of_memory = c->out_of_memory || matches == NULL;
  for (uint32_t i = 0; matches != NULL && i < n; i++)
    matches[i] = hs_query_text_passes(node, hs_timeline_process_name(c->timeline, (HsProcessId){i}));
  return matches;
}

/* Ids that no record told are all ones. */
static bool
origin_matches(const Compiler *c, const HsQueryNode *node, HsOriginId id)
{
  const HsOrigin *origin = hs_timeline_origin(c->timeline, id);
  if (node->field == HS_QUERY_HEAP)
    return origin->heap.v != HS_ID_NONE &&
           hs_query_intervals_hold(node->intervals, hs_timeline_heap(c->timeline, origin->heap)->handle);
  const HsThread *thread = hs_timeline_thread(c->timeline, origin->thread);
  uint32_t number = thread->tid;
  if (node->field == HS_QUERY_PID)
    number = thread->process.v != HS_ID_NONE ? hs_timeline_process(c->timeline, thread->process)->pid : UINT32_MAX;
  return number != UINT32_MAX && hs_query_intervals_hold(node->intervals, number);
}

static HsPlanNode *
compile_origins(Compiler *c, const HsQueryNode *node)
{
  HsPlanNode *plan = new_table(c, HS_PLAN_ORIGIN, c->n_origins);
  uint32_t n_processes = hs_timeline_n_processes(c->timeline);
  g_autofree uint8_t *processes = NULL;
  if (node->field == HS_QUERY_PROCESS)
    processes = match_processes(c, node, n_processes);
  if (c->out_of_memory)
    return plan;
  for (uint32_t i = 0; i < c->n_origins; i++) {
    HsThreadId thread = hs_timeline_origin(c->timeline, (HsOriginId){i})->thread;
    if (processes == NULL) {
      plan->table[i] = origin_matches(c, node, (HsOriginId){i});
    } else {
      uint32_t process = hs_timeline_thread(c->timeline, thread)->process.v;
      plan->table[i] = process < n_processes && processes[process];
    }
  }
  return plan;
}

/* --- operations, sources, processors --- */

static HsPlanNode *
compile_ops(Compiler *c, const HsQueryNode *node)
{
  HsPlanNode *plan = new_table(c, HS_PLAN_OP_SOURCE, N_OP_SOURCES);
  for (unsigned i = 0; !c->out_of_memory && i < N_OP_SOURCES; i++)
    plan->table[i] = hs_query_intervals_hold(node->intervals, i & 31);
  return plan;
}

/* Sources that have no name are told apart by a list of their own. */
static HsPlanNode *
compile_odd_sources(Compiler *c, const HsQueryNode *node)
{
  HsPlanNode *plan = new_bits(c, HS_PLAN_BITS, c->n_rows);
  uint32_t n = __atomic_load_n(&c->timeline->n_odd_sources, __ATOMIC_ACQUIRE);
  for (uint32_t i = 0; !c->out_of_memory && i < n; i++) {
    const HsOddSource *odd = HS_VEC(&c->timeline->odd_sources, HsOddSource, i);
    if (odd->row < c->n_rows && hs_query_intervals_hold(node->intervals, odd->source_id))
      plan->bits[odd->row / 64] |= UINT64_C(1) << (odd->row % 64);
  }
  return plan;
}

static HsPlanNode *
compile_sources(Compiler *c, const HsQueryNode *node)
{
  HsPlanNode *plan = new_table(c, HS_PLAN_OP_SOURCE, N_OP_SOURCES);
  for (unsigned i = 0; !c->out_of_memory && i < N_OP_SOURCES; i++) {
    unsigned source = i >> 5;
    plan->table[i] =
        source != HS_SOURCE_NONE && source != HS_SOURCE_UNKNOWN && hs_query_intervals_hold(node->intervals, source);
  }
  if (c->out_of_memory || __atomic_load_n(&c->timeline->n_odd_sources, __ATOMIC_ACQUIRE) == 0)
    return plan;
  HsPlanNode *both = new_node(HS_PLAN_OR);
  g_ptr_array_add(both->children, plan);
  g_ptr_array_add(both->children, compile_odd_sources(c, node));
  return both;
}

static HsPlanNode *
compile_cpus(Compiler *c, const HsQueryNode *node)
{
  HsPlanNode *plan = new_table(c, HS_PLAN_CPU, N_CPUS);
  for (unsigned i = 0; !c->out_of_memory && i < N_CPUS; i++)
    plan->table[i] = hs_query_intervals_hold(node->intervals, i);
  return plan;
}

/* --- times --- */

/* The first row at or after a moment. */
static HsRow
row_at_ns(const Compiler *c, int64_t ns)
{
  return hs_timeline_row_at(c->timeline, hs_clock_from_ns(hs_timeline_clock(c->timeline), ns), c->n_rows);
}

static HsPlanNode *
compile_times(Compiler *c, const HsQueryNode *node)
{
  HsPlanNode *plan = new_node(HS_PLAN_ROWS);
  plan->row_spans = g_new(HsQueryInterval, MAX(node->intervals->len, 1));
  for (guint i = 0; i < node->intervals->len; i++) {
    const HsQueryInterval *interval = &g_array_index(node->intervals, HsQueryInterval, i);
    int64_t low_ns = (int64_t)(interval->low - HS_QUERY_BIAS), high_ns = (int64_t)(interval->high - HS_QUERY_BIAS);
    HsRow first = low_ns == INT64_MIN ? 0 : row_at_ns(c, low_ns);
    HsRow end = high_ns == INT64_MAX ? c->n_rows : row_at_ns(c, high_ns + 1);
    if (first < end)
      plan->row_spans[plan->n_row_spans++] = (HsQueryInterval){first, end - 1};
  }
  return plan;
}

/* --- what a ReAlloc tells of before --- */

static HsPlanNode *
compile_old(Compiler *c, const HsQueryNode *node)
{
  HsPlanNode *plan = new_bits(c, HS_PLAN_BITS, c->n_rows);
  uint32_t n = __atomic_load_n(&c->timeline->n_reallocs, __ATOMIC_ACQUIRE);
  for (uint32_t i = 0; !c->out_of_memory && i < n; i++) {
    const HsRealloc *change = HS_VEC(&c->timeline->reallocs, HsRealloc, i);
    if (change->row >= c->n_rows)
      break;
    bool passes;
    if (node->kind == HS_QUERY_COVERS)
      passes = change->old_address != 0 && node->address >= change->old_address &&
               node->address - change->old_address < change->old_size;
    else
      passes = hs_query_intervals_hold(node->intervals,
                                       node->field == HS_QUERY_OLD_SIZE ? change->old_size : change->old_address);
    if (passes)
      plan->bits[change->row / 64] |= UINT64_C(1) << (change->row % 64);
  }
  return plan;
}

/* --- logic --- */

static bool
is_table(const HsPlanNode *node)
{
  return node->kind == HS_PLAN_ORIGIN || node->kind == HS_PLAN_OP_SOURCE || node->kind == HS_PLAN_CPU;
}

/* Joins tables of one kind into the first of them. */
static void
merge_tables(HsPlanNode *plan)
{
  HsPlanNode *firsts[HS_PLAN_ORIGIN + 1] = {NULL};
  for (guint i = 0; i < plan->children->len;) {
    HsPlanNode *child = g_ptr_array_index(plan->children, i);
    HsPlanNode *first = is_table(child) ? firsts[child->kind] : NULL;
    if (first == NULL) {
      if (is_table(child))
        firsts[child->kind] = child;
      i++;
      continue;
    }
    for (uint32_t k = 0; k < first->n_table; k++)
      first->table[k] =
          plan->kind == HS_PLAN_AND ? first->table[k] & child->table[k] : first->table[k] | child->table[k];
    g_ptr_array_remove_index(plan->children, i);
  }
}

/* The dearest of what is below. */
static HsPlanKind
cost(const HsPlanNode *node)
{
  if (node->children == NULL)
    return node->kind;
  HsPlanKind most = HS_PLAN_NONE;
  for (guint i = 0; i < node->children->len; i++)
    most = MAX(most, cost(g_ptr_array_index(node->children, i)));
  return most;
}

static gint
compare_costs(gconstpointer a, gconstpointer b)
{
  return (gint)cost(*(HsPlanNode *const *)a) - (gint)cost(*(HsPlanNode *const *)b);
}

/* --- tables that are spans --- */

/* Whether the values of a table's first n, whose bytes are `byte`, lie side by side. */
static bool
is_span(const uint8_t *table, uint32_t n, uint8_t byte, uint16_t *low, uint16_t *width)
{
  uint32_t first = 0, end = n;
  while (first < n && table[first] != byte)
    first++;
  while (end > first && table[end - 1] != byte)
    end--;
  *low = (uint16_t)first;
  *width = (uint16_t)(end - first - 1);
  for (uint32_t i = first; i < end; i++) {
    if (table[i] != byte)
      return false;
  }
  return first < end;
}

/* Whether a table of operations with sources asks for the operation only. */
static bool
asks_operation(const HsPlanNode *node)
{
  for (uint32_t i = 32; i < node->n_table; i++) {
    if (node->table[i] != node->table[i & 31])
      return false;
  }
  return node->kind == HS_PLAN_OP_SOURCE;
}

static void
find_spans(HsPlanNode *node)
{
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    find_spans(g_ptr_array_index(node->children, i));
  if (node->kind != HS_PLAN_OP_SOURCE && node->kind != HS_PLAN_CPU)
    return;
  uint32_t n = asks_operation(node) ? 32 : node->n_table;
  node->span.inverted = false;
  bool found = is_span(node->table, n, 1, &node->span.low, &node->span.width);
  if (!found) {
    node->span.inverted = true;
    found = is_span(node->table, n, 0, &node->span.low, &node->span.width);
  }
  node->span.mask = found ? (uint16_t)(n - 1) : 0;
}

/* --- logic of nothing but blocks --- */

static bool
goes_by_blocks(const HsPlanNode *node)
{
  if (node->kind >= HS_PLAN_ADDRESS)
    return true;
  for (guint i = 0; node->children != NULL && i < node->children->len; i++) {
    if (!goes_by_blocks(g_ptr_array_index(node->children, i)))
      return false;
  }
  return node->children != NULL;
}

/* One answer a block to all of it, so that a row looks up one bit rather than several. */
static HsPlanNode *
join_blocks(Compiler *c, HsPlanNode *logic)
{
  HsPlanNode *plan = new_bits(c, HS_PLAN_BLOCKS, c->n_blocks);
  plan->children = g_ptr_array_new_with_free_func(free_node);
  g_ptr_array_add(plan->children, logic);
  g_ptr_array_add(c->by_blocks, plan);
  return plan;
}

/* Joins those parts of an and, an or that go by blocks, if there are several. */
static void
join_parts(Compiler *c, HsPlanNode *plan)
{
  guint n = 0;
  for (guint i = 0; i < plan->children->len; i++)
    n += goes_by_blocks(g_ptr_array_index(plan->children, i));
  if (n < 2)
    return;
  HsPlanNode *logic = new_node(plan->kind);
  for (guint i = 0; i < plan->children->len;) {
    if (goes_by_blocks(g_ptr_array_index(plan->children, i)))
      g_ptr_array_add(logic->children, g_ptr_array_steal_index(plan->children, i));
    else
      i++;
  }
  g_ptr_array_add(plan->children, join_blocks(c, logic));
}

static HsPlanNode *
compile_logic(Compiler *c, const HsQueryNode *node)
{
  HsPlanNode *plan = new_node(node->kind == HS_QUERY_AND ? HS_PLAN_AND : HS_PLAN_OR);
  for (guint i = 0; i < node->children->len; i++) {
    HsPlanNode *child = compile(c, g_ptr_array_index(node->children, i));
    if (child->kind != plan->kind) {
      g_ptr_array_add(plan->children, child);
      continue;
    }
    while (child->children->len > 0)
      g_ptr_array_add(plan->children, g_ptr_array_steal_index(child->children, 0));
    free_node(child);
  }
  merge_tables(plan);
  join_parts(c, plan);
  g_ptr_array_sort(plan->children, compare_costs);
  if (plan->children->len > 1)
    return plan;
  HsPlanNode *only = g_ptr_array_steal_index(plan->children, 0);
  free_node(plan);
  return only;
}

static HsPlanNode *
compile_not(Compiler *c, const HsQueryNode *node)
{
  HsPlanNode *child = compile(c, g_ptr_array_index(node->children, 0));
  if (is_table(child)) {
    for (uint32_t i = 0; i < child->n_table; i++)
      child->table[i] ^= 1;
    return child;
  }
  HsPlanNode *plan = new_node(HS_PLAN_NOT);
  g_ptr_array_add(plan->children, child);
  return plan;
}

static HsPlanNode *
by_blocks(Compiler *c, HsPlanKind kind, const HsQueryNode *node)
{
  HsPlanNode *plan = new_bits(c, kind, c->n_blocks);
  plan->intervals = node->intervals;
  plan->address = node->address;
  g_ptr_array_add(c->by_blocks, plan);
  if (kind == HS_PLAN_LIFETIME) {
    plan->mark = c->n_marks;
    c->n_marks += 1 + 2 * plan->intervals->len;
  }
  return plan;
}

static HsPlanNode *
compile_sizes(const HsQueryNode *node)
{
  HsPlanNode *plan = new_node(HS_PLAN_SIZE);
  plan->intervals = node->intervals;
  return plan;
}

static HsPlanNode *
compile_test(Compiler *c, const HsQueryNode *node)
{
  switch (node->field) {
  case HS_QUERY_TIME:
    return compile_times(c, node);
  case HS_QUERY_OP:
    return compile_ops(c, node);
  case HS_QUERY_SOURCE:
    return compile_sources(c, node);
  case HS_QUERY_CPU:
    return compile_cpus(c, node);
  case HS_QUERY_OLD_ADDRESS:
  case HS_QUERY_OLD_SIZE:
    return compile_old(c, node);
  case HS_QUERY_ADDRESS:
    return by_blocks(c, node->kind == HS_QUERY_COVERS ? HS_PLAN_COVERS : HS_PLAN_ADDRESS, node);
  case HS_QUERY_SIZE:
    return compile_sizes(node);
  case HS_QUERY_LIFETIME:
    return by_blocks(c, HS_PLAN_LIFETIME, node);
  case HS_QUERY_TYPE:
    return by_blocks(c, HS_PLAN_TYPE, node);
  case HS_QUERY_END:
    return by_blocks(c, HS_PLAN_END, node);
  default:
    return compile_origins(c, node);
  }
}

static HsPlanNode *
compile(Compiler *c, const HsQueryNode *node)
{
  switch (node->kind) {
  case HS_QUERY_AND:
  case HS_QUERY_OR:
    return compile_logic(c, node);
  case HS_QUERY_NOT:
    return compile_not(c, node);
  default:
    return compile_test(c, node);
  }
}

HsQueryPlan *
hs_query_plan_new(HsQuery *query, HsTimeline *timeline, HsTimeRange range, uint32_t n_rows)
{
  HsClock clock = hs_timeline_clock(timeline);
  g_autoptr(HsQueryPlan) plan = g_new0(HsQueryPlan, 1);
  plan->timeline = hs_timeline_ref(timeline);
  plan->query = hs_query_ref(query);
  plan->range = hs_range_rows(timeline, range, n_rows);
  plan->n_rows = n_rows;
  plan->n_blocks = hs_row_set_count_blocks(timeline, n_rows);
  plan->ns_a_tick = 1000000000 % clock.frequency == 0 ? (int64_t)(1000000000 / clock.frequency) : 0;
  plan->by_blocks = g_ptr_array_new();
  Compiler compiler = {.timeline = timeline,
                       .n_rows = n_rows,
                       .n_blocks = plan->n_blocks,
                       .n_origins = hs_timeline_n_origins(timeline),
                       .by_blocks = plan->by_blocks};
  plan->root = compile(&compiler, query->root);
  plan->n_marks = compiler.n_marks;
  if (!compiler.out_of_memory)
    find_spans(plan->root);
  return compiler.out_of_memory ? NULL : g_steal_pointer(&plan);
}

void
hs_query_plan_free(HsQueryPlan *plan)
{
  if (plan == NULL)
    return;
  free_node(plan->root);
  g_ptr_array_unref(plan->by_blocks);
  hs_query_unref(plan->query);
  hs_timeline_unref(plan->timeline);
  g_free(plan);
}

void
hs_query_track_init(HsQueryTrack *track, const HsQueryPlan *plan)
{
  track->marks = g_new0(HsRow, MAX(plan->n_marks, 1));
}

void
hs_query_track_clear(HsQueryTrack *track)
{
  g_clear_pointer(&track->marks, g_free);
}

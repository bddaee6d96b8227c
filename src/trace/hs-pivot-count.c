/* SPDX-License-Identifier: MIT */
/* One pass over the blocks, by two threads if there are many; each has a table of its own, the second is added to the
 * first. */
#include "hs-pivot-private.h"

#include "hs-scratch.h"

#define PARALLEL_BLOCKS (1u << 18)
#define BLOCKS_PER_POLL (1u << 14)
#define FIRST_SLOTS 64u
/* How far ahead the rows of blocks are fetched. */
#define AHEAD 32u

typedef struct {
  const HsPivotScan *scan;
  HsPivotTable table;
  uint32_t first, end;
  bool failed;
} Part;

/* --- the table --- */

void
hs_pivot_table_clear(HsPivotTable *table)
{
  g_clear_pointer(&table->leaves, g_free);
  g_clear_pointer(&table->slots, g_free);
  *table = (HsPivotTable){0};
}

static inline uint32_t
hash_of(const uint32_t *key)
{
  uint64_t h = key[0] * UINT64_C(0x9e3779b97f4a7c15);
  h = (h ^ h >> 29 ^ key[1]) * UINT64_C(0xbf58476d1ce4e5b9);
  h = (h ^ h >> 32 ^ key[2]) * UINT64_C(0x94d049bb133111eb);
  return (uint32_t)(h >> 32);
}

static bool
grow(HsPivotTable *table)
{
  uint32_t n_slots = MAX(table->n_slots * 2, FIRST_SLOTS), capacity = n_slots / 2;
  uint32_t *slots = g_try_new0(uint32_t, n_slots);
  HsPivotLeaf *leaves = g_try_realloc_n(table->leaves, capacity, sizeof *leaves);
  if (leaves != NULL) {
    table->leaves = leaves;
    table->capacity = capacity;
  }
  if (slots == NULL || leaves == NULL) {
    g_free(slots);
    return false;
  }
  for (uint32_t i = 0; i < table->n; i++) {
    uint32_t slot = hash_of(leaves[i].key) & (n_slots - 1);
    while (slots[slot] != 0)
      slot = (slot + 1) & (n_slots - 1);
    slots[slot] = i + 1;
  }
  g_free(table->slots);
  table->slots = slots;
  table->n_slots = n_slots;
  return true;
}

static inline bool
same_key(const uint32_t *a, const uint32_t *b)
{
  return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

/* The leaf of a key, made if there is none; UINT32_MAX if out of memory. */
static uint32_t
find_leaf(HsPivotTable *table, const uint32_t *key)
{
  static const uint32_t others[HS_PIVOT_LEVELS] = {HS_ID_NONE, HS_ID_NONE, HS_ID_NONE};
  if (table->n == table->capacity && !grow(table))
    return UINT32_MAX;
  uint32_t slot = hash_of(key) & (table->n_slots - 1);
  for (; table->slots[slot] != 0; slot = (slot + 1) & (table->n_slots - 1)) {
    if (same_key(table->leaves[table->slots[slot] - 1].key, key))
      return table->slots[slot] - 1;
  }
  if (table->n >= HS_PIVOT_MAX_GROUPS && !same_key(key, others))
    return find_leaf(table, others);
  HsPivotLeaf *leaf = &table->leaves[table->n++];
  *leaf = (HsPivotLeaf){.key = {key[0], key[1], key[2]}};
  table->slots[slot] = table->n;
  return table->n - 1;
}

/* --- one block --- */

static inline uint32_t
key_of(const HsPivotScan *scan, HsPivotBy by, HsBlockId id, HsRow begin, uint64_t bytes, HsBlockType type)
{
  const HsTimeline *t = scan->timeline;
  HsRow end;
  switch (by) {
  case HS_PIVOT_PROCESS:
    return hs_timeline_thread(t, hs_timeline_origin(t, hs_timeline_row_origin(t, begin))->thread)->process.v;
  case HS_PIVOT_HEAP:
    return hs_timeline_origin(t, hs_timeline_row_origin(t, begin))->heap.v;
  case HS_PIVOT_SOURCE:
    return hs_timeline_block_source(t, id);
  case HS_PIVOT_SIZE:
    return hs_size_class(bytes);
  case HS_PIVOT_THREAD:
    return hs_timeline_origin(t, hs_timeline_row_origin(t, begin))->thread.v;
  case HS_PIVOT_TYPE:
    return type;
  case HS_PIVOT_END:
    return hs_range_rows_end(&scan->rows, hs_timeline_block_record(t, id), &end);
  case HS_N_PIVOTS:
    break;
  }
  return HS_ID_NONE;
}

/* A block begun before the range and over just as it begins is out of view; but what was outstanding before counts it.
 */
static bool
ends_at_t0(const HsPivotScan *scan, HsBlockId id)
{
  const HsBlockRecord *record = hs_timeline_block_record(scan->timeline, id);
  HsRow end;
  HsEnd reason = hs_range_rows_end(&scan->rows, record, &end);
  if (G_LIKELY(end != HS_ROW_PROCESS_EXIT))
    return reason != HS_END_NONE && end >= scan->rows.t0_row && end < scan->rows.after_t0_row &&
           record->begin < scan->rows.t0_row;
  HsBlock block;
  hs_timeline_block(scan->timeline, id, scan->rows.n_rows, &block);
  return block.end_ticks == scan->rows.range.t0_ticks && block.begin_ticks < block.end_ticks;
}

static bool
count_block(Part *part, HsBlockId id, uint32_t *last_leaf)
{
  const HsPivotScan *scan = part->scan;
  HsRow begin = hs_timeline_block_begin(scan->timeline, id);
  HsBlockType type = hs_range_rows_type(scan->timeline, &scan->rows, id, hs_timeline_block_record(scan->timeline, id));
  uint64_t bytes = hs_timeline_block_size(scan->timeline, id);
  if (type == HS_BLOCK_TYPE_NONE) {
    part->table.ended_at_t0_bytes += ends_at_t0(scan, id) ? bytes : 0;
    return true;
  }
  uint32_t key[HS_PIVOT_LEVELS] = {0};
  for (unsigned i = 0; i < scan->n_by; i++)
    key[i] = key_of(scan, scan->by[i], id, begin, bytes, type);
  HsPivotTable *table = &part->table;
  /* The next block is often of the same group. */
  if (*last_leaf >= table->n || !same_key(table->leaves[*last_leaf].key, key))
    *last_leaf = find_leaf(table, key);
  if (*last_leaf == UINT32_MAX)
    return false;
  HsPivotLeaf *leaf = &table->leaves[*last_leaf];
  leaf->sums.count[type]++;
  leaf->sums.bytes[type] += bytes;
  if (scan->leaf_of != NULL)
    scan->leaf_of[id.v] = *last_leaf;
  return true;
}

static gpointer
count_part(gpointer data)
{
  Part *part = data;
  const HsPivotScan *scan = part->scan;
  uint32_t last_leaf = UINT32_MAX;
  for (uint32_t i = part->first; i < part->end; i++) {
    if (i % BLOCKS_PER_POLL == 0 && scan->cancel != NULL && __atomic_load_n(scan->cancel, __ATOMIC_RELAXED) != 0) {
      part->failed = true;
      break;
    }
    if (scan->bits != NULL && (scan->bits[i / 64] >> (i % 64) & 1) == 0)
      continue;
    if (!count_block(part, (HsBlockId){i}, &last_leaf)) {
      part->failed = true;
      break;
    }
  }
  return NULL;
}

/* --- both halves --- */

static void
add_sums(HsRangeSums *to, const HsRangeSums *from)
{
  for (int type = 0; type < HS_N_BLOCK_TYPES; type++) {
    to->count[type] += from->count[type];
    to->bytes[type] += from->bytes[type];
  }
}

static bool
merge(const Part *from, HsPivotTable *to)
{
  const HsPivotScan *scan = from->scan;
  g_autofree uint32_t *renumbered = g_try_new(uint32_t, MAX(from->table.n, 1));
  if (renumbered == NULL)
    return false;
  for (uint32_t i = 0; i < from->table.n; i++) {
    const HsPivotLeaf *leaf = &from->table.leaves[i];
    renumbered[i] = find_leaf(to, leaf->key);
    if (renumbered[i] == UINT32_MAX)
      return false;
    add_sums(&to->leaves[renumbered[i]].sums, &leaf->sums);
  }
  to->ended_at_t0_bytes += from->table.ended_at_t0_bytes;
  for (uint32_t i = from->first; scan->leaf_of != NULL && i < from->end; i++) {
    if (scan->leaf_of[i] != UINT32_MAX)
      scan->leaf_of[i] = renumbered[scan->leaf_of[i]];
  }
  return true;
}

bool
hs_pivot_count(const HsPivotScan *scan, HsPivotTable *table)
{
  Part here = {.scan = scan, .end = scan->n_blocks}, there = {.scan = scan};
  bool both = scan->n_blocks >= PARALLEL_BLOCKS;
  if (both) {
    here.end = there.first = scan->n_blocks / 2 & ~63u;
    there.end = scan->n_blocks;
  }
  hs_run_both("hs-pivot", count_part, &here, both ? &there : NULL);
  bool done = !here.failed && !there.failed && merge(&there, &here.table);
  hs_pivot_table_clear(&there.table);
  *table = here.table;
  return done;
}

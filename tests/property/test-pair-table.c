/* SPDX-License-Identifier: MIT */
/* The table of live blocks against a hash table, where many have the same home and lines are full. */
#include "hs-pair-table.h"

#define ROUNDS 200
#define STEPS 3000

typedef struct {
  HsPairTable table;
  GHashTable *model; /* address → block, both as pointers' numbers */
  uint32_t next_block;
} Pair;

/* Few homes, so that they overflow; some of them the last line, behind which the first one comes. */
static uint64_t
any_address(GRand *rand, unsigned homes)
{
  uint64_t home = g_rand_int_range(rand, 0, (gint32)homes), number = g_rand_int_range(rand, 1, 40);
  return (UINT64_MAX - (home << 59)) - number * 16;
}

static uint32_t
flags_of(uint64_t address, uint32_t block)
{
  return ((uint32_t)address ^ block * 2654435761u) & ~HS_BLOCK_END_MASK;
}

static void
assert_same(const Pair *pair, uint64_t address)
{
  gpointer block;
  const HsPairSlot *slot = hs_pair_table_find(&pair->table, address);
  bool lives = g_hash_table_lookup_extended(pair->model, GSIZE_TO_POINTER(address), NULL, &block);
  g_assert_cmpint(slot != NULL, ==, lives);
  if (!lives)
    return;
  g_assert_cmphex(slot->address, ==, address);
  g_assert_cmpuint(slot->block, ==, GPOINTER_TO_UINT(block));
  g_assert_cmphex(hs_pair_slot_size_flags(slot), ==, flags_of(address, slot->block));
}

static void
begin_or_end(Pair *pair, uint64_t address)
{
  HsPairSlot *slot = hs_pair_table_find(&pair->table, address);
  if (slot != NULL) {
    hs_pair_table_remove(&pair->table, slot);
    g_hash_table_remove(pair->model, GSIZE_TO_POINTER(address));
    return;
  }
  uint32_t block = pair->next_block++;
  g_assert_true(hs_pair_table_insert(&pair->table, address, block, flags_of(address, block)));
  g_hash_table_insert(pair->model, GSIZE_TO_POINTER(address), GUINT_TO_POINTER(block));
}

static void
assert_all_same(const Pair *pair)
{
  GHashTableIter iter;
  gpointer address;
  uint64_t n = 0;
  g_hash_table_iter_init(&iter, pair->model);
  while (g_hash_table_iter_next(&iter, &address, NULL))
    assert_same(pair, GPOINTER_TO_SIZE(address));
  for (uint64_t i = 0; i < hs_pair_table_capacity(&pair->table); i += HS_PAIR_LINE) {
    const HsPairSlot *line = &pair->table.slots[i];
    unsigned n_taken = HS_PAIR_LINE - (unsigned)__builtin_popcount(hs_pair_line_find(line, 0));
    g_assert_true(n_taken == HS_PAIR_LINE || !hs_pair_line_is_passed(line));
    n += n_taken;
  }
  g_assert_cmpuint(n, ==, g_hash_table_size(pair->model));
  g_assert_cmpuint(pair->table.count, ==, g_hash_table_size(pair->model));
  g_assert_cmpuint((uint64_t)pair->table.count * 2, <=, hs_pair_table_capacity(&pair->table));
}

static void
test_model(void)
{
  const char *told = g_getenv("HEAPSCOPE_SEED");
  guint32 seed = told != NULL ? (guint32)g_ascii_strtoull(told, NULL, 10) : g_random_int();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  g_test_message("HEAPSCOPE_SEED=%u", seed);
  hs_pair_table_seed();
  for (int round = 0; round < ROUNDS; round++) {
    Pair pair = {.model = g_hash_table_new(NULL, NULL)};
    unsigned homes = (unsigned)g_rand_int_range(rand, 1, 20);
    /* The top bits of an address are its home: of all that any_address() tells, few lines. Or homes as in a trace. */
    hs_pair_multiplier = round % 4 == 0 ? (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand) | 1 : 1;
    for (int step = 0; step < STEPS; step++) {
      begin_or_end(&pair, any_address(rand, homes));
      assert_same(&pair, any_address(rand, homes));
      if (step % 500 == 0)
        assert_all_same(&pair);
    }
    assert_all_same(&pair);
    g_assert_null(hs_pair_table_find(&pair.table, 0));
    hs_pair_table_clear(&pair.table);
    g_assert_cmpuint(hs_pair_table_bytes(&pair.table), ==, 0);
    g_hash_table_unref(pair.model);
  }
}

int
main(int argc, char *argv[])
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pair-table/model", test_model);
  return g_test_run();
}

/* SPDX-License-Identifier: MIT */
#include "hs-pair-table.h"

#include <sys/mman.h>

#include "hs-headroom.h"

#define FIRST_CAPACITY 64u
#define FAST_FROM (1u << 12)
#define FAST_TO (1u << 20)
#define HUGE_PAGE ((size_t)2 << 20)

uint64_t hs_pair_multiplier;

void
hs_pair_table_seed(void)
{
  static gsize drawn;
  if (g_once_init_enter(&drawn)) {
    hs_pair_multiplier = (uint64_t)g_random_int() << 32 | g_random_int() | 1;
    g_once_init_leave(&drawn, 1);
  }
}

/* Zeroed slots. Every lookup lands somewhere else: large tables go to huge pages, or each would miss the TLB too. */
static HsPairSlot *
allocate(uint64_t capacity)
{
  size_t bytes = capacity * sizeof(HsPairSlot);
  if (bytes < HUGE_PAGE)
    return g_try_malloc0(bytes);
  void *slots = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (slots == MAP_FAILED)
    return NULL;
  if (!hs_has_headroom()) {
    munmap(slots, bytes);
    return NULL;
  }
  (void)madvise(slots, bytes, MADV_HUGEPAGE);
  return slots;
}

static void
release(HsPairSlot *slots, uint64_t capacity)
{
  size_t bytes = capacity * sizeof(HsPairSlot);
  if (slots == NULL)
    return;
  if (bytes < HUGE_PAGE)
    g_free(slots);
  else
    munmap(slots, bytes);
}

void
hs_pair_table_clear(HsPairTable *table)
{
  release(table->slots, (uint64_t)table->mask + 1);
  *table = (HsPairTable){0};
}

/* Small tables are found anew for each heap, and large ones cost most by growing: those between grow faster. */
static uint64_t
next_capacity(const HsPairTable *table)
{
  uint64_t capacity = (uint64_t)table->mask + 1;
  if (table->slots == NULL)
    return FIRST_CAPACITY;
  return capacity >= FAST_FROM && capacity < FAST_TO ? capacity * 4 : capacity * 2;
}

bool
hs_pair_table_grow(HsPairTable *table)
{
  uint64_t capacity = next_capacity(table);
  if (capacity > (uint64_t)UINT32_MAX + 1)
    return false;
  HsPairSlot *slots = allocate(capacity);
  if (slots == NULL)
    return false;
  HsPairTable grown = {slots, (uint32_t)(capacity - 1), 64 - (uint32_t)__builtin_ctzll(capacity), table->count};
  for (uint64_t i = 0; table->slots != NULL && i <= table->mask; i++) {
    HsPairSlot slot = table->slots[i];
    if (slot.block == 0)
      continue;
    uint32_t j = hs_pair_home(&grown, slot.address);
    while (slots[j].block != 0)
      j = (j + 1) & grown.mask;
    slots[j] = slot;
  }
  release(table->slots, (uint64_t)table->mask + 1);
  *table = grown;
  return true;
}

/* SPDX-License-Identifier: MIT */
#include "hs-pair-table.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "hs-headroom.h"

#define FIRST_CAPACITY 64u
#define FAST_FROM (1u << 12)
#define FAST_TO (1u << 20)
#define HUGE_PAGE ((size_t)2 << 20)
#define LINE_BYTES (HS_PAIR_LINE * sizeof(HsPairSlot))

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
  void *slots;
  if (bytes < HUGE_PAGE)
    return posix_memalign(&slots, LINE_BYTES, bytes) == 0 ? memset(slots, 0, bytes) : NULL;
  slots = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
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
    free(slots);
  else
    munmap(slots, bytes);
}

void
hs_pair_table_clear(HsPairTable *table)
{
  release(table->slots, hs_pair_table_capacity(table));
  *table = (HsPairTable){0};
}

/* Small tables are found anew for each heap, and large ones cost most by growing: those between grow faster. */
static uint64_t
next_capacity(const HsPairTable *table)
{
  uint64_t capacity = hs_pair_table_capacity(table);
  if (capacity == 0)
    return FIRST_CAPACITY;
  return capacity >= FAST_FROM && capacity < FAST_TO ? capacity * 4 : capacity * 2;
}

bool
hs_pair_table_grow(HsPairTable *table)
{
  uint64_t old_capacity = hs_pair_table_capacity(table), capacity = next_capacity(table);
  if (capacity > (uint64_t)UINT32_MAX + 1)
    return false;
  HsPairSlot *slots = allocate(capacity);
  if (slots == NULL)
    return false;
  uint64_t n_lines = capacity / HS_PAIR_LINE;
  HsPairTable grown = {.slots = slots,
                       .mask = (uint32_t)(n_lines - 1),
                       .shift = 64 - (uint32_t)__builtin_ctzll(n_lines),
                       .count = table->count,
                       .limit = (uint32_t)(capacity / 2)};
  for (uint64_t i = 0; i < old_capacity; i++) {
    HsPairSlot slot = table->slots[i];
    slot.size_flags = hs_pair_slot_size_flags(&slot);
    if (slot.address != 0)
      *hs_pair_table_place_from(&grown, hs_pair_home(&grown, slot.address)) = slot;
  }
  release(table->slots, old_capacity);
  *table = grown;
  return true;
}

static inline HsPairSlot *
next_line(const HsPairTable *table, const HsPairSlot *line)
{
  return table->slots + (((size_t)(line - table->slots) / HS_PAIR_LINE + 1) & table->mask) * HS_PAIR_LINE;
}

HsPairSlot *
hs_pair_table_find_from(const HsPairTable *table, HsPairSlot *home, uint64_t address)
{
  for (HsPairSlot *line = home;; line = next_line(table, line)) {
    unsigned same = hs_pair_line_find(line, address);
    if (same != 0)
      return &line[__builtin_ctz(same)];
    if (!hs_pair_line_is_passed(line))
      return NULL;
  }
}

HsPairSlot *
hs_pair_table_place_from(const HsPairTable *table, HsPairSlot *home)
{
  unsigned room;
  while ((room = hs_pair_line_find(home, 0)) == 0) {
    home[HS_PAIR_LINE - 1].size_flags |= HS_PAIR_PASSED;
    home = next_line(table, home);
  }
  return &home[__builtin_ctz(room)];
}

/* A slot in `line` of a block that passed `hole_line` on its way from home; or NULL. */
static HsPairSlot *
find_passer(const HsPairTable *table, HsPairSlot *line, const HsPairSlot *hole_line)
{
  uint32_t at = (uint32_t)((size_t)(line - table->slots) / HS_PAIR_LINE);
  uint32_t hole = (uint32_t)((size_t)(hole_line - table->slots) / HS_PAIR_LINE);
  for (HsPairSlot *slot = line; slot < line + HS_PAIR_LINE; slot++) {
    uint32_t home = (uint32_t)((size_t)(hs_pair_home(table, slot->address) - table->slots) / HS_PAIR_LINE);
    if (slot->address != 0 && ((at - home) & table->mask) >= ((at - hole) & table->mask))
      return slot;
  }
  return NULL;
}

void
hs_pair_table_remove_passed(HsPairTable *table, HsPairSlot *slot)
{
  HsPairSlot *hole = slot, *hole_line = hs_pair_line_of(table, slot);
  for (HsPairSlot *line = next_line(table, hole_line);; line = next_line(table, line)) {
    bool is_passed = hs_pair_line_is_passed(line);
    HsPairSlot *passer = find_passer(table, line, hole_line);
    if (passer != NULL) {
      uint32_t kept = hole->size_flags & HS_PAIR_PASSED;
      *hole = (HsPairSlot){passer->address, passer->block, hs_pair_slot_size_flags(passer) | kept};
      hole = passer;
      hole_line = line;
    }
    if (!is_passed)
      break;
  }
  /* Nothing, or nothing more, has passed the line that it is in. */
  hole_line[HS_PAIR_LINE - 1].size_flags &= ~HS_PAIR_PASSED;
  hole->address = 0;
}

/* SPDX-License-Identifier: MIT */
#include "hs-pair-table.h"

#define FIRST_CAPACITY 64u

void
hs_pair_table_clear(HsPairTable *table)
{
  g_free(table->slots);
  *table = (HsPairTable){0};
}

bool
hs_pair_table_grow(HsPairTable *table)
{
  uint64_t capacity = table->slots == NULL ? FIRST_CAPACITY : ((uint64_t)table->mask + 1) * 2;
  if (capacity > (uint64_t)UINT32_MAX + 1)
    return false;
  HsPairSlot *slots = g_try_new0(HsPairSlot, capacity);
  if (slots == NULL)
    return false;
  uint32_t mask = (uint32_t)(capacity - 1);
  if (table->slots != NULL) {
    for (uint64_t i = 0; i <= table->mask; i++) {
      HsPairSlot slot = table->slots[i];
      if (slot.block == 0)
        continue;
      uint32_t j = slot.hash & mask;
      while (slots[j].block != 0)
        j = (j + 1) & mask;
      slots[j] = slot;
    }
  }
  g_free(table->slots);
  table->slots = slots;
  table->mask = mask;
  return true;
}

/* SPDX-License-Identifier: MIT */
/*
 * The live blocks of one heap, by address: open addressing, linear probing, deletion by shifting back. A slot tells
 * what the end of a block has to know of it, so that the block itself is only written to then. Builder's thread only.
 */
#pragma once

#include "hs-timeline.h"

typedef struct {
  uint64_t address;
  uint32_t block;      /* id + 1; 0 = free slot */
  uint32_t size_flags; /* as the block's record has them */
} HsPairSlot;

typedef struct {
  HsPairSlot *slots; /* capacity, a power of two; NULL while empty */
  uint32_t mask;
  uint32_t shift; /* a slot's home is the top bits of its address's hash */
  uint32_t count;
} HsPairTable;

/* Odd, drawn anew in each run: nobody can write a trace whose addresses collide. */
extern uint64_t hs_pair_multiplier;
/* Draws it, once. Before the first table is used. Any thread. */
void hs_pair_table_seed(void);

void hs_pair_table_clear(HsPairTable *table);
/* Makes room for one more. False if out of memory. */
bool hs_pair_table_grow(HsPairTable *table);

/* Where a block at that address stands if nothing is in its way. Of a table with slots. */
static inline uint32_t
hs_pair_home(const HsPairTable *table, uint64_t address)
{
  return (uint32_t)((address * hs_pair_multiplier) >> table->shift);
}

static inline uint64_t
hs_pair_table_bytes(const HsPairTable *table)
{
  return table->slots != NULL ? ((uint64_t)table->mask + 1) * sizeof(HsPairSlot) : 0;
}

/* The slot of the live block at `address`, or NULL. */
static inline HsPairSlot *
hs_pair_table_find(const HsPairTable *table, uint64_t address)
{
  if (table->count == 0)
    return NULL;
  for (uint32_t i = hs_pair_home(table, address);; i = (i + 1) & table->mask) {
    HsPairSlot *slot = &table->slots[i];
    if (slot->block == 0)
      return NULL;
    if (slot->address == address)
      return slot;
  }
}

/* Whether one more fits in without growing. At most half of the slots are taken: then nearly all are at home, and
 * where one is need not be guessed. */
static inline bool
hs_pair_table_has_room(const HsPairTable *table)
{
  return table->slots != NULL && ((uint64_t)table->count + 1) * 2 <= (uint64_t)table->mask + 1;
}

/* Adds a block whose address is not there. False if out of memory. */
static inline bool
hs_pair_table_insert(HsPairTable *table, uint64_t address, uint32_t block, uint32_t size_flags)
{
  if (!hs_pair_table_has_room(table) && !hs_pair_table_grow(table))
    return false;
  uint32_t i = hs_pair_home(table, address);
  while (table->slots[i].block != 0)
    i = (i + 1) & table->mask;
  table->slots[i] = (HsPairSlot){address, block + 1, size_flags};
  table->count++;
  return true;
}

/* Takes out a slot that find returned. */
static inline void
hs_pair_table_remove(HsPairTable *table, HsPairSlot *slot)
{
  uint32_t hole = (uint32_t)(slot - table->slots);
  for (uint32_t i = (hole + 1) & table->mask; table->slots[i].block != 0; i = (i + 1) & table->mask) {
    uint32_t home = hs_pair_home(table, table->slots[i].address);
    if (((i - home) & table->mask) >= ((i - hole) & table->mask)) {
      table->slots[hole] = table->slots[i];
      hole = i;
    }
  }
  table->slots[hole].block = 0;
  table->count--;
}

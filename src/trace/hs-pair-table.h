/* SPDX-License-Identifier: MIT */
/*
 * The live blocks of one heap, by address. Slots lie in lines of four, each one line of the processor's cache: a block
 * is in its home line, or, if that was full, in the next that was not, as in linear probing by lines; lines that a
 * block has passed that way say so. So nearly always one line is all there is to look at, and its slots are compared
 * without a branch. A slot tells what the end of a block has to know of it, so that the block itself is only written to
 * then. Builder's thread only.
 */
#pragma once

#include "hs-timeline.h"

typedef struct {
  uint64_t address;    /* 0 = free slot; no block is there */
  uint32_t block;      /* id */
  uint32_t size_flags; /* as the block's record has them; and HS_PAIR_PASSED in a line's last slot */
} HsPairSlot;

#define HS_PAIR_LINE 4u
/* The line is full, and a block whose home is there or before may be in a later one. Where a record has how it ended.
 */
#define HS_PAIR_PASSED 1u
G_STATIC_ASSERT((HS_PAIR_PASSED & HS_BLOCK_END_MASK) == HS_PAIR_PASSED);

typedef struct {
  HsPairSlot *slots; /* NULL while empty */
  uint32_t mask;     /* lines − 1; they are a power of two */
  uint32_t shift;    /* a block's home is the top bits of its address's hash */
  uint32_t count, limit;
} HsPairTable;

/* Odd, drawn anew in each run: nobody can write a trace whose addresses collide. */
extern uint64_t hs_pair_multiplier;
/* Draws it, once. Before the first table is used. Any thread. */
void hs_pair_table_seed(void);

void hs_pair_table_clear(HsPairTable *table);
/* Makes room for one more. False if out of memory. */
bool hs_pair_table_grow(HsPairTable *table);
/* Takes out a slot of a line that was passed: what is not at home for its sake moves up. */
void hs_pair_table_remove_passed(HsPairTable *table, HsPairSlot *slot);
/* The slot of the live block at `address`, which is not 0, in its home line or a later one; or NULL. */
HsPairSlot *hs_pair_table_find_from(const HsPairTable *table, HsPairSlot *home, uint64_t address);
/* The first free slot in the home line or a later one, for a block to be put there. */
HsPairSlot *hs_pair_table_place_from(const HsPairTable *table, HsPairSlot *home);

/* The line where a block at that address is unless it is full. Of a table with slots. */
static inline HsPairSlot *
hs_pair_home(const HsPairTable *table, uint64_t address)
{
  return table->slots + ((address * hs_pair_multiplier) >> table->shift) * HS_PAIR_LINE;
}

/* Which slots of a line are of that address, a bit each; of 0: which are free. */
static inline unsigned
hs_pair_line_find(const HsPairSlot *line, uint64_t address)
{
  return (unsigned)(line[0].address == address) | (unsigned)(line[1].address == address) << 1 |
         (unsigned)(line[2].address == address) << 2 | (unsigned)(line[3].address == address) << 3;
}

/* Slots there are. */
static inline uint64_t
hs_pair_table_capacity(const HsPairTable *table)
{
  return table->slots != NULL ? ((uint64_t)table->mask + 1) * HS_PAIR_LINE : 0;
}

static inline uint64_t
hs_pair_table_bytes(const HsPairTable *table)
{
  return hs_pair_table_capacity(table) * sizeof(HsPairSlot);
}

/* The slot of the live block at `address`, or NULL. */
static inline HsPairSlot *
hs_pair_table_find(const HsPairTable *table, uint64_t address)
{
  return table->count == 0 || address == 0 ? NULL
                                           : hs_pair_table_find_from(table, hs_pair_home(table, address), address);
}

/* Whether one more fits in without growing. At most half of the slots are taken: then nearly all are at home. */
static inline bool
hs_pair_table_has_room(const HsPairTable *table)
{
  return table->count < table->limit;
}

/* Adds a block whose address is not there, and not 0. False if out of memory. */
static inline bool
hs_pair_table_insert(HsPairTable *table, uint64_t address, uint32_t block, uint32_t size_flags)
{
  if (!hs_pair_table_has_room(table) && !hs_pair_table_grow(table))
    return false;
  *hs_pair_table_place_from(table, hs_pair_home(table, address)) = (HsPairSlot){address, block, size_flags};
  table->count++;
  return true;
}

/* What the record of the block has, while it lives. */
static inline uint32_t
hs_pair_slot_size_flags(const HsPairSlot *slot)
{
  return slot->size_flags & ~HS_PAIR_PASSED;
}

static inline bool
hs_pair_line_is_passed(const HsPairSlot *line)
{
  return (line[HS_PAIR_LINE - 1].size_flags & HS_PAIR_PASSED) != 0;
}

/* The line a slot is in. */
static inline HsPairSlot *
hs_pair_line_of(const HsPairTable *table, const HsPairSlot *slot)
{
  return table->slots + (size_t)(slot - table->slots) / HS_PAIR_LINE * HS_PAIR_LINE;
}

/* Takes out a slot that find returned. */
static inline void
hs_pair_table_remove(HsPairTable *table, HsPairSlot *slot)
{
  table->count--;
  if (G_UNLIKELY(hs_pair_line_is_passed(hs_pair_line_of(table, slot))))
    hs_pair_table_remove_passed(table, slot);
  else
    slot->address = 0;
}

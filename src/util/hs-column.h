/* SPDX-License-Identifier: MIT */
/*
 * Append-only storage that may be read while it grows.
 *
 * HsColumn: fixed segments of 64 Ki elements behind a directory that never moves; for what there is one of per event or
 * block. HsVec: buckets of 32, 32, 64, 128, … elements; for tables of unknown, often small length.
 *
 * One writer. A reader may touch index i once it has seen, by an acquire load, a published count > i that the writer
 * stored by a release store after writing i. No element ever moves. Out of memory is reported by false/NULL.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hs-arena.h"

#define HS_SEGMENT_SHIFT 16
#define HS_SEGMENT_ROWS (1u << HS_SEGMENT_SHIFT)
#define HS_SEGMENT_MASK (HS_SEGMENT_ROWS - 1)

typedef struct {
  void **segments; /* 65,536 pointers; untouched ones cost nothing */
  HsArena *arena;  /* borrowed */
  uint32_t elem_size;
} HsColumn;

/* False if no memory could be had. The arena must outlive the column. */
bool hs_column_init(HsColumn *column, HsArena *arena, uint32_t elem_size);
void hs_column_clear(HsColumn *column);
/* Makes sure the segment of `index` exists. False if out of memory. */
bool hs_column_reserve_slow(HsColumn *column, uint32_t index);

/* The first n elements are all there will be: gives back the memory of those of their last segment that come after. */
void hs_column_trim(HsColumn *column, uint32_t n);

static inline bool
hs_column_reserve(HsColumn *column, uint32_t index)
{
  return column->segments[index >> HS_SEGMENT_SHIFT] != NULL || hs_column_reserve_slow(column, index);
}

/* Typed element access: *HS_AT(&timeline->cpu, uint16_t, row). */
#define HS_AT(column, type, index)                                                                                     \
  (&((type *)(column)->segments[(uint32_t)(index) >> HS_SEGMENT_SHIFT])[(uint32_t)(index)&HS_SEGMENT_MASK])

#define HS_VEC_BUCKETS 28

typedef struct {
  void *buckets[HS_VEC_BUCKETS];
  HsArena *arena; /* borrowed; NULL = the C heap, freed by hs_vec_clear() */
  uint32_t elem_size;
  uint32_t length; /* the writer's; readers use a count published elsewhere */
} HsVec;

void hs_vec_init(HsVec *vec, HsArena *arena, uint32_t elem_size);
void hs_vec_clear(HsVec *vec);
/* A zeroed new last element; it is for the writer to publish it. NULL if out of memory or full. */
void *hs_vec_append(HsVec *vec);

static inline unsigned
hs_vec_bucket(uint32_t index)
{
  return index < 32 ? 0 : 27u - (unsigned)__builtin_clz(index);
}

static inline void *
hs_vec_at(const HsVec *vec, uint32_t index)
{
  unsigned bucket = hs_vec_bucket(index);
  uint32_t first = bucket == 0 ? 0 : 32u << (bucket - 1);
  return (char *)vec->buckets[bucket] + (size_t)(index - first) * vec->elem_size;
}
#define HS_VEC(vec, type, index) ((type *)hs_vec_at((vec), (index)))

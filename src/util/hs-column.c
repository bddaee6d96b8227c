/* SPDX-License-Identifier: MIT */
#include "hs-column.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define DIRECTORY_BYTES ((size_t)HS_SEGMENT_ROWS * sizeof(void *))

bool
hs_column_init(HsColumn *column, HsArena *arena, uint32_t elem_size)
{
  void *directory =
      mmap(NULL, DIRECTORY_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  column->segments = directory == MAP_FAILED ? NULL : directory;
  column->arena = arena;
  column->elem_size = elem_size;
  return column->segments != NULL;
}

void
hs_column_clear(HsColumn *column)
{
  if (column->segments != NULL)
    munmap(column->segments, DIRECTORY_BYTES);
  column->segments = NULL;
}

bool
hs_column_reserve_slow(HsColumn *column, uint32_t index)
{
  void *segment = hs_arena_alloc(column->arena, (size_t)HS_SEGMENT_ROWS * column->elem_size);
  column->segments[index >> HS_SEGMENT_SHIFT] = segment;
  return segment != NULL;
}

void
hs_column_trim(HsColumn *column, uint32_t n)
{
  size_t used = (size_t)(n & HS_SEGMENT_MASK) * column->elem_size;
  char *segment = column->segments[n >> HS_SEGMENT_SHIFT];
  if (segment != NULL)
    hs_arena_give_back(column->arena, segment + used, (size_t)HS_SEGMENT_ROWS * column->elem_size - used);
}

void
hs_vec_init(HsVec *vec, HsArena *arena, uint32_t elem_size)
{
  memset(vec, 0, sizeof *vec);
  vec->arena = arena;
  vec->elem_size = elem_size;
}

void
hs_vec_clear(HsVec *vec)
{
  for (unsigned i = 0; i < HS_VEC_BUCKETS; i++) {
    if (vec->arena == NULL)
      free(vec->buckets[i]);
    vec->buckets[i] = NULL;
  }
  vec->length = 0;
}

void *
hs_vec_append(HsVec *vec)
{
  if (vec->length == UINT32_MAX)
    return NULL;
  unsigned bucket = hs_vec_bucket(vec->length);
  if (vec->buckets[bucket] == NULL) {
    size_t count = bucket == 0 ? 32 : (size_t)32 << (bucket - 1);
    size_t bytes = count * vec->elem_size;
    vec->buckets[bucket] = vec->arena != NULL ? hs_arena_alloc(vec->arena, bytes) : calloc(1, bytes);
    if (vec->buckets[bucket] == NULL)
      return NULL;
  }
  return hs_vec_at(vec, vec->length++);
}

/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>
#include <stdlib.h>

static inline int
hs_compare_u32(const void *a, const void *b)
{
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Sorts ascending. Any thread. */
static inline void
hs_sort_u32(uint32_t *values, size_t count)
{
  if (count > 1)
    qsort(values, count, sizeof *values, hs_compare_u32);
}

/* SPDX-License-Identifier: MIT */
/* Sorting by numbers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Puts `rows` into ascending order of their `keys` (n of each, all keys at most `range`, the lowest n_zeros bits of all
 * being 0); stable. Two threads for many.
 * 16 bytes a row of memory while it sorts. False if cancelled (`cancel` may be NULL) or out of memory; the rows are
 * then as they were. */
bool hs_row_sort(const uint64_t *keys, uint32_t *rows, uint32_t n, uint64_t range, unsigned n_zeros, const int *cancel);

/* SPDX-License-Identifier: MIT */
/*
 * By radix, least significant digit first, which is stable. What is moved is eight bytes: the place of the row among
 * those sorted and, above it, as many bits of its key as there is room for; keys wider than that take two rounds. Each
 * pass is done by two threads: both count the digits of their half, then both know where their items go.
 */
#include "hs-row-sort.h"

#include <string.h>

#include "hs-scratch.h"

#define DIGIT_BITS 11u
#define DIGITS (1u << DIGIT_BITS)
#define PARALLEL_ROWS (1u << 17)

typedef struct _Sort Sort;

/* What one thread works on: items [first, end). */
typedef struct {
  Sort *sort;
  uint32_t first, end;
  uint32_t at[DIGITS]; /* counts of its digits, then where the next item of a digit goes */
} Half;

struct _Sort {
  const uint64_t *keys;
  uint32_t *rows;
  uint32_t n;
  unsigned n_zeros; /* below what tells keys apart */
  unsigned n_place_bits;
  unsigned shift; /* of the digit */
  bool high;      /* the second round */
  uint64_t *from, *to;
  uint32_t *sorted;
  unsigned n_halves; /* one for few rows */
  Half halves[2];
};

static void
run(Sort *sort, GThreadFunc work)
{
  hs_run_both("hs-sort", work, &sort->halves[0], sort->n_halves == 2 ? &sort->halves[1] : NULL);
}

static inline uint32_t
place_of(const Sort *sort, uint64_t item)
{
  return (uint32_t)(item & ((UINT64_C(1) << sort->n_place_bits) - 1));
}

/* Items for a round: the first takes rows as they are, the second as the first left them. */
static gpointer
make_items(gpointer data)
{
  const Half *half = data;
  const Sort *sort = half->sort;
  for (uint32_t i = half->first; i < half->end; i++) {
    uint32_t place = sort->high ? place_of(sort, sort->from[i]) : i;
    uint64_t key = sort->keys[place] >> sort->n_zeros >> (sort->high ? 64 - sort->n_place_bits : 0);
    sort->from[i] = key << sort->n_place_bits | place;
  }
  return NULL;
}

static gpointer
count_digits(gpointer data)
{
  Half *half = data;
  const uint64_t *from = half->sort->from;
  unsigned shift = half->sort->shift;
  memset(half->at, 0, sizeof half->at);
  for (uint32_t i = half->first; i < half->end; i++)
    half->at[from[i] >> shift & (DIGITS - 1)]++;
  return NULL;
}

static gpointer
scatter(gpointer data)
{
  Half *half = data;
  const uint64_t *from = half->sort->from;
  uint64_t *to = half->sort->to;
  unsigned shift = half->sort->shift;
  for (uint32_t i = half->first; i < half->end; i++)
    to[half->at[from[i] >> shift & (DIGITS - 1)]++] = from[i];
  return NULL;
}

static gpointer
take_rows(gpointer data)
{
  const Half *half = data;
  const Sort *sort = half->sort;
  for (uint32_t i = half->first; i < half->end; i++)
    sort->sorted[i] = sort->rows[place_of(sort, sort->from[i])];
  return NULL;
}

/* From counts to places: of each digit first the items of the first half, then those of the second. False if all items
 * have one digit. */
static bool
place_digits(Sort *sort)
{
  uint32_t sum = 0;
  bool is_one = false;
  for (unsigned digit = 0; digit < DIGITS; digit++) {
    uint32_t before = sum;
    for (unsigned h = 0; h < sort->n_halves; h++) {
      uint32_t count = sort->halves[h].at[digit];
      sort->halves[h].at[digit] = sum;
      sum += count;
    }
    is_one = is_one || sum - before == sort->n;
  }
  return !is_one;
}

static bool
sort_round(Sort *sort, unsigned bits, const int *cancel)
{
  run(sort, make_items);
  for (unsigned pass = 0; pass * DIGIT_BITS < bits; pass++) {
    if (cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0)
      return false;
    sort->shift = sort->n_place_bits + pass * DIGIT_BITS;
    run(sort, count_digits);
    if (!place_digits(sort))
      continue;
    run(sort, scatter);
    uint64_t *sorted = sort->to;
    sort->to = sort->from;
    sort->from = sorted;
  }
  return true;
}

bool
hs_row_sort(const uint64_t *keys, uint32_t *rows, uint32_t n, uint64_t range, unsigned n_zeros, const int *cancel)
{
  if (range == 0 || n == 0)
    return true;
  unsigned bits = 64 - (unsigned)__builtin_clzll(range) - n_zeros;
  g_autofree uint64_t *first = hs_scratch_new(n, sizeof *first);
  g_autofree uint64_t *second = hs_scratch_new(n, sizeof *second);
  g_autofree Sort *sort = g_try_new0(Sort, 1);
  if (first == NULL || second == NULL || sort == NULL)
    return false;
  *sort = (Sort){.keys = keys, .rows = rows, .n = n, .n_zeros = n_zeros, .from = first, .to = second};
  sort->n_place_bits = n > 1 ? 64 - (unsigned)__builtin_clzll(n - 1) : 1;
  unsigned n_key_bits = 64 - sort->n_place_bits;
  sort->n_halves = n >= PARALLEL_ROWS ? 2 : 1;
  uint32_t middle = n / sort->n_halves;
  sort->halves[0] = (Half){.sort = sort, .end = middle};
  sort->halves[1] = (Half){.sort = sort, .first = middle, .end = n};
  if (!sort_round(sort, MIN(bits, n_key_bits), cancel))
    return false;
  sort->high = true;
  if (bits > n_key_bits && !sort_round(sort, bits - n_key_bits, cancel))
    return false;
  sort->sorted = (uint32_t *)(void *)sort->to;
  run(sort, take_rows);
  memcpy(rows, sort->sorted, n * sizeof *rows);
  return true;
}

/* SPDX-License-Identifier: MIT */
/* Blocks are numbered in the order of the rows that begin them: of a bit a row, those of such rows are the blocks'. */
#include "hs-query-plan.h"

/* Which of 64 rows or fewer begin a block. */
static uint64_t
beginning_rows(const HsTimeline *t, HsRow first, uint32_t n)
{
  const uint16_t *weights = HS_AT(&t->weight, uint16_t, first);
  const uint8_t *op_sources = HS_AT(&t->op_source, uint8_t, first);
  uint8_t flags[64] = {0};
  for (uint32_t i = 0; i < n; i++)
    flags[i] = (uint8_t)((weights[i] != HS_WEIGHT_NONE) & ((op_sources[i] & 31) != HS_OP_FREE));
  return hs_pack_flags(flags);
}

/* The bits of `word` where `mask` has one, side by side from bit 0 on. In each of six steps those bits move by 2^i that
 * have an odd number, in binary place i, of zeros of the mask below them. */
static uint64_t
squeeze(uint64_t word, uint64_t mask)
{
  uint64_t zeros = ~mask << 1;
  word &= mask;
  for (unsigned i = 0; i < 6; i++) {
    uint64_t odd = zeros; /* after this, whether an odd number of zeros is at or below each place */
    for (unsigned shift = 1; shift < 64; shift *= 2)
      odd ^= odd << shift;
    uint64_t moves = odd & mask, moved = word & moves;
    mask = (mask ^ moves) | moves >> (1u << i);
    word = (word ^ moved) | moved >> (1u << i);
    zeros &= ~odd;
  }
  return word;
}

#ifdef __x86_64__
/* The same by one instruction. */
__attribute__((target("bmi2"))) static uint64_t
squeeze_by_bmi2(uint64_t word, uint64_t mask)
{
  return __builtin_ia32_pext_di(word, mask);
}
#define HAS_BMI2() (__builtin_cpu_supports("bmi2") != 0)
#else
#define squeeze_by_bmi2 squeeze
#define HAS_BMI2() false
#endif

uint32_t
hs_query_keep_begun(const HsTimeline *timeline, HsRow first, uint32_t n, uint64_t passing, uint64_t *words,
                    uint32_t block)
{
  uint64_t begins = beginning_rows(timeline, first, n);
  if (begins == 0)
    return block;
  unsigned shift = block % 64, n_blocks = (unsigned)__builtin_popcountll(begins);
  uint64_t bits = HAS_BMI2() ? squeeze_by_bmi2(passing, begins) : squeeze(passing, begins);
  /* Another thread may hold the other blocks of a word. */
  __atomic_fetch_or(&words[block / 64], bits << shift, __ATOMIC_RELAXED);
  if (shift + n_blocks > 64)
    __atomic_fetch_or(&words[block / 64 + 1], bits >> (64 - shift), __ATOMIC_RELAXED);
  return block + n_blocks;
}

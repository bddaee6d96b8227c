/* SPDX-License-Identifier: MIT */
/* Bytes and bits. */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The lowest bits of 64 bytes; what is above them does not matter. Setting bytes and packing them is faster than
 * setting bits. */
static inline uint64_t
hs_pack_flags(const uint8_t flags[64])
{
  uint64_t bits = 0;
#ifdef __SSE2__
  for (unsigned i = 0; i < 64; i += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(flags + i));
    bits |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_slli_epi16(bytes, 7)) << i;
  }
  return bits;
#endif
  for (unsigned i = 0; i < 8; i++) {
    uint64_t eight;
    memcpy(&eight, flags + 8 * i, sizeof eight);
    bits |= ((GUINT64_FROM_LE(eight) & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080) >> 56) << 8 * i;
  }
  return bits;
}

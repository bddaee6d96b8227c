/* SPDX-License-Identifier: MIT */
/* Classes of lifetimes as the loop over blocks finds them. */
#pragma once

#include "hs-distribution.h"

/* Nothing; 1, 2 and 5 times each power of ten that fits; outstanding. */
#define HS_N_LIFETIME_CLASSES (1 + 3 * 19 + 1)

typedef struct {
  uint64_t begin_ns[HS_N_LIFETIME_CLASSES]; /* of what is outstanding: UINT64_MAX */
  uint8_t first[64];                        /* the class of each power of two */
} HsLifetimeClasses;

/* Static. Any thread. */
const HsLifetimeClasses *hs_lifetime_classes(void);

/* From one power of two to the next, one class begins at most. */
static inline uint32_t
hs_lifetime_class(const HsLifetimeClasses *classes, int64_t lifetime_ns)
{
  if (lifetime_ns <= 0)
    return 0;
  uint32_t class = classes->first[63 - __builtin_clzll((uint64_t)lifetime_ns)];
  return class + (classes->begin_ns[class + 1] <= (uint64_t)lifetime_ns);
}

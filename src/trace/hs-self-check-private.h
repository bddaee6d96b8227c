/* SPDX-License-Identifier: MIT */
/* What hs-self-check*.c share. */
#pragma once

#include "hs-self-check.h"

/* A check under way. */
typedef struct {
  const HsTimeline *timeline;
  const int *cancel;
  uint32_t n_rows, n_blocks;
  HsSelfCheck *check;
  bool is_series; /* which half it does */
} HsChecker;

/* Notes the first difference of a check; returns false if there is one. */
bool hs_checker_expect(HsChecker *checker, HsCheck check, const char *what, uint64_t expected, uint64_t found);

static inline bool
hs_checker_is_cancelled(const HsChecker *checker)
{
  return checker->cancel != NULL && __atomic_load_n(checker->cancel, __ATOMIC_RELAXED) != 0;
}

/* hs-self-check-series.c: HS_CHECK_SERIES. False if cancelled. */
bool hs_checker_scan_series(HsChecker *checker);

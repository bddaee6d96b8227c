/* SPDX-License-Identifier: MIT */
/*
 * The program's account of itself: what a loaded timeline tells in one way is counted again in another. A difference is
 * never the trace's fault, but a mistake in the program, and has to be told to whoever reads the figures.
 */
#pragma once

#include "hs-row-set.h"
#include "hs-timeline.h"

typedef enum {
  HS_CHECK_HEAPS,  /* the figures of all heaps add up to the totals, and each heap's are those of its blocks */
  HS_CHECK_BLOCKS, /* the blocks outstanding are those begun less those ended, in number and bytes, by each reason */
  HS_CHECK_ROWS, /* a filter lets through as many rows, and blocks, as the table has; its bits, ranks and count agree */
  HS_CHECK_SERIES, /* every entry of the pyramid, its top included, is what a scan of the columns gives */
  HS_N_CHECKS
} HsCheck;

/* What was expected and found, of each check that failed; NULL = it holds. UTF-8, one line, owned. */
typedef struct {
  char *failures[HS_N_CHECKS];
} HsSelfCheck;

/* Runs all checks over a timeline that is complete. NULL if cancelled (`cancel` is polled; may be NULL) or out of
 * memory: then nothing is known. Only reads; a worker's, takes as long as reading every row and block once. */
HsSelfCheck *hs_self_check_new(HsTimeline *timeline, const int *cancel);
void hs_self_check_free(HsSelfCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsSelfCheck, hs_self_check_free)

/* True if every check holds. */
bool hs_self_check_holds(const HsSelfCheck *check);
/* Name for files: "heap-sums", "block-ends", "row-counts", "pyramid". Static. */
const char *hs_check_name(HsCheck check);

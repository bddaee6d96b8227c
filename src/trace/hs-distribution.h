/* SPDX-License-Identifier: MIT */
/*
 * How blocks are spread over sizes or lifetimes: classes, and how many blocks and bytes are in each. Made in a worker,
 * then immutable.
 *
 * Three sets are told apart, each within the one before: the whole, which is what passes a filter but for what this
 * asks of the very sizes or lifetimes (so that a class that was left out can be taken in again); what passes the
 * filter; and of that, what is shown: the blocks begun in a range of time, by source.
 */
#pragma once

#include "hs-block-type.h"
#include "hs-row-set.h"

typedef enum {
  HS_DISTRIBUTION_SIZES,       /* by powers of two: hs_size_class() */
  HS_DISTRIBUTION_SMALL_SIZES, /* in steps of 8 bytes up to 1 KiB; what is larger is one class */
  HS_DISTRIBUTION_EXACT_SIZES, /* each size up to 256 bytes; what is larger is one class */
  HS_DISTRIBUTION_LIFETIMES,   /* 0; from 1, 2, 5, 10 … ns on; at last what is outstanding */
  HS_N_DISTRIBUTIONS
} HsDistributionKind;

#define HS_DISTRIBUTION_MAX_CLASSES 258
/* No class. */
#define HS_CLASS_NONE UINT32_MAX

/* Name on the command line and in settings: "sizes", "small-sizes", "exact-sizes", "lifetimes". Static. */
const char *hs_distribution_name(HsDistributionKind kind);
/* The kind of that name, or HS_N_DISTRIBUTIONS. */
HsDistributionKind hs_distribution_from_name(const char *name);

static inline bool
hs_distribution_is_of_lifetimes(HsDistributionKind kind)
{
  return kind == HS_DISTRIBUTION_LIFETIMES;
}

/* --- classes --- */

uint32_t hs_distribution_n_classes(HsDistributionKind kind);
/* From which size in bytes or lifetime in ns on a class is, and from which on it is not any more: UINT64_MAX for what
 * has no end. Of what is outstanding, both are UINT64_MAX. */
uint64_t hs_distribution_class_begin(HsDistributionKind kind, uint32_t class);
uint64_t hs_distribution_class_end(HsDistributionKind kind, uint32_t class);
/* The class of a size, or of a lifetime in ns; less than nothing counts as 0. */
uint32_t hs_distribution_class_of_size(HsDistributionKind kind, uint64_t bytes);
uint32_t hs_distribution_class_of_lifetime(int64_t lifetime_ns);
/* The class of what is outstanding; HS_CLASS_NONE where sizes are classed. */
uint32_t hs_distribution_outstanding_class(HsDistributionKind kind);

/* --- counts --- */

typedef struct {
  uint64_t count, bytes; /* bytes modulo 2^64, which only a damaged trace reaches */
} HsTally;

typedef struct {
  HsTally whole;
  HsTally passing;
  HsTally shown;
  HsTally by_source[HS_N_SOURCES]; /* of shown */
} HsDistributionClass;

typedef struct {
  int ref_count;
  HsDistributionKind kind;
  HsTimeRange range;
  uint32_t n_rows; /* that it was made from */
  bool is_range;   /* the range is not all there is */
  HsDistributionClass total;
  uint32_t n_classes;
  uint32_t first_class, end_class; /* classes that have any of the whole lie within; equal = none */
  HsDistributionClass classes[];
} HsDistribution;

/* Of the blocks that the first n_rows rows begin: `whole` and `passing` are sets of them (see hs_row_set_query()), the
 * second within the first. Blocks that end at or past n_rows are outstanding. Two threads for many blocks. `cancel` (or
 * NULL) is polled. NULL if cancelled or out of memory. Any thread. */
HsDistribution *hs_distribution_new(HsTimeline *timeline, const HsRowSet *whole, const HsRowSet *passing,
                                    HsTimeRange range, uint32_t n_rows, HsDistributionKind kind, const int *cancel);
/* The same of what passes a query, `passing` being its blocks: the whole is found by leaving out of the query what
 * hs_distribution_other_text() does. Types it asks for are relative to `types`, as for `passing`. `query` may be NULL.
 */
HsDistribution *hs_distribution_new_query(HsTimeline *timeline, const HsQuery *query, HsRowSet *passing,
                                          HsTimeRange types, HsTimeRange range, uint32_t n_rows,
                                          HsDistributionKind kind, const int *cancel);
HsDistribution *hs_distribution_ref(HsDistribution *distribution);
void hs_distribution_unref(HsDistribution *distribution);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsDistribution, hs_distribution_unref)

/* --- classes in the filter language --- */

/* Whether a query asks for sizes alone (or lifetimes, or what is outstanding) in some part joined by "and". */
bool hs_distribution_restricts(HsDistributionKind kind, const HsQuery *query);
/* The query's text without those parts. Free with g_free(). */
char *hs_distribution_other_text(HsDistributionKind kind, const HsQuery *query);
/* The query's text with these classes in place of those parts: `wanted` has a flag a class. Without any, those parts
 * are left out. Free with g_free(). */
char *hs_distribution_only_text(HsDistributionKind kind, const HsQuery *query, const bool *wanted);
/* The query's text with a class left out, too. Free with g_free(). */
char *hs_distribution_without_text(HsDistributionKind kind, const HsQuery *query, uint32_t class);

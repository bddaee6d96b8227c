/* SPDX-License-Identifier: MIT */
/*
 * What a range of time holds: blocks by type (AIFI … AOFO) with their bytes, and what follows from these; in all, and
 * in groups by up to three fields, each within those of the one before. Made in a worker, then immutable.
 */
#pragma once

#include "hs-series.h"

typedef enum {
  HS_PIVOT_PROCESS, /* key: HsProcessId.v */
  HS_PIVOT_HEAP,    /* HsHeapId.v */
  HS_PIVOT_SOURCE,  /* HsSource */
  HS_PIVOT_SIZE,    /* size class: 0 = no bytes, else 1 + the exponent of the largest power of two that is at most it */
  HS_PIVOT_THREAD,  /* HsThreadId.v of the allocation */
  HS_PIVOT_TYPE,    /* HsBlockType */
  HS_PIVOT_END,     /* HsEnd */
  HS_N_PIVOTS
} HsPivotBy;

#define HS_PIVOT_LEVELS 3
/* Groups of blocks told apart at most; what comes after has the key HS_ID_NONE on every level. */
#define HS_PIVOT_MAX_GROUPS (1u << 20)

/* Name in files and on the command line: "process", "heap", "source", "size-class", "thread", "type", "end". Static. */
const char *hs_pivot_name(HsPivotBy by);
/* The field of that name, or HS_N_PIVOTS. */
HsPivotBy hs_pivot_from_name(const char *name);
/* Title in the window, translated. Static. */
const char *hs_pivot_title(HsPivotBy by);
/* The size class of a size, and the least size of a class. */
uint32_t hs_size_class(uint64_t bytes);
uint64_t hs_size_class_bytes(uint32_t size_class);

/* Blocks in view of the range. Sums of sizes are modulo 2^64, which only a damaged trace reaches. */
typedef struct {
  uint64_t count[HS_N_BLOCK_TYPES]; /* by HsBlockType; [HS_BLOCK_TYPE_NONE] is of those in view of nothing: 0 */
  uint64_t bytes[HS_N_BLOCK_TYPES];
  int64_t peak_bytes; /* the largest outstanding in the range: what it begins with, or after one of its events */
  int64_t peak_ticks; /* the earliest moment of it in the range; t0 if it began with it */
} HsRangeSums;

/* Blocks begun in the range, and their bytes. */
static inline uint64_t
hs_range_sums_begun(const HsRangeSums *sums)
{
  return sums->count[HS_BLOCK_TYPE_AIFI] + sums->count[HS_BLOCK_TYPE_AIFO];
}
static inline uint64_t
hs_range_sums_begun_bytes(const HsRangeSums *sums)
{
  return sums->bytes[HS_BLOCK_TYPE_AIFI] + sums->bytes[HS_BLOCK_TYPE_AIFO];
}
/* Bytes of those begun in the range that outlive it. */
static inline uint64_t
hs_range_sums_impacting(const HsRangeSums *sums)
{
  return sums->bytes[HS_BLOCK_TYPE_AIFO];
}
/* Σ AIFO − Σ AOFI: by how much what is outstanding changes. */
static inline int64_t
hs_range_sums_net_bytes(const HsRangeSums *sums)
{
  return (int64_t)(sums->bytes[HS_BLOCK_TYPE_AIFO] - sums->bytes[HS_BLOCK_TYPE_AOFI]);
}
static inline int64_t
hs_range_sums_net_count(const HsRangeSums *sums)
{
  return (int64_t)(sums->count[HS_BLOCK_TYPE_AIFO] - sums->count[HS_BLOCK_TYPE_AOFI]);
}
/* Outstanding as the range begins: begun before it, and living in it. */
static inline uint64_t
hs_range_sums_begin_bytes(const HsRangeSums *sums)
{
  return sums->bytes[HS_BLOCK_TYPE_AOFI] + sums->bytes[HS_BLOCK_TYPE_AOFO];
}
/* … and as it ends. */
static inline uint64_t
hs_range_sums_end_bytes(const HsRangeSums *sums)
{
  return sums->bytes[HS_BLOCK_TYPE_AIFO] + sums->bytes[HS_BLOCK_TYPE_AOFO];
}

/* A group: the nodes of a level stand together, ordered by parent and key. */
typedef struct {
  uint32_t parent;      /* index of a node; UINT32_MAX on the first level */
  uint32_t key;         /* see HsPivotBy; HS_ID_NONE = everything else, or not told */
  uint32_t first_child; /* index of a node */
  uint32_t n_children;
  uint8_t level;
  HsRangeSums sums;
} HsPivotNode;

typedef struct {
  int ref_count;
  HsTimeRange range;
  uint32_t n_rows; /* that it was made from */
  unsigned n_by;
  HsPivotBy by[HS_PIVOT_LEVELS];
  HsRangeSums total;
  uint32_t n_nodes, n_roots; /* roots: nodes [0, n_roots) */
  HsPivotNode *nodes;
  bool is_checked;    /* the sums were compared with the series … */
  bool is_consistent; /* … and net change was the difference of what is outstanding, to the byte */
} HsPivot;

/* Of the blocks of a set that the first n_rows rows begin (see hs_row_set_query()) and their series; the series of
 * everything for a set of all. `by` has n_by (0 to HS_PIVOT_LEVELS) fields. The total's peak is always found, and
 * takes what was outstanding just before the range as what it begins with; `peaks`: those of the groups too, which
 * takes a look at every event of the range. Two threads for many blocks. `cancel` (or NULL) is polled. NULL if
 * cancelled or out of memory. Any thread. */
HsPivot *hs_pivot_new(HsTimeline *timeline, HsRowSet *blocks, HsSeriesSet *series, HsTimeRange range, uint32_t n_rows,
                      const HsPivotBy *by, unsigned n_by, bool peaks, const int *cancel);
HsPivot *hs_pivot_ref(HsPivot *pivot);
void hs_pivot_unref(HsPivot *pivot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsPivot, hs_pivot_unref)

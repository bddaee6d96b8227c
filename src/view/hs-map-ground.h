/* SPDX-License-Identifier: MIT */
/*
 * What heaps hold of the address space, over time, as far as records tell (heap ranges, Extend, Commit, Contract,
 * Decommit): the ground of the address map, on which what no block takes up is seen as a hole.
 */
#pragma once

#include "hs-timeline.h"

typedef enum { HS_GROUND_HELD, HS_GROUND_COMMITTED, HS_N_GROUNDS } HsGroundKind;

/* [begin, end) in [t0, t1). Those of one kind and process do not overlap. */
typedef struct {
  uint32_t process, heap;
  HsGroundKind kind;
  uint64_t begin, end;
  int64_t t0, t1; /* t1 INT64_MAX: to the end */
} HsGroundRect;

typedef struct {
  int ref_count;
  GArray *rects;  /* of HsGroundRect, by t0 */
  GArray *by_end; /* of uint32_t: their indices by t1 */
} HsMapGround;

/* Of the regions a timeline tells of so far; memory is a record's each. NULL if cancelled. Any thread. */
HsMapGround *hs_map_ground_new(const HsTimeline *timeline, const int *cancel);
HsMapGround *hs_map_ground_ref(HsMapGround *ground);
void hs_map_ground_unref(HsMapGround *ground);

/* SPDX-License-Identifier: MIT */
/*
 * The heaps of a trace as rows of text, CSV or JSON: for the command "heaps" and as a part of the summary.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "hs-cli-filter.h"
#include "hs-cli-writer.h"

/* A heap instance as files show it. A time that is not known is INT64_MIN. */
typedef struct {
  uint32_t id;
  uint32_t pid;        /* UINT32_MAX = not told */
  const char *process; /* "" = not told; owned by the timeline */
  uint64_t handle;
  bool has_flags;
  uint32_t flags;
  uint64_t allocs, reallocs, frees; /* records that pass */
  uint64_t allocated_bytes;         /* of blocks begun that pass */
  uint64_t outstanding_count, outstanding_bytes;
  uint64_t peak_bytes;
  int64_t peak_time_ns, created_ns, destroyed_ns;
} HsCliHeap;

/* The heaps there are sums of, by pid, then handle, then age: an array of HsCliHeap. */
GArray *hs_cli_heaps_collect(const HsTimeline *timeline, const HsHeapSums *sums);

/* Adds the heaps as an array of objects. */
void hs_cli_heaps_add_json(const GArray *heaps, JsonBuilder *builder);
/* Writes a table with a line of titles. */
void hs_cli_heaps_write_text(const GArray *heaps, HsCliWriter *writer, unsigned indent);
/* Writes a header line and a row a heap. */
void hs_cli_heaps_write_csv(const GArray *heaps, HsCliWriter *writer);

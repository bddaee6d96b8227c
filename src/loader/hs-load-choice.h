/* SPDX-License-Identifier: MIT */
/*
 * What of a trace is loaded, and the memory that may be used for it. A part of a trace is one process of it, a stretch
 * of its time, or both:
 *
 *   - heap records of other processes are passed over;
 *   - of what comes before the stretch there is what it takes to understand it: the records that began the blocks which
 *     are alive as it begins, and those that tell what heaps there are and what they hold (Create, Destroy, Extend,
 *     Contract, SnapShot, Commit, Decommit, heap ranges); and
 *   - of what comes after it there are but names.
 *
 * So blocks, outstanding memory and range figures within the stretch are those of the whole trace, while counts of
 * records, unmatched frees, totals and peak are of what was loaded. Any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool one_process;
  uint32_t pid;          /* if so: of all processes that ever had this id */
  int64_t t0_ns, t1_ns;  /* [t0, t1) since the trace began; INT64_MIN and INT64_MAX = open */
  uint64_t memory_limit; /* bytes; 0 = what $HEAPSCOPE_MEMORY_LIMIT says, or what the system can give */
} HsLoadChoice;

#define HS_LOAD_EVERYTHING ((HsLoadChoice){false, 0, INT64_MIN, INT64_MAX, 0})

bool hs_load_choice_is_part(const HsLoadChoice *choice);
bool hs_load_choice_has_range(const HsLoadChoice *choice);
/* "2.000000 s – 3.000000 s of process 4000"; of a part. Free with g_free(). */
char *hs_load_choice_text(const HsLoadChoice *choice);

/* "2GiB", "512 MiB", "1.5 GB", "1000000" (bytes); "0" = no limit of one's own. False if it is none, or beyond 64 bits.
 */
bool hs_load_parse_memory(const char *text, uint64_t *bytes);

/* Bytes that this process may still take: what the system has to give, within the limits of its control group and its
 * own (address space, data). UINT64_MAX if nothing can be found out. */
uint64_t hs_load_available_memory(void);

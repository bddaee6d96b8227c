/* SPDX-License-Identifier: MIT */
/*
 * The summary of a loaded trace, as JSON and as text.
 */
#pragma once

#include "hs-cli-heaps.h"
#include "hs-health.h"
#include "hs-cli-range.h"
#include "hs-loader.h"

/* A loaded trace and what the parts of its summary are made from. All borrowed. */
typedef struct {
  const char *file; /* UTF-8, for showing */
  HsLoadOutcome outcome;
  const HsSession *session;
  const HsLoadReport *report;
  const HsLoadChoice *choice;
  const HsTimeline *timeline;
  const GPtrArray *health;       /* of HsHealthItem; failed checks are among them */
  const HsSelfCheck *check;      /* or NULL: not checked */
  const char *filter;            /* its text, or NULL */
  const HsTraceSums *sums;       /* of what passes it */
  const GArray *heaps;           /* of HsCliHeap: those of which something passes */
  const HsCliRangeReport *range; /* or NULL */
  uint64_t memory_bytes;         /* what the trace takes, loaded */
  int64_t duration_ns;           /* from time zero to the last record */
} HsCliSummary;

/* The operations in the order they are shown; each of the four snapshot opcodes counts as HS_OP_SNAPSHOT. */
#define HS_CLI_N_OPERATIONS 25
extern const HsOp hs_cli_operations[HS_CLI_N_OPERATIONS];
uint64_t hs_cli_operation_count(const HsTraceSums *sums, HsOp op);
/* Common operations are shown even where there were none. */
bool hs_cli_operation_is_common(HsOp op);

/* From time zero to the last record. */
int64_t hs_cli_summary_duration_ns(const HsTimeline *timeline);

/* The object that hs_cli_summary_write_json() writes. Free with json_node_unref(). */
JsonNode *hs_cli_summary_to_json(const HsCliSummary *summary);
void hs_cli_summary_write_json(const HsCliSummary *summary, HsCliWriter *writer);
void hs_cli_summary_write_text(const HsCliSummary *summary, HsCliWriter *writer);

/* SPDX-License-Identifier: MIT */
/*
 * What a database of a trace holds: its tables, and what they are made from.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <string.h>

#include "hs-block-table.h"
#include "hs-cli-db.h"
#include "hs-cli-filter.h"
#include "hs-loader.h"

/* A loaded trace, and what of it is to be exported. The timeline does not grow any more. */
typedef struct {
  HsLoader *loader;            /* borrowed */
  HsTimeline *timeline;        /* the loader's */
  HsTimeRange range;           /* that types of blocks are relative to; what lies in it is exported */
  HsRow first, end;            /* its rows */
  const HsCliPassing *passing; /* borrowed */
  int64_t ns_a_tick;           /* 0 = not a whole number */
  HsClock clock;
  uint32_t n_processes;
  char **process_names;  /* a process; NULL = not told */
  GPtrArray *health;     /* of HsHealthItem */
  GPtrArray *fact_names; /* of the summary: paths such as "session.name", */
  GPtrArray *facts;      /* and their values, JsonNode, which are the summary's */
} HsCliExport;

/* Events and allocations (hs-cli-export-rows.c): what passes and lies in the range. */
extern const HsCliDbTable hs_cli_export_events, hs_cli_export_allocations;
/* Everything else (hs-cli-export-tables.c, -heaps.c, -health.c). All of them, NULL-ended. Heaps are those of which
 * something passes, with figures of what passes; the others are of all that was loaded. */
extern const HsCliDbTable *const hs_cli_export_tables[];
extern const HsCliDbTable hs_cli_export_heaps, hs_cli_export_health, hs_cli_export_issues, hs_cli_export_gaps;

/* Nanoseconds since the trace began. The division of hs_clock_to_ns() is 128 bits wide, and rows are many. */
static inline int64_t
hs_cli_export_ns(const HsCliExport *export, int64_t ticks)
{
  int64_t ns;
  if (export->ns_a_tick != 0 && !__builtin_mul_overflow(ticks, export->ns_a_tick, &ns))
    return ns;
  return hs_clock_to_ns(export->clock, ticks);
}

/* Values of columns. Ids that are not told (all ones, or HS_ID_NONE) and empty texts are NULL. */
void hs_cli_export_put_process(const HsCliExport *export, HsProcessId process, sqlite3_context *out);
void hs_cli_export_put_pid(const HsCliExport *export, HsProcessId process, sqlite3_context *out);
void hs_cli_export_put_tid(const HsCliExport *export, HsThreadId thread, sqlite3_context *out);
void hs_cli_export_put_heap(const HsCliExport *export, HsHeapId heap, sqlite3_context *out);
/* Bits as they are: from 2^63 on negative. */
static inline void
hs_cli_export_put_bits(uint64_t value, sqlite3_context *out)
{
  sqlite3_result_int64(out, (sqlite3_int64)value);
}
/* A text that lives as long as the trace. */
void hs_cli_export_put_text(const char *text, sqlite3_context *out);

/* INT64_MIN and INT64_MAX are times that are not told. */
static inline void
hs_cli_export_put_time(const HsCliExport *export, int64_t ticks, sqlite3_context *out)
{
  if (ticks != INT64_MIN && ticks != INT64_MAX)
    sqlite3_result_int64(out, hs_cli_export_ns(export, ticks));
}

/* Of a table whose items are numbered without gaps: an item is its number. */
static inline bool
hs_cli_export_next_of(uint32_t n, uint32_t at, gpointer item)
{
  memcpy(item, &at, sizeof at);
  return at < n;
}

static inline uint32_t
hs_cli_export_number_of(gconstpointer item)
{
  uint32_t number;
  memcpy(&number, item, sizeof number);
  return number;
}

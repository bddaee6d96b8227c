/* SPDX-License-Identifier: MIT */
/*
 * One event as a line of CSV or a JSON object: columns and their writing. One thread.
 */
#pragma once

#include "hs-cli-rows.h"
#include "hs-cli-writer.h"
#include "hs-timeline.h"

typedef enum {
  HS_CLI_COLUMN_ROW,
  HS_CLI_COLUMN_TIME,
  HS_CLI_COLUMN_OP,
  HS_CLI_COLUMN_PID,
  HS_CLI_COLUMN_PROCESS,
  HS_CLI_COLUMN_TID,
  HS_CLI_COLUMN_HEAP,
  HS_CLI_COLUMN_ADDRESS,
  HS_CLI_COLUMN_SIZE,
  HS_CLI_COLUMN_OLD_ADDRESS,
  HS_CLI_COLUMN_OLD_SIZE,
  HS_CLI_COLUMN_SOURCE,
  HS_CLI_COLUMN_CPU,
  HS_CLI_N_COLUMNS
} HsCliColumn;

/* Their names, NULL-ended. Static. */
const char *const *hs_cli_event_column_names(void);

/* Writes rows. The timeline must not grow any more. */
typedef struct {
  HsCliWriter *writer;
  const HsTimeline *timeline;
  const HsCliColumns *columns;
  bool as_ndjson;
  int64_t ns_a_tick; /* 0 = not a whole number */
  HsClock clock;
  uint32_t n_processes;
  char **process_names; /* a process, as a CSV field or JSON string; NULL = not told */
} HsCliRowWriter;

/* Everything is borrowed and must outlive the row writer. */
void hs_cli_row_writer_init(HsCliRowWriter *rows, HsCliWriter *writer, const HsTimeline *timeline,
                            const HsCliColumns *columns, bool as_ndjson);
void hs_cli_row_writer_clear(HsCliRowWriter *rows);

void hs_cli_write_csv_header(HsCliRowWriter *rows);
void hs_cli_write_row(HsCliRowWriter *rows, HsRow row);

/* For other rows of the same output: times as nanoseconds; names and numbers that JSON quotes. */
int64_t hs_cli_row_time_ns(const HsCliRowWriter *rows, int64_t ticks);
void hs_cli_row_put_hex(const HsCliRowWriter *rows, uint64_t value);
void hs_cli_row_put_name(const HsCliRowWriter *rows, const char *name);
/* Column names as a header line of CSV. */
void hs_cli_row_put_header(const HsCliRowWriter *rows, const char *const *names);

/* SPDX-License-Identifier: MIT */
/*
 * One event as a line of CSV or a JSON object: columns and their writing. One thread.
 */
#pragma once

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

/* Columns in the order wanted, none twice. */
typedef struct {
  unsigned n;
  HsCliColumn at[HS_CLI_N_COLUMNS];
} HsCliColumns;

/* "time_ns,op,size"; NULL gives all. False and `error` (G_OPTION_ERROR) for a name that is unknown or there twice. */
bool hs_cli_parse_columns(const char *text, HsCliColumns *columns, GError **error);

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

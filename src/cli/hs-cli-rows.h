/* SPDX-License-Identifier: MIT */
/*
 * What the commands that print rows share: --format, --range, --limit, --columns, --filter, --sort.
 */
#pragma once

#include "hs-cli.h"
#include "hs-query.h"

/* As given; NULL = not given. */
typedef struct {
  char *format, *range, *limit, *columns, *filter, *sort;
} HsCliRawRows;

void hs_cli_raw_rows_clear(HsCliRawRows *raw);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HsCliRawRows, hs_cli_raw_rows_clear)

/* Entries for GOptionContext; the last is {NULL}. */
#define HS_CLI_ROWS_ENTRIES 7
void hs_cli_rows_entries(HsCliRawRows *raw, GOptionEntry entries[HS_CLI_ROWS_ENTRIES]);

#define HS_CLI_COLUMNS_MAX 32

/* Columns in the order wanted, none twice, as indices into the names. */
typedef struct {
  unsigned n;
  unsigned at[HS_CLI_COLUMNS_MAX];
} HsCliColumns;

typedef struct {
  bool as_ndjson;
  HsCliRange range;
  uint64_t limit;
  HsCliColumns columns;
  HsQuery *query; /* NULL = everything */
  int sort;       /* index of a column, or -1 */
  bool descending;
} HsCliRows;

void hs_cli_rows_clear(HsCliRows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HsCliRows, hs_cli_rows_clear)

/* Understands what was given; `names` are those of the columns, NULL-ended. False after a message on stderr. */
bool hs_cli_rows_read(const char *command, const HsCliRawRows *raw, const char *const *names, HsCliRows *rows);

/* The range in ticks of a timeline's clock; open ends stay open. */
HsTimeRange hs_cli_time_range(HsClock clock, HsCliRange range);

/* "a,b,c" as columns of those names; NULL gives all. False and `error` (G_OPTION_ERROR) for a name that is unknown or
 * there twice. */
bool hs_cli_parse_columns(const char *text, const char *const *names, HsCliColumns *columns, GError **error);

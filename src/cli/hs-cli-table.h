/* SPDX-License-Identifier: MIT */
/*
 * Text in aligned columns for people to read. Cells are made fit for a terminal. One thread.
 */
#pragma once

#include "hs-cli-writer.h"

typedef struct _HsCliTable HsCliTable;

/* `alignment`: a letter a column, "l" or "r". */
HsCliTable *hs_cli_table_new(const char *alignment);
void hs_cli_table_free(HsCliTable *table);

/* The next cell, left to right, row by row. */
void hs_cli_table_add(HsCliTable *table, const char *text);
/* "2,391,556" */
void hs_cli_table_add_count(HsCliTable *table, uint64_t n);
/* "-2,391,556" */
void hs_cli_table_add_change(HsCliTable *table, int64_t n);
/* Seconds to the nanosecond: "0.961681200". */
void hs_cli_table_add_time(HsCliTable *table, int64_t ns);
void hs_cli_table_add_hex(HsCliTable *table, uint64_t value);

/* Writes all rows, each after `indent` spaces. */
void hs_cli_table_write(const HsCliTable *table, HsCliWriter *writer, unsigned indent);

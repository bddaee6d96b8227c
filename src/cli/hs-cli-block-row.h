/* SPDX-License-Identifier: MIT */
/* One block as a line of CSV or a JSON object. One thread. */
#pragma once

#include "hs-block-table.h"
#include "hs-cli-event-row.h"

/* A cell that a command has beside those of blocks. */
typedef struct {
  enum { HS_CLI_EXTRA_NONE, HS_CLI_EXTRA_INT, HS_CLI_EXTRA_BOOL, HS_CLI_EXTRA_NAME } kind; /* none = not told */
  int64_t number;
  const char *name;
} HsCliExtra;

/* `rows` has columns that index `names`: those of blocks, and then the command's own, whose cells are `extras`. */
void hs_cli_write_block_with(HsCliRowWriter *rows, const char *const *names, const HsBlockRow *row,
                             const HsCliExtra *extras);

/* `rows` has columns that index hs_block_column_names(). */
void hs_cli_write_block(HsCliRowWriter *rows, const HsBlockRow *row);

/* SPDX-License-Identifier: MIT */
/* One block as a line of CSV or a JSON object. One thread. */
#pragma once

#include "hs-block-table.h"
#include "hs-cli-event-row.h"

/* `rows` has columns that index hs_block_column_names(). */
void hs_cli_write_block(HsCliRowWriter *rows, const HsBlockRow *row);

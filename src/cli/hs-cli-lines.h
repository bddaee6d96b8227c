/* SPDX-License-Identifier: MIT */
/* Rows by the million, as lines: made by two threads, written in their order by one. */
#pragma once

#include "hs-cli-event-row.h"

/* Writes the line of one row or block, or none. Called by two threads, each with a writer of its own. */
typedef void (*HsCliPutLine)(HsCliRowWriter *rows, uint32_t id, gconstpointer data);
/* The next id to write; false if there is none. The calling thread only. */
typedef bool (*HsCliNextId)(gpointer source, uint32_t *id);

/* Writes the lines of all ids to the writer of `rows`, or as many as somebody reads. */
void hs_cli_write_lines(HsCliRowWriter *rows, HsCliNextId next, gpointer source, HsCliPutLine put, gconstpointer data);

/* SPDX-License-Identifier: MIT */
/* What the two tables of a comparison share. */
#pragma once

#include "hs-table-kind.h"

bool hs_table_sides_ask(HsTableQuestion *question, HsDocument *document);
const char *hs_table_sides_empty_text(HsDocument *document);
/* Fills in the model's comparison. Worker; as HsTableKind.prepare(). */
bool hs_table_sides_compare(HsTableModel *model, const int *cancel);

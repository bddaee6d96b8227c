/* SPDX-License-Identifier: MIT */
/* What tables have in common whose items are blocks and whose rows begin with an HsBlockRow. See HsTableKind. */
#pragma once

#include "hs-table-kind.h"

bool hs_table_block_swatch(const HsPalette *palette, const HsTableRow *row, HsColor *color);
bool hs_table_block_copy_cell(const HsTableModel *model, const HsTableRow *row, HsBlockColumn column, GString *text);
char *hs_table_block_filter_value(const HsTableModel *model, const HsTableRow *row, HsBlockColumn column,
                                  const char **field);
void hs_table_block_subject(const HsTableModel *model, const HsTableRow *row, HsTableSubject *subject);
uint32_t hs_table_block_chosen(HsDocument *document);
void hs_table_block_choose(HsDocument *document, uint32_t item);

/* SPDX-License-Identifier: MIT */
/*
 * HsTableBody to screen readers: a table (AtkTable) with selectable rows (AtkSelection). It manages its descendants:
 * cells are made when asked for and not kept, so that a hundred million rows cost nothing.
 */
#pragma once

#include <gtk/gtk-a11y.h>

#define HS_TYPE_TABLE_BODY_ACCESSIBLE (hs_table_body_accessible_get_type())
GType hs_table_body_accessible_get_type(void);

/* Cursor or selection changed. */
void hs_table_body_accessible_cursor_moved(AtkObject *accessible);
/* The rows changed; there were `old_n`. `grew`: those stayed, more came after them. */
void hs_table_body_accessible_model_changed(AtkObject *accessible, guint old_n, gboolean grew);

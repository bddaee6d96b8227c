/* SPDX-License-Identifier: MIT */
/* A table alone in a window, over a trace: what the tests of tables do to it. */
#pragma once

#include "hs-table-body.h"
#include "hs-table.h"

typedef struct {
  HsDocument *document;
  GtkWidget *window;
  HsTable *table;
  HsTableBody *body;
  char *activated; /* the last action of the window that was activated, with its target: "only-heap (1, '0x2')" */
} HsTableFixture;

/* Opens the trace and waits until all of it is shown. */
void hs_table_fixture_open(HsTableFixture *f, const char *path, const char *kind);
void hs_table_fixture_close(HsTableFixture *f);
/* Turns the main loop until nothing loads, sorts or waits to be drawn. */
void hs_table_fixture_settle(HsTableFixture *f);

/* A key press as the window gets it: it hands it on to the widget with the focus. */
void hs_table_fixture_key(HsTableFixture *f, guint keyval, GdkModifierType state);
/* A click of the left button on a cell, and its release. */
void hs_table_fixture_click(HsTableFixture *f, uint32_t position, int column, GdkEventType type, GdkModifierType state);
/* Opens a cell's context menu with the right button. */
void hs_table_fixture_popup(HsTableFixture *f, uint32_t position, int column);

uint32_t hs_table_fixture_n_selected(HsTableFixture *f);
void hs_table_fixture_assert_in_view(HsTableFixture *f, uint32_t position);
/* The text of a cell to screen readers. Free with g_free(). */
char *hs_table_fixture_cell(HsTableFixture *f, uint32_t position, int column);

/* SPDX-License-Identifier: MIT */
/*
 * HsTableKind: what a table is of. The widgets know how to show rows of cells; what hangs on what the rows are of is
 * here: events, blocks, heaps, the biography of an address, or two moments compared. All functions but prepare() and
 * order_new() are for the main thread.
 */
#pragma once

#include "hs-block-table.h"
#include "hs-document.h"
#include "hs-heap-table.h"
#include "hs-palette.h"
#include "hs-table-model.h"

#define HS_TABLE_MAX_COLUMNS 32
/* Room for the text of any cell. */
#define HS_TABLE_CELL_BYTES 512
/* "No column" where one is named by its number. */
#define HS_TABLE_NO_COLUMN (-1)

/* An item with everything that its cells tell. */
typedef union {
  HsEvent event;
  HsBlockRow block; /* also the beginning of the next two */
  struct {
    HsBlockRow block;
    int64_t vacancy_ticks; /* see HsBiography */
    bool has_vacancy;
    int64_t vacancy_ns;
    uint64_t offset; /* of the address in the block */
  } life;
  struct {
    HsBlockRow block;
    HsSide side;
  } side;
  struct {
    HsSideGroup of;
    HsPivotBy by;
  } group;
  HsHeapRow heap;
} HsTableRow;

/* What a row is about: what its context menu and a double click act on. */
typedef struct {
  HsProcessId process; /* or none, as the next two */
  HsHeapId heap;
  HsBlockId block;
  HsSource source; /* or none */
  HsRow row;       /* its event, or UINT32_MAX */
  bool has_address;
  uint64_t address;
} HsTableSubject;

typedef struct {
  const char *name; /* in user interface files */
  int n_columns;
  int natural_column;                              /* ascending by it is the natural order; none = that of no column */
  int wide_column;                                 /* takes what is left of the view, gives way first; or none */
  int swatch_column;                               /* has colour marks; or none */
  int process_column, handle_column, flags_column; /* as wide as the trace's names, handles and flags; or none */
  bool prepares_slowly;                            /* prepare() is for a worker */
  bool has_memory;                                 /* rows tell of addresses and blocks, if not all of them */
  bool (*asks)(HsTableQuestion *question, HsDocument *document); /* fills in what the table is of; false if nothing is
                                                                    asked; NULL = it is of everything */

  /* Translated; static. */
  const char *(*title)(void);                      /* of the table, to screen readers */
  const char *(*empty_text)(HsDocument *document); /* why there is no row */
  const char *(*column_title)(int column);
  const char *(*column_tip)(int column); /* what the title means; NULL if that is plain */

  const char *(*column_name)(int column); /* in files */
  bool (*is_number)(int column);          /* right-aligned */
  bool (*is_mono)(int column);            /* in the fixed-width font */
  const char *(*sample)(int column);      /* a text as wide as usual ones */

  /* Fills in the model's items, from the rows and blocks that pass. False if cancelled or out of memory. */
  bool (*prepare)(HsTableModel *model, const int *cancel);
  /* The model's items sorted; NULL if cancelled or out of memory. */
  HsRowOrder *(*order_new)(const HsTableModel *model, int column, bool descending, const int *cancel);
  /* Whether what stands in a column hangs on the model's range; NULL = no column does. */
  bool (*follows_range)(int column);
  /* The items [*first, *end) that begin in a range of time; NULL = that cannot be said. */
  void (*span)(const HsTableModel *model, HsTimeRange range, uint32_t *first, uint32_t *end);

  void (*load)(const HsTableModel *model, uint32_t item, HsTableRow *row);
  /* As shown: written to buffer, or static, or the timeline's. "" for what is not told. */
  const char *(*cell_text)(const HsTableModel *model, const HsTableRow *row, int column, char *buffer, size_t size);
  /* What the text rounds, likewise, or NULL. The function may be NULL. */
  const char *(*cell_tip)(const HsTableModel *model, const HsTableRow *row, int column, char *buffer, size_t size);
  /* Colour of the mark before the text in the column of marks; false if there is none. */
  bool (*swatch)(const HsPalette *palette, const HsTableRow *row, HsColor *color);
  /* Appends a number or a time for the clipboard, exactly; false if the cell is to be copied as shown. */
  bool (*copy_cell)(const HsTableModel *model, const HsTableRow *row, int column, GString *text);
  /* The cell's value in the filter's language, and the field it is a value of; NULL if that language has none. A value
   * with ".." is a range. Free with g_free(). */
  char *(*filter_value)(const HsTableModel *model, const HsTableRow *row, int column, const char **field);
  void (*subject)(const HsTableModel *model, const HsTableRow *row, HsTableSubject *subject);

  /* The item that the document's choice is or belongs to; UINT32_MAX if none. */
  uint32_t (*chosen)(HsDocument *document);
  void (*choose)(HsDocument *document, uint32_t item); /* NULL = a document chooses no such items */
} HsTableKind;

extern const HsTableKind hs_table_events; /* columns: HsEventColumn */
extern const HsTableKind hs_table_blocks; /* columns: WPA's, in its order; find them by their names */
extern const HsTableKind hs_table_heaps;  /* columns: HsHeapColumn */

extern const HsTableKind hs_table_biography; /* columns: find them by their names */
extern const HsTableKind hs_table_sides;     /* blocks that live at one of two moments; columns likewise */
extern const HsTableKind hs_table_groups;    /* the same in groups; columns: HsSideColumn */

/* By its name, NULL = "events"; NULL if there is no such kind. */
const HsTableKind *hs_table_kind_find(const char *name);
/* By its name in files; HS_TABLE_NO_COLUMN if there is no such column. */
int hs_table_kind_find_column(const HsTableKind *kind, const char *name);

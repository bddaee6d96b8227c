/* SPDX-License-Identifier: MIT */
/*
 * A table's items as a virtual table, "source": one statement copies all of them, which takes half the time that a
 * statement a row does.
 */
#include "hs-cli-db.h"

/* How many rows are written between two tellings. */
#define ROWS_A_TELLING 4096

typedef struct {
  sqlite3_vtab base;
  HsCliDbSource *source;
} Virtual;

typedef struct {
  sqlite3_vtab_cursor base;
  HsCliDbSource *source;
  uint32_t at;
  bool at_end;
  uint64_t item[HS_CLI_DB_ITEM_BYTES / sizeof(uint64_t)]; /* SQLite aligns no better than that */
} Cursor;

static int
do_connect(sqlite3 *db, void *data, int argc, const char *const *argv, sqlite3_vtab **table, char **error)
{
  HsCliDbSource *source = data;
  g_autofree char *sql = hs_cli_db_create_sql(source->table, "source");
  Virtual *virtual = sqlite3_malloc(sizeof *virtual);
  if (virtual == NULL)
    return SQLITE_NOMEM;
  *virtual = (Virtual){.source = source};
  *table = &virtual->base;
  return sqlite3_declare_vtab(db, sql);
}

static int
do_disconnect(sqlite3_vtab *table)
{
  sqlite3_free(table);
  return SQLITE_OK;
}

static int
do_plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
  return SQLITE_OK;
}

static int
do_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
  Cursor *cursor = sqlite3_malloc(sizeof *cursor);
  if (cursor == NULL)
    return SQLITE_NOMEM;
  *cursor = (Cursor){.source = ((Virtual *)table)->source};
  *out = &cursor->base;
  return SQLITE_OK;
}

static int
do_close(sqlite3_vtab_cursor *base)
{
  sqlite3_free(base);
  return SQLITE_OK;
}

static int
load(Cursor *cursor)
{
  const HsCliDbSource *source = cursor->source;
  cursor->at_end = !source->table->next(source->data, &cursor->at, cursor->item);
  return __atomic_load_n(source->cancel, __ATOMIC_RELAXED) != 0 ? SQLITE_INTERRUPT : SQLITE_OK;
}

static int
do_begin(sqlite3_vtab_cursor *base, int plan, const char *plan_text, int argc, sqlite3_value **argv)
{
  Cursor *cursor = (Cursor *)base;
  cursor->at = 0;
  return load(cursor);
}

static int
do_next(sqlite3_vtab_cursor *base)
{
  Cursor *cursor = (Cursor *)base;
  HsCliDbSource *source = cursor->source;
  cursor->at++;
  if (++source->n_rows % ROWS_A_TELLING == 0 && source->progress != NULL)
    source->progress(source->n_rows, source->progress_data);
  return load(cursor);
}

static int
do_at_end(sqlite3_vtab_cursor *base)
{
  return ((Cursor *)base)->at_end;
}

static int
do_column(sqlite3_vtab_cursor *base, sqlite3_context *out, int column)
{
  const Cursor *cursor = (Cursor *)base;
  cursor->source->table->value(cursor->source->data, cursor->item, (unsigned)column, out);
  return SQLITE_OK;
}

static int
do_row(sqlite3_vtab_cursor *base, sqlite3_int64 *row)
{
  *row = ((Cursor *)base)->at;
  return SQLITE_OK;
}

int
hs_cli_db_source_register(sqlite3 *db, HsCliDbSource *source)
{
  static const sqlite3_module module = {
      .xConnect = do_connect,
      .xBestIndex = do_plan,
      .xDisconnect = do_disconnect,
      .xOpen = do_open,
      .xClose = do_close,
      .xFilter = do_begin,
      .xNext = do_next,
      .xEof = do_at_end,
      .xColumn = do_column,
      .xRowid = do_row,
  };
  return sqlite3_create_module(db, "source", &module, source);
}

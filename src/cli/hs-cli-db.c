/* SPDX-License-Identifier: MIT */
#include "hs-cli-db.h"

#include <glib/gi18n.h>

/* Large enough that a page's own costs do not count; what is written stays a multiple of what disks write. */
#define PAGE_BYTES "16384"
/* What the columns are, should they ever change. */
#define SCHEMA_VERSION "1"

struct _HsCliDb {
  sqlite3 *sqlite;
  HsCliDbSource source;
  int problem; /* an error number of the file, or 0 */
  int code;    /* SQLite's, of what failed first */
  char *message;
};

/* Remembers what went wrong first. */
static bool
check(HsCliDb *db, int code)
{
  if (code == SQLITE_OK || code == SQLITE_DONE)
    return true;
  if (db->code == SQLITE_OK) {
    db->code = code;
    db->message = g_strdup(db->sqlite != NULL ? sqlite3_errmsg(db->sqlite) : sqlite3_errstr(code));
  }
  return false;
}

static bool
run(HsCliDb *db, const char *sql)
{
  return db->code == SQLITE_OK && check(db, sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL));
}

/* --- tables --- */

static const char *
type_of(HsCliDbKind kind)
{
  switch (kind) {
  case HS_CLI_DB_ROW:
    return "INTEGER PRIMARY KEY";
  case HS_CLI_DB_SHARE:
    return "REAL";
  case HS_CLI_DB_TEXT:
    return "TEXT";
  case HS_CLI_DB_ANY:
    return "";
  default:
    return "INTEGER";
  }
}

/* Stands in the schema, where whoever looks at it sees it. */
static const char *
unit_of(HsCliDbKind kind)
{
  switch (kind) {
  case HS_CLI_DB_BYTES:
    return "bytes";
  case HS_CLI_DB_TIME:
    return "ns since the trace began";
  case HS_CLI_DB_DURATION:
    return "ns";
  case HS_CLI_DB_BOOL:
    return "0 or 1";
  case HS_CLI_DB_SHARE:
    return "0.0 to 1.0";
  default:
    return NULL;
  }
}

char *
hs_cli_db_create_sql(const HsCliDbTable *table, const char *name)
{
  GString *sql = g_string_new(NULL);
  g_string_append_printf(sql, "CREATE TABLE %s (\n", name);
  for (unsigned i = 0; i < table->n_columns; i++) {
    const HsCliDbColumn *column = &table->columns[i];
    const char *type = type_of(column->kind), *unit = unit_of(column->kind);
    g_string_append_printf(sql, "  \"%s\"%s%s%s", column->title, type[0] != '\0' ? " " : "", type,
                           i + 1 < table->n_columns ? "," : "");
    if (unit != NULL)
      g_string_append_printf(sql, " -- %s", unit);
    g_string_append_c(sql, '\n');
  }
  g_string_append_c(sql, ')');
  return g_string_free(sql, FALSE);
}

/* As a person reads it: times in seconds, addresses and handles as everybody writes them. */
static void
append_shown(GString *sql, const HsCliDbColumn *column)
{
  if (column->kind == HS_CLI_DB_TIME || column->kind == HS_CLI_DB_DURATION)
    g_string_append_printf(sql, "\"%s\" / 1e9 AS \"%s (s)\"", column->title, column->title);
  else if (column->kind == HS_CLI_DB_HEX)
    g_string_append_printf(sql, "CASE WHEN \"%s\" IS NOT NULL THEN printf('0x%%x', \"%s\") END AS \"%s\"",
                           column->title, column->title, column->title);
  else
    g_string_append_printf(sql, "\"%s\"", column->title);
}

static bool
add_view(HsCliDb *db, const HsCliDbTable *table)
{
  bool differs = false;
  g_autoptr(GString) sql = g_string_new(NULL);
  g_string_append_printf(sql, "CREATE VIEW %s_text AS SELECT\n  ", table->name);
  for (unsigned i = 0; i < table->n_columns; i++) {
    HsCliDbKind kind = table->columns[i].kind;
    differs |= kind == HS_CLI_DB_TIME || kind == HS_CLI_DB_DURATION || kind == HS_CLI_DB_HEX;
    if (i > 0)
      g_string_append(sql, ",\n  ");
    append_shown(sql, &table->columns[i]);
  }
  g_string_append_printf(sql, "\nFROM %s", table->name);
  return !differs || run(db, sql->str);
}

bool
hs_cli_db_add_table(HsCliDb *db, const HsCliDbTable *table, gpointer data)
{
  g_autofree char *create = hs_cli_db_create_sql(table, table->name);
  g_autofree char *copy = g_strdup_printf("INSERT INTO %s SELECT * FROM source", table->name);
  db->source.table = table;
  db->source.data = data;
  /* Registered anew for each table: SQLite then asks again what columns there are. */
  return run(db, create) && check(db, hs_cli_db_source_register(db->sqlite, &db->source)) && run(db, copy) &&
         add_view(db, table);
}

/* --- the whole --- */

HsCliDb *
hs_cli_db_new(int fd, const int *cancel)
{
  HsCliDb *db = g_new0(HsCliDb, 1);
  db->source.cancel = cancel;
  /* Before SQLite begins; where it has begun, it stays as it is. One thread needs neither locks nor statistics. */
  (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
  (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const char *system = check(db, sqlite3_initialize()) ? hs_cli_db_file_register(fd, &db->problem) : NULL;
  if (db->code != SQLITE_OK || !check(db, system != NULL ? SQLITE_OK : SQLITE_ERROR))
    return db;
  if (check(db, sqlite3_open_v2("database", &db->sqlite, SQLITE_OPEN_READWRITE, system)))
    /* It is dropped if it does not become whole, and nobody else has it open. */
    run(db, "PRAGMA page_size=" PAGE_BYTES "; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA user_version=" SCHEMA_VERSION "; BEGIN");
  return db;
}

void
hs_cli_db_set_progress(HsCliDb *db, void (*progress)(uint64_t n_rows, gpointer data), gpointer data)
{
  db->source.progress = progress;
  db->source.progress_data = data;
}

bool
hs_cli_db_finish(HsCliDb *db)
{
  if (db->code != SQLITE_OK || !run(db, "COMMIT"))
    return false;
  return check(db, sqlite3_close(g_steal_pointer(&db->sqlite)));
}

char *
hs_cli_db_error(HsCliDb *db)
{
  if (db->code == SQLITE_NOMEM)
    return g_strdup(_("out of memory"));
  if (db->problem != 0)
    return g_strdup(g_strerror(db->problem));
  return g_strdup(db->message != NULL ? db->message : "");
}

void
hs_cli_db_free(HsCliDb *db)
{
  if (db->sqlite != NULL)
    sqlite3_close(db->sqlite);
  g_free(db->message);
  g_free(db);
}

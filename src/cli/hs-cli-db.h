/* SPDX-License-Identifier: MIT */
/*
 * A new SQLite database that is written from front to back: into a descriptor, a table at a time, each filled by one
 * statement that reads rows as SQLite asks for them, so that memory does not grow with the rows. One thread; one
 * database at a time.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* What a column holds. Numbers of 64 bits are stored as SQLite has them, with a sign. */
typedef enum {
  HS_CLI_DB_ROW, /* a number that is the key of its table */
  HS_CLI_DB_NUMBER,
  HS_CLI_DB_BYTES,
  HS_CLI_DB_TIME,     /* nanoseconds since the trace began */
  HS_CLI_DB_DURATION, /* nanoseconds */
  HS_CLI_DB_HEX,      /* an address or a handle */
  HS_CLI_DB_BOOL,     /* 0 or 1 */
  HS_CLI_DB_SHARE,    /* 0.0 to 1.0 */
  HS_CLI_DB_TEXT,
  HS_CLI_DB_ANY
} HsCliDbKind;

typedef struct {
  const char *title; /* the column's name, as WPA or the window has it; untranslated */
  HsCliDbKind kind;
} HsCliDbColumn;

#define HS_CLI_DB_ITEM_BYTES 256

typedef struct {
  const char *name;
  const HsCliDbColumn *columns;
  unsigned n_columns;
  /* Puts the first item at or after the number `*at` into `item` (HS_CLI_DB_ITEM_BYTES, aligned for 64 bits) and its
   * number into `at`. False if there is none. */
  bool (*next)(gpointer data, uint32_t *at, gpointer item);
  /* Gives a column's value to SQLite; nothing = NULL. Texts must live as long as `data`. */
  void (*value)(gpointer data, gconstpointer item, unsigned column, sqlite3_context *out);
} HsCliDbTable;

typedef struct _HsCliDb HsCliDb;

/* Begins a database in `fd`, an empty file for reading and writing, which stays the caller's. Where that fails, what
 * follows fails, too, and hs_cli_db_error() tells why. `cancel` is polled: nonzero stops the work, which then fails. */
HsCliDb *hs_cli_db_new(int fd, const int *cancel);
/* Is called now and then with the number of rows written so far to all tables. */
void hs_cli_db_set_progress(HsCliDb *db, void (*progress)(uint64_t n_rows, gpointer data), gpointer data);
/* Creates a table with all items there are, and, where it has times or hexadecimal numbers, a view of it as text. False
 * on an error, as the following. */
bool hs_cli_db_add_table(HsCliDb *db, const HsCliDbTable *table, gpointer data);
/* Writes out what waits. */
bool hs_cli_db_finish(HsCliDb *db);
/* Why something failed. Free with g_free(). */
char *hs_cli_db_error(HsCliDb *db);
void hs_cli_db_free(HsCliDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsCliDb, hs_cli_db_free)

/* --- for the parts of it --- */

/* Registers the system beneath SQLite that knows one file: a descriptor (hs-cli-db-file.c). Its name, or NULL if it
 * cannot be. What goes wrong with the file is put into `problem`, an error number. */
const char *hs_cli_db_file_register(int fd, int *problem);

/* A table's items as a table that SQLite reads, "source" (hs-cli-db-source.c). `n_rows` is counted up. */
typedef struct {
  const HsCliDbTable *table;
  gpointer data;
  const int *cancel;
  void (*progress)(uint64_t n_rows, gpointer data);
  gpointer progress_data;
  uint64_t n_rows;
} HsCliDbSource;
int hs_cli_db_source_register(sqlite3 *db, HsCliDbSource *source);
/* "CREATE TABLE name (…)". Free with g_free(). */
char *hs_cli_db_create_sql(const HsCliDbTable *table, const char *name);

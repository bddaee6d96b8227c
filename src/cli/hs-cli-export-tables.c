/* SPDX-License-Identifier: MIT */
/* Tables of a database on what the trace is and who is in it; and the list of all tables. */
#include "hs-cli-export.h"

/* --- values --- */

void
hs_cli_export_put_text(const char *text, sqlite3_context *out)
{
  if (text != NULL && text[0] != '\0')
    sqlite3_result_text(out, text, -1, SQLITE_STATIC);
}

void
hs_cli_export_put_process(const HsCliExport *export, HsProcessId process, sqlite3_context *out)
{
  if (process.v < export->n_processes)
    hs_cli_export_put_text(export->process_names[process.v], out);
}

static void
put_id(uint32_t id, sqlite3_context *out)
{
  if (id != UINT32_MAX)
    sqlite3_result_int64(out, id);
}

void
hs_cli_export_put_pid(const HsCliExport *export, HsProcessId process, sqlite3_context *out)
{
  if (process.v != HS_ID_NONE)
    put_id(hs_timeline_process(export->timeline, process)->pid, out);
}

void
hs_cli_export_put_tid(const HsCliExport *export, HsThreadId thread, sqlite3_context *out)
{
  if (thread.v != HS_ID_NONE)
    put_id(hs_timeline_thread(export->timeline, thread)->tid, out);
}

void
hs_cli_export_put_heap(const HsCliExport *export, HsHeapId heap, sqlite3_context *out)
{
  if (heap.v != HS_ID_NONE)
    hs_cli_export_put_bits(hs_timeline_heap(export->timeline, heap)->handle, out);
}

static void
put_string(const HsCliExport *export, uint32_t id, sqlite3_context *out)
{
  hs_cli_export_put_text(hs_strings_get(export->timeline->strings, (HsStringId){id}), out);
}

/* --- session --- */

static const HsCliDbColumn session_columns[] = {{"Key", HS_CLI_DB_TEXT}, {"Value", HS_CLI_DB_ANY}};

static bool
next_fact(gpointer data, uint32_t *at, gpointer item)
{
  return hs_cli_export_next_of(((HsCliExport *)data)->facts->len, *at, item);
}

static void
put_fact(gpointer data, gconstpointer item, unsigned column, sqlite3_context *out)
{
  const HsCliExport *export = data;
  uint32_t number = hs_cli_export_number_of(item);
  JsonNode *node = g_ptr_array_index(export->facts, number);
  GType type = json_node_get_value_type(node);
  if (column == 0)
    hs_cli_export_put_text(g_ptr_array_index(export->fact_names, number), out);
  else if (type == G_TYPE_STRING)
    sqlite3_result_text(out, json_node_get_string(node), -1, SQLITE_STATIC);
  else if (type == G_TYPE_DOUBLE)
    sqlite3_result_double(out, json_node_get_double(node));
  else if (type == G_TYPE_BOOLEAN)
    sqlite3_result_int(out, json_node_get_boolean(node));
  else if (type == G_TYPE_INT64)
    sqlite3_result_int64(out, json_node_get_int(node));
}

static const HsCliDbTable session = {
    .name = "session",
    .columns = session_columns,
    .n_columns = G_N_ELEMENTS(session_columns),
    .next = next_fact,
    .value = put_fact,
};

/* --- processes --- */

static const HsCliDbColumn process_columns[] = {{"PID", HS_CLI_DB_NUMBER},        {"Process", HS_CLI_DB_TEXT},
                                                {"Command Line", HS_CLI_DB_TEXT}, {"Parent PID", HS_CLI_DB_NUMBER},
                                                {"Start Time", HS_CLI_DB_TIME},   {"End Time", HS_CLI_DB_TIME},
                                                {"Is 32-bit", HS_CLI_DB_BOOL},    {"Heaps", HS_CLI_DB_NUMBER}};

static bool
next_process(gpointer data, uint32_t *at, gpointer item)
{
  return hs_cli_export_next_of(((HsCliExport *)data)->n_processes, *at, item);
}

static void
put_process_value(gpointer data, gconstpointer item, unsigned column, sqlite3_context *out)
{
  const HsCliExport *export = data;
  HsProcessId id = {hs_cli_export_number_of(item)};
  const HsProcess *process = hs_timeline_process(export->timeline, id);
  switch (column) {
  case 0:
    put_id(process->pid, out);
    break;
  case 1:
    hs_cli_export_put_process(export, id, out);
    break;
  case 2:
    put_string(export, HS_GET(process->command_line), out);
    break;
  case 3:
    /* 0 is nobody's parent that is told of. */
    if (process->parent_pid != 0)
      put_id(process->parent_pid, out);
    break;
  case 4:
    hs_cli_export_put_time(export, process->start_ticks, out);
    break;
  case 5:
    hs_cli_export_put_time(export, HS_GET(process->end_ticks), out);
    break;
  case 6:
    sqlite3_result_int(out, HS_GET(process->is_32bit) != 0);
    break;
  default:
    sqlite3_result_int64(out, HS_GET(process->n_heaps));
    break;
  }
}

static const HsCliDbTable processes = {
    .name = "processes",
    .columns = process_columns,
    .n_columns = G_N_ELEMENTS(process_columns),
    .next = next_process,
    .value = put_process_value,
};

/* --- threads --- */

static const HsCliDbColumn thread_columns[] = {
    {"TID", HS_CLI_DB_NUMBER}, {"Process", HS_CLI_DB_TEXT}, {"PID", HS_CLI_DB_NUMBER}, {"Name", HS_CLI_DB_TEXT}};

static bool
next_thread(gpointer data, uint32_t *at, gpointer item)
{
  return hs_cli_export_next_of(hs_timeline_n_threads(((HsCliExport *)data)->timeline), *at, item);
}

static void
put_thread_value(gpointer data, gconstpointer item, unsigned column, sqlite3_context *out)
{
  const HsCliExport *export = data;
  const HsThread *thread = hs_timeline_thread(export->timeline, (HsThreadId){hs_cli_export_number_of(item)});
  if (column == 0)
    put_id(thread->tid, out);
  else if (column == 1)
    hs_cli_export_put_process(export, thread->process, out);
  else if (column == 2)
    hs_cli_export_put_pid(export, thread->process, out);
  else
    put_string(export, HS_GET(thread->name), out);
}

static const HsCliDbTable threads = {
    .name = "threads",
    .columns = thread_columns,
    .n_columns = G_N_ELEMENTS(thread_columns),
    .next = next_thread,
    .value = put_thread_value,
};

/* --- modules --- */

static const HsCliDbColumn module_columns[] = {{"Process", HS_CLI_DB_TEXT},
                                               {"PID", HS_CLI_DB_NUMBER},
                                               {"Path", HS_CLI_DB_TEXT},
                                               {"Base", HS_CLI_DB_HEX},
                                               {"Size", HS_CLI_DB_BYTES},
                                               {"Checksum", HS_CLI_DB_HEX},
                                               {"Time Date Stamp", HS_CLI_DB_NUMBER},
                                               {"Load Time", HS_CLI_DB_TIME},
                                               {"Unload Time", HS_CLI_DB_TIME}};

static bool
next_module(gpointer data, uint32_t *at, gpointer item)
{
  return hs_cli_export_next_of(hs_timeline_n_modules(((HsCliExport *)data)->timeline), *at, item);
}

static void
put_module_value(gpointer data, gconstpointer item, unsigned column, sqlite3_context *out)
{
  const HsCliExport *export = data;
  const HsModule *module = hs_timeline_module(export->timeline, (HsModuleId){hs_cli_export_number_of(item)});
  switch (column) {
  case 0:
    hs_cli_export_put_process(export, module->process, out);
    break;
  case 1:
    hs_cli_export_put_pid(export, module->process, out);
    break;
  case 2:
    put_string(export, module->path.v, out);
    break;
  case 3:
    hs_cli_export_put_bits(module->base, out);
    break;
  case 4:
    hs_cli_export_put_bits(module->size, out);
    break;
  case 5:
    sqlite3_result_int64(out, module->checksum);
    break;
  case 6:
    sqlite3_result_int64(out, module->time_stamp);
    break;
  case 7:
    hs_cli_export_put_time(export, module->load_ticks, out);
    break;
  default:
    hs_cli_export_put_time(export, HS_GET(module->unload_ticks), out);
    break;
  }
}

static const HsCliDbTable modules = {
    .name = "modules",
    .columns = module_columns,
    .n_columns = G_N_ELEMENTS(module_columns),
    .next = next_module,
    .value = put_module_value,
};

const HsCliDbTable *const hs_cli_export_tables[] = {&session,
                                                    &processes,
                                                    &hs_cli_export_heaps,
                                                    &threads,
                                                    &modules,
                                                    &hs_cli_export_health,
                                                    &hs_cli_export_issues,
                                                    &hs_cli_export_gaps,
                                                    &hs_cli_export_events,
                                                    &hs_cli_export_allocations,
                                                    NULL};

/* SPDX-License-Identifier: MIT */
#include "hs-cli-event-row.h"

#include "hs-cli.h"

static const char *const column_names[HS_CLI_N_COLUMNS + 1] = {
    [HS_CLI_COLUMN_ROW] = "row",
    [HS_CLI_COLUMN_TIME] = "time_ns",
    [HS_CLI_COLUMN_OP] = "op",
    [HS_CLI_COLUMN_PID] = "pid",
    [HS_CLI_COLUMN_PROCESS] = "process",
    [HS_CLI_COLUMN_TID] = "tid",
    [HS_CLI_COLUMN_HEAP] = "heap",
    [HS_CLI_COLUMN_ADDRESS] = "address",
    [HS_CLI_COLUMN_SIZE] = "size",
    [HS_CLI_COLUMN_OLD_ADDRESS] = "old_address",
    [HS_CLI_COLUMN_OLD_SIZE] = "old_size",
    [HS_CLI_COLUMN_SOURCE] = "source",
    [HS_CLI_COLUMN_CPU] = "cpu",
};

const char *const *
hs_cli_event_column_names(void)
{
  return column_names;
}

void
hs_cli_row_writer_init(HsCliRowWriter *rows, HsCliWriter *writer, const HsTimeline *timeline,
                       const HsCliColumns *columns, bool as_ndjson)
{
  HsClock clock = hs_timeline_clock(timeline);
  *rows = (HsCliRowWriter){
      .writer = writer,
      .timeline = timeline,
      .columns = columns,
      .as_ndjson = as_ndjson,
      .ns_a_tick = 1000000000 % clock.frequency == 0 ? (int64_t)(1000000000 / clock.frequency) : 0,
      .clock = clock,
      .n_processes = hs_timeline_n_processes(timeline),
  };
  rows->process_names = g_new0(char *, rows->n_processes);
  for (uint32_t i = 0; i < rows->n_processes; i++) {
    const char *name = hs_timeline_process_name(timeline, (HsProcessId){i});
    if (name[0] != '\0')
      rows->process_names[i] = as_ndjson ? hs_cli_json_string(name) : hs_cli_csv_field(name);
  }
}

void
hs_cli_row_writer_clear(HsCliRowWriter *rows)
{
  for (uint32_t i = 0; i < rows->n_processes; i++)
    g_free(rows->process_names[i]);
  g_clear_pointer(&rows->process_names, g_free);
}

void
hs_cli_row_put_header(const HsCliRowWriter *rows, const char *const *names)
{
  for (unsigned i = 0; i < rows->columns->n; i++) {
    if (i > 0)
      hs_cli_put_char(rows->writer, ',');
    hs_cli_put(rows->writer, names[rows->columns->at[i]]);
  }
  hs_cli_put_char(rows->writer, '\n');
}

void
hs_cli_write_csv_header(HsCliRowWriter *rows)
{
  hs_cli_row_put_header(rows, column_names);
}

/* A pid or thread id that no record told is all ones. */
static bool
pid_of(const HsCliRowWriter *rows, const HsEvent *event, uint32_t *pid)
{
  *pid = event->process.v != HS_ID_NONE ? hs_timeline_process(rows->timeline, event->process)->pid : UINT32_MAX;
  return *pid != UINT32_MAX;
}

static bool
tid_of(const HsCliRowWriter *rows, const HsEvent *event, uint32_t *tid)
{
  *tid = event->thread.v != HS_ID_NONE ? hs_timeline_thread(rows->timeline, event->thread)->tid : UINT32_MAX;
  return *tid != UINT32_MAX;
}

static const char *
process_of(const HsCliRowWriter *rows, const HsEvent *event)
{
  return event->process.v < rows->n_processes ? rows->process_names[event->process.v] : NULL;
}

static bool
has_value(const HsCliRowWriter *rows, const HsEvent *event, HsCliColumn column)
{
  uint32_t unused;
  switch (column) {
  case HS_CLI_COLUMN_PID:
    return pid_of(rows, event, &unused);
  case HS_CLI_COLUMN_PROCESS:
    return process_of(rows, event) != NULL;
  case HS_CLI_COLUMN_TID:
    return tid_of(rows, event, &unused);
  case HS_CLI_COLUMN_HEAP:
    return event->heap.v != HS_ID_NONE;
  case HS_CLI_COLUMN_ADDRESS:
    return event->has_address;
  case HS_CLI_COLUMN_SIZE:
    return event->has_size;
  case HS_CLI_COLUMN_OLD_ADDRESS:
  case HS_CLI_COLUMN_OLD_SIZE:
    return event->has_old;
  case HS_CLI_COLUMN_SOURCE:
    return event->source != HS_SOURCE_NONE;
  default:
    return true;
  }
}

/* The division of hs_clock_to_ns() is 128 bits wide and costs as much as the rest of a row. */
int64_t
hs_cli_row_time_ns(const HsCliRowWriter *rows, int64_t ticks)
{
  int64_t ns;
  if (rows->ns_a_tick != 0 && !__builtin_mul_overflow(ticks, rows->ns_a_tick, &ns))
    return ns;
  return hs_clock_to_ns(rows->clock, ticks);
}

static void
put_quote(const HsCliRowWriter *rows)
{
  if (rows->as_ndjson)
    hs_cli_put_char(rows->writer, '"');
}

void
hs_cli_row_put_hex(const HsCliRowWriter *rows, uint64_t value)
{
  put_quote(rows);
  hs_cli_put_hex(rows->writer, value);
  put_quote(rows);
}

void
hs_cli_row_put_name(const HsCliRowWriter *rows, const char *name)
{
  put_quote(rows);
  hs_cli_put(rows->writer, name);
  put_quote(rows);
}

/* Of an event that has_value(). */
static void
put_value(const HsCliRowWriter *rows, const HsEvent *event, HsCliColumn column)
{
  HsCliWriter *writer = rows->writer;
  uint32_t id;
  switch (column) {
  case HS_CLI_COLUMN_ROW:
    hs_cli_put_uint(writer, event->row);
    break;
  case HS_CLI_COLUMN_TIME:
    hs_cli_put_int(writer, hs_cli_row_time_ns(rows, event->ticks));
    break;
  case HS_CLI_COLUMN_OP:
    hs_cli_row_put_name(rows, hs_op_name(event->op));
    break;
  case HS_CLI_COLUMN_PID:
    pid_of(rows, event, &id);
    hs_cli_put_uint(writer, id);
    break;
  case HS_CLI_COLUMN_PROCESS:
    hs_cli_put(writer, process_of(rows, event));
    break;
  case HS_CLI_COLUMN_TID:
    tid_of(rows, event, &id);
    hs_cli_put_uint(writer, id);
    break;
  case HS_CLI_COLUMN_HEAP:
    hs_cli_row_put_hex(rows, hs_timeline_heap(rows->timeline, event->heap)->handle);
    break;
  case HS_CLI_COLUMN_ADDRESS:
    hs_cli_row_put_hex(rows, event->address);
    break;
  case HS_CLI_COLUMN_SIZE:
    hs_cli_put_uint(writer, event->size);
    break;
  case HS_CLI_COLUMN_OLD_ADDRESS:
    hs_cli_row_put_hex(rows, event->old_address);
    break;
  case HS_CLI_COLUMN_OLD_SIZE:
    hs_cli_put_uint(writer, event->old_size);
    break;
  case HS_CLI_COLUMN_SOURCE:
    if (event->source == HS_SOURCE_UNKNOWN)
      hs_cli_put_uint(writer, event->source_id);
    else
      hs_cli_row_put_name(rows, hs_source_name(event->source));
    break;
  case HS_CLI_COLUMN_CPU:
    hs_cli_put_uint(writer, event->cpu);
    break;
  case HS_CLI_N_COLUMNS:
    g_assert_not_reached();
  }
}

static void
write_csv_row(const HsCliRowWriter *rows, const HsEvent *event)
{
  for (unsigned i = 0; i < rows->columns->n; i++) {
    if (i > 0)
      hs_cli_put_char(rows->writer, ',');
    HsCliColumn column = (HsCliColumn)rows->columns->at[i];
    if (has_value(rows, event, column))
      put_value(rows, event, column);
  }
  hs_cli_put_char(rows->writer, '\n');
}

static void
write_json_row(const HsCliRowWriter *rows, const HsEvent *event)
{
  char separator = '{';
  for (unsigned i = 0; i < rows->columns->n; i++) {
    HsCliColumn column = (HsCliColumn)rows->columns->at[i];
    if (!has_value(rows, event, column))
      continue;
    hs_cli_put_char(rows->writer, separator);
    hs_cli_row_put_name(rows, column_names[column]);
    hs_cli_put_char(rows->writer, ':');
    put_value(rows, event, column);
    separator = ',';
  }
  hs_cli_put(rows->writer, separator == '{' ? "{}\n" : "}\n");
}

void
hs_cli_write_row(HsCliRowWriter *rows, HsRow row)
{
  HsEvent event;
  hs_timeline_event(rows->timeline, row, &event);
  if (rows->as_ndjson)
    write_json_row(rows, &event);
  else
    write_csv_row(rows, &event);
}

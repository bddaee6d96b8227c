/* SPDX-License-Identifier: MIT */
#include "hs-cli-heaps.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "hs-cli-json.h"
#include "hs-cli-table.h"
#include "hs-cli.h"

static HsCliHeap
describe(const HsTimeline *timeline, const HsHeapSum *sum)
{
  const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){sum->heap});
  HsClock clock = hs_timeline_clock(timeline);
  int64_t create_ticks = HS_GET(heap->create_ticks), destroy_ticks = HS_GET(heap->destroy_ticks);
  return (HsCliHeap){
      .id = sum->heap,
      .pid = hs_timeline_process(timeline, heap->process)->pid,
      .process = hs_timeline_process_name(timeline, heap->process),
      .handle = heap->handle,
      .has_flags = HS_GET(heap->has_flags) != 0,
      .flags = HS_GET(heap->flags),
      .allocs = sum->allocs,
      .reallocs = sum->reallocs,
      .frees = sum->frees,
      .allocated_bytes = sum->begun_bytes,
      .outstanding_count = sum->outstanding_count,
      .outstanding_bytes = sum->outstanding_bytes,
      .peak_bytes = sum->peak_bytes,
      .peak_time_ns = hs_clock_to_ns(clock, sum->peak_ticks),
      .created_ns = create_ticks == INT64_MIN ? INT64_MIN : hs_clock_to_ns(clock, create_ticks),
      .destroyed_ns = destroy_ticks == INT64_MAX ? INT64_MIN : hs_clock_to_ns(clock, destroy_ticks),
  };
}

static int
compare_heaps(gconstpointer a, gconstpointer b)
{
  const HsCliHeap *x = a, *y = b;
  if (x->pid != y->pid)
    return x->pid < y->pid ? -1 : 1;
  if (x->handle != y->handle)
    return x->handle < y->handle ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

GArray *
hs_cli_heaps_collect(const HsTimeline *timeline, const HsHeapSums *sums)
{
  uint32_t n_heaps = hs_heap_sums_n(sums);
  GArray *heaps = g_array_sized_new(FALSE, FALSE, sizeof(HsCliHeap), n_heaps);
  for (uint32_t i = 0; i < n_heaps; i++) {
    HsCliHeap heap = describe(timeline, hs_heap_sums_get(sums, i));
    g_array_append_val(heaps, heap);
  }
  g_array_sort(heaps, compare_heaps);
  return heaps;
}

static void
add_heap_json(const HsCliHeap *heap, JsonBuilder *builder)
{
  json_builder_begin_object(builder);
  hs_cli_json_uint(builder, "pid", heap->pid);
  hs_cli_json_text(builder, "process", heap->process);
  hs_cli_json_hex(builder, "handle", heap->handle);
  hs_cli_json_time(builder, "flags", heap->has_flags ? (int64_t)heap->flags : INT64_MIN);
  hs_cli_json_uint(builder, "allocs", heap->allocs);
  hs_cli_json_uint(builder, "reallocs", heap->reallocs);
  hs_cli_json_uint(builder, "frees", heap->frees);
  hs_cli_json_uint(builder, "allocated_bytes", heap->allocated_bytes);
  hs_cli_json_uint(builder, "outstanding_count", heap->outstanding_count);
  hs_cli_json_uint(builder, "outstanding_bytes", heap->outstanding_bytes);
  hs_cli_json_uint(builder, "peak_bytes", heap->peak_bytes);
  hs_cli_json_int(builder, "peak_time_ns", heap->peak_time_ns);
  hs_cli_json_time(builder, "created_ns", heap->created_ns);
  hs_cli_json_time(builder, "destroyed_ns", heap->destroyed_ns);
  json_builder_end_object(builder);
}

void
hs_cli_heaps_add_json(const GArray *heaps, JsonBuilder *builder)
{
  json_builder_begin_array(builder);
  for (guint i = 0; i < heaps->len; i++)
    add_heap_json(&g_array_index(heaps, HsCliHeap, i), builder);
  json_builder_end_array(builder);
}

static void
add_time_or_dash(HsCliTable *table, int64_t time_ns)
{
  if (time_ns == INT64_MIN)
    hs_cli_table_add(table, "-");
  else
    hs_cli_table_add_time(table, time_ns);
}

static void
add_heap_row(const HsCliHeap *heap, HsCliTable *table)
{
  g_autofree char *pid = heap->pid == UINT32_MAX ? g_strdup("-") : g_strdup_printf("%u", heap->pid);
  hs_cli_table_add(table, pid);
  hs_cli_table_add(table, heap->process[0] != '\0' ? heap->process : "-");
  hs_cli_table_add_hex(table, heap->handle);
  if (heap->has_flags)
    hs_cli_table_add_hex(table, heap->flags);
  else
    hs_cli_table_add(table, "-");
  hs_cli_table_add_count(table, heap->allocs);
  hs_cli_table_add_count(table, heap->reallocs);
  hs_cli_table_add_count(table, heap->frees);
  hs_cli_table_add_count(table, heap->allocated_bytes);
  hs_cli_table_add_count(table, heap->outstanding_count);
  hs_cli_table_add_count(table, heap->outstanding_bytes);
  hs_cli_table_add_count(table, heap->peak_bytes);
  hs_cli_table_add_time(table, heap->peak_time_ns);
  add_time_or_dash(table, heap->created_ns);
  add_time_or_dash(table, heap->destroyed_ns);
}

void
hs_cli_heaps_write_text(const GArray *heaps, HsCliWriter *writer, unsigned indent)
{
  static const char *const titles[] = {N_("PID"),          N_("Process"),       N_("Heap"),   N_("Flags"),
                                       N_("Allocs"),       N_("ReAllocs"),      N_("Frees"),  N_("Allocated B"),
                                       N_("Outstanding"),  N_("Outstanding B"), N_("Peak B"), N_("Peak at s"),
                                       N_("Created at s"), N_("Destroyed at s")};
  HsCliTable *table = hs_cli_table_new("rlrrrrrrrrrrrr");
  for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
    hs_cli_table_add(table, _(titles[i]));
  for (guint i = 0; i < heaps->len; i++)
    add_heap_row(&g_array_index(heaps, HsCliHeap, i), table);
  hs_cli_table_write(table, writer, indent);
  hs_cli_table_free(table);
}

static void
put_csv_time(HsCliWriter *writer, int64_t time_ns)
{
  hs_cli_put_char(writer, ',');
  if (time_ns != INT64_MIN)
    hs_cli_put_int(writer, time_ns);
}

static void
write_heap_csv(const HsCliHeap *heap, HsCliWriter *writer)
{
  const uint64_t figures[] = {heap->allocs,          heap->reallocs,          heap->frees,
                              heap->allocated_bytes, heap->outstanding_count, heap->outstanding_bytes,
                              heap->peak_bytes};
  g_autofree char *process = hs_cli_csv_field(heap->process);
  if (heap->pid != UINT32_MAX)
    hs_cli_put_uint(writer, heap->pid);
  hs_cli_put_char(writer, ',');
  hs_cli_put(writer, process);
  hs_cli_put_char(writer, ',');
  hs_cli_put_hex(writer, heap->handle);
  hs_cli_put_char(writer, ',');
  if (heap->has_flags)
    hs_cli_put_uint(writer, heap->flags);
  for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) {
    hs_cli_put_char(writer, ',');
    hs_cli_put_uint(writer, figures[i]);
  }
  put_csv_time(writer, heap->peak_time_ns);
  put_csv_time(writer, heap->created_ns);
  put_csv_time(writer, heap->destroyed_ns);
  hs_cli_put_char(writer, '\n');
}

void
hs_cli_heaps_write_csv(const GArray *heaps, HsCliWriter *writer)
{
  hs_cli_put(writer, "pid,process,handle,flags,allocs,reallocs,frees,allocated_bytes,outstanding_count,"
                     "outstanding_bytes,peak_bytes,peak_time_ns,created_ns,destroyed_ns\n");
  for (guint i = 0; i < heaps->len; i++)
    write_heap_csv(&g_array_index(heaps, HsCliHeap, i), writer);
}

static int
write_heaps(const char *path, int format, HsQuery *query)
{
  int status;
  g_autoptr(HsLoader) loader = hs_cli_load(path, &status);
  if (loader == NULL)
    return status;
  HsTimeline *timeline = hs_loader_timeline(loader);
  g_auto(HsCliPassing) passing = {0};
  if (!hs_cli_passing_init(&passing, timeline, query, HS_TIME_RANGE_ALL))
    return HS_CLI_EXIT_FAILED;
  HsCliWriter writer;
  hs_cli_writer_init(&writer, STDOUT_FILENO);
  g_autoptr(GArray) heaps = hs_cli_heaps_collect(timeline, passing.sums);
  if (format == 0) {
    hs_cli_heaps_write_text(heaps, &writer, 0);
  } else if (format == 1) {
    hs_cli_heaps_write_csv(heaps, &writer);
  } else {
    g_autoptr(JsonBuilder) builder = json_builder_new();
    hs_cli_heaps_add_json(heaps, builder);
    hs_cli_json_write(builder, &writer);
  }
  return hs_cli_writer_finish(&writer);
}

int
hs_cli_heaps_run(int argc, char **argv)
{
  static const char *const formats[] = {"text", "csv", "json", NULL};
  g_autofree char *format = NULL;
  g_autofree char *filter = NULL;
  const GOptionEntry entries[] = {
      {"format", 0, 0, G_OPTION_ARG_STRING, &format, N_("text (default), csv or json"), N_("FORMAT")},
      {"filter", 0, 0, G_OPTION_ARG_STRING, &filter, N_("Only what passes, such as 'size >= 64KiB'"), N_("EXPR")},
      {NULL}};
  const HsCliOptions options = {
      .command = "heaps",
      .summary = _("Prints the heaps of a trace, by process id and handle."),
      .description =
          _("Times are seconds (csv, json: nanoseconds) since the trace began. What the trace does not tell\n"
            "is “-” in text, empty in csv and null in json. With a filter, only heaps of which something passes, and\n"
            "of these the records and blocks that pass. The language of filters is in heapscope-cli(1)."),
      .entries = entries,
  };
  g_autofree char *path = hs_cli_parse(&options, argc, argv);
  g_autoptr(HsQuery) query = NULL;
  g_autoptr(GError) error = NULL;
  if (path == NULL)
    return HS_CLI_EXIT_USAGE;
  int index = format != NULL ? hs_cli_find_name(formats, format) : 0;
  if (index < 0)
    return hs_cli_usage_error("heaps", _("unknown format “%s”; expected text, csv or json"), format);
  if (filter != NULL && !hs_cli_parse_filter(filter, &query, &error))
    return hs_cli_usage_error("heaps", "%s", error->message);
  return write_heaps(path, index, query);
}

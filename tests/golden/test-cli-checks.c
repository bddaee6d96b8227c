/* SPDX-License-Identifier: MIT */
/* What "summary" says of the program's own mistakes: made on purpose, in a trace that was loaded. */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "hs-cli-summary.h"

typedef void (*Write)(const HsCliSummary *summary, HsCliWriter *writer);

/* What is written of a trace as it is loaded now. Free with g_free(). */
static char *
write_summary(HsLoader *loader, Write write)
{
  HsTimeline *timeline = hs_loader_timeline(loader);
  g_autoptr(HsSelfCheck) check = hs_self_check_new(timeline, NULL);
  g_autoptr(GPtrArray) health = hs_health_list(loader);
  g_autoptr(GArray) heaps = g_array_new(FALSE, FALSE, sizeof(HsCliHeap));
  hs_health_add_self_check(health, check);
  HsTraceSums sums = {0};
  HsCliSummary summary = {.file = "golden.etl",
                          .outcome = hs_loader_outcome(loader),
                          .session = hs_loader_session(loader),
                          .report = hs_loader_report(loader),
                          .choice = hs_loader_choice(loader),
                          .timeline = timeline,
                          .health = health,
                          .check = check,
                          .sums = &sums,
                          .heaps = heaps};
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("heapscope-test-XXXXXX", &path, NULL);
  g_assert_cmpint(fd, >=, 0);
  HsCliWriter writer;
  hs_cli_writer_init(&writer, fd);
  write(&summary, &writer);
  g_assert_cmpint(hs_cli_writer_finish(&writer), ==, 0);
  close(fd);
  char *text;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_unlink(path);
  return text;
}

static JsonArray *
failed_checks(JsonParser *parser, HsLoader *loader)
{
  g_autofree char *text = write_summary(loader, hs_cli_summary_write_json);
  g_assert_true(json_parser_load_from_data(parser, text, -1, NULL));
  JsonObject *root = json_node_get_object(json_parser_get_root(parser));
  JsonObject *health = json_object_get_object_member(root, "health");
  return json_object_has_member(health, "failed_checks") ? json_object_get_array_member(health, "failed_checks") : NULL;
}

static void
test_failed(void)
{
  g_autoptr(HsLoader) loader = hs_loader_start(g_getenv("HEAPSCOPE_GOLDEN"));
  g_assert_cmpint(hs_loader_wait(loader), !=, HS_LOAD_FAILED);
  g_autoptr(JsonParser) parser = json_parser_new();
  g_assert_null(failed_checks(parser, loader));
  g_autofree char *good = write_summary(loader, hs_cli_summary_write_text);
  g_assert_null(strstr(good, "mistake in Heapscope"));

  hs_loader_timeline(loader)->totals.overwritten++;
  JsonArray *failed = failed_checks(parser, loader);
  g_assert_nonnull(failed);
  g_assert_cmpuint(json_array_get_length(failed), ==, 1);
  JsonObject *first = json_array_get_object_element(failed, 0);
  g_assert_cmpstr(json_object_get_string_member(first, "check"), ==, "block-ends");
  g_assert_nonnull(strstr(json_object_get_string_member(first, "detail"), "blocks overwritten: expected"));
  g_autofree char *bad = write_summary(loader, hs_cli_summary_write_text);
  g_assert_nonnull(strstr(bad, "Blocks are not begins less ends. This is a mistake in Heapscope"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/cli-checks/failed", test_failed);
  return g_test_run();
}

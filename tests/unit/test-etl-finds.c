/* SPDX-License-Identifier: MIT */
/* What fuzzing found: each trace is read to its end and loaded, and what went wrong is right now. */
#include "hs-etl-finds.h"
#include "hs-loader.h"
#include "test-etl-support.h"

static void
check_blocks(HsTimeline *timeline)
{
  for (uint32_t i = 0; i < hs_timeline_n_blocks(timeline); i++) {
    HsBlock block;
    hs_timeline_block(timeline, (HsBlockId){i}, hs_timeline_n_rows(timeline), &block);
    g_assert_cmpint(block.begin_ticks, <=, block.end_ticks);
    g_assert_cmpint(block.end == HS_END_NONE, ==, block.end_ticks == INT64_MAX);
  }
}

static void
test_find(gconstpointer data)
{
  const HsEtlFind *find = data;
  g_autoptr(GBytes) image = find->make();
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  g_test_message("%s", find->description);
  merge_all(merger, file, NULL, NULL);
  g_autoptr(HsLoader) loader = hs_loader_start_bytes(image, find->name);
  g_assert_cmpint(hs_loader_wait(loader), !=, HS_LOAD_FAILED);
  check_blocks(hs_loader_timeline(loader));
  g_assert_cmpuint(hs_loader_report(loader)->records, ==, hs_etl_merger_counts(merger)->records);
}

int
main(int argc, char **argv)
{
  gsize n_finds;
  const HsEtlFind *finds = hs_etl_finds(&n_finds);
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < n_finds; i++) {
    g_autofree char *path = g_strconcat("/etl/finds/", finds[i].name, NULL);
    g_test_add_data_func(path, &finds[i], test_find);
  }
  return g_test_run();
}

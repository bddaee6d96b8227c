/* SPDX-License-Identifier: MIT */
/* bench-instant MAKE-TRACE [EVENTS [FILE]]: what the map of one instant costs: putting the blocks in order, then steps
 * of every length, forward and back, each to the finished picture of a pane with all rows in view; and the memory it
 * takes. */
#include "hs-bench.h"
#include "hs-space.h"

#define STEPS 40
#define WIDTH 1600
#define HEIGHT 420

typedef struct {
  HsTimeline *timeline;
  HsInstant *instant;
  HsPalette palette;
  int64_t t0, t1;
  double seek_ms[STEPS], picture_ms[STEPS], all_ms[STEPS], cpu_ms[STEPS];
} Bench;

static void
step(Bench *b, HsSpaceLayout *layout, int64_t ticks, int i)
{
  HsSpaceView view = hs_space_view(layout, WIDTH, HEIGHT, 1, 0);
  double cpu_start = hs_bench_cpu_ms();
  gint64 start = g_get_monotonic_time();
  if (!hs_instant_seek(b->instant, NULL, (HsHeapId){HS_ID_NONE}, ticks, NULL))
    g_error("out of memory");
  b->seek_ms[i] = hs_bench_ms_since(start);
  gint64 middle = g_get_monotonic_time();
  g_autoptr(HsSpacePicture) picture = hs_space_picture_new(
      b->instant, layout, &view, &(HsMapColors){HS_COLOR_BY_SOURCE, HS_TIME_RANGE_ALL}, &b->palette, NULL);
  b->picture_ms[i] = hs_bench_ms_since(middle);
  b->all_ms[i] = hs_bench_ms_since(start);
  b->cpu_ms[i] = hs_bench_cpu_ms() - cpu_start;
}

static void
print(const Bench *b, const char *what, const char *name, double *values)
{
  uint32_t n_rows = hs_timeline_n_rows(b->timeline);
  g_autofree char *median = g_strdup_printf("instant-%s-%s", what, name);
  g_autofree char *worst = g_strdup_printf("instant-%s-%s-worst", what, name);
  hs_bench_print(median, hs_bench_median(values, STEPS), "ms", n_rows, STEPS, 0);
  hs_bench_print(worst, values[STEPS - 1], "ms", n_rows, STEPS, 0);
}

/* From the middle of the trace forward by a part of it, and back again. */
static void
measure_steps(Bench *b, HsSpaceLayout *layout, const char *name, double part)
{
  double width = (double)b->t1 - (double)b->t0;
  int64_t ticks = b->t0 + (int64_t)(width * 0.6), by = MAX((int64_t)(width * part), 1);
  step(b, layout, ticks, 0);
  for (int i = 0; i < STEPS; i++) {
    ticks += i < STEPS / 2 ? by : -by;
    step(b, layout, ticks, i);
  }
  print(b, "step", name, b->all_ms);
  print(b, "step-cpu", name, b->cpu_ms);
  print(b, "seek", name, b->seek_ms);
  print(b, "picture", name, b->picture_ms);
}

static void
measure_jumps(Bench *b, HsSpaceLayout *layout)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(1);
  for (int i = 0; i < STEPS; i++)
    step(b, layout, b->t0 + (int64_t)(g_rand_double(rand) * ((double)b->t1 - (double)b->t0)), i);
  print(b, "step", "anywhere", b->all_ms);
  print(b, "step-cpu", "anywhere", b->cpu_ms);
  print(b, "seek", "anywhere", b->seek_ms);
}

static void
measure(Bench *b)
{
  uint32_t n_rows = hs_timeline_n_rows(b->timeline), n_blocks = MAX(hs_timeline_n_blocks(b->timeline), 1);
  gint64 start = g_get_monotonic_time();
  b->instant = hs_instant_new(b->timeline, UINT32_MAX, NULL);
  if (b->instant == NULL)
    g_error("out of memory");
  hs_bench_print("instant-order", hs_bench_ms_since(start), "ms", n_rows, 1, 0);
  hs_bench_print("instant-memory", (double)hs_instant_memory_bytes(b->instant) / n_blocks, "bytes/block", n_rows, 1, 0);
  if (!hs_instant_seek(b->instant, NULL, (HsHeapId){HS_ID_NONE}, b->t0, NULL))
    g_error("out of memory");
  start = g_get_monotonic_time();
  g_autoptr(HsSpaceLayout) layout = hs_space_layout_new(b->instant, HS_SPACE_AUTO, HEIGHT);
  hs_bench_print("instant-layout", hs_bench_ms_since(start), "ms", n_rows, 1, 0);
  measure_steps(b, layout, "event", 1.0 / n_rows);
  measure_steps(b, layout, "pixel", 1.0 / WIDTH);
  measure_steps(b, layout, "hundredth", 0.01);
  measure_jumps(b, layout);
  hs_instant_unref(b->instant);
}

int
main(int argc, char **argv)
{
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 10000000, " [FILE]");
  g_autoptr(HsLoader) loader = hs_bench_load(&arguments);
  Bench bench = {.timeline = hs_loader_timeline(loader)};
  hs_palette_init(&bench.palette, false);
  hs_timeline_span(bench.timeline, &bench.t0, &bench.t1);
  measure(&bench);
  hs_palette_clear(&bench.palette);
  return 0;
}

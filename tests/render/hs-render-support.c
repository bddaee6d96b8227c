/* SPDX-License-Identifier: MIT */
#include "hs-render-support.h"

#include <math.h>

#define FREQUENCY 10000000

HsTestTrace *
hs_test_trace_new(void)
{
  HsTestTrace *trace = g_new0(HsTestTrace, 1);
  trace->timeline = hs_timeline_new();
  g_assert_nonnull(trace->timeline);
  trace->builder = hs_builder_new(trace->timeline, (HsClock){FREQUENCY});
  return trace;
}

void
hs_test_trace_free(HsTestTrace *trace)
{
  hs_builder_free(trace->builder);
  hs_timeline_unref(trace->timeline);
  g_free(trace);
}

void
hs_test_trace_add(HsTestTrace *trace, HsHeapEvent event)
{
  g_autoptr(GError) error = NULL;
  event.tid = event.tid != 0 ? event.tid : event.pid + 1;
  event.wide = true;
  g_assert_true(hs_builder_add(trace->builder, &event, &error));
  g_assert_no_error(error);
}

void
hs_test_trace_alloc(HsTestTrace *trace, int64_t ticks, uint32_t pid, uint64_t handle, uint64_t address, uint64_t size,
                    uint32_t source_id)
{
  hs_test_trace_add(trace, (HsHeapEvent){.ticks = ticks,
                                         .pid = pid,
                                         .op = HS_OP_ALLOC,
                                         .has_source = true,
                                         .source_id = source_id,
                                         .handle = handle,
                                         .address = address,
                                         .size = size});
}

void
hs_test_trace_free_block(HsTestTrace *trace, int64_t ticks, uint32_t pid, uint64_t handle, uint64_t address)
{
  hs_test_trace_add(trace, (HsHeapEvent){.ticks = ticks,
                                         .pid = pid,
                                         .op = HS_OP_FREE,
                                         .has_source = true,
                                         .source_id = 3,
                                         .handle = handle,
                                         .address = address});
}

void
hs_test_trace_finish(HsTestTrace *trace, int64_t ticks)
{
  hs_builder_finish(trace->builder, ticks);
}

/* --- by chance --- */

/* A trace of slots: a slot of addresses holds at most one live block. */
#define N_SLOTS 60
#define SLOT_BYTES 0x30000

typedef struct {
  uint32_t pid;
  uint64_t handle, address;
  bool live;
} HsSlot;

static void
make_slots(HsSlot *slots)
{
  static const struct {
    uint32_t pid;
    uint64_t handle, base;
  } regions[] = {
      {100, 0x10000, 0x10000},           {100, 0x20000, 0x7f0000000000}, {100, 0x20000, 0x7fff00000000},
      {200, 0x10000, UINT64_C(1) << 40}, {200, 0x10000, 0x2000000},
  };
  for (int i = 0; i < N_SLOTS; i++) {
    unsigned region = (unsigned)i % G_N_ELEMENTS(regions), index = (unsigned)i / G_N_ELEMENTS(regions);
    slots[i] = (HsSlot){regions[region].pid, regions[region].handle, regions[region].base + index * SLOT_BYTES, false};
  }
}

HsTestTrace *
hs_test_trace_random(GRand *rand, int n_events)
{
  HsTestTrace *trace = hs_test_trace_new();
  HsSlot slots[N_SLOTS];
  make_slots(slots);
  double ticks = 0, step = 100000.0 / (n_events + 1);
  for (int i = 0; i < n_events; i++) {
    HsSlot *slot = &slots[g_rand_int_range(rand, 0, N_SLOTS)];
    /* Many events share their moment with the one before. */
    if (g_rand_int_range(rand, 0, 4) != 0)
      ticks += step * g_rand_double_range(rand, 0, 2);
    int64_t at = (int64_t)fmin(ticks, 99999);
    uint64_t address = slot->address + 0x123;
    if (slot->live)
      hs_test_trace_free_block(trace, at, slot->pid, slot->handle, address);
    else
      hs_test_trace_alloc(trace, at, slot->pid, slot->handle, address,
                          (uint64_t)exp(g_rand_double_range(rand, 0, log(SLOT_BYTES - 0x200))),
                          (uint32_t)g_rand_int_range(rand, 1, 7));
    slot->live = !slot->live;
  }
  hs_test_trace_finish(trace, 100000);
  return trace;
}

/* --- pixels --- */

HsCanvas
hs_canvas_new(int width, int height, int scale)
{
  HsCanvas canvas = {.scale = scale};
  canvas.surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_surface_set_device_scale(canvas.surface, scale, scale);
  canvas.cr = cairo_create(canvas.surface);
  cairo_set_source_rgb(canvas.cr, 0x12 / 255.0, 0x34 / 255.0, 0x56 / 255.0);
  cairo_paint(canvas.cr);
  return canvas;
}

void
hs_canvas_clear(HsCanvas *canvas)
{
  g_assert_cmpint(cairo_status(canvas->cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy(canvas->cr);
  cairo_surface_destroy(canvas->surface);
}

uint32_t
hs_surface_pixel(cairo_surface_t *surface, int x, int y)
{
  cairo_surface_flush(surface);
  g_assert_cmpint(x, >=, 0);
  g_assert_cmpint(x, <, cairo_image_surface_get_width(surface));
  g_assert_cmpint(y, >=, 0);
  g_assert_cmpint(y, <, cairo_image_surface_get_height(surface));
  const unsigned char *row = cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface);
  uint32_t pixel;
  memcpy(&pixel, row + x * 4, sizeof pixel);
  return pixel;
}

uint32_t
hs_canvas_pixel(const HsCanvas *canvas, int x, int y)
{
  return hs_surface_pixel(canvas->surface, x, y);
}

uint32_t
hs_over(HsColor top, HsColor ground)
{
  uint32_t r = (uint32_t)lround(255 * (top.r * top.a + ground.r * (1 - top.a)));
  uint32_t g = (uint32_t)lround(255 * (top.g * top.a + ground.g * (1 - top.a)));
  uint32_t b = (uint32_t)lround(255 * (top.b * top.a + ground.b * (1 - top.a)));
  return 0xff000000u | r << 16 | g << 8 | b;
}

void
hs_assert_pixel(uint32_t found, uint32_t expected, int tolerance)
{
  for (int shift = 0; shift < 32; shift += 8) {
    int difference = (int)(found >> shift & 0xff) - (int)(expected >> shift & 0xff);
    if (ABS(difference) > tolerance) {
      g_test_message("pixel %08x, expected %08x", found, expected);
      g_assert_cmpint(ABS(difference), <=, tolerance);
    }
  }
}

HsViewport
hs_test_viewport(int64_t t0, int64_t t1, int x, int y, int width, int height, int scale)
{
  return (HsViewport){t0, t1, (HsClock){FREQUENCY}, x, y, width, height, scale};
}

#ifdef __SANITIZE_ADDRESS__
#define HS_LEAK_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HS_LEAK_CHECKED 1
#endif
#endif
#ifdef HS_LEAK_CHECKED
/* What the font libraries keep for the life of the program is theirs. Read by the leak checker. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
  return "leak:libfontconfig\nleak:libpango\nleak:libcairo\n";
}
#endif

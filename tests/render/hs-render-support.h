/* SPDX-License-Identifier: MIT */
/* What the render tests share: small traces made by hand or by chance, and pixels. */
#pragma once

#include "hs-builder.h"
#include "hs-map.h"
#include "hs-paint.h"

/* A timeline under construction, 10 MHz. */
typedef struct {
  HsTimeline *timeline;
  HsBuilder *builder;
} HsTestTrace;

HsTestTrace *hs_test_trace_new(void);
void hs_test_trace_free(HsTestTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsTestTrace, hs_test_trace_free)
void hs_test_trace_add(HsTestTrace *trace, HsHeapEvent event);
void hs_test_trace_alloc(HsTestTrace *trace, int64_t ticks, uint32_t pid, uint64_t handle, uint64_t address,
                         uint64_t size, uint32_t source_id);
void hs_test_trace_free_block(HsTestTrace *trace, int64_t ticks, uint32_t pid, uint64_t handle, uint64_t address);
void hs_test_trace_finish(HsTestTrace *trace, int64_t ticks);

/* Two processes, three heaps, `n_events` allocs and frees over [0, 100000) ticks in a few stretches of addresses.
 * Blocks do not overlap while they live. */
HsTestTrace *hs_test_trace_random(GRand *rand, int n_events);

/* A surface of user pixels at a scale, filled with a colour no palette has, and its context. */
typedef struct {
  cairo_surface_t *surface;
  cairo_t *cr;
  int scale;
} HsCanvas;
#define HS_CANVAS_BLANK 0xff123456u
HsCanvas hs_canvas_new(int width, int height, int scale);
void hs_canvas_clear(HsCanvas *canvas);
/* A device pixel, ARGB. */
uint32_t hs_canvas_pixel(const HsCanvas *canvas, int x, int y);
uint32_t hs_surface_pixel(cairo_surface_t *surface, int x, int y);
/* `top` painted over `ground`, as an opaque pixel. */
uint32_t hs_over(HsColor top, HsColor ground);
/* Fails if any channel differs by more than `tolerance`. */
void hs_assert_pixel(uint32_t found, uint32_t expected, int tolerance);

/* A viewport at (x, y). */
HsViewport hs_test_viewport(int64_t t0, int64_t t1, int x, int y, int width, int height, int scale);

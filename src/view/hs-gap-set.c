/* SPDX-License-Identifier: MIT */
#include "hs-gap-set.h"

#include <math.h>

#include "hs-config.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* So many processors are named; more are counted. */
#define CPUS_NAMED 8

static int
compare_gaps(gconstpointer a, gconstpointer b)
{
  const HsGap *x = a, *y = b;
  if (x->begin_ticks != y->begin_ticks)
    return x->begin_ticks < y->begin_ticks ? -1 : 1;
  return x->end_ticks < y->end_ticks ? -1 : x->end_ticks > y->end_ticks;
}

HsGapSet *
hs_gap_set_new(const HsTimeline *timeline)
{
  HsGapSet *set = g_new0(HsGapSet, 1);
  set->n_gaps = hs_timeline_n_gaps(timeline);
  set->gaps = g_new(HsGap, set->n_gaps);
  set->spans = g_new(HsGapSpan, set->n_gaps);
  for (uint32_t i = 0; i < set->n_gaps; i++)
    set->gaps[i] = *hs_timeline_gap(timeline, i);
  if (set->n_gaps > 0)
    qsort(set->gaps, set->n_gaps, sizeof *set->gaps, compare_gaps);
  for (uint32_t i = 0; i < set->n_gaps; i++) {
    const HsGap *gap = &set->gaps[i];
    HsGapSpan *last = set->n_spans > 0 ? &set->spans[set->n_spans - 1] : NULL;
    if (last != NULL && gap->begin_ticks <= last->end_ticks) {
      last->end_ticks = MAX(last->end_ticks, gap->end_ticks);
      last->count++;
    } else {
      set->spans[set->n_spans++] = (HsGapSpan){gap->begin_ticks, gap->end_ticks, i, 1};
    }
  }
  return set;
}

void
hs_gap_set_free(HsGapSet *set)
{
  if (set == NULL)
    return;
  g_free(set->gaps);
  g_free(set->spans);
  g_free(set);
}

/* The first span that ends after `ticks`. */
static uint32_t
first_ending_after(const HsGapSet *set, int64_t ticks)
{
  uint32_t low = 0, high = set->n_spans;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (set->spans[middle].end_ticks <= ticks)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

uint32_t
hs_gap_set_visible(const HsGapSet *set, int64_t t0, int64_t t1, uint32_t *n_visible)
{
  uint32_t first = first_ending_after(set, t0), end = first;
  while (end < set->n_spans && set->spans[end].begin_ticks < t1)
    end++;
  *n_visible = end - first;
  return first;
}

void
hs_gap_span_px(const HsViewport *viewport, const HsGapSpan *span, double *x0, double *x1)
{
  double left = viewport->x, right = viewport->x + viewport->width;
  double from = CLAMP(hs_viewport_x(viewport, span->begin_ticks), left, right);
  double to = CLAMP(hs_viewport_x(viewport, span->end_ticks), left, right);
  if (to - from < HS_GAP_MIN_PX) {
    double middle = (from + to) / 2;
    from = CLAMP(middle - HS_GAP_MIN_PX / 2.0, left, MAX(left, right - HS_GAP_MIN_PX));
    *x0 = hs_viewport_snap(viewport, from);
    *x1 = MIN(*x0 + HS_GAP_MIN_PX, right);
    return;
  }
  double scale = MAX(viewport->scale, 1);
  *x0 = hs_viewport_snap(viewport, from);
  *x1 = MIN(ceil(to * scale - 1e-6) / scale, right);
}

const HsGapSpan *
hs_gap_set_at(const HsGapSet *set, const HsViewport *viewport, double x)
{
  double reach = HS_GAP_MIN_PX + 1;
  int64_t begin = hs_viewport_ticks(viewport, x - reach), end = hs_viewport_ticks(viewport, x + reach);
  /* Deep in, all of these pixels are of one tick. */
  end = end < INT64_MAX ? end + 1 : end;
  uint32_t n_near;
  uint32_t first = hs_gap_set_visible(set, MAX(begin, viewport->t0), MIN(end, viewport->t1), &n_near);
  for (uint32_t i = first; i < first + n_near; i++) {
    double x0, x1;
    hs_gap_span_px(viewport, &set->spans[i], &x0, &x1);
    if (x >= x0 && x < x1)
      return &set->spans[i];
  }
  return NULL;
}

static int
compare_cpus(gconstpointer a, gconstpointer b)
{
  return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* "CPU 2", "CPUs 0, 2, 5", "17 CPUs". */
static char *
cpus_text(const HsGapSet *set, const HsGapSpan *span)
{
  g_autofree uint16_t *cpus = g_new(uint16_t, span->count);
  uint32_t n_cpus = 0;
  for (uint32_t i = 0; i < span->count; i++)
    cpus[i] = set->gaps[span->first + i].cpu;
  qsort(cpus, span->count, sizeof *cpus, compare_cpus);
  for (uint32_t i = 0; i < span->count; i++) {
    if (n_cpus == 0 || cpus[n_cpus - 1] != cpus[i])
      cpus[n_cpus++] = cpus[i];
  }
  if (n_cpus == 1)
    return g_strdup_printf(_("CPU %u"), cpus[0]);
  if (n_cpus > CPUS_NAMED)
    return g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "%u CPU", "%u CPUs", n_cpus), n_cpus);
  g_autoptr(GString) names = g_string_new(NULL);
  for (uint32_t i = 0; i < n_cpus; i++)
    g_string_append_printf(names, i == 0 ? "%u" : ", %u", cpus[i]);
  return g_strdup_printf(_("CPUs %s"), names->str);
}

char *
hs_gap_span_text(const HsGapSet *set, const HsGapSpan *span, HsClock clock)
{
  char stretch[2 * HS_FORMAT_MAX];
  bool lost[2] = {false};
  for (uint32_t i = 0; i < span->count; i++)
    lost[set->gaps[span->first + i].kind == HS_GAP_BUFFERS] = true;
  g_autofree char *cpus = cpus_text(set, span);
  hs_format_stretch(stretch, sizeof stretch, hs_clock_to_ns(clock, span->begin_ticks),
                    hs_clock_to_ns(clock, span->end_ticks));
  if (lost[HS_GAP_EVENTS] && lost[HS_GAP_BUFFERS])
    return g_strdup_printf(_("Events and buffers were lost here: %s, %s"), stretch, cpus);
  if (lost[HS_GAP_BUFFERS])
    return g_strdup_printf(_("Buffers were lost here: %s, %s"), stretch, cpus);
  return g_strdup_printf(_("Events were lost here: %s, %s"), stretch, cpus);
}

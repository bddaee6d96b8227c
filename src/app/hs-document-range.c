/* SPDX-License-Identifier: MIT */
/* What is looked at: visible range with its history, selection, cursor, pointer. Integer ticks throughout. */
#include <math.h>

#include "hs-document-private.h"
#include "hs-viewport.h"

/* A zoom goes no deeper than this many ticks; an explicit range may. */
#define MIN_ZOOM_TICKS 10
#define MAX_HISTORY 200

void
hs_document_init_range(HsDocument *self)
{
  self->back = g_array_new(FALSE, FALSE, sizeof(HsRange));
  self->forward = g_array_new(FALSE, FALSE, sizeof(HsRange));
  hs_timeline_span(self->timeline, &self->range.t0, &self->range.t1);
  self->range.follows = TRUE;
  self->shown0 = self->range.t0;
  self->shown1 = self->range.t1;
}

void
hs_document_clear_range(HsDocument *self)
{
  g_clear_pointer(&self->back, g_array_unref);
  g_clear_pointer(&self->forward, g_array_unref);
}

void
hs_document_get_span(HsDocument *self, int64_t *t0, int64_t *t1)
{
  hs_timeline_span(self->timeline, t0, t1);
}

gboolean
hs_document_follows_span(HsDocument *self)
{
  return self->range.follows;
}

void
hs_document_get_range(HsDocument *self, int64_t *t0, int64_t *t1)
{
  *t0 = self->range.t0;
  *t1 = self->range.t1;
}

void
hs_document_get_shown_range(HsDocument *self, int64_t *t0, int64_t *t1)
{
  *t0 = self->shown0;
  *t1 = self->shown1;
}

gboolean
hs_document_is_gliding(HsDocument *self)
{
  return self->is_gliding;
}

void
hs_document_set_glide(HsDocument *self, gboolean (*begin)(gpointer data), gpointer data)
{
  self->glide = begin;
  self->glide_data = data;
  if (self->is_gliding)
    hs_document_show_range(self, self->range.t0, self->range.t1);
}

void
hs_document_show_range(HsDocument *self, int64_t t0, int64_t t1)
{
  self->shown0 = t0;
  self->shown1 = t1;
  self->is_gliding = t0 != self->range.t0 || t1 != self->range.t1;
  hs_document_emit(self, HS_DOCUMENT_SHOWN_CHANGED);
}

/* A jump may be shown as a glide; what a hand holds follows the hand. */
static void
apply_range(HsDocument *self, HsRange range, gboolean jumps)
{
  if (range.t0 == self->range.t0 && range.t1 == self->range.t1 && range.follows == self->range.follows)
    return;
  self->is_gliding = jumps && self->glide != NULL && self->glide(self->glide_data);
  self->range = range;
  if (!self->is_gliding) {
    self->shown0 = range.t0;
    self->shown1 = range.t1;
  }
  hs_document_emit(self, HS_DOCUMENT_RANGE_CHANGED);
}

void
hs_document_follow_span(HsDocument *self)
{
  if (!self->range.follows)
    return;
  HsRange range = {.follows = TRUE};
  hs_timeline_span(self->timeline, &range.t0, &range.t1);
  apply_range(self, range, FALSE);
}

static void
push(GArray *history, HsRange range)
{
  if (history->len >= MAX_HISTORY)
    g_array_remove_index(history, 0);
  g_array_append_val(history, range);
}

void
hs_document_remember_range(HsDocument *self)
{
  push(self->back, self->range);
  g_array_set_size(self->forward, 0);
}

/* The range cut to the span; all of it, if nothing is left. */
static HsRange
limit_range(HsDocument *self, int64_t t0, int64_t t1)
{
  int64_t span0, span1;
  hs_timeline_span(self->timeline, &span0, &span1);
  HsRange range = {.t0 = CLAMP(t0, span0, span1 - 1), .t1 = CLAMP(t1, span0 + 1, span1)};
  if (range.t1 <= range.t0)
    range.t1 = range.t0 + 1;
  range.follows = range.t0 == span0 && range.t1 == span1;
  return range;
}

void
hs_document_set_range(HsDocument *self, int64_t t0, int64_t t1, gboolean remember)
{
  HsRange range = limit_range(self, t0, t1);
  if (range.t0 == self->range.t0 && range.t1 == self->range.t1)
    return;
  if (remember)
    hs_document_remember_range(self);
  apply_range(self, range, remember);
}

void
hs_document_jump_range(HsDocument *self, int64_t t0, int64_t t1)
{
  apply_range(self, limit_range(self, t0, t1), TRUE);
}

void
hs_document_zoom(HsDocument *self, double factor, double anchor)
{
  int64_t span0, span1;
  hs_timeline_span(self->timeline, &span0, &span1);
  double width = (double)self->range.t1 - (double)self->range.t0;
  double least = MIN((double)MIN_ZOOM_TICKS, width);
  double wanted = CLAMP(width * factor, least, (double)span1 - (double)span0);
  int64_t new_width = MAX((int64_t)llround(wanted), 1);
  int64_t t0 = self->range.t0 + (int64_t)llround((width - (double)new_width) * CLAMP(anchor, 0, 1));
  /* Against the trace's ends the range is moved, not narrowed. */
  t0 = MAX(MIN(t0, span1 - new_width), span0);
  hs_document_set_range(self, t0, t0 + new_width, TRUE);
}

void
hs_document_pan(HsDocument *self, double part)
{
  int64_t span0, span1, t0 = self->range.t0, t1 = self->range.t1;
  hs_timeline_span(self->timeline, &span0, &span1);
  int64_t delta = (int64_t)llround(((double)t1 - (double)t0) * part);
  if (delta == 0)
    delta = part > 0 ? 1 : -1;
  hs_viewport_pan(delta, span0, span1, &t0, &t1);
  hs_document_jump_range(self, t0, t1);
}

void
hs_document_fit(HsDocument *self)
{
  int64_t span0, span1;
  hs_timeline_span(self->timeline, &span0, &span1);
  hs_document_set_range(self, span0, span1, TRUE);
}

gboolean
hs_document_can_go_back(HsDocument *self)
{
  return self->back->len > 0;
}

gboolean
hs_document_can_go_forward(HsDocument *self)
{
  return self->forward->len > 0;
}

static void
go(HsDocument *self, GArray *from, GArray *to)
{
  if (from->len == 0)
    return;
  HsRange range = g_array_index(from, HsRange, from->len - 1);
  g_array_set_size(from, from->len - 1);
  push(to, self->range);
  if (range.follows)
    hs_timeline_span(self->timeline, &range.t0, &range.t1);
  gboolean same = range.t0 == self->range.t0 && range.t1 == self->range.t1 && range.follows == self->range.follows;
  apply_range(self, range, TRUE);
  /* The history changed all the same. */
  if (same)
    hs_document_emit(self, HS_DOCUMENT_RANGE_CHANGED);
}

void
hs_document_go_back(HsDocument *self)
{
  go(self, self->back, self->forward);
}

void
hs_document_go_forward(HsDocument *self)
{
  go(self, self->forward, self->back);
}

gboolean
hs_document_get_selection(HsDocument *self, int64_t *t0, int64_t *t1)
{
  if (self->sel1 <= self->sel0)
    return FALSE;
  *t0 = self->sel0;
  *t1 = self->sel1;
  return TRUE;
}

void
hs_document_select(HsDocument *self, int64_t t0, int64_t t1)
{
  int64_t span0, span1;
  hs_timeline_span(self->timeline, &span0, &span1);
  t0 = CLAMP(t0, span0, span1);
  t1 = CLAMP(t1, span0, span1);
  if (t1 <= t0)
    t0 = t1 = 0;
  if (t0 == self->sel0 && t1 == self->sel1)
    return;
  self->sel0 = t0;
  self->sel1 = t1;
  hs_document_emit(self, HS_DOCUMENT_SELECTION_CHANGED);
  /* Types are relative to it. */
  if (hs_query_uses_range(self->wanted))
    hs_document_update_data(self);
}

int64_t
hs_document_get_cursor(HsDocument *self)
{
  return self->cursor;
}

void
hs_document_set_cursor(HsDocument *self, int64_t ticks)
{
  if (self->cursor == ticks)
    return;
  self->cursor = ticks;
  hs_document_emit(self, HS_DOCUMENT_SELECTION_CHANGED);
}

int64_t
hs_document_get_hover(HsDocument *self)
{
  return self->hover;
}

void
hs_document_set_hover(HsDocument *self, int64_t ticks)
{
  if (self->hover == ticks)
    return;
  self->hover = ticks;
  hs_document_emit(self, HS_DOCUMENT_HOVER_CHANGED);
}

HsMarks
hs_document_get_marks(HsDocument *self)
{
  HsMarks marks = {.sel0 = self->sel0,
                   .sel1 = self->sel1,
                   .cursor = self->cursor,
                   .hover = self->hover,
                   .loaded_to = INT64_MAX,
                   .gaps = self->gaps,
                   .markers = self->places.set};
  if (self->loading) {
    int64_t span0;
    hs_timeline_span(self->timeline, &span0, &marks.loaded_to);
  }
  return marks;
}

/* SPDX-License-Identifier: MIT */
#include "hs-space-private.h"

/* Rows that are empty all along are shown rather than folded if they are no more than this: a fold takes a line, too.
 */
#define MAX_EMPTY_ROWS 2u
/* Rows as wide as this hold any trace in few lines. */
#define WIDEST_SHIFT 44u

static int
compare_stretches(gconstpointer a, gconstpointer b)
{
  const HsInstantStretch *x = a, *y = b;
  if (x->process.v != y->process.v)
    return x->process.v < y->process.v ? -1 : 1;
  return (x->begin > y->begin) - (x->begin < y->begin);
}

/* --- making --- */

static bool
has_several(const GArray *stretches)
{
  if (stretches->len == 0)
    return false;
  return g_array_index(stretches, HsInstantStretch, 0).process.v !=
         g_array_index(stretches, HsInstantStretch, stretches->len - 1).process.v;
}

/* Lays out rows of a width. `layout` has its runs for it, or none: then they are only counted. */
static void
lay_out(HsSpaceLayout *layout, const GArray *stretches, unsigned shift)
{
  bool several = has_several(stretches);
  HsSpaceRun run = {.process = {HS_ID_NONE}};
  layout->row_shift = shift;
  layout->n_rows = 0;
  layout->n_folds = layout->n_names = 0;
  for (guint i = 0; i < stretches->len; i++) {
    const HsInstantStretch *s = &g_array_index(stretches, HsInstantStretch, i);
    uint64_t first = s->begin >> shift, end = ((s->end - 1) >> shift) + 1;
    uint64_t so_far = run.first_row + run.n_rows;
    if (i > 0 && run.process.v == s->process.v && (first <= so_far || first - so_far <= MAX_EMPTY_ROWS)) {
      if (end > so_far) {
        layout->n_rows += end - so_far;
        run.n_rows += end - so_far;
      }
      continue;
    }
    if (i > 0 && layout->runs != NULL)
      g_array_append_val(layout->runs, run);
    bool is_head = run.process.v != s->process.v;
    layout->n_names += is_head && several;
    layout->n_folds += !is_head;
    run = (HsSpaceRun){s->process,
                       first,
                       end - first,
                       layout->n_rows,
                       layout->n_folds,
                       layout->n_names,
                       is_head ? 0 : (first - so_far) << shift,
                       is_head && several};
    layout->n_rows += run.n_rows;
  }
  if (stretches->len > 0 && layout->runs != NULL)
    g_array_append_val(layout->runs, run);
}

static int
plot_height(int height)
{
  return MAX(height - HS_SPACE_HEAD_PX - HS_SPACE_MARGIN_PX, 1);
}

static unsigned
fitting_shift(const GArray *stretches, int height)
{
  int64_t least = INT64_MAX;
  unsigned best = HS_SPACE_MIN_SHIFT;
  for (unsigned shift = HS_SPACE_MIN_SHIFT; shift <= WIDEST_SHIFT; shift++) {
    HsSpaceLayout trial = {.runs = NULL};
    lay_out(&trial, stretches, shift);
    int64_t needed = hs_space_layout_height(&trial, HS_SPACE_MIN_LINE_PX);
    if (needed <= plot_height(height))
      return shift;
    /* Wider rows that save next to nothing only make what there is smaller. */
    if (needed < least - least / 16) {
      least = needed;
      best = shift;
    }
  }
  return best;
}

HsSpaceLayout *
hs_space_layout_new(const HsInstant *instant, unsigned row_shift, int height)
{
  g_autoptr(GArray) stretches = hs_instant_stretches(instant);
  g_array_sort(stretches, compare_stretches);
  HsSpaceLayout *layout = g_new0(HsSpaceLayout, 1);
  layout->ref_count = 1;
  layout->runs = g_array_new(FALSE, FALSE, sizeof(HsSpaceRun));
  unsigned shift = row_shift != HS_SPACE_AUTO ? CLAMP(row_shift, HS_SPACE_MIN_SHIFT, WIDEST_SHIFT)
                                              : fitting_shift(stretches, height);
  lay_out(layout, stretches, shift);
  return layout;
}

HsSpaceLayout *
hs_space_layout_ref(HsSpaceLayout *layout)
{
  g_atomic_int_inc(&layout->ref_count);
  return layout;
}

void
hs_space_layout_unref(HsSpaceLayout *layout)
{
  if (!g_atomic_int_dec_and_test(&layout->ref_count))
    return;
  g_array_unref(layout->runs);
  g_free(layout);
}

/* --- asking --- */

unsigned
hs_space_layout_row_shift(const HsSpaceLayout *layout)
{
  return layout->row_shift;
}

uint64_t
hs_space_layout_n_rows(const HsSpaceLayout *layout)
{
  return layout->n_rows;
}

/* A trace of nonsense may have more rows than there are pixels to count: heights end there. */
static int64_t
height_of(uint64_t rows, uint32_t folds, uint32_t names, int line_px)
{
  return (int64_t)(MIN(rows, (uint64_t)1 << 56) * (uint64_t)line_px) + (int64_t)folds * HS_SPACE_FOLD_PX +
         (int64_t)names * HS_SPACE_NAME_PX;
}

int64_t
hs_space_layout_height(const HsSpaceLayout *layout, int line_px)
{
  return height_of(layout->n_rows, layout->n_folds, layout->n_names, line_px);
}

static int64_t
top_of_run(const HsSpaceRun *run, int line_px)
{
  return height_of(run->row, run->folds, run->names, line_px);
}

HsSpaceLine
hs_space_layout_line(const HsSpaceLayout *layout, int line_px, int64_t top_px)
{
  guint low = 0, high = layout->runs->len;
  HsSpaceLine line = {.process = {HS_ID_NONE}};
  /* The first run whose rows end beyond it. */
  while (low < high) {
    guint middle = low + (high - low) / 2;
    const HsSpaceRun *run = &g_array_index(layout->runs, HsSpaceRun, middle);
    if (height_of(run->row + run->n_rows, run->folds, run->names, line_px) <= top_px)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == layout->runs->len)
    return line;
  const HsSpaceRun *run = &g_array_index(layout->runs, HsSpaceRun, low);
  int64_t top = top_of_run(run, line_px);
  line.process = run->process;
  if (top_px < top) {
    line.kind = run->is_head ? HS_SPACE_PROCESS : HS_SPACE_FOLD;
    line.gap_bytes = run->gap_bytes;
    line.height_px = run->is_head ? HS_SPACE_NAME_PX : HS_SPACE_FOLD_PX;
    line.top_px = top - line.height_px;
    return line;
  }
  uint64_t row = (uint64_t)(top_px - top) / (uint64_t)line_px;
  line.kind = HS_SPACE_ROW;
  line.address = (run->first_row + row) << layout->row_shift;
  line.n_rows = run->n_rows - row;
  line.height_px = line_px;
  line.top_px = top + (int64_t)row * line_px;
  return line;
}

bool
hs_space_layout_find(const HsSpaceLayout *layout, int line_px, HsProcessId process, uint64_t address, int64_t *top_px)
{
  uint64_t row = address >> layout->row_shift;
  guint low = 0, high = layout->runs->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    const HsSpaceRun *run = &g_array_index(layout->runs, HsSpaceRun, middle);
    if (run->process.v < process.v || (run->process.v == process.v && run->first_row + run->n_rows <= row))
      low = middle + 1;
    else
      high = middle;
  }
  if (low == layout->runs->len)
    return false;
  const HsSpaceRun *run = &g_array_index(layout->runs, HsSpaceRun, low);
  if (run->process.v != process.v || run->first_row > row)
    return false;
  *top_px = height_of(run->row + (row - run->first_row), run->folds, run->names, line_px);
  return true;
}

/* --- the view --- */

static int
fitting_line_px(const HsSpaceLayout *layout, int height)
{
  if (layout == NULL || layout->n_rows == 0)
    return HS_SPACE_MIN_LINE_PX;
  int64_t others = hs_space_layout_height(layout, 0);
  int64_t px = (height - others) / (int64_t)MIN(layout->n_rows, INT64_MAX);
  return (int)CLAMP(px, HS_SPACE_MIN_LINE_PX, HS_SPACE_MAX_LINE_PX);
}

HsSpaceView
hs_space_view(const HsSpaceLayout *layout, int width, int height, int scale, int64_t top_px)
{
  HsSpaceView view = {.x = HS_SPACE_GUTTER_PX,
                      .y = HS_SPACE_HEAD_PX,
                      .height = plot_height(height),
                      .scale = MAX(scale, 1),
                      .total_width = width,
                      .total_height = height};
  int right = width - HS_SPACE_MARGIN_PX;
  if (width >= HS_SPACE_PANEL_MIN_PX) {
    view.panel_width = HS_SPACE_PANEL_PX;
    view.panel_x = width - HS_SPACE_PANEL_PX - HS_SPACE_MARGIN_PX;
    right = view.panel_x - HS_SPACE_PANEL_GAP_PX;
  }
  view.width = MAX(right - view.x, 1);
  view.line_px = fitting_line_px(layout, view.height);
  int64_t all = layout != NULL ? hs_space_layout_height(layout, view.line_px) : 0;
  view.top_px = CLAMP(top_px, 0, MAX(all - view.height, 0));
  return view;
}

int64_t
hs_space_view_reveal(const HsSpaceView *view, const HsSpaceLayout *layout, HsProcessId process, uint64_t address)
{
  int64_t top;
  if (!hs_space_layout_find(layout, view->line_px, process, address, &top) ||
      (top >= view->top_px && top + view->line_px <= view->top_px + view->height))
    return view->top_px;
  return MAX(top - view->height / 2, 0);
}

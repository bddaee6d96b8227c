/* SPDX-License-Identifier: MIT */
#include "hs-instant-work.h"

#include "hs-worker.h"

void
hs_instant_wish_free(gpointer data)
{
  HsInstantWish *wish = data;
  g_clear_pointer(&wish->timeline, hs_timeline_unref);
  g_clear_pointer(&wish->blocks, hs_row_set_unref);
  g_clear_pointer(&wish->instant, hs_instant_unref);
  g_clear_pointer(&wish->layout, hs_space_layout_unref);
  g_clear_pointer(&wish->palette, hs_palette_free);
  g_free(wish);
}

void
hs_instant_made_free(gpointer data)
{
  HsInstantMade *made = data;
  g_clear_pointer(&made->instant, hs_instant_unref);
  g_clear_pointer(&made->picture, hs_space_picture_unref);
  g_free(made);
}

/* Where to scroll to so that a block is in view. */
static int64_t
reveal(const HsInstantWish *wish, const HsSpaceLayout *layout, const HsSpaceView *view)
{
  if (wish->reveal.v == HS_ID_NONE || wish->reveal.v >= hs_timeline_n_blocks(wish->timeline))
    return view->top_px;
  HsHeapId heap = hs_timeline_row_heap(wish->timeline, hs_timeline_block_begin(wish->timeline, wish->reveal));
  return hs_space_view_reveal(view, layout, hs_timeline_heap(wish->timeline, heap)->process,
                              hs_timeline_block_address(wish->timeline, wish->reveal));
}

static HsSpacePicture *
draw(const HsInstantWish *wish, HsInstant *instant, const int *cancel)
{
  if (!hs_instant_seek(instant, wish->blocks, wish->heap, wish->ticks, cancel))
    return NULL;
  g_autoptr(HsSpaceLayout) layout = wish->layout != NULL ? hs_space_layout_ref(wish->layout)
                                                         : hs_space_layout_new(instant, wish->row_shift, wish->height);
  HsSpaceView view = hs_space_view(layout, wish->width, wish->height, wish->scale, wish->top_px);
  view = hs_space_view(layout, wish->width, wish->height, wish->scale, reveal(wish, layout, &view));
  return hs_space_picture_new(instant, layout, &view, &wish->colors, wish->palette, cancel);
}

gpointer
hs_instant_work(gpointer data, const int *cancel)
{
  const HsInstantWish *wish = data;
  g_autoptr(HsInstant) instant = NULL;
  int64_t start_us = hs_worker_time_us(), make_us = 0;
  if (wish->instant != NULL) {
    instant = hs_instant_ref(wish->instant);
  } else {
    instant = hs_instant_new(wish->timeline, wish->n_rows, cancel);
    make_us = MAX(hs_worker_time_us() - start_us, 1);
  }
  if (instant == NULL)
    return NULL;
  hs_instant_lock(instant);
  HsSpacePicture *picture = draw(wish, instant, cancel);
  hs_instant_unlock(instant);
  if (picture == NULL)
    return NULL;
  HsInstantMade *made = g_new0(HsInstantMade, 1);
  made->instant = g_steal_pointer(&instant);
  made->picture = picture;
  made->make_us = make_us;
  return made;
}

void
hs_instant_probe_free(gpointer data)
{
  HsInstantProbe *probe = data;
  g_clear_pointer(&probe->instant, hs_instant_unref);
  g_clear_pointer(&probe->layout, hs_space_layout_unref);
  g_free(probe);
}

gpointer
hs_instant_probe_work(gpointer data, const int *cancel)
{
  const HsInstantProbe *probe = data;
  HsSpaceHit *hit = g_new(HsSpaceHit, 1);
  *hit = (HsSpaceHit){.block = {HS_ID_NONE}, .process = {HS_ID_NONE}};
  hs_instant_lock(probe->instant);
  /* What is no longer shown is not asked about any more. */
  bool same = hs_instant_ticks(probe->instant) == probe->ticks;
  if (same)
    (void)hs_space_hit(probe->instant, probe->layout, &probe->view, probe->x, probe->y, hit);
  hs_instant_unlock(probe->instant);
  if (!same)
    g_clear_pointer(&hit, g_free);
  return hit;
}

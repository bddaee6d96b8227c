/* SPDX-License-Identifier: MIT */
#include "hs-map-work.h"

void
hs_map_wish_free(gpointer data)
{
  HsMapWish *wish = data;
  g_clear_pointer(&wish->timeline, hs_timeline_unref);
  g_clear_pointer(&wish->blocks, hs_row_set_unref);
  g_clear_pointer(&wish->layout, hs_map_layout_unref);
  g_clear_pointer(&wish->before, hs_map_picture_unref);
  g_clear_pointer(&wish->palette, hs_palette_free);
  g_free(wish);
}

void
hs_map_made_free(gpointer data)
{
  HsMapMade *made = data;
  g_clear_pointer(&made->layout, hs_map_layout_unref);
  g_clear_pointer(&made->picture, hs_map_picture_unref);
  g_free(made);
}

/* Where position u of one axis is on the other. Folds and vanished addresses keep their share of the length. */
static uint64_t
carry(const HsMapLayout *from, const HsMapLayout *to, uint64_t u)
{
  HsProcessId process;
  uint64_t address;
  if (hs_map_layout_address(from, u, &process, &address)) {
    uint64_t there = hs_map_layout_u(to, process, address);
    if (there != UINT64_MAX)
      return there;
  }
  double share = (double)u / (double)hs_map_layout_span(from);
  return (uint64_t)(CLAMP(share, 0, 1) * (double)hs_map_layout_span(to));
}

HsMapWindow
hs_map_carry_window(const HsMapLayout *from, const HsMapLayout *to, HsMapWindow window)
{
  uint64_t span = hs_map_layout_span(to);
  HsMapWindow result = {.u0 = MIN(carry(from, to, window.u0), span), .u1 = MIN(carry(from, to, window.u1), span)};
  if (result.u1 <= result.u0)
    result = (HsMapWindow){0, span};
  return result;
}

gpointer
hs_map_work(gpointer data, const int *cancel)
{
  const HsMapWish *wish = data;
  g_autoptr(HsMapLayout) layout = NULL;
  HsMapWindow window = wish->window;

  if (wish->relayout || wish->layout == NULL) {
    layout = hs_map_layout_renew(wish->timeline, wish->blocks, wish->n_rows, wish->layout, cancel);
    if (layout != NULL && wish->layout != NULL)
      window = hs_map_carry_window(wish->layout, layout, window);
  } else {
    layout = hs_map_layout_ref(wish->layout);
  }
  if (layout == NULL)
    return NULL;
  if (!wish->zoomed)
    window = (HsMapWindow){0, hs_map_layout_span(layout)};
  /* A picture is only good for the axis it was made for. */
  const HsMapPicture *before = layout == wish->layout ? wish->before : NULL;
  HsMapPicture *picture = hs_map_picture_renew(wish->timeline, wish->blocks, layout, &wish->viewport, window,
                                               &wish->colors, wish->palette, wish->n_rows, before, cancel);
  if (picture == NULL)
    return NULL;
  HsMapMade *made = g_new0(HsMapMade, 1);
  made->layout = g_steal_pointer(&layout);
  made->picture = picture;
  return made;
}

void
hs_map_probe_free(gpointer data)
{
  HsMapProbe *probe = data;
  g_clear_pointer(&probe->timeline, hs_timeline_unref);
  g_clear_pointer(&probe->blocks, hs_row_set_unref);
  g_clear_pointer(&probe->layout, hs_map_layout_unref);
  g_free(probe);
}

gpointer
hs_map_probe_work(gpointer data, const int *cancel)
{
  const HsMapProbe *probe = data;
  HsBlockId block = hs_map_hit(probe->timeline, probe->blocks, probe->layout, &probe->viewport, probe->window, probe->x,
                               probe->y, probe->n_rows, cancel);
  if (g_atomic_int_get(cancel) != 0)
    return NULL;
  HsBlockId *result = g_new(HsBlockId, 1);
  *result = block;
  return result;
}

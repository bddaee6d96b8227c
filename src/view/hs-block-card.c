/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#include "hs-event-text.h"
#include "hs-format.h"

/* Moments in the card are told to a tenth of a millisecond; the table has them in full. */
#define CARD_STEP_NS 100000

static void
add_line(HsCard *card, const char *label, char *value, bool mono)
{
  if (card->n_lines == HS_CARD_LINES) {
    g_free(value);
    return;
  }
  card->lines[card->n_lines].label = label;
  card->lines[card->n_lines].value = value;
  card->lines[card->n_lines].mono = mono;
  card->n_lines++;
}

static void
add_heap(HsCard *card, const HsTimeline *timeline, const HsBlock *block)
{
  char handle[HS_FORMAT_MAX];
  if (block->heap.v == HS_ID_NONE)
    return;
  const HsHeap *heap = hs_timeline_heap(timeline, block->heap);
  g_autofree char *process = hs_process_display_name(timeline, heap->process);
  hs_format_hex(handle, sizeof handle, heap->handle);
  add_line(card, _("Heap"), g_strdup_printf("%s · %s", handle, process), false);
}

static void
add_birth(HsCard *card, const HsTimeline *timeline, const HsBlock *block)
{
  char moment[HS_FORMAT_MAX];
  hs_format_time_step(moment, sizeof moment, hs_clock_to_ns(hs_timeline_clock(timeline), block->begin_ticks),
                      CARD_STEP_NS);
  if (block->thread.v == HS_ID_NONE)
    add_line(card, _("Born"), g_strdup(moment), false);
  else
    add_line(card, _("Born"),
             g_strdup_printf(_("%s · thread %u"), moment, hs_timeline_thread(timeline, block->thread)->tid), false);
}

static void
add_end(HsCard *card, const HsTimeline *timeline, const HsBlock *block)
{
  char moment[HS_FORMAT_MAX], lifetime[HS_FORMAT_MAX];
  if (block->end_ticks == INT64_MAX) {
    add_line(card, _("Freed"), g_strdup(_("not yet: outstanding")), false);
    return;
  }
  HsClock clock = hs_timeline_clock(timeline);
  int64_t begin_ns = hs_clock_to_ns(clock, block->begin_ticks), end_ns = hs_clock_to_ns(clock, block->end_ticks);
  int64_t lifetime_ns;
  if (__builtin_sub_overflow(end_ns, begin_ns, &lifetime_ns))
    lifetime_ns = INT64_MAX;
  hs_format_time_step(moment, sizeof moment, end_ns, CARD_STEP_NS);
  hs_format_duration(lifetime, sizeof lifetime, lifetime_ns);
  add_line(card, hs_end_title(block->end), g_strdup_printf(_("%s · after %s"), moment, lifetime), false);
}

HsCard *
hs_block_card(const HsTimeline *timeline, HsBlockId id, uint32_t n_rows)
{
  HsBlock block;
  char size[HS_FORMAT_MAX], address[HS_FORMAT_MAX];
  HsCard *card = g_new0(HsCard, 1);
  hs_timeline_block(timeline, id, n_rows, &block);
  hs_format_bytes(size, sizeof size, (int64_t)MIN(block.size, INT64_MAX));
  card->title = block.source == HS_SOURCE_NONE
                    ? g_strdup_printf(_("%s block"), size)
                    : g_strdup_printf(_("%s block · %s"), size, hs_source_title(block.source));
  add_line(card, _("Address"), g_strdup(hs_format_hex(address, sizeof address, block.address)), true);
  /* The title rounds. */
  if (block.size >= 1000)
    add_line(card, _("Size"), g_strdup(hs_format_bytes_exact(size, sizeof size, block.size)), false);
  add_heap(card, timeline, &block);
  add_birth(card, timeline, &block);
  add_end(card, timeline, &block);
  return card;
}

void
hs_card_free(HsCard *card)
{
  if (card == NULL)
    return;
  for (int i = 0; i < card->n_lines; i++)
    g_free(card->lines[i].value);
  g_free(card->title);
  g_free(card);
}

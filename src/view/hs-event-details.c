/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#include "hs-event-text-private.h"
#include "hs-format.h"
#include "hs-heap-flags.h"

/* Appends a part to a text of several; what does not fit is cut off between characters. */
static void G_GNUC_PRINTF(3, 4) add(char *buffer, size_t size, const char *format, ...)
{
  size_t length = strlen(buffer);
  va_list args;
  if (length > 0 && length + 3 < size)
    length += g_strlcpy(buffer + length, ", ", size - length);
  va_start(args, format);
  g_vsnprintf(buffer + length, size - length, format, args);
  va_end(args);
  const char *end;
  if (!g_utf8_validate(buffer, -1, &end))
    buffer[end - buffer] = '\0';
}

static void
add_lifetime(const HsTimeline *timeline, const HsEvent *event, char *buffer, size_t size)
{
  HsBlock block;
  char length[HS_FORMAT_MAX];
  HsClock clock = hs_timeline_clock(timeline);
  int64_t lifetime_ns;
  hs_timeline_block(timeline, event->block, hs_timeline_n_rows(timeline), &block);
  if (block.end_ticks == INT64_MAX) {
    add(buffer, size, "%s", _("outstanding"));
    return;
  }
  if (__builtin_sub_overflow(hs_clock_to_ns(clock, block.end_ticks), hs_clock_to_ns(clock, block.begin_ticks),
                             &lifetime_ns))
    lifetime_ns = INT64_MAX;
  hs_format_duration(length, sizeof length, lifetime_ns);
  /* The row that begins the block looks ahead, the one that ends it looks back. */
  if (event->op == HS_OP_FREE)
    add(buffer, size, _("lived %s"), length);
  else
    add(buffer, size, _("lives %s"), length);
}

static void
add_move(const HsEvent *event, char *buffer, size_t size)
{
  char old[HS_FORMAT_MAX];
  if (!event->has_old || event->failed)
    return;
  if (event->old_address == event->address)
    add(buffer, size, "%s", _("in place"));
  else if (event->old_address != 0)
    add(buffer, size, _("moved from %s"), hs_format_hex(old, sizeof old, event->old_address));
}

static void
memory_details(const HsTimeline *timeline, const HsEvent *event, char *buffer, size_t size)
{
  if (event->failed)
    add(buffer, size, "%s", _("failed: no memory was given"));
  if (event->unmatched)
    add(buffer, size, "%s", _("unmatched: from before the trace"));
  if (event->op == HS_OP_REALLOC)
    add_move(event, buffer, size);
  if (event->block.v != HS_ID_NONE)
    add_lifetime(timeline, event, buffer, size);
  if (event->op == HS_OP_ALLOC && hs_timeline_row_ended_block(timeline, event->row).v != HS_ID_NONE)
    add(buffer, size, "%s", _("overwrote a block whose free is missing"));
}

static void
add_flags(uint32_t flags, char *buffer, size_t size)
{
  g_autofree char *text = hs_heap_flags_text(flags);
  if (flags != 0)
    add(buffer, size, "%s", text);
}

static void
add_sizes(const HsDetail *detail, char *buffer, size_t size)
{
  char committed[HS_FORMAT_MAX], reserved[HS_FORMAT_MAX];
  hs_format_bytes(committed, sizeof committed, (int64_t)MIN(detail->committed_bytes, INT64_MAX));
  hs_format_bytes(reserved, sizeof reserved, (int64_t)MIN(detail->reserved_bytes, INT64_MAX));
  /* Translators: of the heap's address space, how much has memory behind it. */
  add(buffer, size, _("committed %s of %s"), committed, reserved);
}

/* How many blocks ended with a row that is no Free. */
static uint32_t
count_endings(const HsTimeline *timeline, HsRow row)
{
  uint32_t count = __atomic_load_n(&timeline->n_endings, __ATOMIC_ACQUIRE);
  uint32_t from = 0, to = count, ended = 0;
  while (from < to) {
    uint32_t middle = from + (to - from) / 2;
    if (HS_VEC(&timeline->endings, HsEnding, middle)->row < row)
      from = middle + 1;
    else
      to = middle;
  }
  for (; from < count && HS_VEC(&timeline->endings, HsEnding, from)->row == row; from++) {
    /* Exits of processes just before the row are listed with it. */
    HsBlockId block = {HS_VEC(&timeline->endings, HsEnding, from)->block};
    ended += hs_timeline_block_end(timeline, block) == row;
  }
  return ended;
}

static void
add_number(const HsEvent *event, char *buffer, size_t size)
{
  uint32_t n = event->detail->detail;
  switch (event->op) {
  case HS_OP_SUBSEGMENT_INIT:
    add(buffer, size, g_dngettext(GETTEXT_PACKAGE, "%u block", "%u blocks", n), n);
    break;
  case HS_OP_AFFINITY_ENABLE:
  case HS_OP_REUSE_THRESHOLD:
    add(buffer, size, _("bucket %u"), n);
    break;
  case HS_OP_AFFINITY_SLOT:
  case HS_OP_AFFINITY_ASSIGN:
    add(buffer, size, _("slot %u"), n);
    break;
  case HS_OP_EXTEND:
  case HS_OP_CONTRACT:
    add(buffer, size, g_dngettext(GETTEXT_PACKAGE, "%u uncommitted range", "%u uncommitted ranges", n), n);
    break;
  default:
    break;
  }
}

const char *
hs_event_details_text(const HsTimeline *timeline, const HsEvent *event, char *buffer, size_t size)
{
  if (size == 0)
    return "";
  buffer[0] = '\0';
  if (event->op == HS_OP_ALLOC || event->op == HS_OP_REALLOC || event->op == HS_OP_FREE) {
    memory_details(timeline, event, buffer, size);
    return buffer;
  }
  if (event->op == HS_OP_DESTROY) {
    uint32_t ended = count_endings(timeline, event->row);
    add(buffer, size, g_dngettext(GETTEXT_PACKAGE, "%u block ended", "%u blocks ended", ended), ended);
  }
  if (event->detail == NULL)
    return buffer;
  if (event->detail->has_sizes)
    add_sizes(event->detail, buffer, size);
  if (event->detail->has_flags)
    add_flags(event->detail->flags, buffer, size);
  add_number(event, buffer, size);
  return buffer;
}

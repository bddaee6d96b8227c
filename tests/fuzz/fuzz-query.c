/* SPDX-License-Identifier: MIT */
/* Any bytes as a filter; what is one is evaluated over a small trace. Of all, what could stand in it is asked, too. */
#include <string.h>

#include "hs-builder.h"
#include "hs-query-colour.h"
#include "hs-query-complete.h"
#include "hs-row-set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define N_ROWS 200u
#define N_CURSORS 16u

static void
add_event(HsBuilder *builder, uint32_t i)
{
  static const uint8_t ops[] = {HS_OP_ALLOC, HS_OP_ALLOC, HS_OP_FREE, HS_OP_REALLOC, HS_OP_COMMIT};
  HsHeapEvent event = {
      .ticks = (int64_t)i * 10000,
      .pid = 1 + i % 3,
      .tid = 10 + i % 4,
      .cpu = (uint16_t)(i % 2),
      .op = ops[i % G_N_ELEMENTS(ops)],
      .handle = 0x1f0000 + 0x10000 * (i % 2),
      .address = 0x200000 + i * 7 % 16 * 0x100,
      .size = 1u << i % 20,
      .old_address = 0x200000 + i * 3 % 16 * 0x100,
      .old_size = i,
      .source_id = i % 9,
  };
  event.has_source = event.op != HS_OP_COMMIT;
  g_assert_true(hs_builder_add(builder, &event, NULL));
}

static HsTimeline *
make_timeline(void)
{
  HsTimeline *timeline = hs_timeline_new();
  g_autoptr(HsBuilder) builder = hs_builder_new(timeline, (HsClock){10000000});
  hs_builder_process_start(builder, 0, true, 1, 0, false, "chrome.exe", NULL);
  for (uint32_t i = 0; i < N_ROWS; i++)
    add_event(builder, i);
  hs_builder_finish(builder, N_ROWS * 10000);
  return timeline;
}

static void
check_error(const char *text, const HsQueryError *error)
{
  g_assert_true((uint64_t)error->offset_bytes + error->length_bytes <= strlen(text));
  g_assert_true(g_utf8_validate(error->message, -1, NULL));
  g_assert_null(strchr(error->message, '\n'));
}

/* A row passes a filter or its contrary. */
static void
check_query(HsTimeline *timeline, const char *text, HsQuery *query)
{
  const HsTimeRange range = {500000, 1500000};
  g_autofree char *contrary_text = g_strdup_printf("not (%s)", text);
  g_autoptr(HsQuery) contrary = hs_query_is_empty(query) ? NULL : hs_query_parse(contrary_text, NULL);
  g_autoptr(HsRowSet) rows = hs_row_set_new_query(timeline, query, range, N_ROWS, NULL);
  g_autoptr(HsRowSet) blocks = hs_row_set_new_query_blocks(timeline, query, range, N_ROWS, NULL);
  g_assert_cmpuint(hs_row_set_count(rows), <=, N_ROWS);
  /* One bracket more may be one too deep. */
  if (contrary == NULL)
    return;
  g_autoptr(HsRowSet) others = hs_row_set_new_query(timeline, contrary, range, N_ROWS, NULL);
  g_autoptr(HsRowSet) other_blocks = hs_row_set_new_query_blocks(timeline, contrary, range, N_ROWS, NULL);
  g_assert_cmpuint(hs_row_set_count(rows) + hs_row_set_count(others), ==, N_ROWS);
  g_assert_cmpuint(hs_row_set_count(blocks) + hs_row_set_count(other_blocks), ==, hs_row_set_n_rows(blocks));
}

static void
check_completions(HsTimeline *timeline, const char *text, uint32_t cursor)
{
  uint32_t length = (uint32_t)strlen(text);
  g_autoptr(HsCompletions) completions = hs_query_complete(text, cursor, timeline);
  g_assert_cmpuint(completions->start_bytes, <=, completions->end_bytes);
  g_assert_cmpuint(completions->start_bytes, <=, cursor);
  g_assert_cmpuint(completions->end_bytes, <=, length);
  g_assert_cmpuint(completions->items->len, <=, HS_COMPLETIONS_MAX);
  for (guint i = 0; i < completions->items->len; i++) {
    const HsCompletion *item = g_ptr_array_index(completions->items, i);
    g_assert_true(g_utf8_validate(item->text, -1, NULL));
    g_assert_true(item->detail == NULL || g_utf8_validate(item->detail, -1, NULL));
  }
}

static void
check_colours(const char *text)
{
  g_autoptr(GArray) tokens = hs_query_colour_tokens(text);
  uint32_t past = 0;
  for (guint i = 0; i < tokens->len; i++) {
    const HsQueryColourToken *token = &g_array_index(tokens, HsQueryColourToken, i);
    g_assert_cmpuint(token->start_bytes, >=, past);
    g_assert_cmpuint(token->end_bytes, >, token->start_bytes);
    past = token->end_bytes;
  }
  g_assert_cmpuint(past, <=, strlen(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static HsTimeline *timeline;
  g_auto(HsQueryError) error = {0};
  g_autofree char *text = size > 0 ? g_strndup((const char *)data, size) : g_strdup("");
  if (timeline == NULL)
    timeline = make_timeline();
  g_autoptr(HsQuery) query = hs_query_parse(text, &error);
  if (query == NULL)
    check_error(text, &error);
  else
    check_query(timeline, text, query);
  check_colours(text);
  uint32_t length = (uint32_t)strlen(text);
  for (uint32_t i = 0; i <= N_CURSORS; i++)
    check_completions(i % 2 == 0 ? timeline : NULL, text, (uint32_t)((uint64_t)length * i / N_CURSORS));
  return 0;
}

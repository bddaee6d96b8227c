/* SPDX-License-Identifier: MIT */
#include "hs-place.h"

#include <string.h>

#include "hs-config.h"
#include "hs-query-lexer.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define BLOCKS_PER_POLL (1u << 16)

/* Without what people put into numbers to read them: blanks, and commas between digits. */
static char *
tidy(const char *text)
{
  GString *tidied = g_string_new(NULL);
  for (const char *c = text; *c != '\0'; c++) {
    bool joins = *c == ',' && c > text && g_ascii_isdigit(c[-1]) && g_ascii_isdigit(c[1]);
    if (!g_ascii_isspace(*c) && !joins)
      g_string_append_c(tidied, *c);
  }
  return g_string_free(tidied, FALSE);
}

static bool
is_row(const char *text)
{
  if (*text == '#')
    text++;
  return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

static bool
parse_row(const char *text, HsPlace *place, HsQueryError *error)
{
  place->kind = HS_PLACE_ROW;
  if (g_ascii_string_to_unsigned(*text == '#' ? text + 1 : text, 10, 0, UINT64_MAX, &place->row, NULL))
    return true;
  return hs_query_fail(error, 0, (uint32_t)strlen(text), g_strdup(_("this number is too large")));
}

bool
hs_place_parse(const char *text, HsPlace *place, HsQueryError *error)
{
  g_autofree char *tidied = tidy(text);
  *place = (HsPlace){0};
  if (is_row(tidied))
    return parse_row(tidied, place, error);
  /* A number with decimals is a time in seconds, as tables show them. */
  bool is_hex = g_ascii_strncasecmp(tidied, "0x", 2) == 0, has_unit = false;
  for (const char *c = tidied; *c != '\0'; c++)
    has_unit = has_unit || g_ascii_isalpha(*c);
  g_autofree char *number = is_hex || has_unit ? g_strdup(tidied) : g_strconcat(tidied, "s", NULL);
  HsLexer lexer = {.text = number, .length = (uint32_t)MIN(strlen(number), HS_QUERY_MAX_BYTES)};
  HsToken token, end = {.kind = HS_TOKEN_TEXT};
  bool is_read = tidied[0] != '\0' && hs_lexer_next(&lexer, &token, NULL) && token.kind == HS_TOKEN_NUMBER &&
                 hs_lexer_next(&lexer, &end, NULL) && end.kind == HS_TOKEN_END;
  if (is_read && is_hex) {
    *place = (HsPlace){.kind = HS_PLACE_ADDRESS, .address = (uint64_t)token.floor};
    return true;
  }
  if (is_read && token.unit == HS_UNIT_TIME) {
    *place = (HsPlace){.kind = HS_PLACE_TIME, .time_ns = (int64_t)CLAMP(token.floor, INT64_MIN, INT64_MAX)};
    return true;
  }
  return hs_query_fail(error, 0, (uint32_t)strlen(text),
                       g_strdup(_("expected a time such as 1.5 s, the number of a row, or an address such as "
                                  "0x7f3c24a18e40")));
}

HsBlockId
hs_place_find_block(HsTimeline *timeline, const HsRowSet *blocks, uint64_t address, int64_t ticks, uint32_t n_rows,
                    const int *cancel)
{
  HsBlockId before = {HS_ID_NONE};
  uint32_t n = 0;
  for (uint32_t i = hs_row_set_next(blocks, 0); i != UINT32_MAX; i = hs_row_set_next(blocks, i + 1)) {
    HsBlockId id = {i};
    HsBlock block;
    if (n++ % BLOCKS_PER_POLL == 0 && cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0)
      return (HsBlockId){HS_ID_NONE};
    uint64_t begin = hs_timeline_block_address(timeline, id);
    if (address < begin || address - begin >= MAX(hs_timeline_block_size(timeline, id), 1))
      continue;
    hs_timeline_block(timeline, id, n_rows, &block);
    /* Blocks are in the order they begin: the first that is not over by then lives then, or is the next. */
    if (block.end_ticks > ticks)
      return id;
    before = id;
  }
  return before;
}

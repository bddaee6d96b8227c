/* SPDX-License-Identifier: MIT */
#include "hs-query-complete.h"

#include <string.h>

#include "hs-config.h"
#include "hs-query-offer.h"
#include "hs-query-walk.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* Where the cursor is. */
typedef struct {
  const char *text;
  uint32_t length, cursor;
  HsQueryExpects expects;
  HsQueryField field;
  uint32_t start, end; /* what to replace */
} Place;

/* --- the place --- */

/* Whether more may be written onto what ends at the cursor. What follows a sign may follow at once, but for those that
 * may become another. */
static bool
may_grow(const Place *place, const HsToken *token, bool is_token)
{
  if (!is_token || hs_token_is_value(token) || g_ascii_isalpha(place->text[token->offset]))
    return true;
  return token->kind == HS_TOKEN_LESS || token->kind == HS_TOKEN_GREATER ||
         (token->kind == HS_TOKEN_NOT && place->expects == HS_QUERY_EXPECTS_OPERATOR);
}

/* Whether what ends at the cursor is over, and only a space makes room for more. */
static bool
is_over(const HsToken *token, bool is_token)
{
  return is_token &&
         (token->kind == HS_TOKEN_TEXT || token->kind == HS_TOKEN_CLOSE || token->kind == HS_TOKEN_CLOSE_BRACE);
}

/* Goes to the cursor: to the beginning of what is being written there, or to the cursor itself. */
static void
find_start(Place *place)
{
  HsQueryWalk walk;
  hs_query_walk_init(&walk, place->text, place->cursor);
  place->start = place->cursor;
  for (;;) {
    HsToken token;
    bool is_token = hs_query_walk_read(&walk, &token);
    place->expects = walk.expects;
    place->field = walk.field;
    if (token.length == 0)
      return;
    bool touches = token.offset + token.length == place->cursor;
    if (touches && is_over(&token, is_token)) {
      place->expects = HS_QUERY_EXPECTS_NOTHING;
      return;
    }
    if (touches && may_grow(place, &token, is_token)) {
      place->start = token.offset;
      return;
    }
    hs_query_walk_take(&walk, &token, is_token);
  }
}

/* Whether such a token may be replaced by what is expected. */
static bool
is_expected(HsQueryExpects expects, const HsToken *token)
{
  switch (expects) {
  case HS_QUERY_EXPECTS_FIELD:
    return token->kind == HS_TOKEN_WORD;
  case HS_QUERY_EXPECTS_OPERATOR:
    return token->kind >= HS_TOKEN_EQUAL && token->kind <= HS_TOKEN_CONTAINS;
  case HS_QUERY_EXPECTS_VALUE:
  case HS_QUERY_EXPECTS_SET_VALUE:
  case HS_QUERY_EXPECTS_RANGE_END:
    return hs_token_is_value(token);
  case HS_QUERY_EXPECTS_SET_OR_RANGE:
    return hs_token_is_value(token) || token->kind == HS_TOKEN_OPEN_BRACE;
  case HS_QUERY_EXPECTS_SET_JOINT:
    return token->kind == HS_TOKEN_COMMA || token->kind == HS_TOKEN_CLOSE_BRACE;
  case HS_QUERY_EXPECTS_DOTS:
    return token->kind == HS_TOKEN_DOTS;
  case HS_QUERY_EXPECTS_JOINT:
    return token->kind == HS_TOKEN_AND || token->kind == HS_TOKEN_OR;
  case HS_QUERY_EXPECTS_NOTHING:
    break;
  }
  return false;
}

/* Whether a quotation mark is not closed in what is left: then an earlier one may have been closed by what was meant to
 * open the next. */
static bool
leaves_quotation_open(HsQueryWalk *walk)
{
  for (;;) {
    HsToken token;
    bool is_token = hs_query_walk_read(walk, &token);
    if (token.length == 0)
      return false;
    if (!is_token && walk->lexer.text[token.offset] == '"')
      return true;
  }
}

/* The end of the word that the cursor is in, or before. */
static void
find_end(Place *place)
{
  HsQueryWalk walk;
  HsToken token;
  hs_query_walk_init(&walk, place->text, place->length);
  walk.lexer.at = place->start;
  place->end = place->cursor;
  bool is_token = hs_query_walk_read(&walk, &token);
  bool is_begun = place->start < place->cursor;
  if (token.offset != place->start || token.length == 0)
    return;
  if (!is_begun && !(is_token && is_expected(place->expects, &token)))
    return;
  if (place->text[place->start] == '"' && (!is_token || leaves_quotation_open(&walk)))
    return;
  place->end = MAX(place->cursor, token.offset + token.length);
}

/* --- what is offered there --- */

static void
offer_fields(HsQueryOffer *offer)
{
  static const char *const meanings[HS_QUERY_N_FIELDS] = {
      [HS_QUERY_TIME] = N_("when it happened"),
      [HS_QUERY_OP] = N_("what was done"),
      [HS_QUERY_PID] = N_("number of the process"),
      [HS_QUERY_PROCESS] = N_("name of the process"),
      [HS_QUERY_TID] = N_("number of the thread"),
      [HS_QUERY_HEAP] = N_("heap handle"),
      [HS_QUERY_ADDRESS] = N_("where the memory lies"),
      [HS_QUERY_SIZE] = N_("bytes asked for"),
      [HS_QUERY_OLD_ADDRESS] = N_("where it lay before a reallocation"),
      [HS_QUERY_OLD_SIZE] = N_("bytes before a reallocation"),
      [HS_QUERY_SOURCE] = N_("part of the allocator"),
      [HS_QUERY_CPU] = N_("processor"),
      [HS_QUERY_LIFETIME] = N_("from the block’s beginning to its end"),
      [HS_QUERY_TYPE] = N_("allocated and freed inside or outside the range"),
      [HS_QUERY_END] = N_("how the block ended"),
  };
  const char *const *names = hs_query_field_names();
  for (unsigned i = 0; names[i] != NULL; i++)
    hs_query_offer_name(offer, names[i], _(meanings[i]), true);
}

static const char *
describe_operator(HsQueryField field, HsTokenKind kind)
{
  switch (kind) {
  case HS_TOKEN_EQUAL:
    return _("is");
  case HS_TOKEN_NOT_EQUAL:
    return _("is not");
  case HS_TOKEN_LESS:
    return _("is less than");
  case HS_TOKEN_AT_MOST:
    return _("is at most");
  case HS_TOKEN_GREATER:
    return _("is more than");
  case HS_TOKEN_AT_LEAST:
    return _("is at least");
  case HS_TOKEN_CONTAINS:
    return field == HS_QUERY_PROCESS ? _("has this text in it") : _("is of memory that holds this");
  default:
    return hs_query_field_takes(field, HS_TOKEN_DOTS) ? _("is one of, or lies between") : _("is one of");
  }
}

static void
offer_operators(HsQueryOffer *offer, HsQueryField field)
{
  static const struct {
    const char *name;
    HsTokenKind kind;
  } operators[] = {{"==", HS_TOKEN_EQUAL},   {"!=", HS_TOKEN_NOT_EQUAL},     {"<", HS_TOKEN_LESS},
                   {"<=", HS_TOKEN_AT_MOST}, {">", HS_TOKEN_GREATER},        {">=", HS_TOKEN_AT_LEAST},
                   {"in", HS_TOKEN_IN},      {"contains", HS_TOKEN_CONTAINS}};
  for (size_t i = 0; i < G_N_ELEMENTS(operators); i++) {
    HsTokenKind kind = operators[i].kind;
    if (hs_query_field_takes(field, kind))
      hs_query_offer_name(offer, operators[i].name, describe_operator(field, kind), true);
  }
}

/* Signs, or words if a word was begun. */
static void
offer_joints(HsQueryOffer *offer)
{
  bool by_word = g_ascii_isalpha(offer->prefix[0]);
  hs_query_offer_name(offer, by_word ? "and" : "&&", _("and"), true);
  hs_query_offer_name(offer, by_word ? "or" : "||", _("or"), true);
}

static void
offer_all(HsQueryOffer *offer, const Place *place, HsTimeline *timeline)
{
  switch (place->expects) {
  case HS_QUERY_EXPECTS_FIELD:
    offer_fields(offer);
    break;
  case HS_QUERY_EXPECTS_OPERATOR:
    offer_operators(offer, place->field);
    break;
  case HS_QUERY_EXPECTS_SET_OR_RANGE:
    hs_query_offer_name(offer, "{", _("any of these"), false);
    if (hs_query_field_takes(place->field, HS_TOKEN_DOTS))
      hs_query_offer_values(offer, place->field, timeline);
    break;
  case HS_QUERY_EXPECTS_VALUE:
  case HS_QUERY_EXPECTS_SET_VALUE:
  case HS_QUERY_EXPECTS_RANGE_END:
    hs_query_offer_values(offer, place->field, timeline);
    break;
  case HS_QUERY_EXPECTS_SET_JOINT:
    hs_query_offer_name(offer, ",", _("or this"), true);
    hs_query_offer_name(offer, "}", _("no more"), false);
    break;
  case HS_QUERY_EXPECTS_DOTS:
    hs_query_offer_name(offer, "..", _("to before this"), false);
    break;
  case HS_QUERY_EXPECTS_JOINT:
    offer_joints(offer);
    break;
  case HS_QUERY_EXPECTS_NOTHING:
    break;
  }
}

/* What has been written of the word; of a text, what is in the quotation marks. */
static char *
read_prefix(const Place *place)
{
  char *prefix = g_strndup(place->text + place->start, place->cursor - place->start);
  if (prefix[0] != '"' || (place->expects != HS_QUERY_EXPECTS_VALUE && place->expects != HS_QUERY_EXPECTS_SET_VALUE))
    return prefix;
  g_autofree char *closed = g_strconcat(prefix, "\"", NULL);
  HsToken token = {.kind = HS_TOKEN_TEXT, .length = (uint32_t)strlen(closed)};
  g_free(prefix);
  return hs_token_text(&token, closed);
}

/* --- the whole --- */

static void
free_item(gpointer data)
{
  HsCompletion *item = data;
  g_free(item->text);
  g_free(item->detail);
  g_free(item);
}

static bool
is_there_already(const Place *place, const HsCompletion *item)
{
  size_t length = place->end - place->start;
  return strlen(item->text) == length && memcmp(item->text, place->text + place->start, length) == 0;
}

HsCompletions *
hs_query_complete(const char *text, uint32_t cursor_bytes, HsTimeline *timeline)
{
  size_t length = strlen(text);
  HsCompletions *completions = g_new0(HsCompletions, 1);
  completions->items = g_ptr_array_new_with_free_func(free_item);
  Place place = {.text = text, .length = (uint32_t)MIN(length, HS_QUERY_MAX_BYTES)};
  place.cursor = MIN(cursor_bytes, place.length);
  while (place.cursor > 0 && ((unsigned char)text[place.cursor] & 0xc0) == 0x80)
    place.cursor--;
  find_start(&place);
  find_end(&place);
  completions->start_bytes = place.start;
  completions->end_bytes = place.end;
  g_autofree char *prefix = read_prefix(&place);
  g_autofree char *valid = g_utf8_make_valid(prefix, -1);
  g_autofree char *folded = g_utf8_casefold(valid, -1);
  HsQueryOffer offer = {completions->items, prefix, folded};
  offer_all(&offer, &place, timeline);
  if (offer.items->len == 1 && is_there_already(&place, g_ptr_array_index(offer.items, 0)))
    g_ptr_array_set_size(offer.items, 0);
  return completions;
}

void
hs_completions_free(HsCompletions *completions)
{
  g_ptr_array_unref(completions->items);
  g_free(completions);
}

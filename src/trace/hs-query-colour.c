/* SPDX-License-Identifier: MIT */
#include "hs-query-colour.h"

#include <string.h>

#include "hs-query-walk.h"

static HsQueryTokenClass
class_of(const HsQueryWalk *walk, const HsToken *token, bool is_token)
{
  if (!is_token)
    return HS_QUERY_CLASS_ERROR;
  switch (token->kind) {
  case HS_TOKEN_WORD:
    return walk->expects == HS_QUERY_EXPECTS_FIELD &&
                   hs_query_find_field(walk->lexer.text + token->offset, token->length) != HS_QUERY_N_FIELDS
               ? HS_QUERY_CLASS_FIELD
               : HS_QUERY_CLASS_NAME;
  case HS_TOKEN_TEXT:
    return HS_QUERY_CLASS_NAME;
  case HS_TOKEN_NUMBER:
    return HS_QUERY_CLASS_NUMBER;
  case HS_TOKEN_OPEN:
  case HS_TOKEN_CLOSE:
  case HS_TOKEN_OPEN_BRACE:
  case HS_TOKEN_CLOSE_BRACE:
  case HS_TOKEN_COMMA:
  case HS_TOKEN_DOTS:
    return HS_QUERY_CLASS_SIGN;
  default:
    return HS_QUERY_CLASS_OPERATOR;
  }
}

GArray *
hs_query_colour_tokens(const char *text)
{
  GArray *tokens = g_array_new(FALSE, FALSE, sizeof(HsQueryColourToken));
  HsQueryWalk walk;
  hs_query_walk_init(&walk, text, (uint32_t)MIN(strlen(text), HS_QUERY_MAX_BYTES));
  for (;;) {
    HsToken token;
    bool is_token = hs_query_walk_read(&walk, &token);
    if (token.length == 0)
      return tokens;
    HsQueryColourToken coloured = {token.offset, token.offset + token.length, class_of(&walk, &token, is_token)};
    g_array_append_val(tokens, coloured);
    hs_query_walk_take(&walk, &token, is_token);
  }
}

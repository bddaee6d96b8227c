/* SPDX-License-Identifier: MIT */
#include "hs-query-walk.h"

/* A text with more errors than this is no filter: what is left of it is one error. */
#define MAX_FAILURES 64

void
hs_query_walk_init(HsQueryWalk *walk, const char *text, uint32_t length)
{
  *walk = (HsQueryWalk){.lexer = {.text = text, .length = length}, .field = HS_QUERY_N_FIELDS};
}

/* One letter, also of more than one byte. */
static uint32_t
letter_end(const HsLexer *lexer, uint32_t at)
{
  at++;
  while (at < lexer->length && ((unsigned char)lexer->text[at] & 0xc0) == 0x80)
    at++;
  return at;
}

bool
hs_query_walk_read(HsQueryWalk *walk, HsToken *token)
{
  HsLexer *lexer = &walk->lexer;
  if (hs_lexer_next(lexer, token, NULL))
    return true;
  if (++walk->n_failures > MAX_FAILURES)
    lexer->at = lexer->length;
  else if (lexer->at == token->offset)
    lexer->at = letter_end(lexer, token->offset);
  token->kind = HS_TOKEN_END;
  token->length = lexer->at - token->offset;
  return false;
}

static HsQueryExpects
after_field(HsQueryWalk *walk, const HsToken *token)
{
  if (token->kind == HS_TOKEN_NOT || token->kind == HS_TOKEN_OPEN)
    return HS_QUERY_EXPECTS_FIELD;
  if (token->kind != HS_TOKEN_WORD)
    return HS_QUERY_EXPECTS_NOTHING;
  walk->field = hs_query_find_field(walk->lexer.text + token->offset, token->length);
  return walk->field == HS_QUERY_N_FIELDS ? HS_QUERY_EXPECTS_NOTHING : HS_QUERY_EXPECTS_OPERATOR;
}

static HsQueryExpects
after_operator(const HsQueryWalk *walk, const HsToken *token)
{
  if (token->kind < HS_TOKEN_EQUAL || token->kind > HS_TOKEN_CONTAINS ||
      !hs_query_field_takes(walk->field, token->kind))
    return HS_QUERY_EXPECTS_NOTHING;
  return token->kind == HS_TOKEN_IN ? HS_QUERY_EXPECTS_SET_OR_RANGE : HS_QUERY_EXPECTS_VALUE;
}

static HsQueryExpects
after_in(const HsQueryWalk *walk, const HsToken *token)
{
  if (token->kind == HS_TOKEN_OPEN_BRACE)
    return HS_QUERY_EXPECTS_SET_VALUE;
  bool begins_range = hs_token_is_value(token) && hs_query_field_takes(walk->field, HS_TOKEN_DOTS);
  return begins_range ? HS_QUERY_EXPECTS_DOTS : HS_QUERY_EXPECTS_NOTHING;
}

static HsQueryExpects
in_set(const HsQueryWalk *walk, const HsToken *token)
{
  if (token->kind == HS_TOKEN_CLOSE_BRACE)
    return HS_QUERY_EXPECTS_JOINT;
  if (walk->expects == HS_QUERY_EXPECTS_SET_VALUE)
    return hs_token_is_value(token) ? HS_QUERY_EXPECTS_SET_JOINT : HS_QUERY_EXPECTS_NOTHING;
  return token->kind == HS_TOKEN_COMMA ? HS_QUERY_EXPECTS_SET_VALUE : HS_QUERY_EXPECTS_NOTHING;
}

void
hs_query_walk_take(HsQueryWalk *walk, const HsToken *token, bool is_token)
{
  bool is_joint = token->kind == HS_TOKEN_AND || token->kind == HS_TOKEN_OR;
  if (!is_token || is_joint) {
    walk->expects = is_joint ? HS_QUERY_EXPECTS_FIELD : HS_QUERY_EXPECTS_NOTHING;
    return;
  }
  switch (walk->expects) {
  case HS_QUERY_EXPECTS_FIELD:
    walk->expects = after_field(walk, token);
    break;
  case HS_QUERY_EXPECTS_OPERATOR:
    walk->expects = after_operator(walk, token);
    break;
  case HS_QUERY_EXPECTS_VALUE:
  case HS_QUERY_EXPECTS_RANGE_END:
    walk->expects = hs_token_is_value(token) ? HS_QUERY_EXPECTS_JOINT : HS_QUERY_EXPECTS_NOTHING;
    break;
  case HS_QUERY_EXPECTS_SET_OR_RANGE:
    walk->expects = after_in(walk, token);
    break;
  case HS_QUERY_EXPECTS_SET_VALUE:
  case HS_QUERY_EXPECTS_SET_JOINT:
    walk->expects = in_set(walk, token);
    break;
  case HS_QUERY_EXPECTS_DOTS:
    walk->expects = token->kind == HS_TOKEN_DOTS ? HS_QUERY_EXPECTS_RANGE_END : HS_QUERY_EXPECTS_NOTHING;
    break;
  case HS_QUERY_EXPECTS_JOINT:
    walk->expects = token->kind == HS_TOKEN_CLOSE ? HS_QUERY_EXPECTS_JOINT : HS_QUERY_EXPECTS_NOTHING;
    break;
  case HS_QUERY_EXPECTS_NOTHING:
    break;
  }
}

/* SPDX-License-Identifier: MIT */
/*
 * A way through a filter that is still being written. Where the parser stops at the first error, this goes on: it says
 * at every token what the language expects there, and finds its feet again at the next "and" or "or".
 */
#pragma once

#include "hs-query-tree.h"

typedef enum {
  HS_QUERY_EXPECTS_FIELD,
  HS_QUERY_EXPECTS_OPERATOR,
  HS_QUERY_EXPECTS_VALUE,
  HS_QUERY_EXPECTS_SET_OR_RANGE, /* after "in" */
  HS_QUERY_EXPECTS_SET_VALUE,
  HS_QUERY_EXPECTS_SET_JOINT, /* "," or "}" */
  HS_QUERY_EXPECTS_DOTS,
  HS_QUERY_EXPECTS_RANGE_END,
  HS_QUERY_EXPECTS_JOINT,
  HS_QUERY_EXPECTS_NOTHING /* after an error */
} HsQueryExpects;

typedef struct {
  HsLexer lexer;
  HsQueryExpects expects;
  HsQueryField field; /* of the comparison under way */
  unsigned n_failures;
} HsQueryWalk;

/* Over the first `length` bytes of `text`, which is borrowed. Any thread. */
void hs_query_walk_init(HsQueryWalk *walk, const char *text, uint32_t length);
/* Reads the token that comes next, without going past it in the grammar; HS_TOKEN_END with length 0 at the end. False
 * if there is none: then `token` is the stretch, at least a byte long, that is not one. */
bool hs_query_walk_read(HsQueryWalk *walk, HsToken *token);
/* Goes past what was read. */
void hs_query_walk_take(HsQueryWalk *walk, const HsToken *token, bool is_token);

/* Whether the token is a value. */
static inline bool
hs_token_is_value(const HsToken *token)
{
  return token->kind == HS_TOKEN_WORD || token->kind == HS_TOKEN_TEXT || token->kind == HS_TOKEN_NUMBER;
}

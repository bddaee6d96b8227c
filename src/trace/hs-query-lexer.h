/* SPDX-License-Identifier: MIT */
/* The words, numbers and signs of a filter. */
#pragma once

#include "hs-query.h"

typedef enum {
  HS_TOKEN_END,
  HS_TOKEN_WORD, /* a field, or a value without quotation marks */
  HS_TOKEN_TEXT, /* in quotation marks */
  HS_TOKEN_NUMBER,
  HS_TOKEN_EQUAL,
  HS_TOKEN_NOT_EQUAL,
  HS_TOKEN_LESS,
  HS_TOKEN_AT_MOST,
  HS_TOKEN_GREATER,
  HS_TOKEN_AT_LEAST,
  HS_TOKEN_IN,
  HS_TOKEN_CONTAINS,
  HS_TOKEN_AND,
  HS_TOKEN_OR,
  HS_TOKEN_NOT,
  HS_TOKEN_OPEN,
  HS_TOKEN_CLOSE,
  HS_TOKEN_OPEN_BRACE,
  HS_TOKEN_CLOSE_BRACE,
  HS_TOKEN_COMMA,
  HS_TOKEN_DOTS
} HsTokenKind;

typedef enum { HS_UNIT_NONE, HS_UNIT_BYTES, HS_UNIT_TIME } HsUnit;

typedef struct {
  HsTokenKind kind;
  uint32_t offset, length; /* in bytes of the text */
  /* Of a number, in bytes or nanoseconds if it has a unit: */
  HsUnit unit;
  __int128 floor; /* at most UINT64_MAX either side of 0 */
  bool is_whole;  /* it is just that */
} HsToken;

typedef struct {
  const char *text;
  uint32_t length, at;
} HsLexer;

/* Reads the next token; at the end it gives HS_TOKEN_END for ever. False and `error` if there is none. */
bool hs_lexer_next(HsLexer *lexer, HsToken *token, HsQueryError *error);

/* The value of a word or text, without quotation marks. Free with g_free(). */
char *hs_token_text(const HsToken *token, const char *text);
/* What stands in the text from one token to the next, quoted for a message; "the end" of an end. Free with g_free(). */
char *hs_token_quote(const HsToken *first, const HsToken *last, const char *text);

/* Sets `error` (or not, if NULL) to a place and a message, which it takes. Returns false. */
bool hs_query_fail(HsQueryError *error, uint32_t offset, uint32_t length, char *message);

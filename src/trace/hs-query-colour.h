/* SPDX-License-Identifier: MIT */
/* What the words and signs of a filter are, for colouring it. */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef enum {
  HS_QUERY_CLASS_FIELD,
  HS_QUERY_CLASS_OPERATOR, /* a comparison or joint, word or sign */
  HS_QUERY_CLASS_NUMBER,
  HS_QUERY_CLASS_NAME, /* a word that is no field here, or what is in quotation marks */
  HS_QUERY_CLASS_SIGN, /* brackets, braces, comma, dots */
  HS_QUERY_CLASS_ERROR /* no word and no sign */
} HsQueryTokenClass;

typedef struct {
  uint32_t start_bytes, end_bytes;
  HsQueryTokenClass token_class;
} HsQueryColourToken;

/* The stretches of the text that are not space, as HsQueryColourToken, ascending. Any text may be given, also one that
 * is not UTF-8; whether it is a filter is not asked. Free with g_array_unref(). Any thread. */
GArray *hs_query_colour_tokens(const char *text);

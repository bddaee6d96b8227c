/* SPDX-License-Identifier: MIT */
/*
 * Changes to a filter's text that leave what else is written in it as it is. A text is taken as parts joined by "and"
 * at its top; parts are added, replaced, left out. All texts returned are free with g_free(). Any thread.
 */
#pragma once

#include "hs-query.h"

/* The text with `field == value` added, or `not field == value` to exclude it; a value "a..b" is a range, one in braces
 * a set. Without `exclude` it takes the place of all parts that ask for nothing but this field. The query may be NULL.
 */
char *hs_query_with_value(const HsQuery *query, const char *field, const char *value, bool exclude);
/* The text with `term` added. */
char *hs_query_with_term(const HsQuery *query, const char *term);
/* The text with `term` in place of all parts that ask for nothing but pid, process and heap. */
char *hs_query_with_heaps(const HsQuery *query, const char *term);
/* The text without all parts that ask for nothing but this field, or, of any of pid, process and heap, nothing but
 * these. */
char *hs_query_without(const HsQuery *query, const char *field);
/* A name as a value of the language: in quotation marks, since not every name may go without. */
char *hs_query_quote(const char *text);

/* SPDX-License-Identifier: MIT */
/*
 * Terms that divide blocks into classes (sizes, lifetimes, types, …), ticked in a filter's text: which of them it
 * shows, and the text that shows others. All texts returned are free with g_free(). Any thread.
 */
#pragma once

#include "hs-query.h"

/* Sets shown[i] for each of n terms (NULL = cannot be asked for: always shown) by those parts joined by "and" that are
 * one of the terms, or "not" and one of them, as they stand. The query may be NULL. */
void hs_query_terms_get(const HsQuery *query, const char *const *terms, guint n, bool *shown);
/* The text with these parts put so that just those terms show; what else is written in it stays. */
char *hs_query_terms_set(const HsQuery *query, const char *const *terms, guint n, const bool *shown);

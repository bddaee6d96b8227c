/* SPDX-License-Identifier: MIT */
/* Gathering completions: what has been written so far, and what fits it. */
#pragma once

#include "hs-query-complete.h"
#include "hs-query-tree.h"

typedef struct {
  GPtrArray *items;   /* of HsCompletion */
  const char *prefix; /* what has been written, without quotation marks */
  const char *folded; /* the same without case, valid */
} HsQueryOffer;

/* Where the prefix is in a name. */
typedef enum { HS_QUERY_BEGINS, HS_QUERY_INSIDE, HS_QUERY_NOWHERE } HsQueryMatch;

/* Whether `name` begins with what was written, in any case; only ASCII. */
bool hs_query_offer_begins(const HsQueryOffer *offer, const char *name);
/* The same, in any language, and whether it is inside. */
HsQueryMatch hs_query_offer_match(const HsQueryOffer *offer, const char *name);
bool hs_query_offer_is_full(const HsQueryOffer *offer);
/* Adds a completion, unless there are enough. Takes `text` and `detail`, which may be NULL. NULL or the item, which the
 * offer owns. */
HsCompletion *hs_query_offer_take(HsQueryOffer *offer, char *text, char *detail);
/* Adds `name` if it begins so, with a copy of `detail`; what is added wants a space or not. */
void hs_query_offer_name(HsQueryOffer *offer, const char *name, const char *detail, bool wants_space);

/* Adds the values of a field that the language or the timeline (or NULL) knows. */
void hs_query_offer_values(HsQueryOffer *offer, HsQueryField field, HsTimeline *timeline);
/* hs-query-entities.c: those of a timeline. */
void hs_query_offer_entities(HsQueryOffer *offer, HsQueryField field, HsTimeline *timeline);

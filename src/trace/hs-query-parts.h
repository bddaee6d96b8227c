/* SPDX-License-Identifier: MIT */
/* A query as parts joined by "and": what editing and ticking share. */
#pragma once

#include "hs-query-tree.h"

/* A bit a field. */
typedef uint32_t HsFieldMask;
#define HS_FIELD_BIT(field) ((HsFieldMask)1 << (field))
#define HS_FIELDS_OF_HEAPS (HS_FIELD_BIT(HS_QUERY_PID) | HS_FIELD_BIT(HS_QUERY_PROCESS) | HS_FIELD_BIT(HS_QUERY_HEAP))
#define HS_FIELDS_OF_SOURCES HS_FIELD_BIT(HS_QUERY_SOURCE)

typedef struct {
  const HsQueryNode *node; /* the query's */
  HsFieldMask fields;      /* that are asked for in it */
} HsQueryPart;

/* In the order of the text; none of NULL. Free with g_array_unref(). */
GArray *hs_query_parts(const HsQuery *query);
/* True if a part asks for some of `fields` and for nothing else. */
static inline bool
hs_query_part_is_of(const HsQueryPart *part, HsFieldMask fields)
{
  return part->fields != 0 && (part->fields & ~fields) == 0;
}

/* Joins texts by "and"; NULL and "" are passed over. */
typedef struct {
  GPtrArray *texts; /* owned */
  bool tears_first; /* there is one, and it would be torn apart by "and" */
} HsQueryJoin;

void hs_query_join_init(HsQueryJoin *join);
/* Takes the text. */
void hs_query_join_add(HsQueryJoin *join, char *text);
/* The part as it is written. */
void hs_query_join_add_part(HsQueryJoin *join, const HsQuery *query, const HsQueryPart *part);
/* The whole; clears. Free with g_free(). */
char *hs_query_join_finish(HsQueryJoin *join);

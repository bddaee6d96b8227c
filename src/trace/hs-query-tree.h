/* SPDX-License-Identifier: MIT */
/* The tree that a filter's text becomes: what the parser makes and the compiler reads. */
#pragma once

#include "hs-query-lexer.h"

typedef enum {
  HS_QUERY_TIME,
  HS_QUERY_OP,
  HS_QUERY_PID,
  HS_QUERY_PROCESS,
  HS_QUERY_TID,
  HS_QUERY_HEAP,
  HS_QUERY_ADDRESS,
  HS_QUERY_SIZE,
  HS_QUERY_OLD_ADDRESS,
  HS_QUERY_OLD_SIZE,
  HS_QUERY_SOURCE,
  HS_QUERY_CPU,
  HS_QUERY_LIFETIME,
  HS_QUERY_TYPE,
  HS_QUERY_END,
  HS_QUERY_N_FIELDS
} HsQueryField;

typedef enum {
  HS_QUERY_AND,
  HS_QUERY_OR,
  HS_QUERY_NOT,
  HS_QUERY_BETWEEN,  /* the value lies in one of the intervals */
  HS_QUERY_COVERS,   /* the field's memory holds `address` */
  HS_QUERY_IS_TEXT,  /* the name is one of the texts */
  HS_QUERY_HAS_TEXT, /* the name has the text in it */
} HsQueryNodeKind;

/* Both ends inside. Numbers of time are in nanoseconds and offset by HS_QUERY_BIAS, so that they sort unsigned. */
typedef struct {
  uint64_t low, high;
} HsQueryInterval;

#define HS_QUERY_BIAS (UINT64_C(1) << 63)

typedef struct _HsQueryNode HsQueryNode;
struct _HsQueryNode {
  HsQueryNodeKind kind;
  uint32_t begin_bytes, end_bytes; /* where it stands in the text, its brackets with it */
  bool is_bracketed;
  GPtrArray *children; /* and, or: two or more; not: one */
  HsQueryField field;
  GArray *intervals; /* of HsQueryInterval: ascending, apart from each other */
  uint64_t address;
  GPtrArray *texts; /* case-folded */
  bool negated;     /* of a text: what there is must not be it */
};

struct _HsQuery {
  int ref_count;
  char *text;
  HsQueryNode *root; /* NULL = everything */
  bool uses_range;
};

HsQueryNode *hs_query_node_new(HsQueryNodeKind kind);
void hs_query_node_free(HsQueryNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsQueryNode, hs_query_node_free)

/* The right side of a comparison, as written. */
typedef struct {
  HsToken op; /* one of the comparisons, HS_TOKEN_IN or HS_TOKEN_CONTAINS */
  const HsToken *values;
  uint32_t n_values; /* one, or with "in" any number */
  bool is_range;     /* in values[0]..values[1] */
} HsQueryOperand;

/* Whether a value lies in one of a node's intervals. */
bool hs_query_intervals_hold(const GArray *intervals, uint64_t value);
/* Whether a name passes a node of texts; "" never does. */
bool hs_query_text_passes(const HsQueryNode *node, const char *name);

/* The field of that name in any case, or HS_QUERY_N_FIELDS. */
HsQueryField hs_query_find_field(const char *name, size_t length);
/* Whether a comparison suits the field; HS_TOKEN_DOTS stands for a range. */
bool hs_query_field_takes(HsQueryField field, HsTokenKind comparison);
/* Checks the types of a comparison and makes its node. NULL and `error` if they do not fit. */
HsQueryNode *hs_query_check(const char *text, HsQueryField field, const HsQueryOperand *operand, HsQueryError *error);

/* SPDX-License-Identifier: MIT */
#include "hs-query-terms.h"

#include <string.h>

#include "hs-query-parts.h"

/* The term that a part is, or n; *negated if "not" stands before it. */
static guint
term_of_part(const HsQuery *query, const HsQueryPart *part, const char *const *terms, guint n, bool *negated)
{
  static const char not_word[] = "not ";
  const HsQueryNode *node = part->node;
  g_autofree char *text = g_strndup(query->text + node->begin_bytes, node->end_bytes - node->begin_bytes);
  *negated = g_str_has_prefix(text, not_word);
  const char *term = text + (*negated ? strlen(not_word) : 0);
  for (guint i = 0; i < n; i++) {
    if (terms[i] != NULL && g_str_equal(terms[i], term))
      return i;
  }
  return n;
}

void
hs_query_terms_get(const HsQuery *query, const char *const *terms, guint n, bool *shown)
{
  g_autoptr(GArray) parts = hs_query_parts(query);
  g_autofree bool *hidden = g_new0(bool, n + 1), *only = g_new0(bool, n + 1);
  bool any_only = false;
  for (guint i = 0; i < parts->len; i++) {
    bool negated;
    guint term = term_of_part(query, &g_array_index(parts, HsQueryPart, i), terms, n, &negated);
    if (term == n)
      continue;
    (negated ? hidden : only)[term] = true;
    any_only = any_only || !negated;
  }
  for (guint i = 0; i < n; i++)
    shown[i] = terms[i] == NULL || (!hidden[i] && (only[i] || !any_only));
}

char *
hs_query_terms_set(const HsQuery *query, const char *const *terms, guint n, const bool *shown)
{
  g_autoptr(GArray) parts = hs_query_parts(query);
  guint n_terms = 0, n_shown = 0;
  HsQueryJoin join;
  hs_query_join_init(&join);
  for (guint i = 0; i < parts->len; i++) {
    const HsQueryPart *part = &g_array_index(parts, HsQueryPart, i);
    bool negated;
    if (term_of_part(query, part, terms, n, &negated) == n)
      hs_query_join_add_part(&join, query, part);
  }
  for (guint i = 0; i < n; i++) {
    n_terms += terms[i] != NULL;
    n_shown += terms[i] != NULL && shown[i];
  }
  for (guint i = 0; i < n; i++) {
    if (terms[i] == NULL || n_shown == n_terms)
      continue;
    if (n_shown == 1 && shown[i])
      hs_query_join_add(&join, g_strdup(terms[i]));
    else if (n_shown != 1 && !shown[i])
      hs_query_join_add(&join, g_strconcat("not ", terms[i], NULL));
  }
  return hs_query_join_finish(&join);
}

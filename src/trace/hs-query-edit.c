/* SPDX-License-Identifier: MIT */
#include "hs-query-edit.h"

#include <string.h>

#include "hs-query-parts.h"

/* --- parts --- */

static HsFieldMask
fields_of(const HsQueryNode *node)
{
  if (node->children == NULL)
    return HS_FIELD_BIT(node->field);
  HsFieldMask fields = 0;
  for (guint i = 0; i < node->children->len; i++)
    fields |= fields_of(g_ptr_array_index(node->children, i));
  return fields;
}

static void
add_parts(GArray *parts, const HsQueryNode *node)
{
  if (node->kind != HS_QUERY_AND) {
    HsQueryPart part = {node, fields_of(node)};
    g_array_append_val(parts, part);
    return;
  }
  for (guint i = 0; i < node->children->len; i++)
    add_parts(parts, g_ptr_array_index(node->children, i));
}

GArray *
hs_query_parts(const HsQuery *query)
{
  GArray *parts = g_array_new(FALSE, FALSE, sizeof(HsQueryPart));
  if (!hs_query_is_empty(query))
    add_parts(parts, query->root);
  return parts;
}

void
hs_query_join_init(HsQueryJoin *join)
{
  join->texts = g_ptr_array_new_with_free_func(g_free);
  join->tears_first = false;
}

void
hs_query_join_add(HsQueryJoin *join, char *text)
{
  if (text != NULL && text[0] != '\0')
    g_ptr_array_add(join->texts, text);
  else
    g_free(text);
}

void
hs_query_join_add_part(HsQueryJoin *join, const HsQuery *query, const HsQueryPart *part)
{
  const HsQueryNode *node = part->node;
  /* An "or" without brackets is all there is of its text. */
  if (node->kind == HS_QUERY_OR && !node->is_bracketed)
    join->tears_first = true;
  hs_query_join_add(join, g_strndup(query->text + node->begin_bytes, node->end_bytes - node->begin_bytes));
  if (join->tears_first && join->texts->len > 1) {
    char *last = g_ptr_array_steal_index(join->texts, join->texts->len - 1);
    g_ptr_array_add(join->texts, g_strconcat("(", last, ")", NULL));
    g_free(last);
    join->tears_first = false;
  }
}

char *
hs_query_join_finish(HsQueryJoin *join)
{
  if (join->tears_first && join->texts->len > 1) {
    char *first = g_ptr_array_index(join->texts, 0);
    g_ptr_array_index(join->texts, 0) = g_strconcat("(", first, ")", NULL);
    g_free(first);
  }
  g_ptr_array_add(join->texts, NULL);
  char *text = g_strjoinv(" && ", (char **)join->texts->pdata);
  g_clear_pointer(&join->texts, g_ptr_array_unref);
  return text;
}

/* --- edits --- */

static char *
replace_parts(const HsQuery *query, HsFieldMask fields, char *term)
{
  g_autoptr(GArray) parts = hs_query_parts(query);
  HsQueryJoin join;
  hs_query_join_init(&join);
  bool done = false;
  for (guint i = 0; i < parts->len; i++) {
    const HsQueryPart *part = &g_array_index(parts, HsQueryPart, i);
    if (!hs_query_part_is_of(part, fields)) {
      hs_query_join_add_part(&join, query, part);
    } else if (!done) {
      hs_query_join_add(&join, g_steal_pointer(&term));
      done = true;
    }
  }
  if (!done)
    hs_query_join_add(&join, term);
  return hs_query_join_finish(&join);
}

char *
hs_query_with_value(const HsQuery *query, const char *field, const char *value, bool exclude)
{
  HsQueryField number = hs_query_find_field(field, strlen(field));
  bool is_set = value[0] == '{' || (value[0] != '"' && strstr(value, "..") != NULL);
  char *term = g_strdup_printf("%s%s %s %s", exclude ? "not " : "", field, is_set ? "in" : "==", value);
  return replace_parts(query, exclude || number == HS_QUERY_N_FIELDS ? 0 : HS_FIELD_BIT(number), term);
}

char *
hs_query_with_term(const HsQuery *query, const char *term)
{
  return replace_parts(query, 0, g_strdup(term));
}

char *
hs_query_with_heaps(const HsQuery *query, const char *term)
{
  return replace_parts(query, HS_FIELDS_OF_HEAPS, g_strdup(term));
}

char *
hs_query_without(const HsQuery *query, const char *field)
{
  HsQueryField number = hs_query_find_field(field, strlen(field));
  HsFieldMask fields = number == HS_QUERY_N_FIELDS ? 0 : HS_FIELD_BIT(number);
  return replace_parts(query, (fields & HS_FIELDS_OF_HEAPS) != 0 ? HS_FIELDS_OF_HEAPS : fields, NULL);
}

char *
hs_query_quote(const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *quoted = g_string_new("\"");
  for (const char *c = valid; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_c(quoted, '\\');
    g_string_append_c(quoted, *c);
  }
  return g_string_free(g_string_append_c(quoted, '"'), FALSE);
}

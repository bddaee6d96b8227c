/* SPDX-License-Identifier: MIT */
/* By recursive descent: brackets alone recurse, and only so deep, so that no text can use up the stack. */
#include <string.h>

#include "hs-config.h"
#include "hs-query-tree.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

typedef struct {
  HsLexer lexer;
  HsToken token; /* the one to look at */
  HsToken past;  /* the one before it */
  HsQueryError *error;
  unsigned depth;
  unsigned n_by_block; /* comparisons so far of what has to be asked of blocks */
} Parser;

/* --- nodes --- */

static void
free_node(gpointer node)
{
  hs_query_node_free(node);
}

HsQueryNode *
hs_query_node_new(HsQueryNodeKind kind)
{
  HsQueryNode *node = g_new0(HsQueryNode, 1);
  node->kind = kind;
  if (kind == HS_QUERY_AND || kind == HS_QUERY_OR || kind == HS_QUERY_NOT)
    node->children = g_ptr_array_new_with_free_func(free_node);
  return node;
}

void
hs_query_node_free(HsQueryNode *node)
{
  if (node == NULL)
    return;
  g_clear_pointer(&node->children, g_ptr_array_unref);
  g_clear_pointer(&node->intervals, g_array_unref);
  g_clear_pointer(&node->texts, g_ptr_array_unref);
  g_free(node);
}

/* --- tokens --- */

static bool
advance(Parser *p)
{
  p->past = p->token;
  return hs_lexer_next(&p->lexer, &p->token, p->error);
}

/* Fails at the token looked at. `wanted` is what had to be there, translated. */
static bool
expected(Parser *p, const char *wanted)
{
  g_autofree char *found = hs_token_quote(&p->token, &p->token, p->lexer.text);
  return hs_query_fail(p->error, p->token.offset, p->token.length,
                       g_strdup_printf(_("expected %s, found %s"), wanted, found));
}

/* The same, naming the token before. */
static bool
expected_after(Parser *p, const char *wanted)
{
  g_autofree char *found = hs_token_quote(&p->token, &p->token, p->lexer.text);
  g_autofree char *past = hs_token_quote(&p->past, &p->past, p->lexer.text);
  return hs_query_fail(p->error, p->token.offset, p->token.length,
                       g_strdup_printf(_("expected %s after %s, found %s"), wanted, past, found));
}

/* --- comparisons --- */

static bool
take_value(Parser *p, GArray *values)
{
  HsTokenKind kind = p->token.kind;
  if (kind != HS_TOKEN_WORD && kind != HS_TOKEN_TEXT && kind != HS_TOKEN_NUMBER)
    return expected_after(p, _("a value"));
  g_array_append_val(values, p->token);
  return advance(p);
}

/* { value, … }; looking at the opening brace. */
static bool
take_set(Parser *p, GArray *values)
{
  if (!advance(p))
    return false;
  if (p->token.kind == HS_TOKEN_CLOSE_BRACE)
    return advance(p);
  for (;;) {
    if (!take_value(p, values))
      return false;
    if (p->token.kind == HS_TOKEN_CLOSE_BRACE)
      return advance(p);
    if (p->token.kind != HS_TOKEN_COMMA)
      return expected(p, _("“,” or “}”"));
    if (!advance(p))
      return false;
  }
}

static bool
take_in(Parser *p, GArray *values, bool *is_range)
{
  if (p->token.kind == HS_TOKEN_OPEN_BRACE)
    return take_set(p, values);
  HsTokenKind kind = p->token.kind;
  if (kind != HS_TOKEN_WORD && kind != HS_TOKEN_TEXT && kind != HS_TOKEN_NUMBER)
    return expected_after(p, _("“{” or a range such as 1ms..2ms"));
  *is_range = true;
  if (!take_value(p, values))
    return false;
  if (p->token.kind != HS_TOKEN_DOTS)
    return expected(p, _("“..” and the end of the range"));
  return advance(p) && take_value(p, values);
}

/* Counts a comparison with the field looked at. False if there are too many. */
static bool
count_comparison(Parser *p, HsQueryField field)
{
  if (field != HS_QUERY_ADDRESS && field != HS_QUERY_SIZE && field != HS_QUERY_LIFETIME && field != HS_QUERY_TYPE &&
      field != HS_QUERY_END)
    return true;
  if (p->n_by_block++ < HS_QUERY_MAX_BY_BLOCK)
    return true;
  return hs_query_fail(p->error, p->token.offset, p->token.length,
                       g_strdup_printf(_("more than %d comparisons with address, size, lifetime, type and end; one "
                                         "with in {…} takes any number of values"),
                                       HS_QUERY_MAX_BY_BLOCK));
}

static HsQueryNode *
parse_comparison(Parser *p)
{
  const char *text = p->lexer.text;
  HsQueryField field = HS_QUERY_N_FIELDS;
  if (p->token.kind != HS_TOKEN_WORD && p->token.kind != HS_TOKEN_TEXT) {
    expected(p, _("a field"));
    return NULL;
  }
  if (p->token.kind == HS_TOKEN_WORD)
    field = hs_query_find_field(text + p->token.offset, p->token.length);
  if (field == HS_QUERY_N_FIELDS) {
    g_autofree char *found = hs_token_quote(&p->token, &p->token, text);
    g_autofree char *known = g_strjoinv(", ", (char **)hs_query_field_names());
    hs_query_fail(p->error, p->token.offset, p->token.length,
                  g_strdup_printf(_("%s is no field; there are %s"), found, known));
    return NULL;
  }
  if (!count_comparison(p, field) || !advance(p))
    return NULL;
  HsQueryOperand operand = {.op = p->token};
  if (p->token.kind < HS_TOKEN_EQUAL || p->token.kind > HS_TOKEN_CONTAINS) {
    expected_after(p, _("a comparison (==, !=, <, <=, >, >=, in, contains)"));
    return NULL;
  }
  g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(HsToken));
  if (!advance(p))
    return NULL;
  if (!(operand.op.kind == HS_TOKEN_IN ? take_in(p, values, &operand.is_range) : take_value(p, values)))
    return NULL;
  operand.values = (const HsToken *)(void *)values->data;
  operand.n_values = values->len;
  return hs_query_check(text, field, &operand, p->error);
}

/* --- logic --- */

static HsQueryNode *parse_chain(Parser *p, HsTokenKind joint);

/* ( expression ); looking at the opening bracket. */
static HsQueryNode *
parse_bracket(Parser *p)
{
  HsToken open = p->token;
  if (p->depth == HS_QUERY_MAX_DEPTH) {
    hs_query_fail(p->error, open.offset, open.length,
                  g_strdup_printf(_("brackets are nested more than %d deep"), HS_QUERY_MAX_DEPTH));
    return NULL;
  }
  if (!advance(p))
    return NULL;
  p->depth++;
  g_autoptr(HsQueryNode) node = parse_chain(p, HS_TOKEN_OR);
  p->depth--;
  if (node == NULL)
    return NULL;
  if (p->token.kind == HS_TOKEN_END) {
    hs_query_fail(p->error, open.offset, open.length, g_strdup(_("the bracket is not closed")));
    return NULL;
  }
  if (p->token.kind != HS_TOKEN_CLOSE) {
    expected(p, _("“and”, “or” or “)”"));
    return NULL;
  }
  return advance(p) ? g_steal_pointer(&node) : NULL;
}

static HsQueryNode *
parse_not(Parser *p)
{
  uint32_t begin = p->token.offset;
  bool is_negated = false;
  for (; p->token.kind == HS_TOKEN_NOT; is_negated = !is_negated) {
    if (!advance(p))
      return NULL;
  }
  bool is_bracketed = p->token.kind == HS_TOKEN_OPEN && begin == p->token.offset;
  HsQueryNode *node = p->token.kind == HS_TOKEN_OPEN ? parse_bracket(p) : parse_comparison(p);
  if (node == NULL)
    return NULL;
  if (is_negated) {
    HsQueryNode *negation = hs_query_node_new(HS_QUERY_NOT);
    g_ptr_array_add(negation->children, node);
    node = negation;
  }
  node->begin_bytes = begin;
  node->end_bytes = p->past.offset + p->past.length;
  node->is_bracketed = is_bracketed || node->is_bracketed;
  return node;
}

/* What `joint` ("or", "and") joins; one alone stands for itself. */
static HsQueryNode *
parse_chain(Parser *p, HsTokenKind joint)
{
  bool is_or = joint == HS_TOKEN_OR;
  g_autoptr(HsQueryNode) chain = hs_query_node_new(is_or ? HS_QUERY_OR : HS_QUERY_AND);
  chain->begin_bytes = p->token.offset;
  for (;;) {
    HsQueryNode *node = is_or ? parse_chain(p, HS_TOKEN_AND) : parse_not(p);
    if (node == NULL)
      return NULL;
    g_ptr_array_add(chain->children, node);
    if (p->token.kind != joint)
      break;
    if (!advance(p))
      return NULL;
  }
  chain->end_bytes = p->past.offset + p->past.length;
  return chain->children->len > 1 ? g_steal_pointer(&chain) : g_ptr_array_steal_index(chain->children, 0);
}

/* NULL without an error for an empty text. */
static HsQueryNode *
parse_text(Parser *p, bool *is_valid)
{
  *is_valid = false;
  if (!advance(p))
    return NULL;
  if (p->token.kind == HS_TOKEN_END) {
    *is_valid = true;
    return NULL;
  }
  g_autoptr(HsQueryNode) root = parse_chain(p, HS_TOKEN_OR);
  if (root == NULL)
    return NULL;
  if (p->token.kind != HS_TOKEN_END) {
    expected(p, _("“and” or “or”"));
    return NULL;
  }
  *is_valid = true;
  return g_steal_pointer(&root);
}

static bool
node_uses_range(const HsQueryNode *node)
{
  bool uses = node->children == NULL && node->field == HS_QUERY_TYPE;
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    uses = uses || node_uses_range(g_ptr_array_index(node->children, i));
  return uses;
}

/* --- queries --- */

void
hs_query_error_clear(HsQueryError *error)
{
  g_clear_pointer(&error->message, g_free);
}

HsQuery *
hs_query_parse(const char *text, HsQueryError *error)
{
  size_t length = strlen(text);
  bool is_valid;
  if (length > HS_QUERY_MAX_BYTES) {
    hs_query_fail(error, HS_QUERY_MAX_BYTES, 0,
                  g_strdup_printf(_("the text is longer than %u bytes"), HS_QUERY_MAX_BYTES));
    return NULL;
  }
  Parser parser = {.lexer = {.text = text, .length = (uint32_t)length}, .error = error};
  HsQueryNode *root = parse_text(&parser, &is_valid);
  if (!is_valid)
    return NULL;
  HsQuery *query = g_new0(HsQuery, 1);
  query->ref_count = 1;
  query->text = g_strdup(text);
  query->root = root;
  query->uses_range = root != NULL && node_uses_range(root);
  return query;
}

HsQuery *
hs_query_ref(HsQuery *query)
{
  g_atomic_int_inc(&query->ref_count);
  return query;
}

void
hs_query_unref(HsQuery *query)
{
  if (query == NULL || !g_atomic_int_dec_and_test(&query->ref_count))
    return;
  hs_query_node_free(query->root);
  g_free(query->text);
  g_free(query);
}

const char *
hs_query_text(const HsQuery *query)
{
  return query->text;
}

bool
hs_query_is_empty(const HsQuery *query)
{
  return query == NULL || query->root == NULL;
}

bool
hs_query_uses_range(const HsQuery *query)
{
  return query != NULL && query->uses_range;
}

/* SPDX-License-Identifier: MIT */
/*
 * What fields there are, and what may be compared with them. Every comparison of numbers becomes intervals of whole
 * numbers, and so does every comparison of names, by the numbers the timeline has for them.
 */
#include <string.h>

#include "hs-config.h"
#include "hs-query-tree.h"
#include "hs-timeline.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

typedef enum { KIND_NUMBER, KIND_ADDRESS, KIND_SIZE, KIND_TIME, KIND_NAME, KIND_TEXT } Kind;

static const struct {
  const char *name;
  Kind kind;
  const char *value; /* what to compare with */
} fields[HS_QUERY_N_FIELDS] = {
    [HS_QUERY_TIME] = {"time", KIND_TIME, N_("a time such as 1.5ms")},
    [HS_QUERY_OP] = {"op", KIND_NAME, N_("the name of an operation")},
    [HS_QUERY_PID] = {"pid", KIND_NUMBER, N_("a whole number")},
    [HS_QUERY_PROCESS] = {"process", KIND_TEXT, N_("a name such as \"chrome.exe\"")},
    [HS_QUERY_TID] = {"tid", KIND_NUMBER, N_("a whole number")},
    [HS_QUERY_HEAP] = {"heap", KIND_ADDRESS, N_("a handle such as 0x1f0000")},
    [HS_QUERY_ADDRESS] = {"address", KIND_ADDRESS, N_("an address such as 0x1f0000")},
    [HS_QUERY_SIZE] = {"size", KIND_SIZE, N_("a number of bytes")},
    [HS_QUERY_OLD_ADDRESS] = {"old_address", KIND_ADDRESS, N_("an address such as 0x1f0000")},
    [HS_QUERY_OLD_SIZE] = {"old_size", KIND_SIZE, N_("a number of bytes")},
    [HS_QUERY_SOURCE] = {"source", KIND_NAME, N_("the name of a source")},
    [HS_QUERY_CPU] = {"cpu", KIND_NUMBER, N_("a whole number")},
    [HS_QUERY_LIFETIME] = {"lifetime", KIND_TIME, N_("a time such as 1.5ms")},
    [HS_QUERY_TYPE] = {"type", KIND_NAME, N_("the name of a type")},
    [HS_QUERY_END] = {"end", KIND_NAME, N_("the name of an end")},
};

const char *const *
hs_query_field_names(void)
{
  static const char *const names[] = {"time",     "op",   "pid",         "process",  "tid",    "heap",
                                      "address",  "size", "old_address", "old_size", "source", "cpu",
                                      "lifetime", "type", "end",         NULL};
  G_STATIC_ASSERT(G_N_ELEMENTS(names) == HS_QUERY_N_FIELDS + 1);
  return names;
}

HsQueryField
hs_query_find_field(const char *name, size_t length)
{
  for (unsigned i = 0; i < HS_QUERY_N_FIELDS; i++) {
    if (strlen(fields[i].name) == length && g_ascii_strncasecmp(fields[i].name, name, length) == 0)
      return (HsQueryField)i;
  }
  return HS_QUERY_N_FIELDS;
}

static bool
is_ordered(HsTokenKind op)
{
  return op == HS_TOKEN_LESS || op == HS_TOKEN_AT_MOST || op == HS_TOKEN_GREATER || op == HS_TOKEN_AT_LEAST;
}

bool
hs_query_field_takes(HsQueryField field, HsTokenKind comparison)
{
  Kind kind = fields[field].kind;
  if (comparison == HS_TOKEN_CONTAINS)
    return kind == KIND_TEXT || field == HS_QUERY_ADDRESS || field == HS_QUERY_OLD_ADDRESS;
  if (is_ordered(comparison) || comparison == HS_TOKEN_DOTS)
    return kind != KIND_NAME && kind != KIND_TEXT;
  return true;
}

/* --- names --- */

static unsigned
n_names(HsQueryField field)
{
  return field == HS_QUERY_OP       ? HS_N_OPS
         : field == HS_QUERY_SOURCE ? HS_N_SOURCES
         : field == HS_QUERY_TYPE   ? HS_N_BLOCK_TYPES
                                    : HS_END_PROCESS_EXIT + 1;
}

/* The name of the field's value `number`; "" if it has none. */
static const char *
name_of(HsQueryField field, unsigned number)
{
  if (field == HS_QUERY_OP)
    return hs_op_name((HsOp)number);
  if (field == HS_QUERY_SOURCE)
    return hs_source_name((HsSource)number);
  if (field == HS_QUERY_TYPE)
    return hs_block_type_name((HsBlockType)number);
  return number == HS_END_NONE ? "outstanding" : hs_end_name((HsEnd)number);
}

const char **
hs_query_value_names(const char *field_name)
{
  HsQueryField field = hs_query_find_field(field_name, strlen(field_name));
  if (field == HS_QUERY_N_FIELDS || fields[field].kind != KIND_NAME)
    return NULL;
  GPtrArray *names = g_ptr_array_new();
  for (unsigned i = 0; i < n_names(field); i++) {
    const char *name = name_of(field, i);
    /* The four kinds of snapshot share a name. */
    if (name[0] != '\0' && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
      g_ptr_array_add(names, (gpointer)name);
  }
  g_ptr_array_add(names, NULL);
  return (const char **)g_ptr_array_free(names, FALSE);
}

/* --- errors --- */

typedef struct {
  const char *text;
  HsQueryField field;
  const HsQueryOperand *operand;
  HsQueryError *error;
} Check;

static const char *
describe(const HsToken *value)
{
  if (value->kind == HS_TOKEN_WORD)
    return _("a name");
  if (value->kind == HS_TOKEN_TEXT)
    return _("a text");
  if (value->floor < 0)
    return _("a negative number");
  return value->unit == HS_UNIT_BYTES ? _("a size") : value->unit == HS_UNIT_TIME ? _("a time") : _("a number");
}

static bool
wrong_value(const Check *check, const HsToken *value)
{
  g_autofree char *found = hs_token_quote(value, value, check->text);
  return hs_query_fail(check->error, value->offset, value->length,
                       g_strdup_printf(_("%s compared with %s: expected %s, found %s"), fields[check->field].name,
                                       describe(value), _(fields[check->field].value), found));
}

static bool
no_order(const Check *check)
{
  const HsToken *first = &check->operand->op, *last = first;
  if (check->operand->is_range) {
    first = &check->operand->values[0];
    last = &check->operand->values[1];
  }
  g_autofree char *found = hs_token_quote(first, last, check->text);
  return hs_query_fail(
      check->error, first->offset, last->offset + last->length - first->offset,
      g_strdup_printf(_("%s has no order: expected ==, != or in {…}, found %s"), fields[check->field].name, found));
}

static bool
lacks_order(const Check *check)
{
  return !hs_query_field_takes(check->field, check->operand->is_range ? HS_TOKEN_DOTS : check->operand->op.kind);
}

static bool
no_contents(const Check *check)
{
  return hs_query_fail(
      check->error, check->operand->op.offset, check->operand->op.length,
      g_strdup_printf(_("“contains” is for address, old_address and process, not for %s"), fields[check->field].name));
}

/* --- intervals --- */

typedef struct {
  __int128 min, max; /* values the field can have */
  uint64_t bias;
  GArray *intervals;
} Intervals;

/* Both ends inside. */
static void
add_interval(Intervals *to, __int128 low, __int128 high)
{
  low = MAX(low, to->min);
  high = MIN(high, to->max);
  HsQueryInterval interval = {(uint64_t)low + to->bias, (uint64_t)high + to->bias};
  if (low <= high)
    g_array_append_val(to->intervals, interval);
}

static gint
compare_intervals(gconstpointer a, gconstpointer b)
{
  const HsQueryInterval *x = a, *y = b;
  return (x->low > y->low) - (x->low < y->low);
}

/* Sorts, and joins what overlaps or touches. */
static void
tidy_intervals(GArray *intervals)
{
  guint n = 0;
  g_array_sort(intervals, compare_intervals);
  for (guint i = 0; i < intervals->len; i++) {
    HsQueryInterval next = g_array_index(intervals, HsQueryInterval, i);
    HsQueryInterval *last = n > 0 ? &g_array_index(intervals, HsQueryInterval, n - 1) : NULL;
    if (last != NULL && (last->high == UINT64_MAX || next.low <= last->high + 1))
      last->high = MAX(last->high, next.high);
    else
      g_array_index(intervals, HsQueryInterval, n++) = next;
  }
  g_array_set_size(intervals, n);
}

/* What tidy intervals leave out of the field's values. */
static void
invert_intervals(Intervals *of)
{
  g_autoptr(GArray) old = g_steal_pointer(&of->intervals);
  uint64_t next = (uint64_t)of->min + of->bias, max = (uint64_t)of->max + of->bias;
  bool is_over = false;
  of->intervals = g_array_new(FALSE, FALSE, sizeof(HsQueryInterval));
  for (guint i = 0; i < old->len; i++) {
    const HsQueryInterval *interval = &g_array_index(old, HsQueryInterval, i);
    HsQueryInterval gap = {next, interval->low - 1};
    if (interval->low > next)
      g_array_append_val(of->intervals, gap);
    is_over = interval->high == max;
    next = interval->high + 1;
  }
  HsQueryInterval rest = {next, max};
  if (!is_over)
    g_array_append_val(of->intervals, rest);
}

/* --- values --- */

static bool
number_fits(const Check *check, const HsToken *value)
{
  Kind kind = fields[check->field].kind;
  if (value->kind != HS_TOKEN_NUMBER)
    return false;
  if (value->unit != HS_UNIT_NONE && value->unit != (kind == KIND_TIME ? HS_UNIT_TIME : HS_UNIT_BYTES))
    return false;
  if (kind == KIND_TIME)
    return true;
  return value->floor >= 0 && (kind == KIND_SIZE || (value->unit == HS_UNIT_NONE && value->is_whole));
}

static void
add_number(Intervals *to, HsTokenKind op, const HsToken *value)
{
  __int128 floor = value->floor, ceiling = floor + (value->is_whole ? 0 : 1);
  switch (op) {
  case HS_TOKEN_LESS:
    add_interval(to, to->min, ceiling - 1);
    break;
  case HS_TOKEN_AT_MOST:
    add_interval(to, to->min, floor);
    break;
  case HS_TOKEN_GREATER:
    add_interval(to, floor + 1, to->max);
    break;
  case HS_TOKEN_AT_LEAST:
    add_interval(to, ceiling, to->max);
    break;
  default:
    /* No whole number is equal to a fraction. */
    add_interval(to, ceiling, floor);
    break;
  }
}

static bool
add_range(const Check *check, Intervals *to)
{
  const HsToken *a = &check->operand->values[0], *b = &check->operand->values[1];
  __int128 first = a->floor + (a->is_whole ? 0 : 1), end = b->floor + (b->is_whole ? 0 : 1);
  if (first > end) {
    g_autofree char *found = hs_token_quote(a, b, check->text);
    return hs_query_fail(check->error, a->offset, b->offset + b->length - a->offset,
                         g_strdup_printf(_("the range %s ends before it begins"), found));
  }
  add_interval(to, first, end - 1);
  return true;
}

static bool
add_numbers(const Check *check, Intervals *to)
{
  const HsQueryOperand *operand = check->operand;
  for (uint32_t i = 0; i < operand->n_values; i++) {
    if (!number_fits(check, &operand->values[i]))
      return wrong_value(check, &operand->values[i]);
    if (!operand->is_range)
      add_number(to, operand->op.kind, &operand->values[i]);
  }
  return !operand->is_range || add_range(check, to);
}

/* A source is compared by its raw number: what has no name is unknown. */
static void
add_name(Intervals *to, HsQueryField field, unsigned number)
{
  if (field == HS_QUERY_SOURCE && number == HS_SOURCE_UNKNOWN) {
    add_interval(to, 0, 0);
    add_interval(to, HS_SOURCE_UNKNOWN, to->max);
  } else {
    add_interval(to, number, number);
  }
}

static bool
take_name(const Check *check, Intervals *to, const HsToken *value)
{
  HsQueryField field = check->field;
  bool is_known = false;
  if (field == HS_QUERY_SOURCE && value->kind == HS_TOKEN_NUMBER && value->unit == HS_UNIT_NONE && value->is_whole &&
      value->floor >= 0) {
    add_number(to, HS_TOKEN_EQUAL, value);
    return true;
  }
  if (value->kind == HS_TOKEN_NUMBER)
    return wrong_value(check, value);
  g_autofree char *name = hs_token_text(value, check->text);
  for (unsigned i = 0; i < n_names(field) && name[0] != '\0'; i++) {
    if (g_ascii_strcasecmp(name_of(field, i), name) != 0)
      continue;
    add_name(to, field, i);
    is_known = true;
  }
  if (is_known)
    return true;
  g_autofree const char **names = hs_query_value_names(fields[field].name);
  g_autofree char *known = g_strjoinv(", ", (char **)names);
  g_autofree char *found = hs_token_quote(value, value, check->text);
  char *message = field == HS_QUERY_OP       ? g_strdup_printf(_("%s is no operation; there are %s"), found, known)
                  : field == HS_QUERY_SOURCE ? g_strdup_printf(_("%s is no source; there are %s"), found, known)
                  : field == HS_QUERY_TYPE   ? g_strdup_printf(_("%s is no type; there are %s"), found, known)
                                             : g_strdup_printf(_("%s is no end; there are %s"), found, known);
  return hs_query_fail(check->error, value->offset, value->length, message);
}

static bool
add_names(const Check *check, Intervals *to)
{
  if (lacks_order(check))
    return no_order(check);
  for (uint32_t i = 0; i < check->operand->n_values; i++) {
    if (!take_name(check, to, &check->operand->values[i]))
      return false;
  }
  return true;
}

/* --- nodes --- */

static HsQueryNode *
check_intervals(const Check *check)
{
  Kind kind = fields[check->field].kind;
  HsTokenKind op = check->operand->op.kind;
  Intervals to = {.max = kind == KIND_NAME ? UINT32_MAX : UINT64_MAX};
  if (kind == KIND_TIME)
    to = (Intervals){.min = INT64_MIN, .max = INT64_MAX, .bias = HS_QUERY_BIAS};
  to.intervals = g_array_new(FALSE, FALSE, sizeof(HsQueryInterval));
  bool is_valid = kind == KIND_NAME ? add_names(check, &to) : add_numbers(check, &to);
  tidy_intervals(to.intervals);
  if (op == HS_TOKEN_NOT_EQUAL)
    invert_intervals(&to);
  HsQueryNode *node = hs_query_node_new(HS_QUERY_BETWEEN);
  node->field = check->field;
  node->intervals = to.intervals;
  if (!is_valid)
    g_clear_pointer(&node, hs_query_node_free);
  return node;
}

static HsQueryNode *
check_texts(const Check *check)
{
  HsTokenKind op = check->operand->op.kind;
  if (lacks_order(check)) {
    no_order(check);
    return NULL;
  }
  g_autoptr(HsQueryNode) node = hs_query_node_new(op == HS_TOKEN_CONTAINS ? HS_QUERY_HAS_TEXT : HS_QUERY_IS_TEXT);
  node->field = check->field;
  node->negated = op == HS_TOKEN_NOT_EQUAL;
  node->texts = g_ptr_array_new_with_free_func(g_free);
  for (uint32_t i = 0; i < check->operand->n_values; i++) {
    const HsToken *value = &check->operand->values[i];
    if (value->kind == HS_TOKEN_NUMBER) {
      wrong_value(check, value);
      return NULL;
    }
    g_autofree char *raw = hs_token_text(value, check->text);
    g_autofree char *valid = g_utf8_make_valid(raw, -1);
    g_ptr_array_add(node->texts, g_utf8_casefold(valid, -1));
  }
  return g_steal_pointer(&node);
}

static HsQueryNode *
check_covers(const Check *check)
{
  const HsToken *value = &check->operand->values[0];
  if (!hs_query_field_takes(check->field, HS_TOKEN_CONTAINS)) {
    no_contents(check);
    return NULL;
  }
  if (!number_fits(check, value)) {
    wrong_value(check, value);
    return NULL;
  }
  HsQueryNode *node = hs_query_node_new(HS_QUERY_COVERS);
  node->field = check->field;
  node->address = (uint64_t)value->floor;
  return node;
}

HsQueryNode *
hs_query_check(const char *text, HsQueryField field, const HsQueryOperand *operand, HsQueryError *error)
{
  const Check check = {text, field, operand, error};
  if (fields[field].kind == KIND_TEXT)
    return check_texts(&check);
  return operand->op.kind == HS_TOKEN_CONTAINS ? check_covers(&check) : check_intervals(&check);
}

/* --- asking a node --- */

bool
hs_query_intervals_hold(const GArray *intervals, uint64_t value)
{
  guint low = 0, high = intervals->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(intervals, HsQueryInterval, middle).high < value)
      low = middle + 1;
    else
      high = middle;
  }
  return low < intervals->len && g_array_index(intervals, HsQueryInterval, low).low <= value;
}

bool
hs_query_text_passes(const HsQueryNode *node, const char *name)
{
  bool is_it = false;
  if (name[0] == '\0')
    return false;
  g_autofree char *valid = g_utf8_make_valid(name, -1);
  g_autofree char *folded = g_utf8_casefold(valid, -1);
  for (guint i = 0; i < node->texts->len && !is_it; i++) {
    const char *text = g_ptr_array_index(node->texts, i);
    is_it = node->kind == HS_QUERY_HAS_TEXT ? strstr(folded, text) != NULL : strcmp(folded, text) == 0;
  }
  return is_it != node->negated;
}

/* SPDX-License-Identifier: MIT */
/* Classes of sizes and lifetimes: their bounds, and how the filter language says them. */
#include <inttypes.h>
#include <string.h>

#include "hs-distribution-private.h"
#include "hs-pivot.h"
#include "hs-query-edit.h"
#include "hs-query-parts.h"

#define STEP_BYTES 8u
#define SMALL_BYTES 1024u
#define EXACT_BYTES 256u

#define N_SIZES 65u
#define N_SMALL (SMALL_BYTES / STEP_BYTES + 1)
#define N_EXACT (EXACT_BYTES + 2)
#define N_LIFETIMES HS_N_LIFETIME_CLASSES

G_STATIC_ASSERT(N_EXACT <= HS_DISTRIBUTION_MAX_CLASSES);

static const struct {
  const char *name;
  uint32_t n_classes;
} kinds[HS_N_DISTRIBUTIONS] = {
    [HS_DISTRIBUTION_SIZES] = {"sizes", N_SIZES},
    [HS_DISTRIBUTION_SMALL_SIZES] = {"small-sizes", N_SMALL},
    [HS_DISTRIBUTION_EXACT_SIZES] = {"exact-sizes", N_EXACT},
    [HS_DISTRIBUTION_LIFETIMES] = {"lifetimes", N_LIFETIMES},
};

const char *
hs_distribution_name(HsDistributionKind kind)
{
  return (unsigned)kind < HS_N_DISTRIBUTIONS ? kinds[kind].name : "";
}

HsDistributionKind
hs_distribution_from_name(const char *name)
{
  unsigned kind = 0;
  while (kind < HS_N_DISTRIBUTIONS && strcmp(kinds[kind].name, name) != 0)
    kind++;
  return (HsDistributionKind)kind;
}

uint32_t
hs_distribution_n_classes(HsDistributionKind kind)
{
  return kinds[kind].n_classes;
}

uint32_t
hs_distribution_outstanding_class(HsDistributionKind kind)
{
  return kind == HS_DISTRIBUTION_LIFETIMES ? N_LIFETIMES - 1 : HS_CLASS_NONE;
}

/* --- bounds --- */

/* From the second class on: 1, 2, 5, 10, 20 … */
static uint64_t
lifetime_begin(uint32_t class)
{
  static const uint64_t digits[] = {1, 2, 5};
  if (class == 0)
    return 0;
  uint64_t power = 1;
  for (uint32_t i = 0; i < (class - 1) / 3; i++)
    power *= 10;
  return power * digits[(class - 1) % 3];
}

uint64_t
hs_distribution_class_begin(HsDistributionKind kind, uint32_t class)
{
  switch (kind) {
  case HS_DISTRIBUTION_SIZES:
    return hs_size_class_bytes(class);
  case HS_DISTRIBUTION_SMALL_SIZES:
    return (uint64_t) class * STEP_BYTES;
  case HS_DISTRIBUTION_EXACT_SIZES:
    return class;
  case HS_DISTRIBUTION_LIFETIMES:
  case HS_N_DISTRIBUTIONS:
    break;
  }
  return class < N_LIFETIMES - 1 ? lifetime_begin(class) : UINT64_MAX;
}

uint64_t
hs_distribution_class_end(HsDistributionKind kind, uint32_t class)
{
  bool is_last = kind == HS_DISTRIBUTION_LIFETIMES ? class + 2 >= N_LIFETIMES : class + 1 >= kinds[kind].n_classes;
  return is_last ? UINT64_MAX : hs_distribution_class_begin(kind, class + 1);
}

uint32_t
hs_distribution_class_of_size(HsDistributionKind kind, uint64_t bytes)
{
  if (kind == HS_DISTRIBUTION_SMALL_SIZES)
    return (uint32_t)(MIN(bytes, SMALL_BYTES) / STEP_BYTES);
  if (kind == HS_DISTRIBUTION_EXACT_SIZES)
    return (uint32_t)MIN(bytes, EXACT_BYTES + 1);
  return hs_size_class(bytes);
}

const HsLifetimeClasses *
hs_lifetime_classes(void)
{
  static HsLifetimeClasses classes;
  static gsize is_made;
  if (g_once_init_enter(&is_made)) {
    for (uint32_t class = 0; class < N_LIFETIMES - 1; class ++)
      classes.begin_ns[class] = lifetime_begin(class);
    classes.begin_ns[N_LIFETIMES - 1] = UINT64_MAX;
    for (uint32_t exponent = 0, class = 0; exponent < 64; exponent++) {
      while (classes.begin_ns[class + 1] <= UINT64_C(1) << exponent)
        class ++;
      classes.first[exponent] = (uint8_t) class;
    }
    g_once_init_leave(&is_made, 1);
  }
  return &classes;
}

uint32_t
hs_distribution_class_of_lifetime(int64_t lifetime_ns)
{
  return hs_lifetime_class(hs_lifetime_classes(), lifetime_ns);
}

/* --- in words --- */

/* "2us": lifetimes begin with one digit and zeros. */
static void
print_ns(GString *text, uint64_t ns)
{
  static const char *const units[] = {"ns", "us", "ms", "s"};
  unsigned unit = 0;
  for (; ns >= 1000 && ns % 1000 == 0 && unit + 1 < G_N_ELEMENTS(units); unit++)
    ns /= 1000;
  g_string_append_printf(text, "%" PRIu64 "%s", ns, units[unit]);
}

static void
print_value(GString *text, HsDistributionKind kind, uint64_t value)
{
  if (hs_distribution_is_of_lifetimes(kind))
    print_ns(text, value);
  else
    g_string_append_printf(text, "%" PRIu64, value);
}

/* Classes [first, end), none of them of what is outstanding. */
static void
print_stretch(GString *text, HsDistributionKind kind, uint32_t first, uint32_t end)
{
  const char *field = hs_distribution_is_of_lifetimes(kind) ? "lifetime" : "size";
  uint64_t from = hs_distribution_class_begin(kind, first), to = hs_distribution_class_end(kind, end - 1);
  g_string_append(text, field);
  if (!hs_distribution_is_of_lifetimes(kind) && to != UINT64_MAX && to == from + 1) {
    g_string_append(text, " == ");
    print_value(text, kind, from);
  } else if (to == UINT64_MAX) {
    g_string_append(text, " >= ");
    print_value(text, kind, from);
  } else if (from == 0) {
    g_string_append(text, " < ");
    print_value(text, kind, to);
  } else {
    g_string_append(text, " in ");
    print_value(text, kind, from);
    g_string_append(text, "..");
    print_value(text, kind, to);
  }
}

/* "size in 64..128", "(size == 0 or size in 64..256)"; "" for no class. Free with g_free(). */
static char *
classes_term(HsDistributionKind kind, const bool *wanted)
{
  uint32_t n = kinds[kind].n_classes, outstanding = hs_distribution_outstanding_class(kind);
  uint32_t n_timed = outstanding == HS_CLASS_NONE ? n : outstanding;
  unsigned n_terms = 0;
  GString *text = g_string_new(NULL);
  for (uint32_t first = 0, end; first < n_timed; first = end + 1) {
    for (end = first; end < n_timed && wanted[end]; end++)
      ;
    if (end == first)
      continue;
    g_string_append(text, n_terms++ > 0 ? " or " : "");
    print_stretch(text, kind, first, end);
  }
  if (outstanding != HS_CLASS_NONE && wanted[outstanding]) {
    g_string_append(text, n_terms++ > 0 ? " or " : "");
    g_string_append(text, "end == outstanding");
  }
  if (n_terms > 1) {
    g_string_prepend_c(text, '(');
    g_string_append_c(text, ')');
  }
  return g_string_free(text, FALSE);
}

/* Why a block ended is another question than how long it lived, but for that it has not. */
static bool
asks_for_outstanding(const HsQuery *query, const HsQueryPart *part)
{
  g_autofree char *written =
      g_strndup(hs_query_text(query) + part->node->begin_bytes, part->node->end_bytes - part->node->begin_bytes);
  GString *bare = g_string_new(NULL);
  for (const char *c = written; *c != '\0'; c++) {
    if (!g_ascii_isspace(*c))
      g_string_append_c(bare, g_ascii_tolower(*c));
  }
  bool does = g_str_equal(bare->str, "end==outstanding") || g_str_equal(bare->str, "notend==outstanding");
  g_string_free(bare, TRUE);
  return does;
}

static bool
is_own(HsDistributionKind kind, const HsQuery *query, const HsQueryPart *part)
{
  if (!hs_distribution_is_of_lifetimes(kind))
    return hs_query_part_is_of(part, HS_FIELD_BIT(HS_QUERY_SIZE));
  if ((part->fields & HS_FIELD_BIT(HS_QUERY_LIFETIME)) != 0)
    return hs_query_part_is_of(part, HS_FIELD_BIT(HS_QUERY_LIFETIME) | HS_FIELD_BIT(HS_QUERY_END));
  return hs_query_part_is_of(part, HS_FIELD_BIT(HS_QUERY_END)) && asks_for_outstanding(query, part);
}

bool
hs_distribution_restricts(HsDistributionKind kind, const HsQuery *query)
{
  g_autoptr(GArray) parts = hs_query_parts(query);
  for (guint i = 0; i < parts->len; i++) {
    if (is_own(kind, query, &g_array_index(parts, HsQueryPart, i)))
      return true;
  }
  return false;
}

/* Takes the term. */
static char *
with_term(HsDistributionKind kind, const HsQuery *query, char *term)
{
  g_autoptr(GArray) parts = hs_query_parts(query);
  HsQueryJoin join;
  hs_query_join_init(&join);
  for (guint i = 0; i < parts->len; i++) {
    const HsQueryPart *part = &g_array_index(parts, HsQueryPart, i);
    if (is_own(kind, query, part))
      hs_query_join_add(&join, g_steal_pointer(&term));
    else
      hs_query_join_add_part(&join, query, part);
  }
  hs_query_join_add(&join, term);
  return hs_query_join_finish(&join);
}

char *
hs_distribution_other_text(HsDistributionKind kind, const HsQuery *query)
{
  return with_term(kind, query, NULL);
}

char *
hs_distribution_only_text(HsDistributionKind kind, const HsQuery *query, const bool *wanted)
{
  return with_term(kind, query, classes_term(kind, wanted));
}

char *
hs_distribution_without_text(HsDistributionKind kind, const HsQuery *query, uint32_t class)
{
  bool wanted[HS_DISTRIBUTION_MAX_CLASSES] = {false};
  wanted[class] = true;
  g_autofree char *term = classes_term(kind, wanted);
  g_autofree char *negated = g_strconcat("not ", term, NULL);
  return hs_query_with_term(query, negated);
}

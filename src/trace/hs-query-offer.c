/* SPDX-License-Identifier: MIT */
#include "hs-query-offer.h"

#include <string.h>

#include "hs-config.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

bool
hs_query_offer_begins(const HsQueryOffer *offer, const char *name)
{
  return g_ascii_strncasecmp(name, offer->prefix, strlen(offer->prefix)) == 0;
}

HsQueryMatch
hs_query_offer_match(const HsQueryOffer *offer, const char *name)
{
  if (!g_str_is_ascii(name) || !g_str_is_ascii(offer->prefix)) {
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    g_autofree char *folded = g_utf8_casefold(valid, -1);
    const char *found = strstr(folded, offer->folded);
    return found == folded ? HS_QUERY_BEGINS : found != NULL ? HS_QUERY_INSIDE : HS_QUERY_NOWHERE;
  }
  if (hs_query_offer_begins(offer, name))
    return HS_QUERY_BEGINS;
  size_t length = strlen(offer->prefix);
  for (const char *at = name; *at != '\0'; at++) {
    if (g_ascii_strncasecmp(at, offer->prefix, length) == 0)
      return HS_QUERY_INSIDE;
  }
  return HS_QUERY_NOWHERE;
}

bool
hs_query_offer_is_full(const HsQueryOffer *offer)
{
  return offer->items->len >= HS_COMPLETIONS_MAX;
}

HsCompletion *
hs_query_offer_take(HsQueryOffer *offer, char *text, char *detail)
{
  if (hs_query_offer_is_full(offer)) {
    g_free(text);
    g_free(detail);
    return NULL;
  }
  if (detail != NULL && !g_utf8_validate(detail, -1, NULL)) {
    char *valid = g_utf8_make_valid(detail, -1);
    g_free(detail);
    detail = valid;
  }
  HsCompletion *item = g_new(HsCompletion, 1);
  *item = (HsCompletion){.text = text, .detail = detail};
  g_ptr_array_add(offer->items, item);
  return item;
}

void
hs_query_offer_name(HsQueryOffer *offer, const char *name, const char *detail, bool wants_space)
{
  if (!hs_query_offer_begins(offer, name))
    return;
  HsCompletion *item = hs_query_offer_take(offer, g_strdup(name), g_strdup(detail));
  if (item != NULL)
    item->wants_space = wants_space;
}

/* --- values of the language --- */

static const char *
op_title(const char *name)
{
  for (unsigned i = 0; i < HS_N_OPS; i++) {
    if (strcmp(hs_op_name((HsOp)i), name) == 0)
      return hs_op_title((HsOp)i);
  }
  return NULL;
}

static const char *
type_title(const char *name)
{
  static const char *const titles[HS_N_BLOCK_TYPES] = {
      [HS_BLOCK_TYPE_AIFI] = N_("allocated inside the range, freed inside"),
      [HS_BLOCK_TYPE_AIFO] = N_("allocated inside the range, freed outside"),
      [HS_BLOCK_TYPE_AOFI] = N_("allocated outside the range, freed inside"),
      [HS_BLOCK_TYPE_AOFO] = N_("allocated outside the range, freed outside"),
  };
  for (unsigned i = HS_BLOCK_TYPE_AIFI; i < HS_N_BLOCK_TYPES; i++) {
    if (strcmp(hs_block_type_name((HsBlockType)i), name) == 0)
      return _(titles[i]);
  }
  return NULL;
}

static const char *
end_title(const char *name)
{
  for (unsigned i = HS_END_FREE; i <= HS_END_PROCESS_EXIT; i++) {
    if (strcmp(hs_end_name((HsEnd)i), name) == 0)
      return hs_end_title((HsEnd)i);
  }
  return hs_end_title(HS_END_NONE);
}

/* The title of a field's value in the window; NULL if it says no more than the name. */
static const char *
value_title(HsQueryField field, const char *name)
{
  const char *title = field == HS_QUERY_OP       ? op_title(name)
                      : field == HS_QUERY_SOURCE ? hs_source_title(hs_source_from_name(name))
                      : field == HS_QUERY_TYPE   ? type_title(name)
                                                 : end_title(name);
  return title != NULL && g_ascii_strcasecmp(title, name) == 0 ? NULL : title;
}

static void
offer_names(HsQueryOffer *offer, HsQueryField field)
{
  g_autofree const char **names = hs_query_value_names(hs_query_field_names()[field]);
  for (unsigned i = 0; names[i] != NULL; i++)
    hs_query_offer_name(offer, names[i], value_title(field, names[i]), false);
}

static void
offer_sizes(HsQueryOffer *offer)
{
  static const struct {
    const char *name;
    uint64_t bytes;
  } sizes[] = {{"1KiB", 1 << 10}, {"64KiB", 1 << 16}, {"1MiB", 1 << 20}};
  char detail[HS_FORMAT_MAX];
  for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
    hs_query_offer_name(offer, sizes[i].name, hs_format_bytes_exact(detail, sizeof detail, sizes[i].bytes), false);
}

static void
offer_times(HsQueryOffer *offer)
{
  hs_query_offer_name(offer, "1ms", NULL, false);
  hs_query_offer_name(offer, "1s", NULL, false);
}

void
hs_query_offer_values(HsQueryOffer *offer, HsQueryField field, HsTimeline *timeline)
{
  switch (field) {
  case HS_QUERY_OP:
  case HS_QUERY_SOURCE:
  case HS_QUERY_TYPE:
  case HS_QUERY_END:
    offer_names(offer, field);
    break;
  case HS_QUERY_SIZE:
  case HS_QUERY_OLD_SIZE:
    offer_sizes(offer);
    break;
  case HS_QUERY_TIME:
  case HS_QUERY_LIFETIME:
    offer_times(offer);
    break;
  default:
    if (timeline != NULL)
      hs_query_offer_entities(offer, field, timeline);
    break;
  }
}

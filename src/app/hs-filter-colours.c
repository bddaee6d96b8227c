/* SPDX-License-Identifier: MIT */
#include "hs-filter-colours.h"

#include <math.h>
#include <string.h>

#include "hs-config.h"
#include "hs-query-colour.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* A text of more words than this is not worth the time of a keystroke: the rest is plain. */
#define MAX_TOKENS 1000

static guint16
channel(double value)
{
  return (guint16)lround(CLAMP(value, 0, 1) * G_MAXUINT16);
}

static void
add(PangoAttrList *list, PangoAttribute *attribute, guint start, guint end)
{
  attribute->start_index = start;
  attribute->end_index = end;
  pango_attr_list_insert(list, attribute);
}

/* The name of a word's colour, or NULL for that of other text. A value that is not finished has its colour already. */
static const char *
colour_name(const HsQueryColourToken *token, const char *text)
{
  char first = text[token->start_bytes];
  switch (token->token_class) {
  case HS_QUERY_CLASS_FIELD:
    return "hs_filter_field";
  case HS_QUERY_CLASS_NUMBER:
  case HS_QUERY_CLASS_NAME:
    return "hs_filter_value";
  case HS_QUERY_CLASS_ERROR:
    return first == '"' || g_ascii_isdigit(first) ? "hs_filter_value" : NULL;
  default:
    return NULL;
  }
}

static void
add_colours(PangoAttrList *list, GtkStyleContext *style, const char *text)
{
  g_autoptr(GArray) tokens = hs_query_colour_tokens(text);
  for (guint i = 0; i < MIN(tokens->len, MAX_TOKENS); i++) {
    const HsQueryColourToken *token = &g_array_index(tokens, HsQueryColourToken, i);
    const char *name = colour_name(token, text);
    GdkRGBA rgba;
    if (name == NULL || !gtk_style_context_lookup_color(style, name, &rgba))
      continue;
    add(list, pango_attr_foreground_new(channel(rgba.red), channel(rgba.green), channel(rgba.blue)), token->start_bytes,
        token->end_bytes);
  }
}

/* What is missing at the end is shown at the last letter that is there. */
static void
add_error(PangoAttrList *list, GtkStyleContext *style, const char *text, const HsQueryError *error)
{
  guint length = (guint)strlen(text), start = MIN(error->offset_bytes, length), end = start + error->length_bytes;
  if (error->length_bytes == 0) {
    while (start > 0 && g_ascii_isspace(text[start - 1]))
      start--;
    end = start;
    if (start > 0)
      start = (guint)(g_utf8_prev_char(text + start) - text);
  }
  end = MIN(end, length);
  GdkRGBA rgba;
  if (start >= end)
    return;
  add(list, pango_attr_underline_new(PANGO_UNDERLINE_ERROR), start, end);
  if (gtk_style_context_lookup_color(style, "hs_filter_error", &rgba))
    add(list, pango_attr_underline_color_new(channel(rgba.red), channel(rgba.green), channel(rgba.blue)), start, end);
}

PangoAttrList *
hs_filter_colours(GtkStyleContext *style, const char *text, const HsQueryError *error)
{
  if (text[0] == '\0')
    return NULL;
  PangoAttrList *list = pango_attr_list_new();
  add_colours(list, style, text);
  if (error != NULL)
    add_error(list, style, text, error);
  return list;
}

char *
hs_filter_error_text(const char *text, const HsQueryError *error)
{
  if (error->offset_bytes >= strlen(text))
    return g_strdup_printf(_("At the end: %s"), error->message);
  glong letter = g_utf8_strlen(text, (gssize)error->offset_bytes) + 1;
  return g_strdup_printf(_("At character %ld: %s"), letter, error->message);
}

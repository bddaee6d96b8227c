/* SPDX-License-Identifier: MIT */
/*
 * How a filter's text is shown: its words in the style's colours hs_filter_field, hs_filter_value and hs_filter_error,
 * and the place of an error underlined.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-query.h"

/* Attributes of `text`; `error` is NULL if it is a filter. NULL if there is nothing to colour. Free with
 * pango_attr_list_unref(). */
PangoAttrList *hs_filter_colours(GtkStyleContext *style, const char *text, const HsQueryError *error);
/* What is wrong and where, for people. Free with g_free(). */
char *hs_filter_error_text(const char *text, const HsQueryError *error);

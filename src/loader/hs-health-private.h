/* SPDX-License-Identifier: MIT */
/* What hs-health*.c share. */
#pragma once

#include "hs-health.h"

/* As many places of a finding are listed. */
#define HS_HEALTH_PLACES HS_ETL_ISSUE_PLACES

/* A finding under way; strings are copied, `meaning` is taken over. */
HsHealthItem *hs_health_item_new(const char *id, HsHealthGravity gravity, const char *title, const char *brief,
                                 char *meaning);
void hs_health_item_free(gpointer item);
/* Takes over `text`. */
void hs_health_item_add_place(HsHealthItem *item, bool has_offset, uint64_t offset, char *text);

/* hs-health-findings.c: appends all findings, in a fixed order. */
void hs_health_find(HsLoader *loader, GPtrArray *list);

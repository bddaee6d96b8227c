/* SPDX-License-Identifier: MIT */
/* Damage, loss and cancellation in plain sentences, for the info bar. */
#pragma once

#include "hs-loader.h"

/* One sentence for an issue that happened; free with g_free(). */
char *hs_issue_sentence(HsEtlIssueKind kind, const HsEtlIssue *issue);
/* All that a report tells that a person should know, a line a kind; NULL if there is nothing. Free with g_free(). */
char *hs_report_text(const HsLoadReport *report);

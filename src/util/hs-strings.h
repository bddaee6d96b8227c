/* SPDX-License-Identifier: MIT */
/*
 * Interned strings. The writer interns; readers may look up any id they got from something published. A string, once
 * interned, keeps its id and its address until the table is freed.
 */
#pragma once

#include "hs-ids.h"

typedef struct _HsStrings HsStrings;

HsStrings *hs_strings_new(void);
void hs_strings_free(HsStrings *strings);
/* The id of a UTF-8 string (copied). NULL gives none. Writer's thread. */
HsStringId hs_strings_intern(HsStrings *strings, const char *text);
/* The string, or "" for none. Owned by the table. Any thread. */
const char *hs_strings_get(const HsStrings *strings, HsStringId id);
/* Bytes of memory the strings take, with their places in the table and its index. Any thread. */
uint64_t hs_strings_bytes(const HsStrings *strings);

/* SPDX-License-Identifier: MIT */
/*
 * The filter language, the same in the window and in --filter:
 *
 *   expression  = comparison | not expression | expression and expression | expression or expression | ( expression )
 *   comparison  = field == value | != | < | <= | > | >=
 *               | field in { value, … }      any of these; none at all for {}
 *               | field in value .. value    half-open
 *               | field contains value
 *
 * "!", "&&", "||" are "not", "and", "or", which bind in this order, "not" closest. Words are the same in upper and
 * lower case. An empty text lets everything pass. Brackets nest HS_QUERY_MAX_DEPTH deep.
 *
 *   field                        values                              of an event                 of a block
 *   time                         1.5ms, 20us; bare = ns              its time                    when it began
 *   op                           alloc, free, …                      the operation               that which began it
 *   pid, tid, cpu                whole numbers                       who did it, and where       who began it
 *   process                      "a.exe" or bare a.exe, in any case  image name                  image name
 *   heap                         0x1f0000                            handle                      handle
 *   address                      0x2a0010                            as the row says             where it lies
 *   size                         64KiB, 1MB; bare = bytes            as the row says; not Free   requested bytes
 *   old_address, old_size        as address and size                 ReAlloc                     if a ReAlloc began it
 *   source                       lowfrag, …, unknown; or its number  Alloc, ReAlloc, Free        of what began it
 *   lifetime                     as time                             of the row's block          end less begin
 *   type                         AIFI, AIFO, AOFI, AOFO              of the row's block          to the range given
 *   end                          free, …, outstanding                of the row's block          why it ended
 *
 * The row's block is the one that it begins, ends by a Free, or marks as moved. What a row does not have (a size of a
 * Free, a source of a Create, a lifetime of what is outstanding, a type of what is not in view) makes every comparison
 * with it false, "!=" too, so that "not" of it is true. Times and lifetimes are compared in whole nanoseconds, as files
 * show them: a lifetime is the time of the end less the time of the beginning.
 *
 * "contains" is: of address, that the memory [address, address + size) of the row, for a Free that of the block it
 * ends, holds this address (what failed has no memory); of old_address, the same of [old_address, old_address +
 * old_size); of process, that this text is part of the name.
 */
#pragma once

#include <glib.h>

#include "hs-block-type.h"

#define HS_QUERY_MAX_DEPTH 100
#define HS_QUERY_MAX_BY_BLOCK 256
#define HS_QUERY_MAX_BYTES (1u << 20)

/* A text understood and checked. Immutable; knows no timeline. */
typedef struct _HsQuery HsQuery;

/* Where in the text what is wrong: length 0 at its end. */
typedef struct {
  uint32_t offset_bytes, length_bytes;
  char *message; /* one line, translated, valid UTF-8; owned */
} HsQueryError;

void hs_query_error_clear(HsQueryError *error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HsQueryError, hs_query_error_clear)

/* NULL and `error` (which may be NULL; else to be cleared) if the text is not an expression. Any text may be given,
 * also one that is not UTF-8. Any thread. */
HsQuery *hs_query_parse(const char *text, HsQueryError *error);
HsQuery *hs_query_ref(HsQuery *query);
void hs_query_unref(HsQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsQuery, hs_query_unref)

/* As it was given. Owned by the query. */
const char *hs_query_text(const HsQuery *query);
/* True if everything passes because nothing is asked. NULL is empty. */
bool hs_query_is_empty(const HsQuery *query);
/* True if what passes may hang on the range given: the field "type" is there. */
bool hs_query_uses_range(const HsQuery *query);

/* The names of all fields, and of the values of a field that has names (else NULL); NULL-ended, in the order to show
 * them. Free the second with g_free(). */
const char *const *hs_query_field_names(void);
const char **hs_query_value_names(const char *field);

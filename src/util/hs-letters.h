/* SPDX-License-Identifier: MIT */
/*
 * Text from files, made fit to be shown: what is no letter but an order to whatever shows it (an escape sequence of a
 * terminal, a line break in a table, a change of the writing direction) becomes U+FFFD.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* True of control characters (C0, DEL, C1), line and paragraph separators, and marks of writing direction. */
static inline bool
hs_letter_is_order(gunichar letter)
{
  return letter < 0x20 || (letter >= 0x7f && letter < 0xa0) || letter == 0x200e || letter == 0x200f ||
         (letter >= 0x2028 && letter <= 0x202e) || (letter >= 0x2066 && letter <= 0x2069);
}

static inline gunichar
hs_letter_shown(gunichar letter)
{
  return hs_letter_is_order(letter) ? 0xfffd : letter;
}

/* A copy without orders, valid UTF-8 whatever `text` is; those in `kept` (ASCII, or "") stay. Free with g_free(). Any
 * thread. */
char *hs_text_shown(const char *text, const char *kept);

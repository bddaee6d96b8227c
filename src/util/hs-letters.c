/* SPDX-License-Identifier: MIT */
#include "hs-letters.h"

#include <string.h>

char *
hs_text_shown(const char *text, const char *kept)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *shown = g_string_new(NULL);
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char(c)) {
    gunichar letter = g_utf8_get_char(c);
    bool stays = letter < 0x80 && strchr(kept, (int)letter) != NULL;
    g_string_append_unichar(shown, stays ? letter : hs_letter_shown(letter));
  }
  return g_string_free(shown, FALSE);
}

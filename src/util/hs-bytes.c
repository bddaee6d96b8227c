/* SPDX-License-Identifier: MIT */
#include "hs-bytes.h"

#include <glib.h>

#include "hs-letters.h"

char *
hs_bytes_latin1(HsBytes *b)
{
  GString *text = g_string_new(NULL);
  while (hs_bytes_left(b) > 0) {
    uint8_t c = hs_bytes_u8(b);
    if (c == 0)
      break;
    g_string_append_unichar(text, hs_letter_shown(c));
  }
  return g_string_free(text, FALSE);
}

char *
hs_bytes_utf16(HsBytes *b)
{
  GString *text = g_string_new(NULL);
  while (hs_bytes_left(b) >= 2) {
    gunichar c = hs_bytes_u16(b);
    if (c == 0)
      break;
    if (c >= 0xd800 && c < 0xdc00 && hs_bytes_left(b) >= 2) {
      uint16_t low = hs_le16(b->data + b->pos);
      if (low >= 0xdc00 && low < 0xe000) {
        hs_bytes_skip(b, 2);
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00u);
      }
    }
    g_string_append_unichar(text, c >= 0xd800 && c < 0xe000 ? 0xfffd : hs_letter_shown(c));
  }
  return g_string_free(text, FALSE);
}

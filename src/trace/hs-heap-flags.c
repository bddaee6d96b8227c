/* SPDX-License-Identifier: MIT */
#include "hs-heap-flags.h"

#include <glib.h>

/* Source: winnt.h. The classes tell whose heap it is: 1 a private one, 2 the kernel's, and so on. */
#define CLASS_MASK UINT32_C(0xf000)
#define CLASS_SHIFT 12
#define MAX_CLASS 8

static const struct {
  uint32_t bit;
  const char *name;
} names[] = {
    {0x00000001, "NO_SERIALIZE"},          {0x00000002, "GROWABLE"},
    {0x00000004, "GENERATE_EXCEPTIONS"},   {0x00000008, "ZERO_MEMORY"},
    {0x00000010, "REALLOC_IN_PLACE_ONLY"}, {0x00000020, "TAIL_CHECKING_ENABLED"},
    {0x00000040, "FREE_CHECKING_ENABLED"}, {0x00000080, "DISABLE_COALESCE_ON_FREE"},
    {0x00000100, "CREATE_SEGMENT_HEAP"},   {0x00000200, "CREATE_HARDENED"},
    {0x00010000, "CREATE_ALIGN_16"},       {0x00020000, "CREATE_ENABLE_TRACING"},
    {0x00040000, "CREATE_ENABLE_EXECUTE"},
};

static void G_GNUC_PRINTF(2, 3) add(GString *text, const char *format, ...)
{
  va_list args;
  if (text->len > 0)
    g_string_append(text, " | ");
  va_start(args, format);
  g_string_append_vprintf(text, format, args);
  va_end(args);
}

char *
hs_heap_flags_text(uint32_t flags)
{
  GString *text = g_string_new(NULL);
  uint32_t rest = flags, class = (flags & CLASS_MASK) >> CLASS_SHIFT;
  for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
    if ((flags & names[i].bit) != 0)
      add(text, "%s", names[i].name);
    rest &= ~names[i].bit;
  }
  if (class > 0 && class <= MAX_CLASS) {
    add(text, "CLASS_%u", class);
    rest &= ~CLASS_MASK;
  }
  if (rest != 0)
    add(text, "0x%x", rest);
  if (text->len == 0)
    g_string_append_c(text, '0');
  return g_string_free(text, FALSE);
}

/* SPDX-License-Identifier: MIT */
#include <glib.h>

#include "hs-bytes.h"
#include "hs-clock.h"
#include "hs-column.h"
#include "hs-format.h"
#include "hs-strings.h"
#include "hs-terms.h"

static void
test_bytes_sticky(void)
{
  const uint8_t data[] = {1, 2, 3, 4, 5};
  HsBytes b = hs_bytes(data, sizeof data);
  g_assert_cmpuint(hs_bytes_u16(&b), ==, 0x0201);
  g_assert_cmpuint(hs_bytes_u32(&b), ==, 0);
  g_assert_true(b.failed);
  g_assert_cmpuint(hs_bytes_u8(&b), ==, 0);
  g_assert_cmpuint(hs_bytes_left(&b), ==, 0);
}

static void
test_bytes_strings(void)
{
  const uint8_t wide[] = {'h', 0, 0x3d, 0xd8, 0x00, 0xde, 0x00, 0xd8, 'x', 0};
  HsBytes b = hs_bytes(wide, sizeof wide);
  g_autofree char *text = hs_bytes_utf16(&b);
  g_assert_cmpstr(text, ==, "h\xf0\x9f\x98\x80\xef\xbf\xbdx");
  const uint8_t narrow[] = {'a', 0xe9, 0, 'z'};
  HsBytes n = hs_bytes(narrow, sizeof narrow);
  g_autofree char *first = hs_bytes_latin1(&n);
  g_autofree char *second = hs_bytes_latin1(&n);
  g_assert_cmpstr(first, ==, "a\xc3\xa9");
  g_assert_cmpstr(second, ==, "z");
}

static void
test_clock(void)
{
  HsClock qpc = {10000000};
  g_assert_cmpint(hs_clock_to_ns(qpc, 3), ==, 300);
  g_assert_cmpint(hs_clock_to_ns(qpc, -3), ==, -300);
  HsClock odd = {2337949};
  g_assert_cmpint(hs_clock_to_ns(odd, 1), ==, 427);
  g_assert_cmpint(hs_clock_to_ns(odd, -1), ==, -428);
  for (int64_t t = -5000; t < 5000; t++) {
    /* t ≥ from_ns(ns) exactly when the exact time of t ≥ ns */
    int64_t first = hs_clock_from_ns(odd, t);
    g_assert_true((__int128)first * 1000000000 >= (__int128)t * 2337949);
    g_assert_true((__int128)(first - 1) * 1000000000 < (__int128)t * 2337949);
  }
  g_assert_cmpint(hs_clock_to_ns((HsClock){1}, INT64_MAX), ==, INT64_MAX);
}

static void
test_vec_and_column(void)
{
  HsArena *arena = hs_arena_new();
  HsVec vec;
  hs_vec_init(&vec, arena, sizeof(uint32_t));
  uint32_t *first = NULL;
  for (uint32_t i = 0; i < 100000; i++) {
    uint32_t *slot = hs_vec_append(&vec);
    *slot = i * 3;
    if (i == 0)
      first = slot;
  }
  g_assert_true(first == HS_VEC(&vec, uint32_t, 0));
  for (uint32_t i = 0; i < 100000; i++)
    g_assert_cmpuint(*HS_VEC(&vec, uint32_t, i), ==, i * 3);
  HsColumn column;
  g_assert_true(hs_column_init(&column, arena, 2));
  for (uint32_t i = 0; i < 200000; i++) {
    g_assert_true(hs_column_reserve(&column, i));
    *HS_AT(&column, uint16_t, i) = (uint16_t)(i ^ 0x55);
  }
  for (uint32_t i = 0; i < 200000; i++)
    g_assert_cmpuint(*HS_AT(&column, uint16_t, i), ==, (uint16_t)(i ^ 0x55));
  hs_column_clear(&column);
  hs_vec_clear(&vec);
  hs_arena_free(arena);
}

/* What is used stays, what is left of the last segment is given back and counted as such; nothing more than that. */
static void
test_column_is_trimmed(void)
{
  static const uint32_t lengths[] = {0, 1, 1000, 65535, 65536, 65537, 200000, 262144};
  for (unsigned k = 0; k < G_N_ELEMENTS(lengths); k++) {
    HsArena *arena = hs_arena_new();
    HsColumn column, next;
    uint32_t n = lengths[k];
    g_assert_true(hs_column_init(&column, arena, 20) && hs_column_init(&next, arena, 4));
    for (uint32_t i = 0; i < n; i++) {
      g_assert_true(hs_column_reserve(&column, i));
      ((uint32_t *)column.segments[i >> HS_SEGMENT_SHIFT])[(i & HS_SEGMENT_MASK) * 5 + 4] = i + 1;
    }
    g_assert_true(hs_column_reserve(&next, 0));
    *HS_AT(&next, uint32_t, 0) = 77;
    uint64_t before = hs_arena_bytes(arena), left = (65536 - n % 65536) % 65536 * UINT64_C(20);
    hs_column_trim(&column, n);
    uint64_t given_back = before - hs_arena_bytes(arena);
    g_assert_cmpuint(given_back, <=, left);
    g_assert_cmpuint(given_back + 2 * 4096, >=, left);
    for (uint32_t i = 0; i < n; i++)
      g_assert_cmpuint(((uint32_t *)column.segments[i >> HS_SEGMENT_SHIFT])[(i & HS_SEGMENT_MASK) * 5 + 4], ==, i + 1);
    g_assert_cmpuint(*HS_AT(&next, uint32_t, 0), ==, 77);
    hs_column_clear(&column);
    hs_column_clear(&next);
    hs_arena_free(arena);
  }
}

static void
test_strings(void)
{
  HsStrings *strings = hs_strings_new();
  HsStringId a = hs_strings_intern(strings, "alpha");
  HsStringId b = hs_strings_intern(strings, "beta");
  g_assert_cmpuint(hs_strings_intern(strings, "alpha").v, ==, a.v);
  g_assert_cmpstr(hs_strings_get(strings, b), ==, "beta");
  g_assert_cmpstr(hs_strings_get(strings, (HsStringId){HS_ID_NONE}), ==, "");
  hs_strings_free(strings);
}

static void
test_format(void)
{
  char b[HS_FORMAT_MAX];
  g_assert_cmpstr(hs_format_count(b, sizeof b, 0), ==, "0");
  g_assert_cmpstr(hs_format_count(b, sizeof b, 999), ==, "999");
  g_assert_cmpstr(hs_format_count(b, sizeof b, 2391556), ==, "2,391,556");
  g_assert_cmpstr(hs_format_bytes(b, sizeof b, 999), ==, "999 B");
  g_assert_cmpstr(hs_format_bytes(b, sizeof b, 89774483), ==, "85.6 MiB");
  g_assert_cmpstr(hs_format_bytes(b, sizeof b, -4096), ==, "−4.0 KiB");
  g_assert_cmpstr(hs_format_bytes(b, sizeof b, 812 * 1024), ==, "812 KiB");
  g_assert_cmpstr(hs_format_bytes(b, sizeof b, 1023 * 1024), ==, "1.0 MiB");
  g_assert_cmpstr(hs_format_bytes(b, sizeof b, INT64_MIN), ==, "−8.0 EiB");
  g_assert_cmpstr(hs_format_time(b, sizeof b, 1424107999), ==, "1.424107 s");
  g_assert_cmpstr(hs_format_time(b, sizeof b, -1500000000), ==, "−1.500000 s");
  g_assert_cmpstr(hs_format_time_step(b, sizeof b, 1200000000, 200000000), ==, "1.2 s");
  g_assert_cmpstr(hs_format_time_step(b, sizeof b, 5000000000, 5000000000), ==, "5 s");
  char two[2 * HS_FORMAT_MAX];
  g_assert_cmpstr(hs_format_stretch(two, sizeof two, 1234000000, 1240000000), ==, "1.234000 s – 1.240000 s");
  g_assert_cmpstr(hs_format_stretch(two, sizeof two, 1234000100, 1234000200), ==, "1.234000 s");
  g_assert_cmpstr(hs_format_stretch(two, sizeof two, INT64_MIN, INT64_MIN + 1), ==, "−9223372036.854775 s");
  g_assert_cmpstr(hs_format_stretch(two, sizeof two, INT64_MIN, INT64_MAX), ==,
                  "−9223372036.854775 s – 9223372036.854775 s");
  g_assert_cmpstr(hs_format_duration(b, sizeof b, 318000000), ==, "318 ms");
  g_assert_cmpstr(hs_format_duration(b, sizeof b, 42100000), ==, "42.1 ms");
  g_assert_cmpstr(hs_format_duration(b, sizeof b, 999600000), ==, "1.00 s");
  g_assert_cmpstr(hs_format_percent(b, sizeof b, 1, 1000), ==, "<1 %");
  g_assert_cmpstr(hs_format_percent(b, sizeof b, 0, 0), ==, "0 %");
  g_assert_cmpstr(hs_source_name(hs_source_from_id(6)), ==, "segment-heap");
  g_assert_cmpint(hs_source_from_id(0), ==, HS_SOURCE_UNKNOWN);
  g_assert_cmpint(hs_source_from_name("slowpath"), ==, HS_SOURCE_SLOWPATH);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/util/bytes/sticky", test_bytes_sticky);
  g_test_add_func("/util/bytes/strings", test_bytes_strings);
  g_test_add_func("/util/clock", test_clock);
  g_test_add_func("/util/columns", test_vec_and_column);
  g_test_add_func("/util/column-is-trimmed", test_column_is_trimmed);
  g_test_add_func("/util/strings", test_strings);
  g_test_add_func("/util/format", test_format);
  return g_test_run();
}

/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include <string.h>

#include "hs-etl-writer.h"
#include "hs-etl-xpress.h"

/* Unpacks from and into blocks of exactly the right size, so that a sanitizer sees every stray access. */
static gsize
unpack(const guint8 *in, gsize in_size, guint8 **out, gsize out_size, gsize *error_at)
{
  g_autofree guint8 *exact = g_malloc(MAX(in_size, 1));
  if (in_size > 0)
    memcpy(exact, in, in_size);
  *out = g_malloc(MAX(out_size, 1));
  return hs_etl_xpress_unpack(exact, in_size, *out, out_size, error_at);
}

static void
test_vectors(void)
{
  g_autofree guint8 *letters = NULL, *triples = NULL;
  guint8 first[4 + 26] = {0x3f, 0, 0, 0};
  for (guint i = 0; i < 26; i++)
    first[4 + i] = (guint8)('a' + i);
  g_assert_cmpuint(unpack(first, sizeof first, &letters, 26, NULL), ==, 26);
  g_assert_cmpmem(letters, 26, "abcdefghijklmnopqrstuvwxyz", 26);
  static const guint8 second[] = {0xff, 0xff, 0xff, 0x1f, 0x61, 0x62, 0x63, 0x17, 0x00, 0x0f, 0xff, 0x26, 0x01};
  g_assert_cmpuint(unpack(second, sizeof second, &triples, 300, NULL), ==, 300);
  for (guint i = 0; i < 300; i++)
    g_assert_cmpint(triples[i], ==, "abc"[i % 3]);
}

static void
check_bad(const guint8 *in, gsize in_size, gsize out_size, gsize expected, gsize expected_error)
{
  g_autofree guint8 *out = NULL;
  gsize error_at = G_MAXSIZE;
  g_assert_cmpuint(unpack(in, in_size, &out, out_size, &error_at), ==, expected);
  g_assert_cmpuint(error_at, ==, expected_error);
}

static void
test_bad_input(void)
{
  static const guint8 before_beginning[] = {0xff, 0xff, 0xff, 0x7f, 'a', 0x08, 0};
  check_bad(before_beginning, sizeof before_beginning, 100, 1, 7);
  static const guint8 past_end[] = {0xff, 0xff, 0xff, 0x7f, 'a', 0x05, 0};
  check_bad(past_end, sizeof past_end, 5, 1, 7);
  static const guint8 short_length[] = {0xff, 0xff, 0xff, 0x7f, 'a', 0x07, 0, 0x0f, 0xff, 21, 0};
  check_bad(short_length, sizeof short_length, 100, 1, 11);
  static const guint8 endless[] = {0xff, 0xff, 0xff, 0x7f, 'a', 0x07, 0, 0x0f, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff};
  check_bad(endless, sizeof endless, 1000, 1, 15);
  static const guint8 half_flags[] = {0, 0, 0};
  check_bad(half_flags, sizeof half_flags, 10, 0, 0);
  static const guint8 no_literals[] = {0, 0, 0, 0, 'a', 'b'};
  check_bad(no_literals, sizeof no_literals, 10, 2, 6);
  check_bad(no_literals, 0, 10, 0, 0);
}

static void
test_long_lengths(void)
{
  /* One literal, then a match told by 16 and by 32 bits: of 400 bytes (397 + 3). */
  static const guint8 by_16[] = {0xff, 0xff, 0xff, 0x7f, 'a', 0x07, 0, 0x0f, 0xff, 0x8d, 0x01};
  static const guint8 by_32[] = {0xff, 0xff, 0xff, 0x7f, 'a', 0x07, 0, 0x0f, 0xff, 0, 0, 0x8d, 0x01, 0, 0};
  g_autofree guint8 *a = NULL, *b = NULL;
  g_assert_cmpuint(unpack(by_16, sizeof by_16, &a, 401, NULL), ==, 401);
  g_assert_cmpuint(unpack(by_32, sizeof by_32, &b, 401, NULL), ==, 401);
  g_assert_cmpmem(a, 401, b, 401);
  for (guint i = 0; i < 401; i++)
    g_assert_cmpint(a[i], ==, 'a');
}

/* Bytes with repetitions at many distances and lengths. */
static GByteArray *
random_bytes(GRand *random, guint length)
{
  GByteArray *bytes = g_byte_array_new();
  while (bytes->len < length) {
    guint count = (guint)g_rand_int_range(random, 1, 40);
    if (bytes->len > 0 && g_rand_boolean(random)) {
      guint reach = g_rand_boolean(random) ? 20 : 8192;
      guint distance = 1 + (guint)g_rand_int_range(random, 0, (gint)MIN(bytes->len, reach));
      if (g_rand_int_range(random, 0, 20) == 0)
        count *= 40;
      for (guint i = 0; i < count; i++) {
        guint8 byte = bytes->data[bytes->len - distance];
        g_byte_array_append(bytes, &byte, 1);
      }
      continue;
    }
    for (guint i = 0; i < count; i++) {
      guint8 byte = (guint8)g_rand_int(random);
      g_byte_array_append(bytes, &byte, 1);
    }
  }
  g_byte_array_set_size(bytes, length);
  return bytes;
}

static void
test_random(void)
{
  guint32 seed = g_test_rand_int_range(0, G_MAXINT32);
  g_test_message("seed %u", seed);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  for (guint round = 0; round < 400; round++) {
    guint length = (guint)g_rand_int_range(random, 0, round < 200 ? 300 : 20000);
    g_autoptr(GByteArray) bytes = random_bytes(random, length);
    g_autoptr(GByteArray) packed = g_byte_array_new();
    hs_etl_writer_xpress(bytes->data, bytes->len, round % 2 == 0, packed);
    g_autofree guint8 *out = NULL, *prefix = NULL, *damaged = NULL;
    g_assert_cmpuint(unpack(packed->data, packed->len, &out, bytes->len, NULL), ==, bytes->len);
    g_assert_cmpmem(out, bytes->len, bytes->data, bytes->len);
    /* A cut input yields a true prefix. */
    guint cut = packed->len > 0 ? (guint)g_rand_int_range(random, 0, (gint)packed->len) : 0;
    gsize got = unpack(packed->data, cut, &prefix, bytes->len, NULL);
    g_assert_cmpuint(got, <=, bytes->len);
    g_assert_cmpmem(prefix, got, bytes->data, got);
    /* A damaged one whatever, but within its bounds. */
    for (guint i = 0; i < 4 && packed->len > 0; i++)
      packed->data[g_rand_int(random) % packed->len] = (guint8)g_rand_int(random);
    g_assert_cmpuint(unpack(packed->data, packed->len, &damaged, bytes->len, NULL), <=, bytes->len);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/etl/xpress/vectors", test_vectors);
  g_test_add_func("/etl/xpress/bad-input", test_bad_input);
  g_test_add_func("/etl/xpress/long-lengths", test_long_lengths);
  g_test_add_func("/etl/xpress/random", test_random);
  return g_test_run();
}

/* SPDX-License-Identifier: MIT */
/* Plain LZ77 ([MS-XCA] 2.3): a greedy encoder with hash chains. */
#include "hs-etl-writer-private.h"

#define WINDOW_BYTES 8192
#define HASH_BITS 14
#define CHAIN_LIMIT 12

typedef struct {
  GByteArray *out;
  guint flag_position; /* where the flag word being filled stands */
  guint32 flags;
  guint flag_count;
  guint half_position; /* of the byte whose high nibble is free; 0: none */
  gboolean long_lengths;
} Encoder;

static void
put_byte(Encoder *encoder, guint8 value)
{
  g_byte_array_append(encoder->out, &value, 1);
}

static void
put_word(Encoder *encoder, guint value)
{
  guint8 bytes[2];
  hs_etl_put_u16(bytes, (guint16)value);
  g_byte_array_append(encoder->out, bytes, 2);
}

static void
put_long(Encoder *encoder, guint32 value)
{
  guint8 bytes[4];
  hs_etl_put_u32(bytes, value);
  g_byte_array_append(encoder->out, bytes, 4);
}

/* Call after the data of the flag: a new flag word stands behind the 32nd datum. */
static void
put_flag(Encoder *encoder, guint flag)
{
  encoder->flags = encoder->flags << 1 | flag;
  if (++encoder->flag_count < 32)
    return;
  hs_etl_put_u32(encoder->out->data + encoder->flag_position, encoder->flags);
  encoder->flag_position = encoder->out->len;
  encoder->flag_count = 0;
  put_long(encoder, 0);
}

/* The part of a length (less 3) that did not fit into the match word's three bits. */
static void
put_rest_of_length(Encoder *encoder, guint32 length)
{
  guint32 rest = length - 7;
  guint nibble = MIN(rest, 15);
  if (encoder->half_position == 0) {
    encoder->half_position = encoder->out->len;
    put_byte(encoder, (guint8)nibble);
  } else {
    encoder->out->data[encoder->half_position] |= (guint8)(nibble << 4);
    encoder->half_position = 0;
  }
  if (nibble < 15)
    return;
  rest -= 15;
  if (rest < 255) {
    put_byte(encoder, (guint8)rest);
    return;
  }
  put_byte(encoder, 255);
  if (length < 65536 && !encoder->long_lengths) {
    put_word(encoder, length);
  } else {
    put_word(encoder, 0);
    put_long(encoder, length);
  }
}

static void
put_match(Encoder *encoder, guint32 distance, gsize match_length)
{
  guint32 length = (guint32)match_length - 3;
  put_word(encoder, (distance - 1) << 3 | MIN(length, 7));
  if (length >= 7)
    put_rest_of_length(encoder, length);
  put_flag(encoder, 1);
}

static gsize
common_length(const guint8 *bytes, gsize a, gsize b, gsize length)
{
  gsize n = 0;
  while (b + n + 8 <= length && memcmp(bytes + a + n, bytes + b + n, 8) == 0)
    n += 8;
  while (b + n < length && bytes[a + n] == bytes[b + n])
    n++;
  return n;
}

static guint
hash3(const guint8 *bytes)
{
  guint32 three = (guint32)bytes[0] | (guint32)bytes[1] << 8 | (guint32)bytes[2] << 16;
  return three * 0x9e3779b1u >> (32 - HASH_BITS);
}

void
hs_etl_writer_xpress(const guint8 *bytes, gsize length, gboolean long_lengths, GByteArray *out)
{
  Encoder encoder = {.out = out, .flag_position = out->len, .long_lengths = long_lengths};
  /* Both tables hold positions plus one; 0 is none. */
  static _Thread_local guint32 heads[1 << HASH_BITS];
  static _Thread_local guint32 links[WINDOW_BYTES];
  memset(heads, 0, sizeof heads);
  put_long(&encoder, 0);
  for (gsize at = 0; at < length;) {
    gsize best = 0, best_at = 0;
    guint32 candidate = at + 3 <= length ? heads[hash3(bytes + at)] : 0;
    for (guint tries = 0; candidate != 0 && tries < CHAIN_LIMIT; tries++) {
      gsize from = candidate - 1;
      if (at - from > WINDOW_BYTES)
        break;
      gsize common = common_length(bytes, from, at, length);
      if (common > best) {
        best = common;
        best_at = from;
      }
      guint32 next = links[from % WINDOW_BYTES];
      if (next >= candidate) /* overwritten by a later position */
        break;
      candidate = next;
    }
    gsize step = best >= 3 ? best : 1;
    if (best >= 3) {
      put_match(&encoder, (guint32)(at - best_at), best);
    } else {
      put_byte(&encoder, bytes[at]);
      put_flag(&encoder, 0);
    }
    for (gsize end = at + step; at < end; at++) {
      if (at + 3 > length)
        continue;
      guint hash = hash3(bytes + at);
      links[at % WINDOW_BYTES] = heads[hash];
      heads[hash] = (guint32)at + 1;
    }
  }
  /* Flags that stand for nothing are ones, so that a decoder without the length stops at the end of the input. */
  guint unused = 32 - encoder.flag_count;
  encoder.flags = (guint32)(((guint64)encoder.flags << unused) | ((G_GUINT64_CONSTANT(1) << unused) - 1));
  hs_etl_put_u32(out->data + encoder.flag_position, encoder.flags);
}

/* SPDX-License-Identifier: MIT */
#include "hs-etl-xpress.h"

#include <glib.h>

#include "hs-bytes.h"

/* Flags are kept in the upper half of 64 bits, the next one on top, with a mark behind the last: a word that holds
 * nothing but the mark on top is used up. */
#define FLAGS_USED_UP ((uint64_t)1 << 63)
#define FLAGS_MARK ((uint64_t)1 << 31)

/* Bytes that the fast copies may write or read beyond what was asked for. */
#define SLACK 32

typedef struct {
  const uint8_t *next;
  const uint8_t *end;
  const uint8_t *half_used; /* byte whose high nibble is the next match's length, or NULL */
} Input;

static inline size_t
input_left(const Input *input)
{
  return (size_t)(input->end - input->next);
}

/* The rest of a length whose three bits were all ones, beyond those 7. False if the input ends or tells nonsense. */
static bool
read_long_length(Input *input, size_t *length)
{
  unsigned nibble;
  if (input->half_used != NULL) {
    nibble = *input->half_used >> 4;
    input->half_used = NULL;
  } else {
    if (input_left(input) < 1)
      return false;
    input->half_used = input->next;
    nibble = *input->next++ & 15u;
  }
  *length = nibble;
  if (nibble < 15)
    return true;
  if (input_left(input) < 1)
    return false;
  uint32_t more = *input->next++;
  *length = 15u + more;
  if (more < 255)
    return true;
  if (input_left(input) < 2)
    return false;
  more = hs_le16(input->next);
  input->next += 2;
  if (more == 0) {
    if (input_left(input) < 4)
      return false;
    more = hs_le32(input->next);
    input->next += 4;
  }
  /* This form counts from the shortest match on and replaces the sum so far. */
  if (more < 22)
    return false;
  *length = (size_t)more - 7;
  return true;
}

/* Copies `length` bytes from `distance` back, each after the one before it. `room` is how much may be written. */
static inline void
copy_match(uint8_t *out, size_t distance, size_t length, size_t room)
{
  const uint8_t *from = out - distance;
  uint8_t *end = out + length;
  if (room < length + SLACK) {
    while (out < end)
      *out++ = *from++;
    return;
  }
  if (distance >= 16) {
    do {
      memcpy(out, from, 16);
      out += 16;
      from += 16;
    } while (out < end);
    return;
  }
  if (distance < 8) {
    /* Lay down a whole number of periods that is at least 8 bytes long, then go on in steps of 8 from there. */
    static const uint8_t periods[8] = {0, 8, 8, 9, 8, 10, 12, 14};
    size_t step = periods[distance];
    for (size_t i = 0; i < step; i++)
      out[i] = from[i];
    from = out;
    out += step;
  }
  while (out < end) {
    memcpy(out, from, 8);
    out += 8;
    from += 8;
  }
}

/* Copies `*literals` bytes (1 to 32), or as many as `room` allows, and returns where the next ones go. `*literals` is
 * then what the input lacked. */
static inline uint8_t *
copy_literals(Input *input, uint8_t *to, size_t *literals, size_t room)
{
  size_t n = *literals;
  if (room >= SLACK && input_left(input) >= SLACK) {
    memcpy(to, input->next, 8);
    if (n > 8)
      memcpy(to + 8, input->next + 8, SLACK - 8);
    *literals = 0;
  } else {
    size_t wanted = n < room ? n : room;
    n = wanted < input_left(input) ? wanted : input_left(input);
    memcpy(to, input->next, n);
    *literals = wanted - n;
  }
  input->next += n;
  return to + n;
}

/* As copy_match() where there is room, for at most 24 bytes: always as many, in words. */
static inline void
copy_short(uint8_t *out, size_t distance)
{
  /* Of the distances below 8: which bytes of a word there are, by what factor they fill it, and how far back the bytes
   * lie that go on from there. */
  static const uint64_t there[8] = {0,          0xff,         0xffff,         0xffffff,
                                    0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff};
  static const uint64_t factors[8] = {0,           0x0101010101010101, 0x0001000100010001, 0x0001000001000001,
                                      0x100000001, 0x10000000001,      0x1000000000001,    0x100000000000001};
  static const uint8_t periods[8] = {0, 8, 8, 9, 8, 10, 12, 14};
  uint64_t word;
  memcpy(&word, out - distance, 8);
  if (distance < 8) {
    word = (GUINT64_FROM_LE(word) & there[distance]) * factors[distance];
    word = GUINT64_TO_LE(word);
    distance = periods[distance];
  }
  memcpy(out, &word, 8);
  memcpy(out + 8, out + 8 - distance, 8);
  memcpy(out + 16, out + 16 - distance, 8);
}

/* What a step of the fast loop below reads and writes at most: flags, 32 literals, a token and its length; 32 literals
 * and a short match. */
#define FAST_INPUT (4 + SLACK + 2 + 1)
#define FAST_ROOM (2 * SLACK)

/* Unpacks as far as both ends are far away, with the fewest decisions, since they go by chance: what is too much is
 * overwritten by what comes next. Stops before whatever needs a closer look. */
static uint8_t *
unpack_fast(Input *input, const uint8_t *out, uint8_t *to, const uint8_t *to_end, uint64_t *flags_left)
{
  const uint8_t *next = input->next, *half = input->half_used;
  uint64_t flags = *flags_left;
  while ((size_t)(input->end - next) >= FAST_INPUT && (size_t)(to_end - to) >= FAST_ROOM) {
    if (flags == FLAGS_USED_UP) {
      flags = (uint64_t)hs_le32(next) << 32 | FLAGS_MARK;
      next += 4;
    }
    size_t literals = (size_t)__builtin_clzll(flags);
    memcpy(to, next, 16);
    if (literals > 16)
      memcpy(to + 16, next + 16, 16);
    to += literals;
    next += literals;
    flags <<= literals;
    if (flags == FLAGS_USED_UP)
      continue;
    unsigned token = hs_le16(next);
    size_t length = token & 7, distance = (token >> 3) + 1u;
    /* A length whose three bits are all ones goes on in a nibble, the lower half of a new byte or the upper one of the
     * last. */
    bool goes_on = length == 7, fresh = half == NULL;
    const uint8_t *at = fresh ? next + 2 : half;
    unsigned nibble = *at >> (fresh ? 0 : 4) & 15u;
    if (G_UNLIKELY((goes_on && nibble == 15) || distance > (size_t)(to - out)))
      break;
    length += 3 + (nibble & (0u - goes_on));
    half = goes_on ? (fresh ? at : NULL) : half;
    next += 2 + (goes_on & fresh);
    flags <<= 1;
    copy_short(to, distance);
    to += length;
  }
  input->next = next;
  input->half_used = half;
  *flags_left = flags;
  return to;
}

size_t
hs_etl_xpress_unpack(const uint8_t *in, size_t in_size, uint8_t *out, size_t out_size, size_t *input_end)
{
  Input input = {in, in + in_size, NULL};
  uint8_t *to = out;
  uint8_t *const to_end = out + out_size;
  uint64_t flags = FLAGS_USED_UP;
  for (;;) {
    to = unpack_fast(&input, out, to, to_end, &flags);
    if (to == to_end)
      break;
    if (flags == FLAGS_USED_UP) {
      if (input_left(&input) < 4)
        break;
      flags = (uint64_t)hs_le32(input.next) << 32 | FLAGS_MARK;
      input.next += 4;
    }
    size_t literals = (size_t)__builtin_clzll(flags);
    flags <<= literals;
    if (literals > 0) {
      to = copy_literals(&input, to, &literals, (size_t)(to_end - to));
      if (literals > 0 || to == to_end)
        break;
    }
    if (flags == FLAGS_USED_UP)
      continue;
    flags <<= 1;
    if (input_left(&input) < 2)
      break;
    unsigned token = hs_le16(input.next);
    input.next += 2;
    size_t length = token & 7;
    size_t distance = (token >> 3) + 1u;
    if (length == 7) {
      size_t more;
      if (!read_long_length(&input, &more))
        break;
      length += more;
    }
    length += 3;
    size_t room = (size_t)(to_end - to);
    if (distance > (size_t)(to - out) || length > room)
      break;
    copy_match(to, distance, length, room);
    to += length;
  }
  if (input_end != NULL)
    *input_end = (size_t)(input.next - in);
  return (size_t)(to - out);
}

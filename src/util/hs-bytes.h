/* SPDX-License-Identifier: MIT */
/*
 * The bounded reader: the only way bytes of a file become numbers. Every read is checked; the first read that does not
 * fit sets `failed`, returns 0 and every later read does the same, so a decoder reads all its fields and asks once.
 * Little-endian, unaligned. Borrows the bytes; any thread, one reader each.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  const uint8_t *data;
  size_t size;
  size_t pos;
  bool failed;
} HsBytes;

static inline HsBytes
hs_bytes(const void *data, size_t size)
{
  return (HsBytes){(const uint8_t *)data, size, 0, false};
}

static inline size_t
hs_bytes_left(const HsBytes *b)
{
  return b->failed ? 0 : b->size - b->pos;
}

/* `n` bytes in place, or NULL (and failed) where fewer are left. */
static inline const uint8_t *
hs_bytes_take(HsBytes *b, size_t n)
{
  if (b->failed || n > b->size - b->pos) {
    b->failed = true;
    return NULL;
  }
  const uint8_t *p = b->data + b->pos;
  b->pos += n;
  return p;
}

static inline void
hs_bytes_skip(HsBytes *b, size_t n)
{
  (void)hs_bytes_take(b, n);
}

#define HS_BYTES_READER(name, type)                                                                                    \
  static inline type hs_bytes_##name(HsBytes *b)                                                                       \
  {                                                                                                                    \
    const uint8_t *p = hs_bytes_take(b, sizeof(type));                                                                 \
    type v = 0;                                                                                                        \
    if (p != NULL)                                                                                                     \
      memcpy(&v, p, sizeof v);                                                                                         \
    return v;                                                                                                          \
  }
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Heapscope reads little-endian files by memcpy and needs a little-endian machine"
#endif
HS_BYTES_READER(u8, uint8_t)
HS_BYTES_READER(u16, uint16_t)
HS_BYTES_READER(u32, uint32_t)
HS_BYTES_READER(u64, uint64_t)
HS_BYTES_READER(i64, int64_t)
#undef HS_BYTES_READER

/* A pointer or SizeT of the given width in bytes (4 or 8). */
static inline uint64_t
hs_bytes_pointer(HsBytes *b, unsigned width)
{
  return width == 8 ? hs_bytes_u64(b) : hs_bytes_u32(b);
}

/* A NUL-terminated 8-bit string (bytes outside ASCII are taken as Latin-1) as UTF-8; orders become U+FFFD, see
 * hs-letters.h; one without a NUL ends with the bytes. Never NULL; free with g_free(). */
char *hs_bytes_latin1(HsBytes *b);
/* A NUL-terminated UTF-16LE string as UTF-8; lone surrogates and orders become U+FFFD; one without a NUL ends with the
 * bytes. Never NULL; free with g_free(). */
char *hs_bytes_utf16(HsBytes *b);

/* Reads without moving, for hot code that has checked the length itself. */
static inline uint16_t
hs_le16(const uint8_t *p)
{
  uint16_t v;
  memcpy(&v, p, sizeof v);
  return v;
}
static inline uint32_t
hs_le32(const uint8_t *p)
{
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return v;
}
static inline uint64_t
hs_le64(const uint8_t *p)
{
  uint64_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

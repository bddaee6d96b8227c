/* SPDX-License-Identifier: MIT */
/*
 * What is large is refused before the last memory is gone, because what is small cannot be: GLib ends the program where
 * it finds none for a few bytes, and what was read so far has to be shown yet.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>

#define HS_HEADROOM_BYTES ((size_t)32 << 20)

/* Whether the process may still map that much. To be asked after mapping something large, which is to be given back if
 * not. Any thread. */
static inline bool
hs_has_headroom(void)
{
  void *room = mmap(NULL, HS_HEADROOM_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return room != MAP_FAILED && munmap(room, HS_HEADROOM_BYTES) == 0;
}

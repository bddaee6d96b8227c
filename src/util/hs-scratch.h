/* SPDX-License-Identifier: MIT */
/*
 * Large arrays to work in, and work in two halves.
 */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "hs-headroom.h"

#define HS_HUGE_PAGE ((size_t)2 << 20)

/* `n` items of `size` bytes, not cleared; in huge pages if they are many, because touching fresh memory in small ones
 * costs more than sorting it. NULL if out of memory. Free with g_free(). Any thread. */
static inline void *
hs_scratch_new(size_t n, size_t size)
{
  void *memory = NULL;
  size_t bytes;
  if (__builtin_mul_overflow(MAX(n, 1), size, &bytes) || bytes > SIZE_MAX / 2)
    return NULL;
  if (bytes < 2 * HS_HUGE_PAGE)
    return g_try_malloc(bytes);
  bytes = (bytes + HS_HUGE_PAGE - 1) & ~(HS_HUGE_PAGE - 1);
  if (posix_memalign(&memory, HS_HUGE_PAGE, bytes) != 0)
    return NULL;
  if (!hs_has_headroom()) {
    free(memory);
    return NULL;
  }
  (void)madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

/* Calls `work` twice: with `there` in a thread of its own, with `here` in this one; one after the other if no thread is
 * to be had, or if `there` is NULL not at all. Returns once both are done. */
static inline void
hs_run_both(const char *name, GThreadFunc work, gpointer here, gpointer there)
{
  GThread *thread = there != NULL ? g_thread_try_new(name, work, there, NULL) : NULL;
  (void)work(here);
  if (thread != NULL)
    g_thread_join(thread);
  else if (there != NULL)
    (void)work(there);
}

/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define HS_WORKER_NICENESS 19

/* Called by a worker thread before it works: from then on it steps aside for the main thread, whatever it draws or
 * counts. Linux keeps niceness a thread. */
static inline void
hs_worker_begin(void)
{
  static _Thread_local int begun;
  if (begun)
    return;
  begun = 1;
  (void)setpriority(PRIO_PROCESS, (id_t)gettid(), HS_WORKER_NICENESS);
}

/* What this thread has worked so far, without waiting for a processor. */
static inline int64_t
hs_worker_time_us(void)
{
  struct timespec t;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0)
    return 0;
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

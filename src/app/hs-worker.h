/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#define HS_WORKER_NICENESS 10

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

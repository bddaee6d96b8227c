/* SPDX-License-Identifier: MIT */
/* Groups of a pivot as the window words them. */
#pragma once

#include "hs-pivot.h"

/* "clang++.exe (1000)", "0x1f0000000", "Low-fragmentation heap", "64 – 127 B", "Thread 1234", "AIFO", "Freed" … A heap
 * on the first level has its process with it. Free with g_free(). */
char *hs_pivot_group_text(const HsPivot *pivot, const HsTimeline *timeline, uint32_t node);
/* The same of a key alone: a heap with its process. Free with g_free(). */
char *hs_pivot_key_text(const HsTimeline *timeline, HsPivotBy by, uint32_t key);
/* A size class: "64 – 127 B", "4 – 8 KiB", "0 B". Free with g_free(). */
char *hs_size_class_text(uint32_t size_class);

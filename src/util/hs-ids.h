/* SPDX-License-Identifier: MIT */
/*
 * Dense ids of the things in a trace. Each kind is a struct of one member, so that a heap id cannot be handed where a
 * process id is wanted. HS_ID_NONE in `v` means "none". Rows are plain numbers, because they are counted and
 * subtracted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define HS_ID_NONE UINT32_MAX

typedef uint32_t HsRow; /* index of an event in the timeline, in time order */

typedef struct {
  uint32_t v;
} HsStringId;
typedef struct {
  uint32_t v;
} HsProcessId; /* a process instance: a reused pid gets another id */
typedef struct {
  uint32_t v;
} HsHeapId; /* a heap instance: a reused handle gets another id */
typedef struct {
  uint32_t v;
} HsThreadId;
typedef struct {
  uint32_t v;
} HsOriginId; /* a pair (heap instance, thread): who did it, and on what */
typedef struct {
  uint32_t v;
} HsModuleId;
typedef struct {
  uint32_t v;
} HsBlockId; /* one stay of memory in a heap */

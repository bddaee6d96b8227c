/* SPDX-License-Identifier: MIT */
/*
 * Memory for columns: large chunks mapped from the system (2 MiB-aligned, huge pages asked for), handed out in pieces
 * that are never freed one by one. First touch of fresh memory in small pages is the hidden cost of loading a trace.
 * One thread allocates, one other may prepare memory for it; anyone may read what was given.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct _HsArena HsArena;

HsArena *hs_arena_new(void);
/* Unmaps everything; NULL is fine. */
void hs_arena_free(HsArena *arena);
/* `size` zeroed bytes aligned to 64, or NULL if the system has no more. */
void *hs_arena_alloc(HsArena *arena, size_t size);
/* Maps the next large chunk and touches two more megabytes of it, if that is still to be done: what the system spends
 * on fresh memory is then spent in this thread instead of the one that allocates, a few milliseconds at a time. Any one
 * other thread; pays once the arena has grown beyond a small trace. */
void hs_arena_prepare(HsArena *arena);
/* Gives back a chunk that was prepared and is not needed. The allocating thread, once no one prepares any more. */
void hs_arena_trim(HsArena *arena);
/* Gives back the whole pages within a part of what was handed out, which will not be written any more; it reads as
 * zero. The allocating thread. */
void hs_arena_give_back(HsArena *arena, void *start, size_t size);
/* Bytes it takes: all of the chunks that are used up, and of the last one what was handed out, in whole pages; less
 * what was given back. Any thread. */
uint64_t hs_arena_bytes(const HsArena *arena);

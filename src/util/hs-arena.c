/* SPDX-License-Identifier: MIT */
#include "hs-arena.h"

#include <glib.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "hs-headroom.h"

#define HUGE_PAGE ((size_t)2 << 20)
#define SMALL_PAGE ((size_t)4096)
#define FIRST_CHUNK ((size_t)2 << 20)
#define LARGEST_CHUNK ((size_t)8 << 20)

typedef struct {
  void *mapping;
  size_t mapping_size;
  char *start; /* the aligned part */
  size_t size;
} Chunk;

enum { AHEAD_NONE, AHEAD_WANTED, AHEAD_READY };

struct _HsArena {
  GArray *chunks; /* Chunk */
  char *next;
  size_t left;
  size_t next_chunk;
  uint64_t full_bytes; /* of the chunks before the last */
  uint64_t bytes;
  uint64_t given_back; /* bytes */
  /* A chunk of LARGEST_CHUNK bytes made ready by the other thread. The state says whose it is: WANTED the preparing
   * thread's, READY the allocating one's. */
  int ahead_state;      /* atomic */
  Chunk ahead;          /* .mapping NULL = none begun */
  size_t ahead_touched; /* bytes of it */
};

HsArena *
hs_arena_new(void)
{
  HsArena *arena = g_new0(HsArena, 1);
  arena->chunks = g_array_new(FALSE, FALSE, sizeof(Chunk));
  arena->next_chunk = FIRST_CHUNK;
  return arena;
}

void
hs_arena_free(HsArena *arena)
{
  if (arena == NULL)
    return;
  hs_arena_trim(arena);
  for (guint i = 0; i < arena->chunks->len; i++) {
    Chunk *chunk = &g_array_index(arena->chunks, Chunk, i);
    munmap(chunk->mapping, chunk->mapping_size);
  }
  g_array_unref(arena->chunks);
  g_free(arena);
}

static bool
map_chunk(Chunk *chunk, size_t size)
{
  size_t mapping_size = size + HUGE_PAGE;
  void *mapping = mmap(NULL, mapping_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED)
    return false;
  if (!hs_has_headroom()) {
    munmap(mapping, mapping_size);
    return false;
  }
  uintptr_t start = ((uintptr_t)mapping + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
  *chunk = (Chunk){mapping, mapping_size, (char *)start, size};
  /* Small traces live in small pages: a huge page for a few kilobytes would be counted against us. */
  if (size > FIRST_CHUNK)
    (void)madvise(chunk->start, size, MADV_HUGEPAGE);
  return true;
}

static bool
add_chunk(HsArena *arena, size_t wanted)
{
  size_t size = MAX(arena->next_chunk, (wanted + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
  Chunk chunk;
  /* Looked at once: a chunk that gets ready while another is mapped here must wait for its turn, or it would be lost.
   */
  int ahead = size == LARGEST_CHUNK ? __atomic_load_n(&arena->ahead_state, __ATOMIC_ACQUIRE) : AHEAD_WANTED;
  if (ahead == AHEAD_READY) {
    chunk = arena->ahead;
    arena->ahead = (Chunk){0};
    arena->ahead_touched = 0;
  } else if (!map_chunk(&chunk, size)) {
    return false;
  }
  /* From the second large chunk on it is worth while. */
  if (ahead != AHEAD_WANTED)
    __atomic_store_n(&arena->ahead_state, AHEAD_WANTED, __ATOMIC_RELEASE);
  if (arena->chunks->len > 0)
    arena->full_bytes += g_array_index(arena->chunks, Chunk, arena->chunks->len - 1).size;
  g_array_append_val(arena->chunks, chunk);
  arena->next = chunk.start;
  arena->left = chunk.size;
  arena->next_chunk = MIN(arena->next_chunk * 2, LARGEST_CHUNK);
  return true;
}

void
hs_arena_prepare(HsArena *arena)
{
  if (__atomic_load_n(&arena->ahead_state, __ATOMIC_ACQUIRE) != AHEAD_WANTED)
    return;
  if (arena->ahead.mapping == NULL && !map_chunk(&arena->ahead, LARGEST_CHUNK))
    return;
  /* A hint: what it cannot do is done at first touch. */
  (void)madvise(arena->ahead.start + arena->ahead_touched, HUGE_PAGE, MADV_POPULATE_WRITE);
  arena->ahead_touched += HUGE_PAGE;
  if (arena->ahead_touched == arena->ahead.size)
    __atomic_store_n(&arena->ahead_state, AHEAD_READY, __ATOMIC_RELEASE);
}

void
hs_arena_trim(HsArena *arena)
{
  if (arena->ahead.mapping != NULL)
    munmap(arena->ahead.mapping, arena->ahead.mapping_size);
  arena->ahead = (Chunk){0};
  arena->ahead_touched = 0;
  __atomic_store_n(&arena->ahead_state, AHEAD_NONE, __ATOMIC_RELEASE);
}

static void
tell_bytes(HsArena *arena)
{
  const Chunk *last = &g_array_index(arena->chunks, Chunk, arena->chunks->len - 1);
  size_t page = last->size > FIRST_CHUNK ? HUGE_PAGE : SMALL_PAGE;
  size_t used = last->size - arena->left;
  uint64_t bytes = arena->full_bytes + ((used + page - 1) & ~(page - 1)) - arena->given_back;
  __atomic_store_n(&arena->bytes, bytes, __ATOMIC_RELAXED);
}

void
hs_arena_give_back(HsArena *arena, void *start, size_t size)
{
  uintptr_t from = ((uintptr_t)start + SMALL_PAGE - 1) & ~(uintptr_t)(SMALL_PAGE - 1);
  uintptr_t to = ((uintptr_t)start + size) & ~(uintptr_t)(SMALL_PAGE - 1);
  char *pages = (char *)start + (from - (uintptr_t)start);
  if (from >= to)
    return;
  /* Else the system may make a huge page of what is left of one. */
  (void)madvise(pages, to - from, MADV_NOHUGEPAGE);
  if (madvise(pages, to - from, MADV_DONTNEED) != 0)
    return;
  arena->given_back += to - from;
  tell_bytes(arena);
}

void *
hs_arena_alloc(HsArena *arena, size_t size)
{
  size = (size + 63) & ~(size_t)63;
  if (size > arena->left && !add_chunk(arena, size))
    return NULL;
  void *p = arena->next;
  arena->next += size;
  arena->left -= size;
  tell_bytes(arena);
  return p;
}

uint64_t
hs_arena_bytes(const HsArena *arena)
{
  return __atomic_load_n(&arena->bytes, __ATOMIC_RELAXED);
}

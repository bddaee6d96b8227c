/* SPDX-License-Identifier: MIT */
#include "hs-etl-map.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hs-etl-error.h"
#include "hs-headroom.h"

/* More traces than anybody opens at once; one beyond them is not guarded. */
#define MAX_MAPS 1024

/* Read by the signal handler on any thread: begin is set last and cleared first. */
typedef struct {
  _Atomic(guint8 *) begin;
  _Atomic(gsize) length; /* whole pages */
  _Atomic(guint64) lost_offset;
  atomic_int used;
} Slot;

static Slot slots[MAX_MAPS];
static struct sigaction previous;
static gsize page_bytes;

struct _HsEtlMap {
  int ref_count;
  guint8 *data;
  gsize size, length;
  Slot *slot; /* or NULL */
};

/* Nothing but system calls and atomics. */
static gboolean
mend(Slot *slot, guint8 *at)
{
  guint8 *begin = atomic_load(&slot->begin);
  gsize length = atomic_load(&slot->length);
  if (begin == NULL || at < begin || (gsize)(at - begin) >= length)
    return FALSE;
  gsize offset = (gsize)(at - begin) / page_bytes * page_bytes;
  /* The rest is most likely gone as well: all of it at once. */
  if (mmap(begin + offset, length - offset, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
    return FALSE;
  guint64 lost = atomic_load(&slot->lost_offset);
  while (offset < lost && !atomic_compare_exchange_weak(&slot->lost_offset, &lost, offset)) {
  }
  return TRUE;
}

static void
on_bus_error(int number, siginfo_t *info, void *context)
{
  int code = errno;
  for (unsigned i = 0; i < MAX_MAPS; i++) {
    if (mend(&slots[i], info->si_addr)) {
      errno = code;
      return;
    }
  }
  /* Not ours. The same instruction faults again, and whoever handled it before gets it. */
  sigaction(SIGBUS, &previous, NULL);
}

static void
guard(void)
{
  static gsize is_guarded = 0;
  if (!g_once_init_enter(&is_guarded))
    return;
  page_bytes = (gsize)sysconf(_SC_PAGESIZE);
  struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &previous);
  g_once_init_leave(&is_guarded, 1);
}

static Slot *
take_slot(guint8 *begin, gsize length)
{
  for (unsigned i = 0; i < MAX_MAPS; i++) {
    int is_used = 0;
    if (!atomic_compare_exchange_strong(&slots[i].used, &is_used, 1))
      continue;
    atomic_store(&slots[i].lost_offset, G_MAXUINT64);
    atomic_store(&slots[i].length, length);
    atomic_store(&slots[i].begin, begin);
    return &slots[i];
  }
  return NULL;
}

HsEtlMap *
hs_etl_map_new(int descriptor, guint64 size, GError **error)
{
  guard();
  guint8 *data = size <= G_MAXSIZE - page_bytes ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0) : MAP_FAILED;
  int code = size <= G_MAXSIZE - page_bytes ? errno : EFBIG;
  if (data != MAP_FAILED && !hs_has_headroom()) {
    munmap(data, size);
    data = MAP_FAILED;
    code = ENOMEM;
  }
  if (data == MAP_FAILED) {
    g_set_error(error, HS_ETL_ERROR, HS_ETL_ERROR_OPEN, "cannot be mapped: %s", g_strerror(code));
    return NULL;
  }
  HsEtlMap *map = g_new0(HsEtlMap, 1);
  map->ref_count = 1;
  map->data = data;
  map->size = (gsize)size;
  map->length = (map->size + page_bytes - 1) / page_bytes * page_bytes;
  map->slot = take_slot(data, map->length);
  (void)posix_madvise(data, map->size, POSIX_MADV_SEQUENTIAL);
  return map;
}

HsEtlMap *
hs_etl_map_ref(HsEtlMap *map)
{
  g_atomic_int_inc(&map->ref_count);
  return map;
}

void
hs_etl_map_unref(HsEtlMap *map)
{
  if (map == NULL || !g_atomic_int_dec_and_test(&map->ref_count))
    return;
  if (map->slot != NULL)
    atomic_store(&map->slot->begin, NULL);
  munmap(map->data, map->length);
  if (map->slot != NULL)
    atomic_store(&map->slot->used, 0);
  g_free(map);
}

static void
unref_map(gpointer map)
{
  hs_etl_map_unref(map);
}

GBytes *
hs_etl_map_bytes(HsEtlMap *map)
{
  return g_bytes_new_with_free_func(map->data, map->size, unref_map, hs_etl_map_ref(map));
}

guint64
hs_etl_map_lost_offset(const HsEtlMap *map)
{
  return map->slot != NULL ? atomic_load(&map->slot->lost_offset) : G_MAXUINT64;
}

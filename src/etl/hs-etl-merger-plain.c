/* SPDX-License-Identifier: MIT */
/*
 * Plain events, which nearly all records are: decoded some at a time, a stream at a time, ahead of their turn, and then
 * put in order. Both are loops over what lies together, without a branch that goes by chance.
 */
#include "hs-etl-heap-inline.h"
#include "hs-etl-merger-private.h"

/* So many streams are looked through for the earliest; more are kept in a heap. */
#define SCAN_STREAMS 8u
/* So many events in a row of one stream, and it is taken as far as it goes. */
#define RUN_BEGINS 8u

/* About what HS_ETL_AHEAD records take. */
#define FETCH_BYTES 4096u
#define LINE_BYTES 64u

/* A record's first four bytes, but for what does not matter: without counters behind the header. */
#define KIND_MASK 0xffff8700u
#define KIND_SYSTEM32 0xc0010000u
#define KIND_SYSTEM64 0xc0020000u
#define KIND_PERFINFO32 0xc0100000u
#define KIND_PERFINFO64 0xc0110000u
#define PERFINFO_BYTES 0x10u

#define HOOK_GROUP_STACK 0x18
#define HOOK_ALLOC ((HS_ETL_HOOK_GROUP_HEAP << 8) | HS_ETL_HEAP_ALLOC)
#define HOOK_FREE ((HS_ETL_HOOK_GROUP_HEAP << 8) | HS_ETL_HEAP_FREE)

/* --- decoding ahead --- */

static guint
key_hash(gconstpointer data)
{
  const HsOriginKey *key = data;
  guint64 h = ((guint64)key->pid << 32 | key->tid) * 0x9e3779b97f4a7c15u;
  h = (h ^ (h >> 29) ^ key->handle) * 0xbf58476d1ce4e5b9u + key->wide;
  return (guint)(h >> 32);
}

static gboolean
key_equal(gconstpointer a, gconstpointer b)
{
  const HsOriginKey *x = a, *y = b;
  return x->pid == y->pid && x->tid == y->tid && x->handle == y->handle && x->wide == y->wide;
}

/* Looks the key up, or adds it. FALSE if there is no memory for it. */
static gboolean
find_key(HsEtlMerger *merger, const HsOriginKey *key, guint32 *id)
{
  gpointer found;
  if (merger->key_ids == NULL)
    merger->key_ids = g_hash_table_new(key_hash, key_equal);
  if (!g_hash_table_lookup_extended(merger->key_ids, key, NULL, &found)) {
    HsOriginKey *added = hs_vec_append(&merger->keys);
    if (added == NULL)
      return FALSE;
    *added = *key;
    found = GUINT_TO_POINTER(merger->keys.length - 1);
    g_hash_table_insert(merger->key_ids, added, found);
  }
  *id = GPOINTER_TO_UINT(found);
  return TRUE;
}

/* Whose the stream's records are from now on. FALSE if there is no memory for it. */
static gboolean G_GNUC_NO_INLINE
change_owner(HsEtlMerger *merger, HsEtlStreamState *stream, const HsEtlOwner *owner)
{
  HsEtlOwner *cached = &merger->owners[key_hash(&owner->key) % HS_ETL_OWNERS];
  if (cached->id == HS_ETL_NO_KEY || !key_equal(&cached->key, &owner->key)) {
    *cached = *owner;
    if (!find_key(merger, &owner->key, &cached->id)) {
      cached->id = HS_ETL_NO_KEY;
      return FALSE;
    }
  }
  stream->owner = *cached;
  return TRUE;
}

/* Reads the plain event at `p`, a record of SYSTEM32 or SYSTEM64 with `hook`, ALLOC or FREE, and `size` bytes, but for
 * its time and key. FALSE if it is not plain. */
static inline G_ALWAYS_INLINE gboolean
decode(const guint8 *p, bool wide, guint32 hook, guint32 size, HsPlainEvent *event, guint64 *handle)
{
  bool frees = hook == HOOK_FREE;
  const guint8 *payload = p + HS_ETL_SYSTEM_BYTES;
  guint64 bytes;
  guint32 source;
  if (G_LIKELY(wide)) {
    /* A Free is an Alloc without its second field. */
    gsize gap = frees ? 8 : 0;
    if (G_UNLIKELY(size < HS_ETL_SYSTEM_BYTES + 28 - gap))
      return FALSE;
    *handle = hs_le64(payload);
    bytes = hs_le64(payload + 8);
    event->address = hs_le64(payload + 16 - gap);
    source = hs_le32(payload + 24 - gap);
  } else {
    gsize gap = frees ? 4 : 0;
    if (G_UNLIKELY(size < HS_ETL_SYSTEM_BYTES + 16 - gap))
      return FALSE;
    *handle = hs_le32(payload);
    bytes = hs_le32(payload + 4);
    event->address = hs_le32(payload + 8 - gap);
    source = hs_le32(payload + 12 - gap);
  }
  bytes = frees ? 0 : bytes;
  event->size = (guint32)bytes;
  event->op = frees ? HS_OP_FREE : HS_OP_ALLOC;
  event->source = (guint8)source;
  return source - 1 < HS_SOURCE_UNKNOWN - 1 && bytes < HS_PLAIN_SIZE_LIMIT && (frees || event->address != 0);
}

/* Plain events decoded. As records they count when they are taken. */
typedef struct {
  guint n_wide, n_narrow; /* in records of SYSTEM64, of SYSTEM32 */
  guint n_frees;
} Decoded;

static void
count_decoded(HsEtlMerger *merger, const Decoded *decoded)
{
  HsEtlCounts *counts = &merger->counts;
  counts->by_kind[HS_ETL_SYSTEM64] += decoded->n_wide;
  counts->by_kind[HS_ETL_SYSTEM32] += decoded->n_narrow;
  counts->by_hook[HOOK_FREE] += decoded->n_frees;
  counts->by_hook[HOOK_ALLOC] += decoded->n_wide + decoded->n_narrow - decoded->n_frees;
}

static inline void
pass_stack(HsEtlMerger *merger, guint32 marker, guint32 hook)
{
  HsEtlCounts *counts = &merger->counts;
  counts->records++;
  counts->passed_stacks++;
  counts->by_kind[marker >> 16 & 0xff]++;
  counts->by_hook[hook]++;
}

/* It is a while until it is this stream's turn again: time enough to fetch what is needed then. Streams lie apart, and
 * the processor would begin to guess only after some misses. */
static inline void
fetch(const guint8 *p, const guint8 *end)
{
  for (const guint8 *stop = (gsize)(end - p) > FETCH_BYTES ? p + FETCH_BYTES : end; p < stop; p += LINE_BYTES)
    __builtin_prefetch(p, 0, 2);
}

gboolean
hs_etl_stream_look_ahead(HsEtlMerger *merger, HsEtlStreamState *stream)
{
  const guint8 *p = stream->next, *base = p;
  const guint8 *end = p + stream->left;
  guint64 shift = stream->shift, leap = merger->leap;
  gint64 latest = stream->latest;
  guint16 cpu = stream->cpu;
  guint n = 0;
  HsEtlOwner owner = stream->owner;
  Decoded decoded = {0};
  stream->ahead_next = stream->ahead_end = 0;
  if (G_UNLIKELY(stream->lost != 0 || stream->scaled || latest == G_MININT64 ||
                 (stream->ahead == NULL && (stream->ahead = g_try_new(HsPlainEvent, HS_ETL_AHEAD)) == NULL)))
    return FALSE;
  while (n < HS_ETL_AHEAD && (gsize)(end - p) >= HS_ETL_SYSTEM_BYTES) {
    guint32 marker = hs_le32(p), size = hs_le16(p + 4), hook = hs_le16(p + 6), kind = marker & KIND_MASK;
    bool wide = kind == KIND_SYSTEM64, system = wide || kind == KIND_SYSTEM32;
    if (!system && kind != KIND_PERFINFO64 && kind != KIND_PERFINFO32)
      break;
    gint64 ticks = (gint64)(hs_le64(p + (system ? 0x10 : 0x08)) + shift);
    if (G_UNLIKELY(size < (system ? HS_ETL_SYSTEM_BYTES : PERFINFO_BYTES) || size > (gsize)(end - p) ||
                   (guint64)ticks - (guint64)latest > leap || ticks == G_MAXINT64))
      break;
    if (hook >> 8 == HOOK_GROUP_STACK) {
      pass_stack(merger, marker, hook);
    } else if (G_LIKELY(system && (hook == HOOK_ALLOC || hook == HOOK_FREE))) {
      HsPlainEvent *event = &stream->ahead[n];
      guint32 tid = hs_le32(p + 8), pid = hs_le32(p + 12);
      guint64 handle;
      if (G_UNLIKELY(!decode(p, wide, hook, size, event, &handle)))
        break;
      if (G_UNLIKELY(tid != owner.key.tid || handle != owner.key.handle || pid != owner.key.pid ||
                     wide != owner.key.wide || owner.id == HS_ETL_NO_KEY)) {
        owner.key = (HsOriginKey){.pid = pid, .tid = tid, .handle = handle, .wide = wide};
        if (!change_owner(merger, stream, &owner))
          break;
        owner = stream->owner;
      }
      event->ticks = ticks;
      event->key = owner.id;
      event->at = (guint32)(p - base);
      event->cpu = cpu;
      decoded.n_wide += wide;
      decoded.n_narrow += !wide;
      decoded.n_frees += hook == HOOK_FREE;
      n++;
    } else {
      break;
    }
    latest = ticks;
    p += MIN((size + 7) & ~(gsize)7, (gsize)(end - p));
  }
  fetch(p, end);
  count_decoded(merger, &decoded);
  stream->latest = latest;
  stream->next = p;
  stream->left = (gsize)(end - p);
  stream->ahead_base = base;
  stream->ahead_end = n;
  if (n > 0)
    stream->key = stream->ahead[0].ticks;
  /* Whatever is at `next` has not been framed. */
  stream->advance = 0;
  return n > 0;
}

/* --- putting in order --- */

/* The streams that plain events are taken from, in the order that equal times go by; keys: of what comes next of each,
 * INT64_MAX = of nothing, as of those that do not exist. */
typedef struct {
  gint64 keys[SCAN_STREAMS];
  const HsPlainEvent *next[SCAN_STREAMS], *end[SCAN_STREAMS]; /* of those decoded ahead */
  HsEtlStreamState *streams[SCAN_STREAMS];
  guint n;
} Scan;

/* Which of four comes first, and its key. */
static inline guint
earliest_of_four(const gint64 keys[4], gint64 *key)
{
  bool b = keys[1] < keys[0], d = keys[3] < keys[2];
  gint64 first = b ? keys[1] : keys[0], second = d ? keys[3] : keys[2];
  bool later = second < first;
  *key = later ? second : first;
  /* Not by a choice: that would become a branch, which goes by chance. */
  guint mask = 0u - later;
  return (b & ~mask) | ((2u + d) & mask);
}

static inline guint
earliest(const Scan *scan)
{
  G_STATIC_ASSERT(SCAN_STREAMS == 8);
  gint64 first, second;
  guint a = earliest_of_four(scan->keys, &first);
  if (scan->n <= 4)
    return a;
  guint b = earliest_of_four(scan->keys + 4, &second);
  return second < first ? 4 + b : a;
}

/* The stream's turn in the scan: as it is now. */
static void
look_at(Scan *scan, guint at)
{
  const HsEtlStreamState *stream = scan->streams[at];
  bool is_ahead = hs_etl_stream_is_ahead(stream);
  scan->keys[at] = stream->key;
  scan->next[at] = is_ahead ? stream->ahead + stream->ahead_next : NULL;
  scan->end[at] = is_ahead ? stream->ahead + stream->ahead_end : NULL;
}

static void
add_to_scan(Scan *scan, HsEtlStreamState *stream)
{
  guint at = scan->n++;
  for (; at > 0 && scan->streams[at - 1]->order > stream->order; at--)
    scan->streams[at] = scan->streams[at - 1];
  scan->streams[at] = stream;
}

static void
begin_scan(HsEtlMerger *merger, Scan *scan)
{
  HsEtlStreamState *current = merger->current;
  if (current != NULL && !merger->is_found && !hs_etl_stream_advance(merger, current))
    current = NULL;
  scan->n = 0;
  if (current != NULL)
    add_to_scan(scan, current);
  for (guint i = 0; i < merger->n_waiting; i++)
    add_to_scan(scan, merger->waiting[i].stream);
  for (guint i = 0; i < SCAN_STREAMS; i++) {
    if (i < scan->n)
      look_at(scan, i);
    else
      scan->keys[i] = G_MAXINT64;
  }
}

static void
end_scan(HsEtlMerger *merger, Scan *scan)
{
  HsEtlStreamState *found = scan->n > 0 ? scan->streams[earliest(scan)] : NULL;
  guint left = 0;
  for (guint i = 0; i < scan->n; i++) {
    HsEtlStreamState *stream = scan->streams[i];
    if (stream == NULL)
      continue;
    stream->key = scan->keys[i];
    if (hs_etl_stream_is_ahead(stream))
      stream->ahead_next = (guint)(scan->next[i] - stream->ahead);
    scan->streams[left++] = stream;
  }
  hs_etl_merger_arrange(merger, scan->streams, left, found);
}

/* Takes events of one stream, at least the next, as long as they come before all others. Returns how many. */
static guint
take_run(const Scan *scan, guint which, gint64 *latest, HsPlainEvent *events, guint n)
{
  const HsPlainEvent *next = scan->next[which];
  gint64 limit = G_MAXINT64;
  guint taken = 0;
  for (guint i = 0; i < scan->n; i++) {
    if (i != which)
      limit = MIN(limit, i < which ? scan->keys[i] - 1 : scan->keys[i]);
  }
  n = MIN(n, (guint)(scan->end[which] - next));
  for (; taken < n && next[taken].ticks <= limit; taken++) {
    events[taken] = next[taken];
    events[taken].ticks = *latest = MAX(*latest, next[taken].ticks);
  }
  return taken;
}

/* All that was ahead of the stream has been taken. */
static void G_GNUC_NO_INLINE
refill(HsEtlMerger *merger, Scan *scan, guint which)
{
  HsEtlStreamState *stream = scan->streams[which];
  stream->ahead_next = stream->ahead_end - 1;
  if (hs_etl_stream_advance(merger, stream)) {
    look_at(scan, which);
    return;
  }
  scan->keys[which] = G_MAXINT64;
  scan->streams[which] = NULL;
}

static guint
take_by_scan(HsEtlMerger *merger, HsPlainEvent *events, guint n)
{
  Scan scan;
  gint64 latest = merger->latest_ticks;
  guint taken = 0, last = G_MAXUINT, in_a_row = 0;
  begin_scan(merger, &scan);
  while (taken < n && scan.n > 0) {
    guint which = earliest(&scan);
    const HsPlainEvent *next = scan.next[which];
    if (G_UNLIKELY(scan.keys[which] == G_MAXINT64 || next == scan.end[which]))
      break;
    in_a_row = (in_a_row + 1) & (0u - (which == last));
    last = which;
    guint done = 1;
    if (G_UNLIKELY(in_a_row >= RUN_BEGINS)) {
      done = take_run(&scan, which, &latest, events + taken, n - taken);
    } else {
      events[taken] = *next;
      events[taken].ticks = latest = MAX(latest, next->ticks);
    }
    taken += done;
    scan.next[which] = next += done;
    if (G_LIKELY(next < scan.end[which]))
      scan.keys[which] = next->ticks;
    else
      refill(merger, &scan, which);
  }
  merger->latest_ticks = latest;
  end_scan(merger, &scan);
  return taken;
}

static guint
take_by_heap(HsEtlMerger *merger, HsPlainEvent *events, guint n)
{
  guint taken = 0;
  while (taken < n) {
    HsEtlStreamState *stream = hs_etl_merger_find_next(merger);
    if (stream == NULL || !hs_etl_stream_is_ahead(stream)) {
      merger->is_found = TRUE;
      break;
    }
    events[taken] = stream->ahead[stream->ahead_next];
    events[taken].ticks = merger->latest_ticks = MAX(merger->latest_ticks, events[taken].ticks);
    taken++;
  }
  return taken;
}

guint
hs_etl_merger_take_plain(HsEtlMerger *merger, HsPlainEvent *events, guint n)
{
  merger->takes_plain = TRUE;
  guint taken = merger->n_waiting < SCAN_STREAMS ? take_by_scan(merger, events, n) : take_by_heap(merger, events, n);
  merger->counts.records += taken;
  return taken;
}

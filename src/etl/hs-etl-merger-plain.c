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

/* Where decoding is. */
typedef struct {
  const guint8 *p, *base, *end;
  gint64 latest;
  guint n; /* events decoded */
  Decoded decoded;
} Cursor;

/* What a plain event's record has beside its header. */
typedef struct {
  guint64 address, bytes;
  guint32 source;
  bool frees;
} Payload;

static inline G_ALWAYS_INLINE gboolean
is_plain(const Payload *payload)
{
  return (payload->source - 1 < HS_SOURCE_UNKNOWN - 1) & (payload->bytes < HS_PLAIN_SIZE_LIMIT) &
         (payload->frees | (payload->address != 0));
}

static inline G_ALWAYS_INLINE void
add_event(const HsEtlStreamState *stream, Cursor *at, gint64 ticks, const Payload *payload)
{
  HsPlainEvent *event = &stream->ahead[at->n++];
  event->ticks = ticks;
  event->address = payload->address;
  event->size = (guint32)payload->bytes;
  event->key = stream->owner.id;
  event->at = (guint32)(at->p - at->base);
  event->cpu = stream->cpu;
  event->op = payload->frees ? HS_OP_FREE : HS_OP_ALLOC;
  event->source = (guint8)payload->source;
}

/* FALSE if whose the record is cannot be noted. */
static inline G_ALWAYS_INLINE gboolean
find_owner(HsEtlMerger *merger, HsEtlStreamState *stream, guint32 tid, guint32 pid, guint64 handle, bool wide)
{
  const HsEtlOwner *owner = &stream->owner;
  if (G_LIKELY(tid == owner->key.tid && handle == owner->key.handle && pid == owner->key.pid &&
               wide == owner->key.wide && owner->id != HS_ETL_NO_KEY))
    return TRUE;
  HsEtlOwner changed = {.key = {.pid = pid, .tid = tid, .handle = handle, .wide = wide}};
  return change_owner(merger, stream, &changed);
}

/* The first eight bytes of a record that is an Alloc, or a Free, and nothing more: kind, size in bytes, hook. All three
 * are compared at once. */
#define HEAD_MASK (G_GUINT64_CONSTANT(0xffffffff00000000) | KIND_MASK)
#define HEAD(kind, hook, size) ((guint64)(hook) << 48 | (guint64)(size) << 32 | (kind))

/* Decodes records of one width for as long as they are plain events of the usual size. A Free is an Alloc without its
 * second field; which it is goes by chance, and is no branch. */
static inline G_ALWAYS_INLINE void
take_run_of(HsEtlMerger *merger, HsEtlStreamState *stream, Cursor *cursor, bool wide)
{
  const guint field = wide ? 8 : 4, alloc_bytes = HS_ETL_SYSTEM_BYTES + 3 * field + 4;
  const guint alloc_step = (alloc_bytes + 7) & ~7u, free_step = (alloc_bytes - field + 7) & ~7u;
  const guint64 kind = wide ? KIND_SYSTEM64 : KIND_SYSTEM32;
  const guint64 allocs = HEAD(kind, HOOK_ALLOC, alloc_bytes), frees = HEAD(kind, HOOK_FREE, alloc_bytes - field);
  const guint64 shift = stream->shift, leap = merger->leap;
  Cursor at = *cursor;
  guint n_frees = 0, n_before = at.n;
  while (at.n < HS_ETL_AHEAD && (gsize)(at.end - at.p) >= alloc_step) {
    const guint8 *p = at.p;
    guint64 head = hs_le64(p) & HEAD_MASK;
    Payload payload = {.frees = head == frees};
    if (G_UNLIKELY(!payload.frees & (head != allocs)))
      break;
    const guint8 *fields = p + HS_ETL_SYSTEM_BYTES, *rest = fields + (payload.frees ? field : 2 * field);
    gint64 ticks = (gint64)(hs_le64(p + 0x10) + shift);
    guint64 handle = wide ? hs_le64(fields) : hs_le32(fields);
    guint64 bytes = wide ? hs_le64(fields + field) : hs_le32(fields + field);
    payload.bytes = payload.frees ? 0 : bytes;
    payload.address = wide ? hs_le64(rest) : hs_le32(rest);
    payload.source = hs_le32(rest + field);
    if (G_UNLIKELY(((guint64)ticks - (guint64)at.latest > leap) | (ticks == G_MAXINT64) | !is_plain(&payload)))
      break;
    if (G_UNLIKELY(!find_owner(merger, stream, hs_le32(p + 8), hs_le32(p + 12), handle, wide)))
      break;
    add_event(stream, &at, ticks, &payload);
    at.latest = ticks;
    n_frees += payload.frees;
    at.p = p + (payload.frees ? free_step : alloc_step);
  }
  at.decoded.n_frees += n_frees;
  *(wide ? &at.decoded.n_wide : &at.decoded.n_narrow) += at.n - n_before;
  *cursor = at;
}

/* Reads what a record of SYSTEM32 or SYSTEM64 with `hook`, ALLOC or FREE, and `size` bytes has. FALSE if it has not all
 * of it. */
static inline gboolean
read_payload(const guint8 *p, bool wide, guint32 hook, guint32 size, Payload *payload, guint64 *handle)
{
  payload->frees = hook == HOOK_FREE;
  const guint8 *fields = p + HS_ETL_SYSTEM_BYTES;
  gsize field = wide ? 8 : 4, gap = payload->frees ? field : 0;
  if (size < HS_ETL_SYSTEM_BYTES + 3 * field + 4 - gap)
    return FALSE;
  *handle = wide ? hs_le64(fields) : hs_le32(fields);
  payload->bytes = payload->frees ? 0 : wide ? hs_le64(fields + 8) : hs_le32(fields + 4);
  payload->address = wide ? hs_le64(fields + 16 - gap) : hs_le32(fields + 8 - gap);
  payload->source = hs_le32(fields + 3 * field - gap);
  return TRUE;
}

/* Takes a record that may be of any size, or passes over a stack. FALSE, and nothing is taken, if it is another one, or
 * there is a doubt. */
static gboolean
take_one(HsEtlMerger *merger, HsEtlStreamState *stream, Cursor *at)
{
  const guint8 *p = at->p;
  if ((gsize)(at->end - p) < HS_ETL_SYSTEM_BYTES)
    return FALSE;
  guint32 marker = hs_le32(p), size = hs_le16(p + 4), hook = hs_le16(p + 6), kind = marker & KIND_MASK;
  bool wide = kind == KIND_SYSTEM64, system = wide || kind == KIND_SYSTEM32;
  if (!system && kind != KIND_PERFINFO64 && kind != KIND_PERFINFO32)
    return FALSE;
  gint64 ticks = (gint64)(hs_le64(p + (system ? 0x10 : 0x08)) + stream->shift);
  if (size < (system ? HS_ETL_SYSTEM_BYTES : PERFINFO_BYTES) || size > (gsize)(at->end - p) ||
      (guint64)ticks - (guint64)at->latest > merger->leap || ticks == G_MAXINT64)
    return FALSE;
  if (hook >> 8 == HOOK_GROUP_STACK) {
    pass_stack(merger, marker, hook);
  } else if (system && (hook == HOOK_ALLOC || hook == HOOK_FREE)) {
    Payload payload;
    guint64 handle;
    if (!read_payload(p, wide, hook, size, &payload, &handle) || !is_plain(&payload) ||
        !find_owner(merger, stream, hs_le32(p + 8), hs_le32(p + 12), handle, wide))
      return FALSE;
    add_event(stream, at, ticks, &payload);
    at->decoded.n_wide += wide;
    at->decoded.n_narrow += !wide;
    at->decoded.n_frees += payload.frees;
  } else {
    return FALSE;
  }
  at->latest = ticks;
  at->p = p + MIN((size + 7) & ~(gsize)7, (gsize)(at->end - p));
  return TRUE;
}

gboolean
hs_etl_stream_look_ahead(HsEtlMerger *merger, HsEtlStreamState *stream)
{
  Cursor at = {.p = stream->next, .base = stream->next, .end = stream->next + stream->left, .latest = stream->latest};
  stream->ahead_next = stream->ahead_end = 0;
  if (G_UNLIKELY(stream->lost != 0 || stream->scaled || at.latest == G_MININT64 ||
                 (stream->ahead == NULL && (stream->ahead = g_try_new(HsPlainEvent, HS_ETL_AHEAD)) == NULL)))
    return FALSE;
  do {
    if (G_LIKELY(stream->owner.key.wide))
      take_run_of(merger, stream, &at, true);
    else
      take_run_of(merger, stream, &at, false);
  } while (at.n < HS_ETL_AHEAD && take_one(merger, stream, &at));
  fetch(at.p, at.end);
  count_decoded(merger, &at.decoded);
  stream->latest = at.latest;
  stream->next = at.p;
  stream->left = (gsize)(at.end - at.p);
  stream->ahead_base = at.base;
  stream->ahead_end = at.n;
  if (at.n > 0)
    stream->key = stream->ahead[0].ticks;
  /* Whatever is at `next` has not been framed. */
  stream->advance = 0;
  return at.n > 0;
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

/* SPDX-License-Identifier: MIT */
#include "hs-load-reader.h"

#include <pthread.h>
#include <time.h>

#include "hs-etl-system.h"

/* So many that the builder has work while the reader touches memory for it. A thread that has to wait is woken when
 * there is work for a while: to be woken takes as long as to deal with some batches. */
#define BATCHES 24
#define BATCHES_TO_WRITE (BATCHES / 3)
#define BATCHES_TO_BUILD (BATCHES / 4)
/* But not for ever: they may come slowly. */
#define LONGEST_WAIT_NS 20000000
#define GUID_BYTES 16
/* Records that hold nothing for the builder are passed over; so many of them, and a batch goes out all the same, for
 * the sake of progress. */
#define RECORDS_A_BATCH 16384

struct _HsReader {
  HsLoader *loader;
  HsEtlMerger *merger;
  HsBuilder *builder;
  GThread *thread;
  HsReadBatch *batches; /* [BATCHES] */
  pthread_mutex_t mutex;
  pthread_cond_t has_room, has_batches;
  /* Under the mutex. Batch n is in slot n % BATCHES. */
  uint64_t written; /* batches handed over */
  uint64_t taken;   /* batches the builder has done with */
  bool ended;       /* no more will be written */
  bool stop;        /* no more are wanted */
  bool reader_waits, builder_waits;
  /* The builder's. */
  bool holds; /* it holds batch number `taken` */
  /* The thread's. */
  int64_t last_ticks;
  guint gaps_sent;
};

void
hs_load_count_malformed(HsEtlIssue *issues, const HsEtlRecord *record, const char *what)
{
  hs_etl_issue_add(issues, HS_ETL_ISSUE_BAD_PAYLOAD, record->offset,
                   "%s record (type %s, opcode 0x%02x, version %u) has a payload of %zu bytes, too short for its kind",
                   what, hs_etl_kind_name(record->kind), record->opcode, record->version, record->payload.size);
}

/* --- the thread --- */

static void
wait_for_room(HsReader *reader)
{
  reader->reader_waits = true;
  while (reader->written - reader->taken > BATCHES - BATCHES_TO_WRITE && !reader->stop)
    pthread_cond_wait(&reader->has_room, &reader->mutex);
  reader->reader_waits = false;
}

/* The next free batch, emptied; NULL if no more are wanted. */
static HsReadBatch *
open_batch(HsReader *reader)
{
  pthread_mutex_lock(&reader->mutex);
  while (reader->written - reader->taken == BATCHES && !reader->stop) {
    /* Ahead as far as can be: time to help the builder. */
    pthread_mutex_unlock(&reader->mutex);
    hs_builder_prepare(reader->builder);
    bool helped = hs_builder_help(reader->builder) || hs_etl_merger_help(reader->merger);
    pthread_mutex_lock(&reader->mutex);
    if (!helped)
      wait_for_room(reader);
  }
  bool stop = reader->stop;
  pthread_mutex_unlock(&reader->mutex);
  if (stop || hs_loader_is_cancelled(reader->loader))
    return NULL;
  HsReadBatch *batch = &reader->batches[reader->written % BATCHES];
  batch->n_plain = batch->n_events = batch->n_records = 0;
  batch->heap_records = batch->stack_records = batch->used_records = 0;
  g_byte_array_set_size(batch->bytes, 0);
  return batch;
}

static bool
has_gaps(const HsReader *reader)
{
  guint n_gaps;
  (void)hs_etl_merger_gaps(reader->merger, &n_gaps);
  return n_gaps > reader->gaps_sent;
}

static void
take_gaps(HsReader *reader, HsReadBatch *batch)
{
  guint n_gaps;
  const HsEtlGap *gaps = hs_etl_merger_gaps(reader->merger, &n_gaps);
  batch->n_gaps = MIN(n_gaps - reader->gaps_sent, HS_READ_GAPS);
  for (uint32_t i = 0; i < batch->n_gaps; i++)
    batch->gaps[i] = gaps[reader->gaps_sent++];
}

static void
hand_over(HsReader *reader, HsReadBatch *batch)
{
  /* Only now: the bytes may have moved while they grew. */
  for (uint32_t i = 0; i < batch->n_records; i++) {
    HsEtlRecord *record = &batch->records[i];
    const uint8_t *copy = batch->bytes->data + GPOINTER_TO_SIZE(record->payload.data);
    record->guid = record->guid != NULL ? copy : NULL;
    record->payload.data = copy + GUID_BYTES;
  }
  const HsEtlCounts *counts = hs_etl_merger_counts(reader->merger);
  batch->records_read = counts->records;
  for (unsigned i = 0; i < HS_ETL_N_ISSUES; i++)
    batch->issues[i] = counts->issues[i].count;
  take_gaps(reader, batch);
  batch->position = hs_etl_merger_position(reader->merger);
  batch->last_ticks = reader->last_ticks;
  pthread_mutex_lock(&reader->mutex);
  reader->written++;
  if (reader->builder_waits && reader->written - reader->taken >= BATCHES_TO_BUILD)
    pthread_cond_signal(&reader->has_batches);
  pthread_mutex_unlock(&reader->mutex);
}

/* Takes a record along for the builder: its GUID (or as much room) and its payload, one behind the other. */
static void
copy_record(HsReadBatch *batch, const HsEtlRecord *record)
{
  static const uint8_t no_guid[GUID_BYTES];
  HsEtlRecord *copy = &batch->records[batch->n_records];
  *copy = *record;
  copy->payload.data = GSIZE_TO_POINTER((gsize)batch->bytes->len);
  batch->plain_before_record[batch->n_records] = batch->n_plain;
  batch->events_before_record[batch->n_records++] = batch->n_events;
  g_byte_array_append(batch->bytes, record->guid != NULL ? record->guid : no_guid, GUID_BYTES);
  g_byte_array_append(batch->bytes, record->payload.data, (guint)record->payload.size);
  batch->used_records++;
}

/* Of the process whose events alone are wanted, if there is one. */
static inline bool
is_chosen(const HsReader *reader, const HsHeapEvent *event)
{
  const HsLoadChoice *choice = &reader->loader->choice;
  return G_LIKELY(!choice->one_process) || choice->pid == (event->target_pid != 0 ? event->target_pid : event->pid);
}

static void
take_record(HsReader *reader, HsReadBatch *batch, const HsEtlRecord *record)
{
  if (G_LIKELY(hs_etl_is_heap(record))) {
    batch->heap_records++;
    batch->plain_before_event[batch->n_events] = batch->n_plain;
    if (G_LIKELY(hs_etl_heap_decode(record, &batch->events[batch->n_events])))
      batch->n_events += is_chosen(reader, &batch->events[batch->n_events]);
    else
      hs_load_count_malformed(hs_etl_merger_counts_mutable(reader->merger)->issues, record, "heap");
  } else if (record->hook != HS_ETL_NO_HOOK && record->hook >> 8 == 0x18) {
    batch->stack_records++;
  } else if (hs_etl_is_system(record) || hs_etl_is_heap_range(record)) {
    copy_record(batch, record);
  } else if (hs_etl_is_heap_snapshot(record)) {
    hs_etl_issue_add(hs_etl_merger_counts_mutable(reader->merger)->issues, HS_ETL_ISSUE_HEAP_SNAPSHOT, record->offset,
                     "events of Microsoft-Windows-Heap-Snapshot hold an undocumented format that is not read");
  } else if (record->hook == 0x0000) {
    batch->used_records++; /* the log-file header */
  }
}

/* Leaves out the plain events of other processes. Returns how many are left. */
static uint32_t
pick_process(const HsReader *reader, HsPlainEvent *events, uint32_t n)
{
  const HsVec *keys = hs_etl_merger_keys(reader->merger);
  const uint32_t pid = reader->loader->choice.pid;
  uint32_t n_chosen = 0;
  for (uint32_t i = 0; i < n; i++) {
    events[n_chosen] = events[i];
    n_chosen += HS_VEC(keys, HsOriginKey, events[i].key)->pid == pid;
  }
  return n_chosen;
}

/* What nearly all records are, without a look at each as a record. How many. */
static uint32_t
take_plain(HsReader *reader, HsReadBatch *batch, uint32_t n)
{
  HsPlainEvent *events = batch->plain + batch->n_plain;
  n = hs_etl_merger_take_plain(reader->merger, events, MIN(n, HS_READ_PLAIN - batch->n_plain));
  batch->heap_records += n;
  if (n > 0)
    reader->last_ticks = MAX(reader->last_ticks, events[n - 1].ticks);
  batch->n_plain += reader->loader->choice.one_process ? pick_process(reader, events, n) : n;
  return n;
}

static bool
is_full(const HsReadBatch *batch)
{
  return batch->n_plain == HS_READ_PLAIN || batch->n_events == HS_READ_EVENTS || batch->n_records == HS_READ_RECORDS;
}

/* Fills a batch. False if there are no more records. */
static bool
fill(HsReader *reader, HsReadBatch *batch)
{
  HsEtlRecord record;
  for (uint32_t n = 0; n < RECORDS_A_BATCH && !is_full(batch); n++) {
    n += take_plain(reader, batch, RECORDS_A_BATCH - n);
    if (is_full(batch) || n >= RECORDS_A_BATCH)
      break;
    if (!hs_etl_merger_next(reader->merger, &record)) {
      /* Of what was passed over, too. */
      if (hs_etl_merger_counts(reader->merger)->records > 0)
        reader->last_ticks = MAX(reader->last_ticks, hs_etl_merger_latest(reader->merger));
      return false;
    }
    reader->last_ticks = MAX(reader->last_ticks, record.ticks);
    take_record(reader, batch, &record);
  }
  return true;
}

static gpointer
read_records(gpointer data)
{
  HsReader *reader = data;
  HsReadBatch *batch;
  bool more = true;
  /* From here on it can count on help. */
  (void)hs_builder_help(reader->builder);
  /* What is left of the gaps when the records have ended goes out without records. */
  while ((more || has_gaps(reader)) && (batch = open_batch(reader)) != NULL) {
    uint64_t passed = hs_etl_merger_counts(reader->merger)->passed_stacks;
    more = more && fill(reader, batch);
    batch->stack_records += hs_etl_merger_counts(reader->merger)->passed_stacks - passed;
    hand_over(reader, batch);
  }
  pthread_mutex_lock(&reader->mutex);
  reader->ended = true;
  pthread_cond_signal(&reader->has_batches);
  pthread_mutex_unlock(&reader->mutex);
  return NULL;
}

/* --- the builder's side --- */

HsReader *
hs_reader_start(HsLoader *loader, HsEtlMerger *merger, HsBuilder *builder, GError **error)
{
  g_autoptr(HsReader) reader = g_new0(HsReader, 1);
  pthread_mutex_init(&reader->mutex, NULL);
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&reader->has_room, NULL);
  pthread_cond_init(&reader->has_batches, &monotonic);
  pthread_condattr_destroy(&monotonic);
  reader->loader = loader;
  reader->merger = merger;
  reader->builder = builder;
  reader->last_ticks = INT64_MIN;
  reader->batches = g_try_new0(HsReadBatch, BATCHES);
  if (reader->batches == NULL) {
    g_set_error(error, HS_TRACE_ERROR, HS_TRACE_ERROR_MEMORY, "no memory to read ahead");
    return NULL;
  }
  for (unsigned i = 0; i < BATCHES; i++) {
    reader->batches[i].bytes = g_byte_array_new();
    reader->batches[i].keys = hs_etl_merger_keys(merger);
  }
  reader->thread = g_thread_try_new("hs-reader", read_records, reader, error);
  return reader->thread != NULL ? g_steal_pointer(&reader) : NULL;
}

static void
wait_for_batches(HsReader *reader)
{
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += LONGEST_WAIT_NS;
  until.tv_sec += until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  reader->builder_waits = true;
  while (reader->written - reader->taken < BATCHES_TO_BUILD && !reader->ended &&
         pthread_cond_timedwait(&reader->has_batches, &reader->mutex, &until) == 0)
    ;
  reader->builder_waits = false;
}

HsReadBatch *
hs_reader_next(HsReader *reader)
{
  HsReadBatch *batch = NULL;
  pthread_mutex_lock(&reader->mutex);
  if (reader->holds) {
    reader->taken++;
    reader->holds = false;
    if (reader->reader_waits && reader->written - reader->taken <= BATCHES - BATCHES_TO_WRITE)
      pthread_cond_signal(&reader->has_room);
  }
  while (reader->taken == reader->written && !reader->ended) {
    pthread_mutex_unlock(&reader->mutex);
    /* The reader is behind: what it has to do comes first. */
    bool helped = hs_etl_merger_help(reader->merger) || hs_builder_help(reader->builder);
    pthread_mutex_lock(&reader->mutex);
    if (!helped)
      wait_for_batches(reader);
  }
  if (reader->taken < reader->written && !hs_loader_is_cancelled(reader->loader)) {
    batch = &reader->batches[reader->taken % BATCHES];
    reader->holds = true;
  }
  pthread_mutex_unlock(&reader->mutex);
  return batch;
}

void
hs_reader_free(HsReader *reader)
{
  if (reader == NULL)
    return;
  pthread_mutex_lock(&reader->mutex);
  reader->stop = true;
  pthread_cond_signal(&reader->has_room);
  pthread_mutex_unlock(&reader->mutex);
  if (reader->thread != NULL)
    g_thread_join(reader->thread);
  for (unsigned i = 0; reader->batches != NULL && i < BATCHES; i++)
    g_byte_array_unref(reader->batches[i].bytes);
  pthread_cond_destroy(&reader->has_room);
  pthread_cond_destroy(&reader->has_batches);
  pthread_mutex_destroy(&reader->mutex);
  g_free(reader->batches);
  g_free(reader);
}

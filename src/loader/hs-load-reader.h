/* SPDX-License-Identifier: MIT */
/*
 * The reader: a thread that merges, unpacks and decodes a file's records ahead of the thread that builds the timeline.
 * Batches go from one to the other through a ring of a few, which are used again: nothing is allocated an event. Heap
 * events come decoded; the few other records that matter come as copies, each at its place between the events.
 */
#pragma once

#include "hs-etl-heap.h"
#include "hs-loader-private.h"

#define HS_READ_PLAIN 1024
#define HS_READ_EVENTS 256
#define HS_READ_RECORDS 32
#define HS_READ_GAPS 32

typedef struct {
  HsPlainEvent plain[HS_READ_PLAIN];
  uint32_t n_plain;
  uint32_t n_events;
  uint32_t n_records;
  uint32_t plain_before_event[HS_READ_EVENTS]; /* how many of the plain events come before it */
  HsHeapEvent events[HS_READ_EVENTS];
  HsEtlRecord records[HS_READ_RECORDS]; /* payload and guid point into `bytes` once the batch is handed over */
  /* Of either kind, how many come before it. */
  uint32_t plain_before_record[HS_READ_RECORDS], events_before_record[HS_READ_RECORDS];
  GByteArray *bytes;
  const HsVec *keys;           /* of the plain events */
  HsEtlGap gaps[HS_READ_GAPS]; /* found lately */
  uint32_t n_gaps;
  /* Since the batch before. */
  uint64_t heap_records, stack_records, used_records;
  /* So far. */
  uint64_t records_read; /* of any kind */
  uint64_t position;     /* bytes of the file used up */
  int64_t last_ticks;    /* latest time stamp so far */
  uint64_t issues[HS_ETL_N_ISSUES];
} HsReadBatch;

/* Somewhere in a batch: so many events of either kind come before it. */
typedef struct {
  uint32_t plain, event;
} HsReadPlace;

static inline HsReadPlace
hs_read_place_of_record(const HsReadBatch *batch, uint32_t record)
{
  return (HsReadPlace){batch->plain_before_record[record], batch->events_before_record[record]};
}

static inline HsReadPlace
hs_read_place_of_end(const HsReadBatch *batch)
{
  return (HsReadPlace){batch->n_plain, batch->n_events};
}

typedef struct _HsReader HsReader;

/* Starts the thread; NULL and `error` if there is no memory for it. The merger is the reader's until hs_reader_free();
 * of the builder it uses only hs_builder_prepare() and hs_builder_help(). */
HsReader *hs_reader_start(HsLoader *loader, HsEtlMerger *merger, HsBuilder *builder, GError **error);
/* The next batch, waiting for it; NULL at the end or once the load is cancelled. Valid until the next call. */
HsReadBatch *hs_reader_next(HsReader *reader);
/* Tells the thread to stop, joins it. */
void hs_reader_free(HsReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsReader, hs_reader_free)

/* Counts a record whose payload is too short for its kind. */
void hs_load_count_malformed(HsEtlIssue *issues, const HsEtlRecord *record, const char *what);

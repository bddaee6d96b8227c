/* SPDX-License-Identifier: MIT */
/*
 * The inside of HsEtlMerger: hs-etl-merger.c goes from record to record and from stream to stream,
 * hs-etl-merger-buffer.c from buffer to buffer.
 */
#pragma once

#include "hs-etl-file-private.h"
#include "hs-etl-merger.h"
#include "hs-etl-record-inline.h"

/* The buffers of one processor, and its next record. */
typedef struct {
  const guint8 *next; /* framed by `frame` */
  gsize left;         /* valid bytes from `next` on */
  gint64 key;         /* ticks of the next record, never below those of the one before */
  guint64 shift;      /* ticks = raw + shift, while `scaled` is not set */
  HsEtlFrame frame;
  guint32 advance; /* bytes to the record after the next */
  guint32 order;   /* among streams of equal key */
  guint16 cpu;
  bool scaled;     /* the section's clock is not the first one's */
  bool compressed; /* the bytes are in `scratch` */
  bool cut;        /* by the end of the file: a broken record at the end is no news */
  bool is_header;  /* its buffers are header buffers */

  /* Loss that buffers told of since the last record that had a time: HS_ETL_FLAG_…_LOST, or 0. */
  guint16 lost;
  guint16 lost_cpu;
  gint64 lost_since; /* ticks */

  guint64 buffer_offset; /* in the file */
  guint64 next_buffer;   /* into the file's buffers */
  guint64 end_buffer;
  const HsEtlSection *section;
  guint8 *scratch;
  gsize scratch_size;
} HsEtlStreamState;

typedef struct {
  gint64 key;
  HsEtlStreamState *stream;
} Waiting;

struct _HsEtlMerger {
  HsEtlFile *file;
  HsEtlStreamState *current; /* whose record was returned last, or NULL */
  gboolean is_found;         /* no: whose record comes next */
  gint64 limit;              /* `current` stays first up to this key */
  Waiting *waiting;          /* binary heap of the other streams */
  guint n_waiting;
  gint64 latest_ticks;
  HsEtlStreamState *streams;
  guint n_streams;
  guint64 position;
  guint64 fetched; /* bytes of the mapping asked for */
  guint64 unpacked_total;
  guint64 scratch_total; /* bytes of all streams' scratch */
  guint64 leap;          /* ticks: a step ahead that is worth a second look */
  gint64 end_ticks;      /* when the session ended, and a good while on top; INT64_MAX if that is not told */
  GArray *gaps;          /* HsEtlGap */
  HsEtlCounts counts;
};

/* Makes the stream's next buffer that holds anything the current one: its records are unpacked, if need be, and may be
 * framed. What is wrong with buffers on the way becomes issues. FALSE at the end of the stream. */
gboolean hs_etl_stream_load_buffer(HsEtlMerger *merger, HsEtlStreamState *stream);
/* Frees what the stream's buffer was unpacked into, if it was. */
void hs_etl_stream_drop_scratch(HsEtlMerger *merger, HsEtlStreamState *stream);

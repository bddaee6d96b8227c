/* SPDX-License-Identifier: MIT */
/*
 * The inside of HsEtlMerger: hs-etl-merger.c goes from record to record and from stream to stream,
 * hs-etl-merger-buffer.c from buffer to buffer. hs-etl-merger-plain.c decodes plain events of a stream ahead of their
 * turn and puts those of all streams in order.
 */
#pragma once

#include "hs-column.h"
#include "hs-etl-file-private.h"
#include "hs-etl-merger.h"
#include "hs-etl-record-inline.h"

/* Whose an event is. */
typedef struct {
  HsOriginKey key;
  guint32 id; /* its index in the merger's keys; HS_ETL_NO_KEY = none yet */
} HsEtlOwner;
#define HS_ETL_NO_KEY G_MAXUINT32
#define HS_ETL_OWNERS 256u

/* So many plain events of a stream are decoded ahead at most. */
#define HS_ETL_AHEAD 64u

/* The buffers of one processor, and what comes next of it: a plain event decoded ahead, as long as there are any; then
 * the record at `next`. */
typedef struct {
  const guint8 *next;       /* framed by `frame`, if it comes next */
  gsize left;               /* valid bytes from `next` on */
  gint64 key;               /* ticks of what comes next */
  gint64 latest;            /* ticks of the last record looked at, which those behind it are not below */
  HsPlainEvent *ahead;      /* [HS_ETL_AHEAD]; NULL until there are any */
  const guint8 *ahead_base; /* their records begin so far (`at`) behind it */
  guint32 ahead_next, ahead_end;
  HsEtlOwner owner; /* of the last plain event */
  guint64 shift;    /* ticks = raw + shift, while `scaled` is not set */
  HsEtlFrame frame;
  guint32 advance; /* from `next` to the record behind it */
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
  guint64 scratch_total;            /* bytes of all streams' scratch */
  guint64 leap;                     /* ticks: a step ahead that is worth a second look */
  gint64 end_ticks;                 /* when the session ended, and a good while on top; INT64_MAX if that is not told */
  GArray *gaps;                     /* HsEtlGap */
  bool takes_plain;                 /* plain events are decoded ahead */
  HsVec keys;                       /* HsOriginKey */
  GHashTable *key_ids;              /* an element of keys → its index */
  HsEtlOwner owners[HS_ETL_OWNERS]; /* met lately, by hash */
  HsEtlCounts counts;
};

/* Makes the stream's next buffer that holds anything the current one: its records are unpacked, if need be, and may be
 * framed. What is wrong with buffers on the way becomes issues. FALSE at the end of the stream. */
gboolean hs_etl_stream_load_buffer(HsEtlMerger *merger, HsEtlStreamState *stream);
/* Frees what the stream's buffer was unpacked into, if it was. */
void hs_etl_stream_drop_scratch(HsEtlMerger *merger, HsEtlStreamState *stream);

/* Decodes plain events ahead from the record at `next` on, as far as they go without a doubt; none may be left of those
 * before. FALSE if there is none: the record there is to be framed. */
gboolean hs_etl_stream_look_ahead(HsEtlMerger *merger, HsEtlStreamState *stream);
/* What was delivered of the stream is done with: makes what comes next of it ready. FALSE at its end. */
gboolean hs_etl_stream_advance(HsEtlMerger *merger, HsEtlStreamState *stream);
/* `found`, or NULL, comes next; the other streams, in any order, wait. */
void hs_etl_merger_arrange(HsEtlMerger *merger, HsEtlStreamState *const streams[], guint n_streams,
                           HsEtlStreamState *found);
/* The stream whose turn it is, with what comes next of it; NULL at the end. */
HsEtlStreamState *hs_etl_merger_find_next(HsEtlMerger *merger);

static inline gboolean
hs_etl_stream_is_ahead(const HsEtlStreamState *stream)
{
  return stream->ahead_next < stream->ahead_end;
}

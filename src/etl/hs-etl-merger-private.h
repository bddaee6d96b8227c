/* SPDX-License-Identifier: MIT */
/*
 * The inside of HsEtlMerger: hs-etl-merger.c goes from record to record and from stream to stream,
 * hs-etl-merger-buffer.c from buffer to buffer. hs-etl-merger-plain.c decodes plain events of a stream ahead of their
 * turn and puts those of all streams in order.
 */
#pragma once

#include <pthread.h>

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

/* A buffer being unpacked ahead. The state is under the merger's lock; the rest is whose the state says. */
typedef struct {
  enum { HS_ETL_JOB_NONE, HS_ETL_JOB_POSTED, HS_ETL_JOB_RUNS, HS_ETL_JOB_DONE } state;
  guint64 number; /* they are done in this order */
  guint64 buffer; /* which of the file's */
  const guint8 *packed;
  gsize n_packed, wanted;
  guint8 *bytes; /* what it is unpacked into */
  gsize capacity;
  size_t got, used; /* as hs_etl_xpress_unpack() says */
} HsEtlUnpackJob;

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
  HsEtlUnpackJob job; /* of the buffer behind this one */
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
  guint64 scratch_total; /* bytes of all streams' scratch, and of their jobs' */
  pthread_mutex_t jobs_lock;
  pthread_cond_t job_done;
  guint64 n_jobs;                   /* posted ever */
  guint n_posted;                   /* that nobody has begun */
  bool is_helped;                   /* (atomic) it is worth while to post any */
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
/* At least `wanted` bytes at `*bytes`, which holds `*size` now. FALSE if that is more than a file like this may ask
 * for, or there is. */
gboolean hs_etl_merger_make_scratch(HsEtlMerger *merger, guint8 **bytes, gsize *size, gsize wanted);

/* hs-etl-merger-unpack.c */
void hs_etl_unpack_init(HsEtlMerger *merger);
void hs_etl_unpack_clear(HsEtlMerger *merger);
/* Lets buffer number `buffer` of the file, the stream's next, be unpacked ahead, if any thread helps. */
void hs_etl_stream_post_unpack(HsEtlMerger *merger, HsEtlStreamState *stream, guint64 buffer, const guint8 *packed,
                               gsize n_packed, gsize wanted);
/* Makes that buffer, unpacked ahead, the stream's scratch. False if it has not been. */
bool hs_etl_stream_take_unpacked(HsEtlMerger *merger, HsEtlStreamState *stream, guint64 buffer, gsize *got,
                                 gsize *used);
/* Gives up all that is unpacked ahead, and its memory. */
void hs_etl_unpack_drop_jobs(HsEtlMerger *merger);
/* Frees what the stream's buffers were unpacked into, if they were. */
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

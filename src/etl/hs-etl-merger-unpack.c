/* SPDX-License-Identifier: MIT */
/*
 * Buffers unpacked ahead of their turn, by whichever thread has a moment to spare: the next one of each stream. Only
 * the unpacking itself is done there; what is to be believed and what is wrong is judged when the buffer's turn has
 * come.
 */
#include "hs-etl-merger-private.h"
#include "hs-etl-xpress.h"

/* The first of the posted jobs is looked for among all streams: of a file that claims to have far more processors than
 * there are, that would be work for nothing. */
#define MAX_STREAMS 256u

void
hs_etl_unpack_init(HsEtlMerger *merger)
{
  pthread_mutex_init(&merger->jobs_lock, NULL);
  pthread_cond_init(&merger->job_done, NULL);
}

void
hs_etl_unpack_clear(HsEtlMerger *merger)
{
  pthread_mutex_destroy(&merger->jobs_lock);
  pthread_cond_destroy(&merger->job_done);
}

/* The lock is held; it is let go of meanwhile. */
static void
run_job(HsEtlMerger *merger, HsEtlUnpackJob *job)
{
  job->state = HS_ETL_JOB_RUNS;
  merger->n_posted--;
  pthread_mutex_unlock(&merger->jobs_lock);
  job->got = hs_etl_xpress_unpack(job->packed, job->n_packed, job->bytes, job->wanted, &job->used);
  pthread_mutex_lock(&merger->jobs_lock);
  job->state = HS_ETL_JOB_DONE;
  pthread_cond_signal(&merger->job_done);
}

/* Runs the job that was posted first. False if there is none. The lock is held. */
static bool
run_any(HsEtlMerger *merger)
{
  HsEtlUnpackJob *first = NULL;
  if (merger->n_posted == 0)
    return false;
  for (guint i = 0; i < merger->n_streams; i++) {
    HsEtlUnpackJob *job = &merger->streams[i].job;
    if (job->state == HS_ETL_JOB_POSTED && (first == NULL || job->number < first->number))
      first = job;
  }
  run_job(merger, first);
  return true;
}

bool
hs_etl_merger_help(HsEtlMerger *merger)
{
  __atomic_store_n(&merger->is_helped, true, __ATOMIC_RELAXED);
  pthread_mutex_lock(&merger->jobs_lock);
  bool helped = run_any(merger);
  pthread_mutex_unlock(&merger->jobs_lock);
  return helped;
}

/* The job is nobody's from here on, and tells whether it was done. */
static bool
end_job(HsEtlMerger *merger, HsEtlUnpackJob *job)
{
  pthread_mutex_lock(&merger->jobs_lock);
  while (job->state == HS_ETL_JOB_RUNS) {
    /* There may be other work until it is done. */
    if (!run_any(merger))
      pthread_cond_wait(&merger->job_done, &merger->jobs_lock);
  }
  bool done = job->state == HS_ETL_JOB_DONE;
  if (job->state == HS_ETL_JOB_POSTED)
    merger->n_posted--;
  job->state = HS_ETL_JOB_NONE;
  pthread_mutex_unlock(&merger->jobs_lock);
  return done;
}

void
hs_etl_stream_post_unpack(HsEtlMerger *merger, HsEtlStreamState *stream, guint64 buffer, const guint8 *packed,
                          gsize n_packed, gsize wanted)
{
  HsEtlUnpackJob *job = &stream->job;
  if (merger->n_streams > MAX_STREAMS || !__atomic_load_n(&merger->is_helped, __ATOMIC_RELAXED))
    return;
  (void)end_job(merger, job);
  if (!hs_etl_merger_make_scratch(merger, &job->bytes, &job->capacity, wanted))
    return;
  job->buffer = buffer;
  job->packed = packed;
  job->n_packed = n_packed;
  job->wanted = wanted;
  pthread_mutex_lock(&merger->jobs_lock);
  job->number = merger->n_jobs++;
  job->state = HS_ETL_JOB_POSTED;
  merger->n_posted++;
  pthread_mutex_unlock(&merger->jobs_lock);
}

bool
hs_etl_stream_take_unpacked(HsEtlMerger *merger, HsEtlStreamState *stream, guint64 buffer, gsize *got, gsize *used)
{
  HsEtlUnpackJob *job = &stream->job;
  bool mine = job->buffer == buffer, done = end_job(merger, job);
  if (!mine || !done)
    return false;
  guint8 *bytes = stream->scratch;
  gsize size = stream->scratch_size;
  stream->scratch = job->bytes;
  stream->scratch_size = job->capacity;
  job->bytes = bytes;
  job->capacity = size;
  *got = job->got;
  *used = job->used;
  return true;
}

static void
drop_job(HsEtlMerger *merger, HsEtlUnpackJob *job)
{
  (void)end_job(merger, job);
  merger->scratch_total -= job->capacity;
  job->capacity = 0;
  g_clear_pointer(&job->bytes, g_free);
}

void
hs_etl_unpack_drop_jobs(HsEtlMerger *merger)
{
  for (guint i = 0; i < merger->n_streams && merger->n_jobs > 0; i++)
    drop_job(merger, &merger->streams[i].job);
}

void
hs_etl_stream_drop_scratch(HsEtlMerger *merger, HsEtlStreamState *stream)
{
  drop_job(merger, &stream->job);
  merger->scratch_total -= stream->scratch_size;
  stream->scratch_size = 0;
  g_clear_pointer(&stream->scratch, g_free);
}

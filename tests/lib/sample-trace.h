/* SPDX-License-Identifier: MIT */
/* The sample's clock, processes, threads and call stacks, on top of the writer. */
#pragma once

#include "hs-etl-writer.h"

G_BEGIN_DECLS

typedef struct {
  guint64 base;
  guint64 size;
  const char *path; /* NT path */
  const char *pdb;
  guint32 time_date_stamp;
} SampleImage;

typedef struct _SampleProcess SampleProcess;

typedef struct {
  SampleProcess *process;
  guint32 tid;
  guint cpu;
  const char *name; /* or NULL */
} SampleThread;

struct _SampleProcess {
  guint32 pid;
  guint32 parent_pid;
  gboolean wow64;
  const char *name;
  const char *command_line;
  GArray *images;  /* of SampleImage */
  GArray *threads; /* of SampleThread */
  gboolean running;
};

typedef struct {
  guint64 frames[24];
  guint n_frames;
  guint64 key; /* 0: not in the cache */
} SampleStack;

typedef struct {
  HsEtlWriter *writer;
  GRand *random;
  guint64 start_ticks;
  guint64 now_ticks;
  GArray *stacks;    /* of SampleStack */
  GArray *free_keys; /* of guint64 */
  guint64 next_key;
  guint64 heap_events;
} SampleTrace;

#define SAMPLE_TICKS_PER_SECOND 10000000

SampleTrace *sample_trace_new(HsEtlWriter *writer, guint64 start_ticks, guint32 seed);
void sample_trace_free(SampleTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SampleTrace, sample_trace_free)

/* Moves the clock to `ticks` since the start, and at least one tick on. */
void sample_trace_advance_to(SampleTrace *trace, guint64 ticks);
/* `ticks` on. */
void sample_trace_advance(SampleTrace *trace, guint ticks);

/* A record of `thread` here and now; SYSTEM32 for 32-bit processes, or the kernel's view (64-bit) of it. */
HsEtlWriterAt sample_trace_at(SampleTrace *trace, SampleThread *thread);
HsEtlWriterAt sample_trace_kernel_at(SampleTrace *trace, SampleThread *thread);

/* A stack through the process's modules, as deep as `depth` between the heap's own frames and the thread's start.
 * Returns its number. */
guint sample_trace_add_stack(SampleTrace *trace, SampleProcess *process, guint depth);
/* Writes the stack of the event at `event_ticks`, by key or in full. */
void sample_trace_write_stack(SampleTrace *trace, SampleThread *thread, guint64 event_ticks, guint stack);
/* Evicts stacks from the cache: all (the end of the session), or every third. */
void sample_trace_define_stacks(SampleTrace *trace, gboolean all);

SampleProcess *sample_process_new(guint32 pid, guint32 parent_pid, gboolean wow64, const char *name,
                                  const char *command_line);
void sample_process_free(SampleProcess *process);
void sample_process_add_image(SampleProcess *process, guint64 base, guint64 size, const char *path, const char *pdb);
void sample_process_add_thread(SampleProcess *process, guint32 tid, guint cpu, const char *name);
/* One of its threads, moved to another CPU now and then. */
SampleThread *sample_process_thread(SampleTrace *trace, SampleProcess *process, guint number);

/* Start, End, DCStart or DCEnd of the process with its threads and images. */
void sample_process_write(SampleTrace *trace, SampleProcess *process, HsEtlWriterProcessOp op);

double sample_random(SampleTrace *trace);                                     /* [0, 1) */
guint64 sample_random_between(SampleTrace *trace, guint64 low, guint64 high); /* [low, high), evenly in the logarithm */
double sample_random_lifetime(SampleTrace *trace, double mean);               /* exponential */

G_END_DECLS

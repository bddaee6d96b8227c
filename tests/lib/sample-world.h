/* SPDX-License-Identifier: MIT */
/* Who is in the sample: three processes, their modules and threads, nine heaps, and what happens to them when. */
#pragma once

#include "sample-heap.h"

G_BEGIN_DECLS

typedef enum {
  SAMPLE_EDITOR_MAIN,
  SAMPLE_EDITOR_TILES,
  SAMPLE_EDITOR_UNDO,
  SAMPLE_SERVICE_MAIN,
  SAMPLE_SERVICE_CACHE,
  SAMPLE_SERVICE_JOB,
  SAMPLE_UPDATER_MAIN,
  SAMPLE_UPDATER_CRT,
  SAMPLE_UPDATER_UNPACK,
  SAMPLE_N_HEAPS
} SampleHeapName;

typedef enum { SAMPLE_EDITOR, SAMPLE_SERVICE, SAMPLE_UPDATER, SAMPLE_N_PROCESSES } SampleProcessName;

typedef struct {
  SampleTrace *trace;
  SampleProcess *processes[SAMPLE_N_PROCESSES];
  SampleHeap *heaps[SAMPLE_N_HEAPS]; /* all there; recording once created */
  gboolean created[SAMPLE_N_HEAPS];
} SampleWorld;

SampleWorld *sample_world_new(SampleTrace *trace);
void sample_world_free(SampleWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SampleWorld, sample_world_free)

/* The process a heap belongs to. */
SampleProcessName sample_world_owner(SampleHeapName heap);

/* What is there when the session starts, and the rundown when it ends. */
void sample_world_begin(SampleWorld *world);
void sample_world_end(SampleWorld *world);

/* The script: lines performed at their times. */
guint sample_world_n_lines(void);
double sample_world_line_s(guint line);
void sample_world_perform(SampleWorld *world, guint line);

G_END_DECLS

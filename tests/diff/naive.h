/* SPDX-License-Identifier: MIT */
/*
 * What a trace answers, worked out in the plainest way there is: every event and every block is looked at for every
 * question. Knows nothing of src/ and links GLib only, so that an error cannot cancel itself out. Once a trace is
 * filled, any thread may ask it.
 */
#pragma once

#include <glib.h>

#define NAIVE_OUTSTANDING G_MAXINT64

/* --- a trace --- */

typedef struct {
  gint64 time_ns;
  const char *op;
  gint64 pid, tid;     /* -1 = not told */
  guint life;          /* tells processes of one pid apart */
  const char *process; /* NULL = not told */
  gboolean has_heap, has_address, has_size, has_old;
  guint64 heap, address, size, old_address, old_size;
  const char *source; /* as files show it: a name or a number; NULL = has none */
  guint cpu;
  int instance; /* the heap it is about, among the heaps; -1 = none */
  int block;    /* the block it begins, frees or marks as moved, among the blocks; -1 = none */
} NaiveEvent;

typedef struct {
  guint begin; /* the event */
  int end;     /* the event, or -1: outstanding, or gone with its process */
  gint64 begin_ns, end_ns;
  const char *reason; /* "outstanding", "free" … */
  gboolean is_realloc;
  int instance;
  guint64 address, size;
} NaiveBlock;

/* A heap instance. */
typedef struct {
  gint64 pid; /* -1 = not told */
  const char *process;
  guint64 handle;
  gint64 flags;                    /* -1 = not told */
  gint64 created_ns, destroyed_ns; /* G_MININT64 = not told */
} NaiveHeap;

typedef struct {
  GArray *events, *blocks, *heaps; /* of NaiveEvent in order of time, NaiveBlock in order of birth, NaiveHeap by age */
  guint64 frequency;               /* of the clock, at most 1 GHz: ticks are not longer than shown times are exact */
  gint64 last_ns;                  /* of the last record */
} NaiveTrace;

NaiveTrace *naive_trace_new(guint64 frequency);
void naive_trace_free(NaiveTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NaiveTrace, naive_trace_free)

/* From what "events --format csv" prints of a trace in which no process ends. What that does not tell: the frequency,
 * and the flags that all Creates have. The last record must be an event. */
NaiveTrace *naive_trace_read(const char *csv, guint64 frequency, gint64 create_flags);

static inline NaiveEvent *
naive_event(const NaiveTrace *trace, guint i)
{
  return &g_array_index(trace->events, NaiveEvent, i);
}
static inline NaiveBlock *
naive_block(const NaiveTrace *trace, guint i)
{
  return &g_array_index(trace->blocks, NaiveBlock, i);
}
static inline NaiveHeap *
naive_heap(const NaiveTrace *trace, guint i)
{
  return &g_array_index(trace->heaps, NaiveHeap, i);
}

/* The first moment of the clock at or after `ns` as it is shown, or so many ticks later; -1 before the trace. */
gint64 naive_moment(const NaiveTrace *trace, gint64 ns, guint n_later);

/* --- a question --- */

typedef enum {
  NAIVE_TIME,
  NAIVE_PID,
  NAIVE_TID,
  NAIVE_CPU,
  NAIVE_HEAP,
  NAIVE_ADDRESS,
  NAIVE_SIZE,
  NAIVE_OLD_ADDRESS,
  NAIVE_OLD_SIZE,
  NAIVE_LIFETIME,
  NAIVE_N_NUMBERS,
  NAIVE_OP = NAIVE_N_NUMBERS,
  NAIVE_SOURCE,
  NAIVE_TYPE,
  NAIVE_END,
  NAIVE_PROCESS,
  NAIVE_N_FIELDS
} NaiveField;

typedef enum {
  NAIVE_EQ,
  NAIVE_NE,
  NAIVE_LT,
  NAIVE_LE,
  NAIVE_GT,
  NAIVE_GE,
  NAIVE_IN_SET,
  NAIVE_IN_RANGE,
  NAIVE_CONTAINS
} NaiveComparison;

#define NAIVE_MAX_VALUES 4

typedef struct {
  __int128 milli;   /* thousandths of a byte, of a nanosecond, of one */
  const char *text; /* or a text; NULL = the number */
} NaiveValue;

typedef struct _NaiveFilter NaiveFilter;
struct _NaiveFilter {
  char kind; /* '&', '|', '!', or 'c': a comparison */
  NaiveFilter *a, *b;
  NaiveField field;
  NaiveComparison comparison;
  guint n_values;
  NaiveValue values[NAIVE_MAX_VALUES];
};

typedef enum {
  NAIVE_BY_PROCESS,
  NAIVE_BY_HEAP,
  NAIVE_BY_SOURCE,
  NAIVE_BY_SIZE,
  NAIVE_BY_THREAD,
  NAIVE_BY_TYPE,
  NAIVE_BY_END,
  NAIVE_N_BY
} NaiveBy;
extern const char *const naive_by_names[NAIVE_N_BY];

typedef struct {
  NaiveFilter *filter; /* NULL = everything */
  char *filter_text;
  gboolean has_range;
  gint64 t0_ns, t1_ns; /* moments of the clock; G_MININT64, G_MAXINT64: open */
  char *range_text;    /* may name moments between those: the later ones are meant */
  guint n_by;
  NaiveBy by[3];
} NaiveQuestion;

/* Filters of comparisons that have something to do with the trace, ranges that often begin and end just when something
 * happens; texts in all the ways that a thing can be written. */
NaiveQuestion *naive_question_random(const NaiveTrace *trace, GRand *rand);
void naive_question_free(NaiveQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NaiveQuestion, naive_question_free)
/* "--filter=…" "--range=…" "--by=…", as far as they are asked for; NULL-ended. */
GStrv naive_question_arguments(const NaiveQuestion *question);

NaiveFilter *naive_filter_random(const NaiveTrace *trace, GRand *rand, int depth);
char *naive_filter_print(const NaiveFilter *filter, GRand *rand);
void naive_filter_free(NaiveFilter *filter);

/* --- answers --- */

/* AIFI …, or NULL if it is not in view of the range. */
const char *naive_block_type(const NaiveBlock *block, gint64 t0_ns, gint64 t1_ns);
/* Whether the filter lets it pass. */
gboolean naive_event_passes(const NaiveTrace *trace, const NaiveQuestion *question, guint event);
gboolean naive_block_passes(const NaiveTrace *trace, const NaiveQuestion *question, guint block);

/* As the programs print it: lines of CSV with a header. */
char *naive_events(const NaiveTrace *trace, const NaiveQuestion *question);      /* row */
char *naive_allocations(const NaiveTrace *trace, const NaiveQuestion *question); /* row,type */
/* Members of the summary as JSON without blanks: operations, sources, allocations; heaps; range. */
char *naive_counts(const NaiveTrace *trace, const NaiveQuestion *question);
char *naive_heaps(const NaiveTrace *trace, const NaiveQuestion *question);
char *naive_range(const NaiveTrace *trace, const NaiveQuestion *question);

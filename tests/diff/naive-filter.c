/* SPDX-License-Identifier: MIT */
/* Filters: whether an event or a block passes one, by src/trace/hs-query.h as it reads. */
#include <string.h>

#include "naive.h"

void
naive_filter_free(NaiveFilter *filter)
{
  if (filter == NULL)
    return;
  naive_filter_free(filter->a);
  naive_filter_free(filter->b);
  g_free(filter);
}

const char *
naive_block_type(const NaiveBlock *block, gint64 t0_ns, gint64 t1_ns)
{
  gint64 b = block->begin_ns, d = block->end_ns;
  if (t0_ns <= b && b < t1_ns && t0_ns <= d && d < t1_ns)
    return "AIFI";
  if (t0_ns <= b && b < t1_ns && d >= t1_ns)
    return "AIFO";
  if (b < t0_ns && t0_ns < d && d < t1_ns)
    return "AOFI";
  if (b < t0_ns && b < t1_ns && d > t0_ns && d >= t1_ns)
    return "AOFO";
  return NULL;
}

/* --- what there is --- */

typedef struct {
  const NaiveEvent *event;
  const NaiveBlock *block; /* or NULL */
  const NaiveQuestion *question;
} Subject;

/* False if there is none. */
static gboolean
number_of(const Subject *s, NaiveField field, __int128 *number)
{
  const NaiveEvent *event = s->event;
  switch (field) {
  case NAIVE_TIME:
    *number = event->time_ns;
    return TRUE;
  case NAIVE_PID:
    *number = event->pid;
    return event->pid >= 0;
  case NAIVE_TID:
    *number = event->tid;
    return event->tid >= 0;
  case NAIVE_CPU:
    *number = event->cpu;
    return TRUE;
  case NAIVE_HEAP:
    *number = event->heap;
    return event->has_heap;
  case NAIVE_ADDRESS:
    *number = event->address;
    return event->has_address;
  case NAIVE_SIZE:
    *number = event->size;
    return event->has_size;
  case NAIVE_OLD_ADDRESS:
    *number = event->old_address;
    return event->has_old;
  case NAIVE_OLD_SIZE:
    *number = event->old_size;
    return event->has_old;
  case NAIVE_LIFETIME:
    if (s->block == NULL || s->block->end_ns == NAIVE_OUTSTANDING)
      return FALSE;
    *number = (__int128)s->block->end_ns - s->block->begin_ns;
    return TRUE;
  default:
    return FALSE;
  }
}

/* NULL if there is none. */
static const char *
text_of(const Subject *s, NaiveField field)
{
  switch (field) {
  case NAIVE_OP:
    return s->event->op;
  case NAIVE_TYPE:
    return s->block != NULL ? naive_block_type(s->block, s->question->t0_ns, s->question->t1_ns) : NULL;
  case NAIVE_END:
    return s->block != NULL ? s->block->reason : NULL;
  case NAIVE_PROCESS:
    return s->event->process;
  default:
    return NULL;
  }
}

/* --- comparing --- */

static gboolean
compare_numbers(const NaiveFilter *f, __int128 number)
{
  __int128 milli = number * 1000;
  switch (f->comparison) {
  case NAIVE_EQ:
    return milli == f->values[0].milli;
  case NAIVE_NE:
    return milli != f->values[0].milli;
  case NAIVE_LT:
    return milli < f->values[0].milli;
  case NAIVE_LE:
    return milli <= f->values[0].milli;
  case NAIVE_GT:
    return milli > f->values[0].milli;
  case NAIVE_GE:
    return milli >= f->values[0].milli;
  case NAIVE_IN_RANGE:
    return milli >= f->values[0].milli && milli < f->values[1].milli;
  default:
    for (guint i = 0; i < f->n_values; i++) {
      if (milli == f->values[i].milli)
        return TRUE;
    }
    return FALSE;
  }
}

static gboolean
is_same_text(const char *a, const char *b, gboolean is_part)
{
  g_autofree char *x = g_utf8_casefold(a, -1);
  g_autofree char *y = g_utf8_casefold(b, -1);
  return is_part ? strstr(x, y) != NULL : strcmp(x, y) == 0;
}

static gboolean
compare_texts(const NaiveFilter *f, const char *text)
{
  gboolean is_one = FALSE;
  for (guint i = 0; i < f->n_values; i++)
    is_one = is_one || is_same_text(text, f->values[i].text, f->comparison == NAIVE_CONTAINS);
  return f->comparison == NAIVE_NE ? !is_one : is_one;
}

/* A source goes by its number; "unknown" is all that have no name. */
static guint64
source_number(const char *name)
{
  static const char *const names[] = {"lookaside", "lowfrag", "mainpath", "slowpath", "invalid", "segment-heap"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    if (g_ascii_strcasecmp(names[i], name) == 0)
      return i + 1;
  }
  return g_ascii_strtoull(name, NULL, 10);
}

static gboolean
compare_sources(const NaiveFilter *f, const char *source)
{
  guint64 number = source_number(source);
  gboolean is_one = FALSE, is_unknown = number < 1 || number > 6;
  for (guint i = 0; i < f->n_values; i++) {
    const NaiveValue *value = &f->values[i];
    if (value->text == NULL)
      is_one = is_one || (__int128)number * 1000 == value->milli;
    else if (strcmp(value->text, "unknown") == 0)
      is_one = is_one || is_unknown;
    else
      is_one = is_one || (!is_unknown && source_number(value->text) == number);
  }
  return f->comparison == NAIVE_NE ? !is_one : is_one;
}

/* Memory is what the row tells, for a Free that of the block; what failed has none. */
static gboolean
has_memory_at(const Subject *s, NaiveField field, __int128 address)
{
  const NaiveEvent *event = s->event;
  gboolean is_old = field == NAIVE_OLD_ADDRESS;
  gboolean is_free = strcmp(event->op, "free") == 0;
  __int128 begin = is_old ? event->old_address : event->address;
  __int128 size = is_old ? event->old_size : event->has_size ? event->size : 0;
  if (!is_old && is_free)
    size = s->block != NULL ? s->block->size : 0;
  if (is_old ? !event->has_old : !event->has_address)
    return FALSE;
  return begin != 0 && begin <= address && address < begin + size;
}

static gboolean
compare(const Subject *s, const NaiveFilter *f)
{
  __int128 number;
  const char *text;
  if (f->field == NAIVE_SOURCE)
    return s->event->source != NULL && compare_sources(f, s->event->source);
  if (f->field >= NAIVE_N_NUMBERS) {
    text = text_of(s, f->field);
    return text != NULL && compare_texts(f, text);
  }
  if (f->comparison == NAIVE_CONTAINS)
    return has_memory_at(s, f->field, f->values[0].milli / 1000);
  return number_of(s, f->field, &number) && compare_numbers(f, number);
}

static gboolean
passes(const Subject *s, const NaiveFilter *f)
{
  switch (f->kind) {
  case '&':
    return passes(s, f->a) && passes(s, f->b);
  case '|':
    return passes(s, f->a) || passes(s, f->b);
  case '!':
    return !passes(s, f->a);
  default:
    return compare(s, f);
  }
}

gboolean
naive_event_passes(const NaiveTrace *trace, const NaiveQuestion *question, guint event)
{
  Subject s = {naive_event(trace, event), NULL, question};
  if (s.event->block >= 0)
    s.block = naive_block(trace, (guint)s.event->block);
  return question->filter == NULL || passes(&s, question->filter);
}

gboolean
naive_block_passes(const NaiveTrace *trace, const NaiveQuestion *question, guint block)
{
  Subject s = {naive_event(trace, naive_block(trace, block)->begin), naive_block(trace, block), question};
  return question->filter == NULL || passes(&s, question->filter);
}

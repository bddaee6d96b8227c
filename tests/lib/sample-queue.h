/* SPDX-License-Identifier: MIT */
/* What is to happen when: a binary heap by time, first in first out among equals. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  guint64 ticks;
  guint64 order;
  guint kind;
  guint number;
} SampleTask;

typedef struct {
  GArray *tasks; /* of SampleTask */
  guint64 next_order;
} SampleQueue;

static inline gboolean
sample_task_before(const SampleTask *a, const SampleTask *b)
{
  return a->ticks != b->ticks ? a->ticks < b->ticks : a->order < b->order;
}

static inline void
sample_queue_init(SampleQueue *queue)
{
  queue->tasks = g_array_new(FALSE, FALSE, sizeof(SampleTask));
  queue->next_order = 0;
}

static inline void
sample_queue_clear(SampleQueue *queue)
{
  g_clear_pointer(&queue->tasks, g_array_unref);
}

static inline void
sample_queue_push(SampleQueue *queue, guint64 ticks, guint kind, guint number)
{
  SampleTask task = {ticks, queue->next_order++, kind, number};
  g_array_append_val(queue->tasks, task);
  SampleTask *tasks = (SampleTask *)queue->tasks->data;
  guint at = queue->tasks->len - 1;
  while (at > 0 && sample_task_before(&task, &tasks[(at - 1) / 2])) {
    tasks[at] = tasks[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  tasks[at] = task;
}

/* FALSE if nothing is left. */
static inline gboolean
sample_queue_pop(SampleQueue *queue, SampleTask *task)
{
  guint length = queue->tasks->len;
  if (length == 0)
    return FALSE;
  SampleTask *tasks = (SampleTask *)queue->tasks->data;
  *task = tasks[0];
  SampleTask last = tasks[--length];
  g_array_set_size(queue->tasks, length);
  guint at = 0;
  for (guint child = 1; child < length; child = 2 * at + 1) {
    if (child + 1 < length && sample_task_before(&tasks[child + 1], &tasks[child]))
      child++;
    if (!sample_task_before(&tasks[child], &last))
      break;
    tasks[at] = tasks[child];
    at = child;
  }
  if (length > 0)
    tasks[at] = last;
  return TRUE;
}

G_END_DECLS

/* SPDX-License-Identifier: MIT */
/* What the answers share. */
#pragma once

#include "naive.h"

/* Members of a JSON object; a comma where one is due. */
void naive_put_name(GString *out, const char *name);
void naive_put_int(GString *out, const char *name, gint64 value);
void naive_put_int_or_null(GString *out, const char *name, gint64 value, gint64 none);
void naive_put_text(GString *out, const char *name, const char *text);

/* The numbers of the blocks that pass, in view or not: an array of guint. */
GArray *naive_passing_blocks(const NaiveTrace *trace, const NaiveQuestion *question);

typedef struct {
  gint64 bytes, time_ns;
} NaivePeak;

/* The largest outstanding of these blocks (an array of guint) in a range that begins with `start` bytes. */
NaivePeak naive_peak(const NaiveTrace *trace, const GArray *blocks, gint64 start, gint64 t0_ns, gint64 t1_ns);

/* SPDX-License-Identifier: MIT */
/*
 * What heaptrack recorded of a program, as a trace: its calls in their order with their sizes and ticks. The recording
 * holds no addresses: they are given as an allocator gives them that uses them again. Calls are all of one process and
 * one heap, on a processor that changes with the recording's ticks.
 */
#pragma once

#include <glib.h>

typedef struct {
  guint64 allocs, frees;
  guint64 outstanding_bytes, peak_bytes;
} HsBenchRecording;

/* Reads `recording`, plain or compressed (file format 3 of heaptrack 1.4), and writes the trace `path`. What it held
 * is told in *told. FALSE and `error` if either cannot be done. */
gboolean hs_bench_recording_convert(const char *recording, const char *path, HsBenchRecording *told, GError **error);

/* SPDX-License-Identifier: MIT */
/* What the tests of the reader floor share. */
#pragma once

#include <glib.h>

#include "hs-etl-heap.h"
#include "hs-etl-merger.h"
#include "hs-etl-system.h"
#include "hs-etl-writer.h"

#define START_TICKS ((guint64)1000000000)

static inline HsEtlWriter *
small_writer(HsEtlWriterOptions *options)
{
  hs_etl_writer_options_init(options);
  options->start_ticks = START_TICKS;
  options->buffer_size_bytes = 4096;
  return hs_etl_writer_new(options);
}

static inline HsEtlWriterAt
at(HsEtlWriterHeader header, guint cpu, guint64 ticks)
{
  return (HsEtlWriterAt){.header = header, .cpu = cpu, .time_ticks = START_TICKS + ticks, .pid = 0x1234, .tid = 0x5678};
}

/* Opens an image that must be usable. */
static inline HsEtlFile *
open_good(GBytes *image)
{
  g_autoptr(GError) error = NULL;
  HsEtlFile *file = hs_etl_file_open_bytes(image, "image.etl", &error);
  g_assert_no_error(error);
  g_assert_nonnull(file);
  return file;
}

/* Merges to the end, checking what must hold of any file. Calls `see` (may be NULL) with every record. */
static inline void
merge_all(HsEtlMerger *merger, HsEtlFile *file, void (*see)(const HsEtlRecord *record, gpointer data), gpointer data)
{
  HsEtlRecord record;
  guint64 n = 0;
  gint64 latest = G_MININT64;
  while (hs_etl_merger_next(merger, &record)) {
    n++;
    if (record.has_time) {
      g_assert_cmpint(record.ticks, >=, latest);
      latest = record.ticks;
    }
    g_assert_cmpuint(record.offset, <, hs_etl_file_size(file));
    if (see != NULL)
      see(&record, data);
  }
  g_assert_false(hs_etl_merger_next(merger, &record));
  const HsEtlCounts *counts = hs_etl_merger_counts(merger);
  guint64 by_kind = 0;
  for (guint i = 0; i < HS_ETL_N_KINDS; i++)
    by_kind += counts->by_kind[i];
  g_assert_cmpuint(counts->records, ==, n);
  g_assert_cmpuint(by_kind, ==, n);
  g_assert_cmpuint(counts->buffers, ==, hs_etl_file_n_buffers(file));
  g_assert_cmpuint(hs_etl_merger_position(merger), <=, hs_etl_file_size(file));
}

static inline guint64
n_issues(const HsEtlCounts *counts)
{
  guint64 n = 0;
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++)
    n += counts->issues[i].count;
  return n;
}

/* Merges an image and checks the counts against the writer's account; `expected_issue` is the only kind of issue that
 * may and must be there, or HS_ETL_N_ISSUES for none. */
static inline void
check_against_truth(GBytes *image, HsEtlWriter *writer, HsEtlIssueKind expected_issue)
{
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  merge_all(merger, file, NULL, NULL);
  const HsEtlCounts *counts = hs_etl_merger_counts(merger);
  const HsEtlTruth *truth = hs_etl_writer_truth(writer);
  g_assert_cmpuint(counts->buffers, ==, truth->buffers);
  g_assert_cmpuint(counts->compressed_buffers, ==, truth->compressed_buffers);
  g_assert_cmpuint(counts->records, ==, truth->records_total);
  g_assert_cmpuint(counts->time_inversions, ==, truth->time_inversions);
  for (guint i = 0; i < HS_ETL_OTHER; i++)
    g_assert_cmpuint(counts->by_kind[i], ==, truth->by_header[i]);
  for (guint i = 0; i < 65536; i++)
    g_assert_cmpuint(counts->by_hook[i], ==, truth->by_hook[i]);
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++) {
    if (i == expected_issue)
      g_assert_cmpuint(counts->issues[i].count, >, 0);
    else
      g_assert_cmpuint(counts->issues[i].count, ==, 0);
  }
}

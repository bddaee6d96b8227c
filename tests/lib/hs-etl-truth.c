/* SPDX-License-Identifier: MIT */
#include "hs-etl-truth-private.h"

#include <string.h>

#include "hs-etl-writer.h"

HsEtlTruth *
hs_etl_truth_new(HsEtlTruthMode mode)
{
  HsEtlTruth *truth = g_new0(HsEtlTruth, 1);
  truth->mode = mode;
  truth->by_hook = g_new0(guint64, 65536);
  truth->heaps = g_array_new(FALSE, TRUE, sizeof(HsEtlTruthHeap));
  truth->blocks = g_array_new(FALSE, TRUE, sizeof(HsEtlTruthBlock));
  truth->gaps = g_array_new(FALSE, TRUE, sizeof(HsEtlTruthGap));
  truth->events = g_array_new(FALSE, TRUE, sizeof(HsEtlTruthEvent));
  truth->clock = "qpc";
  truth->pairing = hs_etl_truth_pairing_new();
  return truth;
}

void
hs_etl_truth_free(HsEtlTruth *truth)
{
  if (truth == NULL)
    return;
  hs_etl_truth_pairing_free(truth->pairing);
  g_array_unref(truth->heaps);
  g_array_unref(truth->blocks);
  g_array_unref(truth->gaps);
  g_array_unref(truth->events);
  g_free(truth->by_hook);
  g_free(truth->session_name);
  g_free(truth->log_file);
  g_free(truth->os_version);
  g_free(truth);
}

void
hs_etl_truth_note_buffer(HsEtlTruth *truth, gboolean compressed)
{
  truth->buffers++;
  if (compressed)
    truth->compressed_buffers++;
}

static gboolean
is_used_hook(int hook)
{
  static const guint16 used[] = {0x0000, 0x0264, 0x0265, 0x0266, 0x0267, 0x0268, 0x0301, 0x0302, 0x0303, 0x0304, 0x030a,
                                 0x030b, 0x0327, 0x0501, 0x0502, 0x0503, 0x0504, 0x0548, 0x1402, 0x1403, 0x1404};
  for (guint i = 0; i < G_N_ELEMENTS(used); i++)
    if (hook == used[i])
      return TRUE;
  return FALSE;
}

static gboolean
is_used_class(const guint8 *guid)
{
  const guint8 *used[] = {hs_etl_writer_guid_process, hs_etl_writer_guid_thread, hs_etl_writer_guid_image};
  for (guint i = 0; i < G_N_ELEMENTS(used); i++)
    if (memcmp(guid, used[i], 16) == 0)
      return TRUE;
  return FALSE;
}

void
hs_etl_truth_note_record(HsEtlTruth *truth, guint header_type, int hook, const guint8 *guid)
{
  if (truth->mode == HS_ETL_TRUTH_NONE)
    return;
  truth->records_total++;
  truth->by_header[header_type & 0xff]++;
  gboolean full = header_type == HS_ETL_WRITER_FULL32 || header_type == HS_ETL_WRITER_FULL64 ||
                  header_type == HS_ETL_WRITER_INSTANCE32 || header_type == HS_ETL_WRITER_INSTANCE64;
  if (hook >= 0) {
    truth->by_hook[hook]++;
    if (hook >> 8 == 0x10)
      truth->records_heap++;
    else if (hook == 0x1820 || (hook >= 0x1822 && hook <= 0x1826))
      truth->records_stack++;
    else if (!is_used_hook(hook))
      truth->records_skipped++;
  } else if (full && guid != NULL && memcmp(guid, hs_etl_writer_guid_heap, 16) == 0) {
    truth->records_heap++;
  } else if (!full || guid == NULL || !is_used_class(guid)) {
    truth->records_skipped++;
  }
}

void
hs_etl_truth_note_operation(HsEtlTruth *truth, guint opcode)
{
  if (truth->mode != HS_ETL_TRUTH_NONE)
    truth->operations[opcode & 0xff]++;
}

void
hs_etl_truth_note_source(HsEtlTruth *truth, guint32 source)
{
  if (truth->mode != HS_ETL_TRUTH_NONE)
    truth->sources[source >= 1 && source <= 6 ? source : 0]++;
}

void
hs_etl_truth_note_event(HsEtlTruth *truth, const HsEtlTruthRecord *record)
{
  truth->last_time_ns = MAX(truth->last_time_ns, record->time_ns);
  if (truth->mode == HS_ETL_TRUTH_SORTED)
    hs_etl_truth_pairing_keep(truth->pairing, record);
  else if (truth->mode == HS_ETL_TRUTH_IN_ORDER)
    hs_etl_truth_pairing_apply(truth, record);
}

void
hs_etl_truth_note_gap(HsEtlTruth *truth, gint64 begin_ns, gint64 end_ns, guint cpu, gboolean events, gboolean buffers)
{
  HsEtlTruthGap gap = {begin_ns, end_ns, cpu, FALSE};
  if (events)
    g_array_append_val(truth->gaps, gap);
  gap.buffers = TRUE;
  if (buffers)
    g_array_append_val(truth->gaps, gap);
}

void
hs_etl_truth_note_process(HsEtlTruth *truth, guint32 pid)
{
  hs_etl_truth_pairing_tell_process(truth->pairing, pid);
}

void
hs_etl_truth_note_process_name(HsEtlTruth *truth, guint32 pid, const char *name)
{
  hs_etl_truth_pairing_set_name(truth->pairing, pid, name);
}

const char *
hs_etl_truth_process_name(HsEtlTruth *truth, guint32 pid)
{
  return hs_etl_truth_pairing_name(truth->pairing, pid);
}

void
hs_etl_truth_finish(HsEtlTruth *truth)
{
  if (truth->mode == HS_ETL_TRUTH_SORTED)
    hs_etl_truth_pairing_run(truth);
  hs_etl_truth_pairing_count_processes(truth);
}

/* SPDX-License-Identifier: MIT */
/* Processes, threads, images, stacks and what merging adds (wmicore.mof; SDK ntwmi.h). */
#include "hs-etl-writer-private.h"

const guint8 hs_etl_writer_guid_process[16] = {0xd0, 0xa8, 0x6f, 0x3d, 0x05, 0xfe, 0xd0, 0x11,
                                               0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c};
const guint8 hs_etl_writer_guid_thread[16] = {0xd1, 0xa8, 0x6f, 0x3d, 0x05, 0xfe, 0xd0, 0x11,
                                              0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c};
const guint8 hs_etl_writer_guid_image[16] = {0x1d, 0x5d, 0xb1, 0x2c, 0xc1, 0x5f, 0xd2, 0x11,
                                             0xab, 0xe1, 0x00, 0xa0, 0xc9, 0x11, 0xf5, 0x18};
const guint8 hs_etl_writer_guid_image_id[16] = {0xd7, 0x75, 0xe6, 0xb3, 0x54, 0x25, 0x18, 0x4f,
                                                0x83, 0x0b, 0x27, 0x62, 0x73, 0x25, 0x60, 0xde};
const guint8 hs_etl_writer_guid_system_config[16] = {0x91, 0xee, 0x79, 0x9b, 0xfd, 0xb5, 0xc0, 0x41,
                                                     0xa2, 0x43, 0x42, 0x48, 0xe2, 0x66, 0xe9, 0xd0};

/* TOKEN_USER of two pointers, then S-1-5-21-…-1001. */
static void
put_sid(HsEtlPayload *payload, gboolean none)
{
  if (none) {
    hs_etl_payload_u32(payload, 0);
    return;
  }
  hs_etl_payload_ptr(payload, 0xfffff8a0004f8ea0);
  hs_etl_payload_ptr(payload, 0);
  static const guint8 head[8] = {1, 5, 0, 0, 0, 0, 0, 5};
  static const guint32 parts[5] = {21, 2127521184, 1604012920, 1887927527, 1001};
  hs_etl_payload_bytes(payload, head, sizeof head);
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    hs_etl_payload_u32(payload, parts[i]);
}

static void
put_process_v0(HsEtlPayload *payload, const HsEtlWriterProcess *process)
{
  hs_etl_payload_ptr(payload, process->pid);
  hs_etl_payload_ptr(payload, process->parent_pid);
  put_sid(payload, process->no_sid);
  hs_etl_payload_ansi(payload, process->name);
}

static void
put_process(HsEtlPayload *payload, const HsEtlWriterProcess *process)
{
  guint version = process->version;
  if (version == 0) {
    put_process_v0(payload, process);
    return;
  }
  hs_etl_payload_ptr(payload, 0xffffe00012340080 + process->pid * 0x400u);
  hs_etl_payload_u32(payload, process->pid);
  hs_etl_payload_u32(payload, process->parent_pid);
  hs_etl_payload_u32(payload, process->session_id);
  hs_etl_payload_u32(payload, process->exit_status);
  if (version >= 3)
    hs_etl_payload_ptr(payload, 0x1ad000000 + process->pid * 0x1000u);
  if (version >= 4)
    hs_etl_payload_u32(payload, process->flags);
  put_sid(payload, process->no_sid);
  hs_etl_payload_ansi(payload, process->name);
  if (version >= 2)
    hs_etl_payload_wide(payload, process->command_line);
  if (version >= 4) {
    hs_etl_payload_wide(payload, process->package);
    hs_etl_payload_wide(payload, process->application_id);
  }
  if (version >= 5)
    hs_etl_payload_u64(payload, process->exit_time);
}

void
hs_etl_writer_process(HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterProcess *process)
{
  HS_ETL_PAYLOAD(payload, 16384, at->header);
  gboolean terminate = process->op == HS_ETL_WRITER_PROCESS_TERMINATE;
  if (terminate)
    hs_etl_payload_u32(&payload, process->pid);
  else
    put_process(&payload, process);
  hs_etl_writer_class_record(writer, at, (guint16)(0x0300 | process->op), hs_etl_writer_guid_process,
                             terminate ? 2 : process->version, &payload);
  HsEtlTruthRecord record = {.pid = process->pid};
  if (!terminate && process->name != NULL)
    hs_etl_truth_note_process_name(writer->truth, process->pid, process->name);
  if (process->op == HS_ETL_WRITER_PROCESS_START)
    record.op = HS_ETL_TRUTH_PROCESS_START;
  else if (process->op == HS_ETL_WRITER_PROCESS_END || terminate)
    record.op = HS_ETL_TRUTH_PROCESS_END;
  if (record.op != 0)
    hs_etl_writer_note_event(writer, at, &record);
  if (process->op != HS_ETL_WRITER_PROCESS_DEFUNCT)
    hs_etl_truth_note_process(writer->truth, process->pid);
}

static void
put_thread(HsEtlPayload *payload, const HsEtlWriterThread *thread)
{
  guint version = thread->version;
  hs_etl_payload_u32(payload, version == 0 ? thread->tid : thread->pid);
  hs_etl_payload_u32(payload, version == 0 ? thread->pid : thread->tid);
  if (version == 0 || (version == 1 && thread->op % 2 == 0))
    return;
  hs_etl_payload_ptr(payload, 0xffffd00022220000);
  hs_etl_payload_ptr(payload, 0xffffd0002221a000);
  hs_etl_payload_ptr(payload, thread->stack_base);
  hs_etl_payload_ptr(payload, thread->stack_base - 0x4000);
  hs_etl_payload_ptr(payload, version == 1 ? thread->start_address : 0x0f);
  hs_etl_payload_ptr(payload, thread->start_address);
  if (version == 1) {
    hs_etl_payload_u8(payload, 0);
    return;
  }
  hs_etl_payload_ptr(payload, thread->teb_base);
  hs_etl_payload_u32(payload, 0);
  if (version == 2)
    return;
  static const guint8 priorities[4] = {8, 5, 2, 0};
  hs_etl_payload_bytes(payload, priorities, sizeof priorities);
  if (thread->name != NULL)
    hs_etl_payload_wide(payload, thread->name);
}

void
hs_etl_writer_thread(HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterThread *thread)
{
  HS_ETL_PAYLOAD(payload, 1024, at->header);
  put_thread(&payload, thread);
  hs_etl_writer_class_record(writer, at, 0x0500 | thread->op, hs_etl_writer_guid_thread, thread->version, &payload);
  if (thread->version >= 3 && thread->name != NULL && thread->name[0] != '\0')
    hs_etl_truth_note_process(writer->truth, thread->pid);
}

void
hs_etl_writer_thread_name(HsEtlWriter *writer, const HsEtlWriterAt *at, guint32 pid, guint32 tid, const char *name)
{
  HS_ETL_PAYLOAD(payload, 1024, at->header);
  hs_etl_payload_u32(&payload, pid);
  hs_etl_payload_u32(&payload, tid);
  hs_etl_payload_wide(&payload, name);
  hs_etl_writer_class_record(writer, at, 0x0548, hs_etl_writer_guid_thread, 2, &payload);
  hs_etl_truth_note_process(writer->truth, pid);
}

static void
put_image(HsEtlPayload *payload, const HsEtlWriterImage *image)
{
  guint version = image->version;
  hs_etl_payload_ptr(payload, image->base);
  if (version == 0) {
    hs_etl_payload_u32(payload, (guint32)image->size);
    hs_etl_payload_wide(payload, image->name);
    return;
  }
  hs_etl_payload_ptr(payload, image->size);
  hs_etl_payload_u32(payload, image->pid);
  if (version >= 2) {
    hs_etl_payload_u32(payload, image->checksum);
    hs_etl_payload_u32(payload, image->time_date_stamp);
    hs_etl_payload_u32(payload, version >= 3 ? 0x0000010c : 0);
    hs_etl_payload_ptr(payload, image->base);
    hs_etl_payload_zeros(payload, 16);
  }
  hs_etl_payload_wide(payload, image->name);
}

void
hs_etl_writer_image(HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterImage *image)
{
  HS_ETL_PAYLOAD(payload, 4096, at->header);
  put_image(&payload, image);
  hs_etl_writer_class_record(writer, at, image->hook, hs_etl_writer_guid_image, image->version, &payload);
  /* The process 0 is the kernel. */
  if (image->version >= 1 && image->pid != 0)
    hs_etl_truth_note_process(writer->truth, image->pid);
}

void
hs_etl_writer_image_id(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 base, guint64 size, guint32 pid,
                       guint32 time_date_stamp, const char *original_name)
{
  HS_ETL_PAYLOAD(payload, 2048, at->header);
  hs_etl_payload_ptr(&payload, base);
  hs_etl_payload_ptr(&payload, size);
  hs_etl_payload_u32(&payload, pid);
  hs_etl_payload_u32(&payload, time_date_stamp);
  hs_etl_payload_wide(&payload, original_name);
  hs_etl_writer_class_record(writer, at, 0x00, hs_etl_writer_guid_image_id, 2, &payload);
}

void
hs_etl_writer_image_rsds(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 base, guint32 pid, const guint8 guid[16],
                         guint32 age, const char *pdb_name)
{
  HS_ETL_PAYLOAD(payload, 2048, at->header);
  hs_etl_payload_ptr(&payload, base);
  hs_etl_payload_u32(&payload, pid);
  hs_etl_payload_bytes(&payload, guid, 16);
  hs_etl_payload_u32(&payload, age);
  hs_etl_payload_ansi(&payload, pdb_name);
  hs_etl_writer_class_record(writer, at, 0x24, hs_etl_writer_guid_image_id, 2, &payload);
}

static void
put_frames(HsEtlPayload *payload, const guint64 *frames, guint n_frames)
{
  for (guint i = 0; i < n_frames; i++)
    hs_etl_payload_ptr(payload, frames[i]);
}

void
hs_etl_writer_stack(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 event_time_ticks, guint32 pid, guint32 tid,
                    const guint64 *frames, guint n_frames)
{
  HS_ETL_PAYLOAD(payload, 16 + 256 * 8, at->header);
  hs_etl_payload_u64(&payload, event_time_ticks);
  hs_etl_payload_u32(&payload, pid);
  hs_etl_payload_u32(&payload, tid);
  put_frames(&payload, frames, n_frames);
  hs_etl_writer_class_record(writer, at, 0x1820, NULL, 2, &payload);
}

void
hs_etl_writer_stack_key(HsEtlWriter *writer, const HsEtlWriterAt *at, gboolean kernel, guint64 event_time_ticks,
                        guint32 pid, guint32 tid, guint64 key)
{
  HS_ETL_PAYLOAD(payload, 32, at->header);
  hs_etl_payload_u64(&payload, event_time_ticks);
  hs_etl_payload_u32(&payload, pid);
  hs_etl_payload_u32(&payload, tid);
  hs_etl_payload_ptr(&payload, key);
  hs_etl_writer_class_record(writer, at, kernel ? 0x1825 : 0x1826, NULL, 2, &payload);
}

void
hs_etl_writer_stack_frames(HsEtlWriter *writer, const HsEtlWriterAt *at, guint16 hook, guint64 key,
                           const guint64 *frames, guint n_frames)
{
  HS_ETL_PAYLOAD(payload, 16 + 256 * 8, at->header);
  hs_etl_payload_ptr(&payload, key);
  put_frames(&payload, frames, n_frames);
  hs_etl_writer_class_record(writer, at, hook, NULL, 2, &payload);
}

void
hs_etl_writer_virtual(HsEtlWriter *writer, const HsEtlWriterAt *at, gboolean release, guint64 base, guint64 size,
                      guint32 pid, guint32 flags)
{
  HS_ETL_PAYLOAD(payload, 32, at->header);
  hs_etl_payload_ptr(&payload, base);
  hs_etl_payload_ptr(&payload, size);
  hs_etl_payload_u32(&payload, pid);
  hs_etl_payload_u32(&payload, flags);
  hs_etl_writer_class_record(writer, at, release ? 0x0263 : 0x0262, hs_etl_writer_guid_page_fault, 2, &payload);
}

void
hs_etl_writer_cpu_config(HsEtlWriter *writer, const HsEtlWriterAt *at, guint32 mhz, guint32 memory_mib,
                         const char *computer_name)
{
  HS_ETL_PAYLOAD(payload, 1024, at->header);
  hs_etl_payload_u32(&payload, mhz);
  hs_etl_payload_u32(&payload, writer->options.cpus);
  hs_etl_payload_u32(&payload, memory_mib);
  hs_etl_payload_u32(&payload, 4096);
  hs_etl_payload_u32(&payload, 65536);
  gsize name = payload.length;
  hs_etl_payload_wide(&payload, computer_name);
  hs_etl_payload_zeros(&payload, name + 512 - payload.length);
  hs_etl_writer_class_record(writer, at, 0x0b0a, NULL, 3, &payload);
}

void
hs_etl_writer_volume(HsEtlWriter *writer, const HsEtlWriterAt *at, const char *nt_path, const char *dos_path)
{
  HS_ETL_PAYLOAD(payload, 2048, at->header);
  hs_etl_payload_wide(&payload, nt_path);
  hs_etl_payload_wide(&payload, dos_path);
  hs_etl_writer_class_record(writer, at, 0x23, hs_etl_writer_guid_system_config, 0, &payload);
}

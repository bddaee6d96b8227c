/* SPDX-License-Identifier: MIT */
/*
 * Processes, threads, images: hook family (0301…, 0501…, 030a/1402…) or FULL_HEADER with the class GUID. Layouts:
 * wmicore.mof. Strings are new and the caller's to free. Each decoder returns false if the record is none of its kind
 * or its payload is too short
 * (*malformed, if not NULL, tells the two apart).
 */
#pragma once

#include "hs-etl-record.h"

typedef enum {
  HS_ETL_START,
  HS_ETL_END,
  HS_ETL_RUNDOWN_START, /* existed when the trace began */
  HS_ETL_RUNDOWN_END    /* existed when the trace ended */
} HsEtlLife;

typedef struct {
  HsEtlLife life;
  uint32_t pid; /* the payload's */
  uint32_t parent_pid;
  uint32_t session_id;
  int32_t exit_status;
  uint32_t flags;     /* version ≥ 4 */
  bool wow64;         /* a 32-bit process on 64-bit Windows: flag 2 */
  char *image;        /* file name as logged; NULL in Terminate, which only has the pid */
  char *command_line; /* or NULL */
} HsEtlProcess;

typedef struct {
  HsEtlLife life;
  uint32_t pid, tid;
  bool name_only; /* hook 0548 */
  char *name;     /* or NULL */
} HsEtlThread;

typedef struct {
  HsEtlLife life;
  uint32_t pid; /* 0 = kernel */
  uint64_t base, size;
  uint32_t checksum, time_stamp;
  char *path; /* NT path as logged */
} HsEtlImage;

bool hs_etl_process_decode(const HsEtlRecord *record, HsEtlProcess *process, bool *malformed);
bool hs_etl_thread_decode(const HsEtlRecord *record, HsEtlThread *thread, bool *malformed);
bool hs_etl_image_decode(const HsEtlRecord *record, HsEtlImage *image, bool *malformed);
void hs_etl_process_clear(HsEtlProcess *process);
void hs_etl_thread_clear(HsEtlThread *thread);
void hs_etl_image_clear(HsEtlImage *image);

/* True for anything the three decoders would look at: a cheap test by hook or GUID. */
bool hs_etl_is_system(const HsEtlRecord *record);

/* SPDX-License-Identifier: MIT */
/*
 * An ETL file: mapped, its first (header) buffer understood, its buffers indexed by processor.
 */
#pragma once

#include <gio/gio.h>

#include "hs-clock.h"
#include "hs-etl-error.h"

typedef enum { HS_ETL_CLOCK_QPC = 1, HS_ETL_CLOCK_SYSTEM = 2, HS_ETL_CLOCK_CYCLES = 3 } HsEtlClockKind;

/* TRACE_LOGFILE_HEADER and what follows from it. Strings are UTF-8, owned by the file. */
typedef struct {
  guint32 buffer_size; /* bytes, logical */
  guint8 major, minor, sub, sub_minor;
  guint32 build;
  guint32 cpus;
  guint64 start_filetime; /* 100 ns since 1601, UTC; the moment of header_ticks */
  guint64 end_filetime;   /* 0 = never closed */
  guint64 boot_filetime;
  guint32 mode; /* LogFileMode bits */
  guint32 buffers_written;
  guint32 pointer_size; /* of the process that wrote the header, not of the records */
  guint32 events_lost;
  guint32 buffers_lost;
  guint32 cpu_mhz;
  guint32 timer_resolution; /* 100 ns */
  HsEtlClockKind clock_kind;
  HsClock clock;       /* frequency of the clock above */
  gint64 header_ticks; /* raw time stamp of the header record: time zero */
  char *session_name;
  char *log_file_name;
} HsEtlLogHeader;

typedef struct _HsEtlFile HsEtlFile;

/*
 * Maps the file at `path` (file system encoding), reads its header record and walks the buffer headers. Damage after
 * the header is kept as issues, what could be indexed is kept. `cancel` (may be NULL) is polled: nonzero gives
 * HS_ETL_ERROR_CANCELLED. NULL and `error` if the file cannot be used. May block; call from a loader thread.
 */
HsEtlFile *hs_etl_file_open(const char *path, const int *cancel, GError **error);
/* The same in two steps: a descriptor, the caller's to close, or −1; and a file from one, which may be closed then.
 * `looked_at` (or NULL, atomic) tells meanwhile how many of its bytes have been looked through. */
int hs_etl_open(const char *path, GError **error);
HsEtlFile *hs_etl_file_open_descriptor(int descriptor, const char *path, guint64 *looked_at, const int *cancel,
                                       GError **error);
/* The same over bytes in memory (tests, fuzzing). Takes a reference. */
HsEtlFile *hs_etl_file_open_bytes(GBytes *bytes, const char *name, GError **error);
void hs_etl_file_free(HsEtlFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsEtlFile, hs_etl_file_free)

const HsEtlLogHeader *hs_etl_file_header(const HsEtlFile *file);
const char *hs_etl_file_path(const HsEtlFile *file);
guint64 hs_etl_file_size(const HsEtlFile *file);
/* Where the bytes begin that could not be read any more when they were wanted (the file was cut short meanwhile); they
 * read as zeros. G_MAXUINT64 if none. */
guint64 hs_etl_file_lost_offset(const HsEtlFile *file);
/* Bytes of its buffers once they are unpacked, as their headers tell: unchecked. Looks at every buffer. */
guint64 hs_etl_file_unpacked_size(const HsEtlFile *file);
/* Buffers in the file, header buffers included. */
guint64 hs_etl_file_n_buffers(const HsEtlFile *file);
/* True if any buffer is compressed. */
gboolean hs_etl_file_compressed(const HsEtlFile *file);
/* About how many heap records it holds, at most, going by some of its buffers. FALSE if that cannot be seen without
 * unpacking them. */
gboolean hs_etl_file_sample_heap_records(const HsEtlFile *file, guint64 *n_records);

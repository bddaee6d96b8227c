/* SPDX-License-Identifier: MIT */
/*
 * Writes Windows ETL trace files, for tests, for benchmarks and for the sample: any record kind in both widths, plain
 * or XPRESS compressed, from any number of CPUs.  Keeps account of all it writes (hs-etl-truth.h).  Shares nothing with
 * the reader.  Not thread-safe.  Misuse (a record longer than a buffer, a CPU out of range) is a programmer's error.
 *
 * Layouts: Windows SDK ntwmi.h, evntrace.h, wmicore.mof; [MS-XCA] 2.4 for plain LZ77.
 *
 *   HsEtlWriterOptions options;
 *   hs_etl_writer_options_init (&options);
 *   g_autoptr (HsEtlWriter) writer = hs_etl_writer_new (&options);
 *   HsEtlWriterAt at = { .header = HS_ETL_WRITER_SYSTEM64, .cpu = 0, .time_ticks = options.start_ticks + 10, .pid = 8,
 * .tid = 12 }; hs_etl_writer_alloc (writer, &at, 0x1f0000, 0x1f1000, 100, 3); g_autoptr (GBytes) image =
 * hs_etl_writer_finish (writer); hs_etl_writer_truth (writer)->allocation_count == 1
 */
#pragma once

#include "hs-etl-truth.h"

G_BEGIN_DECLS

typedef struct _HsEtlWriter HsEtlWriter;

/* Record header kinds; the values are the type bytes on disk. */
typedef enum {
  HS_ETL_WRITER_SYSTEM32 = 0x01,
  HS_ETL_WRITER_SYSTEM64 = 0x02,
  HS_ETL_WRITER_COMPACT32 = 0x03,
  HS_ETL_WRITER_COMPACT64 = 0x04,
  HS_ETL_WRITER_FULL32 = 0x0a,
  HS_ETL_WRITER_INSTANCE32 = 0x0b,
  HS_ETL_WRITER_TIMED = 0x0c,
  HS_ETL_WRITER_ERROR = 0x0d,
  HS_ETL_WRITER_WNODE = 0x0e,
  HS_ETL_WRITER_MESSAGE = 0x0f, /* marker byte 0x90 */
  HS_ETL_WRITER_PERFINFO32 = 0x10,
  HS_ETL_WRITER_PERFINFO64 = 0x11,
  HS_ETL_WRITER_EVENT32 = 0x12,
  HS_ETL_WRITER_EVENT64 = 0x13,
  HS_ETL_WRITER_FULL64 = 0x14,
  HS_ETL_WRITER_INSTANCE64 = 0x15,
  HS_ETL_WRITER_OTHER = 0xb0, /* marker byte 0xb0, size first: a kind nobody reads */
} HsEtlWriterHeader;

typedef enum {
  HS_ETL_WRITER_CLOCK_RAW = 0,
  HS_ETL_WRITER_CLOCK_QPC = 1,
  HS_ETL_WRITER_CLOCK_SYSTEM = 2, /* ticks are FILETIMEs */
  HS_ETL_WRITER_CLOCK_CYCLES = 3, /* ticks are cycles of cpu_mhz */
} HsEtlWriterClock;

/* Buffer flags, as on disk. */
enum {
  HS_ETL_WRITER_FLAG_FLUSH_MARKER = 0x01,
  HS_ETL_WRITER_FLAG_EVENTS_LOST = 0x02,
  HS_ETL_WRITER_FLAG_BUFFER_LOST = 0x04,
  HS_ETL_WRITER_FLAG_PROC_INDEX = 0x20,
  HS_ETL_WRITER_FLAG_COMPRESSED = 0x40,
};

typedef struct {
  guint pointer_size; /* 4 or 8: width of the log-file header record, and its PointerSize; 8 */
  HsEtlWriterClock clock;
  guint64 frequency; /* PerfFreq, Hz; 10,000,000 */
  guint32 cpu_mhz;
  guint64 start_ticks;    /* time stamp of the log-file header record */
  guint64 start_filetime; /* the same moment as FILETIME */
  guint64 end_filetime;   /* 0: never closed. G_MAXUINT64 (default): the time of the last record */
  guint64 boot_filetime;
  guint32 buffer_size_bytes;        /* logical size, multiple of 8; 65,536 */
  guint32 header_buffer_size_bytes; /* size of the header buffer; 0 (default): 0x400 if compressed, else
                                       buffer_size_bytes */
  guint cpus;                       /* 4 */
  gboolean old_processor_numbers;   /* before Windows 8: u8 number and u8 alignment, no PROC_INDEX flag */
  guint32 log_file_mode;            /* G_MAXUINT32 (default): 0x00010001, and 0x04000000 if compressed */
  guint32 events_lost;
  guint32 buffers_lost;
  guint os_major, os_minor;
  guint32 os_build;
  guint logger_id;
  const char *session_name; /* copied */
  const char *log_file_name;
  gboolean compress;          /* XPRESS, buffer by buffer; the header buffer and incompressible ones stay plain */
  gboolean long_lengths;      /* encode long matches with 32-bit lengths (never seen in life, but in the format) */
  gboolean header_extras;     /* build string and PDB records (0042, 0040) behind SavedOffset of the header buffer */
  gboolean saved_offset_zero; /* header buffer as Windows 7 writes it */
  guint32 buffers_written;    /* G_MAXUINT32 (default): the true number */
  guint32 zero_tail_buffers;  /* preallocated file: so many buffers of zeros at the end */
  guint circular_rotate;      /* so many of the first buffers (after the header's) go to the end; memory images only */
  HsEtlTruthMode truth_mode;  /* HS_ETL_TRUTH_SORTED */
} HsEtlWriterOptions;

/* Fills in the defaults named above: Windows 11 build 22631, QPC 10 MHz, 4 CPUs, 64 KiB buffers, plain. */
void hs_etl_writer_options_init(HsEtlWriterOptions *options);

/* A writer into memory. */
HsEtlWriter *hs_etl_writer_new(const HsEtlWriterOptions *options);

/* A writer to the file `path`, replaced if there; for big traces. NULL and `error` if it cannot be created. */
HsEtlWriter *hs_etl_writer_new_file(const char *path, const HsEtlWriterOptions *options, GError **error);

/* Ends the trace in memory and returns the image. Once only; nothing can be written afterwards. */
GBytes *hs_etl_writer_finish(HsEtlWriter *writer);

/* Ends the trace in the file. FALSE and `error` (G_FILE_ERROR) if anything could not be written. */
gboolean hs_etl_writer_close(HsEtlWriter *writer, GError **error);

/* The account of what was written, owned by the writer; pairing numbers are there after finish or close. */
HsEtlTruth *hs_etl_writer_truth(HsEtlWriter *writer);

void hs_etl_writer_free(HsEtlWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsEtlWriter, hs_etl_writer_free)

/* ---- Buffers ---------------------------------------------------------------------------------------------------- */

/* Puts the buffer of `cpu` into the file as it is, if it holds anything. Full buffers go there by themselves. */
void hs_etl_writer_flush(HsEtlWriter *writer, guint cpu);
void hs_etl_writer_flush_all(HsEtlWriter *writer);

/* Adds flags (HS_ETL_WRITER_FLAG_…) to the buffer that `cpu` is filling. */
void hs_etl_writer_set_flags(HsEtlWriter *writer, guint cpu, guint flags);

/* The next buffer of `cpu` gets this BufferType (0 generic, 6 empty marker …); then generic again. */
void hs_etl_writer_set_buffer_type(HsEtlWriter *writer, guint cpu, guint type);

/* Flushes all, then writes another header buffer with a new clock base, as appending to a file does (mode 0x4). */
void hs_etl_writer_append_header(HsEtlWriter *writer, guint64 start_ticks, guint64 start_filetime);

/* Writes these bytes into the file as one buffer, unseen and uncounted by the truth (but for its number of buffers). */
void hs_etl_writer_raw_buffer(HsEtlWriter *writer, const void *bytes, gsize length);

/* ---- Records of any kind ---------------------------------------------------------------------------------------- */

/* Where, when and by whom. PERFINFO headers carry no pid and tid. */
typedef struct {
  HsEtlWriterHeader header;
  guint cpu;
  guint64 time_ticks; /* raw clock value, as options.start_ticks */
  guint32 pid;
  guint32 tid;
} HsEtlWriterAt;

/* An extended data item of an EVENT record; chained in the order given. */
typedef struct {
  guint16 type;
  const void *data;
  guint16 length;
} HsEtlWriterItem;

typedef struct {
  guint16 hook;    /* SYSTEM, COMPACT, PERFINFO: group << 8 | opcode */
  guint8 version;  /* event version, all kinds */
  guint pmc_words; /* hook family: 0..7 performance counters between header and payload */
  gboolean pebs;   /* hook family: PEBS word, before the counters */

  const guint8 *guid;  /* FULL, INSTANCE, EVENT, ERROR, MESSAGE: 16 bytes as on disk; NULL zeros */
  guint8 opcode;       /* FULL, INSTANCE, EVENT */
  guint8 level;        /* FULL, INSTANCE, EVENT */
  guint16 event_id;    /* EVENT; message number of MESSAGE */
  guint8 channel;      /* EVENT */
  guint16 task;        /* EVENT */
  guint64 keyword;     /* EVENT */
  guint16 event_flags; /* EVENT, beside bit 0 which items set; MESSAGE: flags 0x1 0x2 0x8 0x20 */
  const HsEtlWriterItem *items;
  guint n_items;

  const void *payload;
  gsize length;
} HsEtlWriterRecord;

/* Writes one record. Counted by header, by hook, and as heap, stack or skipped; heap records written this way are
 * counted by opcode but not paired: use the typed functions for that. */
void hs_etl_writer_record(HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterRecord *record);

/* The same for a hook record with nothing special. */
void hs_etl_writer_hook(HsEtlWriter *writer, const HsEtlWriterAt *at, guint16 hook, guint8 version, const void *payload,
                        gsize length);

/* Header size in bytes of a kind, before PMC words and extended items. */
gsize hs_etl_writer_header_size(HsEtlWriterHeader header);
/* 4 or 8: pointer width of the kind. */
guint hs_etl_writer_pointer_size(HsEtlWriterHeader header);

/* Class GUIDs as on disk, 16 bytes each. */
extern const guint8 hs_etl_writer_guid_heap[16];          /* 222962ab-… */
extern const guint8 hs_etl_writer_guid_process[16];       /* 3d6fa8d0-… */
extern const guint8 hs_etl_writer_guid_thread[16];        /* 3d6fa8d1-… */
extern const guint8 hs_etl_writer_guid_image[16];         /* 2cb15d1d-… */
extern const guint8 hs_etl_writer_guid_page_fault[16];    /* 3d6fa8d3-… */
extern const guint8 hs_etl_writer_guid_image_id[16];      /* b3e675d7-… */
extern const guint8 hs_etl_writer_guid_heap_snapshot[16]; /* 901d2afa-… */
extern const guint8 hs_etl_writer_guid_system_config[16]; /* 9b79ee91-… */

/* ---- Heap ------------------------------------------------------------------------------------------------------- */

typedef enum {
  HS_ETL_WRITER_HEAP_CREATE = 0x20,
  HS_ETL_WRITER_HEAP_ALLOC = 0x21,
  HS_ETL_WRITER_HEAP_REALLOC = 0x22,
  HS_ETL_WRITER_HEAP_DESTROY = 0x23,
  HS_ETL_WRITER_HEAP_FREE = 0x24,
  HS_ETL_WRITER_HEAP_EXTEND = 0x25,
  HS_ETL_WRITER_HEAP_SNAPSHOT = 0x26,
  HS_ETL_WRITER_HEAP_CREATE_SNAPSHOT = 0x27,
  HS_ETL_WRITER_HEAP_DESTROY_SNAPSHOT = 0x28,
  HS_ETL_WRITER_HEAP_EXTEND_SNAPSHOT = 0x29,
  HS_ETL_WRITER_HEAP_CONTRACT = 0x2a,
  HS_ETL_WRITER_HEAP_LOCK = 0x2b,
  HS_ETL_WRITER_HEAP_UNLOCK = 0x2c,
  HS_ETL_WRITER_HEAP_VALIDATE = 0x2d,
  HS_ETL_WRITER_HEAP_WALK = 0x2e,
  HS_ETL_WRITER_HEAP_SUBSEGMENT_ALLOC = 0x2f,
  HS_ETL_WRITER_HEAP_SUBSEGMENT_FREE = 0x30,
  HS_ETL_WRITER_HEAP_SUBSEGMENT_ALLOC_CACHED = 0x31,
  HS_ETL_WRITER_HEAP_SUBSEGMENT_FREE_CACHED = 0x32,
  HS_ETL_WRITER_HEAP_COMMIT = 0x33,
  HS_ETL_WRITER_HEAP_DECOMMIT = 0x34,
  HS_ETL_WRITER_HEAP_SUBSEGMENT_INIT = 0x35,
  HS_ETL_WRITER_HEAP_AFFINITY_ENABLE = 0x36,
  HS_ETL_WRITER_HEAP_AFFINITY_SLOT = 0x37,
  HS_ETL_WRITER_HEAP_SUBSEGMENT_ACTIVATED = 0x38,
  HS_ETL_WRITER_HEAP_AFFINITY_ASSIGN = 0x39,
  HS_ETL_WRITER_HEAP_REUSE_THRESHOLD = 0x3a,
} HsEtlWriterHeapOp;

/* Which layout, where there are several. */
typedef enum {
  HS_ETL_WRITER_FORM_NEW,    /* the present one: Create, Extend, Contract, SnapShot v3; all others v2 */
  HS_ETL_WRITER_FORM_OLD,    /* v2: without AllocatedSpace; Create without spaces */
  HS_ETL_WRITER_FORM_OLDEST, /* v1: SnapShot of five fields, without ProcessId; else as OLD */
  HS_ETL_WRITER_FORM_PADDED, /* as NEW, Commit and Decommit padded to 32 bytes, SnapShot v4 with 8 bytes appended */
} HsEtlWriterForm;

/* One heap record; only the members of its opcode's payload are used. */
typedef struct {
  HsEtlWriterHeapOp op;
  HsEtlWriterForm form;
  guint64 heap;        /* all but AffinitySlotAssigned */
  guint64 address;     /* block; new address of ReAlloc; (de)committed address; subsegment */
  guint64 size;        /* block; new size of ReAlloc; (de)committed size; subsegment size */
  guint64 old_address; /* ReAlloc */
  guint64 old_size;
  guint32 source;   /* Alloc, ReAlloc, Free */
  guint32 flags;    /* Create, SnapShot */
  guint64 reserved; /* Create, Extend, Contract, SnapShot */
  guint64 committed;
  guint64 allocated;
  guint64 free_space; /* Extend, Contract, SnapShot */
  guint32 n_ucrs;     /* Extend, Contract; UCRLength of SnapShot */
  guint32 payload_pid;
  guint64 large_ucr_space;
  guint32 free_list_length;
  guint64 block_size; /* subsegments */
  guint64 block_count;
  guint32 index; /* affinity index, bucket index, slot index; Caller of Commit and Decommit */
} HsEtlWriterHeapEvent;

/* Writes it in the header kind of `at`: SYSTEM, COMPACT, PERFINFO, or FULL and INSTANCE with the heap class GUID.
 * Counted and paired. */
void hs_etl_writer_heap(HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterHeapEvent *event);

void hs_etl_writer_create(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint32 flags);
void hs_etl_writer_alloc(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 address, guint64 size,
                         guint32 source);
void hs_etl_writer_realloc(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 new_address,
                           guint64 new_size, guint64 old_address, guint64 old_size, guint32 source);
void hs_etl_writer_free_block(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 address,
                              guint32 source);
void hs_etl_writer_destroy(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap);

typedef struct {
  guint64 address;
  guint64 size;
} HsEtlWriterRange;

/* Heap ranges, hooks 0264-0268. */
void hs_etl_writer_range_rundown(HsEtlWriter *writer, const HsEtlWriterAt *at, guint8 version, guint64 heap,
                                 guint32 flags, guint32 pid, const HsEtlWriterRange *ranges, guint n_ranges);
void hs_etl_writer_range_create(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 first_size,
                                guint32 flags, gboolean padded);
void hs_etl_writer_range_reserve(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 address,
                                 guint64 size);
void hs_etl_writer_range_release(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 address,
                                 guint64 size);
void hs_etl_writer_range_destroy(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap);

/* Microsoft-Windows-Heap-Snapshot: event 100 (a piece of the blob) and 200 (its total length). Header EVENT32 or 64. */
void hs_etl_writer_heap_snapshot_piece(HsEtlWriter *writer, const HsEtlWriterAt *at, guint32 instance, guint32 sequence,
                                       const void *bytes, guint32 length);
void hs_etl_writer_heap_snapshot_total(HsEtlWriter *writer, const HsEtlWriterAt *at, guint32 instance, guint32 total);

/* ---- Processes, threads, images, stacks ------------------------------------------------------------------------- */

typedef enum {
  HS_ETL_WRITER_PROCESS_START = 1,
  HS_ETL_WRITER_PROCESS_END = 2,
  HS_ETL_WRITER_PROCESS_DC_START = 3,
  HS_ETL_WRITER_PROCESS_DC_END = 4,
  HS_ETL_WRITER_PROCESS_TERMINATE = 0x0b,
  HS_ETL_WRITER_PROCESS_DEFUNCT = 0x27,
} HsEtlWriterProcessOp;

enum {
  HS_ETL_WRITER_PROCESS_FLAG_WOW64 = 2,
};

typedef struct {
  HsEtlWriterProcessOp op;
  guint8 version; /* 0..5; TERMINATE has one layout only */
  guint32 pid;    /* of the payload; that of `at` is the creator's */
  guint32 parent_pid;
  guint32 session_id;
  guint32 exit_status;
  guint32 flags;    /* v4, v5 */
  gboolean no_sid;  /* the SID field is four zero bytes */
  const char *name; /* 8-bit */
  const char *command_line;
  const char *package;
  const char *application_id;
  guint64 exit_time; /* v5 */
} HsEtlWriterProcess;

/* In SYSTEM, COMPACT, PERFINFO, FULL (with the class GUID) headers. */
void hs_etl_writer_process(HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterProcess *process);

typedef struct {
  guint8 op;      /* 1 start, 2 end, 3 DCStart, 4 DCEnd */
  guint8 version; /* 0..3 */
  guint32 pid;
  guint32 tid;
  guint64 stack_base;
  guint64 start_address;
  guint64 teb_base;
  const char *name; /* v3 only; NULL: none, as builds before names existed */
} HsEtlWriterThread;

void hs_etl_writer_thread(HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterThread *thread);
void hs_etl_writer_thread_name(HsEtlWriter *writer, const HsEtlWriterAt *at, guint32 pid, guint32 tid,
                               const char *name);

typedef struct {
  guint16 hook;   /* 0x030a load, 0x1402 unload, 0x1403 DCStart, 0x1404 DCEnd */
  guint8 version; /* 0..3 */
  guint64 base;
  guint64 size;
  guint32 pid;
  guint32 checksum;
  guint32 time_date_stamp;
  const char *name;
} HsEtlWriterImage;

void hs_etl_writer_image(HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterImage *image);

/* Image-id records as merging injects them; header FULL32 or FULL64. */
void hs_etl_writer_image_id(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 base, guint64 size, guint32 pid,
                            guint32 time_date_stamp, const char *original_name);
void hs_etl_writer_image_rsds(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 base, guint32 pid,
                              const guint8 guid[16], guint32 age, const char *pdb_name);

/* Stack of the event of thread `tid` at `event_time_ticks`: hook 1820; innermost frame first. */
void hs_etl_writer_stack(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 event_time_ticks, guint32 pid,
                         guint32 tid, const guint64 *frames, guint n_frames);
/* The same by key, user (1826) or kernel (1825) part; the frames come later, by evicted (1823) or rundown (1824) or
 * created (1822) key: `hook` says which. */
void hs_etl_writer_stack_key(HsEtlWriter *writer, const HsEtlWriterAt *at, gboolean kernel, guint64 event_time_ticks,
                             guint32 pid, guint32 tid, guint64 key);
void hs_etl_writer_stack_frames(HsEtlWriter *writer, const HsEtlWriterAt *at, guint16 hook, guint64 key,
                                const guint64 *frames, guint n_frames);

/* VirtualAlloc (0262) or VirtualFree (0263). */
void hs_etl_writer_virtual(HsEtlWriter *writer, const HsEtlWriterAt *at, gboolean release, guint64 base, guint64 size,
                           guint32 pid, guint32 flags);

/* CPU configuration, hook 0B0A. */
void hs_etl_writer_cpu_config(HsEtlWriter *writer, const HsEtlWriterAt *at, guint32 mhz, guint32 memory_mib,
                              const char *computer_name);

/* Volume map of merging: `nt_path` ("\Device\HarddiskVolume3") is `dos_path` ("C:"). Header FULL32 or FULL64. */
void hs_etl_writer_volume(HsEtlWriter *writer, const HsEtlWriterAt *at, const char *nt_path, const char *dos_path);

/* ---- XPRESS ----------------------------------------------------------------------------------------------------- */

/* Plain LZ77 of [MS-XCA]. Appends the compressed form of `bytes` to `out`; with `long_lengths` matches over 300 bytes
 * are written with 32-bit lengths. Always decodable, not always shorter. */
void hs_etl_writer_xpress(const guint8 *bytes, gsize length, gboolean long_lengths, GByteArray *out);

G_END_DECLS

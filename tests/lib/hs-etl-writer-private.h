/* SPDX-License-Identifier: MIT */
/* What the parts of the trace writer share. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "hs-etl-writer.h"

G_BEGIN_DECLS

#define HS_ETL_WRITER_BUFFER_HEADER_BYTES 72

/* The buffer one CPU is filling. */
typedef struct {
  guint8 *bytes; /* the session's buffer size */
  guint32 end;   /* end of valid data, 0 while nothing is in it */
  guint16 flags;
  guint16 type;
  guint64 sequence;
  guint64 last_ticks;
  guint64 highest_ticks;
  guint64 first_ticks;  /* of the first record in it */
  guint64 before_ticks; /* the latest time before that record on the CPU, or the header's */
} HsEtlWriterBuffer;

struct _HsEtlWriter {
  HsEtlWriterOptions options; /* strings owned */
  HsEtlTruth *truth;
  GByteArray *image; /* memory, else NULL */
  FILE *file;        /* file, else NULL */
  char *path;
  int write_errno; /* of the first write that failed */
  gboolean finished;
  HsEtlWriterBuffer *buffers; /* [options.cpus] */
  guint64 next_sequence;
  guint64 header_bytes; /* length of the first header buffer in the file */
  GArray *offsets;      /* guint64: where each buffer after the first begins; memory only */
  guint64 file_bytes;
  GByteArray *scratch; /* compressed buffer */
  guint64 last_ticks;
  /* The clock base of the header in force. */
  guint epoch;
  guint64 base_ticks;
  guint64 base_filetime;
  gint64 base_ns;
  guint64 ticks_per_second;
  guint32 record_serial;
};

static inline void
hs_etl_put_u16(guint8 *bytes, guint16 value)
{
  value = GUINT16_TO_LE(value);
  memcpy(bytes, &value, sizeof value);
}

static inline void
hs_etl_put_u32(guint8 *bytes, guint32 value)
{
  value = GUINT32_TO_LE(value);
  memcpy(bytes, &value, sizeof value);
}

static inline void
hs_etl_put_u64(guint8 *bytes, guint64 value)
{
  value = GUINT64_TO_LE(value);
  memcpy(bytes, &value, sizeof value);
}

/* A payload being put together in room the caller gives. */
typedef struct {
  guint8 *bytes;
  gsize room;
  gsize length;
  guint width; /* of pointers: 4 or 8 */
} HsEtlPayload;

#define HS_ETL_PAYLOAD(name, room_bytes, header)                                                                       \
  guint8 name##_room[room_bytes];                                                                                      \
  HsEtlPayload name = {name##_room, room_bytes, 0, hs_etl_writer_pointer_size(header)}

static inline guint8 *
hs_etl_payload_reserve(HsEtlPayload *payload, gsize length)
{
  g_assert(length <= payload->room - payload->length);
  guint8 *at = payload->bytes + payload->length;
  payload->length += length;
  return at;
}

static inline void
hs_etl_payload_u8(HsEtlPayload *payload, guint8 value)
{
  *hs_etl_payload_reserve(payload, 1) = value;
}

static inline void
hs_etl_payload_u16(HsEtlPayload *payload, guint value)
{
  hs_etl_put_u16(hs_etl_payload_reserve(payload, 2), (guint16)value);
}

static inline void
hs_etl_payload_u32(HsEtlPayload *payload, guint32 value)
{
  hs_etl_put_u32(hs_etl_payload_reserve(payload, 4), value);
}

static inline void
hs_etl_payload_u64(HsEtlPayload *payload, guint64 value)
{
  hs_etl_put_u64(hs_etl_payload_reserve(payload, 8), value);
}

/* A pointer or SizeT: the low half of it in 32-bit records. */
static inline void
hs_etl_payload_ptr(HsEtlPayload *payload, guint64 value)
{
  if (payload->width == 8)
    hs_etl_payload_u64(payload, value);
  else
    hs_etl_payload_u32(payload, (guint32)value);
}

static inline void
hs_etl_payload_bytes(HsEtlPayload *payload, const void *bytes, gsize length)
{
  if (length > 0)
    memcpy(hs_etl_payload_reserve(payload, length), bytes, length);
}

static inline void
hs_etl_payload_zeros(HsEtlPayload *payload, gsize length)
{
  memset(hs_etl_payload_reserve(payload, length), 0, length);
}

/* NUL-terminated; NULL is the empty string. */
void hs_etl_payload_ansi(HsEtlPayload *payload, const char *text);
void hs_etl_payload_wide(HsEtlPayload *payload, const char *utf8);

/* Builds the header buffer, the whole of it, from the options and what was written so far; `first` for the file's
 * first. */
void hs_etl_writer_build_header(HsEtlWriter *writer, gboolean first, GByteArray *out);

/* Fills in the 72 bytes before a buffer. */
void hs_etl_writer_put_buffer_header(HsEtlWriter *writer, guint8 *header, guint32 size, guint32 end, guint cpu,
                                     guint64 sequence, guint flags, guint type, guint64 time_stamp);

/* Room for a record of `size` bytes in the buffer of `at->cpu`, padded with zeros to 8. */
guint8 *hs_etl_writer_reserve(HsEtlWriter *writer, const HsEtlWriterAt *at, gsize size);

/* Ticks to ns since the first header's time stamp; and to FILETIME. */
gint64 hs_etl_writer_ns(HsEtlWriter *writer, guint64 ticks);
guint64 hs_etl_writer_filetime(HsEtlWriter *writer, guint64 ticks);

/* A record whose class is a hook group in SYSTEM, COMPACT and PERFINFO headers, and a GUID in FULL and INSTANCE ones.
 */
void hs_etl_writer_class_record(HsEtlWriter *writer, const HsEtlWriterAt *at, guint16 hook, const guint8 *guid,
                                guint8 version, const HsEtlPayload *payload);

/* Tells the truth about a record that pairing cares for. */
void hs_etl_writer_note_event(HsEtlWriter *writer, const HsEtlWriterAt *at, HsEtlTruthRecord *record);

gboolean hs_etl_writer_has_pid(HsEtlWriterHeader header);

G_END_DECLS

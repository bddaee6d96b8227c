/* SPDX-License-Identifier: MIT */
/*
 * The fields of everything that an ETL file is made of, in one place: what tests of damage go through. From the same
 * sources as the writer (ntwmi.h, evntrace.h, evntcons.h, wmicore.mof); shares nothing with the reader.
 */
#pragma once

#include "hs-etl-writer.h"

G_BEGIN_DECLS

typedef struct {
  char name[32];
  guint offset;      /* from the beginning of the structure */
  guint width;       /* 1, 2, 4 or 8 bytes */
  gboolean is_frame; /* says where something begins or ends: a wrong one must not pass in silence */
} HsEtlField;

/* Arrays of HsEtlField, in order; g_array_unref() them. */
GArray *hs_etl_fields_of_buffer(void);
GArray *hs_etl_fields_of_record(HsEtlWriterHeader header);
/* Payloads by the width of pointers (4 or 8): of the log-file header, and of the heap records, newest version. */
GArray *hs_etl_fields_of_log_header(guint width);
GArray *hs_etl_fields_of_heap(HsEtlWriterHeapOp op, guint width);

/* What is written into a field. */
typedef enum {
  HS_ETL_VALUE_ZERO,
  HS_ETL_VALUE_ONE,
  HS_ETL_VALUE_ONES,
  HS_ETL_VALUE_MORE, /* by one */
  HS_ETL_VALUE_LESS,
  HS_ETL_VALUE_HALF,
  HS_ETL_VALUE_PAST_BUFFER, /* the bytes from the structure to the end of its buffer, and one */
  HS_ETL_VALUE_PAST_FILE,
  HS_ETL_N_VALUES
} HsEtlValue;

const char *hs_etl_value_name(HsEtlValue value);

/* Writes `value` into a field of the structure at byte `at` of `bytes`, whose buffer ends at `buffer_end`. FALSE if
 * that changes nothing. */
gboolean hs_etl_field_set(GByteArray *bytes, guint64 at, guint64 buffer_end, const HsEtlField *field, HsEtlValue value);

/* One record in a buffer that is not compressed. */
typedef struct {
  guint64 offset; /* in the file */
  guint size;
  guint8 type; /* HsEtlWriterHeader, as its byte 2 says */
} HsEtlRecordPlace;

/* The records of the good buffer that begins at `begin`, in order: array of HsEtlRecordPlace. */
GArray *hs_etl_records_of_buffer(const guint8 *bytes, guint64 begin);

G_END_DECLS

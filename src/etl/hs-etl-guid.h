/* SPDX-License-Identifier: MIT */
/* Class and provider GUIDs as they lie in a file (the first three groups little-endian). */
#pragma once

#include "hs-etl-record.h"

/* True if the record is of class `guid` in FULL_HEADER or INSTANCE form. */
static inline bool
hs_etl_is_classic(const HsEtlRecord *record, const uint8_t guid[16])
{
  return record->guid != NULL && record->kind != HS_ETL_EVENT32 && record->kind != HS_ETL_EVENT64 &&
         memcmp(record->guid, guid, 16) == 0;
}

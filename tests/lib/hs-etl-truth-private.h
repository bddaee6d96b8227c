/* SPDX-License-Identifier: MIT */
#pragma once

#include "hs-etl-truth.h"

G_BEGIN_DECLS

HsEtlTruthPairing *hs_etl_truth_pairing_new(void);
void hs_etl_truth_pairing_free(HsEtlTruthPairing *pairing);

/* Keeps a record until all are there. */
void hs_etl_truth_pairing_keep(HsEtlTruthPairing *pairing, const HsEtlTruthRecord *record);

/* Applies one record; they must come in order. */
void hs_etl_truth_pairing_apply(HsEtlTruth *truth, const HsEtlTruthRecord *record);

/* Sorts what was kept by (time, cpu, order of writing) and applies it all. */
void hs_etl_truth_pairing_run(HsEtlTruth *truth);

/* Notes that the process is told of; counts those told of, and those with heaps, at the end. */
void hs_etl_truth_pairing_tell_process(HsEtlTruthPairing *pairing, guint32 pid);
void hs_etl_truth_pairing_count_processes(HsEtlTruth *truth);

void hs_etl_truth_pairing_set_name(HsEtlTruthPairing *pairing, guint32 pid, const char *name);
/* The latest name of `pid`, or NULL. */
const char *hs_etl_truth_pairing_name(HsEtlTruthPairing *pairing, guint32 pid);

G_END_DECLS

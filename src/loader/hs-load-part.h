/* SPDX-License-Identifier: MIT */
/*
 * A part of a trace instead of all of it (see hs-load-choice.h): stands between the reader's batches and the builder.
 * What comes before the chosen stretch goes to a timeline of its own, which is sifted whenever it has grown: what lives
 * no more is dropped, and the rest is built again. So it takes memory as the blocks alive do, not as what came before,
 * and blocks are paired by the one builder there is. As the stretch begins, what is left is built into the trace's
 * timeline. The loading thread only.
 */
#pragma once

#include "hs-load-reader.h"
#include "hs-loader-private.h"

typedef struct _HsLoadPart HsLoadPart;

/* So many rows of before the stretch are gathered at least before they are sifted. Tests make it small; not while a
 * trace loads. */
extern uint32_t hs_load_part_rows_to_sift;

/* For a range of time, or NULL if the choice has none: then batches need nothing. NULL and `error` also if there is no
 * memory. */
HsLoadPart *hs_load_part_new(const HsLoadChoice *choice, HsClock clock, GError **error);
void hs_load_part_free(HsLoadPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsLoadPart, hs_load_part_free)

/* Takes a batch, instead of the builder. False, and the run's error, if it cannot be stored. */
bool hs_load_part_add_batch(HsLoadPart *part, HsLoadRun *run, const HsReadBatch *batch);
/* There are no more batches; the stretch may not have begun yet. */
bool hs_load_part_finish(HsLoadPart *part, HsLoadRun *run);
/* The trace's time as far as it is loaded: no later than the stretch's end. */
int64_t hs_load_part_limit(const HsLoadPart *part, int64_t ticks);
/* Rows of before the stretch that were kept. */
uint32_t hs_load_part_n_before(const HsLoadPart *part);

/* hs-load-run.c: a record that is no heap event, to the run's builder. */
bool hs_load_run_add_record(HsLoadRun *run, const HsEtlRecord *record);
/* The events of a batch between two places. False, and `error`, if they cannot be stored. */
bool hs_load_run_add_events(HsBuilder *builder, const HsReadBatch *batch, HsReadPlace from, HsReadPlace to,
                            GError **error);
/* The same as of a record, of names alone: what is told of the time after the stretch. */
bool hs_load_run_add_name(HsLoadRun *run, const HsEtlRecord *record);

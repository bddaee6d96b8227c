/* SPDX-License-Identifier: MIT */
/*
 * The writer's account as a naive trace, and answers made from it: which record begins and ends which block is the
 * writer's word here, processes that end included.
 */
#pragma once

#include "hs-etl-truth.h"
#include "naive.h"

/* Of a truth that is finished and has events (HS_ETL_TRUTH_SORTED). Names of processes are those last told. */
NaiveTrace *account_to_naive(HsEtlTruth *truth);

/* A JSON array with the answer to every question (of NaiveQuestion *): { "arguments": ["--filter=…", …], "events":
 * "row …", "allocations": "row,type …", "summary": { operations, sources, allocations, heaps, range } }; lines are
 * parted by blanks, and the range is left out where none is asked for. */
char *account_answers(const NaiveTrace *trace, GPtrArray *questions);

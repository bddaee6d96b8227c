/* SPDX-License-Identifier: MIT */
/* What the sidebar tells about heaps: outstanding values at the end of the visible range, small curves over it, and how
 * many heaps of a process are shown. Main thread. */
#pragma once

#include "hs-document.h"

/* Values of a small curve. */
#define HS_CURVE_VALUES 32

typedef struct _HsHeapFigures HsHeapFigures;

HsHeapFigures *hs_heap_figures_new(void);
void hs_heap_figures_free(HsHeapFigures *figures);

/* Works the figures out anew. */
void hs_heap_figures_update(HsHeapFigures *figures, HsDocument *document);
/* Only which heaps are shown changed. */
void hs_heap_figures_update_shown(HsHeapFigures *figures, HsDocument *document);

/* Outstanding at the last tick of the visible range, of all sources, shown or not. */
int64_t hs_heap_figures_bytes(const HsHeapFigures *figures, HsHeapId heap);
int64_t hs_heap_figures_count(const HsHeapFigures *figures, HsHeapId heap);
/* HS_CURVE_VALUES values of the document's measure over the visible range; worked out on demand, valid until the next
 * update. */
const int64_t *hs_heap_figures_curve(HsHeapFigures *figures, HsDocument *document, HsHeapId heap);
/* Heaps of a process, and how many of them the wanted filter shows. */
void hs_heap_figures_process(const HsHeapFigures *figures, HsProcessId process, uint32_t *n_heaps, uint32_t *n_shown);

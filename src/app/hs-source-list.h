/* SPDX-License-Identifier: MIT */
/* HsSourceList: the parts of the allocator with check box, colour and their share of all allocations and frees. */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"

#define HS_TYPE_SOURCE_LIST (hs_source_list_get_type())
G_DECLARE_FINAL_TYPE(HsSourceList, hs_source_list, HS, SOURCE_LIST, GtkBox)

void hs_source_list_set_document(HsSourceList *self, HsDocument *document); /* NULL = none */
/* The document's rows or filter changed. */
void hs_source_list_refresh(HsSourceList *self);
/* Not all boxes are as they shall be yet; they will be after some frames. */
gboolean hs_source_list_is_busy(HsSourceList *self);

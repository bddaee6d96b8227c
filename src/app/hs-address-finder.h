/* SPDX-License-Identifier: MIT */
/* HsAddressFinder: looks for the block that holds an address, in a worker; of several searches the last counts. Main
 * thread. */
#pragma once

#include "hs-document.h"

typedef struct _HsAddressFinder HsAddressFinder;

/* `found` is HS_ID_NONE if no block that passes the filter ever held the address. */
typedef void (*HsAddressFinderFunc)(gpointer owner, uint64_t address, HsBlockId found);

/* `owner` is not kept alive: free the finder when it is disposed of. */
HsAddressFinder *hs_address_finder_new(HsAddressFinderFunc func, gpointer owner);
/* Cancels; does not wait. NULL is none. */
void hs_address_finder_free(HsAddressFinder *self);
/* Among the blocks that pass the document's filter, and of those the one that lives at its time cursor first. */
void hs_address_finder_search(HsAddressFinder *self, HsDocument *document, uint64_t address);
/* Forgets what is looked for. NULL is none. */
void hs_address_finder_stop(HsAddressFinder *self);
gboolean hs_address_finder_is_busy(HsAddressFinder *self);

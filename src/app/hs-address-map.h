/* SPDX-License-Identifier: MIT */
/* HsAddressMap: the address-range map: time × address. */
#pragma once

#include "hs-time-pane.h"

#define HS_TYPE_ADDRESS_MAP (hs_address_map_get_type())
G_DECLARE_FINAL_TYPE(HsAddressMap, hs_address_map, HS, ADDRESS_MAP, HsTimePane)

/* Brings the middle of the document's chosen block to the middle of the visible addresses, if these are not all. */
void hs_address_map_center_block(HsAddressMap *self);
/* What is kept along with its axis. The signal "axis-changed" tells of another one. */
uint64_t hs_address_map_memory_bytes(HsAddressMap *self);
/* The axis shown and the visible part of it, if they are those of the document's blocks as they are now; else FALSE.
 * The axis is borrowed until the main loop runs. */
gboolean hs_address_map_get_window(HsAddressMap *self, HsMapLayout **layout, HsMapWindow *window);

/* SPDX-License-Identifier: MIT */
/* Any bytes as a compressed block; the first two say how long it should become. */
#include <glib.h>

#include "hs-etl-xpress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size < 2)
    return 0;
  size_t wanted = data[0] | (size_t)data[1] << 8;
  g_autofree uint8_t *out = g_malloc(MAX(wanted, 1));
  size_t error_at = 0;
  size_t got = hs_etl_xpress_unpack(data + 2, size - 2, out, wanted, &error_at);
  g_assert(got <= wanted && error_at <= size - 2);
  return 0;
}

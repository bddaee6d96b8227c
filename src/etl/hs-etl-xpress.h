/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Unpacks one block of plain LZ77 ("XPRESS", [MS-XCA] section 2.4) of exactly `out_size` bytes.
 * Input left over when the output is full is fine. Returns the bytes produced: `out_size` on success; fewer if the
 * input ended early, a match reached before the output's beginning or past its end, or a length was impossible.
 * *input_end, if not NULL, is how much of the input was used, or where it is wrong. Never reads or writes outside the
 * two buffers; work is bounded by out_size. Any thread.
 */
size_t hs_etl_xpress_unpack(const uint8_t *in, size_t in_size, uint8_t *out, size_t out_size, size_t *input_end);

/* SPDX-License-Identifier: MIT */
/*
 * Numbers as people read them. Each function writes at most `size` bytes with the final NUL and returns `buffer`.
 * HS_FORMAT_MAX bytes are enough for any of them. Any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HS_FORMAT_MAX 48

/* "2,391,556" */
char *hs_format_count(char *buffer, size_t size, uint64_t n);
/* IEC: "512 B", "61.4 MiB", "812 KiB"; three digits. Takes negative values: "−4.0 KiB". */
char *hs_format_bytes(char *buffer, size_t size, int64_t bytes);
/* Exact in short: "72 B", "4,096 B". */
char *hs_format_bytes_exact(char *buffer, size_t size, uint64_t bytes);
/* A moment, seconds with six decimals: "1.424107 s". */
char *hs_format_time(char *buffer, size_t size, int64_t ns);
/* A moment with no more decimals than a step of `step_ns` needs: "0.2 s", "1.4241 s". */
char *hs_format_time_step(char *buffer, size_t size, int64_t ns, int64_t step_ns);
/* A stretch of time from the one moment to the other: "1.234000 s – 1.240000 s", or "1.234000 s" if both read the same.
 * 2 * HS_FORMAT_MAX bytes are enough. */
char *hs_format_stretch(char *buffer, size_t size, int64_t begin_ns, int64_t end_ns);
/* A length of time, three digits in a fitting unit: "318 ms", "42.1 ms", "3.20 µs", "1.31 s". */
char *hs_format_duration(char *buffer, size_t size, int64_t ns);
/* "0x7f3c24a18e40" */
char *hs_format_hex(char *buffer, size_t size, uint64_t value);
/* "4 %", "<1 %" for what is more than nothing. */
char *hs_format_percent(char *buffer, size_t size, uint64_t part, uint64_t whole);

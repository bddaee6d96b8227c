/* SPDX-License-Identifier: MIT */
#include "hs-format.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

char *
hs_format_count(char *buffer, size_t size, uint64_t n)
{
  char digits[24];
  int length = snprintf(digits, sizeof digits, "%" PRIu64, n);
  size_t out = 0;
  for (int i = 0; i < length && out + 1 < size; i++) {
    if (i > 0 && (length - i) % 3 == 0 && out + 2 < size)
      buffer[out++] = ',';
    buffer[out++] = digits[i];
  }
  if (size > 0)
    buffer[out] = '\0';
  return buffer;
}

/* Three digits of `value`, which is below 1000 but for the largest unit. */
static int
print_three(char *buffer, size_t size, double value, const char *sign, const char *unit)
{
  int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return snprintf(buffer, size, "%s%.*f %s", sign, decimals, value, unit);
}

char *
hs_format_bytes(char *buffer, size_t size, int64_t bytes)
{
  static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  const char *sign = bytes < 0 ? "−" : "";
  uint64_t magnitude = bytes < 0 ? 0 - (uint64_t)bytes : (uint64_t)bytes;
  if (magnitude < 1000) {
    snprintf(buffer, size, "%s%" PRIu64 " B", sign, magnitude);
    return buffer;
  }
  double value = (double)magnitude / 1024;
  unsigned unit = 0;
  while (value >= 999.5 && unit < 5) {
    value /= 1024;
    unit++;
  }
  int decimals = value < 99.95 ? 1 : 0;
  snprintf(buffer, size, "%s%.*f %s", sign, decimals, value, units[unit]);
  return buffer;
}

char *
hs_format_bytes_exact(char *buffer, size_t size, uint64_t bytes)
{
  char number[HS_FORMAT_MAX];
  snprintf(buffer, size, "%s B", hs_format_count(number, sizeof number, bytes));
  return buffer;
}

static char *
print_seconds(char *buffer, size_t size, int64_t ns, int decimals)
{
  decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
  const char *sign = ns < 0 ? "−" : "";
  uint64_t magnitude = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
  uint64_t unit = 1;
  for (int i = decimals; i < 9; i++)
    unit *= 10;
  uint64_t scaled = magnitude / unit;
  uint64_t per_second = 1000000000 / unit;
  if (decimals == 0)
    snprintf(buffer, size, "%s%" PRIu64 " s", sign, scaled);
  else
    snprintf(buffer, size, "%s%" PRIu64 ".%0*" PRIu64 " s", sign, scaled / per_second, decimals, scaled % per_second);
  return buffer;
}

char *
hs_format_time(char *buffer, size_t size, int64_t ns)
{
  return print_seconds(buffer, size, ns, 6);
}

char *
hs_format_time_step(char *buffer, size_t size, int64_t ns, int64_t step_ns)
{
  int decimals = 0;
  int64_t unit = 1000000000;
  while (decimals < 9 && (step_ns < unit || step_ns % unit != 0)) {
    unit /= 10;
    decimals++;
  }
  return print_seconds(buffer, size, ns, decimals);
}

char *
hs_format_stretch(char *buffer, size_t size, int64_t begin_ns, int64_t end_ns)
{
  char begin[HS_FORMAT_MAX], end[HS_FORMAT_MAX];
  hs_format_time(begin, sizeof begin, begin_ns);
  hs_format_time(end, sizeof end, end_ns);
  if (strcmp(begin, end) == 0)
    snprintf(buffer, size, "%s", begin);
  else
    snprintf(buffer, size, "%s – %s", begin, end);
  return buffer;
}

char *
hs_format_duration(char *buffer, size_t size, int64_t ns)
{
  const char *sign = ns < 0 ? "−" : "";
  double magnitude = fabs((double)ns);
  if (magnitude < 1000)
    snprintf(buffer, size, "%s%.0f ns", sign, magnitude);
  else if (magnitude < 999.5e3)
    print_three(buffer, size, magnitude / 1e3, sign, "µs");
  else if (magnitude < 999.5e6)
    print_three(buffer, size, magnitude / 1e6, sign, "ms");
  else
    print_three(buffer, size, magnitude / 1e9, sign, "s");
  return buffer;
}

char *
hs_format_hex(char *buffer, size_t size, uint64_t value)
{
  snprintf(buffer, size, "0x%" PRIx64, value);
  return buffer;
}

char *
hs_format_percent(char *buffer, size_t size, uint64_t part, uint64_t whole)
{
  double percent = whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
  if (part > 0 && percent < 0.5)
    snprintf(buffer, size, "<1 %%");
  else
    snprintf(buffer, size, "%.0f %%", percent);
  return buffer;
}

/* SPDX-License-Identifier: MIT */
/* Any bytes as a file that may be an archive: its traces are listed, and the first of them is unpacked. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hs-archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No more of a trace is unpacked than this, for the sake of speed. */
#define ENOUGH_BYTES ((uint64_t)4 << 20)

static void
stop_at_enough(gpointer data, uint64_t done, uint64_t total)
{
  int *cancel = data;
  if (done > ENOUGH_BYTES)
    *cancel = 1;
}

static void
check_error(const GError *error)
{
  g_assert_true(error != NULL && error->domain == HS_ARCHIVE_ERROR);
  g_assert_true(g_utf8_validate(error->message, -1, NULL));
}

static void
unpack(int descriptor, const char *name)
{
  int cancel = 0;
  g_autofree char *damage = NULL;
  g_autoptr(GError) error = NULL;
  int trace = hs_archive_unpack(descriptor, name, stop_at_enough, &cancel, &cancel, &damage, &error);
  if (trace < 0) {
    check_error(error);
    return;
  }
  g_assert_no_error(error);
  g_assert_true(damage == NULL || g_utf8_validate(damage, -1, NULL));
  close(trace);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
  g_assert_cmpint(descriptor, >=, 0);
  if (write(descriptor, data, size) != (ssize_t)size || !hs_archive_detect(descriptor)) {
    close(descriptor);
    return 0;
  }
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) members = hs_archive_list(descriptor, NULL, &error);
  if (members == NULL)
    check_error(error);
  unpack(descriptor, NULL);
  if (members != NULL && members->len > 0)
    unpack(descriptor, ((const HsArchiveMember *)members->pdata[0])->name);
  close(descriptor);
  return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * A file that takes its place once it is whole: it is written beside that, under no name where the system can do so,
 * and put there in one step. Nobody ever sees half of it, and what was there before stays if it cannot be written.
 */
#pragma once

#include <stdbool.h>

typedef struct {
  int fd; /* for reading and writing; −1 = none */
  /*< private >*/
  char *place;  /* where it shall be: `path`, or what a link there leads to */
  char *beside; /* its name until then, or NULL */
} HsNewFile;

/* Makes one that is to be at `path`, as open to others as the file that is there, or else as the process makes files.
 * 0 or an error number, and nothing to be freed. EISDIR for a folder, EINVAL for what is no file (a pipe, a device) and
 * so cannot be replaced. Any thread. */
int hs_new_file_open(HsNewFile *file, const char *path);
/* Puts it in its place, with what was written to `fd` so far. Ends the file either way: 0, or an error number and
 * nothing is left of it. `cancel` (or NULL): if nonzero at the end, it is dropped; ECANCELED. */
int hs_new_file_finish(HsNewFile *file, const int *cancel);
/* Ends the file; nothing is left of it. Does nothing after hs_new_file_finish(). */
void hs_new_file_drop(HsNewFile *file);

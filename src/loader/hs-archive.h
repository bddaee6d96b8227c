/* SPDX-License-Identifier: MIT */
/*
 * Traces inside archives (zip, and what is one by another name, such as .diagsession; 7z; cab), by libarchive. Nothing
 * is ever written under a name that an archive tells: a member is unpacked into a file that has no name. Any thread;
 * may take long.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#define HS_ARCHIVE_ERROR (hs_archive_error_quark())
GQuark hs_archive_error_quark(void);

typedef enum {
  HS_ARCHIVE_ERROR_DAMAGED,   /* is no archive that can be read */
  HS_ARCHIVE_ERROR_ENCRYPTED, /* the member wanted, or all there are, cannot be read without a password */
  HS_ARCHIVE_ERROR_NO_TRACE,  /* no member is a trace */
  HS_ARCHIVE_ERROR_SEVERAL,   /* several members are: one has to be chosen */
  HS_ARCHIVE_ERROR_NO_MEMBER, /* no trace of that name */
  HS_ARCHIVE_ERROR_TOO_LARGE, /* unpacks to more than any trace would */
  HS_ARCHIVE_ERROR_SPACE,     /* no room to unpack it */
  HS_ARCHIVE_ERROR_CANCELLED
} HsArchiveError;

/* A trace in an archive: a member whose name ends in ".etl". */
typedef struct {
  char *name;         /* UTF-8, as the archive tells it */
  int64_t size_bytes; /* unpacked; −1 if the archive does not say */
  bool is_encrypted;
} HsArchiveMember;

/* By the first bytes of an open file, whose position does not matter and stays. */
bool hs_archive_detect(int descriptor);

/* The traces in an archive, of HsArchiveMember, in its order; maybe none. Free with g_ptr_array_unref(). NULL and
 * `error` if it cannot be read at all; `cancel` (or NULL) is polled. */
GPtrArray *hs_archive_list(int descriptor, const int *cancel, GError **error);

/* Progress of unpacking: bytes of the trace, of how many (0 = not known). */
typedef void (*HsArchiveProgress)(gpointer data, uint64_t done, uint64_t total);

/* Unpacks the trace of that name (NULL: the only one) into a file without a name, in the directory for temporary files.
 * The descriptor is the caller's, positioned anywhere. −1 and `error` if it cannot be had. An archive that is damaged
 * part of the way gives what could be unpacked, and tells in `*damage` (free with g_free()) what was wrong. */
int hs_archive_unpack(int descriptor, const char *member, HsArchiveProgress progress, gpointer data, const int *cancel,
                      char **damage, GError **error);

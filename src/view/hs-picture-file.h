/* SPDX-License-Identifier: MIT */
/* Pictures as files. */
#pragma once

#include "hs-picture.h"

typedef enum { HS_PICTURE_PNG, HS_PICTURE_SVG, HS_PICTURE_PDF, HS_N_PICTURE_FORMATS } HsPictureFormat;

/* An image surface has no more pixels than this along a side, and a picture no more in all. */
#define HS_PICTURE_MAX_SIDE_PX 32767
#define HS_PICTURE_MAX_PX (INT64_C(1) << 28)
/* Below this nothing could be told. */
#define HS_PICTURE_MIN_SIDE_PX 16
#define HS_PICTURE_MAX_SCALE 8

typedef enum {
  HS_PICTURE_ERROR_SIZE,   /* too small, too large */
  HS_PICTURE_ERROR_FORMAT, /* the name tells no format */
  HS_PICTURE_ERROR_MEMORY,
  HS_PICTURE_ERROR_DRAWING,
  HS_PICTURE_ERROR_WRITING
} HsPictureError;
#define HS_PICTURE_ERROR (hs_picture_error_quark())
GQuark hs_picture_error_quark(void);

/* "png", "svg", "pdf"; what has that name in any case, or HS_N_PICTURE_FORMATS. Static. */
const char *hs_picture_format_name(HsPictureFormat format);
HsPictureFormat hs_picture_format_from_name(const char *name);
/* By the end of a file's name. HS_N_PICTURE_FORMATS and `error` if it tells none. */
HsPictureFormat hs_picture_format_from_path(const char *path, GError **error);

/* "1280x720", "1280×720". False and `error` if it is no size, or one that check_size refuses at scale 1. */
bool hs_picture_parse_size(const char *text, int *width, int *height, GError **error);
/* Whether a picture of that size can be made. */
bool hs_picture_check_size(int width, int height, int scale, GError **error);

/* The picture as pixels, opaque, with its device scale set. NULL and `error` if that does not go. Free with
 * cairo_surface_destroy(). Any thread. */
cairo_surface_t *hs_picture_draw(const HsPicture *picture, GError **error);
/* As the contents of a file. Free with g_byte_array_unref(). Any thread. */
GByteArray *hs_picture_encode(const HsPicture *picture, HsPictureFormat format, GError **error);

/* Pixels as the contents of a PNG file. */
GByteArray *hs_picture_encode_pixels(cairo_surface_t *pixels, GError **error);

/* Writes a file: beside where it shall be, and then put there in one step, so that nobody ever sees half of it, and
 * what was there before stays if it cannot be written. What is no file (a pipe, a device) is written to. `cancel` (or
 * NULL): if nonzero at the end, the file is dropped and `error` is left alone. Any thread. */
bool hs_picture_write(const char *path, const GByteArray *contents, const int *cancel, GError **error);

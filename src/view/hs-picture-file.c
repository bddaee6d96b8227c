/* SPDX-License-Identifier: MIT */
#include "hs-picture-file.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hs-config.h"
#include "hs-new-file.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* A pixel of a page is this many points: 96 pixels an inch, 72 points. */
#define POINTS_A_PX 0.75

G_DEFINE_QUARK(hs - picture - error - quark, hs_picture_error)

/* --- formats and sizes --- */

static const char *const format_names[HS_N_PICTURE_FORMATS] = {"png", "svg", "pdf"};

const char *
hs_picture_format_name(HsPictureFormat format)
{
  return (unsigned)format < HS_N_PICTURE_FORMATS ? format_names[format] : "";
}

HsPictureFormat
hs_picture_format_from_name(const char *name)
{
  unsigned format = 0;
  while (format < HS_N_PICTURE_FORMATS && g_ascii_strcasecmp(format_names[format], name) != 0)
    format++;
  return (HsPictureFormat)format;
}

HsPictureFormat
hs_picture_format_from_path(const char *path, GError **error)
{
  g_autofree char *base = g_path_get_basename(path);
  const char *dot = strrchr(base, '.');
  HsPictureFormat format = dot != NULL ? hs_picture_format_from_name(dot + 1) : HS_N_PICTURE_FORMATS;
  if (format == HS_N_PICTURE_FORMATS) {
    g_autofree char *shown = g_filename_display_name(path);
    g_set_error(error, HS_PICTURE_ERROR, HS_PICTURE_ERROR_FORMAT,
                _("“%s” does not tell what picture it is; expected .png, .svg or .pdf"), shown);
  }
  return format;
}

bool
hs_picture_check_size(int width, int height, int scale, GError **error)
{
  int64_t w = (int64_t)width * MAX(scale, 1), h = (int64_t)height * MAX(scale, 1);
  if (width < HS_PICTURE_MIN_SIDE_PX || height < HS_PICTURE_MIN_SIDE_PX)
    g_set_error(error, HS_PICTURE_ERROR, HS_PICTURE_ERROR_SIZE, _("%d×%d is too small; at least %d×%d"), width, height,
                HS_PICTURE_MIN_SIDE_PX, HS_PICTURE_MIN_SIDE_PX);
  else if (scale < 1 || scale > HS_PICTURE_MAX_SCALE)
    g_set_error(error, HS_PICTURE_ERROR, HS_PICTURE_ERROR_SIZE, _("a scale of %d is not from 1 to %d"), scale,
                HS_PICTURE_MAX_SCALE);
  else if (w > HS_PICTURE_MAX_SIDE_PX || h > HS_PICTURE_MAX_SIDE_PX)
    g_set_error(error, HS_PICTURE_ERROR, HS_PICTURE_ERROR_SIZE,
                _("%d×%d at scale %d is too large; at most %d pixels along a side"), width, height, scale,
                HS_PICTURE_MAX_SIDE_PX);
  else if (w * h > HS_PICTURE_MAX_PX)
    g_set_error(error, HS_PICTURE_ERROR, HS_PICTURE_ERROR_SIZE,
                _("%d×%d at scale %d is too large; at most %d million pixels in all"), width, height, scale,
                (int)(HS_PICTURE_MAX_PX / 1000000));
  else
    return true;
  return false;
}

/* Digits only; what is larger than any picture may be is INT_MAX / 2. */
static bool
read_side(const char **at, int *side)
{
  int64_t value = 0;
  if (!g_ascii_isdigit(**at))
    return false;
  for (; g_ascii_isdigit(**at); ++*at)
    value = MIN(value * 10 + (**at - '0'), G_MAXINT / 2);
  *side = (int)value;
  return true;
}

bool
hs_picture_parse_size(const char *text, int *width, int *height, GError **error)
{
  static const char times[] = "×";
  const char *at = text;
  if (read_side(&at, width)) {
    bool is_sign = g_str_has_prefix(at, times);
    if (is_sign || *at == 'x' || *at == 'X') {
      at += is_sign ? strlen(times) : 1;
      if (read_side(&at, height) && *at == '\0')
        return hs_picture_check_size(*width, *height, 1, error);
    }
  }
  g_set_error(error, HS_PICTURE_ERROR, HS_PICTURE_ERROR_SIZE,
              _("“%s” is not a size; expected WIDTHxHEIGHT, such as 1280x720"), text);
  return false;
}

/* --- drawing --- */

static bool
check_status(cairo_status_t status, GError **error)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return true;
  g_set_error(error, HS_PICTURE_ERROR,
              status == CAIRO_STATUS_NO_MEMORY ? HS_PICTURE_ERROR_MEMORY : HS_PICTURE_ERROR_DRAWING,
              _("the picture cannot be drawn: %s"), cairo_status_to_string(status));
  return false;
}

/* Paints onto a surface and ends it. Takes the surface if that fails. */
static bool
paint(const HsPicture *picture, cairo_surface_t *surface, double scale, GError **error)
{
  cairo_t *cr = cairo_create(surface);
  cairo_scale(cr, scale, scale);
  hs_picture_paint(picture, cr);
  cairo_status_t status = cairo_status(cr);
  cairo_destroy(cr);
  return check_status(status, error);
}

cairo_surface_t *
hs_picture_draw(const HsPicture *picture, GError **error)
{
  int width, height, scale;
  hs_picture_size(picture, &width, &height, &scale);
  if (!hs_picture_check_size(width, height, scale, error))
    return NULL;
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width * scale, height * scale);
  cairo_surface_set_device_scale(surface, scale, scale);
  if (check_status(cairo_surface_status(surface), error) && paint(picture, surface, 1, error))
    return surface;
  cairo_surface_destroy(surface);
  return NULL;
}

static cairo_status_t
append(void *closure, const unsigned char *data, unsigned length)
{
  GByteArray *bytes = closure;
  if (bytes->len > G_MAXUINT - length)
    return CAIRO_STATUS_WRITE_ERROR;
  g_byte_array_append(bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GByteArray *
hs_picture_encode_pixels(cairo_surface_t *pixels, GError **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  return check_status(cairo_surface_write_to_png_stream(pixels, append, bytes), error) ? g_steal_pointer(&bytes) : NULL;
}

static GByteArray *
encode_png(const HsPicture *picture, GError **error)
{
  cairo_surface_t *surface = hs_picture_draw(picture, error);
  if (surface == NULL)
    return NULL;
  GByteArray *bytes = hs_picture_encode_pixels(surface, error);
  cairo_surface_destroy(surface);
  return bytes;
}

static bool
encode_page(const HsPicture *picture, HsPictureFormat format, GByteArray *bytes, GError **error)
{
  int width, height, scale;
  cairo_surface_t *surface;
  bool is_pdf = format == HS_PICTURE_PDF;
  hs_picture_size(picture, &width, &height, &scale);
  if (is_pdf) {
    surface = cairo_pdf_surface_create_for_stream(append, bytes, width * POINTS_A_PX, height * POINTS_A_PX);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, hs_picture_title(picture));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Heapscope");
    /* The same picture is the same file, whenever it is made. */
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
  } else {
    surface = cairo_svg_surface_create_for_stream(append, bytes, width, height);
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
  }
  bool done =
      check_status(cairo_surface_status(surface), error) && paint(picture, surface, is_pdf ? POINTS_A_PX : 1, error);
  cairo_surface_finish(surface);
  done = done && check_status(cairo_surface_status(surface), error);
  cairo_surface_destroy(surface);
  return done;
}

GByteArray *
hs_picture_encode(const HsPicture *picture, HsPictureFormat format, GError **error)
{
  if (format == HS_PICTURE_PNG)
    return encode_png(picture, error);
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  return encode_page(picture, format, bytes, error) ? g_steal_pointer(&bytes) : NULL;
}

/* --- writing --- */

static bool
fail(const char *path, int error_number, GError **error)
{
  g_autofree char *shown = g_filename_display_name(path);
  g_set_error(error, HS_PICTURE_ERROR, HS_PICTURE_ERROR_WRITING, _("“%s” cannot be written: %s"), shown,
              g_strerror(error_number));
  return false;
}

/* 0 or an error number. */
static int
write_all(int fd, const GByteArray *contents)
{
  for (guint done = 0; done < contents->len;) {
    ssize_t n = write(fd, contents->data + done, contents->len - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno;
    done += (guint)n;
  }
  return 0;
}

/* What is no file cannot be replaced, and shall not be. */
static bool
write_through(const char *path, const GByteArray *contents, GError **error)
{
  int fd = g_open(path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0)
    return fail(path, errno, error);
  int problem = write_all(fd, contents);
  if (close(fd) != 0 && problem == 0)
    problem = errno;
  return problem == 0 || fail(path, problem, error);
}

bool
hs_picture_write(const char *path, const GByteArray *contents, const int *cancel, GError **error)
{
  struct stat status;
  HsNewFile file;
  if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
    return write_through(path, contents, error);
  int problem = hs_new_file_open(&file, path);
  if (problem != 0)
    return fail(path, problem, error);
  problem = write_all(file.fd, contents);
  if (problem == 0)
    problem = hs_new_file_finish(&file, cancel);
  else
    hs_new_file_drop(&file);
  bool cancelled = cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
  return problem == 0 || (problem != ECANCELED && !cancelled && fail(path, problem, error));
}

/* SPDX-License-Identifier: MIT */
#include "hs-cli-writer.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <poll.h>
#include <unistd.h>

#include "hs-cli.h"
#include "hs-letters.h"

void
hs_cli_writer_init(HsCliWriter *writer, int fd)
{
  *writer = (HsCliWriter){.fd = fd, .capacity = HS_CLI_WRITER_BYTES, .buffer = g_malloc(HS_CLI_WRITER_BYTES)};
}

void
hs_cli_writer_init_memory(HsCliWriter *writer)
{
  hs_cli_writer_init(writer, -1);
}

void
hs_cli_writer_clear(HsCliWriter *writer)
{
  g_clear_pointer(&writer->buffer, g_free);
}

/* Descriptors inherited from a shell may be non-blocking; waiting is then ours to do. */
static bool
may_retry(int fd)
{
  if (errno == EINTR)
    return true;
  if (errno != EAGAIN)
    return false;
  struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
  return poll(&pollfd, 1, -1) > 0 || errno == EINTR;
}

static void
write_out(HsCliWriter *writer, const char *bytes, size_t length)
{
  size_t done = 0;
  while (done < length && writer->error == 0) {
    ssize_t n = write(writer->fd, bytes + done, length - done);
    if (n >= 0)
      done += (size_t)n;
    else if (!may_retry(writer->fd))
      writer->error = errno;
  }
}

/* Without memory, what there is is dropped, and there is room. */
static void
grow(HsCliWriter *writer)
{
  char *buffer = g_try_realloc(writer->buffer, writer->capacity * 2);
  if (buffer == NULL) {
    writer->error = ENOMEM;
    writer->length = 0;
    return;
  }
  writer->buffer = buffer;
  writer->capacity *= 2;
}

void
hs_cli_writer_flush(HsCliWriter *writer)
{
  if (writer->fd < 0) {
    grow(writer);
    return;
  }
  write_out(writer, writer->buffer, writer->length);
  writer->length = 0;
}

void
hs_cli_writer_take(HsCliWriter *writer, HsCliWriter *from)
{
  hs_cli_writer_flush(writer);
  if (writer->error == 0)
    writer->error = from->error;
  write_out(writer, from->buffer, from->length);
  from->length = 0;
}

int
hs_cli_writer_finish(HsCliWriter *writer)
{
  hs_cli_writer_flush(writer);
  g_clear_pointer(&writer->buffer, g_free);
  if (writer->error == 0 || writer->error == EPIPE)
    return HS_CLI_EXIT_DONE;
  hs_cli_message(_("cannot write the result: %s"), g_strerror(writer->error));
  return HS_CLI_EXIT_FAILED;
}

void
hs_cli_put_bytes(HsCliWriter *writer, const char *bytes, size_t length)
{
  while (length > 0) {
    if (writer->length == writer->capacity)
      hs_cli_writer_flush(writer);
    size_t n = MIN(length, writer->capacity - writer->length);
    memcpy(writer->buffer + writer->length, bytes, n);
    writer->length += n;
    bytes += n;
    length -= n;
  }
}

static char *
room_for_number(HsCliWriter *writer)
{
  if (writer->length > writer->capacity - HS_CLI_NUMBER_MAX)
    hs_cli_writer_flush(writer);
  return writer->buffer + writer->length;
}

static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
                                  "25262728293031323334353637383940414243444546474849"
                                  "50515253545556575859606162636465666768697071727374"
                                  "75767778798081828384858687888990919293949596979899";

void
hs_cli_put_uint(HsCliWriter *writer, uint64_t value)
{
  char digits[HS_CLI_NUMBER_MAX];
  size_t at = sizeof digits;
  while (value >= 100) {
    at -= 2;
    memcpy(digits + at, digit_pairs + value % 100 * 2, 2);
    value /= 100;
  }
  if (value >= 10) {
    at -= 2;
    memcpy(digits + at, digit_pairs + value * 2, 2);
  } else {
    digits[--at] = (char)('0' + value);
  }
  memcpy(room_for_number(writer), digits + at, sizeof digits - at);
  writer->length += sizeof digits - at;
}

void
hs_cli_put_int(HsCliWriter *writer, int64_t value)
{
  if (value < 0)
    hs_cli_put_char(writer, '-');
  hs_cli_put_uint(writer, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void
hs_cli_put_hex(HsCliWriter *writer, uint64_t value)
{
  char *out = room_for_number(writer);
  unsigned n_digits = value == 0 ? 1 : (unsigned)(67 - __builtin_clzll(value)) / 4;
  *out++ = '0';
  *out++ = 'x';
  for (unsigned i = n_digits; i-- > 0;)
    *out++ = "0123456789abcdef"[value >> (i * 4) & 15];
  writer->length += 2 + n_digits;
}

char *
hs_cli_csv_field(const char *text)
{
  g_autofree char *valid = hs_text_shown(text, "");
  if (strpbrk(valid, ",\"") == NULL)
    return g_steal_pointer(&valid);
  GString *field = g_string_new("\"");
  for (const char *c = valid; *c != '\0'; c++) {
    if (*c == '"')
      g_string_append_c(field, '"');
    g_string_append_c(field, *c);
  }
  g_string_append_c(field, '"');
  return g_string_free(field, FALSE);
}

char *
hs_cli_json_string(const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *string = g_string_new("\"");
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char(c)) {
    gunichar letter = g_utf8_get_char(c);
    if (letter == '"' || letter == '\\')
      g_string_append_printf(string, "\\%c", *c);
    else if (hs_letter_is_order(letter))
      g_string_append_printf(string, "\\u%04x", letter);
    else
      g_string_append_unichar(string, letter);
  }
  g_string_append_c(string, '"');
  return g_string_free(string, FALSE);
}

char *
hs_cli_plain_text(const char *text)
{
  return hs_text_shown(text, "");
}

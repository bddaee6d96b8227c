/* SPDX-License-Identifier: MIT */
/*
 * Buffered output of text and numbers to a file descriptor, fast enough for millions of rows a second. Numbers are
 * written the same in every locale. After an error everything is dropped; the error is told at the end. One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HS_CLI_WRITER_BYTES (256 * 1024)
#define HS_CLI_NUMBER_MAX 24 /* no number takes more */

typedef struct {
  int fd;          /* −1 = into memory, which grows */
  int error;       /* errno of the first failure, 0 = none */
  size_t length;   /* bytes waiting */
  size_t capacity; /* HS_CLI_WRITER_BYTES at least */
  char *buffer;
} HsCliWriter;

/* Takes over `fd` until hs_cli_writer_finish(). */
void hs_cli_writer_init(HsCliWriter *writer, int fd);
/* Writes out what waits; into memory: makes more room. */
void hs_cli_writer_flush(HsCliWriter *writer);
/* Flushes and frees. Returns the exit status: done also if the reader at the other end has gone (a pipe into "head");
 * else failed, with a message on stderr. */
int hs_cli_writer_finish(HsCliWriter *writer);

/* One that keeps everything, for another one to take. Free with hs_cli_writer_clear(). */
void hs_cli_writer_init_memory(HsCliWriter *writer);
void hs_cli_writer_clear(HsCliWriter *writer);
/* Writes out what `from` holds in memory, after what waits, and empties it. Its error becomes the writer's. */
void hs_cli_writer_take(HsCliWriter *writer, HsCliWriter *from);

/* True once writing has failed: the rest need not be made. */
static inline bool
hs_cli_writer_failed(const HsCliWriter *writer)
{
  return writer->error != 0;
}

void hs_cli_put_bytes(HsCliWriter *writer, const char *bytes, size_t length);

static inline void
hs_cli_put(HsCliWriter *writer, const char *text)
{
  hs_cli_put_bytes(writer, text, strlen(text));
}

static inline void
hs_cli_put_char(HsCliWriter *writer, char c)
{
  if (writer->length == writer->capacity)
    hs_cli_writer_flush(writer);
  writer->buffer[writer->length++] = c;
}

/* Decimal. */
void hs_cli_put_uint(HsCliWriter *writer, uint64_t value);
void hs_cli_put_int(HsCliWriter *writer, int64_t value);
/* "0x…", lower case, no leading zeros. */
void hs_cli_put_hex(HsCliWriter *writer, uint64_t value);

/* The text as a CSV field (RFC 4180: quoted if it has to be) or a JSON string with its quotes. What is not UTF-8 is
 * replaced, and so are orders in the field (see hs-letters.h); in the string they are escaped. Free with g_free(). */
char *hs_cli_csv_field(const char *text);
char *hs_cli_json_string(const char *text);
/* The text fit for a terminal: valid UTF-8, control characters replaced. Free with g_free(). */
char *hs_cli_plain_text(const char *text);

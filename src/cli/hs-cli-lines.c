/* SPDX-License-Identifier: MIT */
#include "hs-cli-lines.h"

#include "hs-scratch.h"

/* Lines that are made before they are written: at first few, since somebody may look at the first ones. */
#define LINES_AT_FIRST 1024u
#define LINES_AT_ONCE 65536u
/* Fewer are not worth a second thread. */
#define MIN_SPLIT_LINES 8192u

/* The part of one thread. */
typedef struct {
  HsCliRowWriter rows;
  HsCliWriter writer; /* into memory */
  HsCliPutLine put;
  gconstpointer data;
  const uint32_t *ids;
  uint32_t n;
} Part;

static gpointer
make_lines(gpointer data)
{
  Part *part = data;
  for (uint32_t i = 0; i < part->n; i++)
    part->put(&part->rows, part->ids[i], part->data);
  return NULL;
}

static void
init_part(Part *part, const HsCliRowWriter *rows, HsCliPutLine put, gconstpointer data)
{
  *part = (Part){.rows = *rows, .put = put, .data = data};
  part->rows.writer = &part->writer;
  hs_cli_writer_init_memory(&part->writer);
}

void
hs_cli_write_lines(HsCliRowWriter *rows, HsCliNextId next, gpointer source, HsCliPutLine put, gconstpointer data)
{
  g_autofree uint32_t *ids = g_new(uint32_t, LINES_AT_ONCE);
  uint32_t n = LINES_AT_FIRST;
  Part parts[2];
  init_part(&parts[0], rows, put, data);
  init_part(&parts[1], rows, put, data);
  while (n > 0 && !hs_cli_writer_failed(rows->writer)) {
    uint32_t wanted = n;
    for (n = 0; n < wanted && next(source, &ids[n]);)
      n++;
    uint32_t half = n >= MIN_SPLIT_LINES ? n / 2 : n;
    parts[0].ids = ids;
    parts[0].n = half;
    parts[1].ids = ids + half;
    parts[1].n = n - half;
    hs_run_both("lines", make_lines, &parts[0], half < n ? &parts[1] : NULL);
    hs_cli_writer_take(rows->writer, &parts[0].writer);
    hs_cli_writer_take(rows->writer, &parts[1].writer);
    n = n < wanted ? 0 : LINES_AT_ONCE;
  }
  hs_cli_writer_clear(&parts[0].writer);
  hs_cli_writer_clear(&parts[1].writer);
}

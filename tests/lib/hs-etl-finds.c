/* SPDX-License-Identifier: MIT */
#include "hs-etl-finds.h"

#include "hs-etl-writer.h"

#define START_TICKS ((guint64)1000000000)

static HsEtlWriter *
new_writer(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = 1024;
  options.cpus = 1;
  options.end_filetime = options.start_filetime + 10000000;
  options.truth_mode = HS_ETL_TRUTH_NONE;
  return hs_etl_writer_new(&options);
}

static void
write_alloc(HsEtlWriter *writer, guint64 since_start_ticks, guint64 address, guint64 size)
{
  HsEtlWriterAt at = {HS_ETL_WRITER_SYSTEM64, 0, START_TICKS + since_start_ticks, 100, 104};
  hs_etl_writer_alloc(writer, &at, 0x1f0000, address, size, 2);
}

/* The merger took the beginning of the trace for the time of the first record, and then went back. */
static GBytes *
make_earliest_time(void)
{
  g_autoptr(HsEtlWriter) writer = new_writer();
  write_alloc(writer, (guint64)G_MININT64, 0x200000, 16);
  for (guint i = 0; i < 8; i++)
    write_alloc(writer, (guint64)-1000 + 10 * i, 0x201000 + 0x100 * i, 16);
  return hs_etl_writer_finish(writer);
}

/* What ended at the last moment there is was taken for outstanding by whoever asked for the time. */
static GBytes *
make_latest_time(void)
{
  g_autoptr(HsEtlWriter) writer = new_writer();
  HsEtlWriterAt at = {HS_ETL_WRITER_SYSTEM64, 0, START_TICKS + (guint64)G_MAXINT64, 100, 104};
  write_alloc(writer, 10, 0x200000, 16);
  hs_etl_writer_free_block(writer, &at, 0x1f0000, 0x200000, 2);
  write_alloc(writer, (guint64)G_MAXINT64, 0x201000, 16);
  return hs_etl_writer_finish(writer);
}

static const HsEtlFind finds[] = {
    {"earliest-time", "the first record has the earliest time there is, all others lie before the header's",
     make_earliest_time},
    {"latest-time", "a block is freed at the latest time there is", make_latest_time},
};

const HsEtlFind *
hs_etl_finds(gsize *n_finds)
{
  *n_finds = G_N_ELEMENTS(finds);
  return finds;
}

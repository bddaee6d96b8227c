/* SPDX-License-Identifier: MIT */
#include <glib.h>

#include "hs-etl-record.h"

#define TICKS 0x0102030405060708u

typedef struct {
  HsEtlKind kind;
  const char *name;
  guint head;
  guint width;
  gboolean hook_family;
  gboolean ids;
} Kind;

static const Kind kinds[] = {
    {HS_ETL_SYSTEM32, "SYSTEM32", 0x20, 4, TRUE, TRUE},      {HS_ETL_SYSTEM64, "SYSTEM64", 0x20, 8, TRUE, TRUE},
    {HS_ETL_COMPACT32, "COMPACT32", 0x18, 4, TRUE, TRUE},    {HS_ETL_COMPACT64, "COMPACT64", 0x18, 8, TRUE, TRUE},
    {HS_ETL_PERFINFO32, "PERFINFO32", 0x10, 4, TRUE, FALSE}, {HS_ETL_PERFINFO64, "PERFINFO64", 0x10, 8, TRUE, FALSE},
    {HS_ETL_FULL32, "FULL32", 0x30, 4, FALSE, TRUE},         {HS_ETL_FULL64, "FULL64", 0x30, 8, FALSE, TRUE},
    {HS_ETL_INSTANCE32, "INSTANCE32", 0x48, 4, FALSE, TRUE}, {HS_ETL_INSTANCE64, "INSTANCE64", 0x48, 8, FALSE, TRUE},
    {HS_ETL_EVENT32, "EVENT32", 0x50, 4, FALSE, TRUE},       {HS_ETL_EVENT64, "EVENT64", 0x50, 8, FALSE, TRUE},
};

static void
put(guint8 *p, guint64 value, guint bytes)
{
  for (guint i = 0; i < bytes; i++)
    p[i] = (guint8)(value >> 8 * i);
}

/* A record of `kind` with `size` bytes in all; the block is exactly that long. */
static guint8 *
make(const Kind *kind, guint size)
{
  guint8 *p = g_malloc0(MAX(size, kind->head));
  p[2] = (guint8)kind->kind;
  p[3] = 0xc0;
  put(p + (kind->ids ? 0x10 : 0x08), TICKS, 8);
  if (kind->ids) {
    put(p + 8, 0x77, 4);
    put(p + 12, 0x99, 4);
  }
  if (kind->hook_family) {
    put(p, 3, 2);
    put(p + 4, size, 2);
    put(p + 6, 0x1021, 2);
    return p;
  }
  put(p, size, 2);
  for (guint i = 0; i < 16; i++)
    p[0x18 + i] = (guint8)(0xa0 + i);
  if (kind->head == 0x50) {
    put(p + 0x28, 0x4321, 2);
    p[0x2a] = 3;
    p[0x2d] = 0x21;
  } else {
    p[4] = 0x21;
    put(p + 6, 3, 2);
  }
  return p;
}

static int
parse(const guint8 *bytes, gsize left, HsEtlRecord *record)
{
  const char *why = NULL;
  int advance = hs_etl_record_parse(bytes, left, record, &why);
  g_assert_true(advance >= 0 || why != NULL);
  return advance;
}

static void
test_kinds(void)
{
  for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
    const Kind *kind = &kinds[k];
    for (guint payload = 0; payload < 20; payload++) {
      guint size = kind->head + payload;
      g_autofree guint8 *p = make(kind, size);
      HsEtlRecord record;
      g_assert_cmpint(parse(p, size, &record), ==, (int)((size + 7) & ~7u));
      g_assert_cmpint(record.kind, ==, kind->kind);
      g_assert_cmpstr(hs_etl_kind_name(kind->kind), ==, kind->name);
      g_assert_true(record.has_time);
      g_assert_cmpuint(record.raw_ticks, ==, TICKS);
      g_assert_cmpuint(record.tid, ==, kind->ids ? 0x77 : UINT32_MAX);
      g_assert_cmpuint(record.pid, ==, kind->ids ? 0x99 : UINT32_MAX);
      g_assert_cmpuint(record.hook, ==, kind->hook_family ? 0x1021 : HS_ETL_NO_HOOK);
      g_assert_cmpuint(record.opcode, ==, 0x21);
      g_assert_cmpuint(record.version, ==, 3);
      g_assert_cmpuint(record.pointer_width, ==, kind->width);
      g_assert_cmpuint(record.event_id, ==, kind->head == 0x50 ? 0x4321 : 0);
      g_assert_true(record.guid == (kind->hook_family ? NULL : p + 0x18));
      g_assert_true(record.payload.data == p + kind->head);
      g_assert_cmpuint(record.payload.size, ==, payload);
    }
  }
}

static void
test_sizes(void)
{
  for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
    const Kind *kind = &kinds[k];
    HsEtlRecord record;
    for (guint size = 0; size < kind->head; size++) {
      g_autofree guint8 *p = make(kind, size);
      g_assert_cmpint(parse(p, kind->head, &record), ==, -1);
    }
    g_autofree guint8 *longer = make(kind, kind->head + 16);
    g_assert_cmpint(parse(longer, kind->head + 15, &record), ==, -1);
    for (guint left = 0; left < 8; left++)
      g_assert_cmpint(parse(longer, left, &record), ==, 0);
    for (guint left = 8; left < kind->head; left++) {
      g_autofree guint8 *exact = g_memdup2(longer, left);
      g_assert_cmpint(parse(exact, left, &record), ==, -1);
    }
  }
}

static void
test_counters(void)
{
  for (guint k = 0; k < 6; k++) {
    const Kind *kind = &kinds[k];
    for (guint words = 0; words < 16; words++) {
      guint extra = 8 * ((words & 7) + (words >> 3));
      guint size = kind->head + extra + 12;
      g_autofree guint8 *p = make(kind, size);
      put(p, 2 | (words & 7) << 8 | (words & 8) << 12, 2);
      HsEtlRecord record;
      g_assert_cmpint(parse(p, size, &record), ==, (int)((size + 7) & ~7u));
      g_assert_cmpuint(record.version, ==, 2);
      g_assert_true(record.payload.data == p + kind->head + extra);
      g_assert_cmpuint(record.payload.size, ==, 12);
      if (words == 0)
        continue;
      put(p + 4, kind->head + extra - 1, 2);
      g_assert_cmpint(parse(p, size, &record), ==, -1);
    }
  }
}

static void
test_extended_items(void)
{
  const Kind *kind = &kinds[11];
  /* Two linked items of 0x30 and 0x18 bytes, then 4 bytes of payload. */
  guint size = 0x50 + 0x30 + 0x18 + 4;
  g_autofree guint8 *p = make(kind, size);
  put(p + 4, 1, 2);
  put(p + 0x50, 0x30, 2);
  put(p + 0x52, 0x0c, 2);
  put(p + 0x54, 1, 2);
  put(p + 0x56, 0x24, 2);
  put(p + 0x80, 0x18, 2);
  put(p + 0x82, 0x0b, 2);
  put(p + 0x86, 0x0b, 2);
  HsEtlRecord record;
  g_assert_cmpint(parse(p, size, &record), >, 0);
  g_assert_cmpuint(record.payload.size, ==, 4);
  g_assert_true(record.payload.data == p + 0x98);
  /* A total of 0 is taken from the data's size. */
  put(p + 0x50, 0, 2);
  g_assert_cmpint(parse(p, size, &record), >, 0);
  g_assert_cmpuint(record.payload.size, ==, 4);
  /* Damaged chains stop where they are, inside the record. */
  put(p + 0x50, 4, 2);
  g_assert_cmpint(parse(p, size, &record), >, 0);
  g_assert_cmpuint(record.payload.size, ==, size - 0x50);
  put(p + 0x50, 0x30, 2);
  put(p + 0x80, 0xffff, 2);
  g_assert_cmpint(parse(p, size, &record), >, 0);
  g_assert_cmpuint(record.payload.size, ==, 0x1c);
  /* Without the flag there are no items. */
  put(p + 4, 0, 2);
  g_assert_cmpint(parse(p, size, &record), >, 0);
  g_assert_cmpuint(record.payload.size, ==, size - 0x50);
}

static void
test_sized_only(void)
{
  static const struct {
    guint8 type, mark;
    HsEtlKind kind;
  } cases[] = {
      {0x00, 0x90, HS_ETL_MESSAGE}, {0x02, 0x90, HS_ETL_MESSAGE},      {0x0f, 0xc0, HS_ETL_MESSAGE},
      {0x0c, 0xc0, HS_ETL_TIMED},   {0x0d, 0xc0, HS_ETL_ERROR_RECORD}, {0x0e, 0xc0, HS_ETL_WNODE},
      {0x00, 0xb0, HS_ETL_OTHER},   {0x05, 0xc0, HS_ETL_OTHER},        {0x77, 0xc0, HS_ETL_OTHER},
      {0x1f, 0xc0, HS_ETL_OTHER},   {0x20, 0x80, HS_ETL_OTHER},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    guint8 p[24] = {0};
    put(p, 20, 2);
    p[2] = cases[i].type;
    p[3] = cases[i].mark;
    HsEtlRecord record;
    g_assert_cmpint(parse(p, sizeof p, &record), ==, 24);
    g_assert_cmpint(record.kind, ==, cases[i].kind);
    g_assert_false(record.has_time);
    g_assert_null(record.guid);
    g_assert_cmpuint(record.hook, ==, HS_ETL_NO_HOOK);
    put(p, 7, 2);
    g_assert_cmpint(parse(p, sizeof p, &record), ==, -1);
    put(p, 25, 2);
    g_assert_cmpint(parse(p, sizeof p, &record), ==, -1);
  }
}

static void
test_ends(void)
{
  HsEtlRecord record;
  static const guint8 filler[8] = {0xff, 0xff, 0xff, 0xff};
  static const guint8 zeros[8] = {0};
  static const guint8 no_mark[16] = {16, 0, 2, 0x40};
  g_assert_cmpint(parse(filler, 8, &record), ==, 0);
  g_assert_cmpint(parse(zeros, 8, &record), ==, 0);
  g_assert_cmpint(parse(no_mark, 16, &record), ==, -1);
  g_assert_cmpstr(hs_etl_kind_name((HsEtlKind)0), ==, "?");
  g_assert_cmpstr(hs_etl_kind_name((HsEtlKind)1000), ==, "?");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/etl/record/kinds", test_kinds);
  g_test_add_func("/etl/record/sizes", test_sizes);
  g_test_add_func("/etl/record/counters", test_counters);
  g_test_add_func("/etl/record/extended-items", test_extended_items);
  g_test_add_func("/etl/record/sized-only", test_sized_only);
  g_test_add_func("/etl/record/ends", test_ends);
  return g_test_run();
}

/* SPDX-License-Identifier: MIT */
/*
 * What must hold of a damaged trace, told by comparing what is read of it with what was written: every buffer that was
 * not touched is there, record by record; what is missing of the others is named, at its offset; and neither work nor
 * memory is out of proportion.
 */
#pragma once

#include <malloc.h>
#include <time.h>

#include "hs-etl-damage.h"
#include "hs-etl-fields.h"
#include "hs-health.h"
#include "test-etl-support.h"

/* Bounds on reading one image: processor time, and memory by what the image has. Generous: several times what it takes
 * under sanitizers. */
#define MAX_CPU_S(size) (2.0 + (double)(size) / 1e6)
#define MAX_MEMORY_BYTES(size) (((gsize)8 << 20) + 16 * (gsize)(size))

/* What was read of a stretch of the image. */
typedef struct {
  guint64 begin, end; /* in the damaged image */
  guint records;
  guint64 digest; /* the sum of all records' */
} DamagePiece;

/* A good image and what it holds, a piece a buffer. */
typedef struct {
  GBytes *image;
  GArray *pieces;
  guint64 records;
} DamageGood;

/* What was read of a damaged one. */
typedef struct {
  gboolean is_refused;
  HsEtlIssue issues[HS_ETL_N_ISSUES];
  guint64 records;
} DamageResult;

static guint64
damage_digest(const HsEtlRecord *record)
{
  guint64 digest = G_GUINT64_CONSTANT(0xcbf29ce484222325);
  const guint64 head[3] = {record->raw_ticks, (guint64)record->pid << 32 | record->tid,
                           (guint64)record->kind << 32 | record->hook};
  for (guint i = 0; i < G_N_ELEMENTS(head); i++)
    digest = (digest ^ head[i]) * G_GUINT64_CONSTANT(0x100000001b3);
  for (gsize i = 0; i < record->payload.size; i++)
    digest = (digest ^ record->payload.data[i]) * G_GUINT64_CONSTANT(0x100000001b3);
  return digest;
}

static void
damage_see(const HsEtlRecord *record, gpointer data)
{
  GArray *pieces = data;
  for (guint i = 0; i < pieces->len; i++) {
    DamagePiece *piece = &g_array_index(pieces, DamagePiece, i);
    if (record->offset >= piece->begin && record->offset < piece->end) {
      piece->records++;
      piece->digest += damage_digest(record);
      return;
    }
  }
}

static double
damage_cpu_s(void)
{
  return (double)clock() / CLOCKS_PER_SEC;
}

/* Reads the file once more as the loader does, in runs of heap events: that must come to the same. */
static void
damage_read_runs(HsEtlFile *file, const HsEtlCounts *counts)
{
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  HsPlainEvent events[64];
  HsEtlRecord record;
  do {
    while (hs_etl_merger_take_plain(merger, events, G_N_ELEMENTS(events)) > 0)
      ;
  } while (hs_etl_merger_next(merger, &record));
  g_assert_cmpuint(hs_etl_merger_counts(merger)->records, ==, counts->records);
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++)
    g_assert_cmpuint(hs_etl_merger_counts(merger)->issues[i].count, ==, counts->issues[i].count);
}

/* Reads an image to its end and tells in `pieces` (their places are given) what it held where. */
static void
damage_read(GBytes *image, GArray *pieces, DamageResult *result)
{
  gsize size = g_bytes_get_size(image), before = mallinfo2().uordblks + mallinfo2().hblkhd;
  double begin_s = damage_cpu_s();
  g_autoptr(GError) error = NULL;
  *result = (DamageResult){0};
  g_autoptr(HsEtlFile) file = hs_etl_file_open_bytes(image, "damaged.etl", &error);
  result->is_refused = file == NULL;
  if (file == NULL) {
    g_assert_true(error != NULL && error->domain == HS_ETL_ERROR);
    g_assert_nonnull(strstr(error->message, "offset"));
    return;
  }
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  merge_all(merger, file, damage_see, pieces);
  const HsEtlCounts *counts = hs_etl_merger_counts(merger);
  damage_read_runs(file, counts);
  result->records = counts->records;
  hs_etl_issues_add_all(result->issues, counts->issues);
  gsize after = mallinfo2().uordblks + mallinfo2().hblkhd;
  g_assert_cmpuint(after > before ? after - before : 0, <=, MAX_MEMORY_BYTES(size));
  g_assert_cmpfloat(damage_cpu_s() - begin_s, <=, MAX_CPU_S(size));
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++) {
    for (guint k = 0; k < result->issues[i].n_places; k++)
      g_assert_cmpuint(result->issues[i].places[k].offset, <=, size);
  }
}

static void
damage_result_clear(DamageResult *result)
{
  hs_etl_issues_clear(result->issues);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DamageResult, damage_result_clear)

/* Whether any issue is told of in [begin, end]. */
static gboolean
damage_is_named(const DamageResult *result, guint64 begin, guint64 end)
{
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++) {
    for (guint k = 0; k < result->issues[i].n_places; k++) {
      guint64 offset = result->issues[i].places[k].offset;
      if (offset >= begin && offset <= end)
        return TRUE;
    }
    /* No more places are kept; whatever comes after is at least counted. */
    if (result->issues[i].n_places == HS_ETL_ISSUE_PLACES)
      return TRUE;
  }
  return FALSE;
}

/* The pieces of a good image, nothing read yet. */
static GArray *
damage_pieces(GBytes *image)
{
  g_autoptr(GArray) offsets = hs_etl_damage_buffer_offsets(image);
  GArray *pieces = g_array_new(FALSE, TRUE, sizeof(DamagePiece));
  for (guint i = 0; i < offsets->len; i++) {
    DamagePiece piece = {.begin = g_array_index(offsets, guint64, i), .end = g_bytes_get_size(image)};
    if (i + 1 < offsets->len)
      piece.end = g_array_index(offsets, guint64, i + 1);
    g_array_append_val(pieces, piece);
  }
  return pieces;
}

/* Reads the image of a writer that has finished, and sees to it that all the writer tells of is there. Takes `image`.
 */
static DamageGood
damage_good(GBytes *image, const HsEtlTruth *truth)
{
  DamageGood good = {.image = image, .pieces = damage_pieces(image)};
  g_auto(DamageResult) result = {0};
  damage_read(image, good.pieces, &result);
  g_assert_cmpuint(result.records, ==, truth->records_total);
  g_assert_cmpuint(good.pieces->len, ==, truth->buffers);
  for (guint i = 0; i < good.pieces->len; i++)
    good.records += g_array_index(good.pieces, DamagePiece, i).records;
  g_assert_cmpuint(good.records, ==, truth->records_total);
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++)
    g_assert_cmpuint(result.issues[i].count, ==, 0);
  return good;
}

static void
damage_good_clear(DamageGood *good)
{
  g_clear_pointer(&good->image, g_bytes_unref);
  g_clear_pointer(&good->pieces, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DamageGood, damage_good_clear)

/* Where a buffer of the good image is now; pieces that were cut out have no place at all. */
static const DamagePiece *
damage_good_piece(const DamageGood *good, guint index)
{
  return &g_array_index(good->pieces, DamagePiece, index);
}

/* Loads the image, too, as the window does. Health must tell of damage if `is_damaged`, with an offset in [begin, end].
 * Returns the heap records. */
static guint64
damage_load(GBytes *image, gboolean is_damaged, guint64 begin, guint64 end)
{
  g_autoptr(HsLoader) loader = hs_loader_start_bytes(image, "damaged.etl");
  HsLoadOutcome outcome = hs_loader_wait(loader);
  g_autoptr(GPtrArray) list = hs_health_list(loader);
  gboolean is_told = outcome == HS_LOAD_FAILED;
  for (guint i = 0; i < list->len; i++) {
    const HsHealthItem *item = list->pdata[i];
    for (guint k = 0; k < item->places->len; k++) {
      const HsHealthPlace *place = item->places->pdata[k];
      is_told |= place->has_offset && place->offset >= begin && place->offset <= end;
    }
    /* What Windows itself lost, or never ended, has its place in time. */
    gboolean is_loss = strcmp(item->id, "events-lost") == 0 || strcmp(item->id, "buffers-lost") == 0 ||
                       strcmp(item->id, "unclosed") == 0;
    is_told |= item->n_more > 0 || (is_loss && item->gravity >= HS_HEALTH_WARNING);
  }
  g_assert_true(!is_damaged || is_told);
  g_assert_cmpuint(hs_timeline_memory_bytes(hs_loader_timeline(loader)), <=,
                   ((guint64)64 << 20) + 64 * g_bytes_get_size(image));
  return outcome == HS_LOAD_FAILED ? 0 : hs_loader_report(loader)->heap_records;
}

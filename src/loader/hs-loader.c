/* SPDX-License-Identifier: MIT */
#include "hs-loader.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hs-archive.h"
#include "hs-config.h"
#include "hs-format.h"
#include "hs-headroom.h"
#include "hs-load-part.h"
#include "hs-loader-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

G_DEFINE_QUARK(hs - load - error - quark, hs_load_error)

static void
free_session(HsSession *session)
{
  g_free(session->name);
  g_free(session->log_file);
  g_free(session->os_version);
  g_free(session->start_utc);
}

/* A FILETIME as ISO 8601 with all its seven decimals, or "" if it is 0 or past the year 9999. */
static char *
filetime_to_iso(uint64_t filetime)
{
  const int64_t unix_epoch_s = INT64_C(11644473600);
  int64_t seconds = (int64_t)(filetime / 10000000) - unix_epoch_s;
  g_autoptr(GDateTime) moment = filetime == 0 ? NULL : g_date_time_new_from_unix_utc(seconds);
  if (moment == NULL)
    return g_strdup("");
  g_autofree char *whole = g_date_time_format(moment, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf("%s.%07uZ", whole, (unsigned)(filetime % 10000000));
}

static void
fill_session(HsSession *session, const HsEtlFile *file)
{
  static const char *const clocks[] = {"qpc", "qpc", "system", "cycles"};
  const HsEtlLogHeader *header = hs_etl_file_header(file);
  *session = (HsSession){
      .name = g_strdup(header->session_name),
      .log_file = g_strdup(header->log_file_name),
      .os_version = g_strdup_printf("%u.%u.%u", header->major, header->minor, header->build),
      .pointer_size = header->pointer_size,
      .cpus = header->cpus,
      .clock = clocks[(unsigned)header->clock_kind <= 3 ? header->clock_kind : 0],
      .frequency = header->clock.frequency,
      .start_utc = filetime_to_iso(header->start_filetime),
      .start_filetime = header->start_filetime,
      .end_filetime = header->end_filetime,
      .events_lost = header->events_lost,
      .buffers_lost = header->buffers_lost,
      .compressed = hs_etl_file_compressed(file),
  };
}

/* Damage, as against what Windows or the recorder tells of itself. */
static bool
has_damage(const HsLoadReport *report)
{
  static const HsEtlIssueKind damage[] = {HS_ETL_ISSUE_TRUNCATED_FILE, HS_ETL_ISSUE_BAD_BUFFER,
                                          HS_ETL_ISSUE_BAD_RECORD,     HS_ETL_ISSUE_BAD_PAYLOAD,
                                          HS_ETL_ISSUE_DECOMPRESS,     HS_ETL_ISSUE_COMPRESSION_KIND};
  for (unsigned i = 0; i < G_N_ELEMENTS(damage); i++) {
    if (report->issues[damage[i]].count > 0)
      return true;
  }
  return report->cancelled || report->stop_reason != NULL;
}

static void
fill_report(HsLoader *loader, const HsLoadRun *run, const HsEtlCounts *counts)
{
  HsLoadReport *report = &loader->report;
  report->buffers = counts->buffers;
  report->records = run->records;
  report->heap_records = run->heap_records;
  report->stack_records = run->stack_records;
  report->skipped_records = run->records - run->heap_records - run->stack_records - run->used_records;
  report->time_inversions = counts->time_inversions;
  report->event_gaps = counts->event_gaps;
  report->buffer_gaps = counts->buffer_gaps;
  hs_etl_issues_add_all(report->issues, counts->issues);
  hs_etl_issues_add_all(report->issues, run->issues);
  report->bad_records = report->issues[HS_ETL_ISSUE_BAD_RECORD].count + report->issues[HS_ETL_ISSUE_BAD_PAYLOAD].count;
  report->bad_buffers = report->issues[HS_ETL_ISSUE_BAD_BUFFER].count + report->issues[HS_ETL_ISSUE_DECOMPRESS].count +
                        report->issues[HS_ETL_ISSUE_COMPRESSION_KIND].count;
  for (unsigned i = 0; i < HS_ETL_N_ISSUES; i++)
    __atomic_store_n(&loader->issues[i], report->issues[i].count, __ATOMIC_RELAXED);
  report->cancelled = hs_loader_is_cancelled(loader);
  if (hs_load_choice_is_part(&loader->choice)) {
    uint64_t seen = hs_timeline_n_rows(loader->timeline) + report->issues[HS_ETL_ISSUE_BAD_PAYLOAD].count;
    report->passed_over = report->heap_records - MIN(seen, report->heap_records);
    report->kept_before = run->part != NULL ? hs_load_part_n_before(run->part) : 0;
  }
  report->stop_reason = run->error != NULL ? g_strdup(run->error->message) : NULL;
}

static void
tell_unpacked(gpointer data, uint64_t done, uint64_t total)
{
  HsLoader *loader = data;
  __atomic_store_n(&loader->bytes_done, done, __ATOMIC_RELAXED);
  __atomic_store_n(&loader->bytes_total, total, __ATOMIC_RELAXED);
}

/* The descriptor of the trace in an archive; takes that of the archive. −1 and the loader's error. */
static int
unpack(HsLoader *loader, int archive, char **damage)
{
  __atomic_store_n(&loader->unpacking, 1, __ATOMIC_RELAXED);
  int descriptor =
      hs_archive_unpack(archive, loader->member, tell_unpacked, loader, &loader->cancel, damage, &loader->error);
  if (g_error_matches(loader->error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_SEVERAL))
    loader->members = hs_archive_list(archive, &loader->cancel, NULL);
  close(archive);
  __atomic_store_n(&loader->bytes_done, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&loader->unpacking, 0, __ATOMIC_RELAXED);
  return descriptor;
}

static HsEtlFile *
open_path(HsLoader *loader, char **damage)
{
  int descriptor = hs_etl_open(loader->path, &loader->error);
  if (descriptor >= 0 && hs_archive_detect(descriptor)) {
    descriptor = unpack(loader, descriptor, damage);
  } else if (descriptor >= 0 && loader->member != NULL) {
    g_set_error(&loader->error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_NO_MEMBER, "is no archive; it has no member “%s”",
                loader->member);
    close(descriptor);
    return NULL;
  }
  if (descriptor < 0)
    return NULL;
  struct stat status;
  if (fstat(descriptor, &status) == 0 && status.st_size > 0) {
    __atomic_store_n(&loader->bytes_done, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&loader->bytes_total, (uint64_t)status.st_size, __ATOMIC_RELAXED);
    __atomic_store_n(&loader->indexing, 1, __ATOMIC_RELAXED);
  }
  HsEtlFile *file =
      hs_etl_file_open_descriptor(descriptor, loader->path, &loader->bytes_done, &loader->cancel, &loader->error);
  __atomic_store_n(&loader->indexing, 0, __ATOMIC_RELAXED);
  close(descriptor);
  return file;
}

/* What became of the bytes themselves. */
static void
tell_lost_bytes(HsLoadRun *run, const HsEtlFile *file, const char *damage)
{
  guint64 lost = hs_etl_file_lost_offset(file);
  if (lost != G_MAXUINT64)
    hs_etl_issue_add(run->issues, HS_ETL_ISSUE_TRUNCATED_FILE, lost,
                     "the file could not be read any more from here on: expected %" G_GUINT64_FORMAT
                     " bytes in all, as there were when it was opened",
                     hs_etl_file_size(file));
  if (damage != NULL)
    hs_etl_issue_add(run->issues, HS_ETL_ISSUE_TRUNCATED_FILE, hs_etl_file_size(file), "%s", damage);
}

/* Names the file in the loader's error. */
static HsLoadOutcome
fail(HsLoader *loader)
{
  g_autofree char *name = g_filename_display_name(loader->path);
  g_prefix_error(&loader->error, "%s: ", name);
  return HS_LOAD_FAILED;
}

/* --- memory --- */

static void
tell_counted(gpointer data, uint64_t position)
{
  HsLoader *loader = data;
  __atomic_store_n(&loader->bytes_done, position, __ATOMIC_RELAXED);
}

/* A little is left for all else. */
static uint64_t
allowed_bytes(const HsLoader *loader)
{
  uint64_t limit = loader->choice.memory_limit;
  const char *given = g_getenv("HEAPSCOPE_MEMORY_LIMIT");
  if (limit == 0 && given != NULL && !hs_load_parse_memory(given, &limit))
    limit = 0;
  if (limit != 0)
    return limit;
  uint64_t available = hs_load_available_memory();
  return available - available / 8;
}

static void
set_too_large(HsLoader *loader)
{
  const HsLoadNeed *need = loader->need;
  char needed[HS_FORMAT_MAX], allowed[HS_FORMAT_MAX], events[HS_FORMAT_MAX];
  g_autofree char *name = g_filename_display_name(loader->path);
  hs_format_bytes(needed, sizeof needed, (int64_t)MIN(need->needed_bytes, INT64_MAX));
  hs_format_bytes(allowed, sizeof allowed, (int64_t)MIN(need->allowed_bytes, INT64_MAX));
  hs_format_count(events, sizeof events, need->n_rows);
  if (hs_load_choice_is_part(&loader->choice))
    g_set_error(&loader->error, HS_LOAD_ERROR, HS_LOAD_ERROR_TOO_LARGE,
                _("%s: this part needs about %s of memory, and %s may be used; a smaller part can be loaded"), name,
                needed, allowed);
  else
    g_set_error(&loader->error, HS_LOAD_ERROR, HS_LOAD_ERROR_TOO_LARGE,
                _("%s: its %s heap events need about %s of memory, and %s may be used; a stretch of its time or one "
                  "of its processes can be loaded"),
                name, events, needed, allowed);
}

static void
count_need(HsLoader *loader, HsEtlFile *file)
{
  __atomic_store_n(&loader->counting, 1, __ATOMIC_RELAXED);
  loader->need = hs_load_need_count(file, &loader->choice, tell_counted, loader, &loader->cancel);
  __atomic_store_n(&loader->counting, 0, __ATOMIC_RELAXED);
}

/* Whether it will fit is only counted where it may well not: that takes a third of the time that loading does. FALSE
 * and the loader's error, or its outcome for a cancel. */
static bool
check_memory(HsLoader *loader, HsEtlFile *file, uint64_t allowed)
{
  if (hs_load_need_bound(hs_etl_file_unpacked_size(file)) <= allowed || hs_load_need_likely(file) <= allowed / 2)
    return true;
  count_need(loader, file);
  __atomic_store_n(&loader->bytes_done, 0, __ATOMIC_RELAXED);
  /* Cancelled: the load ends as soon as it begins. */
  if (loader->need == NULL)
    return true;
  loader->need->allowed_bytes = allowed;
  if (loader->need->needed_bytes <= allowed)
    return true;
  set_too_large(loader);
  return false;
}

/* It has become too much against all likelihood: says at least what it would need. */
static void
tell_need(HsLoader *loader, HsEtlFile *file, HsLoadRun *run)
{
  char needed[HS_FORMAT_MAX], allowed[HS_FORMAT_MAX];
  if (!run->is_over || loader->need != NULL)
    return;
  count_need(loader, file);
  if (loader->need == NULL)
    return;
  loader->need->allowed_bytes = run->allowed_bytes;
  hs_format_bytes(needed, sizeof needed, (int64_t)MIN(loader->need->needed_bytes, INT64_MAX));
  hs_format_bytes(allowed, sizeof allowed, (int64_t)MIN(run->allowed_bytes, INT64_MAX));
  g_clear_error(&run->error);
  g_set_error(&run->error, HS_TRACE_ERROR, HS_TRACE_ERROR_MEMORY,
              _("it needs about %s of memory, and %s may be used for it"), needed, allowed);
}

/* What only the load itself needs. To take down the mapping of a large file takes a while, which nobody shall wait for:
 * it goes when the outcome has been told. */
typedef struct {
  HsEtlFile *file;
  HsEtlMerger *merger;
  HsBuilder *builder;
} HsLoadMeans;

static void
clear_means(HsLoadMeans *means)
{
  g_clear_pointer(&means->builder, hs_builder_free);
  g_clear_pointer(&means->merger, hs_etl_merger_free);
  g_clear_pointer(&means->file, hs_etl_file_free);
}

static HsLoadOutcome
load(HsLoader *loader, HsLoadMeans *means)
{
  g_autofree char *damage = NULL;
  HsEtlFile *file = means->file = loader->bytes != NULL
                                      ? hs_etl_file_open_bytes(loader->bytes, loader->path, &loader->error)
                                      : open_path(loader, &damage);
  if (file == NULL)
    return fail(loader);
  fill_session(&loader->session, file);
  __atomic_store_n(&loader->bytes_done, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&loader->bytes_total, hs_etl_file_size(file), __ATOMIC_RELAXED);
  __atomic_store_n(&loader->opened, 1, __ATOMIC_RELEASE);
  uint64_t allowed = allowed_bytes(loader);
  if (!check_memory(loader, file, allowed))
    return HS_LOAD_FAILED;

  HsEtlMerger *merger = means->merger = hs_etl_merger_new(file);
  HsBuilder *builder = means->builder = hs_builder_new(loader->timeline, hs_etl_file_header(file)->clock);
  HsLoadRun run = {.loader = loader, .builder = builder, .allowed_bytes = allowed};
  g_autoptr(HsLoadPart) part = hs_load_part_new(&loader->choice, hs_etl_file_header(file)->clock, &run.error);
  run.part = part;
  if (loader->choice.t0_ns != INT64_MIN)
    hs_builder_begin_at(builder, hs_clock_from_ns(hs_etl_file_header(file)->clock, loader->choice.t0_ns));
  if (run.error == NULL)
    hs_load_run(&run, merger);
  hs_builder_finish(builder, part != NULL ? hs_load_part_limit(part, run.last_ticks) : run.last_ticks);
  if (run.error == NULL)
    (void)hs_builder_has_all(builder, &run.error);
  tell_need(loader, file, &run);
  tell_lost_bytes(&run, file, damage);
  fill_report(loader, &run, hs_etl_merger_counts(merger));
  hs_etl_issues_clear(run.issues);
  if (run.error != NULL && run.records == 0) {
    g_propagate_error(&loader->error, run.error);
    return fail(loader);
  }
  g_clear_error(&run.error);
  return has_damage(&loader->report) ? HS_LOAD_PARTIAL : HS_LOAD_COMPLETE;
}

static void
end(HsLoader *loader, HsLoadOutcome outcome)
{
  __atomic_store_n(&loader->end_us, g_get_monotonic_time(), __ATOMIC_RELAXED);
  __atomic_store_n(&loader->outcome, outcome, __ATOMIC_RELEASE);
}

/* That of workers: what a user asks for while a trace loads gets its share of the processors. */
#define NICENESS 19

static int steps_aside; /* atomic */

void
hs_loader_step_aside(void)
{
  __atomic_store_n(&steps_aside, 1, __ATOMIC_RELAXED);
}

static gpointer
thread_main(gpointer data)
{
  HsLoader *loader = data;
  HsLoadMeans means = {0};
  /* Linux keeps niceness a thread; the reader's inherits it. */
  if (__atomic_load_n(&steps_aside, __ATOMIC_RELAXED) != 0)
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
  end(loader, load(loader, &means));
  clear_means(&means);
  return NULL;
}

static HsLoader *
start(const char *path, const char *member, GBytes *bytes, const HsLoadChoice *choice)
{
  HsLoader *loader = g_new0(HsLoader, 1);
  loader->path = g_strdup(path);
  loader->member = g_strdup(member);
  loader->bytes = bytes != NULL ? g_bytes_ref(bytes) : NULL;
  loader->choice = *choice;
  loader->timeline = hs_timeline_new();
  if (loader->timeline == NULL)
    g_error("failed to allocate an empty timeline");
  loader->start_us = g_get_monotonic_time();
  if (hs_has_headroom())
    loader->thread = g_thread_try_new("hs-loader", thread_main, loader, &loader->error);
  else
    g_set_error(&loader->error, HS_TRACE_ERROR, HS_TRACE_ERROR_MEMORY, "out of memory before anything was read");
  if (loader->thread == NULL)
    end(loader, fail(loader));
  return loader;
}

HsLoader *
hs_loader_start(const char *path)
{
  return start(path, NULL, NULL, &HS_LOAD_EVERYTHING);
}

HsLoader *
hs_loader_start_member(const char *path, const char *member)
{
  return start(path, member, NULL, &HS_LOAD_EVERYTHING);
}

HsLoader *
hs_loader_start_choice(const char *path, const char *member, const HsLoadChoice *choice)
{
  return start(path, member, NULL, choice);
}

HsLoader *
hs_loader_start_bytes(GBytes *bytes, const char *name)
{
  return start(name, NULL, bytes, &HS_LOAD_EVERYTHING);
}

HsLoader *
hs_loader_start_bytes_choice(GBytes *bytes, const char *name, const HsLoadChoice *choice)
{
  return start(name, NULL, bytes, choice);
}

void
hs_loader_free(HsLoader *loader)
{
  if (loader == NULL)
    return;
  hs_loader_cancel(loader);
  hs_loader_wait(loader);
  hs_timeline_unref(loader->timeline);
  free_session(&loader->session);
  g_clear_error(&loader->error);
  g_clear_pointer(&loader->bytes, g_bytes_unref);
  hs_etl_issues_clear(loader->report.issues);
  g_free(loader->report.stop_reason);
  g_free(loader->path);
  g_free(loader->member);
  g_clear_pointer(&loader->members, g_ptr_array_unref);
  g_clear_pointer(&loader->need, hs_load_need_free);
  g_free(loader);
}

void
hs_loader_cancel(HsLoader *loader)
{
  __atomic_store_n(&loader->cancel, 1, __ATOMIC_RELAXED);
}

HsLoadOutcome
hs_loader_wait(HsLoader *loader)
{
  if (loader->thread != NULL)
    g_thread_join(g_steal_pointer(&loader->thread));
  return hs_loader_outcome(loader);
}

HsLoadOutcome
hs_loader_outcome(HsLoader *loader)
{
  return __atomic_load_n(&loader->outcome, __ATOMIC_ACQUIRE);
}

void
hs_loader_progress(HsLoader *loader, HsLoadProgress *progress)
{
  int64_t end = __atomic_load_n(&loader->end_us, __ATOMIC_RELAXED);
  if (end == 0)
    end = g_get_monotonic_time();
  *progress = (HsLoadProgress){
      .bytes_done = __atomic_load_n(&loader->bytes_done, __ATOMIC_RELAXED),
      .bytes_total = __atomic_load_n(&loader->bytes_total, __ATOMIC_RELAXED),
      .events = __atomic_load_n(&loader->events, __ATOMIC_RELAXED),
      .elapsed_s = (double)(end - loader->start_us) / 1e6,
      .left_s = -1,
      .opened = __atomic_load_n(&loader->opened, __ATOMIC_ACQUIRE) != 0,
      .indexing = __atomic_load_n(&loader->indexing, __ATOMIC_RELAXED) != 0,
      .counting = __atomic_load_n(&loader->counting, __ATOMIC_RELAXED) != 0,
      .unpacking = __atomic_load_n(&loader->unpacking, __ATOMIC_RELAXED) != 0,
  };
  if (progress->elapsed_s > 0)
    progress->events_per_s = (double)progress->events / progress->elapsed_s;
  /* In the first moments an estimate is noise. */
  if (progress->bytes_done > 0 && progress->bytes_done <= progress->bytes_total && progress->elapsed_s > 0.2)
    progress->left_s =
        progress->elapsed_s * (double)(progress->bytes_total - progress->bytes_done) / (double)progress->bytes_done;
}

HsTimeline *
hs_loader_timeline(HsLoader *loader)
{
  return loader->timeline;
}

const char *
hs_loader_path(HsLoader *loader)
{
  return loader->path;
}

const char *
hs_loader_member(HsLoader *loader)
{
  return loader->member;
}

const HsLoadChoice *
hs_loader_choice(HsLoader *loader)
{
  return &loader->choice;
}

uint64_t
hs_loader_memory_bytes(HsLoader *loader)
{
  return hs_timeline_memory_bytes(loader->timeline) + __atomic_load_n(&loader->working_bytes, __ATOMIC_RELAXED);
}

const HsLoadNeed *
hs_loader_need(HsLoader *loader)
{
  bool too_large = g_error_matches(hs_loader_error(loader), HS_LOAD_ERROR, HS_LOAD_ERROR_TOO_LARGE);
  return too_large ? loader->need : NULL;
}

const HsSession *
hs_loader_session(HsLoader *loader)
{
  return __atomic_load_n(&loader->opened, __ATOMIC_ACQUIRE) ? &loader->session : NULL;
}

uint64_t
hs_loader_issue_count(HsLoader *loader, HsEtlIssueKind kind)
{
  return __atomic_load_n(&loader->issues[kind], __ATOMIC_RELAXED);
}

const HsLoadReport *
hs_loader_report(HsLoader *loader)
{
  return &loader->report;
}

const GError *
hs_loader_error(HsLoader *loader)
{
  return hs_loader_outcome(loader) == HS_LOAD_FAILED ? loader->error : NULL;
}

const GPtrArray *
hs_loader_members(HsLoader *loader)
{
  return hs_loader_outcome(loader) == HS_LOAD_FAILED ? loader->members : NULL;
}

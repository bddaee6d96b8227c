/* SPDX-License-Identifier: MIT */
/* What each finding says, by what is known of the load. */
#include "hs-config.h"
#include "hs-format.h"
#include "hs-health-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* So many traced processes are named. */
#define NAMES_MAX 8

typedef struct {
  HsLoader *loader;
  const HsTimeline *timeline;
  const HsSession *session;   /* NULL until the file is opened */
  const HsLoadReport *report; /* NULL while the loader runs */
  GPtrArray *list;
} Finder;

/* What a finding that counts says. */
typedef struct {
  const char *id;
  const char *title, *brief;
  HsHealthGravity gravity; /* where there is any */
  const char *good, *meaning;
} Wording;

static HsHealthItem *
add_counted(const Finder *finder, const Wording *wording, uint64_t count)
{
  const char *meaning = count > 0 ? wording->meaning : wording->good;
  HsHealthItem *item = hs_health_item_new(wording->id, count > 0 ? wording->gravity : HS_HEALTH_GOOD, _(wording->title),
                                          _(wording->brief), g_strdup(_(meaning)));
  item->has_count = true;
  item->count = count;
  g_ptr_array_add(finder->list, item);
  return item;
}

static HsHealthItem *
add_plain(const Finder *finder, const char *id, HsHealthGravity gravity, const char *title, const char *brief,
          char *meaning)
{
  HsHealthItem *item = hs_health_item_new(id, gravity, title, brief, meaning);
  g_ptr_array_add(finder->list, item);
  return item;
}

/* The places of a kind of issue, which are there once the load has ended. */
static void
add_places(const Finder *finder, HsHealthItem *item, HsEtlIssueKind kind)
{
  if (finder->report == NULL)
    return;
  const HsEtlIssue *issue = &finder->report->issues[kind];
  for (guint i = 0; i < issue->n_places; i++)
    hs_health_item_add_place(item, true, issue->places[i].offset, g_utf8_make_valid(issue->places[i].detail, -1));
  item->n_more += issue->count - issue->n_places;
}

/* --- loss --- */

static char *
gap_text(const HsTimeline *timeline, const HsGap *gap)
{
  HsClock clock = hs_timeline_clock(timeline);
  char stretch[2 * HS_FORMAT_MAX];
  hs_format_stretch(stretch, sizeof stretch, hs_clock_to_ns(clock, gap->begin_ticks),
                    hs_clock_to_ns(clock, gap->end_ticks));
  return g_strdup_printf(_("%s, CPU %u"), stretch, gap->cpu);
}

static void
add_gaps(const Finder *finder, HsHealthItem *item, HsGapKind kind)
{
  uint32_t n_gaps = hs_timeline_n_gaps(finder->timeline);
  uint64_t n_told = 0, n_met = 0;
  for (uint32_t i = 0; i < n_gaps; i++) {
    const HsGap *gap = hs_timeline_gap(finder->timeline, i);
    if (gap->kind != kind)
      continue;
    n_told++;
    if (item->places->len < HS_HEALTH_PLACES)
      hs_health_item_add_place(item, false, 0, gap_text(finder->timeline, gap));
    else
      item->n_more++;
  }
  /* Not all of very many are kept. */
  if (finder->report != NULL)
    n_met = kind == HS_GAP_BUFFERS ? finder->report->buffer_gaps : finder->report->event_gaps;
  item->n_more += MAX(n_met, n_told) - n_told;
}

/* How many events or buffers were lost is told by the header; without that, in how many places. */
static void
add_loss(const Finder *finder, HsEtlIssueKind kind, uint32_t told, const Wording *counted, const Wording *uncounted)
{
  uint64_t count = MAX(hs_loader_issue_count(finder->loader, kind), told);
  HsHealthItem *item = add_counted(finder, told == 0 && count > 0 ? uncounted : counted, count);
  add_gaps(finder, item, kind == HS_ETL_ISSUE_EVENTS_LOST ? HS_GAP_EVENTS : HS_GAP_BUFFERS);
}

static void
find_loss(const Finder *finder)
{
  static const Wording events = {
      "events-lost",
      N_("Events lost"),
      N_("events lost"),
      HS_HEALTH_BAD,
      N_("Windows dropped no event while recording."),
      N_("Windows dropped these while recording: a block whose Alloc was among them is in no figure, and one whose "
         "Free was among them counts as outstanding although it is not."),
  };
  static const Wording events_somewhere = {
      "events-lost",
      N_("Places where events were lost"),
      N_("events lost"),
      HS_HEALTH_BAD,
      "",
      N_("Windows dropped events there, without saying how many: a block whose Alloc was among them is in no figure, "
         "and one whose Free was among them counts as outstanding although it is not."),
  };
  static const Wording buffers = {
      "buffers-lost",
      N_("Buffers lost"),
      N_("buffers lost"),
      HS_HEALTH_BAD,
      N_("Windows dropped no buffer while recording."),
      N_("Windows dropped these while recording, each full of events: whatever they held is in no figure, and blocks "
         "they freed count as outstanding although they are not."),
  };
  static const Wording buffers_somewhere = {
      "buffers-lost",
      N_("Places where buffers were lost"),
      N_("buffers lost"),
      HS_HEALTH_BAD,
      "",
      N_("Windows dropped buffers there, without saying how many: whatever they held is in no figure, and blocks "
         "they freed count as outstanding although they are not."),
  };
  add_loss(finder, HS_ETL_ISSUE_EVENTS_LOST, finder->session != NULL ? finder->session->events_lost : 0, &events,
           &events_somewhere);
  add_loss(finder, HS_ETL_ISSUE_BUFFERS_LOST, finder->session != NULL ? finder->session->buffers_lost : 0, &buffers,
           &buffers_somewhere);
}

/* --- damage --- */

static char *
end_text(const HsTimeline *timeline)
{
  char end[HS_FORMAT_MAX];
  int64_t begin_ticks, end_ticks;
  hs_timeline_span(timeline, &begin_ticks, &end_ticks);
  return g_strdup(hs_format_time(end, sizeof end, hs_clock_to_ns(hs_timeline_clock(timeline), end_ticks)));
}

/* Things that did not happen are not told of. */
static void
find_early_end(const Finder *finder)
{
  g_autofree char *end = end_text(finder->timeline);
  if (hs_loader_issue_count(finder->loader, HS_ETL_ISSUE_TRUNCATED_FILE) > 0) {
    HsHealthItem *item =
        add_plain(finder, "truncated-file", HS_HEALTH_BAD, _("File truncated"), _("file truncated"),
                  g_strdup(_("The file ends before its data does: whatever came after is missing from every figure.")));
    add_places(finder, item, HS_ETL_ISSUE_TRUNCATED_FILE);
  }
  if (finder->report != NULL && finder->report->stop_reason != NULL)
    add_plain(finder, "stopped", HS_HEALTH_BAD, _("Loading stopped early"), _("loading stopped early"),
              g_strdup_printf(_("Figures are those of the trace up to %s, because the rest could not be kept: %s."),
                              end, finder->report->stop_reason));
  if (finder->report != NULL && finder->report->cancelled)
    add_plain(finder, "cancelled", HS_HEALTH_WARNING, _("Loading cancelled"), _("loading cancelled"),
              g_strdup_printf(_("Figures are those of the trace up to %s: what comes after was not read."), end));
  if (hs_loader_issue_count(finder->loader, HS_ETL_ISSUE_UNCLOSED) > 0)
    add_plain(finder, "unclosed", HS_HEALTH_WARNING, _("Session not closed"), _("session not closed"),
              g_strdup(_("The recording was never closed: its last events may be missing from every figure.")));
}

/* --- what was chosen --- */

static char *
part_meaning(const Finder *finder)
{
  const HsLoadChoice *choice = hs_loader_choice(finder->loader);
  g_autofree char *part = hs_load_choice_text(choice);
  char before[HS_FORMAT_MAX], passed[HS_FORMAT_MAX];
  uint64_t kept = finder->report != NULL ? finder->report->kept_before : 0;
  hs_format_count(before, sizeof before, kept);
  hs_format_count(passed, sizeof passed, finder->report != NULL ? finder->report->passed_over : 0);
  if (!hs_load_choice_has_range(choice))
    return g_strdup_printf(_("Only %s was loaded, as was asked for: %s heap events of other processes are in no "
                             "figure."),
                           part, passed);
  if (choice->t0_ns == INT64_MIN)
    return g_strdup_printf(_("Only %s was loaded, as was asked for: %s other heap events are in no figure, and blocks "
                             "freed after that count as outstanding."),
                           part, passed);
  return g_strdup_printf(
      _("Only %s was loaded, as was asked for: %s other heap events are in no figure. Of what came before there are "
        "%s events: those that began the blocks still alive as it begins, and those that tell what heaps hold. "
        "So blocks, outstanding memory and figures of ranges within are those of the whole trace; totals, counts of "
        "events and what is told of the time before are not."),
      part, passed, before);
}

static void
find_part(const Finder *finder)
{
  if (hs_load_choice_is_part(hs_loader_choice(finder->loader)))
    add_plain(finder, "part-loaded", HS_HEALTH_WARNING, _("A part of the trace"), _("only a part was loaded"),
              part_meaning(finder));
}

static uint64_t
issues_of(const Finder *finder, const HsEtlIssueKind *kinds, unsigned n_kinds)
{
  uint64_t count = 0;
  for (unsigned i = 0; i < n_kinds; i++)
    count += hs_loader_issue_count(finder->loader, kinds[i]);
  return count;
}

static void
add_damage(const Finder *finder, const Wording *wording, const HsEtlIssueKind *kinds, unsigned n_kinds)
{
  HsHealthItem *item = add_counted(finder, wording, issues_of(finder, kinds, n_kinds));
  for (unsigned i = 0; i < n_kinds; i++)
    add_places(finder, item, kinds[i]);
}

static void
find_damage(const Finder *finder)
{
  static const Wording buffers = {
      "bad-buffers",
      N_("Bad buffers"),
      N_("bad buffers"),
      HS_HEALTH_BAD,
      N_("Every buffer could be read."),
      N_("These could not be read, or not as a whole, or say what cannot be: some of what they held may be missing "
         "from every figure. Reading goes on with the next buffer that can be found."),
  };
  static const Wording records = {
      "bad-records",
      N_("Bad records"),
      N_("bad records"),
      HS_HEALTH_BAD,
      N_("Every record could be read."),
      N_("These could not be read, and where a record's header is wrong, nor could the rest of its buffer: Allocs "
         "and Frees may be missing from every figure."),
  };
  static const Wording inversions = {
      "time-inversions",
      N_("Time inversions"),
      N_("time inversions"),
      HS_HEALTH_WARNING,
      N_("Time stamps ascend on every processor."),
      N_("These time stamps lie before their predecessor on the same processor, or far ahead of all that follows: "
         "each event was put at the time of the one before, so that order and lifetimes may be off there."),
  };
  static const HsEtlIssueKind buffer_kinds[] = {HS_ETL_ISSUE_BAD_BUFFER, HS_ETL_ISSUE_DECOMPRESS,
                                                HS_ETL_ISSUE_COMPRESSION_KIND};
  static const HsEtlIssueKind record_kinds[] = {HS_ETL_ISSUE_BAD_RECORD, HS_ETL_ISSUE_BAD_PAYLOAD};
  static const HsEtlIssueKind inversion_kinds[] = {HS_ETL_ISSUE_TIME_INVERSION};
  add_damage(finder, &buffers, buffer_kinds, G_N_ELEMENTS(buffer_kinds));
  add_damage(finder, &records, record_kinds, G_N_ELEMENTS(record_kinds));
  add_damage(finder, &inversions, inversion_kinds, G_N_ELEMENTS(inversion_kinds));
}

/* --- what the trace has no beginning or no end of --- */

static void
find_loose_ends(const Finder *finder, const HsHealthFigures *figures)
{
  static const Wording overwritten = {
      "overwritten-blocks",
      N_("Overwritten blocks"),
      N_("overwritten blocks"),
      HS_HEALTH_WARNING,
      N_("No block began where another still lived."),
      N_("A new block began where these still lived, because their Free was lost or logged late: they end there, and "
         "may have been counted as outstanding for too long."),
  };
  static const Wording unmatched = {
      "unmatched-frees",
      N_("Unmatched frees"),
      N_("unmatched frees"),
      HS_HEALTH_NOTE,
      N_("Every Free ended a block whose beginning is in the trace."),
      N_("These freed memory that was allocated before the trace, or whose Alloc was lost: its size is not known, so "
         "nothing is subtracted, and until then outstanding memory was higher than shown."),
  };
  static const Wording no_create = {
      "heaps-without-create",
      N_("Heaps without Create"),
      N_("heaps without Create"),
      HS_HEALTH_NOTE,
      N_("Every heap was seen from its Create on."),
      N_("These were there before the trace, or their Create was lost: what they held until then is not counted."),
  };
  static const Wording failed = {
      "failed-allocs",
      N_("Failed allocations"),
      N_("failed allocations"),
      HS_HEALTH_NOTE,
      N_("Every Alloc was given memory."),
      N_("The heap gave no memory for these: they begin no block and are in no size."),
  };
  const HsTotals *totals = &finder->timeline->totals;
  add_counted(finder, &overwritten, HS_GET(totals->overwritten));
  add_counted(finder, &unmatched, HS_GET(totals->unmatched_frees));
  add_counted(finder, &no_create, figures->heaps_without_create);
  add_counted(finder, &failed, HS_GET(totals->failed_allocs));
}

/* --- who was traced --- */

static void
append_process(GString *names, const HsTimeline *timeline, HsProcessId id)
{
  uint32_t pid = hs_timeline_process(timeline, id)->pid;
  const char *name = hs_timeline_process_name(timeline, id);
  if (names->len > 0)
    g_string_append(names, ", ");
  if (name[0] != '\0')
    g_string_append_printf(names, _("%s (%u)"), name, pid);
  else if (pid != UINT32_MAX)
    g_string_append_printf(names, _("process %u"), pid);
  else
    g_string_append(names, _("one that is not told"));
}

/* Names of the processes with heap events, in the order of their heaps. */
static char *
traced_names(const HsTimeline *timeline, uint32_t n_heaps)
{
  GString *names = g_string_new(NULL);
  uint32_t shown[NAMES_MAX];
  unsigned n_shown = 0;
  for (uint32_t i = 0; i < n_heaps && n_shown < NAMES_MAX; i++) {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){i});
    unsigned k = 0;
    while (k < n_shown && shown[k] != heap->process.v)
      k++;
    if (k < n_shown || HS_GET(heap->n_events) == 0)
      continue;
    shown[n_shown++] = heap->process.v;
    append_process(names, timeline, heap->process);
  }
  return g_string_free(names, FALSE);
}

static char *
traced_meaning(const Finder *finder, const HsHealthFigures *figures)
{
  char known[HS_FORMAT_MAX];
  hs_format_count(known, sizeof known, figures->processes_known);
  bool all = figures->processes_traced == figures->processes_known;
  if (figures->processes_traced == 0)
    return g_strdup(finder->report == NULL      ? _("No heap event has been read yet.")
                    : finder->report->cancelled ? _("Loading was cancelled before the first heap event.")
                                                : _("No process has heap events: the trace was recorded without "
                                                    "heap tracing, so that there are no figures."));
  if (figures->processes_traced > NAMES_MAX)
    return all ? g_strdup(_("Every process known has heap events."))
               : g_strdup_printf(_("Of %s processes known, so many have heap events; the memory of the others is in "
                                   "no figure."),
                                 known);
  g_autofree char *names = traced_names(finder->timeline, figures->heaps);
  return all ? g_strdup_printf(_("Every process known has heap events: %s."), names)
             : g_strdup_printf(
                   _("Of %s processes known, only these have heap events, and the memory of the others is in no "
                     "figure: %s."),
                   known, names);
}

static void
find_processes(const Finder *finder, const HsHealthFigures *figures)
{
  bool without = figures->processes_traced == 0;
  bool ended = finder->report != NULL && !finder->report->cancelled;
  HsHealthItem *item = add_plain(finder, "processes-traced",
                                 !without ? HS_HEALTH_GOOD
                                 : ended  ? HS_HEALTH_WARNING
                                          : HS_HEALTH_NOTE,
                                 _("Processes traced"), without ? _("no process traced") : _("processes traced"),
                                 traced_meaning(finder, figures));
  item->has_count = true;
  item->count = figures->processes_traced;
}

static void
find_snapshots(const Finder *finder)
{
  static const Wording snapshots = {
      "heap-snapshots",
      N_("Heap snapshot events"),
      N_("heap snapshot events"),
      HS_HEALTH_NOTE,
      "",
      N_("Microsoft-Windows-Heap-Snapshot keeps its data in a format that is not published: these were left out, and "
         "no figure rests on them."),
  };
  uint64_t count = hs_loader_issue_count(finder->loader, HS_ETL_ISSUE_HEAP_SNAPSHOT);
  if (count > 0)
    (void)add_counted(finder, &snapshots, count);
}

void
hs_health_find(HsLoader *loader, GPtrArray *list)
{
  HsLoadOutcome outcome = hs_loader_outcome(loader);
  Finder finder = {
      .loader = loader,
      .timeline = hs_loader_timeline(loader),
      .session = hs_loader_session(loader),
      .report = outcome != HS_LOAD_RUNNING ? hs_loader_report(loader) : NULL,
      .list = list,
  };
  if (outcome == HS_LOAD_FAILED) {
    add_plain(&finder, "unusable", HS_HEALTH_BAD, _("Not usable"), _("not usable"),
              g_utf8_make_valid(hs_loader_error(loader)->message, -1));
    return;
  }
  HsHealthFigures figures;
  hs_health_figures(finder.timeline, &figures);
  find_part(&finder);
  find_loss(&finder);
  find_early_end(&finder);
  find_damage(&finder);
  find_loose_ends(&finder, &figures);
  find_processes(&finder, &figures);
  find_snapshots(&finder);
}

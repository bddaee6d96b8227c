/* SPDX-License-Identifier: MIT */
/* What is offered at a place in a filter, and what the words of a filter are coloured as. */
#include <string.h>

#include "hs-builder.h"
#include "hs-query-colour.h"
#include "hs-query-complete.h"

/* --- a trace: two processes with heaps, one of them twice, and some without --- */

static HsTimeline *timeline;

static void
add_event(HsBuilder *builder, HsOp op, uint32_t pid, uint32_t tid, uint64_t handle)
{
  HsHeapEvent event = {.ticks = 10, .pid = pid, .tid = tid, .op = (uint8_t)op, .handle = handle};
  if (op == HS_OP_ALLOC) {
    event.address = handle + 0x1000;
    event.size = 64;
    event.source_id = 2;
    event.has_source = true;
  }
  g_assert_true(hs_builder_add(builder, &event, NULL));
}

static HsTimeline *
make_timeline(void)
{
  HsTimeline *t = hs_timeline_new();
  g_autoptr(HsBuilder) builder = hs_builder_new(t, (HsClock){10000000});
  hs_builder_process_start(builder, 0, true, 4, 0, false, "System", NULL);
  hs_builder_process_start(builder, 0, true, 1004, 4, false, "C:\\x\\Link.exe", NULL);
  hs_builder_process_start(builder, 0, true, 1000, 4, false, "clang++.exe", NULL);
  hs_builder_process_start(builder, 0, true, 200, 4, false, "say \"x\" \u00c9t\u00e9.exe", NULL);
  hs_builder_process_start(builder, 0, true, 300, 4, false, "clang++.exe", NULL);
  hs_builder_thread_name(builder, 0, 1000, 12, "worker");
  add_event(builder, HS_OP_CREATE, 1004, 30, 0x2a0000);
  add_event(builder, HS_OP_ALLOC, 1004, 30, 0x2a0000);
  add_event(builder, HS_OP_CREATE, 1000, 12, 0x1f0010000);
  add_event(builder, HS_OP_CREATE, 1000, 9, 0x1f0000);
  add_event(builder, HS_OP_CREATE, 1000, 9, 0x2a0000);
  /* A handle that is used again. */
  add_event(builder, HS_OP_DESTROY, 1000, 9, 0x1f0000);
  add_event(builder, HS_OP_CREATE, 1000, 9, 0x1f0000);
  hs_builder_finish(builder, 100);
  return t;
}

/* --- help --- */

/* Takes the "^" out of a text, which marks the cursor. */
static char *
without_mark(const char *marked, uint32_t *cursor)
{
  const char *mark = strchr(marked, '^');
  g_assert_nonnull(mark);
  *cursor = (uint32_t)(mark - marked);
  return g_strdup_printf("%.*s%s", (int)*cursor, marked, mark + 1);
}

static HsCompletions *
complete(const char *marked, HsTimeline *t)
{
  uint32_t cursor;
  g_autofree char *text = without_mark(marked, &cursor);
  return hs_query_complete(text, cursor, t);
}

static const HsCompletion *
item(const HsCompletions *completions, guint i)
{
  g_assert_cmpuint(i, <, completions->items->len);
  return g_ptr_array_index(completions->items, i);
}

/* The texts of all items, with a space between them. */
static char *
join(const HsCompletions *completions)
{
  GString *joined = g_string_new(NULL);
  for (guint i = 0; i < completions->items->len; i++)
    g_string_append_printf(joined, "%s%s", i > 0 ? " " : "", item(completions, i)->text);
  return g_string_free(joined, FALSE);
}

static void
check(const char *marked, HsTimeline *t, const char *expected)
{
  g_autoptr(HsCompletions) completions = complete(marked, t);
  g_autofree char *found = join(completions);
  if (strcmp(found, expected) != 0)
    g_error("“%s”: expected “%s”, found “%s”", marked, expected, found);
}

#define FIELDS "time op pid process tid heap address size old_address old_size source cpu lifetime type end"
#define ORDER "== != < <= > >= in"

/* --- tests --- */

static void
test_fields(void)
{
  check("^", NULL, FIELDS);
  check("  ^", NULL, FIELDS);
  check("(^", NULL, FIELDS);
  check("!^", NULL, FIELDS);
  check("not ^", NULL, FIELDS);
  check("size > 5 && ^", NULL, FIELDS);
  check("size > 5 &&^", NULL, FIELDS);
  check("size > 5 OR not (^)", NULL, FIELDS);
  check("o^", NULL, "op old_address old_size");
  check("OLD_^", NULL, "old_address old_size");
  check("not (pid == 1 or t^", NULL, "time tid type");
  check("x^", NULL, "");
  check("\"h^", NULL, "");
  check("not^", NULL, "");
  /* What is there already is not offered, but for that it could become something else. */
  check("heap^", NULL, "");
  check("HEAP^", NULL, "heap");
  check("old_a^ddress", NULL, "");
  check("^heap", NULL, FIELDS);
  check("process^es", NULL, "process");
}

static void
test_operators(void)
{
  check("size ^", NULL, ORDER);
  check("time ^", NULL, ORDER);
  check("pid ^", NULL, ORDER);
  check("heap ^", NULL, ORDER);
  check("address ^", NULL, ORDER " contains");
  check("old_address ^", NULL, ORDER " contains");
  check("process ^", NULL, "== != in contains");
  check("op ^", NULL, "== != in");
  check("END ^", NULL, "== != in");
  check("size >^", NULL, "> >=");
  check("size =^", NULL, "==");
  check("size !^", NULL, "!=");
  check("size>=^", NULL, "1KiB 64KiB 1MiB");
  check("size i^", NULL, "in");
  check("size c^", NULL, "");
  check("process Con^", NULL, "contains");
  check("colour ^", NULL, "");
  check("5 ^", NULL, "");
  check("size ^>= 5", NULL, ORDER);
}

static void
test_values(void)
{
  check("source == ^", NULL, "lookaside lowfrag mainpath slowpath invalid segment-heap unknown");
  check("source == L^", NULL, "lookaside lowfrag");
  check("source == \"lo^", NULL, "lookaside lowfrag");
  check("source == lowfrag^", NULL, "");
  check("source == \"lowfrag\"^", NULL, "");
  check("source != segment-^heap", NULL, "");
  check("op==a^", NULL, "alloc affinity-enable affinity-slot affinity-assign");
  check("type == ^", NULL, "AIFI AIFO AOFI AOFO");
  check("type == ao^", NULL, "AOFI AOFO");
  check("end == ^", NULL, "outstanding free realloc overwritten destroy process-exit");
  check("size > ^", NULL, "1KiB 64KiB 1MiB");
  check("old_size > 1^", NULL, "1KiB 1MiB");
  check("lifetime < ^", NULL, "1ms 1s");
  check("time >= 1m^", NULL, "1ms");
  check("cpu == ^", timeline, "");
  check("address == ^", timeline, "");
  check("address contains ^", timeline, "");
  /* No value has an order that has none. */
  check("op < ^", NULL, "");
  check("size contains ^", NULL, "");
}

static void
test_sets(void)
{
  check("op in ^", NULL, "{");
  check("op in {^", NULL,
        "create alloc realloc destroy free extend snapshot contract lock unlock validate walk "
        "subsegment-alloc subsegment-free subsegment-alloc-cached subsegment-free-cached commit "
        "decommit subsegment-init affinity-enable affinity-slot subsegment-activated "
        "affinity-assign reuse-threshold other");
  check("op in {alloc, fr^", NULL, "free");
  check("op in {alloc,^}", NULL,
        "create alloc realloc destroy free extend snapshot contract lock unlock validate walk "
        "subsegment-alloc subsegment-free subsegment-alloc-cached subsegment-free-cached "
        "commit decommit subsegment-init affinity-enable affinity-slot subsegment-activated "
        "affinity-assign reuse-threshold other");
  check("op in {alloc ^", NULL, ", }");
  check("op in {alloc}^", NULL, "");
  check("op in {alloc} ^", NULL, "&& ||");
  check("op in al^", NULL, "");
  check("heap in ^", timeline, "{ 0x1f0000 0x2a0000 0x1f0010000");
  check("time in ^", NULL, "{ 1ms 1s");
  check("time in 1ms ^", NULL, "..");
  check("time in 1ms.^", NULL, "..");
  check("time in 1ms..^", NULL, "1ms 1s");
  check("time in 1ms..1s^", NULL, "");
  check("time in 1ms..1s ^", NULL, "&& ||");
  check("op in alloc ^", NULL, "");
}

static void
test_joints(void)
{
  check("size > 5 ^", NULL, "&& ||");
  check("(size > 5 ^)", NULL, "&& ||");
  check("(size > 5) ^", NULL, "&& ||");
  check("(size > 5)^", NULL, "");
  check("size > 5 &^", NULL, "&&");
  check("size > 5 |^", NULL, "||");
  check("size > 5 a^", NULL, "and");
  check("size > 5 O^ op == free", NULL, "or");
  check("size > 5 and^", NULL, "");
  check("process == \"a\" ^", NULL, "&& ||");
  check("process == \"a ^", NULL, "");
  check("size > 5 x ^", NULL, "");
}

/* What comes after a joint does not hang on what was before. */
static void
test_errors(void)
{
  check("% ^", NULL, "");
  check("% and ^", NULL, FIELDS);
  check("size > 5parsecs or t^", NULL, "time tid type");
  check("size > and o^", NULL, "op old_address old_size");
  check("a b c d && end =^", NULL, "==");
  check("heap == 0x ^", NULL, "");
  g_autofree char *many = g_strnfill(5000, '%');
  g_autofree char *hopeless = g_strconcat(many, " and ^", NULL);
  check(hopeless, NULL, "");
}

static void
test_entities(void)
{
  check("heap == ^", timeline, "0x1f0000 0x2a0000 0x1f0010000");
  check("heap == 0X1F^", timeline, "0x1f0000 0x1f0010000");
  check("heap == 0x1f0000^", timeline, "");
  check("heap == ^", NULL, "");
  check("pid == ^", timeline, "4 200 300 1000 1004");
  check("pid in {1^", timeline, "1000 1004");
  check("tid == ^", timeline, "9 12 30");
  check("tid == 3^", timeline, "30");
  check("process == ^", timeline, "\"clang++.exe\" \"Link.exe\" \"say \\\"x\\\" \u00c9t\u00e9.exe\" \"System\"");
  check("process == l^", timeline, "\"Link.exe\" \"clang++.exe\"");
  check("process == \"LANG^", timeline, "\"clang++.exe\"");
  check("process != \u00e9T^", timeline, "\"say \\\"x\\\" \u00c9t\u00e9.exe\"");
  check("process contains \"\\\"X\\\"^", timeline, "\"say \\\"x\\\" \u00c9t\u00e9.exe\"");
  check("process in {\"Link.exe\"^", timeline, "");
  check("process == \"Link.exe^", timeline, "\"Link.exe\"");
}

static void
test_details(void)
{
  static const struct {
    const char *text;
    guint i;
    const char *detail;
  } cases[] = {
      {"^", 5, "heap handle"},
      {"size ^", 3, "is at most"},
      {"op ^", 2, "is one of"},
      {"process ^", 3, "has this text in it"},
      {"op == ^", 0, NULL},
      {"op == af^", 0, "Affinity manager enable"},
      {"source == ^", 1, "Low-fragmentation heap"},
      {"type == ^", 1, "allocated inside the range, freed outside"},
      {"end == ^", 0, NULL},
      {"end == ^", 1, "Freed"},
      {"size > ^", 1, "65,536 B"},
      {"heap == ^", 0, "clang++.exe (1000)"},
      {"heap == ^", 1, "clang++.exe (1000), …"},
      {"pid == ^", 4, "Link.exe"},
      {"tid == ^", 0, "clang++.exe"},
      {"tid == ^", 1, "worker of clang++.exe"},
      {"process == ^", 0, "2 processes"},
      {"process == ^", 1, "process 1004"},
      {"size > 1 ^", 1, "or"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(HsCompletions) completions = complete(cases[i].text, timeline);
    g_assert_cmpstr(item(completions, cases[i].i)->detail, ==, cases[i].detail);
  }
}

/* What is replaced, and whether a space is wanted. */
static void
test_places(void)
{
  static const struct {
    const char *text, *accepted; /* with the first item in place */
    bool wants_space;
  } cases[] = {
      {"^", "time", true},
      {"he^", "heap", true},
      {"size > 5 && he^ == 1", "size > 5 && heap == 1", true},
      {"h^eaps == 1", "heap == 1", true},
      {"^heap == 1", "time == 1", true},
      {"size > 5 &&^heap == 1", "size > 5 &&time == 1", true},
      {"size >^= 5", "size > 5", true},
      {"size ^< 5", "size == 5", true},
      {"op == al^", "op == alloc", false},
      {"op == \"al^", "op == alloc", false},
      {"op == ^free", "op == create", false},
      {"op in {alloc, fr^ee2}", "op in {alloc, free}", false},
      {"op in {alloc ^", "op in {alloc ,", true},
      {"op in ^", "op in {", false},
      {"process == cl^", "process == \"clang++.exe\"", false},
      {"process == \"cl^", "process == \"clang++.exe\"", false},
      {"process == \"cl^ or x\"", "process == \"clang++.exe\"", false},
      /* The mark that closes it opens another. */
      {"process == \"cl^ or process == \"b\"", "process == \"clang++.exe\" or process == \"b\"", false},
      {"size > 5 &^ op == free", "size > 5 && op == free", true},
      {"size > 5 ^|| op == free", "size > 5 && op == free", true},
      {"size > 5 a^ op == free", "size > 5 and op == free", true},
      {"process contains \"\u00e9^\"", "process contains \"say \\\"x\\\" \u00c9t\u00e9.exe\"", false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    uint32_t cursor;
    g_autofree char *text = without_mark(cases[i].text, &cursor);
    g_autoptr(HsCompletions) completions = hs_query_complete(text, cursor, timeline);
    const HsCompletion *first = item(completions, 0);
    g_autofree char *accepted =
        g_strdup_printf("%.*s%s%s", (int)completions->start_bytes, text, first->text, text + completions->end_bytes);
    g_assert_cmpstr(accepted, ==, cases[i].accepted);
    g_assert_cmpint(first->wants_space, ==, cases[i].wants_space);
  }
}

/* Whatever is accepted is understood: if the parser complains, then of something after it. */
static void
test_accepted(void)
{
  static const char *const texts[] = {
      "",
      "not (",
      "size ",
      "process",
      "address ",
      "op == ",
      "end != o",
      "type ",
      "source in {",
      "source in { ",
      "heap == ",
      "heap in ",
      "process == ",
      "process contains \"",
      "pid <",
      "tid in {1, 2",
      "tid in {1 ",
      "time in 1 ",
      "time in 1..",
      "size > 5 ",
      "lifetime > 1",
      "(cpu ",
      "old_size ",
      "cpu == 1 a",
      "cpu == 1 && ",
      "cpu == 1 and not s",
      "op i",
      "process in {\"",
  };
  guint n = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(HsCompletions) completions = hs_query_complete(texts[i], UINT32_MAX, timeline);
    for (guint k = 0; k < completions->items->len; k++, n++) {
      g_auto(HsQueryError) error = {0};
      g_autofree char *text =
          g_strdup_printf("%.*s%s", (int)completions->start_bytes, texts[i], item(completions, k)->text);
      g_autoptr(HsQuery) query = hs_query_parse(text, &error);
      bool is_open = texts[i][0] == '(' || texts[i][0] == 'n';
      if (query == NULL && error.offset_bytes != strlen(text) && !is_open)
        g_error("“%s”: at %u: %s", text, error.offset_bytes, error.message);
    }
  }
  g_assert_cmpuint(n, >, 150);
}

/* Any bytes, any cursor. */
static void
test_odd_bytes(void)
{
  static const char *const texts[] = {"\xff\xfe",
                                      "process == \"\xc3\xa9\xc3",
                                      "size > \x80\x80\x80",
                                      "\"",
                                      "\\\"\\",
                                      "heap == \xe2\x82\xac",
                                      "process == \"\xe2\x82\xac\" and \x01 or"};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    uint32_t length = (uint32_t)strlen(texts[i]);
    for (uint32_t cursor = 0; cursor <= length + 2; cursor++) {
      g_autoptr(HsCompletions) completions = hs_query_complete(texts[i], cursor, timeline);
      g_assert_cmpuint(completions->start_bytes, <=, completions->end_bytes);
      g_assert_cmpuint(completions->end_bytes, <=, length);
    }
  }
  /* A cursor inside a letter is before it. */
  g_autoptr(HsCompletions) completions = hs_query_complete("process == \"\u00e9", 13, timeline);
  g_assert_cmpuint(completions->start_bytes, ==, 11);
  g_assert_cmpuint(completions->end_bytes, ==, 12);
}

/* --- many --- */

static HsTimeline *
make_big_timeline(uint32_t n)
{
  HsTimeline *t = hs_timeline_new();
  g_autoptr(HsBuilder) builder = hs_builder_new(t, (HsClock){10000000});
  for (uint32_t i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf("P%u \u00e9.exe", (n - i) * 7919 % n);
    hs_builder_process_start(builder, 0, true, 4 + 4 * i, 0, false, name, NULL);
    add_event(builder, HS_OP_CREATE, 4 + 4 * i, 5 + i, 0x10000 + (uint64_t)(n - i) * 0x10000);
  }
  hs_builder_finish(builder, 100);
  return t;
}

/* What a keystroke costs is bounded, however much there is in the trace. */
static void
test_bounds(void)
{
  static const char *const texts[] = {"heap == ",      "process == ",    "process contains \"\u00e9.e",
                                      "process == zz", "pid == ",        "tid == ",
                                      "heap == 0xf",   "process == \"p1"};
  g_autoptr(HsTimeline) big = make_big_timeline(20000);
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    gint64 best = G_MAXINT64;
    guint n = 0;
    for (int turn = 0; turn < 5; turn++) {
      gint64 start = g_get_monotonic_time();
      g_autoptr(HsCompletions) completions = hs_query_complete(texts[i], UINT32_MAX, big);
      best = MIN(best, g_get_monotonic_time() - start);
      n = completions->items->len;
    }
    g_test_message("“%s”: %u items in %.2f ms", texts[i], n, (double)best / 1000);
    g_assert_cmpuint(n, <=, HS_COMPLETIONS_MAX);
    g_assert_cmpint(best, <, 50000);
  }
  g_autoptr(HsCompletions) heaps = hs_query_complete("heap == ", 8, big);
  g_assert_cmpuint(heaps->items->len, ==, HS_COMPLETIONS_MAX);
  g_assert_cmpstr(item(heaps, 0)->text, ==, "0x4e210000");
  g_autofree char *spaces = g_strnfill(HS_QUERY_MAX_BYTES + 10, ' ');
  g_autoptr(HsCompletions) far = hs_query_complete(spaces, UINT32_MAX, big);
  g_assert_cmpuint(far->end_bytes, ==, HS_QUERY_MAX_BYTES);
}

/* --- colours --- */

static void
test_colours(void)
{
  /* Letters below the text: Field, Operator, Number, name (A), Sign, Error. */
  static const char *const cases[][2] = {
      {"heap == 0x1f0000 && source in {lowfrag, segment-heap}",
       "FFFF OO NNNNNNNN OO FFFFFF OO SAAAAAAAS AAAAAAAAAAAAS"},
      {"not(size>=64KiB)or!op!=free", "OOOSFFFFOONNNNNSOOOFFOOAAAA"},
      {"process contains \"a b\" and time in 1ms..2s", "FFFFFFF OOOOOOOO AAAAA OOO FFFF OO NNNSSNN"},
      /* A field's name where a value is wanted, and the other way round. */
      {"op == end", "FF OO AAA"},
      {"lowfrag == op", "AAAAAAA OO AA"},
      {"size > 5 % 2 & tid == 1", "FFFF O N E N E AAA OO N"},
      {"size > 5 % 2 and tid == 1", "FFFF O N E N OOO FFF OO N"},
      {"heap == 0x and size > 5parsecs", "FFFF OO EE OOO FFFF O EEEEEEEE"},
      {"process == \"abc", "FFFFFFF OO EEEE"},
      {"\u20ac \xff", "AAA A"},
      {"", ""},
      {"  ", "  "},
  };
  static const char letters[] = "FONASE";
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GArray) tokens = hs_query_colour_tokens(cases[i][0]);
    g_autofree char *found = g_strnfill(strlen(cases[i][0]), ' ');
    uint32_t past = 0;
    for (guint k = 0; k < tokens->len; k++) {
      const HsQueryColourToken *token = &g_array_index(tokens, HsQueryColourToken, k);
      g_assert_cmpuint(token->start_bytes, >=, past);
      g_assert_cmpuint(token->end_bytes, >, token->start_bytes);
      g_assert_cmpuint(token->end_bytes, <=, strlen(cases[i][0]));
      memset(found + token->start_bytes, letters[token->token_class], token->end_bytes - token->start_bytes);
      past = token->end_bytes;
    }
    g_assert_cmpstr(found, ==, cases[i][1]);
  }
  g_autofree char *many = g_strnfill(100000, '%');
  g_autoptr(GArray) tokens = hs_query_colour_tokens(many);
  g_assert_cmpuint(tokens->len, <, 100);
  g_assert_cmpuint(g_array_index(tokens, HsQueryColourToken, tokens->len - 1).end_bytes, ==, 100000);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  timeline = make_timeline();
  g_test_add_func("/query-complete/fields", test_fields);
  g_test_add_func("/query-complete/operators", test_operators);
  g_test_add_func("/query-complete/values", test_values);
  g_test_add_func("/query-complete/sets", test_sets);
  g_test_add_func("/query-complete/joints", test_joints);
  g_test_add_func("/query-complete/errors", test_errors);
  g_test_add_func("/query-complete/entities", test_entities);
  g_test_add_func("/query-complete/details", test_details);
  g_test_add_func("/query-complete/places", test_places);
  g_test_add_func("/query-complete/accepted", test_accepted);
  g_test_add_func("/query-complete/odd-bytes", test_odd_bytes);
  g_test_add_func("/query-complete/bounds", test_bounds);
  g_test_add_func("/query-complete/colours", test_colours);
  int status = g_test_run();
  hs_timeline_unref(timeline);
  return status;
}

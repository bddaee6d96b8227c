/* SPDX-License-Identifier: MIT */
/* Which texts are filters, and what is said, and where, of those that are not. */
#include <string.h>

#include "hs-query.h"

static void
test_valid(void)
{
  static const char *const texts[] = {
      "",
      " \t\n",
      "heap == 0x1f0000 && source in {lowfrag, segment-heap}",
      "size >= 64KiB and op != free",
      "process == \"chrome.exe\" and time in 1.2s..3.4s",
      "address in 0x7ff600000000..0x7ff600100000 or (tid == 1234 and not lifetime < 5ms)",
      "not heap in {0x2a0000} && not source in {lookaside}",
      "(heap == 0x2a0000 || (pid == 1000 && heap == 0x1f0000)) && source == lowfrag",
      "heap in {}",
      "!!!!op==alloc||!(op==free)",
      "OP == ALLOC AND Size < 1.5kib Or time >= -2.5us",
      "size<18446744073709551615 and address != 0xFFFFFFFFFFFFFFFF",
      "process contains chrome and process != a-b.c_d and process == \"say \\\"x\\\" \\\\\"",
      "process contains \"\u00e9\" or process == \u00e9t\u00e9.exe",
      "address contains 0x10 or old_address contains 16",
      "type in {aifi, AOFO} and end in {outstanding, process-exit} and source in {unknown, 9}",
      "time == 5\u00b5s or time == 5\u03bcs or time in 5..5",
      "op == \"subsegment-alloc-cached\"",
      "cpu in 0..4 and old_size > 0B",
      "time < 1.0000000000000000000000001s",
      "size in 0x10..0x20",
  };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_auto(HsQueryError) error = {0};
    g_autoptr(HsQuery) query = hs_query_parse(texts[i], &error);
    if (query == NULL)
      g_error("“%s”: at %u: %s", texts[i], error.offset_bytes, error.message);
    g_assert_cmpstr(hs_query_text(query), ==, texts[i]);
    g_assert_cmpint(hs_query_is_empty(query), ==, i < 2);
    g_assert_cmpint(hs_query_uses_range(query), ==, strstr(texts[i], "type") != NULL);
  }
  g_assert_true(hs_query_is_empty(NULL));
}

static const struct {
  const char *text;
  const char *place; /* the text's bytes that are wrong, as a line of marks below it; "$" = its end */
  const char *message;
} errors[] = {
    /* Signs, numbers and words. */
    {"size = 5", "     ^", "expected “==”, found “=”"},
    {"size > 5 & op == free", "         ^", "expected “&&”, found “&”"},
    {"size > 5 | op == free", "         ^", "expected “||”, found “|”"},
    {"size > 5 % 2", "         ^", "“%” means nothing here"},
    {"process == \"abc", "           ^^^^", "the quotation mark is not closed"},
    {"process == \"abc\\\"", "           ^^^^^^", "the quotation mark is not closed"},
    {"size > 5parsecs", "        ^^^^^^^",
     "“parsecs” is no unit; there are ns, us, ms and s for times, and B, KB, MB, GB, KiB, MiB and GiB for sizes"},
    {"size > 18446744073709551616", "       ^^^^^^^^^^^^^^^^^^^^", "“18446744073709551616” is too large a number"},
    {"size > 99999999999GiB", "       ^^^^^^^^^^^^^^", "“99999999999GiB” is too large a number"},
    {"heap == 0x10000000000000000", "        ^^^^^^^^^^^^^^^^^^^", "“0x10000000000000000” is too large a number"},
    {"heap == 0x", "        ^^", "“0x” is no hexadecimal number"},
    {"heap == 0x1fg", "        ^^^^^", "“0x1fg” is no hexadecimal number"},
    /* Grammar. */
    {"and", "^^^", "expected a field, found “and”"},
    {"5 < size", "^", "expected a field, found “5”"},
    {"size > 5 and", "$", "expected a field, found the end"},
    {"size > 5 && )", "            ^", "expected a field, found “)”"},
    {"()", " ^", "expected a field, found “)”"},
    {"not", "$", "expected a field, found the end"},
    {"colour == 5", "^^^^^^",
     "“colour” is no field; there are time, op, pid, process, tid, heap, address, size, old_address, old_size, source, "
     "cpu, lifetime, type, end"},
    {"size", "$", "expected a comparison (==, !=, <, <=, >, >=, in, contains) after “size”, found the end"},
    {"size 5", "     ^", "expected a comparison (==, !=, <, <=, >, >=, in, contains) after “size”, found “5”"},
    {"size >", "$", "expected a value after “>”, found the end"},
    {"size > > 5", "       ^", "expected a value after “>”, found “>”"},
    {"process contains and", "                 ^^^", "expected a value after “contains”, found “and”"},
    {"op in", "$", "expected “{” or a range such as 1ms..2ms after “in”, found the end"},
    {"op in {alloc", "$", "expected “,” or “}”, found the end"},
    {"op in {alloc free}", "             ^^^^", "expected “,” or “}”, found “free”"},
    {"op in {alloc,}", "             ^", "expected a value after “,”, found “}”"},
    {"size in 5", "$", "expected “..” and the end of the range, found the end"},
    {"size in 5 10", "          ^^", "expected “..” and the end of the range, found “10”"},
    {"size in 5..", "$", "expected a value after “..”, found the end"},
    {"time in ..5s", "        ^^", "expected “{” or a range such as 1ms..2ms after “in”, found “..”"},
    {"size > 5 op == free", "         ^^", "expected “and” or “or”, found “op”"},
    {"size > 5)", "        ^", "expected “and” or “or”, found “)”"},
    {"((size > 5)", "^", "the bracket is not closed"},
    {"(size > 5 size", "          ^^^^", "expected “and”, “or” or “)”, found “size”"},
    /* Types. */
    {"size > 5ms", "       ^^^", "size compared with a time: expected a number of bytes, found “5ms”"},
    {"size in {1, 2s}", "            ^^", "size compared with a time: expected a number of bytes, found “2s”"},
    {"old_size == -5", "            ^^",
     "old_size compared with a negative number: expected a number of bytes, found “-5”"},
    {"size == alloc", "        ^^^^^", "size compared with a name: expected a number of bytes, found “alloc”"},
    {"size == \"5\"", "        ^^^", "size compared with a text: expected a number of bytes, found “\"5\"”"},
    {"time < 64KiB", "       ^^^^^", "time compared with a size: expected a time such as 1.5ms, found “64KiB”"},
    {"lifetime in 1B..2B", "            ^^",
     "lifetime compared with a size: expected a time such as 1.5ms, found “1B”"},
    {"pid == 5ms", "       ^^^", "pid compared with a time: expected a whole number, found “5ms”"},
    {"tid == 1.5", "       ^^^", "tid compared with a number: expected a whole number, found “1.5”"},
    {"cpu == -1", "       ^^", "cpu compared with a negative number: expected a whole number, found “-1”"},
    {"heap == lowfrag", "        ^^^^^^^",
     "heap compared with a name: expected a handle such as 0x1f0000, found “lowfrag”"},
    {"address < 5KB", "          ^^^",
     "address compared with a size: expected an address such as 0x1f0000, found “5KB”"},
    {"old_address contains x", "                     ^",
     "old_address compared with a name: expected an address such as 0x1f0000, found “x”"},
    {"op == 5", "      ^", "op compared with a number: expected the name of an operation, found “5”"},
    {"source == 5ms", "          ^^^", "source compared with a time: expected the name of a source, found “5ms”"},
    {"type == 1", "        ^", "type compared with a number: expected the name of a type, found “1”"},
    {"end == 1", "       ^", "end compared with a number: expected the name of an end, found “1”"},
    {"process == 7", "           ^",
     "process compared with a number: expected a name such as \"chrome.exe\", found “7”"},
    {"op == malloc", "      ^^^^^^",
     "“malloc” is no operation; there are create, alloc, realloc, destroy, free, extend, snapshot, contract, lock, "
     "unlock, "
     "validate, walk, subsegment-alloc, subsegment-free, subsegment-alloc-cached, subsegment-free-cached, commit, "
     "decommit, subsegment-init, affinity-enable, affinity-slot, subsegment-activated, affinity-assign, "
     "reuse-threshold, "
     "other"},
    {"source in {lowfrag, lfh}", "                    ^^^",
     "“lfh” is no source; there are lookaside, lowfrag, mainpath, slowpath, invalid, segment-heap, unknown"},
    {"type == AIFX", "        ^^^^", "“AIFX” is no type; there are AIFI, AIFO, AOFI, AOFO"},
    {"end == \"\"", "       ^^",
     "“\"\"” is no end; there are outstanding, free, realloc, overwritten, destroy, process-exit"},
    {"op < free", "   ^", "op has no order: expected ==, != or in {…}, found “<”"},
    {"op in alloc..free", "      ^^^^^^^^^^^", "op has no order: expected ==, != or in {…}, found “alloc..free”"},
    {"process >= a", "        ^^", "process has no order: expected ==, != or in {…}, found “>=”"},
    {"size contains 5", "     ^^^^^^^^", "“contains” is for address, old_address and process, not for size"},
    {"op contains alloc", "   ^^^^^^^^", "“contains” is for address, old_address and process, not for op"},
    {"time in 3s..2s", "        ^^^^^^", "the range “3s..2s” ends before it begins"},
};

static void
check_error(const char *text, uint32_t offset, uint32_t length, const char *message)
{
  g_auto(HsQueryError) error = {0};
  g_assert_null(hs_query_parse(text, NULL));
  g_assert_null(hs_query_parse(text, &error));
  g_assert_cmpstr(error.message, ==, message);
  g_assert_cmpuint(error.offset_bytes, ==, offset);
  g_assert_cmpuint(error.length_bytes, ==, length);
}

static void
test_errors(void)
{
  for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
    const char *mark = strchr(errors[i].place, '^');
    if (mark != NULL)
      check_error(errors[i].text, (uint32_t)(mark - errors[i].place), (uint32_t)strlen(mark), errors[i].message);
    else
      check_error(errors[i].text, (uint32_t)strlen(errors[i].text), 0, errors[i].message);
  }
}

/* Places are in bytes; what is quoted is valid and of one line, whatever was given. */
static void
test_odd_bytes(void)
{
  check_error("process == \"\u00e9\" \u20ac", 16, 3, "expected “and” or “or”, found “€”");
  check_error("size > \xff", 7, 1, "size compared with a name: expected a number of bytes, found “\357\277\275”");
  check_error("size > \"a\nb\"", 7, 5, "size compared with a text: expected a number of bytes, found “\"a b\"”");
  check_error("\x01", 0, 1, "“ ” means nothing here");
  g_autofree char *word = g_strnfill(100, 'x');
  g_autofree char *text = g_strconcat("size > ", word, NULL);
  g_autofree char *message =
      g_strdup_printf("size compared with a name: expected a number of bytes, found “%.60s…”", word);
  check_error(text, 7, 100, message);
}

static char *
repeat(const char *before, const char *middle, const char *after, int n)
{
  GString *text = g_string_new(NULL);
  for (int i = 0; i < n; i++)
    g_string_append(text, before);
  g_string_append(text, middle);
  for (int i = 0; i < n; i++)
    g_string_append(text, after);
  return g_string_free(text, FALSE);
}

static void
test_bounds(void)
{
  g_autofree char *deep = repeat("(", "size > 5", ")", HS_QUERY_MAX_DEPTH);
  g_autofree char *too_deep = repeat("not (", "size > 5", ")", HS_QUERY_MAX_DEPTH + 1);
  g_autofree char *nots = repeat("! ", "size > 5", "", 100001);
  g_autofree char *chain = repeat("pid > 5 || ", "time > 5", " && op != free", 20000);
  g_autofree char *too_long = repeat(" ", "", "", HS_QUERY_MAX_BYTES + 1);
  g_autofree char *sizes = repeat("size > 5 or ", "cpu == 1", "", HS_QUERY_MAX_BY_BLOCK);
  g_autofree char *too_many = g_strconcat(sizes, " or end == free", NULL);
  g_autofree char *open = repeat("(", "", "", 100000);
  g_autoptr(HsQuery) a = hs_query_parse(deep, NULL);
  g_autoptr(HsQuery) b = hs_query_parse(nots, NULL);
  g_autoptr(HsQuery) c = hs_query_parse(chain, NULL);
  g_assert_nonnull(a);
  g_assert_nonnull(b);
  g_assert_nonnull(c);
  g_autoptr(HsQuery) d = hs_query_parse(sizes, NULL);
  g_assert_nonnull(d);
  check_error(
      too_many, (uint32_t)strlen(sizes) + 4, 3,
      "more than 256 comparisons with address, size, lifetime, type and end; one with in {…} takes any number of "
      "values");
  check_error(too_deep, 5 * HS_QUERY_MAX_DEPTH + 4, 1, "brackets are nested more than 100 deep");
  check_error(open, HS_QUERY_MAX_DEPTH, 1, "brackets are nested more than 100 deep");
  check_error(too_long, HS_QUERY_MAX_BYTES, 0, "the text is longer than 1048576 bytes");
}

/* What is listed is understood. */
static void
test_names(void)
{
  const char *const *fields = hs_query_field_names();
  g_assert_null(hs_query_value_names("size"));
  g_assert_null(hs_query_value_names("colour"));
  for (unsigned i = 0; fields[i] != NULL; i++) {
    g_autofree const char **values = hs_query_value_names(fields[i]);
    for (unsigned k = 0; values != NULL && values[k] != NULL; k++) {
      g_autofree char *text = g_strdup_printf("%s == %s", fields[i], values[k]);
      g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
      g_assert_nonnull(query);
    }
    g_autofree char *empty = g_strdup_printf("%s in {}", fields[i]);
    g_autoptr(HsQuery) query = hs_query_parse(empty, NULL);
    g_assert_nonnull(query);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/query-text/valid", test_valid);
  g_test_add_func("/query-text/errors", test_errors);
  g_test_add_func("/query-text/odd-bytes", test_odd_bytes);
  g_test_add_func("/query-text/bounds", test_bounds);
  g_test_add_func("/query-text/names", test_names);
  return g_test_run();
}

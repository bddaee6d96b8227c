/* SPDX-License-Identifier: MIT */
/* Lines made by two threads: each once, in order, whatever their number and length; and only as long as one reads. */
#include <glib/gstdio.h>
#include <signal.h>
#include <unistd.h>

#include "hs-cli-lines.h"

typedef struct {
  uint32_t i, n;
  uint32_t n_asked;
} Source;

static uint32_t
id_of(uint32_t i)
{
  return i * 2654435761u;
}

static bool
next(gpointer data, uint32_t *id)
{
  Source *source = data;
  source->n_asked++;
  if (source->i == source->n)
    return false;
  *id = id_of(source->i++);
  return true;
}

/* Some have no line, some a long one. */
static void
put(HsCliRowWriter *rows, uint32_t id, gconstpointer data)
{
  const char *word = data;
  if (id % 7 == 0)
    return;
  hs_cli_put_uint(rows->writer, id);
  for (uint32_t k = 0; k < id % 5 + (id % 1009 == 0 ? 100000 : 0); k++)
    hs_cli_put(rows->writer, word);
  hs_cli_put_hex(rows->writer, id);
  hs_cli_put_char(rows->writer, '\n');
}

static void
write_all(int fd, Source *source)
{
  HsCliWriter writer;
  HsCliRowWriter rows = {.writer = &writer};
  hs_cli_writer_init(&writer, fd);
  hs_cli_put(&writer, "head\n");
  hs_cli_write_lines(&rows, next, source, put, "ab");
  hs_cli_put(&writer, "tail\n");
  g_assert_cmpint(hs_cli_writer_finish(&writer), ==, 0);
}

static void
append_expected(GString *expected, uint32_t n)
{
  g_string_append(expected, "head\n");
  for (uint32_t i = 0; i < n; i++) {
    uint32_t id = id_of(i);
    if (id % 7 == 0)
      continue;
    g_string_append_printf(expected, "%u", id);
    for (uint32_t k = 0; k < id % 5 + (id % 1009 == 0 ? 100000 : 0); k++)
      g_string_append(expected, "ab");
    g_string_append_printf(expected, "0x%x\n", id);
  }
  g_string_append(expected, "tail\n");
}

static void
test_all_in_order(void)
{
  static const uint32_t counts[] = {0, 1, 1023, 1024, 1025, 1024 + 8191, 1024 + 8192, 1024 + 65536, 150001};
  for (guint c = 0; c < G_N_ELEMENTS(counts); c++) {
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;
    int fd = g_file_open_tmp("lines-XXXXXX", &path, &error);
    g_assert_no_error(error);
    write_all(fd, &(Source){.n = counts[c]});
    g_assert_true(g_close(fd, NULL));
    g_autofree char *text = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_unlink(path);
    g_autoptr(GString) expected = g_string_new(NULL);
    append_expected(expected, counts[c]);
    g_assert_cmpmem(text, length, expected->str, expected->len);
  }
}

/* A million lines for a reader that has gone: it is noticed before all of them are made. */
static void
test_nobody_reads(void)
{
  int ends[2];
  Source source = {.n = 1000000};
  g_assert_cmpint(pipe(ends), ==, 0);
  close(ends[0]);
  signal(SIGPIPE, SIG_IGN);
  write_all(ends[1], &source);
  g_assert_cmpuint(source.n_asked, <, 200000);
  close(ends[1]);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/cli-lines/all-in-order", test_all_in_order);
  g_test_add_func("/cli-lines/nobody-reads", test_nobody_reads);
  return g_test_run();
}

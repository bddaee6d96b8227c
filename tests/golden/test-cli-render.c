/* SPDX-License-Identifier: MIT */
/*
 * heapscope-cli render: every view in every format, what the options change, and what is said of wrong ones.
 *
 * Environment: HEAPSCOPE_CLI the program, HEAPSCOPE_GOLDEN a small trace.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *scratch;

static const char *const views[] = {"all",     "map",       "instant",   "size",    "rate",
                                    "sources", "histogram", "lifetimes", "overview"};

/* Runs the program on the golden trace with options that a space parts; its exit status. Messages go to `err`. */
static int
render(const char *options, char **err)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) words = g_strsplit(options, " ", -1);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  int wait_status;
  g_ptr_array_add(argv, (char *)g_getenv("HEAPSCOPE_CLI"));
  g_ptr_array_add(argv, (char *)"render");
  g_ptr_array_add(argv, (char *)g_getenv("HEAPSCOPE_GOLDEN"));
  for (char **word = words; *word != NULL; word++) {
    /* "_" stands for a space within a word. */
    if (**word != '\0')
      g_ptr_array_add(argv, g_strdelimit(*word, "_", ' '));
  }
  g_ptr_array_add(argv, NULL);
  g_spawn_sync(scratch, (char **)argv->pdata, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, err, &wait_status,
               &error);
  g_assert_no_error(error);
  g_assert_true(WIFEXITED(wait_status));
  return WEXITSTATUS(wait_status);
}

/* The file it makes. */
static GBytes *
rendered(const char *name, const char *options)
{
  g_autofree char *err = NULL, *path = g_build_filename(scratch, name, NULL), *contents = NULL;
  g_autofree char *all = g_strdup_printf("--output %s %s", name, options);
  gsize length;
  int status = render(all, &err);
  g_assert_cmpstr(err, ==, "");
  g_assert_cmpint(status, ==, 0);
  g_assert_true(g_file_get_contents(path, &contents, &length, NULL));
  g_assert_cmpint(g_unlink(path), ==, 0);
  return g_bytes_new_take(g_steal_pointer(&contents), length);
}

static guint32
png_number(GBytes *png, gsize offset)
{
  gsize length;
  const guint8 *data = g_bytes_get_data(png, &length);
  g_assert_cmpuint(length, >, 33);
  g_assert_cmpmem(data, 8, "\x89PNG\r\n\x1a\n", 8);
  return (guint32)data[offset] << 24 | (guint32)data[offset + 1] << 16 | (guint32)data[offset + 2] << 8 |
         data[offset + 3];
}

static void
assert_png(GBytes *png, guint32 width, guint32 height)
{
  g_assert_cmpuint(png_number(png, 16), ==, width);
  g_assert_cmpuint(png_number(png, 20), ==, height);
}

static void
assert_svg(GBytes *svg, const char *size)
{
  static const GMarkupParser parser = {NULL};
  g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, NULL, NULL);
  gsize length;
  const char *data = g_bytes_get_data(svg, &length);
  g_assert_true(g_markup_parse_context_parse(context, data, (gssize)length, NULL));
  g_assert_true(g_markup_parse_context_end_parse(context, NULL));
  g_assert_nonnull(g_strstr_len(data, 400, size));
}

static void
assert_pdf(GBytes *pdf)
{
  gsize length;
  const char *data = g_bytes_get_data(pdf, &length);
  g_assert_cmpmem(data, 5, "%PDF-", 5);
  g_assert_nonnull(g_strrstr_len(data + length - 10, 10, "%%EOF"));
}

static void
test_views(void)
{
  for (guint i = 0; i < G_N_ELEMENTS(views); i++) {
    g_autofree char *small = g_strdup_printf("--view %s --size 400x300", views[i]);
    g_autofree char *large = g_strdup_printf("--view %s --size 400x300 --scale 3 --dark", views[i]);
    g_autoptr(GBytes) png = rendered("p.png", small), again = rendered("p.PNG", small), big = rendered("p.png", large);
    g_autoptr(GBytes) svg = rendered("p.svg", small), pdf = rendered("p.pdf", small);
    assert_png(png, 400, 300);
    assert_png(big, 1200, 900);
    assert_svg(svg, "width=\"400px\" height=\"300px\"");
    assert_pdf(pdf);
    /* The same question has the same answer. */
    g_assert_true(g_bytes_equal(png, again));
  }
  g_autoptr(GBytes) usual = rendered("p.png", "--view size"), named = rendered("p.xyz", "--view size --format pdf");
  assert_png(usual, 1280, 720);
  assert_pdf(named);
}

/* To standard output, with a reader that takes all of it and one that takes nothing. */
static void
test_stdout(void)
{
  g_autofree char *path = g_build_filename(scratch, "o.png", NULL), *contents = NULL;
  g_autoptr(GBytes) expected = rendered("p.png", "--view size --size 300x200");
  g_autofree char *all = g_strdup_printf("\"$HEAPSCOPE_CLI\" render \"$HEAPSCOPE_GOLDEN\" --view size --size 300x200 "
                                         "--format png --output - > '%s'",
                                         path);
  gsize length;
  int status;
  const char *none = "\"$HEAPSCOPE_CLI\" render \"$HEAPSCOPE_GOLDEN\" --view all --scale 4 --format png -o - | true";
  const char *const argv[] = {"/bin/sh", "-c", all, NULL}, *const closed[] = {"/bin/sh", "-c", none, NULL};
  g_autofree char *err = NULL;
  g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint(status, ==, 0);
  g_assert_true(g_file_get_contents(path, &contents, &length, NULL));
  g_assert_cmpmem(contents, length, g_bytes_get_data(expected, NULL), g_bytes_get_size(expected));
  g_assert_true(g_spawn_sync(NULL, (char **)closed, NULL, 0, NULL, NULL, NULL, &err, &status, NULL));
  g_assert_cmpstr(err, ==, "");
  g_unlink(path);
}

/* --- what options change --- */

static void
assert_differs(const char *a, const char *b, gboolean differ)
{
  g_autoptr(GBytes) first = rendered("a.png", a), second = rendered("a.png", b);
  if (g_bytes_equal(first, second) == differ)
    g_error("“%s” and “%s” give %s", a, b, differ ? "the same" : "different pictures");
}

static void
test_options(void)
{
  /* Too low for a heading: what differs is in the plots. */
  for (guint i = 0; i < G_N_ELEMENTS(views); i++) {
    g_autofree char *plain = g_strdup_printf("--view %s --size 700x100", views[i]);
    g_autofree char *range = g_strdup_printf("%s --range 3ms..8.6ms", plain);
    g_autofree char *all = g_strdup_printf("%s --range ..1000s", plain);
    g_autofree char *filter = g_strdup_printf("%s --filter time_>=_5ms", plain);
    g_autofree char *none = g_strdup_printf("%s --filter size_>=_0", plain);
    g_autofree char *dark = g_strdup_printf("%s --dark", plain);
    /* The moment of most memory may be the same. */
    if (strcmp(views[i], "instant") != 0)
      assert_differs(plain, range, TRUE);
    assert_differs(plain, all, FALSE);
    assert_differs(plain, dark, TRUE);
    assert_differs(plain, none, FALSE);
    assert_differs(plain, filter, TRUE);
  }
  assert_differs("--view size --size 700x300", "--view size --size 700x300 --title Hello", TRUE);
  assert_differs("--view size --size 700x100", "--view size --size 700x100 --measure count", TRUE);
  assert_differs("--view size --size 700x100", "--view size --size 700x100 --group heap", TRUE);
  assert_differs("--view size --size 700x100", "--view size --size 700x100 --group none", TRUE);
  static const char *const measures[] = {
      "count", "rate-events", "rate-bytes", "cumulative-count", "cumulative-bytes", "slow-path"};
  for (guint i = 0; i < G_N_ELEMENTS(measures); i++) {
    g_autofree char *measured = g_strdup_printf("--view size --size 700x100 --measure %s", measures[i]);
    assert_differs("--view size --size 700x100", measured, TRUE);
  }
  assert_differs("--view size --size 700x100 --measure rate-events", "--view rate --size 700x100", FALSE);
  assert_differs("--view size --size 700x100 --measure rate-bytes", "--view rate --size 700x100 --measure bytes",
                 FALSE);
  assert_differs("--view size --size 700x100", "--view size --size 700x100 --group size-class", TRUE);
  assert_differs("--view size --size 700x100", "--view size --size 700x100 --overlaid", TRUE);
  assert_differs("--view size --size 700x100", "--view size --size 700x100 --log", TRUE);
  assert_differs("--view size --size 700x100", "--view size --size 700x100 --linear", FALSE);
  assert_differs("--view size --size 700x100", "--view size --size 700x100 --at 5ms", TRUE);
  assert_differs("--view instant --size 700x300 --at 3ms", "--view instant --size 700x300 --at 8ms", TRUE);
  assert_differs("--view instant --size 700x100 --at 5ms", "--view instant --size 700x100 --at 5ms --color-by heap",
                 TRUE);
  static const char *const colors[] = {"heap", "size", "age", "thread", "type"};
  for (guint i = 0; i < G_N_ELEMENTS(colors); i++) {
    g_autofree char *colored = g_strdup_printf("--view map --size 700x300 --color-by %s", colors[i]);
    assert_differs("--view map --size 700x300", colored, TRUE);
  }
  assert_differs("--view map --size 700x300 --color-by source", "--view map --size 700x300", FALSE);
  assert_differs("--view size --size 700x100", "--view size --size 700x100 --select 3ms..5ms", TRUE);
  assert_differs("--view histogram --size 700x100", "--view histogram --size 700x100 --select 3ms..5ms", TRUE);
  assert_differs("--view histogram --size 700x100 --range 3ms..5ms",
                 "--view histogram --size 700x100 --select 3ms..5ms", FALSE);
  assert_differs("--view histogram --size 700x100", "--view histogram --size 700x100 --measure bytes", TRUE);
  assert_differs("--view histogram --size 700x100", "--view histogram --size 700x100 --log", TRUE);
  assert_differs("--view histogram --size 700x100", "--view histogram --size 700x100 --linear", TRUE);
  assert_differs("--view histogram --size 700x100", "--view histogram --size 700x100 --classes small-sizes", TRUE);
  assert_differs("--view lifetimes --size 700x100", "--view lifetimes --size 700x100 --classes exact-sizes", FALSE);
}

/* --- what is wrong --- */

static void
assert_refused(const char *options, int status, const char *message)
{
  g_autofree char *err = NULL;
  g_assert_cmpint(render(options, &err), ==, status);
  if (strstr(err, message) == NULL)
    g_error("%s: “%s” is not in “%s”", options, message, err);
}

static void
test_wrong(void)
{
  assert_refused("--output a.png", 2, "no view given; there are all, map,");
  assert_refused("--view maps --output a.png", 2, "--view “maps”; there are all,map,");
  assert_refused("--view map", 2, "no --output given");
  assert_refused("--view map --output a.gif", 2, "expected .png, .svg or .pdf");
  assert_refused("--view map --output a", 2, "“a” does not tell what picture it is");
  assert_refused("--view map --output -", 2, "needs a --format");
  assert_refused("--view map --output a.png --format bmp", 2, "--format “bmp”; there are png,svg,pdf");
  assert_refused("--view map --output a.png --size 10x10", 2, "10×10 is too small; at least 16×16");
  assert_refused("--view map --output a.png --size 40000x10", 2, "40000×10 is too small");
  assert_refused("--view map --output a.png --size 40000x100", 2, "at most 32767 pixels along a side");
  assert_refused("--view map --output a.png --size 20000x100 --scale 2", 2, "20000×100 at scale 2 is too large");
  assert_refused("--view map --output a.png --size 20000x20000", 2, "million pixels in all");
  assert_refused("--view map --output a.png --size big", 2, "“big” is not a size; expected WIDTHxHEIGHT");
  assert_refused("--view map --output a.png --scale 0", 2, "a scale of 0 is not from 1 to 8");
  assert_refused("--view map --output a.png --scale x", 2, "not a count");
  assert_refused("--view map --output a.png --range 5", 2, "not a range");
  assert_refused("--view map --output a.png --select 5..1", 2, "ends before it begins");
  assert_refused("--view map --output a.png --filter size_>", 2, "in the filter");
  assert_refused("--view map --output a.png --measure rate", 2,
                 "--measure “rate”; there are bytes,count,rate-events,rate-bytes,cumulative-count,cumulative-bytes,"
                 "slow-path");
  assert_refused("--view map --output a.png --group cpu", 2,
                 "--group “cpu”; there are none,heap,source,process,size-class");
  assert_refused("--view map --output a.png --color-by cpu", 2,
                 "--color-by “cpu”; there are heap,source,size,age,thread,type");
  assert_refused("--view map --output a.png --classes lifetimes", 2, "--classes “lifetimes”");
  assert_refused("--view map --output a.png --log --linear", 2, "either --log or --linear");
  assert_refused("--view map --output a.png --at soon", 2, "soon");
  assert_refused("--view instant --output a.png --at 100s", 1, "the moment is not in the trace");
  assert_refused("--view map --output a.png --range 100s..200s", 1, "nothing of the trace in the range");
  assert_refused("--view map --output no/where/a.png", 1, "“no/where/a.png” cannot be written: No such file");
  assert_refused("--view map --output . --format png", 1, "“.” cannot be written: Is a directory");
  /* Nothing was left behind by any of these. */
  g_autoptr(GDir) dir = g_dir_open(scratch, 0, NULL);
  g_assert_cmpstr(g_dir_read_name(dir), ==, NULL);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  scratch = g_dir_make_tmp("heapscope-XXXXXX", NULL);
  g_test_add_func("/cli-render/views", test_views);
  g_test_add_func("/cli-render/stdout", test_stdout);
  g_test_add_func("/cli-render/options", test_options);
  g_test_add_func("/cli-render/wrong", test_wrong);
  int status = g_test_run();
  g_rmdir(scratch);
  g_free(scratch);
  return status;
}

/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over the files of a corpus, and over a number of random changes to each, as an ordinary test:
 * driver [--changes N] [--seed S] FILE-OR-FOLDER… Needs no fuzzer. A failure is a crash; the last line says where.
 */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int n_changes = 100;
static int seed = 1;
static guint64 n_runs;

static void
run(const guint8 *bytes, gsize length)
{
  /* A block of just that length, so that a sanitizer sees a read beyond it. */
  guint8 *exact = g_malloc(length);
  if (length > 0)
    memcpy(exact, bytes, length);
  (void)LLVMFuzzerTestOneInput(exact, length);
  g_free(exact);
  n_runs++;
}

static void
run_changed(const guint8 *bytes, gsize length, GRand *random)
{
  static const guint32 odd[] = {0, 1, 7, 71, 72, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff};
  g_autofree guint8 *copy = g_memdup2(bytes, length);
  guint n = (guint)g_rand_int_range(random, 1, 9);
  for (guint i = 0; i < n; i++) {
    gsize place = g_rand_int(random) % length;
    if (g_rand_boolean(random)) {
      copy[place] = (guint8)g_rand_int(random);
    } else {
      guint32 value = odd[(gsize)g_rand_int(random) % G_N_ELEMENTS(odd)];
      memcpy(copy + place, &value, MIN(sizeof value, length - place));
    }
  }
  run(copy, g_rand_int_range(random, 0, 8) == 0 ? g_rand_int(random) % length : length);
}

static void
run_file(const char *path)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr(GError) error = NULL;
  if (!g_file_get_contents(path, &bytes, &length, &error)) {
    fprintf(stderr, "%s\n", error->message);
    exit(1);
  }
  printf("%s\n", path);
  fflush(stdout);
  run((const guint8 *)bytes, length);
  g_autoptr(GRand) random = g_rand_new_with_seed((guint32)seed);
  for (int i = 0; i < n_changes && length > 0; i++)
    run_changed((const guint8 *)bytes, length, random);
}

static void
run_path(const char *path)
{
  g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
  if (folder == NULL) {
    run_file(path);
    return;
  }
  const char *name;
  while ((name = g_dir_read_name(folder)) != NULL) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    run_path(child);
  }
}

int
main(int argc, char **argv)
{
  const GOptionEntry entries[] = {
      {"changes", 0, 0, G_OPTION_ARG_INT, &n_changes, "Random changes to each file", "N"},
      {"seed", 0, 0, G_OPTION_ARG_INT, &seed, "Seed of the changes", "S"},
      G_OPTION_ENTRY_NULL,
  };
  g_autoptr(GOptionContext) context = g_option_context_new("FILE-OR-FOLDER…");
  g_option_context_add_main_entries(context, entries, NULL);
  g_autoptr(GError) error = NULL;
  if (!g_option_context_parse(context, &argc, &argv, &error) || argc < 2) {
    fprintf(stderr, "%s\n", error != NULL ? error->message : "no corpus given");
    return 2;
  }
  for (int i = 1; i < argc; i++)
    run_path(argv[i]);
  printf("%" G_GUINT64_FORMAT " runs\n", n_runs);
  return n_runs > 0 ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/* Archives in a window: of several traces one is chosen. */
#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>

#include "hs-member-dialog.h"
#include "hs-ui-support.h"

static const char *sample;

/* A zip of the sample under each of the names, in a new folder. */
static char *
write_archive(const char *const *names, guint n)
{
  g_autofree char *folder = g_dir_make_tmp("heapscope-XXXXXX", NULL);
  char *path = g_build_filename(folder, "traces.zip", NULL);
  g_autofree char *data = NULL;
  gsize size;
  g_assert_true(g_file_get_contents(sample, &data, &size, NULL));
  struct archive *archive = archive_write_new();
  archive_write_set_format_zip(archive);
  g_assert_cmpint(archive_write_open_filename(archive, path), ==, ARCHIVE_OK);
  for (guint i = 0; i < n; i++) {
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, names[i]);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)size);
    g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
    g_assert_cmpint(archive_write_data(archive, data, size), ==, (la_ssize_t)size);
    archive_entry_free(entry);
  }
  archive_write_close(archive);
  archive_write_free(archive);
  return path;
}

static void
remove_archive(char *path)
{
  g_autofree char *folder = g_path_get_dirname(path);
  g_unlink(path);
  g_rmdir(folder);
  g_free(path);
}

static gboolean
is_over(HsWindow *window)
{
  return hs_loader_outcome(hs_document_get_loader(hs_window_get_document(window))) != HS_LOAD_RUNNING;
}

static HsMemberDialog *
find_dialog(void)
{
  g_autoptr(GList) windows = gtk_window_list_toplevels();
  for (GList *l = windows; l != NULL; l = l->next) {
    if (HS_IS_MEMBER_DIALOG(l->data))
      return l->data;
  }
  return NULL;
}

static void
assert_sample(HsWindow *window)
{
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_assert_text(window, "outcome", "complete");
  g_assert_cmpint(hs_ui_state_int(window, "rows_total"), ==, 322582);
}

static void
test_one(void)
{
  char *path = write_archive((const char *const[]){"sub/only.etl"}, 1);
  HsWindow *window = hs_ui_open_window(path);
  g_assert_null(find_dialog());
  assert_sample(window);
  hs_ui_close_window(window);
  remove_archive(path);
}

static void
test_several(void)
{
  char *path = write_archive((const char *const[]){"a.etl", "b/c.etl", "b/d.etl"}, 3);
  HsWindow *window = HS_WINDOW(hs_application_open_path(hs_ui_application, path));
  hs_ui_wait_for(window, is_over);
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_assert_text(window, "outcome", "failed");
  HsMemberDialog *dialog = find_dialog();
  g_assert_nonnull(dialog);
  g_assert_cmpstr(hs_member_dialog_get_member(dialog), ==, "a.etl");
  gtk_dialog_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT);
  g_assert_null(find_dialog());
  hs_ui_wait_for(window, is_over);
  assert_sample(window);
  g_assert_cmpstr(hs_loader_member(hs_document_get_loader(hs_window_get_document(window))), ==, "a.etl");
  /* By name, from elsewhere. */
  hs_ui_act(window, "open-member", g_variant_new_string("b/d.etl"));
  hs_ui_wait_for(window, is_over);
  assert_sample(window);
  hs_ui_act(window, "open-member", g_variant_new_string("b/e.etl"));
  hs_ui_wait_for(window, is_over);
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_assert_text(window, "outcome", "failed");
  g_assert_null(find_dialog());
  hs_ui_close_window(window);
  remove_archive(path);
}

int
main(int argc, char **argv)
{
  if (g_getenv("DISPLAY") == NULL && g_getenv("WAYLAND_DISPLAY") == NULL) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  gtk_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 2);
  sample = argv[1];
  g_test_add_func("/members/one", test_one);
  g_test_add_func("/members/several", test_several);
  return hs_ui_run();
}

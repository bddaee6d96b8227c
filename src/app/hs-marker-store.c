/* SPDX-License-Identifier: MIT */
#include "hs-marker-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <unistd.h>

#include "hs-config.h"
#include "hs-worker.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define FORMAT_VERSION 1
/* The header buffer of a trace, or as much of it as matters. */
#define HEADER_BYTES (64 * 1024)
/* No file of ours is larger. */
#define MAX_FILE_BYTES (8 * 1024 * 1024)

/* Shared with the workers. */
typedef struct {
  char *trace_path;
  char *trace_name;
  uint64_t start_filetime;
  GMutex lock;         /* of what follows */
  char *path;          /* the file, or NULL: not known yet, or the trace cannot be read */
  guint written;       /* number of the last text that was written */
  gboolean is_damaged; /* the file that is there is to be put aside */
} Place;

/* Counted references: tasks hold one each. */
struct _HsMarkerStore {
  Place *place;
  HsMarkersLoaded loaded;
  HsMarkersFailed failed;
  gpointer owner; /* NULL once nobody wants to hear any more */
  gboolean is_loading;
  guint n_writing;
  guint number; /* of the last text */
  char *text;   /* it, until it is written, else NULL; "" = no markers */
};

/* --- JSON --- */

char *
hs_marker_store_to_text(const HsMarkerSet *set, const char *trace_name)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  g_autofree char *name = g_utf8_make_valid(trace_name, -1);
  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "format");
  json_builder_add_int_value(builder, FORMAT_VERSION);
  json_builder_set_member_name(builder, "trace");
  json_builder_add_string_value(builder, name);
  json_builder_set_member_name(builder, "markers");
  json_builder_begin_array(builder);
  for (guint i = 0; i < hs_marker_set_n(set); i++) {
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "ticks");
    json_builder_add_int_value(builder, hs_marker_set_get(set, i)->ticks);
    json_builder_set_member_name(builder, "name");
    json_builder_add_string_value(builder, hs_marker_set_get(set, i)->name);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  return json_to_string(root, TRUE);
}

static gboolean
holds(JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

static gboolean
take_marker(JsonNode *node, HsMarkerSet *set)
{
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return FALSE;
  JsonObject *object = json_node_get_object(node);
  JsonNode *ticks = json_object_get_member(object, "ticks"), *name = json_object_get_member(object, "name");
  if (!holds(ticks, G_TYPE_INT64) || !holds(name, G_TYPE_STRING) || json_node_get_int(ticks) == INT64_MIN)
    return FALSE;
  return hs_marker_set_put(set, json_node_get_int(ticks), json_node_get_string(name));
}

static gboolean
fail(GError **error, const char *message)
{
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, message);
  return FALSE;
}

gboolean
hs_marker_store_from_text(const char *text, gssize length, HsMarkerSet *set, GError **error)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autoptr(GError) wrong = NULL;
  if (!g_utf8_validate(text, length, NULL))
    return fail(error, _("it is not text"));
  if (!json_parser_load_from_data(parser, text, length, &wrong))
    return fail(error, wrong->message);
  JsonNode *root = json_parser_get_root(parser);
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
  JsonNode *format = object != NULL ? json_object_get_member(object, "format") : NULL;
  JsonNode *list = object != NULL ? json_object_get_member(object, "markers") : NULL;
  if (!holds(format, G_TYPE_INT64) || list == NULL || !JSON_NODE_HOLDS_ARRAY(list))
    return fail(error, _("it holds no markers"));
  if (json_node_get_int(format) != FORMAT_VERSION)
    return fail(error, _("another version of Heapscope wrote it"));
  JsonArray *array = json_node_get_array(list);
  guint n_bad = 0;
  for (guint i = 0; i < json_array_get_length(array); i++)
    n_bad += !take_marker(json_array_get_element(array, i), set);
  return n_bad == 0 || fail(error, _("some of its markers make no sense"));
}

/* --- the file --- */

char *
hs_marker_store_folder(void)
{
  return g_build_filename(g_get_user_data_dir(), "heapscope", "markers", NULL);
}

/* As many of the first bytes as there are, up to `size`; negative if the file cannot be read. */
static gssize
read_beginning(const char *path, guchar *bytes, gsize size, gint64 *file_bytes)
{
  GStatBuf info;
  int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
  gsize n = 0;
  if (fd < 0)
    return -1;
  *file_bytes = g_stat(path, &info) == 0 ? (gint64)info.st_size : 0;
  while (n < size) {
    gssize got = read(fd, bytes + n, size - n);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    n += (gsize)got;
  }
  close(fd);
  return (gssize)n;
}

/* Start, size and header as one name; NULL if the trace cannot be read any more. */
static char *
find_path(const Place *place)
{
  g_autofree guchar *header = g_malloc(HEADER_BYTES);
  gint64 file_bytes = 0;
  gssize n = read_beginning(place->trace_path, header, HEADER_BYTES, &file_bytes);
  if (n <= 0)
    return NULL;
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  g_autofree char *facts = g_strdup_printf("heapscope 1 %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                                           (guint64)place->start_filetime, file_bytes);
  g_checksum_update(sum, (const guchar *)facts, -1);
  g_checksum_update(sum, header, n);
  g_autofree char *name = g_strdup_printf("%.32s.json", g_checksum_get_string(sum));
  g_autofree char *folder = hs_marker_store_folder();
  return g_build_filename(folder, name, NULL);
}

static void
place_clear(gpointer data)
{
  Place *place = data;
  g_free(place->trace_path);
  g_free(place->trace_name);
  g_free(place->path);
  g_mutex_clear(&place->lock);
}

static void
place_unref(gpointer place)
{
  g_atomic_rc_box_release_full(place, place_clear);
}

/* Any thread. */
static gboolean
write_locked(Place *place, const char *text, GError **error)
{
  g_autofree char *folder = g_path_get_dirname(place->path);
  if (place->is_damaged) {
    g_autofree char *aside = g_strconcat(place->path, ".damaged", NULL);
    (void)g_rename(place->path, aside);
    place->is_damaged = FALSE;
  }
  if (text[0] == '\0') {
    if (g_unlink(place->path) == 0 || errno == ENOENT)
      return TRUE;
    int code = errno;
    g_set_error_literal(error, G_IO_ERROR, (gint)g_io_error_from_errno(code), g_strerror(code));
    return FALSE;
  }
  if (g_mkdir_with_parents(folder, 0700) != 0) {
    int code = errno;
    g_set_error_literal(error, G_IO_ERROR, (gint)g_io_error_from_errno(code), g_strerror(code));
    return FALSE;
  }
  return g_file_set_contents_full(place->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* Unless something newer was written before. Any thread. */
static gboolean
write_text(Place *place, guint number, const char *text, GError **error)
{
  gboolean done = TRUE;
  g_mutex_lock(&place->lock);
  if (place->path == NULL)
    place->path = find_path(place);
  if (place->path == NULL) {
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, _("the trace cannot be read any more"));
    done = FALSE;
  } else if (number > place->written) {
    done = write_locked(place, text, error);
    place->written = number;
  }
  g_mutex_unlock(&place->lock);
  return done;
}

/* --- reading --- */

typedef struct {
  Place *place;
  HsMarkerSet *set;
  char *problem;
} Reading;

static void
reading_free(gpointer data)
{
  Reading *reading = data;
  place_unref(reading->place);
  hs_marker_set_free(reading->set);
  g_free(reading->problem);
  g_free(reading);
}

static void
read_file(Reading *reading)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  gsize length;
  GStatBuf info;
  Place *place = reading->place;
  if (g_stat(place->path, &info) != 0)
    return;
  if (!S_ISREG(info.st_mode) || info.st_size > MAX_FILE_BYTES)
    reading->problem = g_strdup(_("it is no file of markers"));
  else if (!g_file_get_contents(place->path, &text, &length, &error) ||
           !hs_marker_store_from_text(text, (gssize)length, reading->set, &error))
    reading->problem = g_strdup(error->message);
  place->is_damaged = reading->problem != NULL;
}

/* Worker. */
static void
do_read(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reading *reading = data;
  hs_worker_begin();
  g_mutex_lock(&reading->place->lock);
  if (reading->place->path == NULL)
    reading->place->path = find_path(reading->place);
  if (reading->place->path != NULL && reading->place->written == 0)
    read_file(reading);
  g_mutex_unlock(&reading->place->lock);
  g_task_return_boolean(task, TRUE);
}

static void
store_clear(gpointer data)
{
  HsMarkerStore *store = data;
  place_unref(store->place);
  g_free(store->text);
}

static void
store_unref(HsMarkerStore *store)
{
  g_rc_box_release_full(store, store_clear);
}

static void
on_read(GObject *source, GAsyncResult *result, gpointer data)
{
  Reading *reading = g_task_get_task_data(G_TASK(result));
  HsMarkerStore *store = data;
  store->is_loading = FALSE;
  if (store->owner != NULL)
    store->loaded(store->owner, reading->set, reading->problem);
  store_unref(store);
}

HsMarkerStore *
hs_marker_store_new(const char *trace_path, uint64_t start_filetime, HsMarkersLoaded loaded, HsMarkersFailed failed,
                    gpointer owner)
{
  HsMarkerStore *store = g_rc_box_new0(HsMarkerStore);
  Reading *reading = g_new0(Reading, 1);
  store->place = g_atomic_rc_box_new0(Place);
  store->place->trace_path = g_strdup(trace_path);
  store->place->trace_name = g_path_get_basename(trace_path);
  store->place->start_filetime = start_filetime;
  g_mutex_init(&store->place->lock);
  store->loaded = loaded;
  store->failed = failed;
  store->owner = owner;
  store->is_loading = TRUE;
  reading->place = g_atomic_rc_box_acquire(store->place);
  reading->set = hs_marker_set_new();
  g_autoptr(GTask) task = g_task_new(NULL, NULL, on_read, g_rc_box_acquire(store));
  g_task_set_task_data(task, reading, reading_free);
  g_task_run_in_thread(task, do_read);
  return store;
}

/* --- writing --- */

typedef struct {
  Place *place;
  guint number;
  char *text;
} Writing;

static void
writing_free(gpointer data)
{
  Writing *writing = data;
  place_unref(writing->place);
  g_free(writing->text);
  g_free(writing);
}

/* Worker. */
static void
do_write(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Writing *writing = data;
  GError *error = NULL;
  hs_worker_begin();
  if (write_text(writing->place, writing->number, writing->text, &error))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, error);
}

static void
on_written(GObject *source, GAsyncResult *result, gpointer data)
{
  HsMarkerStore *store = data;
  const Writing *writing = g_task_get_task_data(G_TASK(result));
  g_autoptr(GError) error = NULL;
  gboolean done = g_task_propagate_boolean(G_TASK(result), &error);
  store->n_writing--;
  /* The last one is what counts. */
  if (writing->number == store->number)
    g_clear_pointer(&store->text, g_free);
  if (!done && store->owner != NULL)
    store->failed(store->owner, error->message);
  store_unref(store);
}

void
hs_marker_store_keep(HsMarkerStore *store, const HsMarkerSet *set)
{
  g_return_if_fail(!store->is_loading);

  Writing *writing = g_new0(Writing, 1);
  g_free(store->text);
  store->text = hs_marker_set_n(set) > 0 ? hs_marker_store_to_text(set, store->place->trace_name) : g_strdup("");
  store->number++;
  store->n_writing++;
  writing->place = g_atomic_rc_box_acquire(store->place);
  writing->number = store->number;
  writing->text = g_strdup(store->text);
  g_autoptr(GTask) task = g_task_new(NULL, NULL, on_written, g_rc_box_acquire(store));
  g_task_set_task_data(task, writing, writing_free);
  g_task_run_in_thread(task, do_write);
}

void
hs_marker_store_flush(HsMarkerStore *store)
{
  g_autoptr(GError) error = NULL;
  if (store->text == NULL)
    return;
  if (!write_text(store->place, store->number, store->text, &error))
    g_warning("%s", error->message);
  g_clear_pointer(&store->text, g_free);
}

gboolean
hs_marker_store_is_busy(HsMarkerStore *store)
{
  return store->is_loading || store->n_writing > 0;
}

void
hs_marker_store_free(HsMarkerStore *store)
{
  if (store == NULL)
    return;
  store->owner = NULL;
  hs_marker_store_flush(store);
  store_unref(store);
}

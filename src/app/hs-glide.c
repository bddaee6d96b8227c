/* SPDX-License-Identifier: MIT */
#include "hs-glide.h"

#include <math.h>

#define GLIDE_US (90 * G_TIME_SPAN_MILLISECOND)
#define FRAME_US (G_TIME_SPAN_SECOND / 60)

struct _HsGlide {
  GtkWidget *widget;
  HsDocument *document;
  int64_t from[2]; /* ticks */
  gint64 start_us; /* of the frame clock; 0 = with the next frame */
  guint tick;
};

/* The interpolated widths come out as doubles; ends beyond 64 bits stay within. */
static int64_t
to_ticks(long double v)
{
  return v >= 0x1p63L ? INT64_MAX : v < -0x1p63L ? INT64_MIN : (int64_t)v;
}

void
hs_glide_between(const int64_t from[2], const int64_t to[2], double part, int64_t *t0, int64_t *t1)
{
  long double width0 = (long double)from[1] - from[0], width1 = (long double)to[1] - to[0];
  long double width = width0 * powl(width1 / width0, part), share = part;
  /* Nearly the same widths: only then the share would be a quotient of two nothings. */
  if (fabsl(width1 - width0) > 1e-3L * width0)
    share = (width0 - width) / (width0 - width1);
  long double begin = from[0] + ((long double)to[0] - from[0]) * share;
  *t0 = to_ticks(floorl(begin + 0.5L));
  *t1 = to_ticks(floorl(begin + width + 0.5L));
  if (*t1 <= *t0) {
    *t0 = to[0];
    *t1 = to[1];
  }
}

/* What the desktop says and what the program's own setting says. */
gboolean
hs_glide_is_wanted(GtkWidget *widget)
{
  GtkWidget *window = gtk_widget_get_toplevel(widget);
  GtkApplication *application = GTK_IS_WINDOW(window) ? gtk_window_get_application(GTK_WINDOW(window)) : NULL;
  gboolean wanted = FALSE;
  g_object_get(gtk_widget_get_settings(widget), "gtk-enable-animations", &wanted, NULL);
  if (!wanted || application == NULL)
    return FALSE;
  g_autoptr(GVariant) state = g_action_group_get_action_state(G_ACTION_GROUP(application), "animations");
  return state == NULL || g_variant_get_boolean(state);
}

/* The first frame answers the input already. */
gint64
hs_glide_start_us(GdkFrameClock *clock)
{
  return gdk_frame_clock_get_frame_time(clock) - FRAME_US;
}

double
hs_glide_part(gint64 elapsed_us)
{
  double part = (double)elapsed_us / (double)GLIDE_US;
  return part >= 1 ? 1 : 1 - pow(1 - MAX(part, 0), 3);
}

static void
stop(HsGlide *glide)
{
  if (glide->tick != 0)
    gtk_widget_remove_tick_callback(glide->widget, glide->tick);
  glide->tick = 0;
}

static gboolean
on_tick(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  HsGlide *glide = data;
  int64_t to[2], t0, t1;
  /* Something else set the range meanwhile. */
  if (!hs_document_is_gliding(glide->document)) {
    glide->tick = 0;
    return G_SOURCE_REMOVE;
  }
  if (glide->start_us == 0)
    glide->start_us = hs_glide_start_us(clock);
  double part = hs_glide_part(gdk_frame_clock_get_frame_time(clock) - glide->start_us);
  hs_document_get_range(glide->document, &to[0], &to[1]);
  if (part >= 1) {
    glide->tick = 0;
    hs_document_show_range(glide->document, to[0], to[1]);
    return G_SOURCE_REMOVE;
  }
  hs_glide_between(glide->from, to, part, &t0, &t1);
  hs_document_show_range(glide->document, t0, t1);
  return G_SOURCE_CONTINUE;
}

/* The document's range is about to change: TRUE if the panes shall move there. */
static gboolean
begin(gpointer data)
{
  HsGlide *glide = data;
  if (!gtk_widget_get_mapped(glide->widget) || !hs_glide_is_wanted(glide->widget))
    return FALSE;
  hs_document_get_shown_range(glide->document, &glide->from[0], &glide->from[1]);
  glide->start_us = 0;
  if (glide->tick == 0)
    glide->tick = gtk_widget_add_tick_callback(glide->widget, on_tick, glide, NULL);
  return TRUE;
}

HsGlide *
hs_glide_new(GtkWindow *window)
{
  HsGlide *glide = g_new0(HsGlide, 1);
  glide->widget = GTK_WIDGET(window);
  return glide;
}

void
hs_glide_free(HsGlide *glide)
{
  hs_glide_set_document(glide, NULL);
  g_free(glide);
}

void
hs_glide_set_document(HsGlide *glide, HsDocument *document)
{
  if (glide->document == document)
    return;
  stop(glide);
  if (glide->document != NULL)
    hs_document_set_glide(glide->document, NULL, NULL);
  g_set_object(&glide->document, document);
  if (document != NULL)
    hs_document_set_glide(document, begin, glide);
}

/* SPDX-License-Identifier: MIT */
/*
 * HsPictureDialog: which view is to be a picture, how large and in what style. Responses: GTK_RESPONSE_ACCEPT to save
 * it, HS_PICTURE_RESPONSE_COPY to put it on the clipboard. Main thread only.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-picture.h"

#define HS_PICTURE_RESPONSE_COPY 1

typedef enum { HS_PICTURE_STYLE_WINDOW, HS_PICTURE_STYLE_LIGHT, HS_PICTURE_STYLE_DARK } HsPictureStyle;

/* What is chosen. HS_N_PICTURES as view stands for the window as it is, whose size is its own. */
typedef struct {
  HsPictureView view;
  int width, height; /* user pixels */
  int scale;
  HsPictureStyle style;
} HsPictureChoice;

/* The size that a view is offered in. */
typedef void (*HsPictureSizeFunc)(gpointer data, HsPictureView view, int *width, int *height);

#define HS_TYPE_PICTURE_DIALOG (hs_picture_dialog_get_type())
G_DECLARE_FINAL_TYPE(HsPictureDialog, hs_picture_dialog, HS, PICTURE_DIALOG, GtkDialog)

/* Modal over the parent; `view` is chosen to begin with. */
GtkWidget *hs_picture_dialog_new(GtkWindow *parent, HsPictureView view, HsPictureSizeFunc size, gpointer data);
HsPictureChoice hs_picture_dialog_get(HsPictureDialog *self);

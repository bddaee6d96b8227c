/* SPDX-License-Identifier: MIT */
/* The inside of HsApplication, shared by hs-application*.c only. */
#pragma once

#include "hs-application.h"
#include "hs-loader.h"

struct _HsApplication {
  GtkApplication parent_instance;
  int width, height; /* content size of new windows; 0 = as remembered */
  int exit_status;
  /* The first trace of the command line, an absolute path, and its load, which begins before there is a window: the
   * toolkit's own start takes a fifth of a second. Both NULL once a window has it. */
  char *ahead_path;
  HsLoader *ahead;
};

/* hs-application-actions.c */
void hs_application_add_actions(HsApplication *self);
void hs_application_set_dark(HsApplication *self, gboolean dark);
/* hs-application.c */
void hs_application_open_file(HsApplication *self, GFile *file);

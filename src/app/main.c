/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <signal.h>

#include "hs-application.h"
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

int
main(int argc, char **argv)
{
  /* A file that may not grow is an error of write(), to be met there. */
  signal(SIGXFSZ, SIG_IGN);
  /* Nothing here is drawn by OpenGL, but to look at visuals the first program of GTK on a display would load it all. */
  g_setenv("GDK_GL", "disable", FALSE);
  setlocale(LC_ALL, "");
  bindtextdomain(HS_GETTEXT_PACKAGE, HS_LOCALEDIR);
  bind_textdomain_codeset(HS_GETTEXT_PACKAGE, "UTF-8");
  textdomain(HS_GETTEXT_PACKAGE);
  g_set_prgname("heapscope");
  g_set_application_name("Heapscope");

  g_autoptr(HsApplication) application = hs_application_new(0);
  int status = g_application_run(G_APPLICATION(application), argc, argv);
  return status != 0 ? status : hs_application_get_exit_status(application);
}

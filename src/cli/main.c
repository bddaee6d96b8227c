/* SPDX-License-Identifier: MIT */
/*
 * heapscope-cli: what the window can tell, as text, CSV, JSON, pictures and databases.
 */
#include <glib/gi18n.h>
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "hs-cli.h"
#include "hs-config.h"

static const HsCliCommand commands[] = {
    {"summary", N_("What the trace holds, in numbers"), hs_cli_summary_run},
    {"heaps", N_("The table of heaps"), hs_cli_heaps_run},
    {"events", N_("The heap events, a row each"), hs_cli_events_run},
    {"allocations", N_("The blocks of memory, a row each"), hs_cli_allocations_run},
    {"biography", N_("Who lived at an address: the blocks that ever held it"), hs_cli_biography_run},
    {"compare", N_("What lives at one of two moments and not at the other"), hs_cli_compare_run},
    {"render", N_("Pictures: map, charts, histograms"), hs_cli_render_run},
    {"export", N_("All of it as an SQLite database"), hs_cli_export_run},
};

static void
init_locale(void)
{
  setlocale(LC_ALL, "");
  /* What is written is read by programs, too: numbers look the same everywhere. */
  setlocale(LC_NUMERIC, "C");
  bindtextdomain(HS_GETTEXT_PACKAGE, HS_LOCALEDIR);
  bind_textdomain_codeset(HS_GETTEXT_PACKAGE, "UTF-8");
  textdomain(HS_GETTEXT_PACKAGE);
}

static char *
list_commands(void)
{
  GString *text = g_string_new(_("Commands:"));
  g_string_append_c(text, '\n');
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
    g_string_append_printf(text, "  %-11s %s\n", commands[i].name, _(commands[i].title));
  g_string_append_printf(
      text, "\n%s\n\n%s", _("“heapscope-cli COMMAND --help” tells a command's options."),
      _("Exit status: 0 done, also where a damaged trace could be read in part; 1 the file could not "
        "be\nused; 2 wrong usage; 130 interrupted."));
  return g_string_free(text, FALSE);
}

/* Options before the command. Returns an exit status, or -1 to go on; argv[1] is then the command. */
static int
parse_globals(int *argc, char ***argv)
{
  gboolean show_version = FALSE;
  const GOptionEntry entries[] = {{"version", 0, 0, G_OPTION_ARG_NONE, &show_version, N_("Show the version"), NULL},
                                  {NULL}};
  g_autofree char *description = list_commands();
  g_autoptr(GError) error = NULL;
  g_autoptr(GOptionContext) context = g_option_context_new(_("COMMAND [OPTION…] FILE"));
  g_option_context_set_summary(context, _("Tells in numbers and tables what a Windows heap trace (.etl) holds."));
  g_option_context_set_description(context, description);
  g_option_context_add_main_entries(context, entries, HS_GETTEXT_PACKAGE);
  g_option_context_set_strict_posix(context, TRUE);
  if (!g_option_context_parse(context, argc, argv, &error))
    return hs_cli_usage_error(NULL, "%s", error->message);
  if (show_version) {
    g_print("heapscope-cli %s\n", HS_VERSION);
    return HS_CLI_EXIT_DONE;
  }
  return -1;
}

int
main(int argc, char **argv)
{
  hs_cli_guard_memory();
  init_locale();
  g_set_prgname("heapscope-cli");
  /* A reader that goes away is an error of write(), to be met there. */
  signal(SIGPIPE, SIG_IGN);
  /* So is a file that may not grow. */
  signal(SIGXFSZ, SIG_IGN);
  int status = parse_globals(&argc, &argv);
  if (status >= 0)
    return status;
  if (argc < 2)
    return hs_cli_usage_error(NULL, _("no command given"));
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
    if (strcmp(argv[1], commands[i].name) == 0)
      return commands[i].run(argc - 1, argv + 1);
  }
  return hs_cli_usage_error(NULL, _("unknown command “%s”"), argv[1]);
}

/* SPDX-License-Identifier: MIT */
#include <glib/gi18n.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hs-cli.h"
#include "hs-letters.h"

void
hs_cli_message(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  /* Names of files are anything. Lines are ours. */
  g_autofree char *shown = hs_text_shown(text, "\n");
  fprintf(stderr, "heapscope-cli: %s\n", shown);
}

/* What the command takes beside the file, or NULL: for the line on usage. */
static const char *second_operand;

static char *
dup_operands(void)
{
  return second_operand != NULL ? g_strdup_printf("%s %s", _("FILE"), second_operand) : g_strdup(_("FILE"));
}

int
hs_cli_usage_error(const char *command, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  hs_cli_message("%s", text);
  if (command == NULL) {
    fprintf(stderr, "%s heapscope-cli %s\n", _("Usage:"), _("COMMAND [OPTION…] FILE"));
    fprintf(stderr, _("Try “%s --help”.\n"), "heapscope-cli");
  } else {
    g_autofree char *name = g_strdup_printf("heapscope-cli %s", command);
    g_autofree char *operands = dup_operands();
    fprintf(stderr, "%s %s %s %s\n", _("Usage:"), name, _("[OPTION…]"), operands);
    fprintf(stderr, _("Try “%s --help”.\n"), name);
  }
  return HS_CLI_EXIT_USAGE;
}

/* The file, and with it what the command takes beside it. */
static char *
the_one_file(const char *command, char **files, const char *operand)
{
  if (files == NULL || files[0] == NULL) {
    hs_cli_usage_error(command, _("no file given"));
    return NULL;
  }
  if (operand == NULL && files[1] != NULL) {
    hs_cli_usage_error(command, _("more than one file given"));
    return NULL;
  }
  if (operand != NULL && files[1] == NULL) {
    hs_cli_usage_error(command, _("no %s given"), operand);
    return NULL;
  }
  if (operand != NULL && files[2] != NULL) {
    hs_cli_usage_error(command, _("more than a file and one %s given"), operand);
    return NULL;
  }
  if (strcmp(files[0], "-") == 0) {
    hs_cli_usage_error(command, _("a trace cannot be read from standard input"));
    return NULL;
  }
  return g_strdup(files[0]);
}

/* Of --member and the other options that every command takes; a program runs one command. */
static char *wanted_member, *wanted_range, *wanted_pid, *wanted_limit;
static HsLoadChoice choice;

const char *
hs_cli_member(void)
{
  return wanted_member;
}

const HsLoadChoice *
hs_cli_choice(void)
{
  return &choice;
}

static bool
read_choice(GError **error)
{
  HsCliRange range = {INT64_MIN, INT64_MAX};
  uint64_t pid = 0;
  choice = HS_LOAD_EVERYTHING;
  if (wanted_range != NULL && !hs_cli_parse_range(wanted_range, &range, error))
    return false;
  if (wanted_pid != NULL && !g_ascii_string_to_unsigned(wanted_pid, 10, 0, G_MAXUINT32, &pid, NULL)) {
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” is no id of a process"), wanted_pid);
    return false;
  }
  if (wanted_limit != NULL && !hs_load_parse_memory(wanted_limit, &choice.memory_limit)) {
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                _("“%s” is no amount of memory; expected one such as 2GiB"), wanted_limit);
    return false;
  }
  choice.one_process = wanted_pid != NULL;
  choice.pid = (uint32_t)pid;
  choice.t0_ns = range.t0_ns;
  choice.t1_ns = range.t1_ns;
  return true;
}

static void
free_choice(void)
{
  g_clear_pointer(&wanted_range, g_free);
  g_clear_pointer(&wanted_pid, g_free);
  g_clear_pointer(&wanted_limit, g_free);
}

char *
hs_cli_parse_operand(const HsCliOptions *options, int argc, char **argv, char **operand)
{
  g_auto(GStrv) files = NULL;
  second_operand = options->operand;
  g_autofree char *operands = dup_operands();
  const GOptionEntry file_entry[] = {
      {"member", 0, 0, G_OPTION_ARG_STRING, &wanted_member, N_("Of an archive of several traces, the one to read"),
       N_("NAME")},
      {"load-range", 0, 0, G_OPTION_ARG_STRING, &wanted_range,
       N_("Load only this stretch of time, and what was alive before"), N_("T0..T1")},
      {"load-pid", 0, 0, G_OPTION_ARG_STRING, &wanted_pid, N_("Load the heap events of this process only"), N_("PID")},
      {"memory-limit", 0, 0, G_OPTION_ARG_STRING, &wanted_limit, N_("Refuse what would take more memory, such as 2GiB"),
       N_("SIZE")},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, operands},
      {NULL}};
  /* --help shows the program's name before the command's arguments. */
  g_autofree char *name = g_strdup_printf("heapscope-cli %s", options->command);
  g_set_prgname(name);
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  g_option_context_set_translation_domain(context, textdomain(NULL));
  g_option_context_set_summary(context, options->summary);
  g_option_context_set_description(context, options->description);
  if (options->entries != NULL)
    g_option_context_add_main_entries(context, options->entries, textdomain(NULL));
  g_option_context_add_main_entries(context, file_entry, textdomain(NULL));
  g_autoptr(GError) error = NULL;
  bool parsed = g_option_context_parse(context, &argc, &argv, &error) && read_choice(&error);
  free_choice();
  if (!parsed) {
    hs_cli_usage_error(options->command, "%s", error->message);
    return NULL;
  }
  char *file = the_one_file(options->command, files, options->operand);
  if (file != NULL && operand != NULL)
    *operand = g_strdup(files[1]);
  return file;
}

char *
hs_cli_parse(const HsCliOptions *options, int argc, char **argv)
{
  return hs_cli_parse_operand(options, argc, argv, NULL);
}

/* Nanoseconds in a unit; 0 if it is none. */
static int64_t
unit_ns(const char *unit)
{
  static const struct {
    const char *name;
    int64_t ns;
  } units[] = {{"", 1}, {"ns", 1}, {"us", 1000}, {"µs", 1000}, {"ms", 1000000}, {"s", 1000000000}};
  for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
    if (strcmp(unit, units[i].name) == 0)
      return units[i].ns;
  }
  return 0;
}

/* By whole numbers, digit by digit: "0.1s" is not a binary fraction. */
static bool
parse_time(const char *text, int64_t *time_ns)
{
  const char *at = text;
  bool negative = *at == '-';
  __int128 number = 0, scale = 1;
  bool in_decimals = false;
  if (negative)
    at++;
  if (!g_ascii_isdigit(*at))
    return false;
  for (; g_ascii_isdigit(*at) || (*at == '.' && !in_decimals && g_ascii_isdigit(at[1])); at++) {
    if (*at == '.') {
      in_decimals = true;
      continue;
    }
    if (number > (__int128)INT64_MAX * 1000000000 || scale > (__int128)INT64_MAX)
      return false;
    number = number * 10 + (*at - '0');
    scale *= in_decimals ? 10 : 1;
  }
  int64_t unit = unit_ns(at);
  if (unit == 0 || number / scale > INT64_MAX / unit)
    return false;
  number *= unit;
  __int128 ns = number / scale;
  bool is_cut = number % scale != 0;
  if (ns > INT64_MAX - 1)
    return false;
  *time_ns = negative ? -(int64_t)ns : (int64_t)ns + is_cut;
  return true;
}

bool
hs_cli_parse_range(const char *text, HsCliRange *range, GError **error)
{
  const char *dots = strstr(text, "..");
  *range = (HsCliRange){INT64_MIN, INT64_MAX};
  if (dots != NULL && text[0] != '\0' && strcmp(text, "..") != 0) {
    g_autofree char *from = g_strndup(text, (size_t)(dots - text));
    const char *to = dots + 2;
    if ((from[0] == '\0' || parse_time(from, &range->t0_ns)) && (to[0] == '\0' || parse_time(to, &range->t1_ns))) {
      if (range->t0_ns <= range->t1_ns)
        return true;
      g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("the range “%s” ends before it begins"), text);
      return false;
    }
  }
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
              _("“%s” is not a range of time; expected T0..T1, T0.. or ..T1, such as 0.5s..1.2s"), text);
  return false;
}

bool
hs_cli_parse_time(const char *text, int64_t *time_ns, GError **error)
{
  if (parse_time(text, time_ns))
    return true;
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” is not a moment; expected one such as 1.2s"),
              text);
  return false;
}

bool
hs_cli_parse_count(const char *text, uint64_t *count, GError **error)
{
  guint64 value;
  if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &value, NULL)) {
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” is not a count"), text);
    return false;
  }
  *count = value;
  return true;
}

int
hs_cli_find_name(const char *const *names, const char *name)
{
  for (int i = 0; names[i] != NULL; i++) {
    if (strcmp(names[i], name) == 0)
      return i;
  }
  return -1;
}

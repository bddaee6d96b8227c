/* SPDX-License-Identifier: MIT */
/*
 * The last resort. What is large is asked for in a way that may be refused, and the refusal is told in its place. What
 * is small the libraries take without asking, and know no other answer to want of memory than to end the program: then
 * it shall say so, and end as it does where a file cannot be used.
 */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hs-cli.h"

/* Where not even so much is to be had, memory is what was wanting. */
#define PROBE_BYTES ((size_t)16 << 20)

static const int numbers[] = {SIGABRT, SIGSEGV, SIGTRAP};
static struct sigaction previous[G_N_ELEMENTS(numbers)];

/* Nothing but system calls. */
static void
tell_and_end(void)
{
  static const char message[] = "heapscope-cli: out of memory\n";
  (void)!write(STDERR_FILENO, message, sizeof message - 1);
  _exit(HS_CLI_EXIT_FAILED);
}

static void
on_crash(int number)
{
  void *probe = mmap(NULL, PROBE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (probe == MAP_FAILED)
    tell_and_end();
  munmap(probe, PROBE_BYTES);
  /* A mistake, then, for whoever handled it before: it happens again, or is sent again. */
  for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
    sigaction(numbers[i], &previous[i], NULL);
  if (number != SIGSEGV)
    raise(number);
}

static GLogWriterOutput
write_log(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; (level & G_LOG_LEVEL_ERROR) != 0 && i < n_fields; i++) {
    const char *text = g_str_equal(fields[i].key, "MESSAGE") ? fields[i].value : NULL;
    if (text != NULL && (strstr(text, "failed to allocate") != NULL || strstr(text, "creating thread") != NULL))
      tell_and_end();
  }
  return g_log_writer_default(level, fields, n_fields, data);
}

void
hs_cli_guard_memory(void)
{
  struct sigaction action = {.sa_handler = on_crash};
  for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
    sigaction(numbers[i], &action, &previous[i]);
  g_log_set_writer_func(write_log, NULL, NULL);
}

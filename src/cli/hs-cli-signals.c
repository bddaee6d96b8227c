/* SPDX-License-Identifier: MIT */
#include <signal.h>

#include "hs-cli.h"

int hs_cli_interrupted;

static void
on_signal(int number)
{
  __atomic_store_n(&hs_cli_interrupted, 1, __ATOMIC_RELAXED);
}

void
hs_cli_catch_signals(void)
{
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What the program remembers between runs. A program run from its build folder may have no schema: then there are no
 * settings, and everything takes its default. */
#pragma once

#include <gio/gio.h>

#include "hs-load-choice.h"

/* The program's settings, owned by the caller, or NULL if their schema is not installed. */
GSettings *hs_settings_new(void);

/* What is loaded of a trace when nothing else is said: everything, within the memory that the settings allow (NULL =
 * that there is). */
HsLoadChoice hs_settings_get_load_choice(GSettings *settings);

/* From now on nothing that was remembered counts, and nothing is remembered: for a program that makes one picture. */
void hs_settings_ignore(void);

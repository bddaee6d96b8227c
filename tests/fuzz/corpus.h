/* SPDX-License-Identifier: MIT */
/* What the parts of make-corpus share. */
#pragma once

#include <glib.h>

/* Writes the bytes as FOLDER/corpus/KIND/NAME. */
void corpus_save(const char *folder, const char *kind, const char *name, const void *bytes, gsize length);

/* Archives of the trace by every method that the loader knows, and some that it refuses. */
void corpus_save_archives(const char *folder, GBytes *trace);

/* Filters (corpus "query"), and a dictionary of words for each corpus: FOLDER/dict/KIND. */
void corpus_save_filters(const char *folder);
void corpus_save_words(const char *folder);
